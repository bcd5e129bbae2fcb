"""Step 5, services: the metro as a line with a headway; trams and buses as a GTFS feed.

OpenStreetMap knows the order of the stops of a route, not when it runs. The feed therefore has one trip a
route and direction and ``frequencies.txt``: every so many minutes, by assumption. Between stops a vehicle
takes straight distance × detour / commercial speed, whole seconds. Only stops inside the extract are served,
so a route begins and ends at its edge. Night and airport buses, and routes with fewer than two stops inside,
are left out.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helsinki_steps.assumptions import value
from helsinki_steps.sample import Feature, Route, Sample, metres

METRO = (
    ("Rautatientori", "metro-rautatientori", "车站广场", "Rautatientori"),
    ("Helsingin yliopisto", "metro-yliopisto", "赫尔辛基大学", "Helsingin yliopisto"),
)
CREDIT = "https://www.openstreetmap.org/copyright"
MODES = {"tram": "0", "bus": "3"}  # route_type of GTFS
FIRST, EVENING, LAST = 6 * 3600, 20 * 3600, 23 * 3600 + 1800
STAMP = (2019, 4, 21, 0, 0, 0)  # the day of the extract, so that the same input gives the same bytes
FEED_NOTE = "Example feed made from OpenStreetMap routes; headways and speeds are assumed. Not a timetable."


def build_metro(sample: Sample) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return lines.csv and stops.csv."""
    lines = pd.DataFrame(
        [
            (
                "metro",
                "地铁 M1、M2",
                "Metro M1 and M2",
                "metro",
                2.5,
                5,
                60,
                25,
                "#ff6319",
                "by-hand",
                "assumed",
            )
        ],
        columns=[
            "id",
            "zh",
            "en",
            "mode",
            "headway_peak",
            "headway_offpeak",
            "speed",
            "dwell",
            "colour",
            "source",
            "quality",
        ],
    )
    stops = []
    for seq, (name, station, zh, en) in enumerate(METRO, start=1):
        at = next(
            p for p in sample.points if p.tags.get("name") == name and p.tags.get("station") == "subway"
        )
        stops.append(
            ("metro", seq, station, zh, en, round(at.point[0], 6), round(at.point[1], 6), "osm", "derived")
        )
    columns = ["line", "seq", "station", "zh", "en", "lon", "lat", "source", "quality"]
    return lines, pd.DataFrame(stops, columns=columns)


def write_feed(sample: Sample, path: Path) -> dict[str, int]:
    """Write the GTFS feed; return how many routes, trips and stops it has."""
    runs = _runs(sample)
    stops = sorted({s for _, served in runs for s in served})
    tables: dict[str, list[Sequence[str]]] = {
        "agency.txt": [
            ("agency_id", "agency_name", "agency_url", "agency_timezone"),
            ("osm", "Example services (OpenStreetMap routes)", CREDIT, "Europe/Helsinki"),
        ],
        "stops.txt": [
            ("stop_id", "stop_name", "stop_lat", "stop_lon"),
            *((f"n{s}", _name(sample.stops[s]), *_place(sample.stops[s])) for s in stops),
        ],
        "routes.txt": [("route_id", "agency_id", "route_short_name", "route_type"), *_routes(runs)],
        "calendar.txt": _calendar(),
        "trips.txt": [("route_id", "service_id", "trip_id", "direction_id"), *_trips(runs)],
        "stop_times.txt": [
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
            *_stop_times(sample, runs),
        ],
        "frequencies.txt": [
            ("trip_id", "start_time", "end_time", "headway_secs", "exact_times"),
            *_frequencies(runs),
        ],
        "feed_info.txt": [
            ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_version"),
            (FEED_NOTE, CREDIT, "fi", "2019-04-21"),
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, rows in tables.items():
            file.writestr(zipfile.ZipInfo(name, STAMP), _csv(rows), zipfile.ZIP_DEFLATED, 9)
    return {
        "routes": len(tables["routes.txt"]) - 1,
        "trips": len(tables["trips.txt"]) - 1,
        "stops": len(stops),
    }


Run = tuple[Route, tuple[int, ...]]


def _runs(sample: Sample) -> list[Run]:
    """Return the routes that run by day with their stops inside the extract, none twice in a row."""
    out: list[Run] = []
    seen: set[tuple[str, str, tuple[int, ...]]] = set()
    for route in sample.routes:
        mode, ref = route.tags.get("route", ""), route.tags.get("ref", "")
        stops = [s for s in route.stops if s in sample.stops and _is_stop(sample.stops[s], mode)]
        stops = [s for i, s in enumerate(stops) if not i or s != stops[i - 1]]
        if mode not in MODES or not ref or ref.endswith("N") or ref == "Finnair" or len(stops) < 2:
            continue
        key = (mode, ref, tuple(stops))
        if key not in seen:
            seen.add(key)
            out.append((route, key[2]))
    return sorted(out, key=lambda r: (MODES[r[0].tags["route"]], r[0].tags["ref"], r[0].id))


def _is_stop(feature: Feature, mode: str) -> bool:
    if mode == "tram":
        return feature.tags.get("railway") == "tram_stop"
    return feature.tags.get("highway") == "bus_stop"


def _routes(runs: list[Run]) -> Iterable[Sequence[str]]:
    known = dict.fromkeys((r.tags["route"], r.tags["ref"]) for r, _ in runs)
    return [(f"{mode}-{ref}", "osm", ref, MODES[mode]) for mode, ref in known]


def _calendar() -> list[Sequence[str]]:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return [
        ("service_id", *days, "start_date", "end_date"),
        ("weekday", *"1111110", "20190101", "20401231"),
        ("sunday", *"0000001", "20190101", "20401231"),
    ]


def _trips(runs: list[Run]) -> Iterable[Sequence[str]]:
    seen: dict[str, int] = {}
    for route, _ in runs:
        name = f"{route.tags['route']}-{route.tags['ref']}"
        direction = seen[name] = seen.get(name, -1) + 1
        for service in ("weekday", "sunday"):
            yield name, service, f"{route.id}-{service}", str(min(direction, 1))


def _stop_times(sample: Sample, runs: list[Run]) -> Iterable[Sequence[str]]:
    for route, stops in runs:
        speed = value(f"{route.tags['route']}_speed") / 3.6
        gaps = metres([sample.stops[s].point for s in stops]) * value("route_detour") / speed
        at = np.concatenate([[0], np.cumsum(np.maximum(np.rint(gaps), 20))]).astype(int) + FIRST
        for service in ("weekday", "sunday"):
            for sequence, (stop, second) in enumerate(zip(stops, at.tolist(), strict=True), start=1):
                yield f"{route.id}-{service}", _clock(second), _clock(second), f"n{stop}", str(sequence)


def _frequencies(runs: list[Run]) -> Iterable[Sequence[str]]:
    for route, _ in runs:
        day, evening = value(f"{route.tags['route']}_headway"), value("evening_headway")
        for service, start, end, minutes in (
            ("weekday", FIRST, EVENING, day),
            ("weekday", EVENING, LAST, evening),
            ("sunday", FIRST, LAST, evening),
        ):
            yield f"{route.id}-{service}", _clock(start), _clock(end), str(int(minutes * 60)), "0"


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _name(feature: Feature) -> str:
    return feature.tags.get("name") or feature.tags.get("ref") or feature.id


def _place(feature: Feature) -> tuple[str, str]:
    return f"{feature.point[1]:.6f}", f"{feature.point[0]:.6f}"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
