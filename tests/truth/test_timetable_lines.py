"""Lines as trips: what the services of a region say, at every station, both ways, round a loop."""

from __future__ import annotations

import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import OptionError, RegionError
from yipan.network.costs import costs_of
from yipan.network.minplus import FAR
from yipan.network.services import read_services
from yipan.network.timetable import Timetable, lines_timetable, read_timetable, together, with_lines
from yipan.region import Region, example

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from timetable_fixture import MONDAY, holds, trips_of, write_feed

sys.path.pop(0)
DAY = date(2025, 3, 3)


def with_loop(region: Region) -> Region:
    """Add a line that goes round four stations, with running times of 3, 4, 5 and 7 minutes."""
    line = region.table("lines").iloc[[0]].assign(id="ring", headway_peak=6.0, dwell=20.0)
    at = [("q1", 106.3, 29.2), ("q2", 106.35, 29.2), ("q3", 106.35, 29.25), ("q4", 106.3, 29.25)]
    rows = [
        {"line": "ring", "seq": i, "station": s, "lon": lon, "lat": lat, "minutes": m}
        for i, ((s, lon, lat), m) in enumerate(zip([*at, at[0]], (np.nan, 3, 4, 5, 7), strict=True))
    ]
    stops = pd.DataFrame(rows).assign(zh="", en="", source="invented", quality="assumed")
    return region.replace(
        lines=pd.concat([region.table("lines"), line], ignore_index=True),
        stops=pd.concat([region.table("stops"), stops], ignore_index=True),
    )


def journeys(table: Timetable, line: str, board: str, alight: str) -> dict[int, int]:
    """Return the first arrival by departure, over all trips of a line that may be boarded and left there."""
    out: dict[int, int] = {}
    for p in range(table.patterns):
        if table.routes[table.pattern_route[p]] != line:
            continue
        a, b = int(table.first_stop[p]), int(table.first_stop[p + 1])
        n, base = int(table.trips[p]), int(table.first_event[p])
        names = [table.stops.ids[s] for s in table.pattern_stop[a:b]]
        for i in range(b - a):
            for j in range(i + 1, b - a):
                if (names[i], names[j]) == (board, alight) and table.board[a + i] and table.alight[a + j]:
                    for k in range(n):
                        leave, come = table.departures[base + i * n + k], table.arrivals[base + j * n + k]
                        out[int(leave)] = min(out.get(int(leave), 2**31), int(come))
    return out


@pytest.mark.parametrize(("line", "headway"), [("m1", None), ("ring", 360)])
def test_every_ride_of_a_line_is_there_every_headway(line: str, headway: int | None) -> None:
    region = with_loop(example("tiny"))
    table = lines_timetable(region, DAY, first=7 * 3600, last=8 * 3600)
    holds(table)
    stations, services = read_services(region, costs_of(region, percentile=50, period="peak"))
    service = services[line]
    every = headway or round(60 * float(region.table("lines").set_index("id").loc[line, "headway_peak"]))
    places = list(dict.fromkeys(int(s) for s in service.stations))
    rides = np.full((len(places), len(places)), FAR, dtype=np.int32)
    service.board_to_alight({s: i for i, s in enumerate(places)}, rides)
    for i, s in enumerate(places):
        for j, t in enumerate(places):
            if s == t:
                continue
            found = journeys(table, line, stations.ids[s], stations.ids[t])
            # the service's time holds the wait at percentile 50, half a headway
            quickest = min(a - d for d, a in found.items())
            assert quickest == rides[i, j] - service.wait
            fast = sorted(d for d, a in found.items() if a - d == quickest)
            assert {b - a for a, b in pairwise(fast)} == {every}
            assert len(fast) == 3600 // every


def test_phase_period_and_span() -> None:
    region = example("tiny")
    headways = region.table("lines").set_index("id").loc["m1"]
    for period in ("peak", "offpeak"):
        every = round(60 * float(headways[f"headway_{period}"]))
        table = lines_timetable(
            region, DAY, period=period, first=6 * 3600, last=6 * 3600 + 10 * every, phase=0.25
        )
        starts = sorted(t[0][2] for n, t in trips_of(table).items() if n.startswith("m1:out#"))
        assert starts == [6 * 3600 + round(every * (k + 0.25)) for k in range(10)]
    drawn = [trips_of(lines_timetable(region, DAY, draw=d))["m1:out#1"][0][2] for d in range(4)]
    assert len(set(drawn)) == 4
    with pytest.raises(OptionError, match="not after"):
        lines_timetable(region, DAY, first=10, last=10)


def test_lines_stand_beside_feeds(tmp_path: Path) -> None:
    feed, _ = read_timetable([write_feed(tmp_path / "f.zip")], MONDAY)
    region = with_loop(example("tiny"))
    both = with_lines(feed, region)
    holds(both)
    lines = lines_timetable(region, MONDAY)
    assert trips_of(both) == trips_of(feed) | trips_of(lines)
    assert both.stops.ids == feed.stops.ids + lines.stops.ids
    assert set(both.routes) == {"f:r", "m1", "ring"}
    with pytest.raises(RegionError, match="there twice"):
        together([both, lines])
    with pytest.raises(RegionError, match="different days"):
        together([feed, lines_timetable(region, DAY)])
    with pytest.raises(RegionError, match="no timetable"):
        together([])
