"""Each rule on a small region with exactly its gap, worked by hand, and without it: then nothing."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians

import numpy as np
import pandas as pd
import pytest

from yipan.measure import load_packs, measure
from yipan.packs.common import cells, nearest_seconds, within
from yipan.packs.drafts import cover_sites, exchanged, greedy_sites, reached_from, spread_sites
from yipan.packs.figures import CARBON, LAND
from yipan.packs.services.rules import overflowing
from yipan.plan import propose, propose_checked
from yipan.plan.siting.cover import max_cover
from yipan.region import Region, example
from yipan.scenario import AddPlace, AddStop, ChangeCapacity, ExtendLine, Project, ProtectArea
from yipan.scenario.costs import spread_capital

KM_EAST = 111.195 * cos(radians(29.1))  # km a degree of longitude at 29.1 N


def tiny(**tables: pd.DataFrame) -> Region:
    """Return the region ``tiny`` at the prices of the unit costs."""
    region = example("tiny")
    return region.replace(meta=replace(region.meta, price_year=2024), **tables)


def proposed(region: Region, prefix: str) -> dict[str, Project]:
    return {p.id: p for p in propose(region, measure(region)) if p.id.startswith(prefix)}


def moved(cell: str, **values: float) -> pd.DataFrame:
    """Return the cells of ``tiny`` with other values of one."""
    out = example("tiny").cells
    for column, value in values.items():
        out.loc[out["id"] == cell, column] = value
    return out


def with_place(kind: str, lon: float, lat: float) -> pd.DataFrame:
    """Return the places of ``tiny`` and one more."""
    row = {"id": "new1", "kind": kind, "zh": "新", "en": "New", "lon": lon, "lat": lat, "unit": ""}
    row |= {"source": "invented", "quality": "assumed"}
    return pd.concat([example("tiny").places, pd.DataFrame([row])], ignore_index=True)


def test_a_line_grows_to_people_and_jobs_just_beyond_its_end() -> None:
    assert proposed(tiny(), "extend-") == {}  # B2 is 9.7 km from the end at B1: too far for one metro stop
    found = proposed(tiny(cells=moved("B2", lon=106.28)), "extend-")
    (line,) = found["extend-m1-st-b1"].interventions
    assert list(found) == ["extend-m1-st-b1"]
    assert isinstance(line, ExtendLine)
    assert (line.line, line.end) == ("m1", "st-b1")
    assert [(s.lon, s.lat) for s in line.stops] == [(106.28, 29.10)]
    km = round(0.03 * KM_EAST * 1.15, 1)  # 2.9 km straight, 3.4 along the line
    assert found["extend-m1-st-b1"].cost == pytest.approx(km * 6.5)
    assert "25,000 residents and jobs" in found["extend-m1-st-b1"].because.en  # 20,000 + 5,000
    assert "25,000" in found["extend-m1-st-b1"].because.zh
    assert found["extend-m1-st-b1"].land is None  # nothing is stated of tunnels


def test_a_line_does_not_grow_to_few_people_nor_backwards() -> None:
    assert proposed(tiny(cells=moved("B2", lon=106.28, population=10_000.0)), "extend-") == {}  # 15,000
    # 2.9 km back from the end and 2 km aside: between the stops, not beyond
    assert proposed(tiny(cells=moved("B2", lon=106.22, lat=29.118)), "extend-") == {}


def between(lat: float, population: float) -> Region:
    """Return ``tiny`` with a cell halfway between the stops at A1 and A2, 9.7 km apart."""
    base = example("tiny")
    cell = base.cells.iloc[[0]].assign(id="A3", lon=106.10, lat=lat, population=population, jobs=6_000.0)
    link = base.table("links").iloc[[0]].assign(id="l9", **{"from": "A1", "to": "A3"}, length=8.0)
    return tiny(
        cells=pd.concat([base.cells, cell], ignore_index=True),
        links=pd.concat([base.table("links"), link], ignore_index=True),
    )


def test_a_stop_where_a_line_passes_people_and_jobs() -> None:
    assert proposed(tiny(), "stop-") == {}  # nobody lives between its stops
    found = proposed(between(29.10, 15_000.0), "stop-")
    assert list(found) == ["stop-m1-A3"]
    (stop,) = found["stop-m1-A3"].interventions
    assert isinstance(stop, AddStop)
    assert (stop.line, stop.after, stop.before, stop.lon) == ("m1", "st-a1", "st-a2", 106.10)
    assert found["stop-m1-A3"].cost == pytest.approx(4.0)
    assert "9.7 km apart, with 21,000 residents and jobs" in found["stop-m1-A3"].because.en
    assert proposed(between(29.10, 13_000.0), "stop-") == {}  # 19,000
    # 29.13: by A3 it is 2 x sqrt(4.86^2 + 3.34^2) = 11.8 km, 1.21 times the way: too far round
    assert proposed(between(29.13, 15_000.0), "stop-") == {}


def test_beds_go_to_hospitals_whose_share_of_demand_is_more_than_they_hold() -> None:
    # A and B (400,000) reach both hospitals within an hour, C none: 1,500 and 300 beds share them 5 to 1.
    # 333,333 x 9 / 1,000 = 3,000 at h1, 600 at h2: 1,500 and 300 too few
    found = proposed(tiny(), "beds-")
    assert {i: p.interventions for i, p in found.items()} == {
        "beds-h1": (ChangeCapacity(place="h1", add=1500.0),),
        "beds-h2": (ChangeCapacity(place="h2", add=300.0),),
    }
    assert found["beds-h2"].cost == pytest.approx(2.4)  # 300 x 0.008
    assert "66,667" in found["beds-h2"].because.en
    assert "600 beds, it has 300" in found["beds-h2"].because.en
    places = example("tiny").places
    places.loc[places["id"].isin(["h1", "h2"]), "capacity"] = [3_000.0, 600.0]  # 9 per 1,000
    assert proposed(tiny(places=places), "beds-") == {}


def test_demand_is_shared_by_those_who_have_a_choice_only() -> None:
    links = example("tiny").table("links")
    links.loc[links["id"] == "l3", "speed"] = 20.0  # B2 now reaches h2 (36 min) and not h1 (69)
    first, second = overflowing(tiny(links=links))
    # 380,000 share 5 to 1: 316,667 and 63,333; B2's 20,000 have h2 alone: 83,333
    assert (first.hospital.id, second.hospital.id) == ("h2", "h1")  # 2.5 beds needed for one; 1.9
    assert first.residents == pytest.approx(250_000 / 3)
    assert first.lacking == pytest.approx(750 - 300)
    assert first.load == pytest.approx(2.5)
    assert second.lacking == pytest.approx(2_850 - 1_500)


def test_land_worth_keeping_near_many_people_is_protected() -> None:
    # 5.6 km from A2, over 10 km from all others: 100,000 / 314 km2 = 318 per km2, 1.25 times the region's
    # 440,000 / 1,726 = 255; nobody within 2 km
    region = tiny(places=with_place("scenic_site", 106.15, 29.15))
    found = proposed(region, "guard-")
    (area,) = found["guard-new1"].interventions
    assert isinstance(area, ProtectArea)
    assert (area.lon, area.lat, area.km2) == (106.15, 29.15, 12.0)  # pi x 2^2 = 12.6; 5 % of A's land is 21.6
    assert found["guard-new1"].cost == pytest.approx(0.96)  # 12 x 0.08
    assert found["guard-new1"].zones == ("A",)
    assert "100,000 residents within 10 km, 1.2 times" in found["guard-new1"].because.en


def test_nothing_is_protected_without_threat_or_worth_or_where_it_is_protected_or_built_up() -> None:
    places = with_place("scenic_site", 106.15, 29.15)
    assert proposed(tiny(), "guard-") == {}  # nothing worth keeping is listed
    # 60,000 / 314 = 191 per km2, below 400,000 / 1,726 = 232
    assert proposed(tiny(places=places, cells=moved("A2", population=60_000.0)), "guard-") == {}
    over = places.copy()
    over.loc[over["id"] == "p1", ["lon", "lat"]] = (106.16, 29.16)  # 80 km2: within 5 km
    assert proposed(tiny(places=over), "guard-") == {}
    # A2 moves to 1.1 km from it: 100,000 / 12.6 km2 is a city
    assert proposed(tiny(places=places, cells=moved("A2", lat=29.14)), "guard-") == {}


def test_a_forest_park_where_many_have_no_nature_within_an_hour() -> None:
    places = with_place("forest_park", 106.05, 29.10)  # at A1; C1 is an hour and more away
    places.loc[places["id"] == "new1", ["capacity", "unit"]] = (12.0, "km2")
    assert proposed(tiny(places=places), "forest-park-") == {}  # 30,000 people, fewer than 50,000
    # 55,000 on 12.6 km2 are a town, where no forest park can be, and C2 is an hour from it
    some = moved("C1", population=55_000.0)
    assert proposed(tiny(places=places, cells=some), "forest-park-") == {}
    # a hamlet, C2, at 25 km on a road of 60 km/h: 25 min and 4 at the ends from C1
    links = example("tiny").table("links")
    links.loc[links["id"] == "l5", "speed"] = 60.0
    found = proposed(tiny(places=places, cells=some, links=links), "forest-park-")
    assert list(found) == ["forest-park-C2"]
    (park,) = found["forest-park-C2"].interventions
    assert isinstance(park, AddPlace)
    assert (park.kind, park.capacity, park.unit) == ("forest_park", 12.0, "km2")
    assert found["forest-park-C2"].cost == pytest.approx(3.6)  # 12 x 0.3
    assert "65,000 more people" in found["forest-park-C2"].because.en  # C1 and C2
    # no forest park is listed anywhere: unknown, not absent
    assert proposed(tiny(cells=some, links=links), "forest-park-") == {}


TRAP = np.array(  # the first covers four of six; the other two all six
    [[0, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], dtype=bool
)


def test_sites_that_cover_most_together_join_those_chosen_one_after_another() -> None:
    people = np.ones(6)
    assert greedy_sites(people, TRAP, count=2, least=1.0) == [(0, 4.0), (1, 1.0)]
    assert sorted(exchanged([0, 1], people, TRAP)) == [1, 2]
    assert max_cover(np.ascontiguousarray(TRAP.T), 2, weights=people).value == 6.0
    assert cover_sites(people, TRAP, count=2, least=1.0) == [(0, 4.0), (1, 1.0), (2, 3.0)]


def test_a_cluster_without_a_site_gets_its_best() -> None:
    # all sites fall to the valley; the hills' own best (C1, 30,000) comes after
    people = np.array([200_000.0, 0.0, 80_000.0, 0.0, 30_000.0, 10_000.0])
    alone = np.eye(6, dtype=bool)
    assert spread_sites(tiny(), people, alone, count=1, least=5_000.0) == [(0, 200_000.0), (4, 30_000.0)]
    assert spread_sites(tiny(), people, alone, count=1, least=40_000.0) == [(0, 200_000.0)]


@pytest.mark.parametrize(
    ("kind", "mode", "limit", "count"),
    [("hospital", "any", 30.0, 8), ("fire_station", "drive", 15.0, 6), ("university", "any", 60.0, 6)],
)
def test_sites_of_chongqing_cover_nearly_what_any_could(
    kind: str, mode: str, limit: float, count: int
) -> None:
    region = example("chongqing")
    without = ~within(nearest_seconds(region, mode, kind), limit)  # type: ignore[arg-type]
    people = np.where(without, np.nan_to_num(cells(region, "population")), 0.0)
    covers = reached_from(region, mode, limit)  # type: ignore[arg-type]
    sites = exchanged([s for s, _ in greedy_sites(people, covers, count=count, least=1.0)], people, covers)
    best = max_cover(np.ascontiguousarray(covers.T), count, weights=people)
    assert best.proved
    assert 0.995 * best.value <= people[covers[sites].any(axis=0)].sum() <= best.value + 1e-3


def test_land_and_carbon_are_said_with_their_grounds_or_not_at_all() -> None:
    known = {c.id for p in load_packs() for c in p.costs}
    assert set(LAND) | set(CARBON) <= known
    region = tiny()
    found = {p.id: p for p in propose(region, measure(region))}
    # 300 beds x 115 m2 = 34,500 m2
    assert found["hospital-C1"].land == pytest.approx(0.0345)
    assert "land: 115 m2 a bed" in found["hospital-C1"].source
    assert (found["hospital-C1"].carbon, "carbon" in found["hospital-C1"].source) == (None, False)
    assert found["beds-h1"].land == 0.0
    assert found["park-C"].land == pytest.approx(3_000 / 6_500, abs=1e-4)
    assert found["protect-C"].land is None


def test_hydropower_says_what_it_saves() -> None:
    places = with_place("power_hydro", 106.3, 29.35)
    places.loc[places["id"] == "new1", ["capacity", "unit"]] = (25.0, "MW")
    (found,) = proposed(tiny(places=places), "hydro-").values()
    # 5 MW x 3,412 h = 17.06 GWh a year x 0.541 kt = 9.229 kt; falling to nothing over 35 years: x 17.5
    assert found.carbon == pytest.approx(-161.52, abs=0.01)
    assert "assumed" in found.source


def test_a_bundle_that_lost_a_project_is_refused_whole_and_by_name() -> None:
    region = tiny()
    mould = propose(region, measure(region))[0]
    good, mate, other = (
        replace(
            mould,
            id=i,
            interventions=(ChangeCapacity(place=place, add=10.0 + n),),
            capital=tuple(spread_capital(1.0, 2)),
            bundle=bundle,
            origin="listed",
        )
        for n, (i, place, bundle) in enumerate(
            [("good", "h1", "together"), ("mate", "nowhere", "together"), ("other", "h2", "")]
        )
    )
    proposal = propose_checked(region, measure(region), listed=[good, mate, other], packs=[])
    assert [p.id for p in proposal.projects] == ["other"]
    said = {r.id: " ".join(p.line("en") for p in r.problems) for r in proposal.refused}
    assert set(said) == {"good", "mate"}
    assert "mate" in said["good"]
