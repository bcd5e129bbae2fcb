"""Interventions, projects and scenarios: what can be done to a region, tried without changing it."""

from yipan.network import verify_times
from yipan.scenario.apply import apply, resolve, touched
from yipan.scenario.costs import spread_capital
from yipan.scenario.diff import describe, diff
from yipan.scenario.files import (
    project_as_dict,
    project_from_dict,
    read_projects,
    read_projects_checked,
    write_projects,
)
from yipan.scenario.interventions import (
    INTERVENTIONS,
    AddLine,
    AddLink,
    AddPlace,
    ChangeActivity,
    ChangeCapacity,
    ChangeService,
    ClosePlace,
    ImproveLink,
    ProtectArea,
    Stop,
    intervention_from_dict,
)
from yipan.scenario.links import mutual_excludes
from yipan.scenario.values import Intervention, Project, Scenario, Start

__all__ = [
    "INTERVENTIONS",
    "AddLine",
    "AddLink",
    "AddPlace",
    "ChangeActivity",
    "ChangeCapacity",
    "ChangeService",
    "ClosePlace",
    "ImproveLink",
    "Intervention",
    "Project",
    "ProtectArea",
    "Scenario",
    "Start",
    "Stop",
    "apply",
    "describe",
    "diff",
    "intervention_from_dict",
    "mutual_excludes",
    "project_as_dict",
    "project_from_dict",
    "read_projects",
    "read_projects_checked",
    "resolve",
    "spread_capital",
    "touched",
    "verify_times",
    "write_projects",
]
