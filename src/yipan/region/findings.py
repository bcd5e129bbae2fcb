"""What is gathered while a region is read: the problems found, and each table as far as it is known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.region.schema import TableSchema
from yipan.text import Text


@dataclass
class Log:
    """The problems found so far.

    Parameters
    ----------
    strict
        Whether an error will keep the region from loading. If not, rows left out because of another
        row's error are named too.
    """

    strict: bool = True
    problems: list[Problem] = field(default_factory=list)
    unsafe: bool = False

    def error(
        self, what: Text, remedy: Text, *, file: str = "", row: int | None = None, column: str = ""
    ) -> None:
        """Add an error."""
        self.problems.append(Problem(what=what, remedy=remedy, file=file, row=row, column=column))

    def warn(
        self, what: Text, remedy: Text, *, file: str = "", row: int | None = None, column: str = ""
    ) -> None:
        """Add a warning."""
        self.problems.append(
            Problem(what=what, remedy=remedy, file=file, row=row, column=column, severity="warning")
        )


@dataclass
class Draft:
    """A table that is being read: its values, where each row stands in the file, which rows are sound.

    Row numbers are those a person counts: in a CSV file the header is row 1; in GeoJSON, GeoPackage
    and Parquet the first feature or record is row 1.
    """

    schema: TableSchema
    file: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    ok: NDArray[np.bool_]

    @classmethod
    def of(cls, schema: TableSchema, file: str, frame: pd.DataFrame, rows: Sequence[int]) -> Draft:
        """Return a draft in which every row is taken to be sound."""
        return cls(schema, file, frame, np.asarray(rows, dtype=np.int64), np.ones(len(frame), dtype=bool))

    def row(self, at: int) -> int:
        """Return the number of row `at` in the file."""
        return int(self.rows[at])

    def sound(self) -> pd.DataFrame:
        """Return the rows that are sound."""
        return self.frame[self.ok].reset_index(drop=True)

    def words(self, column: str) -> list[str]:
        """Return one column as words, all rows, missing as ``""``."""
        if column not in self.frame.columns:
            return [""] * len(self.frame)
        return ["" if pd.isna(v) else str(v) for v in self.frame[column].tolist()]

    def refuse_all(self) -> None:
        """Mark every row as unsound."""
        self.ok[:] = False


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known word most like `word`, letter case aside, or None where none is like it."""
    by_fold = {k.casefold(): k for k in sorted(known, reverse=True)}
    near = difflib.get_close_matches(word.strip().casefold(), sorted(by_fold), n=1, cutoff=cutoff)
    return by_fold[near[0]] if near else None


def suggest(word: str, known: Iterable[str]) -> Text:
    """Return “; did you mean …?” where a known word is near, else nothing."""
    near = nearest(word, known)
    return Text(f";是否应为 {near}?", f"; did you mean {near}?") if near else Text("", "")


def listed(items: Sequence[object], *, most: int = 8) -> Text:
    """Return the items as words, the first few by name and the rest as a number."""
    head = [str(i) for i in items[:most]]
    rest = len(items) - len(head)
    if not rest:
        return Text("、".join(head), ", ".join(head))
    return Text("、".join(head) + f" 等 {len(items)} 个", ", ".join(head) + f" and {rest} more")
