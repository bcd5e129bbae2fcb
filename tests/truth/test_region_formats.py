"""The same region, saved in other formats, encodings and coordinate systems, reads as the same region."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate

from yipan import options
from yipan.errors import RegionError
from yipan.region import example, read_checked, read_region, write_region
from yipan.region.formats import safe_cell


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_region(example("tiny"), tmp_path / "tiny")
    return tmp_path / "tiny"


def test_zones_as_geopackage_and_geoparquet(tiny: Path) -> None:
    zones = gpd.read_file(tiny / "zones.geojson")
    (tiny / "zones.geojson").unlink()
    zones.to_file(tiny / "zones.gpkg", driver="GPKG")
    assert read_region(tiny).id == example("tiny").id
    (tiny / "zones.gpkg").unlink()
    zones.to_parquet(tiny / "zones.parquet")
    assert read_region(tiny).id == example("tiny").id


def test_tables_as_parquet(tiny: Path) -> None:
    for name in ("cells", "links", "statistics"):
        example("tiny").table(name).to_parquet(tiny / f"{name}.parquet")
        (tiny / f"{name}.csv").unlink()
    assert read_region(tiny).id == example("tiny").id


def test_population_in_text_is_found_in_parquet_too(tiny: Path) -> None:
    cells = example("tiny").cells.astype({"population": str})
    cells.loc[2, "population"] = "many"
    cells.to_parquet(tiny / "cells.parquet")
    (tiny / "cells.csv").unlink()
    _, problems = read_checked(tiny)
    assert [(p.file, p.row, p.column) for p in problems] == [("cells.parquet", 3, "population")]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet"])
def test_points_of_cells_come_from_their_geometry(tiny: Path, ending: str) -> None:
    cells = example("tiny").cells
    points = gpd.GeoDataFrame(
        cells.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(cells["lon"], cells["lat"]),
        crs="EPSG:4326",
    )
    path = tiny / f"cells.{ending}"
    points.to_parquet(path) if ending == "parquet" else points.to_file(path)
    (tiny / "cells.csv").unlink()
    assert read_region(tiny).id == example("tiny").id


def test_a_declared_projection_is_undone(tiny: Path) -> None:
    zones = gpd.read_file(tiny / "zones.geojson").to_crs("EPSG:32648")
    (tiny / "zones.geojson").unlink()
    zones.to_file(tiny / "zones.gpkg", driver="GPKG")
    region, problems = read_checked(tiny)
    assert [p.severity for p in problems] == ["warning"]
    assert problems[0].what.en == "converted from WGS 84 / UTM zone 48N to WGS-84"
    assert region is not None
    # the projection's own round trip is good to far better than a metre (1e-5 degrees)
    moved = region.zones.geometry.to_numpy()
    for new, old in zip(moved, example("tiny").zones.geometry, strict=True):
        assert new.hausdorff_distance(old) < 1e-7


def test_a_file_without_coordinate_system_is_refused(tiny: Path) -> None:
    zones = gpd.read_file(tiny / "zones.geojson").set_crs(None, allow_override=True)
    (tiny / "zones.geojson").unlink()
    zones.to_parquet(tiny / "zones.parquet")
    region, problems = read_checked(tiny)
    assert region is None
    assert "unknown coordinate system: none is declared" in [p.what.en for p in problems]


def test_utf8_mark_and_gb18030(tiny: Path) -> None:
    text = (tiny / "cells.csv").read_text(encoding="utf-8")
    (tiny / "cells.csv").write_text(text, encoding="utf-8-sig")
    region, problems = read_checked(tiny)
    assert region is not None
    assert (region.id, problems) == (example("tiny").id, ())
    (tiny / "cells.csv").write_text(text, encoding="gb18030")
    region, problems = read_checked(tiny)
    assert region is not None
    assert region.id == example("tiny").id
    assert [(p.severity, p.file, p.row, p.what.en) for p in problems] == [
        ("warning", "cells.csv", 2, "not in UTF-8; read as GB18030")
    ]


def test_a_compatible_unit_is_converted_with_a_note(tiny: Path) -> None:
    path = tiny / "statistics.csv"
    text = path.read_text(encoding="utf-8")
    text = text.replace("A,population,2020,300000,person", "A,population,2020,30,1e4 person")
    text = text.replace("B,area,2020,432,km2", "B,area,2020,43200,公顷")
    path.write_text(text, encoding="utf-8")
    region, problems = read_checked(tiny)
    assert region is not None
    # 30 × 10 000 persons = 300 000 persons; 43 200 ha × 0.01 km2/ha = 432 km2
    assert region.id == example("tiny").id
    assert [(p.severity, p.row, p.what.en) for p in problems] == [
        ("warning", 5, "population: converted from '1e4 person' to 'person' (×10000; rows: 1)"),
        ("warning", 9, "area: converted from '公顷' to 'km2' (×0.01; rows: 1)"),
    ]


def test_crlf_blank_lines_and_spaces_around_ids_do_no_harm(tiny: Path) -> None:
    text = (tiny / "cells.csv").read_text(encoding="utf-8").replace("\n", "\r\n")
    text = text.replace("B1,B,", " B1 , B ,") + ",,,,,,,,,,,\r\n\r\n"
    (tiny / "cells.csv").write_bytes(text.encode())
    assert read_region(tiny).id == example("tiny").id


def test_further_columns_of_cells_are_kept(tiny: Path) -> None:
    cells = example("tiny").cells.assign(
        population_2010=[1.5, np.nan, 3, 4, 5, 6], note=["a", "", "1", "", "", ""]
    )
    write_region(example("tiny").replace(cells=cells), tiny, overwrite=True)
    region = read_region(tiny)
    assert region.cells["population_2010"].tolist()[0] == 1.5
    assert region.cells["note"].tolist()[:3] == ["a", "", "1"]


def test_numbers_as_ids_stay_whole(tiny: Path) -> None:
    data = json.loads((tiny / "zones.geojson").read_text(encoding="utf-8"))
    data["features"][0]["properties"]["id"] = 500101
    (tiny / "zones.geojson").write_text(json.dumps(data), encoding="utf-8")
    for name in ("cells.csv", "statistics.csv"):
        text = (tiny / name).read_text(encoding="utf-8")
        text = text.replace(",A,", ",500101,").replace("\nA,", "\n500101,")
        (tiny / name).write_text(text, encoding="utf-8")
    toml = (tiny / "region.toml").read_text(encoding="utf-8").replace('core = ["A"]', 'core = ["500101"]')
    (tiny / "region.toml").write_text(toml, encoding="utf-8")
    assert read_region(tiny).zone_ids == ("500101", "B", "C")


def test_parquet_that_unpacks_to_more_than_the_limit_is_refused(tiny: Path) -> None:
    n = 300_000  # two columns of equal numbers: megabytes of values in kilobytes of file
    pd.DataFrame({"id": np.arange(n), "x": np.ones(n)}).to_parquet(tiny / "flows.parquet")
    with options.using({"region.max_file_mb": 1}):
        _, problems = read_checked(tiny)
    assert any("above the limit of 1 MB" in p.what.en and p.file == "flows.parquet" for p in problems)


def test_a_moved_zone_is_another_region() -> None:
    zones = example("tiny").zones
    zones["geometry"] = [translate(g, 1e-9) for g in zones.geometry]
    assert example("tiny").replace(zones=zones).id != example("tiny").id


def test_writing_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    with pytest.raises(RegionError, match="not empty"):
        write_region(example("tiny"), tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    write_region(example("tiny"), tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep me"
    assert read_region(tmp_path / "mine").id == example("tiny").id
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]  # nothing temporary is left


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    write_region(example("tiny"), tmp_path / "tiny")
    before = {p.name: p.read_bytes() for p in (tmp_path / "tiny").iterdir()}
    cells = example("tiny").cells
    cells.loc[3, "jobs"] = np.inf
    with pytest.raises(RegionError, match=r"cells.csv, row 5, jobs"):
        write_region(example("tiny").replace(cells=cells), tmp_path / "tiny", overwrite=True)
    assert {p.name: p.read_bytes() for p in (tmp_path / "tiny").iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["tiny"]


def test_formulas_are_disarmed_only_where_people_open_tables(tmp_path: Path) -> None:
    cells = example("tiny").cells
    cells.loc[0, "en"] = "=HYPERLINK(1)"
    region = example("tiny").replace(cells=cells)
    write_region(region, tmp_path / "tiny")
    assert read_region(tmp_path / "tiny").cells.loc[0, "en"] == "=HYPERLINK(1)"
    assert safe_cell("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert [safe_cell(v) for v in ("@x", "+1", "-1", "\tx", "plain", -1, 2.5)] == [
        "'@x", "'+1", "'-1", "'\tx", "plain", "-1", "2.5",
    ]  # fmt: skip
