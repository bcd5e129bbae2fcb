"""The network of a region in whole seconds: cells, stations, how one gets between them, roads, services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem, RegionError
from yipan.network.costs import Costs, whole
from yipan.network.distance import Points
from yipan.network.services import Ints, Service, Stations, read_services
from yipan.region.value import Region
from yipan.text import Text

Edges = tuple[Ints, Ints, Ints]
"""Three arrays of equal length: from, to, seconds."""


@dataclass(frozen=True)
class Cells:
    """Cells as points, walks between near ones, and times inside each."""

    digest: str
    ids: tuple[str, ...]
    points: Points
    walks: Edges  # both directions
    own_car: Ints  # seconds of a trip inside the cell by car, both ends included
    own_person: Ints  # seconds of a trip inside the cell on foot or by coach

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Access:
    """How stations are reached: every array speaks of positions in `Stations` and `Cells`."""

    person: Edges  # station, cell, seconds: on foot, or by coach to the nearest cell; both ways
    car_cell: Ints  # (stations,) the nearest cell
    car: Ints  # (stations,) seconds from that cell by car, parking included
    near: Edges  # station, other station, seconds on foot; both directions


@dataclass(frozen=True)
class Roads:
    """One entry per pair of linked cells, u < v, the fastest link of each; run both ways."""

    digest: str
    u: Ints
    v: Ints
    car: Ints
    coach: Ints


@dataclass(frozen=True)
class Network:
    """Everything the graph is made of."""

    costs: Costs
    cells: Cells
    stations: Stations
    access: Access
    roads: Roads
    services: Mapping[str, Service]


def read_network(region: Region, costs: Costs, *, like: Network | None = None) -> Network:
    """Return the network of a region; what has not changed since `like` is taken from it.

    Raises
    ------
    RegionError
        When links or stops name what does not exist; every such row is listed.
    """
    like = like if like is not None and like.costs == costs else None
    cells = _cells(region, costs, like=like)
    stations, services = read_services(region, costs)
    same_cells = like is not None and like.cells is cells
    access = _access(cells, stations, costs, like=like if same_cells else None)
    roads = read_roads(region, cells.ids, costs, like=like.roads if like is not None and same_cells else None)
    return Network(costs, cells, stations, access, roads, services)


def prefix(old: Stations, new: Stations) -> bool:
    """Whether `new` only adds stations after those of `old`."""
    k = len(old)
    return (
        new.ids[:k] == old.ids
        and np.array_equal(new.lon[:k], old.lon)
        and np.array_equal(new.lat[:k], old.lat)
    )


def _cells(region: Region, costs: Costs, *, like: Network | None) -> Cells:
    table = region.tables["cells"]
    digest = "".join(table.column_digest(c) for c in ("id", "lon", "lat"))
    if like is not None and like.cells.digest == digest:
        return like.cells
    points = Points(table.numbers("lon"), table.numbers("lat"))
    a, b, km = points.within(points.lon, points.lat, km=costs.walk_limit)
    apart = a != b
    own_car, own_person = inside(points, costs)
    return Cells(
        digest=digest,
        ids=tuple(map(str, table.array("id"))),
        points=points,
        walks=(a[apart].astype(np.int64), b[apart].astype(np.int64), costs.on_foot(km[apart])),
        own_car=own_car,
        own_person=own_person,
    )


def inside(points: Points, costs: Costs) -> tuple[Ints, Ints]:
    """Return seconds of a trip inside each cell by car and without one: half way to the nearest other."""
    half = np.zeros(len(points))
    if len(points) > 1:
        at, near = points.nearest(points.lon, points.lat, k=2)
        self_first = at[:, 0] == np.arange(len(points))
        half = np.where(self_first, near[:, 1], near[:, 0]) / 2
    return costs.terminal + costs.by_local_car(half), costs.local_person(half)


def _access(cells: Cells, stations: Stations, costs: Costs, *, like: Network | None) -> Access:
    start = len(like.stations) if like is not None and prefix(like.stations, stations) else 0
    lon, lat = stations.lon[start:], stations.lat[start:]
    s, c, km = cells.points.within(lon, lat, km=costs.walk_limit)
    nearest, far = cells.points.nearest(lon, lat, k=1)
    cell, off = (nearest[:, 0], far[:, 0]) if len(cells) else (np.zeros(0, np.intp), np.zeros(0))
    t, o, between = Points(stations.lon, stations.lat).within(lon, lat, km=costs.transfer_walk)
    t = t + start
    other = t != o
    t, o, walk = t[other], o[other], costs.on_foot(between[other])
    back = o < start  # pairs of two new stations are found from both sides already
    person = _fewest(
        np.concatenate([s, np.arange(len(cell))]) + start,
        np.concatenate([c, cell]),
        np.concatenate([costs.on_foot(km), costs.by_local_coach(off)]),
        width=len(cells),
    )
    near: Edges = (
        np.concatenate([t, o[back]]).astype(np.int64),
        np.concatenate([o, t[back]]).astype(np.int64),
        np.concatenate([walk, walk[back]]),
    )
    car_cell, car = cell.astype(np.int64), costs.by_local_car(off) + costs.park
    if like is None or not start:
        return Access(person, car_cell, car, near)
    old = like.access
    return Access(
        person=_joined(old.person, person),
        car_cell=np.concatenate([old.car_cell, car_cell]),
        car=np.concatenate([old.car, car]),
        near=_joined(old.near, near),
    )


def _joined(a: Edges, b: Edges) -> Edges:
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]]), np.concatenate([a[2], b[2]])


def _fewest(a: NDArray[np.intp], b: NDArray[np.intp], seconds: Ints, *, width: int) -> Edges:
    """Return edges sorted by (a, b), the fastest of each pair."""
    key = a.astype(np.int64) * max(width, 1) + b
    order = np.lexsort((seconds, key))
    key, seconds = key[order], seconds[order]
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    return key[first] // max(width, 1), key[first] % max(width, 1), seconds[first]


def read_roads(region: Region, cells: Sequence[str], costs: Costs, *, like: Roads | None = None) -> Roads:
    """Return the links of a region between cells, or `like` where it has just these.

    Raises
    ------
    RegionError
        With every link that names a cell there is none of.
    """
    table = region.tables["links"]
    digest = "".join(table.column_digest(c) for c in ("from", "to", "length", "speed"))
    if like is not None and like.digest == digest:
        return like
    at = {c: i for i, c in enumerate(cells)}
    ends = [[at.get(str(v), -1) for v in table.array(c)] for c in ("from", "to")]
    a, b = np.array(ends[0], dtype=np.int64), np.array(ends[1], dtype=np.int64)
    _refuse_unknown_cells(region, a, b)
    keep = a != b  # a link from a cell to itself changes no time between cells
    seconds = 3600 * table.numbers("length") / table.numbers("speed")
    u, v = np.minimum(a, b)[keep], np.maximum(a, b)[keep]
    _, _, coach = _fewest(u, v, whole(seconds * costs.coach_factor)[keep], width=len(cells))
    u, v, car = _fewest(u, v, whole(seconds)[keep], width=len(cells))
    return Roads(digest, u, v, car, coach)


def _refuse_unknown_cells(region: Region, a: Ints, b: Ints) -> None:
    table = region.tables["links"]
    problems = [
        Problem(
            what=Text(
                f"没有单元格 {table.array(column)[row]}", f"there is no cell {table.array(column)[row]}"
            ),
            remedy=Text("改正编号或删去该路段", "correct the cell id, or remove the link"),
            file="links.csv",
            row=int(row) + 2,
            column=column,
        )
        for column, at in (("from", a), ("to", b))
        for row in np.flatnonzero(at < 0)
    ]
    if problems:
        raise RegionError(
            Text("路段表引用了不存在的单元格", "the links table names cells that do not exist"),
            problems=problems,
        )
