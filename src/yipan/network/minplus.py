"""Shortest-path algebra on integer arrays: add along a path, take the least of several.

Times inside this package are int32 seconds; `FAR` stands for "no way". Two of them still add up
without overflow, and anything not below `FAR` is read as "no way" again. The kernels serve any integer
type: sums stop at the value that stands for "no way" (`top_of`), so nothing ever wraps around.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.network.jit import kernel
from yipan.network.threads import over_blocks

Seconds = NDArray[np.int32]
FAR = np.int32(2**29)
SPAN = 512
"""Columns of one tile: the tiles of a block's hubs stay in the second-level cache."""
_ROWS = 64  # fewest rows of one block
_ALONE = 4_000_000  # sums below which threads cost more than they save
_PRUNED = 256  # hubs above which finding the useless ones costs more than it saves
_Ints = NDArray[np.int64]


def as_seconds(distances: NDArray[np.float64]) -> Seconds:
    """Return float distances (infinite where there is no way) as int32 with `FAR`."""
    return np.where(np.isfinite(distances), distances, float(FAR)).astype(np.int32)


def top_of(times: NDArray[Any]) -> Any:
    """Return what stands for "no way" in an array, in its type: `FAR` in int32, the largest number in uint16.

    Examples
    --------
    >>> int(top_of(np.zeros(1, dtype=np.uint16)))
    65535
    """
    return FAR if times.dtype == np.int32 else times.dtype.type(np.iinfo(times.dtype).max)


def tiled(right: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return ways on from hubs (k, m) tile by tile for kernels, (tiles, k, `SPAN`), and the least of each.

    What is beyond the last column is "no way".
    """
    k, m = right.shape
    count = -(-m // SPAN)
    wide = np.full((k, count * SPAN), top_of(right), dtype=right.dtype)
    wide[:, :m] = right
    out = np.ascontiguousarray(wide.reshape(k, count, SPAN).transpose(1, 0, 2))
    return out, out.min(axis=2)


def still(values: NDArray[Any]) -> NDArray[Any]:
    """Return values as a contiguous array that may not be written to: kernels compile for one kind only."""
    out = np.ascontiguousarray(values).view()
    out.flags.writeable = False
    return out


def lower(target: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> None:
    """Lower `target` in place to ``min(target, left ⊗ right)``.

    Parameters
    ----------
    target
        Shape (n, m), C-contiguous.
    left, right
        Shapes (n, k) and (k, m), of the type of `target`, entries at most "no way".

    Notes
    -----
    ``(left ⊗ right)[i, j] = min over a of left[i, a] + right[a, j]``. In every tile of columns a row visits
    only the hubs that can lower anything there: where the way to the hub and the least way on from it
    are below the largest entry of the row. Cells of one zone stand together, so what is far from a change
    is passed over. Blocks of rows run on threads.

    Examples
    --------
    >>> t = np.array([[9, 9], [3, 9]], dtype=np.int32)
    >>> left, right = np.array([[2], [5]], dtype=np.int32), np.array([[4, 1]], dtype=np.int32)
    >>> lower(t, left, right)
    >>> t.tolist()
    [[6, 3], [3, 6]]
    """
    if left.size and right.size:
        _lower(target, target, left, right)


def lowered(times: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return ``min(times, left ⊗ right)`` as a new array (see `lower`)."""
    out = np.empty_like(times, order="C", subok=False)
    _lower(times, out, left, right)
    return out


def _lower(times: NDArray[Any], out: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> None:
    n, m = times.shape
    left, top = still(left), top_of(times)
    onward, least = tiled(right)

    def block(start: int, stop: int) -> None:
        if out is not times:
            out[start:stop] = times[start:stop]
        lower_rows(out[start:stop], left[start:stop], onward, least, top)

    if n * m * max(len(right), 8) < _ALONE:
        block(0, n)
    else:
        over_blocks(block, n, block=min(max(n // 8, _ROWS), 4 * _ROWS))


def pruned(left: Seconds, right: Seconds) -> Seconds:
    """Return `left` without the hubs that lead nowhere sooner than another one: there it is `FAR`.

    From i, hub a is of no use where another b has ``left[i, b] + max over j of (right[b, j] - right[a, j])``
    no more than ``left[i, a]``; ``left ⊗ right`` stays what it is.

    Parameters
    ----------
    left, right
        Shapes (n, k) and (k, m), entries at most `FAR`.

    Examples
    --------
    >>> left, right = np.array([[1, 5]], dtype=np.int32), np.array([[4, 9], [2, 7]], dtype=np.int32)
    >>> bool(pruned(left, right)[0, 1] == FAR)  # 1 + 4 and 1 + 9 are less than 5 + 2 and 5 + 7
    True
    """
    k = left.shape[1]
    if not 2 <= k <= _PRUNED:
        return left
    right, behind, out = still(right), np.empty((k, k), dtype=np.int32), np.array(left)
    over_blocks(lambda a, b: _behind(right, a, behind[a:b]), k, block=max(4, k // 8))
    over_blocks(lambda a, b: _prune(out[a:b], behind), len(out), block=4 * _ROWS)
    return out


@kernel
def _behind(right: Seconds, first: int, out: Seconds) -> None:
    """By how much hub `first` + b is behind hub a at most, anywhere a leads."""
    for b in range(out.shape[0]):
        for a in range(right.shape[0]):
            most = -FAR
            for j in range(right.shape[1]):
                much = right[first + b, j] - right[a, j]
                most = max(most, -FAR if right[a, j] >= FAR else much)
            out[b, a] = most


@kernel
def _prune(left: Seconds, behind: Seconds) -> None:
    k = left.shape[1]
    was = np.empty(k, np.int32)
    for i in range(left.shape[0]):
        was[:] = left[i]
        for b in range(k):
            if was[b] >= FAR:
                continue
            for a in range(k):
                by = was[b] + behind[b, a]
                if by < was[a] or (by == was[a] and b < a):
                    left[i, a] = FAR


def product(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return ``left ⊗ right`` (shape (n, m)), "no way" where there is none."""
    out = np.full((left.shape[0], right.shape[1]), top_of(left), dtype=left.dtype)
    lower(out, left, right)
    return out


def closure(weights: Seconds) -> Seconds:
    """Return shortest distances between all nodes of a small dense graph (Floyd and Warshall).

    Examples
    --------
    >>> closure(np.array([[9, 2, 9], [9, 9, 2], [9, 9, 9]], dtype=np.int32)).tolist()
    [[0, 2, 4], [9, 0, 2], [9, 9, 0]]
    """
    out = np.ascontiguousarray(np.minimum(weights, FAR), dtype=np.int32)
    np.fill_diagonal(out, 0)
    _close(out)
    return out


@kernel
def _close(out: Seconds) -> None:
    k = out.shape[0]
    for h in range(k):
        through = out[h]
        for i in range(k):
            first, row = out[i, h], out[i]
            if first < FAR:
                for j in range(k):
                    row[j] = min(row[j], np.int32(first + through[j]))


@kernel
def useful(hubs: _Ints, among: _Ints, left: NDArray[Any], least: NDArray[Any], below: int) -> int:
    """Write the hubs of `among` that can lead to times under `below` to `hubs`; return how many they are."""
    count = 0
    for a in among:  # without a branch: which hubs are useful cannot be foreseen
        hubs[count] = a
        count += int(left[a]) + int(least[a]) < below
    return count


@kernel
def relax(out: NDArray[Any], left: NDArray[Any], onward: NDArray[Any], hubs: _Ints, top: Any) -> None:
    """Lower `out[d]` to the least over hubs a of ``left[a] + onward[a, d]``, at most `top`.

    Four hubs a pass, so that `out` is read and written a quarter as often; the casts keep sums narrow, which
    lets the loop run on as many entries at once as the machine can hold.
    """
    cast, last = out.dtype.type, hubs.size - 1
    for q in range(0, hubs.size, 4):
        a, b, c, d = hubs[q], hubs[min(q + 1, last)], hubs[min(q + 2, last)], hubs[min(q + 3, last)]
        to_a, to_b, to_c, to_d = left[a], left[b], left[c], left[d]
        room_a, room_b = cast(top - to_a), cast(top - to_b)
        room_c, room_d = cast(top - to_c), cast(top - to_d)
        on_a, on_b, on_c, on_d = onward[a], onward[b], onward[c], onward[d]
        for i in range(out.size):
            by_a = cast(min(on_a[i], room_a) + to_a)
            by_b = cast(min(on_b[i], room_b) + to_b)
            by_c = cast(min(on_c[i], room_c) + to_c)
            by_d = cast(min(on_d[i], room_d) + to_d)
            out[i] = min(out[i], by_a, by_b, by_c, by_d)


@kernel
def lower_rows(
    target: NDArray[Any], left: NDArray[Any], onward: NDArray[Any], least: NDArray[Any], top: Any
) -> None:
    """Lower a block of rows in place (see `lower`); `onward` and `least` as `tiled` returns them."""
    n, m = target.shape
    every, hubs = np.arange(left.shape[1]), np.empty(left.shape[1], np.int64)
    for t in range(least.shape[0]):
        for i in range(n):
            row = target[i, t * SPAN : min(m, t * SPAN + SPAN)]
            high = row[0]
            for d in range(row.size):
                high = max(high, row[d])
            count = useful(hubs, every, left[i], least[t], min(int(high), int(top)))
            if count:
                relax(row, left[i], onward[t], hubs[:count], top)
