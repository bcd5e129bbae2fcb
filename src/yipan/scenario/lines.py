"""Interventions in lines: new ones, other headways and speeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from yipan.errors import Problem
from yipan.network.distance import straight_km
from yipan.network.services import read_stations
from yipan.region.value import Region
from yipan.scenario.change import (
    Change,
    Stop,
    append,
    ids,
    misplaced,
    missing,
    problem,
    register,
    spec,
    taken,
)
from yipan.text import Text

MODES = ("metro", "tram", "rail", "hsr", "bus", "ferry")
SAME_STATION_KM = 0.5
"""How far (km) a stop may be given from the existing station whose id it has."""


@register
@dataclass(frozen=True, kw_only=True)
class AddLine(Change):
    """A new line, run in both directions, with new or existing stations (same id: one can change there).

    A stop at an existing station is placed where that station is. Times: straight distance over `speed`,
    `dwell` at every stop passed through. The last station may be the first: the line then goes round.

    Examples
    --------
    >>> from yipan.region import example
    >>> line = AddLine(id="m2", zh="二号线", en="Line 2", mode="metro", headway_peak=5.0,
    ...                headway_offpeak=10.0, speed=40.0, stops=(Stop("st-b1", "东岸", "East", 106.25, 29.10),
    ...                                   Stop("st-c2", "山口", "Hill", 106.30, 29.30)))
    >>> line.resolve(example("tiny"))
    []
    >>> len(line.apply(example("tiny")).table("stops"))
    5
    """

    type: ClassVar[str] = "AddLine"
    label: ClassVar[Text] = Text("新建线路", "new line")
    tables: ClassVar[tuple[str, ...]] = ("lines", "stops")

    id: str = spec("id", "线路编号", "line id")
    zh: str = spec("text", "中文名", "Chinese name", default="")
    en: str = spec("text", "英文名", "English name", default="")
    mode: str = spec("text", "方式", "mode", choices=MODES)
    headway_peak: float = spec(
        "number", "高峰发车间隔", "headway in the peak", unit="min", low=0.5, high=1440
    )
    headway_offpeak: float = spec(
        "number", "平峰发车间隔", "headway off the peak", unit="min", low=0.5, high=1440
    )
    speed: float = spec(
        "number", "两站间运行速度", "running speed between stops", unit="km/h", low=1, high=600
    )
    dwell: float = spec("number", "停站时间", "dwell at a stop", unit="s", low=0, high=3600, default=30.0)
    colour: str = spec("text", "线路标志色", "line colour (#rrggbb)", default="#5b6770")
    stops: tuple[Stop, ...] = spec("stops", "依次各站", "stops in order")

    def __post_init__(self) -> None:
        object.__setattr__(self, "stops", tuple(Stop(*s) for s in self.stops))

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the line itself."""
        out = super().unsound()
        if len(self.stops) < 2:
            out.append(
                problem(
                    "stops", ("不足两站", "fewer than two stops"), ("至少写两站", "write two stops or more")
                )
            )
        return out + stop_problems(self.stops)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit the region: id in use, stations elsewhere, stops outside."""
        return taken("id", self.id, ids(region, "lines")) + elsewhere(self.stops, region)

    def apply(self, region: Region) -> Region:
        """Return the region with the line and its stops."""
        known = stations_of(region)
        line = {
            "id": self.id,
            "zh": self.zh,
            "en": self.en,
            "mode": self.mode,
            "headway_peak": self.headway_peak,
            "headway_offpeak": self.headway_offpeak,
            "speed": self.speed,
            "dwell": self.dwell,
            "colour": self.colour,
        }
        stops = []
        for seq, s in enumerate(self.stops, start=1):
            lon, lat = known.get(s.station, (s.lon, s.lat))
            row = {"line": self.id, "seq": seq, "station": s.station, "zh": s.zh, "en": s.en}
            stops.append({**row, "lon": lon, "lat": lat})
        return region.replace(lines=append(region, "lines", [line]), stops=append(region, "stops", stops))

    def length(self) -> float:
        """Return the straight length over all stops, km."""
        lon, lat = np.array([s.lon for s in self.stops]), np.array([s.lat for s in self.stops])
        return float(straight_km(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())

    def describe(self) -> Text:
        """Say what is built, with numbers and units."""
        n, km = len(self.stops), self.length()
        return Text(
            f"新建线路 {self.zh or self.en}({self.mode}):{n} 站,直线长 {km:.1f} 公里,"
            f"运行速度 {self.speed:g} 公里/小时,"
            f"高峰每 {self.headway_peak:g} 分钟、平峰每 {self.headway_offpeak:g} 分钟一班",
            f"new line {self.en or self.zh} ({self.mode}): {n} stops, {km:.1f} km straight,"
            f" running at {self.speed:g} km/h, every {self.headway_peak:g} min in the peak,"
            f" {self.headway_offpeak:g} min off it",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return the stops in order."""
        return tuple((s.lon, s.lat) for s in self.stops)


@register
@dataclass(frozen=True, kw_only=True)
class ChangeService(Change):
    """Another headway or running speed of a line; what is not given stays.

    Stated running times (``minutes``) shorten in proportion to a new speed.
    """

    type: ClassVar[str] = "ChangeService"
    label: ClassVar[Text] = Text("调整班次与速度", "changed service")
    tables: ClassVar[tuple[str, ...]] = ("lines", "stops")

    line: str = spec("id", "线路编号", "line id")
    headway_peak: float | None = spec(
        "number", "高峰发车间隔", "headway in the peak", unit="min", low=0.5, high=1440, default=None
    )
    headway_offpeak: float | None = spec(
        "number", "平峰发车间隔", "headway off the peak", unit="min", low=0.5, high=1440, default=None
    )
    speed: float | None = spec(
        "number",
        "两站间运行速度",
        "running speed between stops",
        unit="km/h",
        low=1,
        high=600,
        default=None,
    )

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the values: nothing given at all, or out of bounds."""
        out = super().unsound()
        if self._given():
            return out
        return [
            *out,
            problem(
                "headway_peak",
                ("没有给出任何变化", "no change is given"),
                (
                    "写上 headway_peak、headway_offpeak 或 speed",
                    "write headway_peak, headway_offpeak or speed",
                ),
            ),
        ]

    def against(self, region: Region) -> list[Problem]:
        """Return a problem when there is no such line."""
        return missing("line", self.line, ids(region, "lines"), ("线路", "line"))

    def apply(self, region: Region) -> Region:
        """Return the region with the line changed."""
        lines = region.table("lines")
        mine = lines["id"] == self.line
        before = float(lines.loc[mine, "speed"].iloc[0])
        for name, value in self._given().items():
            lines.loc[mine, name] = value
        if self.speed is None or self.speed == before:
            return region.replace(lines=lines)
        stops = region.table("stops")
        stated = (stops["line"] == self.line) & stops["minutes"].notna()
        if not stated.any():
            return region.replace(lines=lines)
        stops.loc[stated, "minutes"] *= before / self.speed
        return region.replace(lines=lines, stops=stops)

    def describe(self) -> Text:
        """Say what changes, with numbers and units."""
        names = {
            "headway_peak": ("高峰间隔", "headway in the peak", "分钟", "min"),
            "headway_offpeak": ("平峰间隔", "headway off the peak", "分钟", "min"),
            "speed": ("运行速度", "running speed", "公里/小时", "km/h"),
        }
        given = [(names[k], v) for k, v in self._given().items()]
        return Text(
            f"线路 {self.line}:" + ",".join(f"{n[0]}改为 {v:g} {n[2]}" for n, v in given),
            f"line {self.line}: " + ", ".join(f"{n[1]} to {v:g} {n[3]}" for n, v in given),
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no points of its own."""
        return ()

    def _given(self) -> dict[str, float]:
        names = ("headway_peak", "headway_offpeak", "speed")
        return {n: v for n in names if (v := getattr(self, n)) is not None}


def stations_of(region: Region) -> dict[str, tuple[float, float]]:
    """Return (lon, lat) by station id; a station lies where its first row says."""
    stations, _ = read_stations(region)
    return {s: (float(x), float(y)) for s, x, y in zip(stations.ids, stations.lon, stations.lat, strict=True)}


def stop_problems(stops: Sequence[Stop], *, before: str = "") -> list[Problem]:
    """Return what is wrong with stops in themselves; `before` is the station before the first, if any."""
    out: list[Problem] = []
    at: dict[str, tuple[float, float]] = {}
    for i, s in enumerate(stops, start=1):
        column = f"stops[{i}]"
        if not s.station:
            out.append(
                problem(
                    f"{column}.station",
                    ("缺少车站编号", "no station id"),
                    ("写上新的或已有的车站编号", "write the id of a new or an existing station"),
                )
            )
        numbers = all(isinstance(v, (int, float)) for v in (s.lon, s.lat))
        if not (numbers and abs(s.lon) <= 180 and abs(s.lat) <= 90):  # not of NaN either
            out.append(
                problem(
                    column,
                    (f"经纬度无效:{s.lon}, {s.lat}", f"no such longitude and latitude: {s.lon}, {s.lat}"),
                    ("填写度(WGS-84)", "write degrees (WGS-84)"),
                )
            )
        if s.station and s.station == (stops[i - 2].station if i > 1 else before):
            out.append(
                problem(
                    column,
                    (f"与上一站同为 {s.station}", f"the same station as the stop before: {s.station}"),
                    ("删去其中一站", "remove one of the two"),
                )
            )
        if at.setdefault(s.station, (s.lon, s.lat)) != (s.lon, s.lat):
            out.append(
                problem(
                    column,
                    (f"车站 {s.station} 有两处位置", f"the station {s.station} is given at two points"),
                    ("改正位置或车站编号", "correct the point or the station id"),
                )
            )
    return out


def elsewhere(stops: Sequence[Stop], region: Region, *, column: str = "") -> list[Problem]:
    """Return a problem for each stop far from the station whose id it has, or far from every cell.

    `column` is named in the problems; where it is empty, ``stops`` and the stop's place in them.
    """
    out: list[Problem] = []
    known = stations_of(region)
    for i, s in enumerate(stops, start=1):
        if s.station not in known:
            continue
        lon, lat = known[s.station]
        km = float(straight_km(np.array([s.lon]), np.array([s.lat]), np.array([lon]), np.array([lat]))[0])
        if km > SAME_STATION_KM:
            out.append(
                problem(
                    column or f"stops[{i}].station",
                    (
                        f"已有车站 {s.station} 在 {km:.1f} 公里之外",
                        f"the existing station {s.station} is {km:.1f} km away",
                    ),
                    ("换一个车站编号或改正位置", "give it another station id, or correct the point"),
                )
            )
    new = [(s.station, s.lon, s.lat) for s in stops if s.station not in known]
    return out + misplaced(column or "stops", region, new, ("车站", "station"))
