"""Lines made longer, stops between stops, closures, restored nature: by hand on the tiny region.

Line 1 of the tiny region: stations at 106.05, 106.15 and 106.25 on latitude 29.1, 9.716 km apart, which takes
971.6 → 972 s at 36 km/h; a headway of 4 min (wait 120 s), dwell 30 s. A1, A2, B1, B2 lie at 106.05 … 106.35.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from street_fixture import at, city
from yipan.errors import ScenarioError
from yipan.network import carry_over, forget, travel_times, verify_times
from yipan.packs.ecology.indicators import protected_share
from yipan.region import Quality, Region, example
from yipan.scenario import (
    INTERVENTIONS,
    AddLine,
    AddPlace,
    AddStop,
    ChangeActivity,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    Intervention,
    Project,
    Ranges,
    RestoreArea,
    Scenario,
    Start,
    Stop,
    apply,
    default_ranges,
    diff,
    intervention_from_dict,
    load_interventions,
    plugins,
    read_projects_checked,
    reverse,
    undo,
)
from yipan.scenario.ranges import CLASSES, reference_class
from yipan.text import Text

TINY = example("tiny")
RIDGE = Stop("st-b2", "东岭", "Ridge", 106.35, 29.10)
HILL = Stop("st-c1", "山口", "Hill", 106.10, 29.30)


def seconds(region: Region, a: str, b: str, mode: str = "transit") -> float:
    return travel_times(region, mode).between(a, b) * 60  # type: ignore[arg-type]


def middle(**change: object) -> AddStop:
    values = {"line": "m1", "after": "st-a2", "before": "st-b1", "station": "mid", "en": "Island"}
    return AddStop(**{**values, "lon": 106.2, "lat": 29.1, **change})  # type: ignore[arg-type]


def project(name: str, *interventions: Intervention, **other: object) -> Project:
    plain = Project(
        id=name,
        name=Text(f"项目{name}", f"Project {name}"),
        owner=Text("", "Somebody"),
        zones=("B",),
        interventions=interventions,
        capital=(1.0, 2.0),
        upkeep=0.1,
        price_year=2020,
        life=30,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("", ""),
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def stated(minutes: float) -> Region:
    """The tiny region with the time from the second to the third stop stated."""
    stops = TINY.table("stops")
    stops.loc[2, "minutes"] = minutes
    return TINY.replace(stops=stops)


def test_a_line_extended_at_its_last_stop() -> None:
    longer = ExtendLine(line="m1", end="st-b1", stops=(RIDGE,)).apply(TINY)
    assert seconds(longer, "B1", "B2") == 120 + 972
    assert seconds(longer, "A1", "B2") == 120 + 972 + 30 + 972 + 30 + 972
    assert seconds(longer, "A1", "B1") == seconds(TINY, "A1", "B1") == 120 + 972 + 30 + 972
    last = longer.table("stops").iloc[-1]
    assert (last["line"], last["seq"], last["source"], last["quality"]) == ("m1", 4, "scenario", "assumed")


def test_a_line_extended_at_its_first_stop_by_two() -> None:
    # st-a1 to st-c1: 22.762 km (as B1–C2 by symmetry), 2276.2 → 2276 s; on to st-c2 19.394 km, 1939 s
    beyond = Stop("st-c2", "", "Pass", 106.30, 29.30)
    longer = ExtendLine(line="m1", end="st-a1", stops=(HILL, beyond)).apply(TINY)
    assert seconds(longer, "C1", "A1") == 120 + 2276
    assert seconds(longer, "C1", "B1") == 120 + 2276 + 30 + 972 + 30 + 972
    assert seconds(longer, "C2", "A1") == 120 + 1939 + 30 + 2276
    own = longer.table("stops").sort_values("seq")
    assert own["station"].tolist() == ["st-c2", "st-c1", "st-a1", "st-a2", "st-b1"]
    assert longer.table("stops")["station"].tolist()[:3] == ["st-a1", "st-a2", "st-b1"]  # new rows at the end


def test_what_stood_at_the_first_stop_is_no_time_from_the_new_one() -> None:
    stops = TINY.table("stops")
    stops.loc[0, "minutes"] = 99.0  # means nothing: there is no stop before it
    longer = ExtendLine(line="m1", end="st-a1", stops=(HILL,)).apply(TINY.replace(stops=stops))
    assert seconds(longer, "C1", "A1") == 120 + 2276


def test_a_ring_has_no_end() -> None:
    ring = replace_stops(TINY, [("st-a1", 106.05), ("st-a2", 106.15), ("st-b1", 106.25), ("st-a1", 106.05)])
    (found,) = ExtendLine(line="m1", end="st-a1", stops=(HILL,)).resolve(ring)
    assert "goes round and has no end" in found.what.en


def replace_stops(region: Region, calls: list[tuple[str, float]]) -> Region:
    first = region.table("stops").iloc[[0] * len(calls)]
    stations, lon = [c[0] for c in calls], [c[1] for c in calls]
    return region.replace(stops=first.assign(station=stations, lon=lon, seq=range(1, len(calls) + 1)))


def test_who_rides_through_a_new_stop_loses_its_dwell() -> None:
    # 4.858 km each way: 485.8 → 486 s
    more = middle().apply(TINY)
    assert seconds(more, "A1", "B1") == 120 + 972 + 30 + 486 + 30 + 486
    assert seconds(more, "A1", "A2") == 120 + 972
    # named the other way round it is the same stop
    assert middle(after="st-b1", before="st-a2").apply(TINY).id == more.id


def test_a_stated_time_is_shared_by_distance() -> None:
    region = stated(16.0)
    assert seconds(region, "A1", "B1") == 120 + 972 + 30 + 960
    assert seconds(middle().apply(region), "A1", "B1") == 120 + 972 + 30 + 480 + 30 + 480
    # a quarter of the way: 4 and 12 minutes
    early = middle(lon=106.175).apply(region).table("stops").sort_values("seq")
    np.testing.assert_allclose(early["minutes"].iloc[2:], [4.0, 12.0], rtol=1e-6)
    # 4.4478 km aside: √(4.858² + 4.4478²) / 9.716 of the time each
    aside = middle(lat=29.14).apply(region)
    leg = round(960 * math.hypot(4.858, 4.4478) / 9.716)
    assert seconds(aside, "A1", "B1") == 120 + 972 + 30 + leg + 30 + leg


def test_a_stop_at_an_existing_station_is_placed_there() -> None:
    line = AddLine(id="m2", en="2", mode="metro", headway_peak=4.0, headway_offpeak=4.0, speed=36.0,
                   stops=(Stop("mid", "", "Island", 106.2, 29.1), HILL))  # fmt: skip
    joined = middle(lon=106.2011).apply(line.apply(TINY))
    assert joined.table("stops")["lon"].tolist()[-1] == 106.2


def test_a_closed_road_is_closed_both_ways_and_nothing_else_is() -> None:
    closed = CloseLink(link="l1").apply(TINY)
    assert seconds(closed, "A2", "B1", "drive") == 990 + 240  # 11 km at 40 km/h, 4 min at both ends
    assert np.isinf(seconds(closed, "A1", "B1", "drive"))
    assert np.isinf(seconds(closed, "B1", "A1", "drive"))
    assert seconds(closed, "A1", "A2", "any") == 120 + 972  # the line still runs


def test_without_its_line_people_take_the_coach() -> None:
    none = CloseLine(line="m1").apply(TINY)
    wait, factor = (TINY.assumption(k).value for k in ("coach_wait", "coach_factor"))
    assert seconds(none, "A1", "B1") == 60 * wait + factor * 2 * 990
    assert len(none.table("lines")) == len(none.table("stops")) == 0


def test_a_station_stays_where_it_is_when_its_first_line_goes() -> None:
    line = AddLine(id="m2", en="2", mode="metro", headway_peak=4.0, headway_offpeak=4.0, speed=36.0,
                   stops=(Stop("st-b1", "", "", 106.25, 29.1), RIDGE))  # fmt: skip
    both = line.apply(TINY)
    stops = both.table("stops")
    stops.loc[3, "lon"] = 106.2515  # the second row of a station says otherwise and is not listened to
    both = both.replace(stops=stops)
    left = CloseLine(line="m1").apply(both)
    assert left.table("stops")["lon"].tolist() == [106.25, 106.35]
    assert seconds(left, "B1", "B2") == seconds(both, "B1", "B2") == 120 + 972


def test_restored_land_counts_for_what_becomes_of_it() -> None:
    wetland = RestoreArea(cell="B2", habitat="wetland", km2=6.0)
    bare = wetland.apply(wetland.apply(TINY))
    assert bare.cells.set_index("id")["restored"].fillna(0).to_dict() == {
        "A1": 0, "A2": 0, "B1": 0, "B2": 12.0, "C1": 0, "C2": 0
    }  # fmt: skip
    assert protected_share(bare)["B"] == protected_share(TINY)["B"] == 0.0
    kept = replace(wetland, use="protected", id="w", en="Wetland").apply(TINY)
    assert protected_share(kept)["B"] == pytest.approx(100 * 6 / 432)  # km2 of the zone
    place = kept.places.set_index("id").loc["w"]
    assert (place["kind"], place["capacity"], place["unit"], place["lon"]) == (
        "protected_area",
        6.0,
        "km2",
        106.35,
    )


def test_dwellings_need_their_column() -> None:
    cells = TINY.cells.assign(housing=[1.0, 1.0, 30.0, 10.0, 1.0, 1.0])
    after = ChangeActivity(zone="B", housing=8.0).apply(TINY.replace(cells=cells)).cells.set_index("id")
    assert after.loc[["B1", "B2"], "housing"].tolist() == [36.0, 12.0]  # three to one
    assert after["population"].tolist() == TINY.cells["population"].tolist()


def test_a_kind_that_comes_back_is_no_longer_known_to_be_absent() -> None:
    none = ClosePlace(place="k1").apply(TINY)
    assert none.meta.without == ("power_coal",)
    again = AddPlace(id="k2", kind="power_coal", en="x", lon=106.3, lat=29.1, opened=2030.0).apply(none)
    assert again.meta.without == ()
    assert again.places["opened"].tolist()[-1] == 2030


@pytest.mark.parametrize(
    "change", [CloseLink(link="l2"), CloseLine(line="m1"), ClosePlace(place="k1")], ids=lambda c: c.type
)
def test_what_was_closed_opens_as_it_was(change: Intervention) -> None:
    closed = change.apply(TINY)
    back = reverse(TINY, change)
    assert back is not None
    assert back.describe().en == f"taken back: {change.describe().en}"
    assert intervention_from_dict(back.as_dict()).apply(closed).id == TINY.id != closed.id


def test_what_cannot_be_applied_cannot_be_taken_back() -> None:
    with pytest.raises(ScenarioError, match="there is no link l33"):
        reverse(TINY, CloseLink(link="l33"))


def test_full_times_after_each_change_of_a_warm_region() -> None:
    forget()
    for mode in ("drive", "transit", "any"):
        travel_times(TINY, mode)  # type: ignore[arg-type]
    for change in (ExtendLine(line="m1", end="st-b1", stops=(RIDGE,)), middle(), CloseLink(link="l1")):
        after = apply(TINY, project("p", change))
        for mode in ("drive", "transit", "any"):
            travel_times(after, mode)  # type: ignore[arg-type]
        found = verify_times(after)
        assert (found["largest"], found["unlike"], found["matrices"]) == (0.0, 0.0, 4.0)


ONE = project(
    "one", AddPlace(id="h3", kind="hospital", en="x", lon=106.1, lat=29.3, capacity=9.0, unit="bed")
)
TWO = project("two", CloseLink(link="l3"), needs=("one",))
THREE = project("three", CloseLink(link="l5"), bundle="pair")
FOUR = project("four", CloseLine(line="m1"), bundle="pair")
ALL = Scenario(Text("甲", "A"), tuple(Start(p, 2026 + k) for k, p in enumerate((ONE, TWO, THREE, FOUR))))


def test_undo_takes_out_the_last_or_those_named() -> None:
    assert undo(ALL, ["three", "four"]).starts == ALL.starts[:2]
    assert undo(undo(ALL, ["three", "four"])).starts == ALL.starts[:1]
    assert undo(ALL, ("one", "two")).starts == ALL.starts[2:]
    assert len(ALL.starts) == 4


@pytest.mark.parametrize(
    ("which", "words"),
    [
        (None, "three.bundle: Project three is bundled with four → take three out as well"),
        ("one", "two.needs: Project two needs one → take two out as well"),
        ("thre", "starts: there is no project thre → write three"),
    ],
)
def test_undo_says_who_holds_what(which: str | None, words: str) -> None:
    with pytest.raises(ScenarioError) as found:
        undo(ALL, which)
    assert [p.line("en") for p in found.value.problems] == [words]


def test_undo_tries_what_is_left_when_given_the_region() -> None:
    built = project("built", AddPlace(id="h4", kind="hospital", en="x", lon=106.1, lat=29.3))
    shut = project("shut", ClosePlace(place="h4"))
    scenario = Scenario(Text("乙", "B"), (Start(built, 2026), Start(shut, 2027)))
    assert [s.project.id for s in undo(scenario, "built").starts] == ["shut"]  # needs says nothing of it
    with pytest.raises(ScenarioError, match=r"shut.interventions\[1\].place: there is no place h4"):
        undo(scenario, "built", region=TINY)
    with pytest.raises(ScenarioError, match="nothing to take out"):
        undo(Scenario(Text("空", "none"), ()))


def test_stops_are_compared_by_station_not_by_number() -> None:
    after = ExtendLine(line="m1", end="st-a1", stops=(HILL,)).apply(middle().apply(TINY))
    assert diff(TINY, after) == "\n".join(
        [
            "stops.csv",
            "  + m1 0: station=st-c1, zh=山口, en=Hill, lon=106.1, lat=29.3",
            "  + m1 3: station=mid, en=Island, lon=106.2, lat=29.1",
        ]
    )


def test_regions_are_not_compared_with_scenarios() -> None:
    with pytest.raises(TypeError, match="two regions or two scenarios"):
        diff(TINY, ALL)


def test_ranges_come_from_the_dearest_reference_class() -> None:
    line = AddLine(id="m2", en="2", mode="metro", headway_peak=4.0, headway_offpeak=4.0, speed=36.0,
                   stops=(Stop("st-b1", "", "", 106.25, 29.1), RIDGE))  # fmt: skip
    road_and_rail = project("x", ImproveOf("l4"), line)
    assert reference_class(road_and_rail) == "rail"
    found = default_ranges(road_and_rail)
    assert found.cost == (1.07, 1.83)  # 1 + 0.45 ∓ 0.38
    assert found.delay == (0.0, 0.8)  # two building years
    assert found.effect is None
    assert "Flyvbjerg, Skamris Holm & Buhl 2003" in found.source
    own = Ranges(cost=(0.9, 1.2), delay=(0.0, 1.0), effect=(0.8, 1.0), source="study")
    assert default_ranges(replace(road_and_rail, ranges=own)) == own
    hydro = AddPlace(id="d", kind="power_hydro", en="x", lon=106.1, lat=29.1, capacity=9.0, unit="MW")
    assert default_ranges(project("d", hydro)).cost == (1.0, 2.5)  # 1 … 1 + 2 · 0.75
    assert reference_class(project("c", ClosePlace(place="k1"))) == "any"
    assert "assumed" in default_ranges(project("c", ClosePlace(place="k1"))).source
    bus = TINY.table("lines").assign(mode="bus")
    longer = project("l", ExtendLine(line="m1", end="st-b1", stops=(RIDGE,)))
    assert reference_class(longer) == "rail"
    assert reference_class(longer, region=TINY.replace(lines=bus)) == "bus"
    assert all(low > 0 and low <= high for low, high in (c.factors for c in CLASSES.values()))


def ImproveOf(link: str) -> Intervention:  # noqa: N802
    return intervention_from_dict({"type": "ImproveLink", "link": link, "speed": 60.0})


PLUGIN = """
from dataclasses import dataclass
from typing import ClassVar
from yipan.scenario.change import Change, missing, spec
from yipan.text import Text

@dataclass(frozen=True, kw_only=True)
class RenameZone(Change):
    type: ClassVar[str] = "RenameZone"
    label: ClassVar[Text] = Text("分区更名", "renamed zone")
    tables: ClassVar[tuple[str, ...]] = ("zones",)
    zone: str = spec("id", "分区编号", "zone id")
    en: str = spec("text", "英文名", "English name")

    def against(self, region):
        return missing("zone", self.zone, region.zone_ids, ("分区", "zone"))

    def apply(self, region):
        zones = region.zones
        zones.loc[zones["id"] == self.zone, "en"] = self.en
        return region.replace(zones=zones)

    def describe(self):
        return Text(f"{self.zone} 更名 {self.en}", f"{self.zone} is now {self.en}")

    def points(self):
        return ()

@dataclass(frozen=True, kw_only=True)
class Taken(RenameZone):
    type: ClassVar[str] = "ClosePlace"

@dataclass(frozen=True, kw_only=True)
class Half(Change):
    type: ClassVar[str] = "Half"
    label: ClassVar[Text] = Text("半", "half")
    tables: ClassVar[tuple[str, ...]] = ()

class NoType(RenameZone):
    bare: int = 3

nothing = 5
"""


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "invented_plugin.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "broken_plugin.py").write_text("raise RuntimeError('no licence')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    named = {
        "RenameZone": "invented_plugin:RenameZone",
        "gone": "no_such_module:X",
        "half": "invented_plugin:Half",
        "five": "invented_plugin:nothing",
        "raises": "broken_plugin:X",
        "taken": "invented_plugin:Taken",
    }
    found = [EntryPoint(name, value, plugins.GROUP) for name, value in named.items()]
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: found if group == plugins.GROUP else [])
    before = dict(INTERVENTIONS)
    load_interventions.cache_clear()
    yield
    INTERVENTIONS.clear()
    INTERVENTIONS.update(before)
    load_interventions.cache_clear()


@pytest.mark.usefixtures("announced")
def test_a_plug_in_is_found_and_bad_ones_are_named(tmp_path: Path) -> None:
    change = intervention_from_dict({"type": "RenameZone", "zone": "A", "en": "Old Town"})
    assert change.apply(TINY).zone_name("A").en == "Old Town"
    assert reverse(TINY, change) is None  # no row of the tables it can put back
    bad = load_interventions()
    assert [p.column for p in bad] == [
        f"yipan.interventions:{n}" for n in ("five", "gone", "half", "raises", "taken")
    ]
    said = [p.what.en for p in bad]
    assert "no class derived from" in said[0]
    assert "ModuleNotFoundError" in said[1]
    assert "does not implement all of against, apply, describe, points" in said[2]
    assert "RuntimeError: no licence" in said[3]
    assert "the type of intervention ClosePlace exists already" in said[4]
    assert {p.severity for p in bad} == {"warning"}
    with pytest.raises(ScenarioError, match=r"yipan.interventions:raises"):
        intervention_from_dict({"type": "BuildDike"})
    projects, problems = read_projects_checked(tmp_path)  # no project file: only what is wrong with plug-ins
    assert projects == ()
    assert problems == list(bad)


def test_without_plug_ins_there_is_nothing_to_say() -> None:
    load_interventions.cache_clear()
    assert load_interventions() == ()


def test_along_streets_and_by_timetable_what_slows_is_computed_in_full(tmp_path: Path) -> None:
    forget()
    region = city(tmp_path / "blocks")
    tram = AddLine(id="tram", en="tram", mode="metro", speed=30.0, headway_peak=4.0, headway_offpeak=4.0,
                   stops=tuple(Stop(f"t{i}", "", "", *at(i, 1)) for i in (0, 2)))  # fmt: skip
    price = region.meta.price_year
    before = apply(region, project("tram", tram, zones=(), price_year=price))
    for mode in ("drive", "transit", "any"):
        travel_times(before, mode)  # type: ignore[arg-type]
    lon, lat = at(1, 1)
    changes = (
        ExtendLine(line="tram", end="t2", stops=(Stop("t3", "", "", *at(3, 1)),)),
        AddStop(line="tram", after="t0", before="t2", station="t1", en="x", lon=lon, lat=lat),
        CloseLine(line="tram"),
    )
    for change in changes:
        after = change.apply(before)
        assert not carry_over(before, after)
        for mode in ("drive", "transit", "any"):
            travel_times(after, mode)  # type: ignore[arg-type]
        found = verify_times(after)
        assert (found["largest"], found["unlike"]) == (0.0, 0.0)
    back = reverse(before, changes[0])
    assert back is not None
    assert back.apply(changes[0].apply(before)).id == before.id
