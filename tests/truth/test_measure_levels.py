"""Values of cells, pairs of zones and clusters, worked out by hand on the tiny region.

Times in minutes as derived in ``test_indicator_values.py``; residents in thousands: A 200 + 100, B 80 + 20,
C 30 + 10.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from math import exp, hypot, nan, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure import catalogue, cluster_values, describe, measure, one, results_to_dict, run
from yipan.measure.coordination import hour_circles, zone_times
from yipan.measure.coordination.sectors import structural_similarity
from yipan.measure.load import level_index, wrong_shape
from yipan.measure.outlook import panel
from yipan.measure.output import tidy, write_levels
from yipan.needs import pair_index
from yipan.network import travel_times
from yipan.pack import LEVELS, Indicator
from yipan.region import Region, example
from yipan.region.value import Cluster
from yipan.scenario import AddPlace, ChangeActivity
from yipan.text import Text

CELLS = ("A1", "A2", "B1", "B2", "C1", "C2")
JOBS, PEOPLE, GDP = (150, 40, 30, 5, 8, 2), (200, 100, 80, 20, 30, 10), (200, 50, 40, 5, 10, 3)
ANY = (
    (22.95, 18.2, 34.9, 55, 64, 124),
    (18.2, 22.95, 18.2, 38.5, 80.5, 140.5),
    (34.9, 18.2, 22.95, 22, 97, 157),
    (55, 38.5, 22, 22.95, 115, 175),
    (64, 80.5, 97, 115, 41.8, 64),
    (124, 140.5, 157, 175, 64, 41.8),
)
CAR = (
    (22.95, 20.5, 37, 55, 64, 124),
    (20.5, 22.95, 20.5, 38.5, 80.5, 140.5),
    (37, 20.5, 22.95, 22, 97, 157),
    (55, 38.5, 22, 22.95, 115, 175),
    (64, 80.5, 97, 115, 41.8, 64),
    (124, 140.5, 157, 175, 64, 41.8),
)
# coach 10 + 1.5 × driving, metro 18.2 a stop further; B2 to C: by coach, metro and coach again
TRANSIT = (
    (38.4, 18.2, 34.9, 71.9, 100, 190),
    (18.2, 38.4, 18.2, 55.2, 118.2, 208.2),
    (34.9, 18.2, 38.4, 37, 134.9, 224.9),
    (71.9, 55.2, 37, 38.4, 171.9, 261.9),
    (100, 118.2, 134.9, 171.9, 66.7, 100),
    (190, 208.2, 224.9, 261.9, 100, 66.7),
)
ZONES = {"A": (0, 1), "B": (2, 3), "C": (4, 5)}


def with_places(*rows: tuple[str, float, float]) -> Callable[[Region], Region]:
    def change(region: Region) -> Region:
        more = pd.DataFrame(rows, columns=["kind", "lon", "lat"]).assign(
            id=[f"new{n}" for n in range(len(rows))], zh="新", en="new", unit="", capacity=nan
        )
        places = pd.concat([region.places, more.assign(source="invented", quality="assumed")])
        return region.replace(places=places.reset_index(drop=True))

    return change


def as_is(region: Region) -> Region:
    return region


AT_A1 = (106.05, 29.10)

CELL_CASES: list[tuple[str, Callable[[Region], Region], tuple[float, ...]]] = [
    # all of A and B lie within 60 min of each other; C1 and C2 64 apart
    ("Y-CEL-01", as_is, (40, 40, 40, 40, 3, 1)),
    ("Y-CEL-02", as_is, tuple(j / 235 * 100 for j in (225, 225, 225, 225, 8, 2))),
    # transit 45: A1 reaches A1, A2, B1; so does A2; B1 all but C; B2 itself and B1
    ("Y-CEL-03", as_is, tuple(j / 235 * 100 for j in (220, 220, 225, 35, 0, 0))),
    # the core is A; of its own cells the other one is nearer than a trip inside
    ("Y-CEL-04", as_is, (18.2, 18.2, 18.2, 38.5, 64, 124)),
    # airport 7.38 km from A1 and A2: 28.8 + 4; B1 16.5 more, B2 18 more
    ("Y-CEL-05", as_is, (32.8, 32.8, 49.3, 67.3, 92.8, 152.8)),
    ("Y-CEL-06", with_places(("hsr_station", *AT_A1)), (0, 18.2, 34.9, 55, 64, 124)),
    # either kind of station
    (
        "Y-CEL-07",
        with_places(("rail_station", *AT_A1), ("hsr_station", 106.25, 29.10)),
        (0, 18.2, 0, 22, 64, 124),
    ),
    ("Y-CEL-08", as_is, (0, 18.2, 0, 22, 64, 124)),
    ("Y-CEL-09", as_is, (4.5, 4.5, 4.5, 4.5, 0, 0)),
    ("Y-CEL-10", as_is, (1, 1, 1, 1, 0, 0)),
    ("Y-CEL-11", as_is, (0, 18.2, 34.9, 55, 64, 124)),
    ("Y-CEL-12", with_places(("fire_station", *AT_A1)), (4, 20.5, 37, 55, 64, 124)),
    ("Y-CEL-13", as_is, (34.9, 18.2, 34.9, 55, 97, 157)),
    ("Y-CEL-14", with_places(("park", *AT_A1)), (0, 18.2, 34.9, 55, 64, 124)),
    ("Y-CEL-15", as_is, (0, 600, 600, 600, 0, 0)),
    (
        "Y-CEL-16",
        as_is,
        tuple(sum(g * exp(-t / 60) for g, t in zip(GDP, row, strict=True)) / sum(GDP) * 100 for row in ANY),
    ),
]


@pytest.mark.parametrize(("indicator", "change", "expected"), CELL_CASES, ids=[c[0] for c in CELL_CASES])
def test_cells(indicator: str, change: Callable[[Region], Region], expected: tuple[float, ...]) -> None:
    results = measure(change(example("tiny")), [indicator])
    got = results.cells[indicator]
    assert tuple(got.index) == CELLS
    assert got.tolist() == pytest.approx(expected, rel=2e-3, abs=1e-9)
    assert not results.table("cell").missing


def mean_time(table: tuple[tuple[float, ...], ...], a: str, b: str) -> float:
    pairs = [(PEOPLE[c] * PEOPLE[d], table[c][d]) for c in ZONES[a] for d in ZONES[b]]
    return sum(w * t for w, t in pairs) / sum(w for w, _ in pairs)


def with_sectors(region: Region) -> Region:
    rows = [
        (z, f"gdp_{s}", v)
        for z, parts in (("A", (0, 30, 40)), ("B", (30, 0, 40)), ("C", (0, 3, 4)))
        for s, v in zip(("primary", "secondary", "tertiary"), parts, strict=True)
    ]
    more = pd.DataFrame(rows, columns=["zone", "variable", "value"]).assign(
        year=2020, unit="1e8 CNY", source="invented", quality="official"
    )
    return region.replace(statistics=pd.concat([region.table("statistics"), more], ignore_index=True))


def with_commuters(region: Region) -> Region:
    rows = [
        ("commute", "A", "A", 2020, 60.0),
        ("commute", "A", "B", 2020, 30.0),
        ("commute", "A", "C", 2020, 10.0),
        ("commute", "A", "B", 2010, 999.0),  # an earlier year
        ("migration", "B", "A", 2020, 999.0),  # another kind
        ("commute", "C", "A", 2020, 5.0),
    ]
    flows = pd.DataFrame(rows, columns=["kind", "from", "to", "year", "value"]).assign(
        unit="person", source="invented", quality="derived"
    )
    return region.replace(flows=flows)


PAIRS = (("A", "B"), ("A", "C"), ("B", "A"), ("B", "C"), ("C", "A"), ("C", "B"))
# population-weighted centres: A 106.05 + 0.1/3, B 106.25 + 0.02, C 106.10 + 0.05; A and B at 29.1, C at 29.3
CENTRES = {"A": (106.05 + 0.1 / 3, 29.1), "B": (106.27, 29.1), "C": (106.15, 29.3)}


def straight(a: str, b: str) -> float:
    """Return km on a plane at this latitude: degrees of 111.195 km, those of longitude × cos 29.2°."""
    east = (CENTRES[a][0] - CENTRES[b][0]) * 0.87292
    return 111.195 * hypot(east, CENTRES[a][1] - CENTRES[b][1])


MASS = {"A": sqrt(30 * 250), "B": sqrt(10 * 45), "C": sqrt(4 * 13)}
PAIR_CASES: list[tuple[str, Callable[[Region], Region], tuple[float, ...]]] = [
    ("Y-PAR-01", as_is, tuple(mean_time(CAR, *p) for p in PAIRS)),
    ("Y-PAR-02", as_is, tuple(mean_time(TRANSIT, *p) for p in PAIRS)),
    # A and B 33.4 min apart on average; C 79 min and more from both
    ("Y-PAR-03", as_is, (1, 0, 1, 0, 0, 0)),
    ("Y-PAR-04", as_is, (100, 0, 100, 0, 0, 0)),
    # A 60 + 30 + 10; nothing is recorded from B
    ("Y-PAR-05", with_commuters, (30, 10, nan, nan, 100, 0)),
    # stations at A1 and B1, none in C; more than half of each zone lives in its first cell: A1 to B1 37, back
    # 37, C1 to A1 64, to B1 97
    (
        "C-SAF-02",
        with_places(("fire_station", *AT_A1), ("fire_station", 106.25, 29.10)),
        (37, 240, 37, 240, 64, 97),
    ),
    ("C-INF-01", as_is, tuple(mean_time(CAR, *p) / straight(*p) for p in PAIRS)),
    ("C-INF-04", as_is, tuple(MASS[a] * MASS[b] / mean_time(ANY, a, b) ** 2 for a, b in PAIRS)),
    # (0, 3, 4) and (3, 0, 4): 16 / 25; C has the structure of A
    ("C-IND-01", with_sectors, (0.64, 1, 0.64, 0.64, 1, 0.64)),
]


@pytest.mark.parametrize(("indicator", "change", "expected"), PAIR_CASES, ids=[c[0] for c in PAIR_CASES])
def test_pairs(indicator: str, change: Callable[[Region], Region], expected: tuple[float, ...]) -> None:
    got = measure(change(example("tiny")), [indicator]).pairs[indicator]
    assert tuple(got.index) == PAIRS
    assert got.tolist() == pytest.approx(expected, rel=2e-3, nan_ok=True)


CLUSTER_CASES = [
    # centre A1 (150 of 235 jobs): all of A and B within the hour; C1, a trip inside it 41.8, C2 64
    ("Y-CLU-01", (100, 75)),
    (
        "Y-CLU-02",
        (
            sum(p * t for p, t in zip(PEOPLE[:4], ANY[4][:4], strict=True)) / 400,
            (30 * 64 + 10 * 124) / 40,
        ),
    ),
]


@pytest.mark.parametrize(("indicator", "expected"), CLUSTER_CASES, ids=[c[0] for c in CLUSTER_CASES])
def test_clusters(indicator: str, expected: tuple[float, float]) -> None:
    got = measure(example("tiny"), [indicator]).cluster_values[indicator]
    assert got.to_dict() == pytest.approx(dict(zip(("valley", "hills"), expected, strict=True)), rel=2e-3)


def test_every_indicator_of_these_levels_has_its_case() -> None:
    cases = [c[0] for c in (*CELL_CASES, *PAIR_CASES, *CLUSTER_CASES)]
    assert sorted(cases) == sorted(i.id for i in catalogue().values() if i.level not in ("zone", "region"))


def test_one_hour_between_clusters_is_what_coordination_says() -> None:
    """The same centres and shares by `hour_circles`, and the same times between zones by `zone_times`."""
    region = example("tiny")
    results = measure(region, levels=["pair", "cluster"])
    circles = hour_circles(region, travel_times(region, "any"))
    assert circles.centres == {"valley": "A1", "hills": "C1"}
    by_car = zone_times(region, travel_times(region, "drive"))
    at = {z: i for i, z in enumerate(by_car.zones)}
    for (a, b), value in results.pairs["Y-PAR-01"].items():
        assert value == by_car.minutes[at[a], at[b]]
    parts = pd.DataFrame({"x": [30.0, 10.0], "y": [10.0, 30.0]}, index=["A", "B"])
    assert structural_similarity(parts).loc["A", "B"] == pytest.approx(0.6)


def test_a_cluster_inside_another_is_no_other_cluster() -> None:
    region = example("tiny")
    nested = (
        *(replace(c, parent="all") for c in region.meta.clusters),
        Cluster(id="all", name=Text("全部", "All")),
    )
    got = measure(region.replace(meta=replace(region.meta, clusters=nested)), levels=["cluster"])
    before = measure(region, levels=["cluster"]).cluster_values
    pd.testing.assert_frame_equal(got.cluster_values.loc[["valley", "hills"]], before)
    assert np.isnan(got.cluster_values.loc["all", "Y-CLU-02"])  # there is no cluster outside it
    assert "formula undefined" in got.table("cluster").missing["Y-CLU-02", "all"].reason.en
    assert got.cluster_values.loc["all", "Y-CLU-01"] == pytest.approx(400 / 440 * 100)  # of A1


def test_a_gap_in_a_column_is_told_of_the_cell_that_has_it_and_of_those_it_spoils() -> None:
    region = example("tiny")
    cells = region.cells
    cells.loc[cells["id"] == "B2", "jobs"] = nan
    table = measure(region.replace(cells=cells), ["Y-CEL-02", "Y-CEL-08"]).table("cell")
    assert table.values["Y-CEL-02"].isna().all()
    assert table.values["Y-CEL-08"].notna().all()
    assert table.quality["Y-CEL-02"].tolist() == [""] * 6
    own, other = (table.missing["Y-CEL-02", c] for c in ("B2", "B1"))
    assert own.reason.en == "the column jobs of cells.csv is missing or has gaps"
    assert other.reason.en == f"{own.reason.en} (in other cells)"
    assert "cells.csv" in other.remedy.zh
    with pytest.raises(KeyError):
        _ = table.missing["Y-CEL-08", "B2"]
    assert len(table.missing) == len(list(table.missing)) == 6


def test_a_pair_lacks_what_either_zone_lacks_and_has_the_weaker_quality() -> None:
    region = with_sectors(example("tiny"))
    s = region.table("statistics")
    s.loc[(s["zone"] == "A") & (s["variable"] == "gdp_primary"), "quality"] = "modelled"
    without = region.replace(statistics=s[~((s["variable"] == "gdp_tertiary") & (s["zone"] == "C"))])
    table = measure(without, ["C-IND-01"]).table("pair")
    assert table.values["C-IND-01"].notna().tolist() == [True, False, True, False, False, False]
    assert table.missing["C-IND-01", ("A", "C")].reason.en == "statistics.csv has no gdp_tertiary of 2020"
    assert table.quality["C-IND-01"].tolist() == ["modelled", "", "modelled", "", "", ""]


def test_pairs_without_a_way_are_missing_and_not_an_hour() -> None:
    region = example("tiny")
    links = region.table("links")
    island = region.replace(links=links[links["id"] != "l4"])  # nothing leads to C
    results = measure(island, ["Y-PAR-01", "Y-PAR-03", "Y-PAR-04", "C-INF-04", "Y-CEL-08"])
    row = results.pairs.loc[("A", "C")]
    assert np.isnan(row["Y-PAR-01"])
    assert row[["Y-PAR-03", "Y-PAR-04", "C-INF-04"]].tolist() == [0, 0, 0]
    assert results.cells.loc["C2", "Y-CEL-08"] == 240  # as in the zone means


def test_a_zone_without_cells_has_no_pairs_and_a_cluster_without_cells_no_values() -> None:
    region = example("tiny")
    links = region.table("links")
    empty = region.replace(cells=region.cells.iloc[:4], links=links[links["id"].isin(["l1", "l2", "l3"])])
    results = measure(empty, levels=["pair", "cluster"])
    times = results.pairs[["Y-PAR-01", "Y-PAR-02", "Y-PAR-03", "Y-PAR-04", "C-INF-01"]]
    assert times.loc[[p for p in PAIRS if "C" in p]].isna().all().all()
    assert times.loc[("A", "B")].notna().all()
    assert results.cluster_values.loc["hills"].isna().all()
    assert results.cluster_values.loc["valley", "Y-CLU-01"] == 100


def test_only_what_is_asked_for_is_measured_and_scores_stay_as_they_are() -> None:
    region = example("tiny")
    plain, every = measure(region), measure(region, levels=LEVELS)
    assert plain.cells.empty
    assert plain.pairs.empty
    assert {i.level for i in plain.indicators.values()} == {"zone", "region"}
    pd.testing.assert_frame_equal(plain.needs, every.needs)
    pd.testing.assert_frame_equal(plain.scores, every.scores)
    pd.testing.assert_series_equal(plain.total, every.total)
    assert every.run_id != plain.run_id
    assert measure(region, levels=("zone", "region")).run_id == plain.run_id
    assert list(measure(region, ["Y-CEL-08", "Y-LIV-01"], levels=["cell"]).indicators) == ["Y-CEL-08"]
    with pytest.raises(MeasureError, match="no level town; there are: zone, cell"):
        measure(region, levels=["town"])  # type: ignore[list-item]


def test_more_pairs_than_fit_are_refused_with_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one, "MOST_PAIR_VALUES", 11)  # 3 zones: 6 pairs
    measure(example("tiny"), ["Y-PAR-01"])
    with pytest.raises(MeasureError, match=r"12 values, about 0\.0 GB .* at most 1 indicators of pairs"):
        measure(example("tiny"), ["Y-PAR-01", "Y-PAR-02"])
    monkeypatch.setattr(one, "MOST_PAIR_VALUES", 5)
    with pytest.raises(MeasureError, match="use larger zones"):
        measure(example("tiny"), ["Y-PAR-01"])


@pytest.mark.parametrize("level", LEVELS)
def test_a_result_on_another_index_breaks_the_contract(level: str) -> None:
    region = example("tiny")
    i = next(i for i in catalogue().values() if i.level == level)
    good = i.function(region)
    assert wrong_shape(i, region, good) is None
    fault = wrong_shape(i, region, good.iloc[:-1])
    assert fault is not None
    assert "not indexed by" in fault[1]
    assert wrong_shape(i, region, good.to_numpy()) is not None
    assert level_index(region, i.level).equals(good.index)


def test_json_and_tidy_tables(tmp_path: Path) -> None:
    region = example("tiny")
    cells = region.cells.assign(id=["=A1", "A2", "B1", "B2", "C1", "C2"])
    links = region.table("links").replace({"A1": "=A1"})
    results = measure(region.replace(cells=cells, links=links), levels=LEVELS)
    out = json.loads(json.dumps(results_to_dict(results), allow_nan=False))["levels"]
    assert out["pair"]["index"][0] == ["A", "B"]
    assert out["cell"]["values"]["Y-CEL-12"] == [None] * 6
    (gone,) = out["cell"]["missing"]["Y-CEL-12"]
    assert gone["at"] == [0, 1, 2, 3, 4, 5]
    assert "fire_station" in gone["reason"]["en"]
    assert out["cluster"]["quality"]["Y-CLU-01"] == ["assumed", "assumed"]
    assert "Y-CEL-12" not in results_to_dict(results)["region"]["values"]
    files = write_levels(results, tmp_path, lang="zh")
    assert [f.name for f in files] == ["zone.csv", "cell.csv", "cluster.csv", "pair.csv", "region.csv"]
    with (tmp_path / "cell.csv").open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 6 * 16
    first = next(r for r in rows if r["indicator"] == "Y-CEL-08")
    assert (first["cell"], first["unit"], float(first["value"])) == ("'=A1", "分钟", 0.0)
    assert all((r["value"] == "") == bool(r["reason"] and r["remedy"]) for r in rows)
    table = tidy(results, "region")
    assert table.set_index("indicator")["value"].to_dict() == pytest.approx(dict(results.region_values))
    assert describe(results).loc["Y-PAR-01", ["level", "values", "missing"]].tolist() == ["pair", 6, 0]


def test_an_index_of_pairs_of_one_zone_is_empty() -> None:
    region = example("tiny")
    zones, cells = region.zones, region.cells
    alone = region.replace(
        zones=zones[zones["id"] == "C"],
        cells=cells[cells["zone"] == "C"],
        links=region.table("links").iloc[:0],
        lines=region.table("lines").iloc[:0],
        stops=region.table("stops").iloc[:0],
    )
    assert len(pair_index(alone)) == 0
    assert measure(alone, levels=["pair"]).pairs.shape == (0, 9)


def test_after_a_project_only_what_it_touches_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    region = example("tiny")
    fine = ("cell", "pair", "cluster")
    measure(region, levels=fine)
    again: list[str] = []

    def counted(region: Region, indicator: Indicator, known: dict[str, str]) -> one.Measured:
        again.append(indicator.id)
        return one.measure_one(region, indicator, known)

    monkeypatch.setattr(run, "measure_one", counted)
    shelter = AddPlace(id="s2", kind="shelter", lon=106.2, lat=29.2, capacity=100.0, unit="person")
    measure(shelter.apply(region), levels=fine)
    assert again == ["Y-CEL-11"]
    again.clear()
    measure(region, levels=fine)
    assert again == []  # the region as it was is still remembered
    measure(ChangeActivity(cell="B1", jobs=10.0).apply(region), levels=fine)
    assert again == ["Y-CEL-02", "Y-CEL-03", "Y-CLU-01", "Y-CLU-02"]  # jobs: reach, and centres of clusters


def test_clusters_have_their_own_indicators_beside_means_of_zones() -> None:
    results = measure(example("tiny"), ["Y-CLU-01", "N-LIV-02", "Y-CEL-08"])
    table = cluster_values(results)
    assert table.loc["Y-CLU-01", ["valley", "hills"]].tolist() == [100, 75]
    assert table.loc["N-LIV-02", "valley"] == pytest.approx((300 * 500 + 100 * 300) / 400)
    assert table.loc[["Y-CLU-01", "Y-CEL-08"], "region"].isna().all()


def test_years_are_measured_of_zones_clusters_and_region_only() -> None:
    with pytest.raises(MeasureError, match="not indicators of zones or of the region: Y-PAR-01, Y-CEL-08"):
        panel(example("tiny"), [2020], indicators=["N-LIV-02", "Y-PAR-01", "Y-CEL-08"])


def test_a_zone_without_residents_has_no_mean_over_residents() -> None:
    tiny = example("tiny")
    cells = tiny.table("cells")
    cells.loc[cells["zone"] == "C", "population"] = 0.0
    pairs = measure(tiny.replace(cells=cells), levels=("pair",)).pairs
    for i in ("Y-PAR-01", "Y-PAR-02", "Y-PAR-03", "Y-PAR-04", "C-INF-04"):
        assert pairs[i].notna().tolist() == [True, False, True, False, False, False]
