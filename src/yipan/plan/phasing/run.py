"""The search for start years: list schedule, mixed-integer models, then improvement on measured values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from yipan.plan.phase import list_schedule, open_years, phase
from yipan.plan.phasing.measured import Chosen, Many, Measured, Value, improve, keeps, measured_key
from yipan.plan.phasing.model import Line, Scheduled, schedule
from yipan.plan.phasing.money import factors
from yipan.plan.phasing.values import Effort, Phased
from yipan.plan.rules import Rules, Years
from yipan.scenario.values import Start

_ROUNDS = 3
"""Times the gains are measured again in the order the model came to."""
_NEAR = 1e-6
"""Points within which a measured value agrees with a bound."""


def best_years(
    rules: Rules,
    chosen: Chosen,
    value: Value,
    *,
    gains: Mapping[str, float],
    known: Collection[Chosen] = frozenset(),
    many: Many | None = None,
    effort: Effort | None = None,
) -> Phased:
    """Return start years with the most discounted gain over the horizon, the region measured in every year.

    1. The greedy list schedule, and the schedule of `yipan.plan.phase.phase`.
    2. The time-indexed mixed-integer model with gains measured one after another in the order of opening;
       its schedule gives a new order, and so on a few times.
    3. The same model with gains bounded from both ends (each project on top of nothing but its needs, and
       on top of all others), which bounds any schedule where effects have diminishing returns.
    4. The best of these is improved by shifting and exchanging projects as long as its measured worth
       grows.

    Money of every year, windows, needs and what may be built at once hold throughout; the result is never
    worth less, measured, than the greedy list schedule. The same input gives the same years.

    Parameters
    ----------
    value
        Measures a set (points; ``Game.value``).
    gains
        Points by project, for the first list schedule (from the order in which they were chosen).
    known
        Sets measured before (``Game.seen``): they do not count against the limit.
    many
        Measures several sets together beforehand (``Game.evaluate_many``).
    effort
        How much work may be done.

    Raises
    ------
    ValueError
        No start years of this set are known.

    Examples
    --------
    Two projects, one at a time: the one worth more comes first, and 3 points last one year longer than 1.

    >>> from dataclasses import replace
    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> o = replace(invented_objective(8.0, yearly=4.0, years=(2026, 2028)), discount=0.0)
    >>> rules = Rules([invented_project("a", 4.0), invented_project("b", 4.0)], o)
    >>> worth = {"a": 1.0, "b": 3.0}
    >>> found = best_years(rules, frozenset("ab"), lambda s: sum(worth[i] for i in s), gains=worth)
    >>> sorted(found.years.items()), found.worth, round(found.linear_bound, 3)
    ([('a', 2027), ('b', 2026)], 7.0, 7.0)
    """
    effort = effort or Effort()
    listed, start = list_schedule(rules, chosen, gains), phase(rules, chosen, gains)
    measured = Measured(rules, value, known=known, limit=effort.evaluations, many=many)
    found = [listed, start]
    linear, order = _in_order(measured, chosen, max(found, key=measured.worth), effort, found)
    bounded = _two_sided(measured, chosen, max(found, key=measured.worth), effort, found)
    best = max(found, key=lambda y: (measured.worth(y), _earliest(y)))
    best = improve(measured, best, order or dict(gains))
    upper, excess = None, 0.0
    if bounded is not None:
        made, lines = bounded
        upper, excess = _upper(measured, best, made=made, lines=lines, nodes=effort.nodes)
    return Phased(
        years=best,
        worth=measured.worth(best),
        listed=listed,
        listed_worth=measured.worth(listed),
        linear=None if linear is None else linear.value,
        linear_bound=None if linear is None else linear.bound,
        order=tuple(order.items()),
        upper=upper,
        excess=excess,
        path=_path(measured, best),
        discount=rules.objective.discount,
        evaluations=measured.spent,
    )


def _earliest(years: Years) -> tuple[tuple[str, int], ...]:
    return tuple((i, -y) for i, y in measured_key(years))


def _in_order(
    measured: Measured, chosen: Chosen, start: Years, effort: Effort, found: list[Years]
) -> tuple[Scheduled | None, dict[str, float]]:
    """Solve with gains in the order of opening, as long as the order changes; return the best by measure.

    Nothing is solved where the gains of an order take more sets than may be measured.
    """
    rounds: list[tuple[float, Scheduled, dict[str, float]]] = []
    tried: set[tuple[str, ...]] = set()
    for _ in range(_ROUNDS):
        order = _opening(measured.rules, start)
        sets = [frozenset(order[:k]) for k in range(len(order) + 1)]
        if order in tried or not measured.within(sets):
            break
        tried.add(order)
        measured.ask(sets)
        at = [measured.value(s) for s in sets]
        steps = {i: at[k + 1] - at[k] for k, i in enumerate(order)}
        gains = {i: g if np.isfinite(g) else 0.0 for i, g in steps.items()}
        made = schedule(measured.rules, chosen, [Line(0.0, gains)], start=start, nodes=effort.nodes)
        sound = _taken(measured, made, found)
        rounds.append((measured.worth(found[-1]) if sound else -np.inf, made, gains))
        if not sound:
            break
        start = found[-1]
    return max(rounds, key=lambda r: r[0])[1:] if rounds else (None, {})


def _taken(measured: Measured, made: Scheduled, found: list[Years]) -> bool:
    """Add the schedule of a model to what was found, if it keeps every rule and can be measured."""
    sound = (
        made.years is not None
        and keeps(measured.rules, made.years)
        and measured.within(list(measured.sets(made.years).values()))
    )
    if sound and made.years is not None:
        found.append(made.years)
    return sound


def _opening(rules: Rules, years: Years) -> tuple[str, ...]:
    """Return ids by the year they open, what is needed first."""
    opened = open_years([Start(rules.projects[i], y) for i, y in years.items()])
    rank = {i: k for k, i in enumerate(rules.in_order(years))}
    return tuple(sorted(years, key=lambda i: (opened[i], rank[i])))


def _two_sided(
    measured: Measured, chosen: Chosen, start: Years, effort: Effort, found: list[Years]
) -> tuple[Scheduled, list[Line]] | None:
    """Solve with gains bounded from both ends; None where that takes more sets than may be measured."""
    ends = _ends(measured.rules, chosen)
    wanted = [s for pair in ends.values() for sets in pair for s in sets]
    if not measured.within(wanted):
        return None
    measured.ask(wanted)
    low = _steps(measured, {i: pair[0] for i, pair in ends.items()})
    high = _steps(measured, {i: pair[1] for i, pair in ends.items()})
    if not all(map(np.isfinite, (*low.values(), *high.values()))):
        return None
    whole = measured.value(chosen) - measured.value(frozenset())
    lines = [Line(0.0, low), Line(whole - sum(high.values()), high)]
    made = schedule(measured.rules, chosen, lines, start=start, nodes=effort.nodes)
    _taken(measured, made, found)
    return made, lines


def _ends(rules: Rules, chosen: Chosen) -> dict[str, tuple[tuple[Chosen, Chosen], tuple[Chosen, Chosen]]]:
    """Return, for each project, two pairs of sets (without it, with it).

    The first on top of nothing but its needs, the second on top of all that does not need it.
    """
    needs = {i: rules.needed(i) & chosen for i in chosen}
    out = {}
    for i in sorted(chosen):
        below, most = needs[i], frozenset(j for j in chosen if i not in needs[j])
        out[i] = ((below, below | {i}), (most - {i}, most))
    return out


def _steps(measured: Measured, pairs: Mapping[str, tuple[Chosen, Chosen]]) -> dict[str, float]:
    return {i: measured.value(more) - measured.value(less) for i, (less, more) in pairs.items()}


def _upper(
    measured: Measured, best: Years, *, made: Scheduled, lines: list[Line], nodes: int
) -> tuple[float, float]:
    """Return the bound, and by how many points a measured set is above the lines (then they are raised)."""
    base = measured.value(frozenset())
    above = [max(0.0, *(v - base - line.at(s) for s, v in measured.seen.items())) for line in lines]
    if max(above) <= _NEAR:
        return made.bound, 0.0
    raised = [replace(line, bonus=2.0 * a) for line, a in zip(lines, above, strict=True)]
    again = schedule(measured.rules, frozenset(best), raised, start=best, nodes=nodes)
    return again.bound, max(above)


def _path(measured: Measured, years: Years) -> pd.DataFrame:
    factor, base = factors(measured.rules.objective), measured.value(frozenset())
    value = {y: measured.value(s) for y, s in measured.sets(years).items()}
    return pd.DataFrame(
        {
            "value": value,
            "gain": {y: v - base for y, v in value.items()},
            "factor": factor,
            "worth": {y: factor[y] * (v - base) for y, v in value.items()},
        }
    ).rename_axis(index="year")
