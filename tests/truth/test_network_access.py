"""Accessibility from times: hand-worked cases, and properties that any floating catchment must keep."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.network import (
    UNREACHED,
    cumulative,
    gravity,
    nearest,
    share_within,
    two_step_floating_catchment,
    within,
)

FAR = int(UNREACHED)
TIMES = np.array([[60, 600, FAR], [1800, 0, 1801], [FAR, FAR, FAR]], dtype=np.int32)


def test_nearest_and_second_nearest() -> None:
    assert nearest(TIMES).tolist() == [60, 0, FAR]
    assert nearest(TIMES, rank=2).tolist() == [600, 1800, FAR]
    assert nearest(TIMES, rank=4).tolist() == [FAR, FAR, FAR]
    with pytest.raises(ValueError, match="rank"):
        nearest(TIMES, rank=0)


def test_limits_are_inclusive_and_no_way_is_never_within() -> None:
    assert within(TIMES, 30).tolist() == [[True, True, False], [True, True, False], [False] * 3]
    assert not within(TIMES, 1e6)[2].any()


def test_cumulative_opportunities() -> None:
    jobs = np.array([1.0, 10.0, 100.0])
    assert cumulative(TIMES, jobs, limit=30).tolist() == [11.0, 11.0, 0.0]
    assert cumulative(TIMES, jobs, limit=31).tolist() == [11.0, 111.0, 0.0]


def test_gravity_halves_every_ten_minutes() -> None:
    half = np.log(2) / 10
    # first origin: 1 min and 10 min: 2^(-1/10) × 1 + 2^(-1) × 10; third reaches nothing
    got = gravity(TIMES, np.array([1.0, 10.0, 100.0]), beta=half)
    assert got[0] == pytest.approx(2 ** (-0.1) + 5)
    assert got[2] == 0.0


def test_two_step_floating_catchment_by_hand() -> None:
    # Hospital X (100 beds) serves villages 1 (1000) and 2 (3000): 100/4000 = 0.025; Y (40 beds) serves
    # 2 and 3 (3000 + 1000): 0.01. Village 2 counts both: 0.035. Village 4 reaches none.
    times = np.array([[300, 9000], [600, 900], [9000, 600], [FAR, 9000]], dtype=np.int32)
    beds, people = np.array([100.0, 40.0]), np.array([1000.0, 3000.0, 1000.0, 500.0])
    got = two_step_floating_catchment(times, beds, people, limit=15)
    assert got.tolist() == pytest.approx([0.025, 0.035, 0.01, 0.0])
    # nothing is lost or made: supply per head times heads is the supply
    assert float(got @ people) == pytest.approx(140.0)


def test_decay_lets_the_near_count_more_and_still_hands_out_all_supply() -> None:
    times = np.array([[0, 600], [600, 0]], dtype=np.int32)
    beds, people = np.array([10.0, 10.0]), np.array([100.0, 300.0])

    def decay(minutes: np.ndarray) -> np.ndarray:
        return 1 - minutes / 20  # 1 at 0, one half at 10 minutes

    # X: 10 / (100 + 0.5 × 300) = 0.04; Y: 10 / (0.5 × 100 + 300) = 1/35
    got = two_step_floating_catchment(times, beds, people, limit=10, decay=decay)
    assert got.tolist() == pytest.approx([0.04 + 0.5 / 35, 0.02 + 1 / 35])
    assert float(got @ people) == pytest.approx(20.0)


def test_a_facility_nobody_reaches_supplies_nobody() -> None:
    times = np.array([[60, FAR]], dtype=np.int32)
    got = two_step_floating_catchment(times, np.array([5.0, 7.0]), np.array([50.0]), limit=30)
    assert got.tolist() == [0.1]


def test_share_within() -> None:
    assert share_within(TIMES, np.array([50.0, 30.0, 20.0]), limit=10) == pytest.approx(0.8)
    assert share_within(TIMES[:, :0], np.array([50.0, 30.0, 20.0]), limit=10) == 0.0
    assert np.isnan(share_within(TIMES, np.zeros(3), limit=10))
