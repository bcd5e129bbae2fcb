"""The checks and the handling of missing values that all aggregations share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import MeasureError, Problem
from yipan.text import Text

Array = NDArray[np.float64]

LEAST = 0.5
"""Share of its indicators that a zone must have, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A checked table: scores (zones × indicators), where they are there, weights a zone, zones with enough.

    ``weights`` are zones × indicators: 0 where the score is missing, and each row of a zone with enough
    sums to 1. ``enough`` says which zones have an aggregate; the others get NaN.
    """

    scores: Array
    there: NDArray[np.bool_]
    weights: Array
    enough: NDArray[np.bool_]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise one `MeasureError` with all the problems, if there are any."""
    if problems:
        raise MeasureError(Text("无法合成", "the scores cannot be aggregated"), problems=problems)


def ready(scores: ArrayLike, weights: ArrayLike | None, *, least: float) -> Ready:
    """Return a checked table with the weights of missing scores spread over the others in proportion.

    Raises
    ------
    MeasureError
        When the shapes do not fit, a score is infinite, a weight is negative, all are 0, or `least` is not
        0–1.
    """
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim == 1:
        x = x[None, :]
    p = x.shape[-1]
    w = np.ones(p) if weights is None else np.asarray(weights, dtype=np.float64)
    refuse(_unsound(x, w, least))
    there = ~np.isnan(x)
    mine = there * w
    total = mine.sum(axis=1)
    enough = (there.sum(axis=1) >= least * p - 1e-12) & (total > 0)
    return Ready(x, there, mine / np.where(total > 0, total, 1.0)[:, None], enough)


def _unsound(x: Array, w: Array, least: float) -> list[Problem]:
    problems = []
    if x.ndim != 2 or x.shape[1] == 0 or w.shape != (x.shape[1],):
        return [
            Problem(
                what=Text("得分与权重的形状不符", "scores and weights do not fit"),
                remedy=Text(
                    "每行一个区域,每列一个指标,每个指标一个权重",
                    "give one row a zone, one column an indicator, one weight an indicator",
                ),
            )
        ]
    if np.isinf(x).any():
        problems.append(
            Problem(
                what=Text("有无穷大的得分", "an infinite score"), remedy=Text("改为缺失", "make it missing")
            )
        )
    if not np.isfinite(w).all() or (w < 0).any() or w.sum() <= 0:
        problems.append(
            Problem(
                what=Text("权重为负、非数或全为 0", "a weight is negative or not a number, or all are 0"),
                remedy=Text(
                    "指标越低越好时改方向,不用负权重",
                    "turn an indicator's direction round instead of weighing it negatively",
                ),
            )
        )
    if not 0 <= least <= 1:
        problems.append(
            Problem(what=Text("least 不在 0–1", "least is not 0–1"), remedy=Text("给出份额", "give a share"))
        )
    return problems


def positive(x: Array, *, strictly: bool, method: Text) -> list[Problem]:
    """Return a problem for every column with a score that `method` cannot take."""
    bad = (x <= 0) if strictly else (x < 0)
    need = Text("大于 0" if strictly else "不小于 0", "above 0" if strictly else "0 or more")
    return [
        Problem(
            what=Text(
                f"{len(x)} 个区域中有 {int(bad[:, k].sum())} 个的得分不{need.zh};{method.zh}要求{need.zh}",
                f"not {need.en} in {int(bad[:, k].sum())} of {len(x)} zones; {method.en} needs it so",
            ),
            remedy=Text(
                "归一到 1–100,或改用算术平均",
                "normalise to 1–100 instead of 0–100, or use the arithmetic mean",
            ),
            row=int(np.flatnonzero(bad[:, k])[0]) + 2,
            column=f"#{k + 1}",
        )
        for k in np.flatnonzero(bad.any(axis=0))
    ]
