"""Places put on streets: the nearest spot of any segment, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yipan.errors import Problem
from yipan.network.distance import EARTH_RADIUS_KM
from yipan.network.jit import kernel
from yipan.network.streets.values import Floats, Int32, Snapped, Streets
from yipan.text import Text

METRES_PER_DEGREE = float(np.radians(1000.0 * EARTH_RADIUS_KM))
LIMIT_M = 1000.0
_MOST_CELLS = 4_000_000
_NAMED = 20  # places told one by one


def snap(
    streets: Streets,
    lon: Floats,
    lat: Floats,
    *,
    limit_m: float = LIMIT_M,
    among: NDArray[np.bool_] | None = None,
) -> Snapped:
    r"""Put each place on the nearest spot of the nearest segment.

    Parameters
    ----------
    lon, lat
        Places in degrees, shape (n,).
    limit_m
        Metres beyond which a place is put on no street (its `Snapped.segment` is −1).
    among
        Segments that places may be put on (`StreetFile.places`), shape (segments,); None: all of them.

    Returns
    -------
    Snapped
        Equally near segments: the first. A place without coordinates (or none on Earth) is on no street,
        infinitely far.

    Notes
    -----
    Distances are straight lines on the plane that touches the place,
    :math:`x = R \cos\varphi_0\,(\lambda - \lambda_0),\; y = R\,(\varphi - \varphi_0)`: within a
    kilometre they differ from the sphere by centimetres. A grid over the segments only saves looking at far
    ones; the answer is the same as that of looking at all.

    Examples
    --------
    A street along the equator from 0° to 0.01°; a place 111 m north of its middle:

    >>> one, ends = np.ones(1, dtype=np.int32), np.array([0.0, 0.01])
    >>> line = Streets("walk", ends, np.zeros(2), one * 0, one, one, one, one, one.astype(np.int64))
    >>> spot = snap(line, np.array([0.005]), np.array([0.001]))
    >>> spot.segment.tolist(), spot.share.round(6).tolist(), spot.off.round(1).tolist()
    ([0], [0.5], [111.2])
    """
    x, y = _float(lon), _float(lat)
    chosen = np.arange(len(streets.u)) if among is None else np.flatnonzero(among)
    segment, share, off = np.full(len(x), -1, np.int32), np.zeros(len(x)), np.full(len(x), np.inf)
    fine = np.flatnonzero(np.isfinite(x) & (np.abs(y) <= 90.0))
    if len(chosen) and len(fine):
        ends, box, shape = _unrolled(streets, chosen)
        place = np.column_stack([_around(x[fine], box[4]), y[fine]])
        near, part, metres = _nearest(place, ends, box, shape, _bin(ends, box, shape))
        segment[fine] = np.where(metres <= limit_m, chosen[near], -1)
        share[fine], off[fine] = np.where(metres <= limit_m, part, 0.0), metres
    return Snapped(x, y, segment, share, off, float(limit_m))


def _float(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _around(lon: Floats, middle: float) -> Floats:
    """Return longitudes as degrees east of `middle`, −180 to 180: no seam near the streets."""
    return (lon - middle + 180.0) % 360.0 - 180.0


def _unrolled(streets: Streets, chosen: NDArray[np.intp]) -> tuple[Floats, Floats, tuple[int, int]]:
    """Return segment ends (n, 4), the grid (west, south, cell width, cell height, middle) and its shape."""
    u, v = streets.u[chosen], streets.v[chosen]
    middle = float(streets.lon[u[0]])
    x = _around(streets.lon, middle)
    ends = np.empty((len(chosen), 4))
    ends[:, 0], ends[:, 1], ends[:, 3] = x[u], streets.lat[u], streets.lat[v]
    ends[:, 2] = ends[:, 0] + _around(x[v] - ends[:, 0], 0.0)
    west, east = min(ends[:, 0].min(), ends[:, 2].min()), max(ends[:, 0].max(), ends[:, 2].max())
    south, north = min(ends[:, 1].min(), ends[:, 3].min()), max(ends[:, 1].max(), ends[:, 3].max())
    squeeze = max(float(np.cos(np.radians((south + north) / 2.0))), 1e-3)
    wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    side = float(np.sqrt(wide * high / min(max(len(chosen), 1), _MOST_CELLS)))
    side = max(side, wide / 4000.0, high / 4000.0)
    shape = int(wide / side) + 1, int(high / side) + 1
    return ends, np.array([west, south, side / squeeze, side, middle]), shape


@kernel
def _bin(ends: Floats, box: Floats, shape: tuple[int, int]) -> tuple[Int32, Int32]:
    """Return, for every grid cell, the segments that cross it (a hair wider, so that rounding loses none)."""
    nx, ny = shape
    first, item = np.zeros(nx * ny + 1, dtype=np.int32), np.zeros(0, dtype=np.int32)
    for fill in range(2):
        for s in range(len(ends)):
            ax, ay = (ends[s, 0] - box[0]) / box[2], (ends[s, 1] - box[1]) / box[3]
            bx, by = (ends[s, 2] - box[0]) / box[2], (ends[s, 3] - box[1]) / box[3]
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            for j in range(max(0, int(ay - 1e-9)), min(ny - 1, int(by + 1e-9)) + 1):
                low, high = ax, bx
                if by - ay > 1e-12:
                    low = ax + (bx - ax) * min(max((j - 1e-9 - ay) / (by - ay), 0.0), 1.0)
                    high = ax + (bx - ax) * min(max((j + 1 + 1e-9 - ay) / (by - ay), 0.0), 1.0)
                west, east = min(low, high) - 1e-9, max(low, high) + 1e-9
                for i in range(max(0, int(west)), min(nx - 1, int(east)) + 1):
                    if fill == 1:
                        item[first[j * nx + i]] = s
                        first[j * nx + i] += 1
                    else:
                        first[j * nx + i + 1] += 1
        if fill == 0:
            for c in range(nx * ny):
                first[c + 1] += first[c]
            item = np.empty(first[nx * ny], dtype=np.int32)
    for c in range(nx * ny, 0, -1):  # filling moved every start to the next
        first[c] = first[c - 1]
    first[0] = 0
    return first, item


@kernel
def _nearest(
    place: Floats, ends: Floats, box: Floats, shape: tuple[int, int], cells: tuple[Int32, Int32]
) -> tuple[Int32, Floats, Floats]:
    """Return segment, share and metres of the nearest spot: rings of cells until none can be nearer."""
    nx, ny = shape
    first, item = cells
    n = len(place)
    segment, share, off = np.full(n, -1, np.int32), np.zeros(n), np.full(n, np.inf)
    for p in range(n):
        lon, lat = place[p, 0], place[p, 1]
        sx, sy = METRES_PER_DEGREE * np.cos(np.radians(lat)), METRES_PER_DEGREE
        px, py = (lon - box[0]) / box[2], (lat - box[1]) / box[3]
        ci, cj = int(np.floor(px)), int(np.floor(py))
        k = max(0, -ci, ci - nx + 1, -cj, cj - ny + 1)
        last = max(ci, nx - 1 - ci, cj, ny - 1 - cj)
        best, found, part = np.inf, -1, 0.0
        while k <= last:
            for j in range(max(0, cj - k), min(ny - 1, cj + k) + 1):
                edge = j == cj - k or j == cj + k
                step = 1 if edge or k == 0 else 2 * k
                i = ci - k
                if edge and i < 0:
                    i = 0
                while i <= min(nx - 1, ci + k):
                    if i >= 0:
                        for slot in range(first[j * nx + i], first[j * nx + i + 1]):
                            s = item[slot]
                            ax, ay = (ends[s, 0] - lon) * sx, (ends[s, 1] - lat) * sy
                            dx, dy = (ends[s, 2] - ends[s, 0]) * sx, (ends[s, 3] - ends[s, 1]) * sy
                            square = dx * dx + dy * dy
                            t = 0.0
                            if square > 0.0:
                                t = min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0)
                            qx, qy = ax + t * dx, ay + t * dy
                            if t == 1.0:  # a shared end is exactly as far from all of its segments
                                qx, qy = (ends[s, 2] - lon) * sx, (ends[s, 3] - lat) * sy
                            d = qx * qx + qy * qy
                            if d < best or (d == best and s < found):
                                best, found, part = d, s, t
                    i += step
            across = min(px - (ci - k), ci + k + 1 - px) * box[2] * sx
            along = min(py - (cj - k), cj + k + 1 - py) * box[3] * sy
            reach = min(across, along) - 1e-6
            if reach > 0.0 and best <= reach * reach:
                break
            k += 1
        segment[p], share[p], off[p] = found, part, np.sqrt(best)
    return segment, share, off


_STREET = Text("街道", "street")


def missed_problems(
    snapped: Snapped, ids: Sequence[str], *, file: str, what: Text, street: Text = _STREET
) -> list[Problem]:
    """Return a warning for every place that is on no street, nearest to a street first.

    Parameters
    ----------
    ids
        Id of each place.
    file
        File they come from.
    what, street
        What they are, as in "cell", and what they are not on.

    Examples
    --------
    >>> far = Snapped(np.zeros(1), np.zeros(1), np.array([-1], dtype=np.int32), np.zeros(1),
    ...               np.array([1530.0]), 1000.0)
    >>> print(missed_problems(far, ["c7"], file="cells.csv", what=Text("单元格", "cell"))[0].line())
    cells.csv: cell c7 is on no street: the nearest is 1,530 m away, the limit is 1,000 m → ...
    """
    order = snapped.missed[np.argsort(snapped.off[snapped.missed], kind="stable")]
    problems = [
        _missed(ids[i], float(snapped.off[i]), snapped.limit, file=file, what=what, street=street)
        for i in order[:_NAMED]
    ]
    rest = [ids[i] for i in order[_NAMED:]]
    if rest:
        names = ", ".join(rest)
        problems.append(
            Problem(
                what=Text(
                    f"另有 {len(rest):,} 个{what.zh}不在任何{street.zh}上,且更远:{names}",
                    f"{len(rest):,} more of kind {what.en} are on no {street.en} and farther away: {names}",
                ),
                remedy=_REMEDY,
                file=file,
                severity="warning",
            )
        )
    return problems


_REMEDY = Text(
    "检查坐标;补画缺少的街道;或放宽吸附距离上限",
    "check the coordinates, map the missing street, or raise the limit",
)


def _missed(name: str, off: float, limit: float, *, file: str, what: Text, street: Text) -> Problem:
    away = f"{off:,.0f} m" if np.isfinite(off) else "∞"
    return Problem(
        what=Text(
            f"{what.zh} {name} 不在任何{street.zh}上:最近的在 {away} 之外,上限为 {limit:,.0f} m",
            f"{what.en} {name} is on no {street.en}: the nearest is {away} away, the limit is {limit:,.0f} m",
        ),
        remedy=_REMEDY,
        file=file,
        severity="warning",
    )
