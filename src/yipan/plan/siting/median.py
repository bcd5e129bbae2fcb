"""The p-median: open p sites so that the weighted sum of costs to the nearest open one is least, proved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from yipan.plan.siting.given import Given, given, too_few
from yipan.plan.siting.lagrange import PAIR_BYTES, TOLERANCE, Columns, Found, covering, least_sum
from yipan.plan.siting.values import Siting
from yipan.text import Text

NODES = 5_000
"""Nodes of the search tree unless told otherwise."""


def p_median(
    costs: ArrayLike,
    p: int,
    *,
    weights: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    nodes: int = NODES,
) -> Siting:
    """Open p sites for the least Σ_i w_i · min_{open j} c_ij, with a bound that no choice goes below.

    Swaps (FasterPAM, Schubert & Rousseeuw 2021) from several starts; Lagrangian bounds (Cornuéjols, Fisher &
    Nemhauser 1977) that also rule sites in and out; branch and bound on what is left. Proved means: optimal
    where all weighted costs are whole numbers, else no choice is better by more than 1e-9 of the value.

    Parameters
    ----------
    costs
        Travel time, distance or money, shape (demand points, candidate sites), 0 or more; ∞ where a site
        cannot serve a point. At most 72 bytes a pair are held (1.8 GB for
        5,000 × 5,000).
    p
        Sites to open, those `fixed` among them.
    weights
        Of each demand point (persons, for example); 1 each unless given. Points of weight 0 do not count.
    fixed
        Sites that are open already and stay.
    forbidden
        Sites that may not open.
    nodes
        Most nodes of the search tree; when they are used up the bound says how good the choice is at least.

    Returns
    -------
    Siting
        `value` is the sum, `bound` a lower bound on it.

    Raises
    ------
    PlanError
        With every problem of the question; when p sites cannot reach every point that counts; when the search
        would hold more than option ``network.max_matrix_mb``.

    Examples
    --------
    Five villages on a road at kilometres 0, 1, 2, 8 and 9; two clinics.

    >>> at = np.array([0.0, 1.0, 2.0, 8.0, 9.0])
    >>> s = p_median(abs(at[:, None] - at), 2, weights=[10, 10, 10, 30, 10])
    >>> s.chosen.tolist(), s.assigned.tolist(), s.value, s.proved
    ([1, 3], [1, 1, 1, 3, 3], 30.0, True)
    """
    asked = given(costs, p, weights=weights, fixed=fixed, forbidden=forbidden, pair_bytes=PAIR_BYTES)
    start = None if np.isfinite(asked.weighted).all() else _reaching(asked, nodes)
    found = least_sum(asked.weighted, asked.state, asked.p, nodes=nodes, start=start)
    chosen = asked.sites(found.columns)
    return Siting(
        chosen=chosen,
        assigned=asked.assigned(chosen),
        value=found.value,
        bound=found.bound,
        proved=found.proved,
        method=_method(found, nodes),
        work=found.work,
    )


def _reaching(asked: Given, nodes: int) -> Columns:
    """Return columns that reach every point, or refuse."""
    within = np.isfinite(asked.weighted)
    order = np.argsort(~within, axis=1, kind="stable").astype(np.int32)
    found = covering(within, asked.state, asked.p, nodes=nodes, sorted_by=order)
    if found.value > 0:
        raise too_few(asked.p, proved=found.proved)
    return found.columns


def _method(found: Found, nodes: int) -> Text:
    steps, done = f"{found.work['steps']:,}", f"{found.work['nodes']:,}"
    how = Text(
        f"交换法(FasterPAM)求初解,拉格朗日下界 {steps} 步,分支定界 {done} 个节点",
        f"swaps (FasterPAM), {steps} steps of Lagrangian bounds, branch and bound of {done} nodes",
    )
    if not found.proved:
        end = Text(
            f";达到节点上限 {nodes:,},未证明最优,界见 bound",
            f"; stopped at {nodes:,} nodes, not proved: see the bound",
        )
    elif found.bound == found.value:
        end = Text(";已证明最优", "; proved optimal")
    else:
        end = Text(
            f";已证明:没有方案比它好 {TOLERANCE:g}(相对)以上",
            f"; proved: no choice is better by more than {TOLERANCE:g} of the value",
        )
    return Text(how.zh + end.zh, how.en + end.en)
