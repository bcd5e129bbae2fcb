"""From values to scores, need scores and the index; zones, clusters, region.

1. Indicator score: fixed goalposts, ``100 (x − low) / (high − low)`` clipped to 0–100; for direction −1
   ``100 (high − x) / (high − low)``. Goalposts never move with the sample, so scores compare over time.
2. Need score: mean of the scores of its indicators, equal weights, over those available; at least half
   must be.
3. Index: geometric mean of the four need scores, each floored at 1 so that one failing need weighs heavily
   without wiping out the rest (a need at 0 would make any index 0, however the others change).
4. Cluster and region: mean of the zones' scores weighted by residents; zones with at least half of the
   residents must have the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.measure.values import NEED_NAMES, NEEDS, Missing
from yipan.pack import Indicator
from yipan.text import Text

FLOOR = 1.0
"""Least need score that enters the geometric mean."""
LEAST_SHARE = 0.5
"""Share of a need's indicators, and of a cluster's residents, that must be available."""

Array = NDArray[np.float64]


def score(values: Array, indicator: Indicator) -> Array:
    """Return scores 0–100 of values (same shape), NaN where the value is.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from yipan.measure import load_packs
    >>> one = load_packs()[0].indicators[0]
    >>> score(np.array([5.0, 20.0, 99.0]), replace(one, direction=1, low=10.0, high=30.0)).tolist()
    [0.0, 50.0, 100.0]
    >>> score(np.array([5.0, 20.0, 99.0]), replace(one, direction=-1, low=10.0, high=30.0)).tolist()
    [100.0, 50.0, 0.0]
    """
    share = (values - indicator.low) / (indicator.high - indicator.low)
    return np.clip(share if indicator.direction > 0 else 1.0 - share, 0.0, 1.0) * 100.0


def need_scores(scores: Array, indicators: Sequence[Indicator]) -> Array:
    """Return need scores and index (shape: zones × 5) from indicator scores (zones × indicators)."""
    out = np.full((scores.shape[0], len(NEEDS) + 1), np.nan)
    for k, need in enumerate(NEEDS):
        mine = scores[:, [i.need == need for i in indicators]]
        if mine.shape[1] == 0:
            continue
        there = np.isfinite(mine)
        count = there.sum(axis=1)
        enough = count >= LEAST_SHARE * mine.shape[1]
        total = np.where(there, mine, 0.0).sum(axis=1)
        out[enough, k] = total[enough] / count[enough]
    out[:, -1] = np.exp(np.log(np.maximum(out[:, :-1], FLOOR)).mean(axis=1))
    return out


def weighted_rows(table: Array, weights: Array, members: NDArray[np.bool_]) -> Array:
    """Return the weighted mean of the member rows, column by column (shape: columns).

    NaN where rows with at least half of the weight have no value.
    """
    rows, w = table[members], weights[members][:, None]
    there = np.isfinite(rows)
    have = (there * w).sum(axis=0)
    total = np.where(there, rows * w, 0.0).sum(axis=0)
    enough = (have > 0) & (have >= LEAST_SHARE * w.sum())
    out = np.full(rows.shape[1], np.nan)
    np.divide(total, have, out=out, where=enough)
    return out


def missing_needs(
    needs: Array, zones: Sequence[str], indicators: Sequence[Indicator]
) -> Mapping[tuple[str, str], Missing]:
    """Return why need scores (zones × 5) are missing, by (need, zone id)."""
    out: dict[tuple[str, str], Missing] = {}
    for z, k in np.argwhere(np.isnan(needs)):
        if k == len(NEEDS):
            lacking = [NEED_NAMES[n] for j, n in enumerate(NEEDS) if np.isnan(needs[z, j])]
            reason = Text(
                "缺少需要得分:" + "、".join(t.zh for t in lacking),
                "need scores missing: " + ", ".join(t.en for t in lacking),
            )
            out["index", zones[z]] = Missing(
                reason, Text("先补齐这些需要的数据", "supply the data of these needs first")
            )
            continue
        total = sum(i.need == NEEDS[k] for i in indicators)
        reason = Text(
            f"{total} 项指标中可用的不足一半", f"fewer than half of its {total} indicators are available"
        )
        out[NEEDS[k], zones[z]] = Missing(
            reason, Text("见各指标的缺失原因", "see why each of its indicators is missing")
        )
    return out
