"""Porto Alegre as Conveyal R5 sees it: R5's rules as settings of Yipan, beside what R5 published.

Used by ``benchmarks/agreement.py`` and ``tests/truth/test_agreement_r5.py``. Where each rule of R5 stands is
told in ``docs/agreement.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from _agreement_published import FOURTEEN, PUBLISHED, Count, Fact
from _agreement_rounding import rounded_up, vertices, whole
from pyproj import Geod

from yipan.network.minplus import FAR
from yipan.network.streets.compress import compress, time_metric
from yipan.network.streets.elevation import read_heights, with_slopes
from yipan.network.streets.ends import ends
from yipan.network.streets.read import StreetFile, read_streets_modes
from yipan.network.streets.rules import StreetRules
from yipan.network.streets.snap import snap
from yipan.network.streets.speeds import Speeds
from yipan.network.streets.values import Core, Ends, Int32, Legs, Snapped, Streets
from yipan.network.sweep.customise import Customised, customise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.network.sweep.many import between, within
from yipan.network.timetable import Choices, Feed, Timetable, read_feed, timetable_of
from yipan.network.timetable.interpolate import Interpolate
from yipan.network.transit import Query, TransitNetwork, transit_network, turned, window_times
from yipan.network.values import UNREACHED

SHARED = Path(__file__).resolve().parents[2] / "shared"
POA = SHARED / "realdata" / "poa"
FEEDS = (POA / "poa_eptc.zip", POA / "poa_trensurb.zip")
STREETS = POA / "poa_osm.pbf"
POINTS = (POA / "poa_points_of_interest.csv", POA / "poa_hexgrid.csv")
DAY = date(2019, 5, 13)


def missing() -> list[str]:
    """Return the names of the inputs that are not here."""
    return [p.name for p in (*FEEDS, *POINTS, STREETS, PUBLISHED) if not p.exists()]


@dataclass(frozen=True)
class Rules:
    """How times are computed; the defaults are what R5 does.

    Parameters
    ----------
    interpolate
        Blank stop times: R5 by straight distance …
    ellipsoid
        … on the ellipsoid; on the sphere (as Yipan measures) times differ by up to 5 seconds.
    slopes
        Whether access and direct walks follow Tobler (the published networks lost their heights).
    whole_seconds
        Whether walks count whole seconds as R5's do (`_agreement_rounding`; not with slopes).
    slack
        Seconds between reaching a stop and a departure, at the first boarding as well: R5 boards vehicles
        that leave **more than** 60 seconds later.
    off_kmh
        Between a place and its street: 1.3 m/s; after the last ride at walking speed.
    steps
        Speed on steps as a share of that on a street.
    transfer_m, egress_m
        Longest walks between rides, and after the last, metres (besides the limit in minutes).
    closest_only
        Whether people walk between rides only to a stop that is the nearest of some line.
    private
        Whether people walk on private streets.
    late
        Seconds added to every access walk, to see what hangs on seconds; nobody's rule.
    """

    interpolate: Interpolate = "straight"
    ellipsoid: bool = True
    slopes: bool = False
    whole_seconds: bool = True
    slack: int = 61
    off_kmh: float = 4.68
    steps: float = 1.0
    transfer_m: int = 1000
    egress_m: int = 2000
    closest_only: bool = True
    private: bool = False
    late: int = 0
    max_rides: int = 3


R5 = Rules()
CAFEIN = Rules(
    interpolate="even",
    ellipsoid=False,
    whole_seconds=False,
    slack=0,
    off_kmh=3.6,
    transfer_m=1200,
    egress_m=7200,
    max_rides=8,
    closest_only=False,
    private=True,
)


@lru_cache(maxsize=4)
def _street_file(steps: float, private: bool) -> StreetFile:
    speeds, rules = Speeds(walk_kmh=3.6, steps_factor=steps), StreetRules(private=private)
    return read_streets_modes(STREETS, ("walk",), speeds=speeds, rules=rules)["walk"]


@lru_cache(maxsize=4)
def _table_of(interpolate: Interpolate, ellipsoid: bool) -> Timetable:
    feeds = [feed for feed, _ in (read_feed(p, strict=False) for p in FEEDS) if feed is not None]
    feeds = [replace(f, straight=_along(f)) for f in feeds] if ellipsoid else feeds
    return timetable_of(feeds, DAY, choices=Choices(interpolate=interpolate))[0]


def _along(feed: Feed) -> np.ndarray:
    """Return metres from stop to stop of every trip on the ellipsoid of WGS 84, summed up."""
    lon, lat = feed.stops.lon[feed.stop], feed.stops.lat[feed.stop]
    metres = Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    return np.cumsum(np.append(0.0, metres))


def places() -> pd.DataFrame:
    """Return the points of interest and the hexagons: id, lon, lat and opportunities."""
    return pd.concat([pd.read_csv(p) for p in POINTS], ignore_index=True).fillna(0.0)


def closest_of(table: Timetable, legs: Legs) -> Legs:
    """Return the walks to stops that are the nearest of at least one pattern (R5's transfers)."""
    pattern = np.repeat(np.arange(table.patterns), np.diff(table.first_stop))
    order = np.argsort(table.pattern_stop, kind="stable")
    first = np.searchsorted(table.pattern_stop[order], np.arange(len(table.stops) + 1))
    serves = [pattern[order[a:b]] for a, b in pairwise(first)]
    keep = np.zeros(len(legs.to), dtype=bool)
    for stop, (a, b) in enumerate(pairwise(legs.first)):
        seen: set[int] = set()
        for leg in range(a, b):
            here = serves[legs.to[leg]].tolist()
            keep[leg] = legs.to[leg] != stop and not seen.issuperset(here)
            seen.update(here if legs.to[leg] != stop else ())
    kept = np.cumsum(np.append(0, keep))[legs.first].astype(np.int64)
    return Legs(kept, legs.to[keep], legs.cost[keep])


@dataclass(frozen=True)
class Ways:
    """Streets to walk on, ready to be searched."""

    file: StreetFile
    core: Core
    customised: Customised

    @staticmethod
    def of(file: StreetFile, streets: Streets) -> Ways:
        core = compress(streets)
        return Ways(file, core, customise(build_hierarchy(core), time_metric(core)))

    def snapped(self, lon: np.ndarray, lat: np.ndarray) -> Snapped:
        return snap(self.core.streets, lon, lat, limit_m=1600.0, among=self.file.places)

    def put(self, lon: np.ndarray, lat: np.ndarray, *, off_kmh: float) -> Ends:
        at = self.snapped(lon, lat)
        return ends(self.core, self.customised.metric, at, speed_off_kmh=off_kmh)


@dataclass(frozen=True)
class Walks:
    """Walks of one question: to stops, from stops (grouped by destination) and all the way, seconds."""

    access: Legs
    egress: Legs
    direct: Int32


def _seconds(ms: np.ndarray) -> Int32:
    return np.where(ms >= FAR, FAR, (ms.astype(np.int64) + 500) // 1000).astype(np.int32)


def _legs(legs: Legs, *, cut: bool = False) -> Legs:
    return Legs(legs.first, legs.to, legs.cost // np.int32(1000) if cut else _seconds(legs.cost))


@dataclass(frozen=True)
class Town:
    """Porto Alegre under some rules."""

    rules: Rules
    where: pd.DataFrame = field(default_factory=places)

    @cached_property
    def flat(self) -> Ways:
        """Streets without slopes: walks between and after rides."""
        file = _street_file(self.rules.steps, self.rules.private)
        return Ways.of(file, file.streets)

    @cached_property
    def ground(self) -> Ways:
        """Streets of access and direct walks."""
        file, streets = self.flat.file, self.flat.core.streets
        if self.rules.slopes:
            streets, _ = with_slopes(streets, read_heights(POA / "poa_elevation.tif", streets))
        elif self.rules.whole_seconds:
            put = self.flat.snapped(self.table.stops.lon, self.table.stops.lat)
            streets = rounded_up(self.flat.core, vertices(STREETS, streets), put)
        return self.flat if streets is self.flat.core.streets else Ways.of(file, streets)

    @cached_property
    def network(self) -> TransitNetwork:
        """The timetable of the day with walks between its stops."""
        stops = self.stops[1]
        legs = within(self.flat.customised, stops, stops, limit=1000 * self.rules.transfer_m)
        legs = closest_of(self.table, legs) if self.rules.closest_only else legs
        return transit_network(self.table, _legs(legs, cut=self.rules.whole_seconds))

    @cached_property
    def table(self) -> Timetable:
        """The timetable of the day."""
        return _table_of(self.rules.interpolate, self.rules.ellipsoid)

    @cached_property
    def stops(self) -> tuple[Ends, Ends]:
        """Stops on the streets of access, and on the flat ones."""
        at = self.table.stops
        up, down = (w.put(at.lon, at.lat, off_kmh=3.6) for w in (self.ground, self.flat))
        return (whole(up, up=True) if self.rules.whole_seconds else up), down

    def at(self, ids: Sequence[str], ways: Ways, *, off_kmh: float) -> Ends:
        """Return places on streets."""
        rows = self.where.set_index("id").loc[list(ids)]
        put = ways.put(rows.lon.to_numpy(), rows.lat.to_numpy(), off_kmh=off_kmh)
        return whole(put, up=False) if self.rules.whole_seconds and ways is self.ground else put

    def walks(self, origins: Sequence[str], destinations: Sequence[str], *, minutes: int) -> Walks:
        """Return the walks between places and stops up to so many minutes each."""
        r = self.rules
        source = self.at(origins, self.ground, off_kmh=r.off_kmh)
        target = self.at(destinations, self.ground, off_kmh=r.off_kmh)
        last = self.at(destinations, self.flat, off_kmh=3.6)
        up = within(self.ground.customised, source, self.stops[0], limit=60_000 * minutes)
        near = min(60_000 * minutes, 1000 * r.egress_m)
        down = within(self.flat.customised, self.stops[1], last, limit=near)
        direct = _seconds(between(self.ground.customised, source, target))
        direct[direct > 60 * minutes] = FAR
        down = _legs(down, cut=r.whole_seconds)
        up = Legs(up.first, up.to, up.cost + np.int32(1000 * r.late))
        return Walks(_legs(up), turned(down, places=len(last)), direct)

    def query(self, start: int, width: int, *, longest: int, percentiles: tuple[int, ...] = (50,)) -> Query:
        """Return the question of `width` departures, one a minute."""
        r = self.rules
        return Query(
            start=start, end=start + 60 * width, step=60, percentiles=percentiles, max_rides=r.max_rides,
            transfer_slack=r.slack, board_slack=r.slack, limit=60 * longest,
        )  # fmt: skip

    def seconds(self, walks: Walks, query: Query) -> Int32:
        """Return times, shape (origins, destinations, percentiles); `UNREACHED` where there is no way."""
        return window_times(self.network, walks.access, walks.egress, walks.direct, query)


@dataclass(frozen=True)
class Compared:
    """A published time beside ours; `ours` in minutes, infinite where there is no way."""

    fact: Fact
    ours: float
    departure: int

    @property
    def difference(self) -> float:
        """Ours less theirs, minutes; of whole minutes where theirs are."""
        ours = np.floor(self.ours) if self.fact.floored else self.ours
        return float(ours - self.fact.minutes)


def compare(town: Town, facts: Iterable[Fact]) -> list[Compared]:
    """Return every published time with ours by the same question, in the order given."""
    facts = list(facts)
    alike: dict[Fact, list[Fact]] = {}
    for f in facts:
        question = replace(f, destination="", minutes=0.0, routes="", parts=(), floored=True)
        question = question if f.arrive_by is None else replace(question, start=0)
        alike.setdefault(question, []).append(f)
    found = {c.fact: c for group in alike.values() for c in _answer(town, group)}
    return [found[f] for f in facts]


def _answer(town: Town, facts: Sequence[Fact]) -> list[Compared]:
    """Answer facts that differ in destination only (and departure, when the latest one is asked for)."""
    f = facts[0]
    walks = town.walks([f.origin], [g.destination for g in facts], minutes=f.walk)
    if f.arrive_by is None:
        seconds = town.seconds(walks, town.query(f.start, f.minutes_wide, longest=f.longest))[0, :, 0]
        return [Compared(g, _minutes(s), g.start) for g, s in zip(facts, seconds.tolist(), strict=True)]
    out = [Compared(g, float("inf"), -1) for g in facts]
    for departure in range(f.arrive_by - 60, f.arrive_by - 60 * f.longest - 1, -60):
        seconds = town.seconds(walks, town.query(departure, 1, longest=f.longest))[0, :, 0]
        for i, s in enumerate(seconds.tolist()):
            if out[i].departure < 0 and departure + s <= f.arrive_by:
                out[i] = Compared(facts[i], _minutes(s), departure)
        if all(c.departure >= 0 for c in out):
            break
    return out


def _minutes(seconds: int) -> float:
    return float("inf") if seconds == UNREACHED else float(seconds) / 60.0


def counts(town: Town, wanted: Sequence[Count], *, shift: float = 0.0) -> list[int]:
    """Return opportunities within 20 minutes (plus `shift`), p50 of 14:00–15:00, for each published count."""
    ids = sorted({c.origin for c in wanted})
    hexagons = town.where[town.where.population.notna() & town.where.id.str.startswith("89a9")]
    walks = town.walks(ids, list(hexagons.id), minutes=30)
    found = town.seconds(walks, town.query(FOURTEEN, 60, longest=120))[:, :, 0]
    minutes = np.where(found == UNREACHED, np.inf, found / 60.0)
    out = []
    for c in wanted:
        row = minutes[ids.index(c.origin)]
        near = np.floor(row - shift) <= 20 if c.whole else row - shift <= 20
        out.append(int(hexagons[c.opportunity].to_numpy()[near].sum()))
    return out
