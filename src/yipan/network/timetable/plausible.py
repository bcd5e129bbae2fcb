"""What a feed says that is possible but hardly true: stops far from all others, speeds, trips never run."""

from __future__ import annotations

import numpy as np

from yipan.network.distance import Points, straight_km
from yipan.network.timetable.columns import BLANK
from yipan.network.timetable.feed import PLATFORM, Feed
from yipan.network.timetable.report import Report
from yipan.network.timetable.stop_times import StopTimes
from yipan.network.timetable.trips import Trips
from yipan.text import Text

_ALONE_KM = 100.0  # a stop farther than this from every other is hardly where it says
_FASTEST = {0: 110, 1: 150, 2: 360, 3: 130, 4: 100, 5: 60, 6: 60, 7: 60, 11: 100, 12: 500}
_ANY = 500  # km/h, types not listed
_ROUNDED = 60  # s: times are often rounded to minutes


def check_plausible(feed: Feed, trips: Trips, times: StopTimes, report: Report) -> None:
    """Report what is hardly true, as warnings: everything is used as it stands."""
    _far_stops(feed, report)
    _speeds(feed, times, report)
    _never(feed, trips, times, report)


def _far_stops(feed: Feed, report: Report) -> None:
    at = np.flatnonzero(feed.kind == PLATFORM)
    if len(at) < 3:
        return
    lon, lat = feed.stops.lon[at], feed.stops.lat[at]
    _, km = Points(lon, lat).nearest(lon, lat, k=2)
    for i in at[km[:, 1] > _ALONE_KM][:20]:
        report.add(
            Text(
                f"站点 {feed.stops.ids[i]!r} 距其他站点超过 {_ALONE_KM:.0f} 公里",
                f"stop {feed.stops.ids[i]!r} is more than {_ALONE_KM:.0f} km from every other stop",
            ),
            Text("核对经纬度(是否颠倒?)", "check its degrees (swapped?)"),
            file="stops.txt",
            column="stop_lat",
            severity="warning",
        )


def _speeds(feed: Feed, times: StopTimes, report: Report) -> None:
    """Compare successive given times with straight distances; a minute is granted for rounding."""
    given = np.flatnonzero(times.arrival != BLANK)
    a, b = given[:-1], given[1:]
    hop = times.trip[a] == times.trip[b]
    a, b = a[hop], b[hop]
    hours = (times.arrival[b] - times.departure[a] + _ROUNDED) / 3600
    lon, lat = feed.stops.lon[times.stop], feed.stops.lat[times.stop]
    km = straight_km(lon[a], lat[a], lon[b], lat[b])
    lengths = np.diff(feed.first)
    kind = np.repeat(feed.route_type[feed.trip_route], lengths)[a]
    fastest = np.array([_FASTEST.get(k, _ANY) for k in range(-1, 13)])[np.minimum(kind, 12) + 1]
    fastest = np.where(kind > 12, _ANY, fastest)
    fast = np.flatnonzero(km / hours > fastest)
    report.each(
        times.row[b[fast]],
        lambda k: Text(
            f"自上一站 {km[fast[k]]:.1f} 公里只用 {hours[fast[k]] * 3600 - _ROUNDED:.0f} 秒,快得不可信",
            f"{km[fast[k]]:.1f} km from the stop before in {hours[fast[k]] * 3600 - _ROUNDED:.0f} s:"
            " hardly possible",
        ),
        Text("核对时刻与站点坐标", "check the times and where the stops are"),
        file="stop_times.txt",
        column="arrival_time",
        severity="warning",
    )


def _never(feed: Feed, trips: Trips, times: StopTimes, report: Report) -> None:
    """Report trips without stop times, and trips of services that run on no day."""
    s = feed.services
    runs = (s.start <= s.end) & s.weekdays.any(axis=1)
    runs[s.service[s.added]] = True
    idle = trips.usable & ~np.append(runs, True)[trips.service]  # the last stands for unknown ones
    told = Text("补上运行日,或删去班次", "add its days, or delete the trip")
    report.each(
        trips.raw.row[idle],
        lambda k: Text("班次从不运行:其服务没有运行日", "the trip never runs: its service has no day"),
        told,
        file="trips.txt",
        column="service_id",
        severity="warning",
    )
    empty = trips.usable.copy()
    empty[times.trip] = False
    report.each(
        trips.raw.row[empty],
        lambda k: Text("班次没有可用的停站时刻", "the trip has no usable stop times"),
        Text("补上停站时刻,或删去班次", "add stop times, or delete the trip"),
        file="trips.txt",
        column="trip_id",
        severity="warning",
    )
