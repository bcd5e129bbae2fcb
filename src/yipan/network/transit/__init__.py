"""Door-to-door times by timetable over a window of departures."""

from yipan.network.transit.events import Events, events
from yipan.network.transit.journey import Journey, Leg, journey
from yipan.network.transit.network import TransitNetwork, transit_network, turned
from yipan.network.transit.values import Query
from yipan.network.transit.window import stop_times, window_times

__all__ = [
    "Events",
    "Journey",
    "Leg",
    "Query",
    "TransitNetwork",
    "events",
    "journey",
    "stop_times",
    "transit_network",
    "turned",
    "window_times",
]
