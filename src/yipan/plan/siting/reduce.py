"""Smaller covering problems with the same answer: what is alike is merged, what is outdone is dropped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_PRODUCTS = 30_000_000_000
"""Multiplications spent on one comparison of all sites; above, HiGHS's own presolving has to do."""


def merged_rows(table: Floats | Bools, weights: Floats) -> tuple[Ints, Floats]:
    """Return the first of each kind of row, increasing, and the weights summed over its kind.

    Examples
    --------
    >>> rows, weights = merged_rows(np.array([[1, 0], [0, 1], [1, 0]]), np.array([2.0, 3.0, 5.0]))
    >>> rows.tolist(), weights.tolist()
    ([0, 1], [7.0, 3.0])
    """
    if not len(table):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    packed = np.packbits(table.astype(np.bool_), axis=1) if table.dtype == np.bool_ else table + 0.0
    packed = np.ascontiguousarray(packed)
    keys = packed.view(np.dtype((np.void, packed.dtype.itemsize * packed.shape[1]))).ravel()
    _, first, kind = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    return first[order].astype(np.int64), np.bincount(kind.ravel(), weights)[order].astype(np.float64)


def outdone(covers: Bools, costs: Floats) -> Bools | None:
    """Return which sites another makes needless: it covers all they do and costs no more.

    Of sites alike in both, the first stays. A site that covers nothing is needless.

    Parameters
    ----------
    covers
        Shape (demand, sites).
    costs
        Per site.

    Returns
    -------
    array of bool, or None
        Shape (sites,); None where the comparison would take more than `MOST_PRODUCTS`.

    Examples
    --------
    >>> covers = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [0, 0, 1, 0]], dtype=bool)
    >>> outdone(covers, np.ones(4)).tolist()
    [True, False, False, True]
    >>> outdone(covers, np.array([1.0, 2.0, 1.0, 2.0])).tolist()  # the first is cheaper than what outdoes it
    [False, False, False, True]
    """
    within = _contained(covers, costs)
    return None if within is None else within | ~covers.any(axis=0)


def implied(covers: Bools) -> Bools | None:
    """Return which demand points are covered whenever some other is: every site of that one serves them.

    Examples
    --------
    >>> implied(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=bool)).tolist()
    [False, True, False, True]
    >>> implied(np.array([[1, 1]], dtype=bool)).tolist()  # there is no other
    [False]
    """
    # its sites include those of another just where the sites it lacks are among those the other lacks
    return _contained(np.ascontiguousarray(~covers.T), np.zeros(len(covers)))


def _contained(covers: Bools, costs: Floats) -> Bools | None:
    """Return which columns another contains at no higher cost, the first of those alike staying."""
    n, m = covers.shape
    if n * m * m > MOST_PRODUCTS:
        return None
    counts = covers.astype(np.float32)  # exact: sums of ones below 2^24
    size = counts.sum(axis=0)
    place = np.arange(m)
    out = np.zeros(m, dtype=np.bool_)
    for start in range(0, m, 1024):
        part = slice(start, start + 1024)
        within = counts[:, part].T @ counts == size[part, None]
        alike = within & (size[None, :] == size[part, None])
        cheaper = costs[None, :] < costs[part, None]
        no_dearer = costs[None, :] <= costs[part, None]
        first = place[None, :] < place[part, None]
        out[part] |= ((within & ~alike & no_dearer) | (alike & (cheaper | (no_dearer & first)))).any(axis=1)
    return out
