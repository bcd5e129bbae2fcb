"""Results as plain mappings, ready for JSON, and as tidy tables: a reason wherever a value is missing."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from yipan.measure.compare import cluster_differences, number_at, region_values
from yipan.measure.outlook.export import write_csv
from yipan.measure.values import REGION, LevelTable, Missing, Results
from yipan.pack import LEVELS, Indicator, Level
from yipan.text import Lang, Text


def results_to_dict(results: Results) -> dict[str, Any]:
    """Return results as nested mappings of str, int, float, bool and None.

    Keys: run_id, region_id, indicators (catalogue by id), zones (by zone id: cluster, population, values
    with score, quality and reason, needs), clusters, region, differences, levels (cells, clusters and pairs
    of zones, where measured; see `level_to_dict`). A missing value is None and its entry has ``missing`` with
    reason and remedy in both languages.

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
            "values": {
                i: _region_value(results, i, float(overall[i]))
                for i, one in results.indicators.items()
                if one.level in ("zone", REGION)
            },
        },
        "levels": {level: level_to_dict(table) for level, table in results.levels.items()},
        "differences": {str(n): _plain(row) for n, row in cluster_differences(results).iterrows()},
        "seconds": {k: round(v, 4) for k, v in results.seconds.items()},
    }


def level_to_dict(table: LevelTable) -> dict[str, Any]:
    """Return the values of one level by column, since they may be many (JSON-ready).

    Keys: index (ids; for pairs [from, to]), values, quality and missing by indicator id: lists in the order
    of the index, and the reasons with the positions they are of.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> out = level_to_dict(measure(example("tiny"), ["Y-CEL-08"]).table("cell"))
    >>> out["index"][:2], out["values"]["Y-CEL-08"][:2]
    (['A1', 'A2'], [0.0, 18.2])
    """
    pairs = table.level == "pair"
    return {
        "index": [list(map(str, at)) if pairs else str(at) for at in table.values.index],
        "values": {str(i): [number(v) for v in table.values[i]] for i in table.values},
        "quality": {str(i): [str(q) or None for q in table.quality[i]] for i in table.quality},
        "missing": {str(i): _reasons(table, str(i)) for i in table.values},
    }


def _reasons(table: LevelTable, indicator: str) -> list[dict[str, Any]]:
    """Return each reason why values of an indicator are missing, with the positions it is of."""
    codes, reasons = table.why(indicator)
    return [{**_missing(m), "at": np.flatnonzero(codes == n).tolist()} for n, m in enumerate(reasons)]


def tidy(results: Results, level: Level, *, lang: Lang = "en") -> pd.DataFrame:
    """Return the values of one level as a tidy table: one row a value.

    Columns: indicator, name, unit (in `lang`), what it is of (``zone``, ``cell``, ``cluster``,
    ``from`` and ``to``, or ``region``), value, quality, and reason and remedy where the value
    is missing.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> table = tidy(measure(example("tiny"), ["Y-PAR-01"]), "pair")
    >>> table[["from", "to", "unit"]].iloc[0].tolist(), float(table["value"].iloc[0])
    (['A', 'B', 'min'], 35.1)
    """
    table = results.table(level)
    keys: list[str] = [level] if level != "pair" else ["from", "to"]
    frames = []
    for i in table.values:
        indicator = results.indicators[str(i)]
        codes, reasons = table.why(str(i))
        texts = np.array([(r.reason.in_(lang), r.remedy.in_(lang)) for r in reasons] + [("", "")])
        frame = table.values.index.to_frame(index=False)
        frame.columns = pd.Index(keys)
        frame.insert(0, "indicator", str(i))
        frame.insert(1, "name", indicator.name.in_(lang))
        frame.insert(2, "unit", indicator.unit.in_(lang))
        frame["value"] = table.values[i].to_numpy(np.float64)
        frame["quality"] = table.quality[i].astype(str).to_numpy()
        frame["reason"], frame["remedy"] = texts[codes, 0].astype(object), texts[codes, 1].astype(object)
        frames.append(frame)
    columns = ["indicator", "name", "unit", *keys, "value", "quality", "reason", "remedy"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def write_levels(
    results: Results, folder: str | Path, *, levels: Collection[Level] = LEVELS, lang: Lang = "en"
) -> list[Path]:
    """Write the values of each level to ``LEVEL.csv`` (see `tidy`), safe to open in a spreadsheet.

    Levels of which nothing was measured are left out.

    Returns
    -------
    list of Path
        The files written, in the order of `levels`.
    """
    out = []
    for level in levels:
        table = tidy(results, level, lang=lang)
        if len(table):
            out.append(write_csv(Path(folder) / f"{level}.csv", table))
    return out


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
