"""What money can buy at most when gains are added: the relaxation that exact bounds rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = 400
"""Steps of branch and bound spent on one knapsack before its bound is taken as it is."""


@dataclass(frozen=True, slots=True)
class Bought:
    """The most that can be bought (an upper bound), and the items of the best purchase found."""

    most: float
    items: tuple[int, ...]


def buy_most(
    gains: Sequence[float],
    costs: Sequence[float],
    *,
    money: float,
    rivals: Sequence[frozenset[int]] | None = None,
    steps: int = _STEPS,
) -> Bought:
    """Return an upper bound on the sum of gains of items whose cost is within `money`.

    Exact where branch and bound on the fractional relaxation (Dantzig 1957; Horowitz & Sahni 1974) ends
    within `steps`; otherwise the largest bound among what was left open.

    Parameters
    ----------
    gains, costs
        One an item; costs are not negative. Items without gain are never bought.
    money
        Same unit as `costs`.
    rivals
        For each item those that must not be bought with it.

    Examples
    --------
    >>> buy_most([6.0, 5.0, 3.0], [3.0, 2.0, 2.0], money=4.0)
    Bought(most=8.0, items=(1, 2))
    >>> buy_most([6.0, 5.0, 3.0], [3.0, 2.0, 2.0], money=4.0, steps=0).most  # the fractional bound
    9.0
    """
    wanted = (k for k, g in enumerate(gains) if g > 0)
    order = sorted(wanted, key=lambda k: (-_density(gains[k], costs[k]), k))
    apart = rivals if rivals is not None else [frozenset[int]()] * len(gains)
    best, left_open, done = 0.0, 0.0, 0
    bought: tuple[int, ...] = ()
    waiting: list[tuple[int, float, float, tuple[int, ...]]] = [(0, money, 0.0, ())]
    while waiting:
        k, left, got, items = waiting.pop()
        top = got + _fractional(order, k, gains, costs, left)
        if got > best:
            best, bought = got, items
        if top <= best + 1e-12:
            continue
        done += 1
        if done > steps:
            left_open = max(left_open, top)
            continue
        item = order[k]
        waiting.append((k + 1, left, got, items))
        if costs[item] <= left and not apart[item].intersection(items):
            waiting.append((k + 1, left - costs[item], got + gains[item], (*items, item)))
    return Bought(max(best, left_open), bought)


def _density(gain: float, cost: float) -> float:
    return gain / cost if cost > 0 else float("inf")


def _fractional(
    order: Sequence[int], first: int, gains: Sequence[float], costs: Sequence[float], left: float
) -> float:
    total = 0.0
    for k in order[first:]:
        if costs[k] > left:
            return total + gains[k] * left / costs[k]
        total += gains[k]
        left -= costs[k]
    return total
