"""From place to place along one chain, without passing its ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from yipan.network.jit import kernel
from yipan.network.minplus import FAR
from yipan.network.streets.values import Ends, Int32
from yipan.network.sweep.customise import Customised


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
