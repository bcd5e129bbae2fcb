"""The keys of a project in a file: types, meanings, and what is wrong with the values given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from yipan.errors import Problem
from yipan.region.schema import Quality
from yipan.text import Text

Kind = Literal["id", "text", "number", "integer", "numbers", "ids", "tables"]


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
            "各建设年的投资,第一年在前,亿元",
            "cost of each building year, first year first, 1e8 of the currency",
        ),
        True,
    ),
    Key(
        "upkeep",
        "number",
        Text("每年运行维护费,亿元", "cost of each year of operation, 1e8 of the currency"),
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
    Key("origin", "text", Text("出处:listed 或 rule:编号", "where it comes from: listed, or rule:ID")),
    Key("interventions", "tables", Text("措施,每项须有 type", "interventions, each with its type"), True),
)
"""Every key a project may hold, in the order in which it is written."""

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
    problems += [replace(p, file=file, column=where + p.column) for p in _value_problems(values)]
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
    "ids": (lambda v: _is_list(v, str), "一组编号", "a list of ids in quotes"),
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

    capital = floats(values.get("capital"))
    if "capital" in values and not capital:
        wrong(
            "capital",
            "没有任何年份",
            "has no year",
            "至少写一年的投资",
            "write the cost of at least one year",
        )
    elif any(c < 0 for c in capital):
        wrong("capital", "有负数", "has a negative cost", "改为零或正数", "write zero or more for each year")
    for key, least in (("upkeep", 0), ("life", 1), ("price_year", 1800)):
        value = values.get(key)
        if isinstance(value, (int, float)) and value < least:
            wrong(key, f"{value} 小于 {least}", f"{value} is below {least}", "改正数值", "correct the number")
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
