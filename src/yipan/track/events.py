"""What a ledger records: promises when a plan is adopted, then progress, slips and values found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, ClassVar, Literal, Union, get_args

import numpy as np

from yipan.errors import LedgerError, Problem
from yipan.text import Text

MilestoneKind = Literal["start", "building", "opening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdopted:
    """The plan this ledger follows; always its first event."""

    type: ClassVar[str] = "plan_adopted"
    plan: str  # run id of the plan
    region: str  # content id of the region it was made for
    name_zh: str
    name_en: str
    start: int
    end: int
    budget: float  # 1e8 of the currency, prices of `price_year`
    price_year: int
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlanned:
    """A project as promised: owner, zones, capital by building year (1e8), start and first year of effect."""

    type: ClassVar[str] = "project_planned"
    project: str
    name_zh: str
    name_en: str
    owner_zh: str
    owner_en: str
    zones: tuple[str, ...]
    capital: tuple[float, ...]
    upkeep: float
    start: int
    effective: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePlanned:
    """A step of a project, due by the end of `year`: its start, each building year, its opening.

    `milestone` is ``PROJECT/start``, ``PROJECT/building-K`` or ``PROJECT/opening``; `capital` is what is
    to be spent in that year (1e8).
    """

    type: ClassVar[str] = "milestone_planned"
    milestone: str
    project: str
    kind: MilestoneKind
    year: int
    capital: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesPromised:
    """What one indicator (or need, index, objective) is promised to be, by year.

    `scope` is ``region`` or ``cluster:ID``; years are written as text (JSON keys).
    """

    type: ClassVar[str] = "values_promised"
    indicator: str
    scope: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A report on a project.

    Parameters
    ----------
    on
        Date the report speaks of, ``YYYY-MM-DD``.
    milestone
        The milestone reached on that date, "" for none.
    share
        Share of the works done, 0–1, or None.
    spent
        Capital spent so far in all, 1e8, or None.
    role
        Who reports, by role (never a person's name).
    """

    type: ClassVar[str] = "progress"
    project: str
    on: str
    milestone: str = ""
    share: float | None = None
    spent: float | None = None
    note: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A project is now expected to take effect in another year."""

    type: ClassVar[str] = "slip"
    project: str
    on: str
    effective: int
    note: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFound:
    """What an indicator was really measured to be in a year, with its source."""

    type: ClassVar[str] = "value_found"
    indicator: str
    scope: str
    year: int
    value: float
    source: str
    note: str = ""


Event = Union[PlanAdopted, ProjectPlanned, MilestonePlanned, ValuesPromised, Progress, Slip, ValueFound]  # noqa: UP007
EVENTS: dict[str, type[Event]] = {e.type: e for e in get_args(Event)}
"""Every kind of event by its type."""


def event_as_dict(event: Event) -> dict[str, Any]:
    """Return an event's fields, JSON-ready (its type is kept beside them).

    Examples
    --------
    >>> event_as_dict(Slip(project="metro", on="2027-03-01", effective=2031))["effective"]
    2031
    """
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(event).items()}


def event_from_dict(kind: str, data: Mapping[str, Any]) -> Event:
    """Return the event of a type and its fields; `LedgerError` where they do not fit."""
    cls = EVENTS.get(kind)
    if cls is None:
        raise LedgerError(
            Text(
                f"未知的事件类型 {kind};可用:{'、'.join(EVENTS)}",
                f"unknown event type {kind}; there are: {', '.join(EVENTS)}",
            )
        )
    known = {f.name for f in fields(cls)}
    try:
        if set(data) - known:
            raise TypeError(f"unexpected {sorted(set(data) - known)}")
        make: Callable[..., Event] = cls
        return make(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})
    except TypeError as e:
        raise LedgerError(
            Text(f"事件 {kind} 的内容不合规:{e}", f"the content of the event {kind} does not fit: {e}")
        ) from e


def canonical(value: object) -> str:
    """Return JSON with sorted keys and no spaces: equal exactly when the content is equal."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def check_event(event: Event, before: Iterable[Event]) -> list[Problem]:
    """Return everything wrong with an event, given those recorded before it."""
    known = list(before)
    out: list[Problem] = []
    projects = {e.project for e in known if isinstance(e, ProjectPlanned)}
    adopted = any(isinstance(e, PlanAdopted) for e in known)
    if isinstance(event, PlanAdopted) == adopted:
        out.append(
            _problem(
                event.type,
                "台账已有方案" if adopted else "台账还没有方案",
                "the ledger already follows a plan" if adopted else "the ledger follows no plan yet",
                "另建一本台账" if adopted else "先用 start_ledger 建账",
                "start another ledger" if adopted else "start it with start_ledger",
            )
        )
    if isinstance(event, MilestonePlanned | Progress | Slip) and event.project not in projects:
        out.append(
            _problem(
                "project",
                f"方案中没有项目 {event.project}",
                f"the plan has no project {event.project}",
                f"改为以下之一:{'、'.join(sorted(projects))}",
                f"use one of: {', '.join(sorted(projects))}",
            )
        )
    if isinstance(event, Progress | Slip):
        out += _date_problems(event.on)
    if isinstance(event, Progress):
        out += _progress_problems(event, known)
    if isinstance(event, Slip) and not _is_year(event.effective):
        out.append(_bad("effective", event.effective, "年份,如 2031", "a year such as 2031"))
    if isinstance(event, ValueFound):
        out += _found_problems(event)
    return out


def _found_problems(event: ValueFound) -> list[Problem]:
    out: list[Problem] = []
    if not (_is_year(event.year) and _is_number(event.value)):
        out.append(_bad("value", (event.year, event.value), "年份和数值", "a year and a number"))
    kind, _, name = event.scope.partition(":")
    if event.scope != "region" and not (kind in ("cluster", "zone") and name):
        out.append(
            _bad(
                "scope",
                event.scope,
                " region、cluster:编号 或 zone:编号",
                "region, cluster:ID or zone:ID",
            )
        )
    if not event.source.strip():
        out.append(_bad("source", event.source, "出处", "where the value comes from"))
    return out


def _progress_problems(event: Progress, known: list[Event]) -> list[Problem]:
    out: list[Problem] = []
    own = {e.milestone for e in known if isinstance(e, MilestonePlanned) and e.project == event.project}
    if event.milestone and event.milestone not in own:
        out.append(
            _bad(
                "milestone",
                event.milestone,
                "、".join(sorted(own)) or "空",
                ", ".join(sorted(own)) or "blank",
            )
        )
    if event.share is not None and not (_is_number(event.share) and 0 <= event.share <= 1):
        out.append(_bad("share", event.share, "0 到 1 之间的数", "a number from 0 to 1"))
    if event.spent is not None and not (_is_number(event.spent) and event.spent >= 0):
        out.append(_bad("spent", event.spent, "不为负的金额(1e8)", "an amount not below 0 (1e8)"))
    return out


def _date_problems(on: str) -> list[Problem]:
    try:
        if date.fromisoformat(on).isoformat() == on:
            return []
    except (ValueError, TypeError):
        pass
    return [_bad("on", on, "日期 YYYY-MM-DD", "a date YYYY-MM-DD")]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1800 <= value <= 2200


def _bad(column: str, value: object, zh: str, en: str) -> Problem:
    return _problem(
        column, f"{column} 不合规:{value!r}", f"{column} does not fit: {value!r}", f"填写{zh}", f"write {en}"
    )


def _problem(column: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    return Problem(what=Text(zh, en), remedy=Text(remedy_zh, remedy_en), file="ledger", column=column)
