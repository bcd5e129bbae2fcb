"""Step 3, jobs and GDP: no district publishes jobs and no town GDP, so both are modelled from totals.

Jobs: the municipality's employed are divided among districts half by people, half by GDP. Inside a
district 60 % follow people; 40 % are drawn to its main centre as people × exp(-d / 5 km). GDP of a
district (`steps.facts`) is given to its cells 70 % by jobs, 30 % by people. District and municipal totals
are met exactly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from steps.assumptions import value
from steps.files import apportion, source
from steps.geo import plane

GDP_STEP = 10_000  # GDP of a cell in units of 10 000 CNY, so that sums come out exact


def seat_cells(cells: pd.DataFrame) -> dict[str, int]:
    """Return the row of each district's main centre: the cell nearest to it, otherwise the largest cell."""
    named = source("seats").set_index("adcode")["seat"]
    known = pd.concat(
        [
            source("town_population_2010").rename(columns={"name_zh": "name"}),
            source("rail_transit").rename(columns={"station": "name"}),
        ]
    )[["name", "district", "lon", "lat"]].merge(
        source("districts")[["adcode", "name_zh"]], left_on="district", right_on="name_zh"
    )
    spots = known.drop_duplicates(["adcode", "name"]).set_index(["adcode", "name"])[["lon", "lat"]]
    xy = plane(cells[["lon", "lat"]].to_numpy())
    out: dict[str, int] = {}
    for zone, rows in cells.groupby("zone", sort=False):
        seat = str(named[str(zone)])
        if seat:
            at = plane(spots.loc[[(zone, seat)]].to_numpy())[0]
            out[str(zone)] = int(rows.index[np.hypot(*(xy[rows.index] - at).T).argmin()])
        else:
            out[str(zone)] = int(rows["population"].idxmax())
    return out


def build_activity(cells: pd.DataFrame, gdp: pd.Series) -> pd.DataFrame:
    """Return the cells with `jobs` (whole) and `gdp` (1e8 CNY); `gdp` by district, 1e8 CNY."""
    zones = list(gdp.index)
    people = cells.groupby("zone")["population"].sum()[zones].to_numpy(dtype=np.float64)
    share = value("jobs_by_gdp")
    by_zone = share * gdp.to_numpy() / gdp.sum() + (1 - share) * people / people.sum()
    jobs_total = dict(zip(zones, apportion(int(value("employed_total")), by_zone), strict=True))
    seats = seat_cells(cells)
    xy = plane(cells[["lon", "lat"]].to_numpy())
    jobs = np.zeros(len(cells), dtype=np.int64)
    money = np.zeros(len(cells))
    for zone in zones:
        rows = np.flatnonzero((cells["zone"] == zone).to_numpy())
        pop = cells["population"].to_numpy(dtype=np.float64)[rows]
        draw = pop * np.exp(-np.linalg.norm(xy[rows] - xy[seats[zone]], axis=1) / value("centre_decay"))
        central = value("jobs_central")
        jobs[rows] = apportion(
            int(jobs_total[zone]), central * draw / draw.sum() + (1 - central) * pop / pop.sum()
        )
        by_jobs = value("gdp_by_jobs")
        weight = by_jobs * jobs[rows] / jobs[rows].sum() + (1 - by_jobs) * pop / pop.sum()
        money[rows] = apportion(round(float(gdp[zone]) * GDP_STEP), weight) / GDP_STEP
    return cells.assign(jobs=jobs, gdp=money)
