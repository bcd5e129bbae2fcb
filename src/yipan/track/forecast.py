"""Forecast again: what the promised path becomes when projects slip, re-measured year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from yipan.errors import LedgerError
from yipan.measure import NEED_NAMES, catalogue
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.grid import grid
from yipan.plan.phase import POPULATION_CONSTANT, path_years, paths
from yipan.plan.rules import Rules
from yipan.plan.values import Plan
from yipan.region.value import Region
from yipan.scenario.values import Start
from yipan.text import Lang, Text
from yipan.track.ledger import Ledger
from yipan.track.state import ProjectState, State, replay

_SHOWN = 8
_NOTICED = 5e-4
"""Smallest difference of a value shown with three decimals."""


@dataclass(frozen=True)
class Moved:
    """A project whose first year of effect is not the promised one, and why."""

    project: str
    name: Text
    promised: int
    expected: int
    why: Text


@dataclass(frozen=True)
class Forecast:
    """Promised and expected values by year.

    Parameters
    ----------
    moved
        Projects that will take effect in another year than promised.
    promised, expected
        Index year; columns as in `Plan.path` (scores) followed by indicator ids (`Plan.indicator_path`).
        Years after the promised path hold the last promise.
    found
        Values really found: columns indicator, scope, year, value, source.
    """

    today: date
    moved: tuple[Moved, ...]
    promised: pd.DataFrame
    expected: pd.DataFrame
    found: pd.DataFrame

    @property
    def difference(self) -> pd.DataFrame:
        """Expected minus promised, in each column's unit."""
        return self.expected - self.promised


def reforecast(ledger: Ledger, region: Region, plan: Plan, *, today: date) -> Forecast:
    """Measure the region in every year with the projects now expected to be open by then.

    A project counts from the year after its reported opening; without one, from the year of its last slip or
    as promised, but never before the year after `today` once that year has begun without an opening.

    Parameters
    ----------
    region
        The region the plan was made for.
    plan
        The plan the ledger follows (it holds the projects' interventions).

    Raises
    ------
    LedgerError
        Region or plan are not the ledger's.
    """
    state = replay(ledger.events())
    _refuse_strangers(state, region, plan)
    starts, moved = [], []
    for s in plan.scenario.starts:
        p = state.project(s.project.id)
        year, why = expected_year(p, today)
        starts.append(Start(s.project, year - s.project.build_years))
        if year != p.planned.effective:
            moved.append(Moved(s.project.id, s.project.name, p.planned.effective, year, why))
    years = path_years(plan.objective)
    years += list(range(years[-1] + 1, max(s.effective for s in starts) + 1)) if starts else []
    rules = Rules([s.project for s in starts], plan.objective)
    measured = list(plan.values_before.columns)
    known = list(catalogue())
    evaluator = RegionEvaluator(
        region, rules, indicators=None if set(measured) >= set(known) else _asked(plan, known)
    )
    scores, values = paths(evaluator, starts, objective=plan.objective, years=years)
    expected = pd.concat([scores, values], axis=1)
    promised = _promised(state).reindex(index=years, columns=expected.columns).ffill()
    return Forecast(today, tuple(moved), promised, expected, _found(state))


def _asked(plan: Plan, known: Sequence[str]) -> list[str]:
    return [i for i in known if i in set(plan.indicator_path.columns)]


def expected_year(p: ProjectState, today: date) -> tuple[int, Text]:
    """Return the first year of effect now expected, and why."""
    if p.opened:
        return p.expected_effective, Text(f"{p.opened} 启用", f"opened {p.opened}")
    year = p.expected_effective
    if year <= today.year:
        return today.year + 1, Text(
            f"至 {today.isoformat()} 未报告启用", f"no opening reported by {today.isoformat()}"
        )
    if p.slip is None:
        return year, Text("按计划", "as planned")
    return year, Text(p.slip.note or "报告延期", p.slip.note or "reported to slip")


def _refuse_strangers(state: State, region: Region, plan: Plan) -> None:
    if state.plan.plan != plan.run_id:
        raise LedgerError(
            Text(
                f"台账跟踪的方案是 {state.plan.plan},给出的是 {plan.run_id}",
                f"the ledger follows the plan {state.plan.plan}, not {plan.run_id}",
            )
        )
    if state.plan.region != region.id:
        raise LedgerError(
            Text(
                f"方案是为区域 {state.plan.region} 做的,给出的是 {region.id}",
                f"the plan was made for the region {state.plan.region}, not for {region.id}",
            )
        )


def _promised(state: State) -> pd.DataFrame:
    columns = {
        v.indicator
        if v.scope == "region"
        else f"{v.indicator}:{v.scope.removeprefix('cluster:')}": pd.Series(
            {int(y): float(x) for y, x in v.values.items()}
        )
        for v in state.promised
    }
    return pd.DataFrame(columns).sort_index()


def _found(state: State) -> pd.DataFrame:
    rows = [[v.indicator, v.scope, v.year, v.value, v.source] for v in state.found]
    return pd.DataFrame(rows, columns=["indicator", "scope", "year", "value", "source"])


def describe_forecast(f: Forecast, lang: Lang = "en") -> str:
    """Return what moved, and where promise and expectation part, as readable text."""
    if not f.moved:
        same = Text(
            "没有项目改期:预计与承诺一致。", "No project moved: what is expected is what was promised."
        )
        return f"{f.today.isoformat()}  {same.in_(lang)}\n" + _found_text(f, lang)
    zh = lang == "zh"
    moved = grid(
        ["项目", "承诺见效", "预计见效", "原因"] if zh else ["project", "promised", "expected", "why"],
        [[m.name.in_(lang), str(m.promised), str(m.expected), m.why.in_(lang)] for m in f.moved],
    )
    shown = [
        [f"{a:.2f}→{b:.2f}" for a, b in zip(f.promised[c], f.expected[c], strict=True)]
        for c in ("objective", "index")
    ]
    rows = [[str(y), *cells] for y, *cells in zip(f.promised.index, *shown, strict=True)]
    path = grid(["年", "目标值", "指数"] if zh else ["year", "objective", "index"], rows)
    return "\n".join(
        [
            f"{f.today.isoformat()}  {'预计与承诺' if zh else 'expected against promised'}",
            *moved,
            "",
            *path,
            "",
            *_largest(f, lang),
            POPULATION_CONSTANT.in_(lang),
            _found_text(f, lang),
        ]
    )


def _largest(f: Forecast, lang: Lang) -> list[str]:
    """Return rows for what parts most from its promise, against how far it was promised to move."""
    named = catalogue()
    years = list(f.promised.index)
    found: list[tuple[float, str, int, float, float]] = []
    for c in map(str, f.promised.columns):
        promised, expected = f.promised[c].to_numpy(dtype=float), f.expected[c].to_numpy(dtype=float)
        gap = np.nan_to_num(np.abs(expected - promised))
        k = int(gap.argmax())
        if gap[k] >= _NOTICED:
            span = float(np.nanmax(promised) - np.nanmin(promised)) or np.inf
            found.append((-float(gap[k]) / span, c, int(years[k]), float(promised[k]), float(expected[k])))
    rows = []
    for _, c, year, was, now in sorted(found)[:_SHOWN]:
        name = named[c].name if c in named else NEED_NAMES.get(c, Text(c, c))
        unit = named[c].unit.in_(lang) if c in named else ("分" if lang == "zh" else "points")
        rows.append([name.in_(lang), str(year), f"{was:.3f}", f"{now:.3f}", unit])
    head = (
        ["相差最大的", "年", "承诺", "预计", "单位"]
        if lang == "zh"
        else ["parts most", "year", "promised", "expected", "unit"]
    )
    return grid(head, rows) if rows else []


def _found_text(f: Forecast, lang: Lang) -> str:
    if f.found.empty:
        return ""
    head = (
        ["实测", "范围", "年", "数值", "来源"]
        if lang == "zh"
        else ["found", "scope", "year", "value", "source"]
    )
    rows = [[str(v) for v in row] for row in f.found.itertuples(index=False)]
    return "\n".join(grid(head, rows)) + "\n"
