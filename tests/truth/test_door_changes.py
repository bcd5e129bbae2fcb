"""New lines over a timetable: backwards searches, stations of new lines, what verifying finds."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from street_fixture import CELLS, at, city, folder
from yipan.network import carry_over, forget, travel_times, verify_times
from yipan.network.costs import network_digest
from yipan.network.door.board import Board
from yipan.network.door.reverse import MIRROR, mirrored, reverse
from yipan.network.door.settings import street_costs, window_of
from yipan.network.door.state import StreetState
from yipan.network.times import state_of
from yipan.network.timetable.build import read_timetable
from yipan.network.transit.network import transit_network, turned
from yipan.network.transit.values import Query
from yipan.network.transit.window import window_times
from yipan.network.values import UNREACHED
from yipan.region import Quality, Region
from yipan.scenario import AddLine, AddLink, ChangeService, Project, Stop, apply
from yipan.text import Text


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return city(tmp_path_factory.mktemp("city") / "blocks")


def project(region: Region, *interventions: object, name: str = "p") -> Project:
    return Project(
        id=name,
        name=Text(name, name),
        owner=Text("", ""),
        zones=(),
        interventions=interventions,  # type: ignore[arg-type]
        capital=(1.0,),
        upkeep=0.0,
        price_year=region.meta.price_year,
        life=30,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("", ""),
    )


def tram(*crossings: tuple[int, int], headway: float = 4.0, name: str = "tram") -> AddLine:
    stops = tuple(Stop(f"{name}-{i}", "", f"{name} {i}", *at(*c)) for i, c in enumerate(crossings))
    return AddLine(
        id=name, en=name, mode="metro", speed=30.0, headway_peak=headway, headway_offpeak=headway, stops=stops
    )


def test_reversing_twice_gives_the_timetable_back(tmp_path: Path) -> None:
    table, _ = read_timetable(sorted((folder(tmp_path / "c") / "transit").glob("*.zip")), date(2026, 3, 10))
    twice = reverse(reverse(table))
    for f in fields(table):
        a, b = getattr(table, f.name), getattr(twice, f.name)
        if isinstance(a, np.ndarray):
            assert np.array_equal(a, b), f.name
    assert twice.trip_id == table.trip_id
    assert twice.digest == table.digest
    once = reverse(table)
    assert int(once.departures.min()) == MIRROR - int(table.arrivals.max())


def test_a_backward_search_is_the_latest_departure(blocks: Region) -> None:
    """Leaving when the backward search says arrives in time; leaving a second later does not."""
    costs = street_costs(blocks, percentile=50, window=window_of(blocks, None))
    board = Board(blocks, costs, digest="")
    cells = board.cells["walk"]
    walks = turned(board.network.changes, places=len(board.timetable.stops))
    back = transit_network(reverse(board.timetable), walks)
    arrive = Query(start=30_000, end=30_001, step=1, max_rides=4, transfer_slack=180, limit=7200)
    backward = window_times(back, board.egress(cells), board.access(cells), None, mirrored(arrive))[:, :, 0].T
    compared = 0
    for i in range(len(CELLS)):
        for j in range(len(CELLS)):
            if backward[i, j] == UNREACHED:
                continue
            leave = 30_000 - int(backward[i, j])
            rows = [
                window_times(
                    board.network,
                    board.access(cells),
                    board.egress(cells),
                    None,
                    replace(arrive, start=t, end=t + 1),
                )[i, j, 0]
                for t in (leave, leave + 1)
            ]
            assert rows[0] <= 30_000 - leave
            assert rows[1] > 30_000 - leave - 1
            compared += 1
    assert compared >= 20


def test_a_new_line_only_lowers_times_and_full_recomputation_is_near(blocks: Region) -> None:
    forget()
    before = {m: travel_times(blocks, m).seconds for m in ("drive", "transit", "any")}
    built = apply(blocks, project(blocks, tram((0, 0), (2, 2), (4, 4), (6, 6), (7, 7))))
    state = state_of(built)
    assert isinstance(state, StreetState)
    assert state.base is state_of(blocks)
    after = {m: travel_times(built, m).seconds for m in before}
    assert np.array_equal(after["drive"], before["drive"])
    assert (after["transit"] <= before["transit"]).all()
    assert (after["transit"] < before["transit"]).sum() > 10
    found = verify_times(built)
    assert 0 < found["largest"] < 240  # less than the headway: waits of one draw against the median wait
    assert found["mean"] < 30


def test_changes_are_counted_from_the_timetable_whatever_the_order(blocks: Region) -> None:
    forget()
    travel_times(blocks, "transit")
    one = project(blocks, tram((0, 0), (3, 3), (6, 6)), name="one")
    two = project(blocks, tram((6, 6), (6, 3), (7, 0), name="other"), name="two")
    ab = travel_times(apply(apply(blocks, one), two), "transit").seconds
    ba = travel_times(apply(apply(blocks, two), one), "transit").seconds
    assert np.array_equal(ab, ba)


def test_a_shorter_headway_gains_and_a_longer_one_is_computed_in_full(blocks: Region) -> None:
    forget()
    base = apply(blocks, project(blocks, tram((0, 0), (3, 3), (6, 6), headway=10)))
    travel_times(base, "transit")
    often = apply(base, project(base, ChangeService(line="tram", headway_peak=3.0)))
    assert (travel_times(often, "transit").seconds <= travel_times(base, "transit").seconds).all()
    seldom = base.replace(lines=base.table("lines").assign(headway_peak=20.0))
    assert not carry_over(base, seldom)
    full = travel_times(seldom, "transit").seconds
    forget()
    assert np.array_equal(full, travel_times(seldom, "transit").seconds)


def test_a_new_link_is_exact(blocks: Region) -> None:
    forget()
    travel_times(blocks, "drive")
    link = AddLink(id="bridge", from_cell="c0", to_cell="c8", kind="expressway", length=3.4, speed=100.0)
    built = apply(blocks, project(blocks, link))
    travel_times(built, "drive")
    assert verify_times(built)["largest"] == 0


def test_cells_that_move_are_computed_anew(blocks: Region) -> None:
    forget()
    travel_times(blocks, "transit")
    cells = blocks.cells
    cells.loc[0, "lon"] += 0.001
    moved = blocks.replace(cells=cells)
    assert not carry_over(blocks, moved)
    assert network_digest(moved) != network_digest(blocks)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=5, unique=True),
    st.integers(2, 15),
)
def test_no_line_lengthens_a_time(
    tmp_path_factory: pytest.TempPathFactory, line: list[tuple[int, int]], headway: int
) -> None:
    region = _kept(tmp_path_factory)
    before = travel_times(region, "transit").seconds
    built = apply(region, project(region, tram(*line, headway=float(headway))))
    assert (travel_times(built, "transit").seconds <= before).all()
    fresh = StreetState(built, state_of(region).costs).get("transit")  # type: ignore[union-attr]
    assert (fresh <= before).all()  # in full, too


_CITY: list[Region] = []


def _kept(factory: pytest.TempPathFactory) -> Region:
    if not _CITY:
        _CITY.append(city(factory.mktemp("kept") / "blocks"))
    return _CITY[0]
