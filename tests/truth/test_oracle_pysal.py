"""Spatial autocorrelation, inequality and convergence against PySAL's numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from yipan.inequality import gini, theil
from yipan.measure.coordination import (
    SpatialWeights,
    beta_convergence,
    geary,
    getis_ord,
    local_moran,
    moran,
    sigma_convergence,
    weights_from_pairs,
)

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "pysal"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="PySAL's numbers are not beside the repository")
Record = Callable[[str, object], None]
EXACT, NORMAL = 1e-8, 1e-6


def record(property_: Record, file: str, tolerance: float, pairs: list[tuple[float, float]]) -> None:
    worst = max(abs(a - b) / max(abs(b), 1e-3) for a, b in pairs)
    property_("oracle", f"pysal/{file}|{tolerance:g}|{worst:.3g}")
    assert worst <= tolerance


def expected(name: str) -> dict[str, Any]:
    out: dict[str, Any] = json.loads((ORACLE / f"expected_{name}.json").read_text())
    return out


def weights(name: str, units: list[str]) -> SpatialWeights:
    pairs = pd.read_csv(ORACLE / f"{name}_w_binary.csv", dtype=str)
    return weights_from_pairs(pairs["focal"], pairs["neighbor"], units=units)


def sample(name: str) -> tuple[np.ndarray, SpatialWeights]:
    y = pd.read_csv(ORACLE / f"{name}_y.csv", dtype={"id": str})
    return y["y"].to_numpy(), weights(name, y["id"].tolist())


@pytest.mark.parametrize("name", ["stl", "sids2"])
def test_global_moran_geary_getis(name: str, record_property: Record) -> None:
    y, w = sample(name)
    want, m = expected("spatial")[name], moran(y, w, permutations=0)
    pairs = [
        (m.i, want["I_row_std"]),
        (m.expected, want["EI"]),
        (m.variance_normal, want["VI_norm"]),
        (m.variance_random, want["VI_rand"]),
        (m.z_normal, want["z_norm"]),
        (m.z_random, want["z_rand"]),
        (geary(y, w), want["geary_C"]),
    ]
    record(record_property, f"expected_spatial.json ({name})", EXACT, pairs)
    tails = [(m.p_normal / 2, want["p_norm_one_tailed"]), (m.p_random / 2, want["p_rand_one_tailed"])]
    record(record_property, f"expected_spatial.json ({name}, p)", NORMAL, tails)


@pytest.mark.parametrize(("name", "in_order"), [("stl", 0.09138114019890889), ("sids2", 0.05450944570133598)])
def test_getis_ord(name: str, in_order: float, record_property: Record) -> None:
    """The file's G was made with weights sorted by name against values in file order: same mix, same number.

    `in_order` is what esda 2.8.2 gives for the same files with both in file order (its I is then the file's).
    """
    y, w = sample(name)
    mixed = weights(name, sorted(w.units))
    want = expected("spatial")[name]["getis_G_binary"]
    pairs = [(getis_ord(y, mixed), want), (getis_ord(y, w), in_order)]
    record(record_property, f"expected_spatial.json ({name}, G)", EXACT, pairs)


@pytest.mark.parametrize("name", ["stl", "sids2"])
def test_local_moran(name: str, record_property: Record) -> None:
    y, w = sample(name)
    table = pd.read_csv(ORACLE / f"{name}_local_moran.csv", dtype={"id": str})
    ours = local_moran(y, w, permutations=99)
    assert list(ours.units) == table["id"].tolist()
    record(
        record_property,
        f"{name}_local_moran.csv",
        EXACT,
        list(zip(ours.i, table["local_I"], strict=True)),
    )
    assert ours.quadrants.tolist() == table["quadrant"].tolist()


def test_lattice(record_property: Record) -> None:
    cells = [(r, c) for r in range(3) for c in range(3)]
    pairs = [(a, b) for a in cells for b in cells if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
    w = weights_from_pairs(
        [str(a) for a, _ in pairs], [str(b) for _, b in pairs], units=[str(c) for c in cells]
    )
    m = moran(np.arange(1.0, 10.0), w, permutations=0, standardise=False)
    want = expected("spatial")["lat3x3_y1to9_binary"]
    got = [(m.i, want["I"]), (m.variance_random, want["VI_rand"]), (m.variance_normal, want["VI_norm"])]
    record(record_property, "expected_spatial.json (3 x 3)", EXACT, got)


def test_incomes_of_states_by_year(record_property: Record) -> None:
    income = pd.read_csv(ORACLE / "usjoin_pci_1929_2009.csv", index_col=0)
    w = weights("states48", [str(i) for i in range(len(income))])
    want = expected("spatial")["usjoin_moran_I_row_std"]
    got = [(moran(income[y].to_numpy(), w, permutations=0).i, i) for y, i in want.items()]
    record(record_property, "expected_spatial.json (usjoin)", EXACT, got)


def test_inequality_of_mexican_states(record_property: Record) -> None:
    data, want = pd.read_csv(ORACLE / "mexico.csv"), expected("inequality")
    one, region = np.ones(len(data)), data["hanson98"].to_numpy()
    got = []
    for year, total in want["theil"].items():
        t = theil(data[year].to_numpy(), one, region)
        got += [
            (t.total, total),
            (t.between, want["theil_between_hanson98"][year]),
            (t.total - t.between, want["theil_within_hanson98"][year]),
            (gini(data[year].to_numpy(), one), want["gini"][year]),
        ]
    edge, t = (
        want["theil_zero_edge_y=000101010"],
        theil([0, 0, 0, 10, 10, 10], np.ones(6), [0, 0, 0, 1, 1, 1]),
    )
    got += [(t.total, edge["T"]), (t.between, edge["bg"]), (t.total - t.between, edge["wg"])]
    record(record_property, "expected_inequality.json (Theil, Gini)", EXACT, got)


def test_convergence_of_mexican_states(record_property: Record) -> None:
    data, want = pd.read_csv(ORACLE / "mexico.csv"), expected("inequality")
    years = {f"pcgdp{y}": y for y in range(1940, 2001, 10)}
    sigma = sigma_convergence(data[list(years)].to_numpy(), list(years.values()))
    got = [
        pair
        for column, sd, cv in zip(years, sigma.sd_log, sigma.cv, strict=True)
        for pair in ((sd, want["sigma_sdlog_ddof1"][column]), (cv, want["sigma_cv_ddof1"][column]))
    ]
    b = beta_convergence(data["pcgdp1940"].to_numpy(), data["pcgdp2000"].to_numpy(), years=60)
    beta = want["beta_convergence_1940_2000_T60"]
    got += [
        (b.alpha, beta["alpha"]),
        (b.b, beta["b"]),
        (b.se, beta["se_b"]),
        (b.t, beta["t_b"]),
        (b.p, beta["p_b"]),
        (b.r2, beta["r2"]),
        (b.speed, beta["lambda_speed"]),
        (b.half_life, beta["half_life_years"]),
    ]
    record(record_property, "expected_inequality.json (convergence)", EXACT, got)
