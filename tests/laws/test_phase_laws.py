"""Laws of phasing: money and needs kept, building at once kept, no worse than the list, repeatable."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.plan.core import Limits, feasible_sets
from yipan.plan.game import Game
from yipan.plan.invented import invented_objective, invented_problem, invented_project
from yipan.plan.phasing import best_years
from yipan.plan.rules import Rules, start_years
from yipan.plan.solve import solve

SEEDS = st.integers(0, 10_000)
QUICK = settings(max_examples=25, deadline=None, derandomize=True)


def phased(seed, *, at_once=None, backwards=False):
    """Phase the largest feasible set of an invented problem; None where only nothing is feasible."""
    problem = invented_problem(seed, projects=7)
    o = replace(
        problem.objective, discount=(seed % 5) / 50, at_once={} if at_once is None else {"all": at_once}
    )
    candidates = problem.candidates[::-1] if backwards else problem.candidates
    game = Game(Rules(candidates, o), problem.evaluate)
    sets = [s for s in feasible_sets(game, list(game.rules.ids)) if game.rules.years(s) is not None]
    chosen = max(sets, key=lambda s: (len(s), sorted(s)))
    if not chosen:
        return None
    gains = {i: game.value({i}) - game.value(()) for i in chosen}
    return (
        game,
        chosen,
        best_years(game.rules, chosen, game.value, gains=gains, known=game.seen, many=game.evaluate_many),
    )


@QUICK
@given(SEEDS, st.sampled_from([None, 1, 2]))
def test_every_rule_of_years_holds_and_the_list_schedule_is_never_better(seed, at_once):
    made = phased(seed, at_once=at_once)
    if made is None:
        return
    game, chosen, found = made
    o = game.objective
    assert set(found.years) == chosen
    spent = dict.fromkeys(range(o.start, o.end + 1), 0.0)
    building = dict.fromkeys(spent, 0)
    for i, y in found.years.items():
        p = game.projects[i]
        for k, c in enumerate(p.capital):
            spent[y + k] += c  # a KeyError here would be money outside the horizon
            building[y + k] += 1
        assert all(found.years[n] <= y for n in p.needs)
    assert max(spent.values()) <= o.yearly + 1e-6
    assert max(building.values()) <= (at_once or len(chosen))
    assert found.worth >= found.listed_worth


@QUICK
@given(SEEDS)
def test_the_same_years_come_out_again_whatever_order_the_candidates_are_in(seed):
    one, other = phased(seed), phased(seed, backwards=True)
    if one is None or other is None:
        assert one is other
        return
    assert one[2].years == other[2].years
    assert one[2].worth == other[2].worth


@QUICK
@given(SEEDS)
def test_worth_by_year_adds_up_to_the_worth_said(seed):
    made = phased(seed)
    if made is None:
        return
    found = made[2]
    assert abs(found.path["worth"].sum() - found.worth) < 1e-6
    assert (found.upper is None) or found.upper >= found.worth - 1e-6


def fits(projects, years, o):
    """Whether start years keep the horizon, windows, money, needs and what may be built at once."""
    money, busy = Counter(), Counter()
    for p in projects:
        for k, c in enumerate(p.capital):
            money[years[p.id] + k] += c
            busy[years[p.id] + k] += 1
    return (
        max(money) <= o.end
        and max(money.values()) <= o.yearly + 1e-9
        and max(busy.values()) <= o.at_once["all"]
        and all(p.earliest is None or years[p.id] >= p.earliest for p in projects)
        and all(years[n] <= years[p.id] for p in projects for n in p.needs)
    )


@QUICK
@given(SEEDS)
def test_start_years_are_found_where_there_are_any_and_none_is_said_only_with_proof(seed):
    rng = np.random.default_rng(seed)
    o = replace(
        invented_objective(99.0, yearly=float(rng.uniform(3, 8)), years=(2026, 2029)),
        at_once={"all": int(rng.integers(1, 4))},
    )
    projects = [
        replace(
            invented_project(
                i, *map(float, rng.uniform(1, 4, int(rng.integers(1, 3)))), needs=("a",) if i == "c" else ()
            ),
            earliest=int(rng.integers(2026, 2028)) if rng.random() < 0.3 else None,
        )
        for i in "abcd"
    ]
    every = (dict(zip("abcd", y, strict=True)) for y in product(range(2026, 2030), repeat=4))
    exists = any(fits(projects, y, o) for y in every)
    found = start_years(projects, o)
    assert found.proved
    assert (found.years is not None) == exists
    assert found.years is None or fits(projects, found.years, o)


@QUICK
@given(SEEDS)
def test_a_search_takes_bundles_whole_and_keeps_land_carbon_and_building_at_once(seed):
    problem, rng = invented_problem(seed, projects=7), np.random.default_rng(seed)
    candidates = [
        replace(
            p,
            bundle=str(rng.choice(["", "", "x", "y"])),
            land=float(rng.uniform(0, 3)),
            carbon=float(rng.uniform(-1, 3)),
        )
        for p in problem.candidates
    ]
    o = replace(problem.objective, floors={}, land=6.0, carbon=4.0, at_once={"all": 2})
    game = Game(Rules(candidates, o), problem.evaluate)
    chosen = solve(game, Limits(exact_sets=0, subset_sets=8)).chosen
    mine = [p for p in candidates if p.id in chosen]
    for name in ("x", "y"):
        whole = {p.id for p in candidates if p.bundle == name}
        assert whole <= chosen or not whole & chosen
    assert sum(p.land for p in mine) <= 6.0 + 1e-6
    assert sum(p.carbon for p in mine) <= 4.0 + 1e-6
    years = game.rules.years(chosen)
    building = Counter(years[p.id] + k for p in mine for k in range(p.build_years))
    assert max(building.values(), default=0) <= 2
