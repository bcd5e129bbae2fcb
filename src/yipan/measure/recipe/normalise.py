"""Bring indicators to one scale on which more is better (formulas: see `Normalise`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yipan.measure.recipe.values import ORDERED, Array, Normalise


@dataclass(frozen=True, slots=True)
class Posts:
    """What single indicators bring along, one a column, NaN where there is none.

    Parameters
    ----------
    direction
        1 or −1.
    low, high
        Goalposts.
    target
        Targets.
    reference
        Value of the reference zone.
    """

    direction: Array
    low: Array
    high: Array
    target: Array
    reference: Array


@dataclass(frozen=True, slots=True)
class Scaled:
    """Scores, and the two values of each indicator that stand for the worst and the best end of its scale.

    `worst` and `best` are in the unit of the treated values: minimum and maximum, goalposts, minimum and
    target, mean and standard deviation for ``z``; NaN for methods of order.
    """

    scores: Array
    worst: Array
    best: Array


def normalise(
    values: Array,
    rule: Normalise,
    *,
    posts: Posts,
    sample: Array,
    years: NDArray[np.int64] | None = None,
) -> Scaled:
    """Return scores of treated values.

    Parameters
    ----------
    values
        Rows × indicators, NaN where missing.
    rule
        Method and scale, the same for all columns.
    posts
        Directions, goalposts, targets and reference values of the columns.
    sample
        Rows whose minimum, maximum, mean and standard deviation hold: `values`, or those of a base year.
    years
        Year of each row, to rank each year by itself; None: all rows together.

    Returns
    -------
    Scaled
        NaN in whole columns whose scale has no length (`degenerate` says which).

    Examples
    --------
    >>> x = np.array([[1.0, 5.0], [3.0, 9.0], [2.0, 6.0]])
    >>> none = np.full(2, np.nan)
    >>> posts = Posts(np.array([1.0, -1.0]), none, none, none, none)
    >>> normalise(x, Normalise(), posts=posts, sample=x).scores.tolist()
    [[0.0, 100.0], [100.0, 0.0], [50.0, 75.0]]
    """
    d = posts.direction
    if rule.method in ORDERED:
        none = np.full(values.shape[1], np.nan)
        return Scaled(_order(values * d, rule, years), none, none)
    if rule.method == "z":
        return _z(values * d, rule, sample * d, d)
    if rule.method == "fraction":
        return _fraction(values, rule, sample, d)
    worst, best = _ends(rule, posts, sample)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (values - worst) / (best - worst)
    if rule.clip and rule.method in ("goalposts", "target", "reference"):
        share = np.clip(share, 0.0, 1.0)
    share[:, worst == best] = np.nan
    return Scaled(rule.low + share * (rule.high - rule.low), worst, best)


def degenerate(scaled: Scaled, values: Array) -> NDArray[np.bool_]:
    """Return which columns have values but not one score: their scale has no length."""
    flat = np.isnan(scaled.scores).all(axis=0) & ~np.isnan(values).all(axis=0)
    return np.asarray(flat, dtype=np.bool_)


def _ends(rule: Normalise, posts: Posts, sample: Array) -> tuple[Array, Array]:
    """Return the worst and the best end of each column's scale, in its unit."""
    if rule.method == "goalposts":
        up = posts.direction > 0
        return np.where(up, posts.low, posts.high), np.where(up, posts.high, posts.low)
    low, high = _extremes(sample)
    up = posts.direction > 0
    worst = np.where(up, low, high)
    if rule.method == "target":
        return worst, posts.target
    if rule.method == "reference":
        return worst, posts.reference
    return worst, np.where(up, high, low)


def _extremes(sample: Array) -> tuple[Array, Array]:
    there = ~np.isnan(sample)
    low = np.where(there, sample, np.inf).min(axis=0, initial=np.inf)
    high = np.where(there, sample, -np.inf).max(axis=0, initial=-np.inf)
    none = ~there.any(axis=0)
    low[none], high[none] = np.nan, np.nan
    return low, high


def _z(x: Array, rule: Normalise, sample: Array, direction: Array) -> Scaled:
    there = ~np.isnan(sample)
    n = there.sum(axis=0).astype(np.float64)
    low, high = _extremes(sample)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, sample, 0.0).sum(axis=0) / n
        d = np.where(there, sample - mean, 0.0)
        sd = np.sqrt((d * d).sum(axis=0) / (n - 1))
        sd[(low == high) | (n < 2)] = np.nan
        scores = (x - mean) / sd * rule.sd + rule.mean
    return Scaled(scores, mean * direction, (mean + sd) * direction)


def _fraction(values: Array, rule: Normalise, sample: Array, direction: Array) -> Scaled:
    """Return x / max, or min / x where less is better: shares of the best, which must be above 0."""
    low, high = _extremes(sample)
    up = direction > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(up, values / high, low / values)
    share[:, np.where(up, high <= 0, low <= 0)] = np.nan
    return Scaled(rule.low + share * (rule.high - rule.low), np.zeros(len(low)), np.where(up, high, low))


def _order(x: Array, rule: Normalise, years: NDArray[np.int64] | None) -> Array:
    if years is None:
        return _ranked(x, rule)
    out = np.empty_like(x)
    for year in np.unique(years):
        at = years == year
        out[at] = _ranked(x[at], rule)
    return out


def _ranked(x: Array, rule: Normalise) -> Array:
    rank: Array = stats.rankdata(np.where(np.isnan(x), np.inf, x), method="min", axis=0).astype(np.float64)
    rank[np.isnan(x)] = np.nan
    if rule.method == "rank":
        return rank
    if rule.method == "borda":
        return rank - 1.0
    n = (~np.isnan(x)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores: Array = rule.low + (rank - 1.0) / (n - 1) * (rule.high - rule.low)
    return scores
