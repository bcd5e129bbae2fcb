"""Exchange: drop one project, spend its money again on what was left out, keep what is better.

What an exchange would bring is first predicted from measured gains (what each project left out adds to the
plan, what each chosen one takes away when dropped); the most promising are then measured, and only
measurements count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yipan.plan.core import Limits, rank
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.rules import EPS


@dataclass(frozen=True)
class Exchange:
    """The best found without one project.

    `dropped` is the value without it (and what needs it); `chosen` and `value` are after the freed money was
    spent again; `respent` is false where the cap on evaluations left no room for that.
    """

    without: str
    dropped: float
    chosen: Chosen
    value: float
    respent: bool


def exchange(
    game: Game, chosen: Chosen, *, alone: dict[str, float], limits: Limits
) -> tuple[Chosen, dict[str, Exchange]]:
    """Improve a set by exchanges until none that was measured improves it, or the cap is reached.

    Returns the set and, for each of its projects, the best found without it. `alone` are stand-alone gains:
    a project left out that does the same as the dropped one may gain up to that when it takes its place.
    """
    left = limits.swap_evaluations
    while True:
        found, spent = _without_each(game, chosen, alone, left)
        left -= spent
        best = max(found.values(), key=lambda e: (rank(game, e.chosen), e.without), default=None)
        if best is None or game.merit(best.chosen) <= game.merit(chosen):
            return chosen, found
        chosen = _take_all(game, best.chosen, found)


def _take_all(game: Game, chosen: Chosen, found: dict[str, Exchange]) -> Chosen:
    """Follow the best exchange by the others that improved, while each still does when measured."""
    for e in sorted(found.values(), key=lambda e: (-e.value, e.without)):
        if e.without not in chosen or not e.respent or e.value <= e.dropped:
            continue
        new = game.rules.without(chosen, e.without) | e.chosen
        if e.without not in new and game.rules.feasible(new) and game.merit(new) > game.merit(chosen):
            chosen = new
    return chosen


def _without_each(
    game: Game, chosen: Chosen, alone: dict[str, float], cap: int
) -> tuple[dict[str, Exchange], int]:
    game.measure_without_each(chosen)
    value = game.value(chosen)
    on_top = _gains_on_top(game, chosen, alone)
    plans = []
    for i in sorted(chosen):
        rest = game.rules.without(chosen, i)
        loss = value - game.value(rest)
        added, gain = _best_spending(game, rest, i, _seen_from(game, i, on_top, alone))
        plans.append((gain - loss, i, rest, added))
    plans.sort(key=lambda r: (-r[0], r[1]))
    found: dict[str, Exchange] = {}
    spent = 0
    for _, i, rest, added in plans:
        base = game.value(rest)
        if not added:
            found[i] = Exchange(i, base, rest, base, True)
        elif spent >= cap:
            found[i] = Exchange(i, base, rest, base, False)
        else:
            spent += 1
            better = game.merit(rest | added) > game.merit(rest)
            new = rest | added if better else rest
            found[i] = Exchange(i, base, new, game.value(new), True)
    return found, spent


def _gains_on_top(game: Game, chosen: Chosen, alone: dict[str, float]) -> dict[str, float]:
    """Measure what each project left out would add to the set, whatever the money."""
    out = {}
    for i in game.rules.ids:
        wanted = chosen | game.rules.closure(i)
        if i not in chosen and game.rules.clash(wanted) is None:
            out[i] = game.value(wanted) - game.value(chosen)
        elif i not in chosen:
            out[i] = alone[i]
    return out


def _seen_from(
    game: Game, dropped: str, on_top: dict[str, float], alone: dict[str, float]
) -> Callable[[str], float]:
    """Return the gain to expect of a project once `dropped` is gone."""
    mine = game.changed_terms(game.rules.closure(dropped))

    def expected(i: str) -> float:
        theirs = game.changed_terms(game.rules.closure(i))
        shared = mine is None or theirs is None or bool((mine & theirs).any())
        return max(on_top[i], min(alone[i], on_top[i] + alone[dropped])) if shared else on_top[i]

    return lambda i: expected(i) if i in on_top else 0.0


def _best_spending(
    game: Game, rest: Chosen, dropped: str, expected: Callable[[str], float]
) -> tuple[Chosen, float]:
    """Return what to buy with the money that `rest` leaves, by expected gains: per cost, or the dearest."""
    worth = {i: expected(i) for i in game.rules.ids if i not in rest and i != dropped}
    cost = {i: max(game.rules.cost(game.rules.closure(i) - rest), 1e-6) for i in worth}
    money = game.objective.budget - game.rules.cost(rest) + EPS
    good = [i for i in worth if worth[i] > 0 and cost[i] <= money]
    best: tuple[float, Chosen] = (0.0, frozenset())
    for order in (
        sorted(good, key=lambda i: (-worth[i] / cost[i], i)),
        sorted(good, key=lambda i: (-worth[i], i)),
    ):
        added, gain = frozenset[str](), 0.0
        for i in order:
            new = added | (game.rules.closure(i) - rest)
            if dropped not in new and i not in added and game.rules.feasible(rest | new):
                added, gain = new, gain + worth[i]
        best = max(best, (gain, added), key=lambda r: (r[0], sorted(r[1])))
    return best[1], best[0]
