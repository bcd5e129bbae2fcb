"""The search against the enumerated optimum, against adding stand-alone scores, and against its own bounds.

    python benchmarks/plan_search.py [--json] [--problems 240] [--regions 200] [--chongqing]

Invented set functions of six families (ceilings and synergies mixed, additive, coverage, coverage with a
price, supermodular, pairs that help and harm) and random variations of the tiny region with six invented
projects each: every affordable set is measured, so the optimum is known. Printed: what share of the optimum's
rise the search without enumeration reaches on average and at least, what the ranking by stand-alone gains
reaches (the peers' way, measured again after choosing), and how many bounds were below the optimum: claimed
without condition (branch and bound on a declared structure), and conditional ones. With --chongqing also the
search on the example, with seconds by step and its bound.

With ``--json`` one object a line: name, value, unit, bar, ratio, ok.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np

from yipan.measure import measure
from yipan.plan import Limits, default_objective, propose, search
from yipan.plan.bound import upper_bound
from yipan.plan.branch import Branched, branch_and_bound
from yipan.plan.core import enumerate_all
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Game
from yipan.plan.invented import FAMILIES, Invented, invented_of, invented_problem
from yipan.plan.invented_candidates import invented_candidates, invented_region
from yipan.plan.rules import Rules
from yipan.plan.solve import solve
from yipan.region import example, example_folder
from yipan.scenario import read_projects

HEURISTIC = Limits(exact_sets=0, subset_sets=0, branch_nodes=0)
WHOLE = 5000
"""Nodes that branch and bound needs at most on these problems."""
SHORT = 12
"""Nodes after which it is stopped, to see whether the bound it then claims is true."""


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None = None
    ratio: float | None = None
    ok: bool = True


@dataclass(frozen=True)
class Case:
    """One problem: shares of the optimum's rise, bounds claimed and how many were below the optimum."""

    plan: float
    additive: float
    bounds: int
    false: int
    conditional: int
    conditional_false: int


def case(game: Game, fresh: Game, branched: Iterable[Branched]) -> Case | None:
    """Compare a search on a fresh game with the enumerated optimum; None where nothing rises."""
    exact = enumerate_all(game, list(game.rules.ids))
    base = game.base.value
    if exact is None or exact.value <= base + 1e-9:
        return None
    solution = solve(fresh, HEURISTIC)
    upper = upper_bound(fresh, ceilings=None, evaluations=8)
    firm = [b.upper for b in branched if b.upper is not None and not b.conditional]
    loose = [b.upper for b in branched if b.upper is not None and b.conditional]
    loose += [] if upper.value is None else [upper.value]
    span = exact.value - base
    return Case(
        plan=(solution.value - base) / span,
        additive=(fresh.value(solution.additive.chosen) - base) / span,
        bounds=len(firm),
        false=sum(u < exact.value - 1e-8 for u in firm),
        conditional=len(loose),
        conditional_false=sum(u < exact.value - 1e-8 for u in loose),
    )


def invented_functions(count: int) -> Iterator[tuple[str, list[Case]]]:
    """Yield the cases of each family, `count` in all."""
    families = ("mixed", *sorted(FAMILIES))
    for family in families:
        found = []
        for seed in range(-(-count // len(families))):
            problem = function(family, seed)
            runs = [branch_and_bound(problem.game(), nodes=n) for n in (SHORT, WHOLE)]
            found.append(case(problem.game(), problem.game(), runs))
        yield f"functions, {family}", [c for c in found if c is not None]


def function(family: str, seed: int) -> Invented:
    return invented_problem(seed) if family == "mixed" else invented_of(family, seed)


def small_regions(count: int) -> list[Case]:
    """Return the cases of random variations of the tiny region with six invented projects each."""
    out = []
    for seed in range(count):
        region = invented_region(example("tiny"), seed)
        candidates = invented_candidates(region, seed, count=6)
        o = default_objective(region, sum(p.cost for p in candidates) * 0.4, yearly=1e3)
        rules = Rules(candidates, o)
        evaluator = RegionEvaluator(region, rules)
        game = Game(rules, evaluator)
        found = case(game, Game(rules, evaluator), [branch_and_bound(Game(rules, evaluator), nodes=SHORT)])
        if found is not None:
            out.append(found)
    return out


def rows_of(name: str, cases: list[Case], *, bar: float | None) -> Iterator[Row]:
    """Yield shares and false bounds of one group of problems."""
    plan, added = np.array([(c.plan, c.additive) for c in cases]).T
    mean, least = float(plan.mean()), float(plan.min())
    other = float(added.mean())
    yield Row(f"{name}: problems", len(cases), "")
    yield Row(f"{name}: search, mean share", mean, "", bar, mean / other, bar is None or mean >= bar)
    yield Row(f"{name}: search, least share", least, "")
    yield Row(f"{name}: search optimal", float((plan > 1 - 1e-9).mean()), "")
    yield Row(f"{name}: additive ranking, mean share", other, "")
    yield Row(f"{name}: additive ranking, least share", float(added.min()), "")
    false, bounds = sum(c.false for c in cases), sum(c.bounds for c in cases)
    if bounds:
        yield Row(f"{name}: false bounds of {bounds}", false, "", 0, None, false == 0)
    false, bounds = sum(c.conditional_false for c in cases), sum(c.conditional for c in cases)
    yield Row(f"{name}: false conditional bounds of {bounds}", false, "")


def chongqing() -> Iterator[Row]:
    """Search on the example; say where the time went and how far the bound is."""
    region = example("chongqing")
    listed = read_projects(example_folder("chongqing") / "projects")
    candidates = propose(region, measure(region), listed=listed)
    begin = time.perf_counter()
    plan = search(region, candidates, default_objective(region, 1000.0))
    seconds = time.perf_counter() - begin
    c = plan.comparison
    name = "chongqing, budget 1000"
    yield Row(f"{name}: candidates", len(candidates), "")
    yield Row(f"{name}: chosen", len(plan.scenario.starts), "")
    yield Row(f"{name}: evaluations", plan.evaluations, "")
    yield Row(f"{name}: search", seconds, "s")
    for step, spent in plan.seconds.items():
        yield Row(f"{name}: {step}", spent, "s")
    yield Row(
        f"{name}: rise of the plan",
        c.plan - c.base,
        "points",
        None,
        (c.plan - c.base) / (c.additive - c.base),
    )
    yield Row(f"{name}: rise of the additive choice", c.additive - c.base, "points")
    yield Row(f"{name}: what adding scores promises", c.additive_promised - c.base, "points")
    if plan.bound.upper is not None:
        yield Row(f"{name}: upper bound on the rise (conditional)", plan.bound.upper - c.base, "points")
    if plan.bound.gap is not None:
        yield Row(f"{name}: gap to the bound", plan.bound.gap, "")


def rows(*, problems: int, regions: int, with_chongqing: bool) -> Iterator[Row]:
    groups: list[Case] = []
    for name, cases in invented_functions(problems):
        groups += cases
        yield from rows_of(name, cases, bar=None)
    yield from rows_of("functions, all", groups, bar=0.99)
    if regions:
        yield from rows_of("small regions", small_regions(regions), bar=0.99)
    if with_chongqing:
        yield from chongqing()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--problems", type=int, default=240)
    parser.add_argument("--regions", type=int, default=200)
    parser.add_argument("--chongqing", action="store_true")
    args = parser.parse_args()
    for row in rows(problems=args.problems, regions=args.regions, with_chongqing=args.chongqing):
        if args.json:
            print(json.dumps(asdict(row)))
            continue
        bar = "" if row.bar is None else f"bar {row.bar:g} {'ok' if row.ok else 'MISSED'}"
        ratio = "" if row.ratio is None else f"× {row.ratio:.3g}"
        print(f"{row.name:58} {row.value:12.4g} {row.unit:7} {ratio:10} {bar}")


if __name__ == "__main__":
    main()
