"""Laws of the p-median and p-center on small random questions, by trying every choice of sites."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from yipan.errors import PlanError
from yipan.plan.siting.center import p_center
from yipan.plan.siting.median import p_median


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Return costs (whole or real, some unreachable), weights, p, fixed and forbidden sites."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    costs = rng.integers(0, draw(st.sampled_from([3, 30])), (n, m)).astype(float)
    if draw(st.booleans()):
        costs += rng.random((n, m))
    costs[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.0, 0.2, 0.5]))] = np.inf
    weights = rng.integers(0, 4, n) if draw(st.booleans()) else rng.random(n) + 0.1
    weights[0] = 1
    p = draw(st.integers(1, m))
    sites = rng.permutation(m).tolist()
    fixed = sites[: draw(st.integers(0, min(p, 2)))]
    forbidden = sites[len(sites) - draw(st.integers(0, min(m - p, 2))) :] if m > p else []
    if len(forbidden) == m:
        forbidden = []
    return {"costs": costs, "p": p, "weights": weights, "fixed": fixed, "forbidden": forbidden}


def every(q: dict[str, Any]) -> list[tuple[float, float]]:
    """Return sum and maximum of every possible choice that reaches all points that count."""
    counted = q["weights"] > 0
    table = q["costs"][counted] * q["weights"][counted, None]
    free = [j for j in range(table.shape[1]) if j not in q["fixed"] and j not in q["forbidden"]]
    out = []
    for more in combinations(free, q["p"] - len(q["fixed"])):
        near = table[:, [*q["fixed"], *more]].min(axis=1)
        if np.isfinite(near).all():
            out.append((float(near.sum()), float(near.max())))
    return out


def check(found: Any, q: dict[str, Any], best: float, total: Any) -> None:
    assert found.proved
    assert found.value == pytest.approx(best, rel=1e-9, abs=1e-12)
    assert found.bound <= best * (1 + 1e-12)
    assert found.bound == pytest.approx(best, rel=2e-9, abs=1e-12)
    assert len(found.chosen) == q["p"]
    assert set(q["fixed"]) <= set(found.chosen.tolist())
    assert not set(q["forbidden"]) & set(found.chosen.tolist())
    counted = np.flatnonzero(q["weights"] > 0)
    paid = q["costs"][counted, found.assigned[counted]] * q["weights"][counted]
    assert total(paid) == pytest.approx(found.value, rel=1e-12, abs=1e-12)


@given(questions())
@settings(max_examples=150, deadline=None)
def test_no_choice_of_sites_is_better(q: dict[str, Any]) -> None:
    choices = every(q)
    if not choices:
        for solve in (p_median, p_center):
            with pytest.raises(PlanError):
                solve(**q)
        return
    check(p_median(**q), q, min(s for s, _ in choices), np.sum)
    check(p_center(**q), q, min(m for _, m in choices), np.max)


@given(questions(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_sites_does_not_matter(q: dict[str, Any], random: Any) -> None:
    if not every(q):
        return
    m = q["costs"].shape[1]
    to = list(range(m))
    random.shuffle(to)
    turned = q["costs"][:, to]
    at = {old: new for new, old in enumerate(to)}
    other = {**q, "costs": turned, **{k: [at[j] for j in q[k]] for k in ("fixed", "forbidden")}}
    for solve in (p_median, p_center):
        one, two = solve(**q), solve(**other)
        assert (one.value, one.bound, one.work) == (two.value, two.bound, two.work)
        columns = lambda table, sites: sorted(table[:, j].tolist() for j in sites)  # noqa: E731
        if len(np.unique(q["costs"][q["weights"] > 0], axis=1).T) == m:
            assert columns(q["costs"], one.chosen) == columns(turned, two.chosen)


@given(questions(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_bound_without_a_full_search_is_never_false(q: dict[str, Any], nodes: int) -> None:
    choices = every(q)
    if not np.isfinite(q["costs"]).all() or not choices:
        return
    best = min(s for s, _ in choices)
    found = p_median(**q, nodes=nodes)
    assert found.bound <= best * (1 + 1e-12)
    assert found.value >= best * (1 - 1e-12)


@given(questions())
@settings(max_examples=40, deadline=None)
def test_one_site_more_never_costs_more(q: dict[str, Any]) -> None:
    if not every(q) or q["p"] + len(q["forbidden"]) >= q["costs"].shape[1]:
        return
    more = {**q, "p": q["p"] + 1}
    assert p_median(**more).value <= p_median(**q).value * (1 + 2e-9)
    assert p_center(**more).value <= p_center(**q).value
