"""People from rasters, points and totals: worked by hand, or pixel by pixel with shapely."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from shapely import Polygon, box

from yipan.cells import calibrated, from_points, from_raster, from_totals, h3_cells, hexagons
from yipan.cells.shapes import area_km2
from yipan.errors import RegionError

rasterio = pytest.importorskip("rasterio", reason="the extra `raster` is not installed")
pytest.importorskip("exactextract", reason="the extra `raster` is not installed")
WEST, SOUTH, EAST, NORTH = 24.90, 60.14, 24.96, 60.17
ZONES = gpd.GeoDataFrame(
    {"id": ["w", "e"]},
    geometry=[box(WEST, SOUTH, 24.93, NORTH), box(24.93, SOUTH, EAST, NORTH)],
    crs="EPSG:4326",
)


def written(
    path: Path, values: np.ndarray, west: float, north: float, size: tuple[float, float], **more
) -> Path:
    settings = {"crs": "EPSG:4326", "nodata": None, **more}
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype,
        transform=rasterio.Affine(size[0], 0, west, 0, -size[1], north), **settings,
    ) as file:  # fmt: skip
        file.write(values, 1)
    return path


def by_hand(shapes: np.ndarray, values: np.ndarray, west: float, north: float, size: tuple[float, float]):
    """Sum of values by the share of each pixel inside each shape, pixel by pixel."""
    out = np.zeros(len(shapes))
    for (row, column), value in np.ndenumerate(values):
        x, y = west + column * size[0], north - row * size[1]
        pixel = box(x, y - size[1], x + size[0], y)
        out += value * shapely.area(shapely.intersection(shapes, pixel)) / pixel.area
    return out


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    return h3_cells(ZONES, resolution=9)


def test_raster_sums_equal_pixel_by_pixel(tmp_path: Path, cells: pd.DataFrame) -> None:
    values = np.random.default_rng(3).integers(0, 100, size=(12, 20)).astype(np.float32)
    at = (24.88, 60.18, (0.005, 0.0045))
    placed = from_raster(cells, written(tmp_path / "p.tif", values, *at))
    wanted = by_hand(hexagons(cells["id"]), values, *at)
    assert placed.cells["population"].to_numpy() == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    assert placed.total == values.sum()
    assert placed.placed == pytest.approx(wanted.sum())
    assert placed.lost == pytest.approx(1 - wanted.sum() / values.sum())
    assert "lie in no cell" in placed.problems[0].what.en
    assert set(placed.cells["quality"]) == {"modelled"}
    inside = from_raster(cells, tmp_path / "p.tif", zones=ZONES)
    assert inside.total == pytest.approx(by_hand(ZONES.geometry.to_numpy(), values, *at).sum(), rel=1e-6)


def test_a_raster_inside_the_zones_loses_nobody(tmp_path: Path) -> None:
    cells = h3_cells(ZONES, resolution=9, rule="overlap")
    values = np.full((3, 6), 7, dtype=np.int32)
    values[0, 0] = -99  # no data
    path = written(tmp_path / "p.tif", values, 24.905, 60.168, (0.008, 0.008), nodata=-99)
    big = np.zeros((40, 60), dtype=np.int32)
    big[10:13, 20:26] = values
    corner = (24.905 - 20 * 0.008, 60.168 + 10 * 0.008, (0.008, 0.008))
    full = written(tmp_path / "q.tif", big, *corner, nodata=-99)
    floats = np.where(big == -99, np.nan, big).astype(np.float32)  # NaN is no data, declared or not
    assert from_raster(cells, written(tmp_path / "r.tif", floats, *corner)).total == 17 * 7
    placed = from_raster(cells, full)
    assert placed.total == 17 * 7
    assert placed.placed == pytest.approx(17 * 7, rel=1e-6)
    assert placed.problems == ()
    with pytest.raises(RegionError, match="lie outside the raster"):
        from_raster(cells, path)


def test_projected_raster_is_read_in_its_own_plane(tmp_path: Path, cells: pd.DataFrame) -> None:
    move = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3067", always_xy=True)
    shapes = shapely.transform(
        hexagons(cells["id"]), lambda p: np.column_stack(move.transform(p[:, 0], p[:, 1]))
    )
    west, _, _, north = shapely.total_bounds(shapes)
    values = np.random.default_rng(4).random((18, 16)).astype(np.float64)
    at = (west - 50, north + 50, (250.0, 220.0))
    placed = from_raster(cells, written(tmp_path / "p.tif", values, *at, crs="EPSG:3067"))
    assert placed.cells["population"].to_numpy() == pytest.approx(by_hand(shapes, values, *at), rel=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:3067", "ESRI:54009"])
def test_uniform_density_gives_area_times_density(tmp_path: Path, cells: pd.DataFrame, crs: str) -> None:
    # Web Mercator shows this land four times too large: only the area on the ellipsoid is right
    move = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    corners = np.array(move.transform([24.8, 25.05, 24.8, 25.05], [60.1, 60.1, 60.2, 60.2]))
    (west, south), (east, north) = corners.min(axis=1), corners.max(axis=1)
    size = ((east - west) / 60, (north - south) / 50)
    values = np.full((50, 60), 1000, dtype=np.float32)
    placed = from_raster(
        cells, written(tmp_path / "d.tif", values, west, north, size, crs=crs), unit="density"
    )
    wanted = [1000 * area_km2(s) for s in hexagons(cells["id"])]
    assert placed.cells["population"].to_numpy() == pytest.approx(wanted, rel=2e-4)


def test_strips_give_the_same_sums(
    tmp_path: Path, cells: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(5).random((80, 90))
    path = written(tmp_path / "p.tif", values, 24.88, 60.18, (0.0012, 0.0008))
    whole = from_raster(cells, path)
    monkeypatch.setattr("yipan.cells.raster.PIXELS", 500)
    strips = from_raster(cells, path)
    assert strips.cells["population"].to_numpy() == pytest.approx(
        whole.cells["population"].to_numpy(), rel=1e-9
    )
    assert strips.total == pytest.approx(whole.total)


def test_longitudes_from_0_to_360_and_the_antimeridian(tmp_path: Path) -> None:
    zone = gpd.GeoDataFrame({"id": ["f"]}, geometry=[box(179.8, -17, 180.2, -16.7)], crs="EPSG:4326")
    cells = h3_cells(zone, resolution=6, rule="overlap")
    values = np.zeros((20, 3600), dtype=np.float32)
    values[9, 1799:1801] = 30, 50  # the pixels on both sides of 180, at -16.9 to -16.8... inside the zone
    path = written(tmp_path / "p.tif", values, 0.0, -15.9, (0.1, 0.1))
    placed = from_raster(cells, path)
    assert placed.placed == pytest.approx(80)
    west = placed.cells[placed.cells["lon"] < 0]["population"].sum()
    assert 30 < west < 55  # the 50 east of 180, less or more what hexagons across the line shift


def test_what_cannot_be_used_is_said(
    tmp_path: Path, cells: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = (24.88, 60.18, (0.005, 0.0045))
    negative = written(tmp_path / "n.tif", np.full((12, 20), -9999.0), *at)
    no_crs = written(tmp_path / "c.tif", np.ones((12, 20)), *at, crs=None)
    (tmp_path / "text.tif").write_text("no raster")
    for path, words in ((negative, "a_nodata"), (no_crs, "a_srs"), (tmp_path / "text.tif", "GDAL")):
        with pytest.raises(RegionError) as error:
            from_raster(cells, path)
        assert words in error.value.problems[0].remedy.en
    good = written(tmp_path / "g.tif", np.ones((12, 20)), *at)
    with pytest.raises(RegionError, match="unknown unit 'people'"):
        from_raster(cells, good, unit="people")
    turned = tmp_path / "t.tif"
    with rasterio.open(
        turned, "w", driver="GTiff", height=9, width=9, count=1, dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(0.005, 0.001, 24.88, 0.001, -0.005, 60.18),
    ) as file:  # fmt: skip
        file.write(np.ones((9, 9), dtype=np.float32), 1)
    with pytest.raises(RegionError, match="not north up"):
        from_raster(cells, turned)
    local = written(tmp_path / "l.tif", np.ones((12, 20)), *at, crs='LOCAL_CS["here",UNIT["metre",1]]')
    with pytest.raises(RegionError, match="cannot be moved into the CRS"):
        from_raster(cells, local)
    with pytest.raises(RegionError, match="no band 2"):
        from_raster(cells, good, band=2)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(RegionError) as error:
        from_raster(cells, good)
    assert "pip install 'yipan[raster]'" in error.value.problems[0].remedy.en


def test_points_are_counted_in_their_hexagon(cells: pd.DataFrame) -> None:
    first, second = cells.iloc[0], cells.iloc[1]
    points = pd.DataFrame(
        {
            "lon": [first["lon"], second["lon"], first["lon"], 30.0],
            "lat": [first["lat"], second["lat"], first["lat"], 60.0],
            "homes": [2.5, 4.0, 1.0, 2.5],
        }
    )
    placed = from_points(cells, points, weight="homes", column="jobs", source="register")
    assert placed.cells["jobs"].tolist()[:3] == [3.5, 4.0, 0.0]
    assert (placed.total, placed.placed, placed.lost) == (10.0, 7.5, 0.25)
    assert placed.outside["lon"].tolist() == [30.0]
    assert any("rows 5" in p.what.en for p in placed.problems)
    assert placed.provenance.column == "cells.jobs"
    assert set(placed.cells["quality"]) == {"derived"}
    assert set(placed.cells["source"]) == {"h3"}  # the source of the rows is that of the people
    one_each = from_points(cells, points, weight=None)
    assert one_each.cells["population"].tolist()[:2] == [2.0, 1.0]


def test_unsound_points_are_all_named(cells: pd.DataFrame) -> None:
    points = pd.DataFrame({"lon": [24.9, 999.0, 24.9], "lat": [60.1, 60.1, np.nan], "weight": [-1, 1, 1]})
    with pytest.raises(RegionError) as error:
        from_points(cells, points)
    assert sorted((p.row, p.column) for p in error.value.problems) == [(2, "weight"), (3, "lon"), (4, "lat")]
    with pytest.raises(RegionError, match="lack a column"):
        from_points(cells, points.drop(columns="weight"))


THREE = pd.DataFrame(
    {"id": ["a", "b", "c", "d"], "zone": ["N", "N", "N", "S"], "quality": "derived", "source": "h3"}
)


def test_totals_by_hand() -> None:
    # 10 by 1:1:1 is 4, 3, 3; by 2:1:0 it is 6.67 and 3.33, so 7 and 3
    assert from_totals(THREE, {"N": 10, "S": 7}).cells["population"].tolist() == [4, 3, 3, 7]
    floors = np.array([2.0, 1.0, 0.0, 5.0])
    placed = from_totals(THREE, {"N": 10, "S": 7}, by=floors, source="census")
    assert placed.cells["population"].tolist() == [7, 3, 0, 7]
    assert set(placed.cells["source"]) == {"census"}
    assert set(placed.cells["quality"]) == {"modelled"}
    exact = from_totals(THREE, {"N": 10, "S": 7.5}, by=floors, whole=False)
    assert exact.cells["population"].tolist() == pytest.approx([20 / 3, 10 / 3, 0, 7.5])


def test_a_zone_without_weight_is_divided_equally_and_says_so() -> None:
    placed = from_totals(THREE, {"N": 9, "S": 7}, by=np.array([0.0, 0.0, 0.0, 1.0]))
    assert placed.cells["population"].tolist() == [3, 3, 3, 7]
    assert "all 0 in N" in placed.problems[0].what.en


def test_unsound_totals_are_all_named() -> None:
    with pytest.raises(RegionError) as error:
        from_totals(THREE, {"N": 9.5, "X": 1})
    assert [p.column for p in error.value.problems] == ["N", "S", "X"]
    with pytest.raises(RegionError, match="no column floors"):
        from_totals(THREE, {"N": 9, "S": 1}, by="floors")
    with pytest.raises(RegionError, match="weights are missing"):
        from_totals(THREE, {"N": 9, "S": 1}, by=np.array([1.0, np.nan, 1.0, 1.0]))


def test_calibration_scales_by_one_factor_in_a_zone() -> None:
    cells = THREE.assign(population=[30.0, 10.0, 0.0, 8.0])
    placed = calibrated(cells, {"N": 100, "S": 2}, source="census")
    assert placed.cells["population"].tolist() == [75.0, 25.0, 0.0, 2.0]
    assert "from 0.25 to 2.5" in placed.note.en


def test_hexagons_tile_the_land() -> None:
    area = Polygon([(24.9, 60.1), (25.0, 60.1), (25.0, 60.2), (24.9, 60.2)])
    cells = h3_cells(
        gpd.GeoDataFrame({"id": ["a"]}, geometry=[area], crs="EPSG:4326"), resolution=8, rule="overlap"
    )
    shapes = hexagons(cells["id"])
    whole = shapely.union_all(shapes, grid_size=1e-9)
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-6)
    assert whole.covers(area.buffer(-1e-8))
