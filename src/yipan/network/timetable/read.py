"""Read a feed: check everything, keep what is sound, tell the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yipan.errors import Problem, RegionError, UnsafeFile, errors_of
from yipan.network.timetable import tables
from yipan.network.timetable.archive import Archive, opened
from yipan.network.timetable.columns import Raw, read_raw
from yipan.network.timetable.feed import Feed
from yipan.network.timetable.plausible import check_plausible
from yipan.network.timetable.repeats import without_flood
from yipan.network.timetable.report import Report
from yipan.network.timetable.stop_times import clean_stop_times, distances
from yipan.network.timetable.trips import clean_headways, clean_routes, clean_trips
from yipan.text import Text

_NEEDED = {
    "agency": ("agency_timezone",),
    "stops": ("stop_id", "stop_lon", "stop_lat"),
    "routes": ("route_id", "route_type"),
    "trips": ("trip_id", "route_id", "service_id"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
    "calendar": ("service_id", "start_date", "end_date", *tables.WEEK),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers": ("from_stop_id", "to_stop_id"),
}  # columns without which a table is not read
_USED = {
    "stops": ("stop_name", "location_type", "parent_station"),
    "trips": ("block_id",),
    "stop_times": ("pickup_type", "drop_off_type", "shape_dist_traveled"),
    "frequencies": ("exact_times",),
    "transfers": (
        "transfer_type",
        "min_transfer_time",
        "from_trip_id",
        "to_trip_id",
        "from_route_id",
        "to_route_id",
    ),
}  # columns that are used where they exist
_MUST = ("agency", "stops", "routes", "trips", "stop_times")
_IGNORED = {
    "pathways.txt": Text(
        "站内通道未使用,站内换乘按步行", "paths inside stations are not used; changing is walked"
    ),
    "locations.txt": Text("需求响应区域未使用", "zones of demand-responsive service are not used"),
}


def read_feed(path: str | Path, *, strict: bool = True) -> tuple[Feed | None, tuple[Problem, ...]]:
    """Read one GTFS feed and check it.

    Parameters
    ----------
    path
        A zip; its tables stand at the top or in one folder.
    strict
        Raise when anything is wrong. If not, unsound rows and trips are left out and named, and a
        feed that cannot be used at all gives None.

    Returns
    -------
    tuple
        The feed and every problem found (`Problem.row` counts the header as row 1, lines without
        anything on them not at all). Equal problems are told by the first few and a number.

    Raises
    ------
    UnsafeFile
        When `strict` and the archive must not be opened.
    RegionError
        When `strict` and anything is wrong, with everything that is.

    Notes
    -----
    Format: General Transit Feed Specification (GTFS) Schedule, reference of MobilityData. Not used:
    fares, shapes, pathways, blocks (staying aboard from trip to trip), accessibility, flexible service.
    """
    feed, report = read_report(Path(path))
    refuse(report.problems, strict=strict, unsafe=report.unsafe, name=report.feed)
    return feed, tuple(report.problems)


def read_report(path: Path) -> tuple[Feed | None, Report]:
    """Read one feed and return it, or None, with everything found; never raises for what a feed holds."""
    report = Report(path.name)
    feed = None
    with opened(path, report) as archive:
        if archive is not None:
            feed = _read(archive, path.stem, report)
    return (None if report.unsafe else feed), report


def refuse(problems: list[Problem], *, strict: bool, unsafe: bool, name: str) -> None:
    """Raise with every problem when `strict` and one of them is an error."""
    if strict and errors_of(problems):
        kind = UnsafeFile if unsafe else RegionError
        raise kind(Text(f"时刻表 {name} 不可用", f"timetable {name} is not sound"), problems=problems)


def _read(archive: Archive, name: str, report: Report) -> Feed | None:
    raw = _raw_tables(archive, report)
    if not {"stops", "routes", "trips", "stop_times"} <= {*raw} or not {"calendar", "calendar_dates"} & {
        *raw
    }:
        return None
    zone = tables.clean_zone(raw.get("agency"), report)
    places = tables.clean_stops(raw["stops"], report)
    routes, route_type = clean_routes(raw["routes"], report)
    services = tables.clean_services(raw.get("calendar"), raw.get("calendar_dates"), report)
    trips = clean_trips(raw["trips"], routes, services, report)
    at = {t: i for i, t in enumerate(trips.ids)}
    times = clean_stop_times(raw["stop_times"], places, at, trips.usable, report)
    used, first = np.unique(times.trip, return_index=True)
    to = np.full(len(at) + 1, -1, dtype=np.int32)
    to[used] = np.arange(len(used))
    along, straight = distances(times, places, report, file="stop_times.txt")
    feed = Feed(
        name=name,
        zone=zone,
        stops=places.stops,
        kind=places.kind,
        station=places.station,
        routes=tuple(routes),
        route_type=route_type,
        trips=tuple(trips.ids[t] for t in used),
        trip_route=trips.route[used],
        trip_service=trips.service[used],
        first=np.append(first, len(times)).astype(np.int64),
        stop=times.stop,
        arrival=times.arrival,
        departure=times.departure,
        board=times.board,
        alight=times.alight,
        along=along,
        straight=straight,
        services=services,
        headways=clean_headways(raw.get("frequencies"), at, to, report),
        changes=tables.clean_changes(raw.get("transfers"), places, report),
    )
    check_plausible(feed, trips, times, report)
    return without_flood(feed, report)


def _raw_tables(archive: Archive, report: Report) -> dict[str, Raw]:
    """Read the tables there are; tell those that must be there and are not, and those not used."""
    out = {}
    for table, needed in _NEEDED.items():
        file = f"{table}.txt"
        if file not in archive:
            if table in _MUST:
                report.add(
                    Text("缺少此表", "the table is missing"),
                    Text("补上此表", "add it to the feed"),
                    file=file,
                )
            continue
        raw = read_raw(archive, file, (*needed, *_USED.get(table, ())), report)
        if raw is not None and not _tell_missing(raw, needed, report):
            out[table] = raw
    if "calendar.txt" not in archive and "calendar_dates.txt" not in archive:
        report.add(
            Text("没有 calendar.txt 或 calendar_dates.txt", "there is no calendar.txt or calendar_dates.txt"),
            Text("补上其中一个:班次在哪些日子运行", "add one of them: the days on which trips run"),
            file="calendar.txt",
        )
    for file, what in _IGNORED.items():
        if file in archive:
            report.add(what, Text("无须处理", "nothing to do"), file=file, severity="warning")
    return out


def _tell_missing(raw: Raw, needed: tuple[str, ...], report: Report) -> bool:
    missing = [c for c in needed if c not in raw.columns]
    for column in missing:
        report.add(
            Text(f"缺少 {column} 列", f"there is no column {column}"),
            Text("补上此列", "add the column"),
            file=raw.file,
            row=1,
            column=column,
        )
    return bool(missing)
