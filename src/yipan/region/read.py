"""Read a region folder, or a zip of one: check everything, collect every problem, refuse by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from yipan.errors import Problem, RegionError, UnsafeFile, errors_of
from yipan.region.archive import unpacked
from yipan.region.cast import cast
from yipan.region.check import (
    Drafts,
    check_files,
    check_keys,
    check_reference,
    check_row_sources,
    check_words,
)
from yipan.region.check_map import check_cells_in_zones, check_overlaps
from yipan.region.check_network import check_lines, check_links, check_stations
from yipan.region.check_sums import check_coverage, check_empty, check_meta, check_population, check_targets
from yipan.region.check_units import check_capacity_units, check_statistics_units
from yipan.region.findings import Log
from yipan.region.formats import decode, load, suffixes, within_limit
from yipan.region.layers import read_layers
from yipan.region.meta import FILE, read_meta, with_street_defaults
from yipan.region.schema import SCHEMAS, TABLES, TableSchema
from yipan.region.table import Table
from yipan.region.value import Layer, Meta, Region
from yipan.text import Text

_REFERENCES = (
    ("statistics", "zone", "zones"),
    ("cells", "zone", "zones"),
    ("links", "from", "cells"),
    ("links", "to", "cells"),
    ("stops", "line", "lines"),
)


class Reading(NamedTuple):
    """What came of reading a folder: the region, or None, and every problem found.

    With ``strict=True`` the region is None as soon as there is an error. With ``strict=False`` it is
    what is sound; it is None only where too little is left to be a region.
    """

    region: Region | None
    problems: tuple[Problem, ...]


def read_checked(folder: str | Path, *, strict: bool = True) -> Reading:
    """Read a region folder or a zip of one and return the region together with every problem.

    Parameters
    ----------
    folder
        A folder with ``region.toml`` and the tables of `yipan.region.schema.TABLES`, or a ``.zip`` of one.
    strict
        Whether an error keeps the region from loading. If not, unsound rows are left out and named.

    Raises
    ------
    OptionError
        When the environment gives a limit that is not a number.

    Examples
    --------
    >>> region, problems = read_checked("no such folder")
    >>> region is None, problems[0].what.en
    (True, 'there is no such folder')
    """
    log = Log(strict=strict)
    region = _read(Path(folder), log)
    return Reading(region, tuple(log.problems))


def read_region(folder: str | Path, *, strict: bool = True) -> Region:
    """Read a region folder, or a zip of one.

    Parameters
    ----------
    folder, strict
        As for `read_checked`.

    Raises
    ------
    UnsafeFile
        When an archive must not be opened.
    RegionError
        When there is an error (or, with ``strict=False``, too little is sound); carries all problems.
    """
    log = Log(strict=strict)
    region = _read(Path(folder), log)
    if region is not None:
        return region
    kind = UnsafeFile if log.unsafe else RegionError
    name, n = Path(folder).name, len(errors_of(log.problems))
    raise kind(Text(f"区域 {name} 有 {n} 处错误", f"errors in the region {name}: {n}"), problems=log.problems)


def _read(path: Path, log: Log) -> Region | None:
    region: Region | None = None
    try:
        if path.is_dir():
            region = _read_folder(path, log)
        elif path.is_file() and path.suffix.lower() == ".zip":
            with unpacked(path, log) as folder:
                region = None if folder is None else _read_folder(folder, log, packed=True)
        else:
            log.error(
                Text("没有这个文件夹", "there is no such folder"),
                Text(
                    "给出含 region.toml 的文件夹或其 zip", "name a folder with region.toml, or a zip of one"
                ),
                file=path.name,
            )
    except OSError as error:
        log.error(
            Text(f"无法读取:{error.strerror}", f"cannot be read: {error.strerror}"),
            Text("检查文件权限", "check the permissions of the file"),
            file=Path(error.filename or path).name,
        )
    log.problems.sort(key=_order)
    return region


def _order(problem: Problem) -> tuple[int, str, int]:
    """Sort problems as a person works through them: region.toml, the tables in order, down each file."""
    stem = problem.file.partition(".")[0]
    names = ["", "region", *(t.name for t in TABLES)]
    return (names.index(stem) if stem in names else len(names), problem.file, problem.row or 0)


def _read_folder(folder: Path, log: Log, *, packed: bool = False) -> Region | None:
    meta = _read_toml(folder, log)
    layers = read_layers(folder, log, packed=packed)
    if meta is not None and layers:
        meta = with_street_defaults(meta, log)
    drafts: Drafts = {}
    broken: set[str] = set()
    for schema in TABLES:
        path = _locate(folder, schema, log)
        draft = load(path, schema, log) if path else None
        if draft is not None:
            cast(draft, log)
            check_keys(draft, log)
            drafts[schema.name] = draft
        elif path or schema.required:
            broken.add(schema.name)
    check_files(folder, log)
    _check_rows(drafts, meta, log)
    _check_references(drafts, broken, log)
    _check_sense(drafts, meta, log)
    if meta is None or (log.strict and errors_of(log.problems)):
        return None
    return _build(meta, drafts, layers)


def _read_toml(folder: Path, log: Log) -> Meta | None:
    path = folder / FILE
    if not path.is_file():
        log.error(
            Text("缺少 region.toml", "region.toml is missing"),
            Text("用 yipan new 生成一个样板", "make a template with `yipan new`"),
            file=FILE,
        )
        return None
    if not within_limit(path, log):
        return None
    text = decode(path.read_bytes(), FILE, log)
    return None if text is None else read_meta(text, log)


def _locate(folder: Path, schema: TableSchema, log: Log) -> Path | None:
    """Return the file of a table, or None; report a required one that is missing, or two for one."""
    found = [p for s in suffixes(schema.name) if (p := folder / f"{schema.name}{s}").is_file()]
    if len(found) > 1:
        names = " ".join(p.name for p in found)
        log.error(
            Text(f"同一张表有多个文件:{names}", f"more than one file for one table: {names}"),
            Text("只保留一个", "keep one of them"),
            file=found[0].name,
        )
        return None
    if not found and schema.required:
        log.error(
            Text(f"缺少文件 {schema.file}", f"the file {schema.file} is missing"),
            Text(f"添加{schema.label.zh}表", f"add the table of {schema.label.en}"),
            file=schema.file,
        )
    return found[0] if found else None


def _check_rows(drafts: Drafts, meta: Meta | None, log: Log) -> None:
    """Check what each row says by itself and against ``region.toml``."""
    for draft in drafts.values():
        if meta is not None:
            check_row_sources(draft, meta, log)
    if "statistics" in drafts:
        check_statistics_units(drafts["statistics"], meta, log)
    if "places" in drafts:
        check_capacity_units(drafts["places"], log)
    if meta is None:
        return
    if "zones" in drafts:
        known = {c.id for c in meta.clusters}
        check_words(drafts["zones"], "cluster", known, Text("片区", "cluster"), log)
    if "targets" in drafts:
        check_targets(drafts["targets"], meta, drafts.get("zones"), log)


def _check_references(drafts: Drafts, broken: set[str], log: Log) -> None:
    """Check what rows of one table say of another, so that no sound row stands on an unsound one."""
    for name, column, needed in _REFERENCES:
        if name not in drafts:
            continue
        if needed in drafts or needed in broken:
            check_reference(drafts[name], column, drafts.get(needed), log)
        elif len(drafts[name].frame):
            drafts[name].refuse_all()
            log.error(
                Text(
                    f"缺少它所需的 {SCHEMAS[needed].file}",
                    f"it needs {SCHEMAS[needed].file}, which is missing",
                ),
                Text(
                    f"添加 {SCHEMAS[needed].file},或删去此文件",
                    f"add {SCHEMAS[needed].file}, or delete this file",
                ),
                file=drafts[name].file,
            )
    lines, stops = drafts.get("lines"), drafts.get("stops")
    if "stops" not in broken:
        check_lines(lines, stops, log)
    elif lines is not None:
        lines.refuse_all()
    if stops is not None:
        check_stations(stops, log)
        if lines is not None:
            check_reference(stops, "line", lines, log)
    if "links" in drafts:
        check_links(drafts["links"], drafts.get("cells"), log)


def _check_sense(drafts: Drafts, meta: Meta | None, log: Log) -> None:
    """Check what is possible but looks wrong, on the rows that are sound."""
    for draft in drafts.values():
        check_empty(draft, log)
    zones, cells = drafts.get("zones"), drafts.get("cells")
    if zones is not None:
        check_overlaps(zones, log)
        if cells is not None:
            check_cells_in_zones(cells, zones, log)
    if meta is not None:
        check_meta(meta, drafts, log)
        check_coverage(drafts, meta, log)
        check_population(drafts, meta, log)


def _build(meta: Meta, drafts: Drafts, layers: tuple[Layer, ...]) -> Region | None:
    tables: dict[str, Table] = {}
    for name, draft in drafts.items():
        frame: pd.DataFrame = draft.sound()
        if name == "zones":
            frame = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
        tables[name] = Table(frame)
    if not len(tables.get("zones", ())) or not len(tables.get("cells", ())):
        return None
    zones = set(map(str, tables["zones"].array("id")))
    core = tuple(zone for zone in meta.core if zone in zones)
    return Region(replace(meta, core=core), tables, layers)
