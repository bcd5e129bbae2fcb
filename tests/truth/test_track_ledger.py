"""The ledger: what it takes, what it refuses, what it finds."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from yipan.errors import LedgerError
from yipan.track import (
    Ledger,
    MilestonePlanned,
    PlanAdopted,
    Progress,
    ProjectPlanned,
    Slip,
    Tolerance,
    ValueFound,
    ValuesPromised,
    describe_status,
    replay,
    status,
)
from yipan.track import ledger as module

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def promises() -> list[object]:
    """A plan of one project: metro, 10 + 20 (1e8) in 2026-2027, effect from 2028."""
    return [
        PlanAdopted(
            plan="p" * 16,
            region="r" * 16,
            name_zh="示例方案",
            name_en="Example plan",
            start=2026,
            end=2030,
            budget=50.0,
            price_year=2024,
            weights={"economy": 1.0},
        ),
        ProjectPlanned(
            project="metro",
            name_zh="二号线",
            name_en="Line 2",
            owner_zh="交通局",
            owner_en="Transport bureau",
            zones=("A", "B"),
            capital=(10.0, 20.0),
            upkeep=0.5,
            start=2026,
            effective=2028,
        ),
        MilestonePlanned(milestone="metro/start", project="metro", kind="start", year=2026, capital=0.0),
        MilestonePlanned(
            milestone="metro/building-1", project="metro", kind="building", year=2026, capital=10.0
        ),
        MilestonePlanned(
            milestone="metro/building-2", project="metro", kind="building", year=2027, capital=20.0
        ),
        MilestonePlanned(milestone="metro/opening", project="metro", kind="opening", year=2027, capital=0.0),
        ValuesPromised(indicator="index", scope="region", values={"2027": 50.0, "2028": 51.0}),
    ]


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "plan.ledger", promises(), at=AT)


def tamper(ledger, *statements):
    """Change the file behind the ledger's back, guards dropped first."""
    db = sqlite3.connect(ledger.path)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for s in statements:
        db.execute(s)
    db.commit()
    db.close()


def test_events_come_back_as_they_were_recorded(ledger):
    ledger.record(Progress(project="metro", on="2026-09-01", milestone="metro/start", spent=3.0), at=AT)
    assert list(ledger.events()[:-1]) == promises()
    assert ledger.events()[-1].spent == 3.0
    assert [e.seq for e in ledger.entries()] == list(range(1, 9))
    assert ledger.verify() == []


def test_the_chain_is_sha256_over_the_previous_hash_and_canonical_json(ledger):
    first, second = ledger.entries()[:2]
    assert first.previous == "0" * 64
    data = {"project": "metro", "name_zh": "二号线", "name_en": "Line 2", "owner_zh": "交通局"}
    data |= {"owner_en": "Transport bureau", "zones": ["A", "B"], "capital": [10.0, 20.0], "upkeep": 0.5}
    data |= {"start": 2026, "effective": 2028}
    body = {"seq": 2, "at": "2026-01-05T08:00:00+00:00", "type": "project_planned", "data": data}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert second.hash == hashlib.sha256((first.hash + text).encode()).hexdigest()


def test_update_and_delete_are_refused_by_the_file_itself(ledger):
    db = sqlite3.connect(ledger.path)
    for statement in (
        "UPDATE events SET data = '{}' WHERE seq = 2",
        "DELETE FROM events WHERE seq = 7",
        "INSERT OR REPLACE INTO events SELECT seq, at, type, '{}', previous, hash FROM events WHERE seq = 2",
        "INSERT INTO events VALUES (99, '', '', '', '', 'x')",
        "DELETE FROM head",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(statement)
    db.close()
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE events SET data = replace(data, '20.0', '25.0') WHERE seq = 2", 2),
        ("UPDATE events SET at = '2025-01-01T00:00:00+00:00' WHERE seq = 3", 3),
        ("UPDATE events SET type = 'slip' WHERE seq = 4", 4),
        ("UPDATE events SET hash = 'f' || substr(hash, 2) WHERE seq = 5", 5),
        ("DELETE FROM events WHERE seq = 6", 7),
        ("DELETE FROM events WHERE seq = 7", 6),
        ("UPDATE events SET data = data || ' ' WHERE seq = 1", 1),
    ],
)
def test_tampering_is_found_and_named(ledger, statement, row):
    tamper(ledger, statement)
    found = ledger.verify()
    events = [p for p in found if p.row is not None]
    assert events[0].row == row
    assert f"event {row}" in events[0].what.en
    assert any("guard" in p.what.en for p in found)  # the dropped triggers are missed too


def test_a_ledger_rewritten_from_the_start_is_found_by_a_head_noted_elsewhere(ledger, tmp_path):
    noted = ledger.head()
    other = promises()
    other[1] = replace(other[1], capital=(5.0, 5.0))
    forged = Ledger.create(tmp_path / "forged.ledger", other, at=AT)
    assert forged.verify() == []  # a whole new chain is consistent in itself
    assert [p.row for p in forged.verify(head=noted)] == [7]
    assert ledger.verify(head=noted) == []


def test_an_event_that_does_not_fit_is_refused_with_every_problem(ledger):
    with pytest.raises(LedgerError) as e:
        ledger.record(
            Progress(project="tram", on="2026-13-01", milestone="tram/start", share=1.5, spent=-1.0), at=AT
        )
    assert [p.column for p in e.value.problems] == ["project", "on", "milestone", "share", "spent"]
    with pytest.raises(LedgerError, match="already follows"):
        ledger.record(promises()[0], at=AT)
    with pytest.raises(LedgerError, match="effective"):
        ledger.record(Slip(project="metro", on="2027-01-01", effective=31), at=AT)
    with pytest.raises(LedgerError, match="a year and a number"):
        ledger.record(
            ValueFound(indicator="x", scope="region", year=2027, value=float("nan"), source="s"), at=AT
        )
    assert len(ledger.events()) == 7
    assert ledger.verify() == []


def test_nothing_is_recorded_over_the_traces_of_tampering(ledger):
    ledger.record(Progress(project="metro", on="2026-06-30", share=0.2))
    with sqlite3.connect(ledger.path) as db:  # take the last report out, guards removed and put back
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM events WHERE seq = (SELECT MAX(seq) FROM events)")
        for _, sql in guards:
            db.execute(sql)
    db.close()
    assert ledger.verify()
    with pytest.raises(LedgerError) as caught:
        ledger.record(Slip(project="metro", on="2026-07-01", effective=2030))
    assert "tampered" in caught.value.message.en
    assert ledger.verify()  # the trace is still there


def test_a_value_found_names_a_scope_that_can_be_and_its_source(ledger):
    with pytest.raises(LedgerError) as caught:
        ledger.record(ValueFound(indicator="Y-LIV-01", scope="galaxy", year=2030, value=1.0, source=" "))
    assert [p.column for p in caught.value.problems] == ["scope", "source"]


def test_an_existing_file_is_never_overwritten_and_a_failed_start_leaves_nothing(ledger, tmp_path):
    with pytest.raises(LedgerError, match="never overwritten"):
        Ledger.create(ledger.path, promises(), at=AT)
    with pytest.raises(LedgerError):
        Ledger.create(tmp_path / "new.ledger", promises()[1:], at=AT)  # no plan adopted first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.ledger"]


def test_a_foreign_file_is_refused_in_words(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a database " * 100)
    with pytest.raises(LedgerError, match=r"notes.txt is not a readable ledger"):
        Ledger(text)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(LedgerError, match="not a ledger of Yipan"):
        Ledger(other)
    with pytest.raises(LedgerError, match="no ledger file"):
        Ledger(tmp_path / "nowhere")


def test_a_newer_version_is_refused(ledger):
    with sqlite3.connect(ledger.path) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(LedgerError, match="version 2"):
        Ledger(ledger.path)


def test_a_writer_that_waits_too_long_says_who_is_in_the_way(ledger, monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.05)
    db = sqlite3.connect(ledger.path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another program is writing"):
        ledger.record(Slip(project="metro", on="2027-01-01", effective=2030), at=AT)
    assert len(ledger.events()) == 7  # readers are not held up
    db.execute("ROLLBACK")
    db.close()
    ledger.record(Slip(project="metro", on="2027-01-01", effective=2030), at=AT)
    assert ledger.verify() == []


WRITER = """
import sys
from yipan.track import Ledger, Progress
ledger = Ledger(sys.argv[1])
for k in range(10):
    ledger.record(Progress(project="metro", on="2026-06-01", spent=float(k)))
"""


def test_two_writers_at_once_both_get_all_their_events_in(ledger):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(ledger.path)]) for _ in range(2)]
    assert [w.wait(timeout=120) for w in writers] == [0, 0]
    assert len(ledger.events()) == 7 + 20
    assert ledger.verify() == []


def lamp(ledger, today, **tolerance):
    (p,) = status(ledger, today, tolerance=Tolerance(**tolerance)).projects
    return p


def test_lamps_follow_the_stated_rules(ledger):
    # nothing due and nothing said: grey
    assert lamp(ledger, date(2026, 6, 30)).lamp == "grey"
    # start and first building year were due on 2026-12-31; 90 days later 90/365.25 years late: yellow
    p = lamp(ledger, date(2027, 3, 31))
    assert (p.lamp, p.symbol) == ("yellow", "▲")
    assert p.late == pytest.approx(90 / 365.25)
    assert p.overdue == ("metro/start", "metro/building-1")
    # both reported done: green again; 10 of 30 were to be spent by the end of 2026
    for m in ("metro/start", "metro/building-1"):
        ledger.record(Progress(project="metro", on="2026-12-20", milestone=m, spent=10.0), at=AT)
    assert lamp(ledger, date(2026, 12, 31)).lamp == "green"
    assert lamp(ledger, date(2027, 1, 1)).planned_to_date == pytest.approx(10.0)
    # half of 2027 gone (181 of 365 days): 10 + 20 * 181/365
    assert lamp(ledger, date(2027, 7, 1)).planned_to_date == pytest.approx(10 + 20 * 181 / 365)
    # a slip of one year is red from the day it is known
    ledger.record(Slip(project="metro", on="2027-05-01", effective=2029, note="tunnel"), at=AT)
    p = lamp(ledger, date(2027, 5, 2))
    assert (p.lamp, p.late, p.effective_expected) == ("red", 1.0, 2029)
    assert lamp(ledger, date(2027, 5, 2), late=2.0).lamp == "yellow"


@pytest.mark.parametrize(
    ("spent", "expected"), [(33.0, "green"), (33.1, "yellow"), (37.5, "yellow"), (37.6, "red")]
)
def test_money_above_the_promised_30_changes_the_lamp_at_10_and_25_percent(ledger, spent, expected):
    # 30 * 1.10 = 33.0 is still green, 30 * 1.25 = 37.5 still yellow
    ledger.record(Progress(project="metro", on="2026-06-01", spent=spent), at=AT)
    assert lamp(ledger, date(2026, 6, 30)).lamp == expected


def test_an_opening_ends_all_lateness_but_that_of_the_year(ledger):
    ledger.record(Progress(project="metro", on="2027-11-30", milestone="metro/opening"), at=AT)
    p = lamp(ledger, date(2029, 1, 1))
    assert (p.lamp, p.late, p.effective_expected, p.overdue) == ("green", 0.0, 2028, ())


def test_the_last_report_stands_and_the_state_is_a_replay_of_the_events(ledger):
    ledger.record(Progress(project="metro", on="2026-06-01", spent=2.0, share=0.1), at=AT)
    ledger.record(Progress(project="metro", on="2026-09-01", spent=1.5), at=AT)
    state = replay(ledger.events())
    (metro,) = state.projects
    assert (metro.spent, metro.share, metro.last_report) == (1.5, 0.1, "2026-09-01")
    assert state == replay(ledger.events())


def test_status_reads_in_both_languages_with_symbol_and_word(ledger):
    s = status(ledger, date(2027, 3, 31))
    en, zh = describe_status(s, "en"), describe_status(s, "zh")
    assert "▲ watch  metro" in en
    assert "Transport bureau" in en
    assert "▲ 注意" in zh
    assert "交通局" in zh
    assert "31 December" in en  # the rules are said with the lamps
