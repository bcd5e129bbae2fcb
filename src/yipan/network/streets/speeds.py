"""Speeds on streets: every number in one place, and speed limits and durations as mappers write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MPH = 1.609344  # km
KNOT = 1.852  # km/h

DRIVE_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 100.0,
        "motorway_link": 60.0,
        "trunk": 80.0,
        "trunk_link": 50.0,
        "primary": 60.0,
        "primary_link": 40.0,
        "secondary": 50.0,
        "secondary_link": 35.0,
        "tertiary": 45.0,
        "tertiary_link": 30.0,
        "unclassified": 40.0,
        "residential": 30.0,
        "road": 30.0,
        "living_street": 15.0,
        "service": 20.0,
        "other": 20.0,
    }
)
"""km/h on an empty road without a sign, by ``highway``; a judgement, near what open routers assume."""

CONGESTION: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 0.9,
        "motorway_link": 0.9,
        "trunk": 0.85,
        "trunk_link": 0.85,
        "primary": 0.7,
        "primary_link": 0.7,
        "secondary": 0.7,
        "secondary_link": 0.7,
        "tertiary": 0.75,
        "tertiary_link": 0.75,
        "unclassified": 0.8,
        "residential": 0.8,
        "road": 0.8,
        "living_street": 1.0,
        "service": 1.0,
        "other": 1.0,
    }
)
"""Share of the speed limit that traffic and junctions leave on an ordinary day; an assumption."""

ZONE_KMH: Mapping[str, float] = MappingProxyType(
    {
        "walk": 6.0,
        "living_street": 15.0,
        "bicycle_road": 30.0,
        "school": 30.0,
        "urban": 50.0,
        "rural": 90.0,
        "trunk": 100.0,
        "motorway": 120.0,
        "none": 130.0,
    }
)
"""km/h of limits given as words (``walk``, ``none``) or zones (``BR:urban``); laws differ: set your own."""


@dataclass(frozen=True, kw_only=True)
class Speeds:
    """Every speed that `yipan.network.streets.read_streets` uses; all of them are assumptions to set.

    Parameters
    ----------
    walk_kmh
        On the flat; 3.6 km/h (1 m/s) is also the default of R5.
    steps_factor
        Share of the walking speed, along the map, that is kept on steps.
    cycle_kmh
        Riding.
    push_kmh
        Pushing a bicycle where riding is not allowed.
    ferry_kmh
        Ferries that do not say how long they take. Waiting for a ferry is not counted.
    drive_kmh
        By ``highway`` where no limit is mapped; ``other`` for every value that is not in the table.
    congestion
        Share of the limit (or of the speed above) that is really driven, by ``highway``.
    zone_kmh
        Limits that are given as words or by zone.

    Examples
    --------
    >>> Speeds(walk_kmh=5.0).walk_kmh
    5.0
    >>> Speeds().driven("primary", 60.0)
    42.0
    """

    walk_kmh: float = 3.6
    steps_factor: float = 0.5
    cycle_kmh: float = 12.0
    push_kmh: float = 3.6
    ferry_kmh: float = 15.0
    drive_kmh: Mapping[str, float] = field(default_factory=lambda: DRIVE_KMH)
    congestion: Mapping[str, float] = field(default_factory=lambda: CONGESTION)
    zone_kmh: Mapping[str, float] = field(default_factory=lambda: ZONE_KMH)

    def driven(self, highway: str, limit_kmh: float | None) -> float:
        """Return the km/h driven on a street of this class with this limit (None: no limit is mapped)."""
        free = self.drive_kmh.get(highway, self.drive_kmh["other"]) if limit_kmh is None else limit_kmh
        return free * self.congestion.get(highway, self.congestion["other"])


SPEEDS = Speeds()
"""The defaults."""

_NUMBER = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(km/h|kmh|kph|mph|knots)?$")
_ZONE = re.compile(r"^[a-z]{2}(?:-[a-z]{2,3})?:(?:zone:?)?(.+)$")
_UNIT = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": MPH, "knots": KNOT}
_UNSAID = {"signals", "variable", "implicit", "default", "unposted", "unknown"}
_LEAST, _MOST = 1.0, 200.0


def limit_kmh(value: str, *, zones: Mapping[str, float] = ZONE_KMH) -> float | None:
    """Return the km/h of a ``maxspeed`` tag, None where it names none (``signals``).

    Numbers are km/h unless they say ``mph`` or ``knots``; words and zones (``walk``, ``BR:urban``,
    ``DE:zone:30``) are looked up in `zones`; of several values the lowest holds.

    Raises
    ------
    ValueError
        When the value is not a speed, or not one between 1 and 200 km/h.

    Examples
    --------
    >>> limit_kmh("60"), limit_kmh("30 mph"), limit_kmh("50;40"), limit_kmh("BR:urban")
    (60.0, 48.28032, 40.0, 50.0)
    >>> limit_kmh("fast")
    Traceback (most recent call last):
    ...
    ValueError: fast
    """
    found = [_one_limit(part, value, zones) for part in re.split(r"[;|]", value) if part.strip()]
    if not found:
        raise ValueError(value)
    known = [f for f in found if f is not None]
    return min(known) if known else None


def _one_limit(part: str, value: str, zones: Mapping[str, float]) -> float | None:
    text = part.strip().lower()
    zone = _ZONE.match(text)
    if zone:
        text = zone.group(1)
    if text in _UNSAID:
        return None
    number = _NUMBER.match(text)
    kmh = zones.get(text) if number is None else float(number[1].replace(",", ".")) * _UNIT[number[2]]
    if kmh is None or not _LEAST <= kmh <= _MOST:
        raise ValueError(value)
    return kmh


_CLOCK = re.compile(r"^(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?$")
_ISO = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$", re.IGNORECASE)


def duration_seconds(value: str) -> float:
    """Return the seconds of a ``duration`` tag: minutes, ``hh:mm``, ``hh:mm:ss`` or ISO 8601 (``PT20M``).

    Raises
    ------
    ValueError
        When it is none of these, or nothing.

    Examples
    --------
    >>> duration_seconds("20"), duration_seconds("01:30"), duration_seconds("PT1H5M")
    (1200.0, 5400.0, 3900.0)
    """
    text = value.strip()
    clock, iso = _CLOCK.match(text), _ISO.match(text)
    seconds = 0
    if clock:
        a, b, c = clock.groups()
        seconds = int(a) * 60 if b is None else int(a) * 3600 + int(b) * 60 + int(c or 0)
    elif iso:
        d, h, m, s = (int(g or 0) for g in iso.groups())
        seconds = ((d * 24 + h) * 60 + m) * 60 + s
    if not 0 < seconds < 7 * 86_400:
        raise ValueError(value)
    return float(seconds)
