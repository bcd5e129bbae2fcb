"""Rules that propose shelters, fire stations and second roads out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import cells, minutes, nearest_seconds, places, seconds, within
from yipan.packs.drafts import (
    Costs,
    Item,
    add_place,
    cell_id,
    cell_name,
    column,
    draft,
    drive_minutes,
    neighbours,
    reached_from,
    residents,
    seats,
    spread_sites,
    straight,
    worst,
    zone_at,
)
from yipan.region.value import Region
from yipan.scenario.interventions import AddLink
from yipan.scenario.values import Project
from yipan.text import Text

SHELTER_PER_100 = 100.0
"""Places per 100 residents aimed at: the goalpost of Y-SAF-01."""
SHARE_OF_GAP = 0.25
"""One shelter does not close the gap: this part of it."""
SHELTER_PEOPLE = (5_000.0, 200_000.0)
FIRE_MINUTES = 15.0
FIRE_STATIONS = 6
FIRE_PEOPLE = 10_000.0
"""A station is proposed only where it brings at least so many people within reach."""
FEWEST_EXITS = 6.0
"""A zone with fewer main roads out may be proposed another: the goalpost of Y-SAF-06."""
EXIT_DETOUR, EXIT_SPEED = 1.3, 60.0
EACH_CLUSTER = 2


def propose_shelters(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose a shelter at the seat of the zones with the fewest places per 100 residents.

    Places: a quarter of what the zone lacks to `SHELTER_PER_100`, to the next thousand, in `SHELTER_PEOPLE`.
    """
    if not len(places(region, "shelter")):  # unknown, not absent
        return []
    have, people, seat = column(values, "Y-SAF-01", region), residents(region), seats(region)
    out = []
    for zone in worst(region, have, each=EACH_CLUSTER, below=SHELTER_PER_100):
        i = region.zone_ids.index(zone)
        if seat[i] < 0:
            continue
        lacking = (SHELTER_PER_100 - float(have[zone])) / 100 * people[i] * SHARE_OF_GAP
        room = float(np.clip(np.ceil(lacking / 1000) * 1000, *SHELTER_PEOPLE))
        z, at, key = region.zone_name(zone), cell_name(region, int(seat[i])), f"shelter-new-{zone}"
        out.append(
            draft(
                key,
                name=Text(
                    f"{z.zh}应急避难场所({room:,.0f} 人)", f"Emergency shelter in {z.en} ({room:,.0f} people)"
                ),
                zones=[zone],
                interventions=[
                    add_place(
                        region,
                        key,
                        "shelter",
                        name=Text(f"{at.zh}应急避难场所", f"{at.en} emergency shelter"),
                        at=int(seat[i]),
                        capacity=room,
                        unit="person",
                    )
                ],
                items=[Item(costs["shelter_person"], room)],
                because=Text(
                    f"{z.zh}每百名居民有 {have[zone]:.1f} 个避难席位,目标 {SHELTER_PER_100:g}",
                    f"{z.en} has {have[zone]:.1f} shelter places per 100 residents,"
                    f" the goal is {SHELTER_PER_100:g}",
                ),
                answers=("Y-SAF-01", "Y-SAF-02"),
                region=region,
            )
        )
    return out


def propose_fire_stations(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose fire stations where they bring most people within 15 min of one by car."""
    stations = places(region, "fire_station")
    if not len(stations):
        return []
    without = ~within(nearest_seconds(region, "drive", "fire_station"), FIRE_MINUTES)
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    covers = reached_from(region, "drive", FIRE_MINUTES)
    share = column(values, "Y-SAF-04", region)
    typical = float(stations["capacity"].median()) if stations["capacity"].notna().any() else 1.0
    unit = str(stations["unit"].iloc[0])
    out = []
    for site, gained in spread_sites(region, people, covers, count=FIRE_STATIONS, least=FIRE_PEOPLE):
        zone, at, key = zone_at(region, site), cell_name(region, site), f"fire-{cell_id(region, site)}"
        z = region.zone_name(zone)
        out.append(
            draft(
                key,
                name=Text(f"{z.zh}{at.zh}消防救援站", f"Fire station at {at.en}, {z.en}"),
                zones=[zone],
                interventions=[
                    add_place(
                        region,
                        key,
                        "fire_station",
                        name=Text(f"{at.zh}消防救援站", f"{at.en} fire station"),
                        at=site,
                        capacity=typical,
                        unit=unit,
                    )
                ],
                items=[Item(costs["fire_station"], 1.0)],
                because=Text(
                    f"{z.zh}消防车 15 分钟可达的居民占 {share[zone]:.1f}%(目标 100%);"
                    f"此处可使 {gained:,.0f} 人进入 15 分钟圈",
                    f"Fire engines reach {share[zone]:.1f}% of the residents of {z.en} within 15 min (goal"
                    f" 100%); a station here brings {gained:,.0f} more within 15 min",
                ),
                answers=("Y-SAF-04",),
                region=region,
            )
        )
    return out


def propose_second_roads(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose another main road out of zones that have fewer than `FEWEST_EXITS`.

    From the zone's seat to the cell across a border (3–60 km away) with the most minutes saved per km.
    """
    exits, seat = column(values, "Y-SAF-06", region), seats(region)
    apart, now, zone = straight(region), minutes(seconds(region, "drive")), region.cell_zone
    touching: dict[int, list[int]] = {}
    for a, b in neighbours(region):
        touching.setdefault(a, []).append(b)
        touching.setdefault(b, []).append(a)
    out = []
    for name in worst(region, exits, each=EACH_CLUSTER, below=FEWEST_EXITS):
        i = region.zone_ids.index(name)
        if seat[i] < 0:
            continue
        s = int(seat[i])
        across = np.flatnonzero(np.isin(zone, touching.get(i, [])) & (apart[s] >= 3.0) & (apart[s] <= 60.0))
        saved = now[s, across] - drive_minutes(region, apart[s, across] * EXIT_DETOUR, EXIT_SPEED)
        if not len(across) or saved.max() <= 0:
            continue
        end = int(across[np.argmax(saved / apart[s, across])])
        km = round(float(apart[s, end]) * EXIT_DETOUR, 1)
        z, at, key = region.zone_name(name), cell_name(region, end), f"exit-{name}-{cell_id(region, end)}"
        out.append(
            draft(
                key,
                name=Text(f"{z.zh}—{at.zh}第二通道", f"Another road out of {z.en} to {at.en}"),
                zones=[name, zone_at(region, end)],
                interventions=[
                    AddLink(
                        id=key,
                        from_cell=cell_id(region, s),
                        to_cell=cell_id(region, end),
                        kind="primary",
                        length=km,
                        speed=EXIT_SPEED,
                    )
                ],
                items=[Item(costs["second_link_km"], km)],
                because=Text(
                    f"{z.zh}通往区外的干线公路仅 {exits[name]:g} 条,少于 {FEWEST_EXITS:g} 条",
                    f"Only {exits[name]:g} main roads lead out of {z.en}, fewer than {FEWEST_EXITS:g}",
                ),
                answers=("Y-SAF-06", "Y-SAF-07"),
                region=region,
            )
        )
    return out


RULES = (
    Rule(
        id="shelters",
        name=Text("应急避难场所", "Emergency shelters"),
        indicators=("Y-SAF-01", "Y-SAF-02"),
        propose=propose_shelters,
    ),
    Rule(
        id="fire-stations",
        name=Text("消防救援站", "Fire stations"),
        indicators=("Y-SAF-04",),
        propose=propose_fire_stations,
    ),
    Rule(
        id="second-roads",
        name=Text("第二通道", "Another road out"),
        indicators=("Y-SAF-06", "Y-SAF-07"),
        propose=propose_second_roads,
    ),
)
"""Rules of the safety pack."""
