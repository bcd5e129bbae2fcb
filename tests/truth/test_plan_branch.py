"""Branch and bound against hand-worked problems and against trying every set and every start year."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from yipan.plan.bound import upper_bound
from yipan.plan.branch import branch_and_bound
from yipan.plan.core import Limits, enumerate_all
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import (
    FAMILIES,
    invented_objective,
    invented_of,
    invented_problem,
    invented_project,
)
from yipan.plan.knapsack import buy_most
from yipan.plan.proof import bound_of
from yipan.plan.relax import most_of_terms
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.plan.units import units_of


def covering(covers, candidates, objective, structure="coverage"):
    """A game whose value is the number of elements that the chosen projects cover."""
    elements = sorted(set().union(*covers.values()))

    def evaluate(ids):
        parts = np.array([float(any(e in covers[i] for i in ids)) for e in elements])
        return Evaluation(value=float(parts.sum()), clusters={"k": float(parts.sum())}, parts=parts)

    return Game(Rules(candidates, objective), evaluate, structure=structure)


COVERS = {"a": {1, 2, 3, 4}, "b": {3, 4, 5}, "c": {1, 2, 6}, "d": {5, 6}}


@pytest.mark.parametrize("structure", ["coverage", "submodular", "unknown"])
def test_the_best_cover_is_found_and_proved(structure):
    # two may be built: a+d and b+c cover all six elements, no other pair does (a+b and a+c five).
    game = covering(COVERS, [invented_project(i, 1) for i in COVERS], invented_objective(2), structure)
    found = branch_and_bound(game, nodes=1000)
    assert found.value == 6.0
    assert set().union(*(COVERS[i] for i in found.chosen)) == {1, 2, 3, 4, 5, 6}
    assert len(found.chosen) == 2
    assert (found.upper, found.complete) == (6.0, True)
    assert found.conditional == (structure == "unknown")


def test_the_bound_of_the_root_is_the_sum_of_gains_that_the_money_buys():
    # alone a, b, c, d cover 4, 3, 3, 2; two can be paid, so at most 4 + 3 = 7 when overlap is not looked at;
    # term by term no more than six elements can be covered.
    candidates = [invented_project(i, 1) for i in COVERS]
    rough = branch_and_bound(covering(COVERS, candidates, invented_objective(2), "submodular"), nodes=1)
    assert (rough.value, rough.upper, rough.complete) == (0.0, 7.0, False)
    finer = branch_and_bound(covering(COVERS, candidates, invented_objective(2)), nodes=1)
    assert finer.upper == pytest.approx(6.0, abs=1e-4)


def test_an_additive_problem_is_a_knapsack():
    # money 4: the two of cost 2 (5 + 4) beat the one of cost 3 (6)
    worth = {"a": 6.0, "b": 5.0, "c": 4.0}
    candidates = [invented_project("a", 3), invented_project("b", 2), invented_project("c", 2)]
    game = Game(
        Rules(candidates, invented_objective(4)),
        lambda ids: Evaluation(value=sum(worth[i] for i in ids), clusters={"k": 0.0}),
        structure="additive",
    )
    found = branch_and_bound(game, nodes=100)
    assert (found.chosen, found.value, found.complete) == ({"b", "c"}, 9.0, True)
    assert buy_most([6.0, 5.0, 4.0], [3.0, 2.0, 2.0], money=4.0).most == 9.0


@pytest.mark.parametrize("structure", ["coverage", "submodular", "unknown"])
def test_a_bundle_comes_whole_or_not_at_all(structure):
    # a and b are a bundle (cost 2, covers four elements); c (cost 1) covers three, d (cost 1) one more.
    # Money 2: the bundle covers four, c and d too. With money 3: the bundle and c cover all seven.
    covers = {"a": {1, 2}, "b": {3, 4}, "c": {5, 6, 7}, "d": {4, 5}}
    candidates = [invented_project(i, 1) for i in "cd"]
    candidates += [replace(invented_project(i, 1), bundle="both") for i in "ab"]
    for money, chosen, value in ((2, {"c", "d"}, 4.0), (3, {"a", "b", "c"}, 7.0)):
        game = covering(covers, candidates, invented_objective(money), structure)
        found = branch_and_bound(game, nodes=1000)
        assert (found.value, found.complete) == (value, True)
        assert found.chosen in (chosen, frozenset("ab"))
    units = units_of(Rules(candidates, invented_objective(3)))
    assert [sorted(u.own) for u in units] == [["a", "b"], ["c"], ["d"]]


def test_rivals_are_not_bought_together():
    apart = [frozenset({1}), frozenset({0}), frozenset()]
    assert buy_most([5.0, 4.0, 1.0], [1.0, 1.0, 1.0], money=2.0).most == 9.0
    assert buy_most([5.0, 4.0, 1.0], [1.0, 1.0, 1.0], money=2.0, rivals=apart).most == 6.0


def test_terms_have_ceilings_and_half_a_project_counts_half():
    # both raise one term by 4, at most 5 in all; money buys one and a half of them: min(5, 4 + 2) = 5;
    # with room for more the linear programme says 6, although whole projects give 4.
    units = units_of(Rules([invented_project("a", 2), invented_project("b", 2)], invented_objective(4)))
    gains = np.array([[4.0], [4.0]])
    nothing = frozenset()
    capped = most_of_terms(gains, units, money=3.0, room=np.array([5.0]), inside=nothing)
    assert capped[0] == pytest.approx(5.0, abs=1e-4)
    free = most_of_terms(gains, units, money=3.0, room=None, inside=nothing)
    assert free[0] == pytest.approx(6.0, abs=1e-4)


def every_plan(problem):
    """Yield every set of projects that keeps all rules, by trying all sets and all start years."""
    by_id = {p.id: p for p in problem.candidates}
    o = problem.objective
    base = problem.evaluate(frozenset())
    for n in range(len(by_id) + 1):
        for some in combinations(sorted(by_id), n):
            chosen = frozenset(some)
            if sum(by_id[i].cost for i in some) > o.budget + 1e-9:
                continue
            if any(set(by_id[i].needs) - chosen or set(by_id[i].excludes) & chosen for i in some):
                continue
            e = problem.evaluate(chosen)
            if e.clusters["k"] - base.clusters["k"] < o.floors["k"] - 1e-9:
                continue
            if fits_in_years([by_id[i] for i in some], o):
                yield chosen, e.value


def fits_in_years(projects, o):
    for years in product(range(o.start, o.end + 1), repeat=len(projects)):
        spent = dict.fromkeys(range(o.start, o.end + 1), 0.0)
        start = {p.id: y for p, y in zip(projects, years, strict=True)}
        if any(y + p.build_years - 1 > o.end for p, y in zip(projects, years, strict=True)):
            continue
        if any(start[n] > start[p.id] for p in projects for n in p.needs):
            continue
        for p in projects:
            for k, money in enumerate(p.capital):
                spent[start[p.id] + k] += money
        if max(spent.values()) <= o.yearly + 1e-9:
            return True
    return False


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_it_agrees_with_trying_every_set_and_every_start_year(family):
    told = 0
    for seed in range(12):
        problem = invented_of(family, 500 + seed, projects=5)
        best = max((v for _, v in every_plan(problem)), default=None)
        found = branch_and_bound(problem.game(), nodes=5000)
        if best is None:
            assert found.chosen is None
            continue
        told += 1
        assert found.value == pytest.approx(best, abs=1e-8)
        assert found.complete
        assert found.upper == pytest.approx(best, abs=1e-8)
    assert told >= 8


@pytest.mark.parametrize("family", [*sorted(FAMILIES), "mixed"])
def test_no_bound_is_below_the_optimum_on_many_random_problems(family):
    """40 problems of each of six families: exact when it ends, and no false bound when it is cut short."""
    told = bounded = 0
    for seed in range(40):
        problem = (
            invented_problem(seed, projects=7) if family == "mixed" else invented_of(family, seed, projects=7)
        )
        game = problem.game()
        exact = enumerate_all(game, list(game.rules.ids))
        for nodes in (3, 12, 5000):
            found = branch_and_bound(problem.game(), nodes=nodes)
            if exact is None:
                assert found.chosen is None
                continue
            told += 1
            assert found.value <= exact.value + 1e-8
            if found.upper is not None:
                bounded += 1
                assert found.upper >= exact.value - 1e-8, (seed, nodes)
            if nodes == 5000:
                assert found.value == pytest.approx(exact.value, abs=1e-8), seed
        upper = upper_bound(problem.game(), ceilings=None, evaluations=seed % 8)
        if exact is not None and upper.value is not None:
            assert upper.value >= exact.value - 1e-8
    assert told >= 90
    assert bounded >= (told // 3 if family == "rivalry" else told)


def test_where_more_is_plainly_worse_nothing_is_bounded_until_all_is_measured():
    # each of a, b is worth 3 alone and both together 1
    value = {frozenset(): 0.0, frozenset("a"): 3.0, frozenset("b"): 3.0, frozenset("ab"): 1.0}
    candidates = [invented_project("a", 1), invented_project("b", 1)]
    game = Game(
        Rules(candidates, invented_objective(2)), lambda s: Evaluation(value=value[s], clusters={"k": 0.0})
    )
    short = branch_and_bound(game, nodes=1)
    assert (short.upper, short.complete) == (None, False)
    whole = branch_and_bound(game, nodes=100)
    assert (whole.value, whole.upper, whole.complete, whole.conditional) == (3.0, 3.0, True, False)


@pytest.mark.parametrize(
    ("family", "limits", "proved", "words"),
    [
        ("coverage", Limits(exact_sets=0), True, "It rests on what the evaluation declares"),
        ("coverage", Limits(exact_sets=0, branch_nodes=2), False, "no set left open is worth more than"),
        ("synergy", Limits(exact_sets=0, unknown_nodes=5000), False, "The condition is checked, not proved"),
        ("synergy", Limits(exact_sets=10_000), True, "sets of projects within the money were measured"),
    ],
)
def test_what_is_proved_is_said_with_what_it_rests_on(family, limits, proved, words):
    game = invented_of(family, 3).game()
    solution = solve(game, limits)
    bound = bound_of(game, solution, None)
    assert bound.proved == proved
    assert words in bound.proof.en
    assert bound.upper is not None
    assert bound.upper >= bound.value
    assert (bound.gap == 0) if proved else (bound.gap >= 0)


def test_no_bound_is_said_to_be_none():
    game = invented_of("rivalry", 3).game()
    bound = bound_of(game, solve(game, Limits(exact_sets=0)), None)
    assert (bound.upper, bound.gap, bound.proved) == (None, None, False)
    assert bound.proof.en.startswith("No upper bound is proved")
