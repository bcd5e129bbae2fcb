"""Pareto fronts: the plans of which none is better in one criterion without being worse in another.

Where all affordable sets can be measured the front is exact for any number of criteria. Otherwise, for two,
the ε-constraint method: the first criterion is made as good as possible while the second must be better than
in the plan before, again and again (Haimes, Lasdon & Wismer 1971); each such plan is proved best or it is
said that it is not. For more than two, NSGA-II (Deb et al. 2002) or NSGA-III (Deb & Jain 2014) of pymoo
propose sets; whatever they measured on the way is compared here.

Hypervolume: share of the box between the worst and the best value of each criterion on the front that is
dominated (Zitzler & Thiele 1999). Knee: the point farthest from the plane through the best of each criterion
(Das 1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from yipan.errors import PlanError
from yipan.plan.core import Limits, count_sets, feasible_sets
from yipan.plan.front import Chosen, Criterion, Front, Point, hypervolume, not_dominated
from yipan.plan.game import Evaluate, Evaluation, Game, Structure
from yipan.plan.rules import Rules
from yipan.plan.solve import Solution, solve
from yipan.plan.values import Objective
from yipan.text import Text

_STEP = 1e-6
"""Differences of a criterion smaller than this, as a share of its range, are taken as none."""
_FLOOR = "front:second"
"""Name of the floor by which the second criterion is kept; no cluster may be called so."""


def money_spent(game: Game) -> Criterion:
    """Return the criterion of capital, 1e8 of the currency: less is better."""
    return Criterion(
        id="money", name=Text("资本", "capital"), unit="1e8", best="least", of=lambda s, _: game.rules.cost(s)
    )


def worth(game: Game) -> Criterion:
    """Return the criterion of the objective, points: more is better."""
    return Criterion(
        id="objective",
        name=Text("目标", "objective"),
        unit="points",
        of=lambda s, _: game.value(s),
    )


def land_taken(game: Game) -> Criterion:
    """Return the criterion of land, km2: less is better; projects that do not say count as none."""
    return Criterion(
        id="land",
        name=Text("占地", "land"),
        unit="km2",
        best="least",
        of=lambda s, _: float(sum(game.projects[i].land or 0.0 for i in sorted(s))),
    )


def greenhouse_gases(game: Game) -> Criterion:
    """Return the criterion of greenhouse gases, kt CO2e: less is better; who does not say counts as none."""
    return Criterion(
        id="carbon",
        name=Text("温室气体", "greenhouse gases"),
        unit="kt CO2e",
        best="least",
        of=lambda s, _: float(sum(game.projects[i].carbon or 0.0 for i in sorted(s))),
    )


def pareto_front(
    game: Game, criteria: Sequence[Criterion], *, limits: Limits | None = None, points: int = 25
) -> Front:
    """Return the plans of a game none of which is better in every criterion.

    Parameters
    ----------
    criteria
        Two or more.
    limits
        With at most `exact_sets` affordable sets all are measured; otherwise they hold for each plan of the
        ε-constraint method.
    points
        Most plans the ε-constraint method looks for; generations of pymoo with more than two criteria.

    Raises
    ------
    PlanError
        With fewer than two criteria, with more than two and no pymoo where enumeration is too much, or where
        no set of projects keeps the rules.
    """
    limits = limits or Limits()
    if len(criteria) < 2:
        raise PlanError(Text("帕累托前沿至少要两个准则", "a Pareto front needs at least two criteria"))
    ids = list(game.rules.ids)
    if count_sets(game, ids, limits.exact_sets) <= limits.exact_sets:
        return _enumerated(game, criteria)
    if len(criteria) == 2:
        return _constrained(game, criteria, limits, points)
    _propose(game, criteria, points)
    how = Text(
        "由多目标进化算法(pymoo)提出组合,逐一实测后取非支配者;没有证明,可能有遗漏",
        "sets proposed by an evolutionary search (pymoo), each measured, those kept that none beats;"
        " nothing is proved, plans may be missing",
    )
    return _front(game, criteria, [(s, False) for s in game.seen if _keeps(game, s)], how, proved=False)


def _propose(game: Game, criteria: Sequence[Criterion], generations: int) -> None:
    try:
        from yipan.plan.many import proposed  # noqa: PLC0415  (pymoo is an extra)
    except ImportError as e:
        raise PlanError(
            Text(
                "两个以上准则的前沿需要 pymoo:请安装 pip install 'yipan[pareto]'",
                "a front of more than two criteria needs pymoo: install it by pip install 'yipan[pareto]'",
            )
        ) from e
    proposed(game, criteria, generations=generations)


def front_by_budget(game: Game, budgets: Iterable[float], *, limits: Limits | None = None) -> Front:
    """Return the best plan for each of several budgets, as a front of objective and money spent.

    Yearly money and all other rules stay as they are. A plan found for less money stays within more, so the
    objective never falls along the front, whatever the search finds.

    Parameters
    ----------
    budgets
        1e8 of the currency, in any order; they may be above that of the game.

    Raises
    ------
    PlanError
        Where no set of projects keeps the rules within any of the budgets.
    """
    limits = limits or Limits()
    found: list[tuple[Chosen, bool]] = []
    settled: list[bool] = []
    best: Chosen | None = None
    wanted = sorted(set(budgets))
    for budget in wanted:
        part = _derived(game, objective=replace(game.objective, budget=budget))
        solution = solve(part, limits)
        proved = _proved(part, solution, limits)
        if _keeps(part, solution.chosen) and (best is None or game.value(solution.chosen) > game.value(best)):
            best = solution.chosen
        settled.append(proved)
        if best is not None:
            found.append((best, proved))
    proved = all(settled)
    how = Text(
        f"{len(wanted)} 档预算各求最优组合;" + ("每档都已证明最优" if proved else "并非每档都已证明最优"),
        f"the best set for each of {len(wanted)} budgets; "
        + ("each is proved best" if proved else "not each is proved best"),
    )
    return _front(game, [worth(game), money_spent(game)], found, how, proved=proved)


def _enumerated(game: Game, criteria: Sequence[Criterion]) -> Front:
    """Measure every affordable set and keep those that none beats."""
    sets = list(feasible_sets(game, list(game.rules.ids)))
    game.evaluate_many(sets)
    unsure = [s for s in sets if (t := game.rules.timing(s)).years is None and not t.proved]
    proved = not unsure
    how = Text(
        f"全部 {len(sets)} 个资金之内的组合都实测过"
        + (";前沿完整" if proved else f";其中 {len(unsure)} 个未能判定有无开工年份"),
        f"all {len(sets)} sets within the money were measured"
        + ("; the front is complete" if proved else f"; for {len(unsure)} start years were not settled"),
    )
    return _front(game, criteria, [(s, proved) for s in sets if _keeps(game, s)], how, proved=proved)


def _constrained(game: Game, criteria: Sequence[Criterion], limits: Limits, points: int) -> Front:
    """Make the first criterion best while the second must be better each time than before."""
    first, second = criteria
    found: list[tuple[Chosen, bool]] = []
    least, complete = -np.inf, False
    while len(found) < points:
        part = _of_two(game, first, second, least)
        solution = solve(part, limits)
        proved = _proved(part, solution, limits)
        if not _keeps(part, solution.chosen):
            complete = proved
            break
        found.append((solution.chosen, proved))
        e = game.evaluation(solution.chosen)
        assert e is not None  # noqa: S101  (it was measured to be chosen)
        score = second.score(solution.chosen, e)
        least = score + _STEP * max(1.0, abs(score))
    proved = complete and all(p for _, p in found)
    how = Text(
        f"ε-约束法解了 {len(found)} 个问题;"
        + ("每个都已证明最优,前沿完整" if proved else "并非每个都已证明最优,可能有遗漏"),
        f"{len(found)} problems of the ε-constraint method; "
        + (
            "each is proved best and the front complete"
            if proved
            else "not each is proved best, plans may be missing"
        ),
    )
    return _front(game, criteria, found, how, proved=proved)


def _of_two(game: Game, first: Criterion, second: Criterion, least: float) -> Game:
    """Return the game of the first criterion in which the second is a floor."""
    own = first.id == "objective"

    def evaluate(ids: Chosen) -> Evaluation | None:
        e = game.evaluation(ids)
        if e is None:
            return None
        return Evaluation(
            value=first.score(ids, e),
            clusters={**e.clusters, _FLOOR: second.score(ids, e)},
            parts=e.parts if own else None,
        )

    floors = dict(game.objective.floors)
    if np.isfinite(least):
        floors[_FLOOR] = least - second.score(frozenset(), game.base)
    objective = replace(game.objective, floors=floors)
    return _derived(game, objective=objective, evaluate=evaluate, own=own)


def _derived(
    game: Game,
    *,
    objective: Objective,
    evaluate: Evaluate | None = None,
    own: bool = True,
) -> Game:
    """Return a game of the same projects with another objective, that measures through this one."""
    of = evaluate or game.evaluation

    def batch(sets: Sequence[Chosen]) -> list[Evaluation | None]:
        game.evaluate_many(sets)
        return [of(s) for s in sets]

    rules = Rules(game.projects.values(), objective)
    structure: Structure = game.structure if own else "unknown"
    return Game(rules, of, slow=game.slow, structure=structure, batch=batch)


def _keeps(game: Game, chosen: Chosen) -> bool:
    return game.rules.feasible(chosen) and game.deficit(chosen) == 0


def _proved(game: Game, solution: Solution, limits: Limits) -> bool:
    """Whether a solution is proved best, or it is proved that no set keeps the rules and floors."""
    if solution.exact is not None:
        return solution.exact.proved
    if count_sets(game, list(game.rules.ids), limits.exact_sets) <= limits.exact_sets:
        timings = (game.rules.timing(s) for s in feasible_sets(game, list(game.rules.ids)))
        return all(t.proved for t in timings)  # all were measured and none will do
    b = solution.branched
    return b is not None and b.complete and not b.conditional


def _front(
    game: Game,
    criteria: Sequence[Criterion],
    found: Sequence[tuple[Chosen, bool]],
    how: Text,
    *,
    proved: bool,
) -> Front:
    """Keep of found sets, all of which keep their rules, those that no other beats."""
    kept = [(s, p, e) for s, p in found if (e := game.evaluation(s)) is not None]
    if not kept:
        raise PlanError(
            Text(
                "没有任何组合符合资金、年份、前置、互斥与底线",
                "no set of projects keeps money, years, needs, exclusions and floors",
            )
        )
    kept.sort(key=lambda r: (game.rules.cost(r[0]), sorted(r[0])))
    scores = np.round([[c.score(s, e) for c in criteria] for s, _, e in kept], 9)
    rows = [int(k) for k in np.flatnonzero(not_dominated(scores))]
    rows.sort(key=lambda k: (*(-scores[k]), sorted(kept[k][0])))
    on = scores[rows]
    low, span = on.min(axis=0), np.ptp(on, axis=0)
    share = (on - low) / np.where(span > 0, span, 1.0)
    knee = int(np.argmax(np.round(share.sum(axis=1), 9))) if len(rows) > 2 else None
    return Front(
        criteria=tuple(c.id for c in criteria),
        names=tuple(c.name for c in criteria),
        units=tuple(c.unit for c in criteria),
        best=tuple(c.best for c in criteria),
        points=tuple(
            Point(
                projects=tuple(sorted(kept[k][0])),
                values=tuple(float(c.of(kept[k][0], kept[k][2])) for c in criteria),
                proved=kept[k][1],
            )
            for k in rows
        ),
        proved=proved,
        knee=knee,
        hypervolume=hypervolume(share, np.zeros(len(criteria))),
        how=how,
        evaluations=game.evaluations,
    )
