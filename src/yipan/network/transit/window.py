"""Door-to-door times over a window of departures, by timetable."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from yipan import options
from yipan.errors import OptionError
from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32, Int64, Legs
from yipan.network.threads import over_blocks
from yipan.network.transit.events import Events, events
from yipan.network.transit.lanes import Lanes
from yipan.network.transit.network import TransitNetwork
from yipan.network.transit.sweep import board_from, sweep
from yipan.network.transit.values import Query
from yipan.network.values import UNREACHED
from yipan.text import Text

_TILE = 32
_BLOCK = 16


@lru_cache(maxsize=32)
def sorting(n: int, wanted: tuple[int, ...]) -> tuple[Int32, Int32]:
    """Return comparators (lower, upper) that bring the wanted ranks of n numbers into place.

    Batcher's odd-even merge sort without the comparators that the wanted ranks do not depend on.
    """
    pairs = []
    p = 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, min(j + k, n - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        pairs.append((i, i + k))
            k //= 2
        p *= 2
    needed, kept = set(wanted), []
    for a, b in reversed(pairs):
        if a in needed or b in needed:
            needed |= {a, b}
            kept.append((a, b))
    both = np.array(kept[::-1], np.int32).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def ranks(n: int, percentiles: tuple[int, ...]) -> tuple[int, ...]:
    """Return the 0-based ranks of percentiles of n values (nearest rank)."""
    return tuple(max(1, math.ceil(p * n / 100)) - 1 for p in percentiles)


@kernel
def _alight(
    start: int,
    first: Int64,
    to: Int32,
    cost: Int32,
    reached: Int32,
    walk: Int32,
    step: int,
    limit: int,
    lower: Int32,
    upper: Int32,
    rank: Int32,
    tile: Int32,
    row: Int32,
    out: Int32,
) -> None:
    """Walk from stops to one tile of destinations and write the wanted ranks of their times."""
    n, width = len(tile), min(tile.shape[1], len(first) - 1 - start)
    for x in range(width):
        row[:] = FAR
        for e in range(first[start + x], first[start + x + 1]):
            at, w = reached[to[e]], cost[e]
            for j in range(n):
                row[j] = min(row[j], np.int32(at[j] + w))
        for j in range(n):
            tile[j, x] = row[j]
    for j in range(n - 2, -1, -1):
        for x in range(tile.shape[1]):
            tile[j, x] = min(tile[j, x], tile[j + 1, x])
    for j in range(n):
        past = np.int32(j * step)
        for x in range(width):
            tile[j, x] = min(np.int32(tile[j, x] - past), walk[start + x])
    for c in range(len(lower)):
        a, b = tile[lower[c]], tile[upper[c]]
        for x in range(tile.shape[1]):
            low, high = min(a[x], b[x]), max(a[x], b[x])
            a[x], b[x] = low, high
    for x in range(width):
        for r in range(len(rank)):
            v = tile[rank[r], x]
            out[start + x, r] = v if v <= limit else UNREACHED


@kernel
def _origins(
    start: int,
    end: int,
    access_first: Int64,
    access_to: Int32,
    access_cost: Int32,
    egress_first: Int64,
    egress_to: Int32,
    egress_cost: Int32,
    first_board: Int64,
    board: Int32,
    first_column: Int64,
    column: Int32,
    departure: Int32,
    arrival: Int32,
    stop: Int32,
    onward: Int32,
    lane: Int32,
    lanes: int,
    first: Int64,
    to: Int32,
    stops: int,
    rules: Int64,
    passes: Int64,
    lower: Int32,
    upper: Int32,
    rank: Int32,
    walk: Int32,
    out: Int32,
) -> None:
    n = passes[-1]
    reached = np.empty((stops, n), np.int32)
    aboard = np.zeros(len(departure), np.int64)
    best = np.zeros(lanes, np.int64)
    tile = np.full((n, 32), FAR, np.int32)
    row = np.empty(n, np.int32)
    for o in range(start, end):
        reached[:] = FAR
        for k in range(len(passes) - 1):
            begin = passes[k] * rules[0]
            aboard[:] = 0
            best[:] = 0
            hop = board_from(
                access_first[o],
                access_first[o + 1],
                access_to,
                access_cost,
                first_board,
                board,
                first_column,
                column,
                departure,
                rules,
                begin,
                passes[k + 1] - passes[k],
                aboard,
            )
            sweep(
                hop,
                len(departure),
                arrival,
                stop,
                onward,
                lane,
                first,
                to,
                rules,
                begin,
                aboard,
                best,
                passes[k],
                reached,
            )
        for d in range(0, len(egress_first) - 1, 32):
            _alight(
                d,
                egress_first,
                egress_to,
                egress_cost,
                reached,
                walk[o - start],
                rules[0],
                rules[1],
                lower,
                upper,
                rank,
                tile,
                row,
                out[o - start],
            )


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word


def window_times(
    network: TransitNetwork,
    access: Legs,
    egress: Legs,
    walk: Int32 | Legs | None,
    query: Query,
    *,
    prepared: Events | None = None,
) -> Int32:
    ev = events(network, query) if prepared is None else prepared
    n, m = len(access), len(egress)
    departures = query.departures
    lanes = Lanes.of(query.max_rides)
    passes = np.append(np.arange(0, len(departures), lanes.most), len(departures)).astype(np.int64)
    all_lanes = _signed(((1 << (lanes.width * lanes.rides)) - 1) & ((1 << 64) - 1))
    rules = np.array(
        [
            query.step,
            query.limit,
            query.board_slack,
            lanes.width,
            lanes.guards,
            lanes.ones,
            lanes.top,
            all_lanes,
        ],
        np.int64,
    )
    rank = ranks(len(departures), query.percentiles)
    lower, upper = sorting(len(departures), rank)
    out = np.empty((n, m, len(rank)), np.int32)

    def run(a: int, b: int) -> None:
        if walk is None:
            dense = np.full((b - a, m), FAR, np.int32)
        elif isinstance(walk, Legs):
            dense = np.full((b - a, m), FAR, np.int32)
            span = slice(walk.first[a], walk.first[b])
            dense[np.repeat(np.arange(b - a), np.diff(walk.first[a : b + 1])), walk.to[span]] = walk.cost[
                span
            ]
        else:
            dense = np.ascontiguousarray(walk[a:b])
        _origins(
            a,
            b,
            access.first,
            access.to,
            access.cost,
            egress.first,
            egress.to,
            egress.cost,
            network.first_board,
            network.board,
            ev.first_column,
            ev.column,
            ev.departure,
            ev.arrival,
            ev.stop,
            ev.onward,
            ev.lane,
            ev.lanes,
            ev.first,
            ev.to,
            len(network.timetable.stops),
            rules,
            passes,
            lower,
            upper,
            np.array(rank, np.int32),
            dense,
            out[a:b],
        )

    over_blocks(run, n, block=_BLOCK)
    return out
