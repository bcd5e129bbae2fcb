"""Shapes on the globe: polygons cut at the antimeridian, H3 hexagons, areas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import h3
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]
_GEOD = pyproj.Geod(ellps="WGS84")
_HERE, _BEYOND = shapely.box(-180, -90, 180, 90), shapely.box(180, -90, 540, 90)


def polygons_of(geometry: shapely.Geometry) -> Iterator[shapely.Polygon]:
    """Yield the polygons of a geometry; points and lines have none."""
    if geometry.geom_type == "Polygon":
        if not geometry.is_empty:
            yield geometry
    else:
        for part in getattr(geometry, "geoms", ()):
            yield from polygons_of(part)


def within_globe(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry with all longitudes in −180 … 180, cut at the antimeridian where it crosses it.

    A polygon that is wider than 180 degrees is taken to cross the antimeridian, as H3 takes it; one
    whose longitudes run beyond ±180 does so by saying so.

    Examples
    --------
    >>> fiji = shapely.box(-179, -18, 179, -16)     # means 179 to 181, not all round the globe
    >>> [p.bounds for p in polygons_of(within_globe(fiji))]
    [(179.0, -18.0, 180.0, -16.0), (-180.0, -18.0, -179.0, -16.0)]
    """
    west, _, east, _ = geometry.bounds
    if west >= -180 and east <= 180 and east - west <= 180:
        return geometry
    out: list[shapely.Polygon] = []
    for polygon in polygons_of(geometry):
        low, _, high, _ = polygon.bounds
        part = polygon
        if low >= -180 and high <= 180 and high - low > 180:
            part = _moved(polygon, lambda x: np.where(x < 0, x + 360, x))
        elif low < -180:
            part = _moved(polygon, lambda x: x + 360)
        out += polygons_of(shapely.intersection(part, _HERE))
        beyond = shapely.intersection(part, _BEYOND)
        out += polygons_of(_moved(beyond, lambda x: x - 360)) if not beyond.is_empty else ()
    return shapely.MultiPolygon(out)


def _moved(geometry: shapely.Geometry, longitude: Callable[[Numbers], Numbers]) -> shapely.Geometry:
    return shapely.transform(geometry, lambda p: np.column_stack([longitude(p[:, 0]), p[:, 1]]))


def hexagons(cells: Iterable[str]) -> Shapes:
    """Return the outlines of H3 cells (degrees, WGS-84), cut at the antimeridian where they cross it.

    Neighbours share their corners bit by bit or to a few 1e-12 degrees, so that outlines tile the land.

    Examples
    --------
    >>> one = hexagons(["8928308280fffff"])[0]
    >>> len(one.exterior.coords) - 1
    6
    """
    shapes = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(c)]) for c in cells]
    out = np.empty(len(shapes), dtype=object)
    out[:] = [within_globe(s) for s in shapes]
    return out


def centres(cells: Iterable[str]) -> Numbers:
    """Return longitude and latitude of the centres of H3 cells (shape: cells × 2)."""
    points = np.array([h3.cell_to_latlng(c) for c in cells], dtype=np.float64).reshape(-1, 2)
    return np.ascontiguousarray(points[:, ::-1])


def area_km2(geometry: shapely.Geometry) -> float:
    """Return the area of a geometry in degrees on the WGS-84 ellipsoid, km².

    Examples
    --------
    >>> round(area_km2(shapely.box(0, 0, 1, 1)), 1)     # one degree by one at the equator
    12308.8
    """
    return sum(abs(_GEOD.geometry_area_perimeter(p)[0]) for p in polygons_of(geometry)) / 1e6
