"""Isochrones: the area reached within each of several times, as polygons nested by construction.

From points (streets) the area is a set of squares of a fixed grid: a square belongs to a limit when
its centre is reached in time, walking the last stretch off the street in a straight line. The squares
of a shorter limit are among those of a longer one, so polygons nest exactly; outlines are true to about
half a square, and areas are sums of squares. From cells (H3) it is the union of the cells reached.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import geopandas as gpd
import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from yipan.cells.shapes import within_globe
from yipan.errors import OptionError, Problem, RegionError
from yipan.network.distance import EARTH_RADIUS_KM
from yipan.network.matrix.size import MatrixSize, refuse_in_memory
from yipan.network.minplus import FAR, Seconds
from yipan.network.streets.values import Streets
from yipan.network.values import UNREACHED
from yipan.text import Text

Floats = NDArray[np.float64]
_DEGREE = math.radians(1) * EARTH_RADIUS_KM * 1000  # metres a degree of latitude
RESOLUTION, OFF, OFF_SPEED = 50.0, 100.0, 1.0


def isochrones(
    lon: Floats,
    lat: Floats,
    *,
    seconds: Seconds | Floats,
    limits: Sequence[float],
    resolution: float = RESOLUTION,
    off: float = OFF,
    speed: float = OFF_SPEED,
) -> gpd.GeoDataFrame:
    """Return the areas reached within each limit, from times to points.

    Parameters
    ----------
    lon, lat
        Points, degrees WGS-84. Points further apart than twice `off` leave gaps: for streets use
        `street_isochrones`, which fills in the points between.
    seconds
        Time to each point; `UNREACHED` (or infinite) where there is no way.
    limits
        Minutes.
    resolution
        Side of a square, metres (exact at the middle latitude of the points reached).
    off
        Metres off a point within which a place counts as reached over open ground; at least 0.71 of
        `resolution`, so that every point has a square.
    speed
        Over that ground, metres a second.

    Returns
    -------
    GeoDataFrame
        One row a limit, ascending: ``limit_min``, ``area_km2`` (on the sphere), ``geometry`` (WGS-84, valid;
        empty where nothing is reached).

    Raises
    ------
    OptionError
        When a parameter cannot be used.
    MeasureError
        When the grid is larger than option ``network.max_matrix_mb`` allows.

    Examples
    --------
    >>> found = isochrones(np.array([0.0]), np.array([0.0]), seconds=np.array([540.0]), limits=[5, 10])
    >>> found["limit_min"].tolist(), found["area_km2"].round(2).tolist()  # 60 m around the point
    ([5.0, 10.0], [0.0, 0.01])
    """
    ends = _checked(limits, resolution, off, speed)
    times = np.asarray(seconds, dtype=np.float64)
    near = (times <= ends[-1] * 60) & (times < float(FAR))
    if not near.any():
        return _frame(ends, [shapely.Polygon()] * len(ends), [0.0] * len(ends))
    grid = _Grid(np.asarray(lon)[near], np.asarray(lat)[near], resolution, off)
    reached = grid.times(times[near], off, speed)
    masks = [reached <= end * 60 for end in ends]
    return _frame(ends, [grid.polygon(m) for m in masks], [grid.km2(m) for m in masks])


def street_isochrones(
    streets: Streets,
    seconds: Seconds,
    *,
    limits: Sequence[float],
    resolution: float = RESOLUTION,
    off: float = OFF,
    speed: float = OFF_SPEED,
) -> gpd.GeoDataFrame:
    """Return the areas reached within each limit, from times to all points of streets.

    Parameters
    ----------
    streets
        Long segments are filled with points no further apart than `resolution`; the time to each is the
        lesser of those from both ends, in the directions that are open.
    seconds
        Time to each point of the streets, shape (points,).
    limits, resolution, off, speed
        As for `isochrones`.

    Returns
    -------
    GeoDataFrame
        As from `isochrones`.
    """
    ends = _checked(limits, resolution, off, speed)
    times = np.where(seconds == UNREACHED, np.inf, seconds.astype(np.float64))
    u, v = streets.u, streets.v
    wanted = np.minimum(times[u], times[v]) <= ends[-1] * 60
    pieces = np.where(wanted, np.ceil(streets.length / 1000 / resolution), 1).astype(np.int64)
    segment = np.repeat(np.arange(len(u)), pieces - 1)
    first = np.cumsum(pieces - 1) - (pieces - 1)
    share = (np.arange(len(segment)) - first[segment] + 1) / pieces[segment]
    a, b = u[segment], v[segment]
    along = times[a] + share * _open(streets.forward)[segment]
    back = times[b] + (1 - share) * _open(streets.backward)[segment]
    return isochrones(
        np.append(streets.lon, streets.lon[a] + share * (streets.lon[b] - streets.lon[a])),
        np.append(streets.lat, streets.lat[a] + share * (streets.lat[b] - streets.lat[a])),
        seconds=np.append(times, np.minimum(along, back)),
        limits=limits,
        resolution=resolution,
        off=off,
        speed=speed,
    )


def cell_isochrones(cells: Sequence[str], seconds: Seconds, *, limits: Sequence[float]) -> gpd.GeoDataFrame:
    """Return the union of the H3 cells reached within each limit.

    Parameters
    ----------
    cells
        H3 indexes of one resolution; the resolution of the result is theirs.
    seconds
        Time to each cell, `UNREACHED` where there is no way.
    limits
        Minutes.

    Returns
    -------
    GeoDataFrame
        As from `isochrones`.

    Raises
    ------
    RegionError
        When an id is no H3 cell, or cells are of several resolutions; with every one.

    Examples
    --------
    >>> cells = sorted(h3.grid_disk("8928308280fffff", 1))
    >>> found = cell_isochrones(cells, np.arange(7, dtype=np.int32) * 300, limits=[10, 60])
    >>> found["area_km2"].round(2).tolist()
    [0.33, 0.77]
    """
    ends = _checked(limits)
    _refuse_cells(cells)
    outlines = _hexagons(cells)
    areas = np.array([h3.cell_area(cell, unit="km^2") for cell in cells])
    masks = [(seconds <= end * 60) & (seconds != UNREACHED) for end in ends]
    wide = shapely.bounds(outlines)[:, 2] - shapely.bounds(outlines)[:, 0] > 180
    outlines[wide] = [within_globe(outline) for outline in outlines[wide]]
    # pieces cut at the antimeridian no longer share every corner
    union = shapely.union_all if wide.any() else shapely.coverage_union_all
    shapes = [union(outlines[m]) if m.any() else shapely.Polygon() for m in masks]
    return _frame(ends, shapes, [float(areas[m].sum()) for m in masks])


class _Grid:
    """Squares around points: a grid of degrees, so that outlines are exact and the same for every limit."""

    def __init__(self, lon: Floats, lat: Floats, resolution: float, off: float) -> None:
        self.lon, self.lat = lon, lat
        middle = math.radians((lat.min() + lat.max()) / 2)
        self.dy = resolution / _DEGREE
        self.dx = self.dy / max(math.cos(middle), 1e-3)
        self.metres_x = _DEGREE * max(math.cos(middle), 1e-3)
        self.margin = math.ceil(off / resolution + 0.5)
        x0, y0 = math.floor(lon.min() / self.dx), math.floor(lat.min() / self.dy)
        # positions on a grid that begins at 0°, 0°: areas of several origins lie on the same squares
        self.x0, self.y0 = x0 - self.margin, y0 - self.margin
        self.columns = math.floor(lon.max() / self.dx) - x0 + 1 + 2 * self.margin
        self.rows = math.floor(lat.max() / self.dy) - y0 + 1 + 2 * self.margin
        refuse_in_memory(MatrixSize(self.rows, self.columns, entry=8))

    def times(self, seconds: Floats, off: float, speed: float) -> Floats:
        """Return the time to the centre of every square, infinite where none is near enough."""
        out = np.full(self.rows * self.columns, np.inf)
        column = np.floor(self.lon / self.dx).astype(np.int64) - self.x0
        row = np.floor(self.lat / self.dy).astype(np.int64) - self.y0
        span = range(-self.margin, self.margin + 1)
        for r, c in ((row + i, column + j) for i in span for j in span):
            away = np.hypot(
                (self.lon - (self.x0 + c + 0.5) * self.dx) * self.metres_x,
                (self.lat - (self.y0 + r + 0.5) * self.dy) * _DEGREE,
            )
            near = away <= off
            np.minimum.at(out, (r * self.columns + c)[near], (seconds + away / speed)[near])
        return out.reshape(self.rows, self.columns)

    def polygon(self, mask: NDArray[np.bool_]) -> shapely.Geometry:
        """Return the union of squares."""
        edge = np.zeros((self.rows, 1), dtype=np.int8)
        steps = np.diff(np.concatenate([edge, mask.astype(np.int8), edge], axis=1), axis=1)
        (row, start), (_, stop) = np.nonzero(steps == 1), np.nonzero(steps == -1)
        x = (self.x0 + np.arange(self.columns + 1)) * self.dx
        y = (self.y0 + np.arange(self.rows + 1)) * self.dy
        return shapely.union_all(shapely.box(x[start], y[row], x[stop], y[row + 1]))

    def km2(self, mask: NDArray[np.bool_]) -> float:
        """Return the area of squares on the sphere: ``R² Δλ (sin φ₂ − sin φ₁)`` each."""
        sines = np.sin(np.radians((self.y0 + np.arange(self.rows + 1)) * self.dy))
        each = EARTH_RADIUS_KM**2 * math.radians(self.dx) * np.diff(sines)
        return float(each @ mask.sum(axis=1))


def _open(milliseconds: NDArray[np.int32]) -> Floats:
    return np.where(milliseconds >= FAR, np.inf, milliseconds / 1000.0)


def _hexagons(cells: Sequence[str]) -> NDArray[np.object_]:
    # through the ids of vertices: neighbours share the very same corners, which outlines computed cell by
    # cell do only to the last digits
    corner: dict[str, tuple[float, float]] = {}
    rings = []
    for cell in cells:
        ids = h3.cell_to_vertexes(cell)
        for i in ids:
            if i not in corner:
                lat, lon = h3.vertex_to_latlng(i)
                corner[i] = (lon, lat)
        rings.append(shapely.Polygon([corner[i] for i in ids]))
    return np.array(rings, dtype=object)


def _refuse_cells(cells: Sequence[str]) -> None:
    problems = [
        Problem(
            what=Text(f"{cell!r} 不是 H3 单元格", f"{cell!r} is no H3 cell"),
            remedy=Text("给出 H3 索引", "give H3 indexes"),
            row=k + 2,
            column="id",
        )
        for k, cell in enumerate(cells)
        if not h3.is_valid_cell(cell)
    ]
    sizes = set() if problems else {h3.get_resolution(cell) for cell in cells}
    if len(sizes) > 1:
        what = Text(f"单元格有多种分辨率:{sorted(sizes)}", f"cells of several resolutions: {sorted(sizes)}")
        problems.append(Problem(what=what, remedy=Text("只用一种", "use one"), column="id"))
    if problems:
        raise RegionError(Text("单元格无法合并", "the cells cannot be united"), problems=problems)


def _checked(
    limits: Sequence[float], resolution: float = RESOLUTION, off: float = OFF, speed: float = OFF_SPEED
) -> list[float]:
    """Return the limits in order, or refuse all that cannot be used."""
    wrong = [
        (name, value, remedy)
        for name, value, sound, remedy in (
            (
                "limits",
                limits,
                len(limits) > 0 and all(0 < x < 1e6 for x in limits),
                ("给出分钟数", "give minutes"),
            ),
            ("resolution", resolution, 0 < resolution < 1e6, ("给出米数", "give metres")),
            ("speed", speed, 0 < speed < 1e3, ("给出米每秒", "give metres a second")),
            (
                "off",
                off,
                math.sqrt(0.5) * resolution <= off < 1e6,
                ("不小于 resolution 的 0.71 倍", "at least 0.71 of the resolution"),
            ),
        )
        if not sound
    ]
    if wrong:
        raise OptionError(
            Text("等时圈的参数无效", "isochrones cannot have these parameters"),
            problems=[
                Problem(
                    what=Text(f"{name} 不能取 {value!r}", f"{name} cannot be {value!r}"),
                    remedy=Text(*remedy),
                    column=name,
                )
                for name, value, remedy in wrong
            ],
        )
    return sorted(float(x) for x in limits)


def _frame(limits: list[float], shapes: list[shapely.Geometry], areas: list[float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"limit_min": limits, "area_km2": areas}, geometry=shapes, crs="EPSG:4326")
