"""Exchange and enumeration over any evaluation of project sets, and how much work a search may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yipan.plan.game import Game
from yipan.plan.greedy import Chosen, Move, moves
from yipan.plan.rules import EPS


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
        Evaluations spent on exchanges (drop one project, spend its money again).
    refill_width
        Additions measured at each step of spending freed money again.
    subset_sets
        Evaluations spent on the exact optimum among the strongest candidates only.
    bound_evaluations
        Evaluations spent on tightening the upper bound.
    missed
        Projects left out that are measured on top of the plan.
    """

    both_greedy: int = 60
    exact_sets: int = 256
    swap_evaluations: int = 80
    refill_width: int = 2
    subset_sets: int = 16
    bound_evaluations: int = 12
    missed: int = 10


@dataclass(frozen=True)
class Exchange:
    """The best found without one project.

    `dropped` is the value without it (and what needs it); `chosen` and `value` are after the freed money was
    spent again, where `respent` is true.
    """

    without: str
    dropped: float
    chosen: Chosen
    value: float
    respent: bool


def refill(game: Game, chosen: Chosen, *, barred: str, order: list[str], width: int) -> Chosen:
    """Spend freed money again: of the projects in `order` (best first) measure `width` at each step."""
    while True:
        possible = {m.project: m for m in moves(game, chosen, barred=frozenset({barred}))}
        tried: list[Move] = []
        for i in order:
            if len(tried) == width:
                break
            if i in possible and game.rules.feasible(chosen | possible[i].added):
                tried.append(possible[i])
        here = game.merit(chosen)
        ranked = [(game.merit(chosen | m.added), m.project, m) for m in tried]
        best = max(ranked, key=lambda r: (r[0], r[1]), default=None)
        if best is None or best[0] <= here:
            return chosen
        chosen = chosen | best[2].added


def exchange(
    game: Game, chosen: Chosen, *, order: list[str], limits: Limits
) -> tuple[Chosen, dict[str, Exchange]]:
    """Improve a set by dropping one project and spending its money again, until nothing improves.

    Every pass measures the set without each project, spends the freed money again while the cap on
    evaluations lasts (dearest projects first) and takes the best exchange. Returns the set and, for each of
    its projects, the best found without it.
    """
    spent = 0
    while True:
        game.measure_without_each(chosen)
        found: dict[str, Exchange] = {}
        for i in sorted(chosen, key=lambda i: (-game.projects[i].cost, i)):
            left = game.rules.without(chosen, i)
            room = spent < limits.swap_evaluations
            before = game.evaluations
            new = refill(game, left, barred=i, order=order, width=limits.refill_width) if room else left
            spent += game.evaluations - before
            found[i] = Exchange(i, game.value(left), new, game.value(new), room)
        best = max(found.values(), key=lambda e: (rank(game, e.chosen), e.without), default=None)
        if best is None or game.merit(best.chosen) <= game.merit(chosen):
            return chosen, found
        chosen = best.chosen


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

    def go(k: int, left: float, count: int) -> int:
        if count > limit or k == len(costs):
            return count + (k == len(costs))
        if costs[k] <= left + EPS:
            count = go(k + 1, left - costs[k], count)
        return go(k + 1, left, count) if count <= limit else count

    return go(0, game.objective.budget, 0)


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


def enumerate_all(game: Game, ids: list[str]) -> Exact | None:
    """Measure every affordable set of `ids` and return the best that keeps all rules and floors.

    None where not one does. The search for start years may end before it is through; where it found none
    for a set that would have been better, the result is not called proved.
    """
    best: Chosen | None = None
    unsure: list[Chosen] = []
    sets = 0
    for s in feasible_sets(game, ids):
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
