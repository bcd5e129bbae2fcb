"""One indicator of one region, at whatever level it has: values, qualities, reasons for what is missing.

Data are looked up by zone (`yipan.measure.needs`). A cell has what its zone has (its own column is looked at
itself), a pair of zones what both have, a cluster or the region what all its zones have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import MeasureError, YipanError
from yipan.measure.load import level_index, wrong_shape
from yipan.measure.needs import Absence, find, other_currency
from yipan.measure.values import Missing
from yipan.needs import apart, cluster_members
from yipan.pack import Indicator, Level
from yipan.region.value import Region
from yipan.text import Text

Mask = NDArray[np.bool_]
MOST_PAIR_VALUES = 60_000_000
"""Values of pairs of zones that one run may hold, all indicators together (about 2 GB in all)."""
_PAIR_BYTES = 32


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of one indicator, in the order of its level's index (shape of each array: that index).

    `ranks` is the rank of the weakest quality of the data, −1 where the value is missing; `codes` says which
    of `reasons` a missing value has, −1 where there is one.
    """

    values: NDArray[np.float64]
    ranks: NDArray[np.int8]
    codes: NDArray[np.int32]
    reasons: tuple[Missing, ...]

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays."""
        return self.values.nbytes + self.ranks.nbytes + self.codes.nbytes


def measure_one(region: Region, indicator: Indicator, known: dict[str, str]) -> Measured:
    """Run one indicator (`known`: see `yipan.needs.needs_key`)."""
    found = [find(region, n, known) for n in indicator.needs]
    absent = [*(f.absence for f in found), other_currency(region, indicator)]
    gaps = [a for a in absent if a is not None]
    rows = len(level_index(region, indicator.level))
    hits = [_hit(region, a, indicator.level) for a in gaps]
    if any(a.everywhere for a in gaps):
        values = np.full(rows, np.nan)
    else:
        values = _call(region, indicator)
        for hit in hits:
            values[hit] = np.nan
    lacking = np.isnan(values)
    rank = _weakest(region, np.max([f.ranks for f in found], axis=0), indicator.level)
    codes = np.full(rows, -1, dtype=np.int32)
    codes[lacking], reasons = _reasons(indicator, gaps, [hit[lacking] for hit in hits], int(lacking.sum()))
    return Measured(values, np.where(lacking, -1, rank).astype(np.int8), codes, reasons)


def refuse_too_many_pairs(region: Region, indicators: Sequence[Indicator]) -> None:
    """Raise `MeasureError` when values of pairs of zones would not fit, with the size and what to do."""
    n, k = len(region.zone_ids), sum(i.level == "pair" for i in indicators)
    values = n * (n - 1) * k
    if values <= MOST_PAIR_VALUES:
        return
    size, most = values * _PAIR_BYTES / 1e9, MOST_PAIR_VALUES // (n * (n - 1))
    fewer = (
        Text(f"一次最多测 {most} 项分区对指标", f"measure at most {most} indicators of pairs at once")
        if most
        else Text(
            "改用较大的分区,或用 yipan times 逐块计算出行时间",
            "use larger zones, or compute travel times block by block with yipan times",
        )
    )
    raise MeasureError(
        Text(
            f"{n:,} 个分区、{k} 项分区对指标共 {values:,} 个值,约需 {size:.1f} GB 内存;{fewer.zh}",
            f"{n:,} zones and {k} indicators of pairs make {values:,} values, about {size:.1f} GB of memory;"
            f" {fewer.en}",
        )
    )


def _hit(region: Region, gap: Absence, level: Level) -> Mask:
    """Return which rows of a level lack what an absence speaks of."""
    if level == "cell" and gap.cells is not None:
        return gap.cells
    return _on_level(region, gap.zones, level, np.logical_or)


def _weakest(region: Region, ranks: NDArray[np.int64], level: Level) -> NDArray[np.int64]:
    return _on_level(region, ranks, level, np.maximum)


def _on_level(region: Region, by_zone: NDArray, level: Level, worse: np.ufunc) -> NDArray:  # type: ignore[type-arg]
    """Return a value by zone at another level: that of the zone, or the worst of several zones."""
    if level == "zone":
        return by_zone
    if level == "cell":
        return by_zone[region.cell_zone]
    if level == "pair":
        start, end = apart(len(by_zone))
        return np.asarray(worse(by_zone[start], by_zone[end]))
    none = by_zone.dtype.type(0)
    if level == "region":
        return np.array([worse.reduce(by_zone, initial=none)])
    at = {z: i for i, z in enumerate(region.zone_ids)}
    inside = [[at[z] for z in zones] for zones in cluster_members(region).values()]
    return np.array([worse.reduce(by_zone[m], initial=none) for m in inside], dtype=by_zone.dtype)


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


def _reasons(
    indicator: Indicator, gaps: Sequence[Absence], hits: Sequence[Mask], count: int
) -> tuple[NDArray[np.int64], tuple[Missing, ...]]:
    """Return a reason's position for each missing value, and the reasons: one for every set of gaps."""
    pattern = np.zeros(count, dtype=np.int64)
    for k, hit in enumerate(hits):
        pattern |= (hit | gaps[k].everywhere).astype(np.int64) << k
    kinds, codes = np.unique(pattern, return_inverse=True)
    some = [[g for k, g in enumerate(gaps) if kind >> k & 1] for kind in kinds.tolist()]
    return codes, tuple(_reason(indicator, gaps, here) for here in some)


_ELSEWHERE: Mapping[Level, Text] = {
    "cell": Text("(其他单元格)", " (in other cells)"),
    "cluster": Text("(其他片区)", " (in other clusters)"),
}


def _reason(indicator: Indicator, gaps: Sequence[Absence], here: Sequence[Absence]) -> Missing:
    """Return why a value is missing: data absent here, else data absent elsewhere, else the formula."""
    causes = here or gaps
    if not causes:
        return Missing(
            Text(f"公式在此无定义:{indicator.formula}", f"formula undefined here: {indicator.formula}"),
            Text(
                f"核对所需数据:{' '.join(indicator.needs)}",
                f"check the data it needs: {' '.join(indicator.needs)}",
            ),
        )
    elsewhere = _ELSEWHERE.get(indicator.level, Text("(其他分区)", " (in other zones)"))
    where = Text("", "") if here else elsewhere
    return Missing(
        Text(
            ";".join(f"{a.reason.zh}{where.zh}" for a in causes),
            "; ".join(f"{a.reason.en}{where.en}" for a in causes),
        ),
        Text(";".join(a.remedy.zh for a in causes), "; ".join(a.remedy.en for a in causes)),
    )
