"""The ground a map is drawn on: zones in a local equal-area plane, simplified together, fitted to pixels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from yipan.region.value import Region
from yipan.show.labels import Box, overlap
from yipan.text import Text

_UNIT = re.compile(r"(?: Autonomous)? (?:County|District|City|Prefecture)$")


@dataclass(frozen=True)
class Frame:
    """A window of the plane on the page: metres to pixels, y downwards.

    Parameters
    ----------
    left, top
        Plane coordinates (m) of the window's upper left corner.
    scale
        Pixels per metre.
    box
        Where the window stands in the picture, in pixels.
    """

    left: float
    top: float
    scale: float
    box: Box

    def px(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixel positions of plane points (shape: points × 2)."""
        x = (xy[:, 0] - self.left) * self.scale + self.box[0]
        y = (self.top - xy[:, 1]) * self.scale + self.box[1]
        return np.column_stack([x, y])

    @property
    def window(self) -> Box:
        """The window in plane coordinates: west, south, east, north (m)."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (self.left, self.top - height / self.scale, self.left + width / self.scale, self.top)

    def holds(self, x: float, y: float) -> bool:
        """Whether a plane point (m) lies in the window."""
        west, south, east, north = self.window
        return west <= x <= east and south <= y <= north


@dataclass(frozen=True)
class Ground:
    """Zones of one region in a Lambert azimuthal equal-area plane centred on it (metres)."""

    ids: tuple[str, ...]
    names: Mapping[str, Text]
    shapes: tuple[BaseGeometry, ...]
    to_plane: Callable[[Sequence[float], Sequence[float]], tuple[Sequence[float], Sequence[float]]]

    def points(self, lon: Iterable[float], lat: Iterable[float]) -> NDArray[np.float64]:
        """Return plane coordinates of WGS-84 points (shape: points × 2)."""
        x, y = self.to_plane(list(lon), list(lat))
        return np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])

    @cached_property
    def union(self) -> BaseGeometry:
        """The whole region (simplified to 300 m)."""
        return shapely.union_all([s.buffer(0) for s in self.shapes]).simplify(300)

    @cached_property
    def bounds(self) -> Box:
        """West, south, east, north of the region (m)."""
        west, south, east, north = shapely.total_bounds(list(self.shapes))
        return (float(west), float(south), float(east), float(north))

    @cached_property
    def anchors(self) -> Mapping[str, tuple[float, float, float]]:
        """For each zone the middle of its largest inscribed circle and that circle's radius (m)."""
        out = {}
        for zone, shape in zip(self.ids, self.shapes, strict=True):
            largest = max(getattr(shape, "geoms", [shape]), key=lambda g: g.area)
            spoke = shapely.maximum_inscribed_circle(largest, tolerance=np.sqrt(largest.area) / 50)
            (x, y), _ = spoke.coords
            out[zone] = (float(x), float(y), float(spoke.length))
        return out

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """Names as written on a map: English ones without the kind of unit, where that stays unambiguous."""
        short = {z: _UNIT.sub("", name.in_("en")) for z, name in self.names.items()}
        often = Counter(short.values())
        return {
            z: Text(name.zh, short[z] if often[short[z]] == 1 else name.in_("en"))
            for z, name in self.names.items()
        }

    @cached_property
    def _known_paths(self) -> dict[tuple[Frame, float], Mapping[str, str]]:
        return {}

    def paths(self, frame: Frame, simplify: float) -> Mapping[str, str]:
        """Return the SVG path of each zone seen in a frame, simplified to `simplify` pixels.

        Zones are simplified together, so common borders stay common; what is cut off by the frame is cut
        five pixels outside it. Remembered: maps of one size share their paths.
        """
        key = (frame, simplify)
        if key not in self._known_paths:
            simple = shapely.coverage_simplify(list(self.shapes), simplify / frame.scale)
            window = shapely.box(*frame.window)
            seen = {
                zone: shape if window.contains(shape) else _cut(shape, frame)
                for zone, shape in zip(self.ids, simple, strict=True)
            }
            drawn = {zone: path_of(shape, frame) for zone, shape in seen.items() if not shape.is_empty}
            self._known_paths[key] = {zone: path for zone, path in drawn.items() if path}
        return self._known_paths[key]

    def fit(self, width: float, most_height: float, *, margin: float = 10.0) -> Frame:
        """Return the frame that shows the whole region `width` pixels wide, or less where it is tall."""
        west, south, east, north = self.bounds
        scale = min((width - 2 * margin) / (east - west), (most_height - 2 * margin) / (north - south))
        box = (0.0, 0.0, (east - west) * scale + 2 * margin, (north - south) * scale + 2 * margin)
        return Frame(west - margin / scale, north + margin / scale, scale, box)

    @cached_property
    def crowded(self) -> Box | None:
        """The window (m) around zones too small for their names on a map of the whole, or None.

        Zones count as small below a quarter of the median area; three of them close together (within
        two fifths of the region's width) make a window.
        """
        areas = np.array([s.area for s in self.shapes])
        small = [s for s, a in zip(self.shapes, areas, strict=True) if a < 0.25 * float(np.median(areas))]
        if len(small) < 3:
            return None
        west, south, east, north = (float(v) for v in shapely.total_bounds(small))
        pad = 0.08 * max(east - west, north - south)
        whole = self.bounds
        if east - west > 0.4 * (whole[2] - whole[0]) or north - south > 0.4 * (whole[3] - whole[1]):
            return None
        return (west - pad, south - pad, east + pad, north + pad)


def ground_of(region: Region) -> Ground:
    """Return the ground of a region: its zones projected about its middle.

    Examples
    --------
    >>> from yipan.region import example
    >>> west, south, east, north = ground_of(example("tiny")).bounds
    >>> round((east - west) / 1000), round((north - south) / 1000)
    (39, 44)
    """
    zones = region.zones
    west, south, east, north = zones.total_bounds
    plane = (
        f"+proj=laea +lat_0={(south + north) / 2:.6f} +lon_0={(west + east) / 2:.6f} +datum=WGS84 +units=m"
    )
    transformer = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    return Ground(
        ids=tuple(map(str, zones["id"])),
        names={z: region.zone_name(z) for z in region.zone_ids},
        shapes=tuple(zones.geometry.to_crs(plane)),
        to_plane=transformer.transform,
    )


def _cut(shape: BaseGeometry, frame: Frame) -> BaseGeometry:
    """Return the part of a polygon in the frame and five pixels around it."""
    west, south, east, north = frame.window
    air = 5 / frame.scale
    cut = shapely.clip_by_rect(shape, west - air, south - air, east + air, north + air)
    return shapely.union_all([g for g in getattr(cut, "geoms", [cut]) if "Polygon" in g.geom_type])


def path_of(shape: BaseGeometry, frame: Frame) -> str:
    """Return the SVG path of a polygon, relative moves in tenths of a pixel (rounding never adds up)."""
    rings = [
        ring
        for polygon in getattr(shape, "geoms", [shape])
        for ring in (polygon.exterior, *polygon.interiors)
        if not polygon.is_empty
    ]
    return "".join(_ring(np.rint(frame.px(np.asarray(r.coords)[:, :2]) * 10).astype(int)) for r in rings)


def line_path(xy: NDArray[np.float64], frame: Frame) -> str:
    """Return the SVG path of a polyline given in plane coordinates."""
    pixels = np.rint(frame.px(xy) * 10).astype(int)
    return _ring(pixels).removesuffix("z")


def _ring(tenths: NDArray[np.int64]) -> str:
    points = tenths.tolist()
    moves = "".join(
        f"l{_t(b[0] - a[0])} {_t(b[1] - a[1])}" for a, b in pairwise(points) if a[0] != b[0] or a[1] != b[1]
    )
    return f"M{_t(points[0][0])} {_t(points[0][1])}{moves}z" if moves else ""


def _t(tenths: int) -> str:
    return f"{tenths / 10:.1f}".removesuffix(".0")


def free_box(
    frame: Frame, union: BaseGeometry, size: tuple[float, float], taken: Sequence[Box]
) -> Box | None:
    """Return a box of `size` in a corner of the frame where there is no land and nothing else, or None.

    The search tries places on the four edges, corners first.
    """
    width, height = size
    left, top, right, bottom = frame.box
    air = 6.0
    if width + 2 * air > right - left or height + 2 * air > bottom - top:
        return None
    xs = np.linspace(left + air, right - width - air, 24)
    ys = np.linspace(top + air, bottom - height - air, 24)
    spots = [(x, y) for x in xs for y in ys]
    middle = ((left + right - width) / 2, (top + bottom - height) / 2)
    spots.sort(key=lambda s: -min(abs(s[0] - middle[0]) * 2, 1e9) - abs(s[1] - middle[1]) * 2)
    shapely.prepare(union)
    for x, y in spots:
        box = (float(x), float(y), float(x) + width, float(y) + height)
        if any(overlap((box[0] - air, box[1] - air, box[2] + air, box[3] + air), other) for other in taken):
            continue
        west, south = (
            frame.left + (box[0] - left - air) / frame.scale,
            frame.top - (box[3] - top + air) / frame.scale,
        )
        east, north = (
            frame.left + (box[2] - left + air) / frame.scale,
            frame.top - (box[1] - top - air) / frame.scale,
        )
        if not union.intersects(shapely.box(west, south, east, north)):
            return box
    return None
