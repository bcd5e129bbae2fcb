"""Measuring a region: run indicators, remember them by the data they need, build scores and index."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import MeasureError, YipanError
from yipan.measure.index import missing_needs, need_scores, score, weighted_rows
from yipan.measure.load import load_packs, wrong_shape
from yipan.measure.needs import Absence, find, other_currency, statistic
from yipan.measure.values import NEEDS, REGION, Missing, Results
from yipan.needs import Memo, needs_key, zone_index
from yipan.pack import Indicator
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.text import Text
from yipan.version import __version__


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator of one region: values, qualities, reasons for what is missing (shape: its index)."""

    values: NDArray[np.float64]
    quality: NDArray[np.str_]
    missing: Mapping[int, Missing]


_MEASURED: Memo[Measured] = Memo(size=8192)
_QUALITIES = np.array([q.value for q in Quality])


def measure(region: Region, indicators: Sequence[str] | None = None) -> Results:
    """Measure a region: every indicator of every installed pack, need scores, index.

    Indicators are remembered by the data they declare to need: after a project only those it touches
    are computed again.

    Parameters
    ----------
    region
        Never changed.
    indicators
        Ids to measure; all by default. Need scores and index are then built from these alone.

    Returns
    -------
    Results
        Values in the units of the catalogue; scores 0–100; a reason for everything that is missing.

    Raises
    ------
    MeasureError
        An id is unknown, or a pack's function fails or breaks its contract on this region.

    Examples
    --------
    >>> from yipan.region import example
    >>> results = measure(example("tiny"))
    >>> float(results.values.loc["A", "N-LIV-02"])  # 1,500 beds for 300,000 residents
    500.0
    """
    chosen = _chosen(indicators)
    known: dict[str, str] = {}
    seconds: dict[str, float] = {}
    measured: dict[str, Measured] = {}
    for i in chosen:
        start = time.perf_counter()
        key = (i.id, i.function, needs_key(region, i.needs, known))
        measured[i.id] = _MEASURED.get(key, lambda i=i: _measure_one(region, i, known))  # type: ignore[misc]
        seconds[i.id] = time.perf_counter() - start
    return _results(region, chosen, measured, seconds)


def forget() -> None:
    """Forget every remembered indicator value (the next `measure` computes all of them)."""
    _MEASURED.clear()


def catalogue() -> dict[str, Indicator]:
    """Return every indicator of every installed pack by id, in the order of packs and catalogues."""
    return {i.id: i for pack in load_packs() for i in pack.indicators}


def _chosen(ids: Sequence[str] | None) -> list[Indicator]:
    known = catalogue()
    if ids is None:
        return list(known.values())
    unknown = [i for i in ids if i not in known]
    if unknown:
        names = ", ".join(unknown)
        raise MeasureError(
            Text(
                f"没有指标 {names};可用:{'、'.join(known)}",
                f"no indicator {names}; there are: {', '.join(known)}",
            )
        )
    return [known[i] for i in dict.fromkeys(ids)]


def _measure_one(region: Region, indicator: Indicator, known: dict[str, str]) -> Measured:
    found = [find(region, n, known) for n in indicator.needs]
    absent = [*(f.absence for f in found), other_currency(region, indicator)]
    gaps = [a for a in absent if a is not None]
    regional = indicator.level == "region"
    size = 1 if regional else len(region.zone_ids)
    if any(a.everywhere for a in gaps):
        values = np.full(size, np.nan)
    else:
        values = _call(region, indicator)
        for a in gaps:
            values[a.zones.any() if regional else a.zones] = np.nan
    lacking = np.isnan(values)
    rank = np.max([f.ranks for f in found], axis=0)
    quality = _QUALITIES[np.full(1, rank.max()) if regional else rank]
    missing = {int(z): _reason(indicator, gaps, int(z), regional=regional) for z in np.flatnonzero(lacking)}
    return Measured(values, np.where(lacking, "", quality), MappingProxyType(missing))


def _call(region: Region, indicator: Indicator) -> NDArray[np.float64]:
    try:
        with np.errstate(all="ignore"):
            out = indicator.function(region)
    except YipanError:  # the region's own fault, told by who found it
        raise
    except Exception as error:
        raise MeasureError(
            Text(
                f"指标 {indicator.id}(领域包 {indicator.pack})计算出错:{error!r}",
                f"indicator {indicator.id} of the pack {indicator.pack} fails: {error!r}",
            )
        ) from error
    fault = wrong_shape(indicator, region, out)
    if fault:
        raise MeasureError(Text(f"指标 {indicator.id}:{fault[0]}", f"indicator {indicator.id}: {fault[1]}"))
    values = out.to_numpy(dtype=np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    return values


def _reason(indicator: Indicator, gaps: Sequence[Absence], z: int, *, regional: bool) -> Missing:
    """Return why a value is missing: data absent here, else data absent elsewhere, else the formula."""
    here = [a for a in gaps if a.everywhere or regional or a.zones[z]]
    causes = here or list(gaps)
    if not causes:
        return Missing(
            Text(f"公式在此无定义:{indicator.formula}", f"formula undefined here: {indicator.formula}"),
            Text(
                f"核对所需数据:{' '.join(indicator.needs)}",
                f"check the data it needs: {' '.join(indicator.needs)}",
            ),
        )
    where = Text("", "") if here else Text("(其他分区)", " (in other zones)")
    return Missing(
        Text(
            ";".join(f"{a.reason.zh}{where.zh}" for a in causes),
            "; ".join(f"{a.reason.en}{where.en}" for a in causes),
        ),
        Text(";".join(a.remedy.zh for a in causes), "; ".join(a.remedy.en for a in causes)),
    )


def _results(
    region: Region,
    chosen: Sequence[Indicator],
    measured: Mapping[str, Measured],
    seconds: Mapping[str, float],
) -> Results:
    zones = list(region.zone_ids)
    zonal = [i for i in chosen if i.level == "zone"]
    regional = [i for i in chosen if i.level == "region"]
    scored = [i for i in zonal if i.scored]
    scores = _stack([score(measured[i.id].values, i) for i in scored], len(zones))
    needs = need_scores(scores, scored)
    missing = {(i.id, zones[z]): m for i in zonal for z, m in measured[i.id].missing.items()}
    missing |= {(i.id, REGION): m for i in regional for m in measured[i.id].missing.values()}
    missing |= missing_needs(needs, zones, scored)
    columns = [*NEEDS, "index"]
    index = zone_index(region)
    people = region.zone_sum(region.tables["cells"].numbers("population"))
    weights = np.nan_to_num(people)
    area = statistic(region, "area", region.meta.base_year)
    cluster = np.array([region.cluster_of[z] for z in zones])
    inside = _cluster_members(region)
    by_cluster = [weighted_rows(needs, weights, np.isin(zones, m)) for m in inside.values()]
    values = _stack([measured[i.id].values for i in zonal], len(zones))
    quality = np.array([measured[i.id].quality for i in zonal], dtype=object).reshape(-1, len(zones)).T
    return Results(
        run_id=_run_id(region, chosen),
        region_id=region.id,
        indicators=MappingProxyType({i.id: i for i in chosen}),
        values=pd.DataFrame(values, index=index, columns=[i.id for i in zonal]),
        region_values=MappingProxyType({i.id: float(measured[i.id].values[0]) for i in regional}),
        missing=MappingProxyType(missing),
        quality=pd.DataFrame(quality, index=index, columns=[i.id for i in zonal], dtype=object),
        region_quality=MappingProxyType({i.id: str(measured[i.id].quality[0]) for i in regional}),
        scores=pd.DataFrame(scores, index=index, columns=[i.id for i in scored]),
        needs=pd.DataFrame(needs, index=index, columns=columns),
        clusters=pd.DataFrame(
            np.array(by_cluster).reshape(-1, len(columns)), index=list(inside), columns=columns
        ),
        total=pd.Series(weighted_rows(needs, weights, np.ones(len(zones), dtype=np.bool_)), index=columns),
        population=pd.Series(people, index=index),
        area=pd.Series([area.get(z, (np.nan, 0))[0] for z in zones], index=index, dtype=np.float64),
        cluster=pd.Series(cluster, index=index),
        cluster_members=MappingProxyType(inside),
        seconds=MappingProxyType(dict(seconds)),
    )


def _cluster_members(region: Region) -> dict[str, tuple[str, ...]]:
    parent = {c.id: c.parent for c in region.meta.clusters}
    out: dict[str, list[str]] = {c: [] for c in parent}
    for zone, cluster in region.cluster_of.items():
        seen: set[str] = set()
        at = cluster
        while at in out and at not in seen:
            out[at].append(zone)
            seen.add(at)
            at = parent[at]
    return {c: tuple(zones) for c, zones in out.items()}


def _stack(columns: Sequence[NDArray[np.float64]], rows: int) -> NDArray[np.float64]:
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def _run_id(region: Region, chosen: Sequence[Indicator]) -> str:
    text = "|".join((region.id, *(i.id for i in chosen), __version__))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
