"""The last chapter: sources, assumptions, method, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.show.cells import number, quality_cell, quality_words, words
from yipan.show.chapter_scores import panel
from yipan.show.charts import Bar, bars
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Bullets,
    Cell,
    Chapter,
    Column,
    FigureBlock,
    Heading,
    TableBlock,
)
from yipan.show.numbers import decimals_of_size, fixed, unit_text
from yipan.text import Text
from yipan.version import __version__


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
