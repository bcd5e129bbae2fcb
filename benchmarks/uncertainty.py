"""Time the uncertainty of an index: COINr's 384 designs on the ASEM set, and 100,000 designs.

    python benchmarks/uncertainty.py [--oracles ../shared/oracles] [--repeat 5] [--json]

Prints a table, or with ``--json`` one object a line: name, value, unit, bar, ratio, ok. One core: the process
is pinned to it and linear algebra has one thread. COINr 1.1.14 took 64 to 75 s for the 384 designs on a
machine of the same kind; it is not run here, and `ratio` is that 64 s over the figure measured. Without the
ASEM set those rows are skipped; the rows on made-up data remain.
"""

# ruff: noqa: E402  (threads are set before numpy is loaded)
from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, Treat
from yipan.measure.sure import (
    Choice,
    WeightFactors,
    aggregations,
    noisy_weights,
    random_designs,
    sobol,
    uncertainty,
)

COINR = 64.0
"""Seconds COINr took for the 384 designs, the better of its runs."""
ORACLES = Path(__file__).resolve().parents[2] / "shared" / "oracles"


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


def timed(run: Callable[[], object], *, repeat: int) -> float:
    """Return the median of wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def peak() -> float:
    """Return the largest memory the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def treatments() -> Choice:
    def most(points: int) -> Callable[[Recipe], Recipe]:
        return lambda r: replace(r, treat=Treat(winsorise=points))

    return Choice("winmax", {str(k): most(k) for k in range(1, 6)})


def scales() -> Choice:
    return Choice(
        "scale",
        {
            "n_minmax": lambda r: replace(r, normalise=Normalise(low=1, high=100)),
            "n_zscore": lambda r: replace(r, normalise=Normalise(method="z", mean=10, sd=2)),
        },
    )


def asem(folder: Path) -> tuple[Recipe, pd.DataFrame]:
    """Return the recipe and the data of the ASEM index after screening."""
    lineage = pd.read_csv(folder / "in_lineage.csv")
    sign = pd.read_csv(folder / "in_iMeta.csv").set_index("iCode")["Direction"]
    subs = []
    for sub, below in lineage.groupby("Sub-index", sort=False):
        pillars = tuple(
            Node(id=str(p), parts=tuple(Leaf(id=i, direction=int(sign[i])) for i in part["Indicator"]))
            for p, part in below.groupby("Pillar", sort=False)
        )
        subs.append(Node(id=str(sub), parts=pillars))
    data = pd.read_csv(folder / "pipe_Screened.csv").set_index("uCode")
    return Recipe(root=Node(id="Index", parts=tuple(subs)), treat=Treat()), data


def of_asem(folder: Path, *, repeat: int) -> Iterable[Row]:
    recipe, data = asem(folder)
    noise = pd.read_csv(folder / "sa_noisy_weights_20.csv").set_index("iCode").drop(index="Index")
    factors = noise.drop(columns="Level").to_numpy(dtype=np.float64).T
    weights = WeightFactors("weights", tuple(noise.index), factors)
    means = aggregations("arithmetic", "geometric")
    choices = [treatments(), scales(), weights, means]
    table = pd.read_csv(folder / "sa_design.csv")
    designs = np.column_stack(
        [
            table["winmax"] - 1,
            (table["norm"] == "n_zscore").astype(int),
            table["weights_id"] - 1,
            (table["agg"] == "a_gmean").astype(int),
        ]
    ).astype(np.int64)

    def once() -> None:
        uncertainty(recipe, data, choices, designs=designs)

    first = timed(once, repeat=1)
    yield Row("384 designs, first run", first, "s", 1.0, COINR / first, first <= 1.0)
    again = timed(once, repeat=repeat)
    yield Row("384 designs, median", again, "s", 1.0, COINR / again, again <= 1.0)
    found = uncertainty(recipe, data, choices, designs=designs, keep_scores=True)
    published = pd.read_csv(folder / "sa_scores.csv").set_index("uCode").loc[data.index]
    worst = float(np.abs(found.scores / published.drop(columns="Nominal").to_numpy().T - 1).max())
    yield Row("384 designs, worst relative difference", worst, "", 2e-13, None, worst <= 2e-13)
    spent = timed(lambda: sobol(found.distance, [c.name for c in choices]), repeat=repeat)
    yield Row("Sobol indices, 1000 resamples", spent, "s", None, None, ok=True)
    many = noisy_weights(recipe, sets=100_000, leaves=True)
    choices = [treatments(), scales(), many, means]
    wide = random_designs(choices, count=100_000)
    spent = timed(lambda: uncertainty(recipe, data, choices, designs=wide), repeat=1)
    yield Row("100,000 designs, 51 x 49", spent, "s", 180.0, None, spent <= 180.0)
    yield Row("peak memory so far", peak(), "MB", 1000.0, None, peak() <= 1000.0)


def of_many_zones(zones: int, indicators: int, count: int) -> Iterable[Row]:
    """Time a region of many zones: ten groups of indicators, weights of all parts drawn anew each time."""
    rng = np.random.default_rng(0)
    names = [f"i{k}" for k in range(indicators)]
    index = [f"z{k}" for k in range(zones)]
    data = pd.DataFrame(rng.lognormal(size=(zones, indicators)), index=index, columns=names)
    groups = tuple(Node(id=f"g{k}", parts=tuple(Leaf(id=n) for n in names[k::10])) for k in range(10))
    recipe = Recipe(root=Node(id="index", parts=groups), treat=Treat(), normalise=Normalise(low=1, high=100))
    choices = [
        noisy_weights(recipe, sets=count, leaves=True),
        scales_of_one(),
        aggregations("arithmetic", "geometric"),
    ]
    designs = random_designs(choices, count=count)
    spent = timed(lambda: uncertainty(recipe, data, choices, designs=designs), repeat=1)
    yield Row(f"{count:,} designs, {zones:,} x {indicators}", spent, "s", None, None, ok=True)
    yield Row("peak memory of the process", peak(), "MB", 1500.0, None, peak() <= 1500.0)


def scales_of_one() -> Choice:
    return Choice(
        "scale",
        {
            "1-100": lambda r: r,
            "percentile": lambda r: replace(r, normalise=Normalise(method="percentile", low=1, high=100)),
        },
    )


def rows(oracles: Path, *, repeat: int) -> Iterable[Row]:
    folder = oracles / "coinr_asem"
    if folder.exists():
        yield from of_asem(folder, repeat=repeat)
    else:
        print(f"skipped: no ASEM set in {oracles.name}/coinr_asem", file=sys.stderr)
    yield from of_many_zones(3000, 100, 2000)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--oracles", type=Path, default=ORACLES)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ok = True
    for row in rows(given.oracles, repeat=given.repeat):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
            ratio = "" if row.ratio is None else f"{row.ratio:.0f} × faster than COINr"
            print(
                f"{row.name:<42}{row.value:>10.3g} {row.unit:<4}{bar:<12}{ratio:<26}"
                f"{'ok' if row.ok else 'NOT OK'}"
            )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
