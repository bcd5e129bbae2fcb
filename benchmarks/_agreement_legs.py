"""One journey leg by leg: rounds over the timetable, written to be read, independent of the engine's kernels.

Used by ``benchmarks/agreement.py`` for worked examples, and by the test to see that what is shown is what the
engine computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yipan.network.streets.values import Legs
from yipan.network.timetable import Timetable
from yipan.network.transit import Query, TransitNetwork


@dataclass(frozen=True)
class Leg:
    """Walk ``[start, end]`` (no route), or ride from boarding to alighting; seconds after midnight."""

    start: int
    end: int
    route: str = ""
    board: str = ""
    alight: str = ""
    trip: str = ""


@dataclass(frozen=True)
class _At:
    """When and how one is at a stop: the ride that ended there (or the access walk) and what came before."""

    time: int
    leg: Leg
    before: _At | None = None


def journey(
    network: TransitNetwork,
    access: Mapping[int, int],
    egress: Mapping[int, int],
    departure: int,
    query: Query,
) -> tuple[Leg, ...]:
    """Return the legs of the earliest arrival by vehicle, fewest rides first; empty where there is none.

    Parameters
    ----------
    access, egress
        Seconds on foot from the origin to stops and from stops to the destination.
    """
    reached = {s: _At(departure + w, Leg(departure, departure + w)) for s, w in access.items()}
    best: tuple[int, _At, int] | None = None
    earliest: dict[int, int] = {}
    for ride in range(query.max_rides):
        slack = query.transfer_slack if ride else query.board_slack
        landed = _ride(network, reached, slack, earliest)
        for stop, at in landed.items():
            walk = egress.get(stop)
            if walk is not None and (best is None or at.time + walk < best[0]):
                best = at.time + walk, at, walk
        reached = _walk(network, landed)
    return () if best is None else _legs(best[1], best[2])


def _ride(
    network: TransitNetwork, reached: Mapping[int, _At], slack: int, earliest: dict[int, int]
) -> dict[int, _At]:
    """Board at every stop reached and return where that gets one earlier than before."""
    table = network.timetable
    boards: dict[int, list[tuple[int, int]]] = {}
    for stop in reached:
        for position in network.board[network.first_board[stop] : network.first_board[stop + 1]].tolist():
            p = int(np.searchsorted(table.first_stop, position, side="right")) - 1
            boards.setdefault(p, []).append((position - int(table.first_stop[p]), stop))
    landed: dict[int, _At] = {}
    for p, at in boards.items():
        ready = {i: reached[stop].time + slack for i, stop in at}
        for stop, leg, on in _along(table, p, ready):
            if leg.end < earliest.get(stop, 2**31):
                earliest[stop] = leg.end
                landed[stop] = _At(leg.end, leg, reached[on])
    return landed


def _along(table: Timetable, p: int, ready: Mapping[int, int]) -> Iterator[tuple[int, Leg, int]]:
    """Go along one pattern, on the earliest trip that can be caught: stop, ride, stop boarded at."""
    a, n, first = int(table.first_stop[p]), int(table.trips[p]), int(table.first_event[p])
    trip, since, stops = n, -1, table.pattern_stop[a : int(table.first_stop[p + 1])].tolist()
    for i, stop in enumerate(stops):
        here = slice(first + i * n, first + (i + 1) * n)
        if trip < n and since != i and table.alight[a + i]:
            on, left = stops[since], int(table.departures[first + since * n + trip])
            names = table.stops.ids[on], table.stops.ids[stop], _trip(table, p, trip)
            yield stop, Leg(left, int(table.arrivals[here][trip]), _route(table, p), *names), on
        if i in ready:
            caught = int(np.searchsorted(table.departures[here], ready[i]))
            if caught < trip:
                trip, since = caught, i


def _walk(network: TransitNetwork, landed: Mapping[int, _At]) -> dict[int, _At]:
    """Return when one is at the stops to change at."""
    out: dict[int, _At] = {}
    changes = network.changes
    for stop, at in landed.items():
        for e in range(int(changes.first[stop]), int(changes.first[stop + 1])):
            to, time = int(changes.to[e]), at.time + int(changes.cost[e])
            if to not in out or time < out[to].time:
                out[to] = _At(time, Leg(at.time, time), at)
    return out


def _route(table: Timetable, p: int) -> str:
    return table.routes[int(table.pattern_route[p])].split(":")[-1]


def _trip(table: Timetable, p: int, k: int) -> str:
    return table.trip_id[int(table.trips[:p].sum()) + k]


def _legs(at: _At | None, egress: int) -> tuple[Leg, ...]:
    out = [Leg(at.time, at.time + egress)] if at else []
    while at is not None:
        out.append(at.leg)
        at = at.before
    return tuple(reversed(out))


def of_one(legs: Legs, place: int) -> dict[int, int]:
    """Return the walks of one place: stop → seconds."""
    span = slice(int(legs.first[place]), int(legs.first[place + 1]))
    return dict(zip(legs.to[span].tolist(), legs.cost[span].tolist(), strict=True))


def parts(legs: tuple[Leg, ...]) -> tuple[float, ...]:
    """Return minutes of access, wait, ride, transfer walks and egress."""
    rides = [leg for leg in legs if leg.route]
    between = [leg for leg in legs[1:-1] if not leg.route]
    wait = sum(b.start - a.end for a, b in pairwise(legs))
    spent = (
        legs[0].end - legs[0].start,
        wait,
        sum(r.end - r.start for r in rides),
        sum(w.end - w.start for w in between),
        legs[-1].end - legs[-1].start,
    )
    return tuple(s / 60.0 for s in spent)


def told(legs: tuple[Leg, ...]) -> str:
    """Return a journey in one line."""

    def clock(t: int) -> str:
        return f"{t // 3600}:{t // 60 % 60:02}:{t % 60:02}"

    def one(leg: Leg) -> str:
        if not leg.route:
            return f"walk {(leg.end - leg.start) / 60:.1f}"
        board, alight = (s.split(":")[-1] for s in (leg.board, leg.alight))
        return f"{leg.route} {board} {clock(leg.start)} – {alight} {clock(leg.end)}"

    return " · ".join(map(one, legs))
