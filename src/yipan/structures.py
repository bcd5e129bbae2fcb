"""How alike structures are (sectors of zones): what both packs and `yipan.measure` compute it by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cosine_likeness(table: Floats) -> Floats:
    r"""Return how alike the rows of a table are: the cosine of the angle between them.

    .. math:: S_{ij} = \sum_k x_{ik} x_{jk} / \sqrt{\sum_k x_{ik}^2 \sum_k x_{jk}^2}

    Parameters
    ----------
    table
        Not negative, shape (rows, parts): output of zones by sector. Shares give the same as amounts.

    Returns
    -------
    array of float
        0 (nothing in common) to 1, shape (rows, rows); NaN for a row of zeros or with a missing value.

    Examples
    --------
    >>> cosine_likeness(np.array([[30.0, 10.0], [10.0, 30.0]])).round(4).tolist()  # 600 / 1,000
    [[1.0, 0.6], [0.6, 1.0]]
    """
    size = np.linalg.norm(table, axis=1, keepdims=True)
    unit = np.divide(table, size, out=np.full(table.shape, np.nan), where=size > 0)
    return np.asarray(np.minimum(unit @ unit.T, 1.0))
