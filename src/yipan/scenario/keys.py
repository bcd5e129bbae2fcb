"""The keys of a project in a file: types, meanings, and what is wrong with the values given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from yipan.errors import Problem
from yipan.region.schema import Quality
from yipan.scenario.values import Ranges
from yipan.text import Text

Kind = Literal["id", "text", "number", "integer", "numbers", "yearly", "ids", "table", "tables"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a project in a file: its type, meaning and whether it must be there."""

    name: str
    kind: Kind
    label: Text
    required: bool = False


KEYS: tuple[Key, ...] = (
    Key("id", "id", Text("项目编号,全部文件中唯一", "project id, unique over all files"), True),
    Key("zh", "text", Text("中文名", "Chinese name")),
    Key("en", "text", Text("英文名", "English name")),
    Key("owner_zh", "text", Text("责任单位(中文)", "who owns it, Chinese")),
    Key("owner_en", "text", Text("责任单位(英文)", "who owns it, English")),
    Key("zones", "ids", Text("涉及的分区编号", "ids of the zones it is in"), True),
    Key(
        "capital",
        "numbers",
        Text(
            "各建设年的投资,第一年在前,亿元;须写 capital 或 cost",
            "cost of each building year, first year first, 1e8 of the currency; either capital or cost",
        ),
    ),
    Key(
        "cost",
        "number",
        Text(
            "总投资,亿元,按 S 曲线分摊到 duration 年",
            "cost of it all, 1e8 of the currency, spread over duration along an S-curve",
        ),
    ),
    Key("duration", "integer", Text("工期,年", "building time, years")),
    Key(
        "upkeep",
        "yearly",
        Text(
            "每年运行维护费,亿元;写一组数时依次为最初各年,最后一个为此后每年",
            "cost of each year of operation, 1e8 of the currency; of a list, the first years and last every"
            " year after them",
        ),
        True,
    ),
    Key("price_year", "integer", Text("价格年份", "year of the prices"), True),
    Key("life", "integer", Text("使用年限", "years of operation"), True),
    Key("source", "text", Text("来源", "source"), True),
    Key(
        "quality",
        "text",
        Text(
            "数据质量:official/derived/modelled/assumed",
            "quality of the data: official, derived, modelled or assumed",
        ),
        True,
    ),
    Key("because_zh", "text", Text("为什么提出(中文)", "why it is proposed, Chinese")),
    Key("because_en", "text", Text("为什么提出(英文)", "why it is proposed, English")),
    Key("answers", "ids", Text("所回应的指标编号", "ids of the indicators it answers")),
    Key("earliest", "integer", Text("最早开工年", "first year it may start")),
    Key("latest", "integer", Text("最晚开工年", "last year it may start")),
    Key("needs", "ids", Text("须先于或同时开工的项目", "projects that must start no later")),
    Key("excludes", "ids", Text("不能同时入选的项目", "projects that cannot be chosen with it")),
    Key(
        "bundle",
        "text",
        Text("捆绑组:同组项目同时入选或同时落选", "bundle: its projects are chosen together or not at all"),
    ),
    Key("land", "number", Text("占地,平方公里", "land it takes, km2")),
    Key(
        "carbon",
        "number",
        Text(
            "全寿命期温室气体(建设与运行,减去所节省的),千吨二氧化碳当量",
            "greenhouse gases of building and running it over its life, less what it saves, kt CO2e",
        ),
    ),
    Key(
        "ranges",
        "table",
        Text(
            "不确定范围 {cost, delay, effect, source}:造价与效果为 [低, 高] 倍数,延误为 [低, 高] 年",
            "how uncertain it is, {cost, delay, effect, source}: [low, high] factors on cost and effect,"
            " years of delay",
        ),
    ),
    Key("origin", "text", Text("出处:listed 或 rule:编号", "where it comes from: listed, or rule:ID")),
    Key("interventions", "tables", Text("措施,每项须有 type", "interventions, each with its type"), True),
)
"""Every key a project may hold, in the order in which it is written."""

LONGEST_BUILDING, LONGEST_LIFE = 100, 1000
"""Years beyond which a number is taken for a slip: a cost is spread over every building year."""
_PAIRS = (("zh", "en"), ("owner_zh", "owner_en"), ("because_zh", "because_en"))


def check_keys(
    table: Mapping[str, object], *, file: str = "", where: str = ""
) -> tuple[dict[str, object], list[Problem]]:
    """Return the values of the right type by key, and everything wrong with the keys and values of a project.

    Parameters
    ----------
    table
        What the file holds for one project.
    file, where
        Named in the problems: the file, and what stands before the key (``project[2].``).
    """
    problems = _unknown_keys(table, file=file, where=where)
    values: dict[str, object] = {}
    for key in KEYS:
        if key.name not in table:
            if key.required:
                problems.append(_missing(key, file=file, where=where))
            continue
        wrong = _type_problem(key, table[key.name])
        if wrong is None:
            values[key.name] = table[key.name]
        else:
            problems.append(replace(wrong, file=file, column=where + key.name))
    more = [*_cost_problems(table, values), *_value_problems(values), *range_problems(values.get("ranges"))]
    problems += [replace(p, file=file, column=where + p.column) for p in more]
    return values, problems + _pairs(table, file=file, where=where)


def _unknown_keys(table: Mapping[str, object], *, file: str, where: str) -> list[Problem]:
    names = [k.name for k in KEYS]
    out = []
    for key in table:
        if key in names:
            continue
        near = get_close_matches(str(key), names, n=1)
        hint = Text(f"改为 {near[0]}", f"write {near[0]}") if near else Text("删除它", "remove it")
        known = ", ".join(names)
        out.append(
            Problem(
                what=Text("未知的键", "unknown key"),
                remedy=Text(f"{hint.zh}(可用的键:{known})", f"{hint.en} (known keys: {known})"),
                file=file,
                column=f"{where}{key}",
            )
        )
    return out


def _missing(key: Key, *, file: str, where: str) -> Problem:
    return Problem(
        what=Text("缺少这个键", "the key is missing"),
        remedy=Text(f"写上 {key.name}:{key.label.zh}", f"write {key.name}: {key.label.en}"),
        file=file,
        column=where + key.name,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: object, ok: type) -> bool:
    return isinstance(value, list) and all(isinstance(v, ok) and v for v in value)


_CHECKS: dict[Kind, tuple[Callable[[object], bool], str, str]] = {
    "id": (lambda v: isinstance(v, str) and v.strip() == v != "", "非空文本", "text that is not empty"),
    "text": (lambda v: isinstance(v, str), "文本", "text in quotes"),
    "number": (_is_number, "数字", "a number"),
    "integer": (lambda v: isinstance(v, int) and not isinstance(v, bool), "整数", "a whole number"),
    "numbers": (lambda v: isinstance(v, list) and all(map(_is_number, v)), "一组数字", "a list of numbers"),
    "yearly": (
        lambda v: _is_number(v) or (isinstance(v, list) and all(map(_is_number, v))),
        "数字或一组数字",
        "a number or a list of numbers",
    ),
    "ids": (lambda v: _is_list(v, str), "一组编号", "a list of ids in quotes"),
    "table": (lambda v: isinstance(v, dict), "一个表 {键 = 值}", "a table, {key = value}"),
    "tables": (lambda v: _is_list(v, dict), "一组表", "an array of tables, each under [[interventions]]"),
}


def _type_problem(key: Key, value: object) -> Problem | None:
    ok, zh, en = _CHECKS[key.kind]
    if ok(value):
        return None
    shown = repr(value) if len(repr(value)) < 60 else repr(value)[:57] + "..."
    return Problem(
        what=Text(f"应为{zh},而不是 {shown}", f"must be {en}, not {shown}"),
        remedy=Text(f"填写{key.label.zh}", f"write the {key.label.en}"),
    )


def _value_problems(values: Mapping[str, object]) -> list[Problem]:
    """Check what types cannot say: signs, emptiness, years in order."""
    out: list[Problem] = []

    def wrong(column: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> None:
        out.append(Problem(what=Text(zh, en), remedy=Text(remedy_zh, remedy_en), column=column))

    out += _yearly_problems(values)
    bounds = (("upkeep", 0), ("life", 1), ("price_year", 1800), ("cost", 0), ("duration", 1), ("land", 0))
    for key, least in bounds:
        value = values.get(key)
        if isinstance(value, (int, float)) and value < least:
            wrong(key, f"{value} 小于 {least}", f"{value} is below {least}", "改正数值", "correct the number")
    for key, most in (("duration", LONGEST_BUILDING), ("life", LONGEST_LIFE)):
        value = values.get(key)
        if isinstance(value, int) and value > most:
            wrong(
                key,
                f"{value} 年超过 {most} 年",
                f"{value} years are above {most}",
                "改正数值",
                "correct the number",
            )
    quality = values.get("quality")
    if quality is not None and quality not in [q.value for q in Quality]:
        choices = ", ".join(q.value for q in Quality)
        wrong(
            "quality",
            f"未知:{quality}",
            f"unknown: {quality}",
            f"填写 {choices} 之一",
            f"write one of {choices}",
        )
    first, last = values.get("earliest"), values.get("latest")
    if isinstance(first, int) and isinstance(last, int) and first > last:
        wrong("latest", "早于 earliest", "is before earliest", "改正两个年份", "correct the two years")
    if values.get("source") == "":
        wrong("source", "为空", "is empty", "写明来源", "say where this comes from")
    if values.get("interventions") == []:
        wrong(
            "interventions", "没有措施", "there is none", "至少写一项措施", "write at least one intervention"
        )
    return out


def _yearly_problems(values: Mapping[str, object]) -> list[Problem]:
    """Check costs by year: some year, none negative, upkeep no longer than its life."""
    out: list[Problem] = []
    for key in ("capital", "upkeep"):
        if values.get(key) == []:
            what = Text("没有任何年份", "has no year")
            remedy = Text("至少写一年的数", "write the cost of at least one year")
            out.append(Problem(what=what, remedy=remedy, column=key))
        elif any(c < 0 for c in floats(values.get(key))):
            what = Text("有负数", "has a negative cost")
            remedy = Text("改为零或正数", "write zero or more for each year")
            out.append(Problem(what=what, remedy=remedy, column=key))
    n, life = len(floats(values.get("upkeep"))), values.get("life")
    if isinstance(life, int) and n - 1 > life >= 1:
        what = Text(f"写了 {n} 年,使用年限只有 {life} 年", f"is given for {n} years, but its life is {life}")
        remedy = Text("删去使用年限以后的数", "leave out the years after its life")
        out.append(Problem(what=what, remedy=remedy, column="upkeep"))
    return out


def _cost_problems(table: Mapping[str, object], values: Mapping[str, object]) -> list[Problem]:
    """Check that the cost is stated once: by year, or as one sum with the building time."""
    both = "cost" in table and "capital" in table
    capital, duration = floats(values.get("capital")), values.get("duration")
    if both:
        what = Text("与 capital 重复", "is given besides capital")
        remedy = Text("只写 cost 与 duration,或只写 capital", "write cost and duration, or capital, not both")
        return [Problem(what=what, remedy=remedy, column="cost")]
    if "cost" in table and "duration" not in table:
        what = Text("写了 cost 而缺少 duration", "the key is missing, which cost needs")
        return [
            Problem(what=what, remedy=Text("写上工期(年)", "write the building years"), column="duration")
        ]
    if "cost" not in table and "capital" not in table:
        key = next(k for k in KEYS if k.name == "capital")
        return [_missing(key, file="", where="")]
    if capital and isinstance(duration, int) and duration != len(capital):
        n = len(capital)
        what = Text(f"工期 {duration} 年,而 capital 有 {n} 年", f"is {duration} years, but capital has {n}")
        remedy = Text("删去 duration,或改正 capital", "leave duration out, or correct capital")
        return [Problem(what=what, remedy=remedy, column="duration")]
    return []


_RANGES = {
    "cost": Text("造价倍数", "factors on its cost"),
    "delay": Text("延误年数", "years of delay"),
    "effect": Text("效果倍数", "factors on its effect"),
}


def range_problems(ranges: object) -> list[Problem]:
    """Return what is wrong with a table of ranges: unknown keys, no pair, low above high, signs."""
    if not isinstance(ranges, Mapping):
        return []
    out: list[Problem] = []
    for key, value in ranges.items():
        column = f"ranges.{key}"
        if key == "source":
            if not isinstance(value, str):
                what = Text("应为文本", "must be text in quotes")
                out.append(
                    Problem(what=what, remedy=Text("写明来源", "say where it comes from"), column=column)
                )
        elif key not in _RANGES:
            near = get_close_matches(str(key), [*_RANGES, "source"], n=1)
            hint = Text(f"改为 {near[0]}", f"write {near[0]}") if near else Text("删除它", "remove it")
            known = ", ".join([*_RANGES, "source"])
            what = Text("未知的键", "unknown key")
            remedy = Text(f"{hint.zh}(可用的键:{known})", f"{hint.en} (known keys: {known})")
            out.append(Problem(what=what, remedy=remedy, column=column))
        else:
            out += _range_problems(str(key), value, column)
    if not set(ranges) & set(_RANGES):
        what = Text("没有任何范围", "holds no range")
        out.append(
            Problem(
                what=what, remedy=Text("写上一个,或删去它", "write one, or leave it out"), column="ranges"
            )
        )
    return out


def ranges_as_dict(ranges: Ranges) -> dict[str, object]:
    """Return the table of ranges a project file holds; empty where none is stated."""
    pairs = {"cost": ranges.cost, "delay": ranges.delay, "effect": ranges.effect}
    out: dict[str, object] = {k: [float(v) for v in pair] for k, pair in pairs.items() if pair is not None}
    return {**out, "source": ranges.source} if ranges.source else out


def _range_problems(key: str, value: object, column: str) -> list[Problem]:
    label = _RANGES[key]
    remedy = Text(f"填写 [低, 高]:{label.zh}", f"write [low, high]: {label.en}")
    if not (isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_number, value))):
        return [Problem(what=Text("应为两个数", "must be two numbers"), remedy=remedy, column=column)]
    low, high = value
    if low > high:
        what = Text(f"低值 {low:g} 大于高值 {high:g}", f"low {low:g} is above high {high:g}")
    elif key == "delay" and low < 0:
        what = Text(f"{low:g} 年为负:不能早于计划", f"{low:g} years is negative: never earlier than planned")
    elif key != "delay" and low <= 0:
        what = Text(f"倍数 {low:g} 不大于零", f"the factor {low:g} is not above zero")
    else:
        return []
    return [Problem(what=what, remedy=remedy, column=column)]


def floats(value: object) -> list[float]:
    """Return a list of numbers as floats, an empty list for anything else."""
    return [float(v) for v in value] if isinstance(value, list) else []


def _pairs(table: Mapping[str, object], *, file: str, where: str) -> list[Problem]:
    return [
        Problem(
            what=Text("中英文都没有", "missing in both languages"),
            remedy=Text(f"至少写 {zh} 或 {en} 之一", f"write {zh} or {en}, best both"),
            file=file,
            column=where + zh,
        )
        for zh, en in _PAIRS
        if not table.get(zh) and not table.get(en)
    ]
