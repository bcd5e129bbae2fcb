"""One itinerary in full: which walks and rides, to explain a time or a difference. Plain, not fast."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from yipan.network.streets.values import Legs
from yipan.network.transit.network import TransitNetwork
from yipan.network.transit.values import Query
from yipan.text import Text


@dataclass(frozen=True, slots=True)
class Leg:
    """A walk, or a ride on one vehicle.

    Parameters
    ----------
    start, end
        Stops (positions in ``timetable.stops``), −1 for the origin or destination.
    from_name, to_name
        Names of the stops, empty for the origin or destination.
    departs, arrives
        Seconds after midnight.
    route, trip
        Names in the timetable; empty for a walk.
    """

    start: int
    end: int
    from_name: str
    to_name: str
    departs: int
    arrives: int
    route: str = ""
    trip: str = ""

    @property
    def text(self) -> Text:
        """The leg in words."""
        times = f"{clock(self.departs)}–{clock(self.arrives)}"
        way = f"乘 {self.route}" if self.route else "步行"
        zh = f"{times} {way}:{self.from_name or '起点'} → {self.to_name or '终点'}"
        en = f"{times} {self.route or 'walk'}: {self.from_name or 'origin'} → {self.to_name or 'destination'}"
        return Text(zh, en)


@dataclass(frozen=True, slots=True)
class Journey:
    """The legs from an origin to a destination, in order; the gaps between them are waits and slacks."""

    departure: int
    legs: tuple[Leg, ...]

    @property
    def arrival(self) -> int:
        """Seconds after midnight."""
        return self.legs[-1].arrives

    @property
    def seconds(self) -> int:
        """Door to door, the wait for the first vehicle included."""
        return self.arrival - self.departure

    @property
    def rides(self) -> int:
        """Vehicles boarded."""
        return sum(bool(leg.route) for leg in self.legs)


def clock(seconds: int) -> str:
    """Return seconds after midnight as a time of day; hours go on after 24.

    Examples
    --------
    >>> clock(90_061)
    '25:01:01'
    """
    sign, s = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"


_Ride = tuple[int, int, int, int]  # pattern, trip, position boarded, position alighted
_Wait = tuple[int, int, int]  # ready to board, there on foot, the stop one came from (−1: the origin)


def journey(
    network: TransitNetwork,
    query: Query,
    *,
    access: Legs,
    egress: Legs,
    origin: int,
    destination: int,
    departure: int,
    walk: int | None = None,
) -> Journey | None:
    """Return the earliest arrival with the fewest rides for one pair and departure, or None.

    Parameters
    ----------
    query
        The rules of a trip; its departures and percentiles do not matter.
    access, egress
        As for `yipan.network.transit.window_times`, which finds the same time.
    walk
        Seconds of walking all the way; None where nobody does.

    Examples
    --------
    See the tests, and the page on travel times.
    """
    search = _Search(network, query)
    spans = [
        range(int(legs.first[i]), int(legs.first[i + 1]))
        for legs, i in ((access, origin), (egress, destination))
    ]
    to_stop = {int(access.to[e]): int(access.cost[e]) for e in reversed(spans[0])}  # the least comes last
    from_stop = {int(egress.to[e]): int(egress.cost[e]) for e in reversed(spans[1])}
    best, last = departure + query.limit + 1, None
    if walk is not None and departure + walk < best:
        best = departure + walk
    for r, found in enumerate(search.rounds(to_stop, departure), start=1):
        for s, (arrives, _) in found.items():
            if s in from_stop and arrives + from_stop[s] < best:
                best, last = arrives + from_stop[s], (r, s)
    if last is not None:
        return Journey(departure, search.legs(*last, departure, from_stop[last[1]]))
    if best <= departure + query.limit:
        return Journey(departure, (Leg(-1, -1, "", "", departure, best),))
    return None


class _Search:
    """Rounds of rides (RAPTOR) that remember where each arrival came from."""

    def __init__(self, network: TransitNetwork, query: Query) -> None:
        self.network, self.query, self.timetable = network, query, network.timetable
        self.waits: list[dict[int, _Wait]] = []
        self.found: list[dict[int, tuple[int, _Ride]]] = []

    def rounds(self, to_stop: dict[int, int], departure: int) -> list[dict[int, tuple[int, _Ride]]]:
        """Return, ride by ride, the stops that are reached sooner than with fewer rides."""
        slack = self.query.board_slack
        self.waits = [{s: (departure + cost + slack, departure + cost, -1) for s, cost in to_stop.items()}]
        best: dict[int, int] = {}
        while self.waits[-1] and len(self.found) < self.query.max_rides:
            now: dict[int, tuple[int, _Ride]] = {}
            for p in range(self.timetable.patterns):
                self._scan(p, self.waits[-1], best, now)
            self.found.append(now)
            self.waits.append(self._change(now))
        return self.found

    def _scan(
        self, p: int, waits: dict[int, _Wait], best: dict[int, int], now: dict[int, tuple[int, _Ride]]
    ) -> None:
        """Ride along one pattern with the earliest trip that can be caught."""
        t = self.timetable
        start, n, trip, boarded = int(t.first_stop[p]), int(t.trips[p]), int(t.trips[p]), 0
        for i in range(int(t.first_stop[p + 1]) - start):
            s, e = int(t.pattern_stop[start + i]), int(t.first_event[p]) + i * n
            if trip < n and t.alight[start + i]:
                arrives = int(t.arrivals[e + trip])
                if arrives < best.get(s, arrives + 1):
                    best[s] = arrives
                    now[s] = arrives, (p, trip, boarded, i)
            if s in waits and t.board[start + i]:
                caught = bisect_left(t.departures, waits[s][0], e, e + n) - e
                if caught < trip:
                    trip, boarded = caught, i

    def _change(self, now: dict[int, tuple[int, _Ride]]) -> dict[int, _Wait]:
        """Return when one is ready to board after changing from the stops just reached."""
        network, out = self.network, dict[int, _Wait]()
        for s, (arrives, _) in now.items():
            for c in range(int(network.changes.first[s]), int(network.changes.first[s + 1])):
                slack = 0 if network.prescribed[c] else self.query.transfer_slack
                q, there = int(network.changes.to[c]), arrives + int(network.changes.cost[c])
                if q not in out or there + slack < out[q][0]:
                    out[q] = there + slack, there, s
        return out

    def legs(self, rides: int, stop: int, departure: int, egress: int) -> tuple[Leg, ...]:
        """Return the legs that end with a walk from `stop`, reached with so many rides."""
        t, names = self.timetable, self.timetable.stops.names
        arrives = self.found[rides - 1][stop][0]
        out = [Leg(stop, -1, names[stop], "", arrives, arrives + egress)]
        first_trip = [0, *t.trips.cumsum().tolist()]
        for r in range(rides - 1, -1, -1):
            arrives, (p, k, i, _) = self.found[r][stop]
            boarded = int(t.pattern_stop[t.first_stop[p] + i])
            leaves = int(t.departures[t.first_event[p] + i * int(t.trips[p]) + k])
            route, trip = t.routes[t.pattern_route[p]], t.trip_id[first_trip[p] + k]
            out.append(Leg(boarded, stop, names[boarded], names[stop], leaves, arrives, route, trip))
            _, there, before = self.waits[r][boarded]
            if before < 0:
                out.append(Leg(-1, boarded, "", names[boarded], departure, there))
            elif before != boarded:
                off = self.found[r - 1][before][0]
                out.append(Leg(before, boarded, names[before], names[boarded], off, there))
            stop = before
        return tuple(out[::-1])
