"""Accessibility from times: nearest, cumulative, gravity, two-step floating catchment, share within.

Times are int32 seconds with `UNREACHED` where there is no way; limits are minutes, inclusive.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yipan.network.minplus import Seconds
from yipan.network.values import UNREACHED

Floats = NDArray[np.float64]
Decay = Callable[[Floats], Floats]
_BLOCK = 64


def nearest(times: Seconds, *, rank: int = 1) -> Seconds:
    """Return the time to the nearest destination, or the second (third …) nearest.

    Parameters
    ----------
    times
        Seconds, shape (origins, destinations).
    rank
        1 for the nearest.

    Returns
    -------
    array of int32
        Seconds, shape (origins,); `UNREACHED` where fewer than `rank` destinations are reached.

    Examples
    --------
    >>> nearest(np.array([[300, 120, 600]], dtype=np.int32), rank=2).tolist()
    [300]
    """
    if rank < 1:
        raise ValueError("rank begins at 1")
    if times.shape[1] < rank:
        return np.full(times.shape[0], UNREACHED, dtype=np.int32)
    return np.asarray(np.partition(times, rank - 1, axis=1)[:, rank - 1], dtype=np.int32)


def within(times: Seconds, limit: float) -> NDArray[np.bool_]:
    """Return whether each time is at most `limit` minutes (shape as `times`)."""
    return np.asarray((times <= round(limit * 60)) & (times != UNREACHED), dtype=np.bool_)


def cumulative(times: Seconds, weights: Floats, *, limit: float) -> Floats:
    r"""Return what can be reached within a time: :math:`A_i = \sum_{j:\,t_{ij}\le L} w_j`.

    Parameters
    ----------
    times
        Seconds, shape (origins, destinations).
    weights
        Opportunities at each destination (jobs, beds …), shape (destinations,).
    limit
        :math:`L`, minutes.

    Returns
    -------
    array of float
        In the unit of `weights`, shape (origins,).

    Examples
    --------
    >>> cumulative(np.array([[0, 1800, 1801]], dtype=np.int32), np.array([1.0, 10.0, 100.0]), limit=30)
    array([11.])
    """
    return _weighted(within(times, limit), weights)


def gravity(times: Seconds, weights: Floats, *, beta: float) -> Floats:
    r"""Return opportunities discounted by time: :math:`A_i = \sum_j w_j e^{-\beta t_{ij}}` (Hansen 1959).

    Parameters
    ----------
    beta
        Per minute; half of an opportunity is left after :math:`\ln 2/\beta` minutes.

    Returns
    -------
    array of float
        In the unit of `weights`, shape (origins,). Destinations that cannot be reached count nothing.

    Examples
    --------
    >>> half_hour = np.log(2) / 30
    >>> gravity(np.array([[0, 1800]], dtype=np.int32), np.array([1.0, 10.0]), beta=half_hour).round(6)
    array([6.])
    """
    longest = int(times.max(initial=0, where=times != UNREACHED))
    # one exponential for each second that occurs, not for each pair; the last entry is for the unreached
    left = np.append(np.exp(-beta * np.arange(longest + 1) / 60.0), 0.0)
    out = np.empty(times.shape[0])
    for start in range(0, len(out), _BLOCK):  # small blocks stay in the cache
        rows = slice(start, start + _BLOCK)
        out[rows] = _weighted(left[np.minimum(times[rows], longest + 1)], weights)
    return out


def _weighted(amounts: Floats | NDArray[np.bool_], weights: Floats) -> Floats:
    # not `@`: threads of a linear algebra library stall for 100 ms when other programs use the cores
    return np.asarray(np.einsum("ij,j->i", amounts, np.asarray(weights, dtype=np.float64)), dtype=np.float64)


def two_step_floating_catchment(
    times: Seconds, supply: Floats, demand: Floats, *, limit: float, decay: Decay | None = None
) -> Floats:
    r"""Return supply per head by the two-step floating catchment area method.

    .. math:: R_j = \frac{S_j}{\sum_{k:\,t_{kj}\le L} f(t_{kj})\,P_k}, \qquad
              A_i = \sum_{j:\,t_{ij}\le L} f(t_{ij})\,R_j

    Luo, W. & Wang, F. (2003), Environment and Planning B 30(6), 865–884, with :math:`f = 1`; with
    `decay` the enhanced method of Luo & Qi (2009), Health & Place 15(4), 1100–1107.

    Parameters
    ----------
    times
        Seconds, shape (origins, facilities).
    supply, demand
        :math:`S` per facility (beds), :math:`P` per origin (persons).
    limit
        :math:`L`, minutes.
    decay
        :math:`f` of minutes, 1 at 0.

    Returns
    -------
    array of float
        Units of supply per unit of demand, shape (origins,); 0 where no facility is within the limit. The
        demand-weighted mean over origins is the supply of all facilities anyone reaches over all demand.

    Examples
    --------
    >>> times = np.array([[0, 600], [600, 0], [9999, 600]], dtype=np.int32)
    >>> two_step_floating_catchment(times, np.array([30.0, 10.0]), np.array([100.0, 50.0, 50.0]), limit=10)
    array([0.25, 0.25, 0.05])
    """
    supply, demand = np.asarray(supply, dtype=np.float64), np.asarray(demand, dtype=np.float64)
    weight = within(times, limit).astype(np.float64)
    if decay is not None:
        weight *= decay(np.where(times == UNREACHED, 0, times) / 60.0)
    heads = demand @ weight
    ratio = np.divide(supply, heads, out=np.zeros_like(supply), where=heads > 0)
    return np.asarray(weight @ ratio, dtype=np.float64)


def share_within(times: Seconds, weights: Floats, *, limit: float) -> float:
    """Return the share of origins, by weight, with any destination within `limit` minutes.

    Parameters
    ----------
    weights
        Per origin (residents), shape (origins,).

    Returns
    -------
    float
        0 to 1; NaN when the weights sum to 0.

    Examples
    --------
    >>> times = np.array([[600, 5000], [4000, 5000]], dtype=np.int32)
    >>> share_within(times, np.array([30.0, 70.0]), limit=15)
    0.3
    """
    weights = np.asarray(weights, dtype=np.float64)
    total = float(weights.sum())
    reached = within(times, limit).any(axis=1)
    return float(weights[reached].sum()) / total if total else float("nan")
