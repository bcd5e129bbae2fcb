"""Aggregations by hand; what they refuse; what missing scores do to weights."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from yipan.errors import MeasureError
from yipan.measure import aggregate

SCORES = np.array([[20.0, 80.0, 50.0], [60.0, 60.0, 60.0], [90.0, 10.0, 40.0]])


def test_a_zero_is_refused_where_it_would_wipe_out_the_rest() -> None:
    zero = SCORES.copy()
    zero[1, 2] = 0.0
    for method in (aggregate.geometric, aggregate.harmonic):
        with pytest.raises(MeasureError, match="row 3, #3: not above 0 in 1 of 3 zones"):
            method(zero)
    assert aggregate.power(zero, p=0.5)[1] > 0
    zero[1, 2] = -1.0
    with pytest.raises(MeasureError, match="not 0 or more"):
        aggregate.power(zero, p=0.5)


def test_negative_weights_and_shapes_are_refused() -> None:
    for w in ([1, -1, 1], [0, 0, 0], [1, np.nan, 1]):
        with pytest.raises(MeasureError, match="negative or not a number, or all are 0"):
            aggregate.arithmetic(SCORES, w)
    with pytest.raises(MeasureError, match="do not fit"):
        aggregate.arithmetic(SCORES, [1, 1])
    with pytest.raises(MeasureError, match="infinite"):
        aggregate.arithmetic([[np.inf, 1.0]])


def test_missing_scores_hand_their_weight_on_until_too_few_are_left() -> None:
    holes = np.array([[20.0, np.nan, 50.0], [np.nan, np.nan, 60.0]])
    w = [1, 2, 3]
    assert aggregate.arithmetic(holes, w).tolist()[0] == pytest.approx((20 + 150) / 4)
    assert np.isnan(aggregate.arithmetic(holes, w)[1])  # one of three is below a half
    assert aggregate.geometric(holes, w, least=0.3).tolist() == pytest.approx([(20 * 50**3) ** 0.25, 60.0])
    assert np.isnan(aggregate.arithmetic(holes, w, least=0.7)).all()
    only = aggregate.arithmetic([[5.0, np.nan]], [0, 1])
    assert np.isnan(only).all()  # all of the weight is on what is missing


def test_imbalance_costs_more_from_arithmetic_to_harmonic() -> None:
    a, g, h = (f(SCORES) for f in (aggregate.arithmetic, aggregate.geometric, aggregate.harmonic))
    assert (a[[0, 2]] > g[[0, 2]]).all()
    assert (g[[0, 2]] > h[[0, 2]]).all()
    assert a[1] == pytest.approx(60)
    assert h[1] == pytest.approx(60)


def test_mazziotta_pareto_by_hand() -> None:
    """Scores 90, 100, 110: mean 100, population variance 200/3; sample variance 100."""
    z = [[90.0, 100.0, 110.0]]
    assert aggregate.mazziotta_pareto(z)[0] == pytest.approx(100 - 2 / 3)
    assert aggregate.mazziotta_pareto(z, kind="burden")[0] == pytest.approx(100 + 2 / 3)
    assert aggregate.mazziotta_pareto(z, ddof=1)[0] == pytest.approx(99)
    with pytest.raises(MeasureError, match="no weighted form"):
        aggregate.mazziotta_pareto(z, [1, 2, 1], ddof=1)
    with pytest.raises(MeasureError, match="mean is not above 0"):
        aggregate.mazziotta_pareto([[-1.0, 0.0, 1.0]])


def test_topsis_by_hand_and_its_refusals() -> None:
    """Columns (3, 4) and (4, 3), norms 5: a zone is best in one and worst in the other; alike by symmetry."""
    assert aggregate.topsis([[3, 4], [4, 3]]).tolist() == pytest.approx([0.5, 0.5])
    assert aggregate.topsis([[3, 4], [4, 3]], directions=[1, -1]).tolist() == pytest.approx([0, 1])
    for data, said in (
        ([[1.0, 2.0], [1.0, 2.0]], "no two zones differ"),
        ([[1.0, 2.0]], "no two zones differ"),
        ([[0.0, 2.0], [0.0, 3.0]], "all 0"),
        ([[np.nan, 2.0], [1.0, 3.0]], "a missing value"),
    ):
        with pytest.raises(MeasureError, match=said):
            aggregate.topsis(data)
    with pytest.raises(MeasureError, match="directions"):
        aggregate.topsis([[3, 4], [4, 3]], directions=[0, 1])


def test_pairs_compare_what_both_have() -> None:
    holes = np.array([[3.0, np.nan, 1.0], [2.0, 5.0, 2.0], [np.nan, np.nan, 9.0]])
    o = aggregate.outranking(holes, [0.5, 0.2, 0.3])
    assert o[0, 1] == pytest.approx(0.5 / 0.8)
    assert np.isnan(o[2]).all()
    assert np.isnan(aggregate.copeland(holes, [0.5, 0.2, 0.3])).tolist() == [False, False, True]


def test_a_tie_by_rounding_is_a_tie() -> None:
    """0.1 + 0.2 against 0.3 of 0.6 is a half but for the last bit."""
    tie = aggregate.copeland([[1, 1, 0], [0, 0, 1]], [0.1, 0.2, 0.3])
    assert tie.tolist() == [0, 0]
    assert aggregate.copeland([[1.0, 2.0]]).tolist() == [0]  # one zone: nobody to beat


@pytest.mark.parametrize("seed", range(8))
def test_the_supported_order_against_all_orders(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.uniform(size=(6, 5))
    w = rng.dirichlet(np.ones(5))
    o = aggregate.outranking(scores, w)
    best = max(sum(o[a, b] for i, a in enumerate(p) for b in p[i + 1 :]) for p in permutations(range(6)))
    found = aggregate.noncompensatory(scores, w)
    assert found.support == pytest.approx(best)
    assert not found.proved or found.support == pytest.approx(found.bound)
    assert sorted(found.zones.tolist()) == list(range(6))
    assert found.positions[found.zones].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_circle_of_majorities_is_not_called_proved() -> None:
    circle = aggregate.noncompensatory([[3, 2, 1], [2, 1, 3], [1, 3, 2]], [1, 1, 1])
    assert not circle.proved
    assert circle.support == pytest.approx(5 / 3)


def test_no_amount_makes_up_for_a_lost_majority() -> None:
    mild = aggregate.noncompensatory([[1e6, 1, 1], [0, 2, 2]], [1, 1, 1])
    assert mild.zones.tolist() == [1, 0]
    assert aggregate.arithmetic([[1e6, 1, 1], [0, 2, 2]]).argmax() == 0
