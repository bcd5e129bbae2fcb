"""Make boards, hubs and measures, and lay deltas over boards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.network.minplus import FAR, SPAN, still, top_of
from yipan.network.threads import over_blocks
from yipan.network.whatif.values import Board, Delta, Floats, Hubs, Ints, Measures, Times

_ROWS = 64


def board_of(times: Times, *, unit: float = 1.0, slack: int | None = None, diagonal: bool = True) -> Board:
    """Return a board of travel times (what the arguments mean: see `Board`); reads every time once.

    Parameters
    ----------
    times
        uint16 or int32, shape (n, m), C-contiguous (else copied); kept, not copied: do not write to it.

    Raises
    ------
    ValueError
        When the type is another, or there is no diagonal to leave alone.

    Examples
    --------
    >>> board_of(np.array([[0, 7], [7, 0]], dtype=np.uint16), unit=4.0, slack=0).tops.tolist()
    [[7], [7]]
    """
    if times.dtype not in (np.uint16, np.int32):
        raise ValueError("a board holds uint16 or int32")
    if diagonal and times.shape[0] != times.shape[1]:
        raise ValueError("only a square board has a diagonal")
    return Board(still(times), still(_tops(times)), unit, slack, diagonal)


def overlaid(board: Board, delta: Delta) -> Board:
    """Return the board with the pieces of a delta in their places; the board given stays as it is."""
    times, tops = board.times.copy(), board.tops.copy()
    for t in np.unique(delta.tiles):
        mine = delta.tiles == t
        part = times[:, t * SPAN : (t + 1) * SPAN]
        part[delta.rows[mine]] = delta.times[mine, : part.shape[1]]
        tops[delta.rows[mine], t] = delta.times[mine, : part.shape[1]].max(axis=1)
    return Board(still(times), still(tops), board.unit, board.slack, board.diagonal)


def _tops(times: Times) -> Times:
    starts = np.arange(0, times.shape[1], SPAN)
    out = np.empty((times.shape[0], len(starts)), dtype=times.dtype)

    def block(a: int, b: int) -> None:
        np.maximum.reduceat(times[a:b], starts, axis=1, out=out[a:b])

    if out.size:
        over_blocks(block, len(times), block=_ROWS)
    return out


def hubs_at(
    board: Board, cells: Sequence[int], *, legs: Sequence[int] | None = None, hub: Sequence[int] | None = None
) -> Hubs:
    """Return hubs at cells, or near them: places that a walk of `legs` units joins to cells.

    Parameters
    ----------
    cells
        Positions of cells.
    legs
        Units from the place to the cell and back; all 0 when left out.
    hub
        Which hub each entry of `cells` belongs to, ascending from 0 on; when left out, one hub a cell.

    Notes
    -----
    A cell is 0 units from itself, whatever the diagonal says. A board's `slack` must hold for hubs as well:
    a walk from cell to cell over a place must not be shorter than the board says by more than the slack.

    Raises
    ------
    ValueError
        When origins and destinations of the board are not the same cells, a cell is none of them, a walk is
        negative, or hubs are not numbered in order.

    Examples
    --------
    >>> hubs = hubs_at(board_of(np.array([[2, 7], [8, 2]], dtype=np.uint16)), [1])
    >>> hubs.to.tolist(), hubs.out.tolist(), hubs.between.tolist()
    ([[7], [0]], [[8, 0]], [[0]])
    """
    at, top = np.asarray(cells, dtype=np.int64), top_of(board.times)
    walk = np.zeros(len(at), np.int64) if legs is None else np.asarray(legs, dtype=np.int64)
    each = np.arange(len(at))
    owner = each if hub is None else np.asarray(hub, dtype=np.int64)
    _check_hubs(board, at, walk, owner)
    walk = np.minimum(walk, int(top))
    to, out = np.minimum(board.times[:, at], top), np.minimum(board.times[at], top)
    to[at, each] = 0
    out[each, at] = 0
    between = np.where(out[:, at] >= top, FAR, out[:, at]).astype(np.int32)
    if walk.any():
        room = (int(top) - walk).astype(to.dtype)
        to = np.minimum(to, room) + walk.astype(to.dtype)
        out = np.minimum(out, room[:, None]) + walk.astype(to.dtype)[:, None]
        between = np.minimum(between + (walk[:, None] + walk), FAR).astype(np.int32)
    if hub is not None:
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        to, out = np.minimum.reduceat(to, starts, axis=1), np.minimum.reduceat(out, starts, axis=0)
        between = np.minimum.reduceat(np.minimum.reduceat(between, starts, axis=1), starts, axis=0)
    np.fill_diagonal(between, 0)
    return Hubs(to, out, between)


def _check_hubs(board: Board, at: Ints, walk: Ints, owner: Ints) -> None:
    n, m = board.times.shape
    if n != m:
        raise ValueError("hubs are made of a board from cells to the same cells")
    if len(at) and not (at.min() >= 0 and at.max() < n):
        raise ValueError(f"cells are 0 … {n - 1}")
    if walk.shape != at.shape or walk.min(initial=0) < 0:
        raise ValueError("one walk for each cell, none negative")
    if owner.shape != at.shape or owner[:1].any() or not np.isin(np.diff(owner), (0, 1)).all():
        raise ValueError("one hub for each cell, numbered in order from 0 on, none left out")


def within_limits(weights: Floats, limits: Sequence[int]) -> Measures:
    """Return what can be reached within each limit (units, inclusive), for each column of `weights`.

    Parameters
    ----------
    weights
        Opportunities by destination (m,) or (m, w).

    Returns
    -------
    Measures
        Column by column, within that limit by limit: w · len(limits) measures.

    Raises
    ------
    ValueError
        When there is no limit, or a negative one.

    Examples
    --------
    >>> within_limits(np.ones(3), [1, 2]).tables.T.tolist()
    [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0]]
    """
    wide = _columns(weights)
    at = np.asarray(limits, dtype=np.int64)
    if not len(at) or at.min() < 0:
        raise ValueError("limits are units of time, one at least, from 0 on")
    steps = (np.arange(int(at.max()) + 2) <= at[:, None]).astype(np.float64)
    return Measures(
        still(np.repeat(wide, len(at), axis=1)),
        still(np.tile(steps, (wide.shape[1], 1)).T),
        still(np.unique(at)),
    )


def by_decay(weights: Floats, tables: Floats) -> Measures:
    """Return opportunities discounted by time: each column of `weights` by each table.

    Parameters
    ----------
    weights
        Opportunities by destination (m,) or (m, w).
    tables
        :math:`f(t)` for t = 0, 1, … units, shape (f, longest + 1); later than that nothing counts.

    Examples
    --------
    >>> by_decay(np.ones(3), np.array([[1.0, 0.5]])).tables.T.tolist()
    [[1.0, 0.5, 0.0]]
    """
    wide, rows = _columns(weights), np.atleast_2d(np.asarray(tables, dtype=np.float64))
    closed = np.concatenate([rows, np.zeros((len(rows), 1))], axis=1)
    every = np.zeros(0, np.int64)
    return Measures(
        still(np.repeat(wide, len(rows), axis=1)), still(np.tile(closed, (wide.shape[1], 1)).T), still(every)
    )


def _columns(weights: Floats) -> NDArray[np.float64]:
    wide = np.asarray(weights, dtype=np.float64)
    return wide[:, None] if wide.ndim == 1 else wide
