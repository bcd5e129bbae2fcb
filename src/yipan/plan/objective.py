"""The objective a plan is judged by when the user says nothing but the budget."""

from __future__ import annotations

from collections.abc import Mapping

from yipan.measure import NEEDS
from yipan.plan.values import Objective
from yipan.region.value import Region

_PEAK = 1.5


def default_objective(
    region: Region,
    budget: float,
    *,
    yearly: float | None = None,
    start: int = 2026,
    end: int = 2035,
    weights: Mapping[str, float] | None = None,
    floors: Mapping[str, float] | None = None,
) -> Objective:
    """Return an objective with equal weights in which no cluster's index may fall.

    Parameters
    ----------
    region
        Gives the clusters that hold zones and the price year.
    budget
        Capital over the horizon, 1e8 of the region's currency at prices of its price year.
    yearly
        Most capital in one year; by default one and a half times the even share of the budget.
    start, end
        First and last year in which money may be spent.
    weights
        Weight of each need (sum 1); by default a quarter each.
    floors
        Least rise of each cluster's index, points; by default 0 for every cluster.

    Examples
    --------
    >>> from yipan.region import example
    >>> o = default_objective(example("tiny"), 100.0)
    >>> o.yearly, dict(o.floors)
    (15.0, {'valley': 0.0, 'hills': 0.0})
    """
    used = set(region.cluster_of.values())
    return Objective(
        weights=dict(weights) if weights is not None else {n: 1.0 / len(NEEDS) for n in NEEDS},
        floors=dict(floors)
        if floors is not None
        else {c.id: 0.0 for c in region.meta.clusters if c.id in used},
        budget=budget,
        yearly=yearly if yearly is not None else _PEAK * budget / (end - start + 1),
        start=start,
        end=end,
        price_year=region.meta.price_year,
    )
