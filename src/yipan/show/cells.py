"""Table cells and trace lines, made the same way everywhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from yipan.region.schema import Quality
from yipan.show.model import Cell, Tone
from yipan.show.numbers import MISSING, fixed, percent
from yipan.text import Text


def words(text: Text | str, *, strong: bool = False) -> Cell:
    """Return a cell of text, sorted as text."""
    both = text if isinstance(text, Text) else Text(text, text)
    return Cell(both, both.en.casefold() or both.zh, strong=strong)


def number(
    value: float | None,
    decimals: int = 1,
    *,
    sign: bool = False,
    tone: Tone = "",
    bar: float | None = None,
    quality: str = "",
) -> Cell:
    """Return a cell of a number; a missing number reads as a dash and sorts last."""
    if value is None or not math.isfinite(value):
        return Cell(Text(MISSING, MISSING))
    text = fixed(value, decimals, sign=sign)
    return Cell(Text(text, text), float(value), quality=quality, tone=tone, bar=bar)


def missing(reason: Text) -> Cell:
    """Return a cell that says why there is no number."""
    return Cell(Text(f"无数据:{reason.zh}", f"no data: {reason.in_('en')}"))


def change(value: float, decimals: int = 1, *, better: int = 1) -> Cell:
    """Return a signed change, coloured if it matters (`better` +1: up is better, -1: down, 0: neither)."""
    small = not math.isfinite(value) or round(value, decimals) == 0 or better == 0
    tone: Tone = "" if small else "good" if value * better > 0 else "bad"
    return number(value, decimals, sign=True, tone=tone)


def quality_cell(quality: str) -> Cell:
    """Return a chip with the quality in words."""
    return Cell(Quality(quality).label, float(Quality(quality).rank), quality=quality)


def quality_words(values: Iterable[str]) -> Text:
    """Say the shares of qualities, best first.

    Examples
    --------
    >>> quality_words(["official", "modelled", "official", "official"]).en
    'official 75%, modelled 25%'
    """
    counts = Counter(v for v in map(str, values) if v in {q.value for q in Quality})
    total = sum(counts.values())
    parts = [(q, counts[q.value] / total) for q in Quality if counts[q.value]]
    return Text(
        "、".join(f"{q.label.zh} {percent(s)}" for q, s in parts) or "—",
        ", ".join(f"{q.label.en} {percent(s)}" for q, s in parts) or "—",
    )
