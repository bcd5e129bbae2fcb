"""Normalise all indicators of a recipe, each by its own rule, and refuse scales that mean nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yipan.errors import Problem
from yipan.measure.recipe.data import Rows
from yipan.measure.recipe.normalise import Posts, Scaled, degenerate, normalise
from yipan.measure.recipe.problems import found
from yipan.measure.recipe.treat import Done
from yipan.measure.recipe.values import FIXED, ORDERED, Array, Leaf, Normalise, Recipe
from yipan.region.findings import suggest
from yipan.text import Text


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the indicators, the ends of each scale (see `Scaled`), problems, comparable over years."""

    scores: Array
    worst: Array
    best: Array
    problems: tuple[Problem, ...]
    comparable: bool


def scale(
    recipe: Recipe, leaves: Sequence[Leaf], treated: Array, *, done: Sequence[Done], rows: Rows
) -> Scores:
    """Normalise treated values; the problems hold errors where a scale means nothing."""
    scores, worst, best = (np.full(treated.shape, np.nan), *np.full((2, treated.shape[1]), np.nan))
    problems: list[Problem] = []
    rules = [recipe.normalise if leaf.normalise is None else leaf.normalise for leaf in leaves]
    for rule in dict.fromkeys(rules):
        at = [k for k, r in enumerate(rules) if r == rule]
        mine, x = [leaves[k] for k in at], np.ascontiguousarray(treated[:, at])
        wrong = _rule_problems(rule, rows)
        if wrong:
            problems += wrong
            continue
        posts, outside = _posts(mine, x, rule, done=[done[k] for k in at], rows=rows)
        sample = x if rule.base is None else x[rows.years == rule.base]
        years = rows.years if rule.over == "year" else None
        got = normalise(x, rule, posts=posts, sample=sample, years=years)
        problems += [*outside, *_scale_problems(mine, rule, got, x, skip={p.column for p in outside})]
        scores[:, at], worst[at], best[at] = got.scores, got.worst, got.best
    comparable = not rows.panel or all(rule.over == "all" for rule in rules)
    if not comparable:
        problems.append(
            found(
                "各年分别排序:不同年份的得分不可比",
                "zones are ranked in each year by itself: scores of different years do not compare",
                remedy=(
                    '比较各年时用 over = "all" 或固定标杆',
                    'to compare years take over = "all" or fixed goalposts',
                ),
                warning=True,
            )
        )
    return Scores(scores, worst, best, tuple(problems), comparable)


def _rule_problems(rule: Normalise, rows: Rows) -> list[Problem]:
    out = []
    if rule.base is not None and not (rows.years == rule.base).any():
        out.append(
            found(
                f"没有基准年 {rule.base} 的数据",
                f"there are no data of the base year {rule.base}",
                remedy=("写数据中的年份", "write a year of the data"),
            )
        )
    if rule.method == "reference":
        ids = rows.zone_ids.astype(str)
        if rule.reference not in ids:
            near = suggest(rule.reference, ids)
            out.append(
                found(
                    f"没有参照区域“{rule.reference}”{near.zh}",
                    f"there is no reference zone '{rule.reference}'{near.en}",
                    remedy=("写数据中的区域编号", "write the id of a zone that was not screened out"),
                )
            )
        elif rows.panel and rule.base is None:
            out.append(
                found(
                    "多年数据的参照区域需要基准年",
                    "in a panel the reference zone needs a base year",
                    remedy=("写 base = 某年", "write base = a year"),
                )
            )
    if rule.method not in FIXED and len(np.unique(rows.zones)) == 1 and not rows.panel:
        out.append(
            found(
                f"只有一个区域,无法按 {rule.method} 标准化:尺度来自各区域的差别",
                f"one zone alone cannot be normalised by {rule.method}: its scale is made by the zones",
                remedy=("改用固定标杆 goalposts", "take fixed goalposts"),
            )
        )
    return out


def _posts(
    leaves: Sequence[Leaf], x: Array, rule: Normalise, *, done: Sequence[Done], rows: Rows
) -> tuple[Posts, list[Problem]]:
    """Return goalposts, targets and reference values as treated, and those a transformation cannot take."""
    n = len(leaves)
    low, high, target, reference = np.full((4, n), np.nan)
    problems = []
    for k, (leaf, what) in enumerate(zip(leaves, done, strict=True)):
        wanted: list[tuple[str, float | None, Array]] = []
        if rule.method == "goalposts":
            wanted = [("low", leaf.low, low), ("high", leaf.high, high)]
        elif rule.method == "target":
            wanted = [("target", leaf.target, target)]
        for key, value, into in wanted:
            given = np.array([np.nan if value is None else value])
            into[k] = (given if what.curve is None else what.curve(given))[0]
            if np.isnan(into[k]):
                problems.append(_outside(leaf, key, float(given[0])))
    if rule.method == "reference":
        ids = rows.zone_ids.astype(str) == rule.reference
        at = np.flatnonzero(ids if rule.base is None else ids & (rows.years == rule.base))
        if at.size:
            reference = x[at[0]].copy()
    direction = np.array([float(leaf.direction) for leaf in leaves])
    return Posts(direction, low, high, target, reference), problems


def _outside(leaf: Leaf, key: str, value: float) -> Problem:
    return found(
        f"{key} = {value:g} 不在该指标所取对数(幂)的定义域内",
        f"{key} = {value:g} has no logarithm (power) as the treated values have",
        remedy=(
            "不对该指标取对数,或把标杆放到数据范围内",
            "do not transform this indicator, or put the value inside the data's range",
        ),
        column=leaf.id,
    )


def _scale_problems(
    leaves: Sequence[Leaf], rule: Normalise, got: Scaled, x: Array, *, skip: set[str]
) -> list[Problem]:
    out: list[Problem] = []
    flat = degenerate(got, x)
    same = np.array([np.unique(c[~np.isnan(c)]).size <= 1 for c in x.T], dtype=bool)
    for k, leaf in enumerate(leaves):
        if leaf.id in skip:
            continue
        backwards = rule.method in ("target", "reference") and not (
            (got.best[k] - got.worst[k]) * leaf.direction > 0
        )
        if rule.method in ORDERED and same[k]:
            out.append(_equal(leaf, warning=True))
        elif same[k] and rule.method not in FIXED:
            out.append(_equal(leaf))
        elif backwards:
            out.append(_backwards(leaf, rule, float(got.best[k])))
        elif flat[k]:
            out.append(_flat(leaf, rule))
    return out


def _equal(leaf: Leaf, *, warning: bool = False) -> Problem:
    return found(
        "所有区域的值相同,无从比较",
        "the same value everywhere: it tells no zones apart",
        remedy=(
            "从配方中删去,或给该指标固定标杆 goalposts",
            "take it out of the recipe, or give it fixed goalposts",
        ),
        column=leaf.id,
        warning=warning,
    )


def _backwards(leaf: Leaf, rule: Normalise, best: float) -> Problem:
    what = Text("目标值", "the target") if rule.method == "target" else Text("参照区域", "the reference zone")
    if np.isnan(best):
        return found(
            f"{what.zh}缺失",
            f"{what.en} has no value",
            remedy=("补齐,或另选", "supply it, or take another"),
            column=leaf.id,
        )
    return found(
        f"{what.zh}({best:g})不优于最差的区域,得分会颠倒",
        f"{what.en} ({best:g}) is not better than the worst zone: scores would be turned round",
        remedy=("检查方向与目标值,或另选参照", "check direction and target, or take another reference"),
        column=leaf.id,
    )


def _flat(leaf: Leaf, rule: Normalise) -> Problem:
    return found(
        f"{rule.method} 的尺度没有长度(如最优值不为正)",
        f"the scale of {rule.method} has no length (the best value is not above 0, or values are too few)",
        remedy=("改用 minmax 或 goalposts", "take minmax or goalposts"),
        column=leaf.id,
    )
