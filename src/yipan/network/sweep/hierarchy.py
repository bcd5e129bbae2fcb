"""Customisable contraction hierarchy: which shortcuts any speeds and closures may need.

Nodes are eliminated in order; the neighbours left of each are joined. Weights do not matter here: they
are put on by `yipan.network.sweep.customise`. Source: Dibbelt, Strasser, Wagner (2016), "Customizable
Contraction Hierarchies", ACM JEA 21.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.streets.values import Core, Int32
from yipan.network.sweep.order import order_of, simple_graph


@dataclass(frozen=True)
class Hierarchy:
    """A core's nodes by rank of elimination, and an **arc** from each to every higher one it is joined with.

    Parameters
    ----------
    core
        What it was made of.
    node, rank
        Node of each rank and rank of each node (nodes,). Subtrees of the elimination tree are contiguous.
    parent
        Lowest higher neighbour of each rank, −1 for a root (nodes,): the elimination tree.
    first, high
        Arcs of each rank (nodes + 1,), and the higher rank of each arc, ascending (arcs,).
    below_first, below
        Arcs that lead to each rank (nodes + 1,), (arcs,), by the lower rank.
    low
        Lower rank of each arc (arcs,).
    chain_arc
        Arc of each chain, −1 for a loop (chains,).
    rises
        Whether the tail of a chain is its lower end (chains,).
    arc_first, arc_chain
        Chains of each arc (arcs + 1,), (chains that are no loops,).
    """

    core: Core
    node: Int32
    rank: Int32
    parent: Int32
    first: Int32
    high: Int32
    below_first: Int32
    below: Int32
    low: Int32
    chain_arc: Int32
    rises: NDArray[np.bool_]
    arc_first: Int32
    arc_chain: Int32


def build_hierarchy(core: Core, order: Int32 | None = None) -> Hierarchy:
    """Return the hierarchy of a core.

    Parameters
    ----------
    order
        Nodes in an order of elimination; `yipan.network.sweep.order.order_of` when not given. It is
        rearranged within the elimination tree, without changing an arc, so that what is near on the map
        is near in memory.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress
    >>> from yipan.network.streets.values import Streets
    >>> one, flat = np.ones(3, dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, one, one, one, one.astype(np.int64)))
    >>> len(build_hierarchy(star, np.array([1, 2, 3, 0], dtype=np.int32)).high)
    3
    >>> len(build_hierarchy(star, np.array([0, 1, 2, 3], dtype=np.int32)).high)  # joins 1, 2 and 3
    6
    """
    node = order_of(core) if order is None else order
    n = len(node)
    start, adjacent = simple_graph(n, core.tail, core.head)
    node = node[_post_order(_tree(start, adjacent, node))]
    rank = _inverse(node)
    start, adjacent = simple_graph(n, rank[core.tail], rank[core.head])
    first, high, parent = _fill_in(start, adjacent)
    low = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
    a, b = rank[core.tail], rank[core.head]
    chain_arc = _arc_of(first, high, np.minimum(a, b), np.maximum(a, b))
    below_first, below = grouped(high, n)
    arc_first, arc_chain = grouped(chain_arc, len(high))
    return Hierarchy(
        core=core,
        node=node,
        rank=rank,
        parent=parent,
        first=first,
        high=high,
        below_first=below_first,
        below=below,
        low=low,
        chain_arc=chain_arc,
        rises=a < b,
        arc_first=arc_first,
        arc_chain=arc_chain,
    )


def _inverse(order: Int32) -> Int32:
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def grouped(key: Int32, groups: int) -> tuple[Int32, Int32]:
    """Return where each group starts and its members, ascending; negative keys belong to none."""
    first = np.zeros(groups + 1, dtype=np.int32)
    np.cumsum(np.bincount(key[key >= 0], minlength=groups), out=first[1:])
    members = np.argsort(key, kind="stable")[len(key) - int(first[-1]) :]
    return first, members.astype(np.int32)


@kernel
def _tree(start: Int32, adjacent: Int32, node: Int32) -> Int32:
    """Return the parents in the elimination tree, all in ranks (Liu 1990)."""
    n = len(node)
    rank = np.empty(n, dtype=np.int32)
    for r in range(n):
        rank[node[r]] = r
    parent, root = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    for r in range(n):
        for k in range(start[node[r]], start[node[r] + 1]):
            x = rank[adjacent[k]]
            while x < r and x != -1:
                up = root[x]
                root[x] = r
                if up == -1:
                    parent[x] = r
                    break
                if up == r:
                    break
                x = up
    return parent


@kernel
def _post_order(parent: Int32) -> Int32:
    """Return ranks children first, every subtree in one piece."""
    n = len(parent)
    child, sibling = np.full(n + 1, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    for x in range(n - 1, -1, -1):
        up = parent[x] if parent[x] >= 0 else n
        sibling[x] = child[up]
        child[up] = x
    out, count = np.empty(n, dtype=np.int32), 0
    x = child[n]
    while x != -1:
        while child[x] != -1:
            x = child[x]
        out[count] = x
        count += 1
        while x != -1 and sibling[x] == -1:
            x = parent[x]
            if x != -1:
                out[count] = x
                count += 1
        if x != -1:
            x = sibling[x]
    return out


@kernel
def _fill_in(start: Int32, adjacent: Int32) -> tuple[Int32, Int32, Int32]:
    """Return arcs to higher ranks, those of the elimination included, and the elimination tree."""
    n = len(start) - 1
    first, high = np.zeros(n + 1, dtype=np.int32), np.empty(2 * len(adjacent) + 16, dtype=np.int32)
    parent, seen = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    child, sibling = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    count = 0
    for x in range(n):
        most, c = count + start[x + 1] - start[x], child[x]
        while c != -1:
            most += first[c + 1] - first[c]
            c = sibling[c]
        if most > len(high):
            more = np.empty(2 * most, dtype=np.int32)
            more[:count] = high[:count]
            high = more
        begin = count
        seen[x] = x
        for k in range(start[x], start[x + 1]):
            y = adjacent[k]
            if y > x:
                seen[y], high[count] = x, y
                count += 1
        c = child[x]
        while c != -1:
            for k in range(first[c], first[c + 1]):
                y = high[k]
                if seen[y] != x:
                    seen[y], high[count] = x, y
                    count += 1
            c = sibling[c]
        high[begin:count].sort()
        first[x + 1] = count
        if count > begin:
            up = high[begin]
            parent[x], sibling[x] = up, child[up]
            child[up] = x
    return first, high[:count].copy(), parent


@kernel
def _arc_of(first: Int32, high: Int32, low_end: Int32, high_end: Int32) -> Int32:
    """Return the arc between two ranks, −1 where they are one."""
    out = np.full(len(low_end), -1, dtype=np.int32)
    for c in range(len(low_end)):
        x = low_end[c]
        if x != high_end[c]:
            out[c] = first[x] + np.searchsorted(high[first[x] : first[x + 1]], high_end[c])
    return out
