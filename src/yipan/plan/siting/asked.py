"""What may be asked of a siting on a region, and what is missing or cannot be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from yipan.errors import Problem
from yipan.network.decay import Decay
from yipan.network.values import Mode
from yipan.plan.siting.board import Board
from yipan.plan.siting.checks import wrong
from yipan.plan.siting.equity_model import Aim
from yipan.text import Text

Method = Literal["median", "center", "cover", "set-cover", "capacity", "equity"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of a siting; see `yipan.plan.siting.region.site_facilities`."""

    kind: str
    method: Method
    mode: Mode
    count: int | None
    within: float | None
    capacity: float | None
    per_thousand: float | None
    unserved: float | None
    total: float | None
    enlarge: bool
    aim: Aim
    decay: Decay | None
    nodes: int | None


def wrong_call(asked: Asked) -> list[Problem]:
    """Return what a method lacks or what cannot be."""
    if asked.method not in METHODS:
        return [
            wrong(
                Text(f"没有方法 {asked.method}", f"there is no method {asked.method}"),
                Text(f"可用:{'、'.join(METHODS)}", f"use one of: {', '.join(METHODS)}"),
            )
        ]
    m, shared = asked.method, asked.total is not None
    if not asked.kind:
        what = Text("没有给出设施类别", "no kind of place is given")
        return [wrong(what, Text("写 --kind 与类别", "give --kind and a kind"))]
    needs = {
        "count": m != "set-cover" and not (m == "equity" and shared),
        "within": m in ("cover", "set-cover"),
        "capacity": m == "capacity" or (m == "equity" and not shared),
        "per_thousand": m == "capacity",
    }
    out = [
        wrong(
            Text(f"方法 {m} 需要 {_OPTION[name]}", f"method {m} needs {_OPTION[name]}"),
            Text(f"写 {_OPTION[name]} 与数值", f"give {_OPTION[name]} and a number"),
        )
        for name, needed in needs.items()
        if needed and getattr(asked, name) is None
    ]
    for name, option in _OPTION.items():
        value = getattr(asked, name)
        if value is not None and not 0 < value < math.inf:
            out.append(
                wrong(
                    Text(f"{option} 须为正数", f"{option} must be above 0 and finite"),
                    Text("给出正数", "give a number above 0"),
                )
            )
    return out + _idle(asked)


def _idle(asked: Asked) -> list[Problem]:
    """Return a problem for everything that was asked and plays no part in the method."""
    given = {
        "--count": (asked.count is not None, asked.method != "set-cover"),
        "--per-thousand": (asked.per_thousand is not None, asked.method == "capacity"),
        "--unserved": (asked.unserved is not None, asked.method == "capacity"),
        "--total": (asked.total is not None, asked.method == "equity"),
        "--enlarge": (asked.enlarge, asked.method == "equity"),
        "--aim": (asked.aim != "worst_tenth", asked.method == "equity"),
        "--decay": (asked.decay is not None, asked.method == "equity"),
    }
    return [
        wrong(
            Text(f"方法 {asked.method} 不用 {option}", f"method {asked.method} does not use {option}"),
            Text(f"去掉 {option},或换一种方法", f"leave {option} out, or choose another method"),
        )
        for option, (stated, used) in given.items()
        if stated and not used
    ]


def unfit(asked: Asked, board: Board) -> list[Problem]:
    """Return what the region lacks for a method."""
    nearest = asked.method in ("median", "center")
    out = (_nobody(board) or _too_many(asked, board)) if nearest else []
    unknown = int((~np.isfinite(board.capacity)).sum())
    if out or asked.method not in ("capacity", "equity") or not unknown:
        return out
    return [
        Problem(
            what=Text(
                f"{unknown} 处 {asked.kind} 没有容量",
                f"{unknown} places of kind {asked.kind} have no capacity",
            ),
            remedy=Text("填写容量", "fill their capacity in"),
            file="places.csv",
            column="capacity",
        )
    ]


def _nobody(board: Board) -> list[Problem]:
    if (board.people > 0).any():
        return []
    return [
        Problem(
            what=Text("没有居民可服务", "there are no residents to serve"),
            remedy=Text("填写 population 列", "fill the column population in"),
            file="cells.csv",
            column="population",
        )
    ]


def _too_many(asked: Asked, board: Board) -> list[Problem]:
    count, most = asked.count or 0, len(board.candidates)
    if count <= most:
        return []
    return [
        wrong(
            Text(
                f"要求 {count} 处,候选单元格只有 {most} 个", f"{count} are asked, of {most} candidate cells"
            ),
            Text(
                "减少 --count,或放宽 --zones、--least-people",
                "ask for fewer (--count), or allow more cells (--zones, --least-people)",
            ),
        )
    ]


_OPTION = {
    "count": "--count",
    "within": "--within",
    "capacity": "--capacity",
    "per_thousand": "--per-thousand",
    "unserved": "--unserved",
    "total": "--total",
}
