"""Where a weighting would mislead in silence it refuses or says so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from yipan.errors import MeasureError
from yipan.measure import weights
from yipan.measure.weights import Weights

RNG = np.random.default_rng(4)
DATA = RNG.uniform(1, 9, (30, 4))
BY_DATA: tuple[Callable[..., Weights], ...] = (
    weights.entropy,
    weights.variation,
    weights.deviation,
    weights.critic,
    weights.pca,
    weights.optimised,
)


@pytest.mark.parametrize("method", BY_DATA)
def test_an_indicator_with_one_value_everywhere_is_refused_by_name(method: Callable[..., Weights]) -> None:
    flat = DATA.copy()
    flat[:, 2] = 5.0
    with pytest.raises(MeasureError, match="jobs: the same value everywhere"):
        method(flat, names=["a", "b", "jobs", "d"])


@pytest.mark.parametrize("method", BY_DATA[:4])
def test_or_gets_nothing_knowingly(method: Callable[..., Weights]) -> None:
    flat = DATA.copy()
    flat[:, 2] = 5.0
    w = method(flat, constant="zero")
    assert w.values[2] == 0
    assert [p.column for p in w.warnings] == ["#3"]
    np.testing.assert_allclose(w.values[[0, 1, 3]], method(DATA[:, [0, 1, 3]]).values)


@pytest.mark.parametrize("method", BY_DATA)
def test_one_zone_alone_has_no_spread(method: Callable[..., Weights]) -> None:
    with pytest.raises(MeasureError, match="complete rows"):
        method(DATA[:1])


@pytest.mark.parametrize("method", BY_DATA)
def test_rows_with_a_gap_are_left_out_and_counted(method: Callable[..., Weights]) -> None:
    holes = DATA.copy()
    holes[[3, 7], 1] = np.nan
    w = method(holes)
    assert any("2 rows have missing values" in p.what.en for p in w.warnings)
    np.testing.assert_allclose(w.values, method(np.delete(DATA, [3, 7], axis=0)).values)


def test_entropy_refuses_negative_data_and_warns_of_shifted_data() -> None:
    with pytest.raises(MeasureError, match="heat: a negative value"):
        weights.entropy(DATA - 5, names=["heat", "b", "c", "d"])
    minmax = (DATA - DATA.min(axis=0)) / np.ptp(DATA, axis=0)
    told = weights.entropy(minmax).warnings
    assert len(told) == 1
    assert "the data look normalised" in told[0].what.en
    assert weights.entropy(DATA).warnings == ()


def test_entropy_changes_with_a_shift() -> None:
    """The three answers of `formulas.md` for one table: raw, min-max with direction, and that plus 1."""
    x = np.array(
        [
            [256, 8, 41, 1.6, 1.77, 7347.16],
            [256, 8, 32, 1.0, 1.8, 6919.99],
            [256, 8, 53, 1.6, 1.9, 8400],
            [256, 8, 41, 1.0, 1.75, 6808.9],
            [512, 8, 35, 1.6, 1.7, 8479.99],
            [256, 4, 35, 1.6, 1.7, 7499.99],
        ]
    )
    scaled = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    scaled[:, 4:] = 1 - scaled[:, 4:]
    first = [float(weights.entropy(t).values[0]) for t in (x, scaled, scaled + 1)]
    assert [round(w, 3) for w in first] == [0.405, 0.527, 0.224]


def test_a_mean_of_nothing_has_no_variation() -> None:
    with pytest.raises(MeasureError, match="its mean is not above 0"):
        weights.variation(DATA - 9)


def test_components_need_more_zones_than_indicators() -> None:
    with pytest.raises(MeasureError, match="4 zones and 4 indicators"):
        weights.pca(DATA[:4])
    assert any("unstable" in p.what.en for p in weights.pca(DATA[:6]).warnings)


def test_a_negative_loading_is_refused_and_never_a_weight() -> None:
    data = DATA.copy()
    data[:, 1] = data[:, 0] + RNG.normal(0, 0.1, 30)
    data[:, 2] = -data[:, 0] + RNG.normal(0, 0.1, 30)
    with pytest.raises(MeasureError, match="the weight would be negative"):
        weights.pca(data, loadings="first")
    w = weights.pca(data).values
    assert (w >= 0).all()
    assert w.sum() == pytest.approx(1)


def test_squared_rotated_loadings_by_hand() -> None:
    """Two blocks of twins, nothing between the blocks: each indicator is half of its block, blocks alike."""
    a, b = np.array([1.0, 1, -1, -1] * 4), np.array([1.0, -1, 1, -1] * 4)
    w = weights.pca(np.column_stack([a, a, b, b]) + RNG.normal(0, 1e-9, (16, 4)))
    np.testing.assert_allclose(w.values, 0.25, atol=1e-6)


def test_judgements_that_contradict_each_other_are_refused_with_the_culprit() -> None:
    """Three by three: λ = 1 + d + 1/d with d³ = a13 / (a12 a23), CR = (λ − 3) / 2 / 0.58."""
    fine = weights.ahp([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    d = (5 / 9) ** (1 / 3)
    assert fine.details["eigenvalue"][0] == pytest.approx(1 + d + 1 / d, abs=1e-12)
    assert fine.details["consistency_ratio"][0] == pytest.approx((d + 1 / d - 2) / 2 / 0.58, abs=1e-12)
    # d = 1/5, λ = 6.2, CR = 1.6 / 0.58
    with pytest.raises(MeasureError, match=r"consistency ratio 2\.759 is above 0\.1"):
        weights.ahp([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])
    for bad in ([[1, 2], [2, 1]], [[1, -1], [-1, 1]], [[1, 2, 3]]):
        with pytest.raises(MeasureError):
            weights.ahp(bad)


def test_negative_weights_are_refused_all_at_once() -> None:
    with pytest.raises(MeasureError) as e:
        weights.manual([1, -2, float("nan")], names=["a", "b", "c"])
    assert [p.column for p in e.value.problems] == ["b", "c"]
    with pytest.raises(MeasureError, match="add up to 0"):
        weights.manual([0, 0])


def test_bounds_of_shares_that_cannot_hold() -> None:
    for low, high in ((0.4, 1.0), (0.0, 0.2), (0.5, 0.4)):
        with pytest.raises(MeasureError, match="cannot all lie between"):
            weights.benefit_of_doubt(DATA, low=low, high=high)
    with pytest.raises(MeasureError, match="missing or negative"):
        weights.benefit_of_doubt(DATA - 5)


def test_a_zero_under_a_lower_bound_is_explained() -> None:
    data = DATA.copy()
    data[0, 0] = 0.0
    found = weights.benefit_of_doubt(data, low=0.1)
    assert found.scores[0] == pytest.approx(0, abs=1e-9)
    assert any("forces its score to 0" in p.what.en for p in found.warnings)


def test_wanted_importance_in_closed_form() -> None:
    """For two indicators r(x1, y) : r(x2, y) = 1 : 1 exactly where w1 sd1 = w2 sd2, whatever their r."""
    x = DATA[:, :2] * [1.0, 3.0]
    expected = 1 / x.std(axis=0)
    got = weights.optimised(x)
    np.testing.assert_allclose(got.values, expected / expected.sum(), atol=1e-5)
    assert got.warnings == ()


def test_importance_out_of_reach_is_said() -> None:
    x = np.column_stack([DATA[:, 0], DATA[:, 1], -DATA[:, 0] - DATA[:, 1] + RNG.normal(0, 0.1, 30)])
    got = weights.optimised(x, low=0.3)
    assert got.values.min() >= 0.3 - 1e-9
    assert any("out of reach" in p.what.en for p in got.warnings)
    with pytest.raises(MeasureError, match="bounds that cannot hold"):
        weights.optimised(x, low=0.4)
