"""Equal access by hand: two towns, three towns, and people nobody reaches."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.errors import PlanError
from yipan.network.values import UNREACHED
from yipan.plan.siting.equity import equitable
from yipan.plan.siting.equity_model import judged

APART = np.array([[0, 7200], [7200, 0]], dtype=np.int32)
"""Two towns two hours apart, a site in each."""


@pytest.mark.parametrize("aim", ["least", "worst_tenth", "deviation", "variance"])
def test_beds_go_where_there_are_fewer_a_head(aim: str) -> None:
    # 100 people with 10 beds and 300 with 15: 0.1 and 0.05; 15 beds make the second 0.1 too
    e = equitable(APART, [100, 300], supply=[10, 15], add=[15, 15], p=1, limit=60, aim=aim)
    assert e.added.tolist() == [0.0, 15.0]
    assert e.before.tolist() == [0.1, 0.05]
    assert e.after.tolist() == [0.1, 0.1]
    assert e.siting.value == pytest.approx(0.1 if aim in ("least", "worst_tenth") else 0.0)
    assert e.siting.chosen.tolist() == [1]


@pytest.mark.parametrize("aim", ["least", "deviation", "variance"])
def test_amounts_level_what_can_be_levelled(aim: str) -> None:
    # 55 beds for 400 heads: 0.1375 each, 13.75 and 41.25 beds
    e = equitable(APART, [100, 300], supply=[10, 15], add=[99, 99], total=30, limit=60, aim=aim)
    assert e.added == pytest.approx([3.75, 26.25], abs=1e-3)
    assert e.after == pytest.approx([0.1375, 0.1375], abs=1e-5)


def test_the_worst_tenth_is_not_the_single_worst() -> None:
    # towns of 10, 190 and 200 people that share nothing, with 0, 19 and 20 beds; 20 more somewhere
    far = np.full((3, 3), UNREACHED, dtype=np.int32)
    np.fill_diagonal(far, 0)
    one = equitable(far, [10, 190, 200], supply=[0, 19, 20], add=[20, 20, 20], p=1, limit=60)
    # before: the tenth is 10 people with 0 and 30 with 0.1: 0.075; with the first site 40 with 0.1
    assert judged(one.before, np.array([10, 190, 200]) / 400, "worst_tenth") == pytest.approx(0.075)
    assert one.siting.chosen.tolist() == [0]
    assert one.siting.value == pytest.approx(0.1)


def test_people_nobody_reaches_are_counted_not_hidden() -> None:
    times = np.array([[0], [UNREACHED]], dtype=np.int32)
    e = equitable(times, [100, 50], supply=[0], add=[10], p=1, limit=60, aim="least")
    assert e.left_out == 50.0
    assert e.siting.value == pytest.approx(0.1)
    assert e.siting.assigned.tolist() == [0, -1]


def test_what_adds_nothing_is_not_built() -> None:
    # three towns apart and two sites: one town stays without whatever is built, so nothing raises the least
    far = np.full((3, 3), UNREACHED, dtype=np.int32)
    np.fill_diagonal(far, 0)
    e = equitable(far, [10, 10, 10], supply=[0, 0, 0], add=[5, 5, 5], p=2, limit=60, aim="least")
    assert e.siting.value == 0.0
    assert e.siting.chosen.tolist() == []
    assert e.siting.bound < 1e-5


def test_nobody_and_nothing_is_an_answer() -> None:
    e = equitable(APART, [0, 0], supply=[1, 1], add=[1, 1], p=1, limit=60, aim="least")
    assert e.siting.chosen.tolist() == []
    assert e.left_out == 0.0


def test_levelling_down_is_not_offered() -> None:
    # adding to neither would keep both at 0; for equality alone something has to be built
    e = equitable(APART, [100, 100], supply=[0, 0], add=[10, 20], p=1, limit=60, aim="deviation")
    assert e.added.tolist() == [10.0, 0.0]


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(PlanError, match="300 shall be added, but only 20 can be"):
        equitable(APART, [1, 1], supply=[0, 0], add=[10, 10], total=300, limit=60, aim="variance")
    with pytest.raises(PlanError) as e:
        equitable(APART, [1, -1], supply=[0], add=[10, 10], limit=60, aim="fair")  # type: ignore[arg-type]
    for part in ("amounts of demand", "present capacities", "neither a number", "no aim fair"):
        assert part in e.value.text("en")


def test_what_has_to_be_added_and_was_not_found_is_refused() -> None:
    times = np.random.default_rng(1).integers(0, 90, (40, 20)).astype(np.int32) * 60
    with pytest.raises(PlanError, match="nothing was found within the nodes allowed"):
        equitable(
            times,
            np.full(40, 100.0),
            supply=np.zeros(20),
            add=np.full(20, 10.0),
            p=4,
            total=30,
            limit=30,
            aim="deviation",
            nodes=0,
        )
