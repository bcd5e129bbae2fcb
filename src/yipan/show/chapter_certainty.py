"""How sure ranks are: the index made in hundreds of other defensible ways, and which choice matters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.errors import MeasureError
from yipan.measure.recipe import recipe_of
from yipan.measure.sure import Sensitivity, WeightFactors
from yipan.measure.sure.how_sure import HowSure, how_sure
from yipan.measure.sure.values import AnyChoice
from yipan.show.cells import number, words
from yipan.show.chapter_scores import panel
from yipan.show.chapter_zones import only_some, shown_zones
from yipan.show.intervals import Interval, Reading, interval_chart
from yipan.show.material import Material
from yipan.show.model import Block, Chapter, Column, FigureBlock, Paragraph, TableBlock
from yipan.show.numbers import fixed
from yipan.text import Text

DESIGNS = 2048  # least number; the next Sobol sequence is taken
SHARE = 0.25
RANK = Text("名次", "rank")
NAMES = {
    "normalisation": Text("标准化方法", "Normalisation"),
    "weights": Text("权重", "Weights"),
    "weighting": Text("赋权方法", "Weighting"),
    "aggregation": Text("合成方法", "Aggregation"),
}
LABELS = {
    "recipe": Text("本报告的做法", "as in this report"),
    "minmax": Text("最小–最大", "min–max"),
    "z": Text("z 分数", "z scores"),
    "rank": Text("名次", "ranks"),
    "equal": Text("等权", "equal weights"),
    "arithmetic": Text("各级算术平均", "arithmetic means at every level"),
    "geometric": Text("各级几何平均", "geometric means at every level"),
}


def certainty(m: Material, *, designs: int = DESIGNS) -> HowSure:
    """Return how sure the region's own index is: as `yipan index` tells it, with fewer designs.

    Raises
    ------
    MeasureError
        When the region has no index to vary (no indicator has a value …).
    """
    return how_sure(recipe_of(m.results), m.results.values, designs=designs, share=SHARE)


def certainty_chapter(m: Material) -> Chapter:
    """Return the chapter on how sure the ranks are; a region too small for it is told so."""
    try:
        found = certainty(m)
    except MeasureError as e:
        blocks: tuple[Block, ...] = (Paragraph(_refused(e), "note"),)
    else:
        blocks = (_words(m, found), _rank_figure(m, found))
        if found.sensitivity is not None:
            blocks += (_share_figure(m, found.sensitivity), _share_table(m, found, found.sensitivity))
        if found.dropped is not None:
            blocks += (_influence_table(m, found, found.dropped),)
        blocks += (_rank_table(m, found),)
    return Chapter(key="certainty", title=Text("名次有多可靠", "How sure the ranks are"), blocks=blocks)


def _refused(e: MeasureError) -> Text:
    reasons = [p.what for p in e.problems] or [e.message]
    return Text(
        "无法计算名次区间:" + ";".join(r.zh for r in reasons) + "。",
        "Rank intervals cannot be told: " + "; ".join(r.in_("en") for r in reasons) + ".",
    )


def _designs(found: HowSure) -> int:
    return len(found.ranks.designs)


def _options(choice: AnyChoice) -> Text:
    """Say what a choice was among."""
    if isinstance(choice, WeightFactors):
        n = len(choice.factors)
        return Text(
            f"需要与指标的权重各变动 ±{SHARE:.0%} 以内,{n} 组",
            f"weights of needs and indicators each changed by up to ±{SHARE:.0%}, {n} sets",
        )
    names = [LABELS.get(x, Text(x, x)) for x in choice.labels]
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def _source(found: HowSure) -> Text:
    n = _designs(found)
    return Text(
        f"{n} 种做法下的名次(Sobol 序列):"
        + ";".join(f"{NAMES[c.name].zh}({_options(c).zh})" for c in found.choices),
        f"ranks under {n} ways of making the index (Sobol sequence): "
        + "; ".join(f"{NAMES[c.name].en.lower()} ({_options(c).en})" for c in found.choices),
    )


def _words(m: Material, found: HowSure) -> Paragraph:
    table = found.ranks.table
    wide = (table["q95"] - table["q5"]).dropna()
    if not len(wide):
        return Paragraph(Text("没有分区有名次。", "No zone has a rank."), "note")
    most = str(wide.idxmax())
    name, low, high = m.region.zone_name(most), table["q5"][most], table["q95"][most]
    n, firm = len(table), int((wide <= 2).sum())
    ends = f"{fixed(low, 0)}–{fixed(high, 0)}"
    zh = (
        f"用 {_designs(found)} 种同样站得住脚的做法重新计算指数。90% 的做法下,名次区间的中位宽度为 "
        f"{fixed(float(wide.median()), 1)} 名;{n} 个分区中 {firm} 个的名次变动不超过 2 名。"
        f"最不确定的是{name.zh}(第 {ends} 名)。名次区间重叠的分区不宜分先后。"
    )
    en = (
        f"The index is made again in {_designs(found)} ways that are as defensible. Over nine in ten of them "
        f"a zone's rank lies within {fixed(float(wide.median()), 1)} places (the median zone); {firm} of {n} "
        f"zones move by at most 2. The least sure is {name.in_('en')} (ranks {ends}). Zones whose intervals "
        "overlap should not be put in an order."
    )
    return Paragraph(Text(zh + _which(found).zh, f"{en} {_which(found).en}".strip()))


def _which(found: HowSure) -> Text:
    """Say which choice matters most, if the intervals tell."""
    s = found.sensitivity
    if s is None:
        return Text("", "")
    order = np.argsort(-s.total)
    top, next_ = int(order[0]), int(order[1])
    name = NAMES[s.names[top]]
    if s.total_interval[top, 0] > s.total_interval[next_, 1]:
        return Text(f"影响最大的选择是{name.zh}。", f"The choice that matters most is {name.en.lower()}.")
    other = NAMES[s.names[next_]]
    return Text(
        f"影响最大的选择是{name.zh}或{other.zh}(区间重叠,不能分辨)。",
        f"The choice that matters most is {name.en.lower()} or {other.en.lower()} (their intervals overlap).",
    )


def _rank_figure(m: Material, found: HowSure) -> FigureBlock:
    table = found.ranks.table.loc[shown_zones(m)].dropna(subset=["median"])
    table = table.sort_values(["median", "rank", "mean"], kind="stable")
    title = Text("名次区间", "Rank intervals")
    svg = interval_chart(
        [
            Interval(
                name=m.region.zone_name(str(z)),
                middle=float(r["median"]),
                low=float(r["q5"]),
                high=float(r["q95"]),
                least=float(r["best"]),
                most=float(r["worst"]),
                mark=float(r["rank"]),
            )
            for z, r in table.iterrows()
        ],
        reading=Reading(
            middle=Text("中位名次", "median rank"),
            bar=Text("90% 的做法", "nine ways in ten"),
            line=Text("所有做法", "all ways"),
            mark=Text("本报告指数的名次", "rank by the index of this report"),
        ),
        unit=RANK,
        title=title,
        uid=m.numbers.uid(),
        base=1.0,
    )
    return FigureBlock(
        key="rank-intervals",
        number=m.numbers.figure(),
        caption=Text(
            "换一种做法,名次会怎样(按中位名次排列,1 为最好)",
            "Ranks when the index is made otherwise (by median rank, 1 the best)",
        ),
        panels=(panel(svg, title),),
        trace=m.trace(unit=RANK, source=_source(found)),
        note=only_some(m),
    )


def _share_figure(m: Material, s: Sensitivity) -> FigureBlock:
    title = Text("各选择对名次变动的影响", "What each choice adds to the moves of ranks")
    order = np.argsort(-s.total, kind="stable")
    svg = interval_chart(
        [
            Interval(
                name=NAMES[s.names[k]],
                middle=float(s.total[k]),
                low=float(s.total_interval[k, 0]),
                high=float(s.total_interval[k, 1]),
                mark=float(s.first[k]),
            )
            for k in order
        ],
        reading=Reading(
            middle=Text("总效应", "with its interactions (total)"),
            bar=Text("90% 自助区间", "90% bootstrap interval"),
            mark=Text("单独效应", "alone (first order)"),
        ),
        unit=Text("份额", "share"),
        title=title,
        uid=m.numbers.uid(),
        step=34.0,
    )
    return FigureBlock(
        key="choices",
        number=m.numbers.figure(),
        caption=Text("哪个选择最影响名次(Sobol 敏感度)", "Which choice moves ranks most (Sobol sensitivity)"),
        panels=(panel(svg, title),),
        trace=m.trace(unit=Text("方差份额", "share of the variance"), source=_SHARES),
    )


_SHARES = Text(
    "名次平均变动的方差分解:Saltelli 等(2010)、Jansen(1999)",
    "variance of the mean move of ranks, taken apart: Saltelli et al. (2010), Jansen (1999)",
)


def _share_table(m: Material, found: HowSure, s: Sensitivity) -> TableBlock:
    options = {c.name: _options(c) for c in found.choices}
    rows = tuple(
        (
            words(NAMES[str(c)]),
            words(options[str(c)]),
            *(number(float(r[k]), 2) for k in s.table.columns),
        )
        for c, r in s.table.iterrows()
    )
    return TableBlock(
        key="choices",
        number=m.numbers.table(),
        caption=Text("各选择的敏感度与区间", "Sensitivity to each choice, with intervals"),
        columns=(
            Column(label=Text("选择", "Choice"), share=1.2),
            Column(label=Text("选项", "Options"), share=3.2),
            Column(label=Text("单独", "Alone"), numeric=True, share=0.8),
            Column(label=Text("下限", "Low"), numeric=True, share=0.7),
            Column(label=Text("上限", "High"), numeric=True, share=0.7),
            Column(label=Text("总效应", "Total"), numeric=True, share=0.8),
            Column(label=Text("下限", "Low"), numeric=True, share=0.7),
            Column(label=Text("上限", "High"), numeric=True, share=0.7),
        ),
        rows=rows,
        trace=m.trace(unit=Text("方差份额", "share of the variance"), source=_SHARES),
        note=Text(
            "".join(w.what.zh + "。" for w in s.warnings), " ".join(w.what.en + "." for w in s.warnings)
        ),
    )


def _rank_table(m: Material, found: HowSure) -> TableBlock:
    table = found.ranks.table
    lacking = table["median"].isna()
    order = table.sort_values("median", kind="stable", na_position="last").index
    rows = tuple(
        (
            words(m.region.zone_name(str(z))),
            *(number(float(table.loc[z, k]), 0) for k in ("rank", "median", "q5", "q95", "best", "worst")),
        )
        for z in order
    )
    return TableBlock(
        key="rank-intervals",
        number=m.numbers.table(),
        caption=Text("全部分区的名次区间", "Rank intervals of all zones"),
        columns=(
            Column(label=Text("分区", "Zone"), share=2.0),
            Column(label=Text("本报告", "This report"), unit=RANK, numeric=True),
            Column(label=Text("中位", "Median"), unit=RANK, numeric=True),
            Column(label=Text("5%", "5%"), unit=RANK, numeric=True),
            Column(label=Text("95%", "95%"), unit=RANK, numeric=True),
            Column(label=Text("最好", "Best"), unit=RANK, numeric=True),
            Column(label=Text("最差", "Worst"), unit=RANK, numeric=True),
        ),
        rows=rows,
        trace=m.trace(unit=RANK, source=_source(found)),
        note=_unranked(found, int(lacking.sum())),
    )


def _unranked(found: HowSure, count: int) -> Text:
    """Say which zones have no rank, and what could not be varied or told, and why."""
    known = found.sensitivity.warnings if found.sensitivity is not None else ()
    told = dict.fromkeys(p.what for p in found.problems if p not in known)
    zh, en = [f"{t.zh}。" for t in told], [f"{t.in_('en')[:1].upper()}{t.in_('en')[1:]}." for t in told]
    if count:
        zh.append(f"{count} 个分区因需要得分缺失而没有名次。")
        en.append(f"{count} zones have no rank: a need score is missing.")
    return Text("".join(zh), " ".join(en))


def _influence_table(m: Material, found: HowSure, dropped: pd.DataFrame) -> TableBlock:
    rows = []
    for code, r in zip(map(str, dropped.index), dropped.to_dict("records"), strict=True):
        known = found.effective is not None and code in found.effective.index
        weight, real = (
            (100 * float(found.effective["weight"][code]), 100 * float(found.effective["effective"][code]))
            if found.effective is not None and known
            else (np.nan, np.nan)
        )
        zone = str(r["zone"])
        rows.append(
            (
                words(code),
                words(m.results.indicators[code].name),
                number(round(weight, 2), 1),
                number(round(real, 2), 1),
                number(round(float(r["mean"]), 2), 1),
                number(float(r["largest"]), 0),
                words(m.region.zone_name(zone) if r["largest"] > 0 and zone in m.region.zone_ids else "—"),
            )
        )
    percent, places = Text("%", "%"), Text("名", "places")
    return TableBlock(
        key="influence",
        number=m.numbers.table(),
        caption=Text(
            "单项指标的影响:名义权重、实际影响、去掉后的名次变动",
            "What single indicators do: weight as meant, weight in effect, moves of ranks without them",
        ),
        columns=(
            Column(label=Text("编号", "Id"), share=1.3),
            Column(label=Text("指标", "Indicator"), share=2.6),
            Column(label=Text("名义权重", "Weight as meant"), unit=percent, numeric=True),
            Column(label=Text("实际影响", "In effect"), unit=percent, numeric=True),
            Column(label=Text("平均变动", "Mean move without it"), unit=places, numeric=True),
            Column(label=Text("最大变动", "Largest move"), unit=places, numeric=True),
            Column(label=Text("变动最大的分区", "Zone that moves most"), share=1.7),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("见表头", "see the heads"),
            source=Text(
                "逐项去掉后重新计算;实际影响为相关比的份额(Paruolo 等 2013)",
                "made again without each; in effect: shares of the correlation ratios (Paruolo et al. 2013)",
            ),
        ),
    )
