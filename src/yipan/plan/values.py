"""Values of planning: the objective, the chosen projects by year, reasons, bound, alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

from yipan.scenario.values import Intervention, Project, Scenario
from yipan.text import Text

if TYPE_CHECKING:  # they work with games and rules, which know the objective
    from yipan.plan.argue.values import Argument
    from yipan.plan.phasing.values import Phased, Present
    from yipan.plan.robust.values import Robustness

Aim = Literal["needs", "indicators", "targets"]
WORST_TENTH = "worst tenth"
"""What the worst-off tenth of residents is called among the clusters that have a floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """One way the region may develop whatever is planned: changes that are there before any project.

    Parameters
    ----------
    id, name
        What it is called.
    changes
        Interventions applied to the region first (growth of people or jobs, a closed line …).
    source
        Where it comes from; its figures are assumed.
    """

    id: str
    name: Text
    changes: tuple[Intervention, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What a plan is judged by, what it must keep, and the money and years it has.

    Parameters
    ----------
    weights
        What counts, by what `aim` says: needs (``economy``, ``living``, ``ecology``, ``safety``), indicator
        ids, or targets (``indicator@scope@year``). Sum 1.
    aim
        ``needs``: weighted region need scores, 0–100. ``indicators``: weighted region scores of single
        indicators, 0–100. ``targets``: 100 × weighted share of each target's distance that is closed.
    floors
        Cluster id → least rise of its index, points (may be 0).
    worst_tenth
        Least rise of the index of the worst-off tenth of residents, points; None where none is asked. Their
        index is the mean over the tenth of residents in the zones of lowest index, the zone at the border
        taken in part (`yipan.plan.valuation.worst_tenth`).
    budget, yearly
        Capital over the horizon and in any one year, 1e8 of the currency, prices of `price_year`.
    start, end
        First and last year in which money may be spent.
    land, carbon
        Most land taken (km2) and greenhouse gases (kt CO2e) of all chosen projects; None for no limit.
    at_once
        Most projects being built in any one year, by type of intervention or ``all``.
    discount
        Yearly rate at which later gains and money count less in phasing; 0 counts all years alike.
    futures
        Where given, a plan is judged by its largest regret over them (points lost against the best plan
        found for that future alone): the smaller the better, and floors hold in each of them
        (`yipan.plan.regret`). The region as it is counts only where a future without changes is among them.
    """

    weights: Mapping[str, float]
    floors: Mapping[str, float]
    budget: float
    yearly: float
    start: int
    end: int
    price_year: int
    aim: Aim = "needs"
    worst_tenth: float | None = None
    land: float | None = None
    carbon: float | None = None
    at_once: Mapping[str, int] = field(default_factory=dict)
    discount: float = 0.0
    futures: tuple[Future, ...] = ()

    @property
    def kept(self) -> dict[str, float]:
        """Every floor: of the clusters, and of the worst-off tenth where one is asked (`WORST_TENTH`)."""
        worst = {} if self.worst_tenth is None else {WORST_TENTH: self.worst_tenth}
        return {**self.floors, **worst}

    def words(self, currency: str = "") -> Text:
        """Say the whole objective in both languages: what counts, what is kept, money, years, futures.

        `currency` is the code of the region's currency (``CNY``); without it money is said to be in 1e8 of
        the currency.
        """
        from yipan.plan.objective_words import objective_words  # noqa: PLC0415  (it reads this module)

        return objective_words(self, currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a project is in the plan: what it gains alone, at its step, and what is lost without it.

    Gains and losses are in points of the objective. `lost` is after the freed money was spent again as
    well as possible on what was left out (replacement cost).
    """

    project: str
    step: int
    alone: float
    at_step: float
    lost: float
    per_cost: float
    gains_most: Text
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A project that just missed: its gain on top of the plan, and why it is out."""

    project: str
    gain: float
    per_cost: float
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is known about the distance to the optimum.

    `upper` bounds the objective of any feasible plan (None where nothing is proved); `proof` says how and
    under which condition it holds, in words.
    """

    value: float
    upper: float | None
    gap: float | None  # (upper - value) / (upper - base), 0 when proved optimal
    proved: bool
    proof: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same objective for the plan and for adding up stand-alone scores, both re-measured."""

    plan: float
    additive: float
    additive_promised: float  # what adding stand-alone gains claims
    additive_projects: tuple[str, ...]
    base: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The chosen projects by year and everything needed to argue with them.

    Parameters
    ----------
    path
        Index year; columns economy, living, ecology, safety, index, objective (region) and
        ``index:CLUSTER`` per cluster: what is promised for each year.
    indicator_path
        Index (year), columns indicator id: region value promised for each year, weighted by population (by
        land where the indicator says so).
    spending
        Index year; columns capital, upkeep (1e8 of the currency).
    before, after
        Zone need scores before and after (index zone id; columns as in `Results.needs`).
    values_before, values_after
        Zone indicator values before and after (index zone id, columns indicator id).
    verification
        Incremental against full recomputation of travel times: largest and mean difference, seconds.
    seconds
        Where the time went.
    argument
        What is lost without each project, pairs, other good plans, money, threshold costs.
    robustness
        How the plan and others stand up to other costs, dates, demand and effects.
    phased
        How the start years were found, and against what.
    present
        Present value of capital and upkeep within the horizon.
    regret
        Where the objective has futures: index future id; columns base, best, plan, regret (points), proved,
        projects.
    """

    run_id: str
    region_id: str
    objective: Objective
    scenario: Scenario
    candidates: tuple[Project, ...]
    reasons: tuple[Reason, ...]
    missed: tuple[Missed, ...]
    bound: Bound
    comparison: Comparison
    path: pd.DataFrame
    indicator_path: pd.DataFrame
    spending: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame
    values_before: pd.DataFrame
    values_after: pd.DataFrame
    clusters_before: pd.DataFrame
    clusters_after: pd.DataFrame
    verification: Mapping[str, float]
    evaluations: int
    seconds: Mapping[str, float]
    argument: Argument | None = None
    robustness: Robustness | None = None
    phased: Phased | None = None
    present: Present | None = None
    regret: pd.DataFrame | None = None
