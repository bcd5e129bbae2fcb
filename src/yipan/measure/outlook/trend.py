"""Early warning: where the trend of an indicator leads, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from yipan.errors import MeasureError, Problem
from yipan.measure.outlook.pace import Point
from yipan.text import Text

Alert = Literal["likely_reached", "open", "likely_missed", "none"]
FEWEST = 4
"""Fewest years with a value that a forecast is made from."""
HORIZON = 100
"""Years beyond the present within which the year of reaching a target is looked for."""
LEVEL = 0.90
"""Usual level of prediction intervals."""
WARNINGS: dict[Alert, Text] = {
    "likely_reached": Text("趋势可达", "trend reaches it"),
    "open": Text("尚无定论", "open"),
    "likely_missed": Text("趋势不可达", "trend misses it"),
    "none": Text("不作预测", "no forecast"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of one indicator and what it says of one target; NaN or None where it says nothing.

    Parameters
    ----------
    years
        Number of years with a value.
    slope
        Least-squares change a year, unit of the indicator.
    robust
        The same by Theil and Sen (median of the slopes of all pairs), a check on single odd years.
    forecast, low, high
        Value expected in the target year and its prediction interval.
    warning
        ``likely_reached``: the whole interval meets the target; ``likely_missed``: none of it does; ``open``
        otherwise; ``none``: no forecast.
    expected, earliest, latest
        First year in which the trend line, the better and the worse edge of the interval meet the target;
        None when that is not within `HORIZON` years, or when the target is met already.
    why
        What the forecast rests on, or why there is none.
    """

    years: int
    slope: float
    robust: float
    forecast: float
    low: float
    high: float
    warning: Alert
    expected: int | None
    earliest: int | None
    latest: int | None
    why: Text


def trend(
    points: Sequence[Point], target: Point, *, direction: int, now: Point, level: float = LEVEL
) -> Trend:
    """Extend the linear trend of a few years to the year of a target, with a prediction interval.

    Ordinary least squares ``v = a + b y`` with n years, residual deviation s on n - 2 degrees of freedom::

        v(y) ± t[(1 + level)/2, n - 2] · s · sqrt(1 + 1/n + (y - mean y)² / Σ(y_i - mean y)²)

    the interval for one new observation (e.g. Draper & Smith, Applied Regression Analysis, 1998, ch. 3).
    Least squares and not Theil–Sen, because panels have 4 to 15 years: the t interval is exact there under
    its assumptions and is one for a future value; the rank interval of Theil–Sen is one for the slope only,
    and with four years none exists above the 92 % level. Theil–Sen is given beside it. The interval assumes
    a straight line and independent errors of equal size: years that hang together make it too narrow, and it
    knows no natural bounds (a share may be forecast above 100 %).

    Parameters
    ----------
    points
        Values of years, in any order; NaN values are left out. Fewer than `FEWEST` give no forecast.
    target
        Forecasts are for its year; none is made for a year that is not after `now`.
    direction
        +1 more is better, -1 less is better, 0: a forecast but no warning.
    now
        The present: years of reaching the target are looked for from here on.
    level
        Level of the interval, in (0, 1).

    Raises
    ------
    MeasureError
        The level is outside (0, 1) or two values are of one year.

    Examples
    --------
    >>> points = [Point(y, v) for y, v in [(2016, 50.0), (2017, 53.0), (2018, 54.0), (2019, 57.0)]]
    >>> t = trend(points, Point(2025, 80.0), direction=1, now=points[-1])
    >>> round(t.slope, 6), round(t.forecast, 6), t.warning, t.expected
    (2.2, 70.0, 'likely_missed', 2030)
    >>> trend(points[1:], Point(2025, 80.0), direction=1, now=points[-1]).why.en
    'no forecast from fewer than 4 years (there are 3)'
    """
    check_level(level)
    known = sorted(p for p in points if math.isfinite(p.value))
    years = np.array([p.year for p in known], dtype=np.float64)
    values = np.array([p.value for p in known], dtype=np.float64)
    if len(set(years.tolist())) < years.size:
        raise MeasureError(Text("同一年有两个值", "two values are of one year"))
    if years.size < FEWEST:
        n = years.size
        why = Text(
            f"少于 {FEWEST} 年不作预测(现有 {n} 年)",
            f"no forecast from fewer than {FEWEST} years (there are {n})",
        )
        return _silent(n, why)
    line = _fit(years, values, level=level)
    robust = _theil_sen(years, values)
    if target.year <= now.year:
        why = Text(f"目标年 {target.year} 不在以后", f"the target year {target.year} does not lie ahead")
        return _silent(years.size, why, slope=line.slope, robust=robust)
    return _told(line, robust, target, direction=direction, now=now)


def check_level(level: float) -> None:
    """Refuse a level of intervals outside (0, 1)."""
    if not 0 < level < 1:
        problem = Problem(
            what=Text(f"区间水平 {level:g} 不在 0 与 1 之间", f"the level {level:g} is not between 0 and 1"),
            remedy=Text("写如 0.9", "write e.g. 0.9"),
            column="level",
        )
        raise MeasureError(Text("无法预测", "no forecast can be made"), problems=[problem])


@dataclass(frozen=True, slots=True)
class _Line:
    n: int
    mean_year: float
    mean: float
    slope: float
    spread: float
    reach: float
    level: float

    def at(self, year: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the line and half the width of its prediction interval (shape: years)."""
        off = year - self.mean_year
        return self.mean + self.slope * off, self.reach * np.sqrt(1 + 1 / self.n + off**2 / self.spread)


def _fit(years: NDArray[np.float64], values: NDArray[np.float64], *, level: float) -> _Line:
    n = years.size
    off, dev = years - years.mean(), values - values.mean()
    spread = float(off @ off)
    slope = float(off @ dev) / spread
    left = dev - slope * off
    deviation = math.sqrt(float(left @ left) / (n - 2))
    reach = float(stdtrit(n - 2, (1 + level) / 2)) * deviation
    return _Line(n, float(years.mean()), float(values.mean()), slope, spread, reach, level)


def _theil_sen(years: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    i, j = np.triu_indices(years.size, 1)
    return float(np.median((values[j] - values[i]) / (years[j] - years[i])))


def _silent(n: int, why: Text, *, slope: float = math.nan, robust: float = math.nan) -> Trend:
    nan = math.nan
    return Trend(n, slope, robust, nan, nan, nan, "none", None, None, None, why)


def _told(line: _Line, robust: float, target: Point, *, direction: int, now: Point) -> Trend:
    middle, half = (float(x[0]) for x in line.at(np.array([float(target.year)])))
    warning: Alert = "none"
    first: tuple[int | None, int | None, int | None] = (None, None, None)
    if direction:
        short = direction * (target.value - middle)
        warning = "likely_reached" if short + half <= 0 else "likely_missed" if short - half > 0 else "open"
        met = math.isfinite(now.value) and direction * (target.value - now.value) <= 0
        first = first if met else _first_years(line, target.value, direction=direction, now=now.year)
    return Trend(
        line.n,
        line.slope,
        robust,
        middle,
        middle - half,
        middle + half,
        warning,
        *first,
        _rests_on(line, robust, direction=direction),
    )


def _first_years(
    line: _Line, aim: float, *, direction: int, now: int
) -> tuple[int | None, int | None, int | None]:
    years = np.arange(now, now + HORIZON + 1, dtype=np.float64)
    middle, half = line.at(years)
    lead = direction * (middle - aim)
    slack = 1e-12 * max(abs(aim), abs(line.mean))  # rounding never moves an exact hit to the next year
    hits = [lead >= -slack, lead + half >= -slack, lead - half >= -slack]
    expected, earliest, latest = (int(years[h.argmax()]) if h.any() else None for h in hits)
    return expected, earliest, latest


def _rests_on(line: _Line, robust: float, *, direction: int) -> Text:
    share = f"{line.level * 100:g}%"
    zh = f"{line.n} 年线性趋势,{share} 预测区间"
    en = f"linear trend of {line.n} years, {share} prediction interval"
    if direction == 0:
        zh, en = f"{zh};指标没有方向,不作预警", f"{en}; the indicator has no direction: no warning"
    if line.slope * robust < 0:
        zh += ";个别年份左右趋势(Theil–Sen 斜率反号)"
        en += "; single years carry it (the Theil–Sen slope has the other sign)"
    return Text(zh, en)
