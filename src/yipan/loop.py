"""The whole loop as functions: load, measure, propose, search, start the ledger, report.

`yipan demo` is `run_loop` on the Chongqing example; the single commands run its parts.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

try:
    import resource
except ImportError:  # Windows does not have it
    resource = None  # type: ignore[assignment]

from yipan.errors import PlanError, Problem, RegionError, YipanError
from yipan.measure import Results, catalogue, measure, results_to_dict
from yipan.measure.targets import unknown_indicator
from yipan.network import describe_network, travel_times
from yipan.network.matrix.cluster import Client
from yipan.plan import (
    Depth,
    Objective,
    Plan,
    default_objective,
    plan_from_dict,
    plan_to_dict,
    propose_checked,
    read_objective,
    search,
)
from yipan.plan.propose import Proposal
from yipan.region import Region
from yipan.region.read import read_checked, read_region
from yipan.scenario.files import read_projects, read_projects_checked
from yipan.show import ReportFiles, write_report
from yipan.text import Lang, Text
from yipan.track import Ledger, Status, start_ledger, status

Progress = Callable[[int, int, Text], None]

STEPS: dict[str, Text] = {
    "load": Text("读取并检查区域", "reading and checking the region"),
    "times": Text("计算出行时间", "computing travel times"),
    "measure": Text("测量指标", "measuring the indicators"),
    "propose": Text("由差距提出项目", "proposing projects from the gaps"),
    "search": Text("搜索方案", "searching the plan"),
    "track": Text("建立台账", "starting the ledger"),
    "report": Text("撰写报告", "writing the report"),
}
"""What the loop does, in order."""
OBJECTIVE = "objective.toml"
"""Name of the objective in a region's folder."""
BUDGET = 1000.0
"""Capital of a loop where nobody names any, 1e8 of the currency."""


def today() -> date:
    """Return today's date where the user is."""
    return datetime.now().astimezone().date()


def silent(done: int, total: int, text: Text) -> None:
    """Report no progress."""


@dataclass
class Clock:
    """Seconds by step, in the order of the steps."""

    progress: Progress = silent
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step of `STEPS`, telling its name."""
        self.progress(0, 0, STEPS[name])
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


@dataclass(frozen=True)
class Loop:
    """What one run of the loop made: values, files, and where the time and memory went."""

    region: Region
    results: Results
    proposal: Proposal
    plan: Plan
    folder: Path
    report: ReportFiles
    seconds: dict[str, float]
    peak_mb: float | None


def peak_memory_mb() -> float | None:
    """Return the most memory this process has held, in MB (10⁶ bytes); None where it cannot be told."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def write_json(data: object, path: Path) -> Path:
    """Write JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
    part.replace(path)
    return path


def check_folder(folder: Path) -> tuple[list[Problem], dict[str, int]]:
    """Return every problem of a region folder and its projects, and the rows of each table read."""
    region, found = read_checked(folder)
    problems = list(found)
    if region is not None:
        problems += [*unknown_targets(region), *network_problems(region)]
    if (folder / "projects").is_dir():
        problems += read_projects_checked(folder)[1]
    if region is not None and (folder / OBJECTIVE).is_file():
        problems += objective_problems_of(folder, region)
    return problems, {name: len(table) for name, table in region.tables.items()} if region else {}


def objective_problems_of(folder: Path, region: Region) -> tuple[Problem, ...]:
    """Return what is wrong with the objective in a region's folder."""
    try:
        read_objective(folder / OBJECTIVE, region)
    except PlanError as error:
        return error.problems
    return ()


def unknown_targets(region: Region) -> list[Problem]:
    """Return a problem for every target whose indicator no installed pack has."""
    known = {c: i for c, i in catalogue().items() if i.level in ("zone", "region")}
    return [
        unknown_indicator(row, str(name), known)
        for row, name in enumerate(region.tables["targets"].array("indicator"), start=2)
        if str(name) not in known
    ]


def network_problems(region: Region) -> tuple[Problem, ...]:
    """Return what is wrong with the streets and timetables of a region, and with its places on them."""
    try:
        facts = describe_network(region)
    except RegionError as error:
        return error.problems
    return facts.problems if facts else ()


def propose_for(folder: Path, region: Region, results: Results) -> Proposal:
    """Return the candidates of a region: those listed in its folder and those its gaps call for."""
    listed = read_projects(folder) if (folder / "projects").is_dir() else ()
    return propose_checked(region, results, listed=listed)


def read_plan(path: Path) -> Plan:
    """Return a plan from the ``plan.json`` that `yipan plan` wrote.

    Raises
    ------
    PlanError
        When the file is not there or is not such a plan.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise PlanError(
            Text(
                f"无法读取方案 {path.name}:{e};请指向 yipan plan 写出的 plan.json",
                f"cannot read the plan {path.name}: {e}; point to the plan.json that yipan plan wrote",
            )
        ) from e
    if not isinstance(data, dict):
        raise PlanError(Text(f"{path.name} 不是方案文件", f"{path.name} is not a plan"))
    return plan_from_dict(data)


def require_same_region(plan: Plan, region: Region) -> None:
    """Refuse a plan that was made for another region, or for this one before its files changed."""
    if plan.region_id != region.id:
        raise RegionError(
            Text(
                f"方案为区域 {plan.region_id} 所作,文件夹中是 {region.id}:数据已变,请重新运行 yipan plan",
                f"the plan was made for region {plan.region_id}, the folder holds {region.id}:"
                " the data have changed; run yipan plan again",
            )
        )


def plan_into(
    out: Path,
    folder: Path,
    region: Region,
    *,
    objective: Objective,
    clock: Clock,
    depth: Depth | None = None,
    cluster: Client | None = None,
) -> tuple[Results, Proposal, Plan]:
    """Measure, propose, search and start the ledger; write results, plan and ledger into `out`.

    `depth` and `cluster` as for `yipan.plan.search`.
    """
    refuse_used(out)
    with clock.step("times"):
        for mode in ("drive", "transit", "any"):
            travel_times(region, mode)
    with clock.step("measure"):
        results = measure(region)
    with clock.step("propose"):
        proposal = propose_for(folder, region, results)
        require_candidates(proposal)
    with clock.step("search"):
        plan = search(
            region, proposal.projects, objective, depth=depth, progress=clock.progress, cluster=cluster
        )
    with clock.step("track"):
        write_json(results_to_dict(results), out / "results.json")
        write_json(plan_to_dict(plan), out / "plan.json")
        start_ledger(plan, region, out / "ledger.sqlite")
    return results, proposal, plan


def require_candidates(proposal: Proposal) -> None:
    """Refuse to search among nothing, saying why every rule and project was refused."""
    if proposal.projects or not proposal.refused:
        return  # `search` says that there are no candidates at all
    why = dict.fromkeys(p for r in proposal.refused for p in r.problems)
    raise PlanError(
        Text("没有可用的候选项目:全部被拒绝", "no candidate projects are left: all were refused"),
        problems=[*why],
    )


def refuse_used(out: Path) -> None:
    """Refuse a folder that already holds a ledger: promises are never written over."""
    if (out / "ledger.sqlite").exists():
        raise YipanError(
            Text(
                f"{out} 中已有台账 ledger.sqlite;台账不会被覆盖。请用 --out 指定另一文件夹",
                f"{out} already holds ledger.sqlite, which is never written over: choose another --out",
            )
        )


def free_demo_folder(out: Path) -> Path:
    """Make room for a demo: what an earlier demo left there is removed, anything else is refused."""
    mark = out / ".yipan-demo"
    if out.exists() and not mark.exists() and (not out.is_dir() or any(out.iterdir())):
        raise YipanError(
            Text(
                f"{out} 不是演示文件夹;请用 --out 指定新的文件夹",
                f"{out} {'holds other files' if out.is_dir() else 'is a file'}: name a new folder with --out",
            )
        )
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
        (out / name).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return out


def report_into(
    out: Path,
    *,
    region: Region,
    results: Results,
    plan: Plan | None = None,
    seconds: dict[str, float] | None = None,
    langs: tuple[Lang, ...] = ("zh", "en"),
    ledger: Path | None = None,
) -> ReportFiles:
    """Write the report of a region and, when given, of its plan and ledger."""
    lamps: Status | None = status(Ledger(ledger), today()) if ledger else None
    return write_report(
        out,
        region=region,
        results=results,
        plan=plan,
        timings=seconds or {},
        langs=langs,
        ledger_status=lamps,
    )


def run_loop(
    folder: Path,
    out: Path,
    *,
    budget: float | None = None,
    start: int = 2026,
    end: int = 2035,
    progress: Progress = silent,
) -> Loop:
    """Run the whole loop on a region folder and leave everything in `out`.

    Parameters
    ----------
    folder, out
        A region folder; where results.json, plan.json, ledger.sqlite, the report and its tables go.
    budget
        Capital over the horizon, 1e8 of the region's currency at prices of its price year; without it the
        folder's ``objective.toml`` holds, else `BUDGET`.
    start, end
        First and last year of spending, where a budget is given.

    Raises
    ------
    YipanError
        Anything wrong with the region, the projects or the planning problem, with every problem found.
    """
    refuse_used(out)
    clock = Clock(progress)
    with clock.step("load"):
        region = read_region(folder)
    own = folder / OBJECTIVE
    if budget is None and own.is_file():
        objective = read_objective(own, region)
    else:
        objective = default_objective(region, BUDGET if budget is None else budget, start=start, end=end)
    results, proposal, plan = plan_into(out, folder, region, objective=objective, clock=clock, depth=Depth())
    with clock.step("report"):
        report = report_into(
            out,
            region=region,
            results=results,
            plan=plan,
            seconds=dict(clock.seconds),
            ledger=out / "ledger.sqlite",
        )
    return Loop(region, results, proposal, plan, out, report, clock.seconds, peak_memory_mb())
