"""A siting problem of a region: who lives where, what is there already, where it might be, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan import options
from yipan.errors import PlanError, Problem
from yipan.needs import kind_rows
from yipan.network.matrix.size import MatrixSize
from yipan.network.points import times_to_points
from yipan.network.values import Mode
from yipan.plan.siting.checks import wrong
from yipan.region.value import Region
from yipan.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PAIR_BYTES = 28
"""Bytes held a pair of cell and site while solving: seconds, and three tables of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Cells against sites: the places that are there come first, then the candidates.

    Parameters
    ----------
    people
        Residents per cell, 0 where unknown.
    existing
        Ids of the places of the kind that are there.
    capacity
        Their capacity, NaN where unknown.
    unit
        Of capacity, "" where no place says one.
    candidates
        Positions of the cells where one may be put: at the cell's point.
    seconds
        Door to door from every cell to every site, int32, shape (cells, existing + candidates).
    """

    people: Floats
    existing: tuple[str, ...]
    capacity: Floats
    unit: str
    candidates: Ints
    seconds: NDArray[np.int32]

    @property
    def held(self) -> range:
        """Columns of the places that are there."""
        return range(len(self.existing))

    @property
    def near(self) -> NDArray[np.int32]:
        """Seconds from every cell to the nearest place that is there."""
        return self.nearest(np.arange(len(self.existing)))

    def nearest(self, sites: Ints) -> NDArray[np.int32]:
        """Return seconds from every cell to the nearest of some sites; `UNREACHED` where there is none."""
        unreached = np.iinfo(np.int32).max
        return np.asarray(self.seconds[:, sites].min(axis=1, initial=unreached), dtype=np.int32)


def board_of(
    region: Region, kind: str, *, mode: Mode = "any", within: Sequence[str] = (), least_people: float = 0.0
) -> Board:
    """Return the siting problem of a kind of place.

    Parameters
    ----------
    kind
        Of place; ``a|b`` and ``power_*`` are understood.
    mode
        As in `yipan.network.travel_times`. Times to a candidate are those to a place at the cell's point, as
        they are measured once it is built.
    within
        Ids of zones or clusters whose cells are candidates; none: all.
    least_people
        Fewest residents of a candidate cell.

    Raises
    ------
    PlanError
        When a zone or cluster is unknown, no cell is left, or the table of times is larger than option
        ``network.max_matrix_mb`` allows.

    Examples
    --------
    >>> from yipan.region import example
    >>> board = board_of(example("tiny"), "hospital", mode="drive", within=["hills"])
    >>> board.existing, board.candidates.tolist(), board.seconds.shape
    (('h1', 'h2'), [4, 5], (6, 4))
    """
    people = np.nan_to_num(region.tables["cells"].numbers("population"))
    zones, unknown = _zones(region, within)
    inside = np.isin(region.cell_zone, zones) if within else np.ones(len(people), dtype=np.bool_)
    candidates = np.flatnonzero(inside & (people >= least_people))
    rows = kind_rows(region, kind)
    size = MatrixSize(len(people), len(rows) + len(candidates), entry=PAIR_BYTES)
    problems = [*unknown, *_none(candidates, least_people), *_too_large(size)]
    if problems:
        raise PlanError(Text("无法建立选址问题", "there is no such siting problem"), problems=problems)
    table = region.tables["places"]
    lon, lat = (
        np.concatenate([table.numbers(c)[rows], region.tables["cells"].numbers(c)[candidates]])
        for c in ("lon", "lat")
    )
    units = [str(u) for u in table.array("unit")[rows] if u]
    return Board(
        people=people,
        existing=tuple(str(i) for i in table.array("id")[rows]),
        capacity=table.numbers("capacity")[rows],
        unit=units[0] if units else "",
        candidates=candidates,
        seconds=times_to_points(region, lon, lat, mode),
    )


def _zones(region: Region, names: Sequence[str]) -> tuple[list[int], list[Problem]]:
    """Return positions of the zones named themselves or by their cluster (or one above it)."""
    parents = {c.id: c.parent for c in region.meta.clusters}
    found: list[int] = []
    known = set(region.zone_ids) | set(parents)
    for at, zone in enumerate(region.zone_ids):
        own, cluster = {zone}, region.cluster_of.get(zone, "")
        while cluster and cluster not in own:
            own.add(cluster)
            cluster = parents.get(cluster, "")
        if own & set(names):
            found.append(at)
    return found, [
        wrong(
            Text(f"没有分区或片区 {n}", f"there is no zone or cluster {n}"),
            Text(f"片区有:{'、'.join(parents)}", f"clusters are: {', '.join(parents)}; or use ids of zones"),
        )
        for n in names
        if n not in known
    ]


def _none(candidates: Ints, least_people: float) -> list[Problem]:
    if len(candidates):
        return []
    return [
        wrong(
            Text(
                f"没有居民不少于 {least_people:,.0f} 人的候选单元格",
                f"no candidate cell has {least_people:,.0f} residents or more",
            ),
            Text("降低人数下限或放宽范围", "ask for fewer residents, or for more zones"),
        )
    ]


def _too_large(size: MatrixSize) -> list[Problem]:
    allowed = options.get("network.max_matrix_mb")
    if size.nbytes <= allowed * 1_000_000:
        return []
    return [
        wrong(
            Text(f"{size.text.zh};上限 {allowed:,} MB", f"{size.text.en}; allowed are {allowed:,} MB"),
            Text(
                "减少候选点(--least-people、--zones),或提高选项 network.max_matrix_mb",
                "have fewer candidates (--least-people, --zones), or raise option network.max_matrix_mb",
            ),
        )
    ]
