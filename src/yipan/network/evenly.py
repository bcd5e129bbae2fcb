r"""Sums over destinations that do not depend on the order of their terms, so they can be changed exactly.

.. math:: A_{idw} = \sum_j [f_d(t_{ij})\, O_{wj}]_q

where :math:`[x]_q` is x rounded to a multiple of q, a power of two so small that a sum of all terms is still
below :math:`2^{52} q`: every sum and difference of such terms is exact in double precision. What becomes
shorter is then added as new term less old term, and the result is the one of summing everything again, bit
for bit. q is at most :math:`2^{-50}` of the largest sum there can be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.minplus import FAR, Seconds, relax, still, useful
from yipan.network.threads import over_blocks

Floats = NDArray[np.float64]
FINE = 64
"""Destinations of one tile: near cells, so the bounds of a tile are close."""
GROUP = 8
"""Tiles looked at together before any is looked at alone."""
Tiled = tuple[Seconds, Seconds, Seconds, Seconds]
_ROWS = 48
_END = np.int32(FAR)


def evener(table: Floats, weights: Floats) -> Floats:
    """Return what rounds each term when added and taken away again: shape (decays, kinds).

    Examples
    --------
    >>> even = evener(np.array([[1.0, 0.5]]), np.array([[3.0, 4.0]]))
    >>> rounded = float((0.1 + even[0, 0]) - even[0, 0])
    >>> rounded == 0.1, abs(rounded - 0.1) < 1e-14
    (False, True)
    """
    most = np.abs(table).max(axis=1, initial=0.0)[:, None] * np.abs(weights).sum(axis=1)[None, :]
    power = np.ceil(np.log2(np.maximum(most, 1e-300))) + 1.0
    return np.asarray(1.5 * 2.0**power)


def summed(times: Seconds, table: Floats, weights: Floats, even: Floats) -> Floats:
    """Return the sums over all destinations: shape (origins, decays, kinds).

    Parameters
    ----------
    times
        Seconds, shape (origins, destinations).
    table, weights
        Weight of every second by decay, the last entry 0 and of everything beyond; opportunities by kind.
    even
        Of `evener`.
    """
    out = np.zeros((len(times), len(table), len(weights)))
    over_blocks(lambda a, b: _sum(times[a:b], (table, weights, even), out[a:b]), len(times), block=_ROWS)
    return out


@kernel
def _sum(times: Seconds, counted: tuple[Floats, Floats, Floats], out: Floats) -> None:
    table, weights, even = counted
    last = table.shape[1] - 1
    for i in range(times.shape[0]):
        for d in range(table.shape[0]):
            for w in range(weights.shape[0]):
                total, e = 0.0, even[d, w]
                for j in range(times.shape[1]):
                    total += (table[d, min(times[i, j], last)] * weights[w, j] + e) - e
                out[i, d, w] = total


def tiles_of(left: Seconds, right: Seconds) -> Tiled:
    """Return ways to a change (cells × a) and on from it (a × cells), these tile by tile with their least.

    The tiles (tiles, a, `FINE`), the least of each (tiles, a), and of each group (groups, a).
    """
    k, m = right.shape
    tiles = -(-m // FINE)
    wide = np.full((k, tiles * FINE), FAR, dtype=np.int32)
    wide[:, :m] = right
    onward = np.ascontiguousarray(wide.reshape(k, tiles, FINE).transpose(1, 0, 2))
    least = np.ascontiguousarray(onward.min(axis=2, initial=FAR))
    groups = np.minimum.reduceat(least, np.arange(0, tiles, GROUP), axis=0) if tiles else least
    return still(left), still(onward), still(least), still(groups)


@kernel
def gain(  # noqa: C901, PLR0917
    base: tuple[Seconds, Seconds, Seconds],
    own: Tiled,
    older: Tiled,
    rows: NDArray[np.int64],
    counted: tuple[Floats, Floats, Floats],
    out: Floats,
    after: Seconds,
) -> None:
    """Add to `out` what becomes shorter within the reach of the table: new terms less old ones.

    `base`: times, and the longest (or more) of each tile and group once they are lowered by the ways `older`.
    They are lowered by these first, then by `own`, and only where these can matter anything is looked at. A
    time from a cell to itself stays. Where the longest of a tile turns out to be less, `after` says so.
    """
    times, tops, coarse = base
    left, onward, least, groups = own
    table = counted[0]
    m, end = times.shape[1], min(table.shape[1] - 1, int(_END))
    near, some = np.empty(left.shape[1], np.int64), np.empty(left.shape[1], np.int64)
    hubs, fore = np.empty(left.shape[1], np.int64), np.empty(older[0].shape[1], np.int64)
    every, past = np.arange(older[0].shape[1]), np.empty(older[0].shape[1], np.int64)
    best, was = np.empty(FINE, np.int32), np.empty(FINE, np.int32)
    for i in rows:
        count = 0
        for a in range(left.shape[1]):
            near[count] = a
            count += left[i, a] < end
        among = near[:count]
        for g in range(groups.shape[0]):
            few, known = useful(some, among, left[i], groups[g], min(coarse[i, g], end)), -1
            if not few:
                continue
            for t in range(g * GROUP, min(least.shape[0], g * GROUP + GROUP)):
                fewer = useful(hubs, some[:few], left[i], least[t], min(tops[i, t], end))
                if not fewer:
                    continue
                start = t * FINE
                row = times[i, start : min(m, start + FINE)]
                best[:] = _END
                relax(best, left[i], onward[t], hubs[:fewer], _END)
                if start <= i < start + FINE:
                    best[i - start] = _END
                longest = _longest_if_below(best, row, end)
                if longest < 0:
                    continue
                was[:] = _END
                was[: row.size] = row
                if every.size:
                    if known < 0:  # no way on to a tile is shorter than the least to its group
                        known = useful(past, every, older[0][i], older[3][g], end)
                    before = useful(fore, past[:known], older[0][i], older[2][t], min(longest, end))
                    if before:
                        relax(was, older[0][i], older[1][t], fore[:before], _END)
                    if start <= i < start + FINE:
                        was[i - start] = times[i, i]
                _add(best, was[: row.size], start, end, counted, out[i])
                after[i, t] = min(after[i, t], _longest_of_lesser(best, was[: row.size]))


@kernel
def _longest_if_below(best: Seconds, row: Seconds, end: int) -> int:
    """Return the longest of `row`; -1 where `best` is nowhere below it and `end`."""
    hit, last, longest = np.int32(0), np.int32(end), np.int32(0)
    for x in range(row.size):
        hit |= np.int32((best[x] < row[x]) & (best[x] < last))
        longest = max(longest, row[x])
    return int(longest) if hit else -1


@kernel
def _longest_of_lesser(best: Seconds, row: Seconds) -> Any:
    longest = np.int32(0)
    for x in range(row.size):
        longest = max(longest, min(best[x], row[x]))
    return longest


@kernel
def _add(  # noqa: PLR0917
    best: Seconds, row: Seconds, start: int, end: int, counted: tuple[Floats, Floats, Floats], out: Floats
) -> None:
    table, weights, even = counted
    last = table.shape[1] - 1
    for x in range(row.size):
        if best[x] < row[x] and best[x] < end:
            a, b = min(best[x], last), min(row[x], last)
            for d in range(table.shape[0]):
                if table[d, a] == table[d, b]:
                    continue
                for w in range(weights.shape[0]):
                    e, o = even[d, w], weights[w, start + x]
                    out[d, w] += ((table[d, a] * o + e) - e) - ((table[d, b] * o + e) - e)
