"""``yipan plan | phase | why | propose | compare``: what a planner does with a plan on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from show_fixture import CANDIDATES
from yipan.cli import main
from yipan.plan import default_objective, plan_from_dict, write_objective
from yipan.region import example
from yipan.region.write import write_region
from yipan.scenario import write_projects


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tiny region, five projects and a plan made by the command."""
    base = tmp_path_factory.mktemp("plan")
    write_region(example("tiny"), base / "region")
    (base / "region" / "projects").mkdir(exist_ok=True)
    write_projects(CANDIDATES, base / "region" / "projects" / "all.toml")
    run("plan", base / "region", "--budget", 15, "--years", "2026-2031", "--yearly", 8, "--out", base / "out")
    return base


def run(*argv: object) -> int:
    try:
        main([str(a) for a in argv])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def said(capsys: pytest.CaptureFixture[str], *argv: object) -> dict[str, object]:
    capsys.readouterr()
    assert run(*argv, "--json") == 0
    out: dict[str, object] = json.loads(capsys.readouterr().out)
    return out


def test_a_plan_is_argued_for_and_reads_back(made: Path) -> None:
    plan = plan_from_dict(json.loads((made / "out" / "plan.json").read_text(encoding="utf-8")))
    assert plan.argument is not None
    assert plan.robustness is not None
    assert plan.phased is not None
    assert set(plan.argument.chosen) == {s.project.id for s in plan.scenario.starts}
    assert plan.phased.years == {s.project.id: s.year for s in plan.scenario.starts}
    assert plan.spending["capital"].max() <= 8 + 1e-9


def test_why_by_id_and_by_name(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = made / "out" / "plan.json"
    by_id = said(capsys, "why", "road", "--plan", file)
    assert said(capsys, "why", "hill road", "--plan", file) == by_id
    assert run("why", "roda", "--plan", file, "--lang", "en") == 3
    err = capsys.readouterr().err
    assert "road" in err
    for lang, word in (("zh", "山口公路"), ("en", "Hill road")):
        assert run("why", "road", "--plan", file, "--lang", lang) == 0
        assert word in capsys.readouterr().out


def test_other_years_keep_the_money(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, region = made / "out" / "plan.json", made / "region"
    found = said(
        capsys, "phase", region, "--plan", file, "--at-once", 1, "--years", "2026-2040", "--out", made / "one"
    )
    plan = plan_from_dict(json.loads((made / "one" / "plan.json").read_text(encoding="utf-8")))
    assert found["years"] == {s.project.id: s.year for s in plan.scenario.starts}
    building = [y for s in plan.scenario.starts for y in range(s.year, s.effective)]
    assert len(building) == len(set(building))  # one at a time
    assert run("phase", region, "--plan", file, "--years", "2026-2026", "--lang", "en") == 3
    assert "do not fit" in capsys.readouterr().err


def test_compare_and_propose(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    region = made / "region"
    assert run("plan", region, "--budget", 4, "--yearly", 4, "--quick", "--out", made / "poor") == 0
    found = said(capsys, "compare", made / "out", made / "poor")
    assert {"measures", "projects", "zones", "indicators", "shared"} <= set(found)
    assert run("compare", made / "out", "--lang", "en") == 3
    assert "1 plan" in capsys.readouterr().err
    listed = said(capsys, "propose", region)
    assert {p.id for p in CANDIDATES} <= {p["id"] for p in listed["projects"]}  # type: ignore[index]
    assert run("propose", region, "--zone", "Hill Gat", "--lang", "en") == 1
    assert "hill gate" in capsys.readouterr().err


def test_why_needs_an_argument(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not (made / "poor").exists():
        run("plan", made / "region", "--budget", 4, "--yearly", 4, "--quick", "--out", made / "poor")
    capsys.readouterr()
    assert run("why", "road", "--plan", made / "poor" / "plan.json", "--lang", "en") == 3
    assert "--quick" in capsys.readouterr().err


def test_an_objective_from_a_file(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_objective(
        default_objective(example("tiny"), 4.0, start=2026, end=2030, yearly=4.0), made / "objective.toml"
    )
    found = said(capsys, "plan", made / "region", "--objective", file, "--quick", "--out", made / "filed")
    assert found["objective"]["budget"] == 4.0  # type: ignore[index]
    assert run("plan", made / "region", "--out", made / "none") == 2
    assert "--objective" in capsys.readouterr().err


def test_a_front_by_budget_and_by_criteria(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    region = made / "region"
    found = said(capsys, "front", region, "--budgets", "4,8,15", "--yearly", 8, "--out", made / "front")
    values = [p["values"] for p in found["points"]]  # type: ignore[index]
    assert all(money <= 15 for _, money in values)
    for a in values:  # none is as good for less money
        assert not any(b != a and b[0] >= a[0] and b[1] <= a[1] for b in values)
    assert (made / "front" / "front.csv").exists()
    two = said(capsys, "front", region, "--budget", 15, "--yearly", 8, "--criteria", "economy,living")
    points = [p["values"] for p in two["points"]]  # type: ignore[index]
    for a in points:
        assert not any(b != a and b[0] >= a[0] and b[1] >= a[1] for b in points)
    assert run("front", region, "--budget", 15, "--criteria", "economy,lifing", "--lang", "en") == 2
    assert "living" in capsys.readouterr().err


def test_the_objective_of_the_folder_is_taken(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    region = made / "with-objective"
    write_region(example("tiny"), region)
    (region / "projects").mkdir(exist_ok=True)
    write_projects(CANDIDATES, region / "projects" / "all.toml")
    write_objective(
        default_objective(example("tiny"), 5.0, start=2026, end=2030, yearly=5.0), region / "objective.toml"
    )
    found = said(capsys, "plan", region, "--quick", "--out", made / "own")
    assert found["objective"]["budget"] == 5.0  # type: ignore[index]
    assert run("check", region) == 0
    (region / "objective.toml").write_text('budget = "much"\n', encoding="utf-8")
    assert run("check", region, "--lang", "en") == 1
    assert "objective.toml" in capsys.readouterr().out


@pytest.mark.parametrize("budgets", ["nan,5", "inf", "0", "a"])
def test_budgets_that_are_no_money_are_refused(
    made: Path, budgets: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("front", made / "region", "--budget", 15, "--budgets", budgets) == 2
    assert "--budgets" in capsys.readouterr().err
