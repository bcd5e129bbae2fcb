"""Assumptions every region needs for travel times, with the values taken where a region says none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ASSUMPTIONS: tuple[tuple[str, float, str, str, str], ...] = (
    ("walk_speed", 4.8, "km/h", "步行速度", "walking speed"),
    ("walk_detour", 1.3, "ratio", "步行绕行系数", "detour of walking against the straight line"),
    (
        "walk_limit",
        2.5,
        "km",
        "步行接驳最大直线距离",
        "longest straight distance walked to or from a station",
    ),
    (
        "transfer_walk",
        0.3,
        "km",
        "站间步行换乘最大直线距离",
        "longest straight distance walked between stations",
    ),
    ("transfer_time", 3.0, "min", "同站换乘时间", "time to change at a station, waiting excluded"),
    (
        "coach_factor",
        1.5,
        "ratio",
        "客车与小汽车行驶时间之比",
        "coach time against driving time on the same road",
    ),
    ("coach_wait", 10.0, "min", "客车候车时间", "waiting for a coach, once a trip"),
    (
        "local_speed",
        20.0,
        "km/h",
        "单元格内机动车行驶速度",
        "driving speed inside a cell, to stations and places off the links",
    ),
    ("park_time", 5.0, "min", "驾车接驳停车时间", "time to park at a station"),
    ("terminal_time", 4.0, "min", "驾车出行两端时间之和", "time at both ends of a drive together"),
)
"""Assumptions every region needs for travel times: id, default value, unit, name."""

STREET_ASSUMPTIONS: tuple[tuple[str, float, str, str, str], ...] = (
    ("snap_limit", 500.0, "m", "地点到最近街道的最大距离", "longest distance from a place to its street"),
    (
        "board_time",
        1.0,
        "min",
        "首次上车须提前到站的时间",
        "time to be at the first stop before a vehicle leaves",
    ),
    ("max_rides", 4.0, "ride", "一次出行最多乘坐的线路数", "most rides in one trip"),
    (
        "congestion",
        1.0,
        "ratio",
        "行驶时间与按道路等级速度计算的时间之比",
        "driving time against that at the speeds of the street classes",
    ),
    ("longest_trip", 180.0, "min", "计算的最长出行时间", "longest trip by timetable that is computed"),
)
"""Further assumptions of a region with streets: id, default value, unit, name."""

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        **dict.fromkeys(("walk_speed", "local_speed"), (1.0, 1000.0)),
        "walk_detour": (1.0, 10.0),
        **dict.fromkeys(("walk_limit", "transfer_walk"), (0.0, 100.0)),
        **dict.fromkeys(
            ("transfer_time", "coach_wait", "park_time", "terminal_time", "board_time"), (0.0, 1440.0)
        ),
        **dict.fromkeys(("coach_factor", "congestion"), (0.01, 100.0)),
        "snap_limit": (0.0, 100_000.0),
        "max_rides": (1.0, 32.0),
        "longest_trip": (1.0, 1440.0),
    }
)
"""Least and largest value that travel times can be computed with, both possible, in the unit above."""
