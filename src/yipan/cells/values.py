"""What placing a count returns, and how it enters the table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import OptionError, Problem
from yipan.region.schema import CELLS, Quality
from yipan.region.value import Provenance
from yipan.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A count put into cells.

    Parameters
    ----------
    cells
        The table with the column filled, and the quality of each row no better than that of the count.
    column, source, quality, note
        What was filled, from what source, how good it is and how it was done.
    total, placed
        Sum of the count before, and of the column after.
    outside
        Points that lie in no cell (columns as given); empty for other ways.
    problems
        Warnings: what was lost or had to be guessed.
    """

    cells: pd.DataFrame
    column: str
    source: str
    quality: Quality
    note: Text
    total: float
    placed: float
    outside: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: tuple[Problem, ...] = ()

    @property
    def lost(self) -> float:
        """Share of the total that is in no cell, 0 to 1 (0 where the total is 0)."""
        return max(0.0, 1 - self.placed / self.total) if self.total else 0.0

    @property
    def provenance(self) -> Provenance:
        """What ``region.toml`` should say of the column."""
        return Provenance(
            column=f"cells.{self.column}", source=self.source, quality=self.quality, note=self.note
        )


def filled(
    cells: pd.DataFrame, column: str, values: NDArray[np.float64], *, source: str, quality: Quality
) -> pd.DataFrame:
    """Return cells with a column of numbers; a row is as good as the weakest thing in it.

    The row's source becomes that of the people, for a table of cells is first of all where people live;
    for another column it is kept, and `Placed.provenance` tells that column's.
    """
    _require_count(column)
    before = [Quality(q) if q else quality for q in cells["quality"]]
    worst = [str(max(q, quality, key=lambda x: x.rank)) for q in before]
    out = cells.assign(**{column: values}, quality=pd.Series(worst, index=cells.index, dtype="str"))
    if column == "population":
        out = out.assign(source=pd.Series([source] * len(cells), index=cells.index, dtype="str"))
    return out


def _require_count(column: str) -> None:
    """Refuse a column of cells that holds something else than a count: its id, zone, name, place, source."""
    taken = [c.name for c in CELLS.columns if c.kind != "number" or c.name in {"lon", "lat"}]
    if column not in taken:
        return
    raise OptionError(
        Text(f"列“{column}”不能填数量", f"the column {column} cannot hold a count"),
        problems=[
            Problem(
                what=Text(f"{column} 另有含义", f"{column} means something else"),
                remedy=Text(
                    "填 population、jobs 或新的列名", "fill population, jobs, or a column of a new name"
                ),
                column=column,
            )
        ],
    )


def warning(what: Text, remedy: Text, *, file: str = "", column: str = "") -> Problem:
    """Return a problem that keeps nothing from going on."""
    return Problem(what=what, remedy=remedy, file=file, column=column, severity="warning")


def balance(total: float, placed: float, *, file: str = "") -> tuple[Problem, ...]:
    """Return a warning where cells hold over a thousandth less, or more, than the total to place."""
    gap = total - placed
    if total <= 0 or abs(gap) <= 0.001 * total:
        return ()
    if gap < 0:
        what = Text(
            f"单元格伸出分区,多计 {-gap:,.0f}({-gap / total:.1%})",
            f"cells reach beyond the zones and hold {-gap:,.0f} more ({-gap / total:.1%})",
        )
        return (warning(what, Text("以官方总数校准", "calibrate to official totals"), file=file),)
    what = Text(
        f"{total:,.0f} 中有 {gap:,.0f}({gap / total:.1%})不在任何单元格内",
        f"{gap:,.0f} of {total:,.0f} ({gap / total:.1%}) lie in no cell",
    )
    remedy = Text(
        "检查坐标与范围;边界上的损失可用 overlap 规则避免,或以官方总数校准",
        "look at coordinates and extent; losses at borders go with the rule overlap,"
        " or calibrate to official totals",
    )
    return (warning(what, remedy, file=file),)
