"""Streets as values: raw segments as mapped, the compressed core that searches run on, places on streets.

Times are int32 **milliseconds**, lengths int32 **millimetres**; `FAR` (`yipan.network.minplus`) stands for
"closed" or "no way". Two of them add up without overflow. Coordinates are degrees, WGS-84.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

StreetMode = Literal["walk", "cycle", "drive"]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Streets:
    """The streets of one mode: points joined by straight segments, its largest component only.

    Parameters
    ----------
    lon, lat
        Points, shape (points,): junctions, ends and the points where a street bends.
    u, v
        Points at both ends of every segment, shape (segments,).
    length
        mm, at least 1.
    forward, backward
        ms from u to v and from v to u; `FAR` where that direction is not allowed. At least 1.
    way
        Id of the OpenStreetMap way each segment belongs to (0 where there is none).
    """

    mode: StreetMode
    lon: Floats
    lat: Floats
    u: Int32
    v: Int32
    length: Int32
    forward: Int32
    backward: Int32
    way: Int64

    def __len__(self) -> int:
        return len(self.lon)

    @cached_property
    def digest(self) -> str:
        """Content id: equal exactly when mode and every array are equal."""
        h = hashlib.sha256(self.mode.encode())
        for a in (self.lon, self.lat, self.u, self.v, self.length, self.forward, self.backward, self.way):
            h.update(np.ascontiguousarray(a).tobytes() + b"/")
        return h.hexdigest()[:16]


@dataclass(frozen=True)
class Core:
    """Streets without the points that only bend: **nodes** joined by **chains** of segments.

    Nodes are the points whose number of segments is not two (and one point of every ring). A chain runs
    from its ``tail`` to its ``head`` (the same node for a loop); its interior points fill the
    slots ``first[c]`` to ``first[c + 1] − 1`` in order from the tail, its segments the slots
    ``first_segment[c]`` to ``first_segment[c + 1] − 1``.

    Parameters
    ----------
    node_point
        Point of each node, shape (nodes,).
    tail, head
        Nodes, shape (chains,).
    first, inner
        Slots of interior points (chains + 1,), and the point in each slot (slots,).
    first_segment, segment, flipped
        Slots of segments (chains + 1,); the segment in each slot, and whether the chain runs against it
        (from its v to its u).
    point_node
        Node of each point, −1 for an interior point (points,).
    point_slot
        Slot of each interior point, −1 for a node (points,).
    slot_chain
        Chain of each slot of an interior point (slots,).
    """

    streets: Streets
    node_point: Int32
    tail: Int32
    head: Int32
    first: Int32
    inner: Int32
    first_segment: Int32
    segment: Int32
    flipped: NDArray[np.bool_]
    point_node: Int32
    point_slot: Int32
    slot_chain: Int32


@dataclass(frozen=True)
class Metric:
    """What is minimised along the chains of a `Core`: ms of travel, or mm of length.

    Parameters
    ----------
    forward, backward
        From tail to head and back, shape (chains,); `FAR` where a segment on the way is closed.
    from_tail, from_head
        From either end to the interior point of a slot along the chain, shape (slots,).
    to_tail, to_head
        From the interior point of a slot to either end, shape (slots,).
    """

    unit: Literal["ms", "mm"]
    forward: Int32
    backward: Int32
    from_tail: Int32
    from_head: Int32
    to_tail: Int32
    to_head: Int32


@dataclass(frozen=True)
class Snapped:
    """Places put on streets: the nearest spot of a segment, not only of a junction.

    Parameters
    ----------
    segment
        Segment each place is put on, −1 where none is near enough (n,).
    share
        Where on it: 0 at its u, 1 at its v (n,).
    off
        Straight metres between the place and that spot (n,); how far the nearest street is where none is
        near enough.
    limit
        Metres beyond which a place is not put on a street.
    """

    lon: Floats
    lat: Floats
    segment: Int32
    share: Floats
    off: Floats
    limit: float

    def __len__(self) -> int:
        return len(self.lon)

    @property
    def missed(self) -> Int64:
        """Positions of the places that are on no street."""
        return np.flatnonzero(self.segment < 0)


@dataclass(frozen=True)
class Ends:
    """Places on a core, as its searches see them: which chain, and how far to and from its ends.

    The stretch between a place and the street is in every number.

    Parameters
    ----------
    chain
        Chain of each place, −1 where it is on none (n,).
    tail_to_spot
        Metric along the chain from its tail to the spot and on to the place; `FAR` where closed (n,).
    head_to_spot, spot_to_tail, spot_to_head
        The same from its head, and from the place to either end (n,).
    forward_at, backward_at
        Metric from the chain's tail to the spot and from the head to the spot *without* the stretch off the
        street, as if nothing on the chain were closed: two places on one chain reach each other
        along it for the difference, when the segments between them are open.
    off
        Metric of the stretch between the place and its street (n,).
    """

    chain: Int32
    tail_to_spot: Int32
    head_to_spot: Int32
    spot_to_tail: Int32
    spot_to_head: Int32
    forward_at: Int32
    backward_at: Int32
    off: Int32

    def __len__(self) -> int:
        return len(self.chain)


@dataclass(frozen=True)
class Legs:
    """Ways from each of n places to some of m others, grouped by the first: ``first[i]`` to ``first[i+1]``.

    Parameters
    ----------
    first
        Shape (n + 1,), int64.
    to
        The place reached (legs,).
    cost
        int32, in the unit of whoever made them (legs,); ordered by cost within a group.
    """

    first: Int64
    to: Int32
    cost: Int32

    def __len__(self) -> int:
        return len(self.first) - 1
