"""Rows of travel times along streets and by timetable: arrays only, so that they travel to a cluster."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yipan.network.minplus import FAR
from yipan.network.streets.values import Ends, Int32, Legs
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.many import between
from yipan.network.transit.events import Events, events
from yipan.network.transit.network import TransitNetwork
from yipan.network.transit.values import Query
from yipan.network.transit.window import window_times
from yipan.network.values import UNREACHED


def whole_seconds(ms: Int32) -> Int32:
    """Return ms as whole seconds, halves up; `FAR` stays `FAR`."""
    return np.where(ms >= FAR, FAR, (ms + np.int32(500)) // np.int32(1000)).astype(np.int32)


def seconds_of(legs: Legs) -> Legs:
    """Return legs given in ms as legs in whole seconds."""
    return Legs(legs.first, legs.to, whole_seconds(legs.cost))


def part(places: Ends, start: int, stop: int) -> Ends:
    """Return places `start` to `stop` − 1."""
    return Ends(**{f.name: getattr(places, f.name)[start:stop] for f in fields(Ends)})


def group(legs: Legs, start: int, stop: int) -> Legs:
    """Return the legs of places `start` to `stop` − 1."""
    span = slice(int(legs.first[start]), int(legs.first[stop]))
    first = (legs.first[start : stop + 1] - legs.first[start]).astype(np.int64)
    return Legs(first, legs.to[span], legs.cost[span])


@dataclass(frozen=True)
class StreetRows:
    """Times along streets between places (`yipan.network.matrix.values.Rows`).

    Parameters
    ----------
    customised
        Streets with their speeds.
    sources, targets
        The places on them.
    extra
        Seconds at both ends of a trip together.
    """

    digest: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    customised: Customised
    sources: Ends
    targets: Ends
    extra: int = 0
    percentiles: tuple[int, ...] = (50,)

    def seconds(self, start: int, stop: int) -> Int32:
        """Return int32 seconds, shape (stop − start, destinations); `FAR` where there is no way."""
        out = whole_seconds(between(self.customised, part(self.sources, start, stop), self.targets))
        return np.where(out >= FAR, FAR, out + np.int32(self.extra)).astype(np.int32)

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the times from origins `start` to `stop` − 1."""
        out = self.seconds(start, stop)
        return np.where(out >= FAR, UNREACHED, out)[:, :, None]


@dataclass(frozen=True)
class TransitRows:
    """Door-to-door times by timetable, or on foot where that is faster.

    Parameters
    ----------
    network, query
        What runs, and which departures are asked for.
    access, egress
        Walks from origins to stops, and of each destination from stops to it, seconds.
    walk
        Walks all the way; None where nobody walks all the way.
    """

    digest: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    network: TransitNetwork
    access: Legs
    egress: Legs
    walk: StreetRows | None
    query: Query

    @property
    def percentiles(self) -> tuple[int, ...]:
        """Percentiles of the departures."""
        return self.query.percentiles

    @cached_property
    def _events(self) -> Events:
        return events(self.network, self.query)

    def rows(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return the times from origins `start` to `stop` − 1."""
        walk = None if self.walk is None else self.walk.seconds(start, stop)
        access = group(self.access, start, stop)
        return window_times(self.network, access, self.egress, walk, self.query, prepared=self._events)
