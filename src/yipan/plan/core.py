"""The search core: lazy greedy, exchange and enumeration over any evaluation of project sets.

Effects of projects need not be submodular: two lines that meet can be worth more together than apart. The
lazy order (an old gain is taken as the most a project can now give) is therefore a heuristic, and every run
of it ends with all remaining additions measured afresh, going on where one still improves.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from yipan.plan.game import Game
from yipan.plan.rules import EPS

Chosen = frozenset[str]
By = Literal["density", "gain"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much work a search may do; deterministic (numbers of evaluations, never seconds).

    Parameters
    ----------
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

    exact_sets: int = 256
    swap_evaluations: int = 80
    refill_width: int = 2
    subset_sets: int = 32
    bound_evaluations: int = 20
    missed: int = 10


@dataclass(frozen=True)
class Move:
    """Adding a project with whatever it still needs."""

    project: str
    added: Chosen
    cost: float


@dataclass
class Estimates:
    """Last measured gain of each project, in points of the objective; what the lazy order goes by."""

    gain: dict[str, float] = field(default_factory=dict)

    def of(self, project: str) -> float:
        """Return the last measured gain, infinity where it was never measured."""
        return self.gain.get(project, float("inf"))


def moves(game: Game, chosen: Chosen, *, barred: Chosen = frozenset()) -> list[Move]:
    """Return every addition that keeps money, years, needs and exclusions, by project id."""
    out = []
    for i in game.rules.ids:
        if i in chosen or i in barred:
            continue
        added = game.rules.closure(i) - chosen
        if not added & barred and game.rules.feasible(chosen | added):
            out.append(Move(i, added, game.rules.cost(added)))
    return out


def greedy(game: Game, start: Chosen = frozenset(), *, by: By = "density") -> Chosen:
    """Return a set grown from `start`: floors first, then the objective, as long as anything improves.

    ``density`` takes the largest gain per cost at each step, ``gain`` the largest gain.
    """
    chosen = _fill_floors(game, start, by)
    if game.deficit(chosen) > 0:
        return chosen
    estimates = Estimates()
    while True:
        move = _best_lazily(game, chosen, estimates, by)
        if move is None:
            return chosen
        chosen = chosen | move.added


def _score(gain: float, cost: float, by: By) -> float:
    return gain if by == "gain" else gain / max(cost, 1e-6)


def _fill_floors(game: Game, start: Chosen, by: By) -> Chosen:
    """Add the project that closes most of the floors' deficit (per cost), until it is closed or stuck."""
    chosen = start
    while (short := game.deficit(chosen)) > 0:
        ranked = [
            (_score(short - game.deficit(chosen | m.added), m.cost, by), game.value(chosen | m.added), m)
            for m in moves(game, chosen)
        ]
        best = max(ranked, key=lambda r: (r[0], r[1], r[2].project), default=None)
        if best is None or best[0] <= 0:
            return chosen
        chosen = chosen | best[2].added
    return chosen


def _best_lazily(game: Game, chosen: Chosen, estimates: Estimates, by: By) -> Move | None:
    """Return the best improving move that keeps the floors, measuring as few as the lazy order allows.

    When none of the measured moves improves, all have been measured: that is the proof that no single
    addition improves the set.
    """
    now = game.value(chosen)
    heap = [
        (-_score(estimates.of(m.project), m.cost, by), m.project, n, m)
        for n, m in enumerate(moves(game, chosen))
    ]
    heapq.heapify(heap)
    best: tuple[float, Move] | None = None
    while heap:
        upper, _, _, move = heapq.heappop(heap)
        if best is not None and -upper <= best[0]:
            break
        value = game.value(chosen | move.added)
        estimates.gain[move.project] = value - now
        score = _score(value - now, move.cost, by)
        if value > now and game.deficit(chosen | move.added) == 0 and (best is None or score > best[0]):
            best = (score, move)
    return best[1] if best else None


@dataclass(frozen=True)
class Exchange:
    """The best found without one project: what it would be replaced by and the value then."""

    without: str
    chosen: Chosen
    value: float
    respent: bool


def refill(game: Game, chosen: Chosen, *, barred: str, order: list[str], width: int) -> Chosen:
    """Spend freed money again: of the projects in `order` (best first) measure `width` at each step."""
    while True:
        possible = {m.project: m for m in moves(game, chosen, barred=frozenset({barred}))}
        tried = [possible[i] for i in order if i in possible][:width]
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

    Returns the set and, for each of its projects, the best found without it (`respent` is false where the
    cap on evaluations left no room to spend the money again).
    """
    spent_from = game.evaluations
    while True:
        found: dict[str, Exchange] = {}
        better: Exchange | None = None
        for i in sorted(chosen, key=lambda i: (-game.projects[i].cost, i)):
            left = game.rules.without(chosen, i)
            room = game.evaluations - spent_from < limits.swap_evaluations
            new = refill(game, left, barred=i, order=order, width=limits.refill_width) if room else left
            found[i] = Exchange(i, new, game.value(new), room)
            if game.merit(new) > game.merit(chosen):
                better = found[i]
                break
        if better is None:
            return chosen, found
        chosen = better.chosen


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
