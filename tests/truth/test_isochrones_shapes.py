"""Isochrones: areas by hand, nesting, holes, streets filled between their points, cells."""

from __future__ import annotations

import math

import h3
import numpy as np
import pytest
import shapely

from yipan import options
from yipan.errors import MeasureError, OptionError, RegionError
from yipan.network.isochrones import cell_isochrones, isochrones, street_isochrones
from yipan.network.minplus import FAR
from yipan.network.streets.values import Streets
from yipan.network.values import UNREACHED

DEGREE = 6371.0088 * math.pi / 180 * 1000  # metres a degree on the sphere
PORTO = (-8.61, 41.15)


def metric(frame: object) -> list[float]:
    """Areas in km² by another way: reprojected to an equal-area plane by PROJ."""
    return (frame.to_crs("+proj=laea +lat_0=41.15 +lon_0=-8.61").area / 1e6).tolist()  # type: ignore[attr-defined]


def streets(lon: list[float], lat: list[float], segments: list[tuple[int, int, int, int]]) -> Streets:
    u, v, forward, backward = (np.array(x, dtype=np.int32) for x in zip(*segments, strict=True))
    east, north = np.array(lon), np.array(lat)
    scale = np.cos(np.radians(north.mean()))
    length = np.hypot((east[u] - east[v]) * scale, north[u] - north[v]) * DEGREE * 1000
    return Streets(
        "walk", east, north, u, v, length.astype(np.int32), forward, backward, np.zeros(len(u), np.int64)
    )


def test_one_point_gives_a_disc_of_the_time_left() -> None:
    lon, lat = np.array([PORTO[0]]), np.array([PORTO[1]])
    found = isochrones(
        lon,
        lat,
        seconds=np.array([300], dtype=np.int32),
        limits=[20, 10, 5],
        resolution=5,
        off=400,
        speed=1.0,
    )
    assert found["limit_min"].tolist() == [5.0, 10.0, 20.0]
    # 0 s, 300 s and 400 m (not 900 s) are left
    discs = [0.0, math.pi * 0.3**2, math.pi * 0.4**2]
    assert found["area_km2"].tolist()[1:] == pytest.approx(discs[1:], rel=0.01)
    assert found["area_km2"][0] <= 0.005**2 * 4
    assert metric(found)[1:] == pytest.approx(discs[1:], rel=0.015)
    assert shapely.hausdorff_distance(found.geometry[1], shapely.Point(*PORTO)) * DEGREE == pytest.approx(
        300 / math.cos(math.radians(PORTO[1])), rel=0.03
    )


def test_polygons_nest_and_are_valid_and_areas_agree_with_a_projection() -> None:
    rng = np.random.default_rng(5)
    lon, lat = PORTO[0] + rng.normal(0, 0.03, 4000), PORTO[1] + rng.normal(0, 0.02, 4000)
    seconds = np.hypot((lon - PORTO[0]) * 83_000, (lat - PORTO[1]) * DEGREE) / 1.5 + rng.random(4000) * 300
    seconds[::50] = UNREACHED
    found = isochrones(lon, lat, seconds=seconds.astype(np.int32), limits=[15, 30, 45, 60])
    assert found.crs == "EPSG:4326"
    assert found.is_valid.all()
    assert (np.diff(found["area_km2"]) > 0).all()
    for inner, outer in zip(found.geometry[:-1], found.geometry[1:], strict=True):
        assert outer.covers(inner)
        assert shapely.difference(inner, outer).is_empty
    assert metric(found) == pytest.approx(found["area_km2"].tolist(), rel=0.006)  # ellipsoid against sphere
    # every point reached lies in its square's area, no point too late and too far from those reached does
    inside = shapely.contains_xy(found.geometry[2], lon, lat)
    early = (seconds <= 45 * 60 - 50) & (seconds < UNREACHED)
    assert inside[early].all()


def test_a_hole_stays_a_hole() -> None:
    angle = np.linspace(0, 2 * math.pi, 400)
    scale = math.cos(math.radians(PORTO[1]))
    lon, lat = PORTO[0] + 0.02 / scale * np.cos(angle), PORTO[1] + 0.02 * np.sin(angle)
    found = isochrones(lon, lat, seconds=np.zeros(400), limits=[30], resolution=20, off=100, speed=10)
    ring = found.geometry[0]
    assert not ring.contains(shapely.Point(*PORTO))
    assert shapely.get_num_interior_rings(ring) == 1
    r = 0.02 * DEGREE / 1000
    assert found["area_km2"][0] == pytest.approx(math.pi * ((r + 0.1) ** 2 - (r - 0.1) ** 2), rel=0.01)


def test_areas_that_touch_at_a_corner_are_valid() -> None:
    # squares on a diagonal: each reached alone
    step = 50 / DEGREE
    lat = (np.arange(6) + 0.5) * step
    lon = (np.arange(6) + 0.5) * step / math.cos(math.radians(3 * step))
    found = isochrones(lon, lat, seconds=np.zeros(6), limits=[1], resolution=50, off=36)
    assert found.is_valid.all()
    assert found["area_km2"][0] == pytest.approx(6 * 0.05**2, rel=1e-3)
    assert len(shapely.get_parts(found.geometry[0])) == 6


def test_nothing_reached_is_empty() -> None:
    found = isochrones(np.zeros(2), np.zeros(2), seconds=np.array([UNREACHED, 5000]), limits=[10, 20])
    assert found.geometry.is_empty.all()
    assert found["area_km2"].tolist() == [0.0, 0.0]


def test_a_long_street_is_filled_between_its_ends() -> None:
    # 2 km to the north at 1 m/s, one way back closed; 1 km of it is reached in 1000 s
    north = PORTO[1] + 2000 / DEGREE
    long = streets([PORTO[0]] * 2, [PORTO[1], north], [(0, 1, 2_000_000, int(FAR))])
    found = street_isochrones(
        long, np.array([0, 2000], dtype=np.int32), limits=[1000 / 60], resolution=20, off=100
    )
    shape = found.geometry[0]
    assert len(shapely.get_parts(shape)) == 1
    south, top = (shape.bounds[1] - PORTO[1]) * DEGREE, (shape.bounds[3] - PORTO[1]) * DEGREE
    assert south == pytest.approx(-100, abs=20)
    assert top == pytest.approx(1000, abs=20)
    # from the far end nothing leads back along it
    back = street_isochrones(
        long, np.array([UNREACHED, 0], dtype=np.int32), limits=[1000 / 60], resolution=20, off=100
    )
    assert (back.geometry[0].bounds[1] - north) * DEGREE == pytest.approx(-100, abs=20)


def test_both_ends_of_a_street_are_reached_and_its_middle_not() -> None:
    east = PORTO[0] + 2000 / DEGREE / math.cos(math.radians(PORTO[1]))
    long = streets([PORTO[0], east], [PORTO[1]] * 2, [(0, 1, 2_000_000, 2_000_000)])
    found = street_isochrones(
        long, np.array([0, 0], dtype=np.int32), limits=[500 / 60], resolution=20, off=50
    )
    assert len(shapely.get_parts(found.geometry[0])) == 2
    found = street_isochrones(long, np.array([0, 0], dtype=np.int32), limits=[20], resolution=20, off=50)
    assert len(shapely.get_parts(found.geometry[0])) == 1


def test_cells_are_united_without_seams() -> None:
    centre = h3.latlng_to_cell(PORTO[1], PORTO[0], 9)
    cells = sorted(h3.grid_disk(centre, 6))
    steps = np.array([h3.grid_distance(centre, c) for c in cells], dtype=np.int32)
    times = np.where(steps == 6, UNREACHED, steps * 60).astype(np.int32)
    found = cell_isochrones(cells, times, limits=[3, 1, 60])
    assert found["limit_min"].tolist() == [1.0, 3.0, 60.0]
    sizes = [sum(h3.cell_area(c) for c, s in zip(cells, steps, strict=True) if s <= k) for k in (1, 3, 5)]
    assert found["area_km2"].tolist() == pytest.approx(sizes)
    assert found.is_valid.all()
    assert (shapely.get_type_id(found.geometry.to_numpy()) == 3).all()  # one polygon each
    assert [shapely.get_num_interior_rings(g) for g in found.geometry] == [0, 0, 0]
    assert found.geometry[1].covers(found.geometry[0])
    assert found.geometry[2].covers(found.geometry[1])
    assert metric(found) == pytest.approx(sizes, rel=0.006)


def test_cells_across_the_antimeridian_do_not_go_round_the_globe() -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(0.0, 180.0, 5), 2))
    (shape,) = cell_isochrones(cells, np.zeros(len(cells), dtype=np.int32), limits=[5]).geometry
    assert shape.is_valid
    west, east = shapely.box(-180, -90, 0, 90), shapely.box(0, -90, 180, 90)
    assert shapely.intersection(shape, west).bounds[2] < -179
    assert shapely.intersection(shape, east).bounds[0] > 179
    centres = [shapely.Point(h3.cell_to_latlng(c)[::-1]) for c in cells]
    assert all(shape.covers(c) for c in centres)
    assert cell_isochrones([], np.zeros(0, dtype=np.int32), limits=[5]).geometry[0].is_empty


def test_what_cannot_be_drawn_is_refused_with_every_reason() -> None:
    one = np.zeros(1)
    with pytest.raises(OptionError) as told:
        isochrones(one, one, seconds=one, limits=[], resolution=-1, speed=0)
    text = told.value.text("en")
    assert all(name in text for name in ("limits", "resolution", "speed"))
    with pytest.raises(OptionError, match=r"0\.71"):
        isochrones(one, one, seconds=one, limits=[5], resolution=100, off=50)
    wide = np.array([0.0, 20.0])
    with options.using({"network.max_matrix_mb": 10}), pytest.raises(MeasureError, match="larger"):
        isochrones(wide, wide, seconds=np.zeros(2), limits=[5])
    seconds = np.zeros(2, dtype=np.int32)
    with pytest.raises(RegionError, match="'x' is no H3 cell"):
        cell_isochrones(["x", "8928308280fffff"], seconds, limits=[5])
    with pytest.raises(RegionError, match="several resolutions"):
        cell_isochrones(["8928308280fffff", h3.cell_to_parent("8928308280fffff")], seconds, limits=[5])
