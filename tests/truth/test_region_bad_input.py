"""Every kind of bad input gives one clear message: file, row, column, remedy, in both languages.

Each case breaks the tiny region (3 zones, 6 cells) in one place. Rows are counted as a person counts
them: the header of a CSV file is row 1; in zones.geojson the first feature is row 1.
"""

# ruff: noqa: E501  (one case a line)
from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from yipan.errors import Problem, RegionError, errors_of
from yipan.region import example, read_checked, read_region, write_region

Edit = Callable[[Path], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("region") / "tiny"
    write_region(example("tiny"), folder)
    return folder


@pytest.fixture
def tiny(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "tiny"))


def swap(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return edit


def rewrite(file: str, change: Callable[[str], str]) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(change(text), encoding="utf-8", newline="")

    return edit


def rename(old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / old).rename(folder / new)

    return edit


def content(file: str, text: str | bytes) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())

    return edit


def features(change: Callable[[list[dict[str, object]]], None]) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / "zones.geojson"
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data["features"])
        path.write_text(json.dumps(data), encoding="utf-8")

    return edit


def ring(at: int, points: list[list[float]]) -> Edit:
    def change(items: list[dict[str, object]]) -> None:
        items[at]["geometry"] = {"type": "Polygon", "coordinates": [points]}

    return features(change)


def sparse(file: str, size: int) -> Edit:
    def edit(folder: Path) -> None:
        with (folder / file).open("wb") as out:
            out.truncate(size)  # takes no room on disk: nothing is written

    return edit


def drop(file: str) -> Edit:
    return lambda folder: (folder / file).unlink()


@dataclass(frozen=True)
class Case:
    name: str
    edit: Edit
    file: str
    en: str  # part of the English text of what is wrong
    remedy: str  # part of the English remedy
    row: int | None = None
    column: str = ""
    severity: str = "error"


A1 = "A1,A,江城一,River 1,106.05,29.1,200000,150000,200,200,invented,assumed\n"
# fmt: off
CASES = [
    # the cases the first issue names
    Case(
        "open ring",
        ring(1, [[106.2, 29.0], [106.4, 29.0], [106.4, 29.2], [106.2, 29.2]]),
        "zones.geojson",
        "feature 2 (B): ring 1 of polygon 1 is open: it starts at (106.2, 29) and ends at (106.2, 29.2)",
        "repeat the ring's first point",
        2,
        "geometry",
    ),
    Case(
        "wrong unit",
        swap("statistics.csv", "B,area,2020,432,km2", "B,area,2020,432,person"),
        "statistics.csv",
        "the unit 'person' of area cannot be turned into 'km2'",
        "convert the value to km2",
        9,
        "unit",
    ),
    Case(
        "duplicated cell id",
        swap("cells.csv", "B1,B,", "A1,B,"),
        "cells.csv",
        "'A1' repeats row 2",
        "change its id",
        4,
        "id",
    ),
    Case(
        "population in text",
        swap("cells.csv", "80000,30000", "many,30000"),
        "cells.csv",
        "resident population is not a number: 'many'",
        "write a number (person)",
        4,
        "population",
    ),
    Case(
        "district missing from statistics",
        swap("statistics.csv", "B,population,2020,100000,person,invented,assumed\n", ""),
        "statistics.csv",
        "zone 'B' has no population in 2020",
        "add a row B,population,2020",
        None,
        "zone",
    ),
    Case(
        "empty lines table",
        content("lines.csv", "id,zh,en,mode,headway_peak,headway_offpeak,speed,dwell,colour,source,quality\n"),
        "lines.csv",
        "it has no rows, though 3 rows of stops.csv need lines",
        "fill in the lines, or empty stops.csv",
    ),
    Case("empty lines file", content("lines.csv", ""), "lines.csv", "without even a header", "row 1", 1),
    Case("3 GB file", sparse("cells.csv", 3_000_000_000), "cells.csv", "3,000 MB, above the limit of 500 MB", "make it smaller"),
    # numbers
    Case("thousands", swap("cells.csv", "80000,30000", '"80,000",30000'), "cells.csv", "'80,000'", "separator: 80000", 4, "population"),
    Case("full-width", swap("cells.csv", "80000,30000", "８００００,30000"), "cells.csv", "'８００００'", "full-width digits; write 80000", 4, "population"),
    Case("万 in number", swap("cells.csv", "80000,30000", "8万,30000"), "cells.csv", "'8万'", "take out '万'", 4, "population"),
    Case("decimal comma", swap("cells.csv", "106.05", '"106,05"'), "cells.csv", "'106,05'", "decimal point: 106.05", 2, "lon"),
    Case("infinite", swap("cells.csv", "80000,30000", "1e999,30000"), "cells.csv", "'1e999'", "write a number", 4, "population"),
    Case("NA word", swap("cells.csv", "80000,30000", "80000,N/A"), "cells.csv", "'N/A'", "leave it blank", 4, "jobs"),
    Case("negative", swap("cells.csv", "80000,30000", "-5,30000"), "cells.csv", "outside what is possible: -5", "at least 0", 4, "population"),
    Case("lon and lat swapped", swap("cells.csv", "106.05,29.1", "29.1,106.05"), "cells.csv", "106.05", "wrong way round", 2, "lat"),
    Case("not whole", swap("stops.csv", "m1,2,", "m1,2.5,"), "stops.csv", "not a whole number: 2.5", "whole number", 3, "seq"),
    Case("thousands of digits", swap("cells.csv", "80000,30000", "9" * 400 + ",30000"), "cells.csv", "not a number: '9999", "write a number", 4, "population"),
    Case("huge integer in JSON", features(lambda items: items[0].update(geometry={"type": "Polygon", "coordinates": [[[10**400, 1]]]})), "zones.geojson", "not a coordinate", "again", 1, "geometry"),
    Case("half a character", swap("zones.geojson", '"River City"', '"\\ud800"'), "zones.geojson", "half a character", "type this text again", 1, "en"),
    Case("huge number in TOML", swap("region.toml", "value = 4.8", "value = 1" + "0" * 400), "region.toml", "not a number", "write value", None, "assumptions.walk_speed.value"),
    Case("digits without end in TOML", swap("region.toml", "value = 4.8", "value = " + "1" * 5000), "region.toml", "not valid TOML", "mend", None),
    # blanks, names, words
    Case("blank required", swap("cells.csv", "80000,30000", ",30000"), "cells.csv", "resident population is blank", "fill it in", 4, "population"),
    Case("unknown quality", swap("cells.csv", A1, A1.replace("assumed", "offical")), "cells.csv", "unknown quality: 'offical'; did you mean official?", "write one of official", 2, "quality"),
    Case("unknown mode", swap("lines.csv", "metro", "sled"), "lines.csv", "unknown mode: 'sled'", "metro, tram", 2, "mode"),
    Case("unknown road class", swap("links.csv", "secondary", "motorway"), "links.csv", "unknown class of road: 'motorway'", "expressway", 4, "kind"),
    Case("unknown source", swap("cells.csv", A1, A1.replace("invented", "census")), "cells.csv", "the source 'census' is not declared in region.toml (rows: 1)", 'id = "census"', 2, "source"),
    Case("unknown zone of a cell", swap("cells.csv", "C2,C,", "C2,D,"), "cells.csv", "there is no 'D' among the zones", "correct the id", 7, "zone"),
    Case("unknown zone of a statistic", swap("statistics.csv", "C,gdp,2018", "Z,gdp,2018"), "statistics.csv", "there is no 'Z' among the zones", "correct the id", 13, "zone"),
    Case("unknown cell of a link", swap("links.csv", "C1,C2", "C1,C9"), "links.csv", "there is no 'C9' among the cells", "correct the id", 6, "to"),
    Case("unknown line of a stop", swap("stops.csv", "m1,3,", "m2,3,"), "stops.csv", "there is no 'm2' among the lines", "correct the id", 4, "line"),
    Case("undeclared cluster", swap("zones.geojson", '"hills"', '"hill"'), "zones.geojson", "the cluster 'hill' is not declared; did you mean hills?", "declare it in region.toml", 3, "cluster"),
    # tables
    Case("missing table", drop("cells.csv"), "cells.csv", "the file cells.csv is missing", "add the table of cells"),
    Case("missing column", swap("cells.csv", "population", "pop"), "cells.csv", "the column population is missing", "add a column population", None, "population"),
    Case("renamed column", swap("cells.csv", "population", "Populations"), "cells.csv", "the column population is missing", "rename the column Populations", None, "population"),
    Case("unknown column", swap("lines.csv", "colour", "color"), "lines.csv", "unknown column, kept but not used; did you mean colour?", "rename it", None, "color", "warning"),
    Case("likely slip in an open table", swap("cells.csv", "elevation", "elevaton"), "cells.csv", "did you mean elevation?", "rename it", None, "elevaton", "warning"),
    Case("duplicate header", swap("cells.csv", "jobs,", "population,"), "cells.csv", "columns 7 and 8 have the same name", "rename one", 1, "population"),
    Case("no header", swap("links.csv", "id,from,to,kind,length,speed,source,quality\n", ""), "links.csv", "row 1 is not a header: l1,A1,A2", "write the column names", 1),
    Case("semicolons", rewrite("links.csv", lambda text: text.replace(",", ";")), "links.csv", "separated by semicolons", "comma-separated", 1),
    Case("ragged row", swap("links.csv", "A1,A2,primary,11,40,", "A1,A2,primary,11,40,,"), "links.csv", "9 values where the header has 8 columns", "remove commas", 2),
    Case("open quote", swap("links.csv", "l3,B1", '"l3,B1'), "links.csv", "broken CSV", "quotation mark", 4),
    Case("UTF-16", content("links.csv", "id,from".encode("utf-16")), "links.csv", "not UTF-8 text", "CSV UTF-8"),
    Case("unreadable bytes", content("links.csv", b"id,from,to\n\xff\xff\xff\n"), "links.csv", "neither UTF-8 nor GB18030", "UTF-8", 2),
    Case("two files for a table", content("cells.parquet", b""), "cells.csv", "cells.csv cells.parquet", "keep one"),
    Case("not a parquet file", rename("links.csv", "links.parquet"), "links.parquet", "cannot be read", "export it again"),
    Case("spreadsheet", content("flows.xlsx", b"PK"), "flows.xlsx", "not a table of the region", "flows with the ending .csv", None, "", "warning"),
    # zones
    Case("not JSON", content("zones.geojson", "{"), "zones.geojson", "not valid JSON", "export", 1),
    Case("not features", content("zones.geojson", "[]"), "zones.geojson", "not a GeoJSON FeatureCollection", "export it"),
    Case("self-crossing", ring(0, [[106.0, 29.0], [106.2, 29.2], [106.2, 29.0], [106.0, 29.2], [106.0, 29.0]]), "zones.geojson", "feature 1 (A): its geometry is not valid: Self-intersection", "Fix geometries", 1, "geometry"),
    Case("three points", ring(0, [[106.0, 29.0], [106.2, 29.2], [106.0, 29.0]]), "zones.geojson", "has 3 points and needs at least 4", "again", 1, "geometry"),
    Case("not coordinates", ring(0, [["a", 29.0]]), "zones.geojson", "something that is not a coordinate", "again", 1, "geometry"),
    Case("no geometry", features(lambda items: items[2].update(geometry=None)), "zones.geojson", "feature 3 (C): it has no geometry", "boundary", 3, "geometry"),
    Case("a point for a zone", features(lambda items: items[2].update(geometry={"type": "Point", "coordinates": [1, 2]})), "zones.geojson", "its geometry is a Point, not an area", "boundary", 3, "geometry"),
    Case("projected, not declared", ring(0, [[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]), "zones.geojson", "not longitudes and latitudes", "declare the CRS", 1, "geometry"),
    Case("unknown CRS", swap("zones.geojson", '"features"', '"crs": {"type": "name", "properties": {"name": "local"}}, "features"'), "zones.geojson", "unknown coordinate system: local", "declare it"),
    Case("overlap", ring(1, [[106.1, 29.0], [106.4, 29.0], [106.4, 29.2], [106.1, 29.2], [106.1, 29.0]]), "zones.geojson", "overlaps 'A' by 50.0% of the smaller one", "trim", 2, "geometry", "warning"),
    # one thing against another
    # B's cells hold 80 000 + 20 000; with 90 000 in the statistic they differ by a ninth
    Case("sum of cells", swap("statistics.csv", "B,population,2020,100000", "B,population,2020,90000"), "cells.csv", "the cells of zone 'B' hold 100,000 persons, not 90,000", "units, years", None, "population", "warning"),
    # half a degree of longitude at 29.1°N is 0.5 × 111.195 × cos 29.1° = 48.6 km
    Case("cell outside its zone", swap("cells.csv", "106.05,29.1", "105.5,29.1"), "cells.csv", "48.6 km outside its zone 'A'", "the point", 2, "zone", "warning"),
    Case("cell inside another zone", swap("cells.csv", "106.05,29.1", "106.35,29.1"), "cells.csv", "outside its zone 'A', inside 'B'", "the point", 2, "zone", "warning"),
    Case("zone without cells", rewrite("cells.csv", lambda text: text.replace(",C,", ",B,")), "cells.csv", "zone 'C' has no cells", "add its cells", None, "zone", "warning"),
    Case("gap in statistics", swap("statistics.csv", "C,gdp,2018,12,1e8 CNY,invented,assumed\n", ""), "statistics.csv", "gdp 2018: no value for 1 of 3 zones: C", "missing there", None, "variable", "warning"),
    Case("near name of a variable", swap("statistics.csv", "A,area,", "A,areas,"), "statistics.csv", "'areas' is not a known name; did you mean area?", "change it", 8, "variable", "warning"),
    Case("capacity of another dimension", swap("places.csv", "600,MW", "600,bed"), "places.csv", "the unit 'bed' of power_coal cannot be turned into 'MW'", "MW", 6, "unit"),
    Case("capacity without unit", swap("places.csv", "600,MW", "600,"), "places.csv", "the value of power_coal has no unit", "MW", 6, "unit"),
    # network
    Case("one stop", rewrite("stops.csv", lambda text: "".join(text.splitlines(keepends=True)[:2])), "lines.csv", "line 'm1' needs at least 2 stops and has 1", "in order", 2, "id"),
    Case("no stops file", drop("stops.csv"), "lines.csv", "line 'm1' needs at least 2 stops and has 0", "in order", 2, "id"),
    Case("no lines file", drop("lines.csv"), "stops.csv", "it needs lines.csv, which is missing", "add lines.csv"),
    Case("sequence gap", swap("stops.csv", "m1,3,", "m1,5,"), "stops.csv", "line 'm1' goes from stop 2 to stop 5", "missing or repeated", 4, "seq", "warning"),
    Case("sequence repeated", swap("stops.csv", "m1,3,", "m1,2,"), "stops.csv", "'m1 2' repeats row 3", "delete one", 4, "line,seq"),
    Case("link to itself", swap("links.csv", "B1,B2", "B1,B1"), "links.csv", "the link runs from 'B1' to itself", "correct one end", 4, "to"),
    # A1 and A2 are 0.1 degree of longitude apart at 29.1°N: 0.1 × 111.195 × cos 29.1° = 9.7 km
    Case("short link", swap("links.csv", "A1,A2,primary,11", "A1,A2,primary,5"), "links.csv", "its 5 km are less than the 9.7 km between its ends", "in km", 2, "length", "warning"),
    Case("roads in parts", swap("links.csv", "l4,A1,C1,local,30,30,invented,assumed\n", ""), "links.csv", "the roads fall into 2 parts; 2 cells are off the largest: C1, C2", "add links", None, "", "warning"),
    Case("station in two places", swap("stops.csv", "st-b1", "st-a1"), "stops.csv", "station 'st-a1' is 19.4 km from where row 2 has it", "different ids", 4, "station", "warning"),
    # region.toml
    Case("no region.toml", drop("region.toml"), "region.toml", "region.toml is missing", "yipan new"),
    Case("bad TOML", swap("region.toml", 'currency = "CNY"', "currency = CNY"), "region.toml", "not valid TOML", "quotation marks", 5),
    Case("no id", swap("region.toml", 'id = "tiny"\n', ""), "region.toml", "this key is missing", 'write id = "…"', None, "id"),
    Case("year in quotes", swap("region.toml", "base_year = 2020", 'base_year = "2020"'), "region.toml", "not a year: '2020'", "base_year = 2020", 3, "base_year"),
    Case("other CRS", swap("region.toml", "EPSG:4326", "EPSG:3857"), "region.toml", "points in tables must be WGS-84, not 'EPSG:3857'", "convert the points", 7, "crs"),
    Case("unknown key", swap("region.toml", "licence =", "license ="), "region.toml", "unknown key, not used; did you mean licence?", "rename it", 9, "license", "warning"),
    Case("unknown core", swap("region.toml", 'core = ["A"]', 'core = ["X"]'), "region.toml", "there is no zone 'X'", "correct the id", None, "core"),
    Case("missing assumption", swap("region.toml", "[assumptions.walk_speed]", "[assumptions.walking]"), "region.toml", "no walking speed given; the default 4.8 km/h is taken", "with its source", None, "assumptions.walk_speed", "warning"),
    Case("assumption in text", swap("region.toml", "value = 4.8", 'value = "4.8"'), "region.toml", "not a number: '4.8'", "without quotes", None, "assumptions.walk_speed.value"),
    Case("base year without statistics", swap("region.toml", "base_year = 2020", "base_year = 2021"), "statistics.csv", "zone 'A' has no population in 2021", "add a row A,population,2021", None, "zone"),
    Case("unknown source of an assumption", swap("region.toml", 'source = "invented"', 'source = "nobody"'), "region.toml", "there is no source 'nobody'", "add it", None, "assumptions.walk_speed.source"),
    Case("parent not declared", swap("region.toml", 'en = "Valley"', 'en = "Valley"\nparent = "top"'), "region.toml", "there is no cluster 'top'", "add it", None, "clusters.valley.parent"),
    Case("cluster its own parent", swap("region.toml", 'en = "Valley"', 'en = "Valley"\nparent = "valley"'), "region.toml", "cluster 'valley' is its own parent", "correct its parent", None, "clusters.valley.parent"),
    Case("provenance of no column", swap("region.toml", "[assumptions.walk_speed]", '[provenance."cells.rooms"]\nsource = "invented"\nquality = "assumed"\n\n[assumptions.walk_speed]'), "region.toml", "there is no column cells.rooms", "table.column", None, "provenance.cells.rooms", "warning"),
    Case("target of no scope", content("targets.csv", "indicator,scope,year,value,source,quality\nx,zone:Q,2035,1,invented,assumed\n"), "targets.csv", "there is no scope 'zone:Q'", "zone:ID", 2, "scope"),
]
# fmt: on


def matching(problems: tuple[Problem, ...], case: Case) -> list[Problem]:
    return [
        p
        for p in problems
        if p.file == case.file
        and p.row == case.row
        and p.column == case.column
        and p.severity == case.severity
        and case.en in p.what.en
        and case.remedy.casefold() in p.remedy.en.casefold()
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_bad_input_is_named_once_with_its_place_and_remedy(tiny: Path, case: Case) -> None:
    case.edit(tiny)
    region, problems = read_checked(tiny)
    found = matching(problems, case)
    assert len(found) == 1, "\n".join(p.line("en") for p in problems)
    assert found[0].what.zh != found[0].what.en  # said in Chinese too
    assert found[0].remedy.zh != found[0].remedy.en
    assert (region is None) == bool(errors_of(problems))


def test_a_sound_region_has_no_problems(tiny: Path) -> None:
    region, problems = read_checked(tiny)
    assert problems == ()
    assert region is not None


def test_reading_in_one_call_raises_with_every_problem(tiny: Path) -> None:
    next(c for c in CASES if c.name == "population in text").edit(tiny)
    with pytest.raises(RegionError) as caught:
        read_region(tiny)
    assert caught.value.problems == read_checked(tiny).problems
    assert "cells.csv, row 4, population" in str(caught.value)


def test_all_problems_come_at_once(tiny: Path) -> None:
    broken = ("open ring", "wrong unit", "duplicated cell id", "unknown mode", "link to itself")
    for case in CASES:
        if case.name in broken:
            case.edit(tiny)
    _, problems = read_checked(tiny)
    for case in CASES:
        if case.name in broken:
            assert matching(problems, case), case.name


def test_reading_leaves_every_file_as_it_was(tiny: Path) -> None:
    next(c for c in CASES if c.name == "open ring").edit(tiny)
    before = {p.name: p.read_bytes() for p in tiny.iterdir()}
    read_checked(tiny, strict=False)
    assert {p.name: p.read_bytes() for p in tiny.iterdir()} == before
