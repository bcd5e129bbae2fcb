"""Travel times as a value: what was measured, between what, in which unit, for which departures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.errors import UnknownName
from yipan.text import Text

Mode = Literal["drive", "transit", "any"]
UNREACHED = np.int32(2**31 - 1)
"""Seconds of a pair that cannot be reached (compare with it, never add to it)."""


@dataclass(frozen=True, slots=True)
class Window:
    """Departures from `start` until before `end`, minutes after midnight, and the day they are of.

    `period` chooses the headway of simplified lines: ``peak`` or ``offpeak``.
    """

    start: int = 7 * 60
    end: int = 9 * 60
    day: str = "weekday"
    period: Literal["peak", "offpeak"] = "peak"


@dataclass(frozen=True)
class TravelTimes:
    """Door-to-door times between cells.

    Parameters
    ----------
    seconds
        int32, shape (origins, destinations), read-only; `UNREACHED` where there is no way.
    mode
        ``drive`` roads only; ``transit`` walking, coaches on roads and lines; ``any`` the better of driving
        (also to a station) and lines.
    percentile
        Of the departures in the window: 50 is the median departure.
    method
        How they were computed, in both languages.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    seconds: NDArray[np.int32]
    mode: Mode
    percentile: int
    window: Window
    method: Text
    unit: str = "s"

    def minutes(self) -> NDArray[np.float32]:
        """Return minutes as float32, infinity where there is no way (shape as `seconds`)."""
        out = self.seconds.astype(np.float32) / np.float32(60.0)
        out[self.seconds == UNREACHED] = np.inf
        return out

    def within(self, limit_minutes: float) -> NDArray[np.bool_]:
        """Return whether each pair is reached within `limit_minutes` (shape as `seconds`)."""
        return self.seconds <= np.int32(round(limit_minutes * 60))

    def between(self, origin: str, destination: str) -> float:
        """Return minutes from one cell to another, infinity where there is no way."""
        try:
            value = self.seconds[self.origins.index(origin), self.destinations.index(destination)]
        except ValueError:
            raise UnknownName(
                Text(f"没有单元格 {origin} 或 {destination}", f"no cell {origin} or {destination}")
            ) from None
        return float("inf") if value == UNREACHED else float(value) / 60.0
