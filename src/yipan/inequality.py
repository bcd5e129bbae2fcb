"""How unevenly something is spread over people: Gini, Palma, the worst-off, Theil and its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """Return the population-weighted Gini coefficient, 0 (equal) to 1; NaN where it is undefined.

    ``G = Σi Σj p_i p_j |y_i − y_j| / (2 μ)`` with p the shares of `weights` and μ the weighted mean; no
    small-sample factor (pairs with no weight, negative or missing values leave it undefined).

    Examples
    --------
    >>> gini([1.0, 3.0], [1.0, 1.0])  # mean 2; mean difference (0 + 2 + 2 + 0) / 4 = 1; 1 / (2 × 2)
    0.25
    """
    y, p = _clean(values, weights)
    if y.size == 0:
        return float("nan")
    mean = float(p @ y)
    if mean <= 0 or (y < 0).any():
        return float("nan")
    order = np.argsort(y, kind="stable")
    y, p = y[order], p[order]
    below = np.cumsum(p) - p  # share of the people who have less
    above = 1.0 - below - p
    return max(0.0, float(p @ (y * (below - above))) / mean)


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's T and the part of it that lies between groups."""

    total: float
    between: float

    @property
    def share_between(self) -> float:
        """Part of the inequality that lies between groups, 0–1; NaN where there is next to none."""
        return self.between / self.total if self.total > 1e-6 else float("nan")


def theil(amounts: ArrayLike, people: ArrayLike, groups: ArrayLike) -> Theil:
    """Return Theil's T of an amount over people, and its part between groups.

    ``T = Σi s_i ln(s_i / p_i)`` with s the shares of `amounts` and p the shares of `people`; units with
    nothing add 0. Between: the same over group totals; the rest is ``Σg s_g T_g``.

    Source: H. Theil, *Economics and Information Theory*, 1967.

    Examples
    --------
    >>> t = theil([3.0, 1.0], [1.0, 1.0], ["a", "a"])  # 0.75 ln 1.5 + 0.25 ln 0.5
    >>> round(t.total, 4), t.between
    (0.1308, 0.0)
    """
    s, p = np.asarray(amounts, dtype=np.float64), np.asarray(people, dtype=np.float64)
    names, at = np.unique(np.asarray(groups), return_inverse=True)
    if s.size == 0 or not np.isfinite(s).all() or s.sum() <= 0 or (s < 0).any() or (p <= 0).any():
        return Theil(float("nan"), float("nan"))
    s, p = s / s.sum(), p / p.sum()
    groups_s = np.asarray(np.bincount(at, s, len(names)), dtype=np.float64)
    groups_p = np.asarray(np.bincount(at, p, len(names)), dtype=np.float64)
    return Theil(_entropy(s, p), _entropy(groups_s, groups_p))


def palma(values: ArrayLike, weights: ArrayLike, *, by: ArrayLike | None = None) -> float:
    """Return the Palma ratio: what the richest tenth of the people have over what the poorest 40 % have.

    A ratio of totals: 0.25 when all have the same. Units are split so that the tenth and the 40 % are exact;
    equal units at the border share it alike. Infinite when the poorest have nothing, NaN when nobody has.

    Source: A. Cobham & A. Sumner (2013), *Is it all about the tails? The Palma measure of income inequality*,
    ECINEQ working paper 2013-308, after J. G. Palma (2011), *Development and Change* 42(1), 87–153.

    Parameters
    ----------
    values, weights
        What each unit's people have a head, and how many people. Units with no people or no finite value
        are left out.
    by
        What makes rich: the values themselves where left out, or another measure (income), as in studies of
        the access of rich and poor.

    Examples
    --------
    >>> palma([1.0, 2.0, 10.0], [40, 50, 10])  # 10 × 10 over 40 × 1
    2.5
    """
    at, held = _concentration(values, weights, by)
    top = float(held[-1] - np.interp(0.9 * at[-1], at, held))
    bottom = float(np.interp(0.4 * at[-1], at, held))
    if bottom > 0:
        return top / bottom
    return float("inf") if bottom == 0 and top > 0 else float("nan")


def mean_of_lowest(
    values: ArrayLike, weights: ArrayLike, *, share: float = 0.1, by: ArrayLike | None = None
) -> float:
    """Return the mean of the worst-off `share` of the people: exact, the unit at the border split.

    Parameters
    ----------
    values, weights, by
        As for `palma`; the lowest in `by` (else in the values) are the worst-off.
    share
        Of the people, above 0 and at most 1.

    Examples
    --------
    >>> mean_of_lowest([1.0, 5.0, 9.0], [5, 20, 75])  # five people with 1, five with 5
    3.0
    """
    if not 0 < share <= 1:
        raise ValueError("share is above 0 and at most 1")
    at, held = _concentration(values, weights, by)
    people = share * float(at[-1])
    return float(np.interp(people, at, held)) / people if people else float("nan")


def _concentration(
    values: ArrayLike, weights: ArrayLike, by: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return people added up, poorest first, and what they hold together, both from 0."""
    y, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    key = y if by is None else np.asarray(by, dtype=np.float64)
    keep = np.isfinite(y) & np.isfinite(key) & (w > 0)
    y, w, key = y[keep], w[keep], key[keep]
    levels, at = np.unique(key, return_inverse=True)
    people = np.asarray(np.bincount(at, w, len(levels)), dtype=np.float64)
    amounts = np.asarray(np.bincount(at, w * y, len(levels)), dtype=np.float64)
    return np.append(0.0, np.cumsum(people)), np.append(0.0, np.cumsum(amounts))


def _entropy(s: NDArray[np.float64], p: NDArray[np.float64]) -> float:
    some = s > 0
    return max(0.0, float(np.sum(s[some] * np.log(s[some] / p[some]))))


def _clean(values: ArrayLike, weights: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    keep = np.isfinite(y) & (w > 0)
    y, w = y[keep], w[keep]
    return y, w / w.sum() if w.size else w
