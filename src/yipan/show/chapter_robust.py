"""How robust: what may come out of the plan and its rivals when costs, dates and effects differ."""

from __future__ import annotations

import pandas as pd

from yipan.plan.argue.values import SEEN
from yipan.plan.robust.values import Duel, Outcome, Robustness
from yipan.plan.robust.words import bad_words, check_words
from yipan.plan.values import Plan
from yipan.show.cells import change, number, words
from yipan.show.chapter_drivers import drawn_trace, driver_blocks, opening_table
from yipan.show.chapter_scores import SCORE_UNIT, panel
from yipan.show.charts import ticks
from yipan.show.intervals import Interval, Reading, interval_chart
from yipan.show.material import Material
from yipan.show.model import (
    Block,
    Card,
    Cards,
    Cell,
    Chapter,
    Column,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)
from yipan.show.numbers import fixed, money, percent
from yipan.show.story import OBJECTIVE_POINTS, PlanStory, plan_trace, points_and_money, sentence
from yipan.text import Text


def robust_chapter(m: Material, plan: Plan) -> Chapter:
    """Return what may come out of the plan and of the plans it is compared with, and regret over futures."""
    story, found, blocks = PlanStory(m, plan), plan.robustness, list[Block]()
    if found is not None:
        blocks += [
            Paragraph(_opening(found), "note"),
            _cards(m, found),
            *(Paragraph(t) for t in bad_words(found)),
            _spread_figure(story, found),
            _outcome_table(story, found),
        ]
        if found.duels:
            blocks.append(_duel_table(story, found))
        blocks += [Heading(Text("什么影响最大", "What moves it most")), *driver_blocks(story, found)]
        blocks += [Heading(Text("能否按期建成", "Built in time")), opening_table(story, found)]
    if plan.regret is not None:
        blocks += [
            Heading(Text("不同情景下的遗憾", "Regret over futures")),
            _regret_table(story, plan.regret),
        ]
    if found is not None:
        blocks += [Heading(Text("这些数字有多准", "How good these figures are"))]
        blocks += [Paragraph(t) for t in _checked(story, found)]
    return Chapter(key="robust", title=Text("有多稳健", "How robust"), blocks=tuple(blocks))


def _opening(found: Robustness) -> Text:
    n = fixed(float(found.draws), 0)
    return Text(
        f"造价、工期、效果与需求在各项目的不确定范围内抽样 {n} 次,各方案用同一组随机数。资金按承诺不变:"
        f"造价超支时,排在后面的项目在钱用完后就不再开工。所示为 {found.horizon} 年的目标值。",
        f"Costs, dates, effects and demand are drawn {n} times from the ranges of each project, the same"
        " draws for every plan. Money stays as promised: where projects overrun, the last ones are not built"
        f" once it is used up. Values are of the objective in {found.horizon}.",
    )


def runner_up(found: Robustness) -> Duel | None:
    """Return the plan against its runner-up; against the first of the others where there is none."""
    return next((d for d in found.duels if d.other == "runner-up"), next(iter(found.duels), None))


def chance(found: Robustness, d: Duel) -> Text:
    """Say how often the plan beats another, with the standard error."""
    name = found.name(d.other)
    return Text(
        f"胜过{name.zh}的可能为 {percent(d.ahead, 1)}(标准误 {percent(d.error, 1)})",
        f"beats {name.in_('en')} with a chance of {percent(d.ahead, 1)} (standard error"
        f" {percent(d.error, 1)})",
    )


def robust_words(plan: Plan) -> list[Text]:
    """Say how often the plan stays ahead of its nearest rival."""
    found = plan.robustness
    d = None if found is None else runner_up(found)
    if found is None or d is None:
        return []
    said, n = chance(found, d), fixed(float(found.draws), 0)
    best, tail = found.name(found.best_in_bad), percent(found.tail)
    return [
        Text(
            f"造价、工期、效果抽样 {n} 次:本方案{said.zh};最差的 {tail} 情形里平均最好的是{best.zh}。",
            f"In {n} futures of other costs, dates and effects the plan {said.en}; best on average over its"
            f" worst {tail} of futures is {best.in_('en')}.",
        )
    ]


def _cards(m: Material, found: Robustness) -> Cards:
    o, currency = found.outcomes[0], m.region.meta.currency
    cards = [
        Card(
            Text("九成情形下的目标值(分)", "Objective in nine of ten futures (points)"),
            Text(*(f"{fixed(o.horizon.p5, 2)} – {fixed(o.horizon.p95, 2)}",) * 2),
            Text(
                f"按计划 {fixed(o.planned, 2)},中位 {fixed(o.horizon.p50, 2)}",
                f"as planned {fixed(o.planned, 2)}, median {fixed(o.horizon.p50, 2)}",
            ),
        ),
    ]
    d = runner_up(found)
    if d is not None:
        name = found.name(d.other)
        cards.append(
            Card(
                Text(f"胜过{name.zh}的可能", f"Chance to beat {name.in_('en')}"),
                Text(*(percent(d.ahead, 1),) * 2),
                Text(
                    f"标准误 {percent(d.error, 1)};持平 {percent(d.level, 1)}",
                    f"standard error {percent(d.error, 1)}; level {percent(d.level, 1)}",
                ),
                "good" if d.ahead > d.behind + 3 * d.error else "",
            )
        )
    cards += [
        Card(
            Text("全部按期建成的可能", "Chance that all is built in time"),
            Text(*(percent(o.as_planned, 1),) * 2),
            Text(f"至 {found.horizon} 年", f"by {found.horizon}"),
        ),
        Card(
            Text("八成情形下足够的投资", "Capital that suffices in eight of ten futures"),
            money(o.cost_p80, currency),
            Text(f"所列 {money(o.cost, currency).zh}", f"as stated {money(o.cost, currency).en}"),
        ),
    ]
    return Cards(tuple(cards))


def _spread_figure(story: PlanStory, found: Robustness) -> FigureBlock:
    rows = [
        Interval(
            name=sentence(o.name),
            middle=o.horizon.p50,
            low=o.horizon.p5,
            high=o.horizon.p95,
            mark=o.planned,
        )
        for o in found.outcomes
    ]
    ends = [v for r in rows for v in (r.low, r.high, r.mark)]
    title = Text(
        f"{found.horizon} 年目标值的范围:方案与备选",
        f"Range of the objective in {found.horizon}: the plan and others",
    )
    svg = interval_chart(
        rows,
        reading=Reading(
            middle=Text("中位", "median"),
            bar=Text("5%–95%", "5% – 95%"),
            mark=Text("一切按计划", "all as planned"),
        ),
        unit=SCORE_UNIT,
        title=title,
        uid=story.m.numbers.uid(),
        base=ticks(min(ends), max(ends), 8)[0],
        step=30.0,
    )
    return FigureBlock(
        key="robust",
        number=story.m.numbers.figure(),
        caption=title,
        panels=(panel(svg, title),),
        trace=drawn_trace(story),
    )


def _outcome_table(story: PlanStory, found: Robustness) -> TableBlock:
    tail = percent(found.tail)

    def row(o: Outcome) -> tuple[Cell, ...]:
        return (
            words(sentence(o.name), strong=o is found.outcomes[0]),
            *(number(v, 3) for v in (o.planned, o.horizon.p5, o.horizon.p50, o.horizon.p95)),
            _best(o.worst, 3, best=o.plan == found.best_in_bad),
            _best(o.regret, 3, best=o.plan == found.least_regret),
            number(o.path.p50, 3),
            number(o.cost, 1),
            number(o.cost_p80, 1),
            number(100 * o.as_planned, 1),
        )

    points = SCORE_UNIT
    return TableBlock(
        key="robust",
        number=story.m.numbers.table(),
        caption=Text(
            "方案与备选在抽样情形中的结果", "What the plan and others are worth over the futures drawn"
        ),
        columns=(
            Column(label=Text("方案", "Plan"), share=1.9),
            Column(label=Text("按计划", "As planned"), unit=points, numeric=True),
            Column(label=Text("5%", "5%"), unit=points, numeric=True, share=0.9),
            Column(label=Text("中位", "Median"), unit=points, numeric=True, share=0.9),
            Column(label=Text("95%", "95%"), unit=points, numeric=True, share=0.9),
            Column(label=Text(f"最差 {tail} 均值", f"Worst {tail}"), unit=points, numeric=True),
            Column(label=Text("平均遗憾", "Regret"), unit=points, numeric=True, share=0.9),
            Column(label=Text("逐年均值", "Over years"), unit=points, numeric=True),
            Column(label=Text("投资", "Capital"), unit=Text("所列", "stated"), numeric=True),
            Column(label=Text("投资", "Capital"), unit=Text("八成足够", "8 of 10"), numeric=True),
            Column(label=Text("按期", "In time"), unit=Text("%", "%"), numeric=True, share=0.8),
        ),
        rows=tuple(row(o) for o in found.outcomes),
        trace=drawn_trace(story, unit=points_and_money(story.m)),
        note=Text(
            "最差均值:各方案自身最差情形的平均(CVaR)。平均遗憾:逐次与所比方案中最好者之差的平均。逐年均值:"
            "方案期内各年目标值按贴现率加权平均的中位数。绿色:该列最好。",
            "Worst: mean over a plan's own worst futures (CVaR). Regret: mean shortfall against the best of"
            " the plans compared, draw by draw. Over years: median of the discounted mean over the years of"
            " the plan. Green: best of the column.",
        ),
    )


def _best(value: float, decimals: int, *, best: bool) -> Cell:
    return number(value, decimals, tone="good" if best else "")


def _duel_table(story: PlanStory, found: Robustness) -> TableBlock:
    rows = [
        (
            words(sentence(found.name(d.other))),
            number(100 * d.ahead, 1),
            number(100 * d.error, 1),
            number(100 * d.level, 1),
            number(100 * d.behind, 1),
            change(d.margin, 4),
            number(d.margin_error, 4),
        )
        for d in found.duels
    ]
    unit = Text("%", "%")
    return TableBlock(
        key="duels",
        number=story.m.numbers.table(),
        caption=Text("方案对其他方案:同一情形下谁更好", "The plan against others in the same futures"),
        columns=(
            Column(label=Text("对手", "Against"), share=2.2),
            Column(label=Text("领先", "Ahead"), unit=unit, numeric=True),
            Column(label=Text("标准误", "Std. error"), unit=unit, numeric=True),
            Column(label=Text("持平", "Level"), unit=unit, numeric=True),
            Column(label=Text("落后", "Behind"), unit=unit, numeric=True),
            Column(label=Text("平均领先", "Mean lead"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("标准误", "Std. error"), unit=SCORE_UNIT, numeric=True),
        ),
        rows=tuple(rows),
        trace=drawn_trace(story, unit=Text("%;分", "%; points")),
        note=Text(
            f"标准误只反映抽样 {fixed(float(found.draws), 0)} 次的误差;范围本身是否合适是另一回事。",
            f"Standard errors are those of drawing {fixed(float(found.draws), 0)} times; whether the ranges"
            " are right is another matter.",
        ),
    )


def _regret_table(story: PlanStory, regret: pd.DataFrame) -> TableBlock:
    names = {f.id: f.name for f in story.plan.objective.futures}
    worst = regret["regret"].max()
    rows = []
    for future, r in regret.iterrows():
        proved = Text("已证明", "proved") if r["proved"] else Text("已找到的最好", "best found")
        ids = [i for i in str(r["projects"]).split(", ") if i]
        rows.append(
            (
                words(names.get(str(future), Text(str(future), str(future)))),
                number(float(r["base"]), 3),
                number(float(r["best"]), 3),
                number(float(r["plan"]), 3),
                number(float(r["regret"]), 3, tone="bad" if r["regret"] >= max(worst, SEEN) else ""),
                words(proved),
                words(story.names(ids, most=8)),
            )
        )
    return TableBlock(
        key="regret",
        number=story.m.numbers.table(),
        caption=Text(
            "各情景下方案比只为该情景找到的最好方案少多少(遗憾)",
            "What the plan lacks in each future against the best plan found for that future alone (regret)",
        ),
        columns=(
            Column(label=Text("情景", "Future"), share=1.6),
            Column(label=Text("不建", "Nothing built"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("该情景最好", "Best for it"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("本方案", "This plan"), unit=SCORE_UNIT, numeric=True),
            Column(label=Text("遗憾", "Regret"), unit=SCORE_UNIT, numeric=True, share=0.9),
            Column(label=Text("最好方案", "Its best is"), share=1.0),
            Column(label=Text("其项目", "Its projects"), share=3.0),
        ),
        rows=tuple(rows),
        trace=plan_trace(
            story.m,
            story.plan,
            unit=OBJECTIVE_POINTS,
            source=Text("各情景下重新测算", "measured again in each future"),
            quality=Text("情景为假设", "futures are assumed"),
        ),
    )


def _checked(story: PlanStory, found: Robustness) -> list[Text]:
    out = check_words(found)[:1]
    if found.unstated:
        names = story.names(found.unstated)
        out.append(
            Text(
                f"没有不确定范围、按原数计的项目(其风险不在以上数字之内):{names.zh}。",
                f"Taken as stated for want of ranges (their risk is not in these figures): {names.en}.",
            )
        )
    else:
        out.append(
            Text("所比方案的每个项目都有不确定范围。", "Every project of the plans compared has ranges.")
        )
    return out
