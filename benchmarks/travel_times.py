"""Time travel times: from scratch per mode, and what-ifs against full recomputation.

    python benchmarks/travel_times.py [--region chongqing|tiny] [--repeat 7] [--json]

Prints a table, or with ``--json`` one object a line: name, value, unit, bar, ratio (of full recomputation to
the what-if), ok. The what-ifs are also checked: `ok` is false when any pair differs by a second from the
full recomputation.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import numpy as np

from yipan import network
from yipan.network import times_to_points, travel_times, verify_times
from yipan.region import Quality, Region, example
from yipan.scenario import AddLine, AddLink, AddPlace, Intervention, Project, Stop, apply
from yipan.text import Text

MODES: tuple[network.Mode, ...] = ("drive", "transit", "any")


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


def timed(run: Callable[[], object], *, repeat: int, before: Callable[[], object] = lambda: None) -> float:
    """Return the median of wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        before()
        gc.collect()
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def project(name: str, *interventions: Intervention, year: int) -> Project:
    return Project(
        id=name,
        name=Text(name, name),
        owner=Text("", ""),
        zones=(),
        interventions=interventions,
        capital=(0.0,),
        upkeep=0.0,
        price_year=year,
        life=1,
        source="benchmark",
        quality=Quality.ASSUMED,
        because=Text("", ""),
    )


def what_ifs(region: Region) -> Iterable[tuple[str, Callable[[int], Project], float]]:
    """Yield name, builder and bar of a line through the largest cell, a long road, a facility.

    Each number gives the builder another variant, so that no result is in the memo already.
    """
    cells, year = region.cells.reset_index(drop=True), region.meta.price_year
    lon, lat = cells["lon"].to_numpy(), cells["lat"].to_numpy()
    middle = int(cells["population"].to_numpy().argmax())
    away = np.hypot(lon - lon[middle], lat - lat[middle])
    chosen = np.argsort(away, kind="stable")[:120:10]
    chosen = chosen[np.argsort(lon[chosen], kind="stable")]
    stops = tuple(Stop(f"bench-{i}", "", "", float(lon[c]), float(lat[c])) for i, c in enumerate(chosen))
    ends = [str(cells["id"][int(c)]) for c in (middle, np.argmax(away))]

    def line(k: int) -> Project:
        headway = {"headway_peak": 4.0 + k / 100, "headway_offpeak": 8.0}
        new = AddLine(id="bench", en="bench", mode="metro", speed=45.0, stops=stops, **headway)
        return project("line", new, year=year)

    def road(k: int) -> Project:
        new = AddLink(
            id="bench", from_cell=ends[0], to_cell=ends[1], kind="expressway", length=900.0 + k, speed=200.0
        )
        return project("road", new, year=year)

    def place(k: int) -> Project:
        new = AddPlace(id=f"bench{k}", kind="bench", en="bench", lon=float(lon[0]), lat=float(lat[0]))
        return project("place", new, year=year)

    yield f"line of {len(stops)} stops", line, 0.06
    yield "road", road, 0.06
    yield "facility", place, 0.03


def rows(region: Region, *, repeat: int) -> Iterable[Row]:
    def every_mode() -> None:
        for mode in MODES:
            travel_times(region, mode)

    for mode, bar in zip(MODES, (1.0, 2.0, 3.0), strict=True):
        spent = timed(lambda m=mode: travel_times(region, m), repeat=repeat, before=network.forget)
        yield Row(f"from scratch: {mode}", spent, "s", bar, None, spent <= bar)
    full = timed(every_mode, repeat=repeat, before=network.forget)
    yield Row("from scratch: all modes", full, "s", 4.0, None, full <= 4.0)
    for name, build, bar in what_ifs(region):
        network.forget()
        every_mode()
        variants = map(build, range(repeat + 2))
        first = next(variants)
        spent = timed(lambda c=first: apply(region, c), repeat=1)
        yield Row(f"what-if: {name}, first on its base", spent, "s", None, full / spent, ok=True)
        spent = timed(lambda v=variants: apply(region, next(v)), repeat=repeat)
        apart = verify_times(apply(region, first))
        yield Row(f"what-if: {name}", spent, "s", bar, full / spent, spent <= bar)
        yield Row(
            f"what-if: {name}, largest error", apart["largest"], "s", 0.0, None, apart["largest"] == 0.0
        )
    yield from closures(region, full, every_mode)
    at = region.cells["lon"].to_numpy()[:300], region.cells["lat"].to_numpy()[:300]
    spent = timed(lambda: times_to_points(region, *at, "any"), repeat=1)
    yield Row(f"cells to {len(at[0])} places", spent, "s", 0.1, None, spent <= 0.1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("peak memory of the process", peak, "MB", 1000.0, None, peak <= 1000.0)


def closures(region: Region, full: float, every_mode: Callable[[], None]) -> Iterable[Row]:
    """Close each of some links: carried over where few origins use it, else left to full recomputation."""
    links = region.table("links")
    network.forget()
    every_mode()
    spent, wrong = [], 0.0
    some = range(0, len(links), max(1, len(links) // 20))
    for k in some:
        closed = region.replace(links=links.drop(index=links.index[k]))
        start = time.perf_counter()
        if network.carry_over(region, closed):
            spent.append(time.perf_counter() - start)
            wrong = max(wrong, verify_times(closed)["largest"])
    yield Row(
        f"closing one of {len(some)} links: carried", 100 * len(spent) / len(some), "%", None, None, ok=True
    )
    if spent:
        median = statistics.median(spent)
        yield Row("closing a link, carried: median", median, "s", None, full / median, ok=True)
        yield Row("closing a link, carried: largest error", wrong, "s", 0.0, None, wrong == 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--region", default="chongqing")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    region = example(given.region)
    counts = {n: len(region.tables[n]) for n in ("cells", "links", "lines", "stops")}
    if not given.json:
        print(f"{region.meta.name.en}: {counts}")
    ok = True
    for row in rows(region, repeat=given.repeat):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
            ratio = "" if row.ratio is None else f"{row.ratio:.0f} × faster than full"
            verdict = "ok" if row.ok else "NOT OK"
            print(f"{row.name:<44}{row.value:>10.3f} {row.unit:<4}{bar:<12}{ratio:<26}{verdict}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
