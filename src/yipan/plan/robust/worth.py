"""What a plan is worth in each draw: which projects are open when, and what they gain.

Money stays as promised. In order of planned opening, a project is paid for in the first year in which the
money promised so far covers its real cost and that of all before it; it opens the year after (never earlier
than planned), later by its own delay, and never before what it needs. What the money does not reach by the
end of the horizon does not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import PlanError, Problem
from yipan.plan.game import Evaluation, Game
from yipan.plan.phase import open_years
from yipan.plan.phasing.money import factors
from yipan.plan.robust.draws import Array, Inputs
from yipan.plan.robust.values import Contender
from yipan.plan.rules import EPS
from yipan.plan.values import Objective
from yipan.scenario.values import Start
from yipan.text import Text

NEVER = 1 << 20
"""Opening year of what is not built."""
Years = NDArray[np.int64]
Masks = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class Ready:
    """A plan prepared for the draws.

    Parameters
    ----------
    order
        Its projects by planned opening, what is needed first.
    opens
        Planned opening years in that order.
    cost
        Capital in that order, 1e8.
    needs
        For each, places in `order` of what it needs.
    gains
        Points each adds when it opens after those before it, by group of terms (projects × groups).
    value
        Measured value of the whole plan, points.
    """

    plan: Contender
    order: tuple[str, ...]
    opens: Years
    cost: Array
    needs: tuple[tuple[int, ...], ...]
    gains: Array
    groups: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class Run:
    """What a plan does in each draw.

    Opening years (draws × projects), value at the horizon and discounted mean value (points), and capital
    if all of it is built (1e8).
    """

    opened: Years
    cost: Array
    horizon: Array
    path: Array


def prepare(game: Game, plan: Contender, *, groups: Masks) -> Ready:
    """Return a plan with its gains split along the order of opening.

    g_k = v(first k projects) - v(first k - 1): a telescoping sum, so whatever the money cuts off at the end
    is worth exactly what was measured. With groups of terms each g_k is split by them; what is in no group
    stands under ``rest``.

    Raises
    ------
    PlanError
        Where the plan has projects that are no candidates or start years outside its rules, or groups are
        asked for where the objective does not split into terms.
    """
    _check_plan(game, plan)
    opened = open_years([Start(game.projects[i], plan.years[i]) for i in sorted(plan.years)])
    place = {i: k for k, i in enumerate(game.rules.in_order(plan.years))}
    order = tuple(sorted(plan.years, key=lambda i: (opened[i], place[i])))
    at = {i: k for k, i in enumerate(order)}
    return Ready(
        plan=plan,
        order=order,
        opens=np.array([opened[i] for i in order], dtype=np.int64),
        cost=np.array([game.projects[i].cost for i in order]),
        needs=tuple(tuple(at[n] for n in game.projects[i].needs if n in at) for i in order),
        gains=_gains(game, order, groups),
        groups=(*groups, "rest"),
        value=game.value(order),
    )


def _check_plan(game: Game, plan: Contender) -> None:
    unknown = sorted(i for i in plan.years if i not in game.projects)
    apart = not unknown and game.evaluation(plan.years) is None
    if unknown or apart:
        what = Text(f"候选项目中没有 {', '.join(unknown)}", f"no such candidates: {', '.join(unknown)}")
        if apart:
            what = Text("其中有项目不能一起实施", "some of its projects cannot be applied together")
        raise PlanError(
            Text(f"方案“{plan.name.in_('zh')}”无法比较", f"plan '{plan.name.in_('en')}' cannot be compared"),
            problems=[Problem(what=what, remedy=Text("改用候选项目中的组合", "use a set of the candidates"))],
        )


def _gains(game: Game, order: Sequence[str], groups: Masks) -> Array:
    out = np.zeros((len(order), len(groups) + 1))
    game.evaluate_many(frozenset(order[: k + 1]) for k in range(len(order)))
    before: Evaluation = game.base
    for k in range(len(order)):
        after = game.evaluation(order[: k + 1])
        if after is None:
            continue  # cannot be applied yet: its gain counts with the next that can
        whole = after.value - before.value
        split = [_in_group(before, after, mask) for mask in groups.values()]
        out[k] = [*split, whole - sum(split)]
        before = after
    return out


def _in_group(before: Evaluation, after: Evaluation, mask: NDArray[np.bool_]) -> float:
    if before.parts is None or after.parts is None or mask.shape != after.parts.shape:
        raise PlanError(
            Text(
                "目标不能拆成得分项,无法按组变动需求;请改用 all",
                "the objective does not split into terms, so demand cannot vary by group; use 'all'",
            )
        )
    return float((after.parts - before.parts)[mask].sum())


def opening(ready: Ready, inputs: Inputs, objective: Objective) -> Years:
    """Return the year in which each project opens (draws × projects); `NEVER` for none in the horizon.

    Opening year = max(planned, year paid for + 1) + delay (rounded to whole years), not before what it
    needs. Money promised up to a year: min(budget, yearly limit × years begun).
    """
    spent = np.cumsum(_columns(ready, inputs, "cost") * ready.cost, axis=1)
    yearly = max(objective.yearly, EPS)
    begun = np.maximum(np.ceil((spent - 1e-6) / yearly), 1.0)
    last = objective.end - objective.start + 1
    paid = (spent <= objective.budget + 1e-6) & (begun <= last)
    delay = np.floor(_columns(ready, inputs, "delay") + 0.5)
    opened = np.maximum(ready.opens, objective.start + begun) + delay
    years = np.where(paid, opened, NEVER).astype(np.int64)
    for k, needed in enumerate(ready.needs):
        for n in needed:
            years[:, k] = np.maximum(years[:, k], years[:, n])
    return years


def _columns(ready: Ready, inputs: Inputs, kind: str) -> Array:
    """Return one kind of input for every project of a plan (draws × projects)."""
    columns = [inputs.of(i, kind) for i in ready.order]
    return np.stack(columns, axis=1) if columns else np.zeros((inputs.draws, 0))


def run(ready: Ready, inputs: Inputs, objective: Objective) -> Run:
    """Return what a plan is worth in each draw.

    value = v(plan) + Σ_k Σ_group g_k,group × (effect_k × demand_group × open_k - 1): exact where nothing
    varies, linear in between. The path takes for `open` the discounted share of the years it is open in.
    """
    opened = opening(ready, inputs, objective)
    effect = _columns(ready, inputs, "effect")
    worth = np.zeros_like(effect)
    for k, group in enumerate(ready.groups):
        demand = inputs.of("all", "demand")
        if group != "rest":
            demand = demand * inputs.of(group, "demand")
        worth += ready.gains[:, k] * demand[:, None]
    worth *= effect
    planned = ready.gains.sum(axis=1)
    open_at_end = opened <= objective.end + 1
    horizon = ready.value + (worth * open_at_end - planned).sum(axis=1)
    share = discounted_share(objective)
    first, after_end = objective.start, objective.end + 1
    now = share[np.clip(opened, first, after_end) - first]
    then = share[np.clip(ready.opens, first, after_end) - first]
    as_planned = ready.value + float((planned * (then - 1.0)).sum())
    cost = _columns(ready, inputs, "cost") @ ready.cost
    return Run(opened, cost, horizon, as_planned + (worth * now - planned * then).sum(axis=1))


def discounted_share(objective: Objective) -> Array:
    """Return which share of the horizon's discounted years what opens in a year is open for.

    One entry for each opening year from the start to the year after the end, which is 0.
    """
    weight = np.array(list(factors(objective).values()))
    tail = np.cumsum(weight[::-1])[::-1] / weight.sum()
    return np.append(tail, 0.0)
