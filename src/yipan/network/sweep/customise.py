"""Customisation: the least way over lower nodes on every arc of a hierarchy; in part when little changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured
from yipan.network.streets.values import Int32, Int64
from yipan.network.sweep.hierarchy import Hierarchy


@dataclass(frozen=True)
class Customised:
    """A hierarchy with weights.

    Parameters
    ----------
    up, down
        From the lower to the higher end of each arc, and back (arcs,); `FAR` where there is no way over
        lower nodes.
    """

    hierarchy: Hierarchy
    metric: Measured
    up: Int32
    down: Int32


class _Load(NamedTuple):
    """Chains of every arc, and their weights towards the higher and the lower end."""

    first: Int32
    chain: Int32
    rising: Int32
    falling: Int32


class _Arcs(NamedTuple):
    """Arcs from each rank up (first, high, low) and down (below_first, below)."""

    first: Int32
    high: Int32
    low: Int32
    below_first: Int32
    below: Int32


def customise(hierarchy: Hierarchy, metric: Measured) -> Customised:
    """Put weights on a hierarchy.

    Parameters
    ----------
    metric
        Of the core the hierarchy was made of.

    Returns
    -------
    Customised
        ``up[yz] = min(chains y → z, over all x below both: down[xy] + up[xz])``, `down` likewise.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> from yipan.network.sweep.hierarchy import build_hierarchy
    >>> ms, flat = np.array([1, 2, 4], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, ms, ms, ms, ms.astype(np.int64)))
    >>> arcs = build_hierarchy(star, np.array([0, 1, 2, 3], dtype=np.int32))
    >>> customise(arcs, time_metric(star)).up.tolist()
    [1, 2, 4, 3, 5, 6]
    """
    arcs = len(hierarchy.high)
    up, down = np.empty(arcs, dtype=np.int32), np.empty(arcs, dtype=np.int32)
    _set_chains(_load(hierarchy, metric), up, down)
    _triangles(hierarchy.first, hierarchy.high, up, down)
    return Customised(hierarchy, metric, up, down)


def recustomise(
    customised: Customised, metric: Measured, *, chains: Int64 | Int32 | None = None
) -> Customised:
    """Put changed weights on: only arcs over changed chains are visited. Equal to `customise` bit for bit.

    Parameters
    ----------
    metric
        The new weights.
    chains
        Chains whose weights changed; looked for when not given.
    """
    old, arcs = customised.metric, customised.hierarchy
    if chains is None:
        apart = (old.forward != metric.forward) | (old.backward != metric.backward)
        chains = np.flatnonzero(apart)
    touched = np.unique(arcs.chain_arc[chains])
    up, down = customised.up.copy(), customised.down.copy()
    lists = _Arcs(arcs.first, arcs.high, arcs.low, arcs.below_first, arcs.below)
    _repair(touched[touched >= 0].astype(np.int32), _load(arcs, metric), lists, up, down)
    return Customised(arcs, metric, up, down)


def _load(arcs: Hierarchy, metric: Measured) -> _Load:
    rising = np.where(arcs.rises, metric.forward, metric.backward)
    falling = np.where(arcs.rises, metric.backward, metric.forward)
    return _Load(arcs.arc_first, arcs.arc_chain, rising, falling)


@kernel
def _set_chains(load: _Load, up: Int32, down: Int32) -> None:
    for e in range(len(up)):
        up[e], down[e] = _chains_of(e, load)


@kernel
def _chains_of(e: int, load: _Load) -> tuple[np.int32, np.int32]:
    """Return the least weights of the chains of an arc."""
    a = b = FAR
    for k in range(load.first[e], load.first[e + 1]):
        a, b = min(a, load.rising[load.chain[k]]), min(b, load.falling[load.chain[k]])
    return a, b


@kernel
def _triangles(first: Int32, high: Int32, up: Int32, down: Int32) -> None:
    """Lower every arc over the triangles below it, from the lowest node up."""
    n = len(first) - 1
    arc_to = np.full(n, -1, dtype=np.int32)
    for x in range(n):
        for e in range(first[x], first[x + 1]):
            arc_to[high[e]] = e
        for e in range(first[x], first[x + 1]):
            y, x_up, x_down = high[e], up[e], down[e]
            left = first[x + 1] - e - 1
            for f in range(first[y], first[y + 1]):
                if left == 0:
                    break
                g = arc_to[high[f]]
                if g >= 0:
                    up[f] = min(up[f], x_down + up[g])
                    down[f] = min(down[f], down[g] + x_up)
                    left -= 1
        for e in range(first[x], first[x + 1]):
            arc_to[high[e]] = -1


@kernel
def _repair(touched: Int32, load: _Load, arcs: _Arcs, up: Int32, down: Int32) -> None:
    """Work out touched arcs anew, lower ends first, and those above an arc that changed."""
    n = len(arcs.first) - 1
    waiting, nodes = np.zeros(len(up), dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    arc_of = np.full(n, -1, dtype=np.int32)  # to the node at hand, from each node below it
    start = n
    for k in range(len(touched)):
        waiting[touched[k]] = nodes[arcs.low[touched[k]]] = True
        start = min(start, arcs.low[touched[k]])
    for y in range(start, n):
        if not nodes[y]:
            continue
        for k in range(arcs.below_first[y], arcs.below_first[y + 1]):
            arc_of[arcs.low[arcs.below[k]]] = arcs.below[k]
        for e in range(arcs.first[y], arcs.first[y + 1]):
            if waiting[e]:
                a, b = _chains_of(e, load)
                for k in range(arcs.below_first[arcs.high[e]], arcs.below_first[arcs.high[e] + 1]):
                    xz = arcs.below[k]
                    xy = arc_of[arcs.low[xz]]
                    if arcs.low[xz] < y and xy >= 0:
                        a, b = min(a, down[xy] + up[xz]), min(b, down[xz] + up[xy])
                if a != up[e] or b != down[e]:
                    up[e], down[e] = a, b
                    _wait_above(e, y, arcs, waiting, nodes)
        for k in range(arcs.below_first[y], arcs.below_first[y + 1]):
            arc_of[arcs.low[arcs.below[k]]] = -1


@kernel
def _wait_above(e: int, y: int, arcs: _Arcs, waiting: NDArray[np.bool_], nodes: NDArray[np.bool_]) -> None:
    """Mark the arcs that a triangle joins with arc e of node y."""
    z = arcs.high[e]
    for f in range(arcs.first[y], arcs.first[y + 1]):
        if f != e:
            lower, higher = min(arcs.high[f], z), max(arcs.high[f], z)
            span = arcs.high[arcs.first[lower] : arcs.first[lower + 1]]
            waiting[arcs.first[lower] + np.searchsorted(span, higher)] = nodes[lower] = True
