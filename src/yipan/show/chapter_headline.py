"""The first chapter: what matters most, in a few numbers and sentences."""

from __future__ import annotations

import numpy as np

from yipan.measure.values import NEED_NAMES
from yipan.show.chapter_money import next_money_words
from yipan.show.chapter_region import base_year
from yipan.show.chapter_robust import robust_words
from yipan.show.material import Material
from yipan.show.model import Block, Card, Cards, Chapter, Paragraph
from yipan.show.numbers import fixed, money, people
from yipan.text import Text


def headline(m: Material) -> Chapter:
    """Return the chapter that says in a few numbers what was found and what the plan does."""
    blocks: list[Block] = _plan_headline(m) if m.plan is not None else _state_headline(m)
    return Chapter(key="headline", title=Text("要点", "In short"), blocks=tuple(blocks))


def _state_headline(m: Material) -> list[Block]:
    total = m.results.total
    index = m.results.needs["index"].dropna().sort_values()
    weakest = min((n for n in m.columns if n != "index"), key=lambda n: _or(float(total[n]), 999.0))
    cards = [
        Card(Text("常住人口", "Residents"), people(float(m.population().sum())), base_year(m)),
        Card(
            Text("综合指数", "Index"),
            _points(float(total["index"])),
            Text("0–100,人口加权", "0–100, population-weighted"),
        ),
        Card(Text("最弱的需要", "Weakest need"), NEED_NAMES[weakest], _points(float(total[weakest]))),
    ]
    if len(index):
        low = m.region.zone_name(str(index.index[0]))
        cards.append(Card(Text("最低分区", "Lowest zone"), low, _points(float(index.iloc[0]))))
    return [Cards(tuple(cards)), Paragraph(_state_words(m), "lead")]


def _state_words(m: Material) -> Text:
    needs = [n for n in m.columns if n != "index" and np.isfinite(float(m.results.total[n]))]
    zh = "、".join(f"{NEED_NAMES[n].zh} {fixed(float(m.results.total[n]))}" for n in needs)
    en = ", ".join(f"{NEED_NAMES[n].en.lower()} {fixed(float(m.results.total[n]))}" for n in needs)
    return Text(
        f"{m.region.meta.name.zh}共 {len(m.region.zone_ids)} 个分区、{len(m.results.indicators)} 项指"
        f"标。全区域得分:{zh}。",
        f"{m.region.meta.name.in_('en')} has {len(m.region.zone_ids)} zones measured by "
        f"{len(m.results.indicators)} "
        f"indicators. Scores of the whole region: {en}.",
    )


def _plan_headline(m: Material) -> list[Block]:
    plan = m.plan
    assert plan is not None  # noqa: S101 - only called with a plan
    o, currency = plan.objective, m.region.meta.currency
    before, after = float(plan.path["index"].iloc[0]), float(plan.path["index"].iloc[-1])
    spent = float(plan.spending["capital"].sum())
    rise = (plan.after["index"] - plan.before["index"]).reindex(list(m.region.zone_ids))
    people_up = float(m.population()[(rise >= 0.5).to_numpy()].sum())
    c = plan.comparison
    span_before, span_after = (
        _spread(plan.clusters_before["index"], m),
        _spread(plan.clusters_after["index"], m),
    )
    cards = (
        Card(
            Text("全区域综合指数(分)", "Index of the region (points)"),
            Text(*(f"{fixed(before)} → {fixed(after)}",) * 2),
            Text(
                f"{fixed(after - before, sign=True)} 分,至 {plan.path.index[-1]} 年",
                f"{fixed(after - before, sign=True)} points by {plan.path.index[-1]}",
            ),
            "good" if after > before else "bad",
        ),
        Card(
            Text("项目与投资", "Projects and capital"),
            Text(f"{len(plan.scenario.starts)} 个项目", f"{len(plan.scenario.starts)} projects"),
            Text(
                f"{money(spent, currency).zh},预算 {money(o.budget, currency).zh}",
                f"{money(spent, currency).en} of {money(o.budget, currency).en}",
            ),
        ),
        Card(
            Text("受益人口", "People who gain"),
            people(people_up),
            Text("所在分区指数升幅不低于 0.5 分", "in zones whose index rises by 0.5 points or more"),
        ),
        Card(
            Text("片区差距(分)", "Gap between clusters (points)"),
            Text(*(f"{fixed(span_before)} → {fixed(span_after)}",) * 2),
            Text("指数最高与最低片区之差", "index of the highest less the lowest cluster"),
            "good" if span_after < span_before - 0.05 else "bad" if span_after > span_before + 0.05 else "",
        ),
        Card(
            Text("比单项加总多得", "More than adding stand-alone scores"),
            Text(
                f"{fixed(c.plan - c.additive, 2, sign=True)} 分",
                f"{fixed(c.plan - c.additive, 2, sign=True)} points",
            ),
            Text("同一目标函数,均经重新测算", "same objective, both re-measured"),
            "good" if c.plan > c.additive else "",
        ),
    )
    said = [Paragraph(t) for t in (*robust_words(plan), *next_money_words(m, plan))]
    return [Cards(cards), Paragraph(_plan_words(m), "lead"), *said, Paragraph(_state_words(m))]


def _plan_words(m: Material) -> Text:
    plan = m.plan
    assert plan is not None  # noqa: S101 - only called with a plan
    rise = (plan.after["index"] - plan.before["index"]).dropna().sort_values(ascending=False)
    top = [m.region.zone_name(str(z)) for z in rise.index[:3] if rise[z] > 0]
    best = sorted(plan.reasons, key=lambda r: -r.lost)[:3]
    names = {p.id: p.name for p in plan.candidates}
    return Text(
        f"方案在 {plan.objective.start}–{plan.objective.end} 年安排 {len(plan.scenario.starts)} 个项"
        "目。指数升幅最大的分区:"
        f"{'、'.join(t.zh for t in top) or '无'}。去掉后损失最大的项目:"
        f"{'、'.join(names[r.project].zh for r in best)}。",
        f"The plan starts {len(plan.scenario.starts)} projects in "
        f"{plan.objective.start}–{plan.objective.end}. The index rises most in "
        f"{', '.join(t.in_('en') for t in top) or 'no zone'}. Most would be lost without: "
        f"{'; '.join(names[r.project].in_('en') for r in best)}.",
    )


def _spread(values: object, m: Material) -> float:
    kept = [float(values[c]) for c in m.cluster_ids if c in values.index]  # type: ignore[index,attr-defined]
    kept = [v for v in kept if np.isfinite(v)]
    return max(kept) - min(kept) if kept else float("nan")


def _points(value: float) -> Text:
    return Text(f"{fixed(value)} 分", f"{fixed(value)} points")


def _or(value: float, other: float) -> float:
    return value if np.isfinite(value) else other
