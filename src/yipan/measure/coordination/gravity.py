r"""Gravity linkages: what flows between places, explained by their size and the travel time between them.

:math:`E[T_{ij}] = \exp(k + \sum_a \alpha_a \ln P_{ai} + \sum_b \beta_b \ln Q_{bj} + \gamma f(t_{ij}))` with
:math:`f(t) = \ln t` (power) or :math:`t` (exponential), estimated by Poisson pseudo maximum likelihood, which
keeps flows of 0: J. M. C. Santos Silva & S. Tenreyro (2006), *Review of Economics and Statistics* 88(4),
641–658. Fixed effects of origins, destinations or both make constrained models (A. G. Wilson 1971).
Regressing the logarithm of flows drops the zeros and is not offered; nor is a distance power fixed at 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import gammaln, xlogy

from yipan.errors import Problem
from yipan.measure.coordination.checks import (
    Floats,
    floats,
    not_numbers,
    problem,
    refuse,
    warning,
    wrong_lengths,
)
from yipan.text import Text

Decay = Literal["power", "exponential"]
Effects = Literal["none", "origin", "destination", "both"]
_STEPS, _CLOSE = 200, 1e-12
_NOTHING = 1e-12  # of the mean: an expected flow that only an infinite coefficient gives
_WHAT = Text("引力模型无法估计", "the gravity model cannot be estimated")


@dataclass(frozen=True)
class PoissonFit:
    """A Poisson regression.

    Parameters
    ----------
    names, coefficients, errors
        Of each column; standard errors are robust (sandwich), so the variance need not equal the mean.
    fitted
        Expected values, shape (rows,).
    deviance, aic, pseudo_r2
        Deviance; Akaike's criterion of the full likelihood; squared correlation of values and fitted ones.
    steps
        Newton steps taken.
    """

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    fitted: Floats
    deviance: float
    aic: float
    pseudo_r2: float
    steps: int

    def table(self) -> pd.DataFrame:
        """Return coefficient, robust error, z and two-sided p by name."""
        z = self.coefficients / self.errors
        columns = {
            "coefficient": self.coefficients,
            "error": self.errors,
            "z": z,
            "p": 2 * stats.norm.sf(np.abs(z)),
        }
        return pd.DataFrame(columns, index=pd.Index(self.names))


@dataclass(frozen=True)
class GravityModel:
    """A gravity model of flows.

    Parameters
    ----------
    fit
        The regression; the coefficient of travel time is named ``time``.
    expected
        Expected flow of each pair given, NaN for pairs without a way; shape (pairs,).
    problems
        Pairs and places left out, and why.
    """

    fit: PoissonFit
    decay: Decay
    effects: Effects
    expected: Floats
    problems: tuple[Problem, ...] = ()


def poisson_fit(values: ArrayLike, columns: Mapping[str, ArrayLike]) -> PoissonFit:
    """Return the Poisson regression (log link) of values on columns by Newton's method with step halving.

    Parameters
    ----------
    values
        Not negative, zeros welcome, shape (rows,).
    columns
        One or more, by name, shape (rows,) each; a column of ones is the constant.

    Raises
    ------
    MeasureError
        When values are negative, missing or all 0, there are not more rows than columns, columns depend on
        each other, or the search does not settle (a column tells zeros and others apart perfectly).

    Examples
    --------
    >>> fit = poisson_fit([1, 3, 2, 6], {"constant": [1, 1, 1, 1], "large": [0, 1, 0, 1]})
    >>> np.exp(fit.coefficients).round(4).tolist()  # means 1.5 and 4.5
    [1.5, 3.0]
    """
    y = floats(values).ravel()
    x = np.column_stack([floats(c).ravel() for c in columns.values()])
    refuse(_WHAT, _design_problems(y, x, tuple(columns)))
    size = np.abs(x).max(axis=0)  # columns of one size, for a sound Hessian
    beta, mu, steps = _newton(y, x / size)
    if steps > _STEPS or (mu[y == 0] < _NOTHING * y.mean()).any():
        what = Text(
            "估计不收敛:某列把零流量与其余完全分开",
            "a column parts zeros from the rest perfectly: no estimate",
        )
        refuse(
            _WHAT,
            [problem(what, Text("去掉该列,或合并单元", "drop that column or merge units"), column="columns")],
        )
    beta = beta / size
    bread = np.linalg.inv((x / size).T @ ((x / size) * mu[:, None])) / np.outer(size, size)
    scores = x * (y - mu)[:, None]
    deviance = 2.0 * float((xlogy(y, y) - xlogy(y, mu) - (y - mu)).sum())
    likelihood = float((xlogy(y, mu) - mu - gammaln(y + 1.0)).sum())
    alike = float(np.corrcoef(y, mu)[0, 1]) if np.ptp(y) > 0 and np.ptp(mu) > 0 else float("nan")
    return PoissonFit(
        names=tuple(columns),
        coefficients=beta,
        errors=np.sqrt(np.maximum(np.diag(bread @ (scores.T @ scores) @ bread), 0.0)),
        fitted=mu,
        deviance=deviance,
        aic=2.0 * x.shape[1] - 2.0 * likelihood,
        pseudo_r2=alike**2,
        steps=steps,
    )


def gravity_model(
    flows: ArrayLike,
    minutes: ArrayLike,
    *,
    origins: Sequence[str],
    destinations: Sequence[str],
    origin_sizes: Mapping[str, ArrayLike] | None = None,
    destination_sizes: Mapping[str, ArrayLike] | None = None,
    decay: Decay = "power",
    effects: Effects = "none",
) -> GravityModel:
    """Return the gravity model of flows between places (formulas: see the module).

    Parameters
    ----------
    flows, minutes
        Of each ordered pair: the flow (not negative, 0 where there is none) and the travel time (infinite
        without a way: left out and told in ``problems``), shape (pairs,). Leave out flows within a place.
    origins, destinations
        Names of both ends of each pair.
    origin_sizes, destination_sizes
        Sizes by name (residents, GDP), above 0, one a pair; they enter as logarithms. Not for an end that has
        fixed effects.
    decay
        ``power`` of the time or ``exponential``.
    effects
        Fixed effects: ``none``, ``origin`` (outflows are met exactly), ``destination`` or ``both``. Places
        whose flows are all 0 have no finite effect: their pairs are left out, expected 0.

    Raises
    ------
    MeasureError
        When flows are negative, missing or all 0, times or sizes are 0 or missing, lengths differ, a size
        doubles a fixed effect, an option is unknown, or too few pairs remain.

    Examples
    --------
    >>> flows, minutes = [80.0, 20.0, 40.0, 20.0], [10.0, 20.0, 10.0, 20.0]
    >>> model = gravity_model(flows, minutes, origins=list("aabb"), destinations=list("xyyx"))
    >>> round(float(model.fit.coefficients[-1]), 4)  # mean 60 at 10 min, 20 at 20 min: ln(1/3) / ln 2
    -1.585
    """
    y, t = floats(flows).ravel(), floats(minutes).ravel()
    start, end = np.asarray(origins, dtype=str), np.asarray(destinations, dtype=str)
    sizes = _sizes(origin_sizes or {}, destination_sizes or {})
    problems = [
        *wrong_lengths(
            {"flows": y.size, "minutes": t.size, "origins": start.size, "destinations": end.size}
            | {name: v.size for name, v in sizes.items()}
        ),
        *_flow_problems(y, t, sizes),
        *_doubled(origin_sizes, destination_sizes, effects),
        *_option_problems(decay, effects),
    ]
    refuse(_WHAT, problems)
    keep, told = _kept(y, t, start, end, effects)
    columns = _columns(
        t[keep], {k: v[keep] for k, v in sizes.items()}, (start[keep], end[keep]), decay, effects
    )
    fit = poisson_fit(y[keep], columns)
    expected = np.where(np.isinf(t), np.nan, 0.0)
    expected[keep] = fit.fitted
    return GravityModel(fit, decay, effects, expected, tuple(told))


def _newton(y: Floats, x: Floats) -> tuple[Floats, Floats, int]:
    """Return coefficients, fitted values and steps (more than `_STEPS` when it does not settle)."""
    mu = (y + y.mean()) / 2.0
    eta = np.log(mu)
    root = np.sqrt(mu)
    beta = np.linalg.lstsq(x * root[:, None], (eta + (y - mu) / mu) * root, rcond=None)[0]
    old = _deviance(y, x @ beta)
    for step in range(1, _STEPS + 1):
        mu = np.exp(np.clip(x @ beta, -700.0, 700.0))
        move = np.linalg.lstsq(x * np.sqrt(mu)[:, None], (y - mu) / np.sqrt(mu), rcond=None)[0]
        for _ in range(60):  # Newton may overshoot: halve until it does not get worse
            new = _deviance(y, x @ (beta + move))
            if new <= old * (1 + 1e-14) + 1e-14:
                break
            move = move / 2.0
        beta = beta + move
        if np.abs(move).max() <= _CLOSE * (1.0 + np.abs(beta).max()):
            return beta, np.exp(x @ beta), step
        old = new
    return beta, np.exp(np.clip(x @ beta, -700.0, 700.0)), _STEPS + 1


def _deviance(y: Floats, eta: Floats) -> float:
    """Return the deviance up to a constant of the values, infinite where it overflows."""
    if eta.max(initial=0.0) > 700.0:
        return float("inf")
    return 2.0 * float((np.exp(eta) - y * eta).sum() + (xlogy(y, y) - y).sum())


def _columns(
    t: Floats,
    sizes: Mapping[str, Floats],
    ends: tuple[NDArray[np.str_], NDArray[np.str_]],
    decay: Decay,
    effects: Effects,
) -> dict[str, Floats]:
    columns = {"constant": np.ones(len(t))}
    for kind, names in zip(("origin", "destination"), ends, strict=True):
        if effects in (kind, "both"):
            for name in np.unique(names)[1:]:  # the first one is the base
                columns[f"{kind} {name}"] = (names == name).astype(np.float64)
    columns |= {name: np.log(v) for name, v in sizes.items()}
    return columns | {"time": np.log(t) if decay == "power" else t}


def _sizes(origin: Mapping[str, ArrayLike], destination: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    out = {f"ln {name} of origin": floats(v).ravel() for name, v in origin.items()}
    return out | {f"ln {name} of destination": floats(v).ravel() for name, v in destination.items()}


def _flow_problems(y: Floats, t: Floats, sizes: Mapping[str, Floats]) -> list[Problem]:
    out = not_numbers(y, column="flows")
    found = [
        (
            (y < 0).any(),
            "flows",
            Text("流量为负", "negative flows"),
            Text("给出非负流量", "give flows of 0 or more"),
        ),
        (
            y.size > 0 and not (y != 0).any(),
            "flows",
            Text("所有流量为 0", "all flows are 0"),
            Text("没有可解释的流量", "there is nothing to explain"),
        ),
        (
            np.isnan(t).any() or (t <= 0).any(),
            "minutes",
            Text("出行时间缺失或不大于 0", "travel times are missing or not above 0"),
            Text("补齐,并去掉地方内部的流量", "supply them, leave out flows within a place"),
        ),
    ]
    out += [problem(what, remedy, column=column) for is_so, column, what, remedy in found if is_so]
    for name, v in sizes.items():
        if not (np.isfinite(v) & (v > 0)).all():
            what = Text(f"规模“{name}”缺失或不大于 0", f"sizes '{name}' are missing or not above 0")
            out.append(problem(what, Text("去掉这些地方", "leave these places out"), column=name))
    return out


def _option_problems(decay: str, effects: str) -> list[Problem]:
    known = (("decay", decay, get_args(Decay)), ("effects", effects, get_args(Effects)))
    return [
        problem(
            Text(f"没有 {name} {value!r}", f"there is no {name} {value!r}"),
            Text(f"可用:{', '.join(all_)}", f"use {', '.join(all_)}"),
            column=name,
        )
        for name, value, all_ in known
        if value not in all_
    ]


def _doubled(
    origin: Mapping[str, ArrayLike] | None, destination: Mapping[str, ArrayLike] | None, effects: str
) -> list[Problem]:
    out = []
    for kind, zh, given in (("origin", "起点", origin), ("destination", "终点", destination)):
        if given and effects in (kind, "both"):
            what = Text(f"{zh}固定效应已含其规模", f"fixed effects of the {kind} already hold its size")
            remedy = Text(f"去掉{zh}规模或固定效应", "drop its sizes or the effects")
            out.append(problem(what, remedy, column=f"{kind}_sizes"))
    return out


def _kept(
    y: Floats, t: Floats, start: NDArray[np.str_], end: NDArray[np.str_], effects: Effects
) -> tuple[NDArray[np.bool_], list[Problem]]:
    """Return the pairs to fit, and what was left out."""
    keep, told = np.isfinite(t), []
    if not keep.all():
        what = Text(
            f"{int((~keep).sum())} 对地方之间不通", f"{int((~keep).sum())} pairs have no way between them"
        )
        told.append(warning(what, Text("未计入", "they are left out"), column="minutes"))
    silent: set[str] = set()
    before = -1
    while before != keep.sum():  # leaving pairs out may silence another place
        before = int(keep.sum())
        for kind, ends in (("origin", start), ("destination", end)):
            if effects in (kind, "both"):
                active = np.unique(ends[keep & (y > 0)])
                silent |= {f"{kind} {n}" for n in np.unique(ends[keep & ~np.isin(ends, active)])}
                keep &= np.isin(ends, active)
    if silent:
        some = ", ".join(sorted(silent)[:5])
        what = Text(f"流量全为 0,无有限效应:{some}", f"all flows are 0, no finite effect: {some}")
        told.append(
            warning(what, Text("这些对未计入,期望流量为 0", "left out, expected flows are 0"), column="flows")
        )
    return keep, told


def _design_problems(y: Floats, x: Floats, names: tuple[str, ...]) -> list[Problem]:
    out = [*wrong_lengths({"values": y.size, "rows": len(x)}), *not_numbers(y, column="values")]
    if (y < 0).any() or not (y > 0).any():
        what = Text("值为负或全为 0", "values are negative or all 0")
        out.append(
            problem(
                what, Text("给出非负且不全为 0 的值", "give values of 0 or more, not all 0"), column="values"
            )
        )
    out += not_numbers(x, column="columns")
    if len(x) <= x.shape[1]:
        what = Text(
            f"{len(x)} 行不足以估计 {x.shape[1]} 个系数",
            f"{len(x)} rows cannot give {x.shape[1]} coefficients",
        )
        out.append(problem(what, Text("增加行或减少列", "add rows or drop columns"), column="columns"))
    elif not out:
        size = np.abs(x).max(axis=0)
        if (size == 0).any() or np.linalg.matrix_rank(x / np.where(size > 0, size, 1.0)) < x.shape[1]:
            what = Text(
                f"各列线性相关:{', '.join(names[:8])}",
                f"columns depend on each other: {', '.join(names[:8])}",
            )
            out.append(problem(what, Text("去掉多余的列", "drop the superfluous ones"), column="columns"))
    return out
