"""Reasons and alternatives: what is lost without a project, what else would do, what money changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from yipan.plan.argue.values import SEEN, Argument, Pair, Replacement, Threshold
from yipan.plan.argue.words import better_words, near_words
from yipan.plan.values import Plan
from yipan.show.argue_charts import ROOM, SMALL, Loss, loss_bars
from yipan.show.cells import number, words
from yipan.show.chapter_money import argue_trace, money_blocks
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Bar, bars, widest
from yipan.show.colours import BRAND, MUTED
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Cell,
    Chapter,
    Column,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)
from yipan.show.numbers import fixed
from yipan.show.story import PlanStory, cost_unit
from yipan.text import Text

Item = TypeVar("Item")
LOSSES, PAIRS, SHARED, CALLS, NAMES = 10, 8, 12, 12, 4
"""Losses, pairs, shares, threshold costs and names shown at most; how many more there are is said."""


def ends(items: Sequence[Item], most: int) -> list[Item]:
    """Return the items, of more than `most` the first two thirds and the last third of so many.

    Examples
    --------
    >>> ends([1, 2, 3, 4, 5, 6], 3), ends([1, 2], 3)
    ([1, 2, 6], [1, 2])
    """
    if len(items) <= most:
        return list(items)
    last = most // 3
    return [*items[: most - last], *items[len(items) - last :]]


def argue_chapter(m: Material, plan: Plan, argument: Argument) -> Chapter:
    """Return what a reader needs to argue with the plan."""
    story, a = PlanStory(m, plan), argument
    blocks: list[Block] = [Paragraph(_opening(a), "note")]
    if a.better:
        blocks.append(Paragraph(better_words(a), "lead"))
    blocks.append(Heading(Text("缺一个项目会怎样", "Without one project")))
    if a.replacements:
        blocks.append(_loss_figure(story, a))
    blocks += [Heading(Text("协同与重叠", "Synergy and overlap")), *_pairs(story, a)]
    blocks += [Heading(Text("几乎同样好的方案", "Plans nearly as good")), *_near(story, a)]
    blocks += [Heading(Text("多一点钱、少一点钱", "More money, less money")), *money_blocks(story, a)]
    blocks += [Heading(Text("造价的门槛", "How dear it may get")), _threshold_table(story, a)]
    return Chapter(key="argue", title=Text("理由与备选", "Reasons and alternatives"), blocks=tuple(blocks))


def _opening(a: Argument) -> Text:
    return Text(
        "以下均以目标函数的分值计。“精确”是指所有可行的组合都测过;“已测中最好”是指只在已测的组合中最好:"
        f"实际的替代损失只会更小,其他资金下的值只会更高,造价门槛两边都可能有出入。"
        f"为这一章另测了 {a.evaluations} 个组合。",
        "All of this is in points of the objective. 'Exact' means that every feasible set was measured; 'best"
        " measured' that it is the best of the sets measured: replacement costs can then only be lower,"
        " values for other money only higher, and threshold costs may be off either way."
        f" {a.evaluations} sets were measured for this chapter alone.",
    )


def _loss_figure(story: PlanStory, a: Argument) -> FigureBlock:
    every = sorted(a.replacements, key=lambda r: (-r.lost, r.project))
    shown = ends(every, LOSSES)
    rows = [
        Loss(name=story.name(r.project), idle=r.dropped, lost=r.lost, instead=_instead(story, r))
        for r in shown
    ]
    title = Text(
        "替代损失:去掉一个项目、把钱重新花好之后仍失去的分值",
        "Replacement cost: what is still lost without a project once its money is spent again",
    )
    svg = loss_bars(rows, unit=SCORE_UNIT, title=title, uid=story.m.numbers.uid())
    rests = _rests([r.exact for r in shown])
    between = Text("", "")
    if len(every) > len(shown):
        between = Text(
            f"所示为损失最大和最小的共 {len(shown)} 个,其余见“项目与理由”一章的表。",
            f" The {len(shown)} of largest and least loss are shown; that of every project is in the table of"
            " reasons.",
        )
    return FigureBlock(
        key="replacement",
        number=story.m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=argue_trace(story),
        note=Text(
            f"编号同方案表。{rests.zh}{between.zh}",
            f"Numbers as in the table of the plan. {rests.en}{between.en}",
        ),
    )


def _instead(story: PlanStory, r: Replacement) -> Text:
    if r.needed:
        return Text(
            "不可缺少:没有不含它而守住底线的组合", "indispensable: no set without it keeps every floor"
        )
    tries = [*(_spent(story, r, most=k) for k in (3, 2, 1)), _spent(story, r, most=1, named=False)]
    return next((t for t in tries if widest([t], SMALL) <= ROOM), tries[-1])


def _spent(story: PlanStory, r: Replacement, *, most: int, named: bool = True) -> Text:
    zh, en = "没有更好的花法", "nothing else is worth the money"
    if r.instead:
        new = story.names(r.instead, most=most)
        zh, en = f"改投 {new.zh}", f"instead: {new.en}"
    if r.gone:
        n = len(r.gone)
        gone = story.names(r.gone, most=1) if named else Text(f"{n} 个", f"{n} more of the plan")
        zh, en = f"{zh};连带落选 {gone.zh}", f"{en}. Out as well: {gone.en}"
    return Text(zh, en)


def _rests(exact: Sequence[bool]) -> Text:
    """Say how many answers are exact and what the others rest on."""
    n, of = sum(exact), len(exact)
    if n == of:
        return Text("所示都是精确值。", "All shown are exact.")
    zh = f"所示 {of} 个中 {n} 个精确,其余" if n else "所示都不是精确值,"
    en = f"{n} of the {of} shown are exact, the others are" if n else "None shown is exact: they are"
    return Text(f"{zh}取自已测组合中最好的。", f"{en} by the best of the sets measured.")


_KINDS = {
    "synergy": Text("协同", "synergy"),
    "overlap": Text("重叠", "overlap"),
    "none": Text("方案中互不影响", "none in the plan"),
    "unknown": Text("未测", "not measured"),
}


def _pairs(story: PlanStory, a: Argument) -> list[Block]:
    seen = [p for p in a.pairs if p.size >= SEEN]
    rest, open_ = len(seen) - PAIRS, a.unmeasured_pairs
    zh = f"影响同一得分项的项目对中,测过 {len(a.pairs)} 对,相互影响的 {len(seen)} 对"
    en = f"Of the pairs that change the same scores {len(a.pairs)} were measured; {len(seen)} do interact"
    if open_:
        zh, en = f"{zh};另有 {open_} 对未测完", f"{en}; {open_} more were not fully measured"
    said = Paragraph(Text(zh + "。", en + "."))
    if not seen:
        return [said]
    table = TableBlock(
        key="pairs",
        number=story.m.numbers.table(),
        caption=Text(
            "两个项目合在一起比分开相加多(协同)或少(重叠)多少",
            "How much more (synergy) or less (overlap) two projects are worth together than added up",
        ),
        columns=(
            Column(label=Text("项目", "Project"), share=3.0),
            Column(label=Text("与", "With"), share=3.0),
            Column(label=Text("关系", "Effect"), share=1.3),
            Column(label=Text("在方案之上", "In the plan"), unit=SCORE_UNIT, numeric=True, share=1.1),
            Column(label=Text("在现状之上", "As it is now"), unit=SCORE_UNIT, numeric=True, share=1.1),
        ),
        rows=tuple(_pair_row(story, p) for p in seen[:PAIRS]),
        trace=argue_trace(story),
        note=Text(f"另有 {rest} 对影响更小。", f"{rest} pairs more act less on each other.")
        if rest > 0
        else Text("", ""),
    )
    return [said, table]


def _pair_row(story: PlanStory, p: Pair) -> tuple[Cell, ...]:
    kind = _KINDS[p.kind]
    return (
        words(story.name(p.a)),
        words(story.name(p.b)),
        Cell(kind, kind.en, tone="good" if p.kind == "synergy" else ""),
        number(p.top, 3, sign=True),
        number(p.base, 3, sign=True),
    )


def _near(story: PlanStory, a: Argument) -> list[Block]:
    out: list[Block] = [Paragraph(near_words(a.near))]
    if a.near.alternatives:
        out.append(_alternative_table(story, a))
    if a.near.sets > 1:
        out += [_share_figure(story, a), Paragraph(_always(story, a))]
    return out


def _alternative_table(story: PlanStory, a: Argument) -> TableBlock:
    rows = [
        (
            Cell(Text(str(k), str(k)), float(k), strong=True),
            number(x.value, 3),
            number(x.below, 3),
            number(x.cost, 1),
            number(100 * x.distance, 0),
            words(story.names(x.added, most=NAMES)),
            words(story.names(x.removed, most=NAMES)),
        )
        for k, x in enumerate(a.near.alternatives, 1)
    ]
    return TableBlock(
        key="alternatives",
        number=story.m.numbers.table(),
        caption=Text(
            "几乎同样好而花钱尽可能不同的备选方案",
            "Alternatives nearly as good that spend the money as differently as was found",
        ),
        columns=(
            Column(label=Text("备选", "No."), numeric=True, share=0.5),
            Column(label=Text("目标值", "Objective"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("低于方案", "Below plan"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.m), numeric=True, share=1.1),
            Column(
                label=Text("花在别处", "Elsewhere"),
                unit=Text("% 的钱", "% of money"),
                numeric=True,
                share=0.9,
            ),
            Column(label=Text("加入", "Adds"), share=2.8),
            Column(label=Text("去掉", "Leaves out"), share=2.8),
        ),
        rows=tuple(rows),
        trace=argue_trace(story),
    )


def _share_figure(story: PlanStory, a: Argument) -> FigureBlock:
    rows = [
        Bar(story.name(i), 100 * s, BRAND if i in a.chosen else MUTED, hollow=i not in a.chosen)
        for s, i in _contested(a)
    ]
    unit = Text("占好方案的 %", "% of good plans")
    title = Text("每个项目出现在多少好方案中", "How many of the good plans each project is in")
    svg = bars(rows, unit=unit, title=title, uid=story.m.numbers.uid(), decimals=0)
    rest = sum(s > 0 for s in a.near.share.values()) - len(rows)
    more = (
        Text(
            f"只列入选项目中出现最少的与未入选项目中出现最多的,另有 {rest} 个未列。",
            " Shown are the projects of the plan that are in fewest and those out of it that are in most;"
            f" {rest} more are not shown.",
        )
        if rest > 0
        else Text("", "")
    )
    rests = (
        Text("全部可行组合都测过", "every feasible set was measured")
        if a.near.complete
        else Text("只数测过的组合,多在方案附近", "only sets measured are counted, most of them near the plan")
    )
    return FigureBlock(
        key="good-plans",
        number=story.m.numbers.figure(),
        caption=Text(
            f"{title.zh}:{a.near.sets} 个好方案({rests.zh});实心为入选项目,空心为未入选",
            f"{title.en}: {a.near.sets} good plans ({rests.en}); filled in the plan, hollow not in it",
        ),
        panels=(panel(svg, title),),
        trace=argue_trace(story, unit=unit),
        note=Text(f"编号同方案表。{more.zh}", f"Numbers as in the table of the plan.{more.en}"),
    )


def _contested(a: Argument) -> list[tuple[float, str]]:
    """Return shares, most first: of many projects the least sure in the plan and the nearest out of it."""
    shares = sorted(((s, i) for i, s in a.near.share.items() if s > 0), key=lambda x: (-x[0], x[1]))
    if len(shares) <= SHARED:
        return shares
    out = [x for x in shares if x[1] not in a.chosen][: SHARED // 2]
    inside = [x for x in shares if x[1] in a.chosen]
    return sorted([*inside[len(out) - SHARED :], *out], key=lambda x: (-x[0], x[1]))


def _always(story: PlanStory, a: Argument) -> Text:
    always, never = (story.names(ids, most=2 * NAMES) for ids in (a.near.always, a.near.never))
    return Text(
        f"每个好方案都有:{always.zh}。没有一个好方案选它:{never.zh}。",
        f"In every good plan: {always.en}. In none of them: {never.en}.",
    )


def _threshold_table(story: PlanStory, a: Argument) -> TableBlock:
    inside = sorted((t for t in a.thresholds if t.project in a.chosen), key=_multiple)
    out = sorted((t for t in a.thresholds if t.project not in a.chosen), key=lambda t: -_multiple(t)[0])
    shown = inside[: max(CALLS - len(out), CALLS - CALLS // 3)]
    every = [*shown, *out[: CALLS - len(shown)]]
    return TableBlock(
        key="thresholds",
        number=story.m.numbers.table(),
        caption=Text(
            "造价涨到多少项目落选,降到多少落选项目入选",
            "The cost at which a project drops out, or at which one left out comes in",
        ),
        columns=(
            Column(label=Text("项目", "Project"), share=3.2),
            Column(label=Text("造价", "Cost"), unit=cost_unit(story.m), numeric=True, share=1.2),
            Column(label=Text("门槛造价", "Threshold"), unit=cost_unit(story.m), numeric=True, share=1.2),
            Column(label=Text("倍数", "Multiple"), unit=Text("倍", "times"), numeric=True, share=0.8),
            Column(label=Text("说明", "Meaning"), share=3.0),
        ),
        rows=tuple(_threshold_row(story, t, chosen=t.project in a.chosen) for t in every),
        trace=argue_trace(story, unit=cost_unit(story.m)),
        note=_threshold_note(inside[len(shown) :], every),
    )


def _multiple(t: Threshold) -> tuple[float, str]:
    return (t.stays or 0.0), t.project


def _threshold_note(rest: Sequence[Threshold], shown: Sequence[Threshold]) -> Text:
    rests = _rests([t.exact for t in shown])
    zh, en = f"粗体为入选项目。{rests.zh}", f"Bold: in the plan. {rests.en}"
    if rest:
        least = fixed(min(_multiple(t)[0] for t in rest), 2)
        zh += f"其余 {len(rest)} 个入选项目造价涨到 {least} 倍以上仍在方案中。"
        en += f" The other {len(rest)} projects of the plan stay up to {least} times their cost or more."
    return Text(zh, en)


def _threshold_row(story: PlanStory, t: Threshold, *, chosen: bool) -> tuple[Cell, ...]:
    known = t.stays is not None and t.leaves is not None
    return (
        words(story.name(t.project), strong=chosen),
        number(t.cost, 1),
        number(t.stays * t.cost if known and t.stays is not None else None, 1),
        number(t.stays if known else None, 2),
        words(_meaning(t, chosen=chosen)),
    )


def _meaning(t: Threshold, *, chosen: bool) -> Text:
    if t.by == "free":
        return Text("没有造价", "costs nothing")
    if t.by == "never" or t.stays is None or t.leaves is None:
        return Text("降到千分之一也不入选", "stays out even at a thousandth of its cost")
    if not chosen:
        return Text("降到此数即入选", "comes in at this cost")
    if t.stays < 1 - 1e-3:
        return Text(
            "已测得更好或更省的组合;降到此数才值得",
            "a better or cheaper set was measured; worth it from here",
        )
    if t.by == "worth":
        return Text("再贵就有更好的花法", "beyond it others are worth more")
    return Text("再贵资金就排不下", "beyond it the money does not suffice")
