"""People from a raster: what each cell covers of each pixel, in strips that fit in memory."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from yipan.cells.grid import resolution_of
from yipan.cells.shapes import Shapes, hexagons, within_globe
from yipan.cells.values import Placed, balance, filled, warning
from yipan.errors import Problem, RegionError
from yipan.region.findings import listed
from yipan.region.schema import Quality
from yipan.text import Text

Numbers = NDArray[np.float64]
Unit = Literal["count", "density"]
PIXELS = 4_000_000  # most pixels held at a time (32 MB)
_LATTICE = 33  # rows and columns where the area of a pixel is computed exactly; linear between them
_GEOD = pyproj.Geod(ellps="WGS84")
_AXIS, _ECC = 6_378_137.0, 0.0818191908426215  # WGS-84: semi-major axis (m), first eccentricity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raster:
    """An open raster: its dataset, CRS, band, and the size of a pixel in units of its CRS."""

    dataset: Any
    crs: pyproj.CRS
    band: int
    name: str
    unit: Unit

    @property
    def transform(self) -> Any:
        """From pixels to the CRS."""
        return self.dataset.transform


def from_raster(
    cells: pd.DataFrame,
    raster: str | Path,
    *,
    zones: gpd.GeoDataFrame | None = None,
    column: str = "population",
    unit: Unit = "count",
    band: int = 1,
    source: str = "raster",
) -> Placed:
    """Sum a raster in cells, each pixel by the share of it that a cell covers.

    cell = Σ over pixels of (share of the pixel inside the hexagon × count of the pixel). Where the
    raster holds densities, count = persons per km² × area of the pixel on the WGS-84 ellipsoid.

    Parameters
    ----------
    cells
        From `h3_cells`.
    raster
        A file GDAL reads (GeoTIFF …), north up, with a CRS of its own; hexagons are moved into it corner
        by corner, so that they still tile and no person is counted twice.
    zones
        Where given, what the raster holds inside the zones is the total to place; otherwise all of it is.
    column
        The column to fill.
    unit
        ``count``: persons in the pixel. ``density``: persons per km².
    band
        Of the file, from 1.
    source
        Of the raster.

    Returns
    -------
    Placed
        Quality ``modelled``: population rasters are models. No-data pixels hold nobody. Sums are good to
        one in ten million (a share of a pixel is a single-precision number).

    Raises
    ------
    RegionError
        When the extra ``raster`` is not installed, the file cannot be used, a pixel is negative, or a cell
        lies outside the raster altogether (one that lies half outside is a warning).
    """
    resolution_of(cells)
    with _opened(Path(raster), band, unit) as opened:
        outlines = _moved(hexagons(cells["id"]), opened)
        beyond = _beyond(cells, outlines, opened)
        values = _sums(outlines, opened)
        if zones is None:
            total = sum(float(block.sum()) for block, _ in _strips(opened, _whole(opened)))
        else:
            areas = zones.geometry.to_crs("EPSG:4326").array
            whole = np.empty(len(areas), dtype=object)
            whole[:] = [within_globe(s) for s in areas]
            total = float(_sums(_moved(whole, opened), opened).sum())
    placed = float(values.sum())
    return Placed(
        cells=filled(cells, column, values, source=source, quality=Quality.MODELLED),
        column=column,
        source=source,
        quality=Quality.MODELLED,
        note=Text(
            f"栅格 {Path(raster).name} 按覆盖面积求和",
            f"sum of the raster {Path(raster).name} by the share of each pixel covered",
        ),
        total=total,
        placed=placed,
        problems=(*beyond, *balance(total, placed, file=Path(raster).name)),
    )


def _needed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _refused(
            Text(f"缺少读取栅格的软件包 {module}", f"the package {module}, which reads rasters, is missing"),
            Text("运行 pip install 'yipan[raster]'", "run: pip install 'yipan[raster]'"),
        ) from error


@contextmanager
def _opened(path: Path, band: int, unit: Unit) -> Iterator[_Raster]:
    """Open a raster, refusing in words what cannot be used."""
    rasterio = _needed("rasterio")
    _needed("exactextract")
    if unit not in ("count", "density"):
        raise _refused(
            Text(f"未知的单位 {unit!r}", f"unknown unit {unit!r}"),
            Text("用 count(人数)或 density(人/km²)", "use count, or density (persons per km²)"),
            path.name,
        )
    try:
        dataset = rasterio.open(path)
    except (rasterio.errors.RasterioError, OSError) as error:
        raise _refused(
            Text("打不开此栅格", "this raster cannot be opened"),
            Text("给出 GeoTIFF 等 GDAL 可读的文件", "name a GeoTIFF or another file GDAL reads"),
            path.name,
        ) from error
    with dataset:
        yield _checked(dataset, path.name, band, unit)


def _checked(dataset: Any, name: str, band: int, unit: Unit) -> _Raster:
    t = dataset.transform
    if not 1 <= band <= dataset.count:
        what = Text(f"没有第 {band} 波段", f"there is no band {band}")
        raise _refused(what, Text(f"填 1 到 {dataset.count}", f"give 1 to {dataset.count}"), name)
    if dataset.crs is None:
        what = Text("栅格没有坐标系", "the raster has no CRS")
        remedy = Text("用 gdal_edit -a_srs 声明坐标系", "declare it with gdal_edit -a_srs")
        raise _refused(what, remedy, name)
    if t.b or t.d or t.a <= 0 or t.e >= 0:
        what = Text("栅格不是上北下南", "the raster is not north up")
        remedy = Text("用 gdalwarp 重采样为正北", "rewrite it north up with gdalwarp")
        raise _refused(what, remedy, name)
    crs = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
    return _Raster(dataset=dataset, crs=crs, band=band, name=name, unit=unit)


def _refused(what: Text, remedy: Text, file: str = "") -> RegionError:
    problem = Problem(what=what, remedy=remedy, file=file)
    return RegionError(Text("栅格不可用", "the raster cannot be used"), problems=[problem])


def _moved(shapes: Shapes, raster: _Raster) -> Shapes:
    """Return outlines in the CRS of the raster, corner by corner."""
    nowhere = _refused(
        Text("分区不能转换到栅格的坐标系", "the zones cannot be moved into the CRS of the raster"),
        Text("换用覆盖此地的坐标系", "use a raster in a CRS made for this part of the globe"),
        raster.name,
    )
    try:
        move = pyproj.Transformer.from_crs("EPSG:4326", raster.crs, always_xy=True)
    except pyproj.exceptions.ProjError as error:  # a local system that hangs in the air
        raise nowhere from error
    out = shapely.transform(shapes, lambda p: np.column_stack(move.transform(p[:, 0], p[:, 1])))
    if not np.isfinite(shapely.bounds(out)).all():
        raise nowhere
    west, _, east, _ = raster.dataset.bounds
    if raster.crs.is_geographic and east > 180:  # longitudes from 0 to 360, say
        here = shapely.intersection(out, shapely.box(west, -90, 180, 90))
        there = shapely.intersection(out, shapely.box(-180, -90, east - 360, 90))
        out = shapely.union(here, shapely.transform(there, lambda p: p + np.array([360.0, 0.0])))
    return np.asarray(out, dtype=object)


def _beyond(cells: pd.DataFrame, outlines: Shapes, raster: _Raster) -> tuple[Problem, ...]:
    """Refuse cells that lie outside the raster; return a warning where some reach over its edge."""
    frame = shapely.box(*raster.dataset.bounds)
    shapely.prepare(frame)
    ids = cells["id"].to_numpy()
    remedy = Text("用覆盖全部分区的栅格", "use a raster that covers every zone with some margin")
    gone = ~shapely.intersects(frame, outlines)
    if gone.any():
        names = listed([str(i) for i in ids[gone]], most=3)
        raise _refused(
            Text(
                f"{gone.sum()} 个单元格在栅格范围之外:{names.zh}",
                f"{gone.sum()} cells lie outside the raster: {names.en}",
            ),
            remedy,
            raster.name,
        )
    over = ~shapely.covers(frame.buffer(1e-9 * max(frame.bounds[2] - frame.bounds[0], 1e-9)), outlines)
    if not over.any():
        return ()
    what = Text(
        f"{over.sum()} 个单元格伸出栅格边缘,其外按无人计",
        f"{over.sum()} cells reach over the edge of the raster; nobody is counted beyond it",
    )
    return (warning(what, remedy, file=raster.name),)


def _whole(raster: _Raster) -> tuple[int, int, int, int]:
    return 0, 0, int(raster.dataset.height), int(raster.dataset.width)


def _window(shapes: Shapes, raster: _Raster) -> tuple[int, int, int, int]:
    """Return the rows and columns (top, left, bottom, right) that shapes touch."""
    west, south, east, north = shapely.total_bounds(shapes)
    t = raster.transform
    height, width = raster.dataset.height, raster.dataset.width
    top, bottom = np.floor((north - t.f) / t.e), np.ceil((south - t.f) / t.e)
    left, right = np.floor((west - t.c) / t.a), np.ceil((east - t.c) / t.a)
    rows = np.clip([top - 1, bottom + 1], 0, height).astype(int)
    columns = np.clip([left - 1, right + 1], 0, width).astype(int)
    return int(rows[0]), int(columns[0]), int(rows[1]), int(columns[1])


def _strips(raster: _Raster, window: tuple[int, int, int, int]) -> Iterator[tuple[Numbers, tuple[int, int]]]:
    """Yield blocks of counts (rows × columns, persons) with the row and column of their corner."""
    top, left, bottom, right = window
    step = max(1, PIXELS // max(1, right - left))
    for row in range(top, bottom, step):
        end = min(row + step, bottom)
        read = raster.dataset.read(raster.band, window=((row, end), (left, right)), masked=True)
        block = np.ma.filled(read.astype(np.float64), 0.0)
        block[np.isnan(block)] = 0.0
        if block.size and (block.min() < 0 or not np.isfinite(block).all()):
            raise _refused(
                Text(f"像元值不可用:{block.min():g}", f"a pixel cannot be used: {block.min():g}"),
                Text(
                    "若表示无数据,用 gdal_edit -a_nodata 声明",
                    "if it stands for no data, declare it with gdal_edit -a_nodata",
                ),
                raster.name,
            )
        if raster.unit == "density":
            block *= _pixel_km2(raster, (row, end), (left, right))
        yield block, (row, left)


def _pixel_km2(raster: _Raster, rows: tuple[int, int], columns: tuple[int, int]) -> Numbers:
    """Return the area of pixels on the ellipsoid, km² (shape: rows × columns, or rows × 1).

    In degrees by the formula of the zone between two parallels; in a plane by geodesic polygons.
    """
    t = raster.transform
    if raster.crs.is_geographic:
        unit = raster.crs.axis_info[0].unit_conversion_factor  # to radians
        edges = (t.f + t.e * np.arange(rows[0], rows[1] + 1)) * unit
        band = _zone_area(edges[:-1]) - _zone_area(edges[1:])
        return np.asarray(band * t.a * unit / 1e6)[:, None]
    y, a = _nodes(*rows)
    x, b = _nodes(*columns)
    middle = np.stack(np.meshgrid(t.c + t.a * x, t.f + t.e * y), axis=-1)
    corners = middle[..., None, :] + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [t.a / 2, t.e / 2]
    to_globe = pyproj.Transformer.from_crs(raster.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_globe.transform(corners[..., 0], corners[..., 1])
    pairs = zip(lon.reshape(-1, 4), lat.reshape(-1, 4), strict=True)
    area = np.array([abs(_GEOD.polygon_area_perimeter(*p)[0]) for p in pairs]).reshape(len(y), len(x))
    area[~np.isfinite(area)] = np.mean(area, where=np.isfinite(area))  # off the map: no data there
    return np.asarray(a @ area @ b.T / 1e6)


def _zone_area(latitude: Numbers) -> Numbers:
    """Return the area between the equator and latitudes (radians), m² for each radian of longitude."""
    s = np.sin(np.clip(latitude, -np.pi / 2, np.pi / 2))
    q = s / (1 - (_ECC * s) ** 2) + np.arctanh(_ECC * s) / _ECC
    return np.asarray(_AXIS**2 * (1 - _ECC**2) * q / 2)


def _nodes(start: int, end: int) -> tuple[Numbers, Numbers]:
    """Return the lattice along one axis and the matrix that interpolates from it to pixel middles."""
    middles = np.arange(start, end) + 0.5
    nodes = np.linspace(start, end, min(_LATTICE, end - start + 1))
    return nodes, np.stack([np.interp(middles, nodes, row) for row in np.eye(len(nodes))], axis=1)


def _sums(shapes: Shapes, raster: _Raster) -> Numbers:
    """Return the sum of the raster in each shape, in persons."""
    exact = importlib.import_module("exactextract")
    arrays = importlib.import_module("exactextract.raster")
    t = raster.transform
    out = np.zeros(len(shapes))
    bounds = shapely.bounds(shapes)
    wkt = raster.crs.to_wkt()
    for block, (row, left) in _strips(raster, _window(shapes, raster)):
        north, south = t.f + t.e * row, t.f + t.e * (row + block.shape[0])
        west, east = t.c + t.a * left, t.c + t.a * (left + block.shape[1])
        here = np.flatnonzero((bounds[:, 1] < north) & (bounds[:, 3] > south))
        if not len(here):
            continue
        layer = arrays.NumPyRasterSource(
            block, xmin=west, ymin=south, xmax=east, ymax=north, name="v", srs_wkt=wkt
        )
        frame = gpd.GeoDataFrame(geometry=shapes[here], crs=raster.crs)
        found = exact.exact_extract(layer, frame, ["sum"], output="pandas")
        out[here] += found["sum"].fillna(0.0).to_numpy(dtype=np.float64)
    return out
