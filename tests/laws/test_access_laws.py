"""Accessibility against plain numpy written out, whatever holds the times; laws of every decay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from yipan.network import decay
from yipan.network.access import (
    accessibility,
    nearest,
    share_within,
    three_step_floating_catchment,
    to_zones,
    two_step_floating_catchment,
)
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.run import compute_matrix
from yipan.network.values import UNREACHED

FAR = int(UNREACHED)
# up to 18 h, so that a stored matrix is exact
SECONDS = st.one_of(st.integers(0, 7200), st.integers(0, 65_534), st.just(FAR))
AMOUNT = st.integers(0, 1000).map(float)
MINUTES = st.integers(1, 120).map(float)
DECAYS = st.one_of(
    st.builds(decay.Step, MINUTES),
    st.just(decay.Steps(decay.LUO_QI_SLOW)),
    st.just(decay.Steps(decay.LUO_QI_FAST)),
    st.builds(lambda a, b: decay.Linear(a, a + b), MINUTES, MINUTES),
    st.builds(decay.Exponential, st.floats(0.001, 2.0)),
    st.just(decay.Exponential(0.0)),
    st.builds(decay.Logistic, MINUTES, MINUTES),
    st.builds(decay.Gaussian, MINUTES),
    st.builds(decay.CatchmentGaussian, MINUTES),
    st.builds(decay.Power, st.floats(0.5, 3.0), scale=MINUTES),
)
FORMS = st.sampled_from(["array", "rows", "matrix"])
TABLES = hnp.arrays(np.int32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=SECONDS)


def form(times: np.ndarray, kind: str) -> object:
    if kind == "array":
        return times
    early = np.where(times == FAR, FAR, times // 2).astype(np.int32)
    rows = DenseRows(np.stack([early, times], axis=2), percentiles=(5, 50))
    return rows if kind == "rows" else compute_matrix(rows, block=3)


def plain(times: np.ndarray, f: decay.Decay) -> np.ndarray:
    """Weights pair by pair."""
    out = np.zeros(times.shape)
    for i, j in np.ndindex(*times.shape):
        minutes = times[i, j] / 60
        if times[i, j] != FAR and minutes <= f.reach:
            out[i, j] = float(f(np.array(minutes)))
    return out


@given(st.data(), TABLES, st.lists(DECAYS, min_size=1, max_size=3), FORMS)
@settings(deadline=None, max_examples=100)
def test_sums_are_those_of_plain_numpy(
    data: st.DataObject, times: np.ndarray, decays: list[decay.Decay], kind: str
) -> None:
    kinds = data.draw(hnp.arrays(float, (2, times.shape[1]), elements=AMOUNT))
    got = accessibility(form(times, kind), kinds, decays)
    expected = np.stack([plain(times, f) @ kinds.T for f in decays], axis=1)
    assert got.shape == (len(times), len(decays), 2)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-9)


@given(st.data(), TABLES, st.integers(1, 6), FORMS)
@settings(deadline=None)
def test_the_kth_nearest_is_that_of_a_sorted_list(
    data: st.DataObject, times: np.ndarray, rank: int, kind: str
) -> None:
    counts = data.draw(hnp.arrays(np.int64, times.shape[1], elements=st.integers(0, 3)))
    expected = [
        ([*sorted(t for t, c in zip(row, counts, strict=True) for _ in range(c)), *[FAR] * rank])[rank - 1]
        for row in times.tolist()
    ]
    assert nearest(form(times, kind), rank=rank, counts=counts).tolist() == expected


@given(st.data(), TABLES, DECAYS, FORMS)
@settings(deadline=None, max_examples=100)
def test_floating_catchments_are_those_of_plain_numpy_and_hand_out_all_supply(
    data: st.DataObject, times: np.ndarray, f: decay.Decay, kind: str
) -> None:
    n, m = times.shape
    supply = data.draw(hnp.arrays(float, m, elements=AMOUNT))
    demand = data.draw(hnp.arrays(float, n, elements=AMOUNT))
    w = plain(times, f)
    heads = demand @ w
    ratio = np.array([s / h if h > 0 else 0.0 for s, h in zip(supply, heads, strict=True)])
    got = two_step_floating_catchment(form(times, kind), supply, demand, decay=f)
    np.testing.assert_allclose(got, w @ ratio, rtol=1e-9, atol=1e-12)
    assert float(got @ demand) == pytest.approx(float(supply[heads > 0].sum()), rel=1e-9)

    total = w @ (supply > 0)
    choice = np.divide(w, total[:, None], out=np.zeros_like(w), where=total[:, None] > 0)
    heads = demand @ (choice * w)
    ratio = np.array([s / h if h > 0 else 0.0 for s, h in zip(supply, heads, strict=True)])
    got = three_step_floating_catchment(form(times, kind), supply, demand, decay=f)
    np.testing.assert_allclose(got, (choice * w) @ ratio, rtol=1e-9, atol=1e-12)
    assert float(got @ demand) == pytest.approx(float(supply[heads > 0].sum()), rel=1e-9)


@given(st.data(), TABLES, st.integers(1, 600), FORMS)
@settings(deadline=None)
def test_share_within_counts_people(data: st.DataObject, times: np.ndarray, limit: int, kind: str) -> None:
    people = data.draw(hnp.arrays(float, len(times), elements=AMOUNT))
    near = sum(p for p, row in zip(people, times.tolist(), strict=True) if min(row) <= limit * 60)
    got = share_within(form(times, kind), people, limit=limit)
    assert math.isnan(got) if people.sum() == 0 else got == pytest.approx(near / people.sum())


@given(DECAYS)
def test_every_decay_is_one_at_zero_never_rises_and_ends(f: decay.Decay) -> None:
    minutes = np.linspace(0, min(f.reach, 2000), 4001)
    values = f(minutes)
    assert values[0] == pytest.approx(1.0)
    assert (np.diff(values) <= 1e-12).all()
    assert (values >= 0).all()
    if math.isfinite(f.reach) and not isinstance(f, decay.Power):  # a power is cut off at its limit
        assert float(f(np.array(f.reach * 1.000001 + 1e-9))) <= decay.LEAST


@given(
    st.one_of(
        st.builds(lambda a, b: decay.Linear(a, a + b), MINUTES, MINUTES),
        st.builds(decay.Exponential, st.floats(0.001, 2.0)),
        st.builds(decay.Logistic, MINUTES, MINUTES),
        st.builds(decay.Gaussian, MINUTES),
        st.builds(decay.CatchmentGaussian, MINUTES),
        st.builds(decay.Power, st.floats(0.5, 3.0), scale=MINUTES),
    )
)
def test_half_is_left_at_the_half_time(f: decay.Linear | decay.Exponential | decay.Logistic) -> None:
    assert float(f(np.array(f.half))) == pytest.approx(0.5)


@given(st.data(), st.integers(1, 12))
def test_means_of_zones_keep_the_sum_over_people(data: st.DataObject, n: int) -> None:
    values = data.draw(hnp.arrays(float, n, elements=AMOUNT))
    people = data.draw(hnp.arrays(float, n, elements=st.integers(1, 500).map(float)))
    zones = data.draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))
    means = to_zones(values, zones, people)
    assert float(means.mean @ means.population) == pytest.approx(float(values @ people))
    assert means.zones == tuple(sorted(set(zones)))
    assert means.missing.tolist() == [0.0] * len(means.zones)
