"""What all interventions share: described fields, reading from a project file, checks of single values."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeVar

import numpy as np
import pandas as pd

from yipan.errors import Problem, ScenarioError
from yipan.network.distance import straight_km
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario.values import Intervention
from yipan.text import Text

Kind = Literal["id", "text", "number", "stops", "rows"]
Plain = str | int | float
Row = tuple[tuple[str, Plain], ...]
"""One row of a table: (column, value) pairs; what is missing is left out."""

SOURCE = "scenario"
"""Source id of every row a scenario adds; `apply` lists it among the region's sources."""
FAR_KM = 15.0
"""Straight distance (km) beyond which a new station or place is too far from every cell to serve anyone."""


class Stop(NamedTuple):
    """One stop of a new line: the id of a new or an existing station, names, degrees (WGS-84)."""

    station: str
    zh: str
    en: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What one field of an intervention means and may hold; bounds are inclusive."""

    kind: Kind
    label: Text
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def spec(
    kind: Kind,
    zh: str,
    en: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    default: Any = MISSING,
) -> Any:
    """Return a dataclass field with its meaning; without `default` a project file must give it."""
    metadata = {"spec": Spec(kind=kind, label=Text(zh, en), unit=unit, low=low, high=high, choices=choices)}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


def problem(column: str, what: tuple[str, str], remedy: tuple[str, str]) -> Problem:
    """Return an error at a field, from (Chinese, English) pairs."""
    return Problem(what=Text(*what), remedy=Text(*remedy), column=column)


class Change(Intervention):
    """An intervention whose dataclass fields are described by `spec`."""

    tables: ClassVar[tuple[str, ...]]

    def as_dict(self) -> Mapping[str, object]:
        """Return what a project file holds: `type`, then the fields that differ from their default."""
        out: dict[str, object] = {"type": self.type}
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            if f.default is not MISSING and value == f.default:
                continue
            out[f.name] = _WRITE.get(_spec(f).kind, lambda v: v)(value)
        return out

    @classmethod
    def from_dict(cls, row: Mapping[str, object]) -> Self:
        """Build it from what a project file holds.

        Raises
        ------
        ScenarioError
            With every key that is missing, unknown, or of the wrong type.
        """
        values: dict[str, Any] = {}
        known = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
        problems = [_unknown(k, known) for k in row if k != "type" and k not in known]
        for name, f in known.items():
            if name in row:
                try:
                    values[name] = _READ[_spec(f).kind](row[name], name)
                except ScenarioError as error:
                    problems += error.problems
            elif f.default is MISSING:
                label = _spec(f).label
                problems.append(
                    problem(
                        name,
                        ("缺少这个键", "the key is missing"),
                        (f"写上 {name}:{label.zh}", f"write {name}: {label.en}"),
                    )
                )
        if not problems:
            out = cls(**values)
            problems = out.unsound()
            if not problems:
                return out
        raise ScenarioError(Text(f"{cls.type} 有误", f"{cls.type} is unsound"), problems=problems)

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the values themselves, whatever the region."""
        out: list[Problem] = []
        for f in fields(self):  # type: ignore[arg-type]
            out += _value_problems(f.name, getattr(self, f.name), _spec(f), needed=f.default is MISSING)
        names = {f.name for f in fields(self)}  # type: ignore[arg-type]
        if {"zh", "en"} <= names and not getattr(self, "zh", "") and not getattr(self, "en", ""):
            out.append(
                problem(
                    "zh",
                    ("中英文名都没有", "no name in either language"),
                    ("写上 zh 或 en", "write zh or en"),
                )
            )
        return out

    def resolve(self, region: Region) -> list[Problem]:
        """Return every reason why this cannot be applied to `region`, each with its remedy."""
        wrong = self.unsound()
        return wrong or self.against(region)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit the region; only called when the values are sound."""
        raise NotImplementedError


def append(region: Region, table: str, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return a table with rows added at its end, marked as assumed by the scenario."""
    frame = region.table(table)
    marked = [{**r, "source": SOURCE, "quality": Quality.ASSUMED.value} for r in rows]
    added = {name: typed([r.get(str(name)) for r in marked], kind) for name, kind in frame.dtypes.items()}
    return pd.concat([frame, pd.DataFrame(added)], ignore_index=True)


def typed(values: Sequence[object], kind: Any) -> Any:
    """Return values as a column of a dtype of the region's tables; None is what it calls missing."""
    blank = "" if kind == "str" else pd.NA if kind == "Int64" else np.nan
    return pd.array([blank if v is None else v for v in values], dtype=kind)


def ids(region: Region, table: str, column: str = "id") -> set[str]:
    """Return the ids in a column of a table."""
    return set(map(str, region.tables[table].array(column)))


def taken(column: str, value: str, known: set[str]) -> list[Problem]:
    """Return a problem when a new id is in use already."""
    if value not in known:
        return []
    return [
        problem(
            column,
            (f"编号 {value} 已被使用", f"the id {value} is already in use"),
            ("换一个编号", "give it another id"),
        )
    ]


def missing(column: str, value: str, known: Iterable[str], what: tuple[str, str]) -> list[Problem]:
    """Return a problem when something named does not exist, with the nearest name that does."""
    names = known if isinstance(known, Collection) else list(known)
    if value in names:
        return []
    near = get_close_matches(value, sorted(names), n=1)
    hint = (f"改为 {near[0]}", f"write {near[0]}") if near else ("改正编号", "correct the id")
    return [problem(column, (f"没有{what[0]} {value}", f"there is no {what[1]} {value}"), hint)]


def misplaced(
    column: str, region: Region, points: Sequence[tuple[str, float, float]], what: tuple[str, str]
) -> list[Problem]:
    """Return a problem for each (label, lon, lat) that lies too far from every cell."""
    cells = region.tables["cells"]
    if not points or not len(cells):
        return []
    lon, lat = np.array([p[1] for p in points]), np.array([p[2] for p in points])
    apart = straight_km(lon[:, None], lat[:, None], cells.numbers("lon"), cells.numbers("lat")).min(axis=1)
    return [
        problem(
            column,
            (
                f"{what[0]} {label} 在区域之外:距最近的单元格 {km:.1f} 公里(上限 {FAR_KM:g} 公里)",
                f"{what[1]} {label} is outside the region: {km:.1f} km from the nearest cell"
                f" (at most {FAR_KM:g} km)",
            ),
            ("核对经纬度(WGS-84,度)", "check longitude and latitude (WGS-84, degrees)"),
        )
        for (label, _, _), km in zip(points, apart, strict=True)
        if km > FAR_KM
    ]


def _spec(f: Field[Any]) -> Spec:
    out = f.metadata["spec"]
    assert isinstance(out, Spec)  # noqa: S101  (every field is made by `spec`)
    return out


def _unknown(key: str, known: Iterable[str]) -> Problem:
    names = list(known)
    near = get_close_matches(str(key), names, n=1)
    hint = (f"改为 {near[0]}", f"write {near[0]}") if near else ("删除它", "remove it")
    listed = ", ".join(names)
    return problem(
        str(key),
        ("未知的键", "unknown key"),
        (f"{hint[0]}(可用的键:{listed})", f"{hint[1]} (known keys: {listed})"),
    )


def _value_problems(name: str, value: Any, s: Spec, *, needed: bool) -> list[Problem]:
    if s.kind == "number":
        return _number_problems(name, value, s, needed=needed)
    if s.kind in ("stops", "rows"):
        return []
    if s.choices and value not in s.choices and (needed or value):
        listed = ", ".join(s.choices)
        return [
            problem(
                name,
                (f"未知的{s.label.zh}:{value!r}", f"unknown {s.label.en}: {value!r}"),
                (f"填写 {listed} 之一", f"write one of {listed}"),
            )
        ]
    if s.kind == "id" and needed and not value:
        return [problem(name, ("为空", "is empty"), (f"填写{s.label.zh}", f"write the {s.label.en}"))]
    return []


def _number_problems(name: str, value: Any, s: Spec, *, needed: bool) -> list[Problem]:
    if value is None and not needed:
        return []
    finite = isinstance(value, (int, float)) and math.isfinite(value)
    if finite and (s.low is None or value >= s.low) and (s.high is None or value <= s.high):
        return []
    low = "" if s.low is None else f"{s.low:g} ≤ "
    high = "" if s.high is None else f" ≤ {s.high:g}"
    return [
        problem(
            name,
            (f"{s.label.zh}不能为 {value}", f"{s.label.en} cannot be {value}"),
            (
                f"填写数字 {low}{name}{high} {s.unit}".strip(),
                f"write a number, {low}{name}{high} {s.unit}".strip(),
            ),
        )
    ]


def _refuse(name: str, zh: str, en: str) -> ScenarioError:
    return ScenarioError(
        Text("值的类型不对", "a value of the wrong type"),
        problems=[problem(name, (f"应为{zh}", f"must be {en}"), ("改正这个值", "correct this value"))],
    )


def _read_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _refuse(name, f"文本,而不是 {value!r}", f"text in quotes, not {value!r}")
    return value


def _read_number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refuse(name, f"数字,而不是 {value!r}", f"a number, not {value!r}")
    return float(value)


def _read_stops(value: object, name: str) -> tuple[Stop, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _refuse(name, "一组站点", "a list of stops")
    out: list[Stop] = []
    problems: list[Problem] = []
    for i, row in enumerate(value, start=1):
        at = f"{name}[{i}]"
        data = dict(row) if isinstance(row, Mapping) else {}
        if not isinstance(row, Mapping) or set(data) - set(Stop._fields):
            problems += _refuse(
                at,
                "{station, zh, en, lon, lat},不含其他键",
                "{station, zh, en, lon, lat} and nothing else",
            ).problems
            continue
        try:
            out.append(
                Stop(
                    _read_text(data.get("station"), f"{at}.station"),
                    _read_text(data.get("zh", ""), f"{at}.zh"),
                    _read_text(data.get("en", ""), f"{at}.en"),
                    _read_number(data.get("lon"), f"{at}.lon"),
                    _read_number(data.get("lat"), f"{at}.lat"),
                )
            )
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(Text("站点有误", "unsound stops"), problems=problems)
    return tuple(out)


def _read_rows(value: object, name: str) -> tuple[Row, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _refuse(name, "一组行", "a list of rows")
    for i, row in enumerate(value, start=1):
        plain = isinstance(row, Mapping) and all(
            isinstance(v, (str, int, float)) and not isinstance(v, bool) for v in row.values()
        )
        if not plain:
            raise _refuse(f"{name}[{i}]", "{列 = 值}", "{column = value}")
    return tuple(tuple((str(k), v) for k, v in row.items()) for row in value)


_READ: dict[Kind, Callable[[object, str], Any]] = {
    "id": _read_text,
    "text": _read_text,
    "number": _read_number,
    "stops": _read_stops,
    "rows": _read_rows,
}
_WRITE: dict[Kind, Callable[[Any], Any]] = {
    "stops": lambda value: [s._asdict() for s in value],
    "rows": lambda value: [dict(row) for row in value],
}

C = TypeVar("C", bound=type[Change])
INTERVENTIONS: dict[str, type[Change]] = {}
"""Every type of intervention by the name project files use."""


def register(cls: C) -> C:
    """Enter a type of intervention under its name.

    Raises
    ------
    ScenarioError
        When the name is taken.
    """
    if cls.type in INTERVENTIONS:
        raise ScenarioError(
            Text(f"措施类型 {cls.type} 已存在", f"the type of intervention {cls.type} exists already")
        )
    INTERVENTIONS[cls.type] = cls
    return cls
