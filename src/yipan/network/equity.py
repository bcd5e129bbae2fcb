"""How fairly access is spread over people: one summary, every figure with its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import MeasureError, Problem
from yipan.inequality import gini, mean_of_lowest, palma, theil
from yipan.text import Text

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class GroupAccess:
    """The people of one group and their mean."""

    group: str
    people: float
    mean: float


@dataclass(frozen=True, slots=True)
class Equity:
    """How access is spread over people.

    Parameters
    ----------
    unit
        Unit of the values (jobs, min …).
    people, missing
        People with a value, and people without one (they are in no other figure).
    mean
        Over people, in `unit`.
    worst_tenth, best_tenth
        Mean of the worst-off and of the best-off 10 % of the people, in `unit`.
    gini
        0 (equal) to 1.
    palma
        What the tenth with the most has over what the 40 % with the least have; 0.25 when all have the same.
    theil, between
        Theil's T, and the part of it between the groups (0 without groups); nats.
    groups
        Mean of each group, sorted by name.
    """

    unit: str
    people: float
    missing: float
    mean: float
    worst_tenth: float
    best_tenth: float
    gini: float
    palma: float
    theil: float
    between: float
    groups: tuple[GroupAccess, ...] = ()

    @property
    def units(self) -> Mapping[str, str]:
        """Unit of every figure, by name."""
        people = dict.fromkeys(("people", "missing"), "person")
        amounts = dict.fromkeys(("mean", "worst_tenth", "best_tenth"), self.unit)
        return people | amounts | {"gini": "ratio", "palma": "ratio", "theil": "nat", "between": "nat"}


def equity(
    values: ArrayLike,
    population: ArrayLike,
    *,
    groups: Sequence[str] | None = None,
    unit: str = "",
    better: Better = "more",
) -> Equity:
    """Return how a value of cells is spread over their people.

    Parameters
    ----------
    values
        One a cell; NaN or infinite (nothing in reach) where there is none: those people are counted in
        ``missing``.
    population
        People of each cell.
    groups
        Group of each cell (its zone, an income class).
    unit
        Of the values.
    better
        ``more`` for opportunities; ``less`` for times: the worst-off are then those with the longest.

    Raises
    ------
    MeasureError
        When the lengths differ or a population is negative or not a number.

    Examples
    --------
    >>> e = equity([10.0, 20.0, 60.0], [40, 50, 10], groups=["a", "a", "b"], unit="job")
    >>> e.mean, e.worst_tenth, e.best_tenth, e.palma
    (20.0, 10.0, 60.0, 1.5)
    >>> e.groups[0].mean, e.units["mean"]
    (15.555555555555555, 'job')
    """
    v, people = np.asarray(values, dtype=np.float64), np.asarray(population, dtype=np.float64)
    names = np.full(len(v), "") if groups is None else np.asarray(groups, dtype=str)
    _refuse(len(v), len(people), len(names), sound=bool(np.isfinite(people).all() and (people >= 0).all()))
    there = np.isfinite(v) & (people > 0)
    missing = float(people[~np.isfinite(v)].sum())
    v, people, names = v[there], people[there], names[there]
    total = float(people.sum())
    parts = theil(v * people, people, names)
    sign = 1.0 if better == "more" else -1.0
    return Equity(
        unit=unit,
        people=total,
        missing=missing,
        mean=float(v @ people) / total if total else float("nan"),
        worst_tenth=sign * mean_of_lowest(sign * v, people),
        best_tenth=-sign * mean_of_lowest(-sign * v, people),
        gini=gini(v, people),
        palma=palma(v, people),
        theil=parts.total,
        between=parts.between,
        groups=tuple(
            GroupAccess(
                str(g),
                float(people[names == g].sum()),
                float(np.average(v[names == g], weights=people[names == g])),
            )
            for g in (np.unique(names) if groups is not None else ())
        ),
    )


def _refuse(values: int, people: int, groups: int, *, sound: bool) -> None:
    if values == people == groups and sound:
        return
    what = (
        Text("人口为负或不是数字", "a population is negative or not a number")
        if values == people == groups
        else Text(
            f"值 {values} 个,人口 {people} 个,分组 {groups} 个",
            f"{values} values, {people} populations, {groups} groups",
        )
    )
    raise MeasureError(
        Text("公平性无法计算", "equity cannot be computed"),
        problems=[Problem(what=what, remedy=Text("每个单元格各给一个", "give one sound number a cell"))],
    )
