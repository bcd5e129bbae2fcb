"""Rules that propose roads: across zone borders, and between neighbouring seats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from yipan.packs.common import cells, minutes, seconds
from yipan.packs.drafts import (
    Costs,
    Item,
    cell_id,
    cell_name,
    draft,
    drive_minutes,
    neighbours,
    residents,
    seats,
    straight,
    zone_at,
)
from yipan.region.value import Region
from yipan.scenario.interventions import AddLink
from yipan.scenario.values import Project
from yipan.text import Text

ROAD_DETOUR = 1.3
"""Length of a new primary road over the straight distance between its ends."""
ROAD_SPEED = 60.0
EXPRESSWAY_DETOUR = 1.25
EXPRESSWAY_SPEED = 80.0
SLOW_SEATS = 45.0
"""Straight km per hour of driving between neighbouring seats below which an expressway is proposed."""
EACH_CLUSTER = 2


def propose_border_roads(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose the missing road between cells on both sides of a zone border that are near but far by road.

    For each pair of neighbouring zones the pair of cells (3–20 km apart, at least 1.5 times slower and 10 min
    longer than by a new primary road) with the most minutes × residents of the smaller end; then the best
    `EACH_CLUSTER` of every cluster.
    """
    apart, now = straight(region), minutes(seconds(region, "drive"))
    people = np.nan_to_num(cells(region, "population"))
    new = drive_minutes(region, apart * ROAD_DETOUR, ROAD_SPEED)
    zone = region.cell_zone
    lacking = (now >= 1.5 * new) & (now - new >= 10.0) & (apart >= 3.0) & (apart <= 20.0)
    gain = np.where(lacking, (now - new) * np.minimum.outer(people, people), 0.0)
    found = []
    for a, b in neighbours(region):
        rows, cols = np.flatnonzero(zone == a), np.flatnonzero(zone == b)
        block = gain[np.ix_(rows, cols)]
        if block.size and block.max() > 0:
            row, col = divmod(int(np.argmax(block)), block.shape[1])
            found.append((float(block.max()), int(rows[row]), int(cols[col])))
    out = []
    for _, i, j in _spread(region, found):
        km = round(float(apart[i, j]) * ROAD_DETOUR, 1)
        one, other = cell_name(region, i), cell_name(region, j)
        out.append(
            _road(
                region,
                i,
                j,
                costs=costs,
                km=km,
                kind="primary",
                name=Text(f"{one.zh}—{other.zh}跨区公路", f"{one.en}–{other.en} road across the border"),
                because=Text(
                    f"两地直线距离 {apart[i, j]:.1f} 公里,现驾车需 {now[i, j]:.0f} 分钟;"
                    f"新路 {km:g} 公里约 {new[i, j]:.0f} 分钟",
                    f"The two are {apart[i, j]:.1f} km apart but {now[i, j]:.0f} min by car;"
                    f" a new road of {km:g} km takes about {new[i, j]:.0f} min",
                ),
            )
        )
    return out


def propose_expressways(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose expressways between neighbouring seats that are slow to drive between (`SLOW_SEATS`).

    Seats 25–90 km apart; ranked by residents of the smaller zone × minutes saved, `EACH_CLUSTER` a cluster.
    """
    apart, now, seat = straight(region), minutes(seconds(region, "drive")), seats(region)
    people = residents(region)
    found = []
    for a, b in neighbours(region):
        i, j = int(seat[a]), int(seat[b])
        if i < 0 or j < 0 or not 25.0 <= apart[i, j] <= 90.0:
            continue
        new = float(drive_minutes(region, apart[i, j] * EXPRESSWAY_DETOUR, EXPRESSWAY_SPEED))
        if apart[i, j] / now[i, j] * 60.0 < SLOW_SEATS and now[i, j] > new + 10.0:
            found.append((float(min(people[a], people[b]) * (now[i, j] - new)), i, j))
    out = []
    for _, i, j in _spread(region, found):
        km = round(float(apart[i, j]) * EXPRESSWAY_DETOUR, 1)
        one, other = region.zone_name(zone_at(region, i)), region.zone_name(zone_at(region, j))
        pace = apart[i, j] / now[i, j] * 60.0
        out.append(
            _road(
                region,
                i,
                j,
                costs=costs,
                km=km,
                kind="expressway",
                name=Text(f"{one.zh}—{other.zh}高速公路", f"{one.en}–{other.en} expressway"),
                because=Text(
                    f"两地驻地直线距离 {apart[i, j]:.0f} 公里,现驾车 {now[i, j]:.0f} 分钟,"
                    f"直线时速仅 {pace:.0f} 公里(低于 {SLOW_SEATS:g})",
                    f"The two seats are {apart[i, j]:.0f} km apart and {now[i, j]:.0f} min by car:"
                    f" {pace:.0f} straight km an hour (below {SLOW_SEATS:g})",
                ),
            )
        )
    return out


def _road(
    region: Region, i: int, j: int, *, costs: Costs, km: float, kind: str, name: Text, because: Text
) -> Project:
    key = f"{kind}-{cell_id(region, i)}-{cell_id(region, j)}"
    speed = EXPRESSWAY_SPEED if kind == "expressway" else ROAD_SPEED
    return draft(
        key,
        name=name,
        zones=[zone_at(region, i), zone_at(region, j)],
        interventions=[
            AddLink(
                id=key,
                from_cell=cell_id(region, i),
                to_cell=cell_id(region, j),
                kind=kind,
                length=km,
                speed=speed,
            )
        ],
        items=[Item(costs[f"{kind}_km"], km)],
        because=because,
        answers=("Y-ECO-01", "C-INF-02"),
        region=region,
    )


def _spread(region: Region, found: Sequence[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Return the best `EACH_CLUSTER` of each cluster (that of the first cell's zone), best first."""
    ranked = sorted(found, key=lambda f: (-f[0], f[1], f[2]))
    out = []
    for c in region.meta.clusters:
        mine = [f for f in ranked if region.cluster_of[zone_at(region, f[1])] == c.id]
        out += mine[:EACH_CLUSTER]
    return sorted(out, key=lambda f: (-f[0], f[1], f[2]))
