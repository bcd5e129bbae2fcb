"""Planning on the tiny region: problems, search against enumeration, files, ledger, forecast."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from yipan.errors import LedgerError, PlanError
from yipan.measure import measure
from yipan.plan import (
    Limits,
    check_problem,
    default_objective,
    describe_plan,
    plan_from_dict,
    plan_to_dict,
    search,
)
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.plan.rules import Rules
from yipan.plan.valuation import valuation_of
from yipan.region import example
from yipan.scenario import apply
from yipan.track import Progress, Slip, describe_forecast, reforecast, start_ledger

QUICK = Limits(exact_sets=0, subset_sets=8, swap_evaluations=20, bound_evaluations=6, missed=3)
AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def tiny():
    return example("tiny")


@pytest.fixture(scope="module")
def candidates(tiny):
    return invented_candidates(tiny, 5, count=7)


@pytest.fixture(scope="module")
def plan(tiny, candidates):
    return search(tiny, candidates, default_objective(tiny, 60.0, yearly=25.0), limits=QUICK)


def columns(problems):
    return [p.column for p in problems if p.severity == "error"]


def test_impossible_problems_are_explained_before_any_search(tiny, candidates):
    good = default_objective(tiny, 60.0, yearly=60.0)
    assert columns(check_problem(tiny, candidates, good)) == []

    def wrong(**change):
        return columns(check_problem(tiny, candidates, replace(good, **change)))

    cheapest = min(p.cost for p in candidates)
    assert wrong(budget=cheapest * 0.9) == ["budget"]
    assert wrong(yearly=min(max(p.capital) for p in candidates) * 0.9) == ["yearly"]
    assert wrong(start=2030, end=2026) == ["start"]
    assert wrong(weights={"economy": 0.5, "living": 0.4}) == ["weights"]
    assert wrong(floors={"nowhere": 0.0}) == ["floors"]
    assert wrong(floors={"valley": 99.0}) == ["floors"]  # all candidates together do not reach it: measured
    assert wrong(price_year=2019) == ["price_year"] * len(candidates)
    # the shortest building time does not fit a horizon in which nothing can start
    late = [replace(p, earliest=2035, capital=(1.0, 1.0, 1.0)) for p in candidates]
    assert columns(check_problem(tiny, late, good)) == ["end"]


def test_needs_and_exclusions_that_cannot_hold_are_named(tiny, candidates):
    a, b, c, *rest = candidates
    good = default_objective(tiny, 60.0, yearly=60.0)

    def wrong(*changed):
        return columns(check_problem(tiny, [*changed, *rest], good))

    assert wrong(replace(a, needs=("ghost",)), b, c) == ["needs"]
    assert wrong(replace(a, excludes=("ghost",)), b, c) == ["excludes"]
    assert wrong(replace(a, needs=(b.id,)), replace(b, needs=(a.id,)), c) == ["needs"]
    assert wrong(replace(a, needs=(b.id, c.id)), replace(b, excludes=(c.id,)), c) == ["excludes"]
    assert wrong(a, a, b, c) == ["id"]


def test_search_raises_all_problems_at_once(tiny, candidates):
    bad = replace(default_objective(tiny, 0.01), weights={"economy": 2.0}, floors={"nowhere": 0.0})
    with pytest.raises(PlanError) as e:
        search(tiny, candidates, bad)
    assert columns(e.value.problems) == ["weights", "floors", "budget", "yearly"]


def test_the_objective_is_the_weighted_sum_of_the_measured_need_scores(tiny, plan):
    total = measure(tiny).total
    by_hand = 0.25 * (total["economy"] + total["living"] + total["ecology"] + total["safety"])
    assert plan.comparison.base == pytest.approx(by_hand, abs=1e-9)
    # the plan's value is that of the region with its projects applied one after the other
    built = tiny
    for s in plan.scenario.starts:
        built = apply(built, s.project)
    valuation = valuation_of(tiny, measure(tiny), plan.objective)
    assert plan.comparison.plan == pytest.approx(valuation.value(measure(built)), abs=1e-9)


def test_a_set_measured_in_halves_equals_the_projects_applied_in_turn(tiny, candidates):
    evaluator = RegionEvaluator(tiny, Rules(candidates, default_objective(tiny, 60.0)))
    ids = frozenset(p.id for p in candidates)
    for left_out in candidates:
        built = tiny
        for p in candidates:
            if p is not left_out:
                built = apply(built, p)
        expected = measure(built).values.to_numpy()
        found = evaluator.results(ids - {left_out.id}).values.to_numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_terms_sum_to_the_objective(tiny, candidates):
    evaluator = RegionEvaluator(tiny, Rules(candidates, default_objective(tiny, 60.0)))
    for ids in (frozenset(), frozenset({candidates[0].id}), frozenset(p.id for p in candidates)):
        e = evaluator(ids)
        assert e is not None
        assert e.parts is not None
        assert e.parts.sum() == pytest.approx(e.value, abs=1e-9)


def test_the_plan_keeps_its_money_by_year_and_its_path_ends_at_its_value(tiny, plan):
    o = plan.objective
    assert plan.spending["capital"].sum() <= o.budget + 1e-9
    assert plan.spending["capital"].max() <= o.yearly + 1e-9
    assert plan.spending["capital"].sum() == pytest.approx(sum(s.project.cost for s in plan.scenario.starts))
    assert list(plan.path.index) == list(range(2025, 2037))
    assert plan.path["objective"].iloc[0] == pytest.approx(plan.comparison.base)
    assert plan.path["objective"].iloc[-1] == pytest.approx(plan.comparison.plan)
    assert (plan.clusters_after["index"] - plan.clusters_before["index"] >= -1e-9).all()
    assert plan.region_id == tiny.id == example("tiny").id  # the region itself is as it was


def test_the_final_region_measured_from_scratch_agrees(plan):
    assert plan.verification["times_largest"] == 0
    assert plan.verification["times_pairs"] > 0
    assert plan.verification["values_difference"] <= 1e-9
    assert plan.verification["scores_difference"] <= 1e-9


def test_every_project_has_a_reason_and_losing_it_costs_what_is_said(tiny, plan, candidates):
    assert [r.step for r in plan.reasons] == list(range(1, len(plan.scenario.starts) + 1))
    assert {r.project for r in plan.reasons} == {s.project.id for s in plan.scenario.starts}
    evaluator = RegionEvaluator(tiny, Rules(candidates, plan.objective))
    chosen = frozenset(r.project for r in plan.reasons)
    for r in plan.reasons:
        e = evaluator(chosen - {r.project})
        assert e is not None
        # spending the freed money again can only make the loss smaller, never negative
        assert -1e-9 <= r.lost <= plan.comparison.plan - e.value + 1e-6


def test_search_reaches_nearly_the_optimum_on_random_small_regions(tiny):
    """At least 95 % of the enumerated optimum on average over 20 random regions and candidate sets."""
    shares, additive = [], []
    for seed in range(20):
        region = invented_region(tiny, seed)
        candidates = invented_candidates(region, seed, count=5)
        o = default_objective(region, sum(p.cost for p in candidates) * 0.4, yearly=1e3)
        exact = search(region, candidates, o, limits=Limits(exact_sets=64, missed=0))
        assert exact.bound.proved
        heuristic = search(region, candidates, o, limits=replace(QUICK, subset_sets=0, bound_evaluations=4))
        span = exact.comparison.plan - exact.comparison.base
        assert heuristic.comparison.plan <= exact.comparison.plan + 1e-9
        assert heuristic.bound.upper is None or heuristic.bound.upper >= exact.comparison.plan - 1e-9
        if span > 1e-9:
            shares.append((heuristic.comparison.plan - exact.comparison.base) / span)
            additive.append((exact.comparison.additive - exact.comparison.base) / span)
    assert len(shares) >= 18
    assert np.mean(shares) >= 0.95
    assert np.mean(shares) >= np.mean(additive)


def test_plans_do_not_depend_on_the_order_of_candidates(tiny, candidates, plan):
    again = search(tiny, candidates[::-1], plan.objective, limits=QUICK)
    assert describe_plan(again, "en") == describe_plan(plan, "en")
    assert again.run_id == plan.run_id


def test_progress_counts_up_to_its_total(tiny, candidates, plan):
    told = []
    search(tiny, candidates, plan.objective, limits=QUICK, progress=lambda d, t, x: told.append((d, t)))
    assert [d for d, _ in told] == sorted(d for d, _ in told)
    assert told[-1][0] == told[-1][1]
    assert all(d < t for d, t in told[:-1])


def test_a_plan_survives_json(plan):
    data = json.loads(json.dumps(plan_to_dict(plan), allow_nan=False, ensure_ascii=False))
    back = plan_from_dict(data)
    assert plan_to_dict(back) == plan_to_dict(plan)
    assert back.scenario == plan.scenario
    assert back.candidates == plan.candidates
    assert describe_plan(back, "zh") == describe_plan(plan, "zh")


@pytest.mark.parametrize(
    "change", [{"format": "other"}, {"version": 9}, {"objective": None}, {"path": {"index": [1]}}]
)
def test_a_damaged_plan_file_is_refused(plan, change):
    with pytest.raises(PlanError):
        plan_from_dict({**plan_to_dict(plan), **change})


def test_a_ledger_promises_what_the_plan_does_and_a_slip_moves_the_forecast(tiny, plan, tmp_path):
    ledger = start_ledger(plan, tiny, tmp_path / "plan.ledger", at=AT)
    same = reforecast(ledger, tiny, plan, today=date(2026, 1, 5))
    assert same.moved == ()
    assert np.nanmax(np.abs(same.difference.to_numpy())) < 1e-9
    # the project that gains most slips by three years
    r = plan.reasons[0]
    s = next(s for s in plan.scenario.starts if s.project.id == r.project)
    late = s.effective + 3
    ledger.record(Slip(project=r.project, on="2026-06-01", effective=late, note="geology"), at=AT)
    f = reforecast(ledger, tiny, plan, today=date(2026, 6, 2))
    assert [(m.project, m.promised, m.expected) for m in f.moved] == [(r.project, s.effective, late)]
    gap = f.difference["objective"]
    assert gap[s.effective] < -1e-6  # lower while it is missing
    assert abs(gap[max(late, 2036)]) < 1e-9  # and as promised once everything is there
    assert (gap.loc[: s.effective - 1].abs() < 1e-9).all()
    assert "geology" in describe_forecast(f, "en")
    assert "预计" in describe_forecast(f, "zh")


def test_an_opening_not_reported_in_time_moves_the_forecast_by_itself(tiny, plan, tmp_path):
    ledger = start_ledger(plan, tiny, tmp_path / "plan.ledger", at=AT)
    s = min(plan.scenario.starts, key=lambda s: s.effective)
    after = date(s.effective, 2, 1)
    f = reforecast(ledger, tiny, plan, today=after)
    assert (s.project.id, s.effective + 1) in [(m.project, m.expected) for m in f.moved]
    opened = Progress(
        project=s.project.id, on=f"{s.effective - 1}-12-01", milestone=f"{s.project.id}/opening"
    )
    ledger.record(opened, at=AT)
    f = reforecast(ledger, tiny, plan, today=after)
    assert s.project.id not in [m.project for m in f.moved]


def test_a_ledger_is_refused_for_another_region_or_plan(tiny, plan, tmp_path):
    other = invented_region(tiny, 3)
    with pytest.raises(LedgerError, match="made for the region"):
        start_ledger(plan, other, tmp_path / "a.ledger")
    ledger = start_ledger(plan, tiny, tmp_path / "b.ledger")
    with pytest.raises(LedgerError, match="not for"):
        reforecast(ledger, other, plan, today=date(2027, 1, 1))
    with pytest.raises(LedgerError, match="follows the plan"):
        reforecast(ledger, tiny, replace(plan, run_id="x" * 16), today=date(2027, 1, 1))
