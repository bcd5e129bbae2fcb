"""Why a project is in the plan or not: everything an argument knows about one project."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

from yipan.plan.argue.argument import unknown_projects
from yipan.plan.argue.files import plain
from yipan.plan.argue.values import SEEN, Argument, Pair, Replacement, Threshold, Told
from yipan.plan.argue.words import better_words, near_words, pair_words, replacement_words, threshold_words
from yipan.text import Lang, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One project in an argument; `share` of the good sets it is in, `lines` say all of it in words."""

    told: Told
    replacement: Replacement | None
    threshold: Threshold | None
    pairs: tuple[Pair, ...]
    share: float
    good_sets: int
    complete: bool
    lines: tuple[Text, ...]

    def text(self, lang: Lang = "en") -> str:
        """Return everything, one statement a line."""
        return "\n".join(t.in_(lang) for t in self.lines) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping."""
        return cast("dict[str, Any]", plain(asdict(self)))


def why(argument: Argument, project: str) -> Why:
    """Return everything an argument knows about one candidate.

    Raises
    ------
    UnknownName
        When it is no candidate; the candidates are named.

    Examples
    --------
    >>> from yipan.plan.argue import argue
    >>> from yipan.plan.core import Limits
    >>> from yipan.plan.invented import invented_problem
    >>> from yipan.plan.solve import solve
    >>> game = invented_problem(7, projects=6).game()
    >>> print(why(argue(game, solve(game, Limits())), "p2").lines[0].en)
    p2 (p2) is in the plan.
    """
    told = next((t for t in argument.told if t.project == project), None)
    if told is None:
        raise unknown_projects([project], tuple(t.project for t in argument.told))
    a = argument
    replaced = next((r for r in a.replacements if r.project == project), None)
    cost = next((t for t in a.thresholds if t.project == project), None)
    mine = tuple(p for p in a.pairs if project in {p.a, p.b})
    lines = [_verdict(a, told), _gap(told), _gains(told)]
    lines += [told.gains] if told.gains is not None else []
    lines += [told.out] if told.out is not None else []
    lines += [replacement_words(a, replaced)] if replaced is not None else []
    lines += [threshold_words(a, cost)] if cost is not None else []
    lines += [pair_words(a, p) for p in mine if p.size >= SEEN]
    lines += [_in_good(a, project), near_words(a.near)]
    lines += [better_words(a)] if a.better else []
    return Why(
        told=told,
        replacement=replaced,
        threshold=cost,
        pairs=mine,
        share=float(a.near.share.get(project, 0.0)),
        good_sets=a.near.sets,
        complete=a.near.complete,
        lines=tuple(t for t in lines if t.zh or t.en),
    )


def _verdict(a: Argument, t: Told) -> Text:
    zh, en = f"{t.name.in_('zh')}({t.project})", f"{t.name.in_('en')} ({t.project})"
    if not t.chosen:
        return Text(f"{zh}不在方案中。", f"{en} is not in the plan.")
    if t.step is None:
        return Text(f"{zh}在方案中。", f"{en} is in the plan.")
    n = len(a.chosen)
    return Text(
        f"{zh}在方案中,{n} 个里第 {t.step} 个选入。", f"{en} is in the plan, taken {ordinal(t.step)} of {n}."
    )


def ordinal(n: int) -> str:
    """Return 1st, 2nd, 3rd, 4th …."""
    ending = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _gap(t: Told) -> Text:
    ids = ", ".join(t.answers)
    because_zh, because_en = t.because.in_("zh").rstrip("。."), t.because.in_("en").rstrip("。.")
    return Text(
        f"{because_zh}" + (f"(对应指标:{ids})。" if ids else "。"),
        f"{because_en}" + (f" (answers the gap of {ids})." if ids else "."),
    )


def _gains(t: Told) -> Text:
    zh, en = f"单独建设 {t.alone:+.3f} 分", f"Alone {t.alone:+.3f} points"
    if t.at_step is not None:
        zh, en = zh + f",选入时 {t.at_step:+.3f} 分", en + f", {t.at_step:+.3f} when it was taken"
    if t.on_top is not None:
        zh, en = zh + f",在方案其余项目之上 {t.on_top:+.3f} 分", en + f", {t.on_top:+.3f} on top of the rest"
    return Text(f"{zh};造价 {t.cost:.1f} 亿。", f"{en}; it costs {t.cost:.1f} (1e8).")


def _in_good(a: Argument, project: str) -> Text:
    share = a.near.share.get(project, 0.0)
    if project in a.near.always:
        return Text("每个好方案里都有它。", "It is in every good plan.")
    if project in a.near.never:
        return Text("没有一个好方案里有它。", "It is in no good plan.")
    return Text(f"{share:.0%} 的好方案里有它。", f"It is in {share:.0%} of the good plans.")
