"""Chapters on qualities and areas, and on how sure ranks are: figures by hand, gaps told."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yipan.measure import measure
from yipan.measure.values import Missing
from yipan.region import example
from yipan.show.chapter_certainty import certainty, certainty_chapter
from yipan.show.chapter_zones import groups_chapter
from yipan.show.colours import scale_for
from yipan.show.groups import groups_of
from yipan.show.heat import heat_grid
from yipan.show.material import Material
from yipan.show.model import Chapter, Paragraph, TableBlock
from yipan.show.svg import render
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


def test_group_scores_are_means_of_the_indicators_that_carry_them(chongqing: Material) -> None:
    scores, people = chongqing.results.scores, chongqing.results.population
    smart = next(g for g in groups_of(chongqing) if g.key == "smart")
    ids = ["Y-SAF-06", "Y-SMT-01", "Y-SMT-02"]
    assert sorted(i.id for i in smart.scored) == ids
    by_hand = (scores[ids[0]] + scores[ids[1]] + scores[ids[2]]) / 3
    assert smart.zones.to_numpy() == pytest.approx(by_hand.to_numpy())
    inside = list(chongqing.results.cluster_members["southeast"])
    mean = (by_hand[inside] * people[inside]).sum() / people[inside].sum()
    assert smart.clusters["southeast"] == pytest.approx(mean)
    assert smart.total == pytest.approx((by_hand * people).sum() / people.sum())


def test_every_quality_and_area_is_there_and_one_without_scores_says_why(chongqing: Material) -> None:
    groups = groups_of(chongqing)
    assert len(groups) == 4 + 5
    policy = next(g for g in groups if g.key == "policy_market")
    assert np.isnan(policy.total)
    assert "described only" in policy.reason.en
    chapter = groups_chapter(chongqing)
    assert "Policy and market has no score" in table_of(chapter, "groups").note.en
    row = next(r for r in table_of(chapter, "coverage").rows if r[1].text.en == "Policy and market")
    assert "described only" in row[2].text.en
    assert all(g.reason.en == "" for g in groups if g.zones.notna().all())


def test_half_of_the_indicators_is_enough_and_less_is_missing(tiny: Material) -> None:
    group = next(g for g in groups_of(tiny) if len(g.scored) >= 4)
    ids = [i.id for i in group.scored]
    scores = tiny.results.scores.copy()
    few, half = scores.index[0], scores.index[1]
    keep = -(-len(ids) // 2)  # half of them, rounded up
    scores.loc[few, ids] = np.nan
    scores.loc[few, ids[: keep - 1]] = 40.0
    scores.loc[half, ids] = np.nan
    scores.loc[half, ids[:keep]] = 40.0
    changed = Material(region=tiny.region, results=replace(tiny.results, scores=scores))
    again = next(g for g in groups_of(changed) if g.key == group.key)
    assert np.isnan(again.zones[few])
    assert again.zones[half] == pytest.approx(40.0)
    assert "fewer than half" in again.reason.en


def test_lacking_names_reason_and_file_and_puts_gaps_first(tiny: Material) -> None:
    i = tiny.indicators[-1].id
    why = Missing(Text("没有这一行", "no such row"), Text("补充 x.csv", "add the row to x.csv"))
    gone = {**tiny.results.missing, **{(i, z): why for z in tiny.region.zone_ids}}
    m = Material(region=tiny.region, results=replace(tiny.results, missing=gone))
    table = table_of(groups_chapter(m), "lacking")
    row = next(r for r in table.rows if r[0].text.en == i)
    assert [row[2].text.en, row[4].text.en, row[5].text.en] == ["3", "no such row", "add the row to x.csv"]
    counts = [float(r[2].sort or 0) for r in table.rows]
    assert counts == sorted(counts, reverse=True)


def test_heat_grid_hatches_what_is_missing() -> None:
    unit = Text("分", "points")
    svg = render(
        heat_grid(
            [(Text("甲", "A"), [50.0, float("nan")])],
            [Text("绿色", "Green"), Text("政策与市场", "Policy and market")],
            scale=scale_for(np.array([50.0, 60.0]), "good", unit),
            title=Text("图", "Grid"),
            uid="u",
        ),
        "en",
    )
    assert svg.count('fill="url(#u-h)"') == 2  # the field and the legend
    assert ">50<" in svg
    assert "nan" not in svg


def test_nominal_ranks_are_those_of_the_report(chongqing: Material) -> None:
    found = certainty(chongqing, designs=128)
    index = chongqing.results.needs["index"]
    order = found.ranks.table["rank"]
    far = order.sort_values().index[[0, 9, 19, 29, 37]]  # scales differ by one point at the lowest end only
    assert index[far].is_monotonic_decreasing


def test_rank_intervals_hold_the_median_and_lie_within_all_ways(chongqing: Material) -> None:
    t = certainty(chongqing, designs=128).ranks.table
    assert (t["best"] <= t["q5"]).all()
    assert (t["q5"] <= t["median"]).all()
    assert (t["median"] <= t["q95"]).all()
    assert (t["q95"] <= t["worst"]).all()
    assert (t["worst"] > t["best"]).any()


def test_scales_that_cannot_be_taken_are_told(tiny: Material) -> None:
    note = table_of(certainty_chapter(tiny), "rank-intervals").note  # clean power is 0 everywhere
    assert "The option minmax is left out" in note.en.replace("Normalisation: the", "The")
    assert "未纳入选项“minmax”" in note.zh


def test_a_region_without_values_is_told_so(tiny: Material) -> None:
    empty = tiny.results.values * np.nan
    m = Material(region=tiny.region, results=replace(tiny.results, values=empty))
    (block,) = certainty_chapter(m).blocks
    assert isinstance(block, Paragraph)
    assert block.text.en.startswith("Rank intervals cannot be told: ")
    assert block.text.zh.startswith("无法计算名次区间:")


def test_nothing_is_listed_as_lacking_where_all_is_official(tiny: Material) -> None:
    results = replace(
        tiny.results,
        missing={},
        quality=tiny.results.quality.where(tiny.results.quality == "", "official"),
        region_quality=dict.fromkeys(tiny.results.region_quality, "official"),
    )
    chapter = groups_chapter(Material(region=tiny.region, results=results))
    assert "lacking" not in [b.key for b in chapter.blocks if isinstance(b, TableBlock)]
