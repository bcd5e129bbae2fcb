"""Qualities and areas of coordination, scored as far as data allow; and which data are lacking."""

from __future__ import annotations

from collections import Counter

import numpy as np

from yipan.measure.values import NEED_NAMES, NEEDS, REGION
from yipan.pack import Indicator
from yipan.show.cells import missing, number, quality_words, words
from yipan.show.chapter_region import ALL
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.colours import scale_for
from yipan.show.groups import Group, groups_of
from yipan.show.heat import heat_grid
from yipan.show.material import Material
from yipan.show.model import Cell, Chapter, Column, FigureBlock, Paragraph, TableBlock
from yipan.show.numbers import MISSING
from yipan.text import Text

MOST_ROWS = 60  # rows of a picture; a page is not longer
SOURCE = Text(
    "带有该标记的可用计分指标(0–100)的平均,至少一半可用",
    "mean of the available scored indicators (0–100) that carry it, at least half of them available",
)
FILES = {
    "stat": "statistics.csv",
    "cells": "cells.csv",
    "sum": "cells.csv",
    "places": "places.csv",
    "capacity": "places.csv",
    "times": "links.csv, lines.csv, stops.csv",
    "meta": "region.toml",
}


def groups_chapter(m: Material) -> Chapter:
    """Return the chapter on the four qualities and five areas, and on the data that are lacking."""
    groups = groups_of(m)
    lacking = _lacking_rows(m)
    return Chapter(
        key="groups",
        title=Text("四种特质与五个协同领域", "Four qualities and five areas of coordination"),
        blocks=(
            _words(groups),
            _heat(m, groups),
            _cluster_table(m, groups),
            _coverage(m, groups),
            *((_lacking(m, lacking),) if lacking else ()),
            _zone_table(m, groups),
        ),
    )


def _words(groups: tuple[Group, ...]) -> Paragraph:
    without = [g for g in groups if not np.isfinite(g.total)]
    thin = [g for g in groups if np.isfinite(g.total) and len(g.scored) < 3]
    zh = "除四类需要外,每项指标还可标记一种特质和一个协同领域;各组得分为其可用计分指标的平均。"
    en = (
        "Besides its need, an indicator may carry a quality and an area of coordination; the score "
        "of a group is the mean of its available scored indicators. "
    )
    if thin:
        zh += f"只有一两项计分指标的组({'、'.join(g.name.zh for g in thin)})仅供参考。"
        en += f"Groups of one or two scored indicators tell little: {_names(thin)}. "
    if without:
        zh += f"没有得分的组:{'、'.join(g.name.zh for g in without)}(原因见覆盖表)。"
        en += f"Groups without a score: {_names(without)} (the table of coverage says why)."
    return Paragraph(Text(zh, en.strip()))


def _names(groups: list[Group]) -> str:
    return ", ".join(g.name.in_("en") for g in groups)


def shown_zones(m: Material) -> list[str]:
    """Return the zones of a picture by cluster and index: all, or those with most residents."""
    people = m.population().fillna(0.0)
    kept = set(people.sort_values(ascending=False, kind="stable").index[:MOST_ROWS])
    place = {c: k for k, c in enumerate(m.cluster_ids)}
    index = m.results.needs["index"].astype(float).fillna(-1.0)
    return sorted(
        (z for z in m.region.zone_ids if z in kept),
        key=lambda z: (place.get(m.region.cluster_of[z], len(place)), -float(index[z]), z),
    )


def only_some(m: Material) -> Text:
    """Say that a picture shows some of the zones; nothing where it shows all."""
    if len(m.region.zone_ids) <= MOST_ROWS:
        return Text("", "")
    return Text(
        f"图中为人口最多的 {MOST_ROWS} 个分区;全部分区见表。",
        f"The picture shows the {MOST_ROWS} zones with most residents; the table has all.",
    )


def _heat(m: Material, groups: tuple[Group, ...]) -> FigureBlock:
    zones = shown_zones(m)
    every = np.array([g.zones.to_numpy(dtype=float) for g in groups])
    title = Text("各分区的特质与协同领域得分", "Scores of qualities and areas by zone")
    svg = heat_grid(
        [(m.region.zone_name(z), [float(g.zones[z]) for g in groups]) for z in zones],
        [g.name for g in groups],
        scale=scale_for(every.ravel(), "good", SCORE_UNIT),
        title=title,
        uid=m.numbers.uid(),
    )
    return FigureBlock(
        key="groups",
        number=m.numbers.figure(),
        caption=Text(
            "各分区的特质与协同领域得分(按片区与综合指数排列)",
            "Scores of qualities and areas by zone (by cluster, then by index)",
        ),
        panels=(panel(svg, title),),
        trace=m.trace(source=SOURCE),
        note=only_some(m),
    )


def _score(value: float, why: Text) -> Cell:
    return number(value, 1, bar=value / 100) if np.isfinite(value) else missing(why)


def _plain(value: float, why: Text) -> Cell:
    return number(round(value, 1), 1) if np.isfinite(value) else missing(why)


def _known(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return the groups that have a score anywhere; a column of reasons would tell nothing more."""
    return tuple(g for g in groups if g.zones.notna().any())


def _left_out(groups: tuple[Group, ...]) -> Text:
    """Say which groups have no column, and why."""
    gone = [g for g in groups if not g.zones.notna().any()]
    return Text(
        ";".join(f"{g.name.zh}没有得分:{g.reason.zh}" for g in gone),
        "; ".join(f"{g.name.in_('en')} has no score: {g.reason.in_('en')}" for g in gone),
    )


def _heads(groups: tuple[Group, ...]) -> tuple[Column, ...]:
    return tuple(Column(label=g.name, unit=SCORE_UNIT, numeric=True) for g in groups)


def _cluster_table(m: Material, groups: tuple[Group, ...]) -> TableBlock:
    ids = [c.id for c in m.region.meta.clusters if m.results.cluster_members.get(c.id)]
    note, groups = _left_out(groups), _known(groups)
    rows = [
        (words(m.cluster_name(c)), *(_score(float(g.clusters.get(c, np.nan)), g.reason) for g in groups))
        for c in ids
    ]
    rows.append((words(ALL, strong=True), *(_score(g.total, g.reason) for g in groups)))
    return TableBlock(
        key="groups",
        number=m.numbers.table(),
        caption=Text("各片区的特质与协同领域得分", "Scores of qualities and areas by cluster"),
        columns=(Column(label=Text("片区", "Cluster"), share=1.8), *_heads(groups)),
        rows=tuple(rows),
        trace=m.trace(
            source=Text(SOURCE.zh + ";片区按人口加权", SOURCE.en + "; clusters weighted by residents")
        ),
        note=note,
    )


def _zone_table(m: Material, groups: tuple[Group, ...]) -> TableBlock:
    note, groups = _left_out(groups), _known(groups)
    rows = tuple(
        (words(m.region.zone_name(z)), *(_plain(float(g.zones[z]), g.reason) for g in groups))
        for z in m.region.zone_ids
    )
    return TableBlock(
        key="zone-groups",
        number=m.numbers.table(),
        caption=Text("全部分区的特质与协同领域得分", "Scores of qualities and areas of all zones"),
        columns=(Column(label=Text("分区", "Zone"), share=1.8), *_heads(groups)),
        rows=rows,
        trace=m.trace(source=SOURCE),
        note=note,
    )


def _need_groups(m: Material) -> list[Group]:
    """Return the four needs as groups, so that one table tells what all of them rest on."""
    out = []
    for n in (n for n in NEEDS if n in m.columns):
        mine = [i for i in m.indicators if i.need == n]
        out.append(
            Group(
                kind=Text("需要", "Need"),
                key=n,
                name=NEED_NAMES[n],
                scored=tuple(i for i in mine if i.id in m.results.scores.columns),
                described=tuple(i for i in mine if i.id not in m.results.scores.columns),
                zones=m.results.needs[n],
                clusters=m.results.clusters[n],
                total=float(m.results.total[n]),
                reason=Text("可用指标不足一半", "fewer than half of its indicators are available"),
            )
        )
    return out


def _coverage(m: Material, groups: tuple[Group, ...]) -> TableBlock:
    return TableBlock(
        key="coverage",
        number=m.numbers.table(),
        caption=Text("各组得分依据的指标", "The indicators behind every group"),
        columns=(
            Column(label=Text("类型", "Kind"), share=1.2),
            Column(label=Text("组", "Group"), share=1.2),
            Column(label=Text("区域得分", "Region"), unit=SCORE_UNIT, numeric=True, share=1.0),
            Column(label=Text("计分指标", "Scored"), unit=Text("项", "count"), numeric=True, share=0.7),
            Column(
                label=Text("缺失的分区值", "Zone values missing"),
                unit=Text("%", "%"),
                numeric=True,
                share=0.9,
            ),
            Column(label=Text("数据质量", "Quality of the values"), share=2.2),
            Column(label=Text("只描述、不计分的指标", "Described, not scored"), share=2.8),
        ),
        rows=tuple(_cover_row(m, g) for g in (*_need_groups(m), *groups)),
        trace=m.trace(
            unit=Text("见表头", "see the heads"), source=Text("各指标包的目录", "catalogues of the packs")
        ),
    )


def _cover_row(m: Material, g: Group) -> tuple[Cell, ...]:
    ids = [i.id for i in g.scored]
    gone = 100.0 * float(m.results.scores[ids].isna().to_numpy().mean()) if ids else float("nan")
    known = [str(q) for q in m.results.quality.reindex(columns=ids).to_numpy().ravel() if q]
    rest = g.described
    return (
        words(g.kind),
        words(g.name),
        _score(g.total, g.reason),
        number(len(ids), 0),
        number(gone, 0),
        words(quality_words(known)),
        words(
            Text(
                "、".join(i.name.zh for i in rest) or MISSING,
                "; ".join(i.name.in_("en") for i in rest) or MISSING,
            )
        ),
    )


def _lacking_rows(m: Material) -> list[tuple[Cell, ...]]:
    """List the indicators with missing values first, then those on modelled or assumed data."""
    rows: list[tuple[Cell, ...]] = []
    for i in m.indicators:
        gone = Counter(w for (key, _), w in m.results.missing.items() if key == i.id)
        soft = _soft_share(m, i)
        if not gone and not soft > 0:
            continue
        reasons = [w for w, _ in gone.most_common(3)]
        zh, en = ";".join(w.reason.zh for w in reasons), "; ".join(w.reason.in_("en") for w in reasons)
        supply = (
            Text(";".join(w.remedy.zh for w in reasons), "; ".join(w.remedy.in_("en") for w in reasons))
            if gone
            else _files(i)
        )
        rows.append(
            (
                words(i.id),
                words(i.name),
                number(sum(gone.values()), 0),
                number(100.0 * soft, 0),
                words(Text(zh, en) if gone else Text("出自模型或假设", "modelled or assumed")),
                Cell(supply, supply.en[:12].casefold()),
            )
        )
    return sorted(rows, key=lambda r: -float(r[2].sort or 0))


def _lacking(m: Material, rows: list[tuple[Cell, ...]]) -> TableBlock:
    return TableBlock(
        key="lacking",
        number=m.numbers.table(),
        caption=Text(
            f"缺数据或只有模型、假设数据的指标:{len(m.indicators)} 项中的 {len(rows)} 项",
            f"Indicators that lack data, or rest on modelled or assumed data: {len(rows)} of "
            f"{len(m.indicators)}",
        ),
        columns=(
            Column(label=Text("编号", "Id"), share=1.9),
            Column(label=Text("指标", "Indicator"), share=2.2),
            Column(label=Text("缺失", "Missing"), unit=Text("个", "values"), numeric=True, share=0.7),
            Column(
                label=Text("模型或假设", "Modelled or assumed"),
                unit=Text("%", "%"),
                numeric=True,
                share=0.9,
            ),
            Column(label=Text("原因", "Reason"), share=2.6),
            Column(label=Text("由哪个文件补齐", "Which file would supply it"), share=2.8),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("见表头", "see the heads"),
            source=Text("测算结果中的缺失原因与数据质量", "reasons and qualities kept with the results"),
        ),
    )


def _soft_share(m: Material, i: Indicator) -> float:
    """Return the share of an indicator's values whose weakest datum is modelled or assumed."""
    if i.id in m.results.quality.columns:
        known = [str(q) for q in m.results.quality[i.id] if q]
    else:
        known = [
            q
            for q in (m.results.region_quality.get(i.id, ""),)
            if q and (i.id, REGION) not in m.results.missing
        ]
    return sum(q in ("modelled", "assumed") for q in known) / len(known) if known else 0.0


def _files(i: Indicator) -> Text:
    """Say which columns, kinds or variables an indicator reads, file by file."""
    found: dict[str, list[str]] = {}
    for need in i.needs:
        form, _, name = need.partition(":")
        file = f"{name}.csv" if form == "table" else FILES.get(form, form)
        found.setdefault(file, [])
        if form not in ("table", "times"):
            found[file].append(name)
    parts = [f"{file}: {', '.join(dict.fromkeys(names))}" if names else file for file, names in found.items()]
    return Text(";".join(parts), "; ".join(parts))
