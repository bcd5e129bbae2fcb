"""Synergy and overlap: how far two projects are worth more or less together than apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from yipan.plan.argue.values import Pair
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen

_SHARED = 1e-4
"""Points that both must change in common, term by term, to be looked at together."""

Array = NDArray[np.float64]
Four = tuple[Chosen, Chosen, Chosen, Chosen]


def pairs(
    game: Game, chosen: Chosen, others: tuple[str, ...], *, allowance: int
) -> tuple[tuple[Pair, ...], int]:
    """Return the interactions within a plan, and of `others` with it, largest first; and how many are left.

    With T the plan and both projects, top = v(T) - v(T without a) - v(T without b) + v(T without both); with
    A and B each project and what it needs, base = v(A and B) - v(A) - v(B) + v(what both need). These are the
    ends of the range that the interaction index of Grabisch & Roubens (1999) averages over.

    Only pairs that change terms (indicator and zone) in common, alone or on top of the plan, are measured,
    those that share most first; pairs of which one needs or excludes the other have no interaction.
    `allowance` is how many sets may be measured anew; the pairs that would need more are counted.
    """
    changes = {i: _changes(game, chosen, i) for i in (*sorted(chosen), *others)}
    ranked = sorted(
        ((_overlap(changes[a], changes[b]), a, b) for a, b in _candidates(game, chosen, others)),
        key=lambda r: (-r[0], r[1], r[2]),
    )
    wanted = [
        (a, b, _at_top(game, chosen, a, b), _at_base(game, a, b))
        for shared, a, b in ranked
        if shared >= _SHARED
    ]
    _measure(game, [sets for w in wanted for sets in w[2:]], allowance)
    out, left = list[Pair](), 0
    for a, b, at_top, at_base in wanted:
        top, base = _second_difference(game, at_top), _second_difference(game, at_base)
        left += not {*at_top, *at_base} <= game.seen.keys()
        if top is not None or base is not None:
            out.append(Pair(a=a, b=b, top=top, base=base))
    return tuple(sorted(out, key=lambda p: (-p.size, p.a, p.b))), left


def _measure(game: Game, wanted: list[Four], allowance: int) -> None:
    """Measure as many of the differences as the allowance covers, in their order, all at once."""
    new: dict[Chosen, None] = {}
    for sets in wanted:
        more = {s: None for s in sets if s not in game.seen and s not in new}
        if len(new) + len(more) <= allowance:
            new |= more
    game.evaluate_many(new)


def _candidates(game: Game, chosen: Chosen, others: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    mine = sorted(chosen)
    for a, b in (*combinations(mine, 2), *((o, c) for o in others for c in mine)):
        linked = a in game.rules.closure(b) or b in game.rules.closure(a)
        both = game.rules.closure(a) | game.rules.closure(b)
        if not linked and game.rules.clash(chosen | both) is None:
            yield min(a, b), max(a, b)


def _changes(game: Game, chosen: Chosen, i: str) -> list[Array | None]:
    """Return by how much a project changes each term: alone, and on top of the plan where measured."""
    full = chosen | game.rules.closure(i)
    closure = game.rules.closure(i)
    out = []
    for after, before in ((closure, closure - {i}), (full, game.rules.without(full, i))):
        out.append(_difference(game, after, before) if {after, before} <= game.seen.keys() else None)
    return out


def _difference(game: Game, after: Chosen, before: Chosen) -> Array | None:
    a, b = game.evaluation(after), game.evaluation(before)
    if a is None or b is None or a.parts is None or b.parts is None or a.parts.shape != b.parts.shape:
        return None
    return np.abs(a.parts - b.parts)


def _overlap(a: list[Array | None], b: list[Array | None]) -> float:
    """Return the points two projects could share (the smaller change, term by term); infinite if unknown."""
    known = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    known = [(x, y) for x, y in known if x.shape == y.shape]
    if not known:
        return float("inf")
    return max(float(np.minimum(x, y).sum()) for x, y in known)


def _at_top(game: Game, chosen: Chosen, a: str, b: str) -> Four:
    full = chosen | game.rules.closure(a) | game.rules.closure(b)
    no_a, no_b = game.rules.without(full, a), game.rules.without(full, b)
    return full, no_a, no_b, no_a & no_b


def _at_base(game: Game, a: str, b: str) -> Four:
    x, y = game.rules.closure(a), game.rules.closure(b)
    return x | y, x, y, x & y


def _second_difference(game: Game, sets: Four) -> float | None:
    """Return v(both) - v(one) - v(other) + v(neither); None where one is not measured or cannot apply."""
    if not set(sets) <= game.seen.keys():
        return None
    values = [game.value(s) for s in sets]
    if not all(np.isfinite(values)):
        return None
    return round(values[0] - values[1] - values[2] + values[3], 9)
