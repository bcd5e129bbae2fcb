"""Hops of a window in the order of time, with the transfers worth making: what every origin is swept over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.network.streets.values import Int32, Int64
from yipan.network.threads import over_blocks
from yipan.network.transit.network import TransitNetwork
from yipan.network.transit.reduce import (
    Listed,
    Patterns,
    keep_upstream,
    list_boardings,
    list_hops,
    reduce_transfers,
)
from yipan.network.transit.sweep import Boardings, Hops, Walks
from yipan.network.transit.values import Query

_BLOCK = 4096  # hops whose transfers one call reduces


@dataclass(frozen=True)
class Events:
    """What the trips of a query can use. Made by `events`; the same for every origin.

    Parameters
    ----------
    hops, boardings
        Rides from one position to the next with their transfers, and where trips are boarded.
    files
        How many numbers ``hops.file`` has.
    purpose
        What they were made for (`purpose`).
    """

    hops: Hops
    boardings: Boardings
    files: int
    purpose: tuple[int, ...]


def purpose(network: TransitNetwork, query: Query) -> tuple[int, ...]:
    """Return what the events of a query depend on: stops, positions, first and last second, slack."""
    size = len(network.timetable.stops), len(network.timetable.pattern_stop)
    return (*size, query.start, query.departures[-1] + query.limit, query.transfer_slack)


def events(network: TransitNetwork, query: Query) -> Events:
    """Return the hops that trips of the query can use, with reduced transfers; on threads.

    Notes
    -----
    Takes memory and time in proportion to the hops between the first departure and the longest trip after
    the last one, times the positions that can be walked to from a stop.
    """
    listed = _listed(network, query)
    n, positions = len(listed.position), len(network.timetable.pattern_stop)
    counts, to = _transfers(network, query, listed)
    order = np.lexsort((listed.position, listed.trip[:n], listed.arrival, listed.departure)).astype(np.int32)
    rank = np.empty(n + 1, np.int32)
    rank[order], rank[n] = np.arange(n, dtype=np.int32), -1
    onward = np.where(listed.trip[1:] == listed.trip[:-1], rank[1:], np.int32(-1)).astype(np.int32)
    begin = np.concatenate([[0], np.cumsum(counts)])
    first = np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64)
    slots = np.repeat(begin[order] - first[:-1], counts[order]) + np.arange(len(to))
    file, files = _files(listed, positions)
    hops = Hops(
        listed.departure[order],
        listed.arrival[order],
        listed.stop[order],
        onward[order],
        file[order],
        first,
        rank[to[slots]],
    )
    boardings = Boardings(network.first_board, network.board, listed.first_column, rank[listed.column])
    return Events(hops, boardings, files, purpose(network, query))


def _patterns(network: TransitNetwork) -> Patterns:
    """Return the timetable's arrays."""
    t = network.timetable
    return Patterns(*(np.ascontiguousarray(getattr(t, name)) for name in Patterns._fields))


def _listed(network: TransitNetwork, query: Query) -> Listed:
    """Return the hops that leave in the window or before its longest trip ends."""
    t = network.timetable
    size = int((np.diff(t.first_stop).astype(np.int64) - 1) @ t.trips)
    trip, position, departure, arrival, stop = (np.empty(size + 1, np.int32) for _ in range(5))
    none = np.empty(0, np.int64)
    room = Listed(trip, position, departure, arrival, stop, none, stop, stop)
    n = list_hops(_patterns(network), query.start, query.departures[-1] + query.limit, room)
    trip[n] = -1
    column = np.argsort(position[:n], kind="stable").astype(np.int32)
    first_column = np.searchsorted(position[column], np.arange(len(t.pattern_stop) + 1)).astype(np.int64)
    departure = departure[:n] - np.int32(query.start)
    return Listed(
        trip[: n + 1].copy(),
        position[:n].copy(),
        departure,
        arrival[:n] - np.int32(query.start),
        stop[:n].copy(),
        first_column,
        column,
        departure[column],
    )


def _files(listed: Listed, positions: int) -> tuple[Int32, int]:
    """Return the file of each hop, and how many there are.

    Hops of one position share a file. One that leaves at the same second as the trip before gets a file of
    its own: when changes take no time, it may be looked at before that trip is done.
    """
    column = listed.column
    same = np.zeros(len(column), dtype=bool)
    same[1:] = (np.diff(listed.position[column]) == 0) & (np.diff(listed.departure[column]) == 0)
    file = np.empty(len(column), np.int32)
    file[column] = np.where(same, positions + np.cumsum(same) - 1, listed.position[column])
    return file, positions + int(same.sum())


def _transfers(network: TransitNetwork, query: Query, listed: Listed) -> tuple[Int64, Int32]:
    """Return how many transfers each hop has, and the hops they lead to, both in the order of `listed`."""
    n = len(listed.position)
    starts = np.flatnonzero(np.diff(listed.trip[:n], prepend=np.int32(-2)))
    cuts = np.append(np.unique(starts[np.searchsorted(starts, np.arange(0, n, _BLOCK), side="right") - 1]), n)
    counts = np.zeros(n, np.int64)
    found: list[Int32] = [np.empty(0, np.int32)] * (len(cuts) - 1)
    boardings = _boardings(network, query.transfer_slack, listed.first_column)

    def run(a: int, b: int) -> None:
        for i in range(a, b):
            found[i] = reduce_transfers(int(cuts[i]), int(cuts[i + 1]), listed, boardings, counts)[::-1]

    over_blocks(run, len(found), block=1)
    return counts, np.concatenate([*found, np.empty(0, np.int32)])


def _boardings(network: TransitNetwork, slack: int, first_column: Int64) -> Walks:
    """Return positions to board at after alighting at each stop, in the order of positions."""
    changes, patterns, stops = network.changes, _patterns(network), len(network.changes)
    ready = changes.cost + np.where(network.prescribed, 0, slack).astype(np.int32)
    order = np.argsort(changes.to, kind="stable")
    source = np.repeat(np.arange(stops, dtype=np.int32), np.diff(changes.first))[order]
    first_change = np.searchsorted(changes.to[order], np.arange(stops + 1)).astype(np.int64)
    back = Walks(first_change, source, ready[order])
    first, none = np.zeros(stops + 1, np.int64), np.empty(0, np.int32)
    list_boardings(patterns, first_column, back, Walks(first, none, none), False)
    first = np.cumsum(first)
    to, cost = np.empty(first[-1], np.int32), np.empty(first[-1], np.int32)
    list_boardings(patterns, first_column, back, Walks(first.copy(), to, cost), True)
    n = keep_upstream(patterns, Walks(first, to, cost))
    return Walks(first, to[:n].copy(), cost[:n].copy())
