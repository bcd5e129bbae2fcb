"""Links of ``links.csv`` beside streets: driving over both, exactly, by a closure over the links' ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from yipan.network.door.rows import StreetRows, whole_seconds
from yipan.network.layout import Roads
from yipan.network.minplus import FAR, Seconds, closure, lower
from yipan.network.streets.values import Ends, Int64
from yipan.network.sweep.many import between
from yipan.network.values import UNREACHED


def link_ends(roads: Roads) -> Int64:
    """Return the cells at the ends of links, ascending."""
    return np.unique(np.concatenate([roads.u, roads.v]))


def onward(drive: Seconds, ends: Int64, roads: Roads) -> Seconds:
    """Return the least seconds of driving on from every link end to every cell, over links and streets.

    Parameters
    ----------
    drive
        Seconds along streets alone from each end to each cell, nothing for the ends of the trip added;
        `FAR` where there is no way (ends, cells).
    """
    drive = drive.copy()
    drive[np.arange(len(ends)), ends] = 0
    hub = np.ascontiguousarray(drive[:, ends])
    u, v, seconds = np.searchsorted(ends, roads.u), np.searchsorted(ends, roads.v), roads.car.astype(np.int32)
    np.minimum.at(hub, (u, v), seconds)
    np.minimum.at(hub, (v, u), seconds)
    out = np.full(drive.shape, FAR, dtype=np.int32)
    lower(out, closure(hub), drive)
    return out


def lower_by_links(times: Seconds, on: Seconds, ends: Int64, *, start: int, terminal: int) -> None:
    """Lower, in place, driving times from cells `start`, `start` + 1 … (both ends of the trip included)."""
    reach = np.ascontiguousarray(times[:, ends])
    here = (ends >= start) & (ends < start + len(times))
    reach[ends[here] - start, np.flatnonzero(here)] = terminal
    lower(times, reach, on)


@dataclass(frozen=True)
class LinkedRows:
    """Driving times along streets and links (`yipan.network.matrix.values.Rows`). Made by `linked`."""

    streets: StreetRows
    ends: Int64
    on: Seconds

    @property
    def digest(self) -> str:
        """Content id."""
        return hashlib.sha256(f"{self.streets.digest};links".encode() + self.on.tobytes()).hexdigest()[:16]

    @property
    def origins(self) -> tuple[str, ...]:
        """Ids of the origins."""
        return self.streets.origins

    @property
    def destinations(self) -> tuple[str, ...]:
        """Ids of the destinations."""
        return self.streets.destinations

    @property
    def percentiles(self) -> tuple[int, ...]:
        """One: driving does not depend on the departure."""
        return self.streets.percentiles

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the times from origins `start` to `stop` − 1."""
        out = self.streets.seconds(start, stop)
        lower_by_links(out, self.on, self.ends, start=start, terminal=self.streets.extra)
        return np.where(out >= FAR, UNREACHED, out)[:, :, None]


def linked(streets: StreetRows, roads: Roads) -> StreetRows | LinkedRows:
    """Return driving rows between cells with links counted, if there are any."""
    ends = link_ends(roads)
    if not len(ends):
        return streets
    at = Ends(**{f.name: getattr(streets.sources, f.name)[ends] for f in fields(Ends)})
    drive = whole_seconds(between(streets.customised, at, streets.targets))
    return LinkedRows(streets, ends, onward(drive, ends, roads))
