"""Interventions in lines that run already: longer ones, stops between stops, lines withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd

from yipan.errors import Problem
from yipan.network.distance import straight_km
from yipan.region.value import Region
from yipan.scenario.change import Change, Stop, append, ids, missing, problem, register, spec
from yipan.scenario.lines import elsewhere, stations_of, stop_problems
from yipan.text import Text


@register
@dataclass(frozen=True, kw_only=True)
class ExtendLine(Change):
    """A line made longer at one of its ends; its headway, speed and dwell stay.

    `stops` are given outward from the station `end`, which must be the first or the last of the line.
    Running times on the new stretch: straight distance over the line's speed; who travelled through before
    travels as before. New rows stand at the end of the stops table; where the line grows at its
    beginning its stops are numbered anew.

    Examples
    --------
    >>> from yipan.region import example
    >>> longer = ExtendLine(line="m1", end="st-b1", stops=(Stop("st-b2", "东岭", "Ridge", 106.35, 29.10),))
    >>> longer.resolve(example("tiny"))
    []
    >>> longer.apply(example("tiny")).table("stops")["station"].tolist()
    ['st-a1', 'st-a2', 'st-b1', 'st-b2']
    """

    type: ClassVar[str] = "ExtendLine"
    label: ClassVar[Text] = Text("延长线路", "longer line")
    tables: ClassVar[tuple[str, ...]] = ("stops",)

    line: str = spec("id", "线路编号", "line id")
    end: str = spec("id", "从哪一端延长:该端车站编号", "id of the end station it is extended from")
    stops: tuple[Stop, ...] = spec("stops", "自该端起依次各新站", "new stops in order, outward from that end")

    def __post_init__(self) -> None:
        object.__setattr__(self, "stops", tuple(Stop(*s) for s in self.stops))

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the stops themselves."""
        out = super().unsound()
        if not self.stops:
            out.append(
                problem("stops", ("没有新站", "no new stop"), ("至少写一站", "write one stop or more"))
            )
        return out + stop_problems(self.stops, before=self.end)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: unknown line, not one of its ends, a line that goes round, far stops."""
        out = missing("line", self.line, ids(region, "lines"), ("线路", "line"))
        if not out:
            out = self._end_problems([str(s) for s in _own(region, self.line)["station"]])
        return out + elsewhere(self.stops, region)

    def _end_problems(self, stations: Sequence[str]) -> list[Problem]:
        if len(stations) < 2:
            return [
                problem(
                    "line",
                    (f"线路 {self.line} 不足两站", f"the line {self.line} has fewer than two stops"),
                    ("先补全 stops.csv", "complete stops.csv first"),
                )
            ]
        if stations[0] == stations[-1]:
            return [
                problem(
                    "line",
                    (f"环线 {self.line} 没有端点", f"the line {self.line} goes round and has no end"),
                    ("改用 AddStop 或新建线路", "use AddStop, or a new line"),
                )
            ]
        if self.end in (stations[0], stations[-1]):
            return []
        return [
            problem(
                "end",
                (
                    f"{self.end} 不是线路 {self.line} 的端点",
                    f"{self.end} is no end of the line {self.line}",
                ),
                (f"填写 {stations[0]} 或 {stations[-1]}", f"write {stations[0]} or {stations[-1]}"),
            )
        ]

    def apply(self, region: Region) -> Region:
        """Return the region with the longer line."""
        mine = _own(region, self.line)
        at_last = str(mine["station"].iloc[-1]) == self.end
        added = _rows(self.stops, line=self.line, region=region)
        frame = append(region, "stops", added)
        here = frame.index[len(frame) - len(added) :].tolist()
        order = [*mine.index, *here] if at_last else [*reversed(here), *mine.index]
        if not at_last:  # the line's first stop had no stop before it; it has one now
            frame.loc[mine.index[0], "minutes"] = np.nan
        return region.replace(stops=_numbered(frame, order))

    def describe(self) -> Text:
        """Say how far the line is extended."""
        n = len(self.stops)
        names = (
            [s.zh or s.en or s.station for s in self.stops],
            [s.en or s.zh or s.station for s in self.stops],
        )
        return Text(
            f"线路 {self.line} 自 {self.end} 延长 {n} 站:{'、'.join(names[0])}",
            f"line {self.line} extended from {self.end} by {n} stop{'s' if n > 1 else ''}:"
            f" {', '.join(names[1])}",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return the new stops in order."""
        return tuple((s.lon, s.lat) for s in self.stops)


@register
@dataclass(frozen=True, kw_only=True)
class AddStop(Change):
    r"""A new stop on a line that runs already, between two stops that follow one another.

    Whoever rides through loses the line's dwell and the way round by the new stop. Where the time
    :math:`m` between the two stops is stated (``minutes``), it becomes :math:`m\,d_1/d` and
    :math:`m\,d_2/d` (straight distances: :math:`d` between the two stops, :math:`d_1, d_2` to and from the
    new one), else it follows from distance and speed. Braking and starting are not added beyond
    the dwell: state a longer one by `ChangeService` where they matter.

    Examples
    --------
    >>> from yipan.region import example
    >>> stop = AddStop(line="m1", after="st-a2", before="st-b1",
    ...                station="st-mid", en="Island", lon=106.20, lat=29.10)
    >>> stop.resolve(example("tiny"))
    []
    >>> stop.apply(example("tiny")).table("stops").sort_values("seq")["station"].tolist()
    ['st-a1', 'st-a2', 'st-mid', 'st-b1']
    """

    type: ClassVar[str] = "AddStop"
    label: ClassVar[Text] = Text("增设车站", "new stop on a line")
    tables: ClassVar[tuple[str, ...]] = ("stops",)

    line: str = spec("id", "线路编号", "line id")
    after: str = spec("id", "一侧相邻车站编号", "id of the station on one side of it")
    before: str = spec("id", "另一侧相邻车站编号", "id of the station on the other side of it")
    station: str = spec("id", "新的或已有的车站编号", "id of the new or existing station")
    zh: str = spec("text", "中文名", "Chinese name", default="")
    en: str = spec("text", "英文名", "English name", default="")
    lon: float = spec("number", "经度", "longitude (WGS-84)", unit="deg", low=-180, high=180)
    lat: float = spec("number", "纬度", "latitude (WGS-84)", unit="deg", low=-90, high=90)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: unknown line, stops that do not follow one another, a stop far away."""
        out = missing("line", self.line, ids(region, "lines"), ("线路", "line"))
        if not out:
            out = self._place_problems([str(s) for s in _own(region, self.line)["station"]])
        return out + elsewhere((self._stop(),), region, column="station")

    def _place_problems(self, stations: Sequence[str]) -> list[Problem]:
        out = []
        for column in ("after", "before"):
            out += missing(column, getattr(self, column), stations, ("车站", "station"))
        if out:
            return out
        if _between(stations, self.after, self.before) is None:
            out.append(
                problem(
                    "before",
                    (
                        f"{self.after} 与 {self.before} 在线路 {self.line} 上不相邻",
                        f"{self.after} and {self.before} do not follow one another on the line {self.line}",
                    ),
                    (
                        f"填写相邻两站(依次为 {'、'.join(stations)})",
                        f"write two that do (its stops: {', '.join(stations)})",
                    ),
                )
            )
        if self.station in (self.after, self.before):
            out.append(
                problem(
                    "station",
                    (f"与相邻站同为 {self.station}", f"the same station as its neighbour: {self.station}"),
                    ("换一个车站编号", "give it another station id"),
                )
            )
        return out

    def apply(self, region: Region) -> Region:
        """Return the region with the stop."""
        mine = _own(region, self.line)
        k = _between([str(s) for s in mine["station"]], self.after, self.before)
        assert k is not None  # noqa: S101  (`against` said so)
        row = _rows((self._stop(),), line=self.line, region=region)
        frame = append(region, "stops", row)
        new = int(frame.index[-1])
        right = mine.index[k + 1]
        stated = float(mine["minutes"].iloc[k + 1])
        if not np.isnan(stated):
            at = stations_of(region)
            a, b = (at[str(mine["station"].iloc[i])] for i in (k, k + 1))
            mid = at.get(self.station, (self.lon, self.lat))
            whole, first, second = _km(a, b), _km(a, mid), _km(mid, b)
            share = (first / whole, second / whole) if whole > 0 else (0.5, 0.5)
            frame.loc[new, "minutes"], frame.loc[right, "minutes"] = stated * share[0], stated * share[1]
        return region.replace(stops=_numbered(frame, [*mine.index[: k + 1], new, *mine.index[k + 1 :]]))

    def describe(self) -> Text:
        """Say where the stop is built."""
        zh, en = self.zh or self.en or self.station, self.en or self.zh or self.station
        return Text(
            f"线路 {self.line} 在 {self.after} 与 {self.before} 之间增设车站 {zh}",
            f"line {self.line}: new stop {en} between {self.after} and {self.before}",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return where it is."""
        return ((self.lon, self.lat),)

    def _stop(self) -> Stop:
        return Stop(self.station, self.zh, self.en, self.lon, self.lat)


@register
@dataclass(frozen=True, kw_only=True)
class CloseLine(Change):
    """A line withdrawn, with its stops; stations that other lines use stay where they are."""

    type: ClassVar[str] = "CloseLine"
    label: ClassVar[Text] = Text("停运线路", "line withdrawn")
    tables: ClassVar[tuple[str, ...]] = ("lines", "stops")

    line: str = spec("id", "线路编号", "line id")

    def against(self, region: Region) -> list[Problem]:
        """Return a problem when there is no such line."""
        return missing("line", self.line, ids(region, "lines"), ("线路", "line"))

    def apply(self, region: Region) -> Region:
        """Return the region without the line."""
        lines, stops = region.table("lines"), region.table("stops")
        left = stops[stops["line"] != self.line].reset_index(drop=True)
        # a station lies where its first row says: where that row goes, the next one takes its point
        at = stations_of(region)
        first = left.drop_duplicates("station").index
        for column, k in (("lon", 0), ("lat", 1)):
            left.loc[first, column] = [at[str(s)][k] for s in left.loc[first, "station"]]
        return region.replace(lines=lines[lines["id"] != self.line].reset_index(drop=True), stops=left)

    def describe(self) -> Text:
        """Say what is withdrawn."""
        return Text(f"停运线路 {self.line}", f"withdraw line {self.line}")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no points of its own."""
        return ()


def _own(region: Region, line: str) -> pd.DataFrame:
    """Return the stops of a line in the order in which it runs, under their index in the table."""
    stops = region.table("stops")
    return stops[stops["line"] == line].sort_values("seq", kind="stable")


def _rows(stops: Sequence[Stop], *, line: str, region: Region) -> list[dict[str, object]]:
    """Return rows of the stops table, those at stations there are already placed where these are."""
    known = stations_of(region)
    out: list[dict[str, object]] = []
    for s in stops:
        lon, lat = known.get(s.station, (s.lon, s.lat))
        out.append({"line": line, "station": s.station, "zh": s.zh, "en": s.en, "lon": lon, "lat": lat})
    return out


def _numbered(frame: pd.DataFrame, order: Sequence[int]) -> pd.DataFrame:
    """Return the table with the rows of one line (given as it runs) numbered; what rises already stays."""
    numbers = frame["seq"].tolist()
    last = -1
    for row in order:
        now = numbers[row]
        last = last + 1 if pd.isna(now) or now <= last else int(now)
        numbers[row] = last
    frame["seq"] = pd.array(numbers, dtype="Int64")
    return frame


def _between(stations: Sequence[str], a: str, b: str) -> int | None:
    """Return the position of the stop after which the other follows, in either direction."""
    return next((k for k, pair in enumerate(pairwise(stations)) if pair in ((a, b), (b, a))), None)


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    one, other = np.array([a]), np.array([b])
    return float(straight_km(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[0])
