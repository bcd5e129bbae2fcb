"""Known statistics variables and kinds of place, with the unit each is kept in.

They are rows of ``variables.csv`` and ``kinds.csv`` beside this module. A region may have others;
of those Yipan cannot check the unit.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from yipan.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A known variable or kind of place: its name, what it is called, its unit (``""`` for none)."""

    name: str
    label: Text
    unit: str


@cache
def _entries(file: str, key: str) -> Mapping[str, Entry]:
    text = (files("yipan.region") / file).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return MappingProxyType({r[key]: Entry(r[key], Text(r["zh"], r["en"]), r["unit"]) for r in rows})


def variables() -> Mapping[str, Entry]:
    """Return the known statistics variables by name; money is in 1e8 (or 1) ``CNY``.

    Examples
    --------
    >>> variables()["beds"].unit, variables()["beds"].label.en
    ('bed', 'beds in health institutions')
    """
    return _entries("variables.csv", "name")


def kinds() -> Mapping[str, Entry]:
    """Return the known kinds of place by name, each with the unit of its capacity.

    Examples
    --------
    >>> kinds()["shelter"].unit
    'person'
    """
    return _entries("kinds.csv", "kind")
