"""The plan found again under other rules: another budget, another cost, without a project.

What a set of projects is worth does not depend on money, so everything measured before stands; a new plan is
looked for among the measured sets first, and only a stated number of sets is measured anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from yipan.plan.core import Limits, count_sets, enumerate_all, feasible_sets, rank, within_budget
from yipan.plan.game import Evaluate, Evaluation, Game
from yipan.plan.greedy import Chosen, moves
from yipan.plan.rules import EPS, Rules
from yipan.plan.solve import solve


class _Spent(Exception):  # noqa: N818
    """The allowance of new measurements is used up."""


@dataclass(frozen=True)
class Again:
    """The best set found under the rules asked for (None: there is none); `exact` where all were measured."""

    chosen: Chosen | None
    exact: bool


def within_allowance(game: Game, allowance: int) -> Evaluate:
    """Return the game's evaluations, of which only `allowance` may be new."""
    until = game.evaluations + allowance

    def evaluate(ids: Chosen) -> Evaluation | None:
        if ids not in game.seen and game.evaluations >= until:
            raise _Spent
        return game.evaluation(ids)

    return evaluate


def best_seen(game: Game, rules: Rules) -> Chosen | None:
    """Return the best measured set that keeps the rules and the floors; None where there is none.

    Compared as the search compares: value, then less money, then ids.
    """
    priced = Game(rules, game.evaluation)
    known = frozenset(rules.projects)
    ordered = sorted((s for s in game.seen if s <= known), key=lambda s: -game.value(s))
    for _, level in groupby(ordered, key=game.value):
        sound = [s for s in level if rules.cost(s) <= rules.objective.budget + EPS and game.deficit(s) == 0]
        for s in sorted(sound, key=lambda s: rank(priced, s), reverse=True):
            if rules.feasible(s):
                return s
    return None


def again(game: Game, rules: Rules, *, exact_sets: int, allowance: int) -> Again:
    """Return the best plan found under other rules.

    Every affordable set is measured where there are at most `exact_sets` and the new ones are within
    `allowance`. Otherwise the best measured set is filled up with what still fits, then the search runs
    until the allowance is used up, and the best of all that is measured is returned.
    """
    inner = Game(rules, game.evaluation, slow=game.slow)
    ids = within_budget(rules)
    if count_sets(inner, ids, exact_sets) <= exact_sets:
        new = [s for s in feasible_sets(inner, ids) if s not in game.seen]
        if len(new) <= allowance:
            game.evaluate_many(new)  # side by side where the game can
            found = enumerate_all(inner, ids)
            return Again(None, True) if found is None else Again(found.chosen, found.proved)
    if allowance > 0:
        spend(game, rules, evaluate=within_allowance(game, allowance))
    return Again(best_seen(game, rules), False)


def spend(game: Game, rules: Rules, *, evaluate: Evaluate) -> None:
    """Measure sets under other rules until the evaluator stops: fill the best known set up, then search."""
    try:
        inner = Game(rules, evaluate, slow=game.slow)
        fill(inner, best_seen(game, rules) or frozenset(), worth=lambda i: known_gain(game, i))
        solve(inner, Limits(exact_sets=0, subset_sets=0))
    except _Spent:
        return


def fill(game: Game, start: Chosen, *, worth: Callable[[str], float]) -> Chosen:
    """Add what still fits, by expected gain per cost, each measured once and kept where it improves."""
    chosen, tried = start, set[str]()
    while True:
        left = [m for m in moves(game, chosen) if m.project not in tried]
        left.sort(key=lambda m: (-worth(m.project) / max(m.cost, 1e-6), m.project))
        move = next((m for m in left if game.rules.feasible(chosen | m.added)), None)
        if move is None:
            return chosen
        tried.add(move.project)
        if game.merit(chosen | move.added) > game.merit(chosen):
            chosen = chosen | move.added


def known_gain(game: Game, project: str) -> float:
    """Return what a project gains alone where that was measured, else 0."""
    closure = game.rules.closure(project)
    known = closure in game.seen and closure - {project} in game.seen
    return game.value(closure) - game.value(closure - {project}) if known else 0.0


def with_money(rules: Rules, *, budget: float | None = None, yearly: float | None = None) -> Rules:
    """Return the rules with another budget or another yearly limit, 1e8 of the currency."""
    o = rules.objective
    new = replace(
        o, budget=o.budget if budget is None else budget, yearly=o.yearly if yearly is None else yearly
    )
    return Rules(rules.projects.values(), new)


def with_cost(rules: Rules, project: str, multiple: float) -> Rules:
    """Return the rules with the capital of one project multiplied in every year."""
    p = rules.projects[project]
    scaled = replace(p, capital=tuple(c * multiple for c in p.capital))
    return Rules([scaled if q.id == project else q for q in rules.projects.values()], rules.objective)


def without(rules: Rules, projects: Iterable[str]) -> Rules:
    """Return the rules without some candidates and without whatever needs them."""
    gone = frozenset(projects)
    return Rules([p for p in rules.projects.values() if not rules.closure(p.id) & gone], rules.objective)
