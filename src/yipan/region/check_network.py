"""Checks of lines, stops and links: what each needs to carry anybody, and what looks wrong."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yipan.region.findings import Draft, Log, listed
from yipan.text import Text

EARTH_KM = 6371.0088  # mean radius of the earth (IUGG)
_SLACK_KM = 0.1  # links shorter than the straight line by no more than rounding are left alone
Numbers = NDArray[np.float64]


def straight_km(lon1: Numbers, lat1: Numbers, lon2: Numbers, lat2: Numbers) -> Numbers:
    """Return great-circle distances in km between points in degrees (haversine formula).

    Examples
    --------
    >>> one = np.array([0.0])
    >>> float(straight_km(one, one, one, one + 1.0).round(3)[0])  # a degree of latitude
    111.195
    """
    a, b, c, d = map(np.radians, (lon1, lat1, lon2, lat2))
    h = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1))), dtype=np.float64)


def check_lines(lines: Draft | None, stops: Draft | None, log: Log) -> None:
    """Refuse lines that have fewer than two sound stops, and the stops of refused lines."""
    if lines is None or "id" not in lines.frame.columns:
        return
    by_line: dict[str, list[int]] = {}
    if stops is not None:
        for at, word in enumerate(stops.words("line")):
            by_line.setdefault(word, []).append(at)
    for at, ident in enumerate(lines.words("id")):
        if not lines.ok[at]:
            continue
        ats = by_line.get(ident, [])
        broken = [i for i in ats if stops is not None and not stops.ok[i]]
        if stops is not None and broken:
            _line_left_out(lines, at, stops.row(broken[0]), log)
        elif len(ats) < 2:
            lines.ok[at] = False
            log.error(
                Text(
                    f"线路“{ident}”有 {len(ats)} 个站点,至少要 2 个",
                    f"line '{ident}' needs at least 2 stops and has {len(ats)}",
                ),
                Text("在 stops.csv 中按顺序填写其站点", "give its stops, in order, in stops.csv"),
                file=lines.file,
                row=lines.row(at),
                column="id",
            )
        elif stops is not None:
            _check_sequence(stops, ident, ats, log)


def _line_left_out(lines: Draft, at: int, row: int, log: Log) -> None:
    lines.ok[at] = False
    if not log.strict:
        log.error(
            Text(
                f"因 stops.csv 第 {row} 行未读入,此线路也未读入",
                f"left out, because row {row} of its stops was",
            ),
            Text("先改正该站点", "mend that stop first"),
            file=lines.file,
            row=lines.row(at),
        )


def _check_sequence(stops: Draft, ident: str, ats: list[int], log: Log) -> None:
    """Warn of gaps in the order of a line's stops and of the same station twice running."""
    if "seq" not in stops.frame.columns:
        return
    order = sorted(ats, key=lambda i: int(stops.frame["seq"].iloc[i]))
    numbers, stations = stops.frame["seq"], stops.words("station")
    for a, b in pairwise(order):
        what: Text | None = None
        if int(numbers.iloc[b]) - int(numbers.iloc[a]) > 1:
            what = Text(
                f"线路“{ident}”的站序从 {numbers.iloc[a]} 跳到 {numbers.iloc[b]}",
                f"line '{ident}' goes from stop {numbers.iloc[a]} to stop {numbers.iloc[b]}",
            )
        elif stations[a] and stations[a] == stations[b]:
            what = Text(
                f"线路“{ident}”连续两次停 {stations[a]}",
                f"line '{ident}' stops at {stations[a]} twice running",
            )
        if what:
            log.warn(
                what,
                Text("检查是否缺站或重复", "see whether a stop is missing or repeated"),
                file=stops.file,
                row=stops.row(b),
                column="seq",
            )


def check_stations(stops: Draft, log: Log) -> None:
    """Warn of a station id that stands for places more than a kilometre apart."""
    if any(c not in stops.frame.columns for c in ("station", "lon", "lat")):
        return
    lon, lat = stops.frame["lon"].to_numpy(np.float64), stops.frame["lat"].to_numpy(np.float64)
    first: dict[str, int] = {}
    for at, station in enumerate(stops.words("station")):
        if not stops.ok[at] or not station:
            continue
        one = first.setdefault(station, at)
        apart = float(straight_km(lon[[one]], lat[[one]], lon[[at]], lat[[at]])[0])
        if apart > 1:
            log.warn(
                Text(
                    f"车站“{station}”与第 {stops.row(one)} 行相距 {apart:.1f} km",
                    f"station '{station}' is {apart:.1f} km from where row {stops.row(one)} has it",
                ),
                Text("不同的车站用不同编号", "give different stations different ids"),
                file=stops.file,
                row=stops.row(at),
                column="station",
            )


def check_links(links: Draft, cells: Draft | None, log: Log) -> None:
    """Refuse links from a cell to itself; warn of impossible lengths and of cells that no link joins."""
    if cells is None or any(c not in links.frame.columns for c in ("from", "to", "length")):
        return
    starts, ends = links.words("from"), links.words("to")
    for at in range(len(links.frame)):
        if starts[at] and starts[at] == ends[at]:
            links.ok[at] = False
            log.error(
                Text(f"路段从“{starts[at]}”回到自身", f"the link runs from '{starts[at]}' to itself"),
                Text("改正一端,或删去该行", "correct one end, or delete the row"),
                file=links.file,
                row=links.row(at),
                column="to",
            )
    place = {ident: i for i, ident in enumerate(cells.words("id")) if cells.ok[i]}
    good = np.array(
        [i for i in np.flatnonzero(links.ok) if starts[i] in place and ends[i] in place], dtype=np.int64
    )
    a = np.array([place[starts[i]] for i in good], dtype=np.int64)
    b = np.array([place[ends[i]] for i in good], dtype=np.int64)
    _check_lengths(links, cells, (good, a, b), log)
    _check_joined(links, cells, (a, b), log)


def _check_lengths(links: Draft, cells: Draft, ends: tuple[NDArray[np.int64], ...], log: Log) -> None:
    good, a, b = ends
    if any(c not in cells.frame.columns for c in ("lon", "lat")):
        return
    lon, lat = cells.frame["lon"].to_numpy(np.float64), cells.frame["lat"].to_numpy(np.float64)
    straight = straight_km(lon[a], lat[a], lon[b], lat[b])
    length = links.frame["length"].to_numpy(np.float64)[good]
    for i in np.flatnonzero(length < straight * 0.99 - _SLACK_KM):
        log.warn(
            Text(
                f"长度 {length[i]:g} km 短于两端直线距离 {straight[i]:.1f} km",
                f"its {length[i]:g} km are less than the {straight[i]:.1f} km between its ends",
            ),
            Text("检查长度(单位 km)与两端编号", "see whether the length is in km and the ends are right"),
            file=links.file,
            row=links.row(int(good[i])),
            column="length",
        )


def _check_joined(links: Draft, cells: Draft, ends: tuple[NDArray[np.int64], ...], log: Log) -> None:
    """Warn of cells that cannot be reached by road from the largest joined part of the network."""
    a, b = ends
    sound = np.flatnonzero(cells.ok)
    if log.strict and not (cells.ok.all() and links.ok.all()):
        return  # the gap may only be the row that was refused
    if not len(a) or not len(sound):
        return
    n = len(cells.frame)
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    sizes = np.bincount(part[sound])
    away = sound[part[sound] != sizes.argmax()]
    if len(away):
        parts = len(np.unique(part[sound]))
        names = listed([cells.words("id")[i] for i in away])
        log.warn(
            Text(
                f"路网分为 {parts} 块,{len(away)} 个单元格不与最大的一块相连:{names.zh}",
                f"the roads fall into {parts} parts; {len(away)} cells are off the largest: {names.en}",
            ),
            Text("添加路段;否则它们之间无法驾车往来", "add links, or nobody can drive between them"),
            file=links.file,
        )
