"""An argument in words, sentence by sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yipan.plan.argue.values import (
    SEEN,
    Alternative,
    Argument,
    MoneyCurve,
    Near,
    Pair,
    Replacement,
    Threshold,
)
from yipan.plan.grid import grid
from yipan.text import Lang, Text

_HEAD = {
    "better": Text("找到了更好或更省的组合", "A better or cheaper set was found"),
    "replacement": Text("缺一个项目会怎样", "Without one project"),
    "pairs": Text("协同与重叠", "Synergy and overlap"),
    "near": Text("几乎同样好的方案", "Plans nearly as good"),
    "money": Text("多一点钱、少一点钱", "More money, less money"),
    "thresholds": Text("落选的造价、入选的造价", "The cost at which a project drops out or comes in"),
}
_SHOWN_PAIRS = 12


def describe_argument(argument: Argument, lang: Lang = "en") -> str:
    """Return an argument as readable text; points of the objective, money in 1e8 of the currency."""
    a = argument
    blocks: list[tuple[str, list[str]]] = [
        ("replacement", [replacement_words(a, r).in_(lang) for r in a.replacements]),
        ("pairs", _pair_lines(a, lang)),
        ("near", _near_lines(a, lang)),
        ("money", [t.in_(lang) for c in (a.budget, a.yearly) for t in money_words(a, c)]),
        ("thresholds", [threshold_words(a, t).in_(lang) for t in a.thresholds]),
    ]
    if a.better:
        blocks.insert(0, ("better", [better_words(a).in_(lang)]))
    return "\n\n".join("\n".join((f"## {_HEAD[k].in_(lang)}", *lines)) for k, lines in blocks if lines) + "\n"


def names(a: Argument, ids: Iterable[str]) -> Text:
    """Return names joined, in order of ids."""
    known = [a.name(i) for i in ids]
    return Text("、".join(n.in_("zh") for n in known), ", ".join(n.in_("en") for n in known))


def better_words(a: Argument) -> Text:
    """Say that a set beats the plan, or is as good and cheaper, and how it differs."""
    new = names(a, sorted(set(a.better) - set(a.chosen)))
    out = names(a, sorted(set(a.chosen) - set(a.better)))
    more = a.better_value - a.value
    zh = f"加入 {new.zh or '无'};去掉 {out.zh or '无'}"
    en = f"it adds {new.en or 'nothing'} and leaves out {out.en or 'nothing'}"
    if more <= 0:
        return Text(
            f"寻找理由时测得一个同样好而更省钱的组合:{zh}。",
            f"Looking for reasons, a set as good and cheaper was measured: {en}.",
        )
    return Text(
        f"寻找理由时测得一个更好的组合(高 {more:.3f} 分):{zh}。请提高搜索次数上限后重新搜索。",
        f"Looking for reasons, a set {more:.3f} points better was measured: {en}. Search again with higher"
        " limits.",
    )


def replacement_words(a: Argument, r: Replacement) -> Text:
    """Say what is lost without a project, and what the money is then spent on."""
    name, instead = a.name(r.project), names(a, r.instead)
    if r.needed:
        return _needed_words(name, r)
    gone = names(a, r.gone)
    zh = f"{name.in_('zh')}:去掉而不再花钱,少 {r.dropped:.3f} 分;把钱再花好,少 {r.lost:.3f} 分"
    en = (
        f"{name.in_('en')}: {r.dropped:.3f} points less while its money lies idle; {r.lost:.3f} less once it"
        " is spent again"
    )
    zh += f"(改投:{instead.zh}" if r.instead else "(没有更好的去处"
    en += f" (on {instead.en}" if r.instead else " (nothing is worth it"
    if r.gone:
        zh, en = zh + f";{gone.zh} 也落选", en + f"; {gone.en} would go too"
    how = (
        Text("不含它的组合全部测过", "every set without it was measured")
        if r.exact
        else Text("是已测组合中最好的", "the best of the sets measured")
    )
    return Text(f"{zh});{how.zh}。", f"{en}); {how.en}.")


def _needed_words(name: Text, r: Replacement) -> Text:
    how = Text("全部测过", "all were measured") if r.exact else Text("已测组合之内", "of those measured")
    return Text(
        f"{name.in_('zh')}:不可缺少,没有一个不含它的组合能守住全部底线与规则({how.zh});"
        f"去掉它少 {r.dropped:.3f} 分。",
        f"{name.in_('en')}: indispensable, no set without it keeps every floor and rule ({how.en});"
        f" {r.dropped:.3f} points less without it.",
    )


def pair_words(a: Argument, p: Pair) -> Text:
    """Say how two projects act on each other."""
    x, y = a.name(p.a), a.name(p.b)
    word = {
        "synergy": Text("协同", "synergy"),
        "overlap": Text("重叠", "overlap"),
        "none": Text("在方案中互不影响", "no interaction in the plan"),
        "unknown": Text("未测", "not measured"),
    }[p.kind]
    top = "-" if p.top is None else f"{p.top:+.3f}"
    base = "-" if p.base is None else f"{p.base:+.3f}"
    return Text(
        f"{x.in_('zh')} 与 {y.in_('zh')}:{word.zh},在方案之上 {top} 分,在现状之上 {base} 分",
        f"{x.in_('en')} and {y.in_('en')}: {word.en}, {top} points on top of the plan, {base} on the region"
        " as it is",
    )


def _pair_lines(a: Argument, lang: Lang) -> list[str]:
    seen = [p for p in a.pairs if p.size >= SEEN]
    lines = [pair_words(a, p).in_(lang) for p in seen[:_SHOWN_PAIRS]]
    rest = len(seen) - _SHOWN_PAIRS
    if rest > 0:
        lines.append(Text(f"(另有 {rest} 对)", f"(and {rest} pairs more)").in_(lang))
    if not seen:
        lines.append(
            Text(
                f"测过的 {len(a.pairs)} 对影响相同得分项的项目都互不影响。",
                f"None of the {len(a.pairs)} pairs measured that share terms act on each other.",
            ).in_(lang)
        )
    if a.unmeasured_pairs:
        n = a.unmeasured_pairs
        text = Text(f"{n} 对影响相同得分项而未测完。", f"{n} pairs that share terms were not fully measured.")
        lines.append(text.in_(lang))
    return lines


def near_words(near: Near) -> Text:
    """Say how many good sets there are and what that rests on."""
    how = (
        Text("全部可行组合都测过,没有别的", "every feasible set was measured, there are no others")
        if near.complete
        else Text("只数测过的组合,可能还有别的", "counted among the sets measured; there may be others")
    )
    return Text(
        f"与本方案相差不超过 {near.within:.3f} 分的可行组合有 {near.sets} 个({how.zh})。",
        f"{near.sets} feasible sets are at most {near.within:.3f} points below the plan, itself among them"
        f" ({how.en}).",
    )


def alternative_words(a: Argument, other: Alternative) -> Text:
    """Say how an alternative differs from the plan."""
    added, removed = names(a, other.added), names(a, other.removed)
    zh = f"低 {other.below:.3f} 分,资本 {other.cost:.1f} 亿,{other.distance:.0%} 的钱花在别处"
    en = f"{other.below:.3f} points below, capital {other.cost:.1f} (1e8), {other.distance:.0%} of the money"
    return Text(
        f"{zh}:加入 {added.zh or '无'};去掉 {removed.zh or '无'}",
        f"{en} spent elsewhere: adds {added.en or 'nothing'}; leaves out {removed.en or 'nothing'}",
    )


def _near_lines(a: Argument, lang: Lang) -> list[str]:
    n = a.near
    always, never = names(a, n.always), names(a, n.never)
    lines = [
        near_words(n).in_(lang),
        Text(f"每个都有:{always.zh or '无'}", f"In every one: {always.en or 'none'}").in_(lang),
        Text(f"从未入选:{never.zh or '无'}", f"In none: {never.en or 'none'}").in_(lang),
    ]
    return [
        *lines,
        *(f"{k}. {alternative_words(a, x).in_(lang)}" for k, x in enumerate(n.alternatives, start=1)),
    ]


def money_words(a: Argument, c: MoneyCurve) -> list[Text]:
    """Say what more and less money brings, and what comes in next."""
    what = Text("总预算", "budget") if c.what == "budget" else Text("每年上限", "yearly limit")
    rows = [
        [
            f"{p.money:.1f}",
            f"{p.value:.3f}",
            f"{p.value - a.value:+.3f}",
            "+" + ", ".join(p.added) if p.added else "",
            "-" + ", ".join(p.removed) if p.removed else "",
        ]
        for p in c.points
    ]
    out = [_slope_words(c, what)]
    out += _table([what.zh, "目标值", "变化"], [what.en, "objective", "change"], rows)
    if not all(p.exact for p in c.points if p.money != c.money):
        out.append(
            Text(
                "(表中是已测组合中最好的,真正最优只会更高)",
                "(the best of the sets measured; true values can only be higher)",
            )
        )
    return out


def _slope_words(c: MoneyCurve, what: Text) -> Text:
    up = "-" if c.up is None else f"{c.up:+.4f}"
    down = "-" if c.down is None else f"{-c.down:+.4f}"
    zh = f"{what.zh} {c.money:.1f} 亿:每多 1 亿 {up} 分,每少 1 亿 {down} 分"
    en = f"{what.en} {c.money:.1f} (1e8): {up} points for each unit more, {down} for each unit less"
    if c.next_needs is not None and c.next_gain is not None:
        comes = ", ".join(c.next_in) or "-"
        zh += f";再有 {c.next_needs:.1f} 亿可进 {comes}({c.next_gain:+.3f} 分)"
        en += f"; with {c.next_needs:.1f} more {comes} would come in ({c.next_gain:+.3f} points)"
    else:
        zh, en = zh + ";测过的组合里,钱再多也没有更好的", en + "; no set measured is better with more money"
    return Text(zh + "。", en + ".")


def _table(zh: Sequence[str], en: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Text]:
    left = grid([*zh, "", ""], rows)
    right = grid([*en, "", ""], rows)
    return [Text(x, y) for x, y in zip(left, right, strict=True)]


def threshold_words(a: Argument, t: Threshold) -> Text:
    """Say at what cost a project drops out or would come in."""
    name = a.name(t.project)
    if t.by == "free":
        return Text(f"{name.in_('zh')}:没有造价", f"{name.in_('en')}: costs nothing")
    how = "" if t.exact else Text("(按已测组合)", " (by the sets measured)")
    zh_how, en_how = (how.zh, how.en) if isinstance(how, Text) else ("", "")
    if t.by == "never" or t.stays is None or t.leaves is None:
        return Text(
            f"{name.in_('zh')}:造价降到千分之一也不入选{zh_how}",
            f"{name.in_('en')}: would stay out even at a thousandth of its cost{en_how}",
        )
    at = t.stays * t.cost
    why = (
        Text("再贵就有更好的花法", "beyond that others are worth more")
        if t.by == "worth"
        else Text("再贵资金就排不下", "beyond that the money does not suffice")
    )
    if t.project in a.chosen and t.stays < 1 - 1e-3:
        return Text(
            f"{name.in_('zh')}:造价 {t.cost:.1f} 亿;不含它而同样好或更好、又更省钱的组合已测得,"
            f"降到 {at:.1f}({t.stays:.2f} 倍)才值得保留{zh_how}",
            f"{name.in_('en')}: costs {t.cost:.1f} (1e8); a set without it that is as good and cheaper, or"
            f" better, was measured; it earns its place only up to {at:.1f} ({t.stays:.2f} times){en_how}",
        )
    if t.project in a.chosen:
        return Text(
            f"{name.in_('zh')}:造价 {t.cost:.1f} 亿,涨到 {at:.1f}({t.stays:.2f} 倍)仍在方案中,"
            f"{why.zh}{zh_how}",
            f"{name.in_('en')}: costs {t.cost:.1f} (1e8) and stays up to {at:.1f} ({t.stays:.2f} times);"
            f" {why.en}{en_how}",
        )
    return Text(
        f"{name.in_('zh')}:造价 {t.cost:.1f} 亿,降到 {at:.1f}({t.stays:.2f} 倍)就会入选{zh_how}",
        f"{name.in_('en')}: costs {t.cost:.1f} (1e8) and would come in at {at:.1f} ({t.stays:.2f}"
        f" times){en_how}",
    )
