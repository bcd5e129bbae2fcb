"""A timetable and the walks between its stops, ready to be searched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yipan.network.streets.values import Int32, Int64, Legs
from yipan.network.timetable.values import FORBIDDEN, Timetable


@dataclass(frozen=True)
class TransitNetwork:
    """A timetable with every change of vehicle that is possible. Made by `transit_network`.

    Parameters
    ----------
    changes
        From each stop to the stops where one may board next, seconds of walking, the stop itself included
        where one may change there; ordered by cost within a stop.
    prescribed
        Whether a feed prescribes the time of a change: no slack is added to it (changes,).
    first_board, board
        Positions of patterns at which one may board at each stop (stops + 1,), (positions,).
    """

    timetable: Timetable
    changes: Legs
    prescribed: NDArray[np.bool_]
    first_board: Int64
    board: Int32

    @cached_property
    def digest(self) -> str:
        """Content id of timetable and changes."""
        h = hashlib.sha256(self.timetable.digest.encode())
        for a in (self.changes.first, self.changes.to, self.changes.cost, self.prescribed):
            h.update(np.ascontiguousarray(a).tobytes() + b"/")
        return h.hexdigest()[:16]


def grouped(
    by: NDArray[np.integer], to: NDArray[np.integer], cost: NDArray[np.integer], n: int
) -> tuple[Legs, Int64]:
    """Return legs grouped by `by` (0 to n − 1), ordered by cost then place, and the order taken."""
    order = np.lexsort((to, cost, by))
    first = np.searchsorted(by[order], np.arange(n + 1)).astype(np.int64)
    legs = Legs(first, to[order].astype(np.int32), cost[order].astype(np.int32))
    return legs, order.astype(np.int64)


def turned(legs: Legs, *, places: int) -> Legs:
    """Return the same legs grouped by the place reached (0 to places − 1).

    Turns walks from stops to destinations into the egress legs of destinations.

    Examples
    --------
    >>> walks = Legs(np.array([0, 2, 3]), np.array([0, 1, 0], np.int32), np.array([5, 9, 7], np.int32))
    >>> back = turned(walks, places=2)
    >>> back.first.tolist(), back.to.tolist(), back.cost.tolist()
    ([0, 2, 3], [0, 1, 0], [5, 7, 9])
    """
    source = np.repeat(np.arange(len(legs), dtype=np.int32), np.diff(legs.first))
    return grouped(legs.to, source, legs.cost, places)[0]


def transit_network(timetable: Timetable, footpaths: Legs | None = None) -> TransitNetwork:
    """Return the network of a timetable and walks over streets between its stops.

    Parameters
    ----------
    footpaths
        From each stop to others, whole seconds; None where nobody walks between stops. How far people
        walk is decided there. A walk to the same stop is left out: changing at one stop takes no walking.

    Notes
    -----
    A transfer that a feed prescribes between two stops, or at one, replaces the walk between them; one that
    it forbids takes it away.
    """
    n = len(timetable.stops)
    own = np.arange(n, dtype=np.int64)
    walks = _pairs(footpaths, n) if footpaths is not None else np.empty((3, 0), np.int64)
    walks = walks[:, walks[0] != walks[1]]
    told = _pairs(timetable.transfers, n)
    free = np.concatenate([np.stack([own, own, np.zeros_like(own)]), walks], axis=1)
    free = free[:, ~np.isin(free[0] * n + free[1], told[0] * n + told[1])]
    told = told[:, told[2] != FORBIDDEN]
    both = np.concatenate([free, told], axis=1)
    changes, order = grouped(both[0], both[1], both[2], n)
    position = np.flatnonzero(timetable.board)
    at = timetable.pattern_stop[position]
    boards, _ = grouped(at, position, np.zeros_like(position), n)
    return TransitNetwork(timetable, changes, order >= free.shape[1], boards.first, boards.to)


def _pairs(legs: Legs, n: int) -> Int64:
    """Return from, to and cost of every leg, shape (3, legs)."""
    source = np.repeat(np.arange(n, dtype=np.int64), np.diff(legs.first))
    return np.stack([source, legs.to.astype(np.int64), legs.cost.astype(np.int64)])
