"""Shortest-path algebra on integer arrays: add along a path, take the least of several.

Times inside this package are int32 seconds; `FAR` stands for "no way". Two of them still add up
without overflow, and anything not below `FAR` is read as "no way" again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int32]
FAR = np.int32(2**29)
_ROWS = 64  # rows of one block: block and buffer stay in the second-level cache


def as_seconds(distances: NDArray[np.float64]) -> Seconds:
    """Return float distances (infinite where there is no way) as int32 with `FAR`."""
    return np.where(np.isfinite(distances), distances, float(FAR)).astype(np.int32)


def lower(target: Seconds, left: Seconds, right: Seconds) -> None:
    """Lower `target` in place to ``min(target, left ⊗ right)``.

    Parameters
    ----------
    target
        Shape (n, m); every entry at most 2·`FAR`.
    left, right
        Shapes (n, k) and (k, m), entries at most `FAR`.

    Notes
    -----
    ``(left ⊗ right)[i, j] = min over a of left[i, a] + right[a, j]``. A block of rows visits a hub only in
    the span of columns it can lower at all: where the block's least way to the hub and the way on from it
    together are below the largest entry of the column. Cells of one zone stand together, so blocks far from
    a change are passed over.

    Examples
    --------
    >>> t = np.array([[9, 9], [3, 9]], dtype=np.int32)
    >>> left, right = np.array([[2], [5]], dtype=np.int32), np.array([[4, 1]], dtype=np.int32)
    >>> lower(t, left, right)
    >>> t.tolist()
    [[6, 3], [3, 6]]
    """
    n, m = target.shape
    if not left.size or not right.size or not m:
        return
    buffer = np.empty((_ROWS, m), dtype=np.int32)
    for start in range(0, n, _ROWS):
        block, part = target[start : start + _ROWS], left[start : start + _ROWS]
        gains = part.min(axis=0)[:, None] + right < block.max(axis=0)
        first, last = gains.argmax(axis=1), m - gains[:, ::-1].argmax(axis=1)
        for a in np.flatnonzero(gains.any(axis=1)):
            span = slice(first[a], last[a])
            into = buffer[: len(block), span]
            np.add(part[:, a, None], right[a, span], out=into)
            np.minimum(block[:, span], into, out=block[:, span])


def product(left: Seconds, right: Seconds) -> Seconds:
    """Return ``left ⊗ right`` (shape (n, m)), `FAR` where there is no way."""
    out = np.full((left.shape[0], right.shape[1]), FAR, dtype=np.int32)
    lower(out, left, right)
    return out


def closure(weights: Seconds) -> Seconds:
    """Return shortest distances between all nodes of a small dense graph (Floyd and Warshall).

    Examples
    --------
    >>> closure(np.array([[9, 2, 9], [9, 9, 2], [9, 9, 9]], dtype=np.int32)).tolist()
    [[0, 2, 4], [9, 0, 2], [9, 9, 0]]
    """
    out = weights.copy()
    np.fill_diagonal(out, 0)
    for h in range(len(out)):
        np.minimum(out, out[:, h, None] + out[h], out=out)
    return np.minimum(out, FAR)
