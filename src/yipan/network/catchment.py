"""Supply per head where people compete for it: floating catchments of two and three steps.

Every step is streamed: a source that computes its times (`Rows`) computes them once a step, so store them
first (`yipan.network.matrix.run.compute_matrix`) where that is dear.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.decay import Decay
from yipan.network.lowered import written_out
from yipan.network.matrix.stream import Source, Tables, gathered, shape_of, weighted

Floats = NDArray[np.float64]
Weight = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Within:
    """A weight of minutes ended at a limit of whole seconds."""

    reach: float
    weight: Weight | None = None

    def __call__(self, minutes: Floats) -> Floats:
        """Return the weights of `minutes`."""
        return np.ones_like(minutes) if self.weight is None else np.asarray(self.weight(minutes))


def limited(limit: float | None, decay: Decay | Weight | None) -> Decay:
    """Return a decay ended at `limit` minutes (to the second), or at its own reach where that is less."""
    if limit is None and decay is None:
        raise ValueError("give a limit, a decay, or both")
    own = float(getattr(decay, "reach", math.inf))
    end = math.inf if limit is None else round(limit * 60) / 60.0
    return Within(min(own, end), decay)


def two_step_floating_catchment(
    times: Source,
    supply: Floats,
    demand: Floats,
    *,
    limit: float | None = None,
    decay: Decay | Weight | None = None,
    percentile: int | None = None,
) -> Floats:
    r"""Return supply per head by the two-step floating catchment area method.

    .. math:: R_j = \frac{S_j}{\sum_{k:\,t_{kj}\le L} f(t_{kj})\,P_k}, \qquad
              A_i = \sum_{j:\,t_{ij}\le L} f(t_{ij})\,R_j

    Luo, W. & Wang, F. (2003), Environment and Planning B 30(6), 865–884, with :math:`f = 1`; with
    `decay` the enhanced method of Luo & Qi (2009), Health & Place 15(4), 1100–1107 (its weights:
    ``Steps(LUO_QI_SLOW)``); with a decay and no limit the competition measure of Shen, Q. (1998),
    Environment and Planning B 25(3), 345–365.

    Parameters
    ----------
    times
        Seconds, shape (origins, facilities), a stored matrix or a source of rows.
    supply, demand
        :math:`S` per facility (beds), :math:`P` per origin (persons).
    limit
        :math:`L`, minutes; may be left out where there is a decay.
    decay
        :math:`f` of minutes, 1 at 0: one of `yipan.network.decay` or any function of an array.
    percentile
        Of departures; may be left out where there is one, or where the median is among them.

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
    times = written_out(times)
    supply, demand = _sides(times, supply, demand)
    tables = Tables(times, [limited(limit, decay)])
    heads = gathered(times, demand[None], tables, percentile=percentile)[0]
    ratio = _ratio(supply, heads)
    return weighted(times, ratio[None], tables, percentile=percentile)[:, 0, 0]


def three_step_floating_catchment(
    times: Source,
    supply: Floats,
    demand: Floats,
    *,
    decay: Decay,
    percentile: int | None = None,
) -> Floats:
    r"""Return supply per head where people choose among facilities before they compete.

    .. math:: G_{ij} = \frac{f(t_{ij})}{\sum_{k:\,S_k>0} f(t_{ik})},\quad
              R_j = \frac{S_j}{\sum_i G_{ij} f(t_{ij}) P_i},\quad
              A_i = \sum_j G_{ij} f(t_{ij}) R_j

    Demand is not counted at every facility in reach but shared among them. Wan, N., Zou, B. & Sternberg, T.
    (2012), International Journal of Geographical Information Science 26(6), 1073–1089.

    Parameters
    ----------
    times, supply, demand, decay, percentile
        As for `two_step_floating_catchment`.

    Returns
    -------
    array of float
        Units of supply per unit of demand, shape (origins,).

    Examples
    --------
    >>> from yipan.network.decay import Step
    >>> times = np.array([[0, 600], [600, 0], [9999, 600]], dtype=np.int32)
    >>> beds, people = np.array([30.0, 10.0]), np.array([100.0, 50.0, 50.0])
    >>> three_step_floating_catchment(times, beds, people, decay=Step(10))  # 30 / 75 and 10 / 125, by halves
    array([0.24, 0.24, 0.08])
    """
    times = written_out(times)
    supply, demand = _sides(times, supply, demand)
    tables = Tables(times, [decay])
    squares = Tables(times, [decay], squared=True)
    there = (supply > 0).astype(np.float64)
    choice = weighted(times, there[None], tables, percentile=percentile)[:, 0, 0]
    heads = gathered(times, _ratio(demand, choice)[None], squares, percentile=percentile)[0]
    got = weighted(times, _ratio(supply, heads)[None], squares, percentile=percentile)[:, 0, 0]
    return _ratio(got, choice)


def _sides(times: Source, supply: Floats, demand: Floats) -> tuple[Floats, Floats]:
    supply, demand = np.asarray(supply, dtype=np.float64), np.asarray(demand, dtype=np.float64)
    if (demand.size, supply.size) != shape_of(times):
        raise ValueError("supply: one a facility; demand: one an origin")
    return supply, demand


def _ratio(over: Floats, under: Floats) -> Floats:
    # not under > 0: what is not known (NaN) must not read as nothing
    return np.divide(over, under, out=np.zeros_like(over), where=~(under <= 0))
