"""Weights by principal components, never negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yipan.errors import Problem
from yipan.measure.weights.values import Array, Weights, label, refuse, table, warning
from yipan.text import Text


@dataclass(frozen=True)
class Components:
    """Principal components of the correlations, largest first.

    Parameters
    ----------
    eigenvalues
        Variance of each component; they sum to the number of indicators.
    vectors
        Indicators × components, unit length; each signed so that its entries do not sum below 0.
    """

    eigenvalues: Array
    vectors: Array


def components(data: ArrayLike, *, names: Sequence[str] | None = None) -> Components:
    """Return the principal components of the correlation matrix of zones × indicators.

    Raises
    ------
    MeasureError
        When a column is constant, or complete rows are not more than indicators: correlations of so few
        have components by accident.

    Examples
    --------
    >>> components([[1, 2], [2, 1], [3, 4], [4, 3]]).eigenvalues.round(6).tolist()
    [1.6, 0.4]
    """
    x = _rows(data, names)[0]
    return _components(x)


def _rows(data: ArrayLike, names: Sequence[str] | None) -> tuple[Array, tuple[Problem, ...]]:
    x, warnings, _ = table(data, names=names)
    n, p = x.shape
    if n <= p:
        refuse(
            [
                Problem(
                    what=Text(
                        f"{n} 个区域、{p} 个指标:区域不多于指标,主成分没有意义",
                        f"{n} zones and {p} indicators: with no more zones than indicators "
                        "the components mean nothing",
                    ),
                    remedy=Text(
                        "按支柱分别计算,合并多年数据,或用等权",
                        "weigh each pillar by itself, pool several years, or weigh equally",
                    ),
                )
            ]
        )
    if n < 3 * p:
        warnings = (
            *warnings,
            warning(
                f"{n} 个区域少于指标数 {p} 的三倍,载荷不稳定",
                f"{n} zones are fewer than three for each of {p} indicators: loadings are unstable",
                remedy=Text("合并多年数据,或减少指标", "pool several years, or use fewer indicators"),
            ),
        )
    return x, warnings


def _components(x: Array) -> Components:
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    return Components(np.ascontiguousarray(values), np.ascontiguousarray(vectors))


def pca(
    data: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    loadings: Literal["rotated", "first"] = "rotated",
) -> Weights:
    """Return weights from principal components; a negative weight is never given.

    ``rotated`` (Nicoletti): keep the components with an eigenvalue of at least 1 (at least the first), rotate
    them by varimax, square the loadings; each indicator counts on the component it loads most, with its
    share of that component's squared loadings, times the component's share of the variance explained.
    ``first``: loadings on the first component, refused where one is negative (a weighting that rewards
    less of what is better).

    Source: G. Nicoletti, S. Scarpetta & O. Boylaud (2000), OECD Economics Department Working Paper 226;
    OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, doi:10.1787/9789264043466-en.

    Parameters
    ----------
    data
        Zones × indicators, directions turned so that more is better.

    Returns
    -------
    Weights
        ``details``: ``eigenvalues``, and ``loadings`` (rotated, or of the first component).

    Raises
    ------
    MeasureError
        When a column is constant, complete rows are not more than indicators, or (with ``first``) a loading
        is negative.

    Examples
    --------
    >>> pca([[1, 2], [2, 1], [3, 4], [4, 3]]).values.round(9).tolist()
    [0.5, 0.5]
    >>> pca([[1, 4], [2, 3], [3, 1], [4, 2]], loadings="first")
    Traceback (most recent call last):
    yipan.errors.MeasureError: weights cannot be computed
      - #...: its loading on the first component is -0.707: ...
    """
    x, warnings = _rows(data, names)
    found = _components(x)
    if loadings == "first":
        first = found.vectors[:, 0]
        refuse(
            [
                Problem(
                    what=Text(
                        f"在第一主成分上的载荷为 {first[k]:.3f}:权重会为负",
                        f"its loading on the first component is {first[k]:.3f}: the weight would be negative",
                    ),
                    remedy=Text(
                        "检查方向,或用 loadings='rotated'(旋转后载荷的平方)",
                        "check its direction, or use squared rotated loadings: loadings='rotated'",
                    ),
                    column=label(names, int(k)),
                )
                for k in np.flatnonzero(first < 0)
            ]
        )
        w, table_of = first / first.sum(), first[:, None]
    else:
        kept = max(1, int((found.eigenvalues >= 1.0 - 1e-9).sum()))
        table_of = varimax(found.vectors[:, :kept] * np.sqrt(found.eigenvalues[:kept]))
        w = _nicoletti(table_of)
    return Weights("pca", w, warnings, {"eigenvalues": found.eigenvalues, "loadings": table_of})


def _nicoletti(rotated: Array) -> Array:
    squared = rotated**2
    explained = squared.sum(axis=0)
    at = np.argmax(squared, axis=1)
    rows = np.arange(len(squared))
    w = squared[rows, at] / explained[at] * (explained[at] / explained.sum())
    return np.asarray(w / w.sum(), dtype=np.float64)


def varimax(loadings: ArrayLike, *, tolerance: float = 1e-12, rounds: int = 500) -> Array:
    """Return loadings (indicators × factors) rotated so that the variance of their squares is largest.

    Factors are turned in pairs by the angle that is best for the pair, round after round, until no pair turns
    by more than `tolerance` (radians). Kaiser's row normalisation is applied and undone.

    Source: H. F. Kaiser (1958), *Psychometrika* 23, 187–200.

    Examples
    --------
    >>> import numpy as np
    >>> turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    >>> np.abs(varimax(np.array([[1.0, 0.0], [0.9, 0.0], [0.0, 0.8]]) @ turn)).round(6).tolist()
    [[0.0, 1.0], [0.0, 0.9], [0.8, 0.0]]
    """
    a = np.array(loadings, dtype=np.float64)
    length = np.sqrt((a**2).sum(axis=1, keepdims=True))
    a /= np.where(length > 0, length, 1.0)
    pairs = list(combinations(range(a.shape[1]), 2))
    for _ in range(rounds):
        if max((_turn(a, i, j) for i, j in pairs), default=0.0) <= tolerance:
            break
    return np.asarray(a * length, dtype=np.float64)


def _turn(a: Array, i: int, j: int) -> float:
    """Turn two columns in place by the angle best for them; return its size."""
    x, y = a[:, i].copy(), a[:, j].copy()
    u, v = x**2 - y**2, 2.0 * x * y
    over = 2.0 * (u @ v) - 2.0 * u.sum() * v.sum() / len(a)
    under = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / len(a)
    angle = 0.25 * float(np.arctan2(over, under))
    a[:, i] = np.cos(angle) * x + np.sin(angle) * y
    a[:, j] = -np.sin(angle) * x + np.cos(angle) * y
    return abs(angle)
