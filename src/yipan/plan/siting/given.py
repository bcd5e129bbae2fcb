"""What a siting is asked: costs, weights, rules on sites; checked all at once, sized beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan import options
from yipan.errors import PlanError, Problem
from yipan.plan.siting.values import Sites, frozen
from yipan.text import Text

Costs = NDArray[np.float64]
_NAMED = 8
"""So many indices are named in a problem; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A checked question: sites in an order that does not depend on how they were listed.

    Parameters
    ----------
    costs
        As given, shape (points, sites); ∞ where a site cannot serve a point.
    weighted
        Cost times weight of the points that count (weight above 0), columns in `order`.
    state
        Of each column of `weighted`: 1 fixed open, 0 free, −1 forbidden.
    order
        The site of each column.
    p
        Sites to open, the fixed ones among them.
    """

    costs: Costs
    weighted: Costs
    state: NDArray[np.int8]
    order: Sites
    p: int

    def sites(self, columns: NDArray[np.int32]) -> Sites:
        """Return the sites of these columns, increasing."""
        return frozen(np.sort(self.order[columns]))

    def assigned(self, chosen: Sites) -> Sites:
        """Return for each point the chosen site of least cost (the lowest index of equals), −1 for none."""
        part = self.costs[:, chosen]
        nearest = chosen[part.argmin(axis=1)]
        return frozen(np.where(np.isfinite(part.min(axis=1)), nearest, -1))


def given(
    costs: ArrayLike,
    p: int,
    *,
    weights: ArrayLike | None,
    fixed: Sequence[int],
    forbidden: Sequence[int],
    pair_bytes: int,
) -> Given:
    """Check everything that is asked and return it ready to search.

    Parameters
    ----------
    costs, p, weights, fixed, forbidden
        See `yipan.plan.siting.median.p_median`.
    pair_bytes
        Bytes the search holds for each pair of point and site.

    Raises
    ------
    PlanError
        With every problem found.
    """
    table = np.asarray(costs, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape:
        raise _refused([_no_table(table.shape)])
    n, m = table.shape
    refuse_large(n, m, pair_bytes=pair_bytes)
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    problems = [*_sites_problems(m, p, fixed, forbidden), *_weight_problems(weight, n)]
    if np.isnan(table).any() or (table < 0).any():
        problems.append(_bad_costs(table))
    if problems:
        raise _refused(problems)
    state = np.zeros(m, dtype=np.int8)
    state[list(fixed)] = 1
    state[list(forbidden)] = -1
    lost = np.flatnonzero((weight > 0) & ~np.isfinite(table[:, state >= 0]).any(axis=1))
    if len(lost):
        raise _refused([_unreachable(lost)])
    counted = weight > 0
    columns = np.column_stack([state, (table[counted] * weight[counted, None]).T])
    columns = np.ascontiguousarray(columns + 0.0)  # no −0: equal columns have equal bytes
    order = columns.view(np.dtype((np.void, columns.shape[1] * 8))).ravel().argsort(kind="stable")
    return Given(
        costs=table,
        weighted=np.ascontiguousarray(columns[order, 1:].T),
        state=state[order],
        order=frozen(order),
        p=p,
    )


def refuse_large(points: int, sites: int, *, pair_bytes: int) -> None:
    """Refuse a search that would hold more than option ``network.max_matrix_mb`` allows.

    Raises
    ------
    PlanError
        With the size, the limit and the ways out.

    Examples
    --------
    >>> refuse_large(1_000, 1_000, pair_bytes=72)
    """
    size, allowed = points * sites * pair_bytes / 1e6, options.get("network.max_matrix_mb")
    if size <= allowed:
        return
    what = Text(
        f"{points:,} 个需求点 × {sites:,} 个候选点,每对 {pair_bytes} 字节,共 {size:,.0f} MB;"
        f"上限 {allowed:,} MB",
        f"{points:,} demand points × {sites:,} sites at {pair_bytes} bytes a pair: {size:,.0f} MB;"
        f" allowed are {allowed:,} MB",
    )
    ways = (
        Text("把需求点合并到较大的单元格(权重相加)", "aggregate demand to larger cells, adding the weights"),
        Text("只保留可能建设的候选点", "keep only the sites that could be built on"),
        Text("按片区分别求解", "solve the clusters apart"),
        Text("提高选项 network.max_matrix_mb", "raise option network.max_matrix_mb"),
    )
    raise _refused([Problem(what=what, remedy=way, column="costs") for way in ways])


def too_few(p: int, *, proved: bool) -> PlanError:
    """Return the refusal of a number of sites that cannot reach every demand point."""
    sure = (
        Text("已证明", "proved")
        if proved
        else Text("在节点上限内未找到", "none found within the limit of nodes")
    )
    what = Text(
        f"{p} 个设施无法到达所有需求点({sure.zh}):有些点对的费用为无穷大",
        f"no {p} sites reach every demand point ({sure.en}): some pairs have infinite cost",
    )
    remedy = Text(
        "增加 p,或放宽截止距离,使更多点对可达",
        "raise p, or lift the cut-off that makes pairs unreachable",
    )
    return _refused([Problem(what=what, remedy=remedy, column="p")])


def _refused(problems: Sequence[Problem]) -> PlanError:
    return PlanError(Text("选址问题无法求解", "the siting cannot be solved as asked"), problems=problems)


def _named(indices: Iterable[int]) -> str:
    all_of = [int(i) for i in indices]
    more = f" … ({len(all_of)})" if len(all_of) > _NAMED else ""
    return ", ".join(map(str, all_of[:_NAMED])) + more


def _no_table(shape: tuple[int, ...]) -> Problem:
    return Problem(
        what=Text(f"费用矩阵的形状是 {shape}", f"the costs have shape {shape}"),
        remedy=Text(
            "给出二维矩阵:每个需求点一行,每个候选点一列",
            "give a matrix: a row for each demand point, a column for each site",
        ),
        column="costs",
    )


def _bad_costs(table: Costs) -> Problem:
    rows = np.flatnonzero((np.isnan(table) | (table < 0)).any(axis=1))
    return Problem(
        what=Text(
            f"费用缺失或为负,需求点:{_named(rows)}",
            f"costs are missing (NaN) or negative at demand points {_named(rows)}",
        ),
        remedy=Text(
            "填写 0 以上的费用;无法到达的点对写无穷大",
            "give costs of 0 or more, and infinity for a pair that cannot be reached",
        ),
        column="costs",
    )


def _unreachable(rows: NDArray[np.int64]) -> Problem:
    return Problem(
        what=Text(
            f"没有可用候选点能到达的需求点:{_named(rows)}",
            f"no allowed site reaches demand points {_named(rows)}",
        ),
        remedy=Text(
            "增加候选点、放宽截止距离,或将这些点的权重设为 0(不计入)",
            "add sites, lift the cut-off, or give these points weight 0 (they are then not counted)",
        ),
        column="costs",
    )


def _weight_problems(weight: Costs, n: int) -> list[Problem]:
    if weight.shape != (n,):
        what = Text(f"权重的形状是 {weight.shape}", f"the weights have shape {weight.shape}")
        remedy = Text(f"每个需求点给一个权重,共 {n} 个", f"give one weight for each of {n} demand points")
    elif not np.isfinite(weight).all() or (weight < 0).any():
        bad = _named(np.flatnonzero(~np.isfinite(weight) | (weight < 0)))
        what = Text(f"权重缺失、无穷或为负:{bad}", f"weights are missing, infinite or negative at {bad}")
        remedy = Text("填写 0 以上的权重(如人口)", "give weights of 0 or more (persons, for example)")
    elif not weight.any():
        what = Text("所有权重都是 0", "all weights are 0")
        remedy = Text("至少一个需求点的权重应大于 0", "give at least one demand point a weight above 0")
    else:
        return []
    return [Problem(what=what, remedy=remedy, column="weights")]


def _sites_problems(m: int, p: int, fixed: Sequence[int], forbidden: Sequence[int]) -> list[Problem]:
    found: list[tuple[Text, Text, str]] = []
    for name, listed in (("fixed", fixed), ("forbidden", forbidden)):
        outside = sorted({j for j in listed if not 0 <= j < m})
        if outside:
            what = Text(f"不存在的候选点:{_named(outside)}", f"there are no sites {_named(outside)}")
            found.append((what, Text(f"候选点编号为 0 到 {m - 1}", f"name sites from 0 to {m - 1}"), name))
    both = sorted(set(fixed) & set(forbidden))
    if both:
        what = Text(f"既固定又禁止:{_named(both)}", f"fixed open and forbidden at once: {_named(both)}")
        found.append((what, Text("从其中一处删除", "take them out of one of the two"), "forbidden"))
    least, most = max(1, len(set(fixed))), m - len(set(forbidden))
    if not least <= p <= most:
        what = Text(
            f"p = {p};固定 {len(set(fixed))} 个,可用 {most} 个",
            f"p = {p}, with {len(set(fixed))} sites fixed open and {most} allowed",
        )
        remedy = Text(
            f"p 取 {least} 到 {most} 的整数(固定的计入 p)",
            f"give p from {least} to {most} (sites fixed open count in p)",
        )
        found.append((what, remedy, "p"))
    return [Problem(what=what, remedy=remedy, column=column) for what, remedy, column in found]
