"""The board of a region with streets: cells and stops on the streets, and the timetable of the day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from yipan.errors import Problem, RegionError
from yipan.needs import Memo as Recent
from yipan.network.costs import network_digest
from yipan.network.door.ground import Ground, grounds_of
from yipan.network.door.rows import StreetRows, TransitRows, seconds_of
from yipan.network.door.settings import StreetCosts
from yipan.network.memo import Memo, bytes_of
from yipan.network.streets.snap import missed_problems
from yipan.network.streets.values import Ends, Floats, Legs, Snapped, StreetMode
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.many import within
from yipan.network.timetable.build import Choices, timetable_of
from yipan.network.timetable.days import busiest_day
from yipan.network.timetable.feed import Feed
from yipan.network.timetable.lines import with_lines
from yipan.network.timetable.read import read_feed
from yipan.network.timetable.values import Stops, Timetable
from yipan.network.transit.network import TransitNetwork, transit_network, turned
from yipan.network.transit.values import Query
from yipan.region.value import Layer, Region
from yipan.text import Text

Places = tuple[Floats, Floats]
"""Degrees: longitudes and latitudes."""
_STREETS: Mapping[StreetMode, Text] = {
    "walk": Text("步行街道", "street to walk on"),
    "drive": Text("车行街道", "street to drive on"),
}


@dataclass(frozen=True)
class _Read:
    feed: Feed | None
    problems: tuple[Problem, ...]
    nbytes: int


_FEEDS: Memo[_Read] = Memo()


class Board:
    """Everything door-to-door times of a region with streets are computed from, each part made when asked.

    Parameters
    ----------
    region, costs
        A region with the layer ``streets``; speeds, slacks and the window.
    digest
        Content id of everything times depend on.
    """

    def __init__(self, region: Region, costs: StreetCosts, *, digest: str) -> None:
        self.region, self.costs, self.digest = region, costs, digest
        cells = region.tables["cells"]
        self.ids = tuple(map(str, cells.array("id")))
        self.at: Places = (cells.numbers("lon"), cells.numbers("lat"))

    @cached_property
    def grounds(self) -> Mapping[StreetMode, Ground]:
        """Prepared streets by mode."""
        return grounds_of(self.region, walk_kmh=self.costs.walk_kmh, congestion=self.costs.congestion)

    def snapped(self, mode: StreetMode, at: Places) -> Snapped:
        """Return places on the streets of a mode."""
        return self.grounds[mode].put(*at, limit_m=self.costs.snap_limit)

    def ends(self, mode: StreetMode, at: Places) -> Ends:
        """Return places as the searches of a mode see them; off the street people walk."""
        return self.grounds[mode].ends(self.snapped(mode, at), off_kmh=self.costs.walk_kmh)

    @cached_property
    def cells(self) -> Mapping[StreetMode, Ends]:
        """Cells on the streets of each mode."""
        return {mode: self.ends(mode, self.at) for mode in self.grounds}

    @cached_property
    def _timetable(self) -> tuple[Timetable, tuple[Problem, ...]]:
        read = [_feed_of(layer) for layer in self.region.layers_of("transit")]
        problems = [p for r in read for p in r.problems]
        feeds = [r.feed for r in read if r.feed is not None]
        day = date.fromisoformat(self.costs.day) if self.costs.day else _busiest(feeds)
        table, more = timetable_of(feeds, day, choices=Choices(until=self.costs.end + self.costs.longest))
        table = with_lines(
            table,
            self.region,
            period=self.costs.lines.period,
            first=self.costs.start - self.costs.longest,
            last=self.costs.end + self.costs.longest,
        )
        return table, (*problems, *more)

    @property
    def timetable(self) -> Timetable:
        """The timetable of the day: feeds and the region's lines together."""
        return self._timetable[0]

    @cached_property
    def stops(self) -> Ends:
        """Stops on the streets people walk."""
        return self.ends("walk", _points(self.timetable.stops))

    @cached_property
    def network(self) -> TransitNetwork:
        """The timetable with walks between its stops."""
        legs = within(self._walks, self.stops, self.stops, limit=self.costs.transfer_walk)
        return transit_network(self.timetable, seconds_of(legs))

    @property
    def _walks(self) -> Customised:
        return self.grounds["walk"].customised

    def access(self, places: Ends) -> Legs:
        """Return walks from places to stops, seconds."""
        return seconds_of(within(self._walks, places, self.stops, limit=self.costs.walk_limit))

    def egress(self, places: Ends) -> Legs:
        """Return walks from stops to places, grouped by place, seconds."""
        legs = within(self._walks, self.stops, places, limit=self.costs.walk_limit)
        return turned(seconds_of(legs), places=len(places))

    @cached_property
    def cell_access(self) -> Legs:
        """Walks from cells to stops."""
        return self.access(self.cells["walk"])

    @cached_property
    def cell_egress(self) -> Legs:
        """Walks from stops to cells, grouped by cell."""
        return self.egress(self.cells["walk"])

    def query(self, percentiles: Sequence[int]) -> Query:
        """Return what is asked of the timetable."""
        c = self.costs
        return Query(
            start=c.start,
            end=c.end,
            step=c.step,
            percentiles=tuple(percentiles),
            max_rides=c.max_rides,
            transfer_slack=c.lines.transfer,
            board_slack=c.board,
            limit=c.longest,
        )

    def walking(self) -> StreetRows:
        """Return rows of walks between cells."""
        return self._along("walk", 0)

    def driving(self) -> StreetRows:
        """Return rows of drives between cells, with the time at both ends."""
        return self._along("drive", self.costs.lines.terminal)

    def by_timetable(self, percentiles: Sequence[int]) -> TransitRows:
        """Return rows of times between cells by timetable or on foot."""
        c, query = self.costs, self.query(percentiles)
        return TransitRows(
            digest=_hash(self.digest, "transit", c.day, c.lines.period, repr(query)),
            origins=self.ids,
            destinations=self.ids,
            network=self.network,
            access=self.cell_access,
            egress=self.cell_egress,
            walk=self.walking(),
            query=query,
        )

    def _along(self, mode: StreetMode, extra: int) -> StreetRows:
        return StreetRows(
            digest=_hash(self.digest, mode),
            origins=self.ids,
            destinations=self.ids,
            customised=self.grounds[mode].customised,
            sources=self.cells[mode],
            targets=self.cells[mode],
            extra=extra,
        )

    def problems(self) -> tuple[Problem, ...]:
        """Return everything there is to tell of streets, feeds, and places that are on no street."""
        out = [p for g in self.grounds.values() for p in g.problems]
        out += self._timetable[1]
        cell = Text("单元格", "cell")
        for mode in self.grounds:
            put = self.snapped(mode, self.at)
            out += missed_problems(put, self.ids, file="cells.csv", what=cell, street=_STREETS[mode])
        stops = self.timetable.stops
        if len(stops):
            put, stop = self.snapped("walk", _points(stops)), Text("站点", "stop")
            out += missed_problems(put, stops.ids, file="transit", what=stop, street=_STREETS["walk"])
        return tuple(out)


_BOARDS: Recent[Board] = Recent(size=4)


def board_of(region: Region, costs: StreetCosts) -> Board:
    """Return the board of a region, one for all that ask; regions that differ elsewhere share it."""
    digest = network_digest(region)
    return _BOARDS.get((digest, costs), lambda: Board(region, costs, digest=digest))


def forget_boards() -> None:
    """Forget boards."""
    _BOARDS.clear()


def _points(stops: Stops) -> Places:
    return stops.lon, stops.lat


def _hash(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]


def _feed_of(layer: Layer) -> _Read:
    """Return a feed read once for every region that has it; what is unsound in it is left out and named."""

    def make() -> _Read:
        feed, problems = read_feed(layer.path, strict=False)
        return _Read(feed, problems, bytes_of(feed))

    return _FEEDS.make((layer.digest, layer.name), make)  # its name is in every id


def _busiest(feeds: Sequence[Feed]) -> date:
    """Return the working day with the most trips; any Tuesday where nothing runs by timetable."""
    try:
        return busiest_day(feeds)
    except RegionError:
        return date(2024, 3, 12)
