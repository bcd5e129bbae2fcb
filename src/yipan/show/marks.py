"""Projects on a map: lines, symbols and numbered badges that cover neither each other nor a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yipan.show.colours import INK
from yipan.show.labels import Box, overlap
from yipan.show.maps import Layer
from yipan.show.plane import Frame, Ground, line_path
from yipan.show.shapes import shape_at
from yipan.show.svg import Node, el, group
from yipan.text import Text


def radius(count: int) -> float:
    """Return how large a badge is (pixels): smaller where there are many."""
    return 9.0 if count <= 40 else 7.5


@dataclass(frozen=True, slots=True)
class Marked:
    """A project on the map.

    Parameters
    ----------
    paths, spots
        Its lines and its points, as (lon, lat); the badge wants to be near the middle of them.
    """

    number: int
    colour: str
    shape: int
    paths: tuple[tuple[tuple[float, float], ...], ...]
    spots: tuple[tuple[float, float], ...]
    name: Text


@dataclass(frozen=True, slots=True)
class Badge:
    """A numbered badge in its place, with the point it belongs to (pixels)."""

    mark: Marked
    x: float
    y: float
    at: tuple[float, float]
    r: float

    @property
    def box(self) -> Box:
        """The square it takes."""
        r = self.r + 1.5
        return (self.at[0] - r, self.at[1] - r, self.at[0] + r, self.at[1] + r)


def badges(ground: Ground, marked: Sequence[Marked], frame: Frame, *, hidden: Box | None) -> list[Badge]:
    """Place the badges of a frame, in order; what lies wholly in the window `hidden` (m) is left out."""
    out: list[Badge] = []
    r = radius(len(marked))
    for m in marked:
        xy = ground.points([p[0] for p in m.spots], [p[1] for p in m.spots])
        seen = [k for k, (x, y) in enumerate(xy) if frame.holds(x, y)]
        if not seen or (hidden is not None and all(_inside(hidden, x, y) for x, y in xy)):
            continue
        x, y = map(float, frame.px(xy)[seen[len(seen) // 2]])
        out.append(Badge(m, x, y, _free_spot(x, y, [b.box for b in out], frame.box, r), r))
    return out


def projects_layer(ground: Ground, marked: Sequence[Marked]) -> Layer:
    """Return projects as lines and symbols; those wholly in the inset's window are numbered only there."""

    def draw(frame: Frame, inset: bool) -> list[Node]:
        hidden = None if inset else ground.crowded
        lines, symbols = [], []
        for m in marked:
            for path in m.paths:
                xy = ground.points([p[0] for p in path], [p[1] for p in path])
                lines.append(el("path", d=line_path(xy, frame), stroke=m.colour))
            if m.paths:
                continue
            xy = ground.points([p[0] for p in m.spots], [p[1] for p in m.spots])
            for (px, py), (x, y) in zip(frame.px(xy), xy, strict=True):
                if frame.holds(x, y) and (hidden is None or not _inside(hidden, x, y)):
                    style = {"fill": m.colour, "stroke": "#fff", "stroke_width": 0.8}
                    symbols.append(shape_at(m.shape, float(px), float(py), 5.0, **style))
        width = 3.4 if inset else 2.6
        drawn = group(lines, fill="none", stroke_width=width, stroke_linejoin="round", stroke_opacity=0.9)
        placed = badges(ground, marked, frame, hidden=hidden)
        return [drawn, group(symbols), *_draw(placed)]

    return draw


def _draw(placed: Sequence[Badge]) -> list[Node]:
    leaders = [
        el("path", d=f"M{b.x:.1f} {b.y:.1f}L{b.at[0]:.1f} {b.at[1]:.1f}", stroke=INK, stroke_width=0.8)
        for b in placed
    ]
    rings = [
        group(
            [
                el("title", b.mark.name),
                el(
                    "circle",
                    cx=b.at[0],
                    cy=b.at[1],
                    r=b.r,
                    fill="#fff",
                    stroke=b.mark.colour,
                    stroke_width=2.2,
                ),
                el(
                    "text",
                    str(b.mark.number),
                    x=b.at[0],
                    y=b.at[1] + b.r * 0.44,
                    font_size=b.r + 2,
                    font_weight=700,
                    text_anchor="middle",
                    fill=INK,
                ),
            ]
        )
        for b in placed
    ]
    return [group(leaders), *rings]


def _inside(window: Box, x: float, y: float) -> bool:
    return window[0] <= x <= window[2] and window[1] <= y <= window[3]


def _free_spot(x: float, y: float, used: Sequence[Box], frame: Box, size: float) -> tuple[float, float]:
    """Return the nearest place for a badge that covers no other, going outwards in rings."""
    r = size + 1.0
    for ring in range(1, 16):
        for k in range(12):
            angle = 2 * np.pi * (k / 12 + 0.125)
            reach = size - 3.0 + (size + 3.0) * ring
            at = (x + reach * float(np.cos(angle)), y - reach * float(np.sin(angle)))
            inside = frame[0] + r <= at[0] <= frame[2] - r and frame[1] + r <= at[1] <= frame[3] - r
            if inside and not any(overlap((at[0] - r, at[1] - r, at[0] + r, at[1] + r), b) for b in used):
                return at
    return (x, y)
