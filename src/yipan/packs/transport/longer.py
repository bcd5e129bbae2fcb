"""Rules that propose more stations on lines that run: beyond their ends, and between stops far apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from yipan.packs.common import Array, cells, distances_km
from yipan.packs.drafts import (
    Costs,
    Item,
    cell_id,
    cell_name,
    column,
    draft,
    point,
    straight,
    zone_at,
)
from yipan.packs.transport.corridors import METRO, SUBURBAN, Service, residents_and_jobs
from yipan.packs.transport.indicators import RAIL_MODES, WALK_TO_RAIL_KM
from yipan.region.value import Region
from yipan.scenario.interventions import AddStop, ExtendLine, Stop
from yipan.scenario.values import Project
from yipan.text import Text

EXTENSIONS = 6
INFILLS = 5
LONGEST_CHAIN = 4
"""Most new stops of one extension."""
STEP_KM: Mapping[str, tuple[float, float]] = {"metro": (1.2, 4.0), "rail": (4.0, 15.0)}
"""Least and most straight km from an end to its next stop, by mode."""
LEAST_SERVED = 20_000.0
"""Residents and jobs a new stop must bring within walking distance of urban rail."""
GAP_KM = 2.4
"""Straight km between two stops of a metro line from which on a stop between them may be proposed."""
LEAST_KM = 1.0
"""A new stop is at least this far (straight) from every station there is."""
WAY_ROUND = 1.15
"""Length by way of a new stop over the straight distance of its neighbours, at most."""
_SERVICES: Mapping[str, Service] = {"metro": METRO, "rail": SUBURBAN}


@dataclass(frozen=True, slots=True)
class _Station:
    """A stop of a line."""

    id: str
    name: Text
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Rail:
    """Urban rail as it is: what runs where, and how far each cell is from it.

    Parameters
    ----------
    routes
        Stations of each line in order.
    apart
        Straight km from each cell to the nearest station (shape: cells).
    waiting
        Residents and jobs of cells beyond `WALK_TO_RAIL_KM` of every station, others 0 (shape: cells).
    """

    modes: Mapping[str, str]
    names: Mapping[str, Text]
    routes: Mapping[str, Sequence[_Station]]
    apart: Array
    waiting: Array


def _rail(region: Region) -> _Rail | None:
    """Return urban rail as it is; None where there is none."""
    lines, stops = region.table("lines"), region.table("stops")
    lines = lines[lines["mode"].isin(list(RAIL_MODES))]
    stops = stops[stops["line"].isin(lines["id"])]
    if stops.empty:
        return None
    lon, lat = cells(region, "lon"), cells(region, "lat")
    known = stops.drop_duplicates("station")
    apart = distances_km(lon, lat, known["lon"].to_numpy(float), known["lat"].to_numpy(float)).min(axis=1)
    stops = stops.sort_values(["line", "seq"], kind="stable")
    texts = stops[["line", "station", "zh", "en"]].fillna("").astype(str).to_numpy()
    routes: dict[str, list[_Station]] = {}
    for (line, i, zh, en), x, y in zip(texts, stops["lon"], stops["lat"], strict=True):
        routes.setdefault(line, []).append(
            _Station(i, Text(zh or en or i, en or zh or i), float(x), float(y))
        )
    rows = lines[["id", "zh", "en"]].fillna("").astype(str).to_numpy()
    return _Rail(
        modes=dict(zip(lines["id"].astype(str), lines["mode"].astype(str), strict=True)),
        names={i: Text(zh or en or i, en or zh or i) for i, zh, en in rows},
        routes=routes,
        apart=apart,
        waiting=np.where(apart > WALK_TO_RAIL_KM, residents_and_jobs(region), 0.0),
    )


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a line with the cells it would be extended to: km of each step, people and jobs served."""

    line: str
    station: str
    name: Text
    cells: tuple[int, ...]
    km: float
    served: float


def propose_extensions(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose longer lines where residents and jobs lie just beyond an end, those that serve most per km.

    From an end onward, never back by more than a right angle: the cell without urban rail that has most
    residents and jobs within `WALK_TO_RAIL_KM` per km, within `STEP_KM` of the stop before, as long as it
    has `LEAST_SERVED`; up to `LONGEST_CHAIN` stops. Lines that go round have no end.
    """
    rail = _rail(region)
    if rail is None:
        return []
    found: dict[str, _End] = {}
    for line, route in rail.routes.items():
        if rail.modes[line] not in STEP_KM or len(route) < 2 or route[0].id == route[-1].id:
            continue
        for before, last in ((route[-2], route[-1]), (route[1], route[0])):
            end = _outward(region, rail, line, before=before, last=last)
            if end is not None and (
                end.station not in found
                or end.served / end.km > found[end.station].served / found[end.station].km
            ):
                found[end.station] = end
    best = sorted(found.values(), key=lambda e: (-e.served / e.km, e.line, e.station))
    near = column(values, "C-INF-03", region)
    return [_extension(region, rail, e, costs, near=near) for e in best[:EXTENSIONS]]


def _outward(region: Region, rail: _Rail, line: str, *, before: _Station, last: _Station) -> _End | None:
    """Return the chain of cells beyond the last of two stops, None where nobody waits there."""
    lon, lat = cells(region, "lon"), cells(region, "lat")
    scale = np.cos(np.radians(last.lat))
    places = np.column_stack([lon * scale, lat])
    back, here = np.array([before.lon * scale, before.lat]), np.array([last.lon * scale, last.lat])
    apart, waiting = straight(region), rail.waiting.copy()
    least, most = STEP_KM[rail.modes[line]]
    to_cells = distances_km(np.array([last.lon]), np.array([last.lat]), lon, lat)[0]
    chain: list[int] = []
    km = served = 0.0
    while len(chain) < LONGEST_CHAIN:
        fit = (to_cells >= least) & (to_cells <= most) & ((places - here) @ (here - back) >= 0)
        options = np.flatnonzero(fit & (rail.apart >= LEAST_KM))
        gains = (apart[options] <= WALK_TO_RAIL_KM) @ waiting
        options, gains = options[gains >= LEAST_SERVED], gains[gains >= LEAST_SERVED]
        if not len(options):
            break
        k = int(np.argmax(gains / to_cells[options]))
        cell = int(options[k])
        chain.append(cell)
        km, served = km + float(to_cells[cell]), served + float(gains[k])
        waiting[apart[cell] <= WALK_TO_RAIL_KM] = 0.0
        back, here, to_cells = here, places[cell], apart[cell]
    return _End(line, last.id, last.name, tuple(chain), km, served) if chain else None


def _extension(region: Region, rail: _Rail, end: _End, costs: Costs, *, near: pd.Series[float]) -> Project:
    mode, name = rail.modes[end.line], rail.names[end.line]
    km = round(end.km * _SERVICES[mode].detour, 1)
    last, zones = cell_name(region, end.cells[-1]), [zone_at(region, c) for c in end.cells]
    key = f"extend-{end.line}-{end.station}"
    worst = min(float(near[z]) for z in zones)
    far = float(rail.apart[list(end.cells)].min())
    stops = tuple(
        Stop(f"{key}-{n}", *_names(region, c), *point(region, c)) for n, c in enumerate(end.cells, start=1)
    )
    return draft(
        key,
        name=Text(f"{name.zh}延伸至{last.zh}", f"{name.en} extended to {last.en}"),
        zones=zones,
        interventions=[ExtendLine(line=end.line, end=end.station, stops=stops)],
        items=[Item(costs[f"{mode}_km"], km)],
        because=Text(
            f"{name.zh}止于{end.name.zh};其外 {km:g} 公里内有居民与岗位 {end.served:,.0f},"
            f"距最近轨道站至少 {far:.1f} 公里;沿线分区轨道站 {WALK_TO_RAIL_KM * 1000:g} 米内的居民与岗位"
            f"最低仅占 {worst:.1f}%(目标 100%)",
            f"{name.en} ends at {end.name.en}; within {km:g} km beyond it {end.served:,.0f} residents and"
            f" jobs are at least {far:.1f} km from any urban rail station; in the worst zone on the way"
            f" {worst:.1f}% of residents and jobs are within {WALK_TO_RAIL_KM * 1000:g} m of one (goal 100%)",
        ),
        answers=("C-INF-03", "N-ECO-03", "Y-GRN-01"),
        region=region,
    )


def _names(region: Region, cell: int) -> tuple[str, str]:
    name = cell_name(region, cell)
    return name.zh, name.en


@dataclass(frozen=True, slots=True)
class _Gap:
    """Two stops of a line far apart and the cell between them: its people and jobs, km added and apart."""

    line: str
    ends: tuple[str, str]
    names: tuple[Text, Text]
    cell: int
    served: float
    km: float
    more: float


def propose_stops(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose stops on metro lines between stations far apart, those that serve most residents and jobs.

    Stations `GAP_KM` or more apart; a cell `LEAST_KM` or more from every station, on the way (`WAY_ROUND`),
    with `LEAST_SERVED` residents and jobs within `WALK_TO_RAIL_KM` and without urban rail. One stop a gap:
    lines that share a stretch are taken once, the line with the smallest id.
    """
    rail = _rail(region)
    if rail is None:
        return []
    gaps: dict[frozenset[str], _Gap] = {}
    for line, route in rail.routes.items():
        if rail.modes[line] != "metro":
            continue
        for a, b in pairwise(route):
            pair = frozenset((a.id, b.id))
            gap = None if pair in gaps else _between(region, rail, line, a, b)
            if gap is not None:
                gaps[pair] = gap
    best = sorted(gaps.values(), key=lambda g: (-g.served, g.line, g.ends))
    taken: list[_Gap] = []
    for g in best:  # one stop serves a cell, whatever line it is on
        if all(straight(region)[g.cell, t.cell] > LEAST_KM for t in taken):
            taken.append(g)
    near = column(values, "C-INF-03", region)
    return [_stop(region, rail, g, costs, near=near) for g in taken[:INFILLS]]


def _between(region: Region, rail: _Rail, line: str, a: _Station, b: _Station) -> _Gap | None:
    """Return the best cell for a stop between two, None where the gap is short or nobody waits in it."""
    ends = np.array([[a.lon, a.lat], [b.lon, b.lat]])
    km = float(distances_km(ends[:1, 0], ends[:1, 1], ends[1:, 0], ends[1:, 1])[0, 0])
    if km < GAP_KM:
        return None
    both = distances_km(ends[:, 0], ends[:, 1], cells(region, "lon"), cells(region, "lat"))
    options = np.flatnonzero((both.sum(axis=0) <= WAY_ROUND * km) & (rail.apart >= LEAST_KM))
    if not len(options):
        return None
    gains = (straight(region)[options] <= WALK_TO_RAIL_KM) @ rail.waiting
    k = int(np.argmax(gains))
    if gains[k] < LEAST_SERVED:
        return None
    cell = int(options[k])
    return _Gap(
        line=line,
        ends=(a.id, b.id),
        names=(a.name, b.name),
        cell=cell,
        served=float(gains[k]),
        km=km,
        more=float(both[:, cell].sum()) - km,
    )


def _stop(region: Region, rail: _Rail, gap: _Gap, costs: Costs, *, near: pd.Series[float]) -> Project:
    name, at, zone = rail.names[gap.line], cell_name(region, gap.cell), zone_at(region, gap.cell)
    key = f"stop-{gap.line}-{cell_id(region, gap.cell)}"
    lon, lat = point(region, gap.cell)
    a, b = gap.names
    z = region.zone_name(zone)
    return draft(
        key,
        name=Text(f"{name.zh}增设{at.zh}站", f"New stop {at.en} on {name.en}"),
        zones=[zone],
        interventions=[
            AddStop(
                line=gap.line,
                after=gap.ends[0],
                before=gap.ends[1],
                station=key,
                zh=at.zh,
                en=at.en,
                lon=lon,
                lat=lat,
            )
        ],
        items=[Item(costs["metro_station"], 1.0)],
        because=Text(
            f"{a.zh}与{b.zh}两站相距 {gap.km:.1f} 公里,其间有居民与岗位 {gap.served:,.0f} 在轨道站"
            f" {WALK_TO_RAIL_KM * 1000:g} 米以外;设站使线路长 {gap.more:.1f} 公里,过站乘客多停一站;"
            f"{z.zh}轨道站 {WALK_TO_RAIL_KM * 1000:g} 米内的居民与岗位占 {near[zone]:.1f}%(目标 100%)",
            f"{a.en} and {b.en} are {gap.km:.1f} km apart, with {gap.served:,.0f} residents and jobs between"
            f" them more than {WALK_TO_RAIL_KM * 1000:g} m from urban rail; the stop adds {gap.more:.1f} km"
            f" and one dwell for those who ride through; in {z.en} {near[zone]:.1f}% of residents and jobs"
            f" are within {WALK_TO_RAIL_KM * 1000:g} m of a station (goal 100%)",
        ),
        answers=("C-INF-03", "N-ECO-03"),
        region=region,
    )
