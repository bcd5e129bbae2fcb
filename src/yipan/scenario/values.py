"""Values of a scenario: interventions, projects, scenarios."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from yipan.errors import Problem
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.text import Text


class Intervention(ABC):
    """One typed change of a region; a frozen dataclass with a `type` used in project files."""

    type: ClassVar[str]
    label: ClassVar[Text]

    @abstractmethod
    def resolve(self, region: Region) -> list[Problem]:
        """Return every reason why this cannot be applied to `region`, each with its remedy."""

    @abstractmethod
    def apply(self, region: Region) -> Region:
        """Return the changed region; `region` stays as it is."""

    @abstractmethod
    def describe(self) -> Text:
        """Say what is changed, with numbers and units, in both languages."""

    @abstractmethod
    def points(self) -> tuple[tuple[float, float], ...]:
        """Return the (lon, lat) points of the change in order, for maps; empty if it has none of its own."""

    @abstractmethod
    def as_dict(self) -> Mapping[str, object]:
        """Return what a project file holds, `type` included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """How uncertain a project is: (low, high), each around what its file states; None where nobody said.

    Parameters
    ----------
    cost
        Factors on its capital: (0.9, 1.4) means from 10 % below to 40 % above.
    delay
        Years its opening may come later than planned; not negative.
    effect
        Factors on what it changes of the region's scores.
    source
        Where the ranges come from.
    """

    cost: tuple[float, float] | None = None
    delay: tuple[float, float] | None = None
    effect: tuple[float, float] | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A named set of interventions with cost by year, life, owner, prerequisites and exclusions.

    Parameters
    ----------
    capital
        Cost of each building year, first building year first, in 1e8 of the region's currency at prices
        of `price_year`. Its length is the building time: effects begin in the year after.
    upkeep
        Cost of each year of operation, same unit.
    life
        Years of operation.
    earliest, latest
        Bounds on the first building year (None: the plan's horizon decides).
    needs, excludes
        Ids of projects that must be started no later, or must not be chosen together with this one.
    bundle
        Name of a bundle: projects of one bundle are chosen together or not at all; "" for none.
    opening_upkeep
        Upkeep of the first years of operation where it differs from `upkeep`, first year first.
    land
        Land it takes, km2; None where nobody said.
    carbon
        Greenhouse gases of building and running it over its life, less what it saves, kt CO2e; None where
        nobody said.
    ranges
        How uncertain cost, delay and effect are.
    answers
        Ids of the indicators whose gap it answers; `because` says so in words.
    """

    id: str
    name: Text
    owner: Text
    zones: tuple[str, ...]
    interventions: tuple[Intervention, ...]
    capital: tuple[float, ...]
    upkeep: float
    price_year: int
    life: int
    source: str
    quality: Quality
    because: Text
    answers: tuple[str, ...] = ()
    earliest: int | None = None
    latest: int | None = None
    needs: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    origin: str = "listed"  # "listed" by hand in projects/*.toml, or "rule:ID"
    bundle: str = ""
    opening_upkeep: tuple[float, ...] = ()
    land: float | None = None
    carbon: float | None = None
    ranges: Ranges = Ranges()

    @property
    def cost(self) -> float:
        """Total capital cost, 1e8 of the currency at prices of `price_year`."""
        return float(sum(self.capital))

    def upkeep_in(self, year: int) -> float:
        """Return the upkeep of a year of operation (0 is the first), 1e8; nothing outside its life."""
        if not 0 <= year < self.life:
            return 0.0
        return self.opening_upkeep[year] if year < len(self.opening_upkeep) else self.upkeep

    @property
    def build_years(self) -> int:
        """Years from the start of building to the last building year."""
        return len(self.capital)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Types of its interventions, each once, in order."""
        return tuple(dict.fromkeys(i.type for i in self.interventions))


@dataclass(frozen=True, slots=True)
class Start:
    """A project and the first year of its building."""

    project: Project
    year: int

    @property
    def effective(self) -> int:
        """First year in which its effects are felt."""
        return self.year + self.project.build_years


@dataclass(frozen=True)
class Scenario:
    """Ordered projects with start years; applied to a region it gives another region."""

    name: Text
    starts: tuple[Start, ...]

    @cached_property
    def id(self) -> str:
        """Content id, 16 hexadecimal digits."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]
