"""Laws of reasons and robustness, held against plain enumeration of invented problems."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yipan.plan.argue import ArgueLimits, argue
from yipan.plan.core import Limits
from yipan.plan.game import Game
from yipan.plan.invented import invented_problem
from yipan.plan.robust import Contender, Sampling, contenders, robust
from yipan.plan.robust.draws import draw
from yipan.plan.robust.worth import prepare, run
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.scenario.values import Ranges
from yipan.text import Text

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=12, deadline=None, derandomize=True)
ALL = Limits(exact_sets=10_000)
WIDE = ArgueLimits(
    exact_sets=10_000,
    replacement=10_000,
    replacements=10_000,
    per_budget=10_000,
    per_threshold=10_000,
    thresholds=10_000,
    missed=9,
)


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
        assert r.needed == (top is None)
        if top is not None:
            assert r.exact
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
def test_neither_order_nor_measuring_side_by_side_plays_a_part_in_reasons(seed, random):
    problem = invented_problem(seed, projects=8)
    shuffled = list(problem.candidates)
    random.shuffle(shuffled)
    arguments = []
    for batch in (None, lambda sets: [problem.evaluate(s) for s in sets]):
        rules = Rules(shuffled if batch else problem.candidates, problem.objective)
        game = Game(rules, problem.evaluate, batch=batch)
        arguments.append(argue(game, solve(game, Limits(exact_sets=0))))
    assert arguments[0] == arguments[1]


FEW = Sampling(draws=300)
CERTAIN = Ranges(cost=(1.0, 1.0), delay=(0.0, 0.0), effect=(1.0, 1.0))
SOME = Ranges(cost=(0.9, 1.6), delay=(0.0, 2.0), effect=(0.6, 1.1))


@QUICK
@given(SEEDS, st.floats(0, 0.2))
def test_with_nothing_uncertain_every_draw_is_exactly_the_plan(seed, discount):
    problem, _, _ = proved(seed)
    objective = replace(problem.objective, discount=discount)
    game = Game(Rules(problem.candidates, objective), problem.evaluate)
    plans = contenders(game, solve(game, ALL))
    found = robust(game, plans, ranges_of=lambda _: CERTAIN, sampling=FEW)
    for o, p in zip(found.outcomes, plans, strict=True):
        assert o.planned == game.value(p.years)
        assert {o.horizon.p5, o.horizon.p50, o.horizon.p95} == {o.planned}
        assert o.horizon.mean == pytest.approx(o.planned, abs=1e-12)
        assert o.as_planned == 1.0
        # the path is what measuring every year gives
        opens = {x.project: x.planned for x in o.openings}
        years = range(objective.start, objective.end + 1)
        yearly = [game.value(i for i, y in opens.items() if y <= t) for t in years]
        weights = [(1 + discount) ** (objective.start - t) for t in years]
        assert o.path.p50 == pytest.approx(np.average(yearly, weights=weights))
    assert found.check.largest <= 1e-9
    assert found.drivers == ()


@QUICK
@given(SEEDS, st.integers(0, 5), st.floats(1.0, 2.0))
def test_a_dearer_project_never_makes_a_draw_better(seed, which, factor):
    # gains of these problems are never negative along the order of opening: their terms only rise
    problem, game, solution = proved(seed)
    (plan, *_) = contenders(game, solution)
    assume(plan.years)
    ready = prepare(game, plan, groups={})
    dear = ready.order[which % len(ready.order)]
    inputs = draw(dict.fromkeys(plan.years, SOME), FEW)
    dearer = replace(
        inputs, values={k: v * factor if k == (dear, "cost") else v for k, v in inputs.values.items()}
    )
    before, after = (run(ready, x, problem.objective) for x in (inputs, dearer))
    assert (after.opened >= before.opened).all()
    assert (after.horizon <= before.horizon + 1e-9).all()
    assert (after.path <= before.path + 1e-9).all()


@QUICK
@given(SEEDS, st.integers(0, 5))
def test_identical_plans_tie_in_every_draw(seed, number):
    _, game, solution = proved(seed)
    (plan, *_) = contenders(game, solution)
    twin = Contender(id="twin", name=Text("同", "twin"), years=dict(reversed(plan.years.items())))
    sampling = replace(FEW, seed=number, demand={"all": (0.8, 1.1)}, together={"cost": 0.5})
    found = robust(game, [plan, twin], ranges_of=lambda _: SOME, sampling=sampling)
    assert found.duels[0].level == 1.0
    assert found.duels[0].margin == 0.0
    assert replace(found.outcomes[1], plan="plan", name=found.outcomes[0].name) == found.outcomes[0]


@QUICK
@given(SEEDS, st.randoms(use_true_random=False))
def test_neither_the_order_of_candidates_nor_other_plans_change_what_a_plan_is_worth(seed, random):
    problem, game, solution = proved(seed)
    plans = contenders(game, solution)
    shuffled = list(problem.candidates)
    random.shuffle(shuffled)
    other = Game(Rules(shuffled, problem.objective), problem.evaluate)
    first = robust(game, plans, ranges_of=lambda _: SOME, sampling=FEW)
    assert robust(other, plans, ranges_of=lambda _: SOME, sampling=FEW).outcomes == first.outcomes
    alone = robust(game, plans[:1], ranges_of=lambda _: SOME, sampling=FEW).outcomes[0]
    assert replace(alone, regret=0.0) == replace(first.outcomes[0], regret=0.0)
    assert alone.regret == 0.0


@QUICK
@given(SEEDS)
def test_statements_about_draws_fit_together(seed):
    _, game, solution = proved(seed)
    plans = contenders(game, solution)
    found = robust(game, plans, ranges_of=lambda _: SOME, sampling=FEW)
    for d in found.duels:
        assert d.ahead + d.level + d.behind == pytest.approx(1.0)
    for o in found.outcomes:
        assert o.horizon.p5 <= o.horizon.p50 <= o.horizon.p95
        assert o.worst <= o.horizon.mean + 1e-9
        assert o.regret >= 0
        assert o.as_planned <= min((x.in_time for x in o.openings), default=1.0)
    assert max(o.worst for o in found.outcomes) == pytest.approx(
        next(o.worst for o in found.outcomes if o.plan == found.best_in_bad)
    )
