"""Chapter 5: every indicator with its values, map, formula, standard, quality, and what is missing."""

from __future__ import annotations

from collections import Counter

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.pack import Indicator
from yipan.show.cells import number, quality_words, words
from yipan.show.chapter_scores import panel
from yipan.show.colours import scale_for
from yipan.show.maps import THUMB, choropleth
from yipan.show.material import Material, finite
from yipan.show.model import Cell, Chapter, Column, Entries, Entry, Panel, Paragraph, TableBlock
from yipan.show.numbers import MISSING, decimals_of_size, fixed
from yipan.text import Text


def indicators_chapter(m: Material) -> Chapter:
    """Return the catalogue as measured."""
    return Chapter(
        key="indicators",
        title=Text("指标", "Indicators"),
        blocks=(
            Paragraph(
                Text(
                    f"共 {len(m.indicators)} 项指标。缺失的数值不以零代替,并给出原因。",
                    f"{len(m.indicators)} indicators. A missing value is never a zero; the reason is given.",
                )
            ),
            _table(m),
            Entries(tuple(_entry(m, i) for i in m.indicators)),
        ),
    )


def _values(m: Material, i: Indicator) -> np.ndarray:
    if i.id in m.results.values.columns:
        return finite(m.results.values[i.id])
    value = m.results.region_values.get(i.id, float("nan"))
    return finite([value])


def _gone(m: Material, i: Indicator) -> Counter[Text]:
    return Counter(why.reason for (key, _), why in m.results.missing.items() if key == i.id)


def arrow(i: Indicator) -> Text:
    """Say which way is better."""
    if i.direction > 0:
        return Text("↑ 越高越好", "↑ more is better")
    return Text("↓ 越低越好", "↓ less is better") if i.direction < 0 else Text("○ 只描述", "○ described only")


def _table(m: Material) -> TableBlock:
    rows = []
    for i in m.indicators:
        v = _values(m, i)
        d = decimals_of_size(float(np.abs(v).max())) if v.size else 1
        low, mid, high = (
            (float(np.min(v)), float(np.median(v)), float(np.max(v))) if v.size else (np.nan,) * 3
        )
        gone = sum(_gone(m, i).values())
        rows.append(
            (
                words(i.id),
                words(i.name),
                words(NEED_NAMES[i.need]),
                words(i.unit),
                Cell(
                    Text("↑↓○"[{1: 0, -1: 1, 0: 2}[i.direction]], arrow(i).en.split(" ")[0]),
                    float(i.direction),
                ),
                number(low, d),
                number(mid, d),
                number(high, d),
                number(gone, 0),
            )
        )
    return TableBlock(
        key="indicators",
        number=m.numbers.table(),
        caption=Text(
            "指标一览:全部分区的最小、中位与最大值",
            "All indicators: lowest, median and highest value over zones",
        ),
        columns=(
            Column(label=Text("编号", "Id"), share=1.5),
            Column(label=Text("指标", "Indicator"), share=3.0),
            Column(label=Text("需要", "Need"), share=0.9),
            Column(label=Text("单位", "Unit"), share=1.4),
            Column(label=Text("方向", "Better"), share=0.7),
            Column(label=Text("最小", "Lowest"), numeric=True, share=1.1),
            Column(label=Text("中位", "Median"), numeric=True, share=1.1),
            Column(label=Text("最大", "Highest"), numeric=True, share=1.1),
            Column(label=Text("缺失", "Missing"), unit=Text("个", "zones"), numeric=True, share=0.8),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("见单位列", "see the unit column"),
            source=Text("公式见下方各指标", "formulas below, by indicator"),
        ),
    )


def _entry(m: Material, i: Indicator) -> Entry:
    v = _values(m, i)
    d = decimals_of_size(float(np.abs(v).max())) if v.size else 1
    span = f"{fixed(float(v.min()), d)} – {fixed(float(v.max()), d)}" if v.size else MISSING
    fields = [
        (Text("含义", "Meaning"), i.meaning),
        (Text("数值范围", "Range"), Text(f"{span} {i.unit.zh}", f"{span} {i.unit.in_('en')}")),
        (Text("方向", "Direction"), arrow(i)),
        (Text("公式", "Formula"), Text(i.formula, i.formula)),
        (
            Text("门槛值(0 分与 100 分)", "Goalposts (0 and 100 points)"),
            _goalposts(i),
        ),
        (Text("标准或来源", "Standard or source"), Text(i.standard, i.standard)),
        (Text("所需数据", "Data needed"), Text("、".join(i.needs), ", ".join(i.needs))),
        (Text("数据质量", "Quality"), _quality(m, i)),
    ]
    gone = _gone(m, i)
    if gone:
        fields.append((Text("缺失原因", "Why missing"), _reasons(m, i, gone)))
    return Entry(
        key=f"i-{i.id}",
        badge=i.id,
        title=i.name,
        subtitle=Text(
            f"{NEED_NAMES[i.need].zh} · {i.unit.zh}", f"{NEED_NAMES[i.need].en} · {i.unit.in_('en')}"
        ),
        fields=tuple((k, t) for k, t in fields if t.zh or t.en),
        chips=_chips(m, i),
        panel=_map(m, i) if i.id in m.results.values.columns and v.size else None,
    )


def _goalposts(i: Indicator) -> Text:
    """Return the goalposts with their grounds; empty where the indicator is not scored."""
    if not (np.isfinite(i.low) and np.isfinite(i.high)):
        return i.goalposts
    ends = f"{fixed(i.low, decimals_of_size(i.low))} – {fixed(i.high, decimals_of_size(i.high))}"
    return Text(
        " · ".join(filter(None, (ends, i.goalposts.zh))),
        " · ".join(filter(None, (ends, i.goalposts.in_("en")))),
    )


def _quality(m: Material, i: Indicator) -> Text:
    if i.id in m.results.region_quality and i.id not in m.results.values.columns:
        return quality_words([m.results.region_quality[i.id]])
    return m.quality_of(i.id)


def _chips(m: Material, i: Indicator) -> tuple[str, ...]:
    if i.id in m.results.quality.columns:
        found = {str(q) for q in m.results.quality[i.id] if q}
    else:
        found = {m.results.region_quality.get(i.id, "")} - {""}
    return tuple(q for q in ("official", "derived", "modelled", "assumed") if q in found)


def _reasons(m: Material, i: Indicator, gone: Counter[Text]) -> Text:
    remedies = {why.reason: why.remedy for (key, _), why in m.results.missing.items() if key == i.id}
    zh = ";".join(f"{r.zh}({n} 个):{remedies[r].zh}" for r, n in gone.most_common(3))
    en = "; ".join(f"{r.in_('en')} ({n}): {remedies[r].in_('en')}" for r, n in gone.most_common(3))
    return Text(zh, en)


def _map(m: Material, i: Indicator) -> Panel:
    values = m.results.values[i.id].astype(float)
    ramp = "burden" if i.direction < 0 else "good"
    scale = scale_for(values.to_numpy(), ramp, i.unit)  # type: ignore[arg-type]
    svg = choropleth(
        m.ground,
        dict(values),
        scale=scale,
        title=i.name,
        legend_title=Text("", ""),
        uid=m.numbers.uid(),
        sheet=THUMB,
    )
    return panel(svg, i.name)
