"""Time the index recipe: 3,000 zones × 100 indicators from raw data to ranks, and what the steps take.

    python benchmarks/index.py [--zones 3000] [--indicators 100] [--repeat 5] [--json]

Prints a table, or with ``--json`` one object a line: name, value, unit, bar, ratio, ok. The data are made up:
skewed, with gaps, a fifth of the indicators with outliers. The usual peer, COINr, needs R, which is not
part of the installation: no row is side by side.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from yipan.measure.recipe import Impute, Leaf, Node, Normalise, Recipe, Screen, Treat, ranks, run


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    bar: float | None
    ratio: float | None
    ok: bool


def timed(work: Callable[[], object], *, repeat: int) -> float:
    """Return the median of wall-clock seconds."""
    spent = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def made_up(zones: int, indicators: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    values = rng.lognormal(sigma=0.5, size=(zones, indicators))
    values[:, ::5] = rng.lognormal(sigma=2.0, size=values[:, ::5].shape)  # fails the rule for outliers
    values[rng.random(values.shape) < 0.05] = np.nan
    data = pd.DataFrame(values, columns=[f"x{k}" for k in range(indicators)])
    data["people"] = rng.lognormal(10.0, size=zones)
    data["cluster"] = rng.integers(0, 40, size=zones).astype(str)
    return data.set_index(pd.Index([f"z{i}" for i in range(zones)], name="zone"))


def recipe(indicators: int) -> Recipe:
    leaves = [
        Leaf(id=f"x{k}", direction=-1 if k % 3 == 0 else 1, denominator="people" if k % 4 == 0 else "")
        for k in range(indicators)
    ]
    pillars = tuple(
        Node(id=f"pillar{p}", parts=tuple(leaves[p::10]), aggregate="geometric", weights="given")
        for p in range(min(10, indicators))
    )
    half = len(pillars) // 2
    root = Node(
        id="index",
        parts=(Node(id="one", parts=pillars[:half]), Node(id="two", parts=pillars[half:])),
        aggregate="geometric",
    )
    return Recipe(
        root=root,
        impute=(Impute(method="group_median", by="cluster"), Impute(method="median")),
        screen=Screen(least=0.66),
        treat=Treat(),
        normalise=Normalise(low=1.0),
    )


def rows(zones: int, indicators: int, *, repeat: int) -> Iterable[Row]:
    data, made = made_up(zones, indicators), recipe(indicators)
    name = f"{zones} zones x {indicators} indicators"
    spent = timed(lambda: ranks(run(made, data)), repeat=repeat)
    yield Row(f"{name}: whole recipe", spent, "s", 2.0, None, spent <= 2.0)
    steps = {
        "without imputing": replace(made, impute=()),
        "without treating": replace(made, treat=None),
        "neither": replace(made, impute=(), treat=None),
    }
    for what, other in steps.items():
        less = timed(lambda o=other: run(o, data), repeat=repeat)
        yield Row(f"{name}: {what}", less, "s", None, spent / less, ok=True)
    years = pd.concat(dict.fromkeys(range(2016, 2026), data), names=["year"]).swaplevel()
    panel = timed(lambda: run(made, years), repeat=1)
    yield Row(f"{name} x 10 years: whole recipe", panel, "s", None, None, ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zones", type=int, default=3000)
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    ok = True
    for row in rows(given.zones, given.indicators, repeat=given.repeat):
        ok &= row.ok
        if given.json:
            print(json.dumps(asdict(row)))
        else:
            bar = "" if row.bar is None else f"bar {row.bar:g} {row.unit}"
            print(f"{row.name:48} {row.value:9.3f} {row.unit:3} {bar:12} {'' if row.ok else 'MISSED'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
