"""Files of zones, points and totals, read as a region's files are, and the table of cells written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from yipan.errors import Problem, RegionError, errors_of
from yipan.region.cast import cast
from yipan.region.check import check_keys
from yipan.region.findings import Draft, Log
from yipan.region.formats import load
from yipan.region.schema import Column, ColumnKind, TableSchema
from yipan.text import Text

Problems = tuple[Problem, ...]
FORMATS = (".csv", ".geojson", ".gpkg", ".parquet")


def _column(name: str, kind: ColumnKind, zh: str, en: str, *, required: bool = True, low: float | None = None,
            high: float | None = None) -> Column:  # fmt: skip
    return Column(name=name, kind=kind, label=Text(zh, en), required=required, low=low, high=high)


_ZONES = TableSchema(
    name="zones",
    file="zones.geojson",
    label=Text("分区", "zones"),
    key=("id",),
    open_columns=True,
    columns=(_column("id", "id", "分区编号", "zone id"),),
)
_POINTS = TableSchema(
    name="points",
    file="points.csv",
    label=Text("点", "points"),
    key=(),
    open_columns=True,
    columns=(
        _column("lon", "number", "经度(WGS-84)", "longitude (WGS-84)", low=-180, high=180),
        _column("lat", "number", "纬度(WGS-84)", "latitude (WGS-84)", low=-90, high=90),
        _column("weight", "number", "权重(人数)", "weight (persons)", required=False, low=0),
    ),
)
_TOTALS = TableSchema(
    name="totals",
    file="totals.csv",
    label=Text("分区总数", "zone totals"),
    key=(),
    open_columns=True,
    columns=(
        _column("zone", "id", "分区编号", "zone id"),
        _column("value", "number", "总数", "total", low=0),
        _column("variable", "id", "变量", "variable", required=False),
        _column("year", "integer", "年份", "year", required=False),
    ),
)


def read_zones(path: str | Path) -> tuple[gpd.GeoDataFrame, Problems]:
    """Read zones: GeoJSON, GeoPackage or GeoParquet with ``id`` and areas, in any declared CRS.

    Returns
    -------
    tuple
        The zones in WGS-84, and warnings.

    Raises
    ------
    RegionError
        When the file or a zone is unsound; with every problem.
    """
    draft, problems = _read(Path(path), _ZONES)
    frame = gpd.GeoDataFrame(draft.sound(), geometry="geometry", crs="EPSG:4326")
    return frame, problems


def read_points(path: str | Path) -> tuple[pd.DataFrame, Problems]:
    """Read points: CSV with ``lon``, ``lat`` and perhaps ``weight``, or a file of point geometry.

    Where there is no weight each point counts one, with a warning.

    Raises
    ------
    RegionError
        When the file or a row is unsound; with every problem.
    """
    draft, problems = _read(Path(path), _POINTS)
    frame = draft.sound()
    if "weight" not in frame.columns:
        note = Problem(
            what=Text("没有 weight 列:每点计 1", "there is no column weight: each point counts one"),
            remedy=Text("若点代表多人,添加 weight 列", "add weight where a point stands for more"),
            file=draft.file,
            column="weight",
            severity="warning",
        )
        return frame.assign(weight=1.0), (*problems, note)
    blank = frame["weight"].isna()
    if blank.any():
        raise RegionError(
            Text("点表不合要求", "the points are unsound"),
            problems=[
                Problem(
                    what=Text("权重为空", "the weight is blank"),
                    remedy=Text("填写权重,或删去该行", "fill it in, or delete the row"),
                    file=draft.file,
                    row=draft.row(int(i)),
                    column="weight",
                )
                for i in np.flatnonzero(blank)
            ],
        )
    return frame, problems


def read_totals(
    path: str | Path, *, variable: str = "population", year: int | None = None
) -> tuple[dict[str, float], Problems]:
    """Read zone totals: a table of ``zone`` and ``value``, or a region's own ``statistics.csv``.

    Parameters
    ----------
    path
        CSV or Parquet.
    variable
        Which rows to take where there is a column ``variable``.
    year
        Which year where there is a column ``year``; the latest by default.

    Raises
    ------
    RegionError
        When the file is unsound, a zone stands twice, or nothing is left of that variable and year.
    """
    draft, problems = _read(Path(path), _TOTALS)
    frame = draft.sound()
    if "variable" in frame.columns:
        frame = frame[frame["variable"] == variable]
    if "year" in frame.columns and len(frame):
        frame = frame[frame["year"] == (frame["year"].max() if year is None else year)]
    twice = sorted(set(frame.loc[frame["zone"].duplicated(), "zone"]))
    if len(frame) and not twice:
        return {str(z): float(v) for z, v in zip(frame["zone"], frame["value"], strict=True)}, problems
    when = "" if year is None else f" {year}"
    what = Text(f"没有 {variable}{when} 的总数", f"no totals of {variable}{when}")
    if twice:
        what = Text(f"分区重复:{'、'.join(twice)}", f"zones stand twice: {', '.join(twice)}")
    raise RegionError(
        Text("分区总数不合要求", "the totals are unsound"),
        problems=[
            Problem(
                what=what,
                remedy=Text("每个分区给一行", "give one row a zone, of that variable and year"),
                file=draft.file,
            )
        ],
    )


def _read(path: Path, schema: TableSchema) -> tuple[Draft, Problems]:
    log = Log()
    draft: Draft | None = None
    if not path.is_file():
        log.error(
            Text("没有这个文件", "there is no such file"),
            Text("检查路径", "look at the path"),
            file=path.name,
        )
    elif path.suffix not in FORMATS or (schema.name == "zones" and path.suffix == ".csv"):
        log.error(
            Text(f"不能读取 {path.suffix or '此'} 文件", f"cannot read a file of this kind ({path.suffix})"),
            Text(
                "用 GeoJSON、GeoPackage、GeoParquet(点与总数也可用 CSV)",
                "use GeoJSON, GeoPackage or GeoParquet (for points and totals also CSV)",
            ),
            file=path.name,
        )
    else:
        draft = load(path, schema, log)
    if draft is not None:
        cast(draft, log)
        if schema.key:
            check_keys(draft, log)
        if schema.name == "zones" and "geometry" not in draft.frame.columns:
            log.error(
                Text("没有几何", "it has no geometry"),
                Text("导出带边界的图层", "export a layer with boundaries"),
                file=path.name,
            )
        if not len(draft.frame):
            log.error(Text("没有一行数据", "it has no rows"), Text("填写各行", "fill it in"), file=path.name)
    if draft is None or errors_of(log.problems):
        raise RegionError(Text(f"{path.name} 不合要求", f"{path.name} is unsound"), problems=log.problems)
    return draft, tuple(log.problems)


def write_cells(cells: pd.DataFrame, path: str | Path) -> None:
    """Write cells as the region's ``cells.csv``: UTF-8, numbers in their shortest exact form.

    Raises
    ------
    RegionError
        When the file cannot be written.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(cells.columns)
    writer.writerows(zip(*(map(_word, cells[name].tolist()) for name in cells.columns), strict=True))
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        part.write_text(out.getvalue(), encoding="utf-8", newline="")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RegionError(
            Text(f"写不了 {target.name}:{error.strerror}", f"cannot write {target.name}: {error.strerror}")
        ) from error


def _word(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else repr(value).removesuffix(".0")
    return str(value)
