"""What an index owes to single indicators: each one left out, candidates put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from yipan.errors import Problem
from yipan.measure.recipe import Leaf, Node, Recipe
from yipan.measure.sure.engine import evaluate, setup
from yipan.measure.sure.uncertain import ranks_of
from yipan.measure.sure.values import Array, refuse
from yipan.text import Text


def drop_one(recipe: Recipe, data: pd.DataFrame) -> pd.DataFrame:
    """Return the ranks of all zones with each indicator left out in turn.

    A group left without parts goes as well.

    Returns
    -------
    DataFrame
        Index zone; first column ``nominal``, then one a left-out indicator. 1 is the best.

    Raises
    ------
    MeasureError
        When the index has one indicator only, or cannot be computed without one of them.

    Examples
    --------
    >>> data = pd.DataFrame({"jobs": [1.0, 9.0], "air": [9.0, 2.0], "way": [3.0, 5.0]}, index=["a", "b"])
    >>> recipe = Recipe(root=Node(id="index", parts=tuple(Leaf(id=i) for i in data)))
    >>> drop_one(recipe, data).loc["a"].tolist()
    [2.0, 1.0, 2.0, 1.0]
    """
    leaves = [leaf.id for leaf in recipe.root.leaves()]
    if len(leaves) < 2:
        refuse(
            [
                Problem(
                    what=Text("只有一个指标,不能去掉", "there is one indicator only, it cannot be left out"),
                    remedy=Text("增加指标", "add indicators"),
                )
            ]
        )
    return _ranks(recipe, data, {i: replace(recipe, root=_without(recipe.root, i)) for i in leaves})


def add_one(
    recipe: Recipe, data: pd.DataFrame, *, candidates: Mapping[str, tuple[str, Leaf]]
) -> pd.DataFrame:
    """Return the ranks of all zones with each candidate put in, one at a time.

    Parameters
    ----------
    candidates
        By label: id of the group it joins, and the leaf.

    Returns
    -------
    DataFrame
        Index zone; first column ``nominal``, then one a candidate.

    Raises
    ------
    MeasureError
        When a group does not exist, an indicator is in the recipe already, or an index cannot be computed.

    Examples
    --------
    >>> data = pd.DataFrame({"jobs": [5.0, 9.0, 1.0], "air": [9.0, 2.0, 1.0]}, index=["a", "b", "c"])
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"),)))
    >>> add_one(recipe, data, candidates={"air": ("index", Leaf(id="air"))})["air"].tolist()
    [1.0, 2.0, 3.0]
    """
    groups = {node.id for node in recipe.root.nodes()}
    there = {leaf.id for leaf in recipe.root.leaves()}
    problems = []
    for name, (group, leaf) in candidates.items():
        if group not in groups:
            problems.append(_problem(f"没有“{group}”组", f"there is no group {group}", name))
        if leaf.id in there:
            problems.append(_problem(f"“{leaf.id}”已在配方中", f"{leaf.id} is in the recipe already", name))
    refuse(problems)
    changed = {n: replace(recipe, root=_with(recipe.root, g, leaf)) for n, (g, leaf) in candidates.items()}
    return _ranks(recipe, data, changed)


def moved(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return how far each variant of `drop_one` or `add_one` moves ranks, the most moving first.

    Returns
    -------
    DataFrame
        Index variant; ``mean`` and ``largest`` change of rank, and the zone that moves most (``zone``).

    Examples
    --------
    >>> moved(pd.DataFrame({"nominal": [1, 2, 3], "x": [1, 2, 3], "y": [3, 2, 1]}, index=list("abc")))
             mean  largest zone
    variant
    y    1.333333      2.0    a
    x    0.000000      0.0    a
    """
    gap = ranks.drop(columns="nominal").sub(ranks["nominal"], axis=0).abs()
    out = pd.DataFrame(
        {
            "mean": gap.mean(),
            "largest": gap.max().astype(float),
            "zone": [gap.index[int(np.nanargmax(gap[c].fillna(-1)))] for c in gap],
        }
    )
    out.index.name = "variant"
    return out.sort_values("mean", ascending=False, kind="stable")


def _ranks(recipe: Recipe, data: pd.DataFrame, changed: Mapping[str, Recipe]) -> pd.DataFrame:
    columns = {"nominal": _rank(recipe, data)} | {name: _rank(r, data) for name, r in changed.items()}
    return pd.DataFrame(columns, index=data.index)


def _rank(recipe: Recipe, data: pd.DataFrame) -> Array:
    one = np.zeros((1, 0), dtype=np.int64)
    scores: Array = np.concatenate([b.scores for b in evaluate(setup(recipe, data, ()), one)])
    ranks: Array = ranks_of(scores)[0]
    return ranks


def _without(node: Node, leaf: str) -> Node:
    parts: list[Node | Leaf] = []
    for part in node.parts:
        if isinstance(part, Leaf):
            if part.id != leaf:
                parts.append(part)
        else:
            less = _without(part, leaf)
            if less.parts:
                parts.append(less)
    return replace(node, parts=tuple(parts))


def _with(node: Node, group: str, leaf: Leaf) -> Node:
    parts = tuple(p if isinstance(p, Leaf) else _with(p, group, leaf) for p in node.parts)
    return replace(node, parts=(*parts, leaf) if node.id == group else parts)


def _problem(zh: str, en: str, column: str) -> Problem:
    return Problem(
        what=Text(zh, en),
        remedy=Text("改用配方中的组,或新的指标", "name a group of the recipe and a new indicator"),
        column=column,
    )
