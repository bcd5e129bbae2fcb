"""A region as it was in another year, as far as its statistics say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np
from numpy.typing import NDArray

from yipan.measure.needs import statistic
from yipan.measure.values import Missing
from yipan.pack import Indicator
from yipan.region.value import Region
from yipan.text import Text

AGREE = 0.01
"""Greatest relative difference between cells and statistics of the base year for years to be comparable."""
_DATED = ("stat", "sum", "meta")


def years_of(region: Region) -> tuple[int, ...]:
    """Return the years of ``statistics.csv`` up to the base year, and the base year, in order.

    Examples
    --------
    >>> from yipan.region import example
    >>> years_of(example("tiny"))
    (2010, 2018, 2020)
    """
    base = region.meta.base_year
    known = {int(y) for y in region.tables["statistics"].array("year")}
    return tuple(sorted({y for y in known if y <= base} | {base}))


def is_dated(indicator: Indicator) -> bool:
    """Return whether everything an indicator reads is of a year: statistics and zone totals.

    Places, networks and where people live inside a zone are known for the base year only; with another
    year's statistics they would make a value of no year at all.
    """
    return all(n.partition(":")[0] in _DATED for n in indicator.needs)


def undated_reason(indicator: Indicator, region: Region, year: int) -> Missing:
    """Return why an indicator that is not dated has no value of another year."""
    needs = ", ".join(n for n in indicator.needs if n.partition(":")[0] not in _DATED)
    base = region.meta.base_year
    return Missing(
        Text(
            f"{needs} 只有 {base} 年的状态,不能代表 {year} 年",
            f"{needs} is known as of {base} only and says nothing of {year}",
        ),
        Text(
            f"另备 base_year = {year} 的区域文件夹一并给出",
            f"supply a region folder with base_year = {year} beside this one",
        ),
    )


@dataclass(frozen=True, slots=True)
class Dated:
    """A region at another year, and by column of totals the zones where none is known (with the reason)."""

    region: Region
    lacking: Mapping[str, Mapping[str, Missing]]


def at_year(region: Region, year: int, indicators: Sequence[Indicator]) -> Dated:
    """Return the region with another base year and zone totals of that year, where the statistics know them.

    Totals an indicator sums over cells (``sum:COLUMN``) are set to the statistic of the year, spread over
    the cells of a zone as in the base year (only sums are read of them). A zone gets none where the year
    lacks the statistic, or where cells and statistics of the base year differ by over 1 %: the years would
    then be of two sources, and their difference no change.
    """
    columns = sorted({n[4:] for i in indicators for n in i.needs if n.startswith("sum:")} | {"population"})
    cells, lacking = region.cells, {}
    for column in columns:
        if column not in region.tables["cells"]:
            continue
        values = np.array(region.tables["cells"].numbers(column))
        lacking[column] = _move(region, column, year, values)
        cells[column] = values
    meta = changed(region.meta, base_year=year)
    return Dated(region.replace(meta=meta, cells=cells), lacking)


def _move(region: Region, column: str, year: int, values: NDArray[np.float64]) -> dict[str, Missing]:
    """Set the cells of a column to a year's zone totals, in place; return the zones without one."""
    totals = region.zone_sum(values)
    count = np.bincount(region.cell_zone, minlength=len(region.zone_ids))
    then, base = statistic(region, column, year), statistic(region, column, region.meta.base_year)
    aim = np.full(len(region.zone_ids), np.nan)
    lacking = {}
    for z, zone in enumerate(region.zone_ids):
        stated = base[zone][0] if zone in base else totals[z]
        if zone not in then:
            lacking[zone] = _no_statistic(column, year)
        elif abs(totals[z] - stated) > AGREE * max(abs(stated), 1e-12):
            lacking[zone] = _break(region, column, totals[z], stated)
        else:
            aim[z] = then[zone][0]
    empty = ~(totals > 0)  # nothing to go by: spread evenly, for only sums are read
    share = np.divide(1.0, np.where(empty, np.maximum(count, 1), totals))
    values[empty[region.cell_zone]] = 1.0
    values *= (aim * share)[region.cell_zone]
    return lacking


def _no_statistic(column: str, year: int) -> Missing:
    return Missing(
        Text(f"statistics.csv 没有 {year} 年的 {column}", f"statistics.csv has no {column} of {year}"),
        Text(
            f"在 statistics.csv 补一行 variable={column}、year={year}",
            f"add a row variable={column}, year={year} to statistics.csv",
        ),
    )


def _break(region: Region, column: str, total: float, stated: float) -> Missing:
    base = region.meta.base_year
    return Missing(
        Text(
            f"{base} 年 {column}:cells.csv 合计 {total:,.6g},statistics.csv 为 {stated:,.6g},年份间不可比",
            f"{column} of {base} adds up to {total:,.6g} in cells.csv and is {stated:,.6g} in statistics.csv:"
            " years are not comparable",
        ),
        Text("使两文件的基准年数值一致", "make both files agree on the base year"),
    )
