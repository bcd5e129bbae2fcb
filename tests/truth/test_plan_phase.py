"""Phasing against hand-worked schedules and against every schedule there is, enumerated here."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from yipan.plan.invented import invented_objective, invented_problem, invented_project
from yipan.plan.phase import spending
from yipan.plan.phasing import Effort, best_years, bundle_years, present
from yipan.plan.phasing.model import Line, schedule
from yipan.plan.rules import Rules, start_years
from yipan.scenario.values import Start


def all_schedules(projects, o):
    """Yield every start-year choice that keeps the rules, by trying all (its own words for every rule)."""
    ids = sorted(projects)
    for picked in product(range(o.start, o.end + 1), repeat=len(ids)):
        years = dict(zip(ids, picked, strict=True))
        spent, busy = {}, {}
        for i, y in years.items():
            for k, c in enumerate(projects[i].capital):
                spent[y + k] = spent.get(y + k, 0.0) + c
                busy[y + k] = busy.get(y + k, 0) + 1
        if max(spent) > o.end or max(spent.values()) > o.yearly + 1e-9:
            continue
        if max(busy.values()) > o.at_once.get("all", 99):
            continue
        if all(years[n] <= years[i] for i in ids for n in projects[i].needs if n in years):
            yield years


def worth(years, projects, o, value):
    """Discounted measured gain of a schedule, straight from its definition."""
    done = {i: y + len(projects[i].capital) for i, y in years.items()}

    def is_open(i, t):
        return done[i] <= t and all(is_open(n, t) for n in projects[i].needs if n in years)

    total = 0.0
    for t in range(o.start, o.end + 1):
        there = frozenset(i for i in years if is_open(i, t))
        total += (value(there) - value(frozenset())) / (1 + o.discount) ** (t - o.start)
    return total


def test_gains_and_money_are_discounted_from_the_first_year():
    # One project: 2 in 2026 and 3 in 2027, open from 2028; worth 10. Horizon 2026-2029, r = 25 %.
    o = replace(invented_objective(10.0, years=(2026, 2029)), discount=0.25)
    a = replace(invented_project("a", 2.0, 3.0), upkeep=1.0, opening_upkeep=(0.5,))
    rules = Rules([a], o)
    found = best_years(rules, frozenset("a"), lambda s: 10.0 * len(s), gains={"a": 10.0})
    assert found.years == {"a": 2026}
    assert found.worth == pytest.approx(10 * 0.64 + 10 * 0.512)
    assert found.path["gain"].tolist() == [0, 0, 10, 10]
    assert found.path["factor"].tolist() == pytest.approx([1, 0.8, 0.64, 0.512])
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert told["path"][2] == {"year": 2028, "value": 10.0, "gain": 10.0, "factor": 0.64, "worth": 6.4}
    assert told["years"] == {"a": 2026}
    money = present([Start(a, 2026)], o)
    assert money.capital == pytest.approx(2 + 3 * 0.8)
    assert money.upkeep == pytest.approx(0.5 * 0.64 + 1.0 * 0.512)
    assert money.undiscounted == {"capital": 5.0, "upkeep": 1.5}
    assert "25.0%" in money.words().en
    assert "25.0%" in found.words().zh


def test_upkeep_of_the_first_years_is_what_the_project_says_and_ends_with_its_life():
    a = replace(invented_project("a", 1.0), upkeep=1.0, opening_upkeep=(0.2, 0.4), life=3)
    table = spending([Start(a, 2026)], invented_objective(1.0, years=(2026, 2030)))
    assert table["upkeep"].tolist() == [0.0, 0.0, 0.2, 0.4, 1.0, 0.0, 0.0]


def test_overlap_makes_the_measured_best_differ_from_what_adding_gains_would_do():
    # One project a year. a and b are two ways to the same 5 points (either gives 5, both 5.5); c gives 3.
    # Alone: a 5, b 5, c 3, so a list by stand-alone gain takes a, b, c. Measured, c must come second:
    # 2027: 5, 2028: 8 (with b: 5.5). Horizon to 2028: 5 + 8 = 13 against 5 + 5.5.
    o = invented_objective(3.0, yearly=1.0, years=(2026, 2028))
    rules = Rules([invented_project(i, 1.0) for i in "abc"], o)

    def value(s):
        both = 5.5 if {"a", "b"} <= s else 5.0 if s & {"a", "b"} else 0.0
        return both + (3.0 if "c" in s else 0.0)

    found = best_years(rules, frozenset("abc"), value, gains={"a": 5.0, "b": 5.0, "c": 3.0})
    assert found.listed == {"a": 2026, "b": 2027, "c": 2028}
    assert found.listed_worth == 10.5
    assert found.worth == 13.0
    assert found.years["c"] == 2027
    assert found.excess == 0.0
    assert found.upper == pytest.approx(13.0, abs=1e-3)


def test_a_project_counts_only_once_what_it_needs_is_open():
    # b (one year, 4 points) needs a (two years, 1 point); both start 2026: both count from 2028.
    o = invented_objective(9.0, years=(2026, 2029))
    projects = [invented_project("a", 1.0, 1.0), invented_project("b", 1.0, needs=("a",))]
    rules = Rules(projects, o)
    found = best_years(
        rules, frozenset("ab"), lambda s: 1.0 * ("a" in s) + 4.0 * ("b" in s), gains={"a": 1.0, "b": 4.0}
    )
    assert found.path["gain"].tolist() == [0, 0, 5, 5]
    assert found.linear == pytest.approx(10.0)


def test_what_is_worth_more_together_is_bounded_only_but_for_twice_what_was_seen():
    # one a year; 1 point each alone, 7 together: from 2027 one, from 2028 both: 1 + 7
    o = invented_objective(2.0, yearly=1.0, years=(2026, 2028))
    rules = Rules([invented_project(i, 1.0) for i in "ab"], o)
    found = best_years(
        rules, frozenset("ab"), lambda s: 1.0 * len(s) + 5.0 * (len(s) == 2), gains={"a": 1.0, "b": 1.0}
    )
    assert found.worth == 8.0
    # a on top of b is worth 6, alone 1: both lines are 5 points too low for some set
    assert found.excess == 5.0
    assert found.upper >= 8.0
    assert "more together" in found.words().en


@pytest.mark.parametrize("seed", range(12))
def test_the_model_finds_the_best_of_all_schedules_when_gains_add_up(seed):
    rng = np.random.default_rng(seed)
    projects, o = invented_schedule(rng)
    rules = Rules(projects.values(), o)
    gains = {i: float(rng.uniform(-1.0, 5.0)) for i in projects}

    def value(s):
        return sum(gains[i] for i in s)

    best = max((worth(y, projects, o, value) for y in all_schedules(projects, o)), default=None)
    found = schedule(rules, frozenset(projects), [Line(0.0, gains)])
    if best is None:
        assert found.years is None
        assert start_years(list(projects.values()), o).years is None
        return
    assert found.value == pytest.approx(best, abs=1e-5)
    assert found.bound >= best - 1e-9
    assert worth(found.years, projects, o, value) == pytest.approx(best, abs=1e-5)


def invented_schedule(rng):
    """Four projects over five years with needs, money and at most two being built at once."""
    o = replace(
        invented_objective(99.0, yearly=float(rng.uniform(5, 9)), years=(2026, 2030)),
        discount=float(rng.uniform(0, 0.2)),
        at_once={"all": 2},
    )
    projects = {
        i: invented_project(
            i, *map(float, rng.uniform(1, 5, int(rng.integers(1, 3)))), needs=("a",) if i == "c" else ()
        )
        for i in "abcd"
    }
    return projects, o


def test_measured_schedules_come_near_the_best_of_all_and_bounds_are_true():
    shares = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        projects, o = invented_schedule(rng)
        rules = Rules(projects.values(), o)
        if rules.years(frozenset(projects)) is None:
            continue
        cover = {i: frozenset(map(int, rng.choice(8, 4, replace=False))) for i in projects}
        weight = rng.uniform(0.5, 2.0, 8)

        def value(s, cover=cover, weight=weight):  # coverage: diminishing returns by construction
            return float(sum(weight[k] for k in frozenset().union(*(cover[i] for i in s))))

        alone = {i: value(frozenset({i})) for i in projects}
        found = best_years(rules, frozenset(projects), value, gains=alone)
        best = max(worth(y, projects, o, value) for y in all_schedules(projects, o))
        assert found.worth == pytest.approx(worth(found.years, projects, o, value), abs=1e-6)
        assert found.excess == 0.0
        assert best <= found.upper + 1e-9
        shares.append(found.worth / best)
    assert len(shares) >= 15
    assert min(shares) >= 0.99


def test_the_limit_of_evaluations_is_kept_and_the_result_still_sound():
    problem = invented_problem(3, projects=6)
    game = problem.game()
    chosen = max(
        (s for s in map(frozenset, ([i] for i in game.rules.ids)) if game.rules.feasible(s)), key=len
    )
    found = best_years(
        game.rules, chosen, game.value, gains=dict.fromkeys(chosen, 1.0), effort=Effort(evaluations=0)
    )
    assert found.worth >= found.listed_worth
    assert found.upper is None


def test_limits_of_building_at_once_hold_and_a_limit_of_none_leaves_no_start():
    o = replace(invented_objective(9.0, years=(2026, 2029)), at_once={"all": 1})
    projects = [invented_project(i, 1.0, 1.0) for i in "ab"]
    assert sorted(start_years(projects, o).years.values()) == [2026, 2028]
    third = start_years([*projects, invented_project("c", 1.0)], o)
    assert third.years is None
    assert third.proved  # five years of building do not fit into four


def test_members_of_a_bundle_may_start_apart_and_the_bundle_is_whole_with_the_last():
    a, b = (replace(invented_project(i, 1.0), bundle="set") for i in "ab")
    table = bundle_years([Start(a, 2026), Start(b, 2028)])
    assert table.loc["set"].tolist() == ["a, b", 2026, 2029]
