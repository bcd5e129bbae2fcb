"""What an indicator needs, looked up in a region: what is absent where, and how good the rest is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.needs import of_kind, year_of
from yipan.region.schema import SCHEMAS, Quality
from yipan.region.value import Region
from yipan.text import Text

RANK = {q.value: q.rank for q in Quality}
_TABLES_OF_TIMES = {
    "drive": ("links",),
    "transit": ("links", "lines", "stops"),
    "any": ("links", "lines", "stops"),
}


@dataclass(frozen=True, slots=True)
class Absence:
    """One need that is not met: in which zones (shape: zones), why, and what would mend it.

    `everywhere` says that nothing can be computed at all without it.
    """

    zones: NDArray[np.bool_]
    reason: Text
    remedy: Text
    everywhere: bool = False


def absence(region: Region, need: str) -> Absence | None:
    """Return what is absent of one need, or None when it is met in every zone."""
    form, _, name = need.partition(":")
    if form == "stat":
        return _absent_statistic(region, name)
    if form in ("cells", "sum"):
        return _absent_column(region, name)
    if form in ("places", "capacity"):
        return _absent_places(region, name, capacity=form == "capacity")
    if form == "meta":
        return None if region.meta.core else _everywhere(region, *_NO_CORE)
    tables = _TABLES_OF_TIMES[name] if form == "times" else (name,)
    if any(len(region.tables[t]) for t in tables):
        return None
    files = "、".join(SCHEMAS[t].file for t in tables)
    listed = " or ".join(SCHEMAS[t].file for t in tables)
    return _everywhere(
        region,
        Text(f"{files} 没有数据", f"there is nothing in {listed}"),
        Text(f"补充 {files}", f"supply {listed}"),
    )


_NO_CORE = (
    Text("region.toml 未指定核心分区(core)", "region.toml names no core zones (core)"),
    Text("在 region.toml 写 core = [分区编号]", "write core = [zone ids] in region.toml"),
)


def _everywhere(region: Region, reason: Text, remedy: Text) -> Absence:
    return Absence(np.ones(len(region.zone_ids), dtype=np.bool_), reason, remedy, everywhere=True)


def _absent_statistic(region: Region, name: str) -> Absence | None:
    variable, _, when = name.partition("@")
    year = year_of(region, variable, when)
    at = "更早" if year is None else f"{year} 年"
    during = "of an earlier year" if year is None else f"of {year}"
    has = {str(z) for z in _statistic(region, variable, year)["zone"]}
    lacking = np.array([z not in has for z in region.zone_ids], dtype=np.bool_)
    if not lacking.any():
        return None
    return Absence(
        lacking,
        Text(f"statistics.csv 没有{at}的 {variable}", f"statistics.csv has no {variable} {during}"),
        Text(
            f"在 statistics.csv 补一行 variable={variable}",
            f"add a row variable={variable} to statistics.csv",
        ),
        everywhere=not has,
    )


def _statistic(region: Region, variable: str, year: int | None) -> pd.DataFrame:
    s = region.table("statistics")
    return s[(s["variable"] == variable) & (s["year"] == (-1 if year is None else year))]


def _absent_column(region: Region, column: str) -> Absence | None:
    cells = region.tables["cells"]
    known = column in cells
    gaps = np.isnan(cells.numbers(column)) if known else np.ones(len(cells), dtype=np.bool_)
    if not gaps.any():
        return None
    return Absence(
        region.zone_sum(gaps.astype(np.float64)) > 0,
        Text(f"cells.csv 的 {column} 列缺值", f"the column {column} of cells.csv is missing or has gaps"),
        Text(f"在 cells.csv 填写 {column} 列", f"fill the column {column} of cells.csv"),
        everywhere=bool(gaps.all()),
    )


def _absent_places(region: Region, kind: str, *, capacity: bool) -> Absence | None:
    places = region.places.loc[of_kind(region.tables["places"].array("kind"), kind)]
    if places.empty:
        return _everywhere(
            region,
            Text(f"places.csv 没有 {kind} 类设施", f"places.csv lists no place of kind {kind}"),
            Text(f"在 places.csv 补充 kind={kind} 的行", f"add rows with kind={kind} to places.csv"),
        )
    lacking = list(map(str, places.loc[places["capacity"].isna(), "id"])) if capacity else []
    if not lacking:
        return None
    ids = ", ".join(lacking[:5])
    return Absence(
        np.zeros(len(region.zone_ids), dtype=np.bool_),
        Text(f"places.csv 中 {ids} 等缺容量", f"places.csv gives no capacity for {ids}"),
        Text("在 places.csv 填写 capacity 列", "fill the column capacity of places.csv"),
    )


def ranks(region: Region, need: str) -> NDArray[np.int64]:
    """Return the rank of the weakest quality of one need's data (shape: zones; 0 best, 3 weakest)."""
    form, _, name = need.partition(":")
    zones = len(region.zone_ids)
    if form == "stat":
        variable, _, when = name.partition("@")
        rows = _statistic(region, variable, year_of(region, variable, when))
        return _by_zone(region, rows, zones)
    if form == "cells":
        return _column_ranks(region, name)
    if form == "sum":
        return _total_ranks(region, name)
    if form in ("places", "capacity"):
        hits = of_kind(region.tables["places"].array("kind"), name)
        return np.full(zones, _worst(region.places.loc[hits]))
    if form == "meta":
        return np.zeros(zones, dtype=np.int64)
    tables = _TABLES_OF_TIMES[name] if form == "times" else (name,)
    return np.full(zones, max(_worst(region.table(t)) for t in tables))


def _worst(rows: pd.DataFrame) -> int:
    return max((RANK.get(str(q), 3) for q in rows["quality"].unique()), default=0)


def _by_zone(region: Region, rows: pd.DataFrame, zones: int) -> NDArray[np.int64]:
    out = np.zeros(zones, dtype=np.int64)
    at = {z: i for i, z in enumerate(region.zone_ids)}
    for zone, quality in zip(rows["zone"], rows["quality"], strict=True):
        if str(zone) in at:
            out[at[str(zone)]] = max(out[at[str(zone)]], RANK.get(str(quality), 3))
    return out


def _column_ranks(region: Region, column: str) -> NDArray[np.int64]:
    stated = {p.column: p.quality.rank for p in region.meta.provenance}
    zones = len(region.zone_ids)
    if f"cells.{column}" in stated:
        return np.full(zones, stated[f"cells.{column}"])
    out = np.zeros(zones, dtype=np.int64)
    rows = np.array([RANK.get(str(q), 3) for q in region.tables["cells"].array("quality")], dtype=np.int64)
    np.maximum.at(out, region.cell_zone, rows)
    return out


def _total_ranks(region: Region, column: str) -> NDArray[np.int64]:
    """Rank of a column's zone totals: that of the base-year statistic where the totals agree with it.

    A model that spreads an official total over cells leaves the total official.
    """
    out = _column_ranks(region, column)
    rows = _statistic(region, column, region.meta.base_year)
    totals = region.zone_sum(region.tables["cells"].numbers(column))
    at = {z: i for i, z in enumerate(region.zone_ids)}
    published = rows["value"].to_numpy(np.float64)
    for zone, value, quality in zip(rows["zone"], published, rows["quality"], strict=True):
        i = at.get(str(zone))
        if i is not None and np.isclose(totals[i], value, rtol=1e-6, atol=0.0):
            out[i] = RANK.get(str(quality), 3)
    return out
