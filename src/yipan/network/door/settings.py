"""What moving on streets costs: a region's assumptions for one percentile and window."""

from __future__ import annotations

from dataclasses import dataclass

from yipan.errors import OptionError
from yipan.network.costs import STREET_READ, Costs, assumed, costs_of, whole
from yipan.network.values import Window
from yipan.region.value import Departures, Region, service_day
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetCosts:
    """Speeds, slacks and limits of trips on streets and by timetable.

    Parameters
    ----------
    lines
        Costs of lines that run by headway (`yipan.network.costs`), also slacks both share.
    walk_kmh
        On the flat.
    walk_limit, transfer_walk
        ms walked along streets to or from a stop, and between two stops.
    snap_limit
        Metres from a place to its street.
    board
        Seconds to be at the first stop before a vehicle leaves.
    congestion
        Driving time against the time at the speeds of the street classes.
    longest
        Seconds of the longest trip by timetable.
    day, start, end, step
        Departures: ISO date or ``""`` (the busiest working day), seconds after midnight, seconds apart.
    """

    lines: Costs
    percentile: int
    walk_kmh: float
    walk_limit: int
    transfer_walk: int
    snap_limit: float
    board: int
    max_rides: int
    congestion: float
    longest: int
    day: str
    start: int
    end: int
    step: int


def street_costs(region: Region, *, percentile: int, window: Window) -> StreetCosts:
    """Return the costs that a region's assumptions imply.

    Raises
    ------
    UnknownName
        When the region lacks an assumption (named).
    OptionError
        When `percentile` is not within 1–99, the window's day is no date, or an assumption cannot be used.
    """
    value = assumed(region, (*STREET_READ, "walk_speed", "walk_limit", "transfer_walk"))
    per_km = 3_600_000 / value["walk_speed"]
    return StreetCosts(
        lines=costs_of(region, percentile=percentile, period=window.period),
        percentile=percentile,
        walk_kmh=value["walk_speed"],
        walk_limit=int(whole(value["walk_limit"] * per_km)),
        transfer_walk=int(whole(value["transfer_walk"] * per_km)),
        snap_limit=value["snap_limit"],
        board=int(whole(60 * value["board_time"])),
        max_rides=int(value["max_rides"]),
        congestion=value["congestion"],
        longest=int(whole(60 * value["longest_trip"])),
        day=_day(window.day),
        start=60 * window.start,
        end=60 * window.end,
        step=(region.meta.departures or Departures()).step,
    )


def _day(text: str) -> str:
    """Return the ISO date of a window's day, empty for the busiest working day."""
    if text in {"", "weekday"}:
        return ""
    day = service_day(text)
    if day is None:
        raise OptionError(
            Text(
                f"出发日 {text!r} 不可用:写成 2026-03-10 这样的日期,或 weekday",
                f"a window cannot be of day {text!r}: give a date like 2026-03-10, or weekday",
            )
        )
    return day.isoformat()


def window_of(region: Region, window: Window | None) -> Window:
    """Return the window asked for; by default the one ``[departures]`` of the region names.

    Examples
    --------
    >>> from yipan.region import example
    >>> window_of(example("tiny"), None) == Window()
    True
    """
    if window is not None:
        return window
    d = region.meta.departures
    return Window() if d is None else Window(d.start, d.end, d.day or "weekday")
