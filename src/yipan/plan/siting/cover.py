r"""Maximal covering: the most demand within reach of so many sites, or of what a budget buys.

Church, R. & ReVelle, C. (1974), Papers of the Regional Science Association 32, 101–118; with coverage by
degrees, Berman, O. & Krass, D. (2002), Computers & Operations Research 29(6), 563–581:

.. math:: \max \sum_i w_i \max_{j \in X} c_{ij},\qquad |X| \le p,\quad \sum_{j \in X} k_j \le B

Made smaller first by what cannot matter (`yipan.plan.siting.reduce`), then solved exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.plan.siting.checks import refuse, refuse_no_table, wrong, wrong_sites, wrong_values
from yipan.plan.siting.reduce import merged_rows, outdone
from yipan.plan.siting.solver import Answer, Model
from yipan.plan.siting.values import Siting, frozen
from yipan.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def max_cover(
    cover: ArrayLike,
    p: int | None = None,
    *,
    weights: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    site_costs: ArrayLike | None = None,
    budget: float | None = None,
    nodes: int | None = None,
) -> Siting:
    r"""Choose sites that cover the most demand.

    .. math:: \max \sum_i w_i \sum_l (c_{il} - c_{i,l-1}) y_{il},\quad
              y_{il} \le \sum_{j:\, c_{ij} \ge c_{il}} x_j,\quad 0 \le y \le 1,\quad x \in \{0, 1\}

    with :math:`c_{i1} < c_{i2} < \dots` the degrees at which i can be covered: one, where coverage is yes or
    no.

    Parameters
    ----------
    cover
        Shape (demand, sites): whether a site covers a demand point, or the degree to which it does, 0–1. The
        best open site counts.
    p
        Most sites open, those fixed among them; None where only the budget counts.
    weights
        Per demand point (residents), not negative; left out: 1 each.
    fixed
        Sites open whatever is chosen; they cost nothing of the budget.
    site_costs, budget
        Cost of each site and the most that may be spent, same unit.
    nodes
        Most nodes of branch and bound; None: until proved.

    Returns
    -------
    Siting
        `value` in the unit of `weights`, `bound` above it. `assigned`: the open site that covers a point best
        (the first of equals), −1 where none covers it. Fewer than `p` sites are chosen where more add
        nothing.

    Raises
    ------
    PlanError
        When the parts do not fit together; with every reason.

    Examples
    --------
    Two sites for four villages of 10, 20, 30 and 40: the second covers 20 and 30, the third 30 and 40.

    >>> reach = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    >>> s = max_cover(reach, 2, weights=[10, 20, 30, 40])
    >>> s.chosen.tolist(), s.value, s.assigned.tolist(), s.proved
    ([1, 2], 90.0, [-1, 1, 1, 2], True)
    """
    degrees = np.asarray(cover, dtype=np.float64)
    refuse_no_table(degrees, COVERAGE)
    n, m = degrees.shape
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    costs = np.zeros(m) if site_costs is None else np.array(site_costs, dtype=np.float64)
    _check(degrees, w, costs=costs, p=p, fixed=fixed, budget=budget)
    held = np.array(sorted(set(fixed)), dtype=np.int64)
    costs[held] = 0.0
    had = degrees[:, held].max(axis=1, initial=0.0)
    more = np.where(degrees > had[:, None], degrees, 0.0)
    free, rows, mass = _reduced(more, w, had=had, costs=None if budget is None else costs)
    part, base = np.ascontiguousarray(more[np.ix_(rows, free)]), had[rows]
    room = math.inf if p is None else p - len(held)
    model, x = _most(part, base, mass, costs=costs[free], room=room, budget=budget)
    begin = _greedy(part, base, mass, costs=costs[free], room=room, budget=budget)
    answer = model.solve(start=_point(part, begin), nodes=nodes)
    chosen = _pruned(degrees, w, held=held, more=free[opened(answer, x, begin)])
    value = float(w @ degrees[:, chosen].max(axis=1, initial=0.0))
    bound = answer.bound + float(w @ had)
    return Siting(
        chosen=frozen(chosen),
        assigned=frozen(best_site(degrees, chosen)),
        value=value,
        bound=max(bound, value),
        proved=answer.proved,
        method=_MOST,
        work={"sites": m, "sites_kept": len(free), "rows": len(rows), "nodes": answer.nodes},
    )


def _reduced(more: Floats, w: Floats, *, had: Floats, costs: Floats | None) -> tuple[Ints, Ints, Floats]:
    """Return the sites and rows that matter, and the weights of the rows."""
    rows = np.flatnonzero((w > 0) & (more > 0).any(axis=1))
    free = np.flatnonzero((more[rows] > 0).any(axis=0))
    part = more[np.ix_(rows, free)]
    if ((part == 0) | (part == 1)).all():
        needless = outdone(part > 0, np.zeros(len(free)) if costs is None else costs[free])
        if needless is not None:
            free = free[~needless]
    part = more[np.ix_(rows, free)] if len(free) else more[rows]
    first, mass = merged_rows(np.column_stack([part, had[rows]]), w[rows])  # alike in what they have, too
    return free, rows[first], mass


def _most(
    part: Floats, base: Floats, mass: Floats, *, costs: Floats, room: float, budget: float | None
) -> tuple[Model, Ints]:
    model = Model(most=True)
    m = part.shape[1]
    x = model.add_variables(np.zeros(m), upper=1.0, whole=True)
    if math.isfinite(room):
        model.add_rows(np.zeros(m), x, 1.0, upper=[room])
    if budget is not None and math.isfinite(budget):
        # in units of the budget (a power of 2: nothing is rounded), else small costs are nothing to HiGHS
        unit = 2.0 ** math.floor(math.log2(budget)) if budget > 0 else 1.0
        size = np.divide(costs, unit, out=np.full(m, 3.0), where=costs <= budget)
        model.add_rows(np.zeros(m), x, size, upper=[budget / unit])
    row, level, place = _levels(part)
    y = model.add_variables(mass[row] * (level - _below(row, level, base)), upper=1.0)
    # y of one degree at most y of the next higher one, and the sites that cover just to this degree
    column = np.nonzero(part)[1]
    higher = np.flatnonzero(np.append(row[1:] == row[:-1], False))
    model.add_rows(
        np.concatenate([np.arange(len(y)), place, higher]),
        np.concatenate([y, x[column], y[higher + 1]]),
        np.concatenate([np.ones(len(y)), -np.ones(len(place)), -np.ones(len(higher))]),
        upper=np.zeros(len(y)),
    )
    return model, x


def _levels(part: Floats) -> tuple[Ints, Floats, Ints]:
    """Return row and degree of each level, by row and ascending, and the level of each pair that covers."""
    at, column = np.nonzero(part)
    degrees, which = np.unique(part[at, column], return_inverse=True)
    keys, place = np.unique(at * len(degrees) + which, return_inverse=True)
    return keys // max(1, len(degrees)), degrees[keys % max(1, len(degrees))], place.astype(np.int64)


def _below(row: Ints, level: Floats, base: Floats) -> Floats:
    """Return the degree under each level: the next lower of its row, or what the row has anyway."""
    first = np.append(True, row[1:] != row[:-1])[: len(row)]
    return np.where(first, base[row], np.append(0.0, level[:-1])[: len(row)])


def _greedy(
    part: Floats, base: Floats, mass: Floats, *, costs: Floats, room: float, budget: float | None
) -> Ints:
    """Return sites chosen one after another by what each adds (per cost where there is a budget)."""
    have, left = base.copy(), math.inf if budget is None else budget
    out: list[int] = []
    while len(out) < room:
        gains = mass @ np.maximum(part - have[:, None], 0.0)
        per = gains if budget is None else gains / np.maximum(costs, 1e-12)
        per = np.where((costs <= left) & (gains > 0), per, 0.0)
        if not per.size or per.max() <= 0:
            break
        best = int(np.argmax(per))
        out.append(best)
        left -= costs[best]
        have = np.maximum(have, part[:, best])
    return np.array(sorted(out), dtype=np.int64)


def _point(part: Floats, begin: Ints) -> Floats:
    """Return the model's variables where just the sites of `begin` are open."""
    x = np.zeros(part.shape[1])
    x[begin] = 1.0
    row, level, _ = _levels(part)
    got = part[:, begin].max(axis=1, initial=0.0)
    return np.concatenate([x, (got[row] >= level).astype(np.float64)])


def opened(answer: Answer, x: Ints, otherwise: Ints) -> Ints:
    """Return positions of the sites an answer opens, or `otherwise` where it has no point."""
    return otherwise if answer.x is None else np.flatnonzero(answer.x[x] > 0.5)


def _pruned(degrees: Floats, w: Floats, *, held: Ints, more: Ints) -> Ints:
    """Return the sites without those, last first, whose closing loses nothing."""
    kept = sorted({int(j) for j in more} - {int(j) for j in held})
    for j in reversed(list(kept)):
        rest = [*held, *(k for k in kept if k != j)]
        with_, without = (degrees[:, c].max(axis=1, initial=0.0) for c in ([*held, *kept], rest))
        if not (w * (with_ - without)).any():
            kept.remove(j)
    return np.array(sorted([*held, *kept]), dtype=np.int64)


def best_site(degrees: Floats, chosen: Ints) -> Ints:
    """Return the open site that covers each demand point best, the first of equals, −1 where none does."""
    if not len(chosen):
        return np.full(len(degrees), -1, dtype=np.int64)
    part = degrees[:, chosen]
    return np.where(part.max(axis=1) > 0, chosen[part.argmax(axis=1)], -1)


def _check(
    degrees: Floats,
    w: Floats,
    *,
    costs: Floats,
    p: int | None,
    fixed: Sequence[int],
    budget: float | None,
) -> None:
    n, m = degrees.shape
    out = wrong_values(_WEIGHT, w, count=n) + wrong_values(_COST, costs, count=m)
    out += wrong_sites(m, fixed=fixed, p=p)
    if not ((degrees >= 0) & (degrees <= 1)).all():
        out.append(
            wrong(
                Text("覆盖程度不在 0–1 之间", "a degree of coverage is not within 0–1"),
                Text("改为 0–1", "write degrees from 0 to 1"),
            )
        )
    if p is None and budget is None:
        out.append(
            wrong(
                Text("没有给出设施数,也没有预算", "neither a number of sites nor a budget is given"),
                Text("给出其一", "give one of them"),
            )
        )
    if budget is not None and not budget >= 0:
        out.append(
            wrong(Text("预算为负", "the budget is negative"), Text("给出不小于 0 的数", "give 0 or more"))
        )
    refuse(out)


COVERAGE = Text("覆盖", "coverage values")
_WEIGHT = Text("需求点权重", "weights of demand")
_COST = Text("设施费用", "costs of sites")
_MOST = Text(
    "最大覆盖(Church 与 ReVelle 1974),合并相同需求、去掉被优于的候选点后由 HiGHS 精确求解,容差 1e-6",
    "maximal covering (Church & ReVelle 1974), reduced by merging and dominance, then solved exactly by"
    " HiGHS, tolerance 1e-6",
)
