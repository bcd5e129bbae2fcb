r"""Exact change of travel times when a network only gains: a min-plus update over the ends of what is new.

Let the new edges leave nodes :math:`t` (tails) and reach nodes :math:`h` (heads), with weights
:math:`W_{th}`, and let :math:`d` be distances in the old graph. With :math:`N_{ht} = d(h, t)`,

.. math:: M = W \otimes (N \otimes W)^{*}, \qquad
          d'(i, j) = \min\bigl(d(i, j),\ \min_{t,h} d(i, t) + M_{th} + d(h, j)\bigr)

where :math:`\otimes` adds along a path and takes the least, and :math:`*` is the closure (several
lines and links of one project compose in it). Every weight is a whole second and every path of the new graph
is an old path, new edge, old path …, so the result equals full recomputation, integer for integer.

Only ``2 k`` searches are needed for a line of k stops, and the cells × cells matrix is streamed once
per tail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.network.graph import Graph, road_edges, search, with_rows
from yipan.network.layout import Edges, Network, Roads, prefix
from yipan.network.minplus import FAR, Seconds, closure, lower, product
from yipan.network.services import Ints, Service
from yipan.network.state import State


@dataclass(frozen=True)
class Gains:
    """What a network has and another lacks, when nothing of the other became slower or vanished."""

    services: tuple[Service, ...]
    u: Ints
    v: Ints
    car: Ints
    coach: Ints

    def __bool__(self) -> bool:
        return bool(self.services) or bool(len(self.u))


def gains(old: Network, new: Network) -> Gains | None:
    """Return what `new` gains over `old`; None where anything was lost or slowed (or cells differ)."""
    if old.costs != new.costs or new.cells is not old.cells or not prefix(old.stations, new.stations):
        return None
    services = []
    for name, before in old.services.items():
        after = new.services.get(name)
        if after is None or not after.not_slower(before):
            return None
    for name, after in new.services.items():
        earlier = old.services.get(name)
        if earlier is None or not after.same(earlier):
            services.append(after)
    faster = _faster_roads(old.roads, new.roads, width=len(new.cells))
    if faster is None:
        return None
    r = new.roads
    return Gains(tuple(services), r.u[faster], r.v[faster], r.car[faster], r.coach[faster])


def carry(state: State, network: Network) -> State | None:
    """Return the state of `network` with every matrix `state` has, updated exactly; None where it cannot be.

    `state` stays as it is; matrices that cannot have changed are shared.
    """
    gained = gains(state.network, network)
    if gained is None:
        return None
    known = state.known()
    if not gained or not known or not len(network.cells):
        return State(network, **known)
    out = State(network)
    ways = _ways(state, out, gained, person=bool({"transit", "person"} & set(known)))
    fresh: dict[str, Seconds] = {}
    for name in ("car", "transit", "person"):
        if name in known:
            fresh[name] = _lowered(out, name, known[name], ways)
    if "any" in known:
        fresh["any"] = _any(known, fresh)
    return State(network, **fresh)


def _any(known: dict[str, Seconds], fresh: dict[str, Seconds]) -> Seconds:
    if fresh["person"] is known["person"] and fresh["car"] is known["car"]:
        return known["any"]
    return np.minimum(fresh["person"], fresh["car"])


@dataclass(frozen=True)
class _Ways:
    """Old distances to tails and from heads, and the best way from each tail on (formula above)."""

    to_before: Seconds  # (cells, tails) by a person without a car
    to_car: Seconds  # (cells, tails) by car
    onward_person: Seconds  # (tails, cells): M ⊗ d(heads, ·) for a person
    onward_car: Seconds  # (tails, cells): the same, still in the car


def _lowered(out: State, name: str, times: Seconds, ways: _Ways) -> Seconds:
    terminal = np.int32(out.network.costs.terminal)
    if name == "car":
        left, right = np.minimum(ways.to_car + terminal, FAR), ways.onward_car
    elif name == "transit":
        left, right = ways.to_before, ways.onward_person
    else:
        left, right = np.minimum(ways.to_before, ways.to_car), ways.onward_person
    useful = (left.min(axis=0) < FAR) & (right.min(axis=1) < FAR)
    if not useful.any():
        return times
    new = times.copy()
    if not lower(new, np.ascontiguousarray(left[:, useful]), right[useful]).any():
        return times
    return out.settle(name, new)


def _ways(state: State, out: State, gained: Gains, *, person: bool) -> _Ways:
    tails, heads, weights = _new_edges(out.graph, gained, person=person)
    to_tails, from_heads = _searches(state.graph, out.graph, tails, heads)
    between = _heads_to_tails(state.graph, out.graph, tails, heads, from_heads)
    best = product(weights, closure(product(between, weights)))
    n, at = out.graph.nodes.n, out.graph.nodes
    cell = np.arange(n)
    at_person = np.minimum(from_heads[:, at.before(cell)], from_heads[:, at.after(cell)])
    return _Ways(
        to_before=np.ascontiguousarray(to_tails[:, at.before(cell)].T),
        to_car=np.ascontiguousarray(to_tails[:, at.car(cell)].T),
        onward_person=product(best, at_person),
        onward_car=product(best, np.ascontiguousarray(from_heads[:, at.car(cell)])),
    )


def _new_edges(graph: Graph, gained: Gains, *, person: bool) -> tuple[Ints, Ints, Seconds]:
    """Return tails and heads (nodes of the new graph) and the weights between them, `FAR` where none."""
    at = graph.nodes
    roads = road_edges(at, gained.u, gained.v, car=gained.car, coach=gained.coach)
    if not person:
        roads = [e for e in roads if len(e[0]) and at.n * 4 <= e[0][0] < at.n * 5]
    stops = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(s.stations for s in gained.services if person)])
    )
    empty = np.zeros(0, np.int64)
    tails = np.unique(np.concatenate([at.board(stops), empty, *(e[0] for e in roads)]))
    heads = np.unique(np.concatenate([at.alight(stops), empty, *(e[1] for e in roads)]))
    weights = np.full((len(tails), len(heads)), FAR, dtype=np.int32)
    for a, b, w in roads:
        spot = np.searchsorted(tails, a), np.searchsorted(heads, b)
        np.minimum.at(weights, spot, w.astype(np.int32))
    if len(stops):
        ride = np.full((len(stops), len(stops)), FAR, dtype=np.int32)
        place = {int(s): i for i, s in enumerate(stops)}
        for service in gained.services:
            service.board_to_alight(place, ride)
        rows, columns = np.searchsorted(tails, at.board(stops)), np.searchsorted(heads, at.alight(stops))
        weights[np.ix_(rows, columns)] = np.minimum(weights[np.ix_(rows, columns)], ride)
    return tails, heads, weights


def _to_old(old: Graph, new: Graph, nodes: Ints) -> Ints:
    """Translate nodes of the new graph (cells, stations) to the old one; −1 for stations that are new."""
    a, b = old.nodes, new.nodes
    station = nodes - 5 * b.n
    alight = station >= b.m
    s = np.where(alight, station - b.m, station)
    known = np.where(alight, a.alight(s), a.board(s))
    return np.where(nodes < 5 * b.n, nodes, np.where(s < a.m, known, -1))


def _searches(old: Graph, new: Graph, tails: Ints, heads: Ints) -> tuple[Seconds, Seconds]:
    """Search the old graph, extended by new stations: to every tail, from every head.

    A new station has no old line, so it is only ever the end of a search: its edges are rows added to the
    matrix, and nothing else is rebuilt.
    """
    results = []
    for graph, ends, edges in (
        (old.backward, tails, _into_new_stations(old, new)),
        (old.forward, heads, _out_of_new_stations(old, new)),
    ):
        at = _to_old(old, new, ends)
        missing = np.flatnonzero(at < 0)
        rows = [edges[int(ends[i])] for i in missing]
        at[missing] = graph.shape[0] + np.arange(len(missing))
        wide = with_rows(graph, rows) if rows else graph
        results.append(search(wide, at, keep=slice(0, old.nodes.vehicles)))
    return results[0], results[1]


def _new_station_edges(old: Graph, new: Graph) -> list[Edges]:
    """Edges (in nodes of the new graph) into boarding nodes of new stations, and their walk partners."""
    at, access, m = new.nodes, new.network.access, old.nodes.m
    transfer = new.network.costs.transfer
    s, c, seconds = (v[access.person[0] >= m] for v in access.person)
    a, b, walk = (v[access.near[1] >= m] for v in access.near)
    every = np.arange(m, at.m)
    return [
        (at.before(c), at.board(s), seconds),
        (at.after(c), at.board(s), seconds + transfer),
        (at.car(access.car_cell[m:]), at.board(every), access.car[m:]),
        (at.alight(a), at.board(b), walk + transfer),
        (at.alight(every), at.board(every), np.full(len(every), transfer, dtype=np.int64)),
    ]


def _into_new_stations(old: Graph, new: Graph) -> dict[int, tuple[Ints, Ints]]:
    edges = _new_station_edges(old, new)
    a, b, w = (np.concatenate([e[i] for e in edges]) for i in range(3))
    return _rows(_to_old(old, new, a), b, w)


def _out_of_new_stations(old: Graph, new: Graph) -> dict[int, tuple[Ints, Ints]]:
    at, access, m = new.nodes, new.network.access, old.nodes.m
    s, c, seconds = (v[access.person[0] >= m] for v in access.person)
    a, b, walk = (v[access.near[0] >= m] for v in access.near)
    tail = np.concatenate([at.alight(s), at.alight(a)])
    head = np.concatenate([at.after(c), at.board(b)])
    return _rows(_to_old(old, new, head), tail, np.concatenate([seconds, walk + new.network.costs.transfer]))


def _rows(other: Ints, station: Ints, seconds: Ints) -> dict[int, tuple[Ints, Ints]]:
    """Group edges by station node; ends that do not exist in the old graph are left out."""
    keep = other >= 0
    other, station, seconds = other[keep], station[keep], seconds[keep]
    return {int(n): (other[station == n], seconds[station == n]) for n in np.unique(station)}


def _heads_to_tails(old: Graph, new: Graph, tails: Ints, heads: Ints, from_heads: Seconds) -> Seconds:
    """Return distances from heads to tails before anything new runs (shape heads × tails)."""
    old_tails = _to_old(old, new, tails)
    out = np.full((len(heads), len(tails)), FAR, dtype=np.int32)
    out[:, old_tails >= 0] = from_heads[:, old_tails[old_tails >= 0]]
    place = {int(t): i for i, t in enumerate(tails)}
    row = {int(h): i for i, h in enumerate(heads)}
    for a, b, w in _new_station_edges(old, new):
        from_old = _to_old(old, new, a)
        for node, known, tail, seconds in zip(a, from_old, b, w, strict=True):
            column = place.get(int(tail))
            if column is None:
                continue
            if known >= 0:
                np.minimum(out[:, column], from_heads[:, known] + np.int32(seconds), out=out[:, column])
            elif int(node) in row:  # just off the line at one new station, about to board at another
                out[row[int(node)], column] = min(out[row[int(node)], column], seconds)
    return np.minimum(out, FAR)


def _faster_roads(old: Roads, new: Roads, *, width: int) -> Ints | None:
    """Return positions of new or faster links; None where one is slower or gone."""
    if old.digest == new.digest:
        return np.zeros(0, np.int64)
    before, after = old.u * max(width, 1) + old.v, new.u * max(width, 1) + new.v
    spot = np.searchsorted(after, before)
    there = (
        (spot < len(after)) & (after[np.minimum(spot, max(len(after) - 1, 0))] == before)
        if len(after)
        else (np.zeros(len(before), dtype=bool))
    )
    if not there.all():
        return None
    if (new.car[spot] > old.car).any() or (new.coach[spot] > old.coach).any():
        return None
    changed = np.ones(len(after), dtype=bool)
    changed[spot] = (new.car[spot] < old.car) | (new.coach[spot] < old.coach)
    return np.flatnonzero(changed)
