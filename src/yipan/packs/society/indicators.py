"""Indicators of people and fairness: growth, and how evenly opportunities are spread."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.inequality import gini
from yipan.needs import year_of
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region


def population_change(region: Region) -> pd.Series[float]:
    """Return the change of the resident population a year, from the first census to the base year, %."""
    first = year_of(region, "population", "first")
    if first is None:
        return common.series(region, np.full(len(region.zone_ids), np.nan))
    ratio = common.statistic(region, "population") / common.statistic(region, "population", first)
    return common.series(region, (ratio ** (1.0 / (region.meta.base_year - first)) - 1.0) * 100)


def gini_of_jobs_within(region: Region) -> pd.Series[float]:
    """Return the Gini coefficient of jobs within 60 min by any mode over a zone's residents."""
    reach = common.reachable(region, "any", 60, "jobs")
    people, zone = common.cells(region, "population"), region.cell_zone
    return common.series(
        region, np.array([gini(reach[zone == z], people[zone == z]) for z in range(len(region.zone_ids))])
    )


def gini_of_jobs_between(region: Region) -> pd.Series[float]:
    """Return the Gini coefficient of jobs within 60 min by any mode between zones, by residents."""
    reach = common.reachable(region, "any", 60, "jobs")
    people = common.cells(region, "population")
    return common.whole(gini(common.resident_mean(region, reach), region.zone_sum(people)))


FUNCTIONS: Mapping[str, Measure] = {
    "Y-LIV-04": population_change,
    "Y-HUM-01": gini_of_jobs_within,
    "Y-HUM-03": gini_of_jobs_between,
}
