"""Objectives worked by hand: what counts, what is kept, limits, bundles, regret, and the file."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import PlanError
from yipan.measure import measure
from yipan.plan.core import Limits, enumerate_all
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import invented_objective, invented_problem, invented_project
from yipan.plan.invented_candidates import invented_candidates
from yipan.plan.objective import default_objective
from yipan.plan.objective_file import objective_as_dict, objective_from_dict, read_objective, write_objective
from yipan.plan.regret import future_games, solve_regret
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.plan.valuation import indicator_scores, target_keys, valuation_of, worst_tenth
from yipan.plan.values import WORST_TENTH, Future
from yipan.region import example
from yipan.scenario import AddPlace, ChangeActivity, apply
from yipan.text import Text


@pytest.fixture(scope="module")
def tiny():
    return example("tiny")


@pytest.fixture(scope="module")
def base(tiny):
    return measure(tiny)


@pytest.fixture(scope="module")
def candidates(tiny):
    return invented_candidates(tiny, 5, count=6)


def with_targets(region, *rows):
    columns = ["indicator", "scope", "year", "value", "source", "quality"]
    return region.replace(targets=pd.DataFrame([(*r, "test", "assumed") for r in rows], columns=columns))


def of_direction(base, direction):
    """Return an indicator of a direction that has a value in every zone."""
    return next(
        i
        for i in base.values.columns
        if base.indicators[i].direction == direction and base.values[i].notna().all()
    )


def moved(base, indicator, value, *, zone="A"):
    """Return results in which one value is another."""
    values = base.values.copy()
    values.loc[zone, indicator] = value
    return replace(base, values=values)


def test_the_worst_off_tenth_takes_the_border_zone_in_part(base):
    # 100 residents, so ten count: all 5 of the zone at 10 and 5 of the 15 at 20: (5 x 10 + 5 x 20) / 10
    zones = list(base.needs.index)[:3]
    needs = pd.DataFrame({"index": [50.0, 20.0, 10.0]}, index=zones)
    people = pd.Series([80.0, 15.0, 5.0], index=zones)
    assert worst_tenth(replace(base, needs=needs, population=people)) == 15.0
    # a zone without an index is left out: ten of 95 x 0.1 = 9.5, all from the zone at 20
    needs.loc[zones[2], "index"] = np.nan
    assert worst_tenth(replace(base, needs=needs, population=people)) == pytest.approx(20.0)


def test_indicators_count_by_residents_and_where_they_say_so_by_land(tiny, base):
    scored = [c for c in base.scores.columns if base.scores[c].notna().all()]
    i = scored[0]
    zones = list(base.scores.index)
    scores = base.scores.copy()
    scores[i] = np.linspace(10.0, 90.0, len(zones))
    people = pd.Series(np.arange(1.0, len(zones) + 1), index=zones)
    land = pd.Series(np.arange(len(zones), 0.0, -1.0), index=zones)
    by = {"population": people, "area": land}
    for weight, w in by.items():
        kind = {**base.indicators, i: replace(base.indicators[i], weight=weight)}
        made = replace(base, scores=scores, population=people, area=land, indicators=kind)
        by_hand = float((scores[i] * w).sum() / w.sum())
        assert indicator_scores(made)[i] == pytest.approx(by_hand)
        o = default_objective(tiny, 9.0, aim="indicators", weights={i: 1.0})
        valuation = valuation_of(tiny, base, o)
        assert valuation.value(made) == pytest.approx(by_hand)
        assert valuation.split(made).sum() == pytest.approx(by_hand)
        assert valuation.ceilings(made).sum() == pytest.approx(100.0)


def test_a_target_counts_by_the_share_of_its_distance_that_is_closed(tiny, base):
    up, down = of_direction(base, 1), of_direction(base, -1)
    at_up, at_down = float(base.values.loc["A", up]), float(base.values.loc["A", down])
    region = with_targets(tiny, (up, "zone:A", 2035, at_up + 10.0), (down, "zone:A", 2035, at_down - 4.0))
    keys = target_keys(region.table("targets"))
    o = default_objective(region, 9.0, aim="targets", weights={keys[0]: 0.75, keys[1]: 0.25})
    valuation = valuation_of(region, base, o)
    assert valuation.value(base) == 0.0
    half = moved(base, up, at_up + 5.0)  # half of the way up: 0.75 x 50
    assert valuation.value(half) == pytest.approx(37.5)
    assert valuation.split(half).tolist() == pytest.approx([37.5, 0.0])
    assert valuation.ceilings(half).tolist() == [75.0, 25.0]
    both = moved(half, down, at_down - 1.0)  # and a quarter of the way down: 0.25 x 25 more
    assert valuation.value(both) == pytest.approx(43.75)
    past = moved(base, up, at_up + 100.0)  # past the target is met, not more
    assert valuation.value(past) == 75.0
    assert valuation.met(past) == 1
    assert valuation.value(moved(base, up, at_up - 3.0)) == 0.0  # farther away is not less than nothing
    assert valuation.value(moved(past, up, np.nan)) == 0.0  # missing is not met


def test_a_target_met_before_counts_as_long_as_it_stays_met(tiny, base):
    up = of_direction(base, 1)
    at = float(base.values.loc["A", up])
    region = with_targets(tiny, (up, "zone:A", 2035, at), (up, "zone:A", 2040, at + 1.0))
    key = target_keys(region.table("targets"))[0]
    valuation = valuation_of(region, base, default_objective(region, 9.0, aim="targets", weights={key: 1.0}))
    assert valuation.value(base) == 100.0
    assert valuation.value(moved(base, up, at - 0.5)) == 0.0


@pytest.mark.parametrize("aim", ["needs", "indicators", "targets"])
def test_a_search_by_any_aim_finds_the_best_of_all_feasible_sets(tiny, base, candidates, aim):
    region = tiny
    if aim == "targets":
        up = of_direction(base, 1)
        rows = [(up, f"zone:{z}", 2035, float(base.values.loc[z, up]) + 20.0) for z in base.values.index]
        region = with_targets(tiny, *rows)
    o = default_objective(region, 0.5 * sum(p.cost for p in candidates), aim=aim)
    rules = Rules(candidates, replace(o, floors={}, yearly=o.budget))
    evaluator = RegionEvaluator(region, rules)
    game = Game(rules, evaluator)
    solution = solve(game, Limits())
    # every set, applied one project after the other and measured, straight from the definition
    best = -np.inf
    for n in range(len(candidates) + 1):
        for some in combinations(candidates, n):
            if sum(p.cost for p in some) > o.budget or not rules.feasible(frozenset(p.id for p in some)):
                continue
            built = region
            for p in some:
                built = apply(built, p)
            best = max(best, evaluator.valuation.value(measure(built)))
    assert solution.value == pytest.approx(best, abs=1e-6)
    e = game.evaluation(solution.chosen)
    assert e.parts.sum() == pytest.approx(e.value, abs=1e-6)
    assert (e.parts <= evaluator.valuation.ceilings(evaluator.results(solution.chosen)) + 1e-9).all()


def test_the_floor_of_the_worst_off_tenth_is_kept(tiny, candidates):
    o = default_objective(tiny, sum(p.cost for p in candidates), yearly=1e3, worst_tenth=0.0)
    rules = Rules(candidates, replace(o, floors={}))
    evaluator = RegionEvaluator(tiny, rules)
    game = Game(rules, evaluator)
    rises = {
        s: worst_tenth(evaluator.results(s)) - worst_tenth(evaluator.results(frozenset()))
        for s in (frozenset({p.id}) for p in candidates)
    }
    for s, rise in rises.items():
        assert game.evaluation(s).clusters[WORST_TENTH] - game.base.clusters[WORST_TENTH] == pytest.approx(
            rise
        )
        assert game.deficit(s) == pytest.approx(max(0.0, -rise), abs=1e-6)
    chosen = solve(game, Limits()).chosen
    assert worst_tenth(evaluator.results(chosen)) >= worst_tenth(evaluator.results(frozenset())) - 1e-9


def test_bundles_are_all_or_nothing_and_limits_hold():
    # a and b are one bundle (cost 2 each, worth 3 each), c needs a (cost 1, worth 1), d stands alone
    a, b = (replace(invented_project(i, 2.0), bundle="ab", land=3.0, carbon=1.0) for i in "ab")
    c = replace(invented_project("c", 1.0, needs=("a",)), land=1.0, carbon=-1.0)
    d = replace(invented_project("d", 2.0), land=0.0, carbon=5.0)
    worth = {"a": 3.0, "b": 3.0, "c": 1.0, "d": 2.0}

    def best(**limits):
        o = replace(invented_objective(9.0), floors={}, **limits)
        game = Game(Rules([a, b, c, d], o), lambda s: Evaluation(value=sum(worth[i] for i in sorted(s))))
        found = enumerate_all(game, list(game.rules.ids))
        assert solve(game, Limits(exact_sets=0)).value == game.value(found.chosen)
        return "".join(sorted(found.chosen))

    rules = Rules([a, b, c, d], invented_objective(9.0))
    assert rules.closure("c") == {"a", "b", "c"}
    assert rules.needed("c") == {"a"}
    assert rules.without(frozenset("abcd"), "b") == {"d"}
    assert not rules.affordable(frozenset("a"))
    assert best() == "abcd"
    assert best(budget=4.0) == "ab"  # not a and d, which would be worth 5
    assert best(budget=3.0) == "d"  # half a bundle is not for sale
    assert best(land=5.0) == "d"  # the bundle takes 6
    assert best(carbon=1.0) == "abc"  # 1 + 1 - 1; a and b alone are 2
    assert best(carbon=0.5) == ""


def futures_by_hand():
    rules = Rules(
        [invented_project(i, 1.0) for i in "abcd"], replace(invented_objective(2.0, yearly=2.0), floors={})
    )
    worth = {
        "dry": {"a": 6.0, "b": 5.0, "c": 3.0, "d": 0.0},
        "wet": {"a": 0.0, "b": 1.0, "c": 3.0, "d": 6.0},
    }

    def game(w):
        return Game(rules, lambda s: Evaluation(value=float(sum(w[i] for i in s)), clusters={"k": w["a"]}))

    return rules, {f: game(w) for f, w in worth.items()}


def test_the_plan_of_least_largest_regret_by_hand():
    # two of four; dry alone: a, b = 11; wet alone: c, d = 9.
    # a+d: lost 5 and 3; b+d: 6 and 2; c+d: 8 and 0; b+c: 3 and 5; a+c: 2 and 6; a+b: 0 and 8
    rules, games = futures_by_hand()
    found = solve_regret(rules, games, Limits())
    assert found.regret == 5.0
    assert found.solution.chosen in ({"a", "d"}, {"b", "c"})
    table = found.evaluator.table(found.solution.chosen)
    assert table["best"].to_dict() == {"dry": 11.0, "wet": 9.0}
    assert table["projects"].to_dict() == {"dry": "a, b", "wet": "c, d"}
    assert table["regret"].max() == 5.0
    assert "largest regret 5.000" in found.words().en
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert max(row["regret"] for row in told["futures"]) == told["regret"] == 5.0
    # judged by the mean instead, c+d (12 of 20 in all) would lose 8 in the dry future
    assert -found.evaluator(frozenset("cd")).value == 8.0


@pytest.mark.parametrize("seed", range(8))
def test_the_least_largest_regret_against_all_sets_enumerated(seed):
    problems = [invented_problem(100 * seed + k, projects=6) for k in range(3)]
    rules = Rules(problems[0].candidates, replace(problems[0].objective, floors={}))
    games = {str(k): Game(rules, p.evaluate) for k, p in enumerate(problems)}
    found = solve_regret(rules, games, Limits(exact_sets=100))
    sets = [frozenset(c) for n in range(7) for c in combinations(rules.ids, n)]
    sets = [s for s in sets if rules.feasible(s)]
    best = [max(p.evaluate(s).value for s in sets) for p in problems]
    least = min(max(b - p.evaluate(s).value for b, p in zip(best, problems, strict=True)) for s in sets)
    assert found.regret == pytest.approx(least, abs=1e-6)
    assert found.evaluator.table(found.solution.chosen)["proved"].all()


def test_a_better_set_met_on_the_way_becomes_the_best_of_its_future():
    rules, games = futures_by_hand()
    found = solve_regret(rules, games, Limits())
    lower = {f: replace(b, value=b.value - 4.0, proved=False) for f, b in found.evaluator.best.items()}
    found.evaluator.best.update(lower)
    assert {f: b.value for f, b in found.evaluator.improved().items()} == {"dry": 11.0, "wet": 9.0}


def test_a_future_in_which_the_floors_cannot_be_reached_is_named():
    o = replace(invented_objective(1.0), floors={"k": 1.0})
    rules = Rules([invented_project("a", 1.0)], o)
    games = {
        f: Game(rules, lambda s, lift=lift: Evaluation(value=1.0 * len(s), clusters={"k": lift * len(s)}))
        for f, lift in (("good", 2.0), ("bad", 0.5))
    }
    with pytest.raises(PlanError, match="in the future bad"):
        solve_regret(rules, games, Limits())


def test_futures_on_a_region_are_measured_as_they_find_it(tiny, candidates):
    grow = Future(
        id="grow",
        name=Text("增长", "growth"),
        changes=(ChangeActivity(zone="A", population=3000.0),),
        source="test",
    )
    same = Future(id="same", name=Text("照旧", "as it is"), changes=(), source="test")
    budget = 0.4 * sum(p.cost for p in candidates)
    o = default_objective(tiny, budget, yearly=budget, futures=(grow, same))
    rules = Rules(candidates, o)
    games = future_games(tiny, rules)
    found = solve_regret(rules, games, Limits())
    grown = grow.changes[0].apply(tiny)
    for f, start in (("grow", grown), ("same", tiny)):
        built = start
        for i in rules.in_order(found.solution.chosen):
            built = apply(built, rules.projects[i])
        by_hand = 0.25 * measure(built).total[["economy", "living", "ecology", "safety"]].sum()
        assert found.evaluator.table(found.solution.chosen)["plan"][f] == pytest.approx(by_hand, abs=1e-9)
        before, after = measure(start).clusters["index"], measure(built).clusters["index"]
        assert (after >= before - 1e-6).all()  # floors of 0 hold in every future
    assert found.regret >= -1e-9


def test_words_say_everything_in_both_languages_and_the_currency_given(tiny):
    grow = Future(id="g", name=Text("增长", "growth"), changes=(), source="plan 2035")
    o = default_objective(
        tiny,
        60.0,
        worst_tenth=0.5,
        land=12.0,
        carbon=30.0,
        at_once={"all": 4, "AddPlace": 2},
        discount=0.03,
        futures=(grow,),
    )
    words = o.words("CNY")
    for part in ("Economy 25%", "60", "9 (1e8 CNY", "valley 0", "worst-off tenth of residents 0.5", "12 km2"):
        assert part in words.en
    for part in ("30 kt CO2e", "4 projects in all", "discounted at 3%", "largest regret", "plan 2035"):
        assert part in words.en
    for part in (
        "经济 25%",
        "60 亿元",
        "最差十分之一",
        "12 平方公里",
        "30 千吨",
        "全部项目 4 个",
        "3%",
        "增长",
        "遗憾",
    ):
        assert part in words.zh
    assert "亿元" not in o.words("EUR").zh
    assert "EUR" in o.words("EUR").en
    assert "CNY" not in o.words().en
    targets = replace(o, aim="targets", weights={"N-LIV-02@zone:A@2035": 1.0})
    assert "N-LIV-02@zone:A@2035 100%" in targets.words().en


def test_an_objective_reads_back_equal_from_its_file(tiny, tmp_path):
    clinic = AddPlace(
        id="x", kind="hospital", lon=106.0, lat=29.0, zh="甲", en="X", capacity=10.0, unit="bed"
    )
    changes = (ChangeActivity(zone="A", population=1000.0), clinic)
    future = Future(id="g", name=Text("增长", "growth"), changes=changes, source="assumed")
    o = default_objective(
        tiny,
        60.0,
        worst_tenth=0.1,
        land=5.0,
        carbon=7.5,
        at_once={"all": 2},
        discount=0.04,
        futures=(future,),
    )
    assert read_objective(write_objective(o, tmp_path / "objective.toml"), tiny) == o
    assert objective_from_dict(objective_as_dict(o), tiny) == o


def test_every_problem_of_a_file_is_named_at_once(tiny, tmp_path):
    path = tmp_path / "objective.toml"
    path.write_text(
        """
budgit = 3.0
aim = 7
weights = {economy = "much"}
price_year = 1999
[[futures]]
id = "g"
changes = [{type = "ClosePlace", plaice = "h1"}]
""",
        encoding="utf-8",
    )
    with pytest.raises(PlanError) as e:
        read_objective(path, tiny)
    columns = {p.column for p in e.value.problems}
    assert {"budgit", "aim", "weights", "budget", "price_year", "futures.g.source", "futures.g.zh"} <= columns
    assert any(c.startswith("futures.g.changes[1]") for c in columns)
    assert {p.file for p in e.value.problems} == {"objective.toml"}
    path.write_text("budget = = 3", encoding="utf-8")
    with pytest.raises(PlanError, match="cannot be read"):
        read_objective(path, tiny)
    with pytest.raises(PlanError, match="did you mean economy"):
        objective_from_dict({"budget": 5.0, "weights": {"econmy": 1.0}}, tiny)
    with pytest.raises(PlanError, match="ends"):
        objective_from_dict({"budget": 5.0, "start": 2030, "end": 2029}, tiny)


def test_the_file_shown_in_the_docs_reads(tiny, tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "objective.md").read_text(encoding="utf-8")
    path = tmp_path / "objective.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    o = read_objective(path, tiny)
    assert (o.worst_tenth, o.at_once, o.futures[0].changes[0].population) == (
        0.1,
        {"all": 5, "AddLine": 2},
        3000,
    )
