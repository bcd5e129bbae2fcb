"""COINr's global sensitivity analysis of the ASEM index, design by design; its Sobol estimators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from yipan.measure.recipe import Leaf, Node, Normalise, Recipe, Treat
from yipan.measure.sure import (
    Choice,
    Uncertainty,
    WeightFactors,
    aggregations,
    drop_one,
    sobol,
    uncertainty,
)

HERE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "coinr_asem"
pytestmark = pytest.mark.skipif(not HERE.exists(), reason="../shared/oracles is not here")
Record = Callable[[str, object], None]
NAMES = ("winmax", "normalisation", "weights", "aggregation")


def _recipe() -> Recipe:
    lineage = pd.read_csv(HERE / "in_lineage.csv")
    sign = pd.read_csv(HERE / "in_iMeta.csv").set_index("iCode")["Direction"]
    subs = []
    for sub, below in lineage.groupby("Sub-index", sort=False):
        pillars = tuple(
            Node(id=str(pillar), parts=tuple(Leaf(id=i, direction=int(sign[i])) for i in part["Indicator"]))
            for pillar, part in below.groupby("Pillar", sort=False)
        )
        subs.append(Node(id=str(sub), parts=pillars))
    return Recipe(root=Node(id="Index", parts=tuple(subs)), treat=Treat())


def _data() -> pd.DataFrame:
    return pd.read_csv(HERE / "pipe_Screened.csv").set_index("uCode")


def _winsorised(points: int) -> Callable[[Recipe], Recipe]:
    return lambda r: replace(r, treat=Treat(winsorise=points))


def _choices() -> list[Choice | WeightFactors]:
    noise = pd.read_csv(HERE / "sa_noisy_weights_20.csv").set_index("iCode").drop(index="Index")
    factors = noise.drop(columns="Level").to_numpy(dtype=np.float64).T  # nominal weights are all 1
    scales = {
        "n_minmax": lambda r: replace(r, normalise=Normalise(low=1, high=100)),
        "n_zscore": lambda r: replace(r, normalise=Normalise(method="z", mean=10, sd=2)),
    }
    return [
        Choice("winmax", {str(k): _winsorised(k) for k in range(1, 6)}),
        Choice("normalisation", scales),
        WeightFactors("weights", tuple(noise.index), factors),
        aggregations("arithmetic", "geometric"),
    ]


def _designs() -> np.ndarray:
    table = pd.read_csv(HERE / "sa_design.csv")
    columns = [
        table["winmax"] - 1,
        table["norm"] == "n_zscore",
        table["weights_id"] - 1,
        table["agg"] == "a_gmean",
    ]
    return np.column_stack([c.to_numpy().astype(np.int64) for c in columns])


@cache
def _run() -> Uncertainty:
    return uncertainty(_recipe(), _data(), _choices(), designs=_designs(), keep_scores=True)


@cache
def _of_r() -> tuple[np.ndarray, np.ndarray]:
    """Return R's scores (384 designs × 51 countries) and nominal scores."""
    table = pd.read_csv(HERE / "sa_scores.csv").set_index("uCode").loc[_data().index]
    return table.drop(columns="Nominal").to_numpy().T, table["Nominal"].to_numpy()


def _meet(worst: float, file: str, record_property: Record, tolerance: float, *, kind: str = "") -> None:
    record_property("oracle", f"coinr_asem/{file}|{tolerance:g}{kind}|{worst:.3g}")
    assert worst <= tolerance


def test_scores_of_all_384_designs(record_property: Record) -> None:
    scores, nominal = _of_r()
    got = _run()
    worst = max(np.abs(got.scores / scores - 1).max(), np.abs(got.nominal / nominal - 1).max())
    _meet(float(worst), "sa_scores.csv", record_property, 2e-13)


def test_ranks_and_rank_intervals(record_property: Record) -> None:
    """Ranks by scipy, quantiles by numpy, both from R's scores."""
    scores, nominal = _of_r()
    ranks = rankdata(-scores, method="min", axis=1)
    got = _run().table
    np.testing.assert_array_equal(got["rank"], rankdata(-nominal, method="min"))
    expected = {"mean": ranks.mean(axis=0)}
    for column, share in (("q5", 0.05), ("median", 0.5), ("q95", 0.95), ("best", 0), ("worst", 1)):
        expected[column] = np.quantile(ranks, share, axis=0)
    worst = max(np.abs(got[c] / values - 1).max() for c, values in expected.items())
    _meet(float(worst), "sa_scores.csv", record_property, 1e-14)


def test_sensitivity_from_r_scores(record_property: Record) -> None:
    """The mean absolute change of rank and the indices, written out, against ours (sa_y, sa_sobol)."""
    scores, nominal = _of_r()
    y = np.abs(rankdata(-scores, method="min", axis=1) - rankdata(-nominal, method="min")).mean(axis=1)
    np.testing.assert_allclose(_run().distance, y, rtol=1e-15)
    a, b, *mixed = y.reshape(6, 64)
    pooled = np.concatenate([a, b])
    variance = ((pooled - pooled.mean()) ** 2).sum() / 127
    first = [sum(b[n] * (m[n] - a[n]) for n in range(64)) / 64 / variance for m in mixed]
    total = [sum((a[n] - m[n]) ** 2 for n in range(64)) / 128 / variance for m in mixed]
    got = sobol(_run().distance, NAMES, resamples=200)
    worst = max(np.abs(got.first - first).max(), np.abs(got.total - total).max())
    _meet(float(worst), "sa_scores.csv (Sobol indices)", record_property, 1e-14, kind=" absolute")


def test_order_of_importance_is_that_of_the_vignette(record_property: Record) -> None:
    """COINr's own run drew other weights and points: only the order of the total indices compares."""
    shipped = pd.read_csv(HERE / "vignette_SA_sensitivity.csv").set_index("Variable")["STi"]
    shipped.index = shipped.index.str.lower()
    got = sobol(_run().distance, NAMES, resamples=0).table["total"]
    apart = [a != b for a, b in zip(got.sort_values().index, shipped.sort_values().index, strict=True)]
    record_property("oracle", f"coinr_asem/vignette_SA_sensitivity.csv|exact order|{sum(apart)}")
    assert not any(apart)


def test_sobol_estimates_of_coinr(record_property: Record) -> None:
    y = pd.read_csv(HERE / "sa_linear_sample_N256.csv")["y"].to_numpy()
    expected = pd.read_csv(HERE / "sa_linear_estimate_N256.csv")
    got = sobol(y, ("V1", "V2", "V3"), resamples=100)
    worst = max(np.abs(got.first - expected["Si"]).max(), np.abs(got.total - expected["STi"]).max())
    _meet(float(worst), "sa_linear_estimate_N256.csv", record_property, 1e-14, kind=" absolute")


def test_ranks_without_one_indicator(record_property: Record) -> None:
    expected = pd.read_csv(HERE / "compare_drop_LPI.csv").set_index("uCode")
    got = drop_one(_recipe(), _data()).loc[expected.index]
    worst = max(
        np.abs(got["nominal"] - expected["coin.1"]).max(), np.abs(got["LPI"] - expected["coin.2"]).max()
    )
    record_property("oracle", f"coinr_asem/compare_drop_LPI.csv|exact|{worst:g}")
    assert worst == 0
