"""``yipan levels``: what is shown, the JSON, the tables, refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yipan.cli_levels import levels_command
from yipan.errors import MeasureError
from yipan.region import example
from yipan.region.write import write_region


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("levels") / "tiny"
    region = example("tiny")
    zones = region.zones
    zones.loc[zones["id"] == "B", ["zh", "en"]] = "=HYPERLINK"
    write_region(region.replace(zones=zones), out)
    return out


def run(*words: object) -> Result:
    return CliRunner().invoke(levels_command, [str(w) for w in words], catch_exceptions=False)


def test_pairs_are_named_by_their_zones(folder: Path) -> None:
    shown = run(folder, "--level", "pair", "--lang", "en", "--indicator", "Y-PAR-01")
    assert shown.exit_code == 0
    text = " ".join(shown.stdout.split())
    assert "pair of zones (ordered) (6)" in text
    assert "35.1" in text  # A to B by car
    assert "115.6" in text  # B to C
    assert "Y-PAR-02" not in text


def test_json_and_tables_hold_the_same(folder: Path, tmp_path: Path) -> None:
    found = run(folder, "--level", "cell", "--level", "cluster", "--out", tmp_path, "--json", "--lang", "en")
    data = json.loads(found.stdout)["levels"]
    assert set(data) == {"cell", "cluster"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cell.csv", "cluster.csv"]
    with (tmp_path / "cell.csv").open(encoding="utf-8-sig", newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["indicator"] == "Y-CEL-08"]
    assert [r["cell"] for r in rows] == data["cell"]["index"]
    assert (
        [float(r["value"]) for r in rows] == data["cell"]["values"]["Y-CEL-08"] == [0, 18.2, 0, 22, 64, 124]
    )
    assert {r["quality"] for r in rows} == {"assumed"}


def test_every_level_by_default_and_reasons_are_told(folder: Path, tmp_path: Path) -> None:
    shown = run(folder, "--out", tmp_path, "--lang", "zh")
    assert sorted(p.stem for p in tmp_path.iterdir()) == ["cell", "cluster", "pair", "region", "zone"]
    assert "flows.csv 没有 commute|commuting 类流量" in shown.stdout.replace("\n", "")
    with (tmp_path / "pair.csv").open(encoding="utf-8-sig", newline="") as f:
        gone = next(r for r in csv.DictReader(f) if r["indicator"] == "Y-PAR-05")
    assert gone["value"] == ""
    assert "flows.csv" in gone["remedy"]


def test_an_indicator_of_another_level_is_said_to_be_none(folder: Path) -> None:
    shown = run(folder, "--level", "pair", "--indicator", "Y-CEL-08", "--lang", "en")
    assert "none of these indicators" in shown.stdout
    with pytest.raises(MeasureError, match="no indicator Y-CEL-99"):
        run(folder, "--indicator", "Y-CEL-99")
    assert run(folder, "--level", "town").exit_code == 2
