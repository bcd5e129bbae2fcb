"""Places as the searches on a core see them: how far along their chain to either end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.network.minplus import FAR
from yipan.network.streets.compress import Measured
from yipan.network.streets.values import Core, Ends, Floats, Int32, Int64, Snapped

OFF_KMH = 3.6


def ends(core: Core, metric: Measured, snapped: Snapped, *, speed_off_kmh: float = OFF_KMH) -> Ends:
    """Return how far places are from the ends of their chains, and back.

    A segment's weight is split where the place is put (`Snapped.share`), rounded so that both parts add
    up to the whole. One-ways and closures hold: `FAR` where the way along the chain is closed; a place
    exactly at an end of its segment need not enter it from there.

    Parameters
    ----------
    core
        Of the streets the places were put on (or of the same streets with other speeds and closures).
    metric
        Of that core (`time_metric`, `length_metric`); the result is in its unit.
    speed_off_kmh
        Along the straight stretch between the place and its street, where the metric is time. Nothing is
        known about that ground: walking speed, whatever the mode.

    Raises
    ------
    ValueError
        When a place is on a segment that the core does not have, or the speed is not above 0.

    Examples
    --------
    A street of 100 m, 100 s each way; a place at a quarter of it, 10 m beside it:

    >>> from yipan.network.streets.compress import compress, time_metric
    >>> from yipan.network.streets.values import Streets
    >>> one = np.ones(1, dtype=np.int32)
    >>> street = Streets("walk", np.zeros(2), np.zeros(2), one * 0, one, one * 100_000, one * 100_000,
    ...                  one * 100_000, one.astype(np.int64))
    >>> core = compress(street)
    >>> spot = Snapped(np.zeros(1), np.zeros(1), one * 0, np.array([0.25]), np.array([10.0]), 100.0)
    >>> at = ends(core, time_metric(core), spot)
    >>> at.tail_to_spot.tolist(), at.spot_to_head.tolist(), at.forward_at.tolist(), at.off.tolist()
    ([35000], [85000], [25000], [10000])
    """
    if not speed_off_kmh > 0.0:
        raise ValueError(f"speed off the street: {speed_off_kmh} km/h")
    if len(snapped) and int(snapped.segment.max()) >= len(core.segment):
        raise ValueError("the places are on streets that this core does not have")
    on = np.flatnonzero(snapped.segment >= 0)
    off = _off(snapped.off[on], metric.unit, speed_off_kmh)
    slot, chain, before, after = _position(core, snapped.segment[on])
    share, flipped = snapped.share[on], core.flipped[slot]
    with_chain, against = metric.step_forward[slot], metric.step_backward[slot]
    ahead, rest_ahead = _parts(with_chain, share, flipped)
    back, rest_back = _parts(against, share, flipped)
    forward_at, backward_at = _as_if_open(core, metric, slot, chain)
    return Ends(
        chain=_spread(chain, on, len(snapped), missing=-1),
        **{
            name: _spread(values, on, len(snapped), missing=int(FAR))
            for name, values in {
                "tail_to_spot": _at(metric.from_tail, before) + ahead + off,
                "head_to_spot": _at(metric.from_head, after) + rest_back + off,
                "spot_to_tail": _at(metric.to_tail, before) + back + off,
                "spot_to_head": _at(metric.to_head, after) + rest_ahead + off,
                "forward_at": forward_at + np.where(with_chain < FAR, ahead, 0),
                "backward_at": backward_at + np.where(against < FAR, rest_back, 0),
                "off": off,
            }.items()
        },
    )


def _off(metres: Floats, unit: str, kmh: float) -> Int64:
    return np.rint(metres * (3600.0 / kmh if unit == "ms" else 1000.0)).astype(np.int64)


def _position(core: Core, segment: Int32) -> tuple[Int64, Int32, Int64, Int64]:
    """Return slot and chain of segments, and the interior points before and after (slots; −1: an end)."""
    slots, chains = np.empty(len(core.segment), np.int64), len(core.tail)
    slots[core.segment] = np.arange(len(core.segment))
    slot = slots[segment]
    chain = np.repeat(np.arange(chains, dtype=np.int32), np.diff(core.first_segment))[slot]
    after = core.first[chain] + slot - core.first_segment[chain]
    before = np.where(slot > core.first_segment[chain], after - 1, -1)
    return slot, chain, before, np.where(slot < core.first_segment[chain + 1] - 1, after, -1)


def _at(values: Int32, slot: Int64) -> Int64:
    """Return values of slots, 0 at −1."""
    return np.append(values, 0).astype(np.int64)[slot]


def _parts(step: Int32, share: Floats, flipped: NDArray[np.bool_]) -> tuple[Int64, Int64]:
    """Split steps at shares: what lies on the tail's and on the head's side, `FAR` where closed.

    Nothing is as open as can be: a part of length 0 is never closed.
    """
    at_u = np.floor(share * step + 0.5).astype(np.int64)
    at_v, closed, far = step - at_u, step >= FAR, np.int64(FAR)
    at_u = np.where(share == 0.0, 0, np.where(closed, far, at_u))
    at_v = np.where(share == 1.0, 0, np.where(closed, far, at_v))
    return np.where(flipped, at_v, at_u), np.where(flipped, at_u, at_v)


def _as_if_open(core: Core, metric: Measured, slot: Int64, chain: Int32) -> tuple[Int64, Int64]:
    """Return sums of open steps from the tail up to a slot, and from the head down to it."""
    with_chain = np.where(metric.step_forward < FAR, metric.step_forward, 0)
    against = np.where(metric.step_backward < FAR, metric.step_backward, 0)
    ahead = np.concatenate([[0], np.cumsum(with_chain, dtype=np.int64)])
    back = np.concatenate([[0], np.cumsum(against, dtype=np.int64)])
    start, stop = core.first_segment[chain], core.first_segment[chain + 1]
    return ahead[slot] - ahead[start], back[stop] - back[slot + 1]


def _spread(values: Int64 | Int32, on: Int64, n: int, *, missing: int) -> Int32:
    out = np.full(n, missing, dtype=np.int32)
    out[on] = np.minimum(values, FAR)
    return out
