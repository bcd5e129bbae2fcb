"""Capacitated siting by hand, and why it has no answer."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.errors import PlanError
from yipan.plan.siting import capacity
from yipan.plan.siting.capacity import capacitated

LINE = np.abs(np.subtract.outer([0.0, 1.0, 5.0], [0.0, 5.0]))
"""Minutes from villages at 0, 1 and 5 to sites at 0 and 5."""


def test_a_full_hospital_sends_the_nearest_neighbour_away() -> None:
    # 4 + 4 + 2 persons, room for 5 and 5: three of the second village go 4 minutes, one goes 1
    s = capacitated(LINE, 2, capacity=[5, 5], weights=[4, 4, 2])
    assert s.siting.value == pytest.approx(1 * 1 + 3 * 4)
    assert s.amount == pytest.approx([4.0, 1.0, 3.0, 2.0])
    assert s.siting.assigned.tolist() == [0, 1, 1]
    # served whole: the second village cannot be added to either without 8 > 5 or 6 > 5
    with pytest.raises(PlanError, match="at least 2 unserved"):
        capacitated(LINE, 2, capacity=[5, 5], weights=[4, 4, 2], divisible=False)


def test_leaving_people_unserved_has_a_price() -> None:
    s = capacitated(LINE, 2, capacity=[5, 2], weights=[4, 4, 2], unserved=60.0)
    assert s.unserved == pytest.approx([0.0, 3.0, 0.0])
    assert s.siting.value == pytest.approx(1 * 1 + 3 * 60)


def test_existing_hospitals_stay_open_and_fill_first() -> None:
    s = capacitated(LINE, 2, capacity=[6, 20], weights=[4, 4, 2], fixed=[0])
    assert s.siting.chosen.tolist() == [0, 1]
    assert s.load == pytest.approx([6.0, 4.0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"p": 1, "capacity": [5, 6], "weights": [4, 4, 2]}, "largest capacity of 1 sites, 6, by 4"),
        (
            {"p": 2, "capacity": [5, 0], "weights": [4, 4, 2], "far": True},
            r"1 demand points \(2 of demand\) reach no",
        ),
        ({"p": 2, "capacity": [5, 5], "weights": [7, 1, 1], "divisible": False}, "position 0: 7 against 5"),
        (
            {"p": 0, "capacity": [5, 5], "weights": [1, 1, 1], "fixed": [1]},
            "0 sites are fewer than the 1 fixed",
        ),
        ({"p": 1, "capacity": [-5, 5], "weights": [1, 1, 1]}, "capacities are not 2 numbers"),
    ],
)
def test_what_cannot_be_is_explained_before_solving(call: dict, said: str) -> None:
    costs = LINE.copy()
    if call.pop("far", False):
        costs[2, 0] = np.inf
    with pytest.raises(PlanError, match=said):
        capacitated(costs, call.pop("p"), **call)


def test_a_model_too_large_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "MOST_PAIRS", 5)
    with pytest.raises(PlanError, match="6 pairs of demand and site are within reach; 5 are the most"):
        capacitated(LINE, 1, capacity=[50, 50])
