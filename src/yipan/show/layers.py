"""Layers of points and lines for maps: cells, places, lines, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.region.value import Region
from yipan.scenario.values import Intervention
from yipan.show.colours import BRAND, CATEGORIES
from yipan.show.maps import Key, Layer, dot_swatch, line_swatch
from yipan.show.plane import Frame, Ground, line_path
from yipan.show.shapes import shape_at, shape_swatch
from yipan.show.svg import Node, el, group
from yipan.text import Text

MODE_STYLE: dict[str, tuple[str, float, str | None, Text]] = {
    "metro": ("#a11d33", 2.0, None, Text("城市轨道", "urban rail")),
    "tram": ("#c2571a", 1.4, None, Text("有轨电车", "tram")),
    "rail": ("#5b3a8c", 1.8, "6 2", Text("铁路", "rail")),
    "hsr": ("#1b1b1b", 1.8, "8 3", Text("高速铁路", "high-speed rail")),
    "bus": ("#0b6e4f", 1.2, None, Text("公交", "bus")),
    "ferry": ("#1463a5", 1.2, "2 3", Text("轮渡", "ferry")),
}
LINK_STYLE: dict[str, tuple[str, float, Text]] = {
    "expressway": ("#c98a1b", 1.5, Text("高速公路", "expressway")),
    "primary": ("#b9a27b", 0.9, Text("干线公路", "primary road")),
    "secondary": ("#c4bba9", 0.6, Text("次干路", "secondary road")),
    "local": ("#cfccc4", 0.45, Text("地方道路", "local road")),
    "ferry": ("#1463a5", 0.8, Text("轮渡", "ferry")),
}
PLACE_NAMES: dict[str, Text] = {
    "hospital": Text("医院", "hospital"),
    "university": Text("高校", "university"),
    "airport": Text("机场", "airport"),
    "rail_station": Text("火车站", "railway station"),
    "hsr_station": Text("高铁站", "high-speed rail station"),
    "power_coal": Text("煤电厂", "coal power plant"),
    "power_gas": Text("气电厂", "gas power plant"),
    "power_hydro": Text("水电站", "hydropower plant"),
    "power_storage": Text("储能电站", "storage station"),
    "scenic_site": Text("景区", "scenic site"),
    "forest_park": Text("森林公园", "forest park"),
    "park": Text("公园", "park"),
    "protected_area": Text("保护地", "protected area"),
    "shelter": Text("避难场所", "shelter"),
    "landslide": Text("滑坡", "landslide"),
    "fire_station": Text("消防站", "fire station"),
    "industrial_park": Text("产业园区", "industrial park"),
}


def _xy(ground: Ground, frame_table: pd.DataFrame) -> NDArray[np.float64]:
    return ground.points(frame_table["lon"].astype(float), frame_table["lat"].astype(float))


def cells_layer(ground: Ground, region: Region) -> tuple[Layer, list[Key]]:
    """Return cells as circles whose area grows with population, and the legend's lines for three sizes."""
    cells = region.cells.sort_values("population", ascending=False)
    xy, persons = _xy(ground, cells), cells["population"].to_numpy(dtype=float)
    largest = float(np.nanmax(persons)) if len(persons) else 1.0

    def radius(people: float, most: float = 6.5) -> float:
        return max(0.7, most * float(np.sqrt(max(people, 0.0) / largest)))

    def draw(frame: Frame, inset: bool) -> list[Node]:
        grow = 1.6 if inset else 1.0
        nodes = [
            el("circle", cx=float(px), cy=float(py), r=radius(p) * grow)
            for (px, py), (x, y), p in zip(frame.px(xy), xy, persons, strict=True)
            if np.isfinite(p) and frame.holds(x, y)
        ]
        return [group(nodes, fill=BRAND, fill_opacity=0.5, stroke="#fff", stroke_width=0.3)]

    keys = []
    for size in _three_sizes(largest):
        zh = f"{size / 1e4:g} 万人" if size >= 1e4 else f"{size:g} 人"
        keys.append(Key(dot_swatch(BRAND, radius(size)), Text(zh, f"{size:,.0f} people")))
    return draw, keys


def _three_sizes(largest: float) -> list[float]:
    power = 10.0 ** np.floor(np.log10(max(largest, 1.0)))
    top = max(m * power for m in (1, 2, 5) if m * power <= largest)
    return [float(top), float(top / 5), float(top / 20)]


def links_layer(ground: Ground, region: Region) -> tuple[Layer, list[Key]]:
    """Return the road links as straight lines between their cells, by class."""
    links, cells = region.table("links"), region.cells
    at = dict(zip(cells["id"].astype(str), map(tuple, _xy(ground, cells)), strict=True))
    kinds = [k for k in LINK_STYLE if (links["kind"] == k).any()]

    def draw(frame: Frame, inset: bool) -> list[Node]:
        nodes = []
        for kind in reversed(kinds):
            colour, width, _ = LINK_STYLE[kind]
            rows = links[links["kind"] == kind]
            pairs = [
                np.array([at[a], at[b]])
                for a, b in zip(rows["from"].astype(str), rows["to"].astype(str), strict=True)
                if a in at and b in at
            ]
            seen = [p for p in pairs if frame.holds(*p[0]) or frame.holds(*p[1])]
            d = "".join(line_path(p, frame) for p in seen)
            if d:
                nodes.append(
                    el("path", d=d, stroke=colour, stroke_width=width * (1.4 if inset else 1.0), fill="none")
                )
        return nodes

    return draw, [Key(line_swatch(LINK_STYLE[k][0], LINK_STYLE[k][1] + 0.4), LINK_STYLE[k][2]) for k in kinds]


def lines_layer(ground: Ground, region: Region, *, faint: bool = False) -> tuple[Layer, list[Key]]:
    """Return the public transport lines through their stops, by mode."""
    lines, stops = region.table("lines"), region.table("stops")
    modes = [m for m in MODE_STYLE if (lines["mode"] == m).any()]
    routes = []
    for row in lines.itertuples():
        mine = stops[stops["line"].astype(str) == str(row.id)].sort_values("seq")
        if len(mine) > 1:
            routes.append((str(row.mode), _xy(ground, mine)))

    def draw(frame: Frame, inset: bool) -> list[Node]:
        nodes = []
        for mode, xy in routes:
            colour, width, dash, _ = MODE_STYLE.get(mode, MODE_STYLE["bus"])
            width = width * (0.55 if not inset and mode == "metro" else 1.0) * (0.7 if faint else 1.0)
            nodes.append(
                el(
                    "path",
                    d=line_path(xy, frame),
                    stroke="#9aa7ac" if faint else colour,
                    stroke_width=width,
                    stroke_dasharray=dash,
                )
            )
        return [group(nodes, fill="none", stroke_linejoin="round")]

    keys = [
        Key(
            line_swatch("#9aa7ac" if faint else MODE_STYLE[m][0], MODE_STYLE[m][1], MODE_STYLE[m][2]),
            MODE_STYLE[m][3],
        )
        for m in modes
    ]
    return draw, keys


def places_layer(
    ground: Ground, region: Region, *, kinds: Sequence[str] | None = None
) -> tuple[Layer, list[Key]]:
    """Return places by kind, each kind with its own shape and colour."""
    places = region.places
    shown = [k for k in PLACE_NAMES if (places["kind"] == k).any() and (kinds is None or k in kinds)]
    style = {k: (i, CATEGORIES[i % len(CATEGORIES)]) for i, k in enumerate(shown)}

    def draw(frame: Frame, inset: bool) -> list[Node]:
        nodes = []
        r = 4.4 if inset else 3.5
        for kind in shown:
            xy = _xy(ground, places[places["kind"] == kind])
            shape, colour = style[kind]
            nodes += [
                shape_at(shape, float(px), float(py), r, fill=colour)
                for (px, py), (x, y) in zip(frame.px(xy), xy, strict=True)
                if frame.holds(x, y)
            ]
        return [group(nodes, stroke="#fff", stroke_width=0.6)]

    keys = [
        Key(
            shape_swatch(*style[k]),
            PLACE_NAMES[k],
        )
        for k in shown
    ]
    return draw, keys


def where(region: Region, change: Intervention) -> tuple[tuple[float, float], ...]:
    """Return where an intervention acts (lon, lat): its own points, or those of what it names in the region.

    A road is the two cells at its ends, a service the stops of its line, a facility its place; empty where
    it names only a zone.
    """
    own = change.points()
    if own:
        return own
    named = change.as_dict()
    link = _row(region.table("links"), named.get("link"))
    cells = [named.get("from_cell"), named.get("to_cell"), named.get("cell")]
    if link is not None:
        cells = [link["from"], link["to"]]
    found = [_row(region.cells, c) for c in cells if c]
    if not found and named.get("place"):
        found = [_row(region.places, named["place"])]
    if not found and named.get("line"):
        stops = region.table("stops")
        mine = stops[stops["line"].astype(str) == str(named["line"])].sort_values("seq")
        found = [row for _, row in mine.iterrows()]
    return tuple((float(r["lon"]), float(r["lat"])) for r in found if r is not None)


def _row(table: pd.DataFrame, key: object) -> pd.Series | None:
    rows = table[table["id"].astype(str) == str(key)] if key else table.iloc[:0]
    return rows.iloc[0] if len(rows) else None


def zone_middles(ground: Ground, region: Region) -> Mapping[str, tuple[float, float]]:
    """Return for each zone the population-weighted middle of its cells (lon, lat), where it has any."""
    del ground
    cells = region.cells
    out: dict[str, tuple[float, float]] = {}
    for zone, rows in cells.groupby(cells["zone"].astype(str)):
        weights = rows["population"].to_numpy(dtype=float).clip(min=1e-9)
        out[str(zone)] = (
            float(np.average(rows["lon"].to_numpy(dtype=float), weights=weights)),
            float(np.average(rows["lat"].to_numpy(dtype=float), weights=weights)),
        )
    return out
