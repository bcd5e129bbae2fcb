"""The search: from a region, candidates and an objective to a plan with its reasons, bound and path."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from yipan.errors import PlanError, errors_of
from yipan.network.change import lazily
from yipan.network.matrix.cluster import Client
from yipan.plan.argue import ArgueLimits, Argument, argue
from yipan.plan.argue.replace import informed
from yipan.plan.bound import Upper, upper_bound
from yipan.plan.cluster import assignment_of, batch_on
from yipan.plan.core import Limits
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.game import Batch, Game
from yipan.plan.phase import paths, phase, spending
from yipan.plan.phasing import Effort, Phased, best_years, present
from yipan.plan.problem import check_problem
from yipan.plan.proof import bound_of
from yipan.plan.reasons import gains_most, missed, reasons
from yipan.plan.regret import Regretted, future_games, solve_again, solve_regret
from yipan.plan.robust import Robustness, Sampling, contenders, robust
from yipan.plan.rules import Rules, Years
from yipan.plan.solve import Solution, adopt, solve
from yipan.plan.values import Comparison, Objective, Plan
from yipan.plan.verify import verify
from yipan.plan.watch import Progress, Watch
from yipan.plan.workers import require_workers
from yipan.region.value import Region
from yipan.scenario.ranges import default_ranges
from yipan.scenario.values import Project, Ranges, Scenario, Start
from yipan.text import Text

DEMAND: Mapping[str, tuple[float, float]] = {"all": (0.9, 1.1)}
"""Factors on all gains together: more or fewer people to serve than today (assumed)."""
_ADOPTED = 1
"""Times a better set that the argument came upon becomes the plan before the search is content."""


_LIGHT = ArgueLimits(replacements=12, pairs=12, rounds=1, budget_steps=1, thresholds=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How deep a plan is argued for beyond the search itself: counts of sets and draws, never seconds.

    Parameters
    ----------
    argue
        Replacements, pairs, alternatives, money and threshold costs; None for none of it. By default some
        dozens of sets; `DEEP` has several hundred.
    effort
        Search for start years by measured, discounted gain.
    sampling
        Draws of costs, delays, demand and effects; None for none. By default the gains of all projects vary
        together by `DEMAND`.
    """

    argue: ArgueLimits | None = field(default_factory=lambda: _LIGHT)
    effort: Effort = field(default_factory=lambda: Effort(evaluations=120))
    sampling: Sampling | None = field(default_factory=lambda: Sampling(demand=DEMAND))


DEEP = Depth(argue=ArgueLimits(), effort=Effort())
"""Depth for a plan that will be argued over: some hundred sets more are measured."""


@dataclass(frozen=True)
class _Job:
    """What one search works with: region, rules, how much work, who watches, who helps."""

    evaluator: RegionEvaluator
    rules: Rules
    limits: Limits
    depth: Depth | None
    watch: Watch
    client: Client | None

    @property
    def region(self) -> Region:
        """The region as it is."""
        return self.evaluator.base


@dataclass(frozen=True)
class _Solved:
    """A game and the best set found in it; `regretted` where plans are judged over futures."""

    game: Game
    solution: Solution
    regretted: Regretted | None = None


def search(
    region: Region,
    candidates: Sequence[Project],
    objective: Objective,
    *,
    limits: Limits | None = None,
    depth: Depth | None = None,
    indicators: Sequence[str] | None = None,
    progress: Progress | None = None,
    cluster: Client | None = None,
) -> Plan:
    """Return the best plan found under the objective's money, years, floors and limits.

    At every step the region with the chosen projects is measured again with each candidate; stand-alone
    scores are never added. With few feasible sets all are measured and the plan is proved best; otherwise
    lazy greedy (by gain per cost and by gain), the additive choice, paths between good sets and the exact
    optimum of the strongest candidates are compared and improved by exchange until no single addition and
    no exchange tried improves. With futures the largest regret over them is made least.

    Parameters
    ----------
    candidates
        In any order; the plan does not depend on it.
    limits
        How much work the search may do (numbers of evaluations).
    depth
        How deep it is argued for: other good plans, thresholds, start years by measured gain, robustness.
        None finds the plan, its reasons and its bound only.
    indicators
        Ids to measure; all of the packs by default.
    progress
        Told (done, total, what) after every evaluation; `total` is an estimate until the end.
    cluster
        A ``distributed.Client``: sets that are known beforehand are measured by its workers. The plan is
        the same.

    Raises
    ------
    PlanError
        With every reason, when there can be no plan or the floors were not reached within the money.
    OptionError
        The workers of the cluster cannot do the search, or fail in it.
    """
    limits = limits or Limits()
    watch = Watch(progress, _estimate(len(candidates), limits, depth))
    with watch.ending():
        problems = errors_of(check_problem(region, candidates, objective))
        if problems:
            raise PlanError(Text("规划问题无解", "this planning problem has no answer"), problems=problems)
        if cluster is not None:
            require_workers(cluster, region, networks=max(1, len(objective.futures)))
        rules = Rules(candidates, objective)
        alone = Rules(candidates, replace(objective, futures=())) if objective.futures else rules
        evaluator = RegionEvaluator(region, alone, indicators=indicators)
        job = _Job(evaluator, rules, limits, depth, watch, cluster)
        solved = _solved(job)
        _refuse_below_floors(solved.game, solved.solution)
        solved, argument = _argued(job, solved)
        return _plan(job, solved, argument)


def _solved(job: _Job) -> _Solved:
    """Search: over one game, or over the regrets of one game for each future."""
    watch, limits = job.watch, job.limits
    if job.rules.objective.futures:
        watch.to("futures")
        games = future_games(
            job.region, job.rules, indicators=job.evaluator.indicators, batch_of=partial(_batch, job)
        )
        found = solve_regret(job.rules, games, limits, on_step=watch.to, on_evaluation=watch.evaluated)
        return _Solved(found.game, found.solution, found)
    game = Game(
        job.rules,
        job.evaluator,
        on_evaluation=watch.evaluated,
        slow=job.evaluator.moving,
        batch=_batch(job, job.region, job.rules),
    )
    return _Solved(game, solve(game, limits, on_step=watch.to))


def _batch(job: _Job, region: Region, rules: Rules) -> Batch | None:
    """Return what measures many sets of a region on the workers; None where there are none."""
    if job.client is None:
        return None
    indicators = job.evaluator.indicators
    return batch_on(job.client, assignment_of(region, rules, indicators=indicators, search=_run_id(job)))


def _argued(job: _Job, solved: _Solved) -> tuple[_Solved, Argument | None]:
    """Argue for the plan; a better set found on the way becomes the plan, and is argued for in turn."""
    if job.depth is None or job.depth.argue is None:
        return solved, None
    job.watch.to("argue")

    def gains(i: str) -> Text:
        return gains_most(solved.game, i, job.evaluator)

    for _ in range(_ADOPTED):
        argument = argue(solved.game, solved.solution, limits=job.depth.argue, gains=gains)
        better = _better(job, solved, argument)
        if better is None:
            break
        solved = better
    else:
        argument = argue(solved.game, solved.solution, limits=job.depth.argue, gains=gains)
    return replace(solved, solution=informed(solved.solution, argument.replacements)), argument


def _better(job: _Job, solved: _Solved, argument: Argument) -> _Solved | None:
    """Return what to go on with where arguing measured something better, for the plan or for a future."""
    if solved.regretted is not None:
        found = solve_again(
            job.rules, solved.regretted, job.limits, on_step=job.watch.to, on_evaluation=job.watch.evaluated
        )
        if found is not solved.regretted:
            return _Solved(found.game, found.solution, found)
    if not argument.better:
        return None
    better = adopt(solved.game, solved.solution, frozenset(argument.better), limits=job.limits)
    return replace(solved, solution=better)


def _estimate(candidates: int, limits: Limits, depth: Depth | None) -> int:
    more = 0
    if depth is not None:
        a = depth.argue
        more = depth.effort.evaluations // 4 + (0 if a is None else a.pairs + a.rounds * a.per_round)
    sets = 1 << min(candidates, 30)
    if sets <= limits.exact_sets:
        return sets + 30 + more
    known = limits.swap_evaluations + limits.subset_sets + limits.bound_evaluations
    return 4 * candidates + known + limits.seed_evaluations + limits.relink_evaluations + 60 + more


def _refuse_below_floors(game: Game, solution: Solution) -> None:
    if game.deficit(solution.chosen) == 0:
        return
    e, kept = game.evaluation(solution.chosen), game.objective.kept
    rises = {k: e.clusters[k] - game.base.clusters[k] for k in kept} if e else {}
    zh = "、".join(f"{k} {v:+.3f}(底线 {kept[k]:g})" for k, v in rises.items())
    en = ", ".join(f"{k} {v:+.3f} (floor {kept[k]:g})" for k, v in rises.items())
    raise PlanError(
        Text(
            f"在资金之内未能达到各项底线;找到的最好组合:{zh}。请提高预算、降低底线或添加候选项目",
            f"the floors were not reached within the money; the best set found gives {en}."
            " Raise the budget, lower the floors, or add candidates",
        )
    )


def _phased(job: _Job, solved: _Solved) -> tuple[Years, Phased | None]:
    game, solution = solved.game, solved.solution
    gains = dict(solution.trace)
    if job.depth is None:
        return phase(job.rules, solution.chosen, gains), None
    found = best_years(
        job.rules,
        solution.chosen,
        game.value,
        gains=gains,
        known=game.seen,
        many=game.evaluate_many,
        effort=job.depth.effort,
    )
    return found.years, found


def _robust(job: _Job, solved: _Solved, years: Years, argument: Argument | None) -> Robustness | None:
    """Compare the plan with the runner-up, the alternatives and the additive choice in drawn futures."""
    if job.depth is None or job.depth.sampling is None or not solved.solution.chosen:
        return None
    plans = contenders(solved.game, solved.solution, argument)
    plans = tuple(replace(c, years=years) if c.id == "plan" else c for c in plans)

    def ranges_of(project: Project) -> Ranges:
        return default_ranges(project, region=job.region)

    return robust(solved.game, plans, ranges_of=ranges_of, sampling=job.depth.sampling)


def _plan(job: _Job, solved: _Solved, argument: Argument | None) -> Plan:
    game, solution, evaluator, watch = solved.game, solved.solution, job.evaluator, job.watch
    rules, objective, chosen = job.rules, job.rules.objective, solution.chosen
    watch.to("reasons")
    why = reasons(game, solution, evaluator)
    left_out = missed(game, solution, limit=job.limits.missed)
    watch.to("bound")
    base, after = evaluator.results(frozenset()), evaluator.results(chosen)
    bound = bound_of(game, solution, _upper(job, solved))
    watch.to("path")
    years, phased = _phased(job, solved)
    starts = tuple(
        Start(rules.projects[i], years[i]) for i in sorted(rules.in_order(chosen), key=lambda i: years[i])
    )
    path, indicator_path = paths(evaluator, starts, objective=objective)
    watch.to("robust")
    robustness = _robust(job, solved, years, argument)
    watch.to("verify")
    checked = verify(evaluator, starts)
    watch.to("verify")
    return Plan(
        run_id=_run_id(job),
        region_id=job.region.id,
        objective=objective,
        scenario=Scenario(_name(objective), starts),
        candidates=tuple(rules.projects.values()),
        reasons=why,
        missed=left_out,
        bound=bound,
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
        argument=argument,
        robustness=robustness,
        phased=phased,
        present=present(starts, objective),
        regret=None if solved.regretted is None else solved.regretted.evaluator.table(chosen),
    )


def _upper(job: _Job, solved: _Solved) -> Upper | None:
    """Return the upper bound; None where the plan is proved best and needs none."""
    game, solution, limits = solved.game, solved.solution, job.limits
    if solution.exact is not None and solution.exact.proved:
        return None
    top = None
    if solved.regretted is None:
        top = job.evaluator.valuation.ceilings(job.evaluator.results(frozenset()))
    large = lazily(len(job.region.tables["cells"]))  # there, sets of nearly everything take seconds each
    return upper_bound(game, ceilings=top, evaluations=limits.bound_evaluations // (4 if large else 1))


def _run_id(job: _Job) -> str:
    text = f"{job.region.id};{job.rules.objective!r};{job.limits!r};{job.depth!r}"
    h = hashlib.sha256(text.encode())
    for p in job.rules.projects.values():
        h.update(repr(p).encode())
    return h.hexdigest()[:16]


def _name(objective: Objective) -> Text:
    return Text(
        f"{objective.start}–{objective.end} 年方案(预算 {objective.budget:g} 亿)",
        f"plan {objective.start}–{objective.end} (budget {objective.budget:g}, 1e8)",
    )
