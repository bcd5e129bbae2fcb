"""Feeds written by tests: a sound little one, in which any table can be replaced."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from yipan.network.timetable import Timetable

MONDAY = date(2024, 1, 8)

SOUND = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nx,X,http://x.example,Europe/Lisbon\n",
    "stops": (
        "stop_id,stop_name,stop_lat,stop_lon\n"
        "a,A,0.00,10.00\nb,B,0.00,10.01\nc,C,0.00,10.02\nd,D,0.00,10.04\n"
    ),
    "routes": "route_id,route_type\nr,3\n",
    "trips": "route_id,service_id,trip_id\nr,week,t1\nr,week,t2\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:00:00,08:00:00,a,1\nt1,08:10:00,08:11:00,b,2\nt1,08:20:00,08:20:00,c,3\n"
        "t2,09:00:00,09:00:00,a,1\nt2,09:10:00,09:11:00,b,2\nt2,09:20:00,09:20:00,c,3\n"
    ),
    "calendar": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20240101,20241231\n"
    ),
}


def write_feed(
    path: Path, tables: Mapping[str, str | bytes | None] | None = None, **more: str | bytes | None
) -> Path:
    """Write a feed's zip; tables given replace the sound ones, None leaves one out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ({**SOUND, **(tables or {}), **more}).items():
            if text is not None:
                archive.writestr(f"{name}.txt", text)
    return path


def stop_times(rows: str) -> str:
    """Return stop times of lines like ``t1 8:00 8:01 a``: trip, arrival, departure, stop; ``-`` is blank."""
    out, seen = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"], {}
    for line in rows.split("\n"):
        if line.strip():
            trip, *times, stop = line.split()
            seen[trip] = seen.get(trip, 0) + 1
            clock = ["" if t == "-" else t + ":00" * (2 - t.count(":")) for t in times]
            out.append(f"{trip},{clock[0]},{clock[-1]},{stop},{seen[trip]}")
    return "\n".join(out) + "\n"


def trips_of(table: Timetable) -> dict[str, list[tuple[str, int, int]]]:
    """Return (stop, arrival, departure) of every trip, read from the arrays as their documentation says."""
    out: dict[str, list[tuple[str, int, int]]] = {}
    ids = iter(table.trip_id)
    for p in range(table.patterns):
        a, b = table.first_stop[p], table.first_stop[p + 1]
        n, base = int(table.trips[p]), int(table.first_event[p])
        for k in range(n):
            at = [base + i * n + k for i in range(b - a)]
            name = next(ids)
            assert name not in out
            out[name] = [
                (table.stops.ids[table.pattern_stop[a + i]], int(table.arrivals[e]), int(table.departures[e]))
                for i, e in enumerate(at)
            ]
    assert next(ids, None) is None
    return out


def holds(table: Timetable) -> None:
    """Check everything the documentation of a timetable promises of its arrays."""
    assert table.first_stop[0] == 0 == table.first_event[0]
    assert len(table.pattern_stop) == len(table.board) == len(table.alight) == table.first_stop[-1]
    lengths = np.diff(table.first_stop)
    assert (np.diff(table.first_event) == lengths * table.trips).all()
    assert len(table.departures) == len(table.arrivals) == table.first_event[-1]
    assert len(table.trip_id) == table.trips.sum()
    assert len(table.transfers) == len(table.stops)
    for name in ("first_stop", "pattern_stop", "trips", "departures", "arrivals", "pattern_route"):
        array = getattr(table, name)
        assert array.dtype == np.int32, name
        assert array.flags.c_contiguous, name
    assert table.first_event.dtype == np.int64
    for p in range(table.patterns):
        block = slice(table.first_event[p], table.first_event[p + 1])
        shape = (lengths[p], table.trips[p])
        arrive, depart = table.arrivals[block].reshape(shape), table.departures[block].reshape(shape)
        assert (np.diff(arrive, axis=1) >= 0).all()
        assert (np.diff(depart, axis=1) >= 0).all()
        assert (depart >= arrive).all()
        assert (arrive[1:] >= depart[:-1]).all()
        assert (arrive[0] == depart[0]).all()
        assert (arrive[-1] == depart[-1]).all()
        assert not table.alight[table.first_stop[p]]
        assert not table.board[table.first_stop[p + 1] - 1]
