"""What a set of projects must keep: money, years, needs, exclusions, bundles, land, carbon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from yipan.plan.values import Objective
from yipan.scenario.values import Project

EPS = 1e-9
"""Money and scores closer than this are taken as equal (they come from sums of floats)."""
ALL = "all"
"""What the limit on all projects being built at once is called."""
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
    def bundles(self) -> dict[str, frozenset[str]]:
        """Ids of the candidates of each bundle, by its name: chosen together or not at all."""
        out: dict[str, set[str]] = {}
        for p in self.projects.values():
            if p.bundle:
                out.setdefault(p.bundle, set()).add(p.id)
        return {b: frozenset(out[b]) for b in sorted(out)}

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        def with_it(p: Project) -> Iterable[str]:
            return (*p.needs, *sorted(self.bundles.get(p.bundle, ())))

        return {i: _reached(i, with_it, self.projects) for i in self.projects}

    def needed(self, project: str) -> frozenset[str]:
        """Return the ids a project needs, directly or not (bundles not looked at)."""
        return self._needed[project]

    @cached_property
    def _needed(self) -> dict[str, frozenset[str]]:
        return {i: _reached(i, lambda p: p.needs, self.projects) - {i} for i in self.projects}

    def closure(self, project: str) -> frozenset[str]:
        """Return a project with all that must be chosen with it: what it needs and its bundle, and theirs."""
        return self._closures[project]

    def without(self, chosen: frozenset[str], dropped: str) -> frozenset[str]:
        """Return `chosen` without `dropped`, without whatever needs it and without its bundle."""
        return frozenset(i for i in chosen if dropped not in self._closures[i])

    def cost(self, ids: Iterable[str]) -> float:
        """Return the capital of a set, 1e8 of the currency."""
        return float(sum(self.projects[i].cost for i in sorted(ids)))

    def land(self, ids: Iterable[str]) -> float:
        """Return the land a set takes, km2; what is not stated counts nothing (and is a problem)."""
        return float(sum(self.projects[i].land or 0.0 for i in sorted(ids)))

    def carbon(self, ids: Iterable[str]) -> float:
        """Return the greenhouse gases of a set, kt CO2e, less what it saves; not stated counts nothing."""
        return float(sum(self.projects[i].carbon or 0.0 for i in sorted(ids)))

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
        """Whether total money, land, carbon, needs, bundles and exclusions hold; years are not looked at."""
        o = self.objective
        return (
            self.cost(ids) <= o.budget + EPS
            and (o.land is None or self.land(ids) <= o.land + EPS)
            and (o.carbon is None or self.carbon(ids) <= o.carbon + EPS)
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


def _reached(
    start: str, following: Callable[[Project], Iterable[str]], projects: Mapping[str, Project]
) -> frozenset[str]:
    seen, todo = {start}, [start]
    while todo:
        new = {n for n in following(projects[todo.pop()]) if n in projects} - seen
        seen |= new
        todo += sorted(new)
    return frozenset(seen)


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
    """Whether a project alone could be built: within the horizon, the yearly money and what may be built."""
    first, last = window(project, objective)
    return (
        first <= last
        and max(project.capital, default=0.0) <= objective.yearly + EPS
        and all(objective.at_once[k] >= 1 for k in limited(project, objective))
    )


def limited(project: Project, objective: Objective) -> tuple[str, ...]:
    """Return the limits of building at once that a project counts in: ``all``, and its types.

    A project of two types counts once in each.
    """
    return tuple(k for k in sorted(objective.at_once) if k == ALL or k in project.kinds)


def start_years(projects: Sequence[Project], objective: Objective) -> Timing:
    """Return a first building year for every project, or that none were found.

    Kept: the money of each year, each project's window, needs started no later, and the limits on what is
    built at once. The members of a bundle may start in different years.

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
    room = Room(objective)
    for i in sequence:
        year = next(room.fitting(by_id[i]), None)
        if year is None:
            return None
        room.take(by_id[i], year)
    return room.years


class Room:
    """Money and building capacity left in each year, and the start years that have taken the rest."""

    def __init__(self, objective: Objective) -> None:
        count = objective.end - objective.start + 1
        self.objective = objective
        self.years: Years = {}
        self._left = [objective.yearly] * count
        self._free = {k: [n] * count for k, n in sorted(objective.at_once.items())}

    def fits(self, p: Project, year: int) -> bool:
        """Whether money and capacity are left for a start in `year` (its window is not asked)."""
        at = year - self.objective.start
        return all(c <= self._left[at + k] + EPS for k, c in enumerate(p.capital)) and all(
            min(self._free[kind][at : at + p.build_years], default=1) >= 1
            for kind in limited(p, self.objective)
        )

    def fitting(self, p: Project) -> Iterator[int]:
        """Yield the years a project may start in, earliest first, no sooner than what it needs."""
        first, last = window(p, self.objective)
        first = max([first, *(self.years[n] for n in p.needs if n in self.years)])
        yield from (year for year in range(first, last + 1) if self.fits(p, year))

    def take(self, p: Project, year: int) -> None:
        """Start a project."""
        self.years[p.id] = year
        self._change(p, year, 1)

    def give_back(self, p: Project) -> None:
        """Take a start back."""
        self._change(p, self.years.pop(p.id), -1)

    def _change(self, p: Project, year: int, sign: int) -> None:
        at = year - self.objective.start
        for k, c in enumerate(p.capital):
            self._left[at + k] -= sign * c
        for kind in limited(p, self.objective):
            for k in range(at, at + p.build_years):
                self._free[kind][k] -= sign


def _complete(projects: Sequence[Project], objective: Objective) -> Timing:
    room = Room(objective)
    nodes = 0

    def go(k: int) -> bool:
        nonlocal nodes
        if k == len(projects):
            return True
        for year in room.fitting(projects[k]):
            nodes += 1
            if nodes > _NODES:
                return False
            room.take(projects[k], year)
            if go(k + 1):
                return True
            room.give_back(projects[k])
        return False

    return Timing(dict(room.years)) if go(0) else Timing(None, proved=nodes <= _NODES)
