"""Travel times between groups of cells: zones or clusters, as the people of both ends know them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, named, problem, refuse, warning
from yipan.network import TravelTimes
from yipan.network.groups import group_means
from yipan.region.value import Region
from yipan.text import Text

_WHAT = Text("出行时间无法汇总", "travel times cannot be summed up")


@dataclass(frozen=True)
class ZoneTimes:
    """Mean travel times between groups of cells.

    Parameters
    ----------
    zones
        Ids, in the order of rows (from) and columns (to).
    minutes
        Mean over the pairs of residents that have a way, infinite where none has, shape (zones, zones); on
        the diagonal between residents of the same zone.
    reached
        Share of the pairs of residents that have a way, 0–1.
    within
        Share of the pairs of residents within `limit` minutes, 0–1.
    problems
        Groups without residents, pairs only some of whose residents have a way.
    """

    zones: tuple[str, ...]
    minutes: Floats
    reached: Floats
    within: Floats
    limit: float
    problems: tuple[Problem, ...] = ()


def zone_times(region: Region, times: TravelTimes, *, limit: float = 60.0) -> ZoneTimes:
    r"""Return mean travel times between zones, :math:`\sum P_c P_d t_{cd} / \sum P_c P_d` over their cells.

    Parameters
    ----------
    times
        Between all cells of the region (`yipan.network.travel_times`).
    limit
        Minutes of the share ``within``.

    Raises
    ------
    MeasureError
        When the times are of other cells, or a zone has no cell.

    Examples
    --------
    >>> from yipan.network import travel_times
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> z = zone_times(region, travel_times(region, "drive"))
    >>> z.zones, bool(z.minutes[0, 2] > z.minutes[0, 1])  # the hills are farther than the other bank
    (('A', 'B', 'C'), True)
    """
    return group_times(
        region, times, groups=list(region.zone_ids), at=np.asarray(region.cell_zone), limit=limit
    )


def group_times(
    region: Region, times: TravelTimes, *, groups: list[str], at: NDArray[np.int64], limit: float
) -> ZoneTimes:
    """Return `zone_times` between any groups of cells (`at`: position of each cell's group, −1 in none)."""
    table = region.tables["cells"]
    ids = tuple(map(str, table.array("id")))
    people = np.nan_to_num(np.asarray(table.array("population"), dtype=np.float64))
    empty_cells = np.bincount(at[at >= 0], minlength=len(groups)) == 0
    refuse(_WHAT, _problems(times, ids, groups, empty_cells))
    found = group_means(times.seconds, at, people, groups=len(groups), limit=limit)
    told = _told(groups, found.deserted, found.reached)
    return ZoneTimes(tuple(groups), found.minutes, found.reached, found.within, limit, told)


def _problems(
    times: TravelTimes, ids: tuple[str, ...], groups: list[str], empty: NDArray[np.bool_]
) -> list[Problem]:
    out = []
    if times.origins != ids or times.destinations != ids:
        what = Text("出行时间不是本区域单元格之间的", "the times are not between the cells of this region")
        out.append(
            problem(what, Text("用 travel_times(region) 计算", "compute them by travel_times(region)"))
        )
    if empty.any():
        who = named(groups, empty)
        what = Text(f"没有单元格:{who}", f"without cells: {who}")
        out.append(problem(what, Text("补充 cells.csv", "add cells to cells.csv"), column="zone"))
    return out


def _told(groups: list[str], deserted: NDArray[np.bool_], reached: Floats) -> tuple[Problem, ...]:
    told = []
    if deserted.any():
        who = named(groups, deserted)
        what = Text(f"没有居民,各单元格等权:{who}", f"no residents, cells count alike: {who}")
        told.append(warning(what, Text("核对人口", "check the population"), column="population"))
    partly = ((reached < 1 - 1e-9).sum(axis=1) > 0) & ~(reached <= 0).all(axis=1)
    if partly.any():
        who = named(groups, partly)
        what = Text(
            f"部分居民之间不通,均值不含这些:{who}", f"some residents have no way, means leave them out: {who}"
        )
        told.append(warning(what, Text("看 reached", "look at reached"), column="minutes"))
    return tuple(told)
