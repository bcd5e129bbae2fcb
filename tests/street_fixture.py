"""A small city of square blocks with one bus line by timetable, written as a region folder."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from yipan.region import Region, example
from yipan.region.read import read_region
from yipan.region.value import Assumption, Departures
from yipan.region.write import write_region
from yipan.text import Text

SIDE = 8
"""Crossings along each side."""
STEP = 0.003
"""Degrees between crossings: 334 m north and south, 326 m east and west at 12° N."""
WEST, SOUTH = 20.0, 12.0
WALK_KMH = 4.8
CELLS = [(0, 0), (2, 1), (3, 3), (5, 2), (6, 6), (7, 0), (1, 7), (4, 5), (7, 7)]
BUS = [(0, 0), (2, 0), (4, 0), (6, 0), (7, 0)]
DAY = "2026-03-10"


def at(column: float, row: float) -> tuple[float, float]:
    """Return degrees of a crossing."""
    return WEST + STEP * column, SOUTH + STEP * row


def osm() -> str:
    nodes, ways = [], []
    for r in range(SIDE):
        for c in range(SIDE):
            lon, lat = at(c, r)
            nodes.append(f'<node id="{1 + r * SIDE + c}" lon="{lon}" lat="{lat}" version="1"/>')
    for k in range(SIDE):
        for number, refs in (
            (100 + k, [1 + k * SIDE + c for c in range(SIDE)]),
            (200 + k, [1 + r * SIDE + k for r in range(SIDE)]),
        ):
            body = "".join(f'<nd ref="{i}"/>' for i in refs)
            ways.append(
                f'<way id="{number}" version="1">{body}<tag k="highway" v="residential"/>'
                '<tag k="maxspeed" v="30"/></way>'
            )
    return f"<osm version='0.6'>{''.join(nodes)}{''.join(ways)}</osm>"


def clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def feed(*, headway: int = 600, hop: int = 60) -> dict[str, str]:
    """Return the files of a feed: one bus along the southern street, both ways."""
    stops = "".join(f"b{i},B{i},{at(*p)[1]},{at(*p)[0]}\n" for i, p in enumerate(BUS))
    trips, times = "", ""
    for way in (0, 1):
        order = list(range(len(BUS))) if way == 0 else list(range(len(BUS)))[::-1]
        for n, start in enumerate(range(6 * 3600, 11 * 3600, headway)):
            trips += f"bus,all,t{way}-{n}\n"
            for k, stop in enumerate(order):
                when = clock(start + 120 * way + hop * k)
                times += f"t{way}-{n},{when},{when},b{stop},{k}\n"
    return {
        "agency.txt": "agency_name,agency_url,agency_timezone\nBus,http://bus.example,UTC\n",
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        "routes.txt": "route_id,route_short_name,route_type\nbus,1,3\n",
        "trips.txt": "route_id,service_id,trip_id\n" + trips,
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + times,
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        "start_date,end_date\n"
        "all,1,1,1,1,1,0,0,20260101,20261231\n",
    }


def assumed(region: Region, **values: float) -> Region:
    """Return the region with other values of assumptions."""
    changed = tuple(
        replace(a, value=float(values[a.id])) if a.id in values else a for a in region.meta.assumptions
    )
    return region.replace(meta=replace(region.meta, assumptions=changed))


def folder(target: Path, *, with_feed: bool = True, headway: int = 600) -> Path:
    """Write the city as a region folder and return it."""
    tiny = example("tiny")
    row = {"source": "invented", "quality": "assumed"}
    points = np.array([at(*p) for p in CELLS])
    (west, south), (east, north) = at(-1, -1), at(SIDE, SIDE)
    middle = (south + north) / 2
    zones = gpd.GeoDataFrame(
        {"id": ["S", "N"], "zh": ["南区", "北区"], "en": ["South", "North"], "cluster": ["valley", "hills"]},
        geometry=[box(west, south, east, middle), box(west, middle, east, north)],
        crs="EPSG:4326",
    ).assign(parent="", **row)
    cells = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(len(CELLS))],
            "zone": np.where(points[:, 1] < middle, "S", "N"),
            "zh": "",
            "en": [f"Cell {i}" for i in range(len(CELLS))],
            "lon": points[:, 0],
            "lat": points[:, 1],
            "population": 1000.0 + 100 * np.arange(len(CELLS)),
            "jobs": 500.0,
        }
    ).assign(**row)
    year = tiny.meta.base_year
    people = cells.groupby("zone")["population"].sum()
    statistics = pd.DataFrame(
        [
            {"zone": z, "variable": v, "year": year, "value": x, "unit": u, **row}
            for z in ("S", "N")
            for v, x, u in (("population", float(people[z]), "person"), ("area", 5.0, "km2"))
        ]
    )
    more = tuple(
        Assumption(id=k, value=v, unit=u, name=Text("", ""), source="invented", quality="assumed")
        for k, v, u in (
            ("snap_limit", 300.0, "m"),
            ("board_time", 0.0, "min"),
            ("max_rides", 4.0, "ride"),
            ("congestion", 1.0, "ratio"),
            ("longest_trip", 180.0, "min"),
        )
    )
    meta = replace(
        tiny.meta,
        slug="blocks",
        core=("S",),
        departures=Departures(day=DAY, start=8 * 60, end=9 * 60, step=60),
        assumptions=(*tiny.meta.assumptions, *more),
    )
    empty = {n: t.frame.iloc[:0] for n, t in tiny.tables.items() if n not in ("zones", "cells", "statistics")}
    region = tiny.replace(meta=meta, zones=zones, cells=cells, statistics=statistics, **empty)
    write_region(region, target)
    (target / "streets.osm").write_text(osm(), encoding="utf-8")
    if with_feed:
        (target / "transit").mkdir()
        with zipfile.ZipFile(target / "transit" / "bus.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in feed(headway=headway).items():
                archive.writestr(name, text)
    return target


def city(target: Path, *, with_feed: bool = True, headway: int = 600) -> Region:
    """Return the city as a region."""
    return read_region(folder(target, with_feed=with_feed, headway=headway))
