"""TOPSIS: nearness to the best and distance from the worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.aggregate.values import Array, ready, refuse
from yipan.text import Text


def topsis(
    values: ArrayLike, weights: ArrayLike | None = None, *, directions: Sequence[int] | None = None
) -> Array:
    """Return each zone's closeness to the ideal, 0–1.

    ``r = x / ‖x‖`` by column (vector normalisation), ``v = w r``; d⁺ and d⁻ are the Euclidean distances to
    the best and to the worst of each column, and the result is ``d⁻ / (d⁺ + d⁻)``. It compares the zones at
    hand: a zone more or less can turn the order of two others.

    Source: C.-L. Hwang & K. Yoon (1981), *Multiple Attribute Decision Making*, Springer.

    Parameters
    ----------
    values
        Zones × indicators in their own units, none missing.
    weights
        One an indicator, 0 or more; equal where left out.
    directions
        1 where more is better, −1 where less is; 1 where left out.

    Raises
    ------
    MeasureError
        When a value is missing, a column is all 0, no two zones differ (one zone alone among them), a
        direction is neither 1 nor −1, or as for `arithmetic`.

    Examples
    --------
    >>> topsis([[3.0, 4.0], [4.0, 3.0]], [1, 0]).tolist()
    [0.0, 1.0]
    """
    t = ready(values, weights, least=1.0)
    x, w = t.scores, t.weights
    sign = np.ones(x.shape[1]) if directions is None else np.asarray(directions, dtype=np.float64)
    size = np.sqrt(np.where(t.there, x**2, 0.0).sum(axis=0))
    refuse(_unsound(x, size, sign))
    v = w * (x / size) * sign
    best, worst = v.max(axis=0), v.min(axis=0)
    up = np.sqrt(((v - best) ** 2).sum(axis=1))
    down = np.sqrt(((v - worst) ** 2).sum(axis=1))
    if not (up + down > 0).all():
        refuse(
            [
                Problem(
                    what=Text(
                        "各区域毫无差别(或只有一个区域),没有理想与最差可比",
                        "no two zones differ (or there is only one): there is no best and no worst",
                    ),
                    remedy=Text("至少给两个不同的区域", "give at least two zones that differ"),
                )
            ]
        )
    return np.asarray(down / (up + down), dtype=np.float64)


def _unsound(x: Array, size: Array, sign: Array) -> list[Problem]:
    problems = [
        Problem(what=what, remedy=remedy, column=f"#{k + 1}")
        for k in range(x.shape[1])
        for bad, what, remedy in (
            (
                np.isnan(x[:, k]).any(),
                Text("有缺失值", "a missing value"),
                Text("先插补", "impute first"),
            ),
            (
                size[k] == 0,
                Text("全为 0,无法按向量归一", "all 0: it has no vector norm"),
                Text("去掉该指标", "drop the indicator"),
            ),
        )
        if bad
    ]
    if sign.shape != (x.shape[1],) or not np.isin(sign, (-1.0, 1.0)).all():
        problems.append(
            Problem(
                what=Text("方向不是每个指标一个 1 或 −1", "directions are not one 1 or −1 an indicator"),
                remedy=Text("越高越好为 1,越低越好为 −1", "1 where more is better, −1 where less is"),
            )
        )
    return problems
