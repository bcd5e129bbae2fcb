"""Siting on a region: existing places stay, cells are candidates, times are the region's own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.network.access import within as reached_within
from yipan.network.decay import Decay
from yipan.network.values import UNREACHED, Mode
from yipan.plan.siting.asked import Asked, Method, unfit, wrong_call
from yipan.plan.siting.board import Board, board_of
from yipan.plan.siting.capacity import Served, capacitated
from yipan.plan.siting.center import p_center
from yipan.plan.siting.checks import refuse
from yipan.plan.siting.cover import max_cover
from yipan.plan.siting.equity import Equal, equitable
from yipan.plan.siting.equity_model import Aim
from yipan.plan.siting.median import NODES, p_median
from yipan.plan.siting.set_cover import set_cover
from yipan.plan.siting.values import Siting
from yipan.region.value import Region
from yipan.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CATCHMENT = 60.0
"""Minutes of the catchments of ``equity`` where none are given: those of the beds indicator Y-LIV-03."""
MODEL_NODES = 2_000
"""Nodes of branch and bound a model is given: most of Chongqing's are proved at the first; all of these take
minutes where a problem is hard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sited:
    """Where new places go in a region, and what is known about it.

    Parameters
    ----------
    asked, board
        The problem: see `site_facilities` and `yipan.plan.siting.board.board_of`.
    siting
        The answer over the sites of the board (existing first), with its bound.
    scale
        What `siting.value` and `siting.bound` are multiplied by to be in `unit`.
    unit
        Of the value as it is told.
    left_out
        Residents beyond the reach of every site, who play no part.
    served, equal
        Who is served where (``capacity``); what is added where, and access (``equity``).
    """

    asked: Asked
    board: Board
    siting: Siting
    scale: float
    unit: Text
    left_out: float
    served: Served | None = None
    equal: Equal | None = None

    @property
    def value(self) -> float:
        """The objective in `unit`."""
        return self.siting.value * self.scale

    @property
    def bound(self) -> float:
        """What no choice can do better than, in `unit`."""
        return self.siting.bound * self.scale

    @property
    def new(self) -> Ints:
        """Positions of the cells where a place is put, increasing by column of the board."""
        return self.board.candidates[self.new_columns - len(self.board.existing)]

    @property
    def new_columns(self) -> Ints:
        """Columns of the board of those cells."""
        return self.siting.chosen[self.siting.chosen >= len(self.board.existing)]

    @property
    def open(self) -> Ints:
        """Columns of all places once the new ones are there."""
        return np.concatenate([np.arange(len(self.board.existing)), self.new_columns])


def site_facilities(
    region: Region,
    *,
    kind: str,
    method: Method,
    count: int | None = None,
    within: float | None = None,
    mode: Mode = "any",
    zones: Sequence[str] = (),
    least_people: float = 0.0,
    capacity: float | None = None,
    per_thousand: float | None = None,
    unserved: float | None = None,
    total: float | None = None,
    enlarge: bool = False,
    aim: Aim = "worst_tenth",
    decay: Decay | None = None,
    nodes: int | None = None,
) -> Sited:
    """Say where new places of a kind serve the region best, with those that are there kept.

    Parameters
    ----------
    kind
        Of place (``hospital``); ``a|b`` and ``power_*`` count several kinds as one.
    method
        ``median``: least mean time of residents to the nearest. ``center``: least time of the furthest
        resident. ``cover``: most residents within `within` minutes. ``set-cover``: fewest new places that
        leave no resident outside `within` minutes. ``capacity``: least mean time with nobody over capacity.
        ``equity``: fairest supply per head by floating catchments (`aim`).
    count
        New places, besides those there; not for ``set-cover``.
    within
        Minutes: the limit of ``cover`` and ``set-cover``, the longest trip of ``capacity`` (none: any), the
        catchment of ``equity`` (none: `CATCHMENT`).
    mode
        ``drive``, ``transit`` or ``any``.
    zones
        Zones or clusters where new places may be; none: everywhere.
    least_people
        Fewest residents of a cell where one may be.
    capacity
        Of each new place (for ``equity`` with `total`: the most of each), in the unit of the kind.
    per_thousand
        Capacity that 1,000 residents need (``capacity``).
    unserved
        Minutes that a resident left unserved counts as (``capacity``); None: all must be served.
    total
        Capacity to be shared out in any amounts (``equity``).
    enlarge
        Whether existing places may be given capacity too (``equity``).
    aim, decay
        Of ``equity``: see `yipan.plan.siting.equity`.
    nodes
        Most nodes of branch and bound; None: `MODEL_NODES`, or what ``median`` and ``center`` have of their
        own. Where they do not suffice for a proof, the bound says what is left open.

    Raises
    ------
    PlanError
        With everything that is missing or cannot be.

    Examples
    --------
    >>> from yipan.region import example
    >>> region = example("tiny")
    >>> s = site_facilities(region, kind="hospital", method="cover", count=1, within=30, mode="drive")
    >>> s.new.tolist(), round(s.value, 1), s.unit.en, s.siting.proved
    ([4], 97.7, '% of residents within 30 min', True)
    """
    asked = Asked(
        kind=kind,
        method=method,
        mode=mode,
        count=count,
        within=within,
        capacity=capacity,
        per_thousand=per_thousand,
        unserved=unserved,
        total=total,
        enlarge=enlarge,
        aim=aim,
        decay=decay,
        nodes=nodes,
    )
    refuse(wrong_call(asked))
    board = board_of(region, kind, mode=mode, within=zones, least_people=least_people)
    refuse(unfit(asked, board))
    return _SOLVE[method](asked, board)


def _median(asked: Asked, board: Board) -> Sited:
    rows, left_out = _reachable(board)
    seconds, people = _seconds(board.seconds[rows]), board.people[rows]  # whole numbers: proved exactly
    p, held = _count(asked, board), tuple(board.held)
    found = p_median(seconds, p, weights=people, fixed=held, nodes=_nodes(asked))
    return Sited(
        asked=asked,
        board=board,
        siting=_spread(found, rows, len(board.people)),
        scale=1.0 / 60.0 / max(float(people.sum()), 1.0),
        unit=Text("分钟,到最近设施的人均时间", "min to the nearest place, mean of residents"),
        left_out=left_out,
    )


def _center(asked: Asked, board: Board) -> Sited:
    rows, left_out = _reachable(board)
    found = p_center(
        _seconds(board.seconds[rows]), _count(asked, board), fixed=tuple(board.held), nodes=_nodes(asked)
    )
    return Sited(
        asked=asked,
        board=board,
        siting=_spread(found, rows, len(board.people)),
        scale=1.0 / 60.0,
        unit=Text("分钟,最远居民到最近设施", "min to the nearest place, furthest resident"),
        left_out=left_out,
    )


def _cover(asked: Asked, board: Board) -> Sited:
    limit = _limit(asked)
    found = max_cover(
        reached_within(board.seconds, limit),
        _count(asked, board),
        weights=board.people,
        fixed=tuple(board.held),
        nodes=_nodes(asked),
    )
    return Sited(
        asked=asked,
        board=board,
        siting=found,
        scale=100.0 / max(float(board.people.sum()), 1.0),
        unit=Text(f"% 的居民在 {limit:g} 分钟以内", f"% of residents within {limit:g} min"),
        left_out=0.0,
    )


def _set_cover(asked: Asked, board: Board) -> Sited:
    limit = _limit(asked)
    covers = reached_within(board.seconds, limit)
    there = board.people > 0
    rows = np.flatnonzero(there & covers.any(axis=1))
    found = set_cover(covers[rows], fixed=tuple(board.held), nodes=_nodes(asked))
    return Sited(
        asked=asked,
        board=board,
        siting=_spread(found, rows, len(board.people)),
        scale=1.0,
        unit=Text(f"处新设施可使人人在 {limit:g} 分钟以内", f"new places leave nobody beyond {limit:g} min"),
        left_out=float(board.people[there & ~covers.any(axis=1)].sum()),
    )


def _capacity(asked: Asked, board: Board) -> Sited:
    costs = _seconds(board.seconds) / 60.0
    if asked.within is not None:
        costs[~reached_within(board.seconds, asked.within)] = np.inf
    need = board.people * float(asked.per_thousand or 0.0) / 1000.0
    new = np.full(len(board.candidates), float(asked.capacity or 0.0))
    found = capacitated(
        costs,
        _count(asked, board),
        capacity=np.concatenate([board.capacity, new]),
        weights=need,
        fixed=tuple(board.held),
        unserved=asked.unserved,
        unit=board.unit,
        nodes=_nodes(asked),
    )
    return Sited(
        asked=asked,
        board=board,
        siting=found.siting,
        scale=1.0 / max(float(need.sum()), 1e-12),
        unit=Text(
            "分钟,到服务其的设施的人均时间" + ("" if asked.unserved is None else "(未服务者按代价计)"),
            "min to the place that serves, mean of residents"
            + ("" if asked.unserved is None else " (those unserved at their price)"),
        ),
        left_out=0.0,
        served=found,
    )


def _equity(asked: Asked, board: Board) -> Sited:
    each = float(asked.capacity if asked.capacity is not None else asked.total or 0.0)
    present = np.concatenate([board.capacity, np.zeros(len(board.candidates))])
    add = np.full(len(present), each)
    if not asked.enlarge:
        add[list(board.held)] = 0.0
    found = equitable(
        board.seconds,
        board.people,
        supply=present,
        add=add,
        p=asked.count,
        total=asked.total,
        limit=catchment(asked),
        decay=asked.decay,
        aim=asked.aim,
        nodes=_nodes(asked),
    )
    what = _AIMS[asked.aim]
    square = asked.aim == "variance"
    return Sited(
        asked=asked,
        board=board,
        siting=found.siting,
        scale=1e6 if square else 1e3,
        unit=Text(
            f"{board.unit or '容量'}/千人{'的平方' if square else ''},{what.zh}",
            f"{board.unit or 'capacity'} per 1,000 residents{' squared' if square else ''}, {what.en}",
        ),
        left_out=found.left_out,
        equal=found,
    )


def catchment(asked: Asked) -> float | None:
    """Return the limit of the catchments of ``equity``, None where the decay alone ends them."""
    return CATCHMENT if asked.within is None and asked.decay is None else asked.within


_SOLVE = {
    "median": _median,
    "center": _center,
    "cover": _cover,
    "set-cover": _set_cover,
    "capacity": _capacity,
    "equity": _equity,
}
_AIMS: dict[Aim, Text] = {
    "least": Text("最低者", "of the worst off"),
    "worst_tenth": Text("最低十分之一居民的均值", "mean of the worst-off tenth"),
    "deviation": Text("平均绝对离差", "mean absolute deviation"),
    "variance": Text("方差", "variance"),
}


def _nodes(asked: Asked) -> int:
    if asked.nodes is not None:
        return asked.nodes
    return NODES if asked.method in ("median", "center") else MODEL_NODES


def _seconds(seconds: NDArray[np.int32]) -> Floats:
    """Return seconds as numbers, infinite where there is no way."""
    out = seconds.astype(np.float64)
    out[seconds == UNREACHED] = np.inf
    return out


def _count(asked: Asked, board: Board) -> int:
    return len(board.existing) + int(asked.count or 0)


def _limit(asked: Asked) -> float:
    return math.nan if asked.within is None else asked.within


def _reachable(board: Board) -> tuple[Ints, float]:
    """Return the cells with residents whom some site reaches, and the residents of the others."""
    reached = (board.seconds != UNREACHED).any(axis=1)
    there = board.people > 0
    return np.flatnonzero(there & reached), float(board.people[there & ~reached].sum())


def _spread(found: Siting, rows: Ints, cells: int) -> Siting:
    """Return a siting of some cells as one of all: −1 where a cell played no part."""
    assigned = np.full(cells, -1, dtype=np.int64)
    assigned[rows] = found.assigned
    assigned.flags.writeable = False
    return Siting(
        chosen=found.chosen,
        assigned=assigned,
        value=found.value,
        bound=found.bound,
        proved=found.proved,
        method=found.method,
        work=found.work,
    )
