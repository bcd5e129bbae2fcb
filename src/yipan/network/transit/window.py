"""Door-to-door times over a window of departures, by timetable."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan import options
from yipan.errors import MeasureError, OptionError, Problem
from yipan.network.jit import kernel
from yipan.network.matrix.size import SECONDS_BYTES, MatrixSize, refuse_in_memory
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32, Int64, Legs
from yipan.network.threads import over_blocks, workers
from yipan.network.transit.alight import TILE, arrive, rank_times, ranks, sorting_network
from yipan.network.transit.events import Events, events, purpose
from yipan.network.transit.lanes import Lanes
from yipan.network.transit.network import TransitNetwork, turned
from yipan.network.transit.reduce import catch
from yipan.network.transit.sweep import Boardings, Hops, Rules, Walks, board_from, sweep
from yipan.network.transit.values import Query
from yipan.text import Text

_GROUPS = 8  # groups of origins a call: few enough that no thread waits long for another
_FAILURES = 3  # of the quick search in one call, before it is not tried any more


class _Room(NamedTuple):
    """Arrays one thread works in."""

    aboard: Int64
    best: Int64
    reached: Int32  # (stops, origins of a group, departures)


@kernel
def _search(  # noqa: PLR0917
    origins: Int64,
    first_place: int,
    access: Walks,
    boardings: Boardings,
    hops: Hops,
    rules: Rules,
    passes: Int64,
    room: _Room,
) -> int:
    """Sweep for some origins side by side; see `sweep` for what is returned."""
    spoilt = 0
    for k in range(len(passes) - 1):
        begin, count = passes[k] * rules.step, passes[k + 1] - passes[k]
        room.aboard[:] = 0
        room.best[:] = 0
        hop = len(room.aboard)
        for g in range(len(origins)):
            o = origins[g]
            least = board_from(o, g, access, boardings, hops.departure, rules, begin, count, room.aboard)
            hop = min(hop, least)
        last = catch(hops.departure, 0, len(room.aboard), begin + (count - 1) * rules.step + rules.limit + 1)
        into = (first_place, passes[k])
        spoilt |= sweep(hop, last, hops, rules, begin, into, room.aboard, room.best, room.reached)
    return spoilt


@kernel
def _rows(  # noqa: PLR0917
    origins: Int64,
    access: Walks,
    egress: Walks,
    boardings: Boardings,
    hops: Hops,
    files: int,
    quick: Rules,
    rules: Rules,
    passes: Int64,
    comparators: Int32,
    rank: Int32,
    walk: Int32,
    out: Int32,
) -> None:
    """Fill the rows of some origins; `walk` has a row for each of these, `out` for every origin."""
    n, group, failed = passes[-1], quick.group, 0
    room = _Room(
        np.empty(len(hops.departure), np.int64),
        np.empty(files, np.int64),
        np.empty((len(boardings.first) - 1, group, n), np.int32),
    )
    flat = room.reached.reshape((len(boardings.first) - 1, group * n))
    tiles, row = np.full((group, n, TILE), FAR, np.int32), np.empty(group * n, np.int32)
    whole = np.array([0, n])
    for start in range(0, len(origins), group):
        some = origins[start : start + group]
        room.reached[:] = FAR
        if quick.spare and failed < _FAILURES:
            spoilt = _search(some, 0, access, boardings, hops, quick, whole, room)
            count = 0
            for g in range(len(some)):
                if spoilt >> g & 1:
                    count += 1
                    room.reached[:, g] = FAR
                    _search(some[g : g + 1], g, access, boardings, hops, rules, passes, room)
            failed += 2 * count > len(some)
        else:
            for g in range(0, len(some), rules.group):
                part = some[g : g + rules.group]
                _search(part, g, access, boardings, hops, rules, passes, room)
        for d in range(0, len(egress.first) - 1, TILE):
            arrive(d, egress, flat, tiles, row)
            for g in range(len(some)):
                direct, of_origin = walk[start + g], out[some[g]]
                rank_times(d, direct, rules.step, rules.limit, comparators, rank, tiles[g], of_origin)


@kernel
def _spread(origins: Int64, legs: Walks, out: Int32) -> None:
    """Write the walks of some origins into rows of their own."""
    for i in range(len(origins)):
        for e in range(legs.first[origins[i]], legs.first[origins[i] + 1]):
            out[i, legs.to[e]] = min(out[i, legs.to[e]], legs.cost[e])


def window_times(
    network: TransitNetwork,
    access: Legs,
    egress: Legs,
    walk: Int32 | Legs | None,
    query: Query,
    *,
    prepared: Events | None = None,
) -> Int32:
    """Return door-to-door times of every pair, the wanted percentiles of the departures; on threads.

    Parameters
    ----------
    network
        Timetable and changes between stops.
    access
        From each origin to the stops it walks to, whole seconds.
    egress
        From each **destination** the stops people walk from, and the seconds of the walk from there
        (`yipan.network.transit.turned` makes it from walks of stops to destinations). Origins and
        destinations may be different places.
    walk
        Seconds of walking from origins to destinations, shape (origins, destinations), `FAR` where
        nobody walks; or legs; or None where nobody walks all the way.
    query
        Departures and rules; what counts as a trip is told there.
    prepared
        ``events(network, query)``, when it was made before. It serves all queries of the same start, end,
        step, limit and transfer slack.

    Returns
    -------
    int32 seconds, shape (origins, destinations, percentiles); `UNREACHED` where there is no way within the
    limit. The time of a departure runs from that departure, so waiting for a vehicle is in it.

    Raises
    ------
    OptionError
        When legs, walks or events do not fit together.
    MeasureError
        When the answer, or the room to work in, is larger than option ``network.max_matrix_mb`` allows.

    Notes
    -----
    For each origin one pass over the hops of the window (`yipan.network.transit.sweep`); earliest arrivals
    are exact to the second. Every pair's departures are sorted on their own.
    """
    departures = query.departures
    _check(network, access, egress, walk, query)
    lanes = Lanes.of(query.max_rides, len(departures))
    rules, quick = _rules(query, lanes), _rules(query, _quick(lanes, query))
    _refuse_room(len(network.timetable.stops) + TILE, quick.group * len(departures))
    ready = events(network, query) if prepared is None else prepared
    if ready.purpose != purpose(network, query):
        zh, en = "events 属于另一个查询或路网", "the events are of another query or network"
        problem = Problem(what=Text(zh, en), remedy=_EVENTS, column="prepared")
        raise OptionError(Text("班次事件不可用", "events that do not fit"), problems=[problem])
    passes = np.append(np.arange(0, len(departures), lanes.most), len(departures)).astype(np.int64)
    rank = ranks(len(departures), query.percentiles)
    comparators = sorting_network(len(departures), rank)
    out = np.empty((len(access), len(egress), len(rank)), np.int32)

    near = _neighbours(network, access)

    def run(a: int, b: int) -> None:
        _rows(
            near[a:b],
            _walks(access),
            _walks(egress),
            ready.boardings,
            ready.hops,
            ready.files,
            quick,
            rules,
            passes,
            comparators,
            np.array(rank, np.int32),
            _direct(walk, near[a:b], len(egress)),
            out,
        )

    over_blocks(run, len(access), block=_GROUPS * quick.group)
    return out


def stop_times(
    network: TransitNetwork, access: Legs, query: Query, *, prepared: Events | None = None
) -> Int32:
    """Return seconds until one is at each stop: walking from the origin, or by vehicle and at most one walk.

    Parameters
    ----------
    access
        From each origin to stops, whole seconds.

    Returns
    -------
    int32, shape (origins, stops, percentiles). No slack for boarding there is in it; a walk from the last
    vehicle is as long as a change to that stop (a feed's prescribed time included).

    See Also
    --------
    window_times : semantics, errors.
    """
    stops = len(network.timetable.stops)
    walk = Legs(access.first, access.to, access.cost)
    at = turned(network.changes, places=stops)
    arrive = np.concatenate([at.to, np.arange(stops, dtype=np.int32)])
    group = np.concatenate([np.repeat(np.arange(stops), np.diff(at.first)), np.arange(stops)])
    order = np.argsort(group, kind="stable")
    cost = np.concatenate([at.cost, np.zeros(stops, np.int32)])[order]
    egress = Legs(at.first + np.arange(stops + 1), arrive[order], cost)
    return window_times(network, access, egress, walk, query, prepared=prepared)


def _quick(lanes: Lanes, query: Query) -> Lanes:
    """Return quick lanes where they hold more origins by far, else the same lanes."""
    quick = Lanes.quick(query.max_rides, len(query.departures))
    return quick if quick.group >= 2 * lanes.group else lanes


def _rules(query: Query, lanes: Lanes) -> Rules:
    """Return a query and its lanes in plain numbers."""
    cut = {name: getattr(lanes, name) for name in Rules._fields[3:]}
    return Rules(query.step, query.limit, query.board_slack, **cut)


def _walks(legs: Legs) -> Walks:
    """Return legs as kernels take them: fixed types, contiguous."""
    first = np.ascontiguousarray(legs.first, np.int64)
    return Walks(first, np.ascontiguousarray(legs.to, np.int32), np.ascontiguousarray(legs.cost, np.int32))


def _neighbours(network: TransitNetwork, access: Legs) -> Int64:
    """Return the origins so that neighbours follow each other (Morton order of the nearest stops).

    They reach much the same hops: searched side by side they share the work and the caches.
    """
    stops, some = network.timetable.stops, np.diff(access.first) > 0
    code = np.full(len(access), np.iinfo(np.int64).max)
    nearest = access.to[access.first[:-1][some]]
    code[some] = 0
    for axis, at in enumerate((stops.lon, stops.lat)):
        spread = np.nan_to_num(at[nearest])
        spread -= spread.min(initial=np.inf)
        cell = (spread / max(spread.max(initial=0.0), 1e-12) * 1023).astype(np.int64)
        for bit in range(10):
            code[some] |= ((cell >> bit) & 1) << (2 * bit + axis)
    return np.argsort(code, kind="stable").astype(np.int64)


def _direct(walk: Int32 | Legs | None, origins: Int64, places: int) -> Int32:
    """Return the walks of some origins, dense; `FAR` where nobody walks."""
    if walk is not None and not isinstance(walk, Legs):
        return np.ascontiguousarray(walk[origins], np.int32)
    out = np.full((len(origins), places), FAR, np.int32)
    if walk is not None:
        _spread(origins, _walks(walk), out)
    return out


def _check(
    network: TransitNetwork, access: Legs, egress: Legs, walk: Int32 | Legs | None, query: Query
) -> None:
    """Refuse legs that point nowhere and answers that do not fit."""
    stops, shape = len(network.timetable.stops), (len(access), len(egress))
    wrong = []
    for name, legs in (("access", access), ("egress", egress)):
        if not _fit(legs, stops):
            zh, en = (
                f"{name} 指向不存在的站点,或时间为负或过长",
                f"{name} leads to stops that do not exist, or is negative or endless",
            )
            wrong.append(Problem(what=Text(zh, en), remedy=_REMAKE, column=name))
    fits = walk is None or (
        len(walk) == shape[0] and _fit(walk, shape[1]) if isinstance(walk, Legs) else walk.shape == shape
    )
    if not fits:
        zh, en = f"walk 与 {shape[0]} × {shape[1]} 不符", f"walk does not fit {shape[0]} × {shape[1]}"
        wrong.append(Problem(what=Text(zh, en), remedy=_REMAKE, column="walk"))
    if wrong:
        raise OptionError(Text("步行段不可用", "walking legs are not possible"), problems=wrong)
    refuse_in_memory(MatrixSize(*shape, len(query.percentiles), entry=SECONDS_BYTES))


def _fit(legs: Legs, places: int) -> bool:
    """Whether legs lead to places there are, in times that can be added up."""
    inside = not len(legs.to) or bool(legs.to.min() >= 0 and legs.to.max() < places)
    return inside and not (len(legs.cost) and (legs.cost.min() < 0 or legs.cost.max() > FAR))


def _refuse_room(rows: int, columns: int) -> None:
    """Refuse arrivals to work in, on every thread, that do not fit."""
    room = rows * columns * 4 * workers() / 1e6
    if room > (allowed := options.get("network.max_matrix_mb")):
        zh, en = (
            f"需要 {room:,.0f} MB,上限 {allowed:,} MB",
            f"{room:,.0f} MB are needed, {allowed:,} MB allowed",
        )
        remedy = Text(
            "加大 step,缩短时间窗或减少线程", "use a larger step, a shorter window or fewer threads"
        )
        raise MeasureError(
            Text("出发时刻太多", "too many departures"), problems=[Problem(what=Text(zh, en), remedy=remedy)]
        )


_EVENTS = Text("用 events(network, query) 重新计算", "make them anew with events(network, query)")
_REMAKE = Text("用同一时刻表的站点重新计算步行段", "compute the legs anew for the stops of this timetable")
