"""Travel times over streets, roads, coaches, lines and timetables, and accessibility computed from them."""

from yipan.network.access import (
    accessibility,
    cumulative,
    gravity,
    nearest,
    share_within,
    to_zones,
    two_step_floating_catchment,
    within,
)
from yipan.network.costs import network_digest
from yipan.network.door.facts import NetworkFacts, describe_network
from yipan.network.door.reach import ReachMode, street_reach
from yipan.network.points import forget, times_to_points
from yipan.network.rows import travel_rows
from yipan.network.times import carry_over, travel_times, verify_times
from yipan.network.values import UNREACHED, Mode, TravelTimes, Window

__all__ = [
    "UNREACHED",
    "Mode",
    "NetworkFacts",
    "ReachMode",
    "TravelTimes",
    "Window",
    "accessibility",
    "carry_over",
    "cumulative",
    "describe_network",
    "forget",
    "gravity",
    "nearest",
    "network_digest",
    "share_within",
    "street_reach",
    "times_to_points",
    "to_zones",
    "travel_rows",
    "travel_times",
    "two_step_floating_catchment",
    "verify_times",
    "within",
]
