"""Bring a table to its canonical form, so that equal content always has an equal content id.

Text is ``str`` with ``""`` for missing, numbers are ``float64`` with NaN, integers ``Int64`` with NA.
Columns of the schema that are absent are added, all missing. A further column is a column of
numbers when every value in it is one, and of text otherwise: a CSV file can say no more.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from yipan.errors import Problem, RegionError
from yipan.region.schema import ColumnKind, TableSchema
from yipan.text import Text

PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What counts as a number in a text file: ASCII digits, a point, an exponent; nothing else."""


def conform(schema: TableSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` in the canonical form of `schema`; the same object where it already is.

    Parameters
    ----------
    schema
        The table's row in the data dictionary.
    frame
        Any number of rows; a geometry column is left as it is.

    Raises
    ------
    RegionError
        When a column of numbers holds something else.

    Examples
    --------
    >>> from yipan.region.schema import CELLS
    >>> row = {"id": [7], "zone": ["A"], "lon": [106], "lat": [29], "population": [5]}
    >>> frame = conform(CELLS, pd.DataFrame(row))
    >>> frame.loc[0, "id"], frame.loc[0, "population"], frame.loc[0, "jobs"]
    ('7', np.float64(5.0), np.float64(nan))
    """
    kinds: dict[str, ColumnKind | None] = {c.name: c.kind for c in schema.columns}
    kinds |= {str(name): None for name in frame.columns if name not in kinds and name != "geometry"}
    new: dict[str, pd.Series] = {}
    for name, kind in kinds.items():
        old = frame[name] if name in frame.columns else None
        column = _absent(kind, frame.index) if old is None else _canonical(old, kind, schema.name)
        if column is not old:
            new[name] = column
    return frame.assign(**new) if new else frame


def _absent(kind: ColumnKind | None, index: pd.Index) -> pd.Series:
    if kind == "number":
        return pd.Series(np.nan, index=index, dtype="float64")
    if kind == "integer":
        return pd.Series(pd.NA, index=index, dtype="Int64")
    return pd.Series("", index=index, dtype="str")


def _canonical(column: pd.Series, kind: ColumnKind | None, table: str) -> pd.Series:
    if kind is None:
        kind = "number" if further_is_number(column) else "text"
    wanted = {"number": "float64", "integer": "Int64"}.get(kind, "str")
    if wanted == "str":
        return _text(column)
    if str(column.dtype) == wanted:
        return column
    try:
        blank = column.replace("", pd.NA) if column.dtype in (object, "str") else column
        numbers = pd.to_numeric(blank).astype("Float64")
        return numbers.astype("Int64") if wanted == "Int64" else numbers.astype("float64")
    except (TypeError, ValueError) as error:
        raise RegionError(
            Text(f"表 {table} 不合要求", f"table {table} is unsound"),
            problems=[
                Problem(
                    what=Text(f"不是数字:{error}", f"not a number: {error}"),
                    remedy=Text("只填写数字", "give numbers only"),
                    file=table,
                    column=str(column.name),
                )
            ],
        ) from error


def _text(column: pd.Series) -> pd.Series:
    if str(column.dtype) == "str" and not column.hasnans:
        return column
    words = ["" if pd.isna(v) else str(v) for v in column.tolist()]
    return pd.Series(words, index=column.index, dtype="str", name=column.name)


def further_is_number(column: pd.Series) -> bool:
    """Say whether a column that the schema does not list is a column of numbers."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return False
    if pd.api.types.is_numeric_dtype(column.dtype):
        return True
    words = [str(v) for v in column.dropna().tolist() if str(v) != ""]
    return all(PLAIN_NUMBER.fullmatch(w) and np.isfinite(float(w)) for w in words)
