"""Indicators of nature and energy: protected land, nature open to visitors in reach, power by source."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.network.distance import Points
from yipan.pack import Measure
from yipan.packs import common
from yipan.region.value import Region

NATURE = "scenic_site|forest_park|park"
"""Nature that is open to visitors. To protect land opens nothing: strict reserves are closed to them."""
FOSSIL = "power_coal|power_gas|power_oil"
CLEAN = "power_hydro|power_wind|power_solar|power_nuclear|power_biomass"
"""Stations that generate; ``power_storage`` gives back what others generated and counts as neither."""
COAL_KM = 20.0
"""Distance within which a coal power station is counted as near (assumed)."""


def nature_in_an_hour(region: Region) -> pd.Series[float]:
    """Return the residents within 60 min of a scenic site, forest park or park by any mode, %."""
    return common.resident_share(region, common.within(common.nearest_seconds(region, "any", NATURE), 60))


def cell_minutes_to_nature(region: Region) -> pd.Series[float]:
    """Return the time from each cell to the nearest scenic site, forest park or park by any mode, min."""
    return common.by_cell(region, common.minutes(common.nearest_seconds(region, "any", NATURE)))


def nature_without_car(region: Region) -> pd.Series[float]:
    """Return the residents within 90 min of a scenic site, forest park or park by transit, %."""
    nearest = common.nearest_seconds(region, "transit", NATURE)
    return common.resident_share(region, common.within(nearest, 90))


def protected_share(region: Region) -> pd.Series[float]:
    """Return the protected area in the zone, % of its land."""
    area = common.statistic(region, "area")
    return common.series(region, common.capacity_by_zone(region, "protected_area") / area * 100)


def _coal_around(region: Region) -> common.Array:
    """Coal power capacity within 20 km of each cell, MW (shape: cells)."""
    lon, lat, megawatts = (common.place_numbers(region, "power_coal", c) for c in ("lon", "lat", "capacity"))
    near = np.zeros((len(region.tables["cells"]), len(megawatts)))
    cell, plant, _ = Points(lon, lat).within(
        common.cells(region, "lon"), common.cells(region, "lat"), km=COAL_KM
    )
    near[cell, plant] = 1.0
    return near @ megawatts


def coal_nearby(region: Region) -> pd.Series[float]:
    """Return the coal power capacity within 20 km of home, mean over residents, MW."""
    return common.resident_mean(region, _coal_around(region))


def cell_coal_nearby(region: Region) -> pd.Series[float]:
    """Return the coal power capacity within 20 km of each cell, MW."""
    return common.by_cell(region, _coal_around(region))


def _kilowatts_per_resident(region: Region, kind: str) -> pd.Series[float]:
    people = region.zone_sum(common.cells(region, "population"))
    return common.series(region, common.capacity_by_zone(region, kind) * 1000 / people)


def fossil_per_resident(region: Region) -> pd.Series[float]:
    """Return the capacity of fossil power stations in the zone, kW per resident."""
    return _kilowatts_per_resident(region, FOSSIL)


def clean_per_resident(region: Region) -> pd.Series[float]:
    """Return the capacity of non-fossil power stations in the zone, kW per resident."""
    return _kilowatts_per_resident(region, CLEAN)


def density(region: Region) -> pd.Series[float]:
    """Return the residents per km2 of land."""
    people = region.zone_sum(common.cells(region, "population"))
    return common.series(region, people / common.statistic(region, "area"))


FUNCTIONS: Mapping[str, Measure] = {
    "Y-ECL-01": nature_in_an_hour,
    "Y-ECL-02": protected_share,
    "Y-ECL-03": coal_nearby,
    "Y-ECL-04": fossil_per_resident,
    "Y-ECL-05": nature_without_car,
    "Y-ECL-06": density,
    "Y-GRN-02": clean_per_resident,
    "Y-CEL-14": cell_minutes_to_nature,
    "Y-CEL-15": cell_coal_nearby,
}
