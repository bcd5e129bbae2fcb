"""Where names go on a map: near their zone, inside the frame, never on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yipan.show.svg import text_width

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


@dataclass(frozen=True, slots=True)
class Wish:
    """A text that wants to stand at (x, y); `room` is how far it may be moved, `weight` who goes first."""

    id: str
    lines: tuple[str, ...]
    x: float
    y: float
    room: float
    weight: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A text in its place: the middle of its box, and its box."""

    id: str
    lines: tuple[str, ...]
    x: float
    y: float
    box: Box


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def box_of(lines: Sequence[str], x: float, y: float, size: float) -> Box:
    """Return the box of centred lines around (x, y), with a pixel of air."""
    width = max(text_width(line, size) for line in lines) + 2
    height = size * 1.15 * len(lines) + 1
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def place(
    wishes: Sequence[Wish], *, size: float, frame: Box, taken: Sequence[Box] = ()
) -> tuple[Placed, ...]:
    """Place texts greedily, heaviest first; what finds no free place within its room is left out.

    Returns
    -------
    tuple of Placed
        No two boxes overlap, none leaves `frame`, none covers a box in `taken`.

    Examples
    --------
    >>> two = [Wish("a", ("江城",), 50, 50, 5, 2), Wish("b", ("东岸",), 50, 50, 5, 1)]
    >>> [p.id for p in place(two, size=12, frame=(0, 0, 100, 100))]
    ['a']
    """
    used: list[Box] = list(taken)
    out: list[Placed] = []
    for wish in sorted(wishes, key=lambda w: (-w.weight, w.id)):
        for dx, dy in _moves(wish.room):
            box = box_of(wish.lines, wish.x + dx, wish.y + dy, size)
            inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
            if inside and not any(overlap(box, other) for other in used):
                used.append(box)
                out.append(Placed(wish.id, wish.lines, wish.x + dx, wish.y + dy, box))
                break
    return tuple(out)


def _moves(room: float) -> list[tuple[float, float]]:
    """Return shifts to try, nearest first."""
    steps = (0.0, 0.35, 0.7, 1.0)
    rings = [
        (room * s * dx, room * s * dy)
        for s in steps[1:]
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0), (-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7))
    ]
    return [(0.0, 0.0), *rings]


def wrap(name: str, limit: int = 12) -> tuple[str, ...]:
    """Break a long name into lines at spaces (Latin) or in the middle (hanzi).

    Examples
    --------
    >>> wrap("Pengshui Miao and Tujia"), wrap("彭水苗族土家族自治县")
    (('Pengshui', 'Miao and', 'Tujia'), ('彭水苗族土', '家族自治县'))
    """
    if " " not in name:
        half = (len(name) + 1) // 2
        wide = text_width(name, 1) > limit * 0.57 + 0.3
        return (name[:half], name[half:]) if wide and ord(name[0]) > 0x2E7F else (name,)
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move numbers apart to at least `gap`, keeping their order and staying within [low, high] if they fit.

    Examples
    --------
    >>> spread([10, 11, 40], 8, 0, 100)
    [6.5, 14.5, 40.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[list[float]] = []  # each: [centre of what is wanted, members]
    for i in order:
        groups.append([float(wanted[i]), 1.0])
        while len(groups) > 1:
            (a, n), (b, m) = groups[-2], groups[-1]
            if b - gap * (m - 1) / 2 - (a + gap * (n - 1) / 2) >= gap:
                break
            groups[-2:] = [[(a * n + b * m) / (n + m), n + m]]
    places = [c + gap * (k - (n - 1) / 2) for c, n in groups for k in range(int(n))]
    shift = max(low - places[0], 0.0) if places else 0.0
    places = [p + shift for p in places]
    for k in range(len(places) - 1, -1, -1):
        limit = high if k == len(places) - 1 else places[k + 1] - gap
        places[k] = min(places[k], limit)
    out = [0.0] * len(wanted)
    for i, p in zip(order, places, strict=True):
        out[i] = p
    return out
