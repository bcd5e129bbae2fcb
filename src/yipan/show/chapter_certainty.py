"""How sure ranks are: the index made in hundreds of other defensible ways, and which choice matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from yipan.errors import MeasureError
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, recipe_of
from yipan.measure.sure import (
    Choice,
    Sensitivity,
    Uncertainty,
    noisy_weights,
    sobol,
    sobol_designs,
    uncertainty,
)
from yipan.measure.sure.values import AnyChoice
from yipan.show.cells import number, words
from yipan.show.chapter_scores import panel
from yipan.show.chapter_zones import only_some, shown_zones
from yipan.show.intervals import Interval, Reading, interval_chart
from yipan.show.material import Material
from yipan.show.model import Block, Chapter, Column, FigureBlock, Paragraph, TableBlock
from yipan.show.numbers import fixed
from yipan.text import Text

BASE = 512  # points of the Sobol sequence: BASE × (choices + 2) designs
SETS, SHARE = 64, 0.25
RANK = Text("名次", "rank")
NAMES = {
    "normalisation": Text("标准化方法", "Normalisation"),
    "weights": Text("权重", "Weights"),
    "aggregation": Text("合成方法", "Aggregation"),
}
OPTIONS = {
    "normalisation": Text("固定门槛值、最小–最大、z 分数、名次", "fixed goalposts, min–max, z scores, ranks"),
    "weights": Text(
        f"需要与指标的权重各变动 ±{SHARE:.0%} 以内,{SETS} 组",
        f"weights of needs and indicators each changed by up to ±{SHARE:.0%}, {SETS} sets",
    ),
    "aggregation": Text(
        "需要之间取几何、算术或调和平均", "geometric, arithmetic or harmonic mean of the needs"
    ),
}


@dataclass(frozen=True)
class Certainty:
    """Ranks over all designs, what moves them (None where nothing does), and indicators left out.

    Those with the same value everywhere tell no zones apart, and have no z score and no share of a range.
    """

    ranks: Uncertainty
    shares: Sensitivity | None
    left_out: tuple[str, ...] = ()


def choices_of(recipe: Recipe) -> tuple[AnyChoice, ...]:
    """Return what could as well have been chosen: normalisation, weights, aggregation.

    Scores stay above 0 under every option, since geometric and harmonic means take no zeros.
    """
    ways = {
        "goalposts": recipe.normalise,
        "minmax": Normalise(method="minmax", low=1.0, high=100.0),
        "z": Normalise(method="z", mean=100.0, sd=10.0),
        "rank": Normalise(method="rank"),
    }
    means = ("geometric", "arithmetic", "harmonic")
    return (
        Choice("normalisation", {k: _normalised(how) for k, how in ways.items()}),
        noisy_weights(recipe, sets=SETS, share=SHARE, leaves=True),
        Choice("aggregation", {k: _aggregated(k) for k in means}),
    )


def _normalised(how: Normalise) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, normalise=how)


def _aggregated(how: str) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, root=replace(recipe.root, aggregate=how))


def certainty(m: Material, *, base: int = BASE) -> Certainty:
    """Return ranks over ``base × (choices + 2)`` designs of a Sobol sequence, always the same ones.

    Raises
    ------
    MeasureError
        When the region's index cannot be made otherwise (no indicator has a value, one zone only …).
    """
    whole = recipe_of(m.results)
    recipe = _telling(whole, m)
    kept = {leaf.id for leaf in recipe.root.leaves()}
    left_out = tuple(leaf.id for leaf in whole.root.leaves() if leaf.id not in kept)
    choices = choices_of(recipe)
    ranks = uncertainty(recipe, m.results.values, choices, designs=sobol_designs(choices, base=base))
    moved = bool(np.isfinite(ranks.distance).all() and np.ptp(ranks.distance) > 0)
    return Certainty(ranks, sobol(ranks.distance, ranks.choices, resamples=500) if moved else None, left_out)


def _telling(recipe: Recipe, m: Material) -> Recipe:
    """Leave out indicators that have the same value everywhere, and needs that then have none."""
    differ = m.results.values.nunique() > 1
    needs = []
    for node in recipe.root.parts:
        if isinstance(node, Node):
            parts = tuple(p for p in node.parts if not isinstance(p, Leaf) or bool(differ[p.id]))
            needs += [replace(node, parts=parts)] if parts else []
    return replace(recipe, root=replace(recipe.root, parts=tuple(needs)))


def certainty_chapter(m: Material) -> Chapter:
    """Return the chapter on how sure the ranks are; a region too small for it is told so."""
    try:
        found = certainty(m)
    except MeasureError as e:
        blocks: tuple[Block, ...] = (Paragraph(_refused(e), "note"),)
    else:
        blocks = (_words(m, found), _rank_figure(m, found))
        if found.shares is not None:
            blocks += (_share_figure(m, found.shares), _share_table(m, found.shares))
        blocks += (_rank_table(m, found),)
    return Chapter(key="certainty", title=Text("名次有多可靠", "How sure the ranks are"), blocks=blocks)


def _refused(e: MeasureError) -> Text:
    reasons = [p.what for p in e.problems] or [e.message]
    return Text(
        "无法计算名次区间:" + ";".join(r.zh for r in reasons) + "。",
        "Rank intervals cannot be told: " + "; ".join(r.in_("en") for r in reasons) + ".",
    )


def _designs(found: Certainty) -> int:
    return len(found.ranks.designs)


def _source(found: Certainty) -> Text:
    n = _designs(found)
    return Text(
        f"{n} 种做法下的名次(Sobol 序列):{';'.join(f'{NAMES[c].zh}({OPTIONS[c].zh})' for c in NAMES)}",
        f"ranks under {n} ways of making the index (Sobol sequence): "
        + "; ".join(f"{NAMES[c].en.lower()} ({OPTIONS[c].en})" for c in NAMES),
    )


def _words(m: Material, found: Certainty) -> Paragraph:
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


def _which(found: Certainty) -> Text:
    """Say which choice matters most, if the intervals tell."""
    s = found.shares
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


def _rank_figure(m: Material, found: Certainty) -> FigureBlock:
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


def _share_table(m: Material, s: Sensitivity) -> TableBlock:
    rows = tuple(
        (
            words(NAMES[str(c)]),
            words(OPTIONS[str(c)]),
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


def _rank_table(m: Material, found: Certainty) -> TableBlock:
    table = found.ranks.table
    lacking = table["median"].isna()
    order = table.sort_values("median", kind="stable", na_position="last").index
    rows = tuple(
        (
            words(m.region.zone_name(str(z))),
            words(m.cluster_name(m.region.cluster_of[str(z)])),
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
            Column(label=Text("片区", "Cluster"), share=1.9),
            Column(label=Text("本报告", "This report"), unit=RANK, numeric=True),
            Column(label=Text("中位", "Median"), unit=RANK, numeric=True),
            Column(label=Text("5%", "5%"), unit=RANK, numeric=True),
            Column(label=Text("95%", "95%"), unit=RANK, numeric=True),
            Column(label=Text("最好", "Best"), unit=RANK, numeric=True),
            Column(label=Text("最差", "Worst"), unit=RANK, numeric=True),
        ),
        rows=rows,
        trace=m.trace(unit=RANK, source=_source(found)),
        note=_unranked(m, found, int(lacking.sum())),
    )


def _unranked(m: Material, found: Certainty, count: int) -> Text:
    zh, en = [], []
    if found.left_out:
        names = [m.results.indicators[i].name for i in found.left_out]
        zh.append(f"各分区数值相同、未参与比较的指标:{'、'.join(n.zh for n in names)}。")
        en.append("Left out, the same value everywhere: " + "; ".join(n.in_("en") for n in names) + ".")
    if count:
        zh.append(f"{count} 个分区因需要得分缺失而没有名次。")
        en.append(f"{count} zones have no rank: a need score is missing.")
    return Text("".join(zh), " ".join(en))
