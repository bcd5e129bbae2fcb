"""Interventions in places and activity: facilities, protected areas, jobs, residents, output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.region.value import Region
from yipan.scenario.change import Change, append, ids, misplaced, missing, problem, register, spec, taken
from yipan.text import Text


@register
@dataclass(frozen=True, kw_only=True)
class AddPlace(Change):
    """A new facility; a region known to have none of its kind (`Meta.without`) then has one."""

    type: ClassVar[str] = "AddPlace"
    label: ClassVar[Text] = Text("新建设施", "new facility")
    tables: ClassVar[tuple[str, ...]] = ("places",)

    id: str = spec("id", "设施编号", "place id")
    kind: str = spec("id", "类别", "kind of place")
    zh: str = spec("text", "中文名", "Chinese name", default="")
    en: str = spec("text", "英文名", "English name", default="")
    lon: float = spec("number", "经度", "longitude (WGS-84)", unit="deg", low=-180, high=180)
    lat: float = spec("number", "纬度", "latitude (WGS-84)", unit="deg", low=-90, high=90)
    capacity: float | None = spec("number", "容量", "capacity", low=0, default=None)
    unit: str = spec("text", "容量单位", "unit of capacity", default="")
    opened: float | None = spec("number", "启用年份", "year of opening", low=1000, high=2200, default=None)

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the place itself: a capacity without unit, say."""
        out = super().unsound()
        if self.capacity is not None and not self.unit:
            out.append(
                problem(
                    "unit",
                    ("容量没有单位", "the capacity has no unit"),
                    ("写上单位,如 bed", "write its unit, e.g. bed"),
                )
            )
        return out

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: id in use, outside the region, another unit than its kind has."""
        out = taken("id", self.id, ids(region, "places"))
        out += misplaced("lon", region, [(self.id, self.lon, self.lat)], ("设施", "place"))
        places = region.tables["places"]
        units = {
            str(u)
            for k, u in zip(places.array("kind"), places.array("unit"), strict=True)
            if k == self.kind and u
        }
        if self.unit and units and self.unit not in units:
            known = ", ".join(sorted(units))
            out.append(
                problem(
                    "unit",
                    (
                        f"{self.kind} 的容量单位是 {known},不是 {self.unit}",
                        f"capacities of {self.kind} are in {known}, not in {self.unit}",
                    ),
                    (f"换算为 {known}", f"convert it to {known}"),
                )
            )
        return out

    def apply(self, region: Region) -> Region:
        """Return the region with the place."""
        row = {
            "id": self.id,
            "kind": self.kind,
            "zh": self.zh,
            "en": self.en,
            "lon": self.lon,
            "lat": self.lat,
            "capacity": self.capacity,
            "unit": self.unit,
            "opened": None if self.opened is None else int(self.opened),
        }
        places = append(region, "places", [row])
        if self.kind not in region.meta.without:
            return region.replace(places=places)
        without = tuple(k for k in region.meta.without if k != self.kind)
        return region.replace(places=places, meta=replace(region.meta, without=without))

    def describe(self) -> Text:
        """Say what is built, with capacity and unit."""
        size = "" if self.capacity is None else f" {self.capacity:g} {self.unit}"
        return Text(
            f"新建 {self.zh or self.en}({self.kind}){size}", f"new {self.en or self.zh} ({self.kind}){size}"
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return where it stands."""
        return ((self.lon, self.lat),)


@register
@dataclass(frozen=True, kw_only=True)
class ProtectArea(Change):
    """A new protected area: a place of kind ``protected_area`` whose capacity is its km2."""

    type: ClassVar[str] = "ProtectArea"
    label: ClassVar[Text] = Text("划定保护地", "new protected area")
    tables: ClassVar[tuple[str, ...]] = ("places",)

    id: str = spec("id", "设施编号", "place id")
    zh: str = spec("text", "中文名", "Chinese name", default="")
    en: str = spec("text", "英文名", "English name", default="")
    lon: float = spec(
        "number", "中心经度", "longitude of its middle (WGS-84)", unit="deg", low=-180, high=180
    )
    lat: float = spec("number", "中心纬度", "latitude of its middle (WGS-84)", unit="deg", low=-90, high=90)
    km2: float = spec("number", "面积", "area", unit="km2", low=0.01, high=1e6)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit the region."""
        return self._place().against(region)

    def apply(self, region: Region) -> Region:
        """Return the region with the protected area."""
        return self._place().apply(region)

    def describe(self) -> Text:
        """Say what is protected, with its area."""
        return Text(
            f"划定保护地 {self.zh or self.en},{self.km2:g} 平方公里",
            f"new protected area {self.en or self.zh}, {self.km2:g} km2",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return its middle."""
        return ((self.lon, self.lat),)

    def _place(self) -> AddPlace:
        return AddPlace(
            id=self.id,
            kind="protected_area",
            zh=self.zh,
            en=self.en,
            lon=self.lon,
            lat=self.lat,
            capacity=self.km2,
            unit="km2",
        )


@register
@dataclass(frozen=True, kw_only=True)
class ChangeCapacity(Change):
    """More (or less) capacity of a facility, in the unit it has."""

    type: ClassVar[str] = "ChangeCapacity"
    label: ClassVar[Text] = Text("调整设施容量", "changed capacity")
    tables: ClassVar[tuple[str, ...]] = ("places",)

    place: str = spec("id", "设施编号", "place id")
    add: float = spec("number", "增加的容量(可为负)", "capacity added (may be negative)")

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: no such place, capacity unknown or falling below zero."""
        out = missing("place", self.place, ids(region, "places"), ("设施", "place"))
        if out:
            return out
        places = region.tables["places"]
        now = float(places.numbers("capacity")[list(map(str, places.array("id"))).index(self.place)])
        if np.isnan(now):
            return [
                problem(
                    "place",
                    (f"设施 {self.place} 的容量未知", f"the capacity of the place {self.place} is not known"),
                    ("先在 places.csv 中填写容量", "write its capacity in places.csv first"),
                )
            ]
        if now + self.add < 0:
            return [
                problem(
                    "add",
                    (
                        f"容量将为负:{now:g} {self.add:+g}",
                        f"the capacity would be negative: {now:g} {self.add:+g}",
                    ),
                    (f"填写不小于 {-now:g} 的数", f"write {-now:g} or more"),
                )
            ]
        return []

    def apply(self, region: Region) -> Region:
        """Return the region with the capacity changed."""
        places = region.table("places")
        places.loc[places["id"] == self.place, "capacity"] += self.add
        return region.replace(places=places)

    def describe(self) -> Text:
        """Say how much is added."""
        return Text(f"设施 {self.place} 容量 {self.add:+g}", f"capacity of {self.place} {self.add:+g}")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no point of its own."""
        return ()


@register
@dataclass(frozen=True, kw_only=True)
class ClosePlace(Change):
    """A facility that closes.

    After the last of its kind the region is known to have none (`Meta.without`): those who lived near it
    are now far from any, which is not the same as missing data.
    """

    type: ClassVar[str] = "ClosePlace"
    label: ClassVar[Text] = Text("关闭设施", "closed facility")
    tables: ClassVar[tuple[str, ...]] = ("places",)

    place: str = spec("id", "设施编号", "place id")

    def against(self, region: Region) -> list[Problem]:
        """Return a problem when there is no such place."""
        return missing("place", self.place, ids(region, "places"), ("设施", "place"))

    def apply(self, region: Region) -> Region:
        """Return the region without the place."""
        places = region.table("places")
        gone = places["id"] == self.place
        kind = str(places.loc[gone, "kind"].iloc[0])
        left = places[~gone].reset_index(drop=True)
        if (left["kind"] == kind).any():
            return region.replace(places=left)
        without = tuple(dict.fromkeys((*region.meta.without, kind)))
        return region.replace(places=left, meta=replace(region.meta, without=without))

    def describe(self) -> Text:
        """Say what closes."""
        return Text(f"关闭设施 {self.place}", f"close {self.place}")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no point of its own."""
        return ()


_AMOUNTS = {
    "jobs": Text("就业岗位", "jobs"),
    "population": Text("常住人口", "residents"),
    "gdp": Text("地区生产总值(亿元)", "gross domestic product (1e8 CNY)"),
    "housing": Text("住房套数", "dwellings"),
}


@register
@dataclass(frozen=True, kw_only=True)
class ChangeActivity(Change):
    """More (or fewer) jobs, residents, output or dwellings in a cell, or in a zone.

    In a zone the change is spread over its cells in proportion to what each has already, equally where
    none has any. Only the cells change: statistics are what was published. Dwellings need a column
    ``housing`` in ``cells.csv``; more of them bring nobody: residents who move in are `population`.
    """

    type: ClassVar[str] = "ChangeActivity"
    label: ClassVar[Text] = Text("调整人口与产业", "changed activity")
    tables: ClassVar[tuple[str, ...]] = ("cells",)

    cell: str = spec("id", "单元格编号", "cell id", default="")
    zone: str = spec("id", "分区编号", "zone id", default="")
    jobs: float = spec("number", "增加的就业岗位", "jobs added", unit="job", default=0.0)
    population: float = spec("number", "增加的常住人口", "residents added", unit="person", default=0.0)
    gdp: float = spec(
        "number", "增加的地区生产总值", "gross domestic product added", unit="1e8 CNY", default=0.0
    )
    housing: float = spec("number", "增加的住房", "dwellings added", unit="dwelling", default=0.0)

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the values: not exactly one place, or no change."""
        out = super().unsound()
        if bool(self.cell) == bool(self.zone):
            out.append(
                problem(
                    "cell",
                    ("应在 cell 与 zone 中只写一个", "exactly one of cell and zone must be given"),
                    ("写上其中一个", "write one of them"),
                )
            )
        if not self._amounts():
            out.append(
                problem(
                    "jobs",
                    ("没有给出任何变化", "no change is given"),
                    ("写上 jobs、population、gdp 或 housing", "write jobs, population, gdp or housing"),
                )
            )
        return out

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: unknown cell or zone, unknown amounts, amounts falling below zero."""
        if self.cell:
            out = missing("cell", self.cell, ids(region, "cells"), ("单元格", "cell"))
        else:
            out = missing("zone", self.zone, region.zone_ids, ("分区", "zone"))
        where = self.cell or self.zone
        for name, add in {} if out else self._amounts().items():
            now = _amounts_of(region, name)[self._rows(region)]
            if not len(now) or np.isnan(now).any():
                label = _AMOUNTS[name]
                out.append(
                    problem(
                        name,
                        (f"{where} 的{label.zh}未知", f"{label.en} of {where} are not known"),
                        (f"先在 cells.csv 中填写 {name}", f"write {name} in cells.csv first"),
                    )
                )
            elif float(now.sum()) + add < 0:
                out.append(
                    problem(
                        name,
                        (
                            f"{where} 的 {name} 将为负:{now.sum():g} {add:+g}",
                            f"{name} of {where} would be negative: {now.sum():g} {add:+g}",
                        ),
                        (f"填写不小于 {-now.sum():g} 的数", f"write {-now.sum():g} or more"),
                    )
                )
        return out

    def apply(self, region: Region) -> Region:
        """Return the region with the cells changed."""
        cells = region.table("cells")
        rows = self._rows(region)
        for name, add in self._amounts().items():
            values = region.tables["cells"].numbers(name).copy()
            now = values[rows]
            total = float(now.sum())
            share = now / total if total > 0 else np.full(len(now), 1 / max(len(now), 1))
            values[rows] = np.maximum(now + add * share, 0.0)
            cells[name] = values
        return region.replace(cells=cells)

    def describe(self) -> Text:
        """Say how much is added where."""
        zh = ",".join(f"{_AMOUNTS[k].zh} {v:+g}" for k, v in self._amounts().items())
        en = ", ".join(f"{_AMOUNTS[k].en} {v:+g}" for k, v in self._amounts().items())
        return Text(f"{self.cell or self.zone}:{zh}", f"{self.cell or self.zone}: {en}")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no point of its own."""
        return ()

    def _amounts(self) -> dict[str, float]:
        return {k: v for k in _AMOUNTS if (v := getattr(self, k))}

    def _rows(self, region: Region) -> NDArray[np.intp]:
        column, value = ("id", self.cell) if self.cell else ("zone", self.zone)
        return np.flatnonzero(region.tables["cells"].array(column).astype(str) == value)


def _amounts_of(region: Region, name: str) -> NDArray[np.float64]:
    """Return a column of the cells; all missing where the region does not have it (housing)."""
    cells = region.tables["cells"]
    return cells.numbers(name) if name in cells else np.full(len(cells), np.nan)
