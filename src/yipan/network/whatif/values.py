"""The board of travel times, what is changed on it, and what is counted on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.network.minplus import Seconds

Times = NDArray[Any]
"""uint16 codes (`yipan.network.matrix.codes`; 65535: no way) or int32 seconds (from `FAR` on: no way)."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Board:
    r"""Travel times between cells, ready for what-ifs; make one with `board_of`.

    Parameters
    ----------
    times
        Shape (n, m), read-only, in memory or memory-mapped. Whatever is called exact is exact in these
        whole numbers.
    tops
        The longest time of each origin in every tile of `yipan.network.minplus.SPAN` destinations.
    unit
        Seconds one unit of `times` stands for.
    slack
        The least s known to satisfy :math:`T_{od} \le T_{oh} + T_{hd} + s` for all cells o, d and all hubs
        h: 0 where times are shortest paths (rounding up keeps this), one transfer time for public
        transport, None where nothing is known (percentiles over departures). Not checked, for that would
        take as long as doing without it: with one too small, origins that gain are passed over.
    diagonal
        Whether `times[i, i]` is a time inside a cell, which no project changes (square boards).
    """

    times: Times
    tops: Times
    unit: float = 1.0
    slack: int | None = None
    diagonal: bool = True


@dataclass(frozen=True)
class Delta:
    """What of a board differs, in pieces: one origin, one tile of `SPAN` destinations, the times there.

    Parameters
    ----------
    rows, tiles
        Origin and tile of each piece, shape (p,).
    times
        Shape (p, `SPAN`); "no way" beyond the last destination.
    """

    rows: Ints
    tiles: Ints
    times: Times

    @property
    def origins(self) -> Ints:
        """The origins with a time that differs, ascending."""
        return np.unique(self.rows)


@dataclass(frozen=True)
class Hubs:
    """Places where projects take people up and set them down, and the times of the board to and from them.

    Parameters
    ----------
    to, out
        From cells to hubs, shape (n, h), and from hubs to cells, (h, m): units and type of the board.
    between
        From hubs to hubs, int32, shape (h, h), 0 from a hub to itself, `FAR` where there is no way.
    """

    to: Times
    out: Times
    between: Seconds


@dataclass(frozen=True)
class Link:
    """A way of `time` units between two hubs, without waiting; one way only where `both` is false."""

    start: int
    end: int
    time: int
    both: bool = True


@dataclass(frozen=True)
class Change:
    """What projects make of the ways over their hubs; see `yipan.network.whatif.ways.change`.

    Parameters
    ----------
    near
        From cells to hubs without the projects, shape (n, h).
    left
        From cells to hubs, the last stretch of the way by a project, (n, h): on from there without.
    right
        From hubs to cells without the projects, (h, m).
    """

    near: Times
    left: Times
    right: Times


@dataclass(frozen=True)
class Measures:
    r"""What is counted around every cell: :math:`A_{ik} = \sum_j w_{jk} f_k(T_{ij})`.

    Parameters
    ----------
    weights
        Opportunities of measure k at destination j, shape (m, k). Whole numbers make step measures exact.
    tables
        :math:`f_k(t)` for t = 0, 1, … units up to the horizon, and a last entry for everything beyond
        (0), shape (horizon + 2, k).
    limits
        The limits (units) where all measures are steps, else empty.
    """

    weights: Floats
    tables: Floats
    limits: Ints


@dataclass(frozen=True)
class Gained:
    """What a change adds to measures: by origin and measure (n, k); and the origins that it reaches."""

    access: Floats
    origins: Ints
