"""The contract of a domain pack: indicators, rules that propose projects, unit costs.

A pack is one folder with one ``PACK`` object, found by the entry point group ``yipan.packs``; it may
import `yipan.region`, `yipan.network` and `yipan.scenario` values, never a verb. Duplicate ids are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.text import Text

Need = Literal["economy", "living", "ecology", "safety"]
Trait = Literal["international", "green", "smart", "humanistic", ""]
Area = Literal["industry_chain", "infrastructure", "public_service", "policy_market", "safety_joint", ""]
Level = Literal["zone", "cell", "cluster", "pair", "region"]
Measure = Callable[[Region], pd.Series]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: a pure function of a region and its row in the pack's ``catalogue.csv``.

    Parameters
    ----------
    direction
        +1 more is better, -1 less is better, 0 described but not scored.
    low, high
        Goalposts, in `unit`: the values that score 0 and 100 (swapped in meaning when direction is -1:
        `low` then scores 100). NaN where the indicator is not scored.
    needs
        Data the function reads, for reasons, quality and caching: ``stat:VARIABLE`` (base year),
        ``stat:VARIABLE@YEAR``, ``cells:COLUMN``, ``places:KIND``, ``times:MODE``, ``table:NAME``.
    function
        ``f(region) -> Series`` indexed by zone id (or by the ids of `level`), NaN where data are missing.
    """

    id: str
    name: Text
    unit: Text
    direction: int
    formula: str
    meaning: Text
    need: Need
    trait: Trait
    area: Area
    level: Level
    low: float
    high: float
    goalposts: Text
    standard: str
    needs: tuple[str, ...]
    function: Measure
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """Cost of one unit of something, at prices of `price_year`; money in 1e8 of the region's currency."""

    id: str
    name: Text
    unit: Text
    capital: float
    upkeep_share: float
    life_years: int
    build_years: int
    price_year: int
    source: str
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that proposes projects from measured gaps.

    `propose` gets the region, the measured zone values (index: zone id, columns: indicator ids) and
    the unit costs by id, and returns projects; each names in `answers` the indicators it is meant for.
    """

    id: str
    name: Text
    indicators: tuple[str, ...]
    propose: Callable[[Region, pd.DataFrame, Mapping[str, UnitCost]], Sequence[Project]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A folder of indicators, rules and unit costs for one domain."""

    id: str
    name: Text
    indicators: tuple[Indicator, ...] = ()
    rules: tuple[Rule, ...] = ()
    costs: tuple[UnitCost, ...] = field(default=())
