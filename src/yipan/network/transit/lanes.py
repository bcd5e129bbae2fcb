"""Departures by number of rides in one 64-bit word: a lane per ride and origin, compared all at once.

A lane holds, for one origin and at most so many rides, one more than the number of the latest departure from
which something is reached, and 0 where none does. Lanes of the same number of rides stand together, so that
one more ride is a shift. The top bit of a lane stays clear: it takes the borrow when two words are subtracted
lane by lane. For one departure a lane is one bit, and the greater of two words is their union.
"""

from __future__ import annotations

from dataclasses import dataclass

from yipan.network.jit import kernel

_WORD = 64
_WIDEST = 16
_GROUP = 16


@dataclass(frozen=True, slots=True)
class Lanes:
    """How words are cut.

    Parameters
    ----------
    allowed
        Most rides of a trip.
    rides
        Lanes of each origin: one for every number of rides, or a single one (`quick`).
    width
        Bits of a lane.
    group
        Origins in a word.
    spare
        Lowest bits of a lane, which count the rides left: 0 but for `quick` lanes.
    """

    allowed: int
    rides: int
    width: int
    group: int = 1
    spare: int = 0

    @staticmethod
    def of(rides: int, departures: int) -> Lanes:
        """Return lanes that hold all departures, for as many origins as fit; else the widest there are.

        Examples
        --------
        >>> Lanes.of(8, 1).group, Lanes.of(8, 120).group, Lanes.of(8, 1000).most
        (8, 1, 127)
        """
        width = 1 if departures == 1 else departures.bit_length() + 1
        if width <= _WIDEST and width * rides <= _WORD:
            return Lanes(rides, rides, width, _fitting(width, rides))
        return Lanes(rides, rides, min(_WIDEST, _WORD // rides))

    @staticmethod
    def quick(rides: int, departures: int) -> Lanes:
        """Return lanes that keep, for the latest departure only, how many rides are left.

        They forget slower ways with fewer rides, so what they find holds as long as nobody arrives sooner by
        more rides than are allowed (they count up to the next power of two).

        Examples
        --------
        >>> Lanes.quick(8, 60).group, Lanes.quick(8, 120).group
        (5, 5)
        """
        spare = rides.bit_length()
        width = 1 + departures.bit_length() + spare
        return Lanes(rides, 1, width, max(1, _fitting(width, 1)), spare)

    @property
    def most(self) -> int:
        """Departures a lane can tell apart."""
        return max(1, (1 << (self.width - 1 - self.spare)) - 1)

    @property
    def shift(self) -> int:
        """Bits from one ride to the next."""
        return self.width * self.group

    @property
    def rise(self) -> int:
        """What one departure more adds to every lane of the first origin."""
        return _signed(sum(1 << (self.shift * r + self.spare) for r in range(self.rides)))

    @property
    def base(self) -> int:
        """Rides that can be counted after the first, in the lane of the first origin."""
        return (1 << self.spare) - 1

    @property
    def floor(self) -> int:
        """Fewest rides left after as many as are allowed."""
        return (1 << self.spare) - self.allowed if self.spare else 0

    @property
    def ones(self) -> int:
        """The lowest bit of every lane."""
        return self._every(1)

    @property
    def guards(self) -> int:
        """The top bit of every lane."""
        return self._every(1 << (self.width - 1))

    @property
    def filler(self) -> int:
        """Every bit that counts rides left."""
        return self._every((1 << self.spare) - 1)

    @property
    def top(self) -> int:
        """Bits below the lanes of most rides."""
        return self.shift * (self.rides - 1)

    @property
    def used(self) -> int:
        """Every bit of every lane."""
        return self._every((1 << self.width) - 1)

    def _every(self, bits: int) -> int:
        """Return a word with the same bits in every lane."""
        return _signed(sum(bits << (self.width * i) for i in range(self.rides * self.group)))


def _fitting(width: int, lanes: int) -> int:
    """Return how many origins with so many lanes fit a word; a shift by the whole word is not defined."""
    return min(_GROUP, (_WORD - 1) // width, _WORD // (width * lanes))


def _signed(word: int) -> int:
    """Return 64 bits as a signed number."""
    return word - (1 << _WORD) if word >> (_WORD - 1) else word


@kernel
def covers(a: int, b: int, guards: int, width: int) -> bool:
    """Return whether every lane of `a` is at least that of `b`."""
    if width == 1:
        return b & ~a == 0
    return ((a | guards) - b) & guards == guards


@kernel
def later(a: int, b: int, guards: int, ones: int, width: int) -> int:
    """Return the greater of `a` and `b` lane by lane."""
    if width == 1:
        return a | b
    kept = ((a | guards) - b) & guards
    mask = kept - ((kept >> (width - 1)) & ones)
    return (a & mask) | (b & ~mask)
