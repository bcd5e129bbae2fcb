"""Coordinates: GCJ-02 to WGS-84, and one equal-area plane for every length and area of the example."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyproj
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Krasovsky 1940, the ellipsoid that GCJ-02 is defined on
_A = 6378245.0
_EE = 0.00669342162296594323
# Lambert's equal-area plane centred on the region: lengths are true within 0.1 % over its 500 km
PLANE = "+proj=laea +lat_0=30.2 +lon_0=107.8 +datum=WGS84 +units=km"


def gcj02_of(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return GCJ-02 coordinates of WGS-84 points (degrees), by the published formula."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    dlat = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
        + (wave + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)) * 2 / 3
        + (160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    )  # fmt: skip
    dlon = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
        + (wave + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)) * 2 / 3
        + (150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    )  # fmt: skip
    rad = np.radians(lat)
    m = 1 - _EE * np.sin(rad) ** 2
    dlat = np.degrees(dlat * m * np.sqrt(m) / (_A * (1 - _EE)))
    dlon = np.degrees(dlon * np.sqrt(m) / (_A * np.cos(rad)))
    return lon + dlon, lat + dlat


def wgs84_of(lon: Array, lat: Array, *, steps: int = 12) -> tuple[Array, Array]:
    """Return WGS-84 coordinates of GCJ-02 points by fixed-point iteration (below 1e-9 degree)."""
    out_lon, out_lat = lon.copy(), lat.copy()
    for _ in range(steps):
        ahead_lon, ahead_lat = gcj02_of(out_lon, out_lat)
        out_lon, out_lat = out_lon + (lon - ahead_lon), out_lat + (lat - ahead_lat)
    return out_lon, out_lat


@cache
def _transformer(inverse: bool) -> pyproj.Transformer:
    pair = (PLANE, "EPSG:4326") if inverse else ("EPSG:4326", PLANE)
    return pyproj.Transformer.from_crs(*pair, always_xy=True)


def plane(points: Array) -> Array:
    """Return x, y in km (shape: points × 2) of longitude, latitude in degrees."""
    return np.column_stack(_transformer(False).transform(points[:, 0], points[:, 1]))


def globe(points: Array) -> Array:
    """Return longitude, latitude in degrees (shape: points × 2) of x, y in km."""
    return np.column_stack(_transformer(True).transform(points[:, 0], points[:, 1]))
