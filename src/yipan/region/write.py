"""Write a region as a folder of open files, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from yipan.errors import Problem, RegionError
from yipan.region.formats import suffixes
from yipan.region.layers import STREETS, is_layer
from yipan.region.meta import FILE
from yipan.region.meta_text import meta_toml
from yipan.region.schema import TABLES, TableSchema
from yipan.region.value import Region
from yipan.text import Text


def write_region(region: Region, folder: str | Path, *, overwrite: bool = False) -> None:
    """Write a region as ``region.toml``, ``zones.geojson``, one CSV file for each table, and its layers.

    Reading the folder gives a region with the same id. Optional tables without rows are not
    written. Everything is written beside `folder` first and moved into place at the end, so a
    failure leaves what was there before.

    Parameters
    ----------
    region
        What to write.
    folder
        Folder to make; its parents are made too.
    overwrite
        Whether a folder that holds something may be replaced. Files in it that are not tables of
        the region (projects, directives, notes) are kept.

    Raises
    ------
    RegionError
        When the folder holds something and `overwrite` is false, or a value cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from yipan.region import example
    >>> from yipan.region.read import read_region
    >>> with tempfile.TemporaryDirectory() as temp:
    ...     write_region(example("tiny"), temp + "/tiny")
    ...     read_region(temp + "/tiny").id == example("tiny").id
    True
    """
    target = Path(folder)
    require_free(target, overwrite=overwrite)
    texts = {FILE: meta_toml(region.meta)}
    for schema in TABLES:
        if schema.required or len(region.tables[schema.name]):
            texts[schema.file] = table_text(region, schema)

    def fill(temp: Path) -> None:
        if target.is_dir():
            _keep_others(target, temp)
        for name, text in texts.items():
            (temp / name).write_text(text, encoding="utf-8", newline="")
        for layer in region.layers:
            (temp / layer.name).parent.mkdir(exist_ok=True)
            shutil.copy2(layer.path, temp / layer.name)

    place(target, fill)


def table_text(region: Region, schema: TableSchema) -> str:
    """Return one table as the text of its file: GeoJSON for zones, CSV for the others."""
    frame = region.table(schema.name)
    return _geojson(frame) if schema.name == "zones" else _csv(frame, schema)


def require_free(target: Path, *, overwrite: bool = False) -> None:
    """Raise `RegionError` when `target` is a file, or a folder that holds something not to be replaced."""
    if not target.exists() or (target.is_dir() and (overwrite or not any(target.iterdir()))):
        return
    taken = Text("已有同名文件", "there is a file of that name")
    if target.is_dir():
        taken = Text("文件夹不是空的", "the folder is not empty")
    raise RegionError(
        Text(f"{target.name}:{taken.zh},未写入", f"{target.name}: {taken.en}; nothing was written"),
        problems=[
            Problem(
                what=taken,
                remedy=Text(
                    "换一个文件夹,或允许覆盖", "choose another folder, or allow it to be overwritten"
                ),
                file=target.name,
            )
        ],
    )


def place(target: Path, fill: Callable[[Path], None]) -> None:
    """Make the folder `target` by filling a folder beside it and moving that into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temp = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        new, old = temp / "new", temp / "old"
        new.mkdir()
        fill(new)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(temp, ignore_errors=True)


def _keep_others(old: Path, new: Path) -> None:
    ours = {FILE} | {f"{t.name}{s}" for t in TABLES for s in suffixes(t.name)}
    layers = any((old / name).is_file() for name in STREETS)  # without streets nothing else is a layer
    for path in old.iterdir():
        if path.name in ours or (layers and is_layer(path.name)):
            continue
        if path.is_dir():
            ignore = _layers_in(old) if layers else None
            shutil.copytree(path, new / path.name, symlinks=True, ignore=ignore)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _layers_in(folder: Path) -> Callable[[str, list[str]], set[str]]:
    """Return what `shutil.copytree` passes over: the layers of the region that is being replaced."""

    def ignore(inside: str, names: list[str]) -> set[str]:
        at = Path(inside).relative_to(folder).as_posix()
        return {n for n in names if is_layer(f"{at}/{n}")}

    return ignore


def _csv(frame: pd.DataFrame, schema: TableSchema) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [c.name for c in schema.columns]
    names += [str(c) for c in frame.columns if c not in names]
    writer.writerow(names)
    writer.writerows(zip(*(_cells(frame[n], schema) for n in names), strict=True))
    return out.getvalue()


def _cells(column: pd.Series, schema: TableSchema) -> list[str]:
    """Return a column as the text of its cells; a float by its shortest exact form."""
    if pd.api.types.is_integer_dtype(column.dtype):
        return ["" if v is pd.NA else str(v) for v in column.tolist()]
    if not pd.api.types.is_float_dtype(column.dtype):
        return [str(v) for v in column.tolist()]
    values = column.to_numpy(dtype=np.float64)
    if np.isinf(values).any():
        at = int(np.flatnonzero(np.isinf(values))[0])
        raise RegionError(
            Text("无穷大不能写入", "an infinite value cannot be written"),
            problems=[
                Problem(
                    what=Text("数值为无穷大", "the value is infinite"),
                    remedy=Text("改为有限的数或留空", "give a finite number or none"),
                    file=schema.file,
                    row=at + 2,
                    column=str(column.name),
                )
            ],
        )
    return ["" if np.isnan(v) else repr(v).removesuffix(".0") for v in values.tolist()]


def _geojson(zones: pd.DataFrame) -> str:
    names = [str(c) for c in zones.columns if c != "geometry"]
    records = zones[names].astype(object).to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": {k: None if pd.isna(v) else v for k, v in record.items()},
            "geometry": json.loads(json.dumps(shapely.geometry.mapping(geometry))),
        }
        for record, geometry in zip(records, zones["geometry"], strict=True)
    ]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    return '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"
