"""A new region explains itself: its texts alone are enough to fill it in."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from yipan import units
from yipan.errors import RegionError
from yipan.region import SCHEMAS, TABLES, example, read_checked, read_region, scaffold
from yipan.region.dictionary import kinds, variables
from yipan.scenario.files import read_projects

LINES = "id,zh,en,mode,headway_peak,headway_offpeak,speed,dwell,colour,source,quality"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    scaffold(tmp_path / "new", slug="six-towns")
    return tmp_path / "new"


def test_an_unfilled_region_says_what_is_empty(new: Path) -> None:
    region, problems = read_checked(new)
    assert region is None
    errors = [(p.file, p.what.en) for p in problems if p.severity == "error"]
    assert errors == [
        (SCHEMAS[t].file, f"it has no rows: the region has no {t}") for t in ("zones", "statistics", "cells")
    ]
    warned = [p.file for p in problems if p.severity == "warning"]
    assert warned == [t.file for t in TABLES if not t.required]


def test_every_table_has_its_header_and_its_page(new: Path) -> None:
    readme = (new / "README.md").read_text(encoding="utf-8")
    assert (new / "lines.csv").read_text(encoding="utf-8") == LINES + "\n"
    for schema in TABLES:
        section = readme.split(f"## {schema.file} ")[1].split("\n## ")[0]
        for column in schema.columns:
            row = re.search(rf"^\| {column.name} \|.*$", section, re.MULTILINE)
            assert row, (schema.name, column.name)
            assert column.label.zh in row[0]
            assert column.label.en in row[0]


def examples(readme: str) -> dict[str, str]:
    return {m[1]: m[2] for m in re.finditer(r"```\w+ (\S+)\n(.*?)```", readme, re.DOTALL)}


def test_the_examples_of_its_readme_make_a_region(new: Path) -> None:
    files = examples((new / "README.md").read_text(encoding="utf-8"))
    assert sorted(files) == sorted(["region.toml", *(t.file for t in TABLES)])
    for name, text in files.items():
        (new / name).write_text(text, encoding="utf-8")
    region, problems = read_checked(new)
    assert problems == ()
    assert region is not None
    assert region.cells.equals(example("tiny").cells)
    assert len(region.table("flows")) == len(region.table("targets")) == 1


def test_the_commented_keys_of_region_toml_are_good_toml(new: Path) -> None:
    text = (new / "region.toml").read_text(encoding="utf-8")
    live = re.sub(r"(?m)^# (?=[a-z_]+ = |\[)", "", text)
    assert live != text
    data = tomllib.loads(live)
    assert data["provenance"]["cells.jobs"]["quality"] == "modelled"
    assert data["clusters"][0]["parent"] == ""
    (new / "region.toml").write_text(live, encoding="utf-8")
    _, problems = read_checked(new)
    assert [p for p in problems if p.file == "region.toml" and p.severity == "error"] == []


def test_the_commented_project_is_a_sound_one(new: Path) -> None:
    assert read_projects(new) == ()  # commented out, it is no project
    path = new / "projects" / "example.toml"
    live = re.sub(r"(?m)^# ?", "", path.read_text(encoding="utf-8"))
    path.write_text(live, encoding="utf-8")
    (project,) = read_projects(new)
    assert (project.id, project.capital, project.upkeep) == ("east-hospital", (2.0, 3.0), 0.4)
    assert [p for i in project.interventions for p in i.resolve(example("tiny"))] == []


def test_six_zones_filled_in_from_the_readme_alone(new: Path) -> None:
    """Six towns in a row, a cell each, a road from each to the next."""
    towns = "ABCDEF"
    features = []
    for i, town in enumerate(towns):
        west, east = 100 + i / 10, 100 + (i + 1) / 10
        ring = [[west, 30], [east, 30], [east, 30.1], [west, 30.1], [west, 30]]
        properties = {"id": town, "en": town, "cluster": "all", "source": "own", "quality": "assumed"}
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    zones = json.dumps({"type": "FeatureCollection", "features": features})
    (new / "zones.geojson").write_text(zones, encoding="utf-8")

    def add(file: str, rows: list[str]) -> None:
        with (new / file).open("a", encoding="utf-8") as out:
            out.writelines(f"{row},own,assumed\n" for row in rows)

    add("statistics.csv", [f"{t},population,2020,1000,person" for t in towns])
    cells = [f"{t}1,{t},,,{100.05 + i / 10:.2f},30.05,1000,400,0.5,200" for i, t in enumerate(towns)]
    add("cells.csv", cells)
    add("links.csv", [f"{a}{b},{a}1,{b}1,primary,10,50" for a, b in pairwise(towns)])
    region = read_region(new)
    assert region.zone_ids == tuple(towns)
    assert region.cells["population"].sum() == 6000
    assert region.meta.slug == "six-towns"


def test_a_folder_in_use_and_a_bad_slug_are_refused(new: Path, tmp_path: Path) -> None:
    with pytest.raises(RegionError, match="not empty"):
        scaffold(new)
    with pytest.raises(RegionError, match="lower-case letters"):
        scaffold(tmp_path / "other", slug='x"y')
    assert not (tmp_path / "other").exists()


def test_known_variables_and_kinds_have_units_that_are_known() -> None:
    for entry in (*variables().values(), *kinds().values()):
        assert entry.label.zh
        assert entry.label.en
        assert not entry.unit or units.find(entry.unit), entry
    assert all(e.unit for e in variables().values())
