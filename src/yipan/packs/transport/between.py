"""Indicators of pairs of zones and of clusters: travel times, one-hour circles, linkages, commuters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.needs import Memo, cluster_members, needs_key, of_kind
from yipan.network.groups import centre
from yipan.network.values import UNREACHED
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region

HOUR = 60.0
"""Minutes of the one-hour circle."""
STRAIGHT_KMH = 60.0
"""Speed along the straight line that travel times are compared with (assumed)."""
DISTANCE_POWER = 2.0
"""How strongly linkages fall with travel time (assumed; Newton's)."""
COMMUTERS = "commute|commuting"
"""Kinds of flow that are people on their way to work."""

_CENTRES: Memo[NDArray[np.int64]] = Memo(size=64)


def minutes_by_car(region: Region) -> pd.Series[float]:
    """Return the mean time between the residents of two zones by car, min."""
    return common.by_pair(region, common.between_zones(region, "drive").minutes)


def minutes_by_transit(region: Region) -> pd.Series[float]:
    """Return the mean time between the residents of two zones by transit, min."""
    return common.by_pair(region, common.between_zones(region, "transit").minutes)


def one_hour_pair(region: Region) -> pd.Series[float]:
    """Return 1 where the mean time between residents by any mode is within an hour, else 0."""
    minutes = common.between_zones(region, "any").minutes
    return common.by_pair(region, np.where(np.isnan(minutes), np.nan, minutes <= HOUR))


def residents_within_an_hour(region: Region) -> pd.Series[float]:
    """Return the pairs of residents of two zones within 60 min of each other by any mode, %."""
    return common.by_pair(region, common.between_zones(region, "any").within * 100)


def time_to_straight_line(region: Region) -> pd.Series[float]:
    """Return the time by car over that along the straight line between zones at 60 km/h."""
    people = region.zone_sum(common.cells(region, "population"))
    lon, lat = (
        region.zone_sum(common.cells(region, c) * common.cells(region, "population")) / people
        for c in ("lon", "lat")
    )
    straight = common.distances_km(lon, lat, lon, lat) / STRAIGHT_KMH * 60
    straight[straight <= 0] = np.nan
    return common.by_pair(region, common.between_zones(region, "drive").minutes / straight)


def linkage(region: Region) -> pd.Series[float]:
    """Return the gravity linkage of two zones: root of residents × GDP at both ends over time squared.

    Residents in 1e4, GDP in 1e8, the fastest mode in minutes.
    """
    people, gdp = (region.zone_sum(common.cells(region, c)) for c in ("population", "gdp"))
    mass = np.sqrt(people / 1e4 * gdp)
    minutes = common.between_zones(region, "any").minutes
    return common.by_pair(region, mass[:, None] * mass[None, :] / minutes**DISTANCE_POWER)


def commuters(region: Region) -> pd.Series[float]:
    """Return the commuters from one zone to another, % of all recorded commuters from the first."""
    flows, zones = region.tables["flows"], region.zone_ids
    at = {z: i for i, z in enumerate(zones)}
    mine = of_kind(flows.array("kind"), COMMUTERS)
    year = flows.numbers("year")
    rows = np.flatnonzero(mine & (year == year[mine].max(initial=-np.inf)))
    table = np.zeros((len(zones), len(zones)))
    for a, b, value in zip(
        flows.array("from")[rows], flows.array("to")[rows], flows.numbers("value")[rows], strict=True
    ):
        if a in at and b in at:
            table[at[a], at[b]] += value
    total = table.sum(axis=1, keepdims=True)
    return common.by_pair(
        region, np.divide(table, total, out=np.full(table.shape, np.nan), where=total > 0) * 100
    )


def _centres(region: Region) -> NDArray[np.int64]:
    """Position of the cell that is the centre of each cluster, −1 where it has no cell (shape: clusters).

    The cell that the cluster's jobs (residents where it has no jobs) are nearest to by any mode.
    """

    def compute() -> NDArray[np.int64]:
        jobs, people = common.cells(region, "jobs"), common.cells(region, "population")
        times = common.seconds(region, "any")
        inside = [np.flatnonzero(m) for m in common.cluster_cells(region)]
        return np.array([centre(times, m, jobs, people) if m.size else -1 for m in inside], dtype=np.int64)

    return _CENTRES.get(needs_key(region, ("times:any", "cells:jobs", "cells:population")), compute)


def _cluster_mean(region: Region, values: list[common.Array]) -> pd.Series[float]:
    """Return the mean of a cell value, one array a cluster, over the residents of each cluster."""
    people = common.cells(region, "population")
    out = [
        float(v @ (people * m)) / total if (total := float((people * m).sum())) > 0 else np.nan
        for v, m in zip(values, common.cluster_cells(region), strict=True)
    ]
    return common.by_cluster(region, np.array(out, dtype=np.float64))


def centre_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the residents of a cluster within 60 min of its centre by any mode, %."""
    times, nowhere = common.seconds(region, "any"), np.full(len(region.cell_zone), np.nan)
    centres = _centres(region)
    there = np.flatnonzero(centres >= 0)
    in_reach = common.within(times[:, centres[there]], HOUR)
    reach = [nowhere for _ in centres]
    for k, at in enumerate(there):
        reach[at] = np.where(in_reach[:, k], 100.0, 0.0)
    return _cluster_mean(region, reach)


def next_centre(region: Region) -> pd.Series[float]:
    """Return the mean time of a cluster's residents to the nearest centre of another cluster, min.

    Clusters that share a zone (one inside the other) are not others.
    """
    times, centres = common.seconds(region, "any"), _centres(region)
    members = [set(zones) for zones in cluster_members(region).values()]
    out = []
    for mine in members:
        others = [c for c, zones in zip(centres, members, strict=True) if c >= 0 and not zones & mine]
        # an array: of times lowered where they are read, only these columns are computed
        nearest = times[:, np.array(others, dtype=np.int64)].min(axis=1, initial=UNREACHED)
        out.append(common.minutes(nearest) if others else np.full(len(nearest), np.nan))
    return _cluster_mean(region, out)


FUNCTIONS: Mapping[str, Measure] = {
    "Y-PAR-01": minutes_by_car,
    "Y-PAR-02": minutes_by_transit,
    "Y-PAR-03": one_hour_pair,
    "Y-PAR-04": residents_within_an_hour,
    "Y-PAR-05": commuters,
    "C-INF-01": time_to_straight_line,
    "C-INF-04": linkage,
    "Y-CLU-01": centre_in_an_hour,
    "Y-CLU-02": next_centre,
}
