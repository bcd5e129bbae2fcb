"""Rules that propose jobs where residents have few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import cells
from yipan.packs.drafts import Costs, Item, cell_id, cell_name, column, draft, residents, seats, worst
from yipan.region.value import Region
from yipan.scenario.interventions import ChangeActivity
from yipan.scenario.values import Project
from yipan.text import Text

JOBS_PER_RESIDENT = 0.53
"""Aimed at: the goalpost of Y-ECO-04."""
SHARE_OF_GAP = 0.25
"""One park does not close the gap: this part of it."""
PARK_JOBS = (2_000.0, 20_000.0)
EACH_CLUSTER = 2


def propose_parks(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose an industrial park at the seat of the zones with the fewest jobs per resident.

    Jobs: a quarter of what the zone lacks to `JOBS_PER_RESIDENT`, to the next thousand, within `PARK_JOBS`.
    GDP rises by those jobs × the zone's own GDP per job: no gain in productivity is assumed.
    """
    ratio = column(values, "Y-ECO-04", region)
    people, seat = residents(region), seats(region)
    jobs, gdp = (region.zone_sum(np.nan_to_num(cells(region, c))) for c in ("jobs", "gdp"))
    out = []
    for zone in worst(region, ratio, each=EACH_CLUSTER, below=JOBS_PER_RESIDENT):
        i = region.zone_ids.index(zone)
        if seat[i] < 0 or jobs[i] <= 0:
            continue
        lacking = (JOBS_PER_RESIDENT - float(ratio[zone])) * people[i] * SHARE_OF_GAP
        more = float(np.clip(np.ceil(lacking / 1000) * 1000, *PARK_JOBS))
        product = round(float(more * gdp[i] / jobs[i]), 2)
        at, z = cell_name(region, int(seat[i])), region.zone_name(zone)
        out.append(
            draft(
                f"park-{zone}",
                name=Text(
                    f"{z.zh}产业园(岗位 {more:,.0f} 个)", f"Industrial park in {z.en} ({more:,.0f} jobs)"
                ),
                zones=[zone],
                interventions=[ChangeActivity(cell=cell_id(region, int(seat[i])), jobs=more, gdp=product)],
                items=[Item(costs["industrial_job"], more)],
                because=Text(
                    f"{z.zh}每位居民仅有 {ratio[zone]:.2f} 个岗位,低于 {JOBS_PER_RESIDENT:g};"
                    f"在{at.zh}增加 {more:,.0f} 个",
                    f"{z.en} has {ratio[zone]:.2f} jobs per resident, below {JOBS_PER_RESIDENT:g};"
                    f" {more:,.0f} are added at {at.en}",
                ),
                answers=("Y-ECO-04", "Y-ECO-02"),
                region=region,
            )
        )
    return out


RULES = (
    Rule(
        id="parks",
        name=Text("产业园区", "Industrial parks"),
        indicators=("Y-ECO-04", "Y-ECO-02"),
        propose=propose_parks,
    ),
)
"""Rules of the industry pack."""
