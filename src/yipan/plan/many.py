"""Sets of projects proposed by an evolutionary search where there are more than two criteria (pymoo).

Needs the extra ``pareto``; only read where such a front is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.algorithms.moo.nsga3 import NSGA3
from pymoo.core.problem import Problem
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.operators.mutation.bitflip import BitflipMutation
from pymoo.operators.sampling.rnd import BinaryRandomSampling
from pymoo.optimize import minimize
from pymoo.util.ref_dirs import get_reference_directions

from yipan.plan.front import Chosen, Criterion
from yipan.plan.game import Game
from yipan.plan.units import Unit, units_of

_POPULATION = 60
_FEW = 3
"""Up to so many criteria NSGA-II is used, beyond that NSGA-III with the directions of Das & Dennis."""
_BAD = 1e9
"""Score of a set that keeps not all floors: worse than any real one."""


def proposed(game: Game, criteria: Sequence[Criterion], *, generations: int, seed: int = 0) -> None:
    """Let pymoo propose sets and measure them; what it measured is then in `game.seen`.

    Each individual says for every unit (projects that come only together) whether it is wanted; wanted units
    are built, by name, as long as the set keeps money, years, needs and exclusions. The seed makes it
    repeatable.
    """
    problem = _Sets(game, criteria)
    minimize(problem, _algorithm(len(criteria)), ("n_gen", generations), seed=seed, verbose=False)


class _Sets(Problem):  # type: ignore[misc]
    """The problem as pymoo sees it: one bit a unit, a whole population measured at once."""

    def __init__(self, game: Game, criteria: Sequence[Criterion]) -> None:
        self.game, self.criteria, self.units = game, criteria, units_of(game.rules)
        super().__init__(n_var=len(self.units), n_obj=len(criteria), xl=0, xu=1, vtype=bool)

    def _evaluate(self, x: NDArray[np.bool_], out: dict[str, Any], *_: Any, **__: Any) -> None:
        sets = [_built(self.game, self.units, row) for row in x]
        self.game.evaluate_many(sets)
        out["F"] = np.array([_cost(self.game, self.criteria, s) for s in sets])


def _built(game: Game, units: Sequence[Unit], wanted: NDArray[np.bool_]) -> Chosen:
    """Return the set of wanted units, taken one after the other as long as it keeps the rules."""
    chosen: Chosen = frozenset()
    for unit, want in zip(units, wanted, strict=True):
        if want and game.rules.feasible(chosen | unit.closure):
            chosen = chosen | unit.closure
    return chosen


def _cost(game: Game, criteria: Sequence[Criterion], chosen: Chosen) -> list[float]:
    e = game.evaluation(chosen)
    short = game.deficit(chosen)
    if e is None or short > 0:
        return [_BAD * (1.0 + min(short, 1e3))] * len(criteria)
    return [-c.score(chosen, e) for c in criteria]


def _algorithm(criteria: int) -> Any:
    how = {
        "pop_size": _POPULATION,
        "sampling": BinaryRandomSampling(),
        "crossover": TwoPointCrossover(),
        "mutation": BitflipMutation(),
        "eliminate_duplicates": True,
    }
    if criteria <= _FEW:
        return NSGA2(**how)
    return NSGA3(ref_dirs=get_reference_directions("das-dennis", criteria, n_partitions=4), **how)
