"""Laws of places on streets: the nearest spot against looking at all, ends against Dijkstra's search."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.network.minplus import FAR
from yipan.network.streets.components import pieces
from yipan.network.streets.compress import Measured, compress, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.snap import METRES_PER_DEGREE, snap
from yipan.network.streets.values import Core, Ends, Snapped, Streets

FEW = settings(max_examples=60, deadline=None)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Streets, np.ndarray, np.ndarray]:
    """Random segments, short and long, and places in and far around them, anywhere on Earth."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lon0, lat0 = draw(st.sampled_from([(0.0, 0.0), (106.5, 29.5), (179.99, -17.0), (-180.0, 64.0)]))
    size, n = draw(st.sampled_from([0.002, 0.05, 0.4])), draw(st.integers(1, 60))
    lon, lat = lon0 + rng.uniform(-size, size, n + 1), lat0 + rng.uniform(-size, size, n + 1)
    if draw(st.booleans()):
        lon, lat = np.round(lon, 3), np.round(lat, 3)  # points on points, ties
    u, v = rng.integers(0, n + 1, (2, n)).astype(np.int32)
    one = np.ones(n, dtype=np.int32)
    streets = Streets("walk", _turn(lon), lat, u, v, one, one, one, one.astype(np.int64))
    m = draw(st.integers(1, 30))
    x, y = lon0 + rng.normal(0, 2 * size, m), lat0 + rng.normal(0, 2 * size, m)
    return streets, _turn(x), y


def _turn(lon: np.ndarray) -> np.ndarray:
    return (lon + 180.0) % 360.0 - 180.0


@FEW
@given(scenes())
def test_the_nearest_spot_is_that_of_looking_at_every_segment(
    scene: tuple[Streets, np.ndarray, np.ndarray],
) -> None:
    streets, x, y = scene
    spot = snap(streets, x, y, limit_m=5000.0)
    for i in range(len(x)):
        east = METRES_PER_DEGREE * np.cos(np.radians(y[i]))
        px = _turn(streets.lon - x[i]) * east
        py = (streets.lat - y[i]) * METRES_PER_DEGREE
        lines = shapely.linestrings(
            np.stack([px[streets.u], py[streets.u], px[streets.v], py[streets.v]], 1).reshape(-1, 2, 2)
        )
        away = shapely.distance(lines, shapely.Point(0.0, 0.0))
        assert abs(spot.off[i] - away.min()) < 1e-5
        assert (spot.segment[i] >= 0) == (spot.off[i] <= 5000.0)
        if spot.segment[i] >= 0:
            s, t = spot.segment[i], spot.share[i]
            assert away[s] < away.min() + 1e-5
            a, b = streets.u[s], streets.v[s]
            at = np.hypot(px[a] + t * (px[b] - px[a]), py[a] + t * (py[b] - py[a]))
            assert abs(at - spot.off[i]) < 1e-4


@st.composite
def networks(draw: st.DrawFn) -> tuple[Streets, Snapped]:
    """Small networks with chains, loops, one-ways and closures, and places on them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 9))
    pairs = [(i, i + 1) for i in range(n - 1)] + [
        (int(a), int(b)) for a, b in rng.integers(0, n, (draw(st.integers(0, 4)), 2)) if a != b
    ]
    flip = rng.random(len(pairs)) < 0.5
    u, v = (np.array(p, dtype=np.int32) for p in zip(*pairs, strict=True))
    u, v = np.where(flip, v, u), np.where(flip, u, v)
    m = len(u)
    forward, backward = rng.integers(1, 50, (2, m)).astype(np.int32)
    forward[rng.random(m) < 0.2] = FAR
    backward[rng.random(m) < 0.2] = FAR
    flat = np.zeros(n)
    streets = Streets(
        "walk", flat, flat, u, v, np.ones(m, np.int32), forward, backward, np.arange(m, dtype=np.int64)
    )
    k = draw(st.integers(2, 5))
    share = rng.choice([0.0, 0.13, 0.5, 0.77, 1.0], k)
    off = rng.integers(0, 3, k) / 1000.0
    segment = rng.integers(0, m, k).astype(np.int32)
    return streets, Snapped(np.zeros(k), np.zeros(k), segment, share, off, 1.0)


def _search(edges: dict[int, list[tuple[int, int]]], start: int) -> dict[int, int]:
    best, heap = {start: 0}, [(0, start)]
    while heap:
        d, p = heapq.heappop(heap)
        if d > best[p]:
            continue
        for q, w in edges[p]:
            if d + w < best.get(q, int(FAR)):
                best[q] = d + w
                heapq.heappush(heap, (d + w, q))
    return best


def _by_points(streets: Streets, spot: Snapped) -> np.ndarray:
    """Door to door over the raw points, places joined to both ends of their segment and to each other."""
    edges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    n, k = len(streets), len(spot)

    def add(a: int, b: int, w: int, extra: int) -> None:
        if w < FAR:
            edges[a].append((b, w + extra))

    for u, v, f, b in zip(streets.u, streets.v, streets.forward, streets.backward, strict=True):
        add(int(u), int(v), int(f), 0)
        add(int(v), int(u), int(b), 0)
    # door i is n + i; leaving and reaching it costs the stretch off the street
    for i in range(k):
        s, t, off = spot.segment[i], float(spot.share[i]), round(spot.off[i] * 1000)
        u, v = int(streets.u[s]), int(streets.v[s])
        f, b = int(streets.forward[s]), int(streets.backward[s])
        p, q = int(np.floor(t * f + 0.5)), int(np.floor(t * b + 0.5))
        f_open, b_open = f < FAR, b < FAR
        add(u, n + i, 0 if t == 0 else p if f_open else int(FAR), off)
        add(n + i, v, 0 if t == 1 else f - p if f_open else int(FAR), off)
        add(v, n + i, 0 if t == 1 else b - q if b_open else int(FAR), off)
        add(n + i, u, 0 if t == 0 else q if b_open else int(FAR), off)
        for j in range(k):
            if spot.segment[j] == s and j != i and spot.share[j] != t:
                other = float(spot.share[j])
                across = off + round(spot.off[j] * 1000)
                if other > t and f_open:
                    add(n + i, n + j, int(np.floor(other * f + 0.5)) - p, across)
                if other < t and b_open:
                    add(n + i, n + j, q - int(np.floor(other * b + 0.5)), across)
    out = np.full((k, k), int(FAR))
    for i in range(k):
        # a door is no thoroughfare: other doors are only reached
        own = {a: [(b, w) for b, w in to if a < n or a == n + i] for a, to in edges.items()}
        for p, d in _search(defaultdict(list, own), n + i).items():
            if p >= n:
                out[i, p - n] = d
    return out


def _share_along(core: Core, spot: Snapped, i: int, slot: dict[int, int]) -> float:
    share = float(spot.share[i])
    return 1.0 - share if core.flipped[slot[int(spot.segment[i])]] else share


def _by_ends(core: Core, metric: Measured, spot: Snapped, at: Ends) -> np.ndarray:
    """Door to door over the core: out by either end, in by either end, or along one chain."""
    edges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for c, (a, b) in enumerate(zip(core.tail, core.head, strict=True)):
        for p, q, w in ((a, b, metric.forward[c]), (b, a, metric.backward[c])):
            if w < FAR:
                edges[int(p)].append((int(q), int(w)))
    nodes = {x: _search(edges, x) for x in range(len(core.node_point))}
    slot = {int(s): i for i, s in enumerate(core.segment)}
    k = len(spot)
    out = np.full((k, k), int(FAR))
    for i in range(k):
        for j in range(k):
            ci, cj = at.chain[i], at.chain[j]
            ways = [
                int(x) + nodes[int(p)].get(int(q), int(FAR)) + int(y)
                for p, x in ((core.tail[ci], at.spot_to_tail[i]), (core.head[ci], at.spot_to_head[i]))
                for q, y in ((core.tail[cj], at.tail_to_spot[j]), (core.head[cj], at.head_to_spot[j]))
            ]
            if ci == cj:
                # where along the chain, counted in steps: 2.25 is a quarter into the step of slot 2
                a, b = (slot[int(spot.segment[k])] + _share_along(core, spot, k, slot) for k in (i, j))
                used = slice(int(np.floor(min(a, b))), int(np.ceil(max(a, b))))
                extra = int(at.off[i]) + int(at.off[j])
                if a < b and (metric.step_forward[used] < FAR).all():
                    ways.append(int(at.forward_at[j]) - int(at.forward_at[i]) + extra)
                if a > b and (metric.step_backward[used] < FAR).all():
                    ways.append(int(at.backward_at[j]) - int(at.backward_at[i]) + extra)
                if a == b:
                    ways.append(extra)
            out[i, j] = min(*ways, int(FAR))
    return out


@settings(max_examples=200, deadline=None)
@given(networks())
def test_ends_give_the_times_of_a_search_over_all_points(scene: tuple[Streets, Snapped]) -> None:
    streets, spot = scene
    core = compress(streets)
    metric = time_metric(core)
    at = ends(core, metric, spot)
    expected, found = _by_points(streets, spot), _by_ends(core, metric, spot, at)
    for i in range(len(spot)):
        for j in range(len(spot)):
            same = spot.segment[i] == spot.segment[j] and spot.share[i] == spot.share[j]
            if not same:
                assert found[i, j] == expected[i, j]


@FEW
@given(st.integers(1, 9), st.data())
def test_pieces_are_those_of_a_closure(n: int, data: st.DataObject) -> None:
    """Points belong together when they reach each other, by Warshall's closure; the largest comes first."""
    m = data.draw(st.integers(0, 12))
    ends_ = st.lists(st.integers(0, n - 1), min_size=m, max_size=m)
    flags = st.lists(st.booleans(), min_size=m, max_size=m)
    u, v = (np.array(data.draw(ends_), dtype=np.int32) for _ in range(2))
    forward, backward = (np.array(data.draw(flags), dtype=bool) for _ in range(2))
    for strong in (True, False):
        reach = np.eye(n, dtype=bool)
        reach[u[forward], v[forward]] = True
        reach[v[backward], u[backward]] = True
        if not strong:
            reach |= reach.T
        for k in range(n):
            reach |= reach[:, [k]] & reach[[k]]
        together = reach & reach.T
        found = pieces(n, u, v, forward=forward, backward=backward, strong=strong)
        assert (together == (found[:, None] == found[None])).all()
        size = np.bincount(found)
        assert (np.diff(size) <= 0).all()
