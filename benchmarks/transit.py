"""Transit times of Porto Alegre side by side with cafein and ferrobus, on the same files in one process.

    python benchmarks/transit.py [--quick] [--repeat 3] [--json]

Semantics, set alike: Monday 2019-05-13 from 14:00; walking 3.6 km/h along streets, access, egress and direct
walks up to 20 minutes, one walk of up to 20 minutes between rides, at most 8 rides, no slack, blank stop
times spread evenly (what cafein does). cafein's window runs on a sample of origins and is extrapolated,
what it does once taken apart (with --quick its single departure too), which the table says. ferrobus has no
window, walks at 1.4 m/s, and refuses blank stop times: it gets a filled copy.

What is timed: ours and ferrobus's search with the walks of the places given; cafein's call, which cannot be
given them, puts the places on streets and walks from them every time. So there are two ratios to cafein: of
the searches, and with our walks from the places (on streets made ready before, as its are) added to ours.

What the peers do differently and cannot be told otherwise: cafein lets a walk between stops and the egress
walk follow each other at the end (up to twice the limit), also walks through a stop all the way, and takes
the departure numbered round(p (n - 1) / 100) as p-th percentile. ferrobus boards only at the stop nearest to
the origin or within a walk from that stop, drops the fraction of a second on every street segment, and
allows one ride less than asked for.

Prints a table, or with ``--json`` one object a line: name, value, unit, bar, ratio, ok. Answers are compared
pair by pair; differences that are a matter of semantics are taken apart.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from yipan.network.streets.compress import compress, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.read import read_streets_modes
from yipan.network.streets.snap import snap
from yipan.network.streets.values import Ends, Legs
from yipan.network.sweep.customise import customise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.network.sweep.many import within
from yipan.network.timetable import Choices, Timetable, read_timetable
from yipan.network.transit import (
    Query,
    TransitNetwork,
    events,
    journey,
    transit_network,
    turned,
    window_times,
)
from yipan.network.values import UNREACHED

DATA = Path(__file__).resolve().parents[2] / "shared" / "realdata" / "poa"
FEEDS = ("poa_eptc.zip", "poa_trensurb.zip")
DAY = date(2019, 5, 13)
FOOT = 1200  # longest walk, seconds at 1 m/s
PERCENTILES = (5, 25, 50, 75, 95)
WALKS = "ours: walks from and to the places, streets ready"
ALIKE = Query(start=14 * 3600, end=14 * 3600 + 1, transfer_slack=0, limit=7200)
HOUR = replace(ALIKE, end=15 * 3600, percentiles=PERCENTILES)
TWO_HOURS = replace(ALIKE, end=16 * 3600, percentiles=PERCENTILES)


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None = None
    ratio: float | None = None
    ok: bool = True


@dataclass(frozen=True)
class City:
    """Hexagons, the network between stops, and who walks to what."""

    hexagons: pd.DataFrame
    network: TransitNetwork
    access: Legs
    egress: Legs
    walk: Legs | None

    def times(self, query: Query) -> np.ndarray:
        return window_times(self.network, self.access, self.egress, self.walk, query)


def best(run: Callable[[], object], repeat: int) -> float:
    """Return the least of wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def seconds(legs: Legs) -> Legs:
    return Legs(legs.first, legs.to, (legs.cost + np.int32(500)) // np.int32(1000))


class Ground:
    """Our own streets with the stops on them."""

    def __init__(self, table: Timetable) -> None:
        self.file = read_streets_modes(DATA / "poa_osm.pbf", ("walk",))["walk"]
        core = compress(self.file.streets)
        self.ready = customise(build_hierarchy(core), time_metric(core))
        self.stops = self.put(table.stops.lon, table.stops.lat)

    def put(self, lon: np.ndarray, lat: np.ndarray) -> Ends:
        at = snap(self.file.streets, lon, lat, among=self.file.places)
        return ends(self.ready.hierarchy.core, self.ready.metric, at, speed_off_kmh=3.6)

    def legs(self, sources: Ends, targets: Ends) -> Legs:
        return seconds(within(self.ready, sources, targets, limit=FOOT * 1000))

    def walks(self, hexagons: pd.DataFrame) -> tuple[Legs, Legs, Legs]:
        """Put cells on streets and return their walks to stops, from stops, and to each other."""
        cells = self.put(hexagons["lon"].to_numpy(), hexagons["lat"].to_numpy())
        egress = turned(self.legs(self.stops, cells), places=len(hexagons))
        return self.legs(cells, self.stops), egress, self.legs(cells, cells)

    def city(self, table: Timetable, hexagons: pd.DataFrame) -> City:
        network = transit_network(table, self.legs(self.stops, self.stops))
        return City(hexagons, network, *self.walks(hexagons))


def ours(city: City, ground: Ground, repeat: int) -> Iterator[Row]:
    spent = best(lambda: ground.walks(city.hexagons), repeat)
    yield Row(WALKS, spent, "s")
    city.times(replace(ALIKE, end=ALIKE.start + 1))  # compiles
    for name, query, bar in (
        ("ours: one departure", ALIKE, None),
        ("ours: 60 departures, p5-p95", HOUR, 10.0),
        ("ours: 120 departures in 120 minutes, p5-p95", TWO_HOURS, 12.0),
    ):
        spent = best(lambda q=query: city.times(q), repeat)
        yield Row(name, spent, "s", bar, None, bar is None or spent <= bar)
        prepared = best(lambda q=query: events(city.network, q), repeat)
        yield Row("    of it: transfers worth making, the same for all origins", prepared, "s")


def legs_of(rows: np.ndarray, n: int) -> Legs:
    """Return legs from rows of (from, to, cost), the least cost of each pair."""
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    fresh = np.r_[True, (np.diff(rows[:, :2], axis=0) != 0).any(axis=1)]
    rows = rows[fresh]
    rows = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    first = np.searchsorted(rows[:, 0], np.arange(n + 1)).astype(np.int64)
    return Legs(first, rows[:, 1].astype(np.int32), rows[:, 2].astype(np.int32))


def flat(legs: Legs) -> np.ndarray:
    source = np.repeat(np.arange(len(legs)), np.diff(legs.first))
    return np.stack([source, legs.to, legs.cost], axis=1).astype(np.int64)


def chained(egress: Legs, foot: Legs) -> Legs:
    """Return egress legs with one more footpath before them where that is shorter: cafein's last walk."""
    last, back = flat(egress), turned(foot, places=len(foot))
    count = np.diff(back.first)[last[:, 1]]
    begin = np.repeat(back.first[last[:, 1]] - np.r_[0, np.cumsum(count)[:-1]], count)
    slot = begin + np.arange(count.sum())
    more = np.stack(
        [np.repeat(last[:, 0], count), back.to[slot], np.repeat(last[:, 2], count) + back.cost[slot]], axis=1
    )
    return legs_of(np.concatenate([last, more]), len(egress))


class Cafein:
    """cafein's network, its own walks, and its matrices."""

    def __init__(self, hexagons: pd.DataFrame) -> None:
        import cafein  # noqa: PLC0415
        import geopandas as gpd  # noqa: PLC0415

        self.cafein, self.hexagons = cafein, hexagons
        start = time.perf_counter()
        self.network = cafein.TransportNetwork.from_gtfs(
            [str(DATA / f) for f in FEEDS], osm_pbf=str(DATA / "poa_osm.pbf"), trip_distances=False
        )
        self.build = time.perf_counter() - start
        at = gpd.points_from_xy(hexagons["lon"], hexagons["lat"])
        self.points = gpd.GeoDataFrame(hexagons[["id"]], geometry=at, crs=4326)

    def matrix(self, origins: np.ndarray, **window: object) -> tuple[float, pd.DataFrame]:
        """Return seconds spent and the long table."""
        start = time.perf_counter()
        found = self.cafein.TravelTimeMatrix(
            self.network,
            self.points.iloc[origins].reset_index(drop=True),
            self.points,
            f"{DAY} 14:00",
            max_walking_time=FOOT / 60,
            max_rides=ALIKE.max_rides,
            output_time_units="seconds",
            **window,
        )
        return time.perf_counter() - start, pd.DataFrame(found)

    def city(self, table: Timetable) -> City:
        """Our network with cafein's walks, its last walk chained as it does; nobody walks all the way."""
        number = {i.split(":", 1)[1]: k for k, i in enumerate(table.stops.ids)}
        stop = {s: number[s.split(":", 1)[1]] for s, *_ in self.network.stops}
        places = [(str(s), lat, lon) for s, lat, lon in self.network.stops]
        found = self.cafein.streets.walking_footpaths(str(DATA / "poa_osm.pbf"), places)
        foot = legs_of(np.array([(stop[a], stop[b], w) for a, b, w, _ in found]), len(number))
        rows = []
        for i, (lat, lon) in enumerate(self.hexagons[["lat", "lon"]].to_numpy()):
            reach = self.network.access_stops(lat, lon, max_walking_time=FOOT / 60)
            rows += [(i, stop[s], w) for s, w in reach.items()]
        access = legs_of(np.array(rows), len(self.hexagons))
        return City(self.hexagons, transit_network(table, foot), access, chained(access, foot), None)


def pairs(found: pd.DataFrame, hexagons: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    at = {h: i for i, h in enumerate(hexagons["id"])}
    return found["from_id"].map(at).to_numpy(), found["to_id"].map(at).to_numpy()


def difference(name: str, mine: np.ndarray, theirs: np.ndarray, say: Callable[[str], None]) -> Iterator[Row]:
    """Compare seconds pair by pair, where both have a way."""
    mine, theirs = np.where(mine == UNREACHED, np.inf, mine).astype(float), theirs.astype(float)
    theirs = np.where(np.isnan(theirs), np.inf, theirs)
    both = np.isfinite(mine) & np.isfinite(theirs)
    apart = mine[both] - theirs[both]
    steps = (0, 1, 5, 25, 50, 75, 95, 99, 100)
    q = " ".join(map(str, np.percentile(apart, steps).round().astype(int)))
    say(f"{name}: {both.sum():,} pairs; ours - theirs, s, at {' '.join(map(str, steps))} %: {q}")
    only = (np.isfinite(mine) & ~both).sum(), (np.isfinite(theirs) & ~both).sum()
    say(f"    a way only for us: {only[0]:,}; only for them: {only[1]:,}")
    yield Row(f"{name}: the same second", 100.0 * float((apart == 0).mean()), "%")
    yield Row(f"{name}: within 60 s", 100.0 * float((abs(apart) <= 60).mean()), "%")


def against(label: str, whole: float, spent: dict[str, float], name: str, *, bar: float) -> Iterator[Row]:
    """Compare cafein's call with our search, and with our search and walks."""
    ratio = whole / spent[name]
    yield Row(label, whole, "s", bar, ratio, ratio >= bar)
    yield Row("    ours with walks from the places", spent[name] + spent[WALKS], "s", None,
              whole / (spent[name] + spent[WALKS]))  # fmt: skip


def against_cafein(
    city: City, spent: dict[str, float], *, quick: bool, say: Callable[[str], None]
) -> Iterator[Row]:
    hexagons, n = city.hexagons, len(city.hexagons)
    peer = Cafein(hexagons)
    yield Row("cafein: build", peer.build, "s")
    few = np.arange(0, n, 60 if quick else 1)
    fewer = np.arange(0, n, 120 if quick else 30)

    def twice(origins: np.ndarray, **window: object) -> tuple[float, pd.DataFrame]:
        return min((peer.matrix(origins, **window) for _ in range(2)), key=lambda found: found[0])

    took, one = twice(few)
    whole = took + (took - twice(few[:1])[0]) / (len(few) - 1) * (n - len(few))
    label = f"cafein: one departure{f' (extrapolated from {len(few)} origins)' if quick else ''}"
    yield from against(label, whole, spent, "ours: one departure", bar=10.0)
    window = {"departure_time_window": 60, "percentiles": list(PERCENTILES)}
    once, (took, hour) = twice(few[:1], **window)[0], twice(fewer, **window)
    whole = once + (took - once) / (len(fewer) - 1) * (n - 1)
    label = f"cafein: 60 departures (extrapolated from {len(fewer)} origins)"
    yield from against(label, whole, spent, "ours: 60 departures, p5-p95", bar=20.0)

    one = one[one["from_id"].isin(hexagons["id"].iloc[::10])]  # compared: every tenth origin
    i, j = pairs(one, hexagons)
    theirs = one["travel_time"].to_numpy()
    yield from difference("cafein, each its own walks", city.times(ALIKE)[i, j, 0], theirs, say)
    same = peer.city(city.network.timetable)
    far = theirs > 2 * FOOT  # beyond its direct walks, which may go through a stop: twice the limit
    mine = same.times(replace(ALIKE, limit=6 * 3600))
    yield from difference("cafein, its walks, no direct walk", mine[i, j, 0][far], theirs[far], say)
    # its p-th percentile is the sorted departure number round(p (n - 1) / 100), counted from 0
    index = tuple(int(p * 59 / 100 + 0.5) for p in PERCENTILES)
    alike = tuple(100 * (k + 1) // 60 for k in index)
    ranked = same.times(replace(HOUR, percentiles=alike, limit=6 * 3600))
    i, j = pairs(hour, hexagons)
    for k, p in enumerate(PERCENTILES):
        theirs = hour[f"travel_time_p{p}"].to_numpy()
        far = ~(theirs <= 2 * FOOT)
        yield from difference(f"cafein, its walks, p{p}", ranked[i, j, k][far], theirs[far], say)


def filled_copy(name: str, folder: Path) -> Path:
    """Unpack a feed, blank stop times spread evenly between given ones; spaces after commas dropped."""
    folder.mkdir()
    with zipfile.ZipFile(DATA / name) as archive:
        for inner in archive.namelist():
            text = archive.read(inner).decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(text), skipinitialspace=True))
            if inner == "stop_times.txt":
                rows = [rows[0], *_filled(rows)]
            with (folder / inner).open("w", newline="") as out:
                csv.writer(out).writerows(rows)
    return folder


def _filled(rows: list[list[str]]) -> Iterator[list[str]]:
    head = [c.strip() for c in rows[0]]
    trip, order, arrives, leaves = (
        head.index(c) for c in ("trip_id", "stop_sequence", "arrival_time", "departure_time")
    )
    body = sorted(rows[1:], key=lambda r: (r[trip], int(r[order])))
    known = [k for k, r in enumerate(body) if r[arrives]]
    for a, b in zip(known, [*known[1:], len(body)], strict=True):
        yield body[a]
        for k in range(a + 1, b):
            begin, end = _clock(body[a][leaves]), _clock(body[b][arrives])
            at = begin + (end - begin) * (k - a) // (b - a)
            body[k][arrives] = body[k][leaves] = f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"
            yield body[k]


def _clock(text: str) -> int:
    h, m, s = map(int, text.split(":"))
    return h * 3600 + m * 60 + s


def against_ferrobus(
    city: City, spent: dict[str, float], *, repeat: int, say: Callable[[str], None]
) -> Iterator[Row]:
    import ferrobus  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        feeds = [str(filled_copy(f, Path(folder) / f)) for f in FEEDS]
        start = time.perf_counter()
        model = ferrobus.create_transit_model(str(DATA / "poa_osm.pbf"), feeds, DAY, FOOT)
        yield Row("ferrobus: build", time.perf_counter() - start, "s")
    points, kept = [], []
    start = time.perf_counter()
    for i, (lat, lon) in enumerate(city.hexagons[["lat", "lon"]].to_numpy()):
        try:
            points.append(ferrobus.create_transit_point(lat, lon, model, FOOT, 1000))
            kept.append(i)
        except ValueError:
            continue  # off its streets
    yield Row(
        f"ferrobus: put {len(points)} of {len(city.hexagons)} places on streets",
        time.perf_counter() - start,
        "s",
    )
    found = ferrobus.travel_time_matrix(model, points, ALIKE.start, ALIKE.max_rides)
    took = best(lambda: ferrobus.travel_time_matrix(model, points, ALIKE.start, ALIKE.max_rides), repeat)
    ratio = took / spent["ours: one departure"]
    yield Row("ferrobus: one departure", took, "s", 1.0, ratio, ratio > 1)
    theirs = np.array([[np.nan if v is None else v for v in row] for row in found])
    np.fill_diagonal(theirs, np.nan)
    mine = city.times(ALIKE)[:, :, 0]
    grid = np.ix_(kept, kept)
    yield from difference("ferrobus (walks 1.4 times as fast)", mine[grid], theirs, say)
    late = theirs - np.where(mine[grid] == UNREACHED, np.inf, mine[grid])
    slower = float((late > 0).sum() / np.isfinite(theirs).sum())
    yield Row("ferrobus: later than a trip that walks slower", 100.0 * slower, "%")
    worked_example(city, kept, theirs, late, say)


def worked_example(
    city: City, kept: list[int], theirs: np.ndarray, late: np.ndarray, say: Callable[[str], None]
) -> None:
    """Write out a trip of rides that is possible and much sooner than ferrobus's answer."""
    for at in np.argsort(-np.where(np.isfinite(late), late, -np.inf), axis=None)[:400]:
        o, d = divmod(int(at), len(kept))
        way = journey(
            city.network,
            ALIKE,
            access=city.access,
            egress=city.egress,
            origin=kept[o],
            destination=kept[d],
            departure=ALIKE.start,
        )
        if way is None or theirs[o, d] <= way.seconds:
            continue
        names = city.hexagons["id"].iloc[[kept[o], kept[d]]].tolist()
        say(f"ferrobus says {theirs[o, d]:.0f} s from {names[0]} to {names[1]}; this takes {way.seconds} s:")
        for leg in way.legs:
            say(f"    {leg.text.en}")
        return


def scale(city: City, say: Callable[[str], None]) -> Iterator[Row]:
    """Cost per origin against served stops: the same city with a share of its patterns."""
    table, rng = city.network.timetable, np.random.default_rng(1)
    turn = rng.permutation(table.patterns)
    foot = Legs(city.network.changes.first, city.network.changes.to, city.network.changes.cost)
    stops, costs = [], []
    for share in (1 / 8, 1 / 4, 1 / 2, 1.0):
        part = patterns(table, np.sort(turn[: round(share * table.patterns)]))
        less = replace(city, network=transit_network(part, foot))
        served = len(np.unique(part.pattern_stop))
        spent = best(lambda c=less: c.times(HOUR), 2)
        stops.append(served)
        costs.append(spent / len(city.access) * 1e3)
        yield Row(f"60 departures, {served} served stops, per origin", costs[-1], "ms")
    power, level = np.polyfit(np.log(stops), np.log(costs), 1)
    say(f"fitted: ms per origin = {np.exp(level):.3g} x stops^{power:.2f}")
    yield Row("60 departures: exponent of stops", float(power), "")


def patterns(table: Timetable, chosen: np.ndarray) -> Timetable:
    """Return the timetable with some of its patterns."""
    positions = np.concatenate([np.arange(table.first_stop[p], table.first_stop[p + 1]) for p in chosen])
    events = np.concatenate([np.arange(table.first_event[p], table.first_event[p + 1]) for p in chosen])
    first_trip = np.r_[0, np.cumsum(table.trips)]
    trips = np.concatenate([np.arange(first_trip[p], first_trip[p + 1]) for p in chosen])
    return replace(
        table,
        first_stop=np.r_[0, np.cumsum(np.diff(table.first_stop)[chosen])].astype(np.int32),
        pattern_stop=table.pattern_stop[positions],
        board=table.board[positions],
        alight=table.alight[positions],
        trips=table.trips[chosen],
        first_event=np.r_[0, np.cumsum(np.diff(table.first_event)[chosen])].astype(np.int64),
        departures=table.departures[events],
        arrivals=table.arrivals[events],
        trip_id=tuple(table.trip_id[t] for t in trips),
        pattern_route=table.pattern_route[chosen],
    )


def rows(given: argparse.Namespace, say: Callable[[str], None]) -> Iterable[Row]:
    hexagons = pd.read_csv(DATA / "poa_hexgrid.csv")
    start = time.perf_counter()
    files = [DATA / f for f in FEEDS]
    table, _ = read_timetable(files, DAY, strict=False, choices=Choices(interpolate="even"))
    yield Row("ours: read feeds", time.perf_counter() - start, "s")
    start = time.perf_counter()
    ground = Ground(table)
    city = ground.city(table, hexagons)
    yield Row("ours: streets and walks (with compiling, if first)", time.perf_counter() - start, "s")
    spent = {}
    for row in ours(city, ground, given.repeat):
        spent[row.name] = row.value
        yield row
    for peer, run in (
        ("cafein", lambda: against_cafein(city, spent, quick=given.quick, say=say)),
        ("ferrobus", lambda: against_ferrobus(city, spent, repeat=given.repeat, say=say)),
    ):
        try:
            yield from run()
        except ImportError:
            say(f"{peer} is not installed: skipped")
    yield from scale(city, say)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="peers on fewer origins")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    say = (lambda text: print(text, file=sys.stderr)) if given.json else print
    if not DATA.is_dir():
        say(f"the real networks are not here ({DATA.name}): skipped")
        return 0
    warnings.simplefilter("ignore")
    ok = True
    for row in rows(given, say):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
            continue
        bar = "" if row.bar is None else f"bar {row.bar:g}"
        ratio = "" if row.ratio is None else f"{row.ratio:.1f} x ours"
        verdict = "ok" if row.ok else "NOT OK"
        print(f"{row.name:<72}{row.value:>10.3f} {row.unit:<4}{bar:<10}{ratio:<14}{verdict}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
