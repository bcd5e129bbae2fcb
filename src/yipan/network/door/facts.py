"""What a region's streets and timetable are, in figures, and every problem found in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yipan.errors import Problem
from yipan.network.door.board import board_of
from yipan.network.door.settings import street_costs, window_of
from yipan.network.values import Window
from yipan.region.value import Region


@dataclass(frozen=True, slots=True)
class StreetFacts:
    """Streets of one mode: points, segments, junctions and ends, km, and km that are not connected."""

    points: int
    segments: int
    nodes: int
    km: float
    km_left_out: float


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """Streets by mode, and the timetable of the day.

    Parameters
    ----------
    day
        Service day, ISO; empty where nothing runs.
    stops, patterns, trips, events
        Counts; `events` are departures from stops.
    cells_off
        Cells on no street, by mode.
    """

    streets: Mapping[str, StreetFacts]
    day: str
    stops: int
    patterns: int
    trips: int
    events: int
    cells: int
    cells_off: Mapping[str, int]
    problems: tuple[Problem, ...]


def describe_network(region: Region, *, window: Window | None = None) -> NetworkFacts | None:
    """Return the facts of a region with streets; None where it has none.

    Raises
    ------
    RegionError
        When the streets cannot be read.
    """
    if not region.layers_of("streets"):
        return None
    board = board_of(region, street_costs(region, percentile=50, window=window_of(region, window)))
    table = board.timetable
    streets: dict[str, StreetFacts] = {
        mode: StreetFacts(
            points=len(g.streets),
            segments=len(g.streets.u),
            nodes=len(g.core.node_point),
            km=float(g.streets.length.sum(dtype=np.int64)) / 1e6,
            km_left_out=g.file.metres_left_out / 1000,
        )
        for mode, g in board.grounds.items()
    }
    return NetworkFacts(
        streets=streets,
        day=str(table.day) if table.patterns else "",
        stops=len(table.stops),
        patterns=table.patterns,
        trips=int(table.trips.sum()),
        events=len(table.departures),
        cells=len(board.ids),
        cells_off={mode: int((e.chain < 0).sum()) for mode, e in board.cells.items()},
        problems=board.problems(),
    )
