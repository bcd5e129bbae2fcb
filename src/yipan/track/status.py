"""Lamps: which projects are on time and on money, by stated rules, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from yipan.plan.grid import grid
from yipan.text import Lang, Text
from yipan.track.ledger import Ledger
from yipan.track.state import ProjectState, replay

Lamp = Literal["green", "yellow", "red", "grey"]
LAMPS: dict[Lamp, tuple[str, Text]] = {
    "green": ("●", Text("正常", "on time")),
    "yellow": ("▲", Text("注意", "watch")),
    "red": ("■", Text("滞后", "late")),
    "grey": ("○", Text("未到期", "not due")),
}
"""Symbol and words of each lamp; both are always shown with the colour."""
_DAYS = 365.25
_EPS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Where lamps change.

    Parameters
    ----------
    late
        Years late from which a lamp is red; anything above 0 and below is yellow.
    over_yellow, over_red
        Share by which the money spent may exceed the promised cost before yellow, before red.
    """

    late: float = 1.0
    over_yellow: float = 0.10
    over_red: float = 0.25

    def words(self) -> Text:
        """Say the rules in both languages."""
        return Text(
            f"按期为绿●;迟于计划不足 {self.late:g} 年、或支出超过概算 {self.over_yellow:.0%} 为黄▲;"
            f"迟 {self.late:g} 年及以上、或超过 {self.over_red:.0%} 为红■;尚无到期节点且无报告为灰○。"
            "节点在其年份 12 月 31 日到期。",
            f"Green ●: nothing late. Yellow ▲: late by less than {self.late:g} year, or spending above the"
            f" promised cost by more than {self.over_yellow:.0%}. Red ■: late by {self.late:g} year or more,"
            f" or above by more than {self.over_red:.0%}. Grey ○: nothing due and nothing reported."
            " A milestone is due on 31 December of its year.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """One project on one day.

    Parameters
    ----------
    late
        Years late: the longer of the oldest milestone due and not done, and the slip (0 when on time).
    spent, promised_cost, planned_to_date
        Money in 1e8: reported so far (None without a report), promised in all, planned until this day.
    overdue
        Milestones due and not done.
    """

    project: str
    name: Text
    owner: Text
    lamp: Lamp
    late: float
    spent: float | None
    promised_cost: float
    planned_to_date: float
    share: float | None
    effective_planned: int
    effective_expected: int
    overdue: tuple[str, ...]
    why: Text

    @property
    def symbol(self) -> str:
        """Symbol of the lamp."""
        return LAMPS[self.lamp][0]


@dataclass(frozen=True, slots=True)
class Status:
    """The projects of a ledger on one day, with the rules of the lamps."""

    today: date
    plan: Text
    projects: tuple[ProjectStatus, ...]
    rules: Text


def status(ledger: Ledger, today: date, *, tolerance: Tolerance | None = None) -> Status:
    """Return the lamps of every project in a ledger on a day.

    Parameters
    ----------
    today
        The day; milestones due before it count.
    tolerance
        Where lamps change; the defaults are stated in `Tolerance`.
    """
    limits = tolerance or Tolerance()
    state = replay(ledger.events())
    return Status(
        today,
        Text(state.plan.name_zh, state.plan.name_en),
        tuple(project_status(p, today, limits) for p in state.projects),
        limits.words(),
    )


def project_status(p: ProjectState, today: date, limits: Tolerance) -> ProjectStatus:
    """Return the lamp of one project and why."""
    done = dict(p.done)
    due = [m for m in p.milestones if today > date(m.year, 12, 31)]
    overdue = [] if p.opened else [m for m in due if m.milestone not in done]
    behind = max(((today - date(m.year, 12, 31)).days / _DAYS for m in overdue), default=0.0)
    late = max(behind, float(p.expected_effective - p.planned.effective), 0.0)
    cost = float(sum(p.planned.capital))
    over = (p.spent or 0.0) / cost - 1.0 if cost > 0 else 0.0
    quiet = not due and not p.last_report
    lamp = _lamp(late, over, quiet=quiet, limits=limits)
    return ProjectStatus(
        project=p.planned.project,
        name=Text(p.planned.name_zh, p.planned.name_en),
        owner=Text(p.planned.owner_zh, p.planned.owner_en),
        lamp=lamp,
        late=late,
        spent=p.spent,
        promised_cost=cost,
        planned_to_date=_planned_to_date(p, today),
        share=p.share,
        effective_planned=p.planned.effective,
        effective_expected=p.expected_effective,
        overdue=tuple(m.milestone for m in overdue),
        why=_why(p, late=late, behind=behind, over=over, limits=limits, quiet=quiet),
    )


def _lamp(late: float, over: float, *, quiet: bool, limits: Tolerance) -> Lamp:
    if late >= limits.late or over > limits.over_red + _EPS:
        return "red"
    if late > 0 or over > limits.over_yellow + _EPS:
        return "yellow"
    return "grey" if quiet else "green"


def _planned_to_date(p: ProjectState, today: date) -> float:
    """Return the capital planned until a day: whole years past, and this year by the days gone."""
    out = 0.0
    for k, c in enumerate(p.planned.capital):
        year = p.planned.start + k
        begin, end = date(year, 1, 1), date(year + 1, 1, 1)
        gone = (min(max(today, begin), end) - begin).days / (end - begin).days
        out += c * gone
    return out


def _why(p: ProjectState, *, late: float, behind: float, over: float, limits: Tolerance, quiet: bool) -> Text:
    zh, en = [], []
    if behind > 0:
        zh.append(f"到期未完成的节点已拖 {behind:.1f} 年")
        en.append(f"a milestone is overdue by {behind:.1f} years")
    moved = p.expected_effective - p.planned.effective
    if moved != 0:
        zh.append(f"见效由 {p.planned.effective} 年改为 {p.expected_effective} 年")
        en.append(f"effect moved from {p.planned.effective} to {p.expected_effective}")
    if over > limits.over_yellow + _EPS:
        zh.append(f"支出超过概算 {over:.0%}")
        en.append(f"spending {over:.0%} above the promised cost")
    if p.opened:
        zh.append(f"{p.opened} 已启用")
        en.append(f"opened {p.opened}")
    if not zh:
        zh.append("尚无到期节点" if quiet else "到期节点均已完成")
        en.append("nothing due yet" if quiet else "everything due is done")
    return Text(";".join(zh), "; ".join(en))


def describe_status(s: Status, lang: Lang = "en") -> str:
    """Return the lamps as a readable table with symbols and words."""
    head = (
        ["状态", "编号", "项目", "责任单位", "见效(计划→预计)", "支出/概算", "应支出", "原因"]
        if lang == "zh"
        else ["lamp", "id", "project", "owner", "effect", "spent/cost", "planned by now", "why"]
    )
    rows = [
        [
            f"{p.symbol} {LAMPS[p.lamp][1].in_(lang)}",
            p.project,
            p.name.in_(lang),
            p.owner.in_(lang),
            f"{p.effective_planned}→{p.effective_expected}"
            if p.effective_expected != p.effective_planned
            else str(p.effective_planned),
            f"{'-' if p.spent is None else f'{p.spent:.1f}'}/{p.promised_cost:.1f}",
            f"{p.planned_to_date:.1f}",
            p.why.in_(lang),
        ]
        for p in s.projects
    ]
    title = f"{s.plan.in_(lang)}  {s.today.isoformat()}"
    return "\n".join([title, *grid(head, rows), s.rules.in_(lang)]) + "\n"
