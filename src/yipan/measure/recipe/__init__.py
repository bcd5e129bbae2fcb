"""A composite index as an immutable recipe: denominate, impute, screen, treat, normalise, weight, aggregate.

`run` takes a `Recipe` and a table of data and returns `Built`, which keeps every intermediate table. The
single steps are pure functions on matrices, so that many variants of one recipe can be run fast: `fill`,
`treat`, `normalise`, `grow`.
"""

from yipan.measure.recipe.built import Built, opened, ranks, results
from yipan.measure.recipe.check import recipe_problems
from yipan.measure.recipe.default import recipe_of
from yipan.measure.recipe.files import read_recipe, recipe_to_dict, write_recipe
from yipan.measure.recipe.impute import fill
from yipan.measure.recipe.normalise import Posts, Scaled, normalise
from yipan.measure.recipe.parse import recipe_from_dict
from yipan.measure.recipe.run import run
from yipan.measure.recipe.treat import Curve, Done, skew_kurtosis, treat
from yipan.measure.recipe.tree import AGGREGATES, WEIGHTS, Grown, grow
from yipan.measure.recipe.values import Impute, Leaf, Node, Normalise, Recipe, Screen, Treat

__all__ = [
    "AGGREGATES",
    "WEIGHTS",
    "Built",
    "Curve",
    "Done",
    "Grown",
    "Impute",
    "Leaf",
    "Node",
    "Normalise",
    "Posts",
    "Recipe",
    "Scaled",
    "Screen",
    "Treat",
    "fill",
    "grow",
    "normalise",
    "opened",
    "ranks",
    "read_recipe",
    "recipe_from_dict",
    "recipe_of",
    "recipe_problems",
    "recipe_to_dict",
    "results",
    "run",
    "skew_kurtosis",
    "treat",
    "write_recipe",
]
