"""Where a new line would save most: corridors through existing cells between badly connected demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yipan.packs.common import Array, cells
from yipan.packs.drafts import straight
from yipan.region.value import Region

NEIGHBOURS = 8
"""A corridor may step from a cell to its nearest cells, this many."""
CALM = 20_000.0
"""Residents and jobs of a cell halfway between empty (steps count three times) and dense (once)."""
SEEDS = 200
"""Pairs of ends that are tried."""


@dataclass(frozen=True, slots=True)
class Service:
    """How a line of this kind runs: what its stops, length and time are reckoned with.

    `detour` is length along the line over the straight distance between stops; `access` minutes at both
    ends together.
    """

    mode: str
    speed: float  # km/h between stops
    dwell: float  # s
    headway: float  # min, peak
    spacing: float  # km, least between stops
    stops: tuple[int, int]  # fewest, most
    ends: tuple[float, float]  # km, straight between the ends
    step: float  # km, longest from cell to cell on the way
    detour: float = 1.15
    access: float = 5.0


METRO = Service(
    mode="metro", speed=45.0, dwell=30.0, headway=4.0, spacing=1.2, stops=(6, 15), ends=(8.0, 25.0), step=5.0
)
SUBURBAN = Service(
    mode="rail", speed=90.0, dwell=45.0, headway=12.0, spacing=4.0, stops=(3, 12), ends=(8.0, 70.0), step=15.0
)


@dataclass(frozen=True, slots=True)
class Corridor:
    """Cells where a line would stop, in order, its length, and what it would save.

    Parameters
    ----------
    km
        Length along the line.
    now, then
        Mean minutes between its stops today and by the line, weighted by residents × jobs / distance.
    value
        Weighted minutes saved between its stops per km of line: only for comparing corridors.
    """

    cells: tuple[int, ...]
    km: float
    now: float
    then: float
    value: float


def step_graph(region: Region, apart: Array, service: Service) -> csr_array:
    r"""Return the graph a corridor may follow: dense cells and short steps are cheap.

    .. math:: w = d\,\Bigl(1 + \frac{2}{1 + a / a_0}\Bigr)\Bigl(1 + \frac{d}{d_{max}}\Bigr)

    with :math:`d` km between two cells, :math:`a` the mean of their residents and jobs, :math:`a_0` `CALM`.

    Parameters
    ----------
    apart
        Straight km between cells (shape: cells × cells).
    """
    n = len(apart)
    near = np.argsort(apart, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
    rows = np.repeat(np.arange(n), near.shape[1])
    to = near.ravel()
    keep = apart[rows, to] <= service.step
    rows, to = rows[keep], to[keep]
    activity = residents_and_jobs(region)
    mean = (activity[rows] + activity[to]) / 2.0
    km = apart[rows, to]
    weight = km * (1.0 + 2.0 / (1.0 + mean / CALM)) * (1.0 + km / service.step) + 1e-9
    half = csr_array((weight, (rows, to)), shape=(n, n))
    return half.maximum(half.T)


def residents_and_jobs(region: Region) -> Array:
    """Return residents plus jobs of each cell; a missing count adds nothing."""
    return np.nan_to_num(cells(region, "population")) + np.nan_to_num(cells(region, "jobs"))


def demand(region: Region, apart: Array) -> Array:
    """Return residents_i × jobs_j / km_ij, both ways added (shape: cells × cells; diagonal 0): gravity."""
    people, jobs = np.nan_to_num(cells(region, "population")), np.nan_to_num(cells(region, "jobs"))
    one_way = np.outer(people, jobs)
    out: Array = (one_way + one_way.T) / np.maximum(apart, 1.0)
    np.fill_diagonal(out, 0.0)
    return out


def ride_minutes(along: Array, service: Service) -> Array:
    """Return door-to-door minutes between the stops of a line (shape: stops × stops), 0 on the diagonal.

    Access + half the headway + length / speed + dwell at the stops between.
    """
    k = len(along)
    between = np.maximum(np.abs(np.subtract.outer(np.arange(k), np.arange(k))) - 1, 0)
    km = np.abs(np.subtract.outer(along, along))
    out: Array = (
        service.access + service.headway / 2 + km / service.speed * 60.0 + between * service.dwell / 60.0
    )
    np.fill_diagonal(out, 0.0)
    return out


def thin(path: Sequence[int], apart: Array, service: Service) -> list[int]:
    """Return the cells of a path where the line stops: both ends, between them none nearer than the spacing.

    Where there are more than the most stops, the spacing is widened by a tenth until there are not.
    """
    spacing = service.spacing
    while True:
        out = [path[0]]
        for c in path[1:-1]:
            if apart[out[-1], c] >= spacing and apart[c, path[-1]] >= spacing:
                out.append(c)
        out.append(path[-1])
        if len(out) <= service.stops[1]:
            return out
        spacing *= 1.1


def along_km(stops: Sequence[int], apart: Array, service: Service) -> Array:
    """Return km along the line from its first stop to each stop (shape: stops)."""
    steps = [apart[a, b] for a, b in pairwise(stops)]
    return np.concatenate([[0.0], np.cumsum(steps)]) * service.detour


def assess(
    stops: Sequence[int], *, apart: Array, minutes: Array, weights: Array, service: Service
) -> Corridor:
    """Return the corridor with these stops: length, times between its stops, minutes saved per km."""
    at = np.ix_(stops, stops)
    along = along_km(stops, apart, service)
    now, w = minutes[at], weights[at]
    then = np.minimum(now, ride_minutes(along, service))
    total = float(w.sum())
    saved = float((w * (now - then)).sum())
    return Corridor(
        cells=tuple(stops),
        km=float(along[-1]),
        now=float((w * now).sum() / total) if total else 0.0,
        then=float((w * then).sum() / total) if total else 0.0,
        value=saved / float(along[-1]) if along[-1] > 0 else 0.0,
    )


def shortest_paths(
    graph: csr_array, sources: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return distances and predecessors from some cells (shape: sources × cells)."""
    distances, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
    return distances, before


def path_to(before: NDArray[np.int32], target: int) -> list[int]:
    """Return the cells from the source of one row of predecessors to `target`; empty if there is no way."""
    out = [target]
    while before[out[-1]] >= 0:
        out.append(int(before[out[-1]]))
    return out[::-1] if len(out) > 1 else []


def best_corridors(region: Region, *, minutes: Array, service: Service, count: int) -> list[Corridor]:
    """Return the corridors that save most per km, each after the ones before it are built.

    Ends are the pairs of cells with the greatest demand × minutes lost against 30 km/h in a straight line,
    one partner per cell, `SEEDS` of them; the way between follows `step_graph`. A corridor more than half
    of whose stops are on one chosen before is left out.

    Parameters
    ----------
    minutes
        Minutes between cells today (shape: cells × cells).
    count
        At most this many.
    """
    apart = straight(region)
    weights = demand(region, apart)
    now = np.array(minutes, dtype=np.float64)
    lost = weights * np.maximum(now - apart / 30.0 * 60.0, 0.0)
    lost[(apart < service.ends[0]) | (apart > service.ends[1])] = 0.0
    partner = np.argmax(lost, axis=1)
    strength = lost[np.arange(len(lost)), partner]
    order = np.lexsort((np.arange(len(lost)), -strength))[:SEEDS]
    sources = order[strength[order] > 0]
    if not len(sources):
        return []
    _, before = shortest_paths(step_graph(region, apart, service), sources)
    ways = {
        tuple(sorted((int(s), int(partner[s])))): path_to(before[i], int(partner[s]))
        for i, s in enumerate(sources)
    }
    tried = [thin(w, apart, service) for w in ways.values() if w]
    tried = [s for s in tried if len(s) >= service.stops[0]]
    chosen: list[Corridor] = []
    while tried and len(chosen) < count:
        found = [assess(t, apart=apart, minutes=now, weights=weights, service=service) for t in tried]
        best = max(range(len(found)), key=lambda i: (found[i].value, -i))
        if found[best].value <= 0:
            break
        built = found[best]
        chosen.append(built)
        now = _after(now, built, apart=apart, service=service)
        tried = [t for t in tried if len(set(t) & set(built.cells)) <= len(t) / 2]
    return chosen


def _after(minutes: Array, built: Corridor, *, apart: Array, service: Service) -> Array:
    """Return minutes with a line built; it serves the cells within twice the spacing of its stops."""
    out = minutes.copy()
    stops = np.array(built.cells)
    reach = apart[stops] <= max(2.0 * service.spacing, 2.5)
    served = np.flatnonzero(reach.any(axis=0))
    nearest = np.argmin(apart[np.ix_(stops, served)], axis=0)
    walk = apart[stops[nearest], served] / 20.0 * 60.0  # feeder bus or bicycle, 20 km/h
    ride = ride_minutes(along_km(built.cells, apart, service), service)[np.ix_(nearest, nearest)]
    at = np.ix_(served, served)
    line = np.where(ride > 0, ride + walk[:, None] + walk[None, :], np.inf)
    out[at] = np.minimum(out[at], line)
    return out
