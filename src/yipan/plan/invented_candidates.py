"""Invented candidates and variations of a region, for tests and benchmarks of the search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.scenario import (
    AddLine,
    AddLink,
    AddPlace,
    ChangeActivity,
    ImproveLink,
    Intervention,
    Project,
    ProtectArea,
    Stop,
)
from yipan.text import Text


def invented_region(region: Region, seed: int) -> Region:
    """Return the region with residents, jobs and GDP of its cells varied at random by up to half."""
    rng = np.random.default_rng(seed)
    cells = region.cells
    for column in ("population", "jobs", "gdp"):
        cells[column] = np.round(cells[column].to_numpy() * rng.uniform(0.5, 1.5, len(cells)), 1)
    return region.replace(cells=cells)


def invented_candidates(region: Region, seed: int, *, count: int = 8) -> tuple[Project, ...]:
    """Return random candidates of seven kinds that resolve on a region, every cost assumed.

    Examples
    --------
    >>> from yipan.region import example
    >>> [p.id for p in invented_candidates(example("tiny"), 1, count=3)]
    ['line-0', 'link-1', 'hospital-2']
    """
    rng = np.random.default_rng(seed)
    makers: list[tuple[str, Callable[[np.random.Generator, Region, str], Intervention], float]] = [
        ("line", _line, 60.0),
        ("link", _link, 20.0),
        ("hospital", _hospital, 12.0),
        ("shelter", _shelter, 2.0),
        ("reserve", _reserve, 3.0),
        ("jobs", _jobs, 15.0),
        ("road", _road, 10.0),
    ]
    out = []
    for k in range(count):
        kind, make, cost = makers[k % len(makers)]
        name = f"{kind}-{k}"
        out.append(_project(rng, region, name, make(rng, region, name), cost))
    return tuple(out)


def _project(
    rng: np.random.Generator, region: Region, name: str, intervention: Intervention, cost: float
) -> Project:
    years = int(rng.integers(1, 4))
    total = round(float(cost * rng.uniform(0.5, 1.5)), 2)
    return Project(
        id=name,
        name=Text(f"虚构项目 {name}", f"Invented {name}"),
        owner=Text("虚构单位", "invented body"),
        zones=(str(rng.choice(list(region.zone_ids))),),
        interventions=(intervention,),
        capital=tuple(round(total / years, 4) for _ in range(years)),
        upkeep=round(total * 0.02, 4),
        price_year=region.meta.price_year,
        life=30,
        source="invented",
        quality=Quality.ASSUMED,
        because=Text("为检验搜索而虚构", "Invented to test the search"),
    )


def _cells(rng: np.random.Generator, region: Region, n: int) -> list[tuple[str, float, float]]:
    """Return (id, lon, lat) of different cells."""
    cells = region.tables["cells"]
    ids, lon, lat = cells.array("id"), cells.numbers("lon"), cells.numbers("lat")
    return [(str(ids[k]), float(lon[k]), float(lat[k])) for k in rng.choice(len(ids), n, replace=False)]


def _point(rng: np.random.Generator, region: Region) -> tuple[float, float]:
    return _cells(rng, region, 1)[0][1:]


def _line(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    at = sorted(_cells(rng, region, 3), key=lambda c: c[1])
    stops = tuple(
        Stop(f"{name}-{cell}", f"{name}-{k}", f"{name}-{k}", lon, lat)
        for k, (cell, lon, lat) in enumerate(at)
    )
    return AddLine(
        id=name,
        zh=name,
        mode="metro",
        headway_peak=5.0,
        headway_offpeak=10.0,
        speed=45.0,
        dwell=30.0,
        stops=stops,
    )


def _link(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    (a, lon, lat), (b, other_lon, other_lat) = _cells(rng, region, 2)
    km = float(np.hypot((lon - other_lon) * 97.0, (lat - other_lat) * 111.0)) * 1.2 + 1.0
    return AddLink(id=name, from_cell=a, to_cell=b, kind="expressway", length=round(km, 2), speed=80.0)


def _hospital(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    lon, lat = _point(rng, region)
    beds = float(rng.integers(100, 600))
    return AddPlace(id=name, zh=name, kind="hospital", lon=lon, lat=lat, capacity=beds, unit="bed")


def _shelter(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    lon, lat = _point(rng, region)
    persons = float(rng.integers(2_000, 30_000))
    return AddPlace(id=name, zh=name, kind="shelter", lon=lon, lat=lat, capacity=persons, unit="person")


def _reserve(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    lon, lat = _point(rng, region)
    return ProtectArea(id=name, zh=name, lon=lon, lat=lat, km2=float(rng.integers(10, 60)))


def _jobs(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    cell = _cells(rng, region, 1)[0][0]
    return ChangeActivity(cell=cell, jobs=float(rng.integers(1_000, 20_000)), gdp=5.0)


def _road(rng: np.random.Generator, region: Region, name: str) -> Intervention:
    links = region.tables["links"].array("id")
    return ImproveLink(link=str(links[int(rng.integers(len(links)))]), speed=100.0, kind="expressway")
