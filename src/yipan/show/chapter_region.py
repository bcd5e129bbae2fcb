"""Chapters 1 and 2: what matters most, and what is known of the region."""

from __future__ import annotations

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.region.schema import Quality
from yipan.show.cells import number, quality_words, words
from yipan.show.charts import share_bars
from yipan.show.colours import PALE
from yipan.show.layers import cells_layer, lines_layer, links_layer, places_layer
from yipan.show.maps import WIDE, Key, Legend, compose, empty_ground, rect_swatch, zones_layer
from yipan.show.material import Material, column_qualities, shares
from yipan.show.model import Block, Card, Cards, Chapter, Column, FigureBlock, Panel, Paragraph, TableBlock
from yipan.show.numbers import fixed, money, people
from yipan.show.streets import street_blocks
from yipan.text import Text

QUALITY_COLOURS = ("#1f6f8b", "#6fb3c8", "#f0c674", "#d98a5b", "#e3e6e7")
QUALITY_PARTS = (
    *((q.label, c) for q, c in zip(Quality, QUALITY_COLOURS, strict=False)),
    (Text("缺失", "missing"), QUALITY_COLOURS[-1]),
)
ALL = Text("全区域", "Whole region")


def headline(m: Material) -> Chapter:
    """Return the chapter that says in a few numbers what was found and what the plan does."""
    blocks: list[Block] = _plan_headline(m) if m.plan is not None else _state_headline(m)
    return Chapter(key="headline", title=Text("要点", "In short"), blocks=tuple(blocks))


def _state_headline(m: Material) -> list[Block]:
    total = m.results.total
    index = m.results.needs["index"].dropna().sort_values()
    weakest = min((n for n in m.columns if n != "index"), key=lambda n: _or(float(total[n]), 999.0))
    cards = [
        Card(Text("常住人口", "Residents"), people(float(m.population().sum())), _year(m)),
        Card(
            Text("综合指数", "Index"),
            _points(float(total["index"])),
            Text("0–100,人口加权", "0–100, population-weighted"),
        ),
        Card(Text("最弱的需要", "Weakest need"), NEED_NAMES[weakest], _points(float(total[weakest]))),
    ]
    if len(index):
        low = m.region.zone_name(str(index.index[0]))
        cards.append(Card(Text("最低分区", "Lowest zone"), low, _points(float(index.iloc[0]))))
    return [Cards(tuple(cards)), Paragraph(_state_words(m), "lead")]


def _state_words(m: Material) -> Text:
    needs = [n for n in m.columns if n != "index" and np.isfinite(float(m.results.total[n]))]
    zh = "、".join(f"{NEED_NAMES[n].zh} {fixed(float(m.results.total[n]))}" for n in needs)
    en = ", ".join(f"{NEED_NAMES[n].en.lower()} {fixed(float(m.results.total[n]))}" for n in needs)
    return Text(
        f"{m.region.meta.name.zh}共 {len(m.region.zone_ids)} 个分区、{len(m.results.indicators)} 项指"
        f"标。全区域得分:{zh}。",
        f"{m.region.meta.name.in_('en')} has {len(m.region.zone_ids)} zones measured by "
        f"{len(m.results.indicators)} "
        f"indicators. Scores of the whole region: {en}.",
    )


def _plan_headline(m: Material) -> list[Block]:
    plan = m.plan
    assert plan is not None  # noqa: S101 - only called with a plan
    o = plan.objective
    before, after = float(plan.path["index"].iloc[0]), float(plan.path["index"].iloc[-1])
    spent = float(plan.spending["capital"].sum())
    rise = (plan.after["index"] - plan.before["index"]).reindex(list(m.region.zone_ids))
    people_up = float(m.population()[(rise >= 0.5).to_numpy()].sum())
    c = plan.comparison
    span_before, span_after = (
        _spread(plan.clusters_before["index"], m),
        _spread(plan.clusters_after["index"], m),
    )
    cards = (
        Card(
            Text("全区域综合指数(分)", "Index of the region (points)"),
            Text(*(f"{fixed(before)} → {fixed(after)}",) * 2),
            Text(
                f"{fixed(after - before, sign=True)} 分,至 {plan.path.index[-1]} 年",
                f"{fixed(after - before, sign=True)} points by {plan.path.index[-1]}",
            ),
            "good" if after > before else "bad",
        ),
        Card(
            Text("项目与投资", "Projects and capital"),
            Text(f"{len(plan.scenario.starts)} 个项目", f"{len(plan.scenario.starts)} projects"),
            Text(
                f"{money(spent).zh},预算 {money(o.budget).zh}",
                f"{money(spent, m.region.meta.currency).en} of {money(o.budget, m.region.meta.currency).en}",
            ),
        ),
        Card(
            Text("受益人口", "People who gain"),
            people(people_up),
            Text("所在分区指数升幅不低于 0.5 分", "in zones whose index rises by 0.5 points or more"),
        ),
        Card(
            Text("片区差距(分)", "Gap between clusters (points)"),
            Text(*(f"{fixed(span_before)} → {fixed(span_after)}",) * 2),
            Text("指数最高与最低片区之差", "index of the highest less the lowest cluster"),
            "good" if span_after < span_before - 0.05 else "bad" if span_after > span_before + 0.05 else "",
        ),
        Card(
            Text("比单项加总多得", "More than adding stand-alone scores"),
            Text(
                f"{fixed(c.plan - c.additive, 2, sign=True)} 分",
                f"{fixed(c.plan - c.additive, 2, sign=True)} points",
            ),
            Text("同一目标函数,均经重新测算", "same objective, both re-measured"),
            "good" if c.plan > c.additive else "",
        ),
    )
    return [Cards(cards), Paragraph(_plan_words(m), "lead"), Paragraph(_state_words(m))]


def _plan_words(m: Material) -> Text:
    plan = m.plan
    assert plan is not None  # noqa: S101 - only called with a plan
    rise = (plan.after["index"] - plan.before["index"]).dropna().sort_values(ascending=False)
    top = [m.region.zone_name(str(z)) for z in rise.index[:3] if rise[z] > 0]
    best = sorted(plan.reasons, key=lambda r: -r.lost)[:3]
    names = {p.id: p.name for p in plan.candidates}
    return Text(
        f"方案在 {plan.objective.start}–{plan.objective.end} 年安排 {len(plan.scenario.starts)} 个项"
        "目。指数升幅最大的分区:"
        f"{'、'.join(t.zh for t in top) or '无'}。去掉后损失最大的项目:"
        f"{'、'.join(names[r.project].zh for r in best)}。",
        f"The plan starts {len(plan.scenario.starts)} projects in "
        f"{plan.objective.start}–{plan.objective.end}. The index rises most in "
        f"{', '.join(t.in_('en') for t in top) or 'no zone'}. Most would be lost without: "
        f"{'; '.join(names[r.project].in_('en') for r in best)}.",
    )


def _spread(values: object, m: Material) -> float:
    kept = [float(values[c]) for c in m.cluster_ids if c in values.index]  # type: ignore[index,attr-defined]
    kept = [v for v in kept if np.isfinite(v)]
    return max(kept) - min(kept) if kept else float("nan")


def _points(value: float) -> Text:
    return Text(f"{fixed(value)} 分", f"{fixed(value)} points")


def _or(value: float, other: float) -> float:
    return value if np.isfinite(value) else other


def _year(m: Material) -> Text:
    return Text(f"{m.region.meta.base_year} 年", f"{m.region.meta.base_year}")


def region_chapter(m: Material) -> Chapter:
    """Return the chapter on the region and the quality of what is known of it."""
    blocks: list[Block] = [_size_cards(m), _clusters_figure(m), _network_figure(m)]
    blocks += street_blocks(m)
    if len(m.region.places):
        blocks.append(_places_figure(m))
    blocks += [
        Paragraph(
            Text(
                "每个数值都标明质量:官方(主管部门发布)、推算(按说明的规则由官方值计算)、模型(按说明的模型估计)、假设(人工设定,待替换)。",
                "Every value states its quality: official (published by the responsible authority),"
                " derived (computed from official values "
                "by a stated rule), modelled (estimated by a stated model), assumed (set by hand, "
                "to be replaced).",
            ),
            "note",
        ),
        _quality_figure(m),
        _quality_table(m),
    ]
    return Chapter(
        key="region",
        title=Text("区域与数据质量", "The region and the quality of its data"),
        blocks=tuple(blocks),
    )


def _size_cards(m: Material) -> Cards:
    r = m.region
    return Cards(
        (
            Card(Text("常住人口", "Residents"), people(float(m.population().sum())), _year(m)),
            Card(
                Text("分区", "Zones"),
                count_of(len(r.zone_ids)),
                Text(f"{len(m.cluster_ids)} 个片区", f"in {len(m.cluster_ids)} clusters"),
            ),
            Card(
                Text("单元格", "Cells"),
                count_of(len(r.cells)),
                Text("居住与就业的小地点", "small places of homes and jobs"),
            ),
            Card(
                Text("设施", "Places"),
                count_of(len(r.places)),
                Text(f"{r.places['kind'].nunique()} 类", f"of {r.places['kind'].nunique()} kinds"),
            ),
            Card(
                Text("线路与路段", "Lines and links"),
                count_pair(len(r.table("lines")), len(r.table("links"))),
                Text(
                    f"{r.table('stops')['station'].nunique()} 座车站",
                    f"{r.table('stops')['station'].nunique()} stations",
                ),
            ),
        )
    )


def count_of(n: int) -> Text:
    """Return a count."""
    return Text(*(fixed(float(n), 0),) * 2)


def count_pair(one: int, other: int) -> Text:
    """Return two counts side by side."""
    both = f"{fixed(float(one), 0)} / {fixed(float(other), 0)}"
    return Text(both, both)


def _clusters_figure(m: Material) -> FigureBlock:
    fill = {c: PALE[i % len(PALE)] for i, c in enumerate(m.cluster_ids)}
    zones = m.region.cluster_of
    uid = m.numbers.uid()
    title = Text("分区与片区", "Zones and clusters")
    tips = {
        z: Text(
            f"{m.ground.names[z].zh}:{m.cluster_name(c).zh}",
            f"{m.ground.names[z].in_('en')}: {m.cluster_name(c).in_('en')}",
        )
        for z, c in zones.items()
    }
    description = Text(
        ";".join(
            f"{m.cluster_name(c).zh} {sum(v == c for v in zones.values())} 个分区" for c in m.cluster_ids
        ),
        "; ".join(
            f"{m.cluster_name(c).in_('en')}: {sum(v == c for v in zones.values())} zones"
            for c in m.cluster_ids
        ),
    )
    svg = compose(
        m.ground,
        [
            zones_layer(
                m.ground,
                {z: fill.get(c, "#eee") for z, c in zones.items()},
                tips=tips,
                stroke="#8fa0a7",
                simplify=WIDE.simplify,
            )
        ],
        legend=Legend(
            Text("片区", "Cluster"),
            tuple(Key(rect_swatch(fill[c]), m.cluster_name(c)) for c in m.cluster_ids),
        ),
        title=title,
        description=description,
        uid=uid,
    )
    table = m.region.zones
    return FigureBlock(
        key="zones",
        number=m.numbers.figure(),
        caption=title,
        panels=(Panel(svg=svg, title=title, description=description),),
        trace=m.trace(
            unit=Text("类别", "category"),
            source=m.source_titles([str(s) for s in table["source"]]),
            quality=quality_words(table["quality"]),
        ),
    )


def _network_figure(m: Material) -> FigureBlock:
    r, g = m.region, m.ground
    links, link_keys = links_layer(g, r)
    lines, line_keys = lines_layer(g, r)
    cells, cell_keys = cells_layer(g, r)
    title = Text("单元格人口、道路与公共交通线路", "Population of cells, roads and public transport lines")
    description = Text(
        f"{len(r.cells)} 个单元格、{len(r.table('links'))} 条路段、{len(r.table('lines'))} 条线路;圆"
        "面积与人口成正比。",
        f"{len(r.cells)} cells, {len(r.table('links'))} links, {len(r.table('lines'))} lines; the "
        "area of a circle grows with residents.",
    )
    svg = compose(
        g,
        [empty_ground(g), links, cells, lines],
        legend=Legend(
            Text("单元格人口(人)与网络", "Residents (persons), network"),
            (*cell_keys, *line_keys, *link_keys),
        ),
        title=title,
        description=description,
        uid=m.numbers.uid(),
    )
    sources = [str(s) for name in ("cells", "links", "lines") for s in r.table(name).get("source", [])]
    quality = quality_words(
        str(q) for name in ("cells", "links", "lines") for q in r.table(name).get("quality", [])
    )
    return FigureBlock(
        key="network",
        number=m.numbers.figure(),
        caption=title,
        panels=(Panel(svg=svg, title=title, description=description),),
        trace=m.trace(unit=Text("人", "persons"), source=m.source_titles(sources), quality=quality),
    )


def _places_figure(m: Material) -> FigureBlock:
    r, g = m.region, m.ground
    layer, keys = places_layer(g, r)
    title = Text("设施", "Places")
    kinds = r.places["kind"].value_counts()
    listed = ", ".join(f"{k} {n}" for k, n in kinds.items())
    description = Text(f"按类别的设施数:{listed}。", f"Places by kind: {listed}.")
    svg = compose(
        g,
        [empty_ground(g), layer],
        legend=Legend(Text("设施类别", "Kind of place"), tuple(keys)),
        title=title,
        description=description,
        uid=m.numbers.uid(),
    )
    return FigureBlock(
        key="places",
        number=m.numbers.figure(),
        caption=title,
        panels=(Panel(svg=svg, title=title, description=description),),
        trace=m.trace(
            unit=Text("座", "count"),
            source=m.source_titles([str(s) for s in r.places["source"]]),
            quality=quality_words(r.places["quality"]),
        ),
    )


def _quality_rows(m: Material) -> list[tuple[Text, list[str]]]:
    values = [str(v) for v in m.results.quality.to_numpy().ravel()]
    return [
        *column_qualities(m.region),
        (Text("指标值(各指标最弱数据)", "indicator values (weakest input)"), values),
    ]


def _quality_figure(m: Material) -> FigureBlock:
    rows = [(label, shares(values)) for label, values in _quality_rows(m)]
    title = Text("各表数值的质量构成", "Quality of the values in each table")
    svg = share_bars(rows, QUALITY_PARTS, title=title, uid=m.numbers.uid())
    return FigureBlock(
        key="quality",
        number=m.numbers.figure(),
        caption=title,
        panels=(Panel(svg=svg, title=title, description=_say(svg)),),
        trace=m.trace(
            unit=Text("占数值个数的份额", "share of the number of values"),
            source=Text("逐行记录的来源与质量", "source and quality recorded row by row"),
        ),
    )


def _say(svg: object) -> Text:
    """Return the description a picture carries."""
    for child in svg.children:  # type: ignore[attr-defined]
        if child.tag == "desc":
            return child.children[0]  # type: ignore[no-any-return]
    return Text("", "")


def _quality_table(m: Material) -> TableBlock:
    heads = [Column(label=q.label, numeric=True, share=0.8) for q in Quality]
    rows = []
    for name, values in _quality_rows(m):
        part = shares(values)
        rows.append((words(name), number(len(values), 0), *(number(100 * s, 1) for s in part)))
    return TableBlock(
        key="quality",
        number=m.numbers.table(),
        caption=Text("各表数值个数与质量份额", "Number of values and shares of quality by table"),
        columns=(
            Column(label=Text("表或列", "Table or column"), share=2.6),
            Column(label=Text("数值", "Values"), unit=Text("个", "count"), numeric=True),
            *(Column(label=h.label, unit=Text("%", "%"), numeric=True, share=0.9) for h in heads),
            Column(label=Text("缺失", "missing"), unit=Text("%", "%"), numeric=True, share=0.9),
        ),
        rows=tuple(rows),
        trace=m.trace(
            unit=Text("%", "%"), source=Text("逐行记录的来源与质量", "source and quality recorded row by row")
        ),
    )
