"""Scales that do not go together in one mean: told before anything is computed."""

from __future__ import annotations

from yipan.errors import Problem
from yipan.measure.recipe.problems import problem
from yipan.measure.recipe.values import Leaf, Node, Normalise, Recipe

_BY_ORDER: frozenset[str] = frozenset({"copeland", "noncompensatory", "topsis", "doubt"})
"""Methods that bring each part to a scale of their own: parts may have any."""


def scale_name(rule: Normalise) -> str:
    """Return the scale on which a rule puts its scores, in a word.

    Examples
    --------
    >>> scale_name(Normalise()), scale_name(Normalise(method="z")), scale_name(Normalise(method="borda"))
    ('0–100', 'z (mean 0, sd 1)', 'borda')
    """
    if rule.method == "z":
        return f"z (mean {rule.mean:g}, sd {rule.sd:g})"
    if rule.method in ("rank", "borda"):
        return rule.method
    return f"{rule.low:g}–{rule.high:g}"


def mixed_problems(recipe: Recipe) -> list[Problem]:
    """Return warnings: means over parts on different scales, Mazziotta–Pareto on other scales than its own.

    A mean of z scores and of scores from 0 to 100 is one of the latter only. Mazziotta–Pareto takes off a
    share of the spread of a zone's scores that has a meaning only around 100 with a deviation of about 10.
    """
    out: list[Problem] = []
    for node in recipe.root.nodes():
        scales = sorted(set().union(*(_scales(part, recipe) for part in node.parts)))
        if node.aggregate not in _BY_ORDER and len(scales) > 1:
            out.append(_mixed(node, scales))
        if node.aggregate == "mazziotta_pareto" and scales != ["z (mean 100, sd 10)"]:
            out.append(_own_scale(node))
    return out


def _scales(part: Node | Leaf, recipe: Recipe) -> set[str]:
    if isinstance(part, Leaf):
        return {scale_name(recipe.normalise if part.normalise is None else part.normalise)}
    if part.aggregate in _BY_ORDER:
        return {part.aggregate}
    return set().union(*(_scales(p, recipe) for p in part.parts))


def _mixed(node: Node, scales: list[str]) -> Problem:
    return problem(
        f"group.{node.id}",
        f"各部分的尺度不同:{'、'.join(scales)};平均值由较长的尺度主导",
        f"its parts are on different scales: {', '.join(scales)}; the longest one rules the mean",
        remedy=("统一标准化方法或尺度", "bring its parts to one scale"),
        warning=True,
    )


def _own_scale(node: Node) -> Problem:
    return problem(
        f"group.{node.id}",
        "Mazziotta–Pareto 法以均值 100、标准差 10 的 z 得分为前提,其他尺度下惩罚项没有原义",
        "Mazziotta–Pareto is defined on z scores of mean 100 and deviation 10; on another scale its penalty "
        "does not mean the same",
        remedy=(
            '写 normalise = {method = "z", mean = 100.0, sd = 10.0}',
            'write normalise = {method = "z", mean = 100.0, sd = 10.0}',
        ),
        warning=True,
    )
