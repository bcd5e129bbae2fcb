"""Interventions in nature: wetland, forest and rivers brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.region.value import Region
from yipan.scenario.change import Change, ids, missing, problem, register, spec
from yipan.scenario.facilities import AddPlace
from yipan.text import Text

RESTORED = "restored"
"""Column of the cells: restored natural land, km2. No indicator of the packs reads it."""
HABITATS = {
    "wetland": Text("湿地", "wetland"),
    "forest": Text("森林", "forest"),
    "grassland": Text("草地", "grassland"),
    "river": Text("河流", "river"),
}
_USES = {
    "protected": ("protected_area", Text("划入保护地", "protected")),
    "park": ("park", Text("建为公园,对公众开放", "open to the public as a park")),
}


@register
@dataclass(frozen=True, kw_only=True)
class RestoreArea(Change):
    """Natural land restored in a cell; what it counts for is what becomes of it.

    Its area is added to the column ``restored`` of the cells (km2). By itself that moves no indicator:
    restored land is not protected, nor open to visitors, because it was restored. With `use` it also becomes
    a place in the middle of the cell: ``protected`` (kind ``protected_area``: the protected share of
    land, Y-ECL-02) or ``park`` (kind ``park``: nature in reach, Y-ECL-01 and Y-ECL-05), which then needs
    `id` and a name.

    Examples
    --------
    >>> from yipan.region import example
    >>> wetland = RestoreArea(cell="B2", habitat="wetland", km2=6.0)
    >>> wetland.resolve(example("tiny"))
    []
    >>> wetland.apply(example("tiny")).cells.set_index("id").loc["B2", "restored"]
    np.float64(6.0)
    """

    type: ClassVar[str] = "RestoreArea"
    label: ClassVar[Text] = Text("生态修复", "restored nature")
    tables: ClassVar[tuple[str, ...]] = ("cells", "places")

    cell: str = spec("id", "单元格编号", "cell id")
    habitat: str = spec("text", "类型", "kind of nature", choices=tuple(HABITATS))
    km2: float = spec("number", "面积", "area", unit="km2", low=0.01, high=1e6)
    use: str = spec("text", "用途", "what becomes of it", choices=tuple(_USES), default="")
    id: str = spec("id", "设施编号(有用途时必填)", "place id (needed with a use)", default="")
    zh: str = spec("text", "中文名", "Chinese name", default="")
    en: str = spec("text", "英文名", "English name", default="")

    def unsound(self) -> list[Problem]:
        """Return what is wrong with the values; id and name are needed only for a place."""
        out = [p for p in super().unsound() if p.column != "zh" or self.use]
        if self.use and not self.id:
            out.append(
                problem(
                    "id",
                    ("为空,但有用途", "is empty, but there is a use"),
                    ("填写新的设施编号", "write the id of the new place"),
                )
            )
        return out

    def against(self, region: Region) -> list[Problem]:
        """Return what does not fit: unknown cell, id in use, more land than the zone has."""
        out = missing("cell", self.cell, ids(region, "cells"), ("单元格", "cell"))
        if out:
            return out
        place = self._place(region)
        return [*([] if place is None else place.against(region)), *self._too_large(region)]

    def _too_large(self, region: Region) -> list[Problem]:
        cells, rows = region.table("cells"), region.table("statistics")
        zone = str(cells.loc[cells["id"] == self.cell, "zone"].iloc[0])
        area = rows[(rows["zone"] == zone) & (rows["variable"] == "area") & (rows["unit"] == "km2")]
        if area.empty:
            return []
        done = float(np.nansum(_restored(region)[(cells["zone"] == zone).to_numpy()]))
        land = float(area.sort_values("year")["value"].iloc[-1])
        if done + self.km2 <= land:
            return []
        return [
            problem(
                "km2",
                (
                    f"分区 {zone} 只有 {land:g} 平方公里,已修复 {done:g}",
                    f"the zone {zone} has {land:g} km2, of which {done:g} are restored already",
                ),
                (f"填写不大于 {land - done:g} 的面积", f"write {land - done:g} or less"),
            )
        ]

    def apply(self, region: Region) -> Region:
        """Return the region with the restored land, and the place where it becomes one."""
        cells = region.table("cells")
        values = _restored(region)
        here = (cells["id"] == self.cell).to_numpy()
        values[here] = np.nan_to_num(values[here]) + self.km2
        cells[RESTORED] = values
        place, out = self._place(region), region.replace(cells=cells)
        return out if place is None else place.apply(out)

    def describe(self) -> Text:
        """Say what is restored, its area and what becomes of it."""
        h, use = HABITATS[self.habitat], _USES[self.use][1] if self.use else None
        return Text(
            f"{self.cell} 修复{h.zh} {self.km2:g} 平方公里" + (f",{use.zh}" if use else ""),
            f"{self.cell}: {self.km2:g} km2 of {h.en} restored" + (f", {use.en}" if use else ""),
        )

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return nothing: it is where its cell is."""
        return ()

    def _place(self, region: Region) -> AddPlace | None:
        if not self.use:
            return None
        cells = region.table("cells")
        at = cells[cells["id"] == self.cell].iloc[0]
        return AddPlace(
            id=self.id,
            kind=_USES[self.use][0],
            zh=self.zh,
            en=self.en,
            lon=float(at["lon"]),
            lat=float(at["lat"]),
            capacity=self.km2,
            unit="km2",
        )


def _restored(region: Region) -> NDArray[np.float64]:
    """Return km2 restored by cell, NaN where none is stated (a copy)."""
    cells = region.tables["cells"]
    return cells.numbers(RESTORED).copy() if RESTORED in cells else np.full(len(cells), np.nan)
