"""Designs: the fast way against the recipe itself run design by design; what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure import sure
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, Screen, run
from yipan.measure.sure import engine

RNG = np.random.default_rng(7)
ZONES = [f"z{k}" for k in range(12)]
DATA = pd.DataFrame(RNG.uniform(1, 9, (12, 6)), index=ZONES, columns=list("abcdef"))
RECIPE = Recipe(
    root=Node(
        id="index",
        parts=(
            Node(id="left", parts=tuple(Leaf(id=c) for c in "abc"), weight=2.0),
            Node(id="right", parts=(Leaf(id="d"), Leaf(id="e", direction=-1, weight=3.0))),
            Leaf(id="f"),
        ),
    ),
    normalise=Normalise(low=1, high=100),
)


def _holes() -> pd.DataFrame:
    data = DATA.copy()
    data.loc["z1", "a"] = np.nan
    data.loc["z2", ["a", "b"]] = np.nan  # left falls below a half
    data.loc["z3", ["a", "b", "d", "e"]] = np.nan  # and then the index as well
    data.loc["z4", "f"] = np.nan
    return data


def _with_factors(recipe: Recipe, factor: dict[str, float]) -> Recipe:
    def part(p: Node | Leaf) -> Node | Leaf:
        p = replace(p, weight=p.weight * factor.get(p.id, 1.0))
        return p if isinstance(p, Leaf) else replace(p, parts=tuple(part(q) for q in p.parts))

    root = part(recipe.root)
    assert isinstance(root, Node)
    return replace(recipe, root=root)


@pytest.mark.parametrize("data", [DATA, _holes()], ids=["whole", "holes"])
def test_every_design_is_what_the_recipe_gives(data: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", 8 * 12 * 9 * 3)  # three designs a batch
    noise = sure.noisy_weights(RECIPE, sets=5, share=0.5, leaves=True, seed=3)
    ways = sure.aggregations("arithmetic", "geometric", "harmonic", "mazziotta_pareto")
    z = sure.Choice("scale", {"1-100": lambda r: r, "0-1": _scaled})
    choices = [ways, noise, z]
    designs = sure.random_designs(choices, count=60, seed=5)
    got = sure.uncertainty(RECIPE, data, choices, designs=designs, keep_scores=True)
    for row, (way, weights, scale) in enumerate(designs):
        recipe = ways.options[ways.labels[way]](RECIPE)
        recipe = z.options[z.labels[scale]](recipe)
        recipe = _with_factors(recipe, dict(zip(noise.parts, noise.factors[weights], strict=True)))
        np.testing.assert_allclose(got.scores[row], run(recipe, data).index, rtol=1e-12)
    assert got.counts.sum() == 60 * np.isfinite(got.scores[0]).sum()
    np.testing.assert_allclose(got.mean_scores, got.scores.mean(axis=0), rtol=1e-12)


def _scaled(recipe: Recipe) -> Recipe:
    return replace(recipe, normalise=Normalise(low=0.01, high=1))


def test_a_zone_that_some_options_screen_out_has_no_rank_there() -> None:
    choices = [
        sure.Choice("screen", {"all": lambda r: r, "whole": lambda r: replace(r, screen=Screen(least=0.6))})
    ]
    got = sure.uncertainty(
        RECIPE, _holes().assign(f=DATA["f"]), choices, designs=sure.every_design(choices), keep_scores=True
    )
    assert np.isnan(got.scores[:, 3]).tolist() == [True, True]  # z3: too few parts anyway
    loose = replace(RECIPE, root=replace(RECIPE.root, least=0.3))
    got = sure.uncertainty(
        loose, _holes().assign(f=DATA["f"]), choices, designs=sure.every_design(choices), keep_scores=True
    )
    assert np.isnan(got.scores[:, 3]).tolist() == [False, True]
    assert got.counts[3].sum() == 1
    strict = run(replace(loose, screen=Screen(least=0.6)), _holes().assign(f=DATA["f"]))
    np.testing.assert_allclose(np.delete(got.scores[1], 3), strict.index, rtol=1e-12)


def test_weights_found_in_the_data_may_vary_too() -> None:
    choices = [sure.weightings("given", "equal", "deviation", "critic")]
    got = sure.uncertainty(RECIPE, DATA, choices, designs=sure.every_design(choices), keep_scores=True)
    for row, option in enumerate(choices[0].options.values()):
        np.testing.assert_allclose(got.scores[row], run(option(RECIPE), DATA).index, rtol=1e-12)


def test_equal_designs_count_each_time() -> None:
    choices = [sure.aggregations("arithmetic", "geometric")]
    once = sure.uncertainty(RECIPE, DATA, choices, designs=np.array([[0], [1]]))
    more = sure.uncertainty(RECIPE, DATA, choices, designs=np.array([[1], [0], [0], [0], [1], [0]]))
    assert once.distance[[1, 0, 0, 0, 1, 0]].tolist() == more.distance.tolist()
    alone = [sure.uncertainty(RECIPE, DATA, choices, designs=np.array([[k]])).counts for k in (0, 1)]
    np.testing.assert_array_equal(more.counts, 4 * alone[0] + 2 * alone[1])


def test_ranks_share_the_better_place_and_quantiles_interpolate() -> None:
    scores = np.array([[3.0, 3.0, 1.0, np.nan], [np.nan] * 4])
    assert np.array_equal(sure.ranks_of(scores), [[1, 1, 3, np.nan], [np.nan] * 4], equal_nan=True)
    assert sure.ranks_of(np.array([[0.3, 0.1 + 0.2, 0.1]])).tolist() == [[1, 1, 3]]
    counts = np.array([[3, 0, 1, 1], [0, 0, 0, 0], [0, 5, 0, 0], [2, 0, 0, 3]])
    made = sure.Uncertainty(
        zones=("a", "b", "c", "d"), choices=(), designs=np.zeros((5, 0), dtype=np.int64),
        nominal=np.zeros(4), nominal_ranks=np.ones(4), counts=counts, distance=np.zeros(5),
        mean_scores=np.zeros(4), scores=np.zeros((0, 4)),
    )  # fmt: skip
    for share in (0.0, 0.05, 0.3, 0.5, 0.65, 0.95, 1.0):
        drawn = [np.repeat([1, 2, 3, 4], c) for c in counts[[0, 2, 3]]]
        expected = [np.quantile(d, share) for d in drawn]
        np.testing.assert_allclose(made.rank_quantile(share)[[0, 2, 3]], expected, rtol=1e-12)
    assert np.isnan(made.rank_quantile(0.5)[1])


def test_a_zero_under_a_geometric_mean_is_refused_and_the_options_named() -> None:
    zero = replace(RECIPE, normalise=Normalise(low=0, high=100))
    choices = [sure.aggregations("arithmetic", "geometric", "harmonic")]
    with pytest.raises(MeasureError) as e:
        sure.uncertainty(zero, DATA, choices, designs=sure.every_design(choices))
    said = [p.what.en for p in e.value.problems]
    assert any("[aggregation: geometric] a has scores not above 0" in s for s in said)
    assert any("[aggregation: harmonic]" in s for s in said)
    assert not any("[aggregation: arithmetic]" in s for s in said)


def test_an_indicator_that_is_the_same_everywhere_is_refused() -> None:
    flat = DATA.assign(c=4.0)
    with pytest.raises(MeasureError, match=r"c: .*the same value everywhere"):
        sure.uncertainty(RECIPE, flat, [], designs=np.zeros((1, 0), dtype=np.int64))


def test_choices_that_make_no_sense_are_refused() -> None:
    ok = [sure.aggregations("arithmetic", "geometric")]
    for designs in (np.array([[2]]), np.array([[-1]]), np.array([[0, 0]]), np.zeros((0, 1))):
        with pytest.raises(MeasureError):
            sure.uncertainty(RECIPE, DATA, ok, designs=designs.astype(np.int64))
    with pytest.raises(MeasureError, match="has no option"):
        sure.setup(RECIPE, DATA, [sure.Choice("empty", {})])
    for parts, factors in ((("a",), [[-1.0]]), (("nobody",), [[1.0]]), (("a", "b"), [[1.0]])):
        with pytest.raises(MeasureError):
            sure.setup(RECIPE, DATA, [sure.WeightFactors("w", parts, np.array(factors))])
    panel = pd.concat({2020: DATA, 2021: DATA}).swaplevel()
    with pytest.raises(MeasureError, match="several years"):
        sure.setup(RECIPE, panel, ok)
    with pytest.raises(MeasureError, match="above 0 and at most 1"):
        sure.noisy_weights(RECIPE, sets=3, share=1.5)


def test_too_many_zones_are_refused_before_memory_is_taken() -> None:
    many = pd.DataFrame(np.ones((9000, 6)), columns=list("abcdef"))
    with pytest.raises(MeasureError, match=r"9000 zones take 0\.6 GB"):
        sure.uncertainty(RECIPE, many, [], designs=np.zeros((1, 0), dtype=np.int64))


def test_one_indicator_less_or_more() -> None:
    ranks = sure.drop_one(RECIPE, DATA)
    for name in DATA:
        less = {"a": ("b", "c"), "d": ("e",), "f": ()}.get(name)
        if less is None:
            continue
        kept = [p for p in RECIPE.root.parts if p.id != name]
        parts = tuple(
            replace(p, parts=tuple(q for q in p.parts if q.id != name)) if isinstance(p, Node) else p
            for p in kept
        )
        again = run(replace(RECIPE, root=replace(RECIPE.root, parts=parts)), DATA)
        np.testing.assert_array_equal(ranks[name], again.index.rank(ascending=False, method="min"))
    short = replace(RECIPE, root=replace(RECIPE.root, parts=RECIPE.root.parts[:2]))
    more = sure.add_one(short, DATA, candidates={"with f": ("index", Leaf(id="f"))})
    np.testing.assert_array_equal(more["with f"], ranks["nominal"])
    assert sure.moved(ranks)["mean"].is_monotonic_decreasing
    with pytest.raises(MeasureError) as e:
        sure.add_one(short, DATA, candidates={"x": ("nowhere", Leaf(id="f")), "y": ("left", Leaf(id="a"))})
    assert [p.column for p in e.value.problems] == ["x", "y"]
    lone = Recipe(root=Node(id="index", parts=(Leaf(id="a"),)))
    with pytest.raises(MeasureError, match="one indicator only"):
        sure.drop_one(lone, DATA)


def test_a_group_left_empty_goes_too() -> None:
    root = Node(id="index", parts=(Node(id="one", parts=(Leaf(id="a"),)), Leaf(id="b")))
    ranks = sure.drop_one(Recipe(root=root), DATA)
    np.testing.assert_array_equal(ranks["a"], DATA["b"].rank(ascending=False))
