"""Scores, need scores, index, differences, gaps: worked by hand on the tiny region."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from math import exp, log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError, PackError, RegionError
from yipan.inequality import gini, theil
from yipan.measure import (
    REGION,
    catalogue,
    check_pack,
    cluster_differences,
    cluster_values,
    gaps,
    measure,
    results_to_dict,
)
from yipan.measure.index import need_scores, score, weighted_rows
from yipan.pack import CATALOGUE, Indicator, Pack, read_pack
from yipan.region import Region, example
from yipan.region.value import Cluster
from yipan.text import Text


def like(indicator: str, **changes: object) -> Indicator:
    return replace(catalogue()[indicator], **changes)  # type: ignore[arg-type]


def test_goalposts() -> None:
    up, down = like("N-LIV-02"), like("Y-LIV-01")  # 200 to 900 up, 10 to 60 down
    got = score(np.array([100.0, 550.0, 900.0, np.nan]), up)
    assert got[:3].tolist() == [0.0, 50.0, 100.0]  # (550 − 200) / 700
    assert np.isnan(got[3])
    assert score(np.array([5.0, 35.0, 99.0]), down).tolist() == [100.0, 50.0, 0.0]  # (60 − 35) / 50


def test_need_scores_and_index() -> None:
    four = [
        like("N-LIV-02", need=n) for n in ("economy", "living", "ecology", "ecology", "ecology", "safety")
    ]
    scores = np.array(
        [
            [80.0, 40.0, 10.0, 30.0, np.nan, 0.0],  # ecology: mean of the two that are there, 20
            [80.0, 40.0, 10.0, np.nan, np.nan, 20.0],  # ecology: one of three is too few
        ]
    )
    got = need_scores(scores, four)
    assert got[0, :4].tolist() == [80.0, 40.0, 20.0, 0.0]
    # safety enters the geometric mean at the floor of 1: (80 × 40 × 20 × 1)^(1/4)
    assert got[0, 4] == pytest.approx((80 * 40 * 20 * 1) ** 0.25)
    assert np.isnan(got[1, [2, 4]]).all()
    assert got[1, [0, 1, 3]].tolist() == [80.0, 40.0, 20.0]


def test_weighted_mean_of_zones() -> None:
    table = np.array([[10.0, np.nan], [40.0, 60.0], [99.0, 99.0]])
    people = np.array([3.0, 1.0, 7.0])
    got = weighted_rows(table, people, np.array([True, True, False]))
    assert got[0] == (3 * 10 + 1 * 40) / 4
    assert np.isnan(got[1])  # only a quarter of the residents have a value


def test_differences_between_clusters() -> None:
    results = measure(example("tiny"), ["Y-LIV-02"])  # A 100, B 100, C 0; people 300, 100, 40
    row = cluster_differences(results).loc["living"]
    assert (row["valley"], row["hills"], row["spread"], row["lags"]) == (100.0, 0.0, 100.0, "hills")
    assert row["gini"] == pytest.approx(40 / 440)
    assert row["theil"] == pytest.approx(log(440 / 400))  # all scores lie with 400 of 440
    assert row["between"] == pytest.approx(1.0)
    assert cluster_values(results).loc["Y-LIV-02", REGION] == pytest.approx(400 / 440 * 100)


def test_values_per_land_are_summed_up_by_land() -> None:
    results = measure(example("tiny"), ["Y-ECL-02", "Y-ECL-06"])  # 80 km2 protected of 432 + 432 + 862
    table = cluster_values(results)
    assert table.loc["Y-ECL-02", REGION] == pytest.approx(80 / 1726 * 100)
    assert table.loc["Y-ECL-06", "valley"] == pytest.approx(400_000 / 864)


def test_a_cluster_of_clusters_counts_the_zones_inside() -> None:
    region = example("tiny")
    nested = (
        *(replace(c, parent="all") for c in region.meta.clusters),
        Cluster(id="all", name=Text("全部", "All")),
    )
    results = measure(region.replace(meta=replace(region.meta, clusters=nested)), ["Y-LIV-02"])
    assert results.clusters.loc["all", "living"] == pytest.approx(400 / 440 * 100)
    assert "all" not in cluster_differences(results)  # it would count its zones twice


def test_gini_and_theil() -> None:
    # mean 2.5; pairs |1−2| … weighted 1/9: 2 × (1 + 3 + 2) / 9 over 2 × 2.3333 = 0.2857 for 1, 2, 4
    assert gini([1, 2, 4], [1, 1, 1]) == pytest.approx(2 * (1 + 3 + 2) / 9 / (2 * 7 / 3))
    assert gini([1, 2, 4], [2, 1, 1]) == pytest.approx(gini([1, 1, 2, 4], [1, 1, 1, 1]))
    got = theil([1, 1, 2], [1, 1, 1], ["a", "a", "b"])
    assert got.total == pytest.approx(0.25 * log(0.75) * 2 + 0.5 * log(1.5))
    assert got.between == pytest.approx(0.5 * log(0.75) + 0.5 * log(1.5))  # within a nothing differs
    assert got.between == pytest.approx(got.total)


def with_targets(*rows: tuple[str, str, float]) -> Region:
    frame = pd.DataFrame(rows, columns=["indicator", "scope", "value"])
    return example("tiny").replace(targets=frame.assign(year=2035, source="invented", quality="assumed"))


def test_gaps() -> None:
    region = with_targets(
        ("N-LIV-02", "zone:B", 450.0),  # 300: 150 beds missing
        ("N-LIV-02", "zone:A", 450.0),  # 500: met
        ("Y-LIV-01", "cluster:hills", 60.0),  # 79 min: 19 too many
        ("Y-LIV-02", "region", 100.0),  # 90.909 %
        ("Y-SAF-04", "zone:A", 100.0),  # no fire stations are listed
    )
    table = gaps(region, measure(region))
    assert table["gap"].tolist()[:4] == pytest.approx([150.0, 0.0, 19.0, 100 - 400 / 440 * 100])
    assert np.isnan(table["gap"].iloc[4])
    assert table["met"].tolist() == [False, True, False, False, None]


def test_targets_that_name_nothing_are_all_listed() -> None:
    region = with_targets(("N-LIV-99", "region", 1.0), ("N-LIV-02", "zone:Z", 1.0))
    with pytest.raises(MeasureError) as caught:
        gaps(region, measure(region))
    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [
        ("targets.csv", 2, "indicator"),
        ("targets.csv", 3, "scope"),
    ]


def test_missing_values_say_why_and_never_become_zero() -> None:
    region = example("tiny")
    results = measure(region, ["Y-SAF-04"])
    assert results.values["Y-SAF-04"].isna().all()
    why = results.missing["Y-SAF-04", "A"]
    assert "fire_station" in why.reason.en
    assert "places.csv" in why.remedy.zh
    assert np.isnan(results.needs.loc["A", "safety"])
    assert ("safety", "A") in results.missing
    cells = region.cells
    cells.loc[cells["id"] == "B2", "jobs"] = np.nan
    holes = measure(region.replace(cells=cells), ["Y-ECO-04", "Y-ECO-01"])
    assert holes.values["Y-ECO-04"].isna().tolist() == [False, True, False]
    assert "jobs" in holes.missing["Y-ECO-04", "B"].reason.en
    # jobs of B2 count in what A reaches, so A is missing too, and says that the gap is elsewhere
    assert "in other zones" in holes.missing["Y-ECO-01", "A"].reason.en


def test_a_statistic_that_is_missing_is_named_with_its_year() -> None:
    region = example("tiny")
    s = region.table("statistics")
    without = region.replace(statistics=s[~((s["variable"] == "area") & (s["zone"] == "C"))])
    results = measure(without, ["Y-ECO-03"])
    assert results.values["Y-ECO-03"].isna().tolist() == [False, False, True]
    assert results.missing["Y-ECO-03", "C"].reason.en == "statistics.csv has no area of 2020"


def test_quality_is_the_weakest_of_the_data_used() -> None:
    region = example("tiny")
    tables = {}
    for name in ("cells", "statistics", "places", "links", "lines", "stops"):
        tables[name] = region.table(name).assign(quality="official")
    tables["links"]["quality"] = "modelled"
    tables["cells"].loc[0, "quality"] = "derived"  # A1
    results = measure(region.replace(**tables), ["N-LIV-02", "Y-LIV-01", "Y-ECO-02"])
    assert results.quality["N-LIV-02"].tolist() == ["derived", "official", "official"]
    assert results.quality["Y-LIV-01"].tolist() == ["modelled"] * 3
    # the cells of A add up to its official total, and only the total is used
    assert results.quality["Y-ECO-02"].tolist() == ["official"] * 3


def test_results_are_ready_for_json() -> None:
    out = results_to_dict(measure(example("tiny")))
    text = json.dumps(out, allow_nan=False)
    entry = json.loads(text)["zones"]["A"]["values"]["Y-SAF-04"]
    assert entry["value"] is None
    assert entry["missing"]["reason"]["zh"]


def test_market_potential_ignores_what_cannot_be_reached() -> None:
    region = example("tiny")
    links = region.table("links")
    cut = region.replace(links=links[links["id"] != "l4"])  # C is an island
    got = measure(cut, ["Y-ECO-05"]).values["Y-ECO-05"]
    own = (
        30 * (10 * exp(-41.8 / 60) + 3 * exp(-64 / 60)) + 10 * (10 * exp(-64 / 60) + 3 * exp(-41.8 / 60))
    ) / 40
    assert got["C"] == pytest.approx(own / 308 * 100, rel=2e-3)


def test_a_zone_without_cells_has_no_values_and_says_so() -> None:
    region = example("tiny")
    links = region.table("links")
    empty = region.replace(cells=region.cells.iloc[:4], links=links[links["id"].isin(["l1", "l2", "l3"])])
    results = measure(empty, ["Y-LIV-01", "Y-ECO-02", "Y-ECO-06", "Y-HUM-02", "Y-SMT-01"])
    assert results.values.loc["C"].isna().all()
    assert results.missing["Y-LIV-01", "C"].reason.en.startswith("formula undefined here")
    assert results.clusters.loc["hills"].isna().all()
    assert results.clusters.loc["valley", "economy"] > 0


def test_a_broken_table_is_told_as_such() -> None:
    region = example("tiny").replace(cells=example("tiny").cells.iloc[:4])  # links still name C1 and C2
    with pytest.raises(RegionError) as caught:
        measure(region)
    assert {p.file for p in caught.value.problems} == {"links.csv"}


def test_an_indicator_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(region: Region) -> pd.Series:
        raise ZeroDivisionError

    bad = like("N-LIV-02", id="X-1", function=fails)
    monkeypatch.setattr(sys.modules["yipan.measure.run"], "catalogue", lambda: {"X-1": bad})
    with pytest.raises(MeasureError, match="X-1 of the pack services fails"):
        measure(example("tiny"))


def test_unknown_indicator() -> None:
    with pytest.raises(MeasureError, match="N-LIV-99"):
        measure(example("tiny"), ["N-LIV-99"])


def test_a_bad_pack_is_told_everything_at_once() -> None:
    bad = like(
        "N-LIV-02",
        name=Text("仅中文", ""),
        low=9.0,
        high=2.0,
        needs=("nonsense",),
        function=lambda region: pd.Series([1, 2], index=["A", "B"]),
    )
    told = [
        p.what.en
        for p in check_pack(Pack(id="bad", name=Text("坏", "bad"), indicators=(bad,)), example("tiny"))
    ]
    assert told == [
        "N-LIV-02 name lacks a language",
        "N-LIV-02 need not understood: nonsense",
        "N-LIV-02 goalposts must be two rising numbers",
        "N-LIV-02 its function must return a float Series",
    ]


def test_a_catalogue_is_read_with_all_its_faults(tmp_path: Path) -> None:
    row = dict.fromkeys(CATALOGUE, "x") | {"direction": "up", "need": "living", "quality": "", "area": ""}
    row |= {"level": "zone", "low": "many", "high": "3"}
    pd.DataFrame([row]).to_csv(tmp_path / "catalogue.csv", index=False)
    with pytest.raises(PackError) as caught:
        read_pack(tmp_path, {"y": lambda region: pd.Series(dtype=float)}, name=Text("包", "pack"))
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (2, "id"),  # x has no function
        (2, "direction"),
        (2, "weight"),
        (2, "low"),
        (None, "id"),  # y has no row
    ]
