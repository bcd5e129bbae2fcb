r"""Whether neighbours are alike: Moran's I, Geary's C, Getis–Ord G, and where (local Moran).

With z the deviations from the mean and w the weights, :math:`S_0 = \sum w_{ij}`:
:math:`I = \frac{n}{S_0} \frac{\sum w_{ij} z_i z_j}{\sum z_i^2}`,
:math:`C = \frac{n-1}{2 S_0} \frac{\sum w_{ij} (x_i - x_j)^2}{\sum z_i^2}`,
:math:`G = \sum w_{ij} x_i x_j / \sum_{i \neq j} x_i x_j`. Moments of I under normality and under
randomisation: A. D. Cliff & J. K. Ord (1981), *Spatial Processes*. Local Moran: L. Anselin (1995),
*Geographical Analysis* 27(2), 93–115. False discovery rate: Y. Benjamini & Y. Hochberg (1995), *Journal of
the Royal Statistical Society B* 57(1), 289–300.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, floats, named, problem, refuse, warning
from yipan.measure.coordination.spatial import SpatialWeights
from yipan.text import Text

LEAST_UNITS = 4
"""Fewer units have no variance of I."""
QUADRANTS = ("", "HH", "LH", "LL", "HL")
"""Own value and neighbours' mean, high or low, by quadrant 1–4."""
_WHAT = Text("空间自相关无法计算", "spatial autocorrelation cannot be computed")


@dataclass(frozen=True, slots=True)
class Moran:
    """Global Moran's I.

    Parameters
    ----------
    i, expected
        I and its expectation −1 / (n − 1) where neighbours are alike by chance only.
    variance_normal, variance_random
        Of I when values are normal, and when the values at hand are shuffled.
    z_normal, z_random, p_normal, p_random
        Standard scores and two-sided p values.
    p_permuted
        Two-sided, from seeded permutations; NaN when none were asked for.
    units
        Number of units that counted.
    """

    i: float
    expected: float
    variance_normal: float
    variance_random: float
    z_normal: float
    z_random: float
    p_normal: float
    p_random: float
    p_permuted: float
    permutations: int
    units: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class LocalMoran:
    """Local Moran's I of each unit that counted.

    Parameters
    ----------
    i
        Local I, shape (units,); their mean is the global I (with rows of weights summing to 1).
    quadrants
        1 high among high, 2 low among high, 3 low among low, 4 high among low.
    p, q
        Two-sided p values of conditional permutations, and the same held to the false discovery rate.
    """

    units: tuple[str, ...]
    i: Floats
    quadrants: NDArray[np.int64]
    p: Floats
    q: Floats
    permutations: int
    problems: tuple[Problem, ...] = ()

    def clusters(self, rate: float = 0.05) -> tuple[str, ...]:
        """Return HH, LL, HL or LH for each unit whose q is at most `rate`, else an empty text."""
        return tuple(QUADRANTS[k] if q <= rate else "" for k, q in zip(self.quadrants, self.q, strict=True))

    def table(self) -> pd.DataFrame:
        """Return I, quadrant, p and q, one row a unit."""
        quadrant = [QUADRANTS[k] for k in self.quadrants]
        return pd.DataFrame(
            {"I": self.i, "quadrant": quadrant, "p": self.p, "q": self.q}, index=pd.Index(self.units)
        )


def moran(
    values: ArrayLike,
    weights: SpatialWeights,
    *,
    permutations: int = 999,
    seed: int = 0,
    standardise: bool = True,
    drop: bool = False,
) -> Moran:
    """Return global Moran's I with its moments and p values (formulas: see the module).

    Parameters
    ----------
    values
        One a unit, any unit of measure.
    permutations, seed
        Shuffles of the values over the units; the same seed gives the same p. 0 for none.
    standardise
        Make the rows of the weights sum to 1 first.
    drop
        Leave out units with a missing value or without a neighbour (told in ``problems``), not refuse them.

    Raises
    ------
    MeasureError
        When values are missing or units have no neighbour (see `drop`), fewer than four units remain, or all
        values are equal.

    Examples
    --------
    >>> from yipan.measure.coordination import weights_from_pairs
    >>> chain = weights_from_pairs([1, 2, 2, 3, 3, 4], [2, 1, 3, 2, 4, 3], units=["1", "2", "3", "4"])
    >>> m = moran([1.0, 2.0, 3.0, 4.0], chain, permutations=0, standardise=False)
    >>> round(m.i, 4), round(m.expected, 4)  # (4 / 6) × 2 (0.75 − 0.25 + 0.75) / 5
    (0.3333, -0.3333)
    """
    x, w, told = _ready(values, weights, standardise=standardise, drop=drop)
    n, z = len(x), x - x.mean()
    s0 = float(w.row_sums().sum())
    squares = float(z @ z)
    i = n / s0 * float(z @ (w.matrix @ z)) / squares
    expected = -1.0 / (n - 1)
    normal, random = _variances(z, w)
    scores = [(i - expected) / np.sqrt(v) if v > 0 else np.nan for v in (normal, random)]
    p = float("nan")
    if permutations:
        rng = np.random.default_rng(seed)
        shuffles = (rng.permutation(z) for _ in range(permutations))
        drawn = np.array([n / s0 * float(s @ (w.matrix @ s)) / squares for s in shuffles])
        p = float(_two_sided(drawn[None], np.array([i]))[0])
    return Moran(
        i=i,
        expected=expected,
        variance_normal=normal,
        variance_random=random,
        z_normal=float(scores[0]),
        z_random=float(scores[1]),
        p_normal=2.0 * float(stats.norm.sf(abs(scores[0]))),
        p_random=2.0 * float(stats.norm.sf(abs(scores[1]))),
        p_permuted=p,
        permutations=permutations,
        units=n,
        problems=told,
    )


def local_moran(
    values: ArrayLike,
    weights: SpatialWeights,
    *,
    permutations: int = 999,
    seed: int = 0,
    drop: bool = False,
) -> LocalMoran:
    """Return local Moran's I: where high values lie among high ones, low among low, and outliers.

    Rows of the weights are made to sum to 1. Each unit keeps its value while the others are shuffled
    (conditional permutation); p values of many units are held to the false discovery rate.

    Parameters
    ----------
    values, permutations, seed, drop
        As for `moran`; at least one permutation.

    Raises
    ------
    MeasureError
        As `moran`.

    Examples
    --------
    >>> from yipan.measure.coordination import weights_from_pairs
    >>> chain = weights_from_pairs([1, 2, 2, 3, 3, 4], [2, 1, 3, 2, 4, 3], units=["1", "2", "3", "4"])
    >>> local_moran([1.0, 2.0, 3.0, 4.0], chain).i.round(2).tolist()  # 3 × 1.5 × 0.5 / 5 at the ends
    [0.45, 0.15, 0.15, 0.45]
    """
    if permutations < 1:
        what = Text("局部检验需要置换", "local p values need permutations")
        refuse(
            _WHAT,
            [
                problem(
                    what, Text("至少 1 次,通常 999", "give 1 or more, 999 as a rule"), column="permutations"
                )
            ],
        )
    x, w, told = _ready(values, weights, standardise=True, drop=drop)
    n, z = len(x), x - x.mean()
    lag = w.matrix @ z
    scale = (n - 1) / float(z @ z)
    observed = scale * z * lag
    p = np.empty(n)
    rng = np.random.default_rng(seed)
    most = int(np.diff(w.matrix.indptr).max())
    draws = np.array([rng.choice(n - 1, size=most, replace=False) for _ in range(permutations)])
    for i in range(n):
        held = w.matrix.data[w.matrix.indptr[i] : w.matrix.indptr[i + 1]]
        others = draws[:, : len(held)]
        others = others + (others >= i)
        drawn = scale * z[i] * (z[others] @ held)
        p[i] = _two_sided(drawn[None], observed[i : i + 1])[0]
    quadrants = np.where(z > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3)).astype(np.int64)
    return LocalMoran(w.units, observed, quadrants, p, false_discovery(p), permutations, told)


def geary(values: ArrayLike, weights: SpatialWeights, *, standardise: bool = True) -> float:
    """Return Geary's C: 1 by chance, towards 0 when neighbours are alike (arguments as for `moran`).

    Raises
    ------
    MeasureError
        As `moran`; units to be left out are left out before.

    Examples
    --------
    >>> from yipan.measure.coordination import weights_from_pairs
    >>> chain = weights_from_pairs([1, 2, 2, 3, 3, 4], [2, 1, 3, 2, 4, 3], units=["1", "2", "3", "4"])
    >>> geary([1.0, 2.0, 3.0, 4.0], chain, standardise=False)  # 3 / 12 × 6 × 1 / 5
    0.3
    """
    x, w, _ = _ready(values, weights, standardise=standardise, drop=False)
    pairs, z = w.matrix.tocoo(), x - x.mean()
    i, j = pairs.coords
    apart = float(pairs.data @ (x[i] - x[j]) ** 2)
    return (len(x) - 1) * apart / (2.0 * float(pairs.data.sum()) * float(z @ z))


def getis_ord(values: ArrayLike, weights: SpatialWeights) -> float:
    """Return Getis–Ord's general G: the share of all products of values that lies between neighbours.

    Weights are taken as they are (binary, as the source has them); values must not be negative.

    Raises
    ------
    MeasureError
        As `moran`; also when a value is negative.

    Examples
    --------
    >>> from yipan.measure.coordination import weights_from_pairs
    >>> chain = weights_from_pairs([1, 2, 2, 3, 3, 4], [2, 1, 3, 2, 4, 3], units=["1", "2", "3", "4"])
    >>> round(getis_ord([1.0, 2.0, 3.0, 4.0], chain), 4)  # 2 (2 + 6 + 12) / (100 − 30)
    0.5714
    """
    x, w, _ = _ready(values, weights, standardise=False, drop=False)
    if (x < 0).any():
        who = named(w.units, x < 0)
        refuse(
            _WHAT,
            [
                problem(
                    Text(f"有负值:{who}", f"negative values: {who}"),
                    Text("G 只用于非负的量", "use G for amounts only"),
                    column="values",
                )
            ],
        )
    lag = np.asarray(w.matrix @ x, dtype=np.float64)
    return float(x @ lag) / (float(x.sum()) ** 2 - float(x @ x))


def false_discovery(p: ArrayLike) -> Floats:
    """Return p values held to the false discovery rate (Benjamini–Hochberg); missing ones stay missing.

    Examples
    --------
    >>> false_discovery([0.01, 0.04, 0.03, 0.5]).round(4).tolist()  # 0.01 × 4/1, 0.04 × 4/3, …
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = floats(p)
    there = np.flatnonzero(~np.isnan(values))
    order = there[np.argsort(values[there], kind="stable")][::-1]
    m = len(order)
    held = np.minimum.accumulate(values[order] * m / np.arange(m, 0, -1))
    out = np.full(values.shape, np.nan)
    out[order] = np.minimum(held, 1.0)
    return out


def _two_sided(drawn: Floats, observed: Floats) -> Floats:
    """Return two-sided p values, one a row: twice the smaller tail, the observed one counted in."""
    slack = 1e-12 * np.maximum(1.0, np.abs(observed))[:, None]  # ties of sums in another order
    above = (drawn >= observed[:, None] - slack).sum(axis=1)
    below = (drawn <= observed[:, None] + slack).sum(axis=1)
    out: Floats = np.minimum(1.0, 2.0 * (np.minimum(above, below) + 1.0) / (drawn.shape[1] + 1.0))
    return out


def _variances(z: Floats, w: SpatialWeights) -> tuple[float, float]:
    """Return the variance of I under normality and under randomisation."""
    n, rows = len(z), w.row_sums()
    s0 = float(rows.sum())
    both = np.asarray(sparse.csr_array(w.matrix + w.matrix.T).data, dtype=np.float64)
    s1 = float(both @ both) / 2.0
    in_and_out = rows + np.asarray(w.matrix.sum(axis=0), dtype=np.float64).ravel()
    s2 = float(in_and_out @ in_and_out)
    square = 1.0 / (n - 1) ** 2
    normal = (n * n * s1 - n * s2 + 3 * s0 * s0) / (s0 * s0 * (n * n - 1)) - square
    k = float(np.mean(z**4)) / float(np.mean(z**2)) ** 2
    a = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    b = k * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    return normal, (a - b) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - square


def _ready(
    values: ArrayLike, weights: SpatialWeights, *, standardise: bool, drop: bool
) -> tuple[Floats, SpatialWeights, tuple[Problem, ...]]:
    """Return values and weights of the units that count, and what was left out."""
    x = floats(values)
    told: list[Problem] = []
    if x.shape != (len(weights),):
        refuse(_WHAT, [_misfit(x, weights)])
    keep = np.ones(len(x), dtype=np.bool_)
    while True:  # leaving one out may leave its neighbour without any
        part = weights.kept(keep)
        out = ~np.isfinite(x[keep]) | part.islands
        if not out.any():
            break
        told += _left_out(part, x[keep], drop=drop)
        if not drop:
            refuse(_WHAT, told)
        keep[np.flatnonzero(keep)[out]] = False
    x = x[keep]
    refuse(_WHAT, _too_plain(x))
    return x, part.rows_to_one() if standardise else part, tuple(told)


def _misfit(x: Floats, weights: SpatialWeights) -> Problem:
    return problem(
        Text(
            f"值的形状 {x.shape},单元 {len(weights)} 个",
            f"values of shape {x.shape} for {len(weights)} units",
        ),
        Text("每个单元各给一个值", "give one value for each unit"),
        column="values",
    )


def _left_out(w: SpatialWeights, x: Floats, *, drop: bool) -> list[Problem]:
    missing = ~np.isfinite(x)
    alone = w.islands & ~missing
    made = warning if drop else problem
    remedy = Text("补齐,或用 drop=True 去掉这些单元", "supply them, or leave these units out by drop=True")
    if drop:
        remedy = Text("这些单元不在结果中", "these units are not in the result")
    found = [
        (missing, Text("值缺失", "missing values")),
        (alone, Text("没有邻居的单元", "units without a neighbour")),
    ]
    return [
        made(Text(f"{t.zh}:{named(w.units, who)}", f"{t.en}: {named(w.units, who)}"), remedy, column="values")
        for who, t in found
        if who.any()
    ]


def _too_plain(x: Floats) -> list[Problem]:
    if len(x) < LEAST_UNITS:
        what = Text(
            f"只有 {len(x)} 个单元,至少需要 {LEAST_UNITS} 个",
            f"only {len(x)} units, {LEAST_UNITS} are needed",
        )
        return [
            problem(
                what, Text("用更细的单元(单元格、街道)", "use finer units, such as cells"), column="values"
            )
        ]
    if np.ptp(x) <= 1e-12 * np.abs(x).max():
        what = Text("所有值相等,没有可解释的差异", "all values are equal: there is nothing to explain")
        return [problem(what, Text("换一个有差异的指标", "choose a measure that differs"), column="values")]
    return []
