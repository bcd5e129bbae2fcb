"""What a set of projects must keep: total and yearly money, years, needs and exclusions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from yipan.plan.values import Objective
from yipan.scenario.values import Project

EPS = 1e-9
"""Money and scores closer than this are taken as equal (they come from sums of floats)."""
_NODES = 3000
"""Steps the complete search for start years may take before it gives up on a set."""

Years = dict[str, int]


@dataclass(frozen=True, slots=True)
class Timing:
    """Start years of a set; where `years` is None, `proved` tells whether there can be none."""

    years: Years | None
    proved: bool = True


class Rules:
    """The constraints of one planning problem, with the sets already checked remembered.

    Parameters
    ----------
    candidates
        Projects by id; the order they came in plays no part anywhere.
    objective
        Its money, horizon and price year are kept here; weights and floors are not looked at.
    """

    def __init__(self, candidates: Iterable[Project], objective: Objective) -> None:
        self.projects: dict[str, Project] = {p.id: p for p in sorted(candidates, key=lambda p: p.id)}
        self.objective = objective
        self._plans: dict[frozenset[str], Timing] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all candidates, sorted."""
        return tuple(self.projects)

    @cached_property
    def rivals(self) -> dict[str, frozenset[str]]:
        """Ids that must not be chosen together with each project (both directions)."""
        out: dict[str, set[str]] = {i: set() for i in self.projects}
        for p in self.projects.values():
            for other in p.excludes:
                if other in out:
                    out[p.id].add(other)
                    out[other].add(p.id)
        return {i: frozenset(s) for i, s in out.items()}

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        out: dict[str, frozenset[str]] = {}
        for i in self.projects:
            seen, todo = {i}, [i]
            while todo:
                for n in self.projects[todo.pop()].needs:
                    if n not in seen and n in self.projects:
                        seen.add(n)
                        todo.append(n)
            out[i] = frozenset(seen)
        return out

    def closure(self, project: str) -> frozenset[str]:
        """Return a project together with everything it needs, directly or not."""
        return self._closures[project]

    def without(self, chosen: frozenset[str], dropped: str) -> frozenset[str]:
        """Return `chosen` without `dropped` and without whatever needs it."""
        return frozenset(i for i in chosen if dropped not in self._closures[i])

    def cost(self, ids: Iterable[str]) -> float:
        """Return the capital of a set, 1e8 of the currency."""
        return float(sum(self.projects[i].cost for i in sorted(ids)))

    def in_order(self, ids: Iterable[str]) -> list[str]:
        """Return ids sorted so that every project comes after what it needs."""
        out: list[str] = []
        for i in sorted(ids):
            _after_needs(i, self.projects, frozenset(ids), out)
        return out

    def clash(self, ids: frozenset[str]) -> tuple[str, str] | None:
        """Return two chosen projects that exclude each other, or None."""
        for i in sorted(ids):
            both = self.rivals[i] & ids
            if both:
                return i, min(both)
        return None

    def affordable(self, ids: frozenset[str]) -> bool:
        """Whether total money, needs and exclusions hold (years are not looked at)."""
        return (
            self.cost(ids) <= self.objective.budget + EPS
            and all(self._closures[i] <= ids for i in ids)
            and self.clash(ids) is None
        )

    def feasible(self, ids: frozenset[str]) -> bool:
        """Whether the set keeps every rule, start years under the yearly money included."""
        return self.affordable(ids) and self.years(ids) is not None

    def years(self, ids: frozenset[str]) -> Years | None:
        """Return start years that keep the yearly money, or None where none were found."""
        return self.timing(ids).years

    def timing(self, ids: frozenset[str]) -> Timing:
        """Return start years, or that there are none, and whether that is proved."""
        if ids not in self._plans:
            self._plans[ids] = start_years([self.projects[i] for i in self.in_order(ids)], self.objective)
        return self._plans[ids]


def _after_needs(i: str, projects: Mapping[str, Project], within: frozenset[str], out: list[str]) -> None:
    if i in out:
        return
    for n in sorted(projects[i].needs):
        if n in within and n != i:
            _after_needs(n, projects, within, out)
    if i not in out:
        out.append(i)


def window(project: Project, objective: Objective) -> tuple[int, int]:
    """Return the first and last possible first building year; building ends within the horizon.

    The second is before the first where the project cannot be built in time.
    """
    first = max(objective.start, project.earliest if project.earliest is not None else objective.start)
    last = objective.end - max(project.build_years, 1) + 1
    return first, min(last, project.latest) if project.latest is not None else last


def buildable(project: Project, objective: Objective) -> bool:
    """Whether a project alone could be built: within the horizon and the yearly money."""
    first, last = window(project, objective)
    return first <= last and max(project.capital, default=0.0) <= objective.yearly + EPS


def start_years(projects: Sequence[Project], objective: Objective) -> Timing:
    """Return a first building year for every project, or that none were found.

    Several list schedules are tried (each project at its earliest year that still has money, in different
    orders), then a complete search of at most a few thousand steps; where that ends before it is through,
    the answer that there are no start years is not proved.
    """
    if sum(p.cost for p in projects) > objective.yearly * (objective.end - objective.start + 1) + EPS:
        return Timing(None)
    if not all(buildable(p, objective) for p in projects):
        return Timing(None)
    orders: tuple[Callable[[Project], tuple[float, float, str]], ...] = (
        lambda p: (window(p, objective)[1], -max(p.capital, default=0.0), p.id),
        lambda p: (-max(p.capital, default=0.0), -p.build_years, p.id),
        lambda p: (-p.cost, -p.build_years, p.id),
    )
    for order in orders:
        years = place_in_order(sorted(projects, key=order), objective)
        if years is not None:
            return Timing(years)
    return _complete(projects, objective)


def place_in_order(order: Sequence[Project], objective: Objective) -> Years | None:
    """Place each project in turn at its earliest year with enough money; None if one finds no year.

    What a project needs is placed before it, wherever it stands in `order`.
    """
    by_id = {p.id: p for p in order}
    sequence: list[str] = []
    for p in order:
        _after_needs(p.id, by_id, frozenset(by_id), sequence)
    left = [objective.yearly] * (objective.end - objective.start + 1)
    years: Years = {}
    for i in sequence:
        year = next(_fitting(by_id[i], years, left, objective), None)
        if year is None:
            return None
        _spend(by_id[i], year, left, objective)
        years[i] = year
    return years


def _fitting(p: Project, years: Years, left: Sequence[float], objective: Objective) -> Iterator[int]:
    first, last = window(p, objective)
    first = max([first, *(years[n] for n in p.needs if n in years)])
    for year in range(first, last + 1):
        at = year - objective.start
        if all(c <= left[at + k] + EPS for k, c in enumerate(p.capital)):
            yield year


def _spend(p: Project, year: int, left: list[float], objective: Objective, sign: float = 1.0) -> None:
    for k, c in enumerate(p.capital):
        left[year - objective.start + k] -= sign * c


def _complete(projects: Sequence[Project], objective: Objective) -> Timing:
    left = [objective.yearly] * (objective.end - objective.start + 1)
    years: Years = {}
    nodes = 0

    def go(k: int) -> bool:
        nonlocal nodes
        if k == len(projects):
            return True
        for year in _fitting(projects[k], years, left, objective):
            nodes += 1
            if nodes > _NODES:
                return False
            years[projects[k].id] = year
            _spend(projects[k], year, left, objective)
            if go(k + 1):
                return True
            _spend(projects[k], year, left, objective, -1.0)
            del years[projects[k].id]
        return False

    return Timing(dict(years)) if go(0) else Timing(None, proved=nodes <= _NODES)
