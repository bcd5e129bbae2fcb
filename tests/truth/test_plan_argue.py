"""Reasons for plans small enough to argue with by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from yipan.errors import PlanError, UnknownName
from yipan.plan.argue import (
    ArgueLimits,
    argue,
    argument_from_dict,
    argument_to_dict,
    describe_argument,
    why,
)
from yipan.plan.argue.near import dispersed, distance
from yipan.plan.argue.pairs import pairs
from yipan.plan.core import Limits
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import invented_objective, invented_problem, invented_project
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.text import Text

COST = {"a": 4.0, "b": 6.0, "c": 6.0, "d": 4.0}
WORTH = {"a": 8.0, "b": 6.0, "c": 5.0, "d": 3.0}


def game_of(worth=WORTH, cost=COST, *, budget=11.0, pairs=(), years=(2026, 2030), yearly=None, needs=()):
    """A game worth the sum of `worth`, plus (a, b, points) for pairs; each pair is a term of both."""
    needed = dict(needs)
    projects = [invented_project(n, c, needs=needed.get(n, ())) for n, c in cost.items()]
    names = sorted(worth)

    def evaluate(ids):
        parts = [worth[n] if n in ids else 0.0 for n in names]
        for a, b, points in pairs:
            parts.append(1.0 * (a in ids) + 1.0 * (b in ids) + points * ({a, b} <= ids))
        return Evaluation(value=float(sum(parts)), clusters={"k": 0.0}, parts=np.array(parts))

    return Game(Rules(projects, invented_objective(budget, yearly=yearly, years=years)), evaluate)


@pytest.fixture(scope="module")
def argument():
    game = game_of()
    return argue(game, solve(game, Limits()), limits=ArgueLimits(near_points=1.0, near_share=0.0))


def by_project(values):
    return {v.project: v for v in values}


def test_replacement_cost_spends_the_freed_money_again(argument):
    # budget 11: a + b = 14. Without a the best is b + d = 9, without b it is a + c = 13.
    found = by_project(argument.replacements)
    assert argument.chosen == ("a", "b")
    assert (found["a"].dropped, found["a"].lost, found["a"].instead, found["a"].exact) == (8, 5, ("d",), True)
    assert (found["b"].dropped, found["b"].lost, found["b"].instead, found["b"].exact) == (6, 1, ("c",), True)


def test_a_project_drops_out_at_the_cost_where_another_set_takes_over(argument):
    # a: with d it is worth 11 > 9 as long as 4 + 4m <= 11; alone it is worth 8 < 9
    # b: with a as long as 4 + 6m <= 11; c comes in with a + d (16 > 14) once 8 + 6m <= 11, d beside a + b
    # once 4m <= 1
    found = by_project(argument.thresholds)
    for project, multiple in {"a": 7 / 4, "b": 7 / 6, "c": 3 / 6, "d": 1 / 4}.items():
        t = found[project]
        assert t.stays <= multiple + 1e-9
        assert multiple <= t.leaves
        assert t.leaves - t.stays <= 1.001e-3
        assert t.exact
    assert (found["a"].by, found["b"].by) == ("worth", "worth")


def test_a_project_that_nothing_can_beat_leaves_only_when_the_money_ends():
    game = game_of({"a": 8.0}, {"a": 4.0}, budget=10)
    (t,) = argue(game, solve(game, Limits())).thresholds
    assert t.stays == pytest.approx(2.5, abs=1e-3)
    assert t.by == "money"


def test_a_project_worth_nothing_never_comes_in_and_a_free_one_has_no_threshold():
    game = game_of({"a": 8.0, "b": 0.0, "c": 1.0}, {"a": 4.0, "b": 4.0, "c": 0.0}, budget=10)
    argument = argue(game, solve(game, Limits()))
    assert by_project(argument.thresholds)["b"].by == "never"
    assert by_project(argument.thresholds)["c"].by == "free"
    assert "thousandth" in why(argument, "b").text("en")
    assert "千分之一" in why(argument, "b").text("zh")


def test_good_plans_are_counted_and_say_what_is_in_all_and_in_none(argument):
    # at most 1 point below 14: a + b and a + c
    near = argument.near
    assert (near.sets, near.complete) == (2, True)
    assert near.share == {"a": 1.0, "b": 0.5, "c": 0.5, "d": 0.0}
    assert (near.always, near.never) == (("a",), ("d",))
    (other,) = near.alternatives
    # only one has b or c (12), either has a, b or c (16)
    assert (other.projects, other.below, other.distance) == (("a", "c"), 1.0, 0.75)
    assert (other.added, other.removed) == (("c",), ("b",))


def test_more_budget_is_worth_what_comes_in_next(argument):
    # a + b + d costs 14 and is worth 17: 3 more money, 3 points
    assert (argument.budget.next_needs, argument.budget.next_gain) == (pytest.approx(3.0), pytest.approx(3.0))
    assert argument.budget.next_in == ("d",)
    assert [round(p.money, 2) for p in argument.budget.points] == [9.9, 10.45, 11.0, 11.55, 12.1]
    # below 10 only a + d (8, worth 11) fits; up to 12.1 nothing more
    assert [p.value for p in argument.budget.points] == [11.0, 14.0, 14.0, 14.0, 14.0]
    assert argument.budget.points[0].added == ("d",)
    assert (argument.budget.up, argument.budget.down) == (0.0, 0.0)


def test_points_per_unit_of_money_are_those_of_the_nearest_step():
    game = game_of(budget=10.0)
    budget = argue(game, solve(game, Limits()), limits=ArgueLimits(budget_share=0.4, budget_steps=1)).budget
    # 6: only b (6), a (8) or c fit -> a = 8; 10: a + b = 14; 14: a + b + d = 17
    assert [p.value for p in budget.points] == [8.0, 14.0, 17.0]
    assert (budget.down, budget.up) == (pytest.approx(6 / 4), pytest.approx(3 / 4))


def test_the_yearly_limit_has_a_value_of_its_own():
    # one year: 10 in the budget, 6 in the year; with 8 a year a + d fit, with 10 a + b
    game = game_of(budget=10.0, yearly=6.0, years=(2026, 2026))
    yearly = argue(game, solve(game, Limits()), limits=ArgueLimits(budget_share=0.4, budget_steps=1)).yearly
    assert [p.value for p in yearly.points] == [0.0, 8.0, 11.0] or [p.value for p in yearly.points][1:] == [
        8.0,
        11.0,
    ]
    assert yearly.next_needs == pytest.approx(2.0, abs=0.02)
    assert yearly.next_in == ("d",)


def test_second_differences_tell_synergy_from_overlap():
    # a and b are worth 3 more together, a and c 2 less; both are built, so is d, which shares nothing
    game = game_of(budget=30.0, pairs=(("a", "b", 3.0), ("a", "c", -2.0)))
    solution = solve(game, Limits())
    assert solution.chosen == {"a", "b", "c", "d"}
    argument = argue(game, solution)
    assert [(p.a, p.b, p.top, p.base, p.kind) for p in argument.pairs] == [
        ("a", "b", 3.0, 3.0, "synergy"),
        ("a", "c", -2.0, -2.0, "overlap"),
    ]
    assert argument.unmeasured_pairs == 0
    assert "synergy" in why(argument, "b").text("en")
    assert why(argument, "d").pairs == ()


def test_top_and_base_differ_where_a_third_project_takes_the_effect_away():
    # people reached: a {1, 2}, b {2, 3}, c {2}; worth one point each, at most once
    reach = {"a": {1, 2}, "b": {2, 3}, "c": {2}}
    projects = [invented_project(n, 1.0) for n in reach]

    def evaluate(ids):
        parts = np.array([float(any(k in reach[i] for i in ids)) for k in (1, 2, 3)])
        return Evaluation(value=float(parts.sum()), clusters={"k": 0.0}, parts=parts)

    game = Game(Rules(projects, invented_objective(3)), evaluate)
    found = {(p.a, p.b): p for p in pairs(game, frozenset("abc"), (), allowance=50)[0]}
    # alone a and b overlap at 2; beside c, which reaches 2 anyway, they do not
    assert (found["a", "b"].base, found["a", "b"].top) == (-1.0, 0.0)
    assert found["a", "b"].kind == "none"


def test_what_needs_a_project_goes_with_it_and_is_no_pair_of_it():
    game = game_of(budget=10.0, pairs=(("a", "b", 3.0),), needs=(("b", ("a",)),))
    argument = argue(game, solve(game, Limits()))
    assert argument.chosen == ("a", "b")
    found = by_project(argument.replacements)
    assert found["a"].gone == ("b",)
    assert not any({p.a, p.b} == {"a", "b"} for p in argument.pairs)


def test_a_project_that_a_floor_hangs_on_is_called_indispensable():
    # the index of the cluster must rise by 1, and only a does that
    projects = [invented_project("a", 4), invented_project("b", 4)]

    def evaluate(ids):
        value = 1.0 * ("a" in ids) + 3.0 * ("b" in ids)
        return Evaluation(value=value, clusters={"k": 1.0 * ("a" in ids)}, parts=np.array([value]))

    game = Game(Rules(projects, invented_objective(4, floor=1.0)), evaluate)
    argument = argue(game, solve(game, Limits()))
    (r,) = argument.replacements
    assert (r.project, r.needed, r.exact, r.dropped) == ("a", True, True, 1.0)
    assert "indispensable" in why(argument, "a").text("en")
    assert "不可缺少" in why(argument, "a").text("zh")
    assert by_project(argument.thresholds)["a"].by == "money"
    # b would win on points, but never beside or instead of a
    assert by_project(argument.thresholds)["b"].by == "never"


def test_a_limit_of_pairs_is_kept_and_said(argument):
    game = game_of(budget=30.0, pairs=(("a", "b", 3.0),))
    # nothing is measured yet, so any of the six pairs might share terms
    assert pairs(game, frozenset("abcd"), (), allowance=0) == ((), 6)
    assert game.evaluations == 1
    # abcd, bcd, acd and cd are the top of a-b; then a, b and ab are its base
    found, left = pairs(game, frozenset("abcd"), (), allowance=7)
    assert [(p.a, p.b, p.top, p.base) for p in found if (p.a, p.b) == ("a", "b")] == [("a", "b", 3.0, 3.0)]
    assert 0 < left <= 5
    assert game.evaluations <= 8
    assert "6 pairs that share terms" in describe_argument(replace(argument, unmeasured_pairs=6), "en")


def test_dispersion_names_the_farthest_first_and_counts_money():
    game = game_of()
    ab, ac, ad, bd = map(frozenset, ("ab", "ac", "ad", "bd"))
    assert distance(game, ab, ac) == 12 / 16
    assert distance(game, ab, ad) == 10 / 14
    assert distance(game, ab, bd) == 8 / 14
    # from ab the farthest is ac (0.75); then from both: ad min(10/14, 10/14), bd min(8/14, 1)
    assert dispersed(game, [ab, ac, ad, bd], ab, 2) == [ac, ad]


def test_a_better_set_found_on_the_way_is_said():
    game = game_of()
    solution = solve(game, Limits())
    worse = replace(solution, chosen=frozenset("ac"), value=13.0, exact=None, trace=(("a", 8.0), ("c", 5.0)))
    argument = argue(game, worse)
    assert argument.better == ("a", "b")
    assert argument.better_value == 14.0
    assert "better" in describe_argument(argument, "en")
    assert "更好" in why(argument, "c").text("zh")
    assert by_project(argument.replacements)["c"].lost == -1.0


def test_why_tells_all_about_one_project_in_both_languages(argument):
    told = why(argument, "a")
    assert told.lines[0].en == "a (a) is in the plan."  # found by enumeration, not in steps
    assert (told.share, told.good_sets, told.complete) == (1.0, 2, True)
    text = told.text("en")
    for part in ("+8.000 points", "5.000 less once", "1.75 times", "in every good plan"):
        assert part in text
    assert "每个好方案里都有它" in told.text("zh")
    assert not any(t.zh == t.en for t in told.lines if t.en != "invented.")
    out = why(argument, "d").text("en")
    assert "not in the plan" in out
    assert "money: 3.0 (1e8) short" in out
    json.dumps(told.to_dict())


def test_who_gains_is_asked_for_only_what_is_argued_about():
    asked = []

    def gains(project):
        asked.append(project)
        return Text("甲区受益", "zone A gains")

    game = game_of()
    argument = argue(game, solve(game, Limits()), limits=ArgueLimits(missed=1), gains=gains)
    assert sorted(asked) == ["a", "b", "c"]  # c gains most per cost of what is left out: 5/6 > 3/4
    assert "zone A gains" in why(argument, "c").text("en")
    assert "甲区受益" not in why(argument, "d").text("zh")


def test_an_argument_survives_json(argument):
    again = argument_from_dict(json.loads(json.dumps(argument_to_dict(argument))))
    assert again == argument
    assert describe_argument(again, "zh") == describe_argument(argument, "zh")
    with pytest.raises(PlanError, match="yipan-argument"):
        argument_from_dict({"format": "other"})
    broken = argument_to_dict(argument)
    del broken["near"]["within"]
    with pytest.raises(PlanError, match="within"):
        argument_from_dict(broken)


def test_a_project_that_is_no_candidate_is_named_with_those_there_are(argument):
    with pytest.raises(UnknownName, match="choose one of: a, b, c, d"):
        why(argument, "z")
    game = game_of()
    with pytest.raises(UnknownName, match="z"):
        argue(game, solve(game, Limits()), about=("z",))


def test_any_project_can_be_asked_about():
    game = invented_problem(3, projects=10).game()
    solution = solve(game, Limits(exact_sets=0))
    limits = ArgueLimits(missed=0)
    out = next(i for i in game.rules.ids if i not in solution.chosen)
    assert why(argue(game, solution, limits=limits), out).threshold is None
    told = why(argue(game, solution, limits=limits, about=(out,)), out)
    assert told.threshold is not None
    assert told.told.out is not None
