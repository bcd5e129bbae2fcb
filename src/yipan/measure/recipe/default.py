"""The region's own index as a recipe: a place to start from."""

from __future__ import annotations

from yipan.measure.recipe.values import Leaf, Node, Normalise, Recipe
from yipan.measure.values import NEED_NAMES, NEEDS, Results


def recipe_of(results: Results) -> Recipe:
    """Return the needs and the index of measured results as a recipe.

    Every scored indicator between its own goalposts, needs as means of their indicators, the index their
    geometric mean. The scale is 1 to 100, where `yipan.measure.index` has 0 to 100 and floors the needs at
    1 instead: a geometric mean cannot take zeros. Indicators without any value are left out.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> recipe = recipe_of(measure(example("tiny")))
    >>> [node.id for node in recipe.root.nodes()][-1], recipe.root.aggregate
    ('index', 'geometric')
    """
    groups = []
    for need in NEEDS:
        leaves = tuple(
            Leaf(id=code, direction=int(i.direction), low=i.low, high=i.high)
            for code, i in results.indicators.items()
            if i.need == need and code in results.scores.columns and results.values[code].notna().any()
        )
        if leaves:
            groups.append(Node(id=need, parts=leaves, name=NEED_NAMES[need]))
    root = Node(id="index", parts=tuple(groups), aggregate="geometric", name=NEED_NAMES["index"])
    return Recipe(root=root, normalise=Normalise(method="goalposts", low=1.0, high=100.0))
