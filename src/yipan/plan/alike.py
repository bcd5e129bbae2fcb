"""Projects that do nearly the same, or undo one another: one corridor, road, facility, stop or closing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from shapely.geometry import LineString, Point, box

from yipan.region.value import Region
from yipan.scenario.values import Intervention, Project

KM_PER_DEGREE = 111.195
"""Length of a degree of latitude on a sphere of radius 6,371 km."""
SHARE = 0.6
"""Share of the shorter line's stops that must lie along the other for the two to be one corridor."""
LENGTHS = 0.4
"""A line shorter than this part of the other is a branch or a section of it, not the same corridor."""
SHARED = frozenset({"hsr_station", "rail_station"})
"""Kinds of place that several lines may well share: two projects that open one are not alike."""
CORRIDOR_KM: Mapping[str, float] = {
    "metro": 1.5,
    "tram": 1.5,
    "bus": 1.5,
    "rail": 3.0,
    "ferry": 3.0,
    "hsr": 6.0,
}
"""How far from a line a stop still lies along it, by mode."""
NEAR_KM: Mapping[str, float] = {
    "AddPlace": 4.0,
    "ProtectArea": 10.0,
    "AddLink": 4.0,
    "RestoreArea": 4.0,
    "AddStop": 1.5,
}
"""How near two changes of one type must be to be the same facility, road, land or stop."""
KINDS: Mapping[str, str] = {"AddPlace": "kind", "RestoreArea": "habitat", "AddStop": "line"}
"""What else must be the same: a place of another kind near by is another place."""
ENDS: Mapping[str, tuple[str, ...]] = {
    "CloseLine": ("line", "ChangeService", "ExtendLine", "AddStop"),
    "CloseLink": ("link", "ImproveLink"),
    "ClosePlace": ("place", "ChangeCapacity"),
}
"""What closing takes away, and the changes of it that are then for nothing."""

Line = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Change:
    """What is compared of one intervention; `mode` of the line it runs, builds or lengthens."""

    type: str
    data: Mapping[str, object]
    points: Sequence[tuple[float, float]]
    mode: str


@dataclass(frozen=True, slots=True)
class _There:
    """What the region has: points of cells and stations (lon, lat), modes of lines."""

    cells: Mapping[str, tuple[float, float]]
    stations: Mapping[str, tuple[float, float]]
    modes: Mapping[str, str]


def alike_pairs(region: Region, projects: Sequence[Project]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of ids that do nearly the same, each once, in order of `projects`.

    Two projects are alike when an intervention of one and one of the other

    - run a line of the same mode along the same corridor (`CORRIDOR_KM`, `SHARE`, `LENGTHS`), be it a new
      line or a longer one, or lengthen one line at the same end;
    - build a place of the same kind, a road, a protected area, restore the same habitat or put a stop on
      the same line within a few km (`NEAR_KM`, `KINDS`), or both put a stop between the same two;
    - change the same other thing (line, link, place, cell, by id), or one closes what the other changes
      (`ENDS`).

    Projects that need one another are phases of one thing, never alike.
    """
    there = _there(region)
    changes = {p.id: [_change(i, there) for i in p.interventions] for p in projects}
    out = []
    for a, b in combinations(projects, 2):
        if a.id in b.needs or b.id in a.needs:
            continue
        if any(_alike(x, y) for x in changes[a.id] for y in changes[b.id]):
            out.append((a.id, b.id))
    return tuple(out)


def _there(region: Region) -> _There:
    cells, stops, lines = (region.tables[t] for t in ("cells", "stops", "lines"))
    points = zip(cells.numbers("lon").tolist(), cells.numbers("lat").tolist(), strict=True)
    stations: dict[str, tuple[float, float]] = {}
    named = zip(stops.array("station"), stops.numbers("lon"), stops.numbers("lat"), strict=True)
    for station, lon, lat in named:  # a station lies where its first row says
        stations.setdefault(str(station), (float(lon), float(lat)))
    return _There(
        cells=dict(zip(map(str, cells.array("id")), points, strict=True)),
        stations=stations,
        modes=dict(zip(map(str, lines.array("id")), map(str, lines.array("mode")), strict=True)),
    )


def _change(intervention: Intervention, there: _There) -> _Change:
    data, points = intervention.as_dict(), intervention.points()
    if intervention.type == "ExtendLine" and data.get("end") in there.stations:
        points = (there.stations[str(data["end"])], *points)
    ends = [there.cells[str(data[k])] for k in ("from_cell", "to_cell", "cell") if data.get(k) in there.cells]
    mode = str(data.get("mode") or there.modes.get(str(data.get("line")), ""))
    return _Change(intervention.type, data, points or tuple(ends), mode)


def _alike(a: _Change, b: _Change) -> bool:
    if {a.type, b.type} <= {"AddLine", "ExtendLine"}:
        return _same_end(a, b) or (a.mode == b.mode and same_corridor(a.points, b.points, mode=a.mode))
    if a.type != b.type:
        return _ended(a, b) or _ended(b, a)
    if a.type not in NEAR_KM:  # a change of something that is there already
        return bool(_touched(a.data) & _touched(b.data))
    if a.type == "AddStop" and _gap(a) == _gap(b):  # two stops between two: the second finds no such gap
        return True
    key = KINDS.get(a.type, "")
    kind = a.data.get(key)
    same = not key or (kind == b.data.get(key) and kind not in SHARED)
    return same and _near(a.points, b.points, limit=NEAR_KM[a.type])


def _same_end(a: _Change, b: _Change) -> bool:
    """Whether both lengthen one line at one end: the second would no longer find it."""
    both = a.type == b.type == "ExtendLine"
    return both and (a.data["line"], a.data["end"]) == (b.data["line"], b.data["end"])


def _gap(a: _Change) -> tuple[object, frozenset[object]]:
    return a.data["line"], frozenset((a.data["after"], a.data["before"]))


def _ended(a: _Change, b: _Change) -> bool:
    """Whether `a` closes what `b` changes."""
    key, *types = ENDS.get(a.type, ("",))
    return b.type in types and a.data[key] == b.data.get(key)


def _touched(data: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return the ids of what a change of something existing touches, with the key they stand under."""
    out: set[tuple[str, str]] = set()
    for key in ("line", "link", "place", "cell", "cells", "zone"):
        value = data.get(key)
        values = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        out |= {(key.rstrip("s"), str(v)) for v in values}
    return out


def same_corridor(a: Sequence[tuple[float, float]], b: Sequence[tuple[float, float]], *, mode: str) -> bool:
    """Return whether most stops of the shorter line lie along the other.

    Parameters
    ----------
    a, b
        (lon, lat) of the stops in order, degrees WGS-84.
    mode
        Sets how near is along (`CORRIDOR_KM`).

    Examples
    --------
    >>> same_corridor([(106.0, 29.0), (106.2, 29.0)], [(106.0, 29.005), (106.2, 29.005)], mode="metro")
    True
    >>> same_corridor([(106.0, 29.0), (106.2, 29.0)], [(106.0, 29.0), (106.0, 29.2)], mode="metro")
    False
    """
    if len(a) < 2 or len(b) < 2:
        return False
    scale = math.cos(math.radians(a[0][1]))
    short, long = sorted((_flat(a, scale), _flat(b, scale)), key=lambda p: LineString(p).length)
    line, limit = LineString(long), CORRIDOR_KM.get(mode, 1.5)
    if not box(*LineString(short).bounds).buffer(limit).intersects(box(*line.bounds)):
        return False
    if LineString(short).length < LENGTHS * line.length:
        return False
    along = sum(bool(line.distance(Point(p)) <= limit) for p in short)
    return along >= SHARE * len(short)


def _near(a: Sequence[tuple[float, float]], b: Sequence[tuple[float, float]], *, limit: float) -> bool:
    """Whether the points of both lie pairwise within `limit` km, in the same or the opposite order."""
    if not a or len(a) != len(b):
        return False
    scale = math.cos(math.radians(a[0][1]))
    p, q = _flat(a, scale), _flat(b, scale)
    return any(all(math.dist(x, y) <= limit for x, y in zip(p, order, strict=True)) for order in (q, q[::-1]))


def _flat(points: Sequence[tuple[float, float]], scale: float) -> Line:
    """Return km east and north: exact enough over the distances compared here."""
    return [(lon * KM_PER_DEGREE * scale, lat * KM_PER_DEGREE) for lon, lat in points]
