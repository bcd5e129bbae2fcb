r"""Exact shortest times between cells over roads, coaches and lines.

**Units.** Every edge is a whole number of seconds (halves rounded up), so sums do not depend on their order
and a changed network can be updated exactly (`yipan.network.change`). Straight distances are great-circle
distances :math:`d` between points (km). Names in ``code`` are the region's assumptions.

**Modes.**

``drive``
    Along links, both ways, at length/speed, plus ``terminal_time`` once a trip.
``transit``
    A person without a car: on foot, by coach, by line.

    - *On foot*: ``d · walk_detour / walk_speed`` between cells, and between a cell and a station, at most
      ``walk_limit`` apart. Walks may be chained through cells, not through stations.
    - *Coach*: ``coach_wait`` at each boarding, at a cell, then ``coach_factor`` × driving time along
      links; alighting at any cell costs nothing. A station is also joined to its nearest cell by
      a local coach: ``coach_wait + coach_factor · d · walk_detour / local_speed``.
    - *Line*: boarding costs the wait, percentile/100 × headway of the period (half of it at the median);
      then ``minutes`` from stop to stop where given, else straight distance / speed, plus the dwell
      at every stop passed through; alighting costs nothing. Every line boarded after the first costs
      ``transfer_time`` besides the wait, at the same station or after walking, riding a coach, or walking
      straight to a station within ``transfer_walk``. Lines run both ways; a line whose last station is its
      first goes round.
``any``
    The least of ``drive``, ``transit``, and driving to a station (from its nearest cell on, local distance
    ``d · walk_detour / local_speed``, then ``park_time`` in place of ``terminal_time``) and going on as in
    ``transit``. The car stays where it was parked.

**Within a cell** (the diagonal) a trip covers half the straight distance to the nearest other cell: by car
``terminal_time`` and local driving, as ``transit`` on foot (within ``walk_limit``) or by local coach, as
``any`` the least. It depends on the cells only.

**Graph.** Nodes of a cell: person before any line, aboard a coach before any line, person after a line,
coach after a line, car; of a station: about to board, just alighted; and one node aboard per line,
direction and stop. Times are pure shortest paths:

.. math:: T_{transit}(i, j) = \min\bigl(D(before_i, before_j),\ D(before_i, after_j)\bigr)

.. math:: T_{any}(i, j) = \min\bigl(T_{drive}(i, j),\ T_{transit}(i, j),\ D(car_i, after_j)\bigr)

The triangle inequality holds for ``drive``, and for ``transit`` up to one ``transfer_time`` (two trips
joined board one line more after the first); not for ``any``, whose second trip
could not use the car left behind.

**Streets.** A region with ``streets.osm.pbf`` is measured along its streets and by the timetable of its feeds
and lines instead (`yipan.network.door`): ``drive`` along streets and links; ``transit`` the percentile over
the window's departures, walking at most ``walk_limit`` along streets to and from stops and ``transfer_walk``
between them, at most ``max_rides`` rides, or on foot all the way; ``any`` the lesser of both. A new line
then lowers the times as `yipan.network.door.hubs` says.

**Computation.** Dijkstra's algorithm from cells without lines, and from stations with them, joined by one
min-plus product :math:`T = \min(F, A \otimes Y)`: F cells to cells without lines, A cells to stations,
Y stations to cells. Memoised by the content of what times depend on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import cast

import numpy as np

from yipan.errors import OptionError
from yipan.network.change import carry
from yipan.network.costs import costs_of, network_digest
from yipan.network.door.settings import window_of
from yipan.network.door.state import StreetState, carry_streets, street_state
from yipan.network.layout import read_network
from yipan.network.lowered import Lowered
from yipan.network.memo import Memo
from yipan.network.minplus import Seconds
from yipan.network.state import State
from yipan.network.values import UNREACHED, Mode, TravelTimes, Window
from yipan.region.value import Region
from yipan.text import Text

_ROWS = 256  # compared at once
_MODES: tuple[Mode, ...] = ("drive", "transit", "any")
_MEMO: Memo[State | StreetState] = Memo(share=0.8)


def travel_times(
    region: Region, mode: Mode = "any", *, percentile: int = 50, window: Window | None = None
) -> TravelTimes:
    """Return exact shortest times between all cells (what they count: see `yipan.network.times`).

    Parameters
    ----------
    mode
        ``drive``, ``transit`` or ``any``.
    percentile
        Of the departures in the window, 1–99: the wait for a line is percentile/100 of its headway.
    window
        Departures; in simplified lines only its period (``peak`` or ``offpeak``) matters. By default
        those of ``[departures]`` in ``region.toml``, else the morning peak of a working day.

    Returns
    -------
    TravelTimes
        Whole seconds, int32, cells × cells in the order of the cells table, read-only.

    Raises
    ------
    RegionError
        When links or stops name cells or lines that do not exist, or an assumption is missing.
    OptionError
        When `mode` or `percentile` is none of those above.

    Examples
    --------
    >>> from yipan.region import example
    >>> times = travel_times(example("tiny"), "drive")
    >>> times.between("A1", "B1")  # 22 km at 40 km/h = 33 min, and 4 min at both ends
    37.0
    """
    if mode not in _MODES:
        raise OptionError(
            Text(f"没有方式 {mode!r};可用:{_MODES}", f"there is no mode {mode!r}; there are {_MODES}")
        )
    window = window_of(region, window)
    state = state_of(region, percentile=percentile, window=window)
    method = _STREETS[mode] if isinstance(state, StreetState) else _METHOD[mode]
    return TravelTimes(
        state.ids, state.ids, cast(Seconds, state.mode(mode)), mode, percentile, window, method
    )


def state_of(region: Region, *, percentile: int = 50, window: Window | None = None) -> State | StreetState:
    """Return the memoised times of a region, made (but nothing computed yet) where there are none."""
    window = window_of(region, window)
    streets = bool(region.layers_of("streets"))
    key = (network_digest(region), percentile, *(astuple(window) if streets else (window.period,)))

    def make() -> State | StreetState:
        if streets:
            return street_state(region, percentile=percentile, window=window)
        return State(read_network(region, costs_of(region, percentile=percentile, period=window.period)))

    return _MEMO.make(key, make)


def at_hand(region: Region) -> bool:
    """Return whether times of a region are memoised, so that those of a changed one can be carried over."""
    digest = network_digest(region)
    return any(key[0] == digest for key in _MEMO.held())


def carry_over(old: Region, new: Region) -> bool:
    """Seed the memo for `new` with the exactly updated times of `old`, whatever modes it holds.

    Returns
    -------
    bool
        Whether the times of `new` need no full recomputation. It is false where cells or assumptions
        differ, and where what was closed or slowed concerns so many origins that searching them again pays
        less than starting afresh (`yipan.network.change.carry`); times are then computed when asked for.
        True where nothing is memoised for `old`.
    """
    before, after = network_digest(old), network_digest(new)
    if before == after:
        return True
    exact = True
    for key in _MEMO.held():
        if key[0] != before or _MEMO.get((after, *key[1:])) is not None:
            continue
        state = _MEMO.get(key)
        if state is None or not _held(state):
            continue
        updated = _carried(state, new)
        if updated is None:
            exact = False
        else:
            _MEMO.put((after, *key[1:]), updated)
    return exact


def _carried(state: State | StreetState, new: Region) -> State | StreetState | None:
    if isinstance(state, StreetState):
        return carry_streets(state, new)
    return carry(state, read_network(new, state.network.costs, like=state.network))


def _afresh(state: State | StreetState, region: Region) -> State | StreetState:
    """Return a state of the region that has computed nothing and knows of none before."""
    if isinstance(state, StreetState):
        return StreetState(region, state.costs)
    return State(read_network(region, state.network.costs))


def verify_times(region: Region) -> dict[str, float]:
    """Recompute every memoised matrix of a region in full and compare.

    Returns
    -------
    dict
        ``largest`` and ``mean`` absolute difference in seconds over all pairs and matrices (0 when the
        updates were exact), ``pairs`` and ``matrices`` compared, ``unlike`` pairs reached in one and not
        in the other: an infinite difference. With timetables a new line is an approximation until it is
        computed in full (`yipan.network.door.hubs`): differences are above 0 there, and unlike pairs
        (at the limits of rides and of the longest trip) are counted only.
    """
    digest = network_digest(region)
    largest, total, pairs, matrices, unlike = 0.0, 0.0, 0, 0, 0
    for key in _MEMO.held():
        state = _MEMO.get(key) if key[0] == digest else None
        if state is None:
            continue
        fresh = _afresh(state, region)
        for name, held in _held(state).items():
            one = _difference(held, fresh.get(name), infinite=not isinstance(state, StreetState))
            largest, total, unlike = max(largest, one[0]), total + one[1], unlike + one[2]
            pairs, matrices = pairs + fresh.get(name).size, matrices + 1
    return {
        "largest": largest,
        "mean": total / pairs if pairs else 0.0,
        "pairs": float(pairs),
        "matrices": float(matrices),
        "unlike": float(unlike),
    }


def _held(state: State | StreetState) -> Mapping[str, Seconds | Lowered]:
    """Return the matrices a state has by now, none written out for this."""
    return state.known() if isinstance(state, StreetState) else {n: state.view(n) for n in state.names()}


def _difference(held: Seconds | Lowered, full: Seconds, *, infinite: bool) -> tuple[float, float, int]:
    """Return the largest and the summed difference of two matrices, and the pairs reached in one only."""
    largest, total, unlike = 0.0, 0.0, 0
    for start in range(0, len(full), _ROWS):
        a, b = held[start : start + _ROWS], full[start : start + _ROWS]
        if np.array_equal(a, b):
            continue
        apart = np.abs(a.astype(np.float64) - b)
        one_only = (a == UNREACHED) != (b == UNREACHED)
        apart[one_only] = np.inf if infinite else 0.0
        largest, total = max(largest, float(apart.max(initial=0.0))), total + float(apart.sum())
        unlike += int(one_only.sum())
    return largest, total, unlike


def forget_times() -> None:
    """Empty the memo of travel times."""
    _MEMO.clear()


_METHOD: dict[Mode, Text] = {
    "drive": Text(
        "沿路段最短行驶时间,另加两端时间(每次出行一次)",
        "shortest driving time along links, plus time at both ends once a trip",
    ),
    "transit": Text(
        "步行、客车与线路的最短时间;候车按发车间隔的百分位,第二次起每次换乘另加换乘时间",
        "shortest time on foot, by coach and by line; waits by percentile of the headway, a transfer time at"
        " every line after the first",
    ),
    "any": Text(
        "驾车、步行与客车及线路、驾车接驳线路三者取最短",
        "the least of driving, of walking, coaches and lines, and of driving to a station and on by line",
    ),
}
_STREETS: dict[Mode, Text] = {
    "drive": Text(
        "沿真实街道与路段最短行驶时间,另加两端时间",
        "shortest driving time along streets and links, plus time at both ends",
    ),
    "transit": Text(
        "按时刻表计算门到门时间:取时段内各出发时刻用时的百分位,步行沿街道;全程步行更快时取步行",
        "door to door by timetable: percentile over the departures of the window, walking along streets; on"
        " foot all the way where that is faster",
    ),
    "any": Text("驾车与公共交通取最短", "the lesser of driving and public transport"),
}
