"""What an analyst looks at before making an index: each indicator alone, each pair, each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from yipan.errors import MeasureError, Problem
from yipan.measure.recipe.treat import skew_kurtosis
from yipan.text import Text

RULE = (2.0, 3.5)
"""Absolute skewness and kurtosis that together call for treatment (the rule of the COIN Tool)."""
FENCES = 3.0
"""Interquartile ranges beyond the quartiles from which a value is far out (Tukey 1977)."""
HIGH, LOW = 0.9, -0.4
"""Correlations from which two indicators measure the same, or pull against each other inside one group."""
LEVEL = 0.05
"""Significance level of correlations."""
LEAST = 4
"""Values in common below which two indicators are not correlated."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Diagnostics:
    """What there is to know of indicators before they are put together.

    Parameters
    ----------
    table
        One row an indicator: ``there`` and ``missing`` values, ``distinct`` values, share of ``zeros``,
        ``low``, ``q1``, ``median``, ``q3``, ``high``, ``mean``, ``sd`` (n − 1), ``skew``, ``kurtosis``
        (bias-corrected, excess), ``treat`` (whether both exceed `RULE`), ``far`` (values beyond three
        interquartile ranges), ``ties`` (share of the commonest value).
    outliers
        One row a value that is far out: indicator, zone, value, ``ranges`` (interquartile ranges beyond the
        nearer quartile).
    correlations
        Indicators × indicators, Spearman or Pearson, over the zones that have both; directions turned so that
        more is better.
    pairs
        One row a pair worth a word: ``first``, ``second``, ``same_group``, ``r``, ``p``, ``n``, ``kind``
        (``same``: r ≥ 0.9; ``against``: r ≤ −0.4 inside one group), largest first. Only pairs whose p stays
        below the level after Benjamini and Hochberg's correction over all pairs.
    groups
        One row a group of two or more: ``indicators``, ``alpha`` (Cronbach's, of standardised values; zones
        with all values; NaN where the indicators cancel out), ``first_component`` (share of the variance on
        one axis), ``mean_r``, ``zones``.
    problems
        What could not be told, and why.
    """

    table: pd.DataFrame
    outliers: pd.DataFrame
    correlations: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    problems: tuple[Problem, ...]


def diagnose(
    data: pd.DataFrame,
    *,
    groups: Mapping[str, str],
    directions: Mapping[str, int] | None = None,
    rank: bool = True,
) -> Diagnostics:
    """Return the diagnostics of indicators.

    Parameters
    ----------
    data
        One row a zone, one column an indicator; NaN where missing. Index zone id.
    groups
        Group of each indicator (a need, say); indicators without one are a group of their own, "".
    directions
        1 more is better, −1 less is better; 1 where not given.
    rank
        Correlate ranks (Spearman), which outliers do not rule; else values (Pearson).

    Raises
    ------
    MeasureError
        When there are no zones or no indicators, or a column is not of numbers.

    Notes
    -----
    Cronbach's alpha with standardised values is ``k r̄ / (1 + (k − 1) r̄)``, r̄ the mean correlation of k
    indicators: L. J. Cronbach (1951), *Psychometrika* 16, 297–334. False discovery rate: Y. Benjamini &
    Y. Hochberg (1995), *Journal of the Royal Statistical Society B* 57, 289–300. Thresholds are those of the
    JRC's COIN Tool and of OECD & JRC (2008), *Handbook on Constructing Composite Indicators*; they call for a
    look, not for a change.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5, 6], "b": [2, 4, 6, 8, 10, 12], "c": [1, 1, 1, 1, 1, 99]})
    >>> found = diagnose(data, groups={"a": "x", "b": "x", "c": "x"})
    >>> found.pairs[["first", "second", "kind"]].values.tolist(), found.table["treat"].tolist()
    ([['a', 'b', 'same']], [False, False, True])
    """
    _check(data)
    names = [str(c) for c in data.columns]
    values = data.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    values[~np.isfinite(values)] = np.nan
    turned = values * np.array([-1.0 if (directions or {}).get(n, 1) < 0 else 1.0 for n in names])
    table, outliers = _single(values, names, zones=[str(z) for z in data.index])
    r, p, n = _correlations(turned, rank=rank)
    group = [groups.get(name, "") for name in names]
    return Diagnostics(
        table=table,
        outliers=outliers,
        correlations=pd.DataFrame(r, index=pd.Index(names, name="indicator"), columns=names),
        pairs=_pairs(names, group, r=r, p=p, n=n),
        groups=_groups(turned, names, group, rank=rank),
        problems=tuple(_unsaid(values, names)),
    )


def _check(data: pd.DataFrame) -> None:
    problems = []
    if data.shape[0] == 0 or data.shape[1] == 0:
        what = Text("没有分区或没有指标", "there are no zones or no indicators")
        problems.append(Problem(what=what, remedy=Text("先测量指标", "measure indicators first")))
    for name in data.columns[data.columns.duplicated()]:
        what = Text("有两列同名", "two columns have this name")
        problems.append(Problem(what=what, remedy=Text("改名", "rename one"), column=str(name)))
    for name, kind in zip(data.columns, data.dtypes, strict=True):
        if not pd.api.types.is_numeric_dtype(kind):
            what = Text("不是数字", "not numbers")
            problems.append(Problem(what=what, remedy=Text("改为数字", "make it numbers"), column=str(name)))
    if problems:
        raise MeasureError(Text("无法诊断指标", "the indicators cannot be diagnosed"), problems=problems)


def _single(
    values: Array, names: Sequence[str], *, zones: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    skew, kurtosis = skew_kurtosis(values)
    rows, far = [], []
    for k, name in enumerate(names):
        x = values[:, k][~np.isnan(values[:, k])]
        q1, median, q3 = np.percentile(x, [25, 50, 75]) if len(x) else (np.nan,) * 3
        distinct, counts = np.unique(x, return_counts=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            beyond = np.maximum(values[:, k] - q3, q1 - values[:, k]) / (q3 - q1)
        out = np.flatnonzero(beyond > FENCES) if q3 > q1 else np.empty(0, dtype=np.int64)
        far += [(name, zones[z], values[z, k], beyond[z]) for z in out.tolist()]
        rows.append(
            {
                "there": len(x),
                "missing": len(values) - len(x),
                "distinct": len(distinct),
                "zeros": float((x == 0).mean()) if len(x) else np.nan,
                "low": x.min() if len(x) else np.nan,
                "q1": q1,
                "median": median,
                "q3": q3,
                "high": x.max() if len(x) else np.nan,
                "mean": x.mean() if len(x) else np.nan,
                "sd": x.std(ddof=1) if len(x) > 1 else np.nan,
                "skew": skew[k],
                "kurtosis": kurtosis[k],
                "treat": bool(abs(skew[k]) > RULE[0] and kurtosis[k] > RULE[1]),
                "far": len(out),
                "ties": float(counts.max() / len(x)) if len(x) else np.nan,
            }
        )
    outliers = pd.DataFrame(far, columns=["indicator", "zone", "value", "ranges"])
    return (
        pd.DataFrame(rows, index=pd.Index(list(names), name="indicator")),
        outliers.sort_values("ranges", ascending=False, kind="stable", ignore_index=True),
    )


def _correlations(values: Array, *, rank: bool) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return r, two-sided p (t distribution with n − 2) and the number of zones in common."""
    count = values.shape[1]
    r, p = np.full((count, count), np.nan), np.full((count, count), np.nan)
    n = np.zeros((count, count), dtype=np.int64)
    for i in range(count):
        for j in range(i, count):
            both = ~np.isnan(values[:, i]) & ~np.isnan(values[:, j])
            x, y = values[both, i], values[both, j]
            n[i, j] = n[j, i] = len(x)
            if len(x) < LEAST or np.ptp(x) == 0 or np.ptp(y) == 0:
                continue
            if rank:
                x, y = stats.rankdata(x), stats.rankdata(y)
            c = 1.0 if i == j else float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))
            r[i, j] = r[j, i] = c
            t = abs(c) * np.sqrt((len(x) - 2) / max(1.0 - c * c, 1e-300))
            p[i, j] = p[j, i] = float(2 * stats.t.sf(t, len(x) - 2))
    return r, p, n


def _pairs(
    names: Sequence[str], group: Sequence[str], *, r: Array, p: Array, n: NDArray[np.int64]
) -> pd.DataFrame:
    i, j = np.triu_indices(len(names), k=1)
    known = ~np.isnan(r[i, j])
    i, j = i[known], j[known]
    adjusted = stats.false_discovery_control(p[i, j]) if len(i) else np.empty(0)
    rows = []
    for a, b, q in zip(i.tolist(), j.tolist(), adjusted.tolist(), strict=True):
        together = group[a] == group[b] and group[a] != ""
        kind = "same" if r[a, b] >= HIGH else "against" if together and r[a, b] <= LOW else ""
        if kind and q < LEVEL:
            rows.append((names[a], names[b], together, r[a, b], q, int(n[a, b]), kind))
    out = pd.DataFrame(rows, columns=["first", "second", "same_group", "r", "p", "n", "kind"])
    return out.sort_values("r", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _groups(values: Array, names: Sequence[str], group: Sequence[str], *, rank: bool) -> pd.DataFrame:
    rows: dict[str, dict[str, float]] = {}
    for g in dict.fromkeys(x for x in group if x):
        mine = [k for k in range(len(names)) if group[k] == g]
        spread = [k for k in mine if len(np.unique(values[~np.isnan(values[:, k]), k])) > 1]
        full = ~np.isnan(values[:, spread]).any(axis=1)
        k = len(spread)
        if k < 2 or full.sum() < LEAST or (np.ptp(values[full][:, spread], axis=0) == 0).any():
            continue
        x = values[full][:, spread]
        x = stats.rankdata(x, axis=0) if rank else x
        r: Array = np.atleast_2d(np.corrcoef(x.T))
        mean = float(r[np.triu_indices(k, 1)].mean())
        rows[g] = {
            "indicators": k,
            "alpha": k * mean / spare if (spare := 1 + (k - 1) * mean) > 1e-9 else np.nan,
            "first_component": float(np.linalg.eigvalsh(r)[-1] / k),
            "mean_r": mean,
            "zones": int(full.sum()),
        }
    columns = ["indicators", "alpha", "first_component", "mean_r", "zones"]
    out = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return out.rename_axis("group")


def _unsaid(values: Array, names: Sequence[str]) -> list[Problem]:
    out = []
    for k, name in enumerate(names):
        x = values[:, k][~np.isnan(values[:, k])]
        if len(x) < LEAST:
            what = Text(f"只有 {len(x)} 个值", f"{len(x)} values only")
        elif np.ptp(x) == 0:
            what = Text("各分区的值相同", "the same value in every zone")
        else:
            continue
        remedy = Text("补齐数据,或不用于指数", "supply data, or leave it out of the index")
        out.append(Problem(what=what, remedy=remedy, column=name, severity="warning"))
    return out
