"""Charts to argue with, as SVG: what is lost without a project, value by money, what moves a result."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yipan.show.charts import ticks, widest
from yipan.show.colours import ACCENT, BRAND, GRID, INK, MUTED
from yipan.show.numbers import decimals_for, fixed
from yipan.show.svg import Node, el, label, picture, text_width
from yipan.show.typography import chinese
from yipan.text import LANGS, Lang, Text

WIDTH, SMALL = 860.0, 11.5
ROOM = WIDTH - 262.0
"""Width in which what comes instead of a project is written."""
_PIECES = re.compile(r"[\u2e80-\uffff][\u3001-\u3002\u201d\uff01-\uff1f]*|[^\s\u2e80-\uffff]+\s*|\s+")
"""Words and hanzi; marks that must not begin a line stay with what is before them."""
OPEN = {"fill": "#fff", "stroke_dasharray": "4 3", "stroke_width": 1.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One project: points lost while its money lies idle, after it is spent again, and on what."""

    name: Text
    idle: float
    lost: float
    instead: Text


def loss_bars(rows: Sequence[Loss], *, unit: Text, title: Text, uid: str) -> Node:
    """Return a filled bar for what is lost for good, inside an open one for the money left idle."""
    left, step, top = 250.0, 44.0, 40.0
    height = top + step * len(rows) + 28
    marks = ticks(min(0.0, *(r.lost for r in rows)), max(max(r.idle, r.lost) for r in rows), 5)
    at_x = _scale(marks, left, WIDTH - 72)
    nodes = _swatches(
        [
            ({"fill": BRAND}, Text("重新花钱后仍失去", "lost after the money is spent again")),
            ({**OPEN, "stroke": MUTED}, Text("钱闲置时失去", "lost while the money lies idle")),
        ],
        left,
    )
    nodes += _axis(marks, at_x, unit, top - 6, height)
    for k, r in enumerate(rows):
        y, zero = top + step * k, at_x(0.0)
        nodes += name_lines(r.name, left - 12, y + 14, left - 30)
        ends = [at_x(r.lost), at_x(r.idle)]
        nodes.append(_bar(zero, ends[1], y, 15.0, stroke=MUTED, **OPEN))
        nodes.append(_bar(zero, ends[0], y + 3, 9.0, fill=BRAND))
        place = max(*ends, zero) + 7
        nodes.append(el("text", fixed(r.lost, 3), x=place, y=y + 12, font_size=12.5, font_weight=700))
        nodes += fitted(r.instead, zero + 2, y + 29, min(ROOM, WIDTH - zero - 10), size=SMALL)

    def say(lang: Lang) -> str:
        return "; ".join(f"{r.name.in_(lang)} {fixed(r.lost, 3)} ({fixed(r.idle, 3)})" for r in rows)

    words = Text(say("zh"), say("en"))
    return picture(WIDTH, height, *nodes, title=title, description=words, uid=uid, min_width=560)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An amount of money and the best value found for it; `words` say what a marked step brings."""

    money: float
    value: float
    words: Text | None = None


def step_curve(
    steps: Sequence[Step],
    *,
    stated: float,
    unit: Text,
    money: Text,
    title: Text,
    uid: str,
    width: float = WIDTH,
) -> Node:
    """Return a staircase of value over money, the stated amount as a dashed line.

    From one amount to the next at least the value of the first can be had. Steps with words are rings.
    """
    height, left, right, top, bottom = 330.0, 66.0, 26.0, 62.0, 48.0
    across = ticks(steps[0].money, steps[-1].money, 5)
    up = ticks(min(s.value for s in steps), max(s.value for s in steps), 5)
    at_x, flip = _scale(across, left, width - right), _scale(up, top, height - bottom)

    def at_y(value: float) -> float:
        return top + height - bottom - flip(value)

    nodes = [
        label(4, 16, unit, font_size=12, fill=MUTED),
        label(width - right, height - 8, money, font_size=12, fill=MUTED, text_anchor="end"),
    ]
    grid = "".join(f"M{left:.1f} {at_y(v):.1f}H{width - right:.1f}" for v in up)
    nodes.append(el("path", d=grid, stroke=GRID))
    d = decimals_for(up)
    for v in up:
        text = fixed(v, d)
        nodes.append(el("text", text, x=left - 8, y=at_y(v) + 4, text_anchor="end", font_size=12, fill=MUTED))
    for v in across:
        text, y = fixed(v, decimals_for(across)), height - 28
        nodes.append(el("text", text, x=at_x(v), y=y, text_anchor="middle", font_size=12, fill=MUTED))
    x = at_x(stated)
    nodes.append(
        el("path", d=f"M{x:.1f} {top - 10:.1f}V{height - bottom:.1f}", stroke=ACCENT, stroke_dasharray="6 4")
    )
    here = Text(f"既定 {fixed(stated, 1)}", f"stated {fixed(stated, 1)}")
    nodes.append(label(x, top - 16, here, font_size=12, fill=ACCENT, text_anchor="middle"))
    path = f"M{at_x(steps[0].money):.1f} {at_y(steps[0].value):.1f}"
    path += "".join(f"H{at_x(s.money):.1f}V{at_y(s.value):.1f}" for s in steps[1:])
    nodes.append(el("path", d=f"{path}H{width - right:.1f}", stroke=BRAND, stroke_width=2.2, fill="none"))
    for s in steps:
        x, y = at_x(s.money), at_y(s.value)
        ring = {"fill": "none", "stroke": BRAND, "stroke_width": 2}
        look = {"fill": BRAND, "r": 4.2} if s.words is None else {**ring, "r": 8.0}
        nodes.append(el("circle", cx=x, cy=y, **look))

    def say(lang: Lang) -> str:
        return "; ".join(
            f"{fixed(s.money, 1)}: {fixed(s.value, 3)}" + (f" ({s.words.in_(lang)})" if s.words else "")
            for s in steps
        )

    return picture(width, height, *nodes, title=title, description=Text(say("zh"), say("en")), uid=uid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One input: the result with it at its low and at its high point, and how they go together."""

    name: Text
    low: float
    high: float
    correlation: float


def tornado(rows: Sequence[Swing], *, stated: float, unit: Text, title: Text, uid: str) -> Node:
    """Return bars from the result as stated to that with one input low (open, above) and high (filled)."""
    left, right, step, top = 300.0, 96.0, 30.0, 56.0
    height = top + step * len(rows) + 28
    ends = [v for r in rows for v in (r.low, r.high)]
    marks = ticks(min(stated, *ends), max(stated, *ends), 5)
    at_x = _scale(marks, left, WIDTH - right)
    nodes = _swatches(
        [
            ({**OPEN, "stroke": INK}, Text("该因素取 5% 分位", "input at its 5% point")),
            ({"fill": BRAND}, Text("该因素取 95% 分位", "input at its 95% point")),
        ],
        left,
    )
    head = Text("秩相关", "rank corr.")
    nodes.append(label(WIDTH - 8, top - 12, head, font_size=12, fill=MUTED, text_anchor="end"))
    nodes += _axis(marks, at_x, unit, top - 6, height)
    for k, r in enumerate(rows):
        y, zero = top + step * k + 4, at_x(stated)
        nodes += name_lines(r.name, left - 12, y + 9, left - 30)
        nodes.append(_bar(zero, at_x(r.low), y, 8.0, stroke=INK, **OPEN))
        nodes.append(_bar(zero, at_x(r.high), y + 9.5, 8.0, fill=BRAND))
        text = fixed(r.correlation, 2, sign=True)
        nodes.append(el("text", text, x=WIDTH - 8, y=y + 13, font_size=12.5, text_anchor="end"))
    x = at_x(stated)
    nodes.append(el("path", d=f"M{x:.1f} {top - 6:.1f}V{height - 24:.1f}", stroke=INK, stroke_width=1.4))

    def say(lang: Lang) -> str:
        parts = (
            (r.name.in_(lang), fixed(r.low, 3), fixed(r.high, 3), fixed(r.correlation, 2, sign=True))
            for r in rows
        )
        return "; ".join(f"{name} {low} – {high} ({rank})" for name, low, high, rank in parts)

    words = Text(say("zh"), say("en"))
    return picture(WIDTH, height, *nodes, title=title, description=words, uid=uid, min_width=560)


def broken(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines no wider than `room`: between words, and between hanzi.

    Examples
    --------
    >>> broken("a long name of a line", 10.0, 60.0), broken("轨道交通3号线", 10.0, 40.0)
    (['a long name', 'of a line'], ['轨道交通', '3号线'])
    """
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def name_lines(name: Text, x: float, y: float, room: float) -> list[Node]:
    """Return a name that ends at `x`, on as many lines as it takes, about the height `y`."""
    out = []
    for lang in LANGS:
        lines = broken(chinese(name.zh) if lang == "zh" else name.in_("en"), 12.0, room)
        for k, line in enumerate(lines):
            at = y + 13.5 * (k - (len(lines) - 1) / 2)
            out.append(el("text", line, lang=lang, x=x, y=at, text_anchor="end", font_size=12))
    return out


def fitted(text: Text, x: float, y: float, room: float, *, size: float) -> list[Node]:
    """Return a muted text on one line, set smaller where it would be wider than `room`."""
    out = []
    for lang in LANGS:
        words = text.in_(lang)
        small = min(size, size * room / max(text_width(words, size), 1.0))
        out.append(el("text", words, lang=lang, x=x, y=y, font_size=small, fill=MUTED))
    return out


def _scale(marks: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    return lambda v: low + (high - low) * (v - marks[0]) / (marks[-1] - marks[0])


def _axis(
    marks: Sequence[float], at_x: Callable[[float], float], unit: Text, top: float, height: float
) -> list[Node]:
    d = decimals_for(marks)
    lines = "".join(f"M{at_x(v):.1f} {top:.1f}V{height - 24:.1f}" for v in marks)
    out = [el("path", d=lines, stroke=GRID)]
    for v in marks:
        text, y = fixed(v, d), height - 8
        out.append(el("text", text, x=at_x(v), y=y, text_anchor="middle", font_size=12, fill=MUTED))
    out.append(label(4, height - 8, unit, font_size=12, fill=MUTED))
    return out


def _bar(a: float, b: float, y: float, tall: float, **look: object) -> Node:
    return el("rect", x=min(a, b), y=y, width=max(abs(b - a), 0.8), height=tall, **look)


def _swatches(keys: Sequence[tuple[dict[str, object], Text]], x: float) -> list[Node]:
    out: list[Node] = []
    for look, words in keys:
        out.append(el("rect", x=x, y=9.0, width=18, height=11, **look))
        out.append(label(x + 25, 19, words, font_size=12))
        x += 25 + widest([words], 12) + 22
    return out
