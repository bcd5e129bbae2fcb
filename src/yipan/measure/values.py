"""Results: what was measured of a region, with reasons for what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.pack import Indicator, Level
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


Key = str | tuple[str, str]
"""What a value is of: a zone, cell or cluster id, ``region``, or a pair of zone ids (from, to)."""


class Reasons(Mapping[tuple[str, Key], Missing]):
    """Why values of one level are missing, by (indicator id, key): a few reasons shared by many values.

    Parameters
    ----------
    index
        Keys of the level.
    found
        By indicator id: the position of each value's reason, −1 where there is a value (shape: index), and
        the reasons.
    """

    def __init__(
        self,
        index: pd.Index[Any],
        found: Mapping[str, tuple[NDArray[np.int32], tuple[Missing, ...]]],
    ) -> None:
        self._index = index
        self._found = dict(found)

    def __getitem__(self, key: tuple[str, Key]) -> Missing:
        indicator, at = key
        codes, reasons = self._found[indicator]
        code = int(codes[self._index.get_loc(at)])
        if code < 0:
            raise KeyError(key)
        return reasons[code]

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        for indicator, (codes, _) in self._found.items():
            for at in self._index[codes >= 0]:
                yield indicator, at

    def __len__(self) -> int:
        return sum(int((codes >= 0).sum()) for codes, _ in self._found.values())

    def of(self, indicator: str) -> tuple[NDArray[np.int32], tuple[Missing, ...]]:
        """Return the position of each value's reason (−1: there is a value), and the reasons."""
        return self._found[indicator]


@dataclass(frozen=True, slots=True)
class LevelTable:
    """Values of one level: every indicator that has it.

    Parameters
    ----------
    level
        zone, cell, cluster, pair or region.
    values
        Index: ids of the level (for pairs two: ``from`` and ``to``); columns indicator id; NaN where missing.
    quality
        Weakest quality among the data of each value, "" where missing; shape as `values`.
    missing
        Reason and remedy of every missing value by (indicator id, index value).
    """

    level: Level
    values: pd.DataFrame
    quality: pd.DataFrame
    missing: Mapping[tuple[str, Key], Missing]

    def why(self, indicator: str) -> tuple[NDArray[np.int32], tuple[Missing, ...]]:
        """Return the position of each value's reason (shape: index; −1: there is one), and all reasons."""
        if isinstance(self.missing, Reasons):
            return self.missing.of(indicator)
        codes = np.full(len(self.values), -1, dtype=np.int32)
        reasons: list[Missing] = []
        for n, at in enumerate(self.values.index):
            if (indicator, at) in self.missing:
                codes[n] = len(reasons)
                reasons.append(self.missing[indicator, at])
        return codes, tuple(reasons)


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
    levels
        Values of cells, clusters and pairs of zones by level, where indicators of these were measured (see
        `cells`, `cluster_values`, `pairs` and `table`). They are not scored.
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
    levels: Mapping[Level, LevelTable] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def cells(self) -> pd.DataFrame:
        """Values of cells: index cell id, columns indicator id, NaN where missing."""
        return self.table("cell").values

    @property
    def pairs(self) -> pd.DataFrame:
        """Values of ordered pairs of zones: index (from, to), columns indicator id, NaN where missing."""
        return self.table("pair").values

    @property
    def cluster_values(self) -> pd.DataFrame:
        """Values of indicators of clusters: index cluster id, columns indicator id, NaN where missing.

        For means of zone indicators by cluster see `yipan.measure.cluster_values`.
        """
        return self.table("cluster").values

    def table(self, level: Level) -> LevelTable:
        """Return values, qualities and reasons of one level; empty where nothing of it was measured."""
        if level in self.levels:
            return self.levels[level]
        if level == "zone":
            values, quality = self.values, self.quality
        elif level == "region":
            values = pd.DataFrame(dict(self.region_values), index=[REGION])
            quality = pd.DataFrame(dict(self.region_quality), index=[REGION])
        else:
            values, quality = pd.DataFrame(), pd.DataFrame()
        missing: dict[tuple[str, Key], Missing] = {
            k: m for k, m in self.missing.items() if k[0] in values and k[1] in values.index
        }
        return LevelTable(level, values, quality, MappingProxyType(missing))

    def value_quality(self, indicator: str, zone: str) -> Quality | None:
        """Return the weakest quality among the data behind one value, None where it is missing."""
        raw = str(self.quality.loc[zone, indicator])
        return Quality(raw) if raw else None
