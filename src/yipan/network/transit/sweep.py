"""The search: one pass over hops in the order of time tells, for every departure at once, what is reached.

For each hop the pass keeps the latest departures from which one can be aboard (`lanes`). Whatever leads to a
hop comes before it, so each hop is looked at once; a hop that gives no later departure than an earlier trip
of its pattern at the same position is passed over. The cost hardly depends on how many departures there are.
"""

from __future__ import annotations

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Int32, Int64
from yipan.network.transit.lanes import covers, later


@kernel
def board_from(
    legs_from: int,
    legs_to: int,
    walk_to: Int32,
    walk_cost: Int32,
    first_board: Int64,
    board: Int32,
    first_column: Int64,
    column: Int32,
    departure: Int32,
    rules: Int64,
    begin: int,
    count: int,
    aboard: Int64,
) -> int:
    """Note from which departure hops can be boarded after the access walk; return the first such hop."""
    step, board_slack, width, guards, ones = rules[0], rules[2], rules[3], rules[4], rules[5]
    least = len(departure)
    for leg in range(legs_from, legs_to):
        s, ready = walk_to[leg], begin + walk_cost[leg] + board_slack
        for b in range(first_board[s], first_board[s + 1]):
            p, before = board[b], np_int(-1)
            for c in range(first_column[p], first_column[p + 1]):
                hop = column[c]
                spare = departure[hop] - ready
                if spare < 0:
                    continue
                j = min(spare // step, count - 1)
                if j > before:
                    aboard[hop] = later(aboard[hop], (j + 1) * ones, guards, ones, width)
                    least = min(least, hop)
                    before = j
                if j == count - 1:
                    break
    return least


@kernel
def np_int(x: int) -> int:
    return x


@kernel
def sweep(
    hop: int,
    end: int,
    arrival: Int32,
    stop: Int32,
    onward: Int32,
    lane: Int32,
    first: Int64,
    to: Int32,
    rules: Int64,
    begin: int,
    aboard: Int64,
    best: Int64,
    column: int,
    reached: Int32,
) -> None:
    """Ride and change from `hop` on; lower ``reached[stop, column + departure]`` to the arrivals by vehicle."""
    step, limit, width, guards, ones, top, all_lanes = (
        rules[0],
        rules[1],
        rules[3],
        rules[4],
        rules[5],
        rules[6],
        rules[7],
    )
    while hop < end:
        x = aboard[hop]
        here = hop
        hop += 1
        if x == 0 or covers(best[lane[here]], x, guards):
            continue
        best[lane[here]] = later(best[lane[here]], x, guards, ones, width)
        j = (x >> top) - 1
        at = arrival[here]
        if at > begin + j * step + limit:
            continue
        s = stop[here]
        if s >= 0 and at < reached[s, column + j]:
            reached[s, column + j] = at
        n = onward[here]
        if n >= 0:
            aboard[n] = later(aboard[n], x, guards, ones, width)
        x = (x << width) & all_lanes
        if x == 0:
            continue
        for e in range(first[here], first[here + 1]):
            n = to[e]
            aboard[n] = later(aboard[n], x, guards, ones, width)
            if n < hop:  # a change that takes no time at all: look at that hop again
                hop = n
