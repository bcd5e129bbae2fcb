"""Measure sets of projects on the workers of a Dask cluster: the same evaluation, the same plan.

A set is measured by one worker, with the very code a single process uses; only where it runs differs. Sets
that are known beforehand (stand-alone gains, the first round, exchanges, bounds, enumerations) are spread;
what must follow a result is measured here. Workers keep the region (with futures, one for each) and what they
have measured on it, so the travel times of the region as it is are computed once in each; they keep one
search at a time. `yipan.plan.workers` says what that takes, and refuses workers that cannot do it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from yipan import options
from yipan.errors import OptionError, Problem, YipanError
from yipan.network.matrix.cluster import Client
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Batch, Evaluation
from yipan.plan.rules import Rules
from yipan.plan.values import Objective
from yipan.plan.workers import differences, missing_files, no_workers, refuse, told_by_worker, versions
from yipan.region.value import Region
from yipan.scenario.values import Project
from yipan.text import Text

_SHARES = 4
"""Tasks for each thread of the cluster: enough that none waits long for the last."""
_LOOK = 2.0
"""Seconds waited for a result before looking whether there are workers still."""
_LOOKS = 30
"""Looks in a row that find no worker before the search gives up: lost workers may be started again."""

Chosen = frozenset[str]


@dataclass(frozen=True)
class Assignment:
    """What a worker needs: region as it is, candidates, objective, indicators; and an id of all that.

    `search` is common to all assignments of one search (one for each future); a worker keeps those of one
    search only. `made` are the versions it was made with.
    """

    region: Region
    candidates: tuple[Project, ...]
    objective: Objective
    indicators: tuple[str, ...] | None
    id: str
    search: str
    made: dict[str, str] = field(default_factory=versions)


@dataclass
class _Kept:
    """Evaluators of this process by assignment, each used by one thread at a time."""

    search: str = ""
    evaluators: dict[str, tuple[RegionEvaluator, Lock]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, assignment: Assignment) -> tuple[RegionEvaluator, Lock]:
        """Return the evaluator of an assignment; those of other searches are dropped."""
        with self.lock:
            if assignment.search != self.search:
                self.evaluators.clear()
                self.search = assignment.search
            if assignment.id not in self.evaluators:
                _require_sound(assignment)
                rules = Rules(assignment.candidates, assignment.objective)
                made = RegionEvaluator(assignment.region, rules, indicators=assignment.indicators)
                self.evaluators[assignment.id] = made, Lock()
            return self.evaluators[assignment.id]


_KEPT = _Kept()


def assignment_of(
    region: Region, rules: Rules, *, indicators: Sequence[str] | None = None, search: str = ""
) -> Assignment:
    """Return what workers are sent, under an id of its content; `search` is that id where none is given."""
    candidates = tuple(rules.projects.values())
    chosen = None if indicators is None else tuple(indicators)
    own = _id_of(region, candidates, rules.objective, chosen)
    return Assignment(region, candidates, rules.objective, chosen, own, search or own)


def _id_of(
    region: Region,
    candidates: tuple[Project, ...],
    objective: Objective,
    indicators: tuple[str, ...] | None,
) -> str:
    text = f"{region.id};{objective!r};{indicators!r};{candidates!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _require_sound(a: Assignment) -> None:
    """Refuse an assignment that this process would not measure as the one it was made in."""
    found = list(differences(a.made))
    if a.region.layers:
        told = told_by_worker([(layer.name, str(layer.path)) for layer in a.region.layers])
        found += missing_files(told["layers"], a.region.layers)
    if not found and _id_of(a.region, a.candidates, a.objective, a.indicators) != a.id:
        found.append(
            Problem(
                what=Text(
                    "收到的区域、候选项目或目标与发出的不同",
                    "region, candidates or objective differ from what was sent",
                ),
                remedy=Text(
                    "让各工作进程使用相同的环境,再运行一次",
                    "use one environment in all workers and run it again",
                ),
            )
        )
    refuse((f"pid {os.getpid()}", p) for p in found)


def measure_sets(assignment: Assignment, sets: Sequence[Chosen]) -> list[Evaluation | None]:
    """Measure sets in this process, one after another (what a worker runs), on one core.

    Where the environment gives ``YIPAN_NETWORK_THREADS``, on so many.
    """
    evaluator, lock = _KEPT.get(assignment)
    with lock, options.using({"network.threads": options.get("network.threads") or 1}):
        return [evaluator(s) for s in sets]


def batch_on(client: Client, assignment: Assignment) -> Batch:
    """Return what a `yipan.plan.game.Game` measures many sets with: the workers of a cluster.

    Parameters
    ----------
    client
        A ``distributed.Client``. Workers should have one thread each: a worker measures one set at a time.
    assignment
        Sent to every worker once, at the first batch.

    Returns
    -------
    Batch
        Gives evaluations in the order of the sets. What Yipan raises in a worker is raised here; any other
        failure of a worker (killed, out of memory, lost with what it held) as an `OptionError` that says so.
    """
    there: list[Any] = []

    def batch(sets: Sequence[Chosen]) -> list[Evaluation | None]:
        if not there:
            there.append(client.scatter(assignment, broadcast=True, hash=False))
        shares = share_out(sets, _SHARES * max(1, sum(client.nthreads().values())))
        running = [client.submit(measure_sets, there[0], [sets[k] for k in s], pure=False) for s in shares]
        out: list[Evaluation | None] = [None] * len(sets)
        try:
            for share, found in zip(shares, _results(client, running), strict=True):
                for k, e in zip(share, found, strict=True):
                    out[k] = e
        finally:
            client.cancel(running)
        return out

    return batch


def _results(client: Client, running: Sequence[Any]) -> Iterator[list[Evaluation | None]]:
    """Yield results in order; raise in words what a worker raised, or that none is left."""
    for future in running:
        empty = 0
        while not future.done():
            try:
                future.result(timeout=_LOOK)
            except Exception as error:
                if not future.done() and not isinstance(error, TimeoutError):
                    raise _failed(error) from error
            empty = 0 if future.done() or _there(client) else empty + 1
            if empty >= _LOOKS:
                raise OptionError(no_workers())
        try:
            yield future.result()
        except YipanError:
            raise
        except Exception as error:
            raise _failed(error) from error


def _there(client: Client) -> int:
    """Return how many workers there are."""
    try:
        return len(client.nthreads())
    except Exception as error:  # the scheduler is gone
        raise _failed(error) from error


def _failed(error: Exception) -> OptionError:
    """Say what became of a worker, and what to do; by name, because Dask may be absent."""
    name = type(error).__name__
    if name == "KilledWorker":
        what = Text(
            "测量组合的工作进程多次终止,通常是内存不足",
            "workers died again and again while measuring a set, most often for want of memory",
        )
        remedy = Text(
            "每台机器少开几个工作进程或提高 --memory-limit;所需内存见日志",
            "run fewer workers on a machine or raise --memory-limit; the log says what each needs",
        )
    elif "Cancelled" in name:
        what = Text(
            "与集群的连接中断,或所有保存区域的工作进程都已终止",
            "the connection to the cluster was lost, or every worker that held the region is gone",
        )
        remedy = Text(
            "检查调度器与工作进程是否仍在运行,再运行一次",
            "check that the scheduler and its workers are still running, and run it again",
        )
    else:
        what = Text(
            f"工作进程测量组合时出错:{name}:{error}",
            f"a worker failed while measuring a set: {name}: {error}",
        )
        remedy = Text(
            "不带 --cluster 再运行一次;若仍出错,则与集群无关",
            "run it without --cluster: if it fails there too, the cluster is not the cause",
        )
    return OptionError(
        Text("集群上的测量没有完成", "measuring on the cluster did not end"),
        problems=[Problem(what=what, remedy=remedy)],
    )


def share_out(sets: Sequence[Chosen], tasks: int) -> list[list[int]]:
    """Return positions of sets by task: sets alike (one built on the other) go together, shares are even.

    Examples
    --------
    >>> share_out([frozenset("b"), frozenset("a"), frozenset("ab")], 2)
    [[1, 2], [0]]
    """
    order = sorted(range(len(sets)), key=lambda k: sorted(sets[k]))
    count = max(1, min(tasks, len(sets)))
    ends = [round(len(order) * (k + 1) / count) for k in range(count)]
    return [order[a:b] for a, b in zip([0, *ends], ends, strict=False) if b > a]
