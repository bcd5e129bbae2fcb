"""From a game to a solution: exact where it is small, otherwise the best of several starts, improved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from yipan.plan.branch import Branched, branch_and_bound
from yipan.plan.core import Exact, Limits, count_sets, enumerate_all, rank, within_budget
from yipan.plan.exchange import Exchange, exchange
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen, Grown, greedy, grow
from yipan.plan.relink import relink, seeded


@dataclass(frozen=True, kw_only=True)
class Additive:
    """What adding up stand-alone gains would choose, and what it promises (points of the objective)."""

    chosen: Chosen
    promised: float


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A set that no single addition improves, and what was learned on the way.

    Parameters
    ----------
    alone
        Gain of each candidate alone on the region (with what it needs already there), points.
    exchanges
        For each chosen project the best found without it.
    exact
        Best of all feasible sets of all candidates, where they were few enough.
    subset, subset_ids
        Best of all feasible sets of the strongest candidates only, and who they are.
    trace
        Chosen projects in the order they were taken, with the gain at that moment; those that came by
        exchange or enumeration at the end, with what the rest loses without them.
    stepwise
        How many of the trace, from its start, were taken one after the other.
    start_values
        Value of each start before it was improved.
    start
        Which start the solution grew from: density, gain, additive, seeds, relink, subset, branch, exact,
        or argument (a better set that arguing for the plan came upon).
    branched
        What branch and bound found and knows; None where it was not run.
    """

    chosen: Chosen
    value: float
    alone: dict[str, float]
    exchanges: dict[str, Exchange]
    additive: Additive
    exact: Exact | None
    subset: Exact | None
    subset_ids: tuple[str, ...]
    start: str
    trace: tuple[tuple[str, float], ...]
    start_values: dict[str, float]
    branched: Branched | None = None
    stepwise: int = 0


Step = Callable[[str], None]


def solve(game: Game, limits: Limits, *, on_step: Step = lambda _: None) -> Solution:
    """Return the best set found for a game; deterministic, and independent of the candidates' order."""
    on_step("alone")
    alone = stand_alone(game)
    added = additive(game, alone)
    ids = within_budget(game.rules)
    exact: Exact | None = None
    if count_sets(game, ids, limits.exact_sets) <= limits.exact_sets:
        on_step("exact")
        exact = enumerate_all(game, ids)
    on_step("greedy")
    starts = _starts(game, added, exact, limits, alone)
    found = _Found(game, alone, limits)
    found.take(max(starts, key=lambda n: (rank(game, starts[n].chosen), bool(starts[n].trace), n)), starts)
    on_step("exchange")
    found.polish()
    if exact is None:
        others = [s.chosen for s in starts.values() if game.deficit(s.chosen) == 0]
        between = relink(game, found.chosen, others, evaluations=limits.relink_evaluations)
        found.improve("relink", between)
    on_step("subset")
    strongest = _strongest(game, alone, found.chosen, limits.subset_sets)
    subset = enumerate_all(game, strongest) if exact is None else None
    found.improve("subset", subset.chosen if subset is not None else None)
    branched = _branched(game, found.chosen, limits) if exact is None else None
    found.improve("branch", branched.chosen if branched is not None else None)
    return Solution(
        chosen=found.chosen,
        value=game.value(found.chosen),
        alone=alone,
        exchanges=found.exchanges,
        additive=added,
        exact=exact,
        subset=subset,
        subset_ids=tuple(strongest) if subset is not None else (),
        start=found.name,
        trace=_trace(game, found.chosen, found.taken, found.exchanges),
        start_values={n: game.value(s.chosen) for n, s in starts.items()},
        branched=branched,
        stepwise=found.stepwise,
    )


def adopt(game: Game, solution: Solution, other: Chosen, *, limits: Limits) -> Solution:
    """Return the solution with another set in its place, improved, where that is better; else unchanged.

    What was proved of the old set (`exact`, `branched`) holds for all sets and stays.
    """
    found = _Found(game, solution.alone, limits, name=solution.start, chosen=solution.chosen)
    found.improve("argument", other)
    if found.chosen == solution.chosen:
        return solution
    return replace(
        solution,
        chosen=found.chosen,
        value=game.value(found.chosen),
        exchanges=found.exchanges,
        start=found.name,
        trace=_trace(game, found.chosen, found.taken, found.exchanges),
        stepwise=found.stepwise,
    )


@dataclass
class _Found:
    """The best set so far, where it came from, and the exchanges tried on it."""

    game: Game
    alone: dict[str, float]
    limits: Limits
    name: str = ""
    chosen: Chosen = frozenset()
    taken: tuple[tuple[str, float], ...] = ()
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    @property
    def stepwise(self) -> int:
        """How many of the projects were taken one after the other."""
        return sum(i in self.chosen for i, _ in self.taken)

    def take(self, name: str, starts: dict[str, Grown]) -> None:
        """Begin with a start."""
        self.name, self.chosen, self.taken = name, starts[name].chosen, starts[name].trace

    def improve(self, name: str, other: Chosen | None) -> None:
        """Go on with another set where it is better."""
        if other is not None and rank(self.game, other) > rank(self.game, self.chosen):
            self.name, self.chosen, self.taken = name, other, ()
            self.polish()

    def polish(self) -> None:
        """Alternate exchanges and additions until neither improves; every remaining addition is measured."""
        gains = dict(self.taken)
        while True:
            self.chosen, self.exchanges = exchange(
                self.game, self.chosen, alone=self.alone, gains=gains, limits=self.limits
            )
            grown = greedy(self.game, self.chosen)
            if grown == self.chosen:
                return
            self.chosen = grown


def _branched(game: Game, chosen: Chosen, limits: Limits) -> Branched | None:
    """Run branch and bound from a set, where the limits and what is known of the evaluation ask for it."""
    nodes = limits.unknown_nodes if game.structure == "unknown" else limits.branch_nodes
    return branch_and_bound(game, nodes=nodes, start=chosen) if nodes > 0 else None


def stand_alone(game: Game) -> dict[str, float]:
    """Return what each candidate adds to the region as it is, with what it needs already there.

    A project of a bundle adds what the whole bundle adds: it cannot be had by itself.
    """
    closures = {i: game.rules.closure(i) for i in game.rules.ids}
    bare = {i: game.rules.without(closure, i) for i, closure in closures.items()}
    game.evaluate_many(s for i, closure in closures.items() for s in (closure, bare[i]))
    return {i: game.value(closure) - game.value(bare[i]) for i, closure in closures.items()}


def additive(game: Game, alone: dict[str, float]) -> Additive:
    """Choose by stand-alone gain per cost, best first, while the money lasts; nothing is measured again.

    What a project needs is taken with it. Money, years, needs and exclusions are kept; floors cannot be
    seen by adding scores and are not.
    """
    chosen: Chosen = frozenset()
    ids = sorted(alone, key=lambda i: (-alone[i] / max(game.projects[i].cost, 1e-6), i))
    for i in ids:
        new = chosen | game.rules.closure(i)
        if i not in chosen and alone[i] > 0 and game.rules.feasible(new):
            chosen = new
    return Additive(chosen=chosen, promised=sum(alone[i] for i in sorted(chosen)))


def _starts(
    game: Game, added: Additive, exact: Exact | None, limits: Limits, alone: dict[str, float]
) -> dict[str, Grown]:
    """Return the sets to improve: by density, additive, where there is time by gain and seeds; or exact."""
    if exact is not None:
        return {"exact": Grown(exact.chosen, ())}
    starts = {"density": grow(game, by="density"), "additive": Grown(added.chosen, ())}
    if len(game.projects) <= limits.both_greedy:
        starts["gain"] = grow(game, by="gain")
        best = seeded(game, alone, evaluations=limits.seed_evaluations)
        if best is not None:
            starts["seeds"] = Grown(best.chosen, ())  # its steps began from a set, not from nothing
    return starts


def _strongest(game: Game, alone: dict[str, float], chosen: Chosen, sets: int) -> list[str]:
    """Return the candidates of largest stand-alone gain, as many as `sets` evaluations can enumerate."""
    out: list[str] = []
    for i in sorted(alone, key=lambda i: (-alone[i], i)):
        wider = sorted({*out, *game.rules.closure(i)})
        if count_sets(game, wider, sets) > sets:
            break
        out = wider
    return out


def _trace(
    game: Game, chosen: Chosen, taken: tuple[tuple[str, float], ...], found: dict[str, Exchange]
) -> tuple[tuple[str, float], ...]:
    kept = [(i, gain) for i, gain in taken if i in chosen]
    known = {i for i, _ in kept}
    value = game.value(chosen)
    later = [(i, value - found[i].dropped) for i in game.rules.in_order(chosen) if i not in known]
    return (*kept, *sorted(later, key=lambda r: (-r[1], r[0])))
