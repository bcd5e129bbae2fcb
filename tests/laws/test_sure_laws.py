"""What holds of uncertainty whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from yipan.measure import sure
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe

TABLES = arrays(np.float64, st.tuples(st.integers(3, 8), st.integers(2, 4)), elements=st.integers(1, 60))
SETTINGS = settings(max_examples=25, deadline=None)


def _index(x: np.ndarray) -> tuple[Recipe, pd.DataFrame]:
    assume((np.ptp(x, axis=0) > 0).all())
    names = [f"i{k}" for k in range(x.shape[1])]
    data = pd.DataFrame(x, columns=names, index=[f"z{k}" for k in range(len(x))])
    root = Node(id="index", parts=tuple(Leaf(id=n) for n in names))
    return Recipe(root=root, normalise=Normalise(low=1)), data


@SETTINGS
@given(TABLES)
def test_every_zone_has_one_rank_a_design_and_intervals_hold_it(x: np.ndarray) -> None:
    recipe, data = _index(x)
    choices = [
        sure.noisy_weights(recipe, sets=7, leaves=True),
        sure.aggregations("arithmetic", "geometric"),
    ]
    designs = sure.every_design(choices)
    got = sure.uncertainty(recipe, data, choices, designs=designs, keep_scores=True)
    assert (got.counts.sum(axis=1) == len(designs)).all()
    ranks = rankdata(-got.scores.round(9), method="min", axis=1)
    table = got.table
    np.testing.assert_array_equal(table["best"], ranks.min(axis=0))
    np.testing.assert_array_equal(table["worst"], ranks.max(axis=0))
    assert (table["q5"] <= table["median"]).all()
    assert (table["median"] <= table["q95"]).all()


@SETTINGS
@given(TABLES)
def test_a_choice_without_alternative_moves_nothing(x: np.ndarray) -> None:
    recipe, data = _index(x)
    one = [sure.weightings("given"), sure.aggregations("arithmetic")]
    got = sure.uncertainty(recipe, data, one, designs=sure.random_designs(one, count=5))
    assert got.distance.tolist() == [0.0] * 5


@SETTINGS
@given(arrays(np.float64, st.tuples(st.just(2), st.integers(2, 6)), elements=st.integers(0, 100)))
def test_at_the_tipping_point_the_zones_tie(x: np.ndarray) -> None:
    n = x.shape[1]
    found = sure.tipping(x, weights=np.ones(n))
    gap = x[0] - x[1]
    assert found.possible == bool(gap.min() <= 0 <= gap.max())
    if found.possible:
        assert abs(found.weights @ gap) < 1e-6
        assert found.weights.min() >= -1e-9
        assert abs(found.weights.sum() - 1) < 1e-9
        assert abs(np.abs(found.weights - 1 / n).sum() / 2 - found.moved) < 1e-9
