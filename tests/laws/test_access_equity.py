"""Laws of equity: people count, not cells or units; a gift to the worst-off is never a loss."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.inequality import mean_of_lowest, palma
from yipan.network.equity import equity

CELLS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 60)), min_size=1, max_size=8)


def person_by_person(values: list[float], people: list[int]) -> np.ndarray:
    """Everyone in a row, ten times over, so that a tenth and 40 % are whole numbers of entries."""
    return np.sort(np.repeat(np.array(values, dtype=float), 10 * np.array(people)))


@given(CELLS, st.floats(0.01, 1.0))
def test_figures_are_those_of_people_in_a_row(cells: list[tuple[int, int]], share: float) -> None:
    values, people = [float(v) for v, _ in cells], [p for _, p in cells]
    row = person_by_person(values, people)
    tenth, forty = len(row) // 10, len(row) * 4 // 10
    assert palma(values, people) == pytest.approx(row[-tenth:].sum() / row[:forty].sum())
    e = equity(values, people)
    assert e.worst_tenth == pytest.approx(row[:tenth].mean())
    assert e.best_tenth == pytest.approx(row[-tenth:].mean())
    assert e.mean == pytest.approx(row.mean())
    whole = max(1, round(share * len(row)))
    assert mean_of_lowest(values, people, share=whole / len(row)) == pytest.approx(row[:whole].mean())


@given(CELLS, st.randoms(use_true_random=False))
def test_neither_order_nor_unit_nor_how_people_are_cut_into_cells_matters(
    cells: list[tuple[int, int]], random: object
) -> None:
    values, people = [float(v) for v, _ in cells], [p for _, p in cells]
    halves = [(v * 60, p / 2) for v, p in zip(values, people, strict=True) for _ in range(2)]
    random.shuffle(halves)  # type: ignore[attr-defined]
    a, b = equity(values, people), equity([v for v, _ in halves], [p for _, p in halves])
    assert (b.gini, b.palma, b.theil) == pytest.approx((a.gini, a.palma, a.theil), abs=1e-9)
    assert (b.mean, b.worst_tenth) == pytest.approx((a.mean * 60, a.worst_tenth * 60))


@given(CELLS)
def test_bounds(cells: list[tuple[int, int]]) -> None:
    values, people = [float(v) for v, _ in cells], [p for _, p in cells]
    e = equity(values, people, groups=["a" if v % 2 else "b" for v, _ in cells])
    assert e.worst_tenth <= e.mean * (1 + 1e-12)
    assert e.mean <= e.best_tenth * (1 + 1e-12)
    assert e.palma >= 0.25 - 1e-12
    assert 0 <= e.gini < 1
    assert -1e-12 <= e.between <= e.theil + 1e-12
    assert sum(g.people for g in e.groups) == e.people
    assert sum(g.people * g.mean for g in e.groups) == pytest.approx(e.people * e.mean)
    times = equity(values, people, better="less")
    assert (times.worst_tenth, times.best_tenth) == pytest.approx((e.best_tenth, e.worst_tenth))


@given(CELLS, st.integers(1, 200))
def test_more_for_the_worst_off_never_makes_it_worse(cells: list[tuple[int, int]], gift: int) -> None:
    values, people = np.array([float(v) for v, _ in cells]), np.array([p for _, p in cells])
    lowest = values.min()
    better = values.copy()
    # no further than the next: given more, the worst-off may become the best-off
    next_one = min((v for v in values if v > lowest), default=math.inf)
    better[values == lowest] = min(lowest + gift, next_one)
    assert palma(better, people) <= palma(values, people) * (1 + 1e-9)
    assert mean_of_lowest(better, people) >= mean_of_lowest(values, people) * (1 - 1e-9)


@given(CELLS)
def test_ranked_by_itself_is_ranked_by_any_rising_measure(cells: list[tuple[int, int]]) -> None:
    values, people = [float(v) for v, _ in cells], [p for _, p in cells]
    by = [math.log(v) for v in values]
    assert palma(values, people, by=by) == pytest.approx(palma(values, people))
