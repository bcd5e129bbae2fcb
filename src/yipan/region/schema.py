"""The data dictionary of a region folder: every table, every column, its type, unit and meaning.

Reading, checking, scaffolding (`yipan new`) and the documentation all come from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from yipan.text import Text

ColumnKind = Literal["id", "text", "number", "integer", "date"]


class Quality(StrEnum):
    """How a value came to be, best first."""

    OFFICIAL = "official"  # published by the responsible authority
    DERIVED = "derived"  # computed from official values by a stated rule
    MODELLED = "modelled"  # estimated by a stated model
    ASSUMED = "assumed"  # set by hand, to be replaced

    @property
    def rank(self) -> int:
        """0 for the best quality, 3 for the weakest."""
        return list(Quality).index(self)

    @property
    def label(self) -> Text:
        """Name in both languages."""
        zh = {"official": "官方", "derived": "推算", "modelled": "模型", "assumed": "假设"}
        return Text(zh[self.value], self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    `required` columns must exist and hold a value in every row. `unit` is the unit the values are
    read in ("" where it has none). `low` and `high` bound what is possible, not what is likely;
    `choices` are the only words it may hold (any word where empty).
    """

    name: str
    kind: ColumnKind
    label: Text
    required: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """One table of a region: its file, its columns, the columns that make a row unique.

    Columns that are not listed are kept when `open_columns` is true (further attributes of a cell,
    say) and reported as unknown otherwise.
    """

    name: str
    file: str
    label: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    open_columns: bool = False

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, or None."""
        return next((c for c in self.columns if c.name == name), None)


def _col(
    name: str,
    kind: ColumnKind,
    zh: str,
    en: str,
    *,
    required: bool = False,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Column:
    return Column(
        name=name,
        kind=kind,
        label=Text(zh, en),
        required=required,
        unit=unit,
        low=low,
        high=high,
        choices=choices,
    )


_NAMES = (_col("zh", "text", "中文名", "Chinese name"), _col("en", "text", "英文名", "English name"))
_POINT = (
    _col(
        "lon", "number", "经度(WGS-84)", "longitude (WGS-84)", required=True, unit="deg", low=-180, high=180
    ),
    _col("lat", "number", "纬度(WGS-84)", "latitude (WGS-84)", required=True, unit="deg", low=-90, high=90),
)
_SOURCE = (
    _col("source", "text", "来源编号(见 region.toml)", "source id (see region.toml)", required=True),
    _col(
        "quality",
        "text",
        "质量",
        "quality",
        required=True,
        choices=tuple(str(q) for q in Quality),
    ),
)

ZONES = TableSchema(
    name="zones",
    file="zones.geojson",
    label=Text("分区", "zones"),
    key=("id",),
    required=True,
    columns=(
        _col("id", "id", "分区编号", "zone id", required=True),
        *_NAMES,
        _col("cluster", "id", "所属片区编号", "cluster the zone belongs to", required=True),
        _col("parent", "id", "上级编号", "parent unit"),
        *_SOURCE,
    ),
)
STATISTICS = TableSchema(
    name="statistics",
    file="statistics.csv",
    label=Text("统计", "statistics"),
    key=("zone", "variable", "year"),
    required=True,
    columns=(
        _col("zone", "id", "分区编号", "zone id", required=True),
        _col("variable", "id", "变量", "variable", required=True),
        _col("year", "integer", "年份", "year", required=True, low=1800, high=2200),
        _col("value", "number", "数值", "value", required=True),
        _col("unit", "text", "单位", "unit", required=True),
        *_SOURCE,
    ),
)
CELLS = TableSchema(
    name="cells",
    file="cells.csv",
    label=Text("单元格", "cells"),
    key=("id",),
    required=True,
    open_columns=True,
    columns=(
        _col("id", "id", "单元格编号", "cell id", required=True),
        _col("zone", "id", "分区编号", "zone id", required=True),
        *_NAMES,
        *_POINT,
        _col("population", "number", "常住人口", "resident population", required=True, unit="person", low=0),
        _col("jobs", "number", "就业岗位", "jobs", unit="job", low=0),
        _col("gdp", "number", "地区生产总值", "gross domestic product", unit="1e8 CNY", low=0),
        _col("elevation", "number", "海拔", "elevation above sea level", unit="m", low=-500, high=9000),
        *_SOURCE,
    ),
)
PLACES = TableSchema(
    name="places",
    file="places.csv",
    label=Text("设施", "places"),
    key=("id",),
    columns=(
        _col("id", "id", "设施编号", "place id", required=True),
        _col("kind", "id", "类别", "kind of place", required=True),
        *_NAMES,
        *_POINT,
        _col("capacity", "number", "容量", "capacity", low=0),
        _col("unit", "text", "容量单位", "unit of capacity"),
        _col("opened", "integer", "启用年份", "year of opening", low=1000, high=2200),
        *_SOURCE,
    ),
)
LINES = TableSchema(
    name="lines",
    file="lines.csv",
    label=Text("线路", "lines"),
    key=("id",),
    columns=(
        _col("id", "id", "线路编号", "line id", required=True),
        *_NAMES,
        _col(
            "mode",
            "id",
            "方式",
            "mode",
            required=True,
            choices=("metro", "tram", "rail", "hsr", "bus", "ferry"),
        ),
        _col(
            "headway_peak",
            "number",
            "高峰发车间隔",
            "headway in the peak",
            required=True,
            unit="min",
            low=0.5,
            high=1440,
        ),
        _col(
            "headway_offpeak",
            "number",
            "平峰发车间隔",
            "headway off the peak",
            required=True,
            unit="min",
            low=0.5,
            high=1440,
        ),
        _col(
            "speed",
            "number",
            "两站间运行速度(不含停站)",
            "running speed between stops, dwell excluded",
            required=True,
            unit="km/h",
            low=1,
            high=600,
        ),
        _col("dwell", "number", "停站时间", "dwell at a stop", required=True, unit="s", low=0, high=3600),
        _col("colour", "text", "线路标志色", "line colour (#rrggbb)"),
        *_SOURCE,
    ),
)
STOPS = TableSchema(
    name="stops",
    file="stops.csv",
    label=Text("站点", "stops"),
    key=("line", "seq"),
    columns=(
        _col("line", "id", "线路编号", "line id", required=True),
        _col("seq", "integer", "站序", "order on the line", required=True, low=0, high=100000),
        _col(
            "station",
            "id",
            "车站编号(同站换乘同号)",
            "station id (shared by lines that meet there)",
            required=True,
        ),
        *_NAMES,
        *_POINT,
        _col(
            "minutes",
            "number",
            "自上一站的运行时间(空缺则按距离与速度计算)",
            "time from the previous stop (blank: from distance and speed)",
            unit="min",
            low=0,
            high=1440,
        ),
        *_SOURCE,
    ),
)
LINKS = TableSchema(
    name="links",
    file="links.csv",
    label=Text("路段", "links"),
    key=("id",),
    columns=(
        _col("id", "id", "路段编号", "link id", required=True),
        _col("from", "id", "起点单元格", "cell at one end", required=True),
        _col("to", "id", "终点单元格", "cell at the other end", required=True),
        _col(
            "kind",
            "id",
            "等级",
            "class of road",
            required=True,
            choices=("expressway", "primary", "secondary", "local", "ferry"),
        ),
        _col("length", "number", "长度", "length along the road", required=True, unit="km", low=0, high=2000),
        _col("speed", "number", "行驶速度", "driving speed", required=True, unit="km/h", low=1, high=200),
        *_SOURCE,
    ),
)
FLOWS = TableSchema(
    name="flows",
    file="flows.csv",
    label=Text("流量", "flows"),
    key=("kind", "from", "to", "year"),
    columns=(
        _col("kind", "id", "类别", "kind of flow", required=True),
        _col("from", "id", "起点分区或部门", "zone or sector it leaves", required=True),
        _col("to", "id", "终点分区或部门", "zone or sector it reaches", required=True),
        _col("year", "integer", "年份", "year", required=True, low=1800, high=2200),
        _col("value", "number", "数值", "value", required=True),
        _col("unit", "text", "单位", "unit", required=True),
        *_SOURCE,
    ),
)
TARGETS = TableSchema(
    name="targets",
    file="targets.csv",
    label=Text("目标", "targets"),
    key=("indicator", "scope", "year"),
    columns=(
        _col("indicator", "id", "指标编号", "indicator id", required=True),
        _col(
            "scope",
            "text",
            "范围:region、cluster:编号或 zone:编号",
            "scope: region, cluster:ID or zone:ID",
            required=True,
        ),
        _col("year", "integer", "年份", "year", required=True, low=1800, high=2200),
        _col("value", "number", "目标值", "target value", required=True),
        *_SOURCE,
    ),
)

TABLES: tuple[TableSchema, ...] = (ZONES, STATISTICS, CELLS, PLACES, LINES, STOPS, LINKS, FLOWS, TARGETS)
SCHEMAS: dict[str, TableSchema] = {t.name: t for t in TABLES}
