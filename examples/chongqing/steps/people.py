"""Step 2b, people: every district's points get whole persons that sum to its census of 2020 exactly.

Four rules, by what is known of a district; each cell says which in its `quality`:

counted
    GeoNames' town counts of 2010 cover the district. They are scaled to 2020. Where rail stations lie in
    the
    district, a town's people are divided between the town and the stations nearest to it, in proportion
    to catchment × density (below). Towns without a count share what the counted ones leave, or are left
    out.
seat share
    Yunyang and Zhong: hardly a town is counted. The seat gets the median share that the seats of the other
    counties of the cluster have; the other towns share the rest equally.
central
    Seven districts of the central city whose towns do not cover them: counted towns keep their count of
    2010,
    other towns 3 km or more from a station get an assumed count, and the rest goes to the stations (and to
    uncounted towns near them) in proportion to catchment × density.
official
    A sub-district with a published count of 2020 keeps it, divided between its own point and the stations
    within 1.5 km that are nearer to it than to another such point.

Catchment × density: the area of the district nearer to this point than to another, within 1.2 km; density
falls with distance from the core as exp(-d / 10 km) (Clark 1951), and rises by a quarter with every
further line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from steps.assumptions import value
from steps.files import apportion, source
from steps.geo import globe, plane
from steps.zones import Zones

CORE = "较场口"  # the station at the old centre of the city
SEAT_SHARE = ("500235", "500233")  # Yunyang, Zhong
CENTRAL = ("500103", "500104", "500105", "500106", "500107", "500108", "500112")
GRID = 0.2  # km
OFFICIAL_REACH = 1.5  # km
RURAL = 3.0  # km


@dataclass
class District:
    """One district's points while they are being filled; `weight` is catchment × density."""

    code: str
    total: int
    points: pd.DataFrame
    xy: NDArray[np.float64]
    weight: NDArray[np.float64]
    people: NDArray[np.float64]
    quality: NDArray[np.object_]

    def station(self) -> NDArray[np.bool_]:
        """Return which points are stations without a count of their own."""
        return self.points["kind"].to_numpy() == "station"


def build_cells(zones: Zones, points: pd.DataFrame, log: list[str]) -> pd.DataFrame:
    """Return the cells: points with people, whole numbers that sum to the census per district."""
    points = points[~points["zh"].str.contains("机场")].reset_index(drop=True)  # nobody lives in a terminal
    census = source("districts").set_index("adcode")
    xy = plane(points[["lon", "lat"]].to_numpy())
    core = xy[(points["zh"] == CORE).to_numpy()][0]
    seat_share = _seat_share(points, zones)
    done = []
    for i, code in enumerate(zones.frame["id"]):
        rows = (points["zone"] == code).to_numpy()
        area, middle = _catchments(xy[rows], zones.km[i])
        lines = points.loc[rows, "lines"].to_numpy()
        bonus = np.where(lines == 0, value("no_line"), 1 + value("line_bonus") * (lines - 1))
        decay = np.exp(-np.linalg.norm(xy[rows] - core, axis=1) / value("density_decay"))
        district = District(
            code=code,
            total=int(census.at[code, "pop_2020"]),
            points=points[rows].reset_index(drop=True),
            xy=xy[rows],
            weight=area * decay * bonus,
            people=np.zeros(int(rows.sum())),
            quality=np.full(int(rows.sum()), "modelled", dtype=object),
        )
        _fill(district, int(census.at[code, "pop_2010"]), seat_share)
        done.append(_cells(district, middle, log))
    cells = pd.concat(done, ignore_index=True)
    return cells.assign(elevation=_elevations(cells))


def _catchments(
    xy: NDArray[np.float64], zone: shapely.Geometry
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each point's catchment area (km²) and its middle (km), from a grid of 0.2 km."""
    shapely.prepare(zone)
    disc = np.arange(-value("catchment_radius"), value("catchment_radius") + GRID, GRID)
    offsets = np.array([(dx, dy) for dx in disc for dy in disc])
    grid = np.unique(
        np.round((xy[:, None, :] + offsets[None]).reshape(-1, 2) / GRID).astype(np.int64), axis=0
    )
    spots = grid * GRID
    spots = spots[shapely.contains_xy(zone, spots[:, 0], spots[:, 1])]
    gap, at = cKDTree(xy).query(spots)
    near = gap <= value("catchment_radius")
    count = np.bincount(at[near], minlength=len(xy)).astype(np.float64)
    sums = [np.bincount(at[near], weights=spots[near, k], minlength=len(xy)) for k in (0, 1)]
    middle = np.column_stack(sums) / np.maximum(count, 1)[:, None]
    bad = (count == 0) | ~shapely.contains_xy(zone, middle[:, 0], middle[:, 1])
    return np.maximum(count, 1) * GRID**2, np.where(bad[:, None], xy, middle)


def _seat_share(points: pd.DataFrame, zones: Zones) -> float:
    """Return the median share of the largest town in the counted counties of the north-east."""
    codes = zones.frame.loc[zones.frame["cluster"] == "northeast", "id"]
    counted = points[points["zone"].isin(set(codes) - set(SEAT_SHARE))].groupby("zone")["pop_2010"]
    return float((counted.max() / counted.sum()).median())


def _fill(d: District, total_2010: int, seat_share: float) -> None:
    _fill_official(d)
    if d.code in SEAT_SHARE:
        _fill_by_seat(d, seat_share)
    elif d.code in CENTRAL:
        _fill_central(d)
    else:
        _fill_counted(d, total_2010)


def _fill_official(d: District) -> None:
    fixed = np.flatnonzero(d.points["official"].notna().to_numpy())
    if not len(fixed):
        return
    gap, at = cKDTree(d.xy[fixed]).query(d.xy)
    free = d.station() & (gap <= OFFICIAL_REACH)
    for k, i in enumerate(fixed):
        shared = np.flatnonzero(free & (at == k))
        members = np.array([i, *shared])
        count = int(d.points.at[int(i), "official"])
        d.people[members] = apportion(count, d.weight[members])
        d.quality[members] = "modelled" if len(shared) else "official"


def _fill_by_seat(d: District, share: float) -> None:
    seat = int(np.flatnonzero(d.points["zh"].isin(["双江", "忠州"]).to_numpy())[0])
    weights = np.full(len(d.people), (1 - share) / (len(d.people) - 1))
    weights[seat] = share
    d.people[:] = apportion(d.total, weights)


def _fill_counted(d: District, total_2010: int) -> None:
    count = d.points["pop_2010"].to_numpy(dtype=np.float64, copy=True)
    free = d.people == 0
    town = (d.points["kind"] == "town").to_numpy() & free
    left = total_2010 - np.nansum(d.points["pop_2010"].to_numpy(dtype=np.float64))
    missing = town & np.isnan(count)
    known = town & ~missing & (count > 0)
    if left > 0 and missing.any() and not (d.points["official"].notna()).any():
        count[missing] = left / missing.sum()
        known |= missing
    owner = np.flatnonzero(known)
    at = cKDTree(d.xy[owner]).query(d.xy)[1]
    shares = np.zeros(len(count))
    station = d.station() & free
    for k, i in enumerate(owner):
        members = np.array([i, *np.flatnonzero(station & (at == k))])
        shares[members] += count[i] * d.weight[members] / d.weight[members].sum()
        if len(members) == 1 and not missing[i]:
            d.quality[i] = "derived"
    d.people[shares > 0] = apportion(d.total - int(d.people.sum()), shares[shares > 0])


def _fill_central(d: District) -> None:
    count = d.points["pop_2010"].to_numpy(dtype=np.float64)
    town = (d.points["kind"] == "town").to_numpy()
    free = d.people == 0
    served = (d.points["lines"] > 0).to_numpy()
    gap = cKDTree(d.xy[served]).query(d.xy)[0]
    counted = town & free & (count > 0) & (d.points["lines"] == 0).to_numpy()
    d.people[counted] = count[counted]
    rural = town & free & np.isnan(count) & (gap >= RURAL)
    d.people[rural] = value("rural_town")
    urban = np.flatnonzero(d.people == 0)
    d.people[urban] = apportion(d.total - int(d.people.sum()), d.weight[urban])


def _cells(d: District, middle: NDArray[np.float64], log: list[str]) -> pd.DataFrame:
    empty = d.people == 0
    log += [f"dropped {p.kind} {p.zh} ({d.code}): no count" for p in d.points[empty].itertuples()]
    lonlat = d.points[["lon", "lat"]].to_numpy(copy=True)
    moved = d.station()
    lonlat[moved] = globe(middle[moved])
    cells = pd.DataFrame(
        {
            "zone": d.code,
            "zh": d.points["zh"],
            "en": d.points["en"],
            "lon": np.round(lonlat[:, 0], 5),
            "lat": np.round(lonlat[:, 1], 5),
            "population": d.people.astype(np.int64),
            "elevation": d.points["elevation"],
            "population_2010": d.points["pop_2010"].where(d.points["kind"] == "town").astype("Int64"),
            "lines": d.points["lines"],
            "kind": d.points["kind"],
            "source": d.points["kind"].map({"town": "geonames", "station": "model", "subdistrict": "census"}),
            "quality": d.quality,
        }
    )[~empty]
    if int(cells["population"].sum()) != d.total:
        raise ValueError(f"{d.code}: people do not sum to the census")
    cells = cells.sort_values(["population", "zh"], ascending=[False, True], kind="stable")
    cells.insert(0, "id", [f"{d.code}-{k:03d}" for k in range(1, len(cells) + 1)])
    return cells


def _elevations(cells: pd.DataFrame) -> NDArray[np.float64]:
    """Fill unknown heights from the six nearest known ones, weighted by 1 / distance²."""
    xy = plane(cells[["lon", "lat"]].to_numpy())
    height = cells["elevation"].to_numpy(dtype=np.float64, copy=True)
    known = ~np.isnan(height)
    gap, at = cKDTree(xy[known]).query(xy[~known], k=6)
    weight = 1 / np.maximum(gap, 0.1) ** 2
    height[~known] = (weight * height[known][at]).sum(axis=1) / weight.sum(axis=1)
    return np.round(height)
