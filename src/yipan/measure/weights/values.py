"""What every weighting gives back, and the checks all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import MeasureError, Problem
from yipan.text import Text

Array = NDArray[np.float64]
Constant = Literal["refuse", "zero"]


@dataclass(frozen=True)
class Weights:
    """Weights of indicators, and how they came about.

    Parameters
    ----------
    method
        Name of the function that made them.
    values
        One an indicator, none negative, sum 1.
    warnings
        What a reader of the weights must know; never an error.
    details
        Intermediate figures by name (eigenvalues, consistency ratio, importance obtained …).
    """

    method: str
    values: Array
    warnings: tuple[Problem, ...] = ()
    details: Mapping[str, Array] = field(default_factory=dict)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise one `MeasureError` with all the problems, if there are any."""
    if problems:
        raise MeasureError(Text("权重无法计算", "weights cannot be computed"), problems=problems)


def warning(zh: str, en: str, *, remedy: Text, column: str = "") -> Problem:
    """Return a problem that is only a warning."""
    return Problem(what=Text(zh, en), remedy=remedy, column=column, severity="warning")


def label(names: Sequence[str] | None, k: int) -> str:
    """Return the name of indicator `k`, or its number counted from 1."""
    return names[k] if names is not None else f"#{k + 1}"


def table(
    data: ArrayLike, *, names: Sequence[str] | None = None, least: int = 2, constant: Constant = "refuse"
) -> tuple[Array, tuple[Problem, ...], NDArray[np.bool_]]:
    """Return the complete rows of a table of zones × indicators, warnings, and which columns vary.

    Rows with a missing value are left out, and a warning says how many.

    Parameters
    ----------
    data
        Zones × indicators; NaN where missing.
    names
        Of the indicators, for messages.
    least
        Complete rows that are needed.
    constant
        ``refuse`` raises where an indicator has the same value everywhere; ``zero`` warns instead.

    Raises
    ------
    MeasureError
        When the table is not two-dimensional, a value is infinite, too few rows are complete, or (with
        ``refuse``) an indicator is constant.
    """
    x = np.asarray(data, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] == 0 or (names is not None and len(names) != x.shape[1]):
        refuse(
            [
                Problem(
                    what=Text("不是区域×指标的表", "not a table of zones × indicators, one name a column"),
                    remedy=Text(
                        "每行一个区域,每列一个指标", "give one row a zone and one column an indicator"
                    ),
                )
            ]
        )
    whole = ~np.isnan(x).any(axis=1)
    rows = x[whole]
    warnings: list[Problem] = []
    if not whole.all():
        left = int((~whole).sum())
        warnings.append(
            warning(
                f"{left} 行有缺失值,未用于计算权重",
                f"{left} rows have missing values and take no part in the weights",
                remedy=Text("先插补,或说明权重来自其余的行", "impute first, or say so beside the weights"),
            )
        )
    problems = _unsound(x, rows, names=names, least=least)
    varies = np.ptp(rows, axis=0) > 0 if len(rows) else np.zeros(x.shape[1], dtype=bool)
    if not problems and constant == "refuse":
        problems = [_constant(label(names, int(k)), "error") for k in np.flatnonzero(~varies)]
    elif not problems:
        warnings += [_constant(label(names, int(k)), "warning") for k in np.flatnonzero(~varies)]
    if not problems and not varies.any():
        problems = [_constant("*", "error")]
    refuse(problems)
    return rows, tuple(warnings), varies


def _unsound(x: Array, rows: Array, *, names: Sequence[str] | None, least: int) -> list[Problem]:
    problems = [
        Problem(
            what=Text("有无穷大的值", "an infinite value"),
            remedy=Text("改为缺失或有限的数", "make it missing or finite"),
            column=label(names, int(k)),
        )
        for k in np.flatnonzero(np.isinf(x).any(axis=0))
    ]
    if len(rows) < least:
        problems.append(
            Problem(
                what=Text(
                    f"只有 {len(rows)} 行完整,至少需要 {least} 行",
                    f"only {len(rows)} complete rows, {least} are needed",
                ),
                remedy=Text(
                    "补齐数据,或改用等权、人工权重", "supply the data, or use equal or manual weights"
                ),
            )
        )
    return problems


def _constant(name: str, severity: Literal["error", "warning"]) -> Problem:
    return Problem(
        what=Text(
            "所有区域的值相同,不含区分信息,权重为 0 或无定义",
            "the same value everywhere: it tells zones apart by nothing, its weight is 0 or undefined",
        ),
        remedy=Text(
            "去掉该指标,或以 constant='zero' 明确给 0", "drop it, or give it 0 knowingly: constant='zero'"
        ),
        column=name,
        severity=severity,
    )
