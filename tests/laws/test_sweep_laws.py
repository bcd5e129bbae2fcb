"""Laws of the street searches: exact on any small net, whatever its rings, loops, one-ways and closures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from yipan.network.minplus import FAR
from yipan.network.streets.compress import compress, length_metric, metric_of, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.values import Snapped, Streets
from yipan.network.sweep.aggregate import How, aggregate
from yipan.network.sweep.customise import Customised, customise, recustomise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.network.sweep.many import between, within
from yipan.network.sweep.nearest import nearest
from yipan.network.sweep.phast import each_to_all, to_all

few = settings(max_examples=40, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
SHARES = np.array([0.0, 0.2137, 0.5003, 0.7811, 1.0])  # never half a millisecond of a whole step


def net(seed: int, *, symmetric: bool = False, both_closed: bool = True) -> Streets:
    """Return a net in parts: junctions and chains of up to six segments between any two of them."""
    rng = np.random.default_rng(seed)
    junctions = int(rng.integers(1, 9))
    u: list[int] = []
    v: list[int] = []
    points = junctions
    for _ in range(int(rng.integers(0, 14))):
        a, b = rng.integers(0, junctions, 2)  # often a loop, often beside another chain
        inner = list(range(points, points + int(rng.integers(0, 6))))
        points += len(inner)
        for x, y in zip([int(a), *inner], [*inner, int(b)], strict=True):
            u.append(x if rng.random() < 0.5 else y)
            v.append(y if u[-1] == x else x)
    for size in rng.integers(1, 5, int(rng.integers(0, 3))):  # rings that hang on nothing, one of them a loop
        ring = list(range(points, points + int(size)))
        points += len(ring)
        u += ring
        v += [*ring[1:], ring[0]]
    shuffled = rng.permutation(points).astype(np.int32)
    segments = len(u)
    ahead, back = rng.integers(10, 60, (2, segments)).astype(np.int32)
    if symmetric:
        back = ahead.copy()
    else:
        ahead[rng.random(segments) < 0.2] = FAR
        back[(rng.random(segments) < 0.2) & (both_closed | (ahead < FAR))] = FAR
    return Streets(
        "walk",
        rng.random(points),
        rng.random(points),
        shuffled[np.array(u, dtype=np.int32)],
        shuffled[np.array(v, dtype=np.int32)],
        rng.integers(10, 90, segments).astype(np.int32),
        ahead,
        back,
        np.zeros(segments, dtype=np.int64),
    )


def reference(n: int, arcs: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    """All distances by scipy's Dijkstra on the uncompressed net."""
    dense = np.full((n, n), np.inf)
    for a, b, cost in arcs:
        if cost < FAR:
            dense[a, b] = min(dense[a, b], cost)
    out = dijkstra(csgraph_from_dense(dense, null_value=np.inf))
    return np.where(np.isfinite(out), out, float(FAR)).astype(np.int64)


def arcs_of(
    streets: Streets, forward: NDArray[np.int32], backward: NDArray[np.int32]
) -> list[tuple[int, int, int]]:
    u, v = streets.u.tolist(), streets.v.tolist()
    return [*zip(u, v, forward.tolist(), strict=True), *zip(v, u, backward.tolist(), strict=True)]


def distances(streets: Streets) -> NDArray[np.int64]:
    return reference(len(streets), arcs_of(streets, streets.forward, streets.backward))


def customised(streets: Streets) -> Customised:
    core = compress(streets)
    return customise(build_hierarchy(core), time_metric(core))


@few
@given(seeds)
def test_every_point_is_on_the_core_once(seed: int) -> None:
    streets = net(seed)
    core = compress(streets)
    assert sorted([*core.node_point.tolist(), *core.inner.tolist()]) == list(range(len(streets)))
    assert sorted(core.segment.tolist()) == list(range(len(streets.u)))
    degree = np.bincount(np.concatenate([streets.u, streets.v]), minlength=len(streets))
    assert (degree[core.inner] == 2).all()
    for c in range(len(core.tail)):
        path = [int(core.node_point[core.tail[c]]), *core.inner[core.first[c] : core.first[c + 1]].tolist()]
        for k in range(core.first_segment[c], core.first_segment[c + 1]):
            a, b = streets.u[core.segment[k]], streets.v[core.segment[k]]
            a, b = (b, a) if core.flipped[k] else (a, b)
            assert a == path[k - core.first_segment[c]]
            path += [int(b)] if k + 1 == core.first_segment[c + 1] else []
            assert b == path[k + 1 - core.first_segment[c]]
        assert path[-1] == core.node_point[core.head[c]]


@few
@given(seeds)
def test_all_distances_are_those_of_dijkstra(seed: int) -> None:
    streets = net(seed)
    expected, weights = distances(streets), customised(streets)
    every = np.arange(len(streets))
    np.testing.assert_array_equal(to_all(weights, every), expected)
    np.testing.assert_array_equal(to_all(weights, every, reverse=True), expected.T)
    got = np.empty_like(expected)

    def visit(start: int, columns: NDArray[np.int32]) -> None:
        got[start : start + columns.shape[1]] = columns.T

    each_to_all(weights, every, visit=visit)
    np.testing.assert_array_equal(got, expected)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seeds)
def test_distances_over_separators_are_those_of_dijkstra(seed: int) -> None:
    """A town large enough to be dissected: blocks of 14 × 14, a third of them missing, one-ways."""
    k, rng = 14, np.random.default_rng(seed)
    at = np.arange(k * k, dtype=np.int32).reshape(k, k)
    u = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel(), at[:-1, :-1].ravel()])
    v = np.concatenate([at[:, 1:].ravel(), at[1:].ravel(), at[1:, 1:].ravel()])
    kept = rng.random(len(u)) < 0.65
    u, v = u[kept], v[kept]
    ahead, back = rng.integers(1, 100, (2, len(u))).astype(np.int32)
    ahead[rng.random(len(u)) < 0.15] = FAR
    y, x = np.divmod(np.arange(k * k), k)
    streets = Streets("drive", x / 100, y / 100, u, v, ahead, ahead, back, np.zeros(len(u), dtype=np.int64))
    np.testing.assert_array_equal(to_all(customised(streets), np.arange(k * k)), distances(streets))


@few
@given(seeds)
def test_any_order_of_elimination_gives_the_same_distances(seed: int) -> None:
    streets = net(seed)
    core = compress(streets)
    order = np.random.default_rng(seed).permutation(len(core.node_point)).astype(np.int32)
    weights = customise(build_hierarchy(core, order), time_metric(core))
    every = np.arange(len(streets))
    np.testing.assert_array_equal(to_all(weights, every), to_all(customised(streets), every))


@few
@given(seeds)
def test_triangles_and_symmetry(seed: int) -> None:
    streets = net(seed, symmetric=True)
    out = to_all(customised(streets), np.arange(len(streets))).astype(np.int64)
    np.testing.assert_array_equal(out, out.T)
    assert (out <= (out[:, :, None] + out[None, :, :]).min(axis=1)).all()
    assert (np.diag(out) == 0).all()


@few
@given(seeds)
def test_changed_in_part_is_changed_in_full_and_back_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    streets = net(seed)
    core = compress(streets)
    before = customise(build_hierarchy(core), time_metric(core))
    ahead, back = streets.forward.copy(), streets.backward.copy()
    for side in (ahead, back):
        changed = rng.random(len(side)) < 0.3
        side[changed] = np.where(rng.random(changed.sum()) < 0.5, FAR, rng.integers(1, 200, changed.sum()))
    metric = metric_of(core, ahead, backward=back, unit="ms")
    part, full = recustomise(before, metric), customise(before.hierarchy, metric)
    np.testing.assert_array_equal(part.up, full.up)
    np.testing.assert_array_equal(part.down, full.down)
    expected = reference(len(streets), arcs_of(streets, ahead, back))
    np.testing.assert_array_equal(to_all(part, np.arange(len(streets))), expected)
    again = recustomise(part, before.metric)
    np.testing.assert_array_equal(again.up, before.up)
    np.testing.assert_array_equal(again.down, before.down)


@few
@given(seeds, st.integers(0, 250), st.sampled_from(["sum", "mean", "count", "max", "min"]))
def test_aggregation_is_brute_force(seed: int, limit: int, how: How) -> None:
    streets = net(seed)
    values = np.random.default_rng(seed).integers(-5, 50, len(streets)).astype(np.float64)
    values[values > 40] = np.nan
    core = compress(streets)
    got = aggregate(core, time_metric(core), values, limit=limit, how=how)
    empty = {"sum": 0.0, "count": 0.0}.get(how, np.nan)
    measure = {"sum": np.sum, "mean": np.mean, "count": np.size, "max": np.max, "min": np.min}[how]
    near = [values[(row <= limit) & ~np.isnan(values)] for row in distances(streets)]
    expected = [measure(found) if len(found) else empty for found in near]
    np.testing.assert_array_equal(got, expected)


@few
@given(seeds, st.integers(0, 250), st.integers(1, 4))
def test_nearest_is_brute_force(seed: int, limit: int, k: int) -> None:
    streets = net(seed)
    at = np.random.default_rng(seed).integers(0, len(streets), seed % 7).astype(np.int32)
    core = compress(streets)
    cost, which = nearest(core, time_metric(core), at, k=k, limit=limit)
    expected = distances(streets)[:, at]
    expected[expected > limit] = FAR
    rows = np.pad(np.sort(expected, axis=1), ((0, 0), (0, k)), constant_values=FAR)[:, :k]
    np.testing.assert_array_equal(cost, rows)
    for p in range(len(streets)):
        found = which[p][which[p] >= 0]
        assert len(set(found.tolist())) == len(found) == (cost[p] < FAR).sum()
        np.testing.assert_array_equal(expected[p, found], cost[p, : len(found)])


def spots(streets: Streets, seed: int, *, at_ends: bool) -> Snapped:
    rng = np.random.default_rng(seed + 1)
    n = int(rng.integers(0, 12))
    segment = rng.integers(-1, len(streets.u), n).astype(np.int32)
    share = rng.choice(SHARES if at_ends else SHARES[1:-1], n)
    off = rng.integers(0, 9, n) / 1000.0  # as many ms at 3.6 km/h
    return Snapped(np.zeros(n), np.zeros(n), segment, share, off, 1.0)


def with_spots(streets: Streets, places: Snapped) -> NDArray[np.int64]:
    """Distances between places by Dijkstra on segments cut at every spot."""
    n = len(streets)
    arcs: list[tuple[int, int, int]] = []
    for e in range(len(streets.u)):
        on = [int(p) for p in np.flatnonzero(places.segment == e)]
        cuts = sorted([(0.0, int(streets.u[e])), *((float(places.share[p]), n + p) for p in on)])
        cuts.append((1.0, int(streets.v[e])))
        for (s, a), (t, b) in pairwise(cuts):
            for x, y, step in ((a, b, int(streets.forward[e])), (b, a, int(streets.backward[e]))):
                cost = int(np.floor(t * step + 0.5)) - int(np.floor(s * step + 0.5))
                # scipy takes no edge of length 0: all costs ten thousandfold, and one for nothing
                arcs.append((x, y, 1 if s == t else (cost * 10_000 if step < FAR else int(FAR))))
    far = reference(n + len(places), arcs)[n:, n:]
    off = np.rint(places.off * 1000.0).astype(np.int64)
    out = np.where(far < FAR, far // 10_000 + off[:, None] + off[None, :], FAR)
    shut = (streets.forward >= FAR) & (streets.backward >= FAR)
    nowhere = (places.segment < 0) | np.append(shut, False)[places.segment]
    out[nowhere], out[:, nowhere] = FAR, FAR
    return out


@pytest.mark.parametrize("at_ends", [False, True])
@few
@given(seed=seeds)
def test_between_places_is_dijkstra_on_cut_segments(seed: int, at_ends: bool) -> None:
    streets = net(seed, both_closed=not at_ends)
    core = compress(streets)
    if not len(streets.u):
        return
    metric = time_metric(core)
    weights = customise(build_hierarchy(core), metric)
    places = spots(streets, seed, at_ends=at_ends)
    at = ends(core, metric, places)
    expected = with_spots(streets, places)
    np.testing.assert_array_equal(between(weights, at, at), expected)
    legs = within(weights, at, at, limit=120)
    for i in range(len(places)):
        cost = legs.cost[legs.first[i] : legs.first[i + 1]]
        to = legs.to[legs.first[i] : legs.first[i + 1]]
        assert (np.diff(cost) >= 0).all()
        assert dict(zip(to.tolist(), cost.tolist(), strict=True)) == {
            j: int(c) for j, c in enumerate(expected[i]) if c <= 120
        }


@few
@given(seeds)
def test_lengths_ignore_one_ways(seed: int) -> None:
    streets = net(seed)
    core = compress(streets)
    out = to_all(customise(build_hierarchy(core), length_metric(core)), np.arange(len(streets)))
    expected = reference(len(streets), arcs_of(streets, streets.length, streets.length))
    np.testing.assert_array_equal(out, expected)
