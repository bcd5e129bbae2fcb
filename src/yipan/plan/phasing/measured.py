"""What a schedule is really worth: the sets that are open in each year, each measured once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from yipan.plan.phase import effective_by
from yipan.plan.phasing.money import factors
from yipan.plan.rules import EPS, Room, Rules, Years, place_in_order, window
from yipan.scenario.values import Start

Chosen = frozenset[str]
Value = Callable[[Chosen], float]
"""The objective of a set of projects, points; minus infinity where they cannot be applied together."""
Many = Callable[[Sequence[Chosen]], object]
"""Measures several sets, so that `Value` then has them at hand."""


_FEW, _REACH = 30, 6
"""Projects up to which every place in the order is tried for each; how far one moves where there are more."""


class Measured:
    """Worth of schedules of one set; counts the sets it had to measure.

    Parameters
    ----------
    value
        Measures a set.
    known
        Sets measured already: they cost nothing.
    limit
        Most sets to measure.
    many
        Measures several sets that are known beforehand, side by side where it can.
    """

    def __init__(
        self,
        rules: Rules,
        value: Value,
        *,
        known: Collection[Chosen],
        limit: int,
        many: Many | None = None,
    ) -> None:
        self.rules = rules
        self.limit = limit
        self.spent = 0
        self._value, self._known, self._many = value, frozenset(known), many
        self._seen: dict[Chosen, float] = {}
        self._factor = factors(rules.objective)

    @property
    def seen(self) -> dict[Chosen, float]:
        """Every value asked for so far."""
        return self._seen

    def value(self, ids: Chosen) -> float:
        """Return what a set is worth, whatever the limit."""
        if ids not in self._seen:
            self.spent += ids not in self._known
            self._seen[ids] = float(self._value(ids))
        return self._seen[ids]

    def ask(self, sets: Collection[Chosen]) -> None:
        """Measure those of `sets` that are new together."""
        new = [s for s in dict.fromkeys(sets) if s not in self._seen]
        if self._many is not None and len(new) > 1:
            self._many(new)
        for s in new:
            self.value(s)

    def new(self, sets: Collection[Chosen]) -> int:
        """Return how many of `sets` would have to be measured."""
        return sum(s not in self._seen and s not in self._known for s in set(sets))

    def within(self, sets: Collection[Chosen]) -> bool:
        """Whether all of `sets` can be measured within the limit."""
        return self.spent + self.new(sets) <= self.limit

    def sets(self, years: Years) -> dict[int, Chosen]:
        """Return what is open in each year of the horizon."""
        starts = [Start(self.rules.projects[i], y) for i, y in sorted(years.items())]
        return effective_by(starts, list(self._factor))

    def worth(self, years: Years) -> float:
        """Return Σ_t (1 + r)^−(t − start) × (value_t − value before any project), point-years."""
        self.ask([frozenset(), *self.sets(years).values()])
        base = self.value(frozenset())
        gains = (self._factor[y] * (self.value(s) - base) for y, s in self.sets(years).items())
        return round(float(sum(gains)), 9)


def keeps(rules: Rules, years: Years) -> bool:
    """Whether start years keep windows, needs, the money of every year and what may be built at once."""
    room = Room(rules.objective)
    for i in rules.in_order(years):
        p = rules.projects[i]
        first, last = window(p, rules.objective)
        late = any(years[n] > years[i] for n in p.needs if n in years)
        if not first <= years[i] <= last or late or not room.fits(p, years[i]):
            return False
        room.take(p, years[i])
    return True


def improve(measured: Measured, years: Years, gains: dict[str, float]) -> Years:
    """Shift and swap start years as long as the measured worth grows, within the limit of sets.

    `gains` (points by project) only decide which neighbour is tried first.
    """
    best, worth = years, measured.worth(years)
    while True:
        better = _better(measured, best, worth, gains)
        if better is None:
            return best
        best, worth = better


def _better(
    measured: Measured, years: Years, worth: float, gains: dict[str, float]
) -> tuple[Years, float] | None:
    if measured.spent >= measured.limit:
        return None  # nothing new could be measured
    seen = {measured_key(years)}
    near = []
    for other in _neighbours(measured.rules, years):
        if measured_key(other) not in seen and keeps(measured.rules, other):
            seen.add(measured_key(other))
            near.append((-_added(measured, other, gains), measured_key(other), other))
    for _, _, other in sorted(near, key=lambda r: r[:2]):
        if not measured.within(list(measured.sets(other).values())):
            continue
        found = measured.worth(other)
        if found > worth + EPS:
            return other, found
    return None


def measured_key(years: Years) -> tuple[tuple[str, int], ...]:
    """Return start years in a form that can be compared and remembered."""
    return tuple(sorted(years.items()))


def _added(measured: Measured, years: Years, gains: dict[str, float]) -> float:
    """Return the worth of a schedule if gains simply added up."""
    factor = factors(measured.rules.objective)
    total = sum(factor[y] * gains[i] for y, s in measured.sets(years).items() for i in sorted(s))
    return round(float(total), 9)


def _neighbours(rules: Rules, years: Years) -> Iterator[Years]:
    """Yield schedules near one.

    One project moved, two exchanged, one fixed with all others placed again around it, or one at another
    place of the order in which all are placed (a near one, where they are many).
    """
    ids = sorted(years)
    for i in ids:
        first, last = window(rules.projects[i], rules.objective)
        yield from ({**years, i: y} for y in range(first, last + 1) if y != years[i])
    for k, i in enumerate(ids):
        yield from ({**years, i: years[j], j: years[i]} for j in ids[k + 1 :] if years[i] != years[j])
    order = sorted(ids, key=lambda i: (years[i], i))
    for i in ids:
        first, last = window(rules.projects[i], rules.objective)
        for y in range(first, last + 1):
            yield from _around(rules, order, i, y)
    reach = len(order) if len(order) <= _FEW else _REACH
    for at, i in enumerate(order):
        rest = [j for j in order if j != i]
        for k in range(max(0, at - reach), min(len(order), at + reach + 1)):
            yield from _placed(rules, [*rest[:k], i, *rest[k:]])


def _placed(rules: Rules, order: Sequence[str]) -> Iterator[Years]:
    years = place_in_order([rules.projects[i] for i in order], rules.objective)
    if years is not None:
        yield years


def _around(rules: Rules, order: Sequence[str], fixed: str, year: int) -> Iterator[Years]:
    """Yield the schedule in which one project starts in `year` and the others as early as there is room."""
    room = Room(rules.objective)
    if not room.fits(rules.projects[fixed], year):
        return
    room.take(rules.projects[fixed], year)
    for i in order:
        if i != fixed:
            at = next(room.fitting(rules.projects[i]), None)
            if at is None:
                return
            room.take(rules.projects[i], at)
    yield room.years
