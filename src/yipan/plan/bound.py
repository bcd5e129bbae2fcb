"""An upper bound on the objective of any plan, that is never claimed beyond what supports it.

The objective is a sum of terms, one per indicator and zone. If building more never lowers a term, then a set
that leaves out the group G is worth at most, term by term, what everything but G is worth. With P all the
candidates and Δ the rise over today:

    u_j(S) ≤ Δ_j(P∖G) + (Δ_j(P) − Δ_j(P∖G)) · min(1, Σ_{p∈G} x_p)

which holds for any monotone effect, submodular or not (synergies included). Some effects are not
monotone: a road brings new patients to a hospital and leaves fewer beds for the old ones. With φ_j the most
that term j was seen to fall between measured nested sets, every Δ_j on the right gets twice φ_j on top (at most the term's
ceiling, a score of 100); the condition is then that no term ever falls by more than twice what was seen.
Maximising Σ_j u_j over x under the money, needs and exclusions is a mixed-integer programme; its dual bound
(HiGHS) is the upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from yipan.plan.game import Game
from yipan.plan.rules import EPS, buildable

_TOL = 1e-7
"""Terms (points of the objective) that change by less are taken as unchanged when monotony is checked."""
_SLACK = 1e-4
"""Points added to the solver's dual bound to cover its own tolerances (1e-6 relative)."""
_NODES = 400
_MARGIN = 2.0
"""How often the largest fall seen is allowed for."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Upper:
    """An upper bound and what it rests on.

    Parameters
    ----------
    value
        No plan is worth more under the condition above; None where nothing can be said.
    everything
        The same if all candidates were built, whatever they cost.
    pairs
        Nested pairs of measured sets on which monotony was checked.
    loose
        Number of terms seen to fall when more was built.
    largest_fall
        The most any of them fell, points of the objective.
    terms
        Number of terms that rise when everything is built.
    """

    value: float | None
    everything: float | None
    pairs: int
    loose: int
    largest_fall: float
    terms: int


NOTHING = Upper(value=None, everything=None, pairs=0, loose=0, largest_fall=0.0, terms=0)


def upper_bound(game: Game, *, ceilings: Array | None, evaluations: int) -> Upper:
    """Return the bound for a game.

    Parameters
    ----------
    ceilings
        The most each term of the evaluations can ever be; None where that is not known.
    evaluations
        How many further sets may be measured to tighten it.
    """
    everything = frozenset(game.rules.ids)
    full = game.evaluation(everything)
    base = game.base.parts
    if full is None or full.parts is None or base is None or full.parts.shape != base.shape:
        return NOTHING
    groups = _leave_out_groups(game)
    allowed = game.evaluations + evaluations
    cuts: list[tuple[frozenset[str], Array]] = []
    for g in groups:
        rest = everything - g
        if rest not in game.seen and game.evaluations >= allowed:
            continue
        e = game.evaluation(rest)
        if e is not None and e.parts is not None:
            cuts.append((g, e.parts))
    falls, pairs = largest_falls(game, base.shape)
    room = full.parts - base + _MARGIN * falls
    if ceilings is not None:
        room = np.minimum(room, np.maximum(ceilings - base, 0.0))
    room = np.maximum(room, 0.0)
    rises = room > _TOL
    slack = (_MARGIN * falls)[rises]
    value = _solve(game, room[rises], [(g, (p - base)[rises] + slack) for g, p in cuts])
    loose = falls > _TOL
    return Upper(
        value=float(base.sum()) + min(value, float(room.sum())),
        everything=float(base.sum() + room.sum()),
        pairs=pairs,
        loose=int(loose.sum()),
        largest_fall=float(falls.max(initial=0.0)),
        terms=int(rises.sum()),
    )


def _leave_out_groups(game: Game) -> list[frozenset[str]]:
    """Return the groups whose absence is measured: one zone's, one kind's, then single projects by cost."""
    by_zone: dict[str, set[str]] = {}
    by_kind: dict[str, set[str]] = {}
    for p in game.projects.values():
        for z in p.zones:
            by_zone.setdefault(z, set()).add(p.id)
        for k in p.kinds:
            by_kind.setdefault(k, set()).add(p.id)
    zones = [frozenset(by_zone[z]) for z in sorted(by_zone)]
    kinds = [frozenset(by_kind[k]) for k in sorted(by_kind)]
    singles = [frozenset({p.id}) for p in sorted(game.projects.values(), key=lambda p: (-p.cost, p.id))]
    return [g for g in dict.fromkeys([*kinds, *zones, *singles]) if len(g) < len(game.projects)] or singles


def largest_falls(game: Game, shape: tuple[int, ...]) -> tuple[Array, int]:
    """Return by how much each term fell at most between measured nested sets, and the number of pairs."""
    known = sorted(
        ((s, e.parts) for s, e in game.seen.items() if e is not None and e.parts is not None),
        key=lambda r: (len(r[0]), sorted(r[0])),
    )
    falls = np.zeros(shape)
    pairs = 0
    for k, (small, low) in enumerate(known):
        for large, high in known[k + 1 :]:
            if small < large and high.shape == low.shape:
                np.maximum(falls, low - high, out=falls)
                pairs += 1
    return np.where(falls > _TOL, falls, 0.0), pairs


def _solve(game: Game, room: Array, cuts: Sequence[tuple[frozenset[str], Array]]) -> float:
    """Return the dual bound of: maximise Σ u under the cuts, money, needs and exclusions."""
    ids = game.rules.ids
    at = {i: k for k, i in enumerate(ids)}
    n, m = len(ids), len(room)
    rows: list[tuple[dict[int, float], float]] = [
        ({at[i]: game.projects[i].cost for i in ids}, _money(game)),
        *(({at[i]: 1.0, at[j]: -1.0}, 0.0) for i in ids for j in game.projects[i].needs if j in at),
        *(({at[i]: 1.0, at[j]: 1.0}, 1.0) for i in ids for j in sorted(game.rules.rivals[i]) if i < j),
    ]
    for g, parts in cuts:
        lost = room - parts
        for j in np.flatnonzero(lost > _TOL):
            row = {n + int(j): 1.0, **{at[i]: -float(lost[j]) for i in sorted(g)}}
            rows.append((row, float(parts[j])))
    can = np.array([buildable(game.projects[i], game.objective) for i in ids], dtype=float)
    result = milp(
        c=np.concatenate([np.zeros(n), -np.ones(m)]),
        constraints=LinearConstraint(_matrix([r for r, _ in rows], n + m), ub=np.array([b for _, b in rows])),
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        bounds=Bounds(np.zeros(n + m), np.concatenate([can, np.maximum(room, 0.0)])),
        options={"node_limit": _NODES},
    )
    dual = result.mip_dual_bound
    return float(room.sum()) if dual is None or not np.isfinite(dual) else -float(dual) + _SLACK


def _money(game: Game) -> float:
    o = game.objective
    return min(o.budget, o.yearly * (o.end - o.start + 1)) + EPS


def _matrix(rows: Iterable[dict[int, float]], width: int) -> csr_array:
    indptr, indices, data = [0], [], []
    for row in rows:
        indices += list(row)
        data += list(row.values())
        indptr.append(len(indices))
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, width))
