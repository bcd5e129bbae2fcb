"""Who gains from the plan and who does not: zones, clusters, the worst-off tenth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from yipan.inequality import gini, mean_of_lowest
from yipan.measure.values import NEED_NAMES
from yipan.plan.values import Plan
from yipan.show.cells import change, number, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import share_bars
from yipan.show.colours import CATEGORIES
from yipan.show.material import Material
from yipan.show.model import Block, Cell, Chapter, Column, FigureBlock, Paragraph, TableBlock
from yipan.show.numbers import fixed, percent
from yipan.show.story import PlanStory, plan_trace
from yipan.text import Text

SEEN = 0.05
"""Points of a zone's index below which a rise is too small to call a gain (figures have one decimal)."""
MOST = 10
"""Zones listed at each end."""
WEIGHTED = Text("分区得分变化乘居民数", "rise of each zone's index times its residents")


def gains_chapter(m: Material, plan: Plan) -> Chapter:
    """Return who gains and who does not, by zone, cluster and among the worst-off."""
    story = PlanStory(m, plan)
    rise = (story.after["index"] - plan.before["index"]).astype(float)
    people = m.population().reindex(rise.index).fillna(0.0).astype(float)
    blocks: list[Block] = [_words(m, rise, people), _evenness(story, people)]
    shares = _shares(m, rise, people)
    if len(shares) > 1:
        blocks.append(_share_figure(m, plan, shares))
    blocks.append(_zones(story, rise, people, key="gain-most", most=True))
    if (rise < SEEN).any():
        blocks.append(_zones(story, rise, people, key="gain-least", most=False))
    return Chapter(key="gains", title=Text("谁受益,谁没有", "Who gains, who does not"), blocks=tuple(blocks))


def _words(m: Material, rise: pd.Series[float], people: pd.Series[float]) -> Paragraph:
    up, down = rise >= SEEN, rise <= -SEEN
    still = ~up & ~down
    total = float(people.sum()) or 1.0

    def share(mask: pd.Series[bool]) -> str:
        return percent(float(people[mask].sum()) / total)

    zh = (
        f"{int(up.sum())} 个分区的指数上升不少于 {SEEN} 分(居民占 {share(up)}),{int(still.sum())} 个几乎不变"
        f"({share(still)}),{int(down.sum())} 个下降({share(down)})。"
    )
    en = (
        f"The index rises by {SEEN} points or more in {int(up.sum())} zones ({share(up)} of residents),"
        f" hardly moves in {int(still.sum())} ({share(still)}), falls in {int(down.sum())} ({share(down)})."
    )
    if down.any():
        names = [m.region.zone_name(str(z)) for z in rise[down].sort_values().index]
        zh += f"下降的是{'、'.join(n.zh for n in names)}。"
        en += f" It falls in {', '.join(n.in_('en') for n in names)}."
    return Paragraph(Text(zh, en))


def _evenness(story: PlanStory, people: pd.Series[float]) -> TableBlock:
    m, plan = story.m, story.plan
    rows = []
    for n in m.columns:
        before = plan.before[n].astype(float).to_numpy()
        after = story.after[n].astype(float).to_numpy()
        w = people.to_numpy()
        worst = [mean_of_lowest(x, w) for x in (before, after)]
        even = [gini(x, w) for x in (before, after)]
        rows.append(
            (
                words(NEED_NAMES[n]),
                number(worst[0], 2),
                number(worst[1], 2),
                change(worst[1] - worst[0], 2),
                number(even[0], 4),
                number(even[1], 4),
                change(even[1] - even[0], 4, better=-1),
            )
        )
    return TableBlock(
        key="evenness",
        number=m.numbers.table(),
        caption=Text(
            "处境最差的十分之一居民与分区间的不平等:前后对比",
            "The worst-off tenth of residents, and inequality between zones: before and after",
        ),
        columns=(
            Column(label=Text("得分", "Score"), share=1.6),
            Column(label=Text("最差十分之一(前)", "Worst tenth before"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("最差十分之一(后)", "Worst tenth after"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("最差十分之一变化", "Worst tenth change"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("基尼系数(前)", "Gini before"), unit=Text("0–1", "0–1"), numeric=True),
            Column(label=Text("基尼系数(后)", "Gini after"), unit=Text("0–1", "0–1"), numeric=True),
            Column(label=Text("基尼系数变化", "Gini change"), unit=Text("0–1", "0–1"), numeric=True),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            plan,
            unit=Text("见表头", "see the heads"),
            source=Text(
                "最差十分之一:分区得分最低的 10% 居民的平均分;基尼系数:居民按所在分区得分",
                "worst tenth: mean score of the 10% of residents in the lowest zones; Gini: over residents by"
                " the score of their zone",
            ),
            quality=m.value_quality,
        ),
    )


def _shares(
    m: Material, rise: pd.Series[float], people: pd.Series[float]
) -> Mapping[str, tuple[float, float]]:
    """Return each cluster's share of residents and of the gain; nothing where the plan gains nothing."""
    gain = (rise.clip(lower=0.0) * people).to_numpy()
    if gain.sum() <= 0 or people.sum() <= 0:
        return {}
    cluster = np.array([m.region.cluster_of[str(z)] for z in rise.index])
    return {
        c: (
            float(people.to_numpy()[cluster == c].sum() / people.sum()),
            float(gain[cluster == c].sum() / gain.sum()),
        )
        for c in m.cluster_ids
    }


def _share_figure(m: Material, plan: Plan, shares: Mapping[str, tuple[float, float]]) -> FigureBlock:
    title = Text("居民与受益在各片区的份额", "Shares of residents and of the gain by cluster")
    parts = [(m.cluster_name(c), CATEGORIES[k % len(CATEGORIES)]) for k, c in enumerate(shares)]
    rows = [
        (Text("居民", "residents"), [s[0] for s in shares.values()]),
        (Text("受益", "gain"), [s[1] for s in shares.values()]),
    ]
    svg = share_bars(rows, parts, title=title, uid=m.numbers.uid())
    return FigureBlock(
        key="gain-shares",
        number=m.numbers.figure(),
        caption=Text(
            "居民与受益在各片区的份额:下条长于上条的片区受益多于其人口",
            "Shares of residents and of the gain: clusters longer in the lower bar gain more than their due",
        ),
        panels=(panel(svg, title),),
        trace=plan_trace(m, plan, unit=Text("%", "%"), source=WEIGHTED, quality=m.value_quality),
    )


def _zones(
    story: PlanStory, rise: pd.Series[float], people: pd.Series[float], *, key: str, most: bool
) -> TableBlock:
    m = story.m
    mine = {z: [s for s in story.starts if z in s.project.zones] for z in rise.index}
    order = rise.sort_values(ascending=not most, kind="stable")
    order = order[order >= SEEN] if most else order[order < SEEN]
    caption = (
        Text("受益最多的分区", "Zones that gain most")
        if most
        else Text("几乎没有受益或变差的分区", "Zones that hardly gain, or lose")
    )
    rows = []
    for z in order.index[:MOST]:
        needs = (story.after.loc[z] - story.plan.before.loc[z]).astype(float)
        numbers = [str(story.number[s.project.id]) for s in mine[z]]
        rows.append(
            (
                words(m.region.zone_name(str(z))),
                words(m.cluster_name(m.region.cluster_of[str(z)])),
                number(float(people[z]) / 1e4, 1),
                change(float(rise[z]), 2),
                *(change(float(needs[n]), 2) for n in m.columns if n != "index"),
                Cell(Text("、".join(numbers) or "无", ", ".join(numbers) or "none")),
            )
        )
    return TableBlock(
        key=key,
        number=m.numbers.table(),
        caption=caption,
        columns=(
            Column(label=Text("分区", "Zone"), share=1.8),
            Column(label=Text("片区", "Cluster"), share=1.8),
            Column(
                label=Text("人口", "Residents"), unit=Text("万人", "10 thousand"), numeric=True, share=1.1
            ),
            Column(label=Text("指数变化", "Index change"), unit=SCORE_UNIT, numeric=True, share=1.0),
            *(
                Column(label=NEED_NAMES[n], unit=SCORE_UNIT, numeric=True, share=0.9)
                for n in m.columns
                if n != "index"
            ),
            Column(label=Text("区内项目编号", "Projects in it"), share=1.3),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            m,
            story.plan,
            unit=SCORE_UNIT,
            source=Text(
                f"方案实施后与现状之差;{fixed(SEEN, 2)} 分以下视为不变",
                f"after the plan less before; under {fixed(SEEN, 2)} points counts as no change",
            ),
            quality=m.value_quality,
        ),
    )
