"""Step 2a, blocks: where people live round the rail stations, on a lattice laid without regard to them.

Towns of the central city are too large, and mostly uncounted, to show who can walk to a train. The land
within 2 km of a station is therefore cut into hexagons (1.5 km from middle to middle). Each holds people in
proportion to the sum, over a grid of 0.2 km, of

    exp(-distance to the core / 18 km) × exp(-distance to the station / 1.5 km) × (1 + 0.25 × (lines - 1))

(Clark's density gradient of 1951; its length, the draw of stations and of interchanges are assumed). The
lightest hexagon joins its nearest neighbour in the district until each stands for 12,000 people (40,000
where the district's towns are counted and hold most of them), so that blocks are small in the city and large
at its edge. A block's point is the middle of its people. Because the
lattice does not know the stations, some blocks lie at a station and others between two: walking distances
come out neither too short nor too long on the whole.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from steps.assumptions import value
from steps.files import source
from steps.geo import globe, plane
from steps.names import station_name
from steps.zones import Zones, zone_of

# districts of the central city whose towns do not cover their people
CENTRAL = ("500103", "500104", "500105", "500106", "500107", "500108", "500112")
CORE = "较场口"  # the station at the old centre of the city
GRID = 0.2  # km
LEAST = 0.25  # a piece of a hexagon smaller than this share joins the nearest block of its district
SIDES = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")
SIDES_EN = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
AT_STATION = 0.4  # km: a block this near carries the bare name of its station


def stations() -> pd.DataFrame:
    """Return the urban stations where people live: name, place, lines; one row a name and district."""
    stops = source("rail_transit")
    each = stops.groupby(["district", "station"], sort=False).agg(
        lon=("lon", "mean"), lat=("lat", "mean"), lines=("line", "nunique")
    )
    each = each.reset_index()
    return each[~each["station"].str.contains("机场")].reset_index(drop=True)  # nobody lives in a terminal


def core_km() -> NDArray[np.float64]:
    """Return the place of the core in the plane."""
    each = stations()
    return plane(each.loc[each["station"] == CORE, ["lon", "lat"]].to_numpy())[0]


def build_blocks(zones: Zones) -> pd.DataFrame:
    """Return the blocks: zone, names, point (degrees), weight, number of lines at the nearest station."""
    each = stations()
    xy = plane(each[["lon", "lat"]].to_numpy())
    tree = cKDTree(xy)
    served = np.unique(zone_of(zones, each[["lon", "lat"]].to_numpy()))
    least = _least(zones)
    blocks = []
    for z in served:
        spots = _spots(zones.km[z])
        gap, near = tree.query(spots)
        spots, gap, near = (a[gap <= value("station_reach")] for a in (spots, gap, near))
        weight = (
            GRID**2
            * np.exp(-np.linalg.norm(spots - core_km(), axis=1) / value("density_decay"))
            * np.exp(-gap / value("station_decay"))
            * (1 + value("line_bonus") * (each["lines"].to_numpy()[near] - 1))
        )
        group = _heavy(spots, weight, _hexagons(spots), least=least[z])
        for g in range(group.max() + 1):
            inside = group == g
            middle = np.average(spots[inside], axis=0, weights=weight[inside])
            if not shapely.contains_xy(zones.km[z], *middle):
                middle = spots[inside][weight[inside].argmax()]
            blocks.append((zones.frame["id"].iloc[z], *middle, weight[inside].sum()))
    frame = pd.DataFrame(blocks, columns=["zone", "x", "y", "weight"])
    return _named(frame, each, tree)


def _least(zones: Zones) -> NDArray[np.float64]:
    """Return the least share of its district's weight that a block may have."""
    people = source("districts")["pop_2020"].to_numpy(dtype=np.float64)
    central = zones.frame["id"].isin(CENTRAL).to_numpy()
    return np.where(central, value("block_least"), value("block_least_counted")) / people


def hexagon_area() -> float:
    """Return the area of one hexagon of the lattice, km²."""
    return float(np.sqrt(3) / 2 * value("block_spacing") ** 2)


def _spots(zone: shapely.Geometry) -> NDArray[np.float64]:
    low_x, low_y, high_x, high_y = np.floor(np.array(zone.bounds) / GRID)
    x, y = np.meshgrid(np.arange(low_x, high_x + 2) * GRID, np.arange(low_y, high_y + 2) * GRID)
    shapely.prepare(zone)
    spots = np.column_stack([x.ravel(), y.ravel()])
    return spots[shapely.contains_xy(zone, spots[:, 0], spots[:, 1])]


def _hexagons(spots: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the hexagon of each spot, numbered from 0; a small piece joins the nearest other one."""
    step = value("block_spacing")
    rise = step * np.sqrt(3) / 2
    row0 = np.floor(spots[:, 1] / rise)
    best, code = np.full(len(spots), np.inf), np.zeros((len(spots), 2), dtype=np.int64)
    for row in (row0, row0 + 1):
        shift = np.where(row % 2 == 0, 0.0, 0.5)
        column = np.round(spots[:, 0] / step - shift)
        gap = np.hypot(spots[:, 0] - (column + shift) * step, spots[:, 1] - row * rise)
        nearer = gap < best - 1e-12
        best = np.where(nearer, gap, best)
        code[nearer] = np.column_stack([column, row])[nearer]
    _, group, count = np.unique(code, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    big = count * GRID**2 >= LEAST * hexagon_area()
    middle = np.column_stack([np.bincount(group, weights=spots[:, k]) for k in (0, 1)]) / count[:, None]
    keep = np.flatnonzero(big) if big.any() else np.array([int(count.argmax())])
    into = keep[cKDTree(middle[keep]).query(middle)[1]]
    return np.unique(into[group], return_inverse=True)[1].ravel()


def _heavy(
    spots: NDArray[np.float64], weight: NDArray[np.float64], group: NDArray[np.int64], *, least: float
) -> NDArray[np.int64]:
    """Join the lightest block to its nearest neighbour until each holds the share `least` of the weight."""
    heavy = np.bincount(group, weights=weight) / weight.sum()
    middle = np.column_stack([np.bincount(group, weights=weight * spots[:, k]) for k in (0, 1)])
    middle /= (heavy * weight.sum())[:, None]
    into = np.arange(len(heavy))
    while np.isfinite(heavy).sum() > 1 and np.nanmin(heavy) < least:
        light = int(np.nanargmin(heavy))
        share, heavy[light] = heavy[light], np.nan
        gaps = np.where(np.isnan(heavy), np.inf, np.hypot(*(middle - middle[light]).T))
        near = int(gaps.argmin())
        middle[near] = (middle[near] * heavy[near] + middle[light] * share) / (heavy[near] + share)
        heavy[near] += share
        into[into == light] = near
    return np.unique(into[group], return_inverse=True)[1].ravel()


def _named(blocks: pd.DataFrame, each: pd.DataFrame, tree: cKDTree) -> pd.DataFrame:
    """Name each block after its nearest station, with the side it lies on unless it is at the station."""
    xy = blocks[["x", "y"]].to_numpy()
    gap, near = tree.query(xy)
    away = xy - tree.data[near]
    side = np.round(np.arctan2(away[:, 1], away[:, 0]) / (np.pi / 4)).astype(int) % 8
    zh, en = [], []
    for g, n, s in zip(gap, near, side, strict=True):
        name = str(each["station"].iloc[n])
        zh.append(name if g <= AT_STATION else f"{name}{SIDES[s]}侧")
        en.append(station_name(name) if g <= AT_STATION else f"{station_name(name)} {SIDES_EN[s]}")
    blocks = blocks.assign(zh=zh, en=en)
    lonlat = globe(xy)
    lines = each["lines"].to_numpy()[near]
    return blocks.assign(zh=zh, en=en, lon=lonlat[:, 0], lat=lonlat[:, 1], lines=lines).drop(
        columns=["x", "y"]
    )
