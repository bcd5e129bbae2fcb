"""Streets with some segments closed or driven at another speed: the same streets, other weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem, ScenarioError
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32, Int64, Streets
from yipan.text import Text


def changed(
    streets: Streets,
    *,
    closed_ways: Iterable[int] = (),
    closed_segments: Iterable[int] = (),
    kmh: Mapping[int, float] | None = None,
    times: Mapping[int, float] | None = None,
) -> Streets:
    """Return streets with closures and other speeds; points and segments stay where they are.

    A core stays valid: ``replace(core, streets=changed(core.streets, …))`` and a new `time_metric`.

    Parameters
    ----------
    closed_ways
        Ids of OpenStreetMap ways closed in both directions.
    closed_segments
        Positions of segments closed in both directions.
    kmh
        By way id, the speed of the directions that are open.
    times
        By way id, what to multiply travel times with: 2 is half as fast. Applied after `kmh`.

    Raises
    ------
    ScenarioError
        When streets have no such way or segment, or a number is not above 0: all such problems together.

    Examples
    --------
    >>> one = np.ones(2, dtype=np.int32)
    >>> line = Streets("drive", np.zeros(3), np.zeros(3), one * [0, 1], one * [1, 2], one * 1_000_000,
    ...                one * 60_000, one * [60_000, FAR], np.array([7, 8]))
    >>> slow = changed(line, closed_ways=[7], kmh={8: 30.0})
    >>> slow.forward.tolist(), (slow.backward == FAR).tolist()
    ([536870912, 120000], [True, True])
    """
    kmh, times = kmh or {}, times or {}
    ways, segments = sorted({int(w) for w in closed_ways}), sorted({int(s) for s in closed_segments})
    _check(streets, [*ways, *kmh, *times], segments, [*kmh.items(), *times.items()])
    forward, backward = streets.forward, streets.backward
    if kmh:
        wanted, has = _by_way(streets.way, kmh)
        ms = np.maximum(np.rint(streets.length * 3.6 / np.where(has, wanted, 1.0)), 1.0)
        forward, backward = (_open(old, ms, has) for old in (forward, backward))
    if times:
        factor, has = _by_way(streets.way, times)
        forward, backward = (
            _open(old, np.maximum(np.rint(old * factor), 1.0), has) for old in (forward, backward)
        )
    closed = np.isin(streets.way, np.array(ways, dtype=np.int64))
    closed[np.array(segments, dtype=np.int64)] = True
    return replace(streets, forward=np.where(closed, FAR, forward), backward=np.where(closed, FAR, backward))


def _open(old: Int32, new: NDArray[np.float64], where: NDArray[np.bool_]) -> Int32:
    """Return new weights where a segment is open and chosen."""
    capped = np.minimum(new, float(FAR) - 1.0).astype(np.int32)
    return np.where(where & (old < FAR), capped, old)


def _by_way(way: Int64, values: Mapping[int, float]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the value of each segment's way, and whether it has one."""
    ids = np.array(sorted(values), dtype=np.int64)
    at = np.minimum(np.searchsorted(ids, way), len(ids) - 1)
    return np.array([float(values[int(i)]) for i in ids])[at], ids[at] == way


def _check(streets: Streets, ways: list[int], segments: list[int], numbers: list[tuple[int, float]]) -> None:
    known = np.isin(np.array(ways, dtype=np.int64), streets.way)
    strange = [w for w, k in zip(ways, known, strict=True) if not k]
    beyond = [s for s in segments if not 0 <= s < len(streets.u)]
    bad = [(w, x) for w, x in numbers if not (x > 0.0 and np.isfinite(x))]
    problems = [
        Problem(
            what=Text(f"没有道路 {w}", f"there is no way {w} among these streets"),
            remedy=Text(
                "填写该出行方式可用的 OpenStreetMap 道路编号",
                "give the id of an OpenStreetMap way that this mode may use",
            ),
        )
        for w in dict.fromkeys(strange)
    ]
    problems += [
        Problem(
            what=Text(f"没有路段 {s}", f"there is no segment {s}"),
            remedy=Text(
                f"填写 0 到 {len(streets.u) - 1} 之间的序号",
                f"give a position from 0 to {len(streets.u) - 1}",
            ),
        )
        for s in beyond
    ]
    problems += [
        Problem(
            what=Text(f"道路 {w} 的数值 {x} 不大于 0", f"the number {x} of way {w} is not above 0"),
            remedy=Text("填写正数;要封闭道路请用封路", "give a positive number; to close a way, close it"),
        )
        for w, x in bad
    ]
    if problems:
        raise ScenarioError(
            Text("街道无法这样改变", "streets cannot be changed like this"), problems=problems
        )
