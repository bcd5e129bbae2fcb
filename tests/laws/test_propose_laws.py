"""Laws of choosing sites, stops and alike lines, on invented numbers."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.packs.drafts import cover_sites, exchanged, greedy_sites
from yipan.packs.transport.corridors import METRO, thin
from yipan.packs.transport.rules import trains
from yipan.plan.alike import same_corridor

people = st.lists(st.integers(0, 1000), min_size=6, max_size=6).map(lambda v: np.array(v, dtype=np.float64))
masks = st.lists(st.booleans(), min_size=24, max_size=24).map(lambda v: np.array(v).reshape(4, 6))
points = st.lists(st.tuples(st.floats(106, 107), st.floats(29, 30)), min_size=2, max_size=6)


@given(people, masks, st.integers(1, 4))
def test_no_one_is_counted_twice_and_gains_never_rise(
    some: np.ndarray, covers: np.ndarray, count: int
) -> None:
    chosen = greedy_sites(some, covers, count=count, least=1.0)
    assert all(a >= b for (_, a), (_, b) in pairwise(chosen))
    sites = [s for s, _ in chosen]
    assert len(set(sites)) == len(sites)
    covered = covers[sites].any(axis=0) if sites else np.zeros(6, dtype=bool)
    assert sum(g for _, g in chosen) == some[covered].sum()


@given(people, masks)
def test_the_first_site_is_the_best_single_one(some: np.ndarray, covers: np.ndarray) -> None:
    chosen = greedy_sites(some, covers, count=1, least=0.5)
    best = max(some[row].sum() for row in covers)
    assert (chosen[0][1] if chosen else 0.0) == best


@given(people, masks, st.integers(1, 3))
def test_exchange_never_covers_fewer_and_never_more_than_the_best(
    some: np.ndarray, covers: np.ndarray, count: int
) -> None:
    def covered(sites: object) -> float:
        return float(some[covers[list(sites)].any(axis=0)].sum())  # type: ignore[call-overload]

    chosen = [s for s, _ in greedy_sites(some, covers, count=count, least=1.0)]
    better = exchanged(chosen, some, covers)
    assert len(better) == len(chosen)
    assert covered(chosen) <= covered(better)
    assert covered(better) <= max(covered(c) for c in combinations(range(4), count))
    # no single exchange is left that covers more
    swaps = [[*better[:k], new, *better[k + 1 :]] for k in range(len(better)) for new in range(4)]
    assert all(covered(s) <= covered(better) for s in swaps)
    pool = [s for s, _ in cover_sites(some, covers, count=count, least=1.0)]
    assert len(pool) == len(set(pool))
    assert pool[: len(chosen)] == chosen


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.05, 4.0), min_size=1, max_size=60))
def test_stops_are_on_the_path_spaced_and_not_too_many(steps: list[float]) -> None:
    at = np.concatenate([[0.0], np.cumsum(steps)])
    path = list(range(len(at)))
    stops = thin(path, np.abs(np.subtract.outer(at, at)), METRO)
    assert (stops[0], stops[-1]) == (path[0], path[-1])
    assert stops == sorted(set(stops))
    assert len(stops) <= METRO.stops[1]
    if len(stops) > 2:
        assert min(at[b] - at[a] for a, b in pairwise(stops)) >= METRO.spacing - 1e-9


@given(st.floats(1, 200), st.floats(1, 60))
def test_trains_cover_the_round_trip_with_none_to_spare(run: float, headway: float) -> None:
    n = trains(run, headway)
    assert n * headway >= 2 * run - 1e-6 * headway
    assert (n - 1) * headway < 2 * run


@settings(max_examples=50, deadline=None)
@given(points, st.sampled_from(["metro", "rail", "hsr"]))
def test_a_line_is_alike_itself_there_and_back(line: list[tuple[float, float]], mode: str) -> None:
    assert same_corridor(line, line, mode=mode)
    assert same_corridor(line, line[::-1], mode=mode)


@settings(max_examples=50, deadline=None)
@given(points, points)
def test_alike_works_both_ways(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    assert same_corridor(a, b, mode="rail") == same_corridor(b, a, mode="rail")
