"""Laws of reasons and robustness, held against plain enumeration of invented problems."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yipan.plan.argue import ArgueLimits, argue
from yipan.plan.core import Limits
from yipan.plan.game import Game
from yipan.plan.invented import invented_problem
from yipan.plan.rules import Rules
from yipan.plan.solve import solve

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=12, deadline=None, derandomize=True)
ALL = Limits(exact_sets=10_000)
WIDE = ArgueLimits(exact_sets=10_000, replacement=10_000, per_budget=10_000, per_threshold=10_000, missed=9)


def best_of(problem, *, objective=None, price=None, without=None):
    """The best value over all sets by plain enumeration, and the sets that reach it."""
    by_id = {p.id: p for p in problem.candidates}
    if price is not None:
        i, multiple = price
        by_id[i] = replace(by_id[i], capital=tuple(c * multiple for c in by_id[i].capital))
    rules = Rules(by_id.values(), objective or problem.objective)
    game = Game(rules, problem.evaluate)
    sets = (frozenset(s) for k in range(len(by_id) + 1) for s in combinations(sorted(by_id), k))
    good = [s for s in sets if without not in s and rules.feasible(s) and game.deficit(s) == 0]
    top = max((game.value(s) for s in good), default=None)
    return top, [s for s in good if game.value(s) == top]


def proved(seed):
    """An invented problem with its proved plan; problems whose floors nothing reaches are passed over."""
    problem = invented_problem(seed, projects=6)
    game = problem.game()
    solution = solve(game, ALL)
    assume(solution.exact is not None and solution.exact.proved)
    return problem, game, solution


@QUICK
@given(SEEDS)
def test_exact_replacement_cost_is_the_best_of_all_sets_without_the_project(seed):
    problem, game, solution = proved(seed)
    for r in argue(game, solution, limits=WIDE).replacements:
        top, _ = best_of(problem, without=r.project)
        if top is not None and r.exact:
            assert r.lost == pytest.approx(solution.value - top, abs=1e-9)
            assert r.lost + 1e-9 >= 0
            assert r.lost <= r.dropped + 1e-9 or game.deficit(game.rules.without(solution.chosen, r.project))


@QUICK
@given(SEEDS)
def test_at_the_threshold_cost_enumeration_changes_its_mind(seed):
    problem, game, solution = proved(seed)
    for t in argue(game, solution, limits=WIDE).thresholds:
        if t.by in {"free", "never"} or not t.exact:
            continue
        with_it, sets = best_of(problem, price=(t.project, t.stays))
        assert any(t.project in s for s in sets)
        no_more, sets = best_of(problem, price=(t.project, t.leaves))
        if no_more is not None:  # without it the floors may be out of reach
            assert not all(t.project in s for s in sets)
            assert with_it >= no_more


@QUICK
@given(SEEDS)
def test_more_money_is_never_worth_less_and_each_point_is_the_best_there_is(seed):
    problem, game, solution = proved(seed)
    curve = argue(game, solution, limits=WIDE).budget
    values = [p.value for p in curve.points]
    assert values == sorted(values)
    for p in curve.points:
        if p.exact:
            top, _ = best_of(problem, objective=replace(problem.objective, budget=p.money))
            assert p.value == pytest.approx(top, abs=1e-9)


@QUICK
@given(SEEDS)
def test_good_plans_are_all_the_sets_enumeration_finds(seed):
    problem, game, solution = proved(seed)
    near = argue(game, solution, limits=WIDE).near
    fresh = problem.game()
    ids = sorted(fresh.projects)
    sets = (frozenset(s) for k in range(len(ids) + 1) for s in combinations(ids, k))
    good = [
        s
        for s in sets
        if fresh.rules.feasible(s)
        and fresh.deficit(s) == 0
        and fresh.value(s) >= solution.value - near.within - 1e-9
    ]
    assert near.complete
    assert near.sets == len(good)
    assert near.always == tuple(i for i in ids if all(i in s for s in good))
    assert near.never == tuple(i for i in ids if not any(i in s for s in good))
    for a in near.alternatives:
        assert frozenset(a.projects) in good


@QUICK
@given(SEEDS, st.integers(6, 11))
def test_no_more_is_measured_than_the_limits_allow_and_nothing_said_is_false(seed, projects):
    problem = invented_problem(seed, projects=projects)
    game = problem.game()
    solution = solve(game, Limits(exact_sets=0))
    if game.deficit(solution.chosen) > 0:
        return
    limits = ArgueLimits(exact_sets=64)
    a = argue(game, solution, limits=limits)
    chosen, argued = len(a.chosen), len(a.thresholds)
    most = chosen * (limits.replacement + 1) + limits.missed + limits.pairs + limits.rounds * limits.per_round
    most += 4 * limits.budget_steps * limits.per_budget + 4 * argued * limits.per_threshold
    assert a.evaluations <= most
    for r in a.replacements:
        top, _ = best_of(problem, without=r.project) if projects <= 8 else (None, None)
        if top is not None:
            assert r.lost >= solution.value - top - 1e-9  # what is found never beats what there is
    for other in a.near.alternatives:
        assert game.rules.feasible(frozenset(other.projects))
        assert game.value(other.projects) >= solution.value - a.near.within - 1e-9


@QUICK
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_candidates_plays_no_part_in_reasons(seed, random):
    problem = invented_problem(seed, projects=8)
    shuffled = list(problem.candidates)
    random.shuffle(shuffled)
    arguments = []
    for candidates in (problem.candidates, shuffled):
        game = Game(Rules(candidates, problem.objective), problem.evaluate)
        arguments.append(argue(game, solve(game, Limits(exact_sets=0))))
    assert arguments[0] == arguments[1]
