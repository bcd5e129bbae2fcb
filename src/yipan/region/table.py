"""A table that cannot be changed: columns in read-only arrays, with a content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.region.conform import conform
from yipan.region.schema import TableSchema


class Table:
    """A frozen table.

    `frame` hands out copies (cheap: pandas copies on write), so a reader who changes what he got
    changes only his own copy.

    Parameters
    ----------
    frame
        Rows with a plain range index; a ``GeoDataFrame`` keeps its geometry (WGS-84).

    Examples
    --------
    >>> t = Table(pd.DataFrame({"id": ["a", "b"], "population": [1.0, 2.0]}))
    >>> mine = t.frame
    >>> mine.loc[0, "population"] = 99.0
    >>> t.array("population").tolist()
    [1.0, 2.0]
    """

    __slots__ = ("__dict__", "_frame")

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.reset_index(drop=True).copy(deep=True)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows, as a copy of the caller's own."""
        return self._frame.copy(deep=False)

    def __reduce__(self) -> tuple[type[Table], tuple[pd.DataFrame]]:
        """Travel to another process of the same run as the rows alone."""
        return Table, (self._frame,)

    def __len__(self) -> int:
        return len(self._frame)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __contains__(self, column: object) -> bool:
        return column in self._frame.columns

    def array(self, column: str) -> NDArray[np.generic]:
        """Return one column as a read-only array (shape: rows)."""
        cache: dict[str, NDArray[np.generic]] = self.__dict__.setdefault("_arrays", {})
        if column not in cache:
            values = np.array(self._frame[column].to_numpy())
            values.flags.writeable = False
            cache[column] = values
        return cache[column]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return one numeric column as read-only float64; missing values are NaN."""
        cache: dict[str, NDArray[np.float64]] = self.__dict__.setdefault("_numbers", {})
        if column not in cache:
            values = np.array(self._frame[column].to_numpy(dtype=np.float64, na_value=np.nan))
            values.flags.writeable = False
            cache[column] = values
        return cache[column]

    def conformed(self, schema: TableSchema) -> Table:
        """Return the table in the canonical form of `schema`; this very table where it already is."""
        if self.__dict__.get("_conforms") is schema:
            return self
        frame = conform(schema, self._frame)
        out = self if frame is self._frame else Table(frame)
        out.__dict__["_conforms"] = schema
        return out

    @cached_property
    def digest(self) -> str:
        """SHA-256 over column names, types and values: equal exactly when the content is equal."""
        h = hashlib.sha256()
        for name in sorted(map(str, self._frame.columns)):
            h.update(f"\x1e{name}\x1f{self.column_digest(name)}".encode())
        return h.hexdigest()

    def column_digest(self, column: str) -> str:
        """SHA-256 of one column, "" where the table does not have it (computed once)."""
        cache: dict[str, str] = self.__dict__.setdefault("_digests", {})
        if column not in cache:
            known = column in self._frame.columns
            cache[column] = hashlib.sha256(_column_bytes(self._frame[column])).hexdigest() if known else ""
        return cache[column]


def _column_bytes(column: pd.Series[Any]) -> bytes:
    if isinstance(column, gpd.GeoSeries):
        return b"\x1f".join(g if g is not None else b"" for g in column.to_wkb())
    if pd.api.types.is_numeric_dtype(column.dtype):
        return np.ascontiguousarray(column.to_numpy(dtype=np.float64, na_value=np.nan)).tobytes()
    values = column.to_numpy(dtype=object)
    missing = column.isna().to_numpy()
    if missing.any():
        values = np.where(missing, "\x00", values)
    return "\x1f".join(map(str, values)).encode()
