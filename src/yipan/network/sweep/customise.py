"""Customisation: the least way over lower nodes, put on every arc of a hierarchy; again in part when little changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    _chains_on_arcs(*_chains_of(hierarchy, metric), up, down)
    _triangles(hierarchy.first, hierarchy.high, up, down)
    return Customised(hierarchy, metric, up, down)


def recustomise(customised: Customised, metric: Measured, *, chains: Int64 | Int32 | None = None) -> Customised:
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
    _repair(
        touched[touched >= 0].astype(np.int32),
        *_chains_of(arcs, metric),
        arcs.first,
        arcs.high,
        arcs.low,
        arcs.below_first,
        arcs.below,
        up,
        down,
    )
    return Customised(arcs, metric, up, down)


def _chains_of(arcs: Hierarchy, metric: Measured) -> tuple[Int32, Int32, Int32, Int32]:
    """Return chains of arcs, and their weights towards the higher and the lower end."""
    rising = np.where(arcs.rises, metric.forward, metric.backward)
    falling = np.where(arcs.rises, metric.backward, metric.forward)
    return arcs.arc_first, arcs.arc_chain, rising, falling


@kernel
def _chains_on_arcs(
    arc_first: Int32, arc_chain: Int32, rising: Int32, falling: Int32, up: Int32, down: Int32
) -> None:
    for e in range(len(up)):
        a = b = FAR
        for k in range(arc_first[e], arc_first[e + 1]):
            a, b = min(a, rising[arc_chain[k]]), min(b, falling[arc_chain[k]])
        up[e], down[e] = a, b


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
def _repair(
    touched: Int32,
    arc_first: Int32,
    arc_chain: Int32,
    rising: Int32,
    falling: Int32,
    first: Int32,
    high: Int32,
    low: Int32,
    below_first: Int32,
    below: Int32,
    up: Int32,
    down: Int32,
) -> None:
    """Work out touched arcs anew, lower ends first, and those above an arc that changed."""
    n = len(first) - 1
    waiting = np.zeros(len(high), dtype=np.bool_)
    nodes = np.zeros(n, dtype=np.bool_)
    arc_of = np.full(n, -1, dtype=np.int32)
    start = n
    for k in range(len(touched)):
        waiting[touched[k]] = nodes[low[touched[k]]] = True
        start = min(start, low[touched[k]])
    for y in range(start, n):
        if not nodes[y]:
            continue
        for k in range(below_first[y], below_first[y + 1]):
            arc_of[low[below[k]]] = below[k]
        for e in range(first[y], first[y + 1]):
            if not waiting[e]:
                continue
            a = b = FAR
            for k in range(arc_first[e], arc_first[e + 1]):
                a, b = min(a, rising[arc_chain[k]]), min(b, falling[arc_chain[k]])
            z = high[e]
            for k in range(below_first[z], below_first[z + 1]):
                xz = below[k]
                if low[xz] >= y:
                    break
                xy = arc_of[low[xz]]
                if xy >= 0:
                    a, b = min(a, down[xy] + up[xz]), min(b, down[xz] + up[xy])
            if a != up[e] or b != down[e]:
                up[e], down[e] = a, b
                _wait_above(e, first, high, y, waiting, nodes)
        for k in range(below_first[y], below_first[y + 1]):
            arc_of[low[below[k]]] = -1


@kernel
def _wait_above(
    e: int, first: Int32, high: Int32, y: int, waiting: np.ndarray, nodes: np.ndarray
) -> None:
    """Mark the arcs that a triangle joins with arc e of node y."""
    z = high[e]
    for f in range(first[y], first[y + 1]):
        w = high[f]
        if f == e:
            continue
        lower, higher = min(w, z), max(w, z)
        g = first[lower] + np.searchsorted(high[first[lower] : first[lower + 1]], higher)
        waiting[g] = nodes[lower] = True
