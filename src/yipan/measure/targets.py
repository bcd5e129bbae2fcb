"""Targets and gaps: what is aimed at, what is measured, what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from yipan.errors import MeasureError, Problem
from yipan.measure.compare import cluster_values, number_at
from yipan.measure.values import REGION, Results
from yipan.region.findings import suggest
from yipan.region.value import Region
from yipan.text import Text

COLUMNS = ("indicator", "zh", "en", "unit_zh", "unit_en", "scope", "scope_zh", "scope_en", "year", "target")


def gaps(region: Region, results: Results) -> pd.DataFrame:
    """Compare the measured values with the region's ``targets.csv``.

    Returns
    -------
    DataFrame
        One row per target, in the order of the file: indicator, names and unit, scope with names, year,
        target, value, ``gap`` (what is missing, in the unit of the indicator: 0 when met; for indicators
        without direction the distance either way), ``met`` (missing values are not met: None), source,
        quality. For values of clusters and region see
        `region_values`.

    Raises
    ------
    MeasureError
        Targets name an indicator that was not measured or a scope that does not exist; all are listed.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> len(gaps(region, measure(region)))  # it has no targets
    0
    """
    targets = region.tables["targets"]
    by_group = cluster_values(results)
    problems: list[Problem] = []
    rows = []
    aims, years = targets.numbers("value"), targets.numbers("year")
    texts = [list(map(str, targets.array(c))) for c in ("indicator", "scope", "source", "quality")]
    for n, (indicator, scope, source, quality) in enumerate(zip(*texts, strict=True)):
        name, kind, at = _scope(region, scope)
        if indicator not in results.indicators:
            problems.append(unknown_indicator(n + 2, indicator, results.indicators))
            continue
        if name is None:
            problems.append(_unknown_scope(n + 2, scope))
            continue
        i = results.indicators[indicator]
        if kind == "zone":
            value = number_at(results.values, at, indicator) if i.level == "zone" else math.nan
        else:
            value = number_at(by_group, indicator, at)
        gap = _gap(i.direction, value, float(aims[n]))
        rows.append(
            {
                "indicator": indicator,
                "zh": i.name.zh,
                "en": i.name.en,
                "unit_zh": i.unit.zh,
                "unit_en": i.unit.en,
                "scope": scope,
                "scope_zh": name.zh,
                "scope_en": name.en,
                "year": int(years[n]),
                "target": float(aims[n]),
                "value": value,
                "gap": gap,
                "met": None if math.isnan(gap) else gap <= 0,
                "source": source,
                "quality": quality,
            }
        )
    if problems:
        raise MeasureError(
            Text("targets.csv 有目标无法对照", "targets.csv has targets that cannot be compared"),
            problems=problems,
        )
    return pd.DataFrame(rows, columns=[*COLUMNS, "value", "gap", "met", "source", "quality"])


def _gap(direction: int, value: float, target: float) -> float:
    if math.isnan(value):
        return math.nan
    if direction == 0:
        return abs(value - target)
    return max(0.0, direction * (target - value))


def _scope(region: Region, scope: str) -> tuple[Text | None, str, str]:
    kind, _, at = scope.partition(":")
    if scope == REGION:
        return region.meta.name, REGION, REGION
    if kind == "zone" and at in region.cluster_of:
        return region.zone_name(at), "zone", at
    if kind == "cluster":
        return next((c.name for c in region.meta.clusters if c.id == at), None), "cluster", at
    return None, kind, at


def unknown_indicator(row: int, name: str, known: Iterable[str]) -> Problem:
    """Return that a row of ``targets.csv`` names an indicator there is not, with the nearest there is."""
    near = suggest(name, known)
    return Problem(
        what=Text(f"没有指标“{name}”{near.zh}", f"there is no indicator '{name}'{near.en}"),
        remedy=Text("改为已有的指标编号", "write the id of an existing indicator"),
        file="targets.csv",
        row=row,
        column="indicator",
    )


def _unknown_scope(row: int, name: str) -> Problem:
    return Problem(
        what=Text(f"没有“{name}”", f"there is no '{name}'"),
        remedy=Text("写 region、cluster:编号或 zone:编号", "write region, cluster:ID or zone:ID"),
        file="targets.csv",
        row=row,
        column="scope",
    )
