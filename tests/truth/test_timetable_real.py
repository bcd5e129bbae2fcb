"""Published feeds against an independent count with plain pandas, and a million stop times."""

from __future__ import annotations

import sys
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import errors_of
from yipan.network.timetable import Choices, busiest_day, read_feed, read_timetable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from timetable_fixture import MONDAY, SOUND, holds, trips_of, write_feed

sys.path.pop(0)
DATA = Path(__file__).resolve().parents[3] / "shared" / "realdata"
POA = (DATA / "poa" / "poa_eptc.zip", DATA / "poa" / "poa_trensurb.zip")
real = pytest.mark.skipif(not DATA.exists(), reason="the published feeds are not here (../shared/realdata)")
DOCUMENTED = date(2019, 5, 13)


def tables(path: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(path) as archive:
        return {
            n.removesuffix(".txt"): pd.read_csv(
                archive.open(n), dtype=str, keep_default_na=False, skipinitialspace=True
            )
            for n in archive.namelist()
            if n.endswith(".txt") and not n.startswith(("fare", "shapes"))
        }


def seconds(word: str) -> int:
    h, m, s = word.split(":")
    return int(h) * 3600 + int(m) * 60 + int(s)


def running(t: dict[str, pd.DataFrame], day: date) -> set[str]:
    """Return the trips of a day, read off the calendars row by row."""
    stamp, on = day.strftime("%Y%m%d"), set()
    weekday = day.strftime("%A").lower()
    for row in t.get("calendar", pd.DataFrame()).to_dict("records"):
        if row[weekday] == "1" and row["start_date"] <= stamp <= row["end_date"]:
            on.add(row["service_id"])
    for row in t.get("calendar_dates", pd.DataFrame()).to_dict("records"):
        if row["date"] == stamp:
            (on.add if row["exception_type"] == "1" else on.discard)(row["service_id"])
    return {r["trip_id"] for r in t["trips"].to_dict("records") if r["service_id"] in on}


def given(t: dict[str, pd.DataFrame], trips: set[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Return (stop, arrival, departure) of trips in order, words as in the file."""
    s = t["stop_times"]
    s = s[s["trip_id"].isin(trips)].assign(n=lambda d: d["stop_sequence"].astype(int))
    out: dict[str, list[tuple[str, str, str]]] = {}
    for r in s.sort_values(["trip_id", "n"]).itertuples():
        out.setdefault(r.trip_id, []).append((r.stop_id, r.arrival_time, r.departure_time))
    return out


def compare(
    path: Path, day: date, found: dict[str, list[tuple[str, int, int]]], suffix: str, zero: int
) -> int:
    """Compare every given time of every trip of a service day; return how many were compared."""
    t, name, count = tables(path), path.stem, 0
    for trip, rows in given(t, running(t, day)).items():
        if zero and seconds(rows[-1][1]) + zero < 0:
            assert f"{name}:{trip}{suffix}" not in found
            continue
        mine = found[f"{name}:{trip}{suffix}"]
        assert [s for s, _, _ in mine] == [f"{name}:{s}" for s, _, _ in rows]
        for i, ((_, arrive, depart), (_, a, d)) in enumerate(zip(mine, rows, strict=True)):
            if a and i:
                assert arrive == seconds(a) + zero
                count += 1
            if d and i + 1 < len(rows):
                assert depart == seconds(d) + zero
                count += 1
    return count


@real
def test_porto_alegre_on_the_documented_day() -> None:
    table, problems = read_timetable(POA, DOCUMENTED)
    assert not errors_of(problems)
    holds(table)
    found = trips_of(table)
    expected = {
        f"{p.stem}:{trip}" for p in POA for t in [tables(p)] for trip in given(t, running(t, DOCUMENTED))
    }
    assert set(found) == expected  # none of the day before runs past midnight
    assert len(expected) == 2903  # the engine notes name as many
    compared = [compare(p, DOCUMENTED, found, "", 0) for p in POA]
    assert min(compared) > 2000
    assert len(table.stops) == sum(len(tables(p)["stops"]) for p in POA)


@real
def test_blank_times_of_porto_alegre_lie_between_their_neighbours() -> None:
    """By straight distance, worked out here trip by trip with the haversine formula."""
    table, _ = read_timetable(POA[:1], DOCUMENTED, choices=Choices(interpolate="straight"))
    found, t = trips_of(table), tables(POA[0])
    at = {
        r["stop_id"]: np.radians([float(r["stop_lon"]), float(r["stop_lat"])])
        for r in t["stops"].to_dict("records")
    }

    def apart(a: str, b: str) -> float:
        (p, q), (r, s) = at[a], at[b]
        return 2 * np.arcsin(
            np.sqrt(np.sin((s - q) / 2) ** 2 + np.cos(q) * np.cos(s) * np.sin((r - p) / 2) ** 2)
        )

    worst = 0.0
    for trip, rows in list(given(t, running(t, DOCUMENTED)).items())[::40]:
        known = [i for i, r in enumerate(rows) if r[1]]
        along = np.cumsum([0.0, *(apart(rows[i][0], rows[i + 1][0]) for i in range(len(rows) - 1))])
        for a, b in pairwise(known):
            span = seconds(rows[b][1]) - seconds(rows[a][2])
            for i in range(a + 1, b):
                due = seconds(rows[a][2]) + span * (along[i] - along[a]) / (along[b] - along[a])
                worst = max(worst, abs(found[f"poa_eptc:{trip}"][i][1] - due))
    assert 0.5 < worst <= 1.0  # whole seconds, cut


@real
def test_new_york_with_the_night_before() -> None:
    path = DATA / "nyc_subway" / "nyc_subway.zip"
    day = date(2018, 7, 10)
    table, problems = read_timetable([path], day)
    assert not errors_of(problems)
    holds(table)
    found = trips_of(table)
    assert compare(path, day, found, "", 0) > 300_000
    assert compare(path, date(2018, 7, 9), found, "@2018-07-09", -86_400) > 1000
    # platforms only; what is prescribed between stations holds between all their platforms
    t = tables(path)
    assert len(table.stops) == (t["stops"]["location_type"] == "0").sum()
    own = t["stops"].groupby("parent_station")["stop_id"].apply(list).to_dict()
    pairs = {
        (f"nyc_subway:{a}", f"nyc_subway:{b}"): int(r.min_transfer_time)
        for r in t["transfers"].itertuples()
        for a in own.get(r.from_stop_id, [])
        for b in own.get(r.to_stop_id, [])
    }
    legs, ids = table.transfers, table.stops.ids
    origin = np.repeat(np.arange(len(ids)), np.diff(legs.first))
    assert {(ids[a], ids[b]): int(c) for a, b, c in zip(origin, legs.to, legs.cost, strict=True)} == pairs


@real
def test_sao_paulo_repeats_as_often_as_its_headways_say() -> None:
    path, day = DATA / "spo" / "spo.zip", date(2020, 3, 2)
    table, problems = read_timetable([path], day, choices=Choices(overnight=False))
    assert not errors_of(problems)
    holds(table)
    t = tables(path)
    on = running(t, day)
    starts: dict[str, list[int]] = {}
    for name, rows in trips_of(table).items():
        starts.setdefault(name.removeprefix("spo:").partition("#")[0], []).append(rows[0][2])
    assert set(starts) == on & set(t["frequencies"]["trip_id"])
    for trip, rows in t["frequencies"][t["frequencies"]["trip_id"].isin(on)].groupby("trip_id"):
        at = np.sort(starts[trip])
        for r in rows.itertuples():
            a, b, h = seconds(r.start_time), seconds(r.end_time) + 60, int(r.headway_secs)
            inside = at[(at >= a) & (at < b)]
            assert abs(len(inside) - (b - a) / h) < 1
            assert (np.diff(inside) - h <= 1).all()
            assert (h - np.diff(inside) <= 1).all()


@real
def test_porto_has_service_on_its_busiest_day() -> None:
    paths = [DATA / "porto" / f"gtfs_{n}.zip" for n in ("metro", "cp")]
    feeds = [f for f in (read_feed(p, strict=False)[0] for p in paths) if f is not None]
    assert len(feeds) == 2
    day = busiest_day(feeds)
    counts = {d: sum(len(running(tables(p), d)) for p in paths) for d in (day, date(2026, 8, 3))}
    assert day.weekday() < 5
    assert counts[day] >= counts[date(2026, 8, 3)]
    table, _ = read_timetable(paths, day, strict=False, choices=Choices(overnight=False))
    holds(table)
    # a handful of trips may be unsound and are named; nothing else may be missing
    assert 0.99 * counts[day] < table.trips.sum() <= counts[day]


def million() -> dict[str, str]:
    """Return the tables of 20,000 trips of 50 stops on 200 routes."""
    stops, trips = 2000, 20_000
    route = np.arange(trips) % 200
    stop = (route[:, None] * 7 + np.arange(50)) % stops
    start = 5 * 3600 + (np.arange(trips) // 200) * 600
    at = start[:, None] + 90 * np.arange(50)
    clock = np.array([f"{s // 3600:02}:{s % 3600 // 60:02}:{s % 60:02}" for s in range(86_400 * 2)])[at]
    frame = pd.DataFrame(
        {
            "trip_id": np.repeat([f"t{i}" for i in range(trips)], 50),
            "arrival_time": clock.ravel(),
            "departure_time": clock.ravel(),
            "stop_id": np.array([f"s{i}" for i in range(stops)])[stop.ravel()],
            "stop_sequence": np.tile(np.arange(50), trips),
        }
    )
    places = "".join(f"s{i},S{i},{i // 50 / 100},{i % 50 / 100}\n" for i in range(stops))
    return {
        **SOUND,
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + places.replace(",0.0,0.0\n", ",0.001,0.001\n"),
        "routes": "route_id,route_type\n" + "".join(f"r{i},1\n" for i in range(200)),
        "trips": "route_id,service_id,trip_id\n" + "".join(f"r{r},week,t{i}\n" for i, r in enumerate(route)),
        "stop_times": frame.to_csv(index=False),
    }


def test_a_million_stop_times(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "big.zip", million())
    table, problems = read_timetable([path], MONDAY)
    assert not errors_of(problems)
    holds(table)
    assert len(table.departures) == 1_000_000
    assert table.patterns == 200
    assert (table.trips == 100).all()
    assert table.departures.min() == 5 * 3600
    assert table.arrivals.max() == 5 * 3600 + 99 * 600 + 49 * 90
