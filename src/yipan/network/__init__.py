"""Travel times over roads, coaches and lines, and accessibility computed from them."""

from yipan.network.access import (
    cumulative,
    gravity,
    nearest,
    share_within,
    two_step_floating_catchment,
    within,
)
from yipan.network.costs import network_digest
from yipan.network.points import forget, times_to_points
from yipan.network.times import carry_over, travel_times, verify_times
from yipan.network.values import UNREACHED, Mode, TravelTimes, Window

__all__ = [
    "UNREACHED",
    "Mode",
    "TravelTimes",
    "Window",
    "carry_over",
    "cumulative",
    "forget",
    "gravity",
    "nearest",
    "network_digest",
    "share_within",
    "times_to_points",
    "travel_times",
    "two_step_floating_catchment",
    "verify_times",
    "within",
]
