"""A synthetic metropolitan region of any size, and mixed projects on it: input of the planning benchmarks.

Cells every 2 km in zones of about 300, a core in the middle with most jobs, roads between neighbouring cells
with faster ones along every tenth row and column, metro lines through the core, facilities by population.
All of it is drawn from a seed; nothing of it is data of a real place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry import box

from yipan.network.distance import straight_km
from yipan.region import Region, example
from yipan.region.schema import Quality
from yipan.region.table import Table
from yipan.region.value import Cluster
from yipan.scenario import (
    AddLine,
    AddLink,
    AddPlace,
    ChangeActivity,
    ChangeCapacity,
    ImproveLink,
    Intervention,
    Project,
    ProtectArea,
    Stop,
)
from yipan.text import Text

STEP = 0.018  # degrees of latitude between cells: 2 km
ZONE = 17  # cells of a zone along one side
WEST, SOUTH = 105.0, 28.0
INVENTED = {"source": "invented", "quality": "assumed"}
KINDS = (  # kind, how many a thousand cells, mean capacity, unit
    ("hospital", 5.0, 800.0, "bed"),
    ("university", 1.0, 20_000.0, "student"),
    ("shelter", 6.0, 20_000.0, "person"),
    ("fire_station", 5.0, 10.0, "vehicle"),
    ("airport", 0.1, float("nan"), ""),
    ("hsr_station", 0.4, float("nan"), ""),
    ("park", 4.0, 2.0, "km2"),
    ("protected_area", 0.8, 60.0, "km2"),
    ("power_coal", 0.4, 900.0, "MW"),
    ("power_hydro", 0.4, 500.0, "MW"),
    ("landslide", 2.0, float("nan"), ""),
)


def large_region(cells: int, seed: int = 1) -> Region:
    """Return a region of about so many cells."""
    rng = np.random.default_rng(seed)
    high = max(2, int(np.sqrt(cells / 1.2)))
    wide = cells // high
    c, r = (v.ravel() for v in np.meshgrid(np.arange(wide), np.arange(high), indexing="ij"))
    zone_wide = -(-wide // ZONE)
    order = np.lexsort((r, c, r // ZONE, c // ZONE))
    c, r = c[order], r[order]
    zone = (c // ZONE) + zone_wide * (r // ZONE)
    frame = _cells(c, r, zone, rng=rng, size=(wide, high))
    zones = np.unique(zone)
    core = tuple(f"z{z}" for z in zones if _central(int(z), zone_wide, wide, high))
    tiny = example("tiny")
    clusters = tuple(
        Cluster(id=k, name=Text(k, k)) for k in ("north-west", "north-east", "south-west", "south-east")
    )
    meta = replace(
        tiny.meta,
        slug="large",
        name=Text("大区域", "Large region"),
        core=core,
        clusters=clusters,
        years=(2010, 2020),
    )
    lines, stops = _lines(rng, wide, high)
    tables = {
        "zones": Table(_zones(zones, zone_wide, wide, high)),
        "cells": Table(frame),
        "statistics": Table(_statistics(frame, rng)),
        "places": Table(_places(frame, rng)),
        "links": Table(_links(c, r, (wide, high))),
        "lines": Table(lines),
        "stops": Table(stops),
    }
    return Region(meta, tables)


def _lon(c: NDArray[np.int64] | float) -> NDArray[np.float64]:
    return np.asarray(WEST + STEP * 1.14 * np.asarray(c, dtype=float))


def _lat(r: NDArray[np.int64] | float) -> NDArray[np.float64]:
    return np.asarray(SOUTH + STEP * np.asarray(r, dtype=float))


def _central(z: int, zone_wide: int, wide: int, high: int) -> bool:
    x, y = (z % zone_wide + 0.5) * ZONE, (z // zone_wide + 0.5) * ZONE
    return abs(x - wide / 2) < 0.75 * ZONE and abs(y - high / 2) < 0.75 * ZONE


def _cells(
    c: NDArray[np.int64],
    r: NDArray[np.int64],
    zone: NDArray[np.int64],
    *,
    rng: np.random.Generator,
    size: tuple[int, int],
) -> pd.DataFrame:
    towns = rng.uniform(0.1, 0.9, (12, 2)) * size
    towns[0] = np.array(size) / 2
    weight = np.concatenate([[4.0], rng.uniform(0.2, 1.0, 11)])
    near = np.zeros(len(c))
    for (x, y), w in zip(towns, weight, strict=True):
        near += w * np.exp(-np.hypot(c - x, r - y) / (0.06 * size[0]))
    people = np.floor(300 + 12_000 * near * rng.uniform(0.5, 1.5, len(c)))
    jobs = np.floor(people * np.clip(0.25 + 0.15 * near, 0.2, 0.8) * rng.uniform(0.7, 1.3, len(c)))
    return pd.DataFrame(
        {
            "id": [f"c{x}-{y}" for x, y in zip(c, r, strict=True)],
            "zone": [f"z{z}" for z in zone],
            "zh": "",
            "en": "",
            "lon": _lon(c),
            "lat": _lat(r),
            "population": people,
            "jobs": jobs,
            "gdp": np.round(jobs * rng.uniform(1.5e-3, 3e-3, len(c)), 3),
            "elevation": np.round(200 + 300 * rng.random(len(c))),
        }
    ).assign(**INVENTED)


def _zones(zones: NDArray[np.int64], zone_wide: int, wide: int, high: int) -> gpd.GeoDataFrame:
    x, y = zones % zone_wide * ZONE, zones // zone_wide * ZONE
    shapes = [
        box(
            float(_lon(a - 0.5)),
            float(_lat(b - 0.5)),
            float(_lon(a + ZONE - 0.5)),
            float(_lat(b + ZONE - 0.5)),
        )
        for a, b in zip(x, y, strict=True)
    ]
    side = [
        ("south", "north")[int(b + ZONE / 2 > high / 2)]
        + "-"
        + ("west", "east")[int(a + ZONE / 2 > wide / 2)]
        for a, b in zip(x, y, strict=True)
    ]
    ids = [f"z{z}" for z in zones]
    frame = {"id": ids, "zh": ids, "en": ids, "cluster": side, "parent": ""}
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326").assign(**INVENTED)


def _statistics(cells: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    by = cells.groupby("zone")
    people, gdp, count = by["population"].sum(), by["gdp"].sum(), by.size()
    rows = []
    for z in people.index:
        grown = float(rng.uniform(0.9, 1.2))
        for variable, year, value, unit in (
            ("population", 2010, round(float(people[z]) / grown), "person"),
            ("population", 2020, float(people[z]), "person"),
            ("area", 2020, 4.0 * int(count[z]), "km2"),
            ("gdp", 2020, float(gdp[z]), "1e8 CNY"),
        ):
            rows.append(
                {"zone": z, "variable": variable, "year": year, "value": value, "unit": unit, **INVENTED}
            )
    return pd.DataFrame(rows)


def _places(cells: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    share = cells["population"].to_numpy() / cells["population"].sum()
    rows = []
    for kind, per_thousand, capacity, unit in KINDS:
        count = max(2, round(per_thousand * len(cells) / 1000))
        for k, at in enumerate(rng.choice(len(cells), count, p=share)):
            lon, lat = cells["lon"].iloc[at], cells["lat"].iloc[at]
            rows.append(
                (
                    f"{kind}{k}",
                    kind,
                    "",
                    f"{kind} {k}",
                    round(float(lon + rng.uniform(-0.3, 0.3) * STEP), 5),
                    round(float(lat + rng.uniform(-0.3, 0.3) * STEP), 5),
                    round(capacity * float(rng.uniform(0.4, 1.6))) if np.isfinite(capacity) else None,
                    unit,
                    2000,
                )
            )
    columns = ["id", "kind", "zh", "en", "lon", "lat", "capacity", "unit", "opened"]
    return pd.DataFrame(rows, columns=columns).assign(**INVENTED)


def _links(c: NDArray[np.int64], r: NDArray[np.int64], size: tuple[int, int]) -> pd.DataFrame:
    rows = []
    for x, y in sorted(zip(c.tolist(), r.tolist(), strict=True)):
        for dx, dy in ((1, 0), (0, 1)):
            if x + dx >= size[0] or y + dy >= size[1]:
                continue
            main = (dx and y % 10 == 5) or (dy and x % 10 == 5)
            kind, speed = ("primary", 50.0) if main else ("local", 30.0 + 3 * ((x * 7 + y * 3) % 4))
            rows.append((f"l{x}-{y}-{dx}", f"c{x}-{y}", f"c{x + dx}-{y + dy}", kind, 2.2, speed))
    return pd.DataFrame(rows, columns=["id", "from", "to", "kind", "length", "speed"]).assign(**INVENTED)


def _course(
    rng: np.random.Generator, size: tuple[int, int], *, stops: int, centre: bool
) -> list[tuple[int, int]]:
    """Cells one or two apart along a wavering course that stays inside; none twice."""
    at = np.array([s / 2 if centre else rng.uniform(0.15, 0.85) * s for s in size])
    heading = rng.uniform(0, 2 * np.pi)
    if centre:
        at = at - stops * np.array([np.cos(heading), np.sin(heading)])
    seen: list[tuple[int, int]] = []
    for _ in range(20 * stops):
        here = (int(np.clip(at[0], 0, size[0] - 1)), int(np.clip(at[1], 0, size[1] - 1)))
        if here not in seen:
            seen.append(here)
        if len(seen) == stops:
            break
        heading += rng.normal(0, 0.15)
        at = at + 2.0 * np.array([np.cos(heading), np.sin(heading)])
        if ((at < 0) | (at >= size)).any():
            at, heading = np.clip(at, 0, np.array(size) - 1.0), heading + rng.uniform(1, 3)
    return seen


def _lines(rng: np.random.Generator, wide: int, high: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    lines, stops = [], []
    for k in range(6):
        lines.append((f"m{k}", "", f"Line {k}", "metro", 4.0, 8.0, 45.0, 30.0, "#5b6770"))
        for seq, (x, y) in enumerate(_course(rng, (wide, high), stops=20, centre=True), start=1):
            stops.append((f"m{k}", seq, f"s{x}-{y}", "", "", float(_lon(x)), float(_lat(y))))
    columns = ["id", "zh", "en", "mode", "headway_peak", "headway_offpeak", "speed", "dwell", "colour"]
    frame = pd.DataFrame(lines, columns=columns).assign(**INVENTED)
    at = pd.DataFrame(stops, columns=["line", "seq", "station", "zh", "en", "lon", "lat"])
    return frame, at.assign(minutes=float("nan"), **INVENTED)


def mixed_projects(region: Region, count: int = 60, seed: int = 5) -> tuple[Project, ...]:
    """Return so many projects: lines, roads, facilities, capacity, activity, protected areas."""
    rng = np.random.default_rng(seed)
    made = _interventions(region, rng)
    return tuple(_project(k, next(made), rng, region) for k in range(count))


def _interventions(
    region: Region, rng: np.random.Generator
) -> Iterator[tuple[str, tuple[Intervention, ...]]]:
    cells, links, places = region.table("cells"), region.table("links"), region.table("places")
    size = tuple(int(cells["id"].str[1:].str.split("-").str[k].astype(int).max()) + 1 for k in (0, 1))
    share = cells["population"].to_numpy() / cells["population"].sum()
    main = links[links["kind"] == "primary"]
    hospitals = places[places["kind"] == "hospital"]

    def somewhere() -> tuple[float, float, int]:
        at = int(rng.choice(len(cells), p=share))
        return float(cells["lon"].iloc[at]), float(cells["lat"].iloc[at]), at

    def new_line(k: int) -> Intervention:
        course = _course(rng, size, stops=int(rng.integers(10, 26)), centre=bool(k % 2))
        stops = tuple(Stop(f"s{x}-{y}", "", "", float(_lon(x)), float(_lat(y))) for x, y in course)
        return AddLine(
            id=f"new{k}",
            en=f"New line {k}",
            mode="metro",
            headway_peak=4.0,
            headway_offpeak=8.0,
            speed=50.0,
            stops=stops,
        )

    def new_road(k: int) -> Intervention:
        a, b = rng.choice(len(cells), 2, replace=False, p=share)
        km = straight_km(*(np.array([cells[c].iloc[i]]) for i in (a, b) for c in ("lon", "lat")))
        return AddLink(
            id=f"road{k}",
            from_cell=str(cells["id"].iloc[a]),
            to_cell=str(cells["id"].iloc[b]),
            kind="expressway",
            length=max(1.0, round(1.15 * float(km[0]), 1)),
            speed=100.0,
        )

    def faster(k: int) -> tuple[Intervention, ...]:
        start = int(rng.integers(0, max(1, len(main) - 8)))
        ids = main["id"].iloc[start : start + 8]
        return tuple(ImproveLink(link=str(i), speed=90.0) for i in ids)

    def place(k: int, kind: str, capacity: float, unit: str) -> Intervention:
        lon, lat, _ = somewhere()
        return AddPlace(
            id=f"{kind}-new{k}",
            kind=kind,
            en=f"New {kind} {k}",
            lon=lon,
            lat=lat,
            capacity=capacity,
            unit=unit,
        )

    k = 0
    while True:
        yield "line", (new_line(k),)
        yield "faster road", faster(k)
        yield "hospital", (place(k, "hospital", 900.0, "bed"),)
        yield "road", (new_road(k),)
        yield (
            "capacity",
            (ChangeCapacity(place=str(hospitals["id"].iloc[int(rng.integers(len(hospitals)))]), add=600.0),),
        )
        yield "shelter", (place(k, "shelter", 25_000.0, "person"),)
        cell = str(cells["id"].iloc[somewhere()[2]])
        yield "jobs", (ChangeActivity(cell=cell, jobs=20_000.0),)
        yield "fire station", (place(k, "fire_station", 10.0, "vehicle"),)
        zone = str(cells["zone"].iloc[somewhere()[2]])
        yield "housing", (ChangeActivity(zone=zone, population=40_000.0),)
        lon, lat, _ = somewhere()
        yield (
            "protected area",
            (ProtectArea(id=f"reserve{k}", en=f"Reserve {k}", lon=lon, lat=lat, km2=80.0),),
        )
        yield "park", (place(k, "park", 2.0, "km2"),)
        yield "university", (place(k, "university", 20_000.0, "student"),)
        k += 1


def _project(
    k: int, made: tuple[str, tuple[Intervention, ...]], rng: np.random.Generator, region: Region
) -> Project:
    kind, interventions = made
    dear = {"line": 150.0, "road": 60.0, "faster road": 25.0}.get(kind, 8.0)
    years = int(rng.integers(1, 4))
    cost = round(dear * float(rng.uniform(0.6, 1.5)), 1)
    return Project(
        id=f"p{k:02d}",
        name=Text(f"项目{k}", f"{kind} {k}"),
        owner=Text("", ""),
        zones=(region.zone_ids[0],),
        interventions=interventions,
        capital=tuple(cost / years for _ in range(years)),
        upkeep=0.02 * cost,
        price_year=region.meta.price_year,
        life=40,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("为测速而设", "drawn for timing"),
    )
