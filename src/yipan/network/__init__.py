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
from yipan.network.catchment import three_step_floating_catchment
from yipan.network.costs import network_digest
from yipan.network.door.facts import NetworkFacts, describe_network
from yipan.network.door.reach import ReachMode, street_reach
from yipan.network.equity import Equity, equity
from yipan.network.isochrones import cell_isochrones, isochrones, street_isochrones
from yipan.network.matrix.cluster import compute_on_cluster
from yipan.network.matrix.combine import combined
from yipan.network.matrix.run import compute_matrix
from yipan.network.matrix.size import matrix_size
from yipan.network.matrix.store import Matrix, open_matrix
from yipan.network.points import forget, times_to_points
from yipan.network.rows import travel_rows
from yipan.network.times import carry_over, travel_times, verify_times
from yipan.network.values import UNREACHED, Mode, TravelTimes, Window

__all__ = [
    "UNREACHED",
    "Equity",
    "Matrix",
    "Mode",
    "NetworkFacts",
    "ReachMode",
    "TravelTimes",
    "Window",
    "accessibility",
    "carry_over",
    "cell_isochrones",
    "combined",
    "compute_matrix",
    "compute_on_cluster",
    "cumulative",
    "describe_network",
    "equity",
    "forget",
    "gravity",
    "isochrones",
    "matrix_size",
    "nearest",
    "network_digest",
    "open_matrix",
    "share_within",
    "street_isochrones",
    "street_reach",
    "three_step_floating_catchment",
    "times_to_points",
    "to_zones",
    "travel_rows",
    "travel_times",
    "two_step_floating_catchment",
    "verify_times",
    "within",
]
