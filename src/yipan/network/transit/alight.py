"""From arrivals at stops to percentiles at destinations: egress walks, then ranks by a sorting network.

Destinations are taken in tiles, so that every step runs over neighbouring numbers and vectorises.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32
from yipan.network.transit.sweep import Walks
from yipan.network.values import UNREACHED

TILE = 32


def ranks(n: int, percentiles: tuple[int, ...]) -> tuple[int, ...]:
    """Return the places of percentiles among n values in ascending order, counted from 0 (nearest rank).

    Examples
    --------
    >>> ranks(60, (0, 5, 25, 50, 75, 95, 100))
    (0, 2, 14, 29, 44, 56, 59)
    """
    return tuple(max(1, -(-p * n // 100)) - 1 for p in percentiles)


@lru_cache(maxsize=32)
def sorting_network(n: int, wanted: tuple[int, ...]) -> Int32:
    """Return comparators that bring the wanted ranks of n numbers into place, shape (comparators, 2).

    Batcher's odd-even merge sort without the comparators that the wanted ranks do not depend on.

    Examples
    --------
    >>> sorting_network(3, (0, 1, 2)).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    layers, p = [np.empty((0, 2), dtype=np.int32)], 1  # comparators of one layer have no number in common
    while p < n:
        k = p
        while k >= 1:
            low = (np.arange(k % p, n - k, 2 * k)[:, None] + np.arange(k)).ravel()
            low = low[low < n - k]
            low = low[low // (2 * p) == (low + k) // (2 * p)]
            layers.append(np.stack([low, low + k], axis=1).astype(np.int32))
            k //= 2
        p *= 2
    needed = np.isin(np.arange(n), wanted)
    for at in range(len(layers) - 1, -1, -1):
        layers[at] = layers[at][needed[layers[at]].any(axis=1)]
        needed[layers[at]] = True
    return np.concatenate(layers)


@kernel
def arrive(start: int, egress: Walks, reached: Int32, tiles: Int32, row: Int32) -> None:
    """Write the earliest arrivals at a tile of destinations from `start` on, of a group of origins.

    `reached` holds arrivals at stops by vehicle (stops, origins · departures) that leave at a departure or
    later; `tiles` (origins, departures, `TILE`) gets the arrivals, `row` (origins · departures,) is
    room to work in.
    """
    group, n = tiles.shape[0], tiles.shape[1]
    for x in range(min(TILE, len(egress.first) - 1 - start)):
        row[:] = FAR
        for e in range(egress.first[start + x], egress.first[start + x + 1]):
            at, cost = reached[egress.to[e]], egress.cost[e]
            for j in range(len(row)):
                row[j] = min(row[j], np.int32(at[j] + cost))
        for g in range(group):
            for j in range(n):
                tiles[g, j, x] = row[g * n + j]
    for g in range(group):
        for j in range(n - 2, -1, -1):  # who may leave later may leave now and wait
            for x in range(TILE):
                tiles[g, j, x] = min(tiles[g, j, x], tiles[g, j + 1, x])


@kernel
def rank_times(  # noqa: PLR0917
    start: int,
    walk: Int32,
    step: int,
    limit: int,
    comparators: Int32,
    rank: Int32,
    tile: Int32,
    out: Int32,
) -> None:
    """Write the wanted ranks of the times to a tile of destinations, walking directly where it is faster."""
    n, width = len(tile), min(TILE, len(out) - start)
    for j in range(n):
        left = np.int32(j * step)
        for x in range(width):
            tile[j, x] = min(np.int32(tile[j, x] - left), walk[start + x])
    for c in range(len(comparators)):
        low, high = tile[comparators[c, 0]], tile[comparators[c, 1]]
        for x in range(TILE):
            a, b = low[x], high[x]
            low[x], high[x] = min(a, b), max(a, b)
    for x in range(width):
        for r in range(len(rank)):
            time = tile[rank[r], x]
            out[start + x, r] = time if time <= limit else UNREACHED
