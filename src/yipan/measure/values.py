"""Results: what was measured of a region, with reasons for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from yipan.pack import Indicator
from yipan.region.schema import Quality
from yipan.text import Text

NEEDS = ("economy", "living", "ecology", "safety")
"""The four needs of urban layout, in the order they are shown."""
NEED_NAMES = {
    "economy": Text("经济", "Economy"),
    "living": Text("生活", "Living"),
    "ecology": Text("生态", "Ecology"),
    "safety": Text("安全", "Safety"),
    "index": Text("综合指数", "Index"),
}
"""Names of the needs and of the index."""
REGION = "region"
"""Stands for the zone in keys of region-level values."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why one value is missing, and which file would supply it."""

    reason: Text
    remedy: Text


@dataclass(frozen=True)
class Results:
    """Indicator values and scores of one region.

    Parameters
    ----------
    run_id
        Hash of region id, indicator ids and program version: the same run always has the same id.
    values
        Zone values: index zone id, columns indicator id, NaN where missing; units in `indicators`.
    region_values
        Values of region-level indicators by id; NaN where missing.
    missing
        Reason and remedy by (indicator id, zone id); by (need, zone id) where a need score is missing;
        by (id, ``region``) for region-level values.
    quality
        Weakest quality among the data of each value: index zone id, columns indicator id, "" where missing.
    region_quality
        The same by id for region-level values.
    scores
        Indicator scores 0–100 by fixed goalposts; index zone id, columns indicator id (scored ones only).
    needs
        Need scores 0–100 and ``index``: index zone id, columns economy, living, ecology, safety, index.
    clusters, total
        The same, population-weighted, for each cluster (index cluster id) and for the region.
    population, area, cluster
        Residents, land (km2, NaN where the statistics do not say) and cluster id of each zone.
    cluster_members
        Zone ids by cluster id, those of clusters inside it included.
    seconds
        Where the time went: indicator id → seconds.
    """

    run_id: str
    region_id: str
    indicators: Mapping[str, Indicator]
    values: pd.DataFrame
    region_values: Mapping[str, float]
    missing: Mapping[tuple[str, str], Missing]
    quality: pd.DataFrame
    region_quality: Mapping[str, str]
    scores: pd.DataFrame
    needs: pd.DataFrame
    clusters: pd.DataFrame
    total: pd.Series[float]
    population: pd.Series[float]
    area: pd.Series[float]
    cluster: pd.Series[str]
    cluster_members: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]

    def value_quality(self, indicator: str, zone: str) -> Quality | None:
        """Return the weakest quality among the data behind one value, None where it is missing."""
        raw = str(self.quality.loc[zone, indicator])
        return Quality(raw) if raw else None
