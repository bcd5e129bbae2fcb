"""The data an indicator says it needs: how a need is written, and when two regions agree on it.

``stat:VARIABLE[@YEAR|@first]``, ``cells:COLUMN``, ``sum:COLUMN``, ``places:KIND``, ``capacity:KIND``,
``times:MODE``, ``flow:KIND``, ``table:NAME``, ``meta:core``. KIND may join kinds with ``|`` and end in ``*``.
Regions with the same key for a need give the same value of everything that reads only that need, so
keys are what results are remembered by.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.region.value import Region

FORMS = ("stat", "cells", "sum", "places", "capacity", "times", "flow", "table", "meta")
"""What may stand before the colon."""
T = TypeVar("T")


class Memo(Generic[T]):
    """Remembers the last `size` results by key; safe to use from several threads.

    Examples
    --------
    >>> memo = Memo[int](size=2)
    >>> memo.get("a", lambda: 1), memo.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._items: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is remembered under `key`, or compute and remember it."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        value = compute()
        with self._lock:
            self._items[key] = value
            while len(self._items) > self.size:
                self._items.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._items.clear()


def of_kind(kinds: NDArray[np.generic], wanted: str) -> NDArray[np.bool_]:
    """Return which kinds are wanted (shape as `kinds`): ``a``, ``a|b``, ``power_*``.

    Examples
    --------
    >>> of_kind(np.array(["power_coal", "hospital"]), "power_*").tolist()
    [True, False]
    """
    parts = wanted.split("|")
    exact = {p for p in parts if not p.endswith("*")}
    stems = tuple(p[:-1] for p in parts if p.endswith("*"))
    hits = [str(k) in exact or (bool(stems) and str(k).startswith(stems)) for k in kinds]
    return np.array(hits, dtype=np.bool_)


def zone_index(region: Region) -> pd.Index[str]:
    """Return the zone ids as the index all zone values share."""
    return _INDEX.get(region.tables["zones"].digest, lambda: pd.Index(list(region.zone_ids)))


def cell_index(region: Region) -> pd.Index[str]:
    """Return the cell ids as the index all cell values share."""
    cells = region.tables["cells"]
    return _INDEX.get(
        ("cell", cells.column_digest("id")), lambda: pd.Index(cells.array("id").astype(str), name="cell")
    )


def pair_index(region: Region) -> pd.MultiIndex:
    """Return every ordered pair of different zones, in the order of the zones, as the index of pair values.

    Examples
    --------
    >>> from yipan.region import example
    >>> pair_index(example("tiny")).tolist()
    [('A', 'B'), ('A', 'C'), ('B', 'A'), ('B', 'C'), ('C', 'A'), ('C', 'B')]
    """

    def make() -> pd.MultiIndex:
        start, end = apart(len(region.zone_ids))
        ids = list(region.zone_ids)
        codes: list[Any] = [start, end]
        return pd.MultiIndex(levels=[ids, ids], codes=codes, names=["from", "to"])

    return _PAIRS.get(region.tables["zones"].digest, make)


def apart(zones: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of both ends of every ordered pair of different zones (shape: pairs)."""
    every = np.arange(zones, dtype=np.int64)
    start, end = (
        np.repeat(every, max(zones - 1, 0)),
        np.tile(every, (zones, 1))[~np.eye(zones, dtype=np.bool_)],
    )
    return start, end


def cluster_members(region: Region) -> dict[str, tuple[str, ...]]:
    """Return the zone ids of every cluster, those of clusters inside it included."""
    parent = {c.id: c.parent for c in region.meta.clusters}
    out: dict[str, list[str]] = {c: [] for c in parent}
    for zone, cluster in region.cluster_of.items():
        seen: set[str] = set()
        at = cluster
        while at in out and at not in seen:
            out[at].append(zone)
            seen.add(at)
            at = parent[at]
    return {c: tuple(zones) for c, zones in out.items()}


def cluster_index(region: Region) -> pd.Index[str]:
    """Return the cluster ids as the index all cluster values share."""
    return pd.Index([c.id for c in region.meta.clusters], name="cluster")


_INDEX: Memo[pd.Index[str]] = Memo(size=64)
_PAIRS: Memo[pd.MultiIndex] = Memo(size=2)


def year_of(region: Region, variable: str, year: str) -> int | None:
    """Return the year a ``stat:`` need means: base year if blank, ``first`` the earliest before it."""
    if year not in ("", "first"):
        return int(year)
    if not year:
        return region.meta.base_year
    table = region.tables["statistics"]
    years = table.array("year")[table.array("variable") == variable]
    earlier = [int(y) for y in years if int(y) < region.meta.base_year]
    return min(earlier, default=None)


def kind_rows(region: Region, kind: str) -> NDArray[np.int64]:
    """Return the rows of the places table that are of a kind (``a|b`` and ``power_*`` are understood)."""
    table = region.tables["places"]
    return _ROWS.get(
        (table.column_digest("kind"), kind), lambda: np.flatnonzero(of_kind(table.array("kind"), kind))
    )


def known_none(region: Region, kind: str) -> bool:
    """Return whether the region is known to have no place of a kind, rather than none listed."""
    return bool(of_kind(np.array(region.meta.without), kind).any())


_ROWS: Memo[NDArray[np.int64]] = Memo(size=4096)
_KINDS: Memo[str] = Memo(size=4096)


def need_key(region: Region, need: str) -> str:
    """Return a text equal for two regions exactly when the data of one need are equal.

    Examples
    --------
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> more = region.replace(places=region.places.iloc[1:])
    >>> need_key(region, "places:hospital") == need_key(more, "places:hospital")
    False
    >>> need_key(region, "places:shelter") == need_key(more, "places:shelter")
    True
    """
    form, _, name = need.partition(":")
    cells = region.tables["cells"]
    if form == "stat":
        return region.tables["statistics"].digest
    if form in ("cells", "sum"):
        # quality is part of a value, so what states it is part of the key
        stated = repr([p for p in region.meta.provenance if p.column == f"cells.{name}"])
        official = region.tables["statistics"].digest if form == "sum" else ""
        return "".join((*map(cells.column_digest, ("zone", name, "quality")), stated, official))
    if form in ("places", "capacity"):
        places = region.tables["places"]
        rows = _KINDS.get((places.digest, name), lambda: _rows_digest(region, name))
        return f"{rows}{known_none(region, name)}"
    if form == "times":
        return times_key(region, name)
    if form in ("table", "flow"):
        return region.tables["flows" if form == "flow" else name].digest
    return repr(region.meta.core)


def needs_key(region: Region, needs: Sequence[str], known: dict[str, str] | None = None) -> str:
    """Return one key for several needs, and for what every value rests on.

    That is zones, cells, clusters, base year and currency. `known` keeps keys of single needs between calls
    for the same region.
    """
    keys = {} if known is None else known
    cells = region.tables["cells"]
    structure = (region.tables["zones"].digest, *map(cells.column_digest, ("id", "zone")))
    inside = [(c.id, c.parent) for c in region.meta.clusters]
    h = hashlib.sha256(f"{structure}{inside}{region.meta.base_year}{region.meta.currency}".encode())
    for need in sorted(needs):
        if need not in keys:
            keys[need] = need_key(region, need)
        h.update(f"{need}={keys[need]};".encode())
    return h.hexdigest()


def times_key(region: Region, mode: str) -> str:
    """Return a key of all that travel times of one mode depend on."""
    cells = region.tables["cells"]
    tables = ("links",) if mode == "drive" else ("links", "lines", "stops")
    h = hashlib.sha256(";".join(f"{a.id}={a.value!r}" for a in region.meta.assumptions).encode())
    for part in (
        *(cells.column_digest(c) for c in ("id", "lon", "lat")),
        *(region.tables[t].digest for t in tables),
        *(layer.digest for layer in region.layers),
        *([repr(region.meta.departures)] if region.layers else []),
    ):
        h.update(part.encode())
    return h.hexdigest()


def _rows_digest(region: Region, kind: str) -> str:
    table, rows = region.tables["places"], kind_rows(region, kind)
    h = hashlib.sha256()
    for column in sorted(table):
        values = table.array(column)[rows]
        if values.dtype.kind in "iuf":  # one row with no year makes a column of years one of floats
            values = values.astype(np.float64)
        h.update(f"\x1e{column}\x1f{values.tolist()}".encode())
    return h.hexdigest()
