"""Track: a plan as a ledger of promises, progress, slips and values found; lamps; forecasts."""

from yipan.track.events import (
    EVENTS,
    Event,
    MilestonePlanned,
    PlanAdopted,
    Progress,
    ProjectPlanned,
    Slip,
    ValueFound,
    ValuesPromised,
    event_as_dict,
    event_from_dict,
)
from yipan.track.forecast import Forecast, Moved, describe_forecast, reforecast
from yipan.track.ledger import Entry, Head, Ledger
from yipan.track.start import planned_events, start_ledger
from yipan.track.state import ProjectState, State, replay
from yipan.track.status import LAMPS, Lamp, ProjectStatus, Status, Tolerance, describe_status, status

__all__ = [
    "EVENTS",
    "LAMPS",
    "Entry",
    "Event",
    "Forecast",
    "Head",
    "Lamp",
    "Ledger",
    "MilestonePlanned",
    "Moved",
    "PlanAdopted",
    "Progress",
    "ProjectPlanned",
    "ProjectState",
    "ProjectStatus",
    "Slip",
    "State",
    "Status",
    "Tolerance",
    "ValueFound",
    "ValuesPromised",
    "describe_forecast",
    "describe_status",
    "event_as_dict",
    "event_from_dict",
    "planned_events",
    "reforecast",
    "replay",
    "start_ledger",
    "status",
]
