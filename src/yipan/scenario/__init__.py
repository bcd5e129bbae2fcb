"""Interventions, projects and scenarios: what can be done to a region, tried without changing it."""

from yipan.network import verify_times
from yipan.scenario.apply import apply, resolve, touched
from yipan.scenario.costs import spread_capital
from yipan.scenario.diff import diff
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
    AddStop,
    ChangeActivity,
    ChangeCapacity,
    ChangeService,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    ImproveLink,
    ProtectArea,
    Reinstate,
    RestoreArea,
    Stop,
    intervention_from_dict,
    load_interventions,
)
from yipan.scenario.links import mutual_excludes
from yipan.scenario.ranges import default_ranges
from yipan.scenario.reverse import reverse
from yipan.scenario.undo import undo
from yipan.scenario.values import Intervention, Project, Ranges, Scenario, Start
from yipan.scenario.words import describe

__all__ = [
    "INTERVENTIONS",
    "AddLine",
    "AddLink",
    "AddPlace",
    "AddStop",
    "ChangeActivity",
    "ChangeCapacity",
    "ChangeService",
    "CloseLine",
    "CloseLink",
    "ClosePlace",
    "ExtendLine",
    "ImproveLink",
    "Intervention",
    "Project",
    "ProtectArea",
    "Ranges",
    "Reinstate",
    "RestoreArea",
    "Scenario",
    "Start",
    "Stop",
    "apply",
    "default_ranges",
    "describe",
    "diff",
    "intervention_from_dict",
    "load_interventions",
    "mutual_excludes",
    "project_as_dict",
    "project_from_dict",
    "read_projects",
    "read_projects_checked",
    "resolve",
    "reverse",
    "spread_capital",
    "touched",
    "undo",
    "verify_times",
    "write_projects",
]
