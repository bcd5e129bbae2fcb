"""Impossible planning problems: each is explained, with a remedy, before any search."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from yipan.measure import measure
from yipan.plan import check_problem, default_objective
from yipan.plan.invented_candidates import invented_candidates
from yipan.plan.values import Future
from yipan.region import example
from yipan.scenario import ChangeActivity, ClosePlace, apply
from yipan.text import Text


@pytest.fixture(scope="module")
def tiny():
    return example("tiny")


@pytest.fixture(scope="module")
def candidates(tiny):
    return invented_candidates(tiny, 5, count=7)


@pytest.fixture(scope="module")
def good(tiny):
    return default_objective(tiny, 60.0, yearly=60.0)


def errors(region, candidates, objective):
    found = [p for p in check_problem(region, candidates, objective) if p.severity == "error"]
    for p in found:
        assert p.what.zh
        assert p.what.en
        assert p.remedy.zh
        assert p.remedy.en
    return found


def only(region, candidates, objective):
    found = errors(region, candidates, objective)
    assert len(found) == 1, found
    return found[0]


def with_targets(region, *rows):
    columns = ["indicator", "scope", "year", "value", "source", "quality"]
    return region.replace(targets=pd.DataFrame([(*r, "test", "assumed") for r in rows], columns=columns))


def test_an_unknown_need_or_indicator_is_named_with_the_nearest_there_is(tiny, candidates, good):
    p = only(tiny, candidates, replace(good, weights={"ecnomy": 1.0}))
    assert p.column == "weights"
    assert "did you mean economy?" in p.what.en
    scores = measure(tiny).scores
    scored = list(scores.columns[scores.notna().all()])
    p = only(tiny, candidates, replace(good, aim="indicators", weights={scored[0].lower() + "x": 1.0}))
    assert f"did you mean {scored[0]}?" in p.what.en
    assert errors(tiny, candidates, replace(good, aim="indicators", weights={scored[0]: 1.0})) == []


def test_weights_that_do_not_sum_to_one_and_an_aim_there_is_not(tiny, candidates, good):
    p = only(tiny, candidates, replace(good, weights={"economy": 0.5}))
    assert "sum 0.5" in p.what.en
    assert only(tiny, candidates, replace(good, aim="profit")).column == "aim"


def test_a_target_there_is_not_and_one_without_a_value(tiny, candidates, good):
    there = with_targets(tiny, ("N-LIV-02", "zone:A", 2035, 600.0))
    aim = replace(good, aim="targets", weights={"N-LIV-02@zone:A@2035": 1.0})
    assert errors(there, candidates, aim) == []
    p = only(there, candidates, replace(aim, weights={"N-LIV-02@zone:A@2030": 1.0}))
    assert "N-LIV-02@zone:A@2035" in p.what.en
    # without targets.csv there is nothing to choose from
    assert "add targets.csv" in only(tiny, candidates, aim).remedy.en
    assert "no targets" in only(tiny, candidates, default_objective(tiny, 9.0, aim="targets")).what.en
    # the region has no flows: an indicator made of them is missing
    lacking = next(i for i, v in measure(tiny).values.items() if v.isna().all())
    none = with_targets(tiny, (lacking, "region", 2035, 1.0))
    p = only(none, candidates, replace(aim, weights={f"{lacking}@region@2035": 1.0}))
    assert "no measured value" in p.what.en
    # an indicator there is not is what targets.csv has wrong
    wrong = with_targets(tiny, ("N-NOT-02", "region", 2035, 1.0))
    p = only(wrong, candidates, replace(aim, weights={"N-NOT-02@region@2035": 1.0}))
    assert p.file == "targets.csv"


def test_land_and_carbon_limits_need_candidates_that_state_theirs(tiny, candidates, good):
    found = errors(tiny, candidates, replace(good, land=5.0))
    assert [p.column for p in found] == ["land"] * len(candidates)
    assert all(p.file == "projects/*.toml" for p in found)
    stated = [replace(p, land=2.0, carbon=3.0) for p in candidates]
    assert errors(tiny, stated, replace(good, land=2.0, carbon=3.0)) == []
    p = only(tiny, stated, replace(good, land=1.5))
    assert p.column == "land"
    assert "2 km2" in p.remedy.en
    assert "3 kt CO2e" in only(tiny, stated, replace(good, carbon=1.0)).remedy.en
    assert only(tiny, stated, replace(good, carbon=-1.0)).column == "carbon"


def test_limits_of_building_at_once(tiny, candidates, good):
    assert only(tiny, candidates, replace(good, at_once={"all": 0})).column == "at_once.all"
    p = only(tiny, candidates, replace(good, at_once={"AddPlaces": 1}))
    assert "did you mean AddPlace?" in p.what.en
    # all in one bundle: none can be built without the others, and one at a time does not get through
    bundled = [replace(p, bundle="one", capital=(1.0, 1.0, 1.0)) for p in candidates]
    found = errors(tiny, bundled, replace(good, at_once={"all": 1}))
    assert [p.column for p in found] == ["needs"] * len(candidates)


def test_bundles_that_contradict_or_cost_more_than_there_is(tiny, candidates, good):
    a, b, *rest = candidates
    pair = [replace(a, bundle="x", excludes=(b.id,)), replace(b, bundle="x"), *rest]
    assert {p.column for p in errors(tiny, pair, good)} == {"excludes"}
    everything = [replace(p, bundle="x") for p in candidates]
    total = sum(p.cost for p in candidates)
    p = only(tiny, everything, replace(good, budget=total - 0.1, yearly=total))
    assert p.column == "budget"
    assert f"{total:g}" in p.remedy.en


def test_years_that_contradict_a_need_are_a_warning_where_others_can_be_built(tiny, candidates, good):
    a, b, *rest = candidates
    late, early = replace(a, earliest=2032), replace(b, latest=2028, needs=(a.id,))
    found = check_problem(tiny, [late, early, *rest], good)
    assert [(p.column, p.severity) for p in found] == [("needs", "warning")]
    assert b.id in found[0].what.en
    # the first can still be built alone: no error
    assert errors(tiny, [late, early], good) == []


def test_prices_of_another_year_circles_and_a_budget_below_the_cheapest(tiny, candidates, good):
    a, b, *rest = candidates
    old = replace(a, price_year=a.price_year - 1)
    assert "convert" in only(tiny, [old, b, *rest], good).remedy.en
    ring = [replace(a, needs=(b.id,)), replace(b, needs=(a.id,)), *rest]
    assert "circle" in only(tiny, ring, good).what.en
    cheapest = min(p.cost for p in candidates)
    assert only(tiny, candidates, replace(good, budget=cheapest / 2)).column == "budget"


def test_floors_that_nothing_reaches_measured_with_all_candidates(tiny, candidates, good):
    p = only(tiny, candidates, replace(good, floors={"valley": 99.0}))
    assert p.column == "floors"
    p = only(tiny, candidates, replace(good, worst_tenth=99.0))
    assert p.column == "worst_tenth"
    assert "worst-off tenth" in p.what.en
    assert errors(tiny, candidates, replace(good, worst_tenth=0.0)) == []


def test_a_floor_spoilt_by_one_candidate_is_not_called_out_of_reach(tiny, good):
    # all together the cluster falls short only because one candidate closes a hospital
    serving = invented_candidates(tiny, 5, count=7)
    closing = replace(serving[0], id="closing", interventions=(ClosePlace(place="h1"),), needs=(), zones=())

    (found,) = errors(tiny, serving, replace(good, floors={"valley": 99.0}))
    reach = float(found.remedy.en.split("below ")[1].split(",")[0])
    just_below = replace(good, floors={"valley": reach - 0.2})
    assert errors(tiny, [*serving, closing], just_below) == []
    # and it does lower what all together reach
    built = tiny
    for p in serving:
        built = apply(built, p)
    with_it, without = measure(apply(built, closing)).clusters["index"], measure(built).clusters["index"]
    assert with_it["valley"] < without["valley"] - 0.2


def test_futures_must_be_applicable_named_once_and_sourced(tiny, candidates, good):
    grow = ChangeActivity(zone="A", population=1000.0)
    fine = Future(id="growth", name=Text("增长", "growth"), changes=(grow,), source="test")
    assert errors(tiny, candidates, replace(good, futures=(fine,))) == []
    p = only(
        tiny, candidates, replace(good, futures=(replace(fine, changes=(ClosePlace(place="nowhere"),)),))
    )
    assert p.column.startswith("futures.growth.changes[1]")
    assert "twice" not in p.what.en
    assert only(tiny, candidates, replace(good, futures=(fine, fine))).column == "futures.growth"
    assert only(tiny, candidates, replace(good, futures=(replace(fine, source=" "),))).column.endswith(
        "source"
    )


def test_a_discount_in_percent_is_refused(tiny, candidates, good):
    assert only(tiny, candidates, replace(good, discount=3.0)).column == "discount"
