"""Results of the example regions in one file; `make baseline` writes it again, on purpose.

It is no truth: it shows a reviewer what a change did to real results, number by number.
"""

from __future__ import annotations

import json
from pathlib import Path

from yipan import Region, example, measure, travel_times

FILE = Path(__file__).with_name("examples.json")


def results_of(region: Region) -> dict[str, object]:
    """Return what is compared: content, scores of the region and its clusters, values and times in brief."""
    results = measure(region)
    return {
        "rows": {name: len(table) for name, table in sorted(region.tables.items())},
        "total": {k: round(float(v), 4) for k, v in results.total.items()},
        "clusters": {
            str(c): {k: round(float(v), 4) for k, v in row.items()} for c, row in results.clusters.iterrows()
        },
        "mean value": {i: round(float(results.values[i].mean()), 4) for i in sorted(results.values)},
        "missing": len(results.missing),
        "mean minutes": {
            mode: round(float(travel_times(region, mode).minutes().mean()), 3)
            for mode in ("drive", "transit", "any")
        },
    }


def current() -> dict[str, object]:
    """Return the results of every example region."""
    return {name: results_of(example(name)) for name in ("tiny", "chongqing")}


if __name__ == "__main__":
    FILE.write_text(json.dumps(current(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
