"""The chapter on coordination: figures by hand, what the data do not allow is listed with its file."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yipan.measure import measure
from yipan.region import example
from yipan.show.chapter_coordination import coordination_chapter
from yipan.show.coordination_tables import zones_named
from yipan.show.material import Material
from yipan.show.model import Chapter, FigureBlock, TableBlock
from yipan.text import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from show_fixture import measured

sys.path.pop(0)


@pytest.fixture(scope="module")
def tiny() -> Material:
    region, results = measured()
    return Material(region=region, results=results)


@pytest.fixture(scope="module")
def chongqing() -> Material:
    region = example("chongqing")
    return Material(region=region, results=measure(region))


def table_of(chapter: Chapter, key: str) -> TableBlock:
    return next(b for b in chapter.blocks if isinstance(b, TableBlock) and b.key == key)


def test_degrees_of_a_zone_by_hand(tiny: Material) -> None:
    needs = tiny.results.needs.loc["B", ["economy", "living", "ecology", "safety"]].to_numpy(float) / 100
    level = needs.mean()
    coupling = needs.prod() ** 0.25 / level
    name = tiny.region.zone_name("B").en
    row = next(r for r in table_of(coordination_chapter(tiny), "coupling").rows if r[0].text.en == name)
    assert row[1].sort == pytest.approx(coupling, abs=1e-4)
    assert row[2].sort == pytest.approx(level, abs=1e-4)
    assert row[3].sort == pytest.approx((coupling * level) ** 0.5, abs=1e-4)
    lowest = ("Economy", "Living", "Ecology", "Safety")[int(np.argmin(needs))]
    assert row[5].text.en == lowest


def test_obstacles_of_a_zone_by_hand(tiny: Material) -> None:
    scores = tiny.results.scores.loc["C"].astype(float).dropna()  # a gap gives its weight to its need
    need = {i: tiny.results.indicators[i].need for i in scores.index}
    gap = {i: (100 - v) / list(need.values()).count(need[i]) for i, v in scores.items()}
    worst = max(gap.values())
    share = f"{100 * worst / sum(gap.values()):.0f}%"
    name = tiny.region.zone_name("C").en
    row = next(r for r in table_of(coordination_chapter(tiny), "obstacles").rows if r[0].text.en == name)
    first = row[1].text.en
    among = {tiny.results.indicators[i].name.en for i, g in gap.items() if g == pytest.approx(worst)}
    assert first.endswith(f" {share}")
    assert first.removesuffix(f" {share}") in among


def test_what_the_data_do_not_allow_is_listed_with_its_file(tiny: Material) -> None:
    chapter = coordination_chapter(tiny)
    rows = [[c.text.en for c in r] for r in table_of(chapter, "coordination-lacking").rows]
    assert any(r[0] == "gravity linkages" and r[1] == "missing" and r[4] == "flows.csv" for r in rows)
    assert any(r[0] == "spatial autocorrelation of the index" and "3 units" in r[2] for r in rows)
    assert not any(isinstance(b, TableBlock) and b.key == "moran" for b in chapter.blocks)


def test_circles_and_services_of_the_tiny_region(tiny: Material) -> None:
    chapter = coordination_chapter(tiny)
    pairs = {tuple(c.text.en for c in r[:2]): r for r in table_of(chapter, "circles").rows}
    assert len(pairs) == 2
    hospital = next(r for r in table_of(chapter, "services").rows if r[0].text.en == "hospital")
    # all beds are in the valley, where 10 of 11 residents live: between = ln(11 / 10)
    assert hospital[3].sort == pytest.approx(np.log(1.1))
    assert hospital[6].text.en == tiny.cluster_name("hills").en
    assert hospital[7].sort == 0.0


def test_evenness_that_was_assumed_is_not_shown_as_a_finding(chongqing: Material) -> None:
    table = table_of(coordination_chapter(chongqing), "services")
    hospital = next(r for r in table.rows if r[0].text.en == "hospital")
    assert hospital[5].text.en == "next to none"
    assert "evenness is assumed, not found" in table.note.en


def test_messages_name_zones(chongqing: Material) -> None:
    named = zones_named(chongqing, Text("过低:500110, 500154", "low: 500110, 500154"))
    zones = [chongqing.region.zone_name(z) for z in ("500110", "500154")]
    assert named.en == f"low: {zones[0].in_('en')}, {zones[1].in_('en')}"
    assert named.zh == f"过低:{zones[0].zh}, {zones[1].zh}"


def test_a_zone_without_scores_has_no_degree_and_says_why(tiny: Material) -> None:
    needs = tiny.results.needs.copy()
    needs.loc["A", ["economy", "index"]] = np.nan
    m = Material(region=tiny.region, results=replace(tiny.results, needs=needs))
    chapter = coordination_chapter(m)
    name = tiny.region.zone_name("A").en
    row = next(r for r in table_of(chapter, "coupling").rows if r[0].text.en == name)
    assert row[3].text.en.startswith("no data")
    assert row[3].sort is None
    figure = next(b for b in chapter.blocks if isinstance(b, FigureBlock) and b.key == "coupling")
    assert len(figure.panels) == 2
