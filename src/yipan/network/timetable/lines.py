"""Services of ``lines.csv`` and of projects as trips, beside those of feeds."""

from __future__ import annotations

from datetime import date

import numpy as np

from yipan.errors import OptionError
from yipan.network.costs import Period, costs_of, whole
from yipan.network.services import Ints, Service, read_services
from yipan.network.streets.values import Int32
from yipan.network.timetable.join import together
from yipan.network.timetable.patterns import Runs, chain, into_patterns
from yipan.network.timetable.repeats import departures, phase_of
from yipan.network.timetable.transfers import as_legs
from yipan.network.timetable.values import Stops, Timetable
from yipan.region.value import Region
from yipan.text import Text


def lines_timetable(
    region: Region,
    day: date,
    *,
    period: Period = "peak",
    first: int = 5 * 3600,
    last: int = 23 * 3600,
    phase: float = 0.5,
    draw: int | None = None,
) -> Timetable:
    """Return trips of a region's lines, both ways, at the headway of one period all day.

    Parameters
    ----------
    region
        Its ``lines.csv`` and ``stops.csv``; apply projects first to have theirs.
    period
        Whose headway: ``headway_peak`` or ``headway_offpeak``, rounded to a whole second.
    first, last
        Seconds after midnight between which trips leave the first station of each direction.
    phase, draw
        Where in the headway (`yipan.network.timetable.repeats`); each direction of a line has its own draw.

    Returns
    -------
    Timetable
        Its stops are the stations, by station id; its routes the lines. Running times and dwells are those of
        `yipan.network.services`. The vehicles of a loop go round twice, and one boards them in the first
        round only: at every station one leaves every headway, and nobody has to change where the loop closes.

    Raises
    ------
    RegionError, UnknownName
        As `yipan.network.services.read_services`.
    OptionError
        When `last` is not after `first`.

    Examples
    --------
    >>> from yipan.region import example
    >>> table = lines_timetable(example("tiny"), date(2025, 3, 3), first=7 * 3600, last=8 * 3600)
    >>> table.patterns == 2 * len(table.routes)
    True
    """
    if not first < last:
        raise OptionError(
            Text(
                f"末班 {last} 应晚于首班 {first}",
                f"the last departure, {last}, is not after the first, {first}",
            )
        )
    stations, services = read_services(region, costs_of(region, percentile=50, period=period))
    lines = region.tables["lines"]
    minutes = dict(zip(map(str, lines.array("id")), lines.numbers(f"headway_{period}"), strict=True))
    runs = []
    for route, service in enumerate(services.values()):
        headway = np.maximum(whole(60 * minutes[service.id]), 1)
        for (stops, rides), way in zip(service.directions(), ("out", "back"), strict=True):
            at = phase if draw is None else phase_of(f"{service.id}:{way}", draw)
            leaves = departures(
                np.array([first]), np.array([last]), headway.reshape(1), phase=at, exact=False
            )
            runs.append(_runs(service, stops, rides, leaves=leaves, route=route, way=way))
    return Timetable(
        day=day,
        stops=Stops(ids=stations.ids, names=stations.ids, lon=stations.lon, lat=stations.lat),
        routes=tuple(services),
        transfers=as_legs({}, len(stations)),
        **vars(into_patterns(chain(runs))),
    )


def with_lines(
    timetable: Timetable,
    region: Region,
    *,
    period: Period = "peak",
    first: int = 5 * 3600,
    last: int = 23 * 3600,
    phase: float = 0.5,
    draw: int | None = None,
) -> Timetable:
    """Return a timetable with the trips of a region's lines added; parameters as in `lines_timetable`.

    Raises
    ------
    RegionError
        When a station has the id of a stop (feeds' stops are ``feed:stop``).
    """
    lines = lines_timetable(
        region, timetable.day, period=period, first=first, last=last, phase=phase, draw=draw
    )
    return together([timetable, lines])


def _runs(service: Service, stations: Ints, rides: Ints, *, leaves: Int32, route: int, way: str) -> Runs:
    """Return the trips of one direction."""
    board = np.ones(len(stations), dtype=bool)
    if service.loop:
        hops = len(rides)
        board = np.arange(2 * hops - 1) < hops
        stations, rides = np.tile(stations[:-1], 2)[:-1], np.tile(rides, 2)[: 2 * hops - 2]
    arrival = np.concatenate([[0], np.cumsum(rides + service.dwell) - service.dwell])
    departure = arrival + service.dwell
    departure[0] = 0
    trips, length = len(leaves), len(stations)

    def times(at: Ints) -> Int32:
        return (leaves[:, None] + at).astype(np.int32).ravel()

    return Runs(
        names=[f"{service.id}:{way}#{n}" for n in range(1, trips + 1)],
        route=np.full(trips, route, dtype=np.int32),
        first=np.arange(0, trips * length + 1, length, dtype=np.int64),
        stop=np.tile(stations, trips).astype(np.int32),
        arrival=times(arrival),
        departure=times(departure),
        board=np.tile(board, trips),
        alight=np.ones(trips * length, dtype=bool),
    )
