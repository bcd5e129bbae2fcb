"""Isochrones against every square looked at one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.network.isochrones import isochrones
from yipan.network.values import UNREACHED

DEGREE = 6371.0088 * math.pi / 180 * 1000
POINT = st.tuples(
    st.floats(-0.004, 0.004),
    st.floats(-0.004, 0.004),
    st.one_of(st.integers(0, 1500), st.just(int(UNREACHED))),
)


@given(
    st.lists(POINT, min_size=1, max_size=12),
    st.floats(60, 120),
    st.floats(0.72, 4.0),
    st.floats(0.3, 5.0),
    st.lists(st.integers(1, 25), min_size=1, max_size=3, unique=True),
)
@settings(deadline=None, max_examples=40)
def test_squares_are_those_whose_centre_is_reached_in_time(
    points: list[tuple[float, float, int]], side: float, wide: float, speed: float, limits: list[int]
) -> None:
    lon, lat, t = (np.array(x) for x in zip(*points, strict=True))
    off = wide * side
    found = isochrones(
        lon, lat, seconds=t.astype(np.int32), limits=limits, resolution=side, off=off, speed=speed
    )
    near = t <= max(limits) * 60
    assert found.is_valid.all()
    if not near.any():
        assert found.geometry.is_empty.all()
        return
    # squares of a grid from 0°, 0°; all within 1 km of the equator, where a degree is a degree
    step = side / DEGREE
    width = step / math.cos(math.radians((lat[near].min() + lat[near].max()) / 2))
    k = np.arange(-round(0.014 / step), round(0.014 / step) + 1)
    x, y = (a.ravel() for a in np.meshgrid((k + 0.5) * width, (k + 0.5) * step))
    away = np.hypot((x[:, None] - lon) / width * side, (y[:, None] - lat) * DEGREE)
    time = np.where((away <= off) & near, t + away / speed, np.inf).min(axis=1)
    previous = shapely.Polygon()
    for limit, area, shape in zip(sorted(limits), found["area_km2"], found.geometry, strict=True):
        sure = np.abs(time - limit * 60) > 1e-6
        assert (shapely.contains_xy(shape, x, y) == (time <= limit * 60))[sure].all()
        assert area == pytest.approx((time <= limit * 60).sum() * side**2 / 1e6, rel=1e-3, abs=side**2 / 1e6)
        assert shapely.difference(previous, shape).is_empty
        previous = shape
