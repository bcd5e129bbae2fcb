"""Fill the stop times a feed leaves blank, between those it gives."""

from __future__ import annotations

from typing import Literal

import numpy as np

from yipan.network.streets.values import Int32
from yipan.network.timetable.columns import BLANK
from yipan.network.timetable.feed import Feed

Interpolate = Literal["distance", "straight", "even"]


def filled(feed: Feed, how: Interpolate = "distance") -> tuple[Int32, Int32]:
    r"""Return arrivals and departures of a feed without blanks, seconds.

    Parameters
    ----------
    how
        ``distance``: in proportion to ``shape_dist_traveled`` where a trip gives it soundly, else to straight
        distances from stop to stop. ``straight``: straight distances always (what Conveyal R5 does).
        ``even``: the same time from stop to stop.

    Notes
    -----
    Between a departure :math:`t_a` at distance :math:`x_a` and the next given arrival :math:`t_b` at
    :math:`x_b`, arrival and departure at a blank stop at x are

    .. math:: \lfloor t_a + (t_b - t_a)(x - x_a)/(x_b - x_a) \rfloor,

    evenly spread where all of them are at one place.
    """
    blank = feed.arrival == BLANK
    arrival, departure = feed.arrival.copy(), feed.departure.copy()
    if not blank.any():
        return arrival, departure
    slot = np.arange(len(blank))
    before = np.maximum.accumulate(np.where(blank, 0, slot))[blank]
    after = np.minimum.accumulate(np.where(blank, len(blank), slot)[::-1])[::-1][blank]
    even = (slot[blank] - before) / (after - before)
    share = even
    if how != "even":
        x = feed.straight if how == "straight" else feed.along
        whole = x[after] - x[before]
        share = np.where(whole > 0, (x[blank] - x[before]) / np.where(whole > 0, whole, 1.0), even)
    span = (arrival[after] - departure[before]).astype(np.float64)
    at = np.floor(departure[before] + span * share + 1e-9).astype(np.int32)
    arrival[blank] = departure[blank] = at
    return arrival, departure
