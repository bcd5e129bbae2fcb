"""What changes the order of two given zones: which options, and how small a change of weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from yipan.errors import Problem
from yipan.measure import weights as weighting
from yipan.measure.recipe import Recipe
from yipan.measure.sure.engine import checked, evaluate, setup
from yipan.measure.sure.values import AnyChoice, Array, Designs, WeightFactors, refuse
from yipan.text import Text

TIE = 1e-9
"""Scores that differ by no more than this share of the larger tie."""


@dataclass(frozen=True)
class TwoZones:
    """How two zones stand to each other over designs.

    Parameters
    ----------
    first, second
        Ids.
    ahead
        Share of the designs in which the first is ahead; ties count half.
    options
        One row an option: ``choice``, ``option``, ``designs``, ``ahead`` (share among those designs) and
        ``difference`` from `ahead`, the most telling option first. Sets of weight factors are not listed.
    weights
        One row a part with weight factors: correlation of its factor with the first being ahead.
    """

    first: str
    second: str
    ahead: float
    options: pd.DataFrame
    weights: pd.DataFrame


def order_of_two(
    recipe: Recipe,
    data: pd.DataFrame,
    choices: Sequence[AnyChoice],
    *,
    designs: Designs,
    first: str,
    second: str,
) -> TwoZones:
    """Return in how many designs one zone is ahead of another, and which options decide it.

    Raises
    ------
    MeasureError
        When a zone is not in the data, options are out of range, or an index cannot be computed.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node, Normalise
    >>> from yipan.measure.sure.values import aggregations, every_design
    >>> data = pd.DataFrame({"jobs": [1.0, 9.0, 5.0], "air": [9.5, 1.0, 5.0]}, index=["a", "b", "c"])
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))),
    ...                 normalise=Normalise(low=1))
    >>> how = [aggregations("arithmetic", "geometric")]
    >>> found = order_of_two(recipe, data, how, designs=every_design(how), first="a", second="c")
    >>> found.ahead, found.options["ahead"].tolist()
    (0.5, [1.0, 0.0])
    """
    problem = setup(recipe, data, choices)
    for zone in (first, second):
        if zone not in problem.zones:
            refuse(
                [
                    Problem(
                        what=Text(f"没有区域“{zone}”", f"there is no zone {zone}"),
                        remedy=Text("用数据中的编号", "use ids of the data"),
                    )
                ]
            )
    designs = checked(problem, designs)
    i, j = problem.zones.index(first), problem.zones.index(second)
    distinct, at = np.unique(designs, axis=0, return_inverse=True)
    won = np.full(len(distinct), np.nan)
    for batch in evaluate(problem, distinct):
        won[batch.designs] = _ahead(batch.scores[:, i], batch.scores[:, j])
    won = won[at.reshape(-1)]
    there = np.isfinite(won)
    share = float(won[there].mean()) if there.any() else float("nan")
    return TwoZones(
        first,
        second,
        share,
        _by_option(choices, designs[there], won[there], share),
        _by_factor(choices, designs[there], won[there]),
    )


def _ahead(a: Array, b: Array) -> Array:
    """Return 1 where the first is ahead, 0 behind, ½ in a tie, NaN where one has no score."""
    gap = a - b
    tie = np.abs(gap) <= TIE * np.maximum(np.abs(a), np.abs(b))
    out = np.where(tie, 0.5, (gap > 0).astype(np.float64))
    return np.where(np.isnan(gap), np.nan, out)


def _by_option(choices: Sequence[AnyChoice], designs: Designs, won: Array, share: float) -> pd.DataFrame:
    rows = []
    for k, c in enumerate(choices):
        if isinstance(c, WeightFactors):
            continue
        for option, label in enumerate(c.labels):
            mine = designs[:, k] == option
            ahead = float(won[mine].mean()) if mine.any() else float("nan")
            rows.append((c.name, label, int(mine.sum()), ahead, ahead - share))
    table = pd.DataFrame(rows, columns=["choice", "option", "designs", "ahead", "difference"])
    return table.sort_values("difference", key=lambda s: -s.abs(), kind="stable").reset_index(drop=True)


def _by_factor(choices: Sequence[AnyChoice], designs: Designs, won: Array) -> pd.DataFrame:
    rows = []
    for k, c in enumerate(choices):
        if not isinstance(c, WeightFactors):
            continue
        drawn = c.factors[designs[:, k]]
        for p, part in enumerate(c.parts):
            varies = len(won) > 1 and np.ptp(won) > 0 and np.ptp(drawn[:, p]) > 0
            rows.append((part, float(np.corrcoef(drawn[:, p], won)[0, 1]) if varies else 0.0))
    table = pd.DataFrame(rows, columns=["part", "correlation"])
    return table.sort_values("correlation", key=lambda s: -s.abs(), kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class Tipping:
    """The smallest change of weights that makes two zones tie in an arithmetic index.

    Parameters
    ----------
    possible
        Whether any weights do it: not where one zone leads in every indicator.
    moved
        Weight that has to move from some indicators to others, 0–1; NaN where impossible.
    weights
        Weights under which the zones tie; NaN where impossible.
    difference
        Score of the first less that of the second under the given weights.
    """

    possible: bool
    moved: float
    weights: Array
    difference: float


def tipping(scores: ArrayLike, *, weights: ArrayLike) -> Tipping:
    """Return the smallest change of weights that makes two zones tie: ``min ½ Σ |w' − w|``.

    ``Σ w'_k (x_1k − x_2k) = 0``, ``Σ w' = 1``, ``w' ≥ 0``: a linear programme (HiGHS).

    Parameters
    ----------
    scores
        2 × indicators, none missing.
    weights
        One an indicator, 0 or more.

    Raises
    ------
    MeasureError
        When there are not two complete rows, or a weight is negative.

    Examples
    --------
    >>> found = tipping([[80.0, 20.0], [50.0, 40.0]], weights=[0.5, 0.5])  # leads by 15 − 10
    >>> round(found.moved, 9), found.weights.round(9).tolist()
    (0.1, [0.4, 0.6])
    """
    x = np.asarray(scores, dtype=np.float64)
    w = weighting.manual(weights).values
    if x.shape != (2, len(w)) or not np.isfinite(x).all():
        refuse(
            [
                Problem(
                    what=Text(
                        "不是两行完整的得分,每列一个权重", "not two complete rows with one weight a column"
                    ),
                    remedy=Text("给出两个区域的全部得分", "give all scores of two zones"),
                )
            ]
        )
    gap = x[0] - x[1]
    difference, n = float(gap @ w), len(w)
    scale = float(np.abs(gap).max()) or 1.0
    # unknown: what is added to and what is taken from each weight
    rows = np.vstack([np.concatenate([gap, -gap]) / scale, np.concatenate([np.ones(n), -np.ones(n)])])
    bounds = [(0.0, 1.0)] * n + [(0.0, float(v)) for v in w]
    found = linprog(np.full(2 * n, 0.5), A_eq=rows, b_eq=[-difference / scale, 0.0], bounds=bounds)
    if found.x is None or found.fun is None:
        return Tipping(False, float("nan"), np.full(n, np.nan), difference)
    change = np.asarray(found.x, dtype=np.float64)
    return Tipping(True, float(found.fun), w + change[:n] - change[n:], difference)
