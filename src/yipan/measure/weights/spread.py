"""Weights by how the data spread: entropy, coefficient of variation, standard deviation, CRITIC.

They reward dispersion, not importance: an outlier or a change of scale moves them. Compute them on the very
table that is aggregated, and for a panel on all its years together (rows below each other), or weights drift
from year to year.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.weights.values import Array, Constant, Weights, label, refuse, table, warning
from yipan.text import Text


def entropy(data: ArrayLike, *, names: Sequence[str] | None = None, constant: Constant = "refuse") -> Weights:
    """Return entropy weights: ``w_j = (1 − e_j) / Σ(1 − e)``, ``e_j = −Σ p ln p / ln m``, ``p = x / Σx``.

    0 ln 0 is 0. The weights hold only for data on a ratio scale: adding a number to a column changes them.
    A warning with figures says so where the columns look shifted (all with the same least and largest value,
    as after min-max).

    Source: C. E. Shannon (1948); as a weighting C.-L. Hwang & K. Yoon (1981), *Multiple Attribute Decision
    Making*, Springer.

    Parameters
    ----------
    data
        Zones × indicators, 0 or more; more is better or worse alike (direction plays no part).
    constant
        ``zero`` gives an indicator with one value everywhere the weight 0, with a warning.

    Raises
    ------
    MeasureError
        When a value is negative, a column is constant (with ``refuse``), or rows are too few.

    Examples
    --------
    >>> entropy([[1.0, 1.0], [1.0, 3.0]], constant="zero").values.tolist()
    [0.0, 1.0]
    """
    x, warnings, _ = table(data, names=names, constant=constant)
    refuse(
        [
            Problem(
                what=Text("有负值,熵权无定义", "a negative value: entropy weights are undefined"),
                remedy=Text(
                    "改用原值或在 1–100 上归一;平移会改变权重",
                    "use data on a ratio scale, such as raw amounts; a shift would change the weights",
                ),
                column=label(names, int(k)),
            )
            for k in np.flatnonzero((x < 0).any(axis=0))
        ]
    )
    w = _entropy(x)
    return Weights("entropy", w, (*warnings, *_shifted(x, w, names)))


def _entropy(x: Array) -> Array:
    total = x.sum(axis=0)
    p = x / np.where(total > 0, total, 1.0)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    less = 1.0 + (p * logs).sum(axis=0) / np.log(len(x))
    less[np.ptp(x, axis=0) == 0] = 0.0
    return np.asarray(np.maximum(less, 0.0) / np.maximum(less, 0.0).sum(), dtype=np.float64)


def _shifted(x: Array, w: Array, names: Sequence[str] | None) -> list[Problem]:
    """Return a warning where all columns share their least and largest value: zero was put there by hand."""
    low, high = x.min(axis=0), x.max(axis=0)
    varies = high > low
    if x.shape[1] < 2 or not (
        np.allclose(low[varies], low[varies][0]) and np.allclose(high[varies], high[varies][0])
    ):
        return []
    away = _entropy(x + np.where(varies, (high - low) * 0.01, 0.0))
    k = int(np.argmax(np.abs(away - w)))
    name, one, two = label(names, k), f"{w[k]:.3f}", f"{away[k]:.3f}"
    return [
        warning(
            f"数据像是归一化后的(各列极值相同);熵权随平移而变:加极差的 1%,“{name}”的权重由 {one} 变为 {two}",
            f"the data look normalised (all columns share least and largest); entropy weights change with a "
            f"shift: with 1 % of the range added, {name} goes from {one} to {two}",
            remedy=Text(
                "说明用的是哪种归一,或用原值计算", "say which scale was used, or weigh the raw amounts"
            ),
            column=name,
        )
    ]


def variation(
    data: ArrayLike, *, names: Sequence[str] | None = None, constant: Constant = "refuse", ddof: int = 1
) -> Weights:
    """Return weights in proportion to the coefficient of variation, sd / mean.

    Source: D. Shuai et al. (2012), Chinese Control and Decision Conference, doi:10.1109/CCDC.2012.6244621.

    Raises
    ------
    MeasureError
        When a column's mean is not above 0, a column is constant (with ``refuse``), or rows are too few.

    Examples
    --------
    >>> variation([[1.0, 10.0], [3.0, 30.0]]).values.tolist()  # scale plays no part
    [0.5, 0.5]
    """
    x, warnings, _ = table(data, names=names, constant=constant)
    mean = x.mean(axis=0)
    refuse(
        [
            Problem(
                what=Text(
                    "均值不为正,变异系数无意义", "its mean is not above 0: no coefficient of variation"
                ),
                remedy=Text("改用标准差或 CRITIC 权重", "use deviation or CRITIC weights"),
                column=label(names, int(k)),
            )
            for k in np.flatnonzero(mean <= 0)
        ]
    )
    cv = _sd(x, ddof) / mean
    return Weights("variation", cv / cv.sum(), warnings)


def deviation(
    data: ArrayLike, *, names: Sequence[str] | None = None, constant: Constant = "refuse", ddof: int = 1
) -> Weights:
    """Return weights in proportion to the standard deviation; columns must share one scale.

    Raises
    ------
    MeasureError
        When a column is constant (with ``refuse``), or rows are too few.

    Examples
    --------
    >>> deviation([[1.0, 0.0], [3.0, 6.0]]).values.round(9).tolist()
    [0.25, 0.75]
    """
    x, warnings, _ = table(data, names=names, constant=constant)
    sd = _sd(x, ddof)
    return Weights("deviation", sd / sd.sum(), warnings)


def critic(data: ArrayLike, *, names: Sequence[str] | None = None, constant: Constant = "refuse") -> Weights:
    """Return CRITIC weights: ``w_j ∝ sd_j Σ_k (1 − r_jk)`` on the table scaled to 0–1 column by column.

    Rewards what varies and repeats no other indicator. Turn directions first: r changes sign with them.

    Source: D. Diakoulaki, G. Mavrotas & L. Papayannakis (1995), *Computers & Operations Research* 22(7),
    763–770.

    Raises
    ------
    MeasureError
        When a column is constant (with ``refuse``), rows are fewer than three, or all columns say the same
        (every correlation 1).

    Examples
    --------
    >>> critic([[1.0, 3.0], [2.0, 1.0], [3.0, 2.0]]).values.tolist()
    [0.5, 0.5]
    """
    x, warnings, varies = table(data, names=names, constant=constant, least=3)
    some = x[:, varies]
    scaled = (some - some.min(axis=0)) / np.ptp(some, axis=0)
    conflict = (1.0 - np.atleast_2d(np.corrcoef(scaled, rowvar=False))).sum(axis=1)
    told = _sd(scaled, 1) * np.maximum(conflict, 0.0)
    if told.sum() < 1e-12 * len(told):
        refuse(
            [
                Problem(
                    what=Text("所有指标完全相关", "all indicators are perfectly correlated"),
                    remedy=Text("只留一个,或用等权", "keep one of them, or weigh them equally"),
                )
            ]
        )
    w = np.zeros(x.shape[1])
    w[varies] = told / told.sum()
    return Weights("critic", w, warnings)


def _sd(x: Array, ddof: int) -> Array:
    sd = np.asarray(np.std(x, axis=0, ddof=ddof), dtype=np.float64)
    sd[np.ptp(x, axis=0) == 0] = 0.0
    return sd
