"""What is decided at once: projects that come only together, with what they need."""

from __future__ import annotations

from dataclasses import dataclass

from yipan.plan.rules import EPS, Rules, buildable

Chosen = frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """Projects none of which comes without the others (mostly just one), and all they need.

    Parameters
    ----------
    own
        The projects themselves.
    closure
        They and everything they need.
    cost
        Capital of `own`, 1e8 of the currency.
    rivals
        Projects that must not be chosen with any of `own`.
    """

    own: Chosen
    closure: Chosen
    cost: float
    rivals: Chosen

    @property
    def name(self) -> str:
        """The first id, which units are ordered by."""
        return min(self.own)

    def apart(self, other: Unit) -> bool:
        """Whether two units must not be chosen together."""
        return bool(self.rivals & other.own)


def units_of(rules: Rules) -> list[Unit]:
    """Return the units that could be built at all, by name: each project is in one, unless it never can be.

    Examples
    --------
    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> rules = Rules(
    ...     [invented_project("a", 1), invented_project("b", 1, needs=("a",)), invented_project("c", 9)],
    ...     invented_objective(5),
    ... )
    >>> [(sorted(u.own), sorted(u.closure)) for u in units_of(rules)]
    [(['a'], ['a']), (['b'], ['a', 'b'])]
    """
    together: dict[Chosen, set[str]] = {}
    for i in rules.ids:
        together.setdefault(rules.closure(i), set()).add(i)
    out = []
    for closure, own in together.items():
        can = rules.cost(closure) <= rules.objective.budget + EPS and rules.clash(closure) is None
        if can and all(buildable(rules.projects[i], rules.objective) for i in closure):
            mine = frozenset(own)
            rivals = frozenset[str]().union(*(rules.rivals[i] for i in mine))
            out.append(Unit(mine, closure, rules.cost(mine), rivals))
    return sorted(out, key=lambda u: u.name)


def room_for(rules: Rules, unit: Unit, chosen: Chosen, left: float) -> bool:
    """Whether a unit can still be added to a set with `left` money: money and exclusions are looked at."""
    added = unit.closure - chosen
    return bool(added) and rules.cost(added) <= left and rules.clash(chosen | added) is None
