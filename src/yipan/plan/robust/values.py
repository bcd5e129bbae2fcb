"""Values of robustness: what varies, how far, and what plans are worth in the futures drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yipan.text import Text

Shape = Literal["triangular", "pert"]
Kind = Literal["cost", "delay", "effect", "demand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How futures are drawn; the same draws are used for every plan compared.

    Parameters
    ----------
    draws, seed
        How many, and where the random numbers start.
    shape
        Between low and high with the stated figure (factor 1, delay 0, or the nearer end) as the mode:
        ``triangular``, or ``pert`` (a beta distribution with most weight near the mode).
    together
        Correlation of all projects' costs, delays or effects with one another, 0–1 (normal copula of one
        factor). 0: each goes its own way; 1: all overrun together.
    demand
        Name of a group of terms, or ``all`` → (low, high) factor on every gain in it, whichever plan.
    tail
        Share of the futures that count as bad.
    checks
        Sets measured anew to see how far adding up gains is off.
    """

    draws: int = 10_000
    seed: int = 1
    shape: Shape = "triangular"
    together: Mapping[Literal["cost", "delay", "effect"], float] = field(default_factory=dict)
    demand: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tail: float = 0.1
    checks: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A plan to compare: its name, and the first building year of each of its projects."""

    id: str
    name: Text
    years: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and percentiles of a value over the draws, points of the objective."""

    mean: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When a project of a plan opens: as planned, on average where it does, and how often in time.

    `in_time` is the share of draws in which it opens within the horizon (by the year after its end).
    """

    project: str
    planned: int
    mean: float | None
    in_time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one plan is worth over the draws, points of the objective.

    Parameters
    ----------
    planned
        Value at the horizon if all goes as stated.
    horizon
        Value in the year after the horizon's end.
    path
        Mean value over the years of the horizon, later years counting less by the objective's discount
        rate.
    worst
        Mean of the worst share of the values at the horizon (conditional value at risk).
    regret
        Mean shortfall against the best of the plans compared, draw by draw.
    as_planned
        Share of draws in which every project opens within the horizon.
    cost, cost_p50, cost_p80
        Capital as stated, and what it stays below in 50 % and 80 % of the draws, 1e8 of the currency.
    """

    plan: str
    name: Text
    planned: float
    horizon: Spread
    path: Spread
    worst: float
    regret: float
    as_planned: float
    cost: float
    cost_p50: float
    cost_p80: float
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """The first plan against another: shares of draws ahead, level and behind, and the standard error.

    `error` is that of `ahead` by the number of draws: sqrt(p (1 - p) / draws). `margin` is the mean
    difference, points, and `margin_error` its standard error.
    """

    other: str
    ahead: float
    level: float
    behind: float
    error: float
    margin: float
    margin_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How strongly one uncertain input moves the first plan.

    Parameters
    ----------
    project, kind
        What varies; the group of terms where demand does.
    correlation
        Rank correlation (Spearman) with the plan's value at the horizon.
    between
        Rank correlation with its lead over the runner-up; None where there is none.
    low, high
        Value with this input at its 5 % and 95 % point and all others as stated, points.
    """

    project: str
    kind: Kind
    correlation: float
    between: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How far adding up gains is from measuring, on the sets that the draws really build.

    Parameters
    ----------
    sets
        Sets compared with their measurement.
    covered
        Share of draws of all plans whose set is among them (or adds up exactly by construction).
    mean, largest
        Difference without sign, points: weighted by draws, and the largest of any set.
    """

    sets: int
    covered: float
    mean: float
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """How plans stand up to overrun, delay, demand and effects other than stated.

    Parameters
    ----------
    outcomes
        One for each plan compared; the first is the plan.
    duels
        The first against each other.
    best_in_bad, least_regret
        Plan with the best mean over its worst futures, and with the least mean regret.
    unstated
        Projects of the plans for which no range is known: they are taken as stated, so their risk is not in
        the figures.
    evaluations
        Sets measured anew.
    """

    outcomes: tuple[Outcome, ...]
    duels: tuple[Duel, ...]
    best_in_bad: str
    least_regret: str
    drivers: tuple[Driver, ...]
    check: Check
    unstated: tuple[str, ...]
    draws: int
    tail: float
    horizon: int
    evaluations: int

    def name(self, plan: str) -> Text:
        """Return the name of a plan compared."""
        return next((o.name for o in self.outcomes if o.plan == plan), Text(plan, plan))
