"""Replacement cost: the plan without each of its projects, the freed money spent again."""

from __future__ import annotations

from yipan.plan.argue.again import again, without
from yipan.plan.argue.values import ArgueLimits, Replacement
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen


def replacement(game: Game, chosen: Chosen, project: str, *, limits: ArgueLimits) -> Replacement:
    """Return what a plan loses without one of its projects, before and after the money is spent again.

    lost = v(plan) - max { v(S) : S keeps every rule and holds neither the project nor what needs it }; the
    maximum is over all such sets where `exact`, otherwise over the measured ones.
    """
    value = game.value(chosen)
    rest = game.rules.without(chosen, project)
    dropped = value - game.value(rest)
    found = again(
        game,
        without(game.rules, {project}),
        exact_sets=limits.exact_sets,
        allowance=limits.replacement,
    )
    best = rest if found.chosen is None else found.chosen
    return Replacement(
        project=project,
        dropped=dropped,
        lost=value - game.value(best),
        instead=tuple(sorted(best - chosen)),
        gone=tuple(sorted(chosen - best - {project})),
        needed=found.chosen is None,
        exact=found.exact,
    )
