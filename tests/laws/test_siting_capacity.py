"""Laws of capacitated siting: the best of all choices, tried one by one, and nobody over capacity."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from yipan.errors import PlanError
from yipan.plan.siting.capacity import capacitated

Floats = NDArray[np.float64]
SEEDS = st.integers(0, 2**32 - 1)
QUICK = settings(max_examples=50, deadline=None, derandomize=True)


def invented(seed: int) -> tuple[Floats, Floats, Floats]:
    """Return costs (some without a way), demand (some nothing) and capacities of a small random instance."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    costs = rng.integers(0, 9, (n, m)).astype(float)
    costs[rng.random((n, m)) < 0.15] = np.inf
    return costs, rng.integers(0, 5, n).astype(float), rng.integers(0, 9, m).astype(float)


def choices(m: int, p: int, fixed: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [c for k in range(p + 1) for c in combinations(range(m), k) if set(fixed) <= set(c)]


def least_split(costs: Floats, w: Floats, room: Floats, *, price: float | None) -> float:
    """Return the transport cost by an independent linear program; infinite where there is no way."""
    n, m = costs.shape
    wide = np.hstack([costs, np.full((n, 1), np.inf if price is None else price)])
    ways = np.isfinite(wide)
    each, left = np.nonzero(ways)
    serve = (each == np.arange(n)[:, None]).astype(float)
    hold = (left == np.arange(m)[:, None]).astype(float)
    if not len(each):
        return 0.0 if not w.any() else np.inf
    r = linprog(wide[ways], A_eq=serve, b_eq=w, A_ub=hold if m else None, b_ub=room if m else None)
    return float(r.fun) if r.status == 0 else np.inf


def least_whole(costs: Floats, w: Floats, room: Floats, *, price: float | None) -> float:
    n, m = costs.shape
    best = np.inf
    for to in product(range(m + 1), repeat=n):
        load, total = np.zeros(m), 0.0
        for i, j in enumerate(to):
            if w[i] == 0:
                continue
            if j == m:
                total += np.inf if price is None else price * w[i]
            else:
                load[j] += w[i]
                total += costs[i, j] * w[i]
        if (load <= room).all():
            best = min(best, total)
    return best


@QUICK
@given(SEEDS, st.integers(1, 3), st.booleans(), st.booleans())
def test_the_least_travel_within_capacity(seed: int, p: int, divisible: bool, may_leave: bool) -> None:
    costs, w, room = invented(seed)
    fixed = (0,) if seed % 3 == 0 else ()
    price = 12.0 if may_leave else None
    least = least_split if divisible else least_whole
    best = min(
        least(costs[:, list(c)], w, room[list(c)], price=price) for c in choices(costs.shape[1], p, fixed)
    )
    if not np.isfinite(best):
        with pytest.raises(PlanError):
            capacitated(costs, p, capacity=room, weights=w, fixed=fixed, divisible=divisible, unserved=price)
        return
    s = capacitated(costs, p, capacity=room, weights=w, fixed=fixed, divisible=divisible, unserved=price)
    assert s.siting.proved
    assert s.siting.value == pytest.approx(best, abs=1e-6)
    assert s.siting.bound <= best + 1e-9
    assert (s.load <= room + 1e-6).all()
    assert np.bincount(s.demand, s.amount, len(w)) + s.unserved == pytest.approx(w, abs=1e-6)
    assert s.load == pytest.approx(np.bincount(s.site, s.amount, len(room)))
    assert set(s.site.tolist()) <= set(s.siting.chosen.tolist())
    assert len(s.siting.chosen) <= p
    if not divisible:
        assert len(set(s.demand.tolist())) == len(s.demand)


@QUICK
@given(SEEDS, st.integers(1, 3))
def test_sharing_is_never_dearer_and_the_answer_is_the_same_every_time(seed: int, p: int) -> None:
    costs, w, room = invented(seed)
    whole, split, again = (
        capacitated(costs, p, capacity=room, weights=w, divisible=d, unserved=20.0)
        for d in (False, True, True)
    )
    assert split.siting.value <= whole.siting.value + 1e-6
    assert split.siting.chosen.tolist() == again.siting.chosen.tolist()
    assert split.amount.tolist() == again.amount.tolist()
