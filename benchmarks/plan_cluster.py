"""A search on a local Dask cluster: the same plan, and the wall time a cost model predicts, at two sizes.

    python benchmarks/plan_cluster.py [--cells 1000 3000] [--candidates 12] [--workers 1 2] [--json]

The model, with what is measured first at each size, on one worker:

    T(w) = a + s0 + sum over batches (ceil(n / w) c + k o)

a   seconds of the search outside of batches (sets that follow a result, bound, path, verification), and
    until workers have loaded the program
s0  a worker's travel times and measures of the region as it is
n   sets of a batch; k = min(n, 4 w) tasks it is sent as
c   seconds a set, mean over all batches
o   seconds a task: sent, run on what is measured already, and returned

The prediction is then compared with whole searches on w worker processes of one thread each; for one worker
that only says how far two runs differ. Everything is
on one machine: where workers and the search share its cores, or others use them, wall time is noisy. The
same is therefore said in processor time: that of the search, and of the longest worker of each batch; it is
what the wall shows where every process has a core of its own. All processes use one thread.
Memory is that of a worker's process after the search, beside what `yipan.plan.workers` says beforehand.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from _large_region import large_region, mixed_projects

from yipan import options
from yipan.measure import forget as forget_measures
from yipan.network.points import forget as forget_times
from yipan.plan import Objective, Plan, default_objective, plan_to_dict, search
from yipan.plan.cluster import assignment_of, measure_sets
from yipan.plan.rules import Rules
from yipan.plan.workers import WorkerMemory
from yipan.region import Region
from yipan.scenario import Project

_SHARES = 4
_REPEATS = 60


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
    region: Region
    projects: tuple[Project, ...]
    objective: Objective

    def search(self, client: Any) -> Plan:
        forget_times()
        forget_measures()
        with options.using({"network.threads": 1}):
            return search(self.region, self.projects, self.objective, cluster=client)


class Seconds(NamedTuple):
    """On the wall clock, and of processor time: what the wall shows on a machine that does nothing else."""

    wall: float = 0.0
    busy: float = 0.0

    def plus(self, other: Seconds) -> Seconds:
        return Seconds(self.wall + other.wall, self.busy + other.busy)

    def less(self, other: Seconds) -> Seconds:
        return Seconds(self.wall - other.wall, self.busy - other.busy)


ZERO = Seconds()


def now(*, thread: bool = False) -> Seconds:
    return Seconds(time.perf_counter(), time.thread_time() if thread else time.process_time())


def timed(fn: Callable[..., Any], assignment: object, sets: Sequence[Any]) -> tuple[Any, Seconds, int]:
    begin = now(thread=True)
    found = fn(assignment, sets)
    return found, now(thread=True).less(begin), os.getpid()


@dataclass
class Noting:
    """A client that notes sets and the seconds of each worker by batch."""

    client: Any
    sets: list[int] = field(default_factory=list)
    spent: list[dict[int, Seconds]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def nthreads(self) -> Any:
        self.sets.append(
            0
        )  # asked before a batch is shared out, and while one is waited for: then it stays 0
        self.spent.append({})
        return self.client.nthreads()

    def submit(self, fn: object, assignment: object, sets: Sequence[Any], **how: Any) -> Noted:
        self.sets[-1] += len(sets)
        return Noted(self.client.submit(timed, fn, assignment, sets, **how), self.spent[-1])

    def cancel(self, futures: Sequence[Noted]) -> None:
        self.client.cancel([f.future for f in futures])

    @property
    def batches(self) -> tuple[int, ...]:
        return tuple(n for n in self.sets if n)

    @property
    def longest(self) -> Seconds:
        """Of the worker that spent most in each batch, added up."""
        most = [Seconds(*map(max, zip(*b.values(), strict=True))) for b in self.spent if b]
        return Seconds(*map(sum, zip(*most, strict=True)))


@dataclass
class Noted:
    future: Any
    spent: dict[int, Seconds]

    def done(self) -> bool:
        return bool(self.future.done())

    def result(self, timeout: float | None = None) -> Any:
        found, seconds, pid = self.future.result(timeout=timeout)
        if timeout is None:  # asked without patience once it is there
            self.spent[pid] = self.spent.get(pid, ZERO).plus(seconds)
        return found


@dataclass(frozen=True)
class Model:
    """Seconds: outside of batches, a worker's start, a set, a task; and sets by batch."""

    apart: float
    start: float
    a_set: float
    a_task: float
    batches: tuple[int, ...]

    def seconds(self, workers: int) -> float:
        spread = sum(
            ceil(n / workers) * self.a_set + min(n, _SHARES * workers) * self.a_task for n in self.batches
        )
        return self.apart + self.start + spread


def cluster(workers: int) -> Any:
    import distributed  # noqa: PLC0415

    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    )


def on_workers(workers: int, run: Callable[[Any], Any]) -> Any:
    import distributed  # noqa: PLC0415

    with cluster(workers) as started, distributed.Client(started) as client:
        client.wait_for_workers(workers)
        return run(client)


def started(case: Case, client: Any) -> tuple[Seconds, Seconds]:
    """Return the seconds of a worker for the region as it is, and those of all tasks that measure nothing."""
    assignment = assignment_of(case.region, Rules(case.projects, case.objective))
    there = client.scatter(assignment, broadcast=True, hash=False)
    first = client.submit(timed, measure_sets, there, [frozenset()], pure=False).result()[1]
    begin = now()
    client.gather([client.submit(measure_sets, there, [frozenset()], pure=False) for _ in range(_REPEATS)])
    return first, now().less(begin)


def fitted(case: Case) -> tuple[Model, Model]:
    """Return the model in seconds of the wall clock and of processor time, from one worker."""
    first, tasks = on_workers(1, partial(started, case))
    run = on_workers(1, partial(searched, case))
    a_task = Seconds(*(t / _REPEATS for t in tasks))
    apart = run.took.less(run.longest)
    return tuple(  # type: ignore[return-value]
        Model(
            apart[k] - sum(min(n, _SHARES) for n in run.batches) * a_task[k],
            first[k],
            (run.longest[k] - first[k]) / sum(run.batches),
            a_task[k],
            run.batches,
        )
        for k in (0, 1)
    )


def memory_mb() -> float:
    import psutil  # noqa: PLC0415

    return float(psutil.Process().memory_info().rss / 1e6)


def told(plan: Plan) -> dict[str, Any]:
    found = plan_to_dict(plan)
    for measured in ("seconds", "verification"):  # what it compares depends on what this process has at hand
        found.pop(measured)
    return found


def rows_of(cells: int, candidates: int, workers: Sequence[int]) -> Iterator[Row]:
    region = large_region(cells)
    projects = mixed_projects(region, candidates)
    case = Case(
        region, projects, default_objective(region, 0.3 * sum(p.cost for p in projects), start=2026, end=2030)
    )
    plan = case.search(None)  # also compiles
    wall, busy = fitted(case)
    name, sets = f"{cells} cells", sum(wall.batches)
    yield Row(f"{name}: sets measured", plan.evaluations, "")
    yield Row(f"{name}:   of these in batches", sets, "", None, sets / plan.evaluations)
    yield Row(f"{name}:   batches", len(wall.batches), "")
    for kind, model in (("wall", wall), ("processor", busy)):
        yield Row(f"{name}, {kind}: apart from batches, a", model.apart, "s")
        yield Row(f"{name}, {kind}: start of a worker, s0", model.start, "s")
        yield Row(f"{name}, {kind}: a set, c", 1000 * model.a_set, "ms")
        yield Row(f"{name}, {kind}: a task, o", 1000 * model.a_task, "ms")
    needs = WorkerMemory(len(region.cells)).needed_mb(options.get("network.cache_mb"))
    for w in workers:
        run = on_workers(w, partial(searched, case))
        same = told(run.plan) == told(plan)
        at = f"{name}, {w} workers"
        for kind, model, measured in (("wall", wall, run.took.wall), ("processor", busy, run.took.busy)):
            predicted = model.seconds(w)
            yield Row(f"{at}, {kind}: predicted", predicted, "s")
            yield Row(f"{at}, {kind}: measured", measured, "s")
            yield Row(f"{at}, {kind}: error of the model", 100 * (predicted / measured - 1), "%")
        yield Row(f"{at}: the same plan", float(same), "", 1.0, None, same)
        yield Row(f"{at}: memory of one / said before", run.held, "MB", None, run.held / needs)


@dataclass(frozen=True)
class Run:
    """A search on workers: seconds (processor: here and of the longest workers), plan, MB a worker held."""

    took: Seconds
    longest: Seconds
    batches: tuple[int, ...]
    plan: Plan
    held: float


def searched(case: Case, client: Any) -> Run:
    noting = Noting(client)
    begin = now()
    plan = case.search(noting)
    took = now().less(begin).plus(Seconds(0.0, noting.longest.busy))
    return Run(took, noting.longest, noting.batches, plan, max(client.run(memory_mb).values()))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, nargs="+", default=[1000, 3000])
    parser.add_argument("--candidates", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        import distributed  # noqa: F401, PLC0415
    except ImportError:
        print("Dask is not installed (pip install 'yipan[cluster]'): nothing is measured", file=sys.stderr)
        return 0
    ok = True
    for cells in given.cells:
        for row in rows_of(cells, given.candidates, given.workers):
            ok &= row.ok
            if given.json:
                print(json.dumps(asdict(row)))
            else:
                ratio = "" if row.ratio is None else f"× {row.ratio:.2f}"
                print(
                    f"{row.name:<52}{row.value:>12.3f} {row.unit:<4}{ratio:<10}{'' if row.ok else 'NOT OK'}",
                    flush=True,
                )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
