"""Profiles of zones: strengths, weaknesses and peers by hand; a missing value leaves a radar open."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from yipan.show.chapter_profiles import from_median, peers, profiles_chapter
from yipan.show.material import Material
from yipan.show.model import TableBlock
from yipan.show.radars import radars
from yipan.show.svg import render
from yipan.text import Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from show_fixture import measured

sys.path.pop(0)

GAP = float("nan")
AXES = [Text(n, n) for n in ("north", "east", "south", "west")]


def test_peers_need_half_of_the_indicators_in_common() -> None:
    table = pd.DataFrame(
        {"a": [0.0, 3.0, 0.0, 50.0], "b": [0.0, 4.0, GAP, 50.0], "c": [0.0, 0.0, GAP, 50.0]},
        index=["x", "y", "few", "z"],
    )
    found = peers(table, "x")
    assert [z for z, _ in found] == ["y", "z"]  # "few" is alike in one of three only
    assert found[0][1] == pytest.approx((25 / 3) ** 0.5)
    assert found[1][1] == pytest.approx(50.0)


def test_the_median_leaves_out_what_is_missing() -> None:
    table = pd.DataFrame({"a": [10.0, GAP, 50.0]}, index=["x", "y", "z"])
    assert from_median(table)["a"].tolist()[::2] == [-20.0, 20.0]


def test_strengths_are_above_and_weaknesses_below_the_median() -> None:
    region, results = measured()
    chapter = profiles_chapter(Material(region=region, results=results))
    table = next(b for b in chapter.blocks if isinstance(b, TableBlock))
    row = next(r for r in table.rows if r[0].text.en == region.zone_name("C").en)
    apart = (results.scores.loc["C"] - results.scores.median()).astype(float)
    lowest = apart.min()
    weak = row[2].text.en.split("; ")[0]
    assert weak.endswith(f" {lowest:,.0f}")
    assert weak.removesuffix(f" {lowest:,.0f}") in {
        results.indicators[str(i)].name.en for i in apart.index if apart[i] == pytest.approx(lowest)
    }
    assert all("-" not in part.rsplit(" ", 1)[1] for part in row[1].text.en.split("; ") if part != "—")


def test_a_radar_with_a_gap_is_open() -> None:
    rows = [(Text("甲", "A"), [100.0, 50.0, 0.0, 50.0]), (Text("乙", "B"), [40.0, GAP, 40.0, 40.0])]
    svg = render(radars(rows, AXES, compare=[50.0] * 4, title=Text("图", "Radars"), uid="u"), "en")
    assert "nan" not in svg
    assert svg.count("<circle") == 3  # the three values of B that are known
    # A: north at the frame, south in the middle
    assert "M75 156L98 202L75 202L52 202z" in svg
