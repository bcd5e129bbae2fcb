"""Siting on the small example region, worked by hand, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.cli_site import site_command
from yipan.errors import PlanError
from yipan.network import times_to_points
from yipan.network.access import two_step_floating_catchment
from yipan.plan.siting.board import board_of
from yipan.plan.siting.outcome import facts, site_table, siting_to_dict, zone_table
from yipan.plan.siting.proposals import as_places, as_projects
from yipan.plan.siting.region import site_facilities
from yipan.plan.siting.words import describe_siting
from yipan.region import Region, example, write_region
from yipan.scenario.files import read_projects

PEOPLE = np.array([200_000.0, 100_000.0, 80_000.0, 20_000.0, 30_000.0, 10_000.0])
"""Of the cells A1, A2, B1, B2, C1, C2; hospitals stand at A1 and B1."""
BY_CAR = np.array([4.0, 20.5, 4.0, 22.0, 64.0, 124.0])
"""Minutes from the cells to the nearest hospital."""


@pytest.fixture(scope="module")
def tiny() -> Region:
    return example("tiny")


def _folder(region: Region, path: Path) -> str:
    write_region(region, path / "region")
    return str(path / "region")


def test_the_board_keeps_what_is_there_and_measures_as_places_are_measured(tiny: Region) -> None:
    board = board_of(tiny, "hospital", mode="drive")
    assert board.existing == ("h1", "h2")
    assert board.capacity.tolist() == [1500.0, 300.0]
    assert board.unit == "bed"
    assert (board.near / 60).tolist() == BY_CAR.tolist()
    # a hospital built at C1 is as far as the siting said
    built = tiny.replace(places=_with_place(tiny))
    new = built.tables["places"]
    row = [str(i) for i in new.array("id")].index("new")
    t = times_to_points(built, new.numbers("lon")[[row]], new.numbers("lat")[[row]], "drive")
    assert t[:, 0].tolist() == board.seconds[:, 2 + 4].tolist()


def _with_place(region: Region) -> object:
    s = site_facilities(region, kind="hospital", method="cover", count=1, within=30, mode="drive")
    place = as_places(region, s)[0]
    built = place.apply(region).places
    return built.assign(id=["new" if i == "hospital-C1" else i for i in built["id"]])


def test_candidates_by_cluster_zone_and_residents(tiny: Region) -> None:
    assert board_of(tiny, "hospital", within=["hills"]).candidates.tolist() == [4, 5]
    assert board_of(tiny, "hospital", within=["A", "hills"]).candidates.tolist() == [0, 1, 4, 5]
    assert board_of(tiny, "hospital", least_people=80_000).candidates.tolist() == [0, 1, 2]
    with pytest.raises(PlanError) as e:
        board_of(tiny, "hospital", within=["nowhere"], least_people=1e9)
    assert "no zone or cluster nowhere" in e.value.text("en")
    assert "no candidate cell has 1,000,000,000 residents" in e.value.text("en")


def test_cover_gains_the_larger_hill_town(tiny: Region) -> None:
    # C1 is 64 minutes from C2: one new hospital reaches 30,000 or 10,000
    s = site_facilities(tiny, kind="hospital", method="cover", count=1, within=30, mode="drive")
    assert s.new.tolist() == [4]
    assert s.value == pytest.approx(100 * 430 / 440)
    assert s.siting.proved
    found = {f.id: (f.before, f.after) for f in facts(s)}
    assert found["within"] == (400_000.0, 430_000.0)
    after = np.array([4.0, 20.5, 4.0, 22.0, 4.0, 64.0])
    assert found["mean"] == pytest.approx((PEOPLE @ BY_CAR / 440_000, PEOPLE @ after / 440_000))
    assert found["furthest"] == (124.0, 64.0)
    row = site_table(tiny, s).iloc[0]
    assert (row["cell"], row["zone"], row["residents"], row["newly_within"]) == ("C1", "C", 40_000, 30_000)
    zones = zone_table(tiny, s)
    assert zones.loc["C"].tolist() == [40_000, 0, 30_000, 79.0, 19.0]
    said = " ".join(t.en for t in describe_siting(tiny, s))
    assert "proved to be the best possible" in said
    assert "Most residents still beyond 30 min: Hill Gate 10,000" in said


def test_two_more_places_leave_nobody_out(tiny: Region) -> None:
    s = site_facilities(tiny, kind="hospital", method="set-cover", within=30, mode="drive")
    assert s.new.tolist() == [4, 5]
    assert (s.value, s.bound) == (2.0, 2.0)
    # of the cells of zone A none reaches the hills in 30 minutes: their residents are counted
    s = site_facilities(tiny, kind="hospital", method="set-cover", within=30, mode="drive", zones=["A"])
    assert s.left_out == 40_000.0
    assert s.value == 0.0


def test_median_takes_most_minutes_off(tiny: Region) -> None:
    # minutes saved: at C1 30,000 × 60 + 10,000 × 60 = 2.4 million, at A2 100,000 × 16.5 = 1.65 million
    s = site_facilities(tiny, kind="hospital", method="median", count=1, mode="drive")
    assert s.new.tolist() == [4]
    assert s.value == pytest.approx(PEOPLE @ [4.0, 20.5, 4.0, 22.0, 4.0, 64.0] / 440_000)
    assert s.siting.proved


def test_center_halves_the_longest_way(tiny: Region) -> None:
    # C1 or C2: the other is then the furthest at 64 minutes, C1 being 64 from a hospital as well
    s = site_facilities(tiny, kind="hospital", method="center", count=1, mode="drive")
    assert s.value == pytest.approx(64.0)
    assert s.new.tolist() in ([4], [5])


def test_capacity_says_what_is_short(tiny: Region) -> None:
    ask = {"kind": "hospital", "method": "capacity", "mode": "drive", "count": 1, "per_thousand": 5.0}
    with pytest.raises(
        PlanError, match="2,200 bed exceeds the largest capacity of 3 sites, 2,000 bed, by 200 bed"
    ):
        site_facilities(tiny, capacity=200, **ask)  # type: ignore[arg-type]
    s = site_facilities(tiny, capacity=400, **ask)  # type: ignore[arg-type]
    assert s.served is not None
    assert s.served.load.sum() == pytest.approx(2200)
    assert (s.served.load <= np.concatenate([[1500, 300], np.full(6, 400)]) + 1e-6).all()
    assert s.siting.proved
    assert [type(i).__name__ for i in as_places(tiny, s)] == ["AddPlace"]


def test_equity_is_what_floating_catchments_measure(tiny: Region) -> None:
    s = site_facilities(
        tiny, kind="hospital", method="equity", count=1, capacity=300, mode="drive", aim="least", within=70
    )
    beds = np.concatenate([[1500.0, 300.0], np.zeros(6)])
    best = []
    for j in range(2, 8):
        more = beds.copy()
        more[j] = 300
        access = two_step_floating_catchment(s.board.seconds, more, PEOPLE, limit=70)
        best.append(1000 * access.min())
    assert s.value == pytest.approx(max(best))
    assert s.new[0] == int(np.argmax(best))
    with pytest.raises(PlanError, match="have no capacity"):
        site_facilities(tiny, kind="airport", method="equity", count=1, capacity=1, mode="drive")


def test_enlarging_becomes_a_change_of_capacity(tiny: Region) -> None:
    s = site_facilities(
        tiny,
        kind="hospital",
        method="equity",
        total=300,
        enlarge=True,
        mode="drive",
        zones=["C"],
        aim="deviation",
        within=30,
    )
    kinds = {type(i).__name__ for i in as_places(tiny, s)}
    assert s.equal is not None
    assert s.equal.added.sum() == pytest.approx(300)
    # A has 1,500 beds for 300,000 and the hills none for 40,000: 5 per 1,000 takes 200; B's 300 for 100,000
    # are short of 5 by 200 as well
    assert kinds == {"AddPlace", "ChangeCapacity"}
    assert s.left_out == 0.0


def test_everything_missing_is_said_at_once(tiny: Region) -> None:
    with pytest.raises(PlanError) as e:
        site_facilities(tiny, kind="hospital", method="capacity", within=-1)
    said = e.value.text("en")
    for part in ("needs --count", "needs --capacity", "needs --per-thousand", "--within must be above 0"):
        assert part in said
    with pytest.raises(PlanError, match="no method nearest"):
        site_facilities(tiny, kind="hospital", method="nearest")  # type: ignore[arg-type]


def test_a_kind_nobody_recorded_is_said(tiny: Region) -> None:
    s = site_facilities(tiny, kind="museum", method="cover", count=1, within=30, mode="drive")
    assert any("has no museum on record" in t.en for t in describe_siting(tiny, s))
    assert s.new.tolist() == [1]  # A2 is 20.5 minutes from A1 and from B1: 380,000 in all


def test_several_kinds_count_as_one_but_one_is_built(tiny: Region) -> None:
    s = site_facilities(tiny, kind="hospital|shelter", method="cover", count=1, within=30, mode="drive")
    assert len(s.board.existing) == 3
    with pytest.raises(PlanError, match="stands for several kinds"):
        as_places(tiny, s)
    assert as_places(tiny, s, kind="hospital")[0].kind == "hospital"  # type: ignore[union-attr]


def test_projects_apply_and_read_back(tiny: Region, tmp_path: Path) -> None:
    out = tmp_path / "new.toml"
    call = ["--kind", "hospital", "--method", "cover", "--count", "2", "--within", "30", "--mode", "drive"]
    money = ["--cost", "3.5", "--upkeep", "0.2", "--price-year", "2024", "--life", "40"]
    call += ["--capacity", "200", "--projects", str(out)]
    done = CliRunner().invoke(site_command, [_folder(tiny, tmp_path), *call, *money])
    assert done.exit_code == 0, done.output
    projects = read_projects(out)
    assert [p.id for p in projects] == ["hospital-C1", "hospital-C2"]
    assert [p.cost for p in projects] == [3.5, 3.5]
    for p in projects:
        (place,) = p.interventions
        assert place.resolve(tiny) == []
    again = as_projects(
        tiny,
        site_facilities(
            tiny, kind="hospital", method="cover", count=2, within=30, mode="drive", capacity=200
        ),
        capital=(3.5,),
        upkeep=0.2,
        price_year=2024,
        life=40,
        source="yipan site --cost",
    )
    assert [p.interventions for p in again] == [p.interventions for p in projects]


def test_the_command_in_both_languages_and_as_json(tiny: Region, tmp_path: Path) -> None:
    call = [_folder(tiny, tmp_path), "--kind", "hospital", "--method", "set-cover", "--within", "30"]
    call += ["--mode", "drive"]
    zh = CliRunner().invoke(site_command, [*call, "--lang", "zh"])
    assert "已证明为最优" in zh.output
    en = CliRunner().invoke(site_command, [*call, "--lang", "en", "--out", str(tmp_path)])
    assert "proved to be the best possible" in en.output
    data = json.loads(CliRunner().invoke(site_command, [*call, "--json"]).stdout)
    assert [s["cell"] for s in data["sites"]] == ["C1", "C2"]
    assert data["proved"] is True
    assert json.loads((tmp_path / "siting.json").read_text(encoding="utf-8")) == data
    rows = pd.read_csv(tmp_path / "sites.csv")
    assert rows["newly_within"].tolist() == [30_000, 10_000]
    s = site_facilities(tiny, kind="hospital", method="set-cover", within=30, mode="drive")
    assert json.loads(json.dumps(siting_to_dict(tiny, s))) == data


def test_projects_without_money_are_refused_with_all_that_is_missing(tmp_path: Path) -> None:
    call = [str(tmp_path), "--kind", "hospital", "--method", "cover", "--projects", "x.toml"]
    done = CliRunner().invoke(site_command, [*call, "--upkeep", "1"])
    assert done.exit_code == 1
    said = str(done.exception)
    assert "--cost is missing" in said
    assert "--life is missing" in said
    assert "--upkeep is missing" not in said


def test_what_is_not_proved_is_said_with_its_bound(tiny: Region) -> None:
    s = site_facilities(tiny, kind="hospital", method="cover", count=1, within=30, mode="drive")
    open_ = replace(s, siting=replace(s.siting, proved=False, bound=436_000.0))
    said = describe_siting(tiny, open_)[0]
    assert "not proved best: no choice does better than 99.09 (a gap of at most 1.40%)" in said.en
    assert "未证明最优" in said.zh


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.integers(1, 3), st.sampled_from([10, 30, 65]))
def test_built_and_measured_again_the_region_is_what_was_promised(
    people: list[int], count: int, limit: int
) -> None:
    tiny = example("tiny")
    region = tiny.replace(cells=tiny.cells.assign(population=[10_000.0 * p for p in people]))
    s = site_facilities(region, kind="hospital", method="cover", count=count, within=limit, mode="drive")
    built = region
    for place in as_places(region, s, capacity=100):
        assert place.resolve(built) == []
        built = place.apply(built)
    after = board_of(built, "hospital", mode="drive")
    reached = after.people[(after.near <= limit * 60)].sum()
    total = after.people.sum()
    assert reached == pytest.approx(s.value / 100 * total)
    assert len(after.existing) == 2 + len(s.new)


def test_what_a_method_does_not_use_is_refused(tiny: Region) -> None:
    with pytest.raises(PlanError) as error:
        site_facilities(
            tiny,
            kind="hospital",
            method="set-cover",
            within=30,
            count=2,
            total=5,
            enlarge=True,
            aim="least",
            unserved=60,
            per_thousand=3,
        )
    told = [p.what.en for p in error.value.problems]
    options = ("--count", "--per-thousand", "--unserved", "--total", "--enlarge", "--aim")
    assert told == [f"method set-cover does not use {o}" for o in options]


def test_more_places_than_cells_and_no_residents_are_said(tiny: Region) -> None:
    with pytest.raises(PlanError, match="20 are asked, of 6 candidate cells"):
        site_facilities(tiny, kind="hospital", method="median", count=20)
    empty = tiny.replace(cells=tiny.table("cells").assign(population=0.0))
    for method in ("median", "center"):
        with pytest.raises(PlanError, match="no residents to serve"):
            site_facilities(empty, kind="hospital", method=method, count=1)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match="no kind of place is given"):
        site_facilities(tiny, kind="", method="median", count=1)
