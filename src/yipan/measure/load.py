"""Finding domain packs by entry point and holding each to its contract."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

import numpy as np
import pandas as pd

from yipan.errors import PackError, Problem
from yipan.measure.values import REGION
from yipan.needs import FORMS, cell_index, cluster_index, pair_index, zone_index
from yipan.pack import Indicator, Level, Pack
from yipan.region import example
from yipan.region.value import Region
from yipan.text import Text

GROUP = "yipan.packs"
"""Entry point group in which packs announce themselves."""


@lru_cache(maxsize=1)
def load_packs() -> tuple[Pack, ...]:
    """Return every installed pack that is announced under the entry point group ``yipan.packs``.

    Raises
    ------
    PackError
        When a pack cannot be imported or does not keep the contract of `check_pack`, or two packs use one
        id; carries every problem of every pack.

    Examples
    --------
    >>> "transport" in [pack.id for pack in load_packs()]
    True
    """
    packs: list[Pack] = []
    problems: list[Problem] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            pack = entry.load()
        except PackError as error:
            problems += error.problems
        except (ImportError, AttributeError) as error:
            problems.append(_problem(entry.name, "", f"无法导入:{error}", f"cannot be imported: {error}"))
        else:
            packs.append(pack)
    region = example("tiny")
    for pack in packs:
        problems += check_pack(pack, region)
    problems += _twice(packs)
    if problems:
        raise PackError(Text("领域包不合规范", "a pack does not keep its contract"), problems=problems)
    return tuple(packs)


def check_pack(pack: Pack, region: Region) -> list[Problem]:
    """Return everything in which `pack` breaks its contract, trying its functions on `region`.

    Texts and units in both languages; direction, goalposts and formula present; needs well formed; each
    function returns a float Series on the index of its level (`level_index`).
    """
    problems: list[Problem] = []
    for i in pack.indicators:
        problems += [
            _problem(pack.id, i.id, zh, en) for zh, en in (*_row_faults(i), *_result_faults(i, region))
        ]
    for c in pack.costs:
        if not (c.name.zh and c.name.en and c.unit.zh and c.unit.en and c.source and c.capital > 0):
            problems.append(
                _problem(
                    pack.id, c.id, "造价缺名称、单位、来源或数值", "cost lacks name, unit, source or value"
                )
            )
    return problems


def _row_faults(i: Indicator) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    for label, text in (("name", i.name), ("unit", i.unit), ("meaning", i.meaning)):
        if not (text.zh and text.en):
            faults.append((f"{label} 缺一种语言", f"{label} lacks a language"))
    if not i.formula:
        faults.append(("缺公式", "no formula"))
    if not i.standard:
        faults.append(("缺依据(没有则写 none)", "no standard (write none where there is none)"))
    if not i.needs:
        faults.append(("没有声明所需数据", "declares no data it needs"))
    faults += [
        (f"所需数据写法不对:{n}", f"need not understood: {n}")
        for n in i.needs
        if n.partition(":")[0] not in FORMS or not n.partition(":")[2]
    ]
    if i.direction not in (-1, 0, 1):
        faults.append(("方向须为 1、-1 或 0", "direction must be 1, -1 or 0"))
    if i.scored and not (math.isfinite(i.low) and math.isfinite(i.high) and i.low < i.high):
        faults.append(("阈值须为两个递增的数", "goalposts must be two rising numbers"))
    if i.scored and not (i.goalposts.zh and i.goalposts.en):
        faults.append(("阈值缺双语理由", "goalposts lack their reason in both languages"))
    return faults


def _result_faults(i: Indicator, region: Region) -> list[tuple[str, str]]:
    try:
        with np.errstate(all="ignore"):
            out = i.function(region)
    except Exception as error:  # a pack from elsewhere may fail in any way; every failure is named
        return [(f"函数出错:{error!r}", f"its function fails: {error!r}")]
    fault = wrong_shape(i, region, out)
    return [fault] if fault else []


def wrong_shape(i: Indicator, region: Region, out: object) -> tuple[str, str] | None:
    """Return what is wrong with the shape of an indicator's result, or None."""
    expected = level_index(region, i.level)
    if not isinstance(out, pd.Series) or out.dtype != np.float64:
        return "函数须返回浮点 Series", "its function must return a float Series"
    if not (out.index is expected or out.index.equals(expected)):
        zh, en = _INDEX_WORDS[i.level]
        return f"函数结果的索引不是{zh}", f"its result is not indexed by {en}"
    return None


_INDEX_WORDS: Mapping[Level, tuple[str, str]] = {
    "zone": ("分区编号", "the zone ids in order"),
    "cell": ("单元格编号", "the cell ids in order"),
    "cluster": ("片区编号", "the cluster ids in order"),
    "pair": ("分区对(见 yipan.needs.pair_index)", "the pairs of zones in order (yipan.needs.pair_index)"),
    "region": ("“region”一项", "the one value 'region'"),
}


def level_index(region: Region, level: Level) -> pd.Index[Any]:
    """Return the index that values of a level have in a region.

    Examples
    --------
    >>> level_index(example("tiny"), "cluster").tolist()
    ['valley', 'hills']
    """
    return _INDICES[level](region)


_INDICES: Mapping[Level, Callable[[Region], pd.Index[Any]]] = {
    "zone": zone_index,
    "cell": cell_index,
    "cluster": cluster_index,
    "pair": pair_index,
    "region": lambda _: pd.Index([REGION]),
}


def _twice(packs: list[Pack]) -> list[Problem]:
    owner: dict[str, str] = {}
    problems = []
    for pack in packs:
        for i in (*(i.id for i in pack.indicators), *(f"cost {c.id}" for c in pack.costs)):
            if i in owner:
                other = owner[i]
                problems.append(
                    _problem(pack.id, i, f"与领域包 {other} 重号", f"is also in the pack {other}")
                )
            owner[i] = pack.id
    return problems


def _problem(pack: str, at: str, zh: str, en: str) -> Problem:
    return Problem(
        what=Text(f"{at} {zh}".strip(), f"{at} {en}".strip()),
        remedy=Text("修正或卸载该领域包", "mend the pack or uninstall it"),
        file=f"{GROUP}:{pack}",
    )
