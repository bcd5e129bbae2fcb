"""Time what-ifs on a board of 12,000 × 12,000 cells against computing the board again.

    python benchmarks/what_if.py [--cells 12000] [--candidates 100] [--json]

The board is a synthetic city: streets in a grid, cells at every fifth crossing, 40 to 120 s apart, and six
fast lines. Its times (uint16, 4 s a unit) are made in closed form and are the shortest paths of that
network: some rows are checked by scipy's Dijkstra along the streets. Full recomputation is a search from
every cell by `yipan.network.graph` on as many threads as the what-ifs use, extrapolated from these
rows; on all crossings (the ratio), and on a network of the cells' crossings alone. Best of a few runs;
kernels are compiled before anything is timed. Where ../shared/realdata is there, the new line is also held
against full recomputations on real networks of as many places: by timetable (Porto Alegre, 60 departures) and
along streets (Porto). Prints a table, or with ``--json`` one object a line: name, value, unit, bar, ratio (of
full recomputation to the what-if), ok.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yipan.network.graph import matrix, search
from yipan.network.minplus import FAR
from yipan.network.services import Service
from yipan.network.streets.compress import compress, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.snap import snap
from yipan.network.streets.values import Legs
from yipan.network.sweep.customise import customise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.network.sweep.many import between
from yipan.network.threads import workers
from yipan.network.timetable.build import read_timetable
from yipan.network.transit import transit_network, turned, window_times
from yipan.network.whatif import (
    Board,
    Change,
    Measures,
    access,
    board_of,
    change,
    closed,
    gain_access,
    hubs_at,
    line,
    lowered,
    overlaid,
    rides,
    users,
    within_limits,
)

sys.path.insert(0, str(Path(__file__).resolve().parent))
import streets
import transit

Line = tuple[NDArray[np.int64], Service]  # the cells of its stops, and how it runs over them
UNIT = 4.0
PARTS = 5  # crossings from cell to cell
NEW_LINE = "new line, 20 stops: every changed time"
LIMITS = (450, 675, 900)  # 30, 45, 60 minutes


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


@dataclass(frozen=True)
class City:
    """Cells of a grid, near ones together; streets as edges; stops and services of the lines there are."""

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    cell: NDArray[np.int64]  # (columns, rows) → position
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    lines: tuple[Line, ...]

    @property
    def n(self) -> int:
        return len(self.column)

    def streets(self, parts: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Streets with cells at every so many crossings: from, to and units of every block, both ways."""
        x, y = (_finer(v, parts) for v in (self.x, self.y))
        node = np.arange(len(x) * len(y)).reshape(len(x), len(y))
        east = node[:-1].ravel(), node[1:].ravel(), np.repeat(np.diff(x), len(y))
        north = node[:, :-1].ravel(), node[:, 1:].ravel(), np.tile(np.diff(y), len(x))
        a, b, w = (np.concatenate(v) for v in zip(east, north, strict=True))
        return np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([w, w])

    def nodes(self, parts: int) -> NDArray[np.int64]:
        """Where the cells are among the crossings."""
        return self.column * parts * ((len(self.y) - 1) * parts + 1) + self.row * parts

    def network(self, extra: Sequence[Line] = (), *, parts: int = 1) -> csr_array:
        edges, at = [self.streets(parts)], self.nodes(parts)
        for cells, service in (*self.lines, *extra):
            w = rides(len(cells), [service])
            i, j = np.nonzero(w < FAR)
            edges.append((at[cells[i]], at[cells[j]], w[i, j].astype(np.int64)))
        return matrix(edges, size=((len(self.x) - 1) * parts + 1) * ((len(self.y) - 1) * parts + 1))

    def rows(self, graph: csr_array, cells: NDArray[np.int64], *, parts: int = 1) -> NDArray[np.int32]:
        """Times from some cells to all by search along the streets."""
        at = self.nodes(parts)
        return search(graph, at[cells])[:, at]

    def wrong(self, board: Board, cells: NDArray[np.int64], graph: csr_array, *, parts: int = 1) -> int:
        """How many times of some cells on a board are not those of scipy's Dijkstra; all can be reached."""
        at = self.nodes(parts)
        return int((dijkstra(graph, indices=at[cells])[:, at] != board.times[cells]).sum())


def _finer(v: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    even = np.arange((len(v) - 1) * parts + 1)
    return np.floor(np.interp(even, even[::parts], v)).astype(np.int64)


def random_line(city: City, rng: np.random.Generator, *, stops: int, fast: int) -> Line:
    """A line of stops some blocks apart along a wavering course; units a ride, wait and dwell."""
    size = np.array(city.cell.shape)
    at = rng.integers(0, size)
    heading = rng.uniform(0, 2 * np.pi)
    seen: list[tuple[int, int]] = []
    while len(seen) < stops:
        here = tuple(int(v) for v in np.clip(at, 0, size - 1))
        if here not in seen:
            seen.append(here)
        heading += rng.normal(0, 0.2)
        at = at + np.rint(4 * np.array([np.cos(heading), np.sin(heading)])).astype(int)
        if ((at < 0) | (at >= size)).any():
            at, heading = np.clip(at, 0, size - 1), heading + rng.uniform(1, 3)
    cells = np.array([city.cell[c] for c in seen])
    hops = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(seen)]
    service = line(range(len(cells)), [fast * h for h in hops], wait=int(rng.integers(15, 75)), dwell=6)
    return cells, service


def city_of(n: int, seed: int) -> tuple[City, NDArray[np.uint16]]:
    """Return a city of about n cells and its street times |x − x'| + |y − y'|."""
    rng = np.random.default_rng(seed)
    high = int(np.sqrt(n / 1.2))
    wide = n // high
    x, y = (np.concatenate([[0], np.cumsum(rng.integers(10, 31, k - 1))]) for k in (wide, high))
    c, r = (v.ravel() for v in np.meshgrid(np.arange(wide), np.arange(high), indexing="ij"))
    order = np.lexsort((r, c, r // 22, c // 22))  # near cells together, as the zones of a region are
    c, r = c[order], r[order]
    cell = np.empty((wide, high), dtype=np.int64)
    cell[c, r] = np.arange(len(c))
    times = np.empty((len(c), len(c)), dtype=np.uint16)
    for a in range(0, len(c), 256):
        rows = slice(a, a + 256)
        times[rows] = np.abs(x[c[rows], None] - x[c]) + np.abs(y[r[rows], None] - y[r])
    bare = City(c, r, cell, x, y, ())
    lines = tuple(random_line(bare, rng, stops=25, fast=6) for _ in range(6))
    return City(c, r, cell, x, y, lines), times


def changed_by(board: Board, lines: Sequence[Line]) -> Change:
    """Return the change by lines, each given by its cells and the service over them."""
    cells = np.unique(np.concatenate([at for at, _ in lines]))
    services = [
        Service("", np.searchsorted(cells, at)[s.stations], s.rides, s.wait, s.dwell) for at, s in lines
    ]
    return change(hubs_at(board, cells.tolist()), services)


def built(n: int, seed: int) -> tuple[City, Board]:
    city, times = city_of(n, seed)
    streets = board_of(times, unit=UNIT, slack=0)
    return city, overlaid(streets, lowered(streets, changed_by(streets, city.lines)))


def best_of(run: Callable[[], object], repeat: int) -> float:
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def people(n: int, seed: int) -> Measures:
    weights = np.random.default_rng(seed).integers(0, 3000, n).astype(float)
    return within_limits(weights, LIMITS)


def measured(city: City, board: Board, *, candidates: int) -> Iterable[Row]:
    rng = np.random.default_rng(7)
    n, jobs = city.n, people(city.n, 3)
    sample = np.sort(rng.choice(n, min(n, 24), replace=False))
    full = {}
    for parts in (1, PARTS):
        graph = city.network(parts=parts)
        start = time.perf_counter()
        city.rows(graph, sample, parts=parts)
        full[parts] = (time.perf_counter() - start) / len(sample) * n
        wrong = city.wrong(board, sample, graph, parts=parts)
        yield Row(
            f"{graph.shape[0]} crossings: pairs wrong in {len(sample)} rows", wrong, "", 0, None, wrong == 0
        )
        yield Row(
            f"  full recomputation, {workers()} threads, extrapolated", full[parts], "s", None, None, ok=True
        )
    whole = full[PARTS]
    new = [random_line(city, rng, stops=20, fast=6)]
    spent = best_of(lambda: lowered(board, changed_by(board, new)), 5)
    delta = lowered(board, changed_by(board, new))
    ok = spent <= 0.25 and whole >= 100 * spent
    yield Row(NEW_LINE, spent, "s", 0.25, whole / spent, ok)
    yield Row("  against recomputing on the cells' crossings only", full[1] / spent, "×", None, None, ok=True)
    yield Row("  origins that gain", len(delta.origins) / n * 100, "%", None, None, ok=True)
    after = overlaid(board, delta)
    wrong = city.wrong(after, sample, city.network(new))
    yield Row("  pairs wrong in the sample by Dijkstra", wrong, "", 0, None, wrong == 0)
    unknown = Board(board.times, board.tops, UNIT, None)
    spent = best_of(lambda: lowered(unknown, changed_by(unknown, new)), 3)
    yield Row("  the same, no triangle inequality used", spent, "s", None, whole / spent, ok=True)
    spent = best_of(lambda: gain_access(board, changed_by(board, new), jobs), 5)
    yield Row("  access within 30, 45, 60 min only", spent, "s", None, whole / spent, ok=True)
    more = access(after, jobs) - access(board, jobs)
    apart = float(np.abs(more - gain_access(board, changed_by(board, new), jobs).access).max())
    yield Row("  access: largest error", apart, "", 0, None, apart == 0.0)
    yield from several(city, board, whole, rng=rng, sample=sample)
    yield from closing(city, board, after, new=new)
    yield from searching(city, board, jobs, whole=whole, candidates=candidates)


def several(
    city: City, board: Board, whole: float, *, rng: np.random.Generator, sample: NDArray[np.int64]
) -> Iterable[Row]:
    new = [random_line(city, rng, stops=20, fast=6) for _ in range(5)]
    spent = best_of(lambda: lowered(board, changed_by(board, new)), 3)
    after = overlaid(board, lowered(board, changed_by(board, new)))
    wrong = city.wrong(after, sample, city.network(new))
    yield Row("five lines at once: every changed time", spent, "s", None, whole / spent, ok=True)
    yield Row("  pairs wrong in the sample by Dijkstra", wrong, "", 0, None, wrong == 0)


def closing(city: City, board: Board, after: Board, *, new: list[Line]) -> Iterable[Row]:
    ways = changed_by(after, new)
    spent = best_of(lambda: users(after, ways), 3)
    origins = users(after, ways)
    yield Row("closing the line again: finding its users", spent, "s", None, None, ok=True)
    yield Row("  origins to compute again", len(origins) / city.n * 100, "%", None, None, ok=True)
    some = origins[:: max(1, len(origins) // 20)]
    back = closed(after, ways, lambda at: board.times[at])
    wrong = int((overlaid(after, back).times != board.times).sum())
    wrong += city.wrong(board, some, city.network())
    yield Row("  pairs wrong after closing", wrong, "", 0, None, wrong == 0)


def searching(city: City, board: Board, jobs: Measures, *, whole: float, candidates: int) -> Iterable[Row]:
    rng = np.random.default_rng(11)
    lines = [random_line(city, rng, stops=int(rng.integers(10, 26)), fast=6) for _ in range(candidates)]
    spent, reached = [], []
    for one in lines:
        gained = gain_access(board, changed_by(board, [one]), jobs)
        spent.append(best_of(lambda new=one: gain_access(board, changed_by(board, [new]), jobs), 2))
        reached.append(len(gained.origins) / city.n)
    mean = float(np.mean(spent))
    yield Row(
        f"{candidates} lines of 10–25 stops: access, a line",
        1000 * mean,
        "ms",
        50,
        whole / mean,
        mean <= 0.05,
    )
    yield Row("  the slowest", 1000 * max(spent), "ms", None, whole / max(spent), ok=True)
    yield Row("  origins that gain access, mean", 100 * float(np.mean(reached)), "%", None, None, ok=True)


def real(n: int, spent: float) -> Iterable[Row]:
    """Compute times between `n` places afresh on real networks, and compare with the new line's `spent`.

    A line changes times by public transport, so the honest full recomputation is one by timetable; along
    streets alone the engine's own sweeps are nearly as fast as a what-if.
    """
    if not (transit.DATA.exists() and streets.DATA.exists()):
        return
    rng = np.random.default_rng(4)
    table, _ = read_timetable([transit.DATA / f for f in transit.FEEDS], transit.DAY, strict=False)
    ground = transit.Ground(table)
    at = rng.integers(0, len(ground.file.streets), n)
    cells = ground.put(ground.file.streets.lon[at], ground.file.streets.lat[at])
    network = transit_network(table, ground.legs(ground.stops, ground.stops))
    access, egress = (
        ground.legs(cells, ground.stops),
        turned(ground.legs(ground.stops, cells), places=n),
    )
    some = Legs(access.first[:257], access.to[: access.first[256]], access.cost[: access.first[256]])
    query = replace(transit.HOUR, percentiles=(50,))
    full = best_of(lambda: window_times(network, some, egress, None, query), 2) * n / 256
    yield Row(f"{n} places afresh by timetable, extrapolated", full, "s", None, None, ok=True)
    yield Row("  the new line against it", full / spent, "×", 100, None, full >= 100 * spent)
    porto = streets.streets_of("porto")
    core = compress(porto)
    ready = customise(build_hierarchy(core), time_metric(core))
    at = rng.integers(0, len(porto), n)
    put = ends(core, ready.metric, snap(porto, porto.lon[at], porto.lat[at]))
    full = best_of(lambda: between(ready, put, put), 1)
    yield Row(f"{n} places afresh along streets", full, "s", None, None, ok=True)
    yield Row("  the new line against it", full / spent, "×", None, None, ok=True)


def scale(cells: int) -> Iterable[Row]:
    sizes, spent = [cells // 4, cells // 2, cells], {"changed times": [], "access": []}
    for n in sizes:
        city, board = built(n, 1)
        rng, jobs = np.random.default_rng(5), people(city.n, 3)
        lines = [random_line(city, rng, stops=20, fast=6) for _ in range(8)]
        runs = {
            "changed times": lambda b=board, new=lines: [lowered(b, changed_by(b, [x])) for x in new],
            "access": lambda b=board, j=jobs, new=lines: [gain_access(b, changed_by(b, [x]), j) for x in new],
        }
        for name, run in runs.items():
            spent[name].append(best_of(run, 2) / len(lines))
            yield Row(f"scale, {city.n} cells: {name}", 1000 * spent[name][-1], "ms", None, None, ok=True)
    for name, values in spent.items():
        power = float(np.polyfit(np.log(sizes), np.log(values), 1)[0])
        yield Row(f"scale: {name} ∝ cells to the power", power, "", None, None, ok=True)


def rows(cells: int, candidates: int) -> Iterable[Row]:
    small, board = built(600, 1)
    list(measured(small, board, candidates=1))  # compiles
    start = time.perf_counter()
    city, board = built(cells, 1)
    yield Row(f"making the board of {city.n} cells", time.perf_counter() - start, "s", None, None, ok=True)
    spent = 0.0
    for row in measured(city, board, candidates=candidates):
        spent = row.value if row.name == NEW_LINE else spent
        yield row
    del board
    yield from real(cells, spent)
    yield from scale(cells)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=12_000)
    parser.add_argument("--candidates", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    ok = True
    for row in rows(given.cells, given.candidates):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            sign = "≥" if row.unit == "×" else "≤"
            bar = "" if row.bar is None else f"{sign} {row.bar:g} {row.unit}"
            ratio = "" if row.ratio is None else f"{row.ratio:.0f} × faster than full"
            verdict = "ok" if row.ok else "NOT OK"
            print(f"{row.name:<52}{row.value:>10.3f} {row.unit:<4}{bar:<12}{ratio:<26}{verdict}", flush=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
