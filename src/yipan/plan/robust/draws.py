"""Common random numbers: one stream for each project and kind of uncertainty, whatever else is compared."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtr, ndtri

from yipan.errors import PlanError, Problem
from yipan.plan.robust.values import Sampling, Shape
from yipan.scenario.values import Project, Ranges
from yipan.text import Text

Array = NDArray[np.float64]
Part = Literal["cost", "delay", "effect"]
PARTS: tuple[Part, ...] = ("cost", "delay", "effect")
STATED: Mapping[str, float] = {"cost": 1.0, "delay": 0.0, "effect": 1.0, "demand": 1.0}
"""What a file's own figures mean."""
_MOST = 1_000_000
_EDGE = 1e-12
_GRID = np.linspace(0.0, 1.0, 4097)


@dataclass(frozen=True)
class Inputs:
    """Uncertain inputs by (project or group, kind), one value for each draw.

    Cost, effect and demand are factors, delays are years (rounded where they are used). An input that is
    not there is as stated.
    """

    values: Mapping[tuple[str, str], Array]
    draws: int

    def of(self, name: str, kind: str) -> Array:
        """Return the values of one input."""
        found = self.values.get((name, kind))
        return np.full(self.draws, STATED[kind]) if found is None else found


def quantile(u: Array, low: float, high: float, *, stated: float, shape: Shape) -> Array:
    """Return the values of a range at given probabilities.

    Parameters
    ----------
    u
        Probabilities, 0–1.
    stated
        The mode; the nearer end where it lies outside the range.
    shape
        ``triangular``, or ``pert``: low + w x Beta(1 + 4 (m - low) / w, 1 + 4 (high - m) / w),
        w = high - low (Malcolm et al. 1959), right to 1/4096 of the width.

    Examples
    --------
    >>> quantile(np.array([0.0, 0.5, 1.0]), 0.5, 1.5, stated=1.0, shape="triangular").tolist()
    [0.5, 1.0, 1.5]
    """
    if high - low <= 0:
        return np.full_like(u, low)
    mode = min(max(stated, low), high)
    width, rise = high - low, (mode - low) / (high - low)
    if shape == "pert":
        # the inverse of the tabulated distribution: ten times as fast as inverting it for every draw
        chance = np.asarray(betainc(1 + 4 * rise, 1 + 4 * (1 - rise), _GRID), dtype=float)
        return low + width * np.interp(u, chance, _GRID)
    left = low + np.sqrt(u * width * (mode - low))
    right = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u < rise, left, right)


def ranges_for(
    projects: Iterable[Project], ranges_of: Callable[[Project], Ranges] | None
) -> dict[str, Ranges]:
    """Return the ranges of each project: its own, or where it states none those of `ranges_of`."""
    out = {}
    for p in projects:
        other = ranges_of(p) if ranges_of is not None else Ranges()
        out[p.id] = Ranges(
            cost=p.ranges.cost or other.cost,
            delay=p.ranges.delay or other.delay,
            effect=p.ranges.effect or other.effect,
            source=p.ranges.source or other.source,
        )
    return out


def draw(ranges: Mapping[str, Ranges], sampling: Sampling) -> Inputs:
    """Return the uncertain inputs of every project and of demand.

    The stream of a project depends on the seed, its id and the kind alone, so the draws of a project are the
    same in every plan, in any order of projects and whatever else is compared.
    """
    n = sampling.draws
    values: dict[tuple[str, str], Array] = {}
    for kind in PARTS:
        together = sampling.together.get(kind, 0.0)
        common = ndtri(_uniform("", kind, sampling)) if together > 0 else None
        for i in sorted(ranges):
            span: tuple[float, float] | None = getattr(ranges[i], kind)
            if span is None:
                continue
            u = _uniform(i, kind, sampling)
            if common is not None:
                u = ndtr(math.sqrt(together) * common + math.sqrt(1 - together) * ndtri(u))
            values[i, kind] = quantile(u, *span, stated=STATED[kind], shape=sampling.shape)
    for name, (low, high) in sorted(sampling.demand.items()):
        u = _uniform(name, "demand", sampling)
        values[name, "demand"] = quantile(u, low, high, stated=1.0, shape=sampling.shape)
    return Inputs(values, n)


def _uniform(name: str, kind: str, sampling: Sampling) -> Array:
    """Return numbers strictly between 0 and 1 from the stream of one input."""
    digest = hashlib.sha256(f"{sampling.seed};{kind};{name}".encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
    return np.clip(rng.random(sampling.draws), _EDGE, 1 - _EDGE)


def check_sampling(sampling: Sampling, ranges: Mapping[str, Ranges], groups: Iterable[str]) -> None:
    """Refuse ranges and settings that cannot be drawn from, all at once.

    Raises
    ------
    PlanError
        With every problem found.
    """
    problems = [*_setting_problems(sampling, set(groups))]
    for i in sorted(ranges):
        for kind in PARTS:
            span: tuple[float, float] | None = getattr(ranges[i], kind)
            least = -math.inf if kind == "effect" else 0.0
            if span is not None and not _sound(span, least):
                problems.append(_range_problem(f"{i}.{kind}", span, least))
    if problems:
        raise PlanError(Text("不确定范围有误", "the uncertainty cannot be drawn"), problems=problems)


def _sound(span: tuple[float, float], least: float = -math.inf) -> bool:
    return all(map(math.isfinite, span)) and least <= span[0] <= span[1]


def _range_problem(where: str, span: tuple[float, float], least: float) -> Problem:
    low = "" if least == -math.inf else f" ≥ {least:g}"
    return Problem(
        what=Text(f"范围 {span[0]:g}–{span[1]:g} 不成立", f"{span[0]:g} to {span[1]:g} is no range"),
        remedy=Text(f"写成(低, 高),低不大于高{low}", f"write (low, high) with low <= high{low}"),
        column=where,
    )


def _setting_problems(sampling: Sampling, groups: set[str]) -> list[Problem]:
    out = []
    if not 1 <= sampling.draws <= _MOST:
        out.append(
            Problem(
                what=Text(f"抽样 {sampling.draws} 次", f"{sampling.draws} draws"),
                remedy=Text(
                    f"取 1 至 {_MOST};一万次时概率的标准误不超过 0.005",
                    f"take 1 to {_MOST}; with 10,000 the standard error of a chance is at most 0.005",
                ),
                column="draws",
            )
        )
    if not 0 < sampling.tail <= 1:
        out.append(
            Problem(
                what=Text(f"坏情形占比 {sampling.tail:g}", f"share of bad futures {sampling.tail:g}"),
                remedy=Text("取大于 0、至多 1 的数", "give a number above 0, at most 1"),
                column="tail",
            )
        )
    out += [
        Problem(
            what=Text(f"相关系数 {v:g}", f"correlation {v:g}"),
            remedy=Text("取 0 至 1", "give a number from 0 to 1"),
            column=f"together.{k}",
        )
        for k, v in sampling.together.items()
        if not 0 <= v <= 1
    ]
    for name, span in sampling.demand.items():
        if not _sound(span, 0.0):
            out.append(_range_problem(f"demand.{name}", span, 0.0))
        if name != "all" and name not in groups:
            there = ", ".join(sorted({"all", *groups}))
            out.append(
                Problem(
                    what=Text(f"没有得分项组“{name}”", f"there is no group of terms '{name}'"),
                    remedy=Text(f"从这些中选:{there}", f"choose one of: {there}"),
                    column="demand",
                )
            )
    return out
