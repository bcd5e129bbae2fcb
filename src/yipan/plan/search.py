"""The search: from a region, candidates and an objective to a plan with its reasons, bound and path."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from yipan.errors import PlanError, errors_of
from yipan.plan.bound import Upper, upper_bound
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Game
from yipan.plan.phase import paths, phase, spending
from yipan.plan.problem import check_problem
from yipan.plan.proof import bound_of
from yipan.plan.reasons import missed, reasons
from yipan.plan.rules import Rules
from yipan.plan.solve import Solution, solve
from yipan.plan.values import Comparison, Objective, Plan
from yipan.plan.verify import verify
from yipan.region.value import Region
from yipan.scenario.values import Project, Scenario, Start
from yipan.text import Text

Progress = Callable[[int, int, Text], None]

STEPS: dict[str, Text] = {
    "check": Text("检查规划问题", "checking the problem"),
    "alone": Text("逐个试建候选项目", "trying each candidate alone"),
    "exact": Text("枚举所有可行组合", "measuring every feasible set"),
    "greedy": Text("逐步选入并重新测量", "adding projects and measuring again"),
    "exchange": Text("试换项目", "trying exchanges"),
    "subset": Text("枚举最强候选的组合", "enumerating the strongest candidates"),
    "reasons": Text("计算理由与落选项目", "working out reasons and what just missed"),
    "bound": Text("计算上界", "bounding the optimum"),
    "path": Text("安排年份并逐年测量", "phasing and measuring each year"),
    "verify": Text("从头复测", "measuring again from scratch"),
}
"""What a search does, in order."""


@dataclass
class _Watch:
    """Seconds by step, and progress: evaluations made out of an estimate of all."""

    progress: Progress | None
    total: int
    done: int = 0
    step: str = "check"
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def to(self, step: str) -> None:
        """End the running step and begin another."""
        now = time.perf_counter()
        self.seconds[self.step] = self.seconds.get(self.step, 0.0) + now - self._since
        self._since, self.step = now, step
        self.tell()

    def evaluated(self, count: int) -> None:
        """Take note of an evaluation."""
        self.done = count
        self.tell()

    def tell(self) -> None:
        """Report; the last step alone reaches the total."""
        if self.progress is not None:
            self.progress(min(self.done, self.total - 1), self.total, STEPS[self.step])

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the last step and report the end."""
        yield
        self.to(self.step)
        if self.progress is not None:
            self.progress(self.total, self.total, STEPS[self.step])


def search(
    region: Region,
    candidates: Sequence[Project],
    objective: Objective,
    *,
    limits: Limits | None = None,
    indicators: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return the best plan found under the objective's money, years and floors.

    At every step the region with the chosen projects is measured again with each candidate; stand-alone
    scores are never added. With few feasible sets all are measured and the plan is proved best; otherwise
    lazy greedy (by gain per cost and by gain), the additive choice and the exact optimum of the strongest
    candidates are compared and improved by exchange until no single addition and no exchange tried improves.

    Parameters
    ----------
    candidates
        In any order; the plan does not depend on it.
    limits
        How much work may be done (numbers of evaluations).
    indicators
        Ids to measure; all of the packs by default.
    progress
        Told (done, total, what) after every evaluation; `total` is an estimate until the end.

    Raises
    ------
    PlanError
        With every reason, when there can be no plan or the floors were not reached within the money.
    """
    limits = limits or Limits()
    watch = _Watch(progress, _estimate(len(candidates), limits))
    with watch.ending():
        problems = errors_of(check_problem(region, candidates, objective))
        if problems:
            raise PlanError(Text("规划问题无解", "this planning problem has no answer"), problems=problems)
        rules = Rules(candidates, objective)
        evaluator = RegionEvaluator(region, rules, indicators=indicators)
        game = Game(rules, evaluator, on_evaluation=watch.evaluated, slow=evaluator.moving)
        solution = solve(game, limits, on_step=watch.to)
        _refuse_below_floors(game, solution)
        return _plan(game, solution, evaluator, limits=limits, watch=watch)


def _estimate(candidates: int, limits: Limits) -> int:
    sets = 1 << min(candidates, 30)
    if sets <= limits.exact_sets:
        return sets + 30
    return 4 * candidates + limits.swap_evaluations + limits.subset_sets + limits.bound_evaluations + 60


def _refuse_below_floors(game: Game, solution: Solution) -> None:
    if game.deficit(solution.chosen) == 0:
        return
    e = game.evaluation(solution.chosen)
    rises = {k: e.clusters[k] - game.base.clusters[k] for k in game.objective.floors} if e else {}
    zh = "、".join(f"{k} {v:+.3f}(底线 {game.objective.floors[k]:g})" for k, v in rises.items())
    en = ", ".join(f"{k} {v:+.3f} (floor {game.objective.floors[k]:g})" for k, v in rises.items())
    raise PlanError(
        Text(
            f"在资金之内未能达到各片区底线;找到的最好组合:{zh}。请提高预算、降低底线或添加候选项目",
            f"the floors were not reached within the money; the best set found gives {en}."
            " Raise the budget, lower the floors, or add candidates",
        )
    )


def _plan(
    game: Game, solution: Solution, evaluator: RegionEvaluator, *, limits: Limits, watch: _Watch
) -> Plan:
    rules, objective, chosen = game.rules, game.objective, solution.chosen
    watch.to("reasons")
    why = reasons(game, solution, evaluator)
    left_out = missed(game, solution, limit=limits.missed)
    watch.to("bound")
    base, after = evaluator.results(frozenset()), evaluator.results(chosen)
    upper = _upper(game, solution, evaluator, limits)
    watch.to("path")
    years = phase(rules, chosen, dict(solution.trace))
    starts = tuple(
        Start(rules.projects[i], years[i]) for i in sorted(rules.in_order(chosen), key=lambda i: years[i])
    )
    path, indicator_path = paths(evaluator, starts, objective=objective)
    watch.to("verify")
    checked = verify(evaluator, starts)
    watch.to("verify")
    return Plan(
        run_id=_run_id(evaluator.base, rules, objective, limits),
        region_id=evaluator.base.id,
        objective=objective,
        scenario=Scenario(_name(objective), starts),
        candidates=tuple(rules.projects.values()),
        reasons=why,
        missed=left_out,
        bound=bound_of(game, solution, upper),
        comparison=Comparison(
            plan=solution.value,
            additive=game.value(solution.additive.chosen),
            additive_promised=game.value(frozenset()) + solution.additive.promised,
            additive_projects=tuple(sorted(solution.additive.chosen)),
            base=game.value(frozenset()),
        ),
        path=path,
        indicator_path=indicator_path,
        spending=spending(starts, objective),
        before=base.needs,
        after=after.needs,
        values_before=base.values,
        values_after=after.values,
        clusters_before=base.clusters,
        clusters_after=after.clusters,
        verification=checked,
        evaluations=game.evaluations,
        seconds=dict(watch.seconds) | {f"of which {k}": v for k, v in evaluator.seconds.items()},
    )


def _upper(game: Game, solution: Solution, evaluator: RegionEvaluator, limits: Limits) -> Upper | None:
    """Return the upper bound; None where the plan is proved best and needs none."""
    if solution.exact is not None and solution.exact.proved:
        return None
    top = evaluator.valuation.ceilings(evaluator.results(frozenset()))
    few = len(game.projects) > limits.both_greedy  # near-full sets of many candidates take long to build
    return upper_bound(game, ceilings=top, evaluations=limits.bound_evaluations // (4 if few else 1))


def _run_id(region: Region, rules: Rules, objective: Objective, limits: Limits) -> str:
    h = hashlib.sha256(f"{region.id};{objective!r};{limits!r}".encode())
    for p in rules.projects.values():
        h.update(repr(p).encode())
    return h.hexdigest()[:16]


def _name(objective: Objective) -> Text:
    return Text(
        f"{objective.start}–{objective.end} 年方案(预算 {objective.budget:g} 亿元)",
        f"plan {objective.start}–{objective.end} (budget {objective.budget:g}, 1e8)",
    )
