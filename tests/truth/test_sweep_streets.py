"""Street searches against scipy on the streets of two cities, and worked by hand on small ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured, compress, length_metric, metric_of, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.read import read_streets
from yipan.network.streets.values import Core, Snapped, StreetMode, Streets
from yipan.network.sweep.aggregate import aggregate
from yipan.network.sweep.customise import customise, recustomise
from yipan.network.sweep.hierarchy import Hierarchy, build_hierarchy
from yipan.network.sweep.many import between, within
from yipan.network.sweep.nearest import nearest
from yipan.network.sweep.phast import each_to_all, to_all

DATA = Path(__file__).resolve().parents[3] / "shared" / "realdata"
CITIES: tuple[tuple[str, StreetMode], ...] = (
    ("poa/poa_osm.pbf", "drive"),
    ("porto/porto_portugal.osm.pbf", "walk"),
)
Record = Callable[[str, object], None]
cities = pytest.mark.parametrize("city", CITIES, ids=["Porto Alegre, driving", "Porto, walking"])


def small(segments: list[tuple[int, int, int, int]]) -> Core:
    """Streets from (u, v, ms ahead, ms back), cut into nodes and chains."""
    u, v, ahead, back = (np.array(column, dtype=np.int32) for column in zip(*segments, strict=True))
    n = int(max(u.max(), v.max())) + 1
    along = np.arange(n, dtype=np.float64)
    return compress(Streets("walk", along, along, u, v, ahead, ahead, back, np.zeros(len(u), dtype=np.int64)))


def weights(core: Core) -> tuple[Hierarchy, Measured]:
    return build_hierarchy(core), time_metric(core)


@cache
def city_core(file: str, mode: StreetMode) -> tuple[Core, Hierarchy]:
    if not (DATA / file).exists():
        pytest.skip(f"needs the extract {file} of the shared real networks")
    core = compress(read_streets(DATA / file, mode)[0])
    return core, build_hierarchy(core)


def matrix(streets: Streets, ahead: NDArray[np.int32], back: NDArray[np.int32]) -> csr_array:
    """The least of parallel segments, closed ones left out, as scipy takes it."""
    a, b = np.concatenate([streets.u, streets.v]), np.concatenate([streets.v, streets.u])
    cost = np.concatenate([ahead, back])
    order = np.lexsort((cost, b, a))
    order = order[(cost < FAR)[order]]
    kept = order[np.append(True, (np.diff(a[order]) != 0) | (np.diff(b[order]) != 0))]
    return coo_array((cost[kept].astype(np.float64), (a[kept], b[kept])), shape=(len(streets),) * 2).tocsr()


def whole(distances: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isfinite(distances), distances, float(FAR)).astype(np.int64)


def same(record: Record, file: str, *pairs: tuple[NDArray[np.int32], NDArray[np.int64]]) -> None:
    """Record the worst difference from scipy, which must be none."""
    worst = max(int(np.abs(got.astype(np.int64) - want).max()) for got, want in pairs)
    record("oracle", f"scipy/{file}|exact|{worst}")
    assert worst == 0


@cities
def test_times_of_a_city_are_those_of_scipy(city: tuple[str, StreetMode], record_property: Record) -> None:
    core, arcs = city_core(*city)
    streets, metric = core.streets, time_metric(core)
    sources = np.random.default_rng(1).integers(0, len(streets), 40)
    got = np.empty((40, len(streets)), dtype=np.int32)

    def visit(start: int, columns: NDArray[np.int32]) -> None:
        got[start : start + columns.shape[1]] = columns.T

    each_to_all(customise(arcs, metric), sources, visit=visit)
    graph = matrix(streets, streets.forward, streets.backward)
    chosen = [0, 3, 31, 32, 39]
    back = to_all(customise(arcs, metric), sources[:2], reverse=True)
    same(
        record_property,
        city[0],
        (got[chosen], whole(dijkstra(graph, indices=sources[chosen]))),
        (back, whole(dijkstra(graph.T.tocsr(), indices=sources[:2]))),
    )


@cities
def test_closures_in_a_city_are_those_of_scipy(city: tuple[str, StreetMode], record_property: Record) -> None:
    core, arcs = city_core(*city)
    streets, rng = core.streets, np.random.default_rng(2)
    ahead, back = streets.forward.copy(), streets.backward.copy()
    closed = rng.integers(0, len(ahead), 200)
    ahead[closed] = back[closed[:150]] = FAR
    slower = rng.integers(0, len(ahead), 200)
    ahead[slower] = np.minimum(ahead[slower] * 2, FAR)
    changed = recustomise(
        customise(arcs, time_metric(core)), metric_of(core, ahead, backward=back, unit="ms")
    )
    source = rng.integers(0, len(streets), 2)
    expected = whole(dijkstra(matrix(streets, ahead, back), indices=source))
    same(record_property, city[0], (to_all(changed, source), expected))


@cities
def test_places_in_a_city_reach_each_other_as_in_scipy(
    city: tuple[str, StreetMode], record_property: Record
) -> None:
    """Places exactly at points, so that scipy can stand there too."""
    core, arcs = city_core(*city)
    streets, metric, rng = core.streets, time_metric(core), np.random.default_rng(3)
    segment = rng.integers(0, len(streets.u), 70).astype(np.int32)
    share = rng.integers(0, 2, 70).astype(np.float64)
    points = np.where(share == 0.0, streets.u[segment], streets.v[segment])
    flat = np.zeros(70)
    at = ends(core, metric, Snapped(flat, flat, segment, share, flat, 1.0))
    graph = matrix(streets, streets.forward, streets.backward)
    got = between(customise(arcs, metric), at, at)
    same(record_property, city[0], (got[:4], whole(dijkstra(graph, indices=points[:4]))[:, points]))


def test_what_is_near_in_a_city_is_what_scipy_finds() -> None:
    core, _ = city_core(*CITIES[1])
    streets, metric = core.streets, length_metric(core)
    rng = np.random.default_rng(4)
    values = rng.integers(0, 100, len(streets)).astype(np.float64)
    at = rng.integers(0, len(streets), 200)
    near = aggregate(core, metric, values, limit=500_000)
    cost, _ = nearest(core, metric, at, k=2, limit=5_000_000)
    graph = matrix(streets, streets.length, streets.length)
    sources = rng.integers(0, len(streets), 30)
    within = dijkstra(graph, indices=sources, limit=500_000)
    np.testing.assert_array_equal(near[sources], [values[row <= 500_000].sum() for row in within])
    to_places = np.sort(dijkstra(graph, indices=sources[:5])[:, at], axis=1)[:, :2]
    np.testing.assert_array_equal(cost[sources[:5]], np.where(to_places <= 5_000_000, to_places, float(FAR)))


def test_the_order_needs_few_arcs_on_a_grid() -> None:
    """Row by row a grid of k × k takes about k³ arcs, by nested dissection about k² log k (George 1973)."""
    k = 40
    at = np.arange(k * k, dtype=np.int32).reshape(k, k)
    u = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    v = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    one, y, x = np.ones(len(u), dtype=np.int32), *np.divmod(np.arange(k * k), k)
    core = compress(Streets("walk", x / 100, y / 100, u, v, one, one, one, one.astype(np.int64)))
    rows = build_hierarchy(core, np.argsort(core.node_point).astype(np.int32))
    assert len(rows.high) > 0.9 * k**3
    arcs = build_hierarchy(core)
    assert len(arcs.high) < len(rows.high) / 2
    weights = customise(arcs, time_metric(core))
    steps = np.abs(x - x[:, None]) + np.abs(y - y[:, None])
    np.testing.assert_array_equal(to_all(weights, np.arange(0, k * k, 7)), steps[::7])


def test_a_loop_a_ring_and_two_ways_round() -> None:
    """0 –7– 1 =(3 | 2+2 through 2)= 3, a loop 3–4–3 and a ring 5–6 of its own."""
    core = small(
        [
            (0, 1, 7, 7),
            (1, 3, 3, FAR),
            (1, 2, 2, 2),
            (2, 3, 2, 2),
            (3, 4, 5, FAR),
            (4, 3, 1, FAR),
            (5, 6, 1, 2),
            (6, 5, 4, 8),
        ]
    )
    assert core.node_point.tolist() == [0, 1, 3, 5]
    assert sorted(core.inner.tolist()) == [2, 4, 6]
    out = to_all(customise(*weights(core)), np.arange(7))
    far = int(FAR)
    assert out[0].tolist() == [0, 7, 9, 10, 15, far, far]
    assert out[3].tolist() == [11, 4, 2, 0, 5, far, far]  # against the one-way from 1: over 2
    assert out[4].tolist() == [12, 5, 3, 1, 0, far, far]
    assert out[5].tolist() == [far, far, far, far, far, 0, 1]
    assert out[6].tolist() == [far, far, far, far, far, 2, 0]


def test_places_between_two_closures_of_one_street_reach_each_other_only() -> None:
    """0 –closed– 1 –10– 2 –10– 3 –closed– 4, closed both ways; and a way round from 0 to 4."""
    far = int(FAR)
    core = small(
        [(0, 1, far, far), (1, 2, 10, 10), (2, 3, 10, 20), (3, 4, far, far), (0, 4, 1, 1), (0, 5, 1, 1)]
    )
    places = Snapped(
        np.zeros(4),
        np.zeros(4),
        np.array([1, 2, 0, 5], dtype=np.int32),
        np.array([0.5, 0.5, 0.5, 0.5]),
        np.zeros(4),
        1.0,
    )
    at = ends(core, time_metric(core), places)
    out = between(customise(*weights(core)), at, at)
    assert out[0].tolist() == [0, 10, far, far]
    assert out[1].tolist() == [15, 0, far, far]
    assert out[2].tolist() == [far, far, far, far]


def test_no_streets_no_sources_no_places() -> None:
    none = np.empty(0, dtype=np.int32)
    lone = np.zeros(1)
    core = compress(Streets("walk", lone, lone, none, none, none, none, none, none.astype(np.int64)))
    all_one = customise(*weights(core))
    assert to_all(all_one, np.array([0])).tolist() == [[0]]
    assert to_all(all_one, none).shape == (0, 1)
    nowhere = ends(core, time_metric(core), Snapped(lone[:0], lone[:0], none, lone[:0], lone[:0], 1.0))
    assert between(all_one, nowhere, nowhere).shape == (0, 0)
    assert aggregate(core, time_metric(core), np.array([5.0]), limit=0).tolist() == [5.0]


def test_a_square_where_thousands_of_streets_meet() -> None:
    # street i takes i + 1 from the square; from its end 2000 is far enough for those of 2000 − (i + 1)
    core = small([(0, i + 1, i + 1, i + 1) for i in range(3000)])
    metric = time_metric(core)
    around = aggregate(core, metric, np.ones(3001), limit=2000, how="count")
    assert around[0] == 2001  # the square, and every street of at most 2000
    assert around[1] == 2000  # 1 to the square, and on to 1 … 1999
    assert around[1500] == 502  # 1500 to the square and on to 1 … 500, and the end itself
    assert around[2500] == 1
    weights_of = customise(build_hierarchy(core, np.arange(3000, -1, -1, dtype=np.int32)), metric)
    ends_of = np.arange(3000, dtype=np.int32)
    at = ends(core, metric, Snapped(*np.zeros((2, 3000)), ends_of, np.ones(3000), np.zeros(3000), 1.0))
    legs = within(weights_of, at, at, limit=2000)
    assert np.diff(legs.first)[[0, 1499, 2499]].tolist() == [1999, 501, 1]


def test_what_does_not_fit_is_refused() -> None:
    core = small([(0, 1, 1, 1)])
    metric = time_metric(core)
    with pytest.raises(ValueError, match="points"):
        to_all(customise(*weights(core)), np.array([2]))
    for wide in (np.array([2**32]), np.array([2**32 + 1])):  # in 32 bits 0 and 1
        with pytest.raises(ValueError, match="points"):
            to_all(customise(*weights(core)), wide)
        with pytest.raises(ValueError, match="at"):
            nearest(core, metric, wide, k=1, limit=1)
        assert metric_of(core, wide, backward=wide, unit="ms").forward.tolist() == [FAR]
    with pytest.raises(ValueError, match="how"):
        aggregate(core, metric, np.zeros(2), limit=1, how="median")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="values"):
        aggregate(core, metric, np.zeros(3), limit=1)
    with pytest.raises(ValueError, match="limit"):
        aggregate(core, metric, np.zeros(2), limit=int(FAR))
    with pytest.raises(ValueError, match="at"):
        nearest(core, metric, np.array([-1]), k=1, limit=1)
    with pytest.raises(ValueError, match="weights"):
        metric_of(core, np.ones(2, dtype=np.int32), backward=np.ones(2, dtype=np.int32), unit="ms")
