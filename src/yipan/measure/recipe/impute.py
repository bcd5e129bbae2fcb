"""Fill gaps in a matrix of rows (zones, or zones × years) by indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe.values import Array, Impute
from yipan.text import Text

Codes = NDArray[np.int64]


def fill(
    values: Array,
    steps: Sequence[Impute],
    *,
    groups: Mapping[str, Codes],
    zones: Codes,
    years: Codes,
) -> tuple[Array, NDArray[np.int8]]:
    """Fill gaps by one step after another; every step looks at measured values only.

    Parameters
    ----------
    values
        Rows × indicators, NaN where missing.
    steps
        In order; each fills what it can.
    groups
        Group of each row as a number (−1: none) by the name the steps use.
    zones, years
        Zone of each row as a number from 0, and its year.

    Returns
    -------
    filled, how
        The matrix, and for each value 0 where it was there, k where step k (from 1) filled it, −1 where
        nothing did.

    Raises
    ------
    MeasureError
        When a step imputes by nearest neighbours and scikit-learn is not installed.

    Examples
    --------
    >>> x = np.array([[1.0], [np.nan], [4.0]])
    >>> zones, years = np.arange(3), np.zeros(3, dtype=np.int64)
    >>> filled, how = fill(x, [Impute(method="mean")], groups={}, zones=zones, years=years)
    >>> filled.ravel().tolist(), how.ravel().tolist()
    ([1.0, 2.5, 4.0], [0, 1, 0])
    """
    out = values.copy()
    how = np.where(np.isnan(values), -1, 0).astype(np.int8)
    for number, step in enumerate(steps, start=1):
        columns = np.flatnonzero(np.isnan(out).any(axis=0))
        if columns.size == 0:
            break
        gaps, measured = out[:, columns], values[:, columns]
        if step.method == "linear":
            offer = _linear(measured, zones, years)
        elif step.method == "nearest":
            offer = _nearest(values, step.neighbours)[:, columns]
        else:
            group = groups[step.by] if step.method.startswith("group") else np.zeros_like(zones)
            offer = _typical(measured, group, years, median=step.method.endswith("median"))
        new = np.isnan(gaps) & ~np.isnan(offer)
        how[:, columns] = np.where(new, np.int8(number), how[:, columns])
        out[:, columns] = np.where(new, offer, gaps)
    return out, how


def _typical(values: Array, group: Codes, years: Codes, *, median: bool) -> Array:
    """Return for every row the mean or median of its group and year; NaN for rows of no group."""
    both, _ = pd.factorize(pd.MultiIndex.from_arrays([group, years]))
    by = pd.DataFrame(values).groupby(both, sort=False)
    typical = by.transform("median") if median else by.transform("mean")
    out: Array = typical.to_numpy(dtype=np.float64, copy=True)
    out[group < 0] = np.nan
    return out


def _nearest(values: Array, neighbours: int) -> Array:
    """Return each gap's mean over the nearest rows that have the value, all indicators counting alike."""
    try:
        from sklearn.impute import KNNImputer  # noqa: PLC0415
    except ImportError as error:
        raise MeasureError(
            Text("按近邻插补需要 scikit-learn", "imputing by nearest neighbours needs scikit-learn"),
            problems=[
                Problem(
                    what=Text("未安装 scikit-learn", "scikit-learn is not installed"),
                    remedy=Text(
                        "安装 scikit-learn,或改用 group_mean 等方法",
                        "install scikit-learn, or impute by group_mean or another method",
                    ),
                )
            ],
        ) from error
    there = ~np.isnan(values)
    n = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, values, 0.0).sum(axis=0) / n
    sd = np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / n)
    sd[sd == 0] = 1.0
    found = KNNImputer(n_neighbors=neighbours, keep_empty_features=True).fit_transform((values - mean) / sd)
    out: Array = np.asarray(found, dtype=np.float64) * sd + mean
    out[:, ~there.any(axis=0)] = np.nan
    return out


def _linear(values: Array, zones: Codes, years: Codes) -> Array:
    """Return each zone's values on straight lines between its measured years, held at both ends."""
    when, year = np.unique(years, return_inverse=True)
    cube = np.full((len(when), int(zones.max()) + 1, values.shape[1]), np.nan)
    cube[year, zones] = values
    there = ~np.isnan(cube)
    at = np.where(there, when.astype(np.float64)[:, None, None], np.nan)
    before, t0 = _carried(cube), _carried(at)
    after, t1 = _carried(cube[::-1])[::-1], _carried(at[::-1])[::-1]
    share = np.zeros_like(cube)
    inside = ~np.isnan(t0) & ~np.isnan(t1) & (t1 > t0)
    np.divide(when[:, None, None] - t0, t1 - t0, out=share, where=inside)
    line = np.where(np.isnan(before), after, np.where(np.isnan(after), before, 0.0))
    line = np.where(inside | there, before + (after - before) * share, line)
    return np.ascontiguousarray(line[year, zones])


def _carried(cube: Array) -> Array:
    """Carry the last value there is forward along the first axis."""
    out = cube.copy()
    for k in range(1, len(out)):
        out[k] = np.where(np.isnan(out[k]), out[k - 1], out[k])
    return out
