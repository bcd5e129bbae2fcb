"""What a siting says: the sites opened, who goes where, what it is worth, and what is proved about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.text import Text

Sites = NDArray[np.int64]
"""Indices of candidate sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Siting:
    """A choice of sites, and how far from the best it can be at most.

    Parameters
    ----------
    chosen
        Indices of the candidate sites opened (those fixed open among them), increasing; read-only.
    assigned
        For each demand point the site that serves it, or −1 where none does; read-only.
    value
        The objective of the choice.
    bound
        What no choice can do better than: a lower bound where the objective is made small, an upper one where
        it is made large. Safe: the tolerance of whatever solver gave it is already taken off.
    proved
        Whether `bound` shows `value` to be the optimum, within the tolerance that `method` states.
    method
        How it was found and proved, in words.
    work
        Counts of the work done (steps, nodes, sites ruled out …), the same on every run.

    Examples
    --------
    >>> s = Siting(chosen=np.array([1]), assigned=np.array([1, 1]), value=4.0, bound=3.0, proved=False,
    ...            method=Text("示例", "example"), work={})
    >>> s.gap
    0.25
    """

    chosen: Sites
    assigned: Sites
    value: float
    bound: float
    proved: bool
    method: Text
    work: Mapping[str, int | float]

    @property
    def gap(self) -> float:
        """Distance of value and bound, as a share of the value; 0 when proved."""
        if self.proved or self.value == self.bound:
            return 0.0
        return abs(self.value - self.bound) / abs(self.value) if self.value else float("inf")


def frozen(values: NDArray[np.generic] | list[int]) -> Sites:
    """Return a read-only copy as indices."""
    out = np.array(values, dtype=np.int64)
    out.flags.writeable = False
    return out
