"""Poisson gravity models of migration between nine Austrian regions against spint and statsmodels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from yipan.measure.coordination import gravity_model, poisson_fit
from yipan.measure.coordination.gravity import Decay

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "spint_gravity"
pytestmark = pytest.mark.skipif(
    not ORACLE.is_dir(), reason="the Austrian flows are not beside the repository"
)
Record = Callable[[str, object], None]


def data() -> tuple[pd.DataFrame, dict[str, Any]]:
    return pd.read_csv(ORACLE / "austria_flows.csv"), json.loads((ORACLE / "expected.json").read_text())


def record(property_: Record, case: str, tolerance: float, ours: object, want: object) -> None:
    worst = float(np.abs(np.asarray(ours) / np.asarray(want) - 1).max())
    property_("oracle", f"spint_gravity/expected.json ({case})|{tolerance:g}|{worst:.3g}")
    assert worst <= tolerance


@pytest.mark.parametrize(("decay", "name"), [("exponential", "exp"), ("power", "pow")])
def test_unconstrained(decay: Decay, name: str, record_property: Record) -> None:
    t, want = data()
    model = gravity_model(
        t["f"],
        t["dij"],
        origins=t["o"],
        destinations=t["d"],
        origin_sizes={"out": t["o_var"]},
        destination_sizes={"in": t["d_var"]},
        decay=decay,
    )
    recomputed = want["recomputed_statsmodels"]
    record(
        record_property,
        f"unconstrained {name}",
        1e-8,
        model.fit.coefficients,
        recomputed[f"Gravity_{name}_const"],
    )
    record(record_property, f"AIC {name}", 1e-8, model.fit.aic, recomputed[f"AIC_{name}"])
    if name == "exp":
        printed = want["published_spint_tests"]["Gravity_exp_const"]
        record(record_property, "spint, unconstrained exp", 1e-8, model.fit.coefficients, printed["params"])
        record(record_property, "spint, AIC exp", 1e-10, model.fit.aic, printed["AIC"])


def test_production_constrained(record_property: Record) -> None:
    t, want = data()
    model = gravity_model(
        t["f"],
        t["dij"],
        origins=t["o"],
        destinations=t["d"],
        destination_sizes={"in": t["d_var"]},
        decay="exponential",
        effects="origin",
    )
    printed = want["published_spint_tests"]["Production_exp"]
    record(
        record_property,
        "spint, production",
        1e-6,  # printed with eight decimals
        model.fit.coefficients,
        printed["const_originFE_lnD_dist"],
    )
    record(record_property, "spint, production AIC", 1e-10, model.fit.aic, printed["AIC"])
    record(
        record_property,
        "production",
        1e-8,
        model.fit.coefficients[-2:],
        want["recomputed_statsmodels"]["Production_exp_lnD_dist"],
    )
    out = t.assign(e=model.expected).groupby("o")[["f", "e"]].sum()
    assert out["e"].to_numpy() == pytest.approx(out["f"].to_numpy(), rel=1e-9)  # outflows are met


def test_doubly_constrained(record_property: Record) -> None:
    t, want = data()
    model = gravity_model(
        t["f"], t["dij"], origins=t["o"], destinations=t["d"], decay="exponential", effects="both"
    )
    slope = model.fit.coefficients[-1]
    record(record_property, "doubly", 1e-8, slope, want["recomputed_statsmodels"]["Doubly_exp_dist"])
    record(
        record_property,
        "spint, doubly",
        1e-6,
        slope,
        want["published_spint_tests"]["Doubly_exp_last_param_dist"],
    )


@pytest.mark.parametrize("name", ["exp", "pow"])
def test_distance_alone(name: str, record_property: Record) -> None:
    t, want = data()
    distance = t["dij"] if name == "exp" else np.log(t["dij"])
    fit = poisson_fit(t["f"], {"distance": distance})
    printed = want["published_spint_tests"][f"BaseGravity_{name}_noconst"]
    record(record_property, f"spint, {name} alone", 1e-6, fit.coefficients, printed["params"])
    record(record_property, f"spint, {name} alone, AIC", 1e-10, fit.aic, printed["AIC"])
