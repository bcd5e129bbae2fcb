"""Indicators of movement: what residents reach, and how far they are from the ways out.

What a zone value is the mean or share of is a value of cells first, and an indicator of its own. Pairs of
zones and clusters are in `yipan.packs.transport.between`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.network.distance import Points
from yipan.network.values import UNREACHED, Mode
from yipan.pack import Measure
from yipan.packs import common
from yipan.packs.transport import between
from yipan.region.value import Region

RAIL_MODES = ("metro", "rail")
WALK_TO_RAIL_KM = 0.8
STATIONS = "hsr_station|rail_station"


def _share_of_jobs(region: Region, mode: Mode, limit: float) -> common.Array:
    """Jobs within `limit` minutes of each cell, % of the region's jobs (shape: cells)."""
    jobs = common.cells(region, "jobs")
    return np.asarray(common.reachable(region, mode, limit, "jobs") / jobs.sum() * 100)


def jobs_by_transit(region: Region) -> pd.Series[float]:
    """Return the jobs within 45 min by transit, mean over residents, % of the region's jobs."""
    return common.resident_mean(region, _share_of_jobs(region, "transit", 45))


def cell_jobs_by_transit(region: Region) -> pd.Series[float]:
    """Return the jobs within 45 min of each cell by transit, % of the region's jobs."""
    return common.by_cell(region, _share_of_jobs(region, "transit", 45))


def jobs_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the jobs within 60 min by any mode, mean over residents, % of the region's jobs."""
    return common.resident_mean(region, _share_of_jobs(region, "any", 60))


def cell_jobs_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the jobs within 60 min of each cell by any mode, % of the region's jobs."""
    return common.by_cell(region, _share_of_jobs(region, "any", 60))


def cell_residents_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the residents within 60 min of each cell by any mode, 1e4 persons."""
    return common.by_cell(region, common.reachable(region, "any", 60, "population") / 1e4)


def _to_core(region: Region) -> NDArray[np.int32]:
    """Time from each cell to the nearest cell of the core by any mode, seconds (shape: cells)."""
    times = common.seconds(region, "any")[:, common.core_cells(region)]
    return np.asarray(times.min(axis=1, initial=UNREACHED), dtype=np.int32)


def core_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the residents within 60 min of the nearest cell of the core by any mode, %."""
    return common.resident_share(region, common.within(_to_core(region), 60))


def cell_minutes_to_core(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest cell of the core by any mode, min."""
    return common.by_cell(region, common.minutes(_to_core(region)))


def rail_in_800_m(region: Region) -> pd.Series[float]:
    """Return the residents and jobs whose cell is within 800 m, straight, of urban rail, %."""
    lines, stops = region.tables["lines"], region.tables["stops"]
    modes = dict(zip(lines.array("id"), lines.array("mode"), strict=True))
    rail = np.array([modes.get(line) in RAIL_MODES for line in stops.array("line")], dtype=np.bool_)
    stations = Points(stops.numbers("lon")[rail], stops.numbers("lat")[rail])
    near = np.zeros(len(region.tables["cells"]), dtype=np.bool_)
    hits, _, _ = stations.within(common.cells(region, "lon"), common.cells(region, "lat"), km=WALK_TO_RAIL_KM)
    near[hits] = True
    both = common.cells(region, "population") + common.cells(region, "jobs")
    return common.zone_ratio(region, np.where(near, both, 0.0), both, scale=100)


def transit_parity(region: Region) -> pd.Series[float]:
    """Return the jobs reached within 60 min by transit against those reached by car, %."""
    people = common.cells(region, "population")
    by_transit = people * common.reachable(region, "transit", 60, "jobs")
    by_car = people * common.reachable(region, "drive", 60, "jobs")
    return common.zone_ratio(region, by_transit, by_car, scale=100)


def airport_in_90_min(region: Region) -> pd.Series[float]:
    """Return the residents within 90 min of an airport by any mode, %."""
    nearest = common.nearest_seconds(region, "any", "airport")
    return common.resident_share(region, common.within(nearest, 90))


def cell_minutes_to_airport(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest airport by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", "airport")))


def minutes_to_fast_rail(region: Region) -> pd.Series[float]:
    """Return the mean time of residents to the nearest high-speed rail station by any mode, min."""
    nearest = common.nearest_seconds(region, "any", "hsr_station")
    return common.resident_mean(region, common.minutes(nearest))


def cell_minutes_to_fast_rail(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest high-speed rail station by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", "hsr_station")))


def cell_minutes_to_rail(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest railway station of any kind by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", STATIONS)))


FUNCTIONS: Mapping[str, Measure] = {
    "N-ECO-03": jobs_by_transit,
    "Y-ECO-01": jobs_in_an_hour,
    "C-INF-02": core_in_an_hour,
    "C-INF-03": rail_in_800_m,
    "Y-GRN-01": transit_parity,
    "Y-INT-01": airport_in_90_min,
    "Y-INT-02": minutes_to_fast_rail,
    "Y-CEL-01": cell_residents_in_an_hour,
    "Y-CEL-02": cell_jobs_in_an_hour,
    "Y-CEL-03": cell_jobs_by_transit,
    "Y-CEL-04": cell_minutes_to_core,
    "Y-CEL-05": cell_minutes_to_airport,
    "Y-CEL-06": cell_minutes_to_fast_rail,
    "Y-CEL-07": cell_minutes_to_rail,
    **between.FUNCTIONS,
}
