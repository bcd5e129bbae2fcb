"""From a game to a solution: exact where it is small, otherwise the best of several starts, improved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yipan.plan.core import (
    Exact,
    Limits,
    count_sets,
    enumerate_all,
    rank,
)
from yipan.plan.exchange import Exchange, exchange
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen, Grown, greedy, grow


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
    start_values
        Value of each start before it was improved.
    start
        Which start the solution grew from: density, gain, additive, subset or exact.
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


Step = Callable[[str], None]


def solve(game: Game, limits: Limits, *, on_step: Step = lambda _: None) -> Solution:
    """Return the best set found for a game; deterministic, and independent of the candidates' order."""
    on_step("alone")
    alone = stand_alone(game)
    added = additive(game, alone)
    ids = [i for i in game.rules.ids if game.rules.cost(game.rules.closure(i)) <= game.objective.budget]
    exact: Exact | None = None
    if count_sets(game, ids, limits.exact_sets) <= limits.exact_sets:
        on_step("exact")
        exact = enumerate_all(game, ids)
    on_step("greedy")
    starts = _starts(game, added, exact, limits)
    name = max(starts, key=lambda n: (rank(game, starts[n].chosen), n))
    on_step("exchange")
    chosen, found = _polish(game, starts[name], alone, limits)
    on_step("subset")
    strongest = _strongest(game, alone, chosen, limits.subset_sets)
    subset = enumerate_all(game, strongest) if exact is None else None
    if subset is not None and rank(game, subset.chosen) > rank(game, chosen):
        name = "subset"
        chosen, found = _polish(game, Grown(subset.chosen, ()), alone, limits)
    return Solution(
        chosen=chosen,
        value=game.value(chosen),
        alone=alone,
        exchanges=found,
        additive=added,
        exact=exact,
        subset=subset,
        subset_ids=tuple(strongest) if subset is not None else (),
        start=name,
        trace=_trace(game, chosen, starts[name].trace if name in starts else (), found),
        start_values={n: game.value(s.chosen) for n, s in starts.items()},
    )


def stand_alone(game: Game) -> dict[str, float]:
    """Return what each candidate adds to the region as it is, with what it needs already there."""
    out = {}
    for i in game.rules.ids:
        closure = game.rules.closure(i)
        out[i] = game.value(closure) - game.value(closure - {i})
    return out


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


def _starts(game: Game, added: Additive, exact: Exact | None, limits: Limits) -> dict[str, Grown]:
    """Return the sets to improve: by density, additive, by gain where there is time for it; or the exact."""
    if exact is not None:
        return {"exact": Grown(exact.chosen, ())}
    starts = {"density": grow(game, by="density"), "additive": Grown(added.chosen, ())}
    if len(game.projects) <= limits.both_greedy:
        starts["gain"] = grow(game, by="gain")
    return starts


def _polish(
    game: Game, start: Grown, alone: dict[str, float], limits: Limits
) -> tuple[Chosen, dict[str, Exchange]]:
    """Alternate exchanges and additions until neither improves; every remaining addition is measured."""
    chosen = start.chosen
    while True:
        chosen, found = exchange(game, chosen, alone=alone, gains=dict(start.trace), limits=limits)
        grown = greedy(game, chosen)
        if grown == chosen:
            return chosen, found
        chosen = grown


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
