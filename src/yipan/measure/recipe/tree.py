"""From scores of indicators up the hierarchy: weights of each group, then its score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from yipan.errors import MeasureError, Problem
from yipan.measure import aggregate, weights
from yipan.measure.recipe.values import Array, Node
from yipan.text import Text

Weigh = Callable[[Array, Node, list[str]], weights.Weights]
Join = Callable[[Array, Array, Node], Array]


def _given(_: Array, node: Node, names: list[str]) -> weights.Weights:
    return weights.manual([part.weight for part in node.parts], names=names)


def _wanted(x: Array, node: Node, names: list[str]) -> weights.Weights:
    return weights.optimised(x, importance=[part.weight for part in node.parts], names=names)


WEIGHTS: Mapping[str, Weigh] = MappingProxyType(
    {
        "given": _given,
        "equal": lambda x, node, names: weights.equal(len(names)),
        "ahp": lambda x, node, names: weights.ahp(node.judgements, names=names),
        "entropy": lambda x, node, names: weights.entropy(x, names=names),
        "critic": lambda x, node, names: weights.critic(x, names=names),
        "variation": lambda x, node, names: weights.variation(x, names=names),
        "deviation": lambda x, node, names: weights.deviation(x, names=names),
        "pca": lambda x, node, names: weights.pca(x, names=names),
        "optimised": _wanted,
    }
)
"""Ways to weight the parts of a group; for ``optimised`` the parts' weights are the wanted importance."""


def _order(x: Array, w: Array, node: Node) -> Array:
    """Places in the non-compensatory order, turned so that more is better: zones behind it."""
    order = aggregate.noncompensatory(x, w, least=node.least)
    return len(order.zones) - order.positions


def _doubt(x: Array, _: Array, node: Node) -> Array:
    whole = ~np.isnan(x).any(axis=1)
    out = np.full(len(x), np.nan)
    low, high = node.shares
    out[whole] = weights.benefit_of_doubt(x[whole], low=low, high=high, names=_names(node)).scores
    return out


def _topsis(x: Array, w: Array, _: Node) -> Array:
    whole = ~np.isnan(x).any(axis=1)
    out = np.full(len(x), np.nan)
    out[whole] = aggregate.topsis(x[whole], w)
    return out


AGGREGATES: Mapping[str, Join] = MappingProxyType(
    {
        "arithmetic": lambda x, w, node: aggregate.arithmetic(x, w, least=node.least),
        "geometric": lambda x, w, node: aggregate.geometric(x, w, least=node.least),
        "harmonic": lambda x, w, node: aggregate.harmonic(x, w, least=node.least),
        "power": lambda x, w, node: aggregate.power(x, w, p=_power(node), least=node.least),
        "mazziotta_pareto": lambda x, w, node: aggregate.mazziotta_pareto(x, w, least=node.least),
        "copeland": lambda x, w, node: aggregate.copeland(x, w, least=node.least),
        "noncompensatory": _order,
        "topsis": _topsis,
        "doubt": _doubt,
    }
)
"""Ways to bring the parts of a group together. ``noncompensatory`` scores a zone by the number of zones
behind it; ``doubt`` (benefit of the doubt, bounds in `Node.shares`) finds its own weights; it and ``topsis``
leave zones with a missing part without score."""


@dataclass(frozen=True, slots=True)
class Grown:
    """Scores of every group (by id, parts before the whole) and how its parts were weighted."""

    scores: Mapping[str, Array]
    weights: Mapping[str, weights.Weights]
    problems: tuple[Problem, ...]


def grow(root: Node, scores: Mapping[str, Array]) -> Grown:
    """Return the scores of all groups.

    Parameters
    ----------
    root
        The hierarchy.
    scores
        Of its indicators, one a row, more is better, NaN where missing.

    Raises
    ------
    MeasureError
        With everything that every group refuses whose parts have scores (weights that cannot be found,
        scores the mean cannot take), each with the group and the part it is about.

    Examples
    --------
    >>> from yipan.measure.recipe.values import Leaf
    >>> root = Node(id="index", aggregate="geometric", parts=(Leaf(id="a"), Leaf(id="b")))
    >>> grow(root, {"a": np.array([4.0]), "b": np.array([9.0])}).scores["index"].round(9).tolist()
    [6.0]
    """
    known: dict[str, Array] = dict(scores)
    out: dict[str, Array] = {}
    found: dict[str, weights.Weights] = {}
    warnings: list[Problem] = []
    refused: list[Problem] = []
    for node in root.nodes():
        names = _names(node)
        if any(name not in known for name in names):
            continue  # a part was refused, and that is said
        x = np.column_stack([known[name] for name in names])
        try:
            w = weights.equal(1) if len(names) == 1 else WEIGHTS[node.weights](x, node, names)
            out[node.id] = known[node.id] = AGGREGATES[node.aggregate](x, w.values, node)
        except MeasureError as error:
            refused += [_placed(p, node) for p in error.problems]
            continue
        found[node.id] = w
        warnings += [_placed(p, node) for p in w.warnings]
    if refused:
        raise MeasureError(Text("指数无法合成", "the index cannot be brought together"), problems=refused)
    return Grown(out, found, tuple(warnings))


def effective(root: Node, found: Mapping[str, weights.Weights]) -> dict[str, float]:
    """Return each part's share of the index as the weights mean it: the product of weights down to it."""
    out = {root.id: 1.0}
    for node in reversed(list(root.nodes())):  # the whole before its parts
        for part, weight in zip(node.parts, found[node.id].values, strict=True):
            out[part.id] = out[node.id] * float(weight)
    return out


def _names(node: Node) -> list[str]:
    return [part.id for part in node.parts]


def _power(node: Node) -> float:
    return 1.0 if node.power is None else node.power


def _placed(problem: Problem, node: Node) -> Problem:
    """Return the problem with the group and the part it is about, in place of a column number."""
    at = problem.column
    if at.startswith("#") and at[1:].isdecimal():
        at = node.parts[int(at[1:]) - 1].id
    return replace(problem, column=f"{node.id}: {at}" if at else node.id, row=None)
