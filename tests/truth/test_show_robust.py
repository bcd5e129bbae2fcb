"""Robustness, phasing and verification in a report: every figure is the plan's, every doubt is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from show_fixture import measured, told
from yipan.plan.robust.values import Robustness
from yipan.plan.values import Plan
from yipan.show.chapter_drivers import OPENINGS
from yipan.show.chapter_headline import headline
from yipan.show.chapter_phasing import phasing_blocks
from yipan.show.chapter_robust import robust_chapter, robust_words
from yipan.show.chapter_sure import sure_chapter
from yipan.show.material import Material
from yipan.show.model import Block, Cards, FigureBlock, Heading, Paragraph, TableBlock
from yipan.show.svg import render


def material(plan: Plan) -> Material:
    region, results = measured()
    return Material(region=region, results=results, plan=plan)


def found() -> tuple[Plan, Robustness]:
    plan = told()
    assert plan.robustness is not None
    return plan, plan.robustness


def blocks(plan: Plan) -> tuple[Block, ...]:
    return robust_chapter(material(plan), plan).blocks


def table(key: str, of: tuple[Block, ...]) -> TableBlock:
    return next(b for b in of if isinstance(b, TableBlock) and b.key == key)


def said(of: tuple[Block, ...] | list[Block]) -> str:
    return " ".join(b.text.en for b in of if isinstance(b, Paragraph))


def test_outcomes_and_duels_are_the_draws() -> None:
    plan, r = found()
    of = blocks(plan)
    rows = table("robust", of).rows
    assert [row[0].text.en.casefold() for row in rows] == [o.name.en.casefold() for o in r.outcomes]
    for row, o in zip(rows, r.outcomes, strict=True):
        wanted = [o.planned, o.horizon.p5, o.horizon.p50, o.horizon.p95, o.worst, o.regret]
        assert [c.sort for c in row[1:7]] == wanted
    best = [row[0].text.en.casefold() for row in rows if row[5].tone == "good"]
    assert best == [r.name(r.best_in_bad).en.casefold()]
    for row, d in zip(table("duels", of).rows, r.duels, strict=True):
        assert [c.sort for c in row[1:5]] == [100 * x for x in (d.ahead, d.error, d.level, d.behind)]
        assert row[1].sort + row[3].sort + row[4].sort == pytest.approx(100)  # type: ignore[operator]


def test_intervals_lie_where_the_percentiles_are() -> None:
    """Marks of equal value stand at equal places, and places grow with values."""
    plan, r = found()
    figure = next(b for b in blocks(plan) if isinstance(b, FigureBlock) and b.key == "robust")
    drawn = render(figure.panels[0].svg, "en")
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn)][1:]  # the first is the legend's
    middles = [o.horizon.p50 for o in r.outcomes]
    assert len(dots) == len(middles)
    marks = [float(x) for x in re.findall(r'<path d="M([\d.]+) 50\.0V', drawn)]
    texts = [float(t) for t in re.findall(r'text-anchor="middle" font-size="12"[^>]*>([\d.]+)<', drawn)]
    per_point = (marks[-1] - marks[0]) / (texts[-1] - texts[0])
    for x, v in zip(dots, middles, strict=True):
        assert x == pytest.approx(marks[0] + per_point * (v - texts[0]), abs=0.6)


def test_projects_without_ranges_are_named() -> None:
    plan, r = found()
    some = plan.scenario.starts[0].project
    doubt = said(blocks(replace(plan, robustness=replace(r, unstated=(some.id,)))))
    assert f"for want of ranges (their risk is not in these figures): 1 {some.name.en}." in doubt
    sure = said(blocks(replace(plan, robustness=replace(r, unstated=()))))
    assert "for want of ranges" not in sure
    assert f"off by {r.check.mean:.3f} points on average, {r.check.largest:.3f} at most" in sure


def test_the_least_sure_openings_are_shown_and_the_rest_summed_up() -> None:
    plan, r = found()
    o = r.outcomes[0]
    many = tuple(replace(o.openings[0], project=f"p{k}", in_time=k / 100) for k in range(100))
    of = blocks(replace(plan, robustness=replace(r, outcomes=(replace(o, openings=many), *r.outcomes[1:]))))
    shown = table("openings", of)
    assert sorted(float(str(row[4].sort)) for row in shown.rows) == pytest.approx(list(range(OPENINGS)))
    assert f"the other {100 - OPENINGS} open in time with a chance of at least {OPENINGS}.0%" in shown.note.en


def test_nothing_varies_and_nobody_to_beat() -> None:
    plan, r = found()
    alone = replace(plan, robustness=replace(r, outcomes=r.outcomes[:1], duels=(), drivers=()))
    of = blocks(alone)
    assert "No input moves the plan visibly." in said(of)
    assert not [b for b in of if isinstance(b, TableBlock) and b.key == "duels"]
    cards = next(b for b in of if isinstance(b, Cards))
    assert not [c for c in cards.cards if "beat" in c.label.en]
    assert robust_words(alone) == []


def test_regret_is_told_by_future_with_the_best_plan_for_it() -> None:
    plan, _ = found()
    assert isinstance(plan.regret, pd.DataFrame)
    rows = table("regret", blocks(plan)).rows
    assert [row[0].text.en for row in rows] == ["people move to the hills", "as it is"]
    for row, (_, r) in zip(rows, plan.regret.iterrows(), strict=True):
        assert row[2].sort - row[3].sort == pytest.approx(row[4].sort)  # type: ignore[operator]
        assert row[4].sort == r["regret"]
    only = robust_chapter(material(plan), replace(plan, robustness=None)).blocks
    assert [type(b) for b in only] == [Heading, TableBlock]


def test_the_headline_says_how_robust_and_what_money_buys() -> None:
    plan, r = found()
    of = headline(material(plan)).blocks
    d = r.duels[0]
    assert f"with a chance of {d.ahead:.1%} (standard error {d.error:.1%})" in said(of)
    assert f"worst 10% of futures is {r.name(r.best_in_bad).en}." in said(of)
    assert "One more CNY 100 m of budget is worth" in said(of) or "With a larger budget" in said(of)
    bare = headline(material(replace(plan, robustness=None, argument=None))).blocks
    assert len(bare) == len(of) - 2


def test_phasing_is_shown_against_the_list_and_the_bounds() -> None:
    plan, _ = found()
    assert plan.phased is not None
    phased = replace(plan.phased, listed_worth=1.25, linear_bound=77.5, upper=88.5)
    of = phasing_blocks(material(plan), replace(plan, phased=phased))
    figure = next(b for b in of if isinstance(b, FigureBlock) and b.key == "phasing")
    drawn = render(figure.panels[0].svg, "en")
    for value in (phased.worth, 1.25, 77.5, 88.5):
        assert f">{value:.3f}<" in drawn
    assert drawn.count("stroke-dasharray") == 2  # bounds are hollow, what was measured is filled
    assert "present value of costs" in said(of).casefold()
    assert "CNY 100 m, prices of 2020" in said(of)


def test_start_years_unlike_the_list_are_named() -> None:
    plan, _ = found()
    assert plan.phased is not None
    some = plan.scenario.starts[0].project.id
    phased = replace(plan.phased, listed={**plan.phased.years, some: plan.phased.years[some] + 2})
    of = phasing_blocks(material(plan), replace(plan, phased=phased))
    rows = table("moved", tuple(of)).rows
    assert len(rows) == 1
    assert rows[0][3].sort == -2.0
    assert phasing_blocks(material(plan), replace(plan, phased=None, present=None)) == []


def test_bundles_are_named() -> None:
    plan, _ = found()
    starts = tuple(replace(s, project=replace(s.project, bundle="hills")) for s in plan.scenario.starts[:2])
    tied = replace(plan, scenario=replace(plan.scenario, starts=(*starts, *plan.scenario.starts[2:])))
    text = said(phasing_blocks(material(tied), tied))
    names = [s.project.name.en for s in starts]
    assert "Built only together, in whatever years: hills:" in text
    assert all(n in text for n in names)


def test_incremental_and_full_stand_side_by_side() -> None:
    plan, _ = found()
    rows = {r[0].text.en: r for r in table("verification", sure_chapter(material(plan), plan).blocks).rows}
    index = rows["Index, whole region"]
    assert index[1].sort == plan.path["index"].iloc[-1]
    assert index[2].sort == plan.verification["full_index"] == pytest.approx(index[1].sort, abs=1e-9)
    assert (index[3].text.en, index[3].tone) == ("0", "good")
    full = float(plan.path["index"].iloc[-1]) + 0.25
    off = replace(plan, verification={**plan.verification, "full_index": full, "times_largest": 3.0})
    rows = {r[0].text.en: r for r in table("verification", sure_chapter(material(off), off).blocks).rows}
    assert rows["Index, whole region"][2].sort == full
    assert rows["Index, whole region"][3].text.en == "0.250"
    assert rows["Index, whole region"][3].tone == "bad"
    assert rows["Largest difference of travel times"][3].tone == "bad"
