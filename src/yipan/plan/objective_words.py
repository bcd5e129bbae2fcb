"""An objective in words: everything a plan is judged by, nothing left unsaid."""

from __future__ import annotations

from collections.abc import Mapping

from yipan.measure.values import NEED_NAMES
from yipan.plan.rules import ALL
from yipan.plan.values import Objective
from yipan.scenario.interventions import INTERVENTIONS
from yipan.text import Text

_MONEY = {"CNY": Text("亿元", "1e8 CNY")}


def objective_words(o: Objective, currency: str = "") -> Text:
    """Return the objective in both languages (see `Objective.words`).

    Examples
    --------
    >>> from yipan.plan.invented import invented_objective
    >>> print(objective_words(invented_objective(8.0, yearly=4.0), "CNY").en)
    judged by the weighted sum of the need scores of the region, 0–100, each zone counting by its residents
    (Economy 25%, Living 25%, Ecology 25%, Safety 25%); capital 2026–2030 at most 8, in any year at most 4
    (1e8 CNY, prices of 2024); least rise of the index by cluster, points: k 0; gains and money of later years
    count in full
    """
    parts = [
        _aim(o),
        *_futures(o),
        _money(o, currency),
        _floors(o),
        *_worst(o),
        *_limits(o),
        *_at_once(o),
        _discount(o),
    ]
    return Text(";".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _aim(o: Objective) -> Text:
    weights = {k: w for k, w in o.weights.items() if w > 0}
    named = {k: NEED_NAMES[k] if o.aim == "needs" and k in NEED_NAMES else Text(k, k) for k in weights}
    zh = "、".join(f"{named[k].zh} {_share(w)}" for k, w in weights.items())
    en = ", ".join(f"{named[k].en} {_share(w)}" for k, w in weights.items())
    if o.aim == "needs":
        return Text(
            f"以区域各类需要得分(0–100,各分区按常住人口加权)的加权和评判({zh})",
            "judged by the weighted sum of the need scores of the region, 0–100, each zone counting by its"
            f" residents ({en})",
        )
    if o.aim == "indicators":
        return Text(
            f"以区域各项指标得分(0–100,各分区按常住人口加权,指标另有规定的按土地面积)的加权和评判({zh})",
            "judged by the weighted sum of indicator scores of the region, 0–100, each zone counting by its"
            f" residents, or by its land where the indicator says so ({en})",
        )
    return Text(
        f"以各目标差距缩小的百分比(100 为达标,0 为与基年相比没有靠近)的加权和评判({zh})",
        "judged by the weighted sum of the share of each target's distance that is closed, 0–100: 100 when"
        f" met, 0 when no nearer than before any project ({en})",
    )


def _share(weight: float) -> str:
    return f"{100.0 * weight:.3g}%"


def _futures(o: Objective) -> list[Text]:
    if not o.futures:
        return []
    zh = "、".join(f"{f.name.in_('zh')}(来源:{f.source})" for f in o.futures)
    en = ", ".join(f"{f.name.in_('en')} (source: {f.source})" for f in o.futures)
    return [
        Text(
            f"在下列情景中取最大遗憾,越小越好(遗憾:比只为该情景找到的最好方案少的分数):{zh}",
            f"taken as the largest regret over these futures, the smaller the better (regret: points lost"
            f" against the best plan found for that future alone): {en}",
        )
    ]


def _money(o: Objective, currency: str) -> Text:
    unit = _MONEY.get(
        currency,
        Text(f"亿 {currency}", f"1e8 {currency}") if currency else Text("亿单位货币", "1e8 of the currency"),
    )
    return Text(
        f"{o.start}–{o.end} 年投资总额不超过 {o.budget:g} {unit.zh},任何一年不超过 {o.yearly:g} {unit.zh}"
        f"({o.price_year} 年价)",
        f"capital {o.start}–{o.end} at most {o.budget:g}, in any year at most {o.yearly:g} ({unit.en}, prices"
        f" of {o.price_year})",
    )


def _floors(o: Objective) -> Text:
    zh = "、".join(f"{k} {v:g}" for k, v in o.floors.items()) or "不设"
    en = ", ".join(f"{k} {v:g}" for k, v in o.floors.items()) or "none asked"
    return Text(f"各片区指数升幅下限(分):{zh}", f"least rise of the index by cluster, points: {en}")


def _worst(o: Objective) -> list[Text]:
    if o.worst_tenth is None:
        return []
    return [
        Text(
            f"最差十分之一居民的指数升幅不低于 {o.worst_tenth:g} 分",
            f"least rise of the index of the worst-off tenth of residents {o.worst_tenth:g} points",
        )
    ]


def _limits(o: Objective) -> list[Text]:
    out = []
    if o.land is not None:
        out.append(Text(f"占地合计不超过 {o.land:g} 平方公里", f"land taken in all at most {o.land:g} km2"))
    if o.carbon is not None:
        out.append(
            Text(
                f"全生命周期温室气体合计不超过 {o.carbon:g} 千吨二氧化碳当量",
                f"greenhouse gases over the projects' lives in all at most {o.carbon:g} kt CO2e",
            )
        )
    return out


def _at_once(o: Objective) -> list[Text]:
    if not o.at_once:
        return []
    return [
        Text(
            "任何一年同时在建不超过:" + "、".join(f"{t.zh} {n} 个" for t, n in _kinds(o.at_once)),
            "being built in any one year at most: " + ", ".join(f"{n} {t.en}" for t, n in _kinds(o.at_once)),
        )
    ]


def _kinds(at_once: Mapping[str, int]) -> list[tuple[Text, int]]:
    return [(Text("全部项目", "projects in all") if k == ALL else _of_type(k), n) for k, n in at_once.items()]


def _of_type(kind: str) -> Text:
    label = INTERVENTIONS[kind].label if kind in INTERVENTIONS else Text(kind, kind)
    return Text(f"含“{label.zh}”的项目", f"projects with '{label.en}'")


def _discount(o: Objective) -> Text:
    if not o.discount:
        return Text("后期的收益与费用不打折扣", "gains and money of later years count in full")
    return Text(
        f"安排年份时,后期的收益与费用按每年 {100 * o.discount:.3g}% 贴现",
        f"in phasing, gains and money of later years are discounted at {100 * o.discount:.3g}% a year",
    )
