r"""Sites for equal access: capacity where those with the least supply per head within reach gain by it.

Access is the two-step floating catchment of `yipan.network.catchment` (Luo & Wang 2003; with decay Luo & Qi
2009). Who shares a facility does not depend on its size, so access is linear in capacity, exactly:

.. math:: A_i(s) = A_i(0) + \sum_j G_{ij}\, s_j,\qquad
          G_{ij} = \frac{f(t_{ij})}{\sum_k f(t_{kj})\, P_k}

with :math:`s_j` what is added at j. What is made best, with :math:`q_i = P_i / \sum P` and
:math:`\bar A = \sum q_i A_i`:

``least``
    the access of the worst-off demand point, made large: :math:`\max\, \min_i A_i`.
``worst_tenth``
    the mean access of the worst-off tenth of people, made large (a linear program for a choice given:
    Rockafellar, R. T. & Uryasev, S. 2000, Journal of Risk 2(3), 21–41):
    :math:`\max\, t - \tfrac{1}{0.1} \sum q_i d_i,\; d_i \ge t - A_i,\; d_i \ge 0`.
``deviation``
    the mean absolute deviation, made small: :math:`\min \sum q_i |A_i - \bar A|`, which is
    :math:`2 \sum q_i d_i` with :math:`d_i \ge \bar A - A_i`, :math:`d_i \ge 0`.
``variance``
    the variance, made small (Wang, F. & Tang, Q. 2013, Environment and Planning B 40(2), 195–212):
    :math:`\min \sum q_i v_i` with :math:`v_i \ge 2 a (A_i - \bar A) - a^2` for every a tried; tangents are
    added where the last answer was until they meet it (outer approximation: Duran, M. A. & Grossmann, I. E.
    1986, Mathematical Programming 36(3), 307–339).

For the last two everything that may be added is added: adding nothing, or where it keeps all equally badly
off, would else be the answer. People whom no facility, present or possible, reaches have no access whatever
is chosen; they are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.network.catchment import limited, two_step_floating_catchment
from yipan.network.decay import Decay
from yipan.network.values import UNREACHED
from yipan.plan.siting.checks import refuse, refuse_no_table, wrong, wrong_values
from yipan.plan.siting.equity_model import AIMS, Aim, Case, judged, shared_out, worth
from yipan.plan.siting.solver import TOLERANCE
from yipan.plan.siting.values import Siting, frozen
from yipan.text import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """What is added where, and what access becomes.

    Parameters
    ----------
    siting
        `chosen`: sites that are added to; `assigned`: the site that gives a demand point most of its access;
        `value` and `bound`: the aim, in capacity per unit of demand (squared for the variance).
    added
        Capacity added, shape (sites,).
    before, after
        Access, capacity per unit of demand, shape (demand,).
    left_out
        Demand that no facility reaches, present or possible.
    """

    siting: Siting
    added: Floats
    before: Floats
    after: Floats
    left_out: float


def equitable(
    times: NDArray[np.int32],
    demand: ArrayLike,
    *,
    supply: ArrayLike,
    add: ArrayLike,
    p: int | None = None,
    total: float | None = None,
    limit: float | None = None,
    decay: Decay | None = None,
    aim: Aim = "worst_tenth",
    nodes: int | None = None,
) -> Equal:
    """Choose where capacity is added so that access is most equal, or best where it is worst.

    Parameters
    ----------
    times
        Seconds, shape (demand, sites), `UNREACHED` where there is no way.
    demand
        Persons per demand point.
    supply
        Present capacity per site, 0 where there is none yet.
    add
        What a site is given if it is chosen; where `total` is given, the most it may be given.
    p
        Most sites added to; None: as many as `total` serves.
    total
        Capacity to be shared out in any amounts; None: each chosen site gets its `add`.
    limit, decay
        Of the catchments, as in `two_step_floating_catchment`.
    aim
        What is made best: see `yipan.plan.siting.equity`.
    nodes
        Most nodes of branch and bound (in each round of the variance); None: until proved.

    Returns
    -------
    Equal
        For ``least`` and ``worst_tenth`` sites that add nothing to the aim are not chosen.

    Raises
    ------
    PlanError
        With every part that is unsound, or where less can be added than shall be.

    Examples
    --------
    Two towns of 100, an hour apart, one with 10 beds: 6 more beds belong in the other.

    >>> times = np.array([[0, 3600], [3600, 0]], dtype=np.int32)
    >>> e = equitable(times, [100, 100], supply=[10, 0], add=[6, 6], p=1, limit=30, aim="least")
    >>> e.added.tolist(), e.after.tolist(), e.siting.proved
    ([0.0, 6.0], [0.1, 0.06], True)
    >>> e = equitable(times, [100, 100], supply=[10, 0], add=[20, 20], total=14, limit=30, aim="deviation")
    >>> e.added.round(6).tolist()  # 12 beds each
    [2.0, 12.0]
    """
    people, beds, room = (np.asarray(v, dtype=np.float64) for v in (demand, supply, add))
    refuse_no_table(times, Text("时间", "times"))
    refuse(_unsound(times, people, beds, room=room, p=p, total=total, aim=aim))
    weight = limited(limit, decay)
    shared = _shares(times, people, weight)
    there = (people > 0) & ((shared > 0) & ((beds > 0) | (room > 0))).any(axis=1)
    use = (room > 0) & (shared[there] > 0).any(axis=0)
    before = two_step_floating_catchment(times, beds, people, limit=limit, decay=decay)
    at = np.flatnonzero(use)
    heads = max(float(people[there].sum()), 1e-300)
    mean = float(people[there] @ before[there] + room[at].sum()) / heads or 1.0
    case = Case(
        a=before[there] / mean,
        g=shared[np.ix_(there, use)] * room[at] / mean,
        q=people[there] / heads,
        add=room[at],
        p=p,
        total=total,
        aim=aim,
    )
    refuse(_too_little(case))
    share, answer = shared_out(case, nodes)
    if case.full and total and not share.any():
        refuse([_NOTHING_FOUND])
    if case.most:
        share = _needed(case, share)
    added = np.zeros(len(beds))
    added[at] = share * case.add
    after = two_step_floating_catchment(times, beds + added, people, limit=limit, decay=decay)
    unit = mean * mean if aim == "variance" else mean
    value = float(judged(after[there], case.q, aim))
    bound = answer.bound * unit
    each = shared * (beds + added)
    siting = Siting(
        chosen=frozen(np.flatnonzero(added > 0)),
        assigned=frozen(np.where(each.max(axis=1, initial=0.0) > 0, each.argmax(axis=1), -1)),
        value=value,
        bound=max(bound, value) if case.most else max(0.0, min(bound, value)),
        proved=answer.proved,
        method=_METHOD[aim],
        work={"sites": len(beds), "sites_kept": len(at), "rows": len(case.a), "nodes": answer.nodes},
    )
    return Equal(
        siting=siting,
        added=added,
        before=before,
        after=after,
        left_out=float(people[~there].sum()),
    )


def _needed(case: Case, share: Floats) -> Floats:
    """Return the shares without those, last first, whose loss costs nothing of an aim that is made large."""
    out = share.copy()
    for j in np.flatnonzero(share)[::-1]:
        less = out.copy()
        less[j] = 0.0
        if worth(case, less) >= worth(case, out) - TOLERANCE**2:
            out = less
    return out


def _shares(times: NDArray[np.int32], people: Floats, weight: Decay) -> Floats:
    """Return what each demand point gets of a unit of capacity at each site."""
    minutes = times / 60.0
    f = np.where((times != UNREACHED) & (minutes <= weight.reach), weight(minutes), 0.0)
    heads = people @ f
    return np.divide(f, heads, out=np.zeros_like(f), where=heads > 0)


def _unsound(
    times: NDArray[np.int32],
    people: Floats,
    beds: Floats,
    *,
    room: Floats,
    p: int | None,
    total: float | None,
    aim: Aim,
) -> list[Problem]:
    n, m = times.shape
    out = wrong_values(Text("需求", "amounts of demand"), people, count=n)
    out += wrong_values(Text("现有容量", "present capacities"), beds, count=m)
    out += wrong_values(Text("可增容量", "capacities that may be added"), room, count=m)
    if p is None and total is None:
        out.append(
            wrong(
                Text(
                    "没有给出设施数,也没有总容量", "neither a number of sites nor a total capacity is given"
                ),
                Text("给出其一", "give one of them"),
            )
        )
    if (p is not None and p < 0) or (total is not None and not 0 <= total < np.inf):
        out.append(
            wrong(
                Text("设施数或总容量为负", "the number of sites or the total capacity is negative"),
                Text("给出不小于 0 的数", "give 0 or more"),
            )
        )
    if aim not in AIMS:
        out.append(
            wrong(
                Text(f"没有目标 {aim}", f"there is no aim {aim}"),
                Text(f"可用:{'、'.join(AIMS)}", f"use one of: {', '.join(AIMS)}"),
            )
        )
    return out


def _too_little(case: Case) -> list[Problem]:
    """Return why all of it cannot be added."""
    if not case.full:
        return []
    m = len(case.add)
    if case.total is None:
        asked, most = float(case.p or 0), float(m)
    else:
        asked, most = case.total, float(np.sort(case.add)[::-1][: m if case.p is None else case.p].sum())
    if asked <= most * (1 + 1e-12):
        return []
    return [
        wrong(
            Text(
                f"要增加 {asked:,.6g},能增加的只有 {most:,.6g}(差 {asked - most:,.6g})",
                f"{asked:,.6g} shall be added, but only {most:,.6g} can be ({asked - most:,.6g} less)",
            ),
            Text(
                "减少要增加的,或增加候选点及其容量", "ask for less, or allow more sites or capacity at them"
            ),
        )
    ]


_NOTHING_FOUND = wrong(
    Text("在允许的节点数内没有找到方案", "nothing was found within the nodes allowed"),
    Text("允许更多节点,或去掉设施数的限制", "allow more nodes, or leave out the number of sites"),
)
_HIGHS = Text(
    "HiGHS 精确求解,容差为平均可达性的 1e-6", "solved exactly by HiGHS, tolerance 1e-6 of mean access"
)
_METHOD: dict[Aim, Text] = {
    "least": Text(
        f"两步移动搜寻法可达性的最小值最大;{_HIGHS.zh}",
        f"largest least access by two-step floating catchments; {_HIGHS.en}",
    ),
    "worst_tenth": Text(
        f"两步移动搜寻法可达性最低十分之一人口的均值最大;{_HIGHS.zh}",
        f"largest mean access of the worst-off tenth of people by two-step floating catchments; {_HIGHS.en}",
    ),
    "deviation": Text(
        f"两步移动搜寻法可达性的平均绝对离差最小;{_HIGHS.zh}",
        f"least mean absolute deviation of access by two-step floating catchments; {_HIGHS.en}",
    ),
    "variance": Text(
        "两步移动搜寻法可达性的方差最小(Wang 与 Tang 2013),以切线逐次逼近,每轮由 HiGHS 精确求解",
        "least variance of access by two-step floating catchments (Wang & Tang 2013), approached by tangents,"
        " every round solved exactly by HiGHS",
    ),
}
