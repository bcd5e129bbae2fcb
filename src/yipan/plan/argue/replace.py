"""Replacement cost: the plan without each of its projects, the freed money spent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yipan.plan.argue.again import again, without
from yipan.plan.argue.values import Replacement
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.solve import Solution


def replacement(
    game: Game, chosen: Chosen, project: str, *, dropped: float, exact_sets: int, allowance: int
) -> Replacement:
    """Return what a plan loses without one of its projects, before and after the money is spent again.

    lost = v(plan) - max { v(S) : S keeps every rule and holds neither the project nor what needs it }; the
    maximum is over all such sets where `exact`, otherwise over the measured ones, `allowance` of them new.

    Parameters
    ----------
    dropped
        What is lost while the money lies idle (`yipan.plan.exchange.losses`), where that set itself was not
        measured.
    """
    value, rest = game.value(chosen), game.rules.without(chosen, project)
    if rest in game.seen:
        dropped = value - game.value(rest)
    found = again(game, without(game.rules, {project}), exact_sets=exact_sets, allowance=allowance)
    best = rest if found.chosen is None else found.chosen
    lost = dropped if found.chosen is None else value - game.value(best)
    if lost > dropped and not found.exact and game.rules.feasible(rest) and _keeps_floors(game, rest):
        best, lost = rest, dropped  # all that was measured without it is worse than idle money
    return Replacement(
        project=project,
        dropped=dropped,
        lost=lost,
        instead=tuple(sorted(best - chosen)),
        gone=tuple(sorted(chosen - best - {project})),
        needed=found.chosen is None,
        exact=found.exact,
    )


def _keeps_floors(game: Game, rest: Chosen) -> bool:
    """Whether a set keeps the floors; it is measured for that only where one asks for a rise."""
    return all(f <= 0 for f in game.objective.kept.values()) or game.deficit(rest) == 0


def informed(solution: Solution, replacements: Sequence[Replacement]) -> Solution:
    """Return a solution whose exchanges are the best plans that arguing found without each project.

    So that the reasons and the argument tell one figure of what is lost without it.
    """
    exchanges = dict(solution.exchanges)
    for r in replacements:
        if not r.needed:
            others = (solution.chosen - {r.project} - frozenset(r.gone)) | frozenset(r.instead)
            exchanges[r.project] = replace(
                exchanges[r.project],
                chosen=others,
                value=solution.value - r.lost,
                measured=True,
                settled=r.exact or exchanges[r.project].settled,
            )
    return replace(solution, exchanges=exchanges)
