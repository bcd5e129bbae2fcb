"""Lines as they run: stations in order, whole seconds between them, waits and dwells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yipan.errors import Problem, RegionError
from yipan.network.costs import Costs, whole
from yipan.network.distance import straight_km
from yipan.network.minplus import FAR, Seconds
from yipan.region.value import Region
from yipan.text import Text

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Service:
    """One line, run in both directions.

    Parameters
    ----------
    stations
        Positions of its stations in order (length L ≥ 2); a loop's last is its first.
    rides
        Running seconds between successive stations (length L − 1), the same in both directions.
    wait, dwell
        Seconds waited at boarding; seconds stood at every station passed through.
    """

    id: str
    stations: Ints
    rides: Ints
    wait: int
    dwell: int

    @property
    def loop(self) -> bool:
        """Whether it goes round."""
        return len(self.stations) > 2 and self.stations[0] == self.stations[-1]

    def directions(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Return (stations, rides) of both directions."""
        return (self.stations, self.rides), (self.stations[::-1], self.rides[::-1])

    def not_slower(self, other: Service) -> bool:
        """Whether it serves the stations of `other`, nowhere later than `other` does."""
        return (
            np.array_equal(self.stations, other.stations)
            and self.wait <= other.wait
            and self.dwell <= other.dwell
            and bool((self.rides <= other.rides).all())
        )

    def same(self, other: Service) -> bool:
        """Whether it runs exactly as `other` does."""
        return self.not_slower(other) and other.not_slower(self)

    def board_to_alight(self, at: Mapping[int, int], into: Seconds) -> None:
        """Lower `into[at[s], at[t]]` to the seconds from waiting at s to alighting at t."""
        for stations, rides in self.directions():
            hops = len(rides)
            place = np.array([at[int(s)] for s in stations])
            for start in range(hops):
                steps = np.arange(start, start + hops) % hops if self.loop else np.arange(start, hops)
                spent = self.wait + np.cumsum(rides[steps] + self.dwell) - self.dwell
                np.minimum.at(into, (place[start], place[steps + 1]), np.minimum(spent, FAR).astype(np.int32))


@dataclass(frozen=True)
class Stations:
    """Stations by id, in the order of the stops table; a station lies where its first row says."""

    ids: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)


def read_services(region: Region, costs: Costs) -> tuple[Stations, dict[str, Service]]:
    """Return the stations and, by line id, the services of a region.

    A line with fewer than two stops runs nowhere and is left out. Running time between two stops is
    ``minutes`` of the later one where given, else straight distance between the stations over the
    line's speed; each is rounded to a whole second.

    Raises
    ------
    RegionError
        With every stop whose line does not exist.
    """
    stops, lines = region.tables["stops"], region.tables["lines"]
    stations, at = read_stations(region)
    row_of = {str(v): i for i, v in enumerate(lines.array("id"))}
    code, names = pd.factorize(stops.array("line"))
    _refuse_unknown_lines(region, code, [str(n) for n in names], known=row_of)
    order = np.lexsort((stops.numbers("seq"), code))
    here = at[order]
    lon, lat = stations.lon[here], stations.lat[here]
    km = straight_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    given = 60 * stops.numbers("minutes")[order[1:]]
    wait = whole(60 * lines.numbers(f"headway_{costs.period}") * costs.wait_share)
    speed, dwell = lines.numbers("speed"), whole(lines.numbers("dwell"))
    ends = np.searchsorted(code[order], np.arange(len(names) + 1))
    services = {}
    for name, start, end in zip(names, ends[:-1], ends[1:], strict=True):
        if end - start < 2:
            continue
        i, hops = row_of[str(name)], slice(start, end - 1)
        services[str(name)] = Service(
            id=str(name),
            stations=here[start:end],
            rides=whole(np.where(np.isnan(given[hops]), 3600 * km[hops] / speed[i], given[hops])),
            wait=int(wait[i]),
            dwell=int(dwell[i]),
        )
    return stations, services


def read_stations(region: Region) -> tuple[Stations, Ints]:
    """Return the stations of a region and the position of each stop's station."""
    stops = region.tables["stops"]
    at, names = pd.factorize(stops.array("station"))
    _, first = np.unique(at, return_index=True)
    position = at.astype(np.int64)
    return Stations(
        tuple(map(str, names)), stops.numbers("lon")[first], stops.numbers("lat")[first]
    ), position


def _refuse_unknown_lines(
    region: Region, code: NDArray[np.intp], names: list[str], *, known: Mapping[str, int]
) -> None:
    unknown = {i for i, n in enumerate(names) if n not in known}
    if unknown:
        raise RegionError(
            Text("站点表引用了不存在的线路", "the stops table names lines that do not exist"),
            problems=[
                Problem(
                    what=Text(f"没有线路 {names[c]}", f"there is no line {names[c]}"),
                    remedy=Text(
                        "在 lines.csv 中添加它或改正编号", "add it to lines.csv, or correct the line id"
                    ),
                    file="stops.csv",
                    row=row + 2,
                    column="line",
                )
                for row, c in enumerate(code)
                if c in unknown
            ],
        )
