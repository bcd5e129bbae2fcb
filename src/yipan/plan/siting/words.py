"""A siting in words: what was found, how sure that is, who gains and who does not."""

from __future__ import annotations

import math

from yipan.plan.siting.outcome import MINUTES, added_at, facts, zone_table
from yipan.plan.siting.region import Sited
from yipan.region.value import Region
from yipan.text import Text


def describe_siting(region: Region, sited: Sited) -> tuple[Text, ...]:
    """Say what was asked and found: the value with unit and bound, how, where, who gains and who does not.

    Examples
    --------
    >>> from yipan.region import example
    >>> from yipan.plan.siting.region import site_facilities
    >>> region = example("tiny")
    >>> s = site_facilities(region, kind="hospital", method="cover", count=1, within=30, mode="drive")
    >>> print(describe_siting(region, s)[0].en)
    1 new hospital site, 2 existing kept: 97.73% of residents within 30 min; proved to be the best possible
    """
    board, siting = sited.board, sited.siting
    n, held = len(sited.new), len(board.existing)
    lines = [
        Text(
            f"新建 {sited.asked.kind} {n} 处,保留现有 {held} 处:{figure(sited.value)}{_gap(sited.unit.zh)}"
            f"{sited.unit.zh};{proof(sited).zh}",
            f"{n} new {sited.asked.kind} site{'' if n == 1 else 's'}, {held} existing kept:"
            f" {figure(sited.value)}{_gap(sited.unit.en)}{sited.unit.en}; {proof(sited).en}",
        ),
        Text(f"方法:{siting.method.zh}", f"Method: {siting.method.en}"),
    ]
    if sited.asked.count is not None and len(siting.chosen) - _kept(sited) < sited.asked.count:
        lines.append(
            Text(f"要求 {sited.asked.count} 处:更多无益", f"{sited.asked.count} were asked: more add nothing")
        )
    if not held:
        lines.append(
            Text(
                f"此区域没有 {sited.asked.kind} 的记录:是没有,还是未填?",
                f"The region has no {sited.asked.kind} on record: are there none, or is it not known?",
            )
        )
    if sited.left_out:
        lines.append(
            Text(
                f"{sited.left_out:,.0f} 名居民在任何地点的范围之外,未计入",
                f"{sited.left_out:,.0f} residents are beyond the reach of every site and play no part",
            )
        )
    if sited.served is not None:
        lines.append(_used(sited))
    return (*lines, *_gains(region, sited))


def _kept(sited: Sited) -> int:
    """Return how many of the sites chosen are existing ones that are given nothing."""
    return sum(
        1 for c in sited.siting.chosen if c < len(sited.board.existing) and not added_at(sited, int(c))
    )


def _used(sited: Sited) -> Text:
    """Say how much of the capacity is used, and what is left unserved."""
    served = sited.served
    if served is None:
        return Text("", "")
    board, asked, unit = sited.board, sited.asked, sited.board.unit
    held = len(board.existing)
    full = int((served.load[:held] >= board.capacity * (1 - 1e-6)).sum())
    total = float(board.capacity.sum()) + len(sited.new) * float(asked.capacity or 0.0)
    used, left = float(served.load.sum()), float(served.unserved.sum())
    people = left * 1000.0 / float(asked.per_thousand or 1.0)
    return Text(
        f"需要 {used + left:,.0f} {unit},容量 {total:,.0f} {unit},用去 {used:,.0f} {unit};"
        f"现有 {held} 处中 {full} 处满员;{people:,.0f} 名居民得不到服务",
        f"Needed {used + left:,.0f} {unit}, capacity {total:,.0f} {unit}, used {used:,.0f} {unit}; {full} of"
        f" {held} existing places are full; {people:,.0f} residents go unserved",
    )


def proof(sited: Sited) -> Text:
    """Say what is proved about the value."""
    if sited.siting.proved:
        return Text("已证明为最优", "proved to be the best possible")
    if not math.isfinite(sited.bound):
        return Text("未证明离最优有多远", "how far from the best possible is not known")
    return Text(
        f"未证明最优,任何选址不会好于 {figure(sited.bound)}(相差至多 {sited.siting.gap:.2%})",
        f"not proved best: no choice does better than {figure(sited.bound)} (a gap of at most"
        f" {sited.siting.gap:.2%})",
    )


def figure(value: float) -> str:
    """Return a figure with four digits, or whole where it is large; – where there is none."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{round(value, 9) + 0.0:.4g}"


def _gap(unit: str) -> str:
    return "" if unit.startswith("%") else " "


def _gains(region: Region, sited: Sited) -> list[Text]:
    """Say what changes for residents, where most gain, and where most are still without."""
    out = [
        Text(
            f"{f.name.zh}:{figure(f.before)} → {figure(f.after)} {f.unit.zh}",
            f"{f.name.en}: {figure(f.before)} → {figure(f.after)} {f.unit.en}",
        )
        for f in facts(sited)
    ]
    limit = sited.asked.within or MINUTES
    zones = zone_table(region, sited)
    gain = (zones["within_after"] - zones["within_before"]).sort_values(ascending=False, kind="stable")
    lack = (zones["residents"] - zones["within_after"]).sort_values(ascending=False, kind="stable")
    for series, zh, en in (
        (gain, f"新进入 {limit:g} 分钟以内最多的分区", f"Most residents newly within {limit:g} min"),
        (lack, f"仍在 {limit:g} 分钟以外最多的分区", f"Most residents still beyond {limit:g} min"),
    ):
        top = [(region.zone_name(str(z)), float(v)) for z, v in series.head(3).items() if v >= 0.5]
        if top:
            out.append(
                Text(
                    f"{zh}:" + "、".join(f"{n.zh} {v:,.0f} 人" for n, v in top),
                    f"{en}: " + ", ".join(f"{n.en} {v:,.0f}" for n, v in top),
                )
            )
    return out
