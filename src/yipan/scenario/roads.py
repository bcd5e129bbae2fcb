"""Interventions in roads: new links between cells, faster ones, closed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yipan.errors import Problem
from yipan.network.distance import straight_km
from yipan.region.value import Region
from yipan.scenario.change import Change, append, ids, missing, problem, register, spec, taken
from yipan.text import Text

LINKS = ("expressway", "primary", "secondary", "local", "ferry")


@register
@dataclass(frozen=True, kw_only=True)
class AddLink(Change):
    """A new road (or ferry) between two cells, both ways."""

    type: ClassVar[str] = "AddLink"
    label: ClassVar[Text] = Text("新建道路", "new road link")
    tables: ClassVar[tuple[str, ...]] = ("links",)

    id: str = spec("id", "路段编号", "link id")
    from_cell: str = spec("id", "起点单元格编号", "id of the cell at one end")
    to_cell: str = spec("id", "终点单元格编号", "id of the cell at the other end")
    kind: str = spec("text", "等级", "class", choices=LINKS)
    length: float = spec("number", "长度", "length along the road", unit="km", low=0.01, high=2000)
    speed: float = spec("number", "行驶速度", "driving speed", unit="km/h", low=1, high=200)

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: id in use, unknown cells, a road shorter than the straight line."""
        cells = region.tables["cells"]
        at = {str(c): i for i, c in enumerate(cells.array("id"))}
        out = taken("id", self.id, ids(region, "links"))
        for column in ("from_cell", "to_cell"):
            out += missing(column, getattr(self, column), at, ("单元格", "cell"))
        if self.from_cell == self.to_cell:
            out.append(
                problem(
                    "to_cell",
                    ("两端是同一单元格", "both ends are the same cell"),
                    ("改正一端", "correct one end"),
                )
            )
        if not out:
            lon, lat = cells.numbers("lon"), cells.numbers("lat")
            a, b = [at[self.from_cell]], [at[self.to_cell]]
            km = float(straight_km(lon[a], lat[a], lon[b], lat[b])[0])
            if self.length < 0.99 * km:  # 1 % for rounded lengths and coordinates
                out.append(
                    problem(
                        "length",
                        (
                            f"{self.length:g} 公里短于直线距离 {km:.2f} 公里",
                            f"{self.length:g} km is shorter than the straight {km:.2f} km",
                        ),
                        ("改正长度", "correct the length"),
                    )
                )
        return out

    def apply(self, region: Region) -> Region:
        """Return the region with the link."""
        row = {
            "id": self.id,
            "from": self.from_cell,
            "to": self.to_cell,
            "kind": self.kind,
            "length": self.length,
            "speed": self.speed,
        }
        return region.replace(links=append(region, "links", [row]))

    def describe(self) -> Text:
        """Say what is built, with numbers and units."""
        minutes = 60 * self.length / self.speed
        return Text(
            f"新建道路 {self.from_cell}—{self.to_cell}({self.kind}):{self.length:g} 公里,"
            f"{self.speed:g} 公里/小时,行驶 {minutes:.1f} 分钟",
            f"new road {self.from_cell}–{self.to_cell} ({self.kind}): {self.length:g} km"
            f" at {self.speed:g} km/h, {minutes:.1f} min",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: its ends are cells of the region."""
        return ()


@register
@dataclass(frozen=True, kw_only=True)
class ImproveLink(Change):
    """A faster road: another speed, and another class where given."""

    type: ClassVar[str] = "ImproveLink"
    label: ClassVar[Text] = Text("提升道路", "improved road link")
    tables: ClassVar[tuple[str, ...]] = ("links",)

    link: str = spec("id", "路段编号", "link id")
    speed: float = spec("number", "行驶速度", "driving speed", unit="km/h", low=1, high=200)
    kind: str = spec("text", "等级", "class", choices=LINKS, default="")

    def against(self, region: Region) -> list[Problem]:
        """Return a problem when there is no such link, or it is faster already."""
        links = region.tables["links"]
        out = missing("link", self.link, ids(region, "links"), ("路段", "link"))
        if not out:
            now = float(links.numbers("speed")[list(map(str, links.array("id"))).index(self.link)])
            if self.speed < now:
                out.append(
                    problem(
                        "speed",
                        (
                            f"{self.speed:g} 低于现在的 {now:g} 公里/小时",
                            f"{self.speed:g} is slower than the {now:g} km/h it has",
                        ),
                        (f"填写不低于 {now:g} 的速度", f"write a speed of {now:g} or more"),
                    )
                )
        return out

    def apply(self, region: Region) -> Region:
        """Return the region with the link changed."""
        links = region.table("links")
        mine = links["id"] == self.link
        links.loc[mine, "speed"] = self.speed
        if self.kind:
            links.loc[mine, "kind"] = self.kind
        return region.replace(links=links)

    def describe(self) -> Text:
        """Say what changes, with numbers and units."""
        zh, en = (f",等级改为 {self.kind}", f", class to {self.kind}") if self.kind else ("", "")
        return Text(
            f"路段 {self.link} 提速至 {self.speed:g} 公里/小时{zh}",
            f"link {self.link} to {self.speed:g} km/h{en}",
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it has no points of its own."""
        return ()


@register
@dataclass(frozen=True, kw_only=True)
class CloseLink(Change):
    """A road (or ferry) closed to everyone, both ways: for works, or to try what its loss would mean.

    Another link between the same two cells stays open. Streets from OpenStreetMap stay as they are.
    """

    type: ClassVar[str] = "CloseLink"
    label: ClassVar[Text] = Text("关闭道路", "closed road link")
    tables: ClassVar[tuple[str, ...]] = ("links",)

    link: str = spec("id", "路段编号", "link id")

    def against(self, region: Region) -> list[Problem]:
        """Return a problem when there is no such link."""
        return missing("link", self.link, ids(region, "links"), ("路段", "link"))

    def apply(self, region: Region) -> Region:
        """Return the region without the link."""
        links = region.table("links")
        return region.replace(links=links[links["id"] != self.link].reset_index(drop=True))

    def describe(self) -> Text:
        """Say what closes."""
        return Text(f"关闭道路 {self.link}", f"close road {self.link}")

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: its ends are cells of the region."""
        return ()
