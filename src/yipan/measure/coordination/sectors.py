r"""What places are specialised in: location quotient, Krugman's index, likeness of structures.

With x the output (jobs, value added …) of place i in sector k and s the sector shares of a place:
:math:`LQ_{ik} = \frac{x_{ik}/x_i}{x_k/x}`; Krugman's index :math:`K_{ij} = \sum_k |s_{ik} - s_{jk}|`, 0
(alike) to 2 (nothing in common), P. Krugman, *Geography and Trade*, 1991; likeness of structures
:math:`S_{ij} = \sum_k s_{ik} s_{jk} / \sqrt{\sum_k s_{ik}^2 \sum_k s_{jk}^2}`, 0–1, the coefficient of
industrial similarity of UNIDO.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, named, not_numbers, problem, refuse
from yipan.structures import cosine_likeness
from yipan.text import Text

_WHAT = Text("产业结构指标无法计算", "measures of industrial structure cannot be computed")


def location_quotients(output: pd.DataFrame) -> pd.DataFrame:
    """Return how much more a sector weighs in a place than in all places together; 1 is alike.

    A sector that is nowhere has NaN. The same as revealed comparative advantage where output is exports.

    Parameters
    ----------
    output
        Not negative, one unit of measure; index places, columns sectors.

    Raises
    ------
    MeasureError
        When values are missing or negative, or a place has nothing at all.

    Examples
    --------
    >>> jobs = pd.DataFrame({"cars": [30.0, 10.0], "food": [10.0, 50.0]}, index=["A", "B"])
    >>> location_quotients(jobs).round(4).to_numpy().tolist()  # 0.75 / 0.4, 0.25 / 0.6, …
    [[1.875, 0.4167], [0.4167, 1.3889]]
    """
    x = _sound(output)
    sector = x.sum(axis=0) / x.sum()
    share = x / x.sum(axis=1, keepdims=True)
    quotients = np.divide(share, sector, out=np.full_like(x, np.nan), where=sector > 0)
    return pd.DataFrame(quotients, index=output.index, columns=output.columns)


def specialisation(output: pd.DataFrame) -> pd.DataFrame:
    """Return how each place's structure departs from that of all the others together.

    Columns: ``krugman`` (0–2), ``herfindahl`` (sum of squared shares, 1 / sectors to 1), ``most`` (the sector
    with the highest location quotient). With two places both have the same Krugman index.

    Raises
    ------
    MeasureError
        As `location_quotients`; also with fewer than two places.

    Examples
    --------
    >>> jobs = pd.DataFrame({"cars": [30.0, 10.0], "food": [10.0, 50.0]}, index=["A", "B"])
    >>> s = specialisation(jobs)  # A: |0.75 − 1/6| + |0.25 − 5/6|; 0.5625 + 0.0625
    >>> s["krugman"].round(4).tolist(), s["herfindahl"].round(4).tolist(), s["most"].tolist()
    ([1.1667, 1.1667], [0.625, 0.7222], ['cars', 'food'])
    """
    x = _sound(output)
    if len(x) < 2:
        what = Text("只有一个地方,没有可比较的", "only one place: nothing to compare with")
        refuse(_WHAT, [problem(what, Text("给出至少两个地方", "give at least two places"), column="output")])
    total = x.sum(axis=1, keepdims=True)
    share, rest = x / total, (x.sum(axis=0) - x) / (x.sum() - total)
    quotient = location_quotients(output)
    return pd.DataFrame(
        {
            "krugman": np.abs(share - rest).sum(axis=1),
            "herfindahl": (share**2).sum(axis=1),
            "most": [str(name) for name in quotient.idxmax(axis=1)],
        },
        index=output.index,
    )


def krugman(output: pd.DataFrame) -> pd.DataFrame:
    """Return Krugman's index between every two places, 0 (alike) – 2 (nothing in common).

    Raises
    ------
    MeasureError
        As `location_quotients`.

    Examples
    --------
    >>> jobs = pd.DataFrame({"cars": [30.0, 10.0], "food": [10.0, 30.0]}, index=["A", "B"])
    >>> krugman(jobs).to_numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    x = _sound(output)
    share = x / x.sum(axis=1, keepdims=True)
    rows = np.array([np.abs(share - one).sum(axis=1) for one in share])
    return pd.DataFrame(rows, index=output.index, columns=output.index)


def structural_similarity(output: pd.DataFrame) -> pd.DataFrame:
    """Return the UNIDO coefficient of industrial similarity between every two places, 0–1.

    High likeness is no fault in itself: read it with what the places sell to each other.

    Raises
    ------
    MeasureError
        As `location_quotients`.

    Examples
    --------
    >>> jobs = pd.DataFrame({"cars": [30.0, 10.0], "food": [10.0, 30.0]}, index=["A", "B"])
    >>> structural_similarity(jobs).round(4).to_numpy().tolist()  # 2 × 0.75 × 0.25 / (0.5625 + 0.0625)
    [[1.0, 0.6], [0.6, 1.0]]
    """
    x = _sound(output)
    return pd.DataFrame(cosine_likeness(x), index=output.index, columns=output.index)


def _sound(output: pd.DataFrame) -> Floats:
    """Return the table as an array, or refuse it."""
    x = np.asarray(output.to_numpy(dtype=np.float64, na_value=np.nan))
    refuse(_WHAT, table_problems(x, [str(i) for i in output.index]))
    return x


def table_problems(table: ArrayLike, names: list[str]) -> list[Problem]:
    """Return what is wrong with a table of outputs: missing, negative, empty rows."""
    x = np.asarray(table, dtype=np.float64)
    out = not_numbers(x, column="output", names=names)
    negative = (x < 0).any(axis=1)
    if negative.any():
        who = named(names, negative)
        out.append(
            problem(
                Text(f"有负的产出:{who}", f"negative output: {who}"),
                Text("核对数据", "check the data"),
                column="output",
            )
        )
    empty = ~(x > 0).any(axis=1) & ~negative & np.isfinite(x).all(axis=1)
    if empty.any() or x.size == 0:
        who = named(names, empty)
        out.append(
            problem(
                Text(f"没有任何产出的地方:{who}", f"places without any output: {who}"),
                Text("去掉这些地方", "leave these places out"),
                column="output",
            )
        )
    return out
