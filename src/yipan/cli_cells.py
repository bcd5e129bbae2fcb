"""``yipan cells``: the table of cells from zones and a raster, points or zone totals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import geopandas as gpd
import pandas as pd

from yipan.cells import (
    Placed,
    calibrated,
    count_cells,
    from_points,
    from_raster,
    from_totals,
    h3_cells,
    read_points,
    read_totals,
    read_zones,
    write_cells,
)
from yipan.cells.grid import MOST, Rule
from yipan.cells.raster import Unit
from yipan.errors import Problem
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    """Where the count comes from."""

    raster: Path | None
    points: Path | None
    totals: Path | None
    unit: Unit
    column: str
    year: int | None
    source: str
    whole: bool


@click.command()
@click.argument("zones", type=FOLDER)
@click.option(
    "--resolution",
    type=click.IntRange(0, 15),
    required=True,
    help="H3 分辨率:7=5.2、8=0.74、9=0.11、10=0.015 km² / H3 resolution (km² a cell: 7=5.2, 8=0.74, 9=0.11)",
)
@click.option(
    "--rule",
    type=click.Choice(["centre", "overlap"]),
    default="centre",
    show_default=True,
    help="单元格归属:中心所在分区,或重叠最大的分区 / zone of a cell: that of its centre, or of most area",
)
@click.option("--raster", type=FOLDER, default=None, help="人口栅格(GeoTIFF)/ population raster")
@click.option(
    "--unit",
    type=click.Choice(["count", "density"]),
    default="count",
    show_default=True,
    help="栅格的值:人数,或每平方公里人数 / the raster holds persons, or persons per km²",
)
@click.option(
    "--points", type=FOLDER, default=None, help="点(lon、lat、weight)/ points with lon, lat, weight"
)
@click.option(
    "--totals",
    type=FOLDER,
    default=None,
    help="分区总数(zone、value),或 statistics.csv;与栅格或点同用则按其分布 "
    "/ zone totals, or statistics.csv; with a raster or points these give the pattern",
)
@click.option(
    "--year", type=int, default=None, help="总数的年份,默认最近 / year of the totals (default: latest)"
)
@click.option("--column", default="population", show_default=True, help="填哪一列 / column to fill")
@click.option("--whole", is_flag=True, help="总数分为整数 / divide totals into whole numbers")
@click.option("--source", default="cells", show_default=True, help="来源编号 / source id of the rows")
@click.option(
    "--most", type=click.IntRange(min=1), default=MOST, show_default=True, help="单元格数上限 / most cells"
)
@click.option("--count", is_flag=True, help="只报告单元格数 / only tell how many cells there would be")
@click.option(
    "--out", type=FOLDER, default=None, help="写到此文件,如 cells.csv / file to write, e.g. cells.csv"
)
@json_option
@lang_option
def cells(
    *,
    zones: Path,
    resolution: int,
    rule: Rule,
    raster: Path | None,
    unit: Unit,
    points: Path | None,
    totals: Path | None,
    year: int | None,
    column: str,
    whole: bool,
    source: str,
    most: int,
    count: bool,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """由分区和人口栅格、点或分区总数生成 cells.csv / Make cells.csv from zones and a count of people."""
    screen = make_screen(lang, as_json=as_json)
    if raster is not None and points is not None:
        raise click.UsageError("--raster 与 --points 只能用一个 / use --raster or --points, not both")
    if out is None and not count:
        raise click.UsageError("给出 --out,或用 --count / give --out, or --count")
    frame, problems = read_zones(zones)
    about = count_cells(frame, resolution=resolution)
    if count or out is None:
        screen.json({"about": about, "resolution": resolution})
        screen.problems(problems)
        screen.say(f"约 {about:,} 个单元格", f"About {about:,} cells")
        return
    table = h3_cells(frame, resolution=resolution, rule=rule, source=source, most=most)
    inputs = _Inputs(
        raster=raster, points=points, totals=totals, unit=unit, column=column, year=year, source=source,
        whole=whole,
    )  # fmt: skip
    placed, more = _place(table, frame, inputs)
    found = (*problems, *more)
    write_cells(table if placed is None else placed.cells, out)
    screen.json(_as_json(table, placed, found, out))
    screen.problems(found)
    _say(screen, table, placed, out)


def _place(
    table: pd.DataFrame, zones: gpd.GeoDataFrame, given: _Inputs
) -> tuple[Placed | None, tuple[Problem, ...]]:
    placed: Placed | None = None
    problems: tuple[Problem, ...] = ()
    if given.raster is not None:
        placed = from_raster(
            table, given.raster, zones=zones, column=given.column, unit=given.unit, source=given.source
        )
    elif given.points is not None:
        points, problems = read_points(given.points)
        placed = from_points(table, points, column=given.column, source=given.source)
    if placed is not None:
        problems += placed.problems
    if given.totals is None:
        return placed, problems
    totals, more = read_totals(given.totals, variable=given.column, year=given.year)
    if placed is None:
        placed = from_totals(table, totals, column=given.column, whole=given.whole, source=given.source)
    else:
        placed = calibrated(placed.cells, totals, column=given.column, whole=given.whole, source=given.source)
    return placed, (*problems, *more, *placed.problems)


def _as_json(
    table: pd.DataFrame, placed: Placed | None, problems: tuple[Problem, ...], out: Path
) -> dict[str, object]:
    data: dict[str, object] = {
        "file": out.name,
        "cells": len(table),
        "zones": int(table["zone"].nunique()),
        "problems": [p.as_dict() for p in problems],
    }
    if placed is not None:
        data |= {
            "column": placed.column,
            "total": placed.total,
            "placed": placed.placed,
            "lost": placed.lost,
            "quality": str(placed.quality),
            "source": placed.source,
            "note": {"zh": placed.note.zh, "en": placed.note.en},
        }
    return data


def _say(screen: Screen, table: pd.DataFrame, placed: Placed | None, out: Path) -> None:
    n, zones = len(table), table["zone"].nunique()
    screen.say(f"已写 {out}:{zones} 个分区,{n:,} 个单元格", f"Wrote {out}: {n:,} cells in {zones} zones")
    if placed is None:
        screen.say(
            "population 列为空:用 --raster、--points 或 --totals 填写",
            "The column population is blank: fill it with --raster, --points or --totals",
        )
        return
    screen.say(
        f"{placed.column}:总数 {placed.total:,.0f},放入 {placed.placed:,.0f},损失 {placed.lost:.2%};"
        f"质量:{placed.quality.label.zh};{placed.note.zh}",
        f"{placed.column}: {placed.total:,.0f} in all, {placed.placed:,.0f} placed, {placed.lost:.2%} lost;"
        f" quality: {placed.quality}; {placed.note.en}",
    )
    screen.say(
        f'在 region.toml 中声明来源:[[sources]] id = "{placed.source}"',
        f'Declare the source in region.toml: [[sources]] id = "{placed.source}"',
    )
