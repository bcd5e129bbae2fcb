"""How sure the plan is: bound, comparison with adding stand-alone scores, verification from scratch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.plan.values import Plan
from yipan.show.cells import number, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Bar, bars
from yipan.show.colours import ACCENT, BRAND
from yipan.show.material import Material
from yipan.show.model import (
    Block,
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
from yipan.show.numbers import fixed, percent
from yipan.show.story import OBJECTIVE_POINTS, plan_trace, sentence
from yipan.text import Text


def sure_chapter(m: Material, plan: Plan) -> Chapter:
    """Return the bound, the comparison with adding stand-alone scores, and the verification."""
    blocks: list[Block] = [
        Paragraph(sentence(plan.objective.words(m.region.meta.currency)), "note"),
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
    unit = OBJECTIVE_POINTS
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


NOISE = 1e-9
"""Differences below come from the order in which numbers are added."""
VERIFICATION: dict[str, tuple[Text, Text]] = {
    "times_largest": (Text("出行时间最大差", "Largest difference of travel times"), Text("秒", "s")),
    "times_mean": (Text("出行时间平均差", "Mean difference of travel times"), Text("秒", "s")),
    "times_unlike": (
        Text("仅一种算法可达的单元格对", "Pairs reached in one computation only"),
        Text("个", "count"),
    ),
    "values_difference": (
        Text("指标值最大差", "Largest difference of indicator values"),
        Text("各自单位", "own unit"),
    ),
}


def _verification_table(m: Material, plan: Plan) -> TableBlock:
    v = plan.verification
    rows = [_side_by_side(plan, n) for n in m.columns if n in plan.path.columns]
    for key in ("times_largest", "times_mean", "times_unlike", "values_difference"):
        if key in v:
            name, unit = VERIFICATION[key]
            dash = Cell(Text("—", "—"))
            rows.append((words(name), dash, dash, _difference(v[key]), words(unit)))
    return TableBlock(
        key="verification",
        number=m.numbers.table(),
        caption=Text(
            "入选方案:搜索所用的增量结果与完全重算并列",
            "The plan: what the search went by beside a full recomputation",
        ),
        columns=(
            Column(label=Text("量", "Quantity"), share=2.4),
            Column(label=Text("增量", "Incremental"), numeric=True),
            Column(label=Text("完全重算", "In full"), numeric=True, share=1.2),
            Column(label=Text("差(应为 0)", "Difference (should be 0)"), numeric=True, share=1.2),
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
        note=_verified(v),
    )


def _side_by_side(plan: Plan, column: str) -> tuple[Cell, ...]:
    """Return a score both ways; a plan of an earlier version holds no full one."""
    value = float(plan.path[column].iloc[-1])
    full = float(plan.verification.get(f"full_{column}", np.nan))
    name = NEED_NAMES[column]
    return (
        words(
            Text(
                f"全区域{name.zh}得分" if column != "index" else f"全区域{name.zh}",
                f"{name.en}, whole region",
            )
        ),
        number(value, 4),
        number(full, 4),
        _difference(full - value) if np.isfinite(full) else Cell(Text("—", "—")),
        words(SCORE_UNIT),
    )


def _difference(value: float) -> Cell:
    same = abs(float(value)) < NOISE
    return number(value, 0 if same else 3, tone="good" if same else "bad")


def _verified(v: Mapping[str, float]) -> Text:
    """Say how much was compared, and what it took."""
    pairs, matrices = v.get("times_pairs"), v.get("times_matrices")
    zh, en = "", ""
    if pairs is not None and matrices is not None:
        zh = f"在 {fixed(matrices, 0)} 个出行时间矩阵中逐对比较了 {fixed(pairs, 0)} 对单元格"
        en = (
            f"{fixed(pairs, 0)} pairs of cells in {fixed(matrices, 0)} matrices of travel times were compared"
        )
    if "seconds" in v:
        zh += f"{',' if zh else ''}核验用时 {fixed(v['seconds'], 1)} 秒"
        en += f"{'; ' if en else ''}the check took {fixed(v['seconds'], 1)} s"
    return Text(f"{zh}。", f"{en}.") if zh else Text("", "")
