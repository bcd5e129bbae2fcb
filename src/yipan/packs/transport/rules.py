"""Rules that propose lines, roads and better service where people and jobs lie far apart in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from yipan.pack import Rule
from yipan.packs.common import Array, cells, distances_km, minutes, seconds
from yipan.packs.drafts import (
    Costs,
    Item,
    cell_id,
    cell_name,
    column,
    draft,
    point,
    seats,
    straight,
    zone_at,
)
from yipan.packs.transport.corridors import (
    METRO,
    SUBURBAN,
    Corridor,
    Service,
    assess,
    best_corridors,
    demand,
    path_to,
    shortest_paths,
    step_graph,
    thin,
)
from yipan.packs.transport.longer import propose_extensions, propose_stops
from yipan.packs.transport.roads import propose_border_roads, propose_expressways
from yipan.region.value import Region
from yipan.scenario.interventions import AddLine, ChangeService, Stop
from yipan.scenario.values import Project
from yipan.text import Text

METRO_LINES = 6
SUBURBAN_LINES = 5
RAIL_REACH_KM = 6.0
"""A seat with a metro or suburban station within this straight distance counts as served."""
STATION_KM = 0.5
"""A new line stops at the existing station that is this near its cell."""
LONG_HEADWAY = {"hsr": 20.0, "rail": 10.0, "metro": 4.0}
"""Peak headways (min) above which more trains are proposed, by mode."""


def propose_metro(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose metro lines along the corridors where public transport loses most (see `best_corridors`)."""
    now = minutes(seconds(region, "transit"))
    found = best_corridors(region, minutes=now, service=METRO, count=METRO_LINES)
    reach = column(values, "N-ECO-03", region)
    return [_line_project(region, c, METRO, costs, reach=reach, rule="metro") for c in found]


def propose_suburban(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose suburban railways from unserved seats to the nearest station, those that save most per km."""
    stops = region.table("stops").merge(region.table("lines")[["id", "mode"]], left_on="line", right_on="id")
    stops = stops[stops["mode"].isin(["metro", "rail"])]
    if stops.empty:
        return []
    lon, lat = cells(region, "lon"), cells(region, "lat")
    to_stop = distances_km(lon, lat, stops["lon"].to_numpy(float), stops["lat"].to_numpy(float)).min(axis=1)
    served = np.flatnonzero(to_stop <= RAIL_REACH_KM / 3)
    wanted = [int(s) for s in seats(region) if s >= 0 and to_stop[s] > RAIL_REACH_KM]
    wanted = [s for s in wanted if to_stop[s] <= SUBURBAN.ends[1]]
    if not wanted or not len(served):
        return []
    apart = straight(region)
    now, weights = minutes(seconds(region, "transit")), demand(region, apart)
    far, before = shortest_paths(step_graph(region, apart, SUBURBAN), np.array(wanted))
    found: list[Corridor] = []
    for i in range(len(wanted)):
        end = int(served[np.argmin(far[i, served])])
        way = path_to(before[i], end) if np.isfinite(far[i, end]) else []
        line = thin(way, apart, SUBURBAN) if way else []
        if len(line) >= SUBURBAN.stops[0]:
            found.append(assess(line, apart=apart, minutes=now, weights=weights, service=SUBURBAN))
    found = [c for c in found if c.value > 0 and c.km <= SUBURBAN.ends[1] * SUBURBAN.detour]
    found.sort(key=lambda c: (-c.value, c.cells))
    reach = column(values, "N-ECO-03", region)
    return [
        _line_project(region, c, SUBURBAN, costs, reach=reach, rule="suburban")
        for c in found[:SUBURBAN_LINES]
    ]


def _line_project(
    region: Region, corridor: Corridor, service: Service, costs: Costs, *, reach: pd.Series[float], rule: str
) -> Project:
    first, last = corridor.cells[0], corridor.cells[-1]
    a, b = cell_name(region, first), cell_name(region, last)
    kind = Text("轨道交通线", "metro line") if rule == "metro" else Text("市域铁路", "suburban railway")
    key = f"{rule}-{cell_id(region, first)}-{cell_id(region, last)}"
    zones = list(dict.fromkeys(zone_at(region, c) for c in corridor.cells))
    km = round(corridor.km, 1)
    poorest = reach[zones].min()
    stops = _stops(region, corridor.cells, key)
    return draft(
        key,
        name=Text(f"{a.zh}—{b.zh}{kind.zh}", f"{a.en}–{b.en} {kind.en}"),
        zones=zones,
        interventions=[
            AddLine(
                id=key,
                zh=f"{a.zh}—{b.zh}线",
                en=f"{a.en}–{b.en} line",
                mode=service.mode,
                headway_peak=service.headway,
                headway_offpeak=service.headway * 2.0,
                speed=service.speed,
                dwell=service.dwell,
                stops=stops,
            )
        ],
        items=[Item(costs[f"{service.mode}_km"], km)],
        because=Text(
            f"沿线各点之间乘公共交通现需平均 {corridor.now:.0f} 分钟(按人口×岗位÷距离加权),"
            f"建成后约 {corridor.then:.0f} 分钟;"
            f"沿线分区居民 45 分钟公交可达岗位最低仅为全域的 {poorest:.1f}%",
            f"Between its {len(stops)} stops public transport now takes {corridor.now:.0f} min on average"
            f" (weighted by residents × jobs / distance), with the line about {corridor.then:.0f} min; in"
            f" the worst zone on the way residents reach {poorest:.1f}% of the region's jobs within 45 min",
        ),
        answers=("N-ECO-03", "C-INF-03", "Y-GRN-01"),
        region=region,
    )


def _stops(region: Region, at: Sequence[int], key: str) -> tuple[Stop, ...]:
    """Return the stops of a line at cells: the nearest station within `STATION_KM`, otherwise a new one."""
    known = region.table("stops").drop_duplicates("station")
    lon, lat = known["lon"].to_numpy(np.float64), known["lat"].to_numpy(np.float64)
    out: list[Stop] = []
    for n, c in enumerate(at, start=1):
        x, y = point(region, c)
        apart = distances_km(np.array([x]), np.array([y]), lon, lat)[0]
        if len(apart) and apart.min() <= STATION_KM:
            row = known.iloc[int(apart.argmin())]
            stop = Stop(
                str(row["station"]), str(row["zh"]), str(row["en"]), float(row["lon"]), float(row["lat"])
            )
        else:
            name = cell_name(region, c)
            stop = Stop(f"{key}-{n}", name.zh, name.en, x, y)
        if stop.station not in {s.station for s in out}:
            out.append(stop)
    return tuple(out)


def trains(run_minutes: float, headway: float) -> int:
    """Return trains needed to run a line both ways at a headway: round trip / headway, rounded up."""
    return int(np.ceil(2.0 * run_minutes / headway - 1e-9))


def run_minutes(region: Region, line: str) -> float:
    """Return minutes from the first to the last stop: stated times, otherwise km / speed, and dwell."""
    lines = region.tables["lines"]
    at = list(map(str, lines.array("id"))).index(line)
    speed, dwell = float(lines.numbers("speed")[at]), float(lines.numbers("dwell")[at])
    stops = region.table("stops")
    stops = stops[stops["line"] == line].sort_values("seq")
    lon, lat = stops["lon"].to_numpy(np.float64), stops["lat"].to_numpy(np.float64)
    km = np.diagonal(distances_km(lon[:-1], lat[:-1], lon[1:], lat[1:]))
    stated: Array = pd.to_numeric(stops["minutes"]).to_numpy(np.float64)[1:]
    ride = np.where(np.isnan(stated), km / speed * 60.0, stated)
    return float(ride.sum() + dwell / 60.0 * max(len(stops) - 2, 0))


def propose_service(region: Region, values: pd.DataFrame, costs: Costs) -> list[Project]:
    """Propose twice as many trains on lines that run seldom in the peak (`LONG_HEADWAY`)."""
    lines = region.tables["lines"]
    out = []
    names = region.table("lines")[["id", "mode", "zh", "en"]].fillna("").astype(str).to_numpy()
    headways = zip(lines.numbers("headway_peak"), lines.numbers("headway_offpeak"), strict=True)
    for (line, mode, zh, en), (headway, off) in zip(names, headways, strict=True):
        least = LONG_HEADWAY.get(mode)
        if least is None or headway <= least:
            continue
        zones = _zones_of_line(region, line)
        if not zones:
            continue
        more = max(float(headway) / 2.0, least)
        run = run_minutes(region, line)
        extra = trains(run, more) - trains(run, headway)
        if extra < 1:
            continue
        name = Text(zh, en)
        cost = costs["hsr_train" if mode == "hsr" else "metro_train"]
        out.append(
            draft(
                f"service-{line}",
                name=Text(f"{name.in_('zh')}加密班次", f"More trains on {name.in_('en')}"),
                zones=zones,
                interventions=[
                    ChangeService(
                        line=line,
                        headway_peak=more,
                        headway_offpeak=round(max(float(off * more / headway), more), 1),
                    )
                ],
                items=[Item(cost, extra)],
                because=Text(
                    f"高峰每 {headway:g} 分钟一班,平均候车 {headway / 2:g} 分钟;"
                    f"增加 {extra} 列车后每 {more:g} 分钟一班",
                    f"A train every {headway:g} min in the peak, {headway / 2:g} min of waiting on average;"
                    f" {extra} more trains make it every {more:g} min",
                ),
                answers=("N-ECO-03", "Y-INT-02") if mode == "hsr" else ("N-ECO-03", "Y-GRN-01"),
                region=region,
            )
        )
    return out


def _zones_of_line(region: Region, line: str) -> list[str]:
    """Return the zones of the cells nearest to a line's stops, in order; stops over 15 km off are outside."""
    stops = region.table("stops")
    stops = stops[stops["line"] == line].sort_values("seq")
    lon, lat = cells(region, "lon"), cells(region, "lat")
    apart = distances_km(stops["lon"].to_numpy(np.float64), stops["lat"].to_numpy(np.float64), lon, lat)
    near = [int(i) for i, d in zip(apart.argmin(axis=1), apart.min(axis=1), strict=True) if d <= 15.0]
    return list(dict.fromkeys(zone_at(region, i) for i in near))


RULES = (
    Rule(
        id="metro",
        name=Text("轨道交通新线", "New metro lines"),
        indicators=("N-ECO-03", "C-INF-03", "Y-GRN-01"),
        propose=propose_metro,
    ),
    Rule(
        id="suburban",
        name=Text("市域铁路新线", "New suburban railways"),
        indicators=("N-ECO-03", "C-INF-03", "Y-GRN-01"),
        propose=propose_suburban,
    ),
    Rule(
        id="extensions",
        name=Text("轨道交通延伸", "Longer lines"),
        indicators=("C-INF-03", "N-ECO-03", "Y-GRN-01"),
        propose=propose_extensions,
    ),
    Rule(
        id="stops",
        name=Text("增设车站", "New stops on lines"),
        indicators=("C-INF-03", "N-ECO-03"),
        propose=propose_stops,
    ),
    Rule(
        id="border-roads",
        name=Text("跨区断头路", "Missing roads across borders"),
        indicators=("Y-ECO-01", "C-INF-02"),
        propose=propose_border_roads,
    ),
    Rule(
        id="expressways",
        name=Text("驻地间高速公路", "Expressways between seats"),
        indicators=("Y-ECO-01", "C-INF-02"),
        propose=propose_expressways,
    ),
    Rule(
        id="service",
        name=Text("加密班次", "More trains"),
        indicators=("N-ECO-03", "Y-GRN-01", "Y-INT-02"),
        propose=propose_service,
    ),
)
"""Rules of the transport pack."""
