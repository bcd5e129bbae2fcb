"""The final region measured again from scratch, and the difference from what the search went by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.measure import NEEDS, forget, measure
from yipan.plan.evaluate import RegionEvaluator
from yipan.scenario import verify_times
from yipan.scenario.values import Start


def verify(evaluator: RegionEvaluator, starts: Sequence[Start]) -> dict[str, float]:
    """Return how far the plan's results are from a full recomputation; every difference should be 0.

    Travel times are computed again over the whole final network and compared pair by pair (seconds), then
    every indicator is measured again with nothing remembered and compared (its own unit, and points).
    """
    chosen = frozenset(s.project.id for s in starts)
    region = evaluator.region(chosen)
    begin = time.perf_counter()
    out = {f"times_{k}": float(v) for k, v in verify_times(region).items()}
    went_by = evaluator.results(chosen)
    forget()
    again = measure(region, evaluator.indicators)
    out["values_difference"] = _largest(went_by.values.to_numpy(float), again.values.to_numpy(float))
    out["scores_difference"] = _largest(
        went_by.total[[*NEEDS, "index"]].to_numpy(float), again.total[[*NEEDS, "index"]].to_numpy(float)
    )
    out["seconds"] = time.perf_counter() - begin
    return out


def _largest(a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]]) -> float:
    if (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    return float(np.nanmax(np.abs(a - b), initial=0.0))
