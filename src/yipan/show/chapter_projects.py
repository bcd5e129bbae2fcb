"""The projects of the plan: cost, years, reasons, what is lost without them, what just missed."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.plan.values import Plan
from yipan.scenario.values import Project, Start
from yipan.show.cells import number, quality_cell, quality_words, words
from yipan.show.chapter_scores import SCORE_UNIT
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Cell,
    Chapter,
    Column,
    Entries,
    Entry,
    Heading,
    Paragraph,
    TableBlock,
    Trace,
)
from yipan.show.numbers import fixed, money, money_unit
from yipan.show.story import (
    OBJECTIVE_POINTS,
    PlanStory,
    cost_unit,
    kind_words,
    plan_trace,
    zones_words,
)
from yipan.text import Text


def projects_chapter(m: Material, plan: Plan) -> Chapter:
    """Return each chosen project with cost, years and reasons, what just missed, and every candidate."""
    story = PlanStory(m, plan)
    blocks: list[Block] = [
        Paragraph(
            Text(
                "得失以目标函数的分值计。“单独”是只做这一个项目的所得;“当步”是加入时的所得;“失去”是去掉它、"
                "把省下的钱尽可能好地重新花掉之后仍然失去的分值。",
                "Gains and losses are in points of the objective. “Alone” is what the project "
                "gains by itself, “at its step” what it gained "
                "when it was added, “lost” what is still lost without it after the freed money is "
                "spent again as well as possible.",
            ),
            "note",
        ),
        _reason_table(story),
        Heading(Text("逐项说明", "One by one")),
        Entries(tuple(_entry(story, s) for s in story.starts)),
        Heading(Text("差一点入选的项目", "What just missed")),
    ]
    blocks.append(
        _missed_table(story)
        if plan.missed
        else Paragraph(Text("没有项目在预算之外仍有正的得分。", "No project left out would still gain."))
    )
    blocks.append(_candidate_table(story))
    return Chapter(key="projects", title=Text("项目与理由", "Projects and reasons"), blocks=tuple(blocks))


def _reason_table(story: PlanStory) -> TableBlock:
    rows = []
    for s in story.starts:
        r = story.reasons.get(s.project.id)
        rows.append(
            (
                Cell(
                    Text(*(str(story.number[s.project.id]),) * 2),
                    float(story.number[s.project.id]),
                    strong=True,
                ),
                words(s.project.name),
                number(s.project.cost, 1),
                number(r.alone if r else None, 3, sign=True),
                number(r.at_step if r else None, 3, sign=True),
                number(r.lost if r else None, 3),
                number(r.per_cost * 100 if r else None, 2),
                words(r.gains_most) if r else words(""),
            )
        )
    return TableBlock(
        key="reasons",
        number=story.m.numbers.table(),
        caption=Text("每个项目为什么入选", "Why each project is in"),
        columns=(
            Column(label=Text("编号", "No."), numeric=True, share=0.5),
            Column(label=Text("项目", "Project"), share=3.0),
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.m), numeric=True, share=1.1),
            Column(label=Text("单独", "Alone"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("当步", "At its step"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("失去", "Lost"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=_per_money(story.m), unit=SCORE_UNIT, numeric=True, share=1.0),
            Column(label=Text("受益最多", "Gains most"), share=3.6),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            story.m,
            story.plan,
            unit=OBJECTIVE_POINTS,
            source=Text("逐步重新测算(见方法)", "re-measured at every step (see method)"),
        ),
    )


def _per_money(m: Material) -> Text:
    unit = money_unit(m.region.meta.currency, times=100)
    return Text(f"每{unit.zh}", f"Per {unit.en}")


def _entry(story: PlanStory, s: Start) -> Entry:
    p, m = s.project, story.m
    r = story.reasons.get(p.id)
    yearly = " + ".join(fixed(c, 1) for c in p.capital)
    unit = money_unit(m.region.meta.currency, prices=p.price_year)
    what = [i.describe() for i in p.interventions]
    fields = [
        (Text("内容", "What"), Text(";".join(w.zh for w in what), "; ".join(w.in_("en") for w in what))),
        (Text("为什么提出", "Proposed because"), p.because),
        (Text("为什么入选", "In the plan because"), r.text if r else Text("", "")),
        (
            Text("投资", "Capital"),
            Text(
                f"{money(p.cost, m.region.meta.currency).zh}(逐年 {yearly} {unit.zh});年运维 "
                f"{money(p.upkeep, m.region.meta.currency).zh};寿命 {p.life} 年",
                f"{money(p.cost, m.region.meta.currency).en} (by year {yearly} × {unit.en}); "
                f"upkeep {money(p.upkeep, m.region.meta.currency).en} a year; life {p.life} years",
            ),
        ),
        (
            Text("时间", "Years"),
            Text(
                f"{s.year} 年开工,{s.effective} 年起见效",
                f"building from {s.year}, effective from {s.effective}",
            ),
        ),
        (Text("责任单位", "Owner"), p.owner),
        (Text("分区", "Zones"), zones_words(m, p)),
        (Text("来源", "Source"), m.source_titles([p.source])),
    ]
    return Entry(
        key=f"project-{p.id}",
        badge=str(story.number[p.id]),
        title=p.name,
        subtitle=kind_words(p),
        fields=tuple((k, t) for k, t in fields if t.zh or t.en),
        chips=(p.quality.value,),
    )


def _missed_table(story: PlanStory) -> TableBlock:
    rows = []
    for x in story.plan.missed:
        p = story.candidates.get(x.project)
        rows.append(
            (
                words(p.name if p else Text(x.project, x.project)),
                words(kind_words(p)) if p else words(""),
                number(p.cost if p else None, 1),
                number(x.gain, 3, sign=True),
                number(x.per_cost * 100, 2),
                words(x.why),
            )
        )
    return TableBlock(
        key="missed",
        number=story.m.numbers.table(),
        caption=Text(
            "差一点入选的项目:在方案之上再得多少,为什么没有入选",
            "What just missed: its gain on top of the plan, and why it is out",
        ),
        columns=(
            Column(label=Text("项目", "Project"), share=2.6),
            Column(label=Text("类型", "Type"), share=1.2),
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.m), numeric=True, share=1.0),
            Column(label=Text("再得", "Gain"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=_per_money(story.m), unit=SCORE_UNIT, numeric=True, share=1.0),
            Column(label=Text("原因", "Why it is out"), share=3.0),
        ),
        rows=tuple(rows),
        trace=plan_trace(story.m, story.plan, unit=OBJECTIVE_POINTS),
    )


def _candidate_table(story: PlanStory) -> TableBlock:
    every = sorted(story.candidates.values(), key=lambda p: (story.number.get(p.id, 999), p.id))
    trace = plan_trace(
        story.m,
        story.plan,
        unit=cost_unit(story.m),
        quality=quality_words(p.quality.value for p in every),
    )
    rows = [_candidate_row(story.m, p, story.number.get(p.id)) for p in every]
    return candidate_block(story.m, rows, trace=trace, unit=cost_unit(story.m))


def _candidate_row(m: Material, p: Project, number_in_plan: int | None) -> tuple[Cell, ...]:
    chosen = number_in_plan is not None
    outcome = (
        Text(f"入选(编号 {number_in_plan})", f"chosen (no. {number_in_plan})")
        if chosen
        else Text("未入选", "not chosen")
        if m.plan is not None
        else Text("备选", "candidate")
    )
    return (
        words(p.name),
        words(kind_words(p)),
        words(zones_words(m, p)),
        number(p.cost, 1),
        number(float(p.build_years), 0),
        words(
            Text("手工列入", "listed by hand")
            if p.origin == "listed"
            else Text("规则提出", "proposed by rule")
        ),
        quality_cell(p.quality.value),
        Cell(outcome, float(number_in_plan or 999), tone="good" if chosen else ""),
    )


def candidate_block(m: Material, rows: Sequence[tuple[Cell, ...]], *, trace: Trace, unit: Text) -> TableBlock:
    """Return the table of every candidate project."""
    return TableBlock(
        key="candidates",
        number=m.numbers.table(),
        caption=Text(f"全部 {len(rows)} 个备选项目", f"All {len(rows)} candidate projects"),
        columns=(
            Column(label=Text("项目", "Project"), share=3.0),
            Column(label=Text("类型", "Type"), share=1.4),
            Column(label=Text("分区", "Zones"), share=2.0),
            Column(label=Text("投资", "Capital"), unit=unit, numeric=True, share=1.1),
            Column(label=Text("建设", "Building"), unit=Text("年", "years"), numeric=True, share=0.9),
            Column(label=Text("出处", "Origin"), share=1.2),
            Column(label=Text("质量", "Quality"), share=0.9),
            Column(label=Text("结果", "Outcome"), share=1.3),
        ),
        rows=tuple(rows),
        trace=trace,
    )


def candidates_chapter(m: Material, projects: Sequence[Project]) -> Chapter:
    """Return the table of candidates where there is no plan yet."""
    rows = [_candidate_row(m, p, None) for p in sorted(projects, key=lambda p: p.id)]
    unit = cost_unit(m)
    trace = m.trace(
        unit=unit,
        source=Text("各项目文件与规则", "project files and rules"),
        quality=quality_words(p.quality.value for p in projects),
    )
    return Chapter(
        key="projects",
        title=Text("备选项目", "Candidate projects"),
        blocks=(candidate_block(m, rows, trace=trace, unit=unit),),
    )
