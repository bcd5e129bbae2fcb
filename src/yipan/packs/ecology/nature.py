"""Rules for land worth keeping near many people, and for people far from nature that is open to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.packs.common import (
    Array,
    Mask,
    cells,
    distances_km,
    nearest_seconds,
    place_numbers,
    place_zone,
    places,
    statistic,
    within,
)
from yipan.packs.drafts import (
    Costs,
    Item,
    add_place,
    cell_id,
    cell_name,
    column,
    cover_sites,
    draft,
    reached_from,
    residents,
    straight,
    zone_at,
)
from yipan.packs.ecology.indicators import NATURE
from yipan.region.value import Region
from yipan.scenario.interventions import ProtectArea
from yipan.scenario.values import Project
from yipan.text import Text

PROTECTED_SHARE = 30.0
"""% of land aimed at: target 3 of the Kunming–Montreal framework (2022), the goalpost of Y-ECL-02."""
SHARE_OF_LAND = 0.05
"""One project protects at most this part of a zone."""
WORTH = "scenic_site|forest_park"
"""Kinds of place whose land has been found worth keeping by whoever listed them."""
NEAR_KM = 10.0
"""Residents this near (straight) are the threat: building, quarries, roads, trampling."""
RING_KM = 2.0
"""Radius of the land protected around a place, km: 12 km2."""
BUILT_UP = 1_500.0
"""Residents per km2 within `RING_KM` from which on the land is a city (Degree of Urbanisation, 2021)."""
GUARDS = 5
NATURE_MINUTES = 60.0
PARK_KM2 = 20.0
"""A forest park where the region states no size of any; otherwise the median of those it states."""
LEAST_PARK_KM2 = 10.0
"""The least forest park: smaller ones are parks of a town."""
FOREST_PARKS = 4
PARK_PEOPLE = 50_000.0
"""A forest park is proposed only where it brings at least so many people within reach."""


@dataclass(frozen=True, slots=True)
class _Threatened:
    """A place worth keeping that nothing protects: residents near, their density over the region's."""

    id: str
    name: Text
    lon: float
    lat: float
    zone: int
    near: float
    times: float


def propose_guards(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose to protect scenic land and forest parks under the pressure of many people near.

    Value: listed places of the kinds `WORTH` outside every protected area (taken as circles of their size).
    Threat: more residents within `NEAR_KM` to the km2 than the region has. Not where the land around is
    built up (`BUILT_UP`). Those with most residents near, one a zone, in zones short of `PROTECTED_SHARE`;
    each the land within `RING_KM`, at most `SHARE_OF_LAND` of the zone and what it lacks, in whole km2.
    """
    if not len(places(region, "protected_area")):  # unknown, not absent
        return []
    share, land = column(values, "Y-ECL-02", region), statistic(region, "area")
    taken: set[int] = set()
    out: list[Project] = []
    for t in _threatened(region, land):
        have = float(share.iloc[t.zone])
        lacking = min((PROTECTED_SHARE - have) / 100, SHARE_OF_LAND) * float(land[t.zone])
        km2 = float(np.floor(min(lacking, np.pi * RING_KM**2))) if np.isfinite(lacking) else 0.0
        if t.zone in taken or km2 < 1 or len(out) == GUARDS:
            continue
        taken.add(t.zone)
        out.append(_guard(region, t, km2=km2, have=have, costs=costs))
    return out


def _threatened(region: Region, land: Array) -> list[_Threatened]:
    """Return the places worth keeping that are under pressure, those with most residents near first."""
    lon, lat = (place_numbers(region, WORTH, c) for c in ("lon", "lat"))
    zone, density = place_zone(region, WORTH), float(residents(region).sum() / land.sum())
    if not len(lon) or not np.isfinite(density) or density <= 0:
        return []
    kept = [place_numbers(region, "protected_area", c) for c in ("lon", "lat", "capacity")]
    radius = np.sqrt(np.nan_to_num(kept[2]) / np.pi)
    free = (distances_km(lon, lat, kept[0], kept[1]) > radius).all(axis=1)
    people = np.nan_to_num(cells(region, "population"))
    apart = distances_km(lon, lat, cells(region, "lon"), cells(region, "lat"))
    near, around = (apart <= NEAR_KM) @ people, (apart <= RING_KM) @ people
    open_land = around / (np.pi * RING_KM**2) < BUILT_UP
    times = near / (np.pi * NEAR_KM**2) / density
    names = places(region, WORTH)[["id", "zh", "en"]].fillna("").astype(str).to_numpy()
    found = []
    for i in np.flatnonzero(free & open_land & (zone >= 0) & (times > 1)).tolist():
        key, zh, en = map(str, names[i])
        name, at = Text(zh or en or key, en or zh or key), (float(lon[i]), float(lat[i]))
        found.append(_Threatened(key, name, *at, int(zone[i]), float(near[i]), float(times[i])))
    return sorted(found, key=lambda t: (-t.near, t.id))


def _guard(region: Region, t: _Threatened, *, km2: float, have: float, costs: Costs) -> Project:
    zone, at, key = region.zone_ids[t.zone], t.name, f"guard-{t.id}"
    z = region.zone_name(zone)
    return draft(
        key,
        name=Text(f"{at.zh}周边划入保护({km2:g} 平方公里)", f"Land around {at.en} protected ({km2:g} km2)"),
        zones=[zone],
        interventions=[
            ProtectArea(
                id=key,
                zh=f"{at.zh}保护地",
                en=f"{at.en} reserve",
                lon=t.lon,
                lat=t.lat,
                km2=km2,
            )
        ],
        items=[Item(costs["protected_km2"], km2)],
        because=Text(
            f"{at.zh}不在任何保护地内,{NEAR_KM:g} 公里内有居民 {t.near:,.0f} 人,"
            f"密度为全域的 {t.times:.1f} 倍;{z.zh}保护地占国土 {have:.1f}%,目标 {PROTECTED_SHARE:g}%",
            f"{at.en} lies in no protected area and has {t.near:,.0f} residents within {NEAR_KM:g} km,"
            f" {t.times:.1f} times as many to the km2 as the region; {have:.1f}% of {z.en} is protected, the"
            f" goal is {PROTECTED_SHARE:g}%",
        ),
        answers=("Y-ECL-02",),
        region=region,
    )


def propose_forest_parks(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose forest parks where they bring most people within 60 min of nature open to them (any mode).

    On land that is not built up (`BUILT_UP`), of the median size of the region's forest parks.
    """
    if not len(places(region, "forest_park")):  # unknown, not absent
        return []
    without = ~within(nearest_seconds(region, "any", NATURE), NATURE_MINUTES)
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    sites = np.flatnonzero(_open_land(region))
    covers = reached_from(region, "any", NATURE_MINUTES)[sites]
    share, km2 = column(values, "Y-ECL-01", region), _typical_park(region)
    found = cover_sites(people, covers, count=FOREST_PARKS, least=PARK_PEOPLE)
    return [_park(region, int(sites[s]), gain, km2=km2, share=share, costs=costs) for s, gain in found]


def _open_land(region: Region) -> Mask:
    """Return the cells around which fewer than `BUILT_UP` residents per km2 live within `RING_KM`."""
    people = np.nan_to_num(cells(region, "population"))
    around = np.array([people[near].sum() for near in straight(region) <= RING_KM])
    out: Mask = around / (np.pi * RING_KM**2) < BUILT_UP
    return out


def _typical_park(region: Region) -> float:
    sizes = place_numbers(region, "forest_park", "capacity")
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    return float(max(np.round(np.median(sizes)), LEAST_PARK_KM2)) if len(sizes) else PARK_KM2


def _park(
    region: Region, site: int, gained: float, *, km2: float, share: pd.Series[float], costs: Costs
) -> Project:
    zone, at, key = zone_at(region, site), cell_name(region, site), f"forest-park-{cell_id(region, site)}"
    z = region.zone_name(zone)
    name = Text(f"{at.zh}森林公园", f"{at.en} forest park")
    return draft(
        key,
        name=Text(f"{z.zh}{name.zh}({km2:g} 平方公里)", f"{name.en}, {z.en} ({km2:g} km2)"),
        zones=[zone],
        interventions=[add_place(region, key, "forest_park", name=name, at=site, capacity=km2, unit="km2")],
        items=[Item(costs["forest_park_km2"], km2)],
        because=Text(
            f"{z.zh}居民 60 分钟内可达景区、森林公园或公园的占 {share[zone]:.1f}%(目标 100%,"
            f"以区域数据所列为准);此处可使 {gained:,.0f} 人新进入 60 分钟圈",
            f"{share[zone]:.1f}% of the residents of {z.en} are within 60 min of a scenic site, forest park"
            f" or park that the region lists (goal 100%); one here brings {gained:,.0f} more people within"
            " 60 min",
        ),
        answers=("Y-ECL-01", "Y-ECL-05"),
        region=region,
    )
