"""Measure sets of projects on the workers of a Dask cluster: the same evaluation, the same plan.

A set is measured by one worker, with the very code a single process uses; only where it runs differs. Sets
that are known beforehand (stand-alone gains, the first round, exchanges, bounds, enumerations) are spread;
what must follow a result is measured here. Workers keep the region and what they have measured on it, so the
travel times of the region as it is are computed once in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from yipan.network.matrix.cluster import Client
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Batch, Evaluation
from yipan.plan.rules import Rules
from yipan.plan.values import Objective
from yipan.region.value import Region
from yipan.scenario.values import Project

_SHARES = 4
"""Tasks for each thread of the cluster: enough that none waits long for the last."""

Chosen = frozenset[str]


@dataclass(frozen=True)
class Assignment:
    """What a worker needs: region as it is, candidates, objective, indicators; and an id of all that."""

    region: Region
    candidates: tuple[Project, ...]
    objective: Objective
    indicators: tuple[str, ...] | None
    id: str


@dataclass
class _Kept:
    """Evaluators of this process by assignment, each used by one thread at a time."""

    evaluators: dict[str, tuple[RegionEvaluator, Lock]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, assignment: Assignment) -> tuple[RegionEvaluator, Lock]:
        """Return the evaluator of an assignment, the only one kept: a worker serves one search at a time."""
        with self.lock:
            if assignment.id not in self.evaluators:
                self.evaluators.clear()
                rules = Rules(assignment.candidates, assignment.objective)
                made = RegionEvaluator(assignment.region, rules, indicators=assignment.indicators)
                self.evaluators[assignment.id] = made, Lock()
            return self.evaluators[assignment.id]


_KEPT = _Kept()


def assignment_of(region: Region, rules: Rules, *, indicators: Sequence[str] | None = None) -> Assignment:
    """Return what workers are sent, under an id of its content."""
    text = f"{region.id};{rules.objective!r};{indicators!r};{[*rules.projects.values()]!r}"
    return Assignment(
        region,
        tuple(rules.projects.values()),
        rules.objective,
        None if indicators is None else tuple(indicators),
        hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def measure_sets(assignment: Assignment, sets: Sequence[Chosen]) -> list[Evaluation | None]:
    """Measure sets in this process, one after another (what a worker runs)."""
    evaluator, lock = _KEPT.get(assignment)
    with lock:
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
        Gives evaluations in the order of the sets; what a worker raises is raised here.
    """
    there: list[Any] = []

    def batch(sets: Sequence[Chosen]) -> list[Evaluation | None]:
        if not there:
            there.append(client.scatter(assignment, broadcast=True, hash=False))
        shares = share_out(sets, _SHARES * max(1, sum(client.nthreads().values())))
        running = [client.submit(measure_sets, there[0], [sets[k] for k in s], pure=False) for s in shares]
        out: list[Evaluation | None] = [None] * len(sets)
        try:
            for share, future in zip(shares, running, strict=True):
                for k, e in zip(share, future.result(), strict=True):
                    out[k] = e
        finally:
            client.cancel(running)
        return out

    return batch


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
