"""Times from one place to every point of the streets, for isochrones."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem, RegionError
from yipan.network.door.board import Board, board_of
from yipan.network.door.ground import Ground
from yipan.network.door.rows import TransitRows, whole_seconds
from yipan.network.door.settings import street_costs, window_of
from yipan.network.minplus import FAR, Seconds
from yipan.network.streets.values import Ends, Int32, Snapped, Streets
from yipan.network.sweep.phast import to_all
from yipan.network.values import UNREACHED, Window
from yipan.region.value import Region
from yipan.text import Text

ReachMode = Literal["walk", "drive", "transit"]


def street_reach(
    region: Region,
    lon: float,
    lat: float,
    *,
    mode: ReachMode,
    percentile: int = 50,
    window: Window | None = None,
) -> tuple[Streets, Seconds]:
    """Return streets, and times from one place to each of their points.

    Parameters
    ----------
    region
        One with the layer ``streets``.
    lon, lat
        Degrees, WGS-84; at most the assumption ``snap_limit`` from a street.
    mode
        ``walk`` and ``drive`` along streets; ``transit`` by timetable or on foot.
    percentile, window
        As for `yipan.network.travel_times`; of ``transit`` only.

    Returns
    -------
    tuple
        The streets of the mode (points in degrees), and whole seconds, int32, shape (points,);
        `UNREACHED` where there is no way. `yipan.network.isochrones.street_isochrones` makes areas of them.

    Raises
    ------
    RegionError
        When the region has no streets, or the place is too far from every one.
    """
    if not region.layers_of("streets"):
        raise RegionError(
            Text("此区域没有街道:请添加 streets.osm.pbf", "the region has no streets: add streets.osm.pbf")
        )
    costs = street_costs(region, percentile=percentile, window=window_of(region, window))
    return times_from(board_of(region, costs), lon, lat, mode)


def cells_on_streets(region: Region) -> NDArray[np.bool_]:
    """Return which cells are on the streets of every mode, so that `street_reach` knows their times."""
    board = board_of(region, street_costs(region, percentile=50, window=window_of(region, None)))
    return np.asarray(np.all([at.chain >= 0 for at in board.cells.values()], axis=0))


def times_from(board: Board, lon: float, lat: float, mode: ReachMode) -> tuple[Streets, Seconds]:
    """Return streets and times as `street_reach`, on a board that is at hand."""
    ground = board.grounds["drive" if mode == "drive" else "walk"]
    spot = ground.put(np.array([lon]), np.array([lat]), limit_m=board.costs.snap_limit)
    if spot.segment[0] < 0:
        raise _off_streets(lon, lat, float(spot.off[0]), board.costs.snap_limit)
    seconds = whole_seconds(_along(ground, spot, off_kmh=board.costs.walk_kmh))
    if mode == "transit" and board.timetable.patterns:
        seconds = np.minimum(seconds, _by_timetable(board, ground, spot))
    elif mode == "drive":
        seconds = np.where(seconds >= FAR, FAR, seconds + np.int32(board.costs.lines.terminal))
    return ground.streets, np.where(seconds >= FAR, UNREACHED, seconds).astype(np.int32)


def _along(ground: Ground, spot: Snapped, *, off_kmh: float) -> Int32:
    """Return ms from one place to every point: over both ends of its segment."""
    streets, segment, share = ground.streets, int(spot.segment[0]), float(spot.share[0])
    ends = np.array([streets.u[segment], streets.v[segment]], dtype=np.int64)
    off = float(spot.off[0]) * 3600 / off_kmh
    first = [share * float(streets.backward[segment]), (1 - share) * float(streets.forward[segment])]
    reached = to_all(ground.customised, ends).astype(np.float64)
    open_ends = [streets.backward[segment] < FAR or share == 0, streets.forward[segment] < FAR or share == 1]
    out = np.full(reached.shape[1], float(FAR))
    for row, start, there in zip(reached, first, open_ends, strict=True):
        if there:
            out = np.minimum(out, np.where(row >= FAR, FAR, row + start + off))
    return np.minimum(np.floor(out + 0.5), FAR).astype(np.int32)


def _by_timetable(board: Board, ground: Ground, spot: Snapped) -> Seconds:
    points = _points(ground, off_kmh=board.costs.walk_kmh)
    rows = TransitRows(
        digest="",
        origins=("place",),
        destinations=tuple(map(str, range(len(points)))),
        network=board.network,
        access=board.access(ground.ends(spot, off_kmh=board.costs.walk_kmh)),
        egress=board.egress(points),
        walk=None,
        query=board.query((board.costs.percentile,)),
    )
    plane = rows.rows(0, 1)[0, :, 0]
    return np.where(plane == UNREACHED, FAR, plane).astype(np.int32)


def _points(ground: Ground, *, off_kmh: float) -> Ends:
    """Return every point of the streets as a place."""
    streets = ground.streets
    segment, share = np.full(len(streets), -1, np.int32), np.zeros(len(streets))
    every = np.arange(len(streets.u), dtype=np.int32)
    segment[streets.v], share[streets.v] = every, 1.0
    segment[streets.u], share[streets.u] = every, 0.0
    put = Snapped(streets.lon, streets.lat, segment, share, np.zeros(len(streets)), 0.0)
    return ground.ends(put, off_kmh=off_kmh)


def _off_streets(lon: float, lat: float, off: float, limit: float) -> RegionError:
    far = "" if not np.isfinite(off) else f"{off:,.0f} m"
    return RegionError(
        Text("此地点不在街道上", "the place is on no street"),
        problems=[
            Problem(
                what=Text(
                    f"({lon:g}, {lat:g}) 距最近街道 {far or '过远'},上限 {limit:,.0f} m",
                    f"({lon:g}, {lat:g}) is {far or 'too far'} from any street (at most {limit:,.0f})",
                ),
                remedy=Text(
                    "核对经纬度(先经度后纬度),或改大假设 snap_limit",
                    "check longitude and latitude (in this order), or raise the assumption snap_limit",
                ),
            )
        ],
    )
