"""Market potential of places, and which clusters lie within the hour of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.measure.coordination.checks import (
    Floats,
    floats,
    named,
    not_numbers,
    problem,
    refuse,
    warning,
    wrong_lengths,
)
from yipan.measure.coordination.zone_times import group_times
from yipan.network import TravelTimes
from yipan.network.decay import Decay
from yipan.network.groups import centre
from yipan.region.value import Region
from yipan.text import Text

_POTENTIAL = Text("市场潜力无法计算", "market potential cannot be computed")
_CIRCLES = Text("一小时圈无法计算", "one-hour circles cannot be computed")


def market_potential(
    sizes: ArrayLike, minutes: ArrayLike, *, decay: Decay | None = None, zones: Sequence[str] | None = None
) -> pd.Series[float]:
    r"""Return how much demand lies within reach of each place, :math:`M_i = \sum_j m_j f(t_{ij})`.

    With :math:`f(t) = 1/t` where no decay is given (C. D. Harris (1954), *Annals of the Association of
    American Geographers* 44(4), 315–348). The place itself counts, by the time within it (the diagonal).

    Parameters
    ----------
    sizes
        Of each place: GDP, residents, retail sales; not negative, shape (places,).
    minutes
        Between places, above 0, infinite without a way (`zone_times`), shape (places, places).
    decay
        A decay of `yipan.network.decay`; the result then has the unit of the sizes.
    zones
        Names; 1, 2, 3 … by default.

    Raises
    ------
    MeasureError
        When shapes do not fit, sizes are missing or negative, or times are missing or not above 0.

    Examples
    --------
    >>> market_potential([100.0, 40.0], [[10.0, 20.0], [20.0, 5.0]]).tolist()  # 10 + 2, 5 + 8
    [12.0, 13.0]
    """
    m, t = floats(sizes).ravel(), floats(minutes)
    n = m.size
    problems = [
        *wrong_lengths(
            {"sizes": n, "minutes": t.shape[0] if t.ndim == 2 and t.shape[0] == t.shape[1] else -1}
        )
    ]
    problems += not_numbers(m, column="sizes", names=zones)
    if (m < 0).any():
        problems.append(
            problem(Text("规模为负", "negative sizes"), Text("核对", "check them"), column="sizes")
        )
    if not (t > 0).all():
        what = Text("时间缺失或不大于 0", "times are missing or not above 0")
        remedy = Text("对角线填内部出行时间", "give the time within a place on the diagonal")
        problems.append(problem(what, remedy, column="minutes"))
    refuse(_POTENTIAL, problems)
    weight = np.where(np.isinf(t), 0.0, 1.0 / t if decay is None else decay(t))
    names = [str(i + 1) for i in range(n)] if zones is None else [str(z) for z in zones]
    return pd.Series(weight @ m, index=pd.Index(names), name="market_potential")


@dataclass(frozen=True)
class HourCircles:
    """How near clusters are to each other.

    Parameters
    ----------
    limit
        Minutes of the circle.
    centres
        Cell that stands for the centre of each cluster: the one its jobs (residents where jobs are missing)
        are nearest to, by mean travel time.
    table
        One row an ordered pair of clusters (index ``from``, ``to``): ``minutes`` (mean between residents),
        ``pairs_within`` (share of pairs of residents within the limit, %), ``to_centre`` (share of residents
        of ``from`` who reach the centre of ``to`` within the limit, %), ``linked`` (mean within the limit).
    """

    limit: float
    centres: dict[str, str]
    table: pd.DataFrame
    problems: tuple[Problem, ...] = ()


def hour_circles(region: Region, times: TravelTimes, *, limit: float = 60.0) -> HourCircles:
    """Return which clusters of a region lie within an hour (or another limit) of each other.

    Parameters
    ----------
    times
        Between all cells of the region (`yipan.network.travel_times`).
    limit
        Minutes.

    Raises
    ------
    MeasureError
        When fewer than two clusters have cells, the limit is not above 0, or the times are of other cells.

    Examples
    --------
    >>> from yipan.network import travel_times
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> c = hour_circles(region, travel_times(region, "drive"))
    >>> c.centres, c.table.loc[("valley", "hills"), "to_centre"]
    ({'hills': 'C1', 'valley': 'A1'}, np.float64(0.0))
    """
    of_zone = [region.cluster_of[z] for z in region.zone_ids]
    of_cell = [of_zone[z] for z in region.cell_zone]
    names = sorted(set(of_cell) - {""})
    refuse(_CIRCLES, _circle_problems(len(names), limit))
    at = np.array([names.index(c) if c else -1 for c in of_cell], dtype=np.int64)
    means = group_times(region, times, groups=names, at=at, limit=limit)
    people, centres = _centres(region, times, at, len(names))
    reach = times.within(limit)[:, centres]
    rows = {}
    for i, a in enumerate(names):
        mine = np.where(at == i, people, 0.0)
        for j, b in enumerate(names):
            if i != j:
                rows[(a, b)] = {
                    "minutes": means.minutes[i, j],
                    "pairs_within": 100.0 * means.within[i, j],
                    "to_centre": 100.0 * float(mine @ reach[:, j]) / mine.sum() if mine.sum() else np.nan,
                    "linked": bool(means.minutes[i, j] <= limit),
                }
    pairs = pd.DataFrame.from_dict(rows, orient="index")
    pairs.index = pd.MultiIndex.from_tuples(list(rows), names=["from", "to"])
    where = {name: times.origins[c] for name, c in zip(names, centres, strict=True)}
    return HourCircles(limit, where, pairs, (*means.problems, *_outside(region, of_zone)))


def _circle_problems(clusters: int, limit: float) -> list[Problem]:
    if clusters >= 2 and limit > 0:
        return []
    what = Text(
        f"有单元格的组团 {clusters} 个,时限 {limit:g} 分",
        f"{clusters} clusters with cells, limit {limit:g} min",
    )
    return [problem(what, Text("至少两个组团,时限大于 0", "give at least two clusters and a limit above 0"))]


def _centres(
    region: Region, times: TravelTimes, at: NDArray[np.int64], count: int
) -> tuple[Floats, list[int]]:
    """Return the people of each cell, and the cell that is the centre of each cluster."""
    table = region.tables["cells"]
    people, jobs = (np.nan_to_num(floats(table.array(c))) for c in ("population", "jobs"))
    found = [centre(times.seconds, np.flatnonzero(at == k), jobs, people) for k in range(count)]
    return people, found


def _outside(region: Region, of_zone: list[str]) -> list[Problem]:
    outside = np.array([not c for c in of_zone])
    if not outside.any():
        return []
    who = named(region.zone_ids, outside)
    what = Text(f"不属于任何组团的区县:{who}", f"zones in no cluster: {who}")
    return [
        warning(
            what,
            Text("未计入;在 zones 表中填写组团", "left out; give their cluster in the zones table"),
            column="cluster",
        )
    ]
