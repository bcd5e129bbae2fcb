"""What an indicator needs, looked up in a region: what is absent where, and how good the rest is."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.needs import Memo, kind_rows, known_none, needs_key, of_kind, year_of
from yipan.pack import CURRENCY, Indicator
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

    `everywhere` says that nothing can be computed at all without it; `cells` which cells lack it, where it
    is a column of theirs.
    """

    zones: NDArray[np.bool_]
    reason: Text
    remedy: Text
    everywhere: bool = False
    cells: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One need looked up: what is absent, and the rank of the weakest quality (shape: zones; 0 best)."""

    absence: Absence | None
    ranks: NDArray[np.int64]


_FOUND: Memo[Found] = Memo(size=4096)


def find(region: Region, need: str, known: dict[str, str] | None = None) -> Found:
    """Look one need up in a region; remembered by the data (`known`: see `yipan.needs.needs_key`)."""
    key = (need, needs_key(region, (need,), known))
    return _FOUND.get(key, lambda: Found(absence(region, need), ranks(region, need)))


def absence(region: Region, need: str) -> Absence | None:
    """Return what is absent of one need, or None when it is met in every zone."""
    form, _, name = need.partition(":")
    if form == "stat":
        return _absent_statistic(region, name)
    if form in ("cells", "sum"):
        return _absent_column(region, name)
    if form in ("places", "capacity"):
        return _absent_places(region, name, capacity=form == "capacity")
    if form in ("meta", "flow"):
        return _absent_core(region) if form == "meta" else _absent_flows(region, name)
    tables = _TABLES_OF_TIMES[name] if form == "times" else (name,)
    if any(len(region.tables[t]) for t in tables) or (form == "times" and region.layers):
        return None
    files = "、".join(SCHEMAS[t].file for t in tables)
    listed = " or ".join(SCHEMAS[t].file for t in tables)
    return _everywhere(
        region,
        Text(f"{files} 没有数据", f"there is nothing in {listed}"),
        Text(f"补充 {files}", f"supply {listed}"),
    )


def other_currency(region: Region, indicator: Indicator) -> Absence | None:
    """Return that an indicator in money (and its goalposts) is in another currency than the region's."""
    ours = region.meta.currency
    if ours == CURRENCY or not re.search(rf"\b{CURRENCY}\b", indicator.unit.en):
        return None
    return _everywhere(
        region,
        Text(
            f"指标及其阈值以 {CURRENCY} 计,区域以 {ours} 计",
            f"the indicator and its goalposts are in {CURRENCY}, the region in {ours}",
        ),
        Text(
            f'把金额换算为 {CURRENCY},在 region.toml 写 currency = "{CURRENCY}"',
            f'convert the money to {CURRENCY} and write currency = "{CURRENCY}" in region.toml',
        ),
    )


def _absent_core(region: Region) -> Absence | None:
    if not region.meta.core:
        return _everywhere(region, *_NO_CORE)
    core = [z in region.meta.core for z in region.zone_ids]
    if np.array(core, dtype=np.bool_)[region.cell_zone].any():
        return None
    return _everywhere(
        region,
        Text("核心分区没有单元格", "the core zones have no cells"),
        Text("在 cells.csv 补充核心分区的单元格", "add the cells of the core zones to cells.csv"),
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
    has = statistic(region, variable, year)
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


def statistic(region: Region, variable: str, year: int | None) -> dict[str, tuple[float, int]]:
    """Return value and rank of quality of one statistic by zone."""
    table = region.tables["statistics"]
    rows = np.flatnonzero((table.array("variable") == variable) & (table.numbers("year") == (year or 0)))
    zones, values, quality = table.array("zone"), table.numbers("value"), table.array("quality")
    return {str(zones[r]): (float(values[r]), RANK.get(str(quality[r]), 3)) for r in rows}


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
        cells=gaps,
    )


def _absent_places(region: Region, kind: str, *, capacity: bool) -> Absence | None:
    places, rows = region.tables["places"], kind_rows(region, kind)
    if not rows.size and known_none(region, kind):
        return None
    if not rows.size:
        return _everywhere(
            region,
            Text(f"places.csv 没有 {kind} 类设施", f"places.csv lists no place of kind {kind}"),
            Text(f"在 places.csv 补充 kind={kind} 的行", f"add rows with kind={kind} to places.csv"),
        )
    lacking = rows[np.isnan(places.numbers("capacity")[rows])] if capacity else rows[:0]
    if not lacking.size:
        return None
    ids = ", ".join(map(str, places.array("id")[lacking[:5]]))
    return Absence(
        np.zeros(len(region.zone_ids), dtype=np.bool_),
        Text(f"places.csv 中 {ids} 等缺容量", f"places.csv gives no capacity for {ids}"),
        Text("在 places.csv 填写 capacity 列", "fill the column capacity of places.csv"),
    )


def _absent_flows(region: Region, kind: str) -> Absence | None:
    if of_kind(region.tables["flows"].array("kind"), kind).any():
        return None
    return _everywhere(
        region,
        Text(f"flows.csv 没有 {kind} 类流量", f"flows.csv has no flows of kind {kind}"),
        Text(
            f"在 flows.csv 补充 kind={kind} 的行(from、to 为分区编号)",
            f"add rows with kind={kind} to flows.csv (from and to are zone ids)",
        ),
    )


def ranks(region: Region, need: str) -> NDArray[np.int64]:
    """Return the rank of the weakest quality of one need's data (shape: zones; 0 best, 3 weakest)."""
    form, _, name = need.partition(":")
    zones = len(region.zone_ids)
    if form == "stat":
        variable, _, when = name.partition("@")
        known = statistic(region, variable, year_of(region, variable, when))
        return np.array([known[z][1] if z in known else 0 for z in region.zone_ids], dtype=np.int64)
    if form == "cells":
        return _column_ranks(region, name)
    if form == "sum":
        return _total_ranks(region, name)
    if form in ("places", "capacity"):
        quality = region.tables["places"].array("quality")[kind_rows(region, name)]
        # none at all, but known to be none: that is what someone says
        return np.full(zones, _worst(quality) if quality.size else Quality.ASSUMED.rank)
    if form in ("meta", "flow"):
        flows = region.tables["flows"]
        rows = of_kind(flows.array("kind"), name) if form == "flow" else slice(0)
        return np.full(zones, _worst(flows.array("quality")[rows]))
    tables = _TABLES_OF_TIMES[name] if form == "times" else (name,)
    # speeds on streets are assumed by class: times along them are modelled at best
    streets = Quality.MODELLED.rank if form == "times" and region.layers else 0
    return np.full(zones, max(streets, *(_worst(region.tables[t].array("quality")) for t in tables)))


def _worst(quality: NDArray[np.generic]) -> int:
    return max((RANK.get(str(q), 3) for q in set(quality.tolist())), default=0)


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
    if column not in region.tables["cells"]:
        return out
    totals = region.zone_sum(region.tables["cells"].numbers(column))
    published = statistic(region, column, region.meta.base_year)
    for i, zone in enumerate(region.zone_ids):
        value, rank = published.get(zone, (np.nan, 0))
        if abs(totals[i] - value) <= 1e-6 * abs(value):
            out[i] = rank
    return out
