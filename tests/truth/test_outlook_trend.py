"""Trends and early warning: least squares by hand, years of reaching a target by a slow search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from yipan.errors import MeasureError
from yipan.measure.outlook import WARNINGS, Point, Trend, trend

FOUR = [Point(2016, 50.0), Point(2017, 53.0), Point(2018, 54.0), Point(2019, 57.0)]
WAVY = [(2009, 31.0), (2011, 30.2), (2012, 33.0), (2014, 32.1), (2015, 35.5), (2018, 35.0), (2020, 37.9)]


def of(values: list[float], target: Point, *, direction: int = 1, level: float = 0.9) -> Trend:
    points = [Point(2020 - len(values) + 1 + n, v) for n, v in enumerate(values)]
    return trend(points, target, direction=direction, now=points[-1], level=level)


def test_interval_by_hand() -> None:
    # mean 2017.5 and 53.5; slope 11 / 5; residuals -0.2, 0.6, -0.6, 0.2, so s² = 0.8 / 2;
    # t(0.95, 2) = 2.919986; in 2025: sqrt(1 + 1/4 + 7.5² / 5) = sqrt(12.5)
    got = trend(FOUR, Point(2025, 80.0), direction=1, now=FOUR[-1])
    half = 2.919985580353726 * math.sqrt(0.4) * math.sqrt(12.5)
    assert got.slope == pytest.approx(2.2)
    assert got.forecast == pytest.approx(70.0)
    assert (got.low, got.high) == pytest.approx((70.0 - half, 70.0 + half))
    assert got.years == 4
    assert got.why.en == "linear trend of 4 years, 90% prediction interval"
    # slopes of pairs: 3, 2, 7/3, 1, 2, 3
    assert got.robust == pytest.approx((2 + 7 / 3) / 2)


def test_against_another_program() -> None:
    years, values = (np.array(x, dtype=float) for x in zip(*WAVY, strict=True))
    got = trend([Point(*p) for p in WAVY], Point(2030, 45.0), direction=1, now=Point(*WAVY[-1]), level=0.8)
    line = stats.linregress(years, values)
    # the variance of a new observation from the standard errors of slope and intercept about the mean year
    n, off = len(years), 2030 - years.mean()
    left = values - line.intercept - line.slope * years
    s2 = float(left @ left) / (n - 2)
    half = stats.t.ppf(0.9, n - 2) * math.sqrt(s2 + s2 / n + (off * line.stderr) ** 2)
    middle = line.intercept + line.slope * 2030
    assert got.slope == pytest.approx(line.slope, rel=1e-12)
    assert (got.forecast, got.low, got.high) == pytest.approx(
        (middle, middle - half, middle + half), rel=1e-9
    )
    assert got.robust == pytest.approx(stats.theilslopes(values, years).slope, rel=1e-12)


def test_years_of_reaching_by_slow_search() -> None:
    years, values = (np.array(x, dtype=float) for x in zip(*WAVY, strict=True))
    got = trend([Point(*p) for p in WAVY], Point(2030, 45.0), direction=1, now=Point(*WAVY[-1]))
    slope, start = np.polyfit(years, values, 1)
    s = math.sqrt(float(((values - start - slope * years) ** 2).sum()) / 5)

    def first(side: int) -> int | None:
        for year in range(2020, 2121):
            half = (
                2.015048372669157
                * s
                * math.sqrt(1 + 1 / 7 + (year - years.mean()) ** 2 / ((years - years.mean()) ** 2).sum())
            )
            if start + slope * year + side * half >= 45.0:
                return year
        return None

    assert (got.expected, got.earliest, got.latest) == (first(0), first(1), first(-1))
    assert None not in (got.expected, got.earliest, got.latest)


@pytest.mark.parametrize(
    ("target", "warning"), [(60.0, "likely_reached"), (70.0, "open"), (80.0, "likely_missed")]
)
def test_warning_by_the_interval(target: float, warning: str) -> None:
    got = trend(FOUR, Point(2025, target), direction=1, now=FOUR[-1])  # 63.5 to 76.5 in 2025
    assert got.warning == warning
    mirror = [Point(y, -v) for y, v in FOUR]
    assert trend(mirror, Point(2025, -target), direction=-1, now=mirror[-1]).warning == warning


def test_exact_line() -> None:
    got = of([10.0, 12.0, 14.0, 16.0], Point(2030, 30.0))
    assert (got.forecast, got.low, got.high) == pytest.approx((36.0, 36.0, 36.0), rel=1e-12)
    assert (got.expected, got.earliest, got.latest) == (2027, 2027, 2027)
    assert got.warning == "likely_reached"


def test_constant_and_contrary_trends_never_arrive() -> None:
    for values in ([5.0, 5.0, 5.0, 5.0], [9.0, 8.0, 7.0, 6.0]):
        got = of(values, Point(2030, 10.0))
        assert (got.expected, got.earliest, got.latest) == (None, None, None)
        assert got.warning == "likely_missed"


def test_met_now_but_falling_warns() -> None:
    got = of([100.0, 95.0, 90.0, 85.0], Point(2030, 80.0))
    assert got.warning == "likely_missed"  # 35 in 2030
    assert got.expected is None


def test_noise_leaves_the_latest_year_open() -> None:
    got = of([50.0, 60.0, 49.0, 62.0, 55.0], Point(2030, 70.0))
    assert got.warning == "open"
    assert got.earliest is not None
    assert got.latest is None


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_no_forecast_from_fewer_than_four_years(n: int) -> None:
    got = trend(FOUR[:n], Point(2025, 60.0), direction=1, now=FOUR[-1])
    assert (got.years, got.warning) == (n, "none")
    assert all(math.isnan(x) for x in (got.slope, got.robust, got.forecast, got.low, got.high))
    assert got.why.en == f"no forecast from fewer than 4 years (there are {n})"
    assert got.why.zh == f"少于 4 年不作预测(现有 {n} 年)"


def test_missing_years_do_not_count() -> None:
    gappy = [FOUR[0], Point(2017, math.nan), FOUR[2], FOUR[3]]
    assert trend(gappy, Point(2025, 60.0), direction=1, now=FOUR[-1]).years == 3


def test_target_that_does_not_lie_ahead_is_not_forecast() -> None:
    for year in (2019, 2010):
        got = trend(FOUR, Point(year, 60.0), direction=1, now=FOUR[-1])
        assert got.warning == "none"
        assert math.isnan(got.forecast)
        assert got.slope == pytest.approx(2.2)
        assert "does not lie ahead" in got.why.en


def test_without_direction_a_forecast_but_no_warning() -> None:
    got = trend(FOUR, Point(2025, 60.0), direction=0, now=FOUR[-1])
    assert got.forecast == pytest.approx(70.0)
    assert (got.warning, got.expected) == ("none", None)
    assert "no direction" in got.why.en


def test_one_odd_year_is_told() -> None:
    got = of([1.0, 2.0, 3.0, 4.0, -30.0], Point(2030, 60.0))
    assert got.slope < 0 < got.robust
    assert "single years" in got.why.en


def test_refusals() -> None:
    with pytest.raises(MeasureError, match="two values are of one year"):
        trend([*FOUR, Point(2016, 51.0)], Point(2025, 60.0), direction=1, now=FOUR[-1])
    for level in (0.0, 1.0, 90.0, math.nan):
        with pytest.raises(MeasureError, match="not between 0 and 1"):
            trend(FOUR, Point(2025, 60.0), direction=1, now=FOUR[-1], level=level)


def test_warnings_have_names_in_both_languages() -> None:
    assert set(WARNINGS) == {"likely_reached", "open", "likely_missed", "none"}
    assert all(t.zh and t.en for t in WARNINGS.values())
