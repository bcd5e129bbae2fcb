"""What measured results are worth under an objective, and the terms this value is the sum of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.inequality import mean_of_lowest
from yipan.measure import NEEDS, Results
from yipan.measure.index import weighted_rows
from yipan.measure.targets import gaps
from yipan.plan.game import Evaluation
from yipan.plan.values import WORST_TENTH, Objective
from yipan.region.value import Region

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Valuation:
    """An objective tied to the region it is for: what any results of that region are worth.

    Make one with `valuation_of`.

    Parameters
    ----------
    objective
        Weights and what they are over.
    region
        The region with only those targets that have a weight (read by the aim ``targets`` alone).
    distances
        How far each of them is from being met before any project, in the unit of its indicator, in the
        order of `region`'s targets.
    """

    objective: Objective
    region: Region
    distances: pd.Series[float]

    def value(self, results: Results) -> float:
        """Return the objective of measured results, points 0–100; NaN where a weighted part has no value.

        needs: Σ w × need score of the region (mean of the zones by residents). indicators: Σ w × score of
        the region (mean of the zones' scores by residents, or by land where the indicator says so).
        targets: Σ w × 100 × share of the distance closed (`closed`).
        """
        weights = {k: w for k, w in sorted(self.objective.weights.items()) if w > 0}
        if self.objective.aim == "targets":
            closed = self.closed(results)
            return float(sum(w * closed.get(k, np.nan) for k, w in weights.items()))
        parts = results.total if self.objective.aim == "needs" else indicator_scores(results)
        return float(sum(w * float(parts.get(k, np.nan)) for k, w in weights.items()))

    def closed(self, results: Results) -> dict[str, float]:
        """Return, for each weighted target, 100 × the share of its distance that is closed.

        ``100 × min(1, max(0, 1 − gap / gap before any project))``: 100 when met, 0 when no nearer than
        before. A target that was met already counts 100 as long as it stays met, else 0. A value that is
        missing counts as not met.
        """
        table = gaps(self.region, results)
        now = pd.Series(table["gap"].to_numpy(np.float64), index=target_keys(table))
        out = {}
        for key, before in self.distances.items():
            gap = float(now[str(key)])
            share = float(gap <= 0) if before <= 0 else 1.0 - gap / float(before)
            out[str(key)] = 0.0 if np.isnan(gap) else 100.0 * min(1.0, max(0.0, share))
        return out

    def met(self, results: Results) -> int:
        """Return how many of the weighted targets are met."""
        return sum(v >= 100.0 for v in self.closed(results).values())

    def clusters(self, results: Results) -> dict[str, float]:
        """Return the index of each cluster, points, and that of the worst-off tenth where it has a floor."""
        out = {str(k): float(v) for k, v in results.clusters["index"].items()}
        if self.objective.worst_tenth is not None:
            out[WORST_TENTH] = worst_tenth(results)
        return out

    def evaluation(self, results: Results) -> Evaluation:
        """Return everything the search wants to know about measured results."""
        return Evaluation(
            value=self.value(results), clusters=self.clusters(results), parts=self.split(results)
        )

    def split(self, results: Results) -> Array | None:
        """Return the terms that sum to the objective, or None where they do not.

        One term per indicator and zone; for targets one per target. The sum is checked against the value
        itself, so a change of how scores are put together is noticed.
        """
        if self.objective.aim == "targets":
            closed = self.closed(results)
            return np.array([w * closed[k] for k, w in self._target_weights()])
        terms = self._term_weights(results) * results.scores.fillna(0.0).to_numpy(dtype=float)
        return terms.ravel() if abs(float(terms.sum()) - self.value(results)) < 1e-6 else None

    def ceilings(self, results: Results) -> Array:
        """Return the most each term of `split` can be: its score, or share of the distance, at 100."""
        if self.objective.aim == "targets":
            return np.array([100.0 * w for _, w in self._target_weights()])
        return 100.0 * self._term_weights(results).ravel()

    def _target_weights(self) -> list[tuple[str, float]]:
        return [(str(k), float(self.objective.weights[str(k)])) for k in self.distances.index]

    def _term_weights(self, results: Results) -> Array:
        """Return what a point of each indicator score in each zone adds to the objective (zones × scored)."""
        if self.objective.aim == "needs":
            return _need_weights(results, self.objective.weights)
        there = results.scores.notna().to_numpy()
        by = np.where(there, _zone_weights(results), 0.0)
        weights = np.array([self.objective.weights.get(str(c), 0.0) for c in results.scores.columns])
        out: Array = weights * by / np.maximum(by.sum(axis=0), 1e-12)
        return out


def valuation_of(region: Region, base: Results, objective: Objective) -> Valuation:
    """Tie an objective to the region before any project.

    Raises
    ------
    MeasureError
        A weighted target names an indicator that is not measured, or a scope there is not.
    """
    table = region.table("targets")
    if objective.aim == "targets":
        wanted = [objective.weights.get(k, 0.0) > 0 for k in target_keys(table)]
        table = table[np.array(wanted, dtype=np.bool_)]
        region = region.replace(targets=table)
        found = gaps(region, base)
        return Valuation(objective, region, pd.Series(found["gap"].to_numpy(), index=target_keys(found)))
    return Valuation(objective, region, pd.Series(dtype=np.float64))


def target_keys(table: pd.DataFrame) -> list[str]:
    """Return what each row of targets or gaps is called in the weights of an objective.

    Examples
    --------
    >>> target_keys(pd.DataFrame({"indicator": ["N-LIV-02"], "scope": ["zone:A"], "year": [2035]}))
    ['N-LIV-02@zone:A@2035']
    """
    rows = zip(table["indicator"], table["scope"], table["year"], strict=True)
    return [f"{i}@{s}@{int(y)}" for i, s, y in rows]


def worst_tenth(results: Results) -> float:
    """Return the mean index of the worst-off tenth of the residents, points.

    Residents are put in order of the index of their zone, lowest first, and the first tenth is taken:
    ``Σ n_z × index_z / (0.1 × residents)`` with ``n_z`` all residents of the zones wholly within it and,
    of the zone at its border, as many as are still wanted. Zones without an index are left out.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> results = measure(example("tiny"))
    >>> bool(np.isnan(worst_tenth(results)) == results.needs["index"].isna().all())
    True
    """
    people = np.nan_to_num(results.population.to_numpy(np.float64))
    return mean_of_lowest(results.needs["index"].to_numpy(np.float64), people)


def indicator_scores(results: Results) -> pd.Series[float]:
    """Return the score of every scored indicator for the region, points 0–100 (index indicator id).

    Mean of the zones' scores by residents, or by land where the indicator says so; NaN where zones with
    less than half of that have one.
    """
    scores, by = results.scores.to_numpy(np.float64), _zone_weights(results)
    everyone = np.ones(len(scores), dtype=np.bool_)
    mean = [weighted_rows(scores[:, [k]], by[:, k], everyone)[0] for k in range(scores.shape[1])]
    return pd.Series(mean, index=list(results.scores.columns), dtype=np.float64)


def _zone_weights(results: Results) -> Array:
    """Return by what each zone counts in the region's score of each indicator (zones × scored)."""
    people, land = (np.nan_to_num(s.to_numpy(np.float64)) for s in (results.population, results.area))
    by_land = np.array(
        [results.indicators[c].weight == "area" for c in results.scores.columns], dtype=np.bool_
    )
    return np.where(by_land[None, :], land[:, None], people[:, None])


def _need_weights(results: Results, weights: Mapping[str, float]) -> Array:
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
