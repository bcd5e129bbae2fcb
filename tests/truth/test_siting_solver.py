"""The way to HiGHS: what is solved, what is not, silence, and the same answer whoever called it before."""

from __future__ import annotations

import math

import highspy
import numpy as np
import pytest

from yipan.errors import PlanError
from yipan.plan.siting.solver import Answer, Model


def knapsack(start: list[float] | None = None, nodes: int | None = None) -> Answer:
    m = Model(most=True, offset=3.0)
    x = m.add_variables([10.0, 13.0, 7.0, 8.0], upper=1.0, whole=True)
    m.add_rows([0, 0, 0, 0], x, [3.0, 4.0, 2.0, 3.0], upper=[6.0])
    return m.solve(start=start, nodes=nodes)


def test_a_knapsack_by_hand() -> None:
    a = knapsack()  # 13 + 7 weigh 6; 10 + 7 = 17, 10 + 8 = 18
    assert a.x is not None
    assert a.x.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert a.value == 23.0
    assert a.proved
    assert 23.0 <= a.bound <= 23.0001


def test_a_start_changes_no_answer() -> None:
    assert knapsack([1.0, 0.0, 1.0, 0.0]).value == 23.0
    assert knapsack([1.0, 1.0, 1.0, 1.0]).value == 23.0  # weighs too much: not used
    assert knapsack([math.nan, 1.0, 1.0, math.nan]).value == 23.0


def test_no_answer_and_no_end_are_told_apart() -> None:
    none = Model()
    x = none.add_variables([1.0], whole=True)
    none.add_rows([0, 1], [x[0], x[0]], 1.0, lower=[2.0, -math.inf], upper=[5.0, 1.0])
    assert none.solve().status == "infeasible"
    endless = Model(most=True)
    endless.add_variables([1.0], whole=True)
    assert endless.solve().status == "unbounded"


def test_what_is_no_number_is_refused() -> None:
    for cost, upper in ((math.nan, 1.0), (1.0, math.nan)):
        m = Model()
        m.add_variables([cost], upper=upper)
        with pytest.raises(PlanError, match="no number"):
            m.solve()
    m = Model()
    x = m.add_variables([1.0])
    m.add_rows([0], x, [math.nan], upper=[1.0])
    with pytest.raises(PlanError, match="no number"):
        m.solve()


def test_nothing_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    knapsack()
    assert capfd.readouterr() == ("", "")


def test_it_runs_after_another_used_highs_with_more_threads(capfd: pytest.CaptureFixture[str]) -> None:
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    highspy.Highs.resetGlobalScheduler(True)
    other.setOptionValue("threads", 2)
    other.run()
    assert knapsack().value == 23.0
    capfd.readouterr()


def test_few_nodes_leave_a_bound_that_holds() -> None:
    rng = np.random.default_rng(3)
    for seed in range(5):
        m = Model(most=True)
        x = m.add_variables(rng.integers(10, 40, 30).astype(float), upper=1.0, whole=True)
        for _ in range(5):
            m.add_rows(np.zeros(30), x, rng.integers(5, 40, 30), upper=[200.0])
        few, full = m.solve(nodes=0), m.solve()
        assert full.proved, seed
        assert few.bound >= full.value - 1e-9
        assert few.x is None or few.value <= full.value + 1e-9
