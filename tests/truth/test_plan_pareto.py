"""Fronts against hand-worked cases, naive domination, pymoo's hypervolume and all sites of a small graph."""

from __future__ import annotations

import builtins
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from yipan.errors import PlanError
from yipan.plan.core import Limits
from yipan.plan.front import Criterion, hypervolume, not_dominated
from yipan.plan.game import Evaluation, Game
from yipan.plan.invented import invented_objective, invented_of, invented_project
from yipan.plan.pareto import (
    front_by_budget,
    greenhouse_gases,
    land_taken,
    money_spent,
    pareto_front,
    worth,
)
from yipan.plan.rules import Rules
from yipan.text import Text

EVERY = Limits(exact_sets=100_000)
ONE_BY_ONE = Limits(exact_sets=0)


def count_even(of="most"):
    """A second criterion that has nothing to do with the first: projects with an even number."""
    return Criterion(
        id="even",
        name=Text("偶数", "even"),
        unit="projects",
        of=lambda s, _: float(sum(int(i[1:]) % 2 == 0 for i in s) - 0.5 * len(s)),
        best=of,
    )


def test_a_front_worked_out_by_hand():
    # money 4. a (cost 1, worth 3), b (cost 2, worth 4), c (cost 3, worth 4.5).
    # worth and money: {} 0/0, a 3/1, b 4/2, c 4.5/3 (beaten by ab 7/3), ab 7/3, ac 7.5/4.
    worths = {"a": 3.0, "b": 4.0, "c": 4.5}
    candidates = [invented_project("a", 1), invented_project("b", 2), invented_project("c", 3)]
    game = Game(
        Rules(candidates, invented_objective(4)),
        lambda s: Evaluation(value=sum(worths[i] for i in s), clusters={"k": 0.0}),
        structure="additive",
    )
    for limits in (EVERY, ONE_BY_ONE):
        front = pareto_front(game, [worth(game), money_spent(game)], limits=limits)
        assert [p.values for p in front.points] == [
            (7.5, 4.0),
            (7.0, 3.0),
            (4.0, 2.0),
            (3.0, 1.0),
            (0.0, 0.0),
        ]
        assert front.points[0].projects == ("a", "c")
        assert front.proved
        assert all(p.proved for p in front.points)
        # share of (worth 0..7.5, saved money 0..4): ab 0.933 + 0.25 = 1.183, a 0.4 + 0.75 = 1.15,
        # b 0.533 + 0.5 = 1.033: ab is the knee
        assert front.knee == 1
        # by slices of money, worth left and right: (7/7.5)*1/4 + (4/7.5)*1/4 + (3/7.5)*1/4
        assert front.hypervolume == pytest.approx((7 + 4 + 3) / 7.5 / 4)


def test_the_front_of_budgets_never_falls_and_says_what_is_proved():
    problem = invented_of("coverage", 11, projects=8)
    game = problem.game()
    budgets = [0.0, *np.linspace(4, problem.objective.budget, 6)]
    front = front_by_budget(game, budgets, limits=EVERY)
    assert front.proved
    best = {}
    for budget in budgets:
        sets = [s for s in all_sets(game) if game.rules.cost(s) <= budget + 1e-9 and keeps(game, s)]
        if sets:
            best[budget] = max(game.value(s) for s in sets)
    for budget, value in best.items():
        assert max(p.values[0] for p in front.points if p.values[1] <= budget + 1e-9) == pytest.approx(value)
    short = front_by_budget(problem.game(), budgets, limits=Limits(exact_sets=0, branch_nodes=0))
    assert not short.proved
    assert "not each is proved" in short.how.en


def all_sets(game):
    ids = list(game.rules.ids)
    return [frozenset(s) for n in range(len(ids) + 1) for s in combinations(ids, n)]


def keeps(game, chosen):
    return game.rules.feasible(chosen) and game.deficit(chosen) == 0


@pytest.mark.parametrize("family", ["additive", "coverage", "congested", "synergy"])
def test_the_constraint_method_finds_what_naive_domination_keeps(family):
    told = 0
    for seed in range(6):
        game = invented_of(family, seed, projects=6).game()
        second = count_even("least")
        rows = {
            (round(game.value(s), 6), round(second.of(s, game.base), 6))
            for s in all_sets(game)
            if keeps(game, s)
        }
        if not rows:
            continue
        told += 1
        expected = sorted(
            (r for r in rows if not any(o != r and o[0] >= r[0] and o[1] <= r[1] for o in rows)), reverse=True
        )
        for limits in (EVERY, Limits(exact_sets=0, unknown_nodes=1000)):
            front = pareto_front(game, [worth(game), second], limits=limits, points=50)
            assert [tuple(np.round(p.values, 6)) for p in front.points] == expected
            assert front.proved == (family != "synergy" or limits is EVERY)
    assert told >= 4


def test_median_against_dispersion_on_a_small_graph():
    """Three of ten sites: near everyone (p-median) and far from each other (p-dispersion)."""
    at = np.random.default_rng(5).uniform(0, 10, (10, 2))
    away = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))

    def median(some):
        return float(away[:, list(some)].min(axis=1).sum())

    def apart(some):
        return min(float(away[a, b]) for a, b in combinations(some, 2))

    rows = [(round(median(s), 6), round(apart(s), 6)) for s in combinations(range(10), 3)]
    expected = sorted(r for r in rows if not any(o != r and o[0] <= r[0] and o[1] >= r[1] for o in rows))

    # fewer than three sites are worth nothing: everyone walks 1000
    def sites(s):
        return [int(i[1:]) for i in sorted(s)]

    game = Game(
        Rules([invented_project(f"s{k}", 1) for k in range(10)], invented_objective(3)),
        lambda s: Evaluation(value=-median(sites(s)) if len(s) == 3 else -1000.0, clusters={"k": 0.0}),
    )
    near = Criterion(
        id="median", name=Text("总距离", "distance"), unit="km", of=lambda s, e: -e.value, best="least"
    )
    far = Criterion(
        id="dispersion",
        name=Text("最小间距", "least gap"),
        unit="km",
        of=lambda s, _: apart(sites(s)) if len(s) == 3 else 0.0,
    )
    front = pareto_front(game, [near, far], limits=EVERY)
    assert [tuple(np.round(p.values, 6)) for p in front.points] == sorted(set(expected))
    assert len(front.points) >= 3
    assert front.proved


def test_hypervolume_agrees_with_pymoo():
    peer = pytest.importorskip("pymoo.indicators.hv", reason="pymoo is not installed").HV
    rng = np.random.default_rng(2)
    for columns in (2, 3, 4):
        scores = rng.uniform(0, 1, (12, columns))
        ours = hypervolume(scores, np.zeros(columns))
        assert ours == pytest.approx(float(peer(ref_point=np.zeros(columns))(-scores)), rel=1e-9)


def test_domination_agrees_with_the_definition():
    scores = np.random.default_rng(1).integers(0, 4, (40, 3)).astype(float)
    for k, keep in enumerate(not_dominated(scores)):
        beaten = any((o >= scores[k]).all() and (o > scores[k]).any() for o in scores)
        assert keep == (not beaten and not any((scores[j] == scores[k]).all() for j in range(k)))


@pytest.mark.parametrize("criteria", [3, 4])
def test_many_criteria_by_pymoo_are_all_feasible_measured_and_repeatable(criteria):
    pytest.importorskip("pymoo", reason="pymoo is not installed")
    problem = invented_of("coverage", 4, projects=8)

    def front(limits):
        game = problem.game()
        last = Criterion(
            id="n", name=Text("项目数", "projects"), unit="", of=lambda s, _: len(s), best="least"
        )
        wanted = [worth(game), money_spent(game), count_even(), last][:criteria]
        return game, pareto_front(game, wanted, limits=limits)

    game, found = front(ONE_BY_ONE)
    _, again = front(ONE_BY_ONE)
    _, exact = front(EVERY)
    assert found == again
    assert not found.proved
    assert exact.proved
    assert all(keeps(game, frozenset(p.projects)) for p in found.points)
    signs = np.array([1.0, -1.0, 1.0, -1.0][:criteria])
    best = np.array([p.values for p in exact.points]) * signs
    ours = np.array([p.values for p in found.points]) * signs
    for row in ours:  # some exact point is as good in everything; most are on the exact front
        assert (best >= row - 1e-9).all(axis=1).any()
    on = [np.isclose(best, row).all(axis=1).any() for row in ours]
    assert np.mean(on) >= 0.8


def test_without_pymoo_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def refusing(name, *args, **kwargs):
        if name == "yipan.plan.many":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    game = invented_of("coverage", 4, projects=5).game()
    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(PlanError, match="pip install"):
        pareto_front(game, [worth(game), money_spent(game), count_even()], limits=ONE_BY_ONE)


def test_one_criterion_is_no_front_and_no_plan_is_an_error():
    game = invented_of("coverage", 4, projects=5).game()
    with pytest.raises(PlanError, match="at least two"):
        pareto_front(game, [worth(game)])
    rules = Rules([invented_project("a", 1)], invented_objective(2, floor=5.0))
    hopeless = Game(rules, lambda s: Evaluation(value=float(len(s)), clusters={"k": 0.0}))
    for limits in (EVERY, ONE_BY_ONE):
        with pytest.raises(PlanError, match="no set of projects keeps"):
            pareto_front(hopeless, [worth(hopeless), money_spent(hopeless)], limits=limits)


def test_a_front_is_said_in_words_and_as_plain_values():
    game = invented_of("coverage", 4, projects=6).game()
    front = pareto_front(game, [worth(game), money_spent(game)], limits=EVERY)
    words = front.words()
    assert len(words.en.splitlines()) == len(front.points) + 1
    assert words.en.count("(knee)") == words.zh.count("拐点") == (front.knee is not None)
    plain = front.as_dict()
    assert [p["values"] for p in plain["points"]] == [list(p.values) for p in front.points]
    assert plain["criteria"][1] == {
        "id": "money",
        "zh": "资本",
        "en": "capital",
        "unit": "1e8",
        "best": "least",
    }


def test_land_and_carbon_are_added_up_over_projects():
    a = replace(invented_project("a", 1), land=2.0, carbon=-3.0)
    b = replace(invented_project("b", 1), land=0.5)
    game = Game(
        Rules([a, b], invented_objective(2)), lambda s: Evaluation(value=float(len(s)), clusters={"k": 0.0})
    )
    front = pareto_front(game, [worth(game), land_taken(game), greenhouse_gases(game)], limits=EVERY)
    # both (2, 2.5, -3); a alone (1, 2, -3); b alone (1, 0.5, 0); nothing (0, 0, 0)
    assert {p.values for p in front.points} == {(2, 2.5, -3), (1, 2, -3), (1, 0.5, 0), (0, 0, 0)}
