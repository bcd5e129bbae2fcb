"""``yipan levels``: values of zones, cells, clusters, pairs of zones and the region, as tables.

`level_option` and `show_levels` are what another command needs to offer the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import click

from yipan.measure import Results, measure, results_to_dict
from yipan.measure.output import write_levels
from yipan.measure.pages import LEVELS as NAMES
from yipan.measure.values import REGION, LevelTable
from yipan.pack import LEVELS, Indicator, Level
from yipan.region import Region
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Lang, Text


def level_option(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--level`` (repeatable), handed on as `levels`."""
    return click.option(
        "--level",
        "levels",
        type=click.Choice(LEVELS),
        multiple=True,
        help="层级,可多次:分区、单元格、片区、分区对、区域 / what values are of (repeatable)",
    )(command)


@click.command("levels")
@click.argument("folder", type=FOLDER)
@level_option
@click.option(
    "--indicator",
    "indicators",
    multiple=True,
    metavar="ID",
    help="指标编号,可多次;默认该层级全部指标 / indicator id (repeatable; default: all of the levels)",
)
@click.option(
    "--out", type=FOLDER, default=None, help="写入文件夹,每层级一个 CSV / folder to write LEVEL.csv into"
)
@json_option
@lang_option
def levels_command(
    *,
    folder: Path,
    levels: tuple[Level, ...],
    indicators: tuple[str, ...],
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """各层级的指标值:分区、单元格、片区、分区对、区域 / Values of zones, cells, clusters, pairs, region."""
    screen = make_screen(lang, as_json=as_json)
    show_levels(screen, read_region(folder), levels=levels, indicators=indicators, out=out)


def show_levels(
    screen: Screen,
    region: Region,
    *,
    levels: Sequence[Level] = (),
    indicators: Sequence[str] = (),
    out: Path | None = None,
) -> Results:
    """Measure a region at some levels, show what was found and write it; return the results.

    Parameters
    ----------
    levels
        All by default; with `indicators` those they have.
    indicators
        Ids; all of the levels by default.
    out
        Folder for ``LEVEL.csv``; nothing is written without it.

    Raises
    ------
    MeasureError
        As `yipan.measure.measure`.
    """
    asked = tuple(levels) or (None if indicators else LEVELS)
    results = measure(region, list(indicators) or None, levels=asked)
    screen.json(results_to_dict(results))
    if not screen.as_json:
        for level in LEVELS:
            _show(screen, region, results, results.table(level))
    if not results.indicators:
        screen.say("所选层级没有这些指标", "none of these indicators is of these levels")
    if out is not None:
        for path in write_levels(results, out, lang=screen.lang):
            screen.say(f"已写 {path}", f"Wrote {path}")
    return results


def _show(screen: Screen, region: Region, results: Results, table: LevelTable) -> None:
    if table.values.empty:
        return
    zh, name = screen.lang == "zh", NAMES[table.level].in_(screen.lang)
    header = (
        ["指标", "单位", "有值 / 缺", "最小", "中位", "最大"]
        if zh
        else ["indicator", "unit", "values / missing", "least", "median", "most"]
    )
    rows = [_row(screen.lang, region, results.indicators[str(i)], table) for i in table.values]
    count = len(table.values)
    screen.table(f"{name}({count:,})" if zh else f"{name} ({count:,})", header, rows)
    told = {m.reason.in_(screen.lang): m for i in table.values for m in table.why(str(i))[1]}
    for m in told.values():
        screen.say(f"缺:{m.reason.zh} → {m.remedy.zh}", f"Missing: {m.reason.en} → {m.remedy.en}")


def _row(lang: Lang, region: Region, indicator: Indicator, table: LevelTable) -> list[str]:
    values = table.values[indicator.id]
    there = values.dropna()
    ends = ["–", "–", "–"]
    if len(there):
        low, high = (_label(region, table.level, at, lang) for at in (there.idxmin(), there.idxmax()))
        ends = [f"{_shown(there.min())} {low}", _shown(there.median()), f"{_shown(there.max())} {high}"]
    return [
        f"{indicator.id} {indicator.name.in_(lang)}",
        indicator.unit.in_(lang),
        f"{len(there):,} / {len(values) - len(there):,}",
        *(e.strip() for e in ends),
    ]


def _label(region: Region, level: Level, at: object, lang: Lang) -> str:
    """Return what a value is of, in words: names of zones and clusters, ids of cells."""
    if level == "pair":
        start, end = cast("tuple[Any, Any]", at)
        return f"{_label(region, 'zone', start, lang)} → {_label(region, 'zone', end, lang)}"
    if level == "zone":
        return region.zone_name(str(at)).in_(lang)
    names = {c.id: c.name for c in region.meta.clusters} if level == "cluster" else {REGION: Text("", "")}
    return names.get(str(at), Text(str(at), str(at))).in_(lang)


def _shown(value: float) -> str:
    return f"{value:,.4g}" if math.isfinite(value) else "–"


COMMANDS = (levels_command,)
