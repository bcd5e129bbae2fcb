"""Times block by block, whatever holds them: an array, a matrix on disk, or a source that computes them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.errors import MeasureError
from yipan.network.decay import Decay
from yipan.network.matrix import sums
from yipan.network.matrix.codes import NONE
from yipan.network.matrix.store import Matrix, plane_of
from yipan.network.matrix.values import Rows
from yipan.network.values import UNREACHED
from yipan.text import Text

Floats = NDArray[np.float64]
Source = NDArray[np.int32] | Rows
"""Times: int32 seconds (origins, destinations) with `UNREACHED`, a `Matrix`, or any `Rows`."""
_BLOCK_BYTES = 16_000_000
_READY = 2**18  # codes a table is made for without asking how long the times are
_MOST = 2**24  # longest time anything weighs, seconds (194 days)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Times from origins `start` to `stop` − 1, C-contiguous; `none` stands for "no way"."""

    start: int
    stop: int
    times: sums.Times
    none: int


def shape_of(source: Source) -> tuple[int, int]:
    """Return how many origins and destinations there are."""
    if isinstance(source, np.ndarray):
        n, m = source.shape
        return n, m
    return len(source.origins), len(source.destinations)


def unit_of(source: Source) -> int:
    """Return seconds a unit of the times of `chunks`."""
    return source.unit if isinstance(source, Matrix) else 1


def chunks(source: Source, percentile: int | None) -> Iterator[Chunk]:
    """Yield all times in order, a few MB at once."""
    n, m = shape_of(source)
    if isinstance(source, np.ndarray):
        for start, stop in _spans(n, 4 * m):
            yield _seconds(start, stop, source[start:stop])
        return
    plane = plane_of(source.percentiles, percentile)
    if isinstance(source, Matrix):
        for start, stop in _spans(n, 2 * m):
            codes = np.ascontiguousarray(source.block(start, stop, percentile=source.percentiles[plane]))
            yield Chunk(start, stop, codes, NONE)
        return
    for start, stop in _spans(n, 4 * m * len(source.percentiles)):
        yield _seconds(start, stop, source.rows(start, stop)[:, :, plane])


def _seconds(start: int, stop: int, part: NDArray[np.int32]) -> Chunk:
    times = np.ascontiguousarray(part, dtype=np.int32)
    if times.min(initial=0) < 0:  # kernels look times up unchecked
        raise MeasureError(
            Text(f"出行时间为负:{times.min()} 秒", f"a travel time is negative: {times.min()} s")
        )
    return Chunk(start, stop, times, int(UNREACHED))


def _spans(n: int, row_bytes: int) -> Iterator[tuple[int, int]]:
    block = max(1, _BLOCK_BYTES // max(1, row_bytes))
    return ((a, min(a + block, n)) for a in range(0, n, block))


class Tables:
    """Weights of decays by code: one look-up for each pair, however costly the decay.

    Row d, entry c is ``decays[d]`` of ``c · unit`` seconds (squared when asked); the last entry is 0. Rows
    stand by reach, the furthest first: `order` says which decay each is.
    """

    def __init__(self, source: Source, decays: Sequence[Decay], *, squared: bool = False) -> None:
        self.order = sorted(range(len(decays)), key=lambda d: -decays[d].reach)
        self._decays, self._unit, self._squared = [decays[d] for d in self.order], unit_of(source), squared
        reach = max((decay.reach for decay in self._decays), default=0.0)
        self._needed = self._codes(reach)
        if isinstance(source, Matrix):  # the code of "no way" stays the last entry
            self._needed = min(self._needed, NONE)
        self._table = self._made(self._needed) if self._needed <= _READY else np.zeros((len(self._decays), 1))

    def __call__(self, chunk: Chunk) -> Floats:
        """Return a table that serves every time of a chunk."""
        if self._needed <= _READY:
            return self._table
        reached = chunk.times[chunk.times != chunk.none]
        longest = int(reached.max(initial=0))
        if longest * self._unit > _MOST:
            raise MeasureError(
                Text(f"时间 {longest * self._unit} 秒过长", f"a time of {longest * self._unit} s is too long")
            )
        wanted = min(longest + 1, self._needed)
        if self._table.shape[1] < wanted + 1:
            self._table = self._made(wanted)
        return self._table

    def ends(self) -> NDArray[np.int64]:
        """Return the code from which each row of the table last given is 0, descending."""
        longest = self._table.shape[1] - 1
        return np.array([min(self._codes(d.reach), longest) for d in self._decays], dtype=np.int64)

    def _codes(self, reach: float) -> int:
        # the limit itself is within; one more entry costs nothing and survives rounding
        return max(0, math.ceil(reach * 60 / self._unit)) + 1 if math.isfinite(reach) else _MOST + 1

    def _made(self, codes: int) -> Floats:
        minutes = np.arange(codes, dtype=np.float64) * self._unit / 60.0
        table = np.zeros((len(self._decays), codes + 1))
        for row, decay in zip(table, self._decays, strict=True):
            row[:codes] = np.where(minutes <= decay.reach, decay(minutes), 0.0)
        return table * table if self._squared else table


def weighted(source: Source, weights: Floats, tables: Tables, *, percentile: int | None) -> Floats:
    """Return ``Σ_j f_d(t_ij) · weights[w, j]``, shape (origins, decays, kinds), streamed."""
    n, _ = shape_of(source)
    out = np.zeros((n, len(tables.order), len(weights)))
    if not out.size:
        return out
    for chunk in chunks(source, percentile):
        table = tables(chunk)
        sums.weigh(chunk.times, table, weights, out[chunk.start : chunk.stop], ends=tables.ends())
    return out[:, np.argsort(tables.order)]


def gathered(source: Source, amounts: Floats, tables: Tables, *, percentile: int | None) -> Floats:
    """Return ``Σ_i f_d(t_ij) · amounts[d, i]``, shape (decays, destinations), streamed."""
    _, m = shape_of(source)
    out = np.zeros((len(amounts), m))
    for chunk in chunks(source, percentile):
        part = np.ascontiguousarray(amounts[:, chunk.start : chunk.stop])
        sums.spread(chunk.times, tables(chunk), part, out)
    return out
