"""From feeds to the timetable of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from yipan.errors import OptionError, Problem
from yipan.network.streets.values import Int32
from yipan.network.timetable.columns import BLANK
from yipan.network.timetable.days import seconds_apart, tell_idle
from yipan.network.timetable.feed import PLATFORM, Feed
from yipan.network.timetable.interpolate import Interpolate, filled
from yipan.network.timetable.join import together
from yipan.network.timetable.patterns import Runs, chain, gathered, into_patterns
from yipan.network.timetable.read import read_report, refuse
from yipan.network.timetable.repeats import repeats
from yipan.network.timetable.report import Report
from yipan.network.timetable.transfers import as_legs, prescribed
from yipan.network.timetable.values import Stops, Timetable
from yipan.region.value import service_day
from yipan.text import Text

MIDNIGHT = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How a timetable is made from feeds.

    Parameters
    ----------
    interpolate
        How blank stop times are filled (`yipan.network.timetable.interpolate.filled`).
    phase, draw
        Where in the headway trips known by their headway only depart (`yipan.network.timetable.repeats`).
    overnight
        Whether trips of the service day before that still run after midnight are there.
    until
        Trips of the next service day that depart before this second are there (86,400: those of
        feeds in other time zones only; more: for departures late in the evening).
    """

    interpolate: Interpolate = "distance"
    phase: float = 0.5
    draw: int | None = None
    overnight: bool = True
    until: int = MIDNIGHT

    def __post_init__(self) -> None:
        if not 0 <= self.phase < 1:
            raise OptionError(
                Text(f"phase 应不小于 0 且小于 1:{self.phase}", f"phase is not within [0, 1): {self.phase}")
            )


def read_timetable(
    paths: Sequence[str | Path], day: date, *, strict: bool = True, choices: Choices | None = None
) -> tuple[Timetable, tuple[Problem, ...]]:
    """Read feeds and return the timetable of one day.

    Parameters
    ----------
    paths
        GTFS zips; ids are told apart by the name of their file: ``poa_eptc:1511``.
    strict
        Raise when anything is wrong in any of them. If not, what is unsound is left out and named.

    Returns
    -------
    tuple
        The timetable (see `timetable_of`), and every problem found.

    Raises
    ------
    UnsafeFile, RegionError
        When `strict`, with the problems of all feeds.
    """
    feeds: list[Feed] = []
    problems: list[Problem] = []
    unsafe = False
    for path in paths:
        feed, report = read_report(Path(path))
        problems += report.problems
        unsafe |= report.unsafe
        if feed is not None:
            feeds.append(feed)
    table, found = timetable_of(feeds, day, choices=choices)
    problems += found
    refuse(problems, strict=strict, unsafe=unsafe, name=", ".join(Path(p).name for p in paths))
    return table, tuple(problems)


def timetable_of(
    feeds: Sequence[Feed], day: date, *, choices: Choices | None = None
) -> tuple[Timetable, tuple[Problem, ...]]:
    """Return the timetable of one day of feeds that are already read, and what had to be told.

    Times are seconds from the zero of `day` in the time zone of the first feed that has one; feeds of other
    zones are brought to it. The zero is noon minus twelve hours: midnight, except where
    clocks change on that day. Trips of the service day before, or after, carry its date:
    ``feed:trip@2019-05-12``.

    Raises
    ------
    OptionError
        When the day lies before 1900 or after 2200.
    """
    if service_day(day.isoformat()) is None:
        raise OptionError(Text(f"日期 {day} 不可用", f"{day} cannot be a service day"))
    base = _Base(day, next((f.zone for f in feeds if f.zone), ""), choices or Choices())
    names = [f.name for f in feeds]
    problems: list[Problem] = []
    tables = [_empty(day)] if not feeds else []
    for i, feed in enumerate(feeds):
        name = feed.name if names.count(feed.name) == 1 else f"{feed.name}-{names[: i + 1].count(feed.name)}"
        report = Report(f"{feed.name}.zip")
        tables.append(_of_feed(feed, name, base, report))
        problems += report.problems
    return together(tables), tuple(problems)


@dataclass(frozen=True)
class _Base:
    """The day, the zone whose clock counts, and the choices."""

    day: date
    zone: str
    choices: Choices


def _of_feed(feed: Feed, name: str, base: _Base, report: Report) -> Timetable:
    kept = feed.kind == PLATFORM
    kept[feed.stop] = True
    at = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    times = filled(feed, base.choices.interpolate)
    offsets = (-1, 0, 1) if base.choices.overnight else (0, 1)
    runs = chain([_runs(feed, base, times, offset) for offset in offsets])
    if not len(runs.names):
        tell_idle(feed, base.day, report)
    _tell_filled(feed, base.choices, report)
    runs = Runs(
        [f"{name}:{n}" for n in runs.names],
        runs.route,
        runs.first,
        at[runs.stop],
        runs.arrival,
        runs.departure,
        runs.board,
        runs.alight,
    )
    s, slots = feed.stops, np.flatnonzero(kept)
    return Timetable(
        day=base.day,
        stops=Stops(
            ids=tuple(f"{name}:{s.ids[i]}" for i in slots),
            names=tuple(s.names[i] for i in slots),
            lon=s.lon[slots],
            lat=s.lat[slots],
        ),
        routes=tuple(f"{name}:{r}" for r in feed.routes),
        transfers=as_legs(prescribed(feed, at), len(slots)),
        **vars(into_patterns(runs)),
    )


def _runs(feed: Feed, base: _Base, times: tuple[Int32, Int32], offset: int) -> Runs:
    """Return the trips of one service day as far as they belong to the day: stops, routes as in the feed."""
    arrival, departure = times
    service_day = base.day + timedelta(offset)
    running = np.flatnonzero(feed.services.on(service_day.toordinal())[feed.trip_service]).astype(np.int32)
    plain = np.setdiff1d(running, feed.headways.trip)
    again, leaves = repeats(
        feed.headways, running, feed.trips, phase=base.choices.phase, draw=base.choices.draw
    )
    starts, ends = departure[feed.first[:-1]], arrival[feed.first[1:] - 1]
    zero = seconds_apart(service_day, feed.zone, base=base.day, base_zone=base.zone)
    trip = np.concatenate([plain, again])
    shift = np.concatenate([np.zeros(len(plain), np.int32), leaves - starts[again]]) + np.int32(zero)
    number = np.concatenate([np.zeros(len(plain), np.int32), _numbered(again)])
    wanted = ends[trip] + shift >= 0
    if offset == 1:
        wanted &= starts[trip] + shift < base.choices.until
    trip, shift, number = trip[wanted], shift[wanted], number[wanted]
    slots, first = gathered(feed.first, trip)
    late = np.repeat(shift, np.diff(first)).astype(np.int32)
    mark = "" if offset == 0 else f"@{service_day}"
    return Runs(
        names=[
            f"{feed.trips[t]}{f'#{n}' if n else ''}{mark}"
            for t, n in zip(trip.tolist(), number.tolist(), strict=True)
        ],
        route=feed.trip_route[trip],
        first=first,
        stop=feed.stop[slots],
        arrival=arrival[slots] + late,
        departure=departure[slots] + late,
        board=feed.board[slots],
        alight=feed.alight[slots],
    )


def _empty(day: date) -> Timetable:
    none = np.zeros(0)
    return Timetable(
        day=day,
        stops=Stops((), (), none, none),
        routes=(),
        transfers=as_legs({}, 0),
        **vars(into_patterns(chain([]))),
    )


def _numbered(trip: Int32) -> Int32:
    """Return 1, 2, 3 … for the repeats of each trip, which stand together."""
    if not len(trip):
        return np.zeros(0, np.int32)
    new = np.flatnonzero(np.diff(trip, prepend=-1))
    return (np.arange(len(trip)) - np.repeat(new, np.diff(np.append(new, len(trip)))) + 1).astype(np.int32)


def _tell_filled(feed: Feed, choices: Choices, report: Report) -> None:
    blank = int((feed.arrival == BLANK).sum())
    if not blank:
        return
    share = blank / len(feed.arrival)
    how = {
        "distance": Text("按距离", "by distance"),
        "straight": Text("按直线距离", "by straight distance"),
        "even": Text("均匀", "evenly"),
    }[choices.interpolate]
    report.add(
        Text(
            f"{blank:,} 个停站时刻({share:.0%})空缺,{how.zh}内插",
            f"{blank:,} stop times ({share:.0%}) are blank and interpolated {how.en}",
        ),
        Text("如有实际时刻,请补上", "write the times where they are known"),
        file="stop_times.txt",
        column="arrival_time",
        severity="warning",
    )
