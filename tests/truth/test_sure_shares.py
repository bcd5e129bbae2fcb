"""Sobol indices in closed form, correlation ratios of known models, two zones by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure import sure
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe
from yipan.measure.sure import effects


def test_ishigami() -> None:
    """f = sin x1 + a sin² x2 + b x3⁴ sin x1 over (−π, π)³: variances are known (Ishigami & Homma 1990)."""
    a, b = 7.0, 0.1
    x = (2 * sure.sobol_points(3, base=8192, seed=1) - 1) * np.pi
    y = np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])
    v1 = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    v2 = a**2 / 8
    v13 = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    got = sure.sobol(y, ("x1", "x2", "x3"), resamples=200)
    np.testing.assert_allclose(got.first, [v1 / v, v2 / v, 0], atol=0.02)
    np.testing.assert_allclose(got.total, [(v1 + v13) / v, v2 / v, v13 / v], atol=0.01)
    for at, ends in ((got.first, got.first_interval), (got.total, got.total_interval)):
        assert (ends[:, 0] <= at).all()
        assert (at <= ends[:, 1]).all()
    assert got.warnings == ()


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """y = 3 x1 + x2, S = 0.9 and 0.1; 40 small samples of pseudo-random points, 90 % intervals."""
    inside = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        a, b = rng.uniform(size=(2, 128, 2))
        mixed = [np.where(np.arange(2) == i, b, a) for i in range(2)]
        x = np.concatenate([a, b, *mixed])
        got = sure.sobol(3 * x[:, 0] + x[:, 1], ("a", "b"), resamples=200, seed=seed)
        low, high = got.total_interval.T
        inside += int(((low <= [0.9, 0.1]) & (high >= [0.9, 0.1])).sum())
    assert 60 <= inside <= 80  # of 80; 72 expected


def test_a_small_sample_is_called_unsure() -> None:
    rng = np.random.default_rng(2)
    got = sure.sobol(rng.normal(size=8 * 4), ("a", "b"), resamples=100)
    assert len(got.warnings) == 2
    assert all(p.severity == "warning" for p in got.warnings)


def test_what_sobol_refuses() -> None:
    with pytest.raises(MeasureError, match="not a power of 2"):
        sure.sobol_points(2, base=100)
    with pytest.raises(MeasureError, match="are not N"):
        sure.sobol(np.arange(9.0), ("a", "b"))
    with pytest.raises(MeasureError, match="an output is missing"):
        sure.sobol(np.array([1.0, np.nan] * 4), ("a", "b"))
    with pytest.raises(MeasureError, match="never changes"):
        sure.sobol(np.ones(8), ("a", "b"))


def test_options_have_equal_slices() -> None:
    choices = [sure.weightings("given", "equal"), sure.aggregations("arithmetic", "geometric", "harmonic")]
    designs = sure.sobol_designs(choices, base=1024)
    assert designs.shape == (4096, 2)
    for k, options in ((0, 2), (1, 3)):
        share = np.bincount(designs[:2048, k]) / 2048
        np.testing.assert_allclose(share, 1 / options, atol=0.01)
    a, mixed = designs[:1024], designs[2048:3072]
    assert (a[:, 1] == mixed[:, 1]).all()  # only the first column is from B


def test_correlation_ratios_of_an_additive_model() -> None:
    """y = 2 x1 + x2, independent normals: the ratios are 4/5 and 1/5."""
    x = np.random.default_rng(5).normal(size=(3000, 3))
    got = sure.correlation_ratios(x, 2 * x[:, 0] + x[:, 1])
    np.testing.assert_allclose(got, [0.8, 0.2, 0.0], atol=0.03)


def test_correlation_ratios_see_what_correlations_do_not() -> None:
    x = np.random.default_rng(6).normal(size=(1500, 2))
    y = x[:, 0] ** 2 + 0.5 * x[:, 1]  # variances 2 and 1/4
    got = sure.importance(x, y, weights=[1, 1], names=["a", "b"])
    assert abs(got.loc["a", "correlation"]) < 0.15
    assert got.loc["a", "ratio"] == pytest.approx(8 / 9, abs=0.05)
    assert got["effective"].sum() == pytest.approx(1)
    assert got.loc["a", "excess"] > 0.3


def test_binning_many_zones_changes_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(1500, 3))
    y = x[:, 0] ** 2 + 0.5 * x[:, 1] + np.sin(3 * x[:, 2])
    binned = sure.correlation_ratios(x, y)
    monkeypatch.setattr(effects, "EXACT", 10**9)
    np.testing.assert_allclose(binned, sure.correlation_ratios(x, y), atol=1e-3)


def test_a_constant_explains_nothing_and_nothing_is_said_of_few() -> None:
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    got = sure.correlation_ratios(x, np.arange(20.0))
    assert np.isnan(got[0])
    assert got[1] == pytest.approx(1, abs=1e-6)
    assert np.isnan(sure.correlation_ratios(x[:9], np.arange(9.0))).all()


def test_reliance_on_compensation_by_hand() -> None:
    found = sure.compensability(
        [[4.0, 4.0], [1.0, 9.0], [0.0, 8.0], [-1.0, 8.0]], weights=[1, 1], names=["a", "b"]
    )
    np.testing.assert_allclose(found.reliance, [0, 0.4, 1, np.nan], atol=1e-12)  # G 3 of A 5; G 0
    assert [t[:2] for t in found.trade_offs] == [("a", "b")]


def test_the_smallest_change_of_weights_by_hand() -> None:
    """Leads of 30, −20, 10 at equal weights: 20/3 must go; moving v from first to second takes 50 v."""
    found = sure.tipping([[50.0, 10.0, 30.0], [20.0, 30.0, 20.0]], weights=[1, 1, 1])
    assert found.difference == pytest.approx(20 / 3)
    assert found.moved == pytest.approx(20 / 3 / 50)
    v = 20 / 3 / 50
    np.testing.assert_allclose(found.weights, [1 / 3 - v, 1 / 3 + v, 1 / 3], atol=1e-12)
    nothing = sure.tipping([[2.0, 3.0], [1.0, 1.0]], weights=[1, 1])
    assert not nothing.possible
    assert np.isnan(nothing.moved)
    with pytest.raises(MeasureError, match="two complete rows"):
        sure.tipping([[1.0, np.nan], [1.0, 2.0]], weights=[1, 1])


def test_what_decides_the_order_of_two_zones() -> None:
    """One zone is lopsided, the other even: the kind of mean decides, then the weight of the first part."""
    data = pd.DataFrame({"a": [0.0, 10.0, 5.2], "b": [10.0, 0.0, 5.2]}, index=["up", "down", "even"])
    recipe = Recipe(root=Node(id="index", parts=(Leaf(id="a"), Leaf(id="b"))), normalise=Normalise(low=1))
    noise = sure.noisy_weights(recipe, sets=400, share=0.9, leaves=True)
    choices = [sure.aggregations("arithmetic", "geometric"), noise]
    found = sure.order_of_two(
        recipe, data, choices, designs=sure.every_design(choices), first="down", second="even"
    )
    table = found.options.set_index("option")
    assert table.loc["geometric", "ahead"] < 0.2 < table.loc["arithmetic", "ahead"]
    assert found.ahead == pytest.approx(table["ahead"].mean())
    by = found.weights.set_index("part")["correlation"]
    assert by["a"] > 0.3 > -0.3 > by["b"]
    with pytest.raises(MeasureError, match="no zone nowhere"):
        sure.order_of_two(
            recipe, data, [], designs=np.zeros((1, 0), dtype=np.int64), first="up", second="nowhere"
        )
