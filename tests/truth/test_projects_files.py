"""Project files: everything wrong is named at once, what is sound is kept, nothing is lost in silence."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from yipan.errors import Problem, ScenarioError
from yipan.region import example
from yipan.region.examples import example_folder
from yipan.region.scaffold import scaffold
from yipan.scenario import (
    AddPlace,
    ClosePlace,
    Ranges,
    project_as_dict,
    read_projects,
    read_projects_checked,
    resolve,
    write_projects,
)

GOOD = """
id = "{id}"
zh = "项目"
en = "Project"
owner_en = "Somebody"
zones = ["A"]
capital = [1.0, 2]
upkeep = 0.1
price_year = 2020
life = 30
source = "invented"
quality = "assumed"
because_en = "a gap"
{more}
[[interventions]]
type = "ClosePlace"
place = "k1"
"""


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def good(name: str = "a", more: str = "", **change: str) -> str:
    text = GOOD.format(id=name, more=more)
    for old, new in change.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{old} =")]
        text = "\n".join([new, *lines])
    return text


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(ScenarioError) as caught:
        read_projects(folder)
    return list(caught.value.problems)


def test_one_project_per_file_reads_with_its_values(tmp_path: Path) -> None:
    (project,) = read_projects(put(tmp_path, "a.toml", good(more="excludes = []\nearliest = 2027")))
    assert project.id == "a"
    assert project.capital == (1.0, 2.0)
    assert project.cost == 3.0  # 1 + 2
    assert project.build_years == 2
    assert project.earliest == 2027
    assert project.interventions == (ClosePlace(place="k1"),)
    assert project.origin == "listed"


def test_everything_a_project_may_say_reads_and_is_written(tmp_path: Path) -> None:
    more = """
cost = 27.0
duration = 3
bundle = "river"
land = 4
carbon = -12.5
ranges = {cost = [0.9, 1.4], delay = [0, 2], effect = [0.7, 1.1], source = "study 2024"}
"""
    put(tmp_path, "a.toml", good("a", more=more, capital="", upkeep="upkeep = [0.1, 0.2, 0.3]"))
    put(tmp_path, "b.toml", good("b", more='bundle = "river"'))
    project, mate = read_projects(tmp_path)
    assert project.capital == (7.0, 13.0, 7.0)  # 27 · (7/27, 13/27, 7/27): 3t² − 2t³ at thirds
    assert [project.upkeep_in(y) for y in (-1, 0, 1, 2, 29, 30)] == [0, 0.1, 0.2, 0.3, 0.3, 0]
    assert (project.bundle, project.land, project.carbon) == ("river", 4.0, -12.5)
    assert project.ranges == Ranges(cost=(0.9, 1.4), delay=(0.0, 2.0), effect=(0.7, 1.1), source="study 2024")
    written = project_as_dict(project)
    assert written["capital"] == [7.0, 13.0, 7.0]
    assert written["upkeep"] == [0.1, 0.2, 0.3]
    assert "cost" not in written
    assert not {"bundle", "land", "carbon", "ranges"} & set(project_as_dict(replace(mate, bundle="")))
    assert read_projects(write_projects([project, mate], tmp_path / "out" / "p.toml")) == (project, mate)


def test_nothing_of_a_small_cost_is_rounded_away(tmp_path: Path) -> None:
    for cost in ("0.004", "0.016", "0.006", "12.3456"):
        put(tmp_path, "a.toml", good(capital=f"cost = {cost}\nduration = 4"))
        (project,) = read_projects(tmp_path)
        assert project.cost == pytest.approx(float(cost), abs=1e-9)
        assert min(project.capital) >= 0


def test_a_project_file_without_new_keys_is_written_as_it_was(tmp_path: Path) -> None:
    folder = example_folder("chongqing") / "projects"
    for path in sorted(folder.glob("*.toml")):
        projects = read_projects(path, strict=False)
        first = write_projects(projects, tmp_path / "a.toml").read_bytes()
        keys = {k for p in tomllib.loads(first.decode())["project"] for k in p}
        assert not {"cost", "duration", "bundle", "land", "carbon", "ranges"} & keys
        again = write_projects(read_projects(tmp_path / "a.toml", strict=False), tmp_path / "b.toml")
        assert again.read_bytes() == first


def test_a_bundle_of_one_is_a_warning(tmp_path: Path) -> None:
    kept, found = read_projects_checked(put(tmp_path, "a.toml", good("a", more='bundle = "river"')))
    assert [p.id for p in kept] == ["a"]
    assert [(p.severity, p.column, p.what.en) for p in found] == [
        ("warning", "a.bundle", "the bundle river holds this project only")
    ]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ('bundle = "river"\nexcludes = ["b"]', 'bundle = "river"', ""),
        # a brings c with it, which b excludes
        ('bundle = "river"\nneeds = ["c"]', 'bundle = "river"\nexcludes = ["c"]', ""),
        # c is of another bundle with d, which b excludes
        (
            'bundle = "river"\nneeds = ["c"]',
            'bundle = "river"\nexcludes = ["d"]',
            'bundle = "hill"',
        ),
    ],
)
def test_a_bundle_that_can_never_be_chosen_is_refused(
    tmp_path: Path, first: str, second: str, third: str
) -> None:
    put(tmp_path, "a.toml", good("a", more=first))
    put(tmp_path, "b.toml", good("b", more=second))
    put(tmp_path, "c.toml", good("c", more=third))
    put(tmp_path, "d.toml", good("d", more=third))
    kept, found = read_projects_checked(tmp_path)
    assert [p.id for p in kept] == ["c", "d"]
    (problem,) = found
    assert problem.column == "a.bundle"
    assert "the bundle river brings both" in problem.what.en


def test_a_bundle_that_lacks_one_of_its_projects_is_refused_with_what_needs_it(tmp_path: Path) -> None:
    put(tmp_path, "a.toml", good("a", more='bundle = "river"'))
    put(tmp_path, "b.toml", good("b", more='bundle = "river"', upkeep="upkeep = -1.0"))
    put(tmp_path, "c.toml", good("c", more='needs = ["a"]'))
    put(tmp_path, "d.toml", good("d"))
    kept, found = read_projects_checked(tmp_path)
    assert [p.id for p in kept] == ["d"]
    assert [(p.column, p.what.en) for p in found] == [
        ("upkeep", "-1.0 is below 0"),
        ("a.bundle", "the project b of the same bundle has problems"),
        ("c.needs", "the project a, which it needs, has problems"),
    ]


def test_several_projects_in_one_file_and_the_projects_folder_of_a_region(tmp_path: Path) -> None:
    two = "[[project]]\n" + good("a").replace("[[interventions]]", "[[project.interventions]]")
    two += "[[project]]\n" + good("b").replace("[[interventions]]", "[[project.interventions]]")
    put(tmp_path / "projects", "two.toml", two)
    put(tmp_path, "region.toml", "not = 'a project'")  # a region folder: only projects/ is read
    assert [p.id for p in read_projects(tmp_path)] == ["a", "b"]


def test_a_region_without_projects_has_none(tmp_path: Path) -> None:
    assert read_projects(put(tmp_path, "region.toml", "id = 'x'")) == ()


@pytest.mark.parametrize(
    ("text", "column", "what", "remedy"),
    [
        (good(more="capitol = [1.0]"), "capitol", "unknown key", "capital"),
        (
            good(capital='capital = "many"'),
            "capital",
            "must be a list of numbers",
            "cost of each building year",
        ),
        (good(capital="capital = []"), "capital", "has no year", "at least one year"),
        (good(capital="capital = [1.0, -2.0]"), "capital", "negative", "zero or more"),
        (good(capital="capital = [nan]"), "capital", "must be a list of numbers", "write"),
        (good(capital="capital = [true]"), "capital", "must be a list of numbers", "write"),
        (good(upkeep="upkeep = -1.0"), "upkeep", "below 0", "correct"),
        (good(price_year=""), "price_year", "missing", "price_year"),
        (good(life="life = 2.5"), "life", "whole number", "years of operation"),
        (good(life="life = 0"), "life", "below 1", "correct"),
        (good(quality='quality = "guess"'), "quality", "unknown", "official, derived, modelled, assumed"),
        (good(zones='zones = "A"'), "zones", "list of ids", "zones"),
        (good(id='id = ""'), "id", "not empty", "project id"),
        (good(source='source = ""'), "source", "empty", "comes from"),
        (good(zh="", en=""), "zh", "both languages", "zh or en"),
        (good(more="earliest = 2030\nlatest = 2028"), "latest", "before earliest", "two years"),
        (good(more='needs = ["b"]'), "a.needs", "no project b", "remove"),
        (good(more='excludes = ["zz"]'), "a.excludes", "no project zz", "remove"),
        (good(more='needs = ["a"]'), "a.needs", "circle: a → a", "remove one"),
        (good(more='excludes = ["a"]'), "a.excludes", "excludes itself", "its own id"),
        (
            good().replace('"ClosePlace"', '"ClosPlace"'),
            "interventions[1].type",
            "unknown type",
            "write ClosePlace",
        ),
        (good().replace("place =", "plaice ="), "interventions[1].plaice", "unknown key", "place"),
        (good().split("[[interventions]]")[0], "interventions", "missing", "interventions"),
        (good(capital=""), "capital", "missing", "either capital or cost"),
        (good(more="cost = 3.0\nduration = 2"), "cost", "besides capital", "not both"),
        (good(capital="cost = 3.0"), "duration", "which cost needs", "building years"),
        (good(capital="cost = -3.0\nduration = 2"), "cost", "below 0", "correct"),
        (good(capital="cost = 3.0\nduration = 0"), "duration", "below 1", "correct"),
        (good(capital="cost = 3.0\nduration = 100_000_000"), "duration", "years are above 100", "correct"),
        (good(more="duration = 3"), "duration", "3 years, but capital has 2", "leave duration out"),
        (good(upkeep="upkeep = []"), "upkeep", "has no year", "at least one year"),
        (good(upkeep="upkeep = [0.1, -0.2]"), "upkeep", "negative", "zero or more"),
        (good(upkeep='upkeep = "0.1"'), "upkeep", "a number or a list of numbers", "each year of operation"),
        (good(upkeep="upkeep = [1, 1, 1, 2]", life="life = 2"), "upkeep", "for 4 years", "after its life"),
        (good(more="land = -1"), "land", "below 0", "correct"),
        (good(more='carbon = "much"'), "carbon", "must be a number", "kt CO2e"),
        (good(more="ranges = [0.9, 1.4]"), "ranges", "must be a table", "how uncertain"),
        (good(more="ranges = {costs = [0.9, 1.4]}"), "ranges.costs", "unknown key", "write cost"),
        (good(more="ranges = {cost = 1.4}"), "ranges.cost", "two numbers", "[low, high]"),
        (good(more="ranges = {cost = [1.4, 0.9]}"), "ranges.cost", "low 1.4 is above high 0.9", "factors"),
        (good(more="ranges = {cost = [0, 0.9]}"), "ranges.cost", "not above zero", "factors on its cost"),
        (good(more="ranges = {effect = [-1, 1]}"), "ranges.effect", "not above zero", "on its effect"),
        (good(more="ranges = {delay = [-1, 1]}"), "ranges.delay", "negative", "years of delay"),
        (good(more="ranges = {delay = [0, 1], source = 5}"), "ranges.source", "text", "comes from"),
        (good(more='ranges = {source = "x"}'), "ranges", "holds no range", "write one"),
        ("id = ", "", "not valid TOML", "mend the syntax"),
        ("[[project]]\n[other]\nx = 1", "other", "belongs to no", "move it"),
    ],
)
def test_each_fault_is_named_with_file_key_and_remedy(
    tmp_path: Path, text: str, column: str, what: str, remedy: str
) -> None:
    found = problems(put(tmp_path, "a.toml", text))
    assert {p.file for p in found} == {"a.toml"}
    hits = [p for p in found if p.column == column and what in p.what.en and remedy in p.remedy.en]
    assert hits, [p.line() for p in found]
    assert all(p.what.zh and p.remedy.zh for p in found)


def test_all_faults_of_all_files_are_collected(tmp_path: Path) -> None:
    put(tmp_path, "a.toml", good("a", more="capitol = 1", upkeep="upkeep = -1.0", price_year=""))
    put(tmp_path, "b.toml", "id = ")
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe\x00id")
    put(tmp_path, "d.toml", good("d", more='needs = ["a"]'))
    found = problems(tmp_path)
    assert [(p.file, p.column) for p in found] == [
        ("a.toml", "capitol"),
        ("a.toml", "price_year"),
        ("a.toml", "upkeep"),
        ("b.toml", ""),
        ("c.toml", ""),
        ("d.toml", "d.needs"),  # what it needs was refused
    ]


def test_the_same_id_twice_is_refused_and_the_first_kept(tmp_path: Path) -> None:
    put(tmp_path, "a.toml", good("x"))
    put(tmp_path, "b.toml", good("x", upkeep="upkeep = 9.0"))
    kept, found = read_projects_checked(tmp_path)
    assert [p.upkeep for p in kept] == [0.1]
    assert [(p.file, p.column, p.what.en) for p in found] == [
        ("b.toml", "id", "the id x is already used in a.toml")
    ]


def test_a_circle_of_needs_refuses_all_in_it_and_what_needs_them(tmp_path: Path) -> None:
    put(tmp_path, "a.toml", good("a", more='needs = ["b"]'))
    put(tmp_path, "b.toml", good("b", more='needs = ["c"]'))
    put(tmp_path, "c.toml", good("c", more='needs = ["b"]'))
    put(tmp_path, "d.toml", good("d"))
    kept, found = read_projects_checked(tmp_path)
    assert [p.id for p in kept] == ["d"]
    assert [p.what.en for p in found] == [
        "needs go in a circle: b → c → b",
        "the project b, which it needs, has problems",
    ]


def test_lenient_reading_keeps_the_sound_and_names_the_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "bad.toml", good("bad", upkeep="upkeep = -1.0"))
    put(tmp_path, "good.toml", good("good", more='excludes = ["bad"]'))
    with caplog.at_level(logging.WARNING):
        (project,) = read_projects(tmp_path, strict=False)
    assert project.id == "good"
    assert project.excludes == ()  # the refused one cannot be chosen anyway
    assert "bad.toml, upkeep" in caplog.text


def test_a_missing_folder_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "nowhere")
    assert problem.file == "nowhere"


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "huge.toml").write_bytes(b"#" * 5_000_001)
    (problem,) = problems(tmp_path)
    assert "too large" in problem.what.en


def test_writing_is_whole_and_reads_back(tmp_path: Path) -> None:
    (project,) = read_projects(put(tmp_path / "in", "a.toml", good()))
    path = write_projects([project], tmp_path / "out" / "a.toml")
    assert read_projects(path) == (project,)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.toml"]
    assert list(project_as_dict(project))[:3] == ["id", "zh", "en"]


def test_the_example_of_a_new_region_reads_once_uncommented(tmp_path: Path) -> None:
    scaffold(tmp_path / "new")
    file = tmp_path / "new" / "projects" / "example.toml"
    assert read_projects(tmp_path / "new") == ()  # commented: no project yet
    text = file.read_text(encoding="utf-8")
    file.write_text(
        "\n".join(line.removeprefix("#").removeprefix(" ") for line in text.splitlines()), "utf-8"
    )
    (project,) = read_projects(tmp_path / "new")
    assert isinstance(project.interventions[0], AddPlace)
    # its prices are those of the unit costs; apart from that it fits the region tiny
    assert [p.column for p in resolve(example("tiny"), project)] == [f"{project.id}.price_year"]
