"""What the indicators of all packs share: times to places, zone means and shares, cells, pairs, clusters.

Times are remembered by `yipan.network`, so indicators that share them compute them once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from yipan.needs import (
    Memo,
    apart,
    cell_index,
    cluster_index,
    cluster_members,
    kind_rows,
    needs_key,
    pair_index,
    zone_index,
)
from yipan.network.access import cumulative, nearest, within
from yipan.network.distance import straight_km
from yipan.network.groups import GroupMeans, group_means
from yipan.network.points import times_to_points
from yipan.network.times import travel_times
from yipan.network.values import Mode
from yipan.region.value import Region

__all__ = [
    "LONGEST",
    "Array",
    "Mask",
    "between_zones",
    "by_cell",
    "by_cluster",
    "by_pair",
    "capacity_by_zone",
    "cells",
    "cluster_cells",
    "core_cells",
    "distances_km",
    "minutes",
    "nearest_seconds",
    "place_numbers",
    "place_seconds",
    "place_zone",
    "places",
    "reachable",
    "resident_mean",
    "resident_share",
    "seconds",
    "series",
    "statistic",
    "whole",
    "within",
    "zone_ratio",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LONGEST = 240.0
"""Minutes at which mean times are capped, and what an unreachable place counts as: goalposts end well below,
and one stranded cell must not make a zone's mean infinite."""

_REACH: Memo[Array] = Memo(size=256)
_ZONES: Memo[NDArray[np.int64]] = Memo(size=256)
_BETWEEN: Memo[GroupMeans] = Memo(size=8)


def cells(region: Region, column: str) -> Array:
    """Return one column of the cells (shape: cells), read-only; NaN where missing."""
    return region.tables["cells"].numbers(column)


def series(region: Region, values: Array) -> pd.Series[float]:
    """Return values per zone (shape: zones) as a Series on the zone index."""
    return pd.Series(values, index=zone_index(region), copy=False)


def by_cell(region: Region, values: Array) -> pd.Series[float]:
    """Return values per cell (shape: cells) as a Series on the cell index."""
    return pd.Series(np.asarray(values, dtype=np.float64), index=cell_index(region), copy=False)


def by_pair(region: Region, values: Array) -> pd.Series[float]:
    """Return values between zones (shape: zones from, zones to) as a Series on the index of pairs.

    What lies on the diagonal is left out: a pair is of two different zones.
    """
    return pd.Series(np.asarray(values[apart(len(values))], dtype=np.float64), index=pair_index(region))


def by_cluster(region: Region, values: Array) -> pd.Series[float]:
    """Return values per cluster (shape: clusters) as a Series on the cluster index."""
    return pd.Series(np.asarray(values, dtype=np.float64), index=cluster_index(region))


def cluster_cells(region: Region) -> list[Mask]:
    """Return which cells lie in each cluster, those of clusters inside it included (shape of each: cells)."""
    ids = np.array(region.zone_ids)
    return [np.isin(ids, zones)[region.cell_zone] for zones in cluster_members(region).values()]


def between_zones(region: Region, mode: Mode) -> GroupMeans:
    """Return mean times between the residents of zones, with the share within 60 min; remembered.

    A zone without residents has NaN.
    """

    def compute() -> GroupMeans:
        people, at = cells(region, "population"), np.asarray(region.cell_zone)
        zones = len(region.zone_ids)
        found = group_means(seconds(region, mode), at, people, groups=zones, limit=60)
        for table in (found.minutes, found.reached, found.within):
            table[found.deserted, :] = table[:, found.deserted] = np.nan
        return found

    return _BETWEEN.get(needs_key(region, (f"times:{mode}", "cells:population")), compute)


def whole(value: float) -> pd.Series[float]:
    """Return one value of the whole region as a Series on the index ``region``."""
    return pd.Series([value], index=["region"], dtype=np.float64)


def zone_ratio(region: Region, over: Array, under: Array, *, scale: float = 1.0) -> pd.Series[float]:
    """Return `scale` × the ratio of two cell values summed to zones; NaN where the lower is not above 0."""
    top, bottom = region.zone_sum(over) * scale, region.zone_sum(under)
    return series(region, np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0))


def resident_mean(region: Region, per_cell: Array) -> pd.Series[float]:
    """Return the mean of a cell value over the residents of each zone."""
    people = cells(region, "population")
    return zone_ratio(region, np.where(people > 0, people * per_cell, 0.0), people)


def resident_share(region: Region, mask: Mask) -> pd.Series[float]:
    """Return the share of each zone's residents who live in the masked cells, in percent."""
    return resident_mean(region, np.where(mask, 100.0, 0.0))


def seconds(region: Region, mode: Mode) -> NDArray[np.int32]:
    """Return travel times between all cells, seconds (shape: cells × cells)."""
    return travel_times(region, mode).seconds


def places(region: Region, kind: str) -> pd.DataFrame:
    """Return the places of a kind (``a|b`` and ``power_*`` are understood)."""
    return region.places.iloc[kind_rows(region, kind)]


def place_numbers(region: Region, kind: str, column: str) -> Array:
    """Return one numeric column of the places of a kind (shape: places of that kind)."""
    return region.tables["places"].numbers(column)[kind_rows(region, kind)]


def place_seconds(region: Region, mode: Mode, kind: str) -> NDArray[np.int32]:
    """Return times from cells to the places of a kind, seconds (shape: cells × places)."""
    lon, lat = (place_numbers(region, kind, c) for c in ("lon", "lat"))
    return times_to_points(region, lon, lat, mode=mode)


def nearest_seconds(region: Region, mode: Mode, kind: str, *, rank: int = 1) -> NDArray[np.int32]:
    """Return the time to the nearest place of a kind, or the second (third …) nearest (shape: cells)."""
    return nearest(place_seconds(region, mode, kind), rank=rank)


def minutes(times: NDArray[np.int32]) -> Array:
    """Return minutes, at most `LONGEST`, which is also what an unreachable place counts as."""
    return np.minimum(times / 60.0, LONGEST)


def reachable(region: Region, mode: Mode, limit: float, column: str) -> Array:
    """Return the sum of a column over the cells within `limit` minutes (shape: cells); remembered."""
    key = (limit, needs_key(region, (f"times:{mode}", f"cells:{column}")))
    return _REACH.get(key, lambda: cumulative(seconds(region, mode), cells(region, column), limit=limit))


def place_zone(region: Region, kind: str) -> NDArray[np.int64]:
    """Return the position of the zone each place of a kind lies in, −1 outside all (shape: places).

    A point on a shared border belongs to the zone with the smallest id, whatever the order of zones.
    """

    def compute() -> NDArray[np.int64]:
        lon, lat = (place_numbers(region, kind, c) for c in ("lon", "lat"))
        tree = shapely.STRtree(region.zones.geometry.to_numpy())
        hit_point, hit_zone = tree.query(shapely.points(lon, lat), predicate="intersects")
        out = np.full(len(lon), -1, dtype=np.int64)
        for p, z in sorted(
            zip(hit_point, hit_zone, strict=True), key=lambda h: region.zone_ids[h[1]], reverse=True
        ):
            out[p] = z
        return out

    return _ZONES.get(needs_key(region, (f"places:{kind}",)), compute)


def capacity_by_zone(region: Region, kind: str) -> Array:
    """Return the capacity of the places of a kind in each zone (shape: zones); NaN where one is missing."""
    at = place_zone(region, kind)
    inside = at >= 0
    amounts = place_numbers(region, kind, "capacity")
    total = np.bincount(at[inside], weights=amounts[inside], minlength=len(region.zone_ids))
    return np.asarray(total, dtype=np.float64)


def statistic(region: Region, variable: str, year: int | None = None) -> Array:
    """Return a statistic by zone (shape: zones) of a year, the base year by default; NaN where missing."""
    s = region.tables["statistics"]
    at = {z: i for i, z in enumerate(region.zone_ids)}
    wanted = region.meta.base_year if year is None else year
    out = np.full(len(at), np.nan)
    hits = np.flatnonzero((s.array("variable") == variable) & (s.numbers("year") == wanted))
    names, values = s.array("zone"), s.numbers("value")
    for row in hits:
        zone = str(names[row])
        if zone in at:
            out[at[zone]] = values[row]
    return out


def core_cells(region: Region) -> Mask:
    """Return which cells lie in the core zones (shape: cells)."""
    core = np.array([z in set(region.meta.core) for z in region.zone_ids], dtype=np.bool_)
    return core[region.cell_zone]


def distances_km(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return great-circle distances, km (shape: points × other points)."""
    return straight_km(lon[:, None], lat[:, None], to_lon[None, :], to_lat[None, :])
