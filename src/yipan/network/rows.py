"""Travel times of any region as a source of rows, for matrices in blocks, on disk or on a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.errors import OptionError
from yipan.network.door.board import board_of
from yipan.network.door.links import linked
from yipan.network.door.settings import street_costs, window_of
from yipan.network.layout import read_roads
from yipan.network.matrix.combine import combined
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.values import Rows
from yipan.network.times import travel_times
from yipan.network.values import Mode, Window
from yipan.region.value import Region
from yipan.text import Text


def travel_rows(
    region: Region, mode: Mode = "any", *, percentiles: Sequence[int] = (50,), window: Window | None = None
) -> Rows:
    """Return travel times between cells as rows that are computed when read.

    Parameters
    ----------
    mode, window
        As for `travel_times`.
    percentiles
        Of the departures, ascending. Without streets each is computed as a whole, and only one is possible.

    Returns
    -------
    Rows
        For `yipan.network.matrix.compute_matrix`. In a region with streets nothing quadratic is held, times
        inside cells are the way to the street and back, and ``drive`` has one percentile.

    Raises
    ------
    OptionError
        When several percentiles are asked of a region without streets, or a mode does not exist.
    """
    wanted = tuple(percentiles)
    if not region.layers_of("streets"):
        if len(wanted) != 1:
            raise OptionError(
                Text(
                    "没有街道的区域一次只能算一个百分位",
                    "without streets one percentile at a time is computed",
                )
            )
        times = travel_times(region, mode, percentile=wanted[0], window=window)
        return DenseRows(
            times.seconds, origins=times.origins, destinations=times.destinations, percentiles=wanted
        )
    costs = street_costs(region, percentile=wanted[0], window=window_of(region, window))
    board = board_of(region, costs)
    if mode == "transit":
        return board.by_timetable(wanted)
    driving = linked(board.driving(), read_roads(region, board.ids, costs.lines))
    return driving if mode == "drive" else combined(board.by_timetable(wanted), driving)
