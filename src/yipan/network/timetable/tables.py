"""Clean the small tables of a feed: agencies, stops, services, transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yipan.network.streets.values import Int32
from yipan.network.timetable.columns import BAD, BLANK, Raw, Words, day_number, whole
from yipan.network.timetable.feed import STATION, Bools, Changes, Services
from yipan.network.timetable.report import LEAVE, Report
from yipan.network.timetable.values import Stops
from yipan.region.findings import listed, suggest
from yipan.text import Text

_FIRST, _LAST = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()  # 9999-12-31 means for ever
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Places:
    """Stops of a feed: the value, what kind each is, its station, and positions by id."""

    stops: Stops
    kind: Int32
    station: Int32
    at: dict[str, int]


def distinct(raw: Raw, keys: Sequence[str], report: Report) -> Raw:
    """Keep the first row of every key, ordered by key; blank keys and repeated ones are told.

    A row that only repeats another word for word is harmless (a warning); one that says something else
    under the same key is an error.
    """
    blank = np.zeros(len(raw), dtype=bool)
    for key in keys:
        empty = raw[key].through(lambda w: int(not w)).astype(bool)
        report.each(
            raw.row[empty],
            lambda k, key=key: Text(f"缺少 {key}", f"{key} is blank"),  # type: ignore[misc]
            LEAVE,
            file=raw.file,
            column=key,
        )
        blank |= empty
    raw = raw.keep(~blank)
    group = _rank([raw[k].code for k in keys])
    seen, first = np.unique(group, return_index=True)
    again = np.ones(len(raw), dtype=bool)
    again[first] = False
    if not again.any():
        return _by_key(raw, keys)
    same_as = first[np.searchsorted(seen, group)]
    equal = np.ones(len(raw), dtype=bool)
    for c in raw.columns.values():
        equal &= c.code == c.code[same_as]
    for mask, severity in ((again & equal, "warning"), (again & ~equal, "error")):
        at = np.flatnonzero(mask)

        def what(k: int, at: NDArray[np.intp] = at) -> Text:
            word, row = " / ".join(raw[key][int(at[k])] for key in keys), int(raw.row[same_as[at[k]]])
            return Text(f"{word!r} 在第 {row} 行已有", f"{word!r} is there already, in row {row}")

        report.each(
            raw.row[at],
            what,
            Text("删去重复的行,或改正编号;只用第一行", "delete or rename it; the first row is used"),
            file=raw.file,
            column=keys[0],
            severity="warning" if severity == "warning" else "error",
        )
    return _by_key(raw.keep(~again), keys)


def _by_key(raw: Raw, keys: Sequence[str]) -> Raw:
    """Order rows by their key, so that the order in the file does not matter."""
    order = np.lexsort([_place(raw[key]) for key in reversed(keys)])
    return Raw(raw.file, raw.row[order], {n: Words(c.code[order], c.words) for n, c in raw.columns.items()})


def _place(column: Words) -> NDArray[np.int64]:
    """Return the place of every row's word in alphabetical order."""
    rank = np.empty(len(column.words), dtype=np.int64)
    rank[sorted(range(len(column.words)), key=column.words.__getitem__)] = np.arange(len(column.words))
    return rank[column.code]


def _rank(codes: Sequence[Int32]) -> NDArray[np.int64]:
    """Return one number per row, equal exactly where all codes are equal."""
    out = np.zeros(len(codes[0]) if codes else 0, dtype=np.int64)
    for code in codes:
        out = out * (int(code.max(initial=0)) + 1) + code
    return out


def known(raw: Raw, column: str, at: dict[str, int], report: Report, *, table: str) -> tuple[Raw, Int32]:
    """Keep the rows whose word is an id of another table; return them and the positions meant."""
    words = raw[column]
    position = words.where(at)
    bad = np.flatnonzero(position < 0)

    def what(k: int) -> Text:
        word = words[int(bad[k])]
        near = suggest(word, at) if len(at) < 5000 else Text("", "")
        return Text(f"{table} 中没有 {word!r}{near.zh}", f"{table} has no {word!r}{near.en}")

    report.each(raw.row[bad], what, LEAVE, file=raw.file, column=column)
    return raw.keep(position >= 0), position[position >= 0]


def sound(raw: Raw, values: dict[str, Int32], report: Report, *, blank: Sequence[str] = ()) -> Bools:
    """Tell values that cannot be read, or are not given though they must be; return which rows are sound."""
    ok = np.ones(len(raw), dtype=bool)
    for column, value in values.items():
        bad = (value == BAD) | ((value == BLANK) & (column not in blank))
        at = np.flatnonzero(bad)
        words = raw[column]
        report.each(
            raw.row[at],
            lambda k, at=at, words=words: Text(  # type: ignore[misc]
                f"无法读取:{words[int(at[k])]!r}", f"cannot be read: {words[int(at[k])]!r}"
            ),
            LEAVE,
            file=raw.file,
            column=column,
        )
        ok &= ~bad
    return ok


def clean_zone(raw: Raw | None, report: Report) -> str:
    """Return the time zone of the agencies, ``""`` where there is none that is known."""
    words = [] if raw is None else [w for w in raw["agency_timezone"].words if w]
    remedy = Text("填写 IANA 时区名,如 Asia/Shanghai", "write an IANA time zone, such as Asia/Shanghai")
    good = [w for w in words if _is_zone(w)]
    for word in (w for w in words if w not in good):
        report.add(
            Text(f"没有时区 {word!r}", f"there is no time zone {word!r}"),
            remedy,
            file="agency.txt",
            column="agency_timezone",
        )
    if not words and raw is not None:
        report.add(
            Text("没有时区,按第一个数据的当地时间处理", "no time zone; taken to be that of the first feed"),
            remedy,
            file="agency.txt",
            column="agency_timezone",
        )
    if len(good) > 1:
        names = listed(good)
        report.add(
            Text(f"各机构时区不同({names.zh}),用第一个", f"agencies differ ({names.en}); the first is used"),
            Text("一个数据只能有一个时区;分成几个数据", "a feed has one time zone: split it"),
            file="agency.txt",
            column="agency_timezone",
        )
    return good[0] if good else ""


def _is_zone(word: str) -> bool:
    try:
        ZoneInfo(word)
    except (KeyError, ValueError, OSError):
        return False
    return True


def clean_stops(raw: Raw, report: Report) -> Places:
    """Return the stops that have an id and a place on earth."""
    raw = distinct(raw, ["stop_id"], report)
    kind = raw["location_type"].through(lambda w: int(w) if w in {"1", "2", "3", "4"} else 0)
    lon, lat = raw["stop_lon"].numbers(), raw["stop_lat"].numbers()
    ids = [raw["stop_id"].words[c] for c in raw["stop_id"].code]
    parent = raw["parent_station"].where({s: i for i, s in enumerate(ids)})
    lost = ~_on_earth(lon, lat)
    heir = lost & (parent >= 0) & ~lost[parent]
    lon, lat = np.where(heir, lon[parent], lon), np.where(heir, lat[parent], lat)
    _tell_lost(raw, lost & ~heir & (kind < 3), heir & (kind < 3), report)
    _tell_parents(raw, kind, parent, report)
    keep = ~lost | heir
    raw, at = raw.keep(keep), np.cumsum(keep) - 1
    station = np.where((parent >= 0) & (kind[parent] == STATION) & keep[parent], at[parent], -1)[keep]
    ids = [raw["stop_id"].words[c] for c in raw["stop_id"].code]
    names = [raw["stop_name"].words[c] for c in raw["stop_name"].code]
    stops = Stops(tuple(ids), tuple(names), lon[keep], lat[keep])
    return Places(stops, kind[keep], station.astype(np.int32), {s: i for i, s in enumerate(ids)})


def _on_earth(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Bools:
    with np.errstate(invalid="ignore"):
        inside = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return inside & ~((np.abs(lon) < 1e-6) & (np.abs(lat) < 1e-6))


def _tell_lost(raw: Raw, lost: Bools, heir: Bools, report: Report) -> None:
    ids, at = raw["stop_id"], np.flatnonzero(lost)
    report.each(
        raw.row[at],
        lambda k: Text(
            f"站点 {ids[int(at[k])]!r} 没有可用的坐标", f"stop {ids[int(at[k])]!r} has no usable coordinates"
        ),
        Text("填写 WGS-84 经纬度;在此之前不停此站", "write WGS-84 degrees; until then trips pass it by"),
        file=raw.file,
        column="stop_lat",
    )
    report.each(
        raw.row[heir],
        lambda k: Text("没有坐标,用其车站的坐标", "no coordinates; those of its station are used"),
        Text("填写站台的经纬度", "write the platform's degrees"),
        file=raw.file,
        column="stop_lat",
        severity="warning",
    )


def _tell_parents(raw: Raw, kind: Int32, parent: Int32, report: Report) -> None:
    named = raw["parent_station"].through(lambda w: int(bool(w))).astype(bool)
    wrong = named & (kind != 4) & ((parent < 0) | (kind[parent] != STATION))
    at, words = np.flatnonzero(wrong), raw["parent_station"]
    report.each(
        raw.row[at],
        lambda k: Text(
            f"{words[int(at[k])]!r} 不是车站(location_type 1)",
            f"{words[int(at[k])]!r} is not a station (location_type 1)",
        ),
        Text("改正;在此之前此站不属于任何车站", "correct it; until then the stop belongs to no station"),
        file=raw.file,
        column="parent_station",
        severity="warning",
    )


def clean_services(weekly: Raw | None, dates: Raw | None, report: Report) -> Services:
    """Return the services of ``calendar.txt`` and ``calendar_dates.txt``; either may be missing."""
    ids: dict[str, int] = {}
    week, start, end = np.zeros((0, 7), dtype=bool), np.zeros(0, np.int32), np.zeros(0, np.int32)
    if weekly is not None:
        weekly = distinct(weekly, ["service_id"], report)
        given = {c: weekly[c].through(day_number) for c in ("start_date", "end_date")}
        days = {c: weekly[c].through(lambda w: {"0": 0, "1": 1}.get(w, int(BAD))) for c in WEEK}
        ok = sound(weekly, given | days, report)
        ids = {
            w: i for i, w in enumerate(weekly["service_id"].words[c] for c in weekly["service_id"].code[ok])
        }
        week = np.column_stack([days[c][ok] == 1 for c in WEEK])
        start, end = np.maximum(given["start_date"][ok], _FIRST), np.minimum(given["end_date"][ok], _LAST)
        report.each(
            weekly.row[ok][start > end],
            lambda k: Text("结束早于开始,从不运行", "it ends before it starts and never runs"),
            Text("改正日期", "correct the dates"),
            file=weekly.file,
            column="end_date",
            severity="warning",
        )
    service, day, added = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, dtype=bool))
    if dates is not None:
        dates = distinct(dates, ["service_id", "date"], report)
        day, kind = dates["date"].through(day_number), dates["exception_type"].through(_exception)
        far = (day != BLANK) & ((day < _FIRST) | (day > _LAST))
        day = np.where(far, BAD, day).astype(np.int32)
        ok = sound(dates, {"date": day, "exception_type": kind}, report)
        words = dates.keep(ok)["service_id"]
        for word in sorted(words.words[c] for c in np.unique(words.code)):
            ids.setdefault(word, len(ids))
        service = words.where(ids)
        day, added = day[ok], kind[ok] == 1
    more = len(ids) - len(start)
    return Services(
        ids=tuple(ids),
        weekdays=np.vstack([week, np.zeros((more, 7), dtype=bool)]),
        start=np.concatenate([start, np.ones(more, np.int32)]),
        end=np.concatenate([end, np.zeros(more, np.int32)]),
        service=service,
        day=day,
        added=added,
    )


def _exception(word: str) -> int:
    return int(word) if word in {"1", "2"} else int(BAD)


def clean_changes(raw: Raw | None, places: Places, report: Report) -> Changes:
    """Return the rows of ``transfers.txt`` between stops; those of single trips or routes are not used."""
    none = np.zeros(0, np.int32)
    if raw is None:
        return Changes(none, none, none, none)
    raw = _between_stops(raw, places, report)
    kind = raw["transfer_type"].through(lambda w: {"1": 1, "2": 2, "3": 3}.get(w, 0))
    origin, destination = (raw[c].where(places.at) for c in ("from_stop_id", "to_stop_id"))
    seconds = raw["min_transfer_time"].through(whole)
    ok = sound(raw, {"min_transfer_time": seconds}, report, blank=["min_transfer_time"])
    missing = ok & (kind == 2) & (seconds == BLANK)
    report.each(
        raw.row[missing],
        lambda k: Text("缺少最短换乘时间", "the least transfer time is blank"),
        LEAVE,
        file=raw.file,
        column="min_transfer_time",
    )
    ok &= ~missing
    order = np.flatnonzero(ok)[np.lexsort((seconds[ok], kind[ok], destination[ok], origin[ok]))]
    return Changes(origin[order], destination[order], kind[order], seconds[order])


def _between_stops(raw: Raw, places: Places, report: Report) -> Raw:
    """Keep the rows of ``transfers.txt`` that hold for everyone between platforms and stations."""
    special = raw["transfer_type"].through(lambda w: int(w not in {"", "0", "1", "2", "3"})).astype(bool)
    for column in ("from_trip_id", "to_trip_id", "from_route_id", "to_route_id"):
        special |= raw[column].through(lambda w: int(bool(w))).astype(bool)
    report.each(
        raw.row[special],
        lambda k: Text(
            "只对个别班次或线路有效的换乘,未使用", "it holds for single trips or routes; not used"
        ),
        Text("无须处理;换乘按步行计算", "nothing to do: changing there is walked"),
        file=raw.file,
        column="transfer_type",
        severity="warning",
    )
    raw, _ = known(raw.keep(~special), "from_stop_id", places.at, report, table="stops.txt")
    raw, _ = known(raw, "to_stop_id", places.at, report, table="stops.txt")
    inner = np.zeros(len(raw), dtype=bool)
    for column in ("from_stop_id", "to_stop_id"):
        inner |= places.kind[raw[column].where(places.at)] > STATION
    report.each(
        raw.row[inner],
        lambda k: Text("只对出入口或站内节点有效,未使用", "it is for an entrance or a node inside; not used"),
        Text("改为站台或车站的编号", "name the platform or the station"),
        file=raw.file,
        column="from_stop_id",
        severity="warning",
    )
    return raw.keep(~inner)
