"""Laws of phasing: money and needs kept, building at once kept, no worse than the list, repeatable."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.plan.core import feasible_sets
from yipan.plan.game import Game
from yipan.plan.invented import invented_problem
from yipan.plan.phasing import best_years
from yipan.plan.rules import Rules

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
    return game, chosen, best_years(game.rules, chosen, game.value, gains=gains)


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
