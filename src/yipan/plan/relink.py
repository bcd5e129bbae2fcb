"""Starts and paths beyond one greedy run: partial enumeration, and path relinking between good plans.

Partial enumeration begins greedy from every small set instead of from nothing; from all sets of three it is
within 1 − 1/e of the optimum where effects have diminishing returns (Sviridenko 2004). Path relinking walks
from one good set to another, taking over what the other has step by step, and looks at what lies between
(Glover, Laguna & Martí 2000).

Sviridenko, M. (2004), A note on maximizing a submodular set function subject to a knapsack constraint,
Operations Research Letters 32(1), 41–43. Glover, F., Laguna, M. & Martí, R. (2000), Fundamentals of scatter
search and path relinking, Control and Cybernetics 29(3), 653–684.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from yipan.plan.core import rank
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen, Grown, grow

_SIZE = 3
"""Units in the largest set that partial enumeration begins from."""


def seeded(game: Game, alone: Mapping[str, float], *, evaluations: int) -> Grown | None:
    """Return the best set grown from small sets (units with what they need), or None where none was grown.

    Sets of one come first, then of two, then of three, those of largest stand-alone gain first, until
    `evaluations` further sets were measured.
    """
    allowed = game.evaluations + evaluations
    best: Grown | None = None
    for seed in _seeds(game, alone):
        if game.evaluations >= allowed:
            break
        grown = grow(game, seed)
        if best is None or rank(game, grown.chosen) > rank(game, best.chosen):
            best = grown
    return best


def _seeds(game: Game, alone: Mapping[str, float]) -> Iterator[Chosen]:
    """Yield each feasible set of up to three projects with what they need, once."""
    ids = sorted((i for i in alone if alone[i] > 0), key=lambda i: (-alone[i], i))
    told = set[Chosen]()
    for size in range(1, _SIZE + 1):
        for some in combinations(ids, size):
            seed = frozenset[str]().union(*(game.rules.closure(i) for i in some))
            if seed not in told and game.rules.feasible(seed):
                told.add(seed)
                yield seed


def relink(game: Game, chosen: Chosen, others: Iterable[Chosen], *, evaluations: int) -> Chosen:
    """Return the best set on the paths between `chosen` and others, grown on; `chosen` if none is better.

    Parameters
    ----------
    others
        Sets that keep the rules; paths run both ways between each and `chosen`, the best others first.
    evaluations
        Sets measured on paths, at most; growing what lies best on a path comes on top.
    """
    best = chosen
    left = evaluations
    for other in sorted({o for o in others if o != chosen}, key=lambda o: rank(game, o), reverse=True):
        for a, b in ((chosen, other), (other, chosen)):
            between, left = _walk(game, a, b, left)
            if between is None:
                continue
            grown = grow(game, between).chosen
            if rank(game, grown) > rank(game, best):
                best = grown
    return best


def _walk(game: Game, a: Chosen, b: Chosen, left: int) -> tuple[Chosen | None, int]:
    """Walk from one set to another by the best step each time; return the best between, and the cap left."""
    now = a
    best: Chosen | None = None
    while now != b:
        steps = [s for s in _steps(game, now, b) if s != b]
        new = [s for s in steps if s not in game.seen]
        if not steps or len(new) > left:
            break
        left -= len(new)
        game.evaluate_many(steps)
        now = max(steps, key=lambda s: rank(game, s))
        if best is None or rank(game, now) > rank(game, best):
            best = now
    return best, left


def _steps(game: Game, now: Chosen, b: Chosen) -> list[Chosen]:
    """Return the sets one step nearer to `b`: with one more of its projects, else without one it lacks."""
    more = {now | game.rules.closure(i) for i in b - now}
    fit = sorted((s for s in more if game.rules.feasible(s)), key=sorted)
    if fit:
        return fit
    fewer = {game.rules.without(now, i) for i in now - b}
    return sorted((s for s in fewer if game.rules.feasible(s)), key=sorted)
