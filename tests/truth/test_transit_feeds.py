"""Transit times on real feeds, equal to the second to an independent search: every departure of a window."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from yipan.network.streets.values import Legs
from yipan.network.timetable import Choices, Timetable, read_timetable
from yipan.network.transit import Query, journey, transit_network, window_times
from yipan.network.values import UNREACHED

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from transit_fixture import NEVER, Reference, legs, percentile, rows

sys.path.pop(0)

DATA = Path(__file__).resolve().parents[3] / "shared" / "realdata"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real networks are not here")


@dataclass(frozen=True)
class Feed:
    """Files, a day, a window, and how far people walk (straight, 1 m/s)."""

    files: tuple[str, ...]
    day: date
    query: Query
    foot: float

    def timetable(self) -> Timetable:
        until = self.query.end + self.query.limit
        return read_timetable(
            [DATA / f for f in self.files], self.day, strict=False, choices=Choices(until=until)
        )[0]


FEEDS = {
    "Porto Alegre": Feed(
        ("poa/poa_eptc.zip", "poa/poa_trensurb.zip"),
        date(2019, 5, 13),
        Query(start=14 * 3600, end=14 * 3600 + 300, step=100, max_rides=4, limit=3600),
        500.0,
    ),
    "Porto metro and rail": Feed(
        ("porto/gtfs_metro.zip", "porto/gtfs_cp.zip"),
        date(2026, 7, 28),
        Query(start=8 * 3600, end=8 * 3600 + 1200, step=300, transfer_slack=90, board_slack=30),
        900.0,
    ),
    "New York subway": Feed(
        ("nyc_subway/nyc_subway.zip",),
        date(2018, 7, 18),
        Query(start=23 * 3600 + 3000, end=24 * 3600 + 600, step=400, max_rides=3, limit=3600),
        300.0,
    ),
    "São Paulo headways": Feed(
        ("spo/spo.zip",),
        date(2019, 5, 13),
        Query(start=7 * 3600, end=7 * 3600 + 600, step=240, transfer_slack=0, max_rides=4, limit=3000),
        700.0,
    ),
}


def straight(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres on a plane, near enough for walks."""
    return np.c_[lon * np.cos(np.deg2rad(lat.mean())), lat] * 111_320.0


def near(a: NDArray[np.float64], b: NDArray[np.float64], metres: float) -> list[tuple[int, int, int]]:
    """Every pair within so many metres, with whole seconds at 1 m/s."""
    found = cKDTree(a).sparse_distance_matrix(cKDTree(b), metres, output_type="coo_matrix")
    return [
        (int(i), int(j), round(float(w))) for i, j, w in zip(found.row, found.col, found.data, strict=True)
    ]


@pytest.fixture(scope="module", params=FEEDS)
def case(request: pytest.FixtureRequest) -> tuple[Feed, Timetable, Legs, Legs, Legs]:
    feed = FEEDS[request.param]
    table = feed.timetable()
    at = straight(table.stops.lon, table.stops.lat)
    rng = np.random.default_rng(7)
    served = np.unique(table.pattern_stop)
    places = at[rng.choice(served, 40, replace=False)] + rng.uniform(-150, 150, (40, 2))
    n = len(table.stops)
    foot = legs(near(at, at, feed.foot), n)
    return feed, table, foot, legs(near(places[:2], at, 800.0), 2), legs(near(places, at, 800.0), len(places))


def test_every_departure_equals_the_independent_search(
    case: tuple[Feed, Timetable, Legs, Legs, Legs],
) -> None:
    feed, table, foot, access, egress = case
    network, query = transit_network(table, foot), feed.query
    slow = Reference(table, foot, query)
    nobody = [NEVER] * len(egress)
    expected = np.array(
        [[slow.times(ways, egress, nobody, t) for t in query.departures] for ways in rows(access).values()]
    )
    assert np.isfinite(expected).mean() > 0.1
    for k, t in enumerate(query.departures):
        single = window_times(network, access, egress, None, replace(query, start=t, end=t + 1, step=1))
        assert np.array_equal(single[:, :, 0], np.where(np.isinf(expected[:, k]), UNREACHED, expected[:, k]))
    percentiles = (0, 5, 25, 50, 75, 95, 100)
    found = window_times(network, access, egress, None, replace(query, percentiles=percentiles))
    ranked = [[[percentile(v, p) for p in percentiles] for v in by_place.T] for by_place in expected]
    assert np.array_equal(found, np.array(ranked))


def test_itineraries_take_the_same_time(case: tuple[Feed, Timetable, Legs, Legs, Legs]) -> None:
    feed, table, foot, access, egress = case
    network, query, t = transit_network(table, foot), feed.query, feed.query.start
    found = window_times(network, access, egress, None, replace(query, start=t, end=t + 1, step=1))[0, :, 0]
    for d in range(0, len(egress), 8):
        way = journey(network, query, access=access, egress=egress, origin=0, destination=d, departure=t)
        assert (way.seconds if way else UNREACHED) == found[d]
