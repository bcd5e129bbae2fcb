"""What is wrong with an objective by itself and on its region: weights, floors, limits, futures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from yipan.errors import Problem, errors_of
from yipan.measure import NEEDS, load_packs
from yipan.plan.rules import ALL
from yipan.plan.valuation import target_keys
from yipan.plan.values import Future, Objective
from yipan.region.findings import listed, suggest
from yipan.region.value import Region
from yipan.scenario.interventions import INTERVENTIONS
from yipan.text import Text

AT_OBJECTIVE = "objective"
"""What problems of the objective name as their file."""


def at(column: str, what: tuple[str, str], remedy: tuple[str, str], *, row: int | None = None) -> Problem:
    """Return a problem of the objective."""
    return Problem(what=Text(*what), remedy=Text(*remedy), file=AT_OBJECTIVE, column=column, row=row)


def objective_problems(region: Region, o: Objective) -> list[Problem]:
    """Return everything wrong with an objective that can be seen without measuring."""
    return [
        *_weights(region, o),
        *_floors(region, o),
        *_money_and_years(o),
        *_limits(o),
        *_at_once(o),
        *_futures(region, o),
    ]


def known_weights(region: Region, o: Objective) -> tuple[str, ...]:
    """Return every key the weights of this aim may have: needs, scored indicators, or targets."""
    if o.aim == "needs":
        return NEEDS
    if o.aim == "indicators":
        return tuple(sorted(i.id for pack in load_packs() for i in pack.indicators if i.scored))
    return tuple(target_keys(region.table("targets")))


_NAMES = {
    "needs": ("需要", "need"),
    "indicators": ("计分指标", "scored indicator"),
    "targets": ("目标", "target"),
}


def _weights(region: Region, o: Objective) -> Iterator[Problem]:
    if o.aim not in _NAMES:
        yield at(
            "aim",
            (f"没有“{o.aim}”这种评判方式", f"there is no aim '{o.aim}'"),
            ("写 needs、indicators 或 targets", "write needs, indicators or targets"),
        )
        return
    zh, en = _NAMES[o.aim]
    known = known_weights(region, o)
    if not known:
        yield at(
            "weights",
            ("区域没有目标(targets.csv 为空)", "the region has no targets (targets.csv is empty)"),
            ("添加 targets.csv,或改用 needs、indicators", "add targets.csv, or judge by needs or indicators"),
        )
        return
    for key in sorted(set(o.weights) - set(known)):
        near, some = suggest(key, known), listed(known)
        choices = (f"({some.zh})", f" ({some.en})") if known else ("", "")
        yield at(
            "weights",
            (
                f"权重写给了不存在的{zh} {key}{near.zh}",
                f"a weight is on the {en} {key}, which does not exist{near.en}",
            ),
            _remedy(o, choices),
        )
    total = float(sum(o.weights.values()))
    if any(not math.isfinite(w) or w < 0 for w in o.weights.values()) or not abs(total - 1.0) <= 1e-6:
        yield at(
            "weights",
            (
                f"权重应为非负数且合计为 1,现为 {dict(o.weights)}(合计 {total:g})",
                f"weights must be non-negative and sum to 1; they are {dict(o.weights)} (sum {total:g})",
            ),
            ("把各权重同除以其合计", "divide each weight by their sum"),
        )


def _remedy(o: Objective, choices: tuple[str, str]) -> tuple[str, str]:
    if o.aim == "targets":
        return (
            f"写 targets.csv 中的“指标@范围@年份”{choices[0]},或把该目标加入 targets.csv",
            f"write indicator@scope@year as in targets.csv{choices[1]}, or add the target there",
        )
    return f"改为已有的编号{choices[0]}", f"write one there is{choices[1]}"


def _floors(region: Region, o: Objective) -> Iterator[Problem]:
    clusters = sorted(set(region.cluster_of.values()))
    for k in sorted(set(o.floors) - set(clusters)):
        near = suggest(k, clusters)
        yield at(
            "floors",
            (
                f"底线写给了不存在(或没有分区)的片区 {k}{near.zh}",
                f"a floor is set for the cluster {k}, which does not exist or has no zones{near.en}",
            ),
            (f"改为 {'、'.join(clusters)} 之一", f"use one of {', '.join(clusters)}"),
        )
    for column, floors in (("floors", o.floors), ("worst_tenth", {"": o.worst_tenth})):
        for k, v in sorted(floors.items()):
            if v is not None and not math.isfinite(v):
                yield at(
                    column,
                    (f"底线 {k} 不是数字:{v}", f"the floor {k} is no number: {v}".replace("  ", " ")),
                    ("写指数的最小升幅(分)", "write the least rise of the index, points"),
                )


def _money_and_years(o: Objective) -> Iterator[Problem]:
    for name, value in (("budget", o.budget), ("yearly", o.yearly)):
        if not math.isfinite(value) or value <= 0:
            yield at(
                name,
                (f"{name} 应为正数,现为 {value:g}", f"{name} must be a positive number; it is {value:g}"),
                ("填写 1e8 货币单位的金额", "write an amount in 1e8 of the currency"),
            )
    if o.end < o.start:
        yield at(
            "start",
            (f"期末 {o.end} 早于期初 {o.start}", f"the horizon ends ({o.end}) before it starts ({o.start})"),
            ("让期末不早于期初", "let the end be no earlier than the start"),
        )
    if not 0 <= o.discount < 1:
        yield at(
            "discount",
            (
                f"贴现率应在 0 与 1 之间,现为 {o.discount:g}",
                f"the discount rate must be from 0 to below 1; it is {o.discount:g}",
            ),
            ("写小数:每年 3 % 写 0.03", "write a share: 0.03 for 3 % a year"),
        )


def _limits(o: Objective) -> Iterator[Problem]:
    for column, limit, unit in (("land", o.land, "km2"), ("carbon", o.carbon, "kt CO2e")):
        if limit is not None and not (math.isfinite(limit) and limit >= 0):
            yield at(
                column,
                (
                    f"{column} 上限应为不小于零的数,现为 {limit:g}",
                    f"the limit on {column} must be zero or more; it is {limit:g}",
                ),
                (f"写上限({unit});不设上限则删去此项", f"write a limit in {unit}, or leave it out for none"),
            )


def _at_once(o: Objective) -> Iterator[Problem]:
    known = (ALL, *sorted(INTERVENTIONS))
    for k, most in sorted(o.at_once.items()):
        if k not in known:
            near = suggest(k, known)
            yield at(
                f"at_once.{k}",
                (f"没有措施类型 {k}{near.zh}", f"there is no type of intervention {k}{near.en}"),
                (
                    f"写 {ALL} 或措施类型({'、'.join(known[1:])})",
                    f"write {ALL} or a type ({', '.join(known[1:])})",
                ),
            )
        if most < 1 or most != int(most):
            yield at(
                f"at_once.{k}",
                (
                    f"同时在建不超过 {most:g} 个,则此类项目一个也建不成",
                    f"with at most {most:g} being built at once, none of these can ever be built",
                ),
                (
                    "写至少 1 的整数;若不要此类项目,请从候选项目中去掉",
                    "write a whole number from 1, or leave such projects out of the candidates",
                ),
            )


def _futures(region: Region, o: Objective) -> Iterator[Problem]:
    for i, n in sorted(Counter(f.id for f in o.futures).items()):
        if n > 1:
            yield at(
                f"futures.{i}",
                (f"情景编号 {i} 出现 {n} 次", f"the future {i} is given {n} times"),
                ("给每个情景不同的编号", "give every future its own id"),
            )
    for f in o.futures:
        if not f.source.strip():
            yield at(
                f"futures.{f.id}.source",
                (f"情景 {f.id} 没有来源", f"the future {f.id} has no source"),
                ("写明其数字从何而来", "say where its figures come from"),
            )
        yield from future_region(region, f)[1]


def future_region(region: Region, future: Future) -> tuple[Region, list[Problem]]:
    """Return the region as a future finds it, and why its changes cannot be made where they cannot."""
    out: list[Problem] = []
    for n, change in enumerate(future.changes, start=1):
        found = change.resolve(region)
        where = f"futures.{future.id}.changes[{n}]"
        out += [
            replace(p, file=AT_OBJECTIVE, column=f"{where}.{p.column}" if p.column else where) for p in found
        ]
        if not errors_of(found):
            region = change.apply(region)
    return region, out


def unscored(keys: Collection[str], o: Objective, *, future: str = "") -> Iterator[Problem]:
    """Say which weighted parts have no value on the region, for want of data."""
    zh, en = _NAMES[o.aim]
    when = (f"(情景 {future})", f" in the future {future}") if future else ("", "")
    for k in sorted(keys):
        what = (
            (f"目标 {k} 在基年没有实测值", f"the target {k} has no measured value before any project")
            if o.aim == "targets"
            else (
                f"{zh} {k} 在本区域没有得分(数据不足)",
                f"the {en} {k} has no score in this region (data are missing)",
            )
        )
        yield at(
            "weights",
            (
                f"{what[0]}{when[0]},却有权重 {o.weights[k]:g}",
                f"{what[1]}{when[1]} but weighs {o.weights[k]:g}",
            ),
            (
                "补充数据,或把该权重设为 0 并重新分配",
                "supply the data, or set this weight to 0 and share it among the others",
            ),
        )
