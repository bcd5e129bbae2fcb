"""Laws of the search core: batches and order change nothing, money never hurts, bounds hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.plan.bound import upper_bound
from yipan.plan.branch import branch_and_bound
from yipan.plan.core import Limits, rank
from yipan.plan.game import Game
from yipan.plan.greedy import grow
from yipan.plan.invented import FAMILIES, invented_of, invented_problem
from yipan.plan.knapsack import buy_most
from yipan.plan.pareto import front_by_budget
from yipan.plan.phase import phase
from yipan.plan.relink import relink
from yipan.plan.rules import Rules
from yipan.plan.solve import solve

SEEDS = st.integers(0, 10_000)
FAMILY = st.sampled_from(sorted(FAMILIES))
QUICK = settings(max_examples=25, deadline=None, derandomize=True)
HEURISTIC = Limits(exact_sets=0, subset_sets=16, branch_nodes=40)


@QUICK
@given(SEEDS, FAMILY)
def test_measuring_many_sets_at_once_changes_nothing(seed, family):
    problem = invented_of(family, seed, projects=7)
    sizes = []

    def batch(sets):
        assert len(set(sets)) == len(sets)
        sizes.append(len(sets))
        return [problem.evaluate(s) for s in reversed(sets)][::-1]

    rules = Rules(problem.candidates, problem.objective)
    at_once = Game(rules, problem.evaluate, structure=problem.structure, batch=batch)
    one_by_one = problem.game()
    a, b = solve(at_once, HEURISTIC), solve(one_by_one, HEURISTIC)
    assert a == b
    assert list(at_once.seen) == list(one_by_one.seen)
    assert upper_bound(at_once, ceilings=None, evaluations=5) == upper_bound(
        one_by_one, ceilings=None, evaluations=5
    )
    assert max(sizes) > 1


@QUICK
@given(SEEDS, FAMILY, st.randoms(use_true_random=False))
def test_the_order_of_candidates_plays_no_part_in_branch_and_bound(seed, family, random):
    problem = invented_of(family, seed, projects=7)
    shuffled = list(problem.candidates)
    random.shuffle(shuffled)
    game = Game(Rules(shuffled, problem.objective), problem.evaluate, structure=problem.structure)
    assert branch_and_bound(game, nodes=30) == branch_and_bound(problem.game(), nodes=30)


@QUICK
@given(SEEDS, FAMILY, st.floats(1.0, 2.0))
def test_more_money_never_makes_a_proved_plan_worse(seed, family, factor):
    problem = invented_of(family, seed, projects=6)
    richer = replace(problem, objective=replace(problem.objective, budget=problem.objective.budget * factor))
    poor = branch_and_bound(problem.game(), nodes=5000)
    rich = branch_and_bound(richer.game(), nodes=5000)
    if poor.complete and rich.complete:
        assert rich.value >= poor.value - 1e-8


@QUICK
@given(SEEDS, FAMILY, st.integers(1, 60))
def test_a_branched_plan_keeps_every_rule_and_its_bound(seed, family, nodes):
    problem = invented_of(family, seed, projects=7)
    game = problem.game()
    found = branch_and_bound(game, nodes=nodes)
    if found.chosen is None:
        return
    assert game.deficit(found.chosen) == 0
    assert found.upper is None or found.upper >= found.value
    o, by_id = problem.objective, {p.id: p for p in problem.candidates}
    assert sum(by_id[i].cost for i in found.chosen) <= o.budget + 1e-6
    years = phase(game.rules, found.chosen, dict.fromkeys(found.chosen, 1.0))
    spent = dict.fromkeys(range(o.start, o.end + 1), 0.0)
    for i in found.chosen:
        assert set(by_id[i].needs) <= found.chosen
        assert not set(by_id[i].excludes) & found.chosen
        for k, capital in enumerate(by_id[i].capital):
            spent[years[i] + k] += capital
    assert max(spent.values()) <= o.yearly + 1e-6


@QUICK
@given(SEEDS, FAMILY)
def test_more_nodes_never_loosen_the_bound_of_a_declared_structure(seed, family):
    problem = invented_of(family, seed, projects=7)
    if problem.structure == "unknown":
        return
    bounds = [branch_and_bound(problem.game(), nodes=n).upper for n in (1, 4, 16, 5000)]
    told = [np.inf if b is None else b for b in bounds[:3]]
    assert all(b <= a + 1e-6 for a, b in pairwise(told))


@QUICK
@given(SEEDS)
def test_relinking_never_leaves_the_rules_and_never_loses(seed):
    game = invented_problem(seed, projects=8).game()
    a, b = grow(game, by="density").chosen, grow(game, by="gain").chosen
    if game.deficit(a) > 0 or not game.rules.feasible(a):
        return
    better = relink(game, a, [b], evaluations=40)
    assert rank(game, better) >= rank(game, a)
    assert game.rules.feasible(better)
    assert relink(game, a, [a], evaluations=40) == a


@QUICK
@given(SEEDS, FAMILY, st.lists(st.floats(1.0, 60.0), min_size=1, max_size=5))
def test_the_best_plan_by_budget_never_falls(seed, family, budgets):
    game = invented_of(family, seed, projects=6).game()
    if game.deficit(frozenset()) > 0:
        return
    front = front_by_budget(game, budgets, limits=Limits(exact_sets=0, branch_nodes=0))
    by_money = sorted((p.values[1], p.values[0]) for p in front.points)
    assert all(a[1] < b[1] for a, b in pairwise(by_money))
    assert max(p.values[1] for p in front.points) <= max(budgets) + 1e-6


@QUICK
@given(
    st.lists(st.tuples(st.floats(-1, 5), st.floats(0, 5)), max_size=7),
    st.floats(0, 12),
    st.integers(0, 20),
)
def test_the_knapsack_bound_is_the_best_purchase_or_above(items, money, steps):
    gains, costs = [g for g, _ in items], [c for _, c in items]
    best = max(
        sum(gains[k] for k in range(len(items)) if mask >> k & 1)
        for mask in range(1 << len(items))
        if sum(costs[k] for k in range(len(items)) if mask >> k & 1) <= money
    )
    exact = buy_most(gains, costs, money=money)
    assert abs(exact.most - best) <= 1e-9
    assert buy_most(gains, costs, money=money, steps=steps).most >= best - 1e-9
