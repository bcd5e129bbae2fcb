"""The path of the scores and the spending, year by year."""

from __future__ import annotations

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.plan.phase import POPULATION_CONSTANT
from yipan.plan.values import Plan
from yipan.show.cells import change, number, words
from yipan.show.chapter_phasing import phasing_blocks
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Series, line_chart, stacked_bars
from yipan.show.colours import BRAND, CATEGORIES
from yipan.show.material import Material
from yipan.show.model import (
    Cell,
    Chapter,
    Column,
    FigureBlock,
    Paragraph,
    TableBlock,
)
from yipan.show.numbers import decimals_of_size, fixed, money_unit
from yipan.show.story import cost_unit, plan_trace
from yipan.text import Text


def years_chapter(m: Material, plan: Plan) -> Chapter:
    """Return the path of the scores and the spending, year by year."""
    return Chapter(
        key="years",
        title=Text("逐年路径与支出", "Path and spending by year"),
        blocks=(
            Paragraph(POPULATION_CONSTANT, "note"),
            _path_figure(m, plan),
            _cluster_path(m, plan),
            _spending_figure(m, plan),
            *phasing_blocks(m, plan),
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
    unit = cost_unit(m)
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
    rows, unit = [], money_unit(m.region.meta.currency)
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
            Column(label=Text("投资", "Capital"), unit=unit, numeric=True),
            Column(label=Text("运维", "Upkeep"), unit=unit, numeric=True),
            *(
                Column(label=NEED_NAMES[n], unit=SCORE_UNIT, numeric=True)
                for n in m.columns
                if n in plan.path.columns
            ),
            Column(label=Text("目标函数", "Objective"), unit=SCORE_UNIT, numeric=True, share=1.1),
        ),
        rows=tuple(rows),
        trace=plan_trace(m, plan, unit=Text(f"分;{unit.zh}", f"points; {unit.en}"), quality=m.value_quality),
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
        relative = (b - a) / abs(a) * 100 if round(a, d) else float("nan")  # nothing to compare with
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
            "方案承诺改变的指标(全区域,按人口或土地加权)",
            "Indicators the plan promises to change (region; weighted by residents or land)",
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
