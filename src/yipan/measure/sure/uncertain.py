"""How ranks and scores move when an index is made otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.measure.recipe import Recipe
from yipan.measure.sure.engine import checked, evaluate, setup
from yipan.measure.sure.values import AnyChoice, Array, Designs, refuse
from yipan.text import Text

TIE = 1e-12
MOST = 8_000
"""Zones at most: counts of ranks take zones² × 8 bytes, 512 MB for these."""


@dataclass(frozen=True)
class Uncertainty:
    """Ranks and scores over many designs.

    Parameters
    ----------
    zones
        Ids.
    choices
        Names of the choices.
    designs
        Designs × choices: option taken.
    nominal, nominal_ranks
        Scores and ranks under the recipe as it is; rank 1 is the best, ties share the best of their ranks.
    counts
        Zones × ranks: in how many designs a zone has that rank (designs in which it has none are in no
        count).
    distance
        One a design: mean over the zones of |rank − nominal rank|, the target of the sensitivity analysis.
    mean_scores
        Mean score of each zone over the designs in which it has one.
    scores
        Designs × zones when asked for, else empty.
    """

    zones: tuple[str, ...]
    choices: tuple[str, ...]
    designs: Designs
    nominal: Array
    nominal_ranks: Array
    counts: NDArray[np.int64]
    distance: Array
    mean_scores: Array
    scores: Array

    def rank_quantile(self, share: float) -> Array:
        """Return for each zone the rank below which `share` of the designs put it (linear interpolation).

        NaN for a zone that no design ranks.
        """
        below = np.cumsum(self.counts, axis=1)
        at = (below[:, -1] - 1) * share
        low, high = np.floor(at), np.ceil(at)
        one = (below <= low[:, None]).sum(axis=1) + 1
        two = (below <= high[:, None]).sum(axis=1) + 1
        out = one + (at - low) * (two - one)
        return np.where(below[:, -1] > 0, out, np.nan)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a zone: nominal score and rank, mean, median, 5 % and 95 % rank, best and worst rank."""
        places = np.arange(1, self.counts.shape[1] + 1)
        total = self.counts.sum(axis=1)
        mean = np.divide(
            self.counts @ places.astype(np.float64),
            total,
            out=np.full(len(total), np.nan),
            where=total > 0,
        )
        return pd.DataFrame(
            {
                "score": self.nominal,
                "rank": self.nominal_ranks,
                "mean": mean,
                "median": self.rank_quantile(0.5),
                "q5": self.rank_quantile(0.05),
                "q95": self.rank_quantile(0.95),
                "best": self.rank_quantile(0.0),
                "worst": self.rank_quantile(1.0),
            },
            index=pd.Index(self.zones, name="zone"),
        )


def uncertainty(
    recipe: Recipe,
    data: pd.DataFrame,
    choices: Sequence[AnyChoice],
    *,
    designs: Designs,
    keep_scores: bool = False,
) -> Uncertainty:
    """Return how ranks move over designs.

    Equal designs are computed once; steps that designs share as well. Memory is a batch (64 MB), the counts
    of ranks, and with `keep_scores` all scores.

    Parameters
    ----------
    recipe, data
        The nominal index (see `yipan.measure.recipe.run`); one row a zone.
    choices
        What may vary.
    designs
        Designs × choices, from `every_design`, `random_designs` or `sobol_designs`.

    Raises
    ------
    MeasureError
        When the nominal index or a combination of options cannot be computed (each is named), options are
        out of range, or zones are more than 8 000.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node, Normalise
    >>> from yipan.measure.sure.values import aggregations, every_design
    >>> data = pd.DataFrame({"jobs": [1.0, 9.0, 6.0], "air": [10.0, 1.0, 5.0]}, index=["a", "b", "c"])
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))),
    ...                 normalise=Normalise(low=1))
    >>> how = [aggregations("arithmetic", "geometric")]
    >>> sure = uncertainty(recipe, data, how, designs=every_design(how))
    >>> sure.table.loc["c", ["rank", "best", "worst"]].tolist()
    [1.0, 1.0, 1.0]
    """
    problem = setup(recipe, data, choices)
    designs = checked(problem, designs)
    n = len(problem.zones)
    refuse(_too_many(n))
    nominal = _nominal(recipe, data)
    ranks = ranks_of(nominal[None, :])[0]
    distinct, at, times = np.unique(designs, axis=0, return_inverse=True, return_counts=True)
    counts = np.zeros((n, n), dtype=np.int64)
    away, total, seen = np.zeros(len(distinct)), np.zeros(n), np.zeros(n)
    kept = np.zeros((len(distinct) if keep_scores else 0, n))
    for batch in evaluate(problem, distinct):
        r, m = ranks_of(batch.scores), times[batch.designs]
        there = ~np.isnan(r)
        away[batch.designs] = _distance(r, ranks)
        seen += m @ there
        total += m @ np.where(there, batch.scores, 0.0)
        _count(counts, r, there, m)
        if keep_scores:
            kept[batch.designs] = batch.scores
    at = at.reshape(-1)
    return Uncertainty(
        zones=problem.zones,
        choices=tuple(c.name for c in choices),
        designs=designs,
        nominal=nominal,
        nominal_ranks=ranks,
        counts=counts,
        distance=away[at],
        mean_scores=np.divide(total, seen, out=np.full(n, np.nan), where=seen > 0),
        scores=kept[at] if keep_scores else kept,
    )


def _nominal(recipe: Recipe, data: pd.DataFrame) -> Array:
    plain = setup(recipe, data, ())
    one = np.zeros((1, 0), dtype=np.int64)
    scores: Array = np.concatenate([b.scores for b in evaluate(plain, one)])[0]
    return scores


def _too_many(n: int) -> list[Problem]:
    what = Text(
        f"{n} 个区域的名次计数需要 {n * n * 8 / 1e9:.1f} GB",
        f"counts of ranks of {n} zones take {n * n * 8 / 1e9:.1f} GB",
    )
    remedy = Text("分组计算", "do groups of zones by themselves")
    return [Problem(what=what, remedy=remedy)] if n > MOST else []


def ranks_of(scores: Array) -> Array:
    """Return ranks along each row: 1 the highest, ties share the best of theirs, NaN where there is no score.

    Scores that differ by no more than 1e-12 of their size are equal: zones with the same data never part by
    rounding.

    Examples
    --------
    >>> ranks_of(np.array([[5.0, 9.0, 5.0, np.nan, 1.0]])).tolist()
    [[2.0, 1.0, 2.0, nan, 4.0]]
    """
    order = np.argsort(-scores, axis=1, kind="stable")  # NaN last
    ordered = np.take_along_axis(scores, order, axis=1)
    new = np.ones(scores.shape, dtype=bool)
    before, after = ordered[:, :-1], ordered[:, 1:]
    new[:, 1:] = ~(before - after <= TIE * np.abs(before))  # NaN are told apart, and lose their place below
    places = np.where(new, np.arange(1, scores.shape[1] + 1), 0)
    places = np.maximum.accumulate(places, axis=1).astype(np.float64)
    places[np.isnan(ordered)] = np.nan
    out = np.empty_like(places)
    np.put_along_axis(out, order, places, axis=1)
    return out


def _distance(ranks: Array, nominal: Array) -> Array:
    gap = np.abs(ranks - nominal)
    there = ~np.isnan(gap)
    number = there.sum(axis=1)
    total = np.where(there, gap, 0.0).sum(axis=1)
    out = np.full(len(total), np.nan)
    np.divide(total, number, out=out, where=number > 0)
    return out


def _count(counts: NDArray[np.int64], ranks: Array, there: NDArray[np.bool_], times: Designs) -> None:
    """Add the ranks of a batch to the counts."""
    n = len(counts)
    flat = np.broadcast_to(np.arange(n) * n, ranks.shape)[there] + ranks[there].astype(np.int64) - 1
    weight = np.broadcast_to(times[:, None], ranks.shape)[there]
    counts += np.bincount(flat, weights=weight, minlength=n * n).astype(np.int64).reshape(n, n)
