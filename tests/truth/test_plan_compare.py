"""Plans side by side: every figure is one of the plans' own, and what cannot be compared is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from show_fixture import CANDIDATES, planned
from yipan.errors import PlanError
from yipan.plan import search
from yipan.plan.compare import compare_plans
from yipan.region import example


def test_two_budgets_side_by_side() -> None:
    rich = planned()
    o = replace(rich.objective, budget=3.0)
    poor = search(example("tiny"), CANDIDATES, o)
    found = compare_plans([rich, poor], ["rich", "poor"])
    assert list(found.measures.columns) == ["today", "rich", "poor"]
    for name, plan in (("rich", rich), ("poor", poor)):
        assert found.measures.loc["capital", name] == pytest.approx(
            sum(sum(s.project.capital) for s in plan.scenario.starts)
        )
        assert found.measures.loc["objective", name] == pytest.approx(plan.comparison.plan)
        assert found.measures.loc["projects", name] == len(plan.scenario.starts)
        rise = plan.after["index"] - plan.before["index"]
        assert found.zones[name].to_numpy() == pytest.approx(rise.to_numpy())
    assert found.measures.loc["objective", "today"] == pytest.approx(rich.comparison.base)
    assert found.measures.loc["capital", "today"] == 0
    ids = {name: {s.project.id for s in p.scenario.starts} for name, p in (("rich", rich), ("poor", poor))}
    assert set(found.shared()) == ids["rich"] & ids["poor"]
    for i in found.projects.index:
        for name, mine in ids.items():
            assert np.isfinite(found.projects.loc[i, name]) == (i in mine)
    assert found.problems == ()


def test_what_cannot_be_compared_is_refused_or_said() -> None:
    plan = planned()
    with pytest.raises(PlanError, match="1 plan"):
        compare_plans([plan], ["a"])
    with pytest.raises(PlanError, match="used twice") as caught:
        compare_plans([plan, replace(plan, region_id="other")], ["a", "a"])
    assert len(caught.value.problems) == 2
    weights = dict.fromkeys(plan.objective.weights, 0.0) | {"economy": 1.0}
    other = replace(plan, objective=replace(plan.objective, weights=weights, price_year=1990))
    told = compare_plans([plan, other], ["a", "b"]).problems
    assert [p.severity for p in told] == ["warning", "warning"]
