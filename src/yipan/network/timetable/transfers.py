"""``transfers.txt`` as footpaths from stop to stop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yipan.network.streets.values import Int32, Legs
from yipan.network.timetable.columns import BLANK
from yipan.network.timetable.feed import STATION, Feed
from yipan.network.timetable.values import FORBIDDEN


def prescribed(feed: Feed, at: Int32) -> dict[tuple[int, int], int]:
    """Return the seconds a feed prescribes from stop to stop.

    Parameters
    ----------
    at
        Position in the timetable of every stop of the feed, −1 for stations, entrances ….

    Notes
    -----
    A station stands for all its platforms, also for changing at one and the same; what is said of
    platforms goes before what is said of their stations. Kind 2 takes ``min_transfer_time``;
    kind 1 (the vehicle waits) takes it too, or nothing; kind 3 is `FORBIDDEN`; kind 0 says only that one
    may change there, and counts where it gives a time.
    """
    platforms: dict[int, list[int]] = {}
    for stop in np.flatnonzero((feed.station >= 0) & (at >= 0)):
        platforms.setdefault(int(feed.station[stop]), []).append(int(at[stop]))

    def meant(stop: int) -> list[int]:
        own = [int(at[stop])] if at[stop] >= 0 else []
        return own + (platforms.get(stop, []) if feed.kind[stop] == STATION else [])

    c = feed.changes
    special = (feed.kind[c.origin] != STATION).astype(int) + (feed.kind[c.destination] != STATION)
    out: dict[tuple[int, int], int] = {}
    for row in np.lexsort((c.seconds, c.kind != 3, c.destination, c.origin, -special)):
        cost = _cost(int(c.kind[row]), int(c.seconds[row]))
        if cost is not None:
            for a in meant(int(c.origin[row])):
                for b in meant(int(c.destination[row])):
                    out.setdefault((a, b), cost)
    return out


def _cost(kind: int, seconds: int) -> int | None:
    if kind == 3:
        return int(FORBIDDEN)
    if seconds == BLANK:
        return 0 if kind == 1 else None
    return seconds


def as_legs(costs: dict[tuple[int, int], int], stops: int) -> Legs:
    """Return costs by pair as legs, ordered by stop, cost and the stop reached."""
    rows: Sequence[tuple[int, int, int]] = sorted((a, cost, b) for (a, b), cost in costs.items())
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    first = np.searchsorted(table[:, 0], np.arange(stops + 1)).astype(np.int64)
    return Legs(first, table[:, 2].astype(np.int32), table[:, 1].astype(np.int32))
