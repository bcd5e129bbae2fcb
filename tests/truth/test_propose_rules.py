"""Rules on the hand-made region ``tiny`` (3 zones, 6 cells): zone, quantity and cost worked by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

import numpy as np
import pandas as pd
import pytest

from yipan.measure import load_packs, measure
from yipan.pack import UnitCost
from yipan.packs.drafts import greedy_sites, neighbours, seats, worst
from yipan.packs.ecology.rules import CLEAN_GOAL, PROTECTED_SHARE
from yipan.packs.industry.rules import JOBS_PER_RESIDENT
from yipan.packs.safety.rules import FEWEST_EXITS, SHELTER_PER_100
from yipan.packs.services.rules import BEDS_PER_1000
from yipan.packs.transport.corridors import METRO, Service, along_km, ride_minutes, thin
from yipan.packs.transport.rules import run_minutes, trains
from yipan.plan import propose, propose_checked
from yipan.region import Region, example
from yipan.scenario import (
    AddLine,
    AddLink,
    AddPlace,
    ChangeActivity,
    ChangeCapacity,
    ChangeService,
    ClosePlace,
    Project,
    ProtectArea,
)

COSTS: dict[str, UnitCost] = {c.id: c for p in load_packs() for c in p.costs}


def tiny(**tables: pd.DataFrame) -> Region:
    """Return the region ``tiny`` at the prices of the unit costs."""
    region = example("tiny")
    return region.replace(meta=replace(region.meta, price_year=2024), **tables)


def by_id(region: Region, prefix: str) -> dict[str, Project]:
    return {p.id: p for p in propose(region, measure(region)) if p.id.startswith(prefix)}


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance, written out again: haversine on a sphere of 6,371.0088 km."""
    (lon, lat), (lon2, lat2) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(h))


def test_parks_go_to_zones_short_of_jobs() -> None:
    # jobs per resident: A 190,000/300,000 = 0.633 (not short of 0.53), B 35,000/100,000 = 0.35,
    # C 10,000/40,000 = 0.25
    parks = by_id(tiny(), "park-")
    assert set(parks) == {"park-B", "park-C"}
    # C lacks (0.53 - 0.25) x 40,000 = 11,200; a quarter is 2,800, to the next thousand 3,000; its GDP per
    # job is 13 / 10,000, so 3.9 (1e8 CNY) more
    assert parks["park-C"].interventions == (ChangeActivity(cell="C1", jobs=3000.0, gdp=3.9),)
    # 3,000 x 0.001 = 3.0 over 3 years: F(1/3) = 7/27 -> 0.78, F(2/3) = 20/27 -> 2.22
    assert parks["park-C"].capital == (0.78, 1.44, 0.78)
    assert parks["park-C"].upkeep == pytest.approx(0.06)  # 2 % of 3.0
    # B: (0.53 - 0.35) x 100,000 / 4 = 4,500 -> 5,000 jobs at 45/35,000 each = 6.43
    assert parks["park-B"].interventions == (ChangeActivity(cell="B1", jobs=5000.0, gdp=6.43),)
    assert "0.25" in parks["park-C"].because.en
    assert "0.53" in parks["park-C"].because.en
    assert parks["park-C"].answers == ("Y-ECO-04", "Y-ECO-02")
    assert parks["park-C"].origin == "rule:parks"


def test_shelters_go_where_places_per_resident_are_fewest() -> None:
    # A 10,000 places for 300,000 = 3.33 per 100; B and C none
    shelters = by_id(tiny(), "shelter-new-")
    rooms = {i: p.interventions[0].as_dict()["capacity"] for i, p in shelters.items()}
    # a quarter of the gap to 100 per 100: A 290,000/4 = 72,500 -> 73,000; B 25,000; C 10,000
    assert rooms == {"shelter-new-A": 73000.0, "shelter-new-B": 25000.0, "shelter-new-C": 10000.0}
    assert shelters["shelter-new-A"].cost == pytest.approx(1.1)  # 73,000 x 0.000015 = 1.095, rounded
    assert shelters["shelter-new-C"].cost == pytest.approx(0.15)  # 10,000 x 0.000015
    place = shelters["shelter-new-B"].interventions[0]
    assert isinstance(place, AddPlace)
    assert (place.lon, place.lat, place.unit) == (106.25, 29.10, "person")  # at B1, the most populous cell


def test_protected_areas_grow_where_little_is_protected() -> None:
    # C: 80 of 862 km2 = 9.3 %; A and B nothing. At most 5 % of the land in whole 10 km2: A and B 21.6 -> 20,
    # C 43.1 -> 40
    found = by_id(tiny(), "protect-")
    areas = {i: p.interventions[0].as_dict()["km2"] for i, p in found.items()}
    assert areas == {"protect-A": 20.0, "protect-B": 20.0, "protect-C": 40.0}
    at = found["protect-C"].interventions[0]
    assert isinstance(at, ProtectArea)
    assert (at.lon, at.lat) == (106.30, 29.30)  # C2: the least peopled cell
    assert found["protect-C"].cost == pytest.approx(3.2)  # 40 x 0.08


def test_coal_power_closes_only_when_old() -> None:
    assert by_id(tiny(), "close-") == {}  # opened in 1998: 22 years in 2020
    places = example("tiny").places
    places.loc[places["id"] == "k1", "opened"] = 1986  # 34 years
    (found,) = by_id(tiny(places=places), "close-").values()
    assert found.interventions == (ClosePlace(place="k1"),)
    assert found.cost == pytest.approx(3.0)  # 600 MW x 0.005
    assert found.zones == ("B",)
    assert "34 years" in found.because.en


def test_hydropower_grows_where_clean_power_is_short() -> None:
    places = example("tiny").places
    dam = {
        "id": "d1",
        "kind": "power_hydro",
        "zh": "坝",
        "en": "Dam",
        "lon": 106.3,
        "lat": 29.35,
        "capacity": 25.0,
    }
    dam |= {"unit": "MW", "opened": 2000, "source": "invented", "quality": "assumed"}
    more = pd.concat([places, pd.DataFrame([dam])], ignore_index=True)
    # C: 25 MW for 40,000 = 0.625 kW each, short of 0.7; a fifth more is 5 MW, 5 x 0.1 = 0.5
    (found,) = by_id(tiny(places=more), "hydro-").values()
    assert found.interventions == (ChangeCapacity(place="d1", add=5.0),)
    assert found.cost == pytest.approx(0.5)
    more.loc[more["id"] == "d1", "capacity"] = 40.0  # 1 kW each: enough
    assert by_id(tiny(places=more), "hydro-") == {}


def test_hospitals_where_most_people_are_beyond_30_minutes() -> None:
    # C1 is 30 km from A1 at 30 km/h: an hour; C2 another hour on. The others have a hospital within 30 min
    found = by_id(tiny(), "hospital-")
    assert list(found) == ["hospital-C1", "hospital-C2"]  # 30,000 people before 10,000
    beds = [p.interventions[0].as_dict()["capacity"] for p in found.values()]
    assert beds == [300.0, 100.0]  # 9 per 1,000: 270 -> 300, 90 -> 100
    assert [p.cost for p in found.values()] == pytest.approx([3.6, 1.2])  # x 0.012
    assert "30,000" in found["hospital-C1"].because.en


def test_a_campus_only_for_many_people_beyond_an_hour() -> None:
    assert by_id(tiny(), "campus-") == {}  # 40,000 people in C, fewer than 100,000
    cells = example("tiny").cells
    cells.loc[cells["id"] == "C1", "population"] = 150_000.0
    (found,) = by_id(tiny(cells=cells), "campus-").values()
    assert found.id == "campus-C1"
    assert found.cost == pytest.approx(12.0)  # 8,000 x 0.0015


def test_a_second_road_leaves_the_zone_with_fewest_exits() -> None:
    # Main roads across borders: only l2 (A2-B1, primary), so A 1, B 1, C 0. From C1 (106.10, 29.30) a road at
    # 60 km/h and 1.3 x the straight km to B1 saves most per km: now 60 + 16.5 + 16.5 min, 26.6 km straight
    found = by_id(tiny(), "exit-C")
    straight = km((106.10, 29.30), (106.25, 29.10))
    (road,) = found.values()
    (link,) = road.interventions
    assert isinstance(link, AddLink)
    assert {link.from_cell, link.to_cell} == {"C1", "B1"}
    assert link.length == pytest.approx(straight * 1.3, abs=0.05)
    assert road.cost == pytest.approx(round(link.length * 0.5, 2), abs=0.005)
    assert "Only 0 main roads" in road.because.en


def test_a_border_road_joins_near_cells_that_are_far_by_road() -> None:
    assert by_id(tiny(), "primary-") == {}  # no such pair within 20 km
    cells = example("tiny").cells
    # C2 comes near the border: 13 km from B2 and 16 km from B1, but over two hours from both by road, and
    # still over 20 km from A
    cells.loc[cells["id"] == "C2", ["lon", "lat"]] = (106.34, 29.22)
    (road,) = by_id(tiny(cells=cells), "primary-").values()
    (link,) = road.interventions
    assert isinstance(link, AddLink)
    # B1 and B2 gain for 10,000 people of C2 each; B2 is 18 min further by road and nearer
    assert (link.from_cell, link.to_cell) == ("B2", "C2")
    assert link.length == pytest.approx(km((106.35, 29.10), (106.34, 29.22)) * 1.3, abs=0.05)
    assert road.zones == ("B", "C")


def test_more_trains_where_they_run_seldom() -> None:
    # m1: two rides of 9.72 km at 36 km/h = 16.2 min each, and 0.5 min at the stop between: 32.9 min
    assert run_minutes(tiny(), "m1") == pytest.approx(2 * km((106.05, 29.1), (106.15, 29.1)) / 36 * 60 + 0.5)
    assert by_id(tiny(), "service-") == {}  # every 4 min is often enough
    lines = example("tiny").table("lines").assign(headway_peak=10.0, headway_offpeak=20.0)
    (found,) = by_id(tiny(lines=lines), "service-").values()
    assert found.interventions == (ChangeService(line="m1", headway_peak=5.0, headway_offpeak=10.0),)
    # trains: 65.8 / 5 -> 14, 65.8 / 10 -> 7: seven more at 0.45
    assert (trains(32.9, 5.0), trains(32.9, 10.0)) == (14, 7)
    assert found.cost == pytest.approx(3.15)


def test_a_round_trip_that_fits_exactly_needs_no_spare_train() -> None:
    assert trains(30.0, 10.0) == 6  # 60 / 10


def row_region() -> Region:
    """Eight cells 2 km apart on one slow road, people at one end and jobs at the other."""
    base = tiny()
    step = 2.0 / (111.195 * cos(radians(29.1)))
    names = [f"x{i}" for i in range(1, 9)]
    cells = pd.DataFrame(
        {
            "id": names,
            "zone": "A",
            "zh": names,
            "en": names,
            "lon": [106.0 + step * i for i in range(8)],
            "lat": 29.1,
            "population": [100_000.0, *[10_000.0] * 6, 10_000.0],
            "jobs": [10_000.0, *[10_000.0] * 6, 100_000.0],
            "gdp": 1.0,
            "elevation": 200.0,
            "source": "invented",
            "quality": "assumed",
        }
    )
    links = pd.DataFrame(
        [(f"r{i}", names[i], names[i + 1], "local", 2.0, 8.0) for i in range(7)],
        columns=["id", "from", "to", "kind", "length", "speed"],
    ).assign(source="invented", quality="assumed")
    other = example("tiny").cells.query("zone != 'A'")
    return base.replace(
        cells=pd.concat([cells, other], ignore_index=True),
        links=links,
        lines=base.table("lines").iloc[:0],
        stops=base.table("stops").iloc[:0],
    )


def test_a_metro_line_joins_people_and_jobs_along_the_cells_between() -> None:
    found = by_id(row_region(), "metro-")
    line = found["metro-x1-x8"].interventions[0]
    assert isinstance(line, AddLine)
    assert [s.en for s in line.stops] == [
        f"x{i}" for i in range(1, 9)
    ]  # every cell is 2 km on, so all are stops
    # 14 km straight x 1.15 = 16.1 km at 6.5 = 104.65
    assert found["metro-x1-x8"].cost == pytest.approx(104.65)
    assert found["metro-x1-x8"].build_years == 5


def test_stops_keep_their_distance_and_their_number() -> None:
    apart = np.abs(np.subtract.outer(np.arange(31) * 0.5, np.arange(31) * 0.5))  # 31 cells, 0.5 km apart
    stops = thin(list(range(31)), apart, METRO)
    gaps = [apart[a, b] for a, b in pairwise(stops)]
    assert (stops[0], stops[-1]) == (0, 30)
    assert min(gaps) >= METRO.spacing  # 1.2 km: every third cell, 1.5 km
    assert len(stops) == 11


def test_a_ride_takes_access_half_the_headway_the_way_and_the_stops_between() -> None:
    service = Service("metro", 30.0, 60.0, 6.0, 1.0, (2, 9), (1.0, 9.0), 5.0, detour=1.0, access=4.0)
    apart = np.abs(np.subtract.outer([0.0, 3.0, 5.0], [0.0, 3.0, 5.0]))
    ride = ride_minutes(along_km([0, 1, 2], apart, service), service)
    # 4 + 6/2 + 5 km at 30 km/h (10 min) + one stop of 1 min = 18; 4 + 3 + 6 = 13 to the next
    assert ride[0].tolist() == [0.0, 13.0, 18.0]


def test_neighbours_share_a_border_and_seats_are_the_largest_cells() -> None:
    assert neighbours(tiny()) == [(0, 1), (0, 2), (1, 2)]
    assert [tiny().cells["id"][i] for i in seats(tiny())] == ["A1", "B1", "C1"]


def test_the_worst_come_first_from_every_cluster_and_missing_values_never() -> None:
    values = pd.Series({"A": 3.0, "B": 1.0, "C": float("nan")})
    assert worst(tiny(), values, each=2, below=9.0) == ["B", "A"]  # C was not measured
    assert worst(tiny(), values, each=1, below=9.0) == ["B"]
    assert worst(tiny(), values, each=2, below=2.0, more=False) == ["A"]


def test_sites_are_chosen_for_those_not_covered_yet() -> None:
    covers = np.array([[True, True, False], [False, True, True], [False, False, True]])
    # first the site of 5 + 4 = 9; then of what is left (3) the first that has it
    assert greedy_sites(np.array([5.0, 4.0, 3.0]), covers, count=3, least=1.0) == [(0, 9.0), (1, 3.0)]
    assert greedy_sites(np.array([5.0, 4.0, 3.0]), covers, count=3, least=4.0) == [(0, 9.0)]


def test_rules_aim_at_the_goalposts_of_the_catalogue() -> None:
    goal = {i.id: i.high for p in load_packs() for i in p.indicators}
    assert goal["Y-ECO-04"] == JOBS_PER_RESIDENT
    assert goal["Y-LIV-03"] == BEDS_PER_1000
    assert goal["Y-SAF-01"] == SHELTER_PER_100
    assert goal["Y-SAF-06"] == FEWEST_EXITS
    assert goal["Y-ECL-02"] == PROTECTED_SHARE
    assert goal["Y-GRN-02"] == CLEAN_GOAL


def test_rules_answer_indicators_that_exist_and_measure() -> None:
    known = {i.id for p in load_packs() for i in p.indicators}
    rules = [r for p in load_packs() for r in p.rules]
    assert len({r.id for r in rules}) == len(rules)
    assert {i for r in rules for i in r.indicators} <= known


def test_unit_costs_are_positive_dated_and_grounded() -> None:
    assert len(COSTS) == sum(len(p.costs) for p in load_packs())  # no id twice
    for c in COSTS.values():
        assert c.capital > 0
        assert 0 <= c.upkeep_share < 0.2
        assert c.life_years > c.build_years >= 1
        assert c.price_year == 2024
        assert c.note.zh
        assert c.note.en


def test_other_prices_and_money_are_refused_by_name() -> None:
    region = example("tiny")  # prices of 2020, unit costs of 2024
    proposal = propose_checked(region, measure(region))
    assert proposal.projects == ()
    packs = [p for p in load_packs() if p.rules]
    assert [r.id for r in proposal.refused] == [f"rule:{r.id}" for p in packs for r in p.rules]
    assert all(r.problems[0].column == "price_year" for r in proposal.refused)
    assert "price_year = 2024" in proposal.refused[0].problems[0].remedy.en
    euros = region.replace(meta=replace(region.meta, price_year=2024, currency="EUR"))
    assert propose(euros, measure(euros)) == ()


def test_a_rule_whose_indicator_was_not_measured_is_refused() -> None:
    region = tiny()
    proposal = propose_checked(region, measure(region, indicators=["Y-ECO-04", "Y-ECO-02"]))
    assert {p.origin for p in proposal.projects} == {"rule:parks"}
    assert "rule:shelters" in {r.id for r in proposal.refused}
