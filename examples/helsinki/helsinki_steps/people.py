"""Step 3, cells: H3 hexagons of resolution 11 (about 45 m across), residents and jobs by floor area.

Floor area = footprint × storeys (as tagged, otherwise assumed). A share of it is homes: by the tag of the
building, and for buildings that are only tagged ``yes`` by the land they stand on. The rest is work, at the
density of an office or, in public buildings, a third of it. A building on several hexagons is divided by
area. The assumed totals are then divided by homes and by work, whole persons by largest remainder.
Hexagons without either are left out.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from helsinki_steps.assumptions import value
from helsinki_steps.sample import Feature, Sample, plane
from yipan.cells import h3_cells, hexagons, shares

RESOLUTION = 11
LEAST = 30.0  # m²: smaller buildings are kiosks and sheds
NOT_BUILDINGS = {
    "roof",
    "shed",
    "kiosk",
    "ship",
    "tower",
    "utility",
    "entrance",
    "underpass_entrance",
    "glasshouse",
    "atrium",
    "construction",
    "service",
    "pavilion",
}
HOMES = {"apartments", "residential", "house", "dormitory"}
UNSORTED = {"yes", "block"}
PUBLIC = {"church", "chapel", "cathedral", "school", "university", "museum", "train_station", "public"}


def build_cells(sample: Sample, zones: dict[str, shapely.Geometry]) -> pd.DataFrame:
    """Return cells.csv: population and jobs (whole), gdp (1e8 EUR), floor areas (m²)."""
    frame = gpd.GeoDataFrame({"id": list(zones)}, geometry=list(zones.values()), crs="EPSG:4326")
    cells = h3_cells(frame, resolution=RESOLUTION, source="model")
    homes, work = floor_areas(sample, list(cells["id"]))
    keep = (homes > 0) | (work > 0)
    cells, homes, work = cells[keep].reset_index(drop=True), homes[keep], work[keep]
    jobs = shares(value("jobs"), work, whole=True)
    names = {z: n + 1 for z, n in zip(cells["id"], cells.groupby("zone").cumcount(), strict=True)}
    return cells.assign(
        zh=[f"{z}-{names[i]}" for z, i in zip(cells["zone"], cells["id"], strict=True)],
        en=[f"{z}-{names[i]}" for z, i in zip(cells["zone"], cells["id"], strict=True)],
        population=shares(value("residents"), homes, whole=True).astype(int),
        jobs=jobs.astype(int),
        gdp=(jobs * value("gdp_per_job")).round(6),
        homes_m2=homes.round(1),
        work_m2=work.round(1),
        quality="modelled",
    ).drop(columns=["area", "elevation"])


def floor_areas(sample: Sample, cells: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the floor of homes and of work in each hexagon, m² (shape: cells)."""
    buildings, home, work = _floors(sample)
    outlines = plane(hexagons(cells))
    which, where = shapely.STRtree(outlines).query(buildings, predicate="intersects")
    share = shapely.area(shapely.intersection(buildings[which], outlines[where])) / shapely.area(
        buildings[which]
    )
    out = np.zeros((2, len(cells)))
    np.add.at(out[0], where, share * home[which])
    np.add.at(out[1], where, share * work[which])
    return out[0], out[1]


def _floors(sample: Sample) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.float64]]:
    """Return footprints (metres), and the floor of homes and of work in each, m²."""
    land = {
        kind: shapely.union_all([plane(a.shape) for a in sample.areas if a.tags.get("landuse") in words])
        for kind, words in (("homes", {"residential"}), ("trade", {"commercial", "retail"}))
    }
    found = []
    for area in sample.areas:
        kind = area.tags.get("building", "no")
        flat = plane(area.shape) if kind != "no" else None
        if flat is None or kind in NOT_BUILDINGS or flat.area < LEAST:
            continue
        floor = flat.area * _levels(area, kind)
        share = _home_share(kind, shapely.point_on_surface(flat), land)
        density = value("work_public") if kind in PUBLIC else 1.0
        found.append((flat, floor * share, floor * (1 - share) * density))
    shapes = np.empty(len(found), dtype=object)
    shapes[:] = [f[0] for f in found]
    return shapes, np.array([f[1] for f in found]), np.array([f[2] for f in found])


def _levels(area: Feature, kind: str) -> float:
    try:
        return max(1.0, float(area.tags.get("building:levels", "")))
    except ValueError:
        return value("levels_block" if kind in HOMES | UNSORTED | {"office"} else "levels_other")


def _home_share(kind: str, spot: shapely.Point, land: dict[str, shapely.Geometry]) -> float:
    if kind in HOMES:
        return value("homes_apartments")
    if kind not in UNSORTED:
        return 0.0
    if land["homes"].contains(spot):
        return value("homes_residential")
    return value("homes_commercial" if land["trade"].contains(spot) else "homes_mixed")
