"""The k nearest of some points, for every point of the streets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured
from yipan.network.streets.values import Core, Int32, Int64
from yipan.network.sweep.local import Graph, graph_of, pop, push


class _Places(NamedTuple):
    """Where points are on the core."""

    node: Int32
    slot: Int32
    chain: Int32
    tail: Int32
    head: Int32
    first: Int32
    inner: Int32


class _Ways(NamedTuple):
    """The metric along chains: between ends and slots, and of every step."""

    from_tail: Int32
    from_head: Int32
    to_tail: Int32
    to_head: Int32
    ahead: Int32
    back: Int32


class _Ranking(NamedTuple):
    """The nearest so far, ascending: the metric and which, (n, k); `FAR` and −1 where there are fewer."""

    cost: Int32
    which: Int32


def nearest(core: Core, metric: Measured, at: Int32 | Int64, *, k: int, limit: int) -> tuple[Int32, Int32]:
    """Return for every point of the streets the way to the k nearest of some points.

    Parameters
    ----------
    at
        Points of the streets; one that is given twice counts twice.
    k
        How many.
    limit
        In the unit of the metric, included; below `FAR`.

    Returns
    -------
    tuple of Int32
        The metric and the position in `at`, both (points, k), ascending; `FAR` and −1 where fewer are within
        the limit.

    Raises
    ------
    ValueError
        If `at` has something that is no point, k is below 1 or the limit is not in 0 … `FAR` − 1.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> ms, flat = np.array([1, 2, 4], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 1, 2], [1, 2, 3]], dtype=np.int32)
    >>> street = compress(Streets("walk", flat, flat, u, v, ms, ms, ms, ms.astype(np.int64)))
    >>> cost, which = nearest(street, time_metric(street), np.array([0, 2]), k=2, limit=6)
    >>> cost[:3].tolist(), which[3].tolist()
    ([[0, 3], [1, 2], [0, 3]], [1, -1])
    """
    if len(at) and not (at.min() >= 0 and at.max() < len(core.streets)):
        raise ValueError(f"at: must be points 0 … {len(core.streets) - 1}")
    if k < 1 or not 0 <= limit < FAR:
        raise ValueError(f"k: {k}, limit: {limit}; at least 1, and 0 … {FAR - 1}")
    points = np.ascontiguousarray(at, dtype=np.int32)
    places = _Places(
        core.point_node, core.point_slot, core.slot_chain, core.tail, core.head, core.first, core.inner
    )
    ways = _Ways(
        metric.from_tail,
        metric.from_head,
        metric.to_tail,
        metric.to_head,
        metric.step_forward,
        metric.step_backward,
    )
    nodes, every = _ranking(len(core.node_point), k), _ranking(len(core.streets), k)
    _settle(points, (places, ways), graph_of(core, metric, reverse=True), limit, nodes)
    every.cost[core.node_point], every.which[core.node_point] = nodes
    _inside((places, ways), limit, nodes, every)
    _along(points, (places, ways), limit, every)
    return every.cost, every.which


def _ranking(n: int, k: int) -> _Ranking:
    return _Ranking(np.full((n, k), FAR, dtype=np.int32), np.full((n, k), -1, dtype=np.int32))


@kernel
def _settle(points: Int32, where: tuple[_Places, _Ways], graph: Graph, limit: int, nodes: _Ranking) -> None:
    """Search backwards from all points at once; a node is passed by the k nearest of them."""
    places, ways = where
    k, size = nodes.cost.shape[1], 0
    heap, label = np.empty(1024, dtype=np.int64), 0
    at, which = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32)
    for i in range(len(points)):
        s = places.slot[points[i]]
        for end in range(2):
            if s < 0:
                x, cost = places.node[points[i]], np.int32(0)
            elif end == 0:
                x, cost = places.tail[places.chain[s]], ways.from_tail[s]
            else:
                x, cost = places.head[places.chain[s]], ways.from_head[s]
            if cost <= limit and (s >= 0 or end == 0):
                if label == len(at):
                    heap, at, which = _longer(heap), _more(at), _more(which)
                at[label], which[label] = x, i
                size = push(heap, size, (np.int64(cost) << 32) | label)
                label += 1
    while size > 0:
        key = heap[0]
        size = pop(heap, size)
        cost, x, i = key >> 32, at[key & 0xFFFFFFFF], which[key & 0xFFFFFFFF]
        if not _offer(nodes.cost[x], nodes.which[x], cost, i):
            continue
        for e in range(graph.first[x], graph.first[x + 1]):
            y, total = graph.to[e], cost + graph.weight[e]
            if total <= limit and total < nodes.cost[y, k - 1]:
                if label == len(at):
                    heap, at, which = _longer(heap), _more(at), _more(which)
                at[label], which[label] = y, i
                size = push(heap, size, (np.int64(total) << 32) | label)
                label += 1


@kernel
def _longer(values: Int64) -> Int64:
    return np.concatenate((values, np.empty_like(values)))


@kernel
def _more(values: Int32) -> Int32:
    return np.concatenate((values, np.empty_like(values)))


@kernel
def _offer(cost: Int32, which: Int32, new: int, i: int) -> bool:
    """Put one into a ranking; return whether it is nearer than what was there."""
    k = len(cost)
    place = k - 1
    if new >= cost[place]:
        return False
    for r in range(k):
        if which[r] == i:
            if cost[r] <= new:
                return False
            place = r
            break
    while place > 0 and cost[place - 1] > new:
        cost[place], which[place] = cost[place - 1], which[place - 1]
        place -= 1
    cost[place], which[place] = new, i
    return True


@kernel
def _inside(where: tuple[_Places, _Ways], limit: int, nodes: _Ranking, every: _Ranking) -> None:
    """Rank for interior points what the ends of their chains have near."""
    places, ways = where
    k = nodes.cost.shape[1]
    for c in range(len(places.tail)):
        for end in range(2):
            x = places.tail[c] if end == 0 else places.head[c]
            for s in range(places.first[c], places.first[c + 1]):
                p, step = places.inner[s], ways.to_tail[s] if end == 0 else ways.to_head[s]
                for r in range(k):
                    total = nodes.cost[x, r] + step
                    if total > limit:
                        break
                    _offer(every.cost[p], every.which[p], total, nodes.which[x, r])


@kernel
def _along(points: Int32, where: tuple[_Places, _Ways], limit: int, every: _Ranking) -> None:
    """Rank for interior points what is on their own chain."""
    places, ways = where
    for i in range(len(points)):
        at = places.slot[points[i]]
        if at < 0:
            continue
        c, total = places.chain[at], 0
        _offer(every.cost[points[i]], every.which[points[i]], 0, i)
        for s in range(at - 1, places.first[c] - 1, -1):
            total += ways.ahead[s + 1 + c]
            if total > limit:
                break
            _offer(every.cost[places.inner[s]], every.which[places.inner[s]], total, i)
        total = 0
        for s in range(at + 1, places.first[c + 1]):
            total += ways.back[s + c]
            if total > limit:
                break
            _offer(every.cost[places.inner[s]], every.which[places.inner[s]], total, i)
