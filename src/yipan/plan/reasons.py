"""Why each project is in the plan, what is lost without it, and what just missed."""

from __future__ import annotations

from yipan.errors import ScenarioError
from yipan.plan.evaluate import RegionEvaluator
from yipan.plan.exchange import Exchange
from yipan.plan.game import Game
from yipan.plan.rules import EPS, buildable
from yipan.plan.solve import Solution
from yipan.plan.values import Missed, Reason
from yipan.region.value import Region
from yipan.text import Text

_NAMED_ZONES = 3
_SEEN_RISE = 0.005
"""Points of a zone's index below which a rise is not worth naming (shown figures have two decimals)."""


def reasons(game: Game, solution: Solution, evaluator: RegionEvaluator) -> tuple[Reason, ...]:
    """Return one reason for each chosen project, in the order they were taken."""
    out = []
    for step, (i, gain) in enumerate(solution.trace, start=1):
        lost = solution.value - solution.exchanges[i].value
        most = gains_most(game, i, evaluator)
        out.append(
            Reason(
                project=i,
                step=step,
                alone=solution.alone[i],
                at_step=gain,
                lost=lost,
                per_cost=gain / max(game.projects[i].cost, 1e-6),
                gains_most=most,
                text=_reason_text(game, solution, i, step=step, most=most),
            )
        )
    return tuple(out)


def _reason_text(game: Game, solution: Solution, i: str, *, step: int, most: Text) -> Text:
    e, alone, gain = solution.exchanges[i], solution.alone[i], solution.trace[step - 1][1]
    lost, p, spent = solution.value - e.value, game.projects[i], _spent(game, solution, e)
    when = (
        Text("在此步", "at this step")
        if step <= solution.stepwise
        else Text(
            "在其余项目之上(由替换或枚举选入)", "on top of the rest (it came by exchange or enumeration)"
        )
    )
    because_zh, because_en = p.because.in_("zh").rstrip("。."), p.because.in_("en").rstrip("。.")
    return Text(
        f"{because_zh}。单独建设 {alone:+.3f} 分,{when.zh} {gain:+.3f} 分;没有它将少 {lost:.3f} 分"
        f"{spent.zh}。{most.zh}。",
        f"{because_en}. Alone {alone:+.3f} points, {when.en} {gain:+.3f}; without it the plan is {lost:.3f}"
        f" points worse{spent.en}. {most.en}.",
    )


def _spent(game: Game, solution: Solution, e: Exchange) -> Text:
    """Say what the money of a project is spent on without it, and what goes with it."""
    gone = sorted(solution.chosen - e.chosen - {e.without})
    new = sorted(e.chosen - solution.chosen)
    instead_zh = "、".join(game.projects[n].name.in_("zh") for n in new)
    instead_en = ", ".join(game.projects[n].name.in_("en") for n in new)
    if new:
        how_zh, how_en = ("", "") if e.measured else ("(按实测增益估算)", " (by measured gains)")
        zh, en = (
            f"(腾出的资金改投:{instead_zh}{how_zh})",
            f" (the freed money spent on: {instead_en}{how_en})",
        )
    elif game.deficit(e.chosen) > 0:
        zh, en = "(没有它就守不住底线)", " (no set tried without it keeps every floor)"
    elif e.settled:
        zh, en = "(腾出的资金没有更好去处)", " (nothing left out is worth the freed money)"
    else:
        zh, en = "(试过的改投都没有更好)", " (no use of the freed money that was tried is better)"
    if gone:
        zh += f";依赖它的 {len(gone)} 个项目也随之落选"
        en += f"; {len(gone)} that need it would go too"
    return Text(zh, en)


def gains_most(game: Game, i: str, evaluator: RegionEvaluator) -> Text:
    """Say which zones' index rises most when a project is built alone (with what it needs there already)."""
    closure = game.rules.closure(i)
    try:
        before, after = evaluator.results(closure - {i}), evaluator.results(closure)
    except ScenarioError:
        return Text("", "")
    rise = (after.needs["index"] - before.needs["index"]).dropna()
    region: Region = evaluator.base
    top = sorted(
        ((float(v), str(z)) for z, v in rise.items() if v >= _SEEN_RISE), key=lambda r: (-r[0], r[1])
    )
    if not top:
        return Text("单独建成时没有分区的指数明显上升", "Built alone, no zone's index rises noticeably")
    named = top[:_NAMED_ZONES]
    zh = "、".join(f"{region.zone_name(z).in_('zh')} {v:+.2f}" for v, z in named)
    en = ", ".join(f"{region.zone_name(z).in_('en')} {v:+.2f}" for v, z in named)
    more = len(top) - len(named)
    return Text(
        f"单独建成时受益最大:{zh}" + (f"(另有 {more} 个分区)" if more else ""),
        f"Built alone, gains most: {en}" + (f" (and {more} more zones)" if more else ""),
    )


def missed(game: Game, solution: Solution, *, limit: int) -> tuple[Missed, ...]:
    """Return the strongest projects left out, what each would add to the plan, and why it is out.

    The gain is on top of the plan, in place of the projects it excludes, whatever the money.
    """
    chosen = solution.chosen
    out = [i for i in game.rules.ids if i not in chosen]
    cost = {i: max(game.rules.cost(game.rules.closure(i) - chosen), 1e-6) for i in out}
    strongest = sorted(out, key=lambda i: (-solution.alone[i] / cost[i], i))[:limit]
    found = [m for i in strongest if (m := on_top(game, chosen, i)) is not None]
    return tuple(sorted(found, key=lambda m: (-m.per_cost, m.project)))


def on_top(game: Game, chosen: frozenset[str], i: str) -> Missed | None:
    """Return what a project left out would add to a set, in place of what it excludes, whatever the money.

    None where it cannot be built together with the set.
    """
    keep = chosen
    for rival in sorted(_rivals(game, chosen, i)):
        keep = game.rules.without(keep, rival)
    wanted = keep | game.rules.closure(i)
    if game.evaluation(wanted) is None:
        return None
    gain = game.value(wanted) - game.value(chosen)
    cost = max(game.rules.cost(game.rules.closure(i) - chosen), 1e-6)
    return Missed(project=i, gain=gain, per_cost=gain / cost, why=why_out(game, chosen, i, gain))


def _rivals(game: Game, chosen: frozenset[str], i: str) -> frozenset[str]:
    return frozenset().union(*(game.rules.rivals[j] for j in game.rules.closure(i))) & chosen


def why_out(game: Game, chosen: frozenset[str], i: str, gain: float) -> Text:
    """Say why a project is not in the plan: exclusion, no gain, money, years, a floor, or less gain."""
    rivals = sorted(_rivals(game, chosen, i))
    if rivals:
        return Text(
            f"与已选的 {'、'.join(game.projects[r].name.in_('zh') for r in rivals)} 互斥;改选它变化"
            f" {gain:+.3f} 分",
            f"excluded by {', '.join(game.projects[r].name.in_('en') for r in rivals)}, which is"
            " chosen; in its"
            f" place the plan changes by {gain:+.3f} points",
        )
    if gain <= 0:
        return Text("加在方案之上没有增益", "adds nothing on top of the plan")
    return _no_room(game, chosen, i)


def _no_room(game: Game, chosen: frozenset[str], i: str) -> Text:
    o = game.objective
    wanted = chosen | game.rules.closure(i)
    short = game.rules.cost(wanted) - o.budget
    if short > EPS:
        return Text(
            f"资金不足:还差 {short:.1f} 亿;腾出资金的任何替换都没有更好",
            f"money: {short:.1f} (1e8) short; no exchange tried that frees it is better",
        )
    never = [j for j in sorted(wanted - chosen) if not buildable(game.projects[j], o)]
    if never:
        peak = max(game.projects[never[0]].capital)
        return Text(
            f"单看它也排不下:某年需 {peak:.1f} 亿(每年上限 {o.yearly:g}),或建设期超出 {o.start}–{o.end}",
            f"does not fit even alone: one year takes {peak:.1f} (yearly limit {o.yearly:g}), or building it"
            f" takes longer than {o.start}–{o.end} allows",
        )
    if game.rules.years(wanted) is None:
        return Text(
            "与已选项目一起,每年资金排不下", "beside what is chosen no start year fits the yearly money"
        )
    if game.deficit(wanted) > 0:
        return Text("会使某片区低于底线", "would put a cluster below its floor")
    return Text("增益小于入选者", "gains less than what is chosen")
