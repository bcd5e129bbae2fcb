"""What is known about the distance to the optimum, in words that claim no more than was done."""

from __future__ import annotations

from yipan.plan.bound import Upper
from yipan.plan.branch import Branched
from yipan.plan.game import Game, Structure
from yipan.plan.solve import Solution
from yipan.plan.values import Bound
from yipan.text import Text

_SHOWN = 1e-8
"""Points below which a tolerance is rounding and not said."""
_DECLARED: dict[Structure, Text] = {
    "submodular": Text(
        "已建越多,再建一个项目的增益越不会变大(次模)", "what a project adds never grows when more is built"
    ),
    "coverage": Text(
        "目标是若干得分项之和,每一项多建不降且增益递减(覆盖型)",
        "the objective is a sum of terms that never fall when more is built and gain ever less (coverage)",
    ),
    "additive": Text("每个项目的增益与其他项目无关(可加)", "a project adds the same whatever else is built"),
    "unknown": Text("未声明", "nothing is declared"),
}


def bound_of(game: Game, solution: Solution, upper: Upper | None) -> Bound:
    """Return the bound of a solution: exact, proved by what is declared, conditional, or none.

    `proved` is true only when every feasible set was measured or ruled out without any condition; a bound
    that rests on more not being plainly worse is given with that condition and the check of it, and is not
    called proved. With several bounds, one without condition goes first, then the smaller.
    """
    base, value = game.value(frozenset()), solution.value
    if upper is None and solution.exact is not None and solution.exact.proved:
        return Bound(value=value, upper=value, gap=0.0, proved=True, proof=_exact_words(solution))
    known = None if upper is None else upper.value
    b = solution.branched
    if b is not None and b.upper is not None and (not b.conditional or known is None or b.upper <= known):
        top, proof = max(b.upper, value), _branched_words(game, solution, b)
        proved = b.complete and not b.conditional
    elif upper is not None and known is not None:
        top, proof, proved = max(known, value), _upper_words(game, solution, upper), False
    else:
        return Bound(value=value, upper=None, gap=None, proved=False, proof=_open_words(game, solution))
    gap = (top - value) / (top - base) if top > base and not proved else 0.0
    return Bound(value=value, upper=value if proved else top, gap=gap, proved=proved, proof=proof)


def _branched_words(game: Game, solution: Solution, b: Branched) -> Text:
    done = Text(
        f"分支定界考察 {b.nodes} 个节点(其间实测 {b.evaluations} 个组合)",
        f"Branch and bound looked at {b.nodes} nodes ({b.evaluations} sets measured on the way)",
    )
    near = b.within > _SHOWN
    end = Text(
        "没有留下可能更好的组合" + (f"(精确到 {b.within:.0e} 分)" if near else "")
        if b.complete
        else f"节点用完时,未考察的组合不超过 {b.upper:.3f} 分",
        "no set that could be better is left" + (f" (to within {b.within:.0e} points)" if near else "")
        if b.complete
        else f"when the nodes were used up, no set left open is worth more than {b.upper:.3f}",
    )
    local = _local_words(solution)
    return Text(
        f"{done.zh},{end.zh}。{_condition(game, b).zh}{'' if b.complete else local.zh}",
        f"{done.en}: {end.en}. {_condition(game, b).en}{'' if b.complete else ' ' + local.en}",
    )


def _condition(game: Game, b: Branched) -> Text:
    """Say what a bound from branch and bound rests on."""
    if b.conditional:
        return Text(
            f"前提:任何组合的目标值不比其中一部分低 {b.allowed:.4f} 分以上(在 {b.pairs} 对实测的嵌套组合上"
            "所见最大降幅的两倍)。这个前提是检查过的,不是证明过的。",
            "On the condition that no set is worth less than a part of it by more than"
            f" {b.allowed:.4f} points (twice the most that was seen on {b.pairs} nested pairs of"
            " measured sets). The condition is checked, not proved.",
        )
    if game.structure == "unknown":
        return Text("其余组合都实测过,没有附加前提。", "All other sets were measured; there is no condition.")
    said = _DECLARED[game.structure]
    return Text(
        f"依据测算方法所声明的性质:{said.zh}。", f"It rests on what the evaluation declares: {said.en}."
    )


def _exact_words(solution: Solution) -> Text:
    sets = solution.exact.sets if solution.exact else 0
    return Text(
        f"已证明最优:全部 {sets} 个资金之内的项目组合都实测过。",
        f"Proved best: all {sets} sets of projects within the money were measured.",
    )


def _subset_words(solution: Solution) -> Text:
    if solution.subset is None:
        return Text("", "")
    n, sets = len(solution.subset_ids), solution.subset.sets
    return Text(
        f"另对单独增益最大的 {n} 个候选项目枚举了全部 {sets} 个组合:其中最优为"
        f" {solution.subset.value:.3f} 分,"
        f"本方案 {solution.value:.3f} 分,不低于它(只对这 {n} 个项目是证明)。",
        f"Besides, all {sets} sets of the {n} candidates of largest stand-alone gain were measured:"
        " the best of"
        f" them is worth {solution.subset.value:.3f}, this plan {solution.value:.3f}, no less (a proof"
        " for these"
        f" {n} only).",
    )


def _local_words(solution: Solution) -> Text:
    settled = sum(e.settled for e in solution.exchanges.values())
    rest = len(solution.chosen) - settled
    return Text(
        "已验证:对方案再加任何一个放得下的候选项目都不改善目标。换出一个项目并把腾出的资金改投:"
        f"{len(solution.chosen)} 个入选项目中,{settled} 个的各种改投都已实测(或没有可投之处),无一改善"
        + (f";其余 {rest} 个只实测了最有希望的,未全部实测。" if rest else "。"),
        "Verified: adding any one candidate that fits does not improve the objective. Dropping a project and"
        f" spending its money again: for {settled} of {len(solution.chosen)} chosen projects every spending"
        " thought of was measured (or there is none), and none improves"
        + (f"; for the other {rest} not all of them were measured." if rest else "."),
    )


def _open_words(game: Game, solution: Solution) -> Text:
    local, subset = _local_words(solution), _subset_words(solution)
    why = (
        Text(
            "目标值不是得分项之和(例如对各情景取最大遗憾),不能逐项界定",
            "the objective is no sum of terms (but a largest regret over futures, for instance) that could be"
            " bounded one by one",
        )
        if game.base.parts is None
        else Text(
            "候选项目不能一起建成来测量,或有项目使某些得分下降而无法界定",
            "the candidates cannot all be built together to be measured, or some lower a score in a way that"
            " cannot be bounded",
        )
    )
    return Text(
        f"没有证明上界:{why.zh}。{local.zh}{subset.zh}",
        f"No upper bound is proved: {why.en}. " + " ".join(t for t in (local.en, subset.en) if t),
    )


def _upper_words(game: Game, solution: Solution, upper: Upper) -> Text:
    local, subset = _local_words(solution), _subset_words(solution)
    everything = upper.everything if upper.everything is not None else float("nan")
    condition = Text(
        f"前提是多建不会使任何得分项下降超过所见最大降幅的两倍(在 {upper.pairs} 对实测的嵌套组合上,"
        f"{upper.loose} 个得分项"
        f"出现过下降,最大 {upper.largest_fall:.4f} 分)。这个前提是检查过的,不是证明过的。",
        "on the condition that building more never lowers a term by more than twice the most it was"
        " seen to fall"
        f" (on {upper.pairs} nested pairs of measured sets {upper.loose} terms fell, by"
        f" {upper.largest_fall:.4f}"
        " points at most). The condition is checked, not proved.",
    )
    return Text(
        f"有条件的上界:任何资金之内的方案都不超过 {upper.value:.3f} 分,{condition.zh}"
        f"目标是得分项(指标×分区)之和,其中 {upper.terms} 项会上升;不含某组项目的方案,"
        "逐项不超过“除该组外全建”的实测值;"
        f"由此得到的整数规划(资金、前提、互斥)取对偶界。全部候选项目不计资金建成至多 {everything:.3f} 分。"
        + local.zh
        + subset.zh,
        f"A conditional upper bound: no plan within the money is worth more than {upper.value:.3f},"
        f" {condition.en} The objective is a sum of terms (indicator × zone), {upper.terms} of which"
        " rise; term by"
        " term, a plan without some group of projects is worth at most what was measured with"
        " everything but that"
        " group built; the dual bound of the integer programme this gives (money, needs, exclusions) is the"
        f" figure. Everything built whatever it costs: at most {everything:.3f}. "
        + " ".join(t for t in (local.en, subset.en) if t),
    )
