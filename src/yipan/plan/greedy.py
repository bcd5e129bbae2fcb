"""Lazy greedy: grow a set by the best addition, measuring only what may have changed.

A gain measured earlier is taken as still right while nothing accepted since has changed any of the terms
(indicator and zone) it changes; otherwise it is measured again before it is accepted. Effects of projects
need not be submodular (two lines that meet can be worth more together than apart), so this order is a
heuristic: every run ends with the set measured and all remaining additions measured afresh, going on where
one improves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yipan.plan.game import Game
from yipan.plan.rules import EPS

Chosen = frozenset[str]
By = Literal["density", "gain"]
_TOUCHED = 1e-9
"""Points by which a term must change to count as touched."""


@dataclass(frozen=True)
class Move:
    """Adding a project with whatever it still needs."""

    project: str
    added: Chosen
    cost: float


@dataclass(frozen=True)
class Grown:
    """A grown set and, in the order they were taken, each project with its gain at that moment (points)."""

    chosen: Chosen
    trace: tuple[tuple[str, float], ...]


@dataclass
class _Known:
    """Last measured gain of each move, the terms it changes (None: all) and the clusters it lifts.

    `rise` is how far each cluster's index has come: as last measured, plus what was accepted since.
    """

    gain: dict[Chosen, float] = field(default_factory=dict)
    terms: dict[Chosen, NDArray[np.bool_] | None] = field(default_factory=dict)
    lift: dict[Chosen, dict[str, float]] = field(default_factory=dict)
    rise: dict[str, float] = field(default_factory=dict)
    stale: set[Chosen] = field(default_factory=set)

    def keeps(self, added: Chosen, floors: Mapping[str, float]) -> bool:
        """Whether every cluster stays at its floor with a move, as far as is known."""
        lift = self.lift.get(added, {})
        return all(self.rise.get(k, 0.0) + lift.get(k, 0.0) >= floor - EPS for k, floor in floors.items())

    def accepted(self, added: Chosen) -> None:
        """Note the lift of an accepted move; every gain that shares a term with it is no longer known."""
        for k, points in self.lift.get(added, {}).items():
            self.rise[k] = self.rise.get(k, 0.0) + points
        changed = self.terms.get(added)
        for other, terms in self.terms.items():
            if changed is None or terms is None or bool((terms & changed).any()):
                self.stale.add(other)


def moves(game: Game, chosen: Chosen, *, barred: Chosen = frozenset()) -> list[Move]:
    """Return every addition that keeps money, needs and exclusions, by project id (years not looked at)."""
    out = []
    for i in game.rules.ids:
        if i in chosen or i in barred:
            continue
        added = game.rules.closure(i) - chosen
        if not added & barred and game.rules.affordable(chosen | added):
            out.append(Move(i, added, game.rules.cost(added)))
    return out


def greedy(game: Game, start: Chosen = frozenset(), *, by: By = "density") -> Chosen:
    """Return a set grown from `start`: floors first, then the objective, as long as anything improves.

    ``density`` takes the largest gain per cost at each step, ``gain`` the largest gain.
    """
    return grow(game, start, by=by).chosen


def grow(game: Game, start: Chosen = frozenset(), *, by: By = "density") -> Grown:
    """Return what `greedy` returns, with the order in which projects were taken and their gains."""
    chosen, trace = _fill_floors(game, start, by)
    if game.deficit(chosen) > 0:
        return Grown(chosen, tuple(trace))
    strict = game.base.parts is None
    while True:
        grown, taken = _run(game, chosen, by, strict=strict)
        if not strict and (game.deficit(grown) > 0 or game.value(grown) < game.value(chosen)):
            strict = True  # taking gains as independent led below a floor: measure every step instead
            continue
        trace += taken
        if grown == chosen:
            return Grown(chosen, tuple(trace))
        chosen = grown


def _score(gain: float, cost: float, by: By) -> float:
    return gain if by == "gain" else gain / max(cost, 1e-6)


def _fill_floors(game: Game, start: Chosen, by: By) -> tuple[Chosen, list[tuple[str, float]]]:
    """Add the project that closes most of the floors' deficit (per cost), until it is closed or stuck."""
    chosen, trace = start, list[tuple[str, float]]()
    while (short := game.deficit(chosen)) > 0:
        fit = [m for m in moves(game, chosen) if game.rules.feasible(chosen | m.added)]
        game.evaluate_many(chosen | m.added for m in fit)
        ranked = [
            (_score(short - game.deficit(chosen | m.added), m.cost, by), game.value(chosen | m.added), m)
            for m in fit
        ]
        best = max(ranked, key=lambda r: (r[0], r[1], r[2].project), default=None)
        if best is None or best[0] <= 0:
            break
        trace.append((best[2].project, best[1] - game.value(chosen)))
        chosen = chosen | best[2].added
    return chosen, trace


def _run(game: Game, start: Chosen, by: By, *, strict: bool) -> tuple[Chosen, list[tuple[str, float]]]:
    """Take additions until none improves; with nothing taken, every one that fits was measured on `start`."""
    known = _Known()
    chosen, trace = start, list[tuple[str, float]]()
    while True:
        move = _best(game, chosen, known, by, strict=strict)
        if move is None:
            return chosen, trace
        gain = known.gain[move.added]
        known.accepted(move.added)
        chosen = chosen | move.added
        trace += [(i, 0.0) for i in game.rules.in_order(move.added) if i != move.project]
        trace.append((move.project, gain))


def _best(game: Game, chosen: Chosen, known: _Known, by: By, *, strict: bool) -> Move | None:
    """Return the move of highest score; what is not known or stale is measured when its turn comes."""
    waiting = {m.project: m for m in moves(game, chosen)}
    measured: set[str] = set()
    new = [chosen | m.added for m in waiting.values() if m.added not in known.gain]
    game.evaluate_many(s for s in new if game.rules.feasible(s))  # their turn comes before any known gain
    while waiting:
        top = max(waiting.values(), key=lambda m: (_ahead(known, m, by), m.project))
        certain = top.added in known.gain and top.added not in known.stale
        if not game.rules.feasible(chosen | top.added):
            del waiting[top.project]
        elif not certain or (strict and top.project not in measured):
            _measure(game, chosen, top, known)
            measured.add(top.project)
        elif known.gain[top.added] <= 0:
            return None
        elif not known.keeps(top.added, game.objective.kept):
            del waiting[top.project]
        else:
            return top
    return None


def _ahead(known: _Known, move: Move, by: By) -> float:
    """Return the score by the last measured gain; infinite where there is none."""
    gain = known.gain.get(move.added)
    return float("inf") if gain is None else _score(gain, move.cost, by)


def _measure(game: Game, chosen: Chosen, move: Move, known: _Known) -> None:
    known.gain[move.added] = game.value(chosen | move.added) - game.value(chosen)
    known.stale.discard(move.added)
    _note_clusters(game, chosen, move, known)
    before, after = game.evaluation(chosen), game.evaluation(chosen | move.added)
    a = None if before is None else before.parts
    b = None if after is None else after.parts
    same = a is not None and b is not None and a.shape == b.shape
    known.terms[move.added] = np.abs(b - a) > _TOUCHED if same and a is not None and b is not None else None


def _note_clusters(game: Game, chosen: Chosen, move: Move, known: _Known) -> None:
    before, after = game.evaluation(chosen), game.evaluation(chosen | move.added)
    if before is not None and after is not None:
        floors = game.objective.kept
        known.rise = {k: before.clusters[k] - game.base.clusters[k] for k in floors}
        known.lift[move.added] = {k: after.clusters[k] - before.clusters[k] for k in floors}
