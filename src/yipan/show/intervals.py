"""Dots with intervals as SVG: a row a thing, how sure its number is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yipan.show.charts import ticks, widest
from yipan.show.colours import ACCENT, BRAND, GRID, MUTED
from yipan.show.numbers import decimals_for, fixed
from yipan.show.shapes import shape_at
from yipan.show.svg import Node, el, group, label, picture
from yipan.text import Lang, Text

WIDTH, TOP = 860.0, 56.0
MARK = {"fill": "none", "stroke": ACCENT, "stroke_width": 1.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One row: `middle` in `low`–`high`, the ends of all cases `least` and `most`, and a `mark` to compare.

    NaN is not drawn.
    """

    name: Text
    middle: float
    low: float
    high: float
    least: float = float("nan")
    most: float = float("nan")
    mark: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What dot, thick bar, thin line and mark stand for; an empty text is left out of the legend."""

    middle: Text
    bar: Text
    line: Text = Text("", "")  # noqa: RUF009 - Text is frozen
    mark: Text = Text("", "")  # noqa: RUF009 - Text is frozen


def interval_chart(
    rows: Sequence[Interval],
    *,
    reading: Reading,
    unit: Text,
    title: Text,
    uid: str,
    base: float = 0.0,
    step: float = 21.0,
) -> Node:
    """Return one row each: a dot, a thick bar for the interval, a thin line for all cases, a hollow mark."""
    left = widest([r.name for r in rows], 12) + 18
    height = TOP + step * len(rows) + 30
    ends = np.array([(r.low, r.high, r.least, r.most, r.middle, r.mark) for r in rows], dtype=float)
    ends = ends[np.isfinite(ends)]
    lowest = min(base, float(ends.min())) if ends.size else base
    marks = ticks(lowest, float(ends.max()) if ends.size else base + 1.0, 8)
    marks = [k for k in marks if k > 0] if base > 0 else marks  # ranks begin at 1
    first, last = min(lowest, marks[0]), marks[-1]

    def at_x(value: float) -> float:
        return left + (WIDTH - left - 26) * (value - first) / (last - first)

    nodes = _legend(reading, left)
    for k in sorted({base, *marks}) if base > 0 else marks:
        nodes.append(el("path", d=f"M{at_x(k):.1f} {TOP - 6:.1f}V{height - 26:.1f}", stroke=GRID))
        text = fixed(k, decimals_for(marks))
        nodes.append(
            el("text", text, x=at_x(k), y=height - 9, text_anchor="middle", font_size=12, fill=MUTED)
        )
    nodes.append(label(4, height - 9, unit, font_size=12, fill=MUTED))
    lines, bars = "", ""
    dots: list[Node] = []
    diamonds: list[Node] = []
    for r, row in enumerate(rows):
        y = TOP + step * (r + 0.5)
        nodes.append(label(left - 12, y + 4.2, row.name, font_size=12, text_anchor="end"))
        if np.isfinite(row.least + row.most):
            lines += f"M{at_x(row.least):.1f} {y:.1f}H{at_x(row.most):.1f}"
        if np.isfinite(row.low + row.high):
            bars += f"M{at_x(row.low):.1f} {y:.1f}H{at_x(row.high) + 0.1:.1f}"
        if np.isfinite(row.middle):
            dots.append(_dot(at_x(row.middle), y))
        if np.isfinite(row.mark):
            diamonds.append(_mark(at_x(row.mark), y))
    nodes.append(el("path", d=lines or "M0 0", stroke="#8a979d", stroke_width=1.2))
    nodes.append(el("path", d=bars or "M0 0", stroke="#8fc1cc", stroke_width=7))
    nodes += [group(dots, fill=BRAND), group(diamonds, **MARK)]
    return picture(WIDTH, height, *nodes, title=title, description=_say(rows), uid=uid, min_width=560)


def _dot(x: float, y: float) -> Node:
    return el("circle", cx=x, cy=y, r=4.2)


def _mark(x: float, y: float) -> Node:
    return shape_at(3, x, y, 4.6)


def _legend(reading: Reading, left: float) -> list[Node]:
    nodes: list[Node] = []
    x, y = min(left, 60.0), 22.0
    for key, words in enumerate((reading.middle, reading.bar, reading.line, reading.mark)):
        if not words.zh:
            continue
        if key == 0:
            nodes.append(group([_dot(x + 8, y)], fill=BRAND))
        elif key == 3:
            nodes.append(group([_mark(x + 8, y)], **MARK))
        else:
            colour, width = ("#8fc1cc", 7) if key == 1 else ("#8a979d", 1.2)
            nodes.append(el("path", d=f"M{x:.1f} {y:.1f}h18", stroke=colour, stroke_width=width))
        nodes.append(label(x + 24, y + 4.3, words, font_size=12))
        x += 24 + widest([words], 12) + 18
    return nodes


def _say(rows: Sequence[Interval]) -> Text:
    def say(lang: Lang) -> str:
        d = decimals_for([r.middle for r in rows], most=2)
        return "; ".join(
            f"{r.name.in_(lang)} {fixed(r.middle, d)} ({fixed(r.low, d)} – {fixed(r.high, d)})" for r in rows
        )

    return Text(say("zh"), say("en"))
