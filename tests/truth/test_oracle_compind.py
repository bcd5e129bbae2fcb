"""Benefit of the doubt, Mazziotta–Pareto and the mean-min function against R (lpSolve, Compind)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from yipan.measure.aggregate import mazziotta_pareto, mean_min
from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, run
from yipan.measure.weights import benefit_of_doubt

HERE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "compind_bod_mpi"
pytestmark = pytest.mark.skipif(not HERE.exists(), reason="../shared/oracles is not here")
Record = Callable[[str, object], None]


def _table(name: str, *columns: str) -> np.ndarray:
    frame = pd.read_csv(HERE / name)
    picked = frame[list(columns)] if columns else frame.select_dtypes("number")
    return picked.to_numpy(dtype=np.float64)


def _meet(
    got: np.ndarray, expected: np.ndarray, file: str, record_property: Record, tolerance: float
) -> None:
    gap = np.abs(got - expected)
    some = expected > 0
    assert gap[~some].max(initial=0.0) < 1e-12  # scores that must be 0
    worst = float((gap[some] / expected[some]).max())
    record_property("oracle", f"compind_bod_mpi/{file}|{tolerance:g}|{worst:.3g}")
    assert worst < tolerance


@pytest.mark.parametrize(
    ("source", "file", "rule"),
    [
        ("in_BLI_2017.csv", "norm_minmax_BLI.csv", Normalise(high=1.0)),
        ("in_BLI_2017.csv", "norm_z100_10_BLI.csv", Normalise(method="z", mean=100.0, sd=10.0)),
        ("in_EU_NUTS1.csv", "norm_minmax_NUTS1.csv", Normalise(high=1.0)),
    ],
)
def test_normalised_as_by_compind(source: str, file: str, rule: Normalise, record_property: Record) -> None:
    expected = pd.read_csv(HERE / file, index_col=0)
    data = pd.read_csv(HERE / source, index_col=0)[list(expected.columns)]
    root = Node(id="index", parts=tuple(Leaf(id=c) for c in expected.columns))
    got = run(Recipe(root=root, normalise=rule), data).normalised
    _meet(got.to_numpy(), expected.to_numpy(dtype=np.float64), file, record_property, 1e-10)


def test_scores_by_benefit_of_the_doubt(record_property: Record) -> None:
    y = _table("norm_minmax_BLI.csv")
    _meet(
        benefit_of_doubt(y).scores,
        _table("bod_BLI_highs.csv", "bod")[:, 0],
        "bod_BLI_highs.csv (bod)",
        record_property,
        1e-10,
    )


def test_scores_are_those_of_lpsolve_as_far_as_it_printed(record_property: Record) -> None:
    y = _table("norm_minmax_BLI.csv")
    expected = _table("bod_BLI_lpsolve.csv", "score")[:, 0]  # printed with twelve decimals
    _meet(benefit_of_doubt(y).scores, expected, "bod_BLI_lpsolve.csv", record_property, 1e-11)


def test_scores_with_bounded_shares(record_property: Record) -> None:
    y = _table("norm_minmax_BLI.csv")
    found = benefit_of_doubt(y, low=0.05, high=0.3)
    expected = _table("bod_BLI_highs.csv", "bod_share_restricted")[:, 0]
    _meet(found.scores, expected, "bod_BLI_highs.csv (bod_share_restricted)", record_property, 1e-10)
    shares = found.shares[found.scores > 0]
    assert shares.min() >= 0.05 - 1e-9
    assert shares.max() <= 0.3 + 1e-9


@pytest.mark.parametrize(("kind", "column"), [("strength", "mpi_pos"), ("burden", "mpi_neg")])
def test_mazziotta_pareto_with_the_sample_deviation(
    kind: Literal["strength", "burden"], column: str, record_property: Record
) -> None:
    z = _table("norm_z100_10_BLI.csv")
    expected = _table("mpi_BLI_compind.csv", column)[:, 0]
    got = mazziotta_pareto(z, kind=kind, ddof=1)
    _meet(got, expected, f"mpi_BLI_compind.csv ({column})", record_property, 1e-10)


def test_the_population_deviation_differs_by_what_the_source_says() -> None:
    z = _table("norm_z100_10_BLI.csv")
    gap = np.abs(mazziotta_pareto(z) - mazziotta_pareto(z, ddof=1)).max()
    assert 0.2 < gap <= 0.235


def test_mean_min(record_property: Record) -> None:
    """Compind 3.4 standardises by vectors recycled down the rows, not across the columns; done alike here.

    Its figures hold for the formula, then, not for the data: with the columns' own means they differ.
    """
    x = _table("norm_minmax_BLI.csv")
    flat = x.ravel(order="F")
    mean, sd = (np.resize(v, flat.size) for v in (x.mean(axis=0), x.std(axis=0, ddof=1)))
    recycled = ((flat - mean) / sd * 10 + 100).reshape(x.shape, order="F")
    expected = _table("mean_min_BLI_a0.5_b1.csv", "ci")[:, 0]
    got = mean_min(recycled, alpha=0.5, beta=1.0)
    _meet(got, expected, "mean_min_BLI_a0.5_b1.csv", record_property, 1e-10)
    assert np.abs(mean_min(_table("norm_z100_10_BLI.csv")) - expected).max() > 1
