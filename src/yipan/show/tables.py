"""Every table of a report as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

from yipan.region.formats import safe_cell
from yipan.show.model import Cell, Column, Report, TableBlock


def write_tables(folder: str | Path, report: Report) -> tuple[Path, ...]:
    """Write each table of the report to ``folder/tNN-KEY.csv`` and return the paths.

    UTF-8 with a byte order mark (spreadsheets then read Chinese); one head row, Chinese and English with the
    unit; numbers unformatted; text that a spreadsheet would run as a formula is disarmed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for table in report.tables():
        path = folder / f"t{table.number:02d}-{table.key}.csv"
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table_rows(table))
        part.replace(path)
        out.append(path)
    return tuple(out)


def table_rows(table: TableBlock) -> list[list[str]]:
    """Return head and rows of one table as text, disarmed for spreadsheets."""
    head = [str(safe_cell(_head(c))) for c in table.columns]
    return [
        head,
        *(
            [str(safe_cell(_value(cell, c))) for cell, c in zip(row, table.columns, strict=True)]
            for row in table.rows
        ),
    ]


def _head(column: Column) -> str:
    unit = str(column.unit)
    return f"{column.label} [{unit}]" if unit else str(column.label)


def _value(cell: Cell, column: Column) -> str | float:
    if column.numeric and isinstance(cell.sort, float):
        return cell.sort
    return str(cell.text)
