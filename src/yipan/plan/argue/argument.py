"""The argument: every reason for and against a plan, from what was measured and a few sets more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from yipan.errors import Problem, UnknownName
from yipan.plan.argue.again import best_seen
from yipan.plan.argue.money import money_curve, threshold
from yipan.plan.argue.near import near_best
from yipan.plan.argue.pairs import pairs
from yipan.plan.argue.replace import replacement
from yipan.plan.argue.values import ArgueLimits, Argument, Replacement, Told
from yipan.plan.core import rank
from yipan.plan.exchange import losses, respent
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.reasons import missed, on_top
from yipan.plan.rules import EPS
from yipan.plan.solve import Solution
from yipan.plan.values import Missed
from yipan.text import Text

Gains = Callable[[str], Text]


def argue(
    game: Game,
    solution: Solution,
    *,
    limits: ArgueLimits | None = None,
    about: Iterable[str] = (),
    gains: Gains | None = None,
) -> Argument:
    """Return the reasons for a solved game, everything a reader can argue with.

    Parameters
    ----------
    game, solution
        As solved; what was measured stands, as values do not depend on money.
    limits
        How many sets may be measured anew for each part.
    about
        Projects left out to be argued about whether or not they came near.
    gains
        Says who gains from a project (`yipan.plan.reasons.gains_most` on a region).

    Raises
    ------
    UnknownName
        Where `about` names a project that is no candidate.

    Examples
    --------
    >>> from yipan.plan.core import Limits
    >>> from yipan.plan.invented import invented_problem
    >>> from yipan.plan.solve import solve
    >>> game = invented_problem(7, projects=6).game()
    >>> argument = argue(game, solve(game, Limits()))
    >>> argument.chosen
    ('p2',)
    >>> [(r.project, r.instead, r.exact) for r in argument.replacements]
    [('p2', ('p3',), True)]
    """
    limits = limits or ArgueLimits()
    before, chosen = game.evaluations, solution.chosen
    asked = _known(game, about)
    complete = solution.exact is not None and solution.exact.proved
    replaced = _replacements(game, chosen, limits)
    tops = {m.project: m for m in missed(game, solution, limit=limits.missed)}
    tops |= {i: m for i in asked if i not in chosen and (m := on_top(game, chosen, i)) is not None}
    others = tuple(sorted({*tops, *(i for i in asked if i not in chosen)}))
    budget = money_curve(game, chosen, what="budget", limits=limits)
    yearly = money_curve(game, chosen, what="yearly", limits=limits)
    until = game.evaluations + limits.thresholds
    thresholds = tuple(
        threshold(game, i, limits=limits, allowance=until - game.evaluations)
        for i in (*others, *sorted(chosen))
    )
    near = near_best(game, chosen, limits=limits, complete=complete)
    found, left = pairs(game, chosen, others, allowance=limits.pairs)
    best = best_seen(game, game.rules)
    better = best is not None and rank(game, best)[:3] > _beaten(game, chosen)
    dropped = {r.project: r.dropped for r in replaced}
    named = {*chosen, *others}
    return Argument(
        chosen=tuple(sorted(chosen)),
        value=game.value(chosen),
        base=game.value(frozenset()),
        told=_told(game, solution, dropped, tops, gains=lambda i: gains(i) if gains and i in named else None),
        replacements=replaced,
        pairs=found,
        unmeasured_pairs=left,
        near=near,
        budget=budget,
        yearly=yearly,
        thresholds=thresholds,
        better=tuple(sorted(best)) if better and best is not None else (),
        better_value=game.value(best) if better and best is not None else game.value(chosen),
        evaluations=game.evaluations - before,
    )


def _replacements(game: Game, chosen: Chosen, limits: ArgueLimits) -> tuple[Replacement, ...]:
    """Return the replacement of each chosen project, in their order; small losses are searched first.

    First the money of each is spent by what was measured on top of the plan, one set each; what is left of
    the allowance goes into searches.
    """
    lost = losses(game, chosen)
    until = game.evaluations + limits.replacements
    ideas = [respent(game, chosen, i) for i in sorted(chosen, key=lambda i: (lost[i], i))]
    game.evaluate_many([s for s in dict.fromkeys(ideas) if s not in game.seen][: limits.replacements])
    found: dict[str, Replacement] = {}
    for i in sorted(chosen, key=lambda i: (lost[i], i)):
        allowance = max(0, min(limits.replacement, until - game.evaluations))
        found[i] = replacement(
            game, chosen, i, dropped=lost[i], exact_sets=limits.exact_sets, allowance=allowance
        )
    return tuple(found[i] for i in game.rules.in_order(chosen))


def _told(
    game: Game,
    solution: Solution,
    dropped: Mapping[str, float],
    tops: Mapping[str, Missed],
    *,
    gains: Callable[[str], Text | None],
) -> tuple[Told, ...]:
    """Return what is known about each candidate by itself."""
    steps = {i: (k, gain) for k, (i, gain) in enumerate(solution.trace[: solution.stepwise], start=1)}
    on_top = {i: m.gain for i, m in tops.items()} | dict(dropped)
    return tuple(
        Told(
            project=i,
            name=p.name,
            chosen=i in solution.chosen,
            cost=p.cost,
            alone=solution.alone[i],
            step=steps[i][0] if i in steps else None,
            at_step=steps[i][1] if i in steps else None,
            on_top=on_top.get(i),
            answers=p.answers,
            because=p.because,
            out=tops[i].why if i in tops else None,
            gains=gains(i),
        )
        for i, p in game.projects.items()
    )


def _beaten(game: Game, chosen: Chosen) -> tuple[float, float, float]:
    """Return what a set must exceed to be called better: floors, value, less money (above noise)."""
    deficit, value, money, _ = rank(game, chosen)
    return deficit, value, money + EPS


def _known(game: Game, about: Iterable[str]) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(about))
    unknown = [i for i in asked if i not in game.projects]
    if unknown:
        raise unknown_projects(unknown, tuple(game.projects))
    return asked


def unknown_projects(unknown: Iterable[str], candidates: tuple[str, ...]) -> UnknownName:
    """Return the error that some projects are no candidates, with those there are."""
    there = ", ".join(candidates)
    return UnknownName(
        Text("没有这样的候选项目", "no such candidate"),
        problems=[
            Problem(
                what=Text(f"候选项目中没有“{i}”", f"there is no candidate '{i}'"),
                remedy=Text(f"从这些编号中选:{there}", f"choose one of: {there}"),
            )
            for i in unknown
        ],
    )
