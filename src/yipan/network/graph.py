"""The network as one directed graph with whole-second weights (meaning: `yipan.network.times`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yipan.network.jit import kernel
from yipan.network.layout import Edges, Network
from yipan.network.minplus import FAR, Seconds, as_seconds
from yipan.network.services import Ints, Service
from yipan.network.threads import over_blocks

_BATCH = 128  # sources searched at once: bounds the memory of float distances
_RING = 1 << 22  # buckets: seconds of the longest edge, 48 days


@dataclass(frozen=True)
class Nodes:
    """Where the nodes of each kind lie: n cells five times, m stations twice, then vehicles.

    A person is at cell c ``before`` (no line ridden yet) or ``after``, aboard a ``coach``, or drives a
    ``car``; is about to ``board`` at a station, or has just arrived (``alight``).
    """

    n: int
    m: int

    def before(self, cell: Ints | int) -> Ints:
        """Node of a person at a cell who has ridden no line yet."""
        return np.asarray(cell, dtype=np.int64)

    def coach_before(self, cell: Ints | int) -> Ints:
        """Node aboard a coach at a cell, no line ridden yet."""
        return np.asarray(cell, dtype=np.int64) + self.n

    def after(self, cell: Ints | int) -> Ints:
        """Node of a person at a cell who has ridden a line."""
        return np.asarray(cell, dtype=np.int64) + 2 * self.n

    def coach_after(self, cell: Ints | int) -> Ints:
        """Node aboard a coach at a cell, after a line."""
        return np.asarray(cell, dtype=np.int64) + 3 * self.n

    def car(self, cell: Ints | int) -> Ints:
        """Node in the car at a cell."""
        return np.asarray(cell, dtype=np.int64) + 4 * self.n

    def board(self, station: Ints | int) -> Ints:
        """Node at a station, about to wait for a line."""
        return np.asarray(station, dtype=np.int64) + 5 * self.n

    def alight(self, station: Ints | int) -> Ints:
        """Node at a station, just off a line."""
        return np.asarray(station, dtype=np.int64) + 5 * self.n + self.m

    @property
    def vehicles(self) -> int:
        """First node aboard a line's vehicle."""
        return 5 * self.n + 2 * self.m


class Graph:
    """Edges of a network and the searches over them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes = Nodes(len(network.cells), len(network.stations))

    @cached_property
    def forward(self) -> csr_array:
        """Edges by the node they leave."""
        edges = [*self._person(), *self._roads(), *self._access(), *self._changes()]
        vehicles, count = self._vehicles(self.network.services.values())
        return matrix([*edges, *vehicles], size=self.nodes.vehicles + count)

    @cached_property
    def backward(self) -> csr_array:
        """Edges by the node they reach."""
        return csr_array(self.forward.T.tocsr())

    @cached_property
    def backward_after(self) -> csr_array:
        """Edges by the node they reach, without those that leave a cell before any line."""
        edges = self.forward.tocoo()
        keep = edges.coords[0] >= 2 * self.nodes.n
        a, b, w = (v[keep].astype(np.int64) for v in (*edges.coords, edges.data))
        return matrix([(b, a, w)], size=self.forward.shape[0])

    @cached_property
    def on_roads(self) -> csr_array:
        """Cells and links by car."""
        r = self.network.roads
        return matrix([(r.u, r.v, r.car), (r.v, r.u, r.car)], size=self.nodes.n)

    @cached_property
    def without_lines(self) -> csr_array:
        """Cells on foot and aboard coaches: the first two groups of `Nodes`."""
        edges = [e for e in [*self._person(), *self._roads()] if len(e[0]) and e[0].max() < 2 * self.nodes.n]
        return matrix([e for e in edges if e[1].max() < 2 * self.nodes.n], size=2 * self.nodes.n)

    def _person(self) -> Iterable[Edges]:
        at, cells, cost = self.nodes, self.network.cells, self.network.costs
        c = np.arange(at.n)
        a, b, walk = cells.walks
        for person, coach in ((at.before, at.coach_before), (at.after, at.coach_after)):
            yield person(c), coach(c), np.full(at.n, cost.coach_wait, dtype=np.int64)
            yield coach(c), person(c), np.zeros(at.n, dtype=np.int64)
            yield person(a), person(b), walk

    def _roads(self) -> Iterable[Edges]:
        r = self.network.roads
        yield from road_edges(self.nodes, r.u, r.v, car=r.car, coach=r.coach)

    def _access(self) -> Iterable[Edges]:
        at, access = self.nodes, self.network.access
        s, c, seconds = access.person
        yield at.before(c), at.board(s), seconds
        yield at.after(c), at.board(s), seconds + self.network.costs.transfer
        yield at.alight(s), at.after(c), seconds
        yield at.car(access.car_cell), at.board(np.arange(at.m)), access.car

    def _changes(self) -> Iterable[Edges]:
        at, transfer = self.nodes, self.network.costs.transfer
        s, t, seconds = self.network.access.near
        every = np.arange(at.m)
        yield at.alight(every), at.board(every), np.full(at.m, transfer, dtype=np.int64)
        yield at.alight(s), at.board(t), seconds + transfer

    def _vehicles(self, services: Iterable[Service]) -> tuple[list[Edges], int]:
        """One node per service, direction and stop reached; the ride onward starts with the dwell there."""
        at, first, edges = self.nodes, self.nodes.vehicles, []
        node = first
        for service in services:
            for stations, rides in service.directions():
                hops = len(rides)
                aboard = np.arange(node, node + hops)
                edges.append((at.board(stations[:-1]), aboard, service.wait + rides))
                edges.append((aboard, at.alight(stations[1:]), np.zeros(hops, dtype=np.int64)))
                edges.append((aboard[:-1], aboard[1:], service.dwell + rides[1:]))
                if service.loop:
                    edges.append((aboard[-1:], aboard[:1], service.dwell + rides[:1]))
                node += hops
        return edges, node - first


def road_edges(at: Nodes, u: Ints, v: Ints, *, car: Ints, coach: Ints) -> list[Edges]:
    """Return the edges of links between cells u and v: both ways, by car and by coach."""
    kinds = ((at.coach_before, coach), (at.coach_after, coach), (at.car, car))
    return [e for node, s in kinds for e in ((node(u), node(v), s), (node(v), node(u), s))]


def matrix(edges: Sequence[Edges], *, size: int) -> csr_array:
    """Return edges as a sparse matrix, the fastest of parallel ones; edges of 0 s are kept."""
    a = np.concatenate([np.zeros(0, np.int64), *(e[0] for e in edges)])
    b = np.concatenate([np.zeros(0, np.int64), *(e[1] for e in edges)])
    w = np.concatenate([np.zeros(0, np.int64), *(e[2] for e in edges)])
    key = a * size + b
    order = np.lexsort((w, key))
    key, w = key[order], w[order]
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    key, w = key[first], w[first]
    pointer = np.searchsorted(key // size, np.arange(size + 1)).astype(np.int32)
    return csr_array((w.astype(np.float64), (key % size).astype(np.int32), pointer), shape=(size, size))


def with_rows(graph: csr_array, rows: Sequence[tuple[Ints, Ints]]) -> csr_array:
    """Return the graph with further nodes at its end, given as (reached, seconds); no edge reaches them."""
    size = graph.shape[0] + len(rows)
    columns = [graph.indices, *(r[0].astype(np.int32) for r in rows)]
    weights = [graph.data, *(r[1].astype(np.float64) for r in rows)]
    ends = graph.indptr[-1] + np.cumsum([len(r[0]) for r in rows])
    pointer = np.concatenate([graph.indptr, ends.astype(np.int32)])
    return csr_array((np.concatenate(weights), np.concatenate(columns), pointer), shape=(size, size))


def search(graph: csr_array, sources: Ints, *, keep: slice | None = None) -> Seconds:
    """Return the least seconds from each source to the nodes of `keep`: shape (sources, nodes).

    Dial's algorithm (1969), exact for whole seconds: what is reached waits in a ring of one bucket a second,
    longer than any edge. Edges of months are left to a heap (scipy).
    """
    sources = np.atleast_1d(np.asarray(sources, dtype=np.int64))
    start, stop, _ = (slice(None) if keep is None else keep).indices(graph.shape[0])
    out = np.empty((len(sources), stop - start), dtype=np.int32)
    ring = 1 << int(graph.data.max(initial=0.0)).bit_length()
    if ring > _RING:
        for a in range(0, len(sources), _BATCH):
            found: NDArray[np.float64] = dijkstra(graph, directed=True, indices=sources[a : a + _BATCH])
            out[a : a + _BATCH] = as_seconds(found[:, start:stop])
        return out
    edges = graph.indptr, graph.indices, graph.data.astype(np.int32)

    def block(a: int, b: int) -> None:
        _dial(edges, sources[a:b], ring, start, out[a:b])

    over_blocks(block, len(sources), block=max(4, min(32, len(sources) // 8)))
    return out


@kernel
def _dial(
    edges: tuple[NDArray[np.int32], NDArray[np.int32], Seconds],
    sources: Ints,
    ring: int,
    start: int,
    out: Seconds,
) -> None:
    pointer, reached, seconds = edges
    at = np.empty(len(pointer) - 1, np.int32)
    bucket = np.full(ring, -1, np.int32)  # the first that waits for a second; its node, and who is next
    node, after = np.empty(len(reached) + 1, np.int32), np.empty(len(reached) + 1, np.int32)
    for i in range(len(sources)):
        at[:] = FAR
        at[sources[i]] = 0
        node[0], after[0], bucket[0] = sources[i], -1, 0
        used, waiting, now = 1, 1, 0
        while waiting:
            spot = now & (ring - 1)
            while bucket[spot] >= 0:
                here = node[bucket[spot]]
                bucket[spot] = after[bucket[spot]]
                waiting -= 1
                if at[here] == now:
                    for e in range(pointer[here], pointer[here + 1]):
                        then, there = np.int32(now + seconds[e]), reached[e]
                        if then < at[there]:
                            at[there] = then
                            node[used], after[used] = there, bucket[then & (ring - 1)]
                            bucket[then & (ring - 1)] = used
                            used, waiting = used + 1, waiting + 1
            now += 1
        out[i] = at[start : start + out.shape[1]]
