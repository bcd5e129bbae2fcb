"""An objective as a file a person reads and edits: ``objective.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from yipan.errors import PlanError, Problem, ScenarioError, errors_of
from yipan.plan.objective import default_objective
from yipan.plan.problem_objective import AT_OBJECTIVE, objective_problems
from yipan.plan.values import Future, Objective
from yipan.region.findings import suggest
from yipan.region.value import Region
from yipan.scenario.interventions import intervention_from_dict
from yipan.scenario.toml import toml_text, write_whole
from yipan.scenario.values import Intervention
from yipan.text import Text

MAX_BYTES = 5_000_000
"""Largest objective file that is opened."""

_LABELS: Mapping[str, tuple[str, Text]] = {
    "aim": (
        "text",
        Text("评判方式:needs、indicators 或 targets", "what counts: needs, indicators or targets"),
    ),
    "weights": ("numbers", Text("各项权重,合计为 1", "weight of each, sum 1")),
    "floors": ("numbers", Text("各片区指数的最小升幅,分", "least rise of each cluster's index, points")),
    "worst_tenth": (
        "number",
        Text("最差十分之一居民指数的最小升幅,分", "least rise of the worst-off tenth, points"),
    ),
    "budget": ("number", Text("期内投资总额,亿单位货币", "capital over the horizon, 1e8 of the currency")),
    "yearly": ("number", Text("每年投资上限,亿单位货币", "most capital in a year, 1e8 of the currency")),
    "start": ("integer", Text("规划期首年", "first year of the horizon")),
    "end": ("integer", Text("规划期末年", "last year of the horizon")),
    "price_year": ("integer", Text("价格年份", "year of the prices")),
    "land": ("number", Text("占地上限,平方公里", "most land taken, km2")),
    "carbon": ("number", Text("温室气体上限,千吨二氧化碳当量", "most greenhouse gases, kt CO2e")),
    "at_once": ("integers", Text("同时在建上限:all 或措施类型", "most being built at once: all, or a type")),
    "discount": ("number", Text("年贴现率,小数", "discount rate a year, a share")),
    "futures": ("tables", Text("情景:[[futures]]", "futures: [[futures]]")),
}
"""Every key of the file, with its type and meaning, in the order in which it is written."""
_FUTURE = ("id", "zh", "en", "source", "changes")


def _number(v: object) -> bool:
    return isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v)


def _whole(v: object) -> bool:
    return isinstance(v, int) and not isinstance(v, bool)


def _table_of(ok: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda v: isinstance(v, dict) and all(map(ok, v.values()))


_TYPES: Mapping[str, tuple[Callable[[object], bool], Text]] = {
    "text": (lambda v: isinstance(v, str), Text("文本", "text in quotes")),
    "number": (_number, Text("数字", "a number")),
    "integer": (_whole, Text("整数", "a whole number")),
    "numbers": (_table_of(_number), Text("一组“名称 = 数字”", "a table of name = number")),
    "integers": (_table_of(_whole), Text("一组“名称 = 整数”", "a table of name = whole number")),
    "tables": (
        lambda v: isinstance(v, list) and all(isinstance(row, dict) for row in v),
        Text("一组表", "an array of tables"),
    ),
}


def read_objective(path: Path | str, region: Region) -> Objective:
    """Read an objective for a region.

    Only ``budget`` must be there; every other key stands at what `default_objective` gives the region.
    ``price_year``, where written, must be the region's. A future is ``[[futures]]`` with ``id``, ``zh`` or
    ``en``, ``source`` and ``[[futures.changes]]``, each an intervention as in a project file.

    Raises
    ------
    PlanError
        With every problem found: unreadable file, unknown keys with the nearest known one, wrong types, and
        all that `yipan.plan.problem_objective.objective_problems` finds.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(
                [
                    _problem(
                        "", ("文件过大", "the file is too large"), ("只写目标", "write the objective only")
                    )
                ]
            )
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = (f"无法读取:{error}", f"cannot be read: {error}")
        raise _refused([_problem("", what, ("改正文件", "mend the file"))]) from error
    return objective_from_dict(data, region)


def objective_from_dict(data: Mapping[str, object], region: Region) -> Objective:
    """Return the objective that plain data describes (see `read_objective`).

    Raises
    ------
    PlanError
        With every problem found.

    Examples
    --------
    >>> from yipan.region import example
    >>> objective_from_dict({"budget": 10.0, "yeerly": 2}, example("tiny"))
    Traceback (most recent call last):
    ...
    yipan.errors.PlanError: 1 problem(s) in the objective
      - objective.toml, yeerly: there is no key 'yeerly'; did you mean yearly? → ...
    """
    problems = _unknown("", data, tuple(_LABELS))
    values: dict[str, Any] = {}
    for key, (kind, label) in _LABELS.items():
        if key not in data:
            continue
        ok, name = _TYPES[kind]
        if ok(data[key]):
            values[key] = data[key]
        else:
            problems.append(
                _problem(
                    key,
                    (f"应为{name.zh},而不是 {data[key]!r}", f"must be {name.en}, not {data[key]!r}"),
                    (f"写{label.zh}", f"write: {label.en}"),
                )
            )
    if "budget" not in data:
        label = _LABELS["budget"][1]
        problems.append(
            _problem(
                "budget",
                ("缺少预算", "the budget is missing"),
                (f"写 budget:{label.zh}", f"write budget: {label.en}"),
            )
        )
    futures = [future_from_dict(row, k, problems) for k, row in enumerate(values.pop("futures", []), start=1)]
    problems += _prices(values.pop("price_year", region.meta.price_year), region)
    if errors_of(problems):
        raise _refused(problems)
    if values.get("end", 2035) < values.get("start", 2026):
        values.setdefault("yearly", values["budget"])  # there is no even share of no years
    objective = default_objective(region, **values, futures=[f for f in futures if f is not None])
    wrong = errors_of(objective_problems(region, objective))
    if wrong:
        raise _refused([_at_file(p) for p in wrong])
    return objective


def write_objective(objective: Objective, path: Path | str) -> Path:
    """Write an objective so that it reads back equal; return the path.

    Examples
    --------
    >>> import tempfile
    >>> from yipan.region import example
    >>> tiny = example("tiny")
    >>> o = default_objective(tiny, 60.0, worst_tenth=0.5, at_once={"all": 3})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_objective(o, Path(folder) / "objective.toml")
    ...     print(path.read_text(encoding="utf-8"))
    ...     read_objective(path, tiny) == o
    aim = "needs"
    weights = {economy = 0.25, living = 0.25, ecology = 0.25, safety = 0.25}
    floors = {valley = 0.0, hills = 0.0}
    worst_tenth = 0.5
    budget = 60.0
    yearly = 9.0
    start = 2026
    end = 2035
    price_year = 2020
    at_once = {all = 3}
    discount = 0.0
    <BLANKLINE>
    True
    """
    return write_whole(toml_text(objective_as_dict(objective)), Path(path))


def objective_as_dict(objective: Objective) -> dict[str, object]:
    """Return an objective as plain data, keys as in the file; what is not asked for is left out."""
    values: dict[str, object] = {}
    for key in _LABELS:
        value = getattr(objective, key)
        if key == "futures":
            value = [future_as_dict(f) for f in value]
        elif isinstance(value, Mapping):
            value = dict(value)
        if value is not None and not (key in ("at_once", "futures") and not value):
            values[key] = value
    return values


def future_as_dict(future: Future) -> dict[str, object]:
    """Return a future as plain data, its changes as in a project file."""
    return {
        "id": future.id,
        "zh": future.name.zh,
        "en": future.name.en,
        "source": future.source,
        "changes": [dict(c.as_dict()) for c in future.changes],
    }


def future_from_dict(row: Mapping[str, object], k: int, problems: list[Problem]) -> Future | None:
    """Return the k-th future of plain data, None with what is wrong added to `problems`."""
    where = f"futures.{row.get('id', k)}"
    found = _unknown(f"{where}.", row, _FUTURE)
    for key in ("id", "source"):
        if not isinstance(row.get(key), str) or not str(row[key]).strip():
            found.append(
                _problem(
                    f"{where}.{key}",
                    (f"情景缺少 {key}", f"the future has no {key}"),
                    (f"写 {key}(文本)", f"write {key}, text in quotes"),
                )
            )
    if not row.get("zh") and not row.get("en"):
        found.append(
            _problem(
                f"{where}.zh",
                ("中英文名都没有", "no name in either language"),
                ("写 zh 或 en", "write zh or en"),
            )
        )
    rows = row.get("changes", [])
    if isinstance(rows, list) and all(isinstance(r, dict) for r in rows):
        changes = _changes(rows, where, found)
    else:
        found.append(
            _problem(
                f"{where}.changes",
                ("changes 应为一组表", "changes must be an array of tables"),
                ("每项变化以 [[futures.changes]] 开头", "begin each with [[futures.changes]]"),
            )
        )
    problems += found
    if errors_of(found):
        return None
    name = Text(str(row.get("zh", "")), str(row.get("en", "")))
    return Future(id=str(row["id"]), name=name, changes=changes, source=str(row["source"]))


def _changes(
    rows: list[Mapping[str, object]], where: str, problems: list[Problem]
) -> tuple[Intervention, ...]:
    out: list[Intervention] = []
    for n, row in enumerate(rows, start=1):
        at = f"{where}.changes[{n}]"
        try:
            out.append(intervention_from_dict(row))
        except ScenarioError as error:
            problems += [
                Problem(what=p.what, remedy=p.remedy, file=_FILE, column=f"{at}.{p.column}")
                for p in error.problems
            ]
    return tuple(out)


def _prices(year: int, region: Region) -> list[Problem]:
    there = region.meta.price_year
    if year == there:
        return []
    return [
        _problem(
            "price_year",
            (f"目标按 {year} 年价,区域按 {there} 年价", f"prices of {year}, but the region's are of {there}"),
            (f"把金额换算为 {there} 年价", f"convert the money to prices of {there}"),
        )
    ]


_FILE = "objective.toml"


def _problem(column: str, what: tuple[str, str], remedy: tuple[str, str]) -> Problem:
    return Problem(what=Text(*what), remedy=Text(*remedy), file=_FILE, column=column)


def _at_file(p: Problem) -> Problem:
    file = _FILE if p.file == AT_OBJECTIVE else p.file
    return Problem(what=p.what, remedy=p.remedy, file=file, row=p.row, column=p.column, severity=p.severity)


def _unknown(prefix: str, data: Mapping[str, object], known: tuple[str, ...]) -> list[Problem]:
    some = ", ".join(known)
    out = []
    for key in data:
        if key not in known:
            near = suggest(key, known)
            out.append(
                _problem(
                    f"{prefix}{key}",
                    (f"没有“{key}”这个键{near.zh}", f"there is no key '{key}'{near.en}"),
                    (f"删去,或写以下之一:{some}", f"remove it, or write one of {some}"),
                )
            )
    return out


def _refused(problems: list[Problem]) -> PlanError:
    n = len(problems)
    return PlanError(Text(f"目标有 {n} 处问题", f"{n} problem(s) in the objective"), problems=problems)
