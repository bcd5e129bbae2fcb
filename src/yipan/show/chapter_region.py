"""What is known of the region, and how good it is."""

from __future__ import annotations

from yipan.region.schema import Quality
from yipan.show.cells import number, quality_words, words
from yipan.show.charts import share_bars
from yipan.show.colours import PALE
from yipan.show.layers import cells_layer, lines_layer, links_layer, places_layer
from yipan.show.maps import WIDE, Key, Legend, compose, empty_ground, rect_swatch, zones_layer
from yipan.show.material import Material, column_qualities, shares
from yipan.show.model import Block, Card, Cards, Chapter, Column, FigureBlock, Panel, Paragraph, TableBlock
from yipan.show.numbers import fixed, people
from yipan.show.streets import street_blocks
from yipan.text import Text

QUALITY_COLOURS = ("#1f6f8b", "#6fb3c8", "#f0c674", "#d98a5b", "#e3e6e7")
QUALITY_PARTS = (
    *((q.label, c) for q, c in zip(Quality, QUALITY_COLOURS, strict=False)),
    (Text("缺失", "missing"), QUALITY_COLOURS[-1]),
)
ALL = Text("全区域", "Whole region")


def base_year(m: Material) -> Text:
    """Return the base year in words."""
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
            Card(Text("常住人口", "Residents"), people(float(m.population().sum())), base_year(m)),
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
