"""What a ledger says now: its events replayed into one value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from yipan.errors import LedgerError
from yipan.text import Text
from yipan.track.events import (
    Event,
    MilestonePlanned,
    PlanAdopted,
    Progress,
    ProjectPlanned,
    Slip,
    ValueFound,
    ValuesPromised,
)


@dataclass(frozen=True, slots=True)
class ProjectState:
    """One project: what was promised, the milestones reached, the last report, the last slip.

    `done` is date by milestone id; `spent` (1e8) and `share` are the last reported, None before.
    """

    planned: ProjectPlanned
    milestones: tuple[MilestonePlanned, ...] = ()
    done: tuple[tuple[str, str], ...] = ()
    spent: float | None = None
    share: float | None = None
    slip: Slip | None = None
    last_report: str = ""

    @property
    def opened(self) -> str:
        """Date of the reported opening, "" before."""
        return dict(self.done).get(f"{self.planned.project}/opening", "")

    @property
    def expected_effective(self) -> int:
        """First year of effect as last known: after the reported opening, else the slip, else as planned."""
        if self.opened:
            return int(self.opened[:4]) + 1
        return self.slip.effective if self.slip is not None else self.planned.effective


@dataclass(frozen=True, slots=True)
class State:
    """Everything a ledger says, at its last event."""

    plan: PlanAdopted
    projects: tuple[ProjectState, ...]
    promised: tuple[ValuesPromised, ...]
    found: tuple[ValueFound, ...]

    def project(self, project: str) -> ProjectState:
        """Return the state of one project."""
        return next(p for p in self.projects if p.planned.project == project)


def replay(events: Iterable[Event]) -> State:
    """Return what events say, in their order; the same events always give the same state.

    Progress reports count in the order they were recorded: the last one stands.
    """
    plan: PlanAdopted | None = None
    projects: dict[str, ProjectState] = {}
    promised: list[ValuesPromised] = []
    found: list[ValueFound] = []
    for e in events:
        if isinstance(e, PlanAdopted):
            plan = e
        elif isinstance(e, ProjectPlanned):
            projects[e.project] = ProjectState(e)
        elif isinstance(e, ValuesPromised):
            promised.append(e)
        elif isinstance(e, ValueFound):
            found.append(e)
        else:
            projects[e.project] = _after(projects[e.project], e)
    if plan is None:
        raise LedgerError(Text("台账中没有方案", "the ledger follows no plan"))
    return State(plan, tuple(projects.values()), tuple(promised), tuple(found))


def _after(p: ProjectState, e: MilestonePlanned | Progress | Slip) -> ProjectState:
    if isinstance(e, MilestonePlanned):
        return replace(p, milestones=(*p.milestones, e))
    if isinstance(e, Slip):
        return replace(p, slip=e, last_report=max(p.last_report, e.on))
    done = dict(p.done)
    if e.milestone:
        done[e.milestone] = e.on
    return replace(
        p,
        done=tuple(done.items()),
        spent=p.spent if e.spent is None else e.spent,
        share=p.share if e.share is None else e.share,
        last_report=max(p.last_report, e.on),
    )
