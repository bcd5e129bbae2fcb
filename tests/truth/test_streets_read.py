"""Streets read from hand-made OpenStreetMap files: who may go where, how long, what is left out."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import pytest

from yipan import options
from yipan.errors import RegionError, UnsafeFile
from yipan.network.minplus import FAR
from yipan.network.streets.read import read_streets, read_streets_modes
from yipan.network.streets.rules import KINDS, RULES, StreetRules, passage
from yipan.network.streets.speeds import SPEEDS, Speeds, duration_seconds, limit_kmh
from yipan.network.streets.values import StreetMode, Streets
from yipan.network.streets.words import HEADER, rules_table

SHARED = Path(__file__).resolve().parents[3] / "shared" / "realdata"
Nodes = Mapping[int, tuple[float, float]]
Ways = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]
MILLI = 111_195  # mm of 0.001 degrees of a great circle of 6,371,008.8 m: 2 pi R / 360,000 = 111.19508 m
BOTH, AHEAD, BACK, SHUT = (True, True), (True, False), (False, True), (False, False)


def osm(
    path: Path, nodes: Nodes, ways: Ways, *, node_tags: Mapping[int, Mapping[str, str]] | None = None
) -> Path:
    def tags(of: Mapping[str, str]) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in of.items())

    lines = ['<?xml version="1.0"?><osm version="0.6">']
    for i, (lon, lat) in nodes.items():
        inner = tags((node_tags or {}).get(i, {}))
        lines.append(f'<node id="{i}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{inner}</node>')
    for i, (refs, of) in ways.items():
        inner = "".join(f'<nd ref="{r}"/>' for r in refs) + tags(of)
        lines.append(f'<way id="{i}" version="1">{inner}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def row(n: int) -> dict[int, tuple[float, float]]:
    """n points along the equator, 0.001 degrees apart; ids from 1."""
    return {i + 1: (0.001 * i, 0.0) for i in range(n)}


def allowed(tags: Mapping[str, str], mode: StreetMode, rules: StreetRules = RULES) -> tuple[bool, bool]:
    found = passage(tags, mode, rules=rules, speeds=SPEEDS)
    return SHUT if found is None else (found.forward_kmh > 0, found.backward_kmh > 0)


RESIDENTIAL = {"highway": "residential"}
CASES = [
    # tags, walk, cycle, drive
    (RESIDENTIAL, BOTH, BOTH, BOTH),
    ({"highway": "motorway"}, SHUT, SHUT, AHEAD),
    ({"highway": "motorway", "oneway": "no"}, SHUT, SHUT, BOTH),
    ({"highway": "trunk", "motorroad": "yes"}, SHUT, SHUT, BOTH),
    ({"highway": "footway", "footway": "sidewalk"}, BOTH, SHUT, SHUT),
    ({"highway": "footway", "bicycle": "yes"}, BOTH, BOTH, SHUT),
    ({"highway": "pedestrian"}, BOTH, BOTH, SHUT),
    ({"highway": "pedestrian", "bicycle": "no"}, BOTH, SHUT, SHUT),
    ({"highway": "path"}, BOTH, BOTH, SHUT),
    ({"highway": "cycleway"}, BOTH, BOTH, SHUT),
    ({"highway": "cycleway", "foot": "no"}, SHUT, BOTH, SHUT),
    ({"highway": "track"}, BOTH, BOTH, SHUT),
    ({"highway": "track", "motor_vehicle": "yes"}, BOTH, BOTH, BOTH),
    ({"highway": "steps"}, BOTH, SHUT, SHUT),
    ({"highway": "steps", "ramp:bicycle": "yes"}, BOTH, BOTH, SHUT),
    ({"highway": "steps", "conveying": "backward"}, BACK, SHUT, SHUT),
    ({"highway": "service"}, BOTH, BOTH, BOTH),
    ({"highway": "service", "service": "emergency_access"}, BOTH, BOTH, SHUT),
    ({"highway": "service", "access": "private"}, SHUT, SHUT, SHUT),
    ({"highway": "service", "access": "customers"}, BOTH, BOTH, BOTH),
    ({"highway": "construction", "construction": "primary"}, SHUT, SHUT, SHUT),
    ({"highway": "proposed"}, SHUT, SHUT, SHUT),
    ({"highway": "unclassified;tertiary"}, BOTH, BOTH, BOTH),
    ({"railway": "platform"}, BOTH, SHUT, SHUT),
    ({"public_transport": "platform"}, BOTH, SHUT, SHUT),
    ({"railway": "rail"}, SHUT, SHUT, SHUT),
    ({"highway": "pedestrian", "area": "yes"}, BOTH, BOTH, SHUT),
    ({"highway": "service", "area": "yes"}, BOTH, BOTH, SHUT),
    # the most specific tag holds
    (RESIDENTIAL | {"access": "no"}, SHUT, SHUT, SHUT),
    (RESIDENTIAL | {"access": "no", "foot": "yes"}, BOTH, SHUT, SHUT),
    (RESIDENTIAL | {"access": "private", "vehicle": "yes"}, SHUT, BOTH, BOTH),
    (RESIDENTIAL | {"vehicle": "no"}, BOTH, SHUT, SHUT),
    (RESIDENTIAL | {"vehicle": "no", "bicycle": "yes"}, BOTH, BOTH, SHUT),
    (RESIDENTIAL | {"motor_vehicle": "no"}, BOTH, BOTH, SHUT),
    (RESIDENTIAL | {"motor_vehicle": "no", "motorcar": "yes"}, BOTH, BOTH, BOTH),
    (RESIDENTIAL | {"motor_vehicle": "destination"}, BOTH, BOTH, BOTH),
    (RESIDENTIAL | {"bicycle": "use_sidepath"}, BOTH, SHUT, BOTH),
    (RESIDENTIAL | {"motor_vehicle:backward": "no"}, BOTH, BOTH, AHEAD),
    (RESIDENTIAL | {"access": "perhaps"}, BOTH, BOTH, BOTH),
    ({"highway": "footway", "access": "yes"}, BOTH, SHUT, SHUT),
    ({"highway": "motorway", "access": "yes"}, SHUT, SHUT, AHEAD),
    ({"highway": "pedestrian", "motor_vehicle": "destination"}, BOTH, BOTH, SHUT),
    ({"highway": "footway", "bicycle": "designated; yes"}, BOTH, BOTH, SHUT),
    # one-ways
    (RESIDENTIAL | {"oneway": "yes"}, BOTH, AHEAD, AHEAD),
    (RESIDENTIAL | {"oneway": "1"}, BOTH, AHEAD, AHEAD),
    (RESIDENTIAL | {"oneway": "-1"}, BOTH, BACK, BACK),
    (RESIDENTIAL | {"oneway": "reverse"}, BOTH, BACK, BACK),
    (RESIDENTIAL | {"oneway": "no"}, BOTH, BOTH, BOTH),
    (RESIDENTIAL | {"oneway": "reversible"}, BOTH, SHUT, SHUT),
    (RESIDENTIAL | {"oneway": "alternating"}, BOTH, BOTH, BOTH),
    (RESIDENTIAL | {"oneway": "yes", "oneway:bicycle": "no"}, BOTH, BOTH, AHEAD),
    (RESIDENTIAL | {"oneway": "yes", "cycleway": "opposite_lane"}, BOTH, BOTH, AHEAD),
    (RESIDENTIAL | {"oneway": "yes", "cycleway:left:oneway": "-1"}, BOTH, BOTH, AHEAD),
    (RESIDENTIAL | {"oneway": "yes", "oneway:motor_vehicle": "no"}, BOTH, AHEAD, BOTH),
    (RESIDENTIAL | {"oneway:foot": "yes"}, AHEAD, BOTH, BOTH),
    (RESIDENTIAL | {"junction": "roundabout"}, BOTH, AHEAD, AHEAD),
    (RESIDENTIAL | {"junction": "roundabout", "oneway": "-1"}, BOTH, BACK, BACK),
    (RESIDENTIAL | {"junction": "circular"}, BOTH, AHEAD, AHEAD),
    # ferries
    ({"route": "ferry"}, BOTH, BOTH, SHUT),
    ({"route": "ferry", "motor_vehicle": "yes"}, BOTH, BOTH, BOTH),
    ({"route": "ferry", "foot": "no", "motorcar": "yes", "oneway": "yes"}, SHUT, AHEAD, AHEAD),
    ({"route": "bus"}, SHUT, SHUT, SHUT),
]


@pytest.mark.parametrize(("tags", "walk", "cycle", "drive"), CASES)
def test_who_may_use_a_way_and_in_which_direction(
    tags: dict[str, str], walk: tuple[bool, bool], cycle: tuple[bool, bool], drive: tuple[bool, bool]
) -> None:
    assert (allowed(tags, "walk"), allowed(tags, "cycle"), allowed(tags, "drive")) == (walk, cycle, drive)


def test_private_streets_open_when_the_rules_say_so() -> None:
    private = {"highway": "service", "access": "private"}
    assert allowed(private, "drive", replace(RULES, private=True)) == BOTH
    assert allowed({"highway": "footway", "access": "private"}, "drive", replace(RULES, private=True)) == SHUT


def test_places_are_not_put_on_motorways_ferries_and_tunnels() -> None:
    def places(tags: Mapping[str, str], mode: StreetMode) -> bool:
        found = passage(tags, mode, rules=RULES, speeds=SPEEDS)
        assert found is not None
        return found.places

    assert places(RESIDENTIAL, "drive")
    assert not places({"highway": "motorway"}, "drive")
    assert not places({"highway": "trunk"}, "drive")
    assert places({"highway": "trunk"}, "walk")
    assert not places({"route": "ferry"}, "walk")
    assert not places({"highway": "steps"}, "walk")
    assert not places(RESIDENTIAL | {"tunnel": "yes"}, "walk")
    assert places(RESIDENTIAL | {"tunnel": "no"}, "walk")
    assert places(RESIDENTIAL | {"tunnel": "building_passage"}, "walk")


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("60", 60.0), ("60 km/h", 60.0), ("30 mph", 48.28032), ("30mph", 48.28032), ("10 knots", 18.52),
        ("walk", 6.0), ("BR:urban", 50.0), ("br:urban", 50.0), ("GB:motorway", 120.0), ("DE:zone:30", 30.0),
        ("DE:zone30", 30.0), ("FR:30", 30.0), ("BE-VLG:rural", 90.0), ("50;40", 40.0), ("50; 40", 40.0),
        ("80|60", 60.0), ("none", 130.0), ("signals", None), ("signals;70", 70.0), ("62,5", 62.5),
    ],
)  # fmt: skip
def test_limits_as_mappers_write_them(value: str, kmh: float | None) -> None:
    assert limit_kmh(value) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize("value", ["fast", "", ";", "0", "-50", "5000", "50 miles", "BR:moon", "nan", "inf"])
def test_nonsense_is_no_limit(value: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(value)}$"):
        limit_kmh(value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("20", 1200), ("00:20", 1200), ("1:30", 5400), ("01:30:15", 5415), ("PT20M", 1200), ("P1DT1H", 90_000)],
)
def test_durations(value: str, seconds: int) -> None:
    assert duration_seconds(value) == seconds


@pytest.mark.parametrize("value", ["", "soon", "PT", "P", "0", "00:00", "1:2:3:4", "99999999"])
def test_nonsense_is_no_duration(value: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(value)}$"):
        duration_seconds(value)


def test_lengths_and_times_by_hand(tmp_path: Path) -> None:
    """0.001 degrees are 111.195 m; a primary road of 60 km/h is driven at 0.7 of it; 1 m/s on foot."""
    path = osm(
        tmp_path / "a.osm",
        row(4),
        {
            10: ([1, 2], {"highway": "primary", "maxspeed": "60"}),
            11: ([2, 3], {"highway": "primary", "maxspeed:forward": "30", "maxspeed:backward": "15 mph"}),
            12: ([3, 4], {"highway": "service"}),
        },
    )
    drive, problems = read_streets(path, "drive")
    assert problems == ()
    assert (drive.lon.tolist(), drive.lat.tolist()) == ([0.0, 0.001, 0.002, 0.003], [0.0] * 4)
    assert (drive.u.tolist(), drive.v.tolist(), drive.way.tolist()) == ([0, 1, 2], [1, 2, 3], [10, 11, 12])
    assert drive.length.tolist() == [MILLI] * 3
    # 111.19508 m / (42, 21 and 20 km/h); back on way 11: 15 mph = 24.14016 km/h, times 0.7
    assert drive.forward.tolist() == [9531, 19062, 20015]
    assert drive.backward.tolist() == [9531, 23689, 20015]
    walk, _ = read_streets(path, "walk")
    assert walk.forward.tolist() == walk.backward.tolist() == [MILLI] * 3
    fast, _ = read_streets(path, "walk", speeds=Speeds(walk_kmh=7.2))
    assert fast.forward.tolist() == [55_598] * 3
    free, _ = read_streets(path, "drive", speeds=Speeds(congestion={"other": 1.0}))
    assert free.forward.tolist() == [6672, 13343, 20015]


def test_steps_are_walked_at_half_the_speed_and_bicycles_pushed(tmp_path: Path) -> None:
    ways: Ways = {
        1: ([1, 2], {"highway": "steps", "ramp:bicycle": "yes"}),
        2: ([2, 3], {"highway": "pedestrian"}),
    }
    files = read_streets_modes(osm(tmp_path / "a.osm", row(3), ways), ("walk", "cycle"))
    assert files["walk"].streets.forward.tolist() == [222_390, MILLI]
    assert files["cycle"].streets.forward.tolist() == [222_390, MILLI]
    assert files["walk"].places.tolist() == [False, True]
    assert [KINDS[k] for k in files["walk"].kind] == ["steps", "pedestrian"]


def test_a_ferry_takes_its_stated_duration_shared_by_length_or_the_stated_speed(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.004, 0.0), 4: (0.005, 0.0)}
    timed = {"route": "ferry", "duration": "00:10"}
    ways: Ways = {1: ([1, 2, 3], timed), 2: ([3, 4], {"route": "ferry", "duration": "soon"})}
    streets, problems = read_streets(osm(tmp_path / "a.osm", nodes, ways), "walk")
    assert streets.forward.tolist() == [150_000, 450_000, 26_687]  # the last: 111.195 m at 15 km/h
    assert [p.column for p in problems] == ["duration"]
    assert "duration=soon" in problems[0].what.en


def test_the_duration_of_a_clipped_ferry_is_not_squeezed_into_what_is_left(tmp_path: Path) -> None:
    ways: Ways = {1: ([1, 2, 99], {"route": "ferry", "duration": "02:00"})}
    streets, problems = read_streets(osm(tmp_path / "a.osm", row(2), ways), "walk")
    assert streets.forward.tolist() == [26_687]
    assert "1 nodes that are not in the file" in problems[0].what.en


def test_missing_nodes_leave_a_gap_and_are_told(tmp_path: Path) -> None:
    ways: Ways = {5: ([1, 2, 77, 3, 4], RESIDENTIAL), 6: ([2, 3, 4], {"highway": "footway"})}
    streets, problems = read_streets(osm(tmp_path / "a.osm", row(4), ways), "walk")
    assert sorted(zip(streets.way.tolist(), streets.u.tolist(), streets.v.tolist(), strict=True)) == [
        (5, 0, 1), (5, 2, 3), (6, 1, 2), (6, 2, 3),
    ]  # fmt: skip
    assert len(problems) == 1
    assert problems[0].severity == "warning"
    assert "1 ways refer to 1 nodes" in problems[0].what.en
    assert "(5)" in problems[0].what.en


def test_nodes_that_are_not_on_earth_count_as_missing(tmp_path: Path) -> None:
    nodes = row(2) | {3: (200.0, 0.0), 4: (0.003, 95.0)}
    streets, problems = read_streets(
        osm(tmp_path / "a.osm", nodes, {1: ([1, 2, 3, 4], RESIDENTIAL), 2: ([2, 4], RESIDENTIAL)}), "walk"
    )
    assert streets.lon.tolist() == [0.0, 0.001]
    assert "2 ways refer to 3 nodes" in problems[0].what.en


def test_unreadable_limits_are_told_and_the_class_speed_is_used(tmp_path: Path) -> None:
    tags = {"highway": "residential", "maxspeed": "very fast"}
    ways: Ways = {1: ([1, 2], tags), 2: ([2, 3], tags)}
    streets, problems = read_streets(osm(tmp_path / "a.osm", row(3), ways), "drive")
    assert streets.forward.tolist() == [16_679] * 2  # 30 km/h times 0.8
    assert [p.column for p in problems] == ["maxspeed"]
    assert "of 2 ways" in problems[0].what.en


def test_unknown_words_of_access_are_told_and_the_next_tag_holds(tmp_path: Path) -> None:
    ways: Ways = {
        1: ([1, 2], RESIDENTIAL),
        2: ([2, 3], RESIDENTIAL | {"foot": "bridge"}),
        3: ([3, 4], RESIDENTIAL | {"foot": "bridge", "access": "no"}),
    }
    streets, problems = read_streets(osm(tmp_path / "a.osm", row(4), ways), "walk")
    assert streets.way.tolist() == [1, 2]
    assert [(p.column, p.severity) for p in problems] == [("foot", "warning")]
    assert "foot=bridge of 1 ways" in problems[0].what.en


def test_streets_of_no_known_kind_are_told(tmp_path: Path) -> None:
    ways: Ways = {
        1: ([1, 2], RESIDENTIAL),
        2: ([2, 3], {"highway": "residental"}),
        3: ([2, 3], {"highway": "no"}),
    }
    streets, problems = read_streets(osm(tmp_path / "a.osm", row(3), ways), "drive")
    assert streets.way.tolist() == [1]
    assert ["highway=residental of 1 ways" in p.what.en for p in problems] == [True]


def test_a_bollard_stops_cars_and_a_locked_gate_stops_all(tmp_path: Path) -> None:
    ways: Ways = {1: ([1, 2, 3, 4, 5], RESIDENTIAL)}
    nodes, locked = row(5), {"barrier": "gate", "access": "no"}
    bollard = osm(tmp_path / "a.osm", nodes, ways, node_tags={2: {"barrier": "bollard"}})
    files = read_streets_modes(bollard, ("walk", "cycle", "drive"))
    assert [len(files[m].streets.u) for m in ("walk", "cycle", "drive")] == [4, 4, 3]
    drive = files["drive"].streets
    assert drive.lon.min() == 0.001  # the longer side reaches up to the bollard
    assert files["drive"].points_left_out == 2
    assert files["drive"].metres_left_out == MILLI / 1000
    gate = read_streets_modes(osm(tmp_path / "b.osm", nodes, ways, node_tags={4: locked}), ("walk", "drive"))
    assert [len(gate[m].streets.u) for m in ("walk", "drive")] == [3, 3]
    open_gate = osm(tmp_path / "c.osm", nodes, ways, node_tags={4: {"barrier": "gate"}})
    assert len(read_streets(open_gate, "drive")[0].u) == 4


def test_driving_keeps_what_can_be_left_and_reached_walking_keeps_all(tmp_path: Path) -> None:
    """1–2–3 both ways; 3→4 one way into a dead end; 5–6 an island."""
    ways: Ways = {
        1: ([1, 2, 3], RESIDENTIAL),
        2: ([3, 4], RESIDENTIAL | {"oneway": "yes"}),
        3: ([5, 6], RESIDENTIAL),
    }
    files = read_streets_modes(osm(tmp_path / "a.osm", row(6), ways), ("drive", "walk"))
    assert files["drive"].streets.way.tolist() == [1, 1]
    assert files["walk"].streets.way.tolist() == [1, 1, 2]
    assert (files["drive"].points_left_out, files["walk"].points_left_out) == (3, 2)
    assert files["drive"].metres_left_out == 2 * MILLI / 1000
    said = files["drive"].problems[0]
    assert "3 points (50.0%) and 0.2 km" in said.what.en
    assert "at 0.0040, 0.0000" in said.what.en
    assert said.remedy.en
    assert said.remedy.zh


def test_one_ways_that_never_lead_back_are_no_streets_to_drive(tmp_path: Path) -> None:
    path = osm(tmp_path / "x.osm", row(3), {1: ([1, 2, 3], RESIDENTIAL | {"oneway": "yes"})})
    assert len(read_streets(path, "walk")[0]) == 3
    with pytest.raises(RegionError, match="no street for driving"):
        read_streets(path, "drive")


def test_a_roundabout_is_driven_one_way(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.001), 4: (0.0, 0.001)}
    ways: Ways = {1: ([1, 2, 3, 4, 1], RESIDENTIAL | {"junction": "roundabout"})}
    files = read_streets_modes(osm(tmp_path / "a.osm", nodes, ways), ("drive", "walk"))
    assert len(files["drive"].streets) == 4
    assert (files["drive"].streets.forward < FAR).all()
    assert (files["drive"].streets.backward == FAR).all()
    assert (files["walk"].streets.backward < FAR).all()


def test_repeated_nodes_vanish_and_nodes_on_one_spot_are_a_millimetre_apart(tmp_path: Path) -> None:
    nodes = row(2) | {3: (0.001, 0.0)}
    streets, _ = read_streets(osm(tmp_path / "a.osm", nodes, {1: ([1, 2, 2, 3], RESIDENTIAL)}), "walk")
    assert (streets.length.tolist(), streets.forward.tolist()) == ([MILLI, 1], [MILLI, 1])


def test_a_street_drawn_twice_stays_two_segments(tmp_path: Path) -> None:
    ways: Ways = {1: ([1, 2], RESIDENTIAL), 2: ([2, 1], RESIDENTIAL | {"oneway": "yes"})}
    streets, _ = read_streets(osm(tmp_path / "a.osm", row(2), ways), "drive")
    assert (streets.u.tolist(), streets.v.tolist()) == ([0, 1], [1, 0])
    assert streets.backward[1] == FAR


def test_streets_across_the_antimeridian(tmp_path: Path) -> None:
    nodes = {1: (179.9995, 0.0), 2: (-179.9995, 0.0), 3: (-179.9985, 0.0), 4: (-179.9, 0.0)}
    ways: Ways = {1: ([1, 2, 3, 4], RESIDENTIAL)}
    path = osm(tmp_path / "a.osm", nodes, ways)
    streets, _ = read_streets(path, "walk")
    assert streets.length[:2].tolist() == [MILLI, MILLI]
    boxed, _ = read_streets(path, "walk", box=(179.999, -1.0, -179.999, 1.0))
    assert boxed.length.tolist() == [MILLI, MILLI]


def test_a_box_keeps_the_segments_that_touch_it(tmp_path: Path) -> None:
    path = osm(tmp_path / "a.osm", row(6), {1: ([1, 2, 3, 4, 5, 6], RESIDENTIAL)})
    streets, _ = read_streets(path, "walk", box=(0.0015, -1.0, 0.0025, 1.0))
    assert streets.lon.tolist() == [0.001, 0.002, 0.003]
    whole, _ = read_streets(path, "walk", box=(-180.0, -90.0, 180.0, 90.0))
    assert len(whole) == 6
    with pytest.raises(RegionError, match="no street for walking"):
        read_streets(path, "walk", box=(1.0, 1.0, 2.0, 2.0))


def test_the_order_of_the_file_changes_nothing(tmp_path: Path) -> None:
    ways: Ways = {1: ([1, 2, 3], RESIDENTIAL), 2: ([3, 4], RESIDENTIAL)}
    path = osm(tmp_path / "a.osm", row(4), ways)
    first, _ = read_streets(path, "drive")
    again, _ = read_streets(path, "drive")
    turned = osm(tmp_path / "b.osm", dict(reversed(row(4).items())), dict(reversed(ways.items())))
    other, _ = read_streets(turned, "drive")
    assert first.digest == again.digest == other.digest
    both = read_streets_modes(path, ("walk", "drive"))["drive"].streets
    assert both.digest == first.digest


def test_files_of_an_editor_have_negative_ids_and_ways_before_their_nodes(tmp_path: Path) -> None:
    nodes = {-1: (0.0, 0.0), -2: (0.001, 0.0)}
    streets, problems = read_streets(osm(tmp_path / "a.osm", nodes, {-7: ([-1, -2], RESIDENTIAL)}), "walk")
    assert (streets.length.tolist(), problems) == ([MILLI], ())
    text = osm(tmp_path / "b.osm", row(2), {7: ([1, 2], RESIDENTIAL)}).read_text()
    head, *items, way, tail = text.splitlines()
    (tmp_path / "b.osm").write_text("\n".join([head, way, *items, tail]))
    assert read_streets(tmp_path / "b.osm", "walk")[0].length.tolist() == [MILLI]


def test_pbf_and_xml_give_the_same(tmp_path: Path) -> None:
    xml = osm(tmp_path / "a.osm", row(3), {1: ([1, 2, 3], RESIDENTIAL | {"oneway": "-1"})})
    pbf = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for item in osmium.FileProcessor(str(xml)):
            writer.add(item)
    assert read_streets(pbf, "walk")[0].digest == read_streets(xml, "walk")[0].digest


def test_files_that_cannot_be_read_are_refused_in_words(tmp_path: Path) -> None:
    good = osm(tmp_path / "good.osm", row(2), {1: ([1, 2], {"highway": "footway"})})
    pbf = tmp_path / "cut.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for item in osmium.FileProcessor(str(good)):
            writer.add(item)
    pbf.write_bytes(pbf.read_bytes()[:-20])
    (tmp_path / "empty.osm.pbf").write_bytes(b"")
    (tmp_path / "text.osm.pbf").write_text("not a pbf at all, but long enough to look at")
    (tmp_path / "broken.osm").write_text("<osm version='0.6'><node id='1'")
    (tmp_path / "page.osm").write_text("<html><body>404</body></html>")
    (tmp_path / "bomb.osm").write_text('<!DOCTYPE x [<!ENTITY a "b">]><osm version="0.6">&a;</osm>')
    (tmp_path / "table.csv").write_text("a,b")
    osm(tmp_path / "long.osm", row(2), {1: ([1, 2], {"highway": "footway", "note": "x" * 5000})})
    osm(tmp_path / "far.osm", row(2), {10**20: ([1, 2], {"highway": "footway"})})
    names = ("absent.osm.pbf", "empty.osm.pbf", "text.osm.pbf", "cut.osm.pbf", "broken.osm", "page.osm")
    for name in (*names, "bomb.osm", "table.csv", "long.osm", "far.osm", "good.osm"):
        with pytest.raises(RegionError) as caught:
            read_streets(tmp_path / name, "drive")
        (problem,) = caught.value.problems
        assert problem.file == name
        assert problem.what.zh
        assert problem.remedy.zh
        assert str(tmp_path) not in caught.value.text("en")


def test_a_file_above_the_limit_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "big.osm.pbf").write_bytes(b"x" * 1_100_000)
    with options.using({"region.max_file_mb": 1}), pytest.raises(UnsafeFile, match="too large"):
        read_streets(tmp_path / "big.osm.pbf", "walk")


def test_stretches_beyond_what_is_counted_are_left_out_and_told(tmp_path: Path) -> None:
    nodes = row(2) | {3: (10.0, 0.0)}
    streets, problems = read_streets(
        osm(tmp_path / "a.osm", nodes, {4: ([1, 2, 3], {"route": "ferry"})}), "walk"
    )
    assert streets.length.tolist() == [MILLI]
    assert "way 4" in problems[0].what.en


def test_the_table_of_rules_covers_every_kind_in_both_languages() -> None:
    table = rules_table(replace(RULES, private=True), speeds=Speeds(walk_kmh=5.0))
    assert len(HEADER) == 4
    assert all(cell.zh and cell.en for line in table for cell in line)
    by_tag = {line[0].en: [cell.en for cell in line[1:]] for line in table}
    assert by_tag["highway=residential"] == ["5 km/h", "12 km/h", "24 km/h"]
    assert by_tag["highway=steps"] == ["2.5 km/h", "closed", "closed"]
    assert by_tag["private, permit, residents"] == ["open", "open", "open"]
    assert len(by_tag) == len(table) >= len(KINDS) + 10


def _shares_points(ours: Streets, lon: np.ndarray, lat: np.ndarray) -> float:
    def keys(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.rint(x * 1e7).astype(np.int64) * 10**10 + np.rint(y * 1e7).astype(np.int64)

    return float(np.isin(keys(lon, lat), keys(ours.lon, ours.lat)).mean())


@pytest.mark.skipif(not SHARED.exists(), reason="the real networks are not here")
@pytest.mark.parametrize(("mode", "theirs"), [("walk", "walking"), ("drive", "driving")])
def test_porto_alegre_agrees_with_another_reader(mode: StreetMode, theirs: str) -> None:
    """Pyrosm's rules differ in detail; its largest piece must be nearly all in ours, at the same lengths."""
    pyrosm = pytest.importorskip("pyrosm")
    connected = pytest.importorskip("scipy.sparse.csgraph").connected_components
    coo = pytest.importorskip("scipy.sparse").coo_array
    path = SHARED / "poa" / "poa_osm.pbf"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes, edges = pyrosm.OSM(str(path)).get_network(network_type=theirs, nodes=True)
    number = {i: k for k, i in enumerate(nodes["id"])}
    u, v = (np.array([number[i] for i in edges[end]]) for end in ("u", "v"))
    _, label = connected(coo((np.ones(len(u)), (u, v)), shape=(len(nodes), len(nodes))), directed=False)
    big = label == np.bincount(label).argmax()
    ours = read_streets_modes(path, (mode,))[mode]
    assert _shares_points(ours.streets, nodes["lon"].to_numpy()[big], nodes["lat"].to_numpy()[big]) > 0.97
    # the same ways have the same length, where all of a way is in both
    mine = np.unique(ours.streets.way)
    length = {w: ours.streets.length[ours.streets.way == w].sum() / 1000 for w in mine[::40]}
    other = edges.groupby("id")["length"].sum()
    common = [w for w in length if w in other.index]
    ratio = np.array([length[w] / other[w] for w in common])
    assert len(common) > 50
    assert np.median(np.abs(ratio - 1)) < 0.005
