"""Step 2, zones: the districts of the city (kaupunginosa), as far as the extract shows them, in parts.

The extract holds the borders between districts but not their outer ends. A border that leaves the extract is
carried on straight to its nearest edge; the borders and the frame then close into one area for each district,
named by the district that all borders round it have in common. Each district is divided among named places in
it (squares, parks, neighbourhoods): land belongs to the nearest (Voronoi). The corner of Punavuori, 0.8 % of
the extract, is added to Kamppi.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import shapely

from helsinki_steps.sample import Point, Sample, globe, plane

JOINED = {"Punavuori": "Kamppi"}


class Seed(NamedTuple):
    """A zone: id, district, name of the place in OpenStreetMap, names, cluster."""

    id: str
    district: str
    place: str
    zh: str
    en: str
    cluster: str


def _seeds() -> tuple[Seed, ...]:
    path = Path(__file__).resolve().parents[1] / "seeds.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Seed(**row) for row in csv.DictReader(file))


SEEDS = _seeds()


def build_zones(sample: Sample) -> dict[str, shapely.Geometry]:
    """Return the outlines of the zones (degrees, seven decimals) by id, in the order of `SEEDS`."""
    out: dict[str, shapely.Geometry] = {}
    for district, outline in districts(sample).items():
        seeds = [s for s in SEEDS if s.district == district]
        spots = [plane(shapely.Point(spot(sample, s))) for s in seeds]
        flat = plane(outline)
        if not all(flat.contains(p) for p in spots):
            raise LookupError(f"a named place of {district} lies outside it")
        parts = [flat]
        if len(spots) > 1:
            diagram = shapely.voronoi_polygons(shapely.MultiPoint(spots), extend_to=flat, ordered=True)
            parts = [shapely.intersection(p, flat) for p in diagram.geoms]
        for seed, part in zip(seeds, parts, strict=True):
            out[seed.id] = _rounded(globe(part))
    return {s.id: out[s.id] for s in SEEDS}


def spot(sample: Sample, seed: Seed) -> Point:
    """Return where the named place of a zone lies."""
    return sample.find(seed.place).point


def districts(sample: Sample) -> dict[str, shapely.Geometry]:
    """Return the part of each district inside the extract (degrees)."""
    names: dict[int, set[str]] = {}
    for name, ways in sample.districts.items():
        for way in ways:
            if len(sample.borders.get(way, ())) > 1:
                names.setdefault(way, set()).add(name)
    lines = _carried_on(sample, sorted(names))
    net = shapely.union_all([*lines.values(), sample.frame.exterior])
    out: dict[str, shapely.Geometry] = {}
    for area in shapely.polygonize([net]).geoms:
        edge = shapely.buffer(area.exterior, 1e-7)
        round_it = [names[w] for w, line in lines.items() if shapely.intersection(edge, line).length > 1e-4]
        common = set.intersection(*round_it) if round_it else set()
        if len(common) != 1:
            raise LookupError(f"the borders of an area do not name one district: {sorted(common)}")
        name = common.pop()
        name = JOINED.get(name, name)
        out[name] = shapely.union(out[name], area) if name in out else area
    return dict(sorted(out.items()))


def _carried_on(sample: Sample, ways: list[int]) -> dict[int, shapely.LineString]:
    """Return border lines whose loose ends run on to the nearest edge of the extract."""
    ends = Counter(p for w in ways for p in (sample.borders[w][0], sample.borders[w][-1]))
    out = {}
    for way in ways:
        line = list(sample.borders[way])
        if ends[line[0]] == 1:
            line.insert(0, _edge(sample, line[0]))
        if ends[line[-1]] == 1:
            line.append(_edge(sample, line[-1]))
        out[way] = shapely.LineString(line)
    return out


def _edge(sample: Sample, point: Point) -> Point:
    west, south, east, north = sample.frame.bounds
    x, y = point
    spots = [(west, y), (east, y), (x, south), (x, north)]
    here = plane(shapely.Point(point))
    return min(spots, key=lambda p: float(shapely.distance(here, plane(shapely.Point(p)))))


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape with coordinates of 1 cm, still valid."""
    return shapely.normalize(shapely.set_precision(shape, 1e-7))
