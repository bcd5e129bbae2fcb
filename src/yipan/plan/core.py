"""Enumeration over any evaluation of project sets, and how much work a search may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.rules import EPS, Rules

_CHUNK = 256
"""Sets of an enumeration that are measured together."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much work a search may do; deterministic (numbers of evaluations, never seconds).

    Parameters
    ----------
    both_greedy
        With at most this many candidates the set is also grown by gain, not only by gain per cost.
    exact_sets
        With at most this many feasible sets all of them are measured and the plan is proved best.
    swap_evaluations
        Exchanges measured (drop one project, spend its money again), in all.
    subset_sets
        Evaluations spent on the exact optimum among the strongest candidates only.
    bound_evaluations
        Evaluations spent on tightening the upper bound; a quarter of them on regions so large that their
        times are never written out (`yipan.network.change.lazily`).
    missed
        Projects left out that are measured on top of the plan.
    seed_evaluations
        Evaluations spent on greedy runs from small sets, with at most `both_greedy` candidates.
    relink_evaluations
        Sets measured on paths between the plan and the other starts.
    branch_nodes
        Nodes of branch and bound where the evaluation has a declared structure.
    unknown_nodes
        The same where nothing is declared; a bound from it is conditional on more not being plainly worse.
    """

    both_greedy: int = 60
    exact_sets: int = 256
    swap_evaluations: int = 12
    subset_sets: int = 16
    bound_evaluations: int = 8
    missed: int = 10
    seed_evaluations: int = 24
    relink_evaluations: int = 12
    branch_nodes: int = 2000
    unknown_nodes: int = 0


def feasible_sets(game: Game, ids: list[str]) -> Iterator[Chosen]:
    """Yield every set of `ids` that keeps money, needs and exclusions (start years are not looked at)."""
    costs = [game.projects[i].cost for i in ids]

    def go(k: int, picked: tuple[str, ...], left: float) -> Iterator[Chosen]:
        if k == len(ids):
            chosen = frozenset(picked)
            if game.rules.affordable(chosen):
                yield chosen
            return
        yield from go(k + 1, picked, left)
        if costs[k] <= left + EPS:
            yield from go(k + 1, (*picked, ids[k]), left - costs[k])

    yield from go(0, (), game.objective.budget)


def count_sets(game: Game, ids: list[str], limit: int) -> int:
    """Return how many sets of `ids` the budget affords, stopping just above `limit`."""
    costs = [game.projects[i].cost for i in ids]
    count, waiting = 0, [(0, game.objective.budget)]
    while waiting and count <= limit:
        k, left = waiting.pop()
        count += 1  # of the sets that hold what was taken so far and nothing from k on
        waiting += [(j + 1, left - costs[j]) for j in range(k, len(costs)) if costs[j] <= left + EPS]
    return count


def within_budget(rules: Rules) -> list[str]:
    """Return the ids that the budget affords with all that must come with them."""
    return [i for i in rules.ids if rules.cost(rules.closure(i)) <= rules.objective.budget + EPS]


def rank(game: Game, chosen: Chosen) -> tuple[float, float, float, tuple[str, ...]]:
    """Return what sets are compared by: floors, value, then less money, then ids."""
    return *game.merit(chosen), -game.rules.cost(chosen), tuple(sorted(chosen))


@dataclass(frozen=True)
class Exact:
    """The best of all feasible sets; `proved` unless a set worth more only lacked start years."""

    chosen: Chosen
    value: float
    proved: bool
    sets: int


def _measured(game: Game, ids: list[str]) -> Iterator[Chosen]:
    """Yield every affordable set once it is measured, some hundreds at once."""
    waiting = feasible_sets(game, ids)
    while chunk := list(islice(waiting, _CHUNK)):
        game.evaluate_many(chunk)
        yield from chunk


def enumerate_all(game: Game, ids: list[str]) -> Exact | None:
    """Measure every affordable set of `ids` and return the best that keeps all rules and floors.

    None where not one does. The search for start years may end before it is through; where it found none
    for a set that would have been better, the result is not called proved.
    """
    best: Chosen | None = None
    unsure: list[Chosen] = []
    sets = 0
    for s in _measured(game, ids):
        sets += 1
        if game.deficit(s) > 0:
            continue
        timing = game.rules.timing(s)
        if timing.years is None:
            unsure += [] if timing.proved else [s]
        elif best is None or rank(game, s) > rank(game, best):
            best = s
    if best is None:
        return None
    top = game.value(best)
    return Exact(best, top, all(game.value(s) <= top for s in unsure), sets)
