"""``yipan targets``: gaps, pace, lights, early warning, and the standards the indicators follow."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click
import pandas as pd

from yipan.measure import measure
from yipan.measure.outlook import (
    MATCHES,
    STATUSES,
    WARNINGS,
    outlook,
    panel,
    standards_table,
    write_csv,
    years_of,
)
from yipan.region import Region
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Lang, Text

_SYMBOLS = {"green": "●", "amber": "◐", "red": "○", "grey": "–"}


@click.command("targets")
@click.argument("folder", type=FOLDER)
@click.option(
    "--with",
    "others",
    type=FOLDER,
    multiple=True,
    help="同一区域其他年份的文件夹,可多次 / folder of the same region in another year (repeatable)",
)
@click.option(
    "--since",
    type=int,
    default=None,
    help="起始年,默认最早有值的年份 / start year (default: first with a value)",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="预测区间水平 / level of the prediction interval",
)
@click.option(
    "--standards", is_flag=True, help="改为列出与标准的对应 / list how indicators follow standards instead"
)
@click.option("--out", type=FOLDER, default=None, help="写入 CSV / write a CSV file")
@json_option
@lang_option
def targets_command(
    *,
    folder: Path,
    others: tuple[Path, ...],
    since: int | None,
    level: float,
    standards: bool,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """目标:差距、进度灯、趋势预警、与标准的对应 / Targets: gaps, lights, early warning, standards."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    if standards:
        found = standards_table(measure(region))
        screen.json({"standards": _records(found)})
    else:
        found = _outlook(region, [read_region(o) for o in others], since, level)
        screen.json({"base_year": region.meta.base_year, "level": level, "targets": _records(found)})
    if not as_json:
        if standards:
            _show_standards(screen, found)
        else:
            _show_targets(screen, region, found)
    if out is not None:
        write_csv(out, found)
        screen.say(f"已写 {out}", f"Wrote {out}")


def _outlook(region: Region, others: list[Region], since: int | None, level: float) -> pd.DataFrame:
    results = measure(region)
    aimed = {str(i) for i in region.tables["targets"].array("indicator")}
    ids = [i for i in results.indicators if i in aimed]
    extra = [o.meta.base_year for o in others] + ([] if since is None else [since])
    history = panel(region, [*years_of(region), *extra], others=others, indicators=ids)
    return outlook(region, results, history=history, since=since, level=level)


def _tell_later(screen: Screen, region: Region) -> None:
    """Say which years of the statistics lie after the base year: they are no part of the past."""
    base = region.meta.base_year
    later = sorted({int(y) for y in region.tables["statistics"].array("year") if int(y) > base})
    if later:
        years = ", ".join(map(str, later))
        screen.say(
            f"statistics.csv 中 {years} 年晚于基准年 {base},未用于判断",
            f"years {years} of statistics.csv lie after the base year {base} and are not used",
        )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON can hold them: nothing where a number is missing."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _show_targets(screen: Screen, region: Region, found: pd.DataFrame) -> None:
    zh = screen.lang == "zh"
    if found.empty:
        screen.say("targets.csv 没有目标", "there are no targets in targets.csv")
        return
    header = (
        ["灯", "目标", "现值 → 目标值(年份)", "差距", "每年:实际 / 还需", "趋势预警"]
        if zh
        else ["light", "target", "value → target (year)", "missing", "a year: moved / needed", "trend"]
    )
    targets = [{str(k): v for k, v in t.items()} for t in found.to_dict("records")]
    screen.table(
        "目标与进度" if zh else "Targets and pace", header, [_cells(t, screen.lang) for t in targets]
    )
    for t in targets:
        name = f"{t[f'scope_{screen.lang}']} · {t[screen.lang]}"
        say = "; ".join((t[f"why_{screen.lang}"], t[f"forecast_{screen.lang}"]))
        screen.say(f"{name}:{say}", f"{name}: {say}")
    screen.say(
        "灯:实际速度 ÷ 所需速度 ≥ 95% 绿,≥ 60% 黄,其余红(阈值同 Eurostat);差距为负表示已超过目标",
        "Lights: achieved over required pace of 95% and more green, 60% amber, else red (thresholds of"
        " Eurostat); a negative gap is beyond the target",
    )
    _tell_later(screen, region)


def _cells(t: dict[str, Any], lang: Lang) -> list[str]:
    trend = [WARNINGS[t["warning"]].in_(lang)]
    if math.isfinite(t["forecast"]):
        trend.append(f"{t['year']}: {_shown(t['forecast'])} [{_shown(t['low'])}, {_shown(t['high'])}]")
    if not pd.isna(t["earliest"]):
        reached = " / ".join("–" if pd.isna(t[c]) else str(t[c]) for c in ("earliest", "expected", "latest"))
        trend.append(f"{Text('达到', 'reached').in_(lang)} {reached}")
    return [
        f"{_SYMBOLS[t['light']]} {STATUSES[t['status']].in_(lang)}",
        f"{t[f'scope_{lang}']}\n{t[lang]} ({t[f'unit_{lang}']})",
        f"{_shown(t['value'])} → {_shown(t['target'])} ({t['year']})",
        _shown(t["shortfall"]),
        f"{_shown(t['achieved'])} / {_shown(t['needed'])}",
        "\n".join(trend),
    ]


def _shown(value: float) -> str:
    return f"{value:,.4g}" if math.isfinite(value) else "–"


def _show_standards(screen: Screen, found: pd.DataFrame) -> None:
    zh = screen.lang == "zh"
    lang = screen.lang
    unchecked = "(未核实)" if zh else " (unverified)"
    header = (
        ["标准", "标准的指标", "本系统指标", "全区域值", "对应"]
        if zh
        else ["standard", "its indicator", "ours", "region", "match"]
    )
    rows = [
        [
            f"{t['standard']}\n{t['code']}" + (unchecked if t["checked"] == "unverified" else ""),
            t[f"title_{lang}"],
            f"{t['indicator']} {t[lang]}",
            f"{_shown(t['value'])} {t[f'unit_{lang}']}",
            f"{MATCHES[t['match']].in_(lang)}: {t[f'difference_{lang}']}",
        ]
        for t in found.sort_values(["standard", "code"], kind="stable").to_dict("records")
    ]
    screen.table("与标准的对应" if zh else "Indicators and standards", header, rows)


COMMANDS = (targets_command,)
