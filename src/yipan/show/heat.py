"""A grid of values as SVG: a row a zone, a column a score, number and colour in every field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yipan.show.charts import widest
from yipan.show.colours import INK, LINE, MUTED, Scale, contrast
from yipan.show.numbers import MISSING, fixed
from yipan.show.svg import Node, el, group, hatch, label, picture, text_width
from yipan.text import LANGS, Lang, Text

ROW, TOP, WIDTH, SIZE = 22.0, 46.0, 960.0, 12.0


def heat_grid(
    rows: Sequence[tuple[Text, Sequence[float]]],
    columns: Sequence[Text],
    *,
    scale: Scale,
    title: Text,
    uid: str,
) -> Node:
    """Return the grid; missing values are hatched.

    Parameters
    ----------
    rows
        Name and one value a column, in the unit of `scale`.
    """
    left = widest([name for name, _ in rows], SIZE) + 14
    wide = (WIDTH - left - 2) / len(columns)
    height = TOP + ROW * len(rows) + 46
    nodes = [hatch(uid)]
    for k, name in enumerate(columns):
        nodes += _head(name, left + wide * (k + 0.5), wide)
    fields: dict[str, str] = {}  # one path a colour: a page of many zones stays small
    numbers = []
    for r, (name, values) in enumerate(rows):
        y = TOP + ROW * r
        nodes.append(label(left - 8, y + 15, name, font_size=SIZE, text_anchor="end"))
        for k, v in enumerate(values):
            fill = scale.colour(v) or f"url(#{uid}-h)"
            box = f"M{left + wide * k:.1f} {y:.0f}h{wide:.1f}v{ROW:.0f}h{-wide:.1f}z"
            fields[fill] = fields.get(fill, "") + box
            ink = "#fff" if fill[0] == "#" and contrast(fill, INK) < contrast(fill, "#ffffff") else None
            if np.isfinite(v):
                numbers.append(el("text", fixed(v, 0), x=left + wide * (k + 0.5), y=y + 15, fill=ink))
    nodes.append(group([el("path", d=d, fill=f) for f, d in fields.items()], stroke="#fff", stroke_width=1))
    nodes.append(group(numbers, text_anchor="middle", font_size=SIZE))
    nodes += _legend(scale, left, height - 30, uid)
    return picture(
        WIDTH, height, *nodes, title=title, description=_say(rows, columns), uid=uid, min_width=620
    )


def _head(name: Text, x: float, room: float) -> list[Node]:
    """Return a column's name, on two lines where one is too narrow."""
    out = []
    for lang in LANGS:
        lines = _lines(name.in_(lang), room)
        for k, line in enumerate(lines):
            y = TOP - 8 - 15 * (len(lines) - 1 - k)
            out.append(el("text", line, x=x, y=y, lang=lang, text_anchor="middle", font_size=SIZE))
    return out


def _lines(text: str, room: float) -> list[str]:
    """Break a name before the word that does not fit, or in the middle where there are no words."""
    if text_width(text, SIZE) <= room - 4:
        return [text]
    words = text.split(" ")
    if len(words) == 1:
        half = (len(text) + 1) // 2
        return [text[:half], text[half:]] if ord(text[0]) > 0x2E7F else [text]
    cuts = [[" ".join(words[:k]), " ".join(words[k:])] for k in range(1, len(words))]
    return min(cuts, key=lambda cut: max(text_width(line, SIZE) for line in cut))


def _legend(scale: Scale, x: float, y: float, uid: str) -> list[Node]:
    nodes = []
    keys = [(c, Text(scale.label(k), scale.label(k))) for k, c in enumerate(scale.colours)]
    keys.append((f"url(#{uid}-h)", Text("无数据", "no data")))
    for fill, words in keys:
        nodes.append(el("rect", x=x, y=y, width=18, height=12, fill=fill, stroke=LINE, stroke_width=0.6))
        nodes.append(label(x + 23, y + 10.5, words, font_size=11.5))
        x += 23 + widest([words], 11.5) + 12
    nodes.append(label(4, y + 10.5, scale.unit, font_size=11.5, fill=MUTED))
    return nodes


def _say(rows: Sequence[tuple[Text, Sequence[float]]], columns: Sequence[Text]) -> Text:
    def say(lang: Lang) -> str:
        parts = []
        for k, column in enumerate(columns):
            known = [(v[k], name.in_(lang)) for name, v in rows if np.isfinite(v[k])]
            ends = " – ".join(f"{z} {fixed(v, 0)}" for v, z in (min(known), max(known))) if known else MISSING
            parts.append(f"{column.in_(lang)}: {ends}")
        return "; ".join(parts)

    return Text(say("zh"), say("en"))
