"""Median and centre by hand: what is refused, what unreachable pairs mean, what a limit leaves open."""

from __future__ import annotations

import numpy as np
import pytest

from yipan import options
from yipan.errors import PlanError
from yipan.plan.siting.center import p_center
from yipan.plan.siting.median import p_median

INF = np.inf
ROAD = np.array([0.0, 1.0, 2.0, 8.0, 9.0])
BETWEEN = np.abs(ROAD[:, None] - ROAD)


def test_one_site_is_the_weighted_median_of_a_road() -> None:
    # 60 of 100 persons live at kilometre 8 or beyond, 50 of them there
    found = p_median(BETWEEN, 1, weights=[20, 10, 10, 50, 10])
    assert found.chosen.tolist() == [3]
    assert found.value == 20 * 8 + 10 * 7 + 10 * 6 + 10 * 1


def test_one_site_is_the_middle_of_a_road() -> None:
    found = p_center(BETWEEN[:, :4], 1)  # kilometres 0, 1, 2 and 8; the ends are 0 and 9
    assert (found.chosen.tolist(), found.value) == ([2], 7.0)


def test_fixed_and_forbidden_sites() -> None:
    found = p_median(BETWEEN, 2, fixed=[0], forbidden=[3])
    assert found.chosen.tolist() == [0, 4]  # 0 + 1 + 2 + 1 + 0
    assert (found.value, found.bound, found.proved) == (4.0, 4.0, True)


def test_all_sites_fixed() -> None:
    found = p_median(BETWEEN, 2, fixed=[0, 1])
    assert found.chosen.tolist() == [0, 1]
    assert (found.value, found.proved) == (1 + 7 + 8, True)
    assert p_center(BETWEEN, 2, fixed=[0, 1]).value == 8


def test_sites_apart_from_demand() -> None:
    costs = [[4.0, 1.0], [4.0, 9.0], [5.0, 9.0]]  # 13 against 19
    found = p_median(costs, 1)
    assert (found.chosen.tolist(), found.assigned.tolist(), found.value) == ([0], [0, 0, 0], 13.0)


def test_unreachable_pairs_force_a_dear_site() -> None:
    # cheap sites 0 and 1 both miss point 2, which only site 2 reaches
    costs = [[0.0, 1.0, 90.0], [1.0, 0.0, 90.0], [INF, INF, 50.0]]
    median = p_median(costs, 2)
    assert median.value == 51
    assert 2 in median.chosen
    assert p_center(costs, 2).value == 50


def test_points_without_weight_do_not_count() -> None:
    costs = [[1.0, 2.0], [INF, INF]]
    found = p_median(costs, 1, weights=[3, 0])
    assert (found.value, found.chosen.tolist(), found.assigned.tolist()) == (3.0, [0], [0, -1])


@pytest.mark.parametrize("solve", [p_median, p_center])
def test_three_islands_need_three_sites(solve) -> None:  # type: ignore[no-untyped-def]
    costs = np.full((6, 6), INF)
    for k in (0, 2, 4):
        costs[k : k + 2, k : k + 2] = [[0, 1], [1, 0]]
    with pytest.raises(PlanError) as refused:
        solve(costs, 2)
    assert "no 2 sites reach every demand point (proved)" in str(refused.value)
    assert solve(costs, 3).proved


@pytest.mark.parametrize("solve", [p_median, p_center])
def test_every_problem_is_said_at_once(solve) -> None:  # type: ignore[no-untyped-def]
    costs = BETWEEN.copy()
    costs[2, 2] = np.nan
    with pytest.raises(PlanError) as refused:
        solve(costs, 7, weights=[1, -1, 1, 1, 1], fixed=[1, 9], forbidden=[1])
    text = [p.what.en for p in refused.value.problems]
    assert {p.column for p in refused.value.problems} == {"costs", "p", "weights", "fixed", "forbidden"}
    assert any("fixed open and forbidden at once: 1" in t for t in text)
    assert any("demand points 2" in t for t in text)


@pytest.mark.parametrize(
    ("costs", "p", "extra", "said"),
    [
        ([[INF, INF], [1.0, 2.0]], 1, {}, "no allowed site reaches demand points 0"),
        ([[INF, 1.0], [1.0, 2.0]], 1, {"forbidden": [1]}, "no allowed site reaches demand points 0"),
        ([[1.0, 1.0]], 1, {"fixed": [0, 1]}, "p = 1, with 2 sites fixed open"),
        ([[1.0, 1.0]], 3, {}, "p = 3"),
        ([[1.0, 1.0]], 1, {"weights": [0]}, "all weights are 0"),
        ([[1.0, 1.0]], 1, {"weights": [1, 2]}, "the weights have shape (2,)"),
        ([1.0, 1.0], 1, {}, "the costs have shape (2,)"),
    ],
)
def test_refused(costs: list[object], p: int, extra: dict[str, list[int]], said: str) -> None:
    with pytest.raises(PlanError) as refused:
        p_median(costs, p, **extra)
    assert said in str(refused.value)


def test_a_large_matrix_is_refused_with_its_size() -> None:
    with options.using({"network.max_matrix_mb": 1}), pytest.raises(PlanError) as refused:
        p_median(np.zeros((200, 200)), 2)
    assert "200 demand points × 200 sites at 72 bytes a pair: 3 MB" in str(refused.value)
    assert any("aggregate demand" in p.remedy.en for p in refused.value.problems)


def test_without_nodes_the_bound_is_honest() -> None:
    rng = np.random.default_rng(4)
    at = rng.random((120, 2))
    costs = np.hypot(*(at[:, None] - at).T)
    stopped, solved = p_median(costs, 5, nodes=0), p_median(costs, 5)
    assert solved.proved
    assert solved.bound <= solved.value <= stopped.value * (1 + 1e-12)
    assert stopped.bound <= solved.value
    assert stopped.proved == (stopped.gap == 0)
    assert 0 < solved.value - solved.bound < 2e-9 * solved.value
    if not stopped.proved:
        assert "stopped at 0 nodes" in stopped.method.en
