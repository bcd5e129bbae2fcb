"""A total divided in proportion to weights, so that the parts sum to it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def shares(total: float, weights: Numbers, *, whole: bool = False) -> Numbers:
    """Divide a total in proportion to weights.

    With `whole`, every part is a whole number: each gets the whole part of its exact share, and the
    units left over go one each to the largest remainders (Hamilton's method), earlier parts first among
    equals. Otherwise the part with the largest weight takes up what rounding of floats left over.

    Parameters
    ----------
    total
        What is divided; not negative, and a whole number (below 2**53) with `whole`.
    weights
        One a part (shape: parts), not negative, at least one positive.
    whole
        Whether parts are whole numbers.

    Returns
    -------
    ndarray
        Parts (shape: parts); they sum to `total`, exactly with `whole`, else to the last bits of a float.

    Raises
    ------
    ValueError
        When the weights or the total are not as above.

    Examples
    --------
    >>> shares(10, np.array([1.0, 1.0, 1.0]), whole=True).tolist()
    [4.0, 3.0, 3.0]
    >>> shares(7, np.array([1.0, 2.0]), whole=True).tolist()   # 2.33 and 4.67
    [2.0, 5.0]
    >>> shares(7, np.array([1.0, 3.0])).tolist()
    [1.75, 5.25]
    """
    weights = np.asarray(weights, dtype=np.float64)
    top = float(weights.max(initial=0.0))
    if not (math.isfinite(top) and top > 0 and bool((weights >= 0).all())):
        raise ValueError("weights must be finite, not negative, and one of them positive")
    if not (math.isfinite(total) and total >= 0) or (whole and (total != int(total) or total >= 2**53)):
        raise ValueError(f"a total of {total} cannot be divided")
    part = weights / top
    exact: Numbers = total * (part / part.sum())
    if not whole:
        exact[int(part.argmax())] += total - math.fsum(exact)
        return exact
    out: Numbers = np.floor(exact)
    left = round(total - math.fsum(out))
    order = np.argsort(out - exact, kind="stable")  # the largest remainder first
    if left >= 0:
        out += np.bincount(order[np.arange(left) % len(order)], minlength=len(out))
    else:  # a share that rounding of floats lifted onto a whole number
        back = order[::-1]
        out[back[out[back] > 0][:-left]] -= 1
    return out
