"""What each indicator does to an index: its importance against its weight, and what makes up for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure import weights as weighting
from yipan.measure.sure.values import Array, refuse
from yipan.text import Text

WIDTHS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 6.4)
"""Kernel widths tried, in standard deviations of the indicator."""
EXACT = 1000
"""Zones up to which every pair is looked at; more are binned."""
BINS = 801


def correlation_ratios(scores: ArrayLike, index: ArrayLike) -> Array:
    """Return the share of the index's variance that knowing one indicator explains: ``V(E[y | x_j]) / V(y)``.

    E[y | x] is a local linear regression with a Gaussian kernel; its width is the one of `WIDTHS` that
    predicts left-out zones best. The linear counterpart is the squared correlation. Zones in which either
    value is missing are left out.

    Source: P. Paruolo, M. Saisana & A. Saltelli (2013), *Journal of the Royal Statistical Society A* 176,
    609–634, doi:10.1111/j.1467-985X.2012.01059.x.

    Parameters
    ----------
    scores
        Zones × indicators.
    index
        One a zone.

    Returns
    -------
    Array
        One an indicator, 0–1; NaN for an indicator or an index without variance, or fewer than ten zones.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 201)
    >>> share = correlation_ratios(x[:, None], x**2)[0]  # no linear correlation at all
    >>> bool(share > 0.98), round(float(np.corrcoef(x, x**2)[0, 1]) ** 2, 6)
    (True, 0.0)
    """
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(index, dtype=np.float64)
    return np.array([_ratio(x[:, k], y) for k in range(x.shape[1])])


def _ratio(x: Array, y: Array) -> float:
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if len(x) < 10 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    z = (x - x.mean()) / x.std()
    best, least = y, np.inf
    for width in WIDTHS:
        fit, left_out = _smooth(z, y, width) if len(z) <= EXACT else _smooth_binned(z, y, width)
        miss = float(((y - left_out) ** 2).sum())
        if miss < least:
            best, least = fit, miss
    return min(1.0, float(np.var(best)) / float(np.var(y)))


def _smooth(z: Array, y: Array, width: float) -> tuple[Array, Array]:
    """Return local linear fits at the zones, and predictions of each zone from the others."""
    fit, own = _local_lines(z, z, np.ones(len(z)), y, width)
    return fit, _left_out(fit, own, y)


def _smooth_binned(z: Array, y: Array, width: float) -> tuple[Array, Array]:
    """Return the same for many zones: each is split between the two nearest of `BINS` places.

    Source: J. Fan & J. S. Marron (1994), *Journal of Computational and Graphical Statistics* 3, 35–56.
    """
    places = np.linspace(z.min(), z.max(), BINS)
    at = (z - places[0]) / (places[1] - places[0])
    low = np.minimum(at.astype(np.int64), BINS - 2)
    upper = at - low
    people, sums = np.zeros(BINS), np.zeros(BINS)
    for k, share in ((low, 1 - upper), (low + 1, upper)):
        people += np.bincount(k, share, BINS)
        sums += np.bincount(k, share * y, BINS)
    fit, own = _local_lines(places, places, people, sums, width)
    here = np.interp(z, places, fit)
    return here, _left_out(here, np.interp(z, places, own), y)


def _local_lines(to: Array, places: Array, number: Array, sums: Array, width: float) -> tuple[Array, Array]:
    """Return local linear fits at `to`, and the weight that one zone there has in its own fit.

    `number` zones with values that sum to `sums` lie at `places`.
    """
    gap = places[None, :] - to[:, None]
    kernel = np.exp(-0.5 * (gap / width) ** 2)
    held = kernel * number
    s0, s1, s2 = held.sum(axis=1), (held * gap).sum(axis=1), (held * gap**2).sum(axis=1)
    t0, t1 = kernel @ sums, (kernel * gap) @ sums
    s0 = np.where(s0 > 0, s0, 1.0)
    under = s0 * s2 - s1**2
    flat = under <= 1e-9 * s0**2 * width**2
    under = np.where(flat, 1.0, under)
    fit = np.where(flat, t0 / s0, (s2 * t0 - s1 * t1) / under)
    return fit, np.where(flat, 1.0 / s0, s2 / under)


def _left_out(fit: Array, own: Array, y: Array) -> Array:
    """Return what the other zones predict; far off where a zone has none near enough."""
    alone = own >= 1 - 1e-9
    rest = np.where(alone, 1.0, 1.0 - own)
    return np.where(alone, y.mean() + 10 * np.ptp(y), (fit - own * y) / rest)


def importance(
    scores: ArrayLike, index: ArrayLike, *, weights: ArrayLike, names: Sequence[str]
) -> pd.DataFrame:
    """Return what each indicator should count and what it does count in the index.

    Returns
    -------
    DataFrame
        One row an indicator: ``weight`` (sum 1), ``correlation`` with the index, ``ratio`` (correlation
        ratio), ``effective`` (ratios scaled to sum 1) and ``excess`` (effective − weight).

    Raises
    ------
    MeasureError
        When weights are negative or do not fit.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(400, 2)) * [3, 1]  # equal weights, unequal spread
    >>> table = importance(x, x.mean(axis=1), weights=[1, 1], names=["a", "b"])
    >>> table["weight"].tolist(), bool(table.loc["a", "effective"] > 0.8)
    ([0.5, 0.5], True)
    """
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(index, dtype=np.float64)
    w = weighting.manual(weights, names=names).values
    if x.ndim != 2 or x.shape[1] != len(w) or len(names) != len(w) or len(y) != len(x):
        refuse(
            [
                Problem(
                    what=Text("得分、权重与名称的个数不符", "scores, weights and names do not fit"),
                    remedy=Text(
                        "每个指标一列、一个权重、一个名称", "one column, weight and name an indicator"
                    ),
                )
            ]
        )
    ratios = correlation_ratios(x, y)
    total = float(np.nansum(ratios))
    effective = ratios / total if total > 0 else np.full(len(w), np.nan)
    return pd.DataFrame(
        {
            "weight": w,
            "correlation": [_correlation(x[:, k], y) for k in range(len(w))],
            "ratio": ratios,
            "effective": effective,
            "excess": effective - w,
        },
        index=pd.Index(names, name="indicator"),
    )


def _correlation(x: Array, y: Array) -> float:
    there = np.isfinite(x) & np.isfinite(y)
    if there.sum() < 2 or np.ptp(x[there]) == 0 or np.ptp(y[there]) == 0:
        return float("nan")
    return float(np.corrcoef(x[there], y[there])[0, 1])


@dataclass(frozen=True)
class Compensability:
    """How far strengths make up for weaknesses in an index of these scores.

    Parameters
    ----------
    correlations
        Indicators × indicators.
    trade_offs
        Pairs of indicators that pull against each other (correlation below the limit asked for): an
        arithmetic mean lets one pay for the other.
    reliance
        One a zone: ``1 − G/A`` with its weighted geometric and arithmetic means: 0 balanced, 1 a zero made
        up for in full; NaN where a score is negative or missing.
    """

    correlations: pd.DataFrame
    trade_offs: tuple[tuple[str, str, float], ...]
    reliance: Array


def compensability(
    scores: ArrayLike, *, weights: ArrayLike, names: Sequence[str], limit: float = -0.3
) -> Compensability:
    """Return how far strengths make up for weaknesses.

    Raises
    ------
    MeasureError
        When weights are negative or do not fit.

    Examples
    --------
    >>> found = compensability([[4.0, 4.0], [1.0, 9.0], [9.0, 1.0]], weights=[1, 1], names=["a", "b"])
    >>> found.reliance.round(9).tolist(), found.trade_offs[0][:2]
    ([0.0, 0.4, 0.4], ('a', 'b'))
    """
    x = np.asarray(scores, dtype=np.float64)
    w = weighting.manual(weights, names=names).values
    table = pd.DataFrame(x, columns=list(names))
    r = table.corr()
    values = r.to_numpy()
    pairs = [
        (names[i], names[j], float(values[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if values[i, j] < limit
    ]
    sound = np.asarray((x >= 0).all(axis=1), dtype=np.bool_)
    mean = x @ w
    logs = np.log(np.where(sound[:, None] & (x > 0), x, 1.0)) @ w
    zero = (np.where(w > 0, x, 1.0) == 0).any(axis=1)
    geometric = np.where(zero, 0.0, np.exp(logs))
    reliance = np.full(len(x), np.nan)
    np.divide(mean - geometric, mean, out=reliance, where=sound & (mean > 0))
    return Compensability(r, tuple(sorted(pairs, key=lambda p: p[2])), np.maximum(reliance, 0.0))
