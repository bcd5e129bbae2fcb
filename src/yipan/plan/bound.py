"""An upper bound on the objective of any plan, that is never claimed beyond what supports it.

The objective is a sum of terms, one per indicator and zone. If building more never lowers a term, then a set
that leaves out the group G (and so what needs any of it) is worth at most, term by term, what everything but
that is worth. With P all the candidates and Δ the rise over today:

    u_j(S) ≤ Δ_j(P∖G) + (Δ_j(P) − Δ_j(P∖G)) · min(1, Σ_{p∈G} x_p)

which holds for any monotone effect, submodular or not (synergies included). Some effects are not
monotone: a road brings new patients to a hospital and leaves fewer beds for the old ones. With φ_j the most
that term j was seen to fall between measured nested sets, every Δ_j on the right gets twice φ_j on top (at
most the term's ceiling, a score of 100); the condition is then that no term ever falls by more than twice
what was seen. Maximising Σ_j u_j over x under the money, needs and exclusions is a mixed-integer programme;
its dual bound (HiGHS) is the upper bound.

Which groups are left out decides how tight it is, and each costs a measurement. A group helps by no more than
what its projects are worth, and by no more than the price of its cheapest project (one of them is enough to
escape the cut). With the price of money taken from a knapsack of stand-alone gains, projects are packed, dear
ones first, into groups that are worth what escaping them costs; those that help most are measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from yipan.plan.game import Game
from yipan.plan.rules import EPS, buildable
from yipan.plan.siting.solver import Model

_TOL = 1e-7
"""Terms (points of the objective) that change by less are taken as unchanged when monotony is checked."""
_NODES = 400
_PAIRS = 3
"""Pairs that cannot be applied together for which every way of leaving one out is bounded."""
_MARGIN = 2.0
"""How often the largest fall seen is allowed for."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Upper:
    """An upper bound and what it rests on.

    Parameters
    ----------
    value
        No plan is worth more under the condition above; None where nothing can be said.
    everything
        The same if all candidates were built, whatever they cost.
    pairs
        Nested pairs of measured sets on which monotony was checked.
    loose
        Number of terms seen to fall when more was built.
    largest_fall
        The most any of them fell, points of the objective.
    terms
        Number of terms that rise when everything is built.
    """

    value: float | None
    everything: float | None
    pairs: int
    loose: int
    largest_fall: float
    terms: int


NOTHING = Upper(value=None, everything=None, pairs=0, loose=0, largest_fall=0.0, terms=0)


def upper_bound(game: Game, *, ceilings: Array | None, evaluations: int) -> Upper:
    """Return the bound for a game.

    Parameters
    ----------
    ceilings
        The most each term of the evaluations can ever be; None where that is not known.
    evaluations
        How many further sets may be measured to tighten it.
    """
    base = game.base.parts
    choices = _most_together(game)
    if base is None or not choices:
        return NOTHING
    share = max(1, evaluations // len(choices))
    cuts = {c: _cuts(game, c, share) for c in choices}
    if any(not parts for parts in cuts.values()):
        return NOTHING
    falls, pairs = largest_falls(game, base.shape)
    found = []
    for c in choices:
        _, full = cuts[c][0]
        room = full - base + _MARGIN * falls
        if ceilings is not None:
            room = np.minimum(room, np.maximum(ceilings - base, 0.0))
        room = np.maximum(room, 0.0)
        rises = room > _TOL
        slack = (_MARGIN * falls)[rises]
        value = _solve(game, c, room[rises], [(g, (p - base)[rises] + slack) for g, p in cuts[c][1:]])
        found.append((min(value, float(room.sum())), float(room.sum()), int(rises.sum())))
    start = float(base.sum())
    return Upper(
        value=start + max(v for v, _, _ in found),
        everything=start + max(e for _, e, _ in found),
        pairs=pairs,
        loose=int((falls > _TOL).sum()),
        largest_fall=float(falls.max(initial=0.0)),
        terms=max(n for _, _, n in found),
    )


def _most_together(game: Game) -> list[frozenset[str]]:
    """Return the largest sets that can be measured together, so that every plan is inside one of them.

    All candidates, unless some that exclude each other cannot be applied together: then one set for each way
    of leaving one of every such pair out; none where there are too many ways.
    """
    everything = frozenset(game.rules.ids)
    if game.evaluation(everything) is not None:
        return [everything]
    pairs = [
        (a, b) for a in game.rules.ids for b in sorted(game.rules.rivals[a]) if a < b and _apart(game, a, b)
    ]
    if not pairs or len(pairs) > _PAIRS:
        return []
    ways = {everything - frozenset(left_out) for left_out in product(*pairs)}
    ways = {frozenset(i for i in w if game.rules.closure(i) <= w) for w in ways}
    known = all(game.evaluation(w) is not None for w in ways)
    return sorted(ways, key=sorted) if known else []


def _apart(game: Game, a: str, b: str) -> bool:
    return game.evaluation(game.rules.closure(a) | game.rules.closure(b)) is None


def _cuts(game: Game, everything: frozenset[str], evaluations: int) -> list[tuple[frozenset[str], Array]]:
    """Return (group left out, terms then): first nothing left out, then as many groups as may be measured."""
    groups = {g: frozenset(i for i in everything if not g & game.rules.closure(i)) for g in _groups(game)}
    known = [g for g, rest in groups.items() if rest in game.seen]
    new = [g for g, rest in groups.items() if rest not in game.seen][: max(0, evaluations)]
    game.evaluate_many([everything, *(groups[g] for g in new)])
    out: list[tuple[frozenset[str], Array]] = []
    for g, rest in [(frozenset[str](), everything), *((g, groups[g]) for g in (*known, *new))]:
        e = game.evaluation(rest)
        if e is not None and e.parts is not None and game.base.parts is not None:
            if e.parts.shape != game.base.parts.shape:
                return []
            out.append((g & everything, e.parts))
        elif not g:
            return []
    return out


def _groups(game: Game) -> list[frozenset[str]]:
    """Return the groups whose absence is worth measuring, those expected to tighten the bound most first."""
    gains = _alone(game)
    price = _price_of_money(game, gains)
    packed: list[tuple[list[str], float]] = []
    for i in sorted(game.rules.ids, key=lambda i: (-game.projects[i].cost, i)):
        escape = price * game.projects[i].cost
        for k, (group, worth) in enumerate(packed):
            if worth + gains[i] <= escape:
                packed[k] = ([*group, i], worth + gains[i])
                break
        else:
            packed.append(([i], gains[i]))
    helps = [(min(worth, price * game.projects[g[-1]].cost), frozenset(g)) for g, worth in packed]
    helpful = [g for _, g in sorted(helps, key=lambda r: (-r[0], sorted(r[1])))]
    singles = [frozenset({i}) for i in sorted(gains, key=lambda i: (-gains[i], i))]
    return list(dict.fromkeys([*helpful, *singles]))


def _alone(game: Game) -> dict[str, float]:
    """Return what each project adds alone where all of that was measured; otherwise what each costs."""
    gains = {}
    for i in game.rules.ids:
        closure = game.rules.closure(i)
        rest = closure - {i}
        if closure not in game.seen or rest not in game.seen:
            return {k: p.cost for k, p in game.projects.items()}
        gain = game.value(closure) - game.value(rest) if game.evaluation(rest) is not None else 0.0
        gains[i] = max(0.0, gain)
    return gains


def _price_of_money(game: Game, gains: dict[str, float]) -> float:
    """Return the gain per cost of the last project that the money buys, best gain per cost first."""
    left = _money(game)
    dense = sorted(gains, key=lambda i: (-gains[i] / max(game.projects[i].cost, 1e-6), i))
    for i in dense:
        left -= game.projects[i].cost
        if left < 0:
            return gains[i] / max(game.projects[i].cost, 1e-6)
    return 0.0


def largest_falls(game: Game, shape: tuple[int, ...]) -> tuple[Array, int]:
    """Return by how much each term fell at most between measured nested sets, and the number of pairs."""
    known = sorted(
        ((s, e.parts) for s, e in game.seen.items() if e is not None and e.parts is not None),
        key=lambda r: (len(r[0]), sorted(r[0])),
    )
    falls = np.zeros(shape)
    pairs = 0
    for k, (small, low) in enumerate(known):
        for large, high in known[k + 1 :]:
            if small < large and high.shape == low.shape:
                np.maximum(falls, low - high, out=falls)
                pairs += 1
    return np.where(falls > _TOL, falls, 0.0), pairs


def _solve(
    game: Game, within: frozenset[str], room: Array, cuts: Sequence[tuple[frozenset[str], Array]]
) -> float:
    """Return the dual bound of: maximise Σ u under the cuts, money, needs and exclusions."""
    ids = game.rules.ids
    at = {i: k for k, i in enumerate(ids)}
    model = Model(most=True)
    can = [float(i in within and buildable(game.projects[i], game.objective)) for i in ids]
    x = model.add_variables(np.zeros(len(ids)), upper=can, whole=True)
    u = model.add_variables(np.ones(len(room)), upper=np.maximum(room, 0.0))
    model.add_rows(np.zeros(len(ids)), x, [game.projects[i].cost for i in ids], upper=[_money(game)])
    for i in ids:
        for j in sorted(game.rules.closure(i) - {i}):
            model.add_rows([0, 0], [x[at[i]], x[at[j]]], [1.0, -1.0], upper=[0.0])
        for j in sorted(game.rules.rivals[i]):
            if i < j:
                model.add_rows([0, 0], [x[at[i]], x[at[j]]], [1.0, 1.0], upper=[1.0])
    for g, parts in cuts:
        lost = room - parts
        terms = np.flatnonzero(lost > _TOL)
        row = np.arange(len(terms))
        if len(terms) > 0:
            model.add_rows(
                np.tile(row, 1 + len(g)),
                np.concatenate([u[terms], np.repeat(x[[at[i] for i in sorted(g)]], len(terms))]),
                np.concatenate([np.ones(len(terms)), np.tile(-lost[terms], len(g))]),
                upper=parts[terms],
            )
    return model.solve(nodes=_NODES).bound


def _money(game: Game) -> float:
    o = game.objective
    return min(o.budget, o.yearly * (o.end - o.start + 1)) + EPS
