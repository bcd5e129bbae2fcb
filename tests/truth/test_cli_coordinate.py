"""``yipan coordinate``: figures against the formulas worked by hand, and what is missing says which file."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.cli_coordinate import coordinate_command, records
from yipan.errors import MeasureError
from yipan.measure import NEEDS, measure
from yipan.measure.coordination import need_obstacles, service_by_zone, statistic_panel, whole
from yipan.region import Region, example
from yipan.region.write import write_region


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_region(example("tiny"), tmp_path / "tiny")
    return tmp_path / "tiny"


def run(*argv: object) -> None:
    coordinate_command.main([str(a) for a in argv], standalone_mode=False)


def run_json(capsys: pytest.CaptureFixture[str], *argv: object) -> dict[str, object]:
    run(*argv, "--json")
    text = capsys.readouterr().out
    assert "NaN" not in text
    assert "Infinity" not in text
    found: dict[str, object] = json.loads(text)
    return found


def needs_of(region: Region) -> dict[str, list[float]]:
    table = measure(region).needs
    return {str(z): [float(table.loc[z, n]) / 100 for n in NEEDS] for z in table.index}


def test_degrees_are_the_standard_formula(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = run_json(capsys, tiny)
    for row in data["coupling"]:  # type: ignore[attr-defined]
        u = needs_of(example("tiny"))[row["zone"]]
        t = sum(u) / 4
        c = math.prod(u) ** 0.25 / t
        assert (row["C"], row["T"], row["D"]) == pytest.approx((c, t, math.sqrt(c * t)), rel=1e-12)
        assert row["class"] == int(math.sqrt(c * t) * 10) + 1
        assert row["laggard"] == NEEDS[u.index(min(u))]


def test_degrees_are_the_wang_formula(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = run_json(capsys, tiny, "--form", "wang")
    assert data["form"] == "wang"
    for row in data["coupling"]:  # type: ignore[attr-defined]
        u = needs_of(example("tiny"))[row["zone"]]
        apart = sum(abs(a - b) for i, a in enumerate(u) for b in u[:i]) / 6
        share = math.prod(x / max(u) for x in u) ** (1 / 3)
        assert row["C"] == pytest.approx(math.sqrt((1 - apart) * share), rel=1e-12)


def test_obstacles_are_what_is_missing_to_the_full_index() -> None:
    results = measure(example("tiny"))
    degrees = need_obstacles(results)
    assert results.scores.isna().any().any()  # the tiny region lacks some: weights go to the others
    for zone in results.scores.index:
        row = results.scores.loc[zone].dropna()
        of = {c: results.indicators[str(c)].need for c in row.index}
        gap = {c: (1 - row[c] / 100) / 4 / list(of.values()).count(of[c]) for c in row.index}
        for code, value in gap.items():
            assert degrees.loc[zone, code] == pytest.approx(100 * value / sum(gap.values()), rel=1e-12)
        # the needs' own shares follow from the need scores alone
        lacking = {n: 1 - float(results.needs.loc[zone, n]) / 100 for n in NEEDS}
        for need in NEEDS:
            mine = sum(degrees.loc[zone, c] for c in row.index if of[c] == need)
            assert mine == pytest.approx(100 * lacking[need] / sum(lacking.values()), rel=1e-9)


def test_a_zone_without_a_need_has_no_obstacles_but_the_others_do() -> None:
    tiny = example("tiny")
    cells = tiny.table("cells")
    cells.loc[cells["zone"] == "C", ["population", "gdp", "jobs"]] = np.nan
    results = measure(tiny.replace(cells=cells))
    assert results.needs.loc["C", list(NEEDS)].isna().any()
    degrees = need_obstacles(results)
    assert degrees.loc["C"].isna().all()
    assert degrees.loc["A"].sum() == pytest.approx(100)


def test_what_cannot_be_computed_names_its_file(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = run_json(capsys, tiny)["absent"]
    assert isinstance(absent, dict)
    assert absent["linkages"][0]["file"] == "flows.csv"
    [convergence] = absent["convergence"]
    assert convergence["file"] == "statistics.csv"
    assert "gdp: 2018, 2020; population: 2010, 2020" in convergence["what"]["en"]
    assert any("kind=school" in p["remedy"]["zh"] for p in absent["services"])
    assert all(p["remedy"]["en"] and p["remedy"]["zh"] for part in absent.values() for p in part)


def test_flows_make_linkages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flows = [("A", "B", 900.0), ("B", "A", 2500.0), ("A", "C", 100.0), ("C", "A", 700.0), ("B", "C", 9.0)]
    table = pd.DataFrame(
        [
            {"kind": "commute", "from": a, "to": b, "year": 2020, "value": v, "unit": "person"}
            | {"source": "invented", "quality": "assumed"}
            for a, b, v in flows
        ]
    )
    tiny = example("tiny")
    write_region(tiny.replace(flows=table), tmp_path / "r")
    data = run_json(capsys, tmp_path / "r")
    links = data["linkages-commute"]
    assert isinstance(links, list)
    assert sum(r["expected"] for r in links) == pytest.approx(4209, rel=1e-6)  # Poisson meets the total
    assert {(r["from"], r["to"]): r["flow"] for r in links}["C", "B"] == 0.0
    absent = data["absent"]
    assert isinstance(absent, dict)
    assert [p["severity"] for p in absent["linkages"]] == ["warning"]  # a pair without a row counts as 0


def test_convergence_where_two_years_exist() -> None:
    tiny = example("tiny")
    panel = statistic_panel(tiny, "gdp")
    assert list(panel.columns) == [2018, 2020]
    found = whole(tiny, measure(tiny), ratio="gdp")
    start, end = (np.log(panel[y].to_numpy()) for y in (2018, 2020))
    slope = np.polyfit(start, (end - start) / 2, 1)[0]
    assert found.beta is not None
    assert found.sigma is not None
    assert found.beta.b == pytest.approx(slope, rel=1e-9)
    assert found.sigma.sd_log.tolist() == pytest.approx([start.std(ddof=1), end.std(ddof=1)], rel=1e-12)
    assert any("not per head" in p.what.en for p in found.absent["convergence"])


def test_a_ratio_is_taken_in_years_that_both_have() -> None:
    tiny = example("tiny")
    both = statistic_panel(tiny, "gdp/population")
    assert list(both.columns) == [2020]
    table = tiny.table("statistics")
    value = {(r["zone"], r["variable"], r["year"]): float(r["value"]) for r in table.to_dict("records")}
    assert both.loc["B", 2020] == value["B", "gdp", 2020] / value["B", "population", 2020]
    assert statistic_panel(tiny, "no-such-thing").empty


@pytest.mark.parametrize("ratio", ["gdp/", "a/b/c", ""])
def test_a_ratio_has_one_or_two_statistics(
    tiny: Path, capsys: pytest.CaptureFixture[str], ratio: str
) -> None:
    absent = run_json(capsys, tiny, "--converge", ratio)["absent"]
    assert isinstance(absent, dict)
    assert "gdp/population" in absent["convergence"][0]["remedy"]["en"]


def test_services_by_capacity_or_number() -> None:
    tiny = example("tiny")
    places = tiny.table("places")
    mine = places["kind"] == "hospital"
    amounts, counted = service_by_zone(tiny, "hospital")
    assert counted == "capacity"
    assert amounts.sum() == places.loc[mine, "capacity"].sum()
    places.loc[places.index[mine][0], "capacity"] = np.nan
    numbers, counted = service_by_zone(tiny.replace(places=places), "hospital")
    assert counted == "number"
    assert numbers.sum() == mine.sum()
    with pytest.raises(MeasureError, match="kind=school"):
        service_by_zone(tiny, "school")


def test_a_place_on_a_border_counts_once_in_the_smaller_id() -> None:
    tiny = example("tiny")
    shared = tiny.zones.geometry.iloc[0].intersection(tiny.zones.geometry.iloc[1])
    at = shared.interpolate(0.5, normalized=True) if shared.length else shared
    places = tiny.table("places")
    one = places[places["kind"] == "hospital"].head(1).assign(lon=at.x, lat=at.y, capacity=7.0)
    for order in ([0, 1, 2], [2, 1, 0]):
        region = tiny.replace(zones=tiny.zones.iloc[order], places=one)
        amounts, _ = service_by_zone(region, "hospital")
        assert dict(zip(region.zone_ids, amounts.tolist(), strict=True)) == {"A": 7.0, "B": 0.0, "C": 0.0}


def test_services_spread_by_a_model_are_no_finding() -> None:
    chongqing = example("chongqing")
    found = whole(chongqing, measure(chongqing))
    assert found.services["hospital"].total < 1e-6
    told = [p.what.en for p in found.absent["services"] if p.severity == "warning"]
    assert any("hospital" in t and "assumed, not found" in t for t in told)
    assert found.metacoupling is not None
    assert found.local is not None
    assert set(found.local.clusters()) <= {"", "HH", "LL", "HL", "LH"}


def test_needs_without_data_name_what_would_supply_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = example("tiny")
    links, stops, lines = (tiny.table(t).iloc[:0] for t in ("links", "stops", "lines"))
    write_region(tiny.replace(links=links, stops=stops, lines=lines), tmp_path / "r")
    data = run_json(capsys, tmp_path / "r")
    assert [r["D"] for r in data["coupling"]] == [None] * 3  # type: ignore[attr-defined]
    assert "metacoupling" not in data
    absent = data["absent"]
    assert isinstance(absent, dict)
    remedies = " ".join(p["remedy"]["en"] for p in absent["coupling"])
    assert "links.csv" in remedies
    assert [p["severity"] for p in absent["metacoupling"]] == ["warning", "error"]
    assert [p["severity"] for p in absent["moran"]] == ["error", "warning"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "障碍"), ("en", "obstacles")])
def test_screen_and_files(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    run(tiny, "--lang", lang, "--out", tmp_path / "out", "--converge", "gdp")
    shown = capsys.readouterr().out
    assert word in shown
    assert "flows.csv" in shown
    with (tmp_path / "out" / "coupling.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["zone"] for r in rows] == ["A", "B", "C"]
    names = {p.stem for p in (tmp_path / "out").iterdir()}
    assert {"obstacles", "metacoupling", "circles", "potential", "services", "sigma"} <= names


def test_records_hold_what_json_can() -> None:
    table = pd.DataFrame({"a": [1.0, np.inf], "b": ["x", "y"], "c": [True, False]})
    assert json.loads(json.dumps(records(table), allow_nan=False)) == [
        {"a": 1.0, "b": "x", "c": True},
        {"a": None, "b": "y", "c": False},
    ]
