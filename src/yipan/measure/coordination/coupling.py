r"""Coupling coordination degree: whether subsystems (production, living, ecology …) keep up with each other.

Three forms of the coupling degree C of n subsystem scores U in [0, 1]:

``standard``
    :math:`C = \left[\prod U_k / \bar U^{\,n}\right]^{1/n}`, the geometric over the arithmetic mean.
``wang``
    :math:`C = \sqrt{\left[1 - \frac{\sum_{i>j} |U_i - U_j|}{n(n-1)/2}\right]
    \left[\prod U_k / \max U\right]^{1/(n-1)}}` (each U over the largest), Wang Shujia
    et al. (2021), *Journal of Natural Resources* 36(3), 793–810: spread over all of [0, 1], not only near 1.
``fan``
    :math:`C = 1 - 2\,\mathrm{sd}(U)` with the population standard deviation.

Then :math:`T = \sum a_k U_k` with :math:`\sum a_k = 1` and :math:`D = \sqrt{C\,T}`. Degrees of runs that were
normalised over different samples must never be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from yipan.errors import Problem
from yipan.measure.coordination.checks import Floats, floats, labels, named, problem, refuse, warning
from yipan.text import Text

Form = Literal["standard", "wang", "fan"]
FORMS: tuple[Form, ...] = ("standard", "wang", "fan")
"""Forms of the coupling degree."""
CLASSES: tuple[Text, ...] = (
    Text("极度失调", "extreme imbalance"),
    Text("严重失调", "severe imbalance"),
    Text("中度失调", "moderate imbalance"),
    Text("轻度失调", "mild imbalance"),
    Text("濒临失调", "verge of imbalance"),
    Text("勉强协调", "bare coordination"),
    Text("初级协调", "primary coordination"),
    Text("中级协调", "intermediate coordination"),
    Text("良好协调", "good coordination"),
    Text("优质协调", "excellent coordination"),
)
"""Names of the ten classes of D; class k holds D from 0.1 (k − 1) until before 0.1 k, class 10 also 1."""
MISUSED: Mapping[str, Text] = {
    "power-half": Text(
        "指数固定为 1/2(n>2 时)会扭曲 C,各研究之间不可比(刘春林 2017)",
        "the power 1/2 kept for more than two subsystems distorts C, so that studies cannot be compared",
    ),
    "no-coefficient": Text(
        "缺系数 n:[ΠU/(ΣU)^n]^(1/n) 最大只有 1/n,常用的 D 等级失去意义",
        "the coefficient n is lost: [ΠU / (ΣU)^n]^(1/n) is at most 1/n, and the classes of D mean nothing",
    ),
    "pairwise": Text(
        "两两之和作分母:n=3 时最大 1/2,n≥4 时连量纲都不对",
        "sums of pairs below: at most 1/2 for three subsystems, and not even free of scale from four on",
    ),
}
"""Forms found in the literature that are refused, and why (Wang Shujia et al. 2021; Liu Chunlin 2017)."""
LOW_T, HIGH_C = 0.3, 0.9
"""Units with T below and C above these are named in a warning: well coupled, because equally poor."""
_WHAT = Text("耦合协调度无法计算", "the coupling coordination degree cannot be computed")


@dataclass(frozen=True)
class Coupling:
    """Coupling coordination degrees, one a unit.

    Parameters
    ----------
    c, t, d
        Coupling degree, comprehensive score and coordination degree, each 0–1, shape (units,). NaN where a
        subsystem score is missing; `c` is NaN too where every subsystem is 0 (`d` is then 0).
    classes
        1–10 (see `CLASSES`), 0 where `d` is missing.
    laggards
        Subsystems with the lowest score of each unit; none where all are equal or one is missing.
    problems
        Warnings: zero subsystems, missing scores, units coupled at a low level.
    """

    form: Form
    units: tuple[str, ...]
    subsystems: tuple[str, ...]
    weights: tuple[float, ...]
    c: Floats
    t: Floats
    d: Floats
    classes: NDArray[np.int64]
    laggards: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()

    def class_names(self) -> tuple[Text, ...]:
        """Return the name of each unit's class, an empty text where it has none."""
        return tuple(CLASSES[k - 1] if k else Text("", "") for k in self.classes.tolist())

    def table(self) -> pd.DataFrame:
        """Return C, T, D, class and laggard (joined by ``|``) as columns, one row a unit."""
        lag = ["|".join(names) for names in self.laggards]
        columns = {"C": self.c, "T": self.t, "D": self.d, "class": self.classes, "laggard": lag}
        return pd.DataFrame(columns, index=pd.Index(self.units))


def coupling_coordination(
    scores: ArrayLike,
    form: Form = "standard",
    *,
    weights: Sequence[float] | None = None,
    units: Sequence[str] | None = None,
    subsystems: Sequence[str] | None = None,
) -> Coupling:
    """Return how well the subsystems of each unit keep up with each other (formulas: see the module).

    Parameters
    ----------
    scores
        Subsystem scores in [0, 1], shape (units, subsystems), at least two subsystems. A missing score leaves
        the unit without a degree; a score of 0 makes C and D 0 in the standard and Wang forms: both are told
        in ``problems``.
    form
        ``standard``, ``wang`` or ``fan``; the misuses named in `MISUSED` are refused with the reason.
    weights
        Of the subsystems in T: not negative, sum 1. Equal by default.
    units, subsystems
        Names; 1, 2, 3 … by default.

    Raises
    ------
    MeasureError
        When scores lie outside [0, 1], there are fewer than two subsystems, the weights do not sum to 1, or
        the form is not known.

    Examples
    --------
    >>> r = coupling_coordination([[0.2, 0.8], [0.5, 0.5]], subsystems=["ecology", "economy"])
    >>> r.c.tolist(), r.t.tolist(), r.d.round(4).tolist()  # C = 2 √0.16 / 1
    ([0.8, 1.0], [0.5, 0.5], [0.6325, 0.7071])
    >>> r.laggards, r.class_names()[0].en
    ((('ecology',), ()), 'primary coordination')
    >>> coupling_coordination([[0.2, 0.8]], "wang").c.round(4).tolist()  # √(0.4 × 0.25)
    [0.3162]
    """
    u = floats(scores)
    a = _weights(u, weights)
    refuse(_WHAT, [*_form_problems(form), *_score_problems(u, subsystems), *_weight_problems(a, u)])
    rows, cols = labels(units, len(u)), labels(subsystems, u.shape[1])
    missing = np.isnan(u).any(axis=1)
    c, t = coupling_degree(u, form), u @ a
    d = np.sqrt(np.where(np.isnan(c) & ~missing, 0.0, c) * t)
    return Coupling(
        form=form,
        units=rows,
        subsystems=cols,
        weights=tuple(a.tolist()),
        c=c,
        t=t,
        d=d,
        classes=classes_of(d),
        laggards=tuple(_laggards(row, cols) for row in u),
        problems=tuple(_remarks(u, c, t, form, rows)),
    )


def coupling_degree(scores: ArrayLike, form: Form = "standard", *, axis: int = -1) -> Floats:
    """Return C along one axis of scores in [0, 1] (any shape).

    NaN where one score is missing; in the standard and Wang forms also where every score is 0.

    Examples
    --------
    >>> coupling_degree([0.2, 0.4, 0.6], "fan").round(4)  # sd = √(0.08 / 3)
    np.float64(0.6734)
    """
    u = np.moveaxis(floats(scores), axis, 0)
    if form == "fan":
        fan: Floats = 1.0 - 2.0 * u.std(axis=0)
        return fan
    n, most = len(u), u.max(axis=0)
    share = np.divide(u, most, out=np.full(u.shape, np.nan), where=most > 0)  # of the best: no underflow
    if form == "standard":
        return np.asarray(share.prod(axis=0) ** (1.0 / n) / share.mean(axis=0))
    apart = np.zeros(most.shape)
    for a in range(1, n):
        for b in range(a):
            apart += np.abs(u[a] - u[b])
    level = np.clip(1.0 - apart / (n * (n - 1) / 2.0), 0.0, 1.0)
    return np.asarray(np.sqrt(level * share.prod(axis=0) ** (1.0 / (n - 1))))


def classes_of(degrees: ArrayLike) -> NDArray[np.int64]:
    """Return the class 1–10 of each D by edges 0.1 (the lower edge belongs to the class); 0 where D is NaN.

    Examples
    --------
    >>> classes_of([0.0, 0.0999, 0.1, 0.3, 1.0, float("nan")]).tolist()
    [1, 1, 2, 4, 10, 0]
    """
    d = floats(degrees)
    edges = np.arange(1, 10) / 10
    return np.where(np.isnan(d), 0, np.searchsorted(edges, d, side="right") + 1).astype(np.int64)


def _weights(u: Floats, weights: Sequence[float] | None) -> Floats:
    n = u.shape[1] if u.ndim == 2 else 0
    return np.full(n, 1.0 / n if n else 0.0) if weights is None else floats(weights)


def _form_problems(form: str) -> list[Problem]:
    if form in FORMS:
        return []
    why = MISUSED.get(form, Text(f"没有形式 {form!r}", f"there is no form {form!r}"))
    return [problem(why, Text("改用 standard、wang 或 fan", "use standard, wang or fan"), column="form")]


def _score_problems(u: Floats, subsystems: Sequence[str] | None) -> list[Problem]:
    if u.ndim != 2 or u.shape[1] < 2:
        return [
            problem(
                Text("至少需要两个子系统", "at least two subsystems are needed"),
                Text("给出 单元 × 子系统 的得分表", "give a table of units × subsystems"),
                column="scores",
            )
        ]
    out = []
    if ((u < 0) | (u > 1)).any():
        out.append(
            problem(
                Text(
                    f"得分不在 0–1 之间(最小 {np.nanmin(u):.4g},最大 {np.nanmax(u):.4g})",
                    f"scores lie outside 0–1 (least {np.nanmin(u):.4g}, most {np.nanmax(u):.4g})",
                ),
                Text("先归一化;0–100 的得分除以 100", "normalise first; divide scores of 0–100 by 100"),
                column="scores",
            )
        )
    if subsystems is not None and len(subsystems) != u.shape[1]:
        out.append(
            problem(
                Text(
                    f"{len(subsystems)} 个名称,{u.shape[1]} 列",
                    f"{len(subsystems)} names for {u.shape[1]} columns",
                ),
                Text("每列给一个名称", "name every column"),
                column="subsystems",
            )
        )
    return out


def _weight_problems(a: Floats, u: Floats) -> list[Problem]:
    if u.ndim != 2 or u.shape[1] < 2:
        return []
    sound = a.shape == (u.shape[1],) and bool(np.isfinite(a).all() and (a >= 0).all())
    if sound and abs(float(a.sum()) - 1.0) <= 1e-9:
        return []
    return [
        problem(
            Text(
                f"权重应为 {u.shape[1]} 个非负数,合计 1(现合计 {np.nansum(a):.6g})",
                f"weights must be {u.shape[1]} numbers, not negative, summing to 1 (now {np.nansum(a):.6g})",
            ),
            Text("各权重除以它们的合计", "divide each weight by their sum"),
            column="weights",
        )
    ]


def _laggards(row: Floats, names: tuple[str, ...]) -> tuple[str, ...]:
    if np.isnan(row).any() or row.min() == row.max():
        return ()
    return tuple(n for n, low in zip(names, row == row.min(), strict=True) if low)


def _remarks(u: Floats, c: Floats, t: Floats, form: Form, units: tuple[str, ...]) -> list[Problem]:
    missing, zero = np.isnan(u).any(axis=1), (u == 0).any(axis=1)
    empty = (u == 0).all(axis=1)
    alike = ~missing & ~empty & (c >= HIGH_C) & (t < LOW_T)
    found = [
        (
            missing,
            Text("有子系统得分缺失,没有协调度", "a subsystem score is missing: no degree"),
            Text("补齐得分", "supply the score"),
        ),
        (
            zero & ~missing & ~empty & (form != "fan"),
            Text("有子系统得分为 0,C 与 D 因此为 0", "a subsystem is 0, so C and D are 0"),
            Text(
                "若 0 来自极差归一化,可改归一到 [0.01, 1] 并注明",
                "where the 0 comes from min-max, normalise to [0.01, 1] and say so",
            ),
        ),
        (
            empty,
            Text("全部子系统为 0:D 为 0", "every subsystem is 0: D is 0"),
            Text("核对得分", "check the scores"),
        ),
        (
            alike,
            Text(
                "各子系统水平都低而彼此接近:C 高只因同样落后", "equally poor: C is high, the level T is low"
            ),
            Text("看 D 与 T,不要只看 C", "read D and T, not C alone"),
        ),
    ]
    return [
        warning(
            Text(f"{what.zh}:{named(units, who)}", f"{what.en}: {named(units, who)}"), remedy, column="scores"
        )
        for who, what, remedy in found
        if who.any()
    ]
