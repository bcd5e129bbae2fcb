"""Projects as TOML files: read them with every problem named, write them so that they read back equal."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from yipan.errors import Problem, ScenarioError, errors_of
from yipan.region.schema import Quality
from yipan.scenario.costs import spread_capital
from yipan.scenario.interventions import INTERVENTIONS, intervention_from_dict
from yipan.scenario.keys import KEYS, check_keys, floats, ranges_as_dict
from yipan.scenario.links import mend_links
from yipan.scenario.plugins import load_interventions
from yipan.scenario.toml import toml_text, write_whole
from yipan.scenario.values import Intervention, Project, Ranges
from yipan.text import Text

log = logging.getLogger(__name__)

MAX_BYTES = 5_000_000
"""Largest project file that is opened; hundreds of projects fit in a tenth of it."""


def read_projects(folder: Path | str, *, strict: bool = True) -> tuple[Project, ...]:
    """Read every project of a folder.

    Parameters
    ----------
    folder
        A region folder (its ``projects/*.toml`` are read), a folder of project files, or one file. A
        file holds one project, or several under ``[[project]]``.
    strict
        Refuse everything when anything is wrong; otherwise return what is sound and log what is not.

    Returns
    -------
    tuple of Project
        In the order of file names, then of the file. Money in 1e8 of the currency, at prices of
        `Project.price_year`.

    Raises
    ------
    ScenarioError
        With every problem found: unknown keys, wrong types, missing or negative costs, unknown types
        of intervention, duplicate ids, needs that are unknown or go in a circle.

    Examples
    --------
    >>> from yipan.region.examples import example_folder
    >>> projects = read_projects(example_folder("chongqing"))
    >>> len(projects) >= 15
    True
    """
    projects, problems = read_projects_checked(folder)
    wrong = errors_of(problems)
    if strict and wrong:
        raise ScenarioError(
            Text(f"项目文件有 {len(wrong)} 处问题", f"{len(wrong)} problems in the project files"),
            problems=problems,
        )
    for p in problems:
        log.warning("%s", p.line("en"))
    return projects


def read_projects_checked(folder: Path | str) -> tuple[tuple[Project, ...], list[Problem]]:
    """Return the sound projects of a folder and every problem of the others (see `read_projects`)."""
    problems: list[Problem] = []
    found: list[tuple[str, Project]] = []
    seen: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    for path in _files(Path(folder), problems):
        for where, table in _tables(path, problems):
            name = table.get("id")
            project, wrong = project_from_dict(table, file=path.name, where=where)
            if isinstance(name, str) and name in seen:
                wrong.append(_duplicate(path.name, where, name, seen[name]))
                project = None
            elif isinstance(name, str):
                seen[name] = path.name
            problems += wrong
            if project is not None:
                found.append((path.name, project))
            elif table.get("bundle"):
                refused.append((str(table["bundle"]), str(name)))
    sound, linked = mend_links(found, known=set(seen), refused=refused)
    return sound, [*problems, *linked, *load_interventions()]


def project_from_dict(
    table: Mapping[str, object], *, file: str = "", where: str = ""
) -> tuple[Project | None, list[Problem]]:
    """Build a project from what a file holds, or return None and everything that is wrong.

    Parameters
    ----------
    table
        Keys as in `KEYS`.
    file, where
        Named in the problems: the file, and what stands before the key (``project[2].``).
    """
    values, problems = check_keys(table, file=file, where=where)
    interventions = _interventions(values.get("interventions", []), file=file, where=where, problems=problems)
    if errors_of(problems):
        return None, problems
    return _build(values, interventions), problems


def project_as_dict(project: Project) -> dict[str, object]:
    """Return what a project file holds: the keys of `KEYS` that have a value, in that order.

    Examples
    --------
    >>> from yipan.region.schema import Quality
    >>> p = Project(id="x", name=Text("甲", "X"), owner=Text("", "Y"), zones=("A",), interventions=(),
    ...             capital=(1.0,), upkeep=0.1, price_year=2024, life=30, source="s",
    ...             quality=Quality.ASSUMED, because=Text("", "gap"))
    >>> list(project_as_dict(p))[:4]
    ['id', 'zh', 'en', 'owner_en']
    """
    values: dict[str, object] = {
        "id": project.id,
        "zh": project.name.zh,
        "en": project.name.en,
        "owner_zh": project.owner.zh,
        "owner_en": project.owner.en,
        "zones": list(project.zones),
        "capital": [float(c) for c in project.capital],
        "upkeep": _upkeep(project),
        "price_year": project.price_year,
        "life": project.life,
        "source": project.source,
        "quality": project.quality.value,
        "because_zh": project.because.zh,
        "because_en": project.because.en,
        "answers": list(project.answers),
        "earliest": project.earliest,
        "latest": project.latest,
        "needs": list(project.needs),
        "excludes": list(project.excludes),
        "bundle": project.bundle,
        "land": project.land,
        "carbon": project.carbon,
        "ranges": ranges_as_dict(project.ranges),
        "origin": "" if project.origin == "listed" else project.origin,
        "interventions": [dict(i.as_dict()) for i in project.interventions],
    }
    required = {"capital", *(k.name for k in KEYS if k.required)}
    return {k: v for k, v in values.items() if k in required or v not in (None, "", [], {})}


def _upkeep(project: Project) -> float | list[float]:
    yearly = [float(u) for u in (*project.opening_upkeep, project.upkeep)]
    return yearly if len(yearly) > 1 else yearly[0]


def write_projects(projects: Iterable[Project], path: Path | str) -> Path:
    """Write projects to one TOML file (``[[project]]`` each), whole or not at all; they read back equal."""
    tables = [project_as_dict(p) for p in projects]
    return write_whole(toml_text({"project": tables}), Path(path))


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        problems.append(
            Problem(
                what=Text("没有这个文件夹", "there is no such folder"),
                remedy=Text(
                    "给出区域文件夹或项目文件夹", "give a region folder or a folder of project files"
                ),
                file=folder.name,
            )
        )
        return []
    if (folder / "projects").is_dir():
        folder = folder / "projects"
    elif (folder / "region.toml").is_file():  # a region without projects
        return []
    return sorted(p for p in folder.glob("*.toml") if not p.name.startswith("."))


def _tables(path: Path, problems: list[Problem]) -> list[tuple[str, Mapping[str, object]]]:
    """Return (what stands before a key, table) of each project of one file."""
    data = _parse(path, problems)
    if data is None or not data:
        return []
    if "project" not in data:
        return [("", data)]
    for key in sorted(set(data) - {"project"}):
        problems.append(
            Problem(
                what=Text("不属于任何 [[project]]", "belongs to no [[project]]"),
                remedy=Text("移到某个 [[project]] 之下", "move it below a [[project]]"),
                file=path.name,
                column=key,
            )
        )
    rows = data["project"]
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        problems.append(
            Problem(
                what=Text("project 应为一组表", "project must be an array of tables"),
                remedy=Text("每个项目以 [[project]] 开头", "begin each project with [[project]]"),
                file=path.name,
                column="project",
            )
        )
        return []
    return [(f"{_label(row, i)}.", row) for i, row in enumerate(rows, start=1)]


def _label(row: Mapping[str, object], position: int) -> str:
    name = row.get("id")
    return name if isinstance(name, str) and name else f"project[{position}]"


def _parse(path: Path, problems: list[Problem]) -> dict[str, object] | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"{path.stat().st_size} > {MAX_BYTES}")
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        what = Text(f"不是有效的 TOML:{error}", f"not valid TOML: {error}")
        remedy = Text("改正这一处的语法", "mend the syntax there")
    except UnicodeDecodeError:
        what, remedy = Text("不是 UTF-8 文本", "not UTF-8 text"), Text("另存为 UTF-8", "save it as UTF-8")
    except ValueError as error:
        what = Text(f"文件过大({error} 字节)", f"the file is too large ({error} bytes)")
        remedy = Text("拆分成多个文件", "split it into several files")
    except OSError as error:
        what = Text(f"无法读取:{error.strerror}", f"cannot be read: {error.strerror}")
        remedy = Text("检查文件权限", "check the permissions of the file")
    problems.append(Problem(what=what, remedy=remedy, file=path.name))
    return None


def _interventions(
    rows: object, *, file: str, where: str, problems: list[Problem]
) -> tuple[Intervention, ...]:
    out: list[Intervention] = []
    for i, row in enumerate(rows if isinstance(rows, Sequence) else [], start=1):
        prefix = f"{where}interventions[{i}]"
        load_interventions()
        if row.get("type") not in INTERVENTIONS:
            problems.append(_unknown_type(row.get("type"), file=file, column=f"{prefix}.type"))
            continue
        try:
            out.append(intervention_from_dict(row))
        except ScenarioError as error:
            found = error.problems or (Problem(what=error.message, remedy=_READ_DOCS),)
            for p in found:
                column = f"{prefix}.{p.column}" if p.column else prefix
                problems.append(replace(p, file=file, column=column))
    return tuple(out)


_READ_DOCS = Text("见文档“措施”一页", "see the page on interventions in the documentation")


def _unknown_type(value: object, *, file: str, column: str) -> Problem:
    known = list(INTERVENTIONS)
    near = get_close_matches(str(value), known, n=1)
    choices = ", ".join(known)
    hint = Text(f"改为 {near[0]}", f"write {near[0]}") if near else Text("选一种", "choose one")
    return Problem(
        what=Text(f"未知的措施类型:{value!r}", f"unknown type of intervention: {value!r}"),
        remedy=Text(f"{hint.zh}(可用:{choices})", f"{hint.en} (there are: {choices})"),
        file=file,
        column=column,
    )


def _duplicate(file: str, where: str, name: str, other: str) -> Problem:
    return Problem(
        what=Text(f"编号 {name} 已用于 {other}", f"the id {name} is already used in {other}"),
        remedy=Text("换一个编号,或删去重复的项目", "give it another id, or remove the double"),
        file=file,
        column=where + "id",
    )


def _build(values: Mapping[str, object], interventions: tuple[Intervention, ...]) -> Project:
    def text(key: str) -> str:
        return str(values.get(key, ""))

    def ids(key: str) -> tuple[str, ...]:
        value = values.get(key, [])
        return tuple(map(str, value)) if isinstance(value, list) else ()

    def year(key: str) -> int | None:
        value = values.get(key)
        return value if isinstance(value, int) else None

    def number(key: str) -> float | None:
        value = values.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    upkeep = floats(values["upkeep"]) or [number("upkeep") or 0.0]
    cost, duration = number("cost"), year("duration")
    spread = () if cost is None or duration is None else _spread(cost, duration)
    return Project(
        id=text("id"),
        name=Text(text("zh"), text("en")),
        owner=Text(text("owner_zh"), text("owner_en")),
        zones=ids("zones"),
        interventions=interventions,
        capital=spread or tuple(floats(values.get("capital"))),
        upkeep=upkeep[-1],
        opening_upkeep=tuple(upkeep[:-1]),
        price_year=year("price_year") or 0,
        life=year("life") or 0,
        source=text("source"),
        quality=Quality(text("quality")),
        because=Text(text("because_zh"), text("because_en")),
        answers=ids("answers"),
        earliest=year("earliest"),
        latest=year("latest"),
        needs=ids("needs"),
        excludes=ids("excludes"),
        bundle=text("bundle"),
        land=number("land"),
        carbon=number("carbon"),
        ranges=_ranges(values.get("ranges")),
        origin=text("origin") or "listed",
    )


def _spread(cost: float, duration: int) -> tuple[float, ...]:
    """Spread a cost; what rounding to 0.01 leaves over goes to the dearest year, so nothing is lost."""
    years = list(spread_capital(cost, duration))
    dearest = max(range(duration), key=lambda y: (years[y], -abs(2 * y - duration + 1)))
    years[dearest] = round(years[dearest] + cost - sum(years), 10)
    return tuple(years)


def _ranges(table: object) -> Ranges:
    data = table if isinstance(table, Mapping) else {}

    def pair(key: str) -> tuple[float, float] | None:
        low_high = floats(data.get(key))
        return (low_high[0], low_high[1]) if low_high else None

    return Ranges(
        cost=pair("cost"), delay=pair("delay"), effect=pair("effect"), source=str(data.get("source", ""))
    )
