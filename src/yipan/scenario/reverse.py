"""Taking an intervention back: what undoes it exactly, rows, sources and order included."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from yipan.errors import Problem, ScenarioError, errors_of
from yipan.region.schema import SCHEMAS, Column, TableSchema
from yipan.region.value import Region
from yipan.scenario.change import Change, Plain, Row, ids, missing, problem, register, spec, taken, typed
from yipan.scenario.values import Intervention
from yipan.text import Text

TABLES = ("cells", "places", "lines", "stops", "links")
"""Tables whose rows can be put back."""
_AT = "row"
Key = tuple[Plain, ...]


@register
@dataclass(frozen=True, kw_only=True)
class Reinstate(Change):
    """Rows put back as they were, and rows taken out: what `reverse` makes.

    Each row holds the columns of its table and ``row``: its place in the table, the first being 1. It takes
    the place of the row with its key (id; line and seq), if any. `remove` lists rows to take out by table and
    key.
    """

    type: ClassVar[str] = "Reinstate"
    label: ClassVar[Text] = Text("恢复原状", "put back as it was")
    tables: ClassVar[tuple[str, ...]] = TABLES

    what_zh: str = spec("text", "撤回的内容(中文)", "what is taken back, Chinese", default="")
    what_en: str = spec("text", "撤回的内容(英文)", "what is taken back, English", default="")
    cells: tuple[Row, ...] = spec("rows", "恢复的单元格", "cells put back", default=())
    places: tuple[Row, ...] = spec("rows", "恢复的设施", "places put back", default=())
    lines: tuple[Row, ...] = spec("rows", "恢复的线路", "lines put back", default=())
    stops: tuple[Row, ...] = spec("rows", "恢复的站点", "stops put back", default=())
    links: tuple[Row, ...] = spec("rows", "恢复的路段", "links put back", default=())
    remove: tuple[Row, ...] = spec(
        "rows", "移除的行:{table, 键}", "rows taken out: {table, key columns}", default=()
    )
    without: tuple[Row, ...] = spec(
        "rows", "此后确知没有的设施类别:{kind}", "kinds of place there are none of: {kind}", default=()
    )

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the rows: no change, unknown columns, no key."""
        out = super().unsound()
        if not any(getattr(self, t) for t in (*TABLES, "remove")):
            out.append(
                problem(
                    "remove", ("没有任何变化", "no change is given"), ("写上要恢复的行", "write the rows")
                )
            )
        for table in TABLES:
            seen: set[Key] = set()
            for i, row in enumerate(getattr(self, table), start=1):
                out += _row_problems(SCHEMAS[table], dict(row), f"{table}[{i}]")
                key = _key(dict(row), SCHEMAS[table])
                if key in seen:
                    out += taken(f"{table}[{i}]", " ".join(map(str, key)), {" ".join(map(str, key))})
                seen.add(key)
        for i, row in enumerate(self.without, start=1):
            if not isinstance(dict(row).get("kind"), str):
                what = ("缺少 kind", "lacks its kind")
                out.append(problem(f"without[{i}]", what, ('写成 {kind = "…"}', 'write {kind = "…"}')))
        for i, row in enumerate(self.remove, start=1):
            data = dict(row)
            table = str(data.pop("table", ""))
            if table not in TABLES or set(data) != set(SCHEMAS[table].key):
                listed = ", ".join(TABLES)
                out.append(
                    problem(
                        f"remove[{i}]",
                        ("不是一行的表名与键", "is not the table and the key of a row"),
                        (
                            f"写上 table({listed} 之一)和该表的键",
                            f"write table (one of {listed}) and the key of that table",
                        ),
                    )
                )
        return out

    def against(self, region: Region) -> list[Problem]:
        """Return a problem for each row to be taken out that is not there, and for cells that are not."""
        out = []
        for i, row in enumerate(self.remove, start=1):
            data = dict(row)
            schema = SCHEMAS[str(data["table"])]
            key = _key(data, schema)
            if key not in _places_of(region.table(schema.name), schema):
                name = " ".join(map(str, key))
                out.append(
                    problem(
                        f"remove[{i}]",
                        (f"{schema.file} 没有 {name}", f"there is no {name} in {schema.file}"),
                        ("删去这一行", "leave this row out"),
                    )
                )
        return [*out, *self._hanging(region), *self._left_hanging(region), *self._untyped(region)]

    def _untyped(self, region: Region) -> list[Problem]:
        """Return a problem for each value of a further column of the cells that is not as the others are."""
        cells, out = region.table("cells"), []
        for i, row in enumerate(self.cells, start=1):
            for name, value in row:
                if name in cells and isinstance(value, str) != (cells.dtypes[name] == "str"):
                    what = (f"类型不对:{value!r}", f"is of the wrong type: {value!r}")
                    remedy = ("与该列其他值一致", "write it as the others in the column are")
                    out.append(problem(f"cells[{i}].{name}", what, remedy))
        return out

    def _hanging(self, region: Region) -> list[Problem]:
        """Return a problem for each row put back that names a zone, cell or line there is none of."""
        cells = ids(region, "cells") | {str(dict(r)["id"]) for r in self.cells}
        lines = ids(region, "lines") | {str(dict(r)["id"]) for r in self.lines}
        named: tuple[tuple[str, str, set[str], tuple[str, str]], ...] = (
            ("cells", "zone", set(region.zone_ids), ("分区", "zone")),
            ("links", "from", cells, ("单元格", "cell")),
            ("links", "to", cells, ("单元格", "cell")),
            ("stops", "line", lines, ("线路", "line")),
        )
        out = []
        for table, column, known, what in named:
            for i, row in enumerate(getattr(self, table), start=1):
                out += missing(f"{table}[{i}].{column}", str(dict(row)[column]), known, what)
        return out

    def _left_hanging(self, region: Region) -> list[Problem]:
        """Return a problem for each cell or line taken out that rows which stay still name."""
        out = []
        for table, column, of in (
            ("links", "from", "cells"),
            ("links", "to", "cells"),
            ("stops", "line", "lines"),
        ):
            schema = SCHEMAS[table]
            gone = {str(dict(r)["id"]) for r in self.remove if dict(r)["table"] == of}
            gone -= {str(dict(r)["id"]) for r in getattr(self, of)}
            moved = {_key(dict(r), schema) for r in (*self.remove, *getattr(self, table))}
            named = {
                str(r[column])
                for r in region.table(table).to_dict("records")
                if str(r[column]) in gone and _key(r, schema) not in moved
            }
            out += [
                problem(
                    "remove",
                    (f"{schema.file} 仍引用 {name}", f"{schema.file} still names {name}"),
                    ("把这些行也写进 remove", "take those rows out as well"),
                )
                for name in sorted(named)
            ]
        return list(dict.fromkeys(out))

    def apply(self, region: Region) -> Region:
        """Return the region with the rows as they were."""
        changed: dict[str, pd.DataFrame] = {}
        for table in TABLES:
            schema = SCHEMAS[table]
            gone = [_key(dict(r), schema) for r in self.remove if dict(r)["table"] == table]
            back = [dict(r) for r in getattr(self, table)]
            if gone or back:
                changed[table] = _put_back(region.table(table), schema, back=back, gone=gone)
        out = region.replace(meta=None, **changed)
        if "places" not in changed:
            return out
        there = set(map(str, out.tables["places"].array("kind")))
        stated = [str(dict(r)["kind"]) for r in self.without]
        without = tuple(k for k in dict.fromkeys([*stated, *region.meta.without]) if k not in there)
        return out.replace(meta=replace(region.meta, without=without))

    def describe(self) -> Text:
        """Say what is taken back."""
        if self.what_zh or self.what_en:
            return Text(f"撤回:{self.what_zh or self.what_en}", f"taken back: {self.what_en or self.what_zh}")
        back, gone = sum(len(getattr(self, t)) for t in TABLES), len(self.remove)
        return Text(f"恢复 {back} 行,移除 {gone} 行", f"{back} rows put back, {gone} taken out")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: its rows say where they are."""
        return ()


def reverse(region: Region, intervention: Intervention) -> Intervention | None:
    """Return what takes an intervention back after it was applied to `region`.

    Applied next, it gives `region` again: same content id, so the same travel times and indicators. What is
    built is taken away, what was closed opens again with the row, source and place in the table it had.

    Returns
    -------
    Intervention or None
        None where the intervention changes what no row says: zones, statistics, assumptions.

    Raises
    ------
    ScenarioError
        With every problem, when the intervention cannot be applied to `region`.

    Examples
    --------
    >>> from yipan.region import example
    >>> from yipan.scenario.interventions import CloseLink
    >>> tiny, close = example("tiny"), CloseLink(link="l3")
    >>> back = reverse(tiny, close)
    >>> back.describe().en
    'taken back: close road l3'
    >>> back.apply(close.apply(tiny)).id == tiny.id
    True
    """
    wrong = errors_of(intervention.resolve(region))
    if wrong:
        raise ScenarioError(
            Text("无法实施,也就无从撤回", "cannot be applied, nor taken back"), problems=wrong
        )
    after, said = intervention.apply(region), intervention.describe()
    back: dict[str, tuple[Row, ...]] = {}
    gone: list[Row] = []
    for table in TABLES:
        if region.tables[table].digest != after.tables[table].digest:
            rows, lost = _difference(SCHEMAS[table], region.table(table), after.table(table))
            back[table], gone = rows, [*gone, *lost]
    if not back and not gone:
        return None
    out = Reinstate(
        what_zh=said.zh,
        what_en=said.en,
        remove=tuple(gone),
        without=tuple((("kind", k),) for k in region.meta.without),
        cells=back.get("cells", ()),
        places=back.get("places", ()),
        lines=back.get("lines", ()),
        stops=back.get("stops", ()),
        links=back.get("links", ()),
    )
    return out if out.apply(after).id == region.id else None


def _difference(
    schema: TableSchema, before: pd.DataFrame, after: pd.DataFrame
) -> tuple[tuple[Row, ...], list[Row]]:
    """Return the rows of `before` that are missing or changed in `after`, and the keys only `after` has."""
    old, new = _places_of(before, schema), _places_of(after, schema)
    was, now = before.to_dict("records"), after.to_dict("records")
    rows = []
    for key, i in old.items():
        mine = {str(k): _plain(v) for k, v in was[i].items()}
        other = {str(k): _plain(v) for k, v in now[new[key]].items()} if key in new else {}
        if {k: v for k, v in mine.items() if v != ""} != {k: v for k, v in other.items() if v != ""}:
            kept = {_AT: i + 1} | {k: v for k, v in mine.items() if v != ""}
            rows.append(tuple(kept.items()))
    lost = [(("table", schema.name), *zip(schema.key, key, strict=True)) for key in new if key not in old]
    return tuple(rows), lost


def _put_back(
    frame: pd.DataFrame, schema: TableSchema, *, back: Sequence[Mapping[str, object]], gone: Sequence[Key]
) -> pd.DataFrame:
    """Return a table without the keys of `gone`, and with the rows of `back` as they were."""
    columns: list[str] = list(dict.fromkeys([*map(str, frame.columns), *(k for r in back for k in r)]))
    columns.remove(_AT) if _AT in columns else None
    out_of = {*gone, *(_key(r, schema) for r in back)}
    kept: list[Mapping[Any, object]] = [r for r in frame.to_dict("records") if _key(r, schema) not in out_of]
    for row in sorted(back, key=lambda r: int(str(r[_AT]))):
        kept.insert(int(str(row[_AT])) - 1, row)
    out = pd.DataFrame(
        {
            c: typed([r.get(c) for r in kept], frame.dtypes[c] if c in frame else _kind(back, c))
            for c in columns
        }
    )
    known = {c.name for c in schema.columns}
    empty = [c for c in columns if c not in known and all(_plain(r.get(c)) == "" for r in kept)]
    return out.drop(columns=empty)


def _kind(rows: Sequence[Mapping[str, object]], column: str) -> str:
    """Return the dtype of a column that a table does not have yet."""
    return "str" if any(isinstance(r.get(column), str) for r in rows) else "float64"


def _places_of(frame: pd.DataFrame, schema: TableSchema) -> dict[Key, int]:
    """Return the place of each row by its key."""
    return {_key(r, schema): i for i, r in enumerate(frame[list(schema.key)].to_dict("records"))}


def _key(row: Mapping[Any, object], schema: TableSchema) -> Key:
    return tuple(_plain(row.get(c)) for c in schema.key)


def _plain(value: object) -> Plain:
    """Return text or a number; "" for anything missing."""
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return "" if math.isnan(value) else float(value)
    return str(value)


def _row_problems(schema: TableSchema, row: Mapping[str, object], at: str) -> list[Problem]:
    out = []
    place = row.get(_AT)
    if not isinstance(place, int) or place < 1:
        out.append(
            problem(
                f"{at}.{_AT}",
                ("应为该行在表中的位置", "must be the place of the row in its table"),
                ("填写从 1 起的整数", "write a whole number, 1 for the first"),
            )
        )
    for c in schema.columns:
        wrong = _value_problem(c, row.get(c.name, ""))
        if wrong is not None:
            out.append(problem(f"{at}.{c.name}", wrong, (f"写上{c.label.zh}", f"write the {c.label.en}")))
    if not schema.open_columns:
        known = [_AT, *(c.name for c in schema.columns)]
        out += [p for k in row for p in missing(f"{at}.{k}", k, known, ("列", "column"))]
    return out


def _value_problem(c: Column, value: object) -> tuple[str, str] | None:
    """Return what is wrong with one value of a row, in both languages."""
    if value == "":
        return ("缺少这个值", "the value is missing") if c.required else None
    number = isinstance(value, (int, float)) and math.isfinite(value)
    if number != (c.kind in ("number", "integer")) or (c.kind == "integer" and not isinstance(value, int)):
        return f"类型不对:{value!r}", f"is of the wrong type: {value!r}"
    low = isinstance(value, (int, float)) and c.low is not None and value < c.low
    high = isinstance(value, (int, float)) and c.high is not None and value > c.high
    if low or high or (c.choices and value not in c.choices):
        return f"不能为 {value!r}", f"cannot be {value!r}"
    return None
