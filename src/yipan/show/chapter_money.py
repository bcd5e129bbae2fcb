"""What a little more or less money would bring: part of the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.plan.argue.values import SEEN, Argument, MoneyCurve
from yipan.plan.values import Plan
from yipan.show.argue_charts import Step, step_curve
from yipan.show.cells import number, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.material import Material
from yipan.show.model import Block, Column, FigureBlock, Panel, Paragraph, TableBlock, Trace
from yipan.show.numbers import fixed, money_unit
from yipan.show.story import OBJECTIVE_POINTS, PlanStory, cost_unit, plan_trace, points_and_money
from yipan.text import Text

MEASURED = Text("搜索中实测的项目组合", "sets of projects measured by the search")


def exactness(exact: bool) -> Text:
    """Return the word for what an answer rests on."""
    return Text("精确", "exact") if exact else Text("已测中最好", "best measured")


def argue_trace(story: PlanStory, *, unit: Text = OBJECTIVE_POINTS) -> Trace:
    """Return the trace line of what was measured by the search."""
    return plan_trace(story.m, story.plan, unit=unit, source=MEASURED, quality=story.m.value_quality)


def money_blocks(story: PlanStory, a: Argument) -> list[Block]:
    """Return what more and less money would bring: words, curves, and how the plan changes."""
    curves = [c for c in (a.budget, a.yearly) if _moves(c)]
    out: list[Block] = [Paragraph(slope_words(story, c)) for c in (a.budget, a.yearly)]
    if curves:
        out += [_money_figure(story, curves), _money_table(story, a, curves)]
    return out


def _moves(c: MoneyCurve) -> bool:
    """Whether any amount tried, or the next project in, changes the value; if not, words are enough."""
    values = [p.value for p in c.points]
    return max(values) - min(values) >= SEEN or (len(c.points) > 1 and c.next_needs is not None)


def money_name(curve: MoneyCurve) -> Text:
    """Return what a money curve is about."""
    return Text("总预算", "budget") if curve.what == "budget" else Text("每年上限", "yearly limit")


def slope_words(story: PlanStory, c: MoneyCurve) -> Text:
    """Say what one unit more and less brings, and what comes in next."""
    what, unit = money_name(c), money_unit(story.m.region.meta.currency)
    up = "?" if c.up is None else fixed(c.up, 4, sign=True)
    down = "?" if c.down is None else fixed(-c.down, 4, sign=True)
    zh = f"{what.zh} {fixed(c.money, 1)} {unit.zh}:每多 1 {unit.zh} {up} 分,每少 1 {unit.zh} {down} 分"
    en = (
        f"{what.en.capitalize()} {fixed(c.money, 1)} ({unit.en}): {up} points for each {unit.en} more,"
        f" {down} for each less"
    )
    nxt = next_words(story, c)
    return Text(f"{zh}(按最近一步平均);{nxt.zh}。", f"{en} (mean over the nearest step); {nxt.en}.")


def next_words(story: PlanStory, c: MoneyCurve) -> Text:
    """Say how much more money the next better set needs and what it brings."""
    unit = money_unit(story.m.region.meta.currency)
    if c.next_needs is None or c.next_gain is None:
        return Text(
            "测过的组合里,钱再多也没有更好的", "no set measured is better with more money than the plan has"
        )
    new = story.names(c.next_in, most=3)
    zh = (
        f"再有 {fixed(c.next_needs, 1)} {unit.zh}可加入 {new.zh}"
        if c.next_in
        else f"再有 {fixed(c.next_needs, 1)} {unit.zh}可换一种组合"
    )
    en = (
        f"with {fixed(c.next_needs, 1)} more ({unit.en}) {new.en} would come in"
        if c.next_in
        else f"with {fixed(c.next_needs, 1)} more ({unit.en}) another set would do better"
    )
    gain = fixed(c.next_gain, 4, sign=True)
    return Text(f"{zh}({gain} 分)", f"{en} ({gain} points)")


def next_money_words(m: Material, plan: Plan) -> list[Text]:
    """Say what a little more money would buy."""
    if plan.argument is None:
        return []
    c, unit = plan.argument.budget, money_unit(m.region.meta.currency)
    nxt = next_words(PlanStory(m, plan), c)
    if c.up is None:
        return [Text(f"预算更多时:{nxt.zh}。", f"With a larger budget: {nxt.en}.")]
    up = fixed(c.up, 4, sign=True)
    return [
        Text(
            f"预算再多 1 {unit.zh},目标值 {up} 分(按最近一步平均);{nxt.zh}。",
            f"One more {unit.en} of budget is worth {up} points of the objective (mean over the nearest"
            f" step); {nxt.en}.",
        )
    ]


def _money_figure(story: PlanStory, curves: Sequence[MoneyCurve]) -> FigureBlock:
    width = 540.0 if len(curves) > 1 else 860.0
    panels = tuple(_curve_panel(story, c, width=width) for c in curves)
    exact = all(p.exact for c in curves for p in c.points)
    more = Text(
        "圆圈:最少多花多少钱就有更好的组合。",
        "Ring: the least extra money at which a measured set is better.",
    )
    rests = (
        Text("各点均为精确值。", "All points are exact.")
        if exact
        else Text(
            "各点是已测组合中最好的,真正最优只会更高。",
            "Points are the best of the sets measured; the true optimum can only be higher.",
        )
    )
    return FigureBlock(
        key="money",
        number=story.m.numbers.figure(),
        caption=Text(
            "钱的价值:其他条件不变,资金多一点或少一点时最好方案的目标值",
            "What money is worth: the best objective found with a little more or less of it, all else equal",
        ),
        panels=panels,
        across=len(curves),
        trace=argue_trace(story, unit=points_and_money(story.m)),
        note=Text(f"{more.zh}{rests.zh}", f"{more.en} {rests.en}"),
    )


def _curve_panel(story: PlanStory, c: MoneyCurve, *, width: float) -> Panel:
    steps = [Step(money=p.money, value=p.value) for p in c.points]
    here = next((p.value for p in c.points if p.money == c.money), None)
    if c.next_needs is not None and c.next_gain is not None and here is not None:
        at = c.money + c.next_needs
        if at <= steps[-1].money + (steps[-1].money - steps[0].money):  # else the curve would be a line
            steps.append(Step(money=at, value=here + c.next_gain, words=next_words(story, c)))
    steps = _rising(sorted(steps, key=lambda s: (s.money, s.value)))
    name = money_name(c)
    svg = step_curve(
        steps,
        stated=c.money,
        unit=Text("目标值(分)", "objective (points)"),
        money=money_unit(story.m.region.meta.currency),
        title=Text(f"目标值与{name.zh}", f"Objective by {name.en}"),
        uid=story.m.numbers.uid(),
        width=width,
    )
    return panel(
        svg, Text(f"目标值与{name.zh}", f"Objective by {name.en}"), Text(name.zh, name.en.capitalize())
    )


def _rising(steps: Sequence[Step]) -> list[Step]:
    """Return the steps with no value below one that less money buys: what is affordable stays so."""
    out: list[Step] = []
    for s in steps:
        best = max([s.value, *(o.value for o in out)])
        out.append(Step(money=s.money, value=best, words=s.words))
    return out


def _money_table(story: PlanStory, a: Argument, curves: Sequence[MoneyCurve]) -> TableBlock:
    rows = []
    for c in curves:
        for p in c.points:
            stated = p.money == c.money
            rows.append(
                (
                    words(Text(money_name(c).zh, money_name(c).en.capitalize()), strong=stated),
                    number(p.money, 1),
                    number(p.value, 3),
                    number(p.value - a.value, 3, sign=True),
                    words(story.names(p.added, most=4)),
                    words(story.names(p.removed, most=4)),
                    words(Text("既定", "as stated") if stated else exactness(p.exact)),
                )
            )
    return TableBlock(
        key="money",
        number=story.m.numbers.table(),
        caption=Text("资金多少与方案如何变", "How the plan changes with the money"),
        columns=(
            Column(label=Text("资金", "Limit"), share=0.9),
            Column(label=Text("数额", "Amount"), unit=cost_unit(story.m), numeric=True, share=1.0),
            Column(label=Text("目标值", "Objective"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("变化", "Change"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=Text("加入", "Comes in"), share=2.6),
            Column(label=Text("去掉", "Goes"), share=2.6),
            Column(label=Text("依据", "Rests on"), share=1.0),
        ),
        rows=tuple(rows),
        trace=argue_trace(story, unit=points_and_money(story.m)),
    )
