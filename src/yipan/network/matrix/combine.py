"""Modes combined: the faster of several sources of rows, pair by pair."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem
from yipan.network.matrix.values import Rows
from yipan.text import Text


@dataclass(frozen=True, slots=True)
class Combined:
    """The least time of several sources with the same origins and destinations (made by `combined`)."""

    sources: tuple[Rows, ...]

    @property
    def digest(self) -> str:
        """Content id, whatever the order of the sources."""
        parts = sorted(source.digest for source in self.sources)
        return hashlib.sha256(";".join(["least", *parts]).encode()).hexdigest()[:16]

    @property
    def origins(self) -> tuple[str, ...]:
        """Ids of the origins."""
        return self.sources[0].origins

    @property
    def destinations(self) -> tuple[str, ...]:
        """Ids of the destinations."""
        return self.sources[0].destinations

    @property
    def percentiles(self) -> tuple[int, ...]:
        """Percentiles of the source that has the most."""
        return max((source.percentiles for source in self.sources), key=len)

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the least times from origins `start` to `stop` − 1."""
        shape = (stop - start, len(self.destinations), len(self.percentiles))
        least = np.array(np.broadcast_to(self.sources[0].rows(start, stop), shape))
        for source in self.sources[1:]:
            np.minimum(least, source.rows(start, stop), out=least)
        return least


def combined(first: Rows, second: Rows, *more: Rows) -> Combined:
    """Return the faster of several sources, pair by pair: walking only where it is faster than transit, ….

    Parameters
    ----------
    first, second, more
        Sources with equal origins and destinations. Each has the same percentiles, or just one.

    Notes
    -----
    A source with one percentile stands for times that do not depend on the departure (walking, driving):
    the percentile of the faster of the two is then exactly the faster of the percentiles. For two
    sources that both vary it is an upper bound: someone who chooses at every departure does at least as well.

    Raises
    ------
    MeasureError
        When the sources do not fit together.

    Examples
    --------
    >>> from yipan.network.matrix.dense import DenseRows
    >>> walk = DenseRows(np.array([[0, 900]], dtype=np.int32))
    >>> ride = DenseRows(np.array([[[0, 0], [600, 1200]]], dtype=np.int32), percentiles=(50, 95))
    >>> combined(walk, ride).rows(0, 1).tolist()
    [[[0, 0], [600, 900]]]
    """
    both = Combined((first, second, *more))
    problems = [p for k, source in enumerate(both.sources) for p in _unlike(both, source, k + 1)]
    if problems:
        raise MeasureError(
            Text("这些出行时间不能合并", "these travel times cannot be combined"), problems=problems
        )
    return both


def _unlike(both: Combined, source: Rows, number: int) -> list[Problem]:
    checks = (
        (source.origins == both.origins, Text("起点", "origins")),
        (source.destinations == both.destinations, Text("终点", "destinations")),
        (
            source.percentiles == both.percentiles or len(source.percentiles) == 1,
            Text("百分位数", "percentiles"),
        ),
    )
    return [
        Problem(
            what=Text(f"第 {number} 个来源的{name.zh}不同", f"source {number} has other {name.en}"),
            remedy=Text(
                "用相同的起点、终点与百分位数计算",
                "compute all with the same origins, destinations, percentiles",
            ),
        )
        for same, name in checks
        if not same
    ]
