"""From many places to many: a full matrix, or only the pairs within a limit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.matrix.size import MatrixSize, refuse_in_memory
from yipan.network.minplus import FAR
from yipan.network.streets.values import Ends, Int32, Legs
from yipan.network.sweep.along import ByChain, Spots, Steps, along, by_chain, spots_of, steps_of
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.lanes import LANES, Climb, climb, climb_of, restricted, scratch_of, sweep
from yipan.network.sweep.local import Graph, Space, graph_of, leave, map_order, search, space_of
from yipan.network.threads import over_blocks

_TILE = 64  # targets turned from lanes into rows at once


class _Sources(NamedTuple):
    """Places searched from: ranks of the ends of their chains (−1 where there is none) and ways to them."""

    tail: Int32
    head: Int32
    to_tail: Int32
    to_head: Int32


class _Targets(NamedTuple):
    """Places searched for: rows of the ends of their chains (−1: on no street) and ways from there."""

    tail: Int32
    head: Int32
    from_tail: Int32
    from_head: Int32


def between(customised: Customised, sources: Ends, targets: Ends) -> Int32:
    """Return the metric from every place to every other.

    The sweeps are restricted to what the targets need. Places on one chain also reach each other along it,
    if nothing between them is closed; a place reaches itself over the stretch to its street and back.

    Parameters
    ----------
    sources, targets
        Places on the core of `customised`, with its metric (`yipan.network.streets.ends.ends`).

    Returns
    -------
    Int32
        Shape (sources, targets), in the unit of the metric; `FAR` where there is no way.

    Raises
    ------
    MeasureError
        When it is larger than option ``network.max_matrix_mb`` allows.

    Notes
    -----
    A place on a segment that is closed both ways reaches nothing, not even itself. (One exactly at the end of
    such a segment does, unless further closures on its chain shut it in.)

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.ends import ends
    >>> from yipan.network.streets.values import Snapped, Streets
    >>> from yipan.network.sweep.customise import customise
    >>> from yipan.network.sweep.hierarchy import build_hierarchy
    >>> ms, flat = np.array([10, 20, 40], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, ms, ms, 2 * ms, ms.astype(np.int64)))
    >>> metric = time_metric(star)
    >>> middle = Snapped(flat[:3], flat[:3], np.arange(3, dtype=np.int32), flat[:3] + 0.5, flat[:3], 9.0)
    >>> at = ends(star, metric, middle)
    >>> between(customise(build_hierarchy(star), metric), at, at).tolist()
    [[0, 20, 30], [25, 0, 40], [45, 50, 0]]
    """
    refuse_in_memory(MatrixSize(len(sources), len(targets), entry=4))
    core = customised.hierarchy.core
    on = targets.chain[targets.chain >= 0]
    up = climb_of(customised)
    slope = restricted(customised, np.concatenate([core.tail[on], core.head[on]]))
    begin, end = _sources_of(customised, sources), _targets_of(customised, targets, slope.row)
    here, there, steps = spots_of(sources), spots_of(targets), steps_of(customised)
    found = by_chain(targets, len(core.tail))
    out = np.empty((len(sources), len(targets)), dtype=np.int32)

    def run(start: int, stop: int) -> None:
        lone, lanes = scratch_of(customised.hierarchy, slope)
        for a in range(start, stop, LANES):
            b = min(a + LANES, stop)
            _start(a, begin, up, (slope.row, lone, lanes), b)
            sweep(slope, lanes)
            _finish(lanes, end, out[a:b])
            _along(a, (here, there), found, steps, out[a:b])

    over_blocks(run, len(sources), block=4 * LANES)
    return out


def within(customised: Customised, sources: Ends, targets: Ends, *, limit: int) -> Legs:
    """Return the ways from every place to all others that are not farther than a limit.

    Parameters
    ----------
    sources, targets
        As of `between`. A place that is in both reaches itself too.
    limit
        In the unit of the metric, included; below `FAR`.

    Returns
    -------
    Legs
        What `between` would hold, only the pairs within the limit: bounded searches, nothing else is held.

    Raises
    ------
    ValueError
        If the limit is not in 0 … `FAR` − 1.
    """
    core, metric = customised.hierarchy.core, customised.metric
    if not 0 <= limit < FAR:
        raise ValueError(f"limit: {limit}; must be 0 … {FAR - 1}")
    where = (
        graph_of(core, metric),
        core.tail,
        core.head,
        by_chain(targets, len(core.tail)),
        steps_of(customised),
    )
    places = spots_of(sources), spots_of(targets)
    on = np.flatnonzero(sources.chain >= 0).astype(np.int32)
    near = core.node_point[core.tail[sources.chain[on]]]
    order = on[map_order(core.streets.lon[near], core.streets.lat[near])]
    parts: dict[int, tuple[Int32, Int32, Int32]] = {}

    def run(start: int, stop: int) -> None:
        parts[start] = _pairs(order[start:stop], places, where, space_of(len(core.node_point)), limit)

    share = -(-len(order) // (8 * LANES)) * LANES  # few places are shared among threads, too
    over_blocks(run, len(order), block=min(max(share, 4 * LANES), 64 * LANES))
    none = np.empty(0, dtype=np.int32)
    begin, to, cost = (np.concatenate(column) for column in zip((none,) * 3, *parts.values(), strict=True))
    by = np.lexsort((to, cost, begin))
    first = np.zeros(len(sources) + 1, dtype=np.int64)
    np.cumsum(np.bincount(begin, minlength=len(sources)), out=first[1:])
    return Legs(first, to[by], cost[by])


@kernel
def _pairs(
    order: Int32,
    places: tuple[Spots, Spots],
    where: tuple[Graph, Int32, Int32, ByChain, Steps],
    space: Space,
    limit: int,
) -> tuple[Int32, Int32, Int32]:
    """Return the pairs within a limit from some places: the first, the second, the metric."""
    here, there = places
    graph, tail, head, found, steps = where
    done = np.full(len(tail), -1, dtype=np.int32)
    pairs, size = np.empty((3, 1024), dtype=np.int32), 0
    for start in range(0, len(order), LANES):
        batch = order[start : start + LANES]
        chain, nodes, costs = _entries(batch, here, tail, head)
        reached = search(nodes, costs, limit, graph, space)
        chains = _chains(reached.found, graph, chain, done, start)
        for n in range(len(chains)):
            c = chains[n]
            t, h = space.row[tail[c]], space.row[head[c]]
            x, y = t if t >= 0 else len(reached.found), h if h >= 0 else len(reached.found)
            for k in range(found.first[c], found.first[c + 1]):
                to = found.place[k]
                a, b = there.tail_to_spot[to], there.head_to_spot[to]
                if size + LANES > pairs.shape[1]:
                    pairs = _longer(pairs, size)
                for j in range(len(batch)):
                    cost = min(reached.lanes[x, j] + a, reached.lanes[y, j] + b)
                    if chain[j] == c:
                        cost = min(cost, along(here, int(batch[j]), there, int(to), steps))
                    if cost <= limit:
                        pairs[0, size], pairs[1, size], pairs[2, size] = batch[j], to, cost
                        size += 1
        leave(reached.found, space)
    return pairs[0, :size], pairs[1, :size], pairs[2, :size]


@kernel
def _longer(pairs: Int32, size: int) -> Int32:
    out = np.empty((3, 2 * size + LANES), dtype=np.int32)
    for row in range(3):
        for k in range(size):
            out[row, k] = pairs[row, k]
    return out


@kernel
def _entries(batch: Int32, here: Spots, tail: Int32, head: Int32) -> tuple[Int32, Int32, Int32]:
    """Return chains of places, the nodes they start from, two a place, and the ways to them."""
    n = len(batch)
    chain, nodes, costs = np.empty(n, np.int32), np.empty(2 * n, np.int32), np.empty(2 * n, np.int32)
    for j in range(n):
        c = here.chain[batch[j]]
        chain[j], nodes[2 * j], nodes[2 * j + 1] = c, tail[c], head[c]
        costs[2 * j], costs[2 * j + 1] = here.spot_to_tail[batch[j]], here.spot_to_head[batch[j]]
    return chain, nodes, costs


@kernel
def _chains(found: Int32, graph: Graph, own: Int32, done: Int32, stamp: int) -> Int32:
    """Return the chains at nodes found and those given, each once."""
    most = len(own)
    for k in range(len(found)):
        most += graph.first[found[k] + 1] - graph.first[found[k]]
    out, size = np.empty(most, dtype=np.int32), 0
    for j in range(len(own)):
        if done[own[j]] != stamp:
            done[own[j]], out[size] = stamp, own[j]
            size += 1
    for k in range(len(found)):
        for e in range(graph.first[found[k]], graph.first[found[k] + 1]):
            c = graph.chain[e]
            if done[c] != stamp:
                done[c], out[size] = stamp, c
                size += 1
    return out[:size]


def _sources_of(customised: Customised, ends: Ends) -> _Sources:
    """Return places as sources; −1 and `FAR` where they are on no street."""
    core, rank = customised.hierarchy.core, customised.hierarchy.rank
    tail, head = _on_street(ends, rank[core.tail]), _on_street(ends, rank[core.head])
    return _Sources(tail, head, ends.spot_to_tail, ends.spot_to_head)


def _targets_of(customised: Customised, ends: Ends, row: Int32) -> _Targets:
    core, rank = customised.hierarchy.core, customised.hierarchy.rank
    tail, head = _on_street(ends, row[rank[core.tail]]), _on_street(ends, row[rank[core.head]])
    return _Targets(tail, head, ends.tail_to_spot, ends.head_to_spot)


def _on_street(ends: Ends, of_chain: Int32) -> Int32:
    out, on = np.full(len(ends), -1, dtype=np.int32), ends.chain >= 0
    out[on] = of_chain[ends.chain[on]]
    return out


@kernel
def _start(start: int, begin: _Sources, up: Climb, space: tuple[Int32, Int32, Int32], stop: int) -> None:
    """Fill the lanes with the upward halves of searches from places `start` to `stop` − 1."""
    row, lone, lanes = space
    lanes[:] = FAR
    for i in range(start, stop):
        enter = (begin.tail[i], begin.to_tail[i], begin.head[i], begin.to_head[i])
        climb(enter, up, row, lone, lanes[:, i - start])


@kernel
def _finish(lanes: Int32, end: _Targets, out: Int32) -> None:
    """Go on from finished lanes to targets: (lanes, targets)."""
    targets, width = out.shape[1], lanes.shape[1]
    tile = np.empty((_TILE, width), dtype=np.int32)
    for start in range(0, targets, _TILE):
        size = min(_TILE, targets - start)
        for i in range(size):
            p = start + i
            x, y, a, b = end.tail[p], end.head[p], end.from_tail[p], end.from_head[p]
            if x < 0:
                tile[i] = FAR
                continue
            for j in range(width):
                tile[i, j] = min(np.int32(lanes[x, j] + a), np.int32(lanes[y, j] + b), FAR)
        for j in range(len(out)):
            row = out[j]
            for i in range(size):
                row[start + i] = tile[i, j]


@kernel
def _along(start: int, places: tuple[Spots, Spots], found: ByChain, steps: Steps, out: Int32) -> None:
    """Lower pairs on one chain to the way along it."""
    here, there = places
    for i in range(len(out)):
        c = here.chain[start + i]
        if c >= 0:
            for k in range(found.first[c], found.first[c + 1]):
                j = found.place[k]
                out[i, j] = min(out[i, j], along(here, start + i, there, int(j), steps))
