r"""Min-max regret: the set of projects that is never far from the best, whichever future comes.

.. math:: \min_S \max_f \; \bigl( v_f^* - v_f(S) \bigr)

with v\ :sub:`f`\ (S) the objective of the region as future f finds it with the set S built, and
v\ :sub:`f`\ :sup:`*` the best found for that future alone by the same search under the same money, years and
floors. Where these bests are not proved, regrets are against what was found, and are said to be so.

Savage, L. J. (1951), The theory of statistical decision, JASA 46(253), 55–67; Kouvelis, P. & Yu, G. (1997),
Robust Discrete Optimization and Its Applications, Kluwer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from yipan.errors import PlanError, errors_of
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Batch, Evaluation, Game
from yipan.plan.problem_objective import future_region
from yipan.plan.rules import EPS, Rules
from yipan.plan.solve import Solution, solve
from yipan.region.value import Region
from yipan.text import Text

Chosen = frozenset[str]
_ROUNDS = 4
"""Times the search is made again because it came upon a better set for one of the futures."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best set found for one future alone, its objective (points), and whether it is proved best."""

    chosen: Chosen
    value: float
    proved: bool


class RegretEvaluator:
    """Measures sets by their largest regret over futures: an `Evaluate` for a `Game`.

    The value is minus the largest regret, so that larger is better and 0 is as good as the best found for
    every future. Clusters (and the worst-off tenth) rise by the least over the futures, so floors hold
    in every one of them.

    Parameters
    ----------
    games
        One planning problem for each future, by its id, all with the same candidates.
    best
        The best found for each.
    """

    def __init__(self, games: Mapping[str, Game], best: Mapping[str, Best]) -> None:
        self.games = dict(games)
        self.best = dict(best)

    def __call__(self, ids: Chosen) -> Evaluation | None:
        """Return minus the largest regret of a set; None where it cannot be applied in some future."""
        found = {f: game.evaluation(ids) for f, game in self.games.items()}
        there = {f: e for f, e in found.items() if e is not None}
        if len(there) < len(found):
            return None
        regret = max(self.best[f].value - e.value for f, e in there.items())
        return Evaluation(value=-regret, clusters=self._clusters(there))

    def _clusters(self, found: Mapping[str, Evaluation]) -> dict[str, float]:
        """Return the mean index before any project plus the least rise over the futures."""
        out = {}
        for k in next(iter(found.values())).clusters:
            before = {f: game.base.clusters[k] for f, game in self.games.items()}
            rise = min(e.clusters[k] - before[f] for f, e in found.items())
            out[k] = float(np.mean(list(before.values()))) + rise
        return out

    def many(self, sets: Sequence[Chosen]) -> list[Evaluation | None]:
        """Return what each of many sets is worth (a `Batch`): each future measures them together."""
        for game in self.games.values():
            game.evaluate_many(sets)
        return [self(s) for s in sets]

    def improved(self) -> dict[str, Best] | None:
        """Return better bests where the search came upon a set that beats one of them, else None."""
        out = dict(self.best)
        for f, game in self.games.items():
            for s in sorted((s for s, e in game.seen.items() if e is not None), key=sorted):
                if game.value(s) > out[f].value + EPS and game.deficit(s) == 0 and game.rules.feasible(s):
                    out[f] = Best(s, game.value(s), proved=False)
        return None if out == self.best else out

    def table(self, chosen: Chosen) -> pd.DataFrame:
        """Return, for each future (index id): best, plan and base (points), regret, proved, projects."""
        rows = {
            f: {
                "base": game.value(frozenset()),
                "best": self.best[f].value,
                "plan": game.value(chosen),
                "regret": self.best[f].value - game.value(chosen),
                "proved": self.best[f].proved,
                "projects": ", ".join(sorted(self.best[f].chosen)),
            }
            for f, game in self.games.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")


@dataclass(frozen=True, kw_only=True)
class Regretted:
    """The set of least largest regret that was found, with what it was judged against."""

    game: Game
    solution: Solution
    evaluator: RegretEvaluator

    @property
    def regret(self) -> float:
        """Largest regret of the set, points."""
        return -self.solution.value

    def as_dict(self) -> dict[str, object]:
        """Return the regrets as a JSON-ready mapping (points): largest, and one row a future."""
        table = self.evaluator.table(self.solution.chosen)
        rows = [
            {"future": str(f), **row} for f, row in zip(table.index, table.to_dict("records"), strict=True)
        ]
        return {
            "regret": self.regret,
            "futures": rows,
            "words": {"zh": self.words().zh, "en": self.words().en},
        }

    def words(self) -> Text:
        """Say the regret in each future, and whether the bests are proved."""
        table = self.evaluator.table(self.solution.chosen)
        zh = "、".join(f"{f} {r:.3f}" for f, r in table["regret"].items())
        en = ", ".join(f"{f} {r:.3f}" for f, r in table["regret"].items())
        proved = bool(table["proved"].all())
        against = (
            ("已证明最好的", "proved best")
            if proved
            else ("所找到最好的(未全部证明)", "best found (not all proved)")
        )
        return Text(
            f"最大遗憾 {self.regret:.3f} 分;各情景中比{against[0]}方案少:{zh}",
            f"largest regret {self.regret:.3f} points; lost in each future against the {against[1]} plan"
            f" for it alone: {en}",
        )


def future_games(
    region: Region,
    rules: Rules,
    *,
    indicators: Sequence[str] | None = None,
    batch_of: Callable[[Region, Rules], Batch | None] = lambda *_: None,
) -> dict[str, Game]:
    """Return one planning problem for each future of the objective, on the region as it finds it.

    Parameters
    ----------
    indicators
        Ids to measure; all of the packs by default.
    batch_of
        Gives what measures many sets of a future at once, by its region and rules.

    Raises
    ------
    PlanError
        The changes of a future cannot be made; every reason is carried.
    """
    alone = Rules(rules.projects.values(), replace(rules.objective, futures=()))
    out: dict[str, Game] = {}
    for future in rules.objective.futures:
        there, problems = future_region(region, future)
        if errors_of(problems):
            raise PlanError(
                Text(f"情景 {future.id} 无法应用", f"the future {future.id} cannot be applied"),
                problems=problems,
            )
        evaluator = RegionEvaluator(there, alone, indicators=indicators)
        out[future.id] = Game(alone, evaluator, slow=evaluator.moving, batch=batch_of(there, alone))
    return out


def solve_regret(
    rules: Rules,
    games: Mapping[str, Game],
    limits: Limits,
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_evaluation: Callable[[int], None] | None = None,
) -> Regretted:
    """Return the set of least largest regret found: each future's best first, then the search over regrets.

    Where the search comes upon a set that is better for some future than the best found for it alone, that
    becomes its best and the search is made again; nothing is measured twice.

    Parameters
    ----------
    rules
        Money, years, needs and floors, the same for all futures.
    games
        From `future_games`.
    limits
        For each of the searches.

    Raises
    ------
    PlanError
        In some future no set was found that reaches the floors.

    Examples
    --------
    Either future has its own best project (10 points); one that is worth 8 in both is never far off.

    >>> from yipan.plan.invented import invented_objective, invented_project
    >>> o = replace(invented_objective(1.0), floors={})
    >>> rules = Rules([invented_project(i, 1.0) for i in "abc"], o)
    >>> def future(worth):
    ...     return Game(rules, lambda s: Evaluation(value=float(sum(worth[i] for i in s))))
    >>> games = {"dry": future({"a": 10, "b": 0, "c": 8}), "wet": future({"a": 0, "b": 10, "c": 8})}
    >>> found = solve_regret(rules, games, Limits())
    >>> sorted(found.solution.chosen), found.regret
    (['c'], 2.0)
    """
    best = {f: _best(f, game, solve(game, limits)) for f, game in games.items()}
    return _over_regrets(rules, games, best, limits=limits, on_step=on_step, on_evaluation=on_evaluation)


def solve_again(
    rules: Rules,
    known: Regretted,
    limits: Limits,
    *,
    on_step: Callable[[str], None] = lambda _: None,
    on_evaluation: Callable[[int], None] | None = None,
) -> Regretted:
    """Return what is known, or search again where a set measured since beats the best of some future.

    Regrets against a best that is no longer the best found would be told too small.
    """
    best, games = known.evaluator.improved(), known.evaluator.games
    if best is None:
        return known
    return _over_regrets(rules, games, best, limits=limits, on_step=on_step, on_evaluation=on_evaluation)


def _over_regrets(
    rules: Rules,
    games: Mapping[str, Game],
    best: Mapping[str, Best],
    *,
    limits: Limits,
    on_step: Callable[[str], None],
    on_evaluation: Callable[[int], None] | None,
) -> Regretted:
    for _ in range(_ROUNDS):
        evaluator = RegretEvaluator(games, best)
        game = Game(rules, evaluator, on_evaluation=on_evaluation, batch=evaluator.many)
        solution = solve(game, limits, on_step=on_step)
        better = evaluator.improved()
        if better is None:
            break
        best = better
    return Regretted(game=game, solution=solution, evaluator=evaluator)


def _best(future: str, game: Game, solution: Solution) -> Best:
    if game.deficit(solution.chosen) > 0:
        raise PlanError(
            Text(
                f"在情景 {future} 中,资金之内没有找到达到各底线的组合;请提高预算、降低底线或添加候选项目",
                f"in the future {future} no set within the money was found that reaches the floors;"
                " raise the budget, lower the floors, or add candidates",
            )
        )
    proved = solution.exact is not None and solution.exact.proved
    return Best(solution.chosen, solution.value, proved)
