"""Money of a schedule: present values, and the years of bundles."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from yipan.plan.phase import open_years, spending
from yipan.plan.phasing.values import Present
from yipan.plan.values import Objective
from yipan.scenario.values import Start


def factors(objective: Objective) -> dict[int, float]:
    """Return by what gains and money of each year of the horizon are multiplied: (1 + r)^−(t − start).

    Examples
    --------
    >>> from yipan.plan.invented import invented_objective
    >>> from dataclasses import replace
    >>> factors(replace(invented_objective(1.0, years=(2026, 2028)), discount=0.25))
    {2026: 1.0, 2027: 0.8, 2028: 0.64}
    """
    years = range(objective.start, objective.end + 1)
    return {y: (1.0 + objective.discount) ** (objective.start - y) for y in years}


def present(starts: Sequence[Start], objective: Objective) -> Present:
    """Return the present value of capital and upkeep within the horizon, and both without discounting."""
    factor = pd.Series(factors(objective))
    money = spending(starts, objective).loc[objective.start : objective.end]
    plain = {k: float(money[k].sum()) for k in ("capital", "upkeep")}
    now = {k: float((money[k] * factor).sum()) for k in plain}
    return Present(
        discount=objective.discount, capital=now["capital"], upkeep=now["upkeep"], undiscounted=plain
    )


def bundle_years(starts: Sequence[Start]) -> pd.DataFrame:
    """Return when each bundle is begun and when the last of it is open.

    Index bundle; columns projects (ids, in the order of their start), first (first building year of the
    first), whole (first year in which all of it is open).
    """
    opened = open_years(starts)
    rows = {}
    for name in sorted({s.project.bundle for s in starts if s.project.bundle}):
        mine = sorted((s.year, s.project.id) for s in starts if s.project.bundle == name)
        rows[name] = {
            "projects": ", ".join(i for _, i in mine),
            "first": mine[0][0],
            "whole": max(opened[i] for _, i in mine),
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["projects", "first", "whole"])
