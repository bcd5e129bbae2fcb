"""What more money would bring, and the cost at which a project drops out or comes in."""

from __future__ import annotations

from typing import Literal

from yipan.plan.argue.again import again, best_seen, with_cost, with_money, without
from yipan.plan.argue.values import ArgueLimits, MoneyCurve, MoneyPoint, Threshold
from yipan.plan.game import Game
from yipan.plan.greedy import Chosen
from yipan.plan.rules import EPS, Rules

_FINE = 1e-3
"""A threshold is bracketed to this part of the stated cost."""
_ROUNDS = 2
"""How often the ends of a bracket are searched again after it moved."""


def money_curve(
    game: Game, chosen: Chosen, *, what: Literal["budget", "yearly"], limits: ArgueLimits
) -> MoneyCurve:
    """Return the best plans found for less and for more money, and what one more unit is worth.

    The other limit of the two stays as stated. All points are read off after all were searched, so a point
    never lies below one with less money (what is affordable there is affordable here).
    """
    o = game.objective
    stated = o.budget if what == "budget" else o.yearly
    steps = range(-limits.budget_steps, limits.budget_steps + 1)
    amounts = [stated * (1 + k * limits.budget_share) for k in steps]
    rules = {m: _with(game.rules, what, m) for m in amounts}
    kept_out = _next(game, chosen, what, stated)[0] is not None
    exact = {}
    for m, r in rules.items():
        # nothing to look for where less still pays for the plan, or no good set wants for a dearer year
        idle = r.feasible(chosen) if m <= stated else what == "yearly" and not kept_out
        allowance = 0 if idle else limits.per_budget
        exact[m] = again(game, r, exact_sets=limits.exact_sets, allowance=allowance).exact
    points = []
    for m, r in rules.items():
        s = best_seen(game, r)
        if m == stated and (s is None or game.merit(s) <= game.merit(chosen)):
            s = chosen
        if s is not None:
            points.append(
                MoneyPoint(
                    money=m,
                    value=game.value(s),
                    added=tuple(sorted(s - chosen)),
                    removed=tuple(sorted(chosen - s)),
                    exact=exact[m],
                )
            )
    needs, gain, comes = _next(game, chosen, what, stated)
    return MoneyCurve(
        what=what,
        money=stated,
        points=tuple(points),
        up=_slope(points, stated, up=True),
        down=_slope(points, stated, up=False),
        next_needs=needs,
        next_gain=gain,
        next_in=comes,
    )


def _with(rules: Rules, what: Literal["budget", "yearly"], money: float) -> Rules:
    return with_money(rules, budget=money) if what == "budget" else with_money(rules, yearly=money)


def _slope(points: list[MoneyPoint], stated: float, *, up: bool) -> float | None:
    """Return points per unit of money between the stated amount and its neighbour."""
    here = next((p for p in points if p.money == stated), None)
    side = [p for p in points if (p.money > stated if up else p.money < stated)]
    if here is None or not side:
        return None
    other = min(side, key=lambda p: abs(p.money - stated))
    return (other.value - here.value) / (other.money - here.money)


def _next(
    game: Game, chosen: Chosen, what: Literal["budget", "yearly"], stated: float
) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Return the least extra money at which a measured set beats the plan, its gain and what comes in."""
    found: list[tuple[float, float, tuple[str, ...]]] = []
    for s in sorted(game.seen, key=sorted):
        if game.value(s) <= game.value(chosen) or game.deficit(s) > 0:
            continue
        needed = game.rules.cost(s) if what == "budget" else _yearly_needed(game.rules, s)
        if needed is None or needed <= stated + EPS or not _with(game.rules, what, needed).feasible(s):
            continue
        found.append((needed - stated, game.value(chosen) - game.value(s), tuple(sorted(s - chosen))))
    if not found:
        return None, None, ()
    needs, loss, comes = min(found)
    return needs, -loss, comes


def _yearly_needed(rules: Rules, s: Chosen) -> float | None:
    """Return the least yearly limit, to a thousandth, under which a set finds start years; None for none."""
    if not rules.affordable(s):
        return None
    low, high = rules.objective.yearly, rules.cost(s)
    if not with_money(rules, yearly=high).feasible(s):
        return None
    while high - low > _FINE * max(high, EPS):
        middle = (low + high) / 2
        low, high = (low, middle) if with_money(rules, yearly=middle).feasible(s) else (middle, high)
    return high


def threshold(game: Game, project: str, *, limits: ArgueLimits, allowance: int | None = None) -> Threshold:
    """Return between which multiples of its stated cost a project leaves the best plan found.

    What sets are worth does not depend on cost, and whether the best set holds the project can only change
    from yes to no as its cost rises; so the multiple is bracketed by halving over everything measured, and
    the plan is searched again at both ends (`per_threshold` sets each, `allowance` in all) until the bracket
    stands. For a project left out the bracket lies below 1: at that cost it would come in.
    """
    rules, cost = game.rules, game.projects[project].cost
    if cost <= EPS:
        return Threshold(project=project, cost=cost, stays=None, leaves=None, by="free", exact=True)
    most = (game.objective.budget - rules.cost(rules.closure(project) - {project})) / cost
    exact, bracket = False, _bracket(game, project, most)
    until = game.evaluations + (2 * _ROUNDS * limits.per_threshold if allowance is None else allowance)
    for _ in range(_ROUNDS):
        ends = [
            again(
                game,
                with_cost(rules, project, m),
                exact_sets=limits.exact_sets,
                allowance=max(0, min(limits.per_threshold, until - game.evaluations)),
            )
            for m in dict.fromkeys(bracket)
        ]
        exact, before = all(e.exact for e in ends), bracket
        bracket = _bracket(game, project, most)
        if bracket == before:
            break
        exact = False
    stays, leaves = bracket
    if leaves <= 0:
        return Threshold(project=project, cost=cost, stays=None, leaves=0.0, by="never", exact=exact)
    by: Literal["worth", "money"] = "worth" if _fits(game, project, leaves) else "money"
    return Threshold(project=project, cost=cost, stays=stays, leaves=leaves, by=by, exact=exact)


def _bracket(game: Game, project: str, most: float) -> tuple[float, float]:
    """Return (in, out): multiples between which the best measured set loses the project; (0, 0) for never.

    What is best without the project does not depend on its cost, so only the sets with it that are worth
    more, or as much for less money, are asked whether they still fit.
    """
    other = best_seen(game, without(game.rules, {project}))
    least = -float("inf") if other is None else game.value(other)
    money = float("inf") if other is None else game.rules.cost(other)
    own = game.projects[project].cost
    strong = [
        (game.value(s), game.rules.cost(s) - own, s)
        for s in sorted(game.seen, key=lambda s: (-game.value(s), sorted(s)))
        if project in s and game.value(s) >= least and game.deficit(s) == 0
    ]

    def is_in(multiple: float) -> bool:
        rules, price = with_cost(game.rules, project, multiple), multiple * own
        return any(
            (value > least or rest + price < money)
            and rest + price <= game.objective.budget + EPS
            and rules.feasible(s)
            for value, rest, s in strong
        )

    low, high = _FINE, max(most, _FINE) * (1 + _FINE) + _FINE
    if not is_in(low):
        return 0.0, 0.0
    while high - low > _FINE:
        middle = (low + high) / 2
        low, high = (middle, high) if is_in(middle) else (low, middle)
    return low, high


def _fits(game: Game, project: str, multiple: float) -> bool:
    """Whether a measured set with the project keeps every rule and floor at a multiple of its cost."""
    rules = with_cost(game.rules, project, multiple)
    return any(project in s and game.deficit(s) == 0 and rules.feasible(s) for s in game.seen)
