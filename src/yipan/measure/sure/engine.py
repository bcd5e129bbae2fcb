"""Scores under many designs: steps that designs share are done once, weights in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.aggregate.means import back, forth
from yipan.measure.recipe import AGGREGATES, WEIGHTS, Leaf, Node, Recipe, run
from yipan.measure.sure.values import AnyChoice, Array, Choice, Designs, WeightFactors, refuse
from yipan.text import Text

BATCH = 64_000_000
"""Bytes that one batch of designs may take, about."""
POWERS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}


@dataclass(frozen=True)
class Batch:
    """Scores of the index under some designs.

    Parameters
    ----------
    designs
        Row numbers into the *distinct* designs.
    scores
        Designs × zones, NaN where a zone has no index.
    """

    designs: Designs
    scores: Array


@dataclass(frozen=True)
class Setup:
    """An index, its data and the choices it could have been made with, checked.

    Parameters
    ----------
    recipe, data
        The nominal recipe, and the table it reads (one row a zone).
    choices
        What may vary.
    """

    recipe: Recipe
    data: pd.DataFrame
    choices: tuple[AnyChoice, ...]

    @property
    def zones(self) -> tuple[str, ...]:
        """Ids of the zones, in the order of the data."""
        return tuple(map(str, self.data.index))


def setup(recipe: Recipe, data: pd.DataFrame, choices: Sequence[AnyChoice]) -> Setup:
    """Return a checked problem.

    Raises
    ------
    MeasureError
        When the data are a panel, a choice has no option, more than one choice is of weight factors, a
        factor is negative or for a part the recipe does not have.
    """
    problems = []
    if data.index.nlevels > 1:
        problems.append(
            _problem("数据有多个年份", "the data hold several years", ("选一个年份", "take one year of them"))
        )
    if sum(isinstance(c, WeightFactors) for c in choices) > 1:
        problems.append(
            _problem("权重集多于一个", "more than one choice of weight factors", ("合并为一个", "join them"))
        )
    known = {part.id for node in recipe.root.nodes() for part in node.parts}
    for c in choices:
        if not c.labels:
            problems.append(
                _problem(
                    f"“{c.name}”没有选项", f"{c.name} has no option", ("至少给一个", "give at least one")
                )
            )
        if isinstance(c, WeightFactors):
            problems += _factor_problems(c, known)
    refuse(problems)
    return Setup(recipe, data, tuple(choices))


def _factor_problems(c: WeightFactors, known: set[str]) -> list[Problem]:
    out = [
        _problem(
            f"配方中没有“{p}”", f"the recipe has no part {p}", ("改用配方中的编号", "use ids of the recipe")
        )
        for p in c.parts
        if p not in known
    ]
    if c.factors.ndim != 2 or c.factors.shape[1] != len(c.parts) or not (c.factors >= 0).all():
        out.append(
            _problem(
                "权重系数为负、缺失或形状不符",
                "weight factors are negative, missing or not one a part",
                ("每组每项给一个不小于 0 的数", "give each set one number of 0 or more a part"),
            )
        )
    return out


def checked(problem: Setup, designs: Designs) -> Designs:
    """Return designs as whole numbers, when each is one option of every choice.

    Raises
    ------
    MeasureError
        When there is no design, the columns are not the choices, or an option does not exist.
    """
    d = np.asarray(designs, dtype=np.int64)
    if d.ndim != 2 or len(d) == 0 or d.shape[1] != len(problem.choices):
        refuse(
            [
                _problem(
                    "设计不是每行一个、每列一个选择",
                    "designs are not one a row with one option a choice",
                    ("用 every_design 等生成", "make them by every_design or the like"),
                )
            ]
        )
    refuse(
        [
            _problem(
                f"“{c.name}”没有这个选项",
                f"{c.name} has no such option",
                (f"从 0 到 {len(c.labels) - 1}", f"0 to {len(c.labels) - 1}"),
            )
            for k, c in enumerate(problem.choices)
            if d[:, k].min() < 0 or d[:, k].max() >= len(c.labels)
        ]
    )
    return d


def evaluate(problem: Setup, designs: Designs) -> Iterator[Batch]:
    """Yield the scores of the index under every design, batch by batch, in no particular order.

    Parameters
    ----------
    designs
        Distinct designs × choices.

    Raises
    ------
    MeasureError
        With every combination of options that cannot be computed, each named.
    """
    changing = [k for k, c in enumerate(problem.choices) if isinstance(c, Choice)]
    variants, at = np.unique(designs[:, changing], axis=0, return_inverse=True)
    at = at.reshape(-1)
    prepared: dict[Recipe, Array] = {}
    refused: list[Problem] = []
    for v, options in enumerate(variants):
        recipe, words = _composed(problem, [(changing[j], int(o)) for j, o in enumerate(options)])
        mine = np.flatnonzero(at == v)
        try:
            x = _prepare(recipe, problem, prepared)
            yield from _variant(problem, recipe, x, designs, mine)
        except MeasureError as error:
            refused += [
                replace(p, what=Text(f"[{words}] {p.what.zh}", f"[{words}] {p.what.en}"))
                for p in error.problems
            ]
    refuse(refused)


def _composed(problem: Setup, options: list[tuple[int, int]]) -> tuple[Recipe, str]:
    """Return the recipe under these options (choice, option), and their labels in words."""
    recipe, words = problem.recipe, []
    for k, option in options:
        choice = problem.choices[k]
        if isinstance(choice, Choice):
            label = choice.labels[option]
            recipe = choice.options[label](recipe)
            words.append(f"{choice.name}: {label}")
    return recipe, ", ".join(words) or "nominal"


def _prepare(recipe: Recipe, problem: Setup, done: dict[Recipe, Array]) -> Array:
    """Return normalised scores (zones × leaves), NaN for zones screened out; each kind is computed once."""
    leaves = tuple(replace(leaf, weight=1.0) for leaf in recipe.root.leaves())
    key = replace(recipe, root=Node(id=recipe.root.id, parts=leaves))
    if key not in done:
        table = run(key, problem.data).normalised
        done[key] = table.reindex(problem.data.index).to_numpy(dtype=np.float64)
    return done[key]


def _variant(problem: Setup, recipe: Recipe, x: Array, designs: Designs, mine: Designs) -> Iterator[Batch]:
    """Yield batches of the designs of one recipe, which differ by their weight factors alone."""
    columns = {leaf.id: x[:, k] for k, leaf in enumerate(recipe.root.leaves())}
    where = [k for k, c in enumerate(problem.choices) if isinstance(c, WeightFactors)]
    factors = problem.choices[where[0]] if where else None
    fast = _is_fast(recipe.root)
    tables = sum(1 for _ in recipe.root.nodes()) + 6  # scores of all groups, and what is in between
    size = max(1, BATCH // (8 * len(x) * tables)) if fast else 1
    base = {node.id: _base(node, columns) for node in recipe.root.nodes()} if fast else {}
    for start in range(0, len(mine), size):
        rows = mine[start : start + size]
        mult = _multipliers(factors, designs[rows, where[0]] if where else None, len(rows))
        if fast:
            yield Batch(rows, _means(recipe.root, columns, base, mult))
        else:
            one = {part: float(m[0]) for part, m in mult.items()}
            yield Batch(rows, _grown(recipe.root, columns, one)[None, :])


def _multipliers(factors: AnyChoice | None, sets: Designs | None, count: int) -> dict[str, Array]:
    """Return the factor of each part under each design of the batch."""
    if not isinstance(factors, WeightFactors) or sets is None:
        return {"": np.ones(count)}
    return {part: factors.factors[sets, k] for k, part in enumerate(factors.parts)}


def _is_fast(root: Node) -> bool:
    """Return whether weights and means of all groups can be done for a batch of designs at once."""
    return all(
        (node.aggregate in POWERS or node.aggregate == "power")
        and (node.weights in ("given", "equal", "ahp") or all(isinstance(p, Leaf) for p in node.parts))
        for node in root.nodes()
    )


def _base(node: Node, columns: dict[str, Array]) -> Array:
    """Return a group's weights before factors; they depend on no other choice of weights."""
    names = [part.id for part in node.parts]
    if len(names) == 1:
        return np.ones(1)
    if all(isinstance(p, Leaf) for p in node.parts):
        return WEIGHTS[node.weights](np.column_stack([columns[n] for n in names]), node, names).values
    return WEIGHTS[node.weights](np.zeros((1, len(names))), node, names).values


def _means(root: Node, columns: dict[str, Array], base: dict[str, Array], mult: dict[str, Array]) -> Array:
    """Return the index under a batch of designs (designs × zones), every group a power mean."""
    count = len(next(iter(mult.values())))
    known = dict(columns)  # zones, or designs × zones
    for node in root.nodes():
        w = np.tile(base[node.id], (count, 1))
        for k, part in enumerate(node.parts):
            if part.id in mult:
                w[:, k] *= mult[part.id]
        p = POWERS.get(node.aggregate, 1.0 if node.power is None else node.power)
        values = [known[part.id] for part in node.parts]
        _check(node, values, p)
        leaves = all(isinstance(part, Leaf) for part in node.parts)
        total, held, number = _of_leaves(w, values, p) if leaves else _of_parts(w, values, p)
        enough = (number >= node.least * len(node.parts) - 1e-12) & (held > 0)
        if enough.all():
            total /= held
        else:
            total = np.where(enough, total / np.where(held > 0, held, 1.0), np.nan)
        known[node.id] = back(total, p)
    return known[root.id]


def _of_leaves(w: Array, values: list[Array], p: float) -> tuple[Array, Array, Array]:
    """Return weighted sums, weights held and parts there: designs × zones, or what broadcasts to it."""
    x = np.column_stack(values)
    there = ~np.isnan(x)
    if there.all():
        return w @ forth(x, p).T, w.sum(axis=1, keepdims=True), np.full((1, 1), float(w.shape[1]))
    total = w @ np.where(there, forth(x, p), 0.0).T
    return total, w @ there.T.astype(np.float64), there.sum(axis=1, dtype=np.float64)[None, :]


def _of_parts(w: Array, values: list[Array], p: float) -> tuple[Array, Array, Array]:
    """Return the same where parts differ from design to design; one part at a time to save memory."""
    total = np.zeros((len(w), values[0].shape[-1]))
    held, number = np.zeros((len(w), 1)), np.zeros((1, 1))
    for k, v in enumerate(values):
        y, mine = forth(v, p), w[:, k, None]
        there = ~np.isnan(y)
        if there.all():
            total += mine * y
            held, number = held + mine, number + 1.0
        else:
            total += mine * np.where(there, y, 0.0)
            held, number = held + mine * there, number + there
    return total, held, number


def _check(node: Node, values: list[Array], p: float) -> None:
    """Refuse scores that the group's mean cannot take."""
    if p == 1.0:
        return
    word = Text("不大于", "not above") if p <= 0 else Text("小于", "below")
    refuse(
        [
            _problem(
                f"“{part.id}”有得分{word.zh} 0,“{node.id}”的合成方法不允许",
                f"{part.id} has scores {word.en} 0, which the mean of {node.id} cannot take",
                ("归一到 1–100", "normalise to 1–100"),
                column=part.id,
            )
            for part, v in zip(node.parts, values, strict=True)
            if ((v <= 0) if p <= 0 else (v < 0)).any()
        ]
    )


def _grown(root: Node, columns: dict[str, Array], factor: dict[str, float]) -> Array:
    """Return the index under one design, any weighting and aggregation."""
    known = dict(columns)
    for node in root.nodes():
        names = [part.id for part in node.parts]
        x = np.column_stack([known[n] for n in names])
        w = np.ones(1) if len(names) == 1 else WEIGHTS[node.weights](x, node, names).values
        w = w * np.array([factor.get(n, 1.0) for n in names])
        known[node.id] = AGGREGATES[node.aggregate](x, w / w.sum(), node)
    return known[root.id]


def _problem(zh: str, en: str, remedy: tuple[str, str], *, column: str = "") -> Problem:
    return Problem(what=Text(zh, en), remedy=Text(*remedy), column=column)
