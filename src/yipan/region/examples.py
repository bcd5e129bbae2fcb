"""Regions that come with the program: ``tiny`` (invented, for reading and tests) and ``chongqing``."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from yipan.errors import UnknownName
from yipan.region.assumptions import ASSUMPTIONS
from yipan.region.read import read_region
from yipan.region.schema import Quality
from yipan.region.table import Table
from yipan.region.value import Assumption, Cluster, Meta, Region, Source
from yipan.text import Text


def example(name: str = "chongqing") -> Region:
    """Return an example region.

    Parameters
    ----------
    name
        ``chongqing``: 38 districts, about a thousand cells, as shipped with the package. ``tiny``:
        three invented zones and six cells on a river, small enough to work out by hand.

    Raises
    ------
    UnknownName
        When there is no such example.

    Examples
    --------
    >>> [c.id for c in example("tiny").meta.clusters]
    ['valley', 'hills']
    """
    if name == "tiny":
        return _tiny()
    return read_region(example_folder(name))


def example_folder(name: str = "chongqing") -> Path:
    """Return the folder of an example region: in the wheel, or in a checkout of the project."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "examples" / name, here.parents[3] / "examples" / name / "region"):
        if (folder / "region.toml").is_file():
            return folder
    raise UnknownName(
        Text(
            f"没有示例区域 {name};可用:chongqing、tiny",
            f"no example region {name}; there are: chongqing, tiny",
        )
    )


def _tiny() -> Region:
    source = {"source": "invented", "quality": "assumed"}
    zones = gpd.GeoDataFrame(
        {
            "id": ["A", "B", "C"],
            "zh": ["江城", "东岸", "山口"],
            "en": ["River City", "Eastbank", "Hill Gate"],
            "cluster": ["valley", "valley", "hills"],
            "parent": ["", "", ""],
        },
        geometry=[
            box(106.0, 29.0, 106.2, 29.2),
            box(106.2, 29.0, 106.4, 29.2),
            box(106.0, 29.2, 106.4, 29.4),
        ],
        crs="EPSG:4326",
    ).assign(**source)
    cells = pd.DataFrame(
        {
            "id": ["A1", "A2", "B1", "B2", "C1", "C2"],
            "zone": ["A", "A", "B", "B", "C", "C"],
            "zh": ["江城一", "江城二", "东岸一", "东岸二", "山口一", "山口二"],
            "en": ["River 1", "River 2", "East 1", "East 2", "Hill 1", "Hill 2"],
            "lon": [106.05, 106.15, 106.25, 106.35, 106.10, 106.30],
            "lat": [29.10, 29.10, 29.10, 29.10, 29.30, 29.30],
            "population": [200_000.0, 100_000.0, 80_000.0, 20_000.0, 30_000.0, 10_000.0],
            "jobs": [150_000.0, 40_000.0, 30_000.0, 5_000.0, 8_000.0, 2_000.0],
            "gdp": [200.0, 50.0, 40.0, 5.0, 10.0, 3.0],
            "elevation": [200.0, 210.0, 220.0, 260.0, 600.0, 800.0],
        }
    ).assign(**source)
    facts = [
        ("population", 2010, (280_000.0, 90_000.0, 45_000.0), "person"),
        ("population", 2020, (300_000.0, 100_000.0, 40_000.0), "person"),
        ("area", 2020, (432.0, 432.0, 862.0), "km2"),
        ("gdp", 2018, (220.0, 38.0, 12.0), "1e8 CNY"),
        ("gdp", 2020, (250.0, 45.0, 13.0), "1e8 CNY"),
    ]
    statistics = pd.DataFrame(
        [
            {"zone": z, "variable": variable, "year": year, "value": v, "unit": unit, **source}
            for variable, year, values, unit in facts
            for z, v in zip("ABC", values, strict=True)
        ]
    )
    places = pd.DataFrame(
        [
            ("h1", "hospital", "江城医院", "River hospital", 106.05, 29.10, 1500.0, "bed", 1990),
            ("h2", "hospital", "东岸医院", "East hospital", 106.25, 29.10, 300.0, "bed", 2005),
            ("u1", "university", "江城大学", "River university", 106.15, 29.10, 20_000.0, "student", 1950),
            ("s1", "shelter", "江城避难所", "River shelter", 106.05, 29.10, 10_000.0, "person", 2012),
            ("k1", "power_coal", "东岸电厂", "East power station", 106.35, 29.10, 600.0, "MW", 1998),
            ("p1", "protected_area", "山口保护区", "Hill reserve", 106.30, 29.35, 80.0, "km2", 2001),
            ("a1", "airport", "江城机场", "River airport", 106.10, 29.15, None, "", 1980),
        ],
        columns=["id", "kind", "zh", "en", "lon", "lat", "capacity", "unit", "opened"],
    ).assign(**source)
    lines = pd.DataFrame(
        [("m1", "一号线", "Line 1", "metro", 4.0, 8.0, 36.0, 30.0, "#c8102e")],
        columns=["id", "zh", "en", "mode", "headway_peak", "headway_offpeak", "speed", "dwell", "colour"],
    ).assign(**source)
    stops = pd.DataFrame(
        [
            ("m1", 1, "st-a1", "江城", "River", 106.05, 29.10),
            ("m1", 2, "st-a2", "大桥", "Bridge", 106.15, 29.10),
            ("m1", 3, "st-b1", "东岸", "East", 106.25, 29.10),
        ],
        columns=["line", "seq", "station", "zh", "en", "lon", "lat"],
    ).assign(minutes=float("nan"), **source)
    links = pd.DataFrame(
        [
            ("l1", "A1", "A2", "primary", 11.0, 40.0),
            ("l2", "A2", "B1", "primary", 11.0, 40.0),
            ("l3", "B1", "B2", "secondary", 12.0, 40.0),
            ("l4", "A1", "C1", "local", 30.0, 30.0),
            ("l5", "C1", "C2", "local", 25.0, 25.0),
        ],
        columns=["id", "from", "to", "kind", "length", "speed"],
    ).assign(**source)
    return Region(
        _tiny_meta(),
        {
            "zones": Table(zones),
            "statistics": Table(statistics),
            "cells": Table(cells),
            "places": Table(places),
            "lines": Table(lines),
            "stops": Table(stops),
            "links": Table(links),
        },
    )


def _tiny_meta() -> Meta:
    invented = Source(id="invented", title=Text("为示例虚构", "invented for the example"), licence="CC0-1.0")
    return Meta(
        slug="tiny",
        name=Text("江湾", "Riverbend"),
        base_year=2020,
        years=(2010, 2018, 2020),
        core=("A",),
        licence="CC0-1.0",
        clusters=(
            Cluster(id="valley", name=Text("河谷", "Valley")),
            Cluster(id="hills", name=Text("山地", "Hills")),
        ),
        sources=(invented,),
        assumptions=tuple(
            Assumption(id=k, value=v, unit=u, name=Text(zh, en), source="invented", quality=Quality.ASSUMED)
            for k, v, u, zh, en in ASSUMPTIONS
        ),
    )
