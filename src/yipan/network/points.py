r"""Times from cells to points: facilities, which lie off the cells' own points.

A point is attached to its three nearest cells. From such a cell the last stretch of straight length
:math:`\ell` is driven locally (``ℓ · walk_detour / local_speed``) or, without a car, walked (within
``walk_limit``) or ridden by a local coach, exactly as stations are reached (`yipan.network.times`):

.. math:: t(i, p) = \min\Bigl(\min_{c \in N_3(p),\, c \ne i} T(i, c) + \ell(c, p),\ o(i, p)\Bigr)

with :math:`o(i, p)` the direct local trip, for a cell i among the three: by car ``terminal_time`` and local
driving. For ``any`` the least is taken over arriving by car and without one.

In a region with streets points are put on the streets themselves (`yipan.network.door.state`).
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.costs import network_digest
from yipan.network.door.board import forget_boards
from yipan.network.door.ground import forget_grounds
from yipan.network.door.settings import window_of
from yipan.network.door.state import StreetState
from yipan.network.lowered import Lowered
from yipan.network.memo import Memo
from yipan.network.minplus import FAR, Seconds
from yipan.network.state import State
from yipan.network.times import forget_times, state_of
from yipan.network.values import UNREACHED, Mode, Window
from yipan.region.value import Region

ATTACHED = 3
"""Nearest cells a point is attached to."""


@dataclass(frozen=True)
class _Held:
    seconds: Seconds

    @property
    def nbytes(self) -> int:
        return self.seconds.nbytes


_MEMO: Memo[_Held] = Memo(share=0.2, grows=False)


def times_to_points(
    region: Region,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    mode: Mode = "any",
    *,
    percentile: int = 50,
    window: Window | None = None,
) -> Seconds:
    """Return exact times from every cell to points (what they count: see `yipan.network.points`).

    Parameters
    ----------
    lon, lat
        Degrees (WGS-84), shape (points,).
    mode, percentile, window
        As in `travel_times`.

    Returns
    -------
    array of int32
        Seconds, shape (cells, points), read-only; `UNREACHED` where there is no way.

    Examples
    --------
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> at = times_to_points(region, np.array([106.05]), np.array([29.10]), "drive")
    >>> (at[:2, 0] / 60).tolist()  # at A1: the ends of the drive; from A2 11 km more
    [4.0, 20.5]
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    window = window_of(region, window)
    where = hashlib.sha256(lon.tobytes() + b"/" + lat.tobytes()).hexdigest()
    key = (network_digest(region), percentile, *astuple(window), mode, where)
    return _MEMO.make(
        key, lambda: _Held(_seconds(state_of(region, percentile=percentile, window=window), lon, lat, mode))
    ).seconds


def _seconds(
    state: State | StreetState, lon: NDArray[np.float64], lat: NDArray[np.float64], mode: Mode
) -> Seconds:
    out = (
        state.to_points((lon, lat), mode) if isinstance(state, StreetState) else _times(state, lon, lat, mode)
    )
    out.flags.writeable = False
    return out


def _times(state: State, lon: NDArray[np.float64], lat: NDArray[np.float64], mode: Mode) -> Seconds:
    cells, costs = state.network.cells, state.network.costs
    at, km = cells.points.nearest(lon, lat, k=ATTACHED)
    out = np.full((len(cells), len(lon)), FAR, dtype=np.int32)
    if mode in ("drive", "any"):
        local = costs.by_local_car(km)
        _lower_by(out, state.view("car"), at, local, direct=local + costs.terminal)
    if mode in ("transit", "any"):
        local = costs.local_person(km)
        _lower_by(out, state.view("transit" if mode == "transit" else "person"), at, local, direct=local)
    out[out >= FAR] = UNREACHED
    return out


def _lower_by(
    out: Seconds,
    times: Seconds | Lowered,
    at: NDArray[np.intp],
    local: NDArray[np.int64],
    *,
    direct: NDArray[np.int64],
) -> None:
    """Lower `out` to times over each attached cell; from that cell itself only the direct trip counts."""
    point = np.arange(out.shape[1])
    for a in range(at.shape[1]):
        cell = at[:, a]
        reach = np.minimum(times[:, cell], FAR) + local[:, a].astype(np.int32)
        reach[cell, point] = direct[:, a]
        np.minimum(out, reach, out=out)


def forget() -> None:
    """Empty the memos of travel times, of times to points and of prepared streets."""
    forget_times()
    forget_boards()
    forget_grounds()
    _MEMO.clear()
