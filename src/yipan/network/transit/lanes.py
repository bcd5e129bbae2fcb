"""Departures by number of rides in one 64-bit word: a lane per ride, compared all at once.

A word holds, for every number of rides r, one more than the number of the latest departure from which
something is reached with at most r rides, and 0 where none does. The top bit of a lane stays clear: it takes
the borrow when two words are subtracted lane by lane.
"""

from __future__ import annotations

from dataclasses import dataclass

from yipan.network.jit import kernel

_WIDEST = 16


@dataclass(frozen=True, slots=True)
class Lanes:
    """How words are cut: lanes of `width` bits for `rides` rides.

    Examples
    --------
    >>> Lanes.of(8).most, Lanes.of(4).most
    (127, 32767)
    """

    rides: int
    width: int

    @staticmethod
    def of(rides: int) -> Lanes:
        """Return the widest lanes that `rides` of them fit a word."""
        return Lanes(rides, min(_WIDEST, 64 // rides))

    @property
    def most(self) -> int:
        """Departures a lane can tell apart."""
        return (1 << (self.width - 1)) - 1

    @property
    def ones(self) -> int:
        """The lowest bit of every lane."""
        return sum(1 << (self.width * r) for r in range(self.rides))

    @property
    def guards(self) -> int:
        """The top bit of every lane, as a signed word."""
        return _signed(self.ones << (self.width - 1))

    @property
    def top(self) -> int:
        """Bits below the lane of most rides."""
        return self.width * (self.rides - 1)

    @property
    def used(self) -> int:
        """Every bit of every lane, as a signed word."""
        return _signed((1 << (self.width * self.rides)) - 1)


def _signed(word: int) -> int:
    """Return 64 bits as a signed number."""
    return word - (1 << 64) if word >> 63 else word


@kernel
def covers(a: int, b: int, guards: int) -> bool:
    """Return whether every lane of `a` is at least that of `b`."""
    return ((a | guards) - b) & guards == guards


@kernel
def later(a: int, b: int, guards: int, ones: int, width: int) -> int:
    """Return the greater of `a` and `b` lane by lane."""
    kept = ((a | guards) - b) & guards
    mask = kept - ((kept >> (width - 1)) & ones)
    return (a & mask) | (b & ~mask)
