"""Every indicator worked out by hand on the tiny region; arithmetic beside each value.

Times of the tiny region, minutes. By car: links 11 km at 40 km/h = 16.5 (A1–A2, A2–B1), 12 km at 40 = 18
(B1–B2), 30 km at 30 = 60 (A1–C1), 25 km at 25 = 60 (C1–C2), and 4 at the ends of a trip together.
Metro A1–A2–B1: stops 9.716 km apart at 36 km/h = 16.2, wait 2, dwell 0.5: A1–A2 18.2, A1–B1 34.9.
Coach: 10 + 1.5 × driving. So:

             by car                                    by transit                     any: the least
             A1    A2    B1    B2    C1    C2          A1    A2    B1    B2
    A1     22.95  20.5  37    55    64   124          38.4  18.2  34.9  71.9        A1–A2, A1–B1 by metro,
    A2            22.95 20.5  38.5  80.5 140.5              38.4  18.2  55.2        the rest by car
    B1                  22.95 22    97   157                      38.4  37
    B2                        22.95 115  175                            38.4
    C1                              41.8  64          C1, C2 within themselves 66.7, further over 60

(Within a cell: half of the 9.716 km to the next cell × 1.3 at 20 km/h = 18.95, + 4 by car, × 1.5 + 10 by
coach; C1 and C2 lie 19.4 km apart: 37.8 + 4.) Places at a cell's own point take 0 from it, 4 by car.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

import pandas as pd
import pytest

from yipan.measure import REGION, catalogue, measure
from yipan.region import Region, example

Expected = tuple[float, float, float] | float


def add_places(*rows: tuple[str, float, float, float]) -> Callable[[Region], Region]:
    """Add places (kind, lon, lat, capacity) that the tiny region does not have."""

    def change(region: Region) -> Region:
        frame = pd.DataFrame(rows, columns=["kind", "lon", "lat", "capacity"])
        more = frame.assign(
            id=[f"new{n}" for n in range(len(rows))],
            zh="新",
            en="new",
            unit="",
            source="invented",
            quality="assumed",
        )
        return region.replace(places=pd.concat([region.places, more], ignore_index=True))

    return change


def as_is(region: Region) -> Region:
    return region


AT_A1, IN_C, AT_RESERVE = (106.05, 29.10), (106.20, 29.30), (106.30, 29.35)
A, B, C = 300, 100, 40  # thousand residents; cells 200 + 100, 80 + 20, 30 + 10

CASES: list[tuple[str, Callable[[Region], Region], Expected]] = [
    # --- transport
    # jobs within 45 min by transit, of 235: A1 and A2 reach A1, A2, B1 = 220; B1 all but C = 225, B2 30 + 5
    ("N-ECO-03", as_is, (220 / 235 * 100, (80 * 225 + 20 * 35) / B / 235 * 100, 0)),
    # within 60 min by any: A and B reach 225; C1 and C2 only themselves: (30 × 8 + 10 × 2) / 40 = 6.5
    ("Y-ECO-01", as_is, (225 / 235 * 100, 225 / 235 * 100, 6.5 / 235 * 100)),
    # core A: B1 18.2 and B2 38.5 from A2; C1 64 from A1
    ("C-INF-02", as_is, (100, 100, 0)),
    # stations at A1, A2, B1: in B (80 + 30) of (100 + 35)
    ("C-INF-03", as_is, (100, 110 / 135 * 100, 0)),
    # transit 60: A1 220, A2 225, B1 225, B2 40 + 30 + 5 = 75; by car A and B 225, C1 8 (transit 0), C2 2 (0)
    (
        "Y-GRN-01",
        as_is,
        ((200 * 220 + 100 * 225) / (A * 225) * 100, (80 * 225 + 20 * 75) / (B * 225) * 100, 0),
    ),
    # airport 7.38 km from A1 and A2: × 1.3 at 20 km/h = 28.8, + 4 = 32.8; B2 67.3; C1 60 + 32.8 = 92.8
    ("Y-INT-01", as_is, (100, 100, 0)),
    # high-speed station put at A1: A2 18.2; B1 34.9, B2 55; C1 64, C2 124
    (
        "Y-INT-02",
        add_places(("hsr_station", *AT_A1, float("nan"))),
        (100 * 18.2 / A, (80 * 34.9 + 20 * 55) / B, (30 * 64 + 10 * 124) / C),
    ),
    # --- services: hospitals at A1 (1,500 beds) and B1 (300), university at A2
    ("Y-LIV-01", as_is, (100 * 18.2 / A, 20 * 22 / B, (30 * 64 + 10 * 124) / C)),
    ("Y-LIV-02", as_is, (100, 100, 0)),
    # both hospitals are within 60 min of the 400 thousand of A and B: (1500 + 300) / 400
    ("Y-LIV-03", as_is, (4.5, 4.5, 0)),
    ("N-LIV-02", as_is, (1500 / 3, 300 / 1, 0)),
    # nine tenths are passed with the second cell: A 2/3 + 1/3, B 0.8 + 0.2, C 0.75 + 0.25
    ("Y-HUM-02", as_is, (18.2, 22, 124)),
    # A1 18.2, B1 18.2, B2 38.5 from the university; C1 80.5
    ("Y-SMT-01", as_is, (1, 1, 0)),
    ("Y-SMT-02", as_is, (100, 80, 0)),
    # 4.5 for 400 of 440, nothing for 40: the Gini of "some have none" is the share of those who have none
    ("Y-PUB-01", as_is, 40 / 440),
    # shares of beds 5/6, 1/6, 0; of people 30/44, 10/44, 4/44
    ("C-PUB-02", as_is, 5 / 6 * log(5 / 6 / (30 / 44)) + 1 / 6 * log(1 / 6 / (10 / 44))),
    # between clusters: all beds in the valley, which has 400 of 440: ln 1.1 = 0.09531 of 0.11553
    ("Y-PUB-02", as_is, 0.09531 / 0.11553 * 100),
    # --- industry: GDP 250, 45, 13 (1e8); area 432, 432, 862 km2; jobs 190, 35, 10 thousand
    ("Y-ECO-02", as_is, (250 / 30, 45 / 10, 13 / 4)),
    ("Y-ECO-03", as_is, (250 / 432, 45 / 432, 13 / 862)),
    ("Y-ECO-04", as_is, (190 / A, 35 / B, 10 / C)),
    # GDP of cells 200, 50, 40, 5, 10, 3, each × exp(−minutes / 60), mean over residents, of 308
    (
        "Y-ECO-05",
        as_is,
        tuple(  # type: ignore[arg-type]
            sum(
                people
                * sum(gdp * exp(-t / 60) for gdp, t in zip((200, 50, 40, 5, 10, 3), times, strict=True))
                for people, times in cells
            )
            / sum(people for people, _ in cells)
            / 308
            * 100
            for cells in (
                [(200, (22.95, 18.2, 34.9, 55, 64, 124)), (100, (18.2, 22.95, 18.2, 38.5, 80.5, 140.5))],
                [(80, (34.9, 18.2, 22.95, 22, 97, 157)), (20, (55, 38.5, 22, 22.95, 115, 175))],
                [(30, (64, 80.5, 97, 115, 41.8, 64)), (10, (124, 140.5, 157, 175, 64, 41.8))],
            )
        ),
    ),
    # of 225 in reach: A has 190 at home, B 35; C1 and C2 reach only themselves
    ("Y-ECO-06", as_is, (35 / 225 * 100, 190 / 225 * 100, 0)),
    # ln 8.3333 = 2.1203, ln 4.5 = 1.5041, ln 3.25 = 1.1787; mean 1.6010; squares 0.2696 + 0.0094 + 0.1784
    ("C-MKT-04", as_is, sqrt((0.26963 + 0.00939 + 0.17838) / 3)),
    # --- ecology: forest park 5.56 km from C2: × 1.3 at 20 km/h = 21.7, + 4 = 25.7; C1 over 80
    ("Y-ECL-01", add_places(("forest_park", *AT_RESERVE, 5.0)), (0, 0, 25)),
    # park at A1: A2 18.2, B1 34.9, B2 71.9; C1 10 + 1.5 × 60 = 100 and C2 more
    ("Y-ECL-05", add_places(("park", *AT_A1, 3.0)), (100, 100, 0)),
    ("Y-ECL-02", as_is, (0, 0, 80 / 862 * 100)),
    # coal at B2: B1 9.7 km, A2 19.4, A1 29.1, C2 22.8
    ("Y-ECL-03", as_is, (100 / A * 600, 600, 0)),
    ("Y-ECL-04", as_is, (0, 600 / 100, 0)),
    ("Y-GRN-02", add_places(("power_hydro", *IN_C, 200.0)), (0, 0, 200 / 40)),
    ("Y-ECL-06", as_is, (300_000 / 432, 100_000 / 432, 40_000 / 862)),
    # --- safety
    ("Y-SAF-01", as_is, (10 / A * 100, 0, 0)),
    # shelter at A1: A2 18.2; B1 34.9
    ("Y-SAF-02", as_is, (100, 0, 0)),
    # second hospital: A1 34.9 (B1), A2 18.2; B1 34.9 (A1), B2 55; C1 97 (B1), C2 157
    ("Y-SAF-03", as_is, ((200 * 34.9 + 100 * 18.2) / A, (80 * 34.9 + 20 * 55) / B, (30 * 97 + 10 * 157) / C)),
    # fire station put at A1: A1 4, A2 20.5
    ("Y-SAF-04", add_places(("fire_station", *AT_A1, 30.0)), (200 / A * 100, 0, 0)),
    (
        "Y-SAF-05",
        add_places(("landslide", *IN_C, 0.0), ("landslide", 106.1, 29.35, 3.0)),
        (0, 0, 2 / 862 * 1000),
    ),
    # only l2 (A2–B1, primary) crosses a border as a main road; l4 (A1–C1) is local
    ("Y-SAF-06", as_is, (1, 1, 0)),
    # by car to the other zone's hospital: A1 37, A2 20.5 to B1; B1 37, B2 55 to A1; C as to its nearest
    ("Y-SAF-07", as_is, ((200 * 37 + 100 * 20.5) / A, (80 * 37 + 20 * 55) / B, (30 * 64 + 10 * 124) / C)),
    # --- society: residents 2010 280, 90, 45 thousand
    ("Y-LIV-04", as_is, tuple(((b / a) ** 0.1 - 1) * 100 for a, b in ((280, 300), (90, 100), (45, 40)))),  # type: ignore[arg-type]
    # everyone in A and B reaches 225; in C 8 (three quarters) or 2 (a quarter): 0.75 × 0.25 × 6 / 6.5
    ("Y-HUM-01", as_is, (0, 0, 0.75 * 0.25 * 6 / 6.5)),
    # zone means 225, 225, 6.5; people 10/11 and 1/11; mean 205.136
    ("Y-HUM-03", as_is, 10 / 11 * 1 / 11 * (225 - 6.5) / 205.136),
]


@pytest.mark.parametrize(("indicator", "change", "expected"), CASES, ids=[c[0] for c in CASES])
def test_worked_by_hand(indicator: str, change: Callable[[Region], Region], expected: Expected) -> None:
    results = measure(change(example("tiny")), [indicator])
    if isinstance(expected, tuple):
        got = results.values[indicator].to_dict()
        expected_by_zone = dict(zip("ABC", expected, strict=True))
        # times above are rounded to 0.05 min
        assert got == pytest.approx(expected_by_zone, rel=2e-3, abs=1e-9)
    else:
        assert results.region_values[indicator] == pytest.approx(expected, rel=2e-3)
        assert (indicator, REGION) not in results.missing


@pytest.mark.parametrize(
    ("kind", "share"), [("scenic_site", 25), ("forest_park", 25), ("park", 25), ("protected_area", None)]
)
def test_nature_to_visit_is_what_is_open_and_not_what_is_protected(kind: str, share: float | None) -> None:
    results = measure(add_places((kind, *AT_RESERVE, 5.0))(example("tiny")), ["Y-ECL-01", "Y-ECL-05"])
    for indicator in ("Y-ECL-01", "Y-ECL-05"):  # C2, a quarter of C: 25.7 min by car, 42.5 by coach
        if share is None:  # tiny lists no place to visit: unknown, not zero
            assert results.values[indicator].isna().all()
            assert (indicator, "C") in results.missing
        else:
            assert results.values.loc["C", indicator] == pytest.approx(share)


def test_storage_is_not_clean_power() -> None:
    both = add_places(("power_hydro", *IN_C, 200.0), ("power_storage", *IN_C, 1200.0))(example("tiny"))
    results = measure(both, ["Y-GRN-02", "Y-ECL-04"])
    assert results.values.loc["C", "Y-GRN-02"] == pytest.approx(200 / 40)
    assert results.values.loc["C", "Y-ECL-04"] == 0


def test_every_indicator_has_its_case() -> None:
    """Those of cells, pairs and clusters have theirs in ``test_measure_levels.py``."""
    assert sorted(c[0] for c in CASES) == sorted(
        i.id for i in catalogue().values() if i.level in ("zone", "region")
    )
