"""What coordination takes from a measured region: needs, services by zone, years of statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from yipan.measure.coordination.checks import Floats, problem, refuse
from yipan.measure.coordination.coupling import Coupling, Form, coupling_coordination
from yipan.measure.coordination.obstacles import obstacle_degrees
from yipan.measure.values import NEEDS, Results
from yipan.needs import kind_rows
from yipan.region.dictionary import kinds
from yipan.region.value import Region
from yipan.text import Text

_SERVICE = Text("公共服务无法汇总到分区", "public services cannot be summed up by zone")


def need_shares(results: Results) -> Floats:
    """Return the scores of the four needs between 0 and 1, zones × needs."""
    return np.asarray(results.needs[list(NEEDS)].to_numpy(np.float64) / 100.0)


def need_coupling(results: Results, form: Form = "standard") -> Coupling:
    """Return the coupling coordination of the four needs in every zone (scores over 100).

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> need_coupling(measure(example("tiny"))).subsystems
    ('economy', 'living', 'ecology', 'safety')
    """
    zones = [str(z) for z in results.needs.index]
    return coupling_coordination(need_shares(results), form, units=zones, subsystems=NEEDS)


def need_obstacles(results: Results) -> pd.DataFrame:
    """Return `obstacle_degrees` of all scored indicators: needs weigh alike, and indicators inside a need.

    An indicator missing in one zone gives its weight to the others of its need there, as in the need score.

    Returns
    -------
    DataFrame
        Zones × indicators, %; NaN for a missing indicator, and throughout where a need has no score.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> degrees = need_obstacles(measure(example("tiny")))
    >>> sums = degrees.sum(axis=1)
    >>> bool((((sums - 100).abs() < 1e-9) | (sums == 0)).all())
    True
    """
    scores = results.scores / 100.0
    needs = np.array([results.indicators[str(c)].need for c in scores.columns])
    there = np.isfinite(scores.to_numpy(np.float64))
    sound = np.isfinite(need_shares(results)).all(axis=1)
    out = pd.DataFrame(np.nan, index=scores.index, columns=scores.columns)
    for pattern in np.unique(there[sound], axis=0):
        rows = sound & (there == pattern).all(axis=1)
        mine = needs[pattern]
        part = scores.loc[rows, pattern]
        weights = [1.0 / (len(NEEDS) * int((mine == n).sum())) for n in mine]
        out.loc[rows, pattern] = obstacle_degrees(part.to_numpy(np.float64), weights).to_numpy()
    return out


def service_by_zone(region: Region, kind: str) -> tuple[Floats, str]:
    """Return how much of a service each zone has, and whether that is a ``capacity`` or a ``number``.

    Capacities are added up where every place of the kind has one, in one unit; else places are counted. A
    point on a shared border belongs to the zone with the smaller id.

    Raises
    ------
    MeasureError
        When no place of the kind is listed, or none lies in a zone.

    Examples
    --------
    >>> from yipan.region import example
    >>> amounts, counted = service_by_zone(example("tiny"), "hospital")
    >>> len(amounts), counted
    (3, 'capacity')
    """
    table, rows = region.tables["places"], kind_rows(region, kind)
    capacity = table.numbers("capacity")[rows]
    units = {str(u) for u in table.array("unit")[rows]} if "unit" in table else {""}
    whole_capacity = rows.size > 0 and bool(np.isfinite(capacity).all()) and len(units) == 1
    shapes = region.zones.geometry.to_numpy()
    order = np.argsort(np.array(region.zone_ids))
    points = shapely.points(table.numbers("lon")[rows], table.numbers("lat")[rows])
    hit = shapely.STRtree(points)
    at = np.full(rows.size, -1, dtype=np.int64)
    for zone in order[::-1]:  # the smallest id last: it keeps what lies on a border
        at[hit.query(shapes[zone], predicate="intersects")] = zone
    inside = at >= 0
    if not inside.any():
        name = kinds()[kind].label if kind in kinds() else Text(kind, kind)
        what = Text(f"没有位于分区内的{name.zh}", f"no {name.en} lies in a zone")
        remedy = Text(f"在 places.csv 补充 kind={kind} 的行", f"add rows with kind={kind} to places.csv")
        refuse(_SERVICE, [problem(what, remedy, column="kind")])
    amount = capacity[inside] if whole_capacity else np.ones(int(inside.sum()))
    total = np.bincount(at[inside], amount, len(shapes)).astype(np.float64)
    return total, "capacity" if whole_capacity else "number"


def statistic_panel(region: Region, ratio: str) -> pd.DataFrame:
    """Return a variable of the statistics (or one over another) for the years in which every zone has it.

    Parameters
    ----------
    ratio
        ``gdp``, ``gdp/population`` …

    Returns
    -------
    DataFrame
        Zones × years, in order.

    Examples
    --------
    >>> from yipan.region import example
    >>> statistic_panel(example("tiny"), "population").columns.tolist()
    [2010, 2020]
    """
    table = region.table("statistics")
    parts = []
    for variable in ratio.split("/"):
        mine = table[table["variable"] == variable.strip()]
        wide = mine.pivot_table(index="zone", columns="year", values="value", aggfunc="first")
        parts.append(wide.reindex([*region.zone_ids]).dropna(axis=1).astype(np.float64))
    years = sorted(set.intersection(*(set(p.columns) for p in parts)))
    found = parts[0][years]
    for below in parts[1:]:
        found = found / below[years]
    found.columns = pd.Index([int(y) for y in years], name="year")
    return found
