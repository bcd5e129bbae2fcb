"""Laws of stored times: bounds of rounding, limits kept, nothing depends on blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from yipan.network.matrix.codes import LONGEST, NONE, UNITS, coarser, decode, encode
from yipan.network.matrix.combine import combined
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.run import compute_matrix
from yipan.network.values import UNREACHED

FAR = int(UNREACHED)
SECONDS = st.one_of(st.integers(0, 200), st.integers(65_530, 65_540), st.integers(0, LONGEST), st.just(FAR))


def times(n: int = 7, m: int = 5) -> st.SearchStrategy[np.ndarray]:
    shape = hnp.array_shapes(min_dims=2, max_dims=2, max_side=max(n, m))
    return hnp.arrays(np.int32, shape, elements=SECONDS)


@given(times())
def test_a_stored_time_is_never_shorter_and_longer_by_less_than_a_unit(t: np.ndarray) -> None:
    unit, codes = encode(t[:, :, None])
    back = decode(codes[0], unit=unit).astype(np.int64)
    reached = t != FAR
    assert ((back == FAR) == ~reached).all()
    over = (back - t)[reached]
    assert ((over >= 0) & (over < unit)).all()
    longest = int(t[reached].max(initial=0))
    assert unit == next(u for u in UNITS if longest <= (NONE - 1) * u)


@given(times(), st.integers(0, 70_000))
def test_limits_of_whole_units_are_kept_exactly(t: np.ndarray, limit: int) -> None:
    unit, codes = encode(t[:, :, None])
    limit -= limit % unit
    assert ((decode(codes[0], unit=unit) <= limit) == (t <= limit)).all()


@given(hnp.arrays(np.int32, (4, 6), elements=st.one_of(st.integers(0, NONE - 1), st.just(FAR))))
def test_coarser_codes_are_those_of_the_coarser_unit(t: np.ndarray) -> None:
    _, fine = encode(t[:, :, None])
    for unit in UNITS:
        expected = np.where(t == FAR, NONE, np.ceil(t / unit)).astype(int)
        assert coarser(fine[0], unit=1, to=unit).tolist() == expected.tolist()


@given(times(), st.integers(1, 9), st.integers(1, 9))
@settings(deadline=None)
def test_blocks_leave_no_trace(t: np.ndarray, one: int, other: int) -> None:
    a, b = compute_matrix(DenseRows(t), block=one), compute_matrix(DenseRows(t), block=other)
    assert a.digest == b.digest
    assert a.seconds().tolist() == b.seconds().tolist()
    for start in range(len(t)):
        for stop in range(start, len(t) + 1):
            assert a.block(start, stop).tolist() == b.block(0, len(t))[start:stop].tolist()


@given(st.data())
@settings(deadline=None)
def test_the_order_of_percentiles_survives_storing(data: st.DataObject) -> None:
    t = np.sort(data.draw(hnp.arrays(np.int32, (3, 4, 3), elements=SECONDS)), axis=2)
    stored = compute_matrix(DenseRows(t, percentiles=(5, 50, 95)), block=2).rows(0, 3)
    assert (np.diff(stored.astype(np.int64), axis=2) >= 0).all()


@given(st.data())
def test_combining_is_the_least_and_forgets_order(data: st.DataObject) -> None:
    a, b, c = (data.draw(hnp.arrays(np.int32, (3, 4), elements=SECONDS)) for _ in range(3))
    left = combined(combined(DenseRows(a), DenseRows(b)), DenseRows(c)).rows(0, 3)[:, :, 0]
    right = combined(DenseRows(c), DenseRows(b), DenseRows(a)).rows(0, 3)[:, :, 0]
    assert left.tolist() == right.tolist() == np.minimum(np.minimum(a, b), c).tolist()
