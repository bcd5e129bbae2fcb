"""Coordination: whether needs keep up with each other, clusters lie in reach, services follow the people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from yipan.measure.coordination import Coupling
from yipan.measure.coordination.whole import Whole, whole
from yipan.measure.values import NEED_NAMES
from yipan.show.cells import missing, number, words
from yipan.show.chapter_scores import panel
from yipan.show.charts import Bar, bars
from yipan.show.colours import BRAND, CATEGORIES, scale_for
from yipan.show.coordination_tables import (
    absent_table,
    circles_table,
    moran_table,
    services_table,
    zones_named,
)
from yipan.show.maps import THUMB, Key, Legend, choropleth, compose, rect_swatch, zones_layer
from yipan.show.material import Material
from yipan.show.model import Block, Cell, Chapter, Column, FigureBlock, Panel, Paragraph, TableBlock
from yipan.show.numbers import fixed
from yipan.text import Text

DEGREE = Text("0–1", "0–1")
HOUR = 60.0
SMALL = replace(THUMB, simplify=2.0)  # two maps of few classes: fine coasts would tell nothing more
TOP = 10  # obstacles in the picture
COUPLING = Text(
    "四类需要得分的耦合协调度 D = √(C·T),其中 C 为几何平均与算术平均之比,T 为算术平均",
    "coupling coordination D = √(C T) of the four need scores: C their geometric over their arithmetic mean, "
    "T their arithmetic mean",
)
OBSTACLES = Text(
    "障碍度:各指标占距满分差距的份额,需要等权、需要内指标等权",
    "obstacle degree: an indicator's share of what is missing to the full score; needs weigh alike, and "
    "indicators inside a need",
)


def coordination_chapter(m: Material) -> Chapter:
    """Return the chapter on coordination; what the data do not allow is listed at its end."""
    found = whole(m.region, m.results, limit=HOUR)
    blocks: list[Block] = [_words(m, found)]
    if found.coupling is not None:
        blocks.append(_maps(m, found.coupling))
    if found.obstacles is not None and found.obstacles.notna().any(axis=None):
        blocks.append(_obstacles(m, found.obstacles))
    if found.circles is not None:
        blocks.append(circles_table(m, found.circles))
    if found.services:
        blocks.append(services_table(m, found))
    if found.moran is not None:
        blocks.append(moran_table(m, found.moran, found.local))
    if found.coupling is not None:
        blocks.append(_zone_table(m, found, found.coupling))
    if found.obstacles is not None:
        blocks.append(_obstacle_table(m, found.obstacles))
    if found.absent:
        blocks.append(absent_table(m, found))
    return Chapter(key="coordination", title=Text("协同", "Coordination"), blocks=tuple(blocks))


def _laggards(c: Coupling) -> list[str]:
    """Return the need that lags in each zone: the first where several tie, "" where none is known."""
    return [names[0] if names else "" for names in c.laggards]


def _words(m: Material, found: Whole) -> Paragraph:
    zh, en = [], []
    c = found.coupling
    if c is not None and np.isfinite(c.d).any():
        k, n = int((c.d >= 0.5).sum()), int(np.isfinite(c.d).sum())
        lags = Counter(x for x in _laggards(c) if x)
        zh.append(f"{n} 个分区中,{k} 个达到协调(D ≥ 0.5)")
        en.append(f"Of {n} zones, {k} are coordinated (D of 0.5 or more)")
        for need, times in lags.most_common(1):
            zh.append(f"最常滞后的是{NEED_NAMES[need].zh}({times} 个分区)")
            en.append(f"the need that lags most often is {NEED_NAMES[need].en.lower()} ({times} zones)")
    if found.circles is not None:
        t = found.circles.table
        k = int(t["linked"].sum())
        zh.append(f"{len(t)} 对有向片区中,{k} 对居民间平均出行时间在 {HOUR:.0f} 分钟以内")
        en.append(f"{k} of {len(t)} directed pairs of clusters lie within {HOUR:.0f} minutes on average")
    index = found.dagum.get("index")
    if index is not None and index.total > 0:
        share = f"{100 * index.between / index.total:.0f}%"
        zh.append(f"居民所在分区指数的基尼系数(达格姆)为 {index.total:.3f},其中片区之间占 {share}")
        en.append(
            f"Dagum's Gini of the index over residents is {index.total:.3f}, {share} of it between clusters"
        )
    if not zh:
        return Paragraph(
            Text("数据不足,无法测算协同。", "The data do not allow coordination to be measured."), "note"
        )
    return Paragraph(Text(";".join(zh) + "。", "; ".join(en) + "."))


def _maps(m: Material, c: Coupling) -> FigureBlock:
    return FigureBlock(
        key="coupling",
        number=m.numbers.figure(),
        caption=Text(
            "四类需要的耦合协调度与滞后的需要",
            "Coupling coordination of the four needs, and the need that lags",
        ),
        panels=(_degree_map(m, c), _laggard_map(m, c)),
        across=2,
        trace=m.trace(unit=DEGREE, source=COUPLING),
    )


def _degree_map(m: Material, c: Coupling) -> Panel:
    values = dict(zip(c.units, map(float, c.d), strict=True))
    title = Text("耦合协调度", "Coupling coordination")
    svg = choropleth(
        m.ground,
        values,
        scale=scale_for(c.d, "good", Text("D", "D")),
        title=title,
        legend_title=title,
        uid=m.numbers.uid(),
        sheet=SMALL,
    )
    return panel(svg, title, title)


def _laggard_map(m: Material, c: Coupling) -> Panel:
    uid = m.numbers.uid()
    lags = dict(zip(c.units, _laggards(c), strict=True))
    colours = {n: CATEGORIES[k] for k, n in enumerate(c.subsystems)}
    used = [n for n in colours if n in lags.values()]
    keys = [Key(rect_swatch(colours[n]), NEED_NAMES[n]) for n in used]
    if not all(lags.values()):
        keys.append(Key(rect_swatch("#e9edee"), Text("无", "none")))
    title = Text("滞后的需要", "Need that lags")
    fill = {z: colours[n] for z, n in lags.items() if n}
    counts = Counter(n for n in lags.values() if n)
    svg = compose(
        m.ground,
        [zones_layer(m.ground, fill, simplify=SMALL.simplify)],
        legend=Legend(title, tuple(keys)),
        title=title,
        description=Text(
            ";".join(f"{NEED_NAMES[n].zh} {k} 个分区" for n, k in counts.items()) or "—",
            "; ".join(f"{NEED_NAMES[n].en}: {k} zones" for n, k in counts.items()) or "—",
        ),
        uid=uid,
        sheet=SMALL,
    )
    return panel(svg, title, title)


def _obstacles(m: Material, degrees: pd.DataFrame) -> FigureBlock:
    people = m.population().reindex(degrees.index).fillna(0.0)
    sound = degrees.dropna(how="all")
    weight = people.reindex(sound.index)
    mean = sound.fillna(0.0).mul(weight, axis=0).sum() / max(float(weight.sum()), 1.0)
    top = mean.sort_values(ascending=False, kind="stable")[:TOP]
    title = Text("主要障碍指标", "Largest obstacles")
    svg = bars(
        [Bar(m.results.indicators[str(i)].name, float(v), BRAND) for i, v in top.items()],
        unit=Text("%", "%"),
        title=title,
        uid=m.numbers.uid(),
    )
    return FigureBlock(
        key="obstacles",
        number=m.numbers.figure(),
        caption=Text(
            f"区域的 {len(top)} 个主要障碍:占距满分差距的份额(按人口加权)",
            f"The {len(top)} largest obstacles of the region: shares of what is missing to the full score "
            "(weighted by residents)",
        ),
        panels=(panel(svg, title),),
        trace=m.trace(unit=Text("%", "%"), source=OBSTACLES),
    )


def _zone_table(m: Material, found: Whole, c: Coupling) -> TableBlock:
    classes, lags = c.class_names(), c.laggards
    told = [zones_named(m, p.what) for p in c.problems]
    rows = []
    for k in np.argsort(-np.nan_to_num(c.d, nan=-1.0), kind="stable"):
        z = c.units[k]
        lag = [NEED_NAMES[n] for n in lags[k]]
        why = m.results.missing.get(("index", z))
        rows.append(
            (
                words(m.region.zone_name(z)),
                number(round(float(c.c[k]), 4), 2),
                number(round(float(c.t[k]), 4), 2),
                number(round(float(c.d[k]), 4), 2)
                if np.isfinite(c.d[k])
                else missing(why.reason if why else Text("数据不足", "too little data")),
                words(classes[k] if classes[k].zh else Text("—", "—")),
                words(Text("、".join(t.zh for t in lag) or "—", ", ".join(t.en for t in lag) or "—")),
                *(number(round(v, 4), 2) for v in _far(found, z)),
            )
        )
    return TableBlock(
        key="coupling",
        number=m.numbers.table(),
        caption=Text("全部分区的耦合协调", "Coupling coordination of all zones"),
        columns=(
            Column(label=Text("分区", "Zone"), share=1.7),
            Column(label=Text("耦合 C", "Coupling C"), numeric=True, share=0.8),
            Column(label=Text("水平 T", "Level T"), numeric=True, share=0.7),
            Column(label=Text("协调 D", "Coordination D"), numeric=True, share=1.0),
            Column(label=Text("等级", "Class"), share=1.2),
            Column(label=Text("滞后", "Lags"), share=0.9),
            Column(label=Text("与邻区 D", "D with neighbours"), numeric=True, share=0.9),
            Column(label=Text("与远区 D", "D with far zones"), numeric=True, share=0.9),
        ),
        rows=tuple(rows),
        trace=m.trace(unit=DEGREE, source=COUPLING),
        note=Text(
            "".join(f"{t.zh}。" for t in told),
            " ".join(f"{t.in_('en')}." for t in told),
        ),
    )


def _far(found: Whole, zone: str) -> tuple[float, float]:
    """Return the coordination of a zone with its neighbours and with far zones, NaN where there are none."""
    meta = found.metacoupling
    if meta is None or zone not in meta.intra.units:
        return np.nan, np.nan
    k = meta.intra.units.index(zone)
    return float(meta.peri_d[k]), float(meta.tele_d[k])


def _obstacle_table(m: Material, degrees: pd.DataFrame) -> TableBlock:
    rows = []
    for z in m.region.zone_ids:
        row = degrees.loc[[z]].iloc[0].dropna()
        top = sorted(((-float(v), str(i)) for i, v in row.items() if v > 0))[:3]
        names = [(m.results.indicators[i].name, f"{fixed(-v, 0)}%") for v, i in top]
        texts = [Text(f"{n.zh} {v}", f"{n.in_('en')} {v}") for n, v in names]
        cells = [Cell(t, t.en[:12].casefold()) for t in texts]
        rows.append((words(m.region.zone_name(z)), *cells, *[words("—")] * (3 - len(cells))))
    heads = (Text("第一障碍", "Largest"), Text("第二障碍", "Second"), Text("第三障碍", "Third"))
    return TableBlock(
        key="obstacles",
        number=m.numbers.table(),
        caption=Text(
            "各分区的三个主要障碍及其份额", "The three largest obstacles of each zone, with their shares"
        ),
        columns=(
            Column(label=Text("分区", "Zone"), share=1.4),
            *(Column(label=head, unit=Text("% 差距", "% of the gap"), share=2.0) for head in heads),
        ),
        rows=tuple(rows),
        trace=m.trace(unit=Text("%", "%"), source=OBSTACLES),
    )
