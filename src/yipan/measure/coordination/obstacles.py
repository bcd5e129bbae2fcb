"""Obstacle degrees: what stands most in the way of a better score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, floats, labels, problem, refuse, wrong_lengths
from yipan.text import Text

_WHAT = Text("障碍度无法计算", "obstacle degrees cannot be computed")


def obstacle_degrees(
    scores: ArrayLike,
    weights: Sequence[float],
    *,
    units: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Return each indicator's share of what is missing to the full score, in %.

    :math:`O_j = w_j (1 - x_j) / \sum_k w_k (1 - x_k) \cdot 100`. Rows sum to 100; a unit with every score 1
    has nothing in the way and 0 everywhere; a unit with a missing score has NaN.

    Parameters
    ----------
    scores
        Normalised scores x in [0, 1], 1 the best (direction already applied), shape (units, indicators).
    weights
        Global weight of each indicator (its weight in the subsystem times the weight of the subsystem), not
        negative; only their ratios matter.
    units, indicators
        Names of rows and columns; 1, 2, 3 … by default.

    Raises
    ------
    MeasureError
        When scores lie outside [0, 1] or the weights do not fit.

    Examples
    --------
    >>> obstacle_degrees([[0.2, 0.6]], [0.5, 0.5]).round(2).iloc[0].tolist()  # 0.4 and 0.2 of 0.6
    [66.67, 33.33]
    """
    x, w = np.atleast_2d(floats(scores)), floats(weights)
    refuse(_WHAT, _problems(x, w))
    gap = w * (1.0 - x)
    total = gap.sum(axis=1, keepdims=True)
    share = np.divide(100.0 * gap, total, out=np.where(np.isnan(total), np.nan, 0.0 * gap), where=total > 0)
    return pd.DataFrame(
        share, index=pd.Index(labels(units, len(x))), columns=pd.Index(labels(indicators, x.shape[1]))
    )


def _problems(x: Floats, w: Floats) -> list[Problem]:
    out = wrong_lengths({"indicators": x.shape[1], "weights": w.size})
    if ((x < 0) | (x > 1)).any():
        out.append(
            problem(
                Text("得分不在 0–1 之间", "scores lie outside 0–1"),
                Text("先归一化并统一方向", "normalise first, with 1 the best"),
                column="scores",
            )
        )
    if not np.isfinite(w).all() or (w < 0).any() or not (w > 0).any():
        out.append(
            problem(
                Text("权重为负、全零或不是数字", "weights are negative, all zero or not numbers"),
                Text("给出非负权重", "give weights that are not negative"),
                column="weights",
            )
        )
    return out
