"""What a report is made from, and the few facts every chapter asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.measure.values import NEEDS, Results
from yipan.pack import Indicator
from yipan.plan.values import Plan
from yipan.region.schema import SCHEMAS, Quality
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.show.cells import quality_words
from yipan.show.model import Numbers, Trace
from yipan.show.numbers import POINTS
from yipan.show.plane import Ground, ground_of
from yipan.text import Text
from yipan.track.status import Status

INDEX_FORMULA = Text("四类需要得分的几何平均(见方法)", "geometric mean of the four need scores (see method)")


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything a report may tell; parts that are None have no chapter."""

    region: Region
    results: Results
    plan: Plan | None = None
    after: Results | None = None
    projects: Sequence[Project] | None = None
    ledger_status: Status | None = None
    timings: Mapping[str, float] | None = None
    date: str = ""
    numbers: Numbers = field(default_factory=Numbers)

    @cached_property
    def ground(self) -> Ground:
        """The region's zones in the plane."""
        return ground_of(self.region)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Need ids and ``index``, as far as the results have them."""
        return tuple(c for c in (*NEEDS, "index") if c in self.results.needs.columns)

    @cached_property
    def cluster_names(self) -> Mapping[str, Text]:
        """Names of clusters by id."""
        return {c.id: c.name for c in self.region.meta.clusters}

    def cluster_name(self, cluster: str) -> Text:
        """Return the name of a cluster, or its id where it has none."""
        return self.cluster_names.get(cluster, Text(cluster, cluster))

    @cached_property
    def cluster_ids(self) -> tuple[str, ...]:
        """Clusters that hold zones directly, in the order of the region."""
        used = set(self.region.cluster_of.values())
        return tuple(c.id for c in self.region.meta.clusters if c.id in used)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator measured, by need and id."""
        order = {n: i for i, n in enumerate(NEEDS)}
        return tuple(sorted(self.results.indicators.values(), key=lambda i: (order.get(i.need, 9), i.id)))

    def trace(
        self, *, unit: Text = POINTS, source: Text | None = None, quality: Text | None = None, year: str = ""
    ) -> Trace:
        """Return a trace line; by default of scores."""
        base = year or str(self.region.meta.base_year)
        return Trace(
            unit=unit,
            year=Text(base, base),
            source=source or INDEX_FORMULA,
            quality=quality or self.value_quality,
            run_id=self.results.run_id,
        )

    @cached_property
    def value_quality(self) -> Text:
        """Shares of qualities over all indicator values."""
        return quality_words(v for v in self.results.quality.to_numpy().ravel() if v)

    def quality_of(self, indicator: str) -> Text:
        """Shares of qualities over the values of one indicator."""
        if indicator not in self.results.quality.columns:
            return quality_words([])
        return quality_words(v for v in self.results.quality[indicator] if v)

    def population(self) -> pd.Series:
        """Residents by zone (base year)."""
        cells = self.region.cells
        sums = cells.groupby(cells["zone"].astype(str))["population"].sum()
        return sums.reindex(list(self.region.zone_ids)).astype(float)

    def source_titles(self, ids: Sequence[str], most: int = 3) -> Text:
        """Return the titles of sources by id."""
        titles = {s.id: s.title for s in self.region.meta.sources}
        known = [titles.get(i, Text(i, i)) for i in dict.fromkeys(ids)][:most]
        more = len(dict.fromkeys(ids)) - len(known)
        return Text(
            "、".join(t.zh for t in known) + (f" 等 {more + len(known)} 个来源" if more > 0 else ""),
            "; ".join(t.in_("en") for t in known) + (f" and {more} more" if more > 0 else ""),
        )


def column_qualities(region: Region) -> list[tuple[Text, list[str]]]:
    """Return for each table, and each cells column with a source of its own, the quality of every value."""
    out: list[tuple[Text, list[str]]] = []
    for name, table in region.tables.items():
        if not len(table) or "quality" not in table:
            continue
        label = SCHEMAS[name].label
        rows = [str(q) for q in table.array("quality")]
        own = [p for p in region.meta.provenance if p.column.startswith(f"{name}.")]
        out.append((label, rows))
        for p in own:
            column = p.column.partition(".")[2]
            schema = SCHEMAS[name].column(column)
            words = _short(schema.label) if schema is not None else _open_column(name, column)
            known = int(pd.notna(table.frame[column]).sum()) if column in table else 0
            out.append(
                (Text(f"{label.zh} · {words.zh}", f"{label.en} · {words.en}"), [p.quality.value] * known)
            )
    return [(label, rows) for label, rows in out if rows]


def _short(label: Text) -> Text:
    """Leave out what stands in brackets."""
    return Text(re.split(r"[((]", label.zh)[0], re.split(r"\s*[((]", label.en)[0])


def _open_column(table: str, column: str) -> Text:
    """Name a column that is in no schema: ``population_2010`` is population of 2010."""
    base, _, year = column.rpartition("_")
    schema = SCHEMAS[table].column(base)
    if schema is None or not year.isdigit():
        return Text(column, column)
    return Text(f"{year} 年{schema.label.zh}", f"{schema.label.en} {year}")


def shares(values: Sequence[str]) -> list[float]:
    """Return the share of each quality, best first, and of what is missing ("") last."""
    total = max(len(values), 1)
    names = [q.value for q in Quality]
    return [
        *(sum(v == n for v in values) / total for n in names),
        sum(v not in names for v in values) / total,
    ]


def finite(values: object) -> NDArray[np.float64]:
    """Return the finite numbers of anything array-like."""
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64).ravel()
    return np.asarray(array[np.isfinite(array)], dtype=np.float64)
