"""Times of one network for every mode, computed when asked for, or carried over from another network."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yipan.network.graph import Graph, search
from yipan.network.layout import Network
from yipan.network.lowered import Ground, Lowered, ground_of
from yipan.network.minplus import FAR, Seconds, lower
from yipan.network.threads import over_blocks
from yipan.network.values import UNREACHED, Mode

_ROWS = 256  # of a matrix worked on at once


class State:
    """Exact times between the cells of a network; each matrix is int32 (cells × cells), read-only.

    ``car`` and ``transit`` are travel times of those modes. ``person`` is what mode ``any`` reaches without a
    car at the far end; ``any`` itself is the lesser of ``person`` and ``car``. The diagonal holds
    the time inside the cell.

    Parameters
    ----------
    known
        Matrices by name, whole or `Lowered`; the rest is computed when asked for.
    borrowed
        Those of them that another state holds as long as this one is of use: their bytes are not counted.
    """

    def __init__(
        self,
        network: Network,
        known: Mapping[str, Seconds | Lowered] | None = None,
        *,
        borrowed: Collection[str] = (),
    ) -> None:
        self._borrowed = frozenset(borrowed)
        self.network = network
        self.graph = Graph(network)
        self._known: dict[str, Seconds] = {
            k: _frozen(v) for k, v in (known or {}).items() if isinstance(v, np.ndarray)
        }
        self.lowered: Mapping[str, Lowered] = {
            k: v for k, v in (known or {}).items() if isinstance(v, Lowered)
        }
        self._grounds: dict[str, Ground] = {}
        self._lock = threading.RLock()

    @property
    def ids(self) -> tuple[str, ...]:
        """Cells in order."""
        return self.network.cells.ids

    def get(self, name: str) -> Seconds:
        """Return a matrix by name: car, transit, person or any."""
        with self._lock:
            if name not in self._known:
                self._known[name] = _frozen(self._compute(name))
                if {"transit", "person"} <= set(self._known):
                    self.__dict__.pop("_hubs", None)  # both made: what they were made from can go
            return self._known[name]

    def view(self, name: str) -> Seconds | Lowered:
        """Return a matrix by name as `get`, but not written out where it lowers another."""
        return self.lowered[name] if name in self.lowered and name not in self._known else self.get(name)

    def mode(self, mode: Mode) -> Seconds | Lowered:
        """Return the travel times of a mode."""
        return self.view("car" if mode == "drive" else mode)

    def names(self) -> tuple[str, ...]:
        """Return the names of the matrices there are by now, written out or not."""
        return tuple(dict.fromkeys((*self._known, *self.lowered)))

    def known(self) -> dict[str, Seconds]:
        """Return the matrices there are by now, all written out."""
        return {name: self.get(name) for name in self.names()}

    def ground(self, name: str) -> Ground:
        """Return a matrix ready to be lowered; made once."""
        with self._lock:
            if name not in self._grounds:
                self._grounds[name] = ground_of(self.get(name))
            return self._grounds[name]

    @property
    def nbytes(self) -> int:
        """Bytes held, but for what is borrowed."""
        hubs = self.__dict__.get("_hubs", ())
        own = [v for name, v in self._known.items() if name not in self._borrowed]
        return sum(v.nbytes for v in (*own, *self.lowered.values(), *hubs))

    def own(self, name: str) -> Seconds:
        """Return the times inside each cell, the diagonal of a matrix (shape: cells)."""
        cells = self.network.cells
        both = np.minimum(cells.own_car, cells.own_person)
        out = {"car": cells.own_car, "transit": cells.own_person, "person": cells.own_person, "any": both}[
            name
        ]
        return out.astype(np.int32)

    def _compute(self, name: str) -> Seconds:
        if name in self.lowered:
            return self.lowered[name].dense()
        if not self.graph.nodes.n:
            return np.zeros((0, 0), dtype=np.int32)
        if name == "any":
            return least(self.get("person"), self.get("car"))
        if name == "car":
            out = search(self.graph.on_roads, np.arange(self.graph.nodes.n))
            out += np.int32(self.network.costs.terminal)
        else:
            on_foot, to_station, from_station = self._hubs
            last = {"transit", "person"} - {name} <= set(self._known)
            out = on_foot if last else least(on_foot, on_foot)  # made last, it takes what is left
            if name == "person":
                to_station = np.minimum(to_station, self.car_to_stations())
            lower(out, to_station, from_station)
        return self.settle(name, out)

    def rows(self, name: str, origins: NDArray[np.int64]) -> Seconds:
        """Return the times from some cells only, by a search from each: shape (origins, cells)."""
        graph, at, n = self.graph, self.graph.nodes, self.graph.nodes.n
        if name == "any":
            return np.minimum(self.rows("person", origins), self.rows("car", origins))
        if name == "car":
            out = search(graph.on_roads, origins) + np.int32(self.network.costs.terminal)
        else:
            on_foot = search(graph.forward, at.before(origins), keep=slice(0, 3 * n))
            out = np.minimum(on_foot[:, :n], on_foot[:, 2 * n :])
        if name == "person":
            after = slice(2 * n, 3 * n)
            out = np.minimum(out, search(graph.forward, at.car(origins), keep=after))
        out[out >= FAR] = UNREACHED
        out[np.arange(len(origins)), origins] = self.own(name)[origins]
        return out

    def settle(self, name: str, times: Seconds) -> Seconds:
        """Mark what cannot be reached and put the times inside cells on the diagonal, in place."""

        def block(start: int, stop: int) -> None:
            part = times[start:stop]
            if part.max(initial=0) >= FAR:
                part[part >= FAR] = UNREACHED

        over_blocks(block, len(times), block=_ROWS)
        np.fill_diagonal(times, self.own(name))
        return times

    def car_to_stations(self) -> Seconds:
        """Return seconds by car from cells to boarding at stations (shape cells × stations)."""
        access, at = self.network.access, self.network.access.car_cell
        car = self.get("car")[:, at]
        reach = np.where(car == UNREACHED, FAR, car - np.int32(self.network.costs.terminal))
        reach[at, np.arange(len(at))] = 0
        by_car: Seconds = reach + access.car.astype(np.int32)
        return np.minimum(by_car, FAR)

    @cached_property
    def _hubs(self) -> tuple[Seconds, Seconds, Seconds]:
        """Cells to cells and to stations without lines, and stations (waiting) to cells with at least one."""
        graph, nodes = self.graph, self.graph.nodes
        on_foot = search(graph.without_lines, np.arange(nodes.n), keep=slice(0, nodes.n))
        s, c, seconds = self.network.access.person
        to_station = np.full((nodes.n, nodes.m), FAR, dtype=np.int32)
        if len(s):
            starts = np.searchsorted(s, np.arange(nodes.m))  # every station has its nearest cell
            to_station = np.minimum.reduceat(on_foot[:, c] + seconds.astype(np.int32), starts, axis=1)
            np.minimum(to_station, FAR, out=to_station)
        served = np.unique(
            np.concatenate([np.zeros(0, np.int64), *(v.stations for v in self.network.services.values())])
        )
        after = slice(2 * nodes.n, 3 * nodes.n)
        from_station = np.full((nodes.m, nodes.n), FAR, dtype=np.int32)
        from_station[served] = search(graph.forward, nodes.board(served), keep=after)
        return on_foot, to_station, from_station


def least(a: Seconds, b: Seconds) -> Seconds:
    """Return the lesser of two matrices entry by entry, as a new one."""
    out = np.empty_like(a)

    def block(start: int, stop: int) -> None:
        np.minimum(a[start:stop], b[start:stop], out=out[start:stop])

    over_blocks(block, len(a), block=_ROWS)
    return out


def _frozen(values: Seconds) -> Seconds:
    values.flags.writeable = False
    return values
