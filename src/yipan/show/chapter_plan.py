"""The plan on a map, and maps of before, after and the difference."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.measure.values import NEED_NAMES
from yipan.plan.values import Plan
from yipan.show.cells import change, number, quality_cell, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.colours import CATEGORIES, mirrored, scale_for
from yipan.show.layers import lines_layer, where, zone_middles
from yipan.show.maps import THUMB, WIDE, Key, Legend, choropleth, compose, empty_ground, line_swatch
from yipan.show.marks import Marked, badges, projects_layer
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Cell,
    Chapter,
    Column,
    FigureBlock,
    TableBlock,
)
from yipan.show.numbers import fixed
from yipan.show.shapes import shape_swatch
from yipan.show.story import KINDS, PlanStory, cost_unit, first_kind, kind_words, plan_trace, zones_words
from yipan.text import Text


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
        k = story.kinds.index(first_kind(p))
        points = [where(m.region, i) for i in p.interventions]
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
    keys = []
    for at, kind in enumerate(story.kinds):
        colour = CATEGORIES[at % len(CATEGORIES)]
        drawn_as_line = any(x.paths for x in marked if x.shape == at)
        swatch = line_swatch(colour, 2.8) if drawn_as_line else shape_swatch(at, colour)
        keys.append(Key(swatch, KINDS.get(kind, Text(kind, kind))))
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
        [empty_ground(g), lines, projects_layer(g, marked)],
        legend=Legend(Text("项目类型", "Type of project"), tuple(keys)),
        title=title,
        description=description,
        uid=m.numbers.uid(),
        sheet=WIDE,
        reserved=lambda frame, inset: [
            b.box for b in badges(g, marked, frame, hidden=None if inset else g.crowded)
        ],
    )
    return FigureBlock(
        key="plan",
        number=m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=plan_trace(story.m, story.plan, unit=Text("项目编号", "project number")),
    )


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
            Column(label=Text("投资", "Capital"), unit=cost_unit(story.m), numeric=True, share=1.0),
            Column(label=Text("开工", "Start"), unit=Text("年", "year"), numeric=True, share=0.8),
            Column(label=Text("见效", "Effective"), unit=Text("年", "year"), numeric=True, share=0.9),
            Column(label=Text("质量", "Quality"), share=0.9),
        ),
        rows=tuple(rows),
        trace=plan_trace(story.m, story.plan, unit=cost_unit(story.m)),
    )


def _before_after(
    story: PlanStory, before: pd.Series, after: pd.Series, *, name: Text, unit: Text, better: int, key: str
) -> FigureBlock:
    m = story.m
    both = np.concatenate([before.to_numpy(dtype=float), after.to_numpy(dtype=float)])
    scale = scale_for(both, "good" if better > 0 else "burden", unit)
    difference = (after - before) * 1.0
    signed = scale_for(difference.to_numpy(dtype=float) * better, "change", unit)
    if better < 0:  # a fall is for the better: keep teal for better, but write the signed change
        signed = mirrored(signed)
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
