"""The contract of a domain pack: indicators, rules that propose projects, unit costs.

A pack is one folder with one ``PACK`` object, found by the entry point group ``yipan.packs``; it may
import `yipan.region`, `yipan.network` and `yipan.scenario` values, never a verb. Duplicate ids are refused.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from yipan.errors import PackError, Problem
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.text import Text

Need = Literal["economy", "living", "ecology", "safety"]
Trait = Literal["international", "green", "smart", "humanistic", ""]
Area = Literal["industry_chain", "infrastructure", "public_service", "policy_market", "safety_joint", ""]
Level = Literal["zone", "cell", "cluster", "pair", "region"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""What one value may be of: a zone, a cell, a cluster, an ordered pair of zones, the region."""
Weight = Literal["population", "area"]
CURRENCY = "CNY"
"""Currency of indicators in money; regions in another one get no values of them."""
Measure = Callable[[Region], pd.Series]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: a pure function of a region and its row in the pack's ``catalogue.csv``.

    Parameters
    ----------
    direction
        +1 more is better, -1 less is better, 0 described but not scored.
    level
        What one value is of; only indicators of zones are scored.
    low, high
        Goalposts, in `unit`: the values that score 0 and 100 (swapped in meaning when direction is -1:
        `low` then scores 100). NaN where the indicator is not scored.
    needs
        Data the function reads, for reasons, quality and caching (see `yipan.needs`): ``stat:VARIABLE``
        (base year), ``stat:VARIABLE@YEAR``, ``stat:VARIABLE@first`` (earliest year before the base year),
        ``cells:COLUMN``, ``sum:COLUMN`` (only its zone totals), ``places:KIND``, ``capacity:KIND``,
        ``times:MODE``, ``flow:KIND``, ``table:NAME``, ``meta:core``. KIND may be ``a|b`` or end in ``*``.
    function
        ``f(region) -> Series`` on the index of its level, NaN where data are missing: zone id, cell id or
        cluster id, in the order of the region; ordered pairs of different zones (``from``, ``to``;
        `yipan.needs.pair_index`); the one value ``region``.
    traps
        What the number does not say.
    weight
        By what zones count in the value of a cluster or the region: ``population``, or ``area`` (statistic of
        the base year) for values per land. At other levels it says nothing.
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
    traps: Text = field(default_factory=lambda: Text("", ""))
    weight: Weight = "population"

    @property
    def scored(self) -> bool:
        """Whether it counts in a need score: a zone value with a direction."""
        return self.direction != 0 and self.level == "zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """Cost of one unit of something, at prices of `price_year`; money in 1e8 of `currency`.

    `note` says what the number rests on; rules refuse to work in a region with another currency.
    """

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
    currency: str = CURRENCY
    note: Text = field(default_factory=lambda: Text("", ""))


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


CATALOGUE = (
    "id",
    "zh",
    "en",
    "unit_zh",
    "unit_en",
    "direction",
    "formula",
    "meaning_zh",
    "meaning_en",
    "need",
    "quality",
    "area",
    "level",
    "low",
    "high",
    "goalposts_zh",
    "goalposts_en",
    "standard",
    "needs",
    "weight",
    "traps_zh",
    "traps_en",
)
"""Columns of ``catalogue.csv``; `quality` is the trait (international, green, smart, humanistic or blank)."""
COSTS = (
    "id",
    "zh",
    "en",
    "unit_zh",
    "unit_en",
    "capital",
    "upkeep_share",
    "life_years",
    "build_years",
    "price_year",
    "currency",
    "source",
    "quality",
    "note_zh",
    "note_en",
)
"""Columns of ``costs.csv``."""


def read_pack(
    folder: Path, functions: Mapping[str, Measure], *, name: Text, rules: Sequence[Rule] = ()
) -> Pack:
    """Join ``catalogue.csv`` with functions by id, and read ``costs.csv``: one pack.

    Parameters
    ----------
    folder
        Folder of the pack; its name is the pack's id.
    functions
        Function by indicator id: exactly one for every row of the catalogue.

    Raises
    ------
    PackError
        With every problem found: missing columns, cells that cannot be read, rows without a function
        and functions without a row.
    """
    problems: list[Problem] = []
    rows = _rows(folder, "catalogue.csv", CATALOGUE, problems)
    indicators = [_indicator(r, n, functions, folder.name, problems) for n, r in rows]
    for spare in sorted(set(functions) - {r["id"] for _, r in rows}):
        problems.append(
            _problem(folder, "catalogue.csv", None, "id", f"{spare} 没有目录行|no row for {spare}")
        )
    costs = []
    if (folder / "costs.csv").is_file():
        costs = [_cost(r, n, folder, problems) for n, r in _rows(folder, "costs.csv", COSTS, problems)]
    if problems:
        raise PackError(
            Text(f"领域包 {folder.name} 不合规范", f"the pack {folder.name} does not keep its contract"),
            problems=problems,
        )
    return Pack(
        id=folder.name,
        name=name,
        indicators=tuple(i for i in indicators if i is not None),
        rules=tuple(rules),
        costs=tuple(c for c in costs if c is not None),
    )


Row = dict[str, str]


def _rows(folder: Path, file: str, columns: Sequence[str], problems: list[Problem]) -> list[tuple[int, Row]]:
    path = folder / file
    if not path.is_file():
        problems.append(_problem(folder, file, None, "", "文件不存在|the file does not exist"))
        return []
    with path.open(encoding="utf-8-sig", newline="") as f:
        reader = csv.DictReader(f)
        lacking = [c for c in columns if c not in (reader.fieldnames or ())]
        rows = [(n, {k: (v or "").strip() for k, v in r.items() if k}) for n, r in enumerate(reader, 2)]
    for c in lacking:
        problems.append(_problem(folder, file, 1, c, f"缺少列 {c}|the column {c} is missing"))
    return [] if lacking else rows


def _problem(folder: Path, file: str, row: int | None, column: str, what: str) -> Problem:
    zh, en = what.split("|", 1)
    remedy = Text(f"改正 {file} 或函数表", f"mend {file} or the table of functions")
    return Problem(what=Text(zh, en), remedy=remedy, file=f"{folder.name}/{file}", row=row, column=column)


class _Reader:
    """Reads the cells of one row and notes what cannot be read."""

    def __init__(self, row: Row, n: int, folder: Path, file: str) -> None:
        self.row, self.n, self.folder, self.file = row, n, folder, file
        self.problems: list[Problem] = []

    def note(self, column: str, what: str) -> None:
        self.problems.append(_problem(self.folder, self.file, self.n, column, what))

    def number(self, column: str, *, blank: bool = False) -> float:
        raw = self.row[column]
        if not raw and blank:
            return float("nan")
        try:
            return float(raw)
        except ValueError:
            self.note(column, f"不是数字:“{raw}”|not a number: '{raw}'")
            return float("nan")

    def choice(self, column: str, choices: Sequence[str]) -> Any:
        if self.row[column] not in choices:
            self.note(column, f"不是 {list(choices)} 之一|not one of {list(choices)}")
        return self.row[column]

    def text(self, stem: str = "") -> Text:
        return Text(self.row[f"{stem}zh"], self.row[f"{stem}en"])


def _indicator(
    row: Row, n: int, functions: Mapping[str, Measure], pack: str, problems: list[Problem]
) -> Indicator | None:
    r = _Reader(row, n, Path(pack), "catalogue.csv")
    if row["id"] not in functions:
        r.note("id", f"{row['id']} 没有函数|no function for {row['id']}")
    direction = r.choice("direction", ("1", "-1", "0"))
    unscored = direction == "0" or row["level"] in ("cell", "cluster", "pair")
    out = {
        "need": r.choice("need", get_args(Need)),
        "trait": r.choice("quality", get_args(Trait)),
        "area": r.choice("area", get_args(Area)),
        "level": r.choice("level", get_args(Level)),
        "weight": r.choice("weight", get_args(Weight)),
        "low": r.number("low", blank=unscored),
        "high": r.number("high", blank=unscored),
    }
    problems += r.problems
    if r.problems:
        return None
    return Indicator(
        id=row["id"],
        name=r.text(),
        unit=r.text("unit_"),
        direction=int(direction),
        formula=row["formula"],
        meaning=r.text("meaning_"),
        goalposts=r.text("goalposts_"),
        standard=row["standard"],
        needs=tuple(row["needs"].split()),
        function=functions[row["id"]],
        pack=pack,
        traps=r.text("traps_"),
        **out,
    )


def _cost(row: Row, n: int, folder: Path, problems: list[Problem]) -> UnitCost | None:
    r = _Reader(row, n, folder, "costs.csv")
    quality = r.choice("quality", [q.value for q in Quality])
    capital, upkeep, life = r.number("capital"), r.number("upkeep_share"), r.number("life_years")
    build, year = r.number("build_years"), r.number("price_year")
    problems += r.problems
    if r.problems:
        return None
    return UnitCost(
        id=row["id"],
        name=r.text(),
        unit=r.text("unit_"),
        capital=capital,
        upkeep_share=upkeep,
        life_years=int(life),
        build_years=int(build),
        price_year=int(year),
        source=row["source"],
        quality=Quality(quality),
        currency=row["currency"],
        note=r.text("note_"),
    )
