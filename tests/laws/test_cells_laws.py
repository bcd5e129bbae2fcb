"""Laws of cells: totals are kept, parts follow the weights, cells of parts are the cells of the whole."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from yipan.cells import calibrated, from_points, from_raster, from_totals, h3_cells, shares

WEIGHTS = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-6, 1e9)), min_size=1, max_size=40
).filter(lambda w: max(w) > 0)  # fmt: skip


@given(st.integers(0, 10**10), WEIGHTS)
@settings(max_examples=150, deadline=None)
def test_whole_parts_sum_to_the_total_and_lie_next_to_the_exact_share(
    total: int, weights: list[float]
) -> None:
    parts = shares(total, np.array(weights), whole=True)
    assert int(parts.sum()) == total
    assert (parts >= 0).all()
    exact = total * np.array(weights) / math.fsum(weights)
    assert (np.abs(parts - exact) < 1 + 1e-12 * total).all()
    assert (parts[np.array(weights) == 0] == 0).all()


@given(st.one_of(st.just(0.0), st.floats(1e-6, 1e12)), WEIGHTS)
@settings(max_examples=150, deadline=None)
def test_parts_sum_to_the_total(total: float, weights: list[float]) -> None:
    parts = shares(total, np.array(weights))
    assert math.fsum(parts) == pytest.approx(total, rel=1e-15, abs=1e-300)
    assert parts == pytest.approx(total * np.array(weights) / math.fsum(weights), rel=1e-9, abs=1e-9 * total)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 1e6)), min_size=3, max_size=30), st.data())
@settings(max_examples=80, deadline=None)
def test_zone_totals_are_kept_and_scaling_twice_is_scaling_once(
    rows: list[tuple[str, float]], data: st.DataObject
) -> None:
    cells = pd.DataFrame(rows, columns=["zone", "population"]).assign(quality="derived", source="x")
    totals = {z: data.draw(st.integers(0, 10**7), label=z) for z in sorted(set(cells["zone"]))}
    placed = from_totals(cells, totals, by="population").cells
    assert placed.groupby("zone")["population"].sum().to_dict() == totals
    once = calibrated(cells, totals)
    assert once.cells.groupby("zone")["population"].sum().to_numpy() == pytest.approx(list(totals.values()))
    twice = calibrated(once.cells, totals)
    assert twice.cells["population"].to_numpy() == pytest.approx(once.cells["population"].to_numpy())


@given(st.floats(24.86, 24.98), st.floats(60.11, 60.19), st.sampled_from([7, 8]))
@settings(max_examples=25, deadline=None)
def test_cells_of_the_parts_are_the_cells_of_the_whole(x: float, y: float, resolution: int) -> None:
    west, south, east, north = 24.8, 60.1, 25.0, 60.2
    parts = [box(west, south, x, north), box(x, south, east, y), box(x, y, east, north)]
    split = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=parts, crs="EPSG:4326")
    whole = gpd.GeoDataFrame({"id": ["w"]}, geometry=[box(west, south, east, north)], crs="EPSG:4326")
    for rule in ("centre", "overlap"):
        cells = h3_cells(split, resolution=resolution, rule=rule)
        one = set(h3_cells(whole, resolution=resolution, rule=rule)["id"])
        assert cells["id"].is_unique
        assert set(cells["zone"]) == {"a", "b", "c"}
        # a zone too small for a cell of its own may take one whose centre lies outside all of them
        assert one <= set(cells["id"])
        assert len(set(cells["id"]) - one) <= 3


@given(st.lists(st.tuples(st.floats(24.7, 25.1), st.floats(60.05, 60.25), st.floats(0, 100)), max_size=40))
@settings(max_examples=40, deadline=None)
def test_points_are_placed_or_listed(points: list[tuple[float, float, float]]) -> None:
    zone = gpd.GeoDataFrame({"id": ["w"]}, geometry=[box(24.8, 60.1, 25.0, 60.2)], crs="EPSG:4326")
    cells = h3_cells(zone, resolution=7)
    frame = pd.DataFrame(points, columns=["lon", "lat", "weight"])
    placed = from_points(cells, frame)
    assert placed.total == pytest.approx(sum(p[2] for p in points))
    assert placed.placed + placed.outside["weight"].sum() == pytest.approx(placed.total)
    assert placed.cells["population"].sum() == pytest.approx(placed.placed)


@given(
    st.lists(st.lists(st.integers(0, 1000), min_size=8, max_size=8), min_size=5, max_size=5), st.booleans()
)
@settings(max_examples=15, deadline=None)
def test_people_of_a_raster_inside_the_zones_are_all_placed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[int]], projected: bool
) -> None:
    rasterio = pytest.importorskip("rasterio", reason="the extra `raster` is not installed")
    pytest.importorskip("exactextract", reason="the extra `raster` is not installed")
    zone = gpd.GeoDataFrame({"id": ["w"]}, geometry=[box(24.8, 60.1, 25.0, 60.2)], crs="EPSG:4326")
    cells = h3_cells(zone, resolution=8, rule="overlap")
    values = np.zeros((25, 28), dtype=np.int32)
    values[10:15, 10:18] = rows
    corner, size, crs = (24.6, 60.27), (0.02, 0.01), "EPSG:4326"
    if projected:  # the same land in ETRS89 / TM35FIN
        corner, size, crs = (369_000.0, 6_684_000.0), (1000.0, 1000.0), "EPSG:3067"
    path: Path = tmp_path_factory.mktemp("raster") / "p.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=25, width=28, count=1, dtype="int32", crs=crs,
        transform=rasterio.Affine(size[0], 0, corner[0], 0, -size[1], corner[1]),
    ) as file:  # fmt: skip
        file.write(values, 1)
    placed = from_raster(cells, path)
    assert placed.total == values.sum()
    assert placed.placed == pytest.approx(values.sum(), rel=1e-6)
