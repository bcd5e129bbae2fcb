"""Times between groups of cells (zones, clusters), as the people at both ends know them; their centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from yipan.network.minplus import Seconds
from yipan.network.values import UNREACHED

Floats = NDArray[np.float64]
_Sparse = sparse.csr_array[np.float64, tuple[int, int]]
_ROWS = 256  # of the matrix looked at at once
_WEEK = 7 * 24 * 3600


@dataclass(frozen=True)
class GroupMeans:
    """Means over the pairs of residents of two groups, shape (groups, groups): rows from, columns to.

    Parameters
    ----------
    minutes
        Over the pairs that have a way; infinite where none has.
    reached, within
        Share of the pairs that have a way, and of those within the limit, 0–1.
    deserted
        Groups without residents, whose cells count alike, shape (groups,).
    """

    minutes: Floats
    reached: Floats
    within: Floats
    deserted: NDArray[np.bool_]


def group_means(
    seconds: Seconds, at: NDArray[np.int64], people: Floats, *, groups: int, limit: float
) -> GroupMeans:
    r"""Return mean times between groups of cells, :math:`\sum P_c P_d t_{cd} / \sum P_c P_d`.

    Parameters
    ----------
    seconds
        Between all cells, shape (cells, cells), `UNREACHED` where there is no way.
    at
        Position of each cell's group, −1 in none, shape (cells,).
    people
        Of each cell, shape (cells,).
    groups
        How many there are; one without cells has no way to any.
    limit
        Minutes of the share ``within``.

    Examples
    --------
    >>> times = np.array([[0, 600, 1800], [600, 0, 1200], [1800, 1200, 0]], dtype=np.int32)
    >>> found = group_means(times, np.array([0, 0, 1]), np.array([3.0, 1.0, 5.0]), groups=2, limit=25)
    >>> float(found.minutes[0, 1]), float(found.within[0, 1])  # (3 × 30 + 1 × 20) / 4; the 1 of 4
    (27.5, 0.25)
    """
    deserted = np.bincount(at[at >= 0], people[at >= 0], groups) <= 0
    heads = np.where((at >= 0) & deserted[at], 1.0, people) * (at >= 0)
    share = heads / np.maximum(np.bincount(np.maximum(at, 0), heads, groups)[np.maximum(at, 0)], 1e-300)
    p = sparse.csr_array((share, (np.maximum(at, 0), np.arange(len(at)))), shape=(groups, len(at)))
    total, reached, within = (np.zeros((groups, groups)) for _ in range(3))
    for first in range(0, len(at), _ROWS):
        block = seconds[first : first + _ROWS]
        mine = p[:, first : first + _ROWS]
        there = block != UNREACHED
        near = there & (block <= limit * 60.0)
        total += _summed(mine, p, np.where(there, block / 60.0, 0.0))
        reached += _summed(mine, p, there.astype(np.float64))
        within += _summed(mine, p, near.astype(np.float64))
    minutes = np.divide(total, reached, out=np.full_like(total, np.inf), where=reached > 0)
    return GroupMeans(minutes, np.minimum(reached, 1.0), np.minimum(within, 1.0), deserted)


def _summed(start: _Sparse, end: _Sparse, block: Floats) -> Floats:
    """Return a block of pairs summed over the cells of both groups (shape: groups, groups)."""
    ends = np.asarray(end @ block.T, dtype=np.float64)
    return np.asarray(start @ ends.T, dtype=np.float64)


def centre(seconds: Seconds, mine: NDArray[np.int64], *weights: Floats) -> int:
    """Return the cell of a group with the least mean time from the others; no way counts as a week.

    Parameters
    ----------
    seconds
        Between all cells, shape (cells, cells).
    mine
        Positions of the group's cells; at least one.
    weights
        What the mean is over (jobs, residents), shape (cells,): the first that is not 0 in all the group's
        cells; where all are, cells count alike.

    Examples
    --------
    >>> times = np.array([[0, 600, 1800], [600, 0, 1200], [1800, 1200, 0]], dtype=np.int32)
    >>> centre(times, np.array([0, 1, 2]), np.zeros(3), np.array([1.0, 1.0, 9.0]))
    2
    """
    weight = next((w for w in weights if w[mine].any()), np.ones(len(seconds)))
    cost = np.zeros(len(mine))
    for first in range(0, len(mine), _ROWS):
        rows = mine[first : first + _ROWS]
        cost += weight[rows] @ np.minimum(seconds[np.ix_(rows, mine)], _WEEK).astype(np.float64)
    own = np.minimum(seconds[mine, mine], _WEEK) * weight[mine]  # trips inside a cell tell nothing about it
    return int(mine[np.argmin(cost - own)])
