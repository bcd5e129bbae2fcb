"""Panels of years on the tiny region: values by hand, and a reason for everything that is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from yipan.errors import MeasureError
from yipan.measure import catalogue, measure
from yipan.measure.outlook import panel, years_of
from yipan.measure.outlook.years import is_dated
from yipan.region import Region, example

GDP = {2016: (200.0, 36.0, 10.0), 2017: (210.0, 38.0, 11.0), 2019: (240.0, 44.0, 12.0)}
PEOPLE = {2016: (290e3, 95e3, 42e3), 2017: (293e3, 96e3, 41e3), 2019: (298e3, 99e3, 40e3)}


def with_facts(region: Region, *facts: tuple[str, int, tuple[float | None, ...], str]) -> Region:
    rows = [
        {
            "zone": z,
            "variable": v,
            "year": y,
            "value": x,
            "unit": u,
            "source": "invented",
            "quality": "official",
        }
        for v, y, values, u in facts
        for z, x in zip("ABC", values, strict=True)
        if x is not None
    ]
    return region.replace(
        statistics=pd.concat([region.table("statistics"), pd.DataFrame(rows)], ignore_index=True)
    )


def yearly() -> Region:
    return with_facts(
        example("tiny"),
        *(("gdp", y, v, "1e8 CNY") for y, v in GDP.items()),
        *(("population", y, v, "person") for y, v in PEOPLE.items()),
    )


def at(table: pd.DataFrame, indicator: str, scope: str, year: int) -> pd.Series:
    found = table[(table["indicator"] == indicator) & (table["scope"] == scope) & (table["year"] == year)]
    assert len(found) == 1
    return found.iloc[0]


def test_zones_clusters_region_by_hand() -> None:
    found = panel(yearly(), [2016, 2017, 2020])
    for year, money, people in ((2016, GDP[2016], PEOPLE[2016]), (2017, GDP[2017], PEOPLE[2017])):
        for n, zone in enumerate("ABC"):  # 1e8 CNY over persons, in 1e4 CNY
            row = at(found, "Y-ECO-02", f"zone:{zone}", year)
            assert row["value"] == pytest.approx(money[n] * 1e4 / people[n])
            assert (row["quality"], row["reason_en"]) == ("official", "")
        valley = at(found, "Y-ECO-02", "cluster:valley", year)["value"]
        assert valley == pytest.approx(sum(money[:2]) * 1e4 / sum(people[:2]))
        assert at(found, "Y-ECO-02", "region", year)["value"] == pytest.approx(sum(money) * 1e4 / sum(people))
        logs = np.log(np.array(money) / np.array(people))
        assert at(found, "C-MKT-04", "region", year)["value"] == pytest.approx(logs.std())
    growth = ((290e3 / 280e3) ** (1 / 6) - 1) * 100  # since the census of 2010
    assert at(found, "Y-LIV-04", "zone:A", 2016)["value"] == pytest.approx(growth)


def test_the_base_year_is_what_measure_says() -> None:
    region = yearly()
    results, found = measure(region), panel(region, [2020])
    for indicator in results.values.columns:
        for zone in "ABC":
            value = at(found, indicator, f"zone:{zone}", 2020)["value"]
            assert value == pytest.approx(results.values.loc[zone, indicator], nan_ok=True)
    missing = found[found["value"].isna()]
    assert (missing["reason_zh"] != "").all()
    assert (missing["remedy_en"] != "").all()
    assert (missing["quality"] == "").all()


def test_equal_statistics_give_equal_years() -> None:
    region = example("tiny")
    facts = region.table("statistics")
    now = facts[facts["year"] == 2020]
    before = region.replace(statistics=pd.concat([now, now.assign(year=2015)], ignore_index=True))
    found = panel(before, [2015, 2020])
    wide = found.pivot_table(index=["indicator", "scope"], columns="year", values="value").dropna()
    assert len(set(wide.index.get_level_values(0))) >= 3
    assert wide[2015].to_numpy() == pytest.approx(wide[2020].to_numpy(), rel=1e-12)


def test_what_is_known_of_the_base_year_only_has_no_other_year() -> None:
    found = panel(yearly(), [2016, 2020])
    row = at(found, "N-LIV-02", "zone:A", 2016)  # beds of 2020 over residents of 2016 would be of no year
    assert np.isnan(row["value"])
    assert "capacity:hospital" in row["reason_en"]
    assert "2016" in row["remedy_zh"]
    assert not is_dated(catalogue()["N-LIV-02"])
    assert is_dated(catalogue()["Y-ECO-02"])


def test_a_zone_without_a_statistic_leaves_no_mean_of_the_others() -> None:
    region = with_facts(
        example("tiny"),
        ("gdp", 2017, (210.0, 38.0, None), "1e8 CNY"),
        ("population", 2017, (293e3, 96e3, 41e3), "person"),
    )
    found = panel(region, [2017])
    assert at(found, "Y-ECO-02", "zone:A", 2017)["value"] == pytest.approx(210e4 / 293e3)
    assert at(found, "Y-ECO-02", "zone:C", 2017)["reason_en"] == "statistics.csv has no gdp of 2017"
    assert at(found, "Y-ECO-02", "cluster:valley", 2017)["value"] == pytest.approx(248e4 / 389e3)
    for scope in ("cluster:hills", "region"):
        row = at(found, "Y-ECO-02", scope, 2017)
        assert np.isnan(row["value"])
        assert "(C)" in row["reason_en"]
        assert row["remedy_en"] == "add a row variable=gdp, year=2017 to statistics.csv"
    assert at(found, "C-MKT-04", "region", 2017)["reason_en"] == "statistics.csv has no gdp of 2017"


def test_cells_and_statistics_that_disagree_break_the_series() -> None:
    region = yearly()
    cells = region.cells
    cells.loc[cells["zone"] == "B", "gdp"] *= 1.1
    found = panel(region.replace(cells=cells), [2016, 2020])
    assert at(found, "Y-ECO-02", "zone:B", 2020)["value"] == pytest.approx(4.95)
    row = at(found, "Y-ECO-02", "zone:B", 2016)
    assert np.isnan(row["value"])
    assert row["reason_en"].startswith("gdp of 2020 adds up to 49.5 in cells.csv and is 45 in statistics.csv")
    assert at(found, "Y-ECO-02", "zone:A", 2016)["value"] == pytest.approx(200e4 / 290e3)


def test_cells_without_a_value_in_the_base_year() -> None:
    region = yearly()
    cells = region.cells
    cells.loc[cells["id"] == "C2", "gdp"] = np.nan  # so zone C has no GDP in 2020, but has it in 2016
    found = panel(region.replace(cells=cells), [2016, 2020])
    assert np.isnan(at(found, "Y-ECO-02", "zone:C", 2020)["value"])
    assert at(found, "Y-ECO-02", "zone:C", 2016)["value"] == pytest.approx(10e4 / 42e3)
    # the region's mean of 2020 is that of A and B alone: no year with C is comparable with it
    assert at(found, "Y-ECO-02", "region", 2020)["value"] == pytest.approx(295e4 / 400e3)
    row = at(found, "Y-ECO-02", "region", 2016)
    assert np.isnan(row["value"])
    assert row["reason_en"].startswith("no value in the base year in 1 of 3 zones (C)")
    # where the base year has nothing at all, the other year stands alone
    assert at(found, "Y-ECO-02", "cluster:hills", 2016)["value"] == pytest.approx(10e4 / 42e3)


def test_another_region_folder_supplies_its_year() -> None:
    region = yearly()
    places = region.places
    places.loc[places["id"] == "h1", "capacity"] = 1200.0
    before = region.replace(meta=replace(region.meta, base_year=2016), places=places)
    found = panel(region, others=[before])
    assert at(found, "N-LIV-02", "zone:A", 2016)["value"] == pytest.approx(400.0)
    assert at(found, "N-LIV-02", "zone:A", 2020)["value"] == pytest.approx(500.0)
    # 400, 300, 0 by 300, 100, 40 thousand residents
    assert at(found, "N-LIV-02", "region", 2016)["value"] == pytest.approx(150e3 / 440)


def test_years_asked_for() -> None:
    region = yearly()
    assert years_of(region) == (2010, 2016, 2017, 2018, 2019, 2020)
    assert sorted(set(panel(region)["year"])) == list(years_of(region))
    assert sorted(set(panel(region, [2020, 2016, 2016])["year"])) == [2016, 2020]
    with pytest.raises(MeasureError, match="no year is asked for"):
        panel(region, [])
    with pytest.raises(MeasureError, match="no indicator N-NONE"):
        panel(region, [2020], indicators=["N-NONE"])


def test_regions_that_make_no_panel_are_all_named() -> None:
    region = example("tiny")
    twin = region.replace(cells=region.cells)
    dollars = region.replace(meta=replace(region.meta, base_year=2015, currency="USD"))
    merged = region.zones.assign(cluster="valley")
    moved = region.replace(meta=replace(region.meta, base_year=2014), zones=merged)
    with pytest.raises(MeasureError) as caught:
        panel(region, others=[twin, dollars, moved])
    words = [p.what.en for p in caught.value.problems]
    assert words == [
        "two regions describe 2020",
        "money of 2015 is in another currency or of other prices",
        "the zones of 2014 are in other clusters",
    ]
    fewer = region.replace(meta=replace(region.meta, base_year=2013), zones=region.zones.iloc[:2])
    with pytest.raises(MeasureError, match="the zones of 2013 have other ids"):
        panel(region, others=[fewer])


def test_a_panel_is_remembered_and_handed_out_as_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    region = with_facts(yearly(), ("gdp", 2012, (150.0, 30.0, 8.0), "1e8 CNY"))
    first = panel(region, [2012, 2020])
    monkeypatch.setitem(panel.__globals__, "_build", None)
    spoilt = panel(region, [2012, 2020])
    spoilt["value"] = 0.0
    pd.testing.assert_frame_equal(panel(region, [2020, 2012]), first)
