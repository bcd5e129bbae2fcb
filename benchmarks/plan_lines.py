"""A thousand candidate lines on 12,000 cells, each evaluated exactly for access and for equity.

    python benchmarks/plan_lines.py [--cells 12000] [--candidates 1000] [--check 3] [--json]

The city is that of `what_if.py`. For every line of 10 to 25 stops: jobs within 30, 45 and 60 minutes from
every cell with the line built, then for 45 minutes the Gini and Theil coefficients over residents, the mean
of the worst-off tenth and the mean of each of eight clusters. A few lines are checked against the board with
the line written out: access must be the same, entry by entry. The peers' way is to compute all travel times
again for each candidate: what cafein needs for an hour of departures and for one, and ferrobus for one, is
timed on the networks of Porto Alegre (`transit.py`) and extrapolated. cafein: a few origins to as
many places as there are cells, linear in origins. ferrobus: square matrices of two sizes, a constant and a
term for each pair. Where the networks or the peers are missing, that row is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))
import transit
from what_if import LIMITS, City, Line, Row, built, changed_by, random_line

from yipan.inequality import gini, mean_of_lowest, theil
from yipan.network.whatif import (
    Board,
    Measures,
    access,
    gain_access,
    lowered,
    overlaid,
    within_limits,
)

CLUSTERS = 8
JUDGED = 1  # the limit equity is judged at: the second, 45 minutes


def equity_of(
    reach: NDArray[np.float64], people: NDArray[np.float64], cluster: NDArray[np.int64]
) -> tuple[float, float, float, NDArray[np.float64]]:
    """Return Gini, Theil, the mean of the worst-off tenth, and the mean of every cluster."""
    means = np.bincount(cluster, reach * people) / np.bincount(cluster, people)
    spread = theil(reach * people, people, cluster)
    return gini(reach, people), spread.total, mean_of_lowest(reach, people), means


def lines_of(city: City, count: int) -> list[Line]:
    """Return so many lines of 10 to 25 stops."""
    rng = np.random.default_rng(11)
    return [random_line(city, rng, stops=int(rng.integers(10, 26)), fast=6) for _ in range(count)]


def evaluated(
    board: Board, lines: Iterable[Line], jobs: Measures, now: NDArray[np.float64], people: NDArray[np.float64]
) -> list[tuple[float, float, float, NDArray[np.float64]]]:
    """Return the equity of the access that each line would bring."""
    cluster = np.arange(len(people)) * CLUSTERS // len(people)
    out = []
    for one in lines:
        reach = now + gain_access(board, changed_by(board, [one]), jobs).access
        out.append(equity_of(reach[:, JUDGED], people, cluster))
    return out


def ours(cells: int, candidates: int, check: int) -> Iterable[Row]:
    city, board = built(cells, 1)
    rng = np.random.default_rng(3)
    jobs = within_limits(rng.integers(0, 3000, city.n).astype(float), LIMITS)
    people = rng.integers(100, 8000, city.n).astype(float)
    now = access(board, jobs)
    lines = lines_of(city, candidates)
    evaluated(board, lines[:1], jobs, now, people)  # compiles
    start = time.perf_counter()
    found = evaluated(board, lines, jobs, now, people)
    spent = time.perf_counter() - start
    bar = 60.0 * candidates / 1000
    yield Row(f"{candidates} lines on {city.n} cells: access and equity", spent, "s", bar, None, spent <= bar)
    yield Row("  a line", 1000 * spent / candidates, "ms", None, None, ok=True)
    start = time.perf_counter()
    for _ in range(20):
        equity_of(now[:, JUDGED], people, np.arange(city.n) * CLUSTERS // city.n)
    yield Row("  of which equity", 1000 * (time.perf_counter() - start) / 20, "ms", None, None, ok=True)
    wrong, apart = 0, 0.0
    for one, equal in list(zip(lines, found, strict=True))[:check]:
        change = changed_by(board, [one])
        whole = access(overlaid(board, lowered(board, change)), jobs)
        wrong += int((whole != now + gain_access(board, change, jobs).access).sum())
        again = equity_of(whole[:, JUDGED], people, np.arange(city.n) * CLUSTERS // city.n)
        apart = max(apart, *(abs(a - b) for a, b in zip(equal[:3], again[:3], strict=True)))
    yield Row(f"  access wrong, {check} lines written out", wrong, "", 0, None, wrong == 0)
    yield Row("  equity: largest difference", apart, "", 0, None, apart == 0.0)


def peers(cells: int, each: float) -> Iterable[Row]:
    """Time the peers a few origins at a time, and extrapolate to all cells.

    A new line's wait is that of somebody who leaves at any moment of the period. A peer that follows
    a timetable says the same only over a window of departures: the bar is on that. One departure is shown
    beside it, without a bar, as it answers less.
    """
    if not transit.DATA.exists():
        return
    hexagons = pd.read_csv(transit.DATA / "poa_hexgrid.csv")
    hour = {"departure_time_window": 60, "percentiles": [50]}
    for name, run, bar in (
        ("cafein, 60 departures", lambda h, n: _cafein(h, n, origins=8, **hour), 1000),
        ("cafein, one departure", lambda h, n: _cafein(h, n, origins=20), None),
        ("ferrobus, one departure", _ferrobus, None),
    ):
        try:
            full = run(hexagons, cells)
        except ImportError:
            continue
        yield Row(f"{name}: {cells} origins, extrapolated", full, "s", None, None, ok=True)
        ratio = full / each
        ok = bar is None or ratio >= bar
        yield Row("  its full recomputation against ours, a line", ratio, "×", bar, ratio, ok)


def _around(hexagons: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return so many places: the hexagons, then others near them."""
    rng = np.random.default_rng(2)
    at = np.arange(count) % len(hexagons)
    away = np.where(np.arange(count) < len(hexagons), 0.0, 1.0)
    return pd.DataFrame(
        {
            "id": [f"p{k}" for k in range(count)],
            "lat": hexagons["lat"].to_numpy()[at] + away * rng.uniform(-0.002, 0.002, count),
            "lon": hexagons["lon"].to_numpy()[at] + away * rng.uniform(-0.002, 0.002, count),
        }
    )


def _cafein(hexagons: pd.DataFrame, cells: int, *, origins: int, **window: object) -> float:
    peer = transit.Cafein(_around(hexagons, cells))
    few = np.linspace(0, cells - 1, origins).astype(np.int64)
    one = min(peer.matrix(few[:1], **window)[0] for _ in range(2))
    many = min(peer.matrix(few, **window)[0] for _ in range(2))
    return one + (many - one) / (len(few) - 1) * (cells - 1)


def _ferrobus(hexagons: pd.DataFrame, cells: int) -> float:
    import ferrobus  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        feeds = [str(transit.filled_copy(f, Path(folder) / f)) for f in transit.FEEDS]
        model = ferrobus.create_transit_model(
            str(transit.DATA / "poa_osm.pbf"), feeds, transit.DAY, transit.FOOT
        )
    points = []
    for lat, lon in _around(hexagons, 2400)[["lat", "lon"]].to_numpy():
        try:
            points.append(ferrobus.create_transit_point(lat, lon, model, transit.FOOT, 1000))
        except ValueError:
            continue  # off its streets
    sizes, spent = np.array([len(points) // 2, len(points)]), []
    for n in sizes:
        start = time.perf_counter()
        ferrobus.travel_time_matrix(model, points[:n], transit.ALIKE.start, transit.ALIKE.max_rides)
        spent.append(time.perf_counter() - start)
    per_pair, per_origin = np.polyfit(sizes, np.array(spent) / sizes, 1)
    return float(cells * (per_origin + per_pair * cells))


def rows(cells: int, candidates: int, check: int) -> Iterable[Row]:
    each = 0.0
    for row in ours(cells, candidates, check):
        each = row.value / 1000 if row.name == "  a line" else each
        yield row
    yield from peers(cells, each)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=12_000)
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--check", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    ok = True
    for row in rows(given.cells, given.candidates, given.check):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"{'≥' if row.unit == '×' else '≤'} {row.bar:g} {row.unit}"
            print(
                f"{row.name:<62}{row.value:>12.3f} {row.unit:<4}{bar:<12}{'ok' if row.ok else 'NOT OK'}",
                flush=True,
            )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
