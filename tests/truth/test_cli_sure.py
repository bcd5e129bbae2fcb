"""``yipan sure``: ranks over designs against a slow reference, the order of two zones, what is left out."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.cli_sure import sure_command
from yipan.errors import MeasureError
from yipan.measure import measure
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, recipe_of, run, write_recipe
from yipan.measure.sure import WeightFactors, alternatives, how_sure
from yipan.region import example
from yipan.region.write import write_region

DATA = pd.DataFrame(
    {
        "jobs": [1.0, 9.0, 6.0, 4.0, 7.0],
        "air": [10.0, 1.0, 5.0, 6.5, 2.0],
        "noise": [3.0, 8.0, 4.0, 1.0, 9.0],
    },
    index=list("abcde"),
)
RECIPE = Recipe(
    root=Node(
        id="index",
        parts=(
            Node(id="work", parts=(Leaf(id="jobs"),)),
            Node(id="home", parts=(Leaf(id="air", weight=2.0), Leaf(id="noise", direction=-1))),
        ),
        aggregate="geometric",
    ),
    normalise=Normalise(low=1.0),
)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_region(example("tiny"), tmp_path / "tiny")
    return tmp_path / "tiny"


def command(*argv: object) -> None:
    sure_command.main([str(a) for a in argv], standalone_mode=False)


def command_json(capsys: pytest.CaptureFixture[str], *argv: object) -> dict[str, object]:
    command(*argv, "--json")
    text = capsys.readouterr().out
    assert "NaN" not in text
    assert "Infinity" not in text
    found: dict[str, object] = json.loads(text)
    return found


def scaled(label: str) -> pd.DataFrame:
    good = DATA.assign(noise=-DATA["noise"])
    if label == "z":
        return 100 + 10 * (good - good.mean()) / good.std(ddof=1)
    if label == "rank":
        return good.rank(method="min")
    return 1 + 99 * (good - good.min()) / (good.max() - good.min())


def mean(columns: list[pd.Series], weights: list[float], how: str) -> pd.Series:  # type: ignore[type-arg]
    w = np.array(weights) / sum(weights)
    if how == "geometric":
        return np.exp(sum(x * np.log(c) for x, c in zip(w, columns, strict=True)))  # type: ignore[return-value]
    return sum(x * c for x, c in zip(w, columns, strict=True))  # type: ignore[return-value]


def slow_scores(labels: dict[str, str], f: dict[str, float]) -> pd.Series:  # type: ignore[type-arg]
    x = scaled(labels["normalisation"])
    how = labels["aggregation"]
    inner, outer = ("arithmetic", "geometric") if how == "recipe" else (how, how)
    base = [2.0, 1.0] if labels["weighting"] == "recipe" else [1.0, 1.0]
    home = mean([x["air"], x["noise"]], [base[0] * f["air"], base[1] * f["noise"]], inner)
    return mean([x["jobs"], home], [f["work"], f["home"]], outer)


def test_every_design_is_the_index_made_that_way() -> None:
    found = how_sure(RECIPE, DATA, designs=200, seed=3)
    names = [c.name for c in found.choices]
    assert names == ["normalisation", "weighting", "aggregation", "weights"]
    assert len(found.ranks.designs) == 384  # the least (4 + 2) 2^m of 200 or more
    noise = found.choices[-1]
    assert isinstance(noise, WeightFactors)
    assert np.abs(noise.factors - 1).max() <= 0.25
    counts = np.zeros((5, 5))
    for design in found.ranks.designs:
        labels = {c.name: c.labels[o] for c, o in zip(found.choices[:-1], design[:-1], strict=True)}
        f = dict(zip(noise.parts, noise.factors[design[-1]], strict=True))
        place = slow_scores(labels, f).round(9).rank(ascending=False, method="min").to_numpy(int)
        counts[np.arange(5), place - 1] += 1
    assert found.ranks.counts.tolist() == counts.tolist()
    nominal = run(RECIPE, DATA).index
    assert found.ranks.nominal.tolist() == pytest.approx(nominal.tolist(), rel=1e-12)


def test_the_first_option_is_the_recipe_itself() -> None:
    found = alternatives(RECIPE, DATA)
    for choice in found.choices[:-1]:
        first = choice.options[choice.labels[0]]  # type: ignore[union-attr]
        assert choice.labels[0] == "recipe"
        assert first(RECIPE) == RECIPE


def test_an_option_that_cannot_be_computed_is_left_out_and_named() -> None:
    flat = DATA.assign(air=5.0)
    recipe = Recipe(
        root=Node(
            id="index",
            parts=tuple(Leaf(id=c, low=0.0, high=10.0) for c in flat.columns),
            aggregate="geometric",
        ),
        normalise=Normalise(method="goalposts", low=1.0, high=100.0),
    )
    found = alternatives(recipe, flat)
    assert found.choices[0].labels == ("recipe", "rank")
    told = {p.what.en.split(":")[0]: p for p in found.left_out}
    assert set(told) == {"the option minmax is left out", "the option z is left out"}
    assert all(p.severity == "warning" and p.remedy.zh for p in told.values())


def test_zeros_leave_the_geometric_mean_out() -> None:
    recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))))  # 0–100
    found = alternatives(recipe, DATA)
    assert "aggregation" not in [c.name for c in found.choices]
    assert any("geometric" in p.what.en for p in found.left_out)


def test_the_least_change_of_weights_ties_two_zones_under_the_geometric_mean() -> None:
    found = how_sure(RECIPE, DATA, designs=64, between=("a", "b"))
    scores = run(RECIPE, DATA).scores
    gap = [math.log(scores.loc["a", p] / scores.loc["b", p]) for p in ("work", "home")]
    w = gap[1] / (gap[1] - gap[0])  # w gap_work + (1 − w) gap_home = 0 has one answer
    assert found.tip is not None
    assert found.tip.possible
    assert found.tip.weights.tolist() == pytest.approx([w, 1 - w], rel=1e-6)
    assert found.tip.moved == pytest.approx(abs(w - 0.5), rel=1e-6)


def test_what_is_asked_wrongly_is_refused_at_once() -> None:
    with pytest.raises(MeasureError) as caught:
        how_sure(RECIPE, DATA, designs=0, between=("a", "q"))
    assert [p.column for p in caught.value.problems] == ["designs", "between"]
    with pytest.raises(MeasureError, match="the same"):
        how_sure(RECIPE, DATA, between=("a", "a"))


def test_few_zones_have_no_correlation_ratios_and_one_way_no_tipping() -> None:
    found = how_sure(RECIPE, DATA, designs=64)
    assert found.effective is None
    assert found.two is None
    assert found.tip is None
    assert any("too few" in p.what.en for p in found.problems)
    plain = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air")), aggregate="copeland"))
    asked = how_sure(plain, DATA, designs=64, between=("a", "b"))
    assert asked.two is not None
    assert asked.tip is None
    assert any("copeland" in p.what.en for p in asked.problems)


def test_json_and_files(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = command_json(capsys, tiny, "--designs", 100, "--between", "A,C", "--out", tmp_path / "out")
    assert data["ahead"] == {"first": "A", "second": "C", "share": 1.0}
    ranks = {r["zone"]: r for r in data["ranks"]}  # type: ignore[attr-defined]
    nominal = run(recipe_of(measure(example("tiny"))), measure(example("tiny")).values).index
    assert {z: r["score"] for z, r in ranks.items()} == pytest.approx(nominal.to_dict(), rel=1e-12)
    assert all(r["best"] <= r["q5"] <= r["median"] <= r["q95"] <= r["worst"] for r in ranks.values())
    problems = data["problems"]
    assert isinstance(problems, list)
    assert any("nothing is sensitive" in p["what"]["en"] for p in problems)  # the same order whatever is done
    with (tmp_path / "out" / "ranks.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {r["zone"] for r in csv.DictReader(file)} == {"A", "B", "C"}


def test_a_recipe_in_the_folder_is_used(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = list(measure(example("tiny")).values.dropna(axis=1).columns)[:3]
    own = Recipe(
        root=Node(id="mine", parts=tuple(Leaf(id=str(c)) for c in codes)), normalise=Normalise(method="rank")
    )
    write_recipe(own, tiny / "index.toml")
    data = command_json(capsys, tiny, "--designs", 8)
    assert {r["indicator"] for r in data["dropped"]} == set(codes)  # type: ignore[attr-defined]


@pytest.mark.parametrize("between", ["A", "A,", "A,B,C"])
def test_between_names_two_zones(tiny: Path, between: str) -> None:
    with pytest.raises(MeasureError, match="does not name two zones"):
        command(tiny, "--between", between)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("名次", "哪个选择")), ("en", ("median", "Which choice"))]
)
def test_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, str]
) -> None:
    write_region(example("chongqing"), tmp_path / "r")
    command(tmp_path / "r", "--designs", 200, "--lang", lang, "--between", "500101,500114")
    shown = capsys.readouterr().out
    assert all(w in shown for w in words)


def test_indicators_that_the_recipe_leaves_out_are_tried_in_it() -> None:
    data = DATA.assign(way=[5.0, 1.0, 2.0, 8.0, 3.0])
    found = how_sure(RECIPE, data, designs=16, candidates={"way": ("home", Leaf(id="way"))})
    assert found.added is not None
    parts = (*RECIPE.root.parts[1].parts, Leaf(id="way"))  # type: ignore[union-attr]
    home = Node(id="home", parts=parts)
    wider = Recipe(
        root=Node(id="index", parts=(RECIPE.root.parts[0], home), aggregate="geometric"),
        normalise=RECIPE.normalise,
    )
    order = [run(r, data).index.rank(ascending=False) for r in (RECIPE, wider)]
    assert found.added.loc["way", "mean"] == pytest.approx(float((order[0] - order[1]).abs().mean()))
    assert found.traded is not None
    scores = found.built.scores[["work", "home"]]
    ratio = 1 - np.sqrt(scores["work"] * scores["home"]) / scores.mean(axis=1)
    assert found.traded.reliance == pytest.approx(ratio.to_numpy())


def test_a_region_without_scores_says_so() -> None:
    with pytest.raises(MeasureError, match="none of the measured indicators has a score"):
        recipe_of(measure(example("tiny"), ["Y-ECO-06"]))
