"""Rules that propose hospitals, beds and campuses where people are far from them or have too few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import cells, nearest_seconds, place_numbers, place_seconds, places, within
from yipan.packs.drafts import (
    Costs,
    Facility,
    Item,
    add_place,
    cell_id,
    cell_name,
    column,
    cover_sites,
    draft,
    facilities,
    reached_from,
    spread_sites,
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
CATCHMENT = 60.0
"""Minutes within which residents share beds, as in Y-LIV-03."""
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
    for site, gained in spread_sites(region, people, covers, count=NEW_HOSPITALS, least=LEAST_PEOPLE):
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
    """Propose more beds at the hospitals whose catchments overflow most (see `overflowing`).

    In zones short of `BEDS_PER_1000` in reach, those with the greatest need for each bed, `EACH_CLUSTER` a
    cluster; beds: what is lacking, rounded up to 50, at most `ADDED_BEDS`; nothing where less than its lower
    end is lacking.
    """
    reach, cluster = column(values, "Y-LIV-03", region), region.cluster_of
    short = {z for z in region.zone_ids if reach[z] < BEDS_PER_1000}
    full = [
        o
        for o in overflowing(region)
        if o.lacking >= ADDED_BEDS[0] and region.zone_ids[o.hospital.zone] in short
    ]
    out = []
    for c in region.meta.clusters:
        mine = [o for o in full if cluster[region.zone_ids[o.hospital.zone]] == c.id]
        out += [_more_beds(region, o, costs, reach=reach) for o in mine[:EACH_CLUSTER]]
    return out


@dataclass(frozen=True, slots=True)
class Overflow:
    """A hospital, the residents whose share of demand falls to it, and the beds it lacks for them."""

    hospital: Facility
    residents: float
    lacking: float

    @property
    def load(self) -> float:
        """Beds needed for each bed there."""
        return 1.0 + self.lacking / self.hospital.capacity


def overflowing(region: Region) -> list[Overflow]:
    r"""Return the hospitals whose share of demand needs more beds than they have, the fullest first.

    .. math:: D_j = \sum_{i:\,t_{ij}\le L} P_i\,\frac{S_j}{\sum_{k:\,t_{ik}\le L} S_k},
              \qquad \text{lacking}_j = n D_j - S_j

    :math:`P_i` residents of a cell, shared among the hospitals within :math:`L` = `CATCHMENT` min (any mode)
    in proportion to their beds :math:`S` (Huff 1963, with attraction by size alone); :math:`n` =
    `BEDS_PER_1000` / 1,000. Hospitals without a stated size, or in no zone, are left out.
    """
    beds = np.nan_to_num(place_numbers(region, "hospital", "capacity"))
    near = within(place_seconds(region, "any", "hospital"), CATCHMENT) * beds
    shared = near.sum(axis=1)
    people = np.nan_to_num(cells(region, "population"))
    each = np.divide(people, shared, out=np.zeros_like(people), where=shared > 0)
    demand = dict(zip(map(str, places(region, "hospital")["id"]), each @ near, strict=True))
    found = [
        Overflow(f, float(demand[f.id]), float(demand[f.id]) * BEDS_PER_1000 / 1000 - f.capacity)
        for f in facilities(region, "hospital")
        if np.isfinite(f.capacity) and f.capacity > 0
    ]
    return sorted((o for o in found if o.lacking > 0), key=lambda o: (-round(o.load, 9), o.hospital.id))


def _more_beds(region: Region, over: Overflow, costs: Costs, *, reach: pd.Series[float]) -> Project:
    place, name = over.hospital.id, over.hospital.name
    beds = float(min(np.ceil(round(over.lacking, 6) / 50) * 50, ADDED_BEDS[1]))
    zone = region.zone_ids[over.hospital.zone]
    z, have = region.zone_name(zone), over.hospital.capacity
    need = have + over.lacking
    return draft(
        f"beds-{place}",
        name=Text(f"{name.in_('zh')}扩建 {beds:g} 张床位", f"{beds:g} more beds at {name.in_('en')}"),
        zones=[zone],
        interventions=[ChangeCapacity(place=place, add=beds)],
        items=[Item(costs["hospital_bed_added"], beds)],
        because=Text(
            f"{CATCHMENT:g} 分钟内的居民按各医院床位分摊,约 {over.residents:,.0f} 人由其承担,每千人"
            f" {BEDS_PER_1000:g} 张需 {need:,.0f} 张,现有 {have:,.0f} 张;"
            f"{z.zh}居民 {CATCHMENT:g} 分钟内共享的床位每千人 {reach[zone]:.2f} 张",
            f"Of the residents within {CATCHMENT:g} min, shared among hospitals by their beds,"
            f" {over.residents:,.0f} fall to it: at {BEDS_PER_1000:g} per 1,000 they need {need:,.0f} beds,"
            f" it has {have:,.0f}; residents of {z.en} share {reach[zone]:.2f} beds per 1,000 within"
            f" {CATCHMENT:g} min",
        ),
        answers=("Y-LIV-03", "N-LIV-02"),
        region=region,
    )


def propose_campuses(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose university campuses where they bring most people within 60 min of one (any mode)."""
    if not len(places(region, "university")):
        return []
    without = ~within(nearest_seconds(region, "any", "university"), CAMPUS_MINUTES)
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    covers = reached_from(region, "any", CAMPUS_MINUTES)
    count = column(values, "Y-SMT-01", region)
    out = []
    for site, gained in cover_sites(people, covers, count=CAMPUSES, least=CAMPUS_PEOPLE):
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
