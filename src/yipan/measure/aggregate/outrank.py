"""Aggregations by comparing zones in pairs: weights are importance, never exchange rates.

A lead counts by the weight of its indicators, not by its size, so no amount of one makes up for another.
Adding or leaving out a zone may change the order of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.measure.aggregate.values import LEAST, Array, ready, refuse
from yipan.text import Text

TIE = 1e-9
"""Two zones tie when the weight in favour differs from a half by no more than this."""
_ROWS = 16
MOST = 10_000
"""Zones that are compared in pairs at most: 800 MB."""


def outranking(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Array:
    """Return for each pair of zones the weight of the indicators in which the first is ahead (zones × zones).

    ``o_ij = Σ w [x_i > x_j] + ½ Σ w [x_i = x_j]``; ``o_ij + o_ji = 1``; 0 on the diagonal. Indicators that
    one of the two lacks are left out of the pair and the weights rescaled; a pair with none in common is ½.

    Parameters
    ----------
    scores
        Zones × indicators, more is better; any scale (only order counts).
    weights, least
        As for `arithmetic`; rows and columns of a zone with too few indicators are NaN.

    Raises
    ------
    MeasureError
        As for `arithmetic`, and for more than 10 000 zones.

    Examples
    --------
    >>> outranking([[3, 1], [2, 2], [1, 2]], [0.6, 0.4]).tolist()
    [[0.0, 0.6, 0.6], [0.4, 0.0, 0.8], [0.4, 0.2, 0.0]]
    """
    t = ready(scores, weights, least=least)
    n, p = t.scores.shape
    if n > MOST:
        refuse(
            [
                Problem(
                    what=Text(
                        f"{n} 个区域两两比较需要 {n * n * 8 / 1e9:.1f} GB",
                        f"comparing {n} zones in pairs takes {n * n * 8 / 1e9:.1f} GB",
                    ),
                    remedy=Text("用均值类合成,或按组比较", "use a mean, or compare within groups"),
                )
            ]
        )
    w = np.ones(p) if weights is None else np.asarray(weights, dtype=np.float64)
    w = w / w.sum()
    columns = np.ascontiguousarray(t.scores.T)
    out = np.zeros((n, n))
    for start in range(0, n, _ROWS):
        _compare(columns, w, slice(start, start + _ROWS), out)
    np.fill_diagonal(out, 0.0)
    out[~t.enough] = np.nan
    out[:, ~t.enough] = np.nan
    return out


def _compare(columns: Array, w: Array, rows: slice, out: Array) -> None:
    """Write some rows of the outranking matrix; few at a time stay in the processor's cache."""
    ahead = out[rows]
    for k, x in enumerate(columns):
        mine = x[rows, None]
        ahead += 0.5 * w[k] * (mine > x)
        ahead += 0.5 * w[k] * (mine >= x)
    if np.isnan(columns).any():
        there = ~np.isnan(columns)
        shared = (there[:, rows].T * w) @ there
        ahead[:] = np.where(shared > 0, ahead / np.where(shared > 0, shared, 1.0), 0.5)


def copeland(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Array:
    """Return each zone's Copeland score: the zones it beats less the zones that beat it.

    One zone beats another when more than half of the weight is in its favour; halves within 1e-9 tie. A zone
    alone scores 0.

    Source: A. H. Copeland (1951); as used by OECD/JRC (2008), doi:10.1787/9789264043466-en.

    Raises
    ------
    MeasureError
        As for `outranking`.

    Examples
    --------
    >>> copeland([[3, 1], [2, 2], [1, 2]], [0.6, 0.4]).tolist()
    [2.0, 0.0, -2.0]
    """
    return copeland_of(outranking(scores, weights, least=least))


def copeland_of(matrix: Array) -> Array:
    """Return Copeland scores of an outranking matrix (zones × zones).

    Examples
    --------
    >>> copeland_of(np.array([[0.0, 0.7], [0.3, 0.0]])).tolist()
    [1.0, -1.0]
    """
    out = (matrix > 0.5 + TIE).sum(axis=1) - (matrix.T > 0.5 + TIE).sum(axis=1)
    return np.where(np.isnan(matrix).all(axis=1), np.nan, out.astype(np.float64))


@dataclass(frozen=True)
class Order:
    """An order of zones that keeps as much of the pairwise comparisons as could be found.

    Parameters
    ----------
    zones
        Row numbers, best first; zones with too few indicators are not in it.
    positions
        Place of each zone, 1 the best; NaN for zones not in the order.
    support
        ``Σ o_ij`` over the pairs in the order's sense.
    bound
        No order can have more support than this: ``Σ max(o_ij, o_ji)``.
    """

    zones: NDArray[np.int64]
    positions: Array
    support: float
    bound: float

    @property
    def proved(self) -> bool:
        """Whether no other order has more support (no majority is contradicted)."""
        return self.support >= self.bound - 1e-9 * max(1.0, self.bound)


def noncompensatory(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Order:
    """Return the order of zones that most of the weight supports (Condorcet–Kemeny–Young–Levenglick).

    Maximises ``Σ o_ij`` over all pairs with i before j. The best order is hard to prove for many zones: the
    search starts from Copeland's order and moves zones one by one to their best place until none gains;
    ``proved`` says whether the bound was reached, which it is whenever majorities form no circle.

    Source: G. Munda & M. Nardo (2009), *Applied Economics* 41(12), 1513–1523, doi:10.1080/00036840601019364;
    H. P. Young & A. Levenglick (1978), *SIAM Journal on Applied Mathematics* 35, 285–300.

    Raises
    ------
    MeasureError
        As for `outranking`.

    Examples
    --------
    >>> best = noncompensatory([[3, 1], [2, 2], [1, 2]], [0.6, 0.4])
    >>> best.zones.tolist(), best.proved
    ([0, 1, 2], True)
    """
    matrix = outranking(scores, weights, least=least)
    known = np.flatnonzero(~np.isnan(matrix).all(axis=1))
    o = matrix[np.ix_(known, known)]
    order = np.argsort(-copeland_of(o), kind="stable") if len(o) else np.zeros(0, dtype=np.int64)
    while True:
        order, moved = _improve(o, order)
        if not moved:
            break
    upper = np.triu(np.ones_like(o), 1)
    positions = np.full(len(matrix), np.nan)
    positions[known[order]] = np.arange(1, len(order) + 1)
    return Order(
        zones=known[order].astype(np.int64),
        positions=positions,
        support=float((o[np.ix_(order, order)] * upper).sum()),
        bound=float((np.maximum(o, o.T) * upper).sum()),
    )


def _improve(o: Array, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], bool]:
    """Move each zone once to the place where it gains most; say whether any moved."""
    moved = False
    for zone in order.copy():
        rest = order[order != zone]
        lead = o[zone, rest] - o[rest, zone]  # gained by standing before each of the others
        before = np.append(np.cumsum(lead[::-1])[::-1], 0.0)  # standing before rest[k:]
        here = int(np.flatnonzero(order == zone)[0])
        best = int(np.argmax(before))
        if before[best] > before[here] + TIE:
            order = np.insert(rest, best, zone)
            moved = True
    return order, moved
