"""Laws of the index recipe that hold for any data: scales, order, files."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yipan.errors import errors_of
from yipan.measure.recipe import (
    Impute,
    Leaf,
    Node,
    Normalise,
    Recipe,
    Screen,
    Treat,
    ranks,
    recipe_from_dict,
    recipe_problems,
    recipe_to_dict,
    run,
    skew_kurtosis,
    treat,
)
from yipan.scenario.toml import toml_text

NAMES = ("p", "q", "r")
VALUES = st.integers(-1000, 1000).map(float)
TABLES = arrays(float, st.tuples(st.integers(3, 12), st.just(3)), elements=VALUES).filter(
    lambda x: bool((np.ptp(x, axis=0) > 0).all())
)


def frame(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=list(NAMES), index=[f"z{i}" for i in range(len(x))])


def recipe(directions: tuple[int, ...] = (1, 1, 1), **steps: object) -> Recipe:
    leaves = [Leaf(id=n, direction=d) for n, d in zip(NAMES, directions, strict=True)]
    root = Node(id="index", parts=(leaves[0], Node(id="group", parts=tuple(leaves[1:]))))
    return Recipe(root=root, **steps)  # type: ignore[arg-type]


DIRECTIONS = st.tuples(*[st.sampled_from((1, -1))] * 3)


@given(TABLES, DIRECTIONS)
@settings(max_examples=40, deadline=None)
def test_scores_stay_on_their_scale_and_reach_both_ends(x: np.ndarray, directions: tuple[int, ...]) -> None:
    built = run(recipe(directions), frame(x))
    scores = built.normalised.to_numpy()
    np.testing.assert_allclose(scores.min(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(scores.max(axis=0), 100.0)
    assert built.scores.to_numpy().min() >= -1e-9
    assert built.scores.to_numpy().max() <= 100.0 + 1e-9


@given(TABLES, DIRECTIONS, st.sampled_from([0.25, 3.0, 1000.0]), st.integers(-50, 50))
@settings(max_examples=40, deadline=None)
def test_units_do_not_matter(x: np.ndarray, directions: tuple[int, ...], factor: float, shift: int) -> None:
    """Minimum and maximum, z scores and the treatment rule do not feel a change of unit."""
    for rule in (Normalise(), Normalise(method="z")):
        made = recipe(directions, normalise=rule, treat=Treat())
        one, two = run(made, frame(x)), run(made, frame(x * factor + shift))
        np.testing.assert_allclose(one.scores, two.scores, rtol=1e-7, atol=1e-7)


@given(TABLES, DIRECTIONS)
@settings(max_examples=40, deadline=None)
def test_turning_values_and_direction_round_changes_nothing(
    x: np.ndarray, directions: tuple[int, ...]
) -> None:
    turned = tuple(-d for d in directions)
    for rule in (Normalise(), Normalise(method="z"), Normalise(method="rank")):
        one = run(recipe(directions, normalise=rule), frame(x)).scores
        two = run(recipe(turned, normalise=rule), frame(-x)).scores
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-9)


@given(TABLES, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(x: np.ndarray, random: object) -> None:
    data = frame(x)
    order = list(data.index)
    random.shuffle(order)  # type: ignore[attr-defined]
    made = recipe(treat=Treat())
    one, two = run(made, data), run(made, data.loc[order])
    np.testing.assert_allclose(one.scores, two.scores.loc[data.index], rtol=1e-9, atol=1e-9)
    assert ranks(one).iloc[:, -1].min() == 1.0


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_treating_keeps_the_order_and_never_widens(x: np.ndarray) -> None:
    for rule in (Treat(), Treat(winsorise=0, second="log_ct_plus"), Treat(winsorise=0, second="boxcox")):
        treated, points, done = treat(x, [rule] * 3)
        for k in range(3):
            order = np.argsort(x[:, k], kind="stable")
            assert (np.diff(treated[order, k]) >= 0).all()
            if done[k].curve is None:
                assert treated[:, k].min() >= x[:, k].min()
                assert treated[:, k].max() <= x[:, k].max()
            assert (treated[points[:, k] == 0, k] == x[points[:, k] == 0, k]).all()


@given(arrays(float, 20, elements=VALUES))
@settings(max_examples=40, deadline=None)
def test_a_passing_distribution_is_left_alone(x: np.ndarray) -> None:
    treated, points, done = treat(x[:, None], [Treat()])
    skew, kurtosis = skew_kurtosis(x[:, None])
    if abs(skew[0]) < 2 or kurtosis[0] < 3.5:
        assert (treated[:, 0] == x).all()
        assert not points.any()
    elif not done[0].note:
        end_skew, end_kurtosis = skew_kurtosis(treated)
        assert abs(end_skew[0]) < 2 or end_kurtosis[0] < 3.5


@given(TABLES, st.data())
@settings(max_examples=40, deadline=None)
def test_imputing_fills_gaps_and_touches_nothing_else(x: np.ndarray, data: st.DataObject) -> None:
    holes = data.draw(arrays(bool, x.shape))
    holes[:2] = False  # something to impute from
    x[1] = x[0] + 1.0  # two values that differ
    holed = np.where(holes, np.nan, x)
    table = frame(holed).assign(
        g=data.draw(st.lists(st.sampled_from("uv"), min_size=len(x), max_size=len(x)))
    )
    steps = (Impute(method="group_median", by="g"), Impute(method="mean"))
    built = run(recipe(impute=steps), table)
    filled = built.imputed.to_numpy()
    assert not np.isnan(filled).any()
    assert (filled[~holes] == x[~holes]).all()
    assert ((built.filled != "measured").to_numpy() == holes).all()


NUMBERS = st.floats(0.1, 100.0).map(lambda v: round(v, 3))
TREATS = st.none() | st.builds(
    Treat,
    winsorise=st.integers(0, 9),
    second=st.sampled_from(("none", "log_ct", "log_gii", "boxcox")),
    power=st.none() | NUMBERS,
    combine=st.booleans(),
)
NORMALISES = st.builds(
    Normalise,
    method=st.sampled_from(("minmax", "z", "rank", "fraction")),
    low=st.just(1.0),
    clip=st.booleans(),
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    names = iter(range(1000))

    def leaf() -> Leaf:
        return Leaf(
            id=f"i{next(names)}",
            weight=draw(NUMBERS),
            direction=draw(st.sampled_from((1, -1))),
            denominator=draw(st.sampled_from(("", "人口"))),
            target=draw(st.none() | NUMBERS),
            treat=draw(TREATS),
            normalise=draw(st.none() | NORMALISES),
        )

    def node(depth: int) -> Node:
        count = draw(st.integers(1, 3))
        parts = tuple(node(depth - 1) if depth and draw(st.booleans()) else leaf() for _ in range(count))
        judged = draw(st.booleans())
        return Node(
            id=f"g{next(names)}",
            parts=parts,
            weight=draw(NUMBERS),
            weights="ahp" if judged else "given",
            judgements=tuple(tuple(1.0 for _ in parts) for _ in parts) if judged else (),
            aggregate=draw(st.sampled_from(("arithmetic", "geometric", "doubt"))),
            shares=draw(st.sampled_from(((0.0, 1.0), (0.1, 0.9)))),
        )

    return Recipe(
        root=node(2),
        impute=draw(st.sampled_from(((), (Impute(method="group_mean", by="g"), Impute(method="mean"))))),
        screen=draw(st.none() | st.just(Screen(least=0.5))),
        treat=draw(TREATS),
        normalise=draw(NORMALISES),
    )


@given(recipes())
@settings(max_examples=60, deadline=None)
def test_a_recipe_reads_back_equal(made: Recipe) -> None:
    assert not errors_of(recipe_problems(made))
    assert recipe_from_dict(tomllib.loads(toml_text(recipe_to_dict(made)))) == made


@given(st.floats(allow_nan=True).filter(lambda w: not w >= 0 or math.isinf(w)))
def test_no_weight_below_zero_or_without_number_passes(weight: float) -> None:
    made = recipe()
    first = replace(made.root.parts[0], weight=weight)
    bad = replace(made, root=replace(made.root, parts=(first, *made.root.parts[1:])))
    assert any(p.column == "indicator.p.weight" for p in recipe_problems(bad))
