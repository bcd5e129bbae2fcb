"""Plain text tables, for languages whose characters differ in width."""

from __future__ import annotations

from collections.abc import Sequence


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a plain text table; Chinese characters count as two columns wide."""
    widths = [max(width(r[k]) for r in [columns, *rows]) for k in range(len(columns))]
    return [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in [columns, *rows]
    ]


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if ord(ch) > 0x2E7F else 1 for ch in text)
