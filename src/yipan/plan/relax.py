"""The linear programme that bounds a sum of terms with ceilings, under money, needs and exclusions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.plan.siting.solver import Model
from yipan.plan.units import Unit

Array = NDArray[np.float64]
_TOL = 1e-12


def most_of_terms(
    gains: Array, units: Sequence[Unit], *, money: float, room: Array | None, inside: frozenset[str]
) -> tuple[float, tuple[int, ...]]:
    r"""Return an upper bound on what units add, and the units it rests on.

    .. math:: \max \sum_j u_j,\; u_j \le \sum_r g_{rj} x_r,\; u_j \le \text{room}_j,\;
              \sum_r c_r x_r \le \text{money},\; 0 \le x \le 1

    with x_r ≤ x_s where r needs s, and x_r + x_s ≤ 1 where they exclude each other.

    Parameters
    ----------
    gains
        What each unit adds to each term at most (units × terms), not negative.
    room
        How far each term can rise at most; None where that is not known.
    inside
        Projects already there, which nobody needs any more.
    """
    rises = np.flatnonzero(gains.max(axis=0, initial=0.0) > _TOL)
    gains = gains[:, rises]
    model = Model(most=True)
    top = gains.sum(axis=0) if room is None else np.minimum(room[rises], gains.sum(axis=0))
    x = model.add_variables(np.zeros(len(units)), upper=1.0)
    u = model.add_variables(np.ones(len(rises)), upper=top)
    r, j = np.nonzero(gains)
    model.add_rows(
        np.concatenate([np.arange(len(rises)), j]),
        np.concatenate([u, x[r]]),
        np.concatenate([np.ones(len(rises)), -gains[r, j]]),
        upper=np.zeros(len(rises)),
    )
    model.add_rows(np.zeros(len(units)), x, [v.cost for v in units], upper=[money])
    _add_links(model, x, units, inside)
    answer = model.solve()
    taken = () if answer.x is None else tuple(int(k) for k in np.flatnonzero(answer.x[x] > 1e-7))
    return answer.bound, taken


def _add_links(model: Model, x: NDArray[np.int64], units: Sequence[Unit], inside: frozenset[str]) -> None:
    """Add what units need of each other, and which exclude each other."""
    pairs: list[tuple[int, int, float]] = []
    for k, unit in enumerate(units):
        needed = unit.closure - unit.own - inside
        if needed:
            pairs += [(k, n, -1.0) for n, other in enumerate(units) if n != k and other.own & needed]
        if unit.rivals:
            pairs += [(k, n, 1.0) for n, other in enumerate(units) if n > k and unit.apart(other)]
    if pairs:
        a, b, sign = (np.array(column) for column in zip(*pairs, strict=True))
        row = np.arange(len(pairs))
        model.add_rows(
            np.concatenate([row, row]),
            np.concatenate([x[a], x[b]]),
            np.concatenate([np.ones(len(pairs)), sign]),
            upper=np.maximum(sign, 0.0),
        )
