"""Tables as CSV files for people, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from yipan.region.formats import safe_cell


def write_csv(path: str | Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV and return its path.

    UTF-8 with a byte order mark (spreadsheets then read Chinese); missing values are empty; text that a
    spreadsheet would run as a formula gets an apostrophe in front.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_csv(f"{folder}/t.csv", pd.DataFrame({"a": ["=1+1"], "b": [float("nan")]}))
    ...     path.read_text(encoding="utf-8-sig").split()
    ['a,b', "'=1+1,"]
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    missing = table.isna().to_numpy()
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([safe_cell(str(c)) for c in table.columns])
        for row, absent in zip(table.itertuples(index=False, name=None), missing, strict=True):
            writer.writerow(["" if gone else safe_cell(v) for v, gone in zip(row, absent, strict=True)])
    part.replace(path)
    return path
