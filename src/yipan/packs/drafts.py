"""What the rules of all packs share: seats and neighbours of zones, who is worst off, projects with costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from yipan.needs import Memo
from yipan.network.values import Mode
from yipan.pack import UnitCost
from yipan.packs.common import Array, Mask, cells, distances_km, place_zone, places, seconds, within
from yipan.packs.figures import CARBON, LAND, Figure
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario.costs import spread_capital
from yipan.scenario.interventions import AddPlace
from yipan.scenario.values import Intervention, Project
from yipan.text import Text

UNIT_COSTS = "unit costs"
"""Source of a proposed project's money; the quantities follow it."""
EXCHANGES = 50
"""Most exchanges of sites after the greedy choice (`cover_sites`)."""


_STRAIGHT: Memo[Array] = Memo(size=2)


@dataclass(frozen=True, slots=True)
class Facility:
    """A place inside a zone: id, name, position of the zone, capacity and opening year (NaN if unknown)."""

    id: str
    name: Text
    zone: int
    capacity: float
    opened: float


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity of something with a unit cost: 12 km of road, 300 beds."""

    cost: UnitCost
    quantity: float

    @property
    def capital(self) -> float:
        """Capital cost, 1e8 of the currency."""
        return self.cost.capital * self.quantity

    def words(self) -> str:
        """Return the item as it stands in a project's source."""
        return f"{self.cost.id} {self.cost.capital:g} × {self.quantity:g} {self.cost.unit.en}"

    def amount(self, figures: Mapping[str, Figure]) -> float | None:
        """Return its land or carbon (`LAND`, `CARBON`); None where nothing is stated of its unit."""
        each = figures.get(self.cost.id)
        return None if each is None else each.amount * self.quantity


def draft(
    key: str,
    *,
    name: Text,
    zones: Sequence[str],
    interventions: Sequence[Intervention],
    items: Sequence[Item],
    because: Text,
    answers: Sequence[str],
    region: Region,
) -> Project:
    """Return a proposed project whose money is unit cost × quantity.

    Parameters
    ----------
    key
        Its id: stable as long as the zones, cells and places it names are.
    items
        What is built. Each item's cost is spread over its own building years from the first year on, so the
        project takes as long as its slowest item; it lives as long as its first item.

    Notes
    -----
    Capital is rounded to 0.01 and upkeep to 0.0001 (1e8 of the currency). Land and carbon are given where
    something is stated of the unit of every item (`LAND`, `CARBON`); the source then says what. How
    uncertain it is stays open: reference classes say so (`yipan.scenario.ranges`).
    """
    land, carbon = total(items, LAND), total(items, CARBON)
    grounds = [
        *(() if land is None else stated(items, LAND, "land")),
        *(() if carbon is None else stated(items, CARBON, "carbon")),
    ]
    years = max(i.cost.build_years for i in items)
    capital = np.zeros(years)
    for i in items:
        capital[: i.cost.build_years] += spread_capital(i.capital, i.cost.build_years)
    owner = region.zone_name(zones[0])
    return Project(
        id=key,
        name=name,
        owner=Text(f"{owner.zh}人民政府", f"Government of {owner.en}"),
        zones=tuple(dict.fromkeys(zones)),
        interventions=tuple(interventions),
        capital=tuple(round(float(c), 2) for c in capital),
        upkeep=round(sum(i.capital * i.cost.upkeep_share for i in items), 4),
        price_year=items[0].cost.price_year,
        life=items[0].cost.life_years,
        source="; ".join([f"{UNIT_COSTS}: {'; '.join(i.words() for i in items)}", *grounds]),
        quality=max((i.cost.quality for i in items), key=lambda q: Quality(q).rank),
        because=because,
        answers=tuple(answers),
        land=land,
        carbon=carbon,
    )


def total(items: Sequence[Item], figures: Mapping[str, Figure]) -> float | None:
    """Return the land (km2) or carbon (kt CO2e) of all items; None where one of them has none stated.

    Rounded to 0.0001, so that a fire station's plot still counts.
    """
    each = [i.amount(figures) for i in items]
    known = [e for e in each if e is not None]
    return round(sum(known), 4) if known and len(known) == len(each) else None


def stated(items: Sequence[Item], figures: Mapping[str, Figure], what: str) -> list[str]:
    """Return on what the land or carbon of items rests, each unit once."""
    return [f"{what}: {figures[i]}" for i in dict.fromkeys(i.cost.id for i in items)]


def drive_minutes(region: Region, km: Array | float, speed: float) -> Array:
    """Return door-to-door minutes by car on a new road: `km` at `speed` km/h, and the time at both ends."""
    out: Array = np.asarray(km, dtype=np.float64) / speed * 60.0 + region.assumption("terminal_time").value
    return out


def add_place(
    region: Region, key: str, kind: str, *, name: Text, at: int, capacity: float, unit: str
) -> AddPlace:
    """Return a new facility at a cell, in the unit the region has for its kind (`unit` where none)."""
    lon, lat = point(region, at)
    units = [str(u) for u in places(region, kind)["unit"] if not pd.isna(u) and u]
    return AddPlace(
        id=key,
        kind=kind,
        zh=name.zh,
        en=name.en,
        lon=lon,
        lat=lat,
        capacity=capacity,
        unit=units[0] if units else unit,
    )


def facilities(region: Region, kind: str) -> list[Facility]:
    """Return the places of a kind that lie in a zone, in the order of the table."""
    rows = places(region, kind)
    capacity = pd.to_numeric(rows["capacity"]).to_numpy(np.float64, na_value=np.nan)
    opened = pd.to_numeric(rows["opened"]).to_numpy(np.float64, na_value=np.nan)
    names = rows[["id", "zh", "en"]].fillna("").astype(str).to_numpy()
    return [
        Facility(i, Text(zh, en), int(zone), float(c), float(o))
        for (i, zh, en), zone, c, o in zip(names, place_zone(region, kind), capacity, opened, strict=True)
        if zone >= 0
    ]


def largest(region: Region, kind: str) -> dict[int, Facility]:
    """Return the largest place of a kind in each zone (by position), the first of equals; capacity known."""
    out: dict[int, Facility] = {}
    for f in facilities(region, kind):
        if np.isfinite(f.capacity) and (f.zone not in out or f.capacity > out[f.zone].capacity):
            out[f.zone] = f
    return out


def seats(region: Region) -> NDArray[np.int64]:
    """Return each zone's most populous cell, the first of equals (shape: zones, positions); −1 for none."""
    people, zone = cells(region, "population"), region.cell_zone
    out = np.full(len(region.zone_ids), -1, dtype=np.int64)
    for i in np.lexsort((-np.arange(len(people)), people)):  # ascending, so the largest is written last
        out[zone[i]] = i
    return out


def neighbours(region: Region) -> list[tuple[int, int]]:
    """Return the pairs of zones that share a border (more than a point), as positions, in order.

    Outlines that touch within about 10 m (1e-4 degrees) count as sharing it.
    """
    shapes = region.zones.geometry.to_numpy()
    grown = shapely.buffer(shapes, 1e-4)
    tree = shapely.STRtree(shapes)
    left, right = tree.query(grown, predicate="intersects")
    pairs = sorted({(int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b})
    return [(a, b) for a, b in pairs if shapely.intersection(grown[a], shapes[b]).area > 1e-8 * 4]


def residents(region: Region) -> Array:
    """Return residents by zone, summed from its cells (shape: zones)."""
    return region.zone_sum(np.nan_to_num(cells(region, "population")))


def worst(
    region: Region, values: pd.Series[float], *, each: int, below: float, more: bool = True
) -> list[str]:
    """Return the zones furthest from a target, `each` per cluster, so that every cluster has its turn.

    Parameters
    ----------
    values
        By zone id; missing values are left out (nothing is proposed for what was not measured).
    below
        The target: only zones short of it are returned.
    more
        Whether more is better: the lowest values come first, otherwise the highest.

    Returns
    -------
    list of zone ids
        Worst first within each cluster, clusters in the order of the region; equal values in order of id.
    """
    cluster = region.cluster_of
    out: list[str] = []
    for c in region.meta.clusters:
        mine = [
            (float(v) if more else -float(v), str(z))
            for z, v in values.items()
            if cluster.get(str(z)) == c.id and np.isfinite(v) and (v < below if more else v > below)
        ]
        out += [z for _, z in sorted(mine)[:each]]
    return out


def reached_from(region: Region, mode: Mode, limit: float) -> Mask:
    """Return which cells reach a facility at each cell's point within `limit` minutes (shape: sites × cells).

    A cell always reaches a facility at its own point: times to places start at the point, while the time of a
    cell to itself is that of a typical trip inside it.
    """
    out = within(seconds(region, mode).T, limit)
    np.fill_diagonal(out, True)
    return out


def greedy_sites(people: Array, covers: Mask, *, count: int, least: float) -> list[tuple[int, float]]:
    """Choose sites one after another, each where it covers most people not covered yet.

    Parameters
    ----------
    people
        People still without (shape: cells).
    covers
        Whether a site covers a cell (shape: sites × cells).
    count, least
        Stop after `count` sites, or when the best covers fewer than `least` people.

    Returns
    -------
    list of (position of the site, people it newly covers)
        The first of equals wins.
    """
    left = np.array(people, dtype=np.float64)
    out: list[tuple[int, float]] = []
    weights = covers.astype(np.float64)
    for _ in range(count):
        gains = weights @ left
        best = int(np.argmax(gains))
        if gains[best] < least:
            break
        out.append((best, float(gains[best])))
        left[covers[best]] = 0.0
    return out


def cover_sites(people: Array, covers: Mask, *, count: int, least: float) -> list[tuple[int, float]]:
    """Return sites that cover most people one after another, then those that cover most together.

    The greedy choice (`greedy_sites`) is best for the first site and good for the next; for `count` sites
    together an exchange of one chosen for one not chosen may cover more (vertex substitution). What
    exchange brings in comes after, so that a plan may choose from both. Parameters as for `greedy_sites`.

    Returns
    -------
    list of (position of the site, people it newly covers)
        Of the exchanged set: in the order in which that set is chosen greedily. Together with others of its
        own set only: sites of both may cover the same people.

    Notes
    -----
    Greedy covers at least 1 − 1/e of the maximum (Nemhauser, Wolsey & Fisher 1978); exchange: Teitz & Bart
    (1968), at most `EXCHANGES`, each the best there is, the first of equals.
    """
    first = greedy_sites(people, covers, count=count, least=least)
    sites = exchanged([s for s, _ in first], people, covers)
    ordered = greedy_sites(people, covers[sites], count=count, least=least) if sites else []
    known = {s for s, _ in first}
    return [*first, *((sites[s], gain) for s, gain in ordered if sites[s] not in known)]


def spread_sites(
    region: Region, people: Array, covers: Mask, *, count: int, least: float
) -> list[tuple[int, float]]:
    """Return `cover_sites` over all cells, and after them the best site of each cluster that has none.

    The gain of such a site is of those whom no site before it covers. Parameters as for `cover_sites`; cells
    are the sites.
    """
    out = cover_sites(people, covers, count=count, least=least)
    cluster = np.array([region.cluster_of[z] for z in region.zone_ids])[region.cell_zone]
    for c in region.meta.clusters:
        mine = np.flatnonzero(cluster == c.id)
        chosen = [s for s, _ in out]
        if not len(mine) or set(chosen) & set(mine.tolist()):
            continue
        left = np.where(covers[chosen].any(axis=0), 0.0, people) if chosen else people
        out += [(int(mine[s]), gain) for s, gain in greedy_sites(left, covers[mine], count=1, least=least)]
    return out


def exchanged(sites: Sequence[int], people: Array, covers: Mask) -> list[int]:
    """Return sites improved by exchanging one for another until no exchange covers more people."""
    chosen, weights = list(sites), covers.astype(np.float64)
    for _ in range(EXCHANGES if chosen else 0):
        times = covers[chosen].sum(axis=0)
        best, swap = 0.0, (0, 0)
        for k, site in enumerate(chosen):
            left = np.where(times - covers[site] == 0, people, 0.0)  # whom nobody covers without it
            gains = weights @ left
            new = int(np.argmax(gains))
            if gains[new] - gains[site] > max(best, 1e-6):
                best, swap = float(gains[new] - gains[site]), (k, new)
        if best <= 0:
            break
        chosen[swap[0]] = swap[1]
    return chosen


def straight(region: Region) -> Array:
    """Return straight distances between all cells, km (shape: cells × cells), read-only."""

    def compute() -> Array:
        lon, lat = cells(region, "lon"), cells(region, "lat")
        out = distances_km(lon, lat, lon, lat)
        out.flags.writeable = False
        return out

    table = region.tables["cells"]
    return _STRAIGHT.get((table.column_digest("lon"), table.column_digest("lat")), compute)


def cell_name(region: Region, position: int) -> Text:
    """Return a cell's name, or its zone's name and its id where it has none."""
    row = region.cells.iloc[position]
    zh, en = (str(row.get(k) or "") if not pd.isna(row.get(k)) else "" for k in ("zh", "en"))
    if zh or en:
        return Text(zh, en)
    zone = region.zone_name(str(row["zone"]))
    return Text(f"{zone.zh}{row['id']}", f"{zone.en} {row['id']}")


def cell_id(region: Region, position: int) -> str:
    """Return the id of a cell."""
    return str(region.tables["cells"].array("id")[position])


def zone_at(region: Region, position: int) -> str:
    """Return the id of the zone a cell lies in."""
    return region.zone_ids[int(region.cell_zone[position])]


def point(region: Region, position: int) -> tuple[float, float]:
    """Return (lon, lat) of a cell, degrees WGS-84, to five decimals (about 1 m)."""
    lon, lat = cells(region, "lon")[position], cells(region, "lat")[position]
    return round(float(lon), 5), round(float(lat), 5)


def column(values: pd.DataFrame, indicator: str, region: Region) -> pd.Series[float]:
    """Return the measured values of an indicator by zone id, in the order of the zones."""
    return values[indicator].reindex(list(region.zone_ids)).astype(np.float64)


Costs = Mapping[str, UnitCost]
