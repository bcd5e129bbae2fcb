"""Step 7, links: a road graph between cells, modelled until somebody supplies a real one.

Topology: the Gabriel graph (two cells are joined when no third lies in the circle over their line;
Gabriel and Sokal 1969). It holds the minimum spanning tree, so it is connected, and it is the usual
stand-in for road networks in open country. A link that would cross the Yangtze or the Jialing is kept:
bridges are not modelled.

Class: roads from a town of 20,000 people or more to its district's centre are primary, roads between two
towns of 10,000 or more secondary, the rest local. Expressways are links of their own: neighbouring main
centres (Gabriel graph of the 38) are joined along the shortest path through the cells, with an
interchange at the first cell 10 km or more from the one before. Chengkou had no expressway in 2020: its
path is primary.

Length = straight line × circuity, circuity = flat circuity + 0.45 × relief / 300 m (a third of it on
expressways, which have bridges and tunnels); relief is the standard deviation of the heights of the 12 cells
nearest to the link's middle, 300 m at most. Speed by class, off expressways × (1 - 0.35 × relief / 300 m).
Between two cells of the dense city (both within 2 km of a station of the central city, 20 km apart at most)
streets and urban expressways have speeds of their own. All numbers are in `steps.assumptions`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from steps.activity import seat_cells
from steps.assumptions import value
from steps.blocks import stations
from steps.geo import plane
from steps.zones import Zones

NO_EXPRESSWAY = ("500229",)  # Chengkou, the last county without one in the base year
PRIMARY_TOWN, SECONDARY_TOWN = 20_000, 10_000
EXPRESSWAY_TERRAIN = 1 / 3
Pairs = NDArray[np.int64]


def build_links(zones: Zones, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the links with class, length (km) and speed (km/h)."""
    xy = plane(cells[["lon", "lat"]].to_numpy())
    height = cells["elevation"].to_numpy(dtype=np.float64)
    roads = gabriel(xy)
    weight = _length(xy, roads) * (1 + _relief(xy, roads, height))
    kind, fast_pairs = _classes(cells, xy, roads, weight)
    pairs = np.vstack([roads, fast_pairs])
    kind = np.concatenate([kind, np.full(len(fast_pairs), "expressway", dtype=object)])
    relief = _relief(xy, pairs, height)
    fast = kind == "expressway"
    terrain = value("relief_circuity") * relief * np.where(fast, EXPRESSWAY_TERRAIN, 1.0)
    circuity = np.where(fast, value("expressway_circuity"), value("road_circuity")) + terrain
    slowed = np.where(fast, 1.0, 1 - value("relief_slowing") * relief)
    return pd.DataFrame(
        {
            "id": [f"r{k:04d}" for k in range(1, len(pairs) + 1)],
            "from": cells["id"].to_numpy()[pairs[:, 0]],
            "to": cells["id"].to_numpy()[pairs[:, 1]],
            "kind": kind,
            "length": np.round(_length(xy, pairs) * circuity, 2),
            "speed": np.round(_speeds(zones, cells, pairs, kind) * slowed, 1),
            "source": "model",
            "quality": "modelled",
        }
    )


def _length(xy: NDArray[np.float64], pairs: Pairs) -> NDArray[np.float64]:
    return np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)


def gabriel(xy: NDArray[np.float64]) -> Pairs:
    """Return the edges of the Gabriel graph (shape: edges × 2, each row ascending, sorted)."""
    corners = Delaunay(xy).simplices
    sides = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    sides = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    middle = (xy[sides[:, 0]] + xy[sides[:, 1]]) / 2
    radius = np.hypot(*(xy[sides[:, 0]] - xy[sides[:, 1]]).T) / 2
    nearest = cKDTree(xy).query(middle)[0]
    return sides[nearest >= radius * (1 - 1e-9)]


def _relief(xy: NDArray[np.float64], pairs: Pairs, height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the spread of heights about each link, as a share of the full effect (0 to 1)."""
    middle = (xy[pairs[:, 0]] + xy[pairs[:, 1]]) / 2
    around = cKDTree(xy).query(middle, k=12)[1]
    return np.minimum(height[around].std(axis=1) / value("relief_full"), 1.0)


def _graph(pairs: Pairs, weight: NDArray[np.float64], count: int) -> csr_array:
    both = np.vstack([pairs, pairs[:, ::-1]])
    return csr_array((np.tile(weight, 2), (both[:, 0], both[:, 1])), shape=(count, count))


def _classes(
    cells: pd.DataFrame, xy: NDArray[np.float64], pairs: Pairs, weight: NDArray[np.float64]
) -> tuple[NDArray[np.object_], Pairs]:
    """Return the class of each road and the pairs of cells that expressways join."""
    people = cells["population"].to_numpy()[pairs].min(axis=1)
    kind = np.where(people >= SECONDARY_TOWN, "secondary", "local").astype(object)
    row = {tuple(p): k for k, p in enumerate(pairs.tolist())}
    seats = seat_cells(cells)
    codes, node = list(seats), np.array(list(seats.values()))
    before = dijkstra(_graph(pairs, weight, len(cells)), indices=node, return_predecessors=True)[1]
    primary = [
        _path(before[codes.index(str(cells.at[i, "zone"]))], int(i))
        for i in np.flatnonzero((cells["population"] >= PRIMARY_TOWN).to_numpy())
    ]
    fast: set[tuple[int, int]] = set()
    for a, b in gabriel(xy[node]):
        path = _path(before[a], int(node[b]))
        if {codes[a], codes[b]} & set(NO_EXPRESSWAY):
            primary.append(path)
        else:
            fast.update(_sides(_interchanges(xy, path)))
    for path in primary:
        for side in _sides(path):
            kind[row[side]] = "primary"
    for side in fast & set(row):  # one link between two cells: the better class
        kind[row[side]] = "expressway"
    return kind, np.array(sorted(fast - set(row)), dtype=np.int64)


def _path(before: NDArray[np.int32], end: int) -> list[int]:
    nodes = [end]
    while before[nodes[-1]] >= 0:
        nodes.append(int(before[nodes[-1]]))
    return nodes


def _sides(nodes: list[int]) -> list[tuple[int, int]]:
    return [(min(a, b), max(a, b)) for a, b in pairwise(nodes)]


def _interchanges(xy: NDArray[np.float64], path: list[int]) -> list[int]:
    """Keep the ends of a path and, between them, cells at least an interchange's distance apart."""
    far = value("interchange_distance")
    kept = [path[0]]
    for node in path[1:-1]:
        if min(np.hypot(*(xy[node] - xy[k])) for k in (kept[-1], path[-1])) >= far:
            kept.append(node)
    return [*kept, path[-1]]


def _speeds(
    zones: Zones, cells: pd.DataFrame, pairs: Pairs, kind: NDArray[np.object_]
) -> NDArray[np.float64]:
    xy = plane(cells[["lon", "lat"]].to_numpy())
    central = set(zones.frame.loc[zones.frame["cluster"] == "centre", "id"])
    served = cKDTree(plane(stations()[["lon", "lat"]].to_numpy())).query(xy)[0] <= value("station_reach")
    dense = cells["zone"].isin(central).to_numpy() & served
    city = dense[pairs].all(axis=1) & (_length(xy, pairs) <= value("city_link"))
    speed = np.array([value(f"{k}_speed") for k in kind])
    in_city = np.where(kind == "expressway", value("urban_expressway_speed"), value("urban_speed"))
    return np.where(city, in_city, speed)
