"""What two networks have in common: every service and road of both, as the slower of them runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np

from yipan.network.layout import Network, Roads
from yipan.network.services import Ints, Service, Stations


def shared(old: Network, new: Network) -> tuple[Network, Network] | None:
    """Return what both networks run, in the stations of `old` and in those of `new`; None if cells differ.

    Of a line whose stops changed it keeps the longest stretch of stops in both; so a line extended or
    cut at its ends loses nothing but the end. A station that moved is another one.
    """
    if old.costs != new.costs or new.cells is not old.cells:
        return None
    at = _places(old.stations, new.stations)
    before: dict[str, Service] = {}
    after: dict[str, Service] = {}
    for name, now in new.services.items():
        was = old.services.get(name)
        kept = None if was is None else _stretch(was, now, at)
        if kept is not None:
            before[name], after[name] = kept
    roads = _slower(old.roads, new.roads, width=len(new.cells))
    return replace(old, services=before, roads=roads), replace(new, services=after, roads=roads)


def _places(old: Stations, new: Stations) -> Ints:
    """Return where stations of `new` are in `old`: same id, same point; −1 for those that are not."""
    place = {s: i for i, s in enumerate(old.ids)}
    at = np.array([place.get(s, -1) for s in new.ids], dtype=np.int64)
    there = np.flatnonzero(at >= 0)
    moved = (old.lon[at[there]] != new.lon[there]) | (old.lat[at[there]] != new.lat[there])
    at[there[moved]] = -1
    return at


def _stretch(was: Service, now: Service, at: Ints) -> tuple[Service, Service] | None:
    """Return the longest stretch of a line that both run, at the slower times, in old and new stations."""
    if was.loop or now.loop:
        i = j = 0
        size = len(now.stations) if np.array_equal(was.stations, at[now.stations]) else 0
    else:
        i, j, size = _longest(was.stations.tolist(), at[now.stations].tolist())
        while size > 2 and was.stations[i] == was.stations[i + size - 1]:
            size -= 1  # a stretch that ends where it begins would go round, which neither line does
    if size < 2:
        return None
    kept = Service(
        id=now.id,
        stations=was.stations[i : i + size],
        rides=np.maximum(was.rides[i : i + size - 1], now.rides[j : j + size - 1]),
        wait=max(was.wait, now.wait),
        dwell=max(was.dwell, now.dwell),
    )
    return kept, replace(kept, stations=now.stations[j : j + size])


def _longest(a: Sequence[int], b: Sequence[int]) -> tuple[int, int, int]:
    found = SequenceMatcher(None, a, b, autojunk=False).find_longest_match(0, len(a), 0, len(b))
    return found.a, found.b, found.size


def _slower(old: Roads, new: Roads, *, width: int) -> Roads:
    """Return the links in both, each as slow as the slower."""
    if old.digest == new.digest:
        return old
    key = old.u * max(width, 1) + old.v, new.u * max(width, 1) + new.v
    _, i, j = np.intersect1d(*key, assume_unique=True, return_indices=True)
    return Roads(
        digest=f"{old.digest}&{new.digest}",
        u=old.u[i],
        v=old.v[i],
        car=np.maximum(old.car[i], new.car[j]),
        coach=np.maximum(old.coach[i], new.coach[j]),
    )
