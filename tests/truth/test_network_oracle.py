"""Travel times against an independent search: plain Dijkstra over states, written from the docstring."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from yipan import network
from yipan.network import UNREACHED, Window
from yipan.region import Region, example

State = tuple[str, int, bool]


def whole(seconds: float) -> int:
    return math.floor(seconds + 0.5)


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance by the vector formula (the program uses haversines)."""
    (l1, p1), (l2, p2) = (tuple(map(math.radians, x)) for x in (a, b))
    d = l2 - l1
    x = math.hypot(
        math.cos(p2) * math.sin(d), math.cos(p1) * math.sin(p2) - math.sin(p1) * math.cos(p2) * math.cos(d)
    )
    y = math.sin(p1) * math.sin(p2) + math.cos(p1) * math.cos(p2) * math.cos(d)
    return 6371.0088 * math.atan2(x, y)


class Oracle:
    """What the docstring of `yipan.network.times` says, as moves from one state to the next."""

    def __init__(self, region: Region, *, share: float = 0.5, period: str = "peak") -> None:
        a = {x.id: x.value for x in region.meta.assumptions}
        self.a, self.share = a, share
        cells = region.cells
        self.at = list(zip(cells["lon"], cells["lat"], strict=True))
        index = {c: i for i, c in enumerate(cells["id"])}
        self.roads: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for r in region.table("links").itertuples():
            u, v, seconds = index[r[2]], index[r[3]], 3600 * r.length / r.speed
            for x, y in ((u, v), (v, u)):
                self.roads[x].append((y, whole(seconds), whole(seconds * a["coach_factor"])))
        stops = region.table("stops")
        first = stops.drop_duplicates("station")
        self.station = list(first["station"])
        self.where = list(zip(first["lon"], first["lat"], strict=True))
        self.home = [min(range(len(self.at)), key=lambda c: km(self.at[c], s)) for s in self.where]
        lines = region.table("lines").set_index("id")
        self.runs = []
        for name, rows in stops.sort_values("seq").groupby("line"):
            s = [self.station.index(x) for x in rows["station"]]
            ride = [
                whole(
                    60 * m
                    if not pd.isna(m)
                    else 3600 * km(self.where[x], self.where[y]) / lines.loc[name, "speed"]
                )
                for x, y, m in zip(s[:-1], s[1:], list(rows["minutes"])[1:], strict=True)
            ]
            wait = whole(60 * lines.loc[name, f"headway_{period}"] * share)
            for path, times in ((s, ride), (s[::-1], ride[::-1])):
                self.runs.append((path, times, wait, whole(lines.loc[name, "dwell"])))

    def foot(self, d: float) -> int:
        return whole(d * self.a["walk_detour"] / self.a["walk_speed"] * 3600)

    def local(self, d: float, factor: float = 1.0) -> int:
        return whole(d * self.a["walk_detour"] / self.a["local_speed"] * 3600 * factor)

    def coach(self, d: float) -> int:
        return whole(60 * self.a["coach_wait"]) + self.local(d, self.a["coach_factor"])

    def cell_station(self, c: int, s: int) -> int | None:
        d = km(self.at[c], self.where[s])
        ways = [self.foot(d)] if d <= self.a["walk_limit"] else []
        ways += [self.coach(d)] if self.home[s] == c else []
        return min(ways, default=None)

    def moves(self, state: State) -> Iterator[tuple[int, State]]:
        kind, i, rode = state
        if kind == "person":
            yield from self.leave(i, rode=rode)
        elif kind == "coach":
            yield 0, ("person", i, rode)
            yield from ((seconds, ("coach", j, rode)) for j, _, seconds in self.roads[i])
        elif kind == "car":
            yield from ((seconds, ("car", j, False)) for j, seconds, _ in self.roads[i])
            for s, home in enumerate(self.home):
                if home == i:
                    parking = whole(60 * self.a["park_time"])
                    yield self.local(km(self.at[i], self.where[s])) + parking, ("waiting", s, True)
        elif kind == "waiting":
            yield from self.rides(i)
        else:
            yield from self.alight(i)

    def leave(self, i: int, *, rode: bool) -> Iterator[tuple[int, State]]:
        yield whole(60 * self.a["coach_wait"]), ("coach", i, rode)
        for j in range(len(self.at)):
            d = km(self.at[i], self.at[j])
            if j != i and d <= self.a["walk_limit"]:
                yield self.foot(d), ("person", j, rode)
        for s in range(len(self.where)):
            w = self.cell_station(i, s)
            if w is not None:
                yield w + (whole(60 * self.a["transfer_time"]) if rode else 0), ("waiting", s, True)

    def alight(self, i: int) -> Iterator[tuple[int, State]]:
        change = whole(60 * self.a["transfer_time"])
        yield change, ("waiting", i, True)
        for t in range(len(self.where)):
            d = km(self.where[i], self.where[t])
            if t != i and d <= self.a["transfer_walk"]:
                yield change + self.foot(d), ("waiting", t, True)
        for c in range(len(self.at)):
            w = self.cell_station(c, i)
            if w is not None:
                yield w, ("person", c, True)

    def rides(self, s: int) -> Iterator[tuple[int, State]]:
        for path, times, wait, dwell in self.runs:
            hops = len(times)
            goes_round = len(path) > 2 and path[0] == path[-1]
            for p in range(hops):
                if path[p] != s:
                    continue
                spent = wait
                for n, q in enumerate(range(p, p + hops if goes_round else hops)):
                    spent += times[q % hops] + (dwell if n else 0)
                    yield spent, ("off", path[q % hops + 1], True)

    def search(self, start: State) -> dict[State, int]:
        best: dict[State, int] = {}
        heap = [(0, start)]
        while heap:
            d, state = heapq.heappop(heap)
            if state in best:
                continue
            best[state] = d
            for w, to in self.moves(state):
                if to not in best:
                    heapq.heappush(heap, (d + w, to))
        return best

    def times(self) -> dict[str, np.ndarray]:
        n = len(self.at)
        out = {m: np.full((n, n), UNREACHED, dtype=np.int64) for m in ("drive", "transit", "any")}
        for i in range(n):
            on_foot, by_car = self.search(("person", i, False)), self.search(("car", i, False))
            for j in range(n):
                if i == j:
                    half = min((km(self.at[i], self.at[c]) for c in range(n) if c != i), default=0.0) / 2
                    drive = whole(60 * self.a["terminal_time"]) + self.local(half)
                    person = self.coach(half)
                    if half <= self.a["walk_limit"]:
                        person = min(person, self.foot(half))
                    parked = person
                else:
                    far = int(UNREACHED)
                    drive = by_car.get(("car", j, False), far)
                    drive += whole(60 * self.a["terminal_time"]) if drive < far else 0
                    person = min(on_foot.get(("person", j, r), far) for r in (False, True))
                    parked = by_car.get(("person", j, True), far)
                out["drive"][i, j], out["transit"][i, j] = drive, person
                out["any"][i, j] = min(drive, person, parked)
        return out


def random_region(seed: int) -> Region:
    """An invented region of 9 cells, a few links, three lines: one goes round, two share a station."""
    rng = np.random.default_rng(seed)
    tiny = example("tiny")
    n = 9
    row = {"source": "invented", "quality": "assumed"}
    lon, lat = 106 + rng.random(n) * 0.25, 29 + rng.random(n) * 0.2
    cells = pd.DataFrame(
        {"id": [f"c{i}" for i in range(n)], "zone": "A", "lon": lon, "lat": lat, "population": 1.0, **row}
    )
    pairs = {tuple(sorted(rng.choice(n, 2, replace=False).tolist())) for _ in range(9)}
    links = pd.DataFrame(
        [
            {
                "id": f"l{k}",
                "from": f"c{a}",
                "to": f"c{b}",
                "kind": "local",
                "speed": float(rng.choice([20, 60])),
            }
            | {"length": float(rng.uniform(5, 40)), **row}
            for k, (a, b) in enumerate(sorted(pairs))
        ]
    )
    places = {f"s{i}": (106 + rng.random() * 0.25, 29 + rng.random() * 0.2) for i in range(8)}
    places["s7"] = (places["s6"][0] + 0.002, places["s6"][1])  # 200 m: one walks over to change
    routes = {
        "m1": ["s0", "s1", "s2", "s3"],
        "m2": ["s4", "s2", "s5", "s4"],
        "m3": ["s6", "s0"],
        "m4": ["s7", "s5"],
    }
    lines = pd.DataFrame(
        [
            {"id": m, "mode": "metro", "headway_peak": 4.0 + k, "headway_offpeak": 9.0, "speed": 40.0 + k}
            | {"dwell": 25.0, **row}
            for k, m in enumerate(routes)
        ]
    )
    stops = pd.DataFrame(
        [
            {"line": m, "seq": q, "station": s, "lon": places[s][0], "lat": places[s][1], **row}
            | {"minutes": 3.3 if (m, q) == ("m1", 2) else float("nan")}
            for m, route in routes.items()
            for q, s in enumerate(route)
        ]
    )
    return tiny.replace(cells=cells, links=links, lines=lines, stops=stops)


@pytest.mark.parametrize("seed", range(6))
def test_random_regions_agree_with_the_plain_search(seed: int) -> None:
    region = random_region(seed)
    expected = Oracle(region).times()
    for mode in ("drive", "transit", "any"):
        got = network.travel_times(region, mode).seconds
        np.testing.assert_array_equal(got, expected[mode], err_msg=mode)


def test_tiny_agrees_off_the_peak_at_another_percentile() -> None:
    region = example("tiny")
    expected = Oracle(region, share=0.8, period="offpeak").times()
    window = Window(start=12 * 60, end=13 * 60, period="offpeak")
    for mode in ("drive", "transit", "any"):
        got = network.travel_times(region, mode, percentile=80, window=window).seconds
        np.testing.assert_array_equal(got, expected[mode], err_msg=mode)
