"""Values of phasing: how much work it may do, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from yipan.plan.rules import Years
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much work phasing may do; counts, never seconds, so that a run can be repeated.

    Parameters
    ----------
    evaluations
        Sets of projects measured that were not measured before.
    nodes
        Nodes of branch and bound in each mixed-integer model.
    """

    evaluations: int = 100
    nodes: int = 500


@dataclass(frozen=True, kw_only=True)
class Phased:
    """Start years, what they are worth, and how they compare.

    All worth is in point-years of the objective over the horizon, discounted:
    ``Σ_t (1 + r)^−(t − start) × (value_t − value before any project)``.

    Parameters
    ----------
    years
        First building year by project id.
    worth
        Of these years, with the region measured again in every year.
    listed, listed_worth
        The greedy list schedule (most gain per cost first, each at its earliest year that has room) and what
        it is worth, measured in the same way. Never more than `worth`.
    linear, linear_bound
        The most the mixed-integer model found, and its bound: no schedule is worth more *if* gains simply
        add up as they were measured one after another in the order of `order`. None where it was not solved.
    order
        Projects in the order in which the gains of the linear model were measured, with those gains (points).
    upper, excess
        No schedule is worth more than `upper`, measured, *if* effects have diminishing returns (no project is
        worth more on top of more others) but for twice `excess`: the most points by which a set measured here
        is worth more than they allow, 0 where all agree. None where its evaluations were beyond the limit.
    path
        Index year (first to last of the horizon): value (objective, points), gain (points over before),
        factor (1 + r)^−(t − start), worth (factor × gain).
    evaluations
        Sets that were measured for this.
    """

    years: Years
    worth: float
    listed: Years
    listed_worth: float
    linear: float | None
    linear_bound: float | None
    order: tuple[tuple[str, float], ...]
    upper: float | None
    excess: float
    path: pd.DataFrame
    discount: float
    evaluations: int

    def as_dict(self) -> dict[str, object]:
        """Return everything as a JSON-ready mapping (worth in point-years, gains in points)."""
        return {
            "years": dict(sorted(self.years.items())),
            "worth": self.worth,
            "listed": {"years": dict(sorted(self.listed.items())), "worth": self.listed_worth},
            "linear": {
                "worth": self.linear,
                "bound": self.linear_bound,
                "order": [{"project": i, "gain": g} for i, g in self.order],
            },
            "upper": self.upper,
            "excess": self.excess,
            "path": [
                {"year": int(y), **{str(k): float(v) for k, v in row.items()}}
                for y, row in zip(self.path.index, self.path.to_dict("records"), strict=True)
            ],
            "discount": self.discount,
            "evaluations": self.evaluations,
            "words": {"zh": self.words().zh, "en": self.words().en},
        }

    def words(self) -> Text:
        """Say what was reached, against what, and what is proved under which condition."""
        rate = f"{self.discount:.1%}"
        zh = [
            f"期内各年升幅按每年 {rate} 贴现合计 {self.worth:.3f} 分·年(逐年重新测量)",
            f"贪心排序为 {self.listed_worth:.3f} 分·年",
        ]
        en = [
            f"gains over the horizon, discounted at {rate} a year, add up to {self.worth:.3f} point-years"
            " (measured again in every year)",
            f"the greedy list schedule reaches {self.listed_worth:.3f}",
        ]
        if self.linear_bound is not None:
            zh.append(f"若升幅可按所列次序简单相加,任何排序不超过 {self.linear_bound:.3f}")
            en.append(
                f"if gains simply added up in the order listed, no schedule could pass"
                f" {self.linear_bound:.3f}"
            )
        if self.upper is not None and self.excess > 0:
            zh.append(
                f"所测组合的合建效果超出递减规律至多 {self.excess:.4f} 分;若任何组合超出不到其两倍,"
                f"任何排序不超过 {self.upper:.3f}"
            )
            en.append(
                f"sets measured are worth up to {self.excess:.4f} points more together than diminishing"
                f" returns allow; if none exceeds them by twice that, no schedule can pass {self.upper:.3f}"
            )
        elif self.upper is not None:
            zh.append(f"若效果递减(所测组合均符合),任何排序不超过 {self.upper:.3f}")
            en.append(
                f"if effects have diminishing returns (all sets measured agree), none can pass"
                f" {self.upper:.3f}"
            )
        else:
            zh.append("实测值没有上界")
            en.append("there is no bound on measured worth")
        return Text(";".join(zh) + "。", "; ".join(en) + ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Money of a schedule in the first year's worth: 1e8 of the currency, prices of the objective's year.

    ``Σ_t (1 + r)^−(t − start) × money_t`` over the horizon; upkeep after the horizon is left out.

    Parameters
    ----------
    discount
        The yearly rate r.
    capital, upkeep
        Present value of each.
    undiscounted
        The sums without discounting, by the same names.
    """

    discount: float
    capital: float
    upkeep: float
    undiscounted: Mapping[str, float]

    @property
    def cost(self) -> float:
        """Capital and upkeep together."""
        return self.capital + self.upkeep

    def words(self) -> Text:
        """Say both sums and the rate."""
        plain = self.undiscounted["capital"] + self.undiscounted["upkeep"]
        rate = f"{self.discount:.1%}"
        return Text(
            f"期内费用现值 {self.cost:.2f}(投资 {self.capital:.2f}、维护 {self.upkeep:.2f},"
            f"亿单位货币),年贴现率 {rate};不贴现为 {plain:.2f}。期后维护费未计。",
            f"present value of costs within the horizon {self.cost:.2f} (capital {self.capital:.2f}, upkeep"
            f" {self.upkeep:.2f}; 1e8 of the currency) at {rate} a year; {plain:.2f} undiscounted. Upkeep"
            " after the horizon is not counted.",
        )
