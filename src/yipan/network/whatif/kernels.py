"""Kernels of what-ifs: every origin and every tile of destinations only where something can be gained.

``base``: times, tops, whether there is a diagonal (1 or 0), first of the origins; ``ways``: left, onward and
least (`yipan.network.minplus.tiled`), and what stands for "no way". All of them serve uint16 and int32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.minplus import SPAN, relax, useful

Times = NDArray[Any]
Base = tuple[Times, Times, int]
Ways = tuple[Times, Times, Times, Any]
Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
Counted = tuple[Floats, Floats, NDArray[np.int64]]
_CHUNK = 64  # destinations looked at together before any is looked at alone


@kernel
def pieces(base: Base, ways: Ways, rows: Rows, at: NDArray[np.int64], out: Times) -> int:
    """Write the changed tiles of some origins to `out` (pieces, `SPAN`) and origin and tile of each to `at`.

    Returns how many there are.
    """
    times, tops, diagonal = base
    left, onward, least, top = ways
    near, hubs = np.empty(left.shape[1], np.int64), np.empty(left.shape[1], np.int64)
    count = 0
    for i in rows:
        among = near[: _within(near, left[i], int(top))]
        for t in range(least.shape[0]):
            few = useful(hubs, among, left[i], least[t], min(int(tops[i, t]), int(top)))
            if few:
                best, row = out[count], times[i, t * SPAN : min(times.shape[1], t * SPAN + SPAN)]
                best[:] = top
                relax(best, left[i], onward[t], hubs[:few], top)
                if diagonal and t == i // SPAN:
                    best[i - t * SPAN] = top
                if _shorter(best, row, top):
                    for d in range(row.size):
                        best[d] = min(best[d], row[d])
                    at[count, 0], at[count, 1] = i, t
                    count += 1
    return count


@kernel
def touch(base: Base, ways: Ways, rows: Rows, found: NDArray[np.uint8]) -> None:
    """Mark the origins from which some way is as short as the board's."""
    times, tops, diagonal = base
    left, onward, least, top = ways
    near, hubs = np.empty(left.shape[1], np.int64), np.empty(left.shape[1], np.int64)
    best = np.empty(SPAN, times.dtype)
    for i in rows:
        among = near[: _within(near, left[i], int(top))]
        for t in range(least.shape[0]):
            few = useful(hubs, among, left[i], least[t], min(int(tops[i, t]) + 1, int(top)))
            if few:
                row = times[i, t * SPAN : min(times.shape[1], t * SPAN + SPAN)]
                best[:] = top
                relax(best, left[i], onward[t], hubs[:few], top)
                if diagonal and t == i // SPAN:
                    best[i - t * SPAN] = top
                if _as_short(best, row, top):
                    found[i] = 1
                    break


@kernel
def gain(base: Base, ways: Ways, counted: Counted, rows: Rows, out: Floats) -> None:
    """Add what is gained to `out` (origins, measures + 1); its last column becomes 1 where anything is."""
    times, tops, diagonal = base
    left, onward, least, top = ways
    weights, tables, limits = counted
    horizon, cross = len(tables) - 2, np.zeros(SPAN, np.uint16)
    near, hubs = np.empty(left.shape[1], np.int64), np.empty(left.shape[1], np.int64)
    best = np.empty(SPAN, times.dtype)
    for i in rows:
        among = near[: _within(near, left[i], horizon + 1)]
        for t in range(least.shape[0]):
            few = useful(hubs, among, left[i], least[t], min(int(tops[i, t]), horizon + 1))
            if few:
                row = times[i, t * SPAN : min(times.shape[1], t * SPAN + SPAN)]
                best[:] = top
                relax(best, left[i], onward[t], hubs[:few], top)
                if diagonal and t == i // SPAN:
                    best[i - t * SPAN] = top
                _crossed(best, row, limits, horizon, cross)
                _count(best, row, cross, (weights[t * SPAN :], tables), out[i])


@kernel
def count_rows(times: Times, counted: Counted, out: Floats) -> None:
    """Sum measures over a block of rows: `out` (rows, measures), zeros before."""
    weights, tables, _ = counted
    beyond = len(tables) - 1
    for i in range(times.shape[0]):
        for j in range(times.shape[1]):
            t = min(int(times[i, j]), beyond)
            if t < beyond:
                for k in range(tables.shape[1]):
                    out[i, k] += weights[j, k] * tables[t, k]


@kernel
def _within(near: Rows, left: Times, below: int) -> int:
    """Write the hubs reached before `below` to `near`; return how many they are."""
    count = 0
    for a in range(left.size):
        near[count] = a
        count += int(left[a]) < below
    return count


@kernel
def _shorter(best: Times, row: Times, top: Any) -> Any:
    """Whether anything is shorter; the narrow type keeps the loop on many entries at once."""
    hit = np.uint16(0)
    for d in range(row.size):
        hit = np.uint16(hit | np.uint16((best[d] < row[d]) & (best[d] < top)))
    return hit


@kernel
def _as_short(best: Times, row: Times, top: Any) -> Any:
    """Whether anything is as short, or shorter."""
    hit = np.uint16(0)
    for d in range(row.size):
        hit = np.uint16(hit | np.uint16((best[d] <= row[d]) & (best[d] < top)))
    return hit


@kernel
def _crossed(
    now: Times, was: Times, limits: NDArray[np.int64], horizon: int, cross: NDArray[np.uint16]
) -> None:
    """Mark what comes within a limit, or, where there is none, becomes shorter within the horizon."""
    cast, cross[:] = now.dtype.type, 0
    if limits.size == 0:
        far = cast(horizon)
        for d in range(was.size):
            cross[d] = (now[d] < was[d]) & (now[d] <= far)
    for limit in limits:
        at = cast(limit)
        for d in range(was.size):
            cross[d] |= (now[d] <= at) & (was[d] > at)


@kernel
def _count(
    now: Times, was: Times, cross: NDArray[np.uint16], counted: tuple[Floats, Floats], out: Floats
) -> None:
    """Add the measures of what is marked to `out`, and 1 as its last entry where anything is."""
    weights, tables = counted
    beyond, found = len(tables) - 1, np.empty(_CHUNK, np.int64)
    for c in range(0, SPAN, _CHUNK):
        hit = np.uint16(0)
        for d in range(c, c + _CHUNK):
            hit = np.uint16(hit | cross[d])
        if not hit:
            continue
        count = 0
        for d in range(c, c + _CHUNK):  # without a branch: which destinations are marked cannot be foreseen
            found[count] = d
            count += cross[d]
        for d in found[:count]:
            a, b = int(now[d]), min(int(was[d]), beyond)
            for k in range(tables.shape[1]):
                out[k] += weights[d, k] * (tables[a, k] - tables[b, k])
        out[tables.shape[1]] = 1.0
