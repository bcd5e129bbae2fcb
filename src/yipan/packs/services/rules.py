"""Rules that propose hospitals, beds and campuses where people are far from them or have too few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import cells, nearest_seconds, places, within
from yipan.packs.drafts import (
    Costs,
    Item,
    add_place,
    cell_id,
    cell_name,
    column,
    draft,
    greedy_sites,
    largest,
    reached_from,
    residents,
    worst,
    zone_at,
)
from yipan.region.value import Region
from yipan.scenario.interventions import ChangeCapacity
from yipan.scenario.values import Project
from yipan.text import Text

HOSPITAL_MINUTES = 30.0
BEDS_PER_1000 = 9.0
"""Beds in reach per 1,000 residents aimed at: the goalpost of Y-LIV-03."""
NEW_BEDS = (100.0, 600.0)
"""Smallest and largest new hospital, beds."""
ADDED_BEDS = (100.0, 1500.0)
NEW_HOSPITALS = 8
LEAST_PEOPLE = 5_000.0
"""A hospital is proposed only where it brings at least so many people within reach."""
CAMPUS_MINUTES = 60.0
CAMPUS_STUDENTS = 8_000.0
CAMPUSES = 6
CAMPUS_PEOPLE = 100_000.0
EACH_CLUSTER = 2


def propose_hospitals(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose general hospitals where they bring most people within 30 min of one (any mode).

    Beds: `BEDS_PER_1000` for the people newly within reach, rounded up to 50, within `NEW_BEDS`.
    """
    if not len(places(region, "hospital")):  # hospitals are unknown, not absent
        return []
    without = ~within(nearest_seconds(region, "any", "hospital"), HOSPITAL_MINUTES)
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    covers = reached_from(region, "any", HOSPITAL_MINUTES)
    share = column(values, "Y-LIV-02", region)
    out = []
    for site, gained in greedy_sites(people, covers, count=NEW_HOSPITALS, least=LEAST_PEOPLE):
        beds = float(np.clip(np.ceil(gained / 1000 * BEDS_PER_1000 / 50) * 50, *NEW_BEDS))
        zone, at = zone_at(region, site), cell_name(region, site)
        z = region.zone_name(zone)
        out.append(
            draft(
                f"hospital-{cell_id(region, site)}",
                name=Text(f"{z.zh}{at.zh}综合医院", f"General hospital at {at.en}, {z.en}"),
                zones=[zone],
                interventions=[
                    add_place(
                        region,
                        f"hospital-{cell_id(region, site)}",
                        "hospital",
                        name=Text(f"{at.zh}综合医院", f"{at.en} general hospital"),
                        at=site,
                        capacity=beds,
                        unit="bed",
                    )
                ],
                items=[Item(costs["hospital_bed"], beds)],
                because=Text(
                    f"{z.zh} 30 分钟内可达医院的居民占 {share[zone]:.1f}%(目标 100%);"
                    f"此处可使 {gained:,.0f} 人新进入 30 分钟圈",
                    f"{share[zone]:.1f}% of the residents of {z.en} are within 30 min of a hospital (goal"
                    f" 100%); one here brings {gained:,.0f} more people within 30 min",
                ),
                answers=("Y-LIV-02", "Y-LIV-01", "Y-HUM-02"),
                region=region,
            )
        )
    return out


def propose_beds(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose more beds at the largest hospital of the zones with the fewest beds in reach (2SFCA).

    Beds: what the zone's residents lack to `BEDS_PER_1000`, rounded up to 50, within `ADDED_BEDS`.
    """
    reach = column(values, "Y-LIV-03", region)
    hospitals = largest(region, "hospital")
    people = residents(region)
    out = []
    for zone in worst(region, reach, each=EACH_CLUSTER, below=BEDS_PER_1000):
        i = region.zone_ids.index(zone)
        if i not in hospitals:
            continue
        place, name = hospitals[i].id, hospitals[i].name
        lacking = (BEDS_PER_1000 - float(reach[zone])) * people[i] / 1000
        beds = float(np.clip(np.ceil(lacking / 50) * 50, *ADDED_BEDS))
        z = region.zone_name(zone)
        out.append(
            draft(
                f"beds-{place}",
                name=Text(f"{name.in_('zh')}扩建 {beds:g} 张床位", f"{beds:g} more beds at {name.in_('en')}"),
                zones=[zone],
                interventions=[ChangeCapacity(place=place, add=beds)],
                items=[Item(costs["hospital_bed_added"], beds)],
                because=Text(
                    f"{z.zh}居民 60 分钟内共享的床位每千人 {reach[zone]:.2f} 张,低于 {BEDS_PER_1000:g} 张",
                    f"Residents of {z.en} share {reach[zone]:.2f} beds per 1,000 within 60 min, short of"
                    f" {BEDS_PER_1000:g}",
                ),
                answers=("Y-LIV-03", "N-LIV-02"),
                region=region,
            )
        )
    return out


def propose_campuses(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose university campuses where they bring most people within 60 min of one (any mode)."""
    if not len(places(region, "university")):
        return []
    without = ~within(nearest_seconds(region, "any", "university"), CAMPUS_MINUTES)
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    covers = reached_from(region, "any", CAMPUS_MINUTES)
    count = column(values, "Y-SMT-01", region)
    out = []
    for site, gained in greedy_sites(people, covers, count=CAMPUSES, least=CAMPUS_PEOPLE):
        zone, at = zone_at(region, site), cell_name(region, site)
        z = region.zone_name(zone)
        key = f"campus-{cell_id(region, site)}"
        out.append(
            draft(
                key,
                name=Text(f"{z.zh}高校校区({at.zh})", f"University campus at {at.en}, {z.en}"),
                zones=[zone],
                interventions=[
                    add_place(
                        region,
                        key,
                        "university",
                        name=Text(f"{at.zh}校区", f"{at.en} campus"),
                        at=site,
                        capacity=CAMPUS_STUDENTS,
                        unit="student",
                    )
                ],
                items=[Item(costs["campus_student"], CAMPUS_STUDENTS)],
                because=Text(
                    f"{z.zh}居民 60 分钟内可达高校平均 {count[zone]:.1f} 所;"
                    f"约 {gained:,.0f} 人 60 分钟内没有高校",
                    f"Residents of {z.en} have {count[zone]:.1f} universities within 60 min on average; about"
                    f" {gained:,.0f} people here have none",
                ),
                answers=("Y-SMT-01", "Y-SMT-02"),
                region=region,
            )
        )
    return out


RULES = (
    Rule(
        id="hospitals",
        name=Text("新建综合医院", "New general hospitals"),
        indicators=("Y-LIV-01", "Y-LIV-02", "Y-HUM-02"),
        propose=propose_hospitals,
    ),
    Rule(
        id="beds",
        name=Text("医院扩建床位", "More hospital beds"),
        indicators=("Y-LIV-03", "N-LIV-02"),
        propose=propose_beds,
    ),
    Rule(
        id="campuses",
        name=Text("高校校区", "University campuses"),
        indicators=("Y-SMT-01", "Y-SMT-02"),
        propose=propose_campuses,
    ),
)
"""Rules of the services pack."""
