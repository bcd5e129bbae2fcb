"""Measuring a region: run indicators, remember them by the data they need, build scores and index."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import MeasureError
from yipan.measure.index import missing_needs, need_scores, score, weighted_rows
from yipan.measure.load import level_index, load_packs
from yipan.measure.needs import statistic
from yipan.measure.one import Measured, measure_one, refuse_too_many_pairs
from yipan.measure.values import NEEDS, REGION, LevelTable, Missing, Reasons, Results
from yipan.needs import Memo, cluster_members, needs_key, zone_index
from yipan.network.memo import Memo as SizedMemo
from yipan.pack import LEVELS, Indicator, Level
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.text import Text
from yipan.version import __version__

_MEASURED: Memo[Measured] = Memo(size=8192)
_LARGE: SizedMemo[Measured] = SizedMemo(share=0.1)
"""Values of cells and pairs, which are many: bounded by bytes."""
_QUALITIES = np.array([*(q.value for q in Quality), ""])
_CATEGORIES: pd.Index[str] = pd.Index(_QUALITIES)
DEFAULT: tuple[Level, ...] = ("zone", "region")
"""Levels measured unless others are asked for: those that scores, targets and plans rest on."""


def measure(
    region: Region, indicators: Sequence[str] | None = None, *, levels: Collection[Level] | None = None
) -> Results:
    """Measure a region: indicators of the installed packs, need scores, index.

    Indicators are remembered by the data they declare to need: after a project only those it touches
    are computed again.

    Parameters
    ----------
    region
        Never changed.
    indicators
        Ids to measure, of any level; all by default. Need scores and index are then built from these alone.
    levels
        Only indicators of these levels: zone, cell, cluster, pair (of zones), region. By default all that
        are named, or, where none are, those of zones and of the region.

    Returns
    -------
    Results
        Values in the units of the catalogue; scores 0–100; a reason for everything that is missing.

    Raises
    ------
    MeasureError
        An id is unknown, a pack's function fails or breaks its contract on this region, or values of pairs
        of zones would not fit into memory.

    Examples
    --------
    >>> from yipan.region import example
    >>> results = measure(example("tiny"))
    >>> float(results.values.loc["A", "N-LIV-02"])  # 1,500 beds for 300,000 residents
    500.0
    >>> results = measure(example("tiny"), levels=["cell", "pair"])
    >>> float(results.cells.loc["B2", "Y-CEL-08"])  # minutes to the nearest hospital
    22.0
    """
    chosen = _chosen(indicators, levels)
    refuse_too_many_pairs(region, chosen)
    known: dict[str, str] = {}
    seconds: dict[str, float] = {}
    measured: dict[str, Measured] = {}
    for i in chosen:
        start = time.perf_counter()
        key = (i.id, i.function, needs_key(region, i.needs, known))

        def make(i: Indicator = i) -> Measured:
            return measure_one(region, i, known)

        large = i.level in ("cell", "pair")
        measured[i.id] = _LARGE.make(key, make) if large else _MEASURED.get(key, make)
        seconds[i.id] = time.perf_counter() - start
    return _results(region, chosen, measured, seconds)


def forget() -> None:
    """Forget every remembered indicator value (the next `measure` computes all of them)."""
    _MEASURED.clear()
    _LARGE.clear()


def catalogue() -> dict[str, Indicator]:
    """Return every indicator of every installed pack by id, in the order of packs and catalogues."""
    return {i.id: i for pack in load_packs() for i in pack.indicators}


def _chosen(ids: Sequence[str] | None, levels: Collection[Level] | None) -> list[Indicator]:
    known = catalogue()
    strange = sorted(set(levels or ()) - set(LEVELS))
    if strange:
        names, there = ", ".join(strange), ", ".join(LEVELS)
        raise MeasureError(Text(f"没有层级 {names};可用:{there}", f"no level {names}; there are: {there}"))
    if ids is None:
        wanted = DEFAULT if levels is None else levels
        return [i for i in known.values() if i.level in wanted]
    unknown = [i for i in ids if i not in known]
    if unknown:
        names = ", ".join(unknown)
        raise MeasureError(
            Text(
                f"没有指标 {names};可用:{'、'.join(known)}",
                f"no indicator {names}; there are: {', '.join(known)}",
            )
        )
    return [known[i] for i in dict.fromkeys(ids) if levels is None or known[i].level in levels]


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
    missing = _missing(zones, zonal, measured) | _missing([REGION], regional, measured)
    missing |= missing_needs(needs, zones, scored)
    columns = [*NEEDS, "index"]
    index = zone_index(region)
    people = region.zone_sum(region.tables["cells"].numbers("population"))
    weights = np.nan_to_num(people)
    area = statistic(region, "area", region.meta.base_year)
    cluster = np.array([region.cluster_of[z] for z in zones])
    inside = cluster_members(region)
    by_cluster = [weighted_rows(needs, weights, np.isin(zones, m)) for m in inside.values()]
    values = _stack([measured[i.id].values for i in zonal], len(zones))
    quality = np.array([_QUALITIES[measured[i.id].ranks] for i in zonal], dtype=object)
    return Results(
        run_id=_run_id(region, chosen),
        region_id=region.id,
        indicators=MappingProxyType({i.id: i for i in chosen}),
        values=pd.DataFrame(values, index=index, columns=[i.id for i in zonal]),
        region_values=MappingProxyType({i.id: float(measured[i.id].values[0]) for i in regional}),
        missing=MappingProxyType(missing),
        quality=pd.DataFrame(
            quality.reshape(-1, len(zones)).T, index=index, columns=[i.id for i in zonal], dtype=object
        ),
        region_quality=MappingProxyType({i.id: str(_QUALITIES[measured[i.id].ranks[0]]) for i in regional}),
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
        levels=MappingProxyType(_levels(region, chosen, measured)),
    )


def _missing(
    keys: Sequence[str], indicators: Sequence[Indicator], measured: Mapping[str, Measured]
) -> dict[tuple[str, str], Missing]:
    out: dict[tuple[str, str], Missing] = {}
    for i in indicators:
        m = measured[i.id]
        out |= {(i.id, keys[at]): m.reasons[m.codes[at]] for at in np.flatnonzero(m.codes >= 0).tolist()}
    return out


def _levels(
    region: Region, chosen: Sequence[Indicator], measured: Mapping[str, Measured]
) -> dict[Level, LevelTable]:
    """Return the tables of the levels beside zones and region that were measured."""
    out: dict[Level, LevelTable] = {}
    for level in ("cell", "cluster", "pair"):
        mine = {i.id: measured[i.id] for i in chosen if i.level == level}
        if not mine:
            continue
        index = level_index(region, level)
        quality = {
            i: pd.Categorical.from_codes(
                np.where(m.ranks < 0, len(Quality), m.ranks).astype(np.int8), categories=_CATEGORIES
            )
            for i, m in mine.items()
        }
        out[level] = LevelTable(
            level,
            pd.DataFrame(
                _stack([m.values for m in mine.values()], len(index)), index=index, columns=list(mine)
            ),
            pd.DataFrame(quality, index=index),
            Reasons(index, {i: (m.codes, m.reasons) for i, m in mine.items()}),
        )
    return out


def _stack(columns: Sequence[NDArray[np.float64]], rows: int) -> NDArray[np.float64]:
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def _run_id(region: Region, chosen: Sequence[Indicator]) -> str:
    text = "|".join((region.id, *(i.id for i in chosen), __version__))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
