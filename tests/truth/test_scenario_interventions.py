"""Every intervention on the tiny region: what it changes, what it refuses, how it reads back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from yipan.errors import ScenarioError
from yipan.network import travel_times
from yipan.region import Quality, Region, example
from yipan.scenario import (
    INTERVENTIONS,
    AddLine,
    AddLink,
    AddPlace,
    AddStop,
    ChangeActivity,
    ChangeCapacity,
    ChangeService,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    ImproveLink,
    Intervention,
    Project,
    ProtectArea,
    Ranges,
    Reinstate,
    RestoreArea,
    Scenario,
    Start,
    Stop,
    apply,
    intervention_from_dict,
    resolve,
    touched,
)
from yipan.scenario.change import Change
from yipan.scenario.interventions import register
from yipan.text import Text

TINY = example("tiny")
LINE = AddLine(
    id="m2",
    zh="二号线",
    en="Line 2",
    mode="metro",
    headway_peak=6.0,
    headway_offpeak=12.0,
    speed=60.0,
    dwell=20.0,
    stops=(Stop("st-b1", "东岸", "East", 106.25, 29.10), Stop("st-c2", "山口", "Hill", 106.30, 29.30)),
)
ALL: tuple[Change, ...] = (
    LINE,
    ChangeService(line="m1", headway_peak=2.0),
    AddLink(id="l9", from_cell="B2", to_cell="C2", kind="primary", length=25.0, speed=60.0),
    ImproveLink(link="l4", speed=60.0, kind="primary"),
    AddPlace(id="h3", kind="hospital", en="Hill hospital", lon=106.1, lat=29.3, capacity=200.0, unit="bed"),
    ChangeCapacity(place="h2", add=150.0),
    ClosePlace(place="k1"),
    ChangeActivity(zone="B", jobs=700.0, population=-1000.0),
    ProtectArea(id="p2", zh="新保护区", en="New reserve", lon=106.2, lat=29.35, km2=12.5),
    ExtendLine(line="m1", end="st-b1", stops=(Stop("st-b2", "东岭", "Ridge", 106.35, 29.10),)),
    AddStop(line="m1", after="st-a2", before="st-b1", station="mid", en="Island", lon=106.2, lat=29.1),
    CloseLine(line="m1"),
    CloseLink(link="l3"),
    RestoreArea(cell="B2", habitat="wetland", km2=6.0, use="park", id="w1", en="Wetland park"),
    Reinstate(remove=((("table", "links"), ("id", "l3")),)),
)


RIDGE = Stop("st-b2", "东岭", "Ridge", 106.35, 29.10)
MID = {
    "line": "m1",
    "after": "st-a2",
    "before": "st-b1",
    "station": "mid",
    "zh": "",
    "en": "Island",
    "lon": 106.2,
    "lat": 29.1,
}


def cell_row(**more: str | float) -> tuple[tuple[str, str | float], ...]:
    row = {"row": 1, "id": "A1", "zone": "A", "lon": 106.05, "lat": 29.1, "population": 5.0}
    return tuple({**row, "source": "invented", "quality": "assumed", **more}.items())


def vars_of_link(name: str, start: str) -> tuple[tuple[str, str | float], ...]:
    row = {"id": name, "from": start, "to": "A2", "kind": "local", "length": 11.0, "speed": 40.0}
    return tuple({**row, "source": "invented", "quality": "assumed"}.items())


def project(*interventions: Intervention, **other: Any) -> Project:
    values = {
        "id": "x",
        "name": Text("甲", "X"),
        "owner": Text("", ""),
        "zones": ("B",),
        "capital": (1.0, 2.0),
        "upkeep": 0.1,
        "price_year": 2020,
        "life": 30,
        "source": "invented",
        "quality": Quality.ASSUMED,
        "because": Text("", ""),
    }
    return Project(interventions=interventions, **{**values, **other})


def problems(*interventions: Intervention, region: Region = TINY, **other: Any) -> list[str]:
    return [p.line("en") for p in resolve(region, project(*interventions, **other))]


@pytest.mark.parametrize("change", ALL, ids=lambda c: c.type)
def test_each_resolves_applies_reads_back_and_leaves_the_base(change: Change) -> None:
    before = TINY.id
    assert change.resolve(TINY) == []
    after = change.apply(TINY)
    changed = {n for n, t in TINY.tables.items() if t.digest != after.tables[n].digest}
    assert changed
    assert changed <= set(change.tables)
    assert TINY.replace().id == before != after.id
    assert intervention_from_dict(change.as_dict()) == change
    assert change.describe().zh
    assert change.describe().en


def test_the_registry_holds_all_and_refuses_a_second_of_a_name() -> None:
    assert {c.type for c in ALL} == set(INTERVENTIONS)
    with pytest.raises(ScenarioError, match="AddLine exists already"):
        register(type("Other", (AddLine,), {}))


def test_a_new_line_by_hand() -> None:
    after = apply(TINY, project(LINE))
    # B1–C2 straight: 22.762 km / 60 km/h = 1365.7 → 1366 s; wait 180 s; both ends at stations
    assert travel_times(after, "transit").between("B1", "C2") * 60 == 180 + 1366
    # from A1: line 1 120 + 972 + 30 + 972, change 180 + 180, ride 1366
    assert travel_times(after, "transit").between("A1", "C2") * 60 == 2094 + 180 + 180 + 1366
    new = after.table("stops").iloc[3:]
    assert new["source"].tolist() == ["scenario"] * 2
    assert new["quality"].tolist() == ["assumed"] * 2
    assert [s.id for s in after.meta.sources] == ["invented", "scenario"]


def test_a_stop_at_an_existing_station_is_placed_there() -> None:
    near = Stop("st-b1", "", "", 106.252, 29.10)  # 194 m away
    line = AddLine(
        id="m3",
        en="3",
        mode="metro",
        headway_peak=6.0,
        headway_offpeak=12.0,
        speed=60.0,
        stops=(near, LINE.stops[1]),
    )
    assert line.resolve(TINY) == []
    assert line.apply(TINY).table("stops")["lon"].tolist()[3] == 106.25


def test_service_link_and_capacity_by_hand() -> None:
    faster = ChangeService(line="m1", headway_peak=2.0, speed=72.0).apply(TINY)
    assert travel_times(faster, "transit").between("A1", "A2") * 60 == 60 + 486  # 9.716 km / 72 km/h = 485.8
    better = ImproveLink(link="l4", speed=60.0).apply(TINY)
    assert travel_times(better, "drive").between("A1", "C1") * 60 == 1800 + 240
    more = ChangeCapacity(place="h2", add=-100.0).apply(TINY).places.set_index("id")["capacity"]
    assert more["h2"] == 200.0
    road = AddLink(id="l9", from_cell="B2", to_cell="C2", kind="primary", length=25.0, speed=60.0).apply(TINY)
    assert travel_times(road, "drive").between("B2", "C2") * 60 == 1500 + 240


def test_stated_minutes_shorten_with_the_speed() -> None:
    stops = TINY.table("stops")
    stops.loc[1, "minutes"] = 6.0
    after = ChangeService(line="m1", speed=72.0).apply(TINY.replace(stops=stops))
    assert after.table("stops")["minutes"].tolist()[1] == 3.0  # 36 to 72 km/h


def test_activity_is_spread_in_proportion() -> None:
    after = ChangeActivity(zone="B", jobs=700.0, population=-1000.0).apply(TINY).cells.set_index("id")
    assert after.loc[["B1", "B2"], "jobs"].tolist() == [30_600.0, 5_100.0]  # 30,000 and 5,000 of 35,000
    assert after.loc[["B1", "B2"], "population"].tolist() == [79_200.0, 19_800.0]
    one = ChangeActivity(cell="C2", gdp=2.0).apply(TINY).cells.set_index("id")
    assert one.loc["C2", "gdp"] == 5.0
    empty = TINY.replace(cells=TINY.cells.assign(jobs=0.0))
    equal = ChangeActivity(zone="B", jobs=10.0).apply(empty).cells.set_index("id")
    assert equal.loc[["B1", "B2"], "jobs"].tolist() == [5.0, 5.0]


def test_a_later_intervention_builds_on_an_earlier_one() -> None:
    new = AddPlace(id="h3", kind="hospital", en="x", lon=106.1, lat=29.3, capacity=200.0, unit="bed")
    after = apply(TINY, project(new, ChangeCapacity(place="h3", add=50.0)))
    assert after.places.set_index("id").loc["h3", "capacity"] == 250.0
    assert touched(TINY, project(new)) == ("places",)


def test_a_scenario_applies_its_projects_in_order() -> None:
    one, two = project(ALL[4], id="one"), project(ChangeCapacity(place="h3", add=50.0), id="two")
    after = apply(TINY, Scenario(Text("甲", "A"), (Start(one, 2026), Start(two, 2027))))
    assert after.places.set_index("id").loc["h3", "capacity"] == 250.0
    with pytest.raises(ScenarioError, match="no place h3"):
        apply(TINY, Scenario(Text("甲", "A"), (Start(two, 2026), Start(one, 2027))))
    assert apply(TINY, Scenario(Text("空", "none"), ())) is TINY


def test_all_problems_of_a_project_are_named_at_once() -> None:
    found = problems(
        AddLink(id="l1", from_cell="A1", to_cell="A9", kind="primary", length=10.0, speed=60.0),
        ClosePlace(place="h22"),
        ChangeActivity(zone="Z", jobs=1.0),
        zones=("B", "Q"),
        price_year=2024,
    )
    assert found == [
        "x.zones: there is no zone Q → correct the id",
        "x.price_year: prices of 2024, but the region's are of 2020 → convert the costs to prices of 2020",
        "x.interventions[1].id: the id l1 is already in use → give it another id",
        "x.interventions[1].to_cell: there is no cell A9 → correct the id",
        "x.interventions[2].place: there is no place h22 → write h2",
        "x.interventions[3].zone: there is no zone Z → correct the id",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (AddLine(**{**vars(LINE), "id": "m1"}), "the id m1 is already in use"),
        (AddLine(**{**vars(LINE), "stops": LINE.stops[:1]}), "fewer than two stops"),
        (AddLine(**{**vars(LINE), "mode": "maglev"}), "unknown mode: 'maglev'"),
        (AddLine(**{**vars(LINE), "headway_peak": 0.0}), "headway in the peak cannot be 0.0"),
        (AddLine(**{**vars(LINE), "speed": float("nan")}), "running speed between stops cannot be nan"),
        (AddLine(**{**vars(LINE), "zh": "", "en": ""}), "no name in either language"),
        (
            AddLine(**{**vars(LINE), "stops": (LINE.stops[0], Stop("far", "", "", 107.9, 29.1))}),
            "station far is outside the region: 150.6 km from the nearest cell",
        ),
        (
            AddLine(**{**vars(LINE), "stops": (LINE.stops[1], Stop("st-a1", "", "", 106.15, 29.1))}),
            "the existing station st-a1 is 9.7 km away",
        ),
        (AddLine(**{**vars(LINE), "stops": (LINE.stops[0],) * 2}), "the same station as the stop before"),
        (AddLine(**{**vars(LINE), "stops": (Stop("", "", "", 106.0, 29.0), LINE.stops[0])}), "no station id"),
        (
            AddLine(**{**vars(LINE), "stops": (Stop("q", "", "", 106.0, 129.0), LINE.stops[0])}),
            "no such longitude",
        ),
        (ChangeService(line="m1"), "no change is given"),
        (ChangeService(line="m7", speed=40.0), "there is no line m7"),
        (AddLink(id="n", from_cell="A1", to_cell="A1", kind="local", length=1.0, speed=9.0), "same cell"),
        (
            AddLink(id="n", from_cell="A1", to_cell="A2", kind="local", length=5.0, speed=9.0),
            "shorter than the straight 9.72 km",
        ),
        (
            AddLink(id="n", from_cell="A1", to_cell="A2", kind="path", length=11.0, speed=9.0),
            "unknown class: 'path'",
        ),
        (ImproveLink(link="l1", speed=30.0), "slower than the 40 km/h"),
        (AddPlace(id="h1", kind="hospital", en="x", lon=106.1, lat=29.1), "already in use"),
        (AddPlace(id="q", kind="hospital", en="x", lon=116.1, lat=29.1), "outside the region"),
        (
            AddPlace(id="q", kind="hospital", en="x", lon=106.1, lat=29.1, capacity=5.0),
            "the capacity has no unit",
        ),
        (
            AddPlace(id="q", kind="hospital", en="x", lon=106.1, lat=29.1, capacity=5.0, unit="ward"),
            "capacities of hospital are in bed, not in ward",
        ),
        (ChangeCapacity(place="h2", add=-301.0), "would be negative: 300 -301"),
        (ChangeCapacity(place="a1", add=1.0), "capacity of the place a1 is not known"),
        (ChangeActivity(zone="B", cell="B1", jobs=1.0), "exactly one of cell and zone"),
        (ChangeActivity(zone="B"), "no change is given"),
        (ChangeActivity(cell="C2", jobs=-2001.0), "jobs of C2 would be negative"),
        (ProtectArea(id="p2", en="x", lon=106.1, lat=29.3, km2=-1.0), "area cannot be -1"),
        (ChangeActivity(cell="C2", housing=10.0), "dwellings of C2 are not known"),
        (ExtendLine(line="m9", end="st-b1", stops=(RIDGE,)), "there is no line m9"),
        (ExtendLine(line="m1", end="st-a2", stops=(RIDGE,)), "st-a2 is no end of the line m1"),
        (ExtendLine(line="m1", end="st-b1", stops=()), "no new stop"),
        (ExtendLine(line="m1", end="st-b1", stops=(LINE.stops[0],)), "the same station as the stop before"),
        (ExtendLine(line="m1", end="st-b1", stops=(Stop("n", "", "", "106.3", 29.1),)), "no such longitude"),  # type: ignore[arg-type]
        (ExtendLine(line="m1", end="st-b1", stops=(Stop("far", "", "", 107.9, 29.1),)), "outside the region"),
        (
            ExtendLine(line="m1", end="st-b1", stops=(Stop("st-a1", "", "", 106.35, 29.1),)),
            "the existing station st-a1 is",
        ),
        (AddStop(**{**MID, "line": "m9"}), "there is no line m9"),
        (AddStop(**{**MID, "after": "st-a9"}), "there is no station st-a9"),
        (AddStop(**{**MID, "after": "st-a1"}), "st-a1 and st-b1 do not follow one another on the line m1"),
        (AddStop(**{**MID, "station": "st-b1", "lon": 106.25}), "the same station as its neighbour"),
        (AddStop(**{**MID, "lon": 107.9}), "outside the region"),
        (AddStop(**{**MID, "zh": "", "en": ""}), "no name in either language"),
        (CloseLine(line="m9"), "there is no line m9"),
        (CloseLink(link="l33"), "there is no link l33"),
        (RestoreArea(cell="B9", habitat="wetland", km2=1.0), "there is no cell B9"),
        (RestoreArea(cell="B2", habitat="marsh", km2=1.0), "unknown kind of nature: 'marsh'"),
        (RestoreArea(cell="B2", habitat="forest", km2=500.0), "the zone B has 432 km2"),
        (RestoreArea(cell="B2", habitat="forest", km2=5.0, use="park", en="x"), "empty, but there is a use"),
        (RestoreArea(cell="B2", habitat="forest", km2=5.0, use="park", id="w"), "no name in either"),
        (RestoreArea(cell="B2", habitat="forest", km2=5.0, use="park", id="h1", en="x"), "already in use"),
        (Reinstate(), "no change is given"),
        (Reinstate(remove=((("table", "links"), ("id", "l9")),)), "there is no l9 in links.csv"),
        (Reinstate(remove=((("table", "cells"), ("id", "A1")),)), "links.csv still names A1"),
        (Reinstate(remove=((("table", "lines"), ("id", "m1")),)), "stops.csv still names m1"),
        (Reinstate(remove=((("table", "zones"), ("id", "A")),)), "not the table and the key of a row"),
        (Reinstate(links=((("row", 1), ("id", "l9"), ("speed", "fast")),)), "is of the wrong type: 'fast'"),
        (Reinstate(links=((("id", "l9"),),)), "the place of the row in its table"),
        (Reinstate(stops=((("row", 1), ("line", "m1"), ("seq", 1.5)),)), "seq: is of the wrong type: 1.5"),
        (Reinstate(links=((("row", 1), ("speed", 0.0)),)), "speed: cannot be 0.0"),
        (Reinstate(links=((("row", 1), ("kind", "path")),)), "kind: cannot be 'path'"),
        (Reinstate(links=((("row", 1), ("colour", "red")),)), "there is no column colour"),
        (Reinstate(links=((*vars_of_link("l9", "A1"), ("row", 1)),) * 2), "the id l9 is already in use"),
        (Reinstate(cells=(cell_row(elevation="x"),)), "is of the wrong type: 'x'"),
        (Reinstate(cells=(cell_row(zone="Q"),)), "there is no zone Q"),
        (Reinstate(cells=(cell_row(),), without=((("place", "x"),),)), "lacks its kind"),
        (
            Reinstate(links=((*vars_of_link("l9", "A9"), ("row", 1)),)),
            "there is no cell A9",
        ),
    ],
)
def test_what_is_refused(change: Change, words: str) -> None:
    found = change.resolve(TINY)
    assert any(words in p.line("en") for p in found), [p.line("en") for p in found]
    assert all(p.remedy.zh and p.remedy.en and p.what.zh for p in found)
    with pytest.raises(ScenarioError):
        apply(TINY, project(change))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"capital": ()}, "costs must be zero or more"),
        ({"capital": (-1.0,)}, "costs must be zero or more"),
        ({"upkeep": -0.1}, "costs must be zero or more"),
        ({"life": 0}, "costs must be zero or more"),
        ({"opening_upkeep": (0.1, -0.1)}, "costs must be zero or more"),
        ({"land": -1.0}, "the land it takes is negative: -1"),
        ({"ranges": Ranges(cost=(1.4, 0.9))}, "x.ranges.cost: low 1.4 is above high 0.9"),
        ({"ranges": Ranges(delay=(-1.0, 0.9))}, "x.ranges.delay: -1 years is negative"),
    ],
)
def test_unsound_money_is_refused(other: dict[str, Any], words: str) -> None:
    assert any(words in line for line in problems(ClosePlace(place="h2"), **other))


def test_a_project_without_interventions_is_refused() -> None:
    assert problems() == ["x.interventions: has no intervention → write at least one intervention"]


def test_rows_of_a_file_are_refused_with_every_problem() -> None:
    with pytest.raises(ScenarioError) as found:
        intervention_from_dict(
            {"type": "AddPlace", "id": 7, "kind": "hospital", "lonn": 1.0, "lat": "north", "capacity": True}
        )
    assert [p.column for p in found.value.problems] == ["lonn", "id", "lon", "lat", "capacity"]
    with pytest.raises(ScenarioError) as found:
        intervention_from_dict({**LINE.as_dict(), "stops": [{"station": "a", "lon": 106.0}, 5]})
    assert [p.column for p in found.value.problems] == ["stops[1].lat", "stops[2]"]
    with pytest.raises(ScenarioError) as found:
        intervention_from_dict({"type": "AddLines"})
    assert (
        found.value.problems[0].line("en")
        == "type: there is no type of intervention AddLines → write AddLine"
    )


def test_a_protected_area_is_a_place_with_its_area() -> None:
    row = ALL[8].apply(TINY).places.set_index("id").loc["p2"]
    assert (row["kind"], row["capacity"], row["unit"]) == ("protected_area", 12.5, "km2")
    assert ALL[8].points() == ((106.2, 29.35),)
    assert np.isnan(ALL[4].apply(TINY).places.set_index("id")["capacity"]["a1"])  # what was unknown stays so


def test_a_further_column_of_the_cells_is_put_back_as_it_was() -> None:
    region = TINY.replace(cells=TINY.cells.assign(dwellings=5.0, note="old"))
    (found,) = Reinstate(cells=(cell_row(dwellings="many"),)).resolve(region)
    assert found.line("en").startswith("cells[1].dwellings: is of the wrong type: 'many'")
    after = Reinstate(cells=(cell_row(dwellings=7.0, note="new", colour="red"),)).apply(region).cells
    assert after["dwellings"].tolist() == [7.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    assert after["note"].tolist()[:2] == ["new", "old"]
    assert after["colour"].tolist()[:2] == ["red", ""]
    assert after["population"].tolist()[0] == 5.0
    assert np.isnan(after["jobs"].tolist()[0])  # not stated in the row: it had none
