"""How good a region's values are: shares of official, derived, modelled and assumed."""

from __future__ import annotations

import pandas as pd

from yipan.region.schema import TABLES, Quality, TableSchema
from yipan.region.value import Region


def quality_shares(region: Region) -> pd.DataFrame:
    """Count the values of each table by quality.

    A value is a number that is given in a column outside the table's key, or the geometry of a
    zone. Its quality is that of its row, unless ``[provenance."table.column"]`` says another.

    Parameters
    ----------
    region
        Any region.

    Returns
    -------
    DataFrame
        One row for each table that has values, and ``all``, by each quality: ``table``,
        ``quality``, ``values`` (count), ``share`` (0 to 1, of the table's values).

    Examples
    --------
    >>> from yipan.region import example
    >>> shares = quality_shares(example("tiny"))
    >>> shares[(shares["table"] == "zones") & (shares["values"] > 0)].to_dict("records")
    [{'table': 'zones', 'quality': 'assumed', 'values': 3, 'share': 1.0}]
    """
    overrides = {p.column: str(p.quality) for p in region.meta.provenance}
    counts: dict[str, dict[str, int]] = {}
    for schema in TABLES:
        of_table = _count(region.table(schema.name), schema, overrides)
        if sum(of_table.values()):
            counts[schema.name] = of_table
    counts["all"] = {q: sum(c[q] for c in counts.values()) for q in map(str, Quality)}
    rows = [
        {"table": table, "quality": q, "values": n, "share": n / total if total else float("nan")}
        for table, by_quality in counts.items()
        for total in [sum(by_quality.values())]
        for q, n in by_quality.items()
    ]
    return pd.DataFrame(rows, columns=["table", "quality", "values", "share"])


def _count(frame: pd.DataFrame, schema: TableSchema, overrides: dict[str, str]) -> dict[str, int]:
    out = dict.fromkeys(map(str, Quality), 0)
    for name in map(str, frame.columns):
        if name in schema.key or not (name == "geometry" or pd.api.types.is_numeric_dtype(frame[name].dtype)):
            continue
        given = frame[name].notna()
        override = overrides.get(f"{schema.name}.{name}")
        if override is not None:
            out[override] += int(given.sum())
            continue
        for quality, n in frame.loc[given, "quality"].value_counts().items():
            if str(quality) in out:
                out[str(quality)] += int(n)
    return out
