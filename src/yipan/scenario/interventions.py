"""Every type of intervention, and building one from what a project file holds."""

from __future__ import annotations

from collections.abc import Mapping

from yipan.errors import ScenarioError
from yipan.scenario.change import INTERVENTIONS, Stop, missing, register
from yipan.scenario.facilities import AddPlace, ChangeActivity, ChangeCapacity, ClosePlace, ProtectArea
from yipan.scenario.lines import AddLine, ChangeService
from yipan.scenario.nature import RestoreArea
from yipan.scenario.plugins import load_interventions
from yipan.scenario.reverse import Reinstate
from yipan.scenario.roads import AddLink, CloseLink, ImproveLink
from yipan.scenario.stops import AddStop, CloseLine, ExtendLine
from yipan.scenario.values import Intervention
from yipan.text import Text

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
    "ProtectArea",
    "Reinstate",
    "RestoreArea",
    "Stop",
    "intervention_from_dict",
    "load_interventions",
    "register",
]


def intervention_from_dict(row: Mapping[str, object]) -> Intervention:
    """Build an intervention from what a project file holds, ``type`` included.

    Types that plug-ins announce are found too (`load_interventions`).

    Raises
    ------
    ScenarioError
        With every problem: an unknown type; keys that are missing, unknown or of the wrong type; values out
        of bounds. Each problem's column is the key.

    Examples
    --------
    >>> intervention_from_dict({"type": "ClosePlace", "place": "h2"})
    ClosePlace(place='h2')
    """
    name = str(row.get("type", ""))
    broken = load_interventions()
    if name not in INTERVENTIONS:
        raise ScenarioError(
            Text("未知的措施类型", "unknown type of intervention"),
            problems=[*missing("type", name, INTERVENTIONS, ("措施类型", "type of intervention")), *broken],
        )
    return INTERVENTIONS[name].from_dict(row)
