"""The README of a new region: every file, column and unit, from the data dictionary, with an example."""

from __future__ import annotations

from yipan.region.dictionary import kinds, variables
from yipan.region.examples import example
from yipan.region.formats import suffixes
from yipan.region.meta_text import meta_toml
from yipan.region.schema import TABLES, Column, Quality, TableSchema
from yipan.region.write import table_text

_KINDS = {
    "id": "编号 id",
    "text": "文字 text",
    "number": "数字 number",
    "integer": "整数 integer",
    "date": "日期 date",
}
_MORE = {
    "flows": "migration,A,B,2020,1200,person,invented,assumed",
    "targets": "N-LIV-02,region,2035,600,invented,assumed",
}
_INTRO = """\
# 如何填写这个区域 · How to fill in this region

此文件夹描述一个区域。按下列顺序填写:`region.toml` → `zones.geojson` → `cells.csv` →
`statistics.csv` → 其余各表。随时可以运行 `yipan check 此文件夹`:它逐条列出文件、行、列、错在哪里、怎么改。

This folder describes one region. Fill it in this order: `region.toml`, `zones.geojson`, `cells.csv`,
`statistics.csv`, then the other tables. Run `yipan check FOLDER` at any time: it lists file, row, column,
what is wrong and how to mend it. Then: `yipan measure FOLDER`, `yipan plan FOLDER`.

- 表格存为逗号分隔的 UTF-8 CSV(Excel:“CSV UTF-8”),首行为列名。没有数值就留空,不要填 0。
  Save tables as comma-separated UTF-8 CSV (Excel: “CSV UTF-8”) with the column names in row 1. Where there is
  no value, leave the cell blank; never write 0 for it.
- 数字只用半角数字和小数点,不用千位分隔符。
  Numbers are digits and a decimal point, without thousands separators.
- 经纬度为 WGS-84(度)。 Points are WGS-84 degrees.
- 编号自定,同一张表内不重复。 Ids are yours to choose; none may appear twice in a table.
- 每行都要写明来源 `source`(region.toml 中的编号)和质量 `quality`。 Every row names its `source` (an id in
  region.toml) and its `quality`:
{qualities}
- 不需要的可选表删去即可。 Delete optional tables you do not need.

最小的完整例子(3 个分区、6 个单元格,虚构)分列于各节:照抄即可通过检查。
A smallest complete example (3 zones, 6 cells, invented) stands in the sections below; copied as it
is, it passes the check.

## region.toml

各键在文件中有注释;例: The file itself explains each key; an example:

```toml region.toml
{toml}```
"""

_PROJECTS = """\
## projects/*.toml · 候选项目 candidate projects(可选 optional)

每个文件写一个或多个 `[[project]]`:编号、名称、责任单位、分区、各建设年的投资(亿)、每年运行费、措施。
`projects/example.toml` 是带注释的样例。没有这些文件时,方案只用按差距自动提出的项目。
还可写:`cost` 与 `duration`(总投资与工期,代替 `capital`)、`upkeep` 一组数(最初各年,最后一个为此后每年)、
`earliest`、`latest`、`needs`、`excludes`、`bundle`(同组项目同时入选或同时落选)、`land`(占地,平方公里)、
`carbon`(全寿命期温室气体,减去所节省的,千吨二氧化碳当量)、`ranges`(造价、延误、效果的不确定范围)。

Each file holds one or several `[[project]]`: id, names, owner, zones, cost of each building year (in 1e8 of
the currency), yearly upkeep, interventions. `projects/example.toml` is a commented example. Without such
files a plan uses only the projects that are proposed from measured gaps. It may also say: `cost` with
`duration` (sum and building years, in place of `capital`); `upkeep` as a list (the first years, last every
year after them); `earliest`, `latest`, `needs`, `excludes`; `bundle` (all of them or none); `land` (km2);
`carbon` (greenhouse gases over its life, less what it saves, kt CO2e); `ranges` (how uncertain cost, delay
and effect are).

```toml
bundle = "east"
land = 0.4
carbon = 12.0
ranges = { cost = [0.9, 1.4], delay = [0, 2], effect = [0.8, 1.1], source = "assumed" }
```
"""

_OBJECTIVE = """\
## objective.toml · 目标 what a plan is judged by(可选 optional)

只有 `budget` 必填;`yipan plan 此文件夹` 不带 `--budget` 时读此文件。
Only `budget` must be there. `yipan plan FOLDER` reads this file when no `--budget` is given.

```toml
# 期内投资总额与每年上限,亿 | capital over the horizon and most in a year, 1e8 of the currency
budget = 100.0
yearly = 15.0
# 起止年份;价格年份须与 region.toml 一致 | first and last year; the price year must be that of region.toml
start = 2026
end = 2035
price_year = {price_year}
# 四类需要的权重,合计 1 | weights of the four needs, sum 1
weights = {{ economy = 0.25, living = 0.25, ecology = 0.25, safety = 0.25 }}
# 各片区指数的最小升幅,分;键为片区编号 | least rise of each cluster's index, points, by the cluster's id
floors = {{ {floors} }}
# 处境最差十分之一居民指数的最小升幅,分 | least rise of the index of the worst-off tenth, points
worst_tenth = 0.0
# 排定年份时的年贴现率 | yearly discount rate in setting the years
discount = 0.03
```
"""


_LAYERS = """\
## streets.osm.pbf, transit/*.zip, elevation.tif · 街道、时刻表、高程(可选 optional)

有了街道,就沿真实街道、按时刻表计算门到门的出行时间,`links.csv` 只补充街道以外的路段。
With streets, travel times are computed along them and by timetable, door to door; `links.csv` then only
adds to them.

- `streets.osm.pbf`(或 `streets.osm`):覆盖本区域并略向外扩的 OpenStreetMap 摘录
  an OpenStreetMap extract of the region and a little beyond
- `transit/*.zip`:一个或多个 GTFS 数据包;`lines.csv` 的线路并入同一时刻表
  one or more GTFS feeds; the lines of `lines.csv` join the same timetable
- `elevation.tif`:高程(米,GeoTIFF,任意坐标系);需 `pip install 'yipan[raster]'`
  heights in metres (GeoTIFF, any CRS)

出发日期与时段写在 region.toml 的 `[departures]` 段。`yipan network 此文件夹` 列出街道、站点、班次和问题。
The day and window of departures stand in the section `[departures]` of region.toml. `yipan network FOLDER`
lists the streets, stops and trips that were read, and every problem.
"""


def guide() -> str:
    """Return the text of a new region's ``README.md`` (Markdown, both languages).

    Examples
    --------
    >>> "| population | yes |" in guide()
    True
    """
    region = example("tiny")
    label = {
        "official": "官方公布 published by the authority",
        "derived": "由官方数值按规则推算 computed from official values",
    }
    label |= {
        "modelled": "由模型估计 estimated by a model",
        "assumed": "人工设定,待替换 set by hand, to be replaced",
    }
    qualities = "\n".join(f"  - `{q}` {label[q]}" for q in map(str, Quality))
    parts = [_INTRO.format(qualities=qualities, toml=meta_toml(region.meta))]
    for schema in TABLES:
        parts.append(_section(schema, _example(schema)))
    floors = ", ".join(f"{c} = 0.0" for c in dict.fromkeys(region.cluster_of.values()))
    objective = _OBJECTIVE.format(price_year=region.meta.price_year, floors=floors)
    parts += [_LAYERS, _PROJECTS, objective]
    return "\n".join(parts)


def _example(schema: TableSchema) -> str:
    text = table_text(example("tiny"), schema)
    return text + _MORE.get(schema.name, "") + ("\n" if schema.name in _MORE else "")


def _section(schema: TableSchema, sample: str) -> str:
    need = "必需 required" if schema.required else "可选 optional"
    formats = " ".join(f"`{schema.name}{s}`" for s in suffixes(schema.name))
    unique = ", ".join(f"`{k}`" for k in schema.key)
    lines = [
        f"## {schema.file} · {schema.label.zh} {schema.label.en}({need})",
        "",
        f"可用格式 formats: {formats}。唯一 unique: {unique}。",
        *(["可以另加列。 Further columns may be added."] if schema.open_columns else []),
        "",
        "| 列 column | 必填 required | 类型 type | 单位 unit | 范围 range | 含义 meaning |",
        "|---|---|---|---|---|---|",
        *map(_row, schema.columns),
    ]
    if schema.name == "zones":
        lines.append(
            "| geometry | yes | 面 polygon | deg |  | 边界,每个环首尾相同 boundary, each ring closed |"
        )
    lines += _known(schema.name)
    kind = "json" if schema.name == "zones" else "csv"
    lines += ["", "例 example:", "", f"```{kind} {schema.file}", sample.rstrip("\n"), "```", ""]
    return "\n".join(lines)


def _row(column: Column) -> str:
    limits = ""
    if column.low is not None or column.high is not None:
        low, high = ("" if v is None else f"{v:g}" for v in (column.low, column.high))
        limits = f"{low} … {high}"
    words = " ".join(f"`{c}`" for c in column.choices)
    meaning = f"{column.label.zh};{column.label.en}" + (f" ({words})" if words else "")
    need = "yes" if column.required else ""
    return f"| {column.name} | {need} | {_KINDS[column.kind]} | {column.unit} | {limits} | {meaning} |"


def _known(table: str) -> list[str]:
    """Return the list of known variables or kinds, for the tables that have one."""
    entries = {"statistics": variables(), "places": kinds()}.get(table)
    if entries is None:
        return []
    what = "已知变量 known variables" if table == "statistics" else "已知类别 known kinds"
    note = (
        "可用相容的单位(如 1e4 person),读取时换算 a compatible unit (1e4 person, say) is converted on reading"
    )
    rows = [f"| {e.name} | {e.unit} | {e.label.zh};{e.label.en} |" for e in entries.values()]
    return ["", f"{what}({note}):", "", "| 名称 name | 单位 unit | 含义 meaning |", "|---|---|---|", *rows]
