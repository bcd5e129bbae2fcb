"""The region's own index as a recipe: a place to start from."""

from __future__ import annotations

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe.values import Leaf, Node, Normalise, Recipe
from yipan.measure.values import NEED_NAMES, NEEDS, Results
from yipan.text import Text


def recipe_of(results: Results) -> Recipe:
    """Return the needs and the index of measured results as a recipe.

    Every scored indicator between its own goalposts, needs as means of their indicators, the index their
    geometric mean. The scale is 1 to 100, where `yipan.measure.index` has 0 to 100 and floors the needs at
    1 instead: a geometric mean cannot take zeros. Indicators without any value are left out.

    Raises
    ------
    MeasureError
        When no scored indicator has a value.

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
    if not groups:
        raise MeasureError(
            Text("没有可合成指数的指标", "there is nothing to make an index of"),
            problems=[
                Problem(
                    what=Text(
                        "所测指标中没有一个有得分(没有标杆,或各分区均缺值)",
                        "none of the measured indicators has a score: no goalposts, or missing in every zone",
                    ),
                    remedy=Text(
                        "测量更多指标,或按 yipan measure --json 所列缺失原因补齐数据",
                        "measure more indicators, or supply what `yipan measure --json` says is missing",
                    ),
                )
            ],
        )
    root = Node(id="index", parts=tuple(groups), aggregate="geometric", name=NEED_NAMES["index"])
    return Recipe(root=root, normalise=Normalise(method="goalposts", low=1.0, high=100.0))
