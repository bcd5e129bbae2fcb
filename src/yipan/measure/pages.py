"""Bilingual pages of the indicators, written from the catalogue: one each, and an index."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from yipan.measure.load import load_packs
from yipan.measure.values import NEED_NAMES, NEEDS
from yipan.pack import Indicator, Level
from yipan.text import Text

TRAITS = {
    "international": Text("国际化", "International"),
    "green": Text("绿色", "Green"),
    "smart": Text("智慧", "Smart"),
    "humanistic": Text("人文", "Humanistic"),
}
AREAS = {
    "industry_chain": Text("产业链协同", "Industry chain"),
    "infrastructure": Text("基础设施", "Infrastructure"),
    "public_service": Text("公共服务", "Public services"),
    "policy_market": Text("政策与市场", "Policy and market"),
    "safety_joint": Text("安全联防", "Joint safety"),
}
LEVELS: Mapping[Level, Text] = {
    "zone": Text("分区", "zone"),
    "cell": Text("单元格", "cell"),
    "cluster": Text("片区", "cluster"),
    "pair": Text("分区对(有向)", "pair of zones (ordered)"),
    "region": Text("区域", "region"),
}
"""What one value of an indicator is of."""
WEIGHTS = {"population": Text("常住人口", "residents"), "area": Text("土地面积", "land")}
DIRECTIONS = {
    1: Text("越高越好", "more is better"),
    -1: Text("越低越好", "less is better"),
    0: Text("只描述,不计分", "described, not scored"),
}
_FORMS: Mapping[str, Callable[[str], Text]] = {
    "stat": lambda n: Text(
        f"statistics.csv,变量 `{n.partition('@')[0]}`{_year(n).zh}",
        f"statistics.csv, variable `{n.partition('@')[0]}`{_year(n).en}",
    ),
    "cells": lambda n: Text(f"cells.csv,列 `{n}`", f"cells.csv, column `{n}`"),
    "sum": lambda n: Text(f"cells.csv,列 `{n}` 的分区合计", f"cells.csv, zone totals of column `{n}`"),
    "places": lambda n: Text(f"places.csv,类别 `{_kind(n)}`", f"places.csv, kind `{_kind(n)}`"),
    "capacity": lambda n: Text(
        f"places.csv,类别 `{_kind(n)}` 及其容量", f"places.csv, kind `{_kind(n)}` with capacity"
    ),
    "times": lambda n: Text(f"出行时间,方式 `{n}`", f"travel times, mode `{n}`"),
    "flow": lambda n: Text(f"flows.csv,类别 `{_kind(n)}`", f"flows.csv, kind `{_kind(n)}`"),
    "table": lambda n: Text(f"{n}.csv", f"{n}.csv"),
    "meta": lambda n: Text(f"region.toml,`{n}`", f"region.toml, `{n}`"),
}


def write_pages(folder: Path) -> list[Path]:
    """Write ``index.md`` and one page per indicator into `folder`, and return what was written.

    Pages of indicators that no longer exist are removed; other files are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    indicators = [i for pack in load_packs() for i in pack.indicators]
    pages = {f"{i.id}.md": page(i, indicators) for i in indicators}
    pages["index.md"] = index_page(indicators)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def page(indicator: Indicator, others: Iterable[Indicator] = ()) -> str:
    """Return the page of one indicator, with links to those that share its need, trait or area.

    Examples
    --------
    >>> from yipan.measure import catalogue
    >>> print(page(catalogue()["N-LIV-02"]).splitlines()[0])
    # N-LIV-02 每十万人医院床位 · Hospital beds per 100 000 population
    """
    i = indicator
    rows = [
        ("单位", "Unit", i.unit),
        ("方向", "Direction", DIRECTIONS[i.direction]),
        ("层级", "Level", LEVELS[i.level]),
        ("需要", "Need", NEED_NAMES[i.need]),
        ("特质", "Quality", TRAITS.get(i.trait, Text("—", "—"))),
        ("协同领域", "Area of coordination", AREAS.get(i.area, Text("—", "—"))),
        ("汇总权重", "Weight in clusters and region", WEIGHTS[i.weight]),
        ("领域包", "Pack", Text(f"`{i.pack}`", f"`{i.pack}`")),
    ]
    if i.level != "zone":
        rows = [row for row in rows if row[0] != "汇总权重"]
    if math.isfinite(i.low):
        ends = f"{_number(i.low)} – {_number(i.high)}"
        rows.insert(2, ("阈值", "Goalposts", Text(ends, ends)))
    table = [f"| {zh} · {en} | {_both(text)} |" for zh, en, text in rows]
    needed = [f"- {text.zh} · {text.en}" for text in map(need_words, i.needs)]
    return "\n".join(
        [
            f"# {i.id} {i.name.zh} · {i.name.en}",
            "",
            i.meaning.zh,
            "",
            i.meaning.en,
            "",
            "| | |",
            "|---|---|",
            *table,
            "",
            "## 公式 · Formula",
            "",
            "```text",
            i.formula,
            "```",
            "",
            *_section("阈值的理由 · Why these goalposts", i.goalposts),
            "## 所需数据 · Data needed",
            "",
            *needed,
            "",
            "## 依据 · Standard",
            "",
            _escape(i.standard),
            "",
            *_section("注意 · Traps", i.traps),
            *_related(i, others),
        ]
    )


def index_page(indicators: Iterable[Indicator]) -> str:
    """Return the page that lists all indicators by need, and by quality and area of coordination."""
    every = list(indicators)
    lines = [
        "# 指标 · Indicators",
        "",
        f"共 {len(every)} 项。分数以固定阈值换算为 0–100;需要得分为其计分指标的等权平均(至少一半可用);"
        "综合指数为四类需要得分的几何平均(每项不低于 1)。"
        "只有分区的指标计分;单元格、片区、分区对和区域的指标不计分。",
        "",
        f"{len(every)} in all. Fixed goalposts turn values into scores 0–100; a need score is the mean of its"
        " scored indicators with equal weights (at least half must be available); the index is the geometric"
        " mean of the four need scores, each floored at 1. Only indicators of zones are scored; those of"
        " cells, clusters, pairs of zones and the whole region are not.",
        "",
    ]
    for need in NEEDS:
        mine = [i for i in every if i.need == need]
        lines += [f"## {NEED_NAMES[need].zh} · {NEED_NAMES[need].en}", "", *_table(mine), ""]
    groups = [("特质 · Qualities", TRAITS, "trait"), ("协同领域 · Areas of coordination", AREAS, "area")]
    for title, names, attribute in groups:
        lines += [f"## {title}", ""]
        for key, name in names.items():
            links = ", ".join(f"[{i.id}]({i.id}.md)" for i in every if getattr(i, attribute) == key)
            lines.append(f"- {name.zh} · {name.en}: {links or '—'}")
        lines.append("")
    return "\n".join(lines)


def need_words(need: str) -> Text:
    """Return a need of an indicator in words.

    Examples
    --------
    >>> need_words("stat:population@first").en
    'statistics.csv, variable `population`, earliest year'
    """
    form, _, name = need.partition(":")
    return _FORMS[form](name)


def _year(name: str) -> Text:
    year = name.partition("@")[2]
    if not year:
        return Text(",基准年", ", base year")
    return Text(",最早年份", ", earliest year") if year == "first" else Text(f",{year} 年", f", {year}")


def _kind(name: str) -> str:
    return name.replace("|", "`, `")


def _table(indicators: Iterable[Indicator]) -> list[str]:
    head = [
        "| | 指标 · Indicator | 层级 · Level | 单位 · Unit | 方向 · Direction | 阈值 · Goalposts |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        (
            f"[{i.id}]({i.id}.md)",
            f"{i.name.zh} · {i.name.en}",
            _both(LEVELS[i.level]),
            _both(i.unit),
            _both(DIRECTIONS[i.direction]),
            f"{_number(i.low)} – {_number(i.high)}" if math.isfinite(i.low) else "—",
        )
        for i in indicators
    ]
    return head + [f"| {' | '.join(row)} |" for row in rows]


def _related(indicator: Indicator, others: Iterable[Indicator]) -> list[str]:
    lines = []
    for zh, en, attribute in (
        ("需要", "need", "need"),
        ("特质", "quality", "trait"),
        ("领域", "area", "area"),
    ):
        mine = getattr(indicator, attribute)
        same = [o for o in others if o.id != indicator.id and mine and getattr(o, attribute) == mine]
        if same:
            links = ", ".join(f"[{o.id}]({o.id}.md)" for o in same)
            lines.append(f"- 同一{zh} · same {en}: {links}")
    return ["## 相关 · Related", "", *lines, ""] if lines else []


def _section(title: str, text: Text) -> list[str]:
    return [f"## {title}", "", _escape(text.zh), "", _escape(text.en), ""] if text.zh or text.en else []


def _both(text: Text) -> str:
    return _escape(text.zh if text.zh == text.en else f"{text.zh} · {text.en}").replace("|", "\\|")


def _escape(text: str) -> str:
    return text.replace("*", "\\*").replace("<", "&lt;")


def _number(value: float) -> str:
    return f"{value:g}"
