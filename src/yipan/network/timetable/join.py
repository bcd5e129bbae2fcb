"""Put timetables of one day together: their stops side by side, nothing merged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yipan.errors import Problem, RegionError
from yipan.network.streets.values import Int32, Int64, Legs
from yipan.network.timetable.values import Stops, Timetable
from yipan.region.findings import listed
from yipan.text import Text


def together(tables: Sequence[Timetable]) -> Timetable:
    """Return one timetable of several; stops, routes and patterns stand in the order given.

    Raises
    ------
    RegionError
        When there is none, when they are of different days, or when ids of stops are there twice.
    """
    if not tables:
        raise RegionError(Text("没有时刻表", "there is no timetable"))
    if len(tables) == 1:
        return tables[0]
    _refuse_clash(tables)
    return Timetable(
        day=tables[0].day,
        stops=Stops(
            ids=tuple(i for t in tables for i in t.stops.ids),
            names=tuple(n for t in tables for n in t.stops.names),
            lon=np.concatenate([t.stops.lon for t in tables]),
            lat=np.concatenate([t.stops.lat for t in tables]),
        ),
        first_stop=_slots([t.first_stop for t in tables]).astype(np.int32),
        pattern_stop=_moved([t.pattern_stop for t in tables], [len(t.stops) for t in tables]),
        board=np.concatenate([t.board for t in tables]),
        alight=np.concatenate([t.alight for t in tables]),
        trips=np.concatenate([t.trips for t in tables]),
        first_event=_slots([t.first_event for t in tables]),
        departures=np.concatenate([t.departures for t in tables]),
        arrivals=np.concatenate([t.arrivals for t in tables]),
        trip_id=tuple(i for t in tables for i in t.trip_id),
        pattern_route=_moved([t.pattern_route for t in tables], [len(t.routes) for t in tables]),
        routes=tuple(r for t in tables for r in t.routes),
        transfers=Legs(
            first=_slots([t.transfers.first for t in tables]),
            to=_moved([t.transfers.to for t in tables], [len(t.stops) for t in tables]),
            cost=np.concatenate([t.transfers.cost for t in tables]),
        ),
    )


def _slots(firsts: Sequence[Int32] | Sequence[Int64]) -> Int64:
    """Join arrays of first slots: each goes on where the one before ends."""
    lengths = np.concatenate([np.diff(f).astype(np.int64) for f in firsts])
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _moved(parts: Sequence[Int32], sizes: Sequence[int]) -> Int32:
    """Join positions in tables that stand one after the other."""
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.concatenate([p + np.int32(b) for p, b in zip(parts, before, strict=True)]).astype(np.int32)


def _refuse_clash(tables: Sequence[Timetable]) -> None:
    days = sorted({t.day for t in tables})
    ids = [i for t in tables for i in t.stops.ids]
    twice = (
        sorted({i for i, n in zip(*np.unique(ids, return_counts=True), strict=True) if n > 1}) if ids else []
    )
    problems = []
    if len(days) > 1:
        problems.append(
            Problem(
                what=Text(f"运行日不同:{listed(days).zh}", f"they are of different days: {listed(days).en}"),
                remedy=Text("按同一天读取", "read them for one day"),
            )
        )
    if twice:
        problems.append(
            Problem(
                what=Text(
                    f"站点编号重复:{listed(twice).zh}", f"stop ids are there twice: {listed(twice).en}"
                ),
                remedy=Text("改名", "rename them"),
            )
        )
    if problems:
        raise RegionError(Text("时刻表不能合并", "the timetables cannot be put together"), problems=problems)
