"""Headways become trips: when a trip repeated every few minutes departs.

A service given by its headway only (``exact_times`` 0, or a line of ``lines.csv``) becomes trips at equal
intervals. The first departs a **phase** of the headway after the period begins: 0.5 unless asked
otherwise, the mean. Travellers who arrive at any moment of a window at least one headway long then wait
between nothing and one headway, every wait equally often, so percentiles over such a window are right
for one line. How two such lines meet depends on their phases, which nobody knows: ``draw`` = 0, 1, 2 …
gives every line another phase in every draw, so that a caller may pool the times of several timetables. Over
the first 2, 4, 8 … draws each line's phases fall one into each half, quarter, eighth … of the headway, and
lines are independent of each other (van der Corput points, scrambled after Owen 1995 by the hash
of Laine and Karras 2011 with a seed from the line's id).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from yipan.network.streets.values import Int32
from yipan.network.timetable.feed import Feed, Headways
from yipan.network.timetable.report import Report
from yipan.text import Text

_GAP = 60  # s: feeds write 06:59:00 or 06:59:59 where they mean 07:00:00
_MOST_EVENTS = 100_000_000  # stop times; a national timetable of one day has 20 to 40 million
_WORD = 0xFFFFFFFF


def phase_of(line: str, draw: int) -> float:
    """Return the phase of a line in one draw, in [0, 1).

    Examples
    --------
    >>> sorted(int(4 * phase_of("line 1", d)) for d in range(4))
    [0, 1, 2, 3]
    """
    x = (draw + int.from_bytes(hashlib.sha256(line.encode()).digest()[:4], "big")) & _WORD
    for c in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        x ^= (x * c) & _WORD
    return int(f"{x:032b}"[::-1], 2) / 2**32


def departures(start: Int32, end: Int32, headway: Int32, *, phase: float, exact: bool) -> Int32:
    """Return when a repeated trip departs, ascending, seconds.

    Parameters
    ----------
    start, end, headway
        Periods of one trip, by start, seconds.
    exact
        Departures at ``start + k · headway`` before ``end``. If not, they are spread evenly: the number of
        departures due since the period began reaches ``k + phase`` at the k-th; it runs on through periods
        that follow each other within a minute.

    Examples
    --------
    >>> at = np.array([0, 600]), np.array([600, 1200]), np.array([400, 200])
    >>> departures(*at, phase=0.5, exact=True).tolist()
    [0, 400, 600, 800, 1000]
    >>> departures(*at, phase=0.5, exact=False).tolist()
    [200, 600, 800, 1000]
    """
    if exact:
        parts = [np.arange(a, b, h) for a, b, h in zip(start, end, headway, strict=True)]
        return np.sort(np.concatenate(parts)).astype(np.int32) if parts else np.zeros(0, np.int32)
    out: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    due, before = 0.0, None
    for i, (a, b, h) in enumerate(zip(start.tolist(), end.tolist(), headway.tolist(), strict=True)):
        follows = i + 1 < len(start) and 0 <= int(start[i + 1]) - b <= _GAP
        until = int(start[i + 1]) if follows else b
        if before != a:
            due = 0.0
        first, after = np.ceil(due - phase), due + (until - a) / h
        k = np.arange(max(first, 0.0), np.ceil(after - phase - 1e-9))
        out.append(a + (k + phase - due) * h)
        due, before = after, until
    return np.sort(np.floor(np.concatenate(out) + 0.5)).astype(np.int32) if out else np.zeros(0, np.int32)


def without_flood(feed: Feed, report: Report) -> Feed:
    """Return a feed without its headways where repeats would make more stop times than memory should hold."""
    h = feed.headways
    times = -((h.start - h.end) // h.headway).astype(np.int64)
    events = int((times * np.diff(feed.first)[h.trip]).sum())
    if events <= _MOST_EVENTS:
        return feed
    report.add(
        Text(
            f"重复的班次共有 {events:,} 个停站时刻,超过上限 {_MOST_EVENTS:,},未重复",
            f"repeats make {events:,} stop times, above the limit of {_MOST_EVENTS:,}; none is made",
        ),
        Text(
            "核对 headway_secs(单位为秒)与起止时刻;在此之前每个班次只运行一次",
            "check headway_secs (seconds) and the periods; until then each trip runs once",
        ),
        file="frequencies.txt",
        column="headway_secs",
    )
    none = np.zeros(0, np.int32)
    return replace(feed, headways=Headways(none, none, none, none, none > 0))


def repeats(
    headways: Headways, running: Int32, names: tuple[str, ...], *, phase: float, draw: int | None
) -> tuple[Int32, Int32]:
    """Return (trip, departure) of every repeat of the running trips.

    Parameters
    ----------
    running
        Trips that run on the day.
    names
        Name of each trip, from which a draw's phase follows.
    """
    trips: list[Int32] = []
    times: list[Int32] = []
    repeated = np.intersect1d(running, headways.trip)
    starts = np.searchsorted(headways.trip, repeated)
    ends = np.searchsorted(headways.trip, repeated, side="right")
    for trip, a, b in zip(repeated, starts, ends, strict=True):
        at = phase if draw is None else phase_of(names[trip], draw)
        for exact in (True, False):
            rows = a + np.flatnonzero(headways.exact[a:b] == exact)
            period = headways.start[rows], headways.end[rows], headways.headway[rows]
            found = departures(*period, phase=at, exact=exact)
            trips.append(np.full(len(found), trip, dtype=np.int32))
            times.append(found)
    if not trips:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    return np.concatenate(trips), np.concatenate(times)
