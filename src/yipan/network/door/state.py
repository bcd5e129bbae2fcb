"""Times between the cells of a region with streets, for every mode, computed when asked for."""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np

from yipan.network.costs import ground_digest
from yipan.network.distance import Points
from yipan.network.door.board import Board, Places, board_of
from yipan.network.door.hubs import HubFinder, lowered
from yipan.network.door.links import link_ends, lower_by_links, onward
from yipan.network.door.rows import whole_seconds
from yipan.network.door.settings import StreetCosts, street_costs
from yipan.network.layout import inside, prefix, read_roads
from yipan.network.matrix.size import SECONDS_BYTES, MatrixSize, refuse_in_memory
from yipan.network.matrix.values import Rows
from yipan.network.minplus import FAR, Seconds, lower
from yipan.network.services import Service, read_services
from yipan.network.sweep.many import between
from yipan.network.values import UNREACHED, Mode, Window
from yipan.region.value import Region

_BLOCK = 512
ATTACHED = 3
"""Nearest cells over which a place is reached by timetable."""


class StreetState:
    """Times between cells along streets and by timetable; each matrix is int32 seconds, read-only.

    ``car`` along streets and links; ``transit`` by timetable or on foot; ``person`` the same (nobody parks
    at a station); ``any`` the lesser of ``car`` and ``transit``. The diagonal holds the time inside the cell.

    Parameters
    ----------
    region, costs
        What times are of.
    base
        The state whose times by timetable were computed in full, where these were lowered from it.
    """

    def __init__(self, region: Region, costs: StreetCosts, *, base: StreetState | None = None) -> None:
        self.region, self.costs = region, costs
        self.base: StreetState = self if base is None else base
        self.board: Board = base.board if base else board_of(region, costs)
        self.ground = ground_digest(region)
        self.stations, self.services = read_services(region, costs.lines)
        self.roads = read_roads(region, self.board.ids, costs.lines)
        self._known: dict[str, Seconds] = {}
        self._lock = threading.RLock()

    @property
    def ids(self) -> tuple[str, ...]:
        """Cells in order."""
        return self.board.ids

    def get(self, name: str) -> Seconds:
        """Return a matrix by name: car, transit, person or any."""
        name = "transit" if name == "person" else name
        with self._lock:
            if name not in self._known:
                out = self._compute(name)
                out.flags.writeable = False
                self._known[name] = out
            return self._known[name]

    def mode(self, mode: Mode) -> Seconds:
        """Return the travel times of a mode."""
        return self.get("car" if mode == "drive" else mode)

    def known(self) -> dict[str, Seconds]:
        """Return the matrices there are by now."""
        return dict(self._known)

    @property
    def nbytes(self) -> int:
        """Bytes held, matrices that other states share included."""
        more = [self.__dict__[name] for name in ("along_streets", "finder") if name in self.__dict__]
        return sum(v.nbytes for v in (*self.known().values(), *more))

    @cached_property
    def points(self) -> Points:
        """Cells as points."""
        return Points(*self.board.at)

    def _compute(self, name: str) -> Seconds:
        if name == "any":
            return np.minimum(self.get("transit"), self.get("car"))
        if name == "car":
            return self._car()
        if self.base is not self:
            return self._lowered()
        return self._settled(dense(self.board.by_timetable((self.costs.percentile,))), "transit")

    @cached_property
    def along_streets(self) -> Seconds:
        """Seconds of driving between cells along streets only, both ends included; `FAR` where none."""
        return dense(self.board.driving())

    def _car(self) -> Seconds:
        """Return driving times along streets and links."""
        times, ends = self.base.along_streets, link_ends(self.roads)
        out, terminal = times.copy(), self.costs.lines.terminal
        if len(ends):
            drive = np.where(times[ends] >= FAR, FAR, times[ends] - np.int32(terminal)).astype(np.int32)
            lower_by_links(out, onward(drive, ends, self.roads), ends, start=0, terminal=terminal)
        return self._settled(out, "car")

    def _lowered(self) -> Seconds:
        """Return times by timetable, lowered by the lines the base has not (`yipan.network.door.hubs`)."""
        base = self.base
        gained = gained_services(base, self) or ()
        times = base.get("transit")
        if not gained:
            return times
        used = np.unique(np.concatenate([s.stations for s in gained])).tolist()
        hubs = base.finder.find(self.stations, used)
        out = lowered(np.where(times == UNREACHED, FAR, times).astype(np.int32), hubs, gained, used)
        out[out > self.costs.longest] = FAR
        np.minimum(out, np.where(times == UNREACHED, FAR, times), out=out)  # walks may take longer than that
        return self._settled(out, "transit")

    @cached_property
    def finder(self) -> HubFinder:
        """Finds stations of new lines on this board."""
        return HubFinder(self.board)

    def _settled(self, times: Seconds, name: str) -> Seconds:
        """Mark what cannot be reached and put the times inside cells on the diagonal, in place."""
        times[times >= FAR] = UNREACHED
        car, person = inside(self.points, self.costs.lines)
        np.fill_diagonal(times, (car if name == "car" else person).astype(np.int32))
        return times

    def to_points(self, at: Places, mode: Mode) -> Seconds:
        """Return seconds from every cell to places: along streets and links exactly, by timetable over cells.

        By timetable, the least of walking all the way and, over the place's `ATTACHED` nearest cells, the
        time to the cell and the walk from it.
        """
        out = np.full((len(self.ids), len(at[0])), FAR, dtype=np.int32)
        if mode in ("drive", "any"):
            out = self._by_car(at)
        if mode in ("transit", "any"):
            np.minimum(out, self._by_person(at), out=out)
        out[out >= FAR] = UNREACHED
        return out

    def _by_car(self, at: Places) -> Seconds:
        """Return seconds of driving to places: along streets, or over the last link and on along streets."""
        board, terminal = self.board, np.int32(self.costs.lines.terminal)
        cells, places = board.cells["drive"], board.ends("drive", at)
        drive = whole_seconds(between(board.grounds["drive"].customised, cells, places))
        out = np.where(drive >= FAR, FAR, drive + terminal).astype(np.int32)
        ends = link_ends(self.roads)
        if len(ends):
            reach = np.minimum(self.get("car")[:, ends], FAR)
            reach[ends, np.arange(len(ends))] = terminal
            lower(out, reach, np.minimum(drive[ends], FAR).astype(np.int32))
        return out

    def _by_person(self, at: Places) -> Seconds:
        board = self.board
        cells, places = board.cells["walk"], board.ends("walk", at)
        walk = whole_seconds(between(board.grounds["walk"].customised, cells, places))
        times = self.get("transit")
        near, _ = self.points.nearest(*at, k=min(ATTACHED, len(self.ids)))
        out, place = walk.copy(), np.arange(len(at[0]))
        for column in near.T:
            reach = np.minimum(times[:, column], FAR) + np.minimum(walk[column, place], FAR)
            reach[column, place] = walk[column, place]
            np.minimum(out, reach, out=out)
        return np.minimum(out, FAR).astype(np.int32)


def dense(rows: Rows) -> Seconds:
    """Return the one plane of rows as int32 seconds in memory, `FAR` where there is no way.

    Raises
    ------
    MeasureError
        When it is larger than option ``network.max_matrix_mb`` allows, with the ways out.
    """
    n, m = len(rows.origins), len(rows.destinations)
    refuse_in_memory(MatrixSize(n, m, entry=SECONDS_BYTES))
    out = np.empty((n, m), dtype=np.int32)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        out[start:stop] = rows.rows(start, stop)[:, :, 0]
    out[out == UNREACHED] = FAR
    return out


def street_state(region: Region, *, percentile: int, window: Window) -> StreetState:
    """Return the times of a region with streets, nothing computed yet."""
    return StreetState(region, street_costs(region, percentile=percentile, window=window))


def carry_streets(state: StreetState, region: Region) -> StreetState | None:
    """Return the state of a changed region from one of it before; None where something was lost or slowed.

    Driving times are exact; times by timetable are lowered as `yipan.network.door.hubs` says.
    """
    base = state.base
    if ground_digest(region) != base.ground or not _same_cells(region, base.region):
        return None
    out = StreetState(region, state.costs, base=base)
    if gained_services(base, out) is None:
        return None
    for name in state.known():
        out.get(name)
    return out


def gained_services(old: StreetState, new: StreetState) -> tuple[Service, ...] | None:
    """Return the lines `new` has and `old` has not, or not as fast; None where one was lost or slowed."""
    if not prefix(old.stations, new.stations):
        return None
    for name, before in old.services.items():
        after = new.services.get(name)
        if after is None or not after.not_slower(before):
            return None
    out = []
    for name, after in new.services.items():
        earlier = old.services.get(name)
        if earlier is None or not after.same(earlier):
            out.append(after)
    return tuple(out)


def _same_cells(a: Region, b: Region) -> bool:
    x, y = a.tables["cells"], b.tables["cells"]
    return all(x.column_digest(c) == y.column_digest(c) for c in ("id", "lon", "lat"))
