"""What the chapters on a plan share: who was chosen, in which order, why, and where it is traced to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import pandas as pd

from yipan.plan.values import Plan, Reason
from yipan.scenario.interventions import INTERVENTIONS
from yipan.scenario.values import Project, Start
from yipan.show.cells import quality_words
from yipan.show.material import Material
from yipan.show.model import (
    Trace,
)
from yipan.show.numbers import money_unit
from yipan.text import Text

OBJECTIVE_POINTS = Text("目标函数的分值", "points of the objective")
NONE_OF_THEM = Text("无", "none")
KIND_ORDER = tuple(INTERVENTIONS)
KINDS: dict[str, Text] = {name: kind.label for name, kind in INTERVENTIONS.items()}


class PlanStory:
    """Plan chapters share who was chosen, in which order, and why."""

    def __init__(self, m: Material, plan: Plan) -> None:
        self.m, self.plan = m, plan

    @property
    def after(self) -> pd.DataFrame:
        """Zone need scores after the plan: as measured again where that was done, else as planned."""
        return self.m.after.needs if self.m.after is not None else self.plan.after

    @cached_property
    def starts(self) -> tuple[Start, ...]:
        """Chosen projects by start year, costly ones first within a year."""
        return tuple(sorted(self.plan.scenario.starts, key=lambda s: (s.year, -s.project.cost, s.project.id)))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Types of the chosen projects' first interventions; their places here are their colours."""
        there = {first_kind(s.project) for s in self.starts}
        return (*(k for k in KIND_ORDER if k in there), *sorted(there - set(KIND_ORDER)))

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Number of each chosen project on map and in tables."""
        return {s.project.id: k for k, s in enumerate(self.starts, 1)}

    @cached_property
    def reasons(self) -> Mapping[str, Reason]:
        """Reason by project id."""
        return {r.project: r for r in self.plan.reasons}

    @cached_property
    def candidates(self) -> Mapping[str, Project]:
        """Candidate by id."""
        return {p.id: p for p in self.plan.candidates} | {s.project.id: s.project for s in self.starts}

    def name(self, project: str) -> Text:
        """Return the name of a candidate; a chosen one after its number on the map."""
        known = self.candidates.get(project)
        name = Text(project, project) if known is None else known.name
        if project not in self.number:
            return name
        return Text(f"{self.number[project]} {name.zh}", f"{self.number[project]} {name.in_('en')}")

    def names(self, projects: Iterable[str], *, most: int = 99) -> Text:
        """Return names joined, the first `most` of them, or that there is none."""
        ids = list(projects)
        if not ids:
            return NONE_OF_THEM
        known, more = [self.name(i) for i in ids[:most]], len(ids) - most
        return Text(
            "、".join(n.zh for n in known) + (f" 等 {len(ids)} 个" if more > 0 else ""),
            "; ".join(n.in_("en") for n in known) + (f" and {more} more" if more > 0 else ""),
        )


def first_kind(project: Project) -> str:
    """Return the type of a project's first intervention."""
    return project.kinds[0] if project.kinds else "AddPlace"


def kind_words(project: Project) -> Text:
    """Return the types of a project in words."""
    names = [KINDS.get(k, Text(k, k)) for k in project.kinds]
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def zones_words(m: Material, project: Project) -> Text:
    """Return the zones of a project, the first four by name."""
    names = [m.region.zone_name(z) for z in project.zones if z in m.region.zone_ids]
    more = len(names) - 4
    return Text(
        "、".join(n.zh for n in names[:4]) + (f" 等 {len(names)} 个" if more > 0 else ""),
        ", ".join(n.in_("en") for n in names[:4]) + (f" and {more} more" if more > 0 else ""),
    )


def plan_trace(
    m: Material, plan: Plan, *, unit: Text, source: Text | None = None, quality: Text | None = None
) -> Trace:
    """Return a trace line of the plan's own run."""
    base = m.trace(
        unit=unit,
        source=source or Text("项目数据见项目一章", "project data in the chapter on projects"),
        quality=quality or quality_words(s.project.quality.value for s in plan.scenario.starts),
        year=f"{plan.objective.start}–{plan.objective.end}",
    )
    return replace(base, run_id=plan.run_id)


def points_and_money(m: Material) -> Text:
    """Return the unit of what counts in points and in money."""
    unit = cost_unit(m)
    return Text(f"分;{unit.zh}", f"points; {unit.en}")


def sentence(text: Text) -> Text:
    """Return a text that begins with a capital letter."""
    en = text.in_("en")
    return Text(text.zh, en[:1].upper() + en[1:])


def cost_unit(m: Material) -> Text:
    """Return the unit of money, in the region's currency, with its price year."""
    return money_unit(m.region.meta.currency, prices=m.region.meta.price_year)
