"""Small timetables for tests, and an independent search: Dijkstra over events, one departure at a time."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from yipan.network.streets.values import Legs
from yipan.network.timetable.values import FORBIDDEN, Stops, Timetable
from yipan.network.transit.values import Query
from yipan.network.values import UNREACHED

Call = tuple[int, int, int]  # stop, arrival, departure
NEVER = math.inf


@dataclass(frozen=True)
class Trip:
    """Calls of one trip; `closed_in`, `closed_out` are positions where nobody may board or alight."""

    calls: tuple[Call, ...]
    route: str = "line"
    closed_in: frozenset[int] = frozenset()
    closed_out: frozenset[int] = frozenset()


def legs(rows: Iterable[tuple[int, int, int]], n: int) -> Legs:
    """Return legs from (from, to, cost)."""
    ordered = sorted(rows, key=lambda r: (r[0], r[2], r[1]))
    first = np.searchsorted([r[0] for r in ordered], range(n + 1)).astype(np.int64)
    return Legs(
        first, np.array([r[1] for r in ordered], np.int32), np.array([r[2] for r in ordered], np.int32)
    )


def no_overtaking(trips: Sequence[Trip]) -> list[list[Trip]]:
    """Split trips into patterns: same stops and flags, and nobody overtakes."""
    patterns: list[list[Trip]] = []
    for trip in sorted(trips, key=lambda t: [c[2] for c in t.calls]):
        for group in patterns:
            last = group[-1]
            alike = (last.route, last.closed_in, last.closed_out) == (
                trip.route,
                trip.closed_in,
                trip.closed_out,
            )
            if (
                alike
                and [c[0] for c in last.calls] == [c[0] for c in trip.calls]
                and all(a[1] <= b[1] and a[2] <= b[2] for a, b in zip(last.calls, trip.calls, strict=True))
            ):
                group.append(trip)
                break
        else:
            patterns.append([trip])
    return patterns


def timetable(
    trips: Sequence[Trip], stops: int, *, transfers: Iterable[tuple[int, int, int]] = ()
) -> Timetable:
    """Return a timetable of trips; stops are s0, s1, … on a line."""
    patterns = no_overtaking(trips)
    routes = sorted({t.route for t in trips})
    lengths = [len(g[0].calls) for g in patterns]
    positions = [c[0] for g in patterns for c in g[0].calls]
    flags = [(i, g[0]) for g in patterns for i in range(len(g[0].calls))]
    return Timetable(
        day=date(2024, 1, 8),
        stops=Stops(
            tuple(f"s{i}" for i in range(stops)),
            tuple(f"Stop {i}" for i in range(stops)),
            np.arange(stops) * 0.01,
            np.zeros(stops),
        ),
        first_stop=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        pattern_stop=np.array(positions, np.int32),
        board=np.array([i not in t.closed_in for i, t in flags], bool),
        alight=np.array([i not in t.closed_out for i, t in flags], bool),
        trips=np.array([len(g) for g in patterns], np.int32),
        first_event=np.concatenate([[0], np.cumsum([len(g) * len(g[0].calls) for g in patterns])]).astype(
            np.int64
        ),
        departures=np.array(
            [t.calls[i][2] for g in patterns for i in range(len(g[0].calls)) for t in g], np.int32
        ),
        arrivals=np.array(
            [t.calls[i][1] for g in patterns for i in range(len(g[0].calls)) for t in g], np.int32
        ),
        trip_id=tuple(f"t{p}.{k}" for p, g in enumerate(patterns) for k in range(len(g))),
        pattern_route=np.array([routes.index(g[0].route) for g in patterns], np.int32),
        routes=tuple(routes),
        transfers=legs(transfers, stops),
    )


def rows(of: Legs) -> dict[int, list[tuple[int, int]]]:
    """Return legs as lists of (to, cost)."""
    return {
        i: [(int(of.to[e]), int(of.cost[e])) for e in range(of.first[i], of.first[i + 1])]
        for i in range(len(of))
    }


class Reference:
    """A slow search, written from the docstring of `Query`: every boarding of every trip is an edge."""

    def __init__(self, t: Timetable, footpaths: Legs | None, query: Query) -> None:
        self.query = query
        self.boardings: dict[int, list[tuple[int, tuple[int, int, int]]]] = defaultdict(list)
        self.rides: dict[tuple[int, int, int], tuple[int, int, int | None]] = {}
        for p in range(t.patterns):
            a, n, e = int(t.first_stop[p]), int(t.trips[p]), int(t.first_event[p])
            size = int(t.first_stop[p + 1]) - a
            for k in range(n):
                for i in range(size - 1):
                    leaves = int(t.departures[e + i * n + k])
                    if t.board[a + i] and leaves >= query.start:
                        self.boardings[int(t.pattern_stop[a + i])].append((leaves, (p, k, i)))
                    stop = int(t.pattern_stop[a + i + 1]) if t.alight[a + i + 1] else -1
                    next_leaves = int(t.departures[e + (i + 1) * n + k]) if i + 2 < size else None
                    self.rides[p, k, i] = int(t.arrivals[e + (i + 1) * n + k]), stop, next_leaves
        self.changes: dict[int, dict[int, int]] = {s: {s: query.transfer_slack} for s in range(len(t.stops))}
        if footpaths is not None:
            for s, ways in rows(footpaths).items():
                for q, cost in ways:
                    if q != s:
                        self.changes[s][q] = cost + query.transfer_slack
        for s, ways in rows(t.transfers).items():
            for q, cost in ways:
                self.changes[s].pop(q, None)
                if cost != FORBIDDEN:
                    self.changes[s][q] = cost

    def arrivals(self, access: Iterable[tuple[int, int]], departure: int) -> dict[int, int]:
        """Return when each stop is first reached by vehicle."""
        q = self.query
        heap: list[tuple[int, int, str, object]] = []
        for s, cost in access:
            heapq.heappush(heap, (departure + cost + q.board_slack, 0, "wait", s))
        settled: set[tuple[int, str, object]] = set()
        found: dict[int, int] = {}
        while heap:
            now, rides, kind, what = heapq.heappop(heap)
            if (rides, kind, what) in settled or now > departure + q.limit:
                continue
            settled.add((rides, kind, what))
            if kind == "wait" and rides < q.max_rides:
                for leaves, event in self.boardings[what]:  # type: ignore[index]
                    if leaves >= now:
                        heapq.heappush(heap, (leaves, rides + 1, "ride", event))
            elif kind == "ride":
                p, k, i = what  # type: ignore[misc]
                arrives, stop, leaves = self.rides[p, k, i]
                if stop >= 0:
                    heapq.heappush(heap, (arrives, rides, "off", stop))
                if leaves is not None:
                    heapq.heappush(heap, (leaves, rides, "ride", (p, k, i + 1)))
            elif kind == "off":
                found[what] = min(now, found.get(what, now))  # type: ignore[index, call-overload]
                for to, cost in self.changes[what].items():  # type: ignore[index]
                    heapq.heappush(heap, (now + cost, rides, "wait", to))
        return found

    def times(
        self, access: Iterable[tuple[int, int]], egress: Legs, walk: Sequence[int], departure: int
    ) -> list[float]:
        """Return seconds to every destination, infinite where there is no way within the limit."""
        found, out = self.arrivals(list(access), departure), []
        for d, ways in rows(egress).items():
            best = min([found[s] + w - departure for s, w in ways if s in found] + [walk[d]], default=NEVER)
            out.append(best if best <= self.query.limit else NEVER)
        return out


def percentile(values: Sequence[float], p: int) -> int:
    """Return the smallest value that at least p % of all do not exceed (counted, not looked up by rank)."""
    for v in sorted(values):
        if 100 * sum(x <= v for x in values) >= p * len(values):
            return int(UNREACHED) if v == NEVER else int(v)
    raise AssertionError


def reference_window(
    t: Timetable, footpaths: Legs | None, access: Legs, egress: Legs, *, query: Query
) -> np.ndarray:
    """Return what `window_times` should, shape (origins, destinations, percentiles)."""
    search, nobody = Reference(t, footpaths, query), [NEVER] * len(egress)
    out = np.empty((len(access), len(egress), len(query.percentiles)), np.int64)
    for o, ways in rows(access).items():
        every = [search.times(ways, egress, nobody, t0) for t0 in query.departures]
        for d in range(len(egress)):
            for r, p in enumerate(query.percentiles):
                out[o, d, r] = percentile([times[d] for times in every], p)
    return out
