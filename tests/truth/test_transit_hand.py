"""Transit times worked out by hand: waits, slacks, footpaths, prescribed transfers, loops, percentiles."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yipan import options
from yipan.errors import MeasureError, OptionError
from yipan.network.minplus import FAR
from yipan.network.streets.values import Legs
from yipan.network.timetable.values import FORBIDDEN, Timetable
from yipan.network.transit import (
    Query,
    events,
    journey,
    stop_times,
    transit_network,
    turned,
    window_times,
)
from yipan.network.values import UNREACHED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from transit_fixture import Trip, legs, timetable

sys.path.pop(0)

SEVEN = 7 * 3600
NO_WALKS = legs([], 8)


def trip(route: str, *calls: tuple[int, int]) -> Trip:
    """A trip that stops for no time: (stop, seconds after seven)."""
    return Trip(tuple((s, SEVEN + t, SEVEN + t) for s, t in calls), route)


def one(
    table: Timetable,
    *,
    at: int = 0,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    walks: Legs = NO_WALKS,
    walk: int | None = None,
    **rules: int,
) -> int:
    """Seconds of one pair that leaves `at` seconds after seven."""
    query = replace(Query.at(SEVEN + at), **{"transfer_slack": 60, **rules})
    found = window_times(
        transit_network(table, walks),
        legs([(0, s, c) for s, c in access], 1),
        legs([(0, s, c) for s, c in egress], 1),
        None if walk is None else np.array([[walk]], np.int32),
        query,
    )
    return int(found[0, 0, 0])


TWO_BUSES = timetable([trip("A", (0, 300), (1, 900)), trip("A", (0, 900), (1, 1500))], 8)


def test_walk_wait_ride_walk() -> None:
    # walk 120 s, there at 120, leave at 300, arrive at 900, walk 80 s
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)]) == 980
    # leaving at 180 the walk ends just as the bus goes; a second later it is gone
    assert one(TWO_BUSES, at=180, access=[(0, 120)], egress=[(1, 80)]) == 980 - 180
    assert one(TWO_BUSES, at=181, access=[(0, 120)], egress=[(1, 80)]) == 1580 - 181


def test_slack_before_the_first_ride() -> None:
    assert one(TWO_BUSES, at=150, access=[(0, 120)], egress=[(1, 80)], board_slack=30) == 830
    assert one(TWO_BUSES, at=151, access=[(0, 120)], egress=[(1, 80)], board_slack=30) == 1580 - 151


def test_walking_all_the_way_where_it_is_faster_and_within_the_limit() -> None:
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)], walk=979) == 979
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)], walk=981) == 980
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)], walk=int(FAR)) == 980
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)], limit=980) == 980
    assert one(TWO_BUSES, access=[(0, 120)], egress=[(1, 80)], limit=979) == UNREACHED
    assert one(TWO_BUSES, access=[], egress=[(1, 80)], walk=500, limit=499) == UNREACHED


def change(**leaves: int) -> Timetable:
    """A to stop 1 at 600; B from stop 1 and C from stop 2, both to stop 3 after 300 s."""
    b, c = leaves.get("b"), leaves.get("c")
    trips = [trip("A", (0, 300), (1, 600))]
    trips += [trip("B", (1, b), (3, b + 300))] if b is not None else []
    trips += [trip("C", (2, c), (3, c + 300))] if c is not None else []
    return timetable(trips, 8)


def test_change_at_one_stop_takes_the_slack() -> None:
    assert one(change(b=660), access=[(0, 0)], egress=[(3, 0)]) == 960
    assert one(change(b=659), access=[(0, 0)], egress=[(3, 0)]) == UNREACHED
    assert one(change(b=600), access=[(0, 0)], egress=[(3, 0)], transfer_slack=0) == 900
    assert one(change(b=660), access=[(0, 0)], egress=[(3, 0)], max_rides=1) == UNREACHED


def test_change_on_foot_takes_walk_and_slack_and_is_not_chained() -> None:
    walks = legs([(1, 2, 100)], 8)
    assert one(change(c=760), access=[(0, 0)], egress=[(3, 0)], walks=walks) == 1060
    assert one(change(c=759), access=[(0, 0)], egress=[(3, 0)], walks=walks) == UNREACHED
    chain = legs([(1, 4, 10), (4, 2, 10)], 8)
    assert one(change(c=2000), access=[(0, 0)], egress=[(3, 0)], walks=chain) == UNREACHED
    # neither after the access walk, nor before the egress walk
    assert one(change(c=2000), access=[(1, 0)], egress=[(3, 0)], walks=walks) == UNREACHED
    assert one(change(), access=[(0, 0)], egress=[(2, 0)], walks=walks) == UNREACHED


def test_what_a_feed_prescribes_replaces_walk_and_slack() -> None:
    walks = legs([(1, 2, 100)], 8)
    quick, no = [(1, 2, 30), (1, 1, 5)], [(1, 2, int(FORBIDDEN)), (1, 1, int(FORBIDDEN))]
    for told, b, c, expected in (
        (quick, None, 630, 930),
        (quick, None, 629, UNREACHED),
        (quick, 605, None, 905),
        (quick, 604, None, UNREACHED),
        (no, 5000, 5000, UNREACHED),
    ):
        table = change(**{k: v for k, v in (("b", b), ("c", c)) if v is not None})
        table = replace(table, transfers=legs(told, 8))
        assert one(table, access=[(0, 0)], egress=[(3, 0)], walks=walks) == expected


def test_loop_calls_at_one_stop_twice() -> None:
    loop = timetable([trip("O", (0, 100), (1, 200), (2, 300), (0, 400), (3, 500))], 8)
    assert one(loop, access=[(2, 0)], egress=[(3, 0)]) == 500
    assert one(loop, at=150, access=[(0, 0)], egress=[(3, 0)]) == 350  # boards where it comes by again
    assert one(loop, at=150, access=[(0, 0)], egress=[(1, 0)]) == UNREACHED
    assert one(loop, access=[(0, 0)], egress=[(0, 0)]) == 400  # round and back; nobody says stay at home


def test_before_and_after_midnight() -> None:
    late = timetable(
        [Trip(((0, 86_300, 86_300), (1, 87_000, 87_000))), Trip(((0, -500, -500), (1, 200, 200)))], 8
    )
    network = transit_network(late)
    access, egress = legs([(0, 0, 0)], 1), legs([(0, 1, 0)], 1)
    assert window_times(network, access, egress, None, Query.at(86_000))[0, 0, 0] == 1000
    assert window_times(network, access, egress, None, Query.at(-600))[0, 0, 0] == 800
    assert window_times(network, access, egress, None, Query.at(0))[0, 0, 0] == UNREACHED


def test_nobody_boards_or_alights_where_it_is_not_allowed() -> None:
    calls = tuple((s, SEVEN + t, SEVEN + t) for s, t in ((0, 0), (1, 100), (2, 200)))
    table = timetable([Trip(calls, closed_in=frozenset({0}), closed_out=frozenset({2}))], 8)
    assert one(table, access=[(0, 0)], egress=[(1, 0)]) == UNREACHED
    assert one(table, access=[(1, 0)], egress=[(2, 0)]) == UNREACHED
    free = timetable([Trip(calls)], 8)
    assert one(free, access=[(0, 0)], egress=[(2, 0)]) == 200


def test_percentiles_are_nearest_ranks_of_the_departures() -> None:
    # departures at 0, 100 … 1400 s: up to 300 the first bus (there at 900), up to 900 the second (1500), none
    query = Query(start=SEVEN, end=SEVEN + 1500, step=100, percentiles=(0, 10, 50, 60, 66, 67, 100))
    found = window_times(transit_network(TWO_BUSES), legs([(0, 0, 0)], 1), legs([(0, 1, 0)], 1), None, query)[
        0, 0
    ]
    # sorted: 600 600 700 700 800 800 900 900 1000 1100 ∞ ∞ ∞ ∞ ∞; 10 % of 15 is 1.5: the second …
    assert found.tolist() == [600, 600, 900, 1000, 1100, int(UNREACHED), int(UNREACHED)]


def test_many_departures_and_rides_are_searched_in_passes() -> None:
    query = Query(start=SEVEN, end=SEVEN + 901, step=1, percentiles=(0, 100), max_rides=32)
    found = window_times(transit_network(TWO_BUSES), legs([(0, 0, 0)], 1), legs([(0, 1, 0)], 1), None, query)
    assert found[0, 0].tolist() == [600, 1199]  # just caught; missed by a second: 301 to 1500


def test_times_at_stops() -> None:
    network = transit_network(change(b=660), legs([(3, 5, 40)], 8))
    found = stop_times(network, legs([(0, 0, 20), (0, 6, 70)], 1), Query.at(SEVEN))[0, :, 0]
    assert found.tolist() == [20, 600, UNREACHED, 960, UNREACHED, 1000, 70, UNREACHED]


def test_origins_destinations_and_walks_of_different_places() -> None:
    network = transit_network(TWO_BUSES)
    access = legs([(1, 0, 0), (1, 7, 5)], 2)
    egress = turned(legs([(1, 2, 10), (1, 0, 30)], 8), places=3)
    walk = legs([(0, 1, 77), (1, 2, 5000)], 2)
    found = window_times(network, access, egress, walk, Query.at(SEVEN))[:, :, 0]
    never = int(UNREACHED)
    assert found.tolist() == [[never, 77, never], [930, never, 910]]


def test_itinerary() -> None:
    network = transit_network(change(c=760), legs([(1, 2, 100)], 8))
    access, egress = legs([(0, 0, 10)], 1), legs([(0, 3, 20)], 1)
    found = journey(
        network,
        Query.at(0),
        access=access,
        egress=egress,
        origin=0,
        destination=0,
        departure=SEVEN,
        walk=5000,
    )
    assert found is not None
    assert (found.seconds, found.rides, found.arrival) == (1080, 2, SEVEN + 1080)
    assert [leg.text.en for leg in found.legs] == [
        "07:00:00–07:00:10 walk: origin → Stop 0",
        "07:05:00–07:10:00 A: Stop 0 → Stop 1",
        "07:10:00–07:11:40 walk: Stop 1 → Stop 2",
        "07:12:40–07:17:40 C: Stop 2 → Stop 3",
        "07:17:40–07:18:00 walk: Stop 3 → destination",
    ]
    assert found.legs[1].text.zh == "07:05:00–07:10:00 乘 A:Stop 0 → Stop 1"


def test_itinerary_takes_the_shorter_of_two_walks_to_one_stop() -> None:
    network, rules = transit_network(TWO_BUSES), Query.at(SEVEN)
    access, egress = legs([(0, 0, 10), (0, 0, 301)], 1), legs([(0, 1, 20), (0, 1, 90)], 1)
    found = journey(network, rules, access=access, egress=egress, origin=0, destination=0, departure=SEVEN)
    assert found is not None
    assert found.seconds == 920 == window_times(network, access, egress, None, rules)[0, 0, 0]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"end": 100}, {"end"}),
        ({"step": 0, "max_rides": 33}, {"step", "max_rides"}),
        ({"percentiles": (101,)}, {"percentiles"}),
        ({"percentiles": ()}, {"percentiles"}),
        ({"transfer_slack": -1, "board_slack": -1, "limit": 0}, {"transfer_slack", "board_slack", "limit"}),
    ],
)
def test_impossible_settings_are_all_named(given: dict[str, object], named: set[str]) -> None:
    with pytest.raises(OptionError) as caught:
        Query(**{"start": 100, "end": 200, **given})  # type: ignore[arg-type]
    assert {p.column for p in caught.value.problems} == named


def test_legs_that_lead_nowhere_are_refused() -> None:
    network, good = transit_network(TWO_BUSES), legs([(0, 0, 0)], 1)
    with pytest.raises(OptionError) as caught:
        window_times(
            network, legs([(0, 8, 0)], 1), legs([(0, 0, -5)], 1), np.zeros((2, 1), np.int32), Query.at(0)
        )
    assert [p.column for p in caught.value.problems] == ["access", "egress", "walk"]
    endless = legs([(0, 0, int(UNREACHED))], 1)
    with pytest.raises(OptionError) as caught:
        window_times(network, endless, endless, legs([(0, 1, 5)], 1), Query.at(0))
    assert [p.column for p in caught.value.problems] == ["access", "egress", "walk"]
    with (
        options.using({"network.max_matrix_mb": 1}),
        pytest.raises(MeasureError, match="larger than allowed"),
    ):
        window_times(network, legs([], 600), legs([], 600), None, Query.at(0))
    with (
        options.using({"network.max_matrix_mb": 1}),
        pytest.raises(MeasureError, match="too many departures"),
    ):
        window_times(network, good, good, None, Query(start=0, end=86_400, step=1))


def test_room_for_origins_side_by_side_is_counted() -> None:
    # 8 stops and a tile of 32 × 4 origins side by side × 2000 departures × 4 bytes a thread
    network, good = transit_network(TWO_BUSES), legs([(0, 0, 0)], 1)
    query = Query(start=SEVEN, end=SEVEN + 2000, step=1, max_rides=2)
    with options.using({"network.max_matrix_mb": 1, "network.threads": 1}):
        with pytest.raises(MeasureError, match="too many departures"):
            window_times(network, good, good, None, query)
        assert window_times(network, good, good, None, Query.at(SEVEN)).shape == (1, 1, 1)


def test_events_of_another_query_or_network_are_refused() -> None:
    network, query = transit_network(TWO_BUSES), Query.at(SEVEN)
    made = events(network, query)
    there, on = legs([(0, 0, 0)], 1), legs([(0, 1, 0)], 1)
    fewer = replace(query, max_rides=1, board_slack=9, percentiles=(5,))  # of no matter to events
    assert window_times(network, there, on, None, fewer, prepared=made)[0, 0, 0] == 900
    for other in (Query.at(SEVEN + 1), replace(query, limit=99), replace(query, transfer_slack=0)):
        with pytest.raises(OptionError, match="do not fit"):
            window_times(network, there, on, None, other, prepared=made)
    more = transit_network(timetable([trip("A", (0, 300), (1, 900))], 9))
    with pytest.raises(OptionError, match="do not fit"):
        window_times(more, there, on, None, query, prepared=made)


def test_nothing_runs_or_nobody_asks() -> None:
    empty = transit_network(timetable([], 8), legs([(0, 1, 5)], 8))
    here = legs([(0, 0, 0)], 1)
    walk = np.array([[70]], np.int32)
    assert window_times(empty, here, here, walk, Query.at(0))[0, 0, 0] == 70
    assert window_times(empty, here, here, None, Query.at(0))[0, 0, 0] == UNREACHED
    late = Query.at(SEVEN + 50_000)  # after the last bus
    assert window_times(transit_network(TWO_BUSES), here, here, None, late)[0, 0, 0] == UNREACHED
    assert window_times(empty, legs([], 0), here, None, Query.at(0)).shape == (0, 1, 1)
    assert window_times(empty, here, legs([], 0), None, Query.at(0)).shape == (1, 0, 1)


def test_upstream_boarding_serves_what_it_dominates_only() -> None:
    # from stop 1 one walks to stops 2, 3 and 4 of line B (calls 2, 3, 4 every 100 s apart)
    bus = [trip("A", (0, 300), (1, 600)), trip("B", (2, 700), (3, 800), (4, 900), (5, 1000))]
    table = timetable([*bus, trip("B", (2, 1700), (3, 1800), (4, 1900), (5, 2000))], 8)
    for walks, expected in (
        ([(1, 2, 40), (1, 3, 140)], 1000),  # walking to 3 takes as long as walking to 2 and riding
        ([(1, 2, 41), (1, 3, 140)], 1000),  # 2 is missed by a second, 3 just caught
        ([(1, 2, 41), (1, 3, 141), (1, 4, 241)], 2000),
        ([(1, 2, 41), (1, 4, 240)], 1000),
    ):
        assert one(table, access=[(0, 0)], egress=[(5, 0)], walks=legs(walks, 8)) == expected
