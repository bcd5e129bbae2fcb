"""Profiles of zones: the four needs as small radars, strengths, weaknesses and the zones most alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.measure.values import NEED_NAMES
from yipan.show.cells import words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.chapter_zones import only_some, shown_zones
from yipan.show.material import Material
from yipan.show.model import Cell, Chapter, Column, FigureBlock, TableBlock
from yipan.show.numbers import fixed
from yipan.show.radars import radars
from yipan.text import Text

MOST = 3
LEAST_SHARED = 0.5  # of the indicators two zones must both have to be compared
SEEN = 0.5  # points from the median below which a difference is written as 0
NOTHING = Cell(Text("—", "—"))


def profiles_chapter(m: Material) -> Chapter:
    """Return one picture and one table of all zones."""
    return Chapter(
        key="profiles", title=Text("分区画像", "Profiles of zones"), blocks=(_radars(m), _table(m))
    )


def from_median(scores: pd.DataFrame) -> pd.DataFrame:
    """Return how far each score is above the median of the zones that have it.

    Examples
    --------
    >>> from_median(pd.DataFrame({"a": [10.0, 30.0, 90.0]}))["a"].tolist()
    [-20.0, 0.0, 60.0]
    """
    return scores.astype(np.float64) - scores.astype(np.float64).median()


def peers(scores: pd.DataFrame, zone: str, *, most: int = MOST) -> list[tuple[str, float]]:
    """Return the zones with the most alike scores, with the root mean square difference in points.

    Over the indicators both have, at least half of all; the first by id where several are alike.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [0.0, 10.0, 80.0], "b": [0.0, 10.0, 80.0]}, index=["x", "y", "z"])
    >>> peers(table, "x", most=1)
    [('y', 10.0)]
    """
    gap = scores.astype(np.float64) - scores.loc[[zone]].iloc[0].astype(np.float64)
    shared = gap.notna().sum(axis=1)
    apart = np.sqrt((gap**2).mean(axis=1)).where(shared >= LEAST_SHARED * max(len(scores.columns), 1))
    found = sorted((float(d), str(z)) for z, d in apart.drop(zone).dropna().items())
    return [(z, d) for d, z in found[:most]]


def _radars(m: Material) -> FigureBlock:
    needs = [n for n in m.columns if n != "index"]
    zones = shown_zones(m)
    table = m.results.needs[needs].astype(np.float64)
    title = Text("各分区四类需要", "The four needs of every zone")
    svg = radars(
        [(m.region.zone_name(z), [float(v) for v in table.loc[[z]].to_numpy()[0]]) for z in zones],
        [NEED_NAMES[n] for n in needs],
        compare=[float(v) for v in table.median()],
        title=title,
        uid=m.numbers.uid(),
    )
    return FigureBlock(
        key="profiles",
        number=m.numbers.figure(),
        caption=Text(
            "各分区四类需要得分(外框 100 分);虚线为分区中位数",
            "Scores of the four needs of each zone (the frame is 100); dashed: the median zone",
        ),
        panels=(panel(svg, title),),
        trace=m.trace(
            unit=SCORE_UNIT,
            source=Text(
                "各需要可用指标得分的平均(见方法)",
                "mean of the available indicator scores of each need (see method)",
            ),
        ),
        note=only_some(m),
    )


def _table(m: Material) -> TableBlock:
    apart = from_median(m.results.scores)
    rows = []
    for z in m.region.zone_ids:
        row = sorted((float(v), str(i)) for i, v in apart.loc[[z]].iloc[0].dropna().items())
        strong = [(i, v) for v, i in reversed(row) if v >= SEEN][:MOST]
        weak = [(i, v) for v, i in row if v <= -SEEN][:MOST]
        alike = [(m.region.zone_name(p), d) for p, d in peers(m.results.scores, z)]
        rows.append(
            (
                words(m.region.zone_name(z)),
                _list([(m.results.indicators[i].name, v) for i, v in strong], sign=True),
                _list([(m.results.indicators[i].name, v) for i, v in weak], sign=True),
                _list(alike),
            )
        )
    return TableBlock(
        key="profiles",
        number=m.numbers.table(),
        caption=Text("各分区的长处、短板与相似分区", "Strengths, weaknesses and most alike zones"),
        columns=(
            Column(label=Text("分区", "Zone"), share=1.3),
            Column(label=Text("长处", "Strengths"), unit=Text("高于中位的分", "points above"), share=2.6),
            Column(label=Text("短板", "Weaknesses"), unit=Text("低于中位的分", "points below"), share=2.6),
            Column(label=Text("相似分区", "Most alike"), unit=Text("分差", "points apart"), share=2.0),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=SCORE_UNIT,
            source=Text(
                "指标得分减分区中位得分;相似按共有指标得分的均方根差",
                "indicator scores less the median zone's; alike by root mean square difference of the scores "
                "both have",
            ),
        ),
    )


def _list(items: list[tuple[Text, float]], *, sign: bool = False) -> Cell:
    if not items:
        return NOTHING
    text = Text(
        "、".join(f"{n.zh} {fixed(v, 0, sign=sign)}" for n, v in items),
        "; ".join(f"{n.in_('en')} {fixed(v, 0, sign=sign)}" for n, v in items),
    )
    return Cell(text, text.en[:12].casefold())  # a short key: whole texts twice would weigh on the page
