"""Numbers and units as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from yipan.text import Text

UNITS: dict[str, Text] = {
    "person": Text("人", "persons"),
    "persons": Text("人", "persons"),
    "job": Text("个岗位", "jobs"),
    "jobs": Text("个岗位", "jobs"),
    "bed": Text("张床位", "beds"),
    "student": Text("名学生", "students"),
    "min": Text("分钟", "min"),
    "s": Text("秒", "s"),
    "h": Text("小时", "h"),
    "km2": Text("平方公里", "km²"),
    "km": Text("公里", "km"),
    "m": Text("米", "m"),
    "km/h": Text("公里/小时", "km/h"),
    "ratio": Text("比值", "ratio"),
    "deg": Text("度", "degrees"),
    "crew": Text("支队伍", "crews"),
    "share": Text("份额", "share"),
}
POINTS = Text("分(0–100)", "points (0–100)")
MISSING = "—"


def unit_text(unit: str) -> Text:
    """Return a unit in both languages; one that is not known stays as it is written.

    Examples
    --------
    >>> unit_text("1e8 CNY").zh, unit_text("1e8 EUR").en
    ('亿元', 'EUR 100 m')
    """
    if unit.startswith("1e8 "):
        return money_unit(unit[4:])
    return UNITS.get(unit, Text(unit, unit))


def fixed(value: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """Write a number with thousands separators and fixed decimals; a missing one as an em dash.

    Examples
    --------
    >>> fixed(32054159.0, 0), fixed(-0.04), fixed(3.25, 1, sign=True), fixed(float("nan"))
    ('32,054,159', '0.0', '+3.2', '—')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:+,.{decimals}f}" if sign else f"{value:,.{decimals}f}"
    if not any(c in "123456789" for c in text):
        text = text.lstrip("+-")
    return text


def decimals_for(values: Iterable[float], *, most: int = 3) -> int:
    """Return the decimals that keep round numbers apart, at most `most`.

    Examples
    --------
    >>> decimals_for((0.5, 1.0)), decimals_for((10, 20)), decimals_for((0.25, 0.5))
    (1, 0, 2)
    """
    finite = [v for v in values if math.isfinite(v)]
    return next((d for d in range(most) if all(abs(round(v, d) - v) < 1e-9 for v in finite)), most)


def decimals_of_size(value: float) -> int:
    """Return decimals for about three significant digits: 0 from 100 up, 1 from 10, 2 below, 3 below 0.1."""
    size = abs(value)
    return (
        0
        if size >= 100 or size == 0 or not math.isfinite(size)
        else 1
        if size >= 10
        else 2
        if size >= 0.1
        else 3
    )


def people(value: float) -> Text:
    """Return a number of people in the words each language uses.

    Examples
    --------
    >>> people(32_054_159).zh, people(32_054_159).en, people(440_000).en
    ('3,205.4 万人', '32.05 million', '440 thousand')
    """
    zh = f"{fixed(value / 1e4, 1)} 万人"
    if value >= 1e6:
        return Text(zh, f"{fixed(value / 1e6, 2)} million")
    return Text(zh, f"{fixed(value / 1e3, 0)} thousand")


def money_unit(currency: str, *, prices: int | None = None, times: int = 1) -> Text:
    """Return the unit of money: 1e8 of the currency, or 1, 10 or 100 `times` that, with its price year.

    Examples
    --------
    >>> money_unit("CNY", prices=2020).zh, money_unit("EUR", prices=2020).en, money_unit("CNY", times=100).zh
    ('亿元,2020 年价', 'EUR 100 m, prices of 2020', '百亿元')
    """
    zh = {1: "亿", 10: "十亿", 100: "百亿"}[times] + ("元" if currency == "CNY" else f" {currency}")
    en = f"{currency} {100 * times} m" if times < 10 else f"{currency} {times // 10} bn"
    if prices is None:
        return Text(zh, en)
    return Text(f"{zh},{prices} 年价", f"{en}, prices of {prices}")


def money(value: float, currency: str) -> Text:
    """Return money given in 1e8 of the currency.

    Examples
    --------
    >>> money(1862.0, "CNY").zh, money(1862.0, "CNY").en, money(3.0, "EUR").en
    ('1,862.0 亿元', 'CNY 186.20 billion', 'EUR 300 million')
    """
    zh = f"{fixed(value, 1)} {money_unit(currency).zh}"
    if abs(value) < 10:
        return Text(zh, f"{currency} {fixed(value * 100, 0)} million")
    return Text(zh, f"{currency} {fixed(value / 10, 2)} billion")


def percent(share: float, decimals: int = 0) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.425, 1)
    '42.5%'
    """
    return MISSING if not math.isfinite(share) else f"{fixed(share * 100, decimals)}%"
