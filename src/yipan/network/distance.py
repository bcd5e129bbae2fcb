"""Straight distances on the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

EARTH_RADIUS_KM = 6371.0088  # mean radius of the WGS-84 ellipsoid (IUGG)

Degrees = NDArray[np.float64]


def straight_km(lon_a: Degrees, lat_a: Degrees, lon_b: Degrees, lat_b: Degrees) -> NDArray[np.float64]:
    r"""Return great-circle distances in km between points in degrees; shapes broadcast.

    .. math:: d = 2R\arcsin\sqrt{\sin^2\tfrac{\Delta\varphi}{2}
              + \cos\varphi_a\cos\varphi_b\sin^2\tfrac{\Delta\lambda}{2}}

    Examples
    --------
    >>> one_degree = straight_km(np.array([106.0]), np.array([0.0]), np.array([107.0]), np.array([0.0]))
    >>> one_degree.round(3).tolist()
    [111.195]
    """
    pa, pb = np.radians(lat_a), np.radians(lat_b)
    h = (
        np.sin((pb - pa) / 2) ** 2
        + np.cos(pa) * np.cos(pb) * np.sin((np.radians(lon_b) - np.radians(lon_a)) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0))), dtype=np.float64)


class Points:
    """Points that are searched for near others (WGS-84 degrees); never changed."""

    def __init__(self, lon: Degrees, lat: Degrees) -> None:
        self.lon, self.lat = lon, lat
        self._tree = cKDTree(_sphere(lon, lat)) if len(lon) else None

    def __len__(self) -> int:
        return len(self.lon)

    def nearest(self, lon: Degrees, lat: Degrees, *, k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the `k` nearest points of each query and their km (shape (queries, min(k, points)))."""
        k = min(k, len(self))
        if self._tree is None or not len(lon):
            return np.zeros((len(lon), k), dtype=np.intp), np.zeros((len(lon), k))
        _, index = self._tree.query(_sphere(lon, lat), k=[*range(1, k + 1)])
        at = np.asarray(index, dtype=np.intp)
        return at, straight_km(lon[:, None], lat[:, None], self.lon[at], self.lat[at])

    def within(
        self, lon: Degrees, lat: Degrees, *, km: float
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Return (query, point, km) of every pair at most `km` apart, by query, then point."""
        if self._tree is None or not len(lon):
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0)
        chord = 2 * np.sin(min(km, 1e4) / (2 * EARTH_RADIUS_KM)) * (1 + 1e-9) + 1e-12
        found = self._tree.query_ball_point(_sphere(lon, lat), chord, return_sorted=True)
        query = np.repeat(np.arange(len(lon)), [len(f) for f in found])
        point = np.array([p for f in found for p in f], dtype=np.intp)
        d = straight_km(lon[query], lat[query], self.lon[point], self.lat[point])
        keep = d <= km
        return query[keep], point[keep], d[keep]


def _sphere(lon: Degrees, lat: Degrees) -> NDArray[np.float64]:
    p, q = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(p) * np.cos(q), np.cos(p) * np.sin(q), np.sin(p)])
