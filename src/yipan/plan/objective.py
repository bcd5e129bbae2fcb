"""The objective a plan is judged by when the user says nothing but the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yipan.measure import NEEDS, measure
from yipan.plan.valuation import indicator_scores, target_keys
from yipan.plan.values import Aim, Future, Objective
from yipan.region.value import Region

_PEAK = 1.5


def default_objective(
    region: Region,
    budget: float,
    *,
    yearly: float | None = None,
    start: int = 2026,
    end: int = 2035,
    aim: Aim = "needs",
    weights: Mapping[str, float] | None = None,
    floors: Mapping[str, float] | None = None,
    worst_tenth: float | None = None,
    land: float | None = None,
    carbon: float | None = None,
    at_once: Mapping[str, int] | None = None,
    discount: float = 0.0,
    futures: Sequence[Future] = (),
) -> Objective:
    """Return an objective with equal weights in which no cluster's index may fall.

    Parameters
    ----------
    region
        Gives the clusters that hold zones, the price year, and what the weights of `aim` may be over.
    budget
        Capital over the horizon, 1e8 of the region's currency at prices of its price year.
    yearly
        Most capital in one year; by default one and a half times the even share of the budget.
    start, end
        First and last year in which money may be spent.
    aim, weights
        What counts, and how much (sum 1). By default the same for each need; for ``indicators`` for each
        that has a score for the region; for ``targets`` for each of the region's targets.
    floors
        Least rise of each cluster's index, points; by default 0 for every cluster.
    worst_tenth, land, carbon, at_once, discount, futures
        As in `Objective`; by default not asked.

    Examples
    --------
    >>> from yipan.region import example
    >>> o = default_objective(example("tiny"), 100.0)
    >>> o.yearly, dict(o.floors), dict(o.weights)["living"]
    (15.0, {'valley': 0.0, 'hills': 0.0}, 0.25)
    """
    used = set(region.cluster_of.values())
    clusters = [c.id for c in region.meta.clusters if c.id in used]
    return Objective(
        weights=dict(weights) if weights is not None else _equal(region, aim),
        floors=dict(floors) if floors is not None else dict.fromkeys(clusters, 0.0),
        budget=budget,
        yearly=yearly if yearly is not None else _PEAK * budget / (end - start + 1),
        start=start,
        end=end,
        price_year=region.meta.price_year,
        aim=aim,
        worst_tenth=worst_tenth,
        land=land,
        carbon=carbon,
        at_once=dict(at_once or {}),
        discount=discount,
        futures=tuple(futures),
    )


def _equal(region: Region, aim: Aim) -> dict[str, float]:
    if aim == "needs":
        keys = list(NEEDS)
    elif aim == "indicators":
        scores = indicator_scores(measure(region))
        keys = [str(k) for k in scores.index[np.isfinite(scores.to_numpy())]]
    else:
        keys = target_keys(region.table("targets"))
    return dict.fromkeys(keys, 1.0 / max(len(keys), 1))
