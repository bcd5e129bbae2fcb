"""The least sum of costs by p sites: swaps from several starts, Lagrangian bounds, and branching on sites.

The incumbent comes from FasterPAM and from changing a few sites of the best plan towards those that the
bound likes, the bound from `kernels.bound`; what is left between them is searched by opening and closing one
site at a time, bounds and settled sites handed down. Limits are counts of nodes, so that the same question
gives the same answer on every machine.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.plan.siting import kernels

Costs = NDArray[np.float64]
Columns = NDArray[np.int32]
States = NDArray[np.int8]

PAIR_BYTES = 72
"""The most a search holds for each pair, as traced: costs by point and by site, lists, lists of a node."""
TOLERANCE = 1e-9
"""Plans this much better, relative to the value, may be missed where costs are not whole numbers."""
_STARTS = 4
_KICKS = 60
_ROUNDS = 6
_ROOT = (2000, 20, 1.5)
_NODE = (120, 12, 0.7)
"""Most steps, patience and first step of a bound: at the root, at a node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best columns found, their sum, and the bound."""

    columns: Columns
    value: float
    bound: float
    proved: bool
    work: dict[str, int | float]


@dataclass(slots=True, kw_only=True)
class _Search:
    """What one search knows so far."""

    lists: tuple[Columns, Costs, Columns]
    room: tuple[Columns, Costs]
    by_site: Costs
    base: States
    p: int
    grain: float
    worth: float
    best: Columns
    value: float = math.inf
    wanted: float = math.inf
    tried: set[bytes] = field(default_factory=set)
    swaps: int = 0
    steps: int = 0

    @property
    def cut(self) -> float:
        """Bound from which on nothing better is left."""
        better = self.value - (self.grain * (1 - 1e-6) if self.grain else TOLERANCE * self.value)
        return min(better, self.wanted)

    def improve(self, columns: Columns) -> bool:
        """Swap from these columns; keep the result if it is better."""
        value = kernels.swap(self.by_site, columns, self.base, int((self.base > 0).sum()), self.worth)
        self.swaps += 1
        better = value < self.value - self.worth
        if better or value <= self.value:
            self.value, self.best = min(value, self.value), columns
        return better

    def meet(self, plan: States) -> None:
        """Swap from a plan that the bound met, unless it was tried before."""
        key = plan.tobytes()
        if key in self.tried or int((plan > 0).sum()) != self.p:
            return
        self.tried.add(key)
        free = np.flatnonzero((plan > 0) & (self.base == 0))
        self.improve(np.concatenate([np.flatnonzero(self.base > 0), free]).astype(np.int32))


def least_sum(
    costs: Costs,
    state: States,
    p: int,
    *,
    nodes: int,
    start: Columns | None = None,
    sorted_by: Columns | None = None,
    wanted: float = math.inf,
) -> Found:
    """Return the p columns of least sum of row minima, and a bound that holds for all.

    Parameters
    ----------
    costs
        Shape (rows, columns), 0 or more; infinite entries need a `start` that avoids them.
    state
        1 must be taken, 0 may be, −1 may not.
    nodes
        Most nodes of the search tree.
    start
        Columns that are known to be possible.
    sorted_by
        Columns of each row by increasing cost, where known.
    wanted
        Only plans of a smaller value are looked for: the bound need not go beyond.
    """
    s = _begin(costs, state, p, start, sorted_by)
    s.wanted = wanted
    settled = state.copy()
    prices = _first_prices(s)
    low, share = _root(s, settled, prices)
    done = 0
    waiting: list[_Node] = []
    if low < s.cut and s.value > 0 and (settled == 0).any():
        _pack(s, settled)
        waiting = [_node(s, low, depth=0, number=0, state=settled, prices=prices, share=share)]
    while waiting and done < nodes and s.value > 0:
        node = heapq.heappop(waiting)
        if node[3] >= s.cut:
            continue
        for child in _branch(s, node, done):
            heapq.heappush(waiting, child)
        done += 2
    left = [node[3] for node in waiting if node[3] < s.cut]
    proved = not left or s.value <= 0
    bound = _safe(s, min(left, default=s.cut), proved)
    work: dict[str, int | float] = {
        "swaps": s.swaps,
        "steps": s.steps,
        "nodes": done,
        "settled": int((settled != 0).sum()),
    }
    return Found(columns=s.best, value=s.value, bound=bound, proved=proved, work=work)


def _begin(costs: Costs, state: States, p: int, start: Columns | None, sorted_by: Columns | None) -> _Search:
    """Sort, measure the grain, and swap from the first starts."""
    finite = np.isfinite(costs)
    highest = float(np.where(finite, costs, 0.0).max(axis=1).sum())
    by_site = np.ascontiguousarray(np.where(finite, costs, highest + 1.0).T)  # unserved: worse than any plan
    order = np.argsort(costs, axis=1, kind="stable").astype(np.int32) if sorted_by is None else sorted_by
    grain = _grain(costs, finite, highest)
    worth = grain / 2 if grain else 1e-13 * highest
    lengths = finite.sum(axis=1).astype(np.int32)
    lists = (order, np.take_along_axis(costs, order, axis=1), lengths)
    must, may = np.flatnonzero(state > 0).astype(np.int32), np.flatnonzero(state == 0)
    s = _Search(
        lists=lists, room=_room(lists), by_site=by_site, base=state, p=p, grain=grain, worth=worth, best=must
    )
    rng = np.random.default_rng(0)
    if start is not None:
        s.meet(np.isin(np.arange(len(state)), start).astype(np.int8))
    if p == 1 and not len(must):
        s.improve(may[by_site[may].sum(axis=1).argmin()][None].astype(np.int32))
        return s
    for _ in range(_STARTS):
        drawn = rng.permutation(may)[: p - len(must)]
        s.improve(np.concatenate([must, drawn]).astype(np.int32))
    return s


def _room(lists: tuple[Columns, Costs, Columns]) -> tuple[Columns, Costs]:
    return np.empty_like(lists[0]), np.empty_like(lists[1])


def _pack(s: _Search, settled: States) -> None:
    """Keep only what the settled sites leave of the lists."""
    sites, costs = s.room
    lengths = kernels.shorten(*s.lists, settled, sites, costs)
    longest = int(lengths.max())
    s.lists = sites[:, :longest].copy(), costs[:, :longest].copy(), lengths
    s.room = _room(s.lists)


def _grain(costs: Costs, finite: NDArray[np.bool_], highest: float) -> float:
    """Return the largest whole number all costs are multiples of; 0 where they are not whole."""
    values = costs[finite]
    if highest >= 1e9 or not (values == np.rint(values)).all():
        return 0.0
    return float(np.gcd.reduce(values.astype(np.int64)))


def _first_prices(s: _Search) -> Costs:
    """Return prices between the nearest and the next site of the best plan."""
    near = np.sort(s.by_site[s.best], axis=0)
    _, costs, lengths = s.lists
    last = costs[np.arange(len(costs)), lengths - 1]
    prices: Costs = np.minimum((near[0] + near[min(1, s.p - 1)]) / 2, last)
    return prices


def _root(s: _Search, settled: States, prices: Costs) -> tuple[float, Costs]:
    """Bound, then better plans, in turns while the plan gets better."""
    rng = np.random.default_rng(1)
    low, plan, share = -math.inf, np.zeros_like(settled), np.zeros(len(settled))
    for _ in range(_ROUNDS):
        before = s.value
        low = max(low, _bound(s, settled, prices, met=(plan, share), effort=_ROOT))
        since, value = 0, s.value
        while since < _KICKS and low < s.cut and s.value > 0 and _kick(s, settled, share, rng):
            since, value = (0, s.value) if s.value < value else (since + 1, value)
        if s.value >= before or low >= s.cut or s.value <= 0:
            break
    return low, share


def _kick(s: _Search, settled: States, share: Costs, rng: np.random.Generator) -> bool:
    """Change a few sites of the best plan for others, likelier those the bound likes, and swap from there."""
    must = int((s.base > 0).sum())
    others = np.setdiff1d(np.flatnonzero((settled >= 0) & (s.base == 0)), s.best)
    count = min(int(rng.integers(2, 4 + s.p // 8)), s.p - must, len(others))
    if count == 0:
        return False
    odds = share[others] + 0.01
    columns = s.best.copy()
    out = must + rng.choice(s.p - must, count, replace=False)
    columns[out] = rng.choice(others, count, replace=False, p=odds / odds.sum())
    s.improve(columns)
    return True


_Node = tuple[float, int, int, float, States, NDArray[np.float32], int]
"""Rank, minus depth, minus number, bound, states, prices, site to branch on: the next is the least."""


def _node(
    s: _Search, low: float, *, depth: int, number: int, state: States, prices: Costs, share: Costs
) -> _Node:
    """Return a node that waits; among bounds that mean the same the deepest comes first."""
    rank = math.ceil(low / s.grain - 1e-6) if s.grain else math.floor(low / s.value * 1e6)
    free = np.flatnonzero(state == 0)
    site = int(free[share[free].argmax()])
    return rank, -depth, -number, low, state, prices.astype(np.float32), site


def _branch(s: _Search, node: _Node, number: int) -> list[_Node]:
    """Return what is left after opening and after closing the node's site."""
    _, minus_depth, _, low, state, prices, site = node
    left = []
    for k, way in enumerate((1, -1)):
        inner, its = state.copy(), prices.astype(np.float64)
        inner[site] = way
        plan, share = np.zeros_like(inner), np.zeros(len(inner))
        bound = max(low, _bound(s, inner, its, met=(plan, share), effort=_NODE))
        if not (inner == 0).any():
            s.meet((inner > 0).astype(np.int8))  # one plan: its value is its bound
        elif bound < s.cut:
            left.append(
                _node(
                    s, bound, depth=1 - minus_depth, number=number + k, state=inner, prices=its, share=share
                )
            )
    return left


def _bound(
    s: _Search,
    state: States,
    prices: Costs,
    *,
    met: tuple[States, Costs],
    effort: tuple[int, int, float],
) -> float:
    """Bound one set of plans, settle its sites and try the plan that was met."""
    sites, costs = s.room
    lengths = kernels.shorten(*s.lists, state, sites, costs)
    aim = s.value if s.wanted == math.inf else min(s.value, s.wanted + s.grain)
    low, high, steps = kernels.bound(sites, costs, lengths, state, s.p, prices, s.cut, aim, *effort, *met)
    s.steps += steps
    if high < math.inf:
        s.meet(met[0])
    return float(low)


def _safe(s: _Search, low: float, proved: bool) -> float:
    """Return a bound that rounding cannot have made too high."""
    if proved and (s.value <= 0 or (s.grain and s.wanted == math.inf)):
        return s.value
    low = min(low, s.cut) - 1e-11 * s.value
    return min(s.value, math.ceil(low / s.grain - 1e-6) * s.grain if s.grain else low)


def covering(within: NDArray[np.bool_], state: States, p: int, *, nodes: int, sorted_by: Columns) -> Found:
    """Return p columns that cover every row (value 0), or as many rows as were found to be.

    Value is the number of rows left out; with `proved` and a value above 0 no p columns cover all.

    Parameters
    ----------
    within
        Whether a column covers a row.
    sorted_by
        Columns of each row, those that cover it first.
    """
    return least_sum(np.where(within, 0.0, 1.0), state, p, nodes=nodes, sorted_by=sorted_by, wanted=1e-6)
