r"""Exact change of travel times: what is lost first, then a min-plus update over the ends of what is new.

Let the new edges leave nodes :math:`t` (tails) and reach nodes :math:`h` (heads), with weights
:math:`W_{th}`, and let :math:`d` be distances in the old graph. With :math:`N_{ht} = d(h, t)`,

.. math:: M = W \otimes (N \otimes W)^{*}, \qquad
          d'(i, j) = \min\bigl(d(i, j),\ \min_{t,h} d(i, t) + M_{th} + d(h, j)\bigr)

where :math:`\otimes` adds along a path and takes the least, and :math:`*` is the closure (several
lines and links of one project compose in it). Every weight is a whole second and every path of the new graph
is an old path, new edge, old path …, so the result equals full recomputation, integer for integer.

Only ``2 k`` searches are needed for a line of k stops, and the cells × cells matrix is streamed once
per tail.

Where something was closed, slowed or moved, the network that both have in common comes between
(`yipan.network.loss`). An origin needs a lost edge (t, h) only if ``d(i, t) + W + d(h, j) = d(i, j)`` for
some cell j; from no other origin anything becomes longer, and these few are searched again. Where they
are more than a quarter of all, everything is left to be computed when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.network.graph import Graph, road_edges, search, with_rows
from yipan.network.layout import Edges, Network, Roads, prefix
from yipan.network.loss import shared
from yipan.network.lowered import Lowered, joined
from yipan.network.minplus import FAR, Seconds, closure, lowered, product, pruned
from yipan.network.services import Ints, Service
from yipan.network.state import State, least
from yipan.network.whatif import Change, board_of, users

_LAZY = 32_000_000
"""Bytes of a matrix above which a changed one is not written out (`yipan.network.lowered`)."""
_MANY = 2000
"""Ways of a lowered matrix above which it is written out before it is lowered again."""
_FEW = 0.25  # share of origins: up to here searching them again is faster than computing everything


@dataclass(frozen=True)
class Gains:
    """What a network has and another lacks; the services in the other that run some of `services` already."""

    services: tuple[Service, ...]
    already: tuple[Service, ...]
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
    for name, before in old.services.items():
        after = new.services.get(name)
        if after is None or not after.not_slower(before):
            return None
    return _beyond(old, new)


def _beyond(less: Network, more: Network) -> Gains | None:
    """Return what `more` has beyond `less`, whose services run in `more` too; None where roads are lost."""
    services, already = [], []
    for name, after in more.services.items():
        earlier = less.services.get(name)
        if earlier is None or not after.same(earlier):
            services.append(after)
            already += [earlier] if earlier is not None else []
    faster = _faster_roads(less.roads, more.roads, width=len(more.cells))
    if faster is None:
        return None
    r = more.roads
    return Gains(tuple(services), tuple(already), r.u[faster], r.v[faster], r.car[faster], r.coach[faster])


def carry(state: State, network: Network) -> State | None:
    """Return the state of `network` with every matrix `state` has, updated exactly; None where it cannot be.

    `state` stays as it is; matrices that cannot have changed are shared. It cannot be where cells or costs
    differ, and where a loss reaches more than a quarter of the origins (they are not few, see above).
    """
    gained = gains(state.network, network)
    if gained is not None:
        return _lifted(state, network, gained)
    common = shared(state.network, network)
    if common is None:
        return None
    before, after = common
    kept = _reduced(state, before)
    gained = _beyond(after, network)
    return None if kept is None or gained is None else _lifted(State(after, kept), network, gained)


def lazily(cells: int) -> bool:
    """Return whether times changed between so many cells are lowered where they are read, not written out."""
    return 4 * cells**2 > _LAZY


def _lifted(state: State, network: Network, gained: Gains) -> State:
    if lazily(len(network.cells)):
        return _lowering(state, network, gained)
    known = state.known()
    if not gained or not known or not len(network.cells):
        return State(network, known)
    out = State(network)
    ways = _ways(state, out, gained, person=bool({"transit", "person"} & set(known)))
    fresh: dict[str, Seconds] = {}
    for name in ("car", "transit", "person"):
        if name in known:
            fresh[name] = _lowered(out, name, known[name], ways)
    if "any" in known:
        fresh["any"] = _any(known, fresh)
    return State(network, fresh)


def _lowering(state: State, network: Network, gained: Gains) -> State:
    """Return what `_lifted` does with nothing written out: every matrix of `state` and what lowers it."""
    names = state.names()
    if not gained or not names:
        return _borrowing(network, {n: state.view(n) for n in names})
    ways = _ways(state, State(network), gained, person=bool({"transit", "person"} & set(names)))
    terminal = network.costs.terminal
    wanted = ("car", "transit", "person")
    sides: dict[str, tuple[Seconds, Seconds]]
    sides = {n: _sides(ways, n, terminal=terminal) for n in wanted if n in names}
    if "any" in names:
        sides["any"] = joined(sides["person"], sides["car"])
    made = {n: _one_lower(state, n, s) if s[0].size else state.view(n) for n, s in sides.items()}
    return _borrowing(network, made)


def _borrowing(network: Network, views: dict[str, Seconds | Lowered]) -> State:
    """Return a state whose whole matrices are those of the one it was made from."""
    return State(network, views, borrowed=[n for n, v in views.items() if isinstance(v, np.ndarray)])


def _one_lower(state: State, name: str, ways: tuple[Seconds, Seconds]) -> Lowered:
    now, ways = state.view(name), (pruned(*ways), ways[1])
    if isinstance(now, Lowered) and now.every[0].shape[1] <= _MANY:
        return Lowered(now.ground, *ways, before=now)
    return Lowered(state.ground(name), *ways)


def _reduced(state: State, kept: Network) -> dict[str, Seconds] | None:
    """Return the matrices of `kept`, the network of `state` without what is lost; None if not few."""
    known, lost = state.known(), _beyond(kept, state.network)
    if lost is None:
        return None
    if not lost or not known or not len(kept.cells):
        return known
    rest = State(kept)
    ways = _ways(state, state, lost, person=bool({"transit", "person"} & set(known)))
    fresh: dict[str, Seconds] = {}
    for name in ("car", "transit", "person"):
        if name in known:
            left, right = _sides(ways, name, terminal=state.network.costs.terminal)
            origins = users(board_of(known[name]), Change(left, left, right))
            if len(origins) > _FEW * len(kept.cells):
                return None
            fresh[name] = known[name]
            if len(origins):
                fresh[name] = known[name].copy()
                fresh[name][origins] = rest.rows(name, origins)
    if "any" in known:
        fresh["any"] = _any(known, fresh)
    return fresh


def _any(known: dict[str, Seconds], fresh: dict[str, Seconds]) -> Seconds:
    if fresh["person"] is known["person"] and fresh["car"] is known["car"]:
        return known["any"]
    return least(fresh["person"], fresh["car"])


@dataclass(frozen=True)
class _Ways:
    """Old distances to tails and from heads, and the best way from each tail on (formula above)."""

    to_before: Seconds  # (cells, tails) by a person without a car
    to_car: Seconds  # (cells, tails) by car
    onward_person: Seconds  # (tails, cells): M ⊗ d(heads, ·) for a person
    onward_car: Seconds  # (tails, cells): the same, still in the car


def _sides(ways: _Ways, name: str, *, terminal: int) -> tuple[Seconds, Seconds]:
    """Return the ways of a matrix to the tails and from there on (cells × tails, tails × cells)."""
    if name == "car":
        left, right = np.minimum(ways.to_car + np.int32(terminal), FAR), ways.onward_car
    elif name == "transit":
        left, right = ways.to_before, ways.onward_person
    else:
        left, right = np.minimum(ways.to_before, ways.to_car), ways.onward_person
    useful = (left.min(axis=0) < FAR) & (right.min(axis=1) < FAR)
    return np.ascontiguousarray(left[:, useful]), right[useful]


def _lowered(out: State, name: str, times: Seconds, ways: _Ways) -> Seconds:
    left, right = _sides(ways, name, terminal=out.network.costs.terminal)
    if not left.size:
        return times
    return out.settle(name, lowered(times, left, right))


def _ways(state: State, out: State, gained: Gains, *, person: bool) -> _Ways:
    tails, heads, weights = _new_edges(out.graph, gained, person=person)
    to_tails = _to_tails(state.graph, out.graph, tails)
    between = _heads_to_tails(state.graph, out.graph, tails, heads, to_tails)
    best = product(weights, closure(product(between, weights)))
    at_person, in_car = _from_heads(state.graph, out.graph, heads, tails, to_tails)
    cells = np.arange(out.graph.nodes.n)
    at = out.graph.nodes
    return _Ways(
        to_before=np.ascontiguousarray(to_tails[:, at.before(cells)].T),
        to_car=np.ascontiguousarray(to_tails[:, at.car(cells)].T),
        onward_person=product(best, at_person),
        onward_car=product(best, in_car),
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
        there = np.full_like(ride, FAR)
        for service in gained.already:
            service.board_to_alight(place, there)
        ride[there <= ride] = FAR
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


def _to_tails(old: Graph, new: Graph, tails: Ints) -> Seconds:
    """Return distances in the old graph from its cells and stations to every tail: (tails, nodes).

    A new station has no old line, so it is only ever the end of a search: its edges are rows added to the
    matrix, and nothing else is rebuilt. A station is reached before any line exactly one
    ``transfer_time`` sooner than after one (the first boarding is free of it), so half the
    graph is not searched.
    """
    at, n = old.nodes, old.nodes.n
    out = np.empty((len(tails), at.vehicles), dtype=np.int32)
    place = _to_old(old, new, tails)
    station = tails >= 5 * n
    if station.any():
        rows = _into_new_stations(old, new)
        missing = np.flatnonzero(place < 0)
        place[missing] = old.backward_after.shape[0] + np.arange(len(missing))
        wide = with_rows(old.backward_after, [rows[int(tails[i])] for i in missing])
        found = search(wide, place[station], keep=slice(0, at.vehicles))
        before, after = found[:, : 2 * n], found[:, 2 * n : 4 * n]  # on foot and aboard coaches
        before[:] = np.where(after >= FAR, FAR, after - np.int32(old.network.costs.transfer))
        out[station] = found
    if not station.all():
        out[~station] = search(old.backward, place[~station], keep=slice(0, at.vehicles))
    return out


def _from_heads(
    old: Graph, new: Graph, heads: Ints, tails: Ints, to_tails: Seconds
) -> tuple[Seconds, Seconds]:
    """Return distances in the old graph from every head to cells, for a person and still in a car.

    Links and lines run both ways alike, so a way back takes as long as the way there, but for what is paid
    at its start only: the ``transfer_time`` of boarding at a station, the ``coach_wait`` of a coach.
    """
    at, n, costs = old.nodes, old.nodes.n, old.network.costs
    person = np.full((len(heads), n), FAR, dtype=np.int32)
    in_car = person.copy()
    cell = np.arange(n)
    for h, head in enumerate(heads):
        if head >= 5 * n:  # just off a line
            back = to_tails[np.searchsorted(tails, head - new.nodes.m), at.after(cell)] - costs.transfer
        elif head >= 4 * n:  # in the car
            found = search(old.forward, heads[h : h + 1], keep=slice(0, 5 * n))[0]
            back, in_car[h] = np.minimum(found[:n], found[2 * n : 3 * n]), found[at.car(cell)]
        elif head >= 3 * n:  # aboard a coach, after a line
            back = to_tails[np.searchsorted(tails, head), at.after(cell)] - costs.coach_wait
        else:  # aboard a coach, before any line: going on without one, or with one
            ways = to_tails[np.searchsorted(tails, [head, head + 2 * n])][:, at.before(cell)]
            back = ways.min(axis=0) - costs.coach_wait
        person[h] = np.where(back >= FAR - max(costs.transfer, costs.coach_wait), FAR, back)
    return person, in_car


def _new_station_edges(old: Graph, new: Graph) -> Edges:
    """Return the edges (nodes of the new graph) that lead to boarding at new stations."""
    at, access, m = new.nodes, new.network.access, old.nodes.m
    transfer = new.network.costs.transfer
    s, c, seconds = (v[access.person[0] >= m] for v in access.person)
    a, b, walk = (v[access.near[1] >= m] for v in access.near)
    every = np.arange(m, at.m)
    edges = [
        (at.before(c), at.board(s), seconds),
        (at.after(c), at.board(s), seconds + transfer),
        (at.car(access.car_cell[m:]), at.board(every), access.car[m:]),
        (at.alight(a), at.board(b), walk + transfer),
        (at.alight(every), at.board(every), np.full(len(every), transfer, dtype=np.int64)),
    ]
    first, second, third = (np.concatenate([e[i] for e in edges]) for i in range(3))
    return first, second, third


def _into_new_stations(old: Graph, new: Graph) -> dict[int, tuple[Ints, Ints]]:
    """Return, by boarding node of each new station, the old nodes one reaches it from, and seconds."""
    a, b, w = _new_station_edges(old, new)
    return _rows(_to_old(old, new, a), b, w)


def _out_of_new_stations(old: Graph, new: Graph) -> dict[int, tuple[Ints, Ints]]:
    """Return, by alighting node of each new station, the old nodes one reaches from it, and seconds."""
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


def _heads_to_tails(old: Graph, new: Graph, tails: Ints, heads: Ints, to_tails: Seconds) -> Seconds:
    """Return distances from heads to tails before anything new runs (shape heads × tails)."""
    place = _to_old(old, new, heads)
    out: Seconds = np.full((len(heads), len(tails)), FAR, dtype=np.int32)
    known = place >= 0
    out[known] = to_tails[:, place[known]].T
    leads = _out_of_new_stations(old, new)
    for h in np.flatnonzero(~known):
        reached, seconds = leads[int(heads[h])]
        out[h] = (to_tails[:, reached] + seconds.astype(np.int32)).min(axis=1)
    column, row = ({int(v): i for i, v in enumerate(x)} for x in (tails, heads))
    a, b, w = _new_station_edges(old, new)
    for i in np.flatnonzero(_to_old(old, new, a) < 0):  # off a line at one new station, to board at another
        source, target = row.get(int(a[i])), column.get(int(b[i]))
        if source is not None and target is not None:
            out[source, target] = min(int(out[source, target]), int(w[i]))
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
