"""A timetable run backwards in time: searching it from a place finds the ways *to* that place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from yipan.network.streets.values import Int64
from yipan.network.timetable.values import Timetable
from yipan.network.transit.network import turned
from yipan.network.transit.values import Query

MIRROR = 200_000
"""Second t becomes second ``MIRROR − t``: later than any trip of a service day, so nothing is negative."""


def reverse(timetable: Timetable) -> Timetable:
    """Return the timetable in which every trip runs from its last stop to its first, backwards in time.

    A trip that arrives at b at second t after leaving a at second s becomes one that leaves b at
    ``MIRROR − t`` and arrives at a at ``MIRROR − s``. Reversing twice gives the timetable back.
    """
    at, events = _turned_slots(timetable)
    return replace(
        timetable,
        pattern_stop=timetable.pattern_stop[at],
        board=timetable.alight[at],
        alight=timetable.board[at],
        departures=(MIRROR - timetable.arrivals[events]).astype(np.int32),
        arrivals=(MIRROR - timetable.departures[events]).astype(np.int32),
        trip_id=_turned_names(timetable),
        transfers=turned(timetable.transfers, places=len(timetable.transfers)),
    )


def _turned_slots(timetable: Timetable) -> tuple[Int64, Int64]:
    """Return which position, and which event, stands in each slot of the reversed timetable."""
    first, length = timetable.first_stop[:-1].astype(np.int64), np.diff(timetable.first_stop).astype(np.int64)
    pattern = np.repeat(np.arange(timetable.patterns), length)
    at = first[pattern] + length[pattern] - 1 - (np.arange(len(pattern)) - first[pattern])
    counts = length * timetable.trips
    owner = np.repeat(np.arange(timetable.patterns), counts)
    base = timetable.first_event[:-1].astype(np.int64)
    # the events of a pattern, [position][trip], turned in both directions, are simply its events backwards
    events = base[owner] + counts[owner] - 1 - (np.arange(len(owner)) - base[owner])
    return at.astype(np.int64), events.astype(np.int64)


def _turned_names(timetable: Timetable) -> tuple[str, ...]:
    ends = np.concatenate([[0], np.cumsum(timetable.trips)]).tolist()
    return tuple(name for a, b in pairwise(ends) for name in timetable.trip_id[a:b][::-1])


def mirrored(query: Query) -> Query:
    """Return the query whose departures are, seen backwards, arrivals at the times `query` departs at.

    Examples
    --------
    >>> mirrored(Query(start=28_800, end=32_400, step=300)).departures
    range(167900, 171201, 300)
    """
    times = query.departures
    return replace(query, start=MIRROR - times[-1], end=MIRROR - times[0] + 1)
