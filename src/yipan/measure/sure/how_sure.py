"""How sure one index is in one answer: intervals of ranks, what matters most, indicators, two zones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.aggregate.means import forth
from yipan.measure.recipe import Built, Leaf, Recipe, run
from yipan.measure.sure.alternatives import alternatives
from yipan.measure.sure.effects import Compensability, compensability, importance
from yipan.measure.sure.engine import POWERS
from yipan.measure.sure.pairs import Tipping, TwoZones, order_of_two, tipping
from yipan.measure.sure.parts import add_one, drop_one, moved
from yipan.measure.sure.uncertain import Uncertainty, uncertainty
from yipan.measure.sure.values import AnyChoice, refuse
from yipan.measure.sure.variance import Sensitivity, sobol, sobol_designs
from yipan.text import Text

_T = TypeVar("_T")
LEAST_ZONES = 10
"""Zones below which no correlation ratio can be estimated."""


@dataclass(frozen=True)
class HowSure:
    """How sure an index is; what cannot be computed is None and explained in `problems`.

    Parameters
    ----------
    built
        The index by the recipe as it is.
    choices
        What was varied; the first option of each leaves the recipe as it is.
    ranks
        Ranks over the designs.
    sensitivity
        Sobol indices of the mean shift of ranks.
    dropped
        `moved` of `drop_one`: how far ranks move without each indicator.
    added
        `moved` of `add_one`: how far ranks move with each candidate put in; None without candidates.
    effective
        `importance` of the indicators.
    traded
        `compensability` of the parts of the index: which pull against each other, which zones rely on it.
    two, tip
        Of the two zones asked for; `tip` moves weight between the `tip_parts` of the index.
    problems
        Options left out, estimates that are unsure, parts that are missing.
    """

    built: Built
    choices: tuple[AnyChoice, ...]
    ranks: Uncertainty
    sensitivity: Sensitivity | None
    dropped: pd.DataFrame | None
    added: pd.DataFrame | None
    effective: pd.DataFrame | None
    traded: Compensability | None
    two: TwoZones | None
    tip: Tipping | None
    tip_parts: tuple[str, ...]
    problems: tuple[Problem, ...]


def how_sure(
    recipe: Recipe,
    data: pd.DataFrame,
    *,
    designs: int = 4096,
    share: float = 0.25,
    seed: int = 0,
    between: tuple[str, str] | None = None,
    candidates: Mapping[str, tuple[str, Leaf]] | None = None,
) -> HowSure:
    """Return how sure an index is against its usual alternatives.

    Parameters
    ----------
    recipe, data
        The index and its data, one row a zone.
    designs
        Least number of designs; Sobol's scheme takes the next ``(choices + 2) × 2^m``.
    share
        Largest change of a weight, as a share of it.
    between
        Two zones whose order is asked for.
    candidates
        Indicators of `data` that might be put in, as `add_one` takes them.

    Raises
    ------
    MeasureError
        When the recipe cannot be computed, a zone of `between` is not in the data, or `designs` is below 1.

    Examples
    --------
    >>> from yipan.measure.recipe import Leaf, Node, Normalise
    >>> data = pd.DataFrame({"jobs": [1.0, 9.0, 6.0], "air": [10.0, 1.0, 5.0]}, index=["a", "b", "c"])
    >>> recipe = Recipe(root=Node(id="index", parts=(Leaf(id="jobs"), Leaf(id="air"))),
    ...                 normalise=Normalise(low=1.0))
    >>> found = how_sure(recipe, data, designs=64, between=("c", "a"))
    >>> found.ranks.table.loc["c", "median"], found.tip_parts
    (np.float64(1.0), ('jobs', 'air'))
    """
    refuse(_unasked(data, designs, between))
    offered = alternatives(recipe, data, share=share, seed=seed)
    drawn = sobol_designs(offered.choices, base=_base(designs, len(offered.choices)), seed=seed)
    notes = list(offered.left_out)
    ranks = uncertainty(recipe, data, offered.choices, designs=drawn)
    sensitivity = _attempt(notes, lambda: sobol(ranks.distance, ranks.choices, seed=seed))
    notes += [] if sensitivity is None else sensitivity.warnings
    built = run(recipe, data)
    two, tip, parts = None, None, tuple(p.id for p in recipe.root.parts)
    if between is not None:
        two = order_of_two(recipe, data, offered.choices, designs=drawn, first=between[0], second=between[1])
        tip = _attempt(notes, lambda: _tipping(built, between))
    return HowSure(
        built=built,
        choices=offered.choices,
        ranks=ranks,
        sensitivity=sensitivity,
        dropped=_attempt(notes, lambda: moved(drop_one(recipe, data))),
        added=_attempt(notes, lambda: moved(add_one(recipe, data, candidates=candidates)))
        if candidates
        else None,
        effective=_attempt(notes, lambda: _effective(built)),
        traded=_attempt(notes, lambda: _traded(built)),
        two=two,
        tip=tip,
        tip_parts=parts,
        problems=(*built.problems, *notes),
    )


def _base(designs: int, choices: int) -> int:
    """Return the least power of 2 that makes so many designs."""
    return max(2, 1 << max(0, -(-designs // (choices + 2)) - 1).bit_length())


def _unasked(data: pd.DataFrame, designs: int, between: tuple[str, str] | None) -> list[Problem]:
    out = []
    if designs < 1:
        what = Text("设计数须为正", "the number of designs must be above 0")
        out.append(Problem(what=what, remedy=Text("如 4096", "give 4096, for instance"), column="designs"))
    known = [str(z) for z in data.index]
    for zone in between or ():
        if zone not in known:
            what = Text(f"没有分区 {zone}", f"there is no zone {zone}")
            remedy = Text(f"可用:{'、'.join(known[:50])}", f"write two of: {', '.join(known[:50])}")
            out.append(Problem(what=what, remedy=remedy, column="between"))
    if between is not None and between[0] == between[1]:
        what = Text("两个分区相同", "both zones are the same")
        out.append(Problem(what=what, remedy=Text("给出两个不同分区", "give two zones"), column="between"))
    return out


def _attempt(notes: list[Problem], compute: Callable[[], _T]) -> _T | None:
    try:
        return compute()
    except MeasureError as error:
        notes += error.problems
        return None


def _effective(built: Built) -> pd.DataFrame:
    names = [str(c) for c in built.normalised.columns]
    if len(built.normalised) < LEAST_ZONES:
        refuse(
            [
                Problem(
                    what=Text(
                        f"{len(built.normalised)} 个分区太少,相关比至少需要 {LEAST_ZONES} 个",
                        f"{len(built.normalised)} zones are too few: correlation ratios need {LEAST_ZONES}",
                    ),
                    remedy=Text("用更细的分区", "use finer zones"),
                    column="effective",
                )
            ]
        )
    weights = built.weights.set_index("part")["effective"].reindex(names).to_numpy(np.float64)
    return importance(
        built.normalised.to_numpy(np.float64), built.index.to_numpy(np.float64), weights=weights, names=names
    )


def _traded(built: Built) -> Compensability:
    root = built.recipe.root
    names = [p.id for p in root.parts]
    of_root = built.weights[built.weights["group"] == root.id].set_index("part")["weight"]
    scores = pd.concat([built.normalised, built.scores], axis=1)[names]
    return compensability(
        scores.to_numpy(np.float64), weights=of_root.reindex(names).to_numpy(np.float64), names=names
    )


def _tipping(built: Built, between: tuple[str, str]) -> Tipping:
    """Return the least change of the weights of the index's parts that makes two zones tie.

    A power mean orders zones as the weighted mean of the powers (logarithms for the geometric one) does.
    """
    root = built.recipe.root
    power = POWERS.get(root.aggregate, np.nan)
    if np.isnan(power):
        refuse(
            [
                Problem(
                    what=Text(
                        f"“{root.aggregate}”合成下没有最小权重变动",
                        f"there is no least change of weights under {root.aggregate}",
                    ),
                    remedy=Text("用算术、几何或调和平均", "use the arithmetic, geometric or harmonic mean"),
                    column="between",
                )
            ]
        )
    names = [p.id for p in root.parts]
    scores = pd.concat([built.normalised, built.scores], axis=1)
    of_root = built.weights[built.weights["group"] == root.id].set_index("part")["weight"]
    x = scores.reindex(list(between))[names].to_numpy(np.float64)
    return tipping(forth(x, power), weights=of_root.reindex(names).to_numpy())
