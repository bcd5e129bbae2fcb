"""Walks in whole seconds, as Conveyal R5 counts them: rounded up from vertex to vertex of its streets.

R5's streets have a vertex at every end of a way, at every node that two ways share (or one twice; buildings
do not count), and where a stop is tied to a street (not within 5 m of another vertex); the time along each
edge, and from a street to a stop, is rounded up to a second. At the origin, and at a destination reached on
foot alone, times are cut to a second instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium

from yipan.network.minplus import FAR
from yipan.network.streets.values import Core, Ends, Snapped, Streets

APART_MS = 5_000  # 5 m at 1 m/s


def vertices(path: Path, streets: Streets) -> np.ndarray:
    """Return whether each point of the streets is a vertex of R5's."""
    count: Counter[int] = Counter()
    where: dict[int, tuple[int, int]] = {}
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            where[thing.id] = thing.location.x, thing.location.y
        elif thing.is_way() and "building" not in thing.tags:
            refs = [n.ref for n in thing.nodes]
            count.update(refs)
            count.update((refs[0], refs[-1]) if refs else ())
    shared = {where[n] for n, c in count.items() if c > 1 and n in where}
    x, y = (np.rint(a * 1e7).astype(np.int64).tolist() for a in (streets.lon, streets.lat))
    return np.array([at in shared for at in zip(x, y, strict=True)])


def rounded_up(core: Core, is_vertex: np.ndarray, stops: Snapped) -> Streets:
    """Return streets, as fast either way, whose time from vertex to vertex is a whole second.

    The fraction goes to the segment at whose end, or on which, the vertex is.
    """
    s = core.streets
    ms = np.minimum(s.forward, s.backward)[core.segment].astype(np.int64)
    begins = np.cumsum(ms) - ms
    slot_of = np.empty(len(s.u), dtype=np.int64)
    slot_of[core.segment] = np.arange(len(core.segment))
    end = np.where(core.flipped, s.u[core.segment], s.v[core.segment])
    fixed = is_vertex[end]
    fixed[core.first_segment[1:] - 1] = True
    on = np.flatnonzero(stops.segment >= 0)
    slot = slot_of[stops.segment[on]]
    share = np.where(core.flipped[slot], 1.0 - stops.share[on], stops.share[on])
    at = np.concatenate([(begins + ms)[fixed], begins[slot] + np.rint(share * ms[slot]).astype(np.int64)])
    owner = np.concatenate([np.flatnonzero(fixed), slot])
    order = np.lexsort((owner, at))
    at, owner, kept = at[order], owner[order], _apart(at[order], order < fixed.sum())
    at, owner = at[kept], owner[kept]
    extra = np.bincount(owner, weights=-np.diff(at, prepend=0) % 1000, minlength=len(ms)).astype(np.int32)
    added = np.zeros(len(s.u), dtype=np.int32)
    added[core.segment] = extra
    ahead, back = (np.where(way < FAR, way + added, FAR) for way in (s.forward, s.backward))
    return replace(s, forward=ahead, backward=back)


def _apart(at: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Return the vertices there are: junctions, and stops at least 5 m from those and other stops."""
    keep, last = fixed.copy(), 0
    after = np.append(at[fixed], np.iinfo(np.int64).max)[np.cumsum(fixed) - fixed]
    for i in range(len(at)):
        keep[i] |= at[i] - last >= APART_MS and after[i] - at[i] >= APART_MS
        last = at[i] if keep[i] else last
    return keep


def whole(at: Ends, *, up: bool) -> Ends:
    """Return places whose stretches to the ends of their chains are whole seconds."""

    def second(ms: np.ndarray) -> np.ndarray:
        return np.where(ms >= FAR, ms, (ms + 999 if up else ms) // 1000 * 1000).astype(np.int32)

    names = ("tail_to_spot", "head_to_spot", "spot_to_tail", "spot_to_head", "off")
    return replace(at, **{n: second(getattr(at, n)) for n in names})
