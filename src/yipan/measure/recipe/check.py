"""What is wrong with a recipe before it meets data: every problem at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from yipan.errors import Problem
from yipan.measure.recipe.mixed import mixed_problems
from yipan.measure.recipe.problems import problem
from yipan.measure.recipe.tree import AGGREGATES, WEIGHTS
from yipan.measure.recipe.values import (
    FIXED,
    IMPUTE_METHODS,
    NORMALISE_METHODS,
    ORDERED,
    SECONDS,
    Leaf,
    Node,
    Normalise,
    Recipe,
    Treat,
)
from yipan.region.findings import suggest


def recipe_problems(recipe: Recipe) -> list[Problem]:
    """Return everything wrong with a recipe; where nothing is, warnings about scales that do not go together.

    Examples
    --------
    >>> bad = Recipe(root=Node(id="index", parts=(Leaf(id="noise", direction=0, weight=-1.0),)))
    >>> for p in recipe_problems(bad):
    ...     print(p.line("en"))
    index.toml, indicator.noise.direction: direction is 0 → write 1 (more is better) or -1 (less is better)
    index.toml, indicator.noise.weight: weight -1 is not a number from 0 up → turn the direction round ...
    index.toml, group.index: the weights of its parts add up to 0 → give at least one part a weight above 0
    """
    out: list[Problem] = []
    for leaf in recipe.root.leaves():
        out += _leaf(leaf, recipe)
    for node in recipe.root.nodes():
        out += _node(node)
    out += _twice(recipe)
    for k, step in enumerate(recipe.impute, start=1):
        at = f"impute.{k}"
        out += _choice(f"{at}.method", step.method, IMPUTE_METHODS)
        if step.neighbours < 1:
            remedy = ("写正整数", "write a whole number above 0")
            out.append(problem(f"{at}.neighbours", "少于 1", "under 1", remedy=remedy))
        if step.method.startswith("group") and not step.by:
            out.append(
                problem(f"{at}.by", "没有写分组列", "no column of groups", remedy=("写 by", "write by = …"))
            )
    if recipe.screen is not None:
        out += _share("screen.least", recipe.screen.least)
        out += _choice("screen.of", recipe.screen.of, ("measured", "imputed"))
    if recipe.treat is not None:
        out += _treat("treat", recipe.treat)
    out += _normalise("normalise", recipe.normalise)
    return out or mixed_problems(recipe)


def _leaf(leaf: Leaf, recipe: Recipe) -> list[Problem]:
    at = f"indicator.{leaf.id}"
    out: list[Problem] = []
    if leaf.direction not in (1, -1):
        out.append(
            problem(
                f"{at}.direction",
                f"方向为 {leaf.direction}",
                f"direction is {leaf.direction}",
                remedy=("写 1(越高越好)或 -1(越低越好)", "write 1 (more is better) or -1 (less is better)"),
            )
        )
    out += _weight(at, leaf.weight)
    if not (math.isfinite(leaf.per) and leaf.per > 0):
        out.append(problem(f"{at}.per", "不是正数", "not a number above 0", remedy=("写正数", "write one")))
    rule = recipe.normalise if leaf.normalise is None else leaf.normalise
    if rule.method == "goalposts":
        out += _goalposts(at, leaf)
    if rule.method == "target" and (leaf.target is None or not math.isfinite(leaf.target)):
        out.append(
            problem(
                f"{at}.target",
                "按目标标准化需要目标值",
                "normalising by targets needs a target",
                remedy=("写 target", "write target = …"),
            )
        )
    if leaf.treat is not None:
        out += _treat(f"{at}.treat", leaf.treat)
    if leaf.normalise is not None:
        out += _normalise(f"{at}.normalise", leaf.normalise)
    return out


def _goalposts(at: str, leaf: Leaf) -> list[Problem]:
    if leaf.low is not None and leaf.high is not None and leaf.low < leaf.high:
        return []
    return [
        problem(
            f"{at}.low",
            "需要两个标杆,low 小于 high",
            "needs two goalposts, low below high",
            remedy=(
                "写 low 与 high(与方向无关,low 是较小的值)",
                "write low and high (low is the smaller value, whatever the direction)",
            ),
        )
    ]


def _weight(at: str, weight: float) -> list[Problem]:
    if math.isfinite(weight) and weight >= 0:
        return []
    return [
        problem(
            f"{at}.weight",
            f"权重 {weight:g} 不是非负数",
            f"weight {weight:g} is not a number from 0 up",
            remedy=(
                "指标越低越好时改方向,不改权重符号",
                "turn the direction round where less is better; a negative weight would reward what is worse",
            ),
        )
    ]


def _node(node: Node) -> list[Problem]:
    at = f"group.{node.id}"
    out = _choice(f"{at}.weights", node.weights, WEIGHTS) + _choice(
        f"{at}.aggregate", node.aggregate, AGGREGATES
    )
    out += _weight(at, node.weight) + _share(f"{at}.least", node.least)
    if not node.parts:
        out.append(problem(at, "没有指标", "has no parts", remedy=("删去或加指标", "remove it or add parts")))
    elif node.weights == "given" and not sum(max(p.weight, 0.0) for p in node.parts) > 0:
        out.append(
            problem(
                at,
                "各部分权重之和为 0",
                "the weights of its parts add up to 0",
                remedy=("至少给一个正的权重", "give at least one part a weight above 0"),
            )
        )
    if node.weights == "ahp" and len(node.judgements) != len(node.parts):
        out.append(
            problem(
                f"{at}.judgements",
                f"判断矩阵应为 {len(node.parts)} 阶",
                f"needs {len(node.parts)} × {len(node.parts)} judgements",
                remedy=("每个部分一行一列", "write one row and column a part, in their order"),
            )
        )
    if node.aggregate == "power" and (node.power is None or not math.isfinite(node.power)):
        out.append(problem(f"{at}.power", "没有写幂", "no power", remedy=("写 power", "write power = …")))
    return out


def _twice(recipe: Recipe) -> list[Problem]:
    names = [n.id for n in recipe.root.nodes()] + [leaf.id for leaf in recipe.root.leaves()]
    return [
        problem(
            name,
            f"“{name}”出现 {count} 次",
            f"'{name}' occurs {count} times",
            remedy=("指标与组的编号各不相同", "give every indicator and group its own id"),
        )
        for name, count in Counter(names).items()
        if count > 1
    ]


def _treat(at: str, rule: Treat) -> list[Problem]:
    out = _choice(f"{at}.second", rule.second, SECONDS)
    for key, value in (("winsorise", rule.winsorise), ("skew", rule.skew), ("kurtosis", rule.kurtosis)):
        if not (math.isfinite(value) and value >= 0):
            out.append(
                problem(
                    f"{at}.{key}", "不是非负数", "not a number from 0 up", remedy=("写非负数", "write one")
                )
            )
    return out


def _normalise(at: str, rule: Normalise) -> list[Problem]:
    out = _choice(f"{at}.method", rule.method, NORMALISE_METHODS)
    out += _choice(f"{at}.over", rule.over, ("all", "year"))
    if not rule.low < rule.high:
        out.append(
            problem(f"{at}.low", "low 不小于 high", "low is not below high", remedy=("改正", "mend it"))
        )
    if not rule.sd > 0:
        out.append(problem(f"{at}.sd", "不是正数", "not above 0", remedy=("写正数", "write one above 0")))
    if rule.method == "reference" and not rule.reference:
        out.append(
            problem(
                f"{at}.reference",
                "没有写参照区域",
                "no reference zone",
                remedy=("写区域编号", "write the id of a zone"),
            )
        )
    if rule.over == "year" and rule.method not in ORDERED:
        out.append(
            problem(
                f"{at}.over",
                f"逐年的 {rule.method} 使各年得分不可比",
                f"{rule.method} of each year by itself: scores of different years would not compare",
                remedy=(
                    '用 over = "all"(各年合并)、固定标杆 goalposts 或 base = 某年',
                    'take over = "all" (years pooled), fixed goalposts, or base = a year',
                ),
            )
        )
    if rule.base is not None and (rule.method in ORDERED or rule.method in FIXED):
        out.append(
            problem(
                f"{at}.base",
                f"{rule.method} 不用基准年",
                f"{rule.method} takes no base year",
                remedy=("删去 base", "remove base"),
            )
        )
    return out


def _share(at: str, value: float) -> list[Problem]:
    if 0.0 <= value <= 1.0:
        return []
    return [
        problem(
            at,
            f"{value:g} 不在 0 与 1 之间",
            f"{value:g} is not from 0 to 1",
            remedy=("写比例", "write a share"),
        )
    ]


def _choice(at: str, value: str, known: Iterable[str]) -> list[Problem]:
    options: Sequence[str] = list(known)
    if value in options:
        return []
    near = suggest(str(value), options)
    return [
        problem(
            at,
            f"没有“{value}”{near.zh}",
            f"there is no '{value}'{near.en}",
            remedy=(f"可选:{'、'.join(options)}", f"choose one of {', '.join(options)}"),
        )
    ]
