"""``strict=False`` loads what is sound and names each row it left out; it never guesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from yipan.region import Reading, example, read_checked, write_region


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_region(example("tiny"), tmp_path / "tiny")
    return tmp_path / "tiny"


def edit(folder: Path, file: str, old: str, new: str) -> Reading:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_checked(folder, strict=False)


def errors(reading: Reading) -> list[tuple[str, int | None, str]]:
    return [(p.file, p.row, p.column) for p in reading.problems if p.severity == "error"]


def test_a_sound_region_is_the_same_either_way(tiny: Path) -> None:
    region, problems = read_checked(tiny, strict=False)
    assert region is not None
    assert (region.id, problems) == (example("tiny").id, ())


def test_a_broken_cell_takes_its_links_with_it_and_each_is_named(tiny: Path) -> None:
    reading = edit(tiny, "cells.csv", "106.1,29.3,30000", "106.1,29.3,many")  # the row of C1
    assert reading.region is not None
    assert reading.region.cells["id"].tolist() == ["A1", "A2", "B1", "B2", "C2"]
    assert reading.region.table("links")["id"].tolist() == ["l1", "l2", "l3"]
    cause, *followed = errors(reading)
    assert cause == ("cells.csv", 6, "population")
    assert followed == [("links.csv", 5, "to"), ("links.csv", 6, "from")]
    assert "left out, because 'C1' was" in [p.what.en for p in reading.problems]


def test_an_open_ring_takes_the_zone_its_cells_and_its_statistics(tiny: Path) -> None:
    reading = edit(tiny, "zones.geojson", "[106.4, 29.2], [106.4, 29.4],", "[106.5, 29.2], [106.4, 29.4],")
    assert reading.region is not None
    assert reading.region.zone_ids == ("A", "B")
    assert reading.region.cells["id"].tolist() == ["A1", "A2", "B1", "B2"]
    assert set(reading.region.table("statistics")["zone"]) == {"A", "B"}
    assert reading.region.table("links")["id"].tolist() == ["l1", "l2", "l3"]
    # 1 zone, 5 statistics of C (two years of population, area, two of gdp), 2 cells, 2 links
    assert [sum(f == file for f, _, _ in errors(reading)) for file in
            ("zones.geojson", "statistics.csv", "cells.csv", "links.csv")] == [1, 5, 2, 2]  # fmt: skip


def test_a_line_with_a_broken_stop_is_left_out_whole(tiny: Path) -> None:
    reading = edit(tiny, "stops.csv", "106.15,29.1", "x,29.1")
    assert reading.region is not None
    assert len(reading.region.table("lines")) == 0
    assert len(reading.region.table("stops")) == 0
    assert errors(reading) == [
        ("lines.csv", 2, ""), ("stops.csv", 2, "line"), ("stops.csv", 3, "lon"), ("stops.csv", 4, "line"),
    ]  # fmt: skip


def test_of_a_repeated_id_the_first_row_stays(tiny: Path) -> None:
    reading = edit(tiny, "places.csv", "h2,hospital", "h1,hospital")
    assert reading.region is not None
    places = reading.region.places
    assert places[places["id"] == "h1"]["capacity"].tolist() == [1500.0]
    assert errors(reading) == [("places.csv", 3, "id")]


def test_a_value_in_a_wrong_unit_is_left_out_not_converted(tiny: Path) -> None:
    reading = edit(tiny, "statistics.csv", "B,area,2020,432,km2", "B,area,2020,432,person")
    assert reading.region is not None
    statistics = reading.region.table("statistics")
    assert statistics[statistics["variable"] == "area"]["zone"].tolist() == ["A", "C"]
    assert errors(reading) == [("statistics.csv", 9, "unit")]


def test_an_unreadable_optional_table_is_left_out_whole(tiny: Path) -> None:
    (tiny / "links.csv").write_bytes(b"\xff\xfe")
    region, problems = read_checked(tiny, strict=False)
    assert region is not None
    assert len(region.table("links")) == 0
    assert [p.file for p in problems if p.severity == "error"] == ["links.csv"]


def test_core_zones_that_were_left_out_are_no_longer_core(tiny: Path) -> None:
    reading = edit(tiny, "region.toml", 'core = ["A"]', 'core = ["A", "X"]')
    assert reading.region is not None
    assert reading.region.meta.core == ("A",)


@pytest.mark.parametrize("file", ["region.toml", "zones.geojson", "cells.csv"])
def test_too_little_is_no_region(tiny: Path, file: str) -> None:
    (tiny / file).unlink()
    region, problems = read_checked(tiny, strict=False)
    assert region is None
    assert file in [p.file for p in problems]
