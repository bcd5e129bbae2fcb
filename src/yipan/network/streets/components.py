"""Connected pieces of a street network, and the largest of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yipan.network.streets.values import Int32

Bools = NDArray[np.bool_]


def pieces(n: int, u: Int32, v: Int32, *, forward: Bools, backward: Bools, strong: bool) -> Int32:
    """Return the piece each point belongs to; pieces are numbered from the largest (most points) down.

    Parameters
    ----------
    n
        Number of points.
    u, v
        Ends of every segment.
    forward, backward
        Whether a segment may be used from u to v, and from v to u.
    strong
        Whether the points of a piece must reach each other both ways (vehicles), or one-ways do
        not matter (walking). Pieces of equal size are ordered by their first point.

    Examples
    --------
    >>> u, v = np.array([0, 1, 3]), np.array([1, 2, 4])
    >>> yes = np.ones(3, bool)
    >>> pieces(5, u, v, forward=yes, backward=yes, strong=False).tolist()
    [0, 0, 0, 1, 1]
    >>> pieces(5, u, v, forward=yes, backward=np.array([True, False, True]), strong=True).tolist()
    [0, 0, 2, 1, 1]
    """
    rows = np.concatenate([u[forward], v[backward]])
    columns = np.concatenate([v[forward], u[backward]])
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(n, n)).tocsr()
    count, label = connected_components(graph, directed=True, connection="strong" if strong else "weak")
    size = np.bincount(label, minlength=count)
    first = np.full(count, n)
    np.minimum.at(first, label, np.arange(n))
    rank = np.empty(count, dtype=np.int32)
    rank[np.lexsort((first, -size))] = np.arange(count, dtype=np.int32)
    return rank[label]
