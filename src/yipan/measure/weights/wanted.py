"""Weights that give each indicator the importance wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import LinearConstraint, minimize

from yipan.errors import Problem
from yipan.measure.weights.given import manual
from yipan.measure.weights.values import Array, Weights, label, refuse, table, warning
from yipan.text import Text


def optimised(
    data: ArrayLike,
    *,
    importance: ArrayLike | None = None,
    low: float = 0.0,
    high: float = 1.0,
    names: Sequence[str] | None = None,
) -> Weights:
    """Return weights of an arithmetic index in which each indicator is as important as wanted.

    Importance is the correlation of the indicator with the index, scaled to sum 1 over the indicators. The
    weights minimise ``Σ (obtained − wanted)²`` subject to ``low ≤ w ≤ high`` and ``Σ w = 1``: never negative,
    where free optimisers answer with negative weights. Where the bounds or negative correlations put the
    wanted importance out of reach, a warning gives what was obtained.

    Source: W. Becker, M. Saisana, P. Paruolo & I. Vandecasteele (2017), *Ecological Indicators* 80, 12–22,
    doi:10.1016/j.ecolind.2017.03.056.

    Parameters
    ----------
    data
        Zones × indicators, normalised, more is better.
    importance
        Wanted importance; equal where left out.
    low, high
        Bounds on every weight.

    Returns
    -------
    Weights
        ``details``: ``wanted`` and ``obtained`` importance.

    Raises
    ------
    MeasureError
        When a column is constant, rows are fewer than three, wanted importance is negative, or the bounds
        cannot hold.

    Examples
    --------
    >>> data = [[1.0, 20.0], [2.0, 10.0], [3.0, 40.0], [4.0, 30.0]]  # second has ten times the spread
    >>> w = optimised(data)
    >>> w.values.round(4).tolist(), w.details["obtained"].round(4).tolist()
    ([0.9091, 0.0909], [0.5, 0.5])
    """
    x, warnings, _ = table(data, names=names, least=3)
    p = x.shape[1]
    wanted = manual(np.ones(p) if importance is None else importance, names=names).values
    if len(wanted) != p or not (0 <= low <= high <= 1) or low * p > 1 or high * p < 1:
        refuse(
            [
                Problem(
                    what=Text(
                        "权重界限或重要性的个数不对", "bounds that cannot hold, or not one importance each"
                    ),
                    remedy=Text(
                        f"给 {p} 个重要性;下限不超过 {1 / p:.3g},上限不低于它",
                        f"give {p} importances; low at most {1 / p:.3g}, high at least that",
                    ),
                )
            ]
        )
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    w = _search(covariance, wanted, low, high)
    obtained = _importance(covariance, w)
    return Weights(
        "optimised",
        w,
        (*warnings, *_gaps(obtained, wanted, names)),
        {"wanted": wanted, "obtained": obtained},
    )


def _importance(covariance: Array, w: Array) -> Array:
    """Return the correlation of each indicator with Σ w x, scaled to sum 1."""
    along = covariance @ w / np.sqrt(np.diag(covariance))
    total = along.sum()
    return np.asarray(along / total if abs(total) > 1e-300 else np.zeros_like(along), dtype=np.float64)


def _search(covariance: Array, wanted: Array, low: float, high: float) -> Array:
    """Return the best of three local searches: from 1/sd, from wanted/sd, from equal weights."""
    p = len(wanted)

    even = 1.0 / np.sqrt(np.diag(covariance))
    along = covariance * even[:, None]  # row j times w: correlation with the index, up to one factor
    column = along.sum(axis=0)

    def miss(w: Array) -> float:
        return 1e4 * float(((_importance(covariance, w) - wanted) ** 2).sum())

    def slope(w: Array) -> Array:
        total = float(column @ w) or 1e-300
        share = along @ w / total
        off = share - wanted
        return np.asarray(2e4 / total * (off @ along - (off @ share) * column), dtype=np.float64)

    best, least = np.full(p, 1.0 / p), np.inf
    for start in (even, wanted * even, np.ones(p)):
        begin = np.clip(start / start.sum(), low, high)
        found = minimize(
            miss,
            begin,
            jac=slope,
            method="SLSQP",
            bounds=[(low, high)] * p,
            constraints=LinearConstraint(np.ones((1, p)), 1.0, 1.0),
            options={"ftol": 1e-14, "maxiter": 500},
        )
        w = np.clip(np.asarray(found.x, dtype=np.float64), low, high)
        if abs(w.sum() - 1.0) < 1e-6 and miss(w) < least:
            best, least = w / w.sum(), miss(w)
    return best


def _gaps(obtained: Array, wanted: Array, names: Sequence[str] | None) -> list[Problem]:
    return [
        warning(
            f"想要的重要性 {wanted[k]:.3f} 达不到,得到 {obtained[k]:.3f}",
            f"the wanted importance {wanted[k]:.3f} is out of reach, {obtained[k]:.3f} was obtained",
            remedy=Text(
                "检查该指标与其余指标的相关,或放宽界限",
                "look at how it correlates with the others, or widen the bounds",
            ),
            column=label(names, int(k)),
        )
        for k in np.flatnonzero(np.abs(obtained - wanted) > 0.01)
    ]
