"""Answers to what-ifs: boards with shorter times, what they add to access, and what a closure lengthens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from yipan.network.minplus import SPAN, still, tiled, top_of
from yipan.network.threads import over_blocks, workers
from yipan.network.whatif.kernels import Base, Counted, Ways, count_rows, gain, pieces, touch
from yipan.network.whatif.values import Board, Change, Delta, Floats, Gained, Ints, Measures, Times

_ROWS = 64  # fewest origins of a block


def lowered(board: Board, change: Change) -> Delta:
    """Return what of the board a change makes shorter, exactly.

    Only origins that gain are in it. An origin is passed over when no hub is reached sooner than before
    by more than the board's slack: then no way on from a hub can be shorter either. Every other one is
    looked at tile by tile, where the change can be below the longest time of the tile.

    Examples
    --------
    >>> from yipan.network.whatif import Link, board_of, change, hubs_at, overlaid
    >>> board = board_of(np.array([[0, 9, 9], [9, 0, 2], [9, 2, 0]], dtype=np.uint16), slack=0)
    >>> delta = lowered(board, change(hubs_at(board, [0, 1]), [Link(0, 1, 3)]))
    >>> delta.origins.tolist(), overlaid(board, delta).times.tolist()
    ([0, 1, 2], [[0, 3, 5], [3, 0, 2], [5, 2, 0]])
    """
    base, ways, rows = _prepared(board, change, tie=0)
    width, found = board.tops.shape[1], {}

    def block(a: int, b: int) -> None:
        at = np.empty(((b - a) * width, 2), dtype=np.int64)
        times = np.empty(
            (len(at), SPAN), dtype=board.times.dtype
        )  # of this, only what is written takes memory
        count = pieces(base, ways, rows[a:b], at, times)
        if count:
            found[a] = at[:count], times[:count]

    over_blocks(block, len(rows), block=_share(rows))
    if not found:
        return Delta(rows[:0], rows[:0], np.empty((0, SPAN), dtype=board.times.dtype))
    places, times = (np.concatenate([found[a][k] for a in sorted(found)]) for k in (0, 1))
    return Delta(places[:, 0].copy(), places[:, 1].copy(), times)


def users(board: Board, change: Change) -> Ints:
    """Return the origins with a shortest way by services that the board has already; none is missed.

    With d the times of the board, origin o uses a ride (u, v) of w when ``d(o, u) + w + d(v, x) = d(o, x)``
    for some x. Where a ride is one of several equally short ways, its origin is among those returned.

    Notes
    -----
    Only the times of a board that are shortest ways over rides of these very times tell who uses them. From
    percentiles over departures they do not: there, whoever may use the services must be computed again.
    """
    base, ways, rows = _prepared(board, change, tie=1)
    found = np.zeros(len(board.times), dtype=np.uint8)
    over_blocks(lambda a, b: touch(base, ways, rows[a:b], found), len(rows), block=_share(rows))
    return np.flatnonzero(found)


def closed(board: Board, change: Change, rows: Callable[[Ints], Times]) -> Delta:
    """Return what differs without services that the board has; only their users are computed again.

    Parameters
    ----------
    change
        The services as the board has them (`yipan.network.whatif.ways.change`), closed or slower from now on.
    rows
        Computes the times from some origins (their positions) without those services, or with the slower
        ones: shape (origins, m), units and type of the board.

    Notes
    -----
    The times of an origin that is no user are lengths of ways that remain. For a line both slower and faster
    somewhere (a new stop: a dwell more for those who pass through), close it first, overlay, then lower
    by what it is from now on.
    """
    origins = users(board, change)
    times = np.ascontiguousarray(rows(origins), dtype=board.times.dtype)
    starts = np.arange(0, times.shape[1], SPAN)
    differ = np.logical_or.reduceat(times != board.times[origins], starts, axis=1)
    i, t = np.nonzero(differ)
    return Delta(origins[i], t, tiled(times)[0][t, i])


def access(board: Board, measures: Measures) -> Floats:
    """Return all measures of every origin from the whole board: shape (n, k)."""
    out = np.zeros((len(board.times), measures.tables.shape[1]))
    counted = _counted(board, measures)

    def block(a: int, b: int) -> None:
        count_rows(board.times[a:b], counted, out[a:b])

    over_blocks(block, len(out), block=_share(out))
    return out


def gain_access(board: Board, change: Change, measures: Measures) -> Gained:
    """Return what a change adds to measures, without making the changed board.

    Only pairs that come within a limit (or, with decays, become shorter within the horizon) are summed, so
    ``access(board) + gain`` equals the access of the changed board: exactly for steps over weights that
    are whole numbers, to rounding else.

    Examples
    --------
    >>> from yipan.network.whatif import Link, board_of, change, hubs_at, within_limits
    >>> board = board_of(np.array([[0, 9, 9], [9, 0, 2], [9, 2, 0]], dtype=np.uint16), slack=0)
    >>> new = change(hubs_at(board, [0, 1]), [Link(0, 1, 3)])
    >>> gain_access(board, new, within_limits(np.array([1.0, 10.0, 100.0]), [4, 5])).access.tolist()
    [[10.0, 110.0], [1.0, 1.0], [0.0, 1.0]]
    """
    base, ways, rows = _prepared(board, change, tie=0)
    counted = _counted(board, measures)
    out = np.zeros((len(board.times), measures.tables.shape[1] + 1))
    over_blocks(lambda a, b: gain(base, ways, counted, rows[a:b], out), len(rows), block=_share(rows))
    return Gained(np.ascontiguousarray(out[:, :-1]), np.flatnonzero(out[:, -1]))


def _share(rows: Ints | Floats) -> int:
    """Return the origins of one block: eight blocks a thread, since origins differ in cost; none tiny."""
    return max(_ROWS, -(-len(rows) // (8 * workers())))


def _counted(board: Board, measures: Measures) -> Counted:
    """Return what kernels take of measures, made to end before what stands for "no way"."""
    weights, tables, limits = measures.weights, measures.tables, measures.limits
    if len(weights) != board.times.shape[1]:
        raise ValueError("one row of weights for each destination")
    last = int(top_of(board.times))
    if len(tables) > last + 1:
        tables = still(np.concatenate([tables[:last], tables[-1:]]))
    return weights, tables, still(np.minimum(limits, last - 1))


def _prepared(board: Board, change: Change, *, tie: int) -> tuple[Base, Ways, Ints]:
    """Return what kernels take, and the origins with a hub worth going on from."""
    left, top = change.left, top_of(board.times)
    n, m = board.times.shape
    if left.shape != change.near.shape or len(left) != n or change.right.shape != (left.shape[1], m):
        raise ValueError("the change is of another board")
    if not left.dtype == change.near.dtype == change.right.dtype == board.times.dtype:
        raise ValueError("the change is in another type than the board")
    if board.slack is not None:
        later = left.astype(np.int64) >= change.near.astype(np.int64) + (board.slack + tie)
        left = np.where(later, top, left)
    onward, least = tiled(change.right)
    rows = np.flatnonzero((left < top).any(axis=1))
    return (board.times, board.tops, int(board.diagonal)), (still(left), onward, least, top), rows
