"""Small shapes that tell kinds apart by more than colour."""

from __future__ import annotations

from collections.abc import Callable

from yipan.show.svg import Node, el

# corners on a circle of radius 1 about the origin, x to the right, y down; None is the circle itself
OUTLINES: tuple[tuple[tuple[float, float], ...] | None, ...] = (
    None,
    ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),  # square
    ((0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)),  # triangle
    ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),  # diamond
    ((0.0, 1.25), (1.15, -0.85), (-1.15, -0.85)),  # triangle upside down
    (
        (-0.4, -1.2),
        (0.4, -1.2),
        (0.4, -0.4),
        (1.2, -0.4),
        (1.2, 0.4),
        (0.4, 0.4),
        (0.4, 1.2),
        (-0.4, 1.2),
        (-0.4, 0.4),
        (-1.2, 0.4),
        (-1.2, -0.4),
        (-0.4, -0.4),
    ),  # cross
    ((-0.6, -1.1), (0.6, -1.1), (1.2, 0.0), (0.6, 1.1), (-0.6, 1.1), (-1.2, 0.0)),  # hexagon
)


def shape_at(kind: int, x: float, y: float, r: float, **attrs: object) -> Node:
    """Return one of seven shapes around a point, `r` pixels large."""
    outline = OUTLINES[kind % len(OUTLINES)]
    if outline is None:
        return el("circle", cx=x, cy=y, r=r, **attrs)
    path = "M" + "L".join(f"{x + r * dx:.1f} {y + r * dy:.1f}" for dx, dy in outline) + "z"
    return el("path", d=path, **attrs)


def shape_swatch(kind: int, colour: str, r: float = 4.8) -> Callable[[float, float], list[Node]]:
    """Return a shape for a legend."""
    return lambda x, y: [shape_at(kind, x, y, r, fill=colour, stroke="#fff", stroke_width=0.7)]
