"""Raw values into typed columns, each value that does not fit named with what it looks like."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

import numpy as np
import pandas as pd

from yipan.region.conform import PLAIN_NUMBER
from yipan.region.findings import Draft, Log, nearest, suggest
from yipan.region.meta import HUGE
from yipan.region.schema import Column
from yipan.text import Text

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,'\s ]\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_WITH_WORD = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([^\d\s.,].*)")
_MISSING = {
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "nil",
    "-",
    "--",
    "—",
    "——",
    "…",
    "...",
    "?",
    "无",
    "缺",
    "不详",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class _MisfitError(ValueError):
    """A value that does not fit its column: what is wrong and the remedy."""

    def __init__(self, what: Text, remedy: Text) -> None:
        super().__init__(what.en)
        self.what, self.remedy = what, remedy


def cast(draft: Draft, log: Log) -> None:
    """Give every column of `draft` its type; rows with a value that does not fit are marked unsound.

    A required column that is absent makes every row unsound. Columns that the schema does not list
    are kept, and reported unless the table is open to further columns.
    """
    names = {str(c) for c in draft.frame.columns}
    for column in draft.schema.columns:
        if column.name in names:
            draft.frame[column.name] = _column(draft, column, log)
        elif column.required and (len(draft.frame) or names - {"geometry"}):  # no features, no columns
            _absent(draft, column, names, log)
    _further(draft, names, log)


def _absent(draft: Draft, column: Column, names: set[str], log: Log) -> None:
    draft.refuse_all()
    unknown = names - {c.name for c in draft.schema.columns}
    near = nearest(column.name, unknown)
    remedy = Text(
        f"添加“{column.name}”列({column.label.zh})", f"add a column {column.name} ({column.label.en})"
    )
    if near:
        remedy = Text(f"把“{near}”列改名为“{column.name}”", f"rename the column {near} to {column.name}")
    log.error(
        Text(f"缺少列“{column.name}”", f"the column {column.name} is missing"),
        remedy,
        file=draft.file,
        column=column.name,
    )


def _further(draft: Draft, names: set[str], log: Log) -> None:
    """Report columns that are not in the schema: all in a closed table, likely slips in an open one."""
    known = {c.name for c in draft.schema.columns}
    absent = known - names
    for name in sorted(names - known - {"geometry"}):
        near = nearest(name, absent, cutoff=0.8)
        if near or not draft.schema.open_columns:
            hint = Text(f";是否应为 {near}?", f"; did you mean {near}?") if near else Text("", "")
            log.warn(
                Text(f"未知的列,保留但不使用{hint.zh}", f"unknown column, kept but not used{hint.en}"),
                Text("改名或删去", "rename it or delete it"),
                file=draft.file,
                column=name,
            )


def _column(draft: Draft, column: Column, log: Log) -> pd.Series:
    numeric = column.kind in ("number", "integer")
    out: list[float | str] = []
    for at, value in enumerate(draft.frame[column.name].tolist()):
        made: float | str = math.nan if numeric else ""
        try:
            made = _number(value, column) if numeric else _word(value, column)
            if column.required and draft.ok[at] and (made == "" or pd.isna(made)):
                raise _MisfitError(
                    Text(f"{column.label.zh}为空", f"{column.label.en} is blank"),
                    Text("填写此值;若整行无效则删去该行", "fill it in, or delete the row if it is not meant"),
                )
        except _MisfitError as bad:
            draft.ok[at] = False
            log.error(bad.what, bad.remedy, file=draft.file, row=draft.row(at), column=column.name)
        out.append(made)
    if column.kind == "integer":
        whole = pd.Series(out, index=draft.frame.index, dtype="Float64")
        return whole.astype("Int64")
    return pd.Series(out, index=draft.frame.index, dtype="float64" if numeric else "str")


def _number(value: object, column: Column) -> float:
    """Return a value as a number (NaN where blank), or raise `_MisfitError`."""
    if value is None or value is pd.NA or (isinstance(value, str) and not value.strip()):
        return math.nan
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value.strip()):
        number = float(value)
    elif isinstance(value, int | float | np.number | Decimal) and not isinstance(value, bool):
        number = math.inf if isinstance(value, int) and abs(value) > HUGE else float(value)
        if math.isnan(number):
            return math.nan
    else:
        raise _not_a_number(str(value), column)
    if math.isinf(number):
        raise _not_a_number(str(value), column)
    if column.kind == "integer" and number != int(number):
        raise _MisfitError(
            Text(f"{column.label.zh}不是整数:{value}", f"{column.label.en} is not a whole number: {value}"),
            Text("填写整数", "write a whole number"),
        )
    _in_range(number, column)
    return number


def _in_range(number: float, column: Column) -> None:
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    if low <= number <= high:
        return
    unit = f" {column.unit}" if column.unit else ""
    remedy = Text(f"改为 {low:g} 到 {high:g}{unit} 之间的值", f"give a value from {low:g} to {high:g}{unit}")
    if high == math.inf:
        remedy = Text(f"改为不小于 {low:g}{unit} 的值", f"give a value of at least {low:g}{unit}")
    if column.name == "lat" and abs(number) <= 180:
        remedy = Text("检查经度与纬度是否填反", "see whether longitude and latitude are the wrong way round")
    elif column.name in ("lon", "lat"):
        remedy = Text("把坐标转换为 WGS-84 经纬度(度)", "convert the coordinates to WGS-84 degrees")
    raise _MisfitError(
        Text(
            f"{column.label.zh}超出可能范围:{number:g}",
            f"{column.label.en} is outside what is possible: {number:g}",
        ),
        remedy,
    )


def _not_a_number(word: str, column: Column) -> _MisfitError:
    """Say what a word that should be a number looks like, and how to write it."""
    word = word if len(word) <= 40 else word[:40] + "…"
    what = Text(f"{column.label.zh}不是数字:“{word}”", f"{column.label.en} is not a number: '{word}'")
    unit = f" ({column.unit})" if column.unit else ""
    remedy = Text(f"只填数字{unit}", f"write a number{unit}")
    bare = word.strip()
    plain = unicodedata.normalize("NFKC", bare)
    if plain != bare and PLAIN_NUMBER.fullmatch(plain):
        remedy = Text(f"用半角数字:{plain}", f"these are full-width digits; write {plain}")
    elif _THOUSANDS.fullmatch(plain):
        joined = re.sub(r"[^\d.+-]", "", plain)
        remedy = Text(f"去掉千位分隔符:{joined}", f"leave out the thousands separator: {joined}")
    elif _DECIMAL_COMMA.fullmatch(plain):
        remedy = Text("小数点用“.”", f"use a decimal point: {plain.replace(',', '.')}")
    elif bare.casefold() in _MISSING:
        remedy = Text("没有数值时留空", "leave it blank where there is no value")
        if column.required:
            remedy = Text(
                "此列不能为空:填写数值或删去该行",
                "this column cannot be blank: give a value or delete the row",
            )
    elif not PLAIN_NUMBER.fullmatch(plain) and (with_word := _WITH_WORD.fullmatch(plain)):
        remedy = Text(
            f"去掉“{with_word[2]}”,换算后只填数字{unit}",
            f"take out '{with_word[2]}', convert, and write the number{unit}",
        )
    elif not column.required:
        remedy = Text(
            f"只填数字{unit};未知则留空", f"write a number{unit}, or leave it blank if it is not known"
        )
    return _MisfitError(what, remedy)


def _word(value: object, column: Column) -> str:
    """Return a value as text (``""`` where blank), or raise `_MisfitError`."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)  # a file format that knows no integers wrote an id as 500101.0
    if not isinstance(value, str | int | float | np.number):
        raise _MisfitError(
            Text(f"不是文字:{value!r}", f"not text: {value!r}"), Text("填写文字", "write text")
        )
    word = str(value)
    if not word.isascii() and any("\ud800" <= c <= "\udfff" for c in word):
        raise _MisfitError(
            Text(f"含有不完整的字符:{word!r}", f"it holds half a character: {word!r}"),
            Text("重新输入此文字", "type this text again"),
        )
    if column.kind == "id" or column.required:
        word = word.strip()
    if column.kind == "id" and _CONTROL.search(word):
        raise _MisfitError(
            Text(f"编号含有控制字符:{word!r}", f"an id holds a control character: {word!r}"),
            Text("只用字母、数字和 - _", "use letters, digits, - and _"),
        )
    if column.choices and word and word not in column.choices:
        near = suggest(word, column.choices)
        raise _MisfitError(
            Text(
                f"未知的{column.label.zh}:“{word}”{near.zh}", f"unknown {column.label.en}: '{word}'{near.en}"
            ),
            Text(f"填写 {'、'.join(column.choices)} 之一", f"write one of {', '.join(column.choices)}"),
        )
    return word
