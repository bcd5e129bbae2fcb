"""Grids of cells against every hexagon of the neighbourhood tried one by one."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pyproj
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from yipan.cells import count_cells, h3_cells
from yipan.errors import OptionError, RegionError
from yipan.region.schema import CELLS

RES = 8  # edges of about half a kilometre
FLAT = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)  # equal area


def zones(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326")


def disk(lon: float, lat: float, k: int) -> dict[str, tuple[float, float]]:
    """Every cell within `k` steps of a point, with its centre."""
    cells = h3.grid_disk(h3.latlng_to_cell(lat, lon, RES), k)
    return {c: h3.cell_to_latlng(c)[::-1] for c in cells}


def outline(cell: str) -> Polygon:
    return Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])


def flat_area(shape: shapely.Geometry) -> float:
    return shapely.transform(shape, lambda p: np.column_stack(FLAT.transform(p[:, 0], p[:, 1]))).area


WITH_HOLE = Polygon(
    [(24.80, 60.10), (24.99, 60.10), (25.02, 60.20), (24.80, 60.22)],
    [[(24.86, 60.14), (24.92, 60.14), (24.92, 60.18), (24.86, 60.18)]],
)
ISLANDS = MultiPolygon([box(25.05, 60.10, 25.10, 60.14), box(25.06, 60.17, 25.12, 60.21)])


def test_centre_rule_equals_every_hexagon_tried() -> None:
    cells = h3_cells(zones(hole=WITH_HOLE, islands=ISLANDS), resolution=RES)
    shapes = {"hole": WITH_HOLE, "islands": ISLANDS}
    wanted = {
        cell: name
        for cell, (lon, lat) in disk(24.95, 60.16, 40).items()
        for name, shape in shapes.items()
        if shapely.contains_xy(shape, lon, lat)
    }
    assert 150 < len(wanted) < 300
    assert dict(zip(cells["id"], cells["zone"], strict=True)) == wanted


def test_overlap_rule_equals_areas_measured_in_an_equal_area_plane() -> None:
    left = Polygon([(24.8, 60.1), (24.9, 60.1), (24.93, 60.2), (24.8, 60.2)])
    right = Polygon([(24.9, 60.1), (25.0, 60.1), (25.0, 60.2), (24.93, 60.2)])
    cells = h3_cells(zones(left=left, right=right), resolution=RES, rule="overlap")
    wanted = {}
    for cell in disk(24.9, 60.15, 25):
        shared = [flat_area(shapely.intersection(outline(cell), s)) for s in (left, right)]
        if max(shared) > 0 and abs(shared[0] - shared[1]) > 1e-6 * sum(shared):
            wanted[cell] = "left" if shared[0] > shared[1] else "right"
    found = dict(zip(cells["id"], cells["zone"], strict=True))
    assert {c: found.get(c) for c in wanted} == wanted
    assert set(found) == set(wanted)


def test_columns_are_those_of_cells_csv_and_values_are_those_of_h3() -> None:
    cells = h3_cells(zones(a=box(24.9, 60.1, 25.0, 60.2)), resolution=RES, source="grid")
    assert list(cells.columns) == [*(c.name for c in CELLS.columns), "area"]
    first = cells.iloc[0]
    lat, lon = h3.cell_to_latlng(first["id"])
    assert (first["lon"], first["lat"]) == pytest.approx((lon, lat), abs=1e-7)
    assert first["area"] == pytest.approx(h3.cell_area(first["id"], unit="km^2"), abs=1e-9)
    assert set(cells["source"]) == {"grid"}
    assert set(cells["quality"]) == {"derived"}
    assert cells["population"].isna().all()


def test_other_crs_and_order_of_zones() -> None:
    a, b = box(24.9, 60.1, 24.95, 60.15), box(24.95, 60.1, 25.0, 60.15)
    plain = h3_cells(zones(b=b, a=a), resolution=RES)
    moved = h3_cells(zones(b=b, a=a).to_crs("EPSG:3067"), resolution=RES)
    assert plain["id"].tolist() == moved["id"].tolist()
    assert plain["zone"].drop_duplicates().tolist() == ["b", "a"]


def test_a_zone_smaller_than_a_cell_keeps_one_and_its_point_lies_in_it() -> None:
    big = box(24.9, 60.1, 25.0, 60.2)
    lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(60.15, 24.95, RES))
    tiny = box(lon + 0.001, lat, lon + 0.002, lat + 0.001)  # beside the centre, inside the same cell
    cells = h3_cells(zones(big=shapely.difference(big, tiny), tiny=tiny), resolution=RES)
    mine = cells[cells["zone"] == "tiny"]
    assert mine["id"].tolist() == [h3.latlng_to_cell(lat, lon, RES)]
    assert tiny.contains(shapely.Point(mine["lon"].item(), mine["lat"].item()))
    assert cells["id"].is_unique


def test_two_zones_in_one_cell_are_refused_with_the_resolution_that_would_do() -> None:
    lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(60.15, 24.95, RES))
    one, two = (
        box(lon + 0.001, lat, lon + 0.002, lat + 0.001),
        box(lon - 0.002, lat, lon - 0.001, lat + 0.001),
    )
    with pytest.raises(RegionError) as error:
        h3_cells(zones(one=one, two=two), resolution=RES)
    [problem] = error.value.problems
    assert "two" in problem.what.en
    advised = int(problem.remedy.en.split("resolution ")[1].split()[0])
    assert set(h3_cells(zones(one=one, two=two), resolution=advised)["zone"]) == {"one", "two"}


def test_antimeridian_the_same_cells_however_it_is_written() -> None:
    split = MultiPolygon([box(179.9, -17, 180, -16.8), box(-180, -17, -179.9, -16.8)])
    over = box(179.9, -17, 180.1, -16.8)
    under = box(-180.1, -17, -179.9, -16.8)
    wrapped = Polygon([(179.9, -17), (-179.9, -17), (-179.9, -16.8), (179.9, -16.8)])
    wanted = {
        c for c, (lon, lat) in disk(180, -16.9, 40).items() if -17 <= lat <= -16.8 and abs(lon) >= 179.9
    }
    assert len(wanted) > 400
    for shape in (split, over, under, wrapped):
        cells = h3_cells(zones(fiji=shape), resolution=RES)
        assert set(cells["id"]) == wanted
        assert cells["lon"].abs().max() <= 180
        assert count_cells(zones(fiji=shape), resolution=RES) == pytest.approx(len(wanted), rel=0.05)


def test_too_many_cells_are_told_beforehand_and_refused() -> None:
    area = zones(a=box(24, 60, 25, 61))
    about = count_cells(area, resolution=7)
    assert about == pytest.approx(len(h3_cells(area, resolution=7)), rel=0.02)
    with pytest.raises(RegionError) as error:
        h3_cells(area, resolution=9, most=about + 10)
    [problem] = error.value.problems
    assert f"resolution 7 (about {about:,} cells)" in problem.remedy.en


@pytest.mark.parametrize("resolution", [-1, 16, 7.5])
def test_a_resolution_that_does_not_exist(resolution: int) -> None:
    with pytest.raises(OptionError):
        h3_cells(zones(a=box(24, 60, 25, 61)), resolution=resolution)


def test_every_unsound_zone_is_named() -> None:
    bad = gpd.GeoDataFrame(
        {"id": ["a", "a", "bow"]},
        geometry=[box(0, 0, 1, 1), shapely.Point(1, 1), Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])],
        crs="EPSG:4326",
    )
    with pytest.raises(RegionError) as error:
        h3_cells(bad, resolution=5)
    assert [p.row for p in error.value.problems] == [2, 2, 3]
    with pytest.raises(RegionError):
        h3_cells(bad.set_crs(None, allow_override=True), resolution=5)
