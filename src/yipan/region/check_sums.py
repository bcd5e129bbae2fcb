"""Checks of what is there at all: empty tables, population of every zone, sums that should agree."""

from __future__ import annotations

from yipan.region.check import Drafts
from yipan.region.findings import Draft, Log, listed, suggest
from yipan.region.meta import FILE
from yipan.region.schema import SCHEMAS
from yipan.region.value import Meta
from yipan.text import Text

AGREE = 0.01  # share by which a zone's population may differ from the sum of its cells


def check_empty(draft: Draft, log: Log) -> None:
    """Report a table that has a header but no rows: an error where the table is required."""
    told = any(p.file == draft.file and p.row is None and p.severity == "error" for p in log.problems)
    if len(draft.frame) or told:
        return
    label = draft.schema.label
    what = Text(f"没有一行数据:区域没有{label.zh}", f"it has no rows: the region has no {label.en}")
    if draft.schema.required:
        log.error(what, Text(f"填写{label.zh}", f"fill in the {label.en}"), file=draft.file)
    else:
        log.warn(
            what,
            Text("填写各行;若没有则删去此文件", "fill it in, or delete the file if there are none"),
            file=draft.file,
        )


def check_coverage(drafts: Drafts, meta: Meta, log: Log) -> None:
    """Report zones without population in the base year (error) or without a figure others have (warning)."""
    zones, statistics = drafts.get("zones"), drafts.get("statistics")
    if zones is None or statistics is None or not len(zones.frame) or not len(statistics.frame):
        return
    if any(c not in statistics.frame.columns for c in ("zone", "variable", "year", "value")):
        return
    facts = statistics.sound()
    have: dict[tuple[str, int], set[str]] = {}
    for zone, variable, year in zip(facts["zone"], facts["variable"], facts["year"], strict=True):
        have.setdefault((str(variable), int(year)), set()).add(str(zone))
    refused = statistics.frame[~statistics.ok]
    refused_keys = set(
        zip(refused["zone"].astype(str), refused["variable"].astype(str), refused["year"], strict=True)
    )
    ids = [z for i, z in enumerate(zones.words("id")) if zones.ok[i]]
    key = ("population", meta.base_year)
    for zone in ids:
        if zone not in have.get(key, set()) and (zone, *key) not in refused_keys:
            log.error(
                Text(
                    f"分区“{zone}”没有 {meta.base_year} 年的人口",
                    f"zone '{zone}' has no population in {meta.base_year}",
                ),
                Text(
                    f"添加一行 {zone},population,{meta.base_year},…",
                    f"add a row {zone},population,{meta.base_year},…",
                ),
                file=statistics.file,
                column="zone",
            )
    for (variable, year), those in sorted(have.items()):
        lack = [z for z in ids if z not in those and (z, variable, year) not in refused_keys]
        if lack and (variable, year) != key:
            names = listed(lack)
            log.warn(
                Text(
                    f"{variable} {year}:{len(lack)} 个分区没有数值:{names.zh}",
                    f"{variable} {year}: no value for {len(lack)} of {len(ids)} zones: {names.en}",
                ),
                Text(
                    "补上数值;否则相关指标在这些分区为缺失",
                    "add them; until then indicators that need them are missing there",
                ),
                file=statistics.file,
                column="variable",
            )


def check_population(drafts: Drafts, meta: Meta, log: Log) -> None:
    """Warn where a zone has no cells, or they add up to over one per cent more or less than it has."""
    zones, statistics, cells = (drafts.get(n) for n in ("zones", "statistics", "cells"))
    if zones is None or cells is None or not len(cells.frame) or "population" not in cells.frame.columns:
        return
    sound = cells.sound()
    sums = sound.groupby("zone")["population"].sum().to_dict() if "zone" in sound.columns else {}
    refused = set(cells.frame.loc[~cells.ok, "zone"].astype(str)) if "zone" in cells.frame.columns else set()
    stated = _stated(statistics, meta.base_year)
    for at, zone in enumerate(zones.words("id")):
        if not zones.ok[at] or zone in refused:
            continue
        if zone not in sums:
            log.warn(
                Text(
                    f"分区“{zone}”没有单元格,无法计算出行时间",
                    f"zone '{zone}' has no cells, so it gets no travel times",
                ),
                Text("在 cells.csv 中添加其单元格", "add its cells to cells.csv"),
                file=cells.file,
                column="zone",
            )
        elif zone in stated and abs(sums[zone] - stated[zone]) > AGREE * max(stated[zone], 1):
            log.warn(
                Text(
                    f"分区“{zone}”单元格人口之和 {sums[zone]:,.0f},统计为 {stated[zone]:,.0f}",
                    f"the cells of zone '{zone}' hold {sums[zone]:,.0f} persons, not {stated[zone]:,.0f}",
                ),
                Text("核对单位、年份与遗漏的单元格", "look at units, years and cells left out"),
                file=cells.file,
                column="population",
            )


def _stated(statistics: Draft | None, year: int) -> dict[str, float]:
    if statistics is None or any(
        c not in statistics.frame.columns for c in ("zone", "variable", "year", "value")
    ):
        return {}
    facts = statistics.sound()
    now = facts[(facts["variable"] == "population") & (facts["year"] == year)]
    return {str(z): float(v) for z, v in zip(now["zone"], now["value"], strict=True)}


def check_meta(meta: Meta, drafts: Drafts, log: Log) -> None:
    """Report what ``region.toml`` names that is not there: core zones, parents, sources, columns."""
    _check_sources(meta, log)
    clusters = {c.id: c.parent for c in meta.clusters}
    for c in meta.clusters:
        if c.parent and c.parent not in clusters:
            _undeclared(
                f"clusters.{c.id}.parent", c.parent, Text("片区", "cluster"), suggest(c.parent, clusters), log
            )
        elif _loops(c.id, clusters):
            log.error(
                Text(f"片区“{c.id}”是自己的上级", f"cluster '{c.id}' is its own parent"),
                Text("改正 parent", "correct its parent"),
                file=FILE,
                column=f"clusters.{c.id}.parent",
            )
    zones = drafts.get("zones")
    if zones is not None and len(zones.frame):
        ids = set(zones.words("id"))
        for zone in meta.core:
            if zone not in ids:
                _undeclared("core", zone, Text("分区", "zone"), suggest(zone, ids), log)
        used = set(zones.words("cluster")) | set(clusters.values())
        idle = [c for c in clusters if c not in used]
        if idle:
            names = listed(idle)
            log.warn(
                Text(f"没有分区属于片区 {names.zh}", f"no zone belongs to the cluster {names.en}"),
                Text("删去,或改正 zones 的 cluster", "delete it, or correct the cluster of its zones"),
                file=FILE,
                column="clusters",
            )
    for p in meta.provenance:
        table, _, column = p.column.partition(".")
        draft = drafts.get(table)
        if table not in SCHEMAS or (draft is not None and column not in draft.frame.columns):
            log.warn(
                Text(f"没有列 {p.column}", f"there is no column {p.column}"),
                Text('写成 [provenance."表.列"]', 'write [provenance."table.column"]'),
                file=FILE,
                column=f"provenance.{p.column}",
            )


def _check_sources(meta: Meta, log: Log) -> None:
    known = {s.id for s in meta.sources}
    named = [(f"assumptions.{a.id}.source", a.source) for a in meta.assumptions]
    named += [(f"provenance.{p.column}.source", p.source) for p in meta.provenance]
    for where, source in named:
        if source and source not in known:
            _undeclared(where, source, Text("来源", "source"), suggest(source, known), log)


def _undeclared(where: str, word: str, what: Text, near: Text, log: Log) -> None:
    log.error(
        Text(f"{what.zh}“{word}”不存在{near.zh}", f"there is no {what.en} '{word}'{near.en}"),
        Text("改正编号,或添加它", "correct the id, or add it"),
        file=FILE,
        column=where,
    )


def _loops(start: str, parents: dict[str, str]) -> bool:
    at, seen = parents.get(start, ""), set[str]()
    while at and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = parents.get(at, "")
    return False


def check_targets(draft: Draft, meta: Meta, zones: Draft | None, log: Log) -> None:
    """Refuse targets whose scope is not the region, a cluster or a zone."""
    ids = set(zones.words("id")) if zones is not None else set()
    known = {"region"} | {f"cluster:{c.id}" for c in meta.clusters} | {f"zone:{z}" for z in ids}
    for at, scope in enumerate(draft.words("scope")):
        if scope and draft.ok[at] and scope not in known:
            draft.ok[at] = False
            near = suggest(scope, known)
            log.error(
                Text(f"范围“{scope}”不存在{near.zh}", f"there is no scope '{scope}'{near.en}"),
                Text("填写 region、cluster:编号或 zone:编号", "write region, cluster:ID or zone:ID"),
                file=draft.file,
                row=draft.row(at),
                column="scope",
            )
