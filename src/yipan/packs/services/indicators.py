"""Indicators of public services: hospitals and universities, near, enough and fairly spread.

What a zone value is the mean or share of is a value of cells first, and an indicator of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.inequality import Theil, gini, theil
from yipan.network import access
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region


def minutes_to_hospital(region: Region) -> pd.Series[float]:
    """Return the mean time of residents to the nearest hospital by any mode, min."""
    return common.resident_mean(region, common.minutes(common.nearest_seconds(region, "any", "hospital")))


def cell_minutes_to_hospital(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest hospital by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", "hospital")))


def hospital_in_30_min(region: Region) -> pd.Series[float]:
    """Return the residents within 30 min of a hospital by any mode, %."""
    nearest = common.nearest_seconds(region, "any", "hospital")
    return common.resident_share(region, common.within(nearest, 30))


def _beds_in_reach(region: Region) -> common.Array:
    """Two-step floating catchment, beds per 1,000 residents (shape: cells).

    Step 1: beds of each hospital over the residents within 60 min of it. Step 2: sum of these ratios over
    the hospitals within 60 min of each cell. Source: Luo & Wang (2003), doi:10.1068/b29120.
    """
    beds = common.place_numbers(region, "hospital", "capacity")
    return 1000 * access.two_step_floating_catchment(
        common.place_seconds(region, "any", "hospital"), beds, common.cells(region, "population"), limit=60
    )


def beds_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the hospital beds in reach per 1,000 residents who share them, mean over residents."""
    return common.resident_mean(region, _beds_in_reach(region))


def cell_beds_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the hospital beds in reach of each cell per 1,000 residents who share them."""
    return common.by_cell(region, _beds_in_reach(region))


def beds_per_100_000(region: Region) -> pd.Series[float]:
    """Return the hospital beds in the zone per 100,000 residents."""
    people = region.zone_sum(common.cells(region, "population"))
    return common.series(region, common.capacity_by_zone(region, "hospital") / people * 1e5)


def worst_tenth_to_hospital(region: Region) -> pd.Series[float]:
    """Return the time to the nearest hospital that nine tenths of the zone's residents do not exceed, min."""
    time = common.minutes(common.nearest_seconds(region, "any", "hospital"))
    people, zone = common.cells(region, "population"), region.cell_zone
    order = np.lexsort((time, zone))
    out = np.full(len(region.zone_ids), np.nan)
    for z in range(len(out)):
        mine = order[zone[order] == z]
        reached = np.cumsum(people[mine])
        if mine.size and reached[-1] > 0:
            out[z] = time[mine][np.searchsorted(reached, 0.9 * reached[-1] * (1 - 1e-12))]
    return common.series(region, out)


def _universities_in_reach(region: Region) -> common.Array:
    """Universities within 60 min of each cell by any mode (shape: cells)."""
    near = common.within(common.place_seconds(region, "any", "university"), 60)
    return np.asarray(near.sum(axis=1), dtype=np.float64)


def universities_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the universities within 60 min by any mode, mean over residents."""
    return common.resident_mean(region, _universities_in_reach(region))


def cell_universities_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the universities within 60 min of each cell by any mode."""
    return common.by_cell(region, _universities_in_reach(region))


def university_in_30_min(region: Region) -> pd.Series[float]:
    """Return the residents within 30 min of a university by any mode, %."""
    nearest = common.nearest_seconds(region, "any", "university")
    return common.resident_share(region, common.within(nearest, 30))


def gini_of_beds(region: Region) -> pd.Series[float]:
    """Return the Gini coefficient of hospital beds in reach over all residents."""
    return common.whole(gini(_beds_in_reach(region), common.cells(region, "population")))


def _theil_of_beds(region: Region) -> Theil:
    people = region.zone_sum(common.cells(region, "population"))
    clusters = [region.cluster_of[z] for z in region.zone_ids]
    return theil(common.capacity_by_zone(region, "hospital"), people, clusters)


def theil_of_beds(region: Region) -> pd.Series[float]:
    """Return Theil's T of hospital beds over the residents of zones."""
    return common.whole(_theil_of_beds(region).total)


def theil_between_clusters(region: Region) -> pd.Series[float]:
    """Return the part of the Theil index that lies between clusters, %."""
    return common.whole(_theil_of_beds(region).share_between * 100)


FUNCTIONS: Mapping[str, Measure] = {
    "Y-LIV-01": minutes_to_hospital,
    "Y-LIV-02": hospital_in_30_min,
    "Y-LIV-03": beds_in_an_hour,
    "N-LIV-02": beds_per_100_000,
    "Y-HUM-02": worst_tenth_to_hospital,
    "Y-SMT-01": universities_in_an_hour,
    "Y-SMT-02": university_in_30_min,
    "Y-PUB-01": gini_of_beds,
    "C-PUB-02": theil_of_beds,
    "Y-PUB-02": theil_between_clusters,
    "Y-CEL-08": cell_minutes_to_hospital,
    "Y-CEL-09": cell_beds_in_an_hour,
    "Y-CEL-10": cell_universities_in_an_hour,
}
