"""cafein beside Yipan on Porto Alegre: the timetable search alone, the walks alone, and door to door."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import _agreement_legs as legs
import _agreement_r5 as r5
import geopandas as gpd
import numpy as np
import pandas as pd
from _agreement_published import FOURTEEN

from yipan.network.streets.values import Legs
from yipan.network.transit import turned, window_times
from yipan.network.transit.network import grouped
from yipan.network.values import UNREACHED

WHEN, NONE, WALK = "2019-05-13 14:00", 2**32 - 1, 30
RANK = {5: 6, 50: 51, 95: 95}
"""cafein's p-th of 60 departures is the one nearest to p/100 · 59 counted from 0; ours by nearest rank."""


def installed() -> bool:
    return importlib.util.find_spec("cafein") is not None


@dataclass(frozen=True)
class Shares:
    """How pairs agree: numbers of pairs, shares, and quantiles of ours less theirs, seconds."""

    name: str
    pairs: int
    only_ours: float
    only_theirs: float
    equal: float
    within_60: float
    within_120: float
    quantiles: tuple[float, ...]


def shares(name: str, ours: np.ndarray, theirs: np.ndarray) -> Shares:
    """Compare times in seconds; `NONE` where there is no way (in both: left out)."""
    a, b = ours < NONE, theirs < NONE
    off = (ours - theirs)[a & b]
    within = tuple(float((np.abs(off) <= s).mean()) for s in (0, 60, 120))
    spread = tuple(np.percentile(off, (0, 1, 5, 25, 50, 75, 95, 99, 100)).tolist())
    return Shares(name, len(off), float((a & ~b).mean()), float((b & ~a).mean()), *within, spread)


@dataclass(frozen=True)
class Pair:
    """One pair worked: seconds of both, and both itineraries in words."""

    origin: str
    destination: str
    ours: int
    theirs: int
    our_legs: str
    their_legs: str


class Beside:
    """Both programs on the same files, walking 3.6 km/h; transfers of cafein up to 20 minutes."""

    def __init__(self, *, origins: int = 40, stops: int = 100, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.town = r5.Town(r5.CAFEIN)
        where = self.town.where
        self.hexagons = where[where.id.str.startswith("89a9")].reset_index(drop=True)
        self.picked = np.sort(rng.choice(len(self.hexagons), origins, replace=False))
        self.from_stops = np.sort(
            rng.choice(np.unique(self.town.table.pattern_stop), stops, replace=False)
        ).astype(np.int32)

    @cached_property
    def network(self) -> Any:
        """The network of cafein."""
        import cafein  # noqa: PLC0415

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            feeds = [str(p) for p in r5.FEEDS]
            return cafein.TransportNetwork.from_gtfs(
                feeds, osm_pbf=str(r5.STREETS), trip_distances=False, leg_geometries=False
            )

    @cached_property
    def ids(self) -> list[str]:
        """Ids of our stops as cafein writes them."""
        feed = {p.stem: str(i) for i, p in enumerate(r5.FEEDS)}
        parts = (s.split(":", 1) for s in self.town.table.stops.ids)
        return [f"{feed[name]}:{stop}" for name, stop in parts]

    @cached_property
    def _column(self) -> np.ndarray:
        at = {stop: i for i, (stop, _, _) in enumerate(self.network.stops)}
        return np.array([at[s] for s in self.ids])

    def give_footpaths(self) -> None:
        """Let cafein walk between stops exactly as we do."""
        changes = self.town.network.changes
        source = np.repeat(np.arange(len(changes)), np.diff(changes.first))
        rows = zip(source.tolist(), changes.to.tolist(), changes.cost.tolist(), strict=True)
        self.network.set_transfers([(self.ids[a], self.ids[b], c, float(c)) for a, b, c in rows if a != b])

    def by_stop(self, width: int) -> Iterator[Shares]:
        """Yield from sampled stops to all others, both with our footpaths: the timetable search alone."""
        window = {} if width == 1 else {"departure_time_window": width, "percentiles": list(RANK)}
        ids = [self.ids[s] for s in self.from_stops]
        theirs = self.network.travel_time_matrix(ids, WHEN, max_rides=8, router="raptor", **window)
        theirs = theirs.astype(np.int64)[:, self._column].reshape(len(ids), len(self.ids), -1)
        n, none = len(ids), np.zeros(len(ids), np.int32)
        here = Legs(np.arange(n + 1, dtype=np.int64), self.from_stops, none)
        out = turned(self.town.network.changes, places=len(self.ids))
        ranks = (50,) if width == 1 else tuple(RANK.values())
        query = self.town.query(FOURTEEN, width, longest=1440, percentiles=ranks)
        ours = _long(window_times(self.town.network, here, out, None, query))
        other = np.arange(len(self.ids)) != self.from_stops[:, None]
        for k, p in enumerate(RANK if width > 1 else (0,)):
            name = "stops, one departure" if width == 1 else f"stops, p{p} of {width} departures"
            yield shares(name, ours[:, :, k][other], theirs[:, :, k][other])

    def their_walks(self, rows: Sequence[int]) -> Legs:
        """Return cafein's walks of hexagons to stops (the same in both directions)."""
        number, found = {s: i for i, s in enumerate(self.ids)}, []
        for place, k in enumerate(rows):
            row = self.hexagons.iloc[k]
            walks = self.network.access_stops(row.lat, row.lon, max_walking_time=WALK)
            found += [(place, number[s], int(c)) for s, c in walks.items()]
        by, to, cost = np.array(found, dtype=np.int64).T
        return grouped(by, to, cost, len(rows))[0]

    def by_walk(self, *, private: bool) -> Shares:
        """Compare walks from sampled hexagons to all stops within 30 minutes."""
        town = self._town(private=private)
        ids = list(self.hexagons.id[self.picked])
        ours = town.walks(ids, ids[:1], minutes=WALK).access
        name = "walks to stops" + (", on private streets too" if private else "")
        return shares(name, _dense(ours, len(self.ids)), _dense(self.their_walks(self.picked), len(self.ids)))

    def _town(self, *, private: bool) -> r5.Town:
        rules = replace(r5.CAFEIN, private=private)
        return self.town if rules == self.town.rules else r5.Town(rules)

    def doors(self, width: int) -> np.ndarray:
        """Return cafein's times from sampled hexagons to all, seconds."""
        window = {} if width == 1 else {"departure_time_window": width, "percentiles": [50]}
        found = self.network.travel_time_matrix(
            _frame(self.hexagons.iloc[self.picked]), WHEN, max_rides=8, max_walking_time=WALK,
            destinations=_frame(self.hexagons), **window,
        )  # fmt: skip
        return found.astype(np.int64).reshape(len(self.picked), -1)

    def by_door(self, width: int, *, private: bool) -> Shares:
        """Compare times door to door, each program on its own streets."""
        town = self._town(private=private)
        walks = town.walks(list(self.hexagons.id[self.picked]), list(self.hexagons.id), minutes=WALK)
        ranks = (50 if width == 1 else RANK[50],)
        ours = _long(town.seconds(walks, town.query(FOURTEEN, width, longest=1440, percentiles=ranks)))
        other = np.arange(len(self.hexagons)) != self.picked[:, None]
        name = ("doors, one departure" if width == 1 else "doors, p50 of 60 departures") + (
            ", private streets too" if private else ""
        )
        return shares(name, ours[:, :, 0][other], self.doors(width)[other])

    def by_door_same_walks(self, width: int) -> tuple[float, float, float]:
        """Return shares of pairs equal, walked directly, and slower in cafein: our search on its walks.

        Both with our footpaths; after the last ride cafein goes on by a footpath **and** a walk. Its direct
        walks are not known here: a time of at most 30 minutes below ours by vehicle counts as one.
        """
        up, down = self.their_walks(self.picked), self.their_walks(range(len(self.hexagons)))
        down = _chained(down, self.town.network.changes)
        ranks = (50 if width == 1 else RANK[50],)
        query = self.town.query(FOURTEEN, width, longest=1440, percentiles=ranks)
        ours = _long(window_times(self.town.network, up, down, None, query))[:, :, 0]
        theirs = self.doors(width)
        walked = (theirs < ours) & (theirs <= 60 * WALK)
        return float((ours == theirs).mean()), float(walked.mean()), float((theirs > ours).mean())

    def widest(self, *, private: bool, several: int = 2) -> list[Pair]:
        """Return pairs that differ most, by vehicle in both, ours slower and ours faster; no place twice."""
        town = self._town(private=private)
        walks = town.walks(list(self.hexagons.id[self.picked]), list(self.hexagons.id), minutes=WALK)
        query = town.query(FOURTEEN, 1, longest=1440)
        ours, theirs = _long(town.seconds(walks, query))[:, :, 0], self.doors(1)
        both = (ours < NONE) & (theirs < NONE) & (ours > 60 * WALK) & (theirs > 60 * WALK)
        out = []
        for sign in (1, -1):
            off = np.where(both, sign * (ours - theirs), -1)
            for _ in range(several):
                at = tuple(int(x) for x in np.unravel_index(off.argmax(), off.shape))
                out.append(self._pair(town, walks, (at[0], at[1]), (ours, theirs)))
                off[at[0]], off[:, at[1]] = -1, -1
        return out

    def _pair(
        self, town: r5.Town, walks: r5.Walks, at: tuple[int, int], both: tuple[np.ndarray, np.ndarray]
    ) -> Pair:
        i, j = at
        a, b = self.hexagons.iloc[self.picked[i]], self.hexagons.iloc[j]
        query = town.query(FOURTEEN, 1, longest=1440)
        access, egress = legs.of_one(walks.access, i), legs.of_one(walks.egress, j)
        found = legs.journey(town.network, access, egress, FOURTEEN, query)
        routes = self.network.route_between_coordinates(
            (a.lat, a.lon), (b.lat, b.lon), WHEN, 8, max_walking_time=WALK, geometries=False
        )
        best = min(routes, key=lambda r: r["arrival_s"])
        ours, theirs = (int(seconds[i, j]) for seconds in both)
        return Pair(a.id, b.id, ours, theirs, legs.told(found), _told(best["legs"]))


def _told(rows: Sequence[dict[str, Any]]) -> str:
    """Return an itinerary of cafein as ours are told."""
    return legs.told(
        tuple(
            legs.Leg(
                r["departure_s"],
                r["arrival_s"],
                (r.get("route_id") or "").split(":")[-1],
                r.get("board_stop") or "",
                r.get("alight_stop") or "",
            )
            for r in rows
        )
    )


def _frame(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(rows.lon, rows.lat)
    return gpd.GeoDataFrame({"id": rows.id}, geometry=points, crs=4326)


def _long(seconds: np.ndarray) -> np.ndarray:
    return np.where(seconds == UNREACHED, NONE, seconds.astype(np.int64))


def _dense(walks: Legs, n: int) -> np.ndarray:
    out = np.full((len(walks), n), NONE, dtype=np.int64)
    out[np.repeat(np.arange(len(walks)), np.diff(walks.first)), walks.to] = walks.cost
    return out


def _chained(egress: Legs, changes: Legs) -> Legs:
    """Return walks from stops to places, or by a footpath to another stop first."""
    back, n = turned(changes, places=len(changes)), len(changes)
    by, to, cost = [], [], []
    for place in range(len(egress)):
        best = np.full(n, 2**30, dtype=np.int64)
        for stop, walk in legs.of_one(egress, place).items():
            span = slice(int(back.first[stop]), int(back.first[stop + 1]))
            np.minimum.at(best, back.to[span], back.cost[span] + walk)
        near = np.flatnonzero(best < 2**30)
        by.append(np.full(len(near), place))
        to.append(near)
        cost.append(best[near])
    return grouped(np.concatenate(by), np.concatenate(to), np.concatenate(cost), len(egress))[0]
