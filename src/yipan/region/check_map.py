"""Checks on the map: zones that overlap, cells outside their zone."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from yipan.region.check_network import straight_km
from yipan.region.findings import Draft, Log, listed
from yipan.text import Text

OVERLAP = 0.001  # share of the smaller zone that may overlap before it is worth a warning
NEAR_KM = 1.0  # cells outside their zone by less are reported together: boundaries are simplified


def check_overlaps(zones: Draft, log: Log) -> None:
    """Warn of zones that share more than a thousandth of the smaller one's area."""
    if "geometry" not in zones.frame.columns:
        return
    good = np.flatnonzero(zones.ok)
    shapes = np.asarray(zones.frame["geometry"], dtype=object)[good]
    if not len(good):
        return
    ids = zones.words("id")
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < two
    one, two = one[pairs], two[pairs]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[two]))
    smaller = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[two]))
    for i in np.flatnonzero(shared > OVERLAP * smaller):
        a, b = int(good[one[i]]), int(good[two[i]])
        share = shared[i] / smaller[i]
        log.warn(
            Text(
                f"与“{ids[a]}”重叠,占较小者的 {share:.1%}",
                f"overlaps '{ids[a]}' by {share:.1%} of the smaller one",
            ),
            Text("修整边界使分区互不重叠", "trim the boundaries so that zones do not overlap"),
            file=zones.file,
            row=zones.row(b),
            column="geometry",
        )


def check_cells_in_zones(cells: Draft, zones: Draft, log: Log) -> None:
    """Warn of cells that lie outside their zone, with the distance and the zone they lie in."""
    if "geometry" not in zones.frame.columns or any(
        c not in cells.frame.columns for c in ("zone", "lon", "lat")
    ):
        return
    at = {ident: i for i, ident in enumerate(zones.words("id")) if zones.ok[i]}
    words = cells.words("zone")
    good = np.array([i for i in np.flatnonzero(cells.ok) if words[i] in at], dtype=np.int64)
    if not len(good):
        return
    shapes = np.asarray(zones.frame["geometry"], dtype=object)
    shapely.prepare(shapes[zones.ok])
    lon, lat = cells.frame["lon"].to_numpy(np.float64)[good], cells.frame["lat"].to_numpy(np.float64)[good]
    points = shapely.points(lon, lat)
    own = shapes[[at[words[i]] for i in good]]
    out = np.flatnonzero(~shapely.intersects(own, points))
    if len(out):
        spots = shapely.get_point(shapely.shortest_line(own[out], points[out]), 0)
        km = straight_km(shapely.get_x(spots), shapely.get_y(spots), lon[out], lat[out])
        within = _zone_of(zones, points[out])
        _report(cells, good[out], km, within, log)


def _zone_of(zones: Draft, points: NDArray[np.object_]) -> list[str]:
    """Return the id of the zone each point lies in (``""`` for none)."""
    good = np.flatnonzero(zones.ok)
    ids = zones.words("id")
    found = [""] * len(points)
    which, zone = shapely.STRtree(np.asarray(zones.frame["geometry"], dtype=object)[good]).query(
        points, predicate="intersects"
    )
    for p, z in zip(which, zone, strict=True):
        found[p] = found[p] or ids[good[z]]
    return found


def _report(
    cells: Draft, ats: NDArray[np.int64], km: NDArray[np.float64], within: list[str], log: Log
) -> None:
    words, ids = cells.words("zone"), cells.words("id")
    near = km < NEAR_KM
    for i in np.flatnonzero(~near):
        at, other = int(ats[i]), within[i]
        inside = Text(f",而在“{other}”之内", f", inside '{other}'") if other else Text("", "")
        log.warn(
            Text(
                f"在分区“{words[at]}”之外 {km[i]:.1f} km{inside.zh}",
                f"{km[i]:.1f} km outside its zone '{words[at]}'{inside.en}",
            ),
            Text("检查 zone 与坐标", "see whether the zone and the point are right"),
            file=cells.file,
            row=cells.row(at),
            column="zone",
        )
    if near.any():
        names = listed([ids[i] for i in ats[near]])
        most = float(km[near].max())
        log.warn(
            Text(
                f"{near.sum()} 个单元格略在其分区之外(至多 {most:.2f} km):{names.zh}",
                f"{near.sum()} cells lie just outside their zone (by {most:.2f} km at most): {names.en}",
            ),
            Text("若边界经过简化则无妨", "no harm if the boundaries are simplified"),
            file=cells.file,
            column="zone",
        )
