"""Time street searches on real streets beside scipy, RoutingKit's binding and pandana, on the same input.

    python benchmarks/streets.py [--repeat 5] [--quick] [--json]

Needs ``../shared/realdata`` (OpenStreetMap extracts of Porto and Porto Alegre); what is missing, there or of
the peers, is said and passed over. Prints a table, or with ``--json`` one object a line: name, value, unit,
bar, ratio (the peer to Yipan), ok, note. A row with a peer is not ok when the results differ or the ratio is
below the bar. One-to-all runs on a single thread, ours and the peers'; aggregation and many-to-many on the
threads each takes by itself. Memory is the rise of the peak of a process of its own, after its input is read.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from yipan import options
from yipan.network.minplus import FAR
from yipan.network.streets.compress import compress, length_metric, metric_of, time_metric
from yipan.network.streets.ends import ends
from yipan.network.streets.read import read_streets
from yipan.network.streets.values import Core, Ends, Snapped, Streets
from yipan.network.sweep.aggregate import aggregate
from yipan.network.sweep.customise import Customised, customise, recustomise
from yipan.network.sweep.hierarchy import build_hierarchy
from yipan.network.sweep.many import between, within
from yipan.network.sweep.order import order_of
from yipan.network.sweep.phast import each_to_all

DATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"
FILES = {"porto": "porto/porto_portugal.osm.pbf", "poa": "poa/poa_osm.pbf"}
BATCHES = 8  # of 32 sources


@dataclass(frozen=True)
class Row:
    name: str
    value: float | None
    unit: str
    bar: float | None = None
    ratio: float | None = None
    ok: bool = True
    note: str = ""


def timed(run: Callable[[], object], *, repeat: int) -> float:
    """Return the least of wall-clock seconds, after one run to warm up."""
    run()
    return min(once(run) for _ in range(repeat))


def once(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@cache
def streets_of(city: str) -> Streets:
    return read_streets(DATA / FILES[city], "walk")[0]


def matrix(streets: Streets) -> csr_array:
    a, b = np.concatenate([streets.u, streets.v]), np.concatenate([streets.v, streets.u])
    cost = np.concatenate([streets.forward, streets.backward])
    order = np.lexsort((cost, b, a))
    order = order[(cost < FAR)[order]]
    kept = order[np.append(True, (np.diff(a[order]) != 0) | (np.diff(b[order]) != 0))]
    return coo_array((cost[kept].astype(np.float64), (a[kept], b[kept])), shape=(len(streets),) * 2).tocsr()


def routingkit(streets: Streets) -> tuple[object, float]:
    """Return its metric of the same streets, and the seconds to build it."""
    import routingkit_cch as rk  # noqa: PLC0415

    tail = np.concatenate([streets.u, streets.v]).tolist()
    head = np.concatenate([streets.v, streets.u]).tolist()
    cost = np.concatenate([streets.forward, streets.backward]).tolist()
    start = time.perf_counter()
    order = rk.compute_order_inertial(len(streets), tail, head, streets.lat.tolist(), streets.lon.tolist())
    metric = rk.CCHMetric(rk.CCH(order, tail, head, False), cost)
    return metric, time.perf_counter() - start


def network(streets: Streets) -> object:
    """Return pandana's network of the same streets, by length in metres."""
    import pandana  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    index = np.arange(len(streets))
    with muted():
        return pandana.Network(
            pd.Series(streets.lon, index=index),
            pd.Series(streets.lat, index=index),
            pd.Series(streets.u),
            pd.Series(streets.v),
            pd.DataFrame({"m": streets.length / 1000.0}),
            twoway=True,
        )


@contextmanager
def muted() -> Iterator[None]:
    """Keep what a compiled library prints out of the table."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def installed(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def preparation(streets: Streets, *, repeat: int) -> tuple[list[Row], Customised]:
    core = compress(streets)
    order = order_of(core)
    arcs = build_hierarchy(core, order)
    metric = time_metric(core)
    weights = customise(arcs, metric)
    size = f"{len(streets):,} points, {len(core.node_point):,} nodes, {len(arcs.high):,} arcs"
    rows = [
        Row("compress", timed(lambda: compress(streets), repeat=repeat), "s", 1.0, note=size),
        Row("order", timed(lambda: order_of(core), repeat=1), "s", 5.0),
        Row("hierarchy", timed(lambda: build_hierarchy(core, order), repeat=repeat), "s"),
        Row("customise", 1e3 * timed(lambda: customise(arcs, metric), repeat=repeat), "ms"),
    ]
    return [*rows, *changes(weights, repeat=repeat)], weights


def changes(weights: Customised, *, repeat: int) -> Iterable[Row]:
    """Close segments at random and customise again in part; checked against in full."""
    arcs, core = weights.hierarchy, weights.hierarchy.core
    rng = np.random.default_rng(5)
    for n in (1, 10, 100, 1000):
        ahead, back = core.streets.forward.copy(), core.streets.backward.copy()
        closed = rng.integers(0, len(ahead), n)
        ahead[closed] = back[closed] = FAR
        metric = metric_of(core, ahead, backward=back, unit="ms")
        part, full = recustomise(weights, metric), customise(arcs, metric)
        same = bool((part.up == full.up).all() and (part.down == full.down).all())
        spent = timed(lambda m=metric: recustomise(weights, m), repeat=repeat)
        yield Row(f"customise again: {n} segments closed", 1e3 * spent, "ms", ok=same)


def all_at_once(weights: Customised, sources: np.ndarray) -> float:
    """Return seconds a source of one-to-all, on one thread."""
    with options.using({"network.threads": 1}):
        return timed(lambda: each_to_all(weights, sources, visit=lambda a, out: None), repeat=3) / len(
            sources
        )


def one_to_all(streets: Streets, weights: Customised) -> Iterable[Row]:
    rng = np.random.default_rng(6)
    sources = rng.integers(0, len(streets), 32 * BATCHES)
    got: dict[int, np.ndarray] = {}

    def visit(start: int, out: np.ndarray) -> None:
        if start == 0:
            got.update({i: out[:, i].copy() for i in range(8)})

    each_to_all(weights, sources, visit=visit)
    ours = all_at_once(weights, sources)
    yield Row("one to all", 1e3 * ours, "ms", note=f"a source, {len(sources)} sources, 32 a sweep")
    graph = matrix(streets)
    out = dijkstra(graph, indices=sources[:8])
    exact = all(np.array_equal(np.where(np.isfinite(out[i]), out[i], FAR), got[i]) for i in range(8))
    theirs = timed(lambda: dijkstra(graph, indices=sources[:8]), repeat=3) / 8
    yield Row(
        "one to all: scipy dijkstra", 1e3 * theirs, "ms", 100.0, theirs / ours, exact and theirs / ours >= 100
    )
    if not installed("routingkit_cch"):
        yield Row("one to all: routingkit_cch", None, "ms", note="not installed")
        return
    import routingkit_cch as rk  # noqa: PLC0415

    metric, built = routingkit(streets)
    search = rk.CCHOneToMany(metric, list(range(len(streets))))
    same = all(
        np.array_equal([FAR if d is None else d for d in search.distances_from(int(sources[i]))], got[i])
        for i in range(3)
    )
    theirs = timed(lambda: [search.distances_from(int(s)) for s in sources[:8]], repeat=3) / 8
    note = f"binding, lists of numbers; built in {built:.1f} s"
    yield Row(
        "one to all: routingkit_cch",
        1e3 * theirs,
        "ms",
        20.0,
        theirs / ours,
        same and theirs / ours >= 20,
        note,
    )


def at_points(core: Core, weights: Customised, points: np.ndarray) -> Ends:
    """Return places that stand exactly at points."""
    streets = core.streets
    segment, share = np.zeros(len(streets), dtype=np.int32), np.zeros(len(streets))
    segment[streets.v], share[streets.v] = np.arange(len(streets.v)), 1.0
    segment[streets.u], share[streets.u] = np.arange(len(streets.u)), 0.0
    flat = np.zeros(len(points))
    return ends(core, weights.metric, Snapped(flat, flat, segment[points], share[points], flat, 1.0))


def many_to_many(streets: Streets, net: object | None) -> Iterable[Row]:
    core = compress(streets)
    weights = customise(build_hierarchy(core), length_metric(core))
    rng = np.random.default_rng(7)
    n = 5000
    points = rng.integers(0, len(streets), n)
    at = at_points(core, weights, points)
    spent = timed(lambda: between(weights, at, at), repeat=3)
    ours = n * n / spent / 1e6
    yield Row(f"many to many, {n:,}²", ours, "M pairs/s", note=f"{spent:.2f} s, lengths")
    stops = at_points(core, weights, rng.integers(0, len(streets), 2000))
    legs = within(weights, at, stops, limit=1_500_000)
    i, j = np.nonzero(between(weights, at, stops) <= 1_500_000)
    begin = np.repeat(np.arange(n), np.diff(legs.first))
    same = len(legs.to) == len(i) and set(zip(begin, legs.to, strict=True)) == set(zip(i, j, strict=True))
    spent = timed(lambda: within(weights, at, stops, limit=1_500_000), repeat=3)
    yield Row(f"pairs within 1.5 km, {n:,} × 2,000", spent, "s", ok=same, note=f"{len(legs.to):,} pairs")
    if net is None:
        yield Row("many to many: pandana", None, "M pairs/s", note="not installed")
        return
    small = points[:300]
    a, b = np.repeat(small, 300), np.tile(small, 300)
    theirs = np.array(net.shortest_path_lengths(a, b)).reshape(300, 300)  # type: ignore[attr-defined]
    mine = between(weights, *(part(at, 300),) * 2) / 1000.0
    apart = float(np.abs(theirs - mine)[mine < FAR / 1000.0].max())
    rate = 300 * 300 / timed(lambda: net.shortest_path_lengths(a, b), repeat=1) / 1e6  # type: ignore[attr-defined]
    note = f"300²; most apart {apart:.3f} m"
    yield Row(
        "many to many: pandana",
        rate,
        "M pairs/s",
        100.0,
        ours / rate,
        ours / rate >= 100 and apart < 1.0,
        note,
    )


def part(at: Ends, n: int) -> Ends:
    return Ends(**{name: values[:n] for name, values in vars(at).items()})


def aggregation(streets: Streets, net: object | None) -> Iterable[Row]:
    values = np.random.default_rng(8).integers(0, 10, len(streets)).astype(float)
    kept: dict[str, np.ndarray] = {}

    def ours(limit: int) -> None:
        core = compress(streets)
        kept["ours"] = aggregate(core, length_metric(core), values, limit=limit)

    spent = timed(lambda: ours(1_000_000), repeat=3)
    yield Row("sum within 1 km of all points", spent, "s", note="from raw streets, nothing prepared")
    if net is None:
        yield Row("sum within 1 km: pandana", None, "s", note="not installed")
    else:
        start = time.perf_counter()
        net.precompute(1000)  # type: ignore[attr-defined]
        prepared = time.perf_counter() - start
        net.set(np.arange(len(streets)), variable=values, name="v")  # type: ignore[attr-defined]
        start = time.perf_counter()
        theirs = net.aggregate(1000, type="sum", decay="flat", name="v").to_numpy()  # type: ignore[attr-defined]
        queried = time.perf_counter() - start
        apart = float((np.abs(theirs - kept["ours"]) > 0.5).mean())
        total = prepared + queried
        note = f"precompute {prepared:.1f} + {queried:.1f} s; {apart:.2%} of sums differ (metres as floats)"
        yield Row(
            "sum within 1 km: pandana",
            total,
            "s",
            3.0,
            total / spent,
            total / spent >= 3 and apart < 0.01,
            note,
        )
    yield Row("sum within 3 km of all points", timed(lambda: ours(3_000_000), repeat=1), "s")


def memory() -> Iterable[Row]:
    """Aggregate in processes of their own, and see how far the peak rises."""
    if not Path("/proc/self/clear_refs").exists():
        yield Row("memory, 3 km", None, "MB", note="measured on Linux only")
        return
    rise = {(city, peer): probe(city, peer) for city, peer in (("porto", "yipan"), ("poa", "yipan"))}
    yield Row(
        "memory, 3 km, Porto", rise["porto", "yipan"], "MB", 1200.0, None, rise["porto", "yipan"] <= 1200
    )
    yield Row(
        "memory, 3 km, Porto: pandana",
        None,
        "MB",
        note="not run: it needs more than 12 GB; the bar is a tenth of that",
    )
    yield Row("memory, 3 km, Porto Alegre", rise["poa", "yipan"], "MB")
    if not installed("pandana"):
        yield Row("memory, 3 km, Porto Alegre: pandana", None, "MB", note="not installed")
        return
    theirs = probe("poa", "pandana")
    ratio = theirs / max(rise["poa", "yipan"], 1e-9)
    yield Row("memory, 3 km, Porto Alegre: pandana", theirs, "MB", 10.0, ratio, ratio >= 10)


def probe(city: str, peer: str) -> float:
    command = [sys.executable, __file__, "--probe", city, peer]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def probed(city: str, peer: str) -> float:
    """Aggregate within 3 km and return by how many MB the peak rose, input and compiled code aside."""
    streets = streets_of(city)
    values = np.ones(len(streets))
    few = compress(box(streets, 100))
    aggregate(few, length_metric(few), values[: len(few.streets)], limit=1000)
    net = network(streets) if peer == "pandana" else None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what reading has freed goes back first
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew from what is held now
    before = peak()
    if net is None:
        core = compress(streets)
        aggregate(core, length_metric(core), values, limit=3_000_000)
    else:
        net.precompute(3000)  # type: ignore[attr-defined]
        net.set(np.arange(len(streets)), variable=values, name="v")  # type: ignore[attr-defined]
        net.aggregate(3000, type="sum", decay="flat", name="v")  # type: ignore[attr-defined]
    return peak() - before


def peak() -> float:
    """Return the most memory the process has held, MB."""
    status = Path("/proc/self/status").read_text()
    return float(next(entry.split()[1] for entry in status.splitlines() if entry.startswith("VmHWM"))) / 1024


def box(streets: Streets, n: int) -> Streets:
    """Return about n points around the middle of the streets, and the segments between them."""
    away = np.maximum(
        np.abs(streets.lon - np.median(streets.lon)) * np.cos(np.radians(streets.lat.mean())),
        np.abs(streets.lat - np.median(streets.lat)),
    )
    inside = away <= np.partition(away, min(n, len(away)) - 1)[min(n, len(away)) - 1]
    number, kept = np.cumsum(inside) - 1, inside[streets.u] & inside[streets.v]
    ends_ = (number[streets.u[kept]].astype(np.int32), number[streets.v[kept]].astype(np.int32))
    rest = (streets.length[kept], streets.forward[kept], streets.backward[kept], streets.way[kept])
    return Streets(streets.mode, streets.lon[inside], streets.lat[inside], *ends_, *rest)


def scale(streets: Streets) -> Iterable[Row]:
    sizes = [n for n in (3_000, 10_000, 30_000, 100_000) if n < len(streets)] + [len(streets)]
    points = []
    for n in sizes:
        some = box(streets, n)
        core = compress(some)
        weights = customise(build_hierarchy(core), time_metric(core))
        sources = np.random.default_rng(9).integers(0, len(some), 32 * BATCHES)
        points.append((len(some), 1e3 * all_at_once(weights, sources)))
        yield Row(
            f"one to all, {len(some):,} points",
            points[-1][1],
            "ms",
            note="a source, around the middle of Porto",
        )
    power, factor = np.polyfit(*np.log(np.array(points)).T, 1)
    note = f"ms a source = {np.exp(factor):.3g} · points^{power:.2f}"
    yield Row("one to all: power of the number of points", float(power), "", note=note)


def rows(*, repeat: int, quick: bool) -> Iterable[Row]:
    streets = streets_of("porto")
    prepared, weights = preparation(streets, repeat=repeat)
    yield from prepared
    yield from one_to_all(streets, weights)
    net = network(streets) if installed("pandana") else None
    yield from many_to_many(streets, net)
    yield from aggregation(streets, net)
    del net
    yield from scale(streets)
    if not quick:
        yield from memory()


def line(row: Row) -> str:
    value = "–" if row.value is None else f"{row.value:.3f}"
    of_peer = row.ratio is not None
    bar = "" if row.bar is None else (f"≥ {row.bar:g} ×" if of_peer else f"≤ {row.bar:g} {row.unit}")
    ratio = f"{row.ratio:.1f} ×" if of_peer else ""
    verdict = "ok" if row.ok else "NOT OK"
    return f"{row.name:<42}{value:>10} {row.unit:<10}{bar:<11}{ratio:<10}{verdict:<7}{row.note}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="without the processes that measure memory")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--probe", nargs=2, metavar=("CITY", "PEER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of the peers
    if not (DATA / FILES["porto"]).exists():
        print("streets: ../shared/realdata is not there; nothing to time")
        return 0
    if given.probe:
        print(probed(*given.probe))
        return 0
    ok = True
    for row in rows(repeat=given.repeat, quick=given.quick):
        ok &= row.ok
        print(json.dumps(asdict(row)) if given.json else line(row), flush=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
