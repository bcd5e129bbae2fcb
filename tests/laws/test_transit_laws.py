"""Laws of transit times on random small timetables: equal to an independent search, monotone where they must be."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.network.streets.values import Legs
from yipan.network.timetable.values import Timetable
from yipan.network.transit import Query, transit_network, window_times

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from transit_fixture import Trip, legs, reference_window, timetable

sys.path.pop(0)

RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERCENTILES = (0, 5, 50, 95, 100)


@dataclass(frozen=True)
class Case:
    trips: tuple[Trip, ...]
    stops: int
    transfers: tuple[tuple[int, int, int], ...]
    footpaths: Legs
    access: Legs
    egress: Legs
    query: Query

    @property
    def timetable(self) -> Timetable:
        return timetable(self.trips, self.stops, transfers=self.transfers)

    def times(self, **changes: object) -> np.ndarray:
        case = replace(self, **changes)  # type: ignore[arg-type]
        network = transit_network(case.timetable, case.footpaths)
        return window_times(network, case.access, case.egress, None, case.query)


def pairs(
    n: int, m: int, *, least: int = 0, most: int, at_most: int
) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    return st.lists(
        st.tuples(st.integers(0, n - 1), st.integers(0, m - 1), st.integers(0, at_most)),
        min_size=least,
        max_size=most,
        unique_by=lambda r: (r[0], r[1]),
    )


@st.composite
def lines(draw: st.DrawFn, stops: int) -> list[Trip]:
    """Trips of one route: the same stops (loops allowed), now and then some that overtake or run overnight."""
    route = draw(st.sampled_from("ABC"))
    called = draw(st.lists(st.integers(0, stops - 1), min_size=2, max_size=6))
    closed = [frozenset(draw(st.lists(st.integers(0, 5), max_size=1))) for _ in range(2)]
    out = []
    for _ in range(draw(st.integers(1, 5))):
        now, calls = draw(st.integers(-3, 30)) * 10, []
        for s in called:
            dwell = draw(st.sampled_from((0, 0, 0, 10)))
            calls.append((s, now, now + dwell))
            now += dwell + draw(st.sampled_from((0, 10, 10, 20, 50)))
        calls[0] = (calls[0][0], calls[0][2], calls[0][2])
        calls[-1] = (calls[-1][0], calls[-1][1], calls[-1][1])
        out.append(Trip(tuple(calls), route, closed[0], closed[1]))
    return out


@st.composite
def cases(draw: st.DrawFn) -> Case:
    stops = draw(st.integers(3, 6))
    trips = [t for group in draw(st.lists(lines(stops), min_size=2, max_size=6)) for t in group]
    told = draw(pairs(stops, stops, most=3, at_most=40))
    transfers = tuple((a, b, -1 if c > 30 else c) for a, b, c in told)
    start = draw(st.integers(-3, 6)) * 10 + draw(st.integers(0, 9))
    query = Query(
        start=start,
        end=start + draw(st.integers(1, 150)),
        step=draw(st.sampled_from((1, 7, 10, 30))),
        percentiles=PERCENTILES,
        max_rides=draw(st.sampled_from((1, 2, 3, 5, 8, 20))),
        transfer_slack=draw(st.sampled_from((0, 0, 10, 15))),
        board_slack=draw(st.sampled_from((0, 0, 5))),
        limit=draw(st.sampled_from((90, 200, 400, 3000))),
    )
    return Case(
        tuple(trips),
        stops,
        transfers,
        legs(draw(pairs(stops, stops, most=8, at_most=40)), stops),
        legs(draw(pairs(2, stops, least=2, most=4, at_most=30)), 2),
        legs(draw(pairs(3, stops, least=4, most=6, at_most=30)), 3),
        query,
    )


@RELAXED
@given(cases())
def test_equal_to_the_independent_search(case: Case) -> None:
    """Loops, overnight trips, flags, forbidden and prescribed transfers, trips that take no time: to the second."""
    slow = reference_window(case.timetable, case.footpaths, case.access, case.egress, None, case.query)
    assert np.array_equal(case.times(), slow)
