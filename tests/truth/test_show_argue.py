"""Reasons and alternatives in a report: every figure is the argument's, nothing is left out in silence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from show_fixture import measured, told
from yipan.plan.argue.values import Argument, MoneyCurve, Replacement
from yipan.plan.values import Plan
from yipan.show.argue_charts import Loss, Step, Swing, broken, loss_bars, step_curve, tornado
from yipan.show.chapter_argue import CALLS, LOSSES, argue_chapter, ends
from yipan.show.chapter_money import next_money_words
from yipan.show.html import page
from yipan.show.material import Material
from yipan.show.model import Chapter, FigureBlock, Paragraph, Report, TableBlock
from yipan.show.svg import render, text_width
from yipan.text import Text

UNIT = Text("分", "points")


def argued() -> tuple[Plan, Argument]:
    plan = told()
    assert plan.argument is not None
    return plan, plan.argument


def chapter(argument: Argument | None = None) -> Chapter:
    plan, known = argued()
    region, results = measured()
    return argue_chapter(Material(region=region, results=results, plan=plan), plan, argument or known)


def table(key: str, *, of: Chapter | None = None) -> TableBlock:
    return next(b for b in (of or chapter()).blocks if isinstance(b, TableBlock) and b.key == key)


def words(of: Chapter) -> str:
    return " ".join(b.text.en for b in of.blocks if isinstance(b, Paragraph))


def test_the_fixture_argues_about_something() -> None:
    """Every part of the chapter has something to say, or its tests below could not fail."""
    _, a = argued()
    assert any(r.instead for r in a.replacements)
    assert a.near.alternatives
    assert len({p.value for p in a.budget.points}) > 1
    assert {t.by for t in a.thresholds} - {"free"}


def test_losses_are_the_replacement_costs() -> None:
    _, a = argued()
    figure = next(b for b in chapter().blocks if isinstance(b, FigureBlock) and b.key == "replacement")
    drawn = render(figure.panels[0].svg, "en")
    for r in a.replacements:
        assert f">{r.lost:.3f}<" in drawn
        for other in r.instead:
            assert a.name(other).en in drawn
    assert "All shown are exact." in figure.note.en  # the tiny region has few enough sets to measure all


def test_a_project_that_nothing_replaces_is_called_indispensable() -> None:
    _, a = argued()
    needed = tuple(replace(r, needed=True, instead=(), lost=r.dropped) for r in a.replacements)
    figure = next(b for b in chapter(replace(a, replacements=needed)).blocks if isinstance(b, FigureBlock))
    drawn = render(figure.panels[0].svg, "en")
    assert drawn.count(">indispensable: no set without it keeps every floor<") == len(needed)


def test_sets_not_all_measured_are_said_to_be_bounds() -> None:
    _, a = argued()
    bounds = replace(
        a,
        replacements=tuple(replace(r, exact=False) for r in a.replacements),
        thresholds=tuple(replace(t, exact=False) for t in a.thresholds),
        near=replace(a.near, complete=False),
    )
    of = chapter(bounds)
    figure = next(b for b in of.blocks if isinstance(b, FigureBlock) and b.key == "replacement")
    assert "None shown is exact" in figure.note.en
    assert "None shown is exact" in table("thresholds", of=of).note.en
    assert "there may be others" in words(of)


def test_alternatives_and_thresholds_are_the_arguments() -> None:
    _, a = argued()
    rows = table("alternatives").rows
    assert [r[1].sort for r in rows] == [x.value for x in a.near.alternatives]
    assert [r[4].sort for r in rows] == pytest.approx([100 * x.distance for x in a.near.alternatives])
    multiples = {t.project: t.stays for t in a.thresholds if t.stays is not None}
    found = [r[3].sort for r in table("thresholds").rows if r[3].sort is not None]
    assert sorted(map(float, map(str, found))) == pytest.approx(sorted(multiples.values()))


def test_money_rows_are_the_curve_and_name_what_comes_in() -> None:
    _, a = argued()
    rows = [r for r in table("money").rows if r[0].text.en == "Budget"]
    assert [r[1].sort for r in rows] == [p.money for p in a.budget.points]
    assert [r[3].sort for r in rows] == pytest.approx([p.value - a.value for p in a.budget.points])
    stated = next(r for r in rows if r[1].sort == a.budget.money)
    assert stated[-1].text.en == "as stated"


def test_the_next_money_is_said_in_the_currency() -> None:
    plan, a = argued()
    curve = replace(a.budget, up=0.25, next_needs=1.5, next_gain=0.3, next_in=("road",))
    region, results = measured()
    m = Material(region=region, results=results, plan=plan)
    said = next_money_words(m, replace(plan, argument=replace(a, budget=curve)))[0].en
    assert said.startswith("One more CNY 100 m of budget is worth +0.2500 points")
    assert "with 1.5 more (CNY 100 m)" in said
    assert "Hill road would come in (+0.3000 points)" in said
    none = MoneyCurve(
        what="budget", money=8.0, points=(), up=None, down=None, next_needs=None, next_gain=None, next_in=()
    )
    said = next_money_words(m, replace(plan, argument=replace(a, budget=none)))[0].en
    assert said.startswith("With a larger budget: no set measured is better")


def test_a_better_set_is_said_first() -> None:
    _, a = argued()
    other = a.near.alternatives[0].projects
    of = chapter(replace(a, better=other, better_value=a.value + 0.5))
    leads = [b.text.en for b in of.blocks if isinstance(b, Paragraph) and b.kind == "lead"]
    assert len(leads) == 1
    assert "0.500 points better" in leads[0]


def test_long_arguments_stay_short_and_say_what_is_left_out() -> None:
    """A hundred projects: a handful of rows, both ends of them, and how the others stand."""
    _, a = argued()
    r, t = a.replacements[0], next(t for t in a.thresholds if t.by in {"worth", "money"})
    many = replace(
        a,
        chosen=tuple(f"p{k}" for k in range(100)),
        replacements=tuple(
            Replacement(
                project=f"p{k}",
                dropped=k + 1.0,
                lost=float(k),
                instead=(),
                gone=(),
                needed=False,
                exact=False,
            )
            for k in range(100)
        ),
        thresholds=tuple(replace(t, project=f"p{k}", stays=1.0 + k / 10, leaves=2.0 + k) for k in range(100)),
    )
    of = chapter(many)
    figure = next(b for b in of.blocks if isinstance(b, FigureBlock) and b.key == "replacement")
    drawn = render(figure.panels[0].svg, "en")
    assert ">99.000<" in drawn
    assert ">0.000<" in drawn
    assert ">50.000<" not in drawn
    assert f"The {LOSSES} of largest and least loss are shown" in figure.note.en
    shown = table("thresholds", of=of)
    assert len(shown.rows) <= CALLS
    assert f"The other {100 - len(shown.rows)} projects of the plan stay up to" in shown.note.en
    assert r.project not in drawn or not r.project.startswith("p")


def test_ends_keep_order_and_both_ends() -> None:
    assert ends(list(range(30)), 9) == [0, 1, 2, 3, 4, 5, 27, 28, 29]
    assert ends([1, 2, 3], 3) == [1, 2, 3]


def test_names_break_between_words_and_hanzi_and_lose_nothing() -> None:
    for text in ("Changyuan–Tongliangxi suburban railway", "“四山”保护提升,含3号线空港支线", "a" * 40):
        lines = broken(text, 12.0, 150.0)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines:
            assert text_width(line, 12.0) <= 150.0 or " " not in line
            assert line[0] not in ",。、)"
    assert broken("Tongliangxi suburban railway", 12.0, 120.0) == ["Tongliangxi", "suburban railway"]


def test_what_comes_instead_fits_its_line() -> None:
    long = Text("改投" + "某某项目、" * 30, "instead: " + "some project; " * 20)
    row = Loss(name=Text("项目", "project"), idle=2.0, lost=1.0, instead=long)
    drawn = render(loss_bars([row], unit=UNIT, title=UNIT, uid="u"), "en")
    size = float(re.search(r'font-size="([\d.]+)"[^>]*>instead', drawn)[1])  # type: ignore[index]
    x = float(re.search(r'<text x="([\d.]+)"[^>]*>instead', drawn)[1])  # type: ignore[index]
    assert x + text_width(long.en, size) <= 862.0


def test_the_curve_goes_through_its_points_and_never_falls() -> None:
    steps = [Step(money=90, value=1.0), Step(money=100, value=2.0), Step(money=110, value=2.0)]
    drawn = render(step_curve(steps, stated=100, unit=UNIT, money=UNIT, title=UNIT, uid="u"), "en")
    path = re.search(r'<path d="(M[^"]*V[^"]*)"[^>]*fill="none"', drawn)
    assert path is not None
    ys = [float(y) for y in re.findall(r"V([\d.]+)", path[1])]
    assert ys == sorted(ys, reverse=True)  # up on the page is more
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert [float(y) for _, y in circles][1:] == ys


def test_the_tornado_stands_on_the_plan() -> None:
    rows = [Swing(name=Text("造价", "cost"), low=3.0, high=1.0, correlation=-0.5)]
    drawn = render(tornado(rows, stated=2.0, unit=UNIT, title=UNIT, uid="u"), "en")
    line = re.search(r'<path d="M([\d.]+) [\d.]+V[\d.]+" stroke="#10242c"', drawn)
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="8"', drawn)
    assert line is not None
    (low, wide), (high, long) = [(float(x), float(w)) for x, w in bars]
    assert low == pytest.approx(float(line[1]), abs=0.11)  # better than planned: to the right of the line
    assert high + long == pytest.approx(float(line[1]), abs=0.11)  # worse: it ends there
    assert wide == pytest.approx(long, abs=0.11)


def test_the_chapter_is_small() -> None:
    of = chapter()
    plan, _ = argued()
    report = Report(
        title=UNIT,
        subtitle=UNIT,
        facts=(),
        chapters=(of,),
        run_id=plan.run_id,
        version="0",
        date="2026-01-01",
    )
    text = page(report)
    begin = text.index('<section id="argue"')
    assert len(text[begin : text.index("</section>", begin)].encode()) < 60_000
