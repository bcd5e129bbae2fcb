"""Choices an index could have been made with, and designs: one option of every choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe import Leaf, Node, Recipe
from yipan.text import Text

Array = NDArray[np.float64]
Designs = NDArray[np.int64]
"""Designs × choices: number of the option taken."""
Change = Callable[[Recipe], Recipe]


@dataclass(frozen=True)
class Choice:
    """A choice with its alternatives, each a change of the recipe.

    Parameters
    ----------
    name
        Of the choice (treatment, normalisation, aggregation …).
    options
        By label, what the recipe becomes; ``lambda recipe: recipe`` leaves it as it is. Changes of several
        choices are applied one after the other, in the order of the choices.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from yipan.measure.recipe import Normalise
    >>> how = Choice("scale", {
    ...     "0-100": lambda r: r,
    ...     "z": lambda r: replace(r, normalise=Normalise(method="z", mean=100, sd=10)),
    ... })
    >>> how.labels
    ('0-100', 'z')
    """

    name: str
    options: Mapping[str, Change]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the options, in order."""
        return tuple(self.options)


@dataclass(frozen=True)
class WeightFactors:
    """A choice among sets of weights: factors on the weights that the recipe gives or finds.

    Parameters
    ----------
    name
        Of the choice.
    parts
        Ids of the leaves and nodes the factors are for; the others keep their weights.
    factors
        Sets × parts, 0 or more.
    """

    name: str
    parts: tuple[str, ...]
    factors: Array

    @property
    def labels(self) -> tuple[str, ...]:
        """Numbers of the sets, from 1."""
        return tuple(str(k + 1) for k in range(len(self.factors)))


AnyChoice = Choice | WeightFactors


def refuse(problems: Sequence[Problem]) -> None:
    """Raise one `MeasureError` with all the problems, if there are any."""
    if problems:
        raise MeasureError(
            Text("无法分析指数的不确定性", "how sure the index is cannot be told"), problems=problems
        )


def aggregations(*methods: str, power: float | None = None) -> Choice:
    """Return the choice of how scores come together, in every group of the recipe alike.

    Parameters
    ----------
    methods
        Names from `yipan.measure.recipe.AGGREGATES`.
    power
        Of the power mean.

    Examples
    --------
    >>> aggregations("arithmetic", "geometric").labels
    ('arithmetic', 'geometric')
    """
    return Choice("aggregation", {m: _everywhere(aggregate=m, power=power) for m in methods})


def weightings(*methods: str) -> Choice:
    """Return the choice of how parts are weighted, in every group of the recipe alike.

    Examples
    --------
    >>> weightings("given", "equal", "entropy").labels
    ('given', 'equal', 'entropy')
    """
    return Choice("weighting", {m: _everywhere(weights=m) for m in methods})


def _everywhere(
    *, aggregate: str | None = None, weights: str | None = None, power: float | None = None
) -> Change:
    def part_of(part: Node | Leaf) -> Node | Leaf:
        return part if isinstance(part, Leaf) else node_of(part)

    def node_of(node: Node) -> Node:
        return replace(
            node,
            parts=tuple(part_of(p) for p in node.parts),
            aggregate=node.aggregate if aggregate is None else aggregate,
            weights=node.weights if weights is None else weights,
            power=node.power if power is None else power,
        )

    return lambda recipe: replace(recipe, root=node_of(recipe.root))


def noisy_weights(
    recipe: Recipe, *, sets: int, share: float = 0.25, seed: int = 0, leaves: bool = False
) -> WeightFactors:
    """Return sets of weights that each differ from the recipe's by up to `share`, evenly distributed.

    Parameters
    ----------
    sets
        How many.
    share
        Largest change of a weight, as a share of it: above 0, at most 1.
    leaves
        Whether the weights of indicators are changed as well, not only those of groups.

    Raises
    ------
    MeasureError
        When `share` or `sets` make no sense.

    Examples
    --------
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))))
    >>> noise = noisy_weights(recipe, sets=1000, share=0.2, leaves=True)
    >>> noise.parts, noise.factors.shape, bool((abs(noise.factors - 1) <= 0.2).all())
    (('jobs', 'air'), (1000, 2), True)
    """
    if not 0 < share <= 1 or sets < 1:
        refuse(
            [
                Problem(
                    what=Text(
                        "权重变动应在 (0, 1],组数至少为 1",
                        "a change of weights above 0 and at most 1, one set at least",
                    ),
                    remedy=Text("如 share=0.25, sets=1000", "for instance share=0.25, sets=1000"),
                )
            ]
        )
    parts = tuple(
        part.id for node in recipe.root.nodes() for part in node.parts if leaves or isinstance(part, Node)
    )
    rng = np.random.default_rng(seed)
    return WeightFactors("weights", parts, rng.uniform(1 - share, 1 + share, (sets, len(parts))))


def every_design(choices: Sequence[AnyChoice]) -> Designs:
    """Return all combinations of options (designs × choices).

    Examples
    --------
    >>> every_design([weightings("given", "equal"), aggregations("arithmetic", "geometric")]).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    counts = [len(c.labels) for c in choices]
    grid = np.indices(counts).reshape(len(counts), -1).T
    return np.ascontiguousarray(grid, dtype=np.int64)


def random_designs(choices: Sequence[AnyChoice], *, count: int, seed: int = 0) -> Designs:
    """Return `count` designs, each option of a choice equally likely.

    Examples
    --------
    >>> random_designs([weightings("given", "equal")], count=4, seed=1).shape
    (4, 1)
    """
    rng = np.random.default_rng(seed)
    return rng.integers(0, [len(c.labels) for c in choices], (count, len(choices)), dtype=np.int64)
