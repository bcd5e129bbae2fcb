r"""Times of a changed network that are never written out: those before, lowered where they are read.

.. math:: T'(i, j) = \min\bigl(T(i, j),\ \min_a L_{ia} + R_{aj}\bigr)

with L the times to where a change is left and R those from there on (`yipan.network.change`). A matrix of
12,000 cells takes half a gigabyte, its change a few megabytes; rows, columns and blocks are lowered when they
are asked for, and to sums over rows only what becomes shorter is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from yipan.network.evenly import FINE, GROUP, Floats, Tiled, gain, summed, tiles_of
from yipan.network.memo import Memo
from yipan.network.minplus import FAR, Seconds, lower, still
from yipan.network.services import Ints
from yipan.network.threads import over_blocks
from yipan.network.values import UNREACHED

T = TypeVar("T")
_ROWS = 48
_NONE = tiles_of(np.zeros((0, 0), np.int32), np.zeros((0, 0), np.int32))


Key = tuple[str, str]
"""What tells sums apart: of the weights, and of the decays they are discounted by."""
_FEW = 8
"""Sums follow weights that changed at no more than one in so many destinations."""


@dataclass(frozen=True)
class _Sums:
    """Sums over destinations, and the weights they are of."""

    values: Floats
    weights: Floats
    even: Floats


def _reweighed(
    known: Mapping[Key, _Sums],
    counted: tuple[Floats, Floats, Floats],
    key: Key,
    columns: Callable[[Ints], Seconds],
) -> Floats | None:
    """Return sums from known ones whose weights differ at few destinations, exactly; None where none do."""
    table, weights, even = counted
    for (_, decays), was in known.items():
        if decays != key[1] or not np.array_equal(was.even, even) or was.weights.shape != weights.shape:
            continue
        at = np.flatnonzero((was.weights != weights).any(axis=0))
        if len(at) * _FEW <= weights.shape[1]:
            times = columns(at)
            new, old = (still(w[:, at]) for w in (weights, was.weights))
            return was.values + summed(times, table, new, even) - summed(times, table, old, even)
    return None


@dataclass(frozen=True)
class Ground:
    """Times ready to be lowered; make one with `ground_of`.

    Parameters
    ----------
    times
        Seconds (cells × cells), read-only.
    tops, coarse
        The longest of each origin in every tile of destinations, and in every group of tiles.
    """

    times: Seconds
    tops: Seconds
    coarse: Seconds

    def sums(self, counted: tuple[Floats, Floats, Floats], key: Key) -> Floats:
        """Return sums over destinations; remembered."""
        known: dict[Key, _Sums] = self.__dict__.setdefault("_sums", {})
        if key not in known:
            out = _reweighed(known, counted, key, lambda j: still(self.times[:, j]))
            known[key] = _Sums(summed(self.times, *counted) if out is None else out, *counted[1:])
        return known[key].values


def ground_of(times: Seconds) -> Ground:
    """Return times ready to be lowered; reads every time once.

    Examples
    --------
    >>> ground_of(np.array([[0, 7], [7, 0]], dtype=np.int32)).tops.tolist()
    [[7], [7]]
    """
    starts = np.arange(0, times.shape[1], FINE)
    tops = np.empty((len(times), len(starts)), dtype=np.int32)

    def block(a: int, b: int) -> None:
        np.maximum.reduceat(times[a:b], starts, axis=1, out=tops[a:b])

    if times.size:
        over_blocks(block, len(times), block=64)
    return Ground(still(times), still(tops), _by_group(tops))


def _by_group(tops: Seconds) -> Seconds:
    """Return the longest of each group of tiles."""
    return still(np.maximum.reduceat(tops, np.arange(0, tops.shape[1], GROUP), axis=1) if tops.size else tops)


class Lowered(NDArrayOperatorsMixin):
    """Times between cells in two parts; reads like a read-only int32 array (cells × cells).

    Rows, columns and ``np.ix_`` blocks are computed alone; anything else writes all of it out first.

    Parameters
    ----------
    ground
        The times before.
    left, right
        To where a change is left (cells × a), and from there on (a × cells), `FAR` where there is no way.
    before
        Lowered times of the same ground that this change lowers further; the ground itself where None.

    Examples
    --------
    >>> before = ground_of(np.array([[0, 9, 9], [9, 0, 2], [9, 2, 0]], dtype=np.int32))
    >>> way = np.array([[1], [4], [6]], dtype=np.int32), np.array([[4, 1, 3]], dtype=np.int32)
    >>> now = Lowered(before, *way)
    >>> now[:, np.array([2])].ravel().tolist(), np.asarray(now)[0].tolist()
    ([4, 2, 0], [0, 2, 4])
    """

    def __init__(
        self, ground: Ground, left: Seconds, right: Seconds, *, before: Lowered | None = None
    ) -> None:
        self.ground, self.left, self.right, self.before = ground, still(left), still(right), before
        self._dense: Seconds | None = None
        self._sums: dict[Key, _Sums] = {}
        self._bounds: tuple[Seconds, Seconds] | None = None

    @property
    def tops(self) -> Seconds:
        """No time of an origin to a tile of destinations is longer (see `Ground`); found while summing."""
        return self._bounds[0] if self._bounds else self._first.tops

    @property
    def coarse(self) -> Seconds:
        """The same of groups of tiles."""
        return self._bounds[1] if self._bounds else self._first.coarse

    @property
    def _first(self) -> Ground | Lowered:
        """What this change lowers."""
        return self.ground if self.before is None else self.before

    @property
    def shape(self) -> tuple[int, int]:
        """Origins and destinations."""
        n, m = self.ground.times.shape
        return n, m

    @property
    def dtype(self) -> np.dtype[np.int32]:
        """Whole seconds."""
        return np.dtype(np.int32)

    @property
    def nbytes(self) -> int:
        """Bytes held beyond those of the times before."""
        made = [v for name in ("every", "own_ways", "ways") for v in self.__dict__.get(name, ())]
        held = (self.left, self.right, *made, *(self._bounds or ()), *(v.values for v in self._sums.values()))
        # several may be views of one
        once: dict[int, int] = {id(v if v.base is None else v.base): v.nbytes for v in held}
        return sum(once.values()) + (0 if self._dense is None else self._dense.nbytes)

    def __len__(self) -> int:
        return len(self.ground.times)

    @cached_property
    def every(self) -> tuple[Seconds, Seconds]:
        """The ways of this change and of all before it, in one."""
        own = self.left, self.right
        if self.before is None:
            return own
        a, b = joined(self.before.every, own)
        return still(a), still(b)

    def block(self, rows: Ints | None, columns: Ints | None) -> Seconds:
        """Return the times from some cells to some (None: all)."""
        if rows is None and columns is not None:
            return self.columns(columns)
        times = self.ground.times
        some = times if rows is None else times[rows]
        out = np.array(some if columns is None else some[:, columns], order="C")
        return self._lowered(out, rows, columns, self.every)

    def columns(self, columns: Ints) -> Seconds:
        """Return the times to some cells (cells × some), read-only; remembered."""
        key = id(self), hashlib.sha256(columns.tobytes()).hexdigest()
        return _COLUMNS.make(key, lambda: _Columns(self._columns(columns), self)).times

    def _columns(self, columns: Ints) -> Seconds:
        if self.before is None:
            key = id(self.ground.times), hashlib.sha256(columns.tobytes()).hexdigest()
            times = self.ground.times
            was = _COLUMNS.make(key, lambda: _Columns(np.ascontiguousarray(times[:, columns]), times)).times
        else:
            was = self.before.columns(columns)
        out = self._lowered(was.copy(), None, columns, (self.left, self.right))
        out.flags.writeable = False
        return out

    def _lowered(
        self, out: Seconds, rows: Ints | None, columns: Ints | None, ways: tuple[Seconds, Seconds]
    ) -> Seconds:
        """Lower times from some cells to some in place."""
        left = ways[0] if rows is None else ways[0][rows]
        right = ways[1] if columns is None else ways[1][:, columns]
        if not out.size:
            return out
        first = left.min(axis=0, initial=FAR).astype(np.int64) + right.min(axis=1, initial=FAR)
        useful = np.flatnonzero(first < min(int(out.max()), int(FAR)))  # nowhere sooner by the others
        if not len(useful):
            return out
        i, j = self._inside(rows, columns)
        own = out[i, j]
        far = int(out.max()) >= FAR
        lower(out, np.ascontiguousarray(left[:, useful]), np.ascontiguousarray(right[useful]))
        if far:
            out[out >= FAR] = UNREACHED
        out[i, j] = own  # a time inside a cell stays as it was
        return out

    def _inside(self, rows: Ints | None, columns: Ints | None) -> tuple[Ints, Ints]:
        """Return where in a block origin and destination are one cell."""
        i = np.arange(len(self)) if rows is None else rows
        j = np.arange(self.shape[1]) if columns is None else columns
        if rows is None:
            return j, np.arange(len(j))
        order = np.argsort(i, kind="stable")
        first, last = (np.searchsorted(i[order], j, side=side) for side in ("left", "right"))
        many = last - first
        at = np.repeat(np.arange(len(j)), many)
        within = np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
        return order[np.repeat(first, many) + within], at

    def dense(self) -> Seconds:
        """Return all times as a read-only array; remembered."""
        if self._dense is None:
            out = self.block(None, None)
            out.flags.writeable = False
            self._dense = out
        return self._dense

    def sums(self, table: Floats, weights: Floats, even: Floats, key: Key) -> Floats:
        """Return sums over destinations, (cells, decays, kinds), remembered (see `yipan.network.evenly`).

        Parameters
        ----------
        table, weights, even
            As of `yipan.network.evenly.summed`.
        key
            Equal where table and weights are.
        """
        if key not in self._sums:
            counted = table, weights, even
            out = _reweighed(self._sums, counted, key, self.columns)
            self._sums[key] = _Sums(self._gained(counted, key) if out is None else out, weights, even)
        return self._sums[key].values

    def _gained(self, counted: tuple[Floats, Floats, Floats], key: Key) -> Floats:
        """Return the sums of the times before, and what became shorter added."""
        was = self.ground.sums(counted, key) if self.before is None else self.before.sums(*counted, key)
        out = was.copy()
        end = min(counted[0].shape[1] - 1, int(FAR))
        rows = np.flatnonzero(self.left.min(axis=1, initial=FAR) < end)
        base = self.ground.times, self._first.tops, self._first.coarse
        older = _NONE if self.before is None else self.before.ways
        after = self.tops.copy()

        def block(a: int, b: int) -> None:
            gain(base, self.own_ways, older, rows[a:b], counted, out, after)

        over_blocks(block, len(rows), block=_ROWS)
        self._bounds = still(after), _by_group(after)
        return out

    @cached_property
    def own_ways(self) -> Tiled:
        """The ways of this change, tile by tile."""
        return tiles_of(self.left, self.right)

    @cached_property
    def ways(self) -> Tiled:
        """The ways of this change and all before it, tile by tile."""
        return self.own_ways if self.before is None else tiles_of(*self.every)

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if len(parts) == 2:
            a, b = (self._positions(p, axis) for axis, p in enumerate(parts))
            whole = any(isinstance(p, slice) and p == slice(None) for p in parts)
            if a is not None and b is not None and (whole or _is_ix(parts)):
                rows = None if _all(parts[0]) else a
                return self.block(rows, None if _all(parts[1]) else b)
        elif len(parts) == 1 and (at := self._positions(parts[0], 0)) is not None:
            return self.block(None if _all(parts[0]) else at, None)
        return self.dense()[key]

    def _positions(self, part: Any, axis: int) -> Ints | None:
        """Return the positions an index of one axis means; None where it is no plain one."""
        if isinstance(part, slice):
            return np.arange(*part.indices(self.shape[axis]))
        if not isinstance(part, np.ndarray) or part.dtype.kind not in "bui":
            return None
        if part.dtype.kind == "b":
            return np.flatnonzero(part) if part.shape == (self.shape[axis],) else None
        if part.size != max(part.shape, default=0) or part.ndim > 2:
            return None
        flat = part.ravel().astype(np.int64)
        return np.where(flat < 0, flat + self.shape[axis], flat)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        out = self.dense()
        if dtype is not None and out.dtype != dtype:
            return out.astype(dtype)
        return out.copy() if copy else out

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        """Work as on the array written out."""
        plain = [x.dense() if isinstance(x, Lowered) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.dense(), name)


@dataclass(frozen=True)
class _Columns:
    times: Seconds
    of: object  # stays with them: another cannot take its id

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.times.nbytes


_COLUMNS: Memo[_Columns] = Memo(share=0.1, grows=False)
"""Columns of lowered times and of what they lower."""


def _all(part: Any) -> bool:
    return isinstance(part, slice) and part == slice(None)


def _is_ix(parts: tuple[Any, ...]) -> bool:
    a, b = (tuple[int, ...](getattr(p, "shape", ())) for p in parts)
    return len(a) == len(b) == 2 and a[1:] == (1,) and b[0] == 1


def joined(*parts: tuple[Seconds, Seconds]) -> tuple[Seconds, Seconds]:
    """Return several ways (left, right) as one."""
    return np.concatenate([p[0] for p in parts], axis=1), np.concatenate([p[1] for p in parts], axis=0)


def written_out(times: T) -> T:
    """Return times as they are, `Lowered` ones written out."""
    return cast(T, times.dense()) if isinstance(times, Lowered) else times
