"""Robustness held against figures worked by hand, closed forms and scipy."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from yipan.errors import PlanError
from yipan.measure import NEEDS, measure
from yipan.plan.argue import argue
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import invented_objective, invented_problem, invented_project
from yipan.plan.invented_candidates import invented_candidates
from yipan.plan.objective import default_objective
from yipan.plan.robust import (
    Contender,
    Sampling,
    contenders,
    describe_robustness,
    need_groups,
    robust,
    robustness_from_dict,
    robustness_to_dict,
)
from yipan.plan.robust.compare import duel, worst_mean
from yipan.plan.robust.draws import Inputs, draw, quantile
from yipan.plan.robust.worth import NEVER, prepare, run
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.plan.valuation import target_keys
from yipan.region import example
from yipan.scenario.values import Ranges
from yipan.text import Text

WORTH = {"a": 8.0, "b": 6.0}
FEW = Sampling(draws=2000)


def game_of(projects, objective, *, worth=None):
    worth = WORTH if worth is None else worth

    def evaluate(ids):
        parts = np.array([worth[n] if n in ids else 0.0 for n in sorted(worth)])
        return Evaluation(value=float(parts.sum()), clusters={"k": 0.0}, parts=parts)

    return Game(Rules(projects, objective), evaluate)


def plain_game(**changes):
    return game_of([invented_project("a", 4), invented_project("b", 6)], invented_objective(11, **changes))


def plan_of(key="plan", **years):
    return Contender(id=key, name=Text(key, key), years=years)


def ran(game, plan, draws=1, groups=None, **inputs):
    """Run one plan on given inputs: cost_a=1.5 is the cost of a."""
    values = {
        (name.split("_")[1], name.split("_")[0]): np.full(draws, value) for name, value in inputs.items()
    }
    return run(prepare(game, plan, groups=groups or {}), Inputs(values, draws), game.objective)


def test_an_overrun_beyond_the_promised_money_keeps_the_last_project_from_opening():
    # budget 11; a costs 4 x 1.5 = 6, with b 12 > 11: b does not open; a opens in 2027, four of five years
    r = ran(plain_game(), plan_of(a=2026, b=2027), cost_a=1.5)
    assert r.opened.tolist() == [[2027, NEVER]]
    assert (r.horizon[0], r.path[0]) == (8.0, pytest.approx(8 * 4 / 5))
    # 4 x 1.25 + 6 = 11 is still within it
    assert ran(plain_game(), plan_of(a=2026, b=2027), cost_a=1.25).horizon[0] == 14.0


def test_an_empty_plan_is_worth_the_region_as_it_is():
    found = robust(plain_game(), [plan_of(a=2026), plan_of("nothing")], sampling=FEW)
    assert (found.outcomes[1].horizon.p50, found.outcomes[1].as_planned) == (0.0, 1.0)
    assert found.duels[0].ahead == 1.0


def test_an_overrun_within_the_budget_waits_for_the_yearly_money():
    # 5 a year: 5, 10, 13 promised by 2026, 2027, 2028. a costs 6: paid in 2027, open in 2028, not 2027.
    # a and b cost 12: paid in 2028, open in 2029 as planned
    projects = [invented_project("a", 4), invented_project("b", 3, 3)]
    game = game_of(projects, invented_objective(13, yearly=5))
    assert ran(game, plan_of(a=2026, b=2027)).opened.tolist() == [[2027, 2029]]
    assert ran(game, plan_of(a=2026, b=2027), cost_a=1.5).opened.tolist() == [[2028, 2029]]
    # a 4, b 6 x 1.75 = 10.5: 14.5 > 13
    assert ran(game, plan_of(a=2026, b=2027), cost_b=1.75).opened.tolist() == [[2027, NEVER]]


def test_delays_are_whole_years_and_what_is_needed_is_waited_for():
    projects = [invented_project("a", 4), invented_project("b", 6, needs=("a",))]
    game = game_of(projects, invented_objective(11))
    assert ran(game, plan_of(a=2026, b=2026), delay_a=1.4).opened.tolist() == [[2028, 2028]]
    assert ran(game, plan_of(a=2026, b=2026), delay_b=1.5).opened.tolist() == [[2027, 2029]]
    late = ran(game, plan_of(a=2026, b=2026), delay_a=5.0)
    # open in 2032, after the year 2031 that the horizon is judged in
    assert (late.opened.tolist(), late.horizon.tolist()) == ([[2032, 2032]], [0.0])


def test_effect_and_demand_multiply_gains():
    game, plan = plain_game(), plan_of(a=2026, b=2027)
    assert ran(game, plan, effect_a=0.5).horizon[0] == 8 * 0.5 + 6
    assert ran(game, plan, demand_all=0.5, effect_b=0.5).horizon[0] == 0.5 * (8 + 3)
    first = {"first": np.array([True, False])}  # the term of a
    assert ran(game, plan, groups=first, demand_first=0.5).horizon[0] == 4 + 6


def test_later_gains_count_less_on_the_path():
    # discount 25 %, three years: weights 1, 0.8, 0.64; a opens in the second, b in the third
    objective = replace(invented_objective(11, years=(2026, 2028)), discount=0.25)
    game = game_of([invented_project("a", 4), invented_project("b", 6)], objective)
    r = ran(game, plan_of(a=2026, b=2027))
    assert r.path[0] == pytest.approx((8 * (0.8 + 0.64) + 6 * 0.64) / 2.44)


def test_chance_to_open_agrees_with_the_closed_form():
    # triangular 0.5-1-1.5 of 4, budget 5: P(factor <= 1.25) = 1 - 0.25^2 / (1 x 0.5) = 0.875
    game = game_of([invented_project("a", 4)], invented_objective(5), worth={"a": 8.0})
    found = robust(game, [plan_of(a=2026)], ranges_of=lambda _: Ranges(cost=(0.5, 1.5)))
    (o,) = found.outcomes
    assert o.as_planned == pytest.approx(0.875, abs=4 * np.sqrt(0.875 * 0.125 / found.draws))
    assert o.horizon.mean == pytest.approx(8 * o.as_planned)
    assert (o.horizon.p5, o.horizon.p50, o.worst) == (0.0, 8.0, 0.0)
    # half the draws cost at most 4; 80 %: 1 - (1.5 - f)^2 / 0.5 = 0.8
    assert (o.cost, o.cost_p50) == (4.0, pytest.approx(4.0, abs=0.05))
    assert o.cost_p80 == pytest.approx(4 * (1.5 - np.sqrt(0.1)), abs=0.05)


@pytest.mark.parametrize("span", [(0.5, 1.5), (0.9, 1.6), (1.0, 2.0), (0.4, 1.0), (1.2, 1.4)])
def test_ranges_are_the_triangular_and_beta_distributions_of_scipy(span):
    u = np.linspace(0.001, 0.999, 500)
    low, high = span
    width, mode = high - low, min(max(1.0, low), high)
    rise = (mode - low) / width
    expected = stats.triang(rise, loc=low, scale=width).ppf(u)
    assert quantile(u, low, high, stated=1.0, shape="triangular") == pytest.approx(expected, abs=1e-12)
    expected = stats.beta(1 + 4 * rise, 1 + 4 * (1 - rise), loc=low, scale=width).ppf(u)
    assert quantile(u, low, high, stated=1.0, shape="pert") == pytest.approx(expected, abs=width / 4096)


def test_what_goes_together_is_correlated_and_keeps_its_range():
    ranges = {i: Ranges(cost=(0.5, 1.5)) for i in ("a", "b")}

    def correlation(together):
        x = draw(ranges, Sampling(together={"cost": together}))
        return stats.spearmanr(x.of("a", "cost"), x.of("b", "cost")).statistic, x.of("a", "cost")

    apart, _ = correlation(0.0)
    half, values = correlation(0.5)
    same, _ = correlation(1.0)
    assert abs(apart) < 0.05
    # Spearman's of a normal copula: 6/pi asin(r/2)
    assert half == pytest.approx(6 / np.pi * np.arcsin(0.25), abs=0.03)
    assert same == pytest.approx(1.0)
    assert stats.kstest(values, stats.triang(0.5, loc=0.5, scale=1).cdf).pvalue > 0.001


def test_bad_futures_are_the_maximum_of_rockafellar_and_uryasev():
    rng = np.random.default_rng(3)
    for n, tail in ((10, 0.1), (25, 0.1), (7, 0.33), (50, 1.0)):
        x = rng.normal(size=n)
        # their formula for losses, for gains: max over t of t - E[(t - x)+] / tail, reached at one of x
        expected = max(t - np.maximum(t - x, 0).mean() / tail for t in x)
        assert worst_mean(x, tail) == pytest.approx(expected)


def test_a_duel_counts_draws_and_gives_its_standard_error():
    d = duel("other", np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 4.0, 1.0]))
    assert (d.ahead, d.level, d.behind) == (0.5, 0.25, 0.25)
    assert d.error == pytest.approx(0.25)  # sqrt(0.5 x 0.5 / 4)
    assert d.margin == pytest.approx(0.75)
    assert d.margin_error == pytest.approx(np.std([1, 0, -1, 3], ddof=1) / 2)


def test_the_safe_plan_wins_in_bad_futures_and_the_bold_one_on_paper():
    # bold is worth 10, but its effect may be anything from a half; safe is worth 8 for certain
    projects = [invented_project("bold", 4), invented_project("safe", 4)]
    game = game_of(projects, invented_objective(4), worth={"bold": 10.0, "safe": 8.0})

    def ranges_of(p):
        return Ranges(effect=(0.4, 1.0)) if p.id == "bold" else Ranges(effect=(1.0, 1.0))

    found = robust(game, [plan_of("bold", bold=2026), plan_of("safe", safe=2026)], ranges_of=ranges_of)
    # with mode and high at 1: P(10 e > 8) = 1 - (0.4 / 0.6)^2 = 5/9
    (d,) = found.duels
    assert d.ahead == pytest.approx(5 / 9, abs=4 * d.error)
    assert found.best_in_bad == "safe"
    assert [o.planned for o in found.outcomes] == [10.0, 8.0]
    assert found.outcomes[1].worst == 8.0
    (driver,) = found.drivers
    assert (driver.project, driver.kind) == ("bold", "effect")
    assert (driver.correlation, driver.between) == (pytest.approx(1.0), pytest.approx(1.0))
    # 5 % and 95 % of a triangle rising to 1: 0.4 + 0.6 sqrt(p)
    assert driver.low == pytest.approx(10 * (0.4 + 0.6 * np.sqrt(0.05)), abs=0.15)
    assert driver.high == pytest.approx(10 * (0.4 + 0.6 * np.sqrt(0.95)), abs=0.05)
    for part in ("Beats safe", "standard error 0.5%", "Best on average over its worst 10% of futures: safe"):
        assert part in describe_robustness(found, "en")
    assert "胜过safe的可能" in describe_robustness(found, "zh")


def test_drivers_are_spearmans_rank_correlations():
    game = game_of(
        [invented_project(n, 1) for n in "abc"], invented_objective(3), worth={"a": 5.0, "b": 2.0, "c": 1.0}
    )
    sampling = replace(FEW, demand={"all": (0.9, 1.1)})
    ranges = {i: Ranges(effect=(0.5, 1.2)) for i in "abc"}
    found = robust(
        game, [plan_of(a=2026, b=2026, c=2026)], ranges_of=lambda p: ranges[p.id], sampling=sampling
    )
    inputs = draw(ranges, sampling)
    effects = np.stack([inputs.of(i, "effect") for i in "abc"])
    value = inputs.of("all", "demand") * (np.array([5.0, 2.0, 1.0]) @ effects)
    for d in found.drivers:
        expected = stats.spearmanr(inputs.of(d.project, d.kind), value).statistic
        assert d.correlation == pytest.approx(expected, abs=1e-6)
    assert [d.project for d in found.drivers if d.kind == "effect"] == ["a", "b", "c"]


def test_inputs_that_cannot_be_told_from_noise_are_counted_not_shown():
    # costs vary within the budget and decide nothing; the effect of a decides everything
    game = game_of([invented_project("a", 4), invented_project("b", 4)], invented_objective(20))

    def ranges_of(p):
        return Ranges(cost=(0.9, 1.1), effect=(0.5, 1.0) if p.id == "a" else None)

    found = robust(game, [plan_of(a=2026, b=2026)], ranges_of=ranges_of, sampling=FEW)
    text = describe_robustness(found, "en")
    assert "(3 inputs vary; what the others do" in text
    assert sum(line.startswith(("a  ", "b  ")) and " cost " in line for line in text.splitlines()) == 0
    assert any("effect" in line and line.startswith("a") for line in text.splitlines())


def test_adding_up_is_checked_against_measuring():
    # a reaches {1, 2}, b {2, 3}: 2 + 1 in that order. Where a never opens b is worth 2, adding up says 1.
    reach = {"a": {1, 2}, "b": {2, 3}}

    def evaluate(ids):
        return Evaluation(value=float(len(set().union(*(reach[i] for i in ids)))))

    projects = [invented_project(n, 1) for n in "ab"]
    game = Game(Rules(projects, invented_objective(2)), evaluate)
    plan = plan_of(a=2026, b=2027)
    late = robust(
        game, [plan], sampling=FEW, ranges_of=lambda p: Ranges(delay=(9, 9) if p.id == "a" else (0, 0))
    )
    assert late.outcomes[0].horizon.p50 == 1.0
    assert (late.check.covered, late.check.largest, late.check.mean) == (1.0, 1.0, 1.0)
    # what the money cuts off at the end is exact: only a is paid for
    dear = robust(game, [plan], sampling=FEW, ranges_of=lambda p: Ranges(cost=(1.5, 1.5)))
    assert dear.outcomes[0].horizon.p50 == 2.0
    assert (dear.check.covered, dear.check.largest) == (1.0, 0.0)
    nothing = robust(
        Game(game.rules, evaluate),
        [plan],
        sampling=replace(FEW, checks=0),
        ranges_of=lambda p: Ranges(delay=(9, 9) if p.id == "a" else (0, 0)),
    )
    assert (nothing.check.covered, nothing.check.sets) == (0.0, 0)


def test_own_ranges_come_before_reference_classes_and_unstated_ones_are_named():
    a = replace(invented_project("a", 4), ranges=Ranges(cost=(1.0, 1.0)))
    game = game_of([a, invented_project("b", 6)], invented_objective(11))
    plan = plan_of(a=2026, b=2027)
    found = robust(game, [plan], sampling=FEW)
    assert found.unstated == ("b",)
    assert found.drivers == ()
    assert "b" in describe_robustness(found, "en").splitlines()[-1]
    # the class would always overrun beyond the money; a keeps its own figure, b does not
    wide = robust(game, [plan], sampling=FEW, ranges_of=lambda _: Ranges(cost=(3.0, 3.0)))
    assert wide.unstated == ()
    assert [o.in_time for o in wide.outcomes[0].openings] == [1.0, 0.0]


def test_everything_unsound_is_named_at_once():
    a = replace(invented_project("a", 4), ranges=Ranges(cost=(1.4, 0.9), delay=(-1.0, 2.0)))
    game = game_of([a, invented_project("b", 6)], invented_objective(11))
    sampling = Sampling(draws=0, tail=0.0, together={"cost": 2.0}, demand={"sea": (0.5, 1.0)})
    with pytest.raises(PlanError) as caught:
        robust(game, [plan_of(a=2026)], sampling=sampling)
    columns = {p.column for p in caught.value.problems}
    assert columns == {"draws", "tail", "together.cost", "demand", "a.cost", "a.delay"}
    assert all(p.what.zh and p.remedy.zh and p.what.en and p.remedy.en for p in caught.value.problems)
    with pytest.raises(PlanError, match="no such candidates: z"):
        robust(game, [plan_of(z=2026)])
    with pytest.raises(PlanError, match="no plan"):
        robust(game, [])


def test_groups_of_terms_need_an_objective_that_splits():
    game = Game(
        Rules([invented_project("a", 4)], invented_objective(4)),
        lambda ids: Evaluation(value=float(len(ids))),
    )
    with pytest.raises(PlanError, match="does not split"):
        robust(game, [plan_of(a=2026)], groups={"first": np.array([True])}, sampling=FEW)


def test_a_plan_is_compared_with_its_runner_up_alternatives_and_the_additive_choice():
    game = invented_problem(7, projects=8).game()
    solution = solve(game, Limits())
    argument = argue(game, solution)
    plans = contenders(game, solution, argument)
    assert plans[0].id == "plan"
    assert set(plans[0].years) == solution.chosen
    assert len({frozenset(p.years) for p in plans}) == len(plans)
    runner_up = next(p for p in plans if p.id == "runner-up")
    nearest = min(argument.replacements, key=lambda r: r.lost)
    assert game.value(runner_up.years) == pytest.approx(argument.value - nearest.lost)
    for p in plans:
        assert game.rules.feasible(frozenset(p.years))
    found = robust(game, plans, sampling=FEW, ranges_of=lambda _: Ranges(cost=(0.9, 1.5), delay=(0, 2)))
    assert robustness_from_dict(json.loads(json.dumps(robustness_to_dict(found)))) == found
    with pytest.raises(PlanError, match="yipan-robustness"):
        robustness_from_dict({})


def test_groups_of_needs_follow_the_targets_where_those_are_what_counts():
    region = example("tiny")
    measured = measure(region)
    living, safety = (
        next(c for c in measured.scores if measured.indicators[c].need == n) for n in NEEDS[1::2]
    )
    rows = [(i, "zone:A", 2035, 1.0, "test", "assumed") for i in (safety, living)]
    columns = ["indicator", "scope", "year", "value", "source", "quality"]
    region = region.replace(targets=pd.DataFrame(rows, columns=columns))
    keys = target_keys(region.table("targets"))
    objective = default_objective(region, 9.0, aim="targets", weights=dict.fromkeys(keys, 0.5))
    groups = need_groups(RegionEvaluator(region, Rules((), objective)))
    ours = {key.split("@")[0]: k for k, key in enumerate(keys)}
    assert {n: mask.nonzero()[0].tolist() for n, mask in groups.items()} == {
        NEEDS[0]: [],
        NEEDS[1]: [ours[living]],
        NEEDS[2]: [],
        NEEDS[3]: [ours[safety]],
    }


def test_demand_of_a_need_moves_what_projects_do_for_it_on_a_region():
    region = example("tiny")
    candidates = invented_candidates(region, 1, count=4)
    cost = sum(p.cost for p in candidates)
    objective = default_objective(region, cost, yearly=cost)
    rules = Rules(candidates, objective)
    evaluator = RegionEvaluator(region, rules)
    game = Game(rules, evaluator)
    groups = need_groups(evaluator)
    assert np.sum(list(groups.values()), axis=0).tolist() == [1] * len(game.base.parts)
    chosen = frozenset(rules.ids)
    assert game.value(chosen) > game.value(frozenset())
    plan = Contender(id="plan", name=Text("方案", "plan"), years=rules.years(chosen))
    full = ran(game, plan, groups=groups)
    assert full.horizon[0] == pytest.approx(game.value(chosen))
    for need, weight in objective.weights.items():
        before = evaluator.results(frozenset()).total[need]
        gained = evaluator.results(chosen).total[need] - before
        none = ran(game, plan, groups=groups, **{f"demand_{need}": 0.0})
        assert full.horizon[0] - none.horizon[0] == pytest.approx(weight * gained, abs=1e-9)


def test_a_range_that_begins_at_the_stated_cost_leaves_others_as_stated() -> None:
    """With the whole budget spent, only the input that is moved may push the last project out."""
    worth = {"a": 8.0, "b": 6.0}
    rules = Rules([invented_project("a", 5), invented_project("b", 5)], invented_objective(10))
    game = Game(rules, lambda s: Evaluation(value=sum(worth[i] for i in s)))
    plan = Contender(id="plan", name=Text("方案", "plan"), years={"a": 2026, "b": 2027})
    ranges = {"a": Ranges(cost=(1.0, 1.4)), "b": Ranges(effect=(0.9, 1.1))}
    found = robust(game, [plan], ranges_of=lambda p: ranges[p.id])
    ends = {(d.project, d.kind): (d.low, d.high) for d in found.drivers}
    low, high = ends["b", "effect"]  # a as stated: both fit the budget of 10, to the last unit
    assert 14 - 0.6 < low < 14 < high < 14 + 0.6
    assert ends["a", "cost"][1] == pytest.approx(8.0)  # a dearer: b no longer fits
