"""Group trips into patterns: the same stops in the same order, none overtaking another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.streets.values import Int32, Int64
from yipan.network.timetable.feed import Bools


@dataclass(frozen=True)
class Runs:
    """Trips of one day one after the other; the events of each in order.

    Parameters
    ----------
    names, route
        Of each trip (trips,).
    first
        First event of each trip, and their number (trips + 1,).
    stop, arrival, departure, board, alight
        Events.
    """

    names: Sequence[str]
    route: Int32
    first: Int64
    stop: Int32
    arrival: Int32
    departure: Int32
    board: Bools
    alight: Bools


@dataclass(frozen=True)
class Patterns:
    """The arrays of a `yipan.network.timetable.values.Timetable` of the same names."""

    first_stop: Int32
    pattern_stop: Int32
    board: Bools
    alight: Bools
    trips: Int32
    first_event: Int64
    departures: Int32
    arrivals: Int32
    trip_id: tuple[str, ...]
    pattern_route: Int32


def chain(parts: Sequence[Runs]) -> Runs:
    """Put runs one after the other."""
    lengths = np.concatenate([np.zeros(0, np.int64), *(np.diff(p.first) for p in parts)])
    whole, flags = np.zeros(0, np.int32), np.zeros(0, dtype=bool)
    return Runs(
        names=[n for p in parts for n in p.names],
        route=np.concatenate([whole, *(p.route for p in parts)]),
        first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        stop=np.concatenate([whole, *(p.stop for p in parts)]),
        arrival=np.concatenate([whole, *(p.arrival for p in parts)]),
        departure=np.concatenate([whole, *(p.departure for p in parts)]),
        board=np.concatenate([flags, *(p.board for p in parts)]),
        alight=np.concatenate([flags, *(p.alight for p in parts)]),
    )


def into_patterns(runs: Runs) -> Patterns:
    """Group runs by route, stops and where one may board and alight; split groups in which trips overtake.

    A group's trips are taken by departure; each joins the first pattern whose last trip
    it nowhere overtakes. Patterns stand in the order in which their stops are first seen.
    """
    length = np.diff(runs.first)
    runs = _ends_closed(runs)
    group = _groups(runs)
    head, tail = runs.first[:-1], runs.first[1:] - 1
    order = np.lexsort((runs.arrival[tail], runs.departure[head], group))
    event, first = gathered(runs.first, order)
    arrival, departure = runs.arrival[event], runs.departure[event]
    split = _split(group[order], first, arrival, departure)
    again = np.lexsort((split, group[order]))
    order, split = order[again], split[again]
    event, first = gathered(runs.first, order)
    new = np.diff(group[order], prepend=-1).astype(bool) | np.diff(split, prepend=-1).astype(bool)
    pattern = np.cumsum(new) - 1
    leader = np.flatnonzero(new)
    trips = np.bincount(pattern, minlength=len(leader)).astype(np.int32)
    stops = length[order][leader]
    first_event = np.concatenate([[0], np.cumsum(stops * trips)]).astype(np.int64)
    shape, _ = gathered(runs.first, order[leader])
    # event i of the pattern's trip k goes to first_event + i · trips + k
    rank = np.arange(len(order)) - leader[pattern]
    place = np.arange(len(event)) - np.repeat(first[:-1], length[order])
    of = np.repeat(pattern, length[order])
    target = first_event[of] + place * trips[of] + np.repeat(rank, length[order])
    departures, arrivals = np.empty(len(event), np.int32), np.empty(len(event), np.int32)
    departures[target], arrivals[target] = runs.departure[event], runs.arrival[event]
    return Patterns(
        first_stop=np.concatenate([[0], np.cumsum(stops)]).astype(np.int32),
        pattern_stop=runs.stop[shape],
        board=runs.board[shape],
        alight=runs.alight[shape],
        trips=trips,
        first_event=first_event,
        departures=departures,
        arrivals=arrivals,
        trip_id=tuple(runs.names[i] for i in order),
        pattern_route=runs.route[order[leader]],
    )


def gathered(first: Int64, rows: NDArray[np.intp] | Int32) -> tuple[Int64, Int64]:
    """Return the slots of some rows of a grouped array one after the other, and where each row starts.

    Examples
    --------
    >>> slots, starts = gathered(np.array([0, 2, 5]), np.array([1, 0]))
    >>> slots.tolist(), starts.tolist()
    ([2, 3, 4, 0, 1], [0, 3, 5])
    """
    length = np.diff(first)[rows]
    starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    return np.repeat(first[:-1][rows] - starts[:-1], length) + np.arange(starts[-1]), starts


def _ends_closed(runs: Runs) -> Runs:
    """Nobody boards at the last stop or alights at the first; there arrival and departure are one."""
    head, tail = runs.first[:-1], runs.first[1:] - 1
    board, alight = runs.board.copy(), runs.alight.copy()
    arrival, departure = runs.arrival.copy(), runs.departure.copy()
    board[tail], alight[head] = False, False
    arrival[head], departure[tail] = departure[head], arrival[tail]
    return Runs(runs.names, runs.route, runs.first, runs.stop, arrival, departure, board, alight)


def _groups(runs: Runs) -> Int64:
    """Return a number per run, equal exactly where route, stops and flags are."""
    code = (runs.stop.astype(np.int64) * 4 + runs.board * 2 + runs.alight).tobytes()
    seen: dict[tuple[int, bytes], int] = {}
    ends = (runs.first * 8).tolist()
    return np.array(
        [
            seen.setdefault((r, code[a:b]), len(seen))
            for r, a, b in zip(runs.route.tolist(), ends[:-1], ends[1:], strict=True)
        ],
        dtype=np.int64,
    )


def _split(group: Int64, first: Int64, arrival: Int32, departure: Int32) -> Int64:
    """Return the number of each run's pattern within its group; runs stand by group, then departure."""
    out = np.zeros(len(group), dtype=np.int64)
    if not len(group):
        return out
    length = np.diff(first)
    follows = np.diff(group, prepend=-1) == 0
    event = np.flatnonzero(np.repeat(follows, length))
    past = event - np.repeat(length, length)[event]
    overtakes = (departure[event] < departure[past]) | (arrival[event] < arrival[past])
    run = np.repeat(np.arange(len(group)), length)[event[overtakes]]
    for g in np.unique(group[run]):
        a, b = np.searchsorted(group, [g, g + 1])
        rows, shape = slice(first[a], first[b]), (b - a, -1)
        times = np.hstack([arrival[rows].reshape(shape), departure[rows].reshape(shape)])
        out[a:b] = _first_fit(times)
    return out


def _first_fit(times: Int32) -> Int64:
    """Put each row into the first list whose last row is nowhere larger."""
    last = np.empty_like(times)
    out, lists = np.zeros(len(times), dtype=np.int64), 0
    for i, row in enumerate(times):
        fits = (last[:lists] <= row).all(axis=1)
        at = int(fits.argmax()) if fits.any() else lists
        lists = max(lists, at + 1)
        last[at], out[i] = row, at
    return out
