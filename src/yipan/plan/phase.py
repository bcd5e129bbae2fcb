"""When to build: start years under the yearly money, the path by year, the spending.

Population stays as it is today in every year: the path shows what the projects do, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from yipan.measure import NEEDS, Results, region_values
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.rules import Rules, Years, place_in_order
from yipan.plan.valuation import Valuation
from yipan.plan.values import Objective
from yipan.scenario.values import Project, Start
from yipan.text import Text

_PASSES = 4


def phase(rules: Rules, chosen: frozenset[str], gains: Mapping[str, float]) -> Years:
    """Return start years that bring gains early.

    Projects are placed in turn at their earliest year with enough money, most gain per cost first; then
    neighbours in that order change places as long as Σ gain × years of effect within the horizon grows.
    `gains` are points of the objective, taken as additive here: the path itself is re-measured. Start years
    that are known to fit are kept where no order of this kind fits.
    """
    best, known = list_schedule(rules, chosen, gains), rules.years(chosen)
    if known is not None and _early(known, rules, gains) > _early(best, rules, gains):
        best = known
    order = _by_density(rules, chosen, gains)
    for _ in range(_PASSES):
        changed = False
        for k in range(len(order) - 1):
            other = [*order[:k], order[k + 1], order[k], *order[k + 2 :]]
            years = place_in_order(other, rules.objective)
            if years is not None and _early(years, rules, gains) > _early(best, rules, gains) + 1e-9:
                order, best, changed = other, years, True
        if not changed:
            break
    return best


def list_schedule(rules: Rules, chosen: frozenset[str], gains: Mapping[str, float]) -> Years:
    """Return the greedy list schedule: most gain per cost first, each at its earliest year that has room.

    Start years that are known to fit are returned where this order leaves a project without a year.
    """
    known = rules.years(chosen)
    if known is None:
        raise ValueError("phasing needs a set that keeps the yearly money")
    placed = place_in_order(_by_density(rules, chosen, gains), rules.objective)
    return known if placed is None else placed


def _by_density(rules: Rules, chosen: frozenset[str], gains: Mapping[str, float]) -> list[Project]:
    return sorted((rules.projects[i] for i in chosen), key=lambda p: (-gains[p.id] / max(p.cost, 1e-6), p.id))


def _early(years: Years, rules: Rules, gains: Mapping[str, float]) -> float:
    end = rules.objective.end
    opened = open_years([Start(rules.projects[i], y) for i, y in years.items()])
    return float(sum(gains[i] * max(0, end + 1 - opened[i]) for i in sorted(years)))


def open_years(starts: Sequence[Start]) -> dict[str, int]:
    """Return the first year each project's effects count: built, and all it needs built too."""
    ready = {s.project.id: s.effective for s in starts}
    needs = {s.project.id: [n for n in s.project.needs if n in ready] for s in starts}
    out: dict[str, int] = {}

    def opened(i: str) -> int:
        if i not in out:
            out[i] = max([ready[i], *(opened(n) for n in needs[i])])
        return out[i]

    for i in sorted(ready):
        opened(i)
    return out


def path_years(objective: Objective) -> list[int]:
    """Return the years of a path: the year before the start to the year after the end."""
    return list(range(objective.start - 1, objective.end + 2))


def effective_by(starts: Sequence[Start], years: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return, for each year, the ids of the projects whose effects count in it."""
    opened = open_years(starts)
    return {y: frozenset(i for i, o in opened.items() if o <= y) for y in years}


def region_row(results: Results, valuation: Valuation) -> dict[str, float]:
    """Return one row of a path: need scores, index and objective of the region, index of each cluster."""
    row = {n: float(results.total[n]) for n in (*NEEDS, "index")}
    row["objective"] = valuation.value(results)
    return row | {f"index:{k}": float(v) for k, v in results.clusters["index"].items()}


def paths(
    evaluator: RegionEvaluator,
    starts: Sequence[Start],
    *,
    objective: Objective,
    years: Sequence[int] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure the region in every year with the projects that are open by then.

    Returns the path of scores and the path of indicators (columns as in `Plan.path` and
    `Plan.indicator_path`; index year). `years` are those of `path_years` by default.
    """
    years = list(years) if years is not None else path_years(objective)
    rows, values = [], []
    for ids in effective_by(starts, years).values():
        results = evaluator.results(ids)
        rows.append(region_row(results, evaluator.valuation))
        values.append({str(k): float(v) for k, v in region_values(results).items()})
    index = pd.Index(years, name="year")
    return pd.DataFrame(rows, index=index), pd.DataFrame(values, index=index)


def spending(starts: Sequence[Start], objective: Objective) -> pd.DataFrame:
    """Return capital and upkeep by year, 1e8 of the currency (index year).

    Upkeep is paid from the year after building, for the project's life.
    """
    years = path_years(objective)
    capital, upkeep = dict.fromkeys(years, 0.0), dict.fromkeys(years, 0.0)
    for s in starts:
        for k, c in enumerate(s.project.capital):
            capital[s.year + k] += c
        for y in years:
            upkeep[y] += s.project.upkeep_in(y - s.effective)
    return pd.DataFrame(
        {"capital": [capital[y] for y in years], "upkeep": [upkeep[y] for y in years]},
        index=pd.Index(years, name="year"),
    )


POPULATION_CONSTANT = Text(
    "各年人口取基准年人口不变:路径只反映项目的作用。",
    "Population stays at the base year in every year: the path shows what the projects do, nothing else.",
)
"""What every path by year leaves out, to be said wherever one is shown."""
