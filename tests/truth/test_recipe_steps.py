"""The steps of the index recipe by hand: small tables whose results are worked out in the test."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from yipan.errors import MeasureError
from yipan.measure.recipe import (
    Impute,
    Leaf,
    Node,
    Normalise,
    Recipe,
    Screen,
    Treat,
    opened,
    ranks,
    results,
    run,
    skew_kurtosis,
    treat,
)

NAN = math.nan


def table(index: str = "abcd", **columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(list(index), name="zone"))


def flat(*leaves: Leaf, **recipe: object) -> Recipe:
    return Recipe(root=Node(id="index", parts=leaves), **recipe)  # type: ignore[arg-type]


POSTS = Normalise(method="goalposts")


def test_denominators_and_their_unit() -> None:
    leaf = Leaf(id="beds", denominator="people", per=1000.0, low=0.0, high=10.0)
    data = table(beds=[5.0, 6.0, 7.0, NAN], people=[1000.0, 3000.0, 0.0, 1000.0], area=[1.0, 2.0, 4.0, -1.0])
    built = run(flat(leaf, normalise=POSTS), data)
    assert built.denominated["beds"].tolist()[:2] == [5.0, 2.0]
    assert built.normalised["beds"].tolist()[:2] == [50.0, 20.0]
    assert built.normalised["beds"].isna().tolist() == [False, False, True, True]
    below = run(flat(Leaf(id="people", denominator="area")), data)
    assert below.denominated["people"].isna().tolist() == [False, False, False, True]
    texts = [p.line("en") for p in built.problems]
    assert any("'people' is missing or not above 0 in 1 rows" in t for t in texts)  # not the missing value
    assert any("index: 2 rows have no score" in t for t in texts)


def test_imputing_step_after_step_is_recorded() -> None:
    data = table(
        "abcdef", x=[1.0, 3.0, NAN, 11.0, NAN, NAN], g=["u", "u", "u", "v", "v", None], y=[1.0, 2, 3, 4, 5, 6]
    )
    steps = (Impute(method="group_mean", by="g"), Impute(method="mean"))
    built = run(flat(Leaf(id="x"), Leaf(id="y"), impute=steps), data)
    assert built.imputed["x"].tolist() == [
        1.0,
        3.0,
        2.0,
        11.0,
        11.0,
        5.0,
    ]  # the last: mean of what was measured
    assert built.filled["x"].tolist() == [
        "measured", "measured", "group_mean", "measured", "group_mean", "mean",
    ]  # fmt: skip
    row = built.report.loc["x"]
    assert (row["measured"], row["imputed_1"], row["imputed_2"], row["missing"]) == (3, 2, 1, 0)


def test_zones_of_no_group_are_not_a_group() -> None:
    data = table("abcde", x=[1.0, 50.0, NAN, 3.0, NAN], g=["u", None, None, "u", "u"])
    built = run(flat(Leaf(id="x"), impute=(Impute(method="group_mean", by="g"),)), data)
    assert built.filled["x"].tolist() == ["measured", "measured", "", "measured", "group_mean"]
    assert built.imputed["x"]["e"] == 2.0


def slow_nearest(x: np.ndarray, row: int, column: int, neighbours: int) -> float:
    """Mean over the nearest rows that have the value: distances over shared columns, scaled up to all."""
    z = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)
    away = []
    for other in range(len(x)):
        shared = ~np.isnan(z[row]) & ~np.isnan(z[other])
        if not np.isnan(x[other, column]) and shared.any():
            gap = ((z[row] - z[other])[shared] ** 2).sum() * x.shape[1] / shared.sum()
            away.append((gap, x[other, column]))
    return float(np.mean([value for _, value in sorted(away)[:neighbours]]))


def test_imputing_by_nearest_neighbours() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    x = np.random.default_rng(5).normal([10.0, 1000.0, 0.1, 5.0], [1.0, 100.0, 0.01, 2.0], size=(30, 4))
    x[np.random.default_rng(6).random(x.shape) < 0.15] = NAN
    data = pd.DataFrame(x, columns=list("pqrs"), index=[f"z{i}" for i in range(30)])
    step = Impute(method="nearest", neighbours=3)
    built = run(flat(*(Leaf(id=c) for c in data), impute=(step,)), data)
    gaps = np.argwhere(np.isnan(x))
    assert len(gaps) > 5
    for row, column in gaps:
        expected = slow_nearest(x, int(row), int(column), 3)
        assert built.imputed.iat[row, column] == pytest.approx(expected, rel=1e-9)
        assert built.filled.iat[row, column] == "nearest"


def test_without_scikit_learn_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.impute", None)
    with pytest.raises(MeasureError, match="install scikit-learn"):
        run(flat(Leaf(id="x"), impute=(Impute(method="nearest"),)), table(x=[1.0, 2.0, NAN, 4.0]))


def panel(rows: dict[tuple[str, int], list[float]], columns: list[str]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(list(rows), names=["zone", "year"])
    return pd.DataFrame(list(rows.values()), index=index, columns=columns, dtype=float)


def test_imputing_between_years_of_one_zone() -> None:
    x = {2015: NAN, 2016: 10.0, 2018: NAN, 2020: 30.0, 2021: NAN}  # unequal steps: 2018 lies half way
    rows = {("a", year): [value, 1.0] for year, value in x.items()} | {("b", 2016): [NAN, 5.0]}
    built = run(flat(Leaf(id="x"), Leaf(id="y"), impute=(Impute(method="linear"),)), panel(rows, ["x", "y"]))
    assert built.imputed["x"].tolist()[:5] == [10.0, 10.0, 20.0, 30.0, 30.0]
    assert built.filled["x"].tolist() == ["linear", "measured", "linear", "measured", "linear", ""]


def test_opening_a_zone_of_a_panel_needs_the_year() -> None:
    built = run(flat(Leaf(id="x")), panel({("a", 1): [1.0], ("a", 2): [3.0]}, ["x"]))
    assert opened(built, "a", year=2).loc["x", "score"] == 100.0
    for zone, year in (("a", None), ("a", 3), ("b", 1)):
        with pytest.raises(MeasureError, match="give the year"):
            opened(built, zone, year=year)
    with pytest.raises(MeasureError, match="not in the data"):
        opened(run(flat(Leaf(id="x")), table("ab", x=[1.0, 2.0])), "a", year=1)


def test_very_large_and_very_small_values() -> None:
    data = table("abcdefghij", x=LONG * 1e200, y=LONG * 1e-200)
    built = run(flat(Leaf(id="x"), Leaf(id="y"), treat=Treat()), data)
    plain = run(flat(Leaf(id="x"), Leaf(id="y"), treat=Treat()), table("abcdefghij", x=LONG, y=LONG))
    np.testing.assert_allclose(built.scores, plain.scores, rtol=1e-12)


def test_imputing_means_stay_within_a_year() -> None:
    rows = {("a", 1): [1.0], ("b", 1): [NAN], ("a", 2): [7.0], ("b", 2): [9.0], ("c", 2): [NAN]}
    built = run(flat(Leaf(id="x"), impute=(Impute(method="mean"),)), panel(rows, ["x"]))
    assert built.imputed["x"].tolist() == [1.0, 1.0, 7.0, 9.0, 8.0]


def test_screened_zones_take_no_part_in_means_and_are_listed() -> None:
    data = table(x=[1.0, 3.0, NAN, 100.0], y=[1.0, 2.0, 3.0, NAN], z=[1.0, 2.0, 3.0, NAN])
    leaves = (Leaf(id="x"), Leaf(id="y"), Leaf(id="z"))
    built = run(flat(*leaves, impute=(Impute(method="mean"),), screen=Screen(least=0.6)), data)
    assert built.screened["kept"].tolist() == [True, True, True, False]
    assert built.screened["share"].round(3).tolist() == [1.0, 1.0, 0.667, 0.333]
    assert built.imputed["x"].tolist() == [1.0, 3.0, 2.0]
    late = run(flat(*leaves, impute=(Impute(method="mean"),), screen=Screen(least=0.6, of="imputed")), data)
    assert late.screened["kept"].all()  # after imputing nothing is missing
    exact = run(flat(*leaves, screen=Screen(least=1 / 3)), data)
    assert exact.screened["kept"].all()  # a third is a third
    unfilled = run(flat(*leaves, screen=Screen(least=1.0, of="imputed")), data)
    assert unfilled.screened["kept"].tolist() == [True, True, False, False]
    assert unfilled.scores.index.tolist() == ["a", "b"]
    with pytest.raises(MeasureError, match="screened out"):
        opened(built, "d")


def test_skewness_and_kurtosis_are_those_of_scipy() -> None:
    x = np.random.default_rng(1).lognormal(size=(40, 3))
    x[3, 1] = np.nan
    skew, kurtosis = skew_kurtosis(x)
    for k in range(3):
        column = x[~np.isnan(x[:, k]), k]
        assert skew[k] == pytest.approx(stats.skew(column, bias=False), rel=1e-12)
        assert kurtosis[k] == pytest.approx(stats.kurtosis(column, bias=False), rel=1e-12)


LONG = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1000.0])


@pytest.mark.parametrize(
    ("rule", "by_hand"),
    [
        (Treat(winsorise=0, second="log_ct"), np.log(LONG - 1.0 + 9.99)),
        (Treat(winsorise=0, second="log_ct_orig"), np.log(LONG)),
        (Treat(winsorise=0, second="log_gii"), np.log(999.0 * (LONG - 1.0) / 999.0 + 1.0)),
        (Treat(winsorise=0, second="boxcox", power=0.5), (np.sqrt(LONG) - 1.0) / 0.5),
        (Treat(winsorise=1), np.where(LONG == 1000.0, 9.0, LONG)),
        (Treat(winsorise=0, second="none"), LONG),
    ],
)
def test_treatments(rule: Treat, by_hand: np.ndarray) -> None:
    treated, _, _ = treat(LONG[:, None], [rule])
    np.testing.assert_allclose(treated[:, 0], by_hand, rtol=1e-14)


def test_log_of_low_outliers_is_mirrored() -> None:
    treated, points, done = treat(-LONG[:, None], [Treat(winsorise=0, second="log_ct_plus")])
    np.testing.assert_allclose(treated[:, 0], -np.log(-1.0 + 9.99 + LONG), rtol=1e-14)
    assert done[0].curve is not None
    assert done[0].curve.mirrored
    assert (points == 2).all()


def test_box_cox_power_by_maximum_likelihood() -> None:
    x = np.random.default_rng(2).lognormal(sigma=2.0, size=200)
    _, _, done = treat(x[:, None], [Treat(winsorise=0, second="boxcox")])
    _, power = stats.boxcox(x - x.min() + 1.0)
    assert done[0].curve is not None
    assert done[0].curve.power == pytest.approx(power, rel=1e-9)


def test_what_could_not_be_treated_is_said() -> None:
    data = pd.DataFrame(
        {
            "below": -np.append(LONG[:-1], 900.0)[::-1] - 5.0,  # maximum under 1: no GII logarithm
            "few": [1.0, 2.0] + [NAN] * 8,
            "spike": [0.0] * 9 + [1.0],  # winsorising would make all values equal
            "fine": np.arange(10.0),
        },
        index=list("abcdefghij"),
    )
    leaves = [Leaf(id=c) for c in data]
    built = run(flat(*leaves, treat=Treat(winsorise=0, second="log_gii")), data)
    assert built.report["treat_note"].tolist() == ["domain", "few", "domain", ""]
    assert built.treated["below"].tolist() == data["below"].tolist()
    assert {p.column for p in built.problems if "values" in p.what.en} >= {"below", "few"}
    spike = run(flat(*leaves, treat=Treat(second="none")), data)
    assert spike.treated["spike"].tolist() == data["spike"].tolist()
    assert spike.report.loc["spike", ["high", "treat_note"]].tolist() == [0, "still"]


def test_goalposts_follow_the_logarithm() -> None:
    """A value at a goalpost scores 0 or 100 whether or not the indicator is transformed."""
    leaf = Leaf(id="x", low=2.0, high=1000.0)
    built = run(flat(leaf, normalise=POSTS, treat=Treat(winsorise=0)), table("abcdefghij", x=LONG))
    assert built.report.loc["x", "curve"] == "log_ct"
    scores = built.normalised["x"]
    assert scores.tolist()[1] == pytest.approx(0.0, abs=1e-12)
    assert scores.tolist()[9] == pytest.approx(100.0)
    assert scores["e"] == pytest.approx(100 * math.log(13.99 / 10.99) / math.log(1008.99 / 10.99))
    out = Leaf(id="x", low=-2000.0, high=1000.0)
    with pytest.raises(MeasureError, match="has no logarithm"):
        run(flat(out, normalise=POSTS, treat=Treat(winsorise=0)), table("abcdefghij", x=LONG))


X = [10.0, 20.0, 40.0, 30.0]


@pytest.mark.parametrize(
    ("direction", "rule", "by_hand"),
    [
        (1, Normalise(), [0, 100 / 3, 100, 200 / 3]),
        (-1, Normalise(low=1.0), [100, 67, 1, 34]),
        (1, Normalise(method="goalposts"), [0, 25, 100, 75]),
        (-1, Normalise(method="goalposts", clip=False), [125, 75, -25, 25]),
        (1, Normalise(method="z", sd=math.sqrt(500 / 3)), [-15, -5, 15, 5]),
        (-1, Normalise(method="rank"), [4, 3, 1, 2]),
        (1, Normalise(method="percentile"), [0, 100 / 3, 100, 200 / 3]),
        (1, Normalise(method="borda"), [0, 1, 3, 2]),
        (1, Normalise(method="target"), [0, 50, 100, 100]),
        (1, Normalise(method="target", clip=False), [0, 50, 150, 100]),
        (-1, Normalise(method="reference", reference="b", clip=False), [150, 100, 0, 50]),
        (1, Normalise(method="maximum"), [0, 100 / 3, 100, 200 / 3]),
        (1, Normalise(method="fraction"), [25, 50, 100, 75]),
        (-1, Normalise(method="fraction"), [100, 50, 25, 100 / 3]),
    ],
)  # fmt: skip
def test_normalising(direction: int, rule: Normalise, by_hand: list[float]) -> None:
    leaf = Leaf(id="x", direction=direction, low=15.0, high=35.0, target=30.0)
    got = run(flat(leaf, normalise=rule), table(x=X)).normalised["x"]
    np.testing.assert_allclose(got, by_hand, rtol=1e-12, atol=1e-12)


def test_ties_share_the_lower_rank_and_gaps_have_none() -> None:
    built = run(flat(Leaf(id="x"), normalise=Normalise(method="rank")), table("abcde", x=[2.0, 1, 2, NAN, 3]))
    assert built.normalised["x"].tolist()[:3] == [2.0, 1.0, 2.0]
    assert built.normalised["x"].tolist()[4] == 4.0
    assert np.isnan(built.normalised["x"]["d"])


def test_branches_with_their_own_methods_and_any_depth() -> None:
    data = table("ab", p=[4.0, 1.0], q=[9.0, 1.0], r=[20.0, 1.0], s=[5.0, 1.0])
    posts = {"low": 0.0, "high": 100.0}
    inner = Node(
        id="inner", aggregate="geometric", parts=(Leaf(id="p", **posts), Leaf(id="q", **posts)), weight=3.0
    )  # 6 and 1
    middle = Node(id="middle", parts=(inner, Leaf(id="r", weight=1.0, **posts)))  # 18/4 + 5 = 9.5 and 1
    root = Node(
        id="index", aggregate="power", power=2.0, weights="equal", parts=(Leaf(id="s", **posts), middle)
    )
    built = run(Recipe(root=root, normalise=POSTS), data)
    assert built.scores.columns.tolist() == ["inner", "middle", "index"]
    np.testing.assert_allclose(built.scores.loc["a"], [6.0, 9.5, math.sqrt((25 + 90.25) / 2)])
    effective = built.weights.set_index("part")["effective"]
    assert effective[["p", "q", "r", "s"]].tolist() == [0.1875, 0.1875, 0.125, 0.5]
    assert effective[["p", "q", "r", "s"]].sum() == 1.0
    assert ranks(built)["index"].tolist() == [1.0, 2.0]
    assert results(built).columns.tolist() == ["rank", "index", "middle", "inner", "s", "p", "q", "r"]
    row = opened(built, "a").loc["p"]
    assert (row["group"], row["raw"], row["score"], row["filled"], row["effective"]) == (
        "inner", 4.0, 4.0, "measured", 0.1875,
    )  # fmt: skip


def test_missing_parts_are_reweighted_down_to_the_least_share() -> None:
    data = table("abc", p=[10.0, 10.0, NAN], q=[20.0, NAN, NAN], r=[60.0, 60.0, 60.0])
    leaves = [Leaf(id=i, low=0.0, high=100.0, weight=w) for i, w in (("p", 1.0), ("q", 1.0), ("r", 2.0))]
    built = run(flat(*leaves, normalise=POSTS), data)
    assert built.index.tolist()[:2] == [37.5, (10 + 120) / 3]
    assert np.isnan(built.index["c"])


@pytest.mark.parametrize("method", ["copeland", "noncompensatory", "topsis", "doubt"])
def test_methods_that_compare_zones_order_a_clear_case(method: str) -> None:
    data = table("abc", p=[1.0, 3.0, 2.0], q=[1.0, 3.0, 2.0])
    root = Node(id="index", aggregate=method, parts=(Leaf(id="p"), Leaf(id="q")))
    built = run(Recipe(root=root, normalise=Normalise(low=1.0)), data)
    assert ranks(built)["index"].tolist() == [3.0, 1.0, 2.0]


def test_mazziotta_pareto_on_its_own_scale() -> None:
    data = table("ab", p=[90.0, 100.0], q=[110.0, 100.0])
    root = Node(
        id="index",
        aggregate="mazziotta_pareto",
        parts=tuple(Leaf(id=i, low=0.0, high=200.0) for i in "pq"),
    )
    rule = Normalise(method="goalposts", low=0.0, high=200.0)
    assert run(Recipe(root=root, normalise=rule), data).index.tolist() == [99.0, 100.0]


def test_weights_found_in_the_data_are_those_of_their_functions() -> None:
    data = table(p=[1.0, 2.0, 3.0, 9.0], q=[4.0, 3.0, 6.0, 1.0])
    judged = ((1.0, 3.0), (1 / 3, 1.0))
    root = Node(id="index", weights="ahp", judgements=judged, parts=(Leaf(id="p"), Leaf(id="q")))
    built = run(Recipe(root=root), data)
    np.testing.assert_allclose(built.weights["weight"], [0.75, 0.25])
    assert "consistency_ratio" in built.details["index"]
    for method in ("equal", "critic", "deviation", "variation", "entropy", "optimised"):
        node = Node(id="index", weights=method, parts=root.parts)
        weights = run(Recipe(root=node, normalise=Normalise(low=1.0)), data).weights
        assert weights["weight"].sum() == pytest.approx(1.0)
        assert (weights["method"] == method).all()
    alone = Node(id="index", weights="critic", parts=(Leaf(id="p"),))
    assert run(Recipe(root=alone), data).weights["weight"].tolist() == [1.0]
    sd = [np.std([0, 12.5, 25, 100], ddof=1), np.std([60, 40, 100, 0], ddof=1)]
    node = Node(id="index", weights="deviation", parts=root.parts)
    got = run(Recipe(root=node, normalise=Normalise(low=1.0)), data).weights["weight"]
    np.testing.assert_allclose(got, np.array(sd) / sum(sd))
