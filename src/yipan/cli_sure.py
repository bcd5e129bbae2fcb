"""``yipan sure``: how sure an index is, which choice matters most, what changes the order of two zones."""

from __future__ import annotations

import math
from pathlib import Path

import click
import numpy as np
import pandas as pd

from yipan.cli_coordinate import plain, records
from yipan.cli_index import chosen_recipe, recipe_option
from yipan.errors import MeasureError, Problem
from yipan.measure import Results, measure
from yipan.measure.outlook import write_csv
from yipan.measure.recipe import Leaf, Recipe
from yipan.measure.sure import HowSure, how_sure
from yipan.region import Region
from yipan.region.read import read_region
from yipan.screen import FOLDER, Screen, json_option, lang_option, make_screen
from yipan.text import Text

SHOWN = 10
"""Indicators shown in each table; the files hold all."""
TOP = 5
"""Zones named in a sentence."""
DROPPED = Text("逐一去掉指标", "Without single indicators")
ADDED = Text("逐一加入未用的指标", "With single indicators that the recipe leaves out")
CHOICES = {
    "normalisation": Text("标准化", "normalisation"),
    "weighting": Text("权重方法", "weighting"),
    "aggregation": Text("合成", "aggregation"),
    "weights": Text("权重", "weights"),
}
"""Names of the choices."""


@click.command("sure")
@click.argument("folder", type=FOLDER)
@recipe_option
@click.option(
    "--designs",
    type=click.IntRange(1, 1_000_000),
    default=4096,
    show_default=True,
    help="至少的设计数 / designs at least",
)
@click.option(
    "--noise",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.25,
    show_default=True,
    help="权重的最大相对变动 / largest change of a weight, as a share of it",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="随机种子 / random seed")
@click.option(
    "--between",
    default=None,
    metavar="A,B",
    help="什么会改变这两个分区的先后 / what changes the order of two zones",
)
@click.option("--out", type=FOLDER, default=None, help="写出全部表的文件夹 / folder for all tables")
@json_option
@lang_option
def sure_command(
    *,
    folder: Path,
    recipe_file: Path | None,
    designs: int,
    noise: float,
    seed: int,
    between: str | None,
    out: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """指数有多可靠:名次区间、哪个选择最要紧、指标的作用 / How sure the index is, and what matters most."""
    screen = make_screen(lang, as_json=as_json)
    region = read_region(folder)
    results = measure(region)
    recipe = chosen_recipe(folder, recipe_file, results)
    found = how_sure(
        recipe,
        results.values,
        designs=designs,
        share=noise,
        seed=seed,
        between=_pair(between),
        candidates=candidates_of(recipe, results),
    )
    tables = tables_of(found)
    screen.json(_data(found, tables))
    if not as_json:
        _show_ranks(screen, region, found)
        _show_sensitivity(screen, found)
        _show_moved(screen, region, results, table=found.dropped, title=DROPPED)
        _show_moved(screen, region, results, table=found.added, title=ADDED)
        _show_effective(screen, results, found)
        _show_traded(screen, region, found)
        _show_two(screen, region, found)
        screen.problems(found.problems)
    if out is not None:
        for name, table in tables.items():
            write_csv(out / f"{name}.csv", table)
        screen.say(f"已写 {out}", f"Wrote {out}")


def candidates_of(recipe: Recipe, results: Results) -> dict[str, tuple[str, Leaf]]:
    """Return the measured indicators a recipe leaves out, each into the group of its need, else the index."""
    groups = {node.id for node in recipe.root.nodes()}
    there = {leaf.id for leaf in recipe.root.leaves()}
    return {
        code: (
            i.need if i.need in groups else recipe.root.id,
            Leaf(id=code, direction=int(i.direction), low=i.low, high=i.high),
        )
        for code, i in results.indicators.items()
        if code not in there and code in results.scores.columns and results.values[code].notna().any()
    }


def _pair(between: str | None) -> tuple[str, str] | None:
    if between is None:
        return None
    zones = [z.strip() for z in between.replace("\uff0c", ",").split(",")]
    if len(zones) == 2 and all(zones):
        return zones[0], zones[1]
    raise MeasureError(
        Text("无法比较先后", "the order cannot be told"),
        problems=[
            Problem(
                what=Text(f"“{between}”不是两个分区", f"'{between}' does not name two zones"),
                remedy=Text("写两个编号,逗号分隔:A,B", "write two ids with a comma between: A,B"),
                column="--between",
            )
        ],
    )


def tables_of(found: HowSure) -> dict[str, pd.DataFrame]:
    """Return every table of an answer by name, ids as columns."""
    out = {"ranks": found.ranks.table.sort_values("rank", kind="stable")}
    if found.sensitivity is not None:
        out["sensitivity"] = found.sensitivity.table
    if found.dropped is not None:
        out["dropped"] = found.dropped.rename_axis("indicator")
    if found.added is not None:
        out["added"] = found.added.rename_axis("indicator")
    if found.traded is not None:
        reliance = pd.Series(found.traded.reliance, index=found.built.scores.index, name="reliance")
        out["reliance"] = reliance.rename_axis("zone").to_frame()
        out["correlations"] = found.traded.correlations.rename_axis("part")
    if found.effective is not None:
        out["effective"] = found.effective
    out = {name: table.reset_index() for name, table in out.items()}
    if found.two is not None:
        out["options"] = found.two.options
        out["weights"] = found.two.weights
    return out


def _data(found: HowSure, tables: dict[str, pd.DataFrame]) -> dict[str, object]:
    data: dict[str, object] = {
        "designs": len(found.ranks.designs),
        "choices": {c.name: list(c.labels) if c.name != "weights" else len(c.labels) for c in found.choices},
    }
    data |= {name: records(table) for name, table in tables.items()}
    if found.two is not None:
        data["ahead"] = {
            "first": found.two.first,
            "second": found.two.second,
            "share": plain(found.two.ahead),
        }
    if found.tip is not None:
        data["tipping"] = {
            "possible": found.tip.possible,
            "moved": plain(found.tip.moved),
            "weights": {p: plain(w) for p, w in zip(found.tip_parts, found.tip.weights, strict=True)},
        }
    data["problems"] = [p.as_dict() for p in found.problems]
    return data


def _n(value: float, form: str = ".2f") -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _show_ranks(screen: Screen, region: Region, found: HowSure) -> None:
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["名次", "分区", "得分", "5%–中位–95% 名次", "最好–最差"]
        if zh
        else ["rank", "zone", "score", "rank: 5%–median–95%", "best–worst"]
    )
    rows = [
        [
            _n(r["rank"], ".0f"),
            region.zone_name(str(r["zone"])).in_(lang),
            _n(r["score"], ".1f"),
            "–".join(_n(r[c], ".0f") for c in ("q5", "median", "q95")),
            "–".join(_n(r[c], ".0f") for c in ("best", "worst")),
        ]
        for r in tables_of(found)["ranks"].to_dict("records")
    ]
    count = len(found.ranks.designs)
    title = Text(f"{count} 种做法下的名次", f"Ranks over {count} ways to make the index")
    screen.table(title.in_(lang), header, rows)
    outside = found.ranks.table.query("rank < q5 or rank > q95").index
    if len(outside):
        names = [region.zone_name(str(z)) for z in outside]
        screen.say(
            f"本配方下的名次在区间之外(取决于做法):{'、'.join(t.zh for t in names)}",
            f"their rank by the recipe lies outside its interval, so it hangs on the recipe:"
            f" {', '.join(t.en for t in names)}",
        )


def _show_sensitivity(screen: Screen, found: HowSure) -> None:
    if found.sensitivity is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["选择", "选项", "单独", "含交互", "90% 区间"]
        if zh
        else ["choice", "options", "alone", "with interactions", "90% interval"]
    )
    labels = {c.name: c.labels for c in found.choices}
    table = found.sensitivity.table.sort_values("total", ascending=False, kind="stable")
    rows = [
        [
            CHOICES[str(name)].in_(lang),
            Text(f"{len(labels[str(name)])} 组", f"{len(labels[str(name)])} sets").in_(lang)
            if name == "weights"
            else ", ".join(labels[str(name)]),
            _n(r["first"]),
            _n(r["total"]),
            f"{_n(r['total_low'])}–{_n(r['total_high'])}",
        ]
        for name, r in zip(table.index, table.to_dict("records"), strict=True)
    ]
    title = Text(
        "哪个选择最要紧:占名次变动方差的份额", "Which choice matters: share of the variance of rank shifts"
    )
    screen.table(title.in_(lang), header, rows)


def _indicator(results: Results, code: str, screen: Screen) -> str:
    return f"{code} {results.indicators[code].name.in_(screen.lang)}" if code in results.indicators else code


def _show_moved(
    screen: Screen, region: Region, results: Results, *, table: pd.DataFrame | None, title: Text
) -> None:
    if table is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["指标", "名次平均变动", "最大", "变动最大的分区"]
        if zh
        else ["indicator", "mean shift of rank", "largest", "zone that moves most"]
    )
    rows = [
        [
            _indicator(results, str(code), screen),
            _n(r["mean"]),
            _n(r["largest"], ".0f"),
            region.zone_name(str(r["zone"])).in_(lang) if r["largest"] > 0 else "–",
        ]
        for code, r in zip(table.index[:SHOWN], table.head(SHOWN).to_dict("records"), strict=True)
    ]
    screen.table(title.in_(lang), header, rows)


def _show_traded(screen: Screen, region: Region, found: HowSure) -> None:
    if found.traded is None:
        return
    names = {node.id: node.name for node in found.built.recipe.root.nodes()}
    for a, b, r in found.traded.trade_offs:
        x, y = (names.get(i, Text(i, i)) for i in (a, b))
        screen.say(
            f"{x.zh or a}与{y.zh or b}此消彼长(相关系数 {r:+.2f}):算术平均会让一方掩盖另一方",
            f"{x.en or a} and {y.en or b} pull against each other (correlation {r:+.2f}): an arithmetic mean"
            " lets one pay for the other",
        )
    reliance = pd.Series(found.traded.reliance, index=found.built.scores.index).dropna()
    top = reliance[reliance > 0].sort_values(ascending=False, kind="stable").head(TOP)
    if len(top):
        told = [(region.zone_name(str(z)), f"{100 * v:.0f}%") for z, v in top.items()]
        screen.say(
            f"最靠长板弥补短板的分区(1 − 几何平均/算术平均):{'、'.join(f'{n.zh} {v}' for n, v in told)}",
            "zones that rely most on strengths making up for weaknesses (1 − geometric / arithmetic mean):"
            f" {', '.join(f'{n.en} {v}' for n, v in told)}",
        )


def _show_effective(screen: Screen, results: Results, found: HowSure) -> None:
    if found.effective is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    header = (
        ["指标", "名义权重", "有效权重", "差", "相关系数"]
        if zh
        else ["indicator", "weight", "effective", "excess", "correlation"]
    )
    table = found.effective.sort_values("excess", key=np.abs, ascending=False, kind="stable").head(SHOWN)
    rows = [
        [
            _indicator(results, str(code), screen),
            *(_n(r[c], form) for c, form in (("weight", ".3f"), ("effective", ".3f"), ("excess", "+.3f"))),
            _n(r["correlation"], "+.2f"),
        ]
        for code, r in zip(table.index, table.to_dict("records"), strict=True)
    ]
    title = Text("权重与实际作用相差最大的指标", "Indicators whose weight and effect differ most")
    screen.table(title.in_(lang), header, rows)


def _show_two(screen: Screen, region: Region, found: HowSure) -> None:
    if found.two is None:
        return
    zh, lang = screen.lang == "zh", screen.lang
    a, b = region.zone_name(found.two.first), region.zone_name(found.two.second)
    share = _n(100 * found.two.ahead, ".1f")
    screen.say(f"{a.zh}在 {share}% 的做法中先于{b.zh}", f"{a.en} is ahead of {b.en} in {share}% of the ways")
    header = (
        ["选择", "选项", f"{a.zh}领先 %", "与总体之差"]
        if zh
        else ["choice", "option", f"% {a.en} ahead", "difference"]
    )
    rows = [
        [
            CHOICES[str(r["choice"])].in_(lang),
            str(r["option"]),
            _n(100 * r["ahead"], ".1f"),
            _n(100 * r["difference"], "+.1f"),
        ]
        for r in found.two.options.to_dict("records")
    ]
    screen.table(Text("哪些选项决定先后", "Which options decide it").in_(lang), header, rows)
    if found.tip is None:
        return
    if not found.tip.possible:
        screen.say(
            "一方在指数的每个组成部分都领先:怎样改组间权重都不会改变先后",
            "one leads in every part of the index: no weights of the parts change the order",
        )
        return
    to = ", ".join(f"{p} {w:.3f}" for p, w in zip(found.tip_parts, found.tip.weights, strict=True))
    screen.say(
        f"移动 {found.tip.moved:.3f} 的权重即可打平:{to}",
        f"moving {found.tip.moved:.3f} of weight makes them tie: {to}",
    )


COMMANDS = (sure_command,)
