"""Kernels over blocks of times: weighted sums, sums by destination, the k-th nearest.

Times come as codes (uint16, `yipan.network.matrix.codes`) or int32 seconds; both index a look-up table of
weights whose last entry, 0, stands for everything further away and for "no way". Every sum is taken in the
order of destinations (or origins), so results do not depend on blocks or threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.matrix.codes import read_only
from yipan.network.threads import over_blocks, workers

Floats = NDArray[np.float64]
Times = NDArray[np.uint16] | NDArray[np.int32]
_ROWS = 32
_COLUMNS = 1024
_SMALL = 200_000  # pairs below which handing rows to other threads takes longer than the sum


def weigh(times: Times, table: Floats, weights: Floats, out: Floats, *, ends: NDArray[np.int64]) -> None:
    """Write ``Σ_j table[d, t_ij] · weights[w, j]`` into `out`.

    Parameters
    ----------
    times
        Shape (rows, destinations).
    table, weights
        Shapes (decays, codes + 1), decays of less reach last, and (kinds, destinations).
    ends
        Code from which each decay is 0, descending (decays,).
    out
        Shape (rows, decays, kinds).
    """
    times, weights = read_only(times), read_only(weights)
    over_blocks(
        lambda a, b: _weigh(times[a:b], table, ends, weights, out[a:b]), len(times), block=_block(times)
    )


def spread(times: Times, table: Floats, amounts: Floats, out: Floats) -> None:
    """Add ``Σ_i table[d, t_ij] · amounts[d, i]`` to `out`.

    Parameters
    ----------
    times
        Shape (rows, destinations).
    table, amounts
        Shapes (decays, codes + 1) and (decays, rows).
    out
        Shape (decays, destinations).
    """
    times, amounts = read_only(times), read_only(amounts)
    over_blocks(lambda a, b: _spread(times, a, b, table, amounts, out), times.shape[1], block=_COLUMNS)


def kth(times: Times, counts: NDArray[np.int64], rank: int, none: int, out: NDArray[np.int64]) -> None:
    """Write the time to the `rank`-th nearest of `counts` things into `out`, `none` where there is none.

    Parameters
    ----------
    times
        Shape (rows, destinations).
    counts
        Things at each destination (destinations,).
    none
        What stands for "no way" in `times`; above every other time.
    """
    times, counts = read_only(times), read_only(counts)
    over_blocks(lambda a, b: _kth(times[a:b], counts, rank, none, out[a:b]), len(times), block=_block(times))


def _block(times: Times) -> int:
    """Return rows a block: all of them where there are few pairs, else eight blocks a thread."""
    rows = len(times)
    return rows if times.size < _SMALL else max(_ROWS, rows // (8 * workers()))


@kernel
def _weigh(times: Times, table: Floats, ends: NDArray[np.int64], weights: Floats, out: Floats) -> None:
    near = np.empty(times.shape[1] + 1, dtype=np.int32)
    code = np.empty(times.shape[1] + 1, dtype=np.int32)
    for i in range(times.shape[0]):
        # most are out of reach: first the list of those within, without a branch; each decay sums over its
        # own, and hands the list on to the next
        k = 0
        for j in range(times.shape[1]):
            near[k] = j
            code[k] = times[i, j]
            k += times[i, j] < ends[0]
        for d in range(table.shape[0]):
            if d > 0 and ends[d] < ends[d - 1]:
                kept = 0
                for q in range(k):
                    near[kept] = near[q]
                    code[kept] = code[q]
                    kept += code[q] < ends[d]
                k = kept
            for w in range(weights.shape[0]):
                total = 0.0
                for q in range(k):
                    total += table[d, code[q]] * weights[w, near[q]]
                out[i, d, w] = total


@kernel
def _spread(  # noqa: PLR0917
    times: Times, start: int, stop: int, table: Floats, amounts: Floats, out: Floats
) -> None:
    last = table.shape[1] - 1
    for i in range(times.shape[0]):
        for d in range(table.shape[0]):
            amount = amounts[d, i]
            for j in range(start, stop):
                out[d, j] += table[d, min(np.int64(times[i, j]), last)] * amount


@kernel
def _kth(times: Times, counts: NDArray[np.int64], rank: int, none: int, out: NDArray[np.int64]) -> None:
    best = np.empty(rank, dtype=np.int64)
    for i in range(times.shape[0]):
        best[:] = none
        for j in range(times.shape[1]):
            t = np.int64(times[i, j])
            if counts[j] > 0 and t < best[rank - 1]:
                for _ in range(min(counts[j], rank)):
                    q = rank - 1
                    if best[q] <= t:
                        break
                    while q > 0 and best[q - 1] > t:
                        best[q] = best[q - 1]
                        q -= 1
                    best[q] = t
        out[i] = best[rank - 1]
