"""Pace against required pace: every light worked by hand, and the cases in which none is given."""

from __future__ import annotations

import math

import pytest

from yipan.measure.outlook import LIGHTS, STATUSES, Point, pace

NAN = math.nan


@pytest.mark.parametrize(
    ("direction", "values", "status", "light", "ratio"),
    [
        # 50 in 2010, aim 80 in 2030: 1.5 a year would do, so 2020 should see 65
        (1, (50.0, 65.0, 80.0), "on_track", "green", 1.0),
        (1, (50.0, 64.25, 80.0), "on_track", "green", 0.95),
        (1, (50.0, 64.0, 80.0), "moderate", "amber", 14 / 15),
        (1, (50.0, 59.0, 80.0), "moderate", "amber", 0.6),
        (1, (50.0, 58.9, 80.0), "insufficient", "red", 8.9 / 15),
        (1, (50.0, 50.0, 80.0), "insufficient", "red", 0.0),
        (1, (50.0, 49.0, 80.0), "away", "red", -1 / 15),
        (1, (50.0, 80.0, 80.0), "met", "green", 2.0),
        (1, (50.0, 95.0, 80.0), "met", "green", 3.0),
        # the same where less is better: minutes to a hospital
        (-1, (40.0, 30.0, 20.0), "on_track", "green", 1.0),
        (-1, (40.0, 34.0, 20.0), "moderate", "amber", 0.6),
        (-1, (40.0, 41.0, 20.0), "away", "red", -0.1),
        (-1, (40.0, 19.0, 20.0), "met", "green", 2.1),
        # below zero and through it, where growth rates have no meaning
        (1, (-1.0, 0.0, 1.0), "on_track", "green", 1.0),
        (-1, (0.4, 0.4, 0.0), "insufficient", "red", 0.0),
    ],
)
def test_lights(
    direction: int, values: tuple[float, float, float], status: str, light: str, ratio: float
) -> None:
    start, now, target = values
    got = pace(direction, Point(2030, target), now=Point(2020, now), start=Point(2010, start))
    assert (got.status, got.light) == (status, light)
    assert got.ratio == pytest.approx(ratio, abs=1e-12)
    assert got.gap == pytest.approx(direction * (target - now), abs=1e-12)
    assert got.travelled == pytest.approx(ratio / 2, abs=1e-12)  # half of the twenty years have passed


def test_units_a_year() -> None:
    got = pace(1, Point(2030, 80.0), now=Point(2020, 60.0), start=Point(2012, 44.0))
    assert (got.achieved, got.path, got.needed) == (2.0, 2.0, 2.0)
    slow = pace(-1, Point(2025, 10.0), now=Point(2020, 20.0), start=Point(2015, 22.0))
    assert (slow.achieved, slow.path, slow.needed) == (-0.4, -1.2, -2.0)


def test_met_needs_no_history_and_no_pace() -> None:
    got = pace(1, Point(2035, 60.0), now=Point(2020, 70.0))
    assert (got.status, got.gap, got.needed) == ("met", -10.0, 0.0)
    assert math.isnan(got.ratio)
    assert math.isnan(got.travelled)


def test_met_at_the_start_and_lost_since() -> None:
    got = pace(1, Point(2030, 80.0), now=Point(2020, 70.0), start=Point(2010, 90.0))
    assert (got.status, got.light) == ("away", "red")
    assert "2010" in got.why.en
    # (70 - 90) / (80 - 90) would read as twice the way travelled
    assert math.isnan(got.travelled)
    assert math.isnan(got.ratio)
    assert got.achieved == -2.0
    level = pace(1, Point(2030, 80.0), now=Point(2020, 70.0), start=Point(2010, 80.0))
    assert level.status == "away"


@pytest.mark.parametrize(("year", "words"), [(2020, "is the base year"), (2015, "has passed")])
def test_target_year_that_does_not_lie_ahead(year: int, words: str) -> None:
    missed = pace(1, Point(year, 80.0), now=Point(2020, 79.9), start=Point(2010, 50.0))
    assert (missed.status, missed.light) == ("missed", "red")
    assert words in missed.why.en
    assert math.isnan(missed.needed)
    assert pace(1, Point(year, 80.0), now=Point(2020, 80.0), start=Point(2010, 50.0)).status == "met"


def test_target_before_the_start_has_no_path() -> None:
    got = pace(1, Point(2005, 80.0), now=Point(2020, 60.0), start=Point(2010, 50.0))
    assert got.status == "missed"
    assert got.achieved == 1.0
    assert math.isnan(got.path)
    assert math.isnan(got.ratio)


@pytest.mark.parametrize("start", [None, Point(2010, NAN), Point(2020, 50.0), Point(2021, 50.0)])
def test_no_start_is_not_judged_but_has_gap_and_need(start: Point | None) -> None:
    got = pace(1, Point(2030, 80.0), now=Point(2020, 60.0), start=start)
    assert (got.status, got.light) == ("unknown", "grey")
    assert (got.gap, got.needed) == (20.0, 2.0)
    assert "before 2020" in got.why.en


def test_missing_value() -> None:
    got = pace(1, Point(2030, 80.0), now=Point(2020, NAN), start=Point(2010, 50.0))
    assert got.status == "unknown"
    assert all(math.isnan(x) for x in (got.gap, got.travelled, got.achieved, got.ratio, got.needed))
    assert got.why.zh == "2020 年缺值"


def test_without_direction_only_the_distance_is_said() -> None:
    for value in (70.0, 90.0):
        got = pace(0, Point(2030, 80.0), now=Point(2020, value), start=Point(2010, 50.0))
        assert (got.status, got.gap) == ("unknown", 10.0)
        assert math.isnan(got.ratio)
        assert math.isnan(got.needed)
        assert "no direction" in got.why.en


def test_every_state_has_a_light_and_a_name_in_both_languages() -> None:
    assert set(LIGHTS) == set(STATUSES)
    assert all(t.zh and t.en for t in STATUSES.values())
