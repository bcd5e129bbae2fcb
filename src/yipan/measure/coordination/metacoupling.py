r"""Metacoupling: coupling within a zone (intra), with its neighbours (peri) and with far zones (tele).

For two zones i and j, each subsystem may be taken from i or from j: of the :math:`2^p` mixtures of p
subsystems, all but the two pure ones count. :math:`C_{ij}` is the mean coupling degree of these mixtures and
:math:`T_{ij}` their mean comprehensive score, :math:`(T_i + T_j)/2`. Then
:math:`C_i = \sum_j w_{ij} C_{ij}`, :math:`D_i = \sqrt{C_i \sum_j w_{ij} T_{ij}}` with rows of w summing to 1.

Source: Tang et al. (2021), *Sustainable Cities and Society*, doi:10.1016/j.scs.2021.103405. Some published
values weigh by the columns of w; these weigh by its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, floats, named, problem, refuse, warning
from yipan.measure.coordination.coupling import Coupling, Form, coupling_coordination, coupling_degree
from yipan.measure.coordination.spatial import SpatialWeights
from yipan.text import Text

MOST_SUBSYSTEMS = 12
"""More would take thousands of mixtures a pair."""
_BLOCK = 500_000  # numbers held at once
_WHAT = Text("元耦合无法计算", "metacoupling cannot be computed")


@dataclass(frozen=True)
class Metacoupling:
    """Degrees within each unit and with others, each shape (units,), NaN where there are no others.

    Parameters
    ----------
    intra
        Degrees within each unit.
    peri_c, peri_d, tele_c, tele_d
        Coupling and coordination degrees with neighbours and with far units, 0–1.
    """

    intra: Coupling
    peri_c: Floats
    peri_d: Floats
    tele_c: Floats
    tele_d: Floats
    problems: tuple[Problem, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return all six degrees, one row a unit."""
        columns = {
            "intra_C": self.intra.c,
            "intra_D": self.intra.d,
            "peri_C": self.peri_c,
            "peri_D": self.peri_d,
            "tele_C": self.tele_c,
            "tele_D": self.tele_d,
        }
        return pd.DataFrame(columns, index=pd.Index(self.intra.units))


def metacoupling(
    scores: ArrayLike,
    peri: SpatialWeights,
    *,
    tele: SpatialWeights | None = None,
    form: Form = "standard",
    weights: Sequence[float] | None = None,
    subsystems: Sequence[str] | None = None,
) -> Metacoupling:
    """Return coupling within units, with neighbours and with far units (formulas: see the module).

    Parameters
    ----------
    scores
        Subsystem scores in [0, 1], shape (units, subsystems), none missing, at most 12 subsystems.
    peri, tele
        Weights over neighbours (`zone_contiguity`) and far units (`time_weights` with ``apart_from``); their
        rows are made to sum to 1 here. A mixture in which every subsystem is 0 counts as not coupled.
    form, weights, subsystems
        As for `coupling_coordination`.

    Raises
    ------
    MeasureError
        As `coupling_coordination`; also when scores are missing or weights are of other units.

    Examples
    --------
    >>> from yipan.measure.coordination import weights_from_pairs
    >>> w = weights_from_pairs(["a", "b"], ["b", "a"], units=["a", "b"])
    >>> m = metacoupling([[0.8, 0.2], [0.2, 0.8]], w)  # mixtures (0.8, 0.8) and (0.2, 0.2): C = 1, T = 0.5
    >>> m.intra.c.round(4).tolist(), m.peri_c.tolist(), m.peri_d.round(4).tolist()
    ([0.8, 0.8], [1.0, 1.0], [0.7071, 0.7071])
    """
    u = floats(scores)
    intra = coupling_coordination(u, form, weights=weights, units=peri.units, subsystems=subsystems)
    refuse(_WHAT, _problems(u, peri, tele))
    t = intra.t
    near_c, near_d = _with_others(u, t, peri, form)
    nowhere = np.full(len(u), np.nan)
    far_c, far_d = (nowhere, nowhere) if tele is None else _with_others(u, t, tele, form)
    told = [w for w in (peri, tele) if w is not None and w.islands.any()]
    return Metacoupling(intra, near_c, near_d, far_c, far_d, (*intra.problems, *map(_alone, told)))


def pair_coupling(
    scores: ArrayLike, first: NDArray[np.int64], second: NDArray[np.int64], form: Form = "standard"
) -> Floats:
    """Return the mean coupling degree over the mixtures of each pair of units (shape: pairs).

    Examples
    --------
    >>> u = np.array([[0.8, 0.2], [0.2, 0.8]])
    >>> pair_coupling(u, np.array([0]), np.array([1])).tolist()
    [1.0]
    """
    u = floats(scores)
    p = u.shape[1]
    masks = (np.arange(1, 2**p - 1) >> np.arange(p)[:, None] & 1).astype(np.bool_)  # all but the pure ones
    block = max(1, _BLOCK // masks.size)
    out = np.empty(len(first))
    for start in range(0, len(first), block):
        part = slice(start, start + block)
        mixed = np.where(masks[:, :, None], u[first[part]].T[:, None], u[second[part]].T[:, None])
        out[part] = np.nan_to_num(coupling_degree(mixed, form, axis=0)).mean(axis=0)
    return out


def _with_others(u: Floats, t: Floats, weights: SpatialWeights, form: Form) -> tuple[Floats, Floats]:
    w = weights.rows_to_one().matrix.tocoo()
    i, j = (np.asarray(at, dtype=np.int64) for at in w.coords)
    pair, of_pair = np.unique(np.minimum(i, j) * len(u) + np.maximum(i, j), return_inverse=True)
    once = pair_coupling(
        u, pair // len(u), pair % len(u), form
    )  # the mixtures of i and j are those of j and i
    c = np.bincount(i, w.data * once[of_pair], len(u))
    level = np.bincount(i, w.data * (t[i] + t[j]) / 2.0, len(u))
    alone = weights.islands
    return np.where(alone, np.nan, c), np.where(alone, np.nan, np.sqrt(c * level))


def _problems(u: Floats, peri: SpatialWeights, tele: SpatialWeights | None) -> list[Problem]:
    out = []
    if np.isnan(u).any():
        who = named(peri.units, np.isnan(u).any(axis=1)) if len(u) == len(peri) else ""
        out.append(
            problem(
                Text(f"得分缺失:{who}", f"scores are missing: {who}"),
                Text("补齐得分,或去掉这些单元", "supply them or leave these units out"),
                column="scores",
            )
        )
    if u.shape[1] > MOST_SUBSYSTEMS:
        out.append(
            problem(
                Text(
                    f"{u.shape[1]} 个子系统,最多 {MOST_SUBSYSTEMS} 个",
                    f"{u.shape[1]} subsystems, at most {MOST_SUBSYSTEMS}",
                ),
                Text("先合并子系统", "merge subsystems first"),
                column="scores",
            )
        )
    if len(u) != len(peri) or (tele is not None and tele.units != peri.units):
        out.append(
            problem(
                Text("权重与得分的单元不一致", "weights and scores are of different units"),
                Text("按同一顺序给出相同单元", "give the same units in the same order"),
                column="peri, tele",
            )
        )
    return out


def _alone(weights: SpatialWeights) -> Problem:
    who = named(weights.units, weights.islands)
    return warning(
        Text(
            f"在“{weights.kind.zh}”权重下没有其他单元:{who}",
            f"no other unit counts by {weights.kind.en}: {who}",
        ),
        Text("这些单元没有该项协调度", "these units have no such degree"),
    )
