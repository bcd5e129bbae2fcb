"""What a hurried user does: wrong paths, wrong names, a folder twice, a head noted earlier."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from yipan.cli import main
from yipan.region import example
from yipan.region.write import write_region
from yipan.track import Ledger, PlanAdopted, Progress, ProjectPlanned

TARGETS = "indicator,scope,year,value,source,quality\n"


def run(*argv: object) -> int:
    try:
        main([str(a) for a in argv])
    except SystemExit as e:
        return int(e.code or 0)
    return 0


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_region(example("tiny"), tmp_path / "区域 甲")
    return tmp_path / "区域 甲"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    plan = PlanAdopted(
        plan="p",
        region="r",
        name_zh="甲",
        name_en="A",
        start=2026,
        end=2030,
        budget=1.0,
        price_year=2020,
        weights={},
    )
    project = ProjectPlanned(
        project="metro",
        name_zh="线",
        name_en="Line",
        owner_zh="局",
        owner_en="Bureau",
        zones=("A",),
        capital=(1.0,),
        upkeep=0.0,
        start=2026,
        effective=2027,
    )
    return Ledger.create(tmp_path / "台账.sqlite", [plan, project])


def test_a_target_of_an_indicator_that_no_pack_has_is_an_error_of_check(tiny, capsys):
    rows = "Y-LIV-1,region,2035,10,invented,assumed\nY-LIV-01,zone:A,2035,10,invented,assumed\n"
    (tiny / "targets.csv").write_text(TARGETS + rows, encoding="utf-8")
    assert run("check", tiny, "--json") == 1
    found = [p for p in json.loads(capsys.readouterr().out)["problems"] if p["severity"] == "error"]
    assert [(p["file"], p["row"], p["column"]) for p in found] == [("targets.csv", 2, "indicator")]
    assert "did you mean Y-LIV-" in found[0]["what"]["en"]


def test_a_file_where_a_folder_should_be_is_told_in_words(tiny, tmp_path, capsys):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    assert run("demo", "--out", taken, "--lang", "en") == 1
    assert "is a file" in " ".join(capsys.readouterr().err.split())
    assert run("measure", tiny, "--out", taken / "x", "--lang", "zh") == 1
    assert "无法读写" in capsys.readouterr().err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_chinese_folder_name_needs_an_id_and_is_then_made_once(tmp_path, capsys):
    folder = tmp_path / "都市圈"
    assert run("new", folder, "--lang", "en") == 1
    assert "--slug" in capsys.readouterr().err
    assert run("new", folder, "--slug", "ring") == 0
    before = (folder / "region.toml").read_bytes()
    assert run("new", folder, "--slug", "other") == 1
    assert (folder / "region.toml").read_bytes() == before


def test_verify_compares_with_a_head_noted_earlier(ledger, tmp_path, capsys):
    head = ledger.head()
    copy = tmp_path / "earlier.sqlite"
    shutil.copy(ledger.path, copy)
    ledger.record(Progress(project="metro", on="2026-06-30", share=0.2))
    later = ledger.head()
    assert run("track", "verify", ledger.path, "--head", f"{head.seq}:{head.hash}") == 0
    capsys.readouterr()
    assert run("track", "verify", copy, "--head", f"{later.seq}:{later.hash}", "--lang", "en") == 4
    assert "noted" in capsys.readouterr().out
    assert run("track", "verify", copy, "--head", "nonsense") == 2


def test_a_plan_in_another_currency_says_why_no_project_is_left(tiny, tmp_path, capsys):
    toml = tiny / "region.toml"
    text = toml.read_text(encoding="utf-8").replace('currency = "CNY"', 'currency = "EUR"')
    toml.write_text(text, encoding="utf-8")
    statistics = tiny / "statistics.csv"
    statistics.write_text(
        statistics.read_text(encoding="utf-8").replace("1e8 CNY", "1e8 EUR"), encoding="utf-8"
    )
    assert run("plan", tiny, "--budget", "10", "--out", tmp_path / "p", "--lang", "en") == 3
    told = " ".join(capsys.readouterr().err.split())
    assert "all were refused" in told
    assert "EUR" in told
    assert not (tmp_path / "p" / "ledger.sqlite").exists()
