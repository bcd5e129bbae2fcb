"""Units of the values in a region: what each measures, and by how much it differs from its base.

A unit is a base unit (``person``, ``km2``, ``bed``, ``MW``, ``CNY`` …), optionally after a power of
ten (``1e4 person``, ``1e8 CNY``), or one of the Chinese names in use (``万人``, ``亿元``). Two units
are compatible when they measure the same dimension.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yipan.errors import UnknownName
from yipan.text import Text


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, the dimension it measures, and how many base units it holds."""

    name: str
    dimension: str
    factor: float


def _units() -> dict[str, Unit]:
    out: dict[str, Unit] = {}
    for dimension, members in _DIMENSIONS.items():
        for name, factor in members.items():
            out[name] = Unit(name, dimension, factor)
    return out


_DIMENSIONS: Mapping[str, Mapping[str, float]] = {
    "length": {"m": 1.0, "km": 1e3},
    "area": {"m2": 1.0, "ha": 1e4, "km2": 1e6, "mu": 10_000 / 15},  # 15 mu make a hectare
    "volume": {"m3": 1.0, "L": 1e-3},
    "time": {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0},
    "speed": {"m/s": 1.0, "km/h": 1 / 3.6},
    "mass": {"kg": 1.0, "t": 1e3},
    "power": {"W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "energy": {"kWh": 1.0, "MWh": 1e3, "GWh": 1e6, "tce": 8141.0},  # GB/T 2589: 29.3076 GJ a tonne
    "temperature": {"degC": 1.0},
    "concentration": {"ug/m3": 1.0, "mg/m3": 1e3},
    "density of people": {"person/km2": 1.0},
    "share": {"ratio": 1.0, "%": 0.01, "permille": 0.001},
    **{
        name: {name: 1.0}
        for name in (
            "person", "household", "job", "student", "bed", "crew", "doctor", "nurse", "teacher",
            "vehicle", "passenger", "dwelling", "firm", "patent", "event", "death", "visit", "item",
            "index", "deg",
        )
    },
}  # fmt: skip
_BASE: Mapping[str, Unit] = MappingProxyType(_units())
_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "人": "person", "户": "household", "个": "item", "张": "bed", "床": "bed", "元": "CNY", "米": "m",
        "公里": "km", "千米": "km", "平方米": "m2", "公顷": "ha", "平方公里": "km2", "平方千米": "km2",
        "亩": "mu", "立方米": "m3", "秒": "s", "分钟": "min", "小时": "h", "吨": "t", "千瓦": "kW",
        "兆瓦": "MW", "千瓦时": "kWh", "度电": "kWh", "公里/小时": "km/h", "人/平方公里": "person/km2",
    }
)  # fmt: skip
_CHINESE_TENS = {"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_ALIASES = {
    "persons": "person", "people": "person", "jobs": "job", "beds": "bed", "students": "student",
    "km²": "km2", "m²": "m2", "sqkm": "km2", "hectare": "ha", "mins": "min", "hour": "h", "percent": "%",
    "km^2": "km2", "m^2": "m2", "kmh": "km/h", "kph": "km/h",
}  # fmt: skip
_POWER = re.compile(r"(1e\d{1,2}|10+)\s*(?:\*|×|x|\s)\s*(\S+)")
_MONEY = re.compile(r"[A-Z]{3}")


def find(name: str) -> Unit | None:
    """Return the unit called `name`, or None where it is not known.

    Examples
    --------
    >>> find("1e4 person")
    Unit(name='1e4 person', dimension='person', factor=10000.0)
    >>> find("亿元")
    Unit(name='亿元', dimension='money in CNY', factor=100000000.0)
    >>> find("bushel") is None
    True
    """
    name = name.strip()
    if power := _POWER.fullmatch(name):
        base = _plain(power[2])
        return Unit(name, base.dimension, float(power[1]) * base.factor) if base else None
    if base := _plain(name):
        return Unit(name, base.dimension, base.factor)
    for tens in sorted(_CHINESE_TENS, key=len, reverse=True):
        rest = name.removeprefix(tens)
        if rest != name and rest in _CHINESE and (base := _plain(_CHINESE[rest])):
            return Unit(name, base.dimension, _CHINESE_TENS[tens] * base.factor)
    return None


def _plain(name: str) -> Unit | None:
    name = _ALIASES.get(name, _CHINESE.get(name, name))
    if name in _BASE:
        return _BASE[name]
    return Unit(name, f"money in {name}", 1.0) if _MONEY.fullmatch(name) else None


def factor(given: str, wanted: str) -> float | None:
    """Return what a value in unit `given` is multiplied by to be in `wanted`; None if it cannot be.

    Raises
    ------
    UnknownName
        When either unit is not known.

    Examples
    --------
    >>> factor("1e4 person", "person"), factor("ha", "km2"), factor("km2", "person")
    (10000.0, 0.01, None)
    """
    a, b = _need(given), _need(wanted)
    return a.factor / b.factor if a.dimension == b.dimension else None


def convert(value: float, given: str, wanted: str) -> float:
    """Return `value`, given in one unit, in another.

    Raises
    ------
    UnknownName
        When a unit is not known or the two do not measure the same thing.

    Examples
    --------
    >>> convert(90, "min", "h")
    1.5
    """
    by = factor(given, wanted)
    if by is None:
        raise UnknownName(
            Text(f"单位 {given!r} 不能换算为 {wanted!r}", f"unit {given!r} cannot be turned into {wanted!r}")
        )
    return value * by


def _need(name: str) -> Unit:
    unit = find(name)
    if unit is None:
        raise UnknownName(Text(f"未知单位 {name!r}", f"unknown unit {name!r}"))
    return unit
