"""What a siting brings: who gains, where and by how much, as figures and tables."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.network.access import within
from yipan.network.catchment import limited
from yipan.network.values import UNREACHED
from yipan.plan.siting.region import Sited, catchment
from yipan.region.value import Region
from yipan.text import Text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MINUTES = 30.0
"""Limit of the residents within reach that are told where none was asked."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure before and after, with its unit."""

    id: str
    name: Text
    unit: Text
    before: float
    after: float


def facts(sited: Sited) -> tuple[Fact, ...]:
    """Return what changes for residents: mean time, furthest time, residents within the limit.

    Means and the furthest are over residents who reach a place both before and after, NaN where nobody does.
    """
    board, limit = sited.board, sited.asked.within or MINUTES
    people, before, after = board.people, board.near, board.nearest(sited.open)
    both = (people > 0) & (before != UNREACHED) & (after != UNREACHED)
    minute = Text("分钟", "min")
    out = [
        Fact(
            "mean",
            Text("到最近设施的人均时间", "time to the nearest place, mean of residents"),
            minute,
            *(_mean(t[both] / 60.0, people[both]) for t in (before, after)),
        ),
        Fact(
            "furthest",
            Text("最远居民到最近设施", "time to the nearest place, furthest resident"),
            minute,
            *(float(t[both].max() / 60.0) if both.any() else math.nan for t in (before, after)),
        ),
        Fact(
            "within",
            Text(f"{limit:g} 分钟以内的居民", f"residents within {limit:g} min"),
            Text("人", "persons"),
            *(float(people[within(t, limit)].sum()) for t in (before, after)),
        ),
    ]
    if sited.equal is not None:
        unit = Text(f"{board.unit or '容量'}/千人", f"{board.unit or 'capacity'} per 1,000")
        name = Text("人均可达容量", "capacity in reach by floating catchments, mean of residents")
        access = (sited.equal.before, sited.equal.after)
        out.append(Fact("access", name, unit, *(1e3 * _mean(a, people) for a in access)))
        name = Text("范围内没有设施的居民", "residents with none in their catchment")
        out.append(Fact("none", name, Text("人", "persons"), *(float(people[a == 0].sum()) for a in access)))
    return tuple(out)


def site_table(region: Region, sited: Sited) -> pd.DataFrame:
    """Return one row a new place: where it is, whom it serves, and what is new about that.

    Columns: ``cell``, ``zone``, ``zh``, ``en``, ``lon``, ``lat``, ``residents`` (for whom it is the nearest;
    by ``capacity`` those it serves; by ``equity`` those in its catchment), ``newly_within`` (residents
    now within the limit of this place and of none before), ``added`` (capacity, NaN where none was asked),
    ``load`` (capacity used, by ``capacity``; else NaN).
    """
    board, limit = sited.board, sited.asked.within or MINUTES
    cells = region.tables["cells"]
    without = ~within(board.near, limit)
    rows = []
    for column in sited.siting.chosen:
        if column < len(board.existing):
            continue
        at = int(board.candidates[column - len(board.existing)])
        name = cell_name(region, at)
        gains = without & within(board.seconds[:, column], limit)
        rows.append(
            {
                "cell": str(cells.array("id")[at]),
                "zone": region.zone_ids[int(region.cell_zone[at])],
                "zh": name.zh,
                "en": name.en,
                "lon": round(float(cells.numbers("lon")[at]), 5),
                "lat": round(float(cells.numbers("lat")[at]), 5),
                "residents": float(board.people[_served_by(sited, int(column))].sum()),
                "newly_within": float(board.people[gains].sum()),
                "added": added_at(sited, int(column)),
                "load": math.nan if sited.served is None else float(sited.served.load[column]),
            }
        )
    columns = ["cell", "zone", "zh", "en", "lon", "lat", "residents", "newly_within", "added", "load"]
    return pd.DataFrame(rows, columns=columns)


def zone_table(region: Region, sited: Sited) -> pd.DataFrame:
    """Return one row a zone: residents, those within the limit, and mean minutes, before and after.

    Columns: ``residents``, ``within_before``, ``within_after`` (persons), ``mean_before``, ``mean_after``
    (minutes, of residents who reach a place both before and after; NaN where nobody does). Index zone id.
    """
    board, limit = sited.board, sited.asked.within or MINUTES
    people, before, after = board.people, board.near, board.nearest(sited.open)
    both = (before != UNREACHED) & (after != UNREACHED)
    heads = region.zone_sum(np.where(both, people, 0.0))
    out: dict[str, Floats] = {"residents": region.zone_sum(people)}
    for name, t in (("before", before), ("after", after)):
        out[f"within_{name}"] = region.zone_sum(np.where(within(t, limit), people, 0.0))
        total = region.zone_sum(np.where(both, people * t / 60.0, 0.0))
        out[f"mean_{name}"] = np.divide(total, heads, out=np.full_like(total, np.nan), where=heads > 0)
    columns = ["residents", "within_before", "within_after", "mean_before", "mean_after"]
    return pd.DataFrame(out, index=pd.Index(region.zone_ids, name="zone"))[columns]


def siting_to_dict(region: Region, sited: Sited) -> dict[str, object]:
    """Return everything as JSON can hold it."""
    asked, siting = sited.asked, sited.siting
    zones = zone_table(region, sited).reset_index()
    return {
        "region": region.id,
        "kind": asked.kind,
        "method": asked.method,
        "mode": asked.mode,
        "count": asked.count,
        "within": asked.within,
        "value": _plain(sited.value),
        "bound": _plain(sited.bound),
        "unit": {"zh": sited.unit.zh, "en": sited.unit.en},
        "proved": siting.proved,
        "gap": _plain(siting.gap),
        "how": {"zh": siting.method.zh, "en": siting.method.en},
        "work": dict(siting.work),
        "left_out": sited.left_out,
        "sites": [_row(r) for r in site_table(region, sited).to_dict("records")],
        "existing": _existing(sited),
        "facts": [
            {
                "id": f.id,
                "zh": f.name.zh,
                "en": f.name.en,
                "unit": f.unit.en,
                "before": _plain(f.before),
                "after": _plain(f.after),
            }
            for f in facts(sited)
        ],
        "zones": [_row(r) for r in zones.to_dict("records")],
    }


def _existing(sited: Sited) -> list[dict[str, object]]:
    """Return the places that are there: capacity, what is added to it, and what is used of it."""
    load = None if sited.served is None else sited.served.load
    return [
        {
            "place": place,
            "capacity": _plain(float(sited.board.capacity[k])),
            "added": _plain(added_at(sited, k)),
            "load": None if load is None else float(load[k]),
        }
        for k, place in enumerate(sited.board.existing)
    ]


def cell_name(region: Region, at: int) -> Text:
    """Return the name of a cell, or its zone's and its id where it has none."""
    row = region.cells.iloc[at]
    zh, en = ("" if pd.isna(row.get(k)) else str(row.get(k)) for k in ("zh", "en"))
    if zh or en:
        return Text(zh, en)
    zone = region.zone_name(str(row["zone"]))
    return Text(f"{zone.zh}{row['id']}", f"{zone.en} {row['id']}")


def added_at(sited: Sited, column: int) -> float:
    """Return the capacity a site is given, NaN where none was asked."""
    if sited.equal is not None:
        return float(sited.equal.added[column])
    if column < len(sited.board.existing):
        return 0.0
    return math.nan if sited.asked.capacity is None else sited.asked.capacity


def _served_by(sited: Sited, column: int) -> Bools:
    """Return the cells a site serves: those it is nearest to, or in its catchment, or sent there."""
    if sited.equal is not None:
        reach = limited(catchment(sited.asked), sited.asked.decay).reach
        return within(sited.board.seconds[:, column], reach)
    if sited.served is not None:
        return np.asarray(sited.siting.assigned == column)
    t = sited.board.seconds[:, column]
    others = sited.board.nearest(sited.open[sited.open < column])
    later = sited.board.nearest(sited.open[sited.open > column])
    return np.asarray((t != UNREACHED) & (t < others) & (t <= later))


def _mean(values: Floats, people: Floats) -> float:
    heads = float(people.sum())
    return float(people @ values) / heads if heads else math.nan


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _row(row: Mapping[Hashable, object]) -> dict[str, object]:
    return {str(k): _plain(v) if isinstance(v, float) else v for k, v in row.items()}
