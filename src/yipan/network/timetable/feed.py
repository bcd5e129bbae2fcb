"""A feed as a value: one agency's GTFS, checked, as arrays; nothing yet about a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yipan.network.streets.values import Floats, Int32, Int64
from yipan.network.timetable.values import Stops

Bools = NDArray[np.bool_]
PLATFORM, STATION = 0, 1


@dataclass(frozen=True)
class Services:
    """Days on which trips run: weekly patterns (``calendar.txt``) and exceptions (``calendar_dates.txt``).

    Parameters
    ----------
    weekdays
        Whether each service runs on Monday … Sunday (services, 7).
    start, end
        First and last day of the weekly pattern, ordinals (services,); start > end where there is none.
    service, day, added
        Exceptions: the service, the day's ordinal, whether it runs or does not (exceptions,).
    """

    ids: tuple[str, ...]
    weekdays: Bools
    start: Int32
    end: Int32
    service: Int32
    day: Int32
    added: Bools

    def on(self, day: int) -> Bools:
        """Return whether each service runs on the day with this ordinal (services,).

        Examples
        --------
        >>> none = np.zeros(0, dtype=np.int32)
        >>> week, span = np.ones((1, 7), bool), (np.array([5]), np.array([9]))
        >>> s = Services(("daily",), week, *span, none, none, none > 0)
        >>> [bool(s.on(d)[0]) for d in (4, 5, 9, 10)]
        [False, True, True, False]
        """
        runs = (self.start <= day) & (day <= self.end) & self.weekdays[:, (day - 1) % 7]
        today = self.day == day
        runs[self.service[today & ~self.added]] = False
        runs[self.service[today & self.added]] = True
        return runs

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """First and last day any service may run, ordinals; None where there is none."""
        weekly = (self.start <= self.end) & self.weekdays.any(axis=1)
        first = np.concatenate([self.start[weekly], self.day[self.added]])
        last = np.concatenate([self.end[weekly], self.day[self.added]])
        return (int(first.min()), int(last.max())) if len(first) else None


@dataclass(frozen=True)
class Headways:
    """Rows of ``frequencies.txt``: the trip repeated, seconds after midnight, seconds between departures."""

    trip: Int32
    start: Int32
    end: Int32
    headway: Int32
    exact: Bools


@dataclass(frozen=True)
class Changes:
    """Rows of ``transfers.txt`` between stops: kind 0–3, seconds or `BLANK`."""

    origin: Int32
    destination: Int32
    kind: Int32
    seconds: Int32


@dataclass(frozen=True)
class Feed:
    """One feed as read: sound rows only, ids as the feed has them.

    Parameters
    ----------
    name
        Put before every id of a timetable: ``name:stop_id``.
    zone
        Time zone of its agencies (IANA name), ``""`` where none is given.
    stops
        Every stop, station, entrance …, as in ``stops.txt``.
    kind, station
        ``location_type`` of each stop, and the position of its station (−1: none).
    routes, route_type
        Ids, and GTFS route types.
    trips, trip_route, trip_service
        Trips that have at least two stop times, ordered by id.
    first, stop
        Stop times of trip t fill the slots ``first[t]`` to ``first[t + 1] − 1``, in order; the stop of each.
    arrival, departure
        Seconds after midnight of the service day; `BLANK` where the feed gives none.
    board, alight
        Whether one may (``pickup_type``, ``drop_off_type``).
    along, straight
        Distance from the first stop, in any unit (``shape_dist_traveled`` where sound, else `straight`);
        the same along straight lines from stop to stop, km.
    """

    name: str
    zone: str
    stops: Stops
    kind: Int32
    station: Int32
    routes: tuple[str, ...]
    route_type: Int32
    trips: tuple[str, ...]
    trip_route: Int32
    trip_service: Int32
    first: Int64
    stop: Int32
    arrival: Int32
    departure: Int32
    board: Bools
    alight: Bools
    along: Floats
    straight: Floats
    services: Services
    headways: Headways
    changes: Changes

    @cached_property
    def digest(self) -> str:
        """Content id: equal exactly when everything above is equal."""
        h = hashlib.sha256()
        _feed(h, self)
        return h.hexdigest()[:16]


def _feed(h: hashlib._Hash, value: object) -> None:
    if isinstance(value, np.ndarray):
        h.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, (Feed, Stops, Services, Headways, Changes)):
        for f in fields(value):
            _feed(h, getattr(value, f.name))
    else:
        h.update(repr(value).encode())
    h.update(b"/")
