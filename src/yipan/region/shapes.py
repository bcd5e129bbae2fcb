"""Geometry of a region's files: GeoJSON feature by feature, coordinate systems, sound polygons.

GeoJSON is read here rather than by a library, so that one open ring is one problem that names its
feature and not the end of the program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from yipan.region.findings import Draft, Log
from yipan.region.meta import HUGE
from yipan.region.schema import TableSchema
from yipan.text import Text

Geometries = NDArray[np.object_]
WGS84 = "EPSG:4326"
_AREAS = ("Polygon", "MultiPolygon")


def parse_geojson(text: str, file: str, schema: TableSchema, log: Log) -> Draft | None:
    """Return the features of a GeoJSON text as rows, or None when it is not a FeatureCollection.

    Row numbers are those of the features, the first being 1. A top-level feature id serves where
    the properties have none.
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        log.error(
            Text(f"不是有效的 JSON:{error}", f"not valid JSON: {error}"),
            Text("重新导出为 GeoJSON", "export it again as GeoJSON"),
            file=file,
            row=getattr(error, "lineno", None),
        )
        return None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        log.error(
            Text("不是 GeoJSON 要素集合", "not a GeoJSON FeatureCollection"),
            Text("导出为 FeatureCollection", "export it as a FeatureCollection"),
            file=file,
        )
        return None
    records = [_properties(f) for f in features]
    names = list(dict.fromkeys(k for r in records for k in r))
    frame = pd.DataFrame(
        {k: pd.Series([r.get(k) for r in records], dtype=object) for k in names}, index=range(len(records))
    )
    draft = Draft.of(schema, file, frame, range(1, len(records) + 1))
    shapes = np.array([None] * len(features), dtype=object)
    for i, feature in enumerate(features):
        shapes[i] = _shape(feature.get("geometry"), draft, i, log)
    placed = to_wgs84(shapes, _declared_crs(data), file, log)
    return None if placed is None else attach(draft, placed, log)


def _properties(feature: Mapping[str, Any]) -> dict[str, object]:
    properties = feature.get("properties")
    record = dict(properties) if isinstance(properties, dict) else {}
    if record.get("id") is None and feature.get("id") is not None:
        record["id"] = feature["id"]
    return record


def _declared_crs(data: Mapping[str, Any]) -> str | None:
    """Return the CRS that a GeoJSON text names; WGS-84 (RFC 7946) where it names none."""
    crs = data.get("crs", WGS84)
    if isinstance(crs, dict):
        crs = (crs.get("properties") or {}).get("name")
    return crs if isinstance(crs, str) else None


def _shape(geometry: object, draft: Draft, at: int, log: Log) -> object:
    """Return the geometry of one feature, or None (and say why) when it is broken."""
    if geometry is None:
        return None  # reported with the rest by `attach`
    wrong = Text("没有坐标", "it has no coordinates")
    remedy = Text("重新绘制或重新导出此要素", "draw or export this feature again")
    if isinstance(geometry, dict) and isinstance(geometry.get("coordinates"), list):
        rings = _rings(geometry)
        wrong = next((w for w in (_ring_problem(*r) for r in rings) if w), Text("", ""))
        if wrong.en.startswith("ring") and "open" in wrong.en:
            remedy = Text(
                "在环的末尾重复其第一个点,或用 GIS 的“修复几何”",
                "repeat the ring's first point at its end, or use “Fix geometries” of a GIS",
            )
        if not wrong.en:
            try:
                return shapely.force_2d(shape(geometry))
            except (
                ValueError,
                TypeError,
                KeyError,
                AttributeError,
                IndexError,
                shapely.errors.ShapelyError,
            ) as error:
                wrong = Text(f"坐标有误:{error}", f"its coordinates are broken: {error}")
    log.error(_of_feature(draft, at, wrong), remedy, file=draft.file, row=draft.row(at), column="geometry")
    draft.ok[at] = False
    return None


def _of_feature(draft: Draft, at: int, what: Text) -> Text:
    ident = draft.words("id")[at]
    return Text(f"第 {at + 1} 个要素({ident}):{what.zh}", f"feature {at + 1} ({ident}): {what.en}")


def _rings(geometry: Mapping[str, Any]) -> list[tuple[object, int, int]]:
    """Return the rings of a polygon or multipolygon, each with its place (polygon, ring), from 1."""
    coordinates = geometry["coordinates"]
    if geometry.get("type") == "Polygon":
        coordinates = [coordinates]
    elif geometry.get("type") != "MultiPolygon":
        return []
    return [
        (ring, p, r)
        for p, polygon in enumerate(coordinates, start=1)
        for r, ring in enumerate(polygon if isinstance(polygon, list) else [None], start=1)
    ]


def _ring_problem(ring: object, polygon: int, number: int) -> Text | None:
    zh, en = f"第 {polygon} 个多边形的第 {number} 环", f"ring {number} of polygon {polygon}"
    if not isinstance(ring, list) or not all(map(_is_position, ring)):
        return Text(f"{zh}含有不是坐标的值", f"{en} holds something that is not a coordinate")
    if len(ring) and ring[0][:2] != ring[-1][:2]:
        first, last = (f"({p[0]:.6g}, {p[1]:.6g})" for p in (ring[0], ring[-1]))
        return Text(
            f"{zh}未闭合:起于 {first},止于 {last}", f"{en} is open: it starts at {first} and ends at {last}"
        )
    if len(ring) < 4:
        return Text(
            f"{zh}只有 {len(ring)} 个点,至少要 4 个", f"{en} has {len(ring)} points and needs at least 4"
        )
    return None


def _is_position(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) <= HUGE for v in value[:2])
    )


def to_wgs84(shapes: Geometries, crs: object, file: str, log: Log) -> Geometries | None:
    """Return geometries in WGS-84, or None (and say why) when their coordinate system is not known."""
    try:
        known = pyproj.CRS.from_user_input(crs) if crs is not None else None
    except pyproj.exceptions.CRSError:
        known = None
    if known is None:
        log.error(
            Text(f"坐标系未知:{crs or '未声明'}", f"unknown coordinate system: {crs or 'none is declared'}"),
            Text(
                "声明坐标系(如 EPSG:4490),或转换为 WGS-84",
                "declare it (EPSG:4490, say), or convert to WGS-84",
            ),
            file=file,
        )
        return None
    if not known.equals(pyproj.CRS.from_user_input(WGS84), ignore_axis_order=True):
        moved = gpd.GeoSeries(shapes, crs=known).to_crs(WGS84)
        log.warn(
            Text(f"坐标系 {known.name} 已转换为 WGS-84", f"converted from {known.name} to WGS-84"),
            Text(
                "若位置不符,检查文件声明的坐标系", "if places look wrong, look at the CRS the file declares"
            ),
            file=file,
        )
        shapes = np.asarray(moved.array)
    return shapes


def attach(draft: Draft, shapes: Geometries, log: Log) -> Draft:
    """Put geometries into a draft: areas as ``geometry`` of zones, points as ``lon`` and ``lat``."""
    shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    if draft.schema.name == "zones":
        _check_areas(draft, shapes, log)
        column = pd.Series(shapes, index=draft.frame.index, dtype=object)
        draft.frame = draft.frame.drop(columns="geometry", errors="ignore").assign(geometry=column)
        return draft
    for at in np.flatnonzero(shapely.get_type_id(shapes) != shapely.GeometryType.POINT):
        if draft.ok[at]:
            draft.ok[at] = False
            log.error(
                _of_feature(draft, int(at), Text("不是点", "it is not a point")),
                Text("用一个点表示它的位置", "give its position as one point"),
                file=draft.file,
                row=draft.row(int(at)),
                column="geometry",
            )
    points = np.where(shapely.get_type_id(shapes) == shapely.GeometryType.POINT, shapes, shapely.Point())
    index = draft.frame.index
    draft.frame = draft.frame.assign(
        lon=pd.Series(shapely.get_x(points).tolist(), index=index, dtype=object),
        lat=pd.Series(shapely.get_y(points).tolist(), index=index, dtype=object),
    )
    return draft


def _check_areas(draft: Draft, shapes: Geometries, log: Log) -> None:
    """Refuse zones whose geometry is missing, not an area, outside the globe, or crosses itself."""
    for at, geometry in enumerate(shapes):
        if not draft.ok[at]:
            continue
        remedy = Text("补上此分区的边界", "give this zone its boundary")
        wrong = Text("", "")
        if geometry is None or geometry.is_empty:
            wrong = Text("没有几何", "it has no geometry")
        elif geometry.geom_type not in _AREAS:
            wrong = Text(
                f"几何是 {geometry.geom_type},不是面", f"its geometry is a {geometry.geom_type}, not an area"
            )
        elif not _on_globe(geometry.bounds):
            wrong = Text("坐标超出经纬度范围", "its coordinates are not longitudes and latitudes")
            remedy = Text(
                "转换为 WGS-84,或在文件中声明坐标系", "convert to WGS-84, or declare the CRS in the file"
            )
        elif not geometry.is_valid:
            why = shapely.is_valid_reason(geometry)
            wrong = Text(f"几何无效:{why}", f"its geometry is not valid: {why}")
            remedy = Text(
                "用 GIS 的“修复几何”改正自相交处", "mend the crossing with “Fix geometries” of a GIS"
            )
        if wrong.en:
            draft.ok[at] = False
            log.error(
                _of_feature(draft, at, wrong), remedy, file=draft.file, row=draft.row(at), column="geometry"
            )


def _on_globe(bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return west >= -180 and east <= 180 and south >= -90 and north <= 90
