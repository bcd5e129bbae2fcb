r"""Public services over people: what part of the inequality lies between clusters, what within them.

Population-weighted Theil's T: :math:`T = \sum_g s_g \ln(s_g/p_g) + \sum_g s_g T_g` with s the shares of the
service and p the shares of the people (`yipan.inequality.theil`). Dagum's Gini:
:math:`G = G_w + G_{nb} + G_t` (within, net between, and transvariation: the overlap of groups), C. Dagum
(1997), *Empirical Economics* 22(4), 515–531.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.inequality import theil
from yipan.measure.coordination.checks import (
    Floats,
    floats,
    labels,
    named,
    not_numbers,
    problem,
    refuse,
    warning,
    wrong_lengths,
)
from yipan.text import Text

_THEIL = Text("公共服务的泰尔指数无法分解", "Theil's index of public services cannot be taken apart")
_DAGUM = Text("达格姆基尼系数无法分解", "Dagum's Gini cannot be taken apart")


@dataclass(frozen=True)
class ServiceInequality:
    """Theil's T of a service over people and its parts.

    Parameters
    ----------
    total, between, within
        Theil's T, the part between clusters and the part within them (nats); between + within = total.
    share_between
        Between over total, 0–1; NaN where there is next to no inequality.
    clusters
        One row a cluster: ``people`` and ``service`` (shares, 0–1), ``theil`` (inside), ``within`` (its part
        of the within sum), ``between`` (its term of the between sum; negative with less than its due).
    """

    total: float
    between: float
    within: float
    share_between: float
    clusters: pd.DataFrame
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class DagumGini:
    """Dagum's decomposition of the Gini coefficient.

    Parameters
    ----------
    total, within, between, overlap
        G, G_w, net between G_nb and transvariation G_t; the last three sum to the first.
    groups
        Names, sorted.
    pairs
        Gini between the members of two groups (inside a group on the diagonal), shape (groups, groups).
    """

    total: float
    within: float
    between: float
    overlap: float
    groups: tuple[str, ...]
    pairs: Floats


def service_inequality(
    amounts: ArrayLike, people: ArrayLike, clusters: Sequence[str], *, zones: Sequence[str] | None = None
) -> ServiceInequality:
    """Return how a service (beds, teachers, places) is spread over people, between and within clusters.

    Parameters
    ----------
    amounts, people
        Of each zone, not negative; zones with nobody and nothing are left out (told in ``problems``).
    clusters, zones
        Cluster and name of each zone.

    Raises
    ------
    MeasureError
        When values are missing or negative, lengths differ, there is no service at all, or a zone has a
        service and no people (its inequality has no bound).

    Examples
    --------
    >>> r = service_inequality([30.0, 10.0, 20.0], [100, 100, 200], ["east", "east", "west"])
    >>> round(r.total, 4), round(r.between, 4), round(r.within, 4)  # 0.5 ln 2 + 1/6 ln(2/3) + 1/3 ln(2/3)
    (0.1438, 0.0566, 0.0872)
    >>> r.clusters["theil"].round(4).tolist()
    [0.1308, 0.0]
    """
    s, p = floats(amounts).ravel(), floats(people).ravel()
    names, group = labels(zones, s.size), np.asarray(clusters, dtype=str)
    problems = wrong_lengths(
        {"amounts": s.size, "people": p.size, "clusters": group.size, "zones": len(names)}
    )
    refuse(_THEIL, problems or _service_problems(s, p, names))
    empty = (p == 0) & (s == 0)
    told = []
    if empty.any():
        what = Text(
            f"无人也无服务,未计入:{named(names, empty)}",
            f"left out, no people and no service: {named(names, empty)}",
        )
        told.append(warning(what, Text("核对人口", "check the population"), column="people"))
    s, p, group = s[~empty], p[~empty], group[~empty]
    every = np.unique(group)
    if len(every) < 2:
        what = Text("只有一个组团,组间部分必为 0", "only one cluster: nothing lies between")
        told.append(warning(what, Text("给出两个以上组团", "give two or more clusters"), column="clusters"))
    whole = theil(s, p, group)
    rows = {}
    for name in every:
        mine = group == name
        share, heads = float(s[mine].sum() / s.sum()), float(p[mine].sum() / p.sum())
        inside = theil(s[mine], p[mine], group[mine]).total if share > 0 else 0.0
        rows[str(name)] = {
            "people": heads,
            "service": share,
            "theil": inside,
            "within": share * inside,
            "between": share * float(np.log(share / heads)) if share > 0 else 0.0,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    within = float(table["within"].sum())
    return ServiceInequality(whole.total, whole.between, within, whole.share_between, table, tuple(told))


def dagum_gini(values: ArrayLike, groups: Sequence[str], *, weights: ArrayLike | None = None) -> DagumGini:
    r"""Return Dagum's decomposition of the Gini coefficient by groups.

    With :math:`G_{jh} = E|y_j - y_h| / (\mu_j + \mu_h)`, population shares p and shares of the total s:
    :math:`G_w = \sum_j G_{jj} p_j s_j`, :math:`G_{nb} = \sum_{j>h} G_{jh} (p_j s_h + p_h s_j) D_{jh}` with
    :math:`D_{jh} = |\mu_j - \mu_h| / E|y_j - y_h|`, and the overlap is the rest.

    Parameters
    ----------
    values
        Not negative, not all 0, shape (units,).
    groups
        Group of each unit.
    weights
        People of each unit, above 0; each unit counts alike by default.

    Raises
    ------
    MeasureError
        When values are missing or negative, a group has nothing at all, weights are not above 0 or lengths
        differ.

    Examples
    --------
    >>> d = dagum_gini([1.0, 3.0, 2.0, 2.0], ["a", "a", "b", "b"])
    >>> d.pairs.tolist(), d.total, d.between  # equal means: nothing net between, the groups overlap
    ([[0.25, 0.25], [0.25, 0.0]], 0.1875, 0.0)
    """
    y, names = floats(values).ravel(), np.asarray(groups, dtype=str)
    w = np.ones(y.size) if weights is None else floats(weights).ravel()
    problems = wrong_lengths({"values": y.size, "groups": names.size, "weights": w.size})
    refuse(_DAGUM, problems or _dagum_problems(y, w, names))
    every = np.unique(names)
    parts = [(y[names == g], w[names == g] / w[names == g].sum()) for g in every]
    mean = np.array([float(v @ q) for v, q in parts])
    p = np.array([w[names == g].sum() for g in every]) / w.sum()
    s = p * mean / float(p @ mean)
    apart = np.array([[_mean_difference(a, b) for b in parts] for a in parts])
    pairs = apart / (mean[:, None] + mean)
    cross = p[:, None] * s  # p_j s_h
    total = float((pairs * cross).sum())  # Σ G_jh p_j s_h over ordered pairs, both orders of each
    within = float((np.diag(pairs) * p * s).sum())
    ratio = np.divide(np.abs(mean[:, None] - mean), apart, out=np.zeros_like(apart), where=apart > 0)
    lower = np.tril_indices(len(every), -1)
    between = float((pairs * (cross + cross.T) * ratio)[lower].sum())
    return DagumGini(total, within, between, total - within - between, tuple(map(str, every)), pairs)


def _mean_difference(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> float:
    """Return E|x − y| of two weighted samples, by sorting (weights sum to 1 each)."""
    order = np.argsort(b[0], kind="stable")
    y, q = b[0][order], b[1][order]
    heads, held = np.append(0.0, np.cumsum(q)), np.append(0.0, np.cumsum(q * y))
    at = np.searchsorted(y, a[0], side="right")
    below = a[0] * heads[at] - held[at]
    above = (held[-1] - held[at]) - a[0] * (heads[-1] - heads[at])
    return max(0.0, float(a[1] @ (below + above)))


def _service_problems(s: Floats, p: Floats, names: tuple[str, ...]) -> list[Problem]:
    out = [*not_numbers(s, column="amounts", names=names), *not_numbers(p, column="people", names=names)]
    found = [
        ((s < 0) | (p < 0), Text("有负值", "negative values"), Text("核对数据", "check the data")),
        (
            (p == 0) & (s > 0),
            Text("有服务而无人口,泰尔指数无界", "a service and no people: the index has no bound"),
            Text("把该区并入所服务的区县", "merge the zone with the one it serves"),
        ),
    ]
    out += [
        problem(Text(f"{what.zh}:{named(names, who)}", f"{what.en}: {named(names, who)}"), remedy)
        for who, what, remedy in found
        if who.any()
    ]
    if not (s > 0).any():
        what = Text("没有任何服务", "there is no service at all")
        out.append(problem(what, Text("补充数据", "supply the data"), column="amounts"))
    return out


def _dagum_problems(y: Floats, w: Floats, names: np.ndarray) -> list[Problem]:
    out = [*not_numbers(y, column="values"), *not_numbers(w, column="weights")]
    every = [str(g) for g in np.unique(names)]
    nothing = np.array([not (y[names == g] > 0).any() for g in every], dtype=np.bool_)
    found = [
        ((y < 0).any(), Text("有负值", "negative values"), Text("核对数据", "check the data"), "values"),
        (
            not (w > 0).all(),
            Text("权重不大于 0", "weights are not above 0"),
            Text("去掉这些单元", "leave these units out"),
            "weights",
        ),
        (
            bool(nothing.any()) or y.size == 0,
            Text(f"均值为 0 的组:{named(every, nothing)}", f"groups with mean 0: {named(every, nothing)}"),
            Text("去掉或合并这些组", "leave these groups out or merge them"),
            "groups",
        ),
    ]
    return out + [problem(what, remedy, column=column) for is_so, what, remedy, column in found if is_so]
