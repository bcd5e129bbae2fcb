"""Broken feeds: strict reading refuses with every problem; lenient reading names what it leaves out."""

from __future__ import annotations

import io
import stat
import struct
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from yipan import options
from yipan.errors import OptionError, Problem, RegionError, UnsafeFile, errors_of
from yipan.network.timetable import busiest_day, nearest_day, read_feed, read_timetable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from timetable_fixture import MONDAY, SOUND, holds, stop_times, trips_of, write_feed

sys.path.pop(0)
PLAIN = {"f:t1", "f:t2"}


def told(problems: tuple[Problem, ...]) -> list[tuple[str, int | None, str]]:
    return [(p.file.removeprefix("f.zip/").removesuffix(".txt"), p.row, p.column) for p in problems]


def lenient(path: Path) -> tuple[set[str], tuple[Problem, ...]]:
    """Read what is sound; strict reading must refuse exactly when there is an error, with the same words."""
    table, problems = read_timetable([path], MONDAY, strict=False)
    holds(table)
    if errors_of(problems):
        with pytest.raises(RegionError) as caught:
            read_timetable([path], MONDAY)
        assert caught.value.problems == problems
    else:
        read_timetable([path], MONDAY)
    for p in problems:
        assert p.what.zh
        assert p.what.en
        assert p.remedy.zh
        assert p.remedy.en
    return set(trips_of(table)), problems


ROWS = SOUND["stop_times"].splitlines()


def changed(row: int, text: str) -> str:
    """Return the sound stop times with one row (as a person counts them) replaced."""
    rows = [*ROWS]
    rows[row - 1] = text
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("table", "text", "where", "left"),
    [
        # what it says of stops
        ("stops", SOUND["stops"] + "a,Again,1,10\n", [("stops", 6, "stop_id")], PLAIN),
        ("stops", SOUND["stops"] + ",Nameless,1,10\n", [("stops", 6, "stop_id")], PLAIN),
        ("stops", SOUND["stops"].replace("10.04", "x"), [("stops", 5, "stop_lat")], PLAIN),
        ("stops", SOUND["stops"].replace("d,D,0.00,10.04", "d,D,,"), [("stops", 5, "stop_lat")], PLAIN),
        ("stops", SOUND["stops"].replace("d,D,0.00,10.04", "d,D,0,0"), [("stops", 5, "stop_lat")], PLAIN),
        ("stops", SOUND["stops"].replace("d,D,0.00,10.04", "d,D,91,10"), [("stops", 5, "stop_lat")], PLAIN),
        # of trips and their parts
        ("trips", SOUND["trips"] + "r,other,t2\n", [("trips", 4, "trip_id")], PLAIN),
        ("trips", SOUND["trips"] + "q,week,t3\n", [("trips", 4, "route_id")], PLAIN),
        ("trips", SOUND["trips"] + "r,holiday,t3\n", [("trips", 4, "service_id")], PLAIN),
        # of stop times
        ("stop_times", changed(3, "t1,8:10:00,8:10:00,zz,2"), [("stop_times", 3, "stop_id")], PLAIN),
        ("stop_times", changed(3, "t9,8:10:00,8:10:00,b,2"), [("stop_times", 3, "trip_id")], PLAIN),
        ("stop_times", changed(3, "t1,8.10,8:10:00,b,2"), [("stop_times", 3, "arrival_time")], PLAIN),
        ("stop_times", changed(3, "t1,8:10:00,8:61:00,b,2"), [("stop_times", 3, "departure_time")], PLAIN),
        ("stop_times", changed(3, "t1,8:10:00,8:10:00,b,two"), [("stop_times", 3, "stop_sequence")], PLAIN),
        ("stop_times", changed(3, "t1,8:10:00,8:10:00,b,1"), [("stop_times", 3, "stop_sequence")], PLAIN),
        ("stop_times", changed(3, "t1,7:59:00,8:10:00,b,2"), [("stop_times", 3, "arrival_time")], {"f:t2"}),
        ("stop_times", changed(3, "t1,8:12:00,8:11:00,b,2"), [("stop_times", 3, "arrival_time")], {"f:t2"}),
        ("stop_times", changed(4, "t1,00:20:00,00:20:00,c,3"), [("stop_times", 4, "arrival_time")], {"f:t2"}),
        ("stop_times", changed(4, "t1,,,c,3"), [("stop_times", 4, "arrival_time")], {"f:t2"}),
        ("stop_times", changed(2, "t1,,,a,1"), [("stop_times", 2, "arrival_time")], {"f:t2"}),
        ("stop_times", changed(4, "t1,8:10:30,8:20:00,c,3"), [("stop_times", 4, "arrival_time")], {"f:t2"}),
        # of days and headways
        (
            "calendar",
            SOUND["calendar"].replace("20240101", "2024011"),
            [("calendar", 2, "start_date")],
            set(),
        ),
        ("calendar", SOUND["calendar"].replace("20241231", "20241331"), [("calendar", 2, "end_date")], set()),
        ("calendar", SOUND["calendar"].replace("week,1", "week,yes"), [("calendar", 2, "monday")], set()),
        (
            "calendar_dates",
            "service_id,date,exception_type\nweek,20240108,3\n",
            [("calendar_dates", 2, "exception_type")],
            PLAIN,
        ),
        (
            "frequencies",
            "trip_id,start_time,end_time,headway_secs\nt1,8:00:00,9:00:00,0\nt1,9:00:00,8:00:00,60\nt7,8:00:00,9:00:00,60\n",
            [
                ("frequencies", 4, "trip_id"),
                ("frequencies", 2, "headway_secs"),
                ("frequencies", 3, "end_time"),
            ],
            PLAIN,
        ),
        (
            "transfers",
            "from_stop_id,to_stop_id,transfer_type,min_transfer_time\na,b,2,\na,zz,2,60\na,b,2,-5\n",
            [
                ("transfers", 3, "to_stop_id"),
                ("transfers", 4, "min_transfer_time"),
                ("transfers", 2, "min_transfer_time"),
            ],
            PLAIN,
        ),
        # of the agency
        (
            "agency",
            "agency_name,agency_timezone\nX,Europe/Atlantis\n",
            [("agency", None, "agency_timezone")],
            PLAIN,
        ),
        ("agency", "agency_name,agency_timezone\nX,\n", [("agency", None, "agency_timezone")], PLAIN),
        (
            "agency",
            "agency_name,agency_timezone\nX,Europe/Lisbon\nY,Europe/Madrid\n",
            [("agency", None, "agency_timezone")],
            PLAIN,
        ),
        # rows that do not fit the header
        ("stops", SOUND["stops"] + "e,E, F,0,10\n", [("stops", 6, "")], PLAIN),
    ],
)
def test_what_is_wrong_is_named_and_left_out(
    tmp_path: Path, table: str, text: str, where: list[tuple[str, int | None, str]], left: set[str]
) -> None:
    path = write_feed(tmp_path / "f.zip", {table: text})
    trips, problems = lenient(path)
    assert trips == left
    assert told(tuple(errors_of(problems)))[: len(where)] == where


@pytest.mark.parametrize("table", ["agency", "stops", "routes", "trips", "stop_times", "calendar"])
def test_missing_and_empty_tables(tmp_path: Path, table: str) -> None:
    for n, text in enumerate((None, "", "made_up\n1\n")):
        path = write_feed(tmp_path / "f.zip", {table: text})
        feed, problems = read_feed(path, strict=False)
        assert any(p.severity == "error" and table in p.file for p in problems), n
        assert (feed is None) == (table != "agency")
        with pytest.raises(RegionError):
            read_feed(path)


def test_a_header_and_nothing_more(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip", {t: SOUND[t].splitlines()[0] + "\n" for t in ("trips", "stop_times")}
    )
    trips, problems = lenient(path)
    assert not trips
    assert problems[0].what.en == "no usable trip runs on any day"


def test_harmless_things_are_warnings(tmp_path: Path) -> None:
    trips = SOUND["trips"] + "r,week,t2\nr,week,short\nr,week,still\nr,week,none\n"
    times = (
        SOUND["stop_times"]
        + "short,8:00:00,8:00:00,a,1\nstill,8:00:00,8:00:00,a,1\nstill,8:09:00,8:09:00,a,2\n"
    )
    left, problems = lenient(write_feed(tmp_path / "f.zip", trips=trips, stop_times=times))
    assert left == PLAIN
    assert {p.severity for p in problems} == {"warning"}
    assert {p.what.en for p in problems} >= {
        "'t2' is there already, in row 3",
        "trip 'short' has one stop only",
        "trip 'still' never leaves its first stop",
        "the trip has no usable stop times",
    }


def test_hardly_possible_things_are_warnings(tmp_path: Path) -> None:
    stops = SOUND["stops"] + "far,Far,10.0,0.0\n"
    times = stop_times("t1 8:00 a\nt1 8:01 d\nt2 9:00 a\nt2 9:10 b")  # 4.4 km in a minute
    trips, problems = lenient(write_feed(tmp_path / "f.zip", stops=stops, stop_times=times))
    assert trips == PLAIN
    assert told(problems) == [("stops", None, "stop_lat"), ("stop_times", 3, "arrival_time")]
    assert {p.severity for p in problems} == {"warning"}


def test_floods_become_a_number(tmp_path: Path) -> None:
    times = SOUND["stop_times"] + "".join(f"t1,8:00:00,8:00:00,zz,{n}\n" for n in range(10, 1010))
    _, problems = lenient(write_feed(tmp_path / "f.zip", stop_times=times))
    assert [p.row for p in problems] == [8, 9, 10, 1007]
    assert "997 more rows" in problems[-1].what.en


def test_an_expired_feed_names_its_span_and_the_nearest_day(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip")
    with pytest.raises(RegionError) as caught:
        read_timetable([path], date(2025, 1, 4))
    text = caught.value.problems[0]
    assert "2024-01-01" in text.what.en
    assert "2024-12-31" in text.what.en
    assert "2024-12-31" in text.remedy.en  # a Tuesday
    _, problems = read_timetable([path], date(2024, 1, 7))  # a Sunday within the span: said, not refused
    assert [p.severity for p in problems] == ["warning"]
    assert "2024-01-08" in problems[0].remedy.en


def test_calendars_without_end(tmp_path: Path) -> None:
    """9999-12-31 means for ever: days are found at once, and none lies where there are no dates."""
    ever = SOUND["calendar"].replace("20240101,20241231", "00010101,99991231")
    feed, _ = read_feed(write_feed(tmp_path / "f.zip", calendar=ever), strict=False)
    assert feed is not None
    assert nearest_day(feed, date(2024, 1, 6)) == date(2024, 1, 5)
    assert nearest_day(feed, date(2024, 1, 7)) == MONDAY
    read_timetable([tmp_path / "f.zip"], busiest_day([feed]))
    never = SOUND["calendar"].replace("20240101,20241231", "20240106,20240107")
    never += "other,1,1,1,1,1,1,1,20240101,99991231\n"
    feed, _ = read_feed(write_feed(tmp_path / "g.zip", calendar=never), strict=False)
    assert feed is not None
    assert nearest_day(feed, MONDAY) is None
    with pytest.raises(OptionError, match="9999-12-31"):
        read_timetable([tmp_path / "f.zip"], date.max)


def test_a_flood_of_repeats_is_refused_before_it_is_made(tmp_path: Path) -> None:
    """40 periods of 999 hours with a departure a second: 432 million stop times."""
    rows = "".join(f"t1,00:00:{s:02d},999:00:00,1\n" for s in range(40))
    path = write_feed(tmp_path / "f.zip", frequencies="trip_id,start_time,end_time,headway_secs\n" + rows)
    table, problems = read_timetable([path], MONDAY, strict=False)
    assert set(trips_of(table)) == {"f:t1", "f:t2"}
    assert [(p.file, p.column) for p in errors_of(problems)] == [("f.zip/frequencies.txt", "headway_secs")]


def test_a_broken_feed_never_stops_the_others(tmp_path: Path) -> None:
    good, bad = write_feed(tmp_path / "f.zip"), tmp_path / "bad.zip"
    bad.write_bytes(good.read_bytes()[:400])
    missing = tmp_path / "missing.zip"
    table, problems = read_timetable([bad, good, missing], MONDAY, strict=False)
    assert set(trips_of(table)) == PLAIN
    assert [p.file for p in problems] == ["bad.zip", "missing.zip"]
    assert str(tmp_path) not in "".join(p.line() for p in problems)
    with pytest.raises(RegionError, match=r"bad\.zip"):
        read_timetable([bad, good, missing], MONDAY)


def damaged(path: Path, name: str, data: bytes, *, claim: int | None = None, mode: int = 0) -> Path:
    write_feed(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = mode << 16
        archive.writestr(info, data)
    if claim is not None:  # the size in both headers, without touching the data
        raw, at = bytearray(path.read_bytes()), 0
        while (at := raw.find(name.encode(), at)) >= 0:
            for start, offset in ((at - 30, 22), (at - 46, 24)):
                if raw[max(start, 0) : start + 4] in (b"PK\x03\x04", b"PK\x01\x02"):
                    struct.pack_into("<I", raw, start + offset, claim)
            at += 1
        path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("name", "data", "mode", "words"),
    [
        ("../stops.txt", b"x", 0, "leads out"),
        ("/stops.txt", b"x", 0, "leads out"),
        ("C:\\stops.txt", b"x", 0, "leads out"),
        ("link.txt", b"/etc", stat.S_IFLNK | 0o777, "link"),
        ("more.zip", b"PK", 0, "archive inside"),
        ("shapes.txt", bytes(3_000_000), 0, "bomb"),
        ("STOPS.TXT", b"x", 0, "twice"),
    ],
)
def test_dangerous_archives_are_not_opened(
    tmp_path: Path, name: str, data: bytes, mode: int, words: str
) -> None:
    path = damaged(tmp_path / "f.zip", name, data, mode=mode)
    with pytest.raises(UnsafeFile, match=words):
        read_feed(path)
    with pytest.raises(UnsafeFile):
        read_timetable([path], MONDAY)
    feed, problems = read_feed(path, strict=False)
    assert feed is None
    assert len(problems) == 1


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag in the first entry of the directory
    path.write_bytes(raw)
    with pytest.raises(UnsafeFile, match="encrypted"):
        read_feed(path)


def test_limits_are_options(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", shapes=np.random.default_rng(0).bytes(1_500_000))
    read_feed(path)
    with options.using({"network.max_feed_mb": 1}), pytest.raises(UnsafeFile, match="limit of 1 MB"):
        read_feed(path)
    with options.using({"region.max_files": 3}), pytest.raises(UnsafeFile, match="too many"):
        read_feed(path)


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    bomb = SOUND["calendar"].encode() + b"\n" * 50_000_000
    path = damaged(tmp_path / "f.zip", "calendar_dates.txt", bomb, claim=1000)
    start = time.process_time()
    feed, problems = read_feed(path, strict=False)
    assert feed is None or not feed.services.day.size
    assert errors_of(problems)
    assert time.process_time() - start < 60
    with pytest.raises(RegionError):
        read_feed(path)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.99])
def test_truncated_and_scrambled_archives(tmp_path: Path, cut: float) -> None:
    data = write_feed(tmp_path / "f.zip").read_bytes()
    (tmp_path / "f.zip").write_bytes(data[: int(cut * len(data))])
    feed, problems = read_feed(tmp_path / "f.zip", strict=False)
    assert feed is None
    assert problems
    raw = bytearray(data)
    for at in range(60, len(raw) - 200, 37):
        raw[at] ^= 0x5A
    (tmp_path / "f.zip").write_bytes(raw)
    _, problems = read_feed(tmp_path / "f.zip", strict=False)
    assert errors_of(problems)


def test_the_tables_in_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in SOUND.items():
            archive.writestr(f"feed/{name}.txt", text)
        archive.writestr("__MACOSX/feed/._stops.txt", "x")
    trips, problems = lenient(path)
    assert trips == PLAIN
    assert [p.severity for p in problems] == ["warning"]


def test_not_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    for data in (b"", b"stop_id,stop_lat\n", io.BytesIO().getvalue() + b"PK\x03\x04" * 9):
        path.write_bytes(data)
        with pytest.raises(RegionError, match="not a sound zip"):
            read_feed(path)
