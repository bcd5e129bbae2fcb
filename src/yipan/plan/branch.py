"""Exact branch and bound over sets of projects, with bounds that follow from what the evaluation is.

A node is a set I that is in, and projects that are out; every set inside the node lies between I and the
projects still possible P. With Δ(r | S) what r adds to S (with what it needs there already), no set T of the
node is worth more than

- ``submodular`` and ``additive``: f(I) + max Σ Δ(r | I) x_r over the purchases x that the money left allows
  (Nemhauser & Wolsey 1981). Gains measured higher up are still bounds, since they only shrink, so few are
  measured again (Minoux 1978).
- ``coverage``: besides, term by term, u_j ≤ f_j(I) + Σ Δ_j(r | I) x_r and u_j ≤ f_j(everything), which a
  linear programme joins with money, needs and exclusions.
- ``unknown``: f(P), if building more never makes things worse. Some effects do: twice the largest fall seen
  between nested measured sets is added, and the bound is conditional on no fall being larger. To see falls,
  every project alone, everything without each, and chains that add one project after the other are measured
  first. Where one is more than a hundredth of the largest rise, more is plainly not always better: nothing is
  bounded then, all sets are measured while the nodes last, and what is proved so is proved without condition.

Start years under the yearly money are looked for in every set; a set for which there are none is not built
upon. Everything counts work in nodes, never in seconds.

Nemhauser, G. L. & Wolsey, L. A. (1981), Maximizing submodular set functions: formulations and analysis of
algorithms, Annals of Discrete Mathematics 11, 279–301. Minoux, M. (1978), Accelerated greedy algorithms for
maximizing submodular set functions, Lecture Notes in Control and Information Sciences 7, 234–243.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.plan.core import rank
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.knapsack import buy_most
from yipan.plan.relax import most_of_terms
from yipan.plan.rules import EPS
from yipan.plan.siting.solver import TOLERANCE
from yipan.plan.units import room_for, units_of

Array = NDArray[np.float64]
_MARGIN = 2.0
"""How often the largest fall seen is allowed for where nothing is declared."""
_HARM = 0.01
"""Fall, as a share of the largest rise seen, from which no bound is built on more being better."""
_CHAINS = 4
"""Orders in which all projects are added one after the other to see falls."""
_ROUNDS = 3
"""How often a search is run again when it saw a larger fall than it had allowed for."""


@dataclass(frozen=True, kw_only=True)
class Branched:
    """What branch and bound found and knows.

    Parameters
    ----------
    chosen, value
        The best set found that keeps all rules and floors; None and minus infinity where there was none.
    upper
        No set that keeps the rules is worth more; None where nothing can be said.
    complete
        Whether nothing was left open, so that `upper` is `value` (or no set keeps the rules at all).
    conditional
        Whether `upper` holds only if no set is worth less than a part of it by more than `allowed`.
    allowed
        Points a set may be worth less than a part of it; 0 where the structure is declared, infinite where
        more was seen to be plainly worse, so that nothing was bounded.
    pairs
        Nested pairs of measured sets on which that was checked.
    within
        Points within which the optimum is told: more than rounding only where a linear programme takes part,
        whose solver has a tolerance.
    nodes, evaluations
        Nodes looked at and sets measured.
    """

    chosen: Chosen | None
    value: float
    upper: float | None
    complete: bool
    conditional: bool
    allowed: float
    pairs: int
    within: float
    nodes: int
    evaluations: int


def branch_and_bound(game: Game, *, nodes: int, start: Chosen | None = None) -> Branched:
    """Return the best set that keeps all rules and floors, and a bound no such set exceeds.

    Parameters
    ----------
    nodes
        Most nodes looked at. Where it is reached, `upper` is the largest bound of those left open.
    start
        A good set to begin with; what cannot beat it is not looked at. Of sets worth the same (within
        1e-9 points) the first found is kept, so it may stay although another costs less.

    Examples
    --------
    Three projects of one unit each, two can be paid; what any two do together is worth less than the sum.

    >>> from yipan.plan.game import Evaluation
    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> from yipan.plan.rules import Rules
    >>> rules = Rules([invented_project(n, 1) for n in "abc"], invented_objective(2))
    >>> covers = {"a": {1, 2, 3}, "b": {2, 3, 4}, "c": {5}}
    >>> def evaluate(ids):
    ...     reached = set().union(*(covers[i] for i in ids))
    ...     return Evaluation(value=float(len(reached)), clusters={"k": 0.0})
    >>> game = Game(rules, evaluate, structure="submodular")
    >>> found = branch_and_bound(game, nodes=100)
    >>> sorted(found.chosen), found.value, found.upper, found.complete
    (['a', 'b'], 4.0, 4.0, True)
    """
    before = game.evaluations
    looked, pairs, allowed = 0, 0, 0.0
    if game.structure == "unknown":
        _look_for_falls(game)
        allowed, pairs = _allowed(game)
    for _ in range(_ROUNDS):
        run = _Search(game, nodes, allowed)
        run.offer(start)
        run.go()
        start, looked, used = run.best, looked + run.looked, allowed
        if game.structure != "unknown" or np.isinf(used):
            break
        allowed, pairs = _allowed(game)
        if allowed <= used + EPS:
            break
    upper = max(run.value, run.left_open(allowed))
    return Branched(
        chosen=run.best,
        value=run.value,
        upper=upper if np.isfinite(upper) else None,
        complete=upper <= run.value + run.within,
        conditional=game.structure == "unknown" and bool(np.isfinite(allowed)),
        allowed=allowed,
        pairs=pairs,
        within=run.within,
        nodes=looked,
        evaluations=game.evaluations - before,
    )


def _look_for_falls(game: Game) -> None:
    """Measure each project alone, everything without each, and chains that add one after the other."""
    ids = game.rules.ids
    everything = frozenset(ids)
    sets = [game.rules.closure(i) for i in ids]
    sets += [game.rules.without(everything, i) for i in ids]
    for k in range(_CHAINS):
        at = k * len(ids) // _CHAINS
        chain = frozenset[str]()
        for i in (*ids[at:], *ids[:at]):
            chain |= game.rules.closure(i)
            sets.append(chain)
    game.evaluate_many(sets)


def _allowed(game: Game) -> tuple[float, int]:
    """Return how much less than a part of it a set may be worth, and on how many pairs that was checked.

    Infinite where more was seen to be plainly worse.
    """
    known = sorted(
        ((s, game.value(s)) for s, e in list(game.seen.items()) if e is not None),
        key=lambda r: (len(r[0]), sorted(r[0])),
    )
    fall, pairs = 0.0, 0
    for k, (small, low) in enumerate(known):
        for large, high in known[k + 1 :]:
            if small < large:
                pairs += 1
                fall = max(fall, low - high)
    rise = max(v for _, v in known) - game.value(frozenset())
    return (np.inf if fall > max(_HARM * rise, EPS) else _MARGIN * fall), pairs


@dataclass(frozen=True, slots=True)
class _Node:
    """Units in (`inside`: their projects) and units still free; what is known of their gains."""

    inside: Chosen
    free: tuple[int, ...]
    gains: dict[int, float | Array] = field(compare=False)
    bound: float
    support: tuple[int, ...]


class _Search:
    """One run: open nodes by bound, the best set found, and bounds of what was given up."""

    def __init__(self, game: Game, nodes: int, allowed: float) -> None:
        self.game, self.most, self.allowed = game, nodes, allowed
        self.units = units_of(game.rules)
        self.best: Chosen | None = None
        self.value = -np.inf
        self.looked = 0
        self.unsure: list[Chosen] = []
        self.given_up = -np.inf
        self.open: list[tuple[float, tuple[str, ...], tuple[int, ...], _Node]] = []
        self.caps = self._caps()

    @property
    def within(self) -> float:
        """Points by which a bound must be above the best set for a node to stay open."""
        if self.game.structure != "coverage" or not np.isfinite(self.value):
            return EPS
        return 2.0 * TOLERANCE * max(1.0, abs(self.value))

    def _caps(self) -> Array | None:
        """Return the most each term can be where that can be measured."""
        if self.game.structure != "coverage":
            return None
        everything = self.game.evaluation(frozenset(self.game.rules.ids))
        return None if everything is None else everything.parts

    def go(self) -> None:
        """Look at nodes, best bound first, until none is open that could hold a better set."""
        root = _Node(frozenset(), tuple(range(len(self.units))), {}, np.inf, ())
        self._enter(root)
        while self.open and self.looked < self.most:
            node = heapq.heappop(self.open)[-1]
            if node.bound <= self.value + self.within:
                self._give_up(node)
                continue
            for child in self._children(node):
                self._enter(child)

    def left_open(self, allowed: float) -> float:
        """Return the largest bound of what is open or was given up, when falls of `allowed` may happen."""
        more = 0.0 if allowed == self.allowed else allowed - self.allowed
        bounds = [self.given_up, *(n.bound for *_, n in self.open)]
        return max([*(b + more for b in bounds), *(self.game.value(s) for s in self.unsure)])

    def offer(self, chosen: Chosen | None) -> bool:
        """Take a set if it is the best so far; return whether more may be built upon it."""
        if chosen is None:
            return True
        if not self.game.rules.affordable(chosen):
            return True
        timing = self.game.rules.timing(chosen)
        if timing.years is None and timing.proved:
            return False
        if self.game.deficit(chosen) > 0:
            return True
        if timing.years is None:
            self.unsure.append(chosen)
        elif self.best is None or rank(self.game, chosen) > rank(self.game, self.best):
            self.best, self.value = chosen, self.game.value(chosen)
        return True

    def _enter(self, node: _Node) -> None:
        """Look at a node: offer its set, bound what may be built upon it, keep it open where that is more."""
        self.looked += 1
        if not self.offer(node.inside):
            return
        left = self.game.objective.budget - self.game.rules.cost(node.inside) + EPS
        free = tuple(u for u in node.free if room_for(self.game.rules, self.units[u], node.inside, left))
        if not free:
            return
        node = self._bounded(_Node(node.inside, free, node.gains, node.bound, node.support))
        if node.bound <= self.value + self.within:
            self._give_up(node)
        else:
            heapq.heappush(self.open, (-node.bound, tuple(sorted(node.inside)), node.free, node))

    def _give_up(self, node: _Node) -> None:
        self.given_up = max(self.given_up, node.bound)

    def _children(self, node: _Node) -> tuple[_Node, _Node]:
        """Split a node by the free unit its bound rests on most: built, or never built in this branch."""
        u = min(node.support or node.free, key=lambda k: (-_total(node.gains.get(k)), self.units[k].name))
        unit = self.units[u]
        inside = node.inside | unit.closure
        free = tuple(k for k in node.free if not self.units[k].closure <= inside)
        without = tuple(k for k in node.free if not unit.own & self.units[k].closure)
        return (
            _Node(inside, free, node.gains, node.bound, ()),
            _Node(node.inside, without, node.gains, node.bound, ()),
        )

    def _bounded(self, node: _Node) -> _Node:
        if self.game.structure == "unknown":
            bound = self._by_what_is_possible(node)
            return _Node(node.inside, node.free, node.gains, min(bound, node.bound), ())
        return self._by_gains(node)

    def _by_what_is_possible(self, node: _Node) -> float:
        possible = node.inside.union(*(self.units[u].own for u in node.free))
        e = self.game.evaluation(possible)
        return np.inf if e is None else self.game.value(possible) + self.allowed

    def _by_gains(self, node: _Node) -> _Node:
        """Bound a node by gains; only those the bound rests on are measured again, until all of them are."""
        here = self.game.evaluation(node.inside)
        if here is None:
            return node  # its gains are not known: the bound of the node above holds
        gains, fresh = dict(node.gains), set[int]()
        while True:
            bound, support = self._relaxed(node, gains)
            stale = [u for u in support if u not in fresh]
            if bound <= self.value + self.within or not stale:
                break
            self._measure(node.inside, stale, gains)
            fresh.update(stale)
        return _Node(node.inside, node.free, gains, min(bound, node.bound), support)

    def _relaxed(self, node: _Node, gains: dict[int, float | Array]) -> tuple[float, tuple[int, ...]]:
        unknown = tuple(u for u in node.free if u not in gains)
        if unknown:
            return np.inf, unknown
        game, free = self.game, node.free
        left = min(game.objective.budget, _over_years(game)) - game.rules.cost(node.inside) + EPS
        units = [self.units[u] for u in free]
        worth = [_total(gains[u]) for u in free]
        if np.inf in worth:
            return np.inf, ()  # some cannot be measured on this set
        rivals = [frozenset(k for k, v in enumerate(units) if unit.apart(v)) for unit in units]
        bought = buy_most(worth, [unit.cost for unit in units], money=left, rivals=rivals)
        value = game.value(node.inside)
        bound, support = value + bought.most, tuple(free[k] for k in bought.items)
        if game.structure != "coverage" or bound <= self.value + self.within:
            return bound, support
        return self._by_terms(node, gains, (bound, support), left)

    def _by_terms(
        self,
        node: _Node,
        gains: dict[int, float | Array],
        known: tuple[float, tuple[int, ...]],
        left: float,
    ) -> tuple[float, tuple[int, ...]]:
        here = self.game.evaluation(node.inside)
        rows = [gains[u] for u in node.free]
        if here is None or here.parts is None or not all(isinstance(r, np.ndarray) for r in rows):
            return known
        room = None if self.caps is None else np.maximum(self.caps - here.parts, 0.0)
        most, taken = most_of_terms(
            np.array(rows), [self.units[u] for u in node.free], money=left, room=room, inside=node.inside
        )
        bound = self.game.value(node.inside) + most
        return (bound, tuple(node.free[k] for k in taken)) if bound < known[0] else known

    def _measure(self, inside: Chosen, which: list[int], gains: dict[int, float | Array]) -> None:
        """Measure what units add to a set with what they need there already, keeping the smaller bound."""
        pairs = [
            (u, inside | self.units[u].closure, (inside | self.units[u].closure) - self.units[u].own)
            for u in which
        ]
        self.game.evaluate_many([s for _, more, less in pairs for s in (less, more)])
        for u, more, less in pairs:
            a, b = self.game.evaluation(less), self.game.evaluation(more)
            if a is None or b is None:
                gains.setdefault(u, np.inf)
            elif self.game.structure == "coverage" and a.parts is not None and b.parts is not None:
                gains[u] = np.maximum(b.parts - a.parts, 0.0)
            else:
                gains[u] = self.game.value(more) - self.game.value(less)


def _total(gain: float | Array | None) -> float:
    return 0.0 if gain is None else float(np.sum(gain))


def _over_years(game: Game) -> float:
    o = game.objective
    return o.yearly * (o.end - o.start + 1)
