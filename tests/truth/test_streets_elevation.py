"""Slopes by hand: Tobler's function, heights between pixels, the least run of a slope, rasters on disk."""

from __future__ import annotations

import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from yipan import options
from yipan.errors import RegionError, UnsafeFile
from yipan.network.minplus import FAR
from yipan.network.streets.elevation import Heights, cycling, read_heights, tobler, with_slopes
from yipan.network.streets.values import StreetMode, Streets

DEGREE = 111_195.0797  # metres


def test_walking_is_fastest_at_2_86_degrees_down_and_6_km_h_there() -> None:
    """Tobler: W = 6 exp(−3.5 |s + 0.05|); 5.04 km/h on the flat."""
    slopes = np.linspace(-0.5, 0.5, 100_001)
    best = slopes[tobler(slopes).argmax()]
    assert math.degrees(math.atan(best)) == pytest.approx(-2.86, abs=0.005)
    flat = 6 * math.exp(-3.5 * 0.05)
    assert flat == pytest.approx(5.04, abs=0.005)
    assert tobler(np.array([0.0])).item() == 1.0
    assert (flat * tobler(np.array([-0.05]))).item() == pytest.approx(6.0)
    assert (flat * tobler(np.array([0.1]))).item() == pytest.approx(6 * math.exp(-3.5 * 0.15))


def test_cycling_slows_more_uphill_than_it_gains_downhill() -> None:
    slopes = np.linspace(0.001, 0.3, 300)
    assert (1 - cycling(slopes) > cycling(-slopes) - 1).all()
    assert (np.diff(cycling(np.linspace(-0.3, 0.3, 601))) <= 0).all()
    assert cycling(np.array([0.0])).item() == 1.0


def ramp(slope: float, *, pixel: float = 0.0002, n: int = 200) -> Heights:
    """Ground that rises eastward along the equator, from longitude −0.01."""
    x = -0.01 + (np.arange(n) + 0.5) * pixel
    z = np.repeat((x * DEGREE * slope)[None, :], n, axis=0).astype(np.float32)
    return Heights(z, (-0.01, 0.02), (pixel, -pixel))


def street(metres: float, mode: StreetMode = "walk") -> Streets:
    """One segment eastward along the equator, 1 m/s."""
    mm = np.array([round(metres * 1000)], dtype=np.int32)
    zero = np.zeros(1, dtype=np.int32)
    return Streets(
        mode, np.array([0.0, metres / DEGREE]), np.zeros(2), zero, zero + 1, mm, mm.copy(), mm.copy(),
        np.ones(1, dtype=np.int64),
    )  # fmt: skip


@pytest.mark.parametrize("metres", [4.0, 25.0, 95.0, 400.0])
def test_an_even_slope_by_hand_each_direction_its_own(metres: float) -> None:
    """Up 10 %: exp(0.35) times longer; down 10 %: as on the flat. Short segments see the same slope."""
    sloped, problems = with_slopes(street(metres), ramp(0.10))
    assert problems == ()
    assert sloped.forward.item() == pytest.approx(metres * 1000 * math.exp(0.35), rel=2e-3)
    assert sloped.backward.item() == pytest.approx(metres * 1000, rel=2e-3)


def test_a_hill_between_the_ends_is_climbed() -> None:
    """Up and down 10 % over 200 m: half at 0.705 of the speed, half at the speed of the flat."""
    pixel, n = 0.00005, 400
    x = -0.005 + (np.arange(n) + 0.5) * pixel
    z = 10.0 - np.abs(x * DEGREE - 100.0) * 0.1
    hill = Heights(np.repeat(z[None], n, axis=0).astype(np.float32), (-0.005, 0.01), (pixel, -pixel))
    sloped, _ = with_slopes(street(200.0), hill, run_m=10.0)
    expected = 100_000 * (math.exp(0.35) + 1.0)
    assert sloped.forward.item() == pytest.approx(expected, rel=0.01)
    assert sloped.backward.item() == pytest.approx(expected, rel=0.01)


def test_the_noise_of_a_short_segment_is_spread_over_the_run() -> None:
    """A step of 3 m from one pixel to the next: over 5 m it would be 60 %, over the run of 60 m it is 5 %."""
    z = np.zeros((100, 100), dtype=np.float32)
    pixel = 0.00002  # 2.2 m
    z[:, 51:] = 3.0
    step = Heights(z, (-50.5 * pixel + 2.5 / DEGREE, 0.001), (pixel, -pixel))
    sloped, _ = with_slopes(street(5.0), step, run_m=60.0, steepest=1.0)
    assert sloped.forward.item() == pytest.approx(5000 * math.exp(3.5 * 0.05), rel=1e-3)
    steep, _ = with_slopes(street(5.0), step, run_m=5.0, steepest=1.0)
    assert steep.forward.item() == pytest.approx(5000 * math.exp(3.5 * 0.6), rel=1e-3)
    capped, _ = with_slopes(street(5.0), step, run_m=5.0, steepest=0.35)
    assert capped.forward.item() == pytest.approx(5000 * math.exp(3.5 * 0.35), rel=1e-3)


def test_cars_do_not_mind_and_closed_stays_closed() -> None:
    drive = street(100.0, "drive")
    assert with_slopes(drive, ramp(0.1)) == (drive, ())
    walk = street(100.0)
    walk.backward[0] = FAR
    assert with_slopes(walk, ramp(0.1))[0].backward.item() == FAR
    bike, _ = with_slopes(street(100.0, "cycle"), ramp(0.06))
    assert bike.forward.item() == pytest.approx(200_000, rel=2e-3)
    assert bike.backward.item() == pytest.approx(100_000 / 1.2, rel=2e-3)


def test_where_heights_are_missing_streets_are_flat_and_it_is_told() -> None:
    ground = ramp(0.1)
    ground.metres[:, 49:60] = np.nan
    sloped, problems = with_slopes(street(50.0), ground)
    assert sloped.forward.item() == 50_000
    assert "1 segments (100.0%) have no height" in problems[0].what.en
    with pytest.raises(ValueError, match="run 0"):
        with_slopes(street(50.0), ground, run_m=0.0)


def test_heights_between_pixels_and_beyond_the_raster() -> None:
    z = Heights(np.array([[0.0, 10.0], [20.0, np.nan]], np.float32), (0.0, 2.0), (1.0, -1.0))
    lon, lat = np.array([0.5, 1.0, 0.5, 1.0, 0.4, 5.0]), np.array([1.5, 1.5, 0.75, 1.0, 1.5, 1.0])
    assert z.at(lon, lat) == pytest.approx([0.0, 5.0, 15.0, math.nan, math.nan, math.nan], nan_ok=True)


def _save(path: Path, crs: str | None, transform: tuple[float, ...], z: np.ndarray) -> Path:
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(
        path, "w", driver="GTiff", width=z.shape[1], height=z.shape[0], count=1, dtype="float32", crs=crs,
        transform=rasterio.Affine(*transform), nodata=-9999.0,
    ) as out:  # fmt: skip
        out.write(z.astype(np.float32), 1)
    return path


def test_a_raster_on_disk_in_degrees_or_metres(tmp_path: Path) -> None:
    """Heights 0.05 x in web metres (EPSG:3857) are 5 % along the equator, too."""
    ground = ramp(0.10)
    z = ground.metres.copy()
    z[0, 0] = -9999.0
    path = _save(tmp_path / "a.tif", "EPSG:4326", (0.0002, 0.0, -0.01, 0.0, -0.0002, 0.02), z)
    heights = read_heights(path, street(95.0))
    assert heights.metres.size < z.size  # only what lies under the streets
    assert with_slopes(street(95.0), heights)[0].forward.item() == pytest.approx(
        95_000 * math.exp(0.35), rel=2e-3
    )
    x = -1000.0 + (np.arange(200) + 0.5) * 20.0
    metric = np.repeat((0.05 * x)[None], 200, axis=0)
    path = _save(tmp_path / "b.tif", "EPSG:3857", (20.0, 0.0, -1000.0, 0.0, -20.0, 2000.0), metric)
    sloped, _ = with_slopes(street(95.0), read_heights(path, street(95.0)))
    assert sloped.forward.item() == pytest.approx(95_000 * math.exp(3.5 * 0.05), rel=5e-3)


def test_rasters_that_cannot_be_used_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, z = street(95.0), np.zeros((10, 10))
    (tmp_path / "text.tif").write_text("not a raster")
    elsewhere = _save(tmp_path / "else.tif", "EPSG:4326", (0.001, 0.0, 50.0, 0.0, -0.001, 50.0), z)
    turned = _save(tmp_path / "turned.tif", "EPSG:4326", (0.001, 0.0005, -0.005, 0.0, -0.001, 0.005), z)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        unplaced = _save(tmp_path / "none.tif", None, (1.0, 0.0, 0.0, 0.0, -1.0, 0.0), z)
    absent = tmp_path / "absent.tif"
    leads_away = tmp_path / "away.tif"  # a few lines of text by which GDAL reads another file, or an address
    _save(tmp_path / "other.tif", "EPSG:4326", (0.001, 0.0, -0.005, 0.0, -0.001, 0.005), z)
    leads_away.write_text(
        '<VRTDataset rasterXSize="10" rasterYSize="10"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>-0.005, 0.001, 0, 0.005, 0, -0.001</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>'
        f"{tmp_path / 'other.tif'}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    local = _save(
        tmp_path / "local.tif", 'LOCAL_CS["here",UNIT["metre",1]]', (9.0, 0.0, 5.0, 0.0, -9.0, 5.0), z
    )
    antipodes = "+proj=ortho +lat_0=0 +lon_0=180"  # a projection in which the streets have no place
    beyond = _save(tmp_path / "beyond.tif", antipodes, (100.0, 0.0, 0.0, 0.0, -100.0, 0.0), z)
    for path in (tmp_path / "text.tif", elsewhere, turned, unplaced, absent, leads_away, local, beyond):
        with pytest.raises(RegionError) as caught:
            read_heights(path, line)
        assert caught.value.problems[0].file == path.name
        assert caught.value.problems[0].remedy.zh
        assert str(tmp_path) not in caught.value.text("en")
    (tmp_path / "big.tif").write_bytes(b"x" * 1_100_000)
    with options.using({"region.max_file_mb": 1}), pytest.raises(UnsafeFile):
        read_heights(tmp_path / "big.tif", line)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(RegionError, match=r"pip install 'yipan\[raster\]'"):
        read_heights(elsewhere, line)
