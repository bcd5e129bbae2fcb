"""The region: everything known about one place at one time, as a frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import UnknownName
from yipan.region.schema import SCHEMAS, TABLES, Quality
from yipan.region.table import Table
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A group of zones that is reported together (片区/城镇群)."""

    id: str
    name: Text
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where values come from: title, publisher or address, licence, year."""

    id: str
    title: Text
    publisher: str = ""
    licence: str = ""
    year: int | None = None
    note: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A named number the region's models use, with unit, source and quality."""

    id: str
    value: float
    unit: str
    name: Text
    source: str
    quality: Quality

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))
        object.__setattr__(self, "quality", Quality(self.quality))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Source and quality of one column where they differ from those of its row (e.g. ``cells.jobs``)."""

    column: str
    source: str
    quality: Quality
    note: Text = field(default_factory=lambda: Text("", ""))

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", Quality(self.quality))


def service_day(text: str) -> date | None:
    """Return the day of an ISO date, None where it is none, or none that timetables are of.

    Examples
    --------
    >>> service_day("2026-03-10"), service_day("9999-12-31"), service_day("weekday")
    (datetime.date(2026, 3, 10), None, None)
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Which departures a timetable is asked for: a day, a window of it, and how far apart they are.

    Parameters
    ----------
    day
        Date in ISO form, e.g. ``2026-03-10``; empty for the working day with the most trips.
    start, end
        Minutes after midnight; departures from `start` until before `end`.
    step
        Seconds between departures.
    """

    day: str = ""
    start: int = 7 * 60
    end: int = 9 * 60
    step: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What ``region.toml`` says.

    Parameters
    ----------
    slug, name
        Short id and name of the region.
    base_year
        Year the region describes.
    currency, price_year
        Money is in `currency` at prices of `price_year`.
    core
        Ids of the zones that make up the core ("within one hour of the core").
    without
        Kinds of place the region is known to have none of; otherwise a kind that ``places.csv`` does not
        list is taken to be unknown.
    departures
        Departures that timetables are asked for; only regions with timetables need it.
    """

    slug: str
    name: Text
    base_year: int
    currency: str = "CNY"
    price_year: int = 2020
    crs: str = "EPSG:4326"
    core: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    licence: str = ""
    clusters: tuple[Cluster, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    without: tuple[str, ...] = ()
    departures: Departures | None = field(default=None, repr=False)


LayerKind = Literal["streets", "transit", "elevation"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One large file of a region.

    Parameters
    ----------
    kind
        ``streets``, ``transit`` or ``elevation``.
    name
        Its name inside the region folder, with ``/``.
    path
        Where it lies on this machine; not part of the region's content.
    digest
        SHA-256 of its bytes.
    """

    kind: LayerKind
    name: str
    path: Path
    digest: str


@dataclass(frozen=True)
class Region:
    """Everything known about one place at one time.

    A region is never changed: `replace` and `yipan.scenario.apply` return another one. Tables are
    handed out as copies, arrays as read-only views. Two regions with the same content have the
    same `id`.

    Parameters
    ----------
    meta
        Names, years, clusters, sources, assumptions.
    tables
        Table by name (`yipan.region.schema.TABLES` lists names, columns and units). Missing
        tables are empty, missing columns all missing; text is ``""`` where missing.
    layers
        Large files beside the tables: streets, timetables, elevation (`yipan.region.layers`).

    Examples
    --------
    >>> from yipan.region import example
    >>> region = example("chongqing")
    >>> len(region.zones), region.meta.name.en
    (38, 'Chongqing')
    """

    meta: Meta
    tables: Mapping[str, Table]
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.tables) - set(SCHEMAS)
        if unknown:
            raise UnknownName(Text(f"未知表:{sorted(unknown)}", f"unknown tables: {sorted(unknown)}"))
        full = {
            t.name: (self.tables[t.name] if t.name in self.tables else Table(_empty(t.name))).conformed(t)
            for t in TABLES
        }
        object.__setattr__(self, "tables", MappingProxyType(full))

    def __reduce__(self) -> tuple[type[Region], tuple[Meta, dict[str, Table], tuple[Layer, ...]]]:
        """Travel to another process of the same run: what was worked out of it is worked out anew there."""
        return Region, (self.meta, dict(self.tables), self.layers)

    @cached_property
    def id(self) -> str:
        """Content id: 16 hexadecimal digits, equal exactly when meta, tables and layers are equal."""
        h = hashlib.sha256(repr(self.meta).encode())
        if self.meta.departures is not None:
            h.update(repr(self.meta.departures).encode())
        for layer in self.layers:
            h.update(f"{layer.name}:{layer.digest};".encode())
        for name in sorted(self.tables):
            h.update(f"{name}:{self.tables[name].digest};".encode())
        return h.hexdigest()[:16]

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """Zones with names, cluster and geometry (WGS-84); one row each."""
        return self.tables["zones"].frame

    @property
    def cells(self) -> pd.DataFrame:
        """Cells: id, zone, point (degrees), population (persons), jobs, GDP, …; one row each."""
        return self.tables["cells"].frame

    @property
    def places(self) -> pd.DataFrame:
        """Facilities with kind, point, capacity and unit; one row each."""
        return self.tables["places"].frame

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of one table by name."""
        return self.tables[name].frame

    def layers_of(self, kind: LayerKind) -> tuple[Layer, ...]:
        """Return the layers of a kind: ``streets``, ``transit`` or ``elevation``."""
        return tuple(layer for layer in self.layers if layer.kind == kind)

    @cached_property
    def zone_ids(self) -> tuple[str, ...]:
        """Zone ids in the order of the zones table."""
        return tuple(map(str, self.tables["zones"].array("id")))

    @cached_property
    def cell_zone(self) -> NDArray[np.int64]:
        """Position of each cell's zone in `zone_ids` (shape: cells), read-only."""
        at = {z: i for i, z in enumerate(self.zone_ids)}
        out = np.array([at[str(z)] for z in self.tables["cells"].array("zone")], dtype=np.int64)
        out.flags.writeable = False
        return out

    def zone_sum(self, per_cell: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum a value per cell to zones (shape: zones, in the order of `zone_ids`)."""
        sums = np.bincount(self.cell_zone, weights=per_cell, minlength=len(self.zone_ids))
        return sums.astype(np.float64, copy=False)

    @cached_property
    def cluster_of(self) -> Mapping[str, str]:
        """Cluster id by zone id."""
        z = self.tables["zones"]
        return MappingProxyType(
            {str(i): str(c) for i, c in zip(z.array("id"), z.array("cluster"), strict=True)}
        )

    def zone_name(self, zone: str) -> Text:
        """Return the name of a zone."""
        return self._zone_names[zone]

    @cached_property
    def _zone_names(self) -> dict[str, Text]:
        z = self.zones
        return {str(r.id): Text(str(r.zh), str(r.en)) for r in z.itertuples()}

    def assumption(self, name: str) -> Assumption:
        """Return a named assumption, or raise `UnknownName` saying where to write it."""
        for a in self.meta.assumptions:
            if a.id == name:
                return a
        raise UnknownName(
            Text(
                f"region.toml 缺少假设 [assumptions.{name}]",
                f"region.toml lacks the assumption [assumptions.{name}]: add it with value, unit, source",
            )
        )

    def replace(self, *, meta: Meta | None = None, **tables: pd.DataFrame | Table) -> Region:
        """Return a region in which the named tables (and `meta`) are replaced; this one stays as it is."""
        new = {k: t if isinstance(t, Table) else Table(t) for k, t in tables.items()}
        return replace(self, meta=meta or self.meta, tables={**self.tables, **new})


def _empty(name: str) -> pd.DataFrame:
    kinds = {"number": "float64", "integer": "Int64"}
    columns = {c.name: pd.Series([], dtype=kinds.get(c.kind, "str")) for c in SCHEMAS[name].columns}
    frame = pd.DataFrame(columns)
    if name == "zones":
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs="EPSG:4326"))
    return frame
