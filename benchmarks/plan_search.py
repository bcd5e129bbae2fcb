"""The search against the enumerated optimum and against adding stand-alone scores.

    python benchmarks/plan_search.py [--json] [--cases 60] [--regions 12] [--chongqing]

Invented set functions and invented small regions, each enumerated; with --chongqing also the search on the
example, with seconds by step.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

import numpy as np

from yipan.measure import measure
from yipan.plan import Limits, default_objective, propose, search
from yipan.plan.core import enumerate_all
from yipan.plan.invented import invented_problem
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.plan.solve import solve
from yipan.region import example, example_folder
from yipan.scenario import read_projects

HEURISTIC = Limits(exact_sets=0, subset_sets=0)


def invented_functions(cases: int) -> list[tuple[float, float]]:
    """Return (plan, additive) as shares of the true optimum's rise."""
    out = []
    for seed in range(cases):
        problem = invented_problem(seed)
        game = problem.game()
        exact = enumerate_all(game, list(game.rules.ids))
        if exact is None or exact.value <= game.base.value:
            continue
        solution = solve(problem.game(), HEURISTIC)
        base, span = game.base.value, exact.value - game.base.value
        out.append(((solution.value - base) / span, (game.value(solution.additive.chosen) - base) / span))
    return out


def small_regions(count: int) -> list[tuple[float, float]]:
    """Return the same for random variations of the tiny region with six invented projects each."""
    out = []
    for seed in range(count):
        region = invented_region(example("tiny"), seed)
        candidates = invented_candidates(region, seed, count=6)
        o = default_objective(region, sum(p.cost for p in candidates) * 0.4, yearly=1e3)
        exact = search(region, candidates, o, limits=Limits(exact_sets=128, missed=0))
        found = search(region, candidates, o, limits=replace(HEURISTIC, bound_evaluations=0, missed=0))
        base, span = exact.comparison.base, exact.comparison.plan - exact.comparison.base
        if span > 1e-9:
            shares = (found.comparison.plan - base) / span, (found.comparison.additive - base) / span
            out.append(shares)
    return out


def chongqing() -> dict[str, object]:
    """Search on the example and say where the time went."""
    region = example("chongqing")
    listed = read_projects(example_folder("chongqing") / "projects")
    candidates = propose(region, measure(region), listed=listed)
    begin = time.perf_counter()
    plan = search(region, candidates, default_objective(region, 2000.0))
    seconds = time.perf_counter() - begin
    c = plan.comparison
    return {
        "candidates": len(candidates),
        "chosen": len(plan.scenario.starts),
        "evaluations": plan.evaluations,
        "seconds": round(seconds, 1),
        "ms_per_evaluation": round(1000 * seconds / plan.evaluations, 1),
        "by_step": {k: round(v, 1) for k, v in plan.seconds.items()},
        "rise_plan": round(c.plan - c.base, 4),
        "rise_additive": round(c.additive - c.base, 4),
        "rise_additive_promised": round(c.additive_promised - c.base, 4),
        "upper_bound_rise": None if plan.bound.upper is None else round(plan.bound.upper - c.base, 4),
    }


def summary(shares: list[tuple[float, float]]) -> dict[str, float]:
    """Return mean and least share of the optimum, plan and additive, and how often the plan is optimal."""
    plan, added = np.array(shares).T
    return {
        "cases": len(shares),
        "plan_mean": round(float(plan.mean()), 4),
        "plan_least": round(float(plan.min()), 4),
        "plan_optimal": round(float((plan > 1 - 1e-9).mean()), 3),
        "additive_mean": round(float(added.mean()), 4),
        "additive_least": round(float(added.min()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--regions", type=int, default=12)
    parser.add_argument("--chongqing", action="store_true")
    args = parser.parse_args()
    result: dict[str, object] = {
        "invented_functions": summary(invented_functions(args.cases)),
        "small_regions": summary(small_regions(args.regions)),
    }
    if args.chongqing:
        result["chongqing"] = chongqing()
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for name, figures in result.items():
        print(name)
        for k, v in dict(figures).items():  # type: ignore[call-overload]
            print(f"  {k:24} {v}")


if __name__ == "__main__":
    main()
