"""Seconds as uint16: the unit, the rounding, and back.

A code is the time in units of 1, 2 or 4 seconds, **rounded up**; `NONE` stands for "no way". So a stored time
is never shorter than the real one and longer by less than one unit. Rounding up has two merits no other
rounding has: a limit that is a whole number of units is kept exactly (``t ≤ L`` just when ``code · unit
≤ L``, and every whole minute is a whole number of units), and going from a finer to a coarser unit
gives the same code as starting with the coarser.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from yipan.errors import MeasureError, Problem
from yipan.network.jit import kernel
from yipan.network.values import UNREACHED
from yipan.text import Text

Array = TypeVar("Array", bound=NDArray[Any])
Codes = NDArray[np.uint16]
UNITS = (1, 2, 4)
NONE = 65535
"""Code of a pair that cannot be reached."""
LONGEST = (NONE - 1) * UNITS[-1]
"""Longest time that can be stored, seconds (72 h 48 min 56 s)."""


def encode(seconds: NDArray[np.int32]) -> tuple[int, Codes]:
    """Return the smallest unit that covers the longest time, and the codes.

    Parameters
    ----------
    seconds
        int32, shape (origins, destinations, percentiles), `UNREACHED` where there is no way.

    Returns
    -------
    unit, codes
        Seconds a unit (1, 2 or 4); uint16, shape (percentiles, origins, destinations).

    Raises
    ------
    MeasureError
        When a time is negative or longer than `LONGEST`.

    Examples
    --------
    >>> unit, codes = encode(np.array([[[0], [65534], [UNREACHED]], [[65535], [3], [4]]], dtype=np.int32))
    >>> unit, codes.tolist()
    (2, [[[0, 32767, 65535], [32768, 2, 2]]])
    """
    seconds = read_only(np.ascontiguousarray(seconds, dtype=np.int32))
    n, m, planes = seconds.shape
    codes = np.empty((planes, n, m), dtype=np.uint16)
    for shift, unit in enumerate(UNITS):
        least, longest = _encode(seconds, shift, codes)
        if least < 0 or longest > LONGEST:
            break
        if longest <= (NONE - 1) * unit:
            return unit, codes
    raise MeasureError(
        Text("出行时间无法存储", "travel times that cannot be stored"),
        problems=[
            Problem(
                what=Text(f"时间由 {least} 秒到 {longest} 秒", f"times from {least} s to {longest} s"),
                remedy=Text(
                    f"时间须在 0 到 {LONGEST} 秒之间;更长者视为不可达",
                    f"keep times from 0 to {LONGEST} s; count longer ones as no way",
                ),
            )
        ],
    )


def coarser(codes: Codes, *, unit: int, to: int) -> Codes:
    """Return codes of one unit as codes of a coarser one (the same array where they are equal).

    Examples
    --------
    >>> coarser(np.array([0, 3, 4, 65535], dtype=np.uint16), unit=1, to=4).tolist()
    [0, 1, 1, 65535]
    """
    if unit == to:
        return codes
    step = to // unit
    up = (codes.astype(np.int32) + (step - 1)) // step
    return np.where(codes == NONE, NONE, up).astype(np.uint16)


def decode(codes: Codes, *, unit: int) -> NDArray[np.int32]:
    """Return codes as int32 seconds (same shape), `UNREACHED` where there is no way.

    Examples
    --------
    >>> decode(np.array([2, 65535], dtype=np.uint16), unit=4).tolist()
    [8, 2147483647]
    """
    seconds = codes.astype(np.int32) * np.int32(unit)
    seconds[codes == NONE] = UNREACHED
    return seconds


def read_only(array: Array) -> Array:
    """Return a read-only view: kernels compile once, not again for arrays that may be written."""
    view = array.view()
    view.setflags(write=False)
    return view


@kernel
def _encode(seconds: NDArray[np.int32], shift: int, codes: Codes) -> tuple[int, int]:
    add = (1 << shift) - 1
    least, longest = 0, 0
    for i in range(seconds.shape[0]):
        for p in range(seconds.shape[2]):
            for j in range(seconds.shape[1]):
                t = int(seconds[i, j, p])
                if t == 2147483647:
                    codes[p, i, j] = 65535
                else:
                    least = min(least, t)
                    longest = max(longest, t)
                    codes[p, i, j] = (t + add) >> shift
    return least, longest
