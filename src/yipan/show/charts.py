"""Charts as SVG: lines with direct labels, stacked bars, shares, dots, comparison bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yipan.show.colours import GRID, INK, MUTED, contrast
from yipan.show.labels import spread
from yipan.show.numbers import decimals_for, fixed, percent
from yipan.show.shapes import shape_at
from yipan.show.svg import Node, el, label, picture, text_width
from yipan.text import LANGS, Lang, Text


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one part of a stack; values are NaN where missing, `strong` is drawn thicker."""

    name: Text
    colour: str
    values: tuple[float, ...]
    strong: bool = False
    dash: str | None = None


def widest(texts: Sequence[Text], size: float) -> float:
    """Return the width of the widest text in either language, in pixels."""
    return max((text_width(t.in_(lang), size) for t in texts for lang in LANGS), default=0.0)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round ticks that cover [low, high].

    Examples
    --------
    >>> ticks(0, 97)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    if not high > low:
        high = low + 1.0
    raw = (high - low) / count
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9)))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [round(float(k * step), 10) for k in np.arange(first, last + 1)]


def line_chart(
    years: Sequence[int],
    series: Sequence[Series],
    *,
    unit: Text,
    title: Text,
    uid: str,
    height: float = 380.0,
) -> Node:
    """Return lines over years, each named at its right end with its last value."""
    finite = [v for s in series for v in s.values if np.isfinite(v)]
    marks = ticks(min(finite, default=0.0), max(finite, default=1.0), 6)
    d = decimals_for(marks)
    ends = [
        Text(f"{s.name.zh} {fixed(_last(s), 1)}", f"{s.name.in_('en')} {fixed(_last(s), 1)}") for s in series
    ]
    width = 860.0
    left, right, top, bottom = 52.0, widest(ends, 12.5) + 20, 34.0, 30.0

    def at_x(k: int) -> float:
        return left + (width - left - right) * (k / max(len(years) - 1, 1))

    def at_y(value: float) -> float:
        return top + (height - top - bottom) * (1 - (value - marks[0]) / (marks[-1] - marks[0]))

    nodes = [label(4.0, 16.0, unit, font_size=12, fill=MUTED)]
    for mark in marks:
        nodes.append(el("path", d=f"M{left:.1f} {at_y(mark):.1f}H{width - right:.1f}", stroke=GRID))
        nodes.append(
            el(
                "text",
                fixed(mark, d),
                x=left - 8,
                y=at_y(mark) + 4,
                text_anchor="end",
                font_size=12,
                fill=MUTED,
            )
        )
    every = max(1, len(years) // 10)
    for k, year in enumerate(years):
        if k % every == 0 or k == len(years) - 1:
            nodes.append(
                el("text", str(year), x=at_x(k), y=height - 8, text_anchor="middle", font_size=12, fill=MUTED)
            )
    places = spread([at_y(_last(s)) for s in series], 16.5, top + 4, height - bottom)
    for s, words, y in zip(series, ends, places, strict=True):
        points = [(at_x(k), at_y(v)) for k, v in enumerate(s.values) if np.isfinite(v)]
        if not points:
            continue
        path = "M" + "L".join(f"{x:.1f} {v:.1f}" for x, v in points)
        x, v = points[-1]
        nodes.append(
            el(
                "path",
                d=path,
                stroke=s.colour,
                stroke_width=3.2 if s.strong else 2.0,
                stroke_dasharray=s.dash,
                fill="none",
                stroke_linejoin="round",
            )
        )
        nodes.append(el("circle", cx=x, cy=v, r=4.0 if s.strong else 3.0, fill=s.colour))
        nodes.append(
            el("path", d=f"M{x + 4:.1f} {v:.1f}L{x + 11:.1f} {y:.1f}", stroke=s.colour, stroke_width=0.8)
        )
        nodes.append(
            label(x + 13, y + 4.3, words, font_size=12.5, fill=s.colour, font_weight=700 if s.strong else 400)
        )
    return picture(
        width,
        height,
        *nodes,
        title=title,
        description=_say_lines(years, series, unit),
        uid=uid,
        min_width=560,
    )


def _last(series: Series) -> float:
    return next((v for v in reversed(series.values) if np.isfinite(v)), float("nan"))


def _say_lines(years: Sequence[int], series: Sequence[Series], unit: Text) -> Text:
    def ends(s: Series) -> tuple[str, str]:
        return fixed(s.values[0], 1), fixed(_last(s), 1)

    zh = ";".join(f"{s.name.zh} {ends(s)[0]}→{ends(s)[1]}" for s in series)
    en = "; ".join(f"{s.name.in_('en')} {ends(s)[0]} to {ends(s)[1]}" for s in series)
    return Text(f"{years[0]}–{years[-1]} 年({unit.zh}):{zh}。", f"{years[0]}–{years[-1]} ({unit.en}): {en}.")


def stacked_bars(
    years: Sequence[int],
    series: Sequence[Series],
    *,
    unit: Text,
    title: Text,
    uid: str,
    limit: tuple[float, Text] | None = None,
) -> Node:
    """Return one stacked bar a year with its total on top, and a dashed line for a limit."""
    totals = np.nansum(np.array([s.values for s in series], dtype=float), axis=0)
    marks = ticks(0.0, max([*totals.tolist(), limit[0] if limit else 0.0, 1e-9]), 5)
    width, height, left, right, top, bottom = 860.0, 340.0, 58.0, 14.0, 58.0, 30.0
    slot = (width - left - right) / len(years)

    def at_y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / marks[-1])

    nodes = [label(4.0, 16.0, unit, font_size=12, fill=MUTED)]
    x = left
    for s in series:
        nodes.append(el("rect", x=x, y=26, width=14, height=11, fill=s.colour))
        nodes.append(label(x + 20, 36, s.name, font_size=12.5))
        x += 20 + widest([s.name], 12.5) + 24
    for mark in marks:
        nodes.append(el("path", d=f"M{left:.1f} {at_y(mark):.1f}H{width - right:.1f}", stroke=GRID))
        nodes.append(
            el(
                "text",
                fixed(mark, decimals_for(marks)),
                x=left - 8,
                y=at_y(mark) + 4,
                text_anchor="end",
                font_size=12,
                fill=MUTED,
            )
        )
    for k, year in enumerate(years):
        base, x = 0.0, left + slot * k + slot * 0.16
        for s in series:
            value = s.values[k] if np.isfinite(s.values[k]) else 0.0
            if value > 0:
                y = at_y(base + value)
                nodes.append(el("rect", x=x, y=y, width=slot * 0.68, height=at_y(base) - y, fill=s.colour))
            base += value
        middle = x + slot * 0.34
        nodes.append(
            el("text", str(year), x=middle, y=height - 8, text_anchor="middle", font_size=12, fill=MUTED)
        )
        nodes.append(
            el(
                "text",
                fixed(base, 1),
                x=middle,
                y=at_y(base) - 6,
                paint_order="stroke",
                stroke="#fff",
                stroke_width=3,
                text_anchor="middle",
                font_size=12,
                font_weight=700,
            )
        )
    if limit is not None:
        y = at_y(limit[0])
        nodes.append(
            el(
                "path",
                d=f"M{left:.1f} {y:.1f}H{width - right:.1f}",
                stroke="#b3123f",
                stroke_width=1.4,
                stroke_dasharray="6 4",
            )
        )
        nodes.append(label(width - right, y - 5, limit[1], font_size=12, fill="#b3123f", text_anchor="end"))
    zh = ";".join(f"{y}:{fixed(float(t), 1)}" for y, t in zip(years, totals, strict=True))
    return picture(
        width,
        height,
        *nodes,
        title=title,
        description=Text(f"{unit.zh}。{zh}。", f"{unit.en}. {zh.replace(':', ': ')}."),
        uid=uid,
        min_width=560,
    )


def share_bars(
    rows: Sequence[tuple[Text, Sequence[float]]], parts: Sequence[tuple[Text, str]], *, title: Text, uid: str
) -> Node:
    """Return one bar a row, cut into shares that sum to 1; shares of 8 % and more carry their number."""
    left = widest([r[0] for r in rows], 12.5) + 16
    width, step, top = 860.0, 27.0, 36.0
    height = top + step * len(rows) + 6
    nodes: list[Node] = []
    x = 12.0
    for words, colour in parts:
        nodes.append(
            el("rect", x=x, y=10, width=14, height=11, fill=colour, stroke="#8a979d", stroke_width=0.5)
        )
        nodes.append(label(x + 20, 20, words, font_size=12.5))
        x += 20 + widest([words], 12.5) + 24
    for k, (words, shares) in enumerate(rows):
        y = top + step * k
        nodes.append(label(left - 10, y + 14, words, font_size=12.5, text_anchor="end"))
        x = left
        for (_, colour), share in zip(parts, shares, strict=True):
            w = (width - left - 8) * share
            if w > 0:
                nodes.append(
                    el("rect", x=x, y=y, width=w, height=19, fill=colour, stroke="#fff", stroke_width=0.8)
                )
            if share >= 0.08 or (share > 0.999):
                ink = (
                    INK
                    if colour.startswith("url") or contrast(colour, INK) > contrast(colour, "#ffffff")
                    else "#ffffff"
                )
                nodes.append(
                    el(
                        "text",
                        percent(share),
                        x=x + w / 2,
                        y=y + 14,
                        text_anchor="middle",
                        font_size=12,
                        fill=ink,
                    )
                )
            x += w

    def say(lang: Lang) -> str:
        return "; ".join(
            f"{r.in_(lang)}: "
            + ", ".join(
                f"{p.in_(lang)} {percent(s)}" for (p, _), s in zip(parts, shares, strict=True) if s > 0
            )
            for r, shares in rows
        )

    return picture(
        width, height, *nodes, title=title, description=Text(say("zh"), say("en")), uid=uid, min_width=520
    )


def dot_chart(
    rows: Sequence[Text],
    series: Sequence[Series],
    *,
    unit: Text,
    title: Text,
    uid: str,
    low: float = 0.0,
    high: float = 100.0,
) -> Node:
    """Return for each row a scale with one dot a series: distances between dots are the differences."""
    left = widest(rows, 13) + 20
    legend_height = 26.0
    width, step, top = 860.0, 46.0, 54.0
    height = top + step * len(rows) + 26

    def at_x(value: float) -> float:
        return left + (width - left - 24) * (value - low) / (high - low)

    nodes: list[Node] = []
    x = left
    for k, s in enumerate(series):
        nodes += [
            _dot(k, x + 6, legend_height - 8, s.colour),
            label(x + 18, legend_height - 3.5, s.name, font_size=12.5),
        ]
        x += 18 + widest([s.name], 12.5) + 22
    for mark in ticks(low, high, 5):
        nodes.append(el("path", d=f"M{at_x(mark):.1f} {top - 8:.1f}V{height - 24:.1f}", stroke=GRID))
        nodes.append(
            el(
                "text",
                fixed(mark, 0),
                x=at_x(mark),
                y=height - 8,
                text_anchor="middle",
                font_size=12,
                fill=MUTED,
            )
        )
    nodes.append(label(4, height - 8, unit, font_size=12, fill=MUTED))
    for r, words in enumerate(rows):
        y = top + step * r + step / 2 - 8
        values = [s.values[r] for s in series]
        finite = [v for v in values if np.isfinite(v)]
        nodes.append(label(left - 14, y + 4.5, words, font_size=13, text_anchor="end"))
        if finite:
            nodes.append(
                el(
                    "path",
                    d=f"M{at_x(min(finite)):.1f} {y:.1f}H{at_x(max(finite)):.1f}",
                    stroke="#b8c2c6",
                    stroke_width=3,
                )
            )
        for k, (s, v) in enumerate(zip(series, values, strict=True)):
            if np.isfinite(v):
                nodes.append(_dot(k, at_x(v), y, s.colour))
        for v, x in _end_labels(finite, at_x):
            nodes.append(
                el("text", fixed(v, 1), x=x, y=y + 21, text_anchor="middle", font_size=11.5, fill=MUTED)
            )

    def say(lang: Lang) -> str:
        return "; ".join(
            f"{w.in_(lang)}: " + ", ".join(f"{s.name.in_(lang)} {fixed(s.values[r], 1)}" for s in series)
            for r, w in enumerate(rows)
        )

    return picture(
        width, height, *nodes, title=title, description=Text(say("zh"), say("en")), uid=uid, min_width=560
    )


def _end_labels(finite: Sequence[float], at_x: object) -> list[tuple[float, float]]:
    """Return the lowest and the highest value with their places."""
    if not finite:
        return []
    ends = sorted({min(finite), max(finite)})
    return [(v, at_x(v)) for v in ends]  # type: ignore[operator]


def _dot(k: int, x: float, y: float, colour: str) -> Node:
    return shape_at(k, x, y, 6.0, fill=colour, stroke="#fff", stroke_width=1.2)


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar: its words, value, colour; `hollow` is a promise, not a measurement."""

    name: Text
    value: float
    colour: str
    hollow: bool = False


def bars(
    rows: Sequence[Bar], *, unit: Text, title: Text, uid: str, decimals: int = 1, base: float = 0.0
) -> Node:
    """Return horizontal bars from `base`, each with its number."""
    left = widest([r.name for r in rows], 13) + 18
    width, step, top = 860.0, 32.0, 12.0
    height = top + step * len(rows) + 30
    finite = [r.value for r in rows if np.isfinite(r.value)]
    marks = ticks(base, max([*finite, base]), 5)

    def at_x(value: float) -> float:
        return left + (width - left - 90) * (value - marks[0]) / (marks[-1] - marks[0])

    nodes: list[Node] = []
    for mark in marks:
        nodes.append(el("path", d=f"M{at_x(mark):.1f} {top:.1f}V{height - 26:.1f}", stroke=GRID))
        nodes.append(
            el(
                "text",
                fixed(mark, decimals_for(marks)),
                x=at_x(mark),
                y=height - 9,
                text_anchor="middle",
                font_size=12,
                fill=MUTED,
            )
        )
    nodes.append(label(4, height - 9, unit, font_size=12, fill=MUTED))
    for k, row in enumerate(rows):
        y = top + step * k + 5
        nodes.append(label(left - 12, y + 15, row.name, font_size=13, text_anchor="end"))
        if np.isfinite(row.value):
            end = at_x(row.value)
            attrs = (
                {"fill": "#fff", "stroke": row.colour, "stroke_dasharray": "5 3"}
                if row.hollow
                else {"fill": row.colour}
            )
            nodes.append(
                el("rect", x=at_x(marks[0]), y=y, width=max(end - at_x(marks[0]), 1.0), height=21, **attrs)
            )
            nodes.append(
                el("text", fixed(row.value, decimals), x=end + 7, y=y + 15, font_size=13, font_weight=700)
            )

    def say(lang: Lang) -> str:
        return "; ".join(f"{r.name.in_(lang)} {fixed(r.value, decimals)}" for r in rows)

    return picture(
        width,
        height,
        *nodes,
        title=title,
        description=Text(f"{unit.zh}:{say('zh')}。", f"{unit.en}: {say('en')}."),
        uid=uid,
        min_width=520,
    )
