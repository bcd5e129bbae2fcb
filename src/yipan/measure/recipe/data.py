"""The data a recipe meets: zones and years, columns checked, denominators, screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.measure.recipe.impute import Codes
from yipan.measure.recipe.problems import found
from yipan.measure.recipe.values import Array, Leaf, Recipe
from yipan.region.findings import listed, suggest


@dataclass(frozen=True, slots=True)
class Rows:
    """What each row of the data is about.

    Parameters
    ----------
    index
        As given: zone, or zone and year.
    zones, years
        Zone as a number from 0; year (0 without years).
    panel
        Whether there is more than one year.
    groups
        Group of each row as a number (−1: none), by the column that imputing uses.
    """

    index: pd.Index
    zones: Codes
    years: Codes
    panel: bool
    groups: Mapping[str, Codes]

    def only(self, kept: NDArray[np.bool_]) -> Rows:
        """Return the rows that are kept."""
        groups = {name: codes[kept] for name, codes in self.groups.items()}
        return Rows(self.index[kept], self.zones[kept], self.years[kept], self.panel, groups)

    @property
    def zone_ids(self) -> pd.Index:
        """Zone id of each row."""
        return self.index.get_level_values(0)


def data_problems(recipe: Recipe, data: pd.DataFrame) -> list[Problem]:
    """Return everything about the data that keeps the recipe from being run; rows of single values unsaid."""
    out = _index_problems(data.index)
    leaves = list(recipe.root.leaves())
    numeric = dict.fromkeys([leaf.id for leaf in leaves] + [d for leaf in leaves if (d := leaf.denominator)])
    groups = dict.fromkeys(step.by for step in recipe.impute if step.by)
    names = [str(c) for c in data.columns]
    for name in [*numeric, *groups]:
        if name not in data.columns:
            near = suggest(name, names)
            out.append(
                found(
                    f"没有列“{name}”{near.zh}",
                    f"there is no column '{name}'{near.en}",
                    remedy=("提供这一列,或从配方中删去", "supply it, or take it out of the recipe"),
                    column=name,
                )
            )
    for name in (n for n in numeric if n in data.columns):
        out += _column_problems(name, data[name])
    if data.index.nlevels == 1 and any(step.method == "linear" for step in recipe.impute):
        out.append(
            found(
                "线性插补需要多年数据",
                "imputing between years needs a panel",
                remedy=(
                    "以 (区域, 年份) 为索引,或改用其他方法",
                    "index by zone and year, or impute otherwise",
                ),
            )
        )
    return out


def _index_problems(index: pd.Index) -> list[Problem]:
    if index.nlevels > 2 or len(index) == 0:
        zh, en = "索引不是区域或 (区域, 年份),或没有行", "not indexed by zone, or zone and year, or no rows"
        return [found(zh, en, remedy=("每行一个区域(和年份)", "give one row a zone (and year)"))]
    out = []
    if not index.is_unique:
        twice = listed([str(i) for i in index[index.duplicated()].unique()])
        out.append(
            found(
                f"重复的行:{twice.zh}",
                f"rows that occur twice: {twice.en}",
                remedy=("每个区域(和年份)只留一行", "keep one row a zone (and year)"),
            )
        )
    if index.nlevels == 2 and not pd.api.types.is_integer_dtype(index.get_level_values(1).dtype):
        out.append(found("年份不是整数", "years are not whole numbers", remedy=("写年份", "write years")))
    return out


def _column_problems(name: str, column: pd.Series[float] | pd.DataFrame) -> list[Problem]:
    if isinstance(column, pd.DataFrame):
        return [found("列名重复", "two columns of this name", remedy=("只留一列", "keep one"), column=name)]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return [found("不是数字", "not numbers", remedy=("改为数字", "make it numbers"), column=name)]
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        return [
            found(
                "有无穷大的值",
                "infinite values",
                remedy=("改为缺失或有限的数", "make them missing or finite"),
                column=name,
            )
        ]
    return []


def rows_of(recipe: Recipe, data: pd.DataFrame) -> Rows:
    """Return what each row of (checked) data is about."""
    index = data.index
    zones = pd.factorize(index.get_level_values(0))[0].astype(np.int64)
    years = (
        index.get_level_values(1).to_numpy(dtype=np.int64)
        if index.nlevels == 2
        else np.zeros(len(index), dtype=np.int64)
    )
    groups = {step.by: pd.factorize(data[step.by])[0].astype(np.int64) for step in recipe.impute if step.by}
    return Rows(index, zones, years, len(np.unique(years)) > 1, groups)


def denominate(raw: pd.DataFrame, leaves: Sequence[Leaf], data: pd.DataFrame) -> tuple[Array, list[Problem]]:
    """Divide each indicator by its denominator, ``x / d * per``.

    Where a denominator is missing, zero or negative the result is missing, and a warning says for how many.
    """
    out = raw.to_numpy(dtype=np.float64, copy=True)
    warnings = []
    for k, leaf in enumerate(leaves):
        if not leaf.denominator:
            continue
        d = data[leaf.denominator].to_numpy(dtype=np.float64, na_value=np.nan)
        sound = d > 0
        lost = int((~sound & ~np.isnan(out[:, k])).sum())
        out[:, k] = np.divide(out[:, k], d, out=np.full(len(d), np.nan), where=sound)
        if leaf.per != 1.0:
            out[:, k] *= leaf.per
        if lost:
            warnings.append(
                found(
                    f"{lost} 行的分母“{leaf.denominator}”缺失或不为正,该值按缺失处理",
                    f"denominator '{leaf.denominator}' is missing or not above 0 in {lost} rows",
                    remedy=("补齐分母", "supply the denominator"),
                    column=leaf.id,
                    warning=True,
                )
            )
    return out, warnings


def enough(values: Array, recipe: Recipe, *, of: str) -> NDArray[np.bool_]:
    """Return which rows have the share of indicators that the recipe asks for (among data of this kind)."""
    if recipe.screen is None or recipe.screen.of != of:
        return np.ones(len(values), dtype=bool)
    share: Array = (~np.isnan(values)).mean(axis=1)
    return np.asarray(share >= recipe.screen.least - 1e-12, dtype=np.bool_)


def screened_problems(gone: pd.Index) -> list[Problem]:
    """Return a warning that names the rows without the share of indicators that screening asks for."""
    if len(gone) == 0:
        return []
    names = listed([str(i) for i in gone])
    return [
        found(
            f"{len(gone)} 行因可用指标不足被筛去,不计分:{names.zh}",
            f"{len(gone)} rows have too few indicators and are left out of the index: {names.en}",
            remedy=("补齐数据,或降低 screen.least", "supply their data, or lower screen.least"),
            warning=True,
        )
    ]


def empty_problems(values: Array, leaves: Sequence[Leaf]) -> list[Problem]:
    """Return that nothing is left to score: no rows, or no value of an indicator."""
    if len(values) == 0:
        return [
            found(
                "筛选后没有区域",
                "no zone has the share of indicators that screening asks for",
                remedy=("降低 screen.least 或补齐数据", "lower screen.least or supply data"),
            )
        ]
    return [
        found(
            "没有任何数据",
            "no data at all",
            remedy=("提供数据,或从配方中删去", "supply data, or take it out of the recipe"),
            column=leaves[k].id,
        )
        for k in np.flatnonzero(np.isnan(values).all(axis=0)).tolist()
    ]
