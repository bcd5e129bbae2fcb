"""Indicators of safety: shelter, rescue, a second way in and out, help from the neighbours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.network.values import UNREACHED
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region

MAIN_ROADS = ("expressway", "primary")


def shelter_per_100(region: Region) -> pd.Series[float]:
    """Return the places in emergency shelters in the zone per 100 residents."""
    people = region.zone_sum(common.cells(region, "population"))
    return common.series(region, common.capacity_by_zone(region, "shelter") / people * 100)


def cell_minutes_to_shelter(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest emergency shelter by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", "shelter")))


def shelter_in_30_min(region: Region) -> pd.Series[float]:
    """Return the residents within 30 min of an emergency shelter by any mode, %."""
    return common.resident_share(region, common.within(common.nearest_seconds(region, "any", "shelter"), 30))


def backup_hospital(region: Region) -> pd.Series[float]:
    """Return the mean time of residents to the second-nearest hospital by any mode, min."""
    second = common.nearest_seconds(region, "any", "hospital", rank=2)
    return common.resident_mean(region, common.minutes(second))


def cell_backup_hospital(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the second-nearest hospital by any mode, min."""
    second = common.nearest_seconds(region, "any", "hospital", rank=2)
    return common.by_cell(region, common.minutes(second))


def hospital_next_door(region: Region) -> pd.Series[float]:
    """Return the mean time of residents to the nearest hospital outside their own zone by car, min."""
    times = common.place_seconds(region, "drive", "hospital")
    own = region.cell_zone[:, None] == common.place_zone(region, "hospital")[None, :]
    nearest = np.where(own, UNREACHED, times).min(axis=1, initial=UNREACHED)
    return common.resident_mean(region, common.minutes(nearest))


def fire_engine_in_15_min(region: Region) -> pd.Series[float]:
    """Return the residents within 15 min of a fire station by car, %."""
    nearest = common.nearest_seconds(region, "drive", "fire_station")
    return common.resident_share(region, common.within(nearest, 15))


def cell_minutes_from_fire_station(region: Region) -> pd.Series[float]:
    """Return the time between each cell and the nearest fire station by car, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "drive", "fire_station")))


def _medians(values: common.Array, weights: common.Array) -> common.Array:
    """Weighted lower median of each row (shape: rows, columns; weights: columns); NaN without weight."""
    order = np.argsort(values, axis=1, kind="stable")
    reached = np.cumsum(weights[order], axis=1)
    if not reached.size or reached[0, -1] <= 0:
        return np.full(len(values), np.nan)
    at = (reached >= 0.5 * reached[:, -1:] * (1 - 1e-12)).argmax(axis=1)
    rows = np.arange(len(values))
    return np.asarray(values[rows, order[rows, at]])


def help_from_next_door(region: Region) -> pd.Series[float]:
    """Return the median time by car from the nearest fire station of another zone to a zone's residents."""
    minutes = common.minutes(common.place_seconds(region, "drive", "fire_station"))
    at, people = common.place_zone(region, "fire_station"), common.cells(region, "population")
    zones, inside = len(region.zone_ids), at >= 0
    out = np.full((zones, zones), np.nan)
    for z in range(zones):
        mine = np.flatnonzero(region.cell_zone == z)
        nearest = np.full((zones, mine.size), common.LONGEST)
        np.minimum.at(nearest, at[inside], minutes[np.ix_(mine, inside)].T)
        out[z] = _medians(nearest, people[mine])
    return common.by_pair(region, out)


def landslides(region: Region) -> pd.Series[float]:
    """Return the recorded landslides in the zone per 1,000 km2."""
    at = common.place_zone(region, "landslide")
    events = np.bincount(at[at >= 0], minlength=len(region.zone_ids)).astype(np.float64)
    return common.series(region, events / common.statistic(region, "area") * 1000)


def main_road_exits(region: Region) -> pd.Series[float]:
    """Return the expressway and primary links that join the zone to another zone."""
    links = region.tables["links"]
    zone = dict(zip(region.tables["cells"].array("id"), region.cell_zone, strict=True))
    main = np.isin(links.array("kind").astype(str), MAIN_ROADS)
    a, b = (np.array([zone[c] for c in links.array(end)[main]], dtype=np.int64) for end in ("from", "to"))
    ends = np.concatenate([a[a != b], b[a != b]])
    return common.series(region, np.bincount(ends, minlength=len(region.zone_ids)).astype(np.float64))


FUNCTIONS: Mapping[str, Measure] = {
    "Y-SAF-01": shelter_per_100,
    "Y-SAF-02": shelter_in_30_min,
    "Y-SAF-03": backup_hospital,
    "Y-SAF-04": fire_engine_in_15_min,
    "Y-SAF-05": landslides,
    "Y-SAF-06": main_road_exits,
    "Y-SAF-07": hospital_next_door,
    "C-SAF-02": help_from_next_door,
    "Y-CEL-11": cell_minutes_to_shelter,
    "Y-CEL-12": cell_minutes_from_fire_station,
    "Y-CEL-13": cell_backup_hospital,
}
