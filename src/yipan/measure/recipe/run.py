"""Run a recipe on data: denominate, screen, impute, treat, normalise, weight, aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem, errors_of
from yipan.measure.recipe.built import Built
from yipan.measure.recipe.check import recipe_problems
from yipan.measure.recipe.data import (
    data_problems,
    denominate,
    empty_problems,
    enough,
    rows_of,
    screened_problems,
)
from yipan.measure.recipe.impute import fill
from yipan.measure.recipe.report import (
    gap_problems,
    origin,
    points_words,
    report,
    treat_problems,
    weights_table,
)
from yipan.measure.recipe.scale import scale
from yipan.measure.recipe.treat import treat
from yipan.measure.recipe.tree import grow
from yipan.measure.recipe.values import Recipe
from yipan.text import Text


def run(recipe: Recipe, data: pd.DataFrame) -> Built:
    """Build an index.

    Parameters
    ----------
    recipe
        What to do.
    data
        One row a zone, index its id; in a panel two index levels, zone and year (a whole number). Columns:
        the indicators of the recipe, their denominators, and the groups that imputing uses; others are not
        looked at. NaN where missing.

    Returns
    -------
    Built
        Every intermediate table, the report of what was done to each indicator, and warnings.

    Raises
    ------
    MeasureError
        With every problem found in the recipe and the data, then in the step that cannot be taken: an
        indicator without any data or with the same value everywhere, one zone alone on a scale made by the
        zones, targets and goalposts on the wrong side, zeros under a geometric mean, negative weights,
        minimum and maximum of each year by itself.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node
    >>> data = pd.DataFrame({"jobs": [1.0, 3.0, 2.0], "noise": [50.0, 60.0, 70.0]}, index=["a", "b", "c"])
    >>> root = Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="noise", direction=-1)))
    >>> run(Recipe(root=root), data).scores["index"].tolist()
    [50.0, 75.0, 25.0]
    """
    wrong = recipe_problems(recipe)
    _stop(wrong if errors_of(wrong) else [*wrong, *data_problems(recipe, data)])
    leaves = list(recipe.root.leaves())
    names = [leaf.id for leaf in leaves]
    raw = data.loc[:, names].astype(np.float64)
    rows = rows_of(recipe, data)
    divided, warnings = denominate(raw, leaves, data)
    kept = enough(divided, recipe, of="measured")
    here = rows.only(kept)
    filled, how = fill(divided[kept], recipe.impute, groups=here.groups, zones=here.zones, years=here.years)
    still = enough(filled, recipe, of="imputed")
    kept[np.flatnonzero(kept)[~still]] = False
    filled, how, here = filled[still], how[still], here.only(still)
    _stop(empty_problems(filled, leaves))
    warnings += screened_problems(rows.index[~kept])
    rules = [recipe.treat if leaf.treat is None else leaf.treat for leaf in leaves]
    treated, points, done = treat(filled, rules)
    scaled = scale(recipe, leaves, treated, done=done, rows=here)
    _stop(scaled.problems)
    grown = grow(recipe.root, dict(zip(names, scaled.scores.T, strict=True)))
    weights = weights_table(recipe.root, grown.weights)
    warnings += [*wrong, *treat_problems(leaves, done), *scaled.problems, *grown.problems]
    warnings += gap_problems(recipe.root, grown.scores)

    def table(values: NDArray[Any], columns: Sequence[str] = names) -> pd.DataFrame:
        return pd.DataFrame(values, index=here.index, columns=list(columns))

    measured = (~np.isnan(divided)).sum(axis=1)
    screened = {"measured": measured, "share": measured / len(names), "kept": kept}
    return Built(
        recipe=recipe,
        raw=raw,
        denominated=pd.DataFrame(divided, index=raw.index, columns=names),
        filled=table(origin(how, recipe.impute)),
        screened=pd.DataFrame(screened, index=raw.index),
        imputed=table(filled),
        treated=table(treated),
        points=table(points_words(points)),
        normalised=table(scaled.scores),
        scores=table(np.column_stack(list(grown.scores.values())), list(grown.scores)),
        weights=weights,
        report=report(recipe, how=how, done=done, scaled=scaled, weights=weights),
        details={node: w.details for node, w in grown.weights.items() if w.details},
        problems=tuple(warnings),
        comparable=scaled.comparable,
    )


def _stop(problems: Sequence[Problem]) -> None:
    """Raise all the problems if one is an error."""
    if errors_of(problems):
        raise MeasureError(Text("指数无法计算", "the index cannot be computed"), problems=errors_of(problems))
