"""Thirty-two bounded searches of neighbours at once, without any preparation of the streets.

Points near each other reach much the same junctions. One Dijkstra search from all of them finds those
within the limit of any, nearest first; in that order distances of all thirty-two are passed on along the
chains until none changes. Exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured
from yipan.network.streets.values import Core, Floats, Int32, Int64
from yipan.network.sweep.hierarchy import grouped
from yipan.network.sweep.lanes import LANES


class Graph(NamedTuple):
    """Chains from node x: ``first[x]`` to ``first[x + 1] − 1``; where they lead, the metric, which chain."""

    first: Int32
    to: Int32
    weight: Int32
    chain: Int32


class Space(NamedTuple):
    """Working space of one thread: row of each node in a search, least distance, whether to pass it on."""

    row: Int32
    least: Int32
    waiting: Int32


class Reached(NamedTuple):
    """A batch: nodes found, distances (nodes + 1, lanes), least and greatest of a row; `FAR` in the last."""

    found: Int32
    lanes: Int32
    least: Int32
    greatest: Int32


def graph_of(core: Core, metric: Measured, *, reverse: bool = False) -> Graph:
    """Return the chains from each node that are open; towards each node when `reverse`."""
    begin, end = np.concatenate([core.tail, core.head]), np.concatenate([core.head, core.tail])
    weight = np.concatenate([metric.forward, metric.backward])
    if reverse:
        begin, end = end, begin
    first, order = grouped(begin, len(core.node_point))
    chain = np.tile(np.arange(len(core.tail), dtype=np.int32), 2)
    return Graph(first, end[order], weight[order], chain[order])


def space_of(nodes: int) -> Space:
    """Return working space for one thread."""
    none = np.full(nodes, -1, dtype=np.int32)
    return Space(none, np.full(nodes, FAR, dtype=np.int32), np.zeros(nodes, dtype=np.int32))


def map_order(lon: Floats, lat: Floats) -> Int32:
    """Return points in the order of a Hilbert curve over the map: neighbours mostly stand together.

    Examples
    --------
    >>> map_order(np.array([0.0, 9.0, 0.1, 9.1]), np.array([0.0, 9.0, 0.1, 9.1])).tolist()
    [0, 2, 1, 3]
    """
    if not len(lon):
        return np.empty(0, dtype=np.int32)
    x, y = (lon - lon.min()) * np.cos(np.radians(lat.mean())), lat - lat.min()
    cell = max(float(x.max()), float(y.max()), 1e-9) / 65_535
    key = _hilbert((x / cell).astype(np.int64), (y / cell).astype(np.int64))
    return np.argsort(key, kind="stable").astype(np.int32)


@kernel
def _hilbert(x: Int64, y: Int64) -> Int64:
    """Return the place of cells of a grid of 2¹⁶ × 2¹⁶ on the Hilbert curve."""
    out = np.empty(len(x), dtype=np.int64)
    for i in range(len(x)):
        a, b, key, side = x[i], y[i], 0, 1 << 15
        while side > 0:
            right, up = int(a & side > 0), int(b & side > 0)
            key += side * side * ((3 * right) ^ up)
            a, b = a & (side - 1), b & (side - 1)
            if up == 0:
                if right == 1:
                    a, b = side - 1 - a, side - 1 - b
                a, b = b, a
            side >>= 1
        out[i] = key
    return out


@kernel
def search(nodes: Int32, costs: Int32, limit: int, graph: Graph, space: Space) -> Reached:
    """Return the distances of all lanes; lane j starts from nodes 2j and 2j + 1."""
    found = _reach(nodes, costs, limit, graph, space)
    lanes = np.full((len(found) + 1, LANES), FAR, dtype=np.int32)
    for i in range(len(nodes)):
        k = space.row[nodes[i]]
        if k >= 0:
            lanes[k, i >> 1] = min(lanes[k, i >> 1], costs[i])
    _spread(found, graph, space, lanes)
    least, greatest = np.full(len(lanes), FAR, dtype=np.int32), np.full(len(lanes), FAR, dtype=np.int32)
    for k in range(len(found)):
        least[k] = space.least[found[k]]
        most = np.int32(0)
        for j in range(lanes.shape[1]):
            most = max(most, lanes[k, j])
        greatest[k] = most
    return Reached(found, lanes, least, greatest)


@kernel
def _reach(nodes: Int32, costs: Int32, limit: int, graph: Graph, space: Space) -> Int32:
    """Return the nodes within a limit of any start, nearest first; rows and distances are in `space`."""
    row, least = space.row, space.least
    heap, size = np.empty(4 * len(nodes) + 64, dtype=np.int64), 0
    found, count = np.empty(len(nodes) + 64, dtype=np.int32), 0
    for i in range(len(nodes)):
        if costs[i] <= limit and costs[i] < least[nodes[i]]:
            least[nodes[i]] = costs[i]
            size = push(heap, size, (np.int64(costs[i]) << 32) | nodes[i])
    while size > 0:
        key = heap[0]
        size = pop(heap, size)
        x, so_far = key & 0xFFFFFFFF, key >> 32
        if row[x] >= 0 or so_far > least[x]:
            continue
        if count == len(found):
            found = np.concatenate((found, np.empty(count, dtype=np.int32)))
        found[count], row[x] = x, count
        count += 1
        most = size + graph.first[x + 1] - graph.first[x]
        if most > len(heap):
            heap = np.concatenate((heap, np.empty(most, dtype=np.int64)))
        for e in range(graph.first[x], graph.first[x + 1]):
            y, cost = graph.to[e], so_far + graph.weight[e]
            if cost <= limit and cost < least[y]:
                least[y] = cost
                size = push(heap, size, (np.int64(cost) << 32) | y)
    return found[:count]


@kernel
def _spread(found: Int32, graph: Graph, space: Space, lanes: Int32) -> None:
    """Pass distances on between the nodes found until none changes."""
    row, waiting, width = space.row, space.waiting, lanes.shape[1]
    for k in range(len(found)):
        waiting[k] = 1
    again = True
    while again:
        again = False
        for k in range(len(found)):
            if waiting[k] == 0:
                continue
            waiting[k] = 0
            x = found[k]
            for e in range(graph.first[x], graph.first[x + 1]):
                i, step, change = row[graph.to[e]], graph.weight[e], np.int32(0)
                if i < 0 or step >= FAR:
                    continue
                for j in range(width):
                    old = lanes[i, j]
                    new = min(old, np.int32(lanes[k, j] + step))
                    change |= old ^ new
                    lanes[i, j] = new
                if change != 0:
                    waiting[i] = 1
                    again |= i < k


@kernel
def leave(found: Int32, space: Space) -> None:
    """Make the working space ready for the next search."""
    for k in range(len(found)):
        space.row[found[k]], space.least[found[k]] = -1, FAR


@kernel
def push(heap: Int64, size: int, key: int | np.int64) -> int:
    """Put a key into a heap; return its new size."""
    i = size
    while i > 0 and heap[(i - 1) >> 1] > key:
        heap[i] = heap[(i - 1) >> 1]
        i = (i - 1) >> 1
    heap[i] = key
    return size + 1


@kernel
def pop(heap: Int64, size: int) -> int:
    """Remove the least key, ``heap[0]``."""
    size -= 1
    key, i = heap[size], 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[i] = heap[child]
        i = child
    heap[i] = key
    return size
