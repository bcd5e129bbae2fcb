"""What moves a plan most, and what is built in time: part of how robust it is."""

from __future__ import annotations

import math

from yipan.measure.values import NEED_NAMES
from yipan.plan.argue.values import SEEN
from yipan.plan.robust.values import Driver, Opening, Robustness
from yipan.show.argue_charts import Swing, tornado
from yipan.show.cells import number, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.model import Block, Cell, Column, FigureBlock, Paragraph, TableBlock, Trace
from yipan.show.numbers import fixed, percent
from yipan.show.story import OBJECTIVE_POINTS, PlanStory, plan_trace
from yipan.text import Text

DRIVERS, OPENINGS = 8, 8
"""Uncertain inputs and openings shown; how many more there are is said."""
KINDS = {
    "cost": Text("造价", "cost"),
    "delay": Text("延期", "delay"),
    "effect": Text("效果", "effect"),
    "demand": Text("需求", "demand"),
}


def drawn_trace(story: PlanStory, *, unit: Text = OBJECTIVE_POINTS) -> Trace:
    """Return the trace line of what was drawn."""
    return plan_trace(
        story.m,
        story.plan,
        unit=unit,
        source=Text("项目自身或其类别的不确定范围", "ranges of each project, or of its reference class"),
        quality=Text("假设(范围)、推算(结果)", "assumed (ranges), derived (results)"),
    )


def driver_blocks(story: PlanStory, found: Robustness) -> list[Block]:
    """Return how far single inputs move the plan, and what its lead goes with."""
    noise = 3.0 / math.sqrt(found.draws)
    seen = [d for d in found.drivers if abs(d.high - d.low) >= SEEN or abs(d.correlation) > noise]
    if not seen:
        return [Paragraph(Text("没有分辨得出影响的因素。", "No input moves the plan visibly."))]
    shown = sorted(seen[:DRIVERS], key=lambda d: -abs(d.high - d.low))
    rows = [
        Swing(name=_driver_name(story, d), low=d.low, high=d.high, correlation=d.correlation) for d in shown
    ]
    title = Text(
        "单个因素变动时方案的目标值(竖线为一切按计划)",
        "Objective of the plan with one input changed (the line: all as planned)",
    )
    svg = tornado(
        rows, stated=found.outcomes[0].planned, unit=SCORE_UNIT, title=title, uid=story.m.numbers.uid()
    )
    figure = FigureBlock(
        key="drivers",
        number=story.m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=drawn_trace(story),
        note=Text(
            f"共 {len(found.drivers)} 个因素变动,影响能从噪声中分辨的 {len(seen)} 个,"
            f"所示为其中秩相关最强的(至多 {DRIVERS} 个)。"
            "其余因素保持所列数值(或范围内最近的一端)。秩相关取自全部抽样:"
            "单个因素不动目标值而秩相关不为零,"
            "说明它只在与其他因素一起时起作用。",
            f"{len(found.drivers)} inputs vary, the effects of {len(seen)} can be told from noise; of these"
            f" the strongest by rank correlation are shown ({DRIVERS} at most). All others as stated"
            " (or at the nearer end of their range). Rank correlations are over all draws: where"
            " the bar is nothing and the correlation is not, the input matters only together with others.",
        ),
    )
    return [figure, *_deciders(story, seen)]


def _deciders(story: PlanStory, seen: list[Driver]) -> list[Block]:
    """Say what the lead over the runner-up hangs on: often other inputs than the value."""
    lead = sorted((d for d in seen if d.between is not None), key=lambda d: -abs(d.between or 0.0))[:3]
    if not lead:
        return []
    zh = "、".join(f"{_driver_name(story, d).zh}({fixed(d.between, 2, sign=True)})" for d in lead)
    en = ", ".join(f"{_driver_name(story, d).en} ({fixed(d.between, 2, sign=True)})" for d in lead)
    return [
        Paragraph(
            Text(
                f"与对次优方案的领先关系最大的因素(秩相关):{zh}。",
                f"What the lead over the runner-up goes with most (rank correlation): {en}.",
            )
        )
    ]


def _driver_name(story: PlanStory, d: Driver) -> Text:
    kind = KINDS[d.kind]
    if d.kind == "demand":
        of = NEED_NAMES.get(
            d.project, Text("全部", "all") if d.project == "all" else Text(d.project, d.project)
        )
    else:
        of = story.name(d.project)
    return Text(f"{of.zh}:{kind.zh}", f"{of.in_('en')}: {kind.en}")


def opening_table(story: PlanStory, found: Robustness) -> TableBlock:
    """Return when projects open: the least sure of many."""

    def row(o: Opening) -> tuple[Cell, ...]:
        late = float("nan") if o.mean is None else o.mean - o.planned
        return (
            words(story.name(o.project)),
            Cell(Text(*(str(o.planned),) * 2), float(o.planned)),
            number(o.mean, 1) if o.mean is None else Cell(Text(*(f"{o.mean:.1f}",) * 2), o.mean),
            number(late, 1, sign=True),
            number(100 * o.in_time, 1, bar=o.in_time),
        )

    every = sorted(found.outcomes[0].openings, key=lambda o: (o.in_time, o.project))
    shown, rest = every[:OPENINGS], Text("", "")
    if len(every) > OPENINGS:
        least = percent(every[OPENINGS].in_time, 1)
        rest = Text(
            f"只列最没有把握的 {OPENINGS} 个,其余 {len(every) - OPENINGS} 个期内建成的可能不低于 {least}。",
            f" The {OPENINGS} least sure are shown; the other {len(every) - OPENINGS} open in time with a"
            f" chance of at least {least}.",
        )
    return TableBlock(
        key="openings",
        number=story.m.numbers.table(),
        caption=Text(
            "各项目见效年份:计划、平均与期内建成的可能",
            "When projects open: planned, on average, chance in time",
        ),
        columns=(
            Column(label=Text("项目", "Project"), share=3.4),
            Column(label=Text("计划", "Planned"), unit=Text("年", "year"), numeric=True),
            Column(label=Text("平均", "Mean"), unit=Text("年", "year"), numeric=True),
            Column(label=Text("平均晚", "Mean delay"), unit=Text("年", "years"), numeric=True),
            Column(label=Text("期内建成", "In time"), unit=Text("%", "%"), numeric=True),
        ),
        rows=tuple(row(o) for o in sorted(shown, key=lambda o: (o.planned, o.project))),
        trace=drawn_trace(story, unit=Text("年;%", "year; %")),
        note=Text(
            f"平均只计建成的情形;期内为 {found.horizon} 年及以前。{rest.zh}",
            f"Means are over the futures in which it opens; in time: by {found.horizon}.{rest.en}",
        ),
    )
