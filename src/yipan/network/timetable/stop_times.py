"""Clean ``stop_times.txt``: order, times, what makes a trip unusable, distances along trips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.distance import straight_km
from yipan.network.streets.values import Floats, Int32, Int64
from yipan.network.timetable.columns import BLANK, Raw, Words, clock, whole
from yipan.network.timetable.feed import PLATFORM, Bools
from yipan.network.timetable.report import Report
from yipan.network.timetable.tables import Places, known, sound
from yipan.text import Text

_DROP = Text("改正,否则此班次不用", "correct it; until then the trip is left out")


@dataclass(frozen=True)
class StopTimes:
    """Stop times by trip, in order; see `yipan.network.timetable.feed.Feed`."""

    row: Int64
    trip: Int32
    stop: Int32
    arrival: Int32
    departure: Int32
    board: Bools
    alight: Bools
    travelled: Floats

    def __len__(self) -> int:
        return len(self.trip)

    def keep(self, rows: Bools) -> StopTimes:
        """Return only some rows."""
        return self if rows.all() else StopTimes(*(getattr(self, f)[rows] for f in self.__dataclass_fields__))

    def starts(self, trips: int) -> Int64:
        """Return where each trip's rows start, and their number (trips + 1,)."""
        return np.searchsorted(self.trip, np.arange(trips + 1)).astype(np.int64)


def clean_stop_times(
    raw: Raw, places: Places, trips: dict[str, int], usable: Bools, report: Report
) -> StopTimes:
    """Return the stop times of usable trips, in order; what is unsound is told and left out.

    Parameters
    ----------
    trips
        Every id of ``trips.txt``.
    usable
        Which of them are sound; the others' stop times are passed over without a word.
    """
    raw, trip = known(raw, "trip_id", trips, report, table="trips.txt")
    raw, trip = raw.keep(usable[trip]), trip[usable[trip]]
    here = raw["stop_id"].where(places.at)
    raw_known, stop = known(raw, "stop_id", places.at, report, table="stops.txt")
    raw, trip = raw_known, trip[here >= 0]
    value = {c: raw[c].through(clock) for c in ("arrival_time", "departure_time")}
    value["stop_sequence"] = raw["stop_sequence"].through(whole)
    ok = sound(raw, value, report, blank=["arrival_time", "departure_time"])
    arrival, departure = value["arrival_time"], value["departure_time"]
    table = StopTimes(
        row=raw.row,
        trip=trip,
        stop=stop,
        arrival=np.where(arrival == BLANK, departure, arrival),
        departure=np.where(departure == BLANK, arrival, departure),
        board=_allowed(raw, "pickup_type", report),
        alight=_allowed(raw, "drop_off_type", report),
        travelled=raw["shape_dist_traveled"].numbers(),
    )
    _tell_stations(raw, places, stop, report)
    order = np.lexsort((raw.row, value["stop_sequence"], trip))
    order = order[ok[order]]
    table = StopTimes(*(getattr(table, f)[order] for f in table.__dataclass_fields__))
    table = _once(table, value["stop_sequence"][order], report, raw.file)
    return _usable_trips(table, [*trips], report, raw.file)


def _allowed(raw: Raw, column: str, report: Report) -> Bools:
    words: Words = raw[column]
    kind = words.through(lambda w: {"": 0, "0": 0, "1": 1}.get(w, 2))
    at = np.flatnonzero(kind == 2)
    report.each(
        raw.row[at],
        lambda k: Text(
            f"{words[int(at[k])]!r}(须预约或不明)按可上下车处理",
            f"{words[int(at[k])]!r}, by arrangement or unknown, is taken as allowed",
        ),
        Text("如不应算作服务,改为 1", "write 1 where it should not count as service"),
        file=raw.file,
        column=column,
        severity="warning",
    )
    return np.asarray(kind != 1)


def _tell_stations(raw: Raw, places: Places, stop: Int32, report: Report) -> None:
    at = np.flatnonzero(places.kind[stop] != PLATFORM)
    report.each(
        raw.row[at],
        lambda k: Text(
            f"{raw['stop_id'][int(at[k])]!r} 不是站台而是车站或出入口,按站台处理",
            f"{raw['stop_id'][int(at[k])]!r} is a station or entrance, not a platform; taken as a platform",
        ),
        Text("改为站台的编号", "name the platform instead"),
        file=raw.file,
        column="stop_id",
        severity="warning",
    )


def _once(table: StopTimes, sequence: Int32, report: Report, file: str) -> StopTimes:
    """Leave out rows whose trip and sequence are there already."""
    again = np.zeros(len(table), dtype=bool)
    again[1:] = (table.trip[1:] == table.trip[:-1]) & (sequence[1:] == sequence[:-1])
    at = np.flatnonzero(again)
    report.each(
        table.row[at],
        lambda k: Text(
            f"此班次已有站序 {sequence[at[k]]}", f"the trip has stop_sequence {sequence[at[k]]} already"
        ),
        Text("改正站序;只用第一行", "correct the sequence; the first row is used"),
        file=file,
        column="stop_sequence",
    )
    return table.keep(~again)


def _usable_trips(table: StopTimes, names: list[str], report: Report, file: str) -> StopTimes:
    """Leave out whole trips that cannot run: too short, without first or last time, running backwards."""
    n = len(names)
    if not len(table):
        return table
    start, end = np.flatnonzero(_first(table)), np.flatnonzero(_last(table))
    bad = np.zeros(n, dtype=bool)

    def refuse(at: NDArray[np.intp], zh: str, en: str, *, column: str, warn: bool = False) -> None:
        at = at[~bad[table.trip[at]]]
        report.each(
            table.row[at],
            lambda k: Text(zh.format(names[table.trip[at[k]]]), en.format(names[table.trip[at[k]]])),
            _DROP,
            file=file,
            column=column,
            severity="warning" if warn else "error",
        )
        bad[table.trip[at]] = True

    short = start[start == end]
    refuse(short, "班次 {!r} 只有一站", "trip {!r} has one stop only", column="trip_id", warn=True)
    moved = np.zeros(len(table), dtype=bool)
    moved[1:] = ~_first(table)[1:] & (table.stop[1:] != table.stop[:-1])
    still = start[np.add.reduceat(moved, start) == 0]
    refuse(
        still, "班次 {!r} 从不离开起点", "trip {!r} never leaves its first stop", column="stop_id", warn=True
    )
    ends = np.unique(np.concatenate([start, end]))
    no_time = ends[table.arrival[ends] == BLANK]
    refuse(
        no_time,
        "班次 {!r} 首末站缺少时刻",
        "trip {!r}: no time at its first or last stop",
        column="arrival_time",
    )
    refuse(
        _backwards(table),
        "班次 {!r} 的时刻倒退(午夜之后应写作 24:00 以上)",
        "trip {!r} runs back in time (after midnight write 24:00 and more)",
        column="arrival_time",
    )
    return table.keep(~bad[table.trip])


def _first(table: StopTimes) -> Bools:
    return np.asarray(np.diff(table.trip, prepend=-1) != 0)


def _last(table: StopTimes) -> Bools:
    return np.asarray(np.diff(table.trip, append=-1) != 0)


def _backwards(table: StopTimes) -> NDArray[np.intp]:
    """Return the rows that arrive before the trip last departed, or depart before they arrive."""
    given = np.flatnonzero(table.arrival != BLANK)
    arrival, departure, trip = table.arrival[given], table.departure[given], table.trip[given]
    bad = departure < arrival
    bad[1:] |= (trip[1:] == trip[:-1]) & (arrival[1:] < departure[:-1])
    return given[bad]


def distances(table: StopTimes, places: Places, report: Report, *, file: str) -> tuple[Floats, Floats]:
    """Return distances along each trip: as the feed gives them where sound, and straight, km.

    ``shape_dist_traveled`` is sound when a trip has it at every stop, it never falls, and it
    grows at all. Where it is not, and times are blank, that is told.
    """
    first, start, end = _first(table), np.flatnonzero(_first(table)), np.flatnonzero(_last(table))
    lon, lat = places.stops.lon[table.stop], places.stops.lat[table.stop]
    step = np.zeros(len(table))
    step[1:] = straight_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    step[first] = 0.0
    straight = _within(np.cumsum(step), first)
    if not len(start):
        return straight, straight
    given = np.where(np.isfinite(table.travelled), table.travelled, -1.0)
    wrong = (given < 0) | (~first & (np.diff(given, prepend=0.0) < 0))
    good = (np.add.reduceat(wrong, start) == 0) & (given[end] > given[start])
    some = np.add.reduceat(~np.isnan(table.travelled), start) > 0
    needed = np.add.reduceat(table.arrival == BLANK, start) > 0
    report.each(
        table.row[start[some & needed & ~good]],
        lambda k: Text(
            "班次的 shape_dist_traveled 不全或不递增,改用站间直线距离",
            "shape_dist_traveled of the trip has gaps or falls; straight distances between stops are used",
        ),
        Text("补全并使其递增", "give it at every stop, never falling"),
        file=file,
        column="shape_dist_traveled",
        severity="warning",
    )
    return np.where(np.repeat(good, end - start + 1), _within(given, first), straight), straight


def _within(total: Floats, first: Bools) -> Floats:
    """Return a running total counted from the start of each trip."""
    start = np.flatnonzero(first)
    return total - np.repeat(total[start], np.diff(np.append(start, len(total))))
