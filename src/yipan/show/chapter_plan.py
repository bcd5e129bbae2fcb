"""Chapters 6 to 8: the plan on a map, before and after, its projects and reasons, its years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from yipan.measure.values import NEED_NAMES
from yipan.plan.values import Plan, Reason
from yipan.region.schema import Quality
from yipan.scenario.values import Project, Start
from yipan.show.cells import change, number, quality_cell, quality_words, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Series, line_chart, stacked_bars
from yipan.show.colours import BRAND, CATEGORIES, Scale, scale_for
from yipan.show.layers import Marked, lines_layer, projects_layer, shape_at, zone_middles
from yipan.show.maps import THUMB, WIDE, Key, Legend, choropleth, compose, empty_ground, line_swatch
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Cell,
    Chapter,
    Column,
    Entries,
    Entry,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
    Trace,
)
from yipan.show.numbers import decimals_of_size, fixed, money
from yipan.text import Text

KINDS: dict[str, Text] = {
    "AddLine": Text("新线路", "new line"),
    "ChangeService": Text("提升班次或速度", "better service"),
    "AddLink": Text("新道路", "new road link"),
    "ImproveLink": Text("道路改善", "improved road link"),
    "AddPlace": Text("新设施", "new facility"),
    "ChangeCapacity": Text("设施扩容", "larger facility"),
    "ChangeActivity": Text("岗位与产业", "jobs and activity"),
    "ProtectArea": Text("生态保护", "protected area"),
    "ClosePlace": Text("关闭设施", "closed facility"),
}
KIND_ORDER = tuple(KINDS)


class PlanStory:
    """Plan chapters share who was chosen, in which order, and why."""

    def __init__(self, m: Material, plan: Plan) -> None:
        self.m, self.plan = m, plan

    @property
    def after(self) -> pd.DataFrame:
        """Zone need scores after the plan: as measured again where that was done, else as planned."""
        return self.m.after.needs if self.m.after is not None else self.plan.after

    @cached_property
    def starts(self) -> tuple[Start, ...]:
        """Chosen projects by start year, costly ones first within a year."""
        return tuple(sorted(self.plan.scenario.starts, key=lambda s: (s.year, -s.project.cost, s.project.id)))

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Number of each chosen project on map and in tables."""
        return {s.project.id: k for k, s in enumerate(self.starts, 1)}

    @cached_property
    def reasons(self) -> Mapping[str, Reason]:
        """Reason by project id."""
        return {r.project: r for r in self.plan.reasons}

    @cached_property
    def candidates(self) -> Mapping[str, Project]:
        """Candidate by id."""
        return {p.id: p for p in self.plan.candidates} | {s.project.id: s.project for s in self.starts}


def first_kind(project: Project) -> str:
    """Return the type of a project's first intervention."""
    return project.kinds[0] if project.kinds else "AddPlace"


def kind_words(project: Project) -> Text:
    """Return the types of a project in words."""
    names = [KINDS.get(k, Text(k, k)) for k in project.kinds]
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def zones_words(m: Material, project: Project) -> Text:
    """Return the zones of a project, the first four by name."""
    names = [m.region.zone_name(z) for z in project.zones if z in m.region.zone_ids]
    more = len(names) - 4
    return Text(
        "、".join(n.zh for n in names[:4]) + (f" 等 {len(names)} 个" if more > 0 else ""),
        ", ".join(n.in_("en") for n in names[:4]) + (f" and {more} more" if more > 0 else ""),
    )


def plan_chapter(m: Material, plan: Plan) -> Chapter:
    """Return the plan on a map with its key, and maps of before, after and the difference."""
    story = PlanStory(m, plan)
    blocks: list[Block] = [_plan_map(story), _key_table(story)]
    blocks.append(
        _before_after(
            story,
            plan.before["index"],
            story.after["index"],
            name=Text("综合指数", "Index"),
            unit=SCORE_UNIT,
            better=1,
            key="before-after",
        )
    )
    timed = _time_indicator(m, plan)
    if timed is not None:
        i = m.results.indicators[timed]
        blocks.append(
            _before_after(
                story,
                plan.values_before[timed],
                plan.values_after[timed],
                name=i.name,
                unit=i.unit,
                better=-1,
                key="time",
            )
        )
    blocks.append(_rise_table(story))
    return Chapter(key="plan", title=Text("选定的方案", "The chosen plan"), blocks=tuple(blocks))


def _time_indicator(m: Material, plan: Plan) -> str | None:
    """Return the travel-time indicator the plan changes most, if any changes."""
    best, most = None, 1e-9
    for i in m.results.indicators.values():
        if i.unit.en not in {"min", "minutes"} or i.id not in plan.values_after.columns:
            continue
        moved = (plan.values_after[i.id] - plan.values_before[i.id]).abs().mean()
        if moved > most:
            best, most = i.id, float(moved)
    return best


def _marked(story: PlanStory) -> list[Marked]:
    m = story.m
    middles = zone_middles(m.ground, m.region)
    out = []
    for start in story.starts:
        p = start.project
        kind = first_kind(p)
        k = KIND_ORDER.index(kind) if kind in KIND_ORDER else 0
        points = [i.points() for i in p.interventions]
        paths = tuple(q for q in points if len(q) > 1)
        spots = [q for path in points for q in path] or [middles[z] for z in p.zones if z in middles]
        if spots:
            name = Text(f"{story.number[p.id]} {p.name.zh}", f"{story.number[p.id]} {p.name.in_('en')}")
            out.append(
                Marked(story.number[p.id], CATEGORIES[k % len(CATEGORIES)], k, paths, tuple(spots), name)
            )
    return out


def _plan_map(story: PlanStory) -> FigureBlock:
    m, g = story.m, story.m.ground
    marked = _marked(story)
    kinds = [k for k in KIND_ORDER if any(first_kind(s.project) == k for s in story.starts)]
    keys = []
    for kind in kinds:
        at = KIND_ORDER.index(kind)
        colour = CATEGORIES[at % len(CATEGORIES)]
        drawn_as_line = any(x.paths for x in marked if x.shape == at)
        swatch = (
            line_swatch(colour, 2.8)
            if drawn_as_line
            else lambda x, y, s=at, c=colour: [
                shape_at(s, x, y, 5.0, fill=c, stroke="#fff", stroke_width=0.8)
            ]
        )
        keys.append(Key(swatch, KINDS[kind]))
    lines, line_keys = lines_layer(g, m.region, faint=True)
    if line_keys:
        keys.append(Key(line_swatch("#9aa7ac", 1.6), Text("既有线路", "existing lines")))
    title = Text("方案中的项目,编号见下表", "Projects of the plan, numbered as in the table below")
    description = Text(
        ";".join(f"{story.number[s.project.id]} {s.project.name.zh}({s.year} 年)" for s in story.starts),
        "; ".join(
            f"{story.number[s.project.id]} {s.project.name.in_('en')} ({s.year})" for s in story.starts
        ),
    )
    svg = compose(
        g,
        [empty_ground(g), lines, projects_layer(g, marked, inset_window=g.crowded)],
        legend=Legend(Text("项目类型", "Type of project"), tuple(keys)),
        title=title,
        description=description,
        uid=m.numbers.uid(),
        sheet=WIDE,
    )
    return FigureBlock(
        key="plan",
        number=m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=plan_trace(story.m, story.plan, unit=Text("项目编号", "project number")),
    )


def plan_trace(
    m: Material, plan: Plan, *, unit: Text, source: Text | None = None, quality: Text | None = None
) -> Trace:
    """Return a trace line of the plan's own run."""
    base = m.trace(
        unit=unit,
        source=source or Text("项目数据见项目一章", "project data in the chapter on projects"),
        quality=quality or quality_words(s.project.quality.value for s in plan.scenario.starts),
        year=f"{plan.objective.start}–{plan.objective.end}",
    )
    return replace(base, run_id=plan.run_id)


def _key_table(story: PlanStory) -> TableBlock:
    rows = []
    for s in story.starts:
        p = s.project
        rows.append(
            (
                Cell(
                    Text(str(story.number[p.id]), str(story.number[p.id])),
                    float(story.number[p.id]),
                    strong=True,
                ),
                words(p.name),
                words(kind_words(p)),
                words(zones_words(story.m, p)),
                number(p.cost, 1),
                Cell(Text(str(s.year), str(s.year)), float(s.year)),
                Cell(Text(str(s.effective), str(s.effective)), float(s.effective)),
                quality_cell(p.quality.value),
            )
        )
    return TableBlock(
        key="projects",
        number=story.m.numbers.table(),
        caption=Text("方案中的项目", "Projects of the plan"),
        columns=(
            Column(label=Text("编号", "No."), numeric=True, share=0.5),
            Column(label=Text("项目", "Project"), share=3.0),
            Column(label=Text("类型", "Type"), share=1.4),
            Column(label=Text("分区", "Zones"), share=2.0),
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.plan), numeric=True, share=1.0),
            Column(label=Text("开工", "Start"), unit=Text("年", "year"), numeric=True, share=0.8),
            Column(label=Text("见效", "Effective"), unit=Text("年", "year"), numeric=True, share=0.9),
            Column(label=Text("质量", "Quality"), share=0.9),
        ),
        rows=tuple(rows),
        trace=plan_trace(story.m, story.plan, unit=cost_unit(story.plan)),
    )


def cost_unit(plan: Plan) -> Text:
    """Return the unit of money with its price year."""
    return Text(f"亿元,{plan.objective.price_year} 年价", f"CNY 100 m, prices of {plan.objective.price_year}")


def _before_after(
    story: PlanStory, before: pd.Series, after: pd.Series, *, name: Text, unit: Text, better: int, key: str
) -> FigureBlock:
    m = story.m
    both = np.concatenate([before.to_numpy(dtype=float), after.to_numpy(dtype=float)])
    scale = scale_for(both, "good" if better > 0 else "burden", unit)
    difference = (after - before) * 1.0
    signed = scale_for(difference.to_numpy(dtype=float) * better, "change", unit)
    if better < 0:  # a fall is for the better: keep teal for better, but write the signed change
        signed = _mirrored(signed)
    panels = []
    for values, sub, used in (
        (before, Text("现状", "Before"), scale),
        (after, Text("方案实施后", "After"), scale),
        (difference, Text("变化(后 − 前)", "Change (after − before)"), signed),
    ):
        title = Text(f"{name.zh}:{sub.zh}", f"{name.in_('en')}: {sub.en}")
        svg = choropleth(
            m.ground,
            dict(values),
            scale=used,
            title=title,
            legend_title=sub,
            uid=m.numbers.uid(),
            sheet=THUMB,
        )
        panels.append(panel(svg, title, sub))
    return FigureBlock(
        key=key,
        number=m.numbers.figure(),
        caption=Text(
            f"{name.zh}:现状、方案实施后与变化(前两图同一色标)",
            f"{name.in_('en')}: before, after, change (first two on the same scale)",
        ),
        panels=tuple(panels),
        across=3,
        trace=plan_trace(
            m,
            story.plan,
            unit=unit,
            source=Text("区域按方案改变后重新测算", "the region changed by the plan and measured again"),
            quality=m.value_quality,
        ),
    )


def _mirrored(scale: Scale) -> Scale:
    return replace(
        scale, breaks=tuple(-b for b in reversed(scale.breaks)), colours=tuple(reversed(scale.colours))
    )


def _rise_table(story: PlanStory) -> TableBlock:
    m, plan = story.m, story.plan
    table = [
        (c, plan.clusters_before.loc[c], plan.clusters_after.loc[c])
        for c in plan.clusters_before.index
        if c in plan.clusters_after.index
    ]
    rows = []
    for c, b, a in table:
        rows.append(
            (
                words(m.cluster_name(str(c))),
                number(float(b["index"]), 1),
                number(float(a["index"]), 1),
                *(change(float(a[n]) - float(b[n]), 2) for n in m.columns),
                _floor_cell(plan, str(c), float(a["index"]) - float(b["index"])),
            )
        )
    return TableBlock(
        key="cluster-rise",
        number=m.numbers.table(),
        caption=Text("各片区得分变化与公平底线", "Rise of scores by cluster, and the equity floors"),
        columns=(
            Column(label=Text("片区", "Cluster"), share=2.3),
            Column(label=Text("指数(前)", "Index before"), unit=SCORE_UNIT, numeric=True, share=1.1),
            Column(label=Text("指数(后)", "Index after"), unit=SCORE_UNIT, numeric=True, share=1.1),
            *(
                Column(
                    label=Text(f"{NEED_NAMES[n].zh}变化", f"{NEED_NAMES[n].en} change"),
                    unit=SCORE_UNIT,
                    numeric=True,
                    share=1.1,
                )
                for n in m.columns
            ),
            Column(label=Text("指数底线", "Index floor"), unit=SCORE_UNIT, share=1.4),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            plan,
            unit=SCORE_UNIT,
            source=Text("分区得分按人口加权", "zone scores weighted by residents"),
            quality=m.value_quality,
        ),
    )


def _floor_cell(plan: Plan, cluster: str, rise: float) -> Cell:
    if cluster not in plan.objective.floors:
        return words(Text("无", "none"))
    floor = plan.objective.floors[cluster]
    kept = rise >= floor - 1e-9
    n = fixed(floor, 1, sign=True)
    return Cell(
        Text(f"≥ {n}:{'满足' if kept else '未满足'}", f"≥ {n}: {'kept' if kept else 'broken'}"),
        floor,
        tone="good" if kept else "bad",
    )


def projects_chapter(m: Material, plan: Plan) -> Chapter:
    """Return each chosen project with cost, years and reasons, what just missed, and every candidate."""
    story = PlanStory(m, plan)
    blocks: list[Block] = [
        Paragraph(
            Text(
                "得失以目标函数的分值计。“单独”是只做这一个项目的所得;“当步”是加入时的所得;“失去”是去掉它、"
                "把省下的钱尽可能好地重新花掉之后仍然失去的分值。",
                "Gains and losses are in points of the objective. “Alone” is what the project gains by itself, “at its step” what it gained "
                "when it was added, “lost” what is still lost without it after the freed money is spent again as well as possible.",
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
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.plan), numeric=True, share=1.1),
            Column(label=Text("单独", "Alone"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("当步", "At its step"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("失去", "Lost"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=Text("每百亿元", "Per CNY 10 bn"), unit=SCORE_UNIT, numeric=True, share=1.0),
            Column(label=Text("受益最多", "Gains most"), share=1.8),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            story.m,
            story.plan,
            unit=Text("目标函数的分值", "points of the objective"),
            source=Text("逐步重新测算(见方法)", "re-measured at every step (see method)"),
        ),
    )


def _entry(story: PlanStory, s: Start) -> Entry:
    p, m = s.project, story.m
    r = story.reasons.get(p.id)
    yearly = " + ".join(fixed(c, 1) for c in p.capital)
    what = [i.describe() for i in p.interventions]
    fields = [
        (Text("内容", "What"), Text(";".join(w.zh for w in what), "; ".join(w.in_("en") for w in what))),
        (Text("为什么提出", "Proposed because"), p.because),
        (Text("为什么入选", "In the plan because"), r.text if r else Text("", "")),
        (
            Text("投资", "Capital"),
            Text(
                f"{money(p.cost).zh}(逐年 {yearly} 亿元,{p.price_year} 年价);年运维 {money(p.upkeep).zh};寿命 {p.life} 年",
                f"{money(p.cost).en} (by year {yearly} × CNY 100 m, prices of {p.price_year}); upkeep {money(p.upkeep).en} a year; life {p.life} years",
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
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.plan), numeric=True, share=1.0),
            Column(label=Text("再得", "Gain"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("每百亿元", "Per CNY 10 bn"), unit=SCORE_UNIT, numeric=True, share=1.0),
            Column(label=Text("原因", "Why it is out"), share=3.0),
        ),
        rows=tuple(rows),
        trace=plan_trace(story.m, story.plan, unit=Text("目标函数的分值", "points of the objective")),
    )


def _candidate_table(story: PlanStory) -> TableBlock:
    every = sorted(story.candidates.values(), key=lambda p: (story.number.get(p.id, 999), p.id))
    trace = plan_trace(
        story.m,
        story.plan,
        unit=cost_unit(story.plan),
        quality=quality_words(p.quality.value for p in every),
    )
    rows = [_candidate_row(story.m, p, story.number.get(p.id)) for p in every]
    return candidate_block(story.m, rows, trace=trace, unit=cost_unit(story.plan))


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
    price = m.region.meta.price_year
    unit = Text(f"亿元,{price} 年价", f"CNY 100 m, prices of {price}")
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


def years_chapter(m: Material, plan: Plan) -> Chapter:
    """Return the path of the scores and the spending, year by year."""
    return Chapter(
        key="years",
        title=Text("逐年路径与支出", "Path and spending by year"),
        blocks=(
            _path_figure(m, plan),
            _cluster_path(m, plan),
            _spending_figure(m, plan),
            _year_table(m, plan),
            _indicator_table(m, plan),
        ),
    )


def _path_figure(m: Material, plan: Plan) -> FigureBlock:
    years = [int(y) for y in plan.path.index]
    colours = dict(
        zip(
            ("economy", "living", "ecology", "safety", "index"),
            ("#b85c00", "#0072b2", "#00795a", "#a83f7b", BRAND),
            strict=True,
        )
    )
    series = [
        Series(
            NEED_NAMES[n], colours.get(n, BRAND), tuple(float(v) for v in plan.path[n]), strong=n == "index"
        )
        for n in m.columns
        if n in plan.path.columns
    ]
    title = Text("全区域需要得分与综合指数的路径", "Path of the region's need scores and index")
    svg = line_chart(years, series, unit=SCORE_UNIT, title=title, uid=m.numbers.uid())
    return FigureBlock(
        key="path",
        number=m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=SCORE_UNIT,
            source=Text(
                "每年按已见效的项目重新测算", "re-measured each year with the projects effective by then"
            ),
            quality=m.value_quality,
        ),
    )


def _cluster_path(m: Material, plan: Plan) -> FigureBlock:
    years = [int(y) for y in plan.path.index]
    series = [
        Series(
            m.cluster_name(c),
            CATEGORIES[i % len(CATEGORIES)],
            tuple(float(v) for v in plan.path[f"index:{c}"]),
        )
        for i, c in enumerate(m.cluster_ids)
        if f"index:{c}" in plan.path.columns
    ]
    title = Text("各片区综合指数的路径", "Path of the index by cluster")
    svg = line_chart(years, series, unit=SCORE_UNIT, title=title, uid=m.numbers.uid(), height=330.0)
    return FigureBlock(
        key="cluster-path",
        number=m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=SCORE_UNIT,
            source=Text("分区得分按人口加权", "zone scores weighted by residents"),
            quality=m.value_quality,
        ),
    )


def _spending_figure(m: Material, plan: Plan) -> FigureBlock:
    years = [int(y) for y in plan.spending.index]
    series = [
        Series(Text("投资", "capital"), BRAND, tuple(float(v) for v in plan.spending["capital"])),
        Series(Text("运维", "upkeep"), "#e0a458", tuple(float(v) for v in plan.spending["upkeep"])),
    ]
    unit = cost_unit(plan)
    yearly = plan.objective.yearly
    limit = (
        (yearly, Text(f"每年投资上限 {fixed(yearly, 1)}", f"most capital in a year {fixed(yearly, 1)}"))
        if np.isfinite(yearly)
        else None
    )
    title = Text("逐年投资与运维支出", "Capital and upkeep by year")
    svg = stacked_bars(years, series, unit=unit, title=title, uid=m.numbers.uid(), limit=limit)
    return FigureBlock(
        key="spending",
        number=m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=unit,
            source=Text("各项目逐年投资与运维之和", "sum of the projects' capital and upkeep by year"),
        ),
    )


def _year_table(m: Material, plan: Plan) -> TableBlock:
    rows = []
    for y in plan.path.index:
        begun = [s for s in plan.scenario.starts if s.year == int(y)]
        capital = float(plan.spending["capital"].get(y, float("nan")))
        upkeep = float(plan.spending["upkeep"].get(y, float("nan")))
        rows.append(
            (
                Cell(Text(str(y), str(y)), float(y)),
                number(float(len(begun)), 0),
                number(capital, 1),
                number(upkeep, 1),
                *(number(float(plan.path.loc[y, n]), 2) for n in m.columns if n in plan.path.columns),
                number(float(plan.path.loc[y, "objective"]), 2),
            )
        )
    return TableBlock(
        key="years",
        number=m.numbers.table(),
        caption=Text("逐年开工、支出与承诺的得分", "Starts, spending and promised scores by year"),
        columns=(
            Column(label=Text("年份", "Year"), numeric=True, share=0.7),
            Column(label=Text("开工项目", "Starts"), unit=Text("个", "count"), numeric=True, share=0.9),
            Column(label=Text("投资", "Capital"), unit=Text("亿元", "CNY 100 m"), numeric=True),
            Column(label=Text("运维", "Upkeep"), unit=Text("亿元", "CNY 100 m"), numeric=True),
            *(
                Column(label=NEED_NAMES[n], unit=SCORE_UNIT, numeric=True)
                for n in m.columns
                if n in plan.path.columns
            ),
            Column(label=Text("目标函数", "Objective"), unit=SCORE_UNIT, numeric=True, share=1.1),
        ),
        rows=tuple(rows),
        trace=plan_trace(m, plan, unit=Text("分;亿元", "points; CNY 100 m"), quality=m.value_quality),
    )


def _indicator_table(m: Material, plan: Plan) -> TableBlock:
    first, last = plan.indicator_path.iloc[0], plan.indicator_path.iloc[-1]
    rows = []
    for i in m.indicators:
        if i.id not in plan.indicator_path.columns:
            continue
        a, b = float(first[i.id]), float(last[i.id])
        if not (np.isfinite(a) and np.isfinite(b)) or abs(b - a) <= 1e-9 * max(abs(a), 1e-9):
            continue
        d = max(decimals_of_size(max(abs(a), abs(b))), decimals_of_size(b - a) if abs(b - a) < 1 else 0)
        relative = (b - a) / abs(a) * 100 if a else float("nan")
        rows.append(
            (
                words(i.name),
                words(NEED_NAMES[i.need]),
                words(i.unit),
                number(a, d),
                number(b, d),
                change(b - a, d, better=i.direction),
                change(relative, 1, better=i.direction),
            )
        )
    return TableBlock(
        key="promises",
        number=m.numbers.table(),
        caption=Text(
            "方案承诺改变的指标(全区域,人口加权)",
            "Indicators the plan promises to change (region, population-weighted)",
        ),
        columns=(
            Column(label=Text("指标", "Indicator"), share=3.0),
            Column(label=Text("需要", "Need"), share=0.9),
            Column(label=Text("单位", "Unit"), share=1.4),
            Column(label=Text(f"{plan.path.index[0]} 年", f"{plan.path.index[0]}"), numeric=True, share=1.2),
            Column(
                label=Text(f"{plan.path.index[-1]} 年", f"{plan.path.index[-1]}"), numeric=True, share=1.2
            ),
            Column(label=Text("变化", "Change"), numeric=True, share=1.1),
            Column(label=Text("变化", "Change"), unit=Text("%", "%"), numeric=True, share=0.9),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            plan,
            unit=Text("见单位列", "see the unit column"),
            source=Text("指标一章的公式", "formulas in the chapter on indicators"),
            quality=m.value_quality,
        ),
        note=Text("未列出的指标不随方案改变。", "Indicators not listed are not changed by the plan."),
    )


__all__ = ["KINDS", "Quality", "plan_chapter", "projects_chapter", "years_chapter"]
