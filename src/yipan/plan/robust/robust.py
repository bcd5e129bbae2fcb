"""How plans stand up when costs, dates, demand and effects turn out otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.errors import PlanError
from yipan.measure import NEEDS
from yipan.plan.argue.values import Argument
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Game
from yipan.plan.phase import phase
from yipan.plan.robust.compare import drivers, duel, outcome
from yipan.plan.robust.draws import Array, check_sampling, draw, ranges_for
from yipan.plan.robust.values import Check, Contender, Robustness, Sampling
from yipan.plan.robust.worth import Masks, Ready, Run, prepare, run
from yipan.plan.solve import Solution, stand_alone
from yipan.scenario.values import Project, Ranges
from yipan.text import Text


def robust(
    game: Game,
    plans: Sequence[Contender],
    *,
    ranges_of: Callable[[Project], Ranges] | None = None,
    sampling: Sampling | None = None,
    groups: Masks | None = None,
) -> Robustness:
    """Return how plans stand up to costs, dates, demand and effects other than stated.

    Parameters
    ----------
    plans
        The plan first, then what it is compared with; the second is the runner-up.
    ranges_of
        Ranges of a project that states none (reference classes); without it such a project is taken as
        stated and named in `Robustness.unstated`.
    sampling
        Number of draws, seed, shape, what goes together, demand.
    groups
        Terms of the objective by name, for demand that varies by group (`need_groups` on a region).

    Raises
    ------
    PlanError
        Where there is no plan, ranges are unsound, or a plan cannot be measured.

    Examples
    --------
    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> from yipan.plan.game import Evaluation
    >>> from yipan.plan.rules import Rules
    >>> worth = {"a": 8.0, "b": 6.0}
    >>> game = Game(
    ...     Rules([invented_project("a", 4), invented_project("b", 6)], invented_objective(11)),
    ...     lambda ids: Evaluation(value=sum(worth[i] for i in ids)),
    ... )
    >>> plan = Contender(id="plan", name=Text("方案", "plan"), years={"a": 2026, "b": 2027})
    >>> found = robust(game, [plan], ranges_of=lambda p: Ranges(cost=(0.9, 1.4)))
    >>> found.outcomes[0].planned, 0.5 < found.outcomes[0].as_planned < 0.7
    (14.0, True)
    """
    sampling, masks, before = sampling or Sampling(), dict(groups or {}), game.evaluations
    if not plans:
        raise PlanError(Text("没有要比较的方案", "there is no plan to compare"))
    o = game.objective
    everything = sorted({i for p in plans for i in p.years if i in game.projects})
    ranges = ranges_for([game.projects[i] for i in everything], ranges_of)
    check_sampling(sampling, ranges, masks)
    ready = [prepare(game, p, groups=masks) for p in plans]
    inputs = draw(ranges, sampling)
    ran = [run(r, inputs, o) for r in ready]
    best = np.max([r.horizon for r in ran], axis=0)
    outcomes = tuple(
        outcome(r, x, best, objective=o, tail=sampling.tail) for r, x in zip(ready, ran, strict=True)
    )
    mine, runner_up = ran[0].horizon, ran[1].horizon if len(ran) > 1 else None
    check = _check(game, ready, ran, sampling.checks)
    return Robustness(
        outcomes=outcomes,
        duels=tuple(duel(r.plan.id, mine, x.horizon) for r, x in zip(ready[1:], ran[1:], strict=True)),
        best_in_bad=max(outcomes, key=lambda x: round(x.worst, 9)).plan,
        least_regret=min(outcomes, key=lambda x: round(x.regret, 9)).plan,
        drivers=drivers(ready[0], inputs, mine, runner_up, objective=o),
        check=check,
        unstated=tuple(i for i in everything if _unstated(ranges[i])),
        draws=sampling.draws,
        tail=sampling.tail,
        horizon=o.end + 1,
        evaluations=game.evaluations - before,
    )


def _unstated(r: Ranges) -> bool:
    return r.cost is None and r.delay is None and r.effect is None


def _check(game: Game, ready: Sequence[Ready], ran: Sequence[Run], allowance: int) -> Check:
    """Measure the sets that draws build most often and compare them with their gains added up."""
    built = Counter[tuple[int, frozenset[str]]]()
    for k, (r, x) in enumerate(zip(ready, ran, strict=True)):
        rows = Counter(row.tobytes() for row in x.opened <= game.objective.end + 1)
        for row, count in rows.items():
            built[k, frozenset(i for i, there in zip(r.order, row, strict=True) if there)] += count
    often = sorted(built.items(), key=lambda b: (-b[1], b[0][0], sorted(b[0][1])))
    new = dict.fromkeys(ids for (_, ids), _ in often if ids not in game.seen)
    game.evaluate_many(list(new)[:allowance])
    off = [
        (abs(game.value(ids) - _added_up(ready[k], ids)), count)
        for (k, ids), count in often
        if ids in game.seen and np.isfinite(game.value(ids))
    ]
    total = sum(built.values())
    covered = sum(n for _, n in off)
    return Check(
        sets=len(off),
        covered=covered / total if total else 1.0,
        mean=sum(d * n for d, n in off) / covered if covered else 0.0,
        largest=max((d for d, _ in off), default=0.0),
    )


def _added_up(ready: Ready, ids: frozenset[str]) -> float:
    gains: Array = ready.gains.sum(axis=1)
    missing = [g for i, g in zip(ready.order, gains.tolist(), strict=True) if i not in ids]
    return ready.value - float(sum(missing))


def contenders(
    game: Game, solution: Solution, argument: Argument | None = None, *, alternatives: int = 1
) -> tuple[Contender, ...]:
    """Return the plan and what to compare it with: runner-up, alternatives, the additive choice; each once.

    The runner-up is the best measured set that lacks one of the plan's projects (the least replacement
    cost); each set is phased like the plan. Every plan compared takes about as many sets to be measured
    as it has projects: of the alternatives the first `alternatives` are taken.
    """
    alone = stand_alone(game)
    named: dict[frozenset[str], tuple[str, Text]] = {
        solution.chosen: ("plan", Text("方案", "the plan")),
    }
    if argument is not None:
        chosen = frozenset(argument.chosen)
        found = [r for r in argument.replacements if not r.needed]
        nearest = sorted(found, key=lambda r: (r.lost, r.project))
        if nearest:
            r = nearest[0]
            other = (chosen - {r.project} - set(r.gone)) | set(r.instead)
            named.setdefault(other, ("runner-up", Text("次优方案", "the runner-up")))
        for k, a in enumerate(argument.near.alternatives[:alternatives], start=1):
            named.setdefault(
                frozenset(a.projects), (f"alternative-{k}", Text(f"备选方案 {k}", f"alternative {k}"))
            )
    named.setdefault(
        solution.additive.chosen, ("additive", Text("单项得分相加", "adding stand-alone scores"))
    )
    out = []
    for ids, (key, name) in named.items():
        gains = {i: dict(solution.trace).get(i, alone[i]) for i in ids}
        if game.rules.feasible(ids):
            out.append(Contender(id=key, name=name, years=phase(game.rules, ids, gains)))
    return tuple(out)


def need_groups(evaluator: RegionEvaluator) -> Mapping[str, NDArray[np.bool_]]:
    """Return which terms of the objective belong to each need, for demand that varies by need.

    Terms are indicators by zone, or targets where the objective is judged by targets.
    """
    results = evaluator.results(frozenset())
    if evaluator.rules.objective.aim == "targets":
        columns, zones = [str(k).split("@")[0] for k in evaluator.valuation.distances.index], 1
    else:
        columns, zones = [str(c) for c in results.scores.columns], len(results.scores.index)
    needs = [results.indicators[c].need for c in columns]
    return {n: np.tile(np.array([x == n for x in needs], dtype=bool), zones) for n in NEEDS}
