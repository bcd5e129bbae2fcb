"""Colour scales that stay readable in print and for colour-blind readers, and classes for a legend.

The scales follow ColorBrewer (Cynthia Brewer, Penn State; colour-blind safe): classes differ in lightness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.show.numbers import decimals_for, fixed
from yipan.text import Text

Ramp = Literal["good", "burden", "change", "rise", "fall"]
RAMPS: dict[str, tuple[str, ...]] = {
    # more is better: light to dark blue-green
    "good": ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"),
    # more is worse: light to dark brown-red
    "burden": ("#fff7d6", "#fee391", "#fec44f", "#fe9929", "#ec7014", "#cc4c02", "#7a2a04"),
    # worse, equal, better: brown over white to teal
    "change": ("#8c510a", "#d8b365", "#f6e8c3", "#f5f5f5", "#c7eae5", "#5ab4ac", "#01665e"),
    # changes that all go one way: from no change to much
    "rise": ("#f5f5f5", "#d0e8e4", "#a5d5cd", "#6fbcb1", "#379b8f", "#0c7267", "#00463f"),
    "fall": ("#f5f5f5", "#f4e7cc", "#e6cc96", "#d2aa5c", "#b17f2a", "#875509", "#5a3503"),
}
INK, MUTED, LINE, GRID, BRAND, ACCENT = "#10242c", "#51636b", "#8a979d", "#e1e6e8", "#0f5f73", "#b3123f"
# clusters, need lines: Okabe and Ito (2008), darkened where text or lines need contrast
CATEGORIES = ("#0072b2", "#b85c00", "#00795a", "#a83f7b", "#5b5b5b", "#7a6a00", "#2a7fae", "#6b3fa0")
PALE = ("#cfe3f1", "#f6dcc3", "#cbe8de", "#eed5e4", "#dcdcdc", "#f0e9b8", "#d3e8f4", "#e0d6ee")


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of a map: `breaks` (one more than colours, rising), colours, unit and how to write numbers."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    unit: Text
    decimals: int

    def class_of(self, value: float) -> int | None:
        """Return the class of a value (0 the lowest), None for a missing value; outer classes are open.

        Examples
        --------
        >>> s = Scale((0, 10, 20), ("#ffffff", "#000000"), Text("分", "points"), 0)
        >>> s.class_of(10), s.class_of(99), s.class_of(float("nan"))
        (1, 1, None)
        """
        if not math.isfinite(value):
            return None
        return int(np.clip(np.searchsorted(self.breaks, value, side="right") - 1, 0, len(self.colours) - 1))

    def colour(self, value: float) -> str | None:
        """Return the colour of a value, None for a missing value."""
        at = self.class_of(value)
        return None if at is None else self.colours[at]

    def label(self, at: int) -> str:
        """Return the range of a class in words a reader can check against the table."""
        return f"{self.edge(at)} – {self.edge(at + 1)}"

    def edge(self, at: int) -> str:
        """Return a break as written in the legend; breaks of many sizes each with their own decimals."""
        small = min((abs(b) for b in self.breaks if b), default=1.0)
        if max(map(abs, self.breaks)) / small < 50 or self.decimals < 2:
            return fixed(self.breaks[at], self.decimals)
        return fixed(self.breaks[at], decimals_for((self.breaks[at],)))


def scale_for(values: NDArray[np.float64], ramp: Ramp, unit: Text, *, classes: int = 7) -> Scale:
    """Return classes that cover every finite value, with round breaks.

    Equal round steps where values spread evenly; round quantiles where a few values would leave most
    zones in one class (more than 60 %). The scale of changes is symmetric about zero.

    Examples
    --------
    >>> s = scale_for(np.array([12.0, 33.0, 58.0]), "good", Text("分", "points"))
    >>> s.breaks
    (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return Scale((0.0, 1.0), (RAMPS[ramp][0],), unit, 0)
    if ramp == "change" and finite.min() < 0 < finite.max():
        return _change_scale(finite, unit)
    if ramp == "change":  # all one way: white for no change, teal for rises, brown for falls
        way = 1.0 if finite.max() > 0 else -1.0
        one = scale_for(np.append(finite * way, 0.0), "rise" if way > 0 else "fall", unit, classes=classes)
        return one if way > 0 else mirrored(one)
    low, high = float(finite.min()), float(finite.max())
    breaks = _steps(low, high, classes)
    share = np.histogram(finite, bins=breaks)[0].max() / finite.size if len(breaks) > 2 else 0.0
    if share > 0.6 and finite.size >= 8:
        breaks = _quantiles(finite, classes)
    return Scale(breaks, pick(RAMPS[ramp], len(breaks) - 1), unit, decimals_for(breaks))


def mirrored(scale: Scale) -> Scale:
    """Return the scale for the same values with the other sign, each keeping its colour."""
    breaks = tuple(-b for b in reversed(scale.breaks))
    return Scale(breaks, tuple(reversed(scale.colours)), scale.unit, scale.decimals)


def _change_scale(finite: NDArray[np.float64], unit: Text) -> Scale:
    reach = float(np.abs(finite).max()) or 1.0
    step = _nice(reach / 3)
    breaks = tuple(step * k for k in (-3, -2, -1, -0.1, 0.1, 1, 2, 3))
    while breaks[-1] < reach:
        step = _nice(step * 1.01)
        breaks = tuple(step * k for k in (-3, -2, -1, -0.1, 0.1, 1, 2, 3))
    return Scale(breaks, RAMPS["change"], unit, decimals_for(breaks))


def _nice(step: float) -> float:
    """Return the next round step (1, 2, 2.5, 5 × a power of ten) not below `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 2.5, 5, 10, 20) if m * power >= step * (1 - 1e-9))


def _steps(low: float, high: float, classes: int) -> tuple[float, ...]:
    if high - low <= 1e-9 * max(abs(high), 1.0):
        step = _nice(max(abs(high), 1.0) / 10)
        start = math.floor(low / step) * step
        return (start, start + step)
    step = _nice((high - low) / classes)
    while True:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= classes:
            return tuple(round(step * k, 10) for k in range(first, last + 1))
        step = _nice(step * 1.01)


def _quantiles(finite: NDArray[np.float64], classes: int) -> tuple[float, ...]:
    raw = np.quantile(finite, np.linspace(0, 1, classes + 1))
    inner = {_round(float(v)) for v in raw[1:-1]}
    low, high = _round(float(raw[0]), down=True), _round(float(raw[-1]), up=True)
    return (low, *sorted(v for v in inner if low < v < high), high)


def _round(value: float, *, down: bool = False, up: bool = False) -> float:
    """Round to two significant digits."""
    if value == 0:
        return 0.0
    power = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    ratio = value / power
    whole = math.floor(ratio + 1e-9) if down else math.ceil(ratio - 1e-9) if up else round(ratio)
    return round(whole * power, 10)


def pick(ramp: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Return `n` colours spread over the whole ramp.

    Examples
    --------
    >>> pick(("#000000", "#777777", "#ffffff"), 2)
    ('#000000', '#ffffff')
    """
    if n == 1:
        return (ramp[len(ramp) // 2],)
    return tuple(ramp[round(i * (len(ramp) - 1) / (n - 1))] for i in range(n))


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2) of ``#rrggbb``: 0 black to 1 white."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2.2) of two colours, 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    a, b = sorted((luminance(one), luminance(other)))
    return round((b + 0.05) / (a + 0.05), 4)
