"""Costs by building year: one total becomes the money of each year."""

from __future__ import annotations

from itertools import pairwise


def spread_capital(total: float, years: int) -> tuple[float, ...]:
    r"""Spread a capital cost over its building years along an S-curve.

    .. math:: F(t) = 3t^2 - 2t^3, \qquad c_y = C\,[F(y/n) - F((y-1)/n)]

    Little is spent in the first and the last year, most in the middle: land and design come first,
    finishing last. The cumulative sums are rounded to 0.01, so the years add up to the rounded total.

    Parameters
    ----------
    total
        Capital cost :math:`C`, 1e8 of the currency, not negative.
    years
        Building years :math:`n`, at least 1.

    Returns
    -------
    tuple of float
        Cost of each building year, first year first, same unit.

    Examples
    --------
    >>> spread_capital(100.0, 4)
    (15.63, 34.37, 34.38, 15.62)
    >>> sum(spread_capital(27.0, 3)), spread_capital(27.0, 3)
    (27.0, (7.0, 13.0, 7.0))
    """
    if years < 1 or total < 0:
        raise ValueError("a project takes at least one year and costs nothing or more")
    steps = [y / years for y in range(years + 1)]
    cumulative = [round(total * (3 * t**2 - 2 * t**3) + 1e-12, 2) for t in steps]
    return tuple(round(b - a, 2) for a, b in pairwise(cumulative))
