"""Clean what describes trips: routes, trips, headways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.network.streets.values import Int32
from yipan.network.timetable.columns import BAD, Raw, Words, clock, whole
from yipan.network.timetable.feed import Bools, Headways, Services
from yipan.network.timetable.report import LEAVE, Report
from yipan.network.timetable.tables import distinct, known, sound
from yipan.text import Text


@dataclass(frozen=True)
class Trips:
    """Rows of ``trips.txt`` by id: route and service of each (−1 where not known), whether it is sound."""

    raw: Raw
    ids: tuple[str, ...]
    route: Int32
    service: Int32
    usable: Bools


def clean_trips(raw: Raw, routes: dict[str, int], services: Services, report: Report) -> Trips:
    """Return the trips; those of unknown routes or services are told and marked as unsound."""
    raw = distinct(raw, ["trip_id"], report)
    service_at = {s: i for i, s in enumerate(services.ids)}
    known(raw, "route_id", routes, report, table="routes.txt")
    known(raw, "service_id", service_at, report, table="calendar.txt")
    route, service = raw["route_id"].where(routes), raw["service_id"].where(service_at)
    blocks = raw["block_id"].through(lambda w: int(bool(w))).astype(bool)
    if blocks.any():
        report.add(
            Text(
                f"{int(blocks.sum()):,} 个班次有 block_id,未使用:同车续行按换乘处理",
                f"{int(blocks.sum()):,} trips have a block_id, which is not used: staying aboard is a change",
            ),
            Text("无须处理", "nothing to do"),
            file=raw.file,
            column="block_id",
            severity="warning",
        )
    ids = tuple(raw["trip_id"].words[c] for c in raw["trip_id"].code)
    return Trips(raw, ids, route, service, (route >= 0) & (service >= 0))


def clean_routes(raw: Raw, report: Report) -> tuple[dict[str, int], Int32]:
    """Return positions of the routes by id, and their types (−1 where not a number)."""
    raw = distinct(raw, ["route_id"], report)
    kind = raw["route_type"].through(whole)
    wrong = np.flatnonzero(kind < 0)
    words: Words = raw["route_type"]
    report.each(
        raw.row[wrong],
        lambda k: Text(f"不是路线类型:{words[int(wrong[k])]!r}", f"no route type: {words[int(wrong[k])]!r}"),
        Text("填写 GTFS 路线类型,如 3(公交)", "write a GTFS route type, such as 3 (bus)"),
        file=raw.file,
        column="route_type",
        severity="warning",
    )
    ids = [raw["route_id"].words[c] for c in raw["route_id"].code]
    return {r: i for i, r in enumerate(ids)}, np.maximum(kind, -1)


def clean_headways(raw: Raw | None, trips: dict[str, int], to: Int32, report: Report) -> Headways:
    """Return the sound rows of ``frequencies.txt``; ``to`` gives each trip's position in the feed, or −1."""
    none = np.zeros(0, np.int32)
    if raw is None:
        return Headways(none, none, none, none, none > 0)
    raw, trip = known(raw, "trip_id", trips, report, table="trips.txt")
    value = {c: raw[c].through(clock) for c in ("start_time", "end_time")}
    value["headway_secs"] = raw["headway_secs"].through(lambda w: whole(w) or int(BAD))
    ok = sound(raw, value, report)
    wrong = ok & (value["end_time"] <= value["start_time"])
    report.each(
        raw.row[wrong],
        lambda k: Text("结束不晚于开始", "it does not end after it starts"),
        LEAVE,
        file=raw.file,
        column="end_time",
    )
    ok &= ~wrong
    exact = raw["exact_times"].through(lambda w: int(w == "1")).astype(bool)
    ok &= to[trip] >= 0
    trip = to[trip]
    start, end, headway = (value[c][ok] for c in ("start_time", "end_time", "headway_secs"))
    order = np.lexsort((headway, end, start, trip[ok]))
    return Headways(trip[ok][order], start[order], end[order], headway[order], exact[ok][order])
