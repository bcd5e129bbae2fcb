"""Time reading timetables: published feeds and a million stop times, against gtfs_kit's reading.

    python benchmarks/feeds.py [--repeat 5] [--json]

Yipan reads, checks every row, and builds the day's patterns; gtfs_kit only reads the tables into data frames
(the same input, the same process). Prints a table, or with ``--json`` one object a line: name, value, unit,
bar, ratio (of the peer's time, reading only, to ours), ok. What is missing, data or peer, is said and passed
over.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np

from yipan.network.timetable import busiest_day, read_feed, timetable_of

DATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"
FEEDS: dict[str, tuple[tuple[str, ...], date | None]] = {
    "Porto Alegre": (("poa/poa_eptc.zip", "poa/poa_trensurb.zip"), date(2019, 5, 13)),
    "São Paulo": (("spo/spo.zip",), None),
    "Porto": (("porto/gtfs_metro.zip", "porto/gtfs_cp.zip"), None),
    "New York subway": (("nyc_subway/nyc_subway.zip",), None),
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TRIPS, STOPS_A_TRIP = 20_000, 50


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


def best(run: Callable[[], object], *, repeat: int) -> float:
    """Return the least of wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def synthetic(path: Path) -> Path:
    """Write a feed of a million stop times: 20,000 trips of 50 stops on 200 routes."""
    clock = [f"{s // 3600:02}:{s % 3600 // 60:02}:{s % 60:02}" for s in range(2 * 86_400)]
    rows = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for t in range(TRIPS):
        start, first = 5 * 3600 + t // 200 * 600, t % 200 * 7
        for i in range(STOPS_A_TRIP):
            at = clock[start + 90 * i]
            rows.append(f"t{t},{at},{at},s{(first + i) % 2000},{i}")
    tables = {
        "agency": "agency_id,agency_name,agency_url,agency_timezone\nx,X,http://x.example,Europe/Lisbon\n",
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"s{i},S{i},{1 + i // 50 / 100},{1 + i % 50 / 100}\n" for i in range(2000)),
        "routes": "route_id,agency_id,route_short_name,route_type\n"
        + "".join(f"r{i},x,{i},1\n" for i in range(200)),
        "trips": "route_id,service_id,trip_id\n" + "".join(f"r{t % 200},week,t{t}\n" for t in range(TRIPS)),
        "calendar": f"service_id,{','.join(DAYS)},start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20240101,20241231\n",
        "stop_times": "\n".join(rows) + "\n",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text)
    return path


def by_peer(paths: list[Path], *, repeat: int) -> float | None:
    """Return seconds gtfs_kit takes to read the tables, None where it is not installed or cannot."""
    if importlib.util.find_spec("gtfs_kit") is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gtfs_kit  # noqa: PLC0415

        try:
            return best(lambda: [gtfs_kit.read_feed(p, dist_units="km") for p in paths], repeat=repeat)
        except Exception as error:  # whatever it raises is its answer
            print(f"gtfs_kit cannot read {[p.name for p in paths]}: {error}", file=sys.stderr)
            return None


def rows(*, repeat: int) -> Iterable[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cases = {n: ([DATA / p for p in paths], day) for n, (paths, day) in FEEDS.items()}
        cases["a million stop times"] = ([synthetic(Path(folder) / "million.zip")], date(2024, 1, 8))
        for name, (paths, day) in cases.items():
            missing = [p.name for p in paths if not p.exists()]
            if missing:
                print(f"{name}: {', '.join(missing)} is not here; passed over", file=sys.stderr)
                continue
            yield from of_feed(name, paths, day, repeat=repeat)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("peak memory of the process, peer included", peak, "MB", None, None, ok=True)


def of_feed(name: str, paths: list[Path], day: date | None, *, repeat: int) -> Iterable[Row]:
    feeds = [f for f, _ in (read_feed(p, strict=False) for p in paths) if f is not None]
    on = day or busiest_day(feeds)
    table, _ = timetable_of(feeds, on)
    read = best(lambda: [read_feed(p, strict=False) for p in paths], repeat=repeat)
    build = best(lambda: timetable_of(feeds, on), repeat=repeat)
    peer = by_peer(paths, repeat=repeat)
    yield Row(f"{name}: stop times in the feeds", sum(len(f.stop) for f in feeds), "", None, None, ok=True)
    yield Row(f"{name}: trips on {on}", float(np.sum(table.trips)), "", None, None, ok=True)
    yield Row(f"{name}: patterns", table.patterns, "", None, None, ok=True)
    ratio = None if peer is None else peer / read
    yield Row(f"{name}: read and check", read, "s", 5.0, ratio, read <= 5.0)
    if peer is not None:
        yield Row(f"{name}: read only, gtfs_kit", peer, "s", None, None, ok=True)
    yield Row(f"{name}: build the day", build, "s", 3.0, None, build <= 3.0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    ok = True
    for row in rows(repeat=given.repeat):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
            ratio = "" if row.ratio is None else f"{row.ratio:.1f} × the speed of gtfs_kit"
            number = f"{row.value:,.3f}" if row.unit == "s" else f"{row.value:,.0f}"
            print(
                f"{row.name:<48}{number:>12} {row.unit:<4}{bar:<10}{ratio:<28}{'ok' if row.ok else 'NOT OK'}"
            )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
