"""How fast an indicator moves towards its target, against how fast it has to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from yipan.text import Text

Status = Literal["met", "on_track", "moderate", "insufficient", "away", "missed", "unknown"]
Light = Literal["green", "amber", "red", "grey"]
ON_TRACK = 0.95
"""Least ratio of achieved to required pace that is on track."""
MODERATE = 0.60
"""Least ratio that is moderate progress; below it progress is insufficient, below 0 it goes away."""
LIGHTS: dict[Status, Light] = {
    "met": "green",
    "on_track": "green",
    "moderate": "amber",
    "insufficient": "red",
    "away": "red",
    "missed": "red",
    "unknown": "grey",
}
STATUSES: dict[Status, Text] = {
    "met": Text("已达到", "met"),
    "on_track": Text("按期推进", "on track"),
    "moderate": Text("进展偏慢", "too slow"),
    "insufficient": Text("进展不足", "far too slow"),
    "away": Text("背离目标", "moving away"),
    "missed": Text("到期未达", "missed"),
    "unknown": Text("无法判断", "not judged"),
}
"""Names of the states, best first (``unknown`` stands outside the order)."""
_ROUNDING = 1e-9


class Point(NamedTuple):
    """A value (in the unit of its indicator) of a year."""

    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Progress of one indicator towards one target; NaN where it cannot be said, `why` says why not.

    Parameters
    ----------
    gap
        What is missing to the target, signed by direction: positive while it is missed, negative when it is
        surpassed. Without direction: the distance either way.
    travelled
        Share of the way from the start to the target that is covered; above 1 beyond it, below 0 the
        other way.
    achieved
        Change a year from the start until now.
    path
        Change a year that would have led straight from the start to the target.
    ratio
        ``achieved / path``, what the light is read from.
    needed
        Change a year from now on that still reaches the target in its year; 0 when it is met.
    """

    gap: float
    travelled: float
    achieved: float
    path: float
    ratio: float
    needed: float
    status: Status
    why: Text

    @property
    def light(self) -> Light:
        """Green, amber, red or grey."""
        return LIGHTS[self.status]


def pace(direction: int, target: Point, *, now: Point, start: Point | None = None) -> Pace:
    """Judge the pace of an indicator against the pace its target requires.

    With the start ``(y0, v0)``, the present ``(y1, v1)`` and the target ``(yT, T)``::

        achieved = (v1 - v0) / (y1 - y0)        path   = (T - v0) / (yT - y0)
        ratio    = achieved / path              needed = (T - v1) / (yT - y1)

    A value that meets the target is green. Otherwise ``ratio`` >= 0.95 is on track (green), >= 0.60 too slow
    (amber), >= 0 far too slow (red), below 0 moving away (red); not met in the target year or later is missed
    (red). The ratio of actual to required rate and its thresholds are those of Eurostat (Sustainable
    development in the European Union: monitoring report on progress towards the SDGs in an EU context, annex
    on the assessment of indicators with a quantitative target) and of the Open SDG platform
    (``docs/progress-methodology.md``). Both compare compound annual growth rates; here the paces are changes
    a year in the unit of the indicator, because shares, Gini indices and times may be zero or near a bound,
    where a growth rate is undefined or explodes.

    Parameters
    ----------
    direction
        +1 more is better, -1 less is better, 0 neither: then only the distance is said.
    target, now, start
        Values and years; a NaN value is missing. Without `start` (or with one that is not before `now`) no
        pace is known.

    Examples
    --------
    >>> p = pace(1, Point(2030, 80.0), now=Point(2020, 60.0), start=Point(2015, 50.0))
    >>> p.achieved, p.path, p.ratio, p.needed, p.status
    (2.0, 2.0, 1.0, 2.0, 'on_track')
    >>> pace(-1, Point(2030, 10.0), now=Point(2020, 19.0), start=Point(2010, 20.0)).light
    'red'
    >>> pace(1, Point(2030, 80.0), now=Point(2020, 85.0)).status
    'met'
    """
    moved = _moved(direction, target, now=now, start=start)
    missing = target.value - now.value
    gap = direction * missing + 0.0 if direction else abs(missing)
    status, why = _judged(direction, target, gap, moved, now=now, start=start)
    ahead = direction != 0 and target.year > now.year
    needed = 0.0 if status == "met" else missing / (target.year - now.year) if ahead else math.nan
    return Pace(gap, moved.travelled, moved.achieved, moved.path, moved.ratio, needed, status, why)


@dataclass(frozen=True, slots=True)
class _Moved:
    travelled: float = math.nan
    achieved: float = math.nan
    path: float = math.nan
    ratio: float = math.nan


def _moved(direction: int, target: Point, *, now: Point, start: Point | None) -> _Moved:
    """Return what can be said of the way since the start; no ratio where there was no way to go."""
    there = start is not None and math.isfinite(start.value + now.value)
    if direction == 0 or start is None or not there or start.year >= now.year:
        return _Moved()
    achieved = (now.value - start.value) / (now.year - start.year)
    way = target.value - start.value
    if target.year <= start.year or direction * way <= 0:
        return _Moved(achieved=achieved)
    path = way / (target.year - start.year)
    return _Moved((now.value - start.value) / way, achieved, path, achieved / path)


def _judged(
    direction: int, target: Point, gap: float, moved: _Moved, *, now: Point, start: Point | None
) -> tuple[Status, Text]:
    """Return the state and why: what cannot be judged first, then met, missed, lost, and the ratio."""
    status: Status = "unknown"
    if math.isnan(now.value):
        why = Text(f"{now.year} 年缺值", f"no value of {now.year}")
    elif direction == 0:
        why = Text("指标没有方向,只报距离", "the indicator has no direction: only its distance is said")
    elif gap <= 0:
        status, why = "met", STATUSES["met"]
    elif target.year <= now.year:
        status, why = "missed", _overdue(target, now)
    elif start is None or math.isnan(moved.achieved):
        why = Text(f"没有 {now.year} 年以前的值", f"no value of a year before {now.year}")
    elif direction * (target.value - start.value) <= 0:
        status, why = "away", Text(f"{start.year} 年曾达到,现已失去", f"met in {start.year}, lost since")
    else:
        status, why = _by_ratio(moved.ratio)
    return status, why


def _by_ratio(ratio: float) -> tuple[Status, Text]:
    """Return the state of a ratio; a rounding error of the last digits never costs a class."""
    status: Status = (
        "on_track"
        if ratio >= ON_TRACK - _ROUNDING
        else "moderate"
        if ratio >= MODERATE - _ROUNDING
        else "insufficient"
        if ratio >= 0
        else "away"
    )
    share = f"{ratio * 100:.0f}%"
    return status, Text(f"实际速度为所需速度的 {share}", f"moves at {share} of the pace that is required")


def _overdue(target: Point, now: Point) -> Text:
    if target.year == now.year:
        return Text("目标年即基准年,未达到", "the target year is the base year, and it is not met")
    return Text(f"目标年 {target.year} 已过,未达到", f"the target year {target.year} has passed, not met")
