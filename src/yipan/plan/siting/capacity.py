r"""Sites with room for only so many: who is served where, at the least travel, with nobody over capacity.

The capacitated p-median problem (Mulvey, J. M. & Beck, M. P. 1984, European Journal of Operational Research
18(3), 339–348):

.. math:: \min \sum_{ij} c_{ij} z_{ij} + u \sum_i r_i,\qquad \sum_j z_{ij} + r_i = w_i,\qquad
          \sum_i z_{ij} \le Q_j x_j,\qquad z_{ij} \le \min(w_i, Q_j)\, x_j,\qquad \sum_j x_j \le p

with :math:`z` the demand of i served at j, which may be split, or must be all or nothing; :math:`r` what is
left unserved, nothing unless its price :math:`u` is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.plan.siting.checks import refuse, refuse_no_table, wrong, wrong_sites, wrong_values
from yipan.plan.siting.solver import TOLERANCE, Answer, Model
from yipan.plan.siting.values import Siting, frozen
from yipan.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PAIRS = 400_000
"""Pairs of demand and site within reach that a model may hold: about 1 GB and minutes of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Sites with capacity, and who is served where.

    Parameters
    ----------
    siting
        Sites and proof; `assigned` is the site that serves most of a demand point (−1 where none does).
    demand, site, amount
        What goes where: positions and amounts in the unit of demand, by demand, then site.
    load
        Demand served at each site, shape (sites,).
    unserved
        What is left of each demand point, shape (demand,).
    """

    siting: Siting
    demand: Ints
    site: Ints
    amount: Floats
    load: Floats
    unserved: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    costs: Floats
    w: Floats
    room: Floats
    p: int
    held: Ints
    split: bool
    price: float | None
    unit: str

    def much(self, amount: float) -> str:
        """Return an amount with its unit."""
        return f"{amount:,.6g} {self.unit}".rstrip()


def capacitated(
    costs: ArrayLike,
    p: int,
    *,
    capacity: ArrayLike,
    weights: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    divisible: bool = True,
    unserved: float | None = None,
    unit: str = "",
    nodes: int | None = None,
) -> Served:
    """Choose sites and serve all demand within their capacity at the least weighted cost.

    Parameters
    ----------
    costs
        Of serving one unit of a demand point at a site (minutes), shape (demand, sites); infinite where it
        cannot be.
    p
        Most sites open, those fixed among them.
    capacity
        Per site, in the unit of demand.
    weights
        Demand per point; left out: 1 each.
    fixed
        Sites open already.
    divisible
        Whether a demand point may be shared among sites; if not, all of it is served at one.
    unserved
        Price of a unit left unserved, in the unit of costs; None: all must be served.
    unit
        Of demand and capacity, for what is said where there is no answer.
    nodes
        Most nodes of branch and bound; None: until proved.

    Returns
    -------
    Served
        `siting.value` in cost × demand (person-minutes). Sites that serve nobody are not opened.

    Raises
    ------
    PlanError
        Before solving where demand is beyond reach, or more than the capacity, and by how much; after it
        where capacity suffices in all but not within reach, and how much stays unserved at the least. When
        more than `MOST_PAIRS` pairs are within reach.

    Examples
    --------
    Two villages of 6 persons at minute 0 and 10 and a site at each, with room for 8 and 20: one site has to
    be the second; both may be open. Room for 8 only at home leaves nobody out.

    >>> costs = np.array([[0.0, 10.0], [10.0, 0.0]])
    >>> one = capacitated(costs, 1, capacity=[8, 20], weights=[6, 6])
    >>> one.siting.chosen.tolist(), one.siting.value, one.load.tolist()
    ([1], 60.0, [0.0, 12.0])
    >>> both = capacitated(costs, 2, capacity=[4, 20], weights=[6, 6])
    >>> both.siting.value, both.amount.tolist()  # 2 of the first village have to travel
    (20.0, [4.0, 2.0, 6.0])
    """
    c = np.asarray(costs, dtype=np.float64)
    refuse_no_table(c, Text("费用", "costs"))
    case = _Case(
        costs=c,
        w=np.ones(len(c)) if weights is None else np.asarray(weights, dtype=np.float64),
        room=np.asarray(capacity, dtype=np.float64),
        p=p,
        held=np.array(sorted(set(fixed)), dtype=np.int64),
        split=divisible,
        price=unserved,
        unit=unit,
    )
    refuse(_unsound(case, fixed))
    refuse(_short(case))
    demand, site = _pairs(case)
    model, x, z, r = _model(case, demand, site)
    answer = model.solve(nodes=nodes)
    if answer.status == "infeasible":
        refuse(_out_of_place(case, nodes))
    return _served(case, answer, pairs=(demand, site), columns=(x, z, r))


def _unsound(case: _Case, fixed: Sequence[int]) -> list[Problem]:
    n, m = case.costs.shape
    out = wrong_values(Text("需求", "amounts of demand"), case.w, count=n)
    out += wrong_values(Text("容量", "capacities"), case.room, count=m)
    out += wrong_sites(m, fixed=fixed, p=case.p)
    if not (case.costs >= 0).all():
        out.append(
            wrong(
                Text("费用为负或不是数", "a cost is negative or no number"),
                Text("给出不小于 0 的数,不可达用无穷大", "give 0 or more, infinity where there is no way"),
            )
        )
    if case.price is not None and not 0 < case.price < math.inf:
        out.append(
            wrong(
                Text("未服务的代价须为正数", "the price of demand left unserved must be above 0"),
                Text("给出一个大于最长出行时间的分钟数", "give minutes, more than the longest trip"),
            )
        )
    pairs = int((np.isfinite(case.costs) & (case.w[:, None] > 0)).sum()) if not out else 0
    if pairs > MOST_PAIRS:
        out.append(
            wrong(
                Text(
                    f"范围内的需求点与候选点组合有 {pairs:,} 对,上限 {MOST_PAIRS:,}",
                    f"{pairs:,} pairs of demand and site are within reach; {MOST_PAIRS:,} are the most",
                ),
                Text(
                    "缩短最长出行时间,或减少候选点(只取某分区,或人口较多的单元格)",
                    "allow shorter trips only, or fewer candidates (one zone, or the more populous cells)",
                ),
            )
        )
    return out


def _short(case: _Case) -> list[Problem]:
    """Return why not all can be served, from sums alone."""
    if case.price is not None:
        return []
    there = np.isfinite(case.costs) & (case.room > 0)
    out = _beyond(case, case.w[(case.w > 0) & ~there.any(axis=1)])
    free = np.delete(case.room, case.held)
    most = float(case.room[case.held].sum() + np.sort(free)[::-1][: case.p - len(case.held)].sum())
    out += _too_much(case, most)
    if not case.split and not out:
        out += _too_large(case.w, np.where(there, case.room, 0.0).max(axis=1, initial=0.0))
    return out


def _beyond(case: _Case, bare: Floats) -> list[Problem]:
    if not len(bare):
        return []
    return [
        wrong(
            Text(
                f"{len(bare)} 个需求点(需求 {case.much(bare.sum())})到不了任何有容量的候选点",
                f"{len(bare)} demand points ({case.much(bare.sum())} of demand) reach no site with capacity",
            ),
            Text("放宽时限或增加候选点,或允许不服务", "allow longer trips, more sites, or unserved demand"),
        )
    ]


def _too_much(case: _Case, most: float) -> list[Problem]:
    need = float(case.w.sum())
    lack = case.much(need - most)
    if need <= most * (1 + 1e-12):
        return []
    return [
        wrong(
            Text(
                f"需求 {case.much(need)} 超过 {case.p} 处设施的最大总容量 {case.much(most)},差 {lack}",
                f"demand of {case.much(need)} exceeds the largest capacity of {case.p} sites,"
                f" {case.much(most)}, by {lack}",
            ),
            Text(
                "增加设施或容量,或允许不服务", "open more sites, give more capacity, or allow unserved demand"
            ),
        )
    ]


def _too_large(w: Floats, largest: Floats) -> list[Problem]:
    heavy = np.flatnonzero(w > largest * (1 + 1e-12))
    if not len(heavy):
        return []
    i = int(heavy[np.argmax(w[heavy] - largest[heavy])])
    return [
        wrong(
            Text(
                f"{len(heavy)} 个需求点大于可达设施中最大的一处(第 {i} 个:{w[i]:,.6g} 对 {largest[i]:,.6g})",
                f"{len(heavy)} demand points are larger than any site in reach (position {i}: {w[i]:,.6g}"
                f" against {largest[i]:,.6g})",
            ),
            Text("允许需求分开服务", "let demand be shared among sites"),
        )
    ]


def _pairs(case: _Case) -> tuple[Ints, Ints]:
    there = np.isfinite(case.costs) & (case.w[:, None] > 0) & (case.room > 0)
    if not case.split:
        there &= case.w[:, None] <= case.room
    demand, site = np.nonzero(there)
    return demand.astype(np.int64), site.astype(np.int64)


def _model(case: _Case, demand: Ints, site: Ints) -> tuple[Model, Ints, Ints, Ints]:
    n, m = case.costs.shape
    model, w = Model(), case.w
    lower = np.zeros(m)
    lower[case.held] = 1.0
    x = model.add_variables(np.zeros(m), lower=lower, upper=1.0, whole=True)
    size = w[demand]  # z is a share of the demand point: rows of like size
    z = model.add_variables(case.costs[demand, site] * size, upper=1.0, whole=not case.split)
    price = 0.0 if case.price is None else case.price
    left = 0.0 if case.price is None else 1.0
    r = model.add_variables(price * w, upper=np.where(w > 0, left, 0.0), whole=not case.split)
    some = (w > 0).astype(np.float64)
    model.add_rows(
        np.concatenate([demand, np.arange(n)]), np.concatenate([z, r]), 1.0, lower=some, upper=some
    )
    unit = max(1.0, float(case.room.max(initial=0.0)))
    model.add_rows(
        np.concatenate([site, np.arange(m)]),
        np.concatenate([z, x]),
        np.concatenate([size, -case.room]) / unit,
        upper=np.zeros(m),
    )
    pair = np.arange(len(z))
    most = np.minimum(1.0, case.room[site] / size)
    model.add_rows(
        np.concatenate([pair, pair]),
        np.concatenate([z, x[site]]),
        np.concatenate([np.ones(len(z)), -most]),
        upper=np.zeros(len(z)),
    )
    model.add_rows(np.zeros(m), x, 1.0, upper=[float(case.p)])
    return model, x, z, r


def _out_of_place(case: _Case, nodes: int | None) -> list[Problem]:
    """Return how much stays unserved at the least where the sums suffice."""
    easy = _Case(
        costs=np.where(np.isfinite(case.costs), 0.0, np.inf),
        w=case.w,
        room=case.room,
        p=case.p,
        held=case.held,
        split=case.split,
        price=1.0,
        unit=case.unit,
    )
    model, *_ = _model(easy, *_pairs(easy))
    answer = model.solve(nodes=nodes)
    least = answer.value if answer.proved else max(0.0, answer.bound)
    return [
        wrong(
            Text(
                f"总容量够,但不在需要的地方:{case.p} 处设施最少仍有 {case.much(least)} 得不到服务",
                f"capacity suffices in all, but not where it is needed: {case.p} sites leave at least"
                f" {case.much(least)} unserved",
            ),
            Text(
                "放宽时限、增加设施或容量,或允许不服务",
                "allow longer trips, more sites or capacity, or unserved demand",
            ),
        )
    ]


def _served(
    case: _Case, answer: Answer, *, pairs: tuple[Ints, Ints], columns: tuple[Ints, Ints, Ints]
) -> Served:
    n, m = case.costs.shape
    demand, site = pairs
    x, z, r = columns
    found = answer.x
    if found is None:
        refuse([_NOTHING_FOUND])
        raise AssertionError  # refuse has raised
    amount = np.where(found[z] > TOLERANCE, found[z], 0.0) * case.w[demand]
    left = np.where(found[r] > TOLERANCE, found[r], 0.0) * case.w
    used = amount > 0
    load = np.bincount(site[used], amount[used], m).astype(np.float64)
    opened = np.union1d(case.held, np.flatnonzero((found[x] > 0.5) & (load > 0)))
    assigned = np.full(n, -1, dtype=np.int64)
    for k in np.lexsort((-site[used], amount[used])):  # ascending: the largest, then the first, is last
        assigned[demand[used][k]] = site[used][k]
    idle = case.w == 0  # nobody to serve: the nearest open site, where one is in reach
    if len(opened):
        part = case.costs[:, opened]
        nearest = np.where(np.isfinite(part.min(axis=1)), opened[part.argmin(axis=1)], -1)
        assigned[idle] = nearest[idle]
    value = float(case.costs[demand[used], site[used]] @ amount[used])
    value += 0.0 if case.price is None else case.price * float(left.sum())
    siting = Siting(
        chosen=frozen(opened),
        assigned=frozen(assigned),
        value=value,
        bound=min(answer.bound, value),
        proved=answer.proved,
        method=_METHOD,
        work={"pairs": len(z), "nodes": answer.nodes},
    )
    return Served(
        siting=siting, demand=demand[used], site=site[used], amount=amount[used], load=load, unserved=left
    )


_NOTHING_FOUND = wrong(
    Text("在允许的节点数内没有找到方案", "nothing was found within the nodes allowed"),
    Text("允许更多节点,或允许不服务", "allow more nodes, or unserved demand"),
)
_METHOD = Text(
    "有容量限制的 p-中位(Mulvey 与 Beck 1984),HiGHS 精确求解,容差 1e-6",
    "capacitated p-median (Mulvey & Beck 1984), solved exactly by HiGHS, tolerance 1e-6",
)
