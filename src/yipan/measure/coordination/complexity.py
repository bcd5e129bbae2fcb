r"""Economic complexity: what a place is able to make, read from what everybody makes.

M holds 1 where the location quotient is at least 1; :math:`k_c = \sum_p M_{cp}` is the diversity of a place,
:math:`k_p = \sum_c M_{cp}` the ubiquity of a product. The economic complexity index (ECI) is the eigenvector
to the second largest eigenvalue of :math:`\mathrm{diag}(k_c)^{-1} M\, \mathrm{diag}(k_p)^{-1} M'`, as a
z score; the product index (PCI) the same of the transposed chain. C. A. Hidalgo & R. Hausmann (2009), *PNAS*
106(26), 10570–10575. Fitness, a check that needs no sign: :math:`F_c = \sum_p M_{cp} Q_p`,
:math:`Q_p = 1 / \sum_c M_{cp} / F_c`, both divided by their mean at each step; A. Tacchella et al. (2012),
*Scientific Reports* 2, 723.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, named, problem, refuse, warning
from yipan.measure.coordination.sectors import location_quotients, table_problems
from yipan.text import Text

TINY = 0.01
"""Places with less than this part of the mean place's output are named in a warning."""
UNSURE = 0.3
"""Below this correlation of ECI with diversity the sign is called unsure."""
_WHAT = Text("经济复杂度无法计算", "economic complexity cannot be computed")


@dataclass(frozen=True)
class Complexity:
    """Complexity of places and products.

    Parameters
    ----------
    eci, pci
        z scores; NaN for places with no product of location quotient 1 or more, and for products nobody has.
    diversity, ubiquity
        Number of products of a place, number of places of a product.
    sign_by
        What fixed the sign: ``diversity``, or the names of the anchor products.
    correlation
        Of ECI with diversity.
    """

    eci: pd.Series[float]
    pci: pd.Series[float]
    diversity: pd.Series[float]
    ubiquity: pd.Series[float]
    sign_by: str
    correlation: float
    problems: tuple[Problem, ...] = ()


def complexity(
    output: pd.DataFrame, *, anchors: Sequence[str] = (), least_share: float = 0.0, ddof: int = 0
) -> Complexity:
    """Return ECI and PCI of a table of outputs (formulas: see the module).

    Parameters
    ----------
    output
        Not negative, one unit of measure; index places, columns products or sectors.
    anchors
        Products known to be complex: their mean PCI is made positive. Without them the sign makes ECI grow
        with diversity, which is unreliable within one country: a weak correlation is told in ``problems``.
    least_share
        Places with less than this part of all output are left out (told in ``problems``). Tiny places have
        a location quotient of 1 or more by chance and can turn the order upside down.
    ddof
        0 or 1: of the standard deviation in the z score.

    Raises
    ------
    MeasureError
        When output is missing or negative, fewer than three places or products remain, the table falls into
        parts that share nothing, or an anchor is not a product.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [[1.0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]],
    ...     index=["A", "B", "C", "D"], columns=["food", "cloth", "cars", "chips"])
    >>> c = complexity(table)  # D has only what three others have, A alone has chips
    >>> c.eci.sort_values().index.tolist(), c.pci.idxmax()
    (['D', 'C', 'B', 'A'], 'chips')
    """
    names = [str(i) for i in output.index]
    x = output.to_numpy(dtype=np.float64)
    refuse(_WHAT, [*table_problems(x, names), *_anchor_problems(output, anchors)])
    tiny = x.sum(axis=1) < least_share * x.sum()
    m = advantages(output[~tiny])
    rows, columns = (m > 0).any(axis=1), (m > 0).any(axis=0)
    held = m.loc[rows, columns]
    refuse(_WHAT, _few(held))
    c, p = _second(held.to_numpy(), held)
    sign_by = "|".join(map(str, anchors)) or "diversity"
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    towards = _correlation(c, diversity[rows].to_numpy())
    known = np.isin(held.columns, list(anchors))
    lead = float(p[known].mean()) if known.any() else towards
    sign = -1.0 if lead < 0 else 1.0
    c, p, towards = sign * c, sign * p, sign * towards
    told = [*_left_out(names, tiny), *_tiny(x[~tiny], [n for n, t in zip(names, tiny, strict=True) if not t])]
    return Complexity(
        eci=_scored(c, held.index, output.index, ddof),
        pci=_scored(p, held.columns, output.columns, ddof),
        diversity=diversity,
        ubiquity=ubiquity,
        sign_by=sign_by,
        correlation=towards,
        problems=(*told, *_unsure(towards, bool(anchors)), *_without(output, held)),
    )


def fitness(output: pd.DataFrame, *, iterations: int = 20) -> pd.Series[float]:
    """Return the fitness of places, mean 1 (formula: see the module); it has no sign to be chosen.

    Parameters
    ----------
    output
        As for `complexity`; places without any location quotient of 1 or more have NaN.
    iterations
        Values looked at, the first being ones: 20 means 19 updates.

    Raises
    ------
    MeasureError
        When output is missing or negative.

    Examples
    --------
    >>> table = pd.DataFrame([[3.0, 1.0], [1.0, 3.0]], index=["A", "B"], columns=["x", "y"])
    >>> fitness(table).tolist()
    [1.0, 1.0]
    """
    refuse(_WHAT, table_problems(output.to_numpy(dtype=np.float64), [str(i) for i in output.index]))
    m = advantages(output)
    m = m.loc[(m > 0).any(axis=1), (m > 0).any(axis=0)]
    a = m.to_numpy()
    f, q = np.ones(a.shape[0]), np.ones(a.shape[1])
    for _ in range(iterations - 1):
        f, q = a @ q, 1.0 / (a.T @ (1.0 / f))
        f, q = f / f.mean(), q / q.mean()
    return pd.Series(f, index=m.index).reindex(output.index)


def advantages(output: pd.DataFrame) -> pd.DataFrame:
    """Return 1.0 where the location quotient is at least 1, else 0.0 (shape as `output`).

    Examples
    --------
    >>> table = pd.DataFrame([[3.0, 1.0], [1.0, 1.0]], index=["A", "B"], columns=["x", "y"])
    >>> advantages(table).to_numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return (location_quotients(output) >= 1.0).astype(np.float64)


def proximity(output: pd.DataFrame) -> pd.DataFrame:
    r"""Return how often two products are found in the same places, 0–1.

    :math:`\phi_{pq} = \sum_c M_{cp} M_{cq} / \max(k_p, k_q)`, the smaller of both conditional shares; NaN
    where nobody has one of them, 1 on the diagonal. C. A. Hidalgo et al. (2007), *Science* 317, 482–487.

    Examples
    --------
    >>> table = pd.DataFrame([[3.0, 3.0, 1.0], [4.0, 1.0, 9.0]], index=["A", "B"], columns=["x", "y", "z"])
    >>> proximity(table).loc["x"].tolist()  # A has x and y, B has z
    [1.0, 1.0, 0.0]
    """
    m = advantages(output)
    a, k = m.to_numpy(), m.to_numpy().sum(axis=0)
    most = np.maximum(k[:, None], k)
    alive = (k[:, None] > 0) & (k > 0)
    phi = np.divide(a.T @ a, most, out=np.full(most.shape, np.nan), where=alive)
    return pd.DataFrame(phi, index=output.columns, columns=output.columns)


def _second(m: Floats, held: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the second eigenvectors of places and of products, with the same sign."""
    kc, kp = m.sum(axis=1), m.sum(axis=0)
    left, values, right = np.linalg.svd(m / np.sqrt(kc)[:, None] / np.sqrt(kp), full_matrices=False)
    if values[1] > 1.0 - 1e-9:
        what = Text(
            "各地方与产品分成互不相干的几块", "places and products fall into parts that share nothing"
        )
        remedy = Text("分块计算,或合并产品", "compute each part by itself, or merge products")
        refuse(_WHAT, [problem(what, remedy, column="output")])
    if len(values) > 2 and values[1] - values[2] < 1e-9:
        what = Text("第二特征值不唯一,排序无定义", "the second eigenvalue is not single: no order is defined")
        remedy = Text("增加地方或产品", "add places or products")
        refuse(_WHAT, [problem(what, remedy, column=", ".join(map(str, held.columns[:3])))])
    return left[:, 1] / np.sqrt(kc), right[1] / np.sqrt(kp)


def _correlation(a: Floats, b: Floats) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _scored(vector: Floats, held: pd.Index, all_: pd.Index, ddof: int) -> pd.Series[float]:
    z = (vector - vector.mean()) / vector.std(ddof=ddof)
    return pd.Series(z, index=held).reindex(all_)


def _few(held: pd.DataFrame) -> list[Problem]:
    if min(held.shape) >= 3:
        return []
    what = Text(
        f"只剩 {held.shape[0]} 个地方、{held.shape[1]} 种产品",
        f"only {held.shape[0]} places and {held.shape[1]} products",
    )
    return [problem(what, Text("至少各要三个", "at least three of each are needed"), column="output")]


def _anchor_problems(output: pd.DataFrame, anchors: Sequence[str]) -> list[Problem]:
    unknown = [str(a) for a in anchors if a not in output.columns]
    if not unknown:
        return []
    what = Text(f"没有产品 {', '.join(unknown)}", f"no product {', '.join(unknown)}")
    return [problem(what, Text("用表中的列名", "use names of columns"), column="anchors")]


def _left_out(names: list[str], tiny: np.ndarray) -> list[Problem]:
    if not tiny.any():
        return []
    what = Text(f"产出过小,未计入:{named(names, tiny)}", f"left out, too small: {named(names, tiny)}")
    return [warning(what, Text("这些地方没有 ECI", "these places have no ECI"), column="output")]


def _tiny(x: Floats, names: list[str]) -> list[Problem]:
    small = x.sum(axis=1) < TINY * x.sum() / max(len(x), 1)
    if not small.any():
        return []
    what = Text(
        f"很小的地方会凭偶然得到高区位商,可能颠倒排序:{named(names, small)}",
        f"very small places have high quotients by chance and may turn the order: {named(names, small)}",
    )
    return [
        warning(
            what,
            Text("用 least_share 去掉它们再比较", "leave them out by least_share and compare"),
            column="output",
        )
    ]


def _unsure(correlation: float, anchored: bool) -> list[Problem]:
    if abs(correlation) >= UNSURE and (correlation > 0 or not anchored):
        return []
    what = Text(
        f"ECI 与多样性的相关只有 {correlation:.2f},符号不可靠",
        f"ECI correlates with diversity by {correlation:.2f} only: its sign is unsure",
    )
    return [
        warning(
            what,
            Text("给出已知复杂的产品作锚,并对照适应度", "give anchor products, compare with fitness"),
            column="anchors",
        )
    ]


def _without(output: pd.DataFrame, held: pd.DataFrame) -> list[Problem]:
    lost = [str(c) for c in output.columns if c not in held.columns]
    if not lost:
        return []
    some = ", ".join(lost[:5])
    what = Text(f"没有任何地方具优势的产品:{some}", f"products nobody has an advantage in: {some}")
    return [warning(what, Text("它们没有 PCI", "they have no PCI"), column="output")]
