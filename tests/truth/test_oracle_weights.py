"""Weights and TOPSIS as published, to the last printed decimal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from yipan.measure import weights
from yipan.measure.aggregate import topsis

ORACLES = Path(__file__).resolve().parents[3] / "shared" / "oracles"
CASES = ORACLES / "weights_mcda" / "cases.json"
ASEM = ORACLES / "coinr_asem"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="../shared/oracles is not here")

COMPUTE: dict[str, Callable[[dict[str, Any]], np.ndarray]] = {
    "entropy": lambda c: weights.entropy(c["matrix"]).values,
    "critic": lambda c: weights.critic(c["matrix"]).values,
    "cv": lambda c: weights.variation(c["matrix"]).values,
    "std": lambda c: weights.deviation(c["matrix"]).values,
    "topsis": lambda c: topsis(c["matrix"], c["weights"], directions=c["types"]),
}
NAMES = (
    "entropy_xu2004",
    "entropy_zavadskas2016",
    "entropy_ersoy2021",
    "entropy_lee2018",
    "critic_tus2019",
    "critic_diakoulaki1995",
    "cv_shuai2012",
    "std_salabun2020",
    "topsis_ersoy2021",
)


@pytest.mark.parametrize("name", NAMES)
def test_published_weights(name: str, record_property: Callable[[str, object], None]) -> None:
    case = next(c for c in json.loads(CASES.read_text()) if c["name"] == name)
    got = COMPUTE[name.split("_", maxsplit=1)[0]](case)
    printed = np.asarray(case["expected"])
    half = 0.5 * 10.0 ** -case["decimals"]
    worst = float(np.abs(got - printed).max())
    record_property("oracle", f"weights_mcda/cases.json ({name})|{half:g} absolute|{worst:.3g}")
    assert worst <= half * (1 + 1e-9)
    if "full_precision_recomputed" in case:
        whole = np.asarray(case["full_precision_recomputed"])
        worst = float((np.abs(got - whole) / np.maximum(np.abs(whole), 1e-4)).max())
        record_property("oracle", f"weights_mcda/cases.json ({name}, all digits)|1e-08|{worst:.3g}")
        assert worst <= 1e-8


def _asem(name: str) -> pd.DataFrame:
    return pd.read_csv(ASEM / name).set_index("uCode")


@pytest.mark.parametrize(("file", "level"), [("pca_level1.csv", 0), ("pca_level2.csv", 1)])
def test_principal_components_are_those_of_r(
    file: str, level: int, record_property: Callable[[str, object], None]
) -> None:
    expected = pd.read_csv(ASEM / file)
    table = _asem("pipe_Aggregated.csv" if level else "pipe_Normalised.csv")
    worst = 0.0
    for _, group in expected.groupby("group"):
        x = table[list(group["iCode"])].dropna()
        found = weights.components(x.to_numpy())
        off = np.abs(np.abs(found.vectors[:, 0]) / np.abs(group["loading_pc1"].to_numpy()) - 1)
        eig = abs(found.eigenvalues[0] / group["eig1"].iloc[0] - 1)
        worst = max(worst, float(off.max()), float(eig))
    record_property("oracle", f"coinr_asem/{file}|1e-12|{worst:.3g}")
    assert worst < 1e-12


def test_optimised_weights_meet_what_coinr_wanted(record_property: Callable[[str, object], None]) -> None:
    expected = pd.read_csv(ASEM / "optweights_level3_equal.csv").set_index("iCode")
    table = _asem("pipe_Aggregated.csv")[list(expected.index)]
    found = weights.optimised(table.to_numpy())
    worst = float(np.abs(found.values - expected["OptWeight"].to_numpy()).max())
    record_property("oracle", f"coinr_asem/optweights_level3_equal.csv|1e-12 absolute|{worst:.3g}")
    assert worst < 1e-12
    np.testing.assert_allclose(found.details["obtained"], 0.5, atol=1e-6)


def test_where_coinr_needs_negative_weights_ours_stay_bounded_and_say_so() -> None:
    expected = pd.read_csv(ASEM / "optweights_level2_equal.csv").set_index("iCode")
    assert (expected["OptWeight"] < 0).any()
    found = weights.optimised(_asem("pipe_Aggregated.csv")[list(expected.index)].to_numpy())
    assert (found.values >= 0).all()
    assert found.values.sum() == pytest.approx(1.0)
    out = np.abs(found.details["obtained"] - found.details["wanted"]) > 0.01
    assert len(found.warnings) == int(out.sum())
