"""The final region measured again from scratch, and the difference from what the search went by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.measure import NEEDS, forget, measure
from yipan.network import travel_times
from yipan.network.values import Mode
from yipan.plan.evaluate import RegionEvaluator
from yipan.scenario import Scenario, apply, verify_times
from yipan.scenario.values import Start
from yipan.text import Text

_MODES: tuple[Mode, ...] = ("drive", "transit", "any")


def verify(evaluator: RegionEvaluator, starts: Sequence[Start]) -> dict[str, float]:
    """Return how far the plan's results are from a full recomputation; every difference should be 0.

    Travel times are computed again over the whole final network and compared pair by pair (seconds), then
    every indicator is measured again with nothing remembered and compared (its own unit, and points).
    Where the plan's times are no longer in memory they are updated from the region as it is once more, so
    that there is something to compare; ``times_matrices`` says how much was. ``full_`` and the name of a
    need, or ``index``, is the region's score measured in full, points.
    """
    chosen = frozenset(s.project.id for s in starts)
    region = evaluator.region(chosen)
    begin = time.perf_counter()
    times = verify_times(region)
    if times["matrices"] == 0:
        _update_again(evaluator, chosen)
        times = verify_times(region)
    out = {f"times_{k}": float(v) for k, v in times.items()}
    went_by = evaluator.results(chosen)
    forget()
    again = measure(region, evaluator.indicators)
    out["values_difference"] = _largest(went_by.values.to_numpy(float), again.values.to_numpy(float))
    out["scores_difference"] = _largest(
        went_by.total[[*NEEDS, "index"]].to_numpy(float), again.total[[*NEEDS, "index"]].to_numpy(float)
    )
    out |= {f"full_{n}": float(again.total[n]) for n in (*NEEDS, "index")}
    out["seconds"] = time.perf_counter() - begin
    return out


def _update_again(evaluator: RegionEvaluator, chosen: frozenset[str]) -> None:
    """Put the times of the plan into memory by updates, the way the search had them."""
    for mode in _MODES:
        travel_times(evaluator.base, mode)
    order = evaluator.rules.in_order(chosen)
    starts = tuple(Start(evaluator.rules.projects[i], 0) for i in order)
    region = apply(evaluator.base, Scenario(Text("", ""), starts))
    for mode in _MODES:
        travel_times(region, mode)


def _largest(a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]]) -> float:
    if (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    return float(np.nanmax(np.abs(a - b), initial=0.0))
