"""Weights somebody sets: equal, manual, by pairwise judgements (AHP)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.weights.values import Array, Weights, label, refuse
from yipan.text import Text

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency index of random judgements for 1 to 15 indicators."""


def equal(count: int) -> Weights:
    """Return the same weight for each of `count` indicators.

    Raises
    ------
    MeasureError
        When there is no indicator.

    Examples
    --------
    >>> equal(4).values.tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if count < 1:
        refuse(
            [Problem(what=Text("没有指标", "no indicator"), remedy=Text("至少给一个", "give at least one"))]
        )
    return Weights("equal", np.full(count, 1.0 / count))


def manual(given: ArrayLike, *, names: Sequence[str] | None = None) -> Weights:
    """Return given weights scaled to sum 1.

    Raises
    ------
    MeasureError
        When a weight is negative or not a number, or all are 0.

    Examples
    --------
    >>> manual([3, 1]).values.tolist()
    [0.75, 0.25]
    >>> manual([2, -1], names=["jobs", "noise"])
    Traceback (most recent call last):
    yipan.errors.MeasureError: weights cannot be computed
      - noise: weight -1 is negative → ...
    """
    w = np.atleast_1d(np.asarray(given, dtype=np.float64))
    problems = []
    for k, value in enumerate(w):
        if not np.isfinite(value) or value < 0:
            zh, en = ("为负", "negative") if value < 0 else ("不是数", "not a number")
            problems.append(
                Problem(
                    what=Text(f"权重 {value:g} {zh}", f"weight {value:g} is {en}"),
                    remedy=Text(
                        "若指标越低越好,改指标方向,不改权重符号",
                        "turn the indicator's direction round if less is better; weights are 0 or more",
                    ),
                    column=label(names, k),
                )
            )
    if not problems and (w.ndim != 1 or w.sum() <= 0):
        problems.append(
            Problem(
                what=Text("权重之和为 0", "the weights add up to 0"),
                remedy=Text("至少给一个正的权重", "give at least one above 0"),
            )
        )
    refuse(problems)
    return Weights("manual", w / w.sum())


def ahp(judgements: ArrayLike, *, names: Sequence[str] | None = None, limit: float = 0.1) -> Weights:
    """Return weights of the analytic hierarchy process, refusing judgements that contradict each other.

    The weights are the principal eigenvector of the judgements; ``CI = (λ − n) / (n − 1)``, and the
    consistency ratio is ``CR = CI / RI`` with Saaty's random index.

    Source: T. L. Saaty (1980), *The Analytic Hierarchy Process*, McGraw-Hill.

    Parameters
    ----------
    judgements
        n × n, n at most 15: how many times as important row is as column; positive, reciprocal.
    limit
        Largest consistency ratio taken.

    Returns
    -------
    Weights
        ``details``: ``consistency_ratio`` and ``eigenvalue`` (one number each).

    Raises
    ------
    MeasureError
        When the matrix is not square, positive and reciprocal, or its consistency ratio is above `limit`;
        the message names the judgement that contradicts the rest most.

    Examples
    --------
    >>> w = ahp([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    >>> w.values.round(3).tolist(), w.details["consistency_ratio"].round(3).tolist()
    ([0.637, 0.258, 0.105], [0.033])
    """
    a = np.asarray(judgements, dtype=np.float64)
    refuse(_unsound_judgements(a))
    n = len(a)
    eigenvalues, vectors = np.linalg.eig(a)
    top = int(np.argmax(eigenvalues.real))
    w = np.abs(vectors[:, top].real)
    w /= w.sum()
    index = (float(eigenvalues[top].real) - n) / (n - 1) if n > 1 else 0.0
    ratio = max(0.0, index / RANDOM_INDEX[n - 1]) if n > 2 else 0.0
    if ratio > limit:
        refuse([_contradiction(a, w, ratio, limit, names)])
    return Weights(
        "ahp",
        w,
        details={
            "consistency_ratio": np.array([ratio]),
            "eigenvalue": np.array([float(eigenvalues[top].real)]),
        },
    )


def _unsound_judgements(a: Array) -> list[Problem]:
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not 1 <= len(a) <= len(RANDOM_INDEX):
        what = Text("判断矩阵不是 1–15 阶方阵", "the judgements are not a square table of 1 to 15 indicators")
    elif not (np.isfinite(a).all() and (a > 0).all()):
        what = Text("判断矩阵有非正数", "a judgement is not above 0")
    elif not np.allclose(a * a.T, 1.0, rtol=1e-2):
        what = Text("判断矩阵不互反", "the judgements are not reciprocal: a over b times b over a must be 1")
    else:
        return []
    return [
        Problem(
            what=what,
            remedy=Text(
                "按 1–9 标度填上三角,下三角取倒数", "judge on 1 to 9 above the diagonal, 1/x below it"
            ),
        )
    ]


def _contradiction(a: Array, w: Array, ratio: float, limit: float, names: Sequence[str] | None) -> Problem:
    off = a * w[None, :] / w[:, None]  # 1 where a judgement equals the ratio of the weights
    i, j = np.unravel_index(int(np.argmax(off)), off.shape)
    one, two = label(names, int(i)), label(names, int(j))
    said, implied = f"{a[i, j]:.3g}", f"{w[i] / w[j]:.3g}"
    return Problem(
        what=Text(
            f"判断自相矛盾:一致性比率 {ratio:.3f} 大于 {limit:g};"
            f"“{one}”对“{two}”判为 {said},其余判断意味着 {implied}",
            f"judgements contradict each other: consistency ratio {ratio:.3f} is above {limit:g}; "
            f"{one} over {two} is judged {said}, the others together say {implied}",
        ),
        remedy=Text("先复核这一判断", "reconsider that judgement first"),
    )
