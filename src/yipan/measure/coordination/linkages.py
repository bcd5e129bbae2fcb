"""Linkages between the zones of a region, from its table of flows and travel times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.errors import Problem
from yipan.measure.coordination.checks import problem, refuse, warning
from yipan.measure.coordination.gravity import Decay, Effects, GravityModel, gravity_model
from yipan.measure.coordination.zone_times import ZoneTimes
from yipan.region.value import Region
from yipan.text import Text

_WHAT = Text("区县间引力联系无法估计", "linkages between zones cannot be estimated")


@dataclass(frozen=True)
class Linkages:
    """Observed and expected flows between zones.

    Parameters
    ----------
    model
        The gravity model they were estimated by.
    pairs
        One row an ordered pair of zones (index ``from``, ``to``): ``flow``, ``expected`` (unit of the flows),
        ``minutes``, and ``ratio`` (flow over expected; below 1: linked less than size and time suggest).
    strength
        Expected flows out of and into each zone, added up.
    unit
        Of the flows.
    """

    model: GravityModel
    pairs: pd.DataFrame
    strength: pd.Series[float]
    unit: str
    problems: tuple[Problem, ...] = ()


def zone_linkages(
    region: Region,
    kind: str,
    *,
    times: ZoneTimes,
    year: int | None = None,
    decay: Decay = "power",
    effects: Effects = "none",
) -> Linkages:
    """Return gravity linkages between the zones of a region (`gravity_model` on its table of flows).

    Every ordered pair of zones counts; pairs that the table does not name have a flow of 0 (told in
    ``problems``). Ends without fixed effects enter by their residents.

    Parameters
    ----------
    kind
        Kind of flow in ``flows.csv`` (commuting, migration, trade …) between zones.
    times
        `zone_times` of the region.
    year
        Of the flows; the latest by default.
    decay, effects
        As for `gravity_model`.

    Raises
    ------
    MeasureError
        When there are no such flows, they are not between zones or of several units, or as `gravity_model`.

    Examples
    --------
    >>> from yipan.measure.coordination import zone_times
    >>> from yipan.network import travel_times
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> flows = [("A", "B", 900.0), ("B", "A", 2500.0), ("A", "C", 100.0), ("C", "A", 700.0), ("B", "C", 9.0)]
    >>> table = pd.DataFrame([
    ...     {"kind": "commute", "from": a, "to": b, "year": 2020, "value": v, "unit": "person",
    ...      "source": "invented", "quality": "assumed"} for a, b, v in flows])
    >>> region = tiny.replace(flows=table)
    >>> links = zone_linkages(region, "commute", times=zone_times(region, travel_times(region, "drive")))
    >>> round(float(links.pairs["expected"].sum())), links.pairs.loc[("C", "B"), "flow"]  # totals are met
    (4209, np.float64(0.0))
    """
    table = region.table("flows")
    rows = table[table["kind"] == kind]
    latest = int(rows["year"].max()) if year is None and len(rows) else year
    rows = rows[rows["year"] == latest]
    refuse(_WHAT, _problems(region, table, rows=rows, kind=kind, times=times))
    zones = times.zones
    ends = [(a, b) for a in zones for b in zones if a != b]
    given = dict(zip(zip(rows["from"], rows["to"], strict=True), rows["value"], strict=True))
    flow = np.array([given.get(pair, 0.0) for pair in ends])
    at = {z: i for i, z in enumerate(zones)}
    i, j = (np.array([at[pair[k]] for pair in ends]) for k in (0, 1))
    people = region.zone_sum(np.nan_to_num(region.cells["population"].to_numpy(np.float64)))
    model = gravity_model(
        flow,
        times.minutes[i, j],
        origins=[a for a, _ in ends],
        destinations=[b for _, b in ends],
        origin_sizes={} if effects in ("origin", "both") else {"residents": people[i]},
        destination_sizes={} if effects in ("destination", "both") else {"residents": people[j]},
        decay=decay,
        effects=effects,
    )
    expected = model.expected
    ratio = np.divide(flow, expected, out=np.full(len(flow), np.nan), where=expected > 0)
    pairs = pd.DataFrame(
        {"flow": flow, "expected": expected, "minutes": times.minutes[i, j], "ratio": ratio},
        index=pd.MultiIndex.from_tuples(ends, names=["from", "to"]),
    )
    known = np.nan_to_num(expected)
    strength = np.bincount(i, known, len(zones)) + np.bincount(j, known, len(zones))
    silent = _silent(sum(pair not in given for pair in ends), len(ends))
    unit = str(rows["unit"].iloc[0])
    return Linkages(model, pairs, pd.Series(strength, index=list(zones)), unit, (*silent, *model.problems))


def _problems(
    region: Region, table: pd.DataFrame, *, rows: pd.DataFrame, kind: str, times: ZoneTimes
) -> list[Problem]:
    if not len(rows):
        kinds = (
            ", ".join(sorted({f"{k} {y}" for k, y in zip(table["kind"], table["year"], strict=True)})) or "–"
        )
        what = Text(f"没有流量 {kind!r};现有:{kinds}", f"there are no flows {kind!r}; there are: {kinds}")
        return [problem(what, Text("补充 flows.csv", "add them to flows.csv"), column="kind")]
    out = []
    strangers = sorted((set(rows["from"]) | set(rows["to"])) - set(region.zone_ids))
    if strangers:
        some = ", ".join(map(str, strangers[:5]))
        what = Text(f"流量两端不是分区:{some}", f"ends that are not zones: {some}")
        out.append(problem(what, Text("选分区之间的流量", "choose a kind between zones"), column="from, to"))
    if rows["unit"].nunique() > 1:
        what = Text("流量单位不一致", "flows of several units")
        out.append(problem(what, Text("换算为一种单位", "convert them to one unit"), column="unit"))
    if times.zones != region.zone_ids:
        what = Text("时间不是本区域分区之间的", "the times are not between the zones of this region")
        out.append(problem(what, Text("用 zone_times 计算", "compute them by zone_times"), column="times"))
    return out


def _silent(missing: int, pairs: int) -> list[Problem]:
    if not missing:
        return []
    what = Text(
        f"{pairs} 对中 {missing} 对没有记录,按 0 计",
        f"{missing} of {pairs} pairs are not in the table: taken as 0",
    )
    remedy = Text("确认是 0 而不是缺失", "make sure they are 0 and not missing")
    return [warning(what, remedy, column="flows")]
