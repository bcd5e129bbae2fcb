"""Values of an argument: what is lost, what works together, what else would do, what money changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from yipan.text import Text

Kind = Literal["synergy", "overlap", "none", "unknown"]
SEEN = 5e-4
"""Points below which an interaction is shown as none (figures have three decimals)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgueLimits:
    """How much may be measured anew for the reasons; numbers of sets of projects, never seconds.

    Parameters
    ----------
    exact_sets
        A plan is found again by measuring every affordable set where there are at most this many and the
        ones not measured yet are within the allowance below; otherwise by improving what is known.
    replacement, replacements
        Sets measured anew for the plan without one project, and for all projects together; those whose loss
        is smallest come first, as they are disputed most.
    missed
        Projects left out that are argued about like the chosen ones.
    pairs
        Sets measured anew for all interactions together.
    alternatives, rounds, per_round
        Alternatives named; rounds of search for more of them; sets measured anew in each.
    near_points, near_share
        A set is good when it is at most this many points, or this share of the plan's gain, below the plan
        (the larger of both).
    budget_steps, budget_share, per_budget
        Budgets tried on each side of the stated one, the share of it between two of them, and the sets
        measured anew for each.
    per_threshold, thresholds
        Sets measured anew at each end of the bracket of a threshold cost, and for all of them together.
    """

    exact_sets: int = 256
    replacement: int = 6
    replacements: int = 44
    missed: int = 5
    pairs: int = 20
    alternatives: int = 3
    rounds: int = 2
    per_round: int = 8
    near_points: float = 0.0
    near_share: float = 0.05
    budget_steps: int = 2
    budget_share: float = 0.05
    per_budget: int = 6
    per_threshold: int = 1
    thresholds: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The plan without one project: what is lost at first, and after the freed money was spent again.

    Parameters
    ----------
    dropped
        Points lost while the freed money lies idle.
    lost
        Points lost after it was spent again as well as was found: the replacement cost. Below 0 where the
        plan found without it is better than the plan.
    instead, gone
        Projects that come in and projects that go with it.
    needed
        True where no set without it was found that keeps every rule and floor; `lost` is then `dropped`.
    exact
        True where every affordable set without it was measured: no way to spend the money loses less.
    """

    project: str
    dropped: float
    lost: float
    instead: tuple[str, ...]
    gone: tuple[str, ...]
    needed: bool
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How far two projects are worth more (+) or less (-) together than their gains added up, points.

    `top` on top of the rest of the plan, `base` on the region as it is; None where it was not measured.
    """

    a: str
    b: str
    top: float | None
    base: float | None

    @property
    def kind(self) -> Kind:
        """Synergy or overlap in the plan (on the region as it is where that was not measured)."""
        size = self.top if self.top is not None else self.base
        if size is None:
            return "unknown"
        if abs(size) < SEEN:
            return "none"
        return "synergy" if size > 0 else "overlap"

    @property
    def size(self) -> float:
        """The larger of both interactions without sign, points."""
        return max(abs(self.top or 0.0), abs(self.base or 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another good set of projects, as different from the plan and from those before it as was found.

    Parameters
    ----------
    below
        Points it is below the plan.
    distance
        Least share of money spent otherwise than in the plan and in every alternative before it:
        cost of what only one of the two has / cost of what either has.
    added, removed
        Against the plan.
    """

    projects: tuple[str, ...]
    value: float
    below: float
    cost: float
    distance: float
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The good sets: all measured sets that keep every rule and are at most `within` points below the plan.

    Parameters
    ----------
    sets, complete
        How many there are, and whether every affordable set was measured, so that there are no others.
    share
        Share of them that each project is in.
    always, never
        Projects in all of them and in none.
    """

    within: float
    sets: int
    complete: bool
    share: Mapping[str, float]
    always: tuple[str, ...]
    never: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyPoint:
    """The best plan found for another amount of money; `added` and `removed` against the plan."""

    money: float
    value: float
    added: tuple[str, ...]
    removed: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCurve:
    """What more or less money would bring.

    Parameters
    ----------
    what
        ``budget`` (all years) or ``yearly``.
    money
        As stated, 1e8 of the currency.
    points
        From less money to more, the stated amount among them.
    up, down
        Points gained per unit (1e8) of more money, and lost per unit of less, over the nearest step.
    next_needs, next_gain, next_in
        Least extra money at which a measured set beats the plan, what it gains and what comes in; None
        where no measured set does.
    """

    what: Literal["budget", "yearly"]
    money: float
    points: tuple[MoneyPoint, ...]
    up: float | None
    down: float | None
    next_needs: float | None
    next_gain: float | None
    next_in: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The cost at which a project drops out of the plan, or comes in.

    Parameters
    ----------
    stays, leaves
        Multiples of its stated cost: with the first it is in the best plan found, with the second no
        longer; `stays` is None where there is none, both where it costs nothing.
    by
        What ends it: ``worth`` (other projects are then worth more), ``money`` (no plan with it fits the
        money), ``never`` (it stays out even at a thousandth of its cost), ``free`` (it costs nothing).
    exact
        True where at both ends every affordable set was measured.
    """

    project: str
    cost: float
    stays: float | None
    leaves: float | None
    by: Literal["worth", "money", "never", "free"]
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known about one candidate by itself.

    `at_step` and `step` where it was taken in a row of steps, None where it came by exchange or enumeration;
    `on_top` is what it adds to the plan whatever the money, in
    place of what it excludes (chosen projects: what is lost when it is dropped); None where not measured.
    """

    project: str
    name: Text
    chosen: bool
    cost: float
    alone: float
    step: int | None
    at_step: float | None
    on_top: float | None
    answers: tuple[str, ...]
    because: Text
    out: Text | None
    gains: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """Everything a reader needs to argue with a plan.

    Parameters
    ----------
    better, better_value
        A set that beats the plan, or is as good and cheaper, where one was found on the way; () and the
        plan's value otherwise.
    unmeasured_pairs
        Pairs that change the same terms and were left out by the limit.
    evaluations
        Sets measured anew for the argument.
    """

    chosen: tuple[str, ...]
    value: float
    base: float
    told: tuple[Told, ...]
    replacements: tuple[Replacement, ...]
    pairs: tuple[Pair, ...]
    unmeasured_pairs: int
    near: Near
    budget: MoneyCurve
    yearly: MoneyCurve
    thresholds: tuple[Threshold, ...]
    better: tuple[str, ...]
    better_value: float
    evaluations: int

    def name(self, project: str) -> Text:
        """Return the name of a candidate."""
        return next((t.name for t in self.told if t.project == project), Text(project, project))
