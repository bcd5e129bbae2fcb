"""Impossible planning problems, explained before any search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from yipan.errors import Problem, errors_of
from yipan.plan.problem_measured import measured_problems
from yipan.plan.problem_objective import AT_OBJECTIVE, objective_problems
from yipan.plan.rules import EPS, Rules, buildable, window
from yipan.plan.values import Objective
from yipan.region.value import Region
from yipan.scenario.links import circles
from yipan.scenario.values import Project
from yipan.text import Text

_AT_CANDIDATES = "projects/*.toml"


def check_problem(
    region: Region, candidates: Sequence[Project], objective: Objective, *, measured: bool = True
) -> list[Problem]:
    """Return every reason why there can be no plan, each with its remedy; empty when a search makes sense.

    Parameters
    ----------
    measured
        Also measure: whether every weighted part has a value, whether candidates apply to the region (and to
        every future), and whether all of them together reach each floor above zero. Measured are only the
        region as it is and with all candidates.

    Examples
    --------
    >>> from yipan.plan.objective import default_objective
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> [p.what.en for p in check_problem(tiny, [], default_objective(tiny, 10.0))]
    ['there are no candidate projects']
    """
    out = [*_duplicates(candidates), *objective_problems(region, objective)]
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
    out += [*_unstated(candidates, objective), *_least(candidates, objective)]
    if not errors_of(out):
        out += _together(candidates, objective)
    if measured and not errors_of(out):
        out += measured_problems(region, candidates, objective)
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
                f"项目 {i} 不可能建:必须与它同选的 {pair[0]} 与 {pair[1]} 互相排斥",
                f"project {i} can never be built: {pair[0]} and {pair[1]}, both needed or in its bundle,"
                " exclude each other",
                "去掉其中的 needs、excludes 或 bundle",
                "remove the need, the exclusion or the bundle",
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
            f"预算 {o.budget:g} 低于最便宜的项目 {cheapest}({bundles[cheapest]:g},含其前提与组合;亿单位货币)",
            f"the budget {o.budget:g} is below the cheapest project {cheapest}"
            f" ({bundles[cheapest]:g} with what it needs and its bundle; 1e8)",
            f"把预算提高到至少 {bundles[cheapest]:g},或添加更便宜的候选项目",
            f"raise the budget to at least {bundles[cheapest]:g} or add cheaper candidates",
            column="budget",
            file=AT_OBJECTIVE,
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
            file=AT_OBJECTIVE,
        )
        return
    yield from _never_built(candidates, o)
    peak = min(in_time, key=lambda p: (max(p.capital), p.id))
    if max(peak.capital) > o.yearly + EPS:
        yield _problem(
            f"每年 {o.yearly:g} 不够建设任何一个项目;要求最低的 {peak.id} 一年需"
            f" {max(peak.capital):g}(亿单位货币)",
            f"{o.yearly:g} a year is too little for any project; the least demanding, {peak.id}, needs"
            f" {max(peak.capital):g} in one year (1e8)",
            f"把每年资金提高到至少 {max(peak.capital):g}",
            f"raise the yearly money to at least {max(peak.capital):g}",
            column="yearly",
            file=AT_OBJECTIVE,
        )


def _never_built(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    """Warn of candidates that this objective can never choose (others may still make a plan)."""
    for p in sorted(candidates, key=lambda p: p.id):
        if not buildable(p, o):
            first, last = window(p, o)
            yield replace(
                _problem(
                    f"项目 {p.id} 在此目标下不可能入选:一年最多需 {max(p.capital):g}(亿单位货币),"
                    f"可开工年 {first}–{last}",
                    f"project {p.id} can never be chosen under this objective: it needs up to"
                    f" {max(p.capital):g} in a year and could start {first}–{last}",
                    f"把每年资金提高到 {max(p.capital):g}、延长规划期,或拉长建设期",
                    f"raise the yearly money to {max(p.capital):g}, lengthen the horizon, or build it slower",
                    column="capital",
                ),
                severity="warning",
            )


_LIMITED = {"land": ("占地", "land", "km2"), "carbon": ("温室气体", "greenhouse gases", "kt CO2e")}


def _unstated(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    for column, (zh, en, unit) in _LIMITED.items():
        if getattr(o, column) is None:
            continue
        for p in sorted(candidates, key=lambda p: p.id):
            value = getattr(p, column)
            if value is None or not np.isfinite(value):
                yield _problem(
                    f"目标限制了{zh},但项目 {p.id} 没有写明{zh}",
                    f"the objective limits {en}, but project {p.id} does not state its own",
                    f"在 projects/*.toml 中写 {column}({unit};没有则写 0),或去掉该上限",
                    f"write {column} in projects/*.toml ({unit}; 0 where there is none), or drop the limit",
                    column=column,
                )


def _least(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    """Say that no project fits a limit on land or carbon."""
    rules = Rules(candidates, o)
    for column, (zh, en, unit) in _LIMITED.items():
        limit = getattr(o, column)
        if limit is None or limit < 0:
            continue
        of = rules.land if column == "land" else rules.carbon
        each = {i: of(rules.closure(i)) for i in rules.ids}
        least = min(each, key=lambda i: (each[i], i))
        if each[least] > limit + EPS:
            yield _problem(
                f"{zh}上限 {limit:g} {unit} 低于要求最少的项目 {least}(含其前提与组合 {each[least]:g})",
                f"the limit on {en}, {limit:g} {unit}, is below the least demanding project {least}"
                f" ({each[least]:g} {unit} with what it needs and its bundle)",
                f"把上限提高到至少 {each[least]:g} {unit},或添加候选项目",
                f"raise the limit to at least {each[least]:g} {unit}, or add candidates",
                column=column,
                file=AT_OBJECTIVE,
            )


def _together(candidates: Sequence[Project], o: Objective) -> Iterator[Problem]:
    """Warn of projects that cannot be started with all that must come with them; refuse where none can."""
    rules = Rules(candidates, o)
    never = [
        i
        for i in rules.ids
        if buildable(rules.projects[i], o)
        and (not rules.affordable(rules.closure(i)) or _no_years(rules, rules.closure(i)))
    ]
    none = not any(buildable(p, o) and p.id not in never for p in candidates)
    for i in never:
        others = ", ".join(sorted(rules.closure(i) - {i}))
        yield replace(
            _problem(
                f"项目 {i} 不可能与必须同选的项目一起建成({others or '无'}):"
                "预算、每年资金、开工年份或同时在建数不够",
                f"project {i} cannot be built together with what must come with it ({others or 'nothing'}):"
                " the budget, the yearly money, the years or what may be built at once do not allow it",
                "放宽这些项目的 earliest/latest,提高预算、每年资金或 at_once,或延长规划期",
                "relax earliest and latest of these projects, raise the budget, the yearly money or at_once,"
                " or lengthen the horizon",
                column="needs",
            ),
            severity="error" if none else "warning",
        )


def _no_years(rules: Rules, ids: frozenset[str]) -> bool:
    timing = rules.timing(ids)
    return timing.years is None and timing.proved
