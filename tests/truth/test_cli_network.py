"""``yipan network | times | access | isochrone`` on a small city with streets and a timetable."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from street_fixture import CELLS, at, city, folder

sys.path.pop(0)
from yipan.cli import cli, main
from yipan.measure import measure
from yipan.network import travel_times
from yipan.network.matrix.store import open_matrix
from yipan.region import Region, example
from yipan.region.read import read_region
from yipan.region.write import write_region
from yipan.show import write_report


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("city") / "blocks")


@pytest.fixture(scope="module")
def region(blocks: Path) -> Region:
    return read_region(blocks)


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(w) for w in words], catch_exceptions=False)


def test_network_lists_figures_and_problems(blocks: Path, tmp_path: Path) -> None:
    data = json.loads(run("network", blocks, "--json").stdout)
    assert data["streets"]["walk"]["points"] == 64
    assert (data["day"], data["stops"], data["trips"]) == ("2026-03-10", 5, 60)
    assert "2 种停站方案" in run("network", blocks, "--lang", "zh").stdout
    assert "2 patterns" in run("network", blocks, "--lang", "en").stdout.replace("\n", " ")
    write_region(example("tiny"), tmp_path / "tiny")
    assert json.loads(run("network", tmp_path / "tiny", "--json").stdout) == {"streets": None}


def test_times_as_a_table(blocks: Path, region: Region, tmp_path: Path) -> None:
    out = tmp_path / "times.csv"
    run("times", blocks, "--mode", "transit", "--percentiles", "90,10,50", "--out", out)
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["from", "to", "minutes_p10", "minutes_p50", "minutes_p90"]
    assert len(rows) == len(CELLS) ** 2
    times = travel_times(region, "transit")
    for row in rows:
        if row["from"] != row["to"]:
            assert float(row["minutes_p50"]) == pytest.approx(
                times.between(row["from"], row["to"]), abs=0.006
            )
            assert float(row["minutes_p10"]) <= float(row["minutes_p50"]) <= float(row["minutes_p90"])


def test_times_in_a_folder_can_be_opened_again(blocks: Path, region: Region, tmp_path: Path) -> None:
    out = tmp_path / "times"
    told = json.loads(run("times", blocks, "--mode", "drive", "--out", out, "--json").stdout)
    again = json.loads(run("times", blocks, "--mode", "drive", "--out", out, "--json").stdout)
    assert told == again
    with open_matrix(out) as matrix:
        row = matrix.row("c0")
    assert np.array_equal(row[1:], travel_times(region, "drive").seconds[0, 1:])


def test_access_by_cell_zone_and_how_even_it_is(blocks: Path, region: Region, tmp_path: Path) -> None:
    out = tmp_path / "access.csv"
    words = ("access", blocks, "--mode", "transit", "--of", "jobs", "--minutes", "10,30", "--out", out)
    data = json.loads(run(*words, "--json").stdout)
    times = travel_times(region, "transit").seconds
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for i, row in enumerate(rows):
        assert float(row["within_10_min"]) == 500.0 * (times[i] <= 600).sum()
    people = region.cells["population"].to_numpy()
    south = region.cell_zone == region.zone_ids.index("S")
    reach = 500.0 * (times <= 1800).sum(axis=1)
    assert data["zones"]["S"][1] == pytest.approx(np.average(reach[south], weights=people[south]))
    assert data["equity"]["30"]["mean"] == pytest.approx(np.average(reach, weights=people))
    assert "Gini" in run(*words[:-2], "--lang", "en").stdout
    with pytest.raises(SystemExit) as stopped:
        main(["access", str(blocks), "--of", "beds"])
    assert stopped.value.code == 1


@pytest.mark.parametrize("mode", ["walk", "transit", "drive"])
def test_isochrones_hold_the_cells_reached(blocks: Path, region: Region, tmp_path: Path, mode: str) -> None:
    out = tmp_path / f"{mode}.geojson"
    lon, lat = at(*CELLS[2])
    told = json.loads(
        run(
            "isochrone",
            blocks,
            "--at",
            f"{lon},{lat}",
            "--mode",
            mode,
            "--minutes",
            "8,20",
            "--out",
            out,
            "--json",
        ).stdout
    )
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    assert shapes[1].covers(shapes[0])
    assert told["area_km2"]["20"] > told["area_km2"]["8"] > 0
    if mode != "walk":
        seconds = travel_times(region, "drive" if mode == "drive" else "transit").seconds[2]
        for j, cell in enumerate(CELLS):
            if j != 2 and seconds[j] <= 480:
                assert shapes[0].covers(shapely.Point(at(*cell)))
            if seconds[j] > 1200 + 120:  # a minute off the street is walked at most
                assert not shapes[1].covers(shapely.Point(at(*cell)))


@pytest.mark.parametrize(
    "words",
    [
        ("isochrone", "x", "--at", "somewhere", "--out", "y"),
        ("times", "x", "--percentiles", "half", "--out", "y"),
        ("times", "x", "--percentiles", "²", "--out", "y"),
        ("access", "x", "--minutes", "soon"),
    ],
)
def test_wrong_calls(words: tuple[str, ...], blocks: Path) -> None:
    assert CliRunner().invoke(cli, [str(blocks) if w == "x" else w for w in words]).exit_code == 2


def test_a_zone_where_nobody_lives_has_no_mean(blocks: Path, region: Region, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    cells = region.cells
    cells.loc[cells["zone"] == "S", "population"] = 0.0
    write_region(region.replace(cells=cells), empty)
    data = json.loads(run("access", empty, "--minutes", "0.001", "--json").stdout)
    assert data["zones"]["S"] == [None]
    assert data["equity"]["0.001"]["gini"] is None  # nothing is reached within 0.06 s
    assert "nan" not in run("access", empty, "--lang", "en").stdout


def test_tables_are_safe_to_open_in_a_spreadsheet(region: Region, tmp_path: Path) -> None:
    cells = region.cells
    cells.loc[0, "id"] = "=1+1"
    folder = tmp_path / "blocks"
    write_region(region.replace(cells=cells), folder)
    run("times", folder, "--mode", "drive", "--out", tmp_path / "t.csv")
    run("access", folder, "--mode", "drive", "--out", tmp_path / "a.csv")
    for name in ("t.csv", "a.csv"):
        with (tmp_path / name).open(encoding="utf-8") as file:
            words = {word for row in csv.reader(file) for word in row}
        assert "'=1+1" in words
        assert "=1+1" not in words


def test_a_matrix_counts_links_as_the_indicators_do(region: Region, tmp_path: Path) -> None:
    row = {"id": "x", "from": "c0", "to": "c8", "length": 4.0, "speed": 120.0, "kind": "expressway"}
    frame = region.table("links").reindex(range(1)).assign(**row, source="invented", quality="assumed")
    joined = region.replace(links=frame)
    write_region(joined, tmp_path / "blocks")
    run("times", tmp_path / "blocks", "--out", tmp_path / "m", "--mode", "drive")
    with open_matrix(tmp_path / "m") as matrix:
        found = np.stack([matrix.row(o) for o in matrix.origins])
    off = ~np.eye(len(CELLS), dtype=bool)
    assert np.array_equal(found[off], travel_times(joined, "drive").seconds[off])
    assert (found < travel_times(region, "drive").seconds)[off].any()


def test_a_cluster_that_does_not_answer_is_told(blocks: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with pytest.raises(SystemExit) as stopped:
        main(["times", str(blocks), "--out", str(tmp_path / "m"), "--cluster", "nowhere"])
    assert stopped.value.code == 1


def test_the_report_shows_streets_and_isochrones(tmp_path: Path) -> None:
    region = city(tmp_path / "blocks")
    files = write_report(tmp_path / "report", region=region, results=measure(region), langs=("zh", "en"))
    page = files.html.read_text(encoding="utf-8")
    assert 'id="f-isochrones"' in page
    assert 'id="t-streets"' in page
    assert page.count("By public transport (min)") >= 1
    assert not files.problems


def test_the_report_of_a_region_whose_largest_cell_is_on_no_street(tmp_path: Path) -> None:
    region = city(tmp_path / "blocks")
    cells = region.cells
    cells.loc[4, ["lon", "lat"]] = at(-0.99, 7.9)
    cells.loc[4, "population"] = 1e6
    region = region.replace(cells=cells)
    files = write_report(tmp_path / "report", region=region, results=measure(region), langs=("en",))
    assert 'id="f-isochrones"' in files.html.read_text(encoding="utf-8")
