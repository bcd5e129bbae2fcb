"""Laws of transit times on random small timetables: as an independent search says, monotone where due."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.network.streets.values import Legs
from yipan.network.timetable.values import Timetable
from yipan.network.transit import Query, journey, stop_times, transit_network, window_times
from yipan.network.values import UNREACHED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from transit_fixture import Trip, legs, reference_window, timetable

sys.path.pop(0)

RELAXED = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
    """Trips of one route: the same stops (loops allowed); some overtake, some run overnight."""
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
    stops, origins = draw(st.integers(3, 6)), draw(st.integers(1, 6))
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
        legs(draw(pairs(origins, stops, least=2, most=6, at_most=30)), origins),
        legs(draw(pairs(3, stops, least=4, most=6, at_most=30)), 3),
        query,
    )


@RELAXED
@given(cases())
def test_equal_to_the_independent_search(case: Case) -> None:
    """Loops, nights, flags, forbidden and prescribed transfers, trips that take no time: to the second."""
    slow = reference_window(case.timetable, case.footpaths, case.access, case.egress, query=case.query)
    assert np.array_equal(case.times(), slow)


@RELAXED
@given(cases(), st.data())
def test_adding_a_line_never_lengthens_a_time(case: Case, data: st.DataObject) -> None:
    more = data.draw(lines(case.stops))
    assert (case.times(trips=(*case.trips, *more)) <= case.times()).all()


@RELAXED
@given(cases())
def test_percentiles_ascend_and_more_rides_or_a_longer_limit_never_hurt(case: Case) -> None:
    found = case.times()
    assert (np.diff(found.astype(np.int64), axis=2) >= 0).all()
    assert (case.times(query=replace(case.query, max_rides=case.query.max_rides + 1)) <= found).all()
    longer = case.times(query=replace(case.query, limit=case.query.limit + 50))
    assert (longer <= found).all()
    assert np.array_equal(np.where(longer <= case.query.limit, longer, found), found)
    assert (
        case.times(query=replace(case.query, transfer_slack=case.query.transfer_slack + 5)) >= found
    ).all()


@RELAXED
@given(cases(), st.integers(0, 5))
def test_triangle_within_slack(case: Case, by: int) -> None:
    """Going by a stop and on with a new trip is never faster than the best way, but for one more slack."""
    case, by = replace(case, transfers=()), by % case.stops
    rule = replace(case.query, percentiles=(50,), step=1, board_slack=0, max_rides=3, limit=3000)
    network = transit_network(case.timetable, case.footpaths)
    t = case.query.start
    first = stop_times(network, case.access, replace(rule, start=t, end=t + 1))[0, by, 0]
    if first == UNREACHED:
        return
    again = t + int(first) + rule.transfer_slack
    at = legs([(0, by, 0)], 1)
    onward = window_times(network, at, case.egress, None, replace(rule, start=again, end=again + 1))[0, :, 0]
    whole = replace(rule, start=t, end=t + 1, max_rides=6, limit=6100)
    direct = window_times(network, case.access, case.egress, None, whole)[0, :, 0]
    reached = onward != UNREACHED
    assert (direct[reached] <= again - t + onward[reached]).all()


@RELAXED
@given(cases())
def test_itineraries_are_possible_and_take_the_time_found(case: Case) -> None:
    network = transit_network(case.timetable, case.footpaths)
    t = case.query.start
    query = replace(case.query, start=t, end=t + 1, percentiles=(50,))
    found = window_times(network, case.access, case.egress, None, query)[:, :, 0]
    for o, d in np.ndindex(found.shape):
        way = journey(
            network, query, access=case.access, egress=case.egress, origin=o, destination=d, departure=t
        )
        assert (way.seconds if way else UNREACHED) == found[o, d]
        if way is None:
            continue
        assert 1 <= way.rides <= query.max_rides
        assert (way.legs[0].departs, way.legs[0].start, way.legs[-1].end) == (t, -1, -1)
        for leg, after in itertools.pairwise(way.legs):
            assert leg.end == after.start
            assert leg.arrives <= after.departs
            assert not (leg.route == after.route == "")
