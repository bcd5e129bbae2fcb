"""The grid: H3 cells over zones, each cell in exactly one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely

from yipan.cells.shapes import Shapes, area_km2, centres, hexagons, polygons_of, within_globe
from yipan.errors import OptionError, Problem, RegionError
from yipan.region.conform import conform
from yipan.region.findings import listed
from yipan.region.schema import CELLS, Quality
from yipan.text import Text

Rule = Literal["centre", "overlap"]
MOST = 200_000
_FINEST = 15
_Owners = dict[str, int]


def count_cells(zones: gpd.GeoDataFrame, *, resolution: int) -> int:
    """Return about how many cells `h3_cells` would make, without making them.

    The area of each zone, divided by the area of the H3 cell in its middle, at least one a zone. Off by
    some per cent where zones are only a few cells large, for cells on the border count whole.

    Parameters
    ----------
    zones
        ``id`` and ``geometry`` (areas), as for `h3_cells`.
    resolution
        H3 resolution, 0 (cells of 4.4 million km²) to 15 (1 m²).

    Raises
    ------
    OptionError
        When the resolution is not a whole number from 0 to 15.
    RegionError
        When zones are unsound.

    Examples
    --------
    >>> from yipan.region import example
    >>> count_cells(example("tiny").zones, resolution=7)
    344
    """
    _require_resolution(resolution)
    total = 0
    for shape in _sound(zones)[1]:
        point = shapely.point_on_surface(shape)
        one = h3.cell_area(h3.latlng_to_cell(point.y, point.x, resolution), unit="km^2")
        total += max(1, round(area_km2(shape) / one))
    return total


def h3_cells(
    zones: gpd.GeoDataFrame, *, resolution: int, rule: Rule = "centre", source: str = "h3", most: int = MOST
) -> pd.DataFrame:
    """Cover zones with H3 cells, each belonging to exactly one zone.

    Parameters
    ----------
    zones
        ``id`` and ``geometry`` (polygons and multipolygons with holes, any declared CRS). A polygon wider
        than 180 degrees is taken to cross the antimeridian. Where zones overlap, the earlier one wins.
    resolution
        H3 resolution, 0 to 15; 7 is 5.2 km² a cell, 8 is 0.74 km², 9 is 0.11 km², 10 is 0.015 km².
    rule
        ``centre``: a cell belongs to the zone that contains its centre, and to none if no zone does.
        ``overlap``: every cell that meets a zone belongs to the one it shares most area with.
        Under either, a zone left without a cell takes the one it shares most area with from a neighbour
        that has others.
    source
        Source id written in every row; the quality of a grid is ``derived``.
    most
        Refuse to make more cells than this.

    Returns
    -------
    DataFrame
        The columns of ``cells.csv``, and ``area`` of the whole hexagon in km²; ``id`` is the H3 index;
        ``lon`` and ``lat`` are its centre or, where that lies outside the zone, a point of the zone inside
        the cell. ``population`` is missing until it is filled. Ordered as the zones are, then by id.

    Raises
    ------
    OptionError
        When the resolution is not a whole number from 0 to 15.
    RegionError
        When zones are unsound, there would be more than `most` cells, or two zones are smaller than one
        cell and lie in the same one; with the resolution that would do.

    Examples
    --------
    >>> from yipan.region import example
    >>> cells = h3_cells(example("tiny").zones, resolution=6)
    >>> len(cells), sorted(set(cells["zone"]))
    (50, ['A', 'B', 'C'])
    >>> cells.loc[0, ["zone", "quality"]].tolist(), int(cells["population"].count())
    (['A', 'derived'], 0)
    """
    _require_few(zones, resolution, most)
    ids, shapes = _sound(zones)
    owner: _Owners = {}
    best: dict[str, float] = {}
    met: list[list[str]] = []
    for z, shape in enumerate(shapes):
        meeting = _meeting(shape, resolution)
        met.append(meeting)
        for cell, share in _claims(shape, meeting, rule):
            if cell not in best or share > best[cell]:
                owner[cell], best[cell] = z, share
    _settle_small(owner, ids, shapes, met, resolution)
    return _table(owner, ids, shapes, source)


def _require_resolution(resolution: int) -> None:
    if isinstance(resolution, int | np.integer) and 0 <= resolution <= _FINEST:
        return
    raise OptionError(
        Text(f"没有 H3 分辨率 {resolution!r}", f"there is no H3 resolution {resolution!r}"),
        problems=[
            Problem(
                what=Text(f"分辨率 {resolution!r}", f"resolution {resolution!r}"),
                remedy=Text(
                    "填 0 到 15 的整数;城市常用 8(0.74 km²)或 9(0.11 km²)",
                    "give a whole number from 0 to 15; for a city usually 8 (0.74 km²) or 9 (0.11 km²)",
                ),
                column="resolution",
            )
        ],
    )


def _require_few(zones: gpd.GeoDataFrame, resolution: int, most: int) -> None:
    about = count_cells(zones, resolution=resolution)
    if about <= most:
        return
    fits = next((r for r in range(resolution - 1, -1, -1) if count_cells(zones, resolution=r) <= most), None)
    lower = Text("合并分区", "join zones")
    if fits is not None:
        n = count_cells(zones, resolution=fits)
        lower = Text(f"用分辨率 {fits}(约 {n:,} 个)", f"use resolution {fits} (about {n:,} cells)")
    raise RegionError(
        Text("单元格过多,未生成", "too many cells; none were made"),
        problems=[
            Problem(
                what=Text(
                    f"分辨率 {resolution} 约有 {about:,} 个单元格,上限 {most:,} 个",
                    f"resolution {resolution} makes about {about:,} cells, above the limit of {most:,}",
                ),
                remedy=Text(f"{lower.zh},或提高上限", f"{lower.en}, or raise the limit"),
                column="resolution",
            )
        ],
    )


def _sound(zones: gpd.GeoDataFrame) -> tuple[list[str], Shapes]:
    """Return ids and outlines (WGS-84, within the globe) of zones, or raise with every problem."""
    if not len(zones) or "id" not in zones.columns or zones.crs is None:
        raise _unsound([_no(Text("没有分区、没有 id 列或没有坐标系", "no rows, no column id, or no CRS"))])
    ids = [str(i) for i in zones["id"]]
    shapes = shapely.force_2d(np.asarray(zones.geometry.to_crs("EPSG:4326").array, dtype=object))
    problems = []
    for at, (ident, shape) in enumerate(zip(ids, shapes, strict=True)):
        if ident in ids[:at] and ids.index(ident) != at:
            problems.append(_no(Text(f"编号“{ident}”重复", f"the id '{ident}' repeats"), at))
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            problems.append(_no(Text(f"分区“{ident}”不是面", f"zone '{ident}' is not an area"), at))
        elif not shape.is_valid:
            why = shapely.is_valid_reason(shape)
            problems.append(
                _no(Text(f"分区“{ident}”几何无效:{why}", f"zone '{ident}' is not valid: {why}"), at)
            )
    if problems:
        raise _unsound(problems)
    out = np.empty(len(shapes), dtype=object)
    out[:] = [within_globe(s) for s in shapes]
    return ids, out


def _no(what: Text, at: int | None = None) -> Problem:
    remedy = Text(
        "给出编号不重复的面,声明坐标系,并用 GIS 修复几何",
        "give areas with ids that do not repeat and a CRS; mend geometry with a GIS",
    )
    return Problem(what=what, remedy=remedy, file="zones", row=None if at is None else at + 1)


def _unsound(problems: list[Problem]) -> RegionError:
    return RegionError(Text("分区不合要求", "the zones are unsound"), problems=problems)


def _meeting(shape: shapely.Geometry, resolution: int) -> list[str]:
    """Return the cells that meet a zone, in order of their ids."""
    found: set[str] = set()
    for part in polygons_of(shape):
        found.update(h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(part), resolution, contain="overlap"))
    return sorted(found)


def _claims(shape: shapely.Geometry, meeting: list[str], rule: Rule) -> Iterable[tuple[str, float]]:
    """Return the cells a zone may have, each with what decides between zones (the first among equals)."""
    if rule == "centre":
        points = centres(meeting)
        inside = shapely.intersects_xy(shape, points[:, 0], points[:, 1])
        return [(meeting[i], 1.0) for i in np.flatnonzero(inside)]
    shared = _shared(shape, hexagons(meeting))
    return [(meeting[i], float(shared[i])) for i in np.flatnonzero(shared > 0)]


def _shared(shape: shapely.Geometry, outlines: Shapes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the area each outline shares with a zone, square degrees."""
    shapely.prepare(shape)
    area = shapely.area(outlines)
    cut = np.flatnonzero(~shapely.contains_properly(shape, outlines))
    area[cut] = shapely.area(shapely.intersection(outlines[cut], shape))
    return np.asarray(area, dtype=np.float64)


def _settle_small(
    owner: _Owners, ids: list[str], shapes: Shapes, met: list[list[str]], resolution: int
) -> None:
    """Give each zone that got no cell the one it shares most area with, if that leaves none without."""
    has = np.bincount(np.array(list(owner.values()), dtype=np.int64), minlength=len(ids))
    taken: set[str] = set()
    homeless = []
    for z in np.flatnonzero(has == 0):
        shared = _shared(shapes[z], hexagons(met[z]))
        free = [
            met[z][i]
            for i in np.argsort(-shared, kind="stable")
            if met[z][i] not in taken and (met[z][i] not in owner or has[owner[met[z][i]]] > 1)
        ]
        if not free:
            homeless.append(int(z))
            continue
        if free[0] in owner:
            has[owner[free[0]]] -= 1
        owner[free[0]] = int(z)
        has[z] = 1
        taken.add(free[0])
    if homeless:
        raise _too_coarse([ids[z] for z in homeless], min(area_km2(shapes[z]) for z in homeless), resolution)


def _too_coarse(names: list[str], smallest: float, resolution: int) -> RegionError:
    fine = next(
        (
            r
            for r in range(resolution + 1, _FINEST + 1)
            if h3.average_hexagon_area(r, unit="km^2") < smallest / 2
        ),
        None,
    )
    several = listed(names)
    remedy = Text("合并这些分区", "join these zones")
    if fine is not None:
        remedy = Text(f"用分辨率 {fine} 或更细,或合并分区", f"use resolution {fine} or finer, or join zones")
    return RegionError(
        Text("分区小于单元格", "zones are smaller than a cell"),
        problems=[
            Problem(
                what=Text(f"没有单元格可给分区 {several.zh}", f"there is no cell left for {several.en}"),
                remedy=remedy,
                column="resolution",
            )
        ],
    )


def _table(owner: Mapping[str, int], ids: list[str], shapes: Shapes, source: str) -> pd.DataFrame:
    cells = sorted(owner, key=lambda c: (owner[c], c))
    zone = np.array([owner[c] for c in cells], dtype=np.int64)
    points = centres(cells)
    out = np.ones(len(cells), dtype=bool)
    for z in np.unique(zone):
        mine = np.flatnonzero(zone == z)
        shapely.prepare(shapes[z])
        out[mine] = ~shapely.intersects_xy(shapes[z], points[mine, 0], points[mine, 1])
    for i in np.flatnonzero(out):
        part = shapely.intersection(shapes[zone[i]], hexagons([cells[i]])[0])
        if not part.is_empty:
            point = shapely.point_on_surface(part)
            points[i] = point.x, point.y
    frame = pd.DataFrame(
        {
            "id": cells,
            "zone": [ids[z] for z in zone],
            "lon": points[:, 0].round(7),
            "lat": points[:, 1].round(7),
            "area": [round(h3.cell_area(c, unit="km^2"), 10) for c in cells],
            "source": source,
            "quality": str(Quality.DERIVED),
        }
    )
    return conform(CELLS, frame)[[*(c.name for c in CELLS.columns), "area"]]


def resolution_of(cells: pd.DataFrame) -> int:
    """Return the H3 resolution of a table of cells, or raise `RegionError` where there is not just one."""
    ids = [str(i) for i in cells["id"]]
    found = {h3.get_resolution(i) if h3.is_valid_cell(i) else math.nan for i in ids}
    if len(found) == 1 and not any(math.isnan(r) for r in found):
        return int(found.pop())
    raise RegionError(
        Text("不是同一分辨率的 H3 单元格", "not H3 cells of one resolution"),
        problems=[
            Problem(
                what=Text("id 列含有其它编号", "the column id holds something else"),
                remedy=Text("用 h3_cells 生成单元格", "make the cells with h3_cells"),
                file=CELLS.file,
                column="id",
            )
        ],
    )
