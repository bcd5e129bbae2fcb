"""The usual alternatives to a recipe: other scales, equal and unsure weights, other means."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe import Normalise, Recipe
from yipan.measure.sure.engine import evaluate, setup
from yipan.measure.sure.values import (
    AnyChoice,
    Change,
    Choice,
    aggregations,
    every_design,
    noisy_weights,
    weightings,
)
from yipan.text import Text

KEPT = "recipe"
"""Label of the option that leaves the recipe as it is."""
SCALES = {
    "minmax": Normalise(method="minmax", low=1.0, high=100.0),
    "z": Normalise(method="z", mean=100.0, sd=10.0),
    "rank": Normalise(method="rank"),
}
"""Scales offered beside the recipe's own: all above 0 as a rule, so that a geometric mean takes them."""
MEANS = ("arithmetic", "geometric")
"""Means offered in every group beside the recipe's own."""


@dataclass(frozen=True)
class Alternatives:
    """Choices that can be combined freely, and options that cannot be computed.

    Parameters
    ----------
    choices
        ``normalisation``, ``weighting``, ``aggregation`` (where the recipe leaves one) and ``weights``, sets
        of weights around the recipe's own.
    left_out
        Warnings: options that were not offered, and why.
    """

    choices: tuple[AnyChoice, ...]
    left_out: tuple[Problem, ...]


def alternatives(
    recipe: Recipe, data: pd.DataFrame, *, sets: int = 256, share: float = 0.25, seed: int = 0
) -> Alternatives:
    """Return the usual choices of an index; the first option of each is the recipe as it is.

    An option that cannot be computed together with all the others (a geometric mean of scores not above 0)
    is left out and named.

    Parameters
    ----------
    recipe, data
        The nominal index and its data, one row a zone.
    sets, share, seed
        Of `noisy_weights`, on indicators and groups.

    Raises
    ------
    MeasureError
        When the recipe itself cannot be computed.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node
    >>> data = pd.DataFrame({"jobs": [1.0, 9.0, 6.0], "air": [10.0, 1.0, 5.0]}, index=["a", "b", "c"])
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))),
    ...                 normalise=Normalise(low=1.0))
    >>> found = alternatives(recipe, data)
    >>> [(c.name, c.labels) for c in found.choices[:2]]
    [('normalisation', ('recipe', 'z', 'rank')), ('aggregation', ('recipe', 'geometric'))]
    """
    nominal = np.zeros((1, 0), dtype=np.int64)
    deque(evaluate(setup(recipe, data, ()), nominal), maxlen=0)  # raises what the recipe lacks
    kept: list[Choice] = []
    left_out: list[Problem] = []
    for name, options in _offered(recipe).items():
        so_far: dict[str, Change] = {KEPT: _as_it_is}
        for label, change in options.items():
            trial = Choice(name, {KEPT: _as_it_is, label: change})
            refused = _refused(recipe, data, [*kept, trial])
            if refused:
                left_out.append(_told(name, label, refused))
            else:
                so_far[label] = change
        if len(so_far) > 1:
            kept.append(Choice(name, so_far))
    return Alternatives(
        (*kept, noisy_weights(recipe, sets=sets, share=share, seed=seed, leaves=True)), tuple(left_out)
    )


def _as_it_is(recipe: Recipe) -> Recipe:
    return recipe


def _offered(recipe: Recipe) -> dict[str, dict[str, Change]]:
    """Return options that differ from the recipe, by choice."""
    scales = {m: _scaled(n) for m, n in SCALES.items() if m != recipe.normalise.method}
    means = aggregations(*MEANS).options
    return {
        "normalisation": scales,
        "weighting": {} if _is_equal(recipe) else dict(weightings("equal").options),
        "aggregation": {m: change for m, change in means.items() if change(recipe) != recipe},
    }


def _scaled(normalise: Normalise) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, normalise=normalise)


def _is_equal(recipe: Recipe) -> bool:
    """Return whether the parts of every group weigh alike already."""
    return all(
        node.weights == "equal" or (node.weights == "given" and len({p.weight for p in node.parts}) == 1)
        for node in recipe.root.nodes()
    )


def _refused(recipe: Recipe, data: pd.DataFrame, choices: list[Choice]) -> tuple[Problem, ...]:
    """Return why some combination of options cannot be computed, nothing where all can."""
    try:
        deque(evaluate(setup(recipe, data, choices), every_design(choices)), maxlen=0)
    except MeasureError as error:
        return error.problems
    return ()


def _told(name: str, label: str, refused: tuple[Problem, ...]) -> Problem:
    first = refused[0]
    return Problem(
        what=Text(
            f"未纳入选项“{label}”:{first.what.zh}" + ("……" if len(refused) > 1 else ""),
            f"the option {label} is left out: {first.what.en}" + (" …" if len(refused) > 1 else ""),
        ),
        remedy=first.remedy,
        column=name,
        severity="warning",
    )
