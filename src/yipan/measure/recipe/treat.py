"""Outliers: find them by skewness and kurtosis, winsorise, or take logarithms or powers.

The rule and its order are those of the COIN Tool (doi:10.2760/523877) and of COINr (doi:10.21105/joss.04567).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yipan.measure.recipe.values import Array, Second, Treat


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A transformation with its parameters, so that goalposts and targets can follow the values.

    Parameters
    ----------
    kind
        Which one (see `Treat.second`).
    low, high
        Minimum and maximum of the values it was made for.
    power
        Of Box-Cox.
    mirrored
        Whether ``log_ct_plus`` took the mirrored form.
    """

    kind: Second
    low: float
    high: float
    power: float = 1.0
    mirrored: bool = False

    def __call__(self, x: Array) -> Array:
        """Return transformed values; NaN where the logarithm or power does not exist."""
        span = self.high - self.low
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.kind == "log_ct" or (self.kind == "log_ct_plus" and not self.mirrored):
                y = np.log(x - self.low + 0.01 * span)
            elif self.kind == "log_ct_plus":
                y = -np.log(self.high + 0.01 * span - x)
            elif self.kind == "log_ct_orig":
                y = np.log(x - self.low + 1.0)
            elif self.kind == "log_gii":
                y = np.log((self.high - 1.0) * (x - self.low) / span + 1.0)
            elif self.kind == "boxcox":
                base = x - self.low + 1.0
                y = np.log(base) if self.power == 0 else (base**self.power - 1.0) / self.power
            else:
                y = x.copy()
        return np.where(np.isfinite(y), y, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done to one indicator: figures before, after winsorising and at the end.

    ``note`` is "" when the rule is met, else why not: ``few`` (under four values), ``equal`` (all values
    are the same), ``domain`` (the transformation does not exist for these values; they stay as they are),
    ``still`` (treated, and the rule is still not met).
    """

    skew: float
    kurtosis: float
    skew_winsorised: float = np.nan
    kurtosis_winsorised: float = np.nan
    skew_end: float = np.nan
    kurtosis_end: float = np.nan
    high: int = 0
    low: int = 0
    curve: Curve | None = None
    note: str = ""


def skew_kurtosis(values: Array) -> tuple[Array, Array]:
    """Return bias-corrected skewness and excess kurtosis (type 2) of each column.

    ``G1 = g1 √(n(n−1))/(n−2)``, ``G2 = ((n+1) g2 + 6)(n−1)/((n−2)(n−3))`` with the moments g1, g2 of the
    sample. NaN with fewer than three (four) values, or where all values are equal. NaN in the values are
    left out.

    Examples
    --------
    >>> skew, kurtosis = skew_kurtosis(np.array([[1.0], [2.0], [3.0], [10.0]]))
    >>> skew.round(4).tolist(), kurtosis.round(4).tolist()
    ([1.7636], [3.228])
    """
    there = ~np.isnan(values)
    n = there.sum(axis=0).astype(np.float64)
    span = _span(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        d = values - np.where(there, values, 0.0).sum(axis=0) / n
        d = np.where(there, d / span, 0.0)  # neither depends on the unit, and fourth powers stay in range
        square = d * d
        m2 = square.sum(axis=0)
        m2[span == 0] = np.nan
        skew = np.sqrt(n) * (square * d).sum(axis=0) / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        r = n * (square * square).sum(axis=0) / m2**2
        kurtosis = ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    skew[n < 3], kurtosis[n < 4] = np.nan, np.nan
    return skew, kurtosis


def treat(values: Array, rules: Sequence[Treat | None]) -> tuple[Array, NDArray[np.int8], list[Done]]:
    """Treat each column by its own rule.

    Returns
    -------
    treated, points, done
        The matrix; 1 (−1) where a value was pulled down from above (up from below), 2 where it was
        transformed; and what was done to each column.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [90.0]])
    >>> treated, points, done = treat(x, [Treat()])
    >>> treated.ravel().tolist(), points.ravel().tolist(), done[0].high
    ([1.0, 2.0, 3.0, 4.0, 5.0, 5.0], [0, 0, 0, 0, 0, 1], 1)
    """
    out, points = values.copy(), np.zeros(values.shape, dtype=np.int8)
    skew, kurtosis = skew_kurtosis(values)
    done = []
    for k, rule in enumerate(rules):
        s, t = float(skew[k]), float(kurtosis[k])
        if rule is None or _passes(s, t, rule):
            done.append(Done(skew=s, kurtosis=t, skew_end=s, kurtosis_end=t))
        elif np.isnan(s) or np.isnan(t):
            few = np.count_nonzero(~np.isnan(values[:, k])) < 4
            done.append(Done(skew=s, kurtosis=t, note="few" if few else "equal"))
        else:
            column = np.ascontiguousarray(values[:, k])
            out[:, k], points[:, k], what = _treat_one(column, rule, s, t)
            done.append(what)
    return out, points, done


def _passes(skew: float, kurtosis: float, rule: Treat) -> bool:
    return abs(skew) < rule.skew or kurtosis < rule.kurtosis


def _one(x: Array) -> tuple[float, float]:
    skew, kurtosis = skew_kurtosis(x[:, None])
    return float(skew[0]), float(kurtosis[0])


def _span(values: Array) -> Array:
    """Return maximum less minimum of each column; NaN without values."""
    there = ~np.isnan(values)
    high = np.where(there, values, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(there, values, np.inf).min(axis=0, initial=np.inf)
    return np.where(high >= low, high - low, np.nan)


def _treat_one(x: Array, rule: Treat, skew: float, kurtosis: float) -> tuple[Array, NDArray[np.int8], Done]:
    y, points = _winsorise(x, rule, skew, kurtosis)
    s1, k1 = _one(y) if points.any() else (skew, kurtosis)
    curve, note = None, ""
    if not _passes(s1, k1, rule):
        note = "still"
        if rule.second != "none":
            base = y if rule.combine else x
            curve = curve_of(base, rule, s1 if rule.combine else skew)
            z = curve(base)
            if np.isnan(z[~np.isnan(base)]).any() or (curve.kind == "log_gii" and curve.high <= 1.0):
                curve, note = None, "domain"
            else:
                marks = np.where(np.isnan(z), 0, 2).astype(np.int8)
                points = np.where(points != 0, points, marks) if rule.combine else marks
                y = z
    s2, k2 = _one(y)
    if note == "still" and _passes(s2, k2, rule):
        note = ""
    done = Done(
        skew=skew,
        kurtosis=kurtosis,
        skew_winsorised=s1,
        kurtosis_winsorised=k1,
        skew_end=s2,
        kurtosis_end=k2,
        high=int((points == 1).sum()),
        low=int((points == -1).sum()),
        curve=curve,
        note=note,
    )
    return y, points, done


def _winsorise(x: Array, rule: Treat, skew: float, kurtosis: float) -> tuple[Array, NDArray[np.int8]]:
    """Pull the most extreme values to the next one until the rule is met or the limit is reached.

    Ties count as many values as they are. A step that would make all values equal is not taken.
    """
    y, points = x.copy(), np.zeros(len(x), dtype=np.int8)
    while not _passes(skew, kurtosis, rule) and np.count_nonzero(points) < rule.winsorise:
        side = 1 if skew >= 0 else -1
        most = np.nanmax(y) if side > 0 else np.nanmin(y)
        rest = y[(y != most) & ~np.isnan(y)]
        if rest.min() == rest.max():
            break
        at = y == most
        y[at] = rest.max() if side > 0 else rest.min()
        points[at] = side
        skew, kurtosis = _one(y)
    return y, points


def curve_of(x: Array, rule: Treat, skew: float) -> Curve:
    """Return the second treatment with the parameters that these values (a vector) give it."""
    low, high, power = float(np.nanmin(x)), float(np.nanmax(x)), rule.power
    if rule.second == "boxcox" and power is None:
        power = float(stats.boxcox_normmax(x[~np.isnan(x)] - low + 1.0, method="mle"))
    return Curve(
        kind=rule.second,
        low=low,
        high=high,
        power=1.0 if power is None else power,
        mirrored=rule.second == "log_ct_plus" and skew <= 0,
    )
