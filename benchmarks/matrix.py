"""Time travel-time matrices in blocks: store, read, sum, draw; against plain numpy and shapely.

    python benchmarks/matrix.py [--cells 12000] [--repeat 3] [--json]

The matrix is made from coordinates, block by block: nothing of its size is held. Prints a table, or with
``--json`` one object a line: name, value, unit, bar, ratio (the peer to Yipan), ok. A row with a peer is not
ok when results differ or the peer does better. Memory is what was allocated at the peak (``tracemalloc``),
measured in a run of its own; pages of mapped files belong to the system and are not in it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yipan.network.access import accessibility, nearest, two_step_floating_catchment
from yipan.network.decay import Decay, Exponential, Gaussian, Logistic, Step
from yipan.network.isochrones import street_isochrones
from yipan.network.matrix.codes import NONE
from yipan.network.matrix.run import compute_matrix
from yipan.network.matrix.store import Matrix, open_matrix
from yipan.network.minplus import FAR
from yipan.network.streets.read import read_streets
from yipan.network.threads import workers
from yipan.network.values import UNREACHED

METRES_A_SECOND = 7.0
SIDE = 60_000.0


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


class Plane:
    """Straight-line times at 25 km/h on a square of 60 km; beyond two and a half hours there is no way."""

    def __init__(self, n: int) -> None:
        rng = np.random.default_rng(7)
        self.x, self.y = (rng.random(n).astype(np.float32) * np.float32(SIDE) for _ in range(2))
        self.origins = self.destinations = tuple(map(str, range(n)))
        self.percentiles = (50,)
        self.digest = f"plane-{n}"

    def rows(self, start: int, stop: int) -> np.ndarray:
        away = np.hypot(self.x[start:stop, None] - self.x, self.y[start:stop, None] - self.y)
        seconds = (away / np.float32(METRES_A_SECOND)).astype(np.int32)
        seconds[seconds > 9000] = UNREACHED
        return seconds[:, :, None]


class Ready(Plane):
    """The same rows over and over: computing them takes no time."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.digest = f"ready-{n}"
        self.some = super().rows(0, min(n, 1024))

    def rows(self, start: int, stop: int) -> np.ndarray:
        return self.some[: stop - start]


def timed(run: Callable[[], object], repeat: int) -> float:
    """Return the best of several wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def peak_mb(run: Callable[[], object]) -> float:
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def plain(codes: np.ndarray, weights: np.ndarray, decay: Decay, block: int) -> np.ndarray:
    """What one writes with numpy, `block` rows at a time (all at once needs 8 bytes a pair and more)."""
    out = np.empty((len(codes), len(weights)))
    for start in range(0, len(codes), block):
        part = np.asarray(codes[start : start + block])
        if isinstance(decay, Step):
            value = (part <= int(decay.limit * 60)).astype(np.float64)
        else:
            minutes = part / 60.0
            value = np.where((part != NONE) & (minutes <= decay.reach), decay(minutes), 0.0)
        out[start : start + block] = value @ weights.T
    return out


def plain_catchment(codes: np.ndarray, supply: np.ndarray, demand: np.ndarray, limit: int) -> np.ndarray:
    within = np.asarray(codes) <= limit * 60
    heads = demand @ within
    return within @ np.divide(supply, heads, out=np.zeros_like(supply), where=heads > 0)


def storing(n: int, folder: Path) -> Iterable[Row]:
    def store(rows: Plane) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        compute_matrix(rows, folder).close()

    ready, plane = Ready(n), Plane(n)
    store(ready)  # compiles
    mb = n * n * 2 / 1e6
    spent = timed(lambda: store(ready), 1)
    yield Row(f"store {n:,}² (times given)", spent, "s", None, None, ok=True)
    peak = peak_mb(lambda: store(plane))
    yield Row("peak memory while computing and storing", peak, "MB", 300.0, None, ok=True)
    with open_matrix(folder) as matrix:
        spent = timed(lambda: [matrix.block(a, min(a + 256, n)).sum() for a in range(0, n, 256)], 3)
        yield Row("read every code", mb / spent, "MB/s", None, None, ok=True)
    spent = timed(lambda: open_matrix(folder, check=True).close(), 1)
    yield Row("open and compare all checksums", spent, "s", None, None, ok=True)


def summing(matrix: Matrix, n: int, repeat: int) -> Iterable[Row]:
    rng = np.random.default_rng(8)
    jobs = rng.integers(0, 500, (3, n)).astype(np.float64)
    codes = matrix.planes[0]
    for decay in (Step(30), Exponential.of_half(20), Gaussian(20)):
        name = f"{type(decay).__name__.lower()}, 1 kind"
        yield from against(name, matrix, jobs[:1], [decay], repeat=repeat)
    many = [Step(15), Step(30), Step(45), Step(60), Logistic(30, 10), Exponential.of_half(20)]
    yield from against("6 decays, 3 kinds", matrix, jobs, many, repeat=repeat)

    spent = timed(lambda: nearest(matrix, rank=3, counts=(jobs[0] < 5).astype(int)), repeat)
    yield Row("third nearest of some 120 places", spent, "s", None, None, ok=True)
    supply, demand = np.where(jobs[0] < 5, 100.0, 0.0), jobs[1]
    got = two_step_floating_catchment(matrix, supply, demand, limit=30)
    spent = timed(lambda: two_step_floating_catchment(matrix, supply, demand, limit=30), repeat)
    expected: list[np.ndarray] = []
    peer = timed(lambda: expected.append(plain_catchment(codes, supply, demand, 30)), 1)
    same = np.allclose(got, expected[0], rtol=1e-9)
    yield Row("two-step floating catchment", spent, "s", None, peer / spent, bool(same))


def against(
    name: str,
    matrix: Matrix,
    jobs: np.ndarray,
    decays: list[Decay],
    *,
    repeat: int,
) -> Iterable[Row]:
    codes, found = matrix.planes[0], []

    def ours() -> np.ndarray:
        return accessibility(matrix, jobs, decays)

    def numpys() -> None:
        found[:] = [plain(codes, jobs, decay, 256) for decay in decays]

    peer = timed(numpys, 2)
    same = np.allclose(ours(), np.stack(found, axis=1), rtol=1e-9)
    spent = timed(ours, repeat)
    yield Row(f"access, {name}", spent, "s", None, peer / spent, bool(same) and spent < peer)
    mine, theirs = peak_mb(ours), peak_mb(lambda: plain(codes[:1024], jobs, decays[0], 256))
    yield Row(f"access, {name}: peak memory", mine, "MB", None, theirs / mine, mine <= theirs)


def outlines(repeat: int) -> Iterable[Row]:
    """Isochrones on foot in Porto; the peer unites discs around the points reached (shapely)."""
    file = Path(__file__).resolve().parents[2] / "shared" / "realdata" / "porto" / "porto_portugal.osm.pbf"
    if not file.exists():
        print("isochrones: skipped, the street file of Porto is not there", file=sys.stderr)
        return
    streets, _ = read_streets(file, "walk")
    cost = np.concatenate([streets.forward, streets.backward])
    ends = np.concatenate([streets.u, streets.v]), np.concatenate([streets.v, streets.u])
    open_ = cost < FAR
    graph = csr_array((cost[open_].astype(float), tuple(e[open_] for e in ends)), shape=(len(streets),) * 2)
    start = int(np.hypot(streets.lon + 8.61, streets.lat - 41.15).argmin())
    ms = dijkstra(graph, indices=start, limit=3600_000)
    seconds = np.full(len(ms), UNREACHED)
    seconds[np.isfinite(ms)] = np.ceil(ms[np.isfinite(ms)] / 1000).astype(np.int32)

    def ours() -> object:
        return street_isochrones(streets, seconds, limits=[15, 30, 45, 60], resolution=50, off=100)

    def discs() -> object:
        x, y = streets.lon * 111_195 * np.cos(np.radians(41.15)), streets.lat * 111_195
        near = [seconds <= limit * 60 for limit in (15, 30, 45, 60)]
        return [shapely.union_all(shapely.buffer(shapely.points(x[n], y[n]), 100, quad_segs=4)) for n in near]

    spent, peer = timed(ours, repeat), timed(discs, 1)
    reached = int((seconds <= 3600).sum())
    name = f"4 isochrones, {reached:,} points reached, 50 m"
    yield Row(name, spent, "s", None, peer / spent, spent < peer)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=12_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.json:
        print(f"{given.cells:,} × {given.cells:,} pairs, {workers()} threads; ratio: the peer to Yipan")
    ok = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "matrix"

        def rows() -> Iterable[Row]:
            yield from storing(given.cells, folder)
            with open_matrix(folder) as matrix:
                yield from summing(matrix, given.cells, given.repeat)
            yield from outlines(given.repeat)

        for row in rows():
            good = row.ok and (row.bar is None or row.value <= row.bar)
            ok &= good
            if given.json:
                print(json.dumps(asdict(row) | {"ok": good}))
            else:
                bar = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
                ratio = "" if row.ratio is None else f"{row.ratio:.1f} ×"
                print(
                    f"{row.name:<46}{row.value:>10.3f} {row.unit:<6}{bar:<12}{ratio:<10}"
                    f"{'ok' if good else 'NOT OK'}"
                )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
