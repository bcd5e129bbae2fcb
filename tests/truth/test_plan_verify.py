"""What a plan went by is held against a full recomputation, even where memory has let go of it."""

from __future__ import annotations

from show_fixture import CANDIDATES, planned
from yipan.network.times import forget_times
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.rules import Rules
from yipan.plan.verify import verify
from yipan.region import example
from yipan.scenario.values import Start


def test_times_are_compared_though_they_were_forgotten() -> None:
    rules = Rules(CANDIDATES, planned().objective)
    evaluator = RegionEvaluator(example("tiny"), rules)
    starts = [Start(rules.projects[i], 2026) for i in ("line", "road")]
    evaluator.results(frozenset({"line", "road"}))
    forget_times()
    found = verify(evaluator, starts)
    assert found["times_matrices"] > 0
    assert found["times_pairs"] > 0
    assert found["times_largest"] == 0
    assert found["values_difference"] == 0
