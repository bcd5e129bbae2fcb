"""What every figure of this package refuses with: problems gathered, then raised all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.errors import MeasureError, Problem, Severity, errors_of
from yipan.text import Text

Floats = NDArray[np.float64]
_NAMED = 5


def problem(what: Text, remedy: Text, *, column: str = "", severity: Severity = "error") -> Problem:
    """Return a problem of an argument (`column` is its name)."""
    return Problem(what=what, remedy=remedy, column=column, severity=severity)


def warning(what: Text, remedy: Text, *, column: str = "") -> Problem:
    """Return a problem that only needs to be known."""
    return problem(what, remedy, column=column, severity="warning")


def refuse(message: Text, problems: Sequence[Problem]) -> None:
    """Raise `MeasureError` with all `problems` when one of them is an error."""
    if errors_of(problems):
        raise MeasureError(message, problems=problems)


def floats(values: ArrayLike) -> Floats:
    """Return numbers as float64; what is no number becomes NaN (and is found by the caller's checks)."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raw = np.asarray(values, dtype=object)
        return np.array([_number(v) for v in raw.ravel()], dtype=np.float64).reshape(raw.shape)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")


def named(names: Sequence[str], chosen: ArrayLike) -> str:
    """Return the chosen names as one text, the first five and how many more.

    Examples
    --------
    >>> named(["a", "b", "c"], np.array([True, False, True]))
    'a, c'
    """
    some = [str(names[int(i)]) for i in np.flatnonzero(np.asarray(chosen, dtype=np.bool_))]
    rest = f" … +{len(some) - _NAMED}" if len(some) > _NAMED else ""
    return ", ".join(some[:_NAMED]) + rest


def labels(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return names as texts, or 1, 2, 3 … where there are none."""
    return tuple(str(i + 1) for i in range(count)) if names is None else tuple(str(n) for n in names)


def wrong_lengths(lengths: dict[str, int]) -> list[Problem]:
    """Return a problem when arguments that belong together have different lengths."""
    if len(set(lengths.values())) <= 1:
        return []
    told = ", ".join(f"{name} {n}" for name, n in lengths.items())
    return [
        problem(
            Text(f"长度不一致:{told}", f"lengths differ: {told}"),
            Text("每个单元各给一个值", "give one value for each unit"),
        )
    ]


def not_numbers(values: Floats, *, column: str, names: Sequence[str] | None = None) -> list[Problem]:
    """Return a problem when values are missing or infinite (names: one a row)."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return []
    rows = bad.reshape(len(values), -1).any(axis=1)
    who = named(labels(names, len(values)), rows)
    return [
        problem(
            Text(f"缺失或不是有限数字:{who}", f"missing or not a finite number: {who}"),
            Text("补齐这些值,或去掉这些单元", "supply these values or leave these units out"),
            column=column,
        )
    ]
