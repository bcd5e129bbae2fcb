"""What moving costs in seconds: a region's assumptions for one percentile and period of the day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.errors import OptionError, Problem
from yipan.region.assumptions import BOUNDS
from yipan.region.value import Region
from yipan.text import Text

Period = Literal["peak", "offpeak"]
_READ = {
    "cells": ("id", "lon", "lat"),
    "links": ("from", "to", "length", "speed"),
    "lines": ("id", "headway_peak", "headway_offpeak", "speed", "dwell"),
    "stops": ("line", "seq", "station", "lon", "lat", "minutes"),
}  # everything travel times depend on, besides the assumptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Seconds and limits behind every edge of the graph (see `yipan.network.times`)."""

    walk_s_per_km: float  # seconds per straight km on foot, detour included
    local_s_per_km: float  # seconds per straight km by car inside a cell, detour included
    walk_limit: float  # km, straight
    transfer_walk: float  # km, straight
    transfer: int  # s, every boarding of a line after the first
    coach_wait: int  # s, every boarding of a coach
    coach_factor: float  # coach time against driving time
    park: int  # s, parking at a station
    terminal: int  # s, both ends of a drive together
    wait_share: float  # share of the headway waited for a line
    period: Period

    def on_foot(self, km: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return whole seconds of walking straight distances in km."""
        return whole(km * self.walk_s_per_km)

    def by_local_car(self, km: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return whole seconds of driving straight distances in km off the links."""
        return whole(km * self.local_s_per_km)

    def by_local_coach(self, km: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return whole seconds of waiting for and riding a coach over straight distances off the links."""
        return self.coach_wait + whole(km * self.local_s_per_km * self.coach_factor)

    def local_person(self, km: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the least seconds without a car off the links: on foot within `walk_limit`, or by coach."""
        foot = np.where(km <= self.walk_limit, self.on_foot(km), np.iinfo(np.int64).max)
        return np.minimum(foot, self.by_local_coach(km))


def whole(seconds: NDArray[np.float64] | float) -> NDArray[np.int64]:
    """Round to whole seconds, halves up: every edge is a whole number, so sums are exact in any order."""
    return np.floor(np.asarray(seconds, dtype=np.float64) + 0.5).astype(np.int64)


def costs_of(region: Region, *, percentile: int, period: Period) -> Costs:
    """Return the costs a region's assumptions imply.

    Parameters
    ----------
    percentile
        Of the departures: with regular departures, p % of travellers wait at most p % of the headway, so
        the wait at percentile p is p/100 of it (half the headway at 50).

    Raises
    ------
    UnknownName
        When the region lacks an assumption (named).
    OptionError
        When `percentile` is not within 1–99, or an assumption cannot be computed with.
    """
    if not 1 <= percentile <= 99:
        raise OptionError(
            Text(f"百分位 {percentile} 应在 1 到 99 之间", f"percentile {percentile} is not within 1–99")
        )
    a = assumed(region, _ASSUMED)
    return Costs(
        walk_s_per_km=3600 * a["walk_detour"] / a["walk_speed"],
        local_s_per_km=3600 * a["walk_detour"] / a["local_speed"],
        walk_limit=a["walk_limit"],
        transfer_walk=a["transfer_walk"],
        transfer=int(whole(60 * a["transfer_time"])),
        coach_wait=int(whole(60 * a["coach_wait"])),
        coach_factor=a["coach_factor"],
        park=int(whole(60 * a["park_time"])),
        terminal=int(whole(60 * a["terminal_time"])),
        wait_share=percentile / 100,
        period=period,
    )


def assumed(region: Region, names: Sequence[str]) -> dict[str, float]:
    """Return the values of assumptions by name, or refuse those that times cannot be computed with."""
    values = {name: region.assumption(name).value for name in names}
    problems = []
    for name, value in values.items():
        low, high = BOUNDS[name]
        if not low <= value <= high:
            problems.append(
                Problem(
                    what=Text(f"{name} = {value:g} 不可用", f"{name} = {value:g} cannot be used"),
                    remedy=Text(f"取 {low:g} 到 {high:g}", f"make it {low:g} to {high:g}"),
                    column=name,
                )
            )
    if problems:
        raise OptionError(
            Text("假设不可用", "travel times cannot be computed with these assumptions"), problems=problems
        )
    return values


STREET_READ = ("snap_limit", "board_time", "max_rides", "congestion", "longest_trip")
"""Assumptions that only regions with streets need (`yipan.region.assumptions.STREET_ASSUMPTIONS`)."""
_ASSUMED = (
    "walk_speed",
    "walk_detour",
    "walk_limit",
    "transfer_walk",
    "transfer_time",
    "coach_factor",
    "coach_wait",
    "local_speed",
    "park_time",
    "terminal_time",
)


def network_digest(region: Region) -> str:
    """Return a hash of everything travel times depend on; other changes of a region leave it as it is.

    Examples
    --------
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> network_digest(region) == network_digest(region.replace(places=region.places.iloc[:0]))
    True
    """
    h = hashlib.sha256()
    for name, columns in _READ.items():
        table = region.tables[name]
        h.update("".join(table.column_digest(c) for c in columns).encode())
    h.update(ground_digest(region).encode())
    return h.hexdigest()


def ground_digest(region: Region) -> str:
    """Return a hash of what projects leave as it is: assumptions, streets, timetables, departures."""
    h = hashlib.sha256()
    wanted = (*_ASSUMED, *STREET_READ) if region.layers else _ASSUMED
    for a in region.meta.assumptions:
        if a.id in wanted:
            h.update(f"{a.id}={a.value!r};".encode())
    for layer in region.layers:
        h.update(f"{layer.name}:{layer.digest};".encode())
    if region.layers:
        h.update(repr(region.meta.departures).encode())
    return h.hexdigest()
