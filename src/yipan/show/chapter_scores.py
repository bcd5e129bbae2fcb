"""Chapters 3 and 4: scores on maps and in a table; targets, gaps, differences between clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.measure.compare import number_at
from yipan.measure.values import NEED_NAMES
from yipan.show.cells import missing, number, words
from yipan.show.chapter_region import ALL
from yipan.show.chapter_targets import standard_blocks, target_blocks
from yipan.show.charts import Series, dot_chart
from yipan.show.colours import CATEGORIES, scale_for
from yipan.show.maps import THUMB, WIDE, choropleth
from yipan.show.material import Material
from yipan.show.model import Block, Cell, Chapter, Column, FigureBlock, Panel, Paragraph, TableBlock
from yipan.show.numbers import fixed
from yipan.show.svg import Node
from yipan.text import Text

SCORE_UNIT = Text("分", "points")


def described(svg: Node) -> Text:
    """Return the description a picture carries."""
    for child in svg.children:
        if isinstance(child, Node) and child.tag == "desc" and isinstance(child.children[0], Text):
            return child.children[0]
    return Text("", "")


def panel(svg: Node, title: Text, subtitle: Text = Text("", "")) -> Panel:  # noqa: B008 - Text is frozen
    """Return a panel around a picture."""
    return Panel(svg=svg, title=title, description=described(svg), subtitle=subtitle)


def scores_chapter(m: Material) -> Chapter:
    """Return the chapter with the index and the four needs on maps, and every zone in a table."""
    return Chapter(
        key="scores",
        title=Text("分区与片区得分", "Scores of zones and clusters"),
        blocks=(_index_figure(m), _needs_figure(m), _cluster_chart(m), _cluster_table(m), _zone_table(m)),
    )


def _index_figure(m: Material) -> FigureBlock:
    values = m.results.needs["index"]
    scale = scale_for(values.to_numpy(dtype=float), "good", SCORE_UNIT)
    title = Text("综合指数", "Index")
    svg = choropleth(
        m.ground, dict(values), scale=scale, title=title, legend_title=title, uid=m.numbers.uid(), sheet=WIDE
    )
    return FigureBlock(
        key="index",
        number=m.numbers.figure(),
        caption=Text("各分区综合指数", "Index of each zone"),
        panels=(panel(svg, title),),
        trace=m.trace(),
    )


def _needs_figure(m: Material) -> FigureBlock:
    needs = [n for n in m.columns if n != "index"]
    every = m.results.needs[needs].to_numpy(dtype=float)
    scale = scale_for(every, "good", SCORE_UNIT)
    panels = []
    for need in needs:
        name = NEED_NAMES[need]
        title = Text(f"{name.zh}需要得分", f"{name.en} score")
        svg = choropleth(
            m.ground,
            dict(m.results.needs[need]),
            scale=scale,
            title=title,
            legend_title=title,
            uid=m.numbers.uid(),
            sheet=THUMB,
        )
        panels.append(panel(svg, title, title))
    return FigureBlock(
        key="needs",
        number=m.numbers.figure(),
        caption=Text("四类需要的得分,同一色标", "Scores of the four needs, same scale"),
        panels=tuple(panels),
        across=2,
        trace=m.trace(
            source=Text(
                "各需要可用指标得分的平均(见方法)",
                "mean of the available indicator scores of each need (see method)",
            )
        ),
    )


def cluster_series(m: Material, table: pd.DataFrame) -> list[Series]:
    """Return one series a cluster with its need scores and index."""
    return [
        Series(
            m.cluster_name(c),
            CATEGORIES[i % len(CATEGORIES)],
            tuple(number_at(table, c, n) for n in m.columns),
        )
        for i, c in enumerate(m.cluster_ids)
        if c in table.index
    ]


def _cluster_chart(m: Material) -> FigureBlock:
    title = Text("各片区四类需要得分与综合指数", "Need scores and index by cluster")
    svg = dot_chart(
        [NEED_NAMES[n] for n in m.columns],
        cluster_series(m, m.results.clusters),
        unit=SCORE_UNIT,
        title=title,
        uid=m.numbers.uid(),
    )
    return FigureBlock(
        key="clusters",
        number=m.numbers.figure(),
        caption=Text(
            "片区差异:同一行内点距越大,差异越大",
            "Differences between clusters: the further apart the dots in a row, the larger",
        ),
        panels=(panel(svg, title),),
        trace=m.trace(source=Text("分区得分按人口加权", "zone scores weighted by residents")),
    )


def score_columns(m: Material) -> list[Column]:
    """Return the heads of the need columns and the index."""
    return [Column(label=NEED_NAMES[n], unit=SCORE_UNIT, numeric=True) for n in m.columns]


def _cluster_table(m: Material) -> TableBlock:
    table = m.results.clusters
    named = [c.id for c in m.region.meta.clusters if c.id in table.index]
    people = m.population()
    rows: list[tuple[Cell, ...]] = []
    for c in named:
        members = m.results.cluster_members.get(c, ())
        rows.append(
            (
                words(m.cluster_name(c)),
                number(len(members), 0),
                number(float(people.reindex(list(members)).sum()) / 1e4, 1),
                *(number(number_at(table, c, n), 1, bar=_bar(number_at(table, c, n))) for n in m.columns),
            )
        )
    rows.append(
        (
            words(ALL, strong=True),
            number(len(m.region.zone_ids), 0),
            number(float(people.sum()) / 1e4, 1),
            *(number(float(m.results.total[n]), 1, bar=_bar(float(m.results.total[n]))) for n in m.columns),
        )
    )
    return TableBlock(
        key="clusters",
        number=m.numbers.table(),
        caption=Text("片区得分", "Scores of clusters"),
        columns=(
            Column(label=Text("片区", "Cluster"), share=2.4),
            Column(label=Text("分区", "Zones"), unit=Text("个", "count"), numeric=True, share=0.8),
            Column(
                label=Text("人口", "Residents"), unit=Text("万人", "10 thousand"), numeric=True, share=1.2
            ),
            *score_columns(m),
        ),
        rows=tuple(rows),
        trace=m.trace(source=Text("分区得分按人口加权", "zone scores weighted by residents")),
    )


def _bar(value: float) -> float | None:
    return value / 100 if np.isfinite(value) else None


def _zone_table(m: Material) -> TableBlock:
    people = m.population()
    order = m.results.needs["index"].sort_values(ascending=False, na_position="last").index
    rows = []
    for z in order:
        scores = m.results.needs.loc[z]
        rows.append(
            (
                words(m.region.zone_name(str(z))),
                words(m.cluster_name(m.region.cluster_of[str(z)])),
                number(float(people[str(z)]) / 1e4, 1),
                *(_score_cell(m, n, str(z), float(scores[n])) for n in m.columns),
            )
        )
    return TableBlock(
        key="zones",
        number=m.numbers.table(),
        caption=Text("全部分区得分", "Scores of all zones"),
        columns=(
            Column(label=Text("分区", "Zone"), share=2.0),
            Column(label=Text("片区", "Cluster"), share=1.9),
            Column(
                label=Text("人口", "Residents"), unit=Text("万人", "10 thousand"), numeric=True, share=1.2
            ),
            *score_columns(m),
        ),
        rows=tuple(rows),
        trace=m.trace(),
    )


def _score_cell(m: Material, need: str, zone: str, value: float) -> Cell:
    if np.isfinite(value):
        return number(value, 1, bar=value / 100)
    why = m.results.missing.get((need, zone))
    return missing(why.reason) if why else missing(Text("数据不足", "too little data"))


def gaps_chapter(m: Material) -> Chapter:
    """Return the chapter on what is missing to the targets, and who lags."""
    blocks: list[Block] = [*target_blocks(m)]
    blocks += [_lag_words(m), _lag_table(m), _difference_table(m), *standard_blocks(m)]
    return Chapter(key="gaps", title=Text("差距", "Gaps"), blocks=tuple(blocks))


def _lag_words(m: Material) -> Paragraph:
    table = m.results.clusters
    zh, en = [], []
    for n in m.columns:
        column = table[n].reindex(list(m.cluster_ids)).dropna().astype(float)
        if len(column) < 2:
            continue
        low, high = str(column.idxmin()), str(column.idxmax())
        gap = float(column.max() - column.min())
        zh.append(f"{NEED_NAMES[n].zh}:{m.cluster_name(low).zh}比{m.cluster_name(high).zh}低 {fixed(gap)} 分")
        en.append(
            f"{NEED_NAMES[n].en}: {m.cluster_name(low).in_('en')} is {fixed(gap)} points below "
            f"{m.cluster_name(high).in_('en')}"
        )
    return Paragraph(Text(";".join(zh) + "。", "; ".join(en) + "."))


def _lag_table(m: Material, most: int = 12) -> TableBlock:
    order = m.results.needs["index"].dropna().sort_values().index[:most]
    rows = []
    for z in order:
        needs = m.results.needs.loc[z, [n for n in m.columns if n != "index"]].astype(float)
        weakest = str(needs.idxmin()) if needs.notna().any() else ""
        scores = m.results.scores.loc[z].dropna().astype(float).sort_values()
        low = [m.results.indicators[str(i)].name for i in scores.index[:3]]
        rows.append(
            (
                words(m.region.zone_name(str(z))),
                words(m.cluster_name(m.region.cluster_of[str(z)])),
                number(float(m.results.needs.loc[z, "index"]), 1),
                words(NEED_NAMES[weakest]) if weakest else missing(Text("数据不足", "too little data")),
                number(float(needs.min()), 1),
                words(Text("、".join(t.zh for t in low), "; ".join(t.in_("en") for t in low))),
            )
        )
    return TableBlock(
        key="lagging",
        number=m.numbers.table(),
        caption=Text(
            f"指数最低的 {len(rows)} 个分区及其短板",
            f"The {len(rows)} zones with the lowest index, and what holds them back",
        ),
        columns=(
            Column(label=Text("分区", "Zone"), share=1.7),
            Column(label=Text("片区", "Cluster"), share=1.8),
            Column(label=Text("指数", "Index"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=Text("最弱需要", "Weakest need"), share=1.0),
            Column(label=Text("其得分", "Its score"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("得分最低的指标", "Indicators with the lowest scores"), share=3.6),
        ),
        rows=tuple(rows),
        trace=m.trace(),
    )


def _difference_table(m: Material, most: int = 10) -> TableBlock:
    people = m.population()
    found = []
    for i in m.indicators:
        if i.id not in m.results.scores.columns:
            continue
        means = {}
        for c in m.cluster_ids:
            zones = [z for z in m.region.zone_ids if m.region.cluster_of[z] == c]
            v = m.results.scores[i.id].reindex(zones).astype(float)
            w = people.reindex(zones).where(v.notna())
            if w.sum() > 0:
                means[c] = float((v * w).sum() / w.sum())
        if len(means) > 1:
            low, high = min(means, key=lambda k: means[k]), max(means, key=lambda k: means[k])
            found.append((means[high] - means[low], i, low, high, means))
    found.sort(key=lambda f: (-f[0], f[1].id))
    rows = tuple(
        (
            words(i.name),
            words(NEED_NAMES[i.need]),
            words(m.cluster_name(low)),
            number(means[low], 1),
            words(m.cluster_name(high)),
            number(means[high], 1),
            number(gap, 1),
        )
        for gap, i, low, high, means in found[:most]
    )
    return TableBlock(
        key="differences",
        number=m.numbers.table(),
        caption=Text("片区差异最大的指标", "Indicators with the largest differences between clusters"),
        columns=(
            Column(label=Text("指标", "Indicator"), share=2.6),
            Column(label=Text("需要", "Need"), share=0.8),
            Column(label=Text("最低片区", "Lowest cluster"), share=1.8),
            Column(label=Text("得分", "Score"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=Text("最高片区", "Highest cluster"), share=1.8),
            Column(label=Text("得分", "Score"), unit=SCORE_UNIT, numeric=True, share=0.8),
            Column(label=Text("差", "Gap"), unit=SCORE_UNIT, numeric=True, share=0.8),
        ),
        rows=rows,
        trace=m.trace(source=Text("指标得分按人口加权", "indicator scores weighted by residents")),
    )
