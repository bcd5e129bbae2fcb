"""From values by draw to statements: spreads, duels, bad futures, regret and what drives them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from yipan.plan.robust.draws import STATED, Array, Inputs
from yipan.plan.robust.values import Driver, Duel, Opening, Outcome, Spread
from yipan.plan.robust.worth import NEVER, Ready, Run, run
from yipan.plan.values import Objective

_LEVEL = 1e-9
"""Points within which two plans are level."""


def spread(x: Array) -> Spread:
    """Return mean and percentiles."""
    p5, p50, p95 = np.percentile(x, [5, 50, 95])
    return Spread(mean=float(x.mean()), p5=float(p5), p50=float(p50), p95=float(p95))


def worst_mean(x: Array, tail: float) -> float:
    """Return the mean of the worst share of values: conditional value at risk of a gain.

    The lowest n x tail values, the last of them in part (Rockafellar & Uryasev 2000, the sample version).

    Examples
    --------
    >>> worst_mean(np.array([4.0, 1.0, 2.0, 3.0]), 0.5)
    1.5
    """
    mass = len(x) * tail
    low = np.sort(x)[: math.ceil(mass)]
    weight = np.ones(len(low))
    weight[-1] = mass - (len(low) - 1)
    return float((low * weight).sum() / mass)


def outcome(ready: Ready, ran: Run, best: Array, *, objective: Objective, tail: float) -> Outcome:
    """Return what a plan is worth over the draws; `best` is the best of all plans in each draw."""
    in_time = ran.opened <= objective.end + 1
    return Outcome(
        plan=ready.plan.id,
        name=ready.plan.name,
        planned=ready.value,
        horizon=spread(ran.horizon),
        path=spread(ran.path),
        worst=worst_mean(ran.horizon, tail),
        regret=float((best - ran.horizon).mean()),
        as_planned=float(in_time.all(axis=1).mean()),
        cost=float(ready.cost.sum()),
        cost_p50=float(np.percentile(ran.cost, 50)),
        cost_p80=float(np.percentile(ran.cost, 80)),
        openings=tuple(
            Opening(
                project=i,
                planned=int(ready.opens[k]),
                mean=_mean_year(ran.opened[:, k]),
                in_time=float(in_time[:, k].mean()),
            )
            for k, i in enumerate(ready.order)
        ),
    )


def _mean_year(opened: NDArray[np.int64]) -> float | None:
    there = opened[opened < NEVER]
    return float(there.mean()) if len(there) else None


def duel(other: str, mine: Array, theirs: Array) -> Duel:
    """Return how often one plan beats another, draw by draw, with the standard errors of sampling."""
    n, lead = len(mine), mine - theirs
    ahead, behind = float((lead > _LEVEL).mean()), float((lead < -_LEVEL).mean())
    return Duel(
        other=other,
        ahead=ahead,
        level=float((np.abs(lead) <= _LEVEL).mean()),
        behind=behind,
        error=math.sqrt(ahead * (1 - ahead) / n),
        margin=float(lead.mean()),
        margin_error=float(lead.std(ddof=1) / math.sqrt(n)) if n > 1 else 0.0,
    )


def drivers(
    ready: Ready, inputs: Inputs, mine: Array, runner_up: Array | None, *, objective: Objective
) -> tuple[Driver, ...]:
    """Return how strongly each input of a plan moves it, strongest first; only what does vary.

    Rank correlations over the same draws, and the value with one input at its 5 % and 95 % point and all
    others as stated (a tornado).
    """
    mine_only = [k for k in sorted(inputs.values) if k[1] == "demand" or k[0] in ready.order]
    names = [k for k in mine_only if np.ptp(inputs.values[k]) > 0]
    if not names or not ready.order:
        return ()
    x = np.stack([inputs.values[k] for k in names], axis=1)
    ranks = np.asarray(rankdata(x, axis=0), dtype=float)
    own = _rank_correlations(ranks, mine)
    lead = None if runner_up is None else _rank_correlations(ranks, mine - runner_up)
    ends = _tornado(ready, names, x, objective)
    out = [
        Driver(
            project=name,
            kind=kind,  # type: ignore[arg-type]  # keys hold one of the four kinds
            correlation=float(own[k]),
            between=None if lead is None else float(lead[k]),
            low=float(ends[2 * k]),
            high=float(ends[2 * k + 1]),
        )
        for k, (name, kind) in enumerate(names)
    ]
    return tuple(sorted(out, key=lambda d: (-abs(d.correlation), -abs(d.high - d.low), d.project, d.kind)))


def _rank_correlations(ranks: Array, y: Array) -> Array:
    """Return Spearman's rank correlation of y with each ranked column; 0 where y does not vary."""
    if np.ptp(y) <= _LEVEL:
        return np.zeros(ranks.shape[1])
    a = ranks - ranks.mean(axis=0)
    b = rankdata(np.round(y, 9))
    b = b - b.mean()
    return np.asarray(a.T @ b / np.sqrt((a**2).sum(axis=0) * (b**2).sum()), dtype=float)


def _tornado(ready: Ready, names: Sequence[tuple[str, str]], x: Array, objective: Objective) -> Array:
    rows = 2 * len(names)
    values = {}
    for k, name in enumerate(names):
        low, high = np.percentile(x[:, k], [5, 95])
        column = np.full(rows, _as_stated(name[1], x[:, k]))
        column[2 * k], column[2 * k + 1] = low, high
        values[name] = column
    return run(ready, Inputs(values, rows), objective).horizon


def _as_stated(kind: str, values: Array) -> float:
    """Return the stated value, or the nearer end of what was drawn where it lies well outside of that.

    No draw falls on the very end of a range: a cost that can only rise is stated at the end itself.
    """
    low, high = float(values.min()), float(values.max())
    near = 0.05 * (high - low)
    stated = STATED[kind]
    return stated if low - near <= stated <= high + near else float(np.clip(stated, low, high))
