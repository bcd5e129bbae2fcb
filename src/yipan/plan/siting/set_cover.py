r"""Set covering: the fewest (or cheapest) sites that leave nobody out of reach.

Toregas, C., Swain, R., ReVelle, C. & Bergman, L. (1971), Operations Research 19(6), 1363–1373. Essential
sites, needless sites and needless demand points are taken out first, again and again until nothing changes
(as Toregas & ReVelle 1972 do), and only what is left is solved as a whole-number model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.plan.siting.checks import refuse, refuse_no_table, wrong, wrong_sites, wrong_values
from yipan.plan.siting.cover import COVERAGE, best_site, opened
from yipan.plan.siting.reduce import implied, merged_rows, outdone
from yipan.plan.siting.solver import TOLERANCE, Answer, Model
from yipan.plan.siting.values import Siting, frozen
from yipan.text import Text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def set_cover(
    cover: ArrayLike,
    *,
    site_costs: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    nodes: int | None = None,
) -> Siting:
    r"""Choose the fewest (or cheapest) sites that cover every demand point.

    .. math:: \min \sum_j k_j x_j,\qquad \sum_{j:\,c_{ij}} x_j \ge 1 \;\forall i,\qquad x \in \{0, 1\}

    Parameters
    ----------
    cover
        Shape (demand, sites): whether a site covers a demand point.
    site_costs
        Per site, not negative; left out: 1 each, so that their number is made small.
    fixed
        Sites open whatever is chosen; they cost nothing.
    nodes
        Most nodes of branch and bound; None: until proved.

    Returns
    -------
    Siting
        `value` the cost (number) of the sites opened besides those fixed, `bound` below it. `assigned`: the
        first open site that covers a point.

    Raises
    ------
    PlanError
        When demand points lie within reach of no site: how many, and the first of them.

    Examples
    --------
    Five villages in a row, each covering itself and its neighbours: the second and the fourth cover all.

    >>> reach = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) <= 1
    >>> s = set_cover(reach)
    >>> s.chosen.tolist(), s.value, s.work["nodes"]
    ([1, 3], 2.0, 0)
    """
    table = np.asarray(cover)
    refuse_no_table(table, COVERAGE)
    covers, m = table.astype(np.bool_), table.shape[1]
    costs = np.ones(m) if site_costs is None else np.array(site_costs, dtype=np.float64)
    refuse(
        wrong_values(Text("设施费用", "costs of sites"), costs, count=m)
        + wrong_sites(m, fixed=fixed, p=None)
        + _unknown(table)
        + _bare(covers)
    )
    held = np.array(sorted(set(fixed)), dtype=np.int64)
    rows = np.flatnonzero(~covers[:, held].any(axis=1))
    free, must, rows, rounds = _essential(covers, costs, rows=rows)
    model = Model()
    x = model.add_variables(costs[free], upper=1.0, whole=True)
    at, column = np.nonzero(covers[np.ix_(rows, free)])
    if len(rows):
        model.add_rows(at, x[column], 1.0, lower=np.ones(len(rows)))
    begin = _greedy(covers[np.ix_(rows, free)], costs[free])
    answer = Answer("optimal", np.zeros(len(free)), 0.0, 0.0, 0)
    if len(rows):
        start = np.isin(np.arange(len(free)), begin).astype(np.float64)
        answer = model.solve(start=start, nodes=nodes)
    more = free[opened(answer, x, begin)]
    chosen = _without_needless(covers, costs, held=held, more=np.concatenate([must, more]))
    value = float(costs[np.setdiff1d(chosen, held)].sum())
    bound = max(0.0, answer.bound) + float(costs[must].sum())
    if (costs == np.round(costs)).all():  # every cost is whole: so is the least one
        bound = math.ceil(bound - TOLERANCE * max(1.0, abs(bound)))
    return Siting(
        chosen=frozen(chosen),
        assigned=frozen(best_site(covers.astype(np.float64), chosen)),
        value=value,
        bound=min(float(bound), value),
        proved=answer.proved or bound >= value,
        method=_FEWEST,
        work={
            "sites": m,
            "sites_kept": len(free),
            "essential": len(must),
            "rows": len(rows),
            "rounds": rounds,
            "nodes": answer.nodes,
        },
    )


def _essential(covers: Bools, costs: Floats, *, rows: Ints) -> tuple[Ints, Ints, Ints, int]:
    """Return what is left of a set covering problem: sites, essential sites, rows, and rounds of reducing."""
    free, must, rounds = np.arange(covers.shape[1]), np.zeros(0, dtype=np.int64), 0
    while True:
        rounds += 1
        size = len(free), len(must), len(rows)
        rows = rows[merged_rows(covers[np.ix_(rows, free)], np.ones(len(rows)))[0]]
        sure = implied(covers[np.ix_(rows, free)])
        rows = rows if sure is None else rows[~sure]
        needless = outdone(covers[np.ix_(rows, free)], costs[free])
        free = free if needless is None else free[~needless]
        part = covers[np.ix_(rows, free)]
        alone = np.unique(free[part[part.sum(axis=1) == 1].any(axis=0)])
        must, free = np.union1d(must, alone), np.setdiff1d(free, alone)
        rows = rows[~covers[np.ix_(rows, alone)].any(axis=1)]
        if size == (len(free), len(must), len(rows)):
            return free, must, rows, rounds


def _greedy(part: Bools, costs: Floats) -> Ints:
    """Return sites that cover all rows, one after another by rows newly covered per cost (Chvátal 1979)."""
    left = np.ones(len(part), dtype=np.bool_)
    out: list[int] = []
    while left.any():
        gains = part[left].sum(axis=0) / np.maximum(costs, 1e-12)
        out.append(int(np.argmax(gains)))
        left &= ~part[:, out[-1]]
    return np.array(sorted(out), dtype=np.int64)


def _without_needless(covers: Bools, costs: Floats, *, held: Ints, more: Ints) -> Ints:
    """Return the sites without those, dearest and last first, that cover nothing alone."""
    kept = sorted({int(j) for j in more} - {int(j) for j in held})
    for j in sorted(kept, key=lambda j: (-costs[j], -j)):
        rest = [*held, *(k for k in kept if k != j)]
        if covers[:, rest].any(axis=1).all():
            kept.remove(j)
    return np.array(sorted([*held, *kept]), dtype=np.int64)


def _unknown(table: NDArray[np.generic]) -> list[Problem]:
    """Return a problem where coverage is no number: it would count as covered."""
    unknown = int(np.not_equal(table, table).sum())
    if not unknown:
        return []
    return [
        wrong(
            Text(f"覆盖有 {unknown} 处缺失", f"{unknown} of the coverage values are missing"),
            Text("填写是或否(1 或 0)", "write yes or no (1 or 0)"),
        )
    ]


def _bare(covers: Bools) -> list[Problem]:
    bare = np.flatnonzero(~covers.any(axis=1))
    if not len(bare):
        return []
    some = ", ".join(map(str, bare[:5]))
    return [
        wrong(
            Text(
                f"{len(bare)} 个需求点在任何候选点的范围之外(如第 {some} 个,从 0 起)",
                f"{len(bare)} demand points are within reach of no site (positions {some}, from 0)",
            ),
            Text(
                "放宽时限、增加候选点,或去掉这些需求点",
                "allow more time, add candidate sites, or leave these points out",
            ),
        )
    ]


_FEWEST = Text(
    "集合覆盖(Toregas 等 1971),经必选点与支配关系化简后由 HiGHS 精确求解,容差 1e-6",
    "set covering (Toregas et al. 1971), reduced by essential sites and dominance, then solved exactly"
    " by HiGHS, tolerance 1e-6",
)
