"""Days and clocks: what runs when, and how far one service day is from another in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from yipan.errors import RegionError
from yipan.network.streets.values import Int64
from yipan.network.timetable.feed import Feed
from yipan.network.timetable.report import Report
from yipan.text import Text


def seconds_apart(day: date, zone: str, *, base: date, base_zone: str) -> int:
    """Return the seconds from the zero of `base` to the zero of `day`.

    GTFS counts from noon minus twelve hours: midnight, except on days on which clocks change.

    Examples
    --------
    >>> seconds_apart(date(2024, 3, 9), "Europe/Rome", base=date(2024, 3, 10), base_zone="Europe/Rome")
    -86400
    >>> seconds_apart(date(2024, 3, 30), "Europe/Rome", base=date(2024, 3, 31), base_zone="Europe/Rome")
    -82800
    >>> seconds_apart(date(2024, 1, 2), "Europe/Lisbon", base=date(2024, 1, 2), base_zone="Europe/Madrid")
    3600
    """
    return round((_noon(day, zone or base_zone) - _noon(base, base_zone or zone)).total_seconds())


def _noon(day: date, zone: str) -> datetime:
    local = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone or "UTC"))
    return local.astimezone(UTC)  # differences of local times would not count changes of the clock


def trips_on(feed: Feed, day: date) -> int:
    """Return how many trips of a feed run on a day; a repeated one as often as it runs."""
    return int(_counts(feed, np.array([day.toordinal()]))[0])


def busiest_day(feeds: Sequence[Feed], *, weekday: int | None = None) -> date:
    """Return the day on which most trips of all feeds together run; the earliest of several.

    Parameters
    ----------
    weekday
        0 (Monday) to 6; None: Monday to Friday.

    Raises
    ------
    RegionError
        When no feed has service on such a day.
    """
    spans = [s for s in (f.services.span for f in feeds) if s is not None]
    if spans:
        days = _telling(feeds, min(s[0] for s in spans), max(s[1] for s in spans))
        weekdays = (days - 1) % 7
        days = days[weekdays < 5 if weekday is None else weekdays == weekday]
        total = sum((_counts(f, days) for f in feeds), np.zeros(len(days), dtype=np.int64))
        if total.any():
            return date.fromordinal(int(days[int(total.argmax())]))
    raise RegionError(Text("没有一天有班次运行", "there is no day on which a trip runs"))


def _telling(feeds: Sequence[Feed], first: int, last: int, *, near: int | None = None) -> Int64:
    """Return the days from `first` to `last` that tell all: a week at each side of every change of service.

    Between changes every week is like the next, however many years a calendar spans.
    """
    changes = [np.array([first, last + 1] if near is None else [first, last + 1, near, near + 1])]
    for s in (f.services for f in feeds):
        weekly = s.start <= s.end
        changes += [s.start[weekly], s.end[weekly] + 1, s.day, s.day + 1]
    at = np.unique(np.concatenate(changes).astype(np.int64))
    days = np.unique(at[:, None] + np.arange(-7, 7))
    return days[(days >= first) & (days <= last)]


def _counts(feed: Feed, days: Int64) -> Int64:
    """Return trips on each of the days."""
    per_service = np.zeros(len(feed.services.ids), dtype=np.int64)
    h = feed.headways
    count = np.ones(len(feed.trips), dtype=np.int64)
    count[h.trip] = 0
    np.add.at(count, h.trip, -((h.start - h.end) // h.headway).astype(np.int64))
    np.add.at(per_service, feed.trip_service, count)
    return np.array([per_service[feed.services.on(int(d))].sum() for d in days], dtype=np.int64)


def tell_idle(feed: Feed, day: date, report: Report) -> None:
    """Report that a feed has no service on a day: its span, and the nearest day that has some."""
    span, near = feed.services.span, nearest_day(feed, day)
    if span is None or near is None:
        report.add(
            Text("没有一天有可用的班次", "no usable trip runs on any day"),
            Text("改正 calendar.txt 与 trips.txt", "mend calendar.txt and trips.txt"),
            file="calendar.txt",
        )
        return
    first, last = (date.fromordinal(d) for d in span)
    inside = first <= day <= last
    report.add(
        Text(
            f"{day} 没有班次;此数据的有效期为 {first} 至 {last}",
            f"no trip runs on {day}; the feed is valid from {first} to {last}",
        ),
        Text(
            f"改用最近的有班次日 {near},或换用当期数据",
            f"choose {near}, the nearest day with trips, or a current feed",
        ),
        file="calendar.txt",
        severity="warning" if inside else "error",
    )


def nearest_day(feed: Feed, day: date) -> date | None:
    """Return the day with service nearest to a day, the later of two; None where there is none."""
    span = feed.services.span
    if span is None:
        return None
    days = _telling([feed], *span, near=day.toordinal())
    days = days[_counts(feed, days) > 0]
    if not len(days):
        return None
    away = days - day.toordinal()
    return date.fromordinal(int(days[np.lexsort((-away, np.abs(away)))[0]]))
