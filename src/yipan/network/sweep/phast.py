"""From points to every point of the streets: exact, thirty-two sources a sweep, batches on threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np

from yipan.network.jit import kernel
from yipan.network.matrix.size import MatrixSize, refuse_in_memory
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32, Int64
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.lanes import LANES, Climb, climb, climb_of, scratch_of, slope_of, sweep
from yipan.network.threads import over_blocks

_TILE = 64  # points turned from lanes into rows at once


class _Inside(NamedTuple):
    """Ways along the chains, seen from the source.

    From a slot to the ends of its chain; to each point from two rows of a sweep (a node from its own, twice);
    steps along the chain and against it.
    """

    to_tail: Int32
    to_head: Int32
    row_a: Int32
    row_b: Int32
    from_a: Int32
    from_b: Int32
    ahead: Int32
    back: Int32


class _Points(NamedTuple):
    """Where points are on a core."""

    node: Int32
    slot: Int32
    chain: Int32
    tail: Int32
    head: Int32
    first: Int32
    inner: Int32


def to_all(customised: Customised, sources: Int32 | Int64, *, reverse: bool = False) -> Int32:
    """Return the metric from points to all points of the streets.

    Parameters
    ----------
    sources
        Points of the streets, nodes or interior (sources,).
    reverse
        From every point to each of `sources` instead.

    Returns
    -------
    Int32
        Shape (sources, points): 4 bytes each; `FAR` where there is no way. Where that is too much, take
        `each_to_all`.

    Raises
    ------
    ValueError
        If a source is no point of the streets.
    MeasureError
        When the result is larger than option ``network.max_matrix_mb`` allows.

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> from yipan.network.sweep.customise import customise
    >>> from yipan.network.sweep.hierarchy import build_hierarchy
    >>> ms, flat = np.array([1, 2, 4], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 1, 2], [1, 2, 3]], dtype=np.int32)
    >>> street = compress(Streets("walk", flat, flat, u, v, ms, ms, 2 * ms, ms.astype(np.int64)))
    >>> weights = customise(build_hierarchy(street), time_metric(street))
    >>> to_all(weights, np.array([0, 2])).tolist()
    [[0, 1, 3, 7], [6, 4, 0, 4]]
    """
    points = len(customised.hierarchy.core.streets)
    refuse_in_memory(MatrixSize(len(sources), points, entry=4))
    out = np.empty((len(sources), points), dtype=np.int32)

    def write(a: int, b: int, lanes: Int32, inside: _Inside) -> Int32:
        _rows_out(lanes, inside, out[a:b])
        return out[a:b]

    _search(customised, sources, reverse=reverse, write=write, visit=lambda a, rows: None)
    return out


def each_to_all(
    customised: Customised,
    sources: Int32 | Int64,
    *,
    visit: Callable[[int, Int32], None],
    reverse: bool = False,
) -> None:
    """Hand over the columns of `to_all` batch by batch: 128 bytes a point and thread, however many sources.

    Two to three times as fast as `to_all`, which has to turn columns into rows.

    Parameters
    ----------
    visit
        Called with the position of the first source and an array (points, at most 32 sources), from several
        threads; the array is overwritten after it returns.
    """
    points = len(customised.hierarchy.core.streets)
    own = threading.local()

    def write(a: int, b: int, lanes: Int32, inside: _Inside) -> Int32:
        if not hasattr(own, "columns"):
            own.columns = np.empty((points, LANES), dtype=np.int32)
        _columns_out(lanes, inside, own.columns)
        return cast(Int32, own.columns.T)

    _search(
        customised,
        sources,
        reverse=reverse,
        write=write,
        visit=lambda a, rows: visit(a, rows[: len(sources) - a].T),
    )


def _search(
    customised: Customised,
    sources: Int32 | Int64,
    *,
    reverse: bool,
    write: Callable[[int, int, Int32, _Inside], Int32],
    visit: Callable[[int, Int32], None],
) -> None:
    """Search in batches; `write` expands finished lanes to points and returns them as (sources, points)."""
    core = customised.hierarchy.core
    if len(sources) and not (sources.min() >= 0 and sources.max() < len(core.streets)):
        raise ValueError(f"sources must be points 0 … {len(core.streets) - 1}")
    points = np.ascontiguousarray(sources, dtype=np.int32)
    up, slope = climb_of(customised, reverse=reverse), slope_of(customised, reverse=reverse)
    inside = _inside(customised, reverse=reverse)
    at = _Points(
        core.point_node, core.point_slot, core.slot_chain, core.tail, core.head, core.first, core.inner
    )

    def run(start: int, stop: int) -> None:
        lone, lanes = scratch_of(customised.hierarchy, slope)
        for a in range(start, stop, LANES):
            b = min(a + LANES, stop)
            _start(points[a:b], at, inside, up, (slope.row, lone, lanes))
            sweep(slope, lanes)
            rows = write(a, b, lanes, inside)
            _own_chain(points[a:b], at, inside, rows)
            visit(a, rows)

    over_blocks(run, len(points), block=4 * LANES)


def _inside(customised: Customised, *, reverse: bool) -> _Inside:
    core, rank, m = customised.hierarchy.core, customised.hierarchy.rank, customised.metric
    to_tail, to_head, from_tail, from_head = m.to_tail, m.to_head, m.from_tail, m.from_head
    ahead, back = m.step_forward, m.step_backward
    if reverse:
        to_tail, to_head, from_tail, from_head = from_tail, from_head, to_tail, to_head
        ahead, back = back, ahead

    def by_point(nodes: Int32 | int, slots: Int32) -> Int32:
        out = np.empty(len(core.streets), dtype=np.int32)
        out[core.node_point], out[core.inner] = nodes, slots
        return out

    return _Inside(
        to_tail,
        to_head,
        by_point(rank, rank[core.tail[core.slot_chain]]),
        by_point(rank, rank[core.head[core.slot_chain]]),
        by_point(0, from_tail),
        by_point(0, from_head),
        ahead,
        back,
    )


@kernel
def _start(points: Int32, at: _Points, inside: _Inside, up: Climb, space: tuple[Int32, Int32, Int32]) -> None:
    """Fill the lanes with the upward halves of searches from points."""
    row, lone, lanes = space
    lanes[:] = FAR
    for j in range(len(points)):
        s = at.slot[points[j]]
        if s < 0:
            x, from_x, y, from_y = up.rank[at.node[points[j]]], np.int32(0), np.int32(-1), np.int32(0)
        else:
            c = at.chain[s]
            x, from_x, y, from_y = (
                up.rank[at.tail[c]],
                inside.to_tail[s],
                up.rank[at.head[c]],
                inside.to_head[s],
            )
        climb((x, from_x, y, from_y), up, row, lone, lanes[:, j])


@kernel
def _columns_out(lanes: Int32, inside: _Inside, out: Int32) -> None:
    """Expand finished lanes to points: (points, lanes)."""
    width = lanes.shape[1]
    for p in range(len(out)):
        x, y, a, b = inside.row_a[p], inside.row_b[p], inside.from_a[p], inside.from_b[p]
        for j in range(width):
            out[p, j] = min(np.int32(lanes[x, j] + a), np.int32(lanes[y, j] + b), FAR)


@kernel
def _rows_out(lanes: Int32, inside: _Inside, out: Int32) -> None:
    """Expand finished lanes to points and turn them: (lanes, points)."""
    points, width = out.shape[1], lanes.shape[1]
    tile = np.empty((_TILE, width), dtype=np.int32)
    for start in range(0, points, _TILE):
        size = min(_TILE, points - start)
        for i in range(size):
            p = start + i
            x, y, a, b = inside.row_a[p], inside.row_b[p], inside.from_a[p], inside.from_b[p]
            for j in range(width):
                tile[i, j] = min(np.int32(lanes[x, j] + a), np.int32(lanes[y, j] + b), FAR)
        for j in range(len(out)):
            row = out[j]
            for i in range(size):
                row[start + i] = tile[i, j]


@kernel
def _own_chain(points: Int32, at: _Points, inside: _Inside, out: Int32) -> None:
    """Lower what a source inside a chain reaches along it without leaving it."""
    for j in range(len(points)):
        s = at.slot[points[j]]
        if s < 0:
            continue
        c, total = at.chain[s], 0
        out[j, points[j]] = 0
        for i in range(s + 1, at.first[c + 1]):
            total += inside.ahead[i + c]
            if total >= FAR:
                break
            out[j, at.inner[i]] = min(out[j, at.inner[i]], total)
        total = 0
        for i in range(s - 1, at.first[c] - 1, -1):
            total += inside.back[i + 1 + c]
            if total >= FAR:
                break
            out[j, at.inner[i]] = min(out[j, at.inner[i]], total)
