"""What only measuring tells: parts without a score, candidates that do not apply, floors out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from yipan.errors import MeasureError, Problem, ScenarioError, errors_of
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.problem_objective import at, future_region, unscored
from yipan.plan.rules import EPS, Rules
from yipan.plan.valuation import indicator_scores
from yipan.plan.values import WORST_TENTH, Objective
from yipan.region.value import Region
from yipan.scenario import apply, resolve
from yipan.scenario.values import Project


def measured_problems(region: Region, candidates: Sequence[Project], o: Objective) -> list[Problem]:
    """Return what measuring the region and all candidates together shows to be impossible.

    Each candidate is only resolved; measured are the region before any project and, where some floor is
    above zero, the region with all of them. Only where that falls short is each candidate measured too.
    With futures the region is measured as each of them finds it.
    """
    rules = Rules(candidates, o)
    out: list[Problem] = []
    for name, base in _settings(region, o):
        evaluator = RegionEvaluator(base, rules)
        out += unscored(_without_value(evaluator, out), o, future=name)
        out += _unapplied(base, rules, name)
        if not errors_of(out):
            out += _floors(evaluator, name)
    return out


def _settings(region: Region, o: Objective) -> Iterator[tuple[str, Region]]:
    if not o.futures:
        yield "", region
    for f in o.futures:
        yield f.id, future_region(region, f)[0]


def _without_value(evaluator: RegionEvaluator, out: list[Problem]) -> list[str]:
    """Return the weighted parts that have no value before any project."""
    o, base = evaluator.rules.objective, evaluator.results(frozenset())
    weighted = sorted(k for k, w in o.weights.items() if w > 0)
    if o.aim == "targets":
        try:
            parts: pd.Series[float] = evaluator.valuation.distances
        except MeasureError as e:  # a target of the table that cannot be compared says so itself
            out += e.problems
            return []
    else:
        parts = base.total if o.aim == "needs" else indicator_scores(base)
    return [k for k in weighted if not np.isfinite(float(parts.get(k, np.nan)))]


def _unapplied(region: Region, rules: Rules, future: str) -> Iterator[Problem]:
    for i in rules.ids:
        try:
            built = region
            for j in rules.in_order(rules.needed(i)):
                built = apply(built, rules.projects[j])
            found = errors_of(resolve(built, rules.projects[i]))
        except ScenarioError:
            continue  # what it needs cannot be applied, and says so itself
        for p in found:
            where = f"futures.{future}: {p.column}" if future else p.column
            yield replace(p, file=p.file or "projects/*.toml", column=where)


def _floors(evaluator: RegionEvaluator, future: str) -> Iterator[Problem]:
    rules = evaluator.rules
    wanted = {k: f for k, f in sorted(rules.objective.kept.items()) if f > 0}
    every = frozenset(rules.ids)
    if not wanted or evaluator(every) is None:
        return  # candidates that exclude each other may not go together; the search will tell
    rises = {k: _rise(evaluator, every, k) for k in wanted}
    for k in [k for k, floor in wanted.items() if not rises[k] >= floor - EPS]:
        best = max(rises[k], _rise(evaluator, _helpful(evaluator, k), k))
        if not best >= wanted[k] - EPS:
            yield _out_of_reach(k, wanted[k], best, len(every), future)


def _rise(evaluator: RegionEvaluator, ids: frozenset[str], cluster: str) -> float:
    before, after = evaluator(frozenset()), evaluator(ids)
    if before is None or after is None:
        return -np.inf
    return float(after.clusters[cluster] - before.clusters[cluster])


def _helpful(evaluator: RegionEvaluator, cluster: str) -> frozenset[str]:
    """Return all candidates but those that lower the index of a cluster, dropped one by one, worst first."""
    kept = frozenset(evaluator.rules.ids)
    while kept:
        fewer = {i: evaluator.rules.without(kept, i) for i in sorted(kept)}
        worst = max(fewer, key=lambda i: (_rise(evaluator, fewer[i], cluster), i))
        if not _rise(evaluator, fewer[worst], cluster) > _rise(evaluator, kept, cluster) + EPS:
            break
        kept = fewer[worst]
    return kept


def _out_of_reach(cluster: str, floor: float, rise: float, count: int, future: str) -> Problem:
    tenth = cluster == WORST_TENTH
    whose = (
        ("最差十分之一居民", "the worst-off tenth of residents")
        if tenth
        else (f"片区 {cluster} ", f"cluster {cluster}")
    )
    when = (f"(情景 {future})", f" in the future {future}") if future else ("", "")
    return at(
        "worst_tenth" if tenth else "floors",
        (
            f"{whose[0]}的底线为 +{floor:g},但全部 {count} 个候选项目一起建成(去掉起反作用的,实测)也只升"
            f" {rise:.3g}{when[0]}",
            f"the floor of {whose[1]} is a rise of {floor:g}, but all {count} candidates built together"
            f" (those that lower it left out; measured) raise it by {rise:.3g}{when[1]}",
        ),
        (
            f"把底线降到 {max(rise, 0.0):.3g} 以下,或为其添加候选项目",
            f"lower the floor below {max(rise, 0.0):.3g}, or add candidates that serve it",
        ),
    )
