"""Hand-worked travel times on the tiny region (`yipan.region.examples`); arithmetic in the comments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from yipan import network
from yipan.errors import OptionError, RegionError, UnknownName
from yipan.network import UNREACHED, Window, times_to_points, travel_times
from yipan.network.distance import Points, straight_km
from yipan.network.memo import Memo
from yipan.network.minplus import closure, lower, product
from yipan.network.times import state_of
from yipan.options import using
from yipan.region import Region, example

TINY = example("tiny")


def seconds(region: Region, mode: network.Mode, a: str, b: str) -> int:
    t = travel_times(region, mode)
    return int(t.seconds[t.origins.index(a), t.destinations.index(b)])


# Straight distances: 0.1° of longitude at 29.1° N is 11.1195 km × cos 29.1° = 11.1195 × 0.87377 = 9.716 km.
@pytest.mark.parametrize(
    ("mode", "a", "b", "expected"),
    [
        ("drive", "A1", "A2", 1230),  # 11 km / 40 km/h = 990 s, ends 240 s
        ("drive", "A1", "B2", 3300),  # 990 + 990 + 12/40 h = 1080 → 3060, ends 240
        ("drive", "A2", "C2", 8430),  # 990 + 30/30 h = 3600 + 25/25 h = 3600 → 8190, ends 240
        (
            "transit",
            "A1",
            "A2",
            1092,
        ),  # at the station; wait 4/2 min = 120 s; 9.716 km / 36 km/h = 971.6 → 972
        ("transit", "A1", "B1", 2094),  # 120 + 972 + dwell 30 + 972
        ("transit", "A1", "B2", 4314),  # 2094 to B1; coach: wait 600 + 1.5 × 1080 = 1620
        ("transit", "A1", "C1", 6000),  # coach: wait 600 + 1.5 × 3600
        ("transit", "A1", "C2", 11400),  # one coach all the way, one wait: 600 + 1.5 × 7200
        ("any", "A1", "A2", 1092),  # the metro beats 1230 by car
        ("any", "A1", "B1", 2094),  # 2094 by metro, 2220 by car
        ("any", "A2", "B2", 2310),  # by car: 990 + 1080 + 240
    ],
)
def test_between_cells(mode: network.Mode, a: str, b: str, expected: int) -> None:
    assert seconds(TINY, mode, a, b) == expected


def test_off_the_peak_one_waits_half_of_eight_minutes() -> None:
    t = travel_times(TINY, "transit", window=Window(period="offpeak"))
    assert t.between("A1", "A2") * 60 == 240 + 972


def test_percentile_scales_the_wait() -> None:
    t = travel_times(TINY, "transit", percentile=90)
    assert t.between("A1", "A2") * 60 == 216 + 972  # 0.9 × 240 s


def test_inside_a_cell() -> None:
    # half of 9.716 km = 4.858 km; by car × 1.3 / 20 km/h = 1136.8 → 1137 s, ends 240
    assert seconds(TINY, "drive", "A1", "A1") == 1377
    # too far to walk (2.5 km); coach: 600 + 1.5 × 1136.8 = 1705.2 → 1705
    assert seconds(TINY, "transit", "A1", "A1") == 2305
    assert seconds(TINY, "any", "A1", "A1") == 1377


def with_lines(
    lines: list[tuple[str, float, float, float]], stops: list[tuple[str, str, float, float]]
) -> Region:
    """Tiny with other lines (id, headway, speed, dwell) and stops (line, station, lon, lat), in order."""
    row = {"source": "invented", "quality": "assumed"}
    names = ["id", "headway_peak", "speed", "dwell"]
    table = pd.DataFrame(lines, columns=names).assign(mode="metro", headway_offpeak=10.0, **row)
    halts = pd.DataFrame(stops, columns=["line", "station", "lon", "lat"]).assign(**row)
    halts["seq"] = halts.groupby("line").cumcount()
    return TINY.replace(lines=table, stops=halts)


def test_a_change_costs_the_transfer_and_the_wait_of_the_next_line() -> None:
    region = with_lines(
        [("x", 4.0, 36.0, 30.0), ("y", 10.0, 36.0, 30.0)],
        [
            ("x", "a1", 106.05, 29.1),
            ("x", "a2", 106.15, 29.1),
            ("y", "a2", 106.15, 29.1),
            ("y", "b1", 106.25, 29.1),
        ],
    )
    # 120 + 972 | change 180 + wait 300 | 972
    assert seconds(region, "transit", "A1", "B1") == 120 + 972 + 180 + 300 + 972


def test_a_change_on_foot_between_stations_adds_the_walk() -> None:
    # stations 0.002° apart at A2: 0.1943 km × 1.3 / 4.8 km/h = 189.5 → 189 s (half up from 189.46)
    region = with_lines(
        [("x", 4.0, 36.0, 30.0), ("y", 10.0, 36.0, 30.0)],
        [
            ("x", "a1", 106.05, 29.1),
            ("x", "a2", 106.15, 29.1),
            ("y", "n2", 106.152, 29.1),
            ("y", "b1", 106.25, 29.1),
        ],
    )
    km = straight_km(*(np.array([v]) for v in (106.15, 29.1, 106.152, 29.1)))[0]
    assert round(km, 4) == 0.1943
    ride = 952  # 0.098° = 9.5217 km / 36 km/h = 952.2 s
    assert seconds(region, "transit", "A1", "B1") == 120 + 972 + 180 + 189 + 300 + ride


def test_parking_at_a_station_takes_the_place_of_the_ends_of_the_drive() -> None:
    region = with_lines([("x", 4.0, 360.0, 0.0)], [("x", "a1", 106.05, 29.1), ("x", "b2", 106.35, 29.1)])
    # C1 to A1 by car 3600, park 300, wait 120, 29.148 km / 360 km/h = 291.48 → 291;
    # by car all the way 3600 + 990 + 990 + 1080 + 240
    assert seconds(region, "any", "C1", "B2") == 3600 + 300 + 120 + 291
    assert seconds(region, "drive", "C1", "B2") == 6900
    # the car stays: back from B2 there is none at A1, so on to C1 by coach: 120 + 291 | 600 + 5400
    assert seconds(region, "any", "B2", "C1") == 120 + 291 + 6000


def test_a_loop_is_ridden_the_short_way_round() -> None:
    square = [
        ("a1", 106.05, 29.1),
        ("a2", 106.15, 29.1),
        ("b1", 106.25, 29.1),
        ("b2", 106.35, 29.1),
        ("a1", 106.05, 29.1),
    ]
    region = with_lines([("x", 4.0, 36.0, 30.0)], [("x", s, lon, lat) for s, lon, lat in square])
    # A2 to B2: forward a2–b1–b2 = 972 + 30 + 972; backward over a1 = 972 + 30 + 2915
    assert seconds(region, "transit", "A2", "B2") == 120 + 972 + 30 + 972
    # A1 to B2 straight back along the closing side: 29.148 km / 36 km/h = 2914.8 → 2915;
    # forward 3 × 972 + 2 × 30 = 2976
    assert seconds(region, "transit", "A1", "B2") == 120 + 2915


def test_stated_minutes_replace_distance_and_speed() -> None:
    stops = TINY.table("stops")
    stops.loc[1, "minutes"] = 5.5
    assert seconds(TINY.replace(stops=stops), "transit", "A1", "A2") == 120 + 330


def test_a_station_off_the_cells_is_walked_to_within_the_limit_else_reached_by_local_coach() -> None:
    # 0.02° north of A1: 2.2239 km × 1.3 / 4.8 km/h = 2168.3 → 2168 s on foot;
    # by coach 600 + 1.5 × 520.4 = 780.6 → 1381
    near = with_lines([("x", 4.0, 36.0, 0.0)], [("x", "n", 106.05, 29.12), ("x", "b1", 106.25, 29.1)])
    ride = int(np.floor(straight_km(*(np.array([v]) for v in (106.05, 29.12, 106.25, 29.1)))[0] * 100 + 0.5))
    assert seconds(near, "transit", "A1", "B1") == 1381 + 120 + ride
    # 0.005° north: 0.55597 km × 1.3 / 4.8 = 542.1 → 542 s on foot
    close = with_lines([("x", 4.0, 36.0, 0.0)], [("x", "n", 106.05, 29.105), ("x", "b1", 106.25, 29.1)])
    ride = int(np.floor(straight_km(*(np.array([v]) for v in (106.05, 29.105, 106.25, 29.1)))[0] * 100 + 0.5))
    assert seconds(close, "transit", "A1", "B1") == 542 + 120 + ride


def test_without_links_there_is_no_way_and_nothing_overflows() -> None:
    region = TINY.replace(links=TINY.table("links").iloc[:0])
    t = travel_times(region, "drive")
    assert (t.seconds[~np.eye(6, dtype=bool)] == UNREACHED).all()
    assert t.between("A1", "C1") == float("inf")
    assert seconds(region, "transit", "A1", "B1") == 2094  # the metro still runs


def test_points_are_reached_over_their_nearest_cells() -> None:
    # p lies 0.01° = 1.11195 km north of A2: by car × 1.3 / 20 km/h = 260.2 → 260 s
    lon, lat = np.array([106.15]), np.array([29.11])
    drive = times_to_points(TINY, lon, lat, "drive")[:, 0]
    assert drive[1] == 240 + 260  # from A2 itself: the direct trip
    assert drive[0] == 1230 + 260  # from A1: to A2, then locally
    # on foot 1.11195 × 1.3 / 4.8 km/h = 1084.2 → 1084 s; by local coach 600 + 1.5 × 260.2 = 390.3 → 990 s
    transit = times_to_points(TINY, lon, lat, "transit")[:, 0]
    assert transit[1] == 990
    assert transit[0] == 1092 + 990
    anyhow = times_to_points(TINY, lon, lat, "any")[:, 0]
    assert (
        anyhow[0] == 1490
    )  # by car, then locally by car (1230 + 260); not by metro with a car waiting there
    assert not anyhow.flags.writeable


def test_points_that_cannot_be_reached_say_so() -> None:
    region = TINY.replace(links=TINY.table("links").iloc[:0])
    drive = times_to_points(region, np.array([106.10]), np.array([29.40]), "drive")[:, 0]
    assert (drive[:2] < UNREACHED).sum() + (drive[2:4] == UNREACHED).sum() >= 2
    assert times_to_points(region, np.array([]), np.array([]), "any").shape == (6, 0)


def test_bad_requests_are_refused_in_words() -> None:
    with pytest.raises(OptionError, match="mode 'walk'"):
        travel_times(TINY, "walk")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="percentile 0"):
        travel_times(TINY, percentile=0)
    links = TINY.table("links")
    links.loc[1, "to"] = "Z9"
    with pytest.raises(RegionError) as found:
        travel_times(TINY.replace(links=links), "drive")
    assert found.value.problems[0].line("en").startswith("links.csv, row 3, to: there is no cell Z9")
    stops = TINY.table("stops")
    stops.loc[2, "line"] = "m9"
    with pytest.raises(RegionError) as found:
        travel_times(TINY.replace(stops=stops), "transit")
    assert found.value.problems[0].where() == "stops.csv, row 4, line"
    with pytest.raises(UnknownName, match="no cell"):
        travel_times(TINY).between("A1", "nowhere")


def test_a_region_without_cells_or_with_one_cell() -> None:
    nothing = TINY.replace(cells=TINY.cells.iloc[:0], links=TINY.table("links").iloc[:0])
    assert travel_times(nothing, "any").seconds.shape == (0, 0)
    one = TINY.replace(cells=TINY.cells.iloc[:1], links=TINY.table("links").iloc[:0])
    assert travel_times(one, "drive").seconds.tolist() == [[240]]  # no neighbour: only the ends of the drive


def test_equal_content_shares_times_and_the_memo_keeps_its_bound() -> None:
    network.forget()
    first = travel_times(TINY, "any").seconds
    assert travel_times(example("tiny"), "any").seconds is first
    assert not first.flags.writeable
    with using({"network.cache_mb": 1}):  # 6 × 6 cells need almost nothing: many fit
        for speed in range(20, 60):
            lines = TINY.table("lines").assign(speed=float(speed))
            travel_times(TINY.replace(lines=lines), "any")
        assert travel_times(TINY, "any").seconds is first


def test_the_memo_forgets_the_least_recently_used() -> None:
    memo: Memo[np.ndarray] = Memo()
    with using({"network.cache_mb": 1}):
        for k in range(4):
            memo.put((k,), np.zeros(400_000, dtype=np.uint8))
        assert memo.held() == ((2,), (3,))  # 2 × 0.4 MB fit into 1 MB, 3 do not
        memo.get((2,))
        memo.put((4,), np.zeros(400_000, dtype=np.uint8))
        assert memo.held() == ((2,), (4,))
        memo.put((5,), np.zeros(5_000_000, dtype=np.uint8))
        assert memo.held() == ((5,),)  # the last one asked for stays, however large


def test_states_are_made_only_when_asked_for() -> None:
    network.forget()
    travel_times(TINY, "drive")
    assert set(state_of(TINY).known()) == {"car"}


def test_min_plus_algebra() -> None:
    left = np.array([[1, 10], [7, 2]], dtype=np.int32)
    right = np.array([[5, 1], [0, 4]], dtype=np.int32)
    assert product(left, right).tolist() == [
        [6, 2],
        [2, 6],
    ]  # min(1+5, 10+0), min(1+1, 10+4) / min(12, 2), min(8, 6)
    target = np.array([[6, 1], [9, 9]], dtype=np.int32)
    lower(target, left, right)
    assert target.tolist() == [[6, 1], [2, 6]]
    ring = np.array([[9, 1, 9], [9, 9, 1], [1, 9, 9]], dtype=np.int32)
    assert closure(ring).tolist() == [[0, 1, 2], [2, 0, 1], [1, 2, 0]]


def test_points_find_the_near_ones() -> None:
    points = Points(np.array([106.0, 106.1, 106.3]), np.array([29.0, 29.0, 29.0]))
    at, km = points.nearest(np.array([106.12]), np.array([29.0]), k=2)
    assert at.tolist() == [[1, 0]]
    assert km[0, 0] == pytest.approx(111.195 * 0.02 * np.cos(np.radians(29.0)), abs=1e-3)
    query, found, apart = points.within(np.array([106.12]), np.array([29.0]), km=float(km[0, 0]))
    assert (query.tolist(), found.tolist(), apart.tolist()) == (
        [0],
        [1],
        [km[0, 0]],
    )  # the limit is inclusive
