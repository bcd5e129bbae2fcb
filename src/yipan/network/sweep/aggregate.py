"""Bounded aggregation: what lies within a limit of every point of the streets."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured
from yipan.network.streets.values import Core, Floats, Int32
from yipan.network.sweep.lanes import LANES
from yipan.network.sweep.local import Graph, Reached, Space, graph_of, leave, map_order, search, space_of
from yipan.network.threads import over_blocks

How = Literal["sum", "mean", "count", "max", "min"]
_HOWS: tuple[How, ...] = ("sum", "mean", "count", "max", "min")


class _Chains(NamedTuple):
    """Chains, where points are on them, and the metric along them."""

    point_node: Int32
    point_slot: Int32
    slot_chain: Int32
    tail: Int32
    head: Int32
    first: Int32
    from_tail: Int32
    from_head: Int32
    to_tail: Int32
    to_head: Int32
    ahead: Int32
    back: Int32


class _Values(NamedTuple):
    """Values of nodes and slots, not a number where there is none."""

    node: Floats
    slot: Floats


class _Tally(NamedTuple):
    """Of every lane and of what all lanes reach: sum, greatest or least value so far; number of values."""

    total: Floats
    number: Floats
    everyone: Floats


class _List(NamedTuple):
    """Points that some lanes reach: two rows of distances each, what comes on top of them, the value."""

    x: Int32
    y: Int32
    a: Int32
    b: Int32
    value: Floats


def aggregate(core: Core, metric: Measured, values: Floats, *, limit: int, how: How = "sum") -> Floats:
    """Return for every point what is within a limit of it.

    Parameters
    ----------
    values
        One of every point of the streets (points,); not a number where there is nothing to count.
    limit
        In the unit of the metric, included; below `FAR`.
    how
        ``sum`` or ``count`` (0 where nothing is reached), ``mean``, ``max`` or ``min`` (not a number there).

    Returns
    -------
    Floats
        Shape (points,). Which points are reached is exact (integers); sums are of float64.

    Raises
    ------
    ValueError
        If `values` does not fit the points, `how` is unknown or the limit is not in 0 … `FAR` − 1.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> ms, flat = np.array([1, 2, 4], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 1, 2], [1, 2, 3]], dtype=np.int32)
    >>> street = compress(Streets("walk", flat, flat, u, v, ms, ms, ms, ms.astype(np.int64)))
    >>> aggregate(street, time_metric(street), np.array([1.0, 10.0, 100.0, 1000.0]), limit=3).tolist()
    [111.0, 111.0, 111.0, 1000.0]
    """
    if how not in _HOWS:
        raise ValueError(f"how: {how!r}; choose from {', '.join(_HOWS)}")
    if not 0 <= limit < FAR:
        raise ValueError(f"limit: {limit}; must be 0 … {FAR - 1}")
    given = np.ascontiguousarray(values, dtype=np.float64)
    if given.shape != core.point_node.shape:
        raise ValueError(f"{len(core.point_node)} points, values {given.shape}")
    graph, chains = graph_of(core, metric), _chains(core, metric)
    at = _Values(given[core.node_point], given[core.inner])
    order = map_order(core.streets.lon, core.streets.lat)
    out, code = np.empty(len(given), dtype=np.float64), _HOWS.index(how)

    def run(start: int, stop: int) -> None:
        space = space_of(len(core.node_point))
        _aggregate(order[start:stop], (graph, chains, at), space, (limit, code), out)

    over_blocks(run, len(order), block=1024 * LANES)
    return out


def _chains(core: Core, metric: Measured) -> _Chains:
    return _Chains(
        core.point_node,
        core.point_slot,
        core.slot_chain,
        core.tail,
        core.head,
        core.first,
        metric.from_tail,
        metric.from_head,
        metric.to_tail,
        metric.to_head,
        metric.step_forward,
        metric.step_backward,
    )


@kernel
def _aggregate(
    points: Int32, where: tuple[Graph, _Chains, _Values], space: Space, ask: tuple[int, int], out: Floats
) -> None:
    """Aggregate around points, as many at once as there are lanes."""
    graph, chains, values = where
    limit, how = ask
    done = np.full(len(chains.tail), -1, dtype=np.int32)
    todo = _list(1024)
    for start in range(0, len(points), LANES):
        batch = points[start : start + LANES]
        nodes, costs = _entries(batch, chains)
        reached = search(nodes, costs, limit, graph, space)
        tally = _tally(how)
        most = _most(reached.found, graph, chains.first)
        if most > len(todo.x):
            todo = _list(2 * most)
        size = _gather(reached, where, (space.row, done, start), ask, (todo, tally))
        _take(todo, size, reached.lanes, ask, tally)
        _own_chains(batch, (chains, values), (reached, space.row), ask, tally)
        for j in range(len(batch)):
            out[batch[j]] = _result(tally, j, how)
        leave(reached.found, space)


@kernel
def _entries(batch: Int32, chains: _Chains) -> tuple[Int32, Int32]:
    """Return the nodes that points start from, two a point, and the ways to them."""
    nodes, costs = np.empty(2 * len(batch), dtype=np.int32), np.zeros(2 * len(batch), dtype=np.int32)
    for j in range(len(batch)):
        s = chains.point_slot[batch[j]]
        if s < 0:
            nodes[2 * j] = nodes[2 * j + 1] = chains.point_node[batch[j]]
        else:
            c = chains.slot_chain[s]
            nodes[2 * j], costs[2 * j] = chains.tail[c], chains.to_tail[s]
            nodes[2 * j + 1], costs[2 * j + 1] = chains.head[c], chains.to_head[s]
    return nodes, costs


@kernel
def _list(size: int) -> _List:
    x, y = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    return _List(x, y, np.empty_like(x), np.empty_like(x), np.empty(size, dtype=np.float64))


@kernel
def _most(found: Int32, graph: Graph, first: Int32) -> int:
    """Return how many points there are at and around nodes, at most."""
    most = len(found)
    for k in range(len(found)):
        for e in range(graph.first[found[k]], graph.first[found[k] + 1]):
            most += first[graph.chain[e] + 1] - first[graph.chain[e]]
    return most


@kernel
def _tally(how: int) -> _Tally:
    none = 0.0 if how < 3 else (-np.inf if how == 3 else np.inf)
    total, everyone = np.full(LANES, none), np.zeros(2)
    everyone[0] = none
    return _Tally(total, np.zeros(LANES), everyone)


@kernel
def _result(tally: _Tally, j: int, how: int) -> float:
    number = tally.number[j] + tally.everyone[1]
    if how == 2:
        return float(number)
    if how > 0 and number == 0.0:
        return np.nan
    if how == 3:
        return float(max(tally.total[j], tally.everyone[0]))
    if how == 4:
        return float(min(tally.total[j], tally.everyone[0]))
    total = tally.total[j] + tally.everyone[0]
    return float(total / number if how == 1 else total)


@kernel
def _gather(
    reached: Reached,
    where: tuple[Graph, _Chains, _Values],
    seen: tuple[Int32, Int32, int],
    ask: tuple[int, int],
    into: tuple[_List, _Tally],
) -> int:
    """Count the points that all lanes reach, list those that some reach; return how many are listed.

    Points of a lane's own chain are taken here as others see them: from its ends.
    """
    graph, chains, values = where
    row, done, stamp = seen
    limit, how = ask
    todo, tally = into
    everyone, least, greatest = tally.everyone, reached.least, reached.greatest
    size, last = 0, len(reached.found)
    for k in range(last):
        node = reached.found[k]
        value = values.node[node]
        if greatest[k] <= limit:
            _add(value, how, everyone)
        elif not np.isnan(value):
            todo.x[size] = todo.y[size] = k
            todo.a[size] = todo.b[size] = 0
            todo.value[size] = value
            size += 1
        for e in range(graph.first[node], graph.first[node + 1]):
            c = graph.chain[e]
            if done[c] == stamp:
                continue
            done[c] = stamp
            t, h = row[chains.tail[c]], row[chains.head[c]]
            x, y = t if t >= 0 else last, h if h >= 0 else last
            for s in range(chains.first[c], chains.first[c + 1]):
                a, b, value = chains.from_tail[s], chains.from_head[s], values.slot[s]
                if greatest[x] + a <= limit or greatest[y] + b <= limit:
                    _add(value, how, everyone)
                elif not np.isnan(value) and (least[x] + a <= limit or least[y] + b <= limit):
                    todo.x[size], todo.y[size], todo.a[size], todo.b[size] = x, y, a, b
                    todo.value[size] = value
                    size += 1
    return size


@kernel
def _add(value: float, how: int, tally: Floats) -> None:
    """Count a value in a tally of one: what is so far, how many."""
    if not np.isnan(value):
        tally[1] += 1.0
        if how == 3:
            tally[0] = max(tally[0], value)
        elif how == 4:
            tally[0] = min(tally[0], value)
        else:
            tally[0] += value


@kernel
def _take(todo: _List, size: int, lanes: Int32, ask: tuple[int, int], tally: _Tally) -> None:
    """Count listed points in every lane that reaches them."""
    limit, how = np.int32(ask[0]), ask[1]
    total, number, width = tally.total, tally.number, lanes.shape[1]
    away = np.empty(width, dtype=np.int32)
    for i in range(size):
        x, y, a, b, value = todo.x[i], todo.y[i], todo.a[i], todo.b[i], todo.value[i]
        for j in range(width):
            away[j] = min(np.int32(lanes[x, j] + a), np.int32(lanes[y, j] + b))
        if how < 3:
            for j in range(width):
                total[j] += value if away[j] <= limit else 0.0
        elif how == 3:
            for j in range(width):
                total[j] = max(total[j], value if away[j] <= limit else -np.inf)
        else:
            for j in range(width):
                total[j] = min(total[j], value if away[j] <= limit else np.inf)
        if how > 0:
            for j in range(width):
                number[j] += 1.0 if away[j] <= limit else 0.0


@kernel
def _own_chains(
    batch: Int32,
    what: tuple[_Chains, _Values],
    found: tuple[Reached, Int32],
    ask: tuple[int, int],
    tally: _Tally,
) -> None:
    """Count what points inside a chain reach only along it."""
    chains, values = what
    reached, row = found
    limit, how = ask
    lanes, last, own = reached.lanes, len(reached.found), np.empty(2, dtype=np.float64)
    for j in range(len(batch)):
        at = chains.point_slot[batch[j]]
        if at < 0:
            continue
        c = chains.slot_chain[at]
        t, h = row[chains.tail[c]], row[chains.head[c]]
        x, y = t if t >= 0 else last, h if h >= 0 else last
        low, high = _span(at, c, chains, limit)
        own[0], own[1] = tally.total[j], tally.number[j]
        for s in range(low, high + 1):
            if lanes[x, j] + chains.from_tail[s] > limit and lanes[y, j] + chains.from_head[s] > limit:
                _add(values.slot[s], how, own)
        tally.total[j], tally.number[j] = own[0], own[1]


@kernel
def _span(s: int, c: int, chains: _Chains, limit: int) -> tuple[int, int]:
    """Return the first and last slot of a chain within a limit of slot s along it."""
    low = high = s
    total = 0
    while high + 1 < chains.first[c + 1]:
        total += chains.ahead[high + 1 + c]
        if total > limit:
            break
        high += 1
    total = 0
    while low > chains.first[c]:
        total += chains.back[low + c]
        if total > limit:
            break
        low -= 1
    return low, high
