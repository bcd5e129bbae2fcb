"""Impossible planning problems, explained before any search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from yipan.errors import Problem, ScenarioError, errors_of
from yipan.measure import NEEDS, Results, measure
from yipan.plan.rules import EPS, Rules, buildable, window
from yipan.plan.values import Objective
from yipan.region.value import Region
from yipan.scenario import apply, resolve
from yipan.scenario.links import circles
from yipan.scenario.values import Project
from yipan.text import Text

_AT_CANDIDATES = "projects/*.toml"
_AT_OBJECTIVE = "objective"


def check_problem(
    region: Region, candidates: Sequence[Project], objective: Objective, *, measured: bool = True
) -> list[Problem]:
    """Return every reason why there can be no plan, each with its remedy; empty when a search makes sense.

    Parameters
    ----------
    measured
        Also measure: whether every weighted need has a score, whether candidates apply to the region, and
        whether all of them together reach each floor above zero.

    Examples
    --------
    >>> from yipan.plan.objective import default_objective
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> [p.what.en for p in check_problem(tiny, [], default_objective(tiny, 10.0))]
    ['there are no candidate projects']
    """
    out = [*_duplicates(candidates), *_objective_problems(region, objective)]
    if not candidates:
        out.append(
            _problem(
                "没有候选项目",
                "there are no candidate projects",
                "在 projects/*.toml 中添加项目,或由规则提出",
                "add projects in projects/*.toml or let the rules propose",
            )
        )
        return out
    out += [*_links(candidates), *_prices(candidates, objective)]
    if any(p.column in ("start", "id", "needs") for p in out):
        return out
    out += _money(candidates, objective)
    if measured and not errors_of(out):
        out += _measured(region, candidates, objective)
    return out


def _problem(
    zh: str, en: str, remedy_zh: str, remedy_en: str, *, column: str = "", file: str = _AT_CANDIDATES
) -> Problem:
    return Problem(what=Text(zh, en), remedy=Text(remedy_zh, remedy_en), file=file, column=column)


def _duplicates(candidates: Sequence[Project]) -> Iterator[Problem]:
    for i, n in sorted(Counter(p.id for p in candidates).items()):
        if n > 1:
            yield _problem(
                f"项目编号 {i} 出现 {n} 次",
                f"the project id {i} is used {n} times",
                "给每个项目不同的编号",
                "give every project its own id",
                column="id",
            )


def _objective_problems(region: Region, o: Objective) -> Iterator[Problem]:
    def at(column: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
        return _problem(zh, en, remedy_zh, remedy_en, column=column, file=_AT_OBJECTIVE)

    unknown = sorted(set(o.weights) - set(NEEDS))
    total = float(sum(o.weights.values()))
    if unknown or any(not np.isfinite(w) or w < 0 for w in o.weights.values()) or abs(total - 1.0) > 1e-6:
        yield at(
            "weights",
            f"权重应为四类需要上的非负数且合计为 1,现为 {dict(o.weights)}(合计 {total:g})",
            f"weights must be non-negative, on the four needs, and sum to 1; they are {dict(o.weights)}"
            f" (sum {total:g})",
            f"只用 {'、'.join(NEEDS)},并使合计为 1",
            f"use only {', '.join(NEEDS)} and make them sum to 1",
        )
    clusters = set(region.cluster_of.values())
    for k in sorted(set(o.floors) - clusters):
        yield at(
            "floors",
            f"底线写给了不存在(或没有分区)的片区 {k}",
            f"a floor is set for the cluster {k}, which does not exist or has no zones",
            f"改为 {'、'.join(sorted(clusters))} 之一",
            f"use one of {', '.join(sorted(clusters))}",
        )
    for name, value in (("budget", o.budget), ("yearly", o.yearly)):
        if not np.isfinite(value) or value <= 0:
            yield at(
                name,
                f"{name} 应为正数,现为 {value:g}",
                f"{name} must be a positive number; it is {value:g}",
                "填写 1e8 货币单位的金额",
                "write an amount in 1e8 of the currency",
            )
    if o.end < o.start:
        yield at(
            "start",
            f"期末 {o.end} 早于期初 {o.start}",
            f"the horizon ends ({o.end}) before it starts ({o.start})",
            "让期末不早于期初",
            "let the end be no earlier than the start",
        )


def _links(candidates: Sequence[Project]) -> Iterator[Problem]:
    by_id = {p.id: p for p in candidates}
    for p in sorted(candidates, key=lambda p: p.id):
        for column, names in (("needs", p.needs), ("excludes", p.excludes)):
            for n in names:
                if n not in by_id:
                    yield _problem(
                        f"项目 {p.id} 的 {column} 写了不存在的项目 {n}",
                        f"project {p.id} names in {column} a project that does not exist: {n}",
                        "更正编号,或添加该项目",
                        "correct the id, or add that project",
                        column=column,
                    )
    for ring in circles({p.id: [n for n in p.needs if n in by_id] for p in candidates}):
        yield _problem(
            f"项目互为前提,成环:{' → '.join((*ring, ring[0]))}",
            f"projects need each other in a circle: {' → '.join((*ring, ring[0]))}",
            "去掉其中一个 needs",
            "remove one of these needs",
            column="needs",
        )
    yield from _contradictions(by_id)


def _contradictions(by_id: Mapping[str, Project]) -> Iterator[Problem]:
    rules = Rules(by_id.values(), _NO_MONEY)
    for i in rules.ids:
        pair = rules.clash(rules.closure(i))
        if pair is not None:
            yield _problem(
                f"项目 {i} 需要的项目互相排斥:{pair[0]} 与 {pair[1]}",
                f"project {i} can never be built: {pair[0]} and {pair[1]}, both needed, exclude each other",
                "去掉其中的 needs 或 excludes",
                "remove the need or the exclusion",
                column="excludes",
            )


_NO_MONEY = Objective(weights={}, floors={}, budget=0, yearly=0, start=0, end=0, price_year=0)


def _prices(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    for p in sorted(candidates, key=lambda p: p.id):
        if p.price_year != o.price_year:
            yield _problem(
                f"项目 {p.id} 的造价按 {p.price_year} 年价,目标按 {o.price_year} 年价",
                f"project {p.id} is costed at prices of {p.price_year}, the objective at those of"
                f" {o.price_year}",
                f"把造价换算为 {o.price_year} 年价",
                f"convert its costs to prices of {o.price_year}",
                column="price_year",
            )
        if not p.capital or any(not np.isfinite(c) or c < 0 for c in p.capital) or p.cost <= 0:
            yield _problem(
                f"项目 {p.id} 没有可用的造价:{p.capital}",
                f"project {p.id} has no usable cost: {p.capital}",
                "按建设年份填写非负造价,且合计为正",
                "write the cost of each building year, none negative, the sum positive",
                column="capital",
            )


def _money(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    rules = Rules(candidates, o)
    bundles = {i: rules.cost(rules.closure(i)) for i in rules.ids}
    cheapest = min(bundles, key=lambda i: (bundles[i], i))
    if bundles[cheapest] > o.budget + EPS:
        yield _problem(
            f"预算 {o.budget:g} 亿元低于最便宜的项目 {cheapest}({bundles[cheapest]:g} 亿元,含其前提)",
            f"the budget {o.budget:g} is below the cheapest project {cheapest}"
            f" ({bundles[cheapest]:g} with what it needs; 1e8)",
            f"把预算提高到至少 {bundles[cheapest]:g} 亿元,或添加更便宜的候选项目",
            f"raise the budget to at least {bundles[cheapest]:g} or add cheaper candidates",
            column="budget",
            file=_AT_OBJECTIVE,
        )
    in_time = [p for p in rules.projects.values() if window(p, o)[0] <= window(p, o)[1]]
    if not in_time:
        shortest = min(p.build_years for p in candidates)
        yield _problem(
            f"{o.start}–{o.end} 年内没有一个项目能建成(最短建设期 {shortest} 年)",
            f"no project can be built within {o.start}–{o.end} (shortest building time {shortest} years)",
            "延长规划期,或放宽项目的 earliest/latest",
            "lengthen the horizon, or relax earliest and latest of the projects",
            column="end",
            file=_AT_OBJECTIVE,
        )
        return
    yield from _never_built(candidates, o)
    peak = min(in_time, key=lambda p: (max(p.capital), p.id))
    if max(peak.capital) > o.yearly + EPS:
        yield _problem(
            f"每年 {o.yearly:g} 亿元不够建设任何一个项目;要求最低的 {peak.id} 一年需"
            f" {max(peak.capital):g} 亿元",
            f"{o.yearly:g} a year is too little for any project; the least demanding, {peak.id}, needs"
            f" {max(peak.capital):g} in one year (1e8)",
            f"把每年资金提高到至少 {max(peak.capital):g} 亿元",
            f"raise the yearly money to at least {max(peak.capital):g}",
            column="yearly",
            file=_AT_OBJECTIVE,
        )


def _never_built(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    """Warn of candidates that this objective can never choose (others may still make a plan)."""
    for p in sorted(candidates, key=lambda p: p.id):
        if not buildable(p, o):
            first, last = window(p, o)
            yield replace(
                _problem(
                    f"项目 {p.id} 在此目标下不可能入选:一年最多需 {max(p.capital):g} 亿元,"
                    f"可开工年 {first}–{last}",
                    f"project {p.id} can never be chosen under this objective: it needs up to"
                    f" {max(p.capital):g} in a year and could start {first}–{last}",
                    f"把每年资金提高到 {max(p.capital):g} 亿元、延长规划期,或拉长建设期",
                    f"raise the yearly money to {max(p.capital):g}, lengthen the horizon, or build it slower",
                    column="capital",
                ),
                severity="warning",
            )


def _measured(region: Region, candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    base = measure(region)
    for n in sorted(o.weights):
        if o.weights[n] > 0 and not np.isfinite(float(base.total[n])):
            yield _problem(
                f"“{n}”在本区域没有得分(数据不足),却有权重 {o.weights[n]:g}",
                f"the need {n} has no score in this region (data are missing) but weighs {o.weights[n]:g}",
                "补充数据,或把该权重设为 0 并重新分配",
                "supply the data, or set this weight to 0 and share it among the others",
                column="weights",
                file=_AT_OBJECTIVE,
            )
    rules = Rules(candidates, o)
    for i in rules.ids:
        try:
            built = region
            for j in rules.in_order(rules.closure(i) - {i}):
                built = apply(built, rules.projects[j])
            found = errors_of(resolve(built, rules.projects[i]))
        except ScenarioError:
            continue  # what it needs cannot be applied, and says so itself
        yield from (replace(p, file=p.file or _AT_CANDIDATES) for p in found)
    yield from _floors(region, rules, base)


def _indices(results: Results) -> dict[str, float]:
    return {str(k): float(v) for k, v in results.clusters["index"].items()}


def _floors(region: Region, rules: Rules, base: Results) -> Iterator[Problem]:
    wanted = {k: f for k, f in sorted(rules.objective.floors.items()) if f > 0}
    if not wanted:
        return
    built = region
    try:
        for i in rules.in_order(rules.ids):
            built = apply(built, rules.projects[i])
    except ScenarioError:
        return  # candidates that exclude each other may not go together; the search will tell
    before, after = _indices(base), _indices(measure(built))
    for k, floor in wanted.items():
        rise = after[k] - before[k]
        if not rise >= floor - EPS:
            yield _problem(
                f"片区 {k} 的底线为 +{floor:g},但全部 {len(rules.ids)} 个候选项目一起建成(实测)也只升"
                f" {rise:.3g}",
                f"the floor of cluster {k} is a rise of {floor:g}, but all {len(rules.ids)} candidates"
                " built"
                f" together (measured) raise it by {rise:.3g}",
                f"把底线降到 {max(rise, 0.0):.3g} 以下,或为该片区添加候选项目",
                f"lower the floor below {max(rise, 0.0):.3g}, or add candidates for this cluster",
                column="floors",
                file=_AT_OBJECTIVE,
            )
