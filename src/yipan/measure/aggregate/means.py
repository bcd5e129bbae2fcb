"""Weighted means of scores: arithmetic, geometric, harmonic, power; two means with a penalty for imbalance.

In all of them a missing score is left out and its weight goes to the others in proportion, as long as the
zone has at least the share `least` of its indicators; below that its aggregate is missing (NaN).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.aggregate.values import LEAST, Array, positive, ready, refuse
from yipan.text import Text


def arithmetic(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Array:
    """Return ``Σ w x`` of each zone: a low score is made up for in full by a high one.

    Parameters
    ----------
    scores
        Zones × indicators (or one zone's); NaN where missing.
    weights
        One an indicator, 0 or more, scaled to sum 1; equal where left out.
    least
        Share of its indicators that a zone must have.

    Raises
    ------
    MeasureError
        When shapes do not fit or a weight is negative.

    Examples
    --------
    >>> arithmetic([[20.0, 80.0], [40.0, np.nan], [np.nan, np.nan]], [3, 1]).tolist()
    [35.0, 40.0, nan]
    """
    return power(scores, weights, p=1.0, least=least)


def geometric(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Array:
    """Return ``exp(Σ w ln x)`` of each zone: a low score is made up for only in part.

    Parameters are those of `arithmetic`.

    Raises
    ------
    MeasureError
        When a score is 0 or less (one 0 would make the aggregate 0 whatever the others are), shapes do not
        fit, or a weight is negative.

    Examples
    --------
    >>> geometric([[4.0, 9.0]]).round(9).tolist()
    [6.0]
    >>> geometric([[0.0, 9.0]])
    Traceback (most recent call last):
    yipan.errors.MeasureError: the scores cannot be aggregated
      - row 2, #1: not above 0 in 1 of 1 zones; the geometric mean needs it so → normalise ...
    """
    return power(scores, weights, p=0.0, least=least)


def harmonic(scores: ArrayLike, weights: ArrayLike | None = None, *, least: float = LEAST) -> Array:
    """Return ``1 / Σ (w / x)`` of each zone: low scores weigh heaviest.

    Parameters are those of `arithmetic`; scores must be above 0.

    Raises
    ------
    MeasureError
        As for `geometric`.

    Examples
    --------
    >>> harmonic([[2.0, 6.0]]).round(9).tolist()
    [3.0]
    """
    return power(scores, weights, p=-1.0, least=least)


def power(scores: ArrayLike, weights: ArrayLike | None = None, *, p: float, least: float = LEAST) -> Array:
    """Return ``(Σ w x^p)^(1/p)`` of each zone; p = 1 arithmetic, 0 geometric (the limit), −1 harmonic.

    Parameters
    ----------
    p
        Exponent: the lower, the less a high score makes up for a low one. The other parameters are those of
        `arithmetic`.

    Raises
    ------
    MeasureError
        When a score is 0 or less and p ≤ 0, negative and p is neither, shapes do not fit, or a weight is
        negative.

    Examples
    --------
    >>> power([[1.0, 7.0]], p=2).tolist()
    [5.0]
    """
    t = ready(scores, weights, least=least)
    if p != 1.0:
        refuse(positive(t.scores, strictly=p <= 0, method=_name(p)))
    total = (t.weights * np.where(t.there, forth(t.scores, p), 0.0)).sum(axis=1)
    out = np.full(len(t.scores), np.nan)
    out[t.enough] = back(total[t.enough], p)
    return out


def forth(x: Array, p: float) -> Array:
    """Return what a power mean averages: x, ln x or x^p."""
    if p == 1.0:
        return x
    return np.asarray(np.log(x) if p == 0.0 else x**p, dtype=np.float64)


def back(x: Array, p: float) -> Array:
    """Return the mean from what was averaged: the inverse of `forth`."""
    if p == 1.0:
        return x
    return np.asarray(np.exp(x) if p == 0.0 else x ** (1.0 / p), dtype=np.float64)


def _name(p: float) -> Text:
    known = {0.0: Text("几何平均", "the geometric mean"), -1.0: Text("调和平均", "the harmonic mean")}
    return known.get(p, Text(f"幂平均(p = {p:g})", f"the power mean (p = {p:g})"))


def mazziotta_pareto(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    kind: Literal["strength", "burden"] = "strength",
    ddof: Literal[0, 1] = 0,
    least: float = LEAST,
) -> Array:
    """Return the Mazziotta–Pareto index: ``M − S cv`` (or ``M + S cv``), ``cv = S / M``, of each zone.

    M and S are mean and standard deviation over the zone's scores: imbalance is penalised. With weights,
    both are weighted (the paper has none).

    Source: M. Mazziotta & A. Pareto (2016), *Social Indicators Research* 127, 983–1003,
    doi:10.1007/s11205-015-0998-2.

    Parameters
    ----------
    scores
        Zones × indicators as z scores of mean 100 and standard deviation 10, as the paper has them.
    kind
        ``strength``: more is better, the penalty is taken off; ``burden``: less is better, it is added.
    ddof
        0: the paper's population standard deviation; 1: the sample one (as R's Compind), equal weights only.

    Raises
    ------
    MeasureError
        When a zone's mean is not above 0, with ``ddof=1`` and unequal weights, or as for `arithmetic`.

    Examples
    --------
    >>> mazziotta_pareto([[90.0, 110.0]]).tolist()  # 100 − 10 × 10 / 100
    [99.0]
    """
    t = ready(scores, weights, least=least)
    if ddof == 1 and weights is not None and np.ptp(np.asarray(weights, dtype=np.float64)) > 0:
        refuse(
            [
                Problem(
                    what=Text("样本标准差没有加权定义", "the sample deviation has no weighted form"),
                    remedy=Text("用 ddof=0 或等权", "use ddof=0 or equal weights"),
                )
            ]
        )
    x = np.where(t.there, t.scores, 0.0)
    mean = (t.weights * x).sum(axis=1)
    if (mean[t.enough] <= 0).any():
        refuse(
            [
                Problem(
                    what=Text("有区域的均值不为正", "a zone's mean is not above 0"),
                    remedy=Text("先标准化为均值 100、标准差 10", "standardise to mean 100, sd 10 first"),
                )
            ]
        )
    variance = (t.weights * (x - mean[:, None]) ** 2).sum(axis=1)
    if ddof == 1:
        count = t.there.sum(axis=1)
        variance *= count / np.maximum(count - 1, 1)
    out = np.full(len(x), np.nan)
    sign = -1.0 if kind == "strength" else 1.0
    out[t.enough] = (mean + sign * variance / np.where(mean > 0, mean, 1.0))[t.enough]
    return out


def mean_min(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    alpha: float = 0.5,
    beta: float = 1.0,
    least: float = LEAST,
) -> Array:
    """Return ``M − α (√((M − min)² + β²) − β)``: between the mean (α = 0) and nearly the least score (α = 1).

    Source: E. Casadio Tarabusi & G. Guarini (2013), *Social Indicators Research* 112, 19–45.

    Raises
    ------
    MeasureError
        When α is not 0–1 or β negative, or as for `arithmetic`.

    Examples
    --------
    >>> mean_min([[2.0, 8.0]], alpha=1.0, beta=4.0).tolist()  # 5 − (√(3² + 4²) − 4)
    [4.0]
    """
    t = ready(scores, weights, least=least)
    if not 0 <= alpha <= 1 or not beta >= 0:
        refuse(
            [
                Problem(
                    what=Text("alpha 不在 0–1 或 beta 为负", "alpha is not 0–1 or beta is negative"),
                    remedy=Text("如 alpha=0.5、beta=1", "for instance alpha=0.5, beta=1"),
                )
            ]
        )
    mean = (t.weights * np.where(t.there, t.scores, 0.0)).sum(axis=1)
    low = np.where(t.weights > 0, t.scores, np.inf).min(axis=1)
    out = np.full(len(mean), np.nan)
    gap = mean[t.enough] - low[t.enough]
    out[t.enough] = mean[t.enough] - alpha * (np.sqrt(gap**2 + beta**2) - beta)
    return out
