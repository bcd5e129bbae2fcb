"""A panel of years: every indicator in every year of which the data say something."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem
from yipan.measure.compare import cluster_values, members, number_at
from yipan.measure.needs import RANK
from yipan.measure.outlook.years import Dated, at_year, is_dated, undated_reason, years_of
from yipan.measure.run import DEFAULT, measure
from yipan.measure.values import REGION, Missing, Results
from yipan.needs import Memo
from yipan.pack import Indicator
from yipan.region.value import Region
from yipan.text import Text
from yipan.version import __version__

COLUMNS = (
    "indicator",
    "scope",
    "year",
    "value",
    "quality",
    "reason_zh",
    "reason_en",
    "remedy_zh",
    "remedy_en",
)
_Entry = tuple[float, str, Missing | None]
_PANELS: Memo[pd.DataFrame] = Memo(size=16)
_QUALITY = {rank: name for name, rank in RANK.items()}


def panel(
    region: Region,
    years: Sequence[int] | None = None,
    *,
    others: Sequence[Region] = (),
    indicators: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Measure a region in several years by the same indicators; remembered by content.

    The base year is measured as it is. Another year is measured from the region of `others` that describes
    it, or else from ``statistics.csv``: then only indicators have a value that read nothing but statistics
    and zone totals, because places, networks and homes are known for the base year only. Money
    of every year is at the prices of ``price_year``, as everywhere in a region.

    Parameters
    ----------
    region
        Never changed.
    years
        Any years; by default those of `years_of` and of `others`.
    others
        The same zones described in other base years, in the same currency and prices.
    indicators
        Ids to measure; all by default.

    Returns
    -------
    DataFrame
        Tidy, one row per indicator, scope and year, in this order: indicator, scope (``zone:ID``,
        ``cluster:ID``, ``region``, as in ``targets.csv``), year, value (unit of the indicator; NaN where
        missing), quality (weakest behind the value), reason and remedy in both languages (texts, "" where
        there is a value). Clusters and the region get the weighted mean of their zones, and none in a year
        in which not the zones of the base year have a value: it would be the mean of others.

    Raises
    ------
    MeasureError
        No year is asked for; `others` have other zones, clusters, money or prices, or describe one year
        twice; an id is unknown.

    Examples
    --------
    >>> from yipan.region import example
    >>> found = panel(example("tiny"), [2018, 2020], indicators=["Y-ECO-02", "N-LIV-02"])
    >>> found = found.set_index(["indicator", "scope", "year"])
    >>> found.loc[("Y-ECO-02", "zone:A", 2018), "reason_en"]  # it has GDP of 2018, but no residents
    'statistics.csv has no population of 2018'
    >>> found.loc[("N-LIV-02", "zone:A", 2020), "value"].item()
    500.0
    """
    problems = list(_unfit(region, others))
    if problems:
        raise MeasureError(Text("这些区域不能并作一个面板", "these regions make no panel"), problems=problems)
    by_year = {o.meta.base_year: o for o in others} | {region.meta.base_year: region}
    asked = sorted({*years_of(region), *by_year}) if years is None else sorted({int(y) for y in years})
    if not asked:
        raise MeasureError(Text("没有给出年份", "no year is asked for"))
    chosen = measure(region, indicators).indicators
    _refuse_other_levels(chosen)
    key = (
        *(r.id for r in by_year.values()),
        region.id,
        tuple(asked),
        tuple((i.id, i.function) for i in chosen.values()),
        __version__,
    )
    return _PANELS.get(key, lambda: _build(region, by_year, asked, list(chosen.values()))).copy()


def _refuse_other_levels(chosen: Mapping[str, Indicator]) -> None:
    other = [i for i, one in chosen.items() if one.level not in DEFAULT]
    if not other:
        return
    names = ", ".join(other)
    raise MeasureError(
        Text(f"这些指标不是分区或区域的:{names}", f"not indicators of zones or of the region: {names}"),
        problems=[
            Problem(
                what=Text(
                    "历年值和目标只针对分区、片区与区域",
                    "values by year and targets are of zones, clusters and the region",
                ),
                remedy=Text(
                    "改用分区指标,或逐年运行 yipan levels", "use zone indicators, or run yipan levels a year"
                ),
                column="indicators",
            )
        ],
    )


def _unfit(region: Region, others: Sequence[Region]) -> list[Problem]:
    problems = []
    seen = {region.meta.base_year}
    for other in others:
        year = other.meta.base_year
        faults = [
            (year in seen, Text(f"{year} 年有两个区域", f"two regions describe {year}")),
            (
                set(other.zone_ids) != set(region.zone_ids),
                Text(f"{year} 年的分区编号不同", f"the zones of {year} have other ids"),
            ),
            (
                _grouping(other) != _grouping(region),
                Text(f"{year} 年的片区划分不同", f"the zones of {year} are in other clusters"),
            ),
            (
                (other.meta.currency, other.meta.price_year)
                != (region.meta.currency, region.meta.price_year),
                Text(
                    f"{year} 年的货币或价格年不同",
                    f"money of {year} is in another currency or of other prices",
                ),
            ),
        ]
        seen.add(year)
        remedy = Text(
            "换为同一分区、片区与价格的文件夹", "give a folder with the same zones, clusters and prices"
        )
        problems += [Problem(what=what, remedy=remedy, file="region.toml") for wrong, what in faults if wrong]
    return problems


def _grouping(region: Region) -> object:
    return dict(region.cluster_of), {c.id: c.parent for c in region.meta.clusters}


def _build(
    region: Region, by_year: Mapping[int, Region], years: Sequence[int], chosen: Sequence[Indicator]
) -> pd.DataFrame:
    base = measure(region, [i.id for i in chosen])
    found = [_year(region, by_year.get(year), year, chosen, base) for year in years]
    rows = []
    for i in chosen:
        for n, scope in enumerate(_scopes(base, i)):
            for year, entries in zip(years, found, strict=True):
                value, quality, missing = entries[i.id][n]
                texts = (
                    (missing.reason.zh, missing.reason.en, missing.remedy.zh, missing.remedy.en)
                    if missing
                    else ("",) * 4
                )
                rows.append((i.id, scope, year, value, quality, *texts))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": np.float64, "year": np.int64})


def _scopes(results: Results, indicator: Indicator) -> list[str]:
    """Return the scopes an indicator has values of, as ``targets.csv`` writes them."""
    if indicator.level == "region":
        return [REGION]
    zones = [f"zone:{z}" for z in results.cluster.index]
    return [*zones, *(f"cluster:{c}" for c in results.clusters.index), REGION]


def _year(
    region: Region, whole: Region | None, year: int, chosen: Sequence[Indicator], base: Results
) -> dict[str, list[_Entry]]:
    """Return the entries of every indicator in one year, in the order of `_scopes` of the base year."""
    mine = [i for i in chosen if whole is not None or is_dated(i)]
    dated = Dated(whole, {}) if whole is not None else at_year(region, year, mine)
    results = measure(dated.region, [i.id for i in mine])
    means = cluster_values(results)
    inside = {str(g): _mask(base, str(g)) for g in (*base.clusters.index, REGION)}
    out: dict[str, list[_Entry]] = {}
    for i in chosen:
        if i.id not in results.indicators:
            out[i.id] = [(math.nan, "", undated_reason(i, region, year))] * len(_scopes(base, i))
        elif i.level == "region":
            out[i.id] = [_regional(results, i, dated)]
        else:
            zones = _zonal(results, base, i, dated)
            now, then = _counts(base, base, i), _counts(results, base, i)
            out[i.id] = zones + [
                _grouped(
                    base, mask & then, mask & now, zones, of=int(mask.sum()), mean=number_at(means, i.id, g)
                )
                for g, mask in inside.items()
            ]
    return out


def _mask(base: Results, group: str) -> NDArray[np.bool_]:
    """Return which zones belong to a group (shape: zones of the base year)."""
    return np.isin(base.cluster.index.to_numpy(), members(base, group))


def _counts(results: Results, base: Results, indicator: Indicator) -> NDArray[np.bool_]:
    """Return which zones count in means, having value and weight (shape: zones of the base year)."""
    order = base.cluster.index
    weight = results.area if indicator.weight == "area" else results.population
    values = results.values[indicator.id].reindex(order).to_numpy(np.float64)
    counts: NDArray[np.bool_] = np.isfinite(values) & (weight.reindex(order).to_numpy(np.float64) > 0)
    return counts


def _regional(results: Results, indicator: Indicator, dated: Dated) -> _Entry:
    value = results.region_values[indicator.id]
    if math.isfinite(value):
        return value, results.region_quality[indicator.id], None
    causes = [m for c in _sums(indicator) for m in dated.lacking.get(c, {}).values()]
    return math.nan, "", causes[0] if causes else results.missing[indicator.id, REGION]


def _zonal(results: Results, base: Results, indicator: Indicator, dated: Dated) -> list[_Entry]:
    """Return the entries of the zones, in the order of the base year."""
    lacking = [dated.lacking[c] for c in _sums(indicator) if c in dated.lacking]
    values = results.values[indicator.id].to_dict()
    quality = results.quality[indicator.id].to_dict()
    out: list[_Entry] = []
    for zone in map(str, base.cluster.index):
        value = float(values[zone])
        if math.isfinite(value):
            out.append((value, str(quality[zone]), None))
        else:
            causes = [found[zone] for found in lacking if zone in found]
            out.append((math.nan, "", causes[0] if causes else results.missing[indicator.id, zone]))
    return out


def _sums(indicator: Indicator) -> list[str]:
    return [n.removeprefix("sum:") for n in indicator.needs if n.startswith("sum:")]


def _grouped(
    base: Results,
    have: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    zones: Sequence[_Entry],
    *,
    of: int,
    mean: float,
) -> _Entry:
    """Return the mean of a group, or why there is none: it would be of other zones than the base year's."""
    lacking, extra = wanted & ~have, have & ~wanted & wanted.any()
    odd = [int(z) for z in np.flatnonzero(lacking if lacking.any() else extra)]
    if have.any() and not odd:
        return mean, _QUALITY[max(RANK[zones[int(z)][1]] for z in np.flatnonzero(have))], None
    if not odd:
        return math.nan, "", _nowhere()
    n, some = len(odd), ", ".join(str(base.cluster.index[z]) for z in odd[:5])
    more = Text("等", ", …") if n > 5 else Text("", "")
    where = Text("", "") if lacking.any() else Text("基准年", " in the base year")
    reason = Text(
        f"{of} 个分区中 {n} 个{where.zh}缺值({some}{more.zh}),平均与基准年不可比",
        f"no value{where.en} in {n} of {of} zones ({some}{more.en}): the mean is not comparable with the"
        " base year",
    )
    remedies = (m.remedy for z in odd if (m := zones[z][2]) is not None)
    return math.nan, "", Missing(reason, next(remedies, _nowhere().remedy))


def _nowhere() -> Missing:
    return Missing(
        Text("各分区均缺值", "missing in every zone"), Text("见各分区的原因", "see the reasons of the zones")
    )
