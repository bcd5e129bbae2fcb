"""Slopes: heights from a raster, and how they change the time to walk or cycle along a street."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError

from yipan import options
from yipan.errors import Problem, RegionError, UnsafeFile
from yipan.network.minplus import FAR
from yipan.network.streets.values import Floats, Int32, Streets
from yipan.text import Text

RUN_M = 30.0
STEEPEST = 0.35
_MOST_PIXELS = 250_000_000
_MARGIN_DEGREES = 0.002  # read beyond the streets: slopes look half a run further


@dataclass(frozen=True)
class Heights:
    """Part of a raster of heights.

    Parameters
    ----------
    metres
        Rows from the top, NaN where there is no height; float32, shape (rows, columns). A value holds for the
        centre of its pixel.
    origin, step
        Coordinates of the top left corner, and from one pixel to the next (column x, row y; y is
        negative as a rule), in `crs`.
    crs
        As pyproj understands it.
    """

    metres: NDArray[np.float32]
    origin: tuple[float, float]
    step: tuple[float, float]
    crs: str = "EPSG:4326"

    def at(self, lon: Floats, lat: Floats) -> Floats:
        """Return metres at points in degrees, bilinear between pixels; NaN where one of the four is missing.

        Examples
        --------
        >>> square = Heights(np.array([[0.0, 10.0], [0.0, 10.0]], np.float32), (0.0, 2.0), (1.0, -1.0))
        >>> square.at(np.array([0.5, 1.0, 1.25, 2.9]), np.array([1.0, 1.0, 1.0, 1.0])).tolist()
        [0.0, 5.0, 7.5, nan]
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if self.crs != "EPSG:4326":
            x, y = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True).transform(x, y)
        column = (x - self.origin[0]) / self.step[0] - 0.5
        row = (y - self.origin[1]) / self.step[1] - 0.5
        rows, columns = self.metres.shape
        with np.errstate(invalid="ignore"):
            inside = (column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1)
        c, r = np.where(inside, column, 0.0), np.where(inside, row, 0.0)
        left, top = np.floor(c).astype(np.int64), np.floor(r).astype(np.int64)
        right, low = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        c, r, z = c - left, r - top, self.metres
        upper = _mix(z[top, left], z[top, right], c)
        return np.where(inside, _mix(upper, _mix(z[low, left], z[low, right], c), r), np.nan)


def _mix(a: NDArray[np.floating], b: NDArray[np.floating], share: Floats) -> Floats:
    """Return a where the share is 0 (whatever b is), b where it is 1, else between."""
    near = np.where(share == 0.0, a, a * (1.0 - share) + b * share)
    return np.where(share == 1.0, b, near).astype(np.float64)


def read_heights(path: Path | str, streets: Streets) -> Heights:
    """Read the part of a raster of heights (GeoTIFF; metres; any CRS) that lies under streets.

    Raises
    ------
    RegionError
        When rasterio is not installed, the file cannot be read, has no CRS, is rotated or lies elsewhere.
    UnsafeFile
        When the file is larger than the option ``region.max_file_mb``, or the part needed has more than
        250 million pixels.
    """
    path = Path(path)
    try:
        import rasterio  # noqa: PLC0415 - an extra: only those who have heights need it
    except ImportError as error:
        raise _refused(
            path,
            Text("读取高程需要 rasterio,尚未安装", "heights need rasterio, which is not installed"),
            Text("运行 pip install 'yipan[raster]'", "run pip install 'yipan[raster]'"),
        ) from error
    _check_size(path)
    try:
        with rasterio.open(path, driver="GTiff") as source:  # others may lead to other files
            return _window(source, path, streets)
    except (rasterio.errors.RasterioError, ProjError, OSError) as error:
        why = str(error).replace(str(path), path.name)
        raise _refused(
            path,
            Text(f"读不出高程:{why}", f"heights cannot be read: {why}"),
            Text("重新导出为 GeoTIFF", "export it again as a GeoTIFF"),
        ) from error


def _refused(path: Path, what: Text, remedy: Text) -> RegionError:
    return RegionError(
        Text(f"无法使用高程文件 {path.name}", f"the file of heights {path.name} cannot be used"),
        problems=[Problem(what=what, remedy=remedy, file=path.name)],
    )


def _elsewhere(path: Path) -> RegionError:
    return _refused(
        path,
        Text("不覆盖任何街道", "it does not cover the streets"),
        Text("换用覆盖该区域的高程", "use heights of this region"),
    )


def _check_size(path: Path) -> None:
    limit = options.get("region.max_file_mb")
    if path.is_file() and path.stat().st_size > limit * 1_000_000:
        raise _too_large(
            path, Text(f"文件超过上限 {limit:,} MB", f"the file is above the limit of {limit:,} MB")
        )


def _too_large(path: Path, what: Text) -> UnsafeFile:
    return UnsafeFile(
        Text(f"{path.name} 过大,未读取", f"{path.name} is too large and was not read"),
        problems=[
            Problem(
                what=what,
                remedy=Text(
                    "裁剪到街道范围,或降低分辨率(10–30 米足够)",
                    "cut it to the streets, or make it coarser (10 to 30 m is enough)",
                ),
                file=path.name,
            )
        ],
    )


def _window(source: Any, path: Path, streets: Streets) -> Heights:
    """Read the window of an open raster that lies under streets."""
    from rasterio.windows import from_bounds  # noqa: PLC0415

    if source.crs is None or source.transform.b or source.transform.d:
        raise _refused(
            path,
            Text("没有坐标系,或已旋转", "it has no coordinate system, or is rotated"),
            Text("用 gdalwarp -t_srs EPSG:4326 转换", "convert it with gdalwarp -t_srs EPSG:4326"),
        )
    m = _MARGIN_DEGREES
    west, south = streets.lon.min() - m, streets.lat.min() - m
    east, north = streets.lon.max() + m, streets.lat.max() + m
    move = Transformer.from_crs("EPSG:4326", source.crs.to_wkt(), always_xy=True)
    bounds = move.transform_bounds(west, south, east, north)
    if not np.isfinite(bounds).all():
        raise _elsewhere(path)
    window = from_bounds(*bounds, transform=source.transform)
    top, left = max(int(window.row_off) - 1, 0), max(int(window.col_off) - 1, 0)
    low = min(int(window.row_off + window.height) + 2, source.height)
    right = min(int(window.col_off + window.width) + 2, source.width)
    if low <= top or right <= left:
        raise _elsewhere(path)
    if (low - top) * (right - left) > _MOST_PIXELS:
        pixels = (low - top) * (right - left)
        raise _too_large(path, Text(f"需要 {pixels:,} 个像元", f"{pixels:,} pixels are needed"))
    band = source.read(1, window=((top, low), (left, right)), masked=True)
    corner = source.transform.c + left * source.transform.a, source.transform.f + top * source.transform.e
    step = source.transform.a, source.transform.e
    metres = np.ma.filled(band.astype(np.float32), np.nan)
    return Heights(metres, corner, step, source.crs.to_string())


def tobler(slope: Floats) -> Floats:
    r"""Return walking speed on a slope as a multiple of that on the flat.

    .. math:: \frac{W(s)}{W(0)} = e^{-3.5\,(|s + 0.05| - 0.05)}, \qquad W(s) = 6\, e^{-3.5\,|s + 0.05|}
              \text{ km/h}

    with s the rise over the run, in the direction walked: fastest at −0.05 (−2.86°). W. Tobler,
    *Three presentations on geographical analysis and modeling*, NCGIA technical report 93-1, 1993.

    Examples
    --------
    >>> tobler(np.array([-0.1, -0.05, 0.0, 0.1])).round(3).tolist()
    [1.0, 1.191, 1.0, 0.705]
    """
    return np.exp(-3.5 * (np.abs(slope + 0.05) - 0.05))


def cycling(slope: Floats) -> Floats:
    """Return cycling speed on a slope as a multiple of that on the flat.

    A judgement: a twelfth slower for every 1 % of rise, never below a quarter (walking the bicycle);
    a twenty-fifth faster for every 1 % of fall up to 5 %, not faster beyond (brakes). That speed
    falls more uphill than it rises downhill is measured by J. Parkin and J. Rotheram, *Transport Policy* 17,
    2010.

    Examples
    --------
    >>> cycling(np.array([-0.1, -0.05, 0.0, 0.06, 0.3])).round(3).tolist()
    [1.2, 1.2, 1.0, 0.5, 0.25]
    """
    up = np.maximum(1.0 - slope * (100.0 / 12.0), 0.25)
    return np.where(slope > 0.0, up, 1.0 - np.maximum(slope, -0.05) * 4.0)


def with_slopes(
    streets: Streets, heights: Heights, *, run_m: float = RUN_M, steepest: float = STEEPEST
) -> tuple[Streets, tuple[Problem, ...]]:
    """Return streets whose times are those on the slopes of the ground, each direction its own.

    A segment is cut into equal pieces of at least `run_m` metres; the slope of a piece is the difference of
    the heights at its ends over their distance. Where a segment is shorter than `run_m`, the heights are
    taken `run_m` apart along its direction, around its middle: short segments do not magnify the noise of a
    coarse raster. Slopes beyond `steepest` (the steepest streets there are) count as `steepest`.

    Parameters
    ----------
    streets
        Walking follows `tobler`, cycling `cycling`; driving is returned unchanged.
    heights
        Of the ground: on bridges and in tunnels the slope of the ground counts, which is too steep.
    run_m
        At least the pixel size of the raster.

    Returns
    -------
    tuple
        The streets, and a warning when heights are missing for some segments: these stay flat.

    Raises
    ------
    ValueError
        When `run_m` or `steepest` is not above 0.
    """
    if not (run_m > 0.0 and steepest > 0.0):
        raise ValueError(f"run {run_m} m, steepest {steepest}")
    if streets.mode == "drive":
        return streets, ()
    speed = tobler if streets.mode == "walk" else cycling
    count = np.maximum(np.floor(streets.length / (1000.0 * run_m)), 1.0).astype(np.int64)
    slope, owner = _slopes(streets, heights, count, run_m)
    known = np.isfinite(slope)
    flat = np.where(known, np.clip(slope, -steepest, steepest), 0.0)
    forward = _slowed(streets.forward, speed(flat), owner, count)
    backward = _slowed(streets.backward, speed(-flat), owner, count)
    return replace(streets, forward=forward, backward=backward), _unknown(streets, owner[~known])


def _slopes(
    streets: Streets, heights: Heights, count: NDArray[np.int64], run_m: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Return rise over run of every piece, from u to v, and the segment of each piece."""
    owner = np.repeat(np.arange(len(count)), count)
    piece = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    metres = streets.length[owner] / 1000.0
    run = np.maximum(metres / count[owner], run_m)
    half = run / 2.0 / metres  # as shares of the segment
    middle = (piece + 0.5) / count[owner]
    u, v = streets.u[owner], streets.v[owner]
    lon, lat = streets.lon[u], streets.lat[u]
    east = (streets.lon[v] - lon + 180.0) % 360.0 - 180.0
    north = streets.lat[v] - lat
    low, high = (heights.at(lon + t * east, lat + t * north) for t in (middle - half, middle + half))
    return (high - low) / run, owner


def _slowed(ms: Int32, speed: Floats, owner: NDArray[np.int64], count: NDArray[np.int64]) -> Int32:
    """Return times when every piece of a segment is walked at its own multiple of the speed."""
    factor = np.bincount(owner, weights=1.0 / speed, minlength=len(ms)) / count
    slowed = np.minimum(np.maximum(np.rint(ms * factor), 1.0), float(FAR) - 1.0).astype(np.int32)
    return np.where(ms < FAR, slowed, ms)


def _unknown(streets: Streets, segments: NDArray[np.int64]) -> tuple[Problem, ...]:
    if not len(segments):
        return ()
    number = len(np.unique(segments))
    u = streets.u[segments[0]]
    return (
        Problem(
            what=Text(
                f"{number:,} 段街道({number / len(streets.u):.1%})没有高程,按平地计,"
                f"如 {streets.lon[u]:.4f}, {streets.lat[u]:.4f} 处",
                f"{number:,} segments ({number / len(streets.u):.1%}) have no height and count as flat, "
                f"as at {streets.lon[u]:.4f}, {streets.lat[u]:.4f}",
            ),
            remedy=Text(
                "使用覆盖全部街道、没有空洞的高程", "use heights that cover all streets without gaps"
            ),
            severity="warning",
        ),
    )
