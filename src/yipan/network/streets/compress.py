"""Compression: streets without the points that only bend, and what it costs to run along their chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Core, Int32, Metric, Streets


@dataclass(frozen=True)
class Measured(Metric):
    """A `Metric` with the steps it is summed from: between two closures of a chain no sum tells the way.

    Parameters
    ----------
    step_forward, step_backward
        Of every segment slot, with the chain and against it, at most `FAR`, shape (segments,).
    """

    step_forward: Int32
    step_backward: Int32


def compress(streets: Streets) -> Core:
    """Return the streets as nodes (junctions, dead ends, one point of every ring) joined by chains.

    Parameters
    ----------
    streets
        Of one mode. Loops, parallel segments and parts that do not hang together are kept as they are.

    Returns
    -------
    Core
        Chains are numbered in the order of the point they start at. Independent of speeds and closures.

    Examples
    --------
    A street 0–1–2 and a ring 3–4–5 of its own:

    >>> one = np.ones(5, dtype=np.int32)
    >>> u, v = np.array([[0, 1, 3, 4, 5], [1, 2, 4, 5, 3]], dtype=np.int32)
    >>> flat = np.zeros(6)
    >>> core = compress(Streets("walk", flat, flat, u, v, one, one, one, one.astype(np.int64)))
    >>> core.node_point.tolist(), core.tail.tolist(), core.head.tolist(), core.inner.tolist()
    ([0, 2, 3], [0, 2], [1, 2], [1, 4, 5])
    """
    n = len(streets)
    is_node, tail, head, first, inner, first_segment, segment, flipped = _chains(n, streets.u, streets.v)
    node_point = np.flatnonzero(is_node).astype(np.int32)
    point_node = np.full(n, -1, dtype=np.int32)
    point_node[node_point] = np.arange(len(node_point), dtype=np.int32)
    point_slot = np.full(n, -1, dtype=np.int32)
    point_slot[inner] = np.arange(len(inner), dtype=np.int32)
    return Core(
        streets=streets,
        node_point=node_point,
        tail=point_node[tail],
        head=point_node[head],
        first=first,
        inner=inner,
        first_segment=first_segment,
        segment=segment,
        flipped=flipped,
        point_node=point_node,
        point_slot=point_slot,
        slot_chain=np.repeat(np.arange(len(tail), dtype=np.int32), np.diff(first)),
    )


def time_metric(core: Core) -> Measured:
    """Return travel times along the chains (ms)."""
    return metric_of(core, core.streets.forward, backward=core.streets.backward, unit="ms")


def length_metric(core: Core) -> Measured:
    """Return lengths along the chains (mm), every segment open both ways."""
    return metric_of(core, core.streets.length, backward=core.streets.length, unit="mm")


def metric_of(core: Core, forward: Int32, *, backward: Int32, unit: Literal["ms", "mm"]) -> Measured:
    """Return what is minimised along the chains, summed from weights of the segments.

    Parameters
    ----------
    forward, backward
        From u to v and from v to u of every segment, shape (segments,); not negative; anything from `FAR` up
        is a closure.
    unit
        ms or mm, for the reader.

    Returns
    -------
    Measured
        Sums are capped at `FAR`.

    Raises
    ------
    ValueError
        If the weights do not fit the segments, or one is negative.

    Examples
    --------
    >>> one = np.ones(2, dtype=np.int32)
    >>> u, v = np.array([[0, 2], [1, 1]], dtype=np.int32)
    >>> core = compress(Streets("walk", np.zeros(3), np.zeros(3), u, v, one, one, one, one.astype(np.int64)))
    >>> weights = np.array([3, 4], dtype=np.int32)
    >>> metric = metric_of(core, weights, backward=weights + 10, unit="ms")
    >>> metric.forward.tolist(), metric.backward.tolist(), metric.from_head.tolist()
    ([17], [17], [4])
    """
    ahead, back = (np.ascontiguousarray(np.minimum(a, FAR), dtype=np.int32) for a in (forward, backward))
    if ahead.shape != core.segment.shape or back.shape != core.segment.shape:
        raise ValueError(f"{len(core.segment)} segments, weights {ahead.shape} and {back.shape}")
    if ahead.size and min(ahead.min(), back.min()) < 0:
        raise ValueError("a weight is negative")
    order = core.segment
    with_chain = np.where(core.flipped, back[order], ahead[order])
    against = np.where(core.flipped, ahead[order], back[order])
    sums = _sums(core.first, with_chain, against)
    return Measured(unit, *sums, step_forward=with_chain, step_backward=against)


@kernel
def _chains(
    n: int, u: Int32, v: Int32
) -> tuple[NDArray[np.bool_], Int32, Int32, Int32, Int32, Int32, Int32, NDArray[np.bool_]]:
    """Walk every chain once: first from the nodes, then round the rings that have none."""
    m = len(u)
    start, half = _halves(n, u, v)
    is_node = (start[1:] - start[:-1]) != 2
    used = np.zeros(m, dtype=np.bool_)
    tail, head = np.empty(m, dtype=np.int32), np.empty(m, dtype=np.int32)
    first, first_segment = np.zeros(m + 1, dtype=np.int32), np.zeros(m + 1, dtype=np.int32)
    inner, segment = np.empty(n, dtype=np.int32), np.empty(m, dtype=np.int32)
    flipped = np.empty(m, dtype=np.bool_)
    chains = slots = steps = 0
    for rings in range(2):
        for p in range(n):
            if rings == 1 and not is_node[p] and not used[half[start[p]] >> 1]:
                is_node[p] = True
            elif rings == 1 or not is_node[p]:
                continue
            for k in range(start[p], start[p + 1]):
                h = half[k]
                if used[h >> 1]:
                    continue
                tail[chains] = p
                while True:
                    e = h >> 1
                    used[e] = True
                    segment[steps], flipped[steps] = e, (h & 1) == 1
                    steps += 1
                    to = u[e] if (h & 1) == 1 else v[e]
                    if is_node[to]:
                        break
                    inner[slots] = to
                    slots += 1
                    h = half[start[to]] if half[start[to]] >> 1 != e else half[start[to] + 1]
                head[chains] = to
                chains += 1
                first[chains], first_segment[chains] = slots, steps
    return (
        is_node,
        tail[:chains].copy(),
        head[:chains].copy(),
        first[: chains + 1].copy(),
        inner[:slots].copy(),
        first_segment[: chains + 1].copy(),
        segment,
        flipped,
    )


@kernel
def _halves(n: int, u: Int32, v: Int32) -> tuple[Int32, Int32]:
    """Return the ends of segments at each point: 2e where e starts, 2e + 1 where it ends."""
    start = np.zeros(n + 1, dtype=np.int32)
    for e in range(len(u)):
        start[u[e] + 1] += 1
        start[v[e] + 1] += 1
    for p in range(n):
        start[p + 1] += start[p]
    fill, half = start[:-1].copy(), np.empty(2 * len(u), dtype=np.int32)
    for e in range(len(u)):
        half[fill[u[e]]] = 2 * e
        fill[u[e]] += 1
        half[fill[v[e]]] = 2 * e + 1
        fill[v[e]] += 1
    return start, half


@kernel
def _sums(first: Int32, ahead: Int32, back: Int32) -> tuple[Int32, Int32, Int32, Int32, Int32, Int32]:
    """Sum steps along chains; segment slots of chain c start at ``first[c] + c``."""
    chains, slots = len(first) - 1, first[-1]
    forward, backward = np.empty(chains, dtype=np.int32), np.empty(chains, dtype=np.int32)
    from_tail, from_head = np.empty(slots, dtype=np.int32), np.empty(slots, dtype=np.int32)
    to_tail, to_head = np.empty(slots, dtype=np.int32), np.empty(slots, dtype=np.int32)
    for c in range(chains):
        out = home = np.int32(0)
        for s in range(first[c], first[c + 1]):
            out, home = min(out + ahead[s + c], FAR), min(home + back[s + c], FAR)
            from_tail[s], to_tail[s] = out, home
        last = first[c + 1] + c
        forward[c], backward[c] = min(out + ahead[last], FAR), min(home + back[last], FAR)
        out = home = np.int32(0)
        for s in range(first[c + 1] - 1, first[c] - 1, -1):
            out, home = min(out + ahead[s + c + 1], FAR), min(home + back[s + c + 1], FAR)
            to_head[s], from_head[s] = out, home
    return forward, backward, from_tail, from_head, to_tail, to_head
