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
                    Text(f"{option} 须为正数", f"{option} must be above 0"),
                    Text("给出正数", "give a number above 0"),
                )
            )
    return out


def unfit(asked: Asked, board: Board) -> list[Problem]:
    """Return what the region lacks for a method."""
    unknown = int((~np.isfinite(board.capacity)).sum())
    if asked.method not in ("capacity", "equity") or not unknown:
        return []
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


_OPTION = {
    "count": "--count",
    "within": "--within",
    "capacity": "--capacity",
    "per_thousand": "--per-thousand",
    "unserved": "--unserved",
    "total": "--total",
}
