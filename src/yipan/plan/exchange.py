"""Exchange: drop one project, spend its money again on what was left out, keep what is better.

What an exchange would bring is first predicted from measured gains (what each project left out adds to the
plan, what each chosen one takes away when dropped); the most promising are then measured, and only
measurements count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yipan.plan.core import Limits, rank
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.rules import EPS

_MANY = 20
"""With more chosen projects than this, those that share no term are left out together."""
_SHARED = 5e-5
"""Points by which both must change a term to share it (shown figures have three decimals)."""
_LEFT_OUT = 10
"""How many of those left out are considered, by gain per cost and by gain each."""


@dataclass(frozen=True)
class Exchange:
    """The best found without one project.

    `dropped` is the value without it (and what needs it); `chosen` and `value` are after the freed money was
    spent again. `measured` is false where `value` comes from measured gains added up, not from measuring
    `chosen` itself; `settled` is true where every spending thought of was measured.
    """

    without: str
    dropped: float
    chosen: Chosen
    value: float
    measured: bool
    settled: bool = True


@dataclass(frozen=True)
class _Idea:
    """One exchange and what it is predicted to bring, points; `sure` where only measured gains were added."""

    predicted: float
    sure: bool
    without: str
    added: Chosen


def exchange(
    game: Game, chosen: Chosen, *, alone: dict[str, float], gains: dict[str, float], limits: Limits
) -> tuple[Chosen, dict[str, Exchange]]:
    """Improve a set by exchanges until none that was measured improves it, or the cap is reached.

    Parameters
    ----------
    alone
        Stand-alone gains: a project left out that does the same as the dropped one may gain up to that when
        it takes its place.
    gains
        What each chosen project added when it was taken; with many projects the first guess of its loss.

    Returns
    -------
    The set and, for each of its projects, the best found without it.
    """
    left = limits.swap_evaluations
    while True:
        on_top = _gains_on_top(game, chosen, alone)
        rough = len(chosen) > _MANY and left > 0
        lost = {i: gains.get(i, alone[i]) for i in chosen} if rough else losses(game, chosen)
        ideas = _ideas(game, chosen, alone, (lost, on_top))
        found, spent = _try(game, chosen, ideas, lost, left)
        left -= spent
        best = max(
            (e for e in found.values() if e.measured and _better(game, e, chosen)),
            key=lambda e: (rank(game, e.chosen), e.without),
            default=None,
        )
        if best is not None:
            chosen = _take_all(game, best.chosen, found)
        elif rough:
            left = 0  # nothing more by guesses: measure what each project is worth, and end
        else:
            return chosen, found


def _better(game: Game, e: Exchange, chosen: Chosen) -> bool:
    """Whether an exchange is worth more and keeps floors and rules: what is dropped may have saved carbon."""
    return (
        e.value > game.value(chosen)
        and game.deficit(e.chosen) <= game.deficit(chosen)
        and game.rules.feasible(e.chosen)
    )


def _take_all(game: Game, chosen: Chosen, found: dict[str, Exchange]) -> Chosen:
    """Follow the best exchange by the others that improved, while each still does when measured."""
    for e in sorted(found.values(), key=lambda e: (-e.value, e.without)):
        if e.without not in chosen or not e.measured or e.value <= game.value(chosen):
            continue
        new = game.rules.without(chosen, e.without) | e.chosen
        if e.without not in new and game.rules.feasible(new) and game.merit(new) > game.merit(chosen):
            chosen = new
    return chosen


def _ideas(
    game: Game,
    chosen: Chosen,
    alone: dict[str, float],
    known: tuple[dict[str, float], dict[str, float]],
) -> list[_Idea]:
    """Return exchanges worth trying, most promising first."""
    lost, on_top = known
    out = []
    for i in sorted(chosen):
        rest = game.rules.without(chosen, i)
        # what is left out is first taken at its measured gain, then, less surely, as a substitute for i
        for sure, expected in ((True, on_top), (False, _as_substitutes(game, i, on_top, alone))):
            added, gain = _best_spending(game, rest, i, expected)
            if added:
                out.append(_Idea(gain - lost[i], sure, i, added))
    return sorted(out, key=lambda r: (r.predicted <= 0, not r.sure, -r.predicted, r.without))


def _try(
    game: Game, chosen: Chosen, ideas: list[_Idea], lost: dict[str, float], cap: int
) -> tuple[dict[str, Exchange], int]:
    """Measure ideas while the cap lasts; the rest stand as predicted, never above the set itself."""
    value = game.value(chosen)
    found: dict[str, Exchange] = {}
    for i in sorted(chosen):
        rest = game.rules.without(chosen, i)
        found[i] = Exchange(i, value - lost[i], rest, value - lost[i], True)
    wanted = list(dict.fromkeys(game.rules.without(chosen, i.without) | i.added for i in ideas))
    new_ones = [s for s in wanted if s not in game.seen][: max(cap, 0)]
    game.evaluate_many(new_ones)
    for idea in ideas:
        e = found[idea.without]
        rest = game.rules.without(chosen, idea.without)
        new = rest | idea.added
        if new in game.seen:
            if game.deficit(new) == 0 and (not e.measured or game.value(new) > e.value):
                found[idea.without] = replace(e, chosen=new, value=game.value(new), measured=True)
        elif idea.sure and idea.predicted + lost[idea.without] > 0 and e.chosen == rest:
            expected = min(value, value + idea.predicted)
            found[idea.without] = replace(e, chosen=new, value=expected, measured=False, settled=False)
        else:
            found[idea.without] = replace(e, settled=False)
    return found, len(new_ones)


def losses(game: Game, chosen: Chosen) -> dict[str, float]:
    """Return what a set loses without each of its projects (and what needs it), points.

    Projects that share no term (indicator and zone) are left out together in one measurement, and each is
    given the change of its own terms; where the terms are not known, each is left out alone.
    """
    full = game.evaluation(chosen)
    out: dict[str, float] = {}
    groups = _disjoint_groups(game, chosen)
    gone = [
        frozenset[str]().union(*(chosen - game.rules.without(chosen, i) for i in group))
        for group, _ in groups
    ]
    left = game.evaluate_many(chosen - g for g in gone)
    for (group, masks), e in zip(groups, left, strict=True):
        whole = len(group) == 1 or e is None or full is None or e.parts is None or full.parts is None
        for i, mask in zip(group, masks, strict=True):
            if whole or e is None or e.parts is None or full is None or full.parts is None or mask is None:
                out[i] = game.value(chosen) - game.value(game.rules.without(chosen, i))
            else:
                out[i] = round(float((full.parts - e.parts)[mask].sum()), 9)
    return out


def _disjoint_groups(game: Game, chosen: Chosen) -> list[tuple[list[str], list[NDArray[np.bool_] | None]]]:
    """Return the projects in groups that share no changed term, with the terms of each.

    Projects that are slow to leave out are grouped among themselves.
    """
    groups: list[tuple[list[str], list[NDArray[np.bool_] | None]]] = []
    alone = len(chosen) <= _MANY
    for i in sorted(chosen, key=lambda i: (-game.projects[i].cost, i)):
        mask = _terms_of(game, chosen - game.rules.without(chosen, i))
        for names, masks in groups:
            apart = all(mask is not None and m is not None and not (m & mask).any() for m in masks)
            if not alone and apart and (i in game.slow) == (names[0] in game.slow):
                names.append(i)
                masks.append(mask)
                break
        else:
            groups.append(([i], [mask]))
    return groups


def _terms_of(game: Game, ids: Chosen) -> NDArray[np.bool_] | None:
    """Return the terms that any of some projects changes alone."""
    out: NDArray[np.bool_] | None = None
    for i in sorted(ids):
        mine = game.changed_terms(game.rules.closure(i), by=_SHARED)
        if mine is None:
            return None
        out = mine if out is None else out | mine
    return out


def _gains_on_top(game: Game, chosen: Chosen, alone: dict[str, float]) -> dict[str, float]:
    """Measure what the strongest projects left out would add to the set, whatever the money."""
    out = [i for i in game.rules.ids if i not in chosen]
    cost = {i: max(game.rules.cost(game.rules.closure(i) - chosen), 1e-6) for i in out}
    dense = sorted(out, key=lambda i: (-alone[i] / cost[i], i))[:_LEFT_OUT]
    large = sorted(out, key=lambda i: (-alone[i], i))[:_LEFT_OUT]
    wanted = {i: chosen | game.rules.closure(i) for i in sorted({*dense, *large})}
    apart = {i for i, s in wanted.items() if game.rules.clash(s) is not None}
    game.evaluate_many(s for i, s in wanted.items() if i not in apart)
    return {i: alone[i] if i in apart else game.value(s) - game.value(chosen) for i, s in wanted.items()}


def _as_substitutes(
    game: Game, dropped: str, on_top: dict[str, float], alone: dict[str, float]
) -> dict[str, float]:
    """Return gains to hope for once `dropped` is gone: more where both change the same terms."""
    mine = game.changed_terms(game.rules.closure(dropped))
    out = {}
    for i, gain in on_top.items():
        theirs = game.changed_terms(game.rules.closure(i))
        shared = mine is None or theirs is None or bool((mine & theirs).any())
        out[i] = max(gain, min(alone[i], gain + alone[dropped])) if shared else gain
    return out


def _best_spending(game: Game, rest: Chosen, dropped: str, worth: dict[str, float]) -> tuple[Chosen, float]:
    """Return what to buy with the money that `rest` leaves, by expected gains: per cost, or the largest."""
    cost = {i: max(game.rules.cost(game.rules.closure(i) - rest), 1e-6) for i in worth if i not in rest}
    money = game.objective.budget - game.rules.cost(rest) + EPS
    good = [i for i in cost if worth[i] > 0 and cost[i] <= money]
    per_cost = sorted(good, key=lambda i: (-worth[i] / cost[i], i))
    ways = [
        _buy(game, rest, dropped, order) for order in (per_cost, sorted(good, key=lambda i: (-worth[i], i)))
    ]
    gains = [(sum(worth.get(i, 0.0) for i in sorted(added)), added) for added in ways]
    best = max(gains, key=lambda r: (r[0], sorted(r[1])))
    return best[1], best[0]


def respent(game: Game, chosen: Chosen, project: str) -> Chosen:
    """Return a set without a project, its money spent by what was measured on top of the whole set."""
    gains = {
        i: game.value(chosen | game.rules.closure(i)) - game.value(chosen)
        for i in game.rules.ids
        if i not in chosen and chosen | game.rules.closure(i) in game.seen
    }
    rest = game.rules.without(chosen, project)
    return rest | _best_spending(game, rest, project, gains)[0]


def _buy(game: Game, rest: Chosen, dropped: str, order: list[str]) -> Chosen:
    """Take projects in order while the money lasts; the last ones go again where no start years fit."""
    steps = [frozenset[str]()]
    left = game.objective.budget - game.rules.cost(rest) + EPS
    for i in order:
        new = steps[-1] | (game.rules.closure(i) - rest)
        price = game.rules.cost(new - steps[-1])
        if dropped in new or i in steps[-1] or price > left or not game.rules.affordable(rest | new):
            continue
        steps.append(new)
        left -= price
    while steps[-1] and not game.rules.feasible(rest | steps[-1]):
        steps.pop()
    return steps[-1]
