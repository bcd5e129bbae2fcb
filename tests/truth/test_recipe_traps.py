"""What an index must not do in silence: each is refused, or explained beside the scores."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure.recipe import Impute, Leaf, Node, Normalise, Recipe, Screen, ranks, run

NAN = math.nan
DATA = pd.DataFrame(
    {"p": [1.0, 2.0, 4.0, 3.0], "q": [5.0, 1.0, 2.0, 9.0], "same": [7.0] * 4}, index=list("abcd")
)


def flat(*names: str, recipe: dict[str, object] | None = None, **node: object) -> Recipe:
    root = Node(id="index", parts=tuple(Leaf(id=n) for n in names), **node)  # type: ignore[arg-type]
    return Recipe(root=root, **(recipe or {}))  # type: ignore[arg-type]


def said(recipe: Recipe, data: pd.DataFrame = DATA) -> str:
    with pytest.raises(MeasureError) as caught:
        run(recipe, data)
    assert caught.value.problems
    for problem in caught.value.problems:  # every problem in both languages, with a remedy
        assert problem.what.zh
        assert problem.remedy.zh
        assert problem.what.en
        assert problem.remedy.en
    return str(caught.value)


@pytest.mark.parametrize("method", ["minmax", "z", "maximum", "target", "fraction"])
def test_the_same_value_everywhere(method: str) -> None:
    recipe = flat("p", "same", recipe={"normalise": Normalise(method=method)})  # type: ignore[arg-type]
    root = replace(recipe.root, parts=tuple(replace(x, target=9.0) for x in recipe.root.parts))  # type: ignore[call-arg]
    text = said(replace(recipe, root=root))
    assert "data, same: the same value everywhere" in text
    assert "data, p" not in text


def test_the_same_value_everywhere_is_only_told_where_ranks_can_bear_it() -> None:
    built = run(flat("p", "same", recipe={"normalise": Normalise(method="rank")}), DATA)
    assert built.normalised["same"].tolist() == [1.0] * 4
    assert any(p.column == "same" and p.severity == "warning" for p in built.problems)


def test_one_zone_alone() -> None:
    assert "one zone alone" in said(flat("p"), DATA.iloc[:1])
    posts = Recipe(
        root=Node(id="index", parts=(Leaf(id="p", low=0.0, high=4.0),)),
        normalise=Normalise(method="goalposts"),
    )
    assert run(posts, DATA.iloc[:1]).index.tolist() == [25.0]


def test_geometric_mean_with_zeros_names_group_and_indicator() -> None:
    text = said(flat("p", "q", aggregate="geometric"))
    assert "index: p" in text
    assert "index: q" in text
    assert "1–100" in text
    run(flat("p", "q", aggregate="geometric", recipe={"normalise": Normalise(low=1.0)}), DATA)


def test_negative_weights_are_refused_with_the_reason() -> None:
    parts = (Leaf(id="p", weight=-1.0), Leaf(id="q", weight=2.0))
    text = said(Recipe(root=Node(id="index", parts=parts)))
    assert "indicator.p.weight: weight -1" in text
    assert "turn the direction round" in text


PANEL = pd.concat({2020: DATA, 2021: DATA * 2}, names=["year", "zone"]).swaplevel()


def test_minimum_and_maximum_of_each_year() -> None:
    text = said(flat("p", recipe={"normalise": Normalise(over="year")}), PANEL)
    assert "scores of different years would not compare" in text
    assert "base" in text


def test_years_pooled_or_held_to_a_base_year_compare() -> None:
    pooled = run(flat("p"), PANEL)
    assert pooled.comparable
    assert pooled.index[("c", 2020)] == pytest.approx(100 * 3 / 7)  # of 1 … 8 over both years
    assert pooled.index[("c", 2021)] == 100.0
    based = run(flat("p", recipe={"normalise": Normalise(base=2020)}), PANEL)
    assert based.index[("c", 2020)] == 100.0
    assert based.index[("c", 2021)] == pytest.approx(100 * 7 / 3)  # better than the best of the base year
    assert ranks(based)["index"].tolist() == [4, 3, 1, 2] * 2
    assert "no data of the base year 2019" in said(
        flat("p", recipe={"normalise": Normalise(base=2019)}), PANEL
    )


def test_ranks_of_each_year_are_allowed_and_say_what_they_are() -> None:
    built = run(flat("p", recipe={"normalise": Normalise(method="rank", over="year")}), PANEL)
    assert built.index.tolist() == [1, 2, 4, 3] * 2
    assert not built.comparable
    one_year = run(flat("p", recipe={"normalise": Normalise(method="rank", over="year")}), DATA)
    assert one_year.comparable
    assert any("do not compare" in p.what.en for p in built.problems)


def test_targets_and_references_on_the_wrong_side() -> None:
    rule = Normalise(method="target")
    bad = Recipe(root=Node(id="index", parts=(Leaf(id="p", target=0.5),)), normalise=rule)
    assert "scores would be turned round" in said(bad)
    worst = flat("p", recipe={"normalise": Normalise(method="reference", reference="a")})
    assert "the reference zone (1) is not better" in said(worst)
    assert "did you mean" in said(
        flat("p", recipe={"normalise": Normalise(method="reference", reference="aa")}),
        DATA.rename(index={"a": "aaa"}),
    )
    assert "needs a base year" in said(
        flat("p", recipe={"normalise": Normalise(method="reference", reference="c")}), PANEL
    )


def test_fraction_of_a_best_value_that_is_not_above_zero() -> None:
    assert "has no length" in said(flat("p", recipe={"normalise": Normalise(method="fraction")}), DATA - 9.0)


def test_principal_components_with_fewer_zones_than_indicators() -> None:
    data = DATA.iloc[:3].assign(r=[1.0, 5.0, 2.0], s=[4.0, 3.0, 8.0])
    text = said(flat("p", "q", "r", "s", weights="pca"), data)
    assert "index" in text
    assert "3 zones and 4 indicators" in text


def test_entropy_on_scores_that_were_shifted_warns() -> None:
    built = run(flat("p", "q", weights="entropy", recipe={"normalise": Normalise(low=1.0)}), DATA)
    assert any(p.severity == "warning" and p.column.startswith("index") for p in built.problems)


def test_data_that_do_not_fit_are_told_all_at_once() -> None:
    data = DATA.assign(text=["x"] * 4, big=[1.0, math.inf, 2.0, 3.0]).rename(columns={"p": "jobs"})
    recipe = flat("jbos", "text", "big", recipe={"impute": (Impute(method="linear"),)})
    text = said(recipe, pd.concat([data, data.iloc[:1]]))
    for part in (
        "rows that occur twice: a",
        "no column 'jbos'; did you mean jobs?",
        "text: not numbers",
        "big: infinite values",
        "imputing between years needs a panel",
    ):
        assert part in text


def test_indicators_without_data_and_screening_that_leaves_nobody() -> None:
    assert "data, p: no data at all" in said(flat("p", "q"), DATA.assign(p=NAN))
    assert "no zone has the share" in said(
        flat("p", "q", recipe={"screen": Screen(least=1.0)}), DATA.assign(p=NAN)
    )
    with pytest.raises(MeasureError, match="no rows"):
        run(flat("p"), DATA.iloc[:0])


def test_every_problem_of_a_recipe_at_once() -> None:
    parts = (
        Leaf(id="p", direction=2, per=0.0),
        Leaf(id="p", normalise=Normalise(method="goalposts")),
        Node(id="empty", parts=()),
        Node(id="judged", parts=(Leaf(id="q"),), weights="ahp", aggregate="power", least=2.0),
    )
    recipe = Recipe(
        root=Node(id="index", parts=parts, aggregate="aritmetic"),
        impute=(Impute(method="group_mean", neighbours=0),),
        screen=Screen(least=-1.0),
        normalise=Normalise(low=5.0, high=1.0),
    )
    text = said(recipe)
    for part in (
        "indicator.p.direction",
        "indicator.p.per",
        "'p' occurs 2 times",
        "needs two goalposts",
        "group.empty: has no parts",
        "group.judged.judgements",
        "group.judged.power",
        "group.judged.least",
        "there is no 'aritmetic'; did you mean arithmetic?",
        "impute.1.by",
        "impute.1.neighbours",
        "screen.least",
        "normalise.low",
    ):
        assert part in text, part


def test_means_over_different_scales_are_told() -> None:
    parts = (Leaf(id="p"), Leaf(id="q", normalise=Normalise(method="z")))
    built = run(Recipe(root=Node(id="index", parts=parts)), DATA)
    texts = [p.what.en for p in built.problems]
    assert texts == [
        "its parts are on different scales: 0–100, z (mean 0, sd 1); the longest one rules the mean"
    ]
    by_order = Recipe(root=Node(id="index", parts=parts, aggregate="copeland"))
    assert run(by_order, DATA).problems == ()
    above = Node(id="index", parts=(Node(id="g", parts=(Leaf(id="p"),), aggregate="copeland"), Leaf(id="q")))
    assert "copeland" in run(Recipe(root=above), DATA).problems[0].what.en


def test_mazziotta_pareto_off_its_own_scale_is_told() -> None:
    made = flat("p", "q", aggregate="mazziotta_pareto", recipe={"normalise": Normalise(low=1.0)})
    assert "mean 100" in run(made, DATA).problems[0].what.en
    own = replace(made, normalise=Normalise(method="z", mean=100.0, sd=10.0))
    assert run(own, DATA).problems == ()


def test_a_recipe_does_not_change() -> None:
    recipe = flat("p")
    with pytest.raises(AttributeError):
        recipe.root.weight = 2.0  # type: ignore[misc]


def test_zones_that_are_screened_out_are_named() -> None:
    data = DATA.assign(p=[NAN, 2.0, 4.0, 3.0], q=[NAN, 1.0, 2.0, 9.0], same=[1.0, 2.0, 3.0, 4.0])
    built = run(flat("p", "q", "same", recipe={"screen": Screen(least=0.5)}), data)
    assert any("a" in p.what.en.split(": ")[-1] and "left out" in p.what.en for p in built.problems)
    assert "a" not in built.scores.index
