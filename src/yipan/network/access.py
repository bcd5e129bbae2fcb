"""Accessibility from times: nearest, cumulative, gravity, any decay, floating catchment, share within.

Times are int32 seconds with `UNREACHED` where there is no way, a stored matrix
(`yipan.network.matrix.store.Matrix`), or any source of rows; they are read block by block and no matrix of
weights is ever held. Limits are minutes, inclusive; for a stored matrix, whose times are rounded up to
its unit, they hold exactly where they are a whole number of units (every whole minute is).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.network.catchment import limited, three_step_floating_catchment, two_step_floating_catchment
from yipan.network.decay import Decay, Exponential
from yipan.network.evenly import evener
from yipan.network.lowered import Lowered, written_out
from yipan.network.matrix import sums
from yipan.network.matrix.stream import Chunk, Source, Tables, chunks, shape_of, unit_of, weighted
from yipan.network.minplus import Seconds, still
from yipan.network.values import UNREACHED

Floats = NDArray[np.float64]

__all__ = [
    "ZoneMeans",
    "accessibility",
    "cumulative",
    "gravity",
    "nearest",
    "share_within",
    "three_step_floating_catchment",
    "to_zones",
    "two_step_floating_catchment",
    "within",
]


def nearest(
    times: Source, *, rank: int = 1, counts: ArrayLike | None = None, percentile: int | None = None
) -> Seconds:
    """Return the time to the nearest destination, or the second (third …) nearest.

    Parameters
    ----------
    times
        Seconds, shape (origins, destinations), a stored matrix or a source of rows.
    rank
        1 for the nearest.
    counts
        How many of what is looked for are at each destination (two hospitals in one cell are its
        nearest and second nearest), shape (destinations,); left out: one at each.
    percentile
        Of departures; may be left out where there is one, or where the median is among them.

    Returns
    -------
    array of int32
        Seconds, shape (origins,); `UNREACHED` where fewer than `rank` are reached.

    Examples
    --------
    >>> times = np.array([[300, 120, 600]], dtype=np.int32)
    >>> nearest(times, rank=2).tolist(), nearest(times, rank=2, counts=[1, 0, 1]).tolist()
    ([300], [600])
    """
    if rank < 1:
        raise ValueError("rank begins at 1")
    times = written_out(times)
    n, m = shape_of(times)
    many = np.ones(m, dtype=np.int64) if counts is None else np.asarray(counts, dtype=np.int64)
    if many.shape != (m,):
        raise ValueError("one count a destination")
    out, unit = np.full(n, UNREACHED, dtype=np.int32), unit_of(times)
    for chunk in chunks(times, percentile):
        found = np.empty(chunk.stop - chunk.start, dtype=np.int64)
        sums.kth(chunk.times, many, rank, chunk.none, found)
        reached = found != chunk.none
        out[chunk.start : chunk.stop][reached] = found[reached] * unit
    return out


def within(times: Seconds, limit: float) -> NDArray[np.bool_]:
    """Return whether each time is at most `limit` minutes (shape as `times`)."""
    return np.asarray((times <= round(limit * 60)) & (times != UNREACHED), dtype=np.bool_)


def accessibility(
    times: Source, weights: ArrayLike, decays: Sequence[Decay], *, percentile: int | None = None
) -> Floats:
    r"""Return opportunities discounted by time, for several decays and kinds of opportunity at once.

    .. math:: A_{idw} = \sum_j f_d(t_{ij})\, O_{wj}

    Parameters
    ----------
    times
        Seconds, shape (origins, destinations), a stored matrix or a source of rows; read (or computed) once.
    weights
        Opportunities at each destination (jobs, beds …), shape (destinations,) or (kinds, destinations).
    decays
        Of `yipan.network.decay`; a cumulative measure for several limits is several `Step`.
    percentile
        Of departures; may be left out where there is one, or where the median is among them.

    Returns
    -------
    array of float
        In the units of `weights`, shape (origins, decays, kinds). Destinations that cannot be reached
        count nothing.

    Examples
    --------
    >>> from yipan.network.decay import Linear, Step
    >>> times = np.array([[0, 1200, 2400]], dtype=np.int32)
    >>> accessibility(times, [1.0, 10.0, 100.0], [Step(20), Step(40), Linear(0, 40)])[0, :, 0].tolist()
    [11.0, 111.0, 6.0]
    """
    kinds = np.atleast_2d(np.ascontiguousarray(weights, dtype=np.float64))
    if kinds.shape[1] != (times.shape if isinstance(times, Lowered) else shape_of(times))[1]:
        raise ValueError("one weight a destination")
    if isinstance(times, Lowered):
        return _again(times, kinds, decays)
    return weighted(times, kinds, Tables(times, decays), percentile=percentile)


_LONGEST = 200_000  # seconds a decay may reach for a table of it to be made ahead


def _again(times: Lowered, kinds: Floats, decays: Sequence[Decay]) -> Floats:
    """Return sums of lowered times: those of the times before, and what becomes shorter added.

    Terms are rounded so that nothing depends on what was added when (`yipan.network.evenly`).
    """
    before = times.ground.times
    tables = Tables(before, decays)
    if not np.isfinite(kinds).all() or max((d.reach for d in decays), default=0.0) * 60 > _LONGEST:
        return weighted(times.dense(), kinds, tables, percentile=None)
    table = still(tables(Chunk(0, 0, before[:0], int(UNREACHED))))
    even, weights = still(evener(table, kinds)), still(kinds)
    key = hashlib.sha256(kinds.tobytes()).hexdigest(), repr(tuple(decays))
    out = times.sums(table, weights, even, key)
    return out[:, np.argsort(tables.order)]


def cumulative(times: Source, weights: Floats, *, limit: float, percentile: int | None = None) -> Floats:
    r"""Return what can be reached within a time: :math:`A_i = \sum_{j:\,t_{ij}\le L} w_j`.

    Parameters
    ----------
    times, percentile
        As for `accessibility`.
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
    return accessibility(times, weights, [limited(limit, None)], percentile=percentile)[:, 0, 0]


def gravity(times: Source, weights: Floats, *, beta: float, percentile: int | None = None) -> Floats:
    r"""Return opportunities discounted by time: :math:`A_i = \sum_j w_j e^{-\beta t_{ij}}` (Hansen 1959).

    Parameters
    ----------
    times, percentile
        As for `accessibility`.
    weights
        Opportunities at each destination, shape (destinations,).
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
    return accessibility(times, weights, [Exponential(beta)], percentile=percentile)[:, 0, 0]


def share_within(times: Source, weights: Floats, *, limit: float, percentile: int | None = None) -> float:
    """Return the share of origins, by weight, with any destination within `limit` minutes.

    Parameters
    ----------
    times, percentile
        As for `accessibility`.
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
    reached = within(nearest(times, percentile=percentile), limit)
    return float(weights[reached].sum()) / total if total else float("nan")


@dataclass(frozen=True)
class ZoneMeans:
    """Means over the people of each zone.

    Parameters
    ----------
    zones
        Ids, sorted.
    mean
        Population-weighted mean of the cells that have a value, NaN where nobody has one; shape (zones,) or
        (zones, …) as the values.
    population
        People of each zone (zones,).
    missing
        Those of them in cells without a (finite) value, shape as `mean`.
    """

    zones: tuple[str, ...]
    mean: Floats
    population: Floats
    missing: Floats


def to_zones(values: ArrayLike, zones: Sequence[str], population: ArrayLike) -> ZoneMeans:
    r"""Return values of cells as means over the people of each zone: :math:`\sum_c P_c v_c / \sum_c P_c`.

    Parameters
    ----------
    values
        One a cell (cells,) or several (cells, …), as `accessibility` returns them; a cell whose value is NaN
        or infinite is left out of the mean and told in ``missing``.
    zones, population
        Zone and people of each cell.

    Examples
    --------
    >>> z = to_zones([1.0, 4.0, np.inf, 7.0], ["a", "a", "a", "b"], [100, 200, 50, 10])
    >>> z.zones, z.mean.tolist(), z.missing.tolist()
    (('a', 'b'), [3.0, 7.0], [50.0, 0.0])
    """
    v, people = np.asarray(values, dtype=np.float64), np.asarray(population, dtype=np.float64)
    names, at = np.unique(np.asarray(zones, dtype=str), return_inverse=True)
    if not len(v) == len(people) == len(at):
        raise ValueError("one value, zone and population a cell")
    flat = v.reshape(len(v), -1)
    there = np.isfinite(flat)
    shape = (len(names), *v.shape[1:])

    def summed(each: Floats) -> Floats:
        out = np.zeros((len(names), flat.shape[1]))
        np.add.at(out, at, each)
        return out

    heads = summed(there * people[:, None])
    total = summed(np.where(there, flat, 0.0) * people[:, None])
    mean = np.divide(total, heads, out=np.full_like(total, np.nan), where=heads > 0)
    missing = summed(~there * people[:, None])
    everyone = np.asarray(np.bincount(at, people, len(names)), dtype=np.float64)
    return ZoneMeans(tuple(map(str, names)), mean.reshape(shape), everyone, missing.reshape(shape))
