"""How the start years were found, what they are worth against others, and the money in present value."""

from __future__ import annotations

from yipan.plan.phasing.values import Phased
from yipan.plan.values import Plan
from yipan.show.cells import change, words
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import Bar, Series, bars, line_chart
from yipan.show.colours import BRAND, MUTED
from yipan.show.material import Material
from yipan.show.model import Block, Cell, Column, FigureBlock, Heading, Paragraph, TableBlock
from yipan.show.numbers import money_unit, percent
from yipan.show.story import PlanStory, plan_trace, sentence
from yipan.text import Text

POINT_YEARS = Text("分·年,已贴现", "point-years, discounted")


def phasing_blocks(m: Material, plan: Plan) -> list[Block]:
    """Return what is known about the start years; nothing where they were not searched for."""
    out: list[Block] = []
    if plan.phased is not None:
        out += [
            Heading(Text("年份怎样排出", "How the years were chosen")),
            Paragraph(sentence(plan.phased.words())),
            _gain_figure(m, plan, plan.phased),
            _worth_figure(m, plan, plan.phased),
            *_moved_table(m, plan, plan.phased),
        ]
    bundles = _bundles(m, plan)
    if bundles is not None:
        out.append(Paragraph(bundles))
    if plan.present is not None:
        out.append(Paragraph(_present(m, plan)))
    return out


def _present(m: Material, plan: Plan) -> Text:
    """Say the present value in the region's currency."""
    assert plan.present is not None  # noqa: S101 - asked before
    words, unit = plan.present.words(), money_unit(m.region.meta.currency, prices=m.region.meta.price_year)
    return sentence(
        Text(words.zh.replace("亿单位货币", unit.zh), words.en.replace("1e8 of the currency", unit.en))
    )


def _gain_figure(m: Material, plan: Plan, phased: Phased) -> FigureBlock:
    years = [int(y) for y in phased.path.index]
    series = [
        Series(
            Text("实测升幅", "gain as measured"),
            MUTED,
            tuple(float(v) for v in phased.path["gain"]),
            dash="6 4",
        ),
        Series(
            Text("贴现后", "discounted"), BRAND, tuple(float(v) for v in phased.path["worth"]), strong=True
        ),
    ]
    title = Text("目标值相对现状的升幅,逐年", "Gain of the objective over the present state, by year")
    svg = line_chart(years, series, unit=SCORE_UNIT, title=title, uid=m.numbers.uid(), height=280.0)
    rate = percent(phased.discount, 1)
    return FigureBlock(
        key="gain-path",
        number=m.numbers.figure(),
        caption=Text(f"{title.zh}(年贴现率 {rate})", f"{title.en} (discount rate {rate} a year)"),
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=SCORE_UNIT,
            source=Text(
                "每年按已见效的项目重新测算", "re-measured each year with the projects effective by then"
            ),
            quality=m.value_quality,
        ),
    )


def _worth_figure(m: Material, plan: Plan, phased: Phased) -> FigureBlock:
    rows = [
        Bar(Text("本方案的年份(实测)", "Years of this plan (measured)"), phased.worth, BRAND),
        Bar(Text("贪心排序(实测)", "Greedy list schedule (measured)"), phased.listed_worth, "#8a979d"),
    ]
    if phased.linear_bound is not None:
        name = Text("升幅简单相加时的上界", "Bound if gains simply added up")
        rows.append(Bar(name, phased.linear_bound, "#51636b", hollow=True))
    if phased.upper is not None:
        name = Text("效果递减时的上界", "Bound under diminishing returns")
        rows.append(Bar(name, phased.upper, "#51636b", hollow=True))
    title = Text("期内贴现升幅合计", "Discounted gains over the horizon")
    svg = bars(rows, unit=POINT_YEARS, title=title, uid=m.numbers.uid(), decimals=3)
    return FigureBlock(
        key="phasing",
        number=m.numbers.figure(),
        caption=Text(
            "期内贴现升幅合计:实心为逐年实测,空心为有条件的上界",
            "Discounted gains over the horizon: filled measured year by year, hollow conditional bounds",
        ),
        panels=(panel(svg, title),),
        trace=plan_trace(
            m,
            plan,
            unit=POINT_YEARS,
            source=Text(
                "Σ(1+r)^-(t-始年)×(该年值-现状值)", "Σ (1 + r)^−(t − start) × (value in year t − value now)"
            ),
            quality=m.value_quality,
        ),
    )


def _moved_table(m: Material, plan: Plan, phased: Phased) -> list[Block]:
    """Return the projects that start in another year than by the greedy list."""
    moved = [i for i in PlanStory(m, plan).number if phased.listed.get(i) != phased.years.get(i)]
    if not moved:
        same = Text("与贪心排序的年份相同。", "The years are those of the greedy list schedule.")
        return [Paragraph(same)]
    story, rows = PlanStory(m, plan), []
    for i in moved:
        mine, listed = phased.years[i], phased.listed.get(i)
        rows.append(
            (
                words(story.name(i)),
                _year(mine),
                _year(listed),
                change(float("nan") if listed is None else float(mine - listed), 0, better=0),
            )
        )
    return [
        TableBlock(
            key="moved",
            number=m.numbers.table(),
            caption=Text("与贪心排序不同的开工年份", "Start years that differ from the greedy list schedule"),
            columns=(
                Column(label=Text("项目", "Project"), share=3.2),
                Column(label=Text("本方案", "This plan"), unit=Text("年", "year"), numeric=True),
                Column(label=Text("贪心排序", "List schedule"), unit=Text("年", "year"), numeric=True),
                Column(label=Text("相差", "Later by"), unit=Text("年", "years"), numeric=True),
            ),
            rows=tuple(rows),
            trace=plan_trace(m, plan, unit=Text("年", "year")),
        )
    ]


def _year(year: int | None) -> Cell:
    return Cell(Text("—", "—")) if year is None else Cell(Text(*(str(year),) * 2), float(year))


def _bundles(m: Material, plan: Plan) -> Text | None:
    """Say which chosen projects come only together."""
    story = PlanStory(m, plan)
    groups: dict[str, list[str]] = {}
    for s in story.starts:
        if s.project.bundle:
            groups.setdefault(s.project.bundle, []).append(s.project.id)
    if not groups:
        return None
    zh = ";".join(f"{k}:{story.names(ids).zh}" for k, ids in sorted(groups.items()))
    en = "; ".join(f"{k}: {story.names(ids).en}" for k, ids in sorted(groups.items()))
    return Text(f"只能成套建设的项目(年份可不同):{zh}。", f"Built only together, in whatever years: {en}.")
