"""Near-best alternatives, and the projects that are in every good plan or in none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yipan.plan.argue.again import spend, within_allowance
from yipan.plan.argue.values import Alternative, ArgueLimits, Near
from yipan.plan.game import Evaluation, Game
from yipan.plan.greedy import Chosen

_SAME = 1e-9


def near_best(game: Game, chosen: Chosen, *, limits: ArgueLimits, complete: bool) -> Near:
    """Return the good sets, how often each project is in them, and a few that differ as much as possible.

    Good sets keep every rule and are at most max(points, share x gain) below the plan. Where not every set
    was measured, more are looked for first in rounds: the search runs again with a fine on each project for
    every alternative named so far that holds it (the idea of modelling to generate alternatives, Brill,
    Chang & Hopkins 1982), and every set measured on the way counts.
    """
    gain = game.value(chosen) - game.value(frozenset())
    within = max(limits.near_points, limits.near_share * max(gain, 0.0))
    if not complete:
        for _ in range(limits.rounds):
            named = dispersed(game, good_sets(game, chosen, within), chosen, limits.alternatives)
            _look_for_others(game, [chosen, *named], within, limits.per_round)
    good = good_sets(game, chosen, within)
    count = Counter(i for s in good for i in s)
    share = {i: count[i] / len(good) for i in game.rules.ids}
    return Near(
        within=within,
        sets=len(good),
        complete=complete,
        share=share,
        always=tuple(i for i in game.rules.ids if count[i] == len(good)),
        never=tuple(i for i in game.rules.ids if count[i] == 0),
        alternatives=_alternatives(game, good, chosen, limits.alternatives),
    )


def good_sets(game: Game, chosen: Chosen, within: float) -> list[Chosen]:
    """Return the plan and every measured set that keeps the rules and is at most `within` points below it."""
    least = game.value(chosen) - within - _SAME
    good = {
        s for s in game.seen if game.value(s) >= least and game.deficit(s) == 0 and game.rules.feasible(s)
    }
    return sorted({chosen, *good}, key=lambda s: (-game.value(s), sorted(s)))


def distance(game: Game, a: Chosen, b: Chosen) -> float:
    """Return the share of money two sets spend differently: cost of what only one has / of what either has.

    Where nothing costs anything, projects are counted instead.
    """
    either = game.rules.cost(a | b)
    if either > 0:
        return game.rules.cost(a ^ b) / either
    return len(a ^ b) / max(len(a | b), 1)


def dispersed(game: Game, good: Sequence[Chosen], chosen: Chosen, count: int) -> list[Chosen]:
    """Return up to `count` sets, each as far as possible from the plan and from those before it.

    Greedy max-min dispersion: the next is the set whose least distance to all named so far is largest; of
    equal ones the better, then by ids. It is at least half as spread out as the best choice of that many.
    """
    named: list[Chosen] = []
    while len(named) < count:
        rest = [s for s in good if s != chosen and s not in named]
        if not rest:
            return named
        named.append(
            min(
                rest,
                key=lambda s: (
                    -round(min(distance(game, s, t) for t in (chosen, *named)), 12),
                    -game.value(s),
                    sorted(s),
                ),
            )
        )
    return named


def _alternatives(game: Game, good: Sequence[Chosen], chosen: Chosen, count: int) -> tuple[Alternative, ...]:
    named = dispersed(game, good, chosen, count)
    return tuple(
        Alternative(
            projects=tuple(sorted(s)),
            value=game.value(s),
            below=game.value(chosen) - game.value(s),
            cost=game.rules.cost(s),
            distance=min(distance(game, s, t) for t in (chosen, *named[:k])),
            added=tuple(sorted(s - chosen)),
            removed=tuple(sorted(chosen - s)),
        )
        for k, s in enumerate(named)
    )


def _look_for_others(game: Game, named: Sequence[Chosen], within: float, allowance: int) -> None:
    times = Counter(i for s in named for i in s)
    most = max((sum(times[i] for i in s) for s in named), default=0)
    if allowance <= 0 or within <= 0 or most == 0:
        return
    fine = 2 * within / most
    measured = within_allowance(game, allowance)

    def fined(ids: Chosen) -> Evaluation | None:
        e = measured(ids)
        return None if e is None else replace(e, value=e.value - _fine(times, ids, fine), parts=None)

    spend(game, game.rules, evaluate=fined)


def _fine(times: Mapping[str, int], ids: Chosen, each: float) -> float:
    return each * sum(times.get(i, 0) for i in ids)
