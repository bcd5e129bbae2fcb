"""Covering by hand, and against spopt where it is there."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.errors import PlanError
from yipan.plan.siting.cover import max_cover
from yipan.plan.siting.reduce import MOST_PRODUCTS, outdone
from yipan.plan.siting.set_cover import set_cover


def test_best_pair_is_not_the_two_best_alone() -> None:
    # the middle site covers 6 of the 9 villages; the two outer ones cover all but the first and last together
    reach = np.zeros((9, 3), dtype=bool)
    reach[2:8, 1] = True
    reach[1:5, 0] = True
    reach[5:9, 2] = True
    s = max_cover(reach, 2)
    assert s.chosen.tolist() == [0, 2]
    assert s.value == 8.0
    assert s.assigned.tolist() == [-1, 0, 0, 0, 0, 2, 2, 2, 2]


def test_coverage_by_degrees_takes_the_best_open_site() -> None:
    # weight 10 and 1; site 0 covers both by half, site 1 the first wholly: 5.5 against 10, both 10.5
    cover = np.array([[0.5, 1.0], [0.5, 0.0]])
    assert max_cover(cover, 1, weights=[10, 1]).value == 10.0
    both = max_cover(cover, 2, weights=[10, 1])
    assert both.value == 10.5
    assert both.assigned.tolist() == [1, 0]


def test_a_budget_prefers_two_cheap_sites_to_one_dear_one() -> None:
    reach = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1]], dtype=bool)
    s = max_cover(reach, weights=[5, 5, 1], site_costs=[2, 2, 5], budget=4)
    assert s.chosen.tolist() == [0, 1]
    assert s.value == 10.0


def test_what_is_open_already_is_counted_and_kept() -> None:
    reach = np.eye(3, dtype=bool)
    s = max_cover(reach, 2, weights=[1, 5, 9], fixed=[0])
    assert s.chosen.tolist() == [0, 2]
    assert s.value == 10.0


def test_nobody_living_anywhere_needs_no_site() -> None:
    s = max_cover(np.eye(3, dtype=bool), 2, weights=[0, 0, 0])
    assert (s.chosen.tolist(), s.value, s.proved) == ([], 0.0, True)


def test_an_odd_ring_needs_a_site_more_than_its_linear_bound() -> None:
    # five places in a ring, each site covers two neighbours: 2.5 by halves, 3 whole; nothing reduces it
    reach = np.zeros((5, 5), dtype=bool)
    for j in range(5):
        reach[[j, (j + 1) % 5], j] = True
    s = set_cover(reach)
    assert s.value == s.bound == 3.0
    assert s.proved


def test_one_place_that_every_site_covers_needs_one_site() -> None:
    assert set_cover(np.ones((1, 3), dtype=bool)).chosen.tolist() == [0]
    assert set_cover(np.ones((4, 3), dtype=bool), site_costs=[2, 1, 1]).chosen.tolist() == [1]
    assert set_cover(np.ones((4, 3), dtype=bool), fixed=[2]).value == 0.0


def test_an_essential_site_is_found_without_search() -> None:
    reach = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype=bool)
    s = set_cover(reach, site_costs=[9, 1, 2])
    assert s.chosen.tolist() == [0, 1]
    assert s.value == 10.0
    assert s.work["nodes"] == 0


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(PlanError) as e:
        max_cover(np.array([[2.0, 0.0]]), weights=[-1.0], fixed=[7])
    said = e.value.text("en")
    for part in ("within 0–1", "weights of demand", "fixed open does not exist", "neither a number"):
        assert part in said


def test_too_many_sites_are_not_compared() -> None:
    wide = np.broadcast_to(np.True_, (4, int((MOST_PRODUCTS / 4) ** 0.5) + 1))
    assert outdone(wide, np.ones(wide.shape[1])) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # spopt calls pulp as it used to be called
def test_as_spopt_finds() -> None:
    locate = pytest.importorskip("spopt.locate", reason="spopt is not installed")
    pulp = pytest.importorskip("pulp", reason="pulp is not installed")
    rng = np.random.default_rng(11)
    times, w = rng.integers(1, 60, (40, 20)).astype(float), rng.integers(1, 100, 40).astype(float)
    for limit in (8.0, 12.0):
        theirs = locate.MCLP.from_cost_matrix(times, w, service_radius=limit, p_facilities=4)
        theirs = theirs.solve(pulp.PULP_CBC_CMD(msg=False))
        assert max_cover(times <= limit, 4, weights=w).value == pytest.approx(
            theirs.problem.objective.value()
        )
    theirs = locate.LSCP.from_cost_matrix(times, service_radius=20.0).solve(pulp.PULP_CBC_CMD(msg=False))
    assert set_cover(times <= 20).value == pytest.approx(theirs.problem.objective.value())


def test_points_that_differ_only_in_what_covers_them_already_are_not_alike() -> None:
    # one site more covers both to 0.8; the first has 0.2 already, the second 0.7: 0.8 + 0.8 at most
    s = max_cover([[0.2, 0.0, 0.8], [0.0, 0.7, 0.8]], 3, fixed=[0, 1])
    assert s.chosen.tolist() == [0, 1, 2]
    assert s.value == pytest.approx(1.6)
    assert s.bound == pytest.approx(1.6, abs=1e-5)


@pytest.mark.parametrize("scale", [1e-12, 1e-9, 1e-6, 1.0, 1e9])
def test_the_unit_of_weights_and_money_does_not_matter(scale: float) -> None:
    reach = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    s = max_cover(reach, 2, weights=np.array([10, 20, 30, 40]) * scale)
    assert s.chosen.tolist() == [1, 2]
    assert s.bound == pytest.approx(90 * scale, rel=1e-5)
    bought = max_cover(np.eye(3), weights=[1, 2, 4], site_costs=np.array([1, 1, 2]) * scale, budget=2 * scale)
    assert bought.chosen.tolist() == [2]
    cheap = set_cover([[1, 1, 0], [0, 1, 1], [1, 0, 1]], site_costs=np.array([3.5, 2.5, 4.5]) * scale)
    assert cheap.chosen.tolist() == [0, 1]
    assert cheap.bound == pytest.approx(6 * scale, rel=1e-5)


def test_no_nodes_at_all_leave_a_bound() -> None:
    reach = np.random.default_rng(0).random((200, 80)) < 0.05
    s = set_cover(reach[reach.any(axis=1)], nodes=0)
    assert 0 < s.bound <= s.value


@pytest.mark.parametrize("cover", [[1, 0], 1.0])
def test_coverage_has_to_be_a_table(cover: object) -> None:
    for ask in (lambda: max_cover(cover, 1), lambda: set_cover(cover)):  # type: ignore[arg-type]
        with pytest.raises(PlanError, match="have shape"):
            ask()


def test_missing_coverage_is_not_coverage() -> None:
    with pytest.raises(PlanError, match="1 of the coverage values are missing"):
        set_cover([[1.0, np.nan]])
