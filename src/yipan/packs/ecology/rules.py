"""Rules that propose protected areas, the end of old coal power, and clean power instead."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import cells, places, statistic
from yipan.packs.drafts import Costs, Item, cell_name, column, draft, facilities, largest, point, worst
from yipan.packs.ecology.nature import (
    PROTECTED_SHARE,
    SHARE_OF_LAND,
    propose_forest_parks,
    propose_guards,
)
from yipan.region.value import Region
from yipan.scenario.interventions import ChangeCapacity, ClosePlace, ProtectArea
from yipan.scenario.values import Project
from yipan.text import Text

COAL_LIFE = 30
"""Years after which a coal power station is proposed for closure (usual design life)."""
CLOSURES = 5
CLEAN_SHARE = 0.2
"""A hydropower station is proposed to grow by this part of its capacity."""
CLEAN_PROJECTS = 4
CLEAN_GOAL = 0.7
"""kW of clean power per resident aimed at: the goalpost of Y-GRN-02."""
LEAST_HYDRO = 20.0
"""Stations below this (MW) are not worth enlarging."""
EACH_CLUSTER = 2


def propose_protection(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose protected areas, around a high and little peopled cell, in the zones with the smallest share.

    Area: what the zone lacks to `PROTECTED_SHARE`, at most `SHARE_OF_LAND` of its land, in whole 10 km2.
    Protected land is not counted as nature to visit: that needs a park (Y-ECL-01).
    """
    share = column(values, "Y-ECL-02", region)
    if not len(places(region, "protected_area")):  # unknown, not absent
        return []
    land = statistic(region, "area")
    out = []
    for zone in worst(region, share, each=EACH_CLUSTER, below=PROTECTED_SHARE):
        i = region.zone_ids.index(zone)
        site = _wildest(region, i)
        lacking = min((PROTECTED_SHARE - float(share[zone])) / 100, SHARE_OF_LAND) * land[i]
        km2 = float(np.floor(lacking / 10) * 10)
        if site is None or not np.isfinite(land[i]) or km2 < 10:
            continue
        z, at = region.zone_name(zone), cell_name(region, site)
        name = Text(f"{at.zh}自然保护地", f"{at.en} nature reserve")
        out.append(
            draft(
                f"protect-{zone}",
                name=Text(f"{z.zh}{name.zh}({km2:g} 平方公里)", f"{name.en}, {z.en} ({km2:g} km2)"),
                zones=[zone],
                interventions=[
                    ProtectArea(
                        id=f"protect-{zone}",
                        zh=name.zh,
                        en=name.en,
                        lon=point(region, site)[0],
                        lat=point(region, site)[1],
                        km2=km2,
                    )
                ],
                items=[Item(costs["protected_km2"], km2)],
                because=Text(
                    f"{z.zh}保护地占国土 {share[zone]:.1f}%,目标 {PROTECTED_SHARE:g}%(昆蒙框架目标 3)",
                    f"{share[zone]:.1f}% of {z.en} is protected, the goal is {PROTECTED_SHARE:g}%"
                    " (target 3 of the Kunming–Montreal framework)",
                ),
                answers=("Y-ECL-02",),
                region=region,
            )
        )
    return out


def _wildest(region: Region, zone: int) -> int | None:
    """Return the highest of the quarter of a zone's cells with the fewest residents; None without cells."""
    mine = np.flatnonzero(region.cell_zone == zone)
    if not len(mine):
        return None
    people = np.nan_to_num(cells(region, "population"))[mine]
    height = np.nan_to_num(cells(region, "elevation"))[mine]
    few = mine[np.argsort(people, kind="stable")][: max(1, len(mine) // 4)]
    order = {int(c): float(h) for c, h in zip(mine, height, strict=True)}
    return max((int(c) for c in few), key=lambda c: (order[c], -c))


def propose_closures(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose to close the oldest coal power stations past their design life.

    The grid supplies what they did; nothing is built instead (that is another project).
    """
    aged = [(region.meta.base_year - f.opened, f) for f in facilities(region, "power_coal")]
    old = [(age, f) for age, f in aged if age >= COAL_LIFE and np.isfinite(f.capacity)]
    near = column(values, "Y-ECL-03", region)
    out = []
    for age, plant in sorted(old, key=lambda o: (-o[0], o[1].id))[:CLOSURES]:
        at = region.zone_ids[plant.zone]
        z, name = region.zone_name(at), plant.name
        out.append(
            draft(
                f"close-{plant.id}",
                name=Text(
                    f"关停{name.in_('zh')}({plant.capacity:g} 兆瓦)",
                    f"Close {name.in_('en')} ({plant.capacity:g} MW)",
                ),
                zones=[at],
                interventions=[ClosePlace(place=plant.id)],
                items=[Item(costs["coal_closed_mw"], plant.capacity)],
                because=Text(
                    f"已运行 {age:g} 年(设计寿命约 {COAL_LIFE} 年);"
                    f"{z.zh}居民 20 公里内煤电平均 {near[at]:,.0f} 兆瓦(目标 0)",
                    f"In operation for {age:g} years (design life about {COAL_LIFE}); residents"
                    f" of {z.en} have {near[at]:,.0f} MW of coal power within 20 km on average (goal 0)",
                ),
                answers=("Y-ECL-03", "Y-ECL-04"),
                region=region,
            )
        )
    return out


def propose_clean_power(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose to enlarge the largest hydropower station of zones with little clean power per resident.

    One per zone, those with the lowest kW per resident among the zones that have a station; by `CLEAN_SHARE`.
    """
    stations = largest(region, "power_hydro")
    clean = column(values, "Y-GRN-02", region)
    wanted = [(float(clean.iloc[i]), i) for i, f in stations.items() if f.capacity >= LEAST_HYDRO]
    out = []
    for have, i in sorted(w for w in wanted if w[0] < CLEAN_GOAL)[:CLEAN_PROJECTS]:
        place, name, capacity = stations[i].id, stations[i].name, stations[i].capacity
        more = float(np.ceil(capacity * CLEAN_SHARE / 5) * 5)
        z = region.zone_name(region.zone_ids[i])
        out.append(
            draft(
                f"hydro-{place}",
                name=Text(f"{name.in_('zh')}增容 {more:g} 兆瓦", f"{more:g} MW more at {name.in_('en')}"),
                zones=[region.zone_ids[i]],
                interventions=[ChangeCapacity(place=place, add=more)],
                items=[Item(costs["hydro_mw"], more)],
                because=Text(
                    f"{z.zh}人均清洁电力装机 {have:.2f} 千瓦,目标 {CLEAN_GOAL:g}",
                    f"{z.en} has {have:.2f} kW of clean power per resident, the goal is {CLEAN_GOAL:g}",
                ),
                answers=("Y-GRN-02",),
                region=region,
            )
        )
    return out


RULES = (
    Rule(
        id="protection",
        name=Text("自然保护地", "Protected areas"),
        indicators=("Y-ECL-02",),
        propose=propose_protection,
    ),
    Rule(
        id="guards",
        name=Text("人口密集区旁的保护", "Protection near many people"),
        indicators=("Y-ECL-02",),
        propose=propose_guards,
    ),
    Rule(
        id="forest-parks",
        name=Text("森林公园", "Forest parks"),
        indicators=("Y-ECL-01", "Y-ECL-05"),
        propose=propose_forest_parks,
    ),
    Rule(
        id="closures",
        name=Text("老旧煤电关停", "Closing old coal power"),
        indicators=("Y-ECL-03", "Y-ECL-04"),
        propose=propose_closures,
    ),
    Rule(
        id="clean-power",
        name=Text("清洁电力", "Clean power"),
        indicators=("Y-GRN-02",),
        propose=propose_clean_power,
    ),
)
"""Rules of the ecology pack."""
