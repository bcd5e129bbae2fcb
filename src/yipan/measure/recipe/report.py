"""What was done to each indicator, as a table and as warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.measure.recipe.problems import found
from yipan.measure.recipe.scale import Scores
from yipan.measure.recipe.treat import Done
from yipan.measure.recipe.tree import effective
from yipan.measure.recipe.values import Array, Impute, Leaf, Node, Recipe
from yipan.measure.weights import Weights
from yipan.text import Text

_NOTES = {
    "few": Text("不足 4 个值,未判断异常值", "under four values: outliers were not looked for"),
    "equal": Text("所有值相同,未处理", "all values are the same: not treated"),
    "domain": Text(
        "所选变换对这些值不存在,未变换", "the transformation does not exist for these values: not transformed"
    ),
    "still": Text(
        "处理后仍不满足偏度、峰度规则", "treated, and skewness and kurtosis still do not meet the rule"
    ),
}


def treat_problems(leaves: Sequence[Leaf], done: Sequence[Done]) -> list[Problem]:
    """Return a warning for each indicator whose outliers could not be treated as asked."""
    return [
        found(
            _NOTES[what.note].zh,
            _NOTES[what.note].en,
            remedy=(
                "查看分布,或为该指标另选 treat",
                "look at its distribution, or choose another treatment for it",
            ),
            column=leaf.id,
            warning=True,
        )
        for leaf, what in zip(leaves, done, strict=True)
        if what.note
    ]


def gap_problems(root: Node, scores: Mapping[str, Array]) -> list[Problem]:
    """Return a warning for each group in which zones have no score, and why."""
    out = []
    for node in root.nodes():
        lost = int(np.isnan(scores[node.id]).sum())
        if lost:
            out.append(
                found(
                    f"{lost} 行没有得分:可用的部分不足 {node.least:.0%}(或该方法要求齐全)",
                    f"{lost} rows have no score: under {node.least:.0%} of its parts are there "
                    "(or the method needs all)",
                    remedy=("补齐数据、插补,或降低 least", "supply data, impute, or lower least"),
                    column=node.id,
                    warning=True,
                )
            )
    return out


def weights_table(root: Node, found_weights: Mapping[str, Weights]) -> pd.DataFrame:
    """Return one row a part of a group: group, part, method, weight, effective weight in the index."""
    share = effective(root, found_weights)
    rows = [
        (node.id, part.id, node.weights, float(weight), share[part.id])
        for node in root.nodes()
        for part, weight in zip(node.parts, found_weights[node.id].values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["group", "part", "method", "weight", "effective"])


def report(
    recipe: Recipe, *, how: NDArray[np.int8], done: Sequence[Done], scaled: Scores, weights: pd.DataFrame
) -> pd.DataFrame:
    """Return one row an indicator: what was done to it in each step, in figures.

    Columns: ``group``, ``direction``, ``denominator``, ``per``; values ``measured``, ``missing`` and imputed
    by each step (``imputed_1`` …, among zones kept); ``skew`` and ``kurtosis`` before, ``_winsorised`` and
    ``_end``; values winsorised ``high`` and ``low``; ``curve`` (transformation) with its parameter ``power``;
    ``treat_note``; ``method`` of normalising with ``worst`` and ``best`` end of its scale (treated values);
    ``effective`` weight in the index.
    """
    leaves = list(recipe.root.leaves())
    parts = weights.set_index("part")
    share = dict(zip(weights["part"], weights["effective"], strict=True))
    rules = [recipe.normalise if leaf.normalise is None else leaf.normalise for leaf in leaves]
    table: dict[str, object] = {
        "group": [str(parts.at[leaf.id, "group"]) for leaf in leaves],
        "direction": [leaf.direction for leaf in leaves],
        "denominator": [leaf.denominator for leaf in leaves],
        "per": [leaf.per for leaf in leaves],
        "measured": (how == 0).sum(axis=0),
        "missing": (how < 0).sum(axis=0),
    }
    for k in range(1, len(recipe.impute) + 1):
        table[f"imputed_{k}"] = (how == k).sum(axis=0)
    for key in ("skew", "kurtosis"):
        for end in ("", "_winsorised", "_end"):
            table[key + end] = [getattr(what, key + end) for what in done]
    table |= {
        "high": [what.high for what in done],
        "low": [what.low for what in done],
        "curve": ["" if what.curve is None else what.curve.kind for what in done],
        "power": [
            np.nan if what.curve is None or what.curve.kind != "boxcox" else what.curve.power for what in done
        ],
        "treat_note": [what.note for what in done],
        "method": [rule.method for rule in rules],
        "worst": scaled.worst,
        "best": scaled.best,
        "effective": [share[leaf.id] for leaf in leaves],
    }
    return pd.DataFrame(table, index=pd.Index([leaf.id for leaf in leaves], name="indicator"))


def origin(how: NDArray[np.int8], steps: Sequence[Impute]) -> NDArray[np.object_]:
    """Return ``measured``, the method that imputed, or "" for each value."""
    words = np.array(["", "measured", *(step.method for step in steps)], dtype=object)
    return words[how.astype(np.int64) + 1]


def points_words(points: NDArray[np.int8]) -> NDArray[np.object_]:
    """Return ``low``, "", ``high`` or ``curve`` for −1, 0, 1, 2."""
    return np.array(["low", "", "high", "curve"], dtype=object)[points.astype(np.int64) + 1]
