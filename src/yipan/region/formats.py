"""File formats: a file of a region folder into raw rows, whatever it was saved as.

CSV (UTF-8, or GB18030 with a warning), Parquet and GeoParquet, GeoPackage, GeoJSON. Nothing here
knows what the values mean; a file that cannot be read becomes one problem that says why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from yipan import options
from yipan.region.findings import Draft, Log
from yipan.region.schema import TableSchema
from yipan.region.shapes import attach, parse_geojson, to_wgs84
from yipan.text import Text

_SUFFIXES = {
    "zones": (".geojson", ".gpkg", ".parquet"),
    "cells": (".csv", ".parquet", ".geojson", ".gpkg"),
    "places": (".csv", ".parquet", ".geojson", ".gpkg"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def suffixes(table: str) -> tuple[str, ...]:
    """Return the endings a table's file may have, the usual one first.

    Examples
    --------
    >>> suffixes("lines")
    ('.csv', '.parquet')
    """
    return _SUFFIXES.get(table, (".csv", ".parquet"))


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell in a table made for people to open in a spreadsheet.

    A text that a spreadsheet would run as a formula gets an apostrophe in front. A region's own CSV
    files are never changed in this way: they are data and must be read back as they were.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell(-3.5), safe_cell("渝中区")
    ("'=1+1", '-3.5', '渝中区')
    """
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def load(path: Path, schema: TableSchema, log: Log) -> Draft | None:
    """Return the raw rows of one table's file, or None when it cannot be read.

    Parameters
    ----------
    path
        The file; its ending says the format.
    schema
        The table it should hold.
    log
        Gets every problem found.
    """
    try:
        if not within_limit(path, log):
            return None
        if path.suffix == ".csv":
            return _csv(path, schema, log)
        if path.suffix == ".geojson":
            text = decode(path.read_bytes(), path.name, log)
            return None if text is None else parse_geojson(text, path.name, schema, log)
        if path.suffix == ".gpkg":
            return _gpkg(path, schema, log)
        return _parquet(path, schema, log)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, pa.ArrowException) as error:
        log.error(
            Text(f"读不出此文件:{error}", f"this file cannot be read: {error}"),
            Text(f"重新导出为 {schema.file}", f"export it again as {schema.file}"),
            file=path.name,
        )
        return None


def within_limit(path: Path, log: Log) -> bool:
    """Say whether a file is small enough to be opened; log it where not."""
    size, limit = path.stat().st_size, options.get("region.max_file_mb")
    if size <= limit * 1_000_000:
        return True
    log.error(
        Text(
            f"文件有 {size / 1e6:,.0f} MB,超过上限 {limit:,} MB,未打开",
            f"the file has {size / 1e6:,.0f} MB, above the limit of {limit:,} MB, and was not opened",
        ),
        Text(
            "精简文件;若确需这么大,设置 YIPAN_REGION_MAX_FILE_MB",
            "make it smaller; if it must be this large, set YIPAN_REGION_MAX_FILE_MB",
        ),
        file=path.name,
    )
    return False


def decode(data: bytes, file: str, log: Log) -> str | None:
    """Return the text of a file: UTF-8 with or without a mark, or GB18030 with a warning."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        log.error(
            Text(
                "不是 UTF-8 文本(可能是 UTF-16 或二进制文件)", "not UTF-8 text (UTF-16, or not text at all?)"
            ),
            Text("另存为“CSV UTF-8(逗号分隔)”", "save it as “CSV UTF-8 (comma separated)”"),
            file=file,
        )
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        log.error(
            Text("编码既不是 UTF-8 也不是 GB18030", "the encoding is neither UTF-8 nor GB18030"),
            Text("另存为 UTF-8", "save it as UTF-8"),
            file=file,
            row=row,
        )
        return None
    log.warn(
        Text("编码不是 UTF-8,按 GB18030 读取", "not in UTF-8; read as GB18030"),
        Text("另存为 UTF-8,并核对汉字", "save it as UTF-8 and look over the Chinese names"),
        file=file,
        row=row,
    )
    return text


def _csv(path: Path, schema: TableSchema, log: Log) -> Draft | None:
    text = decode(path.read_bytes(), path.name, log)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
    except csv.Error as error:
        log.error(
            Text(f"CSV 格式有误:{error}", f"broken CSV: {error}"),
            Text("检查引号是否成对", "look for a quotation mark without its partner"),
            file=path.name,
            row=len(records) + 1,
        )
        return None
    header = _header(records[0] if records else [], path.name, schema, log)
    return None if header is None else _records(records, header, path.name, schema, log)


def _header(first: list[str], file: str, schema: TableSchema, log: Log) -> list[str] | None:
    """Return the column names, or None (and say why) when the first row is not a header."""
    known = {c.name for c in schema.columns}
    names = [name.strip() for name in first]
    remedy = Text(
        f"首行写列名:{','.join(c.name for c in schema.columns)}",
        f"write the column names in row 1: {','.join(c.name for c in schema.columns)}",
    )
    if not any(names):
        log.error(
            Text("文件是空的,连表头也没有", "the file is empty, without even a header"),
            remedy,
            file=file,
            row=1,
        )
        return None
    for mark, zh, en in (
        (";", "分号", "semicolons"),
        ("\t", "制表符", "tabs"),
        ("|", "竖线", "bars"),
        (",", "全角逗号", "full-width commas"),
    ):
        if not known & set(names) and len(known & {n.strip() for n in ",".join(first).split(mark)}) > 1:
            log.error(
                Text(f"各列以{zh}分隔,而不是逗号", f"the columns are separated by {en}, not by commas"),
                Text("另存为逗号分隔的 CSV", "save it as comma-separated CSV"),
                file=file,
                row=1,
            )
            return None
    if not known & {n.casefold() for n in names}:
        log.error(
            Text(f"首行不是表头:{','.join(names)[:60]}", f"row 1 is not a header: {','.join(names)[:60]}"),
            remedy,
            file=file,
            row=1,
        )
        return None
    return names


def _records(
    records: Sequence[list[str]], header: list[str], file: str, schema: TableSchema, log: Log
) -> Draft:
    width = len(header)
    rows = [i for i, r in enumerate(records) if i and any(v.strip() for v in r)]
    draft_rows: list[list[str]] = []
    odd: list[int] = []
    for i in rows:
        record = records[i]
        if len(record) < width or any(v.strip() for v in record[width:]):
            odd.append(len(draft_rows))
            log.error(
                Text(
                    f"此行有 {len(record)} 个值,表头有 {width} 列",
                    f"{len(record)} values where the header has {width} columns",
                ),
                Text(
                    "补齐或删去多余的逗号;含逗号的文字加引号",
                    "add or remove commas; put text that holds a comma in quotation marks",
                ),
                file=file,
                row=i + 1,
            )
        draft_rows.append([*record[:width], *[""] * (width - len(record))])
    frame = pd.DataFrame(draft_rows, columns=range(width), dtype=object)
    draft = Draft.of(schema, file, frame, [i + 1 for i in rows])
    draft.ok[odd] = False
    draft.frame = _named(frame, header, draft, log)
    return draft


def _named(frame: pd.DataFrame, header: list[str], draft: Draft, log: Log) -> pd.DataFrame:
    """Give the columns their names: nameless ones are left out, repeated ones reported."""
    keep: dict[str, int] = {}
    for i, name in enumerate(header):
        if name == "":
            if any(str(v).strip() for v in frame[i]):
                log.warn(
                    Text(f"第 {i + 1} 列没有列名,未读取", f"column {i + 1} has no name and is left out"),
                    Text("给它列名或删去", "give it a name or delete it"),
                    file=draft.file,
                    row=1,
                )
        elif name in keep:
            log.error(
                Text(
                    f"第 {keep[name] + 1} 列与第 {i + 1} 列同名",
                    f"columns {keep[name] + 1} and {i + 1} have the same name",
                ),
                Text("删去一列或改名", "delete or rename one of them"),
                file=draft.file,
                row=1,
                column=name,
            )
        else:
            keep[name] = i
    return frame[list(keep.values())].set_axis(list(keep), axis=1)


def _parquet(path: Path, schema: TableSchema, log: Log) -> Draft | None:
    with pq.ParquetFile(path) as file:
        meta = file.metadata
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        has_geometry = b"geo" in (meta.metadata or {})
        limit = options.get("region.max_file_mb")
        if size > limit * 1_000_000:
            log.error(
                Text(
                    f"解压后有 {size / 1e6:,.0f} MB,超过上限 {limit:,} MB",
                    f"{size / 1e6:,.0f} MB when unpacked, above the limit of {limit:,} MB",
                ),
                Text(
                    "精简文件,或设置 YIPAN_REGION_MAX_FILE_MB",
                    "make it smaller, or set YIPAN_REGION_MAX_FILE_MB",
                ),
                file=path.name,
            )
            return None
        if not has_geometry:
            frame = file.read().to_pandas()
            return _typed(frame, path.name, schema)
    return _spatial(gpd.read_parquet(path), path.name, schema, log)


def _gpkg(path: Path, schema: TableSchema, log: Log) -> Draft | None:
    with path.open("rb") as file:
        if file.read(15) != b"SQLite format 3":
            raise ValueError("not a GeoPackage")
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if len(layers) != 1 and schema.name not in layers:
        log.error(
            Text(
                f"有 {len(layers)} 个图层,不知读哪个",
                f"{len(layers)} layers, and none is called {schema.name}",
            ),
            Text(f"把图层命名为 {schema.name}", f"call the layer {schema.name}"),
            file=path.name,
        )
        return None
    layer = schema.name if schema.name in layers else layers[0]
    frame = gpd.read_file(path, layer=layer, engine="pyogrio")
    if "geometry" not in frame.columns:
        return _typed(pd.DataFrame(frame), path.name, schema)
    return _spatial(frame, path.name, schema, log)


def _spatial(frame: gpd.GeoDataFrame, file: str, schema: TableSchema, log: Log) -> Draft | None:
    geometry = np.asarray(frame.geometry.array)
    placed = to_wgs84(geometry, frame.crs, file, log)
    if placed is None:
        return None
    draft = _typed(pd.DataFrame(frame.drop(columns=frame.geometry.name)), file, schema)
    return attach(draft, placed, log)


def _typed(frame: pd.DataFrame, file: str, schema: TableSchema) -> Draft:
    frame = frame.reset_index(drop=True).rename(columns=str)
    columns = {name: pd.Series(frame[name].tolist(), dtype=object) for name in frame.columns}
    return Draft.of(schema, file, pd.DataFrame(columns, index=frame.index), range(1, len(frame) + 1))
