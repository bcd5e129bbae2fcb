r"""What lines and links make of the ways over their hubs: closure over the hubs, then cells.

Let :math:`W_{ij}` be the time from waiting at hub i to alighting at hub j by one ride (or one link), and
:math:`N_{ij}` the time of the board from hub to hub, with what a change costs. Any number of rides, in
any order, with anything of the board between them, take

.. math:: M = W \otimes (N \otimes W)^{*}, \qquad
          T'_{od} = \min\bigl(T_{od},\ \min_{ij} T_{oi} + M_{ij} + T_{jd}\bigr)

(:math:`\otimes` adds along a path and takes the least, :math:`*` closes). So several projects compose,
and the result does not depend on their order.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from yipan.network.minplus import FAR, Seconds, closure, product, still, top_of
from yipan.network.services import Service
from yipan.network.whatif.values import Change, Hubs, Link


def line(hubs: Iterable[int], rides: Iterable[int], *, wait: int, dwell: int = 0) -> Service:
    """Return a line over hubs as it runs, both ways; one whose last hub is its first goes round.

    Parameters
    ----------
    hubs
        Positions of its stops in `Hubs`, in order (L ≥ 2).
    rides
        Units of the board between successive stops (L − 1).
    wait, dwell
        Units waited at boarding; units stood at every stop passed through.

    Raises
    ------
    ValueError
        When the numbers do not match, or one is negative.
    """
    stops, times = np.fromiter(hubs, dtype=np.int64), np.fromiter(rides, dtype=np.int64)
    if len(stops) < 2 or len(times) != len(stops) - 1 or min(wait, dwell, int(times.min())) < 0:
        raise ValueError("a line has two stops or more, a ride between each two, and no negative time")
    return Service("", stops, times, wait, dwell)


def rides(count: int, services: Iterable[Service | Link]) -> Seconds:
    """Return the times by one ride or link between `count` hubs, int32, `FAR` where there is none.

    Raises
    ------
    ValueError
        When a service stops at a hub there is none of, or a link takes negative time.

    Examples
    --------
    >>> r = rides(3, [line([0, 1, 2], [5, 6], wait=2, dwell=1), Link(2, 0, 4, both=False)])
    >>> r[0].tolist(), r[2].tolist()
    ([536870912, 7, 14], [4, 8, 536870912])
    """
    out = np.full((count, count), FAR, dtype=np.int32)
    itself = {i: i for i in range(count)}
    for service in services:
        ends = [service.start, service.end] if isinstance(service, Link) else service.stations.tolist()
        if min(ends) < 0 or max(ends) >= count or (isinstance(service, Link) and service.time < 0):
            raise ValueError("services stop at hubs there are, and take no negative time")
        if isinstance(service, Link):
            a, b = service.start, service.end
            out[a, b] = min(int(out[a, b]), service.time)
            if service.both:
                out[b, a] = min(int(out[b, a]), service.time)
        else:
            service.board_to_alight(itself, out)
    return out


def change(hubs: Hubs, services: Iterable[Service | Link], *, transfer: int = 0) -> Change:
    """Return what services over hubs change; lowering boards by it is exact (formula above).

    Parameters
    ----------
    services
        Lines (`line`) and links, in units of the board; of a changed service: as it runs from now on.
    transfer
        Units paid for changing from one ride to another, also where one alights.
    """
    direct = rides(len(hubs.between), services)
    between = np.minimum(hubs.between + np.int32(transfer), FAR).astype(np.int32)
    best = product(direct, closure(product(between, direct)))
    top = top_of(hubs.to)
    used = np.flatnonzero((best < FAR).any(axis=0))
    onto = np.minimum(best[:, used], int(top)).astype(hubs.to.dtype)
    return Change(
        near=still(hubs.to[:, used]), left=still(product(hubs.to, onto)), right=still(hubs.out[used])
    )
