"""Means and outranking against COINr's ASEM index (51 countries, 49 indicators, four levels)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yipan.measure.aggregate import copeland, copeland_of, outranking, power

HERE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "coinr_asem"
pytestmark = pytest.mark.skipif(not HERE.exists(), reason="../shared/oracles is not here")
Record = Callable[[str, object], None]


def _aggregated(table: pd.DataFrame, lineage: pd.DataFrame, p: float) -> pd.DataFrame:
    """Return pillars, sub-indexes and index, level by level, all weights 1."""
    have = table.copy()
    for child, parent in (("Indicator", "Pillar"), ("Pillar", "Sub-index"), ("Sub-index", "Index")):
        for name, part in lineage[[child, parent]].drop_duplicates().groupby(parent):
            have[name] = power(have[list(part[child])].to_numpy(dtype=np.float64), p=p)
    return have


@pytest.mark.parametrize(
    ("file", "p"),
    [
        ("amean", 1.0),
        ("gmean", 0.0),
        ("hmean", -1.0),
        ("genmean_p-1", -1.0),
        ("genmean_p0.5", 0.5),
        ("genmean_p2", 2.0),
    ],
)
def test_every_level_of_every_mean(file: str, p: float, record_property: Record) -> None:
    table = pd.read_csv(HERE / "norm_n_minmax_1_100.csv").set_index("uCode")
    lineage = pd.read_csv(HERE / "in_lineage.csv")
    expected = pd.read_csv(HERE / f"agg_minmax1_100_a_{file}.csv").set_index("uCode")
    got = _aggregated(table, lineage, p).loc[expected.index, expected.columns]
    worst = float(np.abs(got.to_numpy() / expected.to_numpy() - 1).max())
    record_property("oracle", f"coinr_asem/agg_minmax1_100_a_{file}.csv|1e-12|{worst:.3g}")
    assert worst < 1e-12


def test_outranking_matrix(record_property: Record) -> None:
    expected = pd.read_csv(HERE / "outrank_matrix_flat_effweights.csv").set_index("uCode")
    effective = (
        pd.read_csv(HERE / "weights_effective.csv").query("Level == 1").set_index("iCode")["EffWeight"]
    )
    table = pd.read_csv(HERE / "pipe_Normalised.csv").set_index("uCode").loc[expected.index]
    got = outranking(table[list(effective.index)].to_numpy(dtype=np.float64), effective.to_numpy())
    off = np.abs(got - expected.to_numpy())
    # R holds more digits than the file: what reads as a tie of TolMin in it was none for two pairs
    x = table["TolMin"].to_numpy(dtype=np.float64)
    tied = (x[:, None] == x[None, :]) & ~np.eye(len(x), dtype=bool)
    broken = tied & (np.abs(off - effective["TolMin"] / 2) < 1e-12)
    worst = float(off[~broken].max())
    record_property("oracle", f"coinr_asem/outrank_matrix_flat_effweights.csv|1e-12 absolute|{worst:.3g}")
    assert worst < 1e-12
    assert broken.sum() == 4
    wins = np.where(broken, got, expected.to_numpy())
    beats = (wins > 0.5 + 1e-9).sum(axis=1) - (wins < 0.5 - 1e-9).sum(axis=1) + 1  # itself is 0
    worst = float(np.abs(copeland_of(got) - beats).max())
    record_property("oracle", f"coinr_asem/outrank_matrix_flat_effweights.csv (Copeland)|exact|{worst:g}")
    assert worst == 0
    np.testing.assert_array_equal(copeland(table[list(effective.index)].to_numpy(), effective), beats)
