"""A budgeted search over 60 mixed projects and five years on a region of 12,000 cells.

    python benchmarks/plan_large.py [--cells 12000] [--candidates 60] [--json]

The region is synthetic (`_large_region.py`): cells every 2 km, roads, metro lines, facilities. The projects
are new lines, new and faster roads, facilities, capacities, jobs and housing, protected areas. Timed is
`yipan.plan.search` as users call it, once the region itself is measured (that time is a row of its own: a
region is measured whether anything is planned or not): every candidate tried, greedy, exchange, reasons,
bound, path by year, and the plan measured again from scratch with all travel times. A search of a smaller
region first compiles the kernels.

A region measured afresh is one full recomputation; times the sets the search measured, that is the engine's
own way without what-ifs (`plan_lines.py` has the peers').
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from _large_region import large_region, mixed_projects

from yipan import options
from yipan.measure import forget as forget_measures
from yipan.measure import measure
from yipan.network.points import forget as forget_times
from yipan.plan import Plan, default_objective, search

MEMORY_MB = 6000
"""Kept for travel times: the four matrices of 12,000 cells are 2.3 GB, those of the final check as much."""


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


def searched(cells: int, candidates: int, share: float = 0.3) -> tuple[float, float, Plan]:
    """Return seconds to measure a region afresh, seconds to search it, and the plan."""
    region = large_region(cells)
    projects = mixed_projects(region, candidates)
    budget = share * sum(p.cost for p in projects)
    objective = default_objective(region, budget, start=2026, end=2030)
    forget_times()
    forget_measures()
    with options.using({"network.cache_mb": MEMORY_MB}):
        start = time.perf_counter()
        measure(region)
        measured = time.perf_counter() - start
        start = time.perf_counter()
        plan = search(region, projects, objective)
        return measured, time.perf_counter() - start, plan


def rows(cells: int, candidates: int) -> Iterable[Row]:
    searched(3000, candidates)  # compiles
    measured, spent, plan = searched(cells, candidates)
    yield Row(f"measuring {cells} cells afresh", measured, "s", None, None, ok=True)
    full = measured * plan.evaluations
    ok = spent <= 60
    yield Row(f"search over {candidates} projects, five years", spent, "s", 60, full / spent, ok)
    yield Row("  sets of projects measured", plan.evaluations, "", None, None, ok=True)
    yield Row("  a set", 1000 * spent / plan.evaluations, "ms", None, None, ok=True)
    for step, seconds in plan.seconds.items():
        yield Row(f"  {step}", seconds, "s", None, None, ok=True)
    gained = plan.comparison.plan - plan.comparison.base
    yield Row("  projects chosen", len(plan.scenario.starts), "", None, None, ok=True)
    yield Row("  objective gained", gained, "pt", None, None, gained > 0)
    apart = plan.verification["times_largest"]
    yield Row("  times wrong by at most, measured from scratch", apart, "s", 0, None, apart == 0)
    yield Row("full recomputation of every set, extrapolated", full, "s", None, None, ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=12_000)
    parser.add_argument("--candidates", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    ok = True
    for row in rows(given.cells, given.candidates):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
            ratio = "" if row.ratio is None else f"{row.ratio:.0f} × faster than full"
            verdict = "ok" if row.ok else "NOT OK"
            print(f"{row.name:<52}{row.value:>12.3f} {row.unit:<4}{bar:<12}{ratio:<26}{verdict}", flush=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
