"""Thirty-two searches at once: up the elimination tree one by one, then down the hierarchy side by side.

Sources: Delling, Goldberg, Nowatzyk, Werneck (2013), "PHAST: Hardware-accelerated shortest path trees",
JPDC 73; restricted to targets: Delling, Goldberg, Werneck (2011), "Faster batched shortest paths in road
networks", ATMOS.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.hierarchy import Hierarchy

LANES = 32
Rank = int | np.int32


class Climb(NamedTuple):
    """What the upward half of a search walks: the hierarchy with weights away from the source."""

    rank: Int32
    parent: Int32
    first: Int32
    high: Int32
    weight: Int32


class Slope(NamedTuple):
    """What the downward half sweeps: ranks that targets need, with arcs among them, highest last.

    Parameters
    ----------
    row
        Row of each rank, −1 where it is not needed (nodes,).
    first, high, weight
        Arcs of each row (rows + 1,), the higher row and the weight downwards of each (arcs,).
    """

    row: Int32
    first: Int32
    high: Int32
    weight: Int32


def climb_of(customised: Customised, *, reverse: bool = False) -> Climb:
    """Return the upward half; of searches backwards when `reverse`."""
    arcs = customised.hierarchy
    weight = customised.down if reverse else customised.up
    return Climb(arcs.rank, arcs.parent, arcs.first, arcs.high, weight)


def slope_of(customised: Customised, *, reverse: bool = False) -> Slope:
    """Return the downward half to every node."""
    arcs = customised.hierarchy
    weight = customised.up if reverse else customised.down
    return Slope(np.arange(len(arcs.node), dtype=np.int32), arcs.first, arcs.high, weight)


def restricted(customised: Customised, nodes: Int32, *, reverse: bool = False) -> Slope:
    """Return the downward half to some nodes: to them and their ancestors in the elimination tree.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> from yipan.network.sweep.customise import customise
    >>> from yipan.network.sweep.hierarchy import build_hierarchy
    >>> ms, flat = np.array([1, 2, 4], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, ms, ms, ms, ms.astype(np.int64)))
    >>> arcs = build_hierarchy(star, np.array([1, 2, 3, 0], dtype=np.int32))
    >>> slope = restricted(customise(arcs, time_metric(star)), np.array([2], dtype=np.int32))
    >>> slope.weight.tolist()
    [2]
    """
    arcs = customised.hierarchy
    weight = customised.up if reverse else customised.down
    up = Climb(arcs.rank, arcs.parent, arcs.first, arcs.high, weight)
    return _restrict(arcs.rank[nodes], up)


def scratch_of(arcs: Hierarchy, slope: Slope) -> tuple[Int32, Int32]:
    """Return working space of one thread: distances of one climb, distances of a sweep (rows, lanes)."""
    lone = np.full(len(arcs.node), FAR, dtype=np.int32)
    return lone, np.empty((len(slope.first) - 1, LANES), dtype=np.int32)


@kernel
def _restrict(ranks: Int32, up: Climb) -> Slope:
    parent, first, high, weight = up.parent, up.first, up.high, up.weight
    row = np.full(len(parent), -1, dtype=np.int32)
    for k in range(len(ranks)):
        x = ranks[k]
        while x >= 0 and row[x] < 0:
            row[x] = 0
            x = parent[x]
    rows = arcs = 0
    for x in range(len(parent)):
        if row[x] == 0:
            row[x] = rows
            rows += 1
            arcs += first[x + 1] - first[x]
    start, to, cost = np.zeros(rows + 1, np.int32), np.empty(arcs, np.int32), np.empty(arcs, np.int32)
    arcs = 0
    for x in range(len(parent)):
        if row[x] >= 0:
            for e in range(first[x], first[x + 1]):
                to[arcs], cost[arcs] = row[high[e]], weight[e]
                arcs += 1
            start[row[x] + 1] = arcs
    return Slope(row, start, to, cost)


@kernel
def climb(enter: tuple[Rank, Rank, Rank, Rank], up: Climb, row: Int32, lone: Int32, lane: Int32) -> None:
    """Search upward and put what is reached into one lane.

    Parameters
    ----------
    enter
        Two ranks to start from and the distances of them (a, from_a, b, from_b); rank −1 for none.
    row
        Row of each rank in `lane`, −1 for none.
    lone
        `FAR` at every rank, and left so.
    """
    x, from_x, y, from_y = enter
    if x >= 0:
        lone[x] = from_x
    if y >= 0:
        lone[y] = min(lone[y], from_y)
    while x >= 0 or y >= 0:
        at = x if y < 0 or 0 <= x < y else y
        if x == at:
            x = up.parent[at]
        if y == at:
            y = up.parent[at]
        so_far = lone[at]
        lone[at] = FAR
        if so_far < FAR:
            for e in range(up.first[at], up.first[at + 1]):
                lone[up.high[e]] = min(lone[up.high[e]], so_far + up.weight[e])
            if row[at] >= 0:
                lane[row[at]] = so_far


@kernel
def sweep(slope: Slope, lanes: Int32) -> None:
    """Finish the distances of all lanes, from the highest row to the lowest."""
    first, high, weight = slope.first, slope.high, slope.weight
    width = lanes.shape[1]  # a known number would be unrolled before it could be vectorised
    for x in range(len(first) - 2, -1, -1):
        for e in range(first[x], first[x + 1]):
            y, step = high[e], weight[e]
            for j in range(width):
                lanes[x, j] = min(lanes[x, j], np.int32(lanes[y, j] + step))
