"""Coordination worked out by hand, and on the tiny region."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from shapely.geometry import MultiPolygon, box

from yipan.measure import coordination as co
from yipan.network import UNREACHED, TravelTimes, travel_times
from yipan.network.decay import Step
from yipan.region import Region, example


@pytest.fixture(scope="module")
def tiny() -> Region:
    return example("tiny")


@pytest.fixture(scope="module")
def times(tiny: Region) -> TravelTimes:
    return travel_times(tiny, "drive")


def test_three_subsystems_by_hand() -> None:
    r = co.coupling_coordination([[0.2, 0.4, 0.9]], weights=[0.5, 0.3, 0.2], subsystems=["p", "l", "e"])
    assert r.c[0] == pytest.approx(3 * (0.2 * 0.4 * 0.9) ** (1 / 3) / 1.5)
    assert r.t[0] == pytest.approx(0.4)
    assert r.d[0] == pytest.approx(math.sqrt(r.c[0] * 0.4))
    assert r.table().loc["1", "laggard"] == "p"


def test_ties_lag_together() -> None:
    assert co.coupling_coordination([[0.2, 0.2, 0.9]]).laggards == (("1", "2"),)


def test_classes_have_their_lower_edge() -> None:
    edges = [k / 10 for k in range(10)]
    assert co.classes_of(edges).tolist() == list(range(1, 11))
    assert [c.zh for c in co.CLASSES][4:6] == ["濒临失调", "勉强协调"]


def test_obstacles_by_hand_and_nothing_in_the_way() -> None:
    o = co.obstacle_degrees([[0.5, 0.9], [1.0, 1.0], [0.5, float("nan")]], [0.2, 0.8])
    assert o.iloc[0].tolist() == pytest.approx([100 * 0.1 / 0.18, 100 * 0.08 / 0.18])
    assert o.iloc[1].tolist() == [0.0, 0.0]
    assert o.iloc[2].isna().all()


def test_mixtures_of_three_subsystems_by_hand() -> None:
    a, b = [0.2, 0.5, 0.8], [0.6, 0.4, 0.1]
    mixed = [[(a, b)[m >> k & 1][k] for k in range(3)] for m in range(1, 7)]
    one = [3 * math.prod(u) ** (1 / 3) / sum(u) for u in mixed]
    w = co.weights_from_pairs([*"ab"], [*"ba"], units=[*"ab"])
    m = co.metacoupling([a, b], w, tele=w)
    assert m.peri_c.tolist() == pytest.approx([sum(one) / 6] * 2)
    assert m.peri_d[0] == pytest.approx(math.sqrt(sum(one) / 6 * (0.5 + 1.1 / 3) / 2))
    assert m.tele_c.tolist() == m.peri_c.tolist()


def test_peri_and_tele_over_the_region(tiny: Region, times: TravelTimes) -> None:
    near = co.zone_contiguity(tiny, rule="rook")
    assert near.matrix.toarray().tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    minutes = co.zone_times(tiny, times).minutes
    far = co.time_weights(minutes, tiny.zone_ids)
    assert far.row_sums() == pytest.approx([1, 1, 1])
    assert far.matrix.toarray()[0, 1] == pytest.approx(minutes[0, 2] / (minutes[0, 1] + minutes[0, 2]))
    assert co.time_weights(minutes, tiny.zone_ids, apart_from=near).islands.all()  # all touch: none is far
    far_only = co.time_weights(minutes, tiny.zone_ids, apart_from=near)
    m = co.metacoupling([[0.2, 0.4], [0.4, 0.8], [0.3, 0.3]], near, tele=far_only)
    assert np.isnan(m.tele_c).all()
    assert np.isfinite(m.peri_c).all()
    assert "no other unit counts by travel time" in m.problems[-1].what.en


def test_touching_at_a_corner_and_across_a_sliver() -> None:
    a, b, c = box(0, 0, 1, 1), box(1, 1, 2, 2), box(2.0005, 1, 3, 2)
    assert co.contiguity([a, b, c]).matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert co.contiguity([a, b, c], rule="rook").islands.all()
    near = co.contiguity([a, b, c], rule="rook", tolerance=0.001)
    assert near.matrix.toarray().tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    exclave = MultiPolygon([box(5, 5, 6, 6), box(3, 1, 4, 2)])
    assert co.contiguity([c, exclave], rule="rook").row_sums().tolist() == [1, 1]


def test_zone_times_by_plain_loops(tiny: Region, times: TravelTimes) -> None:
    people = tiny.cells["population"].to_numpy()
    zone = tiny.cells["zone"].to_numpy()
    z = co.zone_times(tiny, times, limit=40)
    for i, a in enumerate(z.zones):
        for j, b in enumerate(z.zones):
            pairs = [(c, d) for c in range(6) for d in range(6) if zone[c] == a and zone[d] == b]
            heads = sum(people[c] * people[d] for c, d in pairs)
            mean = sum(people[c] * people[d] * times.seconds[c, d] / 60 for c, d in pairs) / heads
            near = sum(people[c] * people[d] for c, d in pairs if times.seconds[c, d] <= 2400) / heads
            assert z.minutes[i, j] == pytest.approx(mean)
            assert z.within[i, j] == pytest.approx(near)
    assert not z.problems


def test_no_way_and_no_people(tiny: Region, times: TravelTimes) -> None:
    seconds = times.seconds.copy()
    seconds[0, 2:4] = UNREACHED  # from A1 to B there is no way
    cut = TravelTimes(times.origins, times.destinations, seconds, "drive", 50, times.window, times.method)
    z = co.zone_times(tiny, cut)
    assert z.reached[0, 1] == pytest.approx(1 / 3)  # A2 has a third of the people of A
    told = " ".join(p.what.en for p in z.problems)
    assert "some residents have no way, means leave them out: A" in told
    nobody = tiny.cells.assign(population=[200_000.0, 100_000.0, 0.0, 0.0, 30_000.0, 10_000.0])
    z = co.zone_times(tiny.replace(cells=nobody), times)
    assert z.minutes[1, 0] == pytest.approx((2 * seconds[2:4, 0].mean() + seconds[2:4, 1].mean()) / 180)
    assert "no residents, cells count alike: B" in " ".join(p.what.en for p in z.problems)


def test_hour_circles_of_the_region(tiny: Region, times: TravelTimes) -> None:
    minutes = times.minutes()
    limit = float(minutes[4, 0])  # from C1, where most of the hills live, to the centre of the valley
    circles = co.hour_circles(tiny, times, limit=limit)
    assert circles.centres == {"valley": "A1", "hills": "C1"}
    row = circles.table.loc[("hills", "valley")]
    reach = (30_000 * (minutes[4, 0] <= limit) + 10_000 * (minutes[5, 0] <= limit)) / 40_000
    assert row["to_centre"] == pytest.approx(100 * reach)
    people = tiny.cells["population"].to_numpy()
    mean = people[4:] @ minutes[4:, :4] @ people[:4] / (people[4:].sum() * people[:4].sum())
    assert row["minutes"] == pytest.approx(mean)
    assert bool(row["linked"]) is bool(mean <= limit)


def test_market_potential_by_a_decay_and_without_a_way() -> None:
    minutes = [[5.0, 40.0, np.inf], [40.0, 5.0, 20.0], [np.inf, 20.0, 5.0]]
    assert co.market_potential([1, 10, 100], minutes, decay=Step(30)).tolist() == [1, 110, 110]
    assert co.market_potential([1, 10, 100], minutes).iloc[0] == pytest.approx(0.2 + 0.25)


def test_poisson_against_a_plain_minimiser() -> None:
    rng = np.random.default_rng(3)
    minutes, size = rng.uniform(5, 90, 60), rng.uniform(1, 50, 60)
    flow = rng.poisson(np.exp(0.5 + 0.8 * np.log(size) - 0.7 * np.log(minutes) + 1.5)).astype(float)
    assert (flow == 0).any()
    x = np.column_stack([np.ones(60), np.log(size), np.log(minutes)])
    best = optimize.minimize(
        lambda b: np.exp(x @ b).sum() - flow @ (x @ b), np.zeros(3), method="Nelder-Mead", tol=1e-12,
        options={"maxiter": 20_000, "maxfev": 20_000},
    )  # fmt: skip
    m = co.gravity_model(
        flow,
        minutes,
        origins=[str(i) for i in range(60)],
        destinations=["x"] * 60,
        origin_sizes={"size": size},
    )
    assert m.fit.coefficients.tolist() == pytest.approx(best.x.tolist(), abs=1e-5)
    assert m.fit.table().loc["time", "coefficient"] < 0


def test_conditional_permutations_against_all_arrangements() -> None:
    """Five units: each local p must be near the share of all 24 arrangements of the other four values."""
    w = co.weights_from_pairs([*"abbccdde"], [*"bacbdced"], units=[*"abcde"])
    y = np.array([1.0, 2.0, 4.0, 7.0, 11.0])
    ours = co.local_moran(y, w, permutations=4999, seed=1)
    z = y - y.mean()
    neighbours = [[1], [0, 2], [1, 3], [2, 4], [3]]
    for i, mine in enumerate(neighbours):
        others = [j for j in range(5) if j != i]
        pairs = [
            np.mean(chosen)
            for chosen in (
                [(z[a],) for a in others]
                if len(mine) == 1
                else [(z[a], z[b]) for a in others for b in others if a != b]
            )
        ]
        all_ = np.array(pairs) * z[i]
        here = np.mean(z[mine]) * z[i]
        tails = (all_ >= here - 1e-9).mean(), (all_ <= here + 1e-9).mean()
        assert ours.p[i] == pytest.approx(min(1, 2 * min(tails)), abs=0.03)
    assert ours.i.mean() * 5 / 4 == pytest.approx(co.moran(y, w, permutations=0).i)
    assert ours.q.tolist() == co.false_discovery(ours.p).tolist()
    assert co.local_moran(y, w, permutations=99, seed=1).p.tolist() == (
        co.local_moran(y, w, permutations=99, seed=1).p.tolist()
    )


def test_strong_clusters_are_found_and_named() -> None:
    side = 8
    ids = [f"{r},{c}" for r in range(side) for c in range(side)]
    pairs = [
        (f"{r},{c}", f"{r + a},{c + b}")
        for r in range(side)
        for c in range(side)
        for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))
        if 0 <= r + a < side and 0 <= c + b < side
    ]
    w = co.weights_from_pairs([a for a, _ in pairs], [b for _, b in pairs], units=ids)
    y = np.array([c + 0.01 * r for r in range(side) for c in range(side)])
    found = co.local_moran(y, w, permutations=1999).clusters(0.1)
    assert found[ids.index("3,7")] == "HH"
    assert found[ids.index("3,0")] == "LL"
    assert co.moran(y, w).p_permuted == pytest.approx(2 / 1000)


def test_ghosh_and_extraction_of_a_diagonal_table() -> None:
    io = co.input_output(np.diag([2.0, 4.0]), [[8.0, 0.0], [0.0, 4.0]])
    assert io.leontief.diagonal().tolist() == pytest.approx([1.25, 2.0])
    assert io.forward().tolist() == pytest.approx(io.backward().tolist())  # nothing crosses
    assert io.loss_without().tolist() == pytest.approx([10.0, 8.0])


def test_structures_that_have_nothing_in_common() -> None:
    apart = pd.DataFrame([[5.0, 0.0], [0.0, 2.0]], index=["A", "B"], columns=["x", "y"])
    assert co.krugman(apart).loc["A", "B"] == 2
    assert co.structural_similarity(apart).loc["A", "B"] == 0
    assert co.fitness(apart).tolist() == [1, 1]


def test_residuals_of_a_regression_are_what_it_leaves() -> None:
    start, end = np.array([1.0, 2.0, 4.0, 5.0]), np.array([3.0, 4.0, 5.0, 7.0])
    b = co.beta_convergence(start, end, years=5)
    assert b.residuals == pytest.approx(np.log(end / start) / 5 - b.alpha - b.b * np.log(start))
    assert b.residuals @ np.log(start) == pytest.approx(0, abs=1e-12)


def test_dagum_by_all_pairs_with_people() -> None:
    y, w = np.array([1.0, 4.0, 2.0, 6.0, 3.0]), np.array([2.0, 1.0, 3.0, 1.0, 1.0])
    g = np.array([*"aabbc"])
    d = co.dagum_gini(y, g.tolist(), weights=w)
    p, mean = w / w.sum(), float(w @ y / w.sum())
    whole = (p[:, None] * p * np.abs(y[:, None] - y)).sum() / (2 * mean)
    mu = np.array([np.average(y[g == k], weights=w[g == k]) for k in "abc"])
    share = np.array([p[g == k].sum() for k in "abc"])
    net = sum(share[j] * share[h] * abs(mu[j] - mu[h]) for j in range(3) for h in range(j)) / mean
    assert d.total == pytest.approx(whole)
    assert d.between == pytest.approx(net)
    assert d.overlap > 0
