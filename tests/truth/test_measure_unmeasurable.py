"""What cannot be measured says why; what is known to be none counts as none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yipan.measure import measure
from yipan.region import example
from yipan.region.read import read_region
from yipan.region.write import write_region
from yipan.scenario.interventions import AddPlace, ClosePlace

TINY = example("tiny")


def test_closing_the_only_shelter_is_a_loss_and_not_a_gap_in_the_data():
    after = ClosePlace(place="s1").apply(TINY)
    before, now = measure(TINY), measure(after)
    assert after.meta.without == ("shelter",)
    assert now.values["Y-SAF-01"].tolist() == [0.0, 0.0, 0.0]  # no places for anybody
    assert now.values["Y-SAF-02"].tolist() == [0.0, 0.0, 0.0]  # nobody within 30 min
    assert set(now.quality["Y-SAF-01"]) == {"assumed"}
    assert now.total["safety"] < before.total["safety"]


def test_closing_every_hospital_leaves_people_240_minutes_away():
    after = ClosePlace(place="h2").apply(ClosePlace(place="h1").apply(TINY))
    now = measure(after)
    assert now.values["Y-LIV-01"].tolist() == [240.0, 240.0, 240.0]  # the cap of mean times
    assert now.values["Y-LIV-03"].tolist() == [0.0, 0.0, 0.0]
    assert now.total["living"] < measure(TINY).total["living"]


def test_a_kind_that_is_not_listed_stays_unknown():
    without_rows = TINY.replace(places=TINY.places[TINY.places["kind"] != "shelter"])
    found = measure(without_rows)
    assert found.values["Y-SAF-01"].isna().all()
    assert "shelter" in found.missing["Y-SAF-01", "A"].reason.en


def test_known_to_be_none_is_kept_in_the_folder_and_ends_with_a_new_place(tmp_path):
    after = ClosePlace(place="s1").apply(TINY)
    write_region(after, tmp_path / "r")
    assert read_region(tmp_path / "r").id == after.id
    again = AddPlace(
        id="s9", kind="shelter", zh="新所", en="New", lon=106.05, lat=29.10, capacity=10_000.0, unit="person"
    ).apply(after)
    values = measure(again).values["Y-SAF-01"]
    assert values["A"] == pytest.approx(10_000 / 300_000 * 100)


def test_a_region_in_another_currency_is_not_held_to_goalposts_in_yuan():
    euro = TINY.replace(meta=replace(TINY.meta, currency="EUR"))
    found = measure(euro)
    for indicator in ("Y-ECO-02", "Y-ECO-03"):  # GDP per resident, per km2
        assert found.values[indicator].isna().all()
        assert "EUR" in found.missing[indicator, "A"].reason.en
    assert np.isfinite(found.values["Y-ECO-05"]).all()  # a share of the region's GDP: no money


def test_a_core_without_cells_is_said_to_have_none_and_the_rest_is_measured():
    cells, links = TINY.table("cells"), TINY.table("links")
    bare = TINY.replace(cells=cells[cells["zone"] != "A"], links=links[links["id"].isin(["l3", "l5"])])
    found = measure(bare)
    assert found.values["C-INF-02"].isna().all()
    assert found.missing["C-INF-02", "B"].reason.en == "the core zones have no cells"
    assert found.values["Y-ECO-04"].notna().any()
