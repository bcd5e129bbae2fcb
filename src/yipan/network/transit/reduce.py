"""Which changes of vehicle are worth making: kernels that list hops and reduce transfers between them.

A **hop** is a ride of one trip from one position to the next. A hop's arrival has transfers to hops of other
trips: to the earliest that can be caught of every pattern that can be reached on foot. Most of them lead
nowhere sooner than staying aboard or another transfer of the same trip; those are dropped here, once
for all origins (Witt 2015, "Trip-Based Public Transit Routing", with a cheaper test: only arrivals by
vehicle count, because a walk ends the trip or leads to a vehicle, never to another walk).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.streets.values import Int32, Int64

_AGE = np.int64(1) << 24  # more than any trip id or second in a window


@kernel
def list_hops(
    first_stop: Int32,
    pattern_stop: Int32,
    alight: NDArray[np.bool_],
    trips: Int32,
    first_event: Int64,
    departures: Int32,
    arrivals: Int32,
    earliest: int,
    latest: int,
    trip: Int32,
    position: Int32,
    departure: Int32,
    arrival: Int32,
    stop: Int32,
) -> int:
    """Write the hops that leave from `earliest` to `latest`, trip by trip; return how many."""
    n, base = 0, 0
    for p in range(len(trips)):
        count = trips[p]
        for k in range(count):
            e = first_event[p] + k
            for i in range(first_stop[p], first_stop[p + 1] - 1):
                if earliest <= departures[e] <= latest:
                    trip[n] = base + k
                    position[n] = i
                    departure[n] = departures[e]
                    arrival[n] = arrivals[e + count]
                    stop[n] = pattern_stop[i + 1] if alight[i + 1] else -1
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
def _useful(
    hop: int,
    age: int,
    trip: Int32,
    position: Int32,
    arrival: Int32,
    stop: Int32,
    aboard: Int64,
    reached: Int64,
) -> bool:
    """Ride on from `hop` until where one is aboard anyway; say whether a stop is reached sooner."""
    gain = False
    k = np.int64(trip[hop])
    while k + age < aboard[position[hop]]:
        aboard[position[hop]] = k + age
        s = stop[hop]
        if s >= 0 and arrival[hop] + age < reached[s]:
            reached[s] = arrival[hop] + age
            gain = True
        hop += 1
        if trip[hop] != k:
            break
    return gain


@kernel
def reduce_transfers(
    start: int,
    end: int,
    trip: Int32,
    position: Int32,
    arrival: Int32,
    stop: Int32,
    first_change: Int64,
    change_to: Int32,
    change_ready: Int32,
    first_board: Int64,
    board: Int32,
    first_column: Int64,
    column_hop: Int32,
    column_departure: Int32,
    stops: int,
    counts: Int64,
) -> Int32:
    """Return the hops that transfers of the hops `start` to `end` − 1 lead to, from the last hop to the first.

    `counts` gets how many there are per hop. A block must hold whole trips. Times are seconds since the
    first departure; `trip` has one more entry than there are hops, of no trip.
    """
    out, size, age = np.empty(1024, np.int32), 0, np.int64(0)
    aboard = np.full(len(first_column) - 1, _AGE, np.int64)
    reached = np.full(stops, _AGE, np.int64)
    for h in range(end - 1, start - 1, -1):
        k, before = trip[h], size
        if h == end - 1 or trip[h + 1] != k:
            age -= _AGE  # everything noted for another trip is larger from now on
        else:
            aboard[position[h + 1]] = k + age
        s = stop[h]
        if s >= 0:
            if arrival[h] + age < reached[s]:
                reached[s] = arrival[h] + age
            for c in range(first_change[s], first_change[s + 1]):
                ready, q = arrival[h] + change_ready[c], change_to[c]
                for b in range(first_board[q], first_board[q + 1]):
                    p = board[b]
                    low, high = first_column[p], first_column[p + 1]
                    if low == high:
                        continue
                    known = aboard[p] - age - trip[column_hop[low]]
                    if known < high - low:
                        high = low + known
                    if high <= low or column_departure[high - 1] < ready:
                        continue
                    column = catch(column_departure, low, high, ready)
                    hop = column_hop[column]
                    if _useful(hop, age, trip, position, arrival, stop, aboard, reached):
                        if size == len(out):
                            out = np.concatenate((out, np.empty(size, np.int32)))
                        out[size] = hop
                        size += 1
        counts[h] = size - before
    return out[:size].copy()
