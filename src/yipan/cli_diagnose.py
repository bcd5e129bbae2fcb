"""``yipan diagnose``: distributions, outliers and correlations of the indicators, for the analyst."""

from __future__ import annotations

import math
from pathlib import Path

import click
import pandas as pd

from yipan.cli_coordinate import records
from yipan.measure import NEED_NAMES, Results, measure
from yipan.measure.diagnose import RULE, Diagnostics, diagnose
from yipan.measure.outlook import write_csv
from yipan.region import Region
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

SHOWN = 15
"""Rows shown of the longer tables; the files hold all."""
KINDS = {
    "same": Text("几乎测同一件事", "measure nearly the same"),
    "against": Text("同组内此消彼长", "pull against each other in one group"),
}


@click.command("diagnose")
@click.argument("folder", type=FOLDER)
@click.option("--pearson", is_flag=True, help="用数值相关而非秩相关 / correlate values, not ranks")
@click.option("--out", type=FOLDER, default=None, help="写出全部表的文件夹 / folder for all tables")
@json_option
@lang_option
def diagnose_command(
    *, folder: Path, pearson: bool, out: Path | None, lang: str | None, as_json: bool
) -> None:
    """诊断指标:分布、异常值、相关、内部一致性 / Distributions, outliers, correlations, consistency."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    results = measure(region)
    found = of_results(results, rank=not pearson)
    tables = tables_of(found)
    screen.json(
        {name: records(t) for name, t in tables.items()} | {"problems": [p.as_dict() for p in found.problems]}
    )
    if not as_json:
        _show_single(screen, results, found)
        _show_outliers(screen, region, results, found)
        _show_pairs(screen, results, found)
        _show_groups(screen, found)
        screen.problems(found.problems)
    if out is not None:
        for name, table in tables.items():
            write_csv(out / f"{name}.csv", table)
        screen.say(f"已写 {out}", f"Wrote {out}")


def of_results(results: Results, *, rank: bool = True) -> Diagnostics:
    """Return the diagnostics of the zone indicators of measured results, grouped by need."""
    used = {str(c): results.indicators[str(c)] for c in results.values.columns}
    return diagnose(
        results.values,
        groups={code: i.need for code, i in used.items() if i.scored},
        directions={code: int(i.direction) for code, i in used.items()},
        rank=rank,
    )


def tables_of(found: Diagnostics) -> dict[str, pd.DataFrame]:
    """Return every table by name, ids as columns."""
    return {
        "indicators": found.table.reset_index(),
        "outliers": found.outliers,
        "correlations": found.correlations.reset_index(),
        "pairs": found.pairs,
        "groups": found.groups.reset_index(),
    }


def _n(value: float, form: str = ".2f") -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _name(results: Results, code: object, screen: Screen) -> str:
    return f"{code} {results.indicators[str(code)].name.in_(screen.lang)}"


def _show_single(screen: Screen, results: Results, found: Diagnostics) -> None:
    zh = screen.lang == "zh"
    header = (
        ["指标", "缺失", "最低–中位–最高", "偏度", "峰度", "远离值", "建议处理"]
        if zh
        else ["indicator", "missing", "low–median–high", "skew", "kurtosis", "far out", "treat"]
    )
    rows = [
        [
            f"{_name(results, code, screen)} ({results.indicators[str(code)].unit.in_(screen.lang)})",
            str(r["missing"]),
            "–".join(_n(r[c], ".4g") for c in ("low", "median", "high")),
            *(_n(r[c]) for c in ("skew", "kurtosis")),
            str(r["far"]),
            ("是" if zh else "yes") if r["treat"] else "",
        ]
        for code, r in zip(found.table.index, found.table.to_dict("records"), strict=True)
    ]
    screen.table("各指标的分布" if zh else "Distribution of each indicator", header, rows)
    screen.say(
        f"偏度绝对值 > {RULE[0]:g} 且峰度 > {RULE[1]:g} 时建议缩尾或取对数(index.toml 的 treat)",
        f"treat: |skewness| > {RULE[0]:g} and kurtosis > {RULE[1]:g}; winsorise or take logarithms"
        " (treat in index.toml)",
    )


def _show_outliers(screen: Screen, region: Region, results: Results, found: Diagnostics) -> None:
    zh = screen.lang == "zh"
    header = (
        ["指标", "分区", "值", "超出四分位距的倍数"]
        if zh
        else ["indicator", "zone", "value", "interquartile ranges beyond the quartile"]
    )
    rows = [
        [
            _name(results, r["indicator"], screen),
            region.zone_name(str(r["zone"])).in_(screen.lang),
            _n(r["value"], ".4g"),
            _n(r["ranges"], ".1f"),
        ]
        for r in found.outliers.head(SHOWN).to_dict("records")
    ]
    count = len(found.outliers)
    screen.table(f"远离值:{count} 个" if zh else f"Values far out: {count}", header, rows)


def _show_pairs(screen: Screen, results: Results, found: Diagnostics) -> None:
    zh = screen.lang == "zh"
    header = ["指标", "指标", "相关", "p (FDR)", ""] if zh else ["indicator", "indicator", "r", "p (FDR)", ""]
    rows = [
        [
            *(_name(results, r[c], screen) for c in ("first", "second")),
            _n(r["r"], "+.2f"),
            f"{r['p']:.1e}",
            KINDS[str(r["kind"])].in_(screen.lang),
        ]
        for r in found.pairs.head(SHOWN).to_dict("records")
    ]
    title = (
        "值得一看的指标对(方向已统一为越高越好)"
        if zh
        else "Pairs worth a look (turned so that more is better)"
    )
    screen.table(title, header, rows)


def _show_groups(screen: Screen, found: Diagnostics) -> None:
    zh = screen.lang == "zh"
    header = (
        ["需要", "指标数", "克朗巴哈 α", "第一主成分占比 %", "平均相关", "分区数"]
        if zh
        else ["need", "indicators", "Cronbach's alpha", "% on the first axis", "mean r", "zones"]
    )
    rows = [
        [
            NEED_NAMES[str(g)].in_(screen.lang) if str(g) in NEED_NAMES else str(g),
            str(int(r["indicators"])),
            _n(r["alpha"]),
            _n(100 * r["first_component"], ".0f"),
            _n(r["mean_r"], "+.2f"),
            str(int(r["zones"])),
        ]
        for g, r in zip(found.groups.index, found.groups.to_dict("records"), strict=True)
    ]
    screen.table("各需要内部的一致性" if zh else "Consistency inside each need", header, rows)


COMMANDS = (diagnose_command,)
