"""Small radars as SVG: one a thing, side by side, all on the same scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yipan.show.colours import ACCENT, BRAND, MUTED
from yipan.show.numbers import fixed
from yipan.show.svg import Node, el, group, label, picture, text_width
from yipan.text import LANGS, Lang, Text

FRAME = "#b8c2c6"
WIDTH, ACROSS, RADIUS, HIGH, HEAD = 900.0, 6, 46.0, 142.0, 150.0


def radars(
    rows: Sequence[tuple[Text, Sequence[float]]],
    axes: Sequence[Text],
    *,
    compare: Sequence[float],
    title: Text,
    uid: str,
) -> Node:
    """Return a key with the names of the axes, then one radar a row; 0 in the middle, 100 at the frame.

    A radar with a missing value is left open there: only its corners that are known are marked.
    """
    wide = WIDTH / ACROSS
    height = HEAD + HIGH * -(-len(rows) // ACROSS) + 6
    frames, dashed, shapes = "", "", ""
    dots: list[Node] = []
    names: list[Node] = []
    for k, (name, values) in enumerate(rows):
        x, y = wide * (k % ACROSS + 0.5), HEAD + HIGH * (k // ACROSS) + RADIUS + 6
        frames += _path(x, y, [100.0] * len(axes)) + _path(x, y, [50.0] * len(axes))
        dashed += _path(x, y, compare)
        if np.isfinite(values).all():
            shapes += _path(x, y, values)
        else:
            spots = [_at(x, y, v, j, len(axes)) for j, v in enumerate(values) if np.isfinite(v)]
            dots += [el("circle", cx=a, cy=b, r=2.6, fill=BRAND) for a, b in spots]
        names += _name(name, x, y + RADIUS + 18, wide)
    return picture(
        WIDTH,
        height,
        *_key(axes),
        el("path", d=frames or "M0 0", fill="none", stroke=FRAME),
        el("path", d=shapes or "M0 0", fill=BRAND, fill_opacity=0.35, stroke=BRAND, stroke_width=1.4),
        el("path", d=dashed or "M0 0", fill="none", stroke=ACCENT, stroke_dasharray="3 2"),
        *dots,
        group(names, text_anchor="middle", font_size=11.5),
        title=title,
        description=_say(rows, axes),
        uid=uid,
        min_width=620,
    )


def _at(x: float, y: float, value: float, axis: int, axes: int) -> tuple[float, float]:
    angle, r = 2 * np.pi * axis / axes, RADIUS * min(max(value, 0.0), 100.0) / 100
    return x + r * float(np.sin(angle)), y - r * float(np.cos(angle))


def _path(x: float, y: float, values: Sequence[float]) -> str:
    if not np.isfinite(values).all():
        return ""
    points = [_at(x, y, v, k, len(values)) for k, v in enumerate(values)]
    return "M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in points) + "z"


def _key(axes: Sequence[Text]) -> list[Node]:
    x, y = WIDTH / 2, 72.0
    rings = _path(x, y, [100.0] * len(axes)) + _path(x, y, [50.0] * len(axes))
    nodes = [el("path", d=rings, fill="none", stroke=MUTED)]
    for k, name in enumerate(axes):
        a, b = _at(x, y, 100.0, k, len(axes))
        side = "start" if a > x + 1 else "end" if a < x - 1 else "middle"
        shift = 8 if side == "start" else -8 if side == "end" else 0
        down = -8 if b < y - 1 and side == "middle" else 18 if side == "middle" else 4
        nodes.append(label(a + shift, b + down, name, font_size=12, text_anchor=side))
    return nodes


def _name(name: Text, x: float, y: float, room: float) -> list[Node]:
    """Return a name under its radar, on two lines where one is too wide."""
    out = []
    for lang in LANGS:
        text = name.in_(lang)
        lines = [text]
        if text_width(text, 11.5) > room - 6 and " " in text:
            parts = text.split(" ")
            cuts = [[" ".join(parts[:k]), " ".join(parts[k:])] for k in range(1, len(parts))]
            lines = min(cuts, key=lambda cut: max(text_width(line, 11.5) for line in cut))
        out += [el("text", line, x=x, y=y + 14 * k, lang=lang) for k, line in enumerate(lines)]
    return out


def _say(rows: Sequence[tuple[Text, Sequence[float]]], axes: Sequence[Text]) -> Text:
    def say(lang: Lang) -> str:
        heads = ", ".join(a.in_(lang) for a in axes)
        return f"{heads}: " + "; ".join(
            f"{name.in_(lang)} {', '.join(fixed(v, 0) for v in values)}" for name, values in rows
        )

    return Text(say("zh"), say("en"))
