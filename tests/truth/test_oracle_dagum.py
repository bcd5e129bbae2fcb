"""Dagum's Gini against a panel of 31 provinces in three groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.inequality import gini
from yipan.measure.coordination import dagum_gini

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "dagum_gini"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="the panel is not beside the repository")
TOLERANCE = 1e-12


def test_dagum_gini_and_its_parts_in_every_year(record_property: Callable[[str, object], None]) -> None:
    panel = pd.read_csv(ORACLE / "input_panel.csv", dtype={"group": str})
    want = pd.read_csv(ORACLE / "expected_full_precision.csv").set_index("year")
    worst = 0.0
    for year, part in panel.groupby("year"):
        d = dagum_gini(part["value"].to_numpy(), part["group"].tolist())
        ours = {"G": d.total, "Gw": d.within, "Gnb": d.between, "Gt": d.overlap}
        ours |= {f"share_{k}": ours[f"G{k}"] / d.total for k in ("w", "nb", "t")}
        ours |= {f"G_{j + 1}{h + 1}": d.pairs[j, h] for j in range(3) for h in range(j, 3)}
        assert set(ours) == set(want.columns)
        worst = max(worst, *(abs(ours[c] - want.loc[year, c]) for c in want.columns))
        plain = gini(part["value"].to_numpy(), np.ones(len(part)))
        assert d.total == pytest.approx(plain, rel=1e-12)
    record_property("oracle", f"dagum_gini/expected_full_precision.csv|{TOLERANCE:g} absolute|{worst:.3g}")
    assert worst <= TOLERANCE
