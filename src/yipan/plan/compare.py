"""Plans side by side: what each costs, what it moves, which projects they share, who gains under which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from yipan.errors import PlanError, Problem
from yipan.measure import NEED_NAMES, NEEDS
from yipan.plan.values import Plan
from yipan.text import Text

MEASURES: dict[str, tuple[Text, Text]] = {
    "objective": (Text("目标值", "objective"), Text("分", "points")),
    **{n: (NEED_NAMES[n], Text("分", "points")) for n in (*NEEDS, "index")},
    "worst_zone": (Text("最低分区的指数", "index of the lowest zone"), Text("分", "points")),
    "projects": (Text("项目数", "projects"), Text("个", "count")),
    "capital": (Text("资本", "capital"), Text("亿", "1e8")),
    "capital_peak": (Text("最高年度资本", "capital of the dearest year"), Text("亿", "1e8")),
    "upkeep": (Text("期末年运维", "yearly upkeep at the end"), Text("亿", "1e8")),
    "bound_gap": (Text("可能错失的增益份额", "share of the gain that may be missed"), Text("%", "%")),
}
"""Names and units of the rows of `Compared.measures`."""


@dataclass(frozen=True)
class Compared:
    """Plans for one region side by side; columns are the names given.

    Parameters
    ----------
    measures
        One row a measure of `MEASURES` at the end of the horizon, then ``index:CLUSTER``; the first column,
        ``today``, is the region as it is.
    projects
        One row a project that any plan holds: the first year of building in each, NaN where it is left out.
    zones
        Rise of each zone's index under each plan, points.
    indicators
        Value of each indicator for the region at the end, today first.
    problems
        What keeps figures from being compared, as warnings.
    """

    measures: pd.DataFrame
    projects: pd.DataFrame
    zones: pd.DataFrame
    indicators: pd.DataFrame
    problems: tuple[Problem, ...]

    def shared(self) -> list[str]:
        """Return the ids of projects that every plan holds."""
        return [str(i) for i in self.projects.index[self.projects.notna().all(axis=1)]]


def compare_plans(plans: Sequence[Plan], names: Sequence[str]) -> Compared:
    """Return plans for the same region side by side.

    Parameters
    ----------
    plans, names
        Two or more, each under its own name.

    Raises
    ------
    PlanError
        When there are fewer than two, names repeat, or the plans are for different regions.
    """
    _refuse(plans, names)
    first = plans[0]
    measures = pd.DataFrame(
        {"today": _measures(first, built=False)}
        | {n: _measures(p, built=True) for n, p in _pairs(plans, names)}
    )
    ids = dict.fromkeys(s.project.id for p in plans for s in p.scenario.starts)
    years = {n: {s.project.id: s.year for s in p.scenario.starts} for n, p in _pairs(plans, names)}
    projects = pd.DataFrame(
        {n: [float(mine.get(i, np.nan)) for i in ids] for n, mine in years.items()},
        index=pd.Index(list(ids), name="project"),
    )
    zones = pd.DataFrame({n: p.after["index"] - p.before["index"] for n, p in _pairs(plans, names)})
    today = first.indicator_path.iloc[0]
    indicators = pd.DataFrame(
        {"today": today} | {n: p.indicator_path.iloc[-1] for n, p in _pairs(plans, names)}
    )
    return Compared(
        measures=measures,
        projects=projects,
        zones=zones.rename_axis("zone"),
        indicators=indicators.rename_axis("indicator"),
        problems=tuple(_warnings(plans)),
    )


def _pairs(plans: Sequence[Plan], names: Sequence[str]) -> list[tuple[str, Plan]]:
    return list(zip(names, plans, strict=True))


def _measures(plan: Plan, *, built: bool) -> pd.Series[Any]:
    row = plan.path.iloc[-1 if built else 0]
    needs = plan.after if built else plan.before
    starts = plan.scenario.starts if built else ()
    out = {n: float(row[n]) for n in ("objective", *NEEDS, "index")}
    out["worst_zone"] = float(needs["index"].min())
    out["projects"] = float(len(starts))
    out["capital"] = float(sum(s.project.cost for s in starts))
    out["capital_peak"] = float(plan.spending["capital"].max()) if built else 0.0
    out["upkeep"] = float(plan.spending["upkeep"].iloc[-1]) if built else 0.0
    out["bound_gap"] = 100.0 * plan.bound.gap if built and plan.bound.gap is not None else np.nan
    out |= {str(k): float(row[k]) for k in row.index if str(k).startswith("index:")}
    return pd.Series(out)


def _refuse(plans: Sequence[Plan], names: Sequence[str]) -> None:
    problems = []
    if len(plans) < 2:
        what = Text(f"只有 {len(plans)} 个方案", f"{len(plans)} plan(s) given")
        problems.append(Problem(what=what, remedy=Text("给出两个以上方案", "give two plans or more")))
    for name in sorted({n for n in names if list(names).count(n) > 1} | ({"today"} & set(names))):
        what = Text(f"名称“{name}”不可用或重复", f"the name '{name}' is taken or used twice")
        problems.append(Problem(what=what, remedy=Text("另起名称", "give each plan its own name")))
    for name, plan in zip(names, plans, strict=True):
        if plan.region_id != plans[0].region_id:
            what = Text(
                f"方案“{name}”为区域 {plan.region_id} 所作,其余为 {plans[0].region_id}",
                f"the plan '{name}' was made for region {plan.region_id}, the first for {plans[0].region_id}",
            )
            remedy = Text("用同一区域数据重新运行 yipan plan", "run yipan plan again on the same region")
            problems.append(Problem(what=what, remedy=remedy))
    if problems:
        raise PlanError(Text("方案无法比较", "the plans cannot be compared"), problems=problems)


def _warnings(plans: Sequence[Plan]) -> list[Problem]:
    out = []
    judged = {
        repr((p.objective.aim, sorted(p.objective.weights.items()), p.objective.futures)) for p in plans
    }
    if len(judged) > 1:
        out.append(
            Problem(
                what=Text(
                    "各方案的目标权重不同,“目标值”一行不可比",
                    "the plans were judged by different objectives: do not compare the row 'objective'",
                ),
                remedy=Text("比较需要得分与指数", "compare the need scores and the index"),
                severity="warning",
            )
        )
    ends = {int(p.path.index[-1]) for p in plans}
    if len(ends) > 1:
        years = ", ".join(map(str, sorted(ends)))
        out.append(
            Problem(
                what=Text(f"各方案的期末年份不同:{years}", f"the plans end in different years: {years}"),
                remedy=Text("按年份比较路径", "compare their paths year by year"),
                severity="warning",
            )
        )
    if len({p.objective.price_year for p in plans}) > 1:
        out.append(
            Problem(
                what=Text("各方案的价格年份不同,金额不可比", "money is at prices of different years"),
                remedy=Text("换算为同一价格年份后重做", "convert the costs and plan again"),
                severity="warning",
            )
        )
    return out
