"""Times that are never written out: what is read from them is what would be read from the whole matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.measure import forget as forget_measures
from yipan.measure import measure
from yipan.network import change
from yipan.network.access import accessibility
from yipan.network.decay import Exponential, Step
from yipan.network.lowered import Lowered, ground_of
from yipan.network.minplus import FAR, product, pruned
from yipan.network.points import forget
from yipan.network.values import UNREACHED
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.region import example
from yipan.scenario import apply, verify_times

SECONDS = st.integers(0, 5000) | st.just(int(FAR))


@st.composite
def lowered(draw: st.DrawFn) -> tuple[Lowered, np.ndarray]:
    """Times with no way here and there, a change of them, and by hand what it makes of them."""
    n, k = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def times(*shape: int) -> np.ndarray:
        out = rng.integers(0, 5000, shape, dtype=np.int32)
        return np.where(rng.random(shape) < 0.2, FAR, out)

    before = times(n, n)
    before[before >= FAR] = UNREACHED
    left, right = times(n, k), times(k, n)
    by_hand = before.astype(np.int64)
    for i in range(n):
        for j in range(n):
            if i != j:
                by_hand[i, j] = min(by_hand[i, j], int((left[i].astype(np.int64) + right[:, j]).min()))
    by_hand[by_hand >= FAR] = UNREACHED
    cut = draw(st.integers(0, k))  # in one change, or one after the other
    first = Lowered(ground_of(before), left[:, :cut], right[:cut])
    both = Lowered(first.ground, left[:, cut:], right[cut:], before=first)
    return draw(st.sampled_from([both, Lowered(first.ground, left, right)])), by_hand.astype(np.int32)


@given(lowered(), st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_is_read_is_what_is_there(case: tuple[Lowered, np.ndarray], data: st.DataObject) -> None:
    times, whole = case
    n = len(whole)
    some = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=6)), dtype=np.int64)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    for key in (
        (slice(None), some),
        (slice(None), mask),
        some,
        np.ix_(some, some),
        (some, slice(None)),
        (0, 0),
    ):
        assert np.array_equal(times[key], whole[key])
    assert np.array_equal(times[:, some.tolist()], whole[:, some.tolist()])
    assert np.array_equal(times <= 900, whole <= 900)
    assert np.array_equal(np.asarray(times), whole)


@given(lowered(), st.sampled_from([Step(20), Step(60), Exponential(1 / 30)]))
@settings(deadline=None, max_examples=60)
def test_sums_over_lowered_times_are_those_over_the_whole(
    case: tuple[Lowered, np.ndarray], decay: Step
) -> None:
    times, whole = case
    weights = np.random.default_rng(1).random((2, len(whole)))
    assert np.allclose(
        accessibility(times, weights, [decay]), accessibility(whole, weights, [decay]), rtol=1e-12
    )
    again = Lowered(
        ground_of(whole), FAR + 0 * times.left, times.right
    )  # the same times, nothing to be lowered
    assert np.array_equal(accessibility(times, weights, [decay]), accessibility(again, weights, [decay]))


@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
@settings(deadline=None, max_examples=60)
def test_hubs_that_are_of_no_use_change_no_product(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.integers(0, 30, shape, dtype=np.int32) for shape in ((12, k), (k, 3)))
    for ways in (left, right):
        ways[rng.random(ways.shape) < 0.2] = FAR
    assert np.array_equal(product(pruned(left, right), right), product(left, right))


@given(st.integers(0, 2**32 - 1), st.sampled_from([Step(20), Exponential(1 / 30)]))
@settings(deadline=None, max_examples=40)
def test_sums_follow_weights_that_change_at_few_destinations_exactly(seed: int, decay: Step) -> None:
    rng = np.random.default_rng(seed)
    n, times = 20, [rng.integers(0, 5000, shape, dtype=np.int32) for shape in ((20, 20), (20, 3), (3, 20))]
    weights = rng.random((1, n))
    other = weights.copy()
    other[:, rng.integers(0, n, 2)] *= 0.5

    def layers() -> Lowered:
        first = Lowered(ground_of(times[0]), times[1][:, :1], times[2][:1])
        return Lowered(first.ground, times[1][:, 1:], times[2][1:], before=first)

    known, fresh = layers(), layers()
    accessibility(known, weights, [decay])
    assert np.array_equal(accessibility(known, other, [decay]), accessibility(fresh, other, [decay]))


@pytest.mark.parametrize("seed", range(6))
def test_a_measured_region_is_the_same_however_its_times_are_held(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = invented_region(example("tiny"), seed)
    projects = invented_candidates(region, seed, count=5)
    found = []
    for bytes_ in (0, 10**12):
        monkeypatch.setattr(change, "_LAZY", bytes_)
        monkeypatch.setattr(change, "_MANY", 8)
        forget()
        forget_measures()
        measure(region)
        at = region
        for p in projects:
            at = apply(at, p)
            found.append(measure(at).values.to_numpy(dtype=float))
        checked = verify_times(at)
        assert checked["largest"] == 0
        assert checked["matrices"] > 0
    half = len(found) // 2
    for a, b in zip(found[:half], found[half:], strict=True):
        assert np.allclose(a, b, rtol=1e-11, atol=0, equal_nan=True)
