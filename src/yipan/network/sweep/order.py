"""Order of elimination: which junctions are contracted first, so that few shortcuts arise.

Dead ends and passages first, then nested dissection: the cells between separators, and every separator after
the two sides it parts. Separators are least vertex cuts between the outer quarters of a cell in four
directions (inertial flow: Schild and Sommer 2015; on vertices instead of edges, with Dinic's phases).
The last cells are eliminated by least degree. Only the quality depends on it, never a distance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.streets.values import Core, Int32

_LEAF = 40  # nodes of a cell that is eliminated by least degree
_OUTER = 0.25  # share of a cell's nodes on either side that a separator keeps apart
_NONE, _TERMINAL = -2, -1


class _Graph(NamedTuple):
    """Neighbours of node x: the first ``degree[x]`` of ``adjacent`` from ``start[x]`` on."""

    start: Int32
    adjacent: Int32
    degree: Int32


class _Flow(NamedTuple):
    """Vertex-disjoint paths: the nodes before and after each; working space of the search for more."""

    before: Int32
    after: Int32
    level: Int32
    arc: Int32
    path: Int32


def order_of(core: Core) -> Int32:
    """Return the nodes of a core in the order of their elimination, shape (nodes,).

    Examples
    --------
    >>> from yipan.network.streets.compress import compress
    >>> from yipan.network.streets.values import Streets
    >>> one, flat = np.ones(3, dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, one, one, one, one.astype(np.int64)))
    >>> sorted(order_of(star).tolist())
    [0, 1, 2, 3]
    """
    n = len(core.node_point)
    start, adjacent = simple_graph(n, core.tail, core.head)
    graph = _Graph(start, adjacent, np.diff(start).astype(np.int32))
    peeled = _peel(graph)
    gone = np.zeros(n, dtype=np.bool_)
    gone[peeled] = True
    rest = np.flatnonzero(~gone).astype(np.int32)
    lat = core.streets.lat[core.node_point]
    lon = core.streets.lon[core.node_point] * np.cos(np.radians(lat.mean() if n else 0.0))
    keys = (lon, lat, lon + lat, lon - lat)
    sorted_ = np.array([rest[np.argsort(key[rest], kind="stable")] for key in keys], dtype=np.int32)
    return np.concatenate([peeled, _dissect(graph, sorted_)])


def simple_graph(n: int, a: Int32, b: Int32) -> tuple[Int32, Int32]:
    """Return the neighbours of n nodes: without loops and doubles, both ways, ascending."""
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    pairs = np.unique((low * n + high)[low != high])
    low, high = np.divmod(pairs, max(n, 1))
    both = np.sort(np.concatenate([pairs, high * n + low]))
    start = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(both // max(n, 1), minlength=n), out=start[1:])
    return start, (both % max(n, 1)).astype(np.int32)


@kernel
def _peel(graph: _Graph) -> Int32:
    """Eliminate nodes of at most two neighbours until none is left; the lists of the others are kept up."""
    start, adjacent, degree = graph
    n = len(degree)
    queue, queued, count = np.empty(n, dtype=np.int32), np.zeros(n, dtype=np.bool_), 0
    for x in range(n):
        if degree[x] <= 2:
            queue[count], queued[x] = x, True
            count += 1
    at = 0
    while at < count:
        x = queue[at]
        at += 1
        a = adjacent[start[x]] if degree[x] > 0 else x
        b = adjacent[start[x] + 1] if degree[x] == 2 else x
        joined = degree[x] < 2
        if not joined:
            for k in range(start[a], start[a] + degree[a]):
                joined |= adjacent[k] == b
        for side in range(degree[x]):
            y, z = (a, b) if side == 0 else (b, a)
            k = start[y]
            while adjacent[k] != x:
                k += 1
            if joined:
                degree[y] -= 1
                adjacent[k] = adjacent[start[y] + degree[y]]
                if degree[y] <= 2 and not queued[y]:
                    queue[count], queued[y] = y, True
                    count += 1
            else:
                adjacent[k] = z
    return queue[:count].copy()


@kernel
def _dissect(graph: _Graph, orders: Int32) -> Int32:
    """Return nodes in the order of nested dissection; they are given as sorted in each direction."""
    n = orders.shape[1]
    cell = np.full(len(graph.degree), -1, dtype=np.int32)
    place, side_of = np.empty(len(cell), dtype=np.int32), np.empty(len(cell), dtype=np.int32)
    for k in range(n):
        cell[orders[0, k]] = 0
    stack, names = [(0, n, 0)], 1
    out: Int32 = orders[0].copy()
    while len(stack) > 0:
        low, high, name = stack.pop()
        part = orders[0, low:high].copy()
        if high - low <= _LEAF:
            leaf = _least_degree(graph, part, cell, name, place)
            for k in range(low, high):
                out[k] = leaf[k - low]
            continue
        start, adjacent = _local(graph, part, cell, name, place)
        by = np.empty((len(orders), high - low), dtype=np.int32)
        for d in range(len(orders)):
            for k in range(low, high):
                by[d, k - low] = place[orders[d, k]]
        side = _separate(start, adjacent, by)
        sizes = np.zeros(3, dtype=np.int32)
        for i in range(len(part)):
            side_of[part[i]] = side[i]
            cell[part[i]] = names + side[i] if side[i] < 2 else -1
            sizes[side[i]] += 1
        for d in range(len(orders)):
            _part(orders[d, low:high], side_of, sizes)
        middle, last = low + sizes[0], low + sizes[0] + sizes[1]
        for k in range(last, high):
            out[k] = orders[0, k]
        stack.append((low, middle, names))
        stack.append((middle, last, names + 1))
        names += 2
    return out


@kernel
def _part(order: Int32, side_of: Int32, sizes: Int32) -> None:
    """Bring one side, the other and what separates them into pieces, each in the order it had."""
    given = order.copy()
    at = np.zeros(3, dtype=np.int32)
    at[1], at[2] = sizes[0], sizes[0] + sizes[1]
    for i in range(len(given)):
        side = side_of[given[i]]
        order[at[side]] = given[i]
        at[side] += 1


@kernel
def _local(graph: _Graph, part: Int32, cell: Int32, name: int, place: Int32) -> tuple[Int32, Int32]:
    """Return the graph of one cell, its nodes numbered as in `part`."""
    start, adjacent, degree = graph
    total = 0
    for i in range(len(part)):
        place[part[i]] = i
        total += degree[part[i]]
    local_start, local, count = np.zeros(len(part) + 1, dtype=np.int32), np.empty(total, dtype=np.int32), 0
    for i in range(len(part)):
        x = part[i]
        for k in range(start[x], start[x] + degree[x]):
            if cell[adjacent[k]] == name:
                local[count] = place[adjacent[k]]
                count += 1
        local_start[i + 1] = count
    return local_start, local


@kernel
def _separate(start: Int32, adjacent: Int32, by: Int32) -> Int32:
    """Return the side of every node of a cell: 0, 1, or 2 for the smallest separator of all directions."""
    n = by.shape[1]
    outer = max(1, int(n * _OUTER))
    best, evenness = n, 0
    side, terminal = np.full(n, 2, dtype=np.int32), np.empty(n, dtype=np.int32)
    for d in range(len(by)):
        terminal[:] = 0
        for k in range(outer):
            terminal[by[d, k]], terminal[by[d, n - 1 - k]] = 1, 2
        flow, level = _cut(start, adjacent, terminal, best)
        if flow > best:
            continue
        left = 0
        for i in range(n):
            left += level[2 * i + 1] >= 0
        even = min(left, n - flow - left)
        if flow < best or even > evenness:
            best, evenness = flow, even
            for i in range(n):
                side[i] = 0 if level[2 * i + 1] >= 0 else (2 if level[2 * i] >= 0 else 1)
    return side


@kernel
def _cut(start: Int32, adjacent: Int32, terminal: Int32, bound: int) -> tuple[int, Int32]:
    """Return the most vertex-disjoint paths from terminals 1 to 2, and what is still reached beside them.

    State 2v is the entry of node v, 2v + 1 its exit. Stops as soon as the flow is above `bound`.
    """
    n = len(terminal)
    none = np.full(n, _NONE, dtype=np.int32)
    level, path = np.empty(2 * n, dtype=np.int32), np.empty(2 * n + 1, dtype=np.int32)
    paths = _Flow(none, none.copy(), level, np.empty(n, dtype=np.int32), path)
    queue, flow = np.empty(2 * n, dtype=np.int32), 0
    while _levels(start, adjacent, terminal, paths, queue):
        for v in range(n):
            paths.arc[v] = start[v]
        for v in range(n):
            if terminal[v] == 1 and paths.before[v] != _TERMINAL:
                top = _find(v, start, adjacent, terminal, paths)
                if top >= 0:
                    _lead(paths, top)
                    flow += 1
        if flow > bound:
            break
    return flow, level


@kernel
def _levels(start: Int32, adjacent: Int32, terminal: Int32, paths: _Flow, queue: Int32) -> bool:
    """Breadth-first levels of the residual graph; whether a terminal 2 is reached."""
    before, after, level = paths.before, paths.after, paths.level
    level[:] = -1
    count = at = 0
    found = False
    for v in range(len(terminal)):
        if terminal[v] == 1:
            level[2 * v], queue[count] = 0, 2 * v
            count += 1
    while at < count:
        state = queue[at]
        at += 1
        v, on = state >> 1, level[state] + 1
        if state & 1 == 0:
            to = v if before[v] == _NONE else before[v]
            if to >= 0 and level[2 * to + 1] < 0:
                level[2 * to + 1], queue[count] = on, 2 * to + 1
                count += 1
            continue
        if terminal[v] == 2:
            found = True
        if before[v] != _NONE and level[2 * v] < 0:
            level[2 * v], queue[count] = on, 2 * v
            count += 1
        for k in range(start[v], start[v + 1]):
            w = adjacent[k]
            if after[v] != w and level[2 * w] < 0:
                level[2 * w], queue[count] = on, 2 * w
                count += 1
    return found


@kernel
def _find(source: int, start: Int32, adjacent: Int32, terminal: Int32, paths: _Flow) -> int:
    """Find one more path along rising levels, into ``paths.path``; return its last place, −1 for none."""
    level, path, top = paths.level, paths.path, 0
    path[0] = 2 * source
    while top >= 0:
        state = path[top]
        v, on, to = state >> 1, level[state] + 1, -1
        if state & 1 == 1 and terminal[v] == 2:
            break
        if state & 1 == 0:
            exit_of = v if paths.before[v] == _NONE else paths.before[v]
            if exit_of >= 0 and level[2 * exit_of + 1] == on:
                to = 2 * exit_of + 1
        elif paths.before[v] != _NONE and level[2 * v] == on:
            to = 2 * v
        else:
            to = _next(v, start, adjacent, paths)
        if to < 0:
            level[state] = -1
            top -= 1
        else:
            top += 1
            path[top] = to
    return top


@kernel
def _next(v: int, start: Int32, adjacent: Int32, paths: _Flow) -> int:
    """Return the entry of the next neighbour that lies a level on, −1 when there is none left."""
    while paths.arc[v] < start[v + 1]:
        w = int(adjacent[paths.arc[v]])
        if paths.after[v] != w and paths.level[2 * w] == paths.level[2 * v + 1] + 1:
            return 2 * w
        paths.arc[v] += 1
    return -1


@kernel
def _lead(paths: _Flow, top: int) -> None:
    """Add ``paths.path`` to the flow: it may run back along other paths and take over their ends."""
    before, after, path = paths.before, paths.after, paths.path
    before[path[0] >> 1] = _TERMINAL
    for i in range(1, top):
        v, w = path[i] >> 1, path[i + 1] >> 1
        if path[i] & 1 == 1 and v == w:
            before[v] = after[v] = _NONE
        elif path[i] & 1 == 1:
            after[v], before[w] = w, v
    after[path[top] >> 1] = _TERMINAL


@kernel
def _least_degree(graph: _Graph, part: Int32, cell: Int32, name: int, place: Int32) -> Int32:
    """Return a small cell in the order of least degree; neighbours outside count."""
    n, one = len(part), np.uint64(1)
    bits = _neighbours(graph, part, cell, name, place)
    order, left = np.empty(n, dtype=np.int32), np.ones(n, dtype=np.bool_)
    for step in range(n):
        best, least = -1, 65
        for i in range(n):
            if left[i]:
                count = _ones(bits[i])
                if count < least:
                    best, least = i, count
        order[step], left[best] = part[best], False
        for i in range(n):
            if left[i] and (bits[best] >> np.uint64(i)) & one:
                bits[i] = (bits[i] | bits[best]) & ~(one << np.uint64(best)) & ~(one << np.uint64(i))
    return order


@kernel
def _neighbours(graph: _Graph, part: Int32, cell: Int32, name: int, place: Int32) -> NDArray[np.uint64]:
    """Return a bit for every neighbour: those in the cell first, then those outside, 64 in all at most."""
    n = len(part)
    bits, outside, known = np.zeros(n, dtype=np.uint64), np.empty(64, dtype=np.int32), n
    for i in range(n):
        place[part[i]] = i
    for i in range(n):
        x = part[i]
        for k in range(graph.start[x], graph.start[x] + graph.degree[x]):
            y = graph.adjacent[k]
            j = place[y]
            if cell[y] != name:
                j = n
                while j < known and outside[j] != y:
                    j += 1
                if j == known and known < 64:
                    outside[j] = y
                    known += 1
            if j < 64:
                bits[i] |= np.uint64(1) << np.uint64(j)
    return bits


@kernel
def _ones(bits: np.uint64) -> int:
    """Count the bits that are set."""
    count = 0
    while bits:
        bits &= bits - np.uint64(1)
        count += 1
    return count
