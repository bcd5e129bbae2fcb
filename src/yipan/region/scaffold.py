"""Make an empty, commented region folder that a stranger can fill in from its own texts alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

from yipan.errors import Problem, RegionError
from yipan.region.assumptions import ASSUMPTIONS, STREET_ASSUMPTIONS
from yipan.region.guide import guide
from yipan.region.meta import FILE
from yipan.region.schema import TABLES
from yipan.region.write import place, require_free
from yipan.text import Text

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEAD = """\
# 区域说明:先填此文件,再填各表;各列含义见 README.md。填好后运行 yipan check 此文件夹
# The region. Fill in this file, then the tables; README.md explains every column.
# Then run: yipan check FOLDER

# 区域编号:小写字母、数字与连字符 | id of the region: lower-case letters, digits, hyphens
id = "{slug}"

# 区域名称 | name of the region
names = {{ zh = "我的区域", en = "My region" }}

# 所描述的年份;statistics.csv 中每个分区须有该年的 population
# The year described; statistics.csv must hold every zone's population in it
base_year = 2020

# 统计所用的年份 | years that the statistics cover
years = [2020]

# 货币与价格年份;金额以亿(1e8)为单位 | currency and year of its prices; money is counted in 1e8
# 领域包的单位造价为 2024 年价 | the unit costs of the packs are at prices of 2024
currency = "CNY"
price_year = 2024

# 表中经纬度的坐标系,只能是 WGS-84(GCJ-02、BD-09 坐标须先转换)
# Coordinates in the tables: WGS-84 only (convert GCJ-02 or BD-09 first)
crs = "EPSG:4326"

# 核心区的分区编号,用于“到核心区一小时”等指标,如 core = ["A"]
# Ids of the zones that are the core ("within an hour of the core"), as in core = ["A"]
core = []

# 已知没有的设施类别;places.csv 未列的类别一般视为未知,不视为没有
# Kinds of place the region is known to have none of, as in without = ["power_coal"]; a kind that
# places.csv does not list is otherwise taken to be unknown
# without = []

# 数据许可 | licence of the data
licence = ""

# 片区:成组报告的分区,每组一段;zones 的 cluster 列填这里的 id;parent 为上级片区,可省
# Clusters: zones reported together, one section each; zones name the id in their column cluster.
# parent is the cluster above, and may be left out
[[clusters]]
id = "all"
zh = "全域"
en = "Whole region"
# parent = ""

# 来源:每行数据的 source 列填这里的 id;year、licence、publisher、note_zh、note_en 可省
# Sources: every row of data names one of these ids in its column source.
# publisher, licence, year, note_zh and note_en may be left out
[[sources]]
id = "own"
zh = "自有数据"
en = "own data"
publisher = ""
licence = ""
# year = 2020
# note_zh = ""
# note_en = ""

[[sources]]
id = "assumed"
zh = "规划人员的假设"
en = "assumed by the planner"

# 有时刻表(transit/*.zip)时:问哪一天、哪一段的出发;day 可省(取班次最多的工作日);step 为秒
# With timetables (transit/*.zip): the departures asked for. Without day, the working day with the most
# trips is taken; step is in seconds
# [departures]
# day = 2026-03-10
# start = "07:00"
# end = "09:00"
# step = 60

# 某一列的来源或质量与该行不同时 | where a column's source or quality differs from that of its row:
# [provenance."cells.jobs"]
# source = "own"
# quality = "modelled"
# zh = "如何推得"
# en = "how it was worked out"

# 假设:出行时间模型所用的数,有当地数值时改 value 并注明 source 与 quality
# (quality:official 官方、derived 推算、modelled 模型、assumed 假设)
# Assumptions: numbers the travel-time model uses. Change value where you know better, and say the
# source and quality (official, derived, modelled or assumed)
"""
_PROJECT = """\
# # 候选项目样例:去掉每行开头的“# ”即可启用;一个文件可有多个 [[project]]
# # An example of a candidate project: take away the "# " that begins each line to use it.
# # One file may hold several [[project]]
#
# [[project]]
# id = "east-hospital"
# zh = "扩建东岸医院"
# en = "Extend the East hospital"
# owner_zh = "卫生健康委"
# owner_en = "Health authority"
# zones = ["B"]
# capital = [2.0, 3.0]
# upkeep = 0.4
# price_year = 2024
# life = 40
# source = "assumed"
# quality = "assumed"
# because_zh = "东岸每十万人床位偏少"
# because_en = "Eastbank has few beds for its residents"
#
# [[project.interventions]]
# type = "AddPlace"
# id = "h3"
# kind = "hospital"
# zh = "东岸新院"
# en = "New East hospital"
# lon = 106.30
# lat = 29.10
# capacity = 500.0
# unit = "bed"
"""
_ZONES_NOTE = (
    "在 GIS 中画出各分区(面,WGS-84),属性 id、zh、en、cluster、parent、source、quality,导出覆盖本文件。 "
    "Draw the zones (polygons, WGS-84) in a GIS with the properties id, zh, en, cluster, parent, source, "
    "quality, and export them over this file."
)


def scaffold(folder: str | Path, *, slug: str = "my-region") -> None:
    """Make an empty, commented region folder.

    It holds ``region.toml`` with every key explained in both languages, every table with its header,
    ``README.md`` with each column's meaning and unit and a worked example of each file, and
    ``projects/`` with an example project. Made whole or not at all.

    Parameters
    ----------
    folder
        Folder to make; it must not hold anything yet.
    slug
        The region's id: lower-case letters, digits, hyphens.

    Raises
    ------
    RegionError
        When the folder holds something, or the slug has other characters.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as temp:
    ...     scaffold(temp + "/six-towns", slug="six-towns")
    ...     sorted(p.name for p in Path(temp, "six-towns").iterdir())[:4]
    ['README.md', 'cells.csv', 'flows.csv', 'lines.csv']
    """
    if not _SLUG.fullmatch(slug):
        raise RegionError(
            Text(f"区域编号不合要求:{slug!r}", f"not an id for a region: {slug!r}"),
            problems=[
                Problem(
                    what=Text(f"{slug!r} 含有其它字符", f"{slug!r} holds other characters"),
                    remedy=Text(
                        "用小写字母、数字与连字符;文件夹名可以是中文,编号另用 --slug 给出",
                        "use lower-case letters, digits and hyphens; the folder may have any name:"
                        " give the id with --slug",
                    ),
                    column="slug",
                )
            ],
        )
    target = Path(folder)
    require_free(target)
    texts = {FILE: _toml(slug), "README.md": guide(), "projects/example.toml": _PROJECT}
    for schema in TABLES:
        texts[schema.file] = ",".join(c.name for c in schema.columns) + "\n"
    empty = {"type": "FeatureCollection", "note": _ZONES_NOTE, "features": []}
    texts["zones.geojson"] = json.dumps(empty, ensure_ascii=False, indent=1) + "\n"

    def fill(temp: Path) -> None:
        (temp / "projects").mkdir()
        for name, text in texts.items():
            (temp / name).write_text(text, encoding="utf-8", newline="\n")

    place(target, fill)


def _toml(slug: str) -> str:
    out = [_HEAD.format(slug=slug)]
    for name, value, unit, zh, en in ASSUMPTIONS:
        out.append(
            f"# {zh} | {en}\n[assumptions.{name}]\nvalue = {value}\n"
            f'unit = "{unit}"\nzh = "{zh}"\nen = "{en}"\n'
            'source = "assumed"\nquality = "assumed"\n'
        )
    out.append(
        "# 有街道(streets.osm.pbf)的区域另需下列假设;去掉“# ”即可修改\n"
        '# A region with streets (streets.osm.pbf) needs these too; take away the "# " to change them'
    )
    for name, value, unit, zh, en in STREET_ASSUMPTIONS:
        out.append(
            f"# # {zh} | {en}\n# [assumptions.{name}]\n# value = {value}\n"
            f'# unit = "{unit}"\n# zh = "{zh}"\n# en = "{en}"\n'
            '# source = "assumed"\n# quality = "assumed"\n'
        )
    return "\n".join(out)
