"""Economic complexity against world trade 1998–2000 (226 countries, 785 products)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.measure.coordination import complexity, fitness

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "ecomplexity"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="the trade table is not beside the repository")
TOLERANCE = 1e-10


def trade() -> pd.DataFrame:
    long = pd.read_csv(ORACLE / "world_trade_avg_1998_2000_sitc4.csv.gz", dtype={"product": str})
    return long.pivot_table(index="country", columns="product", values="value", aggfunc="sum", fill_value=0.0)


def test_fitness(record_property: Callable[[str, object], None]) -> None:
    """R economiccomplexity 2.0.0: its country index is the fitness method, 20 iterations."""
    want = pd.read_csv(ORACLE / "expected_R_economiccomplexity_country_index.csv", index_col=0)["index_value"]
    ours = fitness(trade(), iterations=20)[want.index]
    worst = float(np.abs(ours / want - 1).max())
    file = "expected_R_economiccomplexity_country_index.csv"
    record_property("oracle", f"ecomplexity/{file}|{TOLERANCE:g}|{worst:.3g}")
    assert worst <= TOLERANCE


def test_complexity_of_countries(record_property: Callable[[str, object], None]) -> None:
    want = pd.read_csv(ORACLE / "expected_eci_world_eigen_ddof1.csv", index_col="country")["eci"]
    result = complexity(trade(), ddof=1)
    assert result.correlation > 0
    ours = result.eci.dropna()
    assert set(ours.index) == set(want.index)
    worst = float(np.abs(ours[want.index] - want).max())
    record_property(
        "oracle", f"ecomplexity/expected_eci_world_eigen_ddof1.csv|{TOLERANCE:g} absolute|{worst:.3g}"
    )
    assert worst <= TOLERANCE
    assert any("very small places" in p.what.en for p in result.problems)
