"""A search on a local Dask cluster gives the plan, the bound and the count of one without."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from show_fixture import CANDIDATES, planned
from yipan.plan import default_objective
from yipan.plan.cluster import assignment_of, batch_on, measure_sets, share_out
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Game
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.region import example

TINY = example("tiny")


def test_a_region_travels_whole() -> None:
    there = pickle.loads(pickle.dumps(TINY))  # noqa: S301  (our own bytes)
    assert there.id == TINY.id
    assert there.cells.equals(TINY.cells)
    assert not there.tables["cells"].array("population").flags.writeable


def test_shares_hold_every_set_once() -> None:
    sets = [frozenset(f"{k:03b}") | {str(k)} for k in range(23)]
    for tasks in (1, 4, 7, 50):
        shares = share_out(sets, tasks)
        assert sorted(k for s in shares for k in s) == list(range(23))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_the_plan_on_a_cluster_is_the_plan() -> None:
    distributed = pytest.importorskip("distributed")
    region = invented_region(TINY, 3)
    candidates = invented_candidates(region, 3, count=7)
    objective = default_objective(region, sum(p.cost for p in candidates) * 0.45, yearly=1e3)
    rules = Rules(candidates, objective)
    limits = Limits(exact_sets=0)
    alone = Game(rules, RegionEvaluator(region, rules))
    here = solve(alone, limits)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        asked: list[int] = []
        batch = batch_on(client, assignment_of(region, rules))

        def counted(sets):  # type: ignore[no-untyped-def]
            asked.append(len(sets))
            return batch(sets)

        spread = Game(rules, RegionEvaluator(region, rules), batch=counted)
        there = solve(spread, limits)
    assert asked  # the cluster did measure
    assert there.chosen == here.chosen
    assert there.value == here.value
    assert there.trace == here.trace
    assert spread.evaluations == alone.evaluations
    for s, e in alone.seen.items():
        other = spread.seen[s]
        assert e is not None
        assert other is not None
        assert e.value == other.value
        assert np.array_equal(e.parts, other.parts)  # type: ignore[arg-type]


def test_a_worker_keeps_one_problem_at_a_time() -> None:
    plan = planned()
    rules = Rules(CANDIDATES, plan.objective)
    problem = assignment_of(TINY, rules)
    chosen = frozenset({"road"})
    first = measure_sets(problem, [chosen])[0]
    other = assignment_of(invented_region(TINY, 1), rules)
    assert other.id != problem.id
    second = measure_sets(other, [chosen])[0]
    assert first is not None
    assert second is not None
    assert first.value != second.value
