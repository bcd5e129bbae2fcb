"""Results as plain mappings, ready for JSON: no NaN, a reason wherever a value is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from yipan.measure.compare import cluster_differences, number_at, region_values
from yipan.measure.values import REGION, Missing, Results
from yipan.pack import Indicator
from yipan.text import Text


def results_to_dict(results: Results) -> dict[str, Any]:
    """Return results as nested mappings of str, int, float, bool and None.

    Keys: run_id, region_id, indicators (catalogue by id), zones (by zone id: cluster, population, values
    with score, quality and reason, needs), clusters, region, differences. A missing value is None and its
    entry has ``missing`` with reason and remedy in both languages.

    Examples
    --------
    >>> import json
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> out = results_to_dict(measure(example("tiny")))
    >>> text = json.dumps(out, allow_nan=False)  # would fail on a NaN
    >>> out["zones"]["A"]["values"]["N-LIV-02"]["value"]
    500.0
    """
    overall = region_values(results)
    return {
        "run_id": results.run_id,
        "region_id": results.region_id,
        "indicators": {i: indicator_to_dict(one) for i, one in results.indicators.items()},
        "zones": {str(z): _zone(results, str(z)) for z in results.values.index},
        "clusters": {str(c): _plain(row) for c, row in results.clusters.iterrows()},
        "region": {
            "needs": _plain(results.total),
            "values": {i: _region_value(results, i, float(overall[i])) for i in results.indicators},
        },
        "differences": {str(n): _plain(row) for n, row in cluster_differences(results).iterrows()},
        "seconds": {k: round(v, 4) for k, v in results.seconds.items()},
    }


def indicator_to_dict(indicator: Indicator) -> dict[str, Any]:
    """Return the catalogue row of an indicator (JSON-ready; its function left out)."""
    return {
        "id": indicator.id,
        "name": _text(indicator.name),
        "unit": _text(indicator.unit),
        "direction": indicator.direction,
        "formula": indicator.formula,
        "meaning": _text(indicator.meaning),
        "need": indicator.need,
        "trait": indicator.trait,
        "area": indicator.area,
        "level": indicator.level,
        "low": number(indicator.low),
        "high": number(indicator.high),
        "goalposts": _text(indicator.goalposts),
        "standard": indicator.standard,
        "needs": list(indicator.needs),
        "weight": indicator.weight,
        "traps": _text(indicator.traps),
        "pack": indicator.pack,
    }


def number(value: float) -> float | None:
    """Return a float, or None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def _zone(results: Results, zone: str) -> dict[str, Any]:
    values = {i: _value(results, i, zone) for i in results.values.columns}
    needs: dict[str, Any] = {n: number(number_at(results.needs, zone, n)) for n in results.needs.columns}
    reasons = {n: _missing(results.missing.get((n, zone))) for n, v in needs.items() if v is None}
    return {
        "cluster": str(results.cluster[zone]),
        "population": number(float(results.population[zone])),
        "values": values,
        "needs": needs,
        "missing": reasons,
    }


def _value(results: Results, indicator: str, zone: str) -> dict[str, Any]:
    out: dict[str, Any] = {"value": number(number_at(results.values, zone, indicator))}
    if out["value"] is None:
        return {**out, "missing": _missing(results.missing.get((indicator, zone)))}
    if indicator in results.scores:
        out["score"] = number(number_at(results.scores, zone, indicator))
    return {**out, "quality": str(results.quality.at[zone, indicator])}


def _region_value(results: Results, indicator: str, value: float) -> dict[str, Any]:
    out: dict[str, Any] = {"value": number(value)}
    if indicator in results.region_values:
        out["quality"] = results.region_quality[indicator] or None
    if out["value"] is None:
        out["missing"] = _missing(results.missing.get((indicator, REGION)))
    return out


def _plain(row: pd.Series[Any]) -> dict[str, Any]:
    return {str(k): v if isinstance(v, str) else number(float(v)) for k, v in row.items()}


def _missing(missing: Missing | None) -> Mapping[str, Any]:
    if missing is None:
        nothing = Text("各分区均缺值", "missing in every zone")
        return {
            "reason": _text(nothing),
            "remedy": _text(Text("见各分区的原因", "see the reasons of the zones")),
        }
    return {"reason": _text(missing.reason), "remedy": _text(missing.remedy)}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
