"""``yipan network | times | access | isochrone``: the network of a region and what it reaches."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import click
import numpy as np

from yipan.errors import OptionError, Problem
from yipan.network import Mode, ReachMode, describe_network, street_reach, travel_rows
from yipan.network.access import accessibility, to_zones
from yipan.network.decay import Decay, Exponential, Gaussian, Logistic, Step
from yipan.network.equity import Equity, equity
from yipan.network.isochrones import street_isochrones
from yipan.network.matrix.cluster import compute_on_cluster, connected
from yipan.network.matrix.run import compute_matrix
from yipan.network.matrix.size import matrix_size
from yipan.network.matrix.store import Matrix
from yipan.network.times import travel_times
from yipan.network.values import UNREACHED
from yipan.region import Region
from yipan.region.formats import safe_cell
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

_FOLDER = click.argument("folder", type=FOLDER)
_MODES = click.Choice(["drive", "transit", "any"])
_MODE = click.option(
    "--mode",
    type=_MODES,
    default="any",
    show_default=True,
    help="驾车、公共交通、取最快 / by car, by public transport, or the faster",
)
_DECAYS: dict[str, Callable[[float], Decay]] = {
    "step": Step,
    "exponential": Exponential.of_half,
    "logistic": lambda minutes: Logistic(minutes, minutes / 3),
    "gaussian": lambda minutes: Gaussian(minutes / float(np.sqrt(2 * np.log(2)))),
}


@click.command("network")
@_FOLDER
@json_option
@lang_option
def network_command(*, folder: Path, lang: str | None, as_json: bool) -> None:
    """街道与时刻表:规模、日期、问题 / Streets and timetables: figures, day, problems."""
    screen = make_screen(lang, as_json=as_json)
    facts = describe_network(read_region(folder))
    if facts is None:
        screen.json({"streets": None})
        screen.say(
            "此区域没有街道(streets.osm.pbf);出行时间按 links.csv 与 lines.csv 计算",
            "The region has no streets (streets.osm.pbf); travel times follow links.csv and lines.csv",
        )
        return
    data = asdict(facts)
    data["problems"] = [p.as_dict() for p in facts.problems]
    screen.json(data)
    if as_json:
        return
    screen.problems(facts.problems)
    zh = screen.lang == "zh"
    names = {"walk": "步行" if zh else "walk", "drive": "驾车" if zh else "drive"}
    header = (
        ["街道", "点", "路段", "交叉口", "公里", "未连通(公里)", "不在街道上的单元格"]
        if zh
        else ["streets", "points", "segments", "junctions", "km", "km not connected", "cells on no street"]
    )
    rows = [
        [
            names[mode],
            *(f"{n:,}" for n in (s.points, s.segments, s.nodes)),
            f"{s.km:,.1f}",
            f"{s.km_left_out:,.1f}",
            f"{facts.cells_off[mode]:,} / {facts.cells:,}",
        ]
        for mode, s in facts.streets.items()
    ]
    screen.table("街道" if zh else "Streets", header, rows)
    if facts.day:
        screen.say(
            f"时刻表 {facts.day}:{facts.stops:,} 个站点,{facts.patterns:,} 种停站方案,{facts.trips:,} 个班次,"
            f"{facts.events:,} 次停靠",
            f"Timetable of {facts.day}: {facts.stops:,} stops, {facts.patterns:,} patterns,"
            f" {facts.trips:,} trips, {facts.events:,} calls",
        )
    else:
        screen.say("没有时刻表:公共交通只有步行", "No timetable: public transport is walking only")


def _percentiles(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if all(p.strip().isdecimal() and 1 <= int(p) <= 99 for p in parts):
        return tuple(sorted({int(p) for p in parts}))
    raise click.BadParameter("写成 5,50,95 / write it as 5,50,95", param_hint="--percentiles")


@click.command("times")
@_FOLDER
@_MODE
@click.option(
    "--percentiles",
    default="50",
    show_default=True,
    help="出发时刻用时的百分位,如 5,50,95 / percentiles over the departures",
)
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="结果:以 .csv 结尾的表,或存放矩阵的文件夹(可中断后续算)"
    " / a table ending in .csv, or a folder for the matrix (goes on where it stopped)",
)
@click.option(
    "--cluster",
    default=None,
    metavar="ADDRESS",
    help="Dask 调度器地址,在集群上分块计算 / address of a Dask scheduler",
)
@json_option
@lang_option
def times_command(
    *,
    folder: Path,
    mode: str,
    percentiles: str,
    out: Path,
    cluster: str | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """单元格之间的出行时间矩阵 / The matrix of travel times between cells."""
    screen = make_screen(lang, as_json=as_json)
    rows = travel_rows(read_region(folder), cast("Mode", mode), percentiles=_percentiles(percentiles))
    size = matrix_size(len(rows.origins), len(rows.destinations), percentiles=len(rows.percentiles))
    screen.say(f"矩阵 {size.text.zh}", f"Matrix {size.text.en}")
    table = out.suffix.lower() == ".csv"
    with screen.progress() as progress:
        matrix = _computed(rows, None if table else out, cluster, progress)
    with matrix:
        if table:
            _write_times(matrix, out)
        screen.json({"out": str(out), "unit_s": matrix.unit, "bytes": size.nbytes, "digest": rows.digest})
        screen.say(f"已写 {out}", f"Wrote {out}")


def _computed(rows: Any, folder: Path | None, cluster: str | None, progress: Any) -> Matrix:
    if cluster is None:
        return compute_matrix(rows, folder, progress=progress)
    with connected(cluster) as client:
        return compute_on_cluster(rows, client, folder, progress=progress)


def _write_times(matrix: Matrix, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["from", "to", *(f"minutes_p{p}" for p in matrix.percentiles)])
        for origin in matrix.origins:
            planes = [matrix.row(origin, percentile=p) for p in matrix.percentiles]
            for at, destination in enumerate(matrix.destinations):
                values = [p[at] for p in planes]
                minutes = ["" if v == UNREACHED else f"{v / 60:.2f}" for v in values]
                writer.writerow([safe_cell(origin), safe_cell(destination), *minutes])


@click.command("access")
@_FOLDER
@_MODE
@click.option(
    "--of",
    "column",
    default="jobs",
    show_default=True,
    help="cells.csv 中可达的量 / column of cells.csv that is reached",
)
@click.option(
    "--minutes",
    default="30,60",
    show_default=True,
    help="时限;非阶跃衰减时为半衰时间 / limits; for other decays the time at which half is left",
)
@click.option(
    "--decay",
    type=click.Choice(sorted(_DECAYS)),
    default="step",
    show_default=True,
    help="距离衰减 / decay with time",
)
@click.option(
    "--percentile", type=click.IntRange(1, 99), default=50, show_default=True, help="百分位 / percentile"
)
@click.option("--out", type=FOLDER, default=None, help="每个单元格一行的 .csv / a .csv with one row a cell")
@json_option
@lang_option
def access_command(
    *,
    folder: Path,
    mode: str,
    column: str,
    minutes: str,
    decay: str,
    percentile: int,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """可达性:单元格、分区均值与公平性 / Accessibility: cells, zone means and equity."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    limits, weights = _limits(minutes), _amounts(region, column)
    times = travel_times(region, cast("Mode", mode), percentile=percentile)
    found = accessibility(times.seconds, weights, [_DECAYS[decay](m) for m in limits])[:, :, 0]
    people = np.nan_to_num(region.tables["cells"].numbers("population"))
    zones = [region.zone_ids[z] for z in region.cell_zone]
    means = to_zones(found, zones, people)
    spread = {f"{m:g}": equity(found[:, i], people, groups=zones, unit=column) for i, m in enumerate(limits)}
    if out is not None:
        names = [f"{'within' if decay == 'step' else decay}_{m:g}_min" for m in limits]
        _write_access(out, names, times.origins, zones=zones, found=found)
    screen.json(
        {
            "column": column,
            "minutes": limits,
            "zones": {z: [_number(v) for v in means.mean[i]] for i, z in enumerate(means.zones)},
            "equity": {k: _plain(asdict(e)) for k, e in spread.items()},
        }
    )
    if not as_json:
        _show_access(screen, region, limits, means.zones, means.mean)
        _show_equity(screen, spread, column)
        if out is not None:
            screen.say(f"已写 {out}", f"Wrote {out}")


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping that JSON can hold, without the groups."""
    return {k: _number(v) if isinstance(v, float) else v for k, v in data.items() if k != "groups"}


def _number(value: float) -> float | None:
    """Return a number as JSON can hold it: nothing where there is none."""
    return float(value) if np.isfinite(value) else None


def _shown(value: float, form: str) -> str:
    return format(value + 0.0, form) if np.isfinite(value) else "–"


def _limits(text: str) -> list[float]:
    try:
        limits = [float(x) for x in text.split(",")]
    except ValueError:
        limits = []
    if not limits or min(limits) <= 0:
        raise click.BadParameter("写成 30,60 / write it as 30,60", param_hint="--minutes")
    return limits


def _amounts(region: Region, column: str) -> np.ndarray:
    cells = region.tables["cells"]
    numeric = [c for c in region.cells.columns if region.cells[c].dtype.kind in "fi"]
    if column not in numeric:
        raise OptionError(
            Text("没有这一列", "there is no such column"),
            problems=[
                Problem(
                    what=Text(
                        f"cells.csv 没有数值列 {column}", f"cells.csv has no column of numbers {column}"
                    ),
                    remedy=Text(f"可用:{', '.join(numeric)}", f"there are: {', '.join(numeric)}"),
                    file="cells.csv",
                    column=column,
                )
            ],
        )
    return np.nan_to_num(cells.numbers(column))


def _write_access(out: Path, names: list[str], cells: Any, *, zones: list[str], found: Any) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cell", "zone", *names])
        for cell, zone, values in zip(cells, zones, found, strict=True):
            writer.writerow([safe_cell(cell), safe_cell(zone), *(f"{v:.6g}" for v in values)])


def _show_access(screen: Screen, region: Region, limits: list[float], zones: Any, mean: Any) -> None:
    zh = screen.lang == "zh"
    header = ["分区" if zh else "zone", *(f"{m:g} {'分钟' if zh else 'min'}" for m in limits)]
    rows = [
        [region.zone_name(z).in_(screen.lang), *(_shown(v, ",.0f") for v in mean[i])]
        for i, z in enumerate(zones)
    ]
    screen.table("可达量(按人口平均)" if zh else "Reached, mean over residents", header, rows)


def _show_equity(screen: Screen, spread: dict[str, Equity], column: str) -> None:
    zh = screen.lang == "zh"
    header = (
        ["时限(分钟)", "平均", "最差一成", "最好一成", "基尼", "帕尔马"]
        if zh
        else ["limit, min", "mean", "worst tenth", "best tenth", "Gini", "Palma"]
    )
    rows = [
        [
            k,
            *(_shown(v, ",.0f") for v in (e.mean, e.worst_tenth, e.best_tenth)),
            _shown(e.gini, ".3f"),
            _shown(e.palma, ".2f"),
        ]
        for k, e in spread.items()
    ]
    screen.table(f"公平性({column})" if zh else f"Equity ({column})", header, rows)


@click.command("isochrone")
@_FOLDER
@click.option(
    "--at",
    "place",
    required=True,
    metavar="LON,LAT",
    help="出发地点,经度在前 / place, longitude first",
)
@click.option(
    "--mode",
    type=click.Choice(["walk", "drive", "transit"]),
    default="transit",
    show_default=True,
    help="步行、驾车、公共交通 / on foot, by car, by public transport",
)
@click.option("--minutes", default="15,30,45", show_default=True, help="时限 / limits")
@click.option(
    "--percentile", type=click.IntRange(1, 99), default=50, show_default=True, help="百分位 / percentile"
)
@click.option("--out", type=FOLDER, required=True, help="GeoJSON 文件 / GeoJSON file")
@json_option
@lang_option
def isochrone_command(
    *,
    folder: Path,
    place: str,
    mode: str,
    minutes: str,
    percentile: int,
    out: Path,
    lang: str | None,
    as_json: bool,
) -> None:
    """等时圈:从一个地点可达的范围 / The area reached from a place within each limit."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    lon, lat = _place(place)
    streets, seconds = street_reach(region, lon, lat, mode=cast("ReachMode", mode), percentile=percentile)
    found = street_isochrones(streets, seconds, limits=_limits(minutes))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(found.to_json(drop_id=True), encoding="utf-8")
    areas = {f"{m:g}": float(a) for m, a in zip(found["limit_min"], found["area_km2"], strict=True)}
    screen.json({"out": str(out), "area_km2": areas})
    if not as_json:
        for limit, area in areas.items():
            screen.say(f"{limit} 分钟:{area:,.2f} 平方公里", f"{limit} min: {area:,.2f} km²")
        screen.say(f"已写 {out}", f"Wrote {out}")


def _place(text: str) -> tuple[float, float]:
    parts = text.split(",")
    try:
        lon, lat = (float(p) for p in parts)
    except ValueError:
        raise click.BadParameter("写成 24.94,60.17 / write it as 24.94,60.17", param_hint="--at") from None
    return lon, lat


COMMANDS = (network_command, times_command, access_command, isochrone_command)
