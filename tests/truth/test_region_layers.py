"""Streets, timetables and elevation beside the tables: found, hashed, kept, written, refused by name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from yipan.region import Region, example
from yipan.region.read import read_checked, read_region
from yipan.region.value import Departures
from yipan.region.write import write_region


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "tiny"
    tiny = example("tiny")
    meta = replace(tiny.meta, departures=Departures(day="2026-03-10", start=420, end=540, step=120))
    write_region(tiny.replace(meta=meta), out)
    (out / "streets.osm").write_bytes(b"<osm version='0.6'/>")
    (out / "transit").mkdir()
    (out / "transit" / "city.zip").write_bytes(b"feed")
    return out


def named(region: Region) -> list[tuple[str, str]]:
    return [(layer.kind, layer.name) for layer in region.layers]


def test_layers_are_found_and_part_of_the_content(folder: Path) -> None:
    region = read_region(folder)
    assert named(region) == [("streets", "streets.osm"), ("transit", "transit/city.zip")]
    assert region.meta.departures == Departures(day="2026-03-10", start=420, end=540, step=120)
    (folder / "transit" / "city.zip").write_bytes(b"other")
    assert read_region(folder).id != region.id
    shutil.rmtree(folder / "transit")
    (folder / "streets.osm").unlink()
    without = read_region(folder)
    assert without.layers == ()
    assert len({region.id, without.id}) == 2


def test_defaults_taken_for_streets_are_named(folder: Path) -> None:
    region, problems = read_checked(folder)
    assert region is not None
    assert {"assumptions.snap_limit", "assumptions.max_rides"} <= {p.column for p in problems}
    assert region.assumption("snap_limit").unit == "m"


def test_writing_keeps_layers_and_the_id(folder: Path, tmp_path: Path) -> None:
    region = read_region(folder)
    write_region(region, tmp_path / "copy")
    assert read_region(tmp_path / "copy").id == region.id
    assert (tmp_path / "copy" / "transit" / "city.zip").read_bytes() == b"feed"


def test_writing_another_region_over_it_leaves_no_layer_behind(folder: Path) -> None:
    (folder / "transit" / "notes.txt").write_text("mine", encoding="utf-8")
    write_region(example("tiny"), folder, overwrite=True)
    assert read_region(folder).layers == ()
    assert (folder / "transit" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_layers_of_a_zip_outlive_it(folder: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    region = read_region(packed)
    packed.unlink()
    assert named(region) == named(read_region(folder))
    assert region.layers[0].path.read_bytes() == b"<osm version='0.6'/>"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('[departures]\nday = "soon"', "departures.day"),
        ("[departures]\nday = 9999-12-31", "departures.day"),
        ('[departures]\nstart = "25 past"', "departures.start"),
        ('[departures]\nstart = "09:00"\nend = "08:00"', "departures.end"),
        ("[departures]\nstep = 0", "departures.step"),
        ("departures = 7", "departures"),
    ],
)
def test_unsound_departures_are_named(folder: Path, text: str, column: str) -> None:
    toml = folder / "region.toml"
    kept = toml.read_text(encoding="utf-8").split("[departures]")
    rest = kept[1].split("\n\n", 1)[1]
    section = text if text.startswith("[") else ""
    head = kept[0] if section else f"{text}\n{kept[0]}"
    toml.write_text(f"{head}{section}\n\n{rest}", encoding="utf-8")
    region, problems = read_checked(folder)
    assert region is None
    assert [p.column for p in problems if p.severity == "error"] == [column]
    lenient, _ = read_checked(folder, strict=False)
    assert lenient is not None
    departures = lenient.meta.departures or Departures()
    assert departures.start < departures.end
    assert departures.step >= 1


@pytest.mark.parametrize(
    ("name", "value"), [("walk_speed", 0), ("congestion", 0), ("walk_limit", -1), ("max_rides", 0)]
)
def test_assumptions_that_cannot_be_computed_with_are_named(folder: Path, name: str, value: float) -> None:
    toml = folder / "region.toml"
    text = toml.read_text(encoding="utf-8")
    section = f"[assumptions.{name}]"
    if section in text:
        head, rest = text.split(section)
        rest = rest.replace(rest.split("\n")[1], f"value = {value}", 1)
    else:
        head, rest = text, f'\nvalue = {value}\nunit = "x"\nsource = "default"\nquality = "assumed"\n'
    toml.write_text(f"{head}{section}{rest}", encoding="utf-8")
    region, problems = read_checked(folder)
    assert region is None
    assert f"assumptions.{name}.value" in [p.column for p in problems if p.severity == "error"]


def test_a_link_to_a_file_keeps_its_own_name(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "4f1b"  # as large files are kept by content
    (folder / "streets.osm").rename(kept)
    (folder / "streets.osm").symlink_to(kept)
    region = read_region(folder)
    assert region.layers[0].path.name == "streets.osm"
    write_region(region, tmp_path / "copy")
    assert (tmp_path / "copy" / "streets.osm").read_bytes() == kept.read_bytes()


def test_strays_are_named(folder: Path) -> None:
    (folder / "transit" / "city.gtfs").write_bytes(b"x")
    (folder / "streets.osm.pbf").write_bytes(b"x")
    _, problems = read_checked(folder)
    assert {"transit/city.gtfs", "streets.osm"} <= {p.file for p in problems}


def test_timetables_without_streets_are_told(folder: Path) -> None:
    (folder / "streets.osm").unlink()
    region, problems = read_checked(folder)
    assert region is not None
    assert region.layers == ()
    assert [p.severity for p in problems if "streets" in p.file] == ["warning"]


def test_timetables_that_were_no_layers_are_not_lost(folder: Path) -> None:
    (folder / "streets.osm").unlink()
    region = read_region(folder)
    write_region(region, folder, overwrite=True)
    assert (folder / "transit" / "city.zip").read_bytes() == b"feed"
