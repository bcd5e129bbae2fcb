"""Sets of projects measured on a region: apply, measure, and split the objective into its terms."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.errors import ScenarioError
from yipan.measure import NEEDS, Results, measure
from yipan.network.times import state_of
from yipan.plan.game import Evaluation
from yipan.plan.rules import Rules
from yipan.plan.values import Objective
from yipan.region.value import Region
from yipan.scenario import Scenario, Start, apply
from yipan.text import Text

_KEPT = {True: 6, False: 128}
"""Regions kept for building the next set on, by whether they differ in the network.

Few of those that do: their travel times are large, and the network's memo lets go of what is long unused."""
_NETWORK = frozenset({"lines", "stops", "links"})
"""Tables that travel times depend on."""


class RegionEvaluator:
    """Measures sets of projects on one region; every result is kept, a few regions are.

    Parameters
    ----------
    region
        The region as it is; never changed.
    rules
        The candidates and their needs: a set is applied in an order that respects them.
    indicators
        Ids to measure (None: all of the packs).
    """

    def __init__(self, region: Region, rules: Rules, *, indicators: Sequence[str] | None = None) -> None:
        self.base = region
        self.rules = rules
        self.indicators = indicators
        self.seconds = {"apply": 0.0, "measure": 0.0}
        self._results: dict[frozenset[str], Results] = {}
        self._halves: dict[bool, OrderedDict[frozenset[str], Region]] = {
            True: OrderedDict(),
            False: OrderedDict(),
        }
        touched = {
            i: frozenset(t for c in p.interventions for t in getattr(c, "tables", ("lines", "places")))
            for i, p in rules.projects.items()
        }
        self.moving = frozenset(i for i, t in touched.items() if t <= _NETWORK)
        self._mixed = frozenset(i for i, t in touched.items() if t & _NETWORK and not t <= _NETWORK)

    def __call__(self, ids: frozenset[str]) -> Evaluation | None:
        """Return what a set is worth, None where its projects cannot be applied together."""
        try:
            results = self.results(ids)
        except ScenarioError:
            return None
        weights = self.rules.objective.weights
        return Evaluation(
            value=objective_value(results, self.rules.objective),
            clusters={str(k): float(v) for k, v in results.clusters["index"].items()},
            parts=split(results, weights),
        )

    def results(self, ids: frozenset[str]) -> Results:
        """Return the results of the region with a set of projects built."""
        if ids not in self._results:
            region = self.region(ids)
            begin = time.perf_counter()
            self._results[ids] = measure(region, self.indicators)
            self.seconds["measure"] += time.perf_counter() - begin
        return self._results[ids]

    def region(self, ids: frozenset[str]) -> Region:
        """Return the region with a set of projects built.

        Projects that change only the network and those that change only other tables are applied apart and
        their tables joined, so sets that differ in facilities share one network and its travel times.
        Projects that change both come last.
        """
        begin = time.perf_counter()
        state_of(self.base)  # used again and again: keeps the times of the region itself at hand
        moving = ids & self.moving
        still = ids - moving - self._mixed
        region = self._half(moving, network=True)
        if still:
            other = self._half(still, network=False)
            tables = {n: t for n, t in other.tables.items() if n not in _NETWORK}
            region = region.replace(meta=other.meta, **tables)
        if ids & self._mixed:
            region = self._built(region, ids & self._mixed)
        self.seconds["apply"] += time.perf_counter() - begin
        return region

    def _half(self, ids: frozenset[str], *, network: bool) -> Region:
        """Return the region with only network projects, or only others, built; from the nearest at hand."""
        if not ids:
            return self.base
        known = self._halves[network]
        if ids not in known:
            near = max(
                (k for k in known if k < ids), key=lambda k: (len(k), sorted(k)), default=frozenset[str]()
            )
            known[ids] = self._built(known.get(near, self.base), ids - near)
            while len(known) > _KEPT[network]:
                known.popitem(last=False)
        known.move_to_end(ids)
        return known[ids]

    def _built(self, region: Region, added: frozenset[str]) -> Region:
        """Apply projects at once, in an order that respects their needs."""
        starts = tuple(Start(self.rules.projects[i], 0) for i in self.rules.in_order(added))
        return apply(region, Scenario(Text("", ""), starts))


def objective_value(results: Results, objective: Objective) -> float:
    """Return the objective of measured results: weighted sum of the region's need scores, points."""
    return float(sum(w * float(results.total[n]) for n, w in objective.weights.items() if w > 0))


def _term_weights(results: Results, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Return what one point of each indicator score in each zone adds to the objective (zones × scored)."""
    there = results.scores.notna().to_numpy()
    people = np.nan_to_num(results.population.to_numpy(dtype=float))
    out = np.zeros(there.shape)
    for need in NEEDS:
        mine = np.array([results.indicators[c].need == need for c in results.scores.columns], dtype=bool)
        has = results.needs[need].notna().to_numpy()
        share = np.where(has, people, 0.0) / max(float(people[has].sum()), 1e-12)
        counts = np.maximum((there & mine).sum(axis=1), 1)
        out[:, mine] = (weights.get(need, 0.0) * share / counts)[:, None]
    return np.where(there, out, 0.0)


def split(results: Results, weights: Mapping[str, float]) -> NDArray[np.float64] | None:
    """Return the terms (indicator and zone) that sum to the objective, or None where they do not.

    The sum is checked against the results' own total, so a change of how scores are put together is noticed.
    """
    terms = _term_weights(results, weights) * results.scores.fillna(0.0).to_numpy(dtype=float)
    total = sum(w * float(results.total[n]) for n, w in weights.items() if w > 0)
    return terms.ravel() if abs(float(terms.sum()) - total) < 1e-6 else None


def ceilings(results: Results, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the most each term of `split` can be: its score at 100."""
    return 100.0 * _term_weights(results, weights).ravel()
