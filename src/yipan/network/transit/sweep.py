"""The search: one pass over hops in the order of time tells, for every departure at once, what is reached.

For each hop the pass keeps the latest departures from which one can be aboard, by number of rides
(`yipan.network.transit.lanes`). Whatever leads to a hop comes before it, so each hop is looked at once; a hop
that gives no later departure than an earlier trip of its pattern at the same position is passed over. The
cost hardly depends on how many departures there are.
"""

from __future__ import annotations

from typing import NamedTuple

from yipan.network.jit import kernel
from yipan.network.streets.values import Int32, Int64
from yipan.network.transit.lanes import covers, later


class Hops(NamedTuple):
    """Hops ordered so that whatever leads to a hop comes before it (but for changes that take no time).

    Parameters
    ----------
    departure, arrival
        Seconds since the first departure of the query (hops,).
    stop
        Stop reached, −1 where one may not alight (hops,).
    onward
        The same trip's next hop, −1 after its last (hops,).
    file
        Hops of one pattern at one position whose departures ascend, so that an earlier one is never
        worse, have a number in common (hops,).
    first, to
        Hops that a transfer from each hop's arrival leads to (hops + 1,), (transfers,).
    """

    departure: Int32
    arrival: Int32
    stop: Int32
    onward: Int32
    file: Int32
    first: Int64
    to: Int32


class Boardings(NamedTuple):
    """Where trips can be boarded.

    Parameters
    ----------
    first, position
        Positions of patterns at each stop (stops + 1,), (boardings,).
    first_hop, hop
        Hops of each position in the order of trips (positions + 1,), (hops,).
    """

    first: Int64
    position: Int32
    first_hop: Int64
    hop: Int32


class Rules(NamedTuple):
    """A query in plain numbers: seconds, and how words of lanes are cut."""

    step: int
    limit: int
    board_slack: int
    width: int
    group: int
    most: int
    shift: int
    rise: int
    ones: int
    guards: int
    top: int
    used: int
    spare: int
    base: int
    filler: int
    floor: int


class Walks(NamedTuple):
    """Legs as a kernel takes them."""

    first: Int64
    to: Int32
    cost: Int32


@kernel
def board_from(  # noqa: PLR0917
    origin: int,
    place: int,
    access: Walks,
    boardings: Boardings,
    departure: Int32,
    rules: Rules,
    begin: int,
    count: int,
    aboard: Int64,
) -> int:
    """Note from which of `count` departures hops are boarded after the access walk; return the first hop.

    The origin takes the lanes of `place` in its group. Departures are `begin`, ``begin + step`` …
    """
    least, at = len(departure), rules.width * place
    rise, base = rules.rise << at, rules.base << at
    for leg in range(access.first[origin], access.first[origin + 1]):
        s, ready = access.to[leg], begin + access.cost[leg] + rules.board_slack
        for b in range(boardings.first[s], boardings.first[s + 1]):
            p, latest = boardings.position[b], 0
            for c in range(boardings.first_hop[p], boardings.first_hop[p + 1]):
                hop = boardings.hop[c]
                spare = departure[hop] - ready
                if spare < 0:
                    continue
                number = min(spare // rules.step + 1, count)
                if number > latest:
                    word = number * rise + base
                    aboard[hop] = later(aboard[hop], word, rules.guards, rules.ones, rules.width)
                    least, latest = min(least, hop), number
                if number == count:
                    break
    return least


@kernel
def ride_less(word: int, rules: Rules) -> tuple[int, int]:
    """Return the word for whoever boards once more, and a bit for every place that runs out of rides.

    Lanes by number of rides move up by one; quick lanes count one ride less.
    """
    if not rules.spare:
        return (word << rules.shift) & rules.used, 0
    some = (((word & rules.filler) | rules.guards) - rules.ones) & rules.guards
    one = (some >> (rules.width - 1)) & rules.ones
    out = 0
    for place in range(rules.group if word & ~(some - one) else 0):
        lane = ((1 << rules.width) - 1) << (rules.width * place)
        if word & lane and not one & lane:
            out |= 1 << place
    return (word & (some - one)) - one, out


@kernel
def sweep(  # noqa: PLR0917
    hop: int,
    end: int,
    hops: Hops,
    rules: Rules,
    begin: int,
    into: tuple[int, int],
    aboard: Int64,
    best: Int64,
    reached: Int32,
) -> int:
    """Ride and change from `hop` on; lower ``reached[stop, place, departure]`` to arrivals by vehicle.

    `into` is the first place and departure to write. Returned is a bit for every place of the group that
    arrives sooner by more rides than are allowed: a slower way with fewer rides, which quick lanes
    forget, may be needed there, and what was written for it does not hold.
    """
    first_place, column = into
    spoilt = 0
    width, guards, ones, fill = rules.width, rules.guards, rules.ones, (1 << rules.spare) - 1
    while hop < end:
        word, here = aboard[hop], hop
        hop += 1
        before = best[hops.file[here]]
        if covers(before | rules.filler, word, guards, width):  # nothing aboard is covered, too
            continue
        best[hops.file[here]] = later(before, word, guards, ones, width)
        s, at, tops, latest = hops.stop[here], hops.arrival[here], word >> rules.top, 0
        for place in range(rules.group):
            number, left = (tops >> rules.spare) & rules.most, tops & fill
            tops >>= width
            latest = max(latest, number)
            if s >= 0 and number > 0 and at < reached[s, first_place + place, column + number - 1]:
                if left < rules.floor:
                    spoilt |= 1 << place
                reached[s, first_place + place, column + number - 1] = at
        if at > begin + (latest - 1) * rules.step + rules.limit:
            continue
        n = hops.onward[here]
        if n >= 0:
            aboard[n] = later(aboard[n], word, guards, ones, width)
        if hops.first[here] == hops.first[here + 1]:
            continue
        word, out = ride_less(word, rules)
        spoilt |= out
        for e in range(hops.first[here], hops.first[here + 1]):
            n = hops.to[e]
            aboard[n] = later(aboard[n], word, guards, ones, width)
            hop = min(hop, n)  # a change that takes no time at all: look at that hop again
    return spoilt
