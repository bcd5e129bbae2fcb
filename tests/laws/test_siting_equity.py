"""Laws of equal access: the best of all choices tried one by one; more capacity never hurts the worst off."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from yipan.network.catchment import two_step_floating_catchment
from yipan.network.decay import LUO_QI_SLOW, Steps
from yipan.network.values import UNREACHED
from yipan.plan.siting.equity import equitable
from yipan.plan.siting.equity_model import AIMS, Aim

Floats = NDArray[np.float64]
SEEDS = st.integers(0, 2**32 - 1)
QUICK = settings(max_examples=40, deadline=None, derandomize=True)
DECAY = Steps(LUO_QI_SLOW)


def invented(seed: int) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """Return seconds (some without a way), people (some nobody), present and possible capacity."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 8)), int(rng.integers(1, 6))
    times = (60 * rng.integers(0, 45, (n, m))).astype(np.int32)
    times[rng.random((n, m)) < 0.15] = UNREACHED
    people = (100 * rng.integers(0, 5, n)).astype(float)
    return times, people, 5.0 * rng.integers(0, 3, m), 5.0 * rng.integers(1, 4, m)


def slow(access: Floats, people: Floats, aim: Aim) -> float:
    """Return the aim person by person (a hundred at a time): the tenth by a sorted list of shares."""
    q = people / people.sum()
    if aim == "least":
        return float(access.min())
    if aim == "worst_tenth":
        left, total = 0.1, 0.0
        for a, share in sorted(zip(access, q, strict=True)):
            took = min(left, share)
            left, total = left - took, total + took * a
        return total / 0.1
    mean = float(q @ access)
    return float(
        sum(
            s * (abs(a - mean) if aim == "deviation" else (a - mean) ** 2)
            for a, s in zip(access, q, strict=True)
        )
    )


def reached(times: NDArray[np.int32], people: Floats, beds: Floats, add: Floats) -> NDArray[np.bool_]:
    near = (times <= 1800) & (times != UNREACHED)
    return (people > 0) & (near & ((beds + add) > 0)).any(axis=1)


@QUICK
@given(SEEDS, st.integers(1, 3), st.sampled_from(AIMS))
def test_the_best_choice_of_all(seed: int, p: int, aim: Aim) -> None:
    times, people, beds, add = invented(seed)
    there = reached(times, people, beds, add)
    use = np.flatnonzero(((times <= 1800) & (times != UNREACHED) & there[:, None]).any(axis=0))
    sizes = [min(p, len(use))] if aim in ("deviation", "variance") else range(min(p, len(use)) + 1)
    if not there.any() or (aim in ("deviation", "variance") and p > len(use)):
        return
    found = equitable(times, people, supply=beds, add=add, p=p, decay=DECAY, aim=aim)
    worth = []
    for chosen in (c for k in sizes for c in combinations(use, k)):
        more = np.zeros_like(add)
        more[list(chosen)] = add[list(chosen)]
        access = two_step_floating_catchment(times, beds + more, people, decay=DECAY)
        worth.append(slow(access[there], people[there], aim))
    best = max(worth) if aim in ("least", "worst_tenth") else min(worth)
    s = found.siting
    assert s.proved
    assert s.value == pytest.approx(best, rel=1e-5, abs=1e-9)
    assert s.bound >= best - 1e-12 if aim in ("least", "worst_tenth") else s.bound <= best + 1e-12
    assert s.value == pytest.approx(slow(found.after[there], people[there], aim), rel=1e-9, abs=1e-12)
    assert found.left_out == people[~there].sum()
    assert len(s.chosen) <= p


@QUICK
@given(SEEDS, st.sampled_from(AIMS))
def test_amounts_beat_every_amount_tried(seed: int, aim: Aim) -> None:
    times, people, beds, add = invented(seed)
    there = reached(times, people, beds, add)
    near = ((times <= 1800) & (times != UNREACHED) & there[:, None]).any(axis=0)
    room = float(add[near].sum())
    if not there.any():
        return
    total = 0.6 * room
    found = equitable(times, people, supply=beds, add=add, total=total, decay=DECAY, aim=aim)
    assert (found.added <= add + 1e-9).all()
    assert found.added.sum() <= total * (1 + 1e-6)
    rng = np.random.default_rng(seed)
    for _ in range(50):
        share = rng.random(len(add)) ** 3 * near
        share = np.minimum(1.0, share * total / max(float(share @ add), 1e-9))
        for _ in range(30):  # fill up to the total
            gap = total - float(share @ add)
            share = np.minimum(1.0, share + near * max(gap, 0.0) / room)
        if aim in ("deviation", "variance") and abs(share @ add - total) > 1e-6 * total:
            continue
        access = two_step_floating_catchment(times, beds + share * add, people, decay=DECAY)
        tried, best = slow(access[there], people[there], aim), found.siting.value
        size = max(1e-12, float(people @ access) / people.sum())
        tolerance = 1e-5 * (size**2 if aim == "variance" else size)
        if aim in ("least", "worst_tenth"):
            assert tried <= best + tolerance
        else:
            assert tried >= best - tolerance


@QUICK
@given(SEEDS, st.sampled_from(("least", "worst_tenth")))
def test_more_sites_never_hurt_the_worst_off(seed: int, aim: Aim) -> None:
    times, people, beds, add = invented(seed)
    one, two = (
        equitable(times, people, supply=beds, add=add, p=p, decay=DECAY, aim=aim).siting.value for p in (1, 2)
    )
    assert two >= one - 1e-9


def test_the_variance_is_what_a_general_optimiser_finds() -> None:
    rng = np.random.default_rng(4)
    times = (60 * rng.integers(0, 60, (12, 5))).astype(np.int32)
    people, beds, add = rng.integers(50, 500, 12).astype(float), np.full(5, 10.0), np.full(5, 40.0)
    found = equitable(times, people, supply=beds, add=add, total=80, limit=60, aim="variance")

    def variance(more: Floats) -> float:
        a = two_step_floating_catchment(times, beds + more, people, limit=60)
        return 1e6 * slow(a, people, "variance")

    r = minimize(
        variance,
        np.full(5, 16.0),
        bounds=[(0, 40)] * 5,
        constraints=[{"type": "eq", "fun": lambda v: v.sum() - 80}],
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert 1e6 * found.siting.value == pytest.approx(r.fun, rel=1e-3, abs=1e-6)
    assert found.added.sum() == pytest.approx(80)
