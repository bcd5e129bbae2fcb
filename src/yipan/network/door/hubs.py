r"""Stations of new lines as seen from a timetable, and the exact min-plus update over them.

A planned line has a headway, the timetable has trips, so the update joins two kinds of numbers: for
the timetable the percentile :math:`p` of the departures, for the line the wait ``p % × headway``. It is
exact in these numbers; against the timetable with the line's trips in it, it is an **approximation**
(percentiles of sums are not sums of percentiles), so an accepted plan is computed again in full and the
difference reported (`yipan.network.verify_times`).

For stations :math:`s, t` of all new lines together, seconds:

- :math:`A_{os}` from cell o to waiting at s: ``board_time`` and a walk (``walk_limit``), or the time by
  timetable and ``transfer_time``;
- :math:`E_{td}` from alighting at t to cell d: on foot, or ``transfer_time`` and by timetable;
- :math:`N_{ts}` from alighting at t to waiting at s: ``transfer_time`` after walking (``transfer_walk`` at
  most), or twice that and the timetable between;
- :math:`W_{st}` waiting at s and riding to t on one line.

.. math:: M = W \otimes (N \otimes W)^{*}, \qquad
          T'_{od} = \min\bigl(T_{od},\ \min_{s,t} A_{os} + M_{st} + E_{td}\bigr)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from yipan.network.door.board import Board, Places
from yipan.network.door.reverse import mirrored, reverse
from yipan.network.door.rows import whole_seconds
from yipan.network.minplus import FAR, Seconds, closure, lower, product
from yipan.network.services import Service, Stations
from yipan.network.streets.values import Ends, Legs
from yipan.network.sweep.many import between
from yipan.network.transit.events import Events, events
from yipan.network.transit.network import TransitNetwork, transit_network, turned
from yipan.network.transit.values import Query
from yipan.network.transit.window import window_times
from yipan.network.values import UNREACHED


@dataclass(frozen=True)
class Hubs:
    """A, E and N of the module's formula for k stations: int32 seconds, `FAR` where there is no way."""

    to: Seconds  # (cells, k)
    onward: Seconds  # (k, cells)
    change: Seconds  # (k, k)


def lowered(times: Seconds, hubs: Hubs, services: Sequence[Service], used: Sequence[int]) -> Seconds:
    """Return times (`FAR` where there is no way) lowered by new lines.

    Parameters
    ----------
    used
        Position in the services' stations of each hub.
    """
    place = {int(s): i for i, s in enumerate(used)}
    ride = np.full((len(used), len(used)), FAR, dtype=np.int32)
    for service in services:
        service.board_to_alight(place, ride)
    best = product(ride, closure(product(hubs.change, ride)))
    out = times.copy()
    lower(out, hubs.to, product(best, hubs.onward))
    return out


class HubFinder:
    """Finds hubs on one board, each station once.

    Parameters
    ----------
    board
        With the timetable that times were computed from, new lines not in it.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._known: dict[tuple[float, float], tuple[Seconds, Seconds]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held of times to and from stations found before."""
        return sum(to.nbytes + onward.nbytes for to, onward in list(self._known.values()))

    def find(self, stations: Stations, used: Sequence[int]) -> Hubs:
        """Return the hubs at some of the stations."""
        spots = [(float(stations.lon[i]), float(stations.lat[i])) for i in used]
        fresh = [s for s in dict.fromkeys(spots) if s not in self._known]
        if fresh:
            to, onward = self._search(fresh)
            self._known |= {s: (to[:, i], onward[i]) for i, s in enumerate(fresh)}
        return Hubs(
            to=np.stack([self._known[s][0] for s in spots], axis=1),
            onward=np.stack([self._known[s][1] for s in spots]),
            change=self._change(spots),
        )

    def _search(self, spots: Sequence[tuple[float, float]]) -> tuple[Seconds, Seconds]:
        board = self._board
        at, cells = board.ends("walk", _places(spots)), board.cells["walk"]
        slack, first = board.costs.lines.transfer, board.costs.board
        there = _plus(self._walk(cells, at, board.costs.walk_limit), first)
        back = self._walk(at, cells, board.costs.walk_limit)
        if board.timetable.patterns:
            onward = self._ahead.times(board.access(at), board.cell_egress)
            to = self._back.times(board.egress(at), board.cell_access).T  # arriving within the window
            there, back = np.minimum(there, _plus(to, first + slack)), np.minimum(back, _plus(onward, slack))
        return there, back

    @cached_property
    def _ahead(self) -> _Timetable:
        return _Timetable.of(self._board.network, self._query)

    @cached_property
    def _back(self) -> _Timetable:
        network = self._board.network
        walks = turned(_without_prescribed(network), places=len(network.changes))
        return _Timetable.of(transit_network(reverse(network.timetable), walks), mirrored(self._query))

    @property
    def _query(self) -> Query:
        # the slack of a first boarding is added above: seen backwards, the first ride is the last
        return replace(self._board.query((self._board.costs.percentile,)), board_slack=0)

    def _change(self, spots: Sequence[tuple[float, float]]) -> Seconds:
        board = self._board
        slack = board.costs.lines.transfer
        at = board.ends("walk", _places(spots))
        out = self._walk(at, at, board.costs.transfer_walk)
        np.fill_diagonal(out, 0)
        out = _plus(out, slack)
        if board.timetable.patterns:
            by = self._ahead.times(board.access(at), board.egress(at))
            out = np.minimum(out, _plus(by, 2 * slack))
        return out

    def _walk(self, a: Ends, b: Ends, limit: int) -> Seconds:
        ms = between(self._board.grounds["walk"].customised, a, b)
        return whole_seconds(np.where(ms > limit, FAR, ms).astype(np.int32))


@dataclass(frozen=True)
class _Timetable:
    """A network ready to be asked for one percentile again and again."""

    network: TransitNetwork
    query: Query
    prepared: Events

    @classmethod
    def of(cls, network: TransitNetwork, query: Query) -> _Timetable:
        return cls(network, query, events(network, query))

    def times(self, access: Legs, egress: Legs) -> Seconds:
        """Return seconds between places, `FAR` where there is no way by timetable."""
        plane = window_times(self.network, access, egress, None, self.query, prepared=self.prepared)[:, :, 0]
        return np.where(plane == UNREACHED, FAR, plane).astype(np.int32)


def _plus(times: Seconds, seconds: int) -> Seconds:
    return np.where(times >= FAR, FAR, times + np.int32(seconds)).astype(np.int32)


def _places(spots: Sequence[tuple[float, float]]) -> Places:
    return np.array([s[0] for s in spots]), np.array([s[1] for s in spots])


def _without_prescribed(network: TransitNetwork) -> Legs:
    """Return the walks between stops that no feed prescribes (those come with the timetable)."""
    legs, keep = network.changes, ~network.prescribed
    source = np.repeat(np.arange(len(legs)), np.diff(legs.first))[keep]
    first = np.searchsorted(source, np.arange(len(legs) + 1)).astype(np.int64)
    return replace(legs, first=first, to=legs.to[keep], cost=legs.cost[keep])
