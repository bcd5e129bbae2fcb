"""Timetables of small feeds, worked by hand: what the GTFS reference says, to the second."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from yipan.errors import OptionError, errors_of
from yipan.network.timetable import (
    FORBIDDEN,
    Choices,
    Timetable,
    busiest_day,
    nearest_day,
    read_feed,
    read_timetable,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from timetable_fixture import MONDAY, holds, stop_times, trips_of, write_feed

sys.path.pop(0)
H = 3600


def read(path: Path, day: date = MONDAY, **choices: object) -> Timetable:
    table, problems = read_timetable([path], day, choices=Choices(**choices))
    assert not errors_of(problems)
    holds(table)
    return table


def test_a_plain_feed(tmp_path: Path) -> None:
    table = read(write_feed(tmp_path / "f.zip"))
    assert table.stops.ids == ("f:a", "f:b", "f:c", "f:d")
    assert table.routes == ("f:r",)
    assert table.trips.tolist() == [2]
    assert table.pattern_stop.tolist() == [0, 1, 2]
    assert table.departures.tolist() == [8 * H, 9 * H, 8 * H + 660, 9 * H + 660, 8 * H + 1200, 9 * H + 1200]
    assert table.arrivals.tolist() == [8 * H, 9 * H, 8 * H + 600, 9 * H + 600, 8 * H + 1200, 9 * H + 1200]
    assert table.trip_id == ("f:t1", "f:t2")


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2024, 1, 5), {"t1"}),  # a Friday of the week
        (date(2024, 1, 6), set()),  # a Saturday
        (date(2024, 1, 8), {"t1", "t2"}),  # a Monday with a service of its own date
        (date(2024, 1, 9), set()),  # a Tuesday taken out
        (date(2024, 1, 13), {"t1"}),  # a Saturday put in
        (date(2025, 1, 6), set()),  # past the end
    ],
)
def test_calendars_and_exceptions(tmp_path: Path, day: date, runs: set[str]) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        trips="route_id,service_id,trip_id\nr,week,t1\nr,special,t2\n",
        calendar_dates="service_id,date,exception_type\nspecial,20240108,1\nweek,20240109,2\nweek,20240113,1\n",
    )
    table, _ = read_timetable([path], day, strict=False)
    assert {t.removeprefix("f:") for t in trips_of(table)} == runs


def test_either_calendar_may_be_missing(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip", calendar=None, calendar_dates="service_id,date,exception_type\nweek,20240108,1\n"
    )
    assert len(trips_of(read(path))) == 2
    feed, _ = read_feed(path)
    assert feed is not None
    assert busiest_day([feed]) == MONDAY
    assert nearest_day(feed, date(2030, 1, 1)) == MONDAY
    assert nearest_day(feed, date(2000, 1, 1)) == MONDAY


def test_the_busiest_day_counts_exceptions_and_repeats(tmp_path: Path) -> None:
    extra = "service_id,date,exception_type\nmore,20240516,1\n"
    trips = "route_id,service_id,trip_id\nr,week,t1\nr,more,t2\n"
    feed, _ = read_feed(write_feed(tmp_path / "f.zip", calendar_dates=extra, trips=trips))
    assert feed is not None
    assert busiest_day([feed]) == date(2024, 5, 16)  # a Thursday: two trips instead of one
    assert busiest_day([feed], weekday=2) == date(2024, 1, 3)  # the first Wednesday
    often = "trip_id,start_time,end_time,headway_secs\nt2,08:00:00,09:00:00,600\n"
    feed, _ = read_feed(write_feed(tmp_path / "g.zip", calendar_dates=extra, trips=trips, frequencies=often))
    assert feed is not None
    assert busiest_day([feed], weekday=3) == date(2024, 5, 16)


def test_trips_after_midnight_belong_to_their_service_day(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        stop_times=stop_times("t1 23:30 a\nt1 24:30 b\nt1 25:00 c\nt2 9:00 a\nt2 9:10 b"),
    )
    tuesday = trips_of(read(path, date(2024, 1, 9)))
    assert tuesday["f:t1"] == [
        ("f:a", 23 * H + 1800, 23 * H + 1800),
        ("f:b", 24 * H + 1800, 24 * H + 1800),
        ("f:c", 25 * H, 25 * H),
    ]
    assert tuesday["f:t1@2024-01-08"] == [("f:a", -1800, -1800), ("f:b", 1800, 1800), ("f:c", H, H)]
    assert set(tuesday) == {"f:t1", "f:t1@2024-01-08", "f:t2"}
    assert set(trips_of(read(path))) == {"f:t1", "f:t2"}  # no service on the Sunday before
    assert set(trips_of(read(path, date(2024, 1, 9), overnight=False))) == {"f:t1", "f:t2"}
    late = trips_of(read(path, date(2024, 1, 9), until=34 * H))
    assert late["f:t2@2024-01-10"] == [("f:a", 33 * H, 33 * H), ("f:b", 33 * H + 600, 33 * H + 600)]
    assert "f:t1@2024-01-10" not in late


def test_the_night_after_clocks_change(tmp_path: Path) -> None:
    """Noon minus twelve hours: on 31 March 2024 Lisbon's day has 23 hours."""
    path = write_feed(
        tmp_path / "f.zip",
        stop_times=stop_times("t1 24:30 a\nt1 26:00 b\nt2 9:00 a\nt2 9:10 b"),
        calendar_dates="service_id,date,exception_type\nweek,20240330,1\nweek,20240331,1\nweek,20241027,1\nweek,20241026,1\n",
    )
    spring = trips_of(read(path, date(2024, 3, 31)))
    # zero of the 31st is 23:00 standard time of the 30th, 82,800 s after the zero of the 30th
    assert [d for _, _, d in spring["f:t1@2024-03-30"]] == [24 * H + 1800 - 82_800, 26 * H - 82_800]
    autumn = trips_of(read(path, date(2024, 10, 27)))
    assert [d for _, _, d in autumn["f:t1@2024-10-26"]] == [24 * H + 1800 - 90_000, 26 * H - 90_000]


def test_feeds_of_two_zones_share_the_first_clock(tmp_path: Path) -> None:
    lisbon = write_feed(tmp_path / "lisbon.zip")
    madrid = write_feed(
        tmp_path / "madrid.zip",
        agency="agency_name,agency_timezone\nM,Europe/Madrid\n",
        stop_times=stop_times("t1 00:20 a\nt1 00:50 b\nt2 9:00 a\nt2 9:10 b"),
    )
    table, _ = read_timetable([lisbon, madrid], MONDAY)
    trips = trips_of(table)
    assert trips["madrid:t2"][0] == ("madrid:a", 8 * H, 8 * H)  # nine in Madrid is eight in Lisbon
    assert trips["lisbon:t2"][0] == ("lisbon:a", 9 * H, 9 * H)
    # 00:20 of Tuesday in Madrid is 23:20 of Monday in Lisbon
    assert trips["madrid:t1@2024-01-09"][0] == ("madrid:a", 23 * H + 1200, 23 * H + 1200)
    assert "madrid:t1" not in trips  # 23:20 to 23:50 of Sunday in Lisbon
    holds(table)
    other, _ = read_timetable([madrid, lisbon], MONDAY)
    assert trips_of(other)["lisbon:t1"][0] == ("lisbon:a", 9 * H, 9 * H)


EXACT = "trip_id,start_time,end_time,headway_secs,exact_times\nt1,07:00:00,07:30:00,600,{}\n"


def test_repeats_at_exact_times(tmp_path: Path) -> None:
    trips = trips_of(read(write_feed(tmp_path / "f.zip", frequencies=EXACT.format(1)), phase=0.9))
    assert [trips[f"f:t1#{n}"][0][2] for n in (1, 2, 3)] == [7 * H, 7 * H + 600, 7 * H + 1200]
    assert trips["f:t1#2"] == [
        ("f:a", 7 * H + 600, 7 * H + 600),
        ("f:b", 7 * H + 1200, 7 * H + 1260),
        ("f:c", 7 * H + 1800, 7 * H + 1800),
    ]
    assert set(trips) == {"f:t1#1", "f:t1#2", "f:t1#3", "f:t2"}  # 08:00 itself only shows the way


@pytest.mark.parametrize(("phase", "first"), [(0.0, 0), (0.5, 300), (0.25, 150)])
def test_repeats_by_headway_only(tmp_path: Path, phase: float, first: int) -> None:
    path = write_feed(tmp_path / "f.zip", frequencies=EXACT.format(""))
    trips = trips_of(read(path, phase=phase))
    starts = sorted(t[0][2] for n, t in trips.items() if "#" in n)
    assert starts == [7 * H + first, 7 * H + first + 600, 7 * H + first + 1200]


def test_headways_run_on_from_period_to_period(tmp_path: Path) -> None:
    """A headway of 40 min in periods of 59 min: departures stay 40 min apart over the hour."""
    rows = "".join(f"t1,{h:02}:00:00,{h:02}:59:00,2400,0\n" for h in (7, 8))
    path = write_feed(tmp_path / "f.zip", frequencies=EXACT.splitlines()[0] + "\n" + rows)
    starts = sorted(t[0][2] for n, t in trips_of(read(path)).items() if "#" in n)
    assert starts == [7 * H + 1200, 8 * H, 8 * H + 2400]


def test_draws_move_lines_apart(tmp_path: Path) -> None:
    rows = "trip_id,start_time,end_time,headway_secs\nt1,07:00:00,08:00:00,600\nt2,07:00:00,08:00:00,600\n"
    path = write_feed(tmp_path / "f.zip", frequencies=rows)
    gaps, phases = set(), []
    for draw in range(8):
        trips = trips_of(read(path, draw=draw))
        one, two = (min(t[0][2] for n, t in trips.items() if f"{k}#" in n) for k in ("t1", "t2"))
        gaps.add((one - two) % 600)
        phases.append((one - 7 * H) / 600)
    assert sorted(int(8 * p) for p in phases) == list(range(8))  # one in each eighth of the headway
    assert len(gaps) > 4
    with pytest.raises(OptionError, match="phase"):
        Choices(phase=1.0)


BLANKS = stop_times("t1 8:00 a\nt1 - b\nt1 - c\nt1 8:40 d\nt2 9:00 a\nt2 9:10 b")


@pytest.mark.parametrize(
    ("how", "b", "c"), [("distance", 600, 1200), ("straight", 600, 1200), ("even", 800, 1600)]
)
def test_blank_times_between_given_ones(tmp_path: Path, how: str, b: int, c: int) -> None:
    """Stops lie 1, 2 and 4 hundredths of a degree from the first: a quarter, half, all of the 40 minutes."""
    trip = trips_of(read(write_feed(tmp_path / "f.zip", stop_times=BLANKS), interpolate=how))["f:t1"]
    assert [t - 8 * H for _, t, _ in trip] == pytest.approx([0, b, c, 2400], abs=1)
    assert all(arrive == depart for _, arrive, depart in trip)


def travelled(*values: str) -> str:
    rows = BLANKS.splitlines()
    given = ["shape_dist_traveled", *values, "", ""]
    return "\n".join(f"{r},{v}" for r, v in zip(rows, given, strict=True)) + "\n"


@pytest.mark.parametrize(
    ("given", "b", "c"),
    [
        (("0", "10", "30", "40"), 600, 1800),  # sound: by what the feed says
        (("5", "15", "35", "45"), 600, 1800),  # counted from elsewhere
        (("0", "30", "10", "40"), 600, 1200),  # falls: straight distances
        (("0", "10", "", "40"), 600, 1200),  # incomplete
        (("0", "0", "0", "0"), 600, 1200),  # says nothing
        (("0", "x", "30", "40"), 600, 1200),
    ],
)
def test_distances_of_the_feed_where_sound(tmp_path: Path, given: tuple[str, ...], b: int, c: int) -> None:
    path = write_feed(tmp_path / "f.zip", stop_times=travelled(*given))
    _, problems = read_feed(path)
    sound = c == 1800
    assert [(p.row, p.column) for p in problems] == ([] if sound else [(2, "shape_dist_traveled")])
    assert [t - 8 * H for _, t, _ in trips_of(read(path))["f:t1"]] == pytest.approx([0, b, c, 2400], abs=1)
    straight = trips_of(read(path, interpolate="straight"))["f:t1"]
    assert [t - 8 * H for _, t, _ in straight] == pytest.approx([0, 600, 1200, 2400], abs=1)


def test_blank_times_at_one_place_are_even_and_start_from_the_departure(tmp_path: Path) -> None:
    stops = "stop_id,stop_lat,stop_lon\na,0,10\nb,0,10\nc,0,10\nd,0,10.1\n"
    times = stop_times("t1 8:00 8:00 d\nt1 8:09 8:10 a\nt1 - b\nt1 8:30 8:31 c\nt2 8:00 a\nt2 9:00 d")
    trip = trips_of(read(write_feed(tmp_path / "f.zip", stops=stops, stop_times=times)))["f:t1"]
    assert trip[2] == ("f:b", 8 * H + 1200, 8 * H + 1200)


def test_one_of_two_times_stands_for_both(tmp_path: Path) -> None:
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    rows = head + "t1,,8:00:00,a,3\nt1,8:10:00,,b,7\nt1,9:00:00,,c,9\n"
    trip = trips_of(read(write_feed(tmp_path / "f.zip", stop_times=rows)))["f:t1"]
    assert trip == [("f:a", 8 * H, 8 * H), ("f:b", 8 * H + 600, 8 * H + 600), ("f:c", 9 * H, 9 * H)]


def test_where_one_may_board_and_alight(tmp_path: Path) -> None:
    rows = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,8:00:00,8:00:00,a,1,0,1\nt1,8:10:00,8:10:00,b,2,1,0\nt1,8:20:00,8:20:00,c,3,,1\nt1,8:30:00,8:30:00,d,4,1,3\n"
        "t2,9:00:00,9:00:00,a,1,0,0\nt2,9:10:00,9:10:00,b,2,0,0\nt2,9:20:00,9:20:00,c,3,0,0\nt2,9:30:00,9:30:00,d,4,0,0\n"
    )
    path = write_feed(tmp_path / "f.zip", stop_times=rows)
    table, problems = read_timetable([path], MONDAY)
    holds(table)
    assert table.patterns == 2  # same stops, other flags
    assert table.board.tolist() == [True, False, True, False, True, True, True, False]
    assert table.alight.tolist() == [False, True, False, True, False, True, True, True]
    assert [(p.row, p.column, p.severity) for p in problems] == [(5, "drop_off_type", "warning")]


def test_a_loop_keeps_every_visit(tmp_path: Path) -> None:
    times = stop_times("t1 8:00 a\nt1 8:05 b\nt1 8:10 a\nt1 8:15 b\nt1 8:20 a\nt2 8:01 a\nt2 8:02 b")
    trip = trips_of(read(write_feed(tmp_path / "f.zip", stop_times=times)))["f:t1"]
    assert [s for s, _, _ in trip] == ["f:a", "f:b", "f:a", "f:b", "f:a"]


def test_overtaking_trips_are_patterns_of_their_own(tmp_path: Path) -> None:
    times = stop_times(
        "t1 8:00 a\nt1 9:00 b\nt2 8:10 a\nt2 8:30 b\nt3 8:20 a\nt3 9:10 b\nt4 8:10 a\nt4 8:30 b"
    )
    trips = "route_id,service_id,trip_id\n" + "".join(f"r,week,t{i}\n" for i in (1, 2, 3, 4))
    table = read(write_feed(tmp_path / "f.zip", stop_times=times, trips=trips))
    assert table.trip_id == ("f:t1", "f:t3", "f:t2", "f:t4")
    assert table.trips.tolist() == [2, 2]
    assert table.pattern_route.tolist() == [0, 0]


STATIONS = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "S,S,0,10.000,1,\ns1,S1,0,10.001,0,S\ns2,S2,0,10.002,,S\ne,Exit,0,10.003,2,S\n"
    "a,A,0,10.02,0,\nb,B,0,10.03,0,\n"
)


def pairs(table: Timetable) -> dict[tuple[str, str], int]:
    t = table.transfers
    ids = [i.removeprefix("f:") for i in table.stops.ids]
    out = {}
    for i in range(len(t)):
        costs = t.cost[t.first[i] : t.first[i + 1]]
        assert (np.diff(costs) >= 0).all()
        out |= {
            (ids[i], ids[j]): int(c) for j, c in zip(t.to[t.first[i] : t.first[i + 1]], costs, strict=True)
        }
    return out


def test_transfers_of_stations_reach_their_platforms(tmp_path: Path) -> None:
    changes = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
        "S,S,2,180\nS,a,2,300\ns1,s2,2,60\na,S,3,\na,b,0,\nb,a,1,\nb,s1,1,45\nb,s2,,30\n"
        "e,a,2,10\n"
    )
    times = stop_times("t1 8:00 s1\nt1 8:10 a\nt2 9:00 s2\nt2 9:10 b")
    path = write_feed(tmp_path / "f.zip", stops=STATIONS, stop_times=times, transfers=changes)
    table, problems = read_timetable([path], MONDAY)
    assert [(p.file, p.row) for p in problems] == [("f.zip/transfers.txt", 10)]  # from an exit
    assert table.stops.ids == ("f:a", "f:b", "f:s1", "f:s2")  # neither stations nor exits
    assert pairs(table) == {
        ("s1", "s1"): 180,
        ("s1", "s2"): 60,  # what is said of platforms goes before what is said of the station
        ("s2", "s1"): 180,
        ("s2", "s2"): 180,
        ("s1", "a"): 300,
        ("s2", "a"): 300,
        ("a", "s1"): int(FORBIDDEN),
        ("a", "s2"): int(FORBIDDEN),
        ("b", "a"): 0,
        ("b", "s1"): 45,
        ("b", "s2"): 30,
    }


def test_transfers_of_single_trips_are_told(tmp_path: Path) -> None:
    head = "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id\n"
    changes = head + "a,b,2,60,t1\na,c,4,,\na,d,2,9,\n"
    table, problems = read_timetable([write_feed(tmp_path / "f.zip", transfers=changes)], MONDAY)
    assert pairs(table) == {("a", "d"): 9}
    assert [(p.row, p.severity) for p in problems] == [(2, "warning"), (3, "warning")]


def test_stop_times_at_a_station_are_told_and_kept(tmp_path: Path) -> None:
    times = stop_times("t1 8:00 S\nt1 8:10 a\nt2 9:00 s2\nt2 9:10 b")
    table, problems = read_timetable(
        [write_feed(tmp_path / "f.zip", stops=STATIONS, stop_times=times)], MONDAY
    )
    assert "f:S" in table.stops.ids
    assert [p.row for p in problems] == [2]
    assert "not a platform" in problems[0].what.en


def test_platforms_take_their_stations_place_only_aloud(tmp_path: Path) -> None:
    stops = STATIONS.replace("s1,S1,0,10.001", "s1,S1,,")
    times = stop_times("t1 8:00 s1\nt1 8:10 a\nt2 9:00 s2\nt2 9:10 b")
    table, problems = read_timetable([write_feed(tmp_path / "f.zip", stops=stops, stop_times=times)], MONDAY)
    assert table.stops.lon[table.stops.ids.index("f:s1")] == 10.0
    assert [(p.file, p.row, p.severity) for p in problems] == [("f.zip/stops.txt", 3, "warning")]


def test_two_feeds_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    paths = [write_feed(tmp_path / "f.zip"), write_feed(tmp_path / "x" / "f.zip")]
    table, _ = read_timetable(paths, MONDAY)
    holds(table)
    assert {i.partition(":")[0] for i in table.stops.ids} == {"f-1", "f-2"}


def test_tables_as_they_come(tmp_path: Path) -> None:
    """Byte-order mark, CR/LF, quotes with commas and line breaks, blanks, unknown columns, a folder."""
    plain, _ = read_timetable([write_feed(tmp_path / "f.zip")], MONDAY)
    stops = (
        b"\xef\xbb\xbfstop_id, stop_name ,stop_lat,stop_lon,made_up\r\n"
        b'a,"A, ""the"" first",0.00,10.00,1\r\nb,"B\nx",0.00,10.01,2\r\n\r\n'
        b" c ,C, 0.00,10.02,3\r\nd,D,0.00,10.04,\r\n"
    )
    (tmp_path / "g").mkdir()
    path = write_feed(tmp_path / "g" / "f.zip", stops=stops)
    table, problems = read_timetable([path], MONDAY)
    assert not problems
    assert table.stops.ids == plain.stops.ids
    assert table.stops.names == ('A, "the" first', "B\nx", "C", "D")
    assert trips_of(table) == trips_of(plain)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "latin-1"])
def test_other_encodings_are_told_and_read(tmp_path: Path, encoding: str) -> None:
    name = "Évora" if encoding == "latin-1" else "观音桥"
    stops = f"stop_id,stop_name,stop_lat,stop_lon\na,{name},0,10\nb,B,0,10.01\nc,C,0,10.02\nd,D,0,10.04\n"
    path = write_feed(tmp_path / "f.zip", stops=stops.encode(encoding))
    table, problems = read_timetable([path], MONDAY)
    assert table.stops.names[0] == name
    assert [p.severity for p in problems] == ["warning"]
    assert "UTF-8" in problems[0].what.en


def test_no_feeds_give_an_empty_timetable() -> None:
    table, problems = read_timetable([], MONDAY)
    holds(table)
    assert (table.patterns, len(table.stops), problems) == (0, 0, ())
