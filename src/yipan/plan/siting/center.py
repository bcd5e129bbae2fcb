"""The vertex p-center: open p sites so that the farthest demand point is as near as can be, proved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.plan.siting.given import Given, given, too_few
from yipan.plan.siting.lagrange import Columns, covering
from yipan.plan.siting.median import NODES
from yipan.plan.siting.values import Siting
from yipan.text import Text

_PAIR_BYTES = 88
"""The most held for each pair, as traced: what a median holds, and the costs of the question asked."""


def p_center(
    costs: ArrayLike,
    p: int,
    *,
    weights: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    nodes: int = NODES,
) -> Siting:
    """Open p sites for the least max_i w_i · min_{open j} c_ij, with proof.

    The optimum is one of the distinct weighted costs. Halving them (Minieka 1970, *SIAM Review* 12: 138–139),
    each is met or proved out of reach by asking whether p sites cover every point within it: swaps and
    Lagrangian branch and bound on the number of points left out.

    Parameters
    ----------
    costs, p, weights, fixed, forbidden
        As for `yipan.plan.siting.median.p_median`. Points of weight 0 do not count.
        At most 88 bytes a pair are held.
    nodes
        Most nodes of the search tree of one such question.

    Returns
    -------
    Siting
        `value` is the largest weighted cost, `bound` a lower bound on it: the least cost not proved out of
        reach. Equal when proved; costs are compared as they are, without tolerance.

    Raises
    ------
    PlanError
        As `p_median` does.

    Examples
    --------
    >>> at = np.array([0.0, 1.0, 2.0, 8.0, 9.0])
    >>> s = p_center(abs(at[:, None] - at), 2)
    >>> s.chosen.tolist(), s.value, s.bound, s.proved
    ([1, 3], 1.0, 1.0, True)
    """
    asked = given(costs, p, weights=weights, fixed=fixed, forbidden=forbidden, pair_bytes=_PAIR_BYTES)
    allowed = asked.weighted[:, asked.state >= 0]
    radii = np.unique(allowed[np.isfinite(allowed)])
    least = int(np.searchsorted(radii, allowed.min(axis=1).max()))
    columns, out, work = _halve(asked, radii, least, nodes)
    chosen = asked.sites(columns)
    value, bound = _radius(asked.weighted, columns), float(radii[out + 1])
    return Siting(
        chosen=chosen,
        assigned=asked.assigned(chosen),
        value=value,
        bound=bound,
        proved=bound == value,
        method=_method(work, proved=bound == value, nodes=nodes),
        work=work,
    )


def _halve(
    asked: Given, radii: NDArray[np.float64], least: int, nodes: int
) -> tuple[Columns, int, dict[str, int | float]]:
    """Return the best columns, the index of the largest radius proved out of reach, and the work."""
    order = np.argsort(asked.weighted, axis=1, kind="stable").astype(np.int32)
    work: dict[str, int | float] = {"radii": len(radii), "asked": 0, "swaps": 0, "steps": 0, "nodes": 0}
    columns = _farthest_first(asked)
    met = int(np.searchsorted(radii, _radius(asked.weighted, columns)))  # len(radii) where some are unreached
    out, doubtful = least - 1, least - 1
    while met - doubtful > 1:
        # the least possible one first: where many sites open it is often the answer
        at = doubtful + 1 if work["asked"] == 0 else (met + doubtful) // 2
        found = covering(asked.weighted <= radii[at], asked.state, asked.p, nodes=nodes, sorted_by=order)
        work["asked"] += 1
        for key in ("swaps", "steps", "nodes"):
            work[key] += found.work[key]
        if found.value == 0:
            columns = found.columns
            met = int(np.searchsorted(radii, _radius(asked.weighted, columns)))
        else:
            doubtful = at
            out = at if found.proved else out
    if met == len(radii):
        raise too_few(asked.p, proved=out == met - 1)
    return columns, out, work


def _radius(weighted: NDArray[np.float64], columns: Columns) -> float:
    return float(weighted[:, columns].min(axis=1).max())


def _farthest_first(asked: Given) -> Columns:
    """Return a first choice: each time the best site for the point that is farthest off (Gonzalez 1985)."""
    chosen = np.flatnonzero(asked.state > 0).tolist()
    open_to = np.where(asked.state == 0, asked.weighted, np.inf)
    near = asked.weighted[:, chosen].min(axis=1) if chosen else np.full(len(asked.weighted), np.inf)
    while len(chosen) < asked.p:
        column = int(open_to[near.argmax()].argmin())
        if not np.isfinite(open_to[:, column]).any():
            column = int(
                np.flatnonzero((asked.state == 0) & ~np.isin(np.arange(len(asked.state)), chosen))[0]
            )
        chosen.append(column)
        near = np.minimum(near, asked.weighted[:, column])
        open_to[:, column] = np.inf
    return np.array(chosen, dtype=np.int32)


def _method(work: dict[str, int | float], *, proved: bool, nodes: int) -> Text:
    counts = Text(
        f"在 {work['radii']:,} 个不同距离中折半查找,判定 {work['asked']} 次"
        f"(分支定界共 {work['nodes']:,} 个节点)",
        f"halving {work['radii']:,} distinct costs, {work['asked']} asked"
        f" (branch and bound of {work['nodes']:,} nodes in all)",
    )
    end = (
        Text(";已证明最优", "; proved optimal")
        if proved
        else Text(
            f";有判定达到节点上限 {nodes:,},未证明最优,界见 bound",
            f"; some stopped at {nodes:,} nodes, not proved: see the bound",
        )
    )
    return Text(counts.zh + end.zh, counts.en + end.en)
