"""Indicators of the economy: product, jobs, markets in reach, convergence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.network import access
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region
from yipan.structures import cosine_likeness

DECAY_MIN = 60.0
"""Minutes after which a market counts for 1/e of its size (assumed)."""
SECTORS = ("gdp_primary", "gdp_secondary", "gdp_tertiary")
"""Statistics whose structure is compared between zones."""


def gdp_per_resident(region: Region) -> pd.Series[float]:
    """Return GDP per resident, 1e4 CNY (GDP is in 1e8)."""
    return common.zone_ratio(region, common.cells(region, "gdp") * 1e4, common.cells(region, "population"))


def gdp_per_km2(region: Region) -> pd.Series[float]:
    """Return GDP per km2 of land, 1e8 CNY."""
    gdp = region.zone_sum(common.cells(region, "gdp"))
    return common.series(region, gdp / common.statistic(region, "area"))


def jobs_per_resident(region: Region) -> pd.Series[float]:
    """Return the jobs in the zone per resident."""
    return common.zone_ratio(region, common.cells(region, "jobs"), common.cells(region, "population"))


def _markets_in_reach(region: Region) -> common.Array:
    """GDP discounted by travel time from each cell, % of the region's GDP (shape: cells)."""
    gdp = common.cells(region, "gdp")
    near = access.gravity(common.seconds(region, "any"), gdp, beta=1 / DECAY_MIN)
    return np.asarray(near / gdp.sum() * 100)


def market_potential(region: Region) -> pd.Series[float]:
    """Return GDP discounted by travel time, mean over residents, % of the region's GDP."""
    return common.resident_mean(region, _markets_in_reach(region))


def cell_market_potential(region: Region) -> pd.Series[float]:
    """Return GDP discounted by travel time from each cell, % of the region's GDP."""
    return common.by_cell(region, _markets_in_reach(region))


def jobs_across_borders(region: Region) -> pd.Series[float]:
    """Return the share of the jobs within 60 min by any mode that lie in other zones, %."""
    people, jobs = common.cells(region, "population"), common.cells(region, "jobs")
    everywhere = common.reachable(region, "any", 60, "jobs")
    at_home = np.zeros(len(jobs))
    times = common.seconds(region, "any")
    for z in range(len(region.zone_ids)):
        mine = np.flatnonzero(region.cell_zone == z)
        at_home[mine] = access.cumulative(times[np.ix_(mine, mine)], jobs[mine], limit=60)
    return common.zone_ratio(region, people * (everywhere - at_home), people * everywhere, scale=100)


def sigma_of_gdp(region: Region) -> pd.Series[float]:
    """Return the standard deviation of ln GDP per resident between zones, each zone once."""
    return common.whole(float(np.std(np.log(gdp_per_resident(region).to_numpy()))))


def similar_structures(region: Region) -> pd.Series[float]:
    """Return how alike the structures of two zones are, 0–1: value added of the three sectors."""
    sectors = np.column_stack([common.statistic(region, s) for s in SECTORS])
    return common.by_pair(region, cosine_likeness(sectors))


FUNCTIONS: Mapping[str, Measure] = {
    "Y-ECO-02": gdp_per_resident,
    "Y-ECO-03": gdp_per_km2,
    "Y-ECO-04": jobs_per_resident,
    "Y-ECO-05": market_potential,
    "Y-ECO-06": jobs_across_borders,
    "C-MKT-04": sigma_of_gdp,
    "Y-CEL-16": cell_market_potential,
    "C-IND-01": similar_structures,
}
