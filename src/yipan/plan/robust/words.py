"""Robustness in words, in both languages."""

from __future__ import annotations

import math

from yipan.plan.argue.values import SEEN
from yipan.plan.grid import grid
from yipan.plan.robust.values import Driver, Duel, Robustness
from yipan.text import Lang, Text

_HEAD = {
    "spread": Text("结果的范围", "Range of results"),
    "duels": Text("方案能否保持领先", "Does the plan stay ahead"),
    "bad": Text("坏情形", "Bad futures"),
    "openings": Text("能否按期建成", "Built in time"),
    "drivers": Text("什么影响最大", "What moves it most"),
    "check": Text("这些数字有多准", "How good these figures are"),
}
_KIND = {
    "cost": Text("造价", "cost"),
    "delay": Text("延期", "delay"),
    "effect": Text("效果", "effect"),
    "demand": Text("需求", "demand"),
}
_SHOWN = 10


def describe_robustness(found: Robustness, lang: Lang = "en") -> str:
    """Return robustness as readable text; points of the objective."""
    blocks = [
        ("spread", _spreads(found, lang)),
        ("duels", [duel_words(found, d).in_(lang) for d in found.duels]),
        ("bad", [t.in_(lang) for t in bad_words(found)]),
        ("openings", _openings(found, lang)),
        ("drivers", _drivers(found, lang)),
        ("check", [t.in_(lang) for t in check_words(found)]),
    ]
    return "\n\n".join("\n".join((f"## {_HEAD[k].in_(lang)}", *lines)) for k, lines in blocks if lines) + "\n"


def _spreads(found: Robustness, lang: Lang) -> list[str]:
    head = Text(
        f"{found.horizon} 年的目标值与逐年折现平均值,{found.draws} 次抽样(各方案用同一组随机数)",
        f"Objective in {found.horizon} and its discounted mean over the years, {found.draws} draws (the same"
        " for every plan)",
    )
    columns = (
        ["方案", "按计划", "5%", "中位", "95%", "最差部分均值", "平均遗憾", "逐年 5%", "中位", "95%"]
        if lang == "zh"
        else ["plan", "as stated", "5%", "50%", "95%", "worst", "regret", "path 5%", "50%", "95%"]
    )
    rows = [
        [
            o.name.in_(lang),
            *(
                f"{x:.3f}"
                for x in (
                    o.planned,
                    o.horizon.p5,
                    o.horizon.p50,
                    o.horizon.p95,
                    o.worst,
                    o.regret,
                    o.path.p5,
                    o.path.p50,
                    o.path.p95,
                )
            ),
        ]
        for o in found.outcomes
    ]
    return [head.in_(lang), *grid(columns, rows)]


def duel_words(found: Robustness, d: Duel) -> Text:
    """Say how often the plan beats another."""
    name = found.name(d.other)
    return Text(
        f"胜过{name.in_('zh')}的可能 {d.ahead:.1%}(标准误 {d.error:.1%};持平 {d.level:.1%},"
        f"落后 {d.behind:.1%}),平均领先 {d.margin:+.3f} 分(标准误 {d.margin_error:.3f})",
        f"Beats {name.in_('en')} with a chance of {d.ahead:.1%} (standard error {d.error:.1%}; level"
        f" {d.level:.1%}, behind {d.behind:.1%}), by {d.margin:+.3f} points on average (standard error"
        f" {d.margin_error:.3f})",
    )


def bad_words(found: Robustness) -> list[Text]:
    """Say which plan is best in bad futures and which is least regretted."""
    best, least = found.name(found.best_in_bad), found.name(found.least_regret)
    tail = f"{found.tail:.0%}"
    return [
        Text(
            f"各自最差的 {tail} 情形里平均最好的:{best.in_('zh')};平均遗憾最小的:{least.in_('zh')}。",
            f"Best on average over its worst {tail} of futures: {best.in_('en')}; least regretted:"
            f" {least.in_('en')}.",
        )
    ]


def _openings(found: Robustness, lang: Lang) -> list[str]:
    plan = found.outcomes[0]
    head = Text(
        f"全部按期(至 {found.horizon} 年)建成的可能 {plan.as_planned:.1%}",
        f"All open by {found.horizon} with a chance of {plan.as_planned:.1%}",
    )
    money = Text(
        f"造价 {plan.cost:.1f} 亿;五成情形不超过 {plan.cost_p50:.1f},八成情形不超过 {plan.cost_p80:.1f}。"
        "资金按承诺不变:排在后面的项目在钱用完后就不再开工",
        f"Capital {plan.cost:.1f} (1e8); at most {plan.cost_p50:.1f} in half of the futures,"
        f" {plan.cost_p80:.1f} in eight of ten. Money stays as promised: the projects that come last are not"
        " built once it is used up",
    )
    columns = (
        ["项目", "计划见效", "平均见效", "期内建成"]
        if lang == "zh"
        else ["project", "planned", "mean", "in time"]
    )
    rows = [
        [o.project, str(o.planned), "-" if o.mean is None else f"{o.mean:.1f}", f"{o.in_time:.1%}"]
        for o in plan.openings
    ]
    return [head.in_(lang), money.in_(lang), *grid(columns, rows)]


def _drivers(found: Robustness, lang: Lang) -> list[str]:
    if not found.drivers:
        return [Text("没有给出任何不确定范围。", "No uncertainty is stated.").in_(lang)]
    columns = (
        ["项目", "因素", "秩相关", "与领先的相关", "取 5% 时", "取 95% 时"]
        if lang == "zh"
        else ["project", "input", "rank correlation", "with its lead", "at 5%", "at 95%"]
    )
    noise = 3.0 / math.sqrt(found.draws)
    seen = [d for d in found.drivers if abs(d.high - d.low) >= SEEN or abs(d.correlation) > noise]
    rows = [_driver_row(d, lang) for d in seen[:_SHOWN]]
    rest = Text(
        f"(共 {len(found.drivers)} 个因素,其余的影响分辨不出)",
        f"({len(found.drivers)} inputs vary; what the others do cannot be told from noise)",
    )
    return [
        *(grid(columns, rows) if rows else []),
        *([rest.in_(lang)] if len(seen) < len(found.drivers) else []),
    ]


def _driver_row(d: Driver, lang: Lang) -> list[str]:
    between = "-" if d.between is None else f"{d.between:+.2f}"
    kind = _KIND[d.kind].in_(lang)
    return [d.project, kind, f"{d.correlation:+.2f}", between, f"{d.low:.3f}", f"{d.high:.3f}"]


def check_words(found: Robustness) -> list[Text]:
    """Say how far adding up gains was off, and whose risk is not in the figures."""
    c = found.check
    out = [
        Text(
            f"抽样中的价值由沿建成顺序实测的增益相加而得。按抽样实际建成的组合复测 {c.sets} 个"
            f"(占抽样 {c.covered:.1%}):平均相差 {c.mean:.3f} 分,最大 {c.largest:.3f} 分。",
            "Values by draw add gains measured along the order of opening. Measured for the sets that draws"
            f" really build ({c.sets} sets, {c.covered:.1%} of draws), they are off by {c.mean:.3f} points on"
            f" average, {c.largest:.3f} at most.",
        )
    ]
    if found.unstated:
        ids = ", ".join(found.unstated)
        out.append(
            Text(
                f"没有不确定范围、按原数计的项目(其风险不在以上数字之内):{ids}",
                f"Taken as stated for want of ranges (their risk is not in these figures): {ids}",
            )
        )
    return out
