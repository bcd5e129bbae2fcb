"""An upper bound on the objective of any plan, that is never claimed beyond what supports it.

The objective is a sum of terms, one per indicator and zone. If building more never lowers a term, then a set
that leaves out the group G is worth at most, term by term, what everything but G is worth. With P all the
candidates and Δ the rise over today:

    u_j(S) ≤ Δ_j(P∖G) + (Δ_j(P) − Δ_j(P∖G)) · min(1, Σ_{p∈G} x_p)

which holds for any monotone effect, submodular or not (synergies included). Maximising Σ_j u_j over x under
the money, needs and exclusions is a mixed-integer programme; its dual bound (HiGHS) is the upper bound. Terms
that were seen to fall when something was added are not bounded this way: they count with the most any score
can be (100), or the bound is not given.
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

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Upper:
    """An upper bound and what it rests on.

    Parameters
    ----------
    value
        No plan is worth more if effects are monotone on the terms counted so; None where nothing can be said.
    everything
        The same if all candidates were built, whatever they cost.
    pairs
        Nested pairs of measured sets on which monotony was checked.
    loose
        Number of terms seen to fall, counted at their ceiling.
    terms
        Number of terms that rise when everything is built.
    """

    value: float | None
    everything: float | None
    pairs: int
    loose: int
    terms: int


NOTHING = Upper(value=None, everything=None, pairs=0, loose=0, terms=0)


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
    loose, pairs = _falling_terms(game, base.shape)
    if loose.any() and ceilings is None:
        return NOTHING
    top = ceilings if ceilings is not None else base
    fixed = float(base.sum() + np.where(loose, top - base, 0.0).sum())
    tight = ~loose & (full.parts - base > _TOL)
    room = full.parts - base
    all_built = fixed + float(np.where(~loose, np.maximum(room, 0.0), 0.0).sum())
    value = fixed + _solve(game, room[tight], [(g, (p - base)[tight]) for g, p in cuts])
    return Upper(
        value=min(value, all_built),
        everything=all_built,
        pairs=pairs,
        loose=int(loose.sum()),
        terms=int(tight.sum()),
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


def _falling_terms(game: Game, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], int]:
    """Return which terms fell in some measured pair of nested sets, and how many pairs were looked at."""
    known = sorted(
        ((s, e.parts) for s, e in game.seen.items() if e is not None and e.parts is not None),
        key=lambda r: (len(r[0]), sorted(r[0])),
    )
    falling = np.zeros(shape, dtype=bool)
    pairs = 0
    for k, (small, low) in enumerate(known):
        for large, high in known[k + 1 :]:
            if small < large and high.shape == low.shape:
                falling |= high < low - _TOL
                pairs += 1
    return falling, pairs


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
