"""Differences between clusters and zones, and one line per indicator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yipan.inequality import gini, theil
from yipan.measure.values import REGION, Results
from yipan.pack import LEVELS


def region_values(results: Results) -> pd.Series[float]:
    """Return one value per indicator for the whole region, in the unit of the indicator.

    Zone indicators: mean of the zones that have a value, weighted by residents (by land where the indicator
    says so); region-level indicators: their value. Index: indicator id; NaN where missing.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> results = measure(example("tiny"), ["N-LIV-02"])  # (300 × 500 + 100 × 300 + 40 × 0) / 440
    >>> round(float(region_values(results)["N-LIV-02"]), 2)
    409.09
    """
    return cluster_values(results)[REGION]


def cluster_values(results: Results) -> pd.DataFrame:
    """Return the weighted mean of every indicator by cluster and for the region (see `region_values`).

    Index indicator id; columns cluster ids and ``region``. Indicators of the region have their value only
    there, those of clusters only at clusters; those of cells and pairs have none.
    """
    groups = [*results.clusters.index, REGION]
    out = pd.DataFrame(np.nan, index=list(results.indicators), columns=groups)
    people, land = results.population.to_numpy(np.float64), results.area.to_numpy(np.float64)
    by_land = np.array(
        [results.indicators[i].weight == "area" for i in results.values.columns], dtype=np.bool_
    )
    weights = np.nan_to_num(np.where(by_land[None, :], land[:, None], people[:, None]))
    for group in groups:
        mine = np.isin(results.values.index, members(results, group))
        values, w = results.values.to_numpy(np.float64)[mine], weights[mine]
        there = np.isfinite(values) & (w > 0)
        have = (there * w).sum(axis=0)
        total = np.where(there, values * w, 0.0).sum(axis=0)
        out.loc[results.values.columns, group] = np.divide(
            total, have, out=np.full(have.shape, np.nan), where=have > 0
        )
    for i, value in results.region_values.items():
        out.loc[i, REGION] = value
    own = results.cluster_values
    out.loc[own.columns, own.index] = own.T
    return out


def members(results: Results, group: str) -> list[str]:
    """Return the zone ids of a cluster (clusters inside it included) or of the ``region``."""
    if group == REGION:
        return list(results.cluster.index)
    inside = results.cluster_members.get(group, ())
    return list(inside)


def cluster_differences(results: Results) -> pd.DataFrame:
    """Return how the need scores and the index differ between clusters and between zones.

    Index: economy, living, ecology, safety, index. Columns: one per cluster that holds zones itself (its
    population-weighted score, 0–100), ``spread`` (highest less lowest cluster, points), ``lags`` (the lowest
    cluster), ``gini`` and ``theil`` (between zones, weighted by residents), ``between`` (share of the Theil
    index that lies between clusters, 0–1). NaN where scores are missing.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> table = cluster_differences(measure(example("tiny")))
    >>> table.loc["living", "lags"]
    'hills'
    """
    own = [c for c in results.clusters.index if (results.cluster == c).any()]
    rows = {}
    for need in results.needs.columns:
        by_cluster = results.clusters.loc[own, need]
        known = by_cluster.dropna()
        score = results.needs[need]
        there = score.notna() & (results.population > 0)
        people = results.population[there]
        spread = theil(score[there] * people, people, results.cluster[there])
        rows[need] = {
            **by_cluster.to_dict(),
            "spread": float(known.max() - known.min()) if len(known) else np.nan,
            "lags": str(known.idxmin()) if len(known) else "",
            "gini": gini(score[there], people),
            "theil": spread.total,
            "between": spread.share_between,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def describe(results: Results) -> pd.DataFrame:
    """Return one line per indicator: names, unit, grouping, spread, how many values are missing, qualities.

    Index indicator id. Columns: zh, en, unit_zh, unit_en, need, trait, area, level, direction, values (zones,
    cells, pairs or clusters with a value), missing, least, median, most, region (see `region_values`), score
    (mean of its scores, by residents), and official, derived, modelled, assumed (number of values by weakest
    quality).
    """
    overall = region_values(results)
    tables = {level: results.table(level) for level in LEVELS}
    rows = {}
    for i, indicator in results.indicators.items():
        table = tables[indicator.level]
        values, quality = table.values[i], table.quality[i].astype(str)
        there = values.dropna()
        rows[i] = {
            "zh": indicator.name.zh,
            "en": indicator.name.en,
            "unit_zh": indicator.unit.zh,
            "unit_en": indicator.unit.en,
            "need": indicator.need,
            "trait": indicator.trait,
            "area": indicator.area,
            "level": indicator.level,
            "direction": indicator.direction,
            "values": len(there),
            "missing": len(values) - len(there),
            "least": there.min(),
            "median": there.median(),
            "most": there.max(),
            "region": overall[i],
            "score": _mean_score(results, i),
            **{q: int((quality == q).sum()) for q in ("official", "derived", "modelled", "assumed")},
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _mean_score(results: Results, indicator: str) -> float:
    if indicator not in results.scores:
        return float("nan")
    scores = results.scores[indicator]
    there = scores.notna()
    weight = results.population[there].sum()
    return float((scores[there] * results.population[there]).sum() / weight) if weight > 0 else float("nan")


def number_at(table: pd.DataFrame, row: str, column: str) -> float:
    """Return one number of a table of numbers."""
    return float(table[column].to_numpy(np.float64)[table.index.get_loc(row)])
