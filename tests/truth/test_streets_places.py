"""Places on streets by hand: where they are put, how far they are from both ends of their chain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yipan.errors import ScenarioError
from yipan.network.minplus import FAR
from yipan.network.streets.change import changed
from yipan.network.streets.compress import compress, length_metric, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.snap import missed_problems, snap
from yipan.network.streets.values import Snapped, Streets
from yipan.text import Text

DEGREE = 111_195.0797  # metres: 2 pi 6,371,008.8 / 360


def line(xy: list[tuple[float, float]], pairs: list[tuple[int, int]], **more: list[int]) -> Streets:
    """Streets of 1 s a segment each way unless said otherwise; lengths 2 m."""
    u, v = (np.array(p, dtype=np.int32) for p in zip(*pairs, strict=True))
    lon, lat = (np.array(p, dtype=float) for p in zip(*xy, strict=True))
    n = len(u)

    def weights(name: str, default: int) -> np.ndarray:
        return np.array(more.get(name, [default] * n), dtype=np.int32)

    return Streets(
        "walk", lon, lat, u, v, weights("length", 2000), weights("forward", 1000), weights("backward", 1000),
        np.array(more.get("way", range(1, n + 1)), dtype=np.int64),
    )  # fmt: skip


def test_the_nearest_spot_of_a_segment_by_hand() -> None:
    """A cross street at the equator; on the plane there 0.001 degrees are 111.195 m both ways."""
    streets = line([(0.0, 0.0), (0.01, 0.0), (0.01, 0.01)], [(0, 1), (2, 1)])
    spot = snap(
        streets,
        np.array([0.0025, 0.012, -0.003, 0.0101, 0.5]),
        np.array([0.001, 0.004, 0.004, -0.0001, 0.0]),
        limit_m=1000.0,
    )
    assert spot.segment.tolist() == [0, 1, 0, 0, -1]
    assert spot.share == pytest.approx([0.25, 0.6, 0.0, 1.0, 0.0])
    metres = [0.001, 0.002, 0.005, 0.0001 * 2**0.5, 0.49]
    assert spot.off == pytest.approx([DEGREE * d for d in metres], rel=1e-6)
    assert spot.missed.tolist() == [4]


def test_east_and_north_are_not_alike_away_from_the_equator() -> None:
    """At 60° north a degree of longitude is half a degree of latitude: the eastern street is nearer."""
    streets = line([(0.003, 59.9), (0.003, 60.1), (-0.1, 60.002), (0.1, 60.002)], [(0, 1), (2, 3)])
    spot = snap(streets, np.zeros(1), np.full(1, 60.0))
    assert spot.segment.tolist() == [0]
    assert spot.off == pytest.approx([0.0015 * DEGREE], rel=1e-6)


def test_places_by_the_antimeridian() -> None:
    streets = line([(179.999, 0.0), (-179.999, 0.0), (-179.997, 0.0)], [(0, 1), (1, 2)])
    spot = snap(streets, np.array([180.0, -180.0, -179.998, 179.9985]), np.full(4, 0.0001))
    assert spot.segment.tolist() == [0, 0, 1, 0]
    assert spot.share == pytest.approx([0.5, 0.5, 0.5, 0.0], abs=1e-9)


def test_equally_near_segments_give_the_first_and_a_mask_takes_segments_out() -> None:
    streets = line([(0.0, 0.001), (0.01, 0.001), (0.0, -0.001), (0.01, -0.001)], [(2, 3), (0, 1)])
    where = np.array([0.005]), np.zeros(1)
    assert snap(streets, *where).segment.tolist() == [0]
    assert snap(streets, *where, among=np.array([False, True])).segment.tolist() == [1]
    nowhere = snap(streets, *where, among=np.zeros(2, dtype=bool))
    assert nowhere.segment.tolist() == [-1]
    assert np.isinf(nowhere.off).all()


def test_places_without_coordinates_and_none_at_all() -> None:
    streets = line([(0.0, 0.0), (0.01, 0.0)], [(0, 1)])
    spot = snap(streets, np.array([np.nan, 0.0, 0.0]), np.array([0.0, 91.0, 0.0]))
    assert spot.segment.tolist() == [-1, -1, 0]
    assert len(snap(streets, np.zeros(0), np.zeros(0))) == 0


def test_a_segment_without_length_takes_places_at_its_spot() -> None:
    streets = line([(0.0, 0.0), (0.0, 0.0)], [(0, 1)])
    spot = snap(streets, np.array([0.001]), np.zeros(1))
    assert (spot.segment.tolist(), spot.share.tolist()) == ([0], [0.0])
    assert spot.off == pytest.approx([0.001 * DEGREE])


def test_missed_places_are_named_nearest_first_and_all_of_them() -> None:
    n = 30
    off = np.arange(n, 0.0, -1.0) * 100.0 + 1000.0
    spot = Snapped(np.zeros(n), np.zeros(n), np.full(n, -1, np.int32), np.zeros(n), off, 1000.0)
    ids = [f"c{i}" for i in range(n)]
    problems = missed_problems(spot, ids, file="cells.csv", what=Text("单元格", "cell"))
    assert "cell c29 is on no street: the nearest is 1,100 m away" in problems[0].what.en
    text = " ".join(p.what.en.replace(",", " ").replace(":", " ") + " " for p in problems).split()
    assert all(i in text for i in ids)
    assert {p.severity for p in problems} == {"warning"}
    assert all(p.file == "cells.csv" and p.remedy.zh for p in problems)


def on(segment: int, share: float, off: float = 0.0) -> Snapped:
    one = np.ones(1)
    return Snapped(one, one, np.array([segment], np.int32), one * share, one * off, 100.0)


def test_ends_of_a_place_on_a_chain_by_hand() -> None:
    """0 –4 s/5 s– 1 –8 s/7 s– 2 (drawn from 2 to 1): a place at a quarter of the second, 3 m off it."""
    streets = line(
        [(0.0, 0.0), (0.001, 0.0), (0.002, 0.0)], [(0, 1), (2, 1)],
        forward=[4000, 8000], backward=[5000, 7000],
    )  # fmt: skip
    core = compress(streets)
    assert (core.tail.tolist(), core.head.tolist()) == ([0], [1])
    at = ends(core, time_metric(core), on(1, 0.25, 3.0), speed_off_kmh=3.6)
    # from the tail: 4 s, then three quarters of 7 s against the drawing; back: 3/4 of 8 s, then 5 s
    assert at.off.tolist() == [3000]
    assert at.tail_to_spot.tolist() == [4000 + 5250 + 3000]
    assert at.spot_to_head.tolist() == [1750 + 3000]
    assert at.spot_to_tail.tolist() == [6000 + 5000 + 3000]
    assert at.head_to_spot.tolist() == [2000 + 3000]
    assert (at.forward_at.tolist(), at.backward_at.tolist()) == ([9250], [2000])
    far = ends(core, length_metric(core), on(1, 0.25, 3.0))
    assert far.tail_to_spot.tolist() == [2000 + 1500 + 3000]
    assert far.spot_to_head.tolist() == [500 + 3000]
    slow = ends(core, time_metric(core), on(1, 0.25, 3.0), speed_off_kmh=1.8)
    assert slow.off.tolist() == [6000]


def test_ends_respect_one_ways_and_closures() -> None:
    """0 → 1 → 2 one way; then the first segment closed: the place is left to 2 only, reached from nowhere."""
    shut = int(FAR)
    streets = line(
        [(0.0, 0.0), (0.001, 0.0), (0.002, 0.0)], [(0, 1), (1, 2)],
        forward=[1000, 1000], backward=[shut, shut],
    )  # fmt: skip
    core = compress(streets)
    at = ends(core, time_metric(core), on(1, 0.5))
    assert (at.tail_to_spot.tolist(), at.spot_to_head.tolist()) == ([1500], [500])
    assert (at.head_to_spot.tolist(), at.spot_to_tail.tolist()) == ([shut], [shut])
    closed = replace(core, streets=changed(streets, closed_segments=[0]))
    at = ends(closed, time_metric(closed), on(1, 0.5))
    assert (at.tail_to_spot.tolist(), at.spot_to_head.tolist()) == ([shut], [500])
    # exactly at the end of a closed segment one stands on the open rest
    at = ends(closed, time_metric(closed), on(0, 1.0))
    assert (at.tail_to_spot.tolist(), at.spot_to_head.tolist()) == ([shut], [1000])


def test_missed_places_have_no_ends_and_wrong_cores_are_refused() -> None:
    streets = line([(0.0, 0.0), (0.001, 0.0)], [(0, 1)])
    core = compress(streets)
    at = ends(core, time_metric(core), on(-1, 0.0))
    assert at.chain.tolist() == [-1]
    assert at.tail_to_spot.tolist() == at.spot_to_head.tolist() == [int(FAR)]
    with pytest.raises(ValueError, match="does not have"):
        ends(core, time_metric(core), on(7, 0.0))
    with pytest.raises(ValueError, match="speed off"):
        ends(core, time_metric(core), on(0, 0.0), speed_off_kmh=0.0)


def test_closures_and_speeds_by_hand() -> None:
    """Three ways of 1 km: closed; 60 km/h is 60 s (the closed direction stays closed); twice as slow."""
    shut = int(FAR)
    streets = line(
        [(0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.3, 0.0)], [(0, 1), (1, 2), (2, 3)],
        length=[1_000_000] * 3, forward=[90_000] * 3, backward=[90_000, shut, 80_001], way=[5, 6, 7],
    )  # fmt: skip
    new = changed(streets, closed_ways=[5], kmh={6: 60.0}, times={7: 2.0})
    assert new.forward.tolist() == [shut, 60_000, 180_000]
    assert new.backward.tolist() == [shut, shut, 160_002]
    assert (new.u.tolist(), new.way.tolist()) == (streets.u.tolist(), [5, 6, 7])
    assert new.digest != streets.digest
    assert changed(streets).digest == streets.digest
    assert new.forward.dtype == new.backward.dtype == np.int32
    both = changed(streets, kmh={6: 60.0}, times={6: 0.5})
    assert both.forward[1] == 30_000


def test_a_change_of_what_is_not_there_is_refused_all_at_once() -> None:
    streets = line([(0.0, 0.0), (0.1, 0.0)], [(0, 1)])
    with pytest.raises(ScenarioError) as caught:
        changed(streets, closed_ways=[99], closed_segments=[-1, 1], kmh={1: 0.0}, times={1: float("nan")})
    assert len(caught.value.problems) == 5
