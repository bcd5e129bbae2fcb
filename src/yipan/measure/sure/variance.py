"""Which choice matters: Sobol indices with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import qmc

from yipan.errors import Problem
from yipan.measure.sure.values import AnyChoice, Array, Designs, refuse
from yipan.text import Text

FEW = 32
"""Points of A below which no estimate is called sure: so few do not even tell how unsure they are."""


@dataclass(frozen=True)
class Sensitivity:
    """Sobol indices of the choices.

    Parameters
    ----------
    names
        Of the choices.
    first
        Share of the variance that goes with a choice alone (Saltelli 2010).
    total
        Share that goes with a choice and all its interactions (Jansen).
    first_interval, total_interval
        Choices × 2: bootstrap intervals.
    level
        Of the intervals.
    warnings
        Where the sample is too small to say which choice matters.
    """

    names: tuple[str, ...]
    first: Array
    total: Array
    first_interval: Array
    total_interval: Array
    level: float
    warnings: tuple[Problem, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row a choice: first, total and their intervals."""
        return pd.DataFrame(
            {
                "first": self.first,
                "first_low": self.first_interval[:, 0],
                "first_high": self.first_interval[:, 1],
                "total": self.total,
                "total_low": self.total_interval[:, 0],
                "total_high": self.total_interval[:, 1],
            },
            index=pd.Index(self.names, name="choice"),
        )


def sobol_points(inputs: int, *, base: int, seed: int = 0) -> Array:
    """Return points of [0, 1) for `sobol`: A, then B, then A with one column of B at a time.

    A and B are halves of one scrambled Sobol sequence of twice as many dimensions.

    Parameters
    ----------
    inputs
        Inputs k.
    base
        Points N of A and of B, a power of 2; there are ``N (k + 2)`` in all.

    Raises
    ------
    MeasureError
        When `base` is not a power of 2 or there is no input.

    Examples
    --------
    >>> sobol_points(3, base=4).shape
    (20, 3)
    """
    if inputs < 1 or base < 2 or base & (base - 1):
        refuse(
            [
                Problem(
                    what=Text(
                        "base 不是 2 的幂,或没有输入", "base is not a power of 2, or there is no input"
                    ),
                    remedy=Text("如 64、1024", "for instance 64 or 1024"),
                )
            ]
        )
    both = qmc.Sobol(2 * inputs, scramble=True, rng=seed).random_base2(base.bit_length() - 1)
    a, b = both[:, :inputs], both[:, inputs:]
    mixed = [np.where(np.arange(inputs) == i, b, a) for i in range(inputs)]
    return np.concatenate([a, b, *mixed])


def sobol_designs(choices: Sequence[AnyChoice], *, base: int, seed: int = 0) -> Designs:
    """Return designs for `sobol`: each option of a choice has an equal slice of [0, 1).

    Source: A. Saltelli et al. (2010), *Computer Physics Communications* 181, 259–270,
    doi:10.1016/j.cpc.2009.09.018.

    Parameters
    ----------
    base
        A power of 2; there are ``base × (choices + 2)`` designs.

    Examples
    --------
    >>> from yipan.measure.sure.values import aggregations
    >>> sobol_designs([aggregations("arithmetic", "geometric")], base=4).shape
    (12, 1)
    """
    points = sobol_points(len(choices), base=base, seed=seed)
    counts = np.array([len(c.labels) for c in choices])
    designs: Designs = np.minimum((points * counts).astype(np.int64), counts - 1)
    return designs


def sobol(
    y: ArrayLike,
    names: Sequence[str],
    *,
    resamples: int = 1000,
    level: float = 0.9,
    seed: int = 0,
) -> Sensitivity:
    """Return Sobol indices of the inputs of a model evaluated at `sobol_points` or `sobol_designs`.

    ``S_i = mean(f_B (f_ABi − f_A)) / V`` (Saltelli 2010), ``ST_i = mean((f_A − f_ABi)²) / 2V`` (Jansen 1999),
    V the sample variance of f_A and f_B together. With few points estimates may be negative, or S_i above
    ST_i: look at the intervals (percentiles over resampled rows), not at the figures alone.

    Source: A. Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018; M. J. W. Jansen (1999), *Computer
    Physics Communications* 117, 35–43.

    Parameters
    ----------
    y
        Model outputs, ``N (k + 2)``: of A, of B, of each A with a column of B.
    names
        Of the k inputs.
    resamples, level, seed
        Of the bootstrap; no resamples, no intervals (NaN).

    Raises
    ------
    MeasureError
        When the number of outputs does not fit, one is missing, or they do not vary at all.

    Examples
    --------
    >>> x = sobol_points(2, base=1024)
    >>> found = sobol(3 * x[:, 0] + x[:, 1], ["a", "b"])  # variances 9 : 1
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([0.9, 0.1], [0.9, 0.1])
    """
    f, k = np.asarray(y, dtype=np.float64), len(names)
    refuse(_unsound(f, k))
    parts = f.reshape(k + 2, -1)
    first, total = _indices(parts)
    rng = np.random.default_rng(seed)
    n = parts.shape[1]
    rows = (rng.integers(0, n, n) for _ in range(resamples))
    again = np.array([_indices(parts[:, r]) for r in rows]).reshape(resamples, 2, k)
    ends = [(1 - level) / 2, (1 + level) / 2]
    low_high = np.nanquantile(again, ends, axis=0) if resamples else np.full((2, 2, k), np.nan)
    return Sensitivity(
        names=tuple(names),
        first=first,
        total=total,
        first_interval=low_high[:, 0].T,
        total_interval=low_high[:, 1].T,
        level=level,
        warnings=tuple(_doubts(names, first, total, low_high, n)),
    )


def _indices(parts: Array) -> tuple[Array, Array]:
    a, b, mixed = parts[0], parts[1], parts[2:]
    variance = float(np.var(parts[:2], ddof=1))
    if variance == 0:
        nothing = np.full(len(mixed), np.nan)
        return nothing, nothing
    first = (b * (mixed - a)).mean(axis=1) / variance
    total = ((a - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    return first, total


def _unsound(f: Array, k: int) -> list[Problem]:
    if f.ndim != 1 or k < 1 or f.size == 0 or f.size % (k + 2) or f.size // (k + 2) < 2:
        return [
            Problem(
                what=Text(
                    f"{f.size} 个结果不是 N×({k}+2)",
                    f"{f.size} outputs are not N × ({k} + 2) with N 2 or more",
                ),
                remedy=Text("用 sobol_designs 生成设计", "make the designs by sobol_designs"),
            )
        ]
    if not np.isfinite(f).all():
        return [
            Problem(
                what=Text("有结果缺失", "an output is missing"),
                remedy=Text("去掉无法计算的选项", "leave out options that cannot be computed"),
            )
        ]
    if np.ptp(f[: 2 * f.size // (k + 2)]) == 0:
        return [
            Problem(
                what=Text("结果没有变化,谈不上敏感性", "the output never changes: nothing is sensitive"),
                remedy=Text("增加选项", "offer more options"),
            )
        ]
    return []


def _doubts(names: Sequence[str], first: Array, total: Array, low_high: Array, n: int) -> list[Problem]:
    return [
        Problem(
            what=Text(
                f"“{name}”的估计不可靠(一阶 {first[k]:.2f},总 {total[k]:.2f},总指数区间 "
                f"{low_high[0, 1, k]:.2f}–{low_high[1, 1, k]:.2f})",
                f"the estimate for {name} is unsure (first {first[k]:.2f}, total {total[k]:.2f}, "
                f"total between {low_high[0, 1, k]:.2f} and {low_high[1, 1, k]:.2f})",
            ),
            remedy=Text("加大 base", "take a larger base"),
            column=name,
            severity="warning",
        )
        for k, name in enumerate(names)
        if n < FEW
        or first[k] < -0.05
        or first[k] > total[k] + 0.05
        or low_high[1, 1, k] - low_high[0, 1, k] > 0.2
    ]
