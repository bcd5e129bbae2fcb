"""What a report shows of a region with streets: figures of streets and timetable, and isochrones."""

from __future__ import annotations

import numpy as np
import shapely

from yipan.network import describe_network, street_reach, travel_times
from yipan.network.door.facts import NetworkFacts
from yipan.network.door.reach import ReachMode, cells_on_streets
from yipan.network.isochrones import street_isochrones
from yipan.network.streets.values import Streets
from yipan.network.values import UNREACHED
from yipan.show.cells import number, words
from yipan.show.colours import RAMPS, Scale, pick
from yipan.show.maps import THUMB, Layer, Legend, compose, empty_ground
from yipan.show.material import Material
from yipan.show.model import Block, Column, FigureBlock, Panel, TableBlock
from yipan.show.numbers import fixed
from yipan.show.plane import Frame, Ground, line_path, path_of
from yipan.show.svg import Node, el, group
from yipan.text import Text

MODES: tuple[tuple[ReachMode, Text], ...] = (
    ("walk", Text("步行", "On foot")),
    ("transit", Text("公共交通", "By public transport")),
    ("drive", Text("驾车", "By car")),
)
SOURCE = Text(
    "OpenStreetMap 街道;GTFS 时刻表与线路表", "streets of OpenStreetMap; timetables of the feeds and lines"
)
_MOST_SEGMENTS = 15_000  # drawn under the isochrones; more would make the page heavy
_STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120)


def street_blocks(m: Material) -> list[Block]:
    """Return the blocks of a region with streets; none where it has none."""
    facts = describe_network(m.region)
    if facts is None:
        return []
    blocks: list[Block] = [_facts_table(m, facts)]
    on = np.flatnonzero(cells_on_streets(m.region))
    if len(on):
        cells = m.region.tables["cells"]
        weight = np.nan_to_num(cells.numbers("population")) + np.nan_to_num(cells.numbers("jobs"))
        blocks.append(_isochrones(m, int(on[weight[on].argmax()])))  # from where most people live and work
    return blocks


def _facts_table(m: Material, facts: NetworkFacts) -> TableBlock:
    names = {"walk": Text("步行街道", "streets to walk"), "drive": Text("车行街道", "streets to drive")}
    rows: list[tuple[Text, float, Text]] = []
    for mode, s in facts.streets.items():
        zh, en = names[mode].zh, names[mode].en
        rows += [
            (Text(zh, en), s.km, Text("公里", "km")),
            (Text(f"{zh}:交叉口与端点", f"{en}: junctions and ends"), float(s.nodes), Text("个", "count")),
            (Text(f"{zh}:未连通", f"{en}: not connected"), s.km_left_out, Text("公里", "km")),
            (
                Text(f"{zh}:不在街道上的单元格", f"{en}: cells on no street"),
                float(facts.cells_off[mode]),
                Text("个", "count"),
            ),
        ]
    if facts.day:
        day = Text(f"时刻表 {facts.day}", f"timetable of {facts.day}")
        rows += [
            (Text(f"{day.zh}:站点", f"{day.en}: stops"), float(facts.stops), Text("个", "count")),
            (Text(f"{day.zh}:班次", f"{day.en}: trips"), float(facts.trips), Text("个", "count")),
            (Text(f"{day.zh}:停靠", f"{day.en}: calls at stops"), float(facts.events), Text("次", "count")),
        ]
    return TableBlock(
        key="streets",
        number=m.numbers.table(),
        caption=Text("街道与时刻表", "Streets and timetable"),
        columns=(
            Column(label=Text("项目", "Item"), share=3.0),
            Column(label=Text("数值", "Value"), numeric=True),
            Column(label=Text("单位", "Unit")),
        ),
        rows=tuple((words(t), number(v, 1 if u.en == "km" else 0), words(u)) for t, v, u in rows),
        trace=m.trace(unit=Text("见各行", "see each row"), source=SOURCE),
    )


def _isochrones(m: Material, cell: int) -> FigureBlock:
    cells = m.region.tables["cells"]
    lon, lat = (float(cells.numbers(axis)[cell]) for axis in ("lon", "lat"))
    name = m.region.zone_name(m.region.zone_ids[int(m.region.cell_zone[cell])])
    limits = _limits(m, cell)
    west, south, east, north = m.ground.bounds
    side = min(max(max(east - west, north - south) / 150, 15.0), 200.0)  # squares no one sees singly
    under = None
    panels = []
    for mode, title in MODES:
        streets, seconds = street_reach(m.region, lon, lat, mode=mode)
        if mode == "walk" and len(streets.u) <= _MOST_SEGMENTS:
            under = streets
        found = street_isochrones(streets, seconds, limits=limits, resolution=side, off=max(2 * side, 50.0))
        areas = [float(a) for a in found["area_km2"]]
        panels.append(
            _panel(
                m,
                title,
                lon=lon,
                lat=lat,
                shapes=list(found.geometry),
                areas=areas,
                limits=limits,
                under=under,
            )
        )
    minutes = ", ".join(map(str, limits))
    return FigureBlock(
        key="isochrones",
        number=m.numbers.figure(),
        caption=Text(
            f"从{name.zh}(圆点)出发 {minutes} 分钟内可达的范围",
            f"Reached from {name.in_('en')} (the dot) within {minutes} minutes",
        ),
        panels=tuple(panels),
        across=3,
        trace=m.trace(
            unit=Text(
                "分钟;公共交通为时段内出发时刻的中位数",
                "minutes; public transport: median over the departures",
            ),
            source=SOURCE,
        ),
    )


def _limits(m: Material, cell: int) -> tuple[int, int, int]:
    """Return three limits about the median time by public transport from a cell, at most."""
    row = travel_times(m.region, "transit").seconds[cell]
    reached = row[row != UNREACHED]
    middle = float(np.median(reached)) / 60 if len(reached) else 30.0
    at = max(1, min(int(np.searchsorted(_STEPS, middle)), len(_STEPS) - 2))
    return _STEPS[at - 1], _STEPS[at], _STEPS[at + 1]


def _panel(
    m: Material,
    title: Text,
    *,
    lon: float,
    lat: float,
    shapes: list[shapely.Geometry],
    areas: list[float],
    limits: tuple[int, ...],
    under: Streets | None,
) -> Panel:
    colours = pick(RAMPS["rise"][2:], len(limits))[::-1]  # darkest: reached first
    ground = m.ground
    layers: list[Layer] = [empty_ground(ground)]
    layers += [_area(ground, s, c) for s, c in list(zip(shapes, colours, strict=True))[::-1]]
    if under is not None:
        layers.append(_street_lines(ground, under))
    layers.append(_spot(ground, lon, lat))
    scale = Scale((0.0, *map(float, limits)), tuple(colours), Text("分钟", "min"), 0)
    legend = Legend(Text(f"{title.zh}(分钟)", f"{title.in_('en')} (min)"), (), scale)
    parts = [f"{t} min {fixed(a, 2)} km²" for t, a in zip(limits, areas, strict=True)]
    description = Text(
        f"{title.zh}:" + "、".join(p.replace("min", "分钟").replace("km²", "平方公里") for p in parts),
        f"{title.in_('en')}: " + ", ".join(parts),
    )
    svg = compose(
        ground,
        layers,
        legend=legend,
        title=title,
        description=description,
        uid=m.numbers.uid(),
        sheet=THUMB,
    )
    return Panel(svg=svg, title=title, description=description)


def _area(ground: Ground, shape: shapely.Geometry, colour: str) -> Layer:
    def draw(frame: Frame, inset: bool) -> list[Node]:
        del inset
        if shape.is_empty:
            return []
        flat = shapely.transform(shape, lambda xy: ground.points(xy[:, 0], xy[:, 1]))
        window = shapely.box(*frame.window)
        seen = shapely.intersection(flat.buffer(0), window)
        kept = shapely.union_all([g for g in getattr(seen, "geoms", [seen]) if "Polygon" in g.geom_type])
        return (
            [el("path", d=path_of(kept, frame), fill=colour, fill_opacity=0.8)] if not kept.is_empty else []
        )

    return draw


def _street_lines(ground: Ground, streets: Streets) -> Layer:
    xy = ground.points(streets.lon, streets.lat)

    def draw(frame: Frame, inset: bool) -> list[Node]:
        del inset
        west, south, east, north = frame.window
        inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
        both = np.flatnonzero(inside[streets.u] & inside[streets.v])
        path = "".join(line_path(xy[[streets.u[i], streets.v[i]]], frame) for i in both)
        return [el("path", d=path, fill="none", stroke="#5f7079", stroke_width=0.35, stroke_opacity=0.7)]

    return draw


def _spot(ground: Ground, lon: float, lat: float) -> Layer:
    def draw(frame: Frame, inset: bool) -> list[Node]:
        del inset
        x, y = frame.px(ground.points([lon], [lat]))[0]
        dot = el("circle", cx=round(float(x), 1), cy=round(float(y), 1), r=4)
        return [group([dot], fill="#a11d33", stroke="#ffffff", stroke_width=1)]

    return draw
