"""What holds of weights and aggregates whatever the data."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yipan.measure import aggregate, weights

TABLES = arrays(np.float64, st.tuples(st.integers(8, 14), st.integers(2, 4)), elements=st.integers(1, 60))
SETTINGS = settings(max_examples=40, deadline=None)


def _varies(x: np.ndarray) -> bool:
    return bool((np.ptp(x, axis=0) > 0).all())


@SETTINGS
@given(TABLES)
def test_weights_are_never_negative_and_sum_to_one(x: np.ndarray) -> None:
    assume(_varies(x))
    methods = [weights.entropy, weights.variation, weights.deviation, weights.pca, weights.optimised]
    for method in methods:
        w = method(x).values
        assert (w >= 0).all()
        assert abs(w.sum() - 1) < 1e-9


@SETTINGS
@given(TABLES, st.floats(0.1, 50))
def test_a_change_of_unit_changes_nothing(x: np.ndarray, factor: float) -> None:
    assume(_varies(x))
    scaled = x * np.where(np.arange(x.shape[1]) == 0, factor, 1.0)
    for method in (weights.entropy, weights.variation):
        np.testing.assert_allclose(method(scaled).values, method(x).values, atol=1e-9)
    np.testing.assert_allclose(
        weights.benefit_of_doubt(scaled).scores, weights.benefit_of_doubt(x).scores, rtol=1e-8
    )


@SETTINGS
@given(TABLES)
def test_means_lie_between_least_and_largest_and_grow_with_p(x: np.ndarray) -> None:
    means = [aggregate.power(x, p=p) for p in (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0)]
    for lower, higher in pairwise(means):
        assert (lower <= higher * (1 + 1e-12)).all()
    assert (means[0] >= x.min(axis=1) * (1 - 1e-12)).all()
    assert (means[-1] <= x.max(axis=1) * (1 + 1e-12)).all()


@SETTINGS
@given(TABLES)
def test_bounds_on_shares_only_lower_a_score(x: np.ndarray) -> None:
    free = weights.benefit_of_doubt(x).scores
    bound = weights.benefit_of_doubt(x, low=0.1, high=0.8).scores
    assert (bound <= free + 1e-9).all()
    assert free.max() <= 1 + 1e-9


@SETTINGS
@given(TABLES)
def test_pairs_add_up_and_wins_cancel(x: np.ndarray) -> None:
    o = aggregate.outranking(x)
    off = ~np.eye(len(x), dtype=bool)
    np.testing.assert_allclose((o + o.T)[off], 1.0)
    assert aggregate.copeland(x).sum() == 0
    order = aggregate.noncompensatory(x)
    assert order.support <= order.bound + 1e-9
