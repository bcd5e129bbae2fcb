"""Every target of a region: gap, way travelled, pace, light, early warning, year of reaching it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.outlook.pace import Point, pace
from yipan.measure.outlook.panel import panel
from yipan.measure.outlook.trend import LEVEL, check_level, trend
from yipan.measure.outlook.years import years_of
from yipan.measure.targets import gaps
from yipan.measure.values import REGION, Results
from yipan.region.value import Region
from yipan.text import Text

_WHOLE = ("start", "years", "expected", "earliest", "latest")
COLUMNS = (
    "shortfall", "start", "start_value", "travelled", "achieved", "path", "ratio", "needed", "status",
    "light", "why_zh", "why_en", "years", "slope", "robust", "forecast", "low", "high", "warning", "expected",
    "earliest", "latest", "forecast_zh", "forecast_en",
)  # fmt: skip
"""Columns `outlook` adds to those of `yipan.measure.gaps`."""


def outlook(
    region: Region,
    results: Results,
    *,
    history: pd.DataFrame | None = None,
    since: int | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Judge every target of ``targets.csv`` by the pace of past years and where the trend leads.

    Parameters
    ----------
    region, results
        The region and what was measured of it: the present is its base year.
    history
        A panel of years as `panel` returns it; by default that of `years_of`. Only years up to the base
        year are used.
    since
        Year the way to the target is counted from; by default, for each target, the first year of the
        history with a value. A target without a value of that year is not judged.
    level
        Level of the prediction intervals, in (0, 1).

    Returns
    -------
    DataFrame
        The rows and columns of `yipan.measure.gaps`, and:

        - ``shortfall`` (signed gap), ``start`` and ``start_value``, ``travelled`` (share), ``achieved``,
          ``path`` and ``needed`` (units a year), ``ratio``, ``status``, ``light``, why: see `Pace`;
        - ``years`` (number with a value), ``slope``, ``robust`` (units a year), ``forecast``, ``low``,
          ``high`` (units, in the target year), ``warning``, ``expected``, ``earliest``, ``latest`` (years),
          what the forecast rests on: see `Trend`.

    Raises
    ------
    MeasureError
        A target cannot be compared (see `yipan.measure.gaps`), `since` is not before the base year, or the
        level is outside (0, 1).

    Examples
    --------
    >>> import pandas as pd
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> aim = {"indicator": ["N-LIV-02"], "scope": ["zone:B"], "year": [2035], "value": [600.0]}
    >>> region = example("tiny").replace(targets=pd.DataFrame(aim).assign(source="x", quality="assumed"))
    >>> row = outlook(region, measure(region)).iloc[0]
    >>> float(row["shortfall"]), float(row["needed"]), row["light"]  # 300 beds per 100,000 in 2020
    (300.0, 20.0, 'grey')
    >>> row["why_en"]  # doctest: +ELLIPSIS
    'no value of a year before 2020 (cells:population, capacity:hospital is known as of 2020 only ...)'
    """
    check_level(level)
    base = region.meta.base_year
    if since is not None and since >= base:
        raise MeasureError(
            Text("起始年不可用", "the start year cannot be used"), problems=[_late(since, base)]
        )
    found = gaps(region, results)
    if history is None:
        used = found["indicator"].drop_duplicates().tolist()
        asked = sorted({*years_of(region), *([] if since is None else [since])})
        history = panel(region, asked, indicators=used)
    past = history[history["year"] < base]
    known = {k: _Past.of(rows) for k, rows in past.groupby(["indicator", "scope"], sort=False)}
    rows = [
        _row(
            results, t, known.get((t["indicator"], t["scope"]), _Past({}, {})), since, level=level, base=base
        )
        for t in found.to_dict("records")
    ]
    added = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(_WHOLE, "Int64"))
    return pd.concat([found, added], axis=1)


def _late(since: int, base: int) -> Problem:
    return Problem(
        what=Text(
            f"起始年 {since} 不早于基准年 {base}", f"the start {since} is not before the base year {base}"
        ),
        remedy=Text("选更早的年份", "choose an earlier year"),
        column="since",
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """Values of one indicator and scope by year before the base year, and reasons of the missing ones."""

    values: Mapping[int, float]
    reasons: Mapping[int, Text]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Past:
        columns = (rows[c].tolist() for c in ("year", "value", "reason_zh", "reason_en"))
        values: dict[int, float] = {}
        reasons: dict[int, Text] = {}
        for year, value, zh, en in zip(*columns, strict=True):
            if math.isfinite(value):
                values[int(year)] = float(value)
            else:
                reasons[int(year)] = Text(zh, en)
        return cls(values, reasons)

    def why_none(self, since: int | None, base: int) -> Text:
        """Return why the way has no start: the year asked for is missing, or every year is."""
        year = max(self.reasons, default=None) if since is None else since
        zh = f"没有 {base} 年以前的值" if since is None else f"{since} 年缺值"
        en = f"no value of a year before {base}" if since is None else f"no value of {since}"
        cause = self.reasons.get(year) if year is not None else None
        return Text(f"{zh}({cause.zh})", f"{en} ({cause.en})") if cause else Text(zh, en)


def _row(
    results: Results,
    target: Mapping[Any, Any],
    past: _Past,
    since: int | None,
    *,
    level: float,
    base: int,
) -> dict[str, object]:
    direction = results.indicators[target["indicator"]].direction
    aim, now = Point(target["year"], target["target"]), Point(base, float(target["value"]))
    start = min(past.values, default=None) if since is None else since
    begun = None if start is None or start not in past.values else Point(start, past.values[start])
    p = pace(direction, aim, now=now, start=begun)
    points = [*(Point(y, v) for y, v in past.values.items()), now]
    t = trend(points, aim, direction=direction, now=now, level=level)
    why = p.why
    if math.isnan(now.value):
        why = _missing(results, target["indicator"], target["scope"])
    elif p.status == "unknown" and direction:
        why = past.why_none(since, base)
    return {
        "shortfall": p.gap,
        "start": begun.year if begun else None,
        "start_value": begun.value if begun else math.nan,
        "travelled": p.travelled,
        "achieved": p.achieved,
        "path": p.path,
        "ratio": p.ratio,
        "needed": p.needed,
        "status": p.status,
        "light": p.light,
        "why_zh": why.zh,
        "why_en": why.en,
        "years": t.years,
        "slope": t.slope,
        "robust": t.robust,
        "forecast": t.forecast,
        "low": t.low,
        "high": t.high,
        "warning": t.warning,
        "expected": t.expected,
        "earliest": t.earliest,
        "latest": t.latest,
        "forecast_zh": t.why.zh,
        "forecast_en": t.why.en,
    }


def _missing(results: Results, indicator: str, scope: str) -> Text:
    """Return why the present value of a target's scope is missing."""
    kind, _, zone = scope.partition(":")
    if results.indicators[indicator].level == REGION and kind != REGION:
        return Text(
            "指标只有全区域的值,请把目标写给 region",
            "the indicator has one value for the region: aim at that",
        )
    reason = results.missing.get((indicator, zone if kind == "zone" else REGION))
    return reason.reason if reason else Text("各分区均缺值", "missing in every zone")
