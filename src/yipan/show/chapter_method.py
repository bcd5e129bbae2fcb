"""Chapters 9 and 10: how sure the plan is; sources, assumptions, method, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.plan.values import Plan
from yipan.show.cells import number, quality_cell, quality_words, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Bar, bars
from yipan.show.colours import ACCENT, BRAND
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Bullets,
    Card,
    Cards,
    Cell,
    Chapter,
    Column,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)
from yipan.show.numbers import decimals_of_size, fixed, percent, unit_text
from yipan.show.story import plan_trace
from yipan.text import Text
from yipan.version import __version__


def sure_chapter(m: Material, plan: Plan) -> Chapter:
    """Return the bound, the comparison with adding stand-alone scores, and the verification."""
    blocks: list[Block] = [
        Paragraph(plan.objective.words(), "note"),
        _bound_cards(plan),
        Paragraph(plan.bound.proof),
        Heading(Text("与单项得分相加的做法比较", "Against adding up stand-alone scores")),
        Paragraph(_comparison_words(plan)),
        _comparison_figure(m, plan),
        _comparison_table(m, plan),
        Heading(Text("增量计算的核验", "Incremental against full recomputation")),
        _verification_table(m, plan),
    ]
    return Chapter(key="sure", title=Text("有多可靠", "How sure this is"), blocks=tuple(blocks))


def _bound_cards(plan: Plan) -> Cards:
    b = plan.bound
    proved = Text("已证明最优", "proved optimal") if b.proved else Text("未证明最优", "not proved optimal")
    return Cards(
        (
            Card(
                Text("方案的目标值", "Objective of the plan"),
                Text(f"{fixed(b.value, 3)} 分", f"{fixed(b.value, 3)} points"),
                proved,
            ),
            Card(
                Text("任何可行方案的上界", "Upper bound of any plan"),
                Text(f"{fixed(b.upper, 3)} 分", f"{fixed(b.upper, 3)} points")
                if b.upper is not None
                else Text("未给出", "none given"),
            ),
            Card(
                Text("可能错失的增益", "Gain that may be missed"),
                Text(*(percent(b.gap, 1) if b.gap is not None else "—",) * 2),
                Text("占上界增益的份额", "of the gain the bound allows"),
            ),
            Card(
                Text("重新测算次数", "Regions re-measured"),
                Text(*(fixed(float(plan.evaluations), 0),) * 2),
                Text("搜索过程中", "during the search"),
            ),
        )
    )


def _comparison_words(plan: Plan) -> Text:
    c = plan.comparison
    margin, gain = c.plan - c.additive, c.additive - c.base
    share = margin / gain if gain > 0 else float("nan")
    claimed = c.additive_promised - c.base
    over = c.additive_promised - c.additive
    return Text(
        f"在同一目标函数、同一预算下:本方案 {fixed(c.plan, 3)} 分,单项得分相加法选出的 "
        f"{len(c.additive_projects)} 个项目重新测算后 {fixed(c.additive, 3)} 分,"
        f"差 {fixed(margin, 3, sign=True)} 分(为后者增益的 {percent(share, 1)})。相加法宣称增益 "
        f"{fixed(claimed, 3)} 分,"
        f"实测只有 {fixed(gain, 3)} 分,高估 {fixed(over, 3)} 分。",
        f"On the same objective and budget: this plan {fixed(c.plan, 3)} points; the "
        f"{len(c.additive_projects)} projects picked by adding stand-alone scores, "
        f"measured together, {fixed(c.additive, 3)}; margin {fixed(margin, 3, sign=True)} "
        f"({percent(share, 1)} of the latter's gain). Adding claims a gain of "
        f"{fixed(claimed, 3)}, measured it is {fixed(gain, 3)}: {fixed(over, 3)} too much.",
    )


def _comparison_rows(plan: Plan) -> list[Bar]:
    c, b = plan.comparison, plan.bound
    rows = [
        Bar(Text("本方案(实测)", "This plan (measured)"), c.plan - c.base, BRAND),
        Bar(Text("单项相加法(实测)", "Adding stand-alone scores (measured)"), c.additive - c.base, "#8a979d"),
        Bar(
            Text("单项相加法(宣称)", "Adding stand-alone scores (claimed)"),
            c.additive_promised - c.base,
            ACCENT,
            hollow=True,
        ),
    ]
    if b.upper is not None:
        rows.append(
            Bar(Text("上界(任何方案)", "Upper bound (any plan)"), b.upper - c.base, "#51636b", hollow=True)
        )
    return rows


def _comparison_figure(m: Material, plan: Plan) -> FigureBlock:
    title = Text("相对现状的增益", "Gain over the present state")
    unit = Text("目标函数的分值", "points of the objective")
    svg = bars(_comparison_rows(plan), unit=unit, title=title, uid=m.numbers.uid(), decimals=3)
    return FigureBlock(
        key="comparison",
        number=m.numbers.figure(),
        caption=Text(
            "相对现状的增益:实心为重新测算,空心为宣称或上界",
            "Gain over the present state: filled measured, hollow claimed or a bound",
        ),
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=unit,
            source=Text("目标函数见上", "objective as stated above"),
            quality=m.value_quality,
        ),
    )


def _comparison_table(m: Material, plan: Plan) -> TableBlock:
    c = plan.comparison
    rows = [
        (
            words(Text("现状", "Present state")),
            number(c.base, 3),
            number(0.0, 3),
            words(Text("重新测算", "measured")),
        ),
        (
            words(Text("本方案", "This plan")),
            number(c.plan, 3),
            number(c.plan - c.base, 3, sign=True),
            words(Text("重新测算", "measured")),
        ),
        (
            words(Text("单项得分相加法", "Adding stand-alone scores")),
            number(c.additive, 3),
            number(c.additive - c.base, 3, sign=True),
            words(Text("重新测算", "measured")),
        ),
        (
            words(Text("单项得分相加法", "Adding stand-alone scores")),
            number(c.additive_promised, 3),
            number(c.additive_promised - c.base, 3, sign=True),
            words(Text("宣称", "claimed")),
        ),
        (
            words(Text("优势(本方案 − 相加法)", "Margin (plan − adding)")),
            Cell(Text("—", "—")),
            number(c.plan - c.additive, 3, sign=True),
            words(Text("均为实测", "both measured")),
        ),
    ]
    return TableBlock(
        key="comparison",
        number=m.numbers.table(),
        caption=Text("同一目标函数上的两种选法", "Two ways of choosing on the same objective"),
        columns=(
            Column(label=Text("做法", "Way"), share=2.6),
            Column(label=Text("目标值", "Objective"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("增益", "Gain"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("如何得到", "How it was got"), share=1.3),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            plan,
            unit=SCORE_UNIT,
            source=Text("目标函数见上", "objective as stated above"),
            quality=m.value_quality,
        ),
    )


VERIFICATION: dict[str, tuple[Text, Text]] = {
    "times_largest": (Text("出行时间最大差", "largest difference of travel times"), Text("秒", "s")),
    "times_mean": (Text("出行时间平均差", "mean difference of travel times"), Text("秒", "s")),
    "times_unlike": (
        Text("仅一种算法可达的单元格对", "pairs reached in one computation only"),
        Text("个", "count"),
    ),
    "times_pairs": (Text("比较的单元格对", "pairs of cells compared"), Text("个", "count")),
    "times_matrices": (Text("比较的矩阵", "matrices compared"), Text("个", "count")),
    "values_difference": (
        Text("指标值最大差", "largest difference of indicator values"),
        Text("各自单位", "own unit"),
    ),
    "scores_difference": (Text("全区域得分最大差", "largest difference of the region's scores"), SCORE_UNIT),
    "seconds": (Text("核验用时", "time the check took"), Text("秒", "s")),
}


def _verification_table(m: Material, plan: Plan) -> TableBlock:
    rows = []
    for key, value in plan.verification.items():
        plain = key.replace("_", " ")
        name, unit = VERIFICATION.get(key, (Text(plain, plain), Text("—", "—")))
        rows.append((words(name), number(float(value), 0 if float(value).is_integer() else 3), words(unit)))
    return TableBlock(
        key="verification",
        number=m.numbers.table(),
        caption=Text(
            "入选方案:搜索所用结果与完全重算之差(应为 0)",
            "The plan: what the search went by less a full recomputation (should be 0)",
        ),
        columns=(
            Column(label=Text("量", "Quantity"), share=2.5),
            Column(label=Text("数值", "Value"), numeric=True),
            Column(label=Text("单位", "Unit")),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            plan,
            unit=Text("见单位列", "see the unit column"),
            source=Text("同一区域两种算法", "same region, two ways of computing"),
            quality=Text("推算", "derived"),
        ),
    )


def sources_chapter(m: Material) -> Chapter:
    """Return sources, assumptions, method, and where the time went."""
    blocks: list[Block] = [
        _source_table(m),
        _assumption_table(m),
        Heading(Text("方法", "Method")),
        Bullets(_method(m)),
        Heading(Text("本次运行", "This run")),
        Bullets(_run(m)),
    ]
    times = _times(m)
    if times:
        blocks.append(_time_figure(m, times))
    return Chapter(
        key="sources", title=Text("来源、假设与方法", "Sources, assumptions, method"), blocks=tuple(blocks)
    )


def _source_table(m: Material) -> TableBlock:
    rows = [
        (
            words(s.id),
            words(s.title),
            words(s.publisher or "—"),
            words(s.licence or "—"),
            Cell(Text(str(s.year), str(s.year)), float(s.year)) if s.year else Cell(Text("—", "—")),
            words(s.note if s.note.zh or s.note.en else Text("—", "—")),
        )
        for s in m.region.meta.sources
    ]
    return TableBlock(
        key="sources",
        number=m.numbers.table(),
        caption=Text("数据来源", "Sources of the data"),
        columns=(
            Column(label=Text("编号", "Id"), share=1.2),
            Column(label=Text("名称", "Title"), share=2.6),
            Column(label=Text("发布者或地址", "Publisher or address"), share=2.2),
            Column(label=Text("许可", "Licence"), share=1.2),
            Column(label=Text("年份", "Year"), numeric=True, share=0.7),
            Column(label=Text("说明", "Note"), share=2.8),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("无", "none"), source=Text("区域文件 region.toml", "the region's region.toml")
        ),
    )


def _assumption_table(m: Material) -> TableBlock:
    rows = [
        (
            words(a.id),
            words(a.name),
            number(a.value, _places(a.value)),
            words(unit_text(a.unit)),
            words(m.source_titles([a.source])),
            quality_cell(a.quality.value),
        )
        for a in m.region.meta.assumptions
    ]
    return TableBlock(
        key="assumptions",
        number=m.numbers.table(),
        caption=Text("全部假设", "Every assumption"),
        columns=(
            Column(label=Text("编号", "Id"), share=1.8),
            Column(label=Text("含义", "Meaning"), share=3.2),
            Column(label=Text("数值", "Value"), numeric=True),
            Column(label=Text("单位", "Unit"), share=1.2),
            Column(label=Text("来源", "Source"), share=2.4),
            Column(label=Text("质量", "Quality"), share=0.9),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("见单位列", "see the unit column"),
            source=Text("区域文件 region.toml", "the region's region.toml"),
            quality=quality_words(a.quality.value for a in m.region.meta.assumptions),
        ),
    )


def _places(value: float) -> int:
    return next((d for d in range(4) if abs(round(value, d) - value) < 1e-9), decimals_of_size(value))


def _method(m: Material) -> tuple[Text, ...]:
    needs_zh, needs_en = (
        "、".join(n.zh for k, n in NEED_NAMES.items() if k != "index"),
        ", ".join(n.en.lower() for k, n in NEED_NAMES.items() if k != "index"),
    )
    out = [
        Text(
            "指标得分:按固定门槛值线性换算为 0–100 分并截断;门槛值不随样本改变,因此得分可跨年比较。",
            "Indicator score: linear between fixed goalposts, clipped to 0–100; goalposts never "
            "move with the sample, so scores compare over time.",
        ),
        Text(
            f"需要得分({needs_zh}):该需要可用指标得分的等权平均,至少一半指标可用才计算。",
            f"Need score ({needs_en}): equal-weight mean of the available indicator scores of that "
            "need; at least half must be available.",
        ),
        Text(
            "综合指数:四类需要得分的几何平均,每个得分下限为 1。片区与全区域:分区得分按常住人口加权。",
            "Index: geometric mean of the four need scores, each floored at 1. Clusters and region:"
            " zone scores weighted by residents.",
        ),
        Text(
            "出行时间:单元格之间的门到门时间,含步行、候车(班次间隔的一半)与换乘;单位为秒,精确到整数。",
            "Travel time: door to door between cells, with walking, waiting (half the headway) and "
            "changes; integer seconds.",
        ),
    ]
    if m.plan is not None:
        out.append(
            Text(
                "方案搜索:每一步都对改变后的区域重新测算,而不是把单个项目的得分相加;入选方案再完全重算一次核对。",
                "Search: the region is measured again at every step instead of adding scores of "
                "single projects; the chosen plan is recomputed in full and compared.",
            )
        )
    return tuple(out)


def _run(m: Material) -> tuple[Text, ...]:
    r = m.results
    out = [
        Text(
            f"测算运行号 {r.run_id},区域内容号 {r.region_id}",
            f"measuring run {r.run_id}, region content {r.region_id}",
        ),
        Text(f"程序版本 yipan {__version__}", f"program version yipan {__version__}"),
        Text(
            f"区域数据许可 {m.region.meta.licence or '—'}",
            f"licence of the region's data {m.region.meta.licence or '—'}",
        ),
    ]
    if m.plan is not None:
        out.insert(
            1,
            Text(
                f"方案运行号 {m.plan.run_id},重新测算 {m.plan.evaluations} 次",
                f"planning run {m.plan.run_id}, {m.plan.evaluations} regions measured",
            ),
        )
    return tuple(out)


STEPS = {
    "load": Text("读取区域", "load the region"),
    "times": Text("出行时间", "travel times"),
    "track": Text("建立台账", "start the ledger"),
    "read": Text("读取区域", "read the region"),
    "travel times": Text("出行时间", "travel times"),
    "measure": Text("测算", "measure"),
    "propose": Text("提出备选项目", "propose projects"),
    "search": Text("搜索方案", "search the plan"),
    "plan": Text("搜索方案", "search the plan"),
    "ledger": Text("建立台账", "start the ledger"),
    "report": Text("写报告", "write the report"),
}


def _times(m: Material) -> Mapping[str, float]:
    if m.timings:
        return m.timings
    return {
        **{f"measure: {k}": v for k, v in m.results.seconds.items()},
        **({} if m.plan is None else m.plan.seconds),
    }


def _time_figure(m: Material, times: Mapping[str, float]) -> FigureBlock:
    top = sorted(times, key=lambda k: -times[k])[:12]
    rest = sum(v for k, v in times.items() if k not in top)
    rows = [Bar(STEPS.get(k, _step_name(m, k)), float(times[k]), "#5b7f8c") for k in top]
    if rest > 0:
        rows.append(Bar(Text("其余", "all others"), rest, "#b8c2c6"))
    title = Text("时间用在哪里", "Where the time went")
    unit = Text("秒", "seconds")
    svg = bars(rows, unit=unit, title=title, uid=m.numbers.uid(), decimals=2)
    total = float(np.sum(list(times.values())))
    return FigureBlock(
        key="seconds",
        number=m.numbers.figure(),
        caption=Text(
            f"时间用在哪里(合计 {fixed(total, 1)} 秒)", f"Where the time went ({fixed(total, 1)} s in all)"
        ),
        panels=(panel(svg, title),),
        trace=m.trace(
            unit=unit, source=Text("本次运行计时", "timed in this run"), quality=Text("实测", "measured")
        ),
    )


def _step_name(m: Material, key: str) -> Text:
    name = key.removeprefix("measure: ")
    known = m.results.indicators.get(name)
    return known.name if known is not None else Text(name, name)
