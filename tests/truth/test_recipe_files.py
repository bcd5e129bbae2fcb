"""``index.toml``: what a person writes, what is said about mistakes, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from yipan.errors import MeasureError
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, Screen, Treat, read_recipe, write_recipe
from yipan.measure.recipe.parse import recipe_from_dict
from yipan.text import Text

BY_HAND = """
# a liveability index
normalise = {method = "goalposts"}
screen = {least = 0.5}
treat = {winsorise = 3, second = "none"}
impute = [{method = "group_mean", by = "cluster"}, {method = "mean"}]

[[group]]
id = "index"
aggregate = "geometric"

[[group]]
id = "living"
in = "index"
name_zh = "生活"
name_en = "Living"
weight = 2

[[indicator]]
id = "beds"
in = "living"
denominator = "people"
per = 1000
low = 0
high = 10

[[indicator]]
id = "noise"
in = "index"
direction = -1
normalise = {method = "minmax", low = 1.0}
treat = {}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "index.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, BY_HAND))
    living = Node(
        id="living",
        weight=2.0,
        name=Text("生活", "Living"),
        parts=(Leaf(id="beds", denominator="people", per=1000.0, low=0.0, high=10.0),),
    )
    noise = Leaf(id="noise", direction=-1, normalise=Normalise(low=1.0), treat=Treat())
    assert recipe.root == Node(id="index", aggregate="geometric", parts=(living, noise))
    assert recipe.normalise == Normalise(method="goalposts")
    assert recipe.screen == Screen(least=0.5)
    assert recipe.treat == Treat(winsorise=3, second="none")
    assert [s.method for s in recipe.impute] == ["group_mean", "mean"]
    assert read_recipe(write_recipe(recipe, tmp_path / "again.toml")) == recipe


def test_a_group_that_mixes_parts_keeps_their_order(tmp_path: Path) -> None:
    root = Node(id="index", parts=(Leaf(id="a"), Node(id="g", parts=(Leaf(id="b"),)), Leaf(id="c")))
    path = write_recipe(Recipe(root=root), tmp_path / "index.toml")
    assert 'order = ["a", "g", "c"]' in path.read_text(encoding="utf-8")
    assert read_recipe(path).root == root


def said(tmp_path: Path, text: str) -> str:
    with pytest.raises(MeasureError) as caught:
        read_recipe(written(tmp_path, text))
    return str(caught.value)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    text = said(
        tmp_path,
        """
        normalize = {method = "minmax"}
        treat = {winsorise = 2.5, second = 3}
        screen = {of = "measured"}
        impute = [{by = "cluster"}, 3]
        group = [{id = "index"}, {id = "lost", in = "away"}, {id = "x", in = "y"}, {id = "y", in = "x"}]
        indicator = [
          {id = "a", in = "index", wieght = 1},
          {id = "b", in = "indx", direction = "up"},
          {in = "index", low = true},
          {id = "d", in = "index", normalise = {clip = "no"}, treat = 5},
        ]
        """,
    )
    for part in (
        "normalize: there is no key 'normalize'; did you mean normalise?",
        "treat.winsorise: must be a whole number",
        "treat.second: must be text",
        "screen.least: missing",
        "impute: must be a list of tables",
        "group.lost.in: there is no group 'away'",
        "group.x.in: is not below the index",
        "group.y.in: is not below the index",
        "indicator.a.wieght: there is no key 'wieght'; did you mean weight?",
        "indicator.b.in: there is no group 'indx'; did you mean index?",
        "indicator.b.direction: must be a whole number",
        "indicator.3.id: missing",
        "indicator.3.low: must be a number",
        "indicator.d.normalise.clip: must be true or false",
        "indicator.d.treat: must be a table",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("group = [", "cannot be read"),
        ("indicator = []", "0 groups are part of no other"),
        ('group = [{id = "a"}, {id = "b"}]', "2 groups are part of no other"),
        (
            'group = [{id = "a"}, {id = "b", in = "a"}, {id = "b", in = "a"}]\n'
            'indicator = [{id = "x", in = "b"}]',
            "'b' occurs more than once",
        ),
        ('group = [{id = "a", order = ["y"]}]\nindicator = [{id = "x", in = "a"}]', "group.a.order"),
        ('group = [{id = "a", judgements = [1, 2]}]', "group.a.judgements: must be lists of numbers"),
        ('group = [{id = "a", shares = [0.1]}]', "group.a.shares: must be two numbers"),
        ('group = [{id = "a"}]', "group.a: has no parts"),
        ('group = [{id = "a"}]\nindicator = [{id = "x", in = "a", weight = -1}]', "weight -1"),
        ('group = [{id = "a"}]\nindicator = [{id = "x", in = "a", direction = 0}]', "direction is 0"),
    ],
)
def test_single_mistakes(tmp_path: Path, text: str, part: str) -> None:
    assert part in said(tmp_path, text)


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MeasureError, match="cannot be read"):
        read_recipe(tmp_path / "bytes.toml")


def test_unknown_keys_wrong_types_and_wrong_values_are_told_together() -> None:
    data = {
        "normalise": {"method": "minmx"},
        "impute": [{"by": "x"}],
        "group": [{"id": "index"}],
        "indicator": [
            {"id": "a", "in": "index", "weight": -1, "wieght": 2},
            {"id": "b", "in": "index", "direction": "up"},
        ],
    }
    with pytest.raises(MeasureError) as caught:
        recipe_from_dict(data)
    assert {p.column for p in caught.value.problems} == {
        "normalise.method",
        "impute.1.method",
        "indicator.a.wieght",
        "indicator.a.weight",
        "indicator.b.direction",
    }
