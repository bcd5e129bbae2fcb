r"""Whether places grow together: sigma (is the spread falling?) and beta (do poor ones grow faster?).

Sigma: the standard deviation of ln y and the coefficient of variation, both with n − 1. Beta:
:math:`\frac{1}{T}\ln\frac{y_T}{y_0} = a + b \ln y_0`; speed :math:`-\ln(1 + bT)/T`, half-life
:math:`\ln 2 / \text{speed}`. Source: R. J. Barro & X. Sala-i-Martin (1992), *Journal of Political Economy*
100(2), 223–251. A negative b alone does not show that the spread falls (Galton's fallacy): read both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from yipan.errors import Problem
from yipan.measure.coordination.checks import (
    Floats,
    floats,
    labels,
    named,
    not_numbers,
    problem,
    refuse,
    warning,
    wrong_lengths,
)
from yipan.text import Text

_WHAT = Text("收敛无法检验", "convergence cannot be tested")


@dataclass(frozen=True)
class Sigma:
    """Spread by year.

    Parameters
    ----------
    sd_log, cv
        Standard deviation of ln y and coefficient of variation, shape (years,).
    trend
        Change of `sd_log` a year by least squares; negative: the spread falls. NaN with one year.
    """

    years: tuple[int, ...]
    sd_log: Floats
    cv: Floats
    trend: float


@dataclass(frozen=True, slots=True)
class Beta:
    """Regression of yearly growth on the start.

    Parameters
    ----------
    alpha, b, se, t, p, r2
        Intercept, slope with its standard error, t and two-sided p, and share explained.
    speed, half_life
        Of convergence, a year and in years; NaN where b shows none (0 or above) or passes all bounds.
    units
        Number of units.
    residuals
        Of the regression, shape (units,): where `moran` finds them alike between neighbours, the errors are
        not independent and the p value is too small.
    """

    alpha: float
    b: float
    se: float
    t: float
    p: float
    r2: float
    speed: float
    half_life: float
    units: int
    residuals: Floats
    problems: tuple[Problem, ...] = ()


def sigma_convergence(values: ArrayLike, years: Sequence[int]) -> Sigma:
    """Return the spread between units for each year (formulas: see the module).

    Parameters
    ----------
    values
        Above 0 (per head, one price level), shape (units, years), at least two units.
    years
        Year of each column.

    Raises
    ------
    MeasureError
        When values are missing, 0 or negative, or years do not fit.

    Examples
    --------
    >>> s = sigma_convergence([[1.0, 2.0], [4.0, 4.0]], [2010, 2020])
    >>> s.sd_log.round(4).tolist(), round(s.trend, 4)  # ln 4 / √2, ln 2 / √2
    ([0.9803, 0.4901], -0.049)
    """
    y = floats(values)
    if y.ndim != 2:
        y = y.reshape(len(y), -1)
    problems = [
        *wrong_lengths({"columns": y.shape[1], "years": len(set(years))}),
        *_positive(y, "values"),
        *_few(len(y), 2),
    ]
    refuse(_WHAT, problems)
    spread = np.log(y).std(axis=0, ddof=1)
    trend = float(np.polyfit(np.asarray(years, dtype=np.float64), spread, 1)[0]) if len(years) > 1 else np.nan
    return Sigma(tuple(years), spread, y.std(axis=0, ddof=1) / y.mean(axis=0), trend)


def beta_convergence(start: ArrayLike, end: ArrayLike, *, years: float) -> Beta:
    """Return whether units that started lower grew faster (formulas: see the module).

    Parameters
    ----------
    start, end
        Values above 0 at both ends, one a unit in the same order, at least three units.
    years
        Between both ends.

    Raises
    ------
    MeasureError
        When values are missing, 0 or negative, all starts are equal, or there are fewer than three units
        (two lie on any line).

    Examples
    --------
    >>> import math
    >>> b = beta_convergence([1.0, math.e, math.e**2], [math.e, math.e**1.5, math.e**2], years=10)
    >>> round(b.b, 4), round(b.speed, 4), round(b.half_life, 1)  # growth 0.1, 0.05, 0; −ln 0.5 / 10
    (-0.05, 0.0693, 10.0)
    """
    y0, y1 = floats(start).ravel(), floats(end).ravel()
    problems = [
        *wrong_lengths({"start": y0.size, "end": y1.size}),
        *_positive(y0[:, None], "start"),
        *_positive(y1[:, None], "end"),
        *_few(y0.size, 3),
        *_spell(y0, years),
    ]
    refuse(_WHAT, problems)
    n, x, growth = len(y0), np.log(y0), np.log(y1 / y0) / years
    centred = x - x.mean()
    sxx = float(centred @ centred)
    b = float(centred @ growth) / sxx
    alpha = float(growth.mean()) - b * float(x.mean())
    residual, total = growth - alpha - b * x, growth - growth.mean()
    left, all_ = float(residual @ residual), float(total @ total)
    se = float(np.sqrt(left / (n - 2) / sxx))
    t = b / se if se > 0 else float(np.copysign(np.inf, b))
    inside = 1.0 + b * years
    speed = float(-np.log(inside) / years) if 0.0 < inside < 1.0 else float("nan")
    return Beta(
        alpha=alpha,
        b=b,
        se=se,
        t=t,
        p=2.0 * float(stats.t.sf(abs(t), n - 2)),
        r2=1.0 - left / all_ if all_ > 0 else float("nan"),
        speed=speed,
        half_life=float(np.log(2.0)) / speed,
        units=n,
        residuals=residual,
        problems=_told(inside),
    )


def _told(inside: float) -> tuple[Problem, ...]:
    if 0.0 < inside < 1.0:
        return ()
    what = (
        Text(
            "b 不小于 0:没有收敛,速度与半衰期无定义",
            "b is not below 0: no convergence, so no speed or half-life",
        )
        if inside >= 1.0
        else Text(
            "1 + bT ≤ 0:后来者超过了先行者,速度无定义",
            "1 + bT is not above 0: laggards overtook, no speed is defined",
        )
    )
    return (warning(what, Text("与 σ 一并解读", "read together with sigma"), column="b"),)


def _positive(y: Floats, column: str) -> list[Problem]:
    out = not_numbers(y, column=column)
    low = (y <= 0).any(axis=1)
    if low.any():
        who = named(labels(None, len(y)), low)
        out.append(
            problem(
                Text(
                    f"第 {who} 个单元的值不大于 0,没有对数",
                    f"values of units {who} are not above 0: no logarithm",
                ),
                Text("核对,或去掉这些单元", "check them, or leave these units out"),
                column=column,
            )
        )
    return out


def _few(units: int, least: int) -> list[Problem]:
    if units >= least:
        return []
    return [
        problem(
            Text(
                f"只有 {units} 个单元,至少需要 {least} 个", f"only {units} units, at least {least} are needed"
            ),
            Text("用更多或更细的单元", "use more or finer units"),
        )
    ]


def _spell(y0: Floats, years: float) -> list[Problem]:
    out = []
    if not (np.isfinite(years) and years > 0):
        out.append(
            problem(
                Text("年数须大于 0", "years must be above 0"),
                Text("填写两端相隔的年数", "give the years between both ends"),
                column="years",
            )
        )
    if y0.size and np.ptp(y0) == 0:
        out.append(
            problem(
                Text("各单元起点相同,无法回归", "all starts are equal: no regression"),
                Text("换一个起始年", "choose another first year"),
                column="start",
            )
        )
    return out
