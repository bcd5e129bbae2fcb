"""Hops of a window in the order of time, with the transfers worth making: what every origin is swept over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.network.streets.values import Int32, Int64
from yipan.network.threads import over_blocks
from yipan.network.transit.network import TransitNetwork
from yipan.network.transit.reduce import list_hops, reduce_transfers
from yipan.network.transit.values import Query

_BLOCK = 4096  # hops whose transfers one call reduces


@dataclass(frozen=True)
class Events:
    """Hops ordered so that whatever leads to a hop comes before it (but for changes that take no time).

    Parameters
    ----------
    departure, arrival
        Seconds since the first departure of the query (hops,).
    stop
        Stop reached, −1 where one may not alight (hops,).
    onward
        The same trip's next hop, −1 after its last (hops,).
    lane
        Hops of one pattern at one position whose departures ascend: an earlier one is never worse
        (hops,); `lanes` is their number.
    first, to
        Hops that a transfer from each hop's arrival leads to (hops + 1,), (transfers,).
    first_column, column
        Hops of each position of a pattern, in the order of trips (positions + 1,), (hops,).
    """

    departure: Int32
    arrival: Int32
    stop: Int32
    onward: Int32
    lane: Int32
    lanes: int
    first: Int64
    to: Int32
    first_column: Int64
    column: Int32


def events(network: TransitNetwork, query: Query) -> Events:
    """Return the hops that trips of the query can use, with reduced transfers; on threads."""
    t = network.timetable
    last = query.departures[-1]
    size = int((np.diff(t.first_stop).astype(np.int64) - 1) @ t.trips)
    trip, position, departure, arrival, stop = (np.empty(size + 1, np.int32) for _ in range(5))
    pattern = (t.first_stop, t.pattern_stop, t.alight, t.trips, t.first_event, t.departures, t.arrivals)
    n = list_hops(*pattern, query.start, last + query.limit, trip, position, departure, arrival, stop)
    trip[n] = -1  # ends the last trip
    departure, arrival = departure[:n] - np.int32(query.start), arrival[:n] - np.int32(query.start)
    position, stop = position[:n].copy(), stop[:n].copy()
    trip = trip[: n + 1].copy()
    order = np.lexsort((position, trip[:n], arrival, departure)).astype(np.int32)
    rank = np.empty(n + 1, np.int32)
    rank[order], rank[n] = np.arange(n, dtype=np.int32), -1
    column = np.argsort(position, kind="stable").astype(np.int32)
    first_column = np.searchsorted(position[column], np.arange(len(t.pattern_stop) + 1)).astype(np.int64)
    counts, to = _transfers(network, query, trip, position, departure, arrival, stop, first_column, column)
    onward = np.where(trip[1:] == trip[:-1], rank[1:], np.int32(-1)).astype(np.int32)
    same = np.zeros(n, dtype=bool)
    same[1:] = (np.diff(position[column]) == 0) & (np.diff(departure[column]) == 0)
    lane = np.empty(n, np.int32)
    lane[column] = np.where(same, len(t.pattern_stop) + np.cumsum(same) - 1, position[column])
    begin = np.concatenate([[0], np.cumsum(counts)])
    first = np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64)
    slots = np.repeat(begin[order] - first[:-1], counts[order]) + np.arange(len(to))
    return Events(
        departure[order],
        arrival[order],
        stop[order],
        onward[order],
        lane[order],
        len(t.pattern_stop) + int(same.sum()),
        first,
        rank[to[slots]],
        first_column,
        rank[column],
    )


def _transfers(
    network: TransitNetwork,
    query: Query,
    trip: Int32,
    position: Int32,
    departure: Int32,
    arrival: Int32,
    stop: Int32,
    first_column: Int64,
    column: Int32,
) -> tuple[Int64, Int32]:
    """Return how many transfers each hop has, and the hops they lead to, in the order of hops."""
    n = len(position)
    slack = np.where(network.prescribed, 0, query.transfer_slack).astype(np.int32)
    ready = network.changes.cost + slack
    starts = np.flatnonzero(np.diff(trip, prepend=np.int32(-2))[:n])
    cuts = (
        np.append(
            starts[np.searchsorted(starts, np.arange(0, n, _BLOCK))[: len(starts)].clip(max=len(starts) - 1)],
            n,
        )
        if n
        else np.zeros(1, int)
    )
    cuts = np.unique(cuts)
    counts = np.zeros(n, np.int64)
    found: list[Int32] = [np.empty(0, np.int32)] * max(0, len(cuts) - 1)
    leaves = departure[column]

    def run(a: int, b: int) -> None:
        for i in range(a, b):
            found[i] = reduce_transfers(
                int(cuts[i]),
                int(cuts[i + 1]),
                trip,
                position,
                arrival,
                stop,
                network.changes.first,
                network.changes.to,
                ready,
                network.first_board,
                network.board,
                first_column,
                column,
                leaves,
                len(network.timetable.stops),
                counts,
            )[::-1]

    over_blocks(run, len(found), block=1)
    return counts, np.concatenate([*found, np.empty(0, np.int32)])
