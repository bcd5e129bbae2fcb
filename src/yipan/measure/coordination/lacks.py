"""What the data of a region lack for its figures of coordination, in words, and what would supply it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yipan.errors import Problem
from yipan.measure.coordination.checks import named, problem, warning
from yipan.measure.coordination.facts import statistic_panel
from yipan.measure.coordination.services import ServiceInequality
from yipan.measure.values import NEED_NAMES, NEEDS, Results
from yipan.needs import kind_rows
from yipan.region.dictionary import kinds
from yipan.region.schema import Quality
from yipan.region.value import Region
from yipan.text import Text

EVEN = 1e-3
"""Theil's index below which a service is, but for rounding, spread as the people are."""


def lacking_needs(results: Results) -> list[Problem]:
    """Return which need scores are missing, with what would supply their indicators."""
    out = []
    for need in NEEDS:
        zones = [z for n, z in results.missing if n == need]
        mine = [c for c, i in results.indicators.items() if i.need == need]
        why = [results.missing[c, z].remedy for c in mine for z in zones if (c, z) in results.missing]
        remedies = list(dict.fromkeys(why)) or [Text("补齐其指标", "supply its indicators")]
        if zones:
            some, name = named(zones, np.ones(len(zones))), NEED_NAMES[need]
            what = Text(f"{name.zh}得分缺失:{some}", f"no score of {name.en.lower()}: {some}")
            zh, en = (
                joint.join(getattr(r, at) for r in remedies) for joint, at in ((";", "zh"), ("; ", "en"))
            )
            out.append(warning(what, Text(zh, en), column=need))
    return out


def invented_services(region: Region, kind: str, found: ServiceInequality) -> list[Problem]:
    """Return that a service was put where the people are by a model: its evenness is no finding."""
    quality = {str(q) for q in region.tables["places"].array("quality")[kind_rows(region, kind)]}
    weak = [q.label for q in (Quality.MODELLED, Quality.ASSUMED) if q.value in quality]
    if not weak:
        return []
    name = kinds()[kind].label if kind in kinds() else Text(kind, kind)
    even = found.total < EVEN
    what = Text(
        f"{name.zh}的数据为{'、'.join(w.zh for w in weak)}"
        + (",按人口分摊,均等是假设而非发现" if even else ""),
        f"the data of {name.en} are {', '.join(w.en for w in weak)}"
        + (": spread by residents, so that their evenness is assumed, not found" if even else ""),
    )
    remedy = Text("在 places.csv 换成实际数据", "replace them by real ones in places.csv")
    return [replace(warning(what, remedy, column="quality"), file="places.csv")]


def no_ratio(ratio: str) -> list[Problem]:
    """Return that a text does not name one statistic, or one over another."""
    names = [v.strip() for v in ratio.split("/")]
    if len(names) <= 2 and all(names):
        return []
    what = Text(
        f"“{ratio}”不是一个统计量或两个之比", f"'{ratio}' is neither a statistic nor one over another"
    )
    remedy = Text("如 gdp 或 gdp/population", "write gdp or gdp/population, for instance")
    return [problem(what, remedy, column="ratio")]


def few_years(region: Region, ratio: str, years: list[int]) -> list[Problem]:
    """Return that fewer than two years are complete, with those in which each statistic is."""
    if len(years) >= 2:
        return []
    has = {v.strip(): [*statistic_panel(region, v).columns] for v in ratio.split("/")}
    told = [", ".join(map(str, y)) or "–" for y in has.values()]
    zh = ";".join(f"{v}:{t}" for v, t in zip(has, told, strict=True))
    en = "; ".join(f"{v}: {t}" for v, t in zip(has, told, strict=True))
    what = Text(
        f"{ratio} 需要两个年份,所有分区都有值的年份为 {zh}",
        f"{ratio} needs two years; the years in which every zone has a value are {en}",
    )
    names = " / ".join(f"variable={v}" for v in has)
    remedy = Text(
        f"在 statistics.csv 为每个分区补同一年份的 {names}",
        f"add rows {names} of one more common year for every zone to statistics.csv",
    )
    return [problem(what, remedy, column="year")]
