"""Laws of covering: every answer is the best of all choices, tried one by one on small instances."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from yipan.errors import PlanError
from yipan.plan.siting.cover import max_cover
from yipan.plan.siting.set_cover import set_cover

Floats = NDArray[np.float64]
SEEDS = st.integers(0, 2**32 - 1)
DEGREES = np.array([0.0, 0.0, 0.22, 0.68, 1.0])


def invented(seed: int, *, yes_or_no: bool) -> tuple[Floats, Floats, Floats]:
    """Return coverage, weights (some of them nothing) and costs of a small random instance."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 9)), int(rng.integers(1, 8))
    cover = (rng.random((n, m)) < 0.35).astype(float) if yes_or_no else rng.choice(DEGREES, (n, m))
    return cover, rng.integers(0, 5, n).astype(float), rng.integers(1, 6, m).astype(float)


def subsets(m: int) -> list[tuple[int, ...]]:
    return [c for k in range(m + 1) for c in combinations(range(m), k)]


def worth(cover: Floats, w: Floats, sites: tuple[int, ...]) -> float:
    return float(w @ cover[:, list(sites)].max(axis=1, initial=0.0))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS, st.integers(1, 5), st.booleans())
def test_most_demand_is_covered_by_so_many_sites(seed: int, p: int, yes_or_no: bool) -> None:
    cover, w, _ = invented(seed, yes_or_no=yes_or_no)
    fixed = (int(seed % cover.shape[1]),) if seed % 3 == 0 else ()
    s = max_cover(cover, p, weights=w, fixed=fixed)
    best = max(worth(cover, w, c) for c in subsets(cover.shape[1]) if len(c) <= p and set(fixed) <= set(c))
    assert s.proved
    assert s.value == pytest.approx(best)
    assert s.bound >= best - 1e-9
    assert s.value == pytest.approx(worth(cover, w, tuple(s.chosen)))
    assert len(s.chosen) <= p
    assert set(fixed) <= set(s.chosen.tolist())
    for i, j in enumerate(s.assigned):
        got = cover[i, s.chosen].max(initial=0.0)
        assert (j == -1) == (got == 0)
        assert j == -1 or cover[i, j] == got


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS, st.integers(0, 12), st.booleans())
def test_most_demand_is_covered_by_what_a_budget_buys(seed: int, budget: int, yes_or_no: bool) -> None:
    cover, w, costs = invented(seed, yes_or_no=yes_or_no)
    s = max_cover(cover, weights=w, site_costs=costs, budget=budget)
    bought = [c for c in subsets(cover.shape[1]) if costs[list(c)].sum() <= budget]
    assert s.proved
    assert costs[s.chosen].sum() <= budget
    assert s.value == pytest.approx(max(worth(cover, w, c) for c in bought))
    richer = max_cover(cover, weights=w, site_costs=costs, budget=budget + 1)
    assert richer.value >= s.value - 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS, st.booleans())
def test_the_cheapest_sites_cover_all(seed: int, equal: bool) -> None:
    cover, _, costs = invented(seed, yes_or_no=True)
    reach = cover > 0
    costs = np.ones_like(costs) if equal else costs
    bare = int((~reach.any(axis=1)).sum())
    if bare:
        with pytest.raises(PlanError, match=f"{bare} demand points"):
            set_cover(reach, site_costs=costs)
        return
    fixed = (0,) if seed % 3 == 0 else ()
    s = set_cover(reach, site_costs=costs, fixed=fixed)
    paid = np.where(np.isin(np.arange(len(costs)), fixed), 0.0, costs)
    best = min(paid[list(c)].sum() for c in subsets(len(costs)) if reach[:, [*c, *fixed]].any(axis=1).all())
    assert s.proved
    assert s.value == pytest.approx(best)
    assert s.bound == pytest.approx(best)
    assert reach[:, s.chosen].any(axis=1).all()
    assert set(fixed) <= set(s.chosen.tolist())
    assert all(reach[i, j] for i, j in enumerate(s.assigned))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(SEEDS, st.integers(1, 4))
def test_the_same_is_chosen_every_time_and_whatever_the_order_of_demand(seed: int, p: int) -> None:
    cover, w, _ = invented(seed, yes_or_no=True)
    once, again = (max_cover(cover, p, weights=w) for _ in range(2))
    assert once.chosen.tolist() == again.chosen.tolist()
    turned = max_cover(cover[::-1], p, weights=w[::-1])
    assert turned.value == pytest.approx(once.value)


def test_as_many_nodes_as_allowed_and_the_bound_still_holds() -> None:
    rng = np.random.default_rng(5)
    reach = rng.random((40, 25)) < 0.12
    w = rng.integers(1, 9, 40)
    held, full = max_cover(reach, 5, weights=w, nodes=0), max_cover(reach, 5, weights=w)
    assert full.proved
    assert held.value <= full.value <= held.bound + 1e-9
