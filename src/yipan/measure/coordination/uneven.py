"""How uneven clusters are, and how alike what zones make is: from a region's scores and statistics."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from yipan.errors import Problem
from yipan.measure.coordination.checks import named, problem, refuse, warning
from yipan.measure.coordination.sectors import location_quotients, specialisation, structural_similarity
from yipan.measure.coordination.services import DagumGini, dagum_gini
from yipan.measure.needs import statistic
from yipan.measure.values import Results
from yipan.region.value import Region
from yipan.text import Text

_SECTORS = tuple(map(re.compile, ("gdp_(primary|secondary|tertiary)", "gdp:.+", "jobs:.+")))
"""Statistics that hold one sector each; those of one kind are compared, money is not added to jobs."""
_WHAT = Text("产业结构无法测算", "industrial structures cannot be told")


@dataclass(frozen=True)
class Structure:
    """What zones make, and how alike that is.

    Parameters
    ----------
    sectors
        Statistics it rests on, of the base year.
    table
        One row a zone: ``krugman`` (0–2, against all other zones), ``herfindahl``, ``most`` (sector of the
        highest location quotient), ``quotient`` (that quotient), ``alike`` (mean UNIDO coefficient with the
        other zones, 0–1), ``nearest`` (zone most alike).
    likeness
        Zones × zones, UNIDO coefficient, 0–1.
    """

    sectors: tuple[str, ...]
    table: pd.DataFrame
    likeness: pd.DataFrame


def uneven_index(results: Results) -> tuple[dict[str, DagumGini], list[Problem]]:
    """Return Dagum's decomposition of need scores and index by cluster, people as weights; and warnings.

    Zones without a score or residents are left out and named. An index counts here as an amount each resident
    has, which only makes sense because it runs from 0.

    Examples
    --------
    >>> from yipan.measure import measure
    >>> from yipan.region import example
    >>> found, problems = uneven_index(measure(example("tiny")))
    >>> g = found["index"]
    >>> abs(g.within + g.between + g.overlap - g.total) < 1e-12
    True
    """
    out: dict[str, DagumGini] = {}
    told = []
    people = results.population.to_numpy(np.float64)
    zones = [str(z) for z in results.needs.index]
    for need in results.needs.columns:
        scores = results.needs[need].to_numpy(np.float64)
        keep = np.isfinite(scores) & (np.nan_to_num(people) > 0)
        if not keep.all():
            who = named(zones, ~keep)
            told.append(
                warning(
                    Text(f"缺得分或人口,未计入:{who}", f"left out, no score or no residents: {who}"),
                    Text("补齐数据", "supply the data"),
                    column=str(need),
                )
            )
        if keep.any():
            clusters = results.cluster.to_numpy()[keep].astype(str)
            out[str(need)] = dagum_gini(scores[keep], clusters.tolist(), weights=people[keep])
    return out, told


def zone_structure(region: Region) -> Structure:
    """Return the industrial structures of the zones by the statistics of the base year.

    Of the three sectors of value added, ``gdp:NAME`` and ``jobs:NAME`` the kind with the most sectors counts
    (the first of equals).

    Raises
    ------
    MeasureError
        When fewer than two sectors are in the statistics, or a zone lacks one of them: which, what to add.

    Examples
    --------
    >>> from yipan.region import example
    >>> zone_structure(example("tiny"))
    Traceback (most recent call last):
    ...
    yipan.errors.MeasureError: industrial structures cannot be told
      - statistics.csv, variable: statistics hold 0 sectors of 2020; two are needed → add one row ...
    """
    year = region.meta.base_year
    names = sorted(
        {
            str(v)
            for v, y in zip(
                region.tables["statistics"].array("variable"),
                region.tables["statistics"].numbers("year"),
                strict=True,
            )
            if int(y) == year
        }
    )
    names = max(([n for n in names if kind.fullmatch(n)] for kind in _SECTORS), key=len)
    refuse(_WHAT, _few(names, year))
    columns = {n: statistic(region, n, year) for n in names}
    table = pd.DataFrame(
        {n: [c.get(z, (np.nan, 0))[0] for z in region.zone_ids] for n, c in columns.items()},
        index=pd.Index(region.zone_ids, name="zone"),
    )
    refuse(_WHAT, _gaps(table))
    alike = structural_similarity(table)
    apart = alike.to_numpy().copy()
    np.fill_diagonal(apart, np.nan)
    most = specialisation(table)
    quotients = location_quotients(table)
    most["quotient"] = [float(quotients.loc[z, str(s)]) for z, s in most["most"].items()]  # type: ignore[index,arg-type]
    most["alike"] = np.nanmean(apart, axis=1)
    most["nearest"] = [region.zone_ids[int(k)] for k in np.nanargmax(apart, axis=1)]
    return Structure(tuple(names), most, alike)


def _few(names: list[str], year: int | None) -> list[Problem]:
    if len(names) >= 2:
        return []
    what = Text(
        f"statistics.csv 中 {year} 年只有 {len(names)} 个产业变量,至少需要两个",
        f"statistics hold {len(names)} sectors of {year}; two are needed",
    )
    remedy = Text(
        "为每个分区补充 gdp_primary、gdp_secondary、gdp_tertiary(或 jobs:行业名)",
        "add one row a zone and sector: gdp_primary, gdp_secondary, gdp_tertiary, or jobs:NAME",
    )
    return [replace(problem(what, remedy, column="variable"), file="statistics.csv")]


def _gaps(table: pd.DataFrame) -> list[Problem]:
    out = []
    for name in table.columns:
        gone = table[name].isna().to_numpy()
        if gone.any():
            who = named([str(z) for z in table.index], gone)
            what = Text(f"{name} 缺:{who}", f"{name} is missing in: {who}")
            remedy = Text("补齐这些分区", "add these zones")
            out.append(replace(problem(what, remedy, column="variable"), file="statistics.csv"))
    return out
