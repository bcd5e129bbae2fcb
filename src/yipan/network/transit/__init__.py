"""Door-to-door times by timetable over a window of departures."""

from yipan.network.transit.network import TransitNetwork, transit_network
from yipan.network.transit.values import Query
from yipan.network.transit.window import window_times

__all__ = ["Query", "TransitNetwork", "transit_network", "window_times"]
