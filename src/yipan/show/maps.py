"""Maps as SVG: choropleths, categories, points and lines, with legend, units, scale bar and inset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yipan.show.colours import INK, LINE, Scale
from yipan.show.labels import Box, Wish, place, wrap
from yipan.show.numbers import fixed
from yipan.show.plane import Frame, Ground, free_box
from yipan.show.svg import Node, el, group, hatch, label, picture, text_width
from yipan.text import LANGS, Lang, Text

SEA = "#f4f6f6"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: a swatch (built around the middle of an 18 × 12 box at x, y) and its words."""

    swatch: Callable[[float, float], list[Node]]
    words: Text


@dataclass(frozen=True, slots=True)
class Legend:
    """Title (with unit) and entries."""

    title: Text
    keys: tuple[Key, ...]
    scale: Scale | None = None  # where it has one, the legend can also be drawn as a strip
    hatched: str = ""  # fill of "no data" where it occurs

    def size(self, font: float) -> tuple[float, float]:
        """Width and height in pixels, wide enough for either language."""
        widest = max(
            [text_width(line, font) * 1.06 for lang in LANGS for line in self.title_lines(lang)]
            + [26 + text_width(k.words.in_(lang), font) * 1.03 for k in self.keys for lang in LANGS]
        )
        lines = max(len(self.title_lines(lang)) for lang in LANGS)
        return (widest + 16, (lines + len(self.keys)) * font * 1.5 + 12)

    def title_lines(self, lang: Lang) -> tuple[str, ...]:
        """Return the title broken into lines no longer than about the legend is wide."""
        return wrap(self.title.in_(lang), 22)

    def draw(self, box: Box, font: float) -> Node:
        """Draw it at the upper left of `box`."""
        step = font * 1.5
        x, y = box[0] + 8, box[1] + 6
        lines = max(len(self.title_lines(lang)) for lang in LANGS)
        nodes = [
            el(
                "rect",
                x=box[0],
                y=box[1],
                width=box[2] - box[0],
                height=box[3] - box[1],
                rx=4,
                fill="#fff",
                opacity=0.92,
            )
        ]
        for lang in LANGS:
            nodes += [
                el("text", line, lang=lang, x=x, y=y + step * (k + 0.75), font_size=font, font_weight=700)
                for k, line in enumerate(self.title_lines(lang))
            ]
        for k, key in enumerate(self.keys):
            middle = y + step * (lines + k + 0.5)
            nodes += key.swatch(x + 9, middle)
            nodes.append(label(x + 26, middle + font * 0.36, key.words, font_size=font))
        return group(nodes)

    def draw_strip(self, box: Box, font: float) -> Node:
        """Draw it as a row of classes with their breaks, title above, over the width of `box`."""
        scale = self.scale
        if scale is None:
            return self.draw(box, font)
        left, top = box[0] + 10, box[1] + font * 1.6
        gone = 74.0 if self.hatched else 0.0
        step = min((box[2] - box[0] - 20 - gone) / len(scale.colours), 64.0)
        small = font - 1.5
        nodes = [el("rect", x=box[0], y=box[1], width=box[2] - box[0], height=box[3] - box[1], fill="#fff")]
        nodes.append(label(left, top - 6, self.title, font_size=font, font_weight=700))
        for k, colour in enumerate(scale.colours):
            nodes.append(
                el(
                    "rect",
                    x=left + k * step,
                    y=top,
                    width=step,
                    height=11,
                    fill=colour,
                    stroke=LINE,
                    stroke_width=0.5,
                )
            )
        for k in range(len(scale.breaks)):
            anchor = "start" if k == 0 else "middle"
            nodes.append(
                el(
                    "text",
                    scale.edge(k),
                    x=left + k * step,
                    y=top + 11 + small * 1.15,
                    font_size=small,
                    text_anchor=anchor,
                )
            )
        if self.hatched:
            x = left + len(scale.colours) * step + 22
            nodes.append(
                el("rect", x=x, y=top, width=24, height=11, fill=self.hatched, stroke=LINE, stroke_width=0.5)
            )
            nodes.append(label(x - 4, top + 11 + small * 1.15, Text("无数据", "no data"), font_size=small))
        return group(nodes)


Layer = Callable[[Frame, bool], list[Node]]  # (frame, whether it is the inset) → what to draw


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How a map is laid out: its size, and what of names, inset and scale bar it shows."""

    width: float = 900.0
    most_height: float = 760.0
    font: float = 14.0
    names: bool = True
    inset: bool = True
    simplify: float = 0.5  # pixels
    min_width: int = 620
    strip: bool = False  # legend as a strip below the map


WIDE = Sheet()
THUMB = Sheet(
    width=400.0, most_height=400.0, font=12.5, names=False, inset=True, simplify=0.8, min_width=0, strip=True
)


def rect_swatch(fill: str, stroke: str = LINE) -> Callable[[float, float], list[Node]]:
    """Return a filled box for a legend."""
    return lambda x, y: [
        el("rect", x=x - 9, y=y - 6, width=18, height=12, fill=fill, stroke=stroke, stroke_width=0.6)
    ]


def line_swatch(stroke: str, width: float, dash: str | None = None) -> Callable[[float, float], list[Node]]:
    """Return a short line for a legend."""
    return lambda x, y: [
        el(
            "path",
            d=f"M{x - 9:.1f} {y:.1f}h18",
            stroke=stroke,
            stroke_width=width,
            stroke_dasharray=dash,
            fill="none",
        )
    ]


def dot_swatch(fill: str, radius: float) -> Callable[[float, float], list[Node]]:
    """Return a circle for a legend."""
    return lambda x, y: [
        el("circle", cx=x, cy=y, r=radius, fill=fill, fill_opacity=0.75, stroke="#fff", stroke_width=0.4)
    ]


def legend_of(scale: Scale, title: Text, *, uid: str, missing: bool) -> Legend:
    """Return the legend of a classed scale, highest class on top, "no data" last where it occurs."""
    unit = (
        Text(f"{title.zh}({scale.unit.zh})", f"{title.in_('en')} ({scale.unit.in_('en')})")
        if title.zh
        else Text(f"单位:{scale.unit.zh}", f"unit: {scale.unit.in_('en')}")
    )
    keys = [Key(rect_swatch(c), Text(scale.label(i), scale.label(i))) for i, c in enumerate(scale.colours)][
        ::-1
    ]
    if missing:
        keys.append(Key(rect_swatch(f"url(#{uid}-h)"), Text("无数据", "no data")))
    return Legend(unit, tuple(keys), scale, f"url(#{uid}-h)" if missing else "")


def zones_layer(
    ground: Ground,
    fill: Mapping[str, str],
    *,
    tips: Mapping[str, Text] | None = None,
    simplify: float = 0.5,
    stroke: str = "#ffffff",
    stroke_width: float = 0.7,
) -> Layer:
    """Return a layer of zones, each in its colour, with its value as a tooltip."""

    def draw(frame: Frame, inset: bool) -> list[Node]:
        del inset
        nodes = []
        for zone, path in ground.paths(frame, simplify).items():
            tip = [el("title", tips[zone])] if tips and zone in tips else []
            nodes.append(el("path", *tip, d=path, fill=fill.get(zone, "#e9edee")))
        return [group(nodes, stroke=stroke, stroke_width=stroke_width, stroke_linejoin="round")]

    return draw


def choropleth(
    ground: Ground,
    values: Mapping[str, float],
    *,
    scale: Scale,
    title: Text,
    legend_title: Text,
    uid: str,
    sheet: Sheet = WIDE,
    extra: Sequence[Layer] = (),
) -> Node:
    """Return a map of one value per zone, in classes, hatched where it is missing.

    Parameters
    ----------
    values
        Value by zone id, in the unit of `scale`; NaN or absent is missing.
    """
    known = {z: float(values.get(z, float("nan"))) for z in ground.ids}
    missing = [z for z, v in known.items() if not np.isfinite(v)]
    fill = {z: scale.colour(v) or f"url(#{uid}-h)" for z, v in known.items()}
    tips = {z: _tip(ground.names[z], v, scale) for z, v in known.items()}
    layer = zones_layer(
        ground, fill, tips=tips, simplify=sheet.simplify, stroke_width=0.7 if sheet.names else 0.5
    )
    return compose(
        ground,
        [layer, *extra],
        legend=legend_of(scale, legend_title, uid=uid, missing=bool(missing)),
        title=title,
        description=_describe(ground, known, scale),
        uid=uid,
        sheet=sheet,
    )


def _tip(name: Text, value: float, scale: Scale) -> Text:
    if not np.isfinite(value):
        return Text(f"{name.zh}:无数据", f"{name.en}: no data")
    number = fixed(value, max(scale.decimals, 1))
    return Text(f"{name.zh}:{number} {scale.unit.zh}", f"{name.en}: {number} {scale.unit.en}")


def _describe(ground: Ground, known: Mapping[str, float], scale: Scale) -> Text:
    """Say in words what the map shows: range, and the zones at both ends."""
    finite = sorted((v, z) for z, v in known.items() if np.isfinite(v))
    if not finite:
        return Text("所有分区均无数据。", "No zone has data.")
    (low, worst), (high, best) = finite[0], finite[-1]
    d = max(scale.decimals, 1)
    gone = len(known) - len(finite)
    return Text(
        f"{len(finite)} 个分区有数据,{gone} 个无数据。最低 {ground.names[worst].zh} {fixed(low, d)},"
        f"最高 {ground.names[best].zh} {fixed(high, d)}({scale.unit.zh})。",
        f"{len(finite)} zones with data, {gone} without. Lowest {ground.names[worst].in_('en')} "
        f"{fixed(low, d)}, "
        f"highest {ground.names[best].in_('en')} {fixed(high, d)} ({scale.unit.en}).",
    )


def compose(
    ground: Ground,
    layers: Sequence[Layer],
    *,
    legend: Legend,
    title: Text,
    description: Text,
    uid: str,
    sheet: Sheet = WIDE,
    reserved: Callable[[Frame, bool], Sequence[Box]] | None = None,
) -> Node:
    """Put layers, names, inset, legend and scale bar together so that none covers another.

    `reserved` tells which boxes of the main map, or of the inset, names must keep clear of.
    """
    frame = ground.fit(sheet.width, sheet.most_height)
    boxes, size = _furniture(ground, frame, legend=legend, sheet=sheet)
    nodes = [el("rect", width=size[0], height=size[1], fill=SEA), hatch(uid)]
    for layer in layers:
        nodes += layer(frame, False)
    inset = _inset_frame(ground, boxes.get("inset"))
    taken = [*boxes.values(), *(reserved(frame, False) if reserved else ())]
    if inset is not None:
        nodes += _mark(frame, inset)
    if sheet.names:
        nodes += _names(ground, frame, sheet=sheet, taken=taken, hidden=inset)
    if inset is not None:
        kept = reserved(inset, True) if reserved else ()
        nodes += _inset(ground, layers, frame, inset=inset, uid=uid, sheet=sheet, taken=kept)
    draw = legend.draw_strip if sheet.strip and legend.scale is not None else legend.draw
    nodes.append(draw(boxes["legend"], sheet.font))
    nodes.append(_scale_bar(frame, boxes["bar"], sheet.font))
    return picture(*size, *nodes, title=title, description=description, uid=uid, min_width=sheet.min_width)


def _furniture(
    ground: Ground, frame: Frame, *, legend: Legend, sheet: Sheet
) -> tuple[dict[str, Box], tuple[float, float]]:
    """Find room for inset, legend and scale bar where there is no land; widen the sheet if there is none."""
    wanted: dict[str, tuple[float, float]] = {}
    if sheet.inset and ground.crowded is not None:
        west, south, east, north = ground.crowded
        wide = 0.37 * sheet.width
        wanted["inset"] = (wide, min(wide * (north - south) / (east - west), 0.42 * frame.box[3]))
    strip = sheet.strip and legend.scale is not None
    if not strip:
        wanted["legend"] = legend.size(sheet.font)
    wanted["bar"] = (bar_length(frame)[1] + 56, sheet.font * 2.2)
    boxes: dict[str, Box] = {}
    outside: dict[str, tuple[float, float]] = {}
    for name, size in wanted.items():
        spot = free_box(frame, ground.union, size, list(boxes.values()))
        if spot is None:
            outside[name] = size
        else:
            boxes[name] = spot
    width, height = frame.box[2], frame.box[3]
    y = 8.0
    for name, (w, h) in outside.items():
        boxes[name] = (frame.box[2] + 6, y, frame.box[2] + 6 + w, y + h)
        y += h + 10
        width, height = max(width, frame.box[2] + w + 14), max(height, y)
    if strip:
        boxes["legend"] = (0.0, height, width, height + sheet.font * 3.9)
        height = boxes["legend"][3]
    return boxes, (width, height)


def _inset_frame(ground: Ground, box: Box | None) -> Frame | None:
    if box is None or ground.crowded is None:
        return None
    west, south, east, north = ground.crowded
    scale = min((box[2] - box[0]) / (east - west), (box[3] - box[1]) / (north - south))
    middle = ((west + east) / 2, (south + north) / 2)
    half = ((box[2] - box[0]) / scale / 2, (box[3] - box[1]) / scale / 2)
    return Frame(middle[0] - half[0], middle[1] + half[1], scale, box)


def _mark_box(frame: Frame, inset: Frame) -> Box:
    """Return where the inset's window lies on the main map, in pixels."""
    west, south, east, north = inset.window
    (x0, y0), (x1, y1) = frame.px(np.array([[west, north], [east, south]]))
    return (float(x0), float(y0), float(x1), float(y1))


def _inset(
    ground: Ground,
    layers: Sequence[Layer],
    frame: Frame,
    *,
    inset: Frame,
    uid: str,
    sheet: Sheet,
    taken: Sequence[Box],
) -> list[Node]:
    x0, y0, x1, y1 = inset.box
    inner = [n for layer in layers for n in layer(inset, True)]
    if sheet.names:
        inner += _names(ground, inset, sheet=sheet, taken=taken, hidden=None)
    rect = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
    times = inset.scale / frame.scale
    return [
        el("defs", el("clipPath", el("rect", **rect), id=f"{uid}-c")),
        el("g", el("rect", **rect, fill=SEA), *inner, clip_path=f"url(#{uid}-c)"),
        el("rect", **rect, fill="none", stroke=INK, stroke_width=1.1),
        el("rect", x=x0, y=y0, width=sheet.font * 2.9, height=sheet.font * 1.5, fill="#fff", opacity=0.9),
        el(
            "text",
            f"×{times:.1f}",
            x=x0 + 4,
            y=y0 + sheet.font * 1.1,
            font_size=sheet.font - 1,
            font_weight=700,
        ),
    ]


def _mark(frame: Frame, inset: Frame) -> list[Node]:
    """Return the frame of the inset's window on the main map and lines to the inset."""
    x0, y0, x1, y1 = _mark_box(frame, inset)
    guides = _guides((x0, y0, x1, y1), inset.box)
    return [
        el("rect", x=x0, y=y0, width=x1 - x0, height=y1 - y0, fill="none", stroke=INK, stroke_width=1.1),
        el("path", d=guides, stroke=INK, stroke_width=0.6, stroke_dasharray="3 3", fill="none"),
    ]


def _guides(mark: Box, box: Box) -> str:
    """Return two thin lines from the marked window to the inset, along facing corners."""
    if box[3] <= mark[1]:
        pairs = ((mark[0], mark[1], box[0], box[3]), (mark[2], mark[1], box[2], box[3]))
    elif box[1] >= mark[3]:
        pairs = ((mark[0], mark[3], box[0], box[1]), (mark[2], mark[3], box[2], box[1]))
    elif box[0] >= mark[2]:
        pairs = ((mark[2], mark[1], box[0], box[1]), (mark[2], mark[3], box[0], box[3]))
    else:
        pairs = ((mark[0], mark[1], box[2], box[1]), (mark[0], mark[3], box[2], box[3]))
    return "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in pairs)


def _names(
    ground: Ground, frame: Frame, *, sheet: Sheet, taken: Sequence[Box], hidden: Frame | None
) -> list[Node]:
    """Return the names that fit, placed for each language by itself."""
    nodes = []
    for lang in LANGS:
        wishes = []
        for zone, (x, y, radius) in ground.anchors.items():
            if not frame.holds(x, y) or (hidden is not None and hidden.holds(x, y)):
                continue
            px, py = frame.px(np.array([[x, y]]))[0]
            name = ground.labels[zone].in_(lang)
            room = max(radius * frame.scale, 1.8 * sheet.font)
            wishes.append(Wish(zone, wrap(name), float(px), float(py), room, radius))
        for spot in place(wishes, size=sheet.font, frame=frame.box, taken=taken):
            nodes.append(_name(spot.lines, spot.x, spot.y, sheet.font, lang))
    return [
        group(
            nodes,
            text_anchor="middle",
            font_size=sheet.font,
            paint_order="stroke",
            stroke="#fff",
            stroke_width=2.6,
            stroke_linejoin="round",
            pointer_events="none",
        )
    ]


def _name(lines: tuple[str, ...], x: float, y: float, size: float, lang: Lang) -> Node:
    first = y - size * 1.15 * (len(lines) - 1) / 2 + size * 0.36
    spans = [el("tspan", line, x=x, y=first + size * 1.15 * k) for k, line in enumerate(lines)]
    return el("text", *spans, lang=lang)


def bar_length(frame: Frame) -> tuple[float, float]:
    """Return a round length for the scale bar: kilometres, and pixels (about a seventh of the map)."""
    target = (frame.box[2] - frame.box[0]) / 7 / frame.scale / 1000
    power = 10.0 ** np.floor(np.log10(target))
    km = max(float(m * power) for m in (1, 2, 5) if m * power <= target * 1.0001)
    return km, km * 1000 * frame.scale


def _scale_bar(frame: Frame, box: Box, font: float) -> Node:
    km, pixels = bar_length(frame)
    x, y = box[0] + 6, box[3] - 7
    words = f"{km:g} km"
    plate = {"x": x - 4, "y": y - font, "width": pixels + 14 + text_width(words, font), "height": font + 5}
    return group(
        [
            el("rect", **plate, fill="#fff", opacity=0.75, rx=2),
            el(
                "path", d=f"M{x:.1f} {y - 5:.1f}v5h{pixels:.1f}v-5", stroke=INK, stroke_width=1.3, fill="none"
            ),
            el("text", words, x=x + pixels + 6, y=y + 1, font_size=font - 0.5),
        ]
    )


def empty_ground(ground: Ground, *, simplify: float = 0.5, fill: str = "#e9edee") -> Layer:
    """Return plain zones, for maps of lines and points."""
    return zones_layer(
        ground, dict.fromkeys(ground.ids, fill), simplify=simplify, stroke="#b9c4c8", stroke_width=0.7
    )
