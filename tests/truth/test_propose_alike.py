"""Which interventions do nearly the same on the region ``tiny``: by place, not by the line they are on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yipan.measure import measure
from yipan.plan import propose
from yipan.plan.alike import alike_pairs
from yipan.region import example
from yipan.scenario import (
    AddLine,
    AddStop,
    ChangeCapacity,
    ChangeService,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    ImproveLink,
    Intervention,
    RestoreArea,
    Stop,
)

REGION = example("tiny").replace(meta=replace(example("tiny").meta, price_year=2024))
MOULD = propose(REGION, measure(REGION))[0]


def alike(a: Intervention, b: Intervention) -> bool:
    """Return whether two projects of one intervention each are alike; the order must not matter."""
    projects = [replace(MOULD, id=i, interventions=(x,)) for i, x in (("a", a), ("b", b))]
    there, back = alike_pairs(REGION, projects), alike_pairs(REGION, projects[::-1])
    assert bool(there) == bool(back)
    return bool(there)


def stop(after: str, before: str, lon: float, lat: float = 29.10, line: str = "m1") -> AddStop:
    return AddStop(line=line, after=after, before=before, station=f"s-{lon}", en="S", lon=lon, lat=lat)


def longer(end: str, *at: tuple[float, float]) -> ExtendLine:
    return ExtendLine(line="m1", end=end, stops=tuple(Stop(f"x{x}", "", "X", x, y) for x, y in at))


def line(*at: tuple[float, float], mode: str = "metro") -> AddLine:
    return AddLine(
        id="new",
        en="New",
        mode=mode,
        headway_peak=5.0,
        headway_offpeak=10.0,
        speed=40.0,
        stops=tuple(Stop(f"n{x}", "", "N", x, y) for x, y in at),
    )


def area(cell: str, habitat: str) -> RestoreArea:
    return RestoreArea(cell=cell, habitat=habitat, km2=1.0)


EAST, WEST = [(106.28, 29.10), (106.31, 29.10)], [(106.02, 29.10)]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # stops of one line in two gaps, 9.7 km apart: two projects; in one gap the second finds no such gap
        (stop("st-a1", "st-a2", 106.10), stop("st-a2", "st-b1", 106.20), False),
        (stop("st-a1", "st-a2", 106.08), stop("st-a2", "st-a1", 106.12), True),
        # a km apart in two gaps: one neighbourhood
        (stop("st-a1", "st-a2", 106.145), stop("st-a2", "st-b1", 106.155), True),
        # another line's stop there is not this line's
        (stop("st-a1", "st-a2", 106.10), stop("st-a1", "st-a2", 106.10, line="m9"), False),
        (longer("st-b1", *EAST), longer("st-a1", *WEST), False),
        (longer("st-b1", (106.25, 29.13)), longer("st-b1", *EAST), True),  # one end, whichever way
        # a new metro line from the end along the same stops; a high-speed one; one across
        (longer("st-b1", *EAST), line((106.25, 29.10), *EAST), True),
        (longer("st-b1", *EAST), line((106.25, 29.10), *EAST, mode="hsr"), False),
        (longer("st-b1", *EAST), line((106.28, 29.14), (106.28, 29.18)), False),
        # A1 and A2 are 9.7 km apart
        (area("A1", "wetland"), area("A1", "wetland"), True),
        (area("A1", "wetland"), area("A1", "forest"), False),
        (area("A1", "wetland"), area("A2", "wetland"), False),
        (CloseLine(line="m1"), ChangeService(line="m1", headway_peak=3.0), True),
        (CloseLine(line="m1"), longer("st-b1", *EAST), True),
        (CloseLine(line="m1"), stop("st-a1", "st-a2", 106.10), True),
        (CloseLine(line="m9"), ChangeService(line="m1", headway_peak=3.0), False),
        (CloseLink(link="l3"), ImproveLink(link="l3", speed=60.0), True),
        (CloseLink(link="l4"), ImproveLink(link="l3", speed=60.0), False),
        (ClosePlace(place="h1"), ChangeCapacity(place="h1", add=100.0), True),
        (ClosePlace(place="h1"), ChangeCapacity(place="h2", add=100.0), False),
        (ChangeService(line="m1", headway_peak=3.0), stop("st-a1", "st-a2", 106.10), False),
    ],
)
def test_alike_is_what_does_the_same_or_undoes_the_other(
    a: Intervention, b: Intervention, expected: bool
) -> None:
    assert alike(a, b) is expected
