"""Step 2c, people: every district's points get whole persons that sum to its census of 2020 exactly.

Four rules, by what is known of a district; each cell says how sure it is in its `quality`:

counted
    GeoNames' town counts of 2010 cover the district. They are scaled to 2020. Where blocks round rail
    stations (`steps.blocks`) lie in the district, 30 % of a town's people stay at its own point, the others
    are divided by weight between it and the blocks nearest to it. Towns without a count share what the
    counted ones leave, or are left out.
seat share
    Yunyang and Zhong: hardly a town is counted (and GeoNames' 26,341 for the seat of Zhong, 3.5 % of the
    county, is not believed). The seat gets the median share that the largest towns of the other counties of
    the cluster have; the other towns share the rest equally.
central
    Seven districts of the central city whose towns do not cover them: counted towns keep their count of
    2010, other towns 3 km or more from a block get an assumed count, and the rest goes by weight to the
    blocks, those that a town has joined among them, and to uncounted towns near them.
official
    A sub-district with a published count of 2020 keeps it, divided by weight between its own point and the
    blocks within 1.5 km that are nearer to it than to another such point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from steps.assumptions import value
from steps.blocks import CENTRAL
from steps.files import apportion, source
from steps.geo import plane
from steps.zones import Zones

SEAT_SHARE = ("500235", "500233")  # Yunyang, Zhong
OFFICIAL_REACH = 1.5  # km
RURAL = 3.0  # km


@dataclass
class District:
    """One district's points while they are being filled; `weight` says how people divide among points."""

    code: str
    total: int
    points: pd.DataFrame
    xy: NDArray[np.float64]
    weight: NDArray[np.float64]
    people: NDArray[np.float64]
    quality: NDArray[np.object_]

    def block(self) -> NDArray[np.bool_]:
        """Return which points are blocks round stations."""
        return self.points["kind"].to_numpy() == "block"


def build_cells(zones: Zones, points: pd.DataFrame, log: list[str]) -> pd.DataFrame:
    """Return the cells: points with people, whole numbers that sum to the census per district."""
    census = source("districts").set_index("adcode")
    xy = plane(points[["lon", "lat"]].to_numpy())
    seat_share = _seat_share(points, zones)
    done = []
    for code in zones.frame["id"]:
        rows = (points["zone"] == code).to_numpy()
        district = District(
            code=code,
            total=int(census.at[code, "pop_2020"]),
            points=points[rows].reset_index(drop=True),
            xy=xy[rows],
            weight=points.loc[rows, "weight"].to_numpy(),
            people=np.zeros(int(rows.sum())),
            quality=np.full(int(rows.sum()), "modelled", dtype=object),
        )
        _fill(district, int(census.at[code, "pop_2010"]), seat_share)
        done.append(_cells(district, log))
    cells = pd.concat(done, ignore_index=True)
    return cells.assign(elevation=_elevations(cells))


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
    free = d.block() & (gap <= OFFICIAL_REACH)
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
    block = d.block() & free
    for k, i in enumerate(owner):
        members = np.array([i, *np.flatnonzero(block & (at == k))])
        stay = value("town_share") * count[i] if len(members) > 1 else 0.0
        shares[members] += (count[i] - stay) * d.weight[members] / d.weight[members].sum()
        shares[i] += stay
        if len(members) == 1 and not missing[i]:
            d.quality[i] = "derived"
    d.people[shares > 0] = apportion(d.total - int(d.people.sum()), shares[shares > 0])


def _fill_central(d: District) -> None:
    count = d.points["pop_2010"].to_numpy(dtype=np.float64)
    town = (d.points["kind"] == "town").to_numpy()
    free = d.people == 0
    served = (d.points["lines"] > 0).to_numpy()
    gap = cKDTree(d.xy[served]).query(d.xy)[0]
    counted = town & free & (count > 0)
    d.people[counted] = count[counted]
    rural = town & free & np.isnan(count) & (gap >= RURAL)
    d.people[rural] = value("rural_town")
    rest = np.flatnonzero(free & ~rural & (served | ~counted))
    d.people[rest] += apportion(d.total - int(d.people.sum()), d.weight[rest])


def _cells(d: District, log: list[str]) -> pd.DataFrame:
    empty = d.people == 0
    log += [f"dropped {p.kind} {p.zh} ({d.code}): no count" for p in d.points[empty].itertuples()]
    cells = pd.DataFrame(
        {
            "zone": d.code,
            "zh": d.points["zh"],
            "en": d.points["en"],
            "lon": d.points["lon"].round(5),
            "lat": d.points["lat"].round(5),
            "population": d.people.astype(np.int64),
            "elevation": d.points["elevation"],
            "population_2010": d.points["pop_2010"].where(d.points["kind"] == "town").astype("Int64"),
            "lines": d.points["lines"],
            "kind": d.points["kind"],
            "source": d.points["kind"].map({"town": "geonames", "block": "model", "subdistrict": "census"}),
            "quality": d.quality,
        }
    )[~empty]
    if int(cells["population"].sum()) != d.total:
        raise ValueError(f"{d.code}: people do not sum to the census")
    cells = cells.sort_values(["population", "zh"], ascending=[False, True], kind="stable")
    again = cells.groupby("zh").cumcount().to_numpy()
    for column, space in (("zh", ""), ("en", " ")):
        cells[column] = [f"{n}{space}{k + 1}" if k else n for n, k in zip(cells[column], again, strict=True)]
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
