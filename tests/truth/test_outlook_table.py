"""Targets of a region judged over years, the standards, the command: worked by hand on the tiny region."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from yipan.cli_targets import targets_command
from yipan.errors import MeasureError
from yipan.measure import catalogue, gaps, measure
from yipan.measure.outlook import MATCHES, outlook, panel, standards_table, write_csv
from yipan.measure.outlook.standards import FIELDS
from yipan.region import Region, example
from yipan.region.write import write_region

Target = tuple[str, str, int, float]


def aiming(*targets: Target) -> Region:
    """Return the tiny region with GDP of zone A at 6, 6.5, 7, 7.5 (1e4 CNY per resident) before 2020."""
    region = example("tiny")
    rows = [
        {"zone": z, "variable": v, "year": year, "value": x, "unit": u}
        for n, year in enumerate(range(2016, 2020))
        for v, u, values in (
            ("population", "person", (300e3, 100e3, 40e3)),
            ("gdp", "1e8 CNY", (180.0 + 15 * n, 45.0, 13.0)),
        )
        for z, x in zip("ABC", values, strict=True)
    ]
    facts = region.table("statistics")
    facts = facts[facts["year"].isin([2010, 2020])]
    more = pd.DataFrame(rows).assign(source="invented", quality="official")
    aims = pd.DataFrame(targets, columns=["indicator", "scope", "year", "value"])
    return region.replace(
        statistics=pd.concat([facts, more], ignore_index=True),
        targets=aims.assign(source="invented", quality="assumed"),
    )


def judged(*targets: Target, since: int | None = None) -> pd.DataFrame:
    region = aiming(*targets)
    return outlook(region, measure(region), since=since)


def test_zone_by_hand() -> None:
    row = judged(("Y-ECO-02", "zone:A", 2030, 12.0)).iloc[0]
    now = 250 / 30  # 1e4 CNY per resident in 2020
    assert row["shortfall"] == pytest.approx(12 - now)
    assert (row["start"], row["start_value"]) == (2016, pytest.approx(6.0))
    assert row["travelled"] == pytest.approx((now - 6) / 6)
    assert row["achieved"] == pytest.approx((now - 6) / 4)
    assert row["path"] == pytest.approx(6 / 14)
    assert row["ratio"] == pytest.approx((now - 6) / 4 / (6 / 14))
    assert row["needed"] == pytest.approx((12 - now) / 10)
    assert (row["status"], row["light"], row["years"]) == ("on_track", "green", 5)
    years, values = np.arange(2016.0, 2021.0), np.array([6, 6.5, 7, 7.5, now])
    slope, start = np.polyfit(years, values, 1)
    assert row["slope"] == pytest.approx(slope)
    assert row["forecast"] == pytest.approx(start + slope * 2030)
    assert row["low"] < row["forecast"] < row["high"]
    assert row["expected"] == int(np.ceil((12 - start) / slope))


def test_scopes() -> None:
    found = judged(
        ("Y-ECO-02", "cluster:valley", 2030, 8.0),
        ("Y-ECO-02", "region", 2030, 8.0),
        ("C-MKT-04", "region", 2030, 0.1),
        ("Y-ECO-02", "zone:B", 2030, 8.0),
    )
    valley, whole, sigma, still = (found.iloc[n] for n in range(4))
    assert valley["start_value"] == pytest.approx(225e4 / 400e3)
    assert whole["start_value"] == pytest.approx(238e4 / 440e3)
    logs = np.log(np.array([6.0, 4.5, 3.25]))
    assert sigma["start_value"] == pytest.approx(logs.std())
    assert (sigma["status"], sigma["light"]) == ("away", "red")  # zone A draws ahead
    assert (still["status"], still["ratio"]) == ("insufficient", 0.0)
    assert still["warning"] == "likely_missed"
    assert pd.isna(still["expected"])
    assert still["low"] == pytest.approx(4.5)


def test_keeps_every_column_of_gaps() -> None:
    region = aiming(("Y-ECO-02", "zone:A", 2030, 12.0), ("N-LIV-02", "region", 2035, 400.0))
    results = measure(region)
    base = gaps(region, results)
    pd.testing.assert_frame_equal(outlook(region, results)[list(base.columns)], base)


def test_target_met_ahead_of_time_and_gap_signed() -> None:
    row = judged(("N-LIV-02", "zone:A", 2035, 400.0)).iloc[0]
    assert (row["shortfall"], row["gap"], row["needed"]) == (-100.0, 0.0, 0.0)
    assert (row["status"], row["light"]) == ("met", "green")
    less = judged(("Y-LIV-01", "zone:A", 2035, 1000.0)).iloc[0]
    assert less["shortfall"] < 0
    assert less["status"] == "met"


@pytest.mark.parametrize("year", [2020, 2018])
def test_target_year_is_the_base_year_or_before(year: int) -> None:
    row = judged(("Y-ECO-02", "zone:A", year, 12.0)).iloc[0]
    assert (row["status"], row["light"], row["warning"]) == ("missed", "red", "none")
    assert np.isnan(row["needed"])


def test_too_few_years_say_so() -> None:
    row = judged(("N-LIV-02", "zone:B", 2035, 400.0)).iloc[0]
    assert (row["status"], row["years"], row["warning"]) == ("unknown", 1, "none")
    assert row["needed"] == pytest.approx(100 / 15)
    assert row["forecast_en"] == "no forecast from fewer than 4 years (there are 1)"
    assert "capacity:hospital is known as of 2020 only" in row["why_en"]


def test_without_direction() -> None:
    row = judged(("Y-ECL-06", "zone:A", 2035, 500.0)).iloc[0]
    assert row["shortfall"] == pytest.approx(abs(300e3 / 432 - 500))
    assert (row["status"], row["light"]) == ("unknown", "grey")
    assert "no direction" in row["why_en"]


def test_start_year_asked_for() -> None:
    row = judged(("Y-ECO-02", "zone:A", 2030, 12.0), since=2018).iloc[0]
    assert (row["start"], row["start_value"]) == (2018, pytest.approx(7.0))
    assert row["years"] == 5  # the trend keeps every year
    lacking = judged(("Y-ECO-02", "zone:A", 2030, 12.0), since=2013).iloc[0]
    assert (lacking["status"], lacking["light"]) == ("unknown", "grey")
    assert lacking["why_en"] == "no value of 2013 (statistics.csv has no gdp of 2013)"
    for year in (2020, 2025):
        with pytest.raises(MeasureError, match=f"the start {year} is not before the base year 2020"):
            judged(("Y-ECO-02", "zone:A", 2030, 12.0), since=year)


def test_years_after_the_base_year_are_not_history() -> None:
    region = aiming(("Y-ECO-02", "zone:A", 2030, 12.0))
    later = region.replace(meta=replace(region.meta, base_year=2018))
    cells = region.cells
    cells.loc[cells["zone"] == "A", "gdp"] *= 210 / 250  # the GDP of 2018
    later = later.replace(cells=cells)
    row = outlook(later, measure(later), history=panel(later, [2016, 2017, 2018, 2019, 2020])).iloc[0]
    assert row["value"] == pytest.approx(7.0)
    assert (row["years"], row["warning"]) == (3, "none")
    assert row["achieved"] == pytest.approx(0.5)


def test_one_value_for_the_region_has_none_for_a_zone() -> None:
    row = judged(("C-MKT-04", "zone:A", 2030, 0.1)).iloc[0]
    assert np.isnan(row["shortfall"])
    assert "one value for the region" in row["why_en"]


def test_refusals() -> None:
    with pytest.raises(MeasureError, match="no indicator 'Y-ECO-99'"):
        judged(("Y-ECO-99", "zone:A", 2030, 12.0))
    region = aiming()
    with pytest.raises(MeasureError, match="not between 0 and 1"):
        outlook(region, measure(region), level=1.5)
    assert outlook(region, measure(region)).empty


def test_standards_file_is_sound() -> None:
    path = Path(sys.modules[standards_table.__module__].__file__ or "").with_name("standards.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == FIELDS
    known = catalogue()
    pairs = [(r["indicator"], r["standard"], r["code"]) for r in rows]
    assert len(set(pairs)) == len(pairs)
    for row in rows:
        assert row["indicator"] in known
        assert row["match"] in MATCHES
        assert row["checked"] in ("verified", "unverified")
        assert all(row[f] for f in FIELDS)  # who is not the same says what differs
    assert {"ISO 37120:2014", "SDG", "TD/T 1063-2021"} <= {r["standard"] for r in rows}
    assert all(r["checked"] == "unverified" for r in rows if r["standard"].startswith("TD/T"))


def test_standards_table_carries_values() -> None:
    table = standards_table(measure(example("tiny"), ["N-LIV-02", "Y-ECL-02", "Y-SAF-06"]))
    beds = table[(table["indicator"] == "N-LIV-02") & (table["standard"] == "ISO 37120:2014")].iloc[0]
    assert (beds["code"], beds["match"]) == ("12.2", "similar")
    assert beds["value"] == pytest.approx((300 * 500 + 100 * 300) / 440)
    assert set(table["indicator"]) == {"N-LIV-02", "Y-ECL-02"}


def test_csv_is_safe_to_open(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"name": ['=HYPERLINK("x")', "@a", "江城"], "n": [-1.5, np.nan, 2.0], "y": pd.array([1, None, 3])}
    )
    path = write_csv(tmp_path / "sub" / "t.csv", table)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["name", "n", "y"],
            ['\'=HYPERLINK("x")', "-1.5", "1"],
            ["'@a", "", ""],
            ["江城", "2.0", "3"],
        ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    region = aiming(("Y-ECO-02", "zone:A", 2030, 12.0), ("N-LIV-02", "region", 2035, 500.0))
    write_region(region, tmp_path / "tiny")
    return tmp_path / "tiny"


def run(*words: object) -> Result:
    return CliRunner().invoke(targets_command, [str(w) for w in words], catch_exceptions=False)


def test_command(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    data = json.loads(run(folder, "--json", "--out", out).stdout)
    assert (data["base_year"], data["level"]) == (2020, 0.9)
    first, second = data["targets"]
    assert (first["light"], first["years"], first["start"]) == ("green", 5, 2016)
    assert (second["light"], second["start"], second["forecast"]) == ("grey", None, None)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["status"] for r in rows] == ["on_track", "unknown"]
    assert "实际速度为所需速度的 136%" in run(folder, "--lang", "zh").stdout.replace("\n", "")
    words = run(folder, "--lang", "en").stdout.replace("\n", " ")
    assert "moves at 136% of the pace that is required" in words


def test_command_with_a_folder_of_another_year(folder: Path, tmp_path: Path) -> None:
    region = aiming()
    places = region.places
    places.loc[places["id"] == "h1", "capacity"] = 1200.0
    meta = replace(region.meta, base_year=2010)
    write_region(region.replace(meta=meta, places=places), tmp_path / "before")
    data = json.loads(run(folder, "--with", tmp_path / "before", "--json").stdout)
    beds = data["targets"][1]
    assert (beds["start"], beds["start_value"]) == (2010, pytest.approx(150e3 / 440))


def test_command_standards(folder: Path) -> None:
    data = json.loads(run(folder, "--standards", "--json").stdout)
    assert ("N-LIV-02", "12.2") in {(r["indicator"], r["code"]) for r in data["standards"]}
    assert "未核实" in run(folder, "--standards", "--lang", "zh").stdout


def test_command_without_targets(tmp_path: Path) -> None:
    write_region(aiming(), tmp_path / "tiny")
    assert "no targets" in run(tmp_path / "tiny", "--lang", "en").stdout
