"""What must hold for any scores, tables, flows and weights."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yipan.inequality import gini, theil
from yipan.measure import coordination as co

UNIT = st.floats(0.01, 1.0, allow_subnormal=False)
AMOUNT = st.floats(0.1, 1000.0, allow_subnormal=False)
FORM = st.sampled_from(["standard", "wang", "fan"])
Form = Literal["standard", "wang", "fan"]


def tables(
    rows: tuple[int, int], columns: tuple[int, int], of: st.SearchStrategy[float]
) -> st.SearchStrategy:
    return st.tuples(st.integers(*rows), st.integers(*columns)).flatmap(
        lambda s: arrays(np.float64, s, elements=of)
    )


def ring(n: int) -> co.SpatialWeights:
    """Each unit beside the next and the one before."""
    pairs = {(i, (i + d) % n) for i in range(n) for d in (1, -1)}
    names = [str(i) for i in range(n)]
    return co.weights_from_pairs([str(i) for i, _ in pairs], [str(j) for _, j in pairs], units=names)


@given(tables((1, 6), (2, 6), UNIT), FORM)
def test_degrees_stay_within_bounds(scores: np.ndarray, form: Form) -> None:
    r = co.coupling_coordination(scores, form)
    assert ((r.c >= 0) & (r.c <= 1 + 1e-12)).all()
    assert (r.d <= np.sqrt(r.t) + 1e-12).all()
    assert ((r.t >= scores.min(axis=1) - 1e-12) & (r.t <= scores.max(axis=1) + 1e-12)).all()
    assert ((r.classes >= 1) & (r.classes <= 10)).all()


@given(UNIT, st.integers(2, 6), FORM)
def test_equal_subsystems_are_fully_coupled(level: float, n: int, form: Form) -> None:
    r = co.coupling_coordination([[level] * n], form)
    assert r.c[0] == pytest.approx(1)
    assert r.d[0] == pytest.approx(np.sqrt(level))


@given(tables((1, 5), (2, 6), UNIT), FORM, st.randoms(use_true_random=False))
def test_the_order_of_subsystems_does_not_matter(scores: np.ndarray, form: Form, random: object) -> None:
    order = list(range(scores.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = co.coupling_degree(scores, form), co.coupling_degree(scores[:, order], form)
    assert other == pytest.approx(one, abs=1e-12)


@given(tables((1, 5), (2, 5), UNIT), st.floats(0.1, 1.0))
def test_the_standard_form_is_free_of_scale(scores: np.ndarray, factor: float) -> None:
    assert co.coupling_degree(scores * factor) == pytest.approx(co.coupling_degree(scores), rel=1e-9)


@given(tables((1, 5), (2, 6), st.floats(0.0, 1.0)), st.data())
def test_obstacles_sum_to_a_hundred(scores: np.ndarray, data: st.DataObject) -> None:
    weights = data.draw(arrays(np.float64, scores.shape[1], elements=UNIT))
    sums = co.obstacle_degrees(scores, weights.tolist()).sum(axis=1).to_numpy()
    full = (scores == 1).all(axis=1)
    assert sums == pytest.approx(np.where(full, 0.0, 100.0))


@given(arrays(np.float64, (2, 3), elements=UNIT), FORM)
def test_metacoupling_of_two_is_mutual(scores: np.ndarray, form: Form) -> None:
    w = co.weights_from_pairs([*"ab"], [*"ba"], units=[*"ab"])
    m = co.metacoupling(scores, w, form=form)
    assert m.peri_c[0] == pytest.approx(m.peri_c[1])
    assert m.peri_d[0] == pytest.approx(m.peri_d[1])


@given(tables((1, 1), (2, 4), UNIT), st.integers(3, 7), FORM)
def test_zones_that_are_all_alike_couple_with_others_as_within(row: np.ndarray, n: int, form: Form) -> None:
    m = co.metacoupling(np.repeat(row, n, axis=0), ring(n), form=form)
    assert m.peri_c == pytest.approx(m.intra.c, abs=1e-12)
    assert m.peri_d == pytest.approx(m.intra.d, abs=1e-12)


@given(arrays(np.float64, 7, elements=AMOUNT, unique=True), st.floats(0.5, 5.0), st.floats(-50.0, 50.0))
def test_moran_and_geary_do_not_see_units_of_measure(y: np.ndarray, factor: float, shift: float) -> None:
    if np.ptp(y) < 1e-3:
        return
    w = ring(7)
    moved = y * factor + shift
    a, b = co.moran(y, w, permutations=0), co.moran(moved, w, permutations=0)
    assert b.i == pytest.approx(a.i, abs=1e-6)
    assert b.z_random == pytest.approx(a.z_random, abs=1e-5)
    assert co.geary(moved, w) == pytest.approx(co.geary(y, w), abs=1e-6)
    local = co.local_moran(y, w, permutations=9)
    assert local.i.sum() == pytest.approx(6 * a.i, abs=1e-9)  # n − 1 times the global I


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0.001, 1.0)))
def test_false_discovery_keeps_the_order_and_never_lowers_p(p: np.ndarray) -> None:
    q = co.false_discovery(p)
    assert (q >= p - 1e-15).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-15).all()


@given(arrays(np.float64, (5, 5), elements=st.floats(1.0, 500.0)), st.floats(0.5, 3.0))
def test_rows_of_time_weights_sum_to_one(minutes: np.ndarray, power: float) -> None:
    assert co.time_weights(minutes, power=power).row_sums() == pytest.approx(np.ones(5))


@given(tables((2, 6), (2, 6), AMOUNT))
def test_quotients_weigh_back_to_one(output: np.ndarray) -> None:
    table = pd.DataFrame(output, index=[f"p{i}" for i in range(len(output))])
    quotients = co.location_quotients(table).to_numpy()
    place = output.sum(axis=1) / output.sum()
    assert place @ quotients == pytest.approx(np.ones(output.shape[1]))
    k = co.krugman(table).to_numpy()
    assert ((k >= 0) & (k <= 2 + 1e-12)).all()
    assert k == pytest.approx(k.T)
    alike = co.structural_similarity(table).to_numpy()
    assert np.diag(alike) == pytest.approx(np.ones(len(output)))


@given(
    arrays(np.float64, (3, 3), elements=st.floats(0.0, 10.0)),
    arrays(np.float64, 3, elements=st.floats(1.0, 99.0)),
)
def test_output_meets_its_own_demand(z: np.ndarray, y: np.ndarray) -> None:
    io = co.input_output(z, y)
    assert io.output_for(y) == pytest.approx(io.output)
    assert io.backward().mean() == pytest.approx(1)
    assert io.forward().mean() == pytest.approx(1)
    # value added found from the columns of the table is what final demand causes
    added = io.output - z.sum(axis=0)
    if (added > 0).all():
        f = co.footprint(io, added[None], regions=[*"abc"], final_regions=["a"])
        assert f.consumed.sum() == pytest.approx(y.sum())
        assert f.produced.sum() == pytest.approx(y.sum())
        assert f.exported.sum() == pytest.approx(f.imported.sum())


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float64, 12, elements=st.floats(0.0, 50.0)),
    arrays(np.float64, 12, elements=st.floats(5.0, 90.0)),
)
def test_flows_of_each_origin_are_met(flow: np.ndarray, minutes: np.ndarray) -> None:
    ends = [(a, b) for a in "abcd" for b in "abcd" if a != b]
    origins = [a for a, _ in ends]
    flow = np.round(flow) + np.array([1.0, 0, 2] * 4)
    rising = np.sort(minutes) + np.arange(12)  # zeros lie between others: no column parts them
    m = co.gravity_model(flow, rising, origins=origins, destinations=[b for _, b in ends], effects="origin")
    for a in "abcd":
        mine = np.array(origins) == a
        assert m.expected[mine].sum() == pytest.approx(flow[mine].sum(), rel=1e-7)


@given(st.data(), st.integers(3, 10))
def test_services_add_up(data: st.DataObject, n: int) -> None:
    amounts = data.draw(arrays(np.float64, n, elements=st.floats(0.0, 100.0)))
    people = data.draw(arrays(np.float64, n, elements=AMOUNT))
    clusters = data.draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))
    if amounts.sum() < 1e-6:
        return
    r = co.service_inequality(amounts, people, clusters)
    assert r.between + r.within == pytest.approx(r.total, abs=1e-9)
    assert r.clusters["between"].sum() == pytest.approx(r.between, abs=1e-9)
    assert r.total == pytest.approx(theil(amounts, people, clusters).total)


@given(st.data(), st.integers(3, 10))
def test_dagum_adds_up_to_gini(data: st.DataObject, n: int) -> None:
    y = data.draw(arrays(np.float64, n, elements=AMOUNT))
    w = data.draw(arrays(np.float64, n, elements=AMOUNT))
    d = co.dagum_gini(y, data.draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n)), weights=w)
    assert d.total == pytest.approx(gini(y, w), abs=1e-9)
    assert d.within + d.between + d.overlap == pytest.approx(d.total, abs=1e-12)
    assert min(d.within, d.between) >= 0
    assert d.overlap >= -1e-9


@given(arrays(np.float64, 6, elements=AMOUNT, unique=True), st.floats(0.001, 0.08), st.floats(0.5, 3.0))
def test_a_known_speed_is_found(start: np.ndarray, speed: float, level: float) -> None:
    """Each place closes the gap to one level at a constant rate: beta finds it and the spread falls."""
    if np.ptp(np.log(start)) < 0.1:
        return
    years = 20
    end = np.exp(level + (np.log(start) - level) * np.exp(-speed * years))
    b = co.beta_convergence(start, end, years=years)
    assert b.speed == pytest.approx(speed, rel=1e-6)
    assert b.half_life == pytest.approx(np.log(2) / speed, rel=1e-6)
    assert co.sigma_convergence(np.column_stack([start, end]), [2000, 2020]).trend < 0
