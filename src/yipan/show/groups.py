"""Scores of the four qualities and the five areas of coordination, from the indicators that carry them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.measure.index import LEAST_SHARE, weighted_rows
from yipan.measure.pages import AREAS, TRAITS
from yipan.pack import Indicator
from yipan.show.material import Material
from yipan.text import Text

KINDS: tuple[tuple[Text, Mapping[str, Text], Callable[[Indicator], str]], ...] = (
    (Text("特质", "Quality"), TRAITS, lambda i: i.trait),
    (Text("协同领域", "Area of coordination"), AREAS, lambda i: i.area),
)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One quality or area and its scores.

    Parameters
    ----------
    scored, described
        Its indicators with a score for every zone, and those only described or known for the region alone.
    zones, clusters, total
        Mean goalpost score (0–100) of the scored indicators a zone has, at least half of them; clusters and
        region weighted by residents. NaN where missing.
    reason
        Why scores are missing; empty where none is.
    """

    kind: Text
    key: str
    name: Text
    scored: tuple[Indicator, ...]
    described: tuple[Indicator, ...]
    zones: pd.Series[float]
    clusters: pd.Series[float]
    total: float
    reason: Text


def groups_of(m: Material) -> tuple[Group, ...]:
    """Return the qualities, then the areas, in the order of the catalogue."""
    return tuple(
        _group(m, kind, key, name, [i for i in m.indicators if of(i) == key])
        for kind, names, of in KINDS
        for key, name in names.items()
    )


def _group(m: Material, kind: Text, key: str, name: Text, mine: Sequence[Indicator]) -> Group:
    table = m.results.scores
    scored = tuple(i for i in mine if i.id in table.columns)
    zones = mean_of_available(table[[i.id for i in scored]])
    values = np.asarray(zones, dtype=np.float64)[:, None]
    people = np.asarray(m.results.population.reindex(table.index).fillna(0.0), dtype=np.float64)
    members = {
        c: np.asarray(table.index.isin(list(m.results.cluster_members.get(c, ()))), dtype=np.bool_)
        for c in (c.id for c in m.region.meta.clusters)
    }
    clusters = {c: float(weighted_rows(values, people, who)[0]) for c, who in members.items() if who.any()}
    return Group(
        kind=kind,
        key=key,
        name=name,
        scored=scored,
        described=tuple(i for i in mine if i.id not in table.columns),
        zones=zones,
        clusters=pd.Series(clusters, dtype=np.float64),
        total=float(weighted_rows(values, people, np.ones(len(values), dtype=np.bool_))[0]),
        reason=_reason(len(mine), len(scored)) if zones.isna().any() else Text("", ""),
    )


def mean_of_available(scores: pd.DataFrame) -> pd.Series[float]:
    """Return the mean score of each row, NaN where fewer than half of the columns have one.

    Examples
    --------
    >>> gap = float("nan")
    >>> mean_of_available(pd.DataFrame({"a": [1.0, gap], "b": [3.0, gap], "c": [gap, 6.0]})).tolist()
    [2.0, nan]
    """
    if not len(scores.columns):
        return pd.Series(np.nan, index=scores.index, dtype=np.float64)
    enough = scores.notna().sum(axis=1) >= LEAST_SHARE * len(scores.columns)
    return scores.astype(np.float64).mean(axis=1).where(enough)


def _reason(count: int, scored: int) -> Text:
    if not count:
        return Text("没有这类指标", "no indicator of this kind")
    if not scored:
        return Text(
            f"{count} 项指标只描述或只有区域值,不计分",
            f"its {count} indicators are described only, or known for the region alone",
        )
    return Text(
        f"{scored} 项计分指标中可用的不足一半",
        f"fewer than half of its {scored} scored indicators are available",
    )
