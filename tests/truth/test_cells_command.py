"""The command `cells`: files in, cells.csv out, problems in words."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import box

from yipan.cells import read_points, read_totals, read_zones
from yipan.cli_cells import cells as command
from yipan.errors import RegionError, YipanError

ZONES = gpd.GeoDataFrame(
    {"id": ["w", "e"], "note": ["", "x"]},
    geometry=[box(24.90, 60.14, 24.93, 60.17), box(24.93, 60.14, 24.96, 60.17)],
    crs="EPSG:4326",
)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ZONES.to_file(tmp_path / "zones.geojson", driver="GeoJSON")
    ZONES.to_crs("EPSG:3067").to_file(tmp_path / "zones.gpkg")
    ZONES.to_parquet(tmp_path / "zones.parquet")
    (tmp_path / "totals.csv").write_text("zone,value\nw,101\ne,50\n", encoding="utf-8")
    (tmp_path / "points.csv").write_text(
        "lon,lat,weight\n24.91,60.15,30\n24.92,60.16,10\n24.95,60.15,5\n0,0,2\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("name", ["zones.geojson", "zones.gpkg", "zones.parquet"])
def test_zones_of_every_format_give_the_same_cells(folder: Path, name: str) -> None:
    frame, _ = read_zones(folder / name)
    assert frame.geometry.bounds.to_numpy() == pytest.approx(ZONES.bounds.to_numpy(), abs=1e-7)
    run(
        folder / name,
        "--resolution",
        9,
        "--totals",
        folder / "totals.csv",
        "--whole",
        "--out",
        folder / "c.csv",
    )
    cells = pd.read_csv(folder / "c.csv")
    assert cells.groupby("zone")["population"].sum().to_dict() == {"e": 50, "w": 101}
    assert (cells["population"] % 1 == 0).all()


def test_points_give_the_pattern_and_totals_the_sum(folder: Path) -> None:
    out = run(
        folder / "zones.geojson", "--resolution", 9, "--points", folder / "points.csv", "--totals",
        folder / "totals.csv", "--source", "census", "--out", folder / "c.csv", "--json", "--lang", "en",
    )  # fmt: skip
    data = json.loads(out[out.index("{") : out.rindex("}") + 1])
    cells = pd.read_csv(folder / "c.csv")
    live = cells[cells["population"] > 0]
    assert sorted(live["population"].round(6)) == [25.25, 50.0, 75.75]  # 101 by 3:1, and 50
    assert data["placed"] == pytest.approx(151)
    assert data["cells"] == len(cells)
    assert any("lie in no cell" in p["what"]["en"] for p in data["problems"])
    assert set(cells["source"]) == {"census"}


def test_a_raster_on_the_command_line(folder: Path) -> None:
    rasterio = pytest.importorskip("rasterio", reason="the extra `raster` is not installed")
    pytest.importorskip("exactextract", reason="the extra `raster` is not installed")
    with rasterio.open(
        folder / "p.tif", "w", driver="GTiff", height=60, width=100, count=1, dtype="float32",
        crs="EPSG:4326",
        transform=rasterio.Affine(0.001, 0, 24.88, 0, -0.001, 60.18),
    ) as file:  # fmt: skip
        file.write(np.ones((60, 100), dtype=np.float32), 1)
    out = run(
        folder / "zones.geojson", "--resolution", 9, "--rule", "overlap", "--raster", folder / "p.tif",
        "--out", folder / "c.csv", "--lang", "zh",
    )  # fmt: skip
    assert "总数 1,800" in out  # 60 × 30 pixels of one person inside the zones
    assert pd.read_csv(folder / "c.csv")["population"].sum() > 1800  # hexagons reach over the border


def test_only_the_number_is_told(folder: Path) -> None:
    out = run(folder / "zones.geojson", "--resolution", 9, "--count", "--json")
    assert 125 < json.loads(out[: out.rindex("}") + 1])["about"] < 147  # 11.1 km² at 0.0813 km² a cell
    assert not (folder / "c.csv").exists()


def test_wrong_calls_and_wrong_files_are_said_in_words(folder: Path) -> None:
    zones = folder / "zones.geojson"
    assert "not both" in run(zones, "--resolution", 9, "--points", "a", "--raster", "b", "--out", "c")
    assert "--count" in run(zones, "--resolution", 9)
    with pytest.raises(YipanError, match="no such file"):
        run(folder / "none.geojson", "--resolution", 9, "--out", folder / "c.csv")
    with pytest.raises(YipanError, match="cannot read a file of this kind"):
        run(folder / "totals.csv", "--resolution", 9, "--out", folder / "c.csv")
    for column in ("zone", "lon", "source"):
        with pytest.raises(YipanError, match=f"the column {column} cannot hold a count"):
            run(
                zones, "--resolution", 9, "--totals", folder / "totals.csv", "--column", column,
                "--out", folder / "c.csv",
            )  # fmt: skip
    with pytest.raises(YipanError, match="use resolution 8"):
        run(zones, "--resolution", 11, "--most", 20, "--out", folder / "c.csv")


def test_unsound_tables_name_file_row_and_column(folder: Path) -> None:
    (folder / "bad.csv").write_text(
        "lon,lat,weight\n24.9,60.1,many\n24.9,95,1\n24.9,60.1,\n", encoding="utf-8"
    )
    with pytest.raises(RegionError) as error:
        read_points(folder / "bad.csv")
    assert [(p.file, p.row, p.column) for p in error.value.problems] == [
        ("bad.csv", 2, "weight"),
        ("bad.csv", 3, "lat"),
    ] or {(p.row, p.column) for p in error.value.problems} == {(2, "weight"), (3, "lat")}
    (folder / "blank.csv").write_text("lon,lat,weight\n24.9,60.1,1\n24.9,60.1,\n", encoding="utf-8")
    with pytest.raises(RegionError) as error:
        read_points(folder / "blank.csv")
    assert [(p.row, p.column) for p in error.value.problems] == [(3, "weight")]
    (folder / "twice.csv").write_text("zone,value\nw,1\nw,2\n", encoding="utf-8")
    with pytest.raises(RegionError, match="zones stand twice: w"):
        read_totals(folder / "twice.csv")


def test_points_without_weights_count_one_and_say_so(folder: Path) -> None:
    (folder / "plain.csv").write_text("lon,lat\n24.9,60.1\n", encoding="utf-8")
    frame, problems = read_points(folder / "plain.csv")
    assert frame["weight"].tolist() == [1.0]
    assert problems[-1].severity == "warning"


def test_totals_from_a_regions_statistics(folder: Path) -> None:
    (folder / "statistics.csv").write_text(
        "zone,variable,year,value,unit,source,quality\nw,population,2010,1,person,a,official\n"
        "w,population,2020,3,person,a,official\nw,area,2020,9,km2,a,official\n",
        encoding="utf-8",
    )
    assert read_totals(folder / "statistics.csv")[0] == {"w": 3.0}
    assert read_totals(folder / "statistics.csv", year=2010)[0] == {"w": 1.0}
    with pytest.raises(RegionError, match="no totals of population 1999"):
        read_totals(folder / "statistics.csv", year=1999)
    with pytest.raises(RegionError, match="no totals of jobs"):
        read_totals(folder / "statistics.csv", variable="jobs")
