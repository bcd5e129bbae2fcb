"""Accessibility by hand on three places by three, whatever holds the times; equity by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from yipan import options
from yipan.errors import MeasureError, OptionError
from yipan.inequality import mean_of_lowest, palma
from yipan.network import decay
from yipan.network.access import (
    accessibility,
    cumulative,
    gravity,
    nearest,
    share_within,
    three_step_floating_catchment,
    to_zones,
    two_step_floating_catchment,
)
from yipan.network.equity import GroupAccess, equity
from yipan.network.matrix import stream
from yipan.network.matrix.dense import DenseRows
from yipan.network.matrix.run import compute_matrix
from yipan.network.values import UNREACHED

FAR = int(UNREACHED)
# minutes: 0 10 20 / 10 0 30 / none 40 0
TIMES = np.array([[0, 600, 1200], [600, 0, 1800], [FAR, 2400, 0]], dtype=np.int32)
JOBS = np.array([1.0, 10.0, 100.0])


@pytest.fixture(params=["array", "rows", "memory", "folder"])
def times(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    rows = DenseRows(TIMES)
    return {
        "array": lambda: TIMES,
        "rows": lambda: rows,
        "memory": lambda: compute_matrix(rows, block=2),
        "folder": lambda: compute_matrix(rows, tmp_path / "m", block=2),
    }[request.param]()


def test_cumulative_at_several_limits_at_once(times: object) -> None:
    got = accessibility(times, np.stack([JOBS, JOBS * 2]), [decay.Step(10), decay.Step(30)])
    assert got[:, :, 0].tolist() == [[11.0, 111.0], [11.0, 111.0], [100.0, 100.0]]
    assert (got[:, :, 1] == 2 * got[:, :, 0]).all()
    assert cumulative(times, JOBS, limit=39.99).tolist() == [111.0, 111.0, 100.0]
    assert cumulative(times, JOBS, limit=40).tolist() == [111.0, 111.0, 110.0]


def test_each_decay_by_hand(times: object) -> None:
    # the first origin: 1 job at 0, 10 at 10 and 100 at 20 minutes
    e, x = math.exp, math.pi / math.sqrt(3)
    by_hand = {
        decay.Steps(decay.LUO_QI_SLOW): 1 + 10 * 1.0 + 100 * 0.68,
        decay.Steps(decay.LUO_QI_FAST): 1 + 10 * 1.0 + 100 * 0.42,
        decay.Linear(5, 25): 1 + 10 * 0.75 + 100 * 0.25,
        decay.Exponential(0.1): 1 + 10 * e(-1) + 100 * e(-2),
        decay.Exponential(0.0): 111.0,
        decay.Gaussian(10): 1 + 10 * e(-0.5) + 100 * e(-2),
        decay.CatchmentGaussian(20): 1 + 10 * (e(-1 / 8) - e(-1 / 2)) / (1 - e(-1 / 2)),
        decay.Power(1, scale=5): 1 + 10 * 0.5 + 100 * 0.25,
        # median 10: (1 + e^−x) / 2, and at twice the median (1 + e^−x) / (1 + e^x) = e^−x, with x = π / √3
        decay.Logistic(10, 10): 1 + 10 * (1 + e(-x)) / 2 + 100 * e(-x),
    }
    got = accessibility(times, JOBS, list(by_hand))[0, :, 0]
    assert got.tolist() == pytest.approx(list(by_hand.values()), rel=1e-12)
    assert accessibility(times, JOBS, list(by_hand))[2, :, 0].tolist() == pytest.approx(
        [100 + 10 * float(f(np.array(40.0))) * (f.reach >= 40) for f in by_hand]
    )
    assert gravity(times, JOBS, beta=0.1)[0] == pytest.approx(1 + 10 * e(-1) + 100 * e(-2))


def test_nearest_by_hand(times: object) -> None:
    assert nearest(times).tolist() == [0, 0, 0]
    assert nearest(times, rank=2).tolist() == [600, 600, 2400]
    assert nearest(times, rank=3).tolist() == [1200, 1800, FAR]
    # two of them at the second place, one at the third
    assert nearest(times, rank=2, counts=[0, 2, 1]).tolist() == [600, 0, 2400]
    assert nearest(times, rank=3, counts=[0, 2, 1]).tolist() == [1200, 1800, 2400]
    assert share_within(times, [1.0, 1.0, 2.0], limit=0) == 1.0


def test_catchments_by_hand(times: object) -> None:
    beds, people = np.array([30.0, 0.0, 40.0]), np.array([100.0, 50.0, 200.0])
    # E2SFCA, weights 1 / 0.68 / 0.22: A is reached by 1 and 2 (both 1), C by 1 (0.68), 2 (0.22), 3 (1)
    first, third = 30 / 150, 40 / (0.68 * 100 + 0.22 * 50 + 200)
    steps = decay.Steps(decay.LUO_QI_SLOW)
    got = two_step_floating_catchment(times, beds, people, decay=steps)
    assert got.tolist() == pytest.approx([first + 0.68 * third, first + 0.22 * third, third])
    # the same cut at 25 minutes: 2 no longer reaches C
    third = 40 / (0.68 * 100 + 200)
    got = two_step_floating_catchment(times, beds, people, limit=25, decay=steps)
    assert got.tolist() == pytest.approx([first + 0.68 * third, first, third])
    # 3SFCA within 30 minutes: 1 and 2 choose between A and C by halves; 3 has only C
    first, third = 30 / (0.5 * 100 + 0.5 * 50), 40 / (0.5 * 100 + 0.5 * 50 + 200)
    got = three_step_floating_catchment(times, beds, people, decay=decay.Step(30))
    assert got.tolist() == pytest.approx([(first + third) / 2, (first + third) / 2, third])
    assert float(got @ people) == pytest.approx(70.0)


def test_demand_that_is_not_known_is_not_nothing() -> None:
    """People who compete for the same beds are not known: nor are beds a head (0 would be a finding)."""
    times = np.array([[0, 600], [600, 0]], dtype=np.int32)
    beds, people = np.array([10.0, 10.0]), np.array([np.nan, 50.0])
    assert np.isnan(two_step_floating_catchment(times, beds, people, limit=15)).all()


def test_a_percentile_is_chosen_or_asked_for() -> None:
    stack = np.stack([TIMES // 2, TIMES], axis=2)
    stack[TIMES == FAR] = FAR
    rows = DenseRows(stack, percentiles=(5, 95))
    for source in (rows, compute_matrix(rows)):
        assert cumulative(source, JOBS, limit=15, percentile=5).tolist() == [111.0, 111.0, 100.0]
        assert cumulative(source, JOBS, limit=15, percentile=95).tolist() == [11.0, 11.0, 100.0]
        with pytest.raises(OptionError, match="there is no percentile 50; there are 5, 95"):
            nearest(source)


def test_no_way_stays_no_way_however_far_a_decay_reaches() -> None:
    # its weight is above nothing for 18 h and more: the code of "no way" would be a time of 65,535 s
    far = decay.Logistic(60, 90)
    assert far.reach * 60 > 70_000
    times = np.array([[FAR, 0]], dtype=np.int32)
    for source in (times, DenseRows(times), compute_matrix(DenseRows(times))):
        assert accessibility(source, [5.0, 1.0], [far]).ravel().tolist() == [1.0]


def test_times_longer_than_a_table_are_weighed_and_absurd_ones_refused() -> None:
    times = np.array([[2**23, 0]], dtype=np.int32)
    assert accessibility(times, [5.0, 1.0], [decay.Exponential(0.0)]).ravel().tolist() == [6.0]
    assert cumulative(times, np.array([5.0, 1.0]), limit=2**22 / 60).tolist() == [1.0]
    with pytest.raises(MeasureError, match="too long"):
        accessibility(np.array([[2**25]], dtype=np.int32), [1.0], [decay.Exponential(0.0)])


def test_negative_times_are_refused_and_nothing_is_asked_of_no_decay() -> None:
    wrong = np.array([[-7, 0]], dtype=np.int32)
    for source in (wrong, DenseRows(wrong)):
        with pytest.raises(MeasureError, match="negative: -7 s"):
            nearest(source)
    assert accessibility(TIMES, JOBS, []).shape == (3, 0, 1)
    assert cumulative(TIMES, JOBS, limit=-5).tolist() == [0.0, 0.0, 0.0]
    assert cumulative(TIMES, JOBS, limit=0).tolist() == [1.0, 10.0, 100.0]


def test_arrays_of_any_layout_and_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    times = rng.integers(0, 5000, (200, 60)).astype(np.int32)
    jobs = rng.integers(0, 9, 60).astype(float)
    expected = [float(jobs[row <= 1800].sum()) for row in times]
    monkeypatch.setattr(stream, "_BLOCK_BYTES", 5000)
    matrix = compute_matrix(DenseRows(times), block=7)
    assert len(list(stream.chunks(matrix, None))) > 3
    for source in (times, np.asfortranarray(times), times[::-1][::-1], DenseRows(times), matrix):
        for threads in (1, 2):
            with options.using({"network.threads": threads}):
                assert cumulative(source, jobs, limit=30).tolist() == expected


def test_shapes_that_do_not_fit_are_refused() -> None:
    for wrong in (
        lambda: accessibility(TIMES, [1.0, 2.0], [decay.Step(5)]),
        lambda: nearest(TIMES, counts=[1]),
        lambda: two_step_floating_catchment(TIMES, JOBS, JOBS[:2], limit=5),
        lambda: two_step_floating_catchment(TIMES, JOBS, JOBS),
        lambda: to_zones([1.0, 2.0], ["a"], [1, 2]),
    ):
        with pytest.raises(ValueError, match=r"one|limit"):
            wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: decay.Step(0),
        lambda: decay.Step(math.nan),
        lambda: decay.Steps(()),
        lambda: decay.Steps(((10, 1.0), (10, 0.5))),
        lambda: decay.Steps(((10, 0.5), (20, 0.4))),
        lambda: decay.Steps(((10, 1.0), (20, 0.4), (30, 0.6))),
        lambda: decay.Linear(10, 10),
        lambda: decay.Exponential(-1),
        lambda: decay.Exponential.of_half(0),
        lambda: decay.Logistic(10, 0),
        lambda: decay.Gaussian(-3),
        lambda: decay.CatchmentGaussian(math.inf),
        lambda: decay.Power(0),
    ],
)
def test_decays_that_are_none_are_refused(wrong: object) -> None:
    with pytest.raises(OptionError, match="cannot be"):
        wrong()  # type: ignore[operator]


def test_zones_are_means_over_people() -> None:
    access = np.array([[1.0, 10.0], [3.0, np.nan], [5.0, 50.0]])
    means = to_zones(access, ["b", "b", "a"], [100, 300, 0])
    assert means.zones == ("a", "b")
    assert means.population.tolist() == [0.0, 400.0]
    assert means.mean[1].tolist() == [2.5, 10.0]
    assert np.isnan(means.mean[0]).all()  # nobody lives there
    assert means.missing.tolist() == [[0.0, 0.0], [0.0, 300.0]]


def test_palma_and_the_worst_off_split_people_exactly() -> None:
    # 100 people: 30 with 2, 20 with 4, 45 with 6, 5 with 20
    values, people = [6.0, 2.0, 20.0, 4.0], [45, 30, 5, 20]
    # poorest 40: 30 · 2 + 10 · 4 = 100; richest 10: 5 · 20 + 5 · 6 = 130
    assert palma(values, people) == pytest.approx(1.3)
    # worst tenth of them all has 2; the worst 35: (60 + 5 · 4) / 35
    assert mean_of_lowest(values, people) == 2.0
    assert mean_of_lowest(values, people, share=0.35) == pytest.approx(80 / 35)
    assert mean_of_lowest(values, people, share=1) == pytest.approx(510 - 510 + (60 + 80 + 270 + 100) / 100)
    assert palma([7.0] * 3, [1, 2, 4]) == pytest.approx(0.25)
    assert palma([0.0, 0.0, 5.0], [40, 40, 20]) == math.inf
    assert math.isnan(palma([0.0, 0.0], [1, 1]))
    assert math.isnan(palma([], []))
    assert math.isnan(mean_of_lowest([np.nan], [3]))
    with pytest.raises(ValueError, match="share"):
        mean_of_lowest(values, people, share=0)


def test_palma_by_income_shares_ties_alike() -> None:
    # access of income groups; the two cells of the poorest 40 are tied in income with others
    access, people, income = [1.0, 3.0, 8.0], [40, 40, 20], [1, 1, 2]
    # the 80 at income 1 hold 160: any 40 of them 80; the richest 10 hold 80
    assert palma(access, people, by=income) == pytest.approx(1.0)
    assert palma(access[::-1], people[::-1], by=income[::-1]) == pytest.approx(1.0)


def test_equity_by_hand() -> None:
    e = equity([2.0, 4.0, 6.0, 20.0, np.inf], [30, 20, 45, 5, 7], groups=list("xxyyx"), unit="job")
    assert (e.people, e.missing, e.mean) == (100.0, 7.0, 5.1)
    assert (e.worst_tenth, e.best_tenth) == (2.0, pytest.approx(13.0))
    assert e.palma == pytest.approx(1.3)
    # Σ p_i p_j |y_i − y_j| over pairs: .3·.2·2 + .3·.45·4 + .3·.05·18 + .2·.45·2 + .2·.05·16 + .45·.05·14
    pairs = 0.12 + 0.54 + 0.27 + 0.18 + 0.16 + 0.315
    assert e.gini == pytest.approx(pairs / 5.1)
    assert e.groups == (
        GroupAccess("x", 50.0, pytest.approx(2.8)),
        GroupAccess("y", 50.0, pytest.approx(7.4)),
    )
    share = (140 / 510, 370 / 510)
    assert e.between == pytest.approx(sum(s * math.log(s / 0.5) for s in share))
    assert e.theil > e.between
    assert set(e.units) == {
        "people",
        "missing",
        "mean",
        "worst_tenth",
        "best_tenth",
        "gini",
        "palma",
        "theil",
        "between",
    }
    assert e.units["worst_tenth"] == "job"


def test_of_times_the_longest_are_the_worst() -> None:
    e = equity([10.0, 20.0, 60.0], [40, 50, 10], unit="min", better="less")
    assert (e.worst_tenth, e.best_tenth) == (60.0, 10.0)


def test_equity_of_nobody_is_not_a_number_and_of_nonsense_refused() -> None:
    nobody = equity([1.0, np.nan], [0, 4])
    assert (nobody.people, nobody.missing) == (0.0, 4.0)
    assert all(
        math.isnan(x) for x in (nobody.mean, nobody.worst_tenth, nobody.gini, nobody.palma, nobody.theil)
    )
    for values, people, groups in (([1.0], [1, 2], None), ([1.0], [-1], None), ([1.0], [1], ["a", "b"])):
        with pytest.raises(MeasureError, match="equity"):
            equity(values, people, groups=groups)
