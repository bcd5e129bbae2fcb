"""The commands as a new user runs them: the six-zone region of docs/your-region.md through the whole loop."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from yipan.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "your-region.md"


def run(*argv: str) -> int:
    """Run a command and return its exit code."""
    try:
        main([str(a) for a in argv])
    except SystemExit as e:
        return int(e.code or 0)
    return 0


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scaffolded folder filled with the texts of the page, exactly as a reader would."""
    folder = tmp_path_factory.mktemp("new-user") / "my-region"
    assert run("new", str(folder)) == 0
    blocks = re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGE.read_text(encoding="utf-8"), flags=re.S)
    assert {"region.toml", "zones.geojson", "cells.csv", "statistics.csv"} <= {name for name, _ in blocks}
    for name, text in blocks:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def planned(region: Path) -> Path:
    """The folder `yipan plan` wrote for that region."""
    out = region.parent / "my-plan"
    assert run("plan", str(region), "--budget", "30", "--out", str(out), "--lang", "en") == 0
    return out


def test_the_page_gives_a_region_without_errors(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(region), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["errors"] == 0
    assert found["tables"]["zones"] == 6
    assert found["tables"]["cells"] == 12


def test_measure_prints_scores_between_0_and_100(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("measure", str(region), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    scores = [v for zone in data["zones"].values() for v in zone["needs"].values() if v is not None]
    assert len(data["zones"]) == 6
    assert scores
    assert all(0 <= v <= 100 for v in scores)


def test_plan_keeps_the_budget_and_writes_its_files(planned: Path) -> None:
    data = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    costs = {p["id"]: sum(p["capital"]) for p in data["candidates"]}
    chosen = [s["project"] for s in data["scenario"]["starts"]]
    assert chosen
    assert sum(costs[c] for c in chosen) <= 30 + 1e-9
    assert {"results.json", "plan.json", "ledger.sqlite"} <= {p.name for p in planned.iterdir()}


def test_a_second_plan_never_writes_over_a_ledger(
    region: Path, planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (planned / "ledger.sqlite").read_bytes()
    assert run("plan", str(region), "--budget", "30", "--out", str(planned), "--lang", "en") == 1
    assert "never written over" in capsys.readouterr().err.replace("\n", " ")
    assert (planned / "ledger.sqlite").read_bytes() == before


def test_tracking_a_slip_moves_the_forecast(
    region: Path, planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.sqlite"
    shutil.copy(planned / "ledger.sqlite", ledger)
    start = json.loads((planned / "plan.json").read_text(encoding="utf-8"))["scenario"]["starts"][0]
    late = str(start["effective"] + 3)
    assert run("track", "slip", str(ledger), start["project"], "--year", late, "--on", "2026-03-01") == 0
    assert run("track", "status", str(ledger), "--today", "2026-03-02", "--json") == 0
    out = capsys.readouterr().out
    projects = json.loads(out[out.index("{") :])["projects"]
    (row,) = [p for p in projects if p["project"] == start["project"]]
    assert row["lamp"] == "red"
    assert row["effective_expected"] == start["effective"] + 3
    argv = ["track", "forecast", str(ledger), "--region", str(region), "--plan", str(planned / "plan.json")]
    assert run(*argv, "--today", "2026-03-02", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [m["project"] for m in found["moved"]] == [start["project"]]
    year = str(start["effective"])
    assert found["expected"][year]["objective"] < found["promised"][year]["objective"]
    assert run("track", "verify", str(ledger)) == 0


def test_the_report_holds_both_languages_and_every_zone(region: Path, planned: Path, tmp_path: Path) -> None:
    plan = str(planned / "plan.json")
    assert run("report", str(region), "--plan", plan, "--out", str(tmp_path / "report")) == 0
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    for name in ("湖城区", "Lake City", "茶山县", "Tea Hills"):
        assert name in page
    assert (tmp_path / "report" / "report.zh.pdf").read_bytes().startswith(b"%PDF")


def test_changed_data_refuse_the_old_plan(
    region: Path, planned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(region, changed)
    cells = (changed / "cells.csv").read_text(encoding="utf-8")
    (changed / "cells.csv").write_text(cells.replace("420000", "419000"), encoding="utf-8")
    argv = ["report", str(changed), "--plan", str(planned / "plan.json"), "--out", str(tmp_path / "r")]
    assert run(*argv, "--lang", "en") == 1
    assert "run yipan plan again" in capsys.readouterr().err.replace("\n", " ")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("argv", "code", "word"),
    [
        (["check", "no-such-folder"], 1, "no such folder"),
        (["measure", "no-such-folder", "--lang", "zh"], 1, "错误"),
        (["plan"], 2, "FOLDER"),
        (["plan", "x", "--budget", "-3"], 2, "budget"),
        (["plan", "x", "--budget", "3", "--years", "soon"], 1, "no such folder"),
        (["track", "status", "no-such-ledger.sqlite"], 4, "no ledger file"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_wrong_calls_end_in_words_and_a_code(
    argv: list[str], code: int, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIPAN_LANG", "en")
    assert run(*argv) == code
    captured = capsys.readouterr()
    assert word in captured.err + captured.out
    assert "Traceback" not in captured.err + captured.out


def test_a_budget_below_everything_has_no_plan(
    region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["plan", str(region), "--budget", "0.000001", "--out", str(tmp_path / "p"), "--lang", "en"]
    assert run(*argv) == 3
    assert "cheapest" in capsys.readouterr().err
    assert not (tmp_path / "p" / "plan.json").exists()


def test_errors_of_the_program_are_told_in_words_and_logged(
    region: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr("yipan.cli.measure", fail)
    monkeypatch.delenv("YIPAN_DEBUG", raising=False)
    assert run("measure", str(region), "--lang", "en") == 5
    told = capsys.readouterr().err.replace("\n", "")
    log = re.search(r"report (\S+\.log)", told)
    assert log is not None
    text = Path(log.group(1)).read_text(encoding="utf-8")
    Path(log.group(1)).unlink()
    assert "of our own" in text


def test_a_demo_never_overwrites_other_peoples_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.docx").write_text("mine", encoding="utf-8")
    assert run("demo", "--out", str(tmp_path), "--lang", "en") == 1
    assert "holds other files" in " ".join(capsys.readouterr().err.split())
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]
