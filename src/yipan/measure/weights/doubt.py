"""Benefit of the doubt: each zone is weighed as favours it most, and no zone may then exceed 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from yipan.errors import Problem
from yipan.measure.weights.values import Array, label, refuse, warning
from yipan.text import Text

_TINY = 1e-9
_EXACT = 1e-12
_AT_ONCE = 10


@dataclass(frozen=True)
class Doubt:
    """Scores by benefit of the doubt.

    Parameters
    ----------
    scores
        One a zone, 0–1; 1 is the best that any weighting allows.
    weights
        Zones × indicators: one set of weights that gives the score. Others may give the same score:
        compare scores, never these.
    shares
        Zones × indicators: what each indicator adds to the score, as a share of it (rows sum to 1).
    warnings
        Zones on the frontier, zones whose bounds force the score to 0.
    """

    scores: Array
    weights: Array
    shares: Array
    warnings: tuple[Problem, ...]


def benefit_of_doubt(
    data: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 1.0,
    names: Sequence[str] | None = None,
) -> Doubt:
    """Return each zone's score under the weights that favour it most.

    For zone i: ``max Σ_k w_k y_ik`` subject to ``Σ_k w_k y_jk ≤ 1`` for every zone j, ``w ≥ 0`` and
    ``low ≤ w_k y_ik / Σ_k w_k y_ik ≤ high``: one linear programme a zone (HiGHS).

    Source: L. Cherchye, W. Moesen, N. Rogge & T. Van Puyenbroeck (2007), *Social Indicators Research* 82,
    111–145, doi:10.1007/s11205-006-9029-7.

    Parameters
    ----------
    data
        Zones × indicators, 0 or more, more is better, none missing.
    low, high
        Bounds on the share of every indicator in a zone's own score. Without bounds a zone that leads in one
        indicator scores 1 by that alone.

    Raises
    ------
    MeasureError
        When a value is negative or missing, or the bounds cannot hold together (``low × n ≤ 1 ≤ high × n``).

    Examples
    --------
    >>> benefit_of_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]]).scores.round(9).tolist()
    [1.0, 1.0, 0.8]
    >>> benefit_of_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]], low=0.5).scores.round(9).tolist()
    [0.470588235, 0.470588235, 0.8]
    """
    y = np.asarray(data, dtype=np.float64)
    refuse(_unsound(y, low, high, names))
    n, p = y.shape
    scale = np.where(y.max(axis=0) > 0, y.max(axis=0), 1.0)
    y = y / scale
    rivals = y[_frontier(y)]
    binding = np.zeros(len(rivals), dtype=bool)  # those that have bound some zone so far
    binding[np.argmax(rivals, axis=0)] = True
    out = np.zeros((n, p))
    for i in range(n):
        out[i] = _one(y[i], rivals, binding, low, high)
    parts = out * y
    scores = parts.sum(axis=1)
    shares = np.divide(parts, scores[:, None], out=np.zeros_like(parts), where=scores[:, None] > 0)
    return Doubt(scores, out / scale, shares, _notes(y, scores, low))


def _one(mine: Array, rivals: Array, binding: NDArray[np.bool_], low: float, high: float) -> Array:
    """Return the weights that favour one zone most; rivals it would lift above 1 are made to bind.

    Few rivals ever bind: programmes with those few, until no other is lifted above 1, have the same answer.
    """
    while True:
        w = _favourable(mine, rivals[binding], low, high)
        reached = np.where(binding, 0.0, rivals @ w)
        above = np.flatnonzero(reached > 1 + _EXACT)
        if len(above) == 0:
            return w
        binding[above[np.argsort(reached[above])[-_AT_ONCE:]]] = True


def _favourable(mine: Array, rivals: Array, low: float, high: float) -> Array:
    p = len(mine)
    upper, bound = [rivals], [np.ones(len(rivals))]
    if low > 0:
        upper.append(low * np.tile(mine, (p, 1)) - np.diag(mine))
        bound.append(np.zeros(p))
    if high < 1:
        upper.append(np.diag(mine) - high * np.tile(mine, (p, 1)))
        bound.append(np.zeros(p))
    found = linprog(
        -mine, A_ub=np.vstack(upper), b_ub=np.concatenate(bound), bounds=(0, None), method="highs-ds"
    )
    if found.x is None:
        refuse(
            [
                Problem(
                    what=Text(
                        f"线性规划无解:{found.message}", f"the linear programme failed: {found.message}"
                    ),
                    remedy=Text("检查数据的量级", "look at the scale of the data"),
                )
            ]
        )
    return np.maximum(np.asarray(found.x, dtype=np.float64), 0.0)


def _frontier(y: Array) -> NDArray[np.int64]:
    """Return which zones bind: one that another equals or exceeds everywhere never does (weights are ≥ 0)."""
    distinct, first = np.unique(y, axis=0, return_index=True)
    keep = [
        int(at)
        for at, row in zip(first, distinct, strict=True)
        if int((distinct >= row).all(axis=1).sum()) == 1
    ]
    return np.asarray(sorted(keep), dtype=np.int64)


def _unsound(y: Array, low: float, high: float, names: Sequence[str] | None) -> list[Problem]:
    if y.ndim != 2 or 0 in y.shape:
        return [
            Problem(
                what=Text("不是区域×指标的表", "not a table of zones × indicators"),
                remedy=Text("每行一个区域", "give one row a zone"),
            )
        ]
    bad = ~np.isfinite(y) | (y < 0)
    problems = [
        Problem(
            what=Text("有缺失或负值", "a missing or negative value"),
            remedy=Text(
                "先插补,并用非负的归一(如 0–100)", "impute first, and use scores of 0 or more, such as 0–100"
            ),
            column=label(names, int(k)),
        )
        for k in np.flatnonzero(bad.any(axis=0))
    ]
    p = y.shape[1]
    if not (0 <= low <= high <= 1) or low * p > 1 + _TINY or high * p < 1 - _TINY:
        problems.append(
            Problem(
                what=Text(
                    f"{p} 个指标的份额不可能都在 {low:g}–{high:g} 之间",
                    f"the shares of {p} indicators cannot all lie between {low:g} and {high:g}",
                ),
                remedy=Text(
                    f"下限不超过 {1 / p:.3g},上限不低于它",
                    f"set low to at most {1 / p:.3g} and high to at least that",
                ),
            )
        )
    return problems


def _notes(y: Array, scores: Array, low: float) -> tuple[Problem, ...]:
    out = []
    top, n = int((scores >= 1 - _TINY).sum()), len(scores)
    if top > max(1, n // 4):
        out.append(
            warning(
                f"{n} 个区域中有 {top} 个得满分,排名无法区分它们",
                f"{top} of {n} zones score 1: the ranking does not tell them apart",
                remedy=Text("设份额上下限", "bound the shares"),
            )
        )
    for i in np.flatnonzero((y == 0).any(axis=1)) if low > 0 else ():
        out.append(
            warning(
                f"第 {i + 1} 个区域有值为 0 的指标,份额下限使其得分为 0",
                f"zone {i + 1} has a 0: the lower bound on shares forces its score to 0",
                remedy=Text("用 1–100 归一,或不设下限", "normalise to 1–100, or set no lower bound"),
            )
        )
    return tuple(out)
