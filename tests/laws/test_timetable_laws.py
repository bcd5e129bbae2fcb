"""Laws of timetables: nothing is lost or moved, trips never overtake, the order of rows does not matter."""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.errors import RegionError, errors_of
from yipan.network.timetable import (
    Choices,
    Feed,
    busiest_day,
    nearest_day,
    read_feed,
    read_timetable,
    together,
)
from yipan.network.timetable.feed import Services
from yipan.network.timetable.patterns import Runs, into_patterns
from yipan.network.timetable.repeats import departures, phase_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from timetable_fixture import MONDAY, SOUND, holds, trips_of, write_feed

sys.path.pop(0)

run = st.tuples(
    st.integers(0, 1),  # route
    st.lists(st.integers(0, 3), min_size=2, max_size=4),  # stops
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=4, max_size=4),  # ride, dwell
    st.integers(0, 60),  # start
    st.integers(0, 3),  # flags of the second stop
)


def as_runs(drawn: list[tuple[int, list[int], list[tuple[int, int]], int, int]]) -> Runs:
    stop, arrival, departure, board, alight, lengths = [], [], [], [], [], []
    for _, stops, legs, start, flags in drawn:
        now = start
        for i, s in enumerate(stops):
            ride, dwell = legs[i]
            arrival.append(now := now + ride)
            departure.append(now := now + dwell)
            stop.append(s)
            board.append(i != 1 or bool(flags & 1))
            alight.append(i != 1 or bool(flags & 2))
        lengths.append(len(stops))
    whole = [np.array(x, dtype=np.int32) for x in (stop, arrival, departure)]
    return Runs(
        names=[f"t{i}" for i in range(len(drawn))],
        route=np.array([d[0] for d in drawn], dtype=np.int32),
        first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        stop=whole[0],
        arrival=whole[1],
        departure=whole[2],
        board=np.array(board, dtype=bool),
        alight=np.array(alight, dtype=bool),
    )


Event = tuple[str, int, int, int, int, int, bool, bool]


def events_of(runs: Runs) -> Counter[Event]:
    out: Counter[Event] = Counter()
    for t, name in enumerate(runs.names):
        a, b = int(runs.first[t]), int(runs.first[t + 1])
        for e in range(a, b):
            arrive = runs.arrival[e] if e > a else runs.departure[e]
            depart = runs.departure[e] if e < b - 1 else runs.arrival[e]
            flags = bool(runs.board[e]) and e < b - 1, bool(runs.alight[e]) and e > a
            key = (name, int(runs.route[t]), e - a, int(runs.stop[e]), int(arrive), int(depart))
            out[(*key, *flags)] += 1
    return out


@given(st.lists(run, min_size=1, max_size=25))
@settings(max_examples=200, deadline=None)
def test_patterns_hold_every_event_and_never_overtake(drawn: list) -> None:
    runs = as_runs(drawn)
    p = into_patterns(runs)
    found: Counter[Event] = Counter()
    names = iter(p.trip_id)
    for q in range(len(p.trips)):
        a, n, base = int(p.first_stop[q]), int(p.trips[q]), int(p.first_event[q])
        length = int(p.first_stop[q + 1]) - a
        arrive, depart = (x[base : base + n * length].reshape(length, n) for x in (p.arrivals, p.departures))
        assert (np.diff(arrive, axis=1) >= 0).all()
        assert (np.diff(depart, axis=1) >= 0).all()
        for k in range(n):
            name = next(names)
            for i in range(length):
                key = (name, int(p.pattern_route[q]), i, int(p.pattern_stop[a + i]))
                flags = bool(p.board[a + i]), bool(p.alight[a + i])
                found[(*key, int(arrive[i, k]), int(depart[i, k]), *flags)] += 1
    assert found == events_of(runs)


@given(st.lists(run, min_size=1, max_size=15))
@settings(max_examples=100, deadline=None)
def test_trips_that_keep_their_order_share_a_pattern(drawn: list) -> None:
    """Copies of one trip at later and later times never need a second pattern."""
    route, stops, legs, _, flags = drawn[0]
    runs = as_runs([(route, stops, legs, 7 * i, flags) for i in range(len(drawn))])
    assert len(into_patterns(runs).trips) == 1


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(shuffle: random.Random) -> None:
    tables = {
        **SOUND,
        "trips": SOUND["trips"] + "r,week,t3\nr,daily,t4\n",
        "stop_times": SOUND["stop_times"]
        + "t3,08:00:00,08:00:00,a,1\nt3,,,b,2\nt3,08:09:00,08:09:00,c,3\n"
        + "t4,8:00:00,8:00:00,d,1\nt4,8:09:00,8:09:00,a,2\n",
        "calendar_dates": "service_id,date,exception_type\n"
        "daily,20240108,1\ndaily,20240107,1\nall,20240106,1\nweek,20240110,2\n",
        "frequencies": "trip_id,start_time,end_time,headway_secs\n"
        "t4,08:00:00,09:00:00,600\nt4,09:00:00,25:00:00,900\n",
        "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\na,b,2,60\nb,a,2,90\na,c,3,\n",
    }
    mixed = {}
    for name, text in tables.items():
        head, *rows = text.splitlines()
        shuffle.shuffle(rows)
        mixed[name] = "\n".join([head, *rows]) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        one, _ = read_timetable([write_feed(Path(folder) / "f.zip", tables)], MONDAY)
        two, _ = read_timetable([write_feed(Path(folder) / "f.zip", mixed)], MONDAY)
        feeds = [read_feed(Path(folder) / "f.zip")[0]]
        write_feed(Path(folder) / "f.zip", tables)
        feeds.append(read_feed(Path(folder) / "f.zip")[0])
    holds(one)
    assert one.digest == two.digest
    assert len({f.digest for f in feeds if f is not None}) == 1


RICH = {
    **SOUND,
    "stops": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "S,S,0.0,10.0,1,\na,A,0.01,10.0,0,S\nb,B,0.0,10.01,0,\nc,C,0.0,10.02,0,\nd,D,0.0,10.04,,S\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,"
    "shape_dist_traveled\n"
    "t1,08:00:00,08:00:00,a,1,0,0,0\nt1,,,b,2,1,0,5\nt1,08:20:00,08:20:00,c,3,0,0,9\n"
    "t2,23:00:00,23:00:00,a,1,0,0,\nt2,24:10:00,24:11:00,b,2,0,0,\nt2,25:00:00,25:00:00,d,3,0,0,\n",
    "calendar_dates": "service_id,date,exception_type\nweek,20240107,1\nweek,20240109,2\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\nt1,08:00:00,09:00:00,600,0\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,b,2,60\nb,a,3,\n",
}
NASTY = st.sampled_from(
    [
        "",
        " ",
        "0",
        "-1",
        "9" * 12,
        "nan",
        "inf",
        "1e308",
        "x",
        "é",
        '"',
        '"a',
        "a,b",
        "\n",
        "\0",
        "24:60:00",
        "99:59:59",
        "999:00:00",
        "20240230",
        "20240108",
        "a",
        "t1",
        "week",
        "S",
        "1",
        "2",
        "７",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(sorted(RICH)), st.integers(0, 200), NASTY), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_a_feed_holds_it_is_read_or_refused_in_words(changes: list[tuple[str, int, str]]) -> None:
    """Any field replaced by anything: a sound timetable or problems, strict refusal exactly on errors."""
    tables = dict(RICH)
    for name, at, word in changes:
        cells = [row.split(",") for row in tables[name].split("\n")]
        places = [(i, j) for i, row in enumerate(cells) for j in range(len(row))]
        i, j = places[at % len(places)]
        cells[i][j] = word
        tables[name] = "\n".join(",".join(row) for row in cells)
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", tables)
        table, problems = read_timetable([path], MONDAY, strict=False)
        holds(table)
        for p in problems:
            assert p.line("en")
            assert p.line("zh")
        if errors_of(problems):
            with pytest.raises(RegionError) as caught:
                read_timetable([path], MONDAY)
            assert caught.value.problems == problems
        else:
            again, _ = read_timetable([path], MONDAY)
            assert again.digest == table.digest


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60), st.integers(30, 2000)), min_size=1, max_size=5),
    st.floats(0, 0.999),
)
@settings(max_examples=200, deadline=None)
def test_headways_give_as_many_departures_as_are_due(drawn: list[tuple[int, int, int]], phase: float) -> None:
    """In every run of periods without a gap, departures and what is due never differ by more than one."""
    start, end, headway, now = [], [], [], 0
    for gap, minutes, h in drawn:
        now += 600 * gap
        start.append(now)
        now += 60 * minutes
        end.append(now)
        headway.append(h)
    periods = [np.array(x, dtype=np.int32) for x in (start, end, headway)]
    found = departures(*periods, phase=phase, exact=False)
    assert (np.diff(found) >= 0).all()
    due = 0.0
    for i, (a, b, h) in enumerate(zip(start, end, headway, strict=True)):
        if i == 0 or start[i] != end[i - 1]:
            due, origin = 0.0, a
        due += (b - a) / h
        last = i + 1 == len(start) or start[i + 1] != b
        count = int(((found >= origin) & (found < b + int(last))).sum())
        assert (
            abs(count - due) <= 1 + 1e-6 + 2 / h
        )  # rounding to whole seconds may move one across the border
    exact = departures(*periods, phase=phase, exact=True)
    expected = sorted(t for a, b, h in zip(start, end, headway, strict=True) for t in range(a, b, h))
    assert exact.tolist() == expected


@given(st.text(min_size=1, max_size=12), st.integers(0, 7), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_draws_fill_the_headway_evenly(line: str, m: int, block: int) -> None:
    """Any 2^m draws that start at a multiple of 2^m fall one into each of 2^m equal parts."""
    n = 2**m
    assert sorted(int(n * phase_of(line, n * block + d)) for d in range(n)) == list(range(n))


@given(st.integers(0, 3))
@settings(max_examples=4, deadline=None)
def test_timetables_side_by_side_keep_their_trips(draw: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.zip" for n in "fg"]
        often = "trip_id,start_time,end_time,headway_secs\nt2,08:00:00,09:00:00,600\n"
        write_feed(paths[0])
        write_feed(paths[1], frequencies=often)
        apart = [read_timetable([p], MONDAY, choices=Choices(draw=draw))[0] for p in paths]
        both, _ = read_timetable(paths, MONDAY, choices=Choices(draw=draw))
    holds(both)
    assert trips_of(both) == trips_of(apart[0]) | trips_of(apart[1])
    assert together(apart).digest == both.digest


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.booleans(), min_size=7, max_size=7), st.integers(0, 120), st.integers(0, 120)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 160), st.booleans()), max_size=30),
    st.integers(-30, 190),
)
def test_days_are_those_found_by_looking_at_every_day(
    weekly: list[tuple[list[bool], int, int]], exceptions: list[tuple[int, int, bool]], asked: int
) -> None:
    first = MONDAY.toordinal()
    once = {(s % len(weekly), d): added for s, d, added in exceptions}
    services = Services(
        ids=tuple(map(str, range(len(weekly)))),
        weekdays=np.array([w for w, _, _ in weekly]),
        start=np.array([first + a for _, a, _ in weekly], dtype=np.int32),
        end=np.array([first + b for _, _, b in weekly], dtype=np.int32),
        service=np.array([s for s, _ in once], dtype=np.int32),
        day=np.array([first + d for _, d in once], dtype=np.int32),
        added=np.array([*once.values()], dtype=bool),
    )
    n = len(weekly)
    feed = replace(_sound(), trips=("t",) * n, trip_service=np.arange(n, dtype=np.int32), services=services)
    counts = {d: int(services.on(d).sum()) for d in range(first - 1, first + 200)}
    most = max(c for d, c in counts.items() if (d - 1) % 7 < 5)
    if most:
        expected = min(d for d, c in counts.items() if c == most and (d - 1) % 7 < 5)
        assert busiest_day([feed]).toordinal() == expected
    day = date.fromordinal(first + asked)
    running = [d for d, c in counts.items() if c]
    near = min(running, key=lambda d: (abs(d - first - asked), -d), default=None)
    found = nearest_day(feed, day)
    assert (found.toordinal() if found else None) == near


def _sound() -> Feed:
    with tempfile.TemporaryDirectory() as temp:
        feed, _ = read_feed(write_feed(Path(temp) / "f.zip"))
    assert feed is not None
    return feed
