"""From many places to many: a full matrix, or only the pairs within a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Ends, Int32, Int64, Legs
from yipan.network.sweep.customise import Customised
from yipan.network.sweep.lanes import LANES, Climb, climb, climb_of, restricted, scratch_of, sweep
from yipan.network.threads import over_blocks

_TILE = 64  # targets turned from lanes into rows at once


class Sources(NamedTuple):
    """Places searched from: ranks of the ends of their chains (−1 where there is none) and ways to them."""

    tail: Int32
    head: Int32
    to_tail: Int32
    to_head: Int32


class Targets(NamedTuple):
    """Places searched for: rows of the ends of their chains (−1: on no street) and ways from there."""

    tail: Int32
    head: Int32
    from_tail: Int32
    from_head: Int32


class Spots(NamedTuple):
    """Places along their chains, all of `Ends`."""

    chain: Int32
    tail_to_spot: Int32
    head_to_spot: Int32
    spot_to_tail: Int32
    spot_to_head: Int32
    forward_at: Int32
    backward_at: Int32
    off: Int32


class Steps(NamedTuple):
    """Segments of every chain: slots of each (chains + 1,), steps with it and against it."""

    first: Int32
    ahead: Int32
    back: Int32


class ByChain(NamedTuple):
    """Places by chain: where each chain starts in `place` (chains + 1,), places (n,)."""

    first: Int32
    place: Int32


def between(customised: Customised, sources: Ends, targets: Ends) -> Int32:
    """Return the metric from every place to every other.

    The sweeps are restricted to what the targets need. Places on one chain also reach each other along it,
    if nothing between them is closed; a place reaches itself over the stretch to its street and back.

    Parameters
    ----------
    sources, targets
        Places on the core of `customised`, with its metric (`yipan.network.streets.ends.ends`).

    Returns
    -------
    Int32
        Shape (sources, targets), in the unit of the metric; `FAR` where there is no way.

    Notes
    -----
    A place on a segment that is closed both ways reaches nothing, not even itself. (One exactly at the end of
    such a segment does, unless further closures on its chain shut it in.)

    Examples
    --------
    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.ends import ends
    >>> from yipan.network.streets.values import Snapped, Streets
    >>> from yipan.network.sweep.customise import customise
    >>> from yipan.network.sweep.hierarchy import build_hierarchy
    >>> ms, flat = np.array([10, 20, 40], dtype=np.int32), np.zeros(4)
    >>> u, v = np.array([[0, 0, 0], [1, 2, 3]], dtype=np.int32)
    >>> star = compress(Streets("walk", flat, flat, u, v, ms, ms, 2 * ms, ms.astype(np.int64)))
    >>> metric = time_metric(star)
    >>> middle = Snapped(flat[:3], flat[:3], np.arange(3, dtype=np.int32), flat[:3] + 0.5, flat[:3], 9.0)
    >>> at = ends(star, metric, middle)
    >>> between(customise(build_hierarchy(star), metric), at, at).tolist()
    [[0, 20, 30], [25, 0, 40], [45, 50, 0]]
    """
    out = np.empty((len(sources), len(targets)), dtype=np.int32)
    _search(customised, sources, targets, into=lambda a, b: out[a:b], done=lambda a, rows: None)
    return out


def within(customised: Customised, sources: Ends, targets: Ends, *, limit: int) -> Legs:
    """Return the ways from every place to all others that are not farther than a limit.

    Parameters
    ----------
    sources, targets
        As of `between`. A place that is in both reaches itself too.
    limit
        In the unit of the metric, included; below `FAR`.

    Returns
    -------
    Legs
        What `between` would hold, only the pairs within the limit; never more than a batch of rows at once.
    """
    parts: dict[int, tuple[Int64, Int32, Int32]] = {}

    def fresh(a: int, b: int) -> Int32:
        return np.empty((b - a, len(targets)), dtype=np.int32)

    def keep(a: int, rows: Int32) -> None:
        i, j = np.nonzero(rows <= limit)
        cost = rows[i, j]
        order = np.lexsort((cost, i))
        parts[a] = np.bincount(i, minlength=len(rows)), j[order].astype(np.int32), cost[order]

    _search(customised, sources, targets, into=fresh, done=keep)
    empty = np.empty(0, dtype=np.int32)
    found = [parts[a] for a in sorted(parts)] or [(empty.astype(np.int64), empty, empty)]
    counts, to, cost = (np.concatenate(column) for column in zip(*found, strict=True))
    return Legs(np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]), to, cost)


def _search(
    customised: Customised,
    sources: Ends,
    targets: Ends,
    *,
    into: Callable[[int, int], Int32],
    done: Callable[[int, Int32], None],
) -> None:
    core = customised.hierarchy.core
    on = targets.chain[targets.chain >= 0]
    up = climb_of(customised)
    slope = restricted(customised, np.concatenate([core.tail[on], core.head[on]]))
    begin, end = sources_of(customised, sources), _targets_of(customised, targets, slope.row)
    here, there, steps = spots_of(sources), spots_of(targets), steps_of(customised)
    found = by_chain(targets, len(core.tail))

    def run(start: int, stop: int) -> None:
        lone, lanes = scratch_of(customised.hierarchy, slope)
        for a in range(start, stop, LANES):
            b = min(a + LANES, stop)
            rows = into(a, b)
            _start(a, begin, up, (slope.row, lone, lanes), b)
            sweep(slope, lanes)
            _finish(lanes, end, rows)
            _along(a, (here, there), found, steps, rows)
            done(a, rows)

    over_blocks(run, len(sources), block=4 * LANES)


def sources_of(customised: Customised, ends: Ends) -> Sources:
    """Return places as sources; −1 and `FAR` where they are on no street."""
    core, rank = customised.hierarchy.core, customised.hierarchy.rank
    tail, head = _on_street(ends, rank[core.tail]), _on_street(ends, rank[core.head])
    return Sources(tail, head, ends.spot_to_tail, ends.spot_to_head)


def _targets_of(customised: Customised, ends: Ends, row: Int32) -> Targets:
    core, rank = customised.hierarchy.core, customised.hierarchy.rank
    tail, head = _on_street(ends, row[rank[core.tail]]), _on_street(ends, row[rank[core.head]])
    return Targets(tail, head, ends.tail_to_spot, ends.head_to_spot)


def _on_street(ends: Ends, of_chain: Int32) -> Int32:
    out, on = np.full(len(ends), -1, dtype=np.int32), ends.chain >= 0
    out[on] = of_chain[ends.chain[on]]
    return out


def spots_of(ends: Ends) -> Spots:
    """Return places as kernels take them."""
    return Spots(*(np.ascontiguousarray(getattr(ends, name), dtype=np.int32) for name in Spots._fields))


def steps_of(customised: Customised) -> Steps:
    """Return the steps along every chain."""
    metric = customised.metric
    return Steps(customised.hierarchy.core.first_segment, metric.step_forward, metric.step_backward)


def by_chain(ends: Ends, chains: int) -> ByChain:
    """Return places by the chain they are on."""
    first = np.zeros(chains + 1, dtype=np.int32)
    on = ends.chain[ends.chain >= 0]
    np.cumsum(np.bincount(on, minlength=chains), out=first[1:])
    order = np.argsort(ends.chain, kind="stable")[len(ends) - len(on) :]
    return ByChain(first, order.astype(np.int32))


@kernel
def _start(start: int, begin: Sources, up: Climb, space: tuple[Int32, Int32, Int32], stop: int) -> None:
    """Fill the lanes with the upward halves of searches from places `start` to `stop` − 1."""
    row, lone, lanes = space
    lanes[:] = FAR
    for i in range(start, stop):
        enter = (begin.tail[i], begin.to_tail[i], begin.head[i], begin.to_head[i])
        climb(enter, up, row, lone, lanes[:, i - start])


@kernel
def _finish(lanes: Int32, end: Targets, out: Int32) -> None:
    """Go on from finished lanes to targets: (lanes, targets)."""
    targets, width = out.shape[1], lanes.shape[1]
    tile = np.empty((_TILE, width), dtype=np.int32)
    for start in range(0, targets, _TILE):
        size = min(_TILE, targets - start)
        for i in range(size):
            p = start + i
            x, y, a, b = end.tail[p], end.head[p], end.from_tail[p], end.from_head[p]
            if x < 0:
                tile[i] = FAR
                continue
            for j in range(width):
                tile[i, j] = min(np.int32(lanes[x, j] + a), np.int32(lanes[y, j] + b), FAR)
        for j in range(len(out)):
            row = out[j]
            for i in range(size):
                row[start + i] = tile[i, j]


@kernel
def _along(start: int, places: tuple[Spots, Spots], found: ByChain, steps: Steps, out: Int32) -> None:
    """Lower pairs on one chain to the way along it."""
    here, there = places
    for i in range(len(out)):
        c = here.chain[start + i]
        if c >= 0:
            for k in range(found.first[c], found.first[c + 1]):
                j = found.place[k]
                out[i, j] = min(out[i, j], along(here, start + i, there, j, steps))


@kernel
def along(here: Spots, i: int, there: Spots, j: int, steps: Steps) -> np.int32:
    """Return the way from place i to place j of the same chain without leaving it; `FAR` if there is none."""
    ahead = there.forward_at[j] - here.forward_at[i]
    back = there.backward_at[j] - here.backward_at[i]
    first, last = steps.first[here.chain[i]], steps.first[here.chain[i] + 1]
    off, best = here.off[i] + there.off[j], FAR
    begin, end = (here.forward_at[i], here.backward_at[i]), (there.forward_at[j], there.backward_at[j])
    if ahead == 0 and back == 0:
        shut = _cut_off(here, i) and _shut(steps.ahead[first:last], steps.back[first:last], begin)
        if _same_spot(here, i, there, j) and not shut:
            best = off
    elif ahead >= 0 and back <= 0:
        reach = here.spot_to_head[i] < FAR or there.tail_to_spot[j] < FAR
        if reach or _open(steps.ahead[first:last], steps.back[first:last], begin, end):
            best = off + ahead
    else:
        reach = here.spot_to_tail[i] < FAR or there.head_to_spot[j] < FAR
        turned = (begin[1], begin[0]), (end[1], end[0])
        if reach or _open(steps.back[first:last][::-1], steps.ahead[first:last][::-1], turned[0], turned[1]):
            best = off + back
    return np.int32(min(best, FAR))


@kernel
def _same_spot(here: Spots, i: int, there: Spots, j: int) -> bool:
    """Tell whether two places at equal distances stand on the same side of every closure."""
    return bool(
        (here.tail_to_spot[i] < FAR) == (there.tail_to_spot[j] < FAR)
        and (here.head_to_spot[i] < FAR) == (there.head_to_spot[j] < FAR)
        and (here.spot_to_tail[i] < FAR) == (there.spot_to_tail[j] < FAR)
        and (here.spot_to_head[i] < FAR) == (there.spot_to_head[j] < FAR)
    )


@kernel
def _cut_off(here: Spots, i: int) -> bool:
    """Tell whether a place neither reaches an end of its chain nor is reached from one."""
    off = min(here.tail_to_spot[i], here.head_to_spot[i], here.spot_to_tail[i], here.spot_to_head[i])
    return bool(off >= FAR)


@kernel
def _shut(ahead: Int32, back: Int32, spot: tuple[np.int32, np.int32]) -> bool:
    """Tell whether a spot is inside, or at an end of, a step that is closed both ways."""
    total, rest = 0, 0
    for k in range(len(back)):
        rest += back[k] if back[k] < FAR else 0
    for k in range(len(ahead)):
        if ahead[k] >= FAR and back[k] >= FAR and total == spot[0] and rest == spot[1]:
            return True
        total += ahead[k] if ahead[k] < FAR else 0
        rest -= back[k] if back[k] < FAR else 0
    return False


@kernel
def _open(
    ahead: Int32, back: Int32, begin: tuple[np.int32, np.int32], end: tuple[np.int32, np.int32]
) -> bool:
    """Tell whether no step ahead is closed from one spot to a later one.

    Spots are known by the sums of open steps up to them, both ways. A closed step adds nothing to one of
    them, so that the other tells on which side of it a spot lies.
    """
    total, rest = 0, 0
    for k in range(len(back)):
        rest += back[k] if back[k] < FAR else 0
    for k in range(len(ahead)):
        after = rest - (back[k] if back[k] < FAR else 0)
        if ahead[k] < FAR:
            total += ahead[k]
        else:
            past = begin[0] > total or (begin[0] == total and begin[1] <= after < rest)
            short = end[0] < total or (end[0] == total and end[1] >= rest > after)
            if not past and not short:
                return False
        rest = after
    return True
