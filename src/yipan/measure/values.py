"""Results: what was measured of a region, with reasons for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from yipan.pack import Indicator
from yipan.region.schema import Quality
from yipan.text import Text


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
        Values of region-level indicators by id.
    missing
        Reason and remedy by (indicator id, zone id).
    quality
        Weakest quality among the data of each value: index zone id, columns indicator id.
    scores
        Indicator scores 0–100 by fixed goalposts; index zone id, columns indicator id.
    needs
        Need scores 0–100 and ``index``: index zone id, columns economy, living, ecology, safety, index.
    clusters, total
        The same, population-weighted, for each cluster (index cluster id) and for the region.
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
    scores: pd.DataFrame
    needs: pd.DataFrame
    clusters: pd.DataFrame
    total: pd.Series
    seconds: Mapping[str, float]

    def value_quality(self, indicator: str, zone: str) -> Quality:
        """Return the weakest quality among the data behind one value."""
        return Quality(str(self.quality.loc[zone, indicator]))
