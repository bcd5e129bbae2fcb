"""The timetable of one day: stops, and patterns of trips that serve the same stops in the same order.

Times are int32 **seconds after midnight** of the day (local time of the first agency); they may exceed
86,400 for trips that run past midnight and be negative for trips of the day before that still run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yipan.network.streets.values import Floats, Int32, Int64, Legs


@dataclass(frozen=True)
class Stops:
    """Stops people board and alight at; ids are ``feed:stop_id``, or the station id of ``stops.csv``."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Timetable:
    """Every trip of one service day, grouped into patterns.

    The trips of a pattern serve the same stops in the same order and never overtake each other (trips that
    would are put into a pattern of their own), so at every position both departures and
    arrivals ascend from trip to trip. A pattern p has ``first_stop[p+1] − first_stop[p]`` positions and
    ``trips[p]`` trips; the departure of its trip k at position i is
    ``departures[first_event[p] + i · trips[p] + k]``.

    Parameters
    ----------
    day
        The service day.
    stops
        All stops of all feeds and lines, served on the day or not.
    first_stop, pattern_stop
        Positions of each pattern (patterns + 1,), and the stop at each (positions,).
    board, alight
        Whether one may board / alight at a position (positions,).
    trips, first_event
        Trips per pattern (patterns,), int32; first event of each pattern (patterns + 1,), int64.
    departures, arrivals
        Seconds after midnight (events,). At the last position the departure equals the arrival, at
        the first the arrival equals the departure.
    trip_id
        ``feed:trip_id`` by pattern, then by trip; trips made from a headway carry ``#n`` (Σ trips,).
    pattern_route, routes
        Route of each pattern (patterns,), and the routes' names (``feed:route_id`` or line id).
    transfers
        Footpaths that feeds prescribe (``transfers.txt``): stop to stop, seconds; they replace
        footpaths over streets between the same two stops. `FORBIDDEN` where a transfer is not possible.
    """

    day: date
    stops: Stops
    first_stop: Int32
    pattern_stop: Int32
    board: NDArray[np.bool_]
    alight: NDArray[np.bool_]
    trips: Int32
    first_event: Int64
    departures: Int32
    arrivals: Int32
    trip_id: tuple[str, ...]
    pattern_route: Int32
    routes: tuple[str, ...]
    transfers: Legs

    @property
    def patterns(self) -> int:
        """Number of patterns."""
        return len(self.trips)

    @cached_property
    def digest(self) -> str:
        """Content id of everything above."""
        h = hashlib.sha256()
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray):
                h.update(np.ascontiguousarray(value).tobytes())
            elif isinstance(value, Stops):
                h.update(repr(value.ids).encode() + value.lon.tobytes() + value.lat.tobytes())
            elif isinstance(value, Legs):
                h.update(value.first.tobytes() + value.to.tobytes() + value.cost.tobytes())
            else:
                h.update(repr(value).encode())
            h.update(b"/")
        return h.hexdigest()[:16]


FORBIDDEN = np.int32(-1)
"""Cost of a transfer that a feed says is not possible."""
