"""Planning at its edges: money to the last decimal, many candidates, floors, projects that do not apply."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import numpy as np

from yipan.plan.argue import ArgueLimits, argue, argument_from_dict, argument_to_dict, why
from yipan.plan.argue.replace import informed
from yipan.plan.core import Limits, count_sets, within_budget
from yipan.plan.exchange import exchange
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import invented_objective, invented_of, invented_project
from yipan.plan.proof import bound_of
from yipan.plan.regret import RegretEvaluator, Regretted, solve_again, solve_regret
from yipan.plan.rules import Rules
from yipan.plan.solve import solve


def worth_of(worth, *, index=None):
    """An evaluation that adds up what projects are worth, and what they raise the index of cluster k by."""
    rise = worth if index is None else index

    def evaluate(ids):
        parts = np.array([worth[i] if i in ids else 0.0 for i in sorted(worth)])
        k = float(sum(rise.get(i, 0.0) for i in ids))
        return Evaluation(value=float(parts.sum()), clusters={"k": k}, parts=parts)

    return evaluate


def test_a_budget_met_to_the_last_decimal_is_not_left_out_of_the_enumeration():
    # 0.1 + 0.2 is 0.30000000000000004 to a computer; a (0.3, worth 2) is paid by 0.3, b (0.1) is worth 1
    candidates = [invented_project("a", 0.1, 0.2), invented_project("b", 0.1)]
    game = Game(Rules(candidates, invented_objective(0.3)), worth_of({"a": 2.0, "b": 1.0}))
    assert within_budget(game.rules) == ["a", "b"]
    solution = solve(game, Limits())
    assert solution.exact is not None
    assert solution.exact.chosen == solution.chosen == {"a"}
    assert solution.exact.sets == 3  # nothing, a, b


def test_what_was_not_proved_is_not_called_proved():
    game = Game(
        Rules([invented_project("a", 1), invented_project("b", 1)], invented_objective(1)),
        worth_of({"a": 2.0, "b": 1.0}),
    )
    solution = solve(game, Limits())
    assert solution.exact is not None
    assert bound_of(game, solution, None).proved
    unsure = replace(solution, exact=replace(solution.exact, proved=False))
    assert not bound_of(game, unsure, None).proved


def test_sets_are_counted_as_by_combinations_and_with_very_many_candidates():
    costs = {f"p{k}": 1.0 + k for k in range(6)}
    game = Game(
        Rules([invented_project(i, c) for i, c in costs.items()], invented_objective(7.0)),
        worth_of(dict.fromkeys(costs, 1.0)),
    )
    some = [s for n in range(7) for s in combinations(costs, n) if sum(costs[i] for i in s) <= 7.0]
    assert count_sets(game, list(costs), 1000) == len(some)
    many = {f"p{k:04}": 1.0 for k in range(1500)}
    large = Game(Rules([invented_project(i, 1.0) for i in many], invented_objective(30.0)), worth_of(many))
    assert count_sets(large, list(many), 256) == 257


def test_where_nothing_else_reaches_a_floor_the_cost_that_ends_a_project_is_one_of_money():
    # only a and b together (2 + 2 of 5) raise k by 2; when a costs more than 3 there is no plan at all,
    # although a alone could still be paid up to 5
    candidates = [invented_project("a", 2), invented_project("b", 2), invented_project("c", 1)]
    evaluate = worth_of({"a": 1.0, "b": 1.0, "c": 0.5}, index={"a": 1.0, "b": 1.0})
    game = Game(Rules(candidates, invented_objective(5.0, floor=2.0)), evaluate)
    argument = argue(game, solve(game, Limits()))
    found = next(t for t in argument.thresholds if t.project == "a")
    assert found.by == "money"
    assert found.stays is not None
    assert found.leaves is not None
    assert found.stays <= 1.5 <= found.leaves  # 3 of 2
    assert next(r for r in argument.replacements if r.project == "a").needed


def test_a_candidate_that_never_applies_leaves_the_argument_writable():
    def evaluate(ids):
        if {"a", "b"} <= ids:
            return None
        return Evaluation(value=float(len(ids)), clusters={"k": 0.0})

    candidates = [invented_project("a", 1), invented_project("b", 1, needs=("a",)), invented_project("c", 1)]
    game = Game(Rules(candidates, invented_objective(2.0)), evaluate)
    argument = argue(game, solve(game, Limits()))
    back = argument_from_dict(json.loads(json.dumps(argument_to_dict(argument), allow_nan=False)))
    assert argument.chosen == back.chosen == ("a", "c")
    assert np.isnan(next(t.alone for t in back.told if t.project == "b"))


def test_steps_are_told_only_of_projects_taken_step_by_step():
    game = Game(
        Rules([invented_project(i, 1) for i in "abc"], invented_objective(2.0)),
        worth_of({"a": 3.0, "b": 2.0, "c": 1.0}),
    )
    listed, grown = solve(game, Limits()), solve(game, Limits(exact_sets=0, subset_sets=0))
    assert (listed.start, listed.stepwise) == ("exact", 0)
    assert grown.stepwise == 2
    assert "taken" not in why(argue(game, listed), "a").text("en")
    assert "taken 1st of 2" in why(argue(game, grown), "a").text("en")


def test_reasons_tell_the_same_loss_as_the_argument():
    game = invented_of("rivalry", 5, projects=9).game()
    solution = solve(game, Limits(exact_sets=0, swap_evaluations=0, relink_evaluations=0))
    argument = argue(game, solution)
    told = informed(solution, argument.replacements)
    for r in argument.replacements:
        if not r.needed:
            e = told.exchanges[r.project]
            assert e.value == solution.value - r.lost
            assert abs(game.value(e.chosen) - e.value) < 1e-6
            assert r.project not in e.chosen


def test_no_more_is_measured_for_replacements_and_thresholds_than_was_allowed():
    problem = invented_of("synergy", 3, projects=24)
    game = problem.game()
    solution = solve(game, Limits())
    before = game.evaluations
    limits = ArgueLimits(replacements=5, thresholds=2, pairs=0, missed=0, rounds=0, per_budget=0)
    argument = argue(game, solution, limits=limits)
    known = len(argument.replacements)  # each may be asked for once without its money spent again
    assert game.evaluations - before <= 5 + 2 + known
    assert known == len(solution.chosen) > 3


def test_a_better_plan_for_a_future_found_later_makes_the_regrets_be_taken_again():
    # the search was content with c for the future "dry"; a, worth 10 there, is measured later
    rules = Rules([invented_project(i, 1.0) for i in "abc"], replace(invented_objective(1.0), floors={}))
    worth = {"dry": {"a": 10.0, "b": 0.0, "c": 6.0}, "wet": {"a": 0.0, "b": 6.0, "c": 6.0}}
    games = {f: Game(rules, worth_of(w)) for f, w in worth.items()}
    found = solve_regret(rules, games, Limits())
    assert solve_again(rules, found, Limits()) is found
    stale = {f: replace(b, value=6.0) for f, b in found.evaluator.best.items()}
    evaluator = RegretEvaluator(games, stale)
    old = Regretted(
        game=Game(rules, evaluator), solution=replace(found.solution, value=0.0), evaluator=evaluator
    )
    again = solve_again(rules, old, Limits())
    assert again.evaluator.best["dry"].value == 10.0
    assert again.regret == 4.0  # c: 10 - 6
    assert (again.evaluator.table(again.solution.chosen)["regret"] >= 0).all()
    assert "no sum of terms" in bound_of(again.game, replace(again.solution, exact=None), None).proof.en


def test_a_project_that_saves_carbon_is_not_dropped_where_the_rest_would_emit_too_much():
    # a emits 4 of at most 3, b saves 2 and is worth -1: a needs b; without it the set would be worth more
    candidates = [
        replace(invented_project("a", 1), carbon=4.0),
        replace(invented_project("b", 1), carbon=-2.0),
        replace(invented_project("c", 1, needs=("a", "b")), carbon=0.0),
    ]
    objective = replace(invented_objective(3.0), carbon=3.0)
    game = Game(Rules(candidates, objective), worth_of({"a": 5.0, "b": -1.0, "c": 1.0}))
    for limits in (Limits(), Limits(exact_sets=0)):
        solution = solve(game, limits)
        assert solution.chosen == {"a", "b", "c"}  # 5 - 1 + 1
        assert game.rules.feasible(solution.chosen)
    assert exchange(
        Game(Rules(candidates[:2], objective), worth_of({"a": 5.0, "b": -1.0})),
        frozenset("ab"),
        alone={"a": 5.0, "b": -1.0},
        gains={},
        limits=Limits(),
    )[0] == {"a", "b"}
