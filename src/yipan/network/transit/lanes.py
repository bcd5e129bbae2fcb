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
    """How words are cut: lanes of `width` bits for `rides` rides of each of `group` origins."""

    rides: int
    width: int
    group: int = 1

    @staticmethod
    def of(rides: int, departures: int) -> Lanes:
        """Return lanes that hold all departures, for as many origins as fit; else the widest there are.

        Examples
        --------
        >>> Lanes.of(8, 1), Lanes.of(8, 120).group, Lanes.of(8, 1000).most
        (Lanes(rides=8, width=1, group=8), 1, 127)
        """
        width = 1 if departures == 1 else departures.bit_length() + 1
        if width <= _WIDEST and width * rides <= _WORD:
            most = min(_GROUP, (_WORD - 1) // width)  # a shift by a whole word is not defined
            return Lanes(rides, width, min(most, _WORD // (width * rides)))
        return Lanes(rides, min(_WIDEST, _WORD // rides))

    @property
    def most(self) -> int:
        """Departures a lane can tell apart."""
        return max(1, (1 << (self.width - 1)) - 1)

    @property
    def shift(self) -> int:
        """Bits from one ride to the next."""
        return self.width * self.group

    @property
    def rise(self) -> int:
        """The lowest bit of every lane of the first origin."""
        return _signed(sum(1 << (self.shift * r) for r in range(self.rides)))

    @property
    def ones(self) -> int:
        """The lowest bit of every lane."""
        return _signed(sum(1 << (self.width * i) for i in range(self.rides * self.group)))

    @property
    def guards(self) -> int:
        """The top bit of every lane, as a signed word."""
        word = sum(1 << (self.width * i) for i in range(self.rides * self.group))
        return _signed(word << (self.width - 1))

    @property
    def top(self) -> int:
        """Bits below the lanes of most rides."""
        return self.shift * (self.rides - 1)

    @property
    def used(self) -> int:
        """Every bit of every lane, as a signed word."""
        return _signed((1 << (self.shift * self.rides)) - 1)


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
