"""Which changes of vehicle are worth making: kernels that list hops and reduce transfers between them.

A **hop** is a ride of one trip from one position to the next. A hop's arrival has transfers to hops of other
trips: to the earliest that can be caught of every pattern that can be reached on foot. Most of them lead
nowhere sooner than staying aboard or another transfer of the same trip; those are dropped here, once
for all origins (Witt 2015, "Trip-Based Public Transit Routing", with a cheaper test: only arrivals by
vehicle count, because a walk ends the trip or leads to a vehicle, never to another walk).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.streets.values import Int32, Int64
from yipan.network.transit.sweep import Walks

_AGE = 1 << 24  # more than any trip id or second in a window


class Listed(NamedTuple):
    """Hops trip by trip.

    Parameters
    ----------
    trip
        Trip of each hop, ascending; one more entry than there are hops, of no trip.
    position, departure, arrival, stop
        Position of the pattern it leaves, seconds, stop it reaches (−1 where one may not alight).
    first_column, column
        Hops of each position in the order of trips (positions + 1,), (hops,); `leaves` their departures.
    """

    trip: Int32
    position: Int32
    departure: Int32
    arrival: Int32
    stop: Int32
    first_column: Int64
    column: Int32
    leaves: Int32


class Patterns(NamedTuple):
    """A timetable's arrays of the same names, as kernels take them."""

    first_stop: Int32
    pattern_stop: Int32
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]
    trips: Int32
    first_event: Int64
    departures: Int32
    arrivals: Int32


@kernel
def list_hops(patterns: Patterns, earliest: int, latest: int, into: Listed) -> int:
    """Write the hops that leave from `earliest` to `latest`, trip by trip; return how many."""
    first_stop, first_event, trips = patterns.first_stop, patterns.first_event, patterns.trips
    departures, arrivals = patterns.departures, patterns.arrivals
    n, base = 0, 0
    for p in range(len(trips)):
        count = trips[p]
        for k in range(count):
            e = first_event[p] + k
            for i in range(first_stop[p], first_stop[p + 1] - 1):
                if earliest <= departures[e] <= latest:
                    into.trip[n] = base + k
                    into.position[n] = i
                    into.departure[n] = departures[e]
                    into.arrival[n] = arrivals[e + count]
                    into.stop[n] = patterns.pattern_stop[i + 1] if patterns.alight[i + 1] else -1
                    n += 1
                e += count
        base += count
    return n


@kernel
def catch(departure: Int32, start: int, stop: int, ready: int) -> int:
    """Return the first of the columns `start` to `stop` − 1 that leaves at `ready` or later."""
    while start < stop:
        middle = (start + stop) >> 1
        if departure[middle] >= ready:
            stop = middle
        else:
            start = middle + 1
    return start


@kernel
def list_boardings(patterns: Patterns, first_column: Int64, changes: Walks, into: Walks, fill: bool) -> None:
    """Count, or write, the positions where trips can be boarded after alighting at each stop.

    `changes` are grouped by the stop one walks **to**. With `fill` the slots of stop s begin at
    ``into.first[s]``, which ends up at their end; without it ``into.first[s + 1]`` counts them.
    """
    first, pattern_stop = into.first, patterns.pattern_stop
    for p in range(len(pattern_stop)):
        if not patterns.board[p] or first_column[p] == first_column[p + 1]:
            continue
        q = pattern_stop[p]
        for c in range(changes.first[q], changes.first[q + 1]):
            s = changes.to[c]
            if fill:
                into.to[first[s]], into.cost[first[s]] = p, changes.cost[c]
                first[s] += 1
            else:
                first[s + 1] += 1


@kernel
def keep_upstream(patterns: Patterns, into: Walks) -> int:
    """Drop, in place, boardings that one further up the same pattern serves as well; return how many stay.

    A walk of w seconds to a position is not needed when another to an earlier position, w′ seconds, is
    shorter by at least the slowest ride between them: whoever catches a trip here catches it there.
    Stop s has the slots from ``into.first[s]`` on before and after.
    """
    n, positions = 0, len(patterns.pattern_stop)
    ride, pattern = np.zeros(positions, np.int64), np.empty(positions, np.int32)
    for p in range(len(patterns.trips)):
        count, e = patterns.trips[p], patterns.first_event[p]
        for i in range(patterns.first_stop[p], patterns.first_stop[p + 1]):
            pattern[i] = p
            if i > patterns.first_stop[p]:
                slowest = np.int64(0)
                for k in range(e, e + count):
                    slowest = max(slowest, patterns.departures[k] - patterns.departures[k - count])
                ride[i] = ride[i - 1] + slowest
            e += count
    for s in range(len(into.first) - 1):
        least, last = np.int64(0), -1
        begin, end = into.first[s], into.first[s + 1]
        into.first[s] = n
        for b in range(begin, end):
            at = into.to[b]
            lead = into.cost[b] - ride[at]
            if pattern[at] != last or lead < least:
                least, last = lead, pattern[at]
                into.to[n], into.cost[n] = at, into.cost[b]
                n += 1
    into.first[-1] = n
    return n


class _Labels(NamedTuple):
    """What one trip leads to, by transfers that were kept: earliest trips and arrivals, and thanks to whom.

    Numbers of other trips are told apart by age: each next trip adds a smaller one.
    """

    aboard: Int64  # earliest trip at each position, plus age
    reached: Int64  # earliest arrival at each stop, plus age
    owner: Int64  # transfer that a stop owes its arrival to
    own: Int32  # stops that each transfer of this hop owns


@kernel
def _ride(  # noqa: PLR0917
    hop: int, age: int, number: int, base: int, listed: Listed, labels: _Labels
) -> None:
    """Ride on from `hop` until where one is aboard anyway; own the stops that are reached sooner."""
    k = np.int64(listed.trip[hop])
    labels.own[number] = 0
    while k + age < labels.aboard[listed.position[hop]]:
        labels.aboard[listed.position[hop]] = k + age
        s = listed.stop[hop]
        if s >= 0 and listed.arrival[hop] + age < labels.reached[s]:
            labels.reached[s] = listed.arrival[hop] + age
            if labels.owner[s] >= base:
                labels.own[labels.owner[s] - base] -= 1
            labels.owner[s] = base + number
            labels.own[number] += 1
        hop += 1
        if listed.trip[hop] != k:
            break


@kernel
def _try(  # noqa: PLR0917
    hop: int, age: int, base: int, boardings: Walks, listed: Listed, labels: _Labels, tried: Int32
) -> int:
    """Try every transfer of a hop; write the hops boarded to `tried` and return how many."""
    n, s = 0, listed.stop[hop]
    for b in range(boardings.first[s], boardings.first[s + 1]):
        p, ready = boardings.to[b], listed.arrival[hop] + boardings.cost[b]
        low, high = listed.first_column[p], listed.first_column[p + 1]
        known = labels.aboard[p] - age - listed.trip[listed.column[low]]
        if known < high - low:
            high = low + known
        if high <= low or listed.leaves[high - 1] < ready:
            continue
        tried[n] = listed.column[catch(listed.leaves, low, high, ready)]
        _ride(tried[n], age, n, base, listed, labels)
        n += 1
    return n


@kernel
def reduce_transfers(start: int, end: int, listed: Listed, boardings: Walks, counts: Int64) -> Int32:
    """Return the hops that transfers of hops `start` to `end` − 1 lead to, from the last hop to the first.

    `counts` gets how many there are per hop; `boardings` leads from stops to positions, seconds until one
    is ready there. A block must hold whole trips.

    Notes
    -----
    A trip is gone through backwards: what a later stop of it leads to is there for whoever alights earlier,
    never the other way round. A transfer is kept when some stop owes its earliest arrival to it
    after all transfers of the same hop were tried.
    """
    out, size, age, base = np.empty(1024, np.int32), 0, 0, 0
    stops = len(boardings.first) - 1
    most = 1
    for s in range(stops):
        most = max(most, boardings.first[s + 1] - boardings.first[s])
    tried = np.empty(most, np.int32)
    labels = _Labels(
        np.full(len(listed.first_column) - 1, _AGE, np.int64),
        np.full(stops, _AGE, np.int64),
        np.full(stops, -1, np.int64),
        np.empty(most, np.int32),
    )
    for h in range(end - 1, start - 1, -1):
        k, s = listed.trip[h], listed.stop[h]
        counts[h] = 0
        if h == end - 1 or listed.trip[h + 1] != k:
            age -= _AGE
        else:
            labels.aboard[listed.position[h + 1]] = k + age
        if s < 0:
            continue
        labels.reached[s] = min(labels.reached[s], listed.arrival[h] + age)
        n = _try(h, age, base, boardings, listed, labels, tried)
        base += n
        for i in range(n):
            if labels.own[i] > 0:
                if size == len(out):
                    out = np.concatenate((out, np.empty(size, np.int32)))
                out[size] = tried[i]
                size += 1
                counts[h] += 1
    return out[:size].copy()
